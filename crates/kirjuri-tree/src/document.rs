//! The tree itself: what was parsed, and how one walks it.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::format::Format;
use crate::indexes::{ByName, Indexes};
use crate::names::{NameId, Names, NamespaceId, QName};
use crate::node::{AttributeId, NodeId, NodeKind, NodeRef};
use crate::position::{Position, PositionIndex, SourceEncoding, Span};
use crate::revision::Watch;
use crate::{Limits, Origin, ParseError, Reading, Surroundings};

/// A parsed document. It owns its text, has no lifetime and is never changed, so it crosses threads freely.
#[derive(Debug)]
pub struct Document {
    pub(crate) text: String,
    pub(crate) encoding: SourceEncoding,
    pub(crate) format: Format,
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) root: NodeId,
    pub(crate) attributes: Vec<AttributeData>,
    /// Whether the source says the value of every attribute as it is.
    pub(crate) is_verbatim: bool,
    pub(crate) names: Arc<Names>,
    pub(crate) decoded: Decoded,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) indexes: Indexes,
    /// Notes which values are read, where somebody asked for it.
    pub(crate) watch: Option<Watch>,
    pub(crate) unfinished: Option<Unfinished>,
    /// The file that it is a part of.
    pub(crate) around: Option<Surroundings>,
}

/// A node as the arena keeps it. Offsets are into the document's text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeData {
    /// The element's name, or one of the reserved ids that say the kind.
    pub(crate) name: NameId,
    pub(crate) parent: NodeId,
    /// The first node behind this one's subtree.
    pub(crate) end: NodeId,
    /// The first attribute of this node; its last is where the next node's first stands.
    pub(crate) attributes: AttributeId,
    pub(crate) start: u32,
    /// End of the whole construct: of an element, the end of its end tag.
    pub(crate) stop: u32,
    /// Of an element, the end of its start tag. Of a text, comment or processing instruction, 0 where the source says
    /// its value verbatim, else one more than the number of its decoded value, or [`BEHIND_RETURN`] for a text.
    pub(crate) inner: u32,
}

impl NodeData {
    /// The document node of a text, while nothing in it has been read.
    pub(crate) fn document(text: &str) -> NodeData {
        NodeData {
            name: NameId::DOCUMENT,
            parent: NodeId::DOCUMENT,
            end: NodeId::DOCUMENT,
            attributes: AttributeId(0),
            start: 0,
            stop: text.len() as u32,
            inner: 0,
        }
    }
}

/// Marks a text whose value is its source without the first byte: the carriage return of the line end it starts with.
///
/// In a document with Windows line ends that is every other node, so that it pays to copy none of them.
pub(crate) const BEHIND_RETURN: u32 = u32::MAX;

/// An attribute as the arena keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttributeData {
    pub(crate) name: NameId,
    /// Where the attribute's name starts.
    pub(crate) start: u32,
    /// The value between its quotes.
    pub(crate) value_start: u32,
    pub(crate) value_end: u32,
}

/// Values that the source does not say verbatim: with references, carriage returns, CDATA sections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decoded {
    pub(crate) buffer: String,
    pub(crate) texts: Vec<Range<u32>>,
    /// In the order of attributes, so that a value is found by bisection.
    pub(crate) attributes: Vec<(AttributeId, Range<u32>)>,
}

/// How a document ends that is not complete.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unfinished {
    pub(crate) error: ParseError,
    /// The innermost element that has no end tag; none where there is none, or the document is from JSON.
    pub(crate) open: Option<NodeId>,
}

/// A namespace declaration and the element it stands on; in document order.
#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub(crate) element: NodeId,
    /// The prefix in the text, empty for the default namespace.
    pub(crate) prefix: Span,
    pub(crate) namespace: NamespaceId,
}

impl Document {
    /// Parses an XML document.
    ///
    /// The encoding is the one of the byte order mark, else of the XML declaration, else UTF-8. Well-formedness and
    /// the namespace rules are enforced; a document type declaration is refused.
    ///
    /// # Errors
    /// The first thing that makes the document unreadable, with its place. No error holds content of the document.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
        crate::parse::parse(bytes, &Reading::within(limits))
    }

    /// Parses a JSON text (RFC 8259) into the same tree: a member becomes an element of its name, an array repeated
    /// elements, a scalar the text; a resource of FHIR becomes the tree of FHIR XML. `docs/parsing.md` says what the
    /// elements and their attributes are.
    ///
    /// The text is UTF-8, with or without a byte order mark. A name that an object has twice is refused.
    ///
    /// # Errors
    /// The first thing that makes the document unreadable, with its place. No error holds content of the document.
    pub fn parse_json(bytes: &[u8], limits: &Limits) -> Result<Document, ParseError> {
        crate::parse::json::parse(bytes, &Reading::within(limits))
    }

    /// Parses a document as [`Document::parse`] and [`Document::parse_json`] do, in the way that is asked for.
    ///
    /// # Errors
    /// As they.
    pub fn read(bytes: &[u8], format: Format, reading: &Reading<'_>) -> Result<Document, ParseError> {
        let read = match format {
            Format::Xml => crate::parse::parse(bytes, reading),
            Format::Json => crate::parse::json::parse(bytes, reading),
        };
        let Some(around) = reading.around else { return read };
        let mut document = read.map_err(|error| error.moved(around.origin))?;
        if let Some(unfinished) = &mut document.unfinished {
            unfinished.error = unfinished.error.moved(around.origin);
        }
        document.around = Some(around.clone());
        Ok(document)
    }

    /// What is missing at the end of a document that was taken although it is not complete
    /// ([`Reading::unfinished`]), and where: what [`Document::parse`] or [`Document::parse_json`] says of the same bytes.
    pub fn unfinished(&self) -> Option<ParseError> {
        self.unfinished.map(|unfinished| unfinished.error)
    }

    /// Whether more may follow in a node of a document that is not complete ([`Document::unfinished`]): of an element, whether
    /// it has no end tag; of a text, whether it is the last thing that was read.
    pub fn is_open(&self, node: NodeRef) -> bool {
        let Some(unfinished) = &self.unfinished else { return false };
        let Some(node) = node.as_node() else { return false };
        let is_last = self.nodes[node.index()].stop as usize == self.text.len();
        match (self.format, self.kind(node)) {
            (_, NodeKind::Document) => true,
            (Format::Xml, NodeKind::Element) => {
                unfinished.open.is_some_and(|open| node <= open && open < self.subtree_end(node))
            }
            _ => is_last,
        }
    }

    /// The text of the document, decoded to UTF-8 and without a byte order mark. Spans are offsets into it.
    #[inline]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The root element.
    #[inline]
    pub fn root_element(&self) -> NodeId {
        self.root
    }

    /// How many nodes the document has, the document node included and attributes not.
    #[inline]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// How many attributes the document has.
    #[inline]
    pub fn attribute_count(&self) -> usize {
        self.attributes.len()
    }

    /// What a node is.
    #[inline]
    pub fn kind(&self, node: NodeId) -> NodeKind {
        match self.nodes[node.index()].name {
            NameId::DOCUMENT => NodeKind::Document,
            NameId::TEXT => NodeKind::Text,
            NameId::COMMENT => NodeKind::Comment,
            NameId::PROCESSING_INSTRUCTION => NodeKind::ProcessingInstruction,
            _ => NodeKind::Element,
        }
    }

    /// Whether a node is an element.
    #[inline]
    pub fn is_element(&self, node: NodeId) -> bool {
        self.nodes[node.index()].name >= NameId::FIRST_ELEMENT
    }

    /// The name of an element. Other kinds of nodes have an id of their kind, which no element has.
    #[inline]
    pub fn name(&self, node: NodeId) -> NameId {
        self.nodes[node.index()].name
    }

    /// A name spelled out.
    #[inline]
    pub fn qname(&self, name: NameId) -> QName<'_> {
        self.names.get(name)
    }

    /// The namespace of a name.
    #[inline]
    pub fn namespace_of(&self, name: NameId) -> NamespaceId {
        self.names.namespace_of(name)
    }

    /// The id of a name in this document, if it occurs.
    pub fn find_name(&self, namespace: &str, local: &str) -> Option<NameId> {
        self.names.find(self.names.find_namespace(namespace)?, local)
    }

    /// The id of a name in a namespace of this document, if it occurs.
    pub fn find_name_in(&self, namespace: NamespaceId, local: &str) -> Option<NameId> {
        self.names.find(namespace, local)
    }

    /// The id of a namespace URI in this document, if it occurs.
    pub fn find_namespace(&self, uri: &str) -> Option<NamespaceId> {
        self.names.find_namespace(uri)
    }

    /// The names of the document's elements and attributes, each once.
    pub fn names(&self) -> impl ExactSizeIterator<Item = NameId> + use<> {
        (NameId::FIRST_ELEMENT.index()..self.names.len()).map(|index| NameId(index as u32))
    }

    /// One more than the greatest name id of the document.
    #[inline]
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// The parent; none for the document node.
    #[inline]
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        (node != NodeId::DOCUMENT).then(|| self.nodes[node.index()].parent)
    }

    /// The first node behind the subtree of `node`. The descendants are the nodes between `node.next()` and it.
    #[inline]
    pub fn subtree_end(&self, node: NodeId) -> NodeId {
        self.nodes[node.index()].end
    }

    /// The children in document order.
    #[inline]
    pub fn children(&self, node: NodeId) -> Children<'_> {
        Children { document: self, next: node.next(), end: self.subtree_end(node) }
    }

    /// The descendants in document order, `node` itself not included.
    #[inline]
    pub fn descendants(&self, node: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + Clone + use<> {
        (node.0 + 1..self.subtree_end(node).0).map(NodeId)
    }

    /// All nodes in document order, the document node first.
    #[inline]
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeId> + Clone + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The elements of a name, in document order. The index is made when it is first asked for.
    pub fn elements_named(&self, name: NameId) -> &[NodeId] {
        let named = || self.nodes().map(|node| (self.name(node), node));
        self.indexes.elements.get_or_init(|| ByName::new(self.names.len(), named(), named()).into()).of(name)
    }

    /// The attributes of a name with their elements, in document order. The index is made when it is first asked for.
    pub fn attributes_named(&self, name: NameId) -> &[(NodeId, AttributeId)] {
        let names = || self.attributes.iter().map(|attribute| (attribute.name, ()));
        let attributes = || {
            // The attributes lie in the order of their elements, so that one walk finds the element of each.
            let mut element = NodeId::DOCUMENT;
            (0..self.attributes.len() as u32).map(move |number| {
                while self.nodes.get(element.index() + 1).is_some_and(|next| next.attributes.0 <= number) {
                    element = element.next();
                }
                (self.attributes[number as usize].name, (element, AttributeId(number)))
            })
        };
        self.indexes.attributes.get_or_init(|| ByName::new(self.names.len(), names(), attributes()).into()).of(name)
    }

    /// The attributes of an element in source order; none for other nodes.
    #[inline]
    pub fn attributes(
        &self,
        node: NodeId,
    ) -> impl DoubleEndedIterator<Item = AttributeId> + ExactSizeIterator + Clone + use<> {
        let start = self.nodes[node.index()].attributes.0;
        let end = match self.nodes.get(node.index() + 1) {
            Some(next) => next.attributes.0,
            None => self.attributes.len() as u32,
        };
        (start as usize..end as usize).map(|index| AttributeId(index as u32))
    }

    /// The attribute of a name.
    #[inline]
    pub fn attribute(&self, node: NodeId, name: NameId) -> Option<AttributeId> {
        self.attributes(node).find(|&attribute| self.attributes[attribute.index()].name == name)
    }

    /// The name of an attribute.
    #[inline]
    pub fn attribute_name(&self, attribute: AttributeId) -> NameId {
        self.attributes[attribute.index()].name
    }

    /// The value of an attribute, references resolved and white space normalised as XML says for CDATA attributes, or
    /// the escapes of JSON resolved.
    #[inline]
    pub fn attribute_value(&self, attribute: AttributeId) -> &str {
        if let Some(watch) = &self.watch {
            watch.note(self.nodes.len() + attribute.index());
        }
        if !self.is_verbatim
            && let Some(value) = self.unwritten_value(attribute)
        {
            return value;
        }
        &self.text[self.attribute_value_span(attribute).range()]
    }

    #[inline]
    fn note(&self, node: NodeId) {
        if let Some(watch) = &self.watch {
            watch.note(node.index());
        }
    }

    /// The content of a text, a comment or a processing instruction (without its target); empty for other nodes.
    #[inline]
    pub fn value(&self, node: NodeId) -> &str {
        self.note(node);
        let data = &self.nodes[node.index()];
        match self.kind(node) {
            NodeKind::Text if data.inner == 0 => &self.text[data.start as usize..data.stop as usize],
            NodeKind::Text if data.inner == BEHIND_RETURN => &self.text[data.start as usize + 1..data.stop as usize],
            NodeKind::Text => {
                let range = &self.decoded.texts[data.inner as usize - 1];
                &self.decoded.buffer[range.start as usize..range.end as usize]
            }
            NodeKind::Comment if data.inner == 0 => &self.text[data.start as usize + 4..data.stop as usize - 3],
            NodeKind::ProcessingInstruction if data.inner == 0 => self.instruction(node).1,
            NodeKind::Comment | NodeKind::ProcessingInstruction => {
                let range = &self.decoded.texts[data.inner as usize - 1];
                &self.decoded.buffer[range.start as usize..range.end as usize]
            }
            NodeKind::Document | NodeKind::Element => "",
        }
    }

    /// The target of a processing instruction; empty for other nodes.
    pub fn target(&self, node: NodeId) -> &str {
        self.note(node);
        match self.kind(node) {
            NodeKind::ProcessingInstruction => self.instruction(node).0,
            _ => "",
        }
    }

    /// Target and data of a processing instruction as the source says them.
    fn instruction(&self, node: NodeId) -> (&str, &str) {
        let data = &self.nodes[node.index()];
        let inside = &self.text[data.start as usize + 2..data.stop as usize - 2];
        let end = inside.find([' ', '\t', '\r', '\n']).unwrap_or(inside.len());
        (&inside[..end], inside[end..].trim_start_matches([' ', '\t', '\r', '\n']))
    }

    /// The string value of a node as XPath defines it: of an element, the text of all its descendants.
    ///
    /// Borrowed unless several texts must be joined.
    pub fn string_value(&self, node: impl Into<NodeRef>) -> Cow<'_, str> {
        let node = node.into();
        if let Some(attribute) = node.as_attribute() {
            return Cow::Borrowed(self.attribute_value(attribute));
        }
        let node = node.owner();
        if !matches!(self.kind(node), NodeKind::Element | NodeKind::Document) {
            return Cow::Borrowed(self.value(node));
        }
        let mut texts = self.descendants(node).filter(|&inside| self.name(inside) == NameId::TEXT);
        let Some(first) = texts.next() else { return Cow::Borrowed("") };
        let Some(second) = texts.next() else { return Cow::Borrowed(self.value(first)) };
        let mut joined = [self.value(first), self.value(second)].concat();
        texts.for_each(|text| joined.push_str(self.value(text)));
        Cow::Owned(joined)
    }

    /// The prefix with which the source writes the name of an element or attribute; empty where it has none, as always
    /// in JSON.
    pub fn prefix(&self, node: NodeRef) -> &str {
        if self.format == Format::Json {
            return "";
        }
        if let Some(watch) = &self.watch {
            watch.note(self.value_id(node).index());
        }
        let start = match node.as_attribute() {
            Some(attribute) => self.attributes[attribute.index()].start as usize,
            None if self.is_element(node.owner()) => self.nodes[node.owner().index()].start as usize + 1,
            None => return "",
        };
        let written = &self.text[start..];
        let end = written.find([' ', '\t', '\r', '\n', '=', '/', '>', ':']).unwrap_or(0);
        if written.as_bytes().get(end) == Some(&b':') { &written[..end] } else { "" }
    }

    /// The namespace URI a prefix is bound to at an element; the empty prefix asks for the default namespace.
    pub fn lookup_prefix(&self, element: NodeId, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(self.names.namespace(NamespaceId::XML));
        }
        let mut here = Some(element);
        while let Some(node) = here {
            let first = self.declarations.partition_point(|declaration| declaration.element < node);
            let own = self.declarations[first..].iter().take_while(|declaration| declaration.element == node);
            for declaration in own {
                if &self.text[declaration.prefix.range()] == prefix {
                    let uri = self.names.namespace(declaration.namespace);
                    return (!uri.is_empty()).then_some(uri);
                }
            }
            here = self.parent(node);
        }
        self.around.as_ref()?.namespace(prefix)
    }

    /// The whole of a node: of an element, from its start tag to its end tag; from JSON, the member or the item.
    #[inline]
    pub fn span(&self, node: NodeId) -> Span {
        let data = &self.nodes[node.index()];
        Span { start: data.start, end: data.stop }
    }

    /// The start tag of an element; the whole of any other node. From JSON, the name of a member with its quotes; of an
    /// item, which has no name, the bracket it opens with or the whole of its scalar.
    #[inline]
    pub fn start_tag_span(&self, node: NodeId) -> Span {
        let data = &self.nodes[node.index()];
        Span { start: data.start, end: if self.is_element(node) { data.inner } else { data.stop } }
    }

    /// An attribute from its name to its closing quote; from JSON, what stands for it in the text.
    #[inline]
    pub fn attribute_span(&self, attribute: AttributeId) -> Span {
        let data = &self.attributes[attribute.index()];
        let quote = match self.format {
            Format::Xml => 1,
            // As many as before the value: only a key has quotes.
            Format::Json => data.value_start - data.start,
        };
        Span { start: data.start, end: data.value_end + quote }
    }

    /// The value of an attribute, quotes not included.
    #[inline]
    pub fn attribute_value_span(&self, attribute: AttributeId) -> Span {
        let data = &self.attributes[attribute.index()];
        Span { start: data.value_start, end: data.value_end }
    }

    /// Line and column of an offset into [`text`](Document::text); of a part of a file, in the file.
    pub fn position(&self, offset: u32) -> Position {
        self.origin().position(self.position_index().position(&self.text, offset))
    }

    /// A span of the text as byte offsets in the input as it came, whatever its encoding; of a part of a file, in the file.
    pub fn source_range(&self, span: Span) -> Range<usize> {
        let (index, origin) = (self.position_index(), self.origin());
        origin.offset(index.source_offset(&self.text, span.start, self.encoding))
            ..origin.offset(index.source_offset(&self.text, span.end, self.encoding))
    }

    fn origin(&self) -> Origin {
        self.around.as_ref().map(|around| around.origin).unwrap_or_default()
    }

    fn position_index(&self) -> &PositionIndex {
        self.indexes.positions.get_or_init(|| PositionIndex::new(&self.text, self.encoding))
    }
}

/// Iterator over the children of a node; see [`Document::children`].
#[derive(Clone, Debug)]
pub struct Children<'d> {
    document: &'d Document,
    next: NodeId,
    end: NodeId,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end {
            return None;
        }
        let node = self.next;
        self.next = self.document.subtree_end(node);
        Some(node)
    }
}
