//! A report that is written while the documents of a batch come.

use std::io::{self, Write};

use kirjuri::RuleSet;

use crate::batch::{Batch, DocumentEntry, KnownFinding, SeriesEntry};
use crate::checkstyle::Checkstyle;
use crate::concise::Concise;
use crate::github::GitHub;
use crate::gitlab::GitLab;
use crate::json::{JsonLines, JsonReport};
use crate::junit::JUnit;
use crate::markdown::Markdown;
use crate::sarif::Sarif;
use crate::table::Table;
use crate::text::{TextOptions, TextReport};

/// Writes a report document by document. What is written is not kept, so that memory does not grow with the batch, except
/// where a format says so. The calls come in this order: `begin`, `document` for each, `series` for each, `end`.
pub trait Printer {
    /// Writes what stands before all documents.
    ///
    /// # Errors
    /// What `out` says, as all others.
    fn begin(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let (_, _) = (batch, out);
        Ok(())
    }

    /// Writes what became of a document.
    ///
    /// # Errors
    /// What `out` says.
    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what a rule on a series found.
    ///
    /// # Errors
    /// What `out` says.
    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what a rule on a series found and a baseline knows, in its turn among the series. Only formats that name the known
    /// findings of documents have words for it.
    ///
    /// # Errors
    /// What `out` says.
    fn known_series(&mut self, entry: &SeriesEntry, known: &KnownFinding, out: &mut dyn Write) -> io::Result<()> {
        let (_, _, _) = (entry, known, out);
        Ok(())
    }

    /// Writes what all documents come to.
    ///
    /// # Errors
    /// What `out` says.
    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()>;

    /// Whether the report itself says what was not checked: which documents, which assertions, and that a run was stopped.
    /// Where a format has no words for that, whoever prints it must say it elsewhere.
    fn says_account(&self) -> bool {
        true
    }

    /// How many findings the format had no room for, where its readers may miss that; known after `end`.
    fn left_out(&self) -> u64 {
        0
    }
}

/// The formats of reports on a whole batch; `docs/formats.md` says what each is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// For people: a line a finding.
    Concise,
    /// `kirjuri-report/1`.
    Json,
    /// `kirjuri-report-ndjson/1`: a line a document.
    JsonLines,
    /// SARIF 2.1.0, as much as GitHub takes.
    Sarif,
    /// JUnit XML.
    JUnit,
    /// Workflow commands of GitHub Actions.
    GitHub,
    /// Code quality of GitLab.
    GitLab,
    /// Checkstyle XML.
    Checkstyle,
    /// A table: a row a finding.
    Csv,
    /// A summary in Markdown.
    Markdown,
}

impl ReportFormat {
    /// All of them.
    pub const ALL: [ReportFormat; 11] = [
        ReportFormat::Text,
        ReportFormat::Concise,
        ReportFormat::Json,
        ReportFormat::JsonLines,
        ReportFormat::Sarif,
        ReportFormat::JUnit,
        ReportFormat::GitHub,
        ReportFormat::GitLab,
        ReportFormat::Checkstyle,
        ReportFormat::Csv,
        ReportFormat::Markdown,
    ];

    /// A report in this format of which nothing is written yet.
    pub fn printer<'r>(self, rules: &'r RuleSet, options: TextOptions) -> Box<dyn Printer + 'r> {
        let language = options.language;
        match self {
            ReportFormat::Text => Box::new(TextReport::new(rules, options)),
            ReportFormat::Concise => Box::new(Concise::new(rules, options)),
            ReportFormat::Json => Box::new(JsonReport::new(rules, language)),
            ReportFormat::JsonLines => Box::new(JsonLines::new(rules, language)),
            ReportFormat::Sarif => Box::new(Sarif::new(rules, language)),
            ReportFormat::JUnit => Box::new(JUnit::new(rules, language)),
            ReportFormat::GitHub => Box::new(GitHub::new(rules, language)),
            ReportFormat::GitLab => Box::new(GitLab::new(rules, language)),
            ReportFormat::Checkstyle => Box::new(Checkstyle::new(rules, language)),
            ReportFormat::Csv => Box::new(Table::new(rules, language)),
            ReportFormat::Markdown => Box::new(Markdown::new(rules, language)),
        }
    }
}

impl Printer for TextReport<'_> {
    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        self.write_document(document, out)
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        self.write_series(entry, out)
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        self.write_end(batch, out)
    }
}
