//! The syntax tree of an expression: what was written, before names are resolved and types are known.

use std::ops::Range;

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
