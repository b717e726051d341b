//! The table of documents: a row for each.

use std::sync::Arc;

use arrow_array::builder::{StringBuilder, UInt64Builder};
use arrow_schema::{ArrowError, DataType, Field};
use kirjuri_report::Outcome;

use crate::checked::Checked;
use crate::table::{BYTES, Batches, ROWS, Table, Words};

/// What may become of a document.
const STATUSES: [&str; 3] = ["checked", "skipped", "unreadable"];

/// The table of documents while it is made.
pub(super) struct Documents {
    batches: Batches,
    statuses: Words,
    rows: Rows,
}

/// The rows that are not in a batch yet.
#[derive(Default)]
struct Rows {
    number: UInt64Builder,
    document: StringBuilder,
    status: Vec<Option<i32>>,
    findings: UInt64Builder,
    /// By severity, in the order of [`kirjuri::Severity::ALL`].
    counts: [UInt64Builder; 3],
    missing: UInt64Builder,
    error: StringBuilder,
    /// Bytes of the texts.
    bytes: usize,
}

impl Documents {
    pub(super) fn new() -> Documents {
        let count = |name: &str| Field::new(name, DataType::UInt64, false);
        let fields = vec![
            count("number"),
            Field::new("document", DataType::Utf8, true),
            Words::field("status", false),
            count("findings"),
            count("errors"),
            count("warnings"),
            count("infos"),
            count("missing"),
            Field::new("error", DataType::Utf8, true),
        ];
        Documents { batches: Batches::new(fields), statuses: Words::new(STATUSES), rows: Rows::default() }
    }

    /// Adds what became of a document.
    pub(super) fn add(&mut self, number: u64, checked: &Checked) -> Result<(), ArrowError> {
        self.rows.add(number, checked);
        if self.rows.status.len() >= ROWS || self.rows.bytes >= BYTES { self.flush() } else { Ok(()) }
    }

    pub(super) fn finish(mut self) -> Result<Table, ArrowError> {
        self.flush()?;
        Ok(self.batches.finish())
    }

    fn flush(&mut self) -> Result<(), ArrowError> {
        let mut rows = std::mem::take(&mut self.rows);
        let [errors, warnings, infos] = &mut rows.counts;
        self.batches.push(vec![
            Arc::new(rows.number.finish()),
            Arc::new(rows.document.finish()),
            self.statuses.column(rows.status)?,
            Arc::new(rows.findings.finish()),
            Arc::new(errors.finish()),
            Arc::new(warnings.finish()),
            Arc::new(infos.finish()),
            Arc::new(rows.missing.finish()),
            Arc::new(rows.error.finish()),
        ])
    }
}

impl Rows {
    fn add(&mut self, number: u64, checked: &Checked) {
        let name = checked.name.as_deref();
        let status = STATUSES.iter().position(|status| *status == checked.status()).unwrap_or_default();
        let error = match &checked.entry.outcome {
            Outcome::Unreadable(error) => Some(error.id()),
            Outcome::Checked(_) | Outcome::Skipped(_) => None,
        };
        self.number.append_value(number);
        self.document.append_option(name);
        self.status.push(i32::try_from(status).ok());
        self.findings.append_value(checked.counts.iter().sum::<usize>() as u64);
        for (column, count) in self.counts.iter_mut().zip(checked.counts) {
            column.append_value(count as u64);
        }
        self.missing.append_value(checked.missing().len() as u64);
        self.error.append_option(error);
        self.bytes = self.bytes.saturating_add(name.map_or(0, str::len));
    }
}
