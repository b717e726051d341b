//! What is wrong in a file that a user wrote, shown as a good compiler shows it: the line, what is meant in it, and what to
//! do.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

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

impl Fault {
    /// Where it begins: line and column in characters, counted from 1.
    pub fn position(&self) -> (usize, usize) {
        let before = self.text.get(..self.text.floor_char_boundary(self.span.start)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |feed| feed + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }

    /// The fault with what is around its place.
    fn render(&self, level: Level<'static>, styled: bool) -> String {
        let end = self.text.floor_char_boundary(self.span.end);
        let start = self.text.floor_char_boundary(self.span.start).min(end);
        let mark = AnnotationKind::Primary.span(start..end);
        // What it is about is one line: of a table that goes on, its first.
        let snippet = Snippet::source(&*self.text).path(printable(&self.path)).annotation(mark);
        let mut group = level.primary_title(printable(&self.message)).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group])
    }
}

/// Writes faults as errors, in the order of their places, each with the lines it is about.
///
/// # Errors
/// What `out` says.
pub fn write_faults(faults: &[Fault], styled: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut sorted: Vec<&Fault> = faults.iter().collect();
    sorted.sort_by_key(|fault| (Arc::clone(&fault.path), fault.span.start));
    sorted.into_iter().try_for_each(|fault| writeln!(out, "{}\n", fault.render(Level::ERROR, styled)))
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
    fn a_place_outside_the_text_is_no_panic() {
        for span in [0..0, 3..99, 99..120, 1..2] {
            let (path, text) = ("x".into(), "äö".into());
            let fault = Fault { path, text, span, message: "m\u{202e}".into(), help: None };
            let mut out = Vec::new();
            write_faults(&[fault], false, &mut out).ok();
            assert!(!out.is_empty());
        }
    }
}
