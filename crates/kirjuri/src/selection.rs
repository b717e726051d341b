//! Which rules of a set are asked, and how grave their findings are.

use std::sync::Arc;

use crate::classification::Severity;
use crate::rule_set::{RuleIndex, RuleSet};

/// Which rules of a set are asked, and with which severity.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Selection {
    /// By the number of the rule; none is not asked.
    severities: Vec<Option<Severity>>,
}

impl Selection {
    /// What a set asks.
    pub fn of(rules: &RuleSet) -> Selection {
        let severity = |rule: crate::AnyRule<'_>| rule.is_selected().then(|| rule.severity());
        Selection { severities: rules.all().map(severity).collect() }
    }

    /// Asks a rule with a severity, or, without one, not at all. Another set's rule is none of these.
    pub fn set(&mut self, rule: RuleIndex, severity: Option<Severity>) {
        if let Some(own) = self.severities.get_mut(rule.index()) {
            *own = severity;
        }
    }

    /// The severity of a rule; none where it is not asked.
    pub fn get(&self, rule: RuleIndex) -> Option<Severity> {
        self.severities.get(rule.index()).copied().flatten()
    }
}

impl RuleSet {
    /// The set with only some of its rules asked, and with their severities. The rules keep their numbers; those that are not
    /// asked cost nothing, and a document that none is asked of is not checked ([`Unchecked::NoPackApplies`]). Packs and
    /// schemas in which nothing changes are shared with this set, others are copied.
    ///
    /// [`Unchecked::NoPackApplies`]: crate::Unchecked::NoPackApplies
    pub fn selected(&self, selection: &Selection) -> RuleSet {
        let (mut set, before) = (self.clone(), Selection::of(self));
        // The part of a selection that is about the rules from a number on; nothing where it is as before.
        let part = |start: u32, count: usize| {
            let range = start as usize..start as usize + count;
            let (own, before) = (selection.severities.get(range.clone())?, before.severities.get(range)?);
            (own != before).then_some(own)
        };
        for (pack, &start) in set.packs.iter_mut().zip(&self.starts) {
            if let Some(severities) = part(start, pack.rules().len()) {
                Arc::make_mut(pack).select(severities);
            }
        }
        for (schema, &start) in set.schemas.iter_mut().zip(&self.schema_starts) {
            if let Some(severities) = part(start, schema.assertions().len()) {
                Arc::make_mut(schema).select(severities);
            }
        }
        set
    }

    /// How many of its rules are not asked; see [`RuleSet::selected`].
    pub fn count_not_selected(&self) -> usize {
        self.all().filter(|rule| !rule.is_selected()).count()
    }
}
