//! Where things of a document are found without looking through it.

use std::sync::{Arc, OnceLock};

use crate::names::NameId;
use crate::node::{AttributeId, NodeId};
use crate::position::PositionIndex;

/// What is made when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Indexes {
    pub(crate) elements: OnceLock<Arc<ByName<NodeId>>>,
    pub(crate) attributes: OnceLock<Arc<ByName<(NodeId, AttributeId)>>>,
    pub(crate) positions: OnceLock<PositionIndex>,
}

impl Indexes {
    /// Those of a document that differs in values only.
    pub(crate) fn of_same_shape(&self) -> Indexes {
        Indexes { elements: self.elements.clone(), attributes: self.attributes.clone(), positions: OnceLock::new() }
    }
}

/// Things by name, each name's in document order.
#[derive(Debug)]
pub(crate) struct ByName<T> {
    starts: Vec<u32>,
    sorted: Vec<T>,
}

impl<T: Copy> ByName<T> {
    /// A counting sort of things in document order; `counted` has the same names as `all`.
    pub(crate) fn new<C>(
        names: usize,
        counted: impl Iterator<Item = (NameId, C)>,
        all: impl Iterator<Item = (NameId, T)>,
    ) -> ByName<T> {
        let mut starts = vec![0_u32; names + 1];
        for (name, _) in counted {
            starts[name.index() + 1] += 1;
        }
        for name in 1..starts.len() {
            starts[name] += starts[name - 1];
        }
        let mut next = starts.clone();
        let mut all = all.peekable();
        let mut sorted = match all.peek() {
            Some(&(_, any)) => vec![any; starts[names] as usize],
            None => Vec::new(),
        };
        for (name, thing) in all {
            let place = &mut next[name.index()];
            sorted[*place as usize] = thing;
            *place += 1;
        }
        ByName { starts, sorted }
    }

    pub(crate) fn of(&self, name: NameId) -> &[T] {
        match (self.starts.get(name.index()), self.starts.get(name.index() + 1)) {
            (Some(&start), Some(&end)) => &self.sorted[start as usize..end as usize],
            _ => &[],
        }
    }
}
