//! Runs a schema over a document: finds the rules that fire, and asks their assertions.

use std::collections::BTreeSet;

use kirjuri_tree::{Document, NodeId, NodeRef};
use kirjuri_xpath::{Documents, DynamicContext, EvaluationError, Evaluator, Focus, Matched, Node, Sequence};

use super::message::{self, RenderedMessage, Renderer, TextAllowance};
use super::{Assertion, AssertionKind, SchemaPattern, Schematron, VariableValue};
use crate::lint::{LintOptions, Stopped, timed};

/// What happens while a schema runs.
pub(crate) enum Event {
    /// A rule fires at a node; a suppressed one would, had none before it in its pattern.
    Fired { rule: usize, is_suppressed: bool },
    /// It cannot be said whether the rule fires at a node: its context has no value there.
    Undecided { rule: usize },
    /// An assertion was asked, which took some time if there is a clock.
    Asked { assertion: usize, outcome: Asked, nanoseconds: u64 },
}

/// What came of asking an assertion.
pub(crate) enum Asked {
    /// Nothing to be said.
    Fine,
    /// The expression has no value for this document.
    Unevaluated,
    /// There is a finding.
    Found {
        /// Where: the subject, else the node at which the rule fired.
        at: NodeRef,
        /// Its text and those of its diagnostics and properties, if the options ask for them.
        texts: Option<Texts>,
    },
}

/// The texts of a finding, filled in from the document.
pub(crate) struct Texts {
    pub(crate) text: RenderedMessage,
    pub(crate) remarks: Vec<RenderedMessage>,
}

/// How a schema is to be run.
#[derive(Clone, Copy)]
pub(crate) struct Order<'o> {
    pub(crate) options: &'o LintOptions,
    /// What the messages of the document may still take.
    pub(crate) allowance: &'o TextAllowance,
    /// How many nodes may be visited.
    pub(crate) budget: u64,
}

/// A rule that matches a node, or may. Their order is that of patterns, then nodes, then rules.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    pattern: u32,
    node: NodeRef,
    rule: u32,
    certainty: Certainty,
}

/// Whether a rule fires at a node. Where it is known of one alternative of its context, that is what counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    Fires,
    /// A document is missing that would tell. No other rule of the pattern can be asked in its place.
    Missing,
    /// The context has no value, and does not match as XSLT has it: later rules may.
    Undefined,
}

/// The error of a document that cannot be had.
const NO_DOCUMENT: &str = "FODC0002";

/// Documents that one document may name for all patterns of a schema.
const MOST_SUBORDINATES: usize = 64;

/// The documents that a pattern is about.
#[derive(Default)]
pub(crate) struct Subordinates {
    pub(crate) pattern: usize,
    /// Each once.
    pub(crate) addresses: Vec<String>,
    /// Whether these are all that it is about.
    pub(crate) is_complete: bool,
}

/// Runs the patterns of a schema that are about the document itself.
pub(crate) fn run(
    schema: &Schematron,
    document: &Document,
    order: Order<'_>,
    event: &mut dyn FnMut(Event),
) -> Result<(), Stopped> {
    let is_meant =
        |pattern| schema.patterns.get(pattern).is_some_and(|pattern: &SchemaPattern| pattern.documents.is_none());
    let (binding, as_of) = (schema.context.names().bind(document), as_of(order.options));
    let dynamic = dynamic(schema, &as_of, order.options);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(order.budget);
    Runner { schema, document, evaluator: &evaluator, order }.run(document, &is_meant, event)
}

/// Runs one pattern over a document that the pattern itself names.
pub(crate) fn run_subordinate(
    schema: &Schematron,
    pattern: usize,
    main: &Document,
    document: &Document,
    order: Order<'_>,
    event: &mut dyn FnMut(Event),
) -> Result<(), Stopped> {
    let (binding, as_of) = (schema.context.names().bind(document), as_of(order.options));
    let dynamic = dynamic(schema, &as_of, order.options);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(order.budget);
    Runner { schema, document, evaluator: &evaluator, order }.run(main, &|number| number == pattern, event)
}

/// The addresses of the documents that each pattern is about which names some, as its expression gives them.
pub(crate) fn subordinates(
    schema: &Schematron,
    document: &Document,
    order: Order<'_>,
) -> Result<Vec<Subordinates>, Stopped> {
    let (binding, as_of) = (schema.context.names().bind(document), as_of(order.options));
    let dynamic = dynamic(schema, &as_of, order.options);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(order.budget);
    let root = Node { document, node: NodeId::DOCUMENT.into() };
    bind(schema, &schema.global, &evaluator, root);
    let mut all = BTreeSet::new();
    let mut found = Vec::new();
    for (pattern, about) in
        schema.patterns.iter().enumerate().filter(|(_, it)| it.documents.is_some() && schema.asks(it))
    {
        let mut named = Subordinates { pattern, ..Subordinates::default() };
        let program = about.program.and_then(|program| schema.programs.get(program));
        let value = match program.map(|program| evaluator.value(program, &Focus::on(root))) {
            Some(Ok(value)) => Some(value),
            Some(Err(EvaluationError::Dynamic(_))) | None => None,
            Some(Err(_)) => return Err(Stopped(None)),
        };
        named.is_complete = value.is_some();
        for item in value.iter().flat_map(Sequence::items) {
            let address = message::text_of_item(&item, schema.context.version(), &evaluator)?;
            if named.addresses.contains(&address) {
                continue;
            }
            if all.len() >= MOST_SUBORDINATES && !all.contains(&address) {
                named.is_complete = false;
                break;
            }
            all.insert(address.clone());
            named.addresses.push(address);
        }
        found.push(named);
    }
    Ok(found)
}

fn as_of(options: &LintOptions) -> String {
    options.as_of.day().map(|day| day.to_string()).unwrap_or_default()
}

fn dynamic<'a>(schema: &'a Schematron, as_of: &'a str, options: &'a LintOptions) -> DynamicContext<'a> {
    let (library, documents) = (Some(schema.context.library()), Some(&schema.documents as &dyn Documents));
    DynamicContext { as_of, library, documents, interrupt: options.interrupt.as_deref(), ..DynamicContext::default() }
}

struct Runner<'e, 'a> {
    schema: &'a Schematron,
    /// The document that the rules match.
    document: &'a Document,
    evaluator: &'e Evaluator<'a>,
    order: Order<'e>,
}

impl<'a> Runner<'_, 'a> {
    /// Runs the patterns that are meant; the variables of the schema are computed in the document `main`.
    fn run(
        &self,
        main: &'a Document,
        is_meant: &dyn Fn(usize) -> bool,
        event: &mut dyn FnMut(Event),
    ) -> Result<(), Stopped> {
        let root = Node { document: main, node: NodeId::DOCUMENT.into() };
        bind(self.schema, &self.schema.global, self.evaluator, root);
        let mut taken = None;
        for Match { pattern, node, rule, certainty } in self.matches(is_meant)? {
            // The first rule of a pattern that matches a node is the only one that fires there.
            let is_suppressed = taken == Some((pattern, node));
            if is_suppressed && !(self.order.options.fired_rules && certainty == Certainty::Fires) {
                continue;
            }
            if certainty != Certainty::Undefined {
                taken = Some((pattern, node));
            }
            if certainty != Certainty::Fires {
                event(Event::Undecided { rule: rule as usize });
                continue;
            }
            event(Event::Fired { rule: rule as usize, is_suppressed });
            if !is_suppressed {
                self.fire(rule as usize, node, event)?;
            }
        }
        Ok(())
    }

    /// The rules that match, each with its node, in the order in which they may fire.
    fn matches(&self, is_meant: &dyn Fn(usize) -> bool) -> Result<Vec<Match>, Stopped> {
        let schema = self.schema;
        let mut matches = Vec::new();
        self.evaluator.each_match::<Stopped>(&schema.contexts, &mut |context, node, matched| {
            let certainty = match matched {
                Matched::Holds => Certainty::Fires,
                Matched::Undefined(code) if code.as_str() == NO_DOCUMENT => Certainty::Missing,
                Matched::Undefined(_) => Certainty::Undefined,
            };
            for &rule in schema.rules_of_context.get(context).map_or(&[][..], Vec::as_slice) {
                let pattern = schema.rules.get(rule as usize).map_or(0, |rule| rule.pattern);
                if is_meant(pattern) {
                    matches.push(Match { pattern: pattern as u32, node: node.node, rule, certainty });
                }
            }
            Ok(())
        })?;
        matches.sort_unstable();
        matches.dedup_by_key(|it| (it.pattern, it.node, it.rule));
        Ok(matches)
    }

    /// Asks the assertions of a rule at a node.
    fn fire(&self, rule: usize, node: NodeRef, event: &mut dyn FnMut(Event)) -> Result<(), Stopped> {
        let (schema, evaluator) = (self.schema, self.evaluator);
        let Some(rule) = schema.rules.get(rule) else { return Ok(()) };
        let node = Node { document: self.document, node };
        let focus = Focus::on(node);
        bind(schema, &rule.variables, evaluator, node);
        for number in rule.assertions.clone() {
            let Some(assertion) = schema.assertions.get(number).filter(|assertion| assertion.is_asked()) else {
                continue;
            };
            let Some(program) = schema.programs.get(assertion.program) else { continue };
            let (answer, nanoseconds) = timed(self.order.options.clock.as_deref(), || evaluator.truth(program, &focus));
            let outcome = match answer {
                Ok(truth) if truth == (assertion.kind == AssertionKind::Assert) => Asked::Fine,
                Ok(_) => {
                    let stopped = |_| Stopped(Some(number));
                    let subject = self.subject(assertion.subject.or(rule.subject), &focus).map_err(stopped)?;
                    let texts = self.order.options.messages.then(|| self.texts(assertion, node).map_err(stopped));
                    Asked::Found { at: subject.unwrap_or(node.node), texts: texts.transpose()? }
                }
                Err(EvaluationError::Dynamic(_)) => Asked::Unevaluated,
                Err(_) => return Err(Stopped(Some(number))),
            };
            event(Event::Asked { assertion: number, outcome, nanoseconds });
        }
        Ok(())
    }

    /// Where a finding is, if its subject says so.
    fn subject(&self, subject: Option<usize>, focus: &Focus<'a>) -> Result<Option<NodeRef>, EvaluationError> {
        let Some(program) = subject.and_then(|subject| self.schema.programs.get(subject)) else { return Ok(None) };
        let nodes = match self.evaluator.nodes(program, focus) {
            Ok(nodes) => nodes,
            Err(EvaluationError::Dynamic(_)) => Vec::new(),
            Err(stopped) => return Err(stopped),
        };
        // A subject in another document has no place in this one.
        let first = nodes.into_iter().next().filter(|first| std::ptr::eq(first.document, self.document));
        Ok(first.map(|first| first.node))
    }

    fn texts(&self, assertion: &Assertion, node: Node<'a>) -> Result<Texts, EvaluationError> {
        let Runner { schema, evaluator, order, .. } = *self;
        let (version, programs, allowance) = (schema.context.version(), schema.programs.as_slice(), order.allowance);
        let renderer = Renderer { version, programs, evaluator, node, allowance };
        let remarks = assertion.remarks.iter().filter_map(|&remark| schema.remarks.get(remark));
        let remarks = remarks.map(|remark| renderer.render(&remark.message)).collect::<Result<_, _>>()?;
        Ok(Texts { text: renderer.render(&assertion.message)?, remarks })
    }
}

/// Binds variables, to be computed at a node when they are read.
fn bind<'a>(schema: &'a Schematron, variables: &[usize], evaluator: &Evaluator<'a>, node: Node<'a>) {
    for variable in variables.iter().filter_map(|&number| schema.variables.get(number)) {
        for &slot in &variable.slots {
            match &variable.value {
                VariableValue::Program(program) => {
                    if let Some(program) = schema.programs.get(*program) {
                        evaluator.bind_lazily(slot, program, Focus::on(node));
                    }
                }
                VariableValue::Holder(document) => {
                    let node = document.root_element().into();
                    evaluator.bind(slot, Sequence::Nodes(vec![Node { document, node }]));
                }
                VariableValue::Elements(document) => {
                    let children = document.children(document.root_element()).filter(|&node| document.is_element(node));
                    let nodes = children.map(|node| Node { document, node: node.into() });
                    evaluator.bind(slot, Sequence::Nodes(nodes.collect()));
                }
            }
        }
    }
}
