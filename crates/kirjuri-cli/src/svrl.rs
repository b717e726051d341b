//! `--format svrl`: where the report of each document goes.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use kirjuri::{Report, RuleSet};
use kirjuri_report::write_svrl;

use crate::Failure;

/// Where the reports of documents go.
pub(crate) enum Destination {
    /// The only report, to standard output.
    Stdout,
    /// Files of each document below a folder, one for each schema.
    Folder {
        folder: PathBuf,
        /// What was written, in small letters: some file systems know no others.
        taken: BTreeSet<String>,
    },
}

impl Destination {
    /// Chooses where the reports go; `documents` is how many there are, where that is known.
    ///
    /// # Errors
    /// There is more than one report and no folder for them, or a pack whose findings SVRL cannot say.
    pub(crate) fn new(
        folder: Option<&Path>,
        documents: Option<usize>,
        rules: &RuleSet,
    ) -> Result<Destination, Failure> {
        let failure = |message: &str| Err(Failure::Message(message.into()));
        if let Some(pack) = rules.packs().first() {
            let message = "SVRL is the report of Schematron schemas; the findings of the pack";
            return failure(&format!("{message} `{}` have no place in it", pack.id));
        }
        match folder {
            Some(folder) => Ok(Destination::Folder { folder: folder.to_path_buf(), taken: BTreeSet::new() }),
            None if documents.is_none_or(|documents| documents > 1) => {
                failure("there are several documents; --output-dir says where their SVRL goes")
            }
            None if rules.schemas().len() > 1 => {
                failure("there are several schemas; --output-dir says where their SVRL goes")
            }
            None => Ok(Destination::Stdout),
        }
    }

    /// Whether the reports go to files of their own.
    pub(crate) fn is_folder(&self) -> bool {
        matches!(self, Destination::Folder { .. })
    }

    /// Writes what a document's report says, or gives it back for standard output.
    ///
    /// # Errors
    /// What could not be written.
    pub(crate) fn put(&mut self, document: &str, report: &Report, rules: &RuleSet) -> io::Result<Option<Vec<u8>>> {
        let Destination::Folder { folder, taken } = self else {
            let mut text = Vec::new();
            write_svrl(report, rules, 0, &mut text)?;
            return Ok(Some(text));
        };
        let below = below(document);
        for (number, schema) in rules.schemas().iter().enumerate() {
            let below = match rules.schemas() {
                [_] => below.clone(),
                _ => format!("{below}.{}", schema.id),
            };
            let path = folder.join(free(&below, taken));
            let say = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
            let mut text = Vec::new();
            write_svrl(report, rules, number, &mut text)?;
            fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(say)?;
            fs::write(&path, text).map_err(say)?;
        }
        Ok(None)
    }
}

/// The path of the document below the folder with `.svrl` behind it. Paths that would fall together, also where capitals
/// make no difference, are numbered.
fn free(below: &str, taken: &mut BTreeSet<String>) -> String {
    let names = (1_u64..).map(|number| match number {
        1 => format!("{below}.svrl"),
        _ => format!("{below}~{number}.svrl"),
    });
    let mut free = names.filter(|name| taken.insert(name.to_lowercase()));
    free.next().unwrap_or_default()
}

/// The path of a document as one below a folder: without a root, and without steps upwards.
fn below(path: &str) -> String {
    if path == "-" {
        return "stdin".into();
    }
    let parts = Path::new(path).components().filter_map(|part| match part {
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
        let names = ["-", "a/b.xml", "../a/b.xml", "a/B.xml", "/a/b.xml", "c.xml"].map(below);
        assert_eq!(names, ["stdin", "a/b.xml", "a/b.xml", "a/B.xml", "a/b.xml", "c.xml"]);
    }
}
