//! Evidence of many areas becomes one picture.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kirjuri_report::{Areas, Dimension, GroupTally};

use crate::folder::SCHEMA;
use crate::summary::{AccountSummary, GroupSummary, PackVersion, RuleTally, Run, Summary};
use crate::suppression::{Suppressed, suppress};

/// The option of a run that says of how many it was merged.
pub(crate) const MERGED: &str = "merged=";

/// Runs as one.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The sums, without what must not be shown.
    pub summary: Summary,
    /// How much was left out.
    pub suppressed: Vec<Suppressed>,
    /// Packs of which the runs had different versions, each with these.
    pub different_packs: Vec<(String, Vec<String>)>,
    /// Rules whose severity was not the same in all runs; the gravest one holds.
    pub different_severities: Vec<String>,
}

/// Why runs cannot be one.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MergeError {
    /// There are fewer than two.
    #[error("there is nothing to merge: name the evidence of two runs or more")]
    TooFew,
    /// Packs differ.
    #[error("the runs had different versions of packs: {0}; --allow-versions merges them all the same")]
    DifferentPacks(String),
    /// One of them is a merged one: what was left out of it is lost, and its sums would be wrong.
    #[error(
        "{0}: the evidence is itself merged, and what was left out of it is lost; merge the evidence it was made of"
    )]
    IsMerged(String),
    /// Two are the same run.
    #[error("{0} and {1} are the same run")]
    Same(String, String),
}

/// Merges runs, each with what it is called, and leaves out the numbers of fewer than five documents. `areas` says
/// which providers are of which area.
///
/// # Errors
/// Why they cannot be merged.
pub fn merge(runs: &[(String, Summary)], allow_versions: bool, areas: &Areas) -> Result<Merged, MergeError> {
    let [(_, first), _, ..] = runs else { return Err(MergeError::TooFew) };
    for (number, (name, run)) in runs.iter().enumerate() {
        if run.run.is_merged() {
            return Err(MergeError::IsMerged(name.clone()));
        }
        // Without a time two runs may well have the same numbers.
        let mut others = runs.iter().take(number);
        if let Some((other, _)) = others.find(|(_, other)| run.run.started.is_some() && other.run == run.run) {
            return Err(MergeError::Same(other.clone(), name.clone()));
        }
    }
    let packs = packs(runs);
    let different_packs: Vec<(String, Vec<String>)> =
        packs.iter().filter(|(_, versions)| versions.len() > 1).cloned().collect();
    if !different_packs.is_empty() && !allow_versions {
        let said = different_packs.iter().map(|(pack, versions)| format!("{pack} {}", versions.join(", ")));
        return Err(MergeError::DifferentPacks(said.collect::<Vec<_>>().join("; ")));
    }
    let mut merged = Summary::default();
    let different_severities = add_rules(runs, &mut merged);
    merged.run = first.run.clone();
    merged.run.schema = SCHEMA.into();
    merged.run.version = joined(runs.iter().map(|(_, run)| run.run.version.clone()));
    merged.run.packs = packs
        .into_iter()
        .flat_map(|(id, versions)| versions.into_iter().map(move |version| PackVersion { id: id.clone(), version }))
        .collect();
    let all = |of: &dyn Fn(&Summary) -> Vec<String>| {
        runs.iter().flat_map(|(_, run)| of(run)).collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>()
    };
    merged.run.code_sets = all(&|run| run.run.code_sets.clone());
    merged.run.options = all(&|run| run.run.options.clone());
    if !different_severities.is_empty() {
        merged.run.options.push(format!("{}={}", Run::DIFFERENT_SEVERITIES, different_severities.len()));
    }
    merged.run.options.push(format!("{MERGED}{}", runs.len()));
    merged.run.started = crate::trend::in_time(runs.to_vec()).into_iter().next().and_then(|(_, run)| run.run.started);
    merged.run.milliseconds = None;
    merged.run.judged_by = joined(runs.iter().map(|(_, run)| run.run.judged_by.clone()));
    merged.run.partial = runs.iter().any(|(_, run)| run.run.partial);
    merged.run.account = runs.iter().fold(AccountSummary::default(), |sum, (_, run)| add_account(sum, run.run.account));
    let suppressed = suppress(&mut merged, areas);
    Ok(Merged { summary: merged, suppressed, different_packs, different_severities })
}

/// Different texts, each once.
fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>().join(", ")
}

/// The packs in their order, each with its versions.
fn packs(runs: &[(String, Summary)]) -> Vec<(String, Vec<String>)> {
    let mut packs: Vec<(String, Vec<String>)> = Vec::new();
    for pack in runs.iter().flat_map(|(_, run)| &run.run.packs) {
        match packs.iter_mut().find(|(id, _)| *id == pack.id) {
            Some((_, versions)) if versions.contains(&pack.version) => {}
            Some((_, versions)) => versions.push(pack.version.clone()),
            None => packs.push((pack.id.clone(), vec![pack.version.clone()])),
        }
    }
    packs
}

fn add(sum: GroupTally, tally: GroupTally) -> GroupTally {
    GroupTally {
        applied: sum.applied.saturating_add(tally.applied),
        failed: sum.failed.saturating_add(tally.failed),
        documents: sum.documents.saturating_add(tally.documents),
        documents_failed: sum.documents_failed.saturating_add(tally.documents_failed),
    }
}

fn add_account(sum: AccountSummary, one: AccountSummary) -> AccountSummary {
    AccountSummary {
        seen: sum.seen.saturating_add(one.seen),
        checked: sum.checked.saturating_add(one.checked),
        unreadable: sum.unreadable.saturating_add(one.unreadable),
        skipped: sum.skipped.saturating_add(one.skipped),
        ignored: sum.ignored.saturating_add(one.ignored),
        known: sum.known.saturating_add(one.known),
        expired: sum.expired.saturating_add(one.expired),
        errors: sum.errors.saturating_add(one.errors),
        warnings: sum.warnings.saturating_add(one.warnings),
        infos: sum.infos.saturating_add(one.infos),
    }
}

/// A group, and its rules by their numbers, while they are added up.
type Sum = (GroupSummary, BTreeMap<usize, GroupTally>);

/// Adds up rules and groups; gives the rules whose severity is not the same in all runs.
fn add_rules(runs: &[(String, Summary)], merged: &mut Summary) -> Vec<String> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut different = BTreeSet::new();
    let mut groups: BTreeMap<(Dimension, Option<&str>), Sum> = BTreeMap::new();
    for (_, run) in runs {
        let mut own = Vec::with_capacity(run.rules.len());
        for rule in &run.rules {
            let number = *numbers.entry(rule.id.as_str()).or_insert(merged.rules.len());
            own.push(number);
            match merged.rules.get_mut(number) {
                None => merged.rules.push(rule.clone()),
                Some(known) => {
                    known.tally = add(known.tally, rule.tally);
                    known.selected = known.selected.filter(|_| known.selected == rule.selected);
                    known.in_force = known.in_force.filter(|_| known.in_force == rule.in_force);
                    if known.severity != rule.severity {
                        known.severity = known.severity.max(rule.severity);
                        different.insert(rule.id.clone());
                    }
                }
            }
        }
        for group in &run.groups {
            let empty = || {
                let (documents, documents_failed, severities) = (0, 0, [0; 3]);
                let rules = Vec::new();
                let known = GroupSummary { documents, documents_failed, severities, rules, ..group.clone() };
                (known, BTreeMap::new())
            };
            let (known, rules) = groups.entry((group.dimension, group.value.as_deref())).or_insert_with(empty);
            known.documents = known.documents.saturating_add(group.documents);
            known.documents_failed = known.documents_failed.saturating_add(group.documents_failed);
            known.name = known.name.take().or_else(|| group.name.clone());
            for (sum, count) in known.severities.iter_mut().zip(group.severities) {
                *sum = sum.saturating_add(count);
            }
            for one in &group.rules {
                let Some(&number) = own.get(one.rule) else { continue };
                let sum: &mut GroupTally = rules.entry(number).or_default();
                *sum = add(*sum, one.tally);
            }
        }
    }
    merged.groups = groups
        .into_values()
        .map(|(group, rules)| {
            let rules = rules.into_iter().map(|(rule, tally)| RuleTally { rule, tally });
            GroupSummary { rules: rules.collect(), ..group }
        })
        .collect();
    different.into_iter().collect()
}
