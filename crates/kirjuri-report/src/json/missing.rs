//! What a document that is still being written lacks, and how much of a document it is, as JSON.

use kirjuri::{Extent, Missing};

use super::{Context, ErrorJson, PlaceJson, StructureJson};
use crate::batch::{DraftEntry, InputError};

/// What only a document has that was checked as a draft.
#[derive(serde::Serialize)]
pub(super) struct DraftJson<'r> {
    missing: Vec<MissingJson<'r>>,
    extent: ExtentJson,
}

#[derive(serde::Serialize)]
struct MissingJson<'r> {
    rule: &'r str,
    severity: &'static str,
    title: &'r str,
    place: PlaceJson<'r>,
    /// Where it would go.
    path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    structure: Option<StructureJson<'r>>,
}

#[derive(serde::Serialize)]
struct ExtentJson {
    fragment: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unfinished: Option<ErrorJson>,
}

impl<'r> DraftJson<'r> {
    pub(super) fn new(draft: &'r DraftEntry, context: Context<'r>) -> DraftJson<'r> {
        let missing = draft.missing.iter().map(|missing| MissingJson::new(missing, context));
        DraftJson { missing: missing.collect(), extent: ExtentJson::new(&draft.extent, context) }
    }
}

impl<'r> MissingJson<'r> {
    fn new(missing: &'r Missing, context: Context<'r>) -> MissingJson<'r> {
        MissingJson {
            rule: context.id(missing.rule),
            severity: missing.severity.id(),
            title: context.title(missing.rule),
            place: PlaceJson::from(&missing.place),
            path: &missing.path,
            structure: missing.subject.as_ref().map(StructureJson::from),
        }
    }
}

impl ExtentJson {
    fn new(extent: &Extent, context: Context<'_>) -> ExtentJson {
        let error = |error| ErrorJson::new(&InputError::Parse(error), context);
        ExtentJson { fragment: extent.is_fragment, unfinished: extent.unfinished.map(error) }
    }
}
