#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kirjuri_tree::{Document, Limits};

use super::*;
use crate::code_set::CodeSets;
use crate::identifiers::Date;
use crate::lint::LintOptions;
use crate::structure::check::{CompiledStructure, StructureCheck};
use crate::structure::schema::SchemaField;
use crate::structure::{CodeSystem, FieldName, Structure};

/// A structure, a field a line: its path, what it is (`*` behind it for a list), its name, its title in brackets if it
/// has one, and behind `|` its note; `|` alone is a field that is required on a condition nobody noted, and `||` begins
/// the note of one that is not required.
fn schema(lines: &str) -> Schema {
    let document = Document::parse_json(b"{}", &Limits::default()).unwrap();
    let field = |key: &str, parent, datatype| SchemaField {
        key: key.into(),
        name: FieldName::default(),
        title: None,
        parent,
        datatype,
        required: false,
        repeatable: false,
        filled: false,
        conditional: false,
        note: String::new(),
        node: document.root_element(),
    };
    let (oid, version) = ("1.2.246.537.6.1506.99999.2026.1.1".into(), "2026-01-01".into());
    let fields = vec![field("form", 0, Datatype::Group)];
    let mut schema = Schema { oid, version, document_type: "Muu".into(), fields };
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (line, note) = line.split_once('|').map_or((line, None), |(line, note)| (line, Some(note.trim())));
        let conditional = note.is_some_and(|note| !note.starts_with('|'));
        let note = note.map(|note| note.trim_start_matches('|').trim());
        let mut words = line.trim().splitn(3, ' ');
        let (path, kind) = (words.next().unwrap(), words.next().unwrap());
        let (name, title) = match words.next().unwrap_or_default().split_once(" [") {
            Some((name, title)) => (name, Some(title.trim_end_matches(']'))),
            None => (line.trim().splitn(3, ' ').nth(2).unwrap_or_default(), None),
        };
        let (above, key) = path.rsplit_once('/').unwrap_or(("", path));
        let datatype = match kind.trim_end_matches('*') {
            "group" => Datatype::Group,
            "text" => Datatype::Text,
            "date" => Datatype::Date,
            "switch" => Datatype::Boolean,
            "amount" => Datatype::Amount,
            "identifier" => Datatype::Identifier { system: None },
            "code" => Datatype::Code { system: CodeSystem::Any, codes: Vec::new() },
            "code:1,2" => Datatype::Code { system: CodeSystem::Any, codes: vec!["1".into(), "2".into()] },
            kind => panic!("no kind {kind}"),
        };
        schema.fields.push(SchemaField {
            name: FieldName { fi: Some(name.into()).filter(|name: &String| !name.is_empty()), sv: None },
            title: title.map(str::to_owned),
            repeatable: kind.ends_with('*'),
            conditional,
            note: note.unwrap_or_default().into(),
            ..field(key, schema.find(above).unwrap(), datatype)
        });
    }
    schema
}

/// How many conditions of a structure fail in a document, on the first day of 2026.
fn failing(structure: &Structure, json: &str) -> usize {
    let document = Document::parse_json(json.as_bytes(), &Limits::default()).unwrap();
    let structure = CompiledStructure::compile(structure.clone(), &Arc::new(CodeSets::default())).unwrap();
    let options = LintOptions::as_of(Date::new(2026, 1, 1).unwrap());
    let findings = structure.findings(&document, &options).unwrap();
    findings.iter().filter(|finding| finding.check == StructureCheck::MissingConditional).count()
}

/// The conditions of a structure as lines `at: assert (fields)`, and how many of them fail in documents, given as the
/// content of the root element.
#[track_caller]
fn check(lines: &str, conditions: &[&str], documents: &[(&str, usize)]) {
    let schema = schema(lines);
    let structure = schema.structure(super::conditions(&schema));
    let said = structure.conditions.iter().map(|condition| {
        let fields: Vec<String> = condition.fields.iter().map(|&field| structure.path(field)).collect();
        format!("{}: {} ({})", structure.path(condition.at), condition.assert, fields.join(", "))
    });
    assert_eq!(said.collect::<Vec<_>>(), conditions);
    for (content, expected) in documents {
        assert_eq!(failing(&structure, &format!("{{\"form\": {content}}}")), *expected, "{content}");
    }
}

/// A note on the second of two fields that is not understood.
#[track_caller]
fn check_left_out(note: &str) {
    check(&format!("a switch Asia on selvä\nc code:1,2 Luokka\nd text Selite\nb text Syy | {note}"), &[], &[]);
}

#[test]
fn one_of_two_identifiers() {
    let expected = "asiakas: normalize-space(henkilotunnus/value) or normalize-space(tilapainen/value) \
                    (asiakas/henkilotunnus, asiakas/tilapainen)";
    for note in [
        "Ehdollisesti pakollinen: Henkilötunnus- ja Tilapäinen yksilöintitunnus -kentistä toinen on pakollinen.",
        "Henkilötunnus- ja Tilapäinen yksilöintitunnus -kentistä toinen on pakollinen",
        "Ehdollisesti pakollinen: Toinen kentistä Henkilötunnus ja Tilapäinen yksilöintitunnus on pakollinen.",
        "Ehdollisesti pakollinen: Joko Henkilötunnus-kenttä tai Tilapäinen yksilöintitunnus -kenttä on pakollinen.",
        "Ehdollisesti pakollinen: Joko tilapäinen yksilöintitunnus tai henkilötunnus on pakollinen. Muuta tietoa.",
    ] {
        check(
            &format!(
                "asiakas group* Asiakas
                asiakas/henkilotunnus identifier Henkilötunnus | {note}
                asiakas/tilapainen identifier Tilapäinen yksilöintitunnus | {note}"
            ),
            &[expected],
            &[
                ("{}", 0),
                (r#"{"asiakas": [{"henkilotunnus": {"value": "010190-900P"}}]}"#, 0),
                (r#"{"asiakas": [{"tilapainen": {"value": "1"}}]}"#, 0),
                (r#"{"asiakas": [{"henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": " "}}, {}]}"#, 2),
            ],
        );
    }
}

#[test]
fn one_of_two_where_the_other_has_a_title_or_no_note() {
    let note = "Henkilötunnus- ja Syntymäaika -kentistä toinen on pakollinen.";
    check(
        &format!(
            "lapsi group Lapsi
            lapsi/henkilotunnus identifier Henkilötunnus |
            lapsi/syntymaaika date Syntymäaika [Syntymäaika, jos henkilöllä ei ole henkilötunnusta] | {note}"
        ),
        &["lapsi: normalize-space(henkilotunnus/value) or normalize-space(syntymaaika) (lapsi/henkilotunnus, \
           lapsi/syntymaaika)"],
        &[(r#"{"lapsi": {"syntymaaika": "2016"}}"#, 0), (r#"{"lapsi": {"nimi": ""}}"#, 1)],
    );
}

#[test]
fn one_of_three_identifiers() {
    let note = "Henkilötunnus, Tilapäinen yksilöintitunnus ja Edunvalvojan tunniste -kentistä yksi on pakollinen.";
    check(
        &format!(
            "a identifier Henkilötunnus | {note}
            b identifier Tilapäinen yksilöintitunnus | {note}
            c text Edunvalvojan tunniste | {note}"
        ),
        &[": normalize-space(a/value) or normalize-space(b/value) or normalize-space(c) (a, b, c)"],
        &[(r#"{"c": "x"}"#, 0), (r#"{"c": " "}"#, 1)],
    );
}

#[test]
fn one_of_two_groups_or_texts() {
    let note = "Yksityishenkilö (Otsikkoa ei näytetä) ja Organisaatio-tietokokonaisuuksista toinen on pakollinen. \
                Tietokokonaisuus on ehdollisesti pakollinen tietokomponentin määrityksestä poiketen.";
    check(
        &format!("a group Yksityishenkilö | {note}\na/n text Nimi\nb group Organisaatio | {note}\nb/n text Nimi"),
        &[": normalize-space(a) or normalize-space(b) (a, b)"],
        &[(r#"{"b": {"n": "x"}}"#, 0), (r#"{"a": {}}"#, 1)],
    );
    check(
        "a text Olot | Joko tämä kenttä tai \"Lapsen oma käytös, kasvu tai kehitys\" -kenttä on pakollinen.
        b text Käytös [Lapsen oma käytös, kasvu tai kehitys] | Joko tämä kenttä tai \"Olot\" -kenttä on pakollinen.",
        &[": normalize-space(a) or normalize-space(b) (a, b)"],
        &[(r#"{"a": "x"}"#, 0), ("{}", 1)],
    );
}

#[test]
fn exactly_one_of_several_switches() {
    let two = "Kytkin toteutetaan valintaruutuna. Ehdollisesti pakollinen: \"Äiti\" tai \"Otaksuttu äiti\" -kentistä \
               toinen on pakollinen. Toiseen kentistä on vastattava \"Kyllä\".";
    check(
        &format!(
            "g group Äiti tai otaksuttu äiti
            g/a switch Äiti | {two}
            g/b switch Otaksuttu äiti | {two}"
        ),
        &["g: count(a[. = 'true'] | b[. = 'true']) = 1 (g/a, g/b)"],
        &[
            ("{}", 0),
            (r#"{"g": {"a": true, "b": false}}"#, 0),
            (r#"{"g": {"a": true, "b": true}}"#, 1),
            (r#"{"g": {"a": false}}"#, 1),
        ],
    );
    let three = "Yksi seuraavista kentistä on pakollinen: \"Isyys\", \"Äitiys\", tai \"Kuolleen vanhemmuus.\" Yhteen \
                 kentistä on vastattava \"kyllä\" eli se on valittu.";
    check(
        &format!(
            "g group Tunnustettu
            g/a switch Isyys | {three}
            g/b switch Äitiys | {three}
            h group Kuolleen vanhemmuus
            h/c switch Kohta [Kuolleen vanhemmuus.] | {three}"
        ),
        &[": count(g/a[. = 'true'] | g/b[. = 'true'] | h/c[. = 'true']) = 1 (g/a, g/b, h/c)"],
        &[(r#"{"h": {"c": true}}"#, 0), ("{}", 1)],
    );
}

#[test]
fn an_answer_requires_a_field() {
    for note in [
        "Jos Häntä on kuultu -kenttään on vastattu \"kyllä\", tätä kenttää ei näytetä. Ehdollisesti pakollinen: Kenttä \
         on pakollinen, jos häntä on kuultu -kenttään on vastattu \"ei\".",
        "Ehdollisesti pakollinen: Jos kenttään Häntä on kuultu on vastattu \"Ei\", tämä kenttä on pakollinen.",
        "Tietokokonaisuus on pakollinen, jos \"Häntä  on kuultu.\" -kenttään on kirjattu ”ei”.",
    ] {
        check(
            &format!(
                "g group* Kuuleminen
                g/a switch Suoritettu [Häntä on kuultu]
                g/b text Syy | {note}"
            ),
            &["g: not(a = 'false') or normalize-space(b) (g/b)"],
            &[
                (r#"{"g": [{"a": true}, {}]}"#, 0),
                (r#"{"g": [{"a": false, "b": "x"}]}"#, 0),
                (r#"{"g": [{"a": false}, {"a": true}, {"a": false, "b": ""}]}"#, 2),
            ],
        );
    }
}

#[test]
fn an_answer_requires_nothing_in_a_group_that_another_answer_hides() {
    let lines = |hidden: &str| {
        format!(
            "a switch Yksin tullut aikuinen
            b switch Yksin tullut lapsi
            g group Mukana olevat || {hidden}
            g/p group* Henkilö | Tietokokonaisuus on pakollinen, jos \"Yksin tullut aikuinen\" -kenttään on vastattu \
             \"ei\".
            g/p/n text Nimi"
        )
    };
    for hidden in [
        "Tietokokonaisuutta ei näytetä laatijalle, jos kenttään \"Yksin tullut aikuinen\" tai \"Yksin tullut lapsi\" on \
         vastattu \"kyllä\".",
        "Tietokokonaisuutta ei näytetä, jos \"Yksin tullut lapsi\" tai \"Yksin tullut aikuinen\" -kenttään on vastattu \
         \"kyllä\". Otsikko näytetään kerran.",
    ] {
        check(
            &lines(hidden),
            &[": not(a = 'false') or g/p[normalize-space()] or a = 'true' or b = 'true' (g/p)"],
            &[
                (r#"{"a": false, "b": true}"#, 0),
                (r#"{"a": false, "g": {"p": [{"n": "x"}]}}"#, 0),
                (r#"{"a": false, "b": false}"#, 1),
                (r#"{"a": false, "g": {}}"#, 1),
            ],
        );
    }
    // That a heading is not printed hides nothing; what is hidden for a reason that is not understood is left out.
    let plain = &[": not(a = 'false') or g/p[normalize-space()] (g/p)"];
    check(&lines("Otsikkoa ei näytetä, jos se toistuu."), plain, &[]);
    check(&lines("Tietokokonaisuutta ei näytetä, jos asia on suljettu."), &[], &[]);
    check(&lines("Tietokokonaisuutta ei näytetä, jos kenttään \"Muu\" on vastattu \"kyllä\"."), &[], &[]);
}

#[test]
fn what_hides_a_group_says_nothing_of_its_occurrences() {
    check(
        "a switch Yksin
        g group* Mukana || Tietokokonaisuutta ei näytetä, jos kenttään \"Yksin\" on vastattu \"kyllä\".
        g/b switch Kuultu
        g/c text Syy | Kenttä on pakollinen, jos kenttään Kuultu on vastattu ei.",
        &["g: not(b = 'false') or normalize-space(c) (g/c)"],
        &[(r#"{"a": true, "g": [{"b": false}]}"#, 1)],
    );
}

#[test]
fn a_switch_that_is_on_requires_a_field() {
    for note in [
        "jos kytkin \"Muita liitteitä\" on asennossa kyllä eli valintaruutu on valittu, on tämä kenttä pakollinen.",
        "jos kytkin kentässä \"Muita liitteitä\" on asennossa kyllä eli valintaruutu on valittu, on tämä kohta \
         pakollinen.",
        "Kenttä on pakollinen, mikäli kenttä \"Muita liitteitä\" on valittu.",
        "Kenttä on pakollinen, jos kenttään \"Muita liitteitä\" on vastattu kyllä.",
        "Kenttä on pakollinen, jos kohdassa \"Liitteet\" kenttään \"Muita liitteitä\" on vastattu \"kyllä\".",
        "Tietokokonaisuus on pakollinen, jos niitä on, eli kun kenttään \"Muita liitteitä\" on vastattu \"kyllä\".",
    ] {
        check(
            &format!("g group Liitteet\ng/a switch Muita liitteitä\ng/b text Mitä | Ehdollisesti pakollinen: {note}"),
            &["g: not(a = 'true') or normalize-space(b) (g/b)"],
            &[(r#"{"g": {"a": false}}"#, 0), (r#"{"g": {"a": true}}"#, 1)],
        );
    }
}

#[test]
fn either_of_two_switches_requires_a_group_elsewhere() {
    for note in [
        "Kenttä on pakollinen, jos \"Isyys\" tai \"Äitiys\" -kenttään on vastattu \"kyllä\".",
        "Kenttä on pakollinen, jos jompikumpi seuraavista kytkimistä on asennossa kyllä eli valintaruutu on valittu: \
         \"Isyys\" tai \"Äitiys\".",
    ] {
        check(
            &format!("g group Kohta\ng/a switch Isyys\ng/b switch Äitiys\np group Henkilö | {note}\np/n text Nimi"),
            &[": not(g/a = 'true' or g/b = 'true') or normalize-space(p) (p)"],
            &[(r#"{"g": {"b": true}, "p": {"n": "x"}}"#, 0), (r#"{"g": {"b": true}}"#, 1)],
        );
    }
}

#[test]
fn a_class_requires_a_field() {
    for note in [
        "jos kentän \"Luokka\" luokituksesta on valittu luokka 2, on tämä kenttä pakollinen.",
        "jos kentässä \"Luokka\" käytetystä luokituksesta on valittu luokka 2, on tämä kenttä pakollinen.",
        "jos \"Luokka\" -kentässä käytettävästä luokituksesta on valittu koodi 2 Muu, on tämä kenttä pakollinen.",
        "jos Luokka-kentän luokituksesta on valittu luokka 2 eli se muu, kenttä on pakollinen.",
        "Jos Luokka-kentässä on valittu luokka \"2 Muu\", kenttä on pakollinen.",
        "Kenttä on pakollinen, jos Luokka -kenttään on valittu luokka 2 = \"muu\".",
    ] {
        check(
            &format!("a code:1,2* Luokka\nb text Selite | {note}"),
            &[": not(a/code = '2') or normalize-space(b) (b)"],
            &[
                (r#"{"a": [{"code": "1"}]}"#, 0),
                (r#"{"a": [{"code": "1"}, {"code": "2"}], "b": "x"}"#, 0),
                (r#"{"a": [{"code": "1"}, {"code": "2"}]}"#, 1),
            ],
        );
    }
    check(
        "a code Rooli\nb text Toimivalta | Jos Rooli-kentässä olevasta luokituksesta on valittu 31 = Huoltaja, \
         32 = Edunvalvoja tai 34 = Valtuutettu, kenttä on pakollinen.",
        &[": not(a/code = '31' or a/code = '32' or a/code = '34') or normalize-space(b) (b)"],
        &[(r#"{"a": {"code": "1"}}"#, 0), (r#"{"a": {"code": "34"}}"#, 1)],
    );
}

#[test]
fn two_fields_of_which_one_is_required_where_the_other_is_empty() {
    check(
        "s group* Haettava palvelu
        s/a code Sosiaalipalvelu | Kenttä on pakollinen, jos Lisätiedot-kenttä jätetään tyhjäksi. Ei toistu.
        s/b text Kuvaus [Lisätiedot] | Kenttä on pakollinen, jos Sosiaalipalvelu-kenttä jätetään tyhjäksi.
        lisatiedot text Lisätiedot",
        &["s: normalize-space(a) or normalize-space(b) (s/a, s/b)"],
        &[(r#"{"s": [{"b": "x"}], "lisatiedot": ""}"#, 0), (r#"{"s": [{}], "lisatiedot": "x"}"#, 1)],
    );
    check(
        "a text Pyydetyt tiedot
        b text Saadut tiedot | Mikäli tietokenttä Pyydetyt tiedot jätetään tyhjäksi, on tämä tietokenttä pakollinen.",
        &[": normalize-space(a) or normalize-space(b) (b)"],
        &[(r#"{"a": "x"}"#, 0), (r#"{"a": ""}"#, 1)],
    );
    check(
        "a date Päivä\nb switch Ei | Jos päivämäärää ei ole kirjattu \"Päivä\"-kenttään, on tämä kenttä pakollinen.",
        &[": normalize-space(a) or normalize-space(b) (b)"],
        &[(r#"{"b": true}"#, 0), ("{}", 1)],
    );
}

#[test]
fn an_amount_in_each_period_or_once() {
    check(
        "e group* Elatusapu
        e/m group* Määrä
        e/m/a amount Kuukaudessa | Kenttä on pakollinen, jos \"Kertamaksu\" -kenttä jätetään tyhjäksi.
        e/k group Kerralla
        e/k/b amount Kertamaksu | Kenttä on pakollinen, jos \"Kuukaudessa\" -kenttä jätetään tyhjäksi.",
        &["e: (m and not(m[not(normalize-space(a))])) or normalize-space(k/b) (e/m/a, e/k/b)"],
        &[
            (r#"{"e": [{"m": [{"a": {"value": 1, "code": "EUR"}}, {"a": {"value": 2, "code": "EUR"}}]}]}"#, 0),
            (r#"{"e": [{"k": {"b": {"value": 1, "code": "EUR"}}}]}"#, 0),
            (r#"{"e": [{"m": [{"a": {"value": 1, "code": "EUR"}}, {}]}, {"k": {}}, {}]}"#, 3),
        ],
    );
}

#[test]
fn a_field_that_is_filled_requires_another() {
    check(
        "a text Tiedot
        l group* Liite [Saadut asiakirjat]
        l/n text Nimi
        b date Päivä | Mikäli Tiedot -tietokenttää tai Saadut asiakirjat -tietokokonaisuutta on käytetty, on tämä \
         tietokenttä pakollinen.",
        &[": not(normalize-space(a) or l[normalize-space()]) or normalize-space(b) (b)"],
        &[(r#"{"l": []}"#, 0), (r#"{"l": [{"n": "x"}]}"#, 1)],
    );
    check(
        "a code Tiheys [1. Kuinka usein?]
        b code Määrä [2. Kuinka paljon?]
        c code Kerta | Jos kenttä ”1. Kuinka usein? (Tiheys)” ja/ tai kenttä \"2. Kuinka paljon? (Määrä)\" täytetään, \
         on tämä kenttä pakollinen.",
        &[": not(normalize-space(a) or normalize-space(b)) or normalize-space(c) (c)"],
        &[("{}", 0), (r#"{"b": {"code": "1"}}"#, 1)],
    );
}

#[test]
fn the_age_of_the_client_requires_a_field() {
    let client = "asiakas group Asiakas
        asiakas/h identifier Henkilötunnus
        asiakas/s date Syntymäaika
        paivamaara date Päivämäärä
        g group Muuta";
    let (of_age, minor) = ("\"s\": \"1990-01-01\"", "\"s\": \"2016-05-01\"");
    let fields = |note: &str| {
        let schema = schema(&format!("{client}\ng/b text Selite | Kenttä on pakollinen, jos asiakas on {note}."));
        let structure = schema.structure(conditions(&schema));
        assert_eq!(structure.conditions.len(), 1, "{note}");
        structure
    };
    let rows = [
        // The day of checking tells who is a child still, but not who was grown up when the document was made.
        (format!("{{\"asiakas\": {{{of_age}}}}}"), 0, 0),
        (format!("{{\"asiakas\": {{{minor}}}}}"), 0, 1),
        // On the day of the document the client was a child.
        (format!("{{\"asiakas\": {{{of_age}}}, \"paivamaara\": \"2007-12-31\"}}"), 0, 1),
        (format!("{{\"asiakas\": {{{of_age}}}, \"paivamaara\": \"2008-01-01\"}}"), 1, 0),
        // A day that is not whole says nothing.
        (format!("{{\"asiakas\": {{{of_age}}}, \"paivamaara\": \"2007\"}}"), 0, 0),
        // The identity code goes before the birth date.
        (format!("{{\"asiakas\": {{\"h\": {{\"value\": \"010516B903X\"}}, {of_age}}}}}"), 0, 1),
        (r#"{"asiakas": {"h": {"value": "010190-900P"}}, "paivamaara": "2026-01-01"}"#.into(), 1, 0),
        // Where the age is not known nothing is required.
        (r#"{"asiakas": {"h": {"value": "010190-900X"}}}"#.into(), 0, 0),
        (r#"{"asiakas": {"s": "1990"}}"#.into(), 0, 0),
        (r#"{"asiakas": {}, "g": {}}"#.into(), 0, 0),
        (format!("{{\"asiakas\": {{{of_age}}}, \"g\": {{\"b\": \"x\"}}}}"), 0, 0),
    ];
    for (json, reached, not_reached) in rows {
        for (note, expected) in
            [("vähintään 18-vuotias", reached), ("täyttänyt 18 vuotta", reached), ("alle 18-vuotias", not_reached)]
        {
            assert_eq!(failing(&fields(note), &format!("{{\"form\": {json}}}")), expected, "{note}: {json}");
        }
    }
    // Of several clients it is not known which is meant.
    check(
        "asiakas group* Asiakas\nasiakas/s date Syntymäaika\nb text X | Kenttä on pakollinen, jos asiakas on alle 18-vuotias.",
        &[],
        &[],
    );
}

#[test]
fn a_condition_is_asked_at_the_nearest_list_or_conditional_group() {
    let note = "Kenttä on pakollinen, jos kenttään \"Yhteinen\" on vastattu \"kyllä\".";
    check(
        &format!("a switch Yhteinen\ng group* Asiakas\ng/h group Tiedot\ng/h/b text Hetki | {note}"),
        &["g: not(../a = 'true') or normalize-space(h/b) (g/h/b)"],
        &[(r#"{"a": true}"#, 0), (r#"{"a": true, "g": [{}, {"h": {"b": "x"}}, {"h": {}}]}"#, 2)],
    );
    check(
        &format!(
            "a switch Yhteinen\ng group Jakso | {note}\ng/b date Alku | {note}\nh group Otsikko\nh/c text C | {note}"
        ),
        &[
            ": not(a = 'true') or normalize-space(g) (g)",
            "g: not(../a = 'true') or normalize-space(b) (g/b)",
            ": not(a = 'true') or normalize-space(h/c) (h/c)",
        ],
        &[(r#"{"a": true}"#, 2), (r#"{"a": true, "g": {"b": "x"}, "h": {"c": "x"}}"#, 0)],
    );
}

#[test]
fn a_key_that_is_no_name_is_written_as_the_tree_has_it() {
    let note = "| Kenttä on pakollinen, jos kenttään Eka on vastattu ei.";
    check(
        &format!("1a switch Eka\nb_? text Toka {note}\näiti-2.x text Kolmas {note}"),
        &[
            ": not(_[@key = '1a'] = 'false') or normalize-space(_[@key = 'b_?']) (b_?)",
            ": not(_[@key = '1a'] = 'false') or normalize-space(äiti-2.x) (äiti-2.x)",
        ],
        &[(r#"{"1a": true}"#, 0), (r#"{"1a": false}"#, 2), (r#"{"1a": false, "b_?": "x", "äiti-2.x": "x"}"#, 0)],
    );
    // Which of these letters a name may have is not known here.
    check(&format!("a switch Eka\nπ text Toka {note}"), &[], &[]);
}

#[test]
fn what_is_not_understood_is_left_out() {
    for note in [
        "",
        "Ehdollisesti pakollinen.",
        "Kenttä on pakollinen.",
        "Ehdollisesti pakollinen: Jos asia on suljettu, kenttä on pakollinen.",
        // The name is misspelt, or the field is no switch.
        "Kenttä on pakollinen, jos Asia on selvvä -kenttään on vastattu \"ei\".",
        "Kenttä on pakollinen, jos Selite-kenttään on vastattu \"ei\".",
        "Kenttä on pakollinen, jos Asia on selvä -kenttään on vastattu \"ehkä\".",
        // The class is not one of the field's, or is told by a name alone.
        "Kenttä on pakollinen, jos Luokka-kenttään on valittu luokka 3.",
        "Kenttä on pakollinen, jos Luokka-kenttään on valittu luokka muu.",
        "Kenttä on pakollinen, jos Luokka-kenttään on valittu 1 = Yksi, Kaksi.",
        // One part is understood and another is not.
        "Kenttä on pakollinen, jos Asia on selvä -kenttään on vastattu \"ei\". Kenttä on pakollinen, jos muuten sovitaan.",
        "Kenttä on pakollinen, jos Asia on selvä -kenttään on vastattu \"ei\". Kenttään on kirjattava \"x\".",
        "Kenttä on pakollinen, jos Asia on selvä -kenttään on vastattu \"ei\" ja asiakas on alaikäinen.",
        "Kenttä on pakollinen, jos Asia on selvä -kenttään on vastattu \"ei\". Toiseen kentistä on vastattava \"Kyllä\".",
        // It speaks of other fields, of itself alone, or of fields that are no switches.
        "Asia on selvä- ja Selite-kentistä toinen on pakollinen.",
        "Syy-kentistä toinen on pakollinen.",
        "Selite- ja Syy-kentistä toinen on pakollinen. Toiseen kentistä on vastattava \"Kyllä\".",
        "Joko tämä kenttä tai muu kenttä on pakollinen.",
        // A quotation mark is missing.
        "Kenttä on pakollinen, jos \"Asia on selvä -kenttään on vastattu ei.",
    ] {
        check_left_out(note);
    }
    // Two fields of the name are equally near.
    check(
        "g group G\ng/a switch Sama\nh group H\nh/a switch Sama\nb text Syy | Kenttä on pakollinen, jos kenttään Sama on vastattu ei.",
        &[],
        &[],
    );
}
