//! The report as JSON with a line a document, `kirjuri-report-ndjson/1`: each line is an object whose key says what it is.

use std::cell::OnceCell;
use std::io::{self, Write};

use kirjuri::{Language, RuleSet};
use serde::Serialize;

use super::series::EntryJson;
use super::{Context, DocumentJson, HeadJson, TailJson, Words, unsaid};
use crate::batch::{Batch, DocumentEntry, SeriesEntry};
use crate::printer::Printer;

/// A report that is written line by line.
pub(crate) struct JsonLines<'r> {
    rules: &'r RuleSet,
    language: Language,
    words: Vec<OnceCell<Words>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum LineJson<'r> {
    Document(DocumentJson<'r>),
    Series(EntryJson<'r>),
}

impl<'r> JsonLines<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> JsonLines<'r> {
        JsonLines { rules, language, words: unsaid(rules) }
    }

    fn context(&self) -> Context<'_> {
        Context { rules: self.rules, language: self.language, words: &self.words }
    }
}

fn write_line(line: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

impl Printer for JsonLines<'_> {
    fn begin(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        write_line(&HeadJson::new("kirjuri-report-ndjson/1", batch, self.context()), out)
    }

    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        write_line(&LineJson::Document(DocumentJson::new(document, self.context())), out)
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        write_line(&LineJson::Series(EntryJson::new(entry, self.context())), out)
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        write_line(&TailJson::new(batch, self.context()), out)
    }
}
