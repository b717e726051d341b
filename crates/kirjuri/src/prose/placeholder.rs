//! Texts that stand where a text should be written: letters of a keyboard row, "testi", "lorem ipsum".

/// Words that are placeholders wherever they are the whole text, also several of them. In order.
const WORDS: &[&str] = &[
    "aa",
    "aaa",
    "abc",
    "abcd",
    "adsf",
    "asd",
    "asda",
    "asdads",
    "asdas",
    "asdasd",
    "asdf",
    "asdfasdf",
    "asdfg",
    "asdfgh",
    "asdfghj",
    "asdfghjk",
    "asdfghjkl",
    "bla",
    "blaa",
    "blabla",
    "blaablaa",
    "dfg",
    "dfgh",
    "dummy",
    "fdsa",
    "fgh",
    "fghj",
    "foobar",
    "ghj",
    "ghjk",
    "hjk",
    "hjkl",
    "jkl",
    "jklö",
    "lkj",
    "lorem",
    "poiu",
    "qqq",
    "qwe",
    "qwer",
    "qwert",
    "qwerty",
    "qwertyuiop",
    "sdf",
    "sdfg",
    "sdfsdf",
    "tbd",
    "test",
    "testdata",
    "testi",
    "testidata",
    "testiteksti",
    "testikirjaus",
    "testimerkintä",
    "testing",
    "testanteckning",
    "testtext",
    "testtesttest",
    "todo",
    "wer",
    "wert",
    "xx",
    "xxx",
    "xyz",
    "yuiop",
    "zxc",
    "zxcv",
    "zxcvb",
    "zxcvbn",
    "zxcvbnm",
    "öljk",
    "ölkj",
];

/// Whole texts that say that a text will come or should be written. In order.
const PHRASES: &[&str] = &[
    "att komplettera",
    "fylls i senare",
    "kirjoita tähän",
    "kirjoita teksti tähän",
    "komplettera",
    "kompletteras",
    "kompletteras senare",
    "lisää teksti",
    "lisää teksti tähän",
    "lägg till text",
    "lägg till text här",
    "skriv här",
    "skriv text här",
    "teksti tähän",
    "text här",
    "text kommer senare",
    "to be added",
    "to do",
    "tähän teksti",
    "tähän tekstiä",
    "täydennetään",
    "täydennetään myöhemmin",
    "täydennetään pian",
    "täydennä",
    "täydennä myöhemmin",
    "täydennä tähän",
    "täytetään myöhemmin",
];

/// Longest text that is compared: placeholders are short but for those told by their beginning.
const LONGEST: usize = 64;

/// Whether the whole text is a placeholder: of those known, one letter repeated at least three times, or marks without a
/// letter or digit. Case, white space and marks at the ends aside.
///
/// Roman numerals (`iii`) are none, nor answers such as "ei tietoa" or "ei".
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return false;
    }
    let beginning: String = text.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if beginning.starts_with("lorem ipsum") {
        return true;
    }
    if beginning.chars().count() > LONGEST {
        return false;
    }
    let core = beginning.trim_matches(|mark: char| !mark.is_alphanumeric());
    if core.is_empty() {
        return true;
    }
    let mut words = core.split(|mark: char| !mark.is_alphanumeric()).filter(|word| !word.is_empty());
    // A single "x" is a mark in a box, and "aa" alone is a pair of initials in many texts: only whole words are known.
    words.clone().all(|word| WORDS.contains(&word) || is_one_letter(word))
        || words.clone().count() > 1 && PHRASES.contains(&core)
        || words.next().is_some_and(|word| word == core && PHRASES.contains(&word))
}

/// Whether a word is one letter at least three times; `i` makes Roman numerals and `w` an address.
fn is_one_letter(word: &str) -> bool {
    let mut letters = word.chars();
    let Some(first) = letters.next().filter(|letter| letter.is_alphabetic() && !matches!(letter, 'i' | 'w')) else {
        return false;
    };
    letters.clone().count() >= 2 && letters.all(|letter| letter == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_short_answers() {
        let rows = [
            ("asd", true),
            ("ASDF", true),
            ("asd asd", true),
            ("asdf, jklö", true),
            ("xxx", true),
            ("XX", true),
            ("aaaaaaa", true),
            ("zzz zzz", true),
            ("testi", true),
            ("Testi.", true),
            ("test test test", true),
            ("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt", true),
            ("lorem", true),
            ("-", true),
            ("…", true),
            ("...", true),
            ("???", true),
            ("Täydennetään", true),
            ("täydennetään myöhemmin!", true),
            ("TODO", true),
            ("to do", true),
            ("kompletteras senare", true),
            ("skriv här", true),
            ("", false),
            ("  ", false),
            ("ei", false),
            ("Ei tietoa", false),
            ("ei tiedossa", false),
            ("iii", false),
            ("III", false),
            ("www", false),
            ("x", false),
            ("1", false),
            ("000", false),
            ("testi tehty", false),
            ("Testissä saatiin hyvä tulos.", false),
            ("Asiakas kävi koronatestissä.", false),
            ("Kaikki hyvin", false),
            ("Täydennetään hakemusta huomenna.", false),
            ("Kompletteras av läkare", false),
        ];
        for (text, expected) in rows {
            assert_eq!(is_placeholder(text), expected, "{text:?}");
        }
    }

    #[test]
    fn each_known_placeholder_is_one() {
        for text in WORDS.iter().chain(PHRASES) {
            assert!(is_placeholder(text), "{text}");
        }
    }
}
