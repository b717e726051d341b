//! The findings of a run as one table in Parquet, with the paths of documents: a report, and no evidence.

use std::io::{self, Write};

use kirjuri::{AnyRule, Finding, Language, RuleSet};
use kirjuri_report::{Batch, DocumentEntry, KnownFinding, Outcome, Printer, SeriesEntry, rule_title};

use crate::tables::{REPORT, TableWriter};

/// Writes findings as a table in Parquet. Bytes go out as parts of the table are complete.
pub struct ReportTable<'r> {
    rules: &'r RuleSet,
    /// By rule: its id and title.
    words: Vec<Option<(String, String)>>,
    language: Language,
    /// What is written lies here until it goes out. Nothing where the end is written.
    writer: Option<TableWriter<Vec<u8>>>,
}

impl<'r> ReportTable<'r> {
    /// A table of which nothing is written yet; titles of rules are in a language.
    pub fn new(rules: &'r RuleSet, language: Language) -> ReportTable<'r> {
        ReportTable { rules, words: vec![None; rules.len()], language, writer: None }
    }

    fn finding(&mut self, file: &str, finding: &Finding, series: bool, known: bool) -> io::Result<()> {
        let rule = self.rules.get(finding.rule);
        let criterion = match rule {
            AnyRule::Native(_, rule) => Some(rule.criterion.id()),
            AnyRule::Assertion(..) => None,
        };
        let words = self.words.get_mut(finding.rule.index());
        let Some(words) = words else { return Ok(()) };
        let (id, title) = words.get_or_insert_with(|| (rule.id(), rule_title(rule, self.language).into_owned()));
        let place = &finding.place;
        if self.writer.is_none() {
            self.writer = Some(TableWriter::new(&REPORT, Vec::new()).map_err(io::Error::other)?);
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let row = [
            file.into(),
            id.as_str().into(),
            finding.severity.id().into(),
            criterion.into(),
            title.as_str().into(),
            place.path.as_str().into(),
            u64::from(place.line).into(),
            u64::from(place.column).into(),
            place.inner.as_ref().map(|inner| inner.path.as_str()).into(),
            series.into(),
            known.into(),
        ];
        writer.row(&row).map_err(io::Error::other)
    }

    /// Hands out what is complete.
    fn hand_out(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let ready = std::mem::take(writer.inner_mut());
        if ready.is_empty() { Ok(()) } else { out.write_all(&ready) }
    }
}

impl Printer for ReportTable<'_> {
    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        if let Outcome::Checked(findings) = &document.outcome {
            findings.iter().try_for_each(|finding| self.finding(&document.path, finding, false, false))?;
        }
        document.known.iter().try_for_each(|known| self.finding(&document.path, &known.finding, false, true))?;
        self.hand_out(out)
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        self.finding(&entry.path, &entry.finding, true, false)?;
        self.hand_out(out)
    }

    fn known_series(&mut self, entry: &SeriesEntry, _: &KnownFinding, out: &mut dyn Write) -> io::Result<()> {
        self.finding(&entry.path, &entry.finding, true, true)?;
        self.hand_out(out)
    }

    fn end(&mut self, _: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            // A table without rows is a table.
            None => TableWriter::new(&REPORT, Vec::new()).map_err(io::Error::other)?,
        };
        out.write_all(&writer.finish().map_err(io::Error::other)?)
    }
}
