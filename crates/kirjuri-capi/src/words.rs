//! What is said of the rules that a report names, kept with the report so that C can borrow it.

use kirjuri::{AnyRule, Language, RuleIndex, RuleSet};
use kirjuri_report::rule_title;

/// What is said of some rules.
#[derive(Debug)]
pub(crate) struct Words(Vec<RuleWords>);

/// What is said of a rule.
#[derive(Debug)]
pub(crate) struct RuleWords {
    index: RuleIndex,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) is_assertion: bool,
}

impl Words {
    /// Of some rules of a set, each named as often as they like.
    pub(crate) fn of(rules: &RuleSet, language: Language, named: impl Iterator<Item = RuleIndex>) -> Words {
        let mut indexes: Vec<RuleIndex> = named.collect();
        indexes.sort_unstable();
        indexes.dedup();
        let words = indexes.into_iter().map(|index| {
            let rule = rules.get(index);
            RuleWords {
                index,
                id: rule.id(),
                title: rule_title(rule, language).into_owned(),
                is_assertion: matches!(rule, AnyRule::Assertion(..)),
            }
        });
        Words(words.collect())
    }

    /// Of one of them.
    pub(crate) fn get(&self, index: RuleIndex) -> Option<&RuleWords> {
        let found = self.0.binary_search_by_key(&index, |words| words.index).ok()?;
        self.0.get(found)
    }
}
