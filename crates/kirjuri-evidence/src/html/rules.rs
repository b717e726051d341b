//! Every rule that applied, with its denominator, meaning and mending, down to the places; and those that applied nowhere.

use std::collections::{BTreeMap, BTreeSet};

use kirjuri::{Criterion, Severity};
use kirjuri_report::{criterion_name, severity_name};

use super::words::{counted, fill};
use super::{View, clean};
use crate::summary::{PlaceSummary, RuleSummary};

/// The rules.
pub(super) struct Rules<'s> {
    /// Those that applied, the costliest first.
    pub(super) rows: Vec<RuleRow<'s>>,
    /// Whether any of them has findings.
    pub(super) has_findings: bool,
    pub(super) packs: BTreeSet<String>,
    /// Criteria of the rules: id and name.
    pub(super) criteria: Vec<(&'static str, &'static str)>,
    /// Severities: id and name.
    pub(super) severities: Vec<(&'static str, &'static str)>,
    /// Rules that applied nowhere: how many, and by pack their ids and titles.
    pub(super) unexercised_count: Option<String>,
    pub(super) unexercised: Vec<(String, Vec<(String, String)>)>,
}

/// A rule that applied.
pub(super) struct RuleRow<'s> {
    pub(super) number: usize,
    pub(super) id: String,
    pub(super) pack: String,
    pub(super) title: String,
    pub(super) why: Option<&'s str>,
    pub(super) fix: Option<&'s str>,
    pub(super) guidelines: Vec<String>,
    pub(super) severity: &'static str,
    pub(super) severity_name: &'static str,
    pub(super) severity_rank: usize,
    pub(super) criterion: &'static str,
    pub(super) criterion_name: &'static str,
    pub(super) has_failed: bool,
    pub(super) rate: String,
    pub(super) failed: String,
    pub(super) applied: String,
    pub(super) documents: String,
    pub(super) measured: String,
    pub(super) cost: u64,
    /// Failures in a thousand million.
    pub(super) rate_sort: u64,
    pub(super) failed_sort: u64,
    pub(super) documents_sort: u64,
    pub(super) places: Vec<PlaceRow>,
    pub(super) more: Option<String>,
}

/// A place.
pub(super) struct PlaceRow {
    pub(super) document: String,
    pub(super) line: String,
    pub(super) column: String,
    pub(super) path: String,
    pub(super) source: Option<String>,
}

impl<'s> Rules<'s> {
    pub(super) fn new(view: &View<'s>) -> Rules<'s> {
        let summary = view.summary;
        let mut places: BTreeMap<usize, Vec<&PlaceSummary>> = BTreeMap::new();
        for place in &summary.places {
            places.entry(place.rule).or_default().push(place);
        }
        let mut applied: Vec<(usize, &RuleSummary)> =
            summary.rules.iter().enumerate().filter(|(_, rule)| rule.tally.applied > 0).collect();
        applied.sort_by_key(|(number, rule)| (u64::MAX - rule.cost(), u64::MAX - rule.tally.failed, *number));
        let row = |(number, rule): &(usize, &'s RuleSummary)| {
            RuleRow::new(view, *number, rule, places.get(number).map_or(&[], Vec::as_slice))
        };
        let rows: Vec<RuleRow<'s>> = applied.iter().map(row).collect();

        let mut unexercised: Vec<(String, Vec<(String, String)>)> = Vec::new();
        let mut count = 0_u64;
        for rule in summary.rules.iter().filter(|rule| rule.tally.applied == 0) {
            count += 1;
            let (pack, name) = split_id(&rule.id);
            let entry = (clean(name), clean(rule.title.get(view.language)));
            match unexercised.last_mut() {
                Some((last, entries)) if *last == clean(pack) => entries.push(entry),
                _ => unexercised.push((clean(pack), vec![entry])),
            }
        }
        let has = |criterion: &Criterion| rows.iter().any(|row| row.criterion == criterion.id());
        let has_severity = |severity: &Severity| rows.iter().any(|row| row.severity == severity.id());
        let criterion = |criterion: Criterion| (criterion.id(), criterion_name(criterion, view.language));
        let severity = |severity: Severity| (severity.id(), severity_name(severity, 1, view.language));
        Rules {
            has_findings: rows.iter().any(|row| row.has_failed),
            packs: rows.iter().map(|row| row.pack.clone()).collect(),
            criteria: Criterion::ALL.into_iter().filter(has).map(criterion).collect(),
            severities: Severity::ALL.into_iter().filter(has_severity).map(severity).collect(),
            unexercised_count: (count > 0)
                .then(|| fill(counted(view.w.unexercised_count, count), &[&view.figures.count(count)])),
            unexercised,
            rows,
        }
    }
}

/// The pack and the name inside it.
fn split_id(id: &str) -> (&str, &str) {
    id.split_once('/').unwrap_or(("", id))
}

impl<'s> RuleRow<'s> {
    fn new(view: &View<'s>, number: usize, rule: &'s RuleSummary, places: &[&PlaceSummary]) -> RuleRow<'s> {
        let (figures, w, tally) = (view.figures, view.w, rule.tally);
        let (pack, _) = split_id(&rule.id);
        let rate = figures.share(tally.failed, tally.applied);
        let count = |number| figures.count(number);
        let [failed, applied, documents_failed] = [tally.failed, tally.applied, tally.documents_failed].map(count);
        let [all_places, failed_documents, documents] = [
            (w.measured_places, tally.applied),
            (w.measured_failed, tally.documents_failed),
            (w.measured_documents, tally.documents),
        ]
        .map(|(forms, number)| fill(counted(forms, number), &[&count(number)]));
        let measured = fill(w.measured_says, &[&failed, &all_places, &rate, &failed_documents, &documents]);
        let left_out = tally.failed.saturating_sub(places.len() as u64);
        let rate_sort = u128::from(tally.failed) * 1_000_000_000 / u128::from(tally.applied.max(1));
        RuleRow {
            number,
            id: clean(&rule.id),
            pack: clean(pack),
            title: clean(rule.title.get(view.language)),
            why: rule.why.as_ref().map(|why| why.get(view.language)),
            fix: rule.fix.as_ref().map(|fix| fix.get(view.language)),
            guidelines: rule.guidelines.iter().map(|guideline| clean(guideline)).collect(),
            severity: rule.severity.id(),
            severity_name: severity_name(rule.severity, 1, view.language),
            severity_rank: Severity::ALL.iter().rev().position(|known| *known == rule.severity).unwrap_or_default(),
            criterion: rule.criterion.map_or("", Criterion::id),
            criterion_name: rule.criterion.map_or("–", |criterion| criterion_name(criterion, view.language)),
            has_failed: tally.failed > 0,
            rate,
            failed,
            applied,
            documents: documents_failed,
            measured,
            cost: rule.cost(),
            rate_sort: u64::try_from(rate_sort).unwrap_or(u64::MAX),
            failed_sort: tally.failed,
            documents_sort: tally.documents_failed,
            places: places.iter().map(|place| PlaceRow::new(place)).collect(),
            more: (left_out > 0).then(|| fill(counted(w.more_places, left_out), &[&count(left_out)])),
        }
    }
}

impl PlaceRow {
    fn new(place: &PlaceSummary) -> PlaceRow {
        let lines = |source: &String| {
            let lines: Vec<String> = source.lines().map(|line| clean(&line.replace('\t', "    "))).collect();
            lines.join("\n")
        };
        PlaceRow {
            document: clean(&place.document),
            line: place.line.to_string(),
            column: place.column.to_string(),
            path: clean(&place.path),
            source: place.source.as_ref().map(lines),
        }
    }
}
