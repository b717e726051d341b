//! Functions that find nodes in documents: by address, and by the keys that rules declare (F&O 2.0, section 15.5; XSLT
//! 2.0, sections 16.1 and 16.3).

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kirjuri_tree::{Document, NameId, NodeId, NodeRef};

use super::{ANY, Call, Gives, ONE, Origin, Signature, TEXT, TEXT_OR_NONE, Takes};
use crate::context::Focus;
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::pattern::{Candidates, Pattern};
use crate::value::{Item, Node, Sequence};

type Value<'a> = Result<Sequence<'a>, EvaluationError>;

const ITEMS: Takes = Takes::Items(ANY);
const NODE: Takes = Takes::Nodes(ONE);

pub(super) const FUNCTIONS: &[Signature] = &[
    Signature::new("doc", &[TEXT_OR_NONE], Gives::Nodes, |call| match call.optional_text(0)? {
        Some(address) => Ok(Sequence::Nodes(vec![opened(call, &address)?.ok_or(fault("FODC0002"))?])),
        None => Ok(Sequence::EMPTY),
    }),
    Signature::new("doc-available", &[TEXT_OR_NONE], Gives::Truth, |call| match call.optional_text(0)? {
        Some(address) => Ok(Sequence::from(opened(call, &address)?.is_some())),
        None => Ok(Sequence::from(false)),
    }),
    // There are no collections.
    Signature::new("collection", &[TEXT_OR_NONE], Gives::Nodes, |_| Err(fault("FODC0002"))).from(0),
    // Addresses are looked up as they are written, so that it does not matter what they are relative to.
    Signature::new("document", &[ITEMS, NODE], Gives::Nodes, document).from(1).of(Origin::Xslt),
    Signature::new("key", &[TEXT, ITEMS, NODE], Gives::Nodes, key).from(2).of(Origin::Xslt),
];

/// The document of an address.
fn opened<'a>(call: &Call<'a, '_>, address: &str) -> Result<Option<Node<'a>>, EvaluationError> {
    call.evaluator.spend(1)?;
    let documents = call.evaluator.dynamic.documents;
    let found = documents.and_then(|documents| documents.open(address));
    Ok(found.map(|document| Node { document, node: NodeId::DOCUMENT.into() }))
}

fn document<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let mut nodes = Vec::new();
    for item in call.argument(0).items() {
        let address = text_of(call, item)?;
        nodes.push(opened(call, &address)?.ok_or(fault("FODC0002"))?);
    }
    call.evaluator.put_in_order(&mut nodes)?;
    Ok(Sequence::Nodes(nodes))
}

/// What an item is called by: the text of a node, or that of a value as XPath 1.0 writes it, so that a number is found
/// whatever its type.
fn text_of<'a>(call: &Call<'a, '_>, item: Item<'a>) -> Result<Cow<'a, str>, EvaluationError> {
    match item {
        Item::Node(node) => call.evaluator.text_of(node),
        Item::Atomic(atomic) => {
            let text = Sequence::Atomic(atomic).to_text();
            call.evaluator.spend_on(&text)?;
            Ok(text)
        }
    }
}

fn key<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let Some(mut top) = call.node_or_context(2)? else { return Ok(Sequence::EMPTY) };
    if call.count() < 3 {
        top.node = NodeId::DOCUMENT.into();
    }
    let index = index_of(call, &call.text(0)?, top.document)?;
    let mut nodes = Vec::new();
    for item in call.argument(1).items() {
        let found = index.get(&*text_of(call, item)?).map_or(&[][..], Vec::as_slice);
        call.evaluator.spend(1 + found.len() as u64)?;
        nodes.extend(found.iter().filter(|found| is_within(**found, top)).map(|found| Node { node: *found, ..top }));
    }
    call.evaluator.put_in_order(&mut nodes)?;
    Ok(Sequence::Nodes(nodes))
}

/// Whether a node is `top` or inside of it.
fn is_within(node: NodeRef, top: Node<'_>) -> bool {
    match top.node.as_node() {
        Some(id) => (id..top.document.subtree_end(id)).contains(&node.owner()),
        None => node == top.node,
    }
}

/// The nodes of one document that a key finds, by their values.
type Index<'a> = HashMap<Cow<'a, str>, Vec<NodeRef>>;

/// What the functions on documents have found out while programs ran.
#[derive(Debug, Default)]
pub(crate) struct Findings<'a> {
    /// Documents other than the evaluator's own, in the order in which their numbers were asked for.
    others: RefCell<Vec<&'a Document>>,
    indexes: RefCell<Vec<KeyIndex<'a>>>,
}

#[derive(Debug)]
struct KeyIndex<'a> {
    name: String,
    document: &'a Document,
    state: State<'a>,
}

#[derive(Debug)]
enum State<'a> {
    /// Being made: a key that needs itself has no value.
    Running,
    Made(Rc<Index<'a>>),
    Failed(EvaluationError),
}

/// The index of a key over a document, made when it is first asked for.
fn index_of<'a>(call: &Call<'a, '_>, name: &str, document: &'a Document) -> Result<Rc<Index<'a>>, EvaluationError> {
    let indexes = &call.evaluator.findings.indexes;
    let is_it = |index: &&mut KeyIndex<'a>| std::ptr::eq(index.document, document) && index.name == name;
    call.evaluator.spend(1 + indexes.borrow().len() as u64)?;
    if let Some(known) = indexes.borrow_mut().iter_mut().find(is_it) {
        if let State::Running = known.state {
            // Kept, since a pattern takes an error in it for no match.
            known.state = State::Failed(fault("XTDE0640"));
        }
        return known.state.outcome();
    }
    indexes.borrow_mut().push(KeyIndex { name: name.to_owned(), document, state: State::Running });
    let made = match call.evaluator.make_index(name, document) {
        Ok(index) => State::Made(Rc::new(index)),
        Err(error) => State::Failed(error),
    };
    match indexes.borrow_mut().iter_mut().find(is_it) {
        Some(KeyIndex { state, .. }) => {
            if let State::Running = state {
                *state = made;
            }
            state.outcome()
        }
        None => made.outcome(),
    }
}

impl<'a> State<'a> {
    fn outcome(&self) -> Result<Rc<Index<'a>>, EvaluationError> {
        match self {
            State::Made(index) => Ok(Rc::clone(index)),
            State::Failed(error) => Err(*error),
            State::Running => Err(fault("XTDE0640")),
        }
    }
}

impl<'a> Evaluator<'a> {
    fn make_index(&self, name: &str, document: &'a Document) -> Result<Index<'a>, EvaluationError> {
        let keys = self.dynamic.library.map_or(&[][..], |library| &library.keys);
        let mut keys = keys.iter().filter(|key| key.name == name).peekable();
        if keys.peek().is_none() {
            return Err(fault("XTDE1260"));
        }
        let mut index = Index::new();
        for key in keys {
            for node in self.candidates_of(&key.matches, document)? {
                let here = Node { document, node };
                if !self.matches(&key.matches, here)? {
                    continue;
                }
                let value = self.levels_within(key.value.levels(), || self.value(&key.value, &Focus::on(here)))?;
                for item in value.items() {
                    let text = Sequence::Atomic(self.atom(item)?).to_text();
                    self.spend(8 + text.len() as u64)?;
                    index.entry(text).or_default().push(node);
                }
            }
        }
        Ok(index)
    }

    /// The nodes of a document that a pattern may match, in document order. Where each of its alternatives says the name
    /// of its elements, these are looked up; most keys are of few elements in large documents.
    fn candidates_of(&self, pattern: &Pattern, document: &'a Document) -> Result<Vec<NodeRef>, EvaluationError> {
        let named = |candidates| match candidates {
            Candidates::Element(name) => Some(self.name(name, document)),
            _ => None,
        };
        if let Some(mut names) = pattern.candidates().map(named).collect::<Option<Vec<Option<NameId>>>>() {
            names.sort_unstable();
            names.dedup();
            let elements = names.iter().flatten().flat_map(|&name| document.elements_named(name));
            let mut nodes: Vec<NodeRef> = elements.map(|&element| element.into()).collect();
            self.spend(nodes.len() as u64)?;
            if names.len() > 1 {
                nodes.sort_unstable();
            }
            return Ok(nodes);
        }
        let may_be_attribute = pattern.candidates().any(|candidates| {
            !matches!(candidates, Candidates::Document | Candidates::Element(_) | Candidates::AnyNode)
        });
        let mut nodes = Vec::with_capacity(document.node_count());
        for id in document.nodes() {
            nodes.push(NodeRef::from(id));
            if may_be_attribute {
                nodes.extend(document.attributes(id).map(|attribute| NodeRef::attribute(id, attribute)));
            }
        }
        self.spend(nodes.len() as u64)?;
        Ok(nodes)
    }

    /// A number for a document: 0 for the evaluator's own, others in the order in which they are asked for.
    pub(super) fn document_number(&self, document: &'a Document) -> Result<usize, EvaluationError> {
        if std::ptr::eq(document, self.document) {
            return Ok(0);
        }
        let mut others = self.findings.others.borrow_mut();
        self.spend(others.len() as u64)?;
        let place = others.iter().position(|known| std::ptr::eq(*known, document)).unwrap_or_else(|| {
            others.push(document);
            others.len() - 1
        });
        Ok(place + 1)
    }
}
