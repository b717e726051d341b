//! A report that is written while the documents of a batch come.

use std::io::{self, Write};

use kirjuri::{Language, RuleSet};

use crate::batch::{Batch, DocumentEntry, SeriesEntry};
use crate::json::write_json;
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

    /// Writes what all documents come to.
    ///
    /// # Errors
    /// What `out` says.
    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()>;
}

/// The formats of reports on a whole batch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReportFormat {
    /// For people.
    Text,
    /// `kirjuri-report/1`.
    Json,
}

impl ReportFormat {
    /// A report in this format of which nothing is written yet.
    pub fn printer<'r>(self, rules: &'r RuleSet, options: TextOptions) -> Box<dyn Printer + 'r> {
        match self {
            ReportFormat::Text => Box::new(TextReport::new(rules, options)),
            ReportFormat::Json => {
                Box::new(JsonReport { rules, language: options.language, documents: Vec::new(), series: Vec::new() })
            }
        }
    }
}

/// The JSON report, which is kept until its end.
struct JsonReport<'r> {
    rules: &'r RuleSet,
    language: Language,
    documents: Vec<DocumentEntry>,
    series: Vec<SeriesEntry>,
}

impl Printer for JsonReport<'_> {
    fn document(&mut self, document: &DocumentEntry, _: &mut dyn Write) -> io::Result<()> {
        self.documents.push(document.clone());
        Ok(())
    }

    fn series(&mut self, entry: &SeriesEntry, _: &mut dyn Write) -> io::Result<()> {
        self.series.push(entry.clone());
        Ok(())
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let mut batch = batch.clone();
        batch.documents = std::mem::take(&mut self.documents);
        batch.series = batch.series.is_some().then(|| std::mem::take(&mut self.series));
        write_json(&batch, self.rules, self.language, out)
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
