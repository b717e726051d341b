//! Tells which texts of a document people wrote, and what can be said of such a text without understanding it.
//!
//! Everything here looks at words and letters only. A text of which that is not enough is left alone: a note of two
//! words can be a good one, but "xxx" is none in any language.

mod abbreviation;
mod damage;
mod figures;
mod narrative;
mod others;
mod placeholder;
mod sentence;

use std::borrow::Cow;

use kirjuri_tree::{Document, Format, NodeId, NodeKind};
use unicode_normalization::UnicodeNormalization;

use crate::identifiers::{HETU_LENGTH, Hetu, hetu_candidates, is_iso_time};

pub(crate) use abbreviation::unexplained_abbreviation;
pub(crate) use damage::{capitals, garbled, machine_time, markup};
pub(crate) use figures::{answer, day_count, mentions_day, mentions_number};
pub(crate) use narrative::{LINE_END, PASSAGE_END, narrative};
pub(crate) use others::{email, listed, named_relative, phone_number};
pub(crate) use placeholder::is_placeholder;
pub(crate) use sentence::{
    fingerprint, long_sentence, repeated_sentence, repeated_word, sentences, unfinished_sentence, unstopped_sentence,
};

/// Members of the national structures of social care whose strings are no prose: parts of codes and identifiers, names,
/// contacts, and texts that the organisation or THL has fixed. In order.
const NOT_PROSE: &[&str] = &[
    "asiakirjan_tayttaminen",
    "code",
    "display",
    "edunvalvojan_tunniste",
    "etunimet",
    "infoteksti",
    "lahiosoite",
    "lakiselostus",
    "lue_lisaa",
    "nimi",
    "ohje",
    "ohje_kaksi",
    "ohje_kolme",
    "ohje_kuusi",
    "ohje_nelja",
    "ohje_seitseman",
    "ohje_viisi",
    "ohje_yksi",
    "ohjeet",
    "ohjeteksti",
    "organisaatio",
    "postinumero",
    "postitoimipaikka",
    "puhelinnumero",
    "sahkopostiosoite",
    "sukunimi",
    "system",
    "tehtavanimike",
    "unit",
    "value",
];

/// Whether an element is one that people wrote text into: a string of a JSON document that is neither a part of a code
/// or an identifier, nor a name or a contact, nor a fixed text, nor a date or time.
///
/// Asked of every element of a document, so that what is cheap comes first.
pub(crate) fn is_prose(document: &Document, element: NodeId) -> bool {
    if document.format() != Format::Json || !document.is_element(element) {
        return false;
    }
    // Strings alone have no `@type`, which is the last of the attributes.
    let last = document.attributes(element).next_back();
    if last.is_some_and(|last| document.qname(document.attribute_name(last)).local == "type") {
        return false;
    }
    let mut children = document.children(element);
    let Some(text) = children.next().filter(|&child| document.kind(child) == NodeKind::Text) else { return false };
    let name = document.qname(document.name(element)).local;
    if NOT_PROSE.binary_search(&name).is_ok() || name.ends_with("_nimi") || name.starts_with("fraasi_") {
        return false;
    }
    let text = document.value(text);
    !text.trim().is_empty() && !is_iso_time(text)
}

/// How many words a text has: stretches without white space that hold a letter or digit.
pub(crate) fn word_count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// Whether a text is written in capitals alone: at least four words of letters and twenty letters, none of them small.
/// Shorter ones can be names, headings and abbreviations.
pub(crate) fn is_all_capitals(text: &str) -> bool {
    if text.chars().any(char::is_lowercase) {
        return false;
    }
    let letters = text.chars().filter(|letter| letter.is_uppercase()).count();
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_uppercase)).count();
    letters >= 20 && words >= 4
}

/// The letters and digits of a text, small and composed: what two layouts of one text have in common. Marks of lists, lines
/// and spaces of any width are none of it, nor is whether `ä` is written as one character or as two.
pub(crate) fn letters(text: &str) -> Cow<'_, str> {
    let is_kept = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if text.bytes().all(is_kept) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut keep = |letter: char| match letter {
        // Most are, and need no table.
        '\0'..='\u{7F}' if letter.is_ascii_alphanumeric() => kept.push(letter.to_ascii_lowercase()),
        '\0'..='\u{7F}' => {}
        _ => kept.extend(letter.to_lowercase().filter(|letter| letter.is_alphanumeric())),
    };
    // Below the combining marks every text is composed.
    match text.chars().all(|letter| letter < '\u{300}') {
        true => text.chars().for_each(&mut keep),
        false => text.nfc().for_each(&mut keep),
    }
    Cow::Owned(kept)
}

/// The valid personal identity codes that stand in a text as words of their own, in their order. Those in small letters
/// are people's codes as well, and are given in capitals.
pub(crate) fn hetus(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    hetu_candidates(text).filter_map(move |start| {
        let end = start + HETU_LENGTH;
        let code = text.get(start..end)?;
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let after = text.get(end..).and_then(|after| after.chars().next());
        if [before, after].into_iter().flatten().any(char::is_alphanumeric) {
            return None;
        }
        let code = match code.bytes().any(|byte| byte.is_ascii_lowercase()) {
            true => Cow::Owned(code.to_ascii_uppercase()),
            false => Cow::Borrowed(code),
        };
        Hetu::parse(&code).is_ok().then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<I: Copy + std::fmt::Debug, V: PartialEq + std::fmt::Debug>(
        function: impl Fn(I) -> V,
        rows: impl IntoIterator<Item = (I, V)>,
    ) {
        for (input, expected) in rows {
            assert_eq!(function(input), expected, "{input:?}");
        }
    }

    #[test]
    fn the_members_that_are_no_prose_are_in_order() {
        assert!(NOT_PROSE.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn what_people_wrote_is_told_from_what_systems_wrote() {
        let json = r#"{"merkinta": {
            "kuvaus": "Asiakas kävi.", "tavoitteet": ["Yksi.", "Kaksi."], "lisatiedot": "  ", "huomiot": "",
            "paivamaara": "2026-03-05", "alkamishetki": "2026-03-05T14:30:00+02:00", "turvakielto": true, "maara": 2,
            "asiakas": {"sukunimi": "Asiakas", "etunimet": "Testi", "tehtavanimike": "ohjaaja"},
            "palvelutehtava": {"system": "urn:oid:1.2", "code": "10", "display": "Lastensuojelu"},
            "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "010190-900P"},
            "sijoituspaikan_nimi": "Koti", "lakiselostus": "Laki.", "puuttuva": null}}"#;
        let document = Document::parse_json(json.as_bytes(), &kirjuri_tree::Limits::default()).unwrap();
        let prose: Vec<_> = document.nodes().filter(|&node| is_prose(&document, node)).collect();
        let prose: Vec<_> = prose.into_iter().map(|node| document.string_value(node)).collect();
        assert_eq!(prose, ["Asiakas kävi.", "Yksi.", "Kaksi."]);
    }

    #[test]
    fn xml_has_no_prose() {
        let document = Document::parse(b"<kuvaus>Asiakas</kuvaus>", &kirjuri_tree::Limits::default()).unwrap();
        assert!(!document.nodes().any(|node| is_prose(&document, node)));
    }

    #[test]
    fn words_are_counted() {
        check(word_count, [("", 0), ("  \n", 0), ("- …", 0), ("Kaikki hyvin.", 2), ("yksi – kaksi\n3", 3)]);
    }

    #[test]
    fn capitals_alone_are_seen_in_long_texts_only() {
        check(
            is_all_capitals,
            [
                ("ASIAKAS SÖI HYVIN JA NUKKUI PÄIVÄUNET", true),
                ("KLIENTEN SOV GOTT OCH ÅT 2 PORTIONER.", true),
                ("ASIAKAS SÖI HYVIN", false),
                ("ASIAKAS SÖI hyvin JA NUKKUI PÄIVÄUNET", false),
                ("EI OLE TÄÄ", false),
                ("1 2 3 4 5 6", false),
                ("", false),
            ],
        );
    }

    #[test]
    fn letters_are_what_two_layouts_have_in_common() {
        check(
            |text| letters(text).into_owned(),
            [
                ("", ""),
                ("abc1", "abc1"),
                ("Äiti soitti klo 9.", "äitisoittiklo9"),
                ("A\u{308}iti", "äiti"),
                ("- yksi\n- kaksi", "yksikaksi"),
                ("• yksi\u{2009}\u{200b}• kaksi\u{ad}", "yksikaksi"),
                ("…–!", ""),
            ]
            .map(|(text, expected)| (text, expected.to_owned())),
        );
    }

    #[test]
    fn codes_are_found_as_words_of_their_own() {
        check(
            |text| hetus(text).collect::<Vec<_>>().join(" "),
            [
                ("Äiti (010190-900P) soitti.", "010190-900P"),
                ("010516B903X ja 020516C903K", "010516B903X 020516C903K"),
                ("010190-900P", "010190-900P"),
                ("010190-900p ja 010516b903x", "010190-900P 010516B903X"),
                ("010190-900x", ""),
                ("1010190-900P", ""),
                ("010190-900PX", ""),
                ("010190-900X", ""),
                ("ä010190-900P", ""),
                ("010190-900Pä", ""),
                ("0101ä0-900P", ""),
                ("", ""),
                ("ääääääääääääää", ""),
            ]
            .map(|(text, expected)| (text, expected.to_owned())),
        );
    }

    /// Each function looks at a text once: of one that is made of what it looks for, it would else take hours.
    #[test]
    fn hostile_texts_take_no_more_time_than_others() {
        let set = "oid = '1.2.3'\nname = 'known'\ncomplete = false\nsource = ['test']\n[[code]]\ncode = 'x'\n";
        let file = crate::PackFile { path: "code-sets/known.toml".into(), text: set.into() };
        let reader = crate::source::Reader { pack: "test", file: &file };
        let set = crate::code_set::read(reader, crate::pack::Laws::Enforced, &mut Vec::new()).unwrap();
        let pieces = [
            "\n",
            " ",
            ".",
            ". ",
            "?",
            "a?b",
            "…) ",
            "A. ",
            "a.a.",
            "0",
            "0 ",
            "0401234567 ",
            "+358 ",
            "osasto 0401234567 ",
            "a@",
            "a.b@c.fi ",
            "<",
            "<b",
            "&",
            "&a",
            "Ã",
            "ä",
            "ja",
            "Äiti Äiti ",
            "KVT ",
            "(KVT",
            "\u{2028}",
            "\u{2029}",
            ",",
            "-",
            "20",
            "\"",
            "a\n\n",
        ];
        for piece in pieces {
            let text = piece.repeat(50_000 / piece.len());
            let functions: [fn(&str) -> &str; 11] = [
                capitals,
                garbled,
                machine_time,
                markup,
                repeated_sentence,
                repeated_word,
                unfinished_sentence,
                unstopped_sentence,
                |text| long_sentence(text, 40),
                |text| phone_number(text, &[]),
                |text| email(text, &[]),
            ];
            for function in functions {
                let found = function(&text);
                assert!(text.contains(found), "{piece:?}");
            }
            assert!(text.contains(listed(&text, &set)) && text.contains(named_relative(&text, &set, &[])), "{piece:?}");
            assert!(unexplained_abbreviation(&text, &set).is_none_or(|found| text.contains(found)), "{piece:?}");
        }
    }
}
