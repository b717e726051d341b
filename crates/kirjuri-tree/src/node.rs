//! The identity of nodes: what a rule, a finding or an expression holds instead of a reference.

/// A node of the tree: the document itself, an element, a text, a comment or a processing instruction.
///
/// Ids are given in document order, so comparing two ids compares their places in the document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The document node, parent of the root element.
    pub const DOCUMENT: NodeId = NodeId(0);

    /// The node's number in document order; the document node is 0.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The node that follows in document order, whatever its depth; it may lie behind the end of the document.
    #[inline]
    pub fn next(self) -> NodeId {
        NodeId(self.0 + 1)
    }

    /// The nodes from this one up to and without `end`, in document order.
    #[inline]
    pub fn until(self, end: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + Clone + use<> {
        (self.0..end.0).map(NodeId)
    }
}

/// An attribute, numbered through the whole document in source order. Namespace declarations are not attributes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AttributeId(pub(crate) u32);

impl AttributeId {
    /// The attribute's number in the document.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a tree node is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NodeKind {
    /// The document node.
    Document,
    /// An element.
    Element,
    /// A text: everything between two tags, with CDATA sections and references resolved and merged into one node.
    Text,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
}

/// A node of the XPath data model: a tree node, or an attribute together with its owner.
///
/// The order of values is document order: an element, then its attributes, then its children.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeRef {
    owner: NodeId,
    /// 0 for the node itself, else the attribute's number plus one.
    attribute: u32,
}

impl NodeRef {
    /// The attribute `attribute` of the element `owner`.
    #[inline]
    pub fn attribute(owner: NodeId, attribute: AttributeId) -> NodeRef {
        NodeRef { owner, attribute: attribute.0 + 1 }
    }

    /// The tree node, or the attribute's owner.
    #[inline]
    pub fn owner(self) -> NodeId {
        self.owner
    }

    /// The attribute, if this is one.
    #[inline]
    pub fn as_attribute(self) -> Option<AttributeId> {
        self.attribute.checked_sub(1).map(AttributeId)
    }

    /// The tree node, unless this is an attribute.
    #[inline]
    pub fn as_node(self) -> Option<NodeId> {
        (self.attribute == 0).then_some(self.owner)
    }
}

impl From<NodeId> for NodeRef {
    #[inline]
    fn from(owner: NodeId) -> NodeRef {
        NodeRef { owner, attribute: 0 }
    }
}
