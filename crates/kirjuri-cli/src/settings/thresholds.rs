//! How many findings are allowed before a run fails.

use std::collections::BTreeMap;

use kirjuri::{RuleIndex, RuleSet, Severity};
use kirjuri_report::Batch;

use super::choice::{Findings, unjustified};
use super::file::Limit;
use super::place::{Place, Placed};
use super::selector::{Exactness, Known, Selector};
use crate::arguments::FailOn;

/// How many findings of some rules are allowed.
#[derive(Debug, Default)]
pub(crate) struct Thresholds(Vec<Threshold>);

#[derive(Debug)]
struct Threshold {
    selector: String,
    place: Place,
    most: u64,
    rules: Vec<RuleIndex>,
    /// Findings of this severity only.
    severity: Option<Severity>,
    /// It names its rule, so that it may be about a safety-critical one.
    is_named: bool,
}

impl Thresholds {
    /// Those of some entries, the weakest source first; of the same selector the strongest holds.
    pub(crate) fn new<'e>(
        entries: impl Iterator<Item = &'e (Placed<Selector>, Placed<Limit>)>,
        known: &Known<'_>,
        found: &mut Findings,
    ) -> Thresholds {
        let mut all: BTreeMap<String, Threshold> = BTreeMap::new();
        for (selector, limit) in entries {
            let is_named = selector.value.exactness() == Exactness::Name;
            let (rules, severity) = match selector.value {
                // How grave a finding is may depend on where it is found.
                Selector::Severity(severity) => (known.rules().map(|(index, _)| index).collect(), Some(severity)),
                _ => (known.find(selector, &mut found.faults, &mut found.notes), None),
            };
            for (_, rule) in known.rules().filter(|(index, rule)| {
                is_named && rule.is_safety_critical && limit.value.most > 0 && rules.contains(index)
            }) {
                found.faults.extend(unjustified(limit, limit.value.reason.as_deref(), rule));
            }
            let (text, place, most) = (selector.value.text(), selector.place.clone(), limit.value.most);
            let selector = text.clone();
            all.insert(text, Threshold { selector, place, most, rules, severity, is_named });
        }
        Thresholds(all.into_values().collect())
    }

    /// Whether the findings of a run fail it, and which thresholds are exceeded, a line each. Findings that a threshold is
    /// about fail a run only when there are too many of them; all others, and those of safety-critical rules that none
    /// names, at or above a severity.
    pub(crate) fn judge(&self, batch: &Batch, rules: &RuleSet, fail_on: FailOn) -> (bool, Vec<String>) {
        let mut exceeded = Vec::new();
        for threshold in &self.0 {
            let counts = threshold.rules.iter().flat_map(|rule| Severity::ALL.map(|severity| (*rule, severity)));
            let counts = counts.filter(|(_, severity)| threshold.severity.is_none_or(|only| only == *severity));
            let count: u64 = counts.map(|(rule, severity)| batch.count_of(rule, severity)).sum();
            if count > threshold.most {
                let Threshold { selector, place, most, .. } = threshold;
                exceeded.push(format!("{}: findings of `{selector}`: {count}, at most {most} allowed", place.shown()));
            }
        }
        let is_allowed = |rule: RuleIndex, severity: Severity| {
            self.0.iter().any(|threshold| {
                threshold.severity.is_none_or(|only| only == severity)
                    && (threshold.is_named || !rules.get(rule).is_safety_critical())
                    && threshold.rules.contains(&rule)
            })
        };
        let fails = |rule: RuleIndex| {
            Severity::ALL.into_iter().any(|severity| {
                fail_on.severity().is_some_and(|least| severity >= least)
                    && batch.count_of(rule, severity) > 0
                    && !is_allowed(rule, severity)
            })
        };
        (!exceeded.is_empty() || rules.indexes().any(fails), exceeded)
    }
}
