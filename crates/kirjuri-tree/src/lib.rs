//! Reads a document into a read-only tree that knows where in the source every part of it stands.
//!
//! [`Document::parse`] takes the bytes of an XML document and returns a [`Document`]: a flat arena of nodes in
//! document order. A node is a [`NodeId`]; its subtree is the half-open range from the node to
//! [`Document::subtree_end`]. Names are interned ([`NameId`]), so that a name test is an integer compare. Text is
//! borrowed from the document's own buffer wherever the source says it verbatim.
//!
//! [`Document::parse_json`] makes the same tree from JSON.
//!
//! The crate knows trees, not rules. It opens no file, starts no thread and never reaches the network: a document
//! type declaration is refused, and no entity but the five predefined ones is ever expanded.
//!
//! ```
//! use kirjuri_tree::{Document, Limits};
//!
//! let document = Document::parse(b"<a xmlns='urn:x'><b c='1'/></a>", &Limits::default())?;
//! let b = document.find_name("urn:x", "b").and_then(|name| document.elements_named(name).first().copied()).unwrap();
//! let c = document.attributes(b).next().unwrap();
//! assert_eq!(document.attribute_value(c), "1");
//! assert_eq!(document.position(document.attribute_value_span(c).start).column, 24);
//! # Ok::<(), kirjuri_tree::ParseError>(())
//! ```

mod document;
mod encoding;
mod error;
mod format;
mod hash_index;
mod indexes;
mod limits;
mod names;
mod node;
mod parse;
mod position;
mod reading;
mod revision;
mod surroundings;

pub use document::{Children, Document};
pub use error::{ParseError, ParseErrorKind};
pub use format::Format;
pub use limits::Limits;
pub use names::{NameId, NamespaceId, QName};
pub use node::{AttributeId, NodeId, NodeKind, NodeRef};
pub use position::{Position, Span};
pub use reading::{Interrupt, Reading};
pub use revision::{ValueId, Values};
pub use surroundings::{Origin, Surroundings};
