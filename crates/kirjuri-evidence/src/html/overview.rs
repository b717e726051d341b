//! The first screen: the account, the scores of the criteria and the rules that cost most.

use std::collections::BTreeMap;

use kirjuri::{Criterion, Severity};
use kirjuri_report::{Dimension, criterion_name, severity_name};

use super::words::{counted, fill};
use super::{View, clean};
use crate::summary::{CriterionScore, RuleSummary, Summary, weight};

/// How many rules that cost most are shown.
const COSTS: usize = 5;
/// How many reasons are shown beside the account; all are in the list of documents.
const REASONS: usize = 4;

/// The first screen.
pub(super) struct Overview {
    /// What can be said in sentences.
    pub(super) lead: Vec<String>,
    pub(super) judged: String,
    /// `seen = checked + unreadable + skipped`.
    pub(super) account: [Term; 4],
    /// Numbers outside of that sum.
    pub(super) beside: Vec<Term>,
    /// Why documents were not checked, with how many, the most frequent first.
    pub(super) reasons: Vec<Term>,
    pub(super) reasons_note: Option<String>,
    pub(super) criteria: Criteria,
    pub(super) costs: Vec<Cost>,
    /// What is said where there is none.
    pub(super) no_costs: &'static str,
    pub(super) costs_how: String,
}

/// A number and what it counts.
pub(super) struct Term {
    /// What stands before it in a sum.
    pub(super) sign: &'static str,
    pub(super) count: String,
    pub(super) label: String,
    pub(super) is_zero: bool,
}

impl Term {
    fn new(view: &View<'_>, sign: &'static str, count: u64, label: &str) -> Term {
        Term { sign, count: view.figures.count(count), label: label.to_owned(), is_zero: count == 0 }
    }
}

/// The scores.
pub(super) struct Criteria {
    pub(super) rows: Vec<CriterionRow>,
    /// Labels of the scale: at its beginning, in its middle and at its end.
    pub(super) scale: [String; 3],
    /// What is not in the scores.
    pub(super) notes: Vec<String>,
}

/// The score of a criterion and what it was computed from.
pub(super) struct CriterionRow {
    pub(super) id: &'static str,
    /// With soft hyphens.
    pub(super) name: &'static str,
    /// Nothing where no rule of the criterion applied.
    pub(super) score: Option<ScoreView>,
    /// Rules that applied nowhere.
    pub(super) without_places: Option<String>,
}

/// A score as it is shown.
pub(super) struct ScoreView {
    pub(super) percent: String,
    pub(super) arithmetic: String,
    pub(super) nodes: String,
    /// Where on the scale, in per cent of its length.
    pub(super) at: String,
}

/// A rule that costs much.
pub(super) struct Cost {
    /// Number of the rule.
    pub(super) rule: usize,
    pub(super) severity: &'static str,
    pub(super) severity_name: &'static str,
    pub(super) title: String,
    pub(super) arithmetic: String,
}

impl Overview {
    pub(super) fn new(view: &View<'_>) -> Overview {
        let (summary, w) = (view.summary, view.w);
        let account = summary.run.account;
        let mut beside = Vec::new();
        for (count, label) in [(account.known, w.known), (account.expired, w.expired), (account.ignored, w.ignored)] {
            if count > 0 {
                beside.push(Term::new(view, "", count, counted(label, count)));
            }
        }
        let (reasons, reasons_note) = reasons(view);
        let judged = match summary.run.judged_by.as_str() {
            "document" => w.judged_by_document.to_owned(),
            "" => String::new(),
            day => fill(w.judged_by_day, &[&view.figures.day(&clean(day))]),
        };
        let [error, warning, info] = Severity::ALL.map(|severity| weight(severity).to_string());
        Overview {
            lead: lead(view),
            judged,
            account: [
                Term::new(view, "", account.seen, counted(w.seen, account.seen)),
                Term::new(view, "=", account.checked, counted(w.checked, account.checked)),
                Term::new(view, "+", account.unreadable, counted(w.unreadable, account.unreadable)),
                Term::new(view, "+", account.skipped, counted(w.skipped, account.skipped)),
            ],
            beside,
            reasons,
            reasons_note,
            criteria: Criteria::new(view),
            costs: costs(view),
            no_costs: if account.checked == 0 { w.costs_unknown } else { w.no_costs },
            costs_how: fill(w.costs_how, &[&error, &warning, &info]),
        }
    }
}

/// How many of the documents that were checked have a finding; nothing where no dimension tells all of them apart.
pub(super) fn documents_failed(summary: &Summary) -> Option<u64> {
    Dimension::ALL.iter().find_map(|dimension| {
        let groups = || summary.groups.iter().filter(|group| group.dimension == *dimension);
        let documents = groups().fold(0_u64, |sum, group| sum.saturating_add(group.documents));
        let is_whole = documents > 0 && documents == summary.run.account.checked;
        is_whole.then(|| groups().fold(0_u64, |sum, group| sum.saturating_add(group.documents_failed)))
    })
}

fn lead(view: &View<'_>) -> Vec<String> {
    let (w, figures, account) = (view.w, view.figures, view.summary.run.account);
    let seen = figures.count(account.seen);
    if account.seen == 0 {
        return vec![w.lead_nothing.to_owned()];
    }
    if account.checked == 0 {
        return vec![fill(counted(w.lead_none_checked, account.seen), &[&seen])];
    }
    let mut lead = vec![match account.checked == account.seen {
        true => fill(counted(w.lead_all_checked, account.seen), &[&seen]),
        false => fill(counted(w.lead_checked, account.checked), &[&figures.count(account.checked), &seen]),
    }];
    // Not the sums of the rules: findings may have other severities than their rules.
    let found = account.severities();
    let all = found.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
    if all == 0 {
        lead.push(w.lead_no_findings.to_owned());
        return lead;
    }
    // Of one document the next sentence says it.
    if let Some(failed) = documents_failed(view.summary).filter(|_| account.checked > 1) {
        lead.push(fill(
            counted(w.lead_failed, failed),
            &[&figures.count(failed), &figures.share(failed, account.checked)],
        ));
    }
    let said = Severity::ALL.into_iter().zip(found).filter(|(_, count)| *count > 0);
    let said = said.map(|(severity, count)| {
        format!("{}\u{A0}{}", figures.count(count), severity_name(severity, count, view.language))
    });
    lead.push(fill(counted(w.lead_findings, all), &[&figures.count(all), &listed(&said.collect::<Vec<_>>(), w.and)]));
    lead
}

/// `a, b and c`.
fn listed(items: &[String], and: &str) -> String {
    match items.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} {and} {last}", others.join(", ")),
        _ => items.concat(),
    }
}

fn reasons(view: &View<'_>) -> (Vec<Term>, Option<String>) {
    let summary = view.summary;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for one in &summary.not_checked {
        *counts.entry(&one.reason).or_default() += 1;
    }
    let mut counts: Vec<(&str, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|&(reason, count)| (u64::MAX - count, reason));
    let kept = summary.not_checked.len() as u64;
    let all = summary.run.account.unreadable.saturating_add(summary.run.account.skipped);
    let note = || fill(view.w.reasons_of_listed, &[&view.figures.count(kept), &view.figures.count(all)]);
    let note = (kept > 0 && kept < all).then(note);
    (counts.iter().take(REASONS).map(|(reason, count)| Term::new(view, "", *count, &clean(reason))).collect(), note)
}

impl Criteria {
    fn new(view: &View<'_>) -> Criteria {
        let (summary, w, figures) = (view.summary, view.w, view.figures);
        let scores = CriterionScore::all(summary.rules.iter().map(|rule| (rule, rule.tally)));
        let lowest = scores.iter().filter(|score| score.exercised > 0).map(|score| score.score);
        let begin = scale_begin(lowest);
        let row = |score: &CriterionScore| CriterionRow {
            id: score.criterion.id(),
            name: w.criterion(score.criterion),
            score: (score.exercised > 0).then(|| ScoreView::new(view, score, begin)),
            without_places: (score.not_exercised > 0).then(|| {
                let count = score.not_exercised as u64;
                fill(counted(w.without_places, count), &[&figures.count(count)])
            }),
        };
        let mut notes = Vec::new();
        let is_scored = scores.iter().any(|score| score.exercised > 0);
        if !is_scored {
            notes.push(w.nothing_to_score.to_owned());
        }
        let has_rules = |criterion: &Criterion| scores.iter().any(|score| score.criterion == *criterion);
        let without: Vec<&str> = Criterion::ALL
            .iter()
            .filter(|criterion| !has_rules(criterion))
            .map(|criterion| criterion_name(*criterion, view.language))
            .collect();
        if is_scored && !without.is_empty() {
            notes.push(fill(w.without_rules, &[&without.join(", ")]));
        }
        let unclassified = summary.rules.iter().filter(|rule| rule.criterion.is_none()).count() as u64;
        if is_scored && unclassified > 0 {
            notes.push(fill(counted(w.without_criterion, unclassified), &[&figures.count(unclassified)]));
        }
        let label =
            |share: f64| figures.percent(&figures.decimals(share * 100.0, usize::from(share > 0.9 && share < 1.0)));
        let middle = (begin + 1.0) / 2.0;
        let whole = |share: f64| figures.percent(&figures.decimals(share * 100.0, 0));
        let middle = if (middle * 100.0).fract() == 0.0 { whole(middle) } else { label(middle) };
        let scale = [whole(begin), middle, whole(1.0)];
        let rows = if is_scored { scores.iter().map(row).collect() } else { Vec::new() };
        Criteria { rows, scale, notes }
    }
}

/// Where a scale of scores begins, so that differences can be seen and the lowest is on it: 90, 80, 50 or 0 %.
pub(super) fn scale_begin(scores: impl Iterator<Item = f64>) -> f64 {
    let lowest = scores.fold(1.0_f64, f64::min);
    [0.9, 0.8, 0.5].into_iter().find(|begin| lowest >= *begin).unwrap_or(0.0)
}

/// Where on a scale a score is, in per cent of its length.
pub(super) fn on_scale(score: f64, begin: f64) -> f64 {
    ((score - begin) / (1.0 - begin) * 100.0).clamp(0.0, 100.0)
}

impl ScoreView {
    fn new(view: &View<'_>, score: &CriterionScore, begin: f64) -> ScoreView {
        let (w, figures) = (view.w, view.figures);
        let exercised = score.exercised as u64;
        let places = fill(counted(w.nodes_at, score.applied), &[&figures.count(score.applied)]);
        ScoreView {
            percent: figures.percent(&figures.score(score)),
            arithmetic: fill(counted(w.arithmetic, exercised), &[&figures.sum(score), &figures.count(exercised)]),
            nodes: fill(counted(w.nodes, score.failed), &[&figures.count(score.failed), &places]),
            at: format!("{:.1}%", on_scale(score.score, begin)),
        }
    }
}

fn costs(view: &View<'_>) -> Vec<Cost> {
    let mut ranked: Vec<(usize, &RuleSummary)> = view.summary.rules.iter().enumerate().collect();
    ranked.retain(|(_, rule)| rule.cost() > 0);
    ranked.sort_by_key(|(number, rule)| (u64::MAX - rule.cost(), u64::MAX - rule.tally.failed, *number));
    ranked.truncate(COSTS);
    let shown = |(number, rule): &(usize, &RuleSummary)| {
        let documents = rule.tally.documents_failed;
        let values = [documents, weight(rule.severity), rule.cost()].map(|value| view.figures.count(value));
        Cost {
            rule: *number,
            severity: rule.severity.id(),
            severity_name: severity_name(rule.severity, 1, view.language),
            title: clean(rule.title.get(view.language)),
            arithmetic: fill(counted(view.w.cost, documents), &[&values[0], &values[1], &values[2]]),
        }
    };
    ranked.iter().map(shown).collect()
}
