//! A small structure, and documents of it with one fault each.

use super::*;
use crate::structure::{Basis, CodeSystem, Condition, Field, FieldName};
use kirjuri_tree::{Interrupt, Limits};

/// Fields by their paths; `*` behind a path makes a list, `!` makes it required.
fn structure(fields: &[(&str, Datatype)], conditions: &[(&str, &[&str], &str)]) -> Structure {
    let bare = |path: &str| path.trim_end_matches(['!', '*']).to_owned();
    let paths: Vec<String> = fields.iter().map(|(path, _)| bare(path)).collect();
    let number = |path: &str| paths.iter().position(|known| known == path).unwrap();
    let inside = |number: usize| {
        let path = format!("{}/", paths[number]);
        let end = (number + 1..paths.len()).find(|&other| number > 0 && !paths[other].starts_with(&path));
        number + 1..end.unwrap_or(paths.len())
    };
    let field = |(place, (marked, datatype)): (usize, &(&str, Datatype))| {
        let (parent, key) = paths[place].rsplit_once('/').unwrap_or(("", &paths[place]));
        Field {
            key: if place == 0 { "merkinta" } else { key }.to_owned(),
            name: FieldName::default(),
            parent: number(parent),
            inside: inside(place),
            datatype: datatype.clone(),
            required: marked.contains('!'),
            repeatable: marked.contains('*'),
            filled: *datatype == Datatype::Name,
            conditional: false,
        }
    };
    let conditions = conditions.iter().map(|(at, fields, assert)| Condition {
        at: number(at),
        fields: fields.iter().map(|path| number(path)).collect(),
        assert: (*assert).to_owned(),
        basis: Basis::Wording,
    });
    Structure {
        oid: "1.2.246.537.6.1506.19999.2026.1.1".into(),
        version: "2026-01-01".into(),
        document_type: "Asiakaskertomusmerkintä".into(),
        fields: fields.iter().enumerate().map(field).collect(),
        conditions: conditions.collect(),
    }
}

fn note() -> CompiledStructure {
    let oid = CodeSystem::Oid("1.2.246.537.6.1221".into());
    let own = CodeSystem::Internal("Merkintä/Tila".into());
    let identifier = Datatype::Identifier { system: None };
    let fields = [
        ("", Datatype::Group),
        ("asiakas!*", Datatype::Group),
        ("asiakas/nimi!", Datatype::Name),
        ("asiakas/tunnus", identifier.clone()),
        ("asiakas/tilapainen", identifier),
        ("kirjaus!", Datatype::Group),
        ("kirjaus/tehtava!", Datatype::Code { system: oid, codes: Vec::new() }),
        ("kirjaus/tila*", Datatype::Code { system: own, codes: vec!["1".into(), "99".into()] }),
        ("kirjaus/kuvaus", Datatype::Text),
        ("kirjaus/luokka", Datatype::Phrase(vec!["Ei".into(), "Kyllä".into()])),
        ("kirjaus/kuultu", Datatype::Boolean),
        ("kirjaus/maara", Datatype::Amount),
        ("kirjaus/luku", Datatype::Count),
        ("kirjaus/1. nimi", Datatype::Name),
        ("paiva", Datatype::Date),
        ("hetki", Datatype::Time),
    ];
    let conditions: [(&str, &[&str], &str); 3] = [
        (
            "asiakas",
            &["asiakas/tunnus", "asiakas/tilapainen"],
            "normalize-space(tunnus/value) or normalize-space(tilapainen/value)",
        ),
        ("kirjaus", &["kirjaus/kuvaus"], "not(kuultu = 'false') or normalize-space(kuvaus)"),
        ("", &["paiva"], "not(hetki) or k:hetu-valid('') or paiva"),
    ];
    CompiledStructure::compile(structure(&fields, &conditions), &Arc::default()).unwrap()
}

const COMPLETE: &str = r#"{"merkinta": {
    "asiakas": [{"nimi": "Testi Asiakas", "tunnus": {"system": "urn:oid:1.2.246.21", "value": "010190-900P"}}],
    "kirjaus": {
        "tehtava": {"system": "urn:oid:1.2.246.537.6.1221.2016", "code": "24", "display": ""},
        "tila": [{"system": "Merkintä/Tila", "code": "99", "display": "Muu"}],
        "kuvaus": "Asiakas kävi.", "luokka": "Kyllä", "kuultu": false,
        "maara": {"value": 2.5, "code": "h"}, "luku": 3, "1. nimi": "A"
    },
    "paiva": "2026-03-05", "hetki": "2026-03-05T14:30:00+02:00"
}}"#;

/// Checks, places and paths of fields: `missing-required /merkinta/asiakas: asiakas/nimi`.
fn findings(text: &str) -> Vec<String> {
    let compiled = note();
    let document = Document::parse_json(text.as_bytes(), &Limits::default()).unwrap();
    let findings = compiled.findings(&document, &LintOptions::default()).unwrap();
    let shown = findings.iter().map(|finding| {
        let fields: Vec<String> = finding.fields.iter().map(|&field| compiled.structure().path(field)).collect();
        format!("{} {}: {}", finding.check.name(), finding.place.path, fields.join(" "))
    });
    shown.collect()
}

/// Replaces a part of the complete document.
fn check(old: &str, new: &str, expected: &[&str]) {
    assert!(COMPLETE.contains(old), "{old}");
    assert_eq!(findings(&COMPLETE.replacen(old, new, 1)), expected, "{old} → {new}");
}

#[test]
fn a_complete_document_has_no_findings() {
    check("", "", &[]);
}

#[test]
fn what_is_missing_is_said_at_the_group_that_lacks_it() {
    check(r#""nimi": "Testi Asiakas","#, "", &["missing-required /merkinta/asiakas: asiakas/nimi"]);
    check(r#""code": "24","#, "", &["missing-required /merkinta/kirjaus/tehtava: kirjaus/tehtava"]);
    check(
        r#""code": "24", "display": """#,
        r#""code": "24""#,
        &["missing-required /merkinta/kirjaus/tehtava: kirjaus/tehtava"],
    );
    check(r#", "code": "h""#, "", &["missing-required /merkinta/kirjaus/maara: kirjaus/maara"]);
    assert_eq!(
        findings(r#"{"merkinta": {"asiakas": []}}"#),
        ["missing-required /merkinta: kirjaus", "missing-required /merkinta/asiakas: asiakas",]
    );
    assert_eq!(
        findings(r#"{"merkinta": {}, "muu": 1}"#),
        [
            "missing-required /json/merkinta: asiakas",
            "missing-required /json/merkinta: kirjaus",
            "unknown-field /json/muu: ",
        ]
    );
    assert_eq!(
        findings(r#"{"a": 1, "b": [2, 3]}"#),
        ["missing-required /json: ", "unknown-field /json/a: ", "unknown-field /json/b[1]: ",]
    );
}

#[test]
fn what_is_unknown_is_said_once_and_not_looked_into() {
    check(
        r#""kuultu""#,
        r#""kuvaus2": {"a": {"nimi": 1}}, "kuultu""#,
        &["unknown-field /merkinta/kirjaus/kuvaus2: kirjaus"],
    );
    check(r#""kuultu""#, r#""asiakas": [1, 2, 3], "kuultu""#, &["unknown-field /merkinta/kirjaus/asiakas[1]: kirjaus"]);
    check(r#""1. nimi""#, r#""1. sukunimi""#, &["unknown-field /merkinta/kirjaus/*[@key='?']: kirjaus"]);
    check(
        r#""code": "h""#,
        r#""code": "h", "unit": "h""#,
        &["unknown-field /merkinta/kirjaus/maara/unit: kirjaus/maara"],
    );
    check(
        r#""code": "h""#,
        r#""code": "h", "display": "h""#,
        &["unknown-field /merkinta/kirjaus/maara/display: kirjaus/maara"],
    );
    assert_eq!(findings(r#"{"paatos": {"nimi": 1}}"#), ["unknown-field /paatos: "]);
}

#[test]
fn a_value_of_another_type_is_said_once() {
    check(r#""luku": 3"#, r#""luku": "3""#, &["mistyped-value /merkinta/kirjaus/luku: kirjaus/luku"]);
    check(r#""luku": 3"#, r#""luku": null"#, &["mistyped-value /merkinta/kirjaus/luku: kirjaus/luku"]);
    check(r#""kuultu": false"#, r#""kuultu": "ei""#, &["mistyped-value /merkinta/kirjaus/kuultu: kirjaus/kuultu"]);
    check(
        r#""luokka": "Kyllä""#,
        r#""luokka": ["Kyllä", "Kyllä"]"#,
        &["mistyped-value /merkinta/kirjaus/luokka[1]: kirjaus/luokka"],
    );
    check(r#""luokka": "Kyllä""#, r#""luokka": []"#, &["mistyped-value /merkinta/kirjaus/luokka: kirjaus/luokka"]);
    check(
        r#""value": 2.5"#,
        r#""value": [2.5, 3]"#,
        &["mistyped-value /merkinta/kirjaus/maara/value[1]: kirjaus/maara"],
    );
    check(r#""value": 2.5"#, r#""value": "2,5""#, &["mistyped-value /merkinta/kirjaus/maara/value: kirjaus/maara"]);
    check(
        r#""system": "Merkintä/Tila""#,
        r#""system": 1"#,
        &["mistyped-value /merkinta/kirjaus/tila/system: kirjaus/tila"],
    );
    check(
        r#"[{"system": "Merkintä/Tila", "code": "99", "display": "Muu"}]"#,
        r#"[["a"], {}]"#,
        &[
            "mistyped-value /merkinta/kirjaus/tila[1]: kirjaus/tila",
            "missing-required /merkinta/kirjaus/tila[2]: kirjaus/tila",
        ],
    );
    let [_, list] = COMPLETE.split('[').collect::<Vec<_>>()[..2] else { panic!("there is no list") };
    let client = list.split(']').next().unwrap();
    check(&format!("[{client}]"), client, &["mistyped-value /merkinta/asiakas: asiakas"]);
    assert_eq!(findings(r#"{"merkinta": "x"}"#), ["mistyped-value /json/merkinta: "]);
    assert_eq!(findings(r#"{"merkinta": [{}]}"#), ["mistyped-value /json/merkinta: "]);
    assert_eq!(findings("[]"), ["mistyped-value /json: "]);
    assert_eq!(findings("null"), ["mistyped-value /json: "]);
}

#[test]
fn values_are_matched_with_what_the_definition_says() {
    check("2026-03-05\"", "5.3.2026\"", &["malformed-value /merkinta/paiva: paiva"]);
    check("2026-03-05\"", "2026-03-05T14:30:00Z\"", &["malformed-value /merkinta/paiva: paiva"]);
    check("+02:00", "", &["malformed-value /merkinta/hetki: hetki"]);
    check(r#""nimi": "Testi Asiakas""#, r#""nimi": """#, &["empty-value /merkinta/asiakas/nimi: asiakas/nimi"]);
    check(
        r#""1. nimi": "A""#,
        r#""1. nimi": " \t\u00a0""#,
        &["empty-value /merkinta/kirjaus/*[@key='?']: kirjaus/1. nimi"],
    );
    check(r#""luokka": "Kyllä""#, r#""luokka": "kyllä""#, &["unknown-code /merkinta/kirjaus/luokka: kirjaus/luokka"]);
    check(r#""code": "99""#, r#""code": "2""#, &["unknown-code /merkinta/kirjaus/tila/code: kirjaus/tila"]);
    check(
        r#""system": "Merkintä/Tila", "code": "99""#,
        r#""system": "Tila", "code": "2""#,
        &["wrong-code-system /merkinta/kirjaus/tila/system: kirjaus/tila"],
    );
    check("6.1221.2016", "6.12210.2016", &["wrong-code-system /merkinta/kirjaus/tehtava/system: kirjaus/tehtava"]);
    check(
        "urn:oid:1.2.246.537.6.1221.2016",
        "1.2.246.537.6.1221",
        &["wrong-code-system /merkinta/kirjaus/tehtava/system: kirjaus/tehtava"],
    );
}

#[test]
fn a_condition_is_said_at_what_it_is_asked_at_unless_another_finding_says_it() {
    let both = "asiakas/tunnus asiakas/tilapainen";
    let identifier = r#", "tunnus": {"system": "urn:oid:1.2.246.21", "value": "010190-900P"}"#;
    check(identifier, "", &[&format!("missing-conditional /merkinta/asiakas: {both}")]);
    check("010190-900P", "", &[&format!("missing-conditional /merkinta/asiakas: {both}")]);
    check(identifier, r#", "tunnus": "010190-900P""#, &["mistyped-value /merkinta/asiakas/tunnus: asiakas/tunnus"]);
    check(identifier, r#", "tunnus": {"system": ""}"#, &["missing-required /merkinta/asiakas/tunnus: asiakas/tunnus"]);
    check(r#""kuvaus": "Asiakas kävi.","#, "", &["missing-conditional /merkinta/kirjaus: kirjaus/kuvaus"]);
    check(r#""paiva": "2026-03-05","#, "", &["missing-conditional /merkinta: paiva"]);
    // The fault of one client says nothing of another.
    check(
        identifier,
        r#"}, {"nimi": "B", "tunnus": 1"#,
        &[
            &format!("missing-conditional /merkinta/asiakas[1]: {both}"),
            "mistyped-value /merkinta/asiakas[2]/tunnus: asiakas/tunnus",
        ],
    );
}

#[test]
fn each_check_is_counted_where_it_was_asked() {
    #[derive(Default)]
    struct Asked(Vec<(&'static str, u32)>);
    impl Observer for Asked {
        fn asked(&mut self, check: StructureCheck, times: u32) {
            self.0.push((check.name(), times));
        }

        fn found(&mut self, check: StructureCheck, _: NodeRef, _: &[usize]) {
            panic!("{}", check.name());
        }
    }
    let document = Document::parse_json(COMPLETE.as_bytes(), &Limits::default()).unwrap();
    let mut asked = Asked::default();
    note().check(&document, &DynamicContext::default(), 1 << 20, &mut asked).unwrap();
    assert_eq!(
        asked.0,
        [
            ("missing-required", 1 + 4 + 1 + 2 * 3 + 2),
            ("missing-conditional", 3),
            ("unknown-field", 4 + 2 + 8 + 2 + 2 * 3 + 2),
            ("mistyped-value", 1 + 4 + 2 + 8 + 2 + 2 * 3 + 2),
            ("malformed-value", 2),
            ("empty-value", 2),
            ("unknown-code", 2),
            ("wrong-code-system", 2),
        ]
    );
}

#[test]
fn a_condition_that_is_no_expression_is_an_error() {
    let fields = [("", Datatype::Group), ("a", Datatype::Text)];
    let structure = structure(&fields, &[("", &["a"], "a or"), ("", &["a"], "a"), ("", &["a"], "k:no-such(a)")]);
    let errors = CompiledStructure::compile(structure, &Arc::default()).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.number).collect::<Vec<_>>(), [0, 2]);
    assert!(errors[0].to_string().starts_with("condition 0 of 1.2.246.537.6.1506.19999.2026.1.1: "), "{}", errors[0]);
}

#[test]
fn conditions_stop_when_the_budget_is_spent() {
    let document = Document::parse_json(COMPLETE.as_bytes(), &Limits::default()).unwrap();
    let options = LintOptions { budget: 3, ..LintOptions::default() };
    assert_eq!(note().findings(&document, &options), Err(Unchecked::TooMuchWork { rule: None }));
}

#[test]
fn the_walk_stops_when_it_is_interrupted() {
    #[derive(Debug)]
    struct Raised;
    impl Interrupt for Raised {
        fn is_raised(&self) -> bool {
            true
        }
    }
    let document = Document::parse_json(COMPLETE.as_bytes(), &Limits::default()).unwrap();
    let options = LintOptions { interrupt: Some(Arc::new(Raised)), ..LintOptions::default() };
    assert_eq!(note().findings(&document, &options), Err(Unchecked::Interrupted));
}
