//! The documents of `fixtures/series` give exactly the findings of their `expected.txt`: each rule on a series finds the
//! fault that was planted for it, and nothing else, whatever the order of the documents and the number of threads.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{Sandbox, fixtures, update};

const OPTIONS: &[&str] =
    &["--pack", "kanta-series", "--pack", "kanta-header", "--as-of", "2026-11-22", "--fail-on", "never"];

/// A sandbox with the documents, and their paths in it.
fn sandbox(name: &str) -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::new(name);
    let mut paths = Vec::new();
    for entry in fs::read_dir(fixtures().join("series")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".xml") {
            let path = format!("fixtures/series/{name}");
            sandbox.write(&path, &fs::read_to_string(fixtures().join("series").join(&name)).unwrap());
            paths.push(path);
        }
    }
    paths.sort();
    (sandbox, paths)
}

fn check<'a>(paths: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [&["check"], paths, OPTIONS, &["--format", "json"], more].concat()
}

fn file(path: &Value) -> &str {
    path.as_str().unwrap().rsplit('/').next().unwrap()
}

fn place(place: &Value) -> String {
    format!("{}:{}", place["line"], place["column"])
}

/// A line for each document, and below it one for each finding, those of rules on series last, with the places in other
/// documents that they name.
fn table(report: &Value) -> String {
    let mut table = String::new();
    for document in report["documents"].as_array().unwrap() {
        assert_eq!(document["status"], "checked", "{document}");
        writeln!(table, "{}", file(&document["path"])).unwrap();
        let own = document["findings"].as_array().unwrap().iter();
        let of_series = report["series"].as_array().unwrap().iter();
        for finding in own.chain(of_series.filter(|it| it["document"] == document["path"])) {
            let (rule, path) = (finding["rule"].as_str().unwrap(), finding["place"]["path"].as_str().unwrap());
            write!(table, "  {} {rule} {path}", place(&finding["place"])).unwrap();
            for other in finding["others"].as_array().into_iter().flatten() {
                write!(table, " < {}:{}", file(&other["path"]), place(&other["place"])).unwrap();
            }
            table.push('\n');
        }
    }
    table
}

#[test]
fn the_documents_of_a_series_give_the_findings_they_must() {
    let (sandbox, paths) = sandbox("series-fixture");
    let found = table(&sandbox.json(&check(&["fixtures/series"], &["--jobs", "1"])));
    let golden = fixtures().join("series/expected.txt");
    if update() {
        fs::write(&golden, &found).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap().replace("\r\n", "\n");
    assert!(found == expected, "UPDATE=1 rewrites {}; found:\n{found}", golden.display());
    let reversed: Vec<&str> = paths.iter().rev().map(String::as_str).collect();
    for (paths, more) in [(&["fixtures/series"][..], ["--jobs", "2"]), (&reversed, ["--lang", "sv"])] {
        assert_eq!(table(&sandbox.json(&check(paths, &more))), expected, "{more:?}");
    }
}

#[test]
fn each_rule_on_a_series_finds_the_fault_planted_for_it_and_no_other() {
    let (sandbox, _) = sandbox("series-names");
    let report = sandbox.json(&check(&["fixtures/series"], &[]));
    let mut found = BTreeSet::new();
    for finding in report["series"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap().split_once('/').unwrap().1;
        assert!(found.insert(rule.to_owned()), "{rule} finds more than one fault");
        for path in
            [&finding["document"]].into_iter().chain(finding["others"].as_array().unwrap().iter().map(|it| &it["path"]))
        {
            let name = Path::new(file(path)).file_stem().unwrap().to_str().unwrap();
            let planted = name.strip_prefix(rule).is_some_and(|rest| rest.len() == 2 && rest.starts_with('-'));
            assert!(planted, "{rule} finds {name}");
        }
    }
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/kanta-series");
    let files = fs::read_dir(pack).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let rules = files.filter_map(|name| name.strip_suffix(".toml").map(str::to_owned)).filter(|name| name != "pack");
    assert_eq!(found, rules.collect());
}
