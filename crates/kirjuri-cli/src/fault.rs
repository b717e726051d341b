//! Something wrong in a file of a pack, told with its place and the line it stands in.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use kirjuri::PackError;
use kirjuri_report::printable;

/// Writes faults, each on a bare line that begins with its place, so that editors and terminals can follow it, and under it
/// the line of the file where that can still be read.
///
/// # Errors
/// What `out` says.
pub(crate) fn write_pack_faults(faults: &[PackError], styled: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut texts: HashMap<&str, Option<String>> = HashMap::new();
    for fault in faults {
        let PackError { path, line, column, .. } = fault;
        writeln!(out, "{fault}")?;
        // A file of the program itself is not on the disk, and needs no showing.
        let text = texts.entry(path).or_insert_with(|| is_rules(path).then(|| fs::read_to_string(path).ok()).flatten());
        if let Some((text, span)) = text.as_deref().and_then(|text| shown(text, *line, *column)) {
            let snippet = Snippet::source(text).line_start(*line).annotation(AnnotationKind::Primary.span(span));
            let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
            writeln!(out, "{}", renderer.render(&[Group::with_level(Level::ERROR).element(snippet)]))?;
        }
    }
    Ok(())
}

/// Whether a file is one of rules or settings by its name. A document that was given in their place is not shown: its
/// content is not for terminals and logs.
fn is_rules(path: &str) -> bool {
    [".toml", ".sch"].iter().any(|ending| path.ends_with(ending))
}

/// Whether faults are shown with styles.
pub(crate) fn is_styled() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// The longest line that is shown, in bytes: one that is longer was not written by hand.
const LONGEST_LINE: usize = 400;

/// The line of a file, and what is underlined in it: the word or the quoted text at the column.
fn shown(text: &str, line: usize, column: usize) -> Option<(String, Range<usize>)> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    if line.len() > LONGEST_LINE || line.trim().is_empty() {
        return None;
    }
    let line = printable(line).into_owned();
    let start = line.char_indices().nth(column.checked_sub(1)?).map_or(line.len(), |(at, _)| at);
    let rest = line.get(start..)?;
    let quoted = |quote: char| rest.get(1..)?.find(quote).map(|end| end + 2);
    let end = match rest.chars().next() {
        // One that is not closed is underlined alone.
        Some(quote @ ('"' | '\'')) => quoted(quote).or(Some(1)),
        _ => rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | ',' | ']' | '}' | '(' | ')')),
    };
    let length = end.unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
    let span = start..start + length;
    Some((line, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_or_the_quoted_text_at_the_column_is_underlined() {
        let check = |line: &str, column: usize, expected: &str| {
            let (text, span) = shown(&format!("first\n{line}\n"), 2, column).unwrap();
            assert_eq!(&text[span], expected, "{line}");
        };
        check("severity = \"grave\"", 1, "severity");
        check("severity = \"grave and more\"", 12, "\"grave and more\"");
        check("  ä = [wrong, other]", 8, "wrong");
        check("open = \"", 8, "\"");
        check("end", 4, "");
    }

    #[test]
    fn what_cannot_be_shown_is_left_out() {
        assert_eq!(shown("one", 2, 1), None);
        assert_eq!(shown("one\n\n", 2, 1), None);
        assert_eq!(shown(&"x".repeat(500), 1, 1), None);
        assert_eq!(shown("one", 0, 0), None);
    }
}
