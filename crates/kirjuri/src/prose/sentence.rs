//! Sentences of a text, found without understanding it.
//!
//! A full stop does not end a sentence within a number, a date or an address, behind an abbreviation or an ordinal number,
//! nor where a small letter follows. In doubt a sentence ends: two short sentences are nobody's fault.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use super::narrative::{LINE_END, PASSAGE_END};
use super::{letters, word_count};

/// Abbreviations with a full stop behind which a sentence goes on, without that stop; small, in order.
const GOING_ON: &[&str] = &[
    "alk", "anv", "bl.a", "ca", "d.v.s", "dos", "dvs", "eks", "ent", "erik", "esim", "ev", "f.d", "f.n", "fr.o.m",
    "huom", "inkl", "jfr", "jälk", "kand", "kl", "klo", "ks", "lek", "läk", "lääk", "lääket", "maist", "mm", "nk",
    "nr", "nro", "ns", "obs", "os", "p.g.a", "par", "prof", "puh", "resp", "s.k", "s.o", "sk", "st", "suom", "synt",
    "t.ex", "t.o.m", "tel", "toht", "tri", "ts", "ung", "vas", "vrt", "yliläk",
];

/// How a sentence ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// With a mark.
    Stopped,
    /// Where its line ends, or the item or cell it stands in.
    Line,
    /// Where its paragraph or the whole text ends.
    Passage,
}

/// A sentence without white space around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentence<'t> {
    pub(crate) text: &'t str,
    pub(crate) end: End,
    /// It stands behind another on its line.
    pub(crate) follows: bool,
}

/// The sentences of a text, in their order.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = Sentence<'_>> {
    Sentences { text, at: 0, follows: false }
}

struct Sentences<'t> {
    text: &'t str,
    at: usize,
    follows: bool,
}

impl<'t> Iterator for Sentences<'t> {
    type Item = Sentence<'t>;

    fn next(&mut self) -> Option<Sentence<'t>> {
        loop {
            let rest = self.text.get(self.at..)?;
            let trimmed = rest.trim_start();
            // A line that was left empty says that what follows is another.
            self.at += rest.len() - trimmed.len();
            self.follows &=
                !rest.get(..rest.len() - trimmed.len()).unwrap_or_default().contains(['\n', LINE_END, PASSAGE_END]);
            let rest = Some(trimmed).filter(|rest| !rest.is_empty())?;
            let (length, passed, end) = first(rest);
            let follows = self.follows;
            self.follows = end == End::Stopped;
            self.at += passed;
            let text = rest.get(..length).unwrap_or_default().trim();
            if !text.is_empty() {
                return Some(Sentence { text, end, follows });
            }
        }
    }
}

/// The length of the first sentence of a text, how far it goes with what ends it, and what that is.
fn first(text: &str) -> (usize, usize, End) {
    for (at, mark) in text.char_indices() {
        let behind = at + mark.len_utf8();
        match mark {
            PASSAGE_END => return (at, behind, End::Passage),
            LINE_END | '\n' if !goes_on(text.get(behind..).unwrap_or_default()) => {
                let rest = text.get(behind..).unwrap_or_default().trim_start();
                return (at, behind, if rest.is_empty() && mark == '\n' { End::Passage } else { End::Line });
            }
            '.' | '!' | '?' | '…' => {
                let rest = text.get(behind..).unwrap_or_default();
                let closes =
                    |mark: &char| matches!(mark, '.' | '!' | '?' | '…' | '"' | '\'' | '”' | '’' | '»' | ')' | ']');
                let closing: usize = rest.chars().take(FURTHEST).take_while(closes).map(char::len_utf8).sum();
                let end = behind + closing;
                let closed = text.get(end..).unwrap_or_default();
                if closed.is_empty() {
                    return (end, end, End::Stopped);
                }
                if closed.starts_with(char::is_whitespace)
                    && !(mark == '.' && is_within(text, at, closed))
                    && !goes_on(closed)
                {
                    return (end, end, End::Stopped);
                }
            }
            _ => {}
        }
    }
    (text.len(), text.len(), End::Passage)
}

/// How many characters behind a mark are looked at, so that a text of marks alone takes no more time than another.
const FURTHEST: usize = 40;

/// Whether what follows goes on with a small letter.
fn goes_on(rest: &str) -> bool {
    let is_space = |mark: &char| matches!(mark, ' ' | '\t' | '\r' | '\n' | '\u{a0}');
    rest.chars().take(FURTHEST).find(|mark| !is_space(mark)).is_some_and(char::is_lowercase)
}

/// Whether a full stop with white space behind it is that of an abbreviation or an initial.
fn is_within(text: &str, stop: usize, rest: &str) -> bool {
    let before = text.get(..stop).unwrap_or_default();
    let start = before
        .rfind(|mark: char| !mark.is_alphanumeric() && mark != '.')
        .map_or(0, |at| at + before.get(at..).and_then(|mark| mark.chars().next()).map_or(1, char::len_utf8));
    let word = before.get(start..).unwrap_or_default();
    let mut characters = word.chars();
    if let (Some(letter), None) = (characters.next(), characters.next())
        && letter.is_alphabetic()
    {
        // An initial, or `s. 5` and `n. 3`; but `5 g. Sitten` is a sentence and another.
        let number = before.get(..start).unwrap_or_default().trim_end();
        return !number.ends_with(|digit: char| digit.is_ascii_digit());
    }
    // `3. luokka` goes on with a small letter and is seen by that; before a digit an ordinal is part of a date.
    if word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return rest.trim_start().starts_with(|digit: char| digit.is_ascii_digit());
    }
    word.len() <= 12 && {
        let word = word.to_lowercase();
        GOING_ON.binary_search(&word.as_str()).is_ok()
    }
}

/// The first sentence of more than so many words, which is no enumeration; empty where there is none.
///
/// A colon and a semicolon let a reader breathe as a full stop does. Numbers are not counted.
pub(crate) fn long_sentence(text: &str, most: usize) -> &str {
    let is_long = |part: &str| {
        let words = part.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
        let marks = part.matches([',', '/', '|']).count();
        let numbers = part.split_whitespace().filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())).count();
        words > most && marks * 4 < words && numbers * 4 < words
    };
    // Words are at least two bytes with the space between.
    let candidates = sentences(text).filter(|sentence| sentence.text.len() / 2 >= most);
    candidates
        .map(|sentence| sentence.text)
        .find(|text| text.split([':', ';', '=', '•']).any(is_long))
        .unwrap_or_default()
}

/// Words that no sentence ends with; small, in order.
const CONNECTING: &[&str] = &[
    "att", "eftersom", "eller", "että", "fastän", "ja", "jos", "jotta", "koska", "kun", "mutta", "och", "samt", "sekä",
    "tai", "vaikka",
];

/// The first sentence that is cut in the middle: a paragraph ends behind a comma, an opening bracket, a dash or a word that
/// connects it with what is not there. Empty where there is none.
///
/// Of lines, items and cells nothing is said, nor of a few words.
pub(crate) fn unfinished_sentence(text: &str) -> &str {
    let is_unfinished = |text: &str| {
        let last = text.rsplit(|mark: char| !mark.is_alphanumeric()).next().unwrap_or_default();
        // A comma behind a space is what programs leave that join fields.
        let is_comma = text.ends_with(',') && !text.ends_with(" ,");
        let is_open = is_comma || text.ends_with(['(', '[']) || text.ends_with(" -") || text.ends_with(" –");
        let is_joined = !last.is_empty() && CONNECTING.contains(&last);
        (is_open || is_joined) && word_count(text) >= 4 && text.starts_with(char::is_uppercase)
    };
    let mut ends = sentences(text).filter(|sentence| sentence.end == End::Passage).map(|sentence| sentence.text);
    ends.find(|text| is_unfinished(text)).unwrap_or_default()
}

/// The first sentence that ends a paragraph without a mark, though the one before it has one, or all other paragraphs have;
/// empty where there is none.
pub(crate) fn unstopped_sentence(text: &str) -> &str {
    // How many sentences of the paragraph, and of the text, have a mark; and those without one.
    let (mut stopped, mut all_stopped, mut unstopped, mut only) = (0, 0, 0, "");
    for sentence in sentences(text) {
        let (text, words) = (sentence.text, word_count(sentence.text));
        stopped = if sentence.follows { stopped } else { 0 };
        if sentence.end == End::Stopped {
            stopped += usize::from(words >= 3);
            all_stopped += usize::from(words >= 3);
            continue;
        }
        unstopped += 1;
        // Names and signatures have many capitals.
        let capitals = text.split_whitespace().filter(|word| word.starts_with(char::is_uppercase)).count();
        let is_sentence = sentence.end == End::Passage
            && text.ends_with(char::is_lowercase)
            && text.starts_with(char::is_uppercase)
            && capitals * 3 <= words
            && !text.contains([':', ';', '='])
            && words >= 3;
        if is_sentence && stopped >= 1 {
            return text;
        }
        if is_sentence && words >= 6 {
            only = text;
        }
    }
    if unstopped == 1 && all_stopped >= 2 { only } else { "" }
}

/// The first sentence of at least eight words that stands in the text before; empty where there is none.
pub(crate) fn repeated_sentence(text: &str) -> &str {
    let mut seen = FxHashSet::default();
    let long = sentences(text).map(|sentence| sentence.text).filter(|text| text.len() >= 24 && word_count(text) >= 8);
    long.into_iter().find(|text| !seen.insert(fingerprint(text))).unwrap_or_default()
}

/// What two ways of laying out one sentence have in common, hashed: sixty-four bits are enough to tell the few sentences of
/// one document apart.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    letters(text).hash(&mut hasher);
    hasher.finish()
}

/// The first word that stands twice in a row and never may, with its second: `ja ja`, `och och`. Empty where there is none.
pub(crate) fn repeated_word(text: &str) -> &str {
    const WORDS: &[&str] = &["eller", "että", "ja", "med", "och", "sekä", "tai"];
    let words = text.split_inclusive(char::is_whitespace);
    let (mut at, mut before): (usize, Option<(usize, &str)>) = (0, None);
    for piece in words {
        let word = piece.trim();
        if let Some((start, last)) = before
            && last == word
            && WORDS.contains(&word)
        {
            return text.get(start..at + word.len()).unwrap_or_default();
        }
        // Several spaces are one.
        if !word.is_empty() {
            before = Some((at, word));
        }
        at += piece.len();
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_abbreviations_are_in_order() {
        assert!(GOING_ON.is_sorted_by(|a, b| a < b));
        assert!(CONNECTING.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        for (text, expected) in [
            ("", &[][..]),
            ("Yksi. Kaksi! Kolme?", &["Yksi.", "Kaksi!", "Kolme?"]),
            ("Lääkettä esim. Panadolia. Sitten kontrolli.", &["Lääkettä esim. Panadolia.", "Sitten kontrolli."]),
            ("Noin n. 5 kertaa. Hyvä.", &["Noin n. 5 kertaa.", "Hyvä."]),
            ("Aika klo 12.30 ma 3.5.2026. Tervetuloa.", &["Aika klo 12.30 ma 3.5.2026.", "Tervetuloa."]),
            ("Aika 3. 5. 2026 klo 9. Tervetuloa.", &["Aika 3. 5. 2026 klo 9.", "Tervetuloa."]),
            ("Hon fick t.ex. Alvedon. Det hjälpte.", &["Hon fick t.ex. Alvedon.", "Det hjälpte."]),
            ("Tohtori M. Testaaja soitti. Ok.", &["Tohtori M. Testaaja soitti.", "Ok."]),
            ("Annos 5 g. Sitten lepo.", &["Annos 5 g.", "Sitten lepo."]),
            ("Hän on 3. luokalla. Hyvä.", &["Hän on 3. luokalla.", "Hyvä."]),
            ("Kipu jne. Muuten hyvä.", &["Kipu jne.", "Muuten hyvä."]),
            ("Sanoi: \"Tulen.\" Lähti.", &["Sanoi: \"Tulen.\"", "Lähti."]),
            ("Otsikko\nTeksti jatkuu\nseuraavalla rivillä.", &["Otsikko", "Teksti jatkuu\nseuraavalla rivillä."]),
            ("Yksi\u{2028}Kaksi\u{2029}kolme", &["Yksi", "Kaksi", "kolme"]),
            ("...", &["..."]),
        ] {
            let found: Vec<&str> = sentences(text).map(|sentence| sentence.text).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn long_sentences_are_no_lists() {
        let words = |count: usize| format!("Sana {}", vec!["sana"; count - 1].join(" "));
        let long = format!("Yksi. {}. Kaksi.", words(21));
        assert_eq!(long_sentence(&long, 20), format!("{}.", words(21)));
        assert_eq!(long_sentence(&long, 21), "");
        assert_eq!(long_sentence(&vec!["sana"; 40].join(", "), 20), "");
        assert_eq!(long_sentence(&vec!["Krea 70"; 40].join(" "), 20), "");
        assert_eq!(long_sentence(&format!("{}: {}", words(15), words(15)), 20), "");
        assert_eq!(long_sentence("", 0), "");
    }

    #[test]
    fn a_text_that_was_cut_is_told_from_a_heading() {
        for (text, expected) in [
            ("Potilas tuli vastaanotolle ja", "Potilas tuli vastaanotolle ja"),
            ("Hyvä. Potilas saa kotiin lääkettä,\u{2029}Muuta.", "Potilas saa kotiin lääkettä,"),
            ("Patienten har ont i magen och", "Patienten har ont i magen och"),
            ("Sovittiin kontrolli kuukauden päähän (", "Sovittiin kontrolli kuukauden päähän ("),
            ("Terveisin,", ""),
            ("Lääke 5 mg , käytetään illalla ,", ""),
            ("Koti- ja", ""),
            ("Potilas tuli vastaanotolle ja\u{2028}", ""),
            ("Potilas tuli vastaanotolle.", ""),
            ("Potilaalla on todettu bestående men", ""),
            ("", ""),
        ] {
            assert_eq!(unfinished_sentence(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_missing_stop_is_seen_where_others_are() {
        for (text, expected) in [
            ("Vointi on ollut hyvä. Syönyt ja juonut hyvin. Yöllä nukkunut hyvin.", ""),
            (
                "Vointi on ollut hyvä. Syönyt ja juonut hyvin.\u{2028}Testi Lääkäri yleislääketieteen erikoislääkäri tk",
                "",
            ),
            ("Vointi hyvä", ""),
            ("Potilas kotiutui tänään. Testi Lääkäri osastolta", ""),
            ("Vointi on ollut hyvä. Syönyt ja juonut hyv", "Syönyt ja juonut hyv"),
            (
                "Kaatunut eilen portaissa ja lyönyt ky\u{2029}Vointi on hyvä. Ei muita vammoja.",
                "Kaatunut eilen portaissa ja lyönyt ky",
            ),
            ("Kaatunut eilen portaissa ja lyönyt ky\u{2029}Vointi on hyvä. Ei muita vammoja.\u{2029}Kotiin", ""),
            ("Kaatunut portaissa\u{2029}Vointi on hyvä. Ei muita vammoja.", ""),
        ] {
            assert_eq!(unstopped_sentence(text), expected, "{text:?}");
        }
        let text = "Vointi on ollut hyvä. Syönyt ja juonut hyvin. Yöllä nukkunut aika levottomasti mutta riit";
        assert_eq!(unstopped_sentence(text), "Yöllä nukkunut aika levottomasti mutta riit");
    }

    #[test]
    fn what_is_said_twice_is_found() {
        let sentence = "Potilas ohjattiin ottamaan yhteyttä omaan terveysasemaan, jos oireet pahenevat.";
        assert_eq!(repeated_sentence(&format!("{sentence} Muuta. {sentence}")), sentence);
        assert_eq!(repeated_sentence("Vointi on hyvä. Vointi on hyvä."), "");
        assert_eq!(repeated_word("Syö  ja\nja nukkuu."), "ja\nja");
        assert_eq!(repeated_word("Kom och och gick"), "och och");
        assert_eq!(repeated_word("Hän on on ja tai"), "");
    }
}
