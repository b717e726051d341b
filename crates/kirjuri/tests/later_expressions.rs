//! Packs whose expressions are XPath 2.0: what has no value is counted, and never read as true or false.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kirjuri::{Limits, LintOptions, Pack, PackFile, PackSource, RuleSet, Unchecked};

const RULE: &str = r#"
criterion = "correctness"
severity = "error"
guideline = [{ doc = "g", clause = "1" }]
context = "CONTEXT"
assert = "ASSERT"
title = { fi = "a", sv = "b", en = "c" }
why = { fi = "A.", sv = "B.", en = "C." }
fix = { fi = "A.", sv = "B.", en = "C." }
[[pass]]
name = "two"
xml = '<a n="2"/>'
[[fail]]
name = "one"
at = ["/a"]
xml = '<a n="1"/>'
"#;

fn pack(version: &str, context: &str, assertion: &str) -> Result<Pack, String> {
    pack_of(version, "", context, assertion)
}

fn pack_of(version: &str, keys: &str, context: &str, assertion: &str) -> Result<Pack, String> {
    pack_when(version, "", keys, context, assertion)
}

fn pack_when(version: &str, when: &str, keys: &str, context: &str, assertion: &str) -> Result<Pack, String> {
    let manifest = format!(
        "id = \"p\"\nversion = \"1\"\n{version}\ntitle = {{ fi = \"a\", sv = \"b\", en = \"c\" }}\n\
         [applies]\nroot = [\"Q{{}}a\", \"Q{{}}b\"]\n{when}[guidelines.g]\ntitle = \"t\"\npublisher = \"p\"\n{keys}"
    );
    let rule = RULE.replace("CONTEXT", context).replace("ASSERT", assertion);
    let files = [("pack.toml", manifest), ("wrong-number.toml", rule)];
    let file = |(path, text): (&str, String)| PackFile { path: path.into(), text: text.into() };
    let source = PackSource { name: "p".into(), files: files.map(file).into() };
    Pack::load(&source).map_err(|errors| errors.to_string())
}

/// What a rule says of a document: how often it applied, how often it failed, how often it had no answer.
#[track_caller]
fn check(context: &str, assertion: &str, document: &str, expected: (u64, u64, u64)) {
    let pack = pack("xpath = \"2.0\"", context, assertion).unwrap();
    assert_eq!(pack.test(), []);
    let rules = RuleSet::new(vec![Arc::new(pack)]);
    let report = kirjuri::check(document.as_bytes(), &Limits::default(), &rules, &LintOptions::default()).unwrap();
    let (applied, failed) = report.tallies.iter().fold((0, 0), |sum, (_, it)| (sum.0 + it.applied, sum.1 + it.failed));
    assert_eq!(report.findings.len() as u64, failed);
    let unevaluated = report.unevaluated.iter().map(|it| it.times).sum();
    assert_eq!((applied, failed, unevaluated), expected, "{document}");
}

#[test]
fn an_assertion_without_a_value_is_neither_true_nor_false() {
    check("a", "xs:integer(@n) > 1", "<a n='2'/>", (1, 0, 0));
    check("a", "xs:integer(@n) > 1", "<a n='1'/>", (1, 1, 0));
    check("a", "xs:integer(@n) > 1", "<a n='x'/>", (1, 0, 1));
    check("a", "xs:integer(@n) > 1", "<b><a n='1'/><a n='x'/><a n='y'/></b>", (3, 1, 2));
}

#[test]
fn a_context_of_which_it_cannot_be_said_whether_it_matches_is_no_match() {
    check("a[xs:integer(@n) > 0]", "@n > 1", "<a n='0'/>", (0, 0, 0));
    check("a[xs:integer(@n) > 0]", "@n > 1", "<a n='x'/>", (0, 0, 1));
}

#[test]
fn a_pack_whose_condition_has_no_value_applies() {
    let pack = pack_when("xpath = \"2.0\"", "when = \"xs:integer(@n) > 0\"\n", "", "a", "@n = '2'").unwrap();
    let rules = RuleSet::new(vec![Arc::new(pack)]);
    let check = |text: &str| kirjuri::check(text.as_bytes(), &Limits::default(), &rules, &LintOptions::default());
    assert_eq!(check("<a n='0'/>").unwrap_err(), Unchecked::NoPackApplies);
    assert_eq!(check("<a n='2'/>").unwrap().findings.len(), 0);
    assert_eq!(check("<a n='x'/>").unwrap().findings.len(), 1);
}

#[test]
fn an_example_without_an_answer_proves_nothing() {
    let pack = pack("xpath = \"2.0\"", "a", "xs:integer(concat(@n, 'x')) > 1").unwrap();
    assert_eq!(pack.test().len(), 2);
}

#[test]
fn a_pack_says_which_language_its_expressions_are() {
    let later = "if (@n = '1') then false() else true()";
    assert!(pack("xpath = \"2.0\"", "a", later).is_ok());
    assert!(pack("xpath = \"1.0\"", "a", later).is_err());
    assert!(pack("", "a", later).is_err());
    assert!(pack("", "a", "@n > 1").is_ok());
    assert!(pack("xpath = \"3.1\"", "a", later).unwrap_err().contains("2.0"));
}

#[test]
fn expressions_ask_the_keys_of_their_pack() {
    let key = "[[key]]\nname = \"number\"\nmatch = \"a\"\nuse = \"@n\"\n";
    let with = |key: &str| pack_of("xpath = \"2.0\"", key, "a", "@n = '2' and exists(key('number', '2'))");
    assert_eq!(with(key).unwrap().test(), []);
    for (from, to, expected) in [
        ("\"a\"", "\"a +\"", "pack.toml:12:"),
        ("\"@n\"", "\"@n +\"", "pack.toml:13:"),
        ("number", "A number", "lower-case words"),
        ("use =", "value =", "unknown field `value`"),
    ] {
        let error = with(&key.replace(from, to)).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}
