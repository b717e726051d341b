//! What every format says of a finding: the words of its rule, and where it is.

use std::collections::HashMap;
use std::rc::Rc;

use kirjuri::{AnyRule, Criterion, Finding, Language, Place, RuleIndex, RuleSet};

use crate::assertion::rule_title;
use crate::subject::subject_line;

/// What is said of a rule wherever it is named.
pub(crate) struct RuleWords {
    /// `pack/rule`.
    pub(crate) id: String,
    /// What is wrong, on one line.
    pub(crate) title: String,
    /// What a rule of a pack measures; schemas do not say.
    pub(crate) criterion: Option<Criterion>,
}

/// The words of the rules of a set, each put together once: many findings have the same.
pub(crate) struct Vocabulary<'r> {
    pub(crate) rules: &'r RuleSet,
    pub(crate) language: Language,
    known: HashMap<RuleIndex, Rc<RuleWords>>,
}

impl<'r> Vocabulary<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> Vocabulary<'r> {
        Vocabulary { rules, language, known: HashMap::new() }
    }

    pub(crate) fn of(&mut self, rule: RuleIndex) -> Rc<RuleWords> {
        let (rules, language) = (self.rules, self.language);
        let words = self.known.entry(rule).or_insert_with(|| {
            let rule = rules.get(rule);
            let criterion = match rule {
                AnyRule::Native(_, rule) => Some(rule.criterion),
                AnyRule::Assertion(..) => None,
            };
            Rc::new(RuleWords { id: rule.id(), title: rule_title(rule, language).into_owned(), criterion })
        });
        Rc::clone(words)
    }

    /// What is wrong at a place: the title of the rule and the fields of the structure that it is about.
    pub(crate) fn message(&mut self, finding: &Finding) -> String {
        let title = &self.of(finding.rule).title;
        match &finding.subject {
            Some(subject) => format!("{title}: {}", subject_line(subject, self.language)),
            None => title.clone(),
        }
    }

    /// Why a rule matters and what to do; of an assertion nothing is known beside its text.
    pub(crate) fn advice(&self, rule: RuleIndex) -> Option<(&'r str, &'r str)> {
        match self.rules.get(rule) {
            AnyRule::Native(_, rule) => Some((rule.why().get(self.language), rule.fix().get(self.language))),
            AnyRule::Assertion(..) => None,
        }
    }
}

/// Where in the document that is reported a finding is. One in another document, which a pattern of a schema can name, has
/// no line in this one.
pub(crate) fn place_of(finding: &Finding) -> Option<&Place> {
    let elsewhere = finding.assertion.as_ref().is_some_and(|found| found.document.is_some());
    (!elsewhere).then_some(&finding.place)
}

/// What a finding is known by in another run; nothing for one of a draft.
pub(crate) fn fingerprint_of(finding: &Finding) -> Option<String> {
    (!finding.fingerprint.is_none()).then(|| finding.fingerprint.to_string())
}

/// The path of a place, and inside what it carries, where it is there.
pub(crate) fn path_of(place: &Place) -> String {
    match &place.inner {
        Some(inner) => format!("{} > {}", place.path, inner.path),
        None => place.path.clone(),
    }
}
