//! The function library of XPath 2.0, and the few functions of XSLT that rules use: one table of signatures.
//!
//! The compiler converts every argument to the type of its parameter, so that a body sees only values of that type.
//! Functions whose arguments are plain texts and nodes are compiled to the forms of XPath 1.0, which need no values in
//! between; the table has them too, for all other arguments.

mod dates;
mod documents;
mod nodes;
mod numbers;
mod sequences;
mod texts;

use std::borrow::Cow;

pub(crate) use self::documents::Findings;
use crate::atomic::types::AtomicType;
use crate::context::{ContextItem, Focus, Version};
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::program::Test;
use crate::sequence_type::{ItemType, SequenceType};
use crate::syntax::Occurrence;
use crate::value::{Atomic, Item, Node, Sequence};

/// A function: what it takes and gives, and what computes it.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    /// The types of the parameters; the last one repeats where `most` is larger.
    pub(crate) parameters: &'static [Takes],
    /// How many arguments are required.
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) result: Gives,
    /// Where it comes from.
    pub(crate) origin: Origin,
    pub(crate) body: Body,
}

/// What computes a function.
pub(crate) type Body = for<'a, 'c> fn(&Call<'a, 'c>) -> Result<Sequence<'a>, EvaluationError>;

/// The type of a parameter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Takes {
    Items(Occurrence),
    Nodes(Occurrence),
    Numbers(Occurrence),
    Atoms(AtomicType, Occurrence),
}

/// What is known of a value before it is computed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Gives {
    /// Nodes in document order, each once.
    Nodes,
    /// Exactly one string.
    Text,
    /// Exactly one truth value.
    Truth,
    /// Exactly one double.
    Double,
    /// Never a number: as a predicate its truth counts.
    Plain,
    /// Anything.
    Any,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Origin {
    XPath2,
    /// A function of XSLT that there was in its version 1.0 already.
    Xslt,
    /// A function of XSLT 2.0.
    Xslt2,
}

const ONE: Occurrence = Occurrence::One;
const OPTIONAL: Occurrence = Occurrence::Optional;
const ANY: Occurrence = Occurrence::Any;
pub(crate) const TEXT: Takes = Takes::Atoms(AtomicType::String, ONE);
pub(crate) const TEXT_OR_NONE: Takes = Takes::Atoms(AtomicType::String, OPTIONAL);

impl Signature {
    /// A function of XPath 2.0 with as many arguments as parameters.
    const fn new(name: &'static str, parameters: &'static [Takes], result: Gives, body: Body) -> Signature {
        let count = parameters.len();
        Signature { name, parameters, least: count, most: count, result, origin: Origin::XPath2, body }
    }

    /// With only so many arguments required.
    const fn from(self, least: usize) -> Signature {
        Signature { least, ..self }
    }

    /// With the last parameter repeated.
    const fn repeated(self) -> Signature {
        Signature { most: usize::MAX, ..self }
    }

    const fn of(self, origin: Origin) -> Signature {
        Signature { origin, ..self }
    }

    /// The type of the parameter that an argument stands for.
    pub(crate) fn parameter(&self, index: usize) -> Option<Takes> {
        self.parameters.get(index).or(self.parameters.last()).copied()
    }

    /// Whether expressions of a version have it.
    pub(crate) fn is_in(&self, version: Version) -> bool {
        version == Version::XPath2 || self.origin == Origin::Xslt
    }
}

impl Takes {
    pub(crate) fn as_type(self) -> SequenceType {
        match self {
            Takes::Items(occurrence) => SequenceType::new(ItemType::Item, occurrence),
            Takes::Nodes(occurrence) => SequenceType::new(ItemType::Node(Test::AnyNode), occurrence),
            Takes::Numbers(occurrence) => SequenceType::new(ItemType::Numeric, occurrence),
            Takes::Atoms(type_, occurrence) => SequenceType::new(ItemType::Atomic(type_), occurrence),
        }
    }
}

/// All functions, by group.
const GROUPS: [&[Signature]; 6] = [
    nodes::FUNCTIONS,
    sequences::FUNCTIONS,
    texts::FUNCTIONS,
    numbers::FUNCTIONS,
    dates::FUNCTIONS,
    documents::FUNCTIONS,
];

/// The functions of a name, one for each way of calling it.
pub(crate) fn named(name: &str, version: Version) -> impl Iterator<Item = &'static Signature> {
    functions(version).filter(move |signature| signature.name == name)
}

/// The functions of a version.
pub(crate) fn functions(version: Version) -> impl Iterator<Item = &'static Signature> {
    GROUPS.into_iter().flatten().filter(move |signature| signature.is_in(version))
}

/// A call with its arguments, converted to the types of the parameters.
pub(crate) struct Call<'a, 'c> {
    pub(crate) evaluator: &'c Evaluator<'a>,
    pub(crate) arguments: Vec<Sequence<'a>>,
    pub(crate) focus: &'c Focus<'a>,
}

impl<'a> Call<'a, '_> {
    /// How many arguments there are.
    fn count(&self) -> usize {
        self.arguments.len()
    }

    /// An argument; empty where it was left out.
    fn argument(&self, index: usize) -> &Sequence<'a> {
        const NONE: &Sequence<'static> = &Sequence::EMPTY;
        self.arguments.get(index).unwrap_or(NONE)
    }

    /// The one item of an argument, or none.
    fn item(&self, index: usize) -> Option<Item<'a>> {
        self.argument(index).items().next()
    }

    /// The one atomic value of an argument of an atomic type, or none.
    fn atom(&self, index: usize) -> Option<Atomic<'a>> {
        match self.item(index)? {
            Item::Atomic(atomic) => Some(atomic),
            Item::Node(_) => None,
        }
    }

    /// The atomic values of an argument of an atomic type.
    fn atoms(&self, index: usize) -> Vec<Atomic<'a>> {
        let atom = |item| match item {
            Item::Atomic(atomic) => Some(atomic),
            Item::Node(_) => None,
        };
        self.argument(index).items().filter_map(atom).collect()
    }

    /// The text of an argument of type `xs:string?`, charged to the budget; none where it is empty.
    fn optional_text(&self, index: usize) -> Result<Option<Cow<'a, str>>, EvaluationError> {
        let text = self.atom(index).and_then(|atomic| atomic.as_text().cloned());
        if let Some(text) = &text {
            self.evaluator.spend_on(text)?;
        }
        Ok(text)
    }

    /// The text of an argument of type `xs:string?`; the empty string where it is empty.
    fn text(&self, index: usize) -> Result<Cow<'a, str>, EvaluationError> {
        Ok(self.optional_text(index)?.unwrap_or_default())
    }

    /// The number of an argument of type `xs:double`.
    fn double(&self, index: usize) -> f64 {
        match self.atom(index).as_ref().map(Atomic::primitive) {
            Some(Atomic::Double(number)) => *number,
            Some(Atomic::Integer(number)) => *number as f64,
            _ => f64::NAN,
        }
    }

    /// The number of an argument of type `xs:integer`; zero where it is empty.
    fn integer(&self, index: usize) -> i128 {
        match self.atom(index).as_ref().map(Atomic::primitive) {
            Some(Atomic::Integer(number)) => *number,
            _ => 0,
        }
    }

    /// The node of an argument of type `node()?`.
    fn node(&self, index: usize) -> Option<Node<'a>> {
        match self.item(index)? {
            Item::Node(node) => Some(node),
            Item::Atomic(_) => None,
        }
    }

    /// The node of an argument of type `node()?`; where it was left out, the context node.
    fn node_or_context(&self, index: usize) -> Result<Option<Node<'a>>, EvaluationError> {
        if index < self.count() {
            return Ok(self.node(index));
        }
        match self.focus.item {
            ContextItem::Node => Ok(Some(self.focus.node)),
            ContextItem::Atomic(_) => Err(fault("XPTY0004")),
            ContextItem::Absent => Err(fault("XPDY0002")),
        }
    }

    /// The context item.
    fn context_item(&self) -> Result<Item<'a>, EvaluationError> {
        self.evaluator.context_item(self.focus)?.into_items().pop().ok_or(fault("XPDY0002"))
    }

    /// Only the collation by code points is known; a call that names another is refused (`FOCH0002`).
    fn check_collation(&self, index: usize) -> Result<(), EvaluationError> {
        match self.optional_text(index)?.as_deref() {
            None | Some("http://www.w3.org/2005/xpath-functions/collation/codepoint") => Ok(()),
            Some(_) => Err(fault("FOCH0002")),
        }
    }

    /// Minutes that a time without a zone is ahead of UTC.
    fn implicit_zone(&self) -> i16 {
        self.evaluator.dynamic.implicit_zone
    }
}

/// One atomic value, or none.
fn optional<'a>(atomic: Option<Atomic<'a>>) -> Result<Sequence<'a>, EvaluationError> {
    Ok(atomic.map_or(Sequence::EMPTY, Sequence::Atomic))
}
