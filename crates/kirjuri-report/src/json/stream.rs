//! The JSON report as it is written while documents come: what is known only at the end stands behind them, so that nothing
//! is kept.

use std::cell::OnceCell;
use std::io::{self, Write};

use kirjuri::{Language, RuleSet};
use serde::Serialize;

use super::series::EntryJson;
use super::{Context, DocumentJson, HeadJson, TailJson, Words, unsaid};
use crate::batch::{Batch, DocumentEntry, SeriesEntry};
use crate::printer::Printer;

/// Writes a batch as one JSON object and a line feed. Keys are only ever added to the schema.
///
/// # Errors
/// What `out` says.
pub fn write_json(batch: &Batch, rules: &RuleSet, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let mut report = JsonReport::new(rules, language);
    report.begin(batch, out)?;
    batch.documents.iter().try_for_each(|document| report.document(document, out))?;
    batch.series.iter().flatten().try_for_each(|entry| report.series(entry, out))?;
    report.end(batch, out)
}

/// A report that is written document by document.
pub(crate) struct JsonReport<'r> {
    rules: &'r RuleSet,
    language: Language,
    words: Vec<OnceCell<Words>>,
    list: List,
}

/// What is being listed, and whether something is listed already.
#[derive(Clone, Copy, PartialEq)]
enum List {
    Documents { any: bool },
    Series { any: bool },
}

impl<'r> JsonReport<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> JsonReport<'r> {
        JsonReport { rules, language, words: unsaid(rules), list: List::Documents { any: false } }
    }

    fn context(&self) -> Context<'_> {
        Context { rules: self.rules, language: self.language, words: &self.words }
    }

    /// Ends the documents and begins what was found across them.
    fn begin_series(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if let List::Documents { any } = self.list {
            out.write_all(end_of_list(any).as_bytes())?;
            out.write_all(b",\n  \"series\": [")?;
            self.list = List::Series { any: false };
        }
        Ok(())
    }
}

impl Printer for JsonReport<'_> {
    fn begin(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        let head = serde_json::to_vec_pretty(&HeadJson::new("kirjuri-report/1", batch, self.context()))?;
        // All but the end of the object.
        out.write_all(head.strip_suffix(b"\n}").unwrap_or(&head))?;
        out.write_all(b",\n  \"documents\": [")
    }

    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        let any = matches!(self.list, List::Documents { any: true });
        write_item(&DocumentJson::new(document, self.context()), any, out)?;
        self.list = List::Documents { any: true };
        Ok(())
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        self.begin_series(out)?;
        let any = matches!(self.list, List::Series { any: true });
        write_item(&EntryJson::new(entry, self.context()), any, out)?;
        self.list = List::Series { any: true };
        Ok(())
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        if batch.series.is_some() {
            self.begin_series(out)?;
        }
        let (List::Documents { any } | List::Series { any }) = self.list;
        out.write_all(end_of_list(any).as_bytes())?;
        let tail = serde_json::to_vec_pretty(&TailJson::new(batch, self.context()))?;
        out.write_all(b",")?;
        // All but the beginning of the object.
        out.write_all(tail.strip_prefix(b"{").unwrap_or(&tail))?;
        out.write_all(b"\n")
    }
}

fn end_of_list(any: bool) -> &'static str {
    if any { "\n  ]" } else { "]" }
}

/// Writes an item of a list of the report, indented as it is inside of it. `behind` tells that another stands before it.
fn write_item(item: &impl Serialize, behind: bool, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_vec_pretty(item)?;
    out.write_all(if behind { b"," } else { b"" })?;
    // Line feeds stand only between tokens: inside of texts they are escaped.
    json.split(|byte| *byte == b'\n').try_for_each(|line| {
        out.write_all(b"\n    ")?;
        out.write_all(line)
    })
}
