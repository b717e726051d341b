//! The values of expressions: sequences of items, where an item is a node or an atomic value.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use kirjuri_tree::{Document, NodeRef};
use rust_decimal::Decimal;

use crate::atomic::types::AtomicType;
use crate::calendar::duration::{Duration, DurationKind};
use crate::calendar::{DateTime, GregorianKind};

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

    /// What tells nodes apart.
    pub(crate) fn identity(&self) -> (*const Document, NodeRef) {
        (self.document, self.node)
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.node == other.node
    }
}

/// A qualified name. Two are equal where their namespaces and local names are; the prefix is only shown.
#[derive(Clone, Debug)]
pub struct QName {
    /// The prefix, or the empty string.
    pub prefix: String,
    /// The namespace, or the empty string for none.
    pub namespace: String,
    /// The local name.
    pub local: String,
}

impl PartialEq for QName {
    fn eq(&self, other: &Self) -> bool {
        self.local == other.local && self.namespace == other.namespace
    }
}

impl Eq for QName {}

impl fmt::Display for QName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix.as_str() {
            "" => out.write_str(&self.local),
            prefix => write!(out, "{prefix}:{}", self.local),
        }
    }
}

/// An atomic value.
///
/// What a document says is *untyped*: it becomes a number or a string by what it is compared with. XPath 1.0 makes
/// no difference between an untyped value and a string, and has no other types than strings, doubles and truth
/// values; XPath 2.0 has them all.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Atomic<'a> {
    /// The content of a document, not yet of any type: `xs:untypedAtomic`.
    Untyped(Cow<'a, str>),
    /// `xs:string`.
    String(Cow<'a, str>),
    /// `xs:anyURI`, as written.
    Uri(Cow<'a, str>),
    /// `xs:boolean`.
    Boolean(bool),
    /// `xs:double`, the number of XPath 1.0.
    Double(f64),
    /// `xs:float`.
    Float(f32),
    /// `xs:decimal`: exact, to 28 digits.
    Decimal(Decimal),
    /// `xs:integer`.
    Integer(i128),
    /// `xs:dateTime`.
    DateTime(DateTime),
    /// `xs:date`.
    Date(DateTime),
    /// `xs:time`.
    Time(DateTime),
    /// `xs:gYear` and the other parts of a date.
    Gregorian(GregorianKind, DateTime),
    /// `xs:duration` and the two types of it that have an order.
    Duration(DurationKind, Duration),
    /// `xs:QName`.
    QName(Arc<QName>),
    /// `xs:hexBinary`.
    HexBinary(Arc<[u8]>),
    /// `xs:base64Binary`.
    Base64Binary(Arc<[u8]>),
    /// A value of a type derived by restriction, such as `xs:byte` or `xs:token`. The inner value has the nearest type
    /// that has a variant of its own (see [`AtomicType::primitive`]), so that there is one level of this only.
    Derived(AtomicType, Box<Atomic<'a>>),
}

/// The same type and the same value; two dates in different time zones are different here. What the expressions of
/// XPath call equal is decided by its comparisons, not by this.
impl PartialEq for Atomic<'_> {
    fn eq(&self, other: &Self) -> bool {
        let same_date = |left: &DateTime, right: &DateTime| {
            left.zone() == right.zone() && left.compare(right, 0) == Ordering::Equal
        };
        match (self, other) {
            (Atomic::Untyped(left), Atomic::Untyped(right))
            | (Atomic::String(left), Atomic::String(right))
            | (Atomic::Uri(left), Atomic::Uri(right)) => left == right,
            (Atomic::Boolean(left), Atomic::Boolean(right)) => left == right,
            (Atomic::Double(left), Atomic::Double(right)) => left == right,
            (Atomic::Float(left), Atomic::Float(right)) => left == right,
            (Atomic::Decimal(left), Atomic::Decimal(right)) => left == right,
            (Atomic::Integer(left), Atomic::Integer(right)) => left == right,
            (Atomic::DateTime(left), Atomic::DateTime(right))
            | (Atomic::Date(left), Atomic::Date(right))
            | (Atomic::Time(left), Atomic::Time(right)) => same_date(left, right),
            (Atomic::Gregorian(one, left), Atomic::Gregorian(two, right)) => one == two && same_date(left, right),
            (Atomic::Duration(one, left), Atomic::Duration(two, right)) => one == two && left == right,
            (Atomic::QName(left), Atomic::QName(right)) => left == right,
            (Atomic::HexBinary(left), Atomic::HexBinary(right))
            | (Atomic::Base64Binary(left), Atomic::Base64Binary(right)) => left == right,
            (Atomic::Derived(one, left), Atomic::Derived(two, right)) => one == two && left == right,
            _ => false,
        }
    }
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
    /// Any other sequence: several atomic values, nodes beside atomic values, or nodes in another order.
    Items(Vec<Item<'a>>),
}

impl<'a> Sequence<'a> {
    /// The items, in order.
    pub fn items(&self) -> impl Iterator<Item = Item<'a>> + '_ {
        let (nodes, atomic, items) = match self {
            Sequence::Nodes(nodes) => (nodes.as_slice(), None, &[][..]),
            Sequence::Atomic(atomic) => (&[][..], Some(atomic), &[][..]),
            Sequence::Items(items) => (&[][..], None, items.as_slice()),
        };
        let nodes = nodes.iter().map(|node| Item::Node(*node));
        nodes.chain(atomic.map(|atomic| Item::Atomic(atomic.clone()))).chain(items.iter().cloned())
    }

    /// `string()` of XPath 1.0: of several items, the text of the first; of none, the empty string.
    pub fn to_text(&self) -> Cow<'a, str> {
        match self {
            Sequence::Nodes(nodes) => nodes.first().map_or(Cow::Borrowed(""), |node| node.string_value()),
            Sequence::Atomic(atomic) => atomic.to_text(),
            Sequence::Items(items) => match items.first() {
                Some(Item::Node(node)) => node.string_value(),
                Some(Item::Atomic(atomic)) => atomic.to_text(),
                None => Cow::Borrowed(""),
            },
        }
    }

    /// `number()` of XPath 1.0.
    pub fn to_number(&self) -> f64 {
        match self {
            Sequence::Atomic(atomic) => atomic.to_number(),
            Sequence::Items(items) => match items.first() {
                Some(Item::Atomic(atomic)) => atomic.to_number(),
                _ => crate::number::from_text(&self.to_text()),
            },
            Sequence::Nodes(_) => crate::number::from_text(&self.to_text()),
        }
    }

    /// `boolean()` of XPath 1.0: whether there is a node, or the truth of the atomic value.
    pub fn to_boolean(&self) -> bool {
        match self {
            Sequence::Nodes(nodes) => !nodes.is_empty(),
            Sequence::Atomic(atomic) => atomic.to_boolean(),
            Sequence::Items(items) => match items.first() {
                Some(Item::Node(_)) => true,
                Some(Item::Atomic(atomic)) => atomic.to_boolean(),
                None => false,
            },
        }
    }
}

impl<'a> Atomic<'a> {
    /// The value itself, without the derived type it may have.
    pub fn primitive(&self) -> &Atomic<'a> {
        match self {
            Atomic::Derived(_, inner) => inner,
            plain => plain,
        }
    }

    // The three conversions of XPath 1.0; a value of a type it does not have converts by its text.

    pub(crate) fn to_text(&self) -> Cow<'a, str> {
        match self.primitive() {
            Atomic::Double(number) => crate::number::to_text(*number),
            other => other.canonical_text(),
        }
    }

    pub(crate) fn to_number(&self) -> f64 {
        match self.primitive() {
            Atomic::Untyped(text) | Atomic::String(text) => crate::number::from_text(text),
            Atomic::Double(number) => *number,
            Atomic::Float(number) => f64::from(*number),
            Atomic::Integer(number) => *number as f64,
            Atomic::Boolean(truth) => f64::from(*truth),
            other => crate::number::from_text(&other.canonical_text()),
        }
    }

    fn to_boolean(&self) -> bool {
        match self.primitive() {
            Atomic::Untyped(text) | Atomic::String(text) | Atomic::Uri(text) => !text.is_empty(),
            Atomic::Double(number) => *number != 0.0 && !number.is_nan(),
            Atomic::Float(number) => *number != 0.0 && !number.is_nan(),
            Atomic::Decimal(number) => !number.is_zero(),
            Atomic::Integer(number) => *number != 0,
            Atomic::Boolean(truth) => *truth,
            _ => true,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_item_gives_the_text_the_number_and_the_truth_of_xpath_1() {
        let check = |items: &[Atomic<'static>], text: &str, number: f64, truth: bool| {
            let value = Sequence::Items(items.iter().cloned().map(Item::Atomic).collect());
            assert_eq!((&*value.to_text(), value.to_boolean()), (text, truth));
            assert!(value.to_number() == number || value.to_number().is_nan() && number.is_nan(), "{text}");
            assert_eq!(value.items().count(), items.len());
        };
        check(&[], "", f64::NAN, false);
        check(&[Atomic::Integer(7), Atomic::Integer(8)], "7", 7.0, true);
        check(&[Atomic::Decimal(Decimal::new(150, 2)), Atomic::Boolean(false)], "1.5", 1.5, true);
        check(&[Atomic::Double(1e7), Atomic::Boolean(false)], "10000000", 1e7, true);
        check(&[Atomic::Derived(AtomicType::Byte, Box::new(Atomic::Integer(0)))], "0", 0.0, false);
        check(&[Atomic::Float(f32::NAN)], "NaN", f64::NAN, false);
    }

    #[test]
    fn names_are_equal_by_namespace_and_local_name() {
        let name = |prefix: &str, namespace: &str| QName {
            prefix: prefix.to_owned(),
            namespace: namespace.to_owned(),
            local: "code".to_owned(),
        };
        assert_eq!(name("a", "urn:x"), name("b", "urn:x"));
        assert_ne!(name("a", "urn:x"), name("a", "urn:y"));
        assert_eq!(name("a", "urn:x").to_string(), "a:code");
        assert_eq!(name("", "").to_string(), "code");
    }
}
