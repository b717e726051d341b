#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use super::*;
use crate::source::{PackFile, Reader};
use crate::structure::Basis;
use crate::structure::import::schema_of;

const DATE: &str = "^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$";

/// A field for these tests: `path Representation occurs option…`, with the options `key=`, `name=`, `codes=1|2`, `oid=`,
/// `own=` (an internal classification), `system=` (of an identifier), `filled` and `conditional`.
#[derive(Clone)]
struct Row<'r> {
    path: &'r str,
    words: Vec<&'r str>,
}

impl<'r> Row<'r> {
    fn read(line: &'r str) -> Row<'r> {
        let mut words = line.split_whitespace();
        Row { path: words.next().unwrap(), words: words.collect() }
    }

    fn option(&self, key: &str) -> Option<&'r str> {
        self.words.iter().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    fn is_in(&self, group: &str) -> bool {
        match self.path.rsplit_once('/') {
            Some((above, _)) => above == group,
            None => group.is_empty(),
        }
    }

    fn key(&self) -> &'r str {
        self.path.rsplit('/').next().unwrap()
    }

    fn json(&self, rows: &[Row<'_>]) -> String {
        let representation = self.words[0];
        let name = self.option("name").unwrap_or(self.key());
        let mut about = format!(r#""name": [{{"lang": "fi", "value": "{name}"}}]"#);
        if representation != "group" {
            let _ = write!(about, r#", "representation": [{{"lang": "fi", "value": "{representation}"}}]"#);
        }
        if let Some(system) = self.option("system") {
            let _ = write!(about, r#", "systemUri": [{{"lang": "", "value": "{system}"}}]"#);
        }
        if self.has("conditional") {
            about.push_str(r#", "conditionalRequired": true"#);
        }
        let listed = |codes: &str| codes.split('|').map(|code| format!("{code:?}")).collect::<Vec<_>>().join(", ");
        let codes = self.option("codes").map_or(String::new(), |codes| format!(r#", "enum": [{}]"#, listed(codes)));
        let filled = if self.has("filled") { r#", "minLength": 1"# } else { "" };
        let rest = match representation {
            "group" => group(self.path, rows),
            "Kytkin" => r#""type": "boolean""#.to_owned(),
            "Numero" | "Lkm" => r#""type": "number""#.to_owned(),
            "Pvm" => format!(r#""type": "string", "pattern": {DATE:?}"#),
            "Tunnus" => r#""type": "object", "additionalProperties": false, "required": ["value"],
                "properties": {"system": {"type": "string"}, "value": {"type": "string"}}"#
                .to_owned(),
            "Koodi" => {
                let system = match (self.option("oid"), self.option("own")) {
                    (Some(oid), _) => {
                        let pattern = format!(r"^urn:oid:{}(\.\d+)*$", oid.replace('.', r"\."));
                        format!(r#", "pattern": {pattern:?}"#)
                    }
                    (None, Some(own)) => format!(r#", "enum": [{own:?}]"#),
                    (None, None) => String::new(),
                };
                format!(
                    r#""type": "object", "additionalProperties": false, "required": ["system", "code", "display"],
                    "properties": {{"system": {{"type": "string"{system}}}, "code": {{"type": "string"{codes}}},
                    "display": {{"type": "string"}}}}"#
                )
            }
            _ => format!(r#""type": "string"{codes}{filled}"#),
        };
        let field = format!(r#"{{{rest}, "sosmeta": {{{about}}}}}"#);
        match self.words[1].ends_with('*') {
            true => format!(r#"{{"type": "array", "items": {field}}}"#),
            false => field,
        }
    }
}

fn group(path: &str, rows: &[Row<'_>]) -> String {
    let inside: Vec<&Row<'_>> = rows.iter().filter(|row| row.is_in(path)).collect();
    let required: Vec<String> =
        inside.iter().filter(|row| row.words[1].starts_with('1')).map(|row| format!("{:?}", row.key())).collect();
    let fields: Vec<String> = inside.iter().map(|row| format!("{:?}: {}", row.key(), row.json(rows))).collect();
    format!(
        r#""type": "object", "additionalProperties": false, "required": [{}], "properties": {{{}}}"#,
        required.join(", "),
        fields.join(",\n")
    )
}

/// A form of a version and a root key, and its fields.
fn form(oid: &str, root: &str, fields: &str) -> Schema {
    let rows: Vec<Row<'_>> = fields.lines().map(str::trim).filter(|line| !line.is_empty()).map(Row::read).collect();
    let text = format!(
        r#"{{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
        "sosmeta": {{"oid": "{oid}", "documentDefinitionVersion": "2024-01-01", "documentType": "Päätös"}},
        "required": ["{root}"], "properties": {{"{root}": {{{}, "sosmeta": {{"name": []}}}}}}}}"#,
        group("", &rows)
    );
    let file = PackFile { path: "form.json".into(), text: text.into() };
    let reader = Reader { pack: "test", file: &file };
    schema_of(reader).unwrap_or_else(|errors| panic!("{errors:?}\n{}", file.text))
}

const OID: &str = "1.2.246.537.6.1506.11000.2024.1.1";

/// What a form has wrong by a structure, as `check at: about …`.
fn faults(form: &Schema, national: &Structure) -> Vec<String> {
    let mut faults = Vec::new();
    let own = form.structure(Vec::new());
    compare(form, national, &mut |check, at, about| {
        let about: Vec<String> = about.iter().map(|&field| national.path(field)).collect();
        faults.push(format!("{} {}: {}", check.name(), own.path(at), about.join(" ")));
    });
    faults
}

fn check(national: &str, conditions: &[(&str, &[&str], &str)], own: &str, expected: &[&str]) {
    let mut structure = form(OID, "paatos", national).structure(Vec::new());
    for (at, fields, assert) in conditions {
        let find = |path: &&str| structure.find(path).unwrap();
        structure.conditions.push(Condition {
            at: find(at),
            fields: fields.iter().map(find).collect(),
            assert: (*assert).to_owned(),
            basis: Basis::Note,
        });
    }
    assert_eq!(faults(&form(OID, "paatos", own), &structure), expected, "{own}");
}

#[test]
fn the_checks_stand_at_their_numbers_and_have_different_names() {
    let mut names: Vec<&str> = FormCheck::ALL.iter().map(|check| check.name()).collect();
    for (number, check) in FormCheck::ALL.iter().enumerate() {
        assert_eq!(check.number(), number);
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), FormCheck::ALL.len());
}

#[test]
fn fields_are_missing_unknown_or_renamed() {
    let national = "
        laatija Nimi 1
        asiakas group 1..*
        asiakas/sukunimi Nimi 1
        asiakas/puhelin Teksti 0..1
        perustelut group 0..1
        perustelut/laki Teksti 1";
    for (own, expected) in [
        (national, &[][..]),
        ("laatija Nimi 1\n asiakas group 1..*\n asiakas/sukunimi Nimi 1", &[]),
        ("asiakas group 1..*\n asiakas/sukunimi Nimi 1", &["missing-required-field : laatija"]),
        ("laatija Nimi 1", &["missing-required-field : asiakas"]),
        ("laatija Nimi 1\n asiakas group 1..*", &["missing-required-field asiakas: asiakas/sukunimi"]),
        (
            "laatija Nimi 1\n asiakas group 1..*\n asiakas/sukunimi Nimi 1\n asiakas/some Teksti 0..1\n liite group 0..1\n liite/x Teksti 1",
            &["unknown-field asiakas/some: asiakas", "unknown-field liite: "],
        ),
        // Under another key, by the name: one finding, and what is inside is compared.
        (
            "tekija Nimi 1 name=Laatija\n client group 1..* name=asiakas\n client/sukunimi Nimi 0..1",
            &[
                "renamed-field tekija: laatija",
                "renamed-field client: asiakas",
                "changed-cardinality client/sukunimi: asiakas/sukunimi",
            ],
        ),
        // The name alone is not enough.
        (
            "tekija Kytkin 1 name=Laatija\n asiakas group 1..*\n asiakas/sukunimi Nimi 1",
            &["missing-required-field : laatija", "unknown-field tekija: "],
        ),
    ] {
        check(national, &[], own, expected);
    }
}

#[test]
fn types_and_cardinalities_are_compared() {
    for (national, own, expected) in [
        ("a Teksti 0..1", "a Nimi 0..1", &[][..]),
        ("a Numero 0..1", "a Lkm 0..1", &[]),
        ("a Teksti 0..1", "a Pvm 0..1", &["changed-type a: a"]),
        ("a Pvm 0..1", "a Teksti 0..1", &["changed-type a: a"]),
        ("a Koodi 0..1", "a Teksti 0..1", &["changed-type a: a"]),
        ("a group 1\n a/b Teksti 1", "a Teksti 1", &["changed-type a: a"]),
        ("a Teksti 1", "a Teksti 0..1", &["changed-cardinality a: a"]),
        ("a Teksti 0..*", "a Teksti 0..1", &["changed-cardinality a: a"]),
        ("a Teksti 0..1", "a Teksti 0..*", &["changed-cardinality a: a"]),
        ("a Teksti 1 filled", "a Teksti 1", &["changed-cardinality a: a"]),
        ("a Teksti 1", "a Teksti 1 filled", &[]),
        ("a Teksti 0..1", "a Teksti 1", &["tightened-field a: a"]),
        ("a Tunnus 1 system=urn:oid:1.2.246.21", "a Tunnus 1 system=urn:oid:1.2.246.22", &["wrong-code-system a: a"]),
        ("a Tunnus 1 system=urn:oid:1.2.246.21", "a Tunnus 1", &[]),
    ] {
        check(national, &[], own, expected);
    }
}

#[test]
fn codes_and_fixed_texts_are_those_of_the_structure() {
    for (national, own, expected) in [
        ("a Koodi 1 codes=1|2", "a Koodi 1 codes=2", &[][..]),
        ("a Koodi 1", "a Koodi 1 codes=1|2", &[]),
        ("a Koodi 1 codes=1|2", "a Koodi 1 codes=2|3", &["unknown-code a: a"]),
        ("a Koodi 1 codes=1|2", "a Koodi 1 codes=3|4", &["rejected-choice a: a"]),
        ("a Koodi 1 codes=1|2", "a Koodi 1", &["open-code-list a: a"]),
        ("a Fraasi 1 codes=x", "a Fraasi 1 codes=y", &["rejected-choice a: a"]),
        ("a Fraasi 1 codes=x", "a Fraasi 1 codes=x|y", &["unknown-code a: a"]),
        ("a Koodi 1 oid=1.2.3", "a Koodi 1 oid=1.2.3", &[]),
        ("a Koodi 1 oid=1.2.3", "a Koodi 1 oid=1.2.3.2016", &[]),
        ("a Koodi 1 oid=1.2.3", "a Koodi 1 oid=1.2.33", &["wrong-code-system a: a"]),
        ("a Koodi 1 oid=1.2.3", "a Koodi 1", &["wrong-code-system a: a"]),
        ("a Koodi 1", "a Koodi 1 own=mine", &[]),
        ("a Koodi 1 own=x/a", "a Koodi 1 own=y/a", &["wrong-code-system a: a"]),
    ] {
        check(national, &[], own, expected);
    }
}

#[test]
fn a_form_can_meet_the_conditions_of_its_documents() {
    let persons = "
        asiakas group 1
        asiakas/nimi Nimi 1
        asiakas/hetu Tunnus 0..1 conditional
        asiakas/tunnus Tunnus 0..1 conditional";
    let one: &[(&str, &[&str], &str)] = &[(
        "asiakas",
        &["asiakas/hetu", "asiakas/tunnus"],
        "normalize-space(hetu/value) or normalize-space(tunnus/value)",
    )];
    let heard = "
        kuultu Kytkin 0..1
        syyt Teksti 0..1 conditional
        muu Teksti 0..1 conditional";
    let reasons: &[(&str, &[&str], &str)] = &[("", &["syyt"], "not(kuultu = 'false') or normalize-space(syyt)")];
    let else_this: &[(&str, &[&str], &str)] =
        &[("", &["syyt"], "normalize-space(kuultu) or normalize-space(self::*/syyt)")];
    let named = "
        nimi Koodi 1 codes=1|99
        lisatieto Teksti 0..1 conditional";
    let other: &[(&str, &[&str], &str)] =
        &[("", &["lisatieto"], "not(nimi/code = '99') or normalize-space(lisatieto)")];
    for (national, conditions, own, expected) in [
        (persons, one, persons, &[][..]),
        (named, other, "nimi Koodi 1 codes=1|99", &["unmet-condition : lisatieto"]),
        // A form that does not offer the class needs no words for it.
        (named, other, "nimi Koodi 1 codes=1", &[]),
        (
            persons,
            one,
            "asiakas group 1\n asiakas/nimi Nimi 1\n asiakas/hetu Tunnus 0..1 conditional",
            &["missing-conditional-field asiakas: asiakas/tunnus"],
        ),
        (
            persons,
            one,
            "asiakas group 1\n asiakas/nimi Nimi 1",
            &["unmet-condition asiakas: asiakas/hetu asiakas/tunnus"],
        ),
        // The group itself is missing: that is all there is to say.
        (persons, one, "muu Teksti 0..1 name=x", &["missing-required-field : asiakas", "unknown-field muu: "]),
        // Answering "no" makes a document that is rejected.
        (heard, reasons, "kuultu Kytkin 0..1\n muu Teksti 0..1", &["unmet-condition : syyt"]),
        // Nobody is asked, so no reason is needed; the condition of the other is not known.
        (heard, reasons, "", &["missing-conditional-field : muu"]),
        (heard, else_this, "muu Teksti 0..1", &["unmet-condition : syyt"]),
        // What is inside a field of another type is not said to be missing.
        (persons, one, "asiakas Teksti 1", &["changed-type asiakas: asiakas"]),
    ] {
        check(national, conditions, own, expected);
    }
}

#[test]
fn versions_and_the_key_of_the_root_are_compared() {
    let national = form(OID, "paatos", "a Teksti 1").structure(Vec::new());
    for (oid, root, expected) in [
        (OID, "paatos", &[][..]),
        ("1.2.246.537.6.1506.11000.2023.12.31", "paatos", &["older-version : "]),
        ("1.2.246.537.6.1506.11000.2024.1.10", "paatos", &["newer-version : "]),
        // Another type has versions of its own.
        ("1.2.246.537.6.1506.11001.2023.12.31", "paatos", &[]),
        ("1.2", "paatos", &[]),
        (OID, "ratkaisu", &["renamed-field : "]),
    ] {
        assert_eq!(faults(&form(oid, root, "a Teksti 1"), &national), expected, "{oid} {root}");
    }
}

#[test]
fn the_words_of_an_expression_are_its_names() {
    let sorted = |words: FxHashSet<&'static str>| {
        let mut words: Vec<&str> = words.into_iter().collect();
        words.sort_unstable();
        words
    };
    let (names, quoted) = words("not(../a/b = 'c d' or k:code-of('1.2', \"e\")) and self::f or count (g)");
    assert_eq!(sorted(names), ["..", "a", "and", "b", "f", "g", "or"]);
    assert_eq!(sorted(quoted), ["1.2", "c d", "e"]);
    // A quote that is never closed reaches to the end.
    assert_eq!(sorted(words("a 'ä").1), ["ä"]);
}
