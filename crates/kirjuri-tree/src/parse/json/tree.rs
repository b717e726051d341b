//! Builds the tree: which element a value becomes, its name and its attributes.

use super::string::Text;
use crate::document::{AttributeData, Decoded, NodeData};
use crate::format::{ARRAY, KEY, TYPE};
use crate::hash_index::HashIndex;
use crate::names::{EXPECTED, NameId, Names, NamespaceId};
use crate::node::{AttributeId, NodeId};
use crate::parse::Fault;
use crate::parse::builder::Parts;
use crate::parse::characters::{is_name_character, is_name_start};
use crate::position::Span;
use crate::reading::NodeCount;
use crate::{ParseErrorKind, Reading};

/// The root element where it is not the only member of the object at the top.
const ROOT: &str = "json";

/// The element of a member whose key is no name, with `@key`, and of an item of an array in an array, without.
const NAMELESS: &str = "_";

/// The tree as it grows. Offsets are into the text.
pub(super) struct Tree<'t> {
    text: &'t str,
    most_depth: usize,
    watch: NodeCount<'t>,
    nodes: Vec<NodeData>,
    attributes: Vec<AttributeData>,
    names: Names,
    pub(super) decoded: Decoded,
    parent: NodeId,
    depth: usize,
    keys: Vec<Key>,
    key_index: HashIndex,
    /// How many objects there have been.
    objects: u32,
    /// The innermost object, by its number.
    object: u32,
    /// What to put back into [`Key::seen`] when objects end.
    undo: Vec<(u32, u32)>,
}

/// A key, kept once.
struct Key {
    /// In the text, or in the buffer of decoded values.
    start: u32,
    end: u32,
    is_decoded: bool,
    /// The name of the element; none where the key is no name.
    name: Option<NameId>,
    /// The innermost of the open objects that have it, or any that has ended.
    seen: u32,
}

/// Which element the next value becomes.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pub(super) role: Role,
    /// Of a member its name with its quotes, of an item the name of its array, or where that has none its bracket.
    pub(super) label: Span,
    name: NameId,
    key: KeyAttribute,
}

/// What a value is in the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The value at the top.
    Top,
    /// The value of a member of an object.
    Member,
    /// An item of an array.
    Item,
}

/// The attribute that holds a key which is no name.
#[derive(Clone, Copy)]
enum KeyAttribute {
    None,
    Verbatim,
    /// In the buffer of decoded values.
    Decoded(Span),
}

impl Slot {
    /// The items of the array that is this member's value.
    pub(super) fn item(self) -> Slot {
        Slot { role: Role::Item, ..self }
    }
}

impl<'t> Tree<'t> {
    pub(super) fn new(text: &'t str, reading: &'t Reading<'t>) -> Tree<'t> {
        // Documents have a node every 20 to 30 bytes; see the builder of XML for why there is room for more.
        let mut nodes = Vec::with_capacity(text.len() / 13 + 16);
        nodes.push(NodeData::document(text));
        let mut names = Names::new();
        for (id, name) in [(KEY, "key"), (TYPE, "type"), (ARRAY, "array")] {
            let interned = names.intern(NamespaceId::NONE, name);
            debug_assert_eq!(interned, id, "the names of the attributes come first");
        }
        Tree {
            text,
            most_depth: reading.limits.depth,
            watch: NodeCount::new(reading),
            nodes,
            attributes: Vec::with_capacity(text.len() / 40 + 16),
            names,
            decoded: Decoded::default(),
            parent: NodeId::DOCUMENT,
            depth: 0,
            keys: Vec::with_capacity(EXPECTED),
            key_index: HashIndex::with_capacity(EXPECTED),
            objects: 0,
            object: 0,
            undo: Vec::new(),
        }
    }

    /// Whether the only member of the object at the top can be the root element. A member `json` cannot: that root
    /// says that the document is below it.
    pub(super) fn can_be_root(key: &str) -> bool {
        is_name(key) && key != ROOT
    }

    /// The value at the top.
    pub(super) fn root_slot(&mut self) -> Slot {
        let name = self.names.intern(NamespaceId::NONE, ROOT);
        Slot { role: Role::Top, label: Span { start: 0, end: 0 }, name, key: KeyAttribute::None }
    }

    /// The items of an array without a name, whose bracket is at `bracket`.
    pub(super) fn nested_item(&mut self, bracket: usize) -> Slot {
        let name = self.names.intern(NamespaceId::NONE, NAMELESS);
        let label = Span { start: bracket as u32, end: bracket as u32 + 1 };
        Slot { role: Role::Item, label, name, key: KeyAttribute::None }
    }

    /// The member whose name, with its quotes, is `label`, and was decoded to what the buffer holds from `decoded`.
    pub(super) fn member(&mut self, label: Span, decoded: Option<usize>) -> Result<Slot, Fault> {
        let (text, buffer) = (self.text, &self.decoded.buffer);
        let written = Span { start: label.start + 1, end: label.end - 1 };
        let value = decoded.map(|start| Span { start: start as u32, end: buffer.len() as u32 });
        let key = match value {
            Some(value) => &buffer[value.range()],
            None => &text[written.range()],
        };
        let hash = self.key_index.hash(key);
        let is_same = |number: u32| {
            let known = &self.keys[number as usize];
            let range = known.start as usize..known.end as usize;
            (if known.is_decoded { &buffer[range] } else { &text[range] }) == key
        };
        let number = match self.key_index.find(hash, is_same) {
            Some(number) => number,
            None => {
                let name = is_name(key).then(|| self.names.intern(NamespaceId::NONE, key));
                let Span { start, end } = value.unwrap_or(written);
                let number = self.keys.len() as u32;
                self.keys.push(Key { start, end, is_decoded: value.is_some(), name, seen: 0 });
                self.key_index.insert(hash, number);
                number
            }
        };
        let known = &mut self.keys[number as usize];
        if known.seen == self.object {
            return Err(Fault { kind: ParseErrorKind::DuplicateMember, at: label.start as usize });
        }
        self.undo.push((number, known.seen));
        known.seen = self.object;
        let (name, key) = match (known.name, value) {
            (Some(name), _) => (name, KeyAttribute::None),
            (None, None) => (self.names.intern(NamespaceId::NONE, NAMELESS), KeyAttribute::Verbatim),
            (None, Some(value)) => (self.names.intern(NamespaceId::NONE, NAMELESS), KeyAttribute::Decoded(value)),
        };
        Ok(Slot { role: Role::Member, label, name, key })
    }

    /// An object starts. Returns what [`Tree::leave_object`] needs to go back.
    pub(super) fn enter_object(&mut self) -> usize {
        self.objects += 1;
        self.undo.push((u32::MAX, self.object));
        self.object = self.objects;
        self.undo.len()
    }

    /// An object ends: its keys are again seen in the objects around it.
    pub(super) fn leave_object(&mut self, scope: usize) {
        for (key, seen) in self.undo.drain(scope..) {
            if let Some(key) = self.keys.get_mut(key as usize) {
                key.seen = seen;
            }
        }
        if let Some((_, outer)) = self.undo.pop() {
            self.object = outer;
        }
    }

    /// Opens the element of the object or array whose bracket is at `start`.
    pub(super) fn open(&mut self, slot: Slot, start: usize) -> Result<NodeId, Fault> {
        let node = self.element(slot, start, start + 1, start + 1)?;
        self.attribute(TYPE, Span { start: start as u32, end: start as u32 + 1 });
        (self.parent, self.depth) = (node, self.depth + 1);
        Ok(node)
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self, node: NodeId, stop: usize) {
        let end = self.next_node();
        let data = &mut self.nodes[node.index()];
        (data.stop, data.end) = (stop as u32, end);
        (self.parent, self.depth) = (data.parent, self.depth.saturating_sub(1));
    }

    /// A string, whose opening quote is at `start`.
    pub(super) fn string(&mut self, slot: Slot, start: usize, read: Text) -> Result<(), Fault> {
        let node = self.element(slot, start, read.quote + 1, read.quote + 1)?;
        let inner = match read.decoded {
            Some(value) => {
                self.decoded.texts.push(value as u32..self.decoded.buffer.len() as u32);
                self.decoded.texts.len() as u32
            }
            None => 0,
        };
        // As in XML, an empty text is no node.
        if read.quote > start + 1 { self.text(node, start + 1, read.quote, inner) } else { Ok(()) }
    }

    /// A number, `true`, `false` or `null`.
    pub(super) fn literal(&mut self, slot: Slot, start: usize, stop: usize) -> Result<(), Fault> {
        let node = self.element(slot, start, stop, stop)?;
        self.attribute(TYPE, Span { start: start as u32, end: stop as u32 });
        if self.text.as_bytes().get(start) == Some(&b'n') { Ok(()) } else { self.text(node, start, stop, 0) }
    }

    /// A member whose array has no item, from its bracket at `start` to its end.
    pub(super) fn empty_array(&mut self, member: Slot, start: usize, stop: usize) -> Result<(), Fault> {
        self.element(member, start, start + 1, stop)?;
        self.attribute(ARRAY, Span { start: start as u32, end: stop as u32 });
        self.attribute(TYPE, Span { start: start as u32, end: start as u32 + 1 });
        Ok(())
    }

    /// Adds the element of a value from `start` to `stop`. Its start tag is the name of its member, or where it has
    /// none what comes before `tag`.
    fn element(&mut self, slot: Slot, start: usize, tag: usize, stop: usize) -> Result<NodeId, Fault> {
        let Slot { role, label, name, key } = slot;
        let (start, inner) = match role {
            Role::Member => (label.start, label.end),
            Role::Item | Role::Top => (start as u32, tag as u32),
        };
        if self.depth >= self.most_depth {
            return Err(Fault { kind: ParseErrorKind::TooDeep, at: start as usize });
        }
        let node = self.next_node();
        self.push(name, start as usize, stop, inner)?;
        if !matches!(key, KeyAttribute::None) {
            if let KeyAttribute::Decoded(value) = key {
                self.decoded.attributes.push((AttributeId(self.attributes.len() as u32), value.start..value.end));
            }
            let Span { start, end } = label;
            self.attributes.push(AttributeData { name: KEY, start, value_start: start + 1, value_end: end - 1 });
        }
        if role == Role::Item {
            self.attribute(ARRAY, label);
        }
        Ok(node)
    }

    /// Adds an attribute to the last element. What stands at `value` tells its value.
    fn attribute(&mut self, name: NameId, value: Span) {
        let Span { start, end } = value;
        self.attributes.push(AttributeData { name, start, value_start: start, value_end: end });
    }

    /// Adds the text of the element `parent`, which is the last node.
    fn text(&mut self, parent: NodeId, start: usize, stop: usize, inner: u32) -> Result<(), Fault> {
        let outer = std::mem::replace(&mut self.parent, parent);
        self.push(NameId::TEXT, start, stop, inner)?;
        self.parent = outer;
        self.nodes[parent.index()].end = self.next_node();
        Ok(())
    }

    fn next_node(&self) -> NodeId {
        NodeId(self.nodes.len() as u32)
    }

    /// Adds a node that has no children, as yet.
    fn push(&mut self, name: NameId, start: usize, stop: usize, inner: u32) -> Result<(), Fault> {
        self.watch.pass(self.nodes.len(), start)?;
        self.nodes.push(NodeData {
            name,
            parent: self.parent,
            end: self.next_node().next(),
            attributes: AttributeId(self.attributes.len() as u32),
            start: start as u32,
            stop: stop as u32,
            inner,
        });
        Ok(())
    }

    /// Where the last node starts.
    pub(super) fn last_start(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.start as usize)
    }

    /// The document reaches on to `end`.
    pub(super) fn extend(&mut self, end: usize) {
        self.nodes[NodeId::DOCUMENT.index()].stop = end as u32;
    }

    pub(super) fn finish(mut self) -> Parts {
        self.nodes[NodeId::DOCUMENT.index()].end = self.next_node();
        let Tree { nodes, attributes, names, decoded, .. } = self;
        Parts { nodes, attributes, names, decoded, declarations: Vec::new() }
    }
}

/// Whether a key can be the name of an element: an XML name without a colon, and not the one that stands for none.
pub(super) fn is_name(key: &str) -> bool {
    let mut characters = key.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_character) && key != NAMELESS
}
