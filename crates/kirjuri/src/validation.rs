//! Runs a Schematron schema of a rule set over a document, and writes what happens into the report.

use std::collections::BTreeMap;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits};

use crate::lint::{self, Found, LintOptions, Stopped};
use crate::report::{AssertionFinding, Finding, FiredRule, Report, Tally, Unchecked, Unevaluated};
use crate::rule_set::{RuleIndex, RuleSet};
use crate::schematron::{self, Asked, Event, Order, Schematron, Subordinates, TextAllowance, Texts};

/// One schema of a set while it runs.
pub(crate) struct Validation<'v> {
    rules: &'v RuleSet,
    /// Its number in the set.
    schema: usize,
    options: &'v LintOptions,
    allowance: &'v TextAllowance,
    report: &'v mut Report,
    /// The assertions that were asked, as often as they were, and whether there was a finding.
    asked: Vec<(u32, bool)>,
}

impl<'v> Validation<'v> {
    pub(crate) fn new(
        rules: &'v RuleSet,
        schema: usize,
        options: &'v LintOptions,
        allowance: &'v TextAllowance,
        report: &'v mut Report,
    ) -> Validation<'v> {
        Validation { rules, schema, options, allowance, report, asked: Vec::new() }
    }

    fn order(&self) -> Order<'v> {
        Order { options: self.options, allowance: self.allowance, budget: self.options.budget }
    }

    /// Writes into the report how often the assertions were asked.
    pub(crate) fn count(mut self) {
        // A schema has thousands of assertions, of which a document meets some hundred.
        self.asked.sort_unstable();
        for same in self.asked.chunk_by(|(one, _), (other, _)| one == other) {
            let failed = same.iter().filter(|(_, failed)| *failed).count() as u64;
            let rule = self.rule(same[0].0 as usize);
            self.report.tallies.push((rule, Tally { applied: same.len() as u64, failed }));
        }
    }

    fn schema(&self) -> &'v Schematron {
        &self.rules.schemas[self.schema]
    }

    fn rule(&self, assertion: usize) -> RuleIndex {
        RuleIndex(self.rules.schema_starts[self.schema] + assertion as u32)
    }

    fn stopped(&self, stopped: Stopped) -> Unchecked {
        Unchecked::stopped(self.options, stopped.0.map(|assertion| self.rule(assertion)))
    }

    /// Runs the patterns that are about the document.
    pub(crate) fn run(&mut self, document: &Document, found: &mut Vec<Found>) -> Result<(), Unchecked> {
        let (schema, order) = (self.schema(), self.order());
        let done = schematron::run(schema, document, order, &mut |event| self.note(event, None, found));
        done.map_err(|stopped| self.stopped(stopped))
    }

    /// Runs the patterns that are about documents which the document names.
    pub(crate) fn run_subordinates(
        &mut self,
        document: &Document,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Unchecked> {
        let (schema, options) = (self.schema(), self.options);
        let named =
            schematron::subordinates(schema, document, self.order()).map_err(|stopped| self.stopped(stopped))?;
        // Together they get the work of one document.
        let runs = named.iter().map(|one| one.addresses.len() as u64).sum::<u64>().max(1);
        let order = Order { budget: options.budget / runs, ..self.order() };
        let mut read: BTreeMap<String, Option<Document>> = BTreeMap::new();
        for Subordinates { pattern, addresses, is_complete } in named {
            let mut missing = !is_complete;
            for address in addresses {
                let other = read.entry(address.clone()).or_insert_with_key(|address| {
                    let bytes = options.documents.as_ref().and_then(|documents| documents.read(address));
                    bytes.and_then(|bytes| Document::parse(&bytes, &Limits::default()).ok())
                });
                let Some(other) = other else {
                    missing = true;
                    continue;
                };
                let shown: Arc<str> = if options.messages { address.into() } else { "…".into() };
                let mut found = Vec::new();
                let mut note = |event| self.note(event, Some(&shown), &mut found);
                let done = schematron::run_subordinate(schema, pattern, document, other, order, &mut note);
                done.map_err(|stopped| self.stopped(stopped))?;
                findings.extend(lint::findings(other, None, self.rules, options, found)?.findings);
            }
            if missing {
                let rules = schema.patterns().get(pattern).map_or(0..0, |pattern| pattern.rules.clone());
                rules.for_each(|rule| self.undecided(rule));
            }
        }
        Ok(())
    }

    fn note(&mut self, event: Event, document: Option<&Arc<str>>, found: &mut Vec<Found>) {
        match event {
            Event::Fired { rule, is_suppressed } => {
                if self.options.fired_rules {
                    let (schema, document) = (self.schema, document.cloned());
                    self.report.fired_rules.push(FiredRule { schema, rule, is_suppressed, document });
                }
            }
            Event::Undecided { rule } => self.undecided(rule),
            Event::Asked { assertion, outcome, nanoseconds } => {
                let rule = self.rule(assertion);
                if let Some(profile) = &mut self.report.profile {
                    profile.rules[rule.index()] += nanoseconds;
                }
                self.asked.push((assertion as u32, matches!(outcome, Asked::Found { .. })));
                match outcome {
                    Asked::Fine => {}
                    Asked::Unevaluated => self.unevaluated(assertion),
                    Asked::Found { at, texts } => {
                        let of = &self.schema().assertions()[assertion];
                        let (text, remarks) = match texts {
                            Some(Texts { text, remarks }) => (Some(text), remarks),
                            None => (None, Vec::new()),
                        };
                        let finding = AssertionFinding {
                            kind: of.kind,
                            location: String::new(),
                            fired_rule: self.report.fired_rules.len().saturating_sub(1),
                            text,
                            remarks,
                            document: document.cloned(),
                        };
                        let (at, assertion) = (at.into(), Some(Box::new(finding)));
                        found.push(Found { at, rule, severity: of.severity, subject: None, assertion });
                    }
                }
            }
        }
    }

    /// Counts the assertions of a rule as unevaluated at one node.
    fn undecided(&mut self, rule: usize) {
        let schema = self.schema();
        let assertions = schema.rules().get(rule).map_or(0..0, |rule| rule.assertions.clone());
        let is_asked = |number: &usize| schema.assertions().get(*number).is_some_and(|it| it.is_asked());
        assertions.filter(is_asked).for_each(|assertion| self.unevaluated(assertion));
    }

    fn unevaluated(&mut self, assertion: usize) {
        self.report.unevaluated.push(Unevaluated { rule: self.rule(assertion), times: 1 });
    }
}

/// Makes one entry for each assertion, in the order of their numbers.
pub(crate) fn sum(unevaluated: &mut Vec<Unevaluated>) {
    unevaluated.sort_unstable_by_key(|one| one.rule);
    unevaluated.dedup_by(|one, first| {
        let is_same = one.rule == first.rule;
        if is_same {
            first.times += one.times;
        }
        is_same
    });
}
