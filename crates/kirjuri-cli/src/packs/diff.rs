//! `kirjuri packs diff`: what changed between two versions of a pack, and what that does to documents.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use kirjuri::{Finding, Limits, LintOptions, Pack, PackDifference, PackSource, Report, RuleIndex, RuleSet};
use kirjuri_report::{Batch, Compared, Effects, InputError, NotChecked, write_difference, write_difference_json};
use kirjuri_series::Collection;
use rayon::prelude::*;

use crate::arguments::{DiffArguments, JudgedBy, ListFormat};
use crate::inputs::{self, Content, Inputs, Item, Names, Options};
use crate::{Failure, Status, check, packs};

pub(crate) fn run(arguments: &DiffArguments) -> Result<Status, Failure> {
    let (old, before) = load(&arguments.before)?;
    let (new, after) = load(&arguments.after)?;
    let difference = PackDifference::between(&old, &new);
    let mut status = if difference.is_empty() { Status::Clean } else { Status::Found };
    let mut effects = None;
    if !arguments.paths.is_empty() {
        let mut inputs = inputs::collect(&arguments.paths, Options::default())?;
        let found = judge(arguments, &before, &after, &difference, &mut inputs)?;
        if !found.is_empty() {
            status = Status::Found;
        }
        let is_checked = found.checked_before + found.checked_after > 0;
        if inputs.broken || found.unreadable > 0 || !is_checked {
            status = Status::Failed;
        }
        effects = Some(found);
    }
    let compared = Compared { before: &before, after: &after, difference: &difference, effects: effects.as_ref() };
    let (mut out, language) = (io::BufWriter::new(anstream::stdout().lock()), arguments.language.get());
    match arguments.format {
        ListFormat::Text => write_difference(compared, language, &mut out)?,
        ListFormat::Json => write_difference_json(compared, language, &mut out)?,
    }
    out.flush()?;
    Ok(status)
}

fn load(name: &Path) -> Result<(PackSource, Arc<Pack>), Failure> {
    if packs::is_schema(name) {
        let name = name.display();
        return Err(Failure::Message(format!("{name} is a Schematron schema; what is compared are packs of rules")));
    }
    let source = packs::source(name)?;
    Ok((source, Arc::new(packs::load(name)?)))
}

/// Checks the documents with both versions, some at a time, in their order.
fn judge(
    arguments: &DiffArguments,
    before: &Arc<Pack>,
    after: &Arc<Pack>,
    difference: &PackDifference,
    inputs: &mut Inputs,
) -> Result<Effects, Failure> {
    let as_of = JudgedBy::on(arguments.as_of, check::today());
    let mut options = LintOptions::default();
    options.as_of = as_of;
    options.series = [before, after].iter().any(|pack| !pack.series().is_empty());
    let sets = [before, after].map(|pack| RuleSet::new(vec![Arc::clone(pack)]));
    let mut series = [Collection::default(), Collection::default()];
    let mut batches = [Batch::new(&sets[0], as_of), Batch::new(&sets[1], as_of)];
    let mut effects = Effects::new(as_of);
    let id_after = |rule: RuleIndex| sets[1].id(rule);
    let id_before = |rule: RuleIndex| {
        let (pack, rule) = sets[0].rule(rule);
        let name = difference.name_after(&rule.name);
        let is_kept = after.rules().iter().any(|known| known.name == name);
        format!("{}/{name}", if is_kept { &after.id } else { &pack.id })
    };
    let mut names = Names::default();
    while let Some(portion) = inputs.next_portion() {
        let lint = |buffer: &mut Vec<u8>, item: &Item| lint(&item.content, buffer, &sets, &options);
        let checked: Vec<[Result<Report, NotChecked>; 2]> = portion.par_iter().map_init(Vec::new, lint).collect();
        for (item, checked) in portion.into_iter().zip(checked) {
            // What one version cannot get through says nothing of what it would find in the series.
            if let [Ok(old), Ok(new)] = &checked {
                let index = u32::try_from(names.len()).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
                for (series, report) in series.iter_mut().zip([old, new]) {
                    series.take(index, &report.members)?;
                }
            }
            names.push(&item.name)?;
            let [old, new] = checked;
            let [earlier, later] = &mut batches;
            let (old, new) =
                (earlier.count_in(item.name.clone(), old, Vec::new()), later.count_in(item.name, new, Vec::new()));
            effects.add(&old, &new, id_before, id_after);
        }
    }
    let mut found = BTreeMap::<u32, [Vec<Finding>; 2]>::new();
    for ((number, series), rules) in series.into_iter().enumerate().zip(&sets) {
        let mut verdict = series.judge(rules, &options)?;
        while let Some(one) = verdict.findings.next(rules)? {
            if let Some(of) = found.entry(one.document).or_default().get_mut(number) {
                of.push(one.finding);
            }
        }
    }
    for (document, [old, new]) in found {
        let path = names.get(document as usize)?;
        effects.compare(&path, [&old, &new], id_before, id_after);
    }
    Ok(effects)
}

fn lint(
    content: &Content,
    buffer: &mut Vec<u8>,
    sets: &[RuleSet; 2],
    options: &LintOptions,
) -> [Result<Report, NotChecked>; 2] {
    let limits = Limits::default();
    let read = content.bytes(buffer, &limits);
    sets.each_ref().map(|rules| {
        let (bytes, around) = read?;
        kirjuri::check_inside(bytes, around, &limits, rules, options).map_err(|unchecked| {
            // Nobody interrupts.
            NotChecked::of(unchecked).unwrap_or(NotChecked::Unreadable(InputError::TooMuchWork { rule: None }))
        })
    })
}
