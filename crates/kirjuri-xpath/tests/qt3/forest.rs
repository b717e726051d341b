//! Compares the nodes of a result with the XML that a case expects, both written in one canonical way.

use std::fmt::Write;

use kirjuri_tree::{Document, Limits, NodeId, NodeKind};
use kirjuri_xpath::Item;

use crate::engine::{Value, items};

/// The canonical text of the XML a case expects; `None` where it is not well-formed.
///
/// It is a forest, perhaps with a declaration before it, so it is read inside an element of its own.
pub(crate) fn expected(xml: &str) -> Option<String> {
    let xml = xml.trim_start_matches('\u{feff}');
    let content = match xml.trim_start().strip_prefix("<?xml ") {
        Some(declared) => declared.split_once("?>")?.1,
        None => xml,
    };
    let document = Document::parse(format!("<forest>{content}</forest>").as_bytes(), &Limits::default()).ok()?;
    let mut text = String::new();
    write_children(&document, document.root_element(), &mut text);
    Some(text)
}

/// The canonical text of a result; `None` where it has an attribute at its top, which cannot be serialized.
///
/// Atomic values are given as text by `atomic`; a space stands between two that are neighbours.
pub(crate) fn found(value: &Value, atomic: impl Fn(Item<'static>) -> String) -> Option<String> {
    let mut text = String::new();
    let mut is_behind_atomic = false;
    for item in items(value) {
        match item {
            Item::Node(node) => {
                let top = node.node.as_node()?;
                match node.document.kind(top) {
                    NodeKind::Document => write_children(node.document, top, &mut text),
                    _ => write_node(node.document, top, &mut text),
                }
                is_behind_atomic = false;
            }
            item => {
                if is_behind_atomic {
                    text.push(' ');
                }
                escape(&atomic(item), &mut text);
                is_behind_atomic = true;
            }
        }
    }
    Some(text)
}

fn write_children(document: &Document, parent: NodeId, text: &mut String) {
    for child in document.children(parent) {
        write_node(document, child, text);
    }
}

/// Names with their namespaces instead of prefixes, attributes sorted. The depth is that of documents, which the
/// parser limits.
fn write_node(document: &Document, node: NodeId, text: &mut String) {
    match document.kind(node) {
        NodeKind::Text => escape(document.value(node), text),
        NodeKind::Comment => write!(text, "<!--{}-->", document.value(node)).unwrap(),
        NodeKind::ProcessingInstruction => {
            write!(text, "<?{} {}?>", document.target(node), document.value(node)).unwrap();
        }
        NodeKind::Document => write_children(document, node, text),
        NodeKind::Element => {
            let spelled = |name| {
                let name = document.qname(name);
                format!("{{{}}}{}", name.namespace, name.local)
            };
            let name = spelled(document.name(node));
            write!(text, "<{name}").unwrap();
            let mut attributes: Vec<String> = document
                .attributes(node)
                .map(|attribute| {
                    let mut written = format!(" {}=", spelled(document.attribute_name(attribute)));
                    escape(document.attribute_value(attribute), &mut written);
                    written
                })
                .collect();
            attributes.sort();
            text.extend(attributes);
            text.push('>');
            write_children(document, node, text);
            write!(text, "</{name}>").unwrap();
        }
    }
}

fn escape(value: &str, text: &mut String) {
    for character in value.chars() {
        match character {
            '<' => text.push_str("&lt;"),
            '&' => text.push_str("&amp;"),
            other => text.push(other),
        }
    }
}
