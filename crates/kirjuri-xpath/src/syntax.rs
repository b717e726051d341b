//! The syntax tree of an expression: what was written, before names are resolved and types are known.

use std::ops::Range;

use rust_decimal::Decimal;

/// An expression with the range of the text it came from.
#[derive(Clone, Debug)]
pub(crate) struct Syntax {
    pub(crate) kind: SyntaxKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Levels of expressions below and including this one, each step of a path being a level; bounds every recursion
    /// over the tree and over the program made of it.
    pub(crate) depth: usize,
}

impl Syntax {
    /// The expressions directly in this one, as written.
    pub(crate) fn parts(&self) -> Vec<&Syntax> {
        match &self.kind {
            SyntaxKind::Literal(_)
            | SyntaxKind::Number(_)
            | SyntaxKind::Integer(_)
            | SyntaxKind::Decimal(_)
            | SyntaxKind::Variable(_) => Vec::new(),
            SyntaxKind::Call { arguments: parts, .. }
            | SyntaxKind::Or(parts)
            | SyntaxKind::And(parts)
            | SyntaxKind::Union(parts)
            | SyntaxKind::Sequence(parts)
            | SyntaxKind::Join(parts) => parts.iter().collect(),
            SyntaxKind::Compare { left, right, .. }
            | SyntaxKind::CompareValues { left, right, .. }
            | SyntaxKind::CompareNodes { left, right, .. }
            | SyntaxKind::Range(left, right)
            | SyntaxKind::Intersect(left, right)
            | SyntaxKind::Except(left, right)
            | SyntaxKind::Map { base: left, step: right }
            | SyntaxKind::SimpleMap { base: left, step: right } => vec![left, right],
            SyntaxKind::Arithmetic { first, rest } => {
                std::iter::once(&**first).chain(rest.iter().map(|(_, operand)| operand)).collect()
            }
            SyntaxKind::Negate(operand)
            | SyntaxKind::Plus(operand)
            | SyntaxKind::InstanceOf(operand, _)
            | SyntaxKind::TreatAs(operand, _)
            | SyntaxKind::CastableAs(operand, _)
            | SyntaxKind::CastAs(operand, _) => vec![operand],
            SyntaxKind::Path { start, steps } => {
                let base = match start {
                    PathStart::Expression(base) => Some(&**base),
                    PathStart::Context | PathStart::Root => None,
                };
                base.into_iter().chain(steps.iter().flat_map(|step| &step.predicates)).collect()
            }
            SyntaxKind::Filter { base, predicates } => std::iter::once(&**base).chain(predicates).collect(),
            SyntaxKind::For { bindings, result: inside }
            | SyntaxKind::Let { bindings, result: inside }
            | SyntaxKind::Quantified { bindings, condition: inside, .. } => {
                bindings.iter().map(|binding| &binding.value).chain([&**inside]).collect()
            }
            SyntaxKind::If { condition, then, otherwise } => vec![condition, then, otherwise],
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum SyntaxKind {
    Literal(String),
    Number(f64),
    Variable(Name),
    Call {
        name: Name,
        arguments: Vec<Syntax>,
    },
    /// Two or more operands of one associative operator, so that long lists stay flat.
    Or(Vec<Syntax>),
    And(Vec<Syntax>),
    Union(Vec<Syntax>),
    Compare {
        operator: Comparison,
        left: Box<Syntax>,
        right: Box<Syntax>,
    },
    /// Operators of one strength, applied from the left.
    Arithmetic {
        first: Box<Syntax>,
        rest: Vec<(Arithmetic, Syntax)>,
    },
    Negate(Box<Syntax>),
    Path {
        start: PathStart,
        steps: Vec<StepSyntax>,
    },
    Filter {
        base: Box<Syntax>,
        predicates: Vec<Syntax>,
    },
    // From here on: XPath 2.0 and later.
    Integer(i128),
    Decimal(Decimal),
    /// `a, b`, and `()` for none.
    Sequence(Vec<Syntax>),
    /// `for $x in a, $y in b return c`; what is bound by one is known to the next.
    For {
        bindings: Vec<BindingSyntax>,
        result: Box<Syntax>,
    },
    /// `let $x := a return c`
    Let {
        bindings: Vec<BindingSyntax>,
        result: Box<Syntax>,
    },
    /// `some $x in a satisfies c`, or `every`.
    Quantified {
        every: bool,
        bindings: Vec<BindingSyntax>,
        condition: Box<Syntax>,
    },
    If {
        condition: Box<Syntax>,
        then: Box<Syntax>,
        otherwise: Box<Syntax>,
    },
    /// `eq` and its kin.
    CompareValues {
        operator: Comparison,
        left: Box<Syntax>,
        right: Box<Syntax>,
    },
    CompareNodes {
        operator: NodeComparison,
        left: Box<Syntax>,
        right: Box<Syntax>,
    },
    /// `a to b`
    Range(Box<Syntax>, Box<Syntax>),
    Intersect(Box<Syntax>, Box<Syntax>),
    Except(Box<Syntax>, Box<Syntax>),
    /// `a || b`
    Join(Vec<Syntax>),
    Plus(Box<Syntax>),
    InstanceOf(Box<Syntax>, SequenceTypeSyntax),
    TreatAs(Box<Syntax>, SequenceTypeSyntax),
    CastableAs(Box<Syntax>, SingleTypeSyntax),
    CastAs(Box<Syntax>, SingleTypeSyntax),
    /// `a/b` where `b` is no step along an axis.
    Map {
        base: Box<Syntax>,
        step: Box<Syntax>,
    },
    /// `a ! b`
    SimpleMap {
        base: Box<Syntax>,
        step: Box<Syntax>,
    },
}

/// A variable and what it is bound to.
#[derive(Clone, Debug)]
pub(crate) struct BindingSyntax {
    pub(crate) name: Name,
    pub(crate) value: Syntax,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NodeComparison {
    /// `is`
    Same,
    /// `<<`
    Before,
    /// `>>`
    After,
}

#[derive(Clone, Debug)]
pub(crate) struct SequenceTypeSyntax {
    /// None for `empty-sequence()`.
    pub(crate) item: Option<ItemTypeSyntax>,
    pub(crate) occurrence: Occurrence,
}

#[derive(Clone, Debug)]
pub(crate) enum ItemTypeSyntax {
    /// `item()`
    Item,
    Node(TestSyntax),
    Atomic(Name, Range<usize>),
}

/// A type to cast to.
#[derive(Clone, Debug)]
pub(crate) struct SingleTypeSyntax {
    pub(crate) name: Name,
    pub(crate) range: Range<usize>,
    /// Whether the empty sequence is allowed (`?`).
    pub(crate) optional: bool,
}

/// How many items a sequence type allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Occurrence {
    One,
    Optional,
    Any,
    Many,
}

impl Occurrence {
    /// Whether a sequence of so many items is allowed.
    pub(crate) fn admits(self, items: usize) -> bool {
        match self {
            Occurrence::One => items == 1,
            Occurrence::Optional => items <= 1,
            Occurrence::Any => true,
            Occurrence::Many => items >= 1,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum PathStart {
    /// The context node.
    Context,
    /// The root of the document that holds the context node.
    Root,
    Expression(Box<Syntax>),
}

#[derive(Clone, Debug)]
pub(crate) struct StepSyntax {
    pub(crate) axis: Axis,
    pub(crate) test: TestSyntax,
    pub(crate) predicates: Vec<Syntax>,
    /// The whole step.
    pub(crate) range: Range<usize>,
    /// The node test, without axis and predicates.
    pub(crate) test_range: Range<usize>,
    /// Whether it is written `.`, which in XPath 2.0 is the context item, a node or not.
    pub(crate) is_dot: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum TestSyntax {
    Name(Name),
    /// `prefix:*`
    AnyOfPrefix(String),
    /// `*`
    AnyName,
    /// `node()`
    AnyNode,
    Text,
    Comment,
    Instruction(Option<String>),
    /// `*:local`
    AnyPrefix(String),
    /// `element()`, `element(*)` or `element(name)`
    Element(Option<Name>),
    /// `attribute()`, `attribute(*)` or `attribute(name)`
    Attribute(Option<Name>),
    /// `document-node()`, or with the test of its element.
    Document(Option<Box<TestSyntax>>),
}

/// A name as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Name {
    pub(crate) prefix: Option<String>,
    pub(crate) local: String,
}

impl std::fmt::Display for Name {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.prefix {
            Some(prefix) => write!(out, "{prefix}:{}", self.local),
            None => out.write_str(&self.local),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The operator with its operands exchanged.
    pub(crate) fn mirrored(self) -> Comparison {
        match self {
            Comparison::Equal | Comparison::NotEqual => self,
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        }
    }

    pub(crate) fn is_equality(self) -> bool {
        matches!(self, Comparison::Equal | Comparison::NotEqual)
    }

    pub(crate) fn numbers(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// `idiv`, of XPath 2.0.
    IntegerDivide,
    Modulo,
}

impl Arithmetic {
    /// Whether the operator is `+` or `-`, which bind less than the others.
    pub(crate) fn is_additive(self) -> bool {
        matches!(self, Arithmetic::Add | Arithmetic::Subtract)
    }

    pub(crate) fn numbers(self, left: f64, right: f64) -> f64 {
        match self {
            Arithmetic::Add => left + right,
            Arithmetic::Subtract => left - right,
            Arithmetic::Multiply => left * right,
            Arithmetic::Divide => left / right,
            Arithmetic::IntegerDivide => (left / right).trunc(),
            Arithmetic::Modulo => left % right,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Parent,
    Preceding,
    PrecedingSibling,
    SelfNode,
    /// What `//@name` walks: the attributes of the node and of its descendants. It cannot be written as an axis.
    AttributesBelow,
}

impl Axis {
    pub(crate) const NAMES: [(&'static str, Axis); 12] = [
        ("ancestor", Axis::Ancestor),
        ("ancestor-or-self", Axis::AncestorOrSelf),
        ("attribute", Axis::Attribute),
        ("child", Axis::Child),
        ("descendant", Axis::Descendant),
        ("descendant-or-self", Axis::DescendantOrSelf),
        ("following", Axis::Following),
        ("following-sibling", Axis::FollowingSibling),
        ("parent", Axis::Parent),
        ("preceding", Axis::Preceding),
        ("preceding-sibling", Axis::PrecedingSibling),
        ("self", Axis::SelfNode),
    ];

    pub(crate) fn named(name: &str) -> Option<Axis> {
        Axis::NAMES.iter().find(|(known, _)| *known == name).map(|(_, axis)| *axis)
    }
}
