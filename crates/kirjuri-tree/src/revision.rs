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
use crate::parse::characters::Facts;
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

    /// Whether it is [watched](Document::watched).
    pub fn is_watched(&self) -> bool {
        self.watch.is_some()
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
            // What is open in one that is not complete is no matter of its nodes.
            && self.unfinished.is_none()
            && before.unfinished.is_none()
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

    /// The document as an edit inside some values has made it, without reading the rest again, and these values; none where
    /// the edit is more than that, or cannot be told from more. The bytes are the whole document, as for
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
        let edits = self.edits(text)?;
        let mut document = self.with_text(text.to_owned());
        document.shift(&edits);
        let mut changed = Values::default();
        edits.iter().for_each(|edit| changed.add(self.value_id(edit.node)));
        Some((document, changed))
    }

    /// The values that differ in a text which is the same everywhere else.
    fn edits(&self, text: &str) -> Option<Vec<Edit>> {
        let (old, new) = (self.text.as_bytes(), text.as_bytes());
        let (mut edits, mut old_at, mut new_at) = (Vec::new(), 0, 0);
        loop {
            let same = shared(&old[old_at..], &new[new_at..]);
            (old_at, new_at) = (old_at + same, new_at + same);
            if old_at == old.len() && new_at == new.len() {
                return Some(edits);
            }
            let Value { node, start, end } = self.value_around(old_at)?;
            // No value holds what ends it.
            let new_start = new_at - (old_at - start);
            let mark = match (self.format, node.as_attribute()) {
                (Format::Xml, None) => b'<',
                (Format::Xml, Some(_)) => *new.get(new_start.checked_sub(1)?)?,
                // Only a string can become any other.
                (Format::Json, _) => b'"',
            };
            let is_between_marks = |text: &[u8], start: usize, end: usize| {
                let before = start.checked_sub(1).and_then(|at| text.get(at));
                (mark == b'<' || before == Some(&mark)) && text.get(end) == Some(&mark)
            };
            let new_end = new_at + memchr::memchr(mark, &new[new_at..])?;
            let written = text.get(new_start..new_end)?;
            // What kind of resource it says decides what JSON becomes.
            let is_kind = self.format == Format::Json
                && self.qname(self.name(self.nodes[node.owner().index()].parent)).local == "resourceType";
            let is_value = !is_kind && is_between_marks(old, start, end) && is_between_marks(new, new_start, new_end);
            if !is_value || !self.may_become(node, written) || edits.len() == MOST_EDITS {
                return None;
            }
            edits.push(Edit { node, start, old_end: end, new_end });
            (old_at, new_at) = (end, new_end);
        }
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
            around: self.around.clone(),
        }
    }

    /// The text or the value of an attribute that an offset is in, or right behind.
    fn value_around(&self, at: usize) -> Option<Value> {
        let is_inside = |start: u32, end: u32| start as usize <= at && at <= end as usize;
        let behind = self.nodes.partition_point(|node| node.start as usize <= at);
        // What begins right there, and what begins before: the end of a text is also the start of what follows.
        for number in [behind.checked_sub(1), behind.checked_sub(2)].into_iter().flatten() {
            let node = NodeId(number as u32);
            let data = &self.nodes[number];
            if data.name == NameId::TEXT
                && data.inner == 0
                && data.stop > data.start
                && is_inside(data.start, data.stop)
            {
                return Some(Value { node: node.into(), start: data.start as usize, end: data.stop as usize });
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
                    return Some(Value { node: NodeRef::attribute(node, attribute), start, end });
                }
            }
        }
        None
    }

    /// Whether the source may say a value as it is, so that nothing else has changed by it.
    fn may_become(&self, node: NodeRef, written: &str) -> bool {
        let (facts, bytes) = (Facts::of(written), written.as_bytes());
        if facts.illegal.is_some() || facts.carriage_return || memchr::memchr2(b'<', b'&', bytes).is_some() {
            return false;
        }
        if node.as_attribute().is_some() {
            return memchr::memchr2(b'\t', b'\n', bytes).is_none() && memchr::memchr2(b'"', b'\'', bytes).is_none();
        }
        // A text that is empty is none.
        !written.is_empty()
            && match self.format {
                Format::Xml => !facts.cdata_end,
                Format::Json => memchr::memchr3(b'\\', b'\t', b'\n', bytes).is_none(),
            }
    }

    /// Moves everything behind edits, which are in the order of the text.
    fn shift(&mut self, edits: &[Edit]) {
        let moved = |at: u32| {
            // The start of a value is where it was, as far as the value itself goes.
            let before = edits.partition_point(|edit| edit.start < at as usize);
            match before.checked_sub(1).and_then(|last| edits.get(last)) {
                // Neither text is longer than offsets are.
                Some(last) => (last.new_end + at as usize - last.old_end) as u32,
                None => at,
            }
        };
        for node in &mut self.nodes {
            (node.start, node.stop) = (moved(node.start), moved(node.stop));
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
        for edit in edits {
            // An empty value ends where it starts.
            if let Some(attribute) = edit.node.as_attribute() {
                self.attributes[attribute.index()].value_end = edit.new_end as u32;
            }
        }
    }
}

/// More values than people change at a time.
const MOST_EDITS: usize = 64;

/// A value in the text.
#[derive(Clone, Copy)]
struct Value {
    node: NodeRef,
    start: usize,
    end: usize,
}

/// A value that another text says otherwise: where it was, and where it is.
struct Edit {
    node: NodeRef,
    start: usize,
    old_end: usize,
    new_end: usize,
}

/// How many bytes two texts begin with alike.
fn shared(a: &[u8], b: &[u8]) -> usize {
    let mut same = 0;
    for (a, b) in a.chunks(64).zip(b.chunks(64)) {
        if a != b {
            return same + a.iter().zip(b).take_while(|(a, b)| a == b).count();
        }
        same += a.len();
    }
    same
}
