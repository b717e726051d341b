//! The compiled form of an expression: names resolved, types known, common shapes recognised.

use std::fmt;
use std::sync::Arc;

use memchr::memmem::Finder;
use rustc_hash::FxHashSet;

use crate::atomic::types::AtomicType;
use crate::builtin::Builtin;
use crate::context::Function;
use crate::library;
use crate::names::{NameSlot, NamespaceSlot};
use crate::regular_expression::RegularExpression;
use crate::sequence_type::SequenceType;
use crate::strings::Translation;
use crate::syntax::{Arithmetic, Axis, Comparison, NodeComparison};
use crate::value::Atomic;

/// The static type of an expression. In XPath 1.0 every expression but a variable has one; in XPath 2.0 a type other
/// than [`Type::Any`] means nodes in document order, or exactly one value of the type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Type {
    /// Nodes of a document.
    Nodes,
    /// A string.
    String,
    /// A double.
    Number,
    /// A truth value.
    Boolean,
    /// Any sequence.
    Any,
}

/// A compiled expression. It is immutable and can be evaluated by many threads at once.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) expression: Expression,
    pub(crate) source: Box<str>,
    pub(crate) type_: Type,
    /// Levels of nesting, which bound the recursion of its evaluation.
    pub(crate) levels: usize,
}

impl Program {
    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The type of its value.
    pub fn type_(&self) -> Type {
        self.type_
    }

    pub(crate) fn expression(&self) -> &Expression {
        &self.expression
    }

    pub(crate) fn levels(&self) -> usize {
        self.levels
    }
}

#[derive(Clone)]
pub(crate) enum Expression {
    Literal(Box<str>),
    Number(f64),
    Boolean(bool),
    Variable(usize),
    Or(Box<[Expression]>),
    And(Box<[Expression]>),
    Not(Box<Expression>),
    /// Whether there is an attribute: `@name` or `../@name`, asked for its truth.
    HasAttribute(Near),
    /// `@name = 'value'`
    AttributeEquals(Near, Box<str>),
    /// `ancestor::name`, asked for its truth.
    Inside(NameSlot),
    Compare(Box<Compare>),
    /// `contains(' a b c ', concat(' ', text, ' '))`
    Listed(Box<Listed>),
    /// `contains(text, 'mark')`
    Contains(Box<Contains>),
    /// `translate(text, 'from', 'to')`
    Translate(Box<Translate>),
    Count(Box<Expression>),
    /// `count(nodes) op number`, which stops counting once the answer is known.
    CompareCount {
        operator: Comparison,
        nodes: Box<Expression>,
        number: f64,
    },
    /// Operators of one strength, applied from the left.
    Arithmetic {
        first: Box<Expression>,
        rest: Box<[(Arithmetic, Expression)]>,
    },
    Negate(Box<Expression>),
    Path(Box<Path>),
    Filter {
        base: Box<Expression>,
        predicates: Box<[Predicate]>,
    },
    Union(Box<[Expression]>),
    Call {
        builtin: Builtin,
        arguments: Box<[Expression]>,
    },
    Extension {
        function: Arc<Function>,
        arguments: Box<[Expression]>,
    },
    /// A value of XPath 2.0 that is known when compiled.
    Value(Box<Atomic<'static>>),
    /// Nodes of which there may be one at most: more are an error of XPath 2.0.
    Single(Box<Expression>),
    /// What XPath 2.0 adds.
    General(Box<General>),
}

/// The expressions of XPath 2.0, whose types only the values tell.
#[derive(Clone)]
pub(crate) enum General {
    /// `.` where it may be no node.
    ContextItem,
    /// `a, b`
    Sequence(Box<[Expression]>),
    For {
        slot: usize,
        sequence: Expression,
        result: Expression,
    },
    Let {
        slot: usize,
        value: Expression,
        result: Expression,
    },
    Quantified {
        every: bool,
        slot: usize,
        sequence: Expression,
        condition: Expression,
    },
    If {
        condition: Expression,
        then: Expression,
        otherwise: Expression,
    },
    /// A comparison that holds if it holds for some pair of items.
    Compare {
        operator: Comparison,
        left: Expression,
        right: Expression,
    },
    /// `eq` and its kin, of one item with one.
    CompareValues {
        operator: Comparison,
        left: Expression,
        right: Expression,
    },
    CompareNodes {
        operator: NodeComparison,
        left: Expression,
        right: Expression,
    },
    /// `nodes = ('a', 'b')`, sorted.
    OneOf {
        nodes: Expression,
        texts: Box<[Box<str>]>,
    },
    Range(Expression, Expression),
    Union(Box<[Expression]>),
    Intersect(Expression, Expression),
    Except(Expression, Expression),
    Join(Box<[Expression]>),
    /// Operators of one strength, applied from the left.
    Arithmetic {
        first: Expression,
        rest: Box<[(Arithmetic, Expression)]>,
    },
    Negate(Expression),
    Plus(Expression),
    InstanceOf(Expression, SequenceType),
    TreatAs(Expression, SequenceType),
    CastableAs(Expression, AtomicType, Optional),
    CastAs(Expression, AtomicType, Optional),
    /// `a/b`: the step is evaluated for each node.
    Map {
        base: Expression,
        step: Expression,
    },
    /// `a ! b`: the step is evaluated for each item.
    SimpleMap {
        base: Expression,
        step: Expression,
    },
    Filter {
        base: Expression,
        predicates: Box<[Predicate]>,
    },
    /// The items of an expression, which must be nodes, as a node-set.
    NodesOf(Expression),
    /// An argument, converted to the type of its parameter.
    Convert(Expression, SequenceType),
    /// An integer out of an expression whose numbers are whole.
    Whole(Expression),
    Call {
        function: &'static library::Signature,
        arguments: Box<[Expression]>,
    },
    /// A call of a function with a regular expression that is known when compiled.
    Regex {
        use_: RegexUse,
        regex: Arc<RegularExpression>,
        text: Expression,
    },
    /// A function defined in the expression language; its number in the library of the context.
    UserCall {
        function: usize,
        arguments: Box<[Expression]>,
    },
}

/// What a regular expression is used for.
#[derive(Clone)]
pub(crate) enum RegexUse {
    Matches,
    /// With the replacement.
    Replace(Expression),
    Tokenize,
}

/// Whether a cast lets the empty sequence pass.
pub(crate) type Optional = bool;

impl fmt::Debug for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The source says it better than the whole program would.
        out.write_str("Expression")
    }
}

/// Whether a text is a word of a list that is known when compiled, as rules test for the codes of a code set.
#[derive(Clone)]
pub(crate) struct Listed {
    /// The list as written.
    pub(crate) list: Box<str>,
    /// What stands on both sides of each word.
    pub(crate) mark: Box<str>,
    pub(crate) words: FxHashSet<Box<str>>,
    pub(crate) text: Expression,
}

impl Listed {
    /// The same as `contains(list, concat(mark, text, mark))`.
    pub(crate) fn holds(&self, text: &str) -> bool {
        // Such a text can lie across several words, or between two marks.
        if text.is_empty() || text.contains(&*self.mark) {
            return self.list.contains(&[&self.mark, text, &self.mark].concat());
        }
        self.words.contains(text)
    }
}

/// A text and what is looked for in it.
#[derive(Clone)]
pub(crate) struct Contains {
    pub(crate) text: Expression,
    /// Setting it up takes longer than most searches do.
    pub(crate) mark: Finder<'static>,
}

/// A text and what becomes of its characters.
#[derive(Clone)]
pub(crate) struct Translate {
    pub(crate) text: Expression,
    pub(crate) translation: Translation,
}

/// An attribute that is found without a walk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Near {
    /// `@name`
    Own(NameSlot),
    /// `../@name`
    OfParent(NameSlot),
}

/// A comparison by the types of its operands. Where one operand is nodes it is the left one.
#[derive(Clone)]
pub(crate) struct Compare {
    pub(crate) operator: Comparison,
    pub(crate) kind: CompareKind,
    pub(crate) left: Expression,
    pub(crate) right: Expression,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum CompareKind {
    /// By the values, where XPath 1.0 has variables of unknown type.
    Values,
    Booleans,
    Numbers,
    Strings,
    NodesWithString,
    NodesWithNumber,
    /// Of XPath 2.0, where what is no number is an error.
    NodesWithDouble,
    NodesWithNodes,
}

#[derive(Clone)]
pub(crate) struct Path {
    pub(crate) start: Start,
    pub(crate) steps: Box<[Step]>,
    /// How walking the steps meets the nodes.
    pub(crate) order: Order,
    /// The attribute that the path is, where it is no more than that.
    pub(crate) near: Option<Near>,
}

impl Path {
    /// Whether the path is `.`, the context node itself.
    pub(crate) fn is_context(&self) -> bool {
        matches!(self.start, Start::Context) && self.steps.is_empty()
    }
}

/// In which order and how often a walk meets its nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    /// One node at most.
    One,
    /// In document order, each once, none inside another.
    Peers,
    /// In document order, each once, some perhaps inside others.
    Nested,
    /// Each once, in any order.
    Scattered,
    /// In any order, some perhaps more than once.
    Repeated,
}

impl Order {
    /// In document order and each once.
    pub(crate) fn is_sorted(self) -> bool {
        matches!(self, Order::One | Order::Peers | Order::Nested)
    }

    /// Each once.
    pub(crate) fn is_unique(self) -> bool {
        self != Order::Repeated
    }

    /// The order of a walk that goes on along an axis from each node it meets.
    pub(crate) fn after(self, axis: Axis) -> Order {
        match (axis, self) {
            (Axis::SelfNode, order) => order,
            (_, Order::Repeated) => Order::Repeated,
            (Axis::Parent, Order::One) => Order::One,
            (Axis::Attribute, Order::Scattered) => Order::Scattered,
            (Axis::Attribute, _) | (Axis::Child | Axis::AttributesBelow, Order::One | Order::Peers) => Order::Peers,
            // Each node has one parent, so children meet once; but those of an outer node enclose inner ones.
            (Axis::Child, _) => Order::Scattered,
            (Axis::FollowingSibling, Order::One) => Order::Peers,
            (Axis::Descendant | Axis::DescendantOrSelf, Order::One | Order::Peers) => Order::Nested,
            (Axis::Following, Order::One) => Order::Nested,
            (Axis::Ancestor | Axis::AncestorOrSelf | Axis::Preceding | Axis::PrecedingSibling, Order::One) => {
                Order::Scattered
            }
            _ => Order::Repeated,
        }
    }
}

#[derive(Clone)]
pub(crate) enum Start {
    Context,
    /// The root of the document that holds the context node.
    Root,
    /// `current()`
    Current,
    /// Nodes in document order, each once.
    Nodes(Expression),
    /// A path that may meet a node more than once; its nodes as they come, but each once.
    Distinct(Box<Path>),
}

#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) axis: Axis,
    pub(crate) test: Test,
    pub(crate) predicates: Box<[Predicate]>,
    /// Some predicate depends on where a node stands among the candidates.
    pub(crate) counts_positions: bool,
    /// Some predicate asks for `last()`, so that the candidates must be counted before they are judged.
    pub(crate) needs_size: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Name(NameSlot),
    Namespace(NamespaceSlot),
    AnyName,
    AnyNode,
    Text,
    Comment,
    Instruction(Option<Box<str>>),
    /// `*:local`
    Local(Box<str>),
    /// `element()` where attributes could stand too.
    Element(Option<NameSlot>),
    /// `attribute()`
    Attribute(Option<NameSlot>),
    /// `document-node()`, or one around an element that passes.
    Document(Option<Box<Test>>),
}

#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    /// `[n]`
    Index(usize),
    /// A number, compared with the position.
    Position(Expression),
    /// Anything else, by its truth.
    Truth(Expression),
    /// A position if the value is a number, else by its truth.
    Either(Expression),
}
