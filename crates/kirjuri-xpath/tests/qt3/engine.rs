//! The engine as the suite needs it: one expression in one environment, whatever comes of it.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use kirjuri_tree::{Document, Limits, NodeKind, ParseErrorKind};
use kirjuri_xpath::{
    CompileErrorKind, Documents, DynamicContext, EvaluationError, Evaluator, Focus, Item, Node, Program, Sequence,
    StaticContext, Type, Version,
};

use crate::applicability::Reason;
use crate::catalog::{Environment, Expression};

/// Values borrow from documents and programs. The suite is over when the process ends, so both are simply kept.
pub(crate) type Value = Sequence<'static>;

/// Why an expression has no value.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Failure {
    /// It does not compile. A construct that is not supported is refused by its name.
    Static {
        code: String,
        message: String,
        refused: bool,
    },
    /// It has an error when it is evaluated.
    Dynamic {
        code: String,
    },
    /// It did not end within the budget.
    Exhausted,
    Panicked,
}

impl Failure {
    pub(crate) fn code(&self) -> &str {
        match self {
            Failure::Static { code, .. } | Failure::Dynamic { code } => code,
            Failure::Exhausted | Failure::Panicked => "",
        }
    }
}

/// The documents of the suite, each read once.
#[derive(Debug, Default)]
pub(crate) struct Store {
    read: Mutex<HashMap<PathBuf, Result<&'static Document, Reason>>>,
}

impl Store {
    fn read(&self, file: &Path) -> Result<&'static Document, Reason> {
        *self.read.lock().unwrap().entry(file.to_owned()).or_insert_with(|| {
            let bytes = std::fs::read(file).map_err(|_| Reason::NoDocument)?;
            match Document::parse(&bytes, &Limits::default()) {
                Ok(document) => Ok(&*Box::leak(Box::new(document))),
                Err(error) => Err(match error.kind() {
                    ParseErrorKind::DtdRefused => Reason::Dtd,
                    ParseErrorKind::Xml11Refused => Reason::Xml11,
                    _ => Reason::NoDocument,
                }),
            }
        })
    }

    /// A document to stand in for an absent one.
    fn nowhere(&self) -> &'static Document {
        let parsed = || Ok(&*Box::leak(Box::new(Document::parse(b"<none/>", &Limits::default()).unwrap())));
        self.read.lock().unwrap().entry(PathBuf::new()).or_insert_with(parsed).unwrap()
    }
}

/// What `doc()` finds: the documents that the environment gives an address, and the files beside the test set.
#[derive(Debug)]
struct Shelf {
    store: &'static Store,
    folder: PathBuf,
    named: Vec<(String, &'static Document)>,
}

impl Documents for Shelf {
    fn open(&self, address: &str) -> Option<&Document> {
        if let Some((_, document)) = self.named.iter().find(|(uri, _)| uri == address) {
            return Some(document);
        }
        let is_relative = !address.is_empty() && !address.contains([':', '#', '?']);
        is_relative.then(|| self.store.read(&self.folder.join(address)).ok()).flatten()
    }
}

/// An environment made ready: documents read, parameters evaluated.
pub(crate) struct World {
    /// The context item.
    item: Option<&'static Document>,
    /// The document that names are bound to where there is no context item.
    nowhere: &'static Document,
    shelf: &'static Shelf,
    namespaces: Vec<(String, String)>,
    pub(crate) variables: Vec<(String, Value)>,
}

/// Steps of work an expression may take. No case that applies needs more than a small part of it.
const BUDGET: u64 = 1 << 26;

/// The moment that is now for every case.
const NOW: &str = "2026-03-01T12:30:15.5Z";

impl World {
    /// An environment of a test set that lies in `folder`.
    pub(crate) fn new(environment: &Environment, folder: &Path, store: &'static Store) -> Result<World, Reason> {
        let (mut named, mut variables, mut item) = (Vec::new(), Vec::new(), None);
        for source in &environment.sources {
            let document = store.read(&source.file)?;
            named.extend(source.uri.clone().map(|uri| (uri, document)));
            match source.role.as_deref() {
                Some(".") => item = Some(document),
                Some(role) => {
                    let name = role.trim_start_matches('$').to_owned();
                    variables.push((name, Sequence::Nodes(vec![top(document)])));
                }
                None => {}
            }
        }
        let shelf = Box::leak(Box::new(Shelf { store, folder: folder.to_owned(), named }));
        let namespaces = environment.namespaces.clone();
        let mut world = World { item, nowhere: store.nowhere(), shelf, namespaces, variables };
        for (name, select) in &environment.parameters {
            // What versions after 2.0 would evaluate is left out; a case that needs it fails for its variable.
            if let Ok(value) = world.evaluate(select, &[], &[]) {
                world.variables.push((name.clone(), value));
            }
        }
        Ok(world)
    }

    /// The value of an expression of a case, with the variables of the environment.
    pub(crate) fn run(&self, expression: &str) -> Result<Value, Failure> {
        self.evaluate(expression, &self.variables, &[])
    }

    /// The value of an expression about a result, with variables of its own.
    pub(crate) fn ask(&self, expression: &Expression, variables: &[(String, Value)]) -> Result<Value, Failure> {
        self.evaluate(&expression.text, variables, &expression.namespaces)
    }

    fn evaluate(
        &self,
        expression: &str,
        variables: &[(String, Value)],
        namespaces: &[(String, String)],
    ) -> Result<Value, Failure> {
        let evaluation = AssertUnwindSafe(|| self.evaluate_unguarded(expression, variables, namespaces));
        catch_unwind(evaluation).unwrap_or(Err(Failure::Panicked))
    }

    fn evaluate_unguarded(
        &self,
        expression: &str,
        variables: &[(String, Value)],
        namespaces: &[(String, String)],
    ) -> Result<Value, Failure> {
        let mut context = StaticContext::new(Version::XPath2);
        for (prefix, uri) in PREDECLARED {
            context.declare_namespace(prefix, uri);
        }
        for (prefix, uri) in namespaces.iter().chain(&self.namespaces) {
            match prefix.as_str() {
                "" => context.set_default_element_namespace(uri),
                _ => context.declare_namespace(prefix, uri),
            }
        }
        for (name, _) in variables {
            context.declare_variable(name, Type::Any);
        }
        if self.item.is_none() {
            context.without_context_item();
        }
        let program = Program::compile(expression, &mut context).map_err(|error| Failure::Static {
            code: error.kind().code().as_str().to_owned(),
            message: error.to_string(),
            refused: matches!(error.kind(), CompileErrorKind::Unsupported(_)),
        })?;
        let document = self.item.unwrap_or(self.nowhere);
        let program: &'static Program = Box::leak(Box::new(program));
        let context: &'static StaticContext = Box::leak(Box::new(context));
        let binding = Box::leak(Box::new(context.names().bind(document)));
        let dynamic = Box::leak(Box::new(DynamicContext {
            variables: variables.iter().map(|(_, value)| value.clone()).collect(),
            now: NOW,
            library: Some(context.library()),
            documents: Some(self.shelf),
            ..DynamicContext::default()
        }));
        let evaluator = Evaluator::new(document, binding, dynamic).with_budget(BUDGET);
        let focus = if self.item.is_some() { Focus::on(top(document)) } else { Focus::absent(document) };
        evaluator.value(program, &focus).map_err(|error| match error {
            EvaluationError::Exhausted => Failure::Exhausted,
            EvaluationError::Dynamic(code) => Failure::Dynamic { code: code.as_str().to_owned() },
            other => Failure::Dynamic { code: other.to_string() },
        })
    }
}

/// Prefixes the suite takes for granted.
const PREDECLARED: [(&str, &str); 3] = [
    ("fn", "http://www.w3.org/2005/xpath-functions"),
    ("xs", "http://www.w3.org/2001/XMLSchema"),
    ("err", "http://www.w3.org/2005/xqt-errors"),
];

fn top(document: &'static Document) -> Node<'static> {
    let top = document.parent(document.root_element()).unwrap();
    Node { document, node: top.into() }
}

/// The items of a value.
pub(crate) fn items(value: &Value) -> Vec<Item<'static>> {
    value.items().collect()
}

/// A value for whoever looks into a failure: atomic values in full, nodes by their kind and name.
pub(crate) fn show(value: &Value) -> String {
    let shown: Vec<String> = value
        .items()
        .take(20)
        .map(|item| match item {
            Item::Atomic(atomic) => format!("{atomic:?}"),
            Item::Node(node) => match node.node.as_attribute() {
                Some(attribute) => format!("@{}", node.document.qname(node.document.attribute_name(attribute)).local),
                None => match node.document.kind(node.node.owner()) {
                    NodeKind::Element => {
                        format!("<{}>", node.document.qname(node.document.name(node.node.owner())).local)
                    }
                    kind => format!("{kind:?} {:?}", node.string_value().chars().take(40).collect::<String>()),
                },
            },
        })
        .collect();
    format!("({}), {} items", shown.join(", "), value.items().count())
}

/// A value of one item.
pub(crate) fn single(item: Item<'static>) -> Value {
    match item {
        Item::Node(node) => Sequence::Nodes(vec![node]),
        Item::Atomic(atomic) => Sequence::Atomic(atomic),
    }
}
