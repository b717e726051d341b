//! What a draft lacks: where a rule says it would go, where that is said to be, and what `missing` may say.

#![allow(clippy::unwrap_used)]

mod house;

use std::sync::Arc;

use kirjuri::{ExampleFailureKind, Limits, LintOptions, Pack, Report, RuleSet, Unchecked, check};

use house::{MANIFEST, RULE, source};

fn load(rule: &str) -> Result<Pack, Vec<String>> {
    let manifest = MANIFEST.replace("x = \"urn:x\"", "x = \"urn:x\"\nv = \"urn:v\"");
    let files = [("pack.toml", manifest.as_str()), ("missing-date.toml", rule)];
    Pack::load(&source(&files)).map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

/// The rule with another context, an assertion that is never true, and what is missing.
fn rule(context: &str, missing: &str) -> String {
    RULE.replace("context = \"x:letter\"", &format!("context = \"{context}\"\nmissing = {missing}"))
        .replace("assert = \"@date\"", "assert = \"false()\"")
}

fn lint(rule: &str, document: &str, draft: bool) -> Report {
    let rules = RuleSet::new(vec![Arc::new(load(rule).unwrap_or_else(|errors| panic!("{errors:?}")))]);
    let mut options = LintOptions::default();
    options.draft = draft;
    check(document.as_bytes(), &Limits::default(), &rules, &options).unwrap()
}

/// Where something is missing: what is there of the place, and the place; or `wrong` where it is there.
#[track_caller]
fn missing(context: &str, missing: &str, content: &str, expected: &[[&str; 2]]) {
    let rule = rule(context, missing);
    let document = format!("<letter xmlns='urn:x' xmlns:v='urn:v'>{content}</letter>");
    let report = lint(&rule, &document, true);
    let places = report.missing.iter().map(|missing| [missing.place.path.as_str(), missing.path.as_str()]);
    let wrong = report.findings.iter().map(|finding| ["wrong", finding.place.path.as_str()]);
    assert_eq!(places.chain(wrong).collect::<Vec<_>>(), expected, "{missing:?} in {content}");
    let whole = lint(&rule, &document, false);
    assert_eq!(whole.missing, []);
    assert_eq!(whole.findings.len(), expected.len());
}

#[test]
fn what_is_not_there_would_go_behind_what_is() {
    let (letter, path) = ("x:letter", "'x:to/x:name/@given'");
    missing(letter, path, "", &[["/letter", "/letter/to/name/@given"]]);
    missing(letter, path, "<to/>", &[["/letter/to", "/letter/to/name/@given"]]);
    missing(letter, path, "<to/><to><name given='A'/></to>", &[["/letter/to[1]", "/letter/to[1]/name/@given"]]);
    missing(letter, path, "<to><name>A</name></to>", &[["/letter/to/name", "/letter/to/name/@given"]]);
    missing(letter, path, "<to><name given=' '/></to>", &[["/letter/to/name", "/letter/to/name/@given"]]);
    missing(letter, path, "<to><name given='A'/></to>", &[["wrong", "/letter"]]);
    missing(letter, "'v:to/@v:id'", "", &[["/letter", "/letter/Q{urn:v}to/@Q{urn:v}id"]]);
    missing(letter, "'@date'", "", &[["/letter", "/letter/@date"]]);
}

#[test]
fn an_element_is_empty_that_says_nothing_however_deep() {
    let expected = [["/letter/to", "/letter/to"]];
    for content in ["<to/>", "<to> <!-- A --> </to>", "<to id=' '><name/><name at=''> </name></to>"] {
        missing("x:letter", "'x:to'", content, &expected);
    }
    for content in ["<to id='1'/>", "<to>A</to>", "<to><name><given>A</given></name></to>", "<to><name at='A'/></to>"] {
        missing("x:letter", "'x:to'", content, &[["wrong", "/letter"]]);
    }
}

#[test]
fn the_context_itself_may_be_empty() {
    missing("x:to", "'.'", "<to/><to>A</to>", &[["/letter/to[1]", "/letter/to[1]"], ["wrong", "/letter/to[2]"]]);
    missing("x:to/@id", "'.'", "<to id=''/>", &[["/letter/to", "/letter/to/@id"]]);
    missing("x:to/@id", "'.'", "<to id='1'/>", &[["wrong", "/letter/to/@id"]]);
}

#[test]
fn a_way_may_begin_above_the_context_or_at_the_document() {
    missing("x:to/@id", "'../x:name'", "<to id='1'/>", &[["/letter/to", "/letter/to/name"]]);
    missing("x:to", "'../x:from'", "<to/>", &[["/letter", "/letter/from"]]);
    missing("x:to", "'../../../x:from'", "<to/>", &[["wrong", "/letter/to"]]);
    missing("x:to", "'/x:letter/x:from/@id'", "<to/><from/>", &[["/letter/from", "/letter/from/@id"]]);
    missing("x:to", "'/x:note/x:from'", "<to/>", &[["wrong", "/letter/to"]]);
}

#[test]
fn one_more_of_a_name_may_be_missing() {
    missing("x:letter", "'x:to+'", "<to>A</to>", &[["/letter", "/letter/to"]]);
    missing("x:letter", "'x:to+'", "<to>A</to><to/>", &[["/letter/to[2]", "/letter/to[2]"]]);
    missing("x:letter", "'x:to+/@id'", "<to id='1'/>", &[["/letter", "/letter/to/@id"]]);
}

#[test]
fn of_several_ways_the_first_that_ends_at_nothing_is_told() {
    let ways = "['x:to', 'x:from']";
    missing("x:letter", ways, "", &[["/letter", "/letter/to"]]);
    missing("x:letter", ways, "<to>A</to>", &[["/letter", "/letter/from"]]);
    missing("x:letter", ways, "<to>A</to><from>B</from>", &[["wrong", "/letter"]]);
}

#[test]
fn what_is_missing_does_not_count_as_failed() {
    let rule = rule("x:to", "'.'");
    let document = "<letter xmlns='urn:x'><to/><to>A</to></letter>";
    let tally = |draft| lint(&rule, document, draft).tallies[0].1;
    assert_eq!((tally(true).applied, tally(true).failed), (2, 1));
    assert_eq!((tally(false).applied, tally(false).failed), (2, 2));
}

#[test]
fn failures_beside_each_other_that_look_among_each_other_are_stopped() {
    let rules = RuleSet::new(vec![Arc::new(load(&rule("x:to", "'../x:from'")).unwrap())]);
    let document = format!("<letter xmlns='urn:x'>{}</letter>", "<to/>".repeat(2000));
    let mut options = LintOptions::default();
    options.budget = 100_000;
    let checked = |options: &LintOptions| check(document.as_bytes(), &Limits::default(), &rules, options);
    assert_eq!(checked(&options).unwrap().findings.len(), 2000);
    options.draft = true;
    assert!(matches!(checked(&options), Err(Unchecked::TooMuchWork { rule: Some(_) })));
    options.budget = 1 << 28;
    assert_eq!(checked(&options).unwrap().missing.len(), 2000);
}

#[track_caller]
fn refused(missing: &str, expected: &str) {
    let errors = load(&rule("x:letter", missing)).expect_err("the pack should not load");
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].starts_with(expected), "{missing}: {}", errors[0]);
}

#[test]
fn what_is_no_way_is_refused() {
    for way in [
        "'x:to[1]'",
        "'//x:to'",
        "'x:to/..'",
        "'*'",
        "'x:to/text()'",
        "'@date/x:to'",
        "'..'",
        "[]",
        "'1'",
        "'x:a | x:b'",
    ] {
        refused(way, "house/missing-date.toml:5:1");
    }
    refused("'to'", "house/missing-date.toml:5:12: ");
    refused("'x:to/y:name'", "house/missing-date.toml:5:17: ");
    refused("1", "house/missing-date.toml:5:11: expected a path, or a list of paths");
}

#[test]
fn only_a_rule_with_an_assertion_has_something_missing() {
    let check = RULE
        .replace("context = \"x:letter\"", "check = 'empty-value'\nmissing = '.'")
        .replace("assert = \"@date\"", "");
    assert_eq!(load(&check).unwrap_err(), ["house/missing-date.toml:5:11: only a rule with an `assert` has `missing`"]);
}

#[test]
fn an_example_shows_what_is_missing() {
    let shown = RULE.replace("assert = \"@date\"", "assert = \"@date\"\nmissing = \"@date\"");
    let pack = load(&shown).unwrap();
    assert_eq!(pack.test(), []);
    assert!(pack.rules()[0].is_about_missing());
    let never = RULE
        .replace("assert = \"@date\"", "assert = \"@date = 1\"\nmissing = \"@date\"")
        .replace("<letter xmlns=\"urn:x\"/>", "<letter xmlns=\"urn:x\" date=\"2\"/>");
    assert_eq!(load(&never).unwrap().test().remove(0).kind, ExampleFailureKind::NothingMissing);
}
