//! What a run can say of findings that it has not met: that they are gone, or nothing.

use kirjuri::{AnyRule, Question, RuleSet};
use kirjuri_report::Batch;

use crate::settings::PathRules;

/// How far a run has come.
pub(crate) struct Reach {
    /// Of each rule, whether all documents of the run were asked it that it is about.
    asked: Vec<bool>,
    /// Documents were checked, and of those that were named none is left.
    pub(crate) is_whole: bool,
}

impl Reach {
    /// That of a run that has come to its end; `is_broken` says that paths could not be followed.
    pub(crate) fn of(batch: &Batch, rules: &RuleSet, paths: &PathRules, is_broken: bool) -> Reach {
        let account = batch.account();
        let is_left =
            account.unreadable > 0 || is_broken || batch.is_partial || batch.unchanged.unwrap_or_default() > 0;
        let is_asked = |index: kirjuri::RuleIndex| {
            let rule = rules.get(index);
            // Where it could not be evaluated nobody knows what it would have found.
            let is_unevaluated = batch.unevaluated.get(index.index()).is_none_or(|times| *times > 0);
            let is_idle = batch.tallies.get(index.index()).is_none_or(|tally| tally.applied == 0);
            let is_put = match rule {
                AnyRule::Assertion(_, assertion) => assertion.is_compiled,
                AnyRule::Native(_, rule) => {
                    let is_put = match rule.question {
                        Question::Series { .. } => batch.series.is_some(),
                        // Without the structure that --against named there is nothing to compare with.
                        Question::Form(_) => !is_idle,
                        _ => true,
                    };
                    is_put && batch.in_force(rule)
                }
            };
            rule.is_selected() && is_put && !is_unevaluated && !paths.have_left_out(index)
        };
        Reach { asked: rules.indexes().map(is_asked).collect(), is_whole: account.checked > 0 && !is_left }
    }

    /// Whether a rule was asked wherever it might have found something. A rule that its pack does not have any more finds
    /// nothing anywhere; an assertion that is not in its schema may be in another phase of it.
    pub(super) fn has_asked(&self, rule: &str, rules: &RuleSet) -> bool {
        match rules.find(rule) {
            Some(index) => self.asked.get(index.index()).copied().unwrap_or_default(),
            None => rule.split_once('/').is_some_and(|(pack, _)| rules.packs().iter().any(|known| known.id == pack)),
        }
    }
}

/// Whether the pack or schema of a rule is among those of a set.
pub(super) fn is_at_hand(rule: &str, rules: &RuleSet) -> bool {
    let Some((pack, _)) = rule.split_once('/') else { return false };
    rules.packs().iter().any(|known| known.id == pack) || rules.schemas().iter().any(|known| known.id == pack)
}
