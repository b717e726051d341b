//! Which rules of a set are asked, and with which severity.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod house;

use std::collections::BTreeMap;
use std::sync::Arc;

use house::{MANIFEST, RULE, source};
use kirjuri::{
    Limits, LintOptions, Pack, Report, RuleSet, Schematron, SchematronOptions, Selection, Severity, Unchecked, check,
};

const SCHEMA: &str = "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><ns prefix='x' uri='urn:x'/><pattern>\
    <rule context='x:letter'><assert id='signed' test='@signature'>Signed.</assert>\
    <assert id='sent' test='@sent'>Sent.</assert></rule>\
    <rule context='*'><report id='later' test='true()'>Never here.</report></rule></pattern></schema>";

/// A pack of two rules, `house/missing-date` and `house/missing-place`.
fn house() -> Arc<Pack> {
    let place = RULE.replace("\"@date\"", "\"@place\"").replace("date=", "place=");
    let critical = place.replace("severity = \"error\"", "severity = \"error\"\nsafety-critical = true");
    let files = [("pack.toml", MANIFEST), ("missing-date.toml", RULE), ("missing-place.toml", &critical)];
    Arc::new(Pack::load(&source(&files)).unwrap())
}

fn schema() -> Arc<Schematron> {
    let files = BTreeMap::from([("post.sch".to_owned(), SCHEMA.as_bytes().to_vec())]);
    Arc::new(Schematron::load(&files, "post.sch", &SchematronOptions::default()).unwrap())
}

/// The set with some severities changed; `None` takes a rule out.
fn select(rules: &RuleSet, changes: &[(&str, Option<Severity>)]) -> RuleSet {
    let mut selection = Selection::of(rules);
    for (id, severity) in changes {
        selection.set(rules.find(id).unwrap(), *severity);
    }
    rules.selected(&selection)
}

fn report(rules: &RuleSet) -> Result<Report, Unchecked> {
    check(b"<letter xmlns='urn:x'/>", &Limits::default(), rules, &LintOptions::default())
}

/// The findings of an empty letter, and the rules that were asked.
fn said(rules: &RuleSet) -> (Vec<String>, Vec<String>) {
    let report = report(rules).unwrap();
    let finding = |it: &kirjuri::Finding| format!("{} {}", it.severity.id(), rules.id(it.rule));
    let asked = report.tallies.iter().map(|(rule, _)| rules.id(*rule));
    (report.findings.iter().map(finding).collect(), asked.collect())
}

#[test]
fn a_rule_that_is_not_selected_is_not_asked() {
    let rules = RuleSet::new(vec![house()]).with_schemas([schema()]);
    let all = ["house/missing-date", "house/missing-place", "post/signed", "post/sent"];
    for (changes, findings) in [
        (&[][..], &all.map(|id| format!("error {id}"))[..]),
        (
            &[("house/missing-date", None), ("post/sent", Some(Severity::Info))],
            &["error house/missing-place".into(), "error post/signed".into(), "info post/sent".into()],
        ),
        // The rule of a schema that asks nothing any more still takes its node from the later ones.
        (
            &[("post/signed", None), ("post/sent", None), ("house/missing-place", Some(Severity::Warning))],
            &["error house/missing-date".into(), "warning house/missing-place".into()],
        ),
        (
            &[("house/missing-date", None), ("house/missing-place", None), ("post/sent", None)],
            &["error post/signed".into()],
        ),
    ] {
        let selected = select(&rules, changes);
        let (found, asked) = said(&selected);
        assert_eq!(found, findings, "{changes:?}");
        let ids = found.iter().map(|it| it.split_once(' ').unwrap().1).collect::<Vec<_>>();
        assert_eq!(asked, ids, "{changes:?}");
        let left_out = changes.iter().filter(|(_, severity)| severity.is_none()).count();
        assert_eq!(selected.count_not_selected(), left_out);
        // The numbers of the rules stay, and so does what the set was made from.
        assert!(rules.indexes().all(|index| rules.id(index) == selected.id(index)));
        assert_eq!(said(&rules).0.len(), 4);
        // What was left out can be taken in again.
        let again = selected.selected(&Selection::of(&rules));
        assert_eq!((again.count_not_selected(), said(&again).1), (0, said(&rules).1));
    }
}

#[test]
fn a_document_of_which_nothing_is_asked_is_not_checked() {
    let (native, both) = (RuleSet::new(vec![house()]), RuleSet::new(vec![house()]).with_schemas([schema()]));
    let none = [("house/missing-date", None), ("house/missing-place", None)];
    assert_eq!(report(&select(&native, &none)), Err(Unchecked::NoPackApplies));
    let nothing = [&none[..], &[("post/signed", None), ("post/sent", None), ("post/later", None)]].concat();
    assert_eq!(report(&select(&both, &nothing)), Err(Unchecked::NoPackApplies));
    assert!(report(&select(&both, &none)).is_ok());
}

#[test]
fn a_rule_says_that_it_is_safety_critical() {
    let rules = RuleSet::new(vec![house()]);
    let critical: Vec<String> = rules.all().filter(|it| it.is_safety_critical()).map(|it| it.id()).collect();
    assert_eq!(critical, ["house/missing-place"]);
}
