//! The string functions of XPath 1.0 (section 4.2). They borrow where the answer is a part of what they were given.

use std::borrow::Cow;

use crate::number;

pub(crate) const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Where a mark first stands. Most texts are short, and the searcher of the standard library takes long to set up.
pub(crate) fn find(whole: &str, mark: &str) -> Option<usize> {
    /// Of a longer mark the beginning is looked for first.
    const LONG: usize = 64;
    const BEGINNING: usize = 16;
    let (whole, mark) = (whole.as_bytes(), mark.as_bytes());
    if mark.len() > LONG
        && let Some(at) = mark.get(..BEGINNING).and_then(|beginning| memchr::memmem::find(whole, beginning))
        && whole.get(at..).is_some_and(|rest| rest.starts_with(mark))
    {
        return Some(at);
    }
    memchr::memmem::find(whole, mark)
}

/// Whether two texts, one behind the other, start with a third.
pub(crate) fn starts_joined(first: &str, second: &str, start: &str) -> bool {
    match start.strip_prefix(first) {
        Some(rest) => second.starts_with(rest),
        None => first.starts_with(start),
    }
}

/// `substring-before()`
pub(crate) fn before<'a>(whole: Cow<'a, str>, mark: &str) -> Cow<'a, str> {
    let end = find(&whole, mark).unwrap_or(0);
    part(whole, 0, end)
}

/// `substring-after()`
pub(crate) fn after<'a>(whole: Cow<'a, str>, mark: &str) -> Cow<'a, str> {
    let end = whole.len();
    let start = find(&whole, mark).map_or(end, |at| at + mark.len());
    part(whole, start, end)
}

/// `substring()`: the characters at the positions p, counted from 1, with round(start) <= p and, where there is a
/// length, p < round(start) + round(length). With NaN on either side no comparison holds, so nothing is taken.
pub(crate) fn substring(text: Cow<'_, str>, start: f64, length: Option<f64>) -> Cow<'_, str> {
    let first = number::round(start);
    let behind = length.map(|length| first + number::round(length));
    let taken = |position: usize| position as f64 >= first && behind.is_none_or(|behind| (position as f64) < behind);
    let mut from = text.len();
    let mut to = text.len();
    for (index, (offset, _)) in text.char_indices().enumerate() {
        if taken(index + 1) {
            from = from.min(offset);
        } else if from < text.len() {
            to = offset;
            break;
        }
    }
    part(text, from, to)
}

/// `normalize-space()`
pub(crate) fn normalize_space(text: Cow<'_, str>) -> Cow<'_, str> {
    let start = text.len() - text.trim_start_matches(WHITE_SPACE).len();
    let end = text.trim_end_matches(WHITE_SPACE).len().max(start);
    let trimmed = text.get(start..end).unwrap_or_default();
    let mut before = b'x';
    let is_normal = trimmed.bytes().all(|byte| {
        let double = before == b' ' && byte == b' ';
        before = byte;
        !double && !matches!(byte, b'\t' | b'\r' | b'\n')
    });
    if is_normal {
        return part(text, start, end);
    }
    let mut normal = String::with_capacity(trimmed.len());
    for word in trimmed.split(WHITE_SPACE).filter(|word| !word.is_empty()) {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    Cow::Owned(normal)
}

/// The table of a `translate()` whose second and third argument are known when compiled.
#[derive(Clone, Debug)]
pub(crate) struct Translation {
    /// By the code of the character; [`Translation::UNCHANGED`] for one that stays.
    ascii: Box<[u32; 128]>,
    /// By character.
    others: Box<[(char, Option<char>)]>,
}

impl Translation {
    const UNCHANGED: u32 = u32::MAX;
    const DROPPED: u32 = u32::MAX - 1;

    pub(crate) fn new(from: &str, to: &str) -> Translation {
        let mut ascii = Box::new([Translation::UNCHANGED; 128]);
        let mut others = Vec::new();
        for (c, partner) in table(from, to) {
            match ascii.get_mut(c as usize) {
                Some(place) => *place = partner.map_or(Translation::DROPPED, u32::from),
                None => others.push((c, partner)),
            }
        }
        Translation { ascii, others: others.into() }
    }

    /// The same as [`translate`].
    pub(crate) fn apply<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        let replace = |c: char| match self.ascii.get(c as usize) {
            Some(&Translation::UNCHANGED) => Some(c),
            Some(&partner) => char::from_u32(partner),
            None => match self.others.binary_search_by_key(&c, |entry| entry.0) {
                Ok(found) => self.others.get(found).and_then(|entry| entry.1),
                Err(_) => Some(c),
            },
        };
        // What stays as it is stays where it is.
        match text.chars().all(|c| replace(c) == Some(c)) {
            true => text,
            false => replaced(&text, replace),
        }
    }
}

/// The partners of characters, by character; none for one that is dropped.
fn table(from: &str, to: &str) -> Vec<(char, Option<char>)> {
    let partners = to.chars().map(Some).chain(std::iter::repeat(None));
    let mut table: Vec<(char, Option<char>)> = from.chars().zip(partners).collect();
    // A stable sort keeps the first occurrence before later ones, which are then dropped.
    table.sort_by_key(|entry| entry.0);
    table.dedup_by_key(|entry| entry.0);
    table
}

/// A table of `translate()` with fewer characters than this is searched from its start.
const SHORT: usize = 32;

/// `translate()`
pub(crate) fn translate<'a>(text: Cow<'a, str>, from: &str, to: &str) -> Cow<'a, str> {
    if from.len() < SHORT {
        // Of two ASCII texts the bytes are the characters, also inside other text.
        let concerned = match from.is_ascii() {
            true => text.bytes().any(|byte| from.as_bytes().contains(&byte)),
            false => text.contains(|c| from.contains(c)),
        };
        if !concerned {
            return text;
        }
        // The first occurrence in `from` decides; a character without a partner in `to` is dropped.
        let replace = |c: char| match from.chars().position(|known| known == c) {
            Some(index) => to.chars().nth(index),
            None => Some(c),
        };
        return replaced(&text, replace);
    }
    let table = table(from, to);
    let replace = |c: char| match table.binary_search_by_key(&c, |entry| entry.0) {
        Ok(found) => table.get(found).and_then(|entry| entry.1),
        Err(_) => Some(c),
    };
    replaced(&text, replace)
}

fn replaced<'a>(text: &str, replace: impl Fn(char) -> Option<char>) -> Cow<'a, str> {
    let mut replaced = String::with_capacity(text.len());
    replaced.extend(text.chars().filter_map(replace));
    Cow::Owned(replaced)
}

/// `lang()`: whether a language is the wanted one or a kind of it, whatever the case.
pub(crate) fn is_language(language: &str, wanted: &str) -> bool {
    match language.split_at_checked(wanted.len()) {
        Some((start, rest)) => start.eq_ignore_ascii_case(wanted) && (rest.is_empty() || rest.starts_with('-')),
        None => false,
    }
}

/// A piece of a text, borrowed where the text is. The ends are character boundaries within it.
fn part(text: Cow<'_, str>, start: usize, end: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(start..end).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(end);
            text.drain(..start);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_made_once_translates_as_one_made_for_the_call() {
        let check = |text: &str, from: &str, to: &str, expected: &str| {
            assert_eq!(translate(Cow::Borrowed(text), from, to), expected, "{text}");
            assert_eq!(Translation::new(from, to).apply(Cow::Borrowed(text)), expected, "{text}");
        };
        check("bar", "abc", "ABC", "BAr");
        check("--aaa--", "abc-", "ABC", "AAA");
        check("aa", "aa", "xy", "xx");
        check("", "a", "b", "");
        check("ääkköset a\u{A0}b", "äö\u{A0}", "ÄÖ", "ÄÄkkÖset ab");
        check("Äiti", "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ", "abcdefghijklmnopqrstuvwxyzåäö", "äiti");
        assert!(matches!(Translation::new("xyz", "").apply(Cow::Borrowed("abc")), Cow::Borrowed("abc")));
    }

    #[test]
    fn texts_start_as_if_they_were_joined() {
        for (first, second, start) in [
            ("1.2", ".", "1.2."),
            ("1.2.3", ".", "1.2."),
            ("1.20", ".", "1.2."),
            ("1", ".", "1.2."),
            ("", ".", "1.2."),
            ("", ".", "."),
            ("", ".", ""),
            ("1.2.", ".", "1.2."),
            ("ä", "ö", "äö"),
        ] {
            let expected = format!("{first}{second}").starts_with(start);
            assert_eq!(starts_joined(first, second, start), expected, "{first} {second} {start}");
        }
    }

    #[test]
    fn a_long_mark_is_found_where_its_beginning_stands_before_it_too() {
        let beginning = "0123456789abcdef";
        let mark = format!("{beginning}{}", "x".repeat(80));
        let check = |whole: &str, expected: Option<usize>| assert_eq!(find(whole, &mark), expected, "{whole}");
        check(&mark, Some(0));
        check(&format!("{beginning} {mark}"), Some(17));
        check(beginning, None);
        check("", None);
    }
}
