//! Runs rules over a document: every rule on every node it can apply to, counting both.

use std::fmt;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits, NodeRef, ParseError};
use kirjuri_xpath::{Binding, DynamicContext, EvaluationError, Evaluator, Focus, Matched, Node, Program};

use crate::classification::Severity;
use crate::embedded::{Content, Embedded, XHTML};
use crate::excerpt::Excerpt;
use crate::identifiers::Date;
use crate::pack::Pack;
use crate::place::{Place, Places, TooLong};
use crate::report::{AssertionFinding, Finding, Profile, Report, Tally, Unchecked};
use crate::rule::{Question, Rule};
use crate::rule_set::{RuleIndex, RuleSet};
use crate::schematron::{Locations, TextAllowance};
use crate::series::{Said, Trace};
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

/// Parses a document, JSON where its first character is that of a JSON object or array, else XML.
///
/// # Errors
/// As [`Document::parse`] and [`Document::parse_json`].
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => Document::parse_json(bytes, limits),
        _ => Document::parse(bytes, limits),
    }
}

/// Parses a document and lints it.
///
/// # Errors
/// Why it was not checked. A document that was not checked has no findings, and is not clean.
pub fn check(bytes: &[u8], limits: &Limits, rules: &RuleSet, options: &LintOptions) -> Result<Report, Unchecked> {
    let document = parse(bytes, limits).map_err(Unchecked::Unreadable)?;
    lint(&document, rules, options)
}

/// Lints a document with the packs that apply to it, and what it carries inside with those that apply to that.
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
    let embedded = Embedded::of(document);
    let parts = parts(document, &embedded, |namespace| rules.packs.iter().any(|pack| pack.concerns(namespace)));
    for (pack, &start) in rules.packs.iter().zip(&rules.starts) {
        let mut counts = Vec::new();
        for part in &parts {
            let Some(binding) = pack.bind_if_applies(part.document)? else { continue };
            applies = true;
            counts.resize(pack.rules().len(), Tally::default());
            run(pack, part, &binding, options, |number, outcome, spent| {
                let rule = RuleIndex(start + number as u32);
                if let Some(profile) = &mut profile {
                    profile.rules[rule.index()] += spent;
                }
                counts[number].applied += 1;
                let severity = pack.rules()[number].severity;
                let (at, said) = match outcome {
                    Outcome::Held => return,
                    Outcome::Failed(at) => {
                        counts[number].failed += 1;
                        (at, None)
                    }
                    Outcome::Said(at, said) => (at, Some(said)),
                };
                found.push(Found { at, rule, severity, said, assertion: None });
            })
            .map_err(|Stopped(rule)| Unchecked::TooMuchWork {
                rule: rule.map(|number| RuleIndex(start + number as u32)),
            })?;
        }
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
    (report.findings, report.traces) = findings(document, Some(&embedded), rules, options, found)?;
    report.findings.append(&mut elsewhere);
    validation::sum(&mut report.unevaluated);
    Ok(report)
}

/// A document that is linted: the one that was given, or one that an element of it carries.
#[derive(Clone, Copy)]
pub(crate) struct Part<'d> {
    pub(crate) document: &'d Document,
    embedded: &'d Embedded<'d>,
    /// The number of what carries it, where it is not the document that was given.
    carrier: Option<usize>,
}

impl<'d> Part<'d> {
    pub(crate) fn whole(document: &'d Document, embedded: &'d Embedded<'d>) -> Part<'d> {
        Part { document, embedded, carrier: None }
    }

    /// Where a node is that an expression selected: in this part, or in what it carries.
    fn at(&self, node: Node<'_>) -> Option<At> {
        let carriers = self.embedded.carriers();
        let carrier = match std::ptr::eq(node.document, self.document) {
            true => self.carrier,
            false => Some(carriers.iter().position(|carrier| carrier.has(node.document))?),
        };
        let outer = carrier.and_then(|number| carriers.get(number)).map_or(node.node, |it| it.element.into());
        Some(At { outer, inner: carrier.map(|carrier| (carrier, node.node)) })
    }
}

/// The document and what it carries, where somebody has something to say about root elements of its namespace.
pub(crate) fn parts<'d>(
    document: &'d Document,
    embedded: &'d Embedded<'d>,
    concerns: impl Fn(&str) -> bool,
) -> Vec<Part<'d>> {
    let mut parts = vec![Part::whole(document, embedded)];
    for (number, carrier) in embedded.carriers().iter().enumerate() {
        let namespace = match carrier.content {
            Content::Json => "",
            Content::Xml => XHTML,
        };
        if !concerns(namespace) {
            continue;
        }
        // What cannot be opened has no parts; that it cannot is a matter of rules (`k:embedded-json`).
        let inside = embedded.open(carrier);
        parts.extend(inside.map(|document| Part { document, embedded, carrier: Some(number) }));
    }
    parts
}

/// Where something was found. In document order, what is inside behind what carries it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct At {
    /// The node of the document that was given.
    outer: NodeRef,
    /// The number of what carries a document, and the node in that.
    inner: Option<(usize, NodeRef)>,
}

impl From<NodeRef> for At {
    fn from(node: NodeRef) -> At {
        At { outer: node, inner: None }
    }
}

/// A finding before its place is written out.
pub(crate) struct Found {
    pub(crate) at: At,
    pub(crate) rule: RuleIndex,
    pub(crate) severity: Severity,
    /// It is a finding only where an earlier document of the batch said the same.
    pub(crate) said: Option<Said>,
    pub(crate) assertion: Option<Box<AssertionFinding>>,
}

/// The places of a document and of those that it carries.
pub(crate) struct AllPlaces<'d> {
    outer: Places<'d>,
    inner: Vec<Option<Places<'d>>>,
    document: &'d Document,
    embedded: Option<&'d Embedded<'d>>,
    is_declared: &'d dyn Fn(&str) -> bool,
}

impl<'d> AllPlaces<'d> {
    pub(crate) fn new(
        document: &'d Document,
        embedded: Option<&'d Embedded<'d>>,
        is_declared: &'d dyn Fn(&str) -> bool,
    ) -> AllPlaces<'d> {
        AllPlaces { outer: Places::new(document, is_declared), inner: Vec::new(), document, embedded, is_declared }
    }

    pub(crate) fn place(&mut self, at: At) -> Result<Place, TooLong> {
        let mut place = self.outer.place(at.outer)?;
        if let Some((number, node)) = at.inner
            && let Some(inner) = self.inner(number)
        {
            place.inner = Some(Box::new(inner.place(node)?));
        }
        Ok(place)
    }

    fn excerpt(&mut self, at: At) -> Excerpt {
        let opened = at.inner.and_then(|(number, node)| Some((self.opened(number)?, node)));
        let (document, node) = opened.unwrap_or((self.document, at.outer));
        Excerpt::of(document, Places::span_in(document, node))
    }

    fn opened(&self, number: usize) -> Option<&'d Document> {
        let embedded = self.embedded?;
        embedded.open(embedded.carriers().get(number)?)
    }

    fn inner(&mut self, number: usize) -> Option<&mut Places<'d>> {
        if self.inner.len() <= number {
            self.inner.resize_with(number + 1, || None);
        }
        let (opened, is_declared) = (self.opened(number)?, self.is_declared);
        Some(self.inner.get_mut(number)?.get_or_insert_with(|| Places::new(opened, is_declared)))
    }
}

/// Writes out the places of what was found in a document; apart, what is a finding only in a series.
pub(crate) fn findings(
    document: &Document,
    embedded: Option<&Embedded<'_>>,
    rules: &RuleSet,
    options: &LintOptions,
    mut found: Vec<Found>,
) -> Result<(Vec<Finding>, Vec<Trace>), Unchecked> {
    // Where one rule finds two things at a place, they stay as they came.
    found.sort_by_key(|found| (found.at, found.rule));
    let is_declared = |namespace: &str| rules.declares(namespace);
    let is_shown = |namespace: &str| options.messages || rules.declares(namespace);
    let mut places = AllPlaces::new(document, embedded, &is_declared);
    let mut locations = Locations::new(document, &is_shown, options.messages);
    let (mut findings, mut traces) = (Vec::new(), Vec::new());
    for Found { at, rule, severity, said, mut assertion } in found {
        let too_long = || Unchecked::TooMuchWork { rule: Some(rule) };
        let excerpt = options.excerpts.then(|| places.excerpt(at));
        let place = places.place(at).map_err(|TooLong| too_long())?;
        if let Some(assertion) = assertion.as_mut().filter(|_| options.locations) {
            assertion.location = locations.location(at.outer).ok_or_else(too_long)?;
        }
        let finding = Finding { rule, severity, place, excerpt, assertion };
        match said {
            None => findings.push(finding),
            Some(said) => traces.push(Trace { said, finding }),
        }
    }
    Ok((findings, traces))
}

/// What a rule says of a node it applies to.
pub(crate) enum Outcome {
    Held,
    /// Where to point.
    Failed(At),
    /// What the document says, to be compared with others of the batch, and where to point if it is not alone.
    Said(At, Said),
}

/// Offers the nodes of a document to the rules of a pack that can apply to them; says of each the nanoseconds it took.
pub(crate) fn run(
    pack: &Pack,
    part: &Part<'_>,
    binding: &Binding,
    options: &LintOptions,
    mut outcome: impl FnMut(usize, Outcome, u64),
) -> Result<(), Stopped> {
    let as_of = options.as_of;
    let as_of_text = as_of.map(|day| day.to_string()).unwrap_or_default();
    let mut dynamic = DynamicContext { as_of: &as_of_text, ..DynamicContext::default() };
    if part.carrier.is_none() {
        dynamic.documents = Some(part.embedded);
    }
    let evaluator = Evaluator::new(part.document, binding, &dynamic).with_budget(options.budget);
    let (contexts, asking) = pack.contexts();
    evaluator.each_match(contexts, &mut |pattern, node, matched| {
        let number = asking[pattern];
        let rule = &pack.rules()[number];
        // Contexts of packs always have a value: their language knows no such errors.
        if matched == Matched::Holds && rule.in_force(as_of) {
            let (answer, spent) = timed(options.clock.as_deref(), || ask(rule, number, part, &evaluator, node));
            outcome(number, answer.map_err(|_| Stopped(Some(number)))?, spent);
        }
        Ok(())
    })
}

/// What a rule says of a node it applies to.
fn ask<'a>(
    rule: &'a Rule,
    number: usize,
    part: &Part<'_>,
    evaluator: &Evaluator<'a>,
    node: Node<'a>,
) -> Result<Outcome, EvaluationError> {
    let focus = Focus::on(node);
    let here = |point: &'a Option<Program>| {
        let point = match point {
            Some(point) => evaluator.nodes(point, &focus)?.first().copied(),
            None => None,
        };
        let at = part.at(point.unwrap_or(node)).or_else(|| part.at(node));
        Ok(at.unwrap_or_else(|| node.node.into()))
    };
    match &rule.question {
        Question::Expression { assertion, point, .. } => {
            if evaluator.truth(assertion, &focus)? {
                return Ok(Outcome::Held);
            }
            here(point).map(Outcome::Failed)
        }
        Question::Series { group, value, point, .. } => {
            let text = |program| Ok::<_, EvaluationError>(evaluator.value(program, &focus)?.to_text().into_owned());
            let (group, value) = (text(group)?, text(value)?);
            if group.is_empty() || value.is_empty() {
                return Ok(Outcome::Held);
            }
            Ok(Outcome::Said(here(point)?, Said::new(number, &group, &value)))
        }
    }
}
