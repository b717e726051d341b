//! Documents that are still being written, checked again and again.

use kirjuri_tree::Limits;

use crate::lint::{self, LintOptions};
use crate::report::{Report, Unchecked};
use crate::rule_set::RuleSet;

/// A document while it is written: what was found in it, and what it takes to check it again after an edit in less time.
///
/// It never changes: checking again makes another. It holds the document, so that it is to be kept where the document may be.
#[derive(Debug)]
pub struct Draft {
    report: Report,
}

impl Draft {
    /// Parses a document and lints it, as [`check`](crate::check) does with [`LintOptions::draft`].
    ///
    /// # Errors
    /// As [`check`](crate::check).
    pub fn check(bytes: &[u8], limits: &Limits, rules: &RuleSet, options: &LintOptions) -> Result<Draft, Unchecked> {
        let options = LintOptions { draft: true, ..options.clone() };
        Ok(Draft { report: lint::check(bytes, limits, rules, &options)? })
    }

    /// Checks the document again after an edit: what does not depend on the edit is taken from before. The report is the
    /// one that [`Draft::check`] would make.
    ///
    /// # Errors
    /// As [`check`](crate::check).
    pub fn check_again(
        &self,
        bytes: &[u8],
        limits: &Limits,
        rules: &RuleSet,
        options: &LintOptions,
    ) -> Result<Draft, Unchecked> {
        Draft::check(bytes, limits, rules, options)
    }

    /// What was found.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What was found, alone.
    pub fn into_report(self) -> Report {
        self.report
    }
}
