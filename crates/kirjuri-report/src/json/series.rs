//! What rules on series found, as JSON.

use serde::ser::{Serialize, Serializer};

use super::{Context, FindingJson, PlaceJson};
use crate::batch::SeriesEntry;

pub(super) struct SeriesJson<'r> {
    pub(super) context: Context<'r>,
    pub(super) entries: &'r [SeriesEntry],
}

#[derive(serde::Serialize)]
struct EntryJson<'r> {
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

impl Serialize for SeriesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries.iter().map(|entry| {
            let others = entry.others.iter();
            EntryJson {
                document: &entry.path,
                finding: FindingJson::new(&entry.finding, self.context),
                others: others.map(|it| OtherJson { path: &it.path, place: PlaceJson::from(&it.place) }).collect(),
            }
        }))
    }
}
