//! Reads JSON by its members: what a JSON Schema asks for, and what the tree has as elements.

use std::borrow::Cow;

use kirjuri_tree::{Document, NameId, NodeId};

/// A document made from JSON, seen as objects, arrays and scalars.
#[derive(Clone, Copy)]
pub(crate) struct Json<'d> {
    pub(crate) document: &'d Document,
    array: Option<NameId>,
    key: Option<NameId>,
    kind: Option<NameId>,
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// An object.
    Object,
    /// An array that is an item of an array, an empty one, or the top.
    Array,
    /// An item of an array stands for the whole, where a single value was asked for.
    Item,
    String,
    Number,
    Boolean,
    Null,
}

impl Kind {
    /// How a message names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Object => "an object",
            Kind::Array | Kind::Item => "an array",
            Kind::String => "a string",
            Kind::Number => "a number",
            Kind::Boolean => "true or false",
            Kind::Null => "null",
        }
    }
}

impl<'d> Json<'d> {
    pub(crate) fn new(document: &'d Document) -> Json<'d> {
        let name = |name| document.find_name("", name);
        Json { document, array: name("array"), key: name("key"), kind: name("type") }
    }

    /// The members of an object in their order; an array is there with each of its items.
    pub(crate) fn members(self, node: NodeId) -> impl Iterator<Item = NodeId> + use<'d> {
        self.document.children(node).filter(move |&child| self.document.is_element(child))
    }

    /// The name of a member.
    pub(crate) fn key(self, node: NodeId) -> &'d str {
        match self.attribute(node, self.key) {
            Some(key) => key,
            None => self.document.qname(self.document.name(node)).local,
        }
    }

    /// The member of a name; of an array the first item.
    pub(crate) fn member(self, node: NodeId, key: &str) -> Option<NodeId> {
        self.members(node).find(|&member| self.key(member) == key)
    }

    /// The items of the array that is the member of a name; a single value counts as its only item, an array that is
    /// missing has none.
    pub(crate) fn items(self, node: NodeId, key: &str) -> impl Iterator<Item = NodeId> {
        self.members(node).filter(move |&member| self.key(member) == key && !self.is_empty_array(member))
    }

    /// What the value of a member is.
    pub(crate) fn kind(self, node: NodeId) -> Kind {
        match self.is_item(node) {
            true => Kind::Item,
            false => self.kind_of_value(node),
        }
    }

    /// What a value is, that of an item of an array its own.
    pub(crate) fn kind_of_value(self, node: NodeId) -> Kind {
        match self.attribute(node, self.kind) {
            Some("object") => Kind::Object,
            Some("array") => Kind::Array,
            Some("number") => Kind::Number,
            Some("boolean") => Kind::Boolean,
            Some("null") => Kind::Null,
            _ => Kind::String,
        }
    }

    /// Whether the value is an item of an array.
    pub(crate) fn is_item(self, node: NodeId) -> bool {
        self.attribute(node, self.array) == Some("item")
    }

    fn is_empty_array(self, node: NodeId) -> bool {
        self.attribute(node, self.array) == Some("empty")
    }

    /// What a scalar says.
    pub(crate) fn text(self, node: NodeId) -> Cow<'d, str> {
        self.document.string_value(node)
    }

    /// Where a value stands in the text as it came: the name of a member, the start of an item.
    pub(crate) fn offset(self, node: NodeId) -> usize {
        self.document.source_range(self.document.start_tag_span(node)).start
    }

    fn attribute(self, node: NodeId, name: Option<NameId>) -> Option<&'d str> {
        Some(self.document.attribute_value(self.document.attribute(node, name?)?))
    }
}
