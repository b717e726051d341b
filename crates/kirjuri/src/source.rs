//! The files of a pack, and errors that say where in them something is wrong.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// A file of a pack: its path inside the pack, with `/` between folders, and its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackFile {
    /// Path inside the pack, for instance `malformed-hetu.toml`.
    pub path: String,
    /// The text of the file; that of a program's own files is not copied.
    pub text: Cow<'static, str>,
}

/// The files of a pack as they came from a folder, an archive or the program itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PackSource {
    /// How messages name the pack: the folder, for instance.
    pub name: String,
    /// Its files, in any order.
    pub files: Vec<PackFile>,
}

/// Something wrong in a file of a pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackError {
    /// Path of the file: the pack's name and the path inside it.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for PackError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(out, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

/// All that is wrong with a pack, in the order of files and places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackErrors(pub Vec<PackError>);

impl fmt::Display for PackErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(out, "{}{error}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for PackErrors {}

/// A file while it is read: knows how to speak of its places.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'s> {
    pub(crate) pack: &'s str,
    pub(crate) file: &'s PackFile,
}

impl<'s> Reader<'s> {
    pub(crate) fn parse<T: serde::de::DeserializeOwned>(self) -> Result<T, PackError> {
        self.parse_text(&self.file.text)
    }

    /// Reads what stands before the first line that is one of some headings; none where there is no such line, or where
    /// it is no heading and what stands before it no file.
    pub(crate) fn parse_head<T: serde::de::DeserializeOwned>(self, headings: &[&str]) -> Option<T> {
        let text = &*self.file.text;
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            if headings.contains(&line.trim_end()) {
                return self.parse_text(text.get(..end)?).ok();
            }
            end += line.len();
        }
        None
    }

    fn parse_text<T: serde::de::DeserializeOwned>(self, text: &str) -> Result<T, PackError> {
        toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            // The parser's messages may run over several lines; the first says what is wrong.
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let suggestion = suggestion(&message);
            PackError { suggestion, ..self.error(at, message) }
        })
    }

    pub(crate) fn error(self, at: usize, message: impl Into<String>) -> PackError {
        let text = &self.file.text;
        let before = &text[..text.floor_char_boundary(at)];
        let line_start = before.rfind('\n').map_or(0, |feed| feed + 1);
        PackError {
            path: format!("{}/{}", self.pack, self.file.path),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
            suggestion: None,
        }
    }

    /// The law of names and titles: one line that says something.
    pub(crate) fn check_line(self, at: usize, key: &str, text: &str, errors: &mut Vec<PackError>) {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.len() != text.len() {
            errors.push(self.error(at, format!("`{key}` is empty or has white space around it")));
        } else if may_break_a_line(text) && text.contains(breaks_a_line) {
            errors.push(self.error(at, format!("`{key}` is one line without control characters")));
        }
    }

    /// Where in the file a byte of a string's value stands, as far as the string says its value verbatim.
    pub(crate) fn inside(self, value: &Range<usize>, offset: usize) -> usize {
        let raw = self.file.text.get(value.clone()).unwrap_or_default();
        let (quotes, escapes) = match raw.as_bytes() {
            [b'\'', b'\'', b'\'', ..] => (3, false),
            [b'"', b'"', b'"', ..] => (3, true),
            [b'\'', ..] => (1, false),
            _ => (1, true),
        };
        if escapes && raw.contains('\\') {
            return value.start;
        }
        // A line feed right behind three quotes does not belong to the value.
        let inside = raw.get(quotes..).unwrap_or_default();
        let skipped = if quotes == 3 && inside.starts_with('\n') { 1 } else { 0 };
        (value.start + quotes + skipped + offset).min(value.end)
    }
}

/// Whether a text has a byte of a character that [breaks a line](breaks_a_line): most have none, and bytes are many times
/// faster to look at.
fn may_break_a_line(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte < 0x20) | matches!(byte, 0x7f | 0xc2 | 0xe2))
}

/// Whether a character ends a line or steers a terminal.
fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The known name nearest to the unknown one, out of a message such as "unknown field `a`, expected one of `b`, `c`".
fn suggestion(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next().filter(|_| message.starts_with("unknown"))?;
    nearest(unknown, quoted)
}

/// The candidate most like `wanted`, if any is like it at all, as an error keeps it.
pub(crate) fn nearest<'c>(wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    crate::nearest(wanted, candidates).map(str::to_owned)
}
