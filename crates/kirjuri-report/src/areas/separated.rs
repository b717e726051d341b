//! Reads separated values, each with its place, so that an error can point at it.

/// A value of a row.
#[derive(Debug, PartialEq)]
pub(super) struct Value {
    /// Line of its first character, from 1.
    pub(super) line: usize,
    /// Column of its first character in that line, from 1.
    pub(super) column: usize,
    pub(super) text: String,
}

/// The rows of a text, without those that are empty or begin with `#`. Values may stand in double quotes, where two stand for
/// one; a quote that is not closed reaches to the end of the text.
pub(super) fn rows(text: &str, separator: char) -> Vec<Vec<Value>> {
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut characters = text.chars().peekable();
    let (mut line, mut column) = (1, 1);
    let mut value = Value { line, column, text: String::new() };
    let (mut is_quoted, mut was_quoted) = (false, false);
    while let Some(c) = characters.next() {
        column += 1;
        if c == '\n' {
            (line, column) = (line + 1, 1);
        }
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                column += 1;
                value.text.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if value.text.is_empty() && !was_quoted => (is_quoted, was_quoted) = (true, true),
            _ if is_quoted => value.text.push(c),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => {
                row.push(std::mem::replace(&mut value, Value { line, column, text: String::new() }));
                rows.push(std::mem::take(&mut row));
                was_quoted = false;
            }
            c if c == separator => {
                row.push(std::mem::replace(&mut value, Value { line, column, text: String::new() }));
                was_quoted = false;
            }
            c => value.text.push(c),
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
            .map(|row| row.into_iter().map(|it| format!("{}:{} {}", it.line, it.column, it.text)).collect())
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn values_have_places() {
        check("", &[]);
        check("a,b\n1,2\n", &[&["1:1 a", "1:3 b"], &["2:1 1", "2:3 2"]]);
        check("a,b\r\n\r\n# c,d\n,\n1,", &[&["1:1 a", "1:3 b"], &["5:1 1", "5:3 "]]);
        check("ää,b", &[&["1:1 ää", "1:4 b"]]);
    }

    #[test]
    fn quotes_hold_separators() {
        check("\"a,b\",c", &[&["1:1 a,b", "1:7 c"]]);
        check("\"a\"\"b\",c", &[&["1:1 a\"b", "1:8 c"]]);
        check("\"a\nb\",c\nd", &[&["1:1 a\nb", "2:4 c"], &["3:1 d"]]);
        check("a\"b\",c", &[&["1:1 a\"b\"", "1:6 c"]]);
        check("\"\",c", &[&["1:1 ", "1:4 c"]]);
        check("\"a,b\nc", &[&["1:1 a,b\nc"]]);
    }
}
