//! Groups of documents in the JSON report.

use kirjuri::{Language, Severity};
use serde::Serialize;

use crate::groups::{GroupRow, Groups, group_tables, rounded};

/// The groups of a dimension.
#[derive(Serialize)]
pub(super) struct GroupsJson {
    by: &'static str,
    groups: Vec<GroupJson>,
}

#[derive(Serialize)]
struct GroupJson {
    /// `null` for the documents that do not say it, `*` for what is beyond the most values.
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    documents: u64,
    documents_failed: u64,
    errors: u64,
    warnings: u64,
    infos: u64,
    /// Nothing where no rule applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
}

impl GroupsJson {
    /// One a dimension.
    pub(super) fn all(groups: &Groups, language: Language) -> Vec<GroupsJson> {
        let tables = group_tables(groups, language).into_iter();
        let json = tables.map(|table| GroupsJson {
            by: table.dimension.id(),
            groups: table.rows.into_iter().map(GroupJson::from).collect(),
        });
        json.collect()
    }
}

impl From<GroupRow> for GroupJson {
    fn from(row: GroupRow) -> GroupJson {
        let of = |severity| {
            let found = Severity::ALL.iter().position(|known| *known == severity);
            found.and_then(|at| row.severities.get(at)).copied().unwrap_or_default()
        };
        GroupJson {
            documents: row.documents,
            documents_failed: row.documents_failed,
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            infos: of(Severity::Info),
            score: row.score.map(|score| rounded(score, 10_000.0)),
            value: row.value,
            name: row.name,
        }
    }
}
