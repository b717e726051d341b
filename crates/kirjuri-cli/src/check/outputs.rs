//! Where the reports of a run go, while it runs.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use kirjuri::{LintOptions, RuleSet};
use kirjuri_evidence::ReportTable;
use kirjuri_report::{
    Batch, DocumentEntry, KnownFinding, Printer, ReportFormat, SeriesEntry, Summary, TextOptions, write_document_json,
};

use super::evidence::{self, Evidence, Terms};
use super::job::Done;
use crate::Failure;
use crate::arguments::{CheckArguments, Format};
use crate::destination::{Destination, Folder, are_apart, is_stdout};
use crate::svrl::Svrl;

/// All that is written of a run.
pub(crate) struct Outputs<'r> {
    rules: &'r RuleSet,
    sinks: Vec<Sink<'r>>,
    /// What no report says of what was not checked.
    summary: Option<(Summary<'r>, Aside)>,
    svrl: Option<Svrl>,
    /// Of the documents' own reports in JSON.
    folder: Option<Folder>,
    evidence: Option<Evidence<'r>>,
    text: TextOptions,
}

/// A report and where it goes.
struct Sink<'r> {
    format: Format,
    printer: Box<dyn Printer + 'r>,
    out: Destination,
}

/// Where that goes which stands beside reports.
enum Aside {
    Stdout(Destination),
    /// Not locked, since the progress bar writes there from other threads.
    Stderr(anstream::Stderr),
}

impl Aside {
    fn out(&mut self) -> &mut dyn Write {
        match self {
            Aside::Stdout(out) => out,
            Aside::Stderr(out) => out,
        }
    }
}

/// A report in a format of which nothing is written yet; none of SVRL, which is no report on a batch. Formats of other crates
/// have their printers here.
fn printer(format: Format, rules: &RuleSet, options: TextOptions) -> Option<Box<dyn Printer + '_>> {
    let format = match format {
        Format::Text => ReportFormat::Text,
        Format::Concise => ReportFormat::Concise,
        Format::Json => ReportFormat::Json,
        Format::Ndjson => ReportFormat::JsonLines,
        Format::Sarif => ReportFormat::Sarif,
        Format::Junit => ReportFormat::JUnit,
        Format::Github => ReportFormat::GitHub,
        Format::Gitlab => ReportFormat::GitLab,
        Format::Checkstyle => ReportFormat::Checkstyle,
        Format::Csv => ReportFormat::Csv,
        Format::Markdown => ReportFormat::Markdown,
        Format::Parquet => return Some(Box::new(ReportTable::new(rules, options.language))),
        // One of them is a file a document, the other measures the run.
        Format::Svrl | Format::Html => return None,
    };
    Some(format.printer(rules, options))
}

impl<'r> Outputs<'r> {
    /// Opens the files that the arguments name.
    ///
    /// # Errors
    /// A file that cannot be made, two reports to one place, or an argument that makes no sense.
    pub(crate) fn open(
        arguments: &CheckArguments,
        documents: Option<usize>,
        rules: &'r RuleSet,
        terms: &Terms,
    ) -> Result<Outputs<'r>, Failure> {
        let text = TextOptions { language: arguments.language.get(), styled: false };
        let mut outputs =
            Outputs { rules, sinks: Vec::new(), summary: None, svrl: None, folder: None, evidence: None, text };
        let mut all = arguments.outputs.all();
        if let Some(folder) = &arguments.outputs.output_dir {
            outputs.open_folder(folder, &mut all, rules)?;
        }
        are_apart(all.iter().map(|(_, path)| path.as_path()))?;
        outputs.evidence = Evidence::open(arguments, rules, terms)?;
        for (format, path) in &all {
            if *format == Format::Svrl {
                outputs.svrl = Some(Svrl::new(None, path, documents, rules)?);
                continue;
            }
            let (out, styled) = Destination::open(path)?;
            let printer = match format {
                Format::Html => evidence::html(arguments, rules, terms),
                format => match printer(*format, rules, TextOptions { styled, ..text }) {
                    Some(printer) => printer,
                    None => continue,
                },
            };
            outputs.sinks.push(Sink { format: *format, printer, out });
        }
        let is_stdout_free = !all.iter().any(|(_, path)| is_stdout(path));
        if arguments.outputs.output_dir.is_some() && is_stdout_free {
            let (out, styled) = Destination::open(Path::new("-"))?;
            let summary = Summary::new(rules, TextOptions { styled, ..text }, false);
            outputs.summary = Some((summary, Aside::Stdout(out)));
        } else if !outputs.sinks.iter().any(|sink| sink.printer.says_account()) {
            outputs.summary = Some((Summary::new(rules, text, true), Aside::Stderr(anstream::stderr())));
        }
        Ok(outputs)
    }

    /// Gives what comes of a run to one reader, and writes nothing.
    pub(crate) fn of(rules: &'r RuleSet, printer: Box<dyn Printer + 'r>) -> Outputs<'r> {
        let sinks = vec![Sink { format: Format::Text, printer, out: Destination::nowhere() }];
        Outputs { rules, sinks, summary: None, svrl: None, folder: None, evidence: None, text: TextOptions::default() }
    }

    /// Takes the format out of `all` whose files go to the folder, one for each document.
    fn open_folder(
        &mut self,
        folder: &Path,
        all: &mut Vec<(Format, PathBuf)>,
        rules: &'r RuleSet,
    ) -> Result<(), Failure> {
        let fits =
            |(format, path): &(Format, PathBuf)| is_stdout(path) && matches!(format, Format::Svrl | Format::Json);
        let Some(number) = all.iter().position(fits) else {
            let message = "--output-dir takes the formats that are a file for each document: --format svrl or json";
            return Err(Failure::Message(message.into()));
        };
        match all.remove(number) {
            (Format::Svrl, path) => self.svrl = Some(Svrl::new(Some(folder), &path, None, rules)?),
            _ => self.folder = Some(Folder::new(folder)),
        }
        Ok(())
    }

    /// What must be asked of documents so that these reports can be written.
    pub(crate) fn prepare(&self, options: &mut LintOptions, arguments: &CheckArguments) {
        options.fired_rules = self.svrl.is_some();
        let says_locations = |format| matches!(format, Format::Json | Format::Ndjson | Format::Svrl);
        options.locations = arguments.outputs.all().iter().any(|(format, _)| says_locations(*format));
    }

    /// Writes what stands before all documents.
    pub(crate) fn begin(&mut self, batch: &Batch) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(|sink| sink.printer.begin(batch, &mut sink.out))
    }

    /// Takes what came of a document. It is written at once, and not kept.
    pub(crate) fn take(&mut self, path: String, mut done: Done, batch: &mut Batch) -> io::Result<()> {
        if let (Ok(report), Some(svrl)) = (&mut done.checked, &mut self.svrl) {
            svrl.put(&path, report, self.rules)?;
            // They are many, and of no further use.
            report.fired_rules = Vec::new();
        }
        let entry = batch.count_in(path, done.checked, done.known);
        if let Some(evidence) = &mut self.evidence {
            evidence.document(&entry)?;
        }
        self.print(&entry)
    }

    fn print(&mut self, entry: &DocumentEntry) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(|sink| sink.printer.document(entry, &mut sink.out))?;
        if let Some(folder) = &mut self.folder {
            let mut text = Vec::new();
            write_document_json(entry, self.rules, self.text.language, &mut text)?;
            text.push(b'\n');
            folder.write(&entry.path, "json", &text)?;
        }
        self.summary.as_mut().map_or(Ok(()), |(summary, aside)| summary.document(entry, aside.out()))
    }

    /// Takes what a rule on a series found.
    pub(crate) fn take_series(&mut self, entry: SeriesEntry, batch: &mut Batch) -> io::Result<()> {
        batch.count_series(&entry);
        if let Some(evidence) = &mut self.evidence {
            evidence.series(&entry, false)?;
        }
        self.sinks.iter_mut().try_for_each(|sink| sink.printer.series(&entry, &mut sink.out))?;
        self.summary.as_mut().map_or(Ok(()), |(summary, aside)| summary.series(&entry, aside.out()))
    }

    /// Takes what a rule on a series found and a baseline knows.
    pub(crate) fn take_known_series(
        &mut self,
        entry: &SeriesEntry,
        known: &KnownFinding,
        batch: &mut Batch,
    ) -> io::Result<()> {
        batch.count_known_finding(&entry.finding);
        if let Some(evidence) = &mut self.evidence {
            evidence.series(entry, true)?;
        }
        self.sinks.iter_mut().try_for_each(|sink| sink.printer.known_series(entry, known, &mut sink.out))
    }

    /// Writes what the run came to, and puts the files in their places.
    pub(crate) fn finish(mut self, batch: &Batch) -> io::Result<()> {
        for sink in &mut self.sinks {
            sink.printer.end(batch, &mut sink.out)?;
            sink.out.flush()?;
        }
        // Only when all are written: where one cannot be, none takes the place of an earlier one.
        for sink in self.sinks {
            sink.out.finish()?;
            let left_out = sink.printer.left_out();
            if left_out > 0 {
                let format = sink.format.name();
                writeln!(anstream::stderr(), "kirjuri: {format}: {left_out} findings were left out; it takes no more")?;
            }
        }
        if let Some(evidence) = self.evidence {
            evidence.finish(batch)?;
        }
        if let Some(svrl) = self.svrl {
            svrl.finish()?;
        }
        let Some((mut summary, mut aside)) = self.summary else { return Ok(()) };
        summary.end(batch, aside.out())?;
        match aside {
            Aside::Stdout(out) => out.finish(),
            Aside::Stderr(_) => Ok(()),
        }
    }
}
