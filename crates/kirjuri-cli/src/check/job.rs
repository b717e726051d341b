//! What is done with every document of a run: portions of documents are linted on all threads and reported in their order.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kirjuri::{Format, Interrupt, Limits, LintOptions, OtherPlace, Reading, Report, RuleSet, SeriesFinding, Unchecked};
use kirjuri_report::{Batch, KnownFinding, NotChecked, OtherEntry, SeriesEntry, SkipReason, printable};
use kirjuri_series::Collection;
use rayon::prelude::*;

use super::outputs::Outputs;
use crate::Failure;
use crate::baseline::Baseline;
use crate::cache::{Asked, Cache};
use crate::inputs::{Content, Inputs, Item, Names};
use crate::settings::PathRules;
use crate::stop::Stop;

/// What is to be done with every document.
pub(crate) struct Job<'r> {
    pub(crate) limits: Limits,
    pub(crate) rules: &'r RuleSet,
    /// Those of documents whose paths have settings of their own.
    pub(crate) paths: &'r PathRules,
    pub(crate) options: LintOptions,
    /// How many threads were asked for.
    pub(crate) jobs: Option<u16>,
    /// The findings that are known, where somebody named them.
    pub(crate) baseline: Option<&'r Baseline>,
    /// What came of documents before.
    pub(crate) cache: Option<Cache>,
    pub(crate) stop: &'r Stop,
}

/// What came of a document.
pub(crate) struct Done {
    pub(crate) checked: Result<Report, NotChecked>,
    /// The findings that a baseline took out of the report.
    pub(crate) known: Vec<KnownFinding>,
    /// Of a file that no rule concerns, the elements in it that would be documents of their own.
    record: Option<String>,
}

impl Job<'_> {
    /// Checks the documents, some at a time, and reports them in their order.
    pub(crate) fn check_all(
        &self,
        inputs: &mut Inputs,
        batch: &mut Batch,
        outputs: &mut Outputs<'_>,
    ) -> Result<(), Failure> {
        let progress = progress(inputs.len());
        let mut series = Collection::default();
        let mut names = Names::default();
        let mut hint = None;
        // No more threads than there are documents, whatever was asked for; 0 leaves the number to the machine.
        let jobs = self.jobs.map_or(0, |jobs| usize::from(jobs).min(inputs.len().unwrap_or(usize::MAX).max(1)));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
        let pool = pool.map_err(|error| Failure::Message(format!("the threads could not be started: {error}")))?;
        while let Some(portion) = inputs.next_portion() {
            if self.stop.is_raised() {
                batch.is_partial = true;
                break;
            }
            // One is told; of a portion it is the first, whatever thread meets which document first.
            let seeks_record = hint.is_none();
            let check = |buffer: &mut Vec<u8>, item: &Item| {
                let done = self.check(item, buffer, seeks_record);
                progress.inc(1);
                done
            };
            let outcomes: Vec<Option<Done>> = pool.install(|| portion.par_iter().map_init(Vec::new, check).collect());
            progress.suspend(|| {
                portion.into_iter().zip(outcomes).try_for_each(|(item, done)| {
                    let Some(done) = done else {
                        batch.is_partial = true;
                        return Ok(());
                    };
                    if let Some(record) = done.record.as_ref().filter(|_| hint.is_none()) {
                        hint = Some(format!(
                            "{} holds {record} elements, which are documents: --record {record} checks each of them",
                            if item.content.is_stdin() { "standard input".into() } else { printable(&item.name) },
                        ));
                    }
                    if self.options.series {
                        if let Ok(report) = &done.checked {
                            let number = u32::try_from(names.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
                            series.take(number, &report.members)?;
                        }
                        names.push(&item.name)?;
                    }
                    outputs.take(item.name, done, batch)
                })
            })?;
        }
        progress.finish_and_clear();
        hint.map_or(Ok(()), |hint| writeln!(anstream::stderr(), "kirjuri: {hint}"))?;
        // Of some of the documents it is not known what stands beside them.
        if self.options.series && !batch.is_partial {
            let mut verdict = pool.install(|| series.judge(self.rules, &self.options))?;
            if self.stop.is_raised() {
                batch.is_partial = true;
                return Ok(());
            }
            batch.count_rules(&verdict.tallies, &verdict.unevaluated);
            while let Some(found) = verdict.findings.next(self.rules)? {
                let entry = series_entry(found, &mut names)?;
                match self.baseline.and_then(|baseline| baseline.known(&entry.finding)) {
                    Some(known) => outputs.take_known_series(&entry, &known, batch)?,
                    None => outputs.take_series(entry, batch)?,
                }
            }
        }
        Ok(())
    }

    /// What came of a document; nothing where the run was stopped before it was done.
    fn check(&self, item: &Item, buffer: &mut Vec<u8>, seeks_record: bool) -> Option<Done> {
        if self.stop.is_raised() {
            return None;
        }
        let mut checked = self.lint(item, buffer)?;
        let known = match (&mut checked, self.baseline) {
            (Ok(report), Some(baseline)) => baseline.take_known(report),
            _ => Vec::new(),
        };
        let is_foreign = matches!(checked, Err(NotChecked::Skipped(SkipReason::NoPackApplies)));
        let record = (seeks_record && is_foreign).then(|| self.record_inside(&item.content, buffer)).flatten();
        Some(Done { checked, known, record })
    }

    /// The name of elements below the root of a file that a pack takes for roots of its documents. It is read once more: that
    /// no rule concerns a file is rare, and kept outcomes do not tell what is in it.
    fn record_inside(&self, content: &Content, buffer: &mut Vec<u8>) -> Option<String> {
        // A record or a line was taken out of its file already.
        if content.around().is_some() {
            return None;
        }
        // What came from standard input is still there, and comes no second time.
        if !content.is_stdin() {
            content.read(buffer, &self.limits).ok()?;
        }
        let document = kirjuri::read(buffer, &Reading::within(&self.limits)).ok()?;
        if document.format() != Format::Xml {
            return None;
        }
        let root = document.name(document.root_element());
        let mut names = document
            .names()
            .filter(|name| *name != root && !document.elements_named(*name).is_empty())
            .map(|name| document.qname(name));
        let packs = self.rules.packs();
        let taken = names.find(|name| packs.iter().any(|pack| pack.names_root(name.namespace, name.local)));
        taken.map(|name| name.local.to_owned())
    }

    fn lint(&self, item: &Item, buffer: &mut Vec<u8>) -> Option<Result<Report, NotChecked>> {
        let own = self.paths.of(&item.name);
        let rules = own.as_deref().map_or(self.rules, |own| &own.rules);
        let Some(cache) = &self.cache else {
            return match item.content.bytes(buffer, &self.limits) {
                Ok((bytes, around)) => {
                    outcome(kirjuri::check_inside(bytes, around, &self.limits, rules, &self.options))
                }
                Err(unread) => Some(Err(unread)),
            };
        };
        // Places and names depend on what is around a record, and the rules may be those of its path.
        let around = item.content.around();
        let mut besides = around.map(|around| format!("{around:?}").into_bytes()).unwrap_or_default();
        besides.extend(own.iter().flat_map(|own| own.key().as_bytes()));
        let asked = Asked { file: item.content.file(), besides: &besides, rules, options: &self.options };
        let read = |buffer: &mut Vec<u8>| item.content.read(buffer, &self.limits);
        let check = |bytes: &[u8]| kirjuri::check_inside(bytes, around, &self.limits, rules, &self.options);
        match cache.outcome(&asked, buffer, read, check) {
            Ok(checked) => outcome(checked),
            Err(unread) => Some(Err(unread)),
        }
    }
}

/// What became of a document that was checked; nothing where somebody stopped the check.
fn outcome(checked: Result<Report, Unchecked>) -> Option<Result<Report, NotChecked>> {
    match checked {
        Ok(report) => Some(Ok(report)),
        Err(unchecked) => NotChecked::of(unchecked).map(Err),
    }
}

/// A finding of a rule on a series with the paths of its documents, which stand in the order of their numbers.
fn series_entry(found: SeriesFinding, names: &mut Names) -> io::Result<SeriesEntry> {
    let path = names.get(found.document as usize)?;
    let others = found.others.into_iter();
    let others =
        others.map(|OtherPlace { document, place }| Ok(OtherEntry { path: names.get(document as usize)?, place }));
    Ok(SeriesEntry { path, finding: found.finding, others: others.collect::<io::Result<_>>()? })
}

/// A bar on the terminal, and nothing elsewhere.
fn progress(documents: Option<usize>) -> ProgressBar {
    let documents = documents.unwrap_or_default();
    if documents < 200 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(documents as u64), ProgressDrawTarget::stderr_with_hz(10));
    match ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} + {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
