//! `--format svrl`: where the report of each document goes.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use kirjuri::{Report, RuleSet};
use kirjuri_report::write_svrl;

use crate::Failure;
use crate::inputs::Input;

/// Where the reports of documents go.
pub(crate) enum Destination {
    /// The only report, to standard output.
    Stdout,
    /// The files of each document, one for each schema, in the order of the documents.
    Files(Vec<Vec<PathBuf>>),
}

impl Destination {
    /// Chooses where the reports go.
    ///
    /// # Errors
    /// There is more than one report and no folder for them, or a pack whose findings SVRL cannot say.
    pub(crate) fn new(folder: Option<&Path>, inputs: &[Input], rules: &RuleSet) -> Result<Destination, Failure> {
        let failure = |message: &str| Err(Failure::Message(message.into()));
        if let Some(pack) = rules.packs().first() {
            let message = "SVRL is the report of Schematron schemas; the findings of the pack";
            return failure(&format!("{message} `{}` have no place in it", pack.id));
        }
        match folder {
            Some(folder) => Ok(Destination::Files(files(folder, inputs, rules))),
            None if inputs.len() > 1 => failure("there are several documents; --output-dir says where their SVRL goes"),
            None if rules.schemas().len() > 1 => {
                failure("there are several schemas; --output-dir says where their SVRL goes")
            }
            None => Ok(Destination::Stdout),
        }
    }

    /// Writes what a document's report says, or gives it back for standard output.
    ///
    /// # Errors
    /// What could not be written.
    pub(crate) fn put(&self, document: usize, report: &Report, rules: &RuleSet) -> io::Result<Option<Vec<u8>>> {
        let Destination::Files(files) = self else {
            let mut text = Vec::new();
            write_svrl(report, rules, 0, &mut text)?;
            return Ok(Some(text));
        };
        for (schema, path) in files.get(document).into_iter().flatten().enumerate() {
            let say = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
            let mut text = Vec::new();
            write_svrl(report, rules, schema, &mut text)?;
            fs::create_dir_all(path.parent().unwrap_or(path)).map_err(say)?;
            fs::write(path, text).map_err(say)?;
        }
        Ok(None)
    }
}

/// The files of the reports: the path of the document below the folder with `.svrl` behind it, and the name of the schema
/// before that where there are several. Paths that would fall together, also where capitals make no difference, are
/// numbered.
fn files(folder: &Path, inputs: &[Input], rules: &RuleSet) -> Vec<Vec<PathBuf>> {
    let mut taken = BTreeSet::new();
    let mut file = |below: &str| {
        let names = (1_u64..).map(|number| match number {
            1 => format!("{below}.svrl"),
            _ => format!("{below}~{number}.svrl"),
        });
        let mut free = names.filter(|name| taken.insert(name.to_lowercase()));
        folder.join(free.next().unwrap_or_default())
    };
    let one = |input: &Input| {
        let below = below(input);
        match rules.schemas() {
            [_] => vec![file(&below)],
            schemas => schemas.iter().map(|schema| file(&format!("{below}.{}", schema.id))).collect(),
        }
    };
    inputs.iter().map(one).collect()
}

/// The path of a document as one below a folder: without a root, and without steps upwards.
fn below(input: &Input) -> String {
    let path = match input {
        Input::Stdin => return "stdin".into(),
        Input::File(path) | Input::Broken(path, _) => path,
    };
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_lies_where_its_document_lies_below_the_folder() {
        let inputs = ["a/b.xml", "../a/b.xml", "a/B.xml", "/a/b.xml", "c.xml"].map(|path| Input::File(path.into()));
        let inputs = [&[Input::Stdin], &inputs[..]].concat();
        let names: Vec<String> = inputs.iter().map(below).collect();
        assert_eq!(names, ["stdin", "a/b.xml", "a/b.xml", "a/B.xml", "a/b.xml", "c.xml"]);
    }
}
