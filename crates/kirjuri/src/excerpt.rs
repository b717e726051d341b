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
        let line_start = text[..place.start].rfind('\n').map_or(0, |feed| feed + 1);
        let first = text.ceil_char_boundary(line_start.max(place.start.saturating_sub(AROUND)));
        let rest_of_line = text[end..].find('\n').map_or(text.len(), |feed| end + feed);
        let last = text.floor_char_boundary(rest_of_line.min(end + AROUND));
        Excerpt {
            first_line: document.position(span.start).line,
            text: text[first..last].to_owned(),
            start: place.start - first,
            end: end - first,
        }
    }
}
