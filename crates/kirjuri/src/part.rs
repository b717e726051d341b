//! A document and what it carries: what is linted together, and where in it something is found.

use kirjuri_tree::{Document, NodeRef};
use kirjuri_xpath::Node;

use crate::embedded::{Content, Embedded, XHTML};
use crate::excerpt::Excerpt;
use crate::place::{Place, Places, TooLong};
use crate::vocabulary::Vocabulary;
use crate::words::Words;

/// A document that is linted: the one that was given, or one that an element of it carries.
#[derive(Clone, Copy)]
pub(crate) struct Part<'d> {
    pub(crate) document: &'d Document,
    pub(crate) embedded: &'d Embedded<'d>,
    /// The number of what carries it, where it is not the document that was given.
    pub(crate) carrier: Option<usize>,
    /// It is a part of a document that is still being written, and nothing is known of what stands around it.
    pub(crate) is_fragment: bool,
}

impl<'d> Part<'d> {
    pub(crate) fn whole(document: &'d Document, embedded: &'d Embedded<'d>) -> Part<'d> {
        Part { document, embedded, carrier: None, is_fragment: false }
    }

    /// Where a node is that an expression selected: in this part, or in what it carries.
    pub(crate) fn at(&self, node: Node<'_>) -> Option<At> {
        let carriers = self.embedded.carriers();
        let carrier = match std::ptr::eq(node.document, self.document) {
            true => self.carrier,
            false => Some(carriers.iter().position(|carrier| carrier.has(node.document))?),
        };
        let outer = carrier.and_then(|number| carriers.get(number)).map_or(node.node, |it| it.element.into());
        Some(At { outer, inner: carrier.map(|carrier| (carrier, node.node)), words: None })
    }
}

/// The document and what it carries, where somebody has something to say about root elements of its namespace.
pub(crate) fn parts<'d>(
    document: &'d Document,
    embedded: &'d Embedded<'d>,
    is_fragment: bool,
    concerns: impl Fn(&str) -> bool,
) -> Vec<Part<'d>> {
    let mut parts = vec![Part { is_fragment, ..Part::whole(document, embedded) }];
    for (number, carrier) in embedded.carriers().iter().enumerate() {
        let namespace = match carrier.content {
            Content::Json => "",
            Content::Xml => XHTML,
        };
        if !concerns(namespace) {
            continue;
        }
        // What cannot be opened has no parts; that it cannot is a matter of rules (`k:embedded-json`).
        let inside = embedded.open(carrier);
        parts.extend(inside.map(|document| Part { document, embedded, carrier: Some(number), is_fragment: false }));
    }
    parts
}

/// Where something was found. In document order, what is inside behind what carries it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct At {
    /// The node of the document that was given.
    pub(crate) outer: NodeRef,
    /// The number of what carries a document, and the node in that.
    inner: Option<(usize, NodeRef)>,
    /// The words of the node that it is about, where it is not about the node as a whole.
    words: Option<Words>,
}

impl At {
    /// Some words of the node.
    pub(crate) fn of_words(self, words: Option<Words>) -> At {
        At { words, ..self }
    }

    /// Whether it is about words of the node.
    pub(crate) fn has_words(self) -> bool {
        self.words.is_some()
    }

    /// The words of the node that it is about, if it is about any.
    pub(crate) fn words(self) -> Option<Words> {
        self.words
    }

    /// The number of what carries a document and the node in that, where it is in what is carried.
    pub(crate) fn inside(self) -> Option<(usize, NodeRef)> {
        self.inner
    }

    /// The node: of what is carried, where it is in that.
    pub(crate) fn node(self) -> NodeRef {
        self.inner.map_or(self.outer, |(_, node)| node)
    }

    /// Another node of the same document.
    pub(crate) fn beside(self, node: impl Into<NodeRef>) -> At {
        let node = node.into();
        match self.inner {
            Some((carrier, _)) => At { inner: Some((carrier, node)), words: None, ..self },
            None => At::from(node),
        }
    }
}

impl From<NodeRef> for At {
    fn from(node: NodeRef) -> At {
        At { outer: node, inner: None, words: None }
    }
}

/// The places of a document and of those that it carries.
pub(crate) struct AllPlaces<'d> {
    outer: Places<'d>,
    inner: Vec<Option<Places<'d>>>,
    document: &'d Document,
    embedded: Option<&'d Embedded<'d>>,
    vocabulary: &'d dyn Vocabulary,
}

impl<'d> AllPlaces<'d> {
    pub(crate) fn new(
        document: &'d Document,
        embedded: Option<&'d Embedded<'d>>,
        vocabulary: &'d dyn Vocabulary,
    ) -> AllPlaces<'d> {
        AllPlaces { outer: Places::new(document, vocabulary), inner: Vec::new(), document, embedded, vocabulary }
    }

    pub(crate) fn place(&mut self, at: At) -> Result<Place, TooLong> {
        let words = at.words.filter(|_| at.inner.is_none());
        let mut place = self.outer.place(at.outer, words)?;
        if let Some((number, node)) = at.inner
            && let Some(inner) = self.inner(number)
        {
            place.inner = Some(Box::new(inner.place(node, at.words)?));
        }
        Ok(place)
    }

    /// Whether more may follow at a place of a document that is not complete.
    pub(crate) fn is_open(&self, at: At) -> bool {
        at.inner.is_none() && self.document.is_open(at.outer)
    }

    pub(crate) fn excerpt(&mut self, at: At) -> Excerpt {
        let opened = at.inner.and_then(|(number, node)| Some((self.opened(number)?, node)));
        let (document, node) = opened.unwrap_or((self.document, at.outer));
        Excerpt::of(document, Places::span_in(document, node, at.words))
    }

    /// The document that a place is in.
    pub(crate) fn document(&self, at: At) -> Option<&'d Document> {
        at.inner.map_or(Some(self.document), |(number, _)| self.opened(number))
    }

    fn opened(&self, number: usize) -> Option<&'d Document> {
        let embedded = self.embedded?;
        embedded.open(embedded.carriers().get(number)?)
    }

    fn inner(&mut self, number: usize) -> Option<&mut Places<'d>> {
        if self.inner.len() <= number {
            self.inner.resize_with(number + 1, || None);
        }
        let (opened, vocabulary) = (self.opened(number)?, self.vocabulary);
        Some(self.inner.get_mut(number)?.get_or_insert_with(|| Places::new(opened, vocabulary)))
    }
}
