//! Nothing of people shows in anything the command writes: reports in every format, evidence, cache, baseline.
//!
//! What is looked for is gathered from the documents themselves: the names, identifiers, addresses and phrases in them, and
//! what they carry in base64.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use kirjuri::Limits;
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::sandbox::{Sandbox, fixtures};

/// Elements whose text is about people or said of them.
const TEXTS: [&str; 18] = [
    "given",
    "family",
    "prefix",
    "suffix",
    "streetAddressLine",
    "city",
    "postalCode",
    "paragraph",
    "content",
    "item",
    "td",
    "text",
    "p",
    "li",
    "sukunimi",
    "etunimet",
    "kuvaus",
    "katuosoite",
];

/// What must not be found anywhere.
#[derive(Default)]
struct Needles {
    texts: BTreeSet<String>,
    /// Names of elements, which are no content.
    names: BTreeSet<String>,
}

impl Needles {
    /// Takes a text apart at its lines: phrases, and single words that are names or identifiers.
    fn add(&mut self, text: &str) {
        self.texts.extend(text.lines().map(|line| line.trim().to_owned()));
    }

    fn gather(&mut self, bytes: &[u8]) {
        let Ok(document) = kirjuri::parse(bytes, &Limits::default()) else { return };
        for node in document.nodes() {
            if !document.is_element(node) {
                continue;
            }
            let name = document.qname(document.name(node)).local;
            self.names.insert(name.to_owned());
            let value = document.string_value(node);
            if TEXTS.contains(&name)
                && document.descendants(node).filter(|inner| document.is_element(*inner)).count() == 0
            {
                self.add(&value);
            }
            for attribute in document.attributes(node) {
                let value = document.attribute_value(attribute);
                match document.qname(document.attribute_name(attribute)).local {
                    "extension" if ["id", "setId"].contains(&name) => self.add(value),
                    "value" if ["telecom", "birthTime"].contains(&name) => self.add(value),
                    "root" if ["id", "setId"].contains(&name) && value.split('.').count() > 7 => self.add(value),
                    _ => {}
                }
            }
            self.carried(&value);
        }
    }

    /// What a text carries in base64.
    fn carried(&mut self, text: &str) {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if compact.len() < 100 || compact.contains('<') {
            return;
        }
        if let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(compact) {
            self.gather(&bytes);
        }
    }
}

/// Whether a text has a needle that is no part of a longer word or number.
fn has(text: &str, needle: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '.';
    text.match_indices(needle).any(|(start, _)| {
        let before = text[..start].chars().next_back().is_some_and(is_part);
        let behind = text[start + needle.len()..].chars().next().is_some_and(|c| c.is_alphanumeric());
        !before && !behind
    })
}

/// Whether a text is about what documents are made by and where, which evidence is to say.
fn is_of_organisation(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts.as_slice(), ["1", "2", "246", "10", _, "10", ..]) || text.starts_with("POCD_HD")
}

/// The files of a folder, at any depth.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

/// What a file that was written says: tables are compressed, so that their cells are read.
fn said(path: &Path) -> String {
    if path.extension().is_none_or(|ending| ending != "parquet") {
        return String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    }
    let table = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    table.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string() + "\n").collect()
}

/// The words that outputs have of their own: those of rules, and of the help.
fn own_words(sandbox: &Sandbox) -> String {
    let rules =
        ["fi", "sv", "en"].map(|language| sandbox.stdout(&["rules", "--format", "markdown", "--lang", language]));
    let explained = sandbox.stdout(&["check", "--help"]);
    rules.concat() + &explained
}

#[test]
fn nothing_of_people_is_in_anything_that_is_written() {
    let sandbox = Sandbox::new("leaks");
    let mut needles = Needles::default();
    for folder in ["documents", "social", "series"] {
        let mut found = Vec::new();
        files(&fixtures().join(folder), &mut found);
        found.retain(|path| path.extension().is_some_and(|ending| ending == "xml" || ending == "json"));
        for path in found {
            let bytes = fs::read(&path).unwrap();
            needles.gather(&bytes);
            let name = path.strip_prefix(fixtures()).unwrap();
            let target = sandbox.folder.join("batch").join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, bytes).unwrap();
        }
    }
    let own = own_words(&sandbox);
    let Needles { texts: mut needles, names } = needles;
    needles.retain(|needle| needle.chars().count() > 4 && !own.contains(&**needle) && !names.contains(needle));
    needles.retain(|needle| !is_of_organisation(needle));
    assert!(needles.len() > 300, "the documents have {} texts to look for", needles.len());

    let help = sandbox.stdout(&["check", "--help"]);
    let formats = help.split("--format <").nth(1).unwrap().split("\n\n").nth(1).unwrap();
    let formats: Vec<&str> =
        formats.lines().filter_map(|line| line.trim().strip_prefix("- ")?.split(':').next()).collect();
    assert!(formats.len() >= 12, "{formats:?}");
    let mut arguments = vec!["check".to_owned(), "batch".to_owned()];
    arguments.extend(["--by", "area,provider,unit,software,form,author-role"].map(str::to_owned));
    arguments.extend(["--cache", "written/cache", "--evidence", "written/evidence"].map(str::to_owned));
    arguments.extend(["--salt-file", "salt", "--baseline", "written/baseline.toml"].map(str::to_owned));
    // SVRL is of schemas, which have a test of their own.
    for format in formats.iter().filter(|format| **format != "svrl") {
        arguments.extend(["--output".to_owned(), format!("{format}=written/report.{format}")]);
    }
    sandbox.write("salt", "a salt of the test, long enough to be one");
    fs::create_dir(sandbox.folder.join("written")).unwrap();
    let baseline = ["baseline", "write", "batch/documents", "-o", "written/baseline.toml", "--reason", "as it is"];
    assert!(sandbox.run(&baseline).status.success());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    for run in ["first", "from the cache"] {
        let output = sandbox.run(&arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{run}: {stderr}");
        sandbox.write("written/stderr", &stderr);
        let mut found = Vec::new();
        files(&sandbox.folder.join("written"), &mut found);
        assert!(found.len() > formats.len(), "{found:?}");
        for path in &found {
            let text = said(path);
            let leaked: Vec<_> = needles.iter().filter(|needle| has(&text, needle)).collect();
            assert!(leaked.is_empty(), "{run}: {} has {leaked:?}", path.display());
        }
        fs::remove_dir_all(sandbox.folder.join("written/evidence")).unwrap();
    }
    // The test can fail: with the source, the phrases are there.
    let shown = sandbox.stdout(&["check", "batch/documents", "--show-source", "--lang", "en"]);
    assert!(needles.iter().filter(|needle| shown.contains(&***needle)).count() > 20);
}
