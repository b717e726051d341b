//! Which rules of a pack are asked.

use kirjuri_xpath::PatternSet;

use super::Pack;
use crate::classification::Severity;
use crate::rule::Rule;

impl Pack {
    /// Makes the rules with a severity, in the order of the pack's rules, those that are asked. The contexts of the others are
    /// not even matched.
    pub(crate) fn select(&mut self, severities: &[Option<Severity>]) {
        for (rule, severity) in self.rules.iter_mut().zip(severities) {
            rule.is_selected = severity.is_some();
            rule.severity = severity.unwrap_or(rule.severity);
        }
        self.contexts.take();
        self.series.select(&self.rules);
    }

    /// Whether it asks anything that it has.
    pub(crate) fn is_asked(&self) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|rule| rule.is_selected)
    }
}

/// The contexts of the rules that are asked, and of each the number of its rule.
pub(super) fn contexts_of(rules: &[Rule]) -> (PatternSet, Vec<usize>) {
    let asked = rules.iter().enumerate().filter(|(_, rule)| rule.is_selected);
    let contexts = asked.filter_map(|(number, rule)| Some((rule.question.context()?, number)));
    let (contexts, asking): (Vec<_>, Vec<usize>) = contexts.unzip();
    (PatternSet::new(contexts), asking)
}
