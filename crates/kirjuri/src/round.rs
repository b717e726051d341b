//! Asks the rules of a pack of a part of a document.

use std::any::Any;

use kirjuri_xpath::{
    Binding, Documents, DynamicContext, EvaluationError, Evaluator, Focus, Matched, Node, PatternSet, Program, Site,
};

use crate::lint::{LintOptions, Stopped, timed};
use crate::missing::About;
use crate::pack::Pack;
use crate::part::{At, Part};
use crate::rule::{Question, Rule};
use crate::structural;
use crate::trail::Witness;
use crate::words::Words;

/// What a rule says of a node it applies to.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// It was asked so many times, whatever the answers.
    Asked(u32),
    /// Where to point, and what it is about.
    Failed(At, Option<About>),
    /// The language defines no value here, so that there is no answer.
    Unevaluated,
}

/// A pack about to be asked of a part of a document.
#[derive(Clone, Copy)]
pub(crate) struct Round<'r> {
    pub(crate) pack: &'r Pack,
    pub(crate) part: &'r Part<'r>,
    pub(crate) binding: &'r Binding,
    /// How many nodes it may visit.
    pub(crate) budget: u64,
    pub(crate) options: &'r LintOptions,
}

/// What is told of every place in a set of patterns where something was judged.
pub(crate) type Judging<'j> = Option<&'j dyn Fn(Site)>;

impl Round<'_> {
    /// Offers the nodes of the part to all rules of the pack that can apply to them, and checks its structure; says of each
    /// the nanoseconds it took.
    pub(crate) fn run<W: Witness>(
        &self,
        witness: &mut W,
        judging: Judging<'_>,
        mut outcome: impl FnMut(usize, Outcome, u64),
    ) -> Result<(), Stopped> {
        let (contexts, asking) = self.pack.contexts();
        self.ask(contexts, asking, witness, judging, &mut outcome)?;
        self.check_structure(witness, outcome)
    }

    /// Offers the nodes of the part to rules by their contexts; `asking` has the rule of each.
    pub(crate) fn ask<W: Witness>(
        &self,
        contexts: &PatternSet,
        asking: &[usize],
        witness: &mut W,
        judging: Judging<'_>,
        outcome: &mut impl FnMut(usize, Outcome, u64),
    ) -> Result<(), Stopped> {
        let Round { pack, part, binding, budget, options } = *self;
        let day = day_of(options);
        let dynamic = self.dynamic(&day);
        let mut evaluator = Evaluator::new(part.document, binding, &dynamic).with_budget(budget);
        if let Some(judging) = judging {
            evaluator = evaluator.with_judging(judging);
        }
        evaluator.each_match::<Stopped>(contexts, &mut |pattern, node, matched| {
            let number = asking[pattern];
            let rule = &pack.rules()[number];
            if !rule.in_force(options.as_of.day()) || (part.is_fragment && !pack.look(number).is_inward) {
                return Ok(());
            }
            // Nor is it asked where it cannot be said whether it applies.
            if matched != Matched::Holds {
                witness.unasked(number, node);
                outcome(number, Outcome::Unevaluated, 0);
                return Ok(());
            }
            let (answer, spent) = match witness.known(number, node) {
                Some(answer) => (answer, 0),
                None => {
                    let (answer, spent) = timed(options.clock.as_deref(), || self.answer(number, &evaluator, node));
                    let answer = answer.map_err(|_| Stopped(Some(number)))?;
                    witness.asked(number, node, &answer);
                    (answer, spent)
                }
            };
            outcome(number, Outcome::Asked(1), spent);
            if let Some(answer) = answer {
                outcome(number, answer, 0);
            }
            Ok(())
        })
    }

    /// What a rule says of a node it applies to; nothing where it holds, or where it may still come to hold.
    pub(crate) fn answer<'a>(
        &self,
        number: usize,
        evaluator: &Evaluator<'a>,
        node: Node<'a>,
    ) -> Result<Option<Outcome>, EvaluationError>
    where
        Self: 'a,
    {
        let Round { pack, part, .. } = *self;
        let answer = match ask(&pack.rules()[number], part, evaluator, node) {
            Err(EvaluationError::Dynamic(_)) => Some(Outcome::Unevaluated),
            answer => answer?,
        };
        // What follows in a document that is not complete may be all that is lacking.
        let is_settled = || pack.look(number).is_settled && !part.document.is_open(node.node);
        Ok(match answer {
            Some(Outcome::Failed(at, about)) if part.document.unfinished().is_some() && !is_settled() => match about {
                Some(About::Node(context)) => Some(Outcome::Failed(at, Some(About::Unsettled(context)))),
                _ => None,
            },
            answer => answer,
        })
    }

    /// Checks the structure of the part, for the rules that stand for that. A fragment has none.
    pub(crate) fn check_structure<W: Witness>(
        &self,
        witness: &mut W,
        mut outcome: impl FnMut(usize, Outcome, u64),
    ) -> Result<(), Stopped> {
        let Round { pack, part, budget, options, .. } = *self;
        if part.is_fragment {
            return Ok(());
        }
        let day = day_of(options);
        structural::check(pack, part, &self.dynamic(&day), budget, options, &mut |number, said: Outcome, spent| {
            witness.checked(number, &said);
            outcome(number, said, spent);
        })
    }

    /// What the rules see beside the part.
    pub(crate) fn dynamic<'d>(&'d self, day: &'d str) -> DynamicContext<'d> {
        DynamicContext {
            as_of: day,
            library: Some(self.pack.library()),
            documents: self.part.carrier.is_none().then_some(self.part.embedded as &dyn Documents),
            host: match self.options.codes.as_deref() {
                Some(codes) => Some(codes as &(dyn Any + Send + Sync)),
                None => self.pack.host(),
            },
            interrupt: self.options.interrupt.as_deref(),
            ..DynamicContext::default()
        }
    }
}

/// The day as expressions see it.
pub(crate) fn day_of(options: &LintOptions) -> String {
    options.as_of.day().map(|day| day.to_string()).unwrap_or_default()
}

/// What a rule says of a node it applies to; nothing where it holds.
fn ask<'a>(
    rule: &'a Rule,
    part: &Part<'_>,
    evaluator: &Evaluator<'a>,
    node: Node<'a>,
) -> Result<Option<Outcome>, EvaluationError> {
    let focus = Focus::on(node);
    let here = |point: &'a Option<Program>| {
        let point = match point {
            Some(point) => evaluator.nodes(point, &focus)?.first().copied(),
            None => None,
        };
        let pointed = point.and_then(|point| Some((part.at(point)?, point)));
        let (at, pointed) = pointed.unwrap_or_else(|| (part.at(node).unwrap_or_else(|| node.node.into()), node));
        Ok::<_, EvaluationError>((at, pointed))
    };
    match &rule.question {
        Question::Expression { assertion, point, words, .. } => {
            if evaluator.truth(assertion, &focus)? {
                return Ok(None);
            }
            let about = rule.is_about_missing().then(|| part.at(node).map(About::Node));
            let (at, pointed) = here(point)?;
            let words = match words {
                Some(words) => {
                    let words = evaluator.value(words, &Focus::on(pointed))?;
                    Words::find(pointed, &words.to_text())
                }
                None => None,
            };
            Ok(Some(Outcome::Failed(at.of_words(words), about.flatten())))
        }
        // Such a rule has no context in a document, and is not asked here.
        Question::Series { .. } | Question::Structure(_) | Question::Form(_) => Ok(None),
    }
}
