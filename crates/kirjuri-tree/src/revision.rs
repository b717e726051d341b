//! Versions of a document that is being edited: which values were read, and which of them an edit has changed.
//!
//! Two versions are of one shape where they have the same nodes, by number, name and place in the tree, and differ at most
//! in values: texts, comments, instructions and attributes. Whoever read only values that did not change, and walked a
//! tree of the same shape, has seen the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::document::{Document, NodeData};
use crate::format::Format;
use crate::limits::Limits;
use crate::names::NameId;
use crate::node::{AttributeId, NodeId, NodeKind, NodeRef};
use crate::parse::MOST_BYTES;
use crate::parse::characters::is_character;
use crate::position::{SourceEncoding, SourceUnit};

#[cfg(test)]
mod tests;

/// A value of a document, by its number: those of the nodes first, then those of the attributes.
///
/// It means the same in all versions of one shape.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ValueId(u32);

impl ValueId {
    /// The value's number, below [`Document::node_count`] and [`Document::attribute_count`] together.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Some of the values of a document.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Values {
    words: Vec<u64>,
}

impl Values {
    /// Whether a value is among them.
    pub fn has(&self, value: ValueId) -> bool {
        self.words.get(value.index() / 64).is_some_and(|word| word & bit(value.0) != 0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    fn add(&mut self, value: ValueId) {
        let word = value.index() / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= bit(value.0);
    }
}

fn bit(value: u32) -> u64 {
    1 << (value % 64)
}

/// Notes which values are read. One thread reads at a time: what two read at once may be missed.
#[derive(Debug)]
pub(crate) struct Watch {
    words: Box<[AtomicU64]>,
    /// The words with a note lie from the one up to, not including, the other.
    first: AtomicU32,
    end: AtomicU32,
}

impl Watch {
    fn new(values: usize) -> Watch {
        let words = (0..values.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Watch { words, first: AtomicU32::new(u32::MAX), end: AtomicU32::new(0) }
    }

    #[inline]
    pub(crate) fn note(&self, value: usize) {
        let number = value / 64;
        if let Some(word) = self.words.get(number) {
            // A load and a store, not one atomic step, which would take many times as long.
            word.store(word.load(Ordering::Relaxed) | bit(value as u32), Ordering::Relaxed);
            let number = number as u32;
            if number < self.first.load(Ordering::Relaxed) {
                self.first.store(number, Ordering::Relaxed);
            }
            if number >= self.end.load(Ordering::Relaxed) {
                self.end.store(number + 1, Ordering::Relaxed);
            }
        }
    }

    fn take(&self, mut each: impl FnMut(ValueId)) {
        let first = self.first.swap(u32::MAX, Ordering::Relaxed);
        let end = self.end.swap(0, Ordering::Relaxed);
        for number in first..end {
            let Some(word) = self.words.get(number as usize) else { return };
            let mut left = word.swap(0, Ordering::Relaxed);
            while left != 0 {
                each(ValueId(number * 64 + left.trailing_zeros()));
                left &= left - 1;
            }
        }
    }
}

impl Document {
    /// The document, noting from now on which of its values are read, for [`Document::take_reads`].
    pub fn watched(mut self) -> Document {
        self.watch = Some(Watch::new(self.nodes.len() + self.attributes.len()));
        self
    }

    /// Says which values have been read since this was last asked: each once, in the order of their numbers. None unless the
    /// document is [watched](Document::watched).
    pub fn take_reads(&self, each: impl FnMut(ValueId)) {
        if let Some(watch) = &self.watch {
            watch.take(each);
        }
    }

    /// The value of a node other than an element, or of an attribute.
    pub fn value_id(&self, node: NodeRef) -> ValueId {
        match node.as_attribute() {
            Some(attribute) => self.attribute_value_id(attribute),
            None => ValueId(node.owner().0),
        }
    }

    fn attribute_value_id(&self, attribute: AttributeId) -> ValueId {
        ValueId(self.nodes.len() as u32 + attribute.0)
    }

    /// The values that differ from an earlier version; none where that was of another shape.
    pub fn changes_since(&self, before: &Document) -> Option<Values> {
        if !self.has_shape_of(before) {
            return None;
        }
        let mut changed = Values::default();
        for node in self.nodes() {
            let is_same = match self.kind(node) {
                NodeKind::Element | NodeKind::Document => self.prefix(node.into()) == before.prefix(node.into()),
                NodeKind::ProcessingInstruction if self.target(node) != before.target(node) => false,
                _ => self.value(node) == before.value(node),
            };
            if !is_same {
                changed.add(ValueId(node.0));
            }
        }
        for number in 0..self.attributes.len() as u32 {
            let attribute = AttributeId(number);
            // Whose attribute it is says nothing about how its name is written.
            let written = NodeRef::attribute(NodeId::DOCUMENT, attribute);
            let is_same = self.attribute_value(attribute) == before.attribute_value(attribute)
                && self.prefix(written) == before.prefix(written);
            if !is_same {
                changed.add(self.attribute_value_id(attribute));
            }
        }
        // Asking was reading.
        self.take_reads(|_| ());
        before.take_reads(|_| ());
        Some(changed)
    }

    fn has_shape_of(&self, before: &Document) -> bool {
        let is_same = |a: &NodeData, b: &NodeData| {
            a.name == b.name && a.parent == b.parent && a.end == b.end && a.attributes == b.attributes
        };
        self.format == before.format
            && self.unfinished().is_none() == before.unfinished().is_none()
            && self.nodes.len() == before.nodes.len()
            && self.attributes.len() == before.attributes.len()
            && self.nodes.iter().zip(&before.nodes).all(|(a, b)| is_same(a, b))
            && self.attributes.iter().zip(&before.attributes).all(|(a, b)| a.name == b.name)
            && (Arc::ptr_eq(&self.names, &before.names) || self.names.are(&before.names))
            && self.declarations.len() == before.declarations.len()
            && self.declarations.iter().zip(&before.declarations).all(|(a, b)| {
                a.element == b.element
                    && a.namespace == b.namespace
                    && self.text[a.prefix.range()] == before.text[b.prefix.range()]
            })
    }

    /// The document as an edit inside one value has made it, without reading the rest again, and the value; none where the
    /// edit is more than that, or cannot be told from more. The bytes are the whole document, as for
    /// [`Document::parse`].
    pub fn edited(&self, bytes: &[u8], limits: &Limits) -> Option<(Document, Values)> {
        let SourceEncoding { bom, unit: SourceUnit::Utf8 } = self.encoding else { return None };
        // What was not complete may be so now.
        if bytes.len() > limits.bytes.min(MOST_BYTES) || self.unfinished().is_some() {
            return None;
        }
        // The mark stays, or the encoding has changed.
        let (mark, bytes) = bytes.split_at_checked(bom as usize)?;
        if bom > 0 && mark != b"\xEF\xBB\xBF" {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let edit = Edit::between(&self.text, text);
        let value = match edit.is_none() {
            true => None,
            false => Some(self.value_around(&edit).filter(|value| self.may_become(*value, text, &edit))?),
        };
        let mut document = self.with_text(text.to_owned());
        let mut changed = Values::default();
        if let Some(value) = value {
            document.shift(value, &edit);
            changed.add(self.value_id(value.node));
        }
        Some((document, changed))
    }

    /// The document once more, watched by nobody.
    pub fn copy(&self) -> Document {
        self.with_text(self.text.clone())
    }

    fn with_text(&self, text: String) -> Document {
        Document {
            text,
            encoding: self.encoding,
            format: self.format,
            nodes: self.nodes.clone(),
            root: self.root,
            attributes: self.attributes.clone(),
            is_verbatim: self.is_verbatim,
            names: Arc::clone(&self.names),
            decoded: self.decoded.clone(),
            declarations: self.declarations.clone(),
            indexes: self.indexes.of_same_shape(),
            watch: None,
            unfinished: self.unfinished,
        }
    }

    /// The text or the value of an attribute that an edit is inside of.
    fn value_around(&self, edit: &Edit) -> Option<Around> {
        let is_inside = |start: u32, end: u32| start as usize <= edit.start && edit.old_end <= end as usize;
        let behind = self.nodes.partition_point(|node| node.start as usize <= edit.start);
        // What begins right there, and what begins before: an edit at the end of a text is also at the start of what follows.
        for number in [behind.checked_sub(1), behind.checked_sub(2)].into_iter().flatten() {
            let node = NodeId(number as u32);
            let data = &self.nodes[number];
            if data.name == NameId::TEXT
                && data.inner == 0
                && data.stop > data.start
                && is_inside(data.start, data.stop)
            {
                return Some(Around { node: node.into(), start: data.start as usize, end: data.stop as usize });
            }
            // The values of attributes that JSON has stand for something else.
            if self.format == Format::Json || !self.is_element(node) {
                continue;
            }
            for attribute in self.attributes(node) {
                let data = &self.attributes[attribute.index()];
                let is_decoded = self.decoded.attributes.binary_search_by_key(&attribute, |entry| entry.0).is_ok();
                if !is_decoded && is_inside(data.value_start, data.value_end) {
                    let (start, end) = (data.value_start as usize, data.value_end as usize);
                    return Some(Around { node: NodeRef::attribute(node, attribute), start, end });
                }
            }
        }
        None
    }

    /// Whether the source says the edited value as it is, and nothing else has changed by it.
    fn may_become(&self, value: Around, text: &str, edit: &Edit) -> bool {
        let Some(new) = text.get(value.start..value.end - edit.old_end + edit.new_end) else { return false };
        let written = &new[edit.start - value.start..edit.new_end - value.start];
        if !written.chars().all(is_character) {
            return false;
        }
        let has = |bytes: &[u8]| written.bytes().any(|byte| bytes.contains(&byte));
        if has(b"<&\r") {
            return false;
        }
        if value.node.as_attribute().is_some() {
            return !has(b"\"'\t\n");
        }
        // A text that is empty is none.
        !new.is_empty()
            && match self.format {
                Format::Xml => !new.contains("]]>"),
                // Only a string can become any other, and only between its quotes.
                Format::Json => {
                    let is_quote = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at)) == Some(&b'"');
                    is_quote(value.start.checked_sub(1))
                        && is_quote(Some(value.start + new.len()))
                        && !written.bytes().any(|byte| matches!(byte, b'"' | b'\\' | ..0x20))
                }
            }
    }

    /// Moves everything behind an edit.
    fn shift(&mut self, value: Around, edit: &Edit) {
        let (start, old_end) = (value.start as u32, edit.old_end as u32);
        let moved = |at: u32| match at >= old_end && at > start {
            // Neither is longer than the text, which fits.
            true => (at as usize + edit.new_end - edit.old_end) as u32,
            false => at,
        };
        let first = self.nodes.partition_point(|node| node.start <= start);
        for node in &mut self.nodes[first..] {
            node.start = moved(node.start);
        }
        for node in &mut self.nodes {
            node.stop = moved(node.stop);
            if node.name >= NameId::FIRST_ELEMENT {
                node.inner = moved(node.inner);
            }
        }
        for attribute in &mut self.attributes {
            attribute.start = moved(attribute.start);
            attribute.value_start = moved(attribute.value_start);
            attribute.value_end = moved(attribute.value_end);
        }
        for declaration in &mut self.declarations {
            declaration.prefix.start = moved(declaration.prefix.start);
            declaration.prefix.end = moved(declaration.prefix.end);
        }
        if let Some(attribute) = value.node.as_attribute() {
            // An empty value ends where it starts.
            self.attributes[attribute.index()].value_end = (value.end + edit.new_end - edit.old_end) as u32;
        }
    }
}

/// A value in the text.
#[derive(Clone, Copy)]
struct Around {
    node: NodeRef,
    start: usize,
    end: usize,
}

/// What two texts do not share: from one offset on, up to one offset in each.
#[derive(Clone, Copy)]
struct Edit {
    start: usize,
    old_end: usize,
    new_end: usize,
}

impl Edit {
    fn is_none(&self) -> bool {
        self.old_end == self.start && self.new_end == self.start
    }

    fn between(old: &str, new: &str) -> Edit {
        let (a, b) = (old.as_bytes(), new.as_bytes());
        let mut start = shared(a.chunks(64).zip(b.chunks(64)), |a, b| {
            a.iter().zip(b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()))
        });
        while !(old.is_char_boundary(start) && new.is_char_boundary(start)) {
            start -= 1;
        }
        let (rest_a, rest_b) = (&a[start..], &b[start..]);
        let mut behind = shared(rest_a.rchunks(64).zip(rest_b.rchunks(64)), |a, b| {
            let same = a.iter().rev().zip(b.iter().rev()).position(|(a, b)| a != b);
            same.unwrap_or(a.len().min(b.len()))
        });
        while !(old.is_char_boundary(a.len() - behind) && new.is_char_boundary(b.len() - behind)) {
            behind -= 1;
        }
        Edit { start, old_end: a.len() - behind, new_end: b.len() - behind }
    }
}

/// How many bytes are the same until the first chunk that differs.
fn shared<'t>(chunks: impl Iterator<Item = (&'t [u8], &'t [u8])>, in_chunk: impl Fn(&[u8], &[u8]) -> usize) -> usize {
    let mut same = 0;
    for (a, b) in chunks {
        if a != b {
            return same + in_chunk(a, b);
        }
        same += a.len();
    }
    same
}
