//! What a document that is a part of a larger file takes from the file: what is declared around it, and where it stands.

use std::sync::Arc;

use crate::{Position, encoding};

/// The file around a document that is a part of it, such as a record of an export.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Surroundings {
    /// The namespace declarations in force where the document stands, as prefix and URI, the outermost first: the last of
    /// a prefix holds. The prefix of the default namespace is empty, as is the URI where there is none.
    pub namespaces: Arc<Vec<(String, String)>>,
    /// The label of the file's encoding. Without one the document is read as if it stood alone.
    pub encoding: Option<Arc<str>>,
    /// Where in the file the document starts.
    pub origin: Origin,
}

/// The first byte of a document in the file that it is a part of. All is counted from 0; the default is a file of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Origin {
    /// Lines before it.
    pub line: u32,
    /// Characters before it on its line.
    pub column: u32,
    /// Bytes before it.
    pub offset: u64,
}

impl Surroundings {
    /// Whether a label of an encoding is one with a byte for each character. If not, it is one of UTF-8; none of all others,
    /// in which the parts of a file cannot be told apart by their bytes.
    pub fn is_single_byte(label: &str) -> Option<bool> {
        encoding::is_single_byte(label)
    }

    /// What a prefix is bound to around the document.
    pub(crate) fn namespace(&self, prefix: &str) -> Option<&str> {
        let (_, uri) = self.namespaces.iter().rev().find(|(known, _)| known == prefix)?;
        (!uri.is_empty()).then_some(uri)
    }
}

impl Origin {
    /// A place of the document in the file.
    pub(crate) fn position(self, Position { line, column }: Position) -> Position {
        let before = if line == 1 { self.column } else { 0 };
        Position { line: line.saturating_add(self.line), column: column.saturating_add(before) }
    }

    /// An offset in the document as one in the file.
    pub(crate) fn offset(self, offset: usize) -> usize {
        usize::try_from(self.offset).unwrap_or(usize::MAX).saturating_add(offset)
    }
}
