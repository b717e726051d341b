//! Walks along the axes of XPath over the arena: most of them are ranges of numbers.

use kirjuri_tree::{AttributeId, Document, NameId, NamespaceId, NodeId, NodeKind, NodeRef};

use crate::evaluate::Evaluator;
use crate::names::NameSlot;
use crate::program::Test;
use crate::syntax::Axis;
use crate::value::Node;
use crate::walk::{GO_ON, STOP, Visit, Walk};

/// A node test as one document understands it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Wanted<'p> {
    /// A name or namespace that does not occur in the document.
    Nothing,
    Name(NameId),
    Namespace(NamespaceId),
    AnyName,
    AnyNode,
    Text,
    Comment,
    Instruction(Option<&'p str>),
    Local(&'p str),
    /// Any attribute, on the axes that can come to one without being made for it.
    Attribute,
    AttributeNamed(NameId),
    Document(Option<&'p Test>),
}

impl Wanted<'_> {
    /// Whether a tree node passes the test on an axis whose principal nodes are elements.
    #[inline]
    pub(crate) fn passes(self, document: &Document, node: NodeId) -> bool {
        match self {
            Wanted::Nothing => false,
            Wanted::Name(name) => document.name(node) == name,
            Wanted::Namespace(namespace) => {
                document.is_element(node) && document.namespace_of(document.name(node)) == namespace
            }
            Wanted::AnyName => document.is_element(node),
            Wanted::AnyNode => true,
            Wanted::Text => document.kind(node) == NodeKind::Text,
            Wanted::Comment => document.kind(node) == NodeKind::Comment,
            Wanted::Local(local) => document.is_element(node) && document.qname(document.name(node)).local == local,
            Wanted::Attribute | Wanted::AttributeNamed(_) => false,
            // What is inside is looked at where the nodes are offered.
            Wanted::Document(_) => node == NodeId::DOCUMENT,
            Wanted::Instruction(target) => {
                document.kind(node) == NodeKind::ProcessingInstruction
                    && target.is_none_or(|target| document.target(node) == target)
            }
        }
    }

    /// Whether an attribute passes the test on an axis that is not made for attributes.
    fn passes_itself(self, origin: Node<'_>) -> bool {
        match (self, origin.node.as_attribute()) {
            (Wanted::AnyNode | Wanted::Attribute, _) => true,
            (Wanted::AttributeNamed(name), Some(attribute)) => origin.document.attribute_name(attribute) == name,
            _ => false,
        }
    }

    /// Whether an attribute passes the test on the attribute axis.
    #[inline]
    pub(crate) fn passes_attribute(self, document: &Document, attribute: AttributeId) -> bool {
        let name = document.attribute_name(attribute);
        match self {
            Wanted::Name(wanted) => name == wanted,
            Wanted::Namespace(namespace) => document.namespace_of(name) == namespace,
            Wanted::AnyName | Wanted::AnyNode => true,
            Wanted::Local(local) => document.qname(name).local == local,
            Wanted::Attribute => true,
            Wanted::AttributeNamed(wanted) => name == wanted,
            Wanted::Nothing | Wanted::Text | Wanted::Comment | Wanted::Instruction(_) | Wanted::Document(_) => false,
        }
    }
}

/// A subtree with fewer nodes than this is walked faster than the index of names is searched.
const SMALL: usize = 16;

/// Fewer elements of a name than this are asked for their parent faster than the children of a large element are for
/// their name.
const FEW: usize = 8;

impl<'a> Evaluator<'a> {
    /// A name as a document knows it.
    #[inline]
    pub(crate) fn name(&self, slot: NameSlot, document: &Document) -> Option<NameId> {
        match std::ptr::eq(document, self.document) {
            true => self.binding.name(slot),
            false => self.foreign_name(slot, document),
        }
    }

    /// A name as another document than the evaluator's own knows it, looked up once.
    fn foreign_name(&self, slot: NameSlot, document: &Document) -> Option<NameId> {
        let key = (std::ptr::from_ref(document).addr(), slot);
        *self.foreign.borrow_mut().entry(key).or_insert_with(|| self.binding.foreign_name(slot, document))
    }

    /// What a test wants in a document.
    #[inline]
    pub(crate) fn wanted<'p>(&self, test: &'p Test, document: &Document) -> Wanted<'p> {
        match test {
            Test::Name(slot) => self.name(*slot, document).map_or(Wanted::Nothing, Wanted::Name),
            Test::Namespace(slot) => match std::ptr::eq(document, self.document) {
                true => self.binding.namespace(*slot),
                false => self.binding.foreign_namespace(*slot, document),
            }
            .map_or(Wanted::Nothing, Wanted::Namespace),
            Test::AnyName => Wanted::AnyName,
            Test::AnyNode => Wanted::AnyNode,
            Test::Text => Wanted::Text,
            Test::Comment => Wanted::Comment,
            Test::Instruction(target) => Wanted::Instruction(target.as_deref()),
            Test::Local(local) => Wanted::Local(local),
            // Only on the attribute axis, where no element stands.
            Test::Element(_) => Wanted::Nothing,
            Test::Attribute(None) => Wanted::Attribute,
            Test::Attribute(Some(slot)) => self.name(*slot, document).map_or(Wanted::Nothing, Wanted::AttributeNamed),
            Test::Document(inside) => Wanted::Document(inside.as_deref()),
        }
    }

    /// Offers the nodes of an axis that pass the test to `visit`, in the axis's own order.
    pub(crate) fn axis(&self, axis: Axis, test: &Test, origin: Node<'a>, visit: Visit<'_, 'a>) -> Walk {
        let document = origin.document;
        let owner = origin.node.owner();
        let is_attribute = origin.node.as_attribute().is_some();
        let wanted = self.wanted(test, document);
        if wanted == Wanted::Nothing {
            return GO_ON;
        }
        let mut visitor = Visitor { evaluator: self, document, wanted, visit };
        match axis {
            Axis::Child | Axis::Descendant | Axis::FollowingSibling | Axis::PrecedingSibling if is_attribute => GO_ON,
            Axis::Child => visitor.children(owner),
            Axis::Attribute => origin.node.as_node().map_or(GO_ON, |element| visitor.attributes(element)),
            Axis::AttributesBelow if is_attribute => GO_ON,
            Axis::AttributesBelow => visitor.attributes_below(owner),
            Axis::SelfNode => visitor.itself(origin),
            Axis::Parent => visitor.offer_all(parent(origin)),
            Axis::Descendant => visitor.range(owner.next(), document.subtree_end(owner)),
            Axis::DescendantOrSelf => {
                if visitor.itself(origin)?.is_break() {
                    return STOP;
                }
                if is_attribute { GO_ON } else { visitor.range(owner.next(), document.subtree_end(owner)) }
            }
            Axis::Ancestor => visitor.above(origin),
            Axis::AncestorOrSelf => match visitor.itself(origin)?.is_break() {
                true => STOP,
                false => visitor.above(origin),
            },
            Axis::FollowingSibling => match document.parent(owner) {
                Some(parent) => {
                    // The last sibling ends where the parent does, perhaps behind the last node of all.
                    let end = document.subtree_end(parent);
                    let within = |node: NodeId| (node < end).then_some(node);
                    let first = within(document.subtree_end(owner));
                    visitor.offer_all(std::iter::successors(first, |&node| within(document.subtree_end(node))))
                }
                None => GO_ON,
            },
            Axis::PrecedingSibling => match document.parent(owner) {
                Some(parent) => visitor.siblings_before(owner, parent),
                None => GO_ON,
            },
            Axis::Following => {
                // What follows an attribute includes the content of its element.
                let first = if is_attribute { owner.next() } else { document.subtree_end(owner) };
                visitor.range(first, document.subtree_end(NodeId::DOCUMENT))
            }
            Axis::Preceding => visitor.preceding(owner),
        }
    }
}

/// The parent of a node: of an attribute, its element.
pub(crate) fn parent(node: Node<'_>) -> Option<NodeId> {
    match node.node.as_attribute() {
        Some(_) => Some(node.node.owner()),
        None => node.document.parent(node.node.owner()),
    }
}

/// All elements of a name, where to look for the children of an element among them is less work than to go over its
/// children.
pub(crate) fn few_named(document: &Document, name: NameId, parent: NodeId) -> Option<&[NodeId]> {
    let nodes = document.subtree_end(parent).index().saturating_sub(parent.index());
    if nodes < 2 * SMALL {
        return None;
    }
    Some(document.elements_named(name)).filter(|named| named.len() < FEW)
}

struct Visitor<'v, 'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    document: &'a Document,
    wanted: Wanted<'v>,
    visit: Visit<'v, 'a>,
}

impl<'a> Visitor<'_, '_, 'a> {
    #[inline]
    fn offer(&mut self, node: NodeId) -> Walk {
        self.evaluator.spend(1)?;
        if self.wanted.passes(self.document, node) && self.holds_inside() {
            (self.visit)(Node { document: self.document, node: node.into() })
        } else {
            GO_ON
        }
    }

    /// Whether the root element is what a test for the document wants in it.
    #[inline]
    fn holds_inside(&self) -> bool {
        let Wanted::Document(Some(test)) = self.wanted else { return true };
        let root = Node { document: self.document, node: self.document.root_element().into() };
        self.evaluator.passes(root, test)
    }

    fn offer_all(&mut self, nodes: impl IntoIterator<Item = NodeId>) -> Walk {
        for node in nodes {
            if self.offer(node)?.is_break() {
                return STOP;
            }
        }
        GO_ON
    }

    fn children(&mut self, parent: NodeId) -> Walk {
        let document = self.document;
        let Wanted::Name(name) = self.wanted else { return self.offer_all(document.children(parent)) };
        if let Some(named) = few_named(document, name, parent) {
            self.evaluator.spend(1 + named.len() as u64)?;
            for &child in named.iter().filter(|&&node| document.parent(node) == Some(parent)) {
                if (self.visit)(Node { document, node: child.into() })?.is_break() {
                    return STOP;
                }
            }
            return GO_ON;
        }
        // The most frequent step of all: a loop of its own, with one entry in the accounts.
        let mut passed = 1;
        for child in document.children(parent) {
            passed += 1;
            if document.name(child) == name && (self.visit)(Node { document, node: child.into() })?.is_break() {
                self.evaluator.spend(passed)?;
                return STOP;
            }
        }
        self.evaluator.spend(passed)?;
        GO_ON
    }

    fn itself(&mut self, origin: Node<'_>) -> Walk {
        match origin.node.as_node() {
            Some(node) => self.offer(node),
            // Name tests on these axes mean elements, so an attribute passes `node()` only.
            None if self.wanted.passes_itself(origin) => {
                self.evaluator.spend(1)?;
                (self.visit)(Node { document: self.document, node: origin.node })
            }
            None => GO_ON,
        }
    }

    /// The tree nodes above a node up to the document, from the inside out.
    fn above(&mut self, origin: Node<'_>) -> Walk {
        let document = self.document;
        self.offer_all(std::iter::successors(parent(origin), |&node| document.parent(node)))
    }

    /// The nodes from `first` up to and without `end`.
    fn range(&mut self, first: NodeId, end: NodeId) -> Walk {
        match self.named(first, end) {
            Some(named) => self.offer_all(named.iter().copied()),
            None => self.offer_all(first.until(end)),
        }
    }

    /// What comes before a node without enclosing it, last first.
    fn preceding(&mut self, node: NodeId) -> Walk {
        match self.named(NodeId::DOCUMENT, node) {
            Some(named) => self.closed_before(node, named.iter().rev().copied()),
            None => self.closed_before(node, NodeId::DOCUMENT.until(node).rev()),
        }
    }

    fn closed_before(&mut self, node: NodeId, candidates: impl Iterator<Item = NodeId>) -> Walk {
        for candidate in candidates {
            // An ancestor's subtree reaches beyond the node.
            if self.document.subtree_end(candidate) > node {
                self.evaluator.spend(1)?;
            } else if self.offer(candidate)?.is_break() {
                return STOP;
            }
        }
        GO_ON
    }

    /// The siblings before a node, last first. The arena has no links backwards, but what stands right before a node
    /// is the end of the sibling's subtree.
    fn siblings_before(&mut self, node: NodeId, parent: NodeId) -> Walk {
        let document = self.document;
        let mut here = node;
        while let Some(mut before) = NodeId::DOCUMENT.until(here).next_back().filter(|&before| before != parent) {
            while let Some(above) = document.parent(before).filter(|&above| above != parent) {
                self.evaluator.spend(1)?;
                before = above;
            }
            if self.offer(before)?.is_break() {
                return STOP;
            }
            here = before;
        }
        GO_ON
    }

    /// The elements from `first` up to and without `end` out of the index of names, where that pays.
    fn named(&self, first: NodeId, end: NodeId) -> Option<&'a [NodeId]> {
        let name = match self.wanted {
            Wanted::Name(name) if end.index().saturating_sub(first.index()) >= SMALL => name,
            _ => return None,
        };
        let named = self.document.elements_named(name);
        let from = named.partition_point(|&element| element < first);
        let to = named.partition_point(|&element| element < end);
        named.get(from..to)
    }

    fn attributes_below(&mut self, node: NodeId) -> Walk {
        let (document, end) = (self.document, self.document.subtree_end(node));
        match self.wanted {
            Wanted::Name(name) if end.index() - node.index() >= SMALL => {
                let named = document.attributes_named(name);
                let from = named.partition_point(|(element, _)| *element < node);
                let to = named.partition_point(|(element, _)| *element < end);
                for &(element, attribute) in named.get(from..to).unwrap_or_default() {
                    self.evaluator.spend(1)?;
                    if (self.visit)(Node { document, node: NodeRef::attribute(element, attribute) })?.is_break() {
                        return STOP;
                    }
                }
            }
            _ => {
                for element in node.until(end) {
                    self.evaluator.spend(1)?;
                    if self.attributes(element)?.is_break() {
                        return STOP;
                    }
                }
            }
        }
        GO_ON
    }

    fn attributes(&mut self, element: NodeId) -> Walk {
        let document = self.document;
        for attribute in document.attributes(element) {
            self.evaluator.spend(1)?;
            if !self.wanted.passes_attribute(document, attribute) {
                continue;
            }
            if (self.visit)(Node { document, node: NodeRef::attribute(element, attribute) })?.is_break() {
                return STOP;
            }
            // Only one attribute can have the name.
            if matches!(self.wanted, Wanted::Name(_)) {
                return GO_ON;
            }
        }
        GO_ON
    }
}
