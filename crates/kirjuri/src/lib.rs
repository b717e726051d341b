//! Checks documents against rule packs written from the national guidelines, and says what is missing, what
//! contradicts what, and exactly where.
//!
//! Bytes become a [`Document`], packs a [`RuleSet`], both together a [`Report`]; nothing flows back. The library opens
//! no file, starts no thread, reads no clock and never reaches the network: the same bytes, rules and
//! [`LintOptions`] give the same report.
//!
//! A [`Finding`] holds the rule and the place and no content of the document. A rule carries its texts in three
//! languages, its guideline, and examples that prove it ([`Pack::test`]).

mod as_of;
mod classification;
mod code_set;
pub mod codes;
mod description;
mod draft;
mod embedded;
mod example;
mod excerpt;
mod fingerprint;
mod functions;
pub mod identifiers;
mod language;
mod lint;
mod missing;
mod numbering;
mod pack;
mod part;
mod place;
mod prose;
mod report;
mod round;
mod rule;
mod rule_set;
mod schematron;
mod selection;
mod series;
mod source;
mod structural;
pub mod structure;
mod synthetic;
mod trail;
mod validation;
mod vocabulary;
mod words;

pub use as_of::AsOf;
pub use classification::{Criterion, Severity};
pub use code_set::{CodeSet, CodeSets};
pub use description::Description;
pub use draft::Draft;
pub use example::{ExampleFailure, ExampleFailureKind};
pub use excerpt::Excerpt;
pub use fingerprint::Fingerprint;
pub use functions::{EngineFunction, FUNCTIONS, NAMESPACE as FUNCTION_NAMESPACE};
pub use kirjuri_tree::{
    Document, Format, Interrupt, Limits, Origin, ParseError, ParseErrorKind, Position, Reading, Surroundings,
};
pub use kirjuri_xpath::{Type, nearest};
pub use language::{Language, Texts, UnknownLanguage};
pub use lint::{Clock, LintOptions, SubordinateDocuments, check, check_inside, lint, parse, read};
pub use pack::{
    Change, CodeSetDifference, DocumentKind, Fate, FileDifference, Guideline, Pack, PackDifference, RuleDifference,
};
pub use place::Place;
pub use report::bytes::{ENCODING as REPORT_ENCODING, decode as decode_report, encode as encode_report};
pub use report::{
    AssertionFinding, Extent, Finding, FiredRule, Missing, Profile, Report, Tally, Unchecked, Unevaluated,
};
pub use rule::{Clause, Example, Question, Rule};
pub use rule_set::{AnyRule, RuleIndex, RuleSet};
pub use schematron::{
    Assertion, AssertionKind, Markup, Message, MessagePart, Note, NoteKind, Remark, RenderedMessage, RenderedPart,
    SchemaFiles, SchemaPattern, SchemaRule, Schematron, SchematronOptions, reference_for,
};
pub use selection::Selection;
pub use series::{FactKind, Group, Judge, Judged, Member, MemberKind, OtherPlace, Series, SeriesFinding};
pub use source::{PackError, PackErrors, PackFile, PackSource};
