//! Compiles XPath expressions and evaluates them over [`kirjuri_tree`] documents.
//!
//! An expression is compiled once against a [`StaticContext`] into a [`Program`], and evaluated as often as one likes
//! by an [`Evaluator`], which binds the names of the programs to those of one document. A [`Pattern`] is an
//! expression that a node matches or does not: the context of a rule.
//!
//! The language is XPath 1.0 or XPath 2.0 for documents without a schema, all of it but the namespace axis, with the
//! functions of XSLT that rules use and functions of the host. A construct that is not supported is a [`CompileError`]
//! that names it, never a wrong answer.
//!
//! ```
//! use kirjuri_tree::{Document, Limits};
//! use kirjuri_xpath::{DynamicContext, Evaluator, Focus, Node, Program, StaticContext, Version};
//!
//! let mut context = StaticContext::new(Version::XPath1);
//! context.declare_namespace("x", "urn:x");
//! let program = Program::compile("count(//x:b[@c = '1']) = 1", &mut context)?;
//!
//! let document = Document::parse(b"<a xmlns='urn:x'><b c='1'/><b/></a>", &Limits::default())?;
//! let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
//! let evaluator = Evaluator::new(&document, &binding, &dynamic);
//! let root = Node { document: &document, node: document.root_element().into() };
//! assert!(evaluator.truth(&program, &Focus::on(root))?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atomic;
mod axes;
mod builtin;
mod calendar;
mod compare;
mod compile;
mod context;
mod cost;
mod error;
mod evaluate;
mod fan;
mod functions;
mod general;
mod lexer;
mod library;
mod likeness;
mod names;
mod number;
mod operators;
mod parser;
mod pattern;
mod pattern_set;
mod program;
mod references;
mod regular_expression;
mod sequence_type;
mod string_functions;
mod strings;
mod syntax;
mod user_function;
mod value;
mod variables;
mod walk;

pub use atomic::types::AtomicType;
pub use calendar::duration::{Duration, DurationKind};
pub use calendar::{DateTime, GregorianKind};
pub use context::{
    Documents, DynamicContext, Focus, Function, FunctionBody, FunctionOfSequences, StaticContext, Version,
};
pub use error::{CompileError, CompileErrorKind, ErrorCode, EvaluationError};
pub use evaluate::Evaluator;
pub use likeness::nearest;
pub use names::{Binding, NameSlot, NameTable};
pub use pattern::{Candidates, Matched, Pattern};
pub use pattern_set::{PatternSet, Site};
pub use program::{Program, Type};
pub use references::{
    called_functions, free_variables, looks_outward, pattern_is_settled, pattern_looks_outward, string_literals,
};
pub use user_function::{FunctionId, Library};
pub use value::{Atomic, Item, Node, QName, Sequence};

/// The names of all functions that expressions of a version can call without a prefix. Some come twice.
#[doc(hidden)]
pub fn function_names(version: Version) -> impl Iterator<Item = &'static str> {
    // In XPath 2.0 the compiler itself knows these three, and the library all others.
    let is_builtin = move |name: &&str| version == Version::XPath1 || ["position", "last", "current"].contains(name);
    let in_library = library::functions(version).map(|function| function.name);
    builtin::Builtin::names().filter(is_builtin).chain(in_library)
}
