//! Runs the lint of form definitions over the published structures of social care, and compares what it finds with the
//! committed table and with what is known of these structures.
//!
//! The structures are no part of the project: they are looked for in `KIRJURI_CORPUS`, else in `target/corpus`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{Limits, LintOptions, Pack, RuleSet};

/// What is known of the 202 structures without this lint: rule, findings, and how that was counted.
const KNOWN: &[(&str, usize, &str)] = &[
    ("conflicting-accepted-values", 0, "`enum` against `acceptedValues`: none differ"),
    ("conflicting-required", 0, "`sosmeta.required` against `required`, below the root: none differ"),
    ("conflicting-version", 0, "tail of the OID against `documentDefinitionVersion`: none differ"),
    ("drifting-class-label", 2, "2 codes: 25 and 26 of the reasons of child welfare"),
    ("duplicate-code", 1, "1: `taho` of 1506.4018, 14 twice"),
    ("empty-description", 5992, "5,992 descriptions that are only a dash"),
    ("malformed-library-version", 9, "9: `2025-02-27R04` and the like"),
    ("missing-author", 4, "4 without `documentAuthor`"),
    ("missing-classification", 1, "1: `tapaamisen_tyyppi` of 1506.7005"),
    ("missing-condition-note", 10, "10 conditions without a note"),
    ("missing-description", 1572, "1,572 without the key, the 202 roots among them"),
    ("missing-finnish-description", 1, "1,573 without a Finnish text, 1,572 of them without the key"),
    ("missing-min-items", 0, "required lists without `minItems` 1: none"),
    ("missing-subject", 1, "1 without `documentSubject`"),
    ("missing-swedish-name", 860, "860 in 18 structures"),
    ("missing-swedish-note", 32, "a further 32 have no Swedish note"),
    ("padded-name", 10, "10 names with a double space"),
    ("wrong-document-type-label", 2, "2, both in 1506.11023: 11049 and 11028"),
];

/// How many ways the author is spelled in, one that is missing not counted.
const AUTHORS: usize = 28;

#[derive(Clone, Default)]
struct Count {
    asked: u64,
    findings: usize,
    structures: BTreeSet<PathBuf>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The published structures; none where they are not there.
fn published() -> Option<BTreeSet<PathBuf>> {
    let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root().join("target/corpus"), PathBuf::from);
    let folder = corpus.join("sosmeta/structures");
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return None;
    }
    let paths: BTreeSet<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(paths.len(), 202);
    Some(paths)
}

#[test]
fn the_published_structures_have_the_faults_that_are_known_and_no_others() {
    let Some(paths) = published() else { return };
    let pack = Pack::load(&kirjuri_rules::source("sosmeta-form").unwrap()).unwrap();
    let rules = RuleSet::new(vec![Arc::new(pack)]);
    let options = LintOptions::as_of(Date::new(2026, 11, 22).unwrap());
    let mut counts: BTreeMap<&str, Count> =
        rules.rules().map(|(_, rule)| (rule.name.as_str(), Count::default())).collect();
    let mut authors = BTreeSet::new();
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let report = kirjuri::check(&bytes, &Limits::default(), &rules, &options)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for finding in &report.findings {
            let count = counts.get_mut(rules.rule(finding.rule).1.name.as_str()).unwrap();
            count.findings += 1;
            count.structures.insert(path.clone());
        }
        for (rule, tally) in &report.tallies {
            counts.get_mut(rules.rule(*rule).1.name.as_str()).unwrap().asked += tally.applied;
        }
        let text = String::from_utf8(bytes).unwrap();
        let author = text.lines().find_map(|line| line.trim().strip_prefix("\"documentAuthor\": "));
        authors.extend(author.map(|author| author.trim_end_matches(',').to_owned()));
    }

    for (rule, count) in &counts {
        assert!(count.asked > 0, "{rule} is asked of none");
    }
    for (rule, findings, how) in KNOWN {
        assert_eq!(counts[rule].findings, *findings, "{rule}: {how}");
    }
    assert_eq!(counts["missing-swedish-name"].structures.len(), 18);
    assert_eq!(counts["missing-description"].asked, 12_356, "fields, the roots among them");
    assert_eq!(counts["missing-condition-note"].asked, 605, "conditions");
    assert_eq!(authors.len(), AUTHORS);

    let made = table(&counts);
    let committed = root().join("docs/conformance/sosmeta-forms.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&committed, &made).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&committed).unwrap_or_default(), made, "UPDATE=1 writes the table anew");
}

fn table(counts: &BTreeMap<&str, Count>) -> String {
    let mut out = String::from(ABOVE);
    for (rule, Count { asked, findings, structures }) in counts {
        let known = match KNOWN.iter().find(|(known, ..)| known == rule) {
            Some((_, _, how)) => (*how).to_owned(),
            None if *rule == "unusual-author" => format!("spelled in {AUTHORS} ways"),
            None => String::new(),
        };
        let structures = structures.len();
        let _ = writeln!(out, "| `{rule}` | {asked} | {findings} | {structures} | {known} |");
    }
    out
}

const ABOVE: &str = "\
# The published structures of social care, linted as forms

What the pack `sosmeta-form` finds in the 202 structures of Sosmeta (juntunen-ai/sosmeta@ae2985d, status Valmis), and what
is known of them from a count that was made without it. `asked` is how often the rule applied: a rule that was never asked
would say nothing. A test compares this table (`rules/tests/forms.rs`); `UPDATE=1` writes it anew.

| rule | asked | findings | structures | known |
|---|--:|--:|--:|---|
";

#[test]
fn a_published_structure_is_a_form_without_faults_of_its_own() {
    let Some(paths) = published() else { return };
    let pack = Pack::load(&kirjuri_rules::source("sosmeta").unwrap()).unwrap();
    let rules = RuleSet::new(vec![Arc::new(pack)]);
    let mut asked = 0;
    for path in paths {
        let bytes = std::fs::read(&path).unwrap();
        let report = kirjuri::check(&bytes, &Limits::default(), &rules, &LintOptions::default()).unwrap();
        let found: Vec<String> = report.findings.iter().map(|finding| rules.id(finding.rule)).collect();
        assert_eq!(found, [""; 0], "{}", path.display());
        asked += report.tallies.iter().map(|(_, tally)| tally.applied).sum::<u64>();
    }
    assert!(asked > 40_000, "{asked}");
}
