//! What tables say of a batch: the evidence, and the report in one table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

use super::expected::{Expected, Fate, RULES};

/// A row, by the names of its columns.
type Row = BTreeMap<String, String>;

fn rows(path: &Path) -> Vec<Row> {
    let table = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
    let cell = |(name, field): (&String, &Field)| {
        let text = match field {
            Field::Str(text) => text.clone(),
            other => other.to_string(),
        };
        (name.clone(), text)
    };
    table.get_row_iter(None).unwrap().map(|row| row.unwrap().get_column_iter().map(cell).collect()).collect()
}

fn number(row: &Row, column: &str) -> u64 {
    row[column].parse().unwrap()
}

fn sum(rows: &[Row], column: &str) -> u64 {
    rows.iter().map(|row| number(row, column)).sum()
}

/// Checks the report in one table and the evidence of a run.
pub(super) fn check(folder: &Path, expected: &Expected) {
    let report = rows(&folder.join("report.parquet"));
    check_findings(&report, expected);
    for row in &report {
        assert!(matches!(expected.documents.get(&row["file"]), Some(Fate::Checked(_))), "{row:?}");
    }
    let evidence = folder.join("evidence");
    let table = |name: &str| rows(&evidence.join(format!("{name}.parquet")));
    let run: Value = serde_json::from_reader(File::open(evidence.join("run.json")).unwrap()).unwrap();
    let [seen, checked, unreadable, skipped] = expected.account();
    for (key, count) in [
        ("seen", seen),
        ("checked", checked),
        ("unreadable", unreadable),
        ("skipped", skipped),
        ("ignored", expected.ignored),
        ("known", expected.total(true)),
    ] {
        assert_eq!(run["account"][key], count, "{key}");
    }
    check_documents(&table("documents"), expected);
    let (documents, findings) = (table("documents"), table("findings"));
    check_findings(&findings, expected);
    for document in &documents {
        let of_it = findings
            .iter()
            .filter(|finding| finding["document"] == document["document"] && finding["series"] == "false");
        let counted = ["errors", "warnings", "infos", "known"].map(|column| number(document, column));
        assert_eq!(of_it.count() as u64, counted.iter().sum::<u64>(), "{document:?}");
    }
    check_rules(&table("rules"), expected);
    check_groups(&table("groups"), &table("group_rules"), expected);
}

/// A row a document: each has another hash, and there are as many of each kind as were made.
fn check_documents(rows: &[Row], expected: &Expected) {
    let [seen, checked, unreadable, skipped] = expected.account();
    let of_status = |status: &str| rows.iter().filter(|row| row["status"] == status).count() as u64;
    assert_eq!(rows.len() as u64, seen);
    assert_eq!(["checked", "unreadable", "skipped"].map(of_status), [checked, unreadable, skipped]);
    let hashes: BTreeSet<_> = rows.iter().map(|row| &row["document"]).collect();
    assert_eq!(hashes.len() as u64, seen, "two documents are one");
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["status"] != "checked") {
        *reasons.entry(row["reason"].clone()).or_default() += 1;
    }
    assert_eq!(reasons, expected.reasons());
    assert_eq!(["errors", "warnings", "infos"].map(|column| sum(rows, column)), expected.severities_in_documents());
    let known = expected.total(true) - expected.in_series(true).len() as u64;
    assert_eq!(sum(rows, "known"), known);
}

/// A row a finding, known or not.
fn check_findings(rows: &[Row], expected: &Expected) {
    for (rule, severity) in RULES {
        let of_rule: Vec<_> = rows.iter().filter(|row| row["rule"] == rule).collect();
        assert!(of_rule.iter().all(|row| row["severity"] == severity), "{rule}");
        for is_known in [false, true] {
            let found = of_rule.iter().filter(|row| row["known"] == is_known.to_string()).count() as u64;
            assert_eq!(found, expected.found(rule, is_known), "{rule}, known: {is_known}");
        }
    }
    assert_eq!(rows.len() as u64, expected.total(false) + expected.total(true));
}

fn check_rules(rows: &[Row], expected: &Expected) {
    assert_eq!(rows.len(), RULES.len());
    for ((rule, _), row) in RULES.iter().zip(rows) {
        assert_eq!(row["rule"], *rule);
        // Without those that a baseline knows, which knows all of a rule or none here.
        let new = expected.found(rule, false);
        assert_eq!(number(row, "failed"), new, "{rule}");
        let documents = if new == 0 { 0 } else { expected.documents_failed(rule) };
        assert_eq!(number(row, "documents_failed"), documents, "{rule}");
    }
}

/// The documents of a dimension are those that were checked, and so are their findings.
fn check_groups(groups: &[Row], rules: &[Row], expected: &Expected) {
    let [_, checked, ..] = expected.account();
    let dimensions: BTreeSet<_> = groups.iter().map(|row| &row["dimension"]).collect();
    assert_eq!(dimensions.len(), 8);
    for dimension in dimensions {
        let of =
            |rows: &[Row]| -> Vec<Row> { rows.iter().filter(|row| row["dimension"] == *dimension).cloned().collect() };
        let (groups, rules) = (of(groups), of(rules));
        assert_eq!(sum(&groups, "documents"), checked, "{dimension}");
        let severities = ["errors", "warnings", "infos"].map(|column| sum(&groups, column));
        assert_eq!(severities, expected.severities_in_documents(), "{dimension}");
        // What is found across documents belongs to no group.
        for (rule, _) in RULES.iter().filter(|(rule, _)| rule.starts_with("notes/")) {
            let of_rule: Vec<Row> = rules.iter().filter(|row| row["rule"] == *rule).cloned().collect();
            assert_eq!(sum(&of_rule, "failed"), expected.found(rule, false), "{dimension}: {rule}");
        }
    }
}
