//! What a report says that has no words for what was not checked, beside it: the documents, and the account.

use std::io::{self, Write};

use kirjuri::RuleSet;

use crate::batch::{Batch, DocumentEntry, Outcome, SeriesEntry};
use crate::notices::is_anything_unchecked;
use crate::printer::Printer;
use crate::text::{TextOptions, TextReport};

/// The documents that were not checked, as they come, and then the account.
pub struct Summary<'r> {
    text: TextReport<'r>,
    only_if_unchecked: bool,
}

impl<'r> Summary<'r> {
    /// A summary of which nothing is written yet. `only_if_unchecked` leaves the account out where everything was checked.
    pub fn new(rules: &'r RuleSet, options: TextOptions, only_if_unchecked: bool) -> Summary<'r> {
        Summary { text: TextReport::new(rules, options), only_if_unchecked }
    }
}

impl Printer for Summary<'_> {
    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        match document.outcome {
            Outcome::Checked(_) => Ok(()),
            Outcome::Unreadable(_) | Outcome::Skipped(_) => self.text.write_document(document, out),
        }
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        match self.only_if_unchecked {
            true => Ok(()),
            // Beside reports on single documents, which have no place for it.
            false => self.text.write_series(entry, out),
        }
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        if self.only_if_unchecked && !is_anything_unchecked(batch) {
            return Ok(());
        }
        // Beside a report that has what was found by groups in its own way, or not at all, only the account is missing.
        if !self.only_if_unchecked {
            self.text.write_groups(batch, out)?;
        }
        self.text.write_account(batch, out)
    }
}
