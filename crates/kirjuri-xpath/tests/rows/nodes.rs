//! Documents of rows, and their nodes as rows name them.

use kirjuri_tree::{Document, Limits, NodeId, NodeKind, NodeRef};
use kirjuri_xpath::Node;

pub(crate) fn parse(source: &str) -> Document {
    Document::parse(source.as_bytes(), &Limits::default()).unwrap()
}

pub(crate) fn all_nodes(document: &Document) -> impl Iterator<Item = Node<'_>> {
    document.nodes().flat_map(move |node| {
        let attributes = document.attributes(node).map(move |attribute| NodeRef::attribute(node, attribute));
        std::iter::once(node.into()).chain(attributes).map(move |node| Node { document, node })
    })
}

/// The path of a node, marked where it is in another document than the row's own.
pub(crate) fn path_in(node: Node<'_>, own: &Document) -> String {
    let prefix = if std::ptr::eq(node.document, own) { "" } else { "other:" };
    format!("{prefix}{}", path(node))
}

/// Names as the source writes them, with a number only where siblings share the name.
pub(crate) fn path(node: Node<'_>) -> String {
    let document = node.document;
    let mut steps = Vec::new();
    let name = |node| name(Node { document, node });
    if node.node.as_attribute().is_some() {
        steps.push(format!("@{}", name(node.node)));
    }
    let mut here = node.node.owner();
    while let Some(parent) = document.parent(here) {
        let own = name(here.into());
        let alike: Vec<NodeId> = document.children(parent).filter(|&sibling| name(sibling.into()) == own).collect();
        let number = alike.iter().position(|&sibling| sibling == here).unwrap() + 1;
        steps.push(if alike.len() > 1 { format!("{own}[{number}]") } else { own });
        here = parent;
    }
    steps.push(String::new());
    steps.reverse();
    if steps.len() == 1 { "/".into() } else { steps.join("/") }
}

fn name(node: Node<'_>) -> String {
    let (document, owner) = (node.document, node.node.owner());
    let local = match node.node.as_attribute() {
        Some(attribute) => document.qname(document.attribute_name(attribute)).local,
        None => match document.kind(owner) {
            NodeKind::Element => document.qname(document.name(owner)).local,
            NodeKind::Text => "text()",
            NodeKind::Comment => "comment()",
            NodeKind::ProcessingInstruction => "processing-instruction()",
            NodeKind::Document => "",
        },
    };
    match document.prefix(node.node) {
        "" => local.to_owned(),
        prefix => format!("{prefix}:{local}"),
    }
}
