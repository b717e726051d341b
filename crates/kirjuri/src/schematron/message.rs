//! The texts of assertions: what they say always, and what they quote from a document.

use std::cell::Cell;

use kirjuri_tree::{Document, NodeId, NodeKind, NodeRef};
use kirjuri_xpath::{EvaluationError, Evaluator, Focus, Item, Node, Program, Sequence, Version};

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

/// What stands in a text for what would be quoted but has no value for the document, or does not compile.
const UNKNOWN: &str = "[?]";

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

/// Bytes that all messages of one document may come to: far more than those of real documents do.
const MOST_TEXT: usize = 16 << 20;
/// Bytes that a part of a message takes beside its text.
const PART: usize = 64;

/// The bytes of messages that may still be filled in from a document. A small document can ask for very many.
#[derive(Debug)]
pub(crate) struct TextAllowance(Cell<usize>);

impl Default for TextAllowance {
    fn default() -> TextAllowance {
        TextAllowance(Cell::new(MOST_TEXT))
    }
}

impl TextAllowance {
    fn take(&self, part: &RenderedPart) -> Result<(), EvaluationError> {
        let bytes = match part {
            RenderedPart::Text(text) | RenderedPart::Xml(text) => text.len(),
            RenderedPart::Start(markup) | RenderedPart::End(markup) => {
                markup.name.len()
                    + markup.attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
            }
        };
        let left = self.0.get().checked_sub(bytes.saturating_add(PART)).ok_or(EvaluationError::Exhausted)?;
        self.0.set(left);
        Ok(())
    }
}

/// Fills messages in at a node.
pub(super) struct Renderer<'e, 'a> {
    pub(super) version: Version,
    pub(super) programs: &'a [Program],
    pub(super) evaluator: &'e Evaluator<'a>,
    pub(super) node: Node<'a>,
    pub(super) allowance: &'e TextAllowance,
}

impl<'a> Renderer<'_, 'a> {
    /// A message with its parts filled in; `[?]` stands for what has no value.
    ///
    /// # Errors
    /// [`EvaluationError::Exhausted`] and [`EvaluationError::Interrupted`] alone.
    pub(super) fn render(&self, message: &Message) -> Result<RenderedMessage, EvaluationError> {
        let mut parts = Vec::with_capacity(message.parts.len());
        let mut push = |part: RenderedPart| {
            self.allowance.take(&part)?;
            parts.push(part);
            Ok::<(), EvaluationError>(())
        };
        for part in &message.parts {
            match part {
                MessagePart::Text(text) => push(RenderedPart::Text(text.clone()))?,
                MessagePart::Start(markup) => push(RenderedPart::Start(markup.clone()))?,
                MessagePart::End(markup) => push(RenderedPart::End(markup.clone()))?,
                MessagePart::Name => push(RenderedPart::Text(name(self.node)))?,
                MessagePart::Value { program } => {
                    let text = match self.value(*program)? {
                        Some(value) => self.text_of(&value)?,
                        None => UNKNOWN.into(),
                    };
                    push(RenderedPart::Text(text))?;
                }
                MessagePart::Copy { program } => match self.value(*program)? {
                    Some(value) => value.items().try_for_each(|item| {
                        push(match item {
                            Item::Node(node) => copy(node),
                            item => {
                                RenderedPart::Text(cut(&text_of_item(&item, self.version, self.evaluator)?).to_owned())
                            }
                        })
                    })?,
                    None => push(RenderedPart::Text(UNKNOWN.into()))?,
                },
            }
        }
        Ok(RenderedMessage { parts })
    }

    /// The value of an expression; nothing where it has none here.
    fn value(&self, program: Option<usize>) -> Result<Option<Sequence<'a>>, EvaluationError> {
        let Some(program) = program.and_then(|program| self.programs.get(program)) else { return Ok(None) };
        match self.evaluator.value(program, &Focus::on(self.node)) {
            Ok(value) => Ok(Some(value)),
            Err(EvaluationError::Dynamic(_)) => Ok(None),
            Err(stopped) => Err(stopped),
        }
    }

    /// A value as `value-of` writes it: its items with a space between them; in XPath 1.0 the first of them alone.
    fn text_of(&self, value: &Sequence<'a>) -> Result<String, EvaluationError> {
        let mut text = String::new();
        let count = if self.version == Version::XPath1 { 1 } else { usize::MAX };
        for (index, item) in value.items().take(count).enumerate() {
            if index > 0 {
                text.push(' ');
            }
            text.push_str(cut(&text_of_item(&item, self.version, self.evaluator)?));
            if text.len() > LONGEST {
                break;
            }
        }
        Ok(cut(&text).to_owned())
    }
}

/// The text of an item. A number is not written the same in both versions.
///
/// # Errors
/// [`EvaluationError::Exhausted`] where the text is more than the budget has.
pub(super) fn text_of_item<'a>(
    item: &Item<'a>,
    version: Version,
    evaluator: &Evaluator<'a>,
) -> Result<String, EvaluationError> {
    Ok(match item {
        Item::Node(node) => evaluator.string_of(*node)?.into_owned(),
        Item::Atomic(atomic) if version == Version::XPath1 => Sequence::Atomic(atomic.clone()).to_text().into_owned(),
        Item::Atomic(atomic) => atomic.canonical_text().into_owned(),
    })
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
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
    if let Some(attribute) = node.node.as_attribute() {
        return RenderedPart::Text(cut(document.attribute_value(attribute)).to_owned());
    }
    if document.kind(tree) == NodeKind::Text {
        return RenderedPart::Text(cut(document.value(tree)).to_owned());
    }
    let mut xml = String::new();
    write_tree(document, tree, &mut xml);
    // Half an element is no XML.
    if xml.len() > LONGEST { RenderedPart::Text(MASK.into()) } else { RenderedPart::Xml(xml) }
}

/// Writes the subtree of a node, or more than is allowed of it. Every element declares its own namespace, so that the
/// copy can stand anywhere.
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
            NodeKind::Text => escape(document.value(node), false, xml),
            NodeKind::Comment => write_markup(["<!--", "", "", document.value(node), "-->"], xml),
            NodeKind::ProcessingInstruction => {
                write_markup(["<?", document.target(node), " ", document.value(node), "?>"], xml);
            }
        }
    }
    close(&mut open, None, xml);
}

fn write_markup(parts: [&str; 5], xml: &mut String) {
    for part in parts {
        // One character more says that it is too long.
        xml.push_str(part.get(..part.ceil_char_boundary(LONGEST + 1)).unwrap_or(part));
    }
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
        escape(document.attribute_value(attribute), true, xml);
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
    escape(namespace, true, xml);
    xml.push('"');
}

/// Writes text so that a parser gives it back, line ends and tabs of attributes included; no more than shows that it is
/// too long.
fn escape(text: &str, in_attribute: bool, xml: &mut String) {
    for c in text.chars() {
        if xml.len() > LONGEST {
            return;
        }
        match reference_for(c, in_attribute) {
            Some(reference) => xml.push_str(reference),
            None => xml.push(c),
        }
    }
}

/// What is written for a character of a text in XML so that a parser gives it back, line ends and tabs of attributes
/// included; nothing where the character stands for itself.
pub fn reference_for(c: char, in_attribute: bool) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' if in_attribute => Some("&quot;"),
        '\r' => Some("&#13;"),
        '\n' if in_attribute => Some("&#10;"),
        '\t' if in_attribute => Some("&#9;"),
        _ => None,
    }
}
