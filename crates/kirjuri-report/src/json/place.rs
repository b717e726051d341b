//! Where a finding is, and what stands there.

use kirjuri::{Excerpt, Place};

/// The place, by names and by numbers.
#[derive(serde::Serialize)]
pub(super) struct PlaceJson<'r> {
    path: &'r str,
    line: u32,
    column: u32,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    inner: Option<Box<PlaceJson<'r>>>,
}

impl<'r> From<&'r Place> for PlaceJson<'r> {
    fn from(place: &'r Place) -> PlaceJson<'r> {
        let Place { path, line, column, start, end, inner } = place;
        let inner = inner.as_deref().map(|inner| Box::new(PlaceJson::from(inner)));
        PlaceJson { path, line: *line, column: *column, start: *start, end: *end, inner }
    }
}

/// The excerpt, only where `--show-source` asked for it.
#[derive(serde::Serialize)]
pub(super) struct SourceJson<'r> {
    first_line: u32,
    text: &'r str,
    start: usize,
    end: usize,
}

impl<'r> From<&'r Excerpt> for SourceJson<'r> {
    fn from(excerpt: &'r Excerpt) -> SourceJson<'r> {
        let Excerpt { first_line, text, start, end } = excerpt;
        SourceJson { first_line: *first_line, text, start: *start, end: *end }
    }
}
