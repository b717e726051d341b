//! Runs a schema over a document: finds the rules that fire, and asks their assertions.

use kirjuri_tree::{Document, NodeId, NodeRef};
use kirjuri_xpath::{Documents, DynamicContext, EvaluationError, Evaluator, Focus, Node, Sequence};

use super::message::{self, RenderedMessage};
use super::{Assertion, AssertionKind, SchemaPattern, Schematron, VariableValue};
use crate::lint::{LintOptions, timed};

/// What happens while a schema runs.
pub(crate) enum Event {
    /// A rule fires at a node; a suppressed one would, had none before it in its pattern.
    Fired { rule: usize, is_suppressed: bool },
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

/// The rules were stopped; at which assertion, where that is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped(pub(crate) Option<usize>);

impl From<EvaluationError> for Stopped {
    fn from(_: EvaluationError) -> Stopped {
        Stopped(None)
    }
}

/// A rule that matches a node. Their order is that of patterns, then nodes, then rules.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Match {
    pattern: u32,
    node: NodeRef,
    rule: u32,
}

/// Runs the patterns of a schema that are about the document itself.
pub(crate) fn run(
    schema: &Schematron,
    document: &Document,
    options: &LintOptions,
    event: &mut dyn FnMut(Event),
) -> Result<(), Stopped> {
    let is_meant =
        |pattern| schema.patterns.get(pattern).is_some_and(|pattern: &SchemaPattern| pattern.documents.is_none());
    let (binding, as_of) = (schema.context.names().bind(document), as_of(options));
    let dynamic = dynamic(schema, &as_of);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(options.budget);
    Runner { schema, document, evaluator: &evaluator, options }.run(document, &is_meant, event)
}

/// Runs one pattern over a document that the pattern itself names.
pub(crate) fn run_subordinate(
    schema: &Schematron,
    pattern: usize,
    main: &Document,
    document: &Document,
    options: &LintOptions,
    event: &mut dyn FnMut(Event),
) -> Result<(), Stopped> {
    let (binding, as_of) = (schema.context.names().bind(document), as_of(options));
    let dynamic = dynamic(schema, &as_of);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(options.budget);
    Runner { schema, document, evaluator: &evaluator, options }.run(main, &|number| number == pattern, event)
}

/// The addresses of the documents that a pattern is about, as its expression gives them; nothing where it cannot be
/// evaluated.
pub(crate) fn subordinates(
    schema: &Schematron,
    pattern: usize,
    document: &Document,
    options: &LintOptions,
) -> Option<Vec<String>> {
    let program = schema.programs.get(schema.patterns.get(pattern)?.program?)?;
    let (binding, as_of) = (schema.context.names().bind(document), as_of(options));
    let dynamic = dynamic(schema, &as_of);
    let evaluator = Evaluator::new(document, &binding, &dynamic).with_budget(options.budget);
    let root = Node { document, node: NodeId::DOCUMENT.into() };
    bind(schema, &schema.global, &evaluator, root);
    let value = evaluator.value(program, &Focus::on(root)).ok()?;
    let addresses = value.items().map(|item| message::text_of_item(&item, schema.context.version())).collect();
    Some(addresses)
}

fn as_of(options: &LintOptions) -> String {
    options.as_of.map(|day| day.to_string()).unwrap_or_default()
}

fn dynamic<'a>(schema: &'a Schematron, as_of: &'a str) -> DynamicContext<'a> {
    let (library, documents) = (Some(schema.context.library()), Some(&schema.documents as &dyn Documents));
    DynamicContext { as_of, library, documents, ..DynamicContext::default() }
}

struct Runner<'e, 'a> {
    schema: &'a Schematron,
    /// The document that the rules match.
    document: &'a Document,
    evaluator: &'e Evaluator<'a>,
    options: &'e LintOptions,
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
        let mut last = None;
        for Match { pattern, node, rule } in self.matches(is_meant)? {
            // The first rule of a pattern that matches a node is the only one that fires there.
            let is_suppressed = last.replace((pattern, node)) == Some((pattern, node));
            if is_suppressed && !self.options.fired_rules {
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
        self.evaluator.each_match::<Stopped>(&schema.contexts, &mut |context, node| {
            for &rule in schema.rules_of_context.get(context).map_or(&[][..], Vec::as_slice) {
                let pattern = schema.rules.get(rule as usize).map_or(0, |rule| rule.pattern);
                if is_meant(pattern) {
                    matches.push(Match { pattern: pattern as u32, node: node.node, rule });
                }
            }
            Ok(())
        })?;
        matches.sort_unstable();
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
            let Some(assertion) = schema.assertions.get(number).filter(|assertion| assertion.is_compiled) else {
                continue;
            };
            let Some(program) = schema.programs.get(assertion.program) else { continue };
            let (answer, nanoseconds) = timed(self.options.clock.as_deref(), || evaluator.truth(program, &focus));
            let outcome = match answer {
                Ok(truth) if truth == (assertion.kind == AssertionKind::Assert) => Asked::Fine,
                Ok(_) => Asked::Found {
                    at: self.subject(assertion.subject.or(rule.subject), &focus).unwrap_or(node.node),
                    texts: self.options.messages.then(|| self.texts(assertion, node)),
                },
                Err(EvaluationError::Exhausted) => return Err(Stopped(Some(number))),
                Err(_) => Asked::Unevaluated,
            };
            event(Event::Asked { assertion: number, outcome, nanoseconds });
        }
        Ok(())
    }

    fn subject(&self, subject: Option<usize>, focus: &Focus<'a>) -> Option<NodeRef> {
        let nodes = self.evaluator.nodes(self.schema.programs.get(subject?)?, focus).ok()?;
        // A subject in another document has no place in this one.
        let first = nodes.into_iter().next().filter(|first| std::ptr::eq(first.document, self.document));
        first.map(|first| first.node)
    }

    fn texts(&self, assertion: &Assertion, node: Node<'a>) -> Texts {
        let schema = self.schema;
        let render =
            |message| message::render(message, schema.context.version(), &schema.programs, self.evaluator, node);
        let remarks = assertion.remarks.iter().filter_map(|&remark| schema.remarks.get(remark));
        Texts { text: render(&assertion.message), remarks: remarks.map(|remark| render(&remark.message)).collect() }
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
