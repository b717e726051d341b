//! Where the reports of a run go, while it runs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use kirjuri::{LintOptions, RuleSet};
use kirjuri_report::{Batch, DocumentEntry, Outcome, Printer, ReportFormat, SeriesEntry, TextOptions, write_summary};

use super::job::Done;
use crate::Failure;
use crate::arguments::{CheckArguments, Format};
use crate::svrl::Destination;

/// All that is written of a run.
pub(crate) struct Outputs<'r> {
    rules: &'r RuleSet,
    sinks: Vec<Sink<'r>>,
    /// Of the documents' own reports in SVRL.
    svrl: Option<Svrl>,
    text: TextOptions,
}

/// A report and where it goes.
struct Sink<'r> {
    printer: Box<dyn Printer + 'r>,
    out: Box<dyn Write>,
}

/// The reports in SVRL, which are one a document and a schema.
struct Svrl {
    destination: Destination,
    /// The documents that were not checked, which SVRL has no word for.
    unchecked: Vec<DocumentEntry>,
    /// The one document that goes to standard output.
    report: Option<Vec<u8>>,
}

impl<'r> Outputs<'r> {
    /// Opens the files that the arguments name.
    ///
    /// # Errors
    /// A file that cannot be made, two reports to standard output, or an argument that makes no sense.
    pub(crate) fn open(
        arguments: &CheckArguments,
        documents: Option<usize>,
        rules: &'r RuleSet,
    ) -> Result<Outputs<'r>, Failure> {
        let all = arguments.outputs.all();
        if arguments.outputs.output_dir.is_some() && !arguments.outputs.has(Format::Svrl) {
            return Err(Failure::Message("--output-dir is about --format svrl".into()));
        }
        if all.iter().filter(|(_, path)| is_stdout(path)).count() > 1 {
            return Err(Failure::Message(
                "only one report can go to standard output; name a file for the others".into(),
            ));
        }
        let language = arguments.language.get();
        let mut outputs =
            Outputs { rules, sinks: Vec::new(), svrl: None, text: TextOptions { language, styled: false } };
        for (format, path) in all {
            let format = match format {
                Format::Text => ReportFormat::Text,
                Format::Json => ReportFormat::Json,
                Format::Svrl => {
                    let destination = Destination::new(arguments.outputs.output_dir.as_deref(), documents, rules)?;
                    outputs.svrl = Some(Svrl { destination, unchecked: Vec::new(), report: None });
                    continue;
                }
            };
            let (out, styled) = open(&path)?;
            let printer = format.printer(rules, TextOptions { language, styled });
            outputs.sinks.push(Sink { printer, out });
        }
        Ok(outputs)
    }

    /// What must be asked of documents so that these reports can be written.
    pub(crate) fn prepare(&self, options: &mut LintOptions, arguments: &CheckArguments) {
        options.fired_rules = self.svrl.is_some();
        options.locations = arguments.outputs.all().iter().any(|(format, _)| *format != Format::Text);
    }

    /// Writes what stands before all documents.
    pub(crate) fn begin(&mut self, batch: &Batch) -> io::Result<()> {
        self.sinks.iter_mut().try_for_each(|sink| sink.printer.begin(batch, &mut sink.out))
    }

    /// Takes what came of a document. It is written at once, and not kept.
    pub(crate) fn take(&mut self, path: String, mut done: Done, batch: &mut Batch) -> io::Result<()> {
        if let (Ok(report), Some(svrl)) = (&mut done.checked, &mut self.svrl) {
            let written = svrl.destination.put(&path, report, self.rules)?;
            svrl.report = svrl.report.take().or(written);
            // They are many, and of no further use.
            report.fired_rules = Vec::new();
        }
        let entry = batch.count_in(path, done.checked, done.known);
        self.sinks.iter_mut().try_for_each(|sink| sink.printer.document(&entry, &mut sink.out))?;
        if let Some(svrl) = self.svrl.as_mut().filter(|_| !matches!(entry.outcome, Outcome::Checked(_))) {
            svrl.unchecked.push(entry);
        }
        Ok(())
    }

    /// Takes what a rule on a series found.
    pub(crate) fn take_series(&mut self, entry: SeriesEntry, batch: &mut Batch) -> io::Result<()> {
        batch.count_series(&entry);
        self.sinks.iter_mut().try_for_each(|sink| sink.printer.series(&entry, &mut sink.out))
    }

    /// Writes what the run came to.
    pub(crate) fn finish(mut self, batch: &Batch) -> io::Result<()> {
        for sink in &mut self.sinks {
            sink.printer.end(batch, &mut sink.out)?;
            sink.out.flush()?;
        }
        let Some(svrl) = self.svrl else { return Ok(()) };
        let mut summary = batch.clone();
        (summary.documents, summary.series) = (svrl.unchecked, None);
        if svrl.destination.is_folder() {
            let (mut out, styled) = stdout();
            write_summary(&summary, self.rules, TextOptions { styled, ..self.text }, &mut out)?;
            return out.flush();
        }
        let (mut out, _) = stdout();
        out.write_all(svrl.report.as_deref().unwrap_or_default())?;
        out.flush()?;
        // SVRL has no word for what was not checked.
        if svrl.report.is_none() || batch.count_unevaluated() > 0 {
            write_summary(&summary, self.rules, self.text, &mut anstream::stderr())?;
        }
        Ok(())
    }
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Where a report goes, and whether it is shown with styles.
fn open(path: &PathBuf) -> Result<(Box<dyn Write>, bool), Failure> {
    if is_stdout(path) {
        let (out, styled) = stdout();
        return Ok((Box::new(out), styled));
    }
    let file = File::create(path).map_err(|error| Failure::Message(format!("{}: {error}", path.display())))?;
    Ok((Box::new(BufWriter::new(file)), false))
}

/// Standard output, and whether it takes styles.
fn stdout() -> (BufWriter<anstream::AutoStream<io::StdoutLock<'static>>>, bool) {
    let stdout = io::stdout();
    let styled = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    // Where there are no styles there is nothing to translate for an old terminal, and nothing to take out.
    let choice = if styled { anstream::ColorChoice::Always } else { anstream::ColorChoice::AlwaysAnsi };
    (BufWriter::new(anstream::AutoStream::new(stdout.lock(), choice)), styled)
}
