//! A part of a run that numbers are asked of: all of its documents, or those of a group.

use kirjuri::Severity;
use kirjuri_report::{Dimension, GroupTally};

use crate::summary::{CriterionScore, GroupSummary, RuleSummary, Run, Summary};

/// All documents of a run, or those that have one value of a dimension.
#[derive(Clone, Debug)]
pub struct Scope<'s> {
    /// The run.
    pub(crate) run: &'s Run,
    /// The rules of the run.
    pub(crate) rules: &'s [RuleSummary],
    /// Of each rule that applied, how often, in the order of the rules.
    pub(crate) tallies: Vec<(usize, GroupTally)>,
    /// Documents that were checked.
    pub(crate) documents: u64,
    /// The group.
    pub(crate) group: Option<&'s GroupSummary>,
}

impl<'s> Scope<'s> {
    /// All documents.
    pub fn whole(summary: &'s Summary) -> Scope<'s> {
        let tallies = summary.rules.iter().map(|rule| rule.tally).enumerate();
        Scope {
            run: &summary.run,
            rules: &summary.rules,
            tallies: tallies.filter(|(_, tally)| tally.applied > 0).collect(),
            documents: summary.run.account.checked,
            group: None,
        }
    }

    /// Those of a group.
    pub fn of_group(summary: &'s Summary, group: &'s GroupSummary) -> Scope<'s> {
        let mut tallies: Vec<_> = group.rules.iter().map(|one| (one.rule, one.tally)).collect();
        tallies.sort_by_key(|(rule, _)| *rule);
        Scope { run: &summary.run, rules: &summary.rules, tallies, documents: group.documents, group: Some(group) }
    }

    /// Those that have a value of a dimension, if there are any.
    pub fn find(summary: &'s Summary, dimension: Dimension, value: Option<&str>) -> Option<Scope<'s>> {
        let mut groups = summary.groups.iter();
        let group = groups.find(|group| group.dimension == dimension && group.value.as_deref() == value)?;
        Some(Scope::of_group(summary, group))
    }

    /// How often a rule applied and failed.
    pub(crate) fn tally(&self, rule: usize) -> GroupTally {
        let found = self.tallies.binary_search_by_key(&rule, |(known, _)| *known);
        found.ok().and_then(|place| self.tallies.get(place)).map(|(_, tally)| *tally).unwrap_or_default()
    }

    /// How often each rule applied and failed, those included that did not.
    pub(crate) fn all_tallies(&self) -> Vec<GroupTally> {
        let mut all = vec![GroupTally::default(); self.rules.len()];
        for (rule, tally) in &self.tallies {
            if let Some(place) = all.get_mut(*rule) {
                *place = *tally;
            }
        }
        all
    }

    /// How many findings there are by severity, in the order of [`Severity::ALL`]: their own, not that of their rules. In a
    /// group those of rules on series are not among them.
    pub(crate) fn severities(&self) -> [u64; Severity::ALL.len()] {
        self.group.map_or_else(|| self.run.account.severities(), |group| group.severities)
    }

    /// Whether the numbers of all rules are there: in merged evidence some may be left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.group.is_none_or(|group| group.left_out == 0)
    }

    /// The scores of the criteria; none where numbers were left out, since those that are left are the better ones.
    pub(crate) fn scores(&self) -> Vec<CriterionScore> {
        if !self.is_whole() {
            return Vec::new();
        }
        CriterionScore::all(self.rules.iter().zip(self.all_tallies()))
    }
}

/// Adds tallies. Documents of several rules are not added: a document may be one of each.
pub(crate) fn sum_of_places(tallies: impl Iterator<Item = GroupTally>) -> GroupTally {
    tallies.fold(GroupTally::default(), |sum, tally| GroupTally {
        applied: sum.applied.saturating_add(tally.applied),
        failed: sum.failed.saturating_add(tally.failed),
        ..sum
    })
}
