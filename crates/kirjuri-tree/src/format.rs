//! What a document was written in, and what only a tree made from JSON has.

use crate::Document;
use crate::document::AttributeData;
use crate::names::NameId;
use crate::node::{AttributeId, NodeId};
use crate::parse::skip_white_space;
use crate::position::Span;

/// What a document was written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// XML 1.0.
    Xml,
    /// JSON (RFC 8259).
    Json,
}

/// The attributes of a tree made from JSON. JSON has none itself, so that nothing in a document collides with them.
/// Their names have the same ids in every such tree.
pub(crate) const KEY: NameId = NameId(NameId::FIRST_ELEMENT.0);
pub(crate) const TYPE: NameId = NameId(NameId::FIRST_ELEMENT.0 + 1);
pub(crate) const ARRAY: NameId = NameId(NameId::FIRST_ELEMENT.0 + 2);

impl Document {
    /// What the document was written in.
    #[inline]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What a node holds: of an element in XML all between its tags, of an element from JSON the value without the
    /// name of its member; the whole of any other node.
    pub fn content_span(&self, node: NodeId) -> Span {
        let (whole, tag) = (self.span(node), self.start_tag_span(node));
        if !self.is_element(node) {
            return whole;
        }
        let source = &self.text[whole.range()];
        match self.format {
            // `<a/>` is its own end; an end tag has no `<` but its first.
            Format::Xml if tag.end == whole.end => Span { start: whole.end, end: whole.end },
            Format::Xml if self.is_unclosed(node) => Span { start: tag.end, end: whole.end },
            Format::Xml => {
                let end = source.rfind('<').map_or(whole.end, |at| whole.start + at as u32);
                Span { start: tag.end, end: end.max(tag.end) }
            }
            // Only the element of a member starts with a string and goes on behind it.
            Format::Json if tag.end < whole.end && source.starts_with('"') => {
                let bytes = self.text.as_bytes();
                let colon = skip_white_space(bytes, tag.end as usize);
                Span { start: skip_white_space(bytes, colon + 1) as u32, end: whole.end }
            }
            Format::Json => whole,
        }
    }

    /// Whether an element has no end tag, since the document ends before.
    fn is_unclosed(&self, element: NodeId) -> bool {
        let open = self.unfinished.and_then(|unfinished| unfinished.open);
        open.is_some_and(|open| element <= open && open < self.subtree_end(element))
    }

    /// The value of an attribute that the source does not say verbatim.
    ///
    /// `@type` and `@array` are not written anywhere: what stands in their place tells their value, so that they cost
    /// no memory, of which an array of single digits would otherwise take much.
    pub(crate) fn unwritten_value(&self, attribute: AttributeId) -> Option<&str> {
        let AttributeData { name, value_start, value_end, .. } = self.attributes[attribute.index()];
        if self.format == Format::Json && (name == TYPE || name == ARRAY) {
            let source = &self.text.as_bytes()[value_start as usize..value_end as usize];
            return Some(match (name, source.first()) {
                (ARRAY, _) if source.ends_with(b"]") => "empty",
                (ARRAY, _) => "item",
                (_, Some(b'{')) => "object",
                (_, Some(b'[')) => "array",
                (_, Some(b't' | b'f')) => "boolean",
                (_, Some(b'n')) => "null",
                _ => "number",
            });
        }
        let found = self.decoded.attributes.binary_search_by_key(&attribute, |entry| entry.0).ok()?;
        let range = &self.decoded.attributes[found].1;
        Some(&self.decoded.buffer[range.start as usize..range.end as usize])
    }
}
