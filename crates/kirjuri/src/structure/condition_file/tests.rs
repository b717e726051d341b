//! The laws of condition files, and what a code's name means in a condition.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::code_set;
use crate::pack::Laws;
use crate::source::PackFile;
use crate::structure::file;

const STRUCTURE: &str = r#"
oid = "1.2.246.537.6.1506.99999.2026.1.1"
version = "2026-01-01"
type = "Muu"
root = "form"
fields = [
{path = "asiakas", is = "group"},
{path = "asiakas/henkilotunnus", is = "identifier", conditional = true},
{path = "asiakas/syntymaaika", is = "date", conditional = true},
{path = "asiakas/nimi", is = "name", conditional = true},
{path = "asiakas/sukunimi", is = "name"},
]

[[condition]]
at = "asiakas"
fields = ["asiakas/henkilotunnus", "asiakas/syntymaaika"]
assert = "normalize-space(henkilotunnus/value) or normalize-space(syntymaaika)"
basis = "wording"
"#;

const CONDITION: &str = r#"[[condition]]
at = "asiakas"
fields = ["asiakas/syntymaaika"]
assert = "syntymaaika"
basis = "note"
pass = '{"form": {"asiakas": {"syntymaaika": "1990"}}}'
fail = '{"form": {"asiakas": {}}}'
"#;

fn structure() -> Structure {
    let file = PackFile { path: "structures/form.toml".into(), text: STRUCTURE.into() };
    let mut errors = Vec::new();
    let structure = file::read(Reader { pack: "pack", file: &file }, &mut errors);
    assert_eq!(errors, []);
    structure.unwrap()
}

fn read_text(text: &str) -> (Vec<Condition>, Vec<String>) {
    let path = "conditions/1.2.246.537.6.1506.99999.2026.1.1.toml";
    let file = PackFile { path: path.into(), text: text.to_owned().into() };
    let mut errors = Vec::new();
    let read = read(Reader { pack: "pack", file: &file }, &structure(), &mut errors);
    let prefix = format!("pack/{path}:");
    let message = |error: &PackError| error.to_string().trim_start_matches(&prefix).to_owned();
    (read, errors.iter().map(message).collect())
}

/// What is wrong with the condition once a part of it is replaced.
#[track_caller]
fn check(part: &str, with: &str, expected: &str) {
    assert!(CONDITION.contains(part), "{part}");
    let (read, errors) = read_text(&CONDITION.replace(part, with));
    assert_eq!(errors, [expected]);
    assert_eq!(read.len(), 0);
}

#[test]
fn a_condition_is_read() {
    let (read, errors) = read_text(CONDITION);
    assert_eq!(errors, [""; 0]);
    let structure = structure();
    let condition = &read[0];
    assert_eq!(condition.at, structure.find("asiakas").unwrap());
    assert_eq!(condition.fields, [structure.find("asiakas/syntymaaika").unwrap()]);
    assert_eq!((condition.assert.as_str(), condition.basis), ("syntymaaika", Basis::Note));
    let (read, errors) = read_text(&CONDITION.replace("\"note\"", "\"twin\"\ntwin = \"1.2.3 asiakas/syntymaaika\""));
    assert_eq!(errors, [""; 0]);
    assert_eq!(read[0].basis, Basis::Twin);
    let more = "[[twin]]\nfield = \"asiakas/syntymaaika\"\nof = \"asiakas/henkilotunnus\"\n\
                [[unknown]]\nfield = \"asiakas/nimi\"\nreason = \"no-note\"";
    assert_eq!(read_text(more), (Vec::new(), Vec::new()));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    check("at = \"asiakas\"", "at = \"asikas\"", "2:6: the structure has no field `asikas`; did you mean `asiakas`?");
    check(
        "asiakas/syntymaaika\"]",
        "asiakas/syntymaika\"]",
        "3:11: the structure has no field `asiakas/syntymaika`; did you mean `asiakas/syntymaaika`?",
    );
    check(
        "asiakas/syntymaaika\"]",
        "asiakas/sukunimi\"]",
        "3:11: the field `asiakas/sukunimi` is not required on a condition",
    );
    check("[\"asiakas/syntymaaika\"]", "[]", "3:10: a condition names the fields it is about");
    check(
        "pass = ",
        "passes = ",
        "6:1: unknown field `passes`, expected one of `at`, `fields`, `assert`, `basis`, \
        `twin`, `needs`, `pass`, `fail`; did you mean `pass`?",
    );
    check(
        "{\"form\": {\"asiakas\": {}}}",
        "{\"form\": {\"asiakas\": ]}",
        "7:30: the example is no JSON: a JSON value is missing here",
    );
    check(
        "{\"form\": {\"asiakas\": {}}}",
        "{\"form\": {\"asiakas\": {\"syntymaaika\": \"1990\"}}}",
        "7:8: the condition holds in `fail`",
    );
    check(
        "{\"form\": {\"asiakas\": {\"syntymaaika\": \"1990\"}}}",
        "{\"form\": {\"asiakas\": {}}}",
        "6:8: the condition fails in `pass`",
    );
    check(
        "{\"form\": {\"asiakas\": {}}}",
        "{\"asiakas\": {}}",
        "7:8: an example is a whole document, whose only member is `form`",
    );
    check("\"note\"", "\"twin\"", "1:1: a condition by twin says in `twin` where the note stands: OID and path");
    check("\"note\"", "\"note\"\ntwin = \"x\"", "6:8: a condition from the field's own note has no `twin`");
    check(
        "\"note\"",
        "\"note\"\nneeds = [\"1.2.246.537.6.1222\"]",
        "6:10: the condition uses no names of this code system",
    );
    check(
        "\"note\"",
        "\"note\"\nneeds = [\"1222\"]",
        "6:10: `needs` names code systems by their OIDs: numbers with dots between",
    );
    let (_, errors) = read_text("[[twin]]\nfield = \"asiakas/syntymaaika\"\nof = \"asiakas/sukunimi\"");
    assert_eq!(errors, ["3:6: the field `asiakas/sukunimi` is not required on a condition"]);
    let (_, errors) = read_text("[[twin]]\nfield = \"asiakas/nimi\"\nof = \"asiakas/syntymaaika\"");
    assert_eq!(errors, ["2:9: no condition is about both `asiakas/nimi` and `asiakas/syntymaaika`"]);
    let (_, errors) = read_text("[[unknown]]\nfield = \"asiakas/syntymaaika\"\nreason = \"ambiguous\"");
    assert_eq!(errors, ["2:9: a condition is about `asiakas/syntymaaika`, so that it is known"]);
    let (_, errors) = read_text("[[unknown]]\nfield = \"asiakas/nimi\"\nreason = \"unclear\"");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("3:10: unknown variant `unclear`"), "{}", errors[0]);
}

#[test]
fn an_error_in_an_expression_points_into_it() {
    let (_, errors) =
        read_text(&CONDITION.replace("assert = \"syntymaaika\"", "assert = \"syntymaaika or k:hetu-vald('x')\""));
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("4:26: "), "{}", errors[0]);
    assert!(errors[0].ends_with("did you mean `k:hetu-valid`?"), "{}", errors[0]);
}

#[test]
fn the_file_is_called_as_its_structure() {
    let file = PackFile { path: "conditions/1.2.3.toml".into(), text: "".into() };
    let mut errors = Vec::new();
    let read = read(Reader { pack: "pack", file: &file }, &structure(), &mut errors);
    assert_eq!((read.len(), errors.len()), (0, 1));
    let without_fail: String =
        CONDITION.lines().filter(|line| !line.starts_with("fail")).map(|line| format!("{line}\n")).collect();
    assert_eq!(read_text(&without_fail).1, ["1:1: missing field `fail`"]);
}

#[test]
fn a_name_means_a_code_only_where_one_code_has_it() {
    let set = |oid: &str, codes: &str| {
        let text = format!("oid = \"{oid}\"\nname = \"Testi\"\ncomplete = false\nsource = [\"test\"]\n{codes}");
        let file = PackFile { path: "code-sets/x.toml".into(), text: text.into() };
        code_set::read(Reader { pack: "pack", file: &file }, Laws::Enforced, &mut Vec::new()).unwrap()
    };
    let code = |code: &str, name: &str| format!("[[code]]\ncode = \"{code}\"\nfi = \"{name}\"\n");
    let mut sets = CodeSets::default();
    sets.insert(set("1.2.9", &code("1", "Kotihoito")));
    sets.insert(set("1.2.10", &[code("2", "Kotihoito"), code("3", "Muu"), code("4", " MUU")].concat()));
    sets.insert(set("1.22", &code("5", "Kotihoito")));
    let code_of = |system: &str, name: &str| sets.newest(system).and_then(|set| set.code_of(name));
    for (system, name, expected) in [
        ("1.2.9", "kotihoito", Some("1")),
        // Of several versions the newest.
        ("1.2", " Koti hoito", Some("2")),
        ("1.2", "Muu", None),
        ("1.2", "", None),
        ("1.22", "Kotihoito", Some("5")),
        ("1.3", "Kotihoito", None),
    ] {
        assert_eq!(code_of(system, name), expected, "{system} {name}");
    }
}
