//! Where in a document something was found.

use std::collections::HashMap;
use std::fmt::Write;

use kirjuri_tree::{Document, NodeId, NodeKind, NodeRef, Span};

/// A place in a document, in every form a reader may want: as a path, as line and column, as bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Element names from the root: by local name where they are in the namespace of the root element, else as
    /// `Q{uri}local`, where no pack declares the namespace as `Q{?}local`; `[n]`, counted from 1, only where siblings
    /// share the name; attributes as `/@name`.
    pub path: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in Unicode characters, counted from 1.
    pub column: u32,
    /// Byte offset in the input as it came: of an element its start tag, of an attribute its value.
    pub start: usize,
    /// Byte offset behind it.
    pub end: usize,
}

/// Makes the places of one document. It remembers how siblings are numbered, so that many places under one parent
/// cost no more than one.
pub(crate) struct Places<'d> {
    document: &'d Document,
    /// Whether a namespace is one that packs declare. Any other is the document's own word, and is not repeated.
    is_declared: &'d dyn Fn(&str) -> bool,
    /// Number of a node among the siblings of its name, 0 for the only one; filled a parent at a time.
    numbers: HashMap<NodeId, u32>,
    /// Bytes of paths that may still be made.
    left: usize,
}

/// Bytes that all paths of one document may take. A real path has a hundred or two; a document made to have paths of
/// megabytes, thousands of them, is not worth the memory.
const LONGEST_PATHS: usize = 16 << 20;

/// The paths of a document take more memory than they are worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooLong;

impl<'d> Places<'d> {
    pub(crate) fn new(document: &'d Document, is_declared: &'d dyn Fn(&str) -> bool) -> Places<'d> {
        Places { document, is_declared, numbers: HashMap::new(), left: LONGEST_PATHS }
    }

    pub(crate) fn span(&self, node: NodeRef) -> Span {
        match node.as_attribute() {
            Some(attribute) => self.document.attribute_value_span(attribute),
            None => self.document.start_tag_span(node.owner()),
        }
    }

    pub(crate) fn place(&mut self, node: NodeRef) -> Result<Place, TooLong> {
        let span = self.span(node);
        let position = self.document.position(span.start);
        let bytes = self.document.source_range(span);
        Ok(Place {
            path: self.path(node)?,
            line: position.line,
            column: position.column,
            start: bytes.start,
            end: bytes.end,
        })
    }

    pub(crate) fn path(&mut self, node: NodeRef) -> Result<String, TooLong> {
        let document = self.document;
        let ancestors = std::iter::successors(Some(node.owner()), |&node| document.parent(node));
        let mut ancestors: Vec<NodeId> = ancestors.filter(|&node| node != NodeId::DOCUMENT).collect();
        ancestors.reverse();
        let root = document.namespace_of(document.name(document.root_element()));
        let mut path = String::new();
        for ancestor in ancestors {
            path.push('/');
            match document.kind(ancestor) {
                NodeKind::Element => {
                    let name = document.qname(document.name(ancestor));
                    if path.len() + name.namespace.len() + name.local.len() > self.left {
                        return Err(TooLong);
                    }
                    if document.namespace_of(document.name(ancestor)) == root {
                        path.push_str(name.local);
                    } else {
                        let _ = write!(path, "Q{{{}}}{}", self.shown(name.namespace), name.local);
                    }
                }
                NodeKind::Text => path.push_str("text()"),
                NodeKind::Comment => path.push_str("comment()"),
                NodeKind::ProcessingInstruction => path.push_str("processing-instruction()"),
                NodeKind::Document => {}
            }
            match self.number(ancestor) {
                0 => {}
                number => {
                    let _ = write!(path, "[{number}]");
                }
            }
        }
        if let Some(attribute) = node.as_attribute() {
            let name = document.qname(document.attribute_name(attribute));
            if name.namespace.is_empty() {
                let _ = write!(path, "/@{}", name.local);
            } else {
                let _ = write!(path, "/@Q{{{}}}{}", self.shown(name.namespace), name.local);
            }
        }
        self.left = self.left.checked_sub(path.len()).ok_or(TooLong)?;
        Ok(if path.is_empty() { "/".into() } else { path })
    }

    /// A namespace as a path shows it.
    fn shown<'n>(&self, namespace: &'n str) -> &'n str {
        if (self.is_declared)(namespace) { namespace } else { "?" }
    }

    fn number(&mut self, node: NodeId) -> u32 {
        if let Some(&number) = self.numbers.get(&node) {
            return number;
        }
        let document = self.document;
        let parent = document.parent(node).unwrap_or(NodeId::DOCUMENT);
        let mut counts = HashMap::new();
        for sibling in document.children(parent) {
            *counts.entry(document.name(sibling)).or_insert(0_u32) += 1;
        }
        let mut next = HashMap::new();
        for sibling in document.children(parent) {
            let name = document.name(sibling);
            let number = next.entry(name).or_insert(0_u32);
            *number += 1;
            self.numbers.insert(sibling, if counts[&name] > 1 { *number } else { 0 });
        }
        self.numbers.get(&node).copied().unwrap_or(0)
    }
}
