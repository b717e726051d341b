//! Which assertions of a schema are asked.

use super::{Assertion, SchemaPattern, Schematron};
use crate::classification::Severity;

impl Schematron {
    /// Makes the assertions with a severity, in the order of the schema's assertions, those that are asked. The contexts of
    /// their rules stay, since the first rule of a pattern that matches a node takes it, whatever it asks there.
    pub(crate) fn select(&mut self, severities: &[Option<Severity>]) {
        for (assertion, severity) in self.assertions.iter_mut().zip(severities) {
            assertion.is_selected = severity.is_some();
            assertion.severity = severity.unwrap_or(assertion.severity);
        }
    }

    /// Whether it asks anything that it has.
    pub(crate) fn is_asked(&self) -> bool {
        self.assertions.is_empty() || self.assertions.iter().any(|assertion| assertion.is_selected)
    }

    /// Whether any assertion of a pattern is asked.
    pub(super) fn asks(&self, pattern: &SchemaPattern) -> bool {
        let rules = self.rules.get(pattern.rules.clone()).unwrap_or_default();
        rules.iter().filter_map(|rule| self.assertions.get(rule.assertions.clone())).flatten().any(Assertion::is_asked)
    }
}

impl Assertion {
    /// Whether the set that it is in asks it; see [`RuleSet::selected`](crate::RuleSet::selected).
    pub fn is_selected(&self) -> bool {
        self.is_selected
    }

    /// Whether it can be asked, and is.
    pub(crate) fn is_asked(&self) -> bool {
        self.is_compiled && self.is_selected
    }
}
