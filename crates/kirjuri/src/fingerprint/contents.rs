//! What was looked at, as far as an export of the same document says it again.
//!
//! Left out is what exports make anew: ids inside the document and references to them, prefixes, white space, comments, and
//! the order of elements that stand beside each other without text.
//!
//! An element counts with all that is in it, or, where that is more than [`WHOLE`] elements, with what tells which it is:
//! its attributes, its text and the small parts that it has once, such as a code or a title. So an edit at one end of a
//! chapter does not make a fault at its other end a new one. Of the root element only its attributes count. What says nothing, such as
//! an empty element or a reference, is told from its like by what it stands in.

use std::borrow::Cow;

use kirjuri_tree::{AttributeId, Document, NodeId, NodeKind, NodeRef};
use rustc_hash::FxHashMap;

use super::hash::Hash;
use crate::missing::FORMAL;
use crate::words::Words;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An element with at most so many elements, itself one of them, counts with all that is in it.
const WHOLE: u32 = 64;
/// A part of a larger element counts where it has at most so many.
const SMALL: u32 = 8;
/// How far up what says nothing is told apart.
const MOST_ABOVE: usize = 4;

/// Stands before an element that is between others.
const CHILD: u8 = 0xFE;

/// The hash of what a node says, and whether it says anything that could tell it from others of its name.
#[derive(Clone, Copy, Default)]
struct Content {
    digest: u128,
    says: bool,
}

/// What the nodes of one document say. All is worked out when it is first asked for, and once.
pub(super) struct Contents<'d> {
    document: &'d Document,
    /// The elements that carry a document, which is looked at on its own.
    carriers: Vec<NodeId>,
    /// By node, how many elements are before it; empty until it is asked for.
    before: Vec<u32>,
    places: FxHashMap<NodeId, u128>,
    whole: FxHashMap<NodeId, Content>,
    near: FxHashMap<NodeId, Content>,
    /// What was found about nodes, by node.
    known: FxHashMap<NodeRef, u128>,
    /// The text of the last node of which words were asked for: they come one after the other.
    text: Option<(NodeRef, Cow<'d, str>)>,
}

impl<'d> Contents<'d> {
    /// `carriers` in document order.
    pub(super) fn new(document: &'d Document, carriers: Vec<NodeId>) -> Contents<'d> {
        Contents {
            document,
            carriers,
            before: Vec::new(),
            places: FxHashMap::default(),
            whole: FxHashMap::default(),
            near: FxHashMap::default(),
            known: FxHashMap::default(),
            text: None,
        }
    }

    pub(super) fn document(&self) -> &'d Document {
        self.document
    }

    /// Where a node is, by the names on the way to it.
    pub(super) fn place(&mut self, node: NodeRef) -> u128 {
        let document = self.document;
        let mut missing = Vec::new();
        let mut above = 0;
        let mut next = Some(node.owner());
        while let Some(node) = next {
            if let Some(known) = self.places.get(&node) {
                above = *known;
                break;
            }
            missing.push(node);
            next = document.parent(node);
        }
        for node in missing.into_iter().rev() {
            let mut hash = Hash::new();
            hash.digest(above);
            match document.kind(node) {
                NodeKind::Element => {
                    write_name(document, document.name(node), &mut hash);
                    hash.text(self.key(node).unwrap_or_default());
                }
                NodeKind::Text => hash.text("text()"),
                NodeKind::Comment => hash.text("comment()"),
                NodeKind::ProcessingInstruction => hash.text("processing-instruction()"),
                NodeKind::Document => {}
            }
            above = hash.finish();
            self.places.insert(node, above);
        }
        let Some(attribute) = node.as_attribute() else { return above };
        let mut hash = Hash::new();
        hash.digest(above);
        hash.text("@");
        write_name(document, document.attribute_name(attribute), &mut hash);
        hash.finish()
    }

    /// The key of a JSON member that is no name of an element.
    fn key(&self, node: NodeId) -> Option<&'d str> {
        let document = self.document;
        if document.qname(document.name(node)).local != "_" {
            return None;
        }
        Some(document.attribute_value(document.attribute(node, document.find_name("", "key")?)?))
    }

    /// What was looked at: a node, or some words of it, which count alone.
    pub(super) fn content(&mut self, node: NodeRef, words: Option<Words>) -> u128 {
        if let Some(words) = words {
            let (document, known) = (self.document, self.text.take());
            let text = known.filter(|(of, _)| *of == node).map(|(_, text)| text);
            let text = text.unwrap_or_else(|| document.string_value(node));
            let mut hash = Hash::new();
            hash.words(words.of(&text).unwrap_or_default());
            self.text = Some((node, text));
            return hash.finish();
        }
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let content = self.of_node(node);
        self.known.insert(node, content);
        content
    }

    fn of_node(&mut self, node: NodeRef) -> u128 {
        let (document, owner) = (self.document, node.owner());
        let mut content = match (node.as_attribute(), document.kind(owner)) {
            (Some(attribute), _) => of_attribute(document, attribute).unwrap_or_default(),
            (_, NodeKind::Document) => return 0,
            _ if owner == document.root_element() => Content { digest: own(document, owner).0.finish(), says: true },
            (_, NodeKind::Element) => self.of_element(owner),
            (_, NodeKind::Text | NodeKind::Comment | NodeKind::ProcessingInstruction) => {
                let mut hash = Hash::new();
                hash.words(document.value(owner));
                Content { digest: hash.finish(), says: !document.value(owner).trim_ascii().is_empty() }
            }
        };
        let mut above = if node.as_attribute().is_some() { Some(owner) } else { document.parent(owner) };
        for _ in 0..MOST_ABOVE {
            let Some(around) = above.filter(|_| !content.says) else { break };
            if around == document.root_element() || around == NodeId::DOCUMENT {
                break;
            }
            let near = self.of_near(around);
            let mut hash = Hash::new();
            hash.digest(content.digest);
            hash.digest(near.digest);
            content = Content { digest: hash.finish(), says: near.says };
            above = document.parent(around);
        }
        content.digest
    }

    fn of_element(&mut self, element: NodeId) -> Content {
        if self.elements_in(element) > WHOLE { self.of_near(element) } else { self.of_whole(element) }
    }

    /// How many elements there are in an element, itself one of them.
    fn elements_in(&mut self, element: NodeId) -> u32 {
        let document = self.document;
        if self.before.is_empty() {
            let mut count = 0;
            self.before = document
                .nodes()
                .map(|node| {
                    let before = count;
                    count += u32::from(document.is_element(node));
                    before
                })
                .collect();
            self.before.push(count);
        }
        let before = |node: NodeId| self.before.get(node.index()).copied().unwrap_or_default();
        before(document.subtree_end(element)).saturating_sub(before(element))
    }

    /// What an element says with all that is in it.
    fn of_whole(&mut self, element: NodeId) -> Content {
        let document = self.document;
        if let Some(known) = self.whole.get(&element) {
            return *known;
        }
        // Those inside come behind, so that backwards each finds what is in it.
        for inside in element.until(document.subtree_end(element)).rev() {
            if !document.is_element(inside) || self.whole.contains_key(&inside) {
                continue;
            }
            let mut parts = Vec::new();
            let is_carrier = self.carriers.binary_search(&inside).is_ok();
            let children = document.children(inside).filter(|_| !is_carrier);
            for child in children.clone().filter(|child| document.is_element(*child)) {
                parts.push(self.whole.get(&child).copied().unwrap_or_default());
            }
            let (mut hash, mut says) = own(document, inside);
            says |= parts.iter().any(|part| part.says);
            let is_text = |node: NodeId| document.kind(node) == NodeKind::Text;
            let mut texts = children.clone().filter(|child| is_text(*child)).map(|text| document.value(text));
            let has_text = texts.any(|text| !text.trim_ascii().is_empty());
            if has_text {
                says = true;
                let mut parts = parts.iter();
                for child in children {
                    if document.is_element(child) {
                        hash.bytes(&[CHILD]);
                        hash.digest(parts.next().map_or(0, |part| part.digest));
                    } else if is_text(child) {
                        hash.part(document.value(child));
                    }
                }
            } else {
                write_unordered(parts, &mut hash);
            }
            self.whole.insert(inside, Content { digest: hash.finish(), says });
        }
        self.whole.get(&element).copied().unwrap_or_default()
    }

    /// What tells which element this is, of many of its name: its attributes and text, and the small parts it has once.
    fn of_near(&mut self, element: NodeId) -> Content {
        if let Some(known) = self.near.get(&element) {
            return *known;
        }
        let document = self.document;
        let (mut hash, mut says) = own(document, element);
        let mut times: FxHashMap<_, u32> = FxHashMap::default();
        let is_carrier = self.carriers.binary_search(&element).is_ok();
        let children: Vec<NodeId> = document.children(element).filter(|_| !is_carrier).collect();
        for child in children.iter().filter(|child| document.is_element(**child)) {
            *times.entry(document.name(*child)).or_default() += 1;
        }
        let mut parts = Vec::new();
        for child in children {
            match document.kind(child) {
                NodeKind::Text => {
                    says |= !document.value(child).trim_ascii().is_empty();
                    hash.part(document.value(child));
                }
                NodeKind::Element
                    if times.get(&document.name(child)) == Some(&1) && self.elements_in(child) <= SMALL =>
                {
                    parts.push(self.of_whole(child));
                }
                _ => {}
            }
        }
        says |= parts.iter().any(|part| part.says);
        write_unordered(parts, &mut hash);
        let content = Content { digest: hash.finish(), says };
        self.near.insert(element, content);
        content
    }
}

fn write_name(document: &Document, name: kirjuri_tree::NameId, hash: &mut Hash) {
    let name = document.qname(name);
    hash.text(name.namespace);
    hash.text(name.local);
}

fn write_unordered(parts: Vec<Content>, hash: &mut Hash) {
    let mut digests: Vec<u128> = parts.into_iter().map(|part| part.digest).collect();
    digests.sort_unstable();
    for digest in digests {
        hash.bytes(&[CHILD]);
        hash.digest(digest);
    }
}

/// The name of an element and its attributes, and whether these say anything.
fn own(document: &Document, element: NodeId) -> (Hash, bool) {
    let mut hash = Hash::new();
    write_name(document, document.name(element), &mut hash);
    let attributes = document.attributes(element).filter_map(|attribute| of_attribute(document, attribute));
    let attributes: Vec<Content> = attributes.collect();
    let says = attributes.iter().any(|attribute| attribute.says);
    write_unordered(attributes, &mut hash);
    (hash, says)
}

/// What an attribute says; nothing where it is an id inside the document, or only says how the document is written.
fn of_attribute(document: &Document, attribute: AttributeId) -> Option<Content> {
    let id = document.attribute_name(attribute);
    let name = document.qname(id);
    let value = document.attribute_value(attribute);
    let (value, says) = match (name.namespace, name.local) {
        (XML, "space" | "id" | "base") | ("", "ID" | "id") => return None,
        (INSTANCE, "schemaLocation" | "noNamespaceSchemaLocation") => return None,
        // A name with its prefix.
        (INSTANCE, "type") => (value.rsplit(':').next().unwrap_or_default(), false),
        // References to ids.
        ("", "IDREF" | "referencedObject" | "headers" | "for") => ("", false),
        _ if value.starts_with('#') => ("#", false),
        // Why there is no value, and of JSON what kind of value it is.
        ("", "nullFlavor" | "type") => (value, false),
        ("", formal) if FORMAL.contains(&formal) => (value, false),
        _ => (value, !value.trim_ascii().is_empty()),
    };
    let mut hash = Hash::new();
    write_name(document, id, &mut hash);
    hash.words(value);
    Some(Content { digest: hash.finish(), says })
}
