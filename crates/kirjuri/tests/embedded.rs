//! Documents inside documents: rules reach them, and findings in them say both places.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kirjuri::{Limits, LintOptions, Pack, PackFile, PackSource, Report, RuleSet};

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

/// A rule that notes are not empty, wherever the note stands.
const EMPTY: &str = r#"
criterion = "completeness"
severity = "warning"
guideline = [{ doc = "manual", clause = "1" }]
context = "json:note/json:text"
assert = "normalize-space()"
title = { fi = "teksti on tyhjä", sv = "texten är tom", en = "the text is empty" }
why = { fi = "A.", sv = "A.", en = "A." }
fix = { fi = "A.", sv = "A.", en = "A." }

[[pass]]
name = "bare"
json = '{"note": {"text": "a"}}'

[[fail]]
name = "bare"
at = ["/note/text"]
json = '{"note": {"text": ""}}'

[[fail]]
name = "carried"
at = ["/ClinicalDocument/component/nonXMLBody/Q{urn:hl7finland}json > /note/text"]
xml = '''<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:f="urn:hl7finland"><component><nonXMLBody>
<f:json>{json}</f:json></nonXMLBody></component></ClinicalDocument>'''
json = '{"note": {"text": ""}}'
"#;

fn rules() -> RuleSet {
    let files = [("pack.toml", MANIFEST), ("empty-text.toml", EMPTY)];
    let files = files.map(|(path, text)| PackFile { path: path.into(), text: text.into() });
    let pack = Pack::load(&PackSource { name: "house".into(), files: files.into() }).unwrap();
    assert_eq!(pack.test(), []);
    RuleSet::new(vec![Arc::new(pack)])
}

fn check(document: &str, rules: &RuleSet) -> Report {
    kirjuri::check(document.as_bytes(), &Limits::default(), rules, &LintOptions::default()).unwrap()
}

#[test]
fn a_finding_inside_says_the_outer_and_the_inner_place() {
    // {"note":\n {"text": ""}}
    let carrier = "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:f='urn:hl7finland'><component>\n<nonXMLBody>\
                   <f:json>eyJub3RlIjoKIHsidGV4dCI6ICIifX0=</f:json></nonXMLBody></component></ClinicalDocument>";
    let rules = rules();
    let report = check(carrier, &rules);
    let [finding] = &report.findings[..] else { panic!("{:?}", report.findings) };
    let place = &finding.place;
    assert_eq!((&*place.path, place.line), ("/ClinicalDocument/component/nonXMLBody/Q{urn:hl7finland}json", 2));
    assert_eq!(carrier.get(place.start..place.end), Some("<f:json>"));
    let inner = place.inner.as_deref().unwrap();
    assert_eq!((&*inner.path, inner.line, inner.column, &inner.inner), ("/note/text", 2, 3, &None));
    assert_eq!(rules.find("house/empty-text").map(|rule| report.tally(rule).applied), Some(1));
}

#[test]
fn json_is_told_from_xml_by_its_first_character() {
    let rules = rules();
    assert_eq!(check("\u{FEFF} {\"note\": {\"text\": \"\"}}", &rules).findings.len(), 1);
    assert_eq!(check("<note><text/></note>", &rules).findings.len(), 1);
}

#[test]
fn what_is_carried_is_opened_within_the_limits() {
    let rules = rules();
    // {"note": {"text": "", "a": {"a": {"a": {"a": 1}}}}}
    let carrier = "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:f='urn:hl7finland'><component><nonXMLBody>\
                   <f:json>eyJub3RlIjogeyJ0ZXh0IjogIiIsICJhIjogeyJhIjogeyJhIjogeyJhIjogMX19fX19</f:json></nonXMLBody></component></ClinicalDocument>";
    let found = |limits: &Limits| {
        kirjuri::check(carrier.as_bytes(), limits, &rules, &LintOptions::default()).unwrap().findings.len()
    };
    assert_eq!(found(&Limits::default()), 1);
    let mut tight = Limits::default();
    tight.depth = 4;
    assert_eq!(found(&tight), 0, "the document itself is four levels deep, what it carries six");
}
