//! Runs rules over a document: every rule on every node it can apply to, counting both.

use std::fmt;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits, NodeRef, ParseError};
use kirjuri_xpath::{Binding, DynamicContext, EvaluationError, Evaluator, Focus, Node};

use crate::classification::Severity;
use crate::excerpt::Excerpt;
use crate::identifiers::Date;
use crate::pack::Pack;
use crate::place::{Place, Places, TooLong};
use crate::rule::Rule;

/// The rules of some packs, ready to run. It is immutable; many threads may lint with one set.
#[derive(Clone, Debug)]
pub struct RuleSet {
    packs: Vec<Arc<Pack>>,
    /// Rules before those of each pack.
    starts: Vec<u32>,
}

/// A rule of a rule set, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleIndex(u32);

impl RuleIndex {
    /// The number as an index into [`RuleSet::rules`] and [`Report::tallies`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl RuleSet {
    /// The rules of some packs, in their order.
    pub fn new(packs: Vec<Arc<Pack>>) -> RuleSet {
        let starts = packs.iter().scan(0, |next, pack| {
            let start = *next;
            *next += pack.rules().len() as u32;
            Some(start)
        });
        RuleSet { starts: starts.collect(), packs }
    }

    /// The packs.
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// Whether a pack declares a namespace; see [`Pack::declares`].
    pub fn declares(&self, namespace: &str) -> bool {
        namespace.is_empty() || self.packs.iter().any(|pack| pack.declares(namespace))
    }

    /// All rules with their packs, in the order of their numbers.
    pub fn rules(&self) -> impl Iterator<Item = (&Pack, &Rule)> {
        self.packs.iter().flat_map(|pack| pack.rules().iter().map(|rule| (&**pack, rule)))
    }

    /// The numbers of all rules, in their order.
    pub fn indexes(&self) -> impl Iterator<Item = RuleIndex> + use<> {
        (0..self.len() as u32).map(RuleIndex)
    }

    /// How many rules the set has.
    pub fn len(&self) -> usize {
        self.packs.iter().map(|pack| pack.rules().len()).sum()
    }

    /// Whether the set has no rule.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rule of a number this set gave, with its pack.
    ///
    /// # Panics
    /// When the number is another set's and this one has fewer rules.
    pub fn rule(&self, index: RuleIndex) -> (&Pack, &Rule) {
        let pack = self.starts.partition_point(|&start| start <= index.0) - 1;
        // Packs without rules share their start with the next; the last of them is the one that has the rule.
        (&self.packs[pack], &self.packs[pack].rules()[(index.0 - self.starts[pack]) as usize])
    }

    /// The id of a rule, `pack/name`.
    ///
    /// # Panics
    /// As [`RuleSet::rule`].
    pub fn id(&self, index: RuleIndex) -> String {
        let (pack, rule) = self.rule(index);
        pack.rule_id(rule)
    }

    /// The number of the rule `pack/name`, by its present or a former name.
    pub fn find(&self, id: &str) -> Option<RuleIndex> {
        let (pack_id, name) = id.split_once('/')?;
        let (pack, &start) = self.packs.iter().zip(&self.starts).find(|(pack, _)| pack.id == pack_id)?;
        let wanted = &pack.rule(name)?.name;
        let number = pack.rules().iter().position(|rule| rule.name == *wanted)?;
        Some(RuleIndex(start + number as u32))
    }
}

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
    /// How many nodes the rules of one pack may visit in one document before they are stopped. Real documents take
    /// some ten thousand; the default, 2²⁸, is a second or two of work.
    pub budget: u64,
}

impl Default for LintOptions {
    fn default() -> LintOptions {
        LintOptions { as_of: None, excerpts: false, budget: 1 << 28 }
    }
}

impl LintOptions {
    /// Judged by a day.
    pub fn as_of(day: Date) -> LintOptions {
        LintOptions { as_of: Some(day), ..LintOptions::default() }
    }
}

/// What was found in one document, and how often each rule was asked.
#[derive(Clone, PartialEq, Debug)]
pub struct Report {
    /// The findings by place, then by rule.
    pub findings: Vec<Finding>,
    /// For each rule of the set, by number, how often it applied and failed.
    pub tallies: Vec<Tally>,
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
    /// The lines around the place, if [`LintOptions::excerpts`] asked for them.
    pub excerpt: Option<Excerpt>,
}

/// Why a document was not checked.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub enum Unchecked {
    /// It could not be read.
    Unreadable(ParseError),
    /// No pack of the rule set applies to it.
    NoPackApplies,
    /// Its rules took more work than [`LintOptions::budget`] allows one document, or its findings more memory.
    TooMuchWork {
        /// The rule at which it ended, where that is known.
        rule: Option<RuleIndex>,
    },
}

impl fmt::Display for Unchecked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unchecked::Unreadable(error) => error.fmt(out),
            Unchecked::NoPackApplies => out.write_str("no rule pack applies to the document"),
            Unchecked::TooMuchWork { .. } => out.write_str("the rules took more work than one document is allowed"),
        }
    }
}

impl std::error::Error for Unchecked {}

impl From<EvaluationError> for Unchecked {
    fn from(_: EvaluationError) -> Unchecked {
        Unchecked::TooMuchWork { rule: None }
    }
}

/// The rules of a pack were stopped; at which one, where that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped(Option<usize>);

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
    let mut found = Vec::new();
    let mut tallies = vec![Tally::default(); rules.len()];
    let mut applies = false;
    for (pack, &start) in rules.packs.iter().zip(&rules.starts) {
        let Some(binding) = pack.bind_if_applies(document)? else { continue };
        applies = true;
        run(pack, document, &binding, options, |number, outcome| {
            let rule = RuleIndex(start + number as u32);
            tallies[rule.index()].applied += 1;
            if let Outcome::Failed(at) = outcome {
                tallies[rule.index()].failed += 1;
                found.push((at, rule, pack.rules()[number].severity));
            }
        })
        .map_err(|Stopped(rule)| Unchecked::TooMuchWork {
            rule: rule.map(|number| RuleIndex(start + number as u32)),
        })?;
    }
    if !applies {
        return Err(Unchecked::NoPackApplies);
    }
    found.sort_unstable_by_key(|&(at, rule, _)| (at, rule));
    let is_declared = |namespace: &str| rules.declares(namespace);
    let mut places = Places::new(document, &is_declared);
    let findings = found.into_iter().map(|(at, rule, severity)| {
        let excerpt = options.excerpts.then(|| Excerpt::of(document, places.span(at)));
        let place = places.place(at).map_err(|TooLong| Unchecked::TooMuchWork { rule: Some(rule) })?;
        Ok(Finding { rule, severity, place, excerpt })
    });
    Ok(Report { findings: findings.collect::<Result<_, Unchecked>>()?, tallies })
}

/// What a rule says of a node it applies to.
pub(crate) enum Outcome {
    Held,
    /// Where to point.
    Failed(NodeRef),
}

/// Offers the nodes of a document to the rules of a pack that can apply to them.
pub(crate) fn run(
    pack: &Pack,
    document: &Document,
    binding: &Binding,
    options: &LintOptions,
    mut outcome: impl FnMut(usize, Outcome),
) -> Result<(), Stopped> {
    let as_of = options.as_of;
    let as_of_text = as_of.map(|day| day.to_string()).unwrap_or_default();
    let dynamic = DynamicContext { as_of: &as_of_text, ..DynamicContext::default() };
    let evaluator = Evaluator::new(document, binding, &dynamic).with_budget(options.budget);
    evaluator.each_match(pack.contexts(), &mut |number, node| {
        let rule = &pack.rules()[number];
        if rule.in_force(as_of) {
            outcome(number, ask(rule, &evaluator, node).map_err(|_| Stopped(Some(number)))?);
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
