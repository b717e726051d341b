//! How much of a document the parser is willing to read before it says no.

/// Limits on what is parsed. Each has an error of its own; none is ever exceeded silently.
///
/// The defaults are far above real documents (the largest known clinical document is a few megabytes, 18 levels
/// deep) and low enough that hostile input is refused before it costs anything that matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Size of the input in bytes; at most 1 GiB is accepted whatever is set. Default 256 MiB.
    pub bytes: usize,
    /// Depth of nested elements; the root element is at depth 1. Default 256.
    pub depth: usize,
    /// Attributes of one element, namespace declarations included. Default 256. An element from JSON has at most three,
    /// which are not counted.
    pub attributes: usize,
    /// Nodes of the document, attributes not included. Default 16 million.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 256 << 20, depth: 256, attributes: 256, nodes: 16 << 20 }
    }
}
