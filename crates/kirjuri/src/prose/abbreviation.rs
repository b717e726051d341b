//! Abbreviations that a reader may not know: neither generally known nor explained where they stand.

use crate::code_set::CodeSet;

/// The first abbreviation of two to six capitals in a text that `known` does not list and the text does not explain.
///
/// A word in capitals is not always an abbreviation, so only such are told as cannot be read as a word: without a vowel,
/// or of three letters with two consonants at the beginning or the end. Words among others in capitals, words with
/// digits, Roman numerals and parts of codes are left alone. An abbreviation is explained where it stands in brackets
/// behind what it means, or before its meaning in brackets, anywhere in the text.
pub(crate) fn unexplained_abbreviation<'t>(text: &'t str, known: &CodeSet) -> Option<&'t str> {
    // Most texts have no two capitals together, and need no second look.
    let are_capitals = |pair: &[u8]| pair.iter().all(u8::is_ascii_uppercase);
    if !text.as_bytes().windows(2).any(are_capitals) {
        return None;
    }
    let (mut found, mut explained) = (Vec::new(), Vec::new());
    let mut words = Words { text, at: 0 };
    let mut before: Option<Word<'_>> = None;
    let mut current = words.next();
    while let Some(word) = current {
        let after = words.next();
        if word.is_abbreviation() {
            // A word in capitals beside another is a text in capitals: its words are stressed, not shortened.
            let is_among_capitals = [before, after].into_iter().flatten().any(Word::is_capitals);
            if word.is_explained(text) {
                explained.push(word.text);
            } else if !is_among_capitals && !word.is_part_of_code(text) && !known.contains(word.text) {
                found.push(word.text);
            }
        }
        (before, current) = (Some(word), after);
    }
    explained.sort_unstable();
    found.into_iter().find(|abbreviation| explained.binary_search(abbreviation).is_err())
}

/// A stretch of letters and digits.
#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
}

struct Words<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Words<'t> {
    type Item = Word<'t>;

    fn next(&mut self) -> Option<Word<'t>> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.find(char::is_alphanumeric)?;
        let word = self.text.get(start..)?;
        let length = word.find(|mark: char| !mark.is_alphanumeric()).unwrap_or(word.len());
        self.at = start + length;
        Some(Word { text: self.text.get(start..self.at)?, start })
    }
}

impl Word<'_> {
    fn is_capitals(self) -> bool {
        self.text.len() > 1 && self.text.chars().all(char::is_uppercase)
    }

    fn is_abbreviation(self) -> bool {
        let letters = self.text.len();
        // The national abbreviations of the field are of ASCII letters, but for those with Å, Ä and Ö: `TYÖ` is a word.
        if !(2..=6).contains(&letters) || !self.text.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return false;
        }
        if self.text.bytes().all(|byte| matches!(byte, b'I' | b'V' | b'X' | b'L' | b'C')) {
            return false;
        }
        let is_vowel = |byte: &u8| matches!(byte, b'A' | b'E' | b'I' | b'O' | b'U' | b'Y');
        match self.text.as_bytes() {
            bytes if !bytes.iter().any(is_vowel) => true,
            [first, second, third] => !is_vowel(second) && (!is_vowel(first) || !is_vowel(third)),
            _ => false,
        }
    }

    /// The text before the word and the text behind it.
    fn sides(self, text: &str) -> (&str, &str) {
        let end = self.start + self.text.len();
        (text.get(..self.start).unwrap_or_default(), text.get(end..).unwrap_or_default())
    }

    /// Whether the word is joined to digits, as in the sign of a car or the number of a product, or stands behind the sign of
    /// a sample, as in `P-CRP`.
    fn is_part_of_code(self, text: &str) -> bool {
        let joins = |near: Option<char>, next: Option<char>| {
            near.is_some_and(|mark| matches!(mark, '-' | '/' | '.' | '_'))
                && next.is_some_and(|mark| mark.is_ascii_digit())
        };
        let (before, after) = self.sides(text);
        let mut sample = before.chars().rev();
        if sample.next() == Some('-') && sample.next().is_some_and(char::is_alphabetic) {
            return true;
        }
        let (mut before, mut after) = (before.chars().rev(), after.chars());
        joins(before.next(), before.next()) || joins(after.next(), after.next())
    }

    /// Whether the word stands alone in brackets, or directly before a bracket.
    fn is_explained(self, text: &str) -> bool {
        let (before, after) = self.sides(text);
        let after = after.trim_start();
        after.starts_with('(') || before.trim_end().ends_with('(') && after.starts_with([')', ',', ';'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        let set = "oid = '1.2.3'\nname = 'known'\ncomplete = false\nsource = ['test']\n[[code]]\ncode = 'THL'\n";
        let file = crate::PackFile { path: "code-sets/known.toml".into(), text: set.into() };
        let reader = crate::source::Reader { pack: "test", file: &file };
        let known = crate::code_set::read(reader, crate::pack::Laws::Enforced, &mut Vec::new()).unwrap();
        assert_eq!(unexplained_abbreviation(text, &known).is_some(), expected, "{text:?}");
    }

    #[test]
    fn only_abbreviations_that_nobody_explains_are_told() {
        for (text, expected) in [
            ("LKU alkaa viikolla 12.", true),
            ("Sovittu LKU:n kanssa.", true),
            ("Jatkuu ryhmässä (ks. PVMK).", true),
            ("THL:n ohje annettiin.", false),
            ("Lääkinnällinen kuntoutus (LKU) alkaa. LKU kestää kuukauden.", false),
            ("LKU (lääkinnällinen kuntoutus) alkaa.", false),
            ("EI halua lähteä.", false),
            ("Asiakas EI OLE paikalla.", false),
            ("TÄRKEÄÄ: soita huomenna.", false),
            ("Kuningas Kaarle XVI ja XIV.", false),
            ("Auto ABC-123 haettiin.", false),
            ("Tuote 12-KLM tilattiin.", false),
            ("RTK JA PKV MUKANA", false),
            ("Asiakas lähti kotiin klo 14.", false),
            ("A. B. Testi", false),
            ("LKU2 ja B12", false),
            ("fP-GLK ja S-TSH otettu.", false),
            ("PVMK-käynti sovittu.", true),
            ("", false),
            ("ÄÄÄ (", false),
        ] {
            check(text, expected);
        }
    }
}
