//! The report at the end of a run.

use std::io::{self, Write};

use kirjuri_report::{Batch, DocumentEntry, Printer, SeriesEntry};

use super::{HtmlOptions, write_html};
use crate::summary::Summary;

/// What sees the documents of a run and says at its end what they came to.
pub trait SummarySource {
    /// Takes note of a document.
    ///
    /// # Errors
    /// Where it cannot be noted.
    fn document(&mut self, document: &DocumentEntry) -> io::Result<()>;

    /// Takes note of what a rule on a series found.
    ///
    /// # Errors
    /// Where it cannot be noted.
    fn series(&mut self, entry: &SeriesEntry) -> io::Result<()>;

    /// What all documents come to.
    ///
    /// # Errors
    /// Where the sums cannot be had.
    fn summary(&mut self, batch: &Batch) -> io::Result<Summary>;
}

/// A function that needs no more than the batch.
impl<F: FnMut(&Batch) -> Summary> SummarySource for F {
    fn document(&mut self, _: &DocumentEntry) -> io::Result<()> {
        Ok(())
    }

    fn series(&mut self, _: &SeriesEntry) -> io::Result<()> {
        Ok(())
    }

    fn summary(&mut self, batch: &Batch) -> io::Result<Summary> {
        Ok(self(batch))
    }
}

/// Writes the HTML report when the run is at its end; nothing before.
pub struct HtmlPrinter<S> {
    source: S,
    options: HtmlOptions,
}

impl<S: SummarySource> HtmlPrinter<S> {
    /// A report of what a source sums up.
    pub fn new(source: S, options: HtmlOptions) -> HtmlPrinter<S> {
        HtmlPrinter { source, options }
    }
}

impl<S: SummarySource> Printer for HtmlPrinter<S> {
    fn document(&mut self, document: &DocumentEntry, _: &mut dyn Write) -> io::Result<()> {
        self.source.document(document)
    }

    fn series(&mut self, entry: &SeriesEntry, _: &mut dyn Write) -> io::Result<()> {
        self.source.series(entry)
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        write_html(&self.source.summary(batch)?, self.options.clone(), out)
    }
}
