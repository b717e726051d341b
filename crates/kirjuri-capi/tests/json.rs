//! Bytes in, JSON out: the same object that the command's report has for the document.

#![allow(clippy::unwrap_used)]

mod calling;

use std::sync::Arc;

use calling::{Rules, fixtures, string};
use kirjuri::identifiers::Date;
use kirjuri::{Draft, Language, Limits, LintOptions, Pack, Report, RuleSet, Unchecked};
use kirjuri_capi::KirjuriCheckOptions;
use kirjuri_report::{Batch, NotChecked, write_json};
use kirjuri_rules::folder::NamedDocuments;
use serde_json::Value;

/// What the command makes of a document, as it makes it.
struct Command {
    rules: RuleSet,
}

impl Command {
    fn document(&self, name: &str, bytes: &[u8], language: Language, as_of: Option<Date>, draft: bool) -> Value {
        let mut options = LintOptions::default();
        options.as_of = as_of.into();
        options.documents = Some(Arc::new(NamedDocuments::default()));
        options.draft = draft;
        let limits = Limits::default();
        let checked: Result<Report, Unchecked> = match draft {
            true => Draft::check(bytes, &limits, &self.rules, &options).map(Draft::into_report),
            false => kirjuri::check(bytes, &limits, &self.rules, &options),
        };
        let checked = checked.map_err(|unchecked| NotChecked::of(unchecked).unwrap());
        let mut batch = Batch::new(&self.rules, as_of);
        batch.is_draft = draft;
        batch.push(name.to_owned(), checked);
        let mut report = Vec::new();
        write_json(&batch, &self.rules, language, &mut report).unwrap();
        serde_json::from_slice::<Value>(&report).unwrap()["documents"][0].take()
    }
}

fn built_in() -> RuleSet {
    let load = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
    RuleSet::new(kirjuri_rules::names().map(load).collect())
}

fn options(name: &str, language: usize, as_of: u32, draft: bool) -> KirjuriCheckOptions {
    KirjuriCheckOptions {
        language: language as i32,
        as_of,
        draft: u32::from(draft),
        name: calling::borrowed(name),
        ..KirjuriCheckOptions::default()
    }
}

#[test]
fn every_fixture_gives_the_object_of_the_command() {
    let (command, rules) = (Command { rules: built_in() }, Rules::built_in());
    let (mut compared, mut found, mut missing) = (0, 0, 0);
    let fixtures = fixtures();
    for (path, bytes) in &fixtures {
        for (number, language) in Language::ALL.into_iter().enumerate() {
            let ways = [(20_261_122, false), (20_261_122, true), (0, false)];
            // The language changes words alone.
            for &(as_of, draft) in if number == 0 { &ways[..] } else { &ways[..1] } {
                let day = Date::parse(&as_of.to_string());
                let expected = command.document(path, bytes, language, day, draft);
                let report = rules.check(bytes, &options(path, number, as_of, draft)).unwrap();
                let json: Value = serde_json::from_str(&report.json().unwrap()).unwrap();
                assert_eq!(json, expected, "{path} in {language}, as of {as_of}, draft: {draft}");
                let findings = report.findings();
                agree(&json, &findings);
                let mut listed = json["findings"].as_array().into_iter().flatten();
                assert!(listed.all(|finding| finding["fingerprint"].is_string() != draft), "{path}, draft: {draft}");
                compared += 1;
                found += findings.len();
                missing += report.missing().len();
            }
        }
    }
    println!("{} fixtures, {compared} reports compared, {found} findings, {missing} missing", fixtures.len());
    assert!(found > 500);
}

/// The findings one by one are those of the JSON.
fn agree(json: &Value, findings: &[kirjuri_capi::KirjuriFinding]) {
    let listed = json["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(listed.len(), findings.len());
    for (json, finding) in listed.iter().zip(findings) {
        assert_eq!(json["rule"], string(finding.rule));
        assert_eq!(json["title"], string(finding.title));
        assert_eq!(json["severity"], ["", "info", "warning", "error"][finding.severity as usize]);
        let (outer, inner) = (&json["place"], json["place"].get("inner"));
        assert_eq!(inner.is_some(), finding.flags & kirjuri_capi::KIRJURI_HAS_INNER != 0);
        for (json, place) in [(Some(outer), finding.place), (inner, finding.inner)] {
            let Some(json) = json else { continue };
            assert_eq!(json["path"], string(place.path));
            assert_eq!(json["line"], place.line);
            assert_eq!(json["column"], place.column);
            assert_eq!(json["start"], place.start);
            assert_eq!(json["end"], place.end);
        }
    }
}

/// The examples of all rules: documents of every kind that a pack knows, JSON and base64 among them.
#[test]
fn every_example_of_a_rule_gives_the_object_of_the_command() {
    let (command, rules) = (Command { rules: built_in() }, Rules::built_in());
    let mut compared = 0;
    for name in kirjuri_rules::names() {
        let pack = Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap();
        for rule in pack.rules() {
            for example in rule.failing().iter().chain(rule.passing().iter().take(1)) {
                let number = compared % 3;
                let bytes = example.document.as_bytes();
                let expected = command.document(&rule.name, bytes, Language::ALL[number], None, false);
                let report = rules.check(bytes, &options(&rule.name, number, 0, false)).unwrap();
                let json: Value = serde_json::from_str(&report.json().unwrap()).unwrap();
                assert_eq!(json, expected, "{} {}", rule.name, example.name);
                compared += 1;
            }
        }
    }
    println!("{compared} examples compared");
    assert!(compared > 600, "{compared}");
}
