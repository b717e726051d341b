//! A file of a pack is refused with a place in it, or the pack loads and its rules run.

use kirjuri::{Document, Limits, LintOptions, Pack, PackFile, PackSource, RuleSet};

const MANIFEST: &str = r#"id = "house"
version = "1.0.0"
title = { fi = "talon säännöt", sv = "husets regler", en = "house rules" }
applies = { root = "Q{urn:hl7-org:v3}ClinicalDocument" }

[namespaces]
cda = "urn:hl7-org:v3"
hl7fi = "urn:hl7finland"

[guidelines.manual]
title = "Kirjeopas"
publisher = "Talo"

[guidelines.kanta-header]
title = "Otsake"
publisher = "Talo"
valid-from = "2015-12-02"
"#;

const RULE: &str = r#"criterion = "correctness"
severity = "error"
guideline = [{ doc = "manual", clause = "1" }]
context = "cda:title"
assert = "k:code-in(., '1.2.3') or @nullFlavor"
title = { fi = "otsikko on tuntematon", sv = "rubriken är okänd", en = "the title is unknown" }
why = { fi = "Sitä ei löydy.", sv = "Den hittas inte.", en = "It is not found." }
fix = { fi = "Korjaa se.", sv = "Rätta den.", en = "Mend it." }

[[pass]]
name = "known"
xml = '''<ClinicalDocument xmlns="urn:hl7-org:v3"><title>A</title></ClinicalDocument>'''

[[fail]]
name = "unknown"
at = ["/ClinicalDocument/title"]
xml = '''<ClinicalDocument xmlns="urn:hl7-org:v3"><title>B</title></ClinicalDocument>'''
"#;

const CODE_SET: &str = r#"oid = "1.2.3"
name = "Otsikot"
complete = true
source = ["talo"]
code = [{ code = "A", fi = "Alku" }]
"#;

const DOCUMENT: &str = r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.246.10.12345671.14.1"/>
<title nullFlavor="NI"/><effectiveTime value="20200229"/></ClinicalDocument>"#;

/// Loads a text as each of the files a pack can have, beside sound ones, and runs what loads.
///
/// # Panics
/// When an error points outside the file, or examples come out differently twice.
pub fn run(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (manifest, rule, set) = ("pack.toml", "unknown-title.toml", "code-sets/titles.toml");
    load(&[(manifest, MANIFEST), (rule, text), (set, CODE_SET)]);
    // Most texts are neither of these; what is, is loaded again beside the rest of a pack.
    if load(&[(manifest, text)]) {
        load(&[(manifest, text), (rule, RULE), (set, CODE_SET)]);
    }
    if load(&[(manifest, MANIFEST), (set, text)]) {
        load(&[(manifest, MANIFEST), (rule, RULE), (set, text)]);
    }
}

/// Whether the files load as a pack.
fn load(files: &[(&str, &str)]) -> bool {
    let file = |&(path, text): &(&str, &str)| PackFile { path: path.into(), text: text.to_owned().into() };
    let source = PackSource { name: "house".into(), files: files.iter().map(file).collect() };
    match Pack::load(&source) {
        Ok(pack) => {
            run_rules(pack);
            true
        }
        Err(errors) => {
            assert!(!errors.0.is_empty(), "a pack is refused for a reason");
            for error in &errors.0 {
                let path = error.path.strip_prefix("house/").expect("an error names the pack");
                let (_, text) = files.iter().find(|(known, _)| *known == path).expect("an error names a file");
                let line = text.split('\n').nth(error.line.wrapping_sub(1));
                // One behind the end of a line is where something is missing.
                let columns = line.map(|line| line.chars().count() + 1);
                assert!(columns.is_some_and(|columns| (1..=columns).contains(&error.column)), "{error}");
            }
            false
        }
    }
}

fn run_rules(pack: Pack) {
    let failures = pack.test();
    assert_eq!(pack.test(), failures, "not the same again");
    for failure in &failures {
        assert!(pack.rule(&failure.rule).is_some() && !failure.to_string().is_empty());
    }
    let document = Document::parse(DOCUMENT.as_bytes(), &Limits::default()).expect("the document is well-formed");
    let rules = RuleSet::new(vec![pack.into()]);
    let _ = kirjuri::lint(&document, &rules, &LintOptions::default());
}
