//! Texts that systems have damaged: letters read in another encoding, markup that shows as text, times as programs write
//! them, and texts in capitals.

use super::narrative::{LINE_END, PASSAGE_END};

/// What Windows-1252 has at the bytes 0x80 to 0x9F.
const WINDOWS: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

/// Whether a character is what is left of the second byte of a letter of UTF-8 that was read as Latin-1 or Windows-1252.
fn is_second_byte(character: char) -> bool {
    matches!(character, '\u{80}'..='\u{BF}') || WINDOWS.contains(character)
}

/// The first characters that are letters read in another encoding (`Ã¤`, `â€“`, `├ñ`), or the mark for what cannot be read
/// (U+FFFD), or a word with question marks in place of letters where there are several such words. Empty where there are none.
///
/// A capital A with a tilde or a circumflex is a letter of other languages: followed by a sign that no word has, it is none.
pub(crate) fn garbled(text: &str) -> &str {
    if text.is_ascii() {
        return lost_letters(text);
    }
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        if first == char::REPLACEMENT_CHARACTER {
            return text.get(start..start + first.len_utf8()).unwrap_or_default();
        }
        let Some(&(at, second)) = characters.peek() else { break };
        let is_garbled = match first {
            'Ã' | 'Â' => is_second_byte(second),
            'â' => second == '€' || second == '\u{80}',
            // UTF-8 read as the code pages of DOS.
            '├' => second.is_alphabetic() || matches!(second, '╢' | '┬'),
            _ => false,
        };
        if is_garbled {
            return text.get(start..at + second.len_utf8()).unwrap_or_default();
        }
    }
    lost_letters(text)
}

/// The first of at least two words that have a question mark, or two, between small letters.
fn lost_letters(text: &str) -> &str {
    if !text.contains('?') {
        return "";
    }
    let is_lost = |word: &&str| {
        let word = word.trim_matches(|mark: char| !mark.is_alphanumeric());
        let bytes = word.as_bytes();
        // One letter or two in a row: `p?iv?n`, `n??n`.
        let is_between = |near: &[u8]| {
            matches!(near, [before, lost @ .., after]
                if before.is_ascii_lowercase() && after.is_ascii_lowercase() && lost.iter().all(|byte| *byte == b'?'))
        };
        let inside = bytes.windows(3).any(is_between) || bytes.windows(4).any(is_between);
        inside && bytes.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'?')
    };
    let mut lost = text.split_whitespace().filter(is_lost);
    let first = lost.next().unwrap_or_default();
    if lost.next().is_some() { first } else { "" }
}

/// References and tags that show to a reader of a text.
const ENTITIES: &[&str] = &[
    "&AMP;", "&Aring;", "&Auml;", "&Ouml;", "&amp;", "&apos;", "&aring;", "&auml;", "&eacute;", "&gt;", "&lt;",
    "&nbsp;", "&ndash;", "&ouml;", "&quot;", "&#10;", "&#13;", "&#160;",
];
const TAGS: &[&str] =
    &["b", "br", "content", "div", "em", "i", "li", "p", "paragraph", "span", "strong", "table", "td", "tr", "ul"];

/// The first reference or tag of HTML or XML that stands in a text as text; empty where there is none.
pub(crate) fn markup(text: &str) -> &str {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(['&', '<'])).map(|at| from + at) {
        let rest = text.get(at..).unwrap_or_default();
        if let Some(entity) = ENTITIES.iter().find(|entity| rest.starts_with(**entity)) {
            return rest.get(..entity.len()).unwrap_or_default();
        }
        let tag = rest.strip_prefix('<').unwrap_or_default();
        let tag = tag.strip_prefix('/').unwrap_or(tag);
        let name =
            tag.find(|mark: char| !mark.is_ascii_alphanumeric()).map_or("", |end| tag.get(..end).unwrap_or_default());
        let behind = tag.get(name.len()..).unwrap_or_default();
        if TAGS.contains(&name.to_ascii_lowercase().as_str()) {
            let closed = behind.trim_start_matches([' ', '/']);
            if closed.starts_with('>') {
                return rest.get(..rest.len() - closed.len() + 1).unwrap_or_default();
            }
        }
        from = at + 1;
    }
    ""
}

/// The first time that stands in a text as programs write it, with date and time together: `20260305143000`,
/// `2026-03-05T14:30`. Empty where there is none.
pub(crate) fn machine_time(text: &str) -> &str {
    let is_part = |mark: char| mark.is_ascii_alphanumeric() || matches!(mark, '-' | ':' | '.' | '+' | '_' | '/');
    let words = text.split(|mark: char| !is_part(mark)).map(|word| word.trim_end_matches(['.', ':', '-']));
    let mut long = words.filter(|word| word.len() >= 12 && word.starts_with("20"));
    long.find(|word| is_machine_time(word)).unwrap_or_default()
}

fn is_machine_time(word: &str) -> bool {
    let digits = word.split(['+', '.']).next().unwrap_or_default();
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number of fourteen digits that is a time of this century is one; shorter ones can be anything.
        return digits.len() == 14 && crate::identifiers::Timestamp::parse(digits).is_ok();
    }
    word.as_bytes().get(10) == Some(&b'T') && crate::identifiers::is_iso_time(word)
}

/// The first line or sentence of a text that is written in capitals alone: at least six words and thirty letters. Empty where
/// there is none.
pub(crate) fn capitals(text: &str) -> &str {
    let is_capitals = |part: &&str| {
        let letters = part.chars().filter(|letter| letter.is_uppercase()).count();
        let words =
            part.split_whitespace().filter(|word| word.chars().filter(|letter| letter.is_uppercase()).count() > 1);
        letters >= 30 && !part.chars().any(char::is_lowercase) && words.count() >= 6
    };
    // A full stop inside of a date or a number ends nothing.
    let lines = text.split(['\n', '!', '?', LINE_END, PASSAGE_END]);
    let mut parts = lines.flat_map(|line| {
        let mut rest = Some(line);
        std::iter::from_fn(move || {
            let text = rest?;
            let is_end =
                |at: &usize| !text.get(at + 1..).is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
            let end = text.match_indices('.').map(|(at, _)| at).find(is_end);
            rest = end.and_then(|end| text.get(end + 1..));
            text.get(..end.unwrap_or(text.len())).map(str::trim)
        })
    });
    parts.find(is_capitals).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(function: fn(&str) -> &str, rows: &[(&str, &str)]) {
        for (text, expected) in rows {
            assert_eq!(function(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn letters_of_another_encoding_are_seen() {
        check(
            garbled,
            &[
                ("isÃ¤ kÃ¤vi", "Ã¤"),
                ("Ã„iti", "Ã„"),
                ("1 â€“ 2", "â€"),
                ("37 Â°C", "Â°"),
                ("├ñiti", "├ñ"),
                ("p\u{FFFD}iv\u{FFFD}", "\u{FFFD}"),
                ("Potilas k?vi p?iv?ll?", "k?vi"),
                ("Huolena n??n h?m?rtyminen", "n??n"),
                ("Tuleeko?ei", ""),
                ("Tuleeko??ei", ""),
                ("www.testi.fi/a?b=c ja toinen x?y=1", ""),
                ("SÃO PAULO", ""),
                ("Äiti söi ångström 5–7 €", ""),
                ("pâté", ""),
                ("", ""),
            ],
        );
    }

    #[test]
    fn markup_is_told_from_signs() {
        check(
            markup,
            &[
                ("Hyvä&nbsp;vointi", "&nbsp;"),
                ("Rivi<br/>toinen", "<br/>"),
                ("Rivi<BR />toinen", "<BR />"),
                ("</p> x", "</p>"),
                ("CRP < 5 ja Hb > 120", ""),
                ("A & B; C", ""),
                ("<5", ""),
                ("p<0.05 ja p>1", ""),
                ("<", ""),
            ],
        );
    }

    #[test]
    fn times_of_programs_are_told_from_numbers() {
        check(
            machine_time,
            &[
                ("Kirjattu 20260305143000.", "20260305143000"),
                ("Kirjattu 20260305143000+0200", "20260305143000+0200"),
                ("Aika 2026-03-05T14:30:00+02:00, ok", "2026-03-05T14:30:00+02:00"),
                ("Aika 2026-03-05", ""),
                ("Numero 20269905143000", ""),
                ("1.2.246.10.20260305143000", ""),
                ("Viite 202603051430", ""),
                ("5.3.2026 klo 14.30", ""),
            ],
        );
    }

    #[test]
    fn capitals_are_seen_a_line_at_a_time() {
        check(
            capitals,
            &[
                (
                    "Vointi hyvä. POTILAS EI SAA SYÖDÄ ENNEN HUOMISTA TOIMENPIDETTÄ. Ok.",
                    "POTILAS EI SAA SYÖDÄ ENNEN HUOMISTA TOIMENPIDETTÄ",
                ),
                (
                    "Vointi hyvä.LÄHETE 2.4.2026 OIKEAN OLKAPÄÄN RAJOITTUNEEN LIIKKEEN VUOKSI",
                    "LÄHETE 2.4.2026 OIKEAN OLKAPÄÄN RAJOITTUNEEN LIIKKEEN VUOKSI",
                ),
                ("ESITIEDOT JA NYKYTILA", ""),
                ("EI SAA SYÖDÄ", ""),
                ("RR HB CRP K NA KREA ALAT AFOS", ""),
            ],
        );
    }
}
