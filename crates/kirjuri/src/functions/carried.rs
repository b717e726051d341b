//! What rules ask about the documents that a document carries in base64.

use kirjuri_tree::{Format, NodeId};
use kirjuri_xpath::{DynamicContext, Node, Sequence};

use crate::code_set::CodeSets;

pub(super) fn json<'a>(_: &CodeSets, dynamic: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    root(dynamic, arguments, Format::Json)
}

pub(super) fn xhtml<'a>(_: &CodeSets, dynamic: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    root(dynamic, arguments, Format::Xml)
}

pub(super) fn is_malformed<'a>(_: &CodeSets, dynamic: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let first = match arguments.first() {
        Some(Sequence::Nodes(carriers)) => carriers.first().and_then(carrier),
        _ => None,
    };
    Sequence::from(first.zip(dynamic.documents).is_some_and(|(it, documents)| documents.is_malformed(it)))
}

/// Only the document that was handed in can carry others.
pub(super) fn is_carried<'a>(_: &CodeSets, dynamic: &DynamicContext<'a>, _: &[Sequence<'a>]) -> Sequence<'a> {
    Sequence::from(dynamic.documents.is_none())
}

/// The root element of the document of a format that the first of the elements carries.
fn root<'a>(dynamic: &DynamicContext<'a>, arguments: &[Sequence<'a>], format: Format) -> Sequence<'a> {
    let root = |carrier: &Node<'a>| {
        let document =
            dynamic.documents?.inside(self::carrier(carrier)?).filter(|document| document.format() == format)?;
        Some(Node { document, node: document.root_element().into() })
    };
    match arguments.first() {
        Some(Sequence::Nodes(carriers)) => Sequence::Nodes(carriers.iter().find_map(root).into_iter().collect()),
        _ => Sequence::Nodes(Vec::new()),
    }
}

/// A node as one that may carry a document. Nodes of a document that is itself carried have numbers of that document; only
/// XML carries.
fn carrier(node: &Node<'_>) -> Option<NodeId> {
    node.node.as_node().filter(|_| node.document.format() == Format::Xml)
}
