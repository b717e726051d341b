//! The account of a batch, as JSON.

use kirjuri::RuleSet;

use crate::batch::Batch;

#[derive(serde::Serialize)]
pub(super) struct AccountJson {
    seen: u64,
    checked: u64,
    unreadable: u64,
    skipped: u64,
    ignored: u64,
    /// Files that have not changed since the moment that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged: Option<u64>,
    /// Assertions that could not be evaluated at some place.
    unevaluated: u64,
    /// Assertions that do not compile.
    not_compiled: u64,
    /// Rules that the settings leave out; they are not among `rules`.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_selected: Option<usize>,
    /// What drafts still lack.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<u64>,
}

impl AccountJson {
    pub(super) fn new(batch: &Batch, rules: &RuleSet) -> AccountJson {
        let account = batch.account();
        AccountJson {
            seen: account.seen,
            checked: account.checked,
            unreadable: account.unreadable,
            skipped: account.skipped,
            ignored: batch.ignored,
            unchanged: batch.unchanged,
            unevaluated: batch.count_unevaluated(),
            not_compiled: batch.not_compiled,
            not_selected: Some(rules.count_not_selected()).filter(|count| *count > 0),
            missing: batch.count_missing(),
        }
    }
}
