//! A document is not checked, or every finding has a place in it and the report is the same each time.

use kirjuri::identifiers::Date;
use kirjuri::{Limits, LintOptions, Member, Report, RuleSet, check};

/// Checks any bytes with some rules.
///
/// # Panics
/// When the report contradicts itself or the document.
pub fn run(bytes: &[u8], rules: &RuleSet) {
    let options = |day: Option<Date>, excerpts| {
        let mut options = day.map_or_else(LintOptions::default, LintOptions::as_of);
        options.excerpts = excerpts;
        options.series = true;
        options
    };
    let limits = Limits::default();
    let day = Date::new(2026, 1, 1);
    let first = check(bytes, &limits, rules, &options(day, false));
    let second = check(bytes, &limits, rules, &options(day, true));
    let (first, mut second) = match (first, second) {
        (Ok(first), Ok(second)) => (first, second),
        (first, second) => return assert_eq!(first.err(), second.err(), "not the same again"),
    };
    is_consistent(&first, bytes, rules);
    for finding in &mut second.findings {
        assert!(finding.excerpt.take().is_some(), "excerpts were asked for");
    }
    for member in &first.members {
        let mut bytes = Vec::new();
        member.encode(7, &mut bytes);
        assert_eq!(Member::decode(&bytes), Some((member.clone(), 7)));
    }
    assert_eq!(first, second, "not the same again");
    // Without a day all rules run, so that each of them is asked at least as often.
    if let Ok(undated) = check(bytes, &limits, rules, &options(None, false)) {
        is_consistent(&undated, bytes, rules);
        assert!(rules.indexes().all(|rule| undated.tally(rule).applied >= first.tally(rule).applied));
    }
}

fn is_consistent(report: &Report, bytes: &[u8], rules: &RuleSet) {
    let mut failed = vec![0; rules.len()];
    for finding in &report.findings {
        failed[finding.rule.index()] += 1;
        let place = &finding.place;
        assert!(place.path.starts_with('/') && place.line >= 1 && place.column >= 1, "{place:?}");
        assert!(place.start <= place.end && place.end <= bytes.len(), "{place:?}");
        assert_eq!(finding.severity, rules.get(finding.rule).severity());
        assert!(finding.excerpt.is_none(), "excerpts were not asked for");
    }
    assert!(report.findings.is_sorted_by_key(|finding| finding.place.start), "findings come in document order");
    for (rule, failed) in rules.indexes().zip(failed) {
        let tally = report.tally(rule);
        assert_eq!(tally.failed, failed);
        assert!(tally.failed <= tally.applied);
    }
}
