//! What was not checked, and what the run was: versions, options, time.

use super::words::{counted, fill};
use super::{View, clean};

/// The end of the page.
pub(super) struct RunView {
    /// Documents that were not checked, with the status and the reason.
    pub(super) not_checked: Vec<[String; 3]>,
    pub(super) listed: Option<String>,
    pub(super) more: Option<String>,
    pub(super) version: String,
    pub(super) started: Option<String>,
    pub(super) took: Option<String>,
    pub(super) judged: String,
    /// Packs with their versions.
    pub(super) packs: Vec<(String, String)>,
    pub(super) code_sets: Vec<String>,
    pub(super) options: Vec<String>,
}

impl RunView {
    pub(super) fn new(view: &View<'_>) -> RunView {
        let (summary, w, figures) = (view.summary, view.w, view.figures);
        let run = &summary.run;
        let all = run.account.unreadable.saturating_add(run.account.skipped);
        let kept = summary.not_checked.len() as u64;
        let left_out = all.saturating_sub(kept);
        let not_checked = summary.not_checked.iter().map(|one| {
            let what = if one.is_unreadable { w.is_unreadable } else { w.is_skipped };
            [clean(&one.document), what.to_owned(), clean(&one.reason)]
        });
        let listed = || fill(w.not_checked_listed, &[&figures.count(kept), &figures.count(all)]);
        let more = || fill(counted(w.more_documents, left_out), &[&figures.count(left_out)]);
        RunView {
            not_checked: not_checked.collect(),
            listed: (all > 0).then(listed),
            more: (left_out > 0).then(more),
            version: clean(&run.version),
            started: run.started.as_deref().map(|started| figures.time(&clean(started))),
            took: run.milliseconds.map(|milliseconds| figures.duration(milliseconds)),
            judged: match run.judged_by.as_str() {
                "document" => w.judged_by_document.to_owned(),
                "" => w.unknown.to_owned(),
                day => figures.day(&clean(day)),
            },
            packs: run.packs.iter().map(|pack| (clean(&pack.id), clean(&pack.version))).collect(),
            code_sets: run.code_sets.iter().map(|code_set| clean(code_set)).collect(),
            options: run.options.iter().map(|option| clean(option)).collect(),
        }
    }
}
