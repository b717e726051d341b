//! Findings about words: the place is theirs, the words are kept nowhere.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kirjuri::{Draft, ExampleFailureKind, Limits, LintOptions, Pack, PackFile, PackSource, Report, RuleSet, check};

const MANIFEST: &str = r#"
id = "house"
version = "1.0.0"
title = { fi = "talon säännöt", sv = "husets regler", en = "house rules" }

[applies]
root = ["Q{urn:hl7-org:v3}ClinicalDocument", "Q{}*"]

[namespaces]
cda = "urn:hl7-org:v3"
hl7fi = "urn:hl7finland"
json = ""

[guidelines.manual]
title = "Kirjeopas"
publisher = "Talo"
"#;

const RULE: &str = r#"
criterion = "understandability"
severity = "info"
guideline = [{ doc = "manual", clause = "1" }]
context = "cda:note | json:note"
assert = "not(contains(., 'ja ja'))"
point = "cda:text | json:text"
words = "k:repeated-word(.)"
title = { fi = "sana toistuu", sv = "ordet upprepas", en = "a word is repeated" }
why = { fi = "A.", sv = "A.", en = "A." }
fix = { fi = "A.", sv = "A.", en = "A." }

[[pass]]
name = "once"
json = '{"note": {"text": "a ja b"}}'

[[fail]]
name = "twice"
at = ["/note/text @ 1:22"]
json = '{"note": {"text": "a ja ja b"}}'

[[fail]]
name = "carried"
at = ["/ClinicalDocument/component/nonXMLBody/Q{urn:hl7finland}json > /note/text @ 2:12"]
xml = '''<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:f="urn:hl7finland"><component><nonXMLBody>
<f:json>{json}</f:json></nonXMLBody></component></ClinicalDocument>'''
json = '''
{"note": {
"text": "a ja ja b"}}'''
"#;

const WORDS: &str = "words = \"k:repeated-word(.)\"";

fn load(rule: &str) -> Result<Pack, Vec<String>> {
    let files = [("pack.toml", MANIFEST), ("repeated-word.toml", rule)];
    let files = files.map(|(path, text)| PackFile { path: path.into(), text: text.to_owned().into() });
    let source = PackSource { name: "house".into(), files: files.into() };
    Pack::load(&source).map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

fn rules() -> RuleSet {
    RuleSet::new(vec![Arc::new(load(RULE).unwrap())])
}

fn document(content: &str) -> String {
    format!("<ClinicalDocument xmlns='urn:hl7-org:v3'>\n{content}</ClinicalDocument>")
}

fn lint(document: &str, excerpts: bool) -> Report {
    let mut options = LintOptions::default();
    options.excerpts = excerpts;
    check(document.as_bytes(), &Limits::default(), &rules(), &options).unwrap()
}

/// What the findings underline, and where.
fn places(document: &str, report: &Report) -> Vec<(String, u32, u32)> {
    let place = |place: &kirjuri::Place| (document[place.start..place.end].to_owned(), place.line, place.column);
    report.findings.iter().map(|finding| place(&finding.place)).collect()
}

#[test]
fn the_place_is_that_of_the_words() {
    for (content, words, line, column) in [
        ("<note><text>ä ja ja b</text></note>", "ja ja", 2, 15),
        ("<note><text>a\r\n&#106;a ja b</text></note>", "&#106;a ja", 3, 1),
        ("<note><text><![CDATA[<a> ja ja]]></text></note>", "ja ja", 2, 26),
        ("<note><text>a <b>ja</b> <b>ja</b></text></note>", "ja</b> <b>ja", 2, 18),
        // Without what is pointed at, the words are those of the context.
        ("<note>ja ja</note>", "ja ja", 2, 7),
        // What is pointed at has no such words.
        ("<note>ja ja<text>b</text></note>", "<text>", 2, 12),
    ] {
        let document = document(content);
        assert_eq!(places(&document, &lint(&document, false)), [(words.to_owned(), line, column)], "{content}");
    }
}

#[test]
fn findings_stand_in_the_order_of_their_words() {
    let text = document("<note><text>a <note><text>ja ja</text></note> ja ja</text></note>");
    let report = lint(&text, false);
    let starts: Vec<usize> = report.findings.iter().map(|finding| finding.place.start).collect();
    assert_eq!(starts.len(), 2);
    assert!(starts.is_sorted());
}

#[test]
fn an_excerpt_underlines_the_words() {
    let text = document("<note><text>ä ja ja b</text></note>");
    let report = lint(&text, true);
    let excerpt = report.findings[0].excerpt.as_ref().unwrap();
    assert_eq!(&excerpt.text[excerpt.start..excerpt.end], "ja ja");
}

#[test]
fn words_move_with_what_is_written_before_them() {
    let (rules, options, limits) = (rules(), LintOptions::default(), Limits::default());
    let before = document("<a>x</a><note><text>a ja ja b</text></note>");
    let after = document("<a>longer &amp; longer\n</a><note><text>a ja ja b</text></note>");
    let draft = Draft::check(before.as_bytes(), &limits, &rules, &options).unwrap();
    let again = draft.check_again(after.as_bytes(), &limits, &rules, &options).unwrap();
    let fresh = Draft::check(after.as_bytes(), &limits, &rules, &options).unwrap();
    assert_eq!(again.report().findings, fresh.report().findings);
    assert_eq!(places(&after, again.report()), [("ja ja".to_owned(), 3, 19)]);
}

#[test]
fn an_example_proves_where_the_words_are() {
    assert_eq!(load(RULE).unwrap().test(), []);
    for (from, to) in [("@ 1:22", "@ 1:21"), ("/note/text @ 1:22", "/note/text"), ("@ 2:12", "@ 2:1")] {
        let failures = load(&RULE.replacen(from, to, 1)).unwrap().test();
        assert!(matches!(failures[0].kind, ExampleFailureKind::Places { .. }), "{from} {to}");
    }
}

#[test]
fn words_are_a_text_of_a_rule_with_an_assertion() {
    for (words, type_) in [("json:text", "nodes"), ("true()", "boolean"), ("count(*)", "number")] {
        let errors = load(&RULE.replace(WORDS, &format!("words = \"{words}\""))).unwrap_err();
        assert_eq!(errors, [format!("house/repeated-word.toml:8:10: `words` is a text; this is a {type_}")]);
    }
    let series = RULE.replace("point = \"cda:text | json:text\"", "series = \"notes\"");
    let errors = load(&series).unwrap_err();
    assert!(errors.contains(&"house/repeated-word.toml:8:9: a rule on a series has no `words`".into()), "{errors:?}");
    let check = RULE.replace("context = \"cda:note | json:note\"", "check = \"unknown-field\"");
    let check = check.replace("assert = \"not(contains(., 'ja ja'))\"\npoint = \"cda:text | json:text\"\n", "");
    let errors = load(&check).unwrap_err();
    assert_eq!(errors, ["house/repeated-word.toml:6:9: a rule with a `check` asks nothing else"]);
}
