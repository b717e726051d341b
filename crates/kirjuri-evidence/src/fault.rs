//! What is wrong in a file of settings, with its place, and what may have been meant.

use std::fmt;
use std::ops::Range;

/// Something wrong in a file of settings, such as a policy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The file, as the user named it.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(out, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

/// A file while it is read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) path: &'s str,
    pub(crate) text: &'s str,
}

impl Source<'_> {
    pub(crate) fn parse<T: serde::de::DeserializeOwned>(self) -> Result<T, Fault> {
        toml::from_str(self.text).map_err(|error| {
            // The parser's messages may run over several lines; the first says what is wrong.
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let suggestion = suggestion(&message);
            Fault { suggestion, ..self.fault(error.span().map_or(0, |span| span.start), message) }
        })
    }

    /// Line and column of a byte.
    pub(crate) fn position(self, at: usize) -> (usize, usize) {
        let before = self.text.get(..self.text.floor_char_boundary(at)).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    pub(crate) fn fault(self, at: usize, message: impl Into<String>) -> Fault {
        let (line, column) = self.position(at);
        Fault { path: self.path.to_owned(), line, column, message: message.into(), suggestion: None }
    }

    /// That a word is none of those there are.
    pub(crate) fn unknown<'c>(
        self,
        at: &Range<usize>,
        what: &str,
        word: &str,
        known: impl IntoIterator<Item = &'c str>,
    ) -> Fault {
        let suggestion = nearest(word, known);
        Fault { suggestion, ..self.fault(at.start, format!("there is no {what} `{word}`")) }
    }
}

/// The known name nearest to the unknown one, out of a message such as "unknown field `a`, expected one of `b`, `c`".
fn suggestion(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next().filter(|_| message.starts_with("unknown"))?;
    nearest(unknown, quoted)
}

/// The candidate most like `wanted`, if any is like it at all.
pub(crate) fn nearest<'c>(wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(wanted, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate.to_owned())
}
