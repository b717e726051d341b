//! What was asked of a document, what came of it, and which values of the document that depended on: enough to take over,
//! after an edit, every answer that the edit does not concern.

use std::ops::Range;
use std::sync::Arc;

use kirjuri_tree::{NodeRef, ValueId, Values};
use kirjuri_xpath::{Binding, Node};

use crate::lint::Outcome;
use crate::part::Part;

/// What one pack was asked of one part of a document.
#[derive(Debug)]
pub(crate) struct Pass {
    /// The number of the pack in the rule set.
    pub(crate) pack: usize,
    /// The number of what carries the part.
    pub(crate) carrier: Option<usize>,
    /// The names of the pack as the part knows them; none where the pack does not apply.
    pub(crate) binding: Option<Arc<Binding>>,
    /// What it depends on whether the pack applies.
    pub(crate) gate: Reads,
    /// What it depends on which nodes the rules apply to.
    pub(crate) matching: Reads,
    /// In the order in which they were asked.
    pub(crate) asks: Vec<Ask>,
    /// What the checks of structures said, and what that depends on.
    pub(crate) structural: (Vec<(usize, Outcome)>, Reads),
}

impl Pass {
    /// Of a pack that does not apply.
    pub(crate) fn without(pack: usize, carrier: Option<usize>, gate: Reads) -> Pass {
        let (matching, structural) = (0..0, (Vec::new(), 0..0));
        Pass { pack, carrier, binding: None, gate, matching, asks: Vec::new(), structural }
    }
}

/// A rule asked at a node.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// The number of the rule in its pack.
    pub(crate) rule: usize,
    pub(crate) node: NodeRef,
    /// Not where it could not be said whether it applies.
    pub(crate) is_asked: bool,
    /// Nothing where the rule holds.
    pub(crate) answer: Option<Outcome>,
    pub(crate) reads: Reads,
}

/// A range of [`Trail::log`].
pub(crate) type Reads = Range<u32>;

/// Something an answer depends on. Documents are numbered: 0 is the one that was given, those it carries follow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Read {
    Value(u32, ValueId),
    /// Anything at all in a document that is carried.
    Document(u32),
}

/// All that was asked of a document.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    pub(crate) passes: Vec<Pass>,
    log: Vec<Read>,
}

impl Trail {
    /// Whether something depends on what has changed.
    pub(crate) fn is_concerned(&self, reads: &Reads, changes: &Changes) -> bool {
        self.reads(reads).iter().any(|read| match *read {
            Read::Value(document, value) => changes.of(document as usize).is_none_or(|changed| changed.has(value)),
            Read::Document(document) => changes.of(document as usize).is_none(),
        })
    }

    fn reads(&self, reads: &Reads) -> &[Read] {
        self.log.get(reads.start as usize..reads.end as usize).unwrap_or_default()
    }

    /// What the pack was asked of the part.
    pub(crate) fn pass(&self, pack: usize, carrier: Option<usize>) -> Option<&Pass> {
        self.passes.iter().find(|pass| pass.pack == pack && pass.carrier == carrier)
    }

    /// Takes over what something depended on in an earlier trail.
    pub(crate) fn take_over(&mut self, reads: &Reads, from: &Trail) -> Reads {
        let start = self.log.len();
        self.log.extend_from_slice(from.reads(reads));
        self.since(start)
    }

    /// Lets what has been read be nobody's.
    pub(crate) fn forget_reads(&mut self, part: &Part<'_>) {
        let reads = self.read(part);
        self.log.truncate(reads.start as usize);
    }

    /// What has been read of the documents since this was last asked.
    pub(crate) fn read(&mut self, part: &Part<'_>) -> Reads {
        let Trail { log, .. } = self;
        let start = log.len();
        part.embedded.outer().take_reads(|value| log.push(Read::Value(0, value)));
        for (number, carrier) in (1..).zip(part.embedded.carriers()) {
            if carrier.take_touch() {
                log.push(Read::Document(number));
            }
            if let Some(inside) = carrier.opened() {
                inside.take_reads(|value| log.push(Read::Value(number, value)));
            }
        }
        self.since(start)
    }

    fn since(&self, start: usize) -> Reads {
        // A log of more than four thousand million reads does not fit any memory.
        start as u32..self.log.len() as u32
    }
}

/// What an edit has changed, by the number of the document: its values, or, where there is no saying, anything.
#[derive(Debug)]
pub(crate) struct Changes(pub(crate) Vec<Option<Values>>);

impl Changes {
    /// The changed values of a document of the same shape as before.
    pub(crate) fn of(&self, document: usize) -> Option<&Values> {
        self.0.get(document)?.as_ref()
    }

    /// Those of a part, by the number of what carries it.
    pub(crate) fn of_part(&self, carrier: Option<usize>) -> Option<&Values> {
        self.of(carrier.map_or(0, |number| number + 1))
    }
}

/// Sees what is asked of a part, as it is asked.
pub(crate) trait Witness {
    /// A rule is about to be asked, or the structure checked; what was read before was read to find the nodes.
    fn asking(&mut self) {}

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

/// Writes a pass down.
pub(crate) struct Recorder<'r> {
    pub(crate) trail: &'r mut Trail,
    pub(crate) part: &'r Part<'r>,
    matching: Vec<Read>,
    asks: Vec<Ask>,
    structural: Vec<(usize, Outcome)>,
    /// What that depends on, where it was taken over.
    checked: Option<Reads>,
}

impl<'r> Recorder<'r> {
    pub(crate) fn new(trail: &'r mut Trail, part: &'r Part<'r>) -> Recorder<'r> {
        Recorder { trail, part, matching: Vec::new(), asks: Vec::new(), structural: Vec::new(), checked: None }
    }

    /// The pass, when all has been asked.
    pub(crate) fn finish(mut self, pack: usize, binding: Arc<Binding>, gate: Reads) {
        let structural = (self.structural, self.checked.unwrap_or_else(|| self.trail.read(self.part)));
        // Where many nodes are looked at, the same values are read again and again.
        self.matching.sort_unstable();
        self.matching.dedup();
        let start = self.trail.log.len();
        self.trail.log.append(&mut self.matching);
        let matching = self.trail.since(start);
        let (carrier, asks, binding) = (self.part.carrier, self.asks, Some(binding));
        self.trail.passes.push(Pass { pack, carrier, binding, gate, matching, asks, structural });
    }
}

/// What is repeated from an earlier trail.
impl Recorder<'_> {
    pub(crate) fn take_matching(&mut self, reads: &Reads, from: &Trail) {
        self.matching.extend_from_slice(from.reads(reads));
    }

    pub(crate) fn take_over(&mut self, ask: &Ask, from: &Trail) {
        let reads = self.trail.take_over(&ask.reads, from);
        self.asks.push(Ask { reads, ..ask.clone() });
    }

    pub(crate) fn take_checked(&mut self, said: &[(usize, Outcome)], reads: &Reads, from: &Trail) {
        self.structural.extend_from_slice(said);
        self.checked = Some(self.trail.take_over(reads, from));
    }
}

impl Witness for Recorder<'_> {
    fn asking(&mut self) {
        let reads = self.trail.read(self.part);
        self.matching.extend(self.trail.log.drain(reads.start as usize..));
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
