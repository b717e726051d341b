//! The laws of a pack: what loads, what does not, and where the errors point.

use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{ExampleFailureKind, Limits, LintOptions, Pack, PackFile, PackSource, RuleSet, Unchecked, check};

const MANIFEST: &str = r#"id = "house"
version = "1.0.0"

[title]
fi = "talon säännöt"
sv = "husets regler"
en = "house rules"

[applies]
root = "Q{urn:x}letter"

[namespaces]
x = "urn:x"

[guidelines.manual]
title = "Kirjeopas"
publisher = "Talo"
"#;

const RULE: &str = r#"criterion = "correctness"
severity = "error"
guideline = [{ doc = "manual", clause = "1" }]
context = "x:letter"
assert = "@date"

[title]
fi = "päiväys puuttuu"
sv = "dateringen saknas"
en = "the date is missing"

[why]
fi = "Ikä jää epäselväksi."
sv = "Åldern förblir oklar."
en = "The age stays unclear."

[fix]
fi = "Lisää päiväys."
sv = "Lägg till datum."
en = "Add the date."

[[pass]]
name = "dated"
xml = '''<letter xmlns="urn:x" date="1"/>'''

[[fail]]
name = "undated"
at = ["/letter"]
xml = '''<letter xmlns="urn:x"/>'''
"#;

fn source(files: &[(&str, &str)]) -> PackSource {
    let file = |(path, text): &(&str, &str)| PackFile { path: (*path).into(), text: (*text).into() };
    PackSource { name: "house".into(), files: files.iter().map(file).collect() }
}

fn load(rule: &str) -> Result<Pack, Vec<String>> {
    load_files(&[("pack.toml", MANIFEST), ("missing-date.toml", rule)])
}

fn load_files(files: &[(&str, &str)]) -> Result<Pack, Vec<String>> {
    Pack::load(&source(files)).map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

/// Loads the rule with `from` replaced by `to`, and expects the one error.
#[track_caller]
fn refused(from: &str, to: &str, expected: &str) {
    assert!(RULE.contains(from), "the rule does not say {from}");
    let errors = load(&RULE.replacen(from, to, 1)).expect_err("the pack should not load");
    assert_eq!(errors, [expected]);
}

#[test]
fn a_sound_pack_loads_and_its_examples_hold() {
    let pack = load(RULE).unwrap();
    assert_eq!(pack.rules.len(), 1);
    assert_eq!(pack.test(), []);
}

#[test]
fn an_unknown_key_is_refused_with_the_one_that_was_meant() {
    refused(
        "severity = \"error\"",
        "severity = \"error\"\nassertt = 'true()'",
        "house/missing-date.toml:3:1: unknown field `assertt`, expected one of `criterion`, `severity`, `guideline`, \
         `was`, `context`, `assert`, `point`, `title`, `why`, `fix`, `pass`, `fail`; did you mean `assert`?",
    );
}

#[test]
fn an_unknown_severity_is_refused() {
    refused(
        "\"error\"",
        "\"eror\"",
        "house/missing-date.toml:2:12: unknown variant `eror`, expected one of `info`, `warning`, `error`; \
         did you mean `error`?",
    );
}

#[test]
fn a_text_must_be_there_in_every_language() {
    refused("sv = \"dateringen saknas\"\n", "", "house/missing-date.toml:7:1: missing field `sv`");
    refused(
        "sv = \"dateringen saknas\"",
        "sv = \"\"",
        "house/missing-date.toml:7:1: `title.sv` is empty or has white space around it",
    );
}

#[test]
fn a_title_has_no_full_stop_and_the_other_texts_have_one() {
    refused(
        "is missing\"",
        "is missing.\"",
        "house/missing-date.toml:7:1: `title.en` is one sentence without a full stop",
    );
    refused("the date.\"", "the date\"", "house/missing-date.toml:17:1: `fix.en` ends in a full stop");
}

#[test]
fn an_error_in_an_expression_points_into_it() {
    refused(
        "assert = \"@date\"",
        "assert = \"string-lenght(@date) > 0\"",
        "house/missing-date.toml:5:11: there is no function `string-lenght`; did you mean `string-length`?",
    );
    refused(
        "context = \"x:letter\"",
        "context = '''\nx:letter[y:part]'''",
        "house/missing-date.toml:5:10: the prefix `y` is not declared",
    );
}

#[test]
fn an_element_name_without_a_prefix_is_refused() {
    refused(
        "context = \"x:letter\"",
        "context = \"letter\"",
        "house/missing-date.toml:4:12: the element name `letter` has no prefix, so it matches only elements in no \
         namespace",
    );
}

#[test]
fn a_context_must_be_a_pattern() {
    refused(
        "context = \"x:letter\"",
        "context = \"count(x:letter)\"",
        "house/missing-date.toml:4:12: a context must be a path of child and attribute steps that may start with `/` \
         or `//`",
    );
}

#[test]
fn a_guideline_must_be_declared() {
    refused(
        "doc = \"manual\"",
        "doc = \"manuals\"",
        "house/missing-date.toml:3:14: the guideline `manuals` is not declared in pack.toml; did you mean `manual`?",
    );
    refused(
        "[{ doc = \"manual\", clause = \"1\" }]",
        "[]",
        "house/missing-date.toml:3:13: a rule names at least one guideline",
    );
}

#[test]
fn a_rule_has_examples_of_both_kinds() {
    let start = RULE.find("[[fail]]").unwrap();
    assert_eq!(
        load(&RULE[..start]).unwrap_err(),
        ["house/missing-date.toml:1:1: a rule has at least one `[[fail]]`, a document in which it finds something"]
    );
    let pass = RULE.find("[[pass]]").unwrap();
    assert_eq!(
        load(&[&RULE[..pass], &RULE[start..]].concat()).unwrap_err(),
        ["house/missing-date.toml:1:1: a rule has at least one `[[pass]]`, a document in which it applies and finds \
          nothing"]
    );
}

#[test]
fn an_example_is_a_well_formed_document() {
    refused(
        "<letter xmlns=\"urn:x\"/>",
        "<letter xmlns=\"urn:x\">",
        "house/missing-date.toml:29:10: the example is not well-formed: the element is not closed",
    );
}

#[test]
fn an_example_holds_no_real_person() {
    refused(
        "date=\"1\"",
        "date=\"010190-123P\"",
        "house/missing-date.toml:24:38: only synthetic people: the individual number of the code must be 900 or over",
    );
}

#[test]
fn an_example_that_shows_something_else_is_told() {
    let kind = |rule: &str| load(rule).unwrap().test().remove(0).kind;
    let places = |expected: &[&str], found: &[&str]| ExampleFailureKind::Places {
        expected: expected.iter().map(|place| (*place).into()).collect(),
        found: found.iter().map(|place| (*place).into()).collect(),
    };
    assert_eq!(kind(&RULE.replace("at = [\"/letter\"]", "at = [\"/letter/x\"]")), places(&["/letter/x"], &["/letter"]));
    assert_eq!(kind(&RULE.replace("assert = \"@date\"", "assert = \"true()\"")), places(&["/letter"], &[]));
    assert_eq!(kind(&RULE.replace("assert = \"@date\"", "assert = \"false()\"")), places(&[], &["/letter"]));
    let idle = RULE.replace("context = \"x:letter\"", "context = \"x:letter[not(@date)]\"");
    assert_eq!(kind(&idle), ExampleFailureKind::NotExercised);
}

#[test]
fn a_name_stands_for_one_rule_only() {
    let renamed = RULE.replace("severity = ", "was = [\"missing-date\"]\nseverity = ");
    let errors = load_files(&[("pack.toml", MANIFEST), ("missing-date.toml", RULE), ("undated.toml", &renamed)]);
    assert_eq!(
        errors.unwrap_err(),
        ["house/undated.toml:1:1: the name `missing-date` already stands for another rule"]
    );
}

#[test]
fn a_former_name_still_finds_the_rule() {
    let renamed = RULE.replace("severity = ", "was = [\"undated-letter\"]\nseverity = ");
    let rules = RuleSet::new(vec![Arc::new(load(&renamed).unwrap())]);
    assert_eq!(rules.find("house/undated-letter"), rules.find("house/missing-date"));
    assert!(rules.find("house/missing-date").is_some());
    assert!(rules.find("house/missing").is_none() && rules.find("missing-date").is_none());
}

#[test]
fn a_pack_without_manifest_is_refused() {
    let errors = load_files(&[("missing-date.toml", RULE)]).unwrap_err();
    assert_eq!(errors, ["house/pack.toml:1:1: a pack has a file pack.toml"]);
}

#[test]
fn all_errors_of_a_pack_are_told_at_once_and_in_order() {
    let one = RULE.replace("@date", "@");
    let two = RULE.replace("\"correctness\"", "\"rightness\"");
    let errors = load_files(&[("pack.toml", MANIFEST), ("b.toml", &one), ("a.toml", &two)]).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with("house/a.toml:1:13:") && errors[1].starts_with("house/b.toml:5:12:"), "{errors:?}");
}

#[test]
fn a_code_set_is_defined_once() {
    let set = "oid = '1.2'\nname = 'n'\ncomplete = false\nsource = []\ncode = []\n";
    let files = [("pack.toml", MANIFEST), ("code-sets/a.toml", set), ("code-sets/b.toml", set)];
    assert_eq!(load_files(&files).unwrap_err(), ["house/code-sets/b.toml:1:1: the code set 1.2 is defined twice"]);
}

#[test]
fn a_rule_out_of_force_does_not_run() {
    let manifest = format!("{MANIFEST}valid-from = \"2020-01-01\"\nvalid-to = \"2024-12-31\"\n");
    let pack = load_files(&[("pack.toml", &manifest), ("missing-date.toml", RULE)]).unwrap();
    let rules = RuleSet::new(vec![Arc::new(pack)]);
    let found = |day: Option<Date>| {
        let mut options = LintOptions::default();
        options.as_of = day;
        let report = check(b"<letter xmlns='urn:x'/>", &Limits::default(), &rules, &options).unwrap();
        (report.findings.len(), report.tallies[0].applied)
    };
    assert_eq!(found(None), (1, 1));
    assert_eq!(found(Date::new(2024, 12, 31)), (1, 1));
    assert_eq!(found(Date::new(2025, 1, 1)), (0, 0));
    assert_eq!(found(Date::new(2019, 12, 31)), (0, 0));
}

#[test]
fn a_document_of_another_kind_is_not_clean_but_unchecked() {
    let rules = RuleSet::new(vec![Arc::new(load(RULE).unwrap())]);
    let outcome = check(b"<letter/>", &Limits::default(), &rules, &LintOptions::default());
    assert_eq!(outcome, Err(Unchecked::NoPackApplies));
}

#[test]
fn a_finding_points_at_the_whole_start_tag_or_the_attribute_value() {
    let rule = RULE.replace("assert = \"@date\"", "assert = \"@date = '1'\"\npoint = \"@date\"");
    let rules = RuleSet::new(vec![Arc::new(load(&rule).unwrap())]);
    let place = |document: &str| {
        let report = check(document.as_bytes(), &Limits::default(), &rules, &LintOptions::default()).unwrap();
        let place = &report.findings[0].place;
        (place.path.clone(), place.line, place.column, document[place.start..place.end].to_owned())
    };
    assert_eq!(
        place("<!--ä-->\n<letter xmlns='urn:x' date='ää'>x</letter>"),
        ("/letter/@date".into(), 2, 29, "ää".into())
    );
    assert_eq!(
        place("<letter xmlns='urn:x'\n>x</letter>"),
        ("/letter".into(), 1, 1, "<letter xmlns='urn:x'\n>".into())
    );
}

#[test]
fn rules_that_take_too_much_work_leave_the_document_unchecked() {
    let rule = RULE.replace("assert = \"@date\"", "assert = \"@date or count(//x:p[count(//x:p) > 5000]) = 0\"");
    let rules = RuleSet::new(vec![Arc::new(load(&rule.replace("urn:x\"/>", "urn:x\"><p/></letter>")).unwrap())]);
    let document = format!("<letter xmlns='urn:x'>{}</letter>", "<p/>".repeat(3000));
    let outcome = |budget: u64| {
        let mut options = LintOptions::default();
        options.budget = budget;
        check(document.as_bytes(), &Limits::default(), &rules, &options).map(|report| report.findings.len())
    };
    assert_eq!(outcome(1_000_000), Err(Unchecked::TooMuchWork));
    assert_eq!(outcome(100_000_000), Ok(0));
}
