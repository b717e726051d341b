//! Where in a document something was found.

use std::fmt::Write;

use kirjuri_tree::{Document, Format, NodeId, NodeKind, NodeRef, Span};

use crate::numbering::{Numbering, Steps};
use crate::vocabulary::Vocabulary;
use crate::words::Words;

/// A place in a document, in every form a reader may want: as a path, as line and column, as bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// Element names from the root: by local name where they are in the namespace of the root element, else as
    /// `Q{uri}local`, where no pack declares the namespace as `Q{?}local`; `[n]`, counted from 1, only where siblings
    /// share the name; attributes as `/@name`. A JSON key that is no name is `*[@key='…']`, where it is no word such as
    /// `$schema`, or may tell of somebody, `*[@key='?']`. A name that may tell of somebody, and that no pack or schema asks
    /// for, is `*`; there `[n]` counts all elements beside it, or all attributes.
    pub path: String,
    /// Line, counted from 1: of an element its start tag, of an attribute its value, or the words in them that the finding is
    /// about.
    pub line: u32,
    /// Column in Unicode characters, counted from 1.
    pub column: u32,
    /// Byte offset in the input as it came, of the same.
    pub start: usize,
    /// Byte offset behind it.
    pub end: usize,
    /// The place inside the document that the element at this one carries in base64: path, line, column and bytes are of
    /// the decoded text.
    pub inner: Option<Box<Place>>,
}

impl Place {
    /// Places in the order of the document.
    pub(crate) fn order(&self) -> (usize, usize, Option<(usize, usize)>) {
        (self.start, self.end, self.inner.as_ref().map(|inner| (inner.start, inner.end)))
    }
}

/// Makes the places of one document.
pub(crate) struct Places<'d> {
    document: &'d Document,
    /// The words that may be repeated.
    vocabulary: &'d dyn Vocabulary,
    numbering: Numbering<'d>,
    steps: Steps,
    /// Bytes of paths that may still be made.
    left: usize,
}

/// The key of a JSON member that is no name of an element.
fn key_of(document: &Document, node: NodeId) -> Option<&str> {
    if document.format() != Format::Json || document.qname(document.name(node)).local != "_" {
        return None;
    }
    let key = document.attribute(node, document.find_name("", "key")?)?;
    Some(document.attribute_value(key))
}

/// A key as a path shows it: a word such as `$schema` that a name of an element could be too. Any other may be anything, also
/// content of the document, and is shown as `?`.
fn shown_key<'k>(key: &'k str, vocabulary: &dyn Vocabulary) -> &'k str {
    let word = key.trim_start_matches(['$', '@']);
    // Not a sign in the middle: `maija@meikalainen` is an address.
    let is_word = word.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b':'));
    if is_word && vocabulary.shows(word) { key } else { "?" }
}

/// Bytes that all paths of one document may take. A real path has a hundred or two; a document made to have paths of
/// megabytes, thousands of them, is not worth the memory.
const LONGEST_PATHS: usize = 16 << 20;

/// The paths of a document take more memory than they are worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooLong;

impl<'d> Places<'d> {
    pub(crate) fn new(document: &'d Document, vocabulary: &'d dyn Vocabulary) -> Places<'d> {
        Places {
            document,
            vocabulary,
            numbering: Numbering::new(document),
            steps: Steps::default(),
            left: LONGEST_PATHS,
        }
    }

    /// What is underlined of a node: the words, where it is told which and where the source has them.
    pub(crate) fn span_in(document: &Document, node: NodeRef, words: Option<Words>) -> Span {
        if let Some(span) = words.and_then(|words| words.span(document, node)) {
            return span;
        }
        match node.as_attribute() {
            Some(attribute) => document.attribute_value_span(attribute),
            None => document.start_tag_span(node.owner()),
        }
    }

    pub(crate) fn place(&mut self, node: NodeRef, words: Option<Words>) -> Result<Place, TooLong> {
        let span = Places::span_in(self.document, node, words);
        let position = self.document.position(span.start);
        let bytes = self.document.source_range(span);
        Ok(Place {
            path: self.path(node)?,
            line: position.line,
            column: position.column,
            start: bytes.start,
            end: bytes.end,
            inner: None,
        })
    }

    pub(crate) fn path(&mut self, node: NodeRef) -> Result<String, TooLong> {
        let document = self.document;
        let root = document.namespace_of(document.name(document.root_element()));
        let Places { numbering, vocabulary, left, .. } = self;
        let steps = self.steps.to(node.owner(), document, |path, node| {
            path.push('/');
            let mut is_hidden = false;
            match document.kind(node) {
                NodeKind::Element => {
                    let name = document.qname(document.name(node));
                    if path.len() + name.namespace.len() + name.local.len() > *left {
                        return None;
                    }
                    if let Some(key) = key_of(document, node) {
                        let _ = write!(path, "*[@key='{}']", shown_key(key, *vocabulary));
                    } else if !vocabulary.shows(name.local) {
                        is_hidden = true;
                        path.push('*');
                    } else if document.namespace_of(document.name(node)) == root {
                        path.push_str(name.local);
                    } else {
                        let _ = write!(path, "Q{{{}}}{}", vocabulary.shown(name.namespace), name.local);
                    }
                }
                NodeKind::Text => path.push_str("text()"),
                NodeKind::Comment => path.push_str("comment()"),
                NodeKind::ProcessingInstruction => path.push_str("processing-instruction()"),
                NodeKind::Document => {}
            }
            let number = if is_hidden { numbering.number_of_element(node) } else { numbering.number(node) };
            if !number.is_only {
                let _ = write!(path, "[{}]", number.number);
            }
            Some(())
        });
        let mut path = String::from(steps.ok_or(TooLong)?);
        if let Some(attribute) = node.as_attribute() {
            let name = document.qname(document.attribute_name(attribute));
            if !self.vocabulary.shows(name.local) {
                let _ = write!(path, "/@*[{}]", self.numbering.number_of_attribute(attribute, node.owner()));
            } else if name.namespace.is_empty() {
                let _ = write!(path, "/@{}", name.local);
            } else {
                let _ = write!(path, "/@Q{{{}}}{}", self.vocabulary.shown(name.namespace), name.local);
            }
        }
        self.left = self.left.checked_sub(path.len()).ok_or(TooLong)?;
        Ok(if path.is_empty() { "/".into() } else { path })
    }
}
