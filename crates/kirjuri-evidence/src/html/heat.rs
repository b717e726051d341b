//! Scores of the criteria in groups of documents, as a table that is coloured by what is to be mended.

use kirjuri::Criterion;
use kirjuri_report::{Dimension, without_series};

use super::View;
use super::clean;
use super::overview::documents_failed;
use super::words::{counted, fill};
use crate::summary::{CriterionScore, GroupSummary};

/// Groups that are shown of a dimension; the others are counted.
const ROWS: usize = 40;
/// With fewer documents a score is a matter of chance: one document that fails is then more than 3 % of them.
const FEW: u64 = 30;
/// Lower bounds of the classes of colour, in per cent; the last class is below all of them.
const CLASSES: [f64; 5] = [99.5, 98.0, 95.0, 90.0, 80.0];

/// The tables, one a dimension.
pub(super) struct Heat {
    pub(super) tables: Vec<HeatTable>,
    /// Names of the criteria, with soft hyphens.
    pub(super) columns: Vec<&'static str>,
    pub(super) how: String,
    /// That rules on series are left out, where there were any.
    pub(super) without_series: Option<&'static str>,
    /// Classes of colour with their bounds, the best first.
    pub(super) legend: Vec<(usize, String)>,
}

/// The groups of one dimension.
pub(super) struct HeatTable {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) total: HeatRow,
    pub(super) rows: Vec<HeatRow>,
    pub(super) more: Option<String>,
}

/// A group.
pub(super) struct HeatRow {
    pub(super) name: String,
    /// The value, where it has a name that says another thing.
    pub(super) code: Option<String>,
    pub(super) is_few: bool,
    pub(super) documents: String,
    pub(super) documents_sort: u64,
    /// Share of the documents without a finding.
    pub(super) clean: String,
    pub(super) clean_sort: i64,
    pub(super) cells: Vec<HeatCell>,
    /// Numbers of it were left out: what has no score may have applied all the same.
    pub(super) is_left_out: bool,
    /// The share without a finding cannot be told for the same reason.
    pub(super) is_clean_left_out: bool,
}

/// A score.
pub(super) struct HeatCell {
    /// The class of its colour; nothing where it has none.
    pub(super) class: Option<usize>,
    pub(super) score: Option<String>,
    /// Hundredths of per cent.
    pub(super) sort: i64,
}

impl Heat {
    pub(super) fn new(view: &View<'_>) -> Heat {
        let summary = view.summary;
        // Rules on series are in no group: with them the row of all documents would be of other rules than those below it.
        let own = summary.rules.iter().filter(|rule| rule.tally.documents > 0);
        let totals = CriterionScore::all(own.map(|rule| (rule, rule.tally)));
        let criteria: Vec<Criterion> =
            totals.iter().filter(|score| score.exercised > 0).map(|score| score.criterion).collect();
        let table = |dimension: &Dimension| HeatTable::new(view, *dimension, &criteria, &totals);
        Heat {
            tables: Dimension::ALL.iter().filter_map(table).collect(),
            columns: criteria.iter().map(|criterion| view.w.criterion(*criterion)).collect(),
            how: fill(view.w.groups_how, &[&view.figures.count(FEW)]),
            without_series: summary.has_series().then(|| without_series(view.language)),
            legend: legend(view),
        }
    }
}

fn legend(view: &View<'_>) -> Vec<(usize, String)> {
    let bound = |percent: f64| view.figures.decimals(percent, usize::from(percent.fract() != 0.0));
    let mut legend = Vec::new();
    let mut upper: Option<f64> = None;
    for (class, lower) in CLASSES.iter().enumerate() {
        let text = match upper {
            None => fill(view.w.at_least, &[&bound(*lower)]),
            Some(upper) => fill(view.w.between, &[&bound(*lower), &bound(upper)]),
        };
        legend.push((class, text));
        upper = Some(*lower);
    }
    legend.push((CLASSES.len(), fill(view.w.below, &[&bound(upper.unwrap_or_default())])));
    legend
}

impl HeatTable {
    fn new(
        view: &View<'_>,
        dimension: Dimension,
        criteria: &[Criterion],
        totals: &[CriterionScore],
    ) -> Option<HeatTable> {
        let (summary, w) = (view.summary, view.w);
        let own = summary.groups.iter().filter(|group| group.dimension == dimension && group.documents > 0);
        let mut groups: Vec<&GroupSummary> = own.collect();
        // A dimension that no document says anything of tells nothing apart.
        if groups.iter().all(|group| group.value.is_none()) {
            return None;
        }
        // Months in their order. Else the largest first, so that the small ones, where chance rules, are at the end.
        let order = |group: &&GroupSummary| (group.value.is_none(), u64::MAX - group.documents, group.value.clone());
        groups.sort_by_cached_key(order);
        let rest = groups.split_off(groups.len().min(ROWS));
        if dimension == Dimension::Month {
            groups.sort_by_cached_key(|group| (group.value.is_none(), group.value.clone()));
        }
        let more = (!rest.is_empty()).then(|| {
            let (count, documents) =
                (rest.len() as u64, rest.iter().fold(0_u64, |sum, group| sum.saturating_add(group.documents)));
            let documents = fill(counted(w.count_documents, documents), &[&view.figures.count(documents)]);
            fill(counted(w.more_groups, count), &[&view.figures.count(count), &documents])
        });
        let checked = summary.run.account.checked;
        let total = HeatRow::new(
            view,
            w.all_documents.to_owned(),
            None,
            checked,
            documents_failed(summary),
            |criterion| totals.iter().find(|score| score.criterion == criterion).copied(),
            criteria,
        );
        let row = |group: &&GroupSummary| {
            let rules = group.rules.iter();
            let rules = rules.filter(|_| group.left_out == 0);
            let scores = CriterionScore::all(rules.filter_map(|of| Some((summary.rules.get(of.rule)?, of.tally))));
            let value = group.value.as_deref().map(clean);
            let named = group.name.as_deref().map(clean);
            let code = value.clone().filter(|value| named.as_ref().is_some_and(|name| name != value));
            let name = named.or(value).unwrap_or_else(|| w.not_stated.to_owned());
            let find = |criterion| scores.iter().find(|score| score.criterion == criterion).copied();
            let row = HeatRow::new(view, name, code, group.documents, Some(group.documents_failed), find, criteria);
            HeatRow { is_left_out: group.left_out > 0, ..row }
        };
        let rows = groups.iter().map(row).collect();
        Some(HeatTable { id: dimension.id(), name: w.dimension(dimension), total, rows, more })
    }
}

impl HeatRow {
    fn new(
        view: &View<'_>,
        name: String,
        code: Option<String>,
        documents: u64,
        failed: Option<u64>,
        score_of: impl Fn(Criterion) -> Option<CriterionScore>,
        criteria: &[Criterion],
    ) -> HeatRow {
        let is_few = documents < FEW;
        let figures = view.figures;
        let clean = failed.map(|failed| documents.saturating_sub(failed));
        let cell = |criterion: &Criterion| match score_of(*criterion).filter(|score| score.exercised > 0) {
            Some(score) => {
                let percent = score.score * 100.0;
                let class = CLASSES.iter().position(|lower| percent >= *lower).unwrap_or(CLASSES.len());
                HeatCell {
                    class: (!is_few).then_some(class),
                    score: Some(figures.score(&score)),
                    sort: (percent * 100.0) as i64,
                }
            }
            None => HeatCell { class: None, score: None, sort: -1 },
        };
        HeatRow {
            name,
            code,
            is_left_out: false,
            is_clean_left_out: clean.is_none() && view.summary.run.is_merged(),
            is_few,
            documents: figures.count(documents),
            documents_sort: documents,
            clean: clean.map_or_else(|| "–".to_owned(), |clean| figures.bare_share(clean, documents)),
            clean_sort: clean.map_or(-1, |clean| (clean as f64 * 10_000.0 / documents.max(1) as f64) as i64),
            cells: criteria.iter().map(cell).collect(),
        }
    }
}
