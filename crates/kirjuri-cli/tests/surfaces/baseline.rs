//! A baseline holds nothing of a document, and knows its findings whatever the files are called.

use std::fs;

use crate::privacy::{shown, texts_of_rules, values};
use crate::sandbox::Sandbox;

const AS_OF: [&str; 2] = ["--as-of", "2026-06-30"];

#[test]
fn a_baseline_knows_documents_whose_files_have_other_names_and_another_order() {
    let sandbox = Sandbox::new("baseline-names");
    let written =
        sandbox.run(&[&["baseline", "write", "fixtures/documents", "--reason", "as it is"], &AS_OF[..]].concat());
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let folder = sandbox.folder.join("fixtures/documents");
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    fs::create_dir(sandbox.folder.join("anew")).unwrap();
    let documents = paths.iter().rev().filter(|path| path.extension().is_some_and(|ending| ending == "xml"));
    for (number, path) in documents.enumerate() {
        // Bytes, since some are in other encodings.
        let bytes = fs::read(path).unwrap();
        fs::write(sandbox.folder.join(format!("anew/{number:03}.xml")), bytes).unwrap();
    }
    for jobs in ["1", "2"] {
        let check = ["check", "anew", "--baseline", "kirjuri-baseline.toml", "--format", "json", "--jobs", jobs];
        let report = sandbox.json(&[&check, &AS_OF[..]].concat());
        let count = |key: &str| report["baseline"][key].as_u64().unwrap();
        assert!(count("known") > 100, "{}", report["baseline"]);
        assert_eq!([count("new"), count("unused"), count("expired")], [0; 3], "{}", report["baseline"]);
    }
}

#[test]
fn no_value_of_a_document_is_in_a_baseline() {
    let (sandbox, values, rules) = (Sandbox::new("baseline-privacy"), values(), texts_of_rules());
    sandbox.run(&[&["baseline", "write", "fixtures"], &AS_OF[..]].concat());
    let text = fs::read_to_string(sandbox.folder.join("kirjuri-baseline.toml")).unwrap();
    assert!(!text.contains("fixtures") && !text.contains(".xml"));
    // A fingerprint may have the digits of a value by chance.
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("    \"") && !line.starts_with("key")).collect();
    assert!(lines.len() > 100);
    assert_eq!(shown(&lines.join("\n"), &values, &rules, false), Vec::<&String>::new());
    let said = sandbox.run(&[&["baseline", "check", "fixtures", "--lang", "en"], &AS_OF[..]].concat());
    let said = String::from_utf8(said.stdout).unwrap() + &String::from_utf8(said.stderr).unwrap();
    assert_eq!(shown(&said, &values, &rules, false), Vec::<&String>::new());
}
