//! What one run comes to, in sums: the shape that reports, gates and comparisons read.

use kirjuri::{Criterion, Severity, Texts};
use kirjuri_report::{Dimension, GroupTally};
use serde::{Deserialize, Serialize};

use crate::merge::MERGED;

/// What one run comes to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The run itself.
    pub run: Run,
    /// Every rule, also those that a selection leaves out, in the order of packs and rules.
    pub rules: Vec<RuleSummary>,
    /// The groups that were told apart, by dimension and value.
    pub groups: Vec<GroupSummary>,
    /// Documents that were not checked, as many as are kept.
    pub not_checked: Vec<NotChecked>,
    /// Places of findings, as many as are kept, in the order of documents.
    pub places: Vec<PlaceSummary>,
    /// Findings whose places are not kept.
    pub places_left_out: u64,
    /// Earlier runs, the oldest first.
    pub earlier: Vec<Summary>,
}

impl Summary {
    /// Whether a rule on a series applied: it counts no documents, and is in no group.
    pub(crate) fn has_series(&self) -> bool {
        self.rules.iter().any(|rule| rule.tally.applied > 0 && rule.tally.documents == 0)
    }
}

impl RuleSummary {
    /// What a rule costs: documents in which it failed, times the weight of its severity.
    pub(crate) fn cost(&self) -> u64 {
        self.tally.documents_failed.saturating_mul(weight(self.severity))
    }
}

/// How much a document with a finding of a severity counts in the cost of a rule.
pub(crate) fn weight(severity: Severity) -> u64 {
    match severity {
        Severity::Error => 4,
        Severity::Warning => 2,
        Severity::Info => 1,
    }
}

/// `run.json`: what ran, when, on what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// `kirjuri-evidence/2`.
    pub schema: String,
    /// Version of the program.
    pub version: String,
    /// Versions of the packs and schemas.
    pub packs: Vec<PackVersion>,
    /// OIDs of the imported code sets, each with its version where it has one.
    pub code_sets: Vec<String>,
    /// The options that can change a result, as `name=value`.
    pub options: Vec<String>,
    /// When it began, as `2026-11-22T10:00:00+02:00`; nothing where no clock was asked.
    pub started: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: Option<u64>,
    /// The day that documents were judged by, or `document`.
    pub judged_by: String,
    /// The account.
    pub account: AccountSummary,
    /// It was stopped before its end.
    pub partial: bool,
}

impl Run {
    /// The option that says how many entries with paths give rules other severities in some documents.
    pub const PATH_SEVERITIES: &'static str = "path-severities";
    /// The option of a merged run that says how many rules had not the same severity in all runs.
    pub(crate) const DIFFERENT_SEVERITIES: &'static str = "different-severities";

    /// Whether it is several runs as one.
    pub(crate) fn is_merged(&self) -> bool {
        self.options.iter().any(|option| option.starts_with(MERGED))
    }

    /// Whether findings may have other severities than their rules: then what rules count is not what a severity counts.
    pub(crate) fn has_other_severities(&self) -> bool {
        let names = || self.options.iter().filter_map(|option| option.split_once('=')).map(|(name, _)| name);
        names().any(|name| [Run::PATH_SEVERITIES, Run::DIFFERENT_SEVERITIES].contains(&name))
    }
}

/// A pack or schema and its version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackVersion {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// The account of a run: `seen = checked + unreadable + skipped`, and its findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSummary {
    /// All documents.
    pub seen: u64,
    /// Those that were checked.
    pub checked: u64,
    /// Those that could not be read.
    pub unreadable: u64,
    /// Those that no pack applies to.
    pub skipped: u64,
    /// Files that are no documents by their names; outside of `seen`.
    pub ignored: u64,
    /// Findings that a baseline knows.
    pub known: u64,
    /// Entries of a baseline whose last day is over; their findings count.
    pub expired: u64,
    /// Findings of the severity error, those of rules on series included. Of this and the next two the severity is that of the
    /// finding, which may be another than that of its rule.
    pub errors: u64,
    /// Findings of the severity warning.
    pub warnings: u64,
    /// Findings of the severity info.
    pub infos: u64,
}

impl AccountSummary {
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub fn severities(self) -> [u64; Severity::ALL.len()] {
        [self.errors, self.warnings, self.infos]
    }
}

/// A rule and how often it applied and failed in the whole run.
#[derive(Clone, Debug)]
pub struct RuleSummary {
    /// `pack/name`.
    pub id: String,
    /// Its severity in this run. In documents whose paths have settings of their own its findings may have another.
    pub severity: Severity,
    /// Its criterion; an assertion of a schema has none.
    pub criterion: Option<Criterion>,
    /// What is wrong; of an assertion, one text in all languages.
    pub title: Texts,
    /// Why it matters.
    pub why: Option<Texts>,
    /// What to do.
    pub fix: Option<Texts>,
    /// The guidelines, as `title, clause`.
    pub guidelines: Vec<String>,
    /// How often it applied and failed. A rule that never applied was not exercised.
    pub tally: GroupTally,
    /// Whether it was asked at all, and not left out by a selection; nothing where merged runs differ in this.
    pub selected: Option<bool>,
    /// Whether it was in force on a day that documents were judged by; nothing where merged runs differ in this.
    pub in_force: Option<bool>,
}

/// The documents that have one value of a dimension.
#[derive(Clone, Debug)]
pub struct GroupSummary {
    /// The dimension.
    pub dimension: Dimension,
    /// The value; nothing for the documents that do not say it.
    pub value: Option<String>,
    /// What it is called, from the user's own mapping or the list of areas.
    pub name: Option<String>,
    /// How many documents were checked.
    pub documents: u64,
    /// How many of them have a finding.
    pub documents_failed: u64,
    /// Rules whose numbers were left out, in merged evidence, so that nobody can be told from them. Of a group that lacks any
    /// no score and no sum over rules is known: what fails seldom is what is left out.
    pub left_out: u64,
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub severities: [u64; Severity::ALL.len()],
    /// The rules that applied, by their number in [`Summary::rules`].
    pub rules: Vec<RuleTally>,
}

/// A rule in a group.
#[derive(Clone, Copy, Debug)]
pub struct RuleTally {
    /// Number of the rule in [`Summary::rules`].
    pub rule: usize,
    /// How often it applied and failed.
    pub tally: GroupTally,
}

/// A document that was not checked.
#[derive(Clone, Debug)]
pub struct NotChecked {
    /// The document: its path, or from evidence its hash.
    pub document: String,
    /// Whether it could not be read; else it was left alone.
    pub is_unreadable: bool,
    /// Why, in the language of the report.
    pub reason: String,
}

/// Where something was found.
#[derive(Clone, Debug)]
pub struct PlaceSummary {
    /// Number of the rule in [`Summary::rules`].
    pub rule: usize,
    /// The severity of the finding.
    pub severity: Severity,
    /// The document: its path, or from evidence its hash.
    pub document: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// Path of the place.
    pub path: String,
    /// The source around it, only where it was asked for.
    pub source: Option<String>,
}

/// The score of a criterion, with what it was computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CriterionScore {
    /// The criterion.
    pub criterion: Criterion,
    /// Rules of the criterion that applied at least once.
    pub exercised: usize,
    /// Rules of the criterion that never applied.
    pub not_exercised: usize,
    /// Nodes they applied to.
    pub applied: u64,
    /// Nodes at which they failed.
    pub failed: u64,
    /// The mean, over the exercised rules, of the share of nodes at which each held: 0 to 1.
    pub score: f64,
}

impl CriterionScore {
    /// The scores of all criteria that have a rule, from rules and their tallies, in the order of [`Criterion::ALL`].
    pub fn all<'s>(rules: impl Iterator<Item = (&'s RuleSummary, GroupTally)> + Clone) -> Vec<CriterionScore> {
        let score = |&criterion: &Criterion| {
            let own = rules.clone().filter(|(rule, _)| rule.criterion == Some(criterion));
            let (mut exercised, mut not_exercised, mut applied, mut failed, mut held) = (0, 0, 0_u64, 0_u64, 0.0);
            for (_, tally) in own {
                if tally.applied == 0 {
                    not_exercised += 1;
                    continue;
                }
                exercised += 1;
                applied = applied.saturating_add(tally.applied);
                failed = failed.saturating_add(tally.failed);
                held += 1.0 - tally.failed as f64 / tally.applied as f64;
            }
            let score = if exercised == 0 { 0.0 } else { held / exercised as f64 };
            let score = CriterionScore { criterion, exercised, not_exercised, applied, failed, score };
            (exercised + not_exercised > 0).then_some(score)
        };
        Criterion::ALL.iter().filter_map(score).collect()
    }
}
