//! The report as text with a line a finding, for terminals and for programs that follow `path:line:column`.

use std::io::{self, Write};

use anstyle::Style;
use kirjuri::{Finding, RuleSet, Severity};

use crate::batch::{Batch, DocumentEntry, Outcome, SeriesEntry};
use crate::messages::{Wording, severity_name};
use crate::printer::Printer;
use crate::text::{TextOptions, TextReport, printable, style_of};
use crate::words::{Vocabulary, place_of};

/// A report of which nothing is written yet, or some documents.
pub(crate) struct Concise<'r> {
    words: Vocabulary<'r>,
    /// Writes the account.
    text: TextReport<'r>,
    styled: bool,
}

impl<'r> Concise<'r> {
    pub(crate) fn new(rules: &'r RuleSet, options: TextOptions) -> Concise<'r> {
        let words = Vocabulary::new(rules, options.language);
        Concise { words, text: TextReport::new(rules, options), styled: options.styled }
    }

    fn finding(&mut self, path: &str, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        let place = place_of(finding).map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        let severity = severity_name(finding.severity, 1, self.words.language);
        let severity = self.styled(style_of(finding.severity), severity);
        let message = self.words.message(finding);
        let rule = self.words.of(finding.rule);
        let (path, rule, message) = (printable(path), printable(&rule.id), printable(&message));
        writeln!(out, "{path}{place}: {severity}[{rule}] {message}")?;
        self.text.note_line();
        Ok(())
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if self.styled { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

impl Printer for Concise<'_> {
    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        let language = self.words.language;
        let path = printable(&document.path);
        let findings = match &document.outcome {
            Outcome::Checked(findings) => findings,
            Outcome::Unreadable(error) => {
                let place = error.position().map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
                let word = self.styled(style_of(Severity::Error), Wording::Unreadable.get(language));
                self.text.note_line();
                return writeln!(out, "{path}{place}: {word}[{}] {}", error.id(), error.message(language));
            }
            Outcome::Skipped(reason) => {
                let word = Wording::Skipped.get(language);
                self.text.note_line();
                return writeln!(out, "{path}: {word}[{}] {}", reason.id(), reason.message(language));
            }
        };
        findings.iter().try_for_each(|finding| self.finding(&document.path, finding, out))?;
        for missing in document.draft.iter().flat_map(|draft| &draft.missing) {
            let rule = self.words.of(missing.rule);
            let (id, title) = (printable(&rule.id), printable(&rule.title));
            let (line, column) = (missing.place.line, missing.place.column);
            let word = Wording::StillMissing.get(language);
            writeln!(out, "{path}:{line}:{column}: {word}[{id}] {title}")?;
            self.text.note_line();
        }
        Ok(())
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        self.finding(&entry.path, &entry.finding, out)
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        self.text.write_groups(batch, out)?;
        self.text.write_account(batch, out)
    }
}
