//! ISO Schematron: schemas of the field as they are, compiled to the same rule set as native packs.
//!
//! A schema is read with all that it includes, abstract patterns and rules are written out, every distinct expression is
//! compiled once. What strict engines refuse and others run is accepted and noted ([`Schematron::notes`]); an assertion
//! that does not compile is noted with its place, and the rest run.

mod compile;
mod documents;
mod expand;
mod files;
mod location;
mod message;
mod model;
mod note;
mod reader;
mod run;
mod scope;
mod select;
mod variables;
mod xslt;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use kirjuri_tree::Document;
use kirjuri_xpath::{PatternSet, Program, StaticContext};

use documents::SchemaDocuments;
pub use files::SchemaFiles;
pub(crate) use location::Locations;
pub(crate) use message::TextAllowance;
pub use message::{Markup, Message, MessagePart, RenderedMessage, RenderedPart, reference_for};
pub use note::{Note, NoteKind};
pub(crate) use run::{Asked, Event, Order, Subordinates, Texts, run, run_subordinate, subordinates};

use crate::classification::Severity;
use crate::source::PackErrors;

/// How to load a schema.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SchematronOptions {
    /// The phase to run: an id of the schema's phases, `#ALL` or `#DEFAULT`. Without one, the schema's default phase.
    pub phase: Option<String>,
    /// Refuse what the standard does not allow, and schemas with an expression that does not compile.
    pub strict: bool,
    /// Severities of flags and roles, beside `fatal`, `error`, `warn`, `warning`, `info` and `information`; keys are in
    /// lower case. `none` stands for all assertions that neither flag nor role tells the severity of.
    pub severities: BTreeMap<String, Severity>,
}

/// A schema, loaded and compiled.
#[derive(Clone, Debug)]
pub struct Schematron {
    /// Name of the schema, first part of its assertions' ids: its file's name less the last extension.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Its version as it says itself.
    pub version: Option<String>,
    /// The language of its texts (`xml:lang`).
    pub language: Option<String>,
    /// The query language as it names it; none where it leaves that to the standard, which is XPath 1.0.
    pub binding: Option<String>,
    /// The phase it was compiled for; none where all patterns run.
    pub phase: Option<String>,
    /// Ids of all its phases.
    pub phases: Vec<String>,
    /// The prefixes it declares, with their namespaces.
    pub namespaces: Vec<(String, String)>,
    patterns: Vec<SchemaPattern>,
    rules: Vec<SchemaRule>,
    assertions: Vec<Assertion>,
    remarks: Vec<Remark>,
    notes: Vec<Note>,
    programs: Vec<Program>,
    variables: Vec<Variable>,
    /// Numbers of the variables of the schema, its phase and its patterns.
    global: Vec<usize>,
    contexts: PatternSet,
    /// The rules that have each context, in their order.
    rules_of_context: Vec<Vec<u32>>,
    documents: SchemaDocuments,
    context: StaticContext,
}

/// A pattern that is active in the phase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SchemaPattern {
    /// Its id, else `pN` with its number among the schema's patterns.
    pub name: String,
    /// Its id as written.
    pub id: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// The expression, as written, that names the documents it is about; without one it is about the document that is
    /// checked.
    pub documents: Option<String>,
    /// The numbers of its rules.
    pub rules: Range<usize>,
    program: Option<usize>,
}

/// A rule: which nodes some assertions are about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SchemaRule {
    /// Its id as written.
    pub id: Option<String>,
    /// The number of its pattern.
    pub pattern: usize,
    /// Its context as written.
    pub context: String,
    /// Its role as written.
    pub role: Option<String>,
    /// Its flag as written.
    pub flag: Option<String>,
    /// The numbers of its assertions.
    pub assertions: Range<usize>,
    /// Whether its context compiles; where it does not, the rule never fires.
    pub is_compiled: bool,
    subject: Option<usize>,
    variables: Vec<usize>,
}

/// Whether an assertion speaks when its test is false or when it is true.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssertionKind {
    /// `assert`: the test must be true.
    Assert,
    /// `report`: the test must not be true.
    Report,
}

impl AssertionKind {
    /// What SVRL and reports call a finding of the kind.
    pub fn finding(self) -> &'static str {
        match self {
            AssertionKind::Assert => "failed-assert",
            AssertionKind::Report => "successful-report",
        }
    }
}

/// An `assert` or `report` of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assertion {
    /// Its id, unique in the schema: as written (`~2` added where it is repeated), else `PATTERN.rN.aM`.
    pub name: String,
    /// Its id as written.
    pub id: Option<String>,
    /// The number of its rule.
    pub rule: usize,
    /// Assertion or report.
    pub kind: AssertionKind,
    /// Its test as written.
    pub test: String,
    /// How grave a finding is, by its flag, else its role, else its kind.
    pub severity: Severity,
    /// Its role as written.
    pub role: Option<String>,
    /// Its flag as written.
    pub flag: Option<String>,
    /// Where more is said of it.
    pub see: Option<String>,
    /// An image for it.
    pub icon: Option<String>,
    /// Its formal public identifier.
    pub fpi: Option<String>,
    /// The language of its text.
    pub language: Option<String>,
    /// Its text.
    pub message: Message,
    /// The numbers of its diagnostics and properties, in the order in which it names them.
    pub remarks: Vec<usize>,
    /// The file it stands in.
    pub path: Arc<str>,
    /// Its line, from 1.
    pub line: u32,
    /// Whether it compiles, its rule's context included; where it does not, it is never asked.
    pub is_compiled: bool,
    /// Whether it is asked at all; see [`RuleSet::selected`](crate::RuleSet::selected).
    pub(crate) is_selected: bool,
    program: usize,
    subject: Option<usize>,
}

/// A diagnostic or a property, as an assertion refers to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// Its id.
    pub id: String,
    /// Whether it is a property; else it is a diagnostic.
    pub is_property: bool,
    /// Its role as written.
    pub role: Option<String>,
    /// Its scheme as written.
    pub scheme: Option<String>,
    /// The language of its text.
    pub language: Option<String>,
    /// Its text.
    pub message: Message,
}

/// A `let`: where its value stands, and how it is computed.
#[derive(Clone, Debug)]
struct Variable {
    /// Its places in the variables of programs, one for each time its name came to mean it again.
    slots: Vec<usize>,
    value: VariableValue,
}

#[derive(Clone, Debug)]
enum VariableValue {
    Program(usize),
    /// The element that holds its content.
    Holder(Arc<Document>),
    /// The elements of its content.
    Elements(Arc<Document>),
}

impl Schematron {
    /// Loads the schema of a path with all that it includes.
    ///
    /// # Errors
    /// What makes it no schema that can be run: a file that is missing or not well-formed (documents with a DTD are
    /// never read), a query language or phase that there is not; with [`SchematronOptions::strict`], every note that a
    /// strict engine would take for an error.
    pub fn load(files: &dyn SchemaFiles, path: &str, options: &SchematronOptions) -> Result<Schematron, PackErrors> {
        compile::load(files, path, options)
    }

    /// The patterns that are active, in their order.
    pub fn patterns(&self) -> &[SchemaPattern] {
        &self.patterns
    }

    /// The rules of the active patterns, in their order.
    pub fn rules(&self) -> &[SchemaRule] {
        &self.rules
    }

    /// The assertions of these rules, in their order.
    pub fn assertions(&self) -> &[Assertion] {
        &self.assertions
    }

    /// The diagnostics and properties of these assertions.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// What is to be said of the schema: its leniencies, and what does not compile.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// How many distinct expressions the tests, messages and variables are.
    pub fn expressions(&self) -> usize {
        self.programs.len()
    }

    /// Whether the schema declares a prefix for a namespace, or it is none. Other namespaces are a document's own
    /// words and are not repeated in reports.
    pub fn declares(&self, namespace: &str) -> bool {
        namespace.is_empty() || self.namespaces.iter().any(|(_, uri)| uri == namespace)
    }

    /// Whether one of its expressions asks for a local name.
    pub(crate) fn asks_for(&self, local: &str) -> bool {
        self.context.names().has_local(local)
    }

    /// The id of one of its assertions, `schema/name`.
    pub fn assertion_id(&self, assertion: &Assertion) -> String {
        format!("{}/{}", self.id, assertion.name)
    }
}
