//! Reads separated values, each with its place, so that an error can point at it.

use std::ops::Range;

/// A value of a row.
#[derive(Debug, PartialEq)]
pub(super) struct Value {
    /// Line of its first character, from 1.
    pub(super) line: usize,
    /// Its bytes in the text, with its quotes.
    pub(super) span: Range<usize>,
    pub(super) text: String,
}

/// The rows of a text, without those that are empty or begin with `#`. Values may stand in double quotes, where two stand for
/// one; a quote that is not closed reaches to the end of the text.
pub(super) fn rows(text: &str, separator: char) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut characters = text.char_indices().peekable();
    let mut line = 1;
    let begin = |line: usize, at: usize| Value { line, span: at..at, text: String::new() };
    let mut value = begin(1, 0);
    let (mut is_quoted, mut was_quoted) = (false, false);
    while let Some((at, c)) = characters.next() {
        if c == '\n' {
            line += 1;
        }
        let next = characters.peek().map(|(_, next)| *next);
        match c {
            '"' if is_quoted && next == Some('"') => {
                characters.next();
                value.text.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if value.text.is_empty() && !was_quoted => (is_quoted, was_quoted) = (true, true),
            _ if is_quoted => value.text.push(c),
            '\r' if next == Some('\n') => {}
            '\n' => {
                row.push(std::mem::replace(&mut value, begin(line, at + 1)));
                rows.push(std::mem::take(&mut row));
                was_quoted = false;
            }
            c if c == separator => {
                row.push(std::mem::replace(&mut value, begin(line, at + c.len_utf8())));
                was_quoted = false;
            }
            c => value.text.push(c),
        }
        // What ends a value has begun the next one.
        if value.span.start <= at && c != '\r' {
            value.span.end = at + c.len_utf8();
        }
    }
    row.push(value);
    rows.push(row);
    let is_said = |row: &Vec<Value>| {
        let is_comment = row.first().is_some_and(|first| first.text.starts_with('#'));
        !is_comment && row.iter().any(|value| !value.text.trim().is_empty())
    };
    rows.retain(is_said);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&[&str]]) {
        let found: Vec<Vec<String>> = rows(text, ',')
            .into_iter()
            .map(|row| row.into_iter().map(|it| format!("{} {} {}", it.line, &text[it.span], it.text)).collect())
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn values_have_places() {
        check("", &[]);
        check("a,b\n1,2\n", &[&["1 a a", "1 b b"], &["2 1 1", "2 2 2"]]);
        check("a,b\r\n\r\n# c,d\n,\n1,", &[&["1 a a", "1 b b"], &["5 1 1", "5  "]]);
        check("ää,b", &[&["1 ää ää", "1 b b"]]);
    }

    #[test]
    fn quotes_hold_separators() {
        check("\"a,b\",c", &[&["1 \"a,b\" a,b", "1 c c"]]);
        check("\"a\"\"b\",c", &[&["1 \"a\"\"b\" a\"b", "1 c c"]]);
        check("\"a\nb\",c\nd", &[&["1 \"a\nb\" a\nb", "2 c c"], &["3 d d"]]);
        check("a\"b\",c", &[&["1 a\"b\" a\"b\"", "1 c c"]]);
        check("\"\",c", &[&["1 \"\" ", "1 c c"]]);
        check("\"a,b\nc", &[&["1 \"a,b\nc a,b\nc"]]);
    }
}
