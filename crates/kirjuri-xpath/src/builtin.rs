//! The functions of XPath 1.0: which there are, and what they take.

use crate::program::Type;

/// The functions of XPath 1.0, and `current()` of XSLT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Builtin {
    Last,
    Position,
    /// Compiled to [`Expression::Count`].
    Count,
    Id,
    LocalName,
    NamespaceUri,
    Name,
    String,
    Concat,
    StartsWith,
    Contains,
    SubstringBefore,
    SubstringAfter,
    Substring,
    StringLength,
    NormalizeSpace,
    Translate,
    Boolean,
    /// Compiled to [`Expression::Not`].
    Not,
    /// Compiled to [`Expression::Boolean`].
    True,
    /// Compiled to [`Expression::Boolean`].
    False,
    Lang,
    Number,
    /// `number()` of XPath 2.0, which reads more forms of numbers.
    Double,
    Sum,
    Floor,
    Ceiling,
    Round,
    /// Compiled to [`Start::Current`].
    Current,
}

/// A function's name, its types and how many arguments it must and may have.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) builtin: Builtin,
    /// What its arguments may be.
    pub(crate) parameter: Parameter,
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) result: Type,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Parameter {
    /// Nodes only.
    Nodes,
    /// Any value; the function converts it itself.
    Any,
}

impl Builtin {
    /// Whether the value is a truth value that is found without any other.
    pub(crate) fn is_test(self) -> bool {
        matches!(self, Builtin::StartsWith | Builtin::Contains | Builtin::Boolean | Builtin::Lang)
    }

    /// Whether the value is a text that is found without any other.
    pub(crate) fn is_text(self) -> bool {
        matches!(
            self,
            Builtin::String
                | Builtin::Concat
                | Builtin::SubstringBefore
                | Builtin::SubstringAfter
                | Builtin::Substring
                | Builtin::NormalizeSpace
                | Builtin::Translate
        )
    }

    pub(crate) fn named(name: &str) -> Option<&'static Signature> {
        SIGNATURES.iter().find(|signature| signature.name == name)
    }

    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        SIGNATURES.iter().map(|signature| signature.name)
    }
}

const fn signature(
    name: &'static str,
    builtin: Builtin,
    parameter: Parameter,
    least: usize,
    most: usize,
    result: Type,
) -> Signature {
    Signature { name, builtin, parameter, least, most, result }
}

const NODES: Parameter = Parameter::Nodes;
const ANY: Parameter = Parameter::Any;

static SIGNATURES: [Signature; 28] = [
    signature("last", Builtin::Last, ANY, 0, 0, Type::Number),
    signature("position", Builtin::Position, ANY, 0, 0, Type::Number),
    signature("count", Builtin::Count, NODES, 1, 1, Type::Number),
    signature("id", Builtin::Id, ANY, 1, 1, Type::Nodes),
    signature("local-name", Builtin::LocalName, NODES, 0, 1, Type::String),
    signature("namespace-uri", Builtin::NamespaceUri, NODES, 0, 1, Type::String),
    signature("name", Builtin::Name, NODES, 0, 1, Type::String),
    signature("string", Builtin::String, ANY, 0, 1, Type::String),
    signature("concat", Builtin::Concat, ANY, 2, usize::MAX, Type::String),
    signature("starts-with", Builtin::StartsWith, ANY, 2, 2, Type::Boolean),
    signature("contains", Builtin::Contains, ANY, 2, 2, Type::Boolean),
    signature("substring-before", Builtin::SubstringBefore, ANY, 2, 2, Type::String),
    signature("substring-after", Builtin::SubstringAfter, ANY, 2, 2, Type::String),
    signature("substring", Builtin::Substring, ANY, 2, 3, Type::String),
    signature("string-length", Builtin::StringLength, ANY, 0, 1, Type::Number),
    signature("normalize-space", Builtin::NormalizeSpace, ANY, 0, 1, Type::String),
    signature("translate", Builtin::Translate, ANY, 3, 3, Type::String),
    signature("boolean", Builtin::Boolean, ANY, 1, 1, Type::Boolean),
    signature("not", Builtin::Not, ANY, 1, 1, Type::Boolean),
    signature("true", Builtin::True, ANY, 0, 0, Type::Boolean),
    signature("false", Builtin::False, ANY, 0, 0, Type::Boolean),
    signature("lang", Builtin::Lang, ANY, 1, 1, Type::Boolean),
    signature("number", Builtin::Number, ANY, 0, 1, Type::Number),
    signature("sum", Builtin::Sum, NODES, 1, 1, Type::Number),
    signature("floor", Builtin::Floor, ANY, 1, 1, Type::Number),
    signature("ceiling", Builtin::Ceiling, ANY, 1, 1, Type::Number),
    signature("round", Builtin::Round, ANY, 1, 1, Type::Number),
    signature("current", Builtin::Current, ANY, 0, 0, Type::Nodes),
];
