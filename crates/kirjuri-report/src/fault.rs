//! What is wrong in a file that a user wrote, shown as a good compiler shows it: the line, what is meant in it, and what to
//! do.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use crate::position::position;
use crate::text::printable;

/// Something wrong, or to be noted, in a text that a user wrote: a settings file, a policy, an argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What the text is called: its path, or the name of the argument.
    pub path: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do, in one line.
    pub help: Option<String>,
}

/// How many faults are shown: more help nobody, since most of them are one slip in every entry. The others are counted.
pub const MOST_FAULTS: usize = 10;

/// The longest line that is shown, in bytes: one that is longer was not written by hand.
const LONGEST_LINE: usize = 400;

/// Whether a file is one of settings, rules or areas by its name. Of any other no line is shown: a document that was given in
/// their place has content that is not for terminals and logs.
pub fn may_be_shown(path: &str) -> bool {
    [".toml", ".sch", ".csv"].iter().any(|ending| path.ends_with(ending))
}

impl Fault {
    /// The fault with what may have been meant as its help, where that is known.
    pub fn meant(self, suggestion: Option<&str>) -> Fault {
        Fault { help: suggestion.map(|suggestion| format!("did you mean `{suggestion}`?")).or(self.help), ..self }
    }

    /// Where it begins: line and column in characters, counted from 1.
    pub fn position(&self) -> (usize, usize) {
        position(&self.text, self.span.start)
    }

    /// The fault with what is around its place.
    fn render(&self, level: Level<'static>, styled: bool) -> String {
        let (line, column) = self.position();
        let group = level.primary_title(printable(&self.message));
        let path = printable(&self.path);
        let mut group = match self.shown() {
            Some((text, span)) => {
                let mark = AnnotationKind::Primary.span(span);
                group.element(Snippet::source(text).line_start(line).path(path).annotation(mark))
            }
            None => group.element(Origin::path(path).line(line).char_column(column)),
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }

    /// The line it begins in and what is underlined there: of a table or a text that goes on, what stands in its first line.
    fn shown(&self) -> Option<(String, Range<usize>)> {
        let is_argument = self.path.starts_with("--");
        if !is_argument && !may_be_shown(&self.path) {
            return None;
        }
        let start = self.text.floor_char_boundary(self.span.start);
        let end = self.text.floor_char_boundary(self.span.end);
        let line_start = self.text.get(..start)?.rfind('\n').map_or(0, |feed| feed + 1);
        let (before, behind) =
            (self.text.get(line_start..start)?, self.text.get(start..)?.lines().next().unwrap_or(""));
        if before.len() + behind.len() > LONGEST_LINE || (before.trim().is_empty() && behind.trim().is_empty()) {
            return None;
        }
        let (marked, rest) = behind.split_at_checked(end.saturating_sub(start)).unwrap_or((behind, ""));
        let (mut line, marked) = (printable(before).into_owned(), printable(marked));
        let span = line.len()..line.len() + marked.len();
        line += &marked;
        line += &printable(rest);
        Some((line, span))
    }
}

/// On one line: the place, what is wrong, what to do.
impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.position();
        write!(out, "{}:{line}:{column}: {}", self.path, self.message)?;
        self.help.iter().try_for_each(|help| write!(out, "; {help}"))
    }
}

/// Writes faults as errors, in the order of their places, each with the line it is about; at most [`MOST_FAULTS`], and
/// how many more there are.
///
/// # Errors
/// What `out` says.
pub fn write_faults(faults: &[Fault], styled: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut sorted: Vec<&Fault> = faults.iter().collect();
    sorted.sort_by_key(|fault| (Arc::clone(&fault.path), fault.span.start));
    for fault in sorted.iter().take(MOST_FAULTS) {
        writeln!(out, "{}\n", fault.render(Level::ERROR, styled))?;
    }
    match sorted.len().saturating_sub(MOST_FAULTS) {
        0 => Ok(()),
        more => writeln!(out, "and {more} more\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_line() {
        let text = "language = \"fi\"\nslect = [\"äö\", \"notes\"]\n";
        let fault = |at: &str, help: Option<&str>| {
            let start = text.find(at).unwrap_or_default();
            let (message, help) = ("there is no such key".into(), help.map(str::to_owned));
            Fault { path: "kirjuri.toml".into(), text: text.into(), span: start..start + at.len(), message, help }
        };
        let (key, late) = (fault("slect", Some("did you mean `select`?")), fault("\"notes\"", None));
        assert_eq!((key.position(), late.position()), ((2, 1), (2, 16)));
        let mut out = Vec::new();
        write_faults(&[late, key], false, &mut out).ok();
        let expected = [
            "error: there is no such key",
            " --> kirjuri.toml:2:1",
            "  |",
            "2 | slect = [\"äö\", \"notes\"]",
            "  | ^^^^^",
            "  |",
            "  = help: did you mean `select`?",
            "",
            "error: there is no such key",
            " --> kirjuri.toml:2:16",
            "  |",
            "2 | slect = [\"äö\", \"notes\"]",
            "  |                ^^^^^^^",
            "",
            "",
        ];
        assert_eq!(String::from_utf8_lossy(&out), expected.join("\n"));
    }

    #[test]
    fn what_is_wrong_in_every_entry_is_shown_ten_times_and_counted() {
        for (count, expected) in [(10, None), (11, Some("and 1 more")), (114, Some("and 104 more"))] {
            let fault = Fault { path: "x.toml".into(), text: "a".into(), span: 0..1, message: "m".into(), help: None };
            let mut out = Vec::new();
            write_faults(&vec![fault; count], false, &mut out).ok();
            let out = String::from_utf8_lossy(&out);
            assert_eq!(out.matches("error: m").count(), MOST_FAULTS, "{count}");
            assert_eq!(out.lines().find(|line| line.starts_with("and ")), expected, "{count}");
        }
    }

    #[test]
    fn a_place_outside_the_text_is_no_panic() {
        for span in [0..0, 3..99, 99..120, 1..2] {
            let (path, text) = ("x.toml".into(), "äö".into());
            let fault = Fault { path, text, span, message: "m\u{202e}".into(), help: None };
            let mut out = Vec::new();
            write_faults(&[fault], false, &mut out).ok();
            assert!(!out.is_empty());
        }
    }

    #[track_caller]
    fn shows(path: &str, text: &str, span: Range<usize>, expected: &[&str]) {
        let fault = Fault { path: path.into(), text: text.into(), span, message: "no".into(), help: Some("do".into()) };
        assert_eq!(fault.render(Level::ERROR, false).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_was_not_written_by_hand_is_not_shown() {
        let long = format!("a = \"{}\"", "x".repeat(LONGEST_LINE));
        for (path, text, place) in [
            ("document.xml", "<a>b</a>", "document.xml:1:1"),
            ("x.toml", &long, "x.toml:1:1"),
            ("x.toml", "", "x.toml:1:1"),
        ] {
            shows(path, text, 0..3, &["error: no", &format!("--> {place}"), " = help: do"]);
        }
    }

    #[test]
    fn what_goes_on_is_marked_in_its_first_line() {
        let expected = ["error: no", " --> x.toml:2:3", "  |", "2 |   a = {", "  |   ^^^^^", "  |", "  = help: do"];
        shows("x.toml", "x\n  a = {\nb = 1 }\n", 4..17, &expected);
    }
}
