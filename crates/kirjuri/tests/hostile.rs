//! Documents made to cost more than they are worth: each is answered or refused with bounded work and memory.

mod house;

use std::sync::Arc;

use kirjuri::{Limits, LintOptions, Pack, Report, RuleSet, Unchecked, check};

use house::{MANIFEST, RULE, source};

fn lint(document: &str, excerpts: bool) -> Result<Report, Unchecked> {
    // The rule applies to paragraphs, whatever their namespace, and all of them lack a date.
    let rule = RULE.replace("context = \"x:letter\"", "context = \"*[local-name() = 'p']\"");
    assert_ne!(rule, RULE);
    let pack = Pack::load(&source(&[("pack.toml", MANIFEST), ("missing-date.toml", &rule)]));
    let pack = pack.unwrap_or_else(|errors| panic!("{errors}"));
    let mut options = LintOptions::default();
    options.excerpts = excerpts;
    check(document.as_bytes(), &Limits::default(), &RuleSet::new(vec![Arc::new(pack)]), &options)
}

#[test]
fn paths_of_megabytes_are_not_made_by_the_thousand() {
    let name = "n".repeat(4_000);
    let (open, close) = (format!("<{name}>").repeat(200), format!("</{name}>").repeat(200));
    let deep = format!("<letter xmlns='urn:x'>{open}{}{close}</letter>", "<p/>".repeat(4_000));
    assert!(matches!(lint(&deep, false), Err(Unchecked::TooMuchWork { rule: Some(_) })));

    // A namespace that no pack declares is not repeated, however long it is.
    let namespace = "u".repeat(200_000);
    let wide = format!("<letter xmlns='urn:x'><q xmlns='{namespace}'>{}</q></letter>", "<p/>".repeat(4_000));
    let report = lint(&wide, false).unwrap();
    assert_eq!(report.findings[0].place.path, "/letter/Q{?}q/Q{?}p[1]");
}

#[test]
fn ten_thousand_findings_under_one_parent_are_all_told() {
    let many = format!("<letter xmlns='urn:x'>{}</letter>", "<p/>".repeat(10_000));
    let report = lint(&many, false).unwrap();
    assert_eq!(report.findings.len(), 10_000);
    assert_eq!(report.findings[9_999].place.path, "/letter/p[10000]");
}

/// Each of these took a minute when the work for a finding grew with the document.
#[test]
fn a_finding_costs_the_same_however_large_the_document_is() {
    let comments = "<!--a-->".repeat(200_000);
    let behind = format!("{comments}<letter xmlns='urn:x'>{}</letter>", "<p/>".repeat(20_000));
    assert_eq!(lint(&behind, false).unwrap().findings.len(), 20_000);

    let line = format!("<letter xmlns='urn:x'>{}</letter>", "<p z='filling, filling, filling'/>".repeat(50_000));
    let report = lint(&line, true).unwrap();
    let excerpt = report.findings[49_999].excerpt.as_ref().unwrap();
    assert_eq!(&excerpt.text[excerpt.start..excerpt.end], "<p z='filling, filling, filling'/>");
    assert!(excerpt.text.len() < 300);
}
