//! The texts of assertions: what they say always, and what they quote from a document.

use kirjuri_tree::{Document, NodeId, NodeKind, NodeRef};
use kirjuri_xpath::{Evaluator, Focus, Item, Node, Program, Sequence, Version};

/// A text with places to be filled in from a document.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Message {
    /// Its parts in order.
    pub parts: Vec<MessagePart>,
}

/// A part of a [`Message`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MessagePart {
    /// Text of the schema.
    Text(String),
    /// The name of the node that the message is about.
    Name,
    /// The value of an expression (`value-of`, or `name` with a path).
    Value {
        /// The expression's number; none where it does not compile.
        program: Option<usize>,
    },
    /// Nodes of the document, as they are.
    Copy {
        /// The expression's number; none where it does not compile.
        program: Option<usize>,
    },
    /// Marked text begins.
    Start(Markup),
    /// It ends; starts and ends are balanced.
    End(Markup),
}

/// How a part of a text is marked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Markup {
    /// `emph`, `dir` or `span`.
    pub name: String,
    /// Names, with the prefix `xml` or none, and values.
    pub attributes: Vec<(String, String)>,
}

/// What stands in a text for what would be quoted from the document.
const MASK: &str = "…";

impl Message {
    /// The text without anything of a document; `…` stands where it would be quoted.
    pub fn masked(&self) -> String {
        self.mask().text()
    }

    /// The message without anything of a document; `…` stands where it would be quoted.
    pub fn mask(&self) -> RenderedMessage {
        let parts = self.parts.iter().map(|part| match part {
            MessagePart::Text(text) => RenderedPart::Text(text.clone()),
            MessagePart::Start(markup) => RenderedPart::Start(markup.clone()),
            MessagePart::End(markup) => RenderedPart::End(markup.clone()),
            MessagePart::Name | MessagePart::Value { .. } | MessagePart::Copy { .. } => RenderedPart::Text(MASK.into()),
        });
        RenderedMessage { parts: parts.collect() }
    }
}

/// A [`Message`] filled in. It holds content of the document.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RenderedMessage {
    /// Its parts in order.
    pub parts: Vec<RenderedPart>,
}

/// A part of a [`RenderedMessage`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RenderedPart {
    /// Text.
    Text(String),
    /// XML, namespaces declared.
    Xml(String),
    /// Marked text begins.
    Start(Markup),
    /// It ends; starts and ends are balanced.
    End(Markup),
}

impl RenderedMessage {
    /// The text alone; of XML, as it is written.
    pub fn text(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            RenderedPart::Text(text) | RenderedPart::Xml(text) => text.as_str(),
            RenderedPart::Start(_) | RenderedPart::End(_) => "",
        });
        parts.collect()
    }
}

/// Bytes that one message may come to; what a `value-of` quotes may be a whole document.
const LONGEST: usize = 1 << 16;

/// Fills a message in at a node. What cannot be evaluated there is left out.
pub(super) fn render<'a>(
    message: &Message,
    version: Version,
    programs: &'a [Program],
    evaluator: &Evaluator<'a>,
    node: Node<'a>,
) -> RenderedMessage {
    let focus = Focus::on(node);
    let value = |program: Option<usize>| evaluator.value(programs.get(program?)?, &focus).ok();
    let mut parts = Vec::with_capacity(message.parts.len());
    for part in &message.parts {
        let text = match part {
            MessagePart::Text(text) => text.clone(),
            MessagePart::Start(markup) => {
                parts.push(RenderedPart::Start(markup.clone()));
                continue;
            }
            MessagePart::End(markup) => {
                parts.push(RenderedPart::End(markup.clone()));
                continue;
            }
            MessagePart::Name => name(node),
            MessagePart::Value { program } => value(*program).map(|value| text_of(&value, version)).unwrap_or_default(),
            MessagePart::Copy { program } => {
                let copies = value(*program).into_iter().flat_map(|value| value.items().collect::<Vec<_>>());
                parts.extend(copies.map(|item| match item {
                    Item::Node(node) => copy(node),
                    item => RenderedPart::Text(text_of_item(&item, version)),
                }));
                continue;
            }
        };
        parts.push(RenderedPart::Text(cut(text)));
    }
    RenderedMessage { parts }
}

/// A value as `value-of` writes it: its items with a space between them; in XPath 1.0 the first of them alone.
fn text_of(value: &Sequence<'_>, version: Version) -> String {
    if version == Version::XPath1 {
        return value.to_text().into_owned();
    }
    let mut text = String::new();
    for (index, item) in value.items().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        text.push_str(&text_of_item(&item, version));
        if text.len() > LONGEST {
            break;
        }
    }
    text
}

/// The text of an item. A number is not written the same in both versions.
pub(super) fn text_of_item(item: &Item<'_>, version: Version) -> String {
    match item {
        Item::Node(node) => node.string_value().into_owned(),
        Item::Atomic(atomic) if version == Version::XPath1 => Sequence::Atomic(atomic.clone()).to_text().into_owned(),
        Item::Atomic(atomic) => atomic.canonical_text().into_owned(),
    }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
    }
    text
}

/// The name of a node with its prefix, as the document writes it.
fn name(node: Node<'_>) -> String {
    let document = node.document;
    let local = match node.node.as_attribute() {
        Some(attribute) => document.qname(document.attribute_name(attribute)).local,
        None if document.is_element(node.node.owner()) => document.qname(document.name(node.node.owner())).local,
        None => return document.target(node.node.owner()).to_owned(),
    };
    match document.prefix(node.node) {
        "" => local.to_owned(),
        prefix => format!("{prefix}:{local}"),
    }
}

/// A node written again as XML.
fn copy(node: Node<'_>) -> RenderedPart {
    let (document, tree) = (node.document, node.node.owner());
    match document.kind(tree) {
        _ if node.node.as_attribute().is_some() => RenderedPart::Text(node.string_value().into_owned()),
        NodeKind::Text => RenderedPart::Text(cut(document.value(tree).to_owned())),
        NodeKind::Document | NodeKind::Element => {
            let mut xml = String::new();
            write_tree(document, tree, &mut xml);
            // Half an element is no XML.
            if xml.len() > LONGEST { RenderedPart::Text(MASK.into()) } else { RenderedPart::Xml(xml) }
        }
        NodeKind::Comment => RenderedPart::Xml(format!("<!--{}-->", document.value(tree))),
        NodeKind::ProcessingInstruction => {
            RenderedPart::Xml(format!("<?{} {}?>", document.target(tree), document.value(tree)))
        }
    }
}

/// Writes the subtree of a node. Every element declares its own namespace, so that the copy can stand anywhere.
fn write_tree(document: &Document, root: NodeId, xml: &mut String) {
    let mut open: Vec<NodeId> = Vec::new();
    let close = |open: &mut Vec<NodeId>, next: Option<NodeId>, xml: &mut String| {
        while let Some(last) = open.pop_if(|last| next.is_none_or(|next| next >= document.subtree_end(*last))) {
            xml.push_str("</");
            xml.push_str(&name(Node { document, node: last.into() }));
            xml.push('>');
        }
    };
    for node in root.until(document.subtree_end(root)) {
        if xml.len() > LONGEST {
            return;
        }
        close(&mut open, Some(node), xml);
        match document.kind(node) {
            NodeKind::Document => {}
            NodeKind::Element => {
                write_start(document, node, xml);
                open.push(node);
            }
            NodeKind::Text => escape(document.value(node), xml),
            NodeKind::Comment | NodeKind::ProcessingInstruction => {
                if let RenderedPart::Xml(markup) = copy(Node { document, node: node.into() }) {
                    xml.push_str(&markup);
                }
            }
        }
    }
    close(&mut open, None, xml);
}

fn write_start(document: &Document, element: NodeId, xml: &mut String) {
    let of = Node { document, node: element.into() };
    xml.push('<');
    xml.push_str(&name(of));
    let mut declared = vec![document.prefix(of.node)];
    declare(document.prefix(of.node), document.qname(document.name(element)).namespace, xml);
    for attribute in document.attributes(element) {
        let node = NodeRef::attribute(element, attribute);
        let prefix = document.prefix(node);
        if !prefix.is_empty() && prefix != "xml" && !declared.contains(&prefix) {
            declare(prefix, document.qname(document.attribute_name(attribute)).namespace, xml);
            declared.push(prefix);
        }
        xml.push(' ');
        xml.push_str(&name(Node { document, node }));
        xml.push_str("=\"");
        escape(document.attribute_value(attribute), xml);
        xml.push('"');
    }
    xml.push('>');
}

fn declare(prefix: &str, namespace: &str, xml: &mut String) {
    if prefix == "xml" {
        return;
    }
    xml.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
    xml.push_str(prefix);
    xml.push_str("=\"");
    escape(namespace, xml);
    xml.push('"');
}

fn escape(text: &str, xml: &mut String) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' | '\r' | '\t' if xml.ends_with('"') => xml.push_str(&format!("&#{};", c as u32)),
            c => xml.push(c),
        }
    }
}
