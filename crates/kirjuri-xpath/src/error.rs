//! Why an expression does not compile, or could not be evaluated.

use std::ops::Range;

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
        self.0.suggestion = candidates
            .into_iter()
            .map(|candidate| (strsim::jaro_winkler(wanted, candidate), candidate))
            .filter(|(likeness, _)| *likeness > 0.84)
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
            .map(|(_, candidate)| candidate.to_owned());
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
    /// An expression nested deeper than the compiler follows, or a path of more steps.
    #[error("the expression has more than {0} levels of nesting or steps of one path")]
    TooDeep(usize),
    /// A match pattern with something else than child and attribute steps.
    #[error("a context must be a path of child and attribute steps that may start with `/` or `//`")]
    NotAPattern,
}

/// Why an evaluation gave no answer. No variant is ever read as true or false.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The evaluation visited more nodes than its budget allows.
    #[error("the evaluation was stopped because it visited too many nodes")]
    Exhausted,
}
