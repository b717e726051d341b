//! What is missing from a draft and what is wrong in it are together what is wrong in the document, for whole documents and
//! all built-in packs.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{Limits, LintOptions, Pack, Place, RuleSet, Unchecked};

fn rules() -> RuleSet {
    let packs = kirjuri_rules::names().map(|name| Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
    RuleSet::new(packs.map(Arc::new).collect())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "xml" || ending == "json") {
            found.push(path);
        }
    }
}

fn shown(place: &Place) -> String {
    match &place.inner {
        Some(inner) => format!("{} > {}", place.path, inner.path),
        None => place.path.clone(),
    }
}

/// How many findings a document has, and how many of them a draft only lacks.
fn conserved(bytes: &[u8], rules: &RuleSet, name: &str) -> (usize, usize) {
    let mut options = LintOptions::as_of(Date::new(2026, 6, 30).unwrap());
    let whole = match kirjuri::check(bytes, &Limits::default(), rules, &options) {
        Ok(whole) => whole,
        Err(Unchecked::NoPackApplies | Unchecked::Unreadable(_)) => return (0, 0),
        Err(error) => panic!("{name}: {error}"),
    };
    assert_eq!(whole.missing, [], "{name}");
    options.draft = true;
    let draft = kirjuri::check(bytes, &Limits::default(), rules, &options).unwrap();
    let mut left: BTreeMap<(String, String), usize> = BTreeMap::new();
    for finding in &whole.findings {
        *left.entry((rules.id(finding.rule), shown(&finding.place))).or_default() += 1;
    }
    for finding in &draft.findings {
        let key = (rules.id(finding.rule), shown(&finding.place));
        let count = left.get_mut(&key).unwrap_or_else(|| panic!("{name}: {key:?} is a finding only of the draft"));
        *count = count.checked_sub(1).unwrap_or_else(|| panic!("{name}: {key:?} is found once more in the draft"));
    }
    let mut turned: BTreeMap<String, usize> = BTreeMap::new();
    for ((rule, _), count) in left.into_iter().filter(|(_, count)| *count > 0) {
        *turned.entry(rule).or_default() += count;
    }
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    for one in &draft.missing {
        *missing.entry(rules.id(one.rule)).or_default() += 1;
        let around = one.place.inner.as_deref().unwrap_or(&one.place);
        let rest = one.path.strip_prefix(&around.path);
        assert!(
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            "{name}: {} {}",
            around.path,
            one.path
        );
    }
    assert_eq!(missing, turned, "{name}");
    for (rule, tally) in &draft.tallies {
        let failed = draft.findings.iter().filter(|finding| finding.rule == *rule).count() as u64;
        assert_eq!(tally.failed, failed, "{name}: {}", rules.id(*rule));
    }
    (whole.findings.len(), draft.missing.len())
}

fn check(folder: &Path, least: usize) {
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return;
    }
    let (rules, mut paths) = (rules(), Vec::new());
    documents(folder, &mut paths);
    let (mut findings, mut missing) = (0, 0);
    for path in &paths {
        let (all, lacking) = conserved(&std::fs::read(path).unwrap(), &rules, &path.display().to_string());
        findings += all;
        missing += lacking;
    }
    println!("{}: {} documents, {findings} findings, {missing} of them missing", folder.display(), paths.len());
    assert!(missing >= least && missing <= findings, "{missing} of {findings}");
}

#[test]
fn nothing_is_lost_or_said_twice_of_the_fixtures() {
    check(&root().join("fixtures/documents"), 1);
}

#[test]
fn nothing_is_lost_or_said_twice_of_the_social_fixtures() {
    check(&root().join("fixtures/social"), 1);
}

#[test]
fn nothing_is_lost_or_said_twice_of_the_corpus() {
    let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root().join("target/corpus"), PathBuf::from);
    for (folder, least) in [("kanta/documents", 1), ("sosmeta/structures", 1), ("fhir-questionnaires", 1)] {
        check(&corpus.join(folder), least);
    }
}

#[test]
fn nothing_is_lost_or_said_twice_of_the_failing_examples() {
    let (rules, mut missing) = (rules(), 0);
    for (pack, rule) in rules.rules() {
        for example in rule.failing() {
            let name = format!("{}: {}", pack.rule_id(rule), example.name);
            missing += conserved(example.document.as_bytes(), &rules, &name).1;
        }
    }
    println!("{missing} missing");
    assert!(missing > 120, "{missing}");
}

#[test]
fn the_field_that_is_missing_would_go_into_its_group() {
    let pack = Pack::load_proved(&kirjuri_rules::source("sosmeta").unwrap()).unwrap();
    let rules = RuleSet::new(vec![Arc::new(pack)]);
    let mut options = LintOptions::default();
    options.draft = true;
    let note = r#""asiakaskertomusmerkinta": {"palvelutehtava":
        {"system": "urn:oid:1.2.246.537.6.1221", "code": "24", "display": "A"}, "tapahtuma": {"kuvaus": "A"}},
        "paivamaara": "2026-03-05", "laatija": {"sukunimi": "A", "etunimet": "B"}"#;
    let client = |more: &str| format!(r#""asiakas": [{{"sukunimi": "A", "etunimet": "B"{more}}}]"#);
    let known = r#", "tilapainen_yksilointitunnus": {"value": "1"}"#;
    for (content, expected) in [
        (format!("{}, {note}", client(known)), &[][..]),
        (note.to_owned(), &["/asiakas"]),
        (format!(r#""asiakas": [], {note}"#), &["/asiakas"]),
        (format!("{}, {note}", client("")), &["/asiakas/henkilotunnus"]),
        (
            format!("{}, {note}", client(r#", "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": " "}"#)),
            &["/asiakas/henkilotunnus/value"],
        ),
        (
            format!("{}, {note}", client(known)).replace(r#""code": "24","#, ""),
            &["/asiakaskertomusmerkinta/palvelutehtava/code"],
        ),
        (
            format!("{}, {note}", client(known)).replace(r#""sukunimi": "A","#, r#""sukunimi": " ","#),
            &["/asiakas/sukunimi", "/laatija/sukunimi"],
        ),
    ] {
        // The same where something stands beside the document.
        for (before, root) in [("", ""), (r#""$schema": "A", "#, "/json")] {
            let text = format!("{{{before}\"merkinta_asiakkaan_arjesta\": {{{content}}}}}");
            let report = kirjuri::check(text.as_bytes(), &Limits::default(), &rules, &options).unwrap();
            let found: Vec<&str> = report.missing.iter().map(|missing| missing.path.as_str()).collect();
            let root = format!("{root}/merkinta_asiakkaan_arjesta");
            let expected: Vec<String> = expected.iter().map(|path| format!("{root}{path}")).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
