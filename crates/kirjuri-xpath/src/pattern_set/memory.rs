//! Predicates that several steps of a set have: each is judged once for a node that these steps are tried at in turn.

use std::cell::RefCell;

use kirjuri_tree::NodeRef;
use rustc_hash::FxHashMap;

use super::{Branch, PatternSet};
use crate::context::Focus;
use crate::error::EvaluationError;
use crate::evaluate::Evaluator;
use crate::pattern::{Link, Matched};
use crate::program::Predicate;
use crate::value::Node;

/// What costs no more than this is judged again as fast as it is remembered.
const CHEAP: u64 = 2;

/// The predicates of the steps of a set while it is made: by their text, where they stand.
#[derive(Default)]
pub(super) struct SharedPredicates(FxHashMap<Box<str>, Vec<(usize, usize)>>);

impl SharedPredicates {
    /// Takes the predicates of a new branch.
    pub(super) fn note(&mut self, branch: usize, link: &Link) {
        for (place, (predicate, text)) in link.step.predicates.iter().zip(&link.conditions).enumerate() {
            if predicate.cost() > CHEAP {
                self.0.entry(text.clone()).or_default().push((branch, place));
            }
        }
    }

    /// Numbers those that stand in several branches.
    pub(super) fn number(self, set: &mut PatternSet) {
        for places in self.0.into_values().filter(|places| places.len() > 1) {
            for (branch, place) in places {
                let branch = &mut set.branches[branch];
                if branch.numbers.is_empty() {
                    branch.numbers = vec![None; branch.predicates.len()].into();
                }
                if let Some(number) = branch.numbers.get_mut(place) {
                    *number = Some(set.shared);
                }
            }
            set.shared += 1;
        }
    }
}

/// By the number of a predicate, the node it was last judged at, and what was said.
pub(crate) type Answers = RefCell<Vec<Option<(NodeRef, Option<Matched>)>>>;

impl<'a> Evaluator<'a> {
    /// Answers are of one set, and of one walk.
    pub(super) fn forget_answers(&self, set: &PatternSet) {
        let mut answers = self.answers.borrow_mut();
        answers.clear();
        // Who watches what is read wants to know what each step read.
        if !self.document.is_watched() {
            answers.resize(set.shared, None);
        }
    }

    /// As [`Evaluator::judge`], of the predicates of a branch.
    pub(super) fn judge_remembering(
        &self,
        branch: &'a Branch,
        node: Node<'a>,
    ) -> Result<Option<Matched>, EvaluationError> {
        if branch.numbers.is_empty() {
            return self.judge(&branch.predicates, node);
        }
        let focus = Focus::on(node);
        let mut all = Matched::Holds;
        for (predicate, number) in branch.predicates.iter().zip(&branch.numbers) {
            match self.answer(predicate, *number, &focus)? {
                None => return Ok(None),
                Some(Matched::Holds) => {}
                Some(undefined) => all = undefined,
            }
        }
        Ok(Some(all))
    }

    fn answer(
        &self,
        predicate: &'a Predicate,
        number: Option<usize>,
        focus: &Focus<'a>,
    ) -> Result<Option<Matched>, EvaluationError> {
        let known = number.and_then(|number| self.answers.borrow().get(number).copied().flatten());
        if let Some((_, answer)) = known.filter(|(node, _)| *node == focus.node.node) {
            self.spend(1)?;
            return Ok(answer);
        }
        let answer = match self.holds(predicate, focus) {
            Ok(true) => Some(Matched::Holds),
            Ok(false) => None,
            Err(EvaluationError::Dynamic(code)) => Some(Matched::Undefined(code)),
            Err(exhausted) => return Err(exhausted),
        };
        let mut answers = self.answers.borrow_mut();
        if let Some(kept) = number.and_then(|number| answers.get_mut(number)) {
            *kept = Some((focus.node.node, answer));
        }
        Ok(answer)
    }
}
