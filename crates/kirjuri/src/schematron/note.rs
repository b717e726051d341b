//! What is to be said of a schema that was loaded: what it does otherwise than the standard says and is run all the
//! same, and what cannot be run.

use std::fmt;
use std::ops::Range;

use crate::source::PackError;

/// A remark on a schema, with its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// Path of the file, as the schema's files are named.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is to be said.
    pub message: String,
    /// The numbers of the assertions that are never asked for this reason.
    pub assertions: Range<usize>,
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.path, self.line, self.column, self.message)
    }
}

/// What a [`Note`] is about. A leniency is where strict engines refuse the schema; what is not compiled is not run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum NoteKind {
    /// A variable is defined twice where the standard allows one definition; expressions see the last.
    RepeatedVariable,
    /// A variable is used before it is defined, or in another pattern than the one that defines it.
    MisplacedVariable,
    /// A rule extends an abstract rule of another pattern, or one that is not abstract.
    ForeignRule,
    /// A file was found by another spelling of its name.
    FileName,
    /// A whole schema is included where a part of one belongs.
    WholeSchema,
    /// An id, a prefix or a name has a second definition; the first holds.
    RepeatedDefinition,
    /// An assertion, pattern, phase or rule names something that the schema does not have.
    UnknownReference,
    /// A document that an expression names is not there. A file that is included and not there is an error.
    MissingFile,
    /// A prefix is used that no `ns` element declares.
    UndeclaredPrefix,
    /// An element, not of Schematron, that is not understood and has no effect.
    Ignored,
    /// An element of Schematron's own namespace, or an `include` of XSLT, that is not understood and has no effect: it may
    /// be an assertion with a misspelt name.
    UnknownElement,
    /// An assertion does not compile, or its rule's context does not: it is never asked.
    NotCompiled,
    /// A part of a message does not compile; `[?]` stands in its place.
    MessageNotCompiled,
}

impl NoteKind {
    /// The stable name of the kind.
    pub fn id(self) -> &'static str {
        match self {
            NoteKind::RepeatedVariable => "repeated-variable",
            NoteKind::MisplacedVariable => "misplaced-variable",
            NoteKind::ForeignRule => "foreign-rule",
            NoteKind::FileName => "file-name",
            NoteKind::WholeSchema => "whole-schema",
            NoteKind::RepeatedDefinition => "repeated-definition",
            NoteKind::UnknownReference => "unknown-reference",
            NoteKind::MissingFile => "missing-file",
            NoteKind::UndeclaredPrefix => "undeclared-prefix",
            NoteKind::Ignored => "ignored",
            NoteKind::UnknownElement => "unknown-element",
            NoteKind::NotCompiled => "not-compiled",
            NoteKind::MessageNotCompiled => "message-not-compiled",
        }
    }

    /// Whether a strict load takes the note for an error: all but what has no effect by itself, and what is not there,
    /// which is told at every node that needs it.
    pub fn is_strict_error(self) -> bool {
        !matches!(self, NoteKind::Ignored | NoteKind::MissingFile)
    }
}

impl NoteKind {
    /// Whether something of the schema that was meant to check documents does not: whoever checks with it must be told.
    pub fn is_loss(self) -> bool {
        matches!(self, NoteKind::NotCompiled | NoteKind::UnknownElement)
    }
}

impl From<Note> for PackError {
    fn from(note: Note) -> PackError {
        let Note { path, line, column, message, .. } = note;
        PackError { path, line, column, message, suggestion: None }
    }
}
