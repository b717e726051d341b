//! `kirjuri check`: lints documents in parallel and prints one report in one order.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kirjuri::identifiers::Date;
use kirjuri::{Limits, LintOptions, Report, RuleSet, Unchecked};
use kirjuri_report::{Batch, InputError, NotChecked, SkipReason, TextOptions, write_json, write_text};
use rayon::prelude::*;

use crate::arguments::{CheckArguments, Format, Unreadable};
use crate::inputs::{self, Input};
use crate::{Failure, Status, packs};

pub(crate) fn run(arguments: &CheckArguments) -> Result<Status, Failure> {
    let rules = packs::rule_set(&arguments.packs)?;
    let inputs = inputs::collect(&arguments.inputs.paths)?;
    let as_of = arguments.as_of.or_else(today);
    let mut options = LintOptions::default();
    options.as_of = as_of;
    options.excerpts = arguments.show_source;

    let mut batch = Batch::new(&rules, as_of);
    batch.ignored = inputs.ignored;
    check_all(arguments, &inputs.documents, &rules, &options, &mut batch)?;
    print(arguments, &batch, &rules)?;

    let account = batch.account();
    let mut status = Status::Clean;
    if arguments.fail_on.severity().is_some_and(|least| batch.findings().any(|finding| finding.severity >= least)) {
        status = Status::Found;
    }
    let unread = account.unreadable > 0 && arguments.unreadable == Unreadable::Fail;
    if unread || inputs.broken || account.checked == 0 {
        status = Status::Failed;
    }
    Ok(status)
}

/// Documents whose results are held before they are added to the batch. A result has a tally for every rule, so those
/// of a whole export would fill the memory; a portion is large enough to keep all threads at work.
const PORTION: usize = 1024;

/// Checks the documents, some at a time; the order of the results is that of the documents.
fn check_all(
    arguments: &CheckArguments,
    inputs: &[Input],
    rules: &RuleSet,
    options: &LintOptions,
    batch: &mut Batch,
) -> Result<(), Failure> {
    let limits = arguments.inputs.limits();
    let progress = progress(inputs.len());
    let check = |buffer: &mut Vec<u8>, input: &Input| {
        let outcome = check(input, buffer, &limits, rules, options);
        progress.inc(1);
        outcome
    };
    // No more threads than there are documents, whatever was asked for; 0 leaves the number to the machine.
    let jobs = arguments.jobs.map_or(0, |jobs| usize::from(jobs).min(inputs.len().max(1)));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    let pool = pool.map_err(|error| Failure::Message(format!("the threads could not be started: {error}")))?;
    for portion in inputs.chunks(PORTION) {
        let outcomes: Vec<_> = pool.install(|| portion.par_iter().map_init(Vec::new, check).collect());
        for (input, outcome) in portion.iter().zip(outcomes) {
            batch.push(input.display(), outcome);
        }
    }
    progress.finish_and_clear();
    Ok(())
}

fn check(
    input: &Input,
    buffer: &mut Vec<u8>,
    limits: &Limits,
    rules: &RuleSet,
    options: &LintOptions,
) -> Result<Report, NotChecked> {
    input.read(buffer, limits).map_err(|kind| NotChecked::Unreadable(InputError::File(kind)))?;
    kirjuri::check(buffer, limits, rules, options).map_err(|unchecked| match unchecked {
        Unchecked::Unreadable(error) => NotChecked::Unreadable(InputError::Parse(error)),
        Unchecked::NoPackApplies => NotChecked::Skipped(SkipReason::NoPackApplies),
        Unchecked::TooMuchWork { rule } => NotChecked::Unreadable(InputError::TooMuchWork { rule }),
        // A reason that is still to come.
        _ => NotChecked::Unreadable(InputError::TooMuchWork { rule: None }),
    })
}

fn print(arguments: &CheckArguments, batch: &Batch, rules: &RuleSet) -> Result<(), Failure> {
    let language = arguments.language.get();
    let stdout = std::io::stdout();
    let styled = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    // Where there are no styles there is nothing to translate for an old terminal, and nothing to take out.
    let choice = if styled { anstream::ColorChoice::Always } else { anstream::ColorChoice::AlwaysAnsi };
    let mut out = std::io::BufWriter::new(anstream::AutoStream::new(stdout.lock(), choice));
    match arguments.format {
        Format::Text => {
            write_text(batch, rules, TextOptions { language, styled }, &mut out)?;
        }
        Format::Json => write_json(batch, rules, language, &mut out)?,
    }
    Ok(out.flush()?)
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
fn today() -> Option<Date> {
    let now = jiff::Timestamp::now();
    let today = match now.in_tz("Europe/Helsinki") {
        Ok(in_finland) => in_finland.date(),
        Err(_) => jiff::Zoned::now().date(),
    };
    Date::new(today.year().try_into().ok()?, today.month().try_into().ok()?, today.day().try_into().ok()?)
}
