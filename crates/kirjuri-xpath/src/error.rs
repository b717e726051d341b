//! Why an expression does not compile, or could not be evaluated.

use std::ops::Range;

use crate::likeness::nearest;

/// An expression that does not compile: what is wrong, where in the expression, and what may have been meant.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{}{}", self.kind(), self.suggestion().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
pub struct CompileError(
    // Boxed, since the parser hands results through many frames of the stack.
    Box<Details>,
);

#[derive(Clone, PartialEq, Debug)]
struct Details {
    kind: CompileErrorKind,
    range: Range<usize>,
    suggestion: Option<String>,
}

impl CompileError {
    pub(crate) fn new(kind: CompileErrorKind, start: usize, end: usize) -> CompileError {
        CompileError(Box::new(Details { kind, range: start..end, suggestion: None }))
    }

    /// Adds the candidate nearest to `wanted`, if any is near.
    pub(crate) fn suggest<'c>(mut self, wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> CompileError {
        self.0.suggestion = nearest(wanted, candidates).map(str::to_owned);
        self
    }

    /// Writes a mark before what is suggested, as the range of the error has it.
    pub(crate) fn mark_suggestion(mut self, mark: char) -> CompileError {
        if let Some(suggestion) = &mut self.0.suggestion {
            suggestion.insert(0, mark);
        }
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> &CompileErrorKind {
        &self.0.kind
    }

    /// The byte range in the expression.
    pub fn range(&self) -> Range<usize> {
        self.0.range.clone()
    }

    /// What may have been meant: it can stand in the place of [`range`](CompileError::range), but for the arguments
    /// of a function.
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }
}

/// What is wrong with an expression.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileErrorKind {
    /// A character no token starts with.
    #[error("unexpected character `{0}`")]
    UnexpectedCharacter(char),
    /// A string without its closing quote.
    #[error("the string is not closed")]
    UnclosedLiteral,
    /// A comment without its end.
    #[error("the comment is not closed")]
    UnclosedComment,
    /// The grammar wants something else here.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What the grammar wants.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A prefix no namespace is declared for.
    #[error("the prefix `{0}` is not declared")]
    UnknownPrefix(String),
    /// A name without a prefix where the host demands one.
    #[error("the element name `{0}` has no prefix, so it matches only elements in no namespace")]
    UnprefixedName(String),
    /// A function there is not.
    #[error("there is no function `{0}`")]
    UnknownFunction(String),
    /// A function called with too few or too many arguments.
    #[error("`{name}` takes {takes}, not {given}")]
    WrongArity {
        /// The function.
        name: String,
        /// How many it takes, in words.
        takes: String,
        /// How many it was given.
        given: usize,
    },
    /// A variable that is not declared.
    #[error("the variable `${0}` is not declared")]
    UnknownVariable(String),
    /// An axis there is not.
    #[error("there is no axis `{0}`")]
    UnknownAxis(String),
    /// A construct of the language that is not supported.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
    /// A value that is not a node-set where only a node-set can stand.
    #[error("{0} needs a node-set")]
    NodesNeeded(String),
    /// A type there is not.
    #[error("there is no atomic type `{0}`")]
    UnknownType(String),
    /// An expression that no value can have, or that no value of its parts allows.
    #[error("{what} ({code})")]
    Type {
        /// What does not fit.
        what: String,
        /// The code of the standard.
        code: ErrorCode,
    },
    /// An expression nested deeper than the compiler follows, or a path of more steps.
    #[error("the expression has more than {0} levels of nesting or steps of one path")]
    TooDeep(usize),
    /// A match pattern of more alternatives than the compiler writes out.
    #[error("the context has more than {0} alternatives")]
    TooManyAlternatives(usize),
    /// A match pattern with something else than child and attribute steps.
    #[error("a context must be a path of child and attribute steps that may start with `/` or `//`")]
    NotAPattern,
}

impl CompileErrorKind {
    /// The code of XPath 2.0 for such an error.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::new(match self {
            CompileErrorKind::UnexpectedCharacter(_)
            | CompileErrorKind::UnclosedLiteral
            | CompileErrorKind::UnclosedComment
            | CompileErrorKind::Unexpected { .. }
            | CompileErrorKind::UnknownAxis(_)
            | CompileErrorKind::Unsupported(_)
            | CompileErrorKind::TooDeep(_)
            | CompileErrorKind::TooManyAlternatives(_)
            | CompileErrorKind::NotAPattern => "XPST0003",
            CompileErrorKind::UnknownPrefix(_) => "XPST0081",
            CompileErrorKind::UnprefixedName(_) | CompileErrorKind::UnknownVariable(_) => "XPST0008",
            CompileErrorKind::UnknownFunction(_) | CompileErrorKind::WrongArity { .. } => "XPST0017",
            CompileErrorKind::UnknownType(_) => "XPST0051",
            CompileErrorKind::NodesNeeded(_) => "XPTY0004",
            CompileErrorKind::Type { code, .. } => return *code,
        })
    }
}

/// The code of an error in the standards: `FORG0001`, `XPTY0004`.
///
/// All codes are as long. One word instead of two keeps every result of an evaluation small, and so the stack that nested
/// expressions take.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ErrorCode(&'static [u8; 8]);

impl ErrorCode {
    pub(crate) const fn new(code: &'static str) -> ErrorCode {
        match code.as_bytes().first_chunk() {
            Some(code) => ErrorCode(code),
            // The unidentified error of the standards.
            None => ErrorCode(b"FOER0000"),
        }
    }

    /// The code as the standards write it.
    pub fn as_str(self) -> &'static str {
        std::str::from_utf8(self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for ErrorCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_tuple("ErrorCode").field(&self.as_str()).finish()
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Why an evaluation gave no answer. No variant is ever read as true or false.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The evaluation visited more nodes than its budget allows.
    #[error("the evaluation was stopped because it visited too many nodes")]
    Exhausted,
    /// [`DynamicContext::interrupt`](crate::DynamicContext::interrupt) stopped the evaluation.
    #[error("the evaluation was interrupted")]
    Interrupted,
    /// The language defines no value here: a dynamic error of XPath 2.0. It holds no content of the document.
    #[error("the expression has no value for this document ({0})")]
    Dynamic(ErrorCode),
}

/// A dynamic error by its code.
pub(crate) fn fault(code: &'static str) -> EvaluationError {
    EvaluationError::Dynamic(ErrorCode::new(code))
}
