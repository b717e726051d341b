//! What came of one document: data of the library, made into objects of Python only when they are asked for.

use std::sync::Arc;

use kirjuri::{Draft, Extent, Finding, Language, Missing, Report, RuleIndex, RuleSet, Severity};
use kirjuri_report::{Batch, DocumentEntry, NotChecked, Outcome, rule_title};

use crate::options::Options;

/// A document that has been checked, or could not be.
pub(crate) struct Checked {
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) language: Language,
    pub(crate) name: Option<String>,
    pub(crate) entry: DocumentEntry,
    /// How many findings there were of each severity, in the order of [`Severity::ALL`], kept or not.
    pub(crate) counts: [usize; Severity::ALL.len()],
    /// Whether the document was checked as one that is still being written.
    pub(crate) is_draft: bool,
    /// What checking it again can use.
    pub(crate) draft: Option<Draft>,
}

/// What reports call a document that has no name, as the command does with standard input.
const NO_NAME: &str = "-";

impl Checked {
    /// Takes what came of a document as the next of its batch.
    pub(crate) fn new(
        rules: &Arc<RuleSet>,
        options: &Options,
        batch: &mut Batch,
        name: Option<String>,
        checked: Result<Report, NotChecked>,
    ) -> Checked {
        let path = name.as_deref().unwrap_or(NO_NAME).to_owned();
        let is_draft = options.lint.draft;
        batch.is_draft = is_draft;
        let mut entry = batch.count_in(path, checked, Vec::new());
        let mut counts = [0; Severity::ALL.len()];
        if let Outcome::Checked(findings) = &mut entry.outcome {
            for (count, severity) in counts.iter_mut().zip(Severity::ALL) {
                *count = findings.iter().filter(|finding| finding.severity == severity).count();
            }
            findings.truncate(options.max_findings);
        }
        let (rules, language) = (Arc::clone(rules), options.language);
        Checked { rules, language, name, entry, counts, is_draft, draft: None }
    }

    pub(crate) fn findings(&self) -> &[Finding] {
        match &self.entry.outcome {
            Outcome::Checked(findings) => findings,
            Outcome::Unreadable(_) | Outcome::Skipped(_) => &[],
        }
    }

    pub(crate) fn missing(&self) -> &[Missing] {
        self.entry.draft.as_ref().map(|draft| &*draft.missing).unwrap_or_default()
    }

    pub(crate) fn extent(&self) -> Extent {
        self.entry.draft.as_ref().map(|draft| draft.extent).unwrap_or_default()
    }

    pub(crate) fn status(&self) -> &'static str {
        match &self.entry.outcome {
            Outcome::Checked(_) => "checked",
            Outcome::Unreadable(_) => "unreadable",
            Outcome::Skipped(_) => "skipped",
        }
    }

    pub(crate) fn title(&self, rule: RuleIndex) -> String {
        rule_title(self.rules.get(rule), self.language).into_owned()
    }
}
