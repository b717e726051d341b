//! What a free text says of people who can be named or reached: relatives by name, telephone numbers, addresses of e-mail.

use super::narrative::{LINE_END, PASSAGE_END};
use crate::code_set::CodeSet;

/// The first words of a text that are a relation in the set, the names behind it included, where these are of somebody else
/// than the patient; empty where there are none.
///
/// A name is two words with a capital each, the first of which is no word of a place or an organisation as far as its ending
/// tells. A word of the set that begins with the given name of the patient after it is about the patient.
pub(crate) fn named_relative<'t>(text: &'t str, relations: &CodeSet, patient: &[String]) -> &'t str {
    let mut words = words(text);
    let mut next = [words.next(), words.next(), words.next()];
    while let [Some(relation), Some(first), Some(last)] = next {
        next = [Some(first), Some(last), words.next()];
        // Two names in a row are rarer than a relation, and need no copy to be told.
        if !is_given_name(first.text) || !is_family_name(last.text) {
            continue;
        }
        if relation.text.len() > 24 || !relations.contains(&relation.text.to_lowercase()) {
            continue;
        }
        let between = |from: Word<'_>, to: Word<'_>| text.get(from.end()..to.start).unwrap_or_default();
        let gap = between(relation, first);
        let is_joined = matches!(gap.trim(), "" | "," | ":" | "(") && gap.len() <= 3 && between(first, last) == " ";
        if !is_joined {
            continue;
        }
        let first_name = first.text.to_lowercase();
        if patient.iter().any(|name| !name.is_empty() && first_name.starts_with(name.as_str())) {
            continue;
        }
        return text.get(relation.start..last.end()).unwrap_or_default();
    }
    ""
}

/// First words of names of places and organisations.
const PLACES: &[&str] = &[
    "Etelä", "Itä", "Keski", "Länsi", "Los", "New", "Nya", "Norra", "Pohjois", "Saint", "San", "Sankt", "Stora",
    "Södra", "Uusi", "Vanha",
];

fn is_given_name(word: &str) -> bool {
    // The genitive of a place ends in `n`; of two names only the last is inflected.
    is_name(word) && !word.ends_with('n') && !PLACES.contains(&word) && !is_local(word)
}

fn is_family_name(word: &str) -> bool {
    is_name(word) && !is_local(word)
}

/// Whether a word is in a case of a place, as names of people are less often.
fn is_local(word: &str) -> bool {
    ["ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "ssä", "issa"].iter().any(|ending| word.ends_with(ending))
}

fn is_name(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && word.chars().count() >= 3
        && letters.clone().next().is_some_and(char::is_lowercase)
        && letters.all(|letter| letter.is_lowercase() || letter.is_uppercase() || letter == '-')
}

#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
}

impl Word<'_> {
    fn end(self) -> usize {
        self.start + self.text.len()
    }
}

/// The words of a text: letters and digits, with hyphens between.
#[derive(Clone)]
struct Words<'t> {
    text: &'t str,
    at: usize,
}

fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

impl<'t> Iterator for Words<'t> {
    type Item = Word<'t>;

    fn next(&mut self) -> Option<Word<'t>> {
        let is_part = |mark: char| mark.is_alphanumeric() || mark == '-';
        let start = self.at + self.text.get(self.at..)?.find(is_part)?;
        let word = self.text.get(start..)?;
        let length = word.find(|mark: char| !is_part(mark)).unwrap_or(word.len());
        self.at = start + length;
        Some(Word { text: self.text.get(start..self.at)?, start })
    }
}

/// Beginnings of words beside the telephone number of a unit rather than of a person; small.
const UNITS: &[&str] = &[
    "ajanvarau",
    "apteek",
    "avdelning",
    "hoitaja",
    "hälsostation",
    "klini",
    "lääkär",
    "läkar",
    "mottagning",
    "neuvo",
    "osasto",
    "osaston",
    "poliklin",
    "päivyst",
    "rådgivning",
    "sairaal",
    "sjukhus",
    "sjukskötar",
    "skötersk",
    "terveysasema",
    "tidsbeställ",
    "tidsbokning",
    "toimisto",
    "vastaano",
    "vaihde",
    "yksik",
    "jour",
    "terapeut",
    "fysio",
    "sosiaali",
];

/// The first mobile telephone number of Finland in a text that is not beside the name of a unit and not among the known ones;
/// empty where there is none.
pub(crate) fn phone_number<'t>(text: &'t str, known: &[String]) -> &'t str {
    for line in text.split(['\n', '!', '?', LINE_END, PASSAGE_END]) {
        if let Some(number) = phone_in(line, known) {
            return number;
        }
    }
    ""
}

fn phone_in<'t>(line: &'t str, known: &[String]) -> Option<&'t str> {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes.get(at..)?.iter().position(|byte| matches!(byte, b'0' | b'+')).map(|found| at + found)
    {
        at = start + 1;
        let before = line.get(..start).and_then(|before| before.chars().next_back());
        if before.is_some_and(|mark| mark.is_alphanumeric() || matches!(mark, '.' | '-' | '/' | ',' | '+' | ':')) {
            continue;
        }
        let length = bytes
            .get(start + 1..)?
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'))
            .count();
        let number = line.get(start..start + 1 + length)?.trim_end_matches([' ', '-']);
        at = (start + number.len()).max(at);
        let digits: String = number.chars().filter(|digit| digit.is_ascii_digit() || *digit == '+').collect();
        let national = digits
            .strip_prefix("+358")
            .map(|rest| rest.to_owned())
            .or_else(|| digits.strip_prefix('0').map(str::to_owned));
        let Some(national) = national.filter(|rest| (8..=10).contains(&rest.len())) else { continue };
        // 04x and 050 are numbers of mobile telephones.
        if !(national.starts_with('4') || national.starts_with("50")) || number.contains("  ") {
            continue;
        }
        let after = line.get(start + number.len()..).and_then(|after| after.chars().next());
        if after.is_some_and(char::is_alphanumeric) {
            continue;
        }
        if known.iter().any(|known| known.ends_with(&national)) {
            continue;
        }
        // A word for a unit anywhere on the line is in doubt about all its numbers.
        let folded = line.to_lowercase();
        let mut near = folded.split(|mark: char| !mark.is_alphanumeric());
        if near.any(|word| UNITS.iter().any(|unit| word.starts_with(unit))) {
            return None;
        }
        return Some(number);
    }
    None
}

/// Where private people have addresses, whatever their name.
const PRIVATE: &[&str] =
    &["elisanet", "gmail", "hotmail", "icloud", "kolumbus", "live", "luukku", "outlook", "suomi24", "welho", "yahoo"];

/// The first address of e-mail in a text that is a person's and not among the known ones; empty where there is none.
///
/// Before the sign it has two names, or behind it a place where private people have theirs; one word is mostly an office.
pub(crate) fn email<'t>(text: &'t str, known: &[String]) -> &'t str {
    if !text.contains('@') {
        return "";
    }
    let is_part = |mark: char| mark.is_alphanumeric() || matches!(mark, '.' | '-' | '_' | '+' | '@');
    let words = text.split(|mark: char| !is_part(mark)).map(|word| word.trim_matches(['.', '-']));
    let mut addresses = words.filter(|word| {
        let Some((name, host)) = word.split_once('@') else { return false };
        let is_host = host.rsplit_once('.').is_some_and(|(host, top)| {
            !host.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        let is_named =
            name.split(['.', '_']).filter(|part| part.chars().filter(|it| it.is_alphabetic()).count() > 1).count() > 1;
        let is_person = is_named || PRIVATE.iter().any(|place| host.to_lowercase().starts_with(place));
        is_person && is_host && !host.contains('@') && !known.contains(&word.to_lowercase())
    });
    addresses.next().unwrap_or_default()
}

/// Longest phrase that is looked up.
const LONGEST_PHRASE: usize = 40;

/// The first word or words (up to three) of a text that a code set lists, case aside; empty where there are none.
pub(crate) fn listed<'t>(text: &'t str, set: &CodeSet) -> &'t str {
    let mut words = words(text);
    let mut next = [words.next(), words.next(), words.next()];
    // Small letters mostly take as many bytes as their capitals, so that one copy serves all phrases.
    let all = Some(text.to_lowercase()).filter(|all| all.len() == text.len());
    let mut folded = String::new();
    while let [Some(first), second, third] = next {
        next = [second, third, words.next()];
        for last in [third, second, Some(first)].into_iter().flatten() {
            let phrase = text.get(first.start..last.end()).unwrap_or_default();
            if phrase.len() > LONGEST_PHRASE {
                continue;
            }
            let small = match all.as_deref().and_then(|all| all.get(first.start..last.end())) {
                Some(small) => small,
                None => {
                    folded.clear();
                    folded.extend(phrase.chars().flat_map(char::to_lowercase));
                    &folded
                }
            };
            if set.contains(small) {
                return phrase;
            }
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(codes: &[&str]) -> CodeSet {
        let codes: String = codes.iter().map(|code| format!("[[code]]\ncode = '{code}'\n")).collect();
        let text = format!("oid = '1.2.3'\nname = 'known'\ncomplete = false\nsource = ['test']\n{codes}");
        let file = crate::PackFile { path: "code-sets/known.toml".into(), text: text.into() };
        let reader = crate::source::Reader { pack: "test", file: &file };
        crate::code_set::read(reader, crate::pack::Laws::Enforced, &mut Vec::new()).unwrap()
    }

    #[test]
    fn relatives_are_told_by_relation_and_name() {
        let relations = set(&["äiti", "vaimo", "tyttären", "mor"]);
        for (text, expected) in [
            ("Äiti Maija Meikäläinen soitti.", "Äiti Maija Meikäläinen"),
            ("Sovittu tyttären (Liisa Testaajan) kanssa.", "tyttären (Liisa Testaajan"),
            ("Hans mor, Anna Testare, ringde.", "mor, Anna Testare"),
            ("Äiti soitti. Maija Meikäläinen tuli.", ""),
            ("Äiti Oulun Yliopistollisessa sairaalassa.", ""),
            ("Äiti New Yorkissa.", ""),
            ("Äiti Turussa Maijan luona.", ""),
            ("Äiti on HUS Jorvissa", ""),
            ("Vaimo Marevan Forte", ""),
            ("Äiti Matti Testaaja", ""),
            ("Äiti", ""),
            ("", ""),
        ] {
            assert_eq!(named_relative(text, &relations, &["matti".into(), "testaaja".into()]), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_of_mobile_telephones_are_told_from_other_numbers() {
        for (text, expected) in [
            ("Vaimon puhelin 040 123 4567.", "040 123 4567"),
            ("Tel. +358 50 1234567", "+358 50 1234567"),
            ("Puh: 0441234567, iltaisin", "0441234567"),
            ("Ajanvaraus 040 123 4567", ""),
            ("Oma numero 045 765 4321", ""),
            ("Päivystys 09 1234567", ""),
            ("1.2.246.040.1234567", ""),
            ("Lähete 10-0401234567", ""),
            ("Annos 0,5 mg ja 040", ""),
            ("040 1234567890123", ""),
            ("", ""),
        ] {
            assert_eq!(phone_number(text, &["0457654321".into()]), expected, "{text:?}");
        }
    }

    #[test]
    fn addresses_of_people_are_told_from_those_of_offices() {
        for (text, expected) in [
            ("Osoite testi.henkilo@esimerkki.fi.", "testi.henkilo@esimerkki.fi"),
            ("kirjaamo@esimerkki.fi", ""),
            ("testi@gmail.com", "testi@gmail.com"),
            ("oma.osoite@esimerkki.fi", ""),
            ("2 @ 3", ""),
            ("@a.fi x@ a@b@c.fi", ""),
        ] {
            assert_eq!(email(text, &["oma.osoite@esimerkki.fi".into()]), expected, "{text:?}");
        }
    }

    #[test]
    fn listed_phrases_are_found_as_words() {
        let set = set(&["status post", "pt"]);
        for (text, expected) in [
            ("Tila Status post lonkkaleikkaus", "Status post"),
            ("pt. tuli", "pt"),
            ("apteekki, opt", ""),
            ("status", ""),
        ] {
            assert_eq!(listed(text, &set), expected, "{text:?}");
        }
    }
}
