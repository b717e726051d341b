//! What was found in a document: owned data, without content of the document unless it was asked for.

pub(crate) mod bytes;

use std::fmt;
use std::sync::Arc;

use kirjuri_tree::ParseError;
use kirjuri_xpath::EvaluationError;

use crate::classification::Severity;
use crate::description::Description;
use crate::excerpt::Excerpt;
use crate::fingerprint::Fingerprint;
use crate::identifiers::Date;
use crate::lint::LintOptions;
use crate::place::Place;
use crate::rule_set::RuleIndex;
use crate::schematron::{AssertionKind, RenderedMessage};
use crate::series::Member;
use crate::structure::Subject;

/// What was found in one document, and how often each rule was asked.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Report {
    /// The findings by place, then by rule.
    pub findings: Vec<Finding>,
    /// What a document that is still being written still lacks, by place, then by rule; empty unless
    /// [`LintOptions::draft`](crate::LintOptions::draft) was asked for.
    pub missing: Vec<Missing>,
    /// How much of a document it was.
    pub extent: Extent,
    /// What the document says of itself, where a pack knows.
    pub description: Description,
    /// The document's own date, where it was judged by that ([`AsOf::Document`](crate::AsOf::Document)).
    pub own_date: Option<Date>,
    /// What rules on series compare with other documents, if [`LintOptions::series`](crate::LintOptions::series) asked for
    /// it; see [`Judge`](crate::Judge).
    pub members: Vec<Member>,
    /// How often rules applied and failed: those that applied at all, by number. A large set has many that do not.
    pub tallies: Vec<(RuleIndex, Tally)>,
    /// The assertions that could not be evaluated at some node: neither held nor failed there. By number, each once.
    pub unevaluated: Vec<Unevaluated>,
    /// The rules of Schematron schemas that fired, if [`LintOptions::fired_rules`](crate::LintOptions::fired_rules)
    /// asked for them; those of one pattern stand together, in document order.
    pub fired_rules: Vec<FiredRule>,
    /// What the rules took, if [`LintOptions::clock`](crate::LintOptions::clock) was there to measure it.
    pub profile: Option<Profile>,
}

/// What the rules took on a document, by the caller's clock. What several rules share, such as a variable of a schema, is
/// counted for the one that needed it first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Profile {
    /// For each rule of the set, by number, the nanoseconds that asking it took.
    pub rules: Vec<u64>,
    /// The nanoseconds of all else: finding the nodes that rules apply to, and writing findings out. Parsing is none of
    /// it.
    pub elsewhere: u64,
}

impl Report {
    /// How often a rule applied and failed.
    pub fn tally(&self, rule: RuleIndex) -> Tally {
        let found = self.tallies.binary_search_by_key(&rule, |(known, _)| *known);
        found.ok().and_then(|index| self.tallies.get(index)).map(|(_, tally)| *tally).unwrap_or_default()
    }
}

/// An assertion that could not be evaluated: a document that it reads is not there, or its expression has no value for
/// the document that is checked. It says nothing about these nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unevaluated {
    /// The assertion.
    pub rule: RuleIndex,
    /// At how many nodes: those it applied to, and those of which its rule's context could not tell.
    pub times: u64,
}

/// A rule of a Schematron schema that fired at a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FiredRule {
    /// The number of the schema in the rule set.
    pub schema: usize,
    /// The number of the rule in the schema.
    pub rule: usize,
    /// It would have fired, had none before it in its pattern.
    pub is_suppressed: bool,
    /// The document that it fired in, where its pattern names others than the one checked; see
    /// [`AssertionFinding::document`].
    pub document: Option<Arc<str>>,
}

/// How often a rule was asked and how often the answer was no. A rule that never applied is not exercised; it says
/// nothing about the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Nodes the rule applied to.
    pub applied: u64,
    /// Nodes at which it failed.
    pub failed: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.applied += other.applied;
        self.failed += other.failed;
    }
}

/// A rule that failed at a place. It holds no content of the document, unless excerpts were asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: RuleIndex,
    /// How grave it is.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What it is known by in the next run.
    pub fingerprint: Fingerprint,
    /// The fields of a document structure that it is about.
    pub subject: Option<Subject>,
    /// The lines around the place, if [`LintOptions::excerpts`](crate::LintOptions::excerpts) asked for them.
    pub excerpt: Option<Excerpt>,
    /// Of an assertion of a Schematron schema, what only such findings have.
    pub assertion: Option<Box<AssertionFinding>>,
}

/// What a document that is still being written lacks: not wrong yet, but to be filled in before it is done.
#[derive(Clone, PartialEq, Debug)]
pub struct Missing {
    /// The rule that will ask for it.
    pub rule: RuleIndex,
    /// How grave it will be to leave it out.
    pub severity: Severity,
    /// What is there already of the place where it would go: the innermost element around it.
    pub place: Place,
    /// Where it would go, written as [`Place::path`]; inside what a document carries, if `place` is.
    pub path: String,
    /// The fields of a document structure that it is about.
    pub subject: Option<Subject>,
}

/// How much of a document was checked. Anything but a whole document is taken only as a draft.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[non_exhaustive]
pub struct Extent {
    /// It is a part of a document: its root element is none that a pack knows, but in the namespace of one. Rules that look
    /// at anything outside of it were not asked.
    pub is_fragment: bool,
    /// It ends before it is complete: what is missing there, and where. What is behind was not checked.
    pub unfinished: Option<ParseError>,
}

/// What a finding of a Schematron assertion has beside its rule and place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssertionFinding {
    /// A failed `assert` or a successful `report`.
    pub kind: AssertionKind,
    /// The place as SVRL says it, every step with its namespace and number: `/Q{urn:hl7-org:v3}ClinicalDocument[1]`.
    /// A namespace that no pack or schema declares is `?`, and so is the target of a processing instruction, unless
    /// messages were asked for. Empty where
    /// [`LintOptions::locations`](crate::LintOptions::locations) is off.
    pub location: String,
    /// The number of the rule that fired among [`Report::fired_rules`], if these were asked for.
    pub fired_rule: usize,
    /// The text, filled in from the document, if [`LintOptions::messages`](crate::LintOptions::messages) asked for it.
    pub text: Option<RenderedMessage>,
    /// The texts of its diagnostics and properties in the order of
    /// [`Assertion::remarks`](crate::Assertion::remarks), as the text.
    pub remarks: Vec<RenderedMessage>,
    /// The document it was found in, where the pattern names others than the one checked: its address as that document
    /// says it if messages were asked for, else `…`.
    pub document: Option<Arc<str>>,
}

/// Why a document was not checked.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Unchecked {
    /// It could not be read.
    Unreadable(ParseError),
    /// [`LintOptions::interrupt`](crate::LintOptions::interrupt) stopped it.
    Interrupted,
    /// No pack of the rule set applies to it.
    NoPackApplies,
    /// It is a part of a document, and no rule can be asked of it alone.
    NothingAsked,
    /// Its rules took more work than [`LintOptions::budget`](crate::LintOptions::budget) allows one document, or its findings more memory.
    TooMuchWork {
        /// The rule at which it ended, where that is known.
        rule: Option<RuleIndex>,
    },
}

impl fmt::Display for Unchecked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unchecked::Unreadable(error) => error.fmt(out),
            Unchecked::Interrupted => out.write_str("the check was interrupted"),
            Unchecked::NothingAsked => out.write_str("no rule can be asked of this part of a document alone"),
            Unchecked::NoPackApplies => out.write_str("no rule pack applies to the document"),
            Unchecked::TooMuchWork { .. } => out.write_str("the rules took more work than one document is allowed"),
        }
    }
}

impl std::error::Error for Unchecked {}

impl Unchecked {
    /// Why rules were stopped: an interrupt that is raised stays so, hence it need not be said by whatever stopped.
    pub(crate) fn stopped(options: &LintOptions, rule: Option<RuleIndex>) -> Unchecked {
        match options.interrupt.as_ref().is_some_and(|interrupt| interrupt.is_raised()) {
            true => Unchecked::Interrupted,
            false => Unchecked::TooMuchWork { rule },
        }
    }
}

impl From<EvaluationError> for Unchecked {
    fn from(error: EvaluationError) -> Unchecked {
        match error {
            EvaluationError::Interrupted => Unchecked::Interrupted,
            _ => Unchecked::TooMuchWork { rule: None },
        }
    }
}
