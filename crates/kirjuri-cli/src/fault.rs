//! Something wrong in a file of a pack, told with its place and the line it stands in.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use kirjuri::PackError;
use kirjuri_report::{Fault, may_be_shown, write_faults};

/// Writes faults: those of files that can still be read with their line, as faults of settings are, the others each on a bare
/// line that begins with its place.
///
/// # Errors
/// What `out` says.
pub(crate) fn write_pack_faults(errors: &[PackError], styled: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut texts: HashMap<&str, Option<Arc<str>>> = HashMap::new();
    let mut faults = Vec::new();
    for error in errors {
        // A file of the program itself is not on the disk, and needs no showing.
        let text = texts.entry(&error.path).or_insert_with(|| {
            may_be_shown(&error.path).then(|| fs::read_to_string(&error.path).ok()).flatten().map(Arc::from)
        });
        match text {
            Some(text) => faults.push(fault(error, text)),
            None => writeln!(out, "{error}")?,
        }
    }
    write_faults(&faults, styled, out)
}

/// What is wrong in a file of a pack, as a fault of its text.
fn fault(error: &PackError, text: &Arc<str>) -> Fault {
    let PackError { path, line, column, message, suggestion } = error;
    // Where the key that was meant is known, a list of all that there are says nothing more.
    let message = match suggestion {
        Some(_) => message.split(", expected one of").next().unwrap_or_default(),
        None => message,
    };
    let (path, span, text) = (path.as_str().into(), word_at(text, *line, *column), Arc::clone(text));
    Fault { path, text, span, message: message.to_owned(), help: None }.meant(suggestion.as_deref())
}

/// Whether faults are shown with styles.
pub(crate) fn is_styled() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// The bytes of the word or the quoted text at a line and a column.
fn word_at(text: &str, line: usize, column: usize) -> Range<usize> {
    let lines = text.split_inclusive('\n');
    let line_start: usize = lines.clone().take(line.saturating_sub(1)).map(str::len).sum();
    let line = lines.skip(line.saturating_sub(1)).flat_map(str::lines).next().unwrap_or_default();
    let start = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    let rest = line.get(start..).unwrap_or_default();
    let quoted = |quote: char| rest.get(1..)?.find(quote).map(|end| end + 2);
    let end = match rest.chars().next() {
        // One that is not closed is underlined alone.
        Some(quote @ ('"' | '\'')) => quoted(quote).or(Some(1)),
        _ => rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | ',' | ']' | '}' | '(' | ')')),
    };
    let length = end.unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
    let start = line_start + start;
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_or_the_quoted_text_at_the_column_is_underlined() {
        let check = |line: &str, column: usize, expected: &str| {
            let text = format!("first\n{line}\n");
            assert_eq!(&text[word_at(&text, 2, column)], expected, "{line}");
        };
        check("severity = \"grave\"", 1, "severity");
        check("severity = \"grave and more\"", 12, "\"grave and more\"");
        check("  ä = [wrong, other]", 8, "wrong");
        check("open = \"", 8, "\"");
        check("end", 4, "");
    }

    #[test]
    fn a_place_that_is_not_there_is_no_panic() {
        for (text, line, column) in [("one", 2, 1), ("one\n\n", 2, 1), ("one", 0, 0), ("", 7, 7), ("ä", 1, 9)] {
            let span = word_at(text, line, column);
            assert!(text.get(span).is_some_and(|word| word.is_empty() || word == "one"), "{text}");
        }
    }

    #[test]
    fn a_list_of_all_keys_is_not_told_beside_the_one_that_was_meant() {
        let error = |suggestion: Option<&str>| PackError {
            path: "a.toml".into(),
            line: 1,
            column: 1,
            message: "unknown field `a`, expected one of `b`, `c`".into(),
            suggestion: suggestion.map(str::to_owned),
        };
        let told = |suggestion| fault(&error(suggestion), &"a = 1".into()).to_string();
        assert_eq!(told(Some("b")), "a.toml:1:1: unknown field `a`; did you mean `b`?");
        assert_eq!(told(None), "a.toml:1:1: unknown field `a`, expected one of `b`, `c`");
    }
}
