//! From byte offsets to lines and columns, and back to offsets in the bytes as they came.

use std::ops::Range;

/// A range of byte offsets in the document's decoded text ([`Document::text`](crate::Document::text)).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span as a range for slicing.
    #[inline]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place in the source as an editor shows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Position {
    /// Line, counted from 1. Lines end at a line feed.
    pub line: u32,
    /// Column in Unicode characters, counted from 1.
    pub column: u32,
}

/// What lies between the decoded text and the bytes as they came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SourceEncoding {
    /// Bytes of the byte order mark, which the decoded text does not hold.
    pub(crate) bom: u32,
    pub(crate) unit: SourceUnit,
}

/// How many bytes of the source a character of the text takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SourceUnit {
    /// The text is the source.
    Utf8,
    /// One byte a character: ISO 8859, windows-1252, US-ASCII.
    Byte,
    /// Two bytes a UTF-16 code unit.
    Utf16,
}

impl SourceUnit {
    fn bytes(self, text: &[u8]) -> u32 {
        // Counted on the bytes of UTF-8: each character has one that does not continue another, and only characters
        // of four bytes need two UTF-16 units.
        let characters = || text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        (match self {
            SourceUnit::Utf8 => text.len(),
            SourceUnit::Byte => characters(),
            SourceUnit::Utf16 => 2 * (characters() + text.iter().filter(|&&byte| byte >= 0xF0).count()),
        }) as u32
    }
}

/// A checkpoint every so many bytes bounds the cost of a position, also where a whole export is a single line.
const STRIDE: usize = 1024;

/// Checkpoints through the text, made when the first position is asked for.
#[derive(Debug)]
pub(crate) struct PositionIndex(Vec<Checkpoint>);

#[derive(Clone, Copy, Debug)]
struct Checkpoint {
    /// Position of the checkpoint, counted from 0.
    line: u32,
    column: u32,
    /// Bytes of the source up to the checkpoint, byte order mark not included.
    source: u32,
}

impl PositionIndex {
    pub(crate) fn new(text: &str, encoding: SourceEncoding) -> PositionIndex {
        let mut at = Checkpoint { line: 0, column: 0, source: 0 };
        PositionIndex(
            text.as_bytes()
                .chunks(STRIDE)
                .map(|chunk| {
                    let here = at;
                    at = here.advance(chunk, encoding.unit);
                    here
                })
                .collect(),
        )
    }

    fn at(&self, text: &str, offset: u32, unit: SourceUnit) -> Checkpoint {
        let offset = (offset as usize).min(text.len());
        // An empty text has no checkpoint, and an offset at the very end may lie behind the last one.
        let index = (offset / STRIDE).min(self.0.len().saturating_sub(1));
        let start = self.0.get(index).copied().unwrap_or(Checkpoint { line: 0, column: 0, source: 0 });
        start.advance(&text.as_bytes()[index * STRIDE..offset], unit)
    }

    pub(crate) fn position(&self, text: &str, offset: u32) -> Position {
        let at = self.at(text, offset, SourceUnit::Utf8);
        Position { line: at.line + 1, column: at.column + 1 }
    }

    pub(crate) fn source_offset(&self, text: &str, offset: u32, encoding: SourceEncoding) -> usize {
        encoding.bom as usize
            + match encoding.unit {
                SourceUnit::Utf8 => offset as usize,
                unit => self.at(text, offset, unit).source as usize,
            }
    }
}

impl Checkpoint {
    /// The state behind `bytes`. A character cut by a checkpoint counts where its first byte stands, so that the
    /// sums agree wherever the cut falls.
    fn advance(self, bytes: &[u8], unit: SourceUnit) -> Checkpoint {
        let characters = |bytes: &[u8]| bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32;
        let lines = memchr::memchr_iter(b'\n', bytes).count() as u32;
        let column = match memchr::memrchr(b'\n', bytes) {
            Some(last) => characters(&bytes[last + 1..]),
            None => self.column + characters(bytes),
        };
        Checkpoint { line: self.line + lines, column, source: self.source + unit.bytes(bytes) }
    }
}
