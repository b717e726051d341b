//! `kirjuri check`: lints documents in parallel and prints one report in one order.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kirjuri::identifiers::Date;
use kirjuri::{
    AnyRule, Clock, Limits, LintOptions, OtherPlace, Question, Report, RuleSet, Schematron, SeriesFinding, Severity,
    Tally,
};
use kirjuri_report::{
    Batch, InputError, NotChecked, OtherEntry, Outcome, SeriesEntry, TextOptions, TextReport, write_json,
    write_profile, write_summary,
};
use kirjuri_series::Collection;
use rayon::prelude::*;

use crate::arguments::{CheckArguments, Format, JudgedBy, Unevaluated, Unreadable};
use crate::inputs::{self, Input};
use crate::svrl::Destination;
use crate::{Failure, Status, codes, packs, rules, structures};

pub(crate) fn run(arguments: &CheckArguments) -> Result<Status, Failure> {
    if arguments.output_dir.is_some() && arguments.format != Format::Svrl {
        return Err(Failure::Message("--output-dir is about --format svrl".into()));
    }
    let packs = packs::load_all(&arguments.packs)?;
    let mut err = anstream::stderr();
    packs.schemas.iter().try_for_each(|schema| rules::write_losses(schema, &mut err))?;
    let as_of = JudgedBy::on(arguments.as_of, today());
    let mut options = LintOptions::default();
    options.as_of = as_of;
    options.draft = arguments.draft;
    options.excerpts = arguments.show_source;
    options.messages = arguments.show_source;
    options.locations = arguments.format != Format::Text;
    options.fired_rules = arguments.format == Format::Svrl;
    options.documents = Some(Arc::new(packs.documents.clone()));
    options.clock = arguments.profile_rules.then(|| Arc::new(Stopwatch(Instant::now())) as Arc<dyn Clock>);
    let rules = packs.rule_set().with_codes(codes::library(&arguments.codes)?);
    // SVRL has no word for what is between documents, and what a draft says is not its last word.
    let has_series = rules.packs().iter().any(|pack| !pack.series().is_empty());
    options.series = has_series && arguments.format != Format::Svrl && !arguments.draft;
    options.against = arguments.against.as_deref().map(|named| structures::named(named, &rules)).transpose()?;
    let inputs = inputs::collect(&arguments.inputs.paths)?;
    let svrl = (arguments.format == Format::Svrl)
        .then(|| Destination::new(arguments.output_dir.as_deref(), &inputs.documents, &rules))
        .transpose()?;

    let mut batch = Batch::new(&rules, as_of);
    batch.is_draft = arguments.draft;
    batch.ignored = inputs.ignored;
    batch.series = options.series.then(Vec::new);
    let job = Job { arguments, limits: arguments.inputs.limits(), rules: &rules, options, svrl };
    let mut output = Output::new(arguments, &rules);
    job.check_all(&inputs.documents, &mut batch, &mut output)?;
    output.finish(&batch)?;
    if arguments.against.is_some() && !is_compared(&batch, &rules) {
        writeln!(err, "kirjuri: no definition of a form was compared: --against had nothing to do")?;
    }
    if arguments.profile_rules {
        write_profile(&batch, &rules, arguments.language.get(), &mut err)?;
    }

    let account = batch.account();
    let mut status = Status::Clean;
    let fails = |severity: &Severity| arguments.fail_on.severity().is_some_and(|least| *severity >= least);
    if Severity::ALL.iter().filter(|severity| fails(severity)).any(|severity| batch.count(*severity) > 0) {
        status = Status::Found;
    }
    let unread = account.unreadable > 0 && arguments.unreadable == Unreadable::Fail;
    // What was not asked is not known, whether for the document or for the schema.
    let unknown = batch.count_unevaluated() > 0 || rules.schemas().iter().any(|schema| !is_whole(schema));
    let unknown = unknown && arguments.unevaluated == Unevaluated::Error;
    if unread || unknown || inputs.broken || account.checked == 0 {
        status = Status::Failed;
    }
    Ok(status)
}

/// Whether a form was compared with a structure.
fn is_compared(batch: &Batch, rules: &RuleSet) -> bool {
    let is_asked = |(rule, tally): (AnyRule<'_>, &Tally)| match rule {
        AnyRule::Native(_, rule) => tally.applied > 0 && matches!(rule.question, Question::Form(_)),
        AnyRule::Assertion(..) => false,
    };
    rules.all().zip(&batch.tallies).any(is_asked)
}

/// Whether all that a schema is to check can be asked. A rule whose context does not compile leaves its nodes to later
/// ones, even if it asks nothing itself.
fn is_whole(schema: &Schematron) -> bool {
    schema.rules().iter().all(|rule| rule.is_compiled) && schema.assertions().iter().all(|it| it.is_compiled)
}

/// The time since the run began.
#[derive(Debug)]
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    fn nanoseconds(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Documents whose results are held before they are reported; a portion is large enough to keep all threads at work.
const PORTION: usize = 128;

/// What is to be done with every document.
struct Job<'r> {
    arguments: &'r CheckArguments,
    limits: Limits,
    rules: &'r RuleSet,
    options: LintOptions,
    svrl: Option<Destination>,
}

/// What came of a document.
struct Done {
    checked: Result<Report, NotChecked>,
    /// What is to go to standard output.
    svrl: Option<Vec<u8>>,
}

impl Job<'_> {
    /// Checks the documents, some at a time, and reports them in their order.
    fn check_all(&self, inputs: &[Input], batch: &mut Batch, output: &mut Output<'_>) -> Result<(), Failure> {
        let progress = progress(inputs.len());
        let mut series = Collection::default();
        // No more threads than there are documents, whatever was asked for; 0 leaves the number to the machine.
        let jobs = self.arguments.jobs.map_or(0, |jobs| usize::from(jobs).min(inputs.len().max(1)));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
        let pool = pool.map_err(|error| Failure::Message(format!("the threads could not be started: {error}")))?;
        for (number, portion) in inputs.chunks(PORTION).enumerate() {
            let check = |buffer: &mut Vec<u8>, (index, input): (usize, &Input)| {
                let done = self.check(number * PORTION + index, input, buffer);
                progress.inc(1);
                done
            };
            let outcomes: Vec<io::Result<Done>> =
                pool.install(|| portion.par_iter().enumerate().map_init(Vec::new, check).collect());
            progress.suspend(|| {
                (number * PORTION..).zip(portion).zip(outcomes).try_for_each(|((index, input), done)| {
                    let done = done?;
                    if let Ok(report) = &done.checked {
                        series.take(u32::try_from(index).map_err(|_| io::ErrorKind::FileTooLarge)?, &report.members)?;
                    }
                    output.take(input.display(), done, batch)
                })
            })?;
        }
        progress.finish_and_clear();
        if self.options.series {
            let mut verdict = pool.install(|| series.judge(self.rules, &self.options))?;
            batch.count_rules(&verdict.tallies, &verdict.unevaluated);
            while let Some(found) = verdict.findings.next(self.rules)? {
                output.take_series(series_entry(found, inputs), batch)?;
            }
        }
        Ok(())
    }

    fn check(&self, number: usize, input: &Input, buffer: &mut Vec<u8>) -> io::Result<Done> {
        let mut checked = self.lint(input, buffer);
        let mut svrl = None;
        if let (Ok(report), Some(destination)) = (&mut checked, &self.svrl) {
            svrl = destination.put(number, report, self.rules)?;
            // They are many, and of no further use.
            report.fired_rules = Vec::new();
        }
        Ok(Done { checked, svrl })
    }

    fn lint(&self, input: &Input, buffer: &mut Vec<u8>) -> Result<Report, NotChecked> {
        input.read(buffer, &self.limits).map_err(|kind| NotChecked::Unreadable(InputError::File(kind)))?;
        kirjuri::check(buffer, &self.limits, self.rules, &self.options).map_err(|unchecked| {
            // Nobody interrupts.
            NotChecked::of(unchecked).unwrap_or(NotChecked::Unreadable(InputError::TooMuchWork { rule: None }))
        })
    }
}

/// A finding of a rule on a series with the paths of its documents, which stand in the order of their numbers.
fn series_entry(found: SeriesFinding, inputs: &[Input]) -> SeriesEntry {
    let path = |document: u32| inputs.get(document as usize).map(Input::display).unwrap_or_default();
    let others = found.others.into_iter();
    let others = others.map(|OtherPlace { document, place }| OtherEntry { path: path(document), place });
    SeriesEntry { path: path(found.document), finding: found.finding, others: others.collect() }
}

/// Standard output while a report is written to it.
struct Output<'r> {
    arguments: &'r CheckArguments,
    rules: &'r RuleSet,
    out: io::BufWriter<anstream::AutoStream<io::StdoutLock<'static>>>,
    text: TextReport<'r>,
    options: TextOptions,
    /// The SVRL of the one document that goes to standard output.
    svrl: Option<Vec<u8>>,
}

impl<'r> Output<'r> {
    fn new(arguments: &'r CheckArguments, rules: &'r RuleSet) -> Output<'r> {
        let stdout = io::stdout();
        let styled = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        // Where there are no styles there is nothing to translate for an old terminal, and nothing to take out.
        let choice = if styled { anstream::ColorChoice::Always } else { anstream::ColorChoice::AlwaysAnsi };
        let out = io::BufWriter::new(anstream::AutoStream::new(stdout.lock(), choice));
        let options = TextOptions { language: arguments.language.get(), styled };
        Output { arguments, rules, out, text: TextReport::new(rules, options), options, svrl: None }
    }

    /// Takes what came of a document. As text it is written at once, and not kept.
    fn take(&mut self, path: String, done: Done, batch: &mut Batch) -> io::Result<()> {
        self.svrl = self.svrl.take().or(done.svrl);
        match self.arguments.format {
            Format::Text => {
                let document = batch.count_in(path, done.checked);
                self.text.write_document(&document, &mut self.out)
            }
            Format::Json => {
                batch.push(path, done.checked);
                Ok(())
            }
            Format::Svrl => {
                let document = batch.count_in(path, done.checked);
                // What was found is in the document's own report.
                if !matches!(document.outcome, Outcome::Checked(_)) {
                    batch.documents.push(document);
                }
                Ok(())
            }
        }
    }

    /// Takes what a rule on a series found.
    fn take_series(&mut self, entry: SeriesEntry, batch: &mut Batch) -> io::Result<()> {
        if self.arguments.format == Format::Text {
            batch.count_series(&entry);
            return self.text.write_series(&entry, &mut self.out);
        }
        batch.push_series(entry);
        Ok(())
    }

    /// Writes what the run came to.
    fn finish(mut self, batch: &Batch) -> io::Result<()> {
        match self.arguments.format {
            Format::Text => self.text.write_end(batch, &mut self.out)?,
            Format::Json => write_json(batch, self.rules, self.options.language, &mut self.out)?,
            Format::Svrl if self.arguments.output_dir.is_some() => {
                write_summary(batch, self.rules, self.options, &mut self.out)?;
            }
            Format::Svrl => {
                self.out.write_all(self.svrl.as_deref().unwrap_or_default())?;
                // SVRL has no word for what was not checked.
                if self.svrl.is_none() || batch.count_unevaluated() > 0 {
                    let options = TextOptions { styled: false, ..self.options };
                    write_summary(batch, self.rules, options, &mut anstream::stderr())?;
                }
            }
        }
        self.out.flush()
    }
}

/// A bar on the terminal, and nothing elsewhere.
fn progress(documents: usize) -> ProgressBar {
    if documents < 200 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(documents as u64), ProgressDrawTarget::stderr_with_hz(10));
    match ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} + {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Today in Finland, wherever this machine is: documents say Finnish time, and after midnight there a server that keeps
/// universal time is still at yesterday.
pub(crate) fn today() -> Option<Date> {
    let now = jiff::Timestamp::now();
    let today = match now.in_tz("Europe/Helsinki") {
        Ok(in_finland) => in_finland.date(),
        Err(_) => jiff::Zoned::now().date(),
    };
    Date::new(today.year().try_into().ok()?, today.month().try_into().ok()?, today.day().try_into().ok()?)
}
