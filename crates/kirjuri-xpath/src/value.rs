//! The values of expressions: sequences of items, where an item is a node or an atomic value.

use std::borrow::Cow;

use kirjuri_tree::{Document, NodeRef};

/// A node together with the document that holds it.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// The document.
    pub document: &'a Document,
    /// The node in it.
    pub node: NodeRef,
}

impl<'a> Node<'a> {
    /// The string value; see [`Document::string_value`].
    #[inline]
    pub fn string_value(self) -> Cow<'a, str> {
        self.document.string_value(self.node)
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.node == other.node
    }
}

/// An atomic value.
///
/// What a document says is *untyped*: it becomes a number or a string by what it is compared with. XPath 1.0 makes
/// no difference between an untyped value and a string; XPath 2.0 does.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Atomic<'a> {
    /// The content of a document, not yet of any type.
    Untyped(Cow<'a, str>),
    /// A string.
    String(Cow<'a, str>),
    /// A double.
    Double(f64),
    /// A truth value.
    Boolean(bool),
}

/// An item of a sequence.
#[derive(Clone, PartialEq, Debug)]
pub enum Item<'a> {
    /// A node.
    Node(Node<'a>),
    /// An atomic value.
    Atomic(Atomic<'a>),
}

/// The value of an expression: no item, one, or several in order.
#[derive(Clone, PartialEq, Debug)]
pub enum Sequence<'a> {
    /// Nodes, in document order and without duplicates.
    Nodes(Vec<Node<'a>>),
    /// One atomic value.
    Atomic(Atomic<'a>),
}

impl<'a> Sequence<'a> {
    /// The items, in order.
    pub fn items(&self) -> impl Iterator<Item = Item<'a>> + '_ {
        let (nodes, atomic) = match self {
            Sequence::Nodes(nodes) => (nodes.as_slice(), None),
            Sequence::Atomic(atomic) => (&[][..], Some(atomic)),
        };
        nodes.iter().map(|node| Item::Node(*node)).chain(atomic.map(|atomic| Item::Atomic(atomic.clone())))
    }

    /// `string()`: of nodes, the string value of the first; of none, the empty string.
    pub fn to_text(&self) -> Cow<'a, str> {
        match self {
            Sequence::Nodes(nodes) => nodes.first().map_or(Cow::Borrowed(""), |node| node.string_value()),
            Sequence::Atomic(atomic) => atomic.to_text(),
        }
    }

    /// `number()`.
    pub fn to_number(&self) -> f64 {
        match self {
            Sequence::Atomic(atomic) => atomic.to_number(),
            nodes => crate::number::from_text(&nodes.to_text()),
        }
    }

    /// `boolean()`: whether there is a node, or the truth of the atomic value.
    pub fn to_boolean(&self) -> bool {
        match self {
            Sequence::Nodes(nodes) => !nodes.is_empty(),
            Sequence::Atomic(atomic) => atomic.to_boolean(),
        }
    }
}

impl<'a> Atomic<'a> {
    fn to_text(&self) -> Cow<'a, str> {
        match self {
            Atomic::Untyped(text) | Atomic::String(text) => text.clone(),
            Atomic::Double(number) => crate::number::to_text(*number),
            Atomic::Boolean(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        }
    }

    fn to_number(&self) -> f64 {
        match self {
            Atomic::Untyped(text) | Atomic::String(text) => crate::number::from_text(text),
            Atomic::Double(number) => *number,
            Atomic::Boolean(truth) => f64::from(*truth),
        }
    }

    fn to_boolean(&self) -> bool {
        match self {
            Atomic::Untyped(text) | Atomic::String(text) => !text.is_empty(),
            Atomic::Double(number) => *number != 0.0 && !number.is_nan(),
            Atomic::Boolean(truth) => *truth,
        }
    }
}

impl<'a> From<bool> for Sequence<'a> {
    fn from(truth: bool) -> Self {
        Sequence::Atomic(Atomic::Boolean(truth))
    }
}

impl<'a> From<f64> for Sequence<'a> {
    fn from(number: f64) -> Self {
        Sequence::Atomic(Atomic::Double(number))
    }
}

impl<'a> From<Cow<'a, str>> for Sequence<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Sequence::Atomic(Atomic::String(text))
    }
}

impl<'a> From<&'a str> for Sequence<'a> {
    fn from(text: &'a str) -> Self {
        Sequence::from(Cow::Borrowed(text))
    }
}

impl From<String> for Sequence<'_> {
    fn from(text: String) -> Self {
        Sequence::from(Cow::Owned(text))
    }
}
