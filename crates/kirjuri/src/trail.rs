//! What was asked of a document, what came of it, and which values of the document that depended on: enough to take over,
//! after an edit, every answer that the edit does not concern.

use std::ops::Range;
use std::sync::Arc;

use kirjuri_tree::{NodeRef, ValueId, Values};
use kirjuri_xpath::{Binding, Site};

use crate::part::Part;
use crate::round::Outcome;

mod recorder;

pub(crate) use recorder::{Judged, Recorder, Witness};

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
    /// What it depends on which nodes the rules apply to, sorted.
    pub(crate) matching: Vec<(Decider, Read)>,
    /// In the order in which they were asked.
    pub(crate) asks: Vec<Ask>,
    /// What the checks of structures said, and what that depends on.
    pub(crate) structural: (Vec<(usize, Outcome)>, Reads),
}

impl Pass {
    /// Of a pack that does not apply.
    pub(crate) fn without(pack: usize, carrier: Option<usize>, gate: Reads) -> Pass {
        let structural = (Vec::new(), 0..0);
        Pass { pack, carrier, binding: None, gate, matching: Vec::new(), asks: Vec::new(), structural }
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

/// What decided at which nodes rules are asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Decider {
    /// A place in the patterns of the pack.
    Site(Site),
    /// The context of one rule.
    Rule(usize),
}

/// A range of [`Trail::log`].
pub(crate) type Reads = Range<u32>;

/// Something an answer depends on. Documents are numbered: 0 is the one that was given, those it carries follow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Read {
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
        self.reads(reads).iter().any(|read| changes.concern(*read))
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

    /// What has been read of the documents since this was last asked.
    pub(crate) fn read(&mut self, part: &Part<'_>) -> Reads {
        let start = self.log.len();
        take_reads(part, |read| self.log.push(read));
        self.since(start)
    }

    fn since(&self, start: usize) -> Reads {
        // A log of more than four thousand million reads does not fit any memory.
        start as u32..self.log.len() as u32
    }
}

/// Says what has been read of a part and what belongs to it since this was last asked.
pub(crate) fn take_reads(part: &Part<'_>, mut each: impl FnMut(Read)) {
    part.embedded.outer().take_reads(|value| each(Read::Value(0, value)));
    for (number, carrier) in (1..).zip(part.embedded.carriers()) {
        if carrier.take_touch() {
            each(Read::Document(number));
        }
        if let Some(inside) = carrier.opened() {
            inside.take_reads(|value| each(Read::Value(number, value)));
        }
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

    /// Whether something that was read has changed.
    pub(crate) fn concern(&self, read: Read) -> bool {
        match read {
            Read::Value(document, value) => self.of(document as usize).is_none_or(|changed| changed.has(value)),
            Read::Document(document) => self.of(document as usize).is_none(),
        }
    }

    /// Those of a part, by the number of what carries it.
    pub(crate) fn of_part(&self, carrier: Option<usize>) -> Option<&Values> {
        self.of(carrier.map_or(0, |number| number + 1))
    }
}
