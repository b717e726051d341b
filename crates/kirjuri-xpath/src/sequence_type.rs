//! Sequence types of XPath 2.0: whether a value is of one, and the conversion of arguments to them.

use std::borrow::Cow;

use kirjuri_tree::{NodeId, NodeKind};

use crate::atomic::cast::cast;
use crate::atomic::types::AtomicType;
use crate::axes::Wanted;
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::program::Test;
use crate::syntax::Occurrence;
use crate::value::{Atomic, Item, Node, Sequence};

/// What items a value may have, and how many.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SequenceType {
    pub(crate) item: ItemType,
    pub(crate) occurrence: Occurrence,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum ItemType {
    /// Of `empty-sequence()`.
    Nothing,
    Item,
    Node(Test),
    Atomic(AtomicType),
    /// Any of the four kinds of numbers, as the functions on numbers take them.
    Numeric,
}

impl SequenceType {
    pub(crate) const fn new(item: ItemType, occurrence: Occurrence) -> SequenceType {
        SequenceType { item, occurrence }
    }
}

impl<'a> Evaluator<'a> {
    /// `instance of`
    pub(crate) fn is_instance(&self, value: &Sequence<'a>, type_: &SequenceType) -> Result<bool, EvaluationError> {
        if type_.item == ItemType::Nothing {
            return Ok(value.is_empty());
        }
        self.spend(value.len() as u64)?;
        Ok(type_.occurrence.admits(value.len()) && value.items().all(|item| self.is_item(&item, &type_.item)))
    }

    fn is_item(&self, item: &Item<'a>, type_: &ItemType) -> bool {
        match (item, type_) {
            (_, ItemType::Item) => true,
            (Item::Node(node), ItemType::Node(test)) => self.passes(*node, test),
            (Item::Atomic(atomic), ItemType::Atomic(wanted)) => atomic.type_().derives_from(*wanted),
            (Item::Atomic(atomic), ItemType::Numeric) => atomic.is_numeric(),
            _ => false,
        }
    }

    /// Whether a node is of the kind, and has the name, that a test wants.
    pub(crate) fn passes(&self, node: Node<'a>, test: &Test) -> bool {
        let document = node.document;
        let is_attribute = node.node.as_attribute();
        match (test, is_attribute) {
            (Test::AnyNode, _) => true,
            (Test::Attribute(None), Some(_)) => true,
            (Test::Attribute(Some(name)), Some(attribute)) => {
                self.name(*name, document) == Some(document.attribute_name(attribute))
            }
            (_, Some(_)) => false,
            (Test::Element(None), None) => document.is_element(node.node.owner()),
            (Test::Element(Some(name)), None) => self.name(*name, document) == Some(document.name(node.node.owner())),
            (Test::Document(inside), None) => {
                node.node.owner() == NodeId::DOCUMENT
                    && inside.as_deref().is_none_or(|test| {
                        let root = Node { node: document.root_element().into(), ..node };
                        self.passes(root, test)
                    })
            }
            (Test::Attribute(_), None) => false,
            (test, None) => match self.wanted(test, document) {
                Wanted::Nothing => false,
                wanted => wanted.passes(document, node.node.owner()),
            },
        }
    }

    /// The atomic values of a sequence; what nodes say is untyped.
    pub(crate) fn atomized(&self, value: &Sequence<'a>) -> Result<Vec<Atomic<'a>>, EvaluationError> {
        let mut atoms = Vec::with_capacity(value.len());
        for item in value.items() {
            atoms.push(self.atom(item)?);
        }
        Ok(atoms)
    }

    /// The one atomic value of a sequence, none where it is empty; `XPTY0004` for more.
    pub(crate) fn only_atom(&self, value: &Sequence<'a>) -> Result<Option<Atomic<'a>>, EvaluationError> {
        match value {
            Sequence::Atomic(atomic) => Ok(Some(atomic.clone())),
            several if several.len() > 1 => Err(fault("XPTY0004")),
            several => several.items().next().map(|item| self.atom(item)).transpose(),
        }
    }

    pub(crate) fn atom(&self, item: Item<'a>) -> Result<Atomic<'a>, EvaluationError> {
        Ok(match item {
            Item::Atomic(atomic) => atomic,
            Item::Node(node) => self.typed_value(node)?,
        })
    }

    /// The typed value of a node: untyped but for comments and processing instructions, which are strings.
    pub(crate) fn typed_value(&self, node: Node<'a>) -> Result<Atomic<'a>, EvaluationError> {
        let text = self.text_of(node)?;
        let is_string = node.node.as_node().is_some_and(|node_id| {
            matches!(node.document.kind(node_id), NodeKind::Comment | NodeKind::ProcessingInstruction)
        });
        Ok(if is_string { Atomic::String(text) } else { Atomic::Untyped(text) })
    }

    /// The function conversion rules: atomizes, casts what is untyped, promotes numbers and URIs.
    pub(crate) fn convert(&self, value: Sequence<'a>, type_: &SequenceType) -> Result<Sequence<'a>, EvaluationError> {
        let converted = match &type_.item {
            ItemType::Item | ItemType::Node(_) | ItemType::Nothing => {
                return match self.is_instance(&value, type_)? {
                    true => Ok(value),
                    false => Err(fault("XPTY0004")),
                };
            }
            ItemType::Atomic(wanted) => {
                if let Sequence::Atomic(atomic) = value {
                    return self.convert_atom(atomic, *wanted).map(Sequence::Atomic);
                }
                let atoms = self.atomized(&value)?;
                atoms.into_iter().map(|atomic| self.convert_atom(atomic, *wanted)).collect::<Result<Vec<_>, _>>()?
            }
            ItemType::Numeric => {
                let number = |atomic: Atomic<'a>| match atomic {
                    Atomic::Untyped(_) => self.cast(&atomic, AtomicType::Double),
                    number if number.is_numeric() => Ok(number),
                    _ => Err(fault("XPTY0004")),
                };
                self.atomized(&value)?.into_iter().map(number).collect::<Result<Vec<_>, _>>()?
            }
        };
        match type_.occurrence.admits(converted.len()) {
            true => Ok(Sequence::from_atoms(converted)),
            false => Err(fault("XPTY0004")),
        }
    }

    fn convert_atom(&self, atomic: Atomic<'a>, wanted: AtomicType) -> Result<Atomic<'a>, EvaluationError> {
        if wanted == AtomicType::AnyAtomic {
            return Ok(atomic);
        }
        if let (Atomic::Untyped(_), wanted) = (&atomic, wanted) {
            return self.cast(&atomic, wanted);
        }
        if atomic.type_().derives_from(wanted) {
            return Ok(atomic);
        }
        match (atomic.primitive(), wanted) {
            (Atomic::Integer(_) | Atomic::Decimal(_), AtomicType::Float | AtomicType::Double)
            | (Atomic::Float(_), AtomicType::Double)
            | (Atomic::Uri(_), AtomicType::String) => self.cast(&atomic, wanted),
            _ => Err(fault("XPTY0004")),
        }
    }

    pub(crate) fn cast(&self, atomic: &Atomic<'a>, to: AtomicType) -> Result<Atomic<'a>, EvaluationError> {
        cast(atomic, to)
    }
}

impl<'a> Atomic<'a> {
    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self.primitive(), Atomic::Integer(_) | Atomic::Decimal(_) | Atomic::Float(_) | Atomic::Double(_))
    }

    /// The text of a string, a URI or an untyped value.
    pub(crate) fn as_text(&self) -> Option<&Cow<'a, str>> {
        match self.primitive() {
            Atomic::String(text) | Atomic::Untyped(text) | Atomic::Uri(text) => Some(text),
            _ => None,
        }
    }
}

impl<'a> Sequence<'a> {
    /// The empty sequence.
    pub const EMPTY: Sequence<'static> = Sequence::Nodes(Vec::new());

    pub(crate) fn from_items(mut items: Vec<Item<'a>>) -> Sequence<'a> {
        match items.pop() {
            None => Sequence::EMPTY,
            Some(Item::Atomic(only)) if items.is_empty() => Sequence::Atomic(only),
            Some(Item::Node(only)) if items.is_empty() => Sequence::Nodes(vec![only]),
            Some(last) => {
                items.push(last);
                Sequence::Items(items)
            }
        }
    }

    pub(crate) fn from_atoms(atoms: Vec<Atomic<'a>>) -> Sequence<'a> {
        match <[Atomic<'a>; 1]>::try_from(atoms) {
            Ok([only]) => Sequence::Atomic(only),
            Err(several) => Sequence::from_items(several.into_iter().map(Item::Atomic).collect()),
        }
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        match self {
            Sequence::Nodes(nodes) => nodes.len(),
            Sequence::Atomic(_) => 1,
            Sequence::Items(items) => items.len(),
        }
    }

    /// The item of a number, counted from 0.
    pub(crate) fn get(&self, index: usize) -> Option<Item<'a>> {
        match self {
            Sequence::Nodes(nodes) => nodes.get(index).copied().map(Item::Node),
            Sequence::Atomic(atomic) => (index == 0).then(|| Item::Atomic(atomic.clone())),
            Sequence::Items(items) => items.get(index).cloned(),
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items, taken out.
    pub(crate) fn into_items(self) -> Vec<Item<'a>> {
        match self {
            Sequence::Nodes(nodes) => nodes.into_iter().map(Item::Node).collect(),
            Sequence::Atomic(atomic) => vec![Item::Atomic(atomic)],
            Sequence::Items(items) => items,
        }
    }

    /// The effective boolean value of XPath 2.0; `FORG0006` where there is none.
    pub(crate) fn effective_boolean(&self) -> Result<bool, EvaluationError> {
        let of = |atomic: &Atomic<'_>| match atomic.primitive() {
            Atomic::Boolean(truth) => Ok(*truth),
            Atomic::String(text) | Atomic::Untyped(text) | Atomic::Uri(text) => Ok(!text.is_empty()),
            Atomic::Integer(number) => Ok(*number != 0),
            Atomic::Decimal(number) => Ok(!number.is_zero()),
            Atomic::Float(number) => Ok(*number != 0.0 && !number.is_nan()),
            Atomic::Double(number) => Ok(*number != 0.0 && !number.is_nan()),
            _ => Err(fault("FORG0006")),
        };
        match self {
            Sequence::Nodes(nodes) => Ok(!nodes.is_empty()),
            Sequence::Atomic(atomic) => of(atomic),
            Sequence::Items(items) => match &items[..] {
                [] => Ok(false),
                [Item::Node(_), ..] => Ok(true),
                [Item::Atomic(only)] => of(only),
                _ => Err(fault("FORG0006")),
            },
        }
    }
}
