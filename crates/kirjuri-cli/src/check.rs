//! `kirjuri check`: lints documents in parallel and prints one report in one order.

mod apart;
mod evidence;
mod job;
mod outputs;

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use kirjuri::identifiers::Date;
use kirjuri::{AnyRule, AsOf, Clock, Interrupt, LintOptions, Question, RuleSet, Schematron, Tally};
use kirjuri_report::{Batch, Dimension, Groups, write_profile};

use crate::arguments::{CheckArguments, Format, JudgedBy, Unevaluated, Unreadable};
use crate::baseline::{Baseline, Reach};
use crate::cache::{self, Cache};
use crate::settings::{Given, Placed, Settings};
use crate::stop::Stop;
use crate::{Failure, Status, codes, finland, groups, inputs, packs, rules, structures, watch};

use evidence::Terms;

pub(crate) use job::Job;
pub(crate) use outputs::Outputs;

pub(crate) fn run(arguments: &CheckArguments) -> Result<Status, Failure> {
    let stop = Stop::on_signals()?;
    if arguments.cache.watch { watch::run(arguments, &stop) } else { run_once(arguments, &stop) }
}

/// The arguments with what settings say where they say nothing themselves.
///
/// # Errors
/// Those of [`Settings::read`].
pub(crate) fn filled(given: &CheckArguments) -> Result<(CheckArguments, Settings), Failure> {
    let mut arguments = given.clone();
    let mut settings = {
        let CheckArguments { packs, codes, language, judgement, selection, .. } = &mut arguments;
        let settings = Settings::read(Given { packs, codes, language, judgement, selection })?;
        settings.fill(packs, codes, language, judgement);
        settings
    };
    let path = |setting: &Option<Placed<PathBuf>>| setting.as_ref().map(|placed| placed.value.clone());
    let by = settings.by.as_ref().map(|by| &*by.value);
    arguments.groups.fill(by);
    arguments.cache.folder = arguments.cache.folder.take().or_else(|| path(&settings.cache));
    let (areas, baseline) = (&mut arguments.groups.areas, &mut arguments.baseline.baseline);
    settings.fill_files(areas, baseline, !arguments.draft);
    Ok((arguments, settings))
}

/// Checks the documents as they are now.
///
/// # Errors
/// What keeps it from having a result.
pub(crate) fn run_once(given: &CheckArguments, stop: &Arc<Stop>) -> Result<Status, Failure> {
    // What is given says from here on what the settings say.
    let (arguments, settings) = filled(given)?;
    let arguments = &arguments;
    if arguments.cache.resume && arguments.cache.folder.is_none() {
        return Err(Failure::Message("--resume needs the --cache of the run that was interrupted".into()));
    }
    if arguments.cache.cache_by.is_some() && arguments.cache.folder.is_none() {
        return Err(Failure::Message("--cache-by is about a cache; --cache DIR says where that is".into()));
    }
    apart::keep(arguments, &settings)?;
    let packs = packs::load_all(&arguments.packs)?;
    let mut err = anstream::stderr();
    packs.schemas.iter().try_for_each(|schema| rules::write_losses(schema, &mut err))?;
    let as_of = JudgedBy::on(arguments.judgement.as_of, today());
    let mut options = LintOptions::default();
    options.as_of = as_of;
    options.draft = arguments.draft;
    options.excerpts = arguments.show_source;
    options.messages = arguments.show_source;
    options.documents = Some(Arc::new(packs.documents.clone()));
    options.interrupt = Some(Arc::clone(stop) as Arc<dyn Interrupt>);
    options.clock = arguments.profile_rules.then(|| Arc::new(Stopwatch(Instant::now())) as Arc<dyn Clock>);
    let codes = codes::library(&arguments.codes)?;
    let made_of = arguments.cache.folder.is_some().then(|| cache::key::made_of(&packs));
    let all_rules = packs.rule_set().with_codes(Arc::clone(&codes));
    let choice = settings.choose(&all_rules)?;
    choice.notes.iter().try_for_each(|note| writeln!(err, "kirjuri: {note}"))?;
    let rules = choice.rules.clone();
    // SVRL has no word for what is between documents, and what a draft says is not its last word.
    let has_series = rules.all().any(|rule| rule.is_selected() && rule.is_on_series());
    options.series = has_series && !arguments.outputs.has(Format::Svrl) && !arguments.draft;
    options.against = arguments.against.as_deref().map(|named| structures::named(named, &rules)).transpose()?;
    // A file of areas that is wrong is an error also where nothing asks for areas.
    let areas = groups::areas(&arguments.groups)?;
    let baseline = arguments.baseline.baseline.as_deref();
    let terms = Terms::new(arguments, &all_rules, &choice, baseline.is_some(), areas);
    let groups = groups::asked(&arguments.groups, terms.areas());
    let measures = arguments.evidence.evidence.is_some() || arguments.outputs.has(Format::Html);
    let sums = measures.then(|| Groups::new(&Dimension::ALL, Arc::clone(terms.areas())));
    options.describe = groups.is_some() || measures;
    let baseline = baseline.map(|path| Baseline::load(path, as_of.day(), &rules)).transpose()?;
    let unknown =
        baseline.iter().flat_map(|baseline| baseline.unknown_rules(&rules).into_iter().chain(baseline.unreasoned()));
    unknown.into_iter().try_for_each(|said| writeln!(err, "kirjuri: {said}"))?;
    let mut inputs = inputs::collect(&arguments.inputs.paths, arguments.inputs.options())?;
    let mut outputs = Outputs::open(arguments, inputs.len(), &rules, &terms)?;
    outputs.prepare(&mut options, arguments);
    let limits = arguments.inputs.limits();
    let cache = match made_of {
        Some(made_of) => {
            open_cache(arguments, cache::key::of(made_of, &rules, &codes, &options, &limits), &rules, &options)?
        }
        None => None,
    };

    let mut batch = Batch::new(&rules, as_of);
    batch.is_draft = arguments.draft;
    (batch.groups, batch.sums) = (groups, sums);
    batch.ignored = inputs.ignored;
    batch.unchanged = inputs.unchanged;
    batch.series = options.series.then(Vec::new);
    outputs.begin(&batch)?;
    let job = Job {
        limits,
        rules: &rules,
        paths: &choice.paths,
        options,
        jobs: arguments.jobs,
        baseline: baseline.as_ref(),
        cache,
        stop,
    };
    job.check_all(&mut inputs, &mut batch, &mut outputs)?;
    if let Some(cache) = job.cache {
        cache.finish(batch.is_partial).iter().try_for_each(|note| writeln!(err, "kirjuri: {note}"))?;
    }
    // With the members of archives.
    batch.ignored = inputs.ignored;
    let reach = Reach::of(&batch, &rules, &choice.paths, inputs.broken);
    batch.baseline = baseline.map(|baseline| baseline.account(&rules, &reach));
    outputs.finish(&batch)?;
    if arguments.against.is_some() && !is_compared(&batch, &rules) {
        writeln!(err, "kirjuri: no definition of a form was compared: --against had nothing to do")?;
    }
    if arguments.profile_rules {
        write_profile(&batch, &rules, arguments.language.get(), &mut err)?;
    }

    let account = batch.account();
    let mut status = Status::Clean;
    let judgement = &arguments.judgement;
    let (is_failed, exceeded) = choice.thresholds.judge(&batch, &rules, judgement.fail_on.unwrap_or_default());
    exceeded.iter().try_for_each(|line| writeln!(err, "kirjuri: {line}"))?;
    if is_failed {
        status = Status::Found;
    }
    let unread = account.unreadable > 0 && judgement.unreadable.unwrap_or_default() == Unreadable::Fail;
    // What was not asked is not known, whether for the document or for the schema.
    let unknown = batch.count_unevaluated() > 0 || rules.schemas().iter().any(|schema| !is_whole(schema));
    let unknown = unknown && judgement.unevaluated.unwrap_or_default() == Unevaluated::Error;
    // That nothing has changed is good news, whether by time or by an empty list.
    let is_asked_little = arguments.inputs.files_from.is_some() || batch.unchanged.is_some_and(|files| files > 0);
    let is_idle = account.seen == 0 && is_asked_little;
    if unread || unknown || inputs.broken || (account.checked == 0 && !is_idle) || batch.is_partial {
        status = Status::Failed;
    }
    if !arguments.cache.watch {
        // The program ends here, and the system takes its memory back at once. To give back packs piece by piece would take
        // a tenth of a run on one document.
        std::mem::forget(rules.packs().to_vec());
    }
    Ok(status)
}

/// Opens the cache that the arguments name, unless what this run gives is not to be kept.
fn open_cache(
    arguments: &CheckArguments,
    key: blake3::Hash,
    rules: &RuleSet,
    options: &LintOptions,
) -> Result<Option<Cache>, Failure> {
    let mut err = anstream::stderr();
    if let Some(reason) = cache::key::hindrance(rules, options) {
        if arguments.cache.resume {
            return Err(Failure::Message(format!("--resume: nothing of such a run is kept: {reason}")));
        }
        writeln!(err, "kirjuri: --cache is left out: {reason}")?;
        return Ok(None);
    }
    let day = match options.as_of {
        AsOf::Day(Some(day)) => Some(day.iso()),
        AsOf::Day(None) | AsOf::Document(_) => None,
    };
    let (cache, notes) = Cache::open(&arguments.cache, key, day)?;
    notes.iter().try_for_each(|note| writeln!(err, "kirjuri: {note}"))?;
    Ok(cache)
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
    schema.rules().iter().all(|rule| rule.is_compiled)
        && schema.assertions().iter().all(|it| it.is_compiled || !it.is_selected())
}

/// The time since the run began.
#[derive(Debug)]
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    fn nanoseconds(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Today in Finland, wherever this machine is: documents say Finnish time, and after midnight there a server that keeps
/// universal time is still at yesterday.
pub(crate) fn today() -> Option<Date> {
    let today = finland::time(jiff::Timestamp::now()).date();
    Date::new(today.year().try_into().ok()?, today.month().try_into().ok()?, today.day().try_into().ok()?)
}
