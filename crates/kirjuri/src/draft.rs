//! Documents that are still being written, checked again and again.
//!
//! While a document is linted it notes which of its values each answer was found from ([`Trail`]). An edit changes values,
//! and where it leaves the shape of the tree as it was, every answer that none of the changed values had a part in is
//! still the answer. Of what an element carries in base64 the same holds on its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits, Values};
use kirjuri_xpath::{Evaluator, Node, PatternSet, Site};

use crate::as_of::Days;
use crate::embedded::{Carrier, Embedded};
use crate::lint::{self, LintOptions, Stopped};
use crate::pack::Pack;
use crate::part::Part;
use crate::report::{Report, Unchecked};
use crate::round::{self, Outcome, Round};
use crate::rule_set::RuleSet;
use crate::trail::{Changes, Decider, Judged, Pass, Read, Recorder, Trail, Witness, take_reads};

/// A document while it is written: what was found in it, and what it takes to check it again after an edit in less time.
///
/// It never changes: checking again makes another. It holds the document, so that it is to be kept where the document may be.
#[derive(Debug)]
pub struct Draft {
    report: Report,
    document: Document,
    carriers: Vec<Carrier>,
    trail: Trail,
    rules: RuleSet,
    limits: Limits,
    options: LintOptions,
    /// The document's own date, where it was judged by that.
    days: Days,
}

impl Draft {
    /// Parses a document and lints it, as [`check`](crate::check) does with [`LintOptions::draft`].
    ///
    /// # Errors
    /// As [`check`](crate::check).
    pub fn check(bytes: &[u8], limits: &Limits, rules: &RuleSet, options: &LintOptions) -> Result<Draft, Unchecked> {
        let options = LintOptions { draft: true, ..options.clone() };
        let document = lint::read_for(bytes, limits, &options)?;
        Draft::of(document, None, limits, rules, options)
    }

    /// Checks the document again after an edit: what does not depend on the edit is taken from before. The report is the
    /// one that [`Draft::check`] would make, but for a document of which that would say that it takes too much work: what is
    /// taken over takes none. With other rules, limits or options than before nothing can be taken over.
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
        let options = LintOptions { draft: true, ..options.clone() };
        if !self.is_made_with(limits, rules, &options) {
            return Draft::check(bytes, limits, rules, &options);
        }
        let (document, changed) = match self.document.edited(bytes, limits) {
            Some((document, changed)) => (document, Some(changed)),
            None => {
                let document = lint::read_for(bytes, limits, &options)?;
                let changed = document.changes_since(&self.document);
                (document, changed)
            }
        };
        Draft::of(document, changed.map(|changed| (self, changed)), limits, rules, options)
    }

    /// What was found.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// What was found, alone.
    pub fn into_report(self) -> Report {
        self.report
    }

    fn of(
        document: Document,
        before: Option<(&Draft, Values)>,
        limits: &Limits,
        rules: &RuleSet,
        options: LintOptions,
    ) -> Result<Draft, Unchecked> {
        let document = document.watched();
        let embedded = Embedded::of(&document, lint::reading(limits, &options)).watched();
        let days = Days::of(&document, rules, options.as_of)?;
        // Of another day, all is to be asked again.
        let before = before.filter(|(before, _)| before.days == days).and_then(|(before, changed)| {
            let mut changes = vec![Some(changed)];
            changes.extend(embedded.take_over(&before.document, &before.carriers)?);
            Some((&before.trail, Changes(changes)))
        });
        let mut memory = Memory { before, trail: Trail::default() };
        let report = lint::lint_with(&document, &embedded, rules, &options, days, Some(&mut memory))?;
        let (trail, carriers) = (memory.trail, embedded.into_carriers());
        // Who may stop this check has no say in the next.
        let options = LintOptions { interrupt: None, ..options };
        Ok(Draft { report, document, carriers, trail, rules: rules.clone(), limits: *limits, options, days })
    }

    /// Whether the draft was made with the same rules, limits and options.
    fn is_made_with(&self, limits: &Limits, rules: &RuleSet, options: &LintOptions) -> bool {
        let own = &self.options;
        let against = [&own.against, &options.against].map(|against| against.as_ref().map(Arc::as_ptr));
        self.limits == *limits
            && self.rules.is(rules)
            && own.as_of == options.as_of
            && own.budget == options.budget
            && against[0] == against[1]
    }
}

/// What is remembered of the last time a document was linted, and of this time for the next.
#[derive(Debug)]
pub(crate) struct Memory<'m> {
    before: Option<(&'m Trail, Changes)>,
    trail: Trail,
}

impl Memory<'_> {
    /// Asks a pack of a part what an edit concerns, and repeats all other answers; says whether the pack applies.
    pub(crate) fn pass(
        &mut self,
        pack: &Pack,
        number: usize,
        part: &Part<'_>,
        budget: u64,
        options: &LintOptions,
        outcome: impl FnMut(usize, Outcome, u64),
    ) -> Result<bool, Stopped> {
        let Memory { before, trail } = self;
        // What was read before is nobody's.
        take_reads(part, |_| ());
        let before = before.as_ref().and_then(|(trail, changes)| {
            changes.of_part(part.carrier)?;
            Some(Before { pass: trail.pass(number, part.carrier)?, trail, changes })
        });
        let (binding, gate) = match &before {
            Some(before) if !before.trail.is_concerned(&before.pass.gate, before.changes) => {
                (before.pass.binding.clone(), trail.take_over(&before.pass.gate, before.trail))
            }
            _ => (pack.bind_to(part)?.map(Arc::new), trail.read(part)),
        };
        let Some(binding) = binding else {
            trail.passes.push(Pass::without(number, part.carrier, gate));
            return Ok(false);
        };
        let mut recorder = Recorder::new(trail, part);
        let round = Round { pack, part, binding: &binding, budget, options };
        // An index that a key makes is made from all values there are, once for all rules.
        let before = before.filter(|before| before.pass.binding.is_some() && !pack.library().has_keys());
        let matching = match before {
            Some(before) => before.repeat(&round, &mut recorder, outcome)?,
            None => {
                let judged = Judged::new(part);
                let judging = |site| match site {
                    Site::NONE => judged.note(&[]),
                    site => judged.note(&[Decider::Site(site)]),
                };
                round.run(&mut recorder, Some(&judging), outcome)?;
                judged.into_reads()
            }
        };
        recorder.finish(number, binding, gate, matching);
        Ok(true)
    }
}

/// A pass over an earlier version of the same shape.
struct Before<'b> {
    pass: &'b Pass,
    trail: &'b Trail,
    changes: &'b Changes,
}

impl Before<'_> {
    /// Repeats the answers that the edit does not concern, and asks the others again; gives what the nodes were found by.
    fn repeat(
        &self,
        round: &Round<'_>,
        recorder: &mut Recorder<'_>,
        mut outcome: impl FnMut(usize, Outcome, u64),
    ) -> Result<Vec<(Decider, Read)>, Stopped> {
        let Before { pass, trail, changes } = *self;
        let Round { pack, part, binding, budget, options } = *round;
        let (moved, mut matching) = self.moved(pack);
        let day = round::day_of(options);
        let dynamic = round.dynamic(&day);
        let evaluator = Evaluator::new(part.document, binding, &dynamic).with_budget(budget);
        for ask in &pass.asks {
            let (number, node) = (ask.rule, Node { document: part.document, node: ask.node });
            if moved.contains(&number) {
                recorder.remember(ask, trail, changes);
                continue;
            }
            let answer = if trail.is_concerned(&ask.reads, changes) {
                let answer = round.answer(number, &evaluator, node);
                let answer = answer.map_err(|_| Stopped(Some(number)))?;
                recorder.asked(number, node, &answer);
                answer
            } else {
                recorder.take_over(ask, trail);
                ask.answer.clone()
            };
            if ask.is_asked {
                outcome(number, Outcome::Asked(1), 0);
            }
            if let Some(answer) = answer {
                outcome(number, answer, 0);
            }
        }
        if !moved.is_empty() {
            let asking: Vec<usize> = moved.into_iter().collect();
            let contexts = asking.iter().filter_map(|rule| pack.rules()[*rule].question.context());
            let contexts = PatternSet::new(contexts);
            let judged = Judged::new(part);
            let judging = |site| match site {
                Site::NONE => judged.note(&[]),
                site => {
                    let rules = contexts.patterns_at(site).into_iter().filter_map(|pattern| asking.get(pattern));
                    judged.note(&rules.map(|rule| Decider::Rule(*rule)).collect::<Vec<_>>());
                }
            };
            round.ask(&contexts, &asking, recorder, Some(&judging), &mut outcome)?;
            matching.append(&mut judged.into_reads());
        }
        let (said, reads) = &pass.structural;
        // Which structure the content has is asked of the document around it.
        if changes.of(0).is_some() && !trail.is_concerned(reads, changes) {
            said.iter().for_each(|(number, said)| outcome(*number, said.clone(), 0));
            recorder.take_checked(said, reads, trail);
        } else {
            round.check_structure(recorder, outcome)?;
        }
        Ok(matching)
    }

    /// The rules that may be asked at other nodes now; and what the nodes of all others were found by.
    fn moved(&self, pack: &Pack) -> (BTreeSet<usize>, Vec<(Decider, Read)>) {
        let (contexts, asking) = pack.contexts();
        let concerned = self.pass.matching.iter().filter(|(_, read)| self.changes.concern(*read));
        let mut deciders: Vec<Decider> = concerned.map(|(decider, _)| *decider).collect();
        deciders.dedup();
        let mut moved = BTreeSet::new();
        for decider in &deciders {
            match *decider {
                Decider::Rule(rule) => drop(moved.insert(rule)),
                Decider::Site(site) => {
                    moved.extend(contexts.patterns_at(site).into_iter().filter_map(|pattern| asking.get(pattern)));
                }
            }
        }
        let stays = |decider: &Decider| match decider {
            Decider::Rule(rule) => !moved.contains(rule),
            Decider::Site(_) => deciders.binary_search(decider).is_err(),
        };
        let matching = self.pass.matching.iter().filter(|(decider, _)| stays(decider)).copied().collect();
        (moved, matching)
    }
}
