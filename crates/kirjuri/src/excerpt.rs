//! The lines of the source around a finding, for somebody who may see the document.

use kirjuri_tree::{Document, Span};

/// A few lines of a document. This is content: it is kept only where it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt {
    /// Number of the first line.
    pub first_line: u32,
    /// The lines, cut where they are long.
    pub text: String,
    /// Byte range of the place in `text`.
    pub start: usize,
    /// End of the range.
    pub end: usize,
}

/// Context kept on each side of the place on its own line. Whole exports may be a single line.
const AROUND: usize = 80;
/// Longest part of the place that is shown.
const LONGEST: usize = 400;

impl Excerpt {
    pub(crate) fn of(document: &Document, span: Span) -> Excerpt {
        let text = document.text();
        let place = span.range();
        let end = text.floor_char_boundary(place.end.min(place.start + LONGEST));
        // Only what is shown is looked at: a line may be as long as the document.
        let first = text.ceil_char_boundary(place.start.saturating_sub(AROUND)).min(place.start);
        let first = text[first..place.start].rfind('\n').map_or(first, |feed| first + feed + 1);
        let last = text.floor_char_boundary(end + AROUND).max(end);
        let last = text[end..last].find('\n').map_or(last, |feed| end + feed);
        Excerpt {
            first_line: document.position(span.start).line,
            text: text[first..last].to_owned(),
            start: place.start - first,
            end: end - first,
        }
    }
}
