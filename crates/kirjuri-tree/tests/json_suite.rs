//! JSON that nobody here wrote, and JSON made at random: a public suite is answered as it asks, and the trees hold what
//! serde_json reads. The answers are the table in `docs/conformance/json.md`; `UPDATE=1` rewrites it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod random;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use kirjuri_tree::{Document, Limits, NodeId, ParseError};
use serde_json::{Map, Value};

use random::Random;

/// Why we differ, by the name of the test.
const EXPLANATIONS: &[(&str, &str)] = &[
    ("y_object_duplicated_key", "of two members of the same name, readers keep the first or the last, or both"),
    ("y_object_duplicated_key_and_value", "a name that is there twice is refused also where the values are the same"),
];

const INTRODUCTION: &str = "\
# JSONTestSuite

Made by `UPDATE=1 cargo test -p kirjuri-tree --test json_suite`; do not edit by hand.

Nicolas Seriot's [JSONTestSuite](https://github.com/nst/JSONTestSuite): `y_` must be read, `n_` must be refused, `i_` may
be either.

| kind | tests | read | refused | differences |
|---|--:|--:|--:|--:|
";

/// Where the corpus is laid out, if it is.
fn corpus(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KIRJURI_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"), PathBuf::from);
    Some(root.join(name)).filter(|folder| folder.is_dir())
}

fn parse(bytes: &[u8]) -> Result<Document, ParseError> {
    Document::parse_json(bytes, &Limits::default())
}

/// The JSON files of a folder and of the folders in it, in the order of their paths.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => waiting.push(path),
                Some(ending) if ending == "json" => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// What serde_json would have made of the value that an element stands for.
fn value(document: &Document, element: NodeId) -> Value {
    let text = document.string_value(element);
    match attribute(document, element, "type") {
        None => Value::String(text.into_owned()),
        Some("null") => Value::Null,
        Some("boolean") => Value::Bool(text == "true"),
        Some("number") => serde_json::from_str(&text).unwrap(),
        Some("array") => document.children(element).map(|item| value(document, item)).collect(),
        Some("object") => Value::Object(members(document, element)),
        Some(other) => panic!("the type is {other}"),
    }
}

fn members(document: &Document, object: NodeId) -> Map<String, Value> {
    let mut members = Map::new();
    for child in document.children(object) {
        let name = document.qname(document.name(child)).local;
        let key = attribute(document, child, "key").unwrap_or(name).to_owned();
        let items = match attribute(document, child, "array") {
            None => {
                assert_eq!(members.insert(key, value(document, child)), None);
                continue;
            }
            Some("empty") => Vec::new(),
            Some(_) => vec![value(document, child)],
        };
        let array = members.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        array.as_array_mut().unwrap().extend(items);
    }
    members
}

fn attribute<'d>(document: &'d Document, element: NodeId, local: &str) -> Option<&'d str> {
    let attribute = document.attribute(element, document.find_name("", local)?)?;
    Some(document.attribute_value(attribute))
}

/// The value of a whole document. A root that is not `json` is the only member of an object.
fn whole(document: &Document) -> Value {
    let root = document.root_element();
    match document.qname(document.name(root)).local {
        "json" => value(document, root),
        name => Value::Object([(name.to_owned(), value(document, root))].into_iter().collect()),
    }
}

/// The tree holds the value, and what stands at the place of each element is its value again.
#[track_caller]
fn check(bytes: &[u8], expected: &Value, elements: usize) {
    let document = parse(bytes).unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(bytes)));
    assert_eq!(&whole(&document), expected, "{}", String::from_utf8_lossy(bytes));
    let mut before = 0;
    for node in document.nodes().step_by(1 + document.node_count() / elements) {
        let span = document.span(node);
        assert!(before <= span.start && span.start <= span.end, "nodes come in the order of the source");
        before = span.start;
        if document.is_element(node) && attribute(&document, node, "array") != Some("empty") {
            let source = &bytes[document.source_range(document.content_span(node))];
            assert_eq!(serde_json::from_slice::<Value>(source).unwrap(), value(&document, node));
        }
        if let Some(array) = attribute(&document, node, "array").filter(|_| document.is_element(node)) {
            assert!(array == "item" || document.children(node).next().is_none());
        }
    }
}

#[test]
fn the_suite_is_answered_as_the_table_says() {
    let Some(suite) = corpus("json-test-suite") else {
        println!("skipped: the corpus `json-test-suite` is not laid out");
        return;
    };
    let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut differences, mut either) = (String::new(), String::new());
    for path in files(&suite) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let outcome = parse(&fs::read(&path).unwrap());
        let (kind, must) = match name.split('_').next() {
            Some("y") => ("`y_`", Some(true)),
            Some("n") => ("`n_`", Some(false)),
            _ => ("`i_`", None),
        };
        let is_different = must.is_some_and(|must| must != outcome.is_ok());
        let count = counts.entry(kind).or_default();
        for (count, holds) in count.iter_mut().zip([true, outcome.is_ok(), outcome.is_err(), is_different]) {
            *count += holds as usize;
        }
        let said = match &outcome {
            Ok(_) => "read".to_owned(),
            Err(error) => format!("`{}`", error.kind().id()),
        };
        if is_different {
            let why = EXPLANATIONS.iter().find(|(of, _)| *of == name).map(|(_, why)| *why);
            let why = why.unwrap_or_else(|| panic!("{name} is {said}, and not explained"));
            writeln!(differences, "- `{name}` is {said}: {why}").unwrap();
        } else if must.is_none() {
            writeln!(either, "| `{name}` | {said} |").unwrap();
        } else if let Err(error) = outcome {
            *reasons.entry(error.kind().id()).or_default() += 1;
        }
    }
    let mut table = INTRODUCTION.to_owned();
    for kind in ["`y_`", "`n_`", "`i_`"] {
        let [all, read, refused, different] = counts[kind];
        writeln!(table, "| {kind} | {all} | {read} | {refused} | {different} |").unwrap();
    }
    write!(table, "\n## Differences\n\n{differences}\n## What may be either\n\n| test | outcome |\n|---|---|\n")
        .unwrap();
    write!(table, "{either}\n## Why `n_` is refused\n\n| error | tests |\n|---|--:|\n").unwrap();
    for (reason, count) in reasons {
        writeln!(table, "| `{reason}` | {count} |").unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance/json.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == table, "the table is out of date:\n{table}");
    for (name, _) in EXPLANATIONS {
        assert!(differences.contains(&format!("`{name}`")), "{name} is explained and no difference");
    }
}

#[test]
fn trees_of_real_files_hold_what_serde_json_reads() {
    for name in ["json-test-suite", "sosmeta", "fhir-questionnaires"] {
        let Some(folder) = corpus(name) else {
            println!("skipped: the corpus `{name}` is not laid out");
            continue;
        };
        let (mut compared, mut refused) = (0, 0);
        for path in files(&folder) {
            let mut bytes = fs::read(&path).unwrap();
            if name == "fhir-questionnaires" {
                // At the top, a resource has the tree of FHIR XML, which tests of its own look at.
                bytes = [b"[", bytes.as_slice(), b"]"].concat();
            }
            let without_mark = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            match (parse(&bytes), serde_json::from_slice::<Value>(without_mark)) {
                (Ok(_), Ok(expected)) => check(&bytes, &expected, 64),
                // serde_json has no number beyond the range of a double.
                (Ok(_), Err(error)) => assert!(error.to_string().contains("out of range"), "{}", path.display()),
                (Err(error), Ok(_)) => {
                    refused += 1;
                    assert_eq!(error.kind().id(), "duplicate-member", "{}", path.display());
                    continue;
                }
                (Err(error), Err(_)) => {
                    refused += 1;
                    println!("{}: {error}", path.display());
                    continue;
                }
            }
            compared += 1;
        }
        println!("{name}: {compared} read, {refused} refused");
        assert!(compared > 30);
    }
}

impl Random {
    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64)]
    }

    fn space(&mut self) -> &'static str {
        self.of(&["", "", "", " ", "\n", "\r\n\t"])
    }

    fn string(&mut self) -> String {
        let pieces = [
            "a",
            "b",
            "json",
            "_",
            "type",
            " ",
            "ä",
            "€",
            "𝄞",
            "0123456789",
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "\\u0061",
            "\\u0000",
            "\\ud834\\udd1e",
            "\u{FFFE}",
            "]",
            "{",
        ];
        let pieces: Vec<&str> = (0..self.below(4)).map(|_| self.of(&pieces)).collect();
        format!("\"{}\"", pieces.concat())
    }

    /// A text and nothing that an object has twice.
    fn json(&mut self, depth: usize) -> String {
        let (before, behind) = (self.space(), self.space());
        let kind = if depth == 0 { self.below(4) } else { self.below(9) };
        let value = match kind {
            0 => self.of(&["true", "false", "null"]).to_owned(),
            1 => self.of(&["0", "-0", "12", "-1.50", "1e3", "2E-2", "0.1e+1", "9007199254740993"]).to_owned(),
            2 | 3 => self.string(),
            4 | 5 => {
                let items: Vec<String> = (0..self.below(4)).map(|_| self.json(depth - 1)).collect();
                format!("[{}{}]", self.space(), items.join(","))
            }
            _ => {
                let mut members = BTreeMap::new();
                for _ in 0..self.below(4) {
                    let (name, value) = (self.string(), self.json(depth - 1));
                    let key: String = serde_json::from_str(&name).unwrap();
                    members.insert(key, format!("{}{name}{}:{value}", self.space(), self.space()));
                }
                let members: Vec<String> = members.into_values().collect();
                format!("{{{}{}}}", self.space(), members.join(","))
            }
        };
        format!("{before}{value}{behind}")
    }
}

#[test]
fn trees_of_random_texts_hold_what_serde_json_reads() {
    for seed in 0..3_000 {
        let text = Random(seed).json(seed as usize % 7);
        check(text.as_bytes(), &serde_json::from_str(&text).unwrap(), 1_000);
    }
}

/// What is damaged is refused by both, or read as the same. Only names that are there twice are read by serde_json.
#[test]
fn damaged_random_texts_are_refused_as_by_serde_json() {
    let mut refused = 0;
    for seed in 0..6_000 {
        let mut random = Random(seed);
        let mut text: Vec<char> = random.json(4).chars().collect();
        for _ in 0..=random.below(2) {
            let at = random.below(text.len() as u64 + 1);
            let damage =
                random.of(&["\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", "n", " ", "\n", "\u{1}"]);
            match random.below(3) {
                0 if at < text.len() => drop(text.remove(at)),
                _ => text.splice(at..at, damage.chars()).for_each(drop),
            }
        }
        let text: String = text.into_iter().collect();
        match (parse(text.as_bytes()), serde_json::from_str::<Value>(&text)) {
            (Ok(_), Ok(expected)) => check(text.as_bytes(), &expected, 100),
            (Err(error), Ok(_)) => assert_eq!(error.kind().id(), "duplicate-member", "{text}"),
            (Ok(_), Err(error)) => assert!(error.to_string().contains("out of range"), "{error} in {text}"),
            (Err(error), Err(_)) => {
                refused += 1;
                assert!(text.is_char_boundary(error.offset()), "{text}");
            }
        }
    }
    assert!(refused > 3_000, "{refused}");
}
