//! What rules on series found, as JSON.

use super::{Context, FindingJson, PlaceJson};
use crate::batch::SeriesEntry;

#[derive(serde::Serialize)]
pub(super) struct EntryJson<'r> {
    document: &'r str,
    #[serde(flatten)]
    finding: FindingJson<'r>,
    others: Vec<OtherJson<'r>>,
}

#[derive(serde::Serialize)]
struct OtherJson<'r> {
    path: &'r str,
    place: PlaceJson<'r>,
}

impl<'r> EntryJson<'r> {
    pub(super) fn new(entry: &'r SeriesEntry, context: Context<'r>) -> EntryJson<'r> {
        let others = entry.others.iter();
        EntryJson {
            document: &entry.path,
            finding: FindingJson::new(&entry.finding, context),
            others: others.map(|it| OtherJson { path: &it.path, place: PlaceJson::from(&it.place) }).collect(),
        }
    }
}
