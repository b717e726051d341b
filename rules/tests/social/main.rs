//! Makes the documents of `fixtures/social` anew from their readable sources and compares: `UPDATE=1` writes them.
//!
//! The sources are the content of each kind of document as JSON, the document around it, the frame of the archive message,
//! and `documents.toml`, which says for each document what it has and what is changed in it. What the documents must give
//! when they are checked is in `fixtures/social/expected.txt`, which the tests of the command compare.

#![allow(clippy::unwrap_used)]

mod archive;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::structure::CompiledStructure;
use kirjuri::{Language, Pack};
use serde_json::Value;
use toml::Table;

/// Creation of the documents, and the same time as signatures write it.
const TIME: [&str; 2] = ["20260305143000+0200", "2026-03-05T14:31:00+02:00"];
const TYPES: &str = "1.2.246.537.6.1506.201701";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/social")
}

fn source(path: &str) -> String {
    let path = fixtures().join("sources").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).replace("\r\n", "\n")
}

/// A text of the table, or none.
fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    Some(table.get(key)?.as_str().unwrap_or_else(|| panic!("{key} is a text")))
}

/// An element with a code and its name.
fn coded(element: &str, system: &str, table: &Table, key: &str, or: [&str; 2]) -> String {
    let pair: Vec<&str> = match table.get(key) {
        Some(pair) => pair.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect(),
        None => or.to_vec(),
    };
    let [code, name] = pair[..] else { return String::new() };
    format!("<hl7fi:{element} code=\"{code}\" codeSystem=\"{system}\" displayName=\"{name}\"/>")
}

struct Sources {
    table: Table,
    document: String,
    frame: String,
    structures: Arc<Pack>,
}

impl Sources {
    fn read() -> Sources {
        let pack = kirjuri_rules::source("sosmeta").unwrap();
        Sources {
            table: source("documents.toml").parse().unwrap(),
            document: source("document.xml"),
            frame: source("frame.xml"),
            structures: Arc::new(Pack::load(&pack).unwrap()),
        }
    }

    fn structure(&self, oid: &str) -> &CompiledStructure {
        self.structures.structures().get(oid).unwrap_or_else(|| panic!("there is no {oid}")).unwrap()
    }

    /// Name and text of every document, in the order of the table.
    fn documents(&self) -> Vec<(String, String)> {
        let rows = self.table["document"].as_array().unwrap().iter().map(|row| row.as_table().unwrap());
        rows.enumerate().map(|(number, row)| (text(row, "name").unwrap().to_owned(), self.make(number, row))).collect()
    }

    fn make(&self, index: usize, row: &Table) -> String {
        let name = text(row, "name").unwrap();
        let number = format!("3{:03}", index + 1);
        let changed = |part: &str, whole: String| changed(row, part, &number, whole);
        let kind = text(row, "content").unwrap_or("note");
        let of = self.table["content"][kind].as_table().unwrap();
        let client = self.table["client"][text(of, "client").unwrap_or("onni")].as_table().unwrap();
        let language = text(of, "language").unwrap_or("fi");
        let specification = text(of, "specification").unwrap();

        // Every note tells of another meeting: notes that repeat each other are a fault.
        let visit = row.get("visit").map_or_else(|| (index + 1).to_string(), |visit| visit.to_string());
        let original = archive::filled(&source(&format!("contents/{kind}.json")), &[("visit", &visit)]);
        let content = changed("content", original.clone());
        let said: Value = serde_json::from_str(&content).or_else(|_| serde_json::from_str(&original)).unwrap();
        let (spoken, controller) = match language {
            "sv" => (Language::Swedish, "Mallila välfärdsområde"),
            _ => (Language::Finnish, "Mallilan hyvinvointialue"),
        };
        let structure = self.structure(specification).structure();
        let narrative = archive::narrative(structure, &said, spoken, &[controller]);
        let narrative = changed("narrative", narrative);

        let case = format!("<id root=\"1.2.246.10.99999984.14.2026.{}\"/>", text(row, "case").unwrap_or("3001"));
        let process = text(of, "process").map_or_else(String::new, |process| format!("\n    {process}"));
        let document = changed(
            "document",
            archive::filled(
                &self.document,
                &[
                    ("process", &process),
                    ("general", text(of, "general").unwrap()),
                    ("specific", &coded("specificDocumentType", TYPES, of, "specific", ["", ""])),
                    (
                        "group",
                        &coded(
                            "documentGroup",
                            "1.2.246.537.6.1505.201601",
                            of,
                            "group",
                            ["5", "Toisen tai myöhemmän vaiheen asiakasasiakirja"],
                        ),
                    ),
                    ("task", &coded("functionCode", "1.2.246.537.6.1221.201601", of, "task", ["", ""])),
                    ("case", text(of, "case").unwrap_or(&case)),
                    ("number", &number),
                    ("time", TIME[0]),
                    ("signed", TIME[1]),
                    ("language", language),
                    ("specification", specification),
                    ("hetu", text(client, "hetu").unwrap()),
                    ("client", text(client, "name").unwrap()),
                    ("sex", text(client, "sex").unwrap()),
                    ("birth", text(client, "birth").unwrap()),
                ],
            ),
        );
        // An empty line is left where there is nothing to say.
        let document: Vec<&str> = document.lines().filter(|line| !line.trim().is_empty()).collect();
        let coded = |text: &str| if text.is_empty() { String::new() } else { archive::base64(text.as_bytes()) };
        let parts = [("narrative", &*coded(&narrative)), ("content", &*coded(&content))];
        let document = archive::filled(&(document.join("\n") + "\n"), &parts);
        if !row.contains_key("frame") {
            let changes = row.get("change").and_then(|changes| changes.as_array()).into_iter().flatten();
            assert!(
                changes.clone().all(|change| change.get("in").and_then(|part| part.as_str()) != Some("frame")),
                "{name}"
            );
            return document;
        }
        let whole = document.split_once("?>\n").unwrap().1.trim_end();
        let frame = archive::filled(
            &self.frame,
            &[("number", &number), ("time", TIME[0]), ("language", language), ("hetu", text(client, "hetu").unwrap())],
        );
        archive::filled(&changed("frame", frame), &[("document", whole)])
    }
}

/// A part with the changes that the table makes in it.
fn changed(row: &Table, part: &str, number: &str, mut whole: String) -> String {
    let name = text(row, "name").unwrap();
    for change in row.get("change").map_or(&[][..], |changes| changes.as_array().unwrap()) {
        let change = change.as_table().unwrap();
        if text(change, "in").unwrap_or("document") != part {
            continue;
        }
        let side = |key: &str| archive::filled(text(change, key).unwrap(), &[("number", number)]);
        let (from, to) = (side("from"), side("to"));
        // What stands between two ends need not be repeated.
        if let Some((start, end)) = from.split_once(" … ") {
            let begin = whole.find(start).unwrap_or_else(|| panic!("{name}: there is no {start:?}"));
            let behind = whole[begin..].find(end).unwrap_or_else(|| panic!("{name}: there is no {end:?}")) + end.len();
            whole.replace_range(begin..begin + behind, &to);
        } else {
            assert!(whole.contains(&from), "{name}: there is no {from:?} in the {part}:\n{whole}");
            whole = whole.replace(&from, &to);
        }
    }
    whole
}

#[test]
fn the_documents_are_those_of_their_sources() {
    let is_update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let documents = Sources::read().documents();
    let mut names = BTreeSet::new();
    for (name, made) in &documents {
        assert!(names.insert(format!("{name}.xml")), "{name} is there twice");
        let path = fixtures().join(format!("{name}.xml"));
        if is_update {
            fs::write(&path, made).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(committed == *made, "UPDATE=1 writes {}", path.display());
    }
    let files = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "xml")) {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(names.contains(&name), "{name} is in no table");
    }
}

#[test]
fn base64_is_that_of_the_standard() {
    let check = |text: &str, expected: &str| assert_eq!(archive::base64(text.as_bytes()), expected);
    // RFC 4648, 10.
    check("", "");
    check("f", "Zg==");
    check("fo", "Zm8=");
    check("foo", "Zm9v");
    check("foobar", "Zm9vYmFy");
    check(&"foo".repeat(20), &format!("{}\n{}", "Zm9v".repeat(19), "Zm9v"));
}
