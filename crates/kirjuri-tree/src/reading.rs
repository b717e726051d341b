//! How a document is read, beside the limits.

use std::fmt;

use crate::parse::Fault;
use crate::{Limits, ParseErrorKind, Surroundings};

/// Whether to go on: asked now and then while a document is read, or rules are run over it, by whoever may want to stop.
pub trait Interrupt: fmt::Debug + Send + Sync {
    /// Whether to stop. Once it has said so, it goes on saying so.
    fn is_raised(&self) -> bool;
}

/// How to read a document.
#[derive(Clone, Copy, Default, Debug)]
pub struct Reading<'i> {
    /// How much of it is read before it is refused.
    pub limits: Limits,
    /// Asked every few thousand nodes.
    pub interrupt: Option<&'i dyn Interrupt>,
    /// Takes a document that ends before it is complete, as one that is still being written does: what is open at its end
    /// is closed there, and [`Document::unfinished`](crate::Document::unfinished) says what is missing.
    pub unfinished: bool,
    /// The file that the document is a part of; none where it is a whole one.
    pub around: Option<&'i Surroundings>,
}

impl Reading<'_> {
    /// A whole document, read to its end within some limits.
    pub fn within(limits: &Limits) -> Reading<'static> {
        Reading { limits: *limits, ..Reading::default() }
    }

    /// Asks whether to go on.
    pub(crate) fn ask(&self) -> Result<(), Fault> {
        match self.interrupt.is_some_and(Interrupt::is_raised) {
            true => Err(Fault { kind: ParseErrorKind::Interrupted, at: 0 }),
            false => Ok(()),
        }
    }
}

/// After so many nodes the interrupt is asked again: some tenths of a millisecond.
const NODES_BETWEEN_QUESTIONS: usize = 4096;

/// Counts the nodes of a tree that is being built, for the limit and for the interrupt at once.
#[derive(Clone, Copy)]
pub(crate) struct NodeCount<'i> {
    reading: &'i Reading<'i>,
    /// With so many nodes it has to be seen whether there may be one more.
    next: usize,
}

impl<'i> NodeCount<'i> {
    pub(crate) fn new(reading: &'i Reading<'i>) -> NodeCount<'i> {
        let most = reading.limits.nodes;
        let next = if reading.interrupt.is_some() { most.min(NODES_BETWEEN_QUESTIONS) } else { most };
        NodeCount { reading, next }
    }

    /// Whether a node, which starts at `at`, may come after `nodes` others.
    #[inline]
    pub(crate) fn pass(&mut self, nodes: usize, at: usize) -> Result<(), Fault> {
        if nodes < self.next { Ok(()) } else { self.stop(nodes, at) }
    }

    #[cold]
    fn stop(&mut self, nodes: usize, at: usize) -> Result<(), Fault> {
        let most = self.reading.limits.nodes;
        if nodes >= most {
            return Err(Fault { kind: ParseErrorKind::TooManyNodes, at });
        }
        self.next = most.min(nodes.saturating_add(NODES_BETWEEN_QUESTIONS));
        self.reading.ask().map_err(|fault| Fault { at, ..fault })
    }
}
