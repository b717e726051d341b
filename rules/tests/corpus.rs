//! Runs the built-in packs over real documents and compares with the table of judged findings.
//!
//! The documents are no part of the project: they are looked for in `KIRJURI_CORPUS`, else in `target/corpus`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{Limits, LintOptions, Pack, RuleSet, Severity};
use kirjuri_series::Collection;

fn corpus(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root.join("target/corpus"), PathBuf::from);
    let folder = corpus.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no {}", folder.display());
    None
}

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "xml") {
            found.push(path);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Count {
    findings: usize,
    documents: usize,
}

#[test]
fn every_finding_on_the_kanta_corpus_has_been_judged() {
    let Some(folder) = corpus("kanta/documents") else { return };
    let mut paths = Vec::new();
    documents(&folder, &mut paths);
    assert_eq!(paths.len(), 81);

    let pack = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
    let rules = RuleSet::new(kirjuri_rules::names().map(pack).collect());
    let mut options = LintOptions::as_of(Date::new(2026, 11, 22).unwrap());
    options.series = true;
    let mut series = Collection::default();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut applied = vec![0; rules.len()];
    for (number, path) in (0..).zip(&paths) {
        let bytes = std::fs::read(path).unwrap();
        let report = kirjuri::check(&bytes, &Limits::default(), &rules, &options)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut in_document: BTreeMap<String, usize> = BTreeMap::new();
        for finding in &report.findings {
            *in_document.entry(rules.id(finding.rule)).or_default() += 1;
        }
        for (rule, findings) in in_document {
            let count = counts.entry(rule).or_default();
            count.findings += findings;
            count.documents += 1;
        }
        for (rule, tally) in &report.tallies {
            applied[rule.index()] += tally.applied;
        }
        series.take(number, &report.members).unwrap();
    }
    let mut verdict = series.judge(&rules, &options).unwrap();
    assert_eq!(verdict.unevaluated, []);
    while let Some(found) = verdict.findings.next(&rules).unwrap() {
        let count = counts.entry(rules.id(found.finding.rule)).or_default();
        count.findings += 1;
        count.documents += 1;
    }

    // What the facts say of these documents.
    assert_eq!(counts.get("kanta-header/malformed-hetu").map(|count| count.findings), Some(4));
    for clean in [
        "conflicting-birth-date",
        "conflicting-sex",
        "conflicting-set-id",
        "missing-replaced-document",
        "malformed-oid",
    ] {
        let clean = format!("kanta-header/{clean}");
        let index = rules.find(&clean).unwrap_or_else(|| panic!("there is no rule {clean}"));
        assert!(applied[index.index()] > 0, "{clean} is not exercised");
        assert_eq!(counts.get(&clean), None, "{clean} has findings");
    }
    assert!(rules.rules().filter(|(_, rule)| rule.severity == Severity::Error).count() >= 20);
    assert_eq!(counts, judged());
}

/// The table of `docs/corpus/kanta.md`: rule, findings, documents, verdict.
fn judged() -> BTreeMap<String, Count> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/corpus/kanta.md");
    let text = std::fs::read_to_string(table).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
        let [rule, findings, documents, verdict] = cells[..] else { panic!("a row has four cells: {row}") };
        assert!(verdict.starts_with("true"), "a rule with a false finding is mended, not listed: {row}");
        let count = Count { findings: findings.parse().unwrap(), documents: documents.parse().unwrap() };
        (rule.trim_end_matches('`').to_owned(), count)
    })
    .collect()
}
