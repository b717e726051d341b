//! Writes a pass down as it is made.

use std::cell::RefCell;
use std::sync::Arc;

use kirjuri_tree::NodeRef;
use kirjuri_xpath::{Binding, Node};
use rustc_hash::FxHashMap;

use super::{Ask, Changes, Decider, Pass, Read, Reads, Trail, take_reads};
use crate::part::Part;
use crate::round::Outcome;

/// Sees what is asked of a part, as it is asked.
pub(crate) trait Witness {
    /// What is known already of a rule and a node.
    fn known(&mut self, rule: usize, node: Node<'_>) -> Option<Option<Outcome>> {
        let _ = (rule, node);
        None
    }

    /// A rule was asked at a node.
    fn asked(&mut self, rule: usize, node: Node<'_>, answer: &Option<Outcome>) {
        let _ = (rule, node, answer);
    }

    /// It could not be said whether a rule applies to a node.
    fn unasked(&mut self, rule: usize, node: Node<'_>) {
        let _ = (rule, node);
    }

    /// A check of a structure said something for a rule.
    fn checked(&mut self, rule: usize, said: &Outcome) {
        let _ = (rule, said);
    }
}

/// Nobody looks.
impl Witness for () {}

/// Notes what was read to find the nodes that rules are asked at.
pub(crate) struct Judged<'p> {
    part: &'p Part<'p>,
    reads: RefCell<Vec<(Decider, Read)>>,
}

impl<'p> Judged<'p> {
    pub(crate) fn new(part: &'p Part<'p>) -> Judged<'p> {
        Judged { part, reads: RefCell::default() }
    }

    /// What has been read since this was last asked decided for all of these; where there are none, for nothing.
    pub(crate) fn note(&self, deciders: &[Decider]) {
        let mut reads = self.reads.borrow_mut();
        take_reads(self.part, |read| reads.extend(deciders.iter().map(|decider| (*decider, read))));
    }

    pub(crate) fn into_reads(self) -> Vec<(Decider, Read)> {
        self.reads.into_inner()
    }
}

/// Writes down what is asked in a pass.
pub(crate) struct Recorder<'r> {
    trail: &'r mut Trail,
    part: &'r Part<'r>,
    asks: Vec<Ask>,
    structural: Vec<(usize, Outcome)>,
    /// What that depends on, where it was taken over.
    checked: Option<Reads>,
    /// What was asked before of rules whose nodes are looked for again.
    before: FxHashMap<(usize, NodeRef), Ask>,
}

impl<'r> Recorder<'r> {
    pub(crate) fn new(trail: &'r mut Trail, part: &'r Part<'r>) -> Recorder<'r> {
        let (asks, structural) = (Vec::new(), Vec::new());
        Recorder { trail, part, asks, structural, checked: None, before: FxHashMap::default() }
    }

    /// The pass, when all has been asked.
    pub(crate) fn finish(self, pack: usize, binding: Arc<Binding>, gate: Reads, mut matching: Vec<(Decider, Read)>) {
        let structural = (self.structural, self.checked.unwrap_or_else(|| self.trail.read(self.part)));
        // Where many nodes are looked at, the same values are read again and again.
        matching.sort_unstable();
        matching.dedup();
        let (carrier, asks, binding) = (self.part.carrier, self.asks, Some(binding));
        self.trail.passes.push(Pass { pack, carrier, binding, gate, matching, asks, structural });
    }

    /// Repeats an answer of an earlier trail.
    pub(crate) fn take_over(&mut self, ask: &Ask, from: &Trail) {
        let reads = self.trail.take_over(&ask.reads, from);
        self.asks.push(Ask { reads, ..ask.clone() });
    }

    /// Lets an answer of an earlier trail be known, if nothing has changed that it depends on, for when the rule is to be
    /// asked at the node again.
    pub(crate) fn remember(&mut self, ask: &Ask, from: &Trail, changes: &Changes) {
        if ask.is_asked && !from.is_concerned(&ask.reads, changes) {
            let reads = self.trail.take_over(&ask.reads, from);
            self.before.insert((ask.rule, ask.node), Ask { reads, ..ask.clone() });
        }
    }

    /// Repeats what the checks of structures said.
    pub(crate) fn take_checked(&mut self, said: &[(usize, Outcome)], reads: &Reads, from: &Trail) {
        self.structural.extend_from_slice(said);
        self.checked = Some(self.trail.take_over(reads, from));
    }
}

impl Witness for Recorder<'_> {
    fn known(&mut self, rule: usize, node: Node<'_>) -> Option<Option<Outcome>> {
        let ask = self.before.remove(&(rule, node.node))?;
        let answer = ask.answer.clone();
        self.asks.push(ask);
        Some(answer)
    }

    fn asked(&mut self, rule: usize, node: Node<'_>, answer: &Option<Outcome>) {
        let reads = self.trail.read(self.part);
        self.asks.push(Ask { rule, node: node.node, is_asked: true, answer: answer.clone(), reads });
    }

    fn unasked(&mut self, rule: usize, node: Node<'_>) {
        let answer = Some(Outcome::Unevaluated);
        self.asks.push(Ask { rule, node: node.node, is_asked: false, answer, reads: 0..0 });
    }

    fn checked(&mut self, rule: usize, said: &Outcome) {
        self.structural.push((rule, said.clone()));
    }
}
