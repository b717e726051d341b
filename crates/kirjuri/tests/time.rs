//! Rules in time: their own periods beside those of guidelines, and documents judged by their own dates.

#![allow(clippy::unwrap_used)]

mod house;

use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Limits, LintOptions, Pack, RuleSet, check};

use house::{MANIFEST, RULE, source};

fn load(manifest: &str, rule: &str) -> Result<Pack, Vec<String>> {
    Pack::load(&source(&[("pack.toml", manifest), ("missing-date.toml", rule)]))
        .map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

fn rule(period: &str) -> String {
    // Examples are judged by 1 January 2026, whatever the period.
    RULE.replacen("context =", &format!("{period}\ncontext ="), 1)
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

#[track_caller]
fn in_force(guideline: &str, period: &str, expected: &[&str]) {
    let pack = load(&format!("{MANIFEST}{guideline}\n"), &rule(period)).unwrap();
    let days = ["20191231", "20200101", "20241231", "20250101", "20251231", "20260101"];
    let held: Vec<&str> = days.into_iter().filter(|text| pack.rules()[0].in_force(Some(day(text)))).collect();
    assert_eq!(held, expected, "{guideline} {period}");
    assert!(pack.rules()[0].in_force(None));
}

#[test]
fn a_rule_is_in_force_where_its_own_period_and_that_of_its_guideline_hold() {
    let all = ["20191231", "20200101", "20241231", "20250101", "20251231", "20260101"];
    in_force("", "", &all);
    in_force("", "valid-from = '2025-01-01'", &all[3..]);
    in_force("", "valid-to = '2024-12-31'", &all[..3]);
    in_force("", "valid-from = '2020-01-01'\nvalid-to = '2025-12-31'", &all[1..5]);
    in_force("valid-from = '2025-01-01'", "valid-to = '2025-12-31'", &all[3..5]);
    in_force("valid-to = '2019-12-31'", "valid-from = '2025-01-01'", &[]);
}

#[test]
fn a_period_that_ends_before_it_begins_is_refused() {
    let errors = load(MANIFEST, &rule("valid-from = '2025-01-01'\nvalid-to = '2024-12-31'")).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].ends_with("`valid-to` is before `valid-from`"), "{errors:?}");
    let errors = load(MANIFEST, &rule("valid-from = '2025-02-29'")).unwrap_err();
    assert!(errors[0].ends_with("a date is written YYYY-MM-DD"), "{errors:?}");
}

#[track_caller]
fn judged(document: &str, as_of: AsOf, own: Option<&str>, findings: usize) {
    let manifest = MANIFEST.replacen("[applies]", "[applies]\ndate = \"x:written/@on\"", 1);
    let rules = RuleSet::new(vec![Arc::new(load(&manifest, &rule("valid-from = '2025-01-01'")).unwrap())]);
    let mut options = LintOptions::default();
    options.as_of = as_of;
    let report = check(document.as_bytes(), &Limits::default(), &rules, &options).unwrap();
    assert_eq!(report.own_date, own.map(day), "{document}");
    assert_eq!(report.findings.len(), findings, "{document}");
}

#[test]
fn a_document_is_judged_by_its_own_date_where_that_is_asked_for() {
    let old = "<letter xmlns='urn:x'><written on='20241231235959'/></letter>";
    let new = "<letter xmlns='urn:x'><written on='2025-01-01T00:00:00+02:00'/></letter>";
    let without = "<letter xmlns='urn:x'><written on='2024'/></letter>";
    let (before, after) = (day("20200101"), day("20260101"));
    judged(old, AsOf::Document(Some(after)), Some("20241231"), 0);
    judged(new, AsOf::Document(Some(before)), Some("20250101"), 1);
    judged(without, AsOf::Document(Some(before)), None, 0);
    judged(without, AsOf::Document(Some(after)), None, 1);
    judged(without, AsOf::Document(None), None, 1);
    judged(old, after.into(), None, 1);
    judged(new, before.into(), None, 0);
}
