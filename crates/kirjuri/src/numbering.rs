//! The numbers that paths give to siblings of one name.

use kirjuri_tree::{AttributeId, Document, NodeId, NodeKind};
use rustc_hash::FxHashMap;

/// Numbers the siblings in one document. What was found under one parent is numbered together, so that many places
/// cost no more than one.
pub(crate) struct Numbering<'d> {
    document: &'d Document,
    /// By node: [`ONLY`] and the number; 0 where it is not known yet.
    known: Vec<u32>,
    /// By name: how many siblings have it so far.
    counts: Vec<u32>,
    /// Of processing instructions, among those of their target.
    instructions: FxHashMap<NodeId, u32>,
    /// Of elements, among all elements.
    elements: FxHashMap<NodeId, Number>,
}

/// Which a node is among its siblings of the same kind and name.
#[derive(Clone, Copy)]
pub(crate) struct Number {
    /// From 1.
    pub(crate) number: u32,
    /// It is the only one.
    pub(crate) is_only: bool,
}

const ONLY: u32 = 1 << 31;

impl<'d> Numbering<'d> {
    pub(crate) fn new(document: &'d Document) -> Numbering<'d> {
        let (instructions, elements) = (FxHashMap::default(), FxHashMap::default());
        Numbering { document, known: Vec::new(), counts: Vec::new(), instructions, elements }
    }

    pub(crate) fn number(&mut self, node: NodeId) -> Number {
        if self.known.is_empty() {
            self.known.resize(self.document.node_count(), 0);
            self.counts.resize(self.document.name_count(), 0);
        }
        if self.known[node.index()] == 0 {
            self.number_siblings(self.document.parent(node).unwrap_or(NodeId::DOCUMENT));
        }
        let known = self.known[node.index()];
        Number { number: known & !ONLY, is_only: known & ONLY != 0 }
    }

    fn number_siblings(&mut self, parent: NodeId) {
        let document = self.document;
        for sibling in document.children(parent) {
            let count = &mut self.counts[document.name(sibling).index()];
            *count += 1;
            self.known[sibling.index()] = *count;
        }
        for sibling in document.children(parent) {
            if self.counts[document.name(sibling).index()] == 1 {
                self.known[sibling.index()] |= ONLY;
            }
        }
        for sibling in document.children(parent) {
            self.counts[document.name(sibling).index()] = 0;
        }
    }

    /// The number of an element among all its sibling elements.
    pub(crate) fn number_of_element(&mut self, node: NodeId) -> Number {
        let document = self.document;
        if !self.elements.contains_key(&node) {
            let siblings = document.children(document.parent(node).unwrap_or(NodeId::DOCUMENT));
            let siblings: Vec<NodeId> = siblings.filter(|&sibling| document.is_element(sibling)).collect();
            let is_only = siblings.len() == 1;
            self.elements.extend(siblings.into_iter().zip((1..).map(|number| Number { number, is_only })));
        }
        self.elements.get(&node).copied().unwrap_or(Number { number: 1, is_only: true })
    }

    /// The number of an attribute among those of its element, from 1.
    pub(crate) fn number_of_attribute(&self, attribute: AttributeId, element: NodeId) -> usize {
        let first = self.document.attributes(element).next().unwrap_or(attribute);
        attribute.index().saturating_sub(first.index()) + 1
    }

    /// The number of a processing instruction among its siblings of the same target, from 1.
    pub(crate) fn number_of_instruction(&mut self, node: NodeId) -> u32 {
        if let Some(&number) = self.instructions.get(&node) {
            return number;
        }
        let document = self.document;
        let mut counts: FxHashMap<&str, u32> = FxHashMap::default();
        let siblings = document.children(document.parent(node).unwrap_or(NodeId::DOCUMENT));
        for sibling in siblings.filter(|&sibling| document.kind(sibling) == NodeKind::ProcessingInstruction) {
            let count = counts.entry(document.target(sibling)).or_insert(0);
            *count += 1;
            self.instructions.insert(sibling, *count);
        }
        self.instructions.get(&node).copied().unwrap_or(1)
    }
}

/// The steps to a node as they were written last: the next node mostly lies near, and only what differs is written.
#[derive(Default)]
pub(crate) struct Steps {
    text: String,
    /// Each node on the way with the end of its step in the text.
    nodes: Vec<(NodeId, usize)>,
}

impl Steps {
    /// The text of the steps from the root to a node, each written by `write`; nothing where it says so.
    pub(crate) fn to(
        &mut self,
        node: NodeId,
        document: &Document,
        mut write: impl FnMut(&mut String, NodeId) -> Option<()>,
    ) -> Option<&str> {
        let above = std::iter::successors(Some(node), |&node| document.parent(node));
        let mut missing: Vec<NodeId> = Vec::new();
        let mut shared = 0;
        for node in above.filter(|&node| node != NodeId::DOCUMENT) {
            // The nodes on one way are in document order.
            if let Ok(index) = self.nodes.binary_search_by_key(&node, |(known, _)| *known) {
                shared = index + 1;
                break;
            }
            missing.push(node);
        }
        self.nodes.truncate(shared);
        self.text.truncate(self.nodes.last().map_or(0, |(_, end)| *end));
        for node in missing.into_iter().rev() {
            if write(&mut self.text, node).is_none() {
                *self = Steps::default();
                return None;
            }
            self.nodes.push((node, self.text.len()));
        }
        Some(&self.text)
    }
}
