//! The report as a table: comma-separated values with a row a finding, for spreadsheets and statistics.

use std::borrow::Cow;
use std::io::{self, Write};

use kirjuri::{Finding, Language, Place, RuleSet};

use crate::batch::{Batch, DocumentEntry, KnownFinding, Outcome, SeriesEntry};
use crate::printer::Printer;
use crate::subject::subject_line;
use crate::text::printable;
use crate::words::{Vocabulary, fingerprint_of, place_of};

/// The columns. They are only ever added, at the end.
const COLUMNS: [&str; 16] = [
    "status",
    "document",
    "rule",
    "severity",
    "criterion",
    "title",
    "line",
    "column",
    "place",
    "inner_line",
    "inner_column",
    "inner_place",
    "fields",
    "see_also",
    "fingerprint",
    "times",
];

pub(crate) struct Table<'r> {
    words: Vocabulary<'r>,
}

/// A row in the order of [`COLUMNS`]; what a row does not have is empty.
#[derive(Default)]
struct Row {
    status: &'static str,
    document: String,
    rule: String,
    severity: &'static str,
    criterion: &'static str,
    title: String,
    place: [String; 3],
    inner: [String; 3],
    fields: String,
    see_also: String,
    fingerprint: String,
    times: String,
}

impl<'r> Table<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> Table<'r> {
        Table { words: Vocabulary::new(rules, language) }
    }

    fn row_of_series(&mut self, status: &'static str, entry: &SeriesEntry) -> Row {
        let mut row = self.row(status, &entry.path, &entry.finding);
        let others = entry.others.iter();
        let others = others.map(|it| format!("{}:{}:{}", it.path, it.place.line, it.place.column));
        row.see_also = others.collect::<Vec<_>>().join("; ");
        row
    }

    fn row(&mut self, status: &'static str, document: &str, finding: &Finding) -> Row {
        let rule = self.words.of(finding.rule);
        let place = place_of(finding);
        let subject = finding.subject.as_ref();
        Row {
            status,
            document: document.to_owned(),
            rule: rule.id.clone(),
            severity: finding.severity.id(),
            criterion: rule.criterion.map_or("", |criterion| criterion.id()),
            title: rule.title.clone(),
            place: place.map(cells).unwrap_or_default(),
            inner: place.and_then(|place| place.inner.as_deref()).map(cells).unwrap_or_default(),
            fields: subject.map(|subject| subject_line(subject, self.words.language)).unwrap_or_default(),
            fingerprint: fingerprint_of(finding).unwrap_or_default(),
            ..Row::default()
        }
    }
}

/// Line, column and path of a place.
fn cells(place: &Place) -> [String; 3] {
    [place.line.to_string(), place.column.to_string(), place.path.clone()]
}

/// A text that a spreadsheet shows and does not compute: what begins like a formula gets an apostrophe before it, which
/// spreadsheets take for "this is text". A single `-`, standard input, is no formula.
fn inert(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    if text.starts_with(['=', '+', '-', '@']) && text != "-" { format!("'{text}").into() } else { text }
}

fn write_rows(rows: impl IntoIterator<Item = Row>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    for row in rows {
        let [line, column, place] = &row.place;
        let [inner_line, inner_column, inner_place] = &row.inner;
        let cells: [&str; COLUMNS.len()] = [
            row.status,
            &row.document,
            &row.rule,
            row.severity,
            row.criterion,
            &row.title,
            line,
            column,
            place,
            inner_line,
            inner_column,
            inner_place,
            &row.fields,
            &row.see_also,
            &row.fingerprint,
            &row.times,
        ];
        table.write_record(cells.map(inert).iter().map(|cell| cell.as_bytes())).map_err(io::Error::from)?;
    }
    table.flush()
}

impl Printer for Table<'_> {
    fn begin(&mut self, _: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(COLUMNS).map_err(io::Error::from)?;
        table.flush()
    }

    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        let path = &document.path;
        let mut rows = Vec::new();
        match &document.outcome {
            Outcome::Checked(findings) => {
                rows.extend(findings.iter().map(|finding| self.row("finding", path, finding)));
            }
            Outcome::Unreadable(error) => {
                let at = error.position();
                let place = at.map(|at| [at.line.to_string(), at.column.to_string(), String::new()]);
                rows.push(Row {
                    status: "unreadable",
                    document: path.clone(),
                    rule: error.id().into(),
                    title: error.message(self.words.language),
                    place: place.unwrap_or_default(),
                    ..Row::default()
                });
            }
            Outcome::Skipped(reason) => rows.push(Row {
                status: "skipped",
                document: path.clone(),
                rule: reason.id().into(),
                title: reason.message(self.words.language).into(),
                ..Row::default()
            }),
        }
        rows.extend(document.known.iter().map(|known| self.row("known", path, &known.finding)));
        for missing in document.draft.iter().flat_map(|draft| &draft.missing) {
            let rule = self.words.of(missing.rule);
            rows.push(Row {
                status: "missing",
                document: path.clone(),
                rule: rule.id.clone(),
                severity: missing.severity.id(),
                criterion: rule.criterion.map_or("", |criterion| criterion.id()),
                title: rule.title.clone(),
                place: cells(&missing.place),
                inner: missing.place.inner.as_deref().map(cells).unwrap_or_default(),
                ..Row::default()
            });
        }
        for one in &document.unevaluated {
            let rule = self.words.of(one.rule);
            rows.push(Row {
                status: "unevaluated",
                document: path.clone(),
                rule: rule.id.clone(),
                title: rule.title.clone(),
                times: one.times.to_string(),
                ..Row::default()
            });
        }
        write_rows(rows, out)
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        write_rows([self.row_of_series("finding", entry)], out)
    }

    fn known_series(&mut self, entry: &SeriesEntry, _: &KnownFinding, out: &mut dyn Write) -> io::Result<()> {
        write_rows([self.row_of_series("known", entry)], out)
    }

    fn end(&mut self, _: &Batch, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn says_account(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("a=1.xml", "a=1.xml"),
            ("=1+1.xml", "'=1+1.xml"),
            ("+1.xml", "'+1.xml"),
            ("-1.xml", "'-1.xml"),
            ("@SUM(A1).xml", "'@SUM(A1).xml"),
            ("-", "-"),
            ("\t=1", "\u{FFFD}=1"),
            ("\r=1", "\u{FFFD}=1"),
        ] {
            assert_eq!(inert(text), expected);
        }
    }
}
