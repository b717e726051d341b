//! What Saxon finds with the schemas of `tests/saxon`, and what we find: the same SVRL, but for its layout.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::{Document, Limits, LintOptions, RuleSet, SchemaFiles, Schematron, SchematronOptions, check};
use kirjuri_report::write_svrl;
use kirjuri_tree::{NodeId, NodeKind, NodeRef};

/// The pairs; a folder that is not named here would not be noticed to be gone.
const PAIRS: [&str; 13] = [
    "abstract",
    "binding-1",
    "contexts",
    "dates-2",
    "expressions-2",
    "keys-functions",
    "lets",
    "messages",
    "namespaces",
    "phase-chosen",
    "phase-default",
    "rule-order",
    "vocabulary",
];

/// The folder of a pair.
struct Folder(PathBuf);

impl SchemaFiles for Folder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saxon")
}

/// Our SVRL of a pair.
fn ours(pair: &str) -> String {
    let folder = Folder(folder().join(pair));
    let mut options = SchematronOptions::default();
    options.phase = fs::read_to_string(folder.0.join("phase")).ok().map(|phase| phase.trim().to_owned());
    let schema = Schematron::load(&folder, "schema.sch", &options).unwrap_or_else(|error| panic!("{pair}: {error}"));
    assert!(schema.assertions().iter().all(|assertion| assertion.is_compiled), "{pair}: {:?}", schema.notes());
    let rules = RuleSet::new(Vec::new()).with_schemas([Arc::new(schema)]);
    let mut options = LintOptions::default();
    (options.messages, options.fired_rules) = (true, true);
    let bytes = fs::read(folder.0.join("document.xml")).unwrap();
    let report = check(&bytes, &Limits::default(), &rules, &options).unwrap();
    let unevaluated: Vec<String> = report.unevaluated.iter().map(|it| rules.id(it.rule)).collect();
    assert!(unevaluated.is_empty(), "{pair}: {unevaluated:?} not evaluated");
    let mut svrl = Vec::new();
    write_svrl(&report, &rules, 0, &mut svrl).unwrap();
    String::from_utf8(svrl).unwrap()
}

/// An SVRL report as one line for each element below its root, attributes in the order of their names. What the expected
/// files leave out is left out: the metadata and rules that did not fire, and white space that is only layout.
fn lines(svrl: &str) -> Vec<String> {
    let document =
        Document::parse(svrl.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{svrl}"));
    let root = document.root_element();
    let mut lines = vec![start(&document, root)];
    for child in document.children(root).filter(|&child| document.is_element(child)) {
        if !["metadata", "suppressed-rule"].contains(&document.qname(document.name(child)).local) {
            lines.push(tree(&document, child, false));
        }
    }
    lines
}

fn start(document: &Document, element: NodeId) -> String {
    let name = document.qname(document.name(element));
    let mut attributes: Vec<String> = Vec::new();
    for attribute in document.attributes(element) {
        let name = document.qname(document.attribute_name(attribute));
        // Only `xml:` attributes have a namespace here.
        let prefix = document.prefix(NodeRef::attribute(element, attribute));
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}:") };
        attributes.push(format!(" {prefix}{}={:?}", name.local, document.attribute_value(attribute)));
    }
    attributes.sort();
    format!("{}{}", name.local, attributes.concat())
}

fn tree(document: &Document, element: NodeId, is_mixed: bool) -> String {
    let name = document.qname(document.name(element)).local;
    let is_mixed = is_mixed || name == "text";
    let content = document.children(element).map(|child| match document.kind(child) {
        NodeKind::Element => tree(document, child, is_mixed),
        NodeKind::Text if is_mixed => format!("{:?}", document.value(child)),
        _ => String::new(),
    });
    format!("<{}>{}</>", start(document, element), content.collect::<String>())
}

/// Says where two reports differ: the first line that is not the same.
fn difference(pair: &str, theirs: &[String], ours: &[String]) -> Option<String> {
    let none = String::from("nothing");
    (0..theirs.len().max(ours.len())).find_map(|line| {
        let (theirs, ours) = (theirs.get(line).unwrap_or(&none), ours.get(line).unwrap_or(&none));
        (theirs != ours).then(|| format!("{pair}, line {line}\nSaxon: {theirs}\n ours: {ours}"))
    })
}

#[test]
fn every_pair_finds_what_saxon_finds() {
    let mut differences = Vec::new();
    for pair in PAIRS {
        let expected = fs::read_to_string(folder().join(pair).join("expected.svrl")).unwrap();
        differences.extend(difference(pair, &lines(&expected), &lines(&ours(pair))));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

#[test]
fn every_folder_is_a_pair_that_is_compared() {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let folders: BTreeSet<String> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert_eq!(folders, BTreeSet::from(PAIRS.map(str::to_owned)));
}
