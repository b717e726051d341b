//! Proves the conditions that are written by hand by their examples, asked as the built-in pack asks them, and accounts
//! for every field that is required on a condition.

#![allow(clippy::unwrap_used)]

use kirjuri::identifiers::Date;
use kirjuri::structure::StructureCheck;
use kirjuri::{Document, Limits, LintOptions, Pack, PackFile, PackSource};

use crate::written::{Written, WrittenCondition};

mod table;
mod written;

pub(crate) fn source() -> PackSource {
    kirjuri_rules::source("sosmeta").unwrap()
}

pub(crate) fn load(source: &PackSource) -> Pack {
    Pack::load(source).unwrap_or_else(|errors| panic!("{errors}"))
}

/// How often the pack says of a document that the fields of a condition are missing.
fn missing(pack: &Pack, oid: &str, condition: &WrittenCondition, document: &str) -> usize {
    let compiled = pack.structures().get(oid).unwrap().unwrap();
    let structure = compiled.structure();
    let document = Document::parse_json(document.as_bytes(), &Limits::default()).unwrap();
    let options = LintOptions::as_of(Date::new(2026, 1, 1).unwrap());
    let findings = compiled.findings(&document, &options).unwrap();
    let paths = |fields: &[usize]| fields.iter().map(|&field| structure.path(field)).collect::<Vec<_>>();
    let says_so =
        |check, fields: &[usize]| check == StructureCheck::MissingConditional && paths(fields) == condition.fields;
    findings.iter().filter(|finding| says_so(finding.check, &finding.fields)).count()
}

/// The pack without what it knows of the code systems that a condition needs, or with the names that the condition uses,
/// which have the codes 1, 2, … in their order.
fn with_codes(source: &PackSource, condition: &WrittenCondition, known: bool) -> Pack {
    let mut files: Vec<PackFile> = source.files.clone();
    for system in &condition.needs {
        files.retain(|file| !file.path.starts_with("code-sets/") || !file.text.contains(&format!("oid = \"{system}")));
        let call = format!("k:code-of('{system}', '");
        let mut names: Vec<&str> =
            condition.assert.split(&call).skip(1).map(|rest| rest.split('\'').next().unwrap()).collect();
        names.dedup();
        // The structures name the code system, the code set is that of a version of it.
        let mut text = format!("oid = \"{system}.202601\"\nname = \"Testi\"\ncomplete = false\nsource = [\"test\"]\n");
        for (number, name) in names.iter().enumerate() {
            text.push_str(&format!("[[code]]\ncode = \"{}\"\nfi = \"{name}\"\n", number + 1));
        }
        if known {
            files.push(PackFile { path: format!("code-sets/{system}.toml"), text: text.into() });
        }
    }
    load(&PackSource { files, ..source.clone() })
}

#[test]
fn the_examples_of_conditions_show_what_they_say() {
    let source = source();
    let pack = load(&source);
    let mut proved = 0;
    for Written { oid, conditions, .. } in Written::all(&source) {
        for condition in conditions.iter().filter(|condition| condition.needs.is_empty()) {
            assert!(!condition.assert.contains("k:code-of("), "{oid} {:?} names no code system", condition.fields);
            assert_eq!(missing(&pack, &oid, condition, &condition.pass), 0, "{oid} {:?}", condition.fields);
            assert_eq!(missing(&pack, &oid, condition, &condition.fail), 1, "{oid} {:?}", condition.fields);
            proved += 1;
        }
    }
    assert_eq!(proved, 22);
}

#[test]
fn conditions_that_need_codes_are_silent_until_the_pack_has_them() {
    let source = source();
    let mut fields = 0;
    for Written { oid, conditions, .. } in Written::all(&source) {
        for condition in conditions.iter().filter(|condition| !condition.needs.is_empty()) {
            let name = format!("{oid} {:?}", condition.fields);
            let (without, with) = (with_codes(&source, condition, false), with_codes(&source, condition, true));
            assert_eq!(missing(&without, &oid, condition, &condition.fail), 0, "{name}");
            assert_eq!(missing(&with, &oid, condition, &condition.pass), 0, "{name}");
            assert_eq!(missing(&with, &oid, condition, &condition.fail), 1, "{name}");
            fields += condition.fields.len();
        }
    }
    assert_eq!(fields, 10);
}

#[test]
fn of_several_clients_each_must_be_of_age() {
    let source = source();
    let all = Written::all(&source);
    let written = all.iter().find(|written| written.oid.contains(".1506.19012.")).unwrap();
    let condition = &written.conditions[0];
    let pack = with_codes(&source, condition, true);
    for (clients, expected) in [
        (r#"[{"henkilotunnus": {"value": "010190-900P"}}]"#, 1),
        (r#"[{"henkilotunnus": {"value": "010190-900P"}}, {"henkilotunnus": {"value": "010516B903X"}}]"#, 0),
        (r#"[{"henkilotunnus": {"value": "010190-900P"}}, {"tilapainen_yksilointitunnus": {"value": "1"}}]"#, 0),
        ("[]", 0),
    ] {
        let document = format!(
            "{{\"merkinta_sosiaalipalvelun_paattymisesta\": {{\"asiakas\": {clients}, \
             \"sosiaalipalvelu\": {{\"code\": \"1\"}}, \"sosiaalipalvelun_paattymispaiva\": \"2026-01-02\"}}}}"
        );
        assert_eq!(missing(&pack, &written.oid, condition, &document), expected, "{clients}");
    }
}
