//! Runs rules over a document: every rule on every node it can apply to, counting both.

use std::fmt;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits, NodeRef};
use kirjuri_xpath::{Binding, DynamicContext, EvaluationError, Evaluator, Focus, Matched, Node};

use crate::classification::Severity;
use crate::excerpt::Excerpt;
use crate::identifiers::Date;
use crate::pack::Pack;
use crate::place::{Places, TooLong};
use crate::report::{AssertionFinding, Finding, Profile, Report, Tally, Unchecked};
use crate::rule::Rule;
use crate::rule_set::{RuleIndex, RuleSet};
use crate::schematron::{Locations, TextAllowance};
use crate::validation::{self, Validation};

/// How to lint.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LintOptions {
    /// The day the document is judged by: rules that were not yet or no longer in force on it do not run, and
    /// `k:as-of()` says it. Without a day all rules run and dates are compared with none.
    pub as_of: Option<Date>,
    /// Keep the lines of the source around each finding. They are content of the document; ask for them only to
    /// show them to somebody who may see the document.
    pub excerpts: bool,
    /// Fill the messages of Schematron assertions in. They quote the document; ask for them only to show them to
    /// somebody who may see it.
    pub messages: bool,
    /// Say where findings of Schematron assertions are as SVRL does, beside their place.
    pub locations: bool,
    /// Keep which rules of Schematron schemas fired.
    pub fired_rules: bool,
    /// Where patterns of Schematron schemas find the documents that a document names; without it, such patterns are
    /// not evaluated.
    pub documents: Option<Arc<dyn SubordinateDocuments>>,
    /// Measures what each rule takes ([`Report::profile`]); without it, no time is taken.
    pub clock: Option<Arc<dyn Clock>>,
    /// How many nodes the rules of one pack may visit in one document before they are stopped. Real documents take
    /// some ten thousand; the default, 2²⁸, is a second or two of work.
    pub budget: u64,
}

impl Default for LintOptions {
    fn default() -> LintOptions {
        LintOptions {
            as_of: None,
            excerpts: false,
            messages: false,
            locations: true,
            fired_rules: false,
            documents: None,
            clock: None,
            budget: 1 << 28,
        }
    }
}

impl LintOptions {
    /// Judged by a day.
    pub fn as_of(day: Date) -> LintOptions {
        LintOptions { as_of: Some(day), ..LintOptions::default() }
    }
}

/// A clock of the caller's, since the library has none.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Nanoseconds since some moment that stays the same.
    fn nanoseconds(&self) -> u64;
}

/// Does something; with what it gives, the nanoseconds it took, or 0 without a clock.
pub(crate) fn timed<T>(clock: Option<&dyn Clock>, what: impl FnOnce() -> T) -> (T, u64) {
    let Some(clock) = clock else { return (what(), 0) };
    let start = clock.nanoseconds();
    let result = what();
    (result, clock.nanoseconds().saturating_sub(start))
}

/// Reads the documents that a document names for patterns of Schematron schemas (`documents`). The names come from the
/// document: whoever implements this decides what they may reach.
pub trait SubordinateDocuments: fmt::Debug + Send + Sync {
    /// The bytes of a document by the address that the document gives; nothing where there is none.
    fn read(&self, address: &str) -> Option<Vec<u8>>;
}

/// The rules of a pack or schema were stopped; at which one, where that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped(pub(crate) Option<usize>);

impl From<EvaluationError> for Stopped {
    fn from(_: EvaluationError) -> Stopped {
        Stopped(None)
    }
}

/// Parses a document and lints it.
///
/// # Errors
/// Why it was not checked. A document that was not checked has no findings, and is not clean.
pub fn check(bytes: &[u8], limits: &Limits, rules: &RuleSet, options: &LintOptions) -> Result<Report, Unchecked> {
    let document = Document::parse(bytes, limits).map_err(Unchecked::Unreadable)?;
    lint(&document, rules, options)
}

/// Lints a document with the packs that apply to it.
///
/// # Errors
/// [`Unchecked::NoPackApplies`] or [`Unchecked::TooMuchWork`].
pub fn lint(document: &Document, rules: &RuleSet, options: &LintOptions) -> Result<Report, Unchecked> {
    let (report, all) = timed(options.clock.as_deref(), || lint_all(document, rules, options));
    report.map(|mut report| {
        if let Some(profile) = &mut report.profile {
            profile.elsewhere = all.saturating_sub(profile.rules.iter().sum());
        }
        report
    })
}

fn lint_all(document: &Document, rules: &RuleSet, options: &LintOptions) -> Result<Report, Unchecked> {
    let mut profile = options.clock.is_some().then(|| Profile { rules: vec![0; rules.len()], elsewhere: 0 });
    let mut found = Vec::new();
    let mut tallies = Vec::new();
    let mut applies = false;
    for (pack, &start) in rules.packs.iter().zip(&rules.starts) {
        let Some(binding) = pack.bind_if_applies(document)? else { continue };
        applies = true;
        let mut counts = vec![Tally::default(); pack.rules().len()];
        run(pack, document, &binding, options, |number, outcome, spent| {
            let rule = RuleIndex(start + number as u32);
            if let Some(profile) = &mut profile {
                profile.rules[rule.index()] += spent;
            }
            counts[number].applied += 1;
            if let Outcome::Failed(at) = outcome {
                counts[number].failed += 1;
                found.push(Found { at, rule, severity: pack.rules()[number].severity, assertion: None });
            }
        })
        .map_err(|Stopped(rule)| Unchecked::TooMuchWork {
            rule: rule.map(|number| RuleIndex(start + number as u32)),
        })?;
        let numbered = (start..).map(RuleIndex).zip(counts);
        tallies.extend(numbered.filter(|(_, tally)| tally.applied > 0));
    }
    if !applies && rules.schemas.is_empty() {
        return Err(Unchecked::NoPackApplies);
    }
    let mut report = Report { tallies, profile, ..Report::default() };
    let (mut elsewhere, allowance) = (Vec::new(), TextAllowance::default());
    for number in 0..rules.schemas.len() {
        let mut validation = Validation::new(rules, number, options, &allowance, &mut report);
        validation.run(document, &mut found)?;
        validation.run_subordinates(document, &mut elsewhere)?;
        validation.count();
    }
    report.findings = findings(document, rules, options, found)?;
    report.findings.append(&mut elsewhere);
    validation::sum(&mut report.unevaluated);
    Ok(report)
}

/// A finding before its place is written out.
pub(crate) struct Found {
    pub(crate) at: NodeRef,
    pub(crate) rule: RuleIndex,
    pub(crate) severity: Severity,
    pub(crate) assertion: Option<Box<AssertionFinding>>,
}

/// Writes out the places of what was found in a document.
pub(crate) fn findings(
    document: &Document,
    rules: &RuleSet,
    options: &LintOptions,
    mut found: Vec<Found>,
) -> Result<Vec<Finding>, Unchecked> {
    // Where one rule finds two things at a place, they stay as they came.
    found.sort_by_key(|found| (found.at, found.rule));
    let is_declared = |namespace: &str| rules.declares(namespace);
    let is_shown = |namespace: &str| options.messages || rules.declares(namespace);
    let (mut places, mut locations) =
        (Places::new(document, &is_declared), Locations::new(document, &is_shown, options.messages));
    let findings = found.into_iter().map(|Found { at, rule, severity, mut assertion }| {
        let too_long = || Unchecked::TooMuchWork { rule: Some(rule) };
        let excerpt = options.excerpts.then(|| Excerpt::of(document, places.span(at)));
        let place = places.place(at).map_err(|TooLong| too_long())?;
        if let Some(assertion) = assertion.as_mut().filter(|_| options.locations) {
            assertion.location = locations.location(at).ok_or_else(too_long)?;
        }
        Ok(Finding { rule, severity, place, excerpt, assertion })
    });
    findings.collect()
}

/// What a rule says of a node it applies to.
pub(crate) enum Outcome {
    Held,
    /// Where to point.
    Failed(NodeRef),
}

/// Offers the nodes of a document to the rules of a pack that can apply to them; says of each the nanoseconds it took.
pub(crate) fn run(
    pack: &Pack,
    document: &Document,
    binding: &Binding,
    options: &LintOptions,
    mut outcome: impl FnMut(usize, Outcome, u64),
) -> Result<(), Stopped> {
    let as_of = options.as_of;
    let as_of_text = as_of.map(|day| day.to_string()).unwrap_or_default();
    let dynamic = DynamicContext { as_of: &as_of_text, ..DynamicContext::default() };
    let evaluator = Evaluator::new(document, binding, &dynamic).with_budget(options.budget);
    evaluator.each_match(pack.contexts(), &mut |number, node, matched| {
        let rule = &pack.rules()[number];
        // Contexts of packs always have a value: their language knows no such errors.
        if matched == Matched::Holds && rule.in_force(as_of) {
            let (answer, spent) = timed(options.clock.as_deref(), || ask(rule, &evaluator, node));
            outcome(number, answer.map_err(|_| Stopped(Some(number)))?, spent);
        }
        Ok(())
    })
}

/// What a rule says of a node it applies to.
fn ask<'a>(rule: &'a Rule, evaluator: &Evaluator<'a>, node: Node<'a>) -> Result<Outcome, EvaluationError> {
    let focus = Focus::on(node);
    if evaluator.truth(&rule.assertion, &focus)? {
        return Ok(Outcome::Held);
    }
    let point = match &rule.point {
        Some(point) => evaluator.nodes(point, &focus)?.first().map(|node| node.node),
        None => None,
    };
    Ok(Outcome::Failed(point.unwrap_or(node.node)))
}
