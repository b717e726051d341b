//! Real documents that nobody here wrote: clinical documents are read, entity bombs are refused.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::{Path, PathBuf};

use kirjuri_tree::{Document, Limits, NodeKind};

/// The XML files (documents, schemas, stylesheets) of a part of the corpus, sorted; nothing, and a line that says so, where it is not laid out.
fn documents(part: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, into);
            } else if path
                .extension()
                .is_some_and(|extension| ["xml", "xsd", "xsl"].iter().any(|xml| extension == *xml))
            {
                into.push(path);
            }
        }
    }
    let root = std::env::var_os("KIRJURI_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"), PathBuf::from);
    let mut paths = Vec::new();
    match root.join(part).is_dir() {
        true => walk(&root.join(part), &mut paths),
        false => println!("skipped: the corpus `{part}` is not laid out"),
    }
    paths.sort();
    paths
}

/// Documents that are malformed indeed, with how: libxml2 refuses them at the same places.
const MALFORMED: &[(&str, &str)] = &[
    ("CIRI_Inp_170.315_b2_ciri__r21_sample1_ccd_v11.xml", "malformed-tag 67:5"),
    ("Link_to_Problems_Section_with_linkHTML(C-CDA2.1).xml", "undeclared-prefix 61:44"),
    ("Health_Concerns_Link_to_Problems_Section(C-CDA2.1).xml", "undeclared-prefix 61:44"),
    ("Entry_Reference_Example.xml", "undeclared-prefix 37:26"),
    ("Transfer_Summary_participant_(Support)_Example.xml", "undeclared-prefix 4:11"),
    ("Planned_Encounter_-_Reason_for_Referral(C-CDAR2.1).xml", "undeclared-prefix 136:44"),
];

/// Every document is read, and its tree holds together, unless it is known to be malformed.
fn check(part: &str) {
    let paths = documents(part);
    let mut malformed = 0;
    for path in &paths {
        let known = MALFORMED.iter().find(|(ending, _)| path.to_string_lossy().ends_with(ending));
        let known = known.map(|(_, how)| *how);
        match Document::parse(&fs::read(path).unwrap(), &Limits::default()) {
            Ok(document) => {
                assert_eq!(None, known, "{}", path.display());
                check_tree(&document);
            }
            Err(error) => {
                let found = format!("{} {}:{}", error.kind().id(), error.position().line, error.position().column);
                assert_eq!(Some(&*found), known, "{}", path.display());
                malformed += 1;
            }
        }
    }
    if paths.is_empty() {
        return;
    }
    println!("{part}: {} read, {malformed} malformed", paths.len() - malformed);
}

/// The invariants of the arena, on every node.
fn check_tree(document: &Document) {
    let text = document.text();
    let mut attributes = 0;
    for node in document.nodes() {
        let span = document.span(node).range();
        assert!(span.start <= span.end && text.get(span.clone()).is_some());
        assert!(node < document.subtree_end(node) && document.subtree_end(node).index() <= document.node_count());
        if let Some(parent) = document.parent(node) {
            let outer = document.span(parent).range();
            assert!(parent < node && document.subtree_end(node) <= document.subtree_end(parent));
            assert!(outer.start <= span.start && span.end <= outer.end);
        }
        match document.kind(node) {
            NodeKind::Document => assert_eq!(span, 0..text.len()),
            NodeKind::Element => {
                let tag = &text[document.start_tag_span(node).range()];
                let prefix = document.prefix(node.into());
                let local = document.qname(document.name(node)).local;
                assert!(tag.starts_with('<') && tag.ends_with('>'));
                assert!(
                    tag[1..].starts_with(prefix) && tag[1 + prefix.len()..].trim_start_matches(':').starts_with(local)
                );
                assert!(text[span.clone()].ends_with('>'));
                assert!(document.elements_named(document.name(node)).binary_search(&node).is_ok());
            }
            NodeKind::Text => {
                assert!(!document.value(node).is_empty() && span.end > span.start);
                // No two texts beside each other.
                let next = document.subtree_end(node);
                let is_sibling = next.index() < document.node_count() && document.parent(next) == document.parent(node);
                assert!(!is_sibling || document.kind(next) != NodeKind::Text);
            }
            NodeKind::Comment => assert!(text[span.clone()].starts_with("<!--") && text[span].ends_with("-->")),
            NodeKind::ProcessingInstruction => {
                assert!(text[span.clone()].starts_with("<?") && text[span].ends_with("?>"))
            }
        }
        for attribute in document.attributes(node) {
            assert_eq!(attribute.index(), attributes);
            attributes += 1;
            let whole = &text[document.attribute_span(attribute).range()];
            let value = &text[document.attribute_value_span(attribute).range()];
            let quoted = whole.ends_with(&format!("\"{value}\"")) || whole.ends_with(&format!("'{value}'"));
            assert!(quoted && document.qname(document.attribute_name(attribute)).local.len() < whole.len());
        }
    }
    assert_eq!(attributes, document.attribute_count());
}

#[test]
fn finnish_clinical_documents_are_read() {
    check("kanta");
}

#[test]
fn american_clinical_documents_are_read() {
    check("onc-ccda");
    check("c-cda-examples");
}

#[test]
fn entity_bombs_are_refused_where_the_dtd_starts() {
    let paths = documents("defusedxml");
    let (mut refused, mut read) = (0, 0);
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        match Document::parse(&bytes, &Limits::default()) {
            Ok(_) => read += 1,
            Err(error) => {
                assert_eq!(error.kind().id(), "dtd-refused", "{}", path.display());
                assert!(bytes[error.offset()..].starts_with(b"<!DOCTYPE"), "{}", path.display());
                refused += 1;
            }
        }
    }
    assert!(paths.is_empty() || refused == 8 && read == 5, "{refused} refused, {read} read");
}
