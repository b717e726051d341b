//! Scores of the criteria over several runs, as small charts of one scale and as a table.

use kirjuri::Criterion;
use kirjuri_report::criterion_name;

use super::View;
use super::overview::{on_scale, scale_begin};
use super::words::fill;
use crate::differences::Differences;
use crate::summary::{CriterionScore, Summary};

/// Size of a chart in its own units; it is drawn as wide as there is room.
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 72.0;
/// Room for the points at the edges.
const EDGE: f64 = 5.0;

/// The runs, compared.
pub(super) struct Trend {
    pub(super) how: String,
    /// What is to be kept in mind when runs are compared.
    pub(super) notes: Vec<&'static str>,
    /// The lower end of the scale of the charts.
    pub(super) scale_begin: String,
    pub(super) charts: Vec<Chart>,
    pub(super) first_day: String,
    pub(super) last_day: String,
    /// Names of the criteria, with soft hyphens.
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<TrendRow>,
}

/// The chart of a criterion.
pub(super) struct Chart {
    pub(super) name: &'static str,
    pub(super) last: String,
    pub(super) change: String,
    /// What the chart says, for those who cannot see it.
    pub(super) says: String,
    pub(super) line: String,
    pub(super) points: Vec<Point>,
}

/// A run in a chart.
pub(super) struct Point {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) is_partial: bool,
    pub(super) is_last: bool,
}

/// A run in the table.
pub(super) struct TrendRow {
    pub(super) name: String,
    pub(super) is_partial: bool,
    pub(super) documents: String,
    pub(super) scores: Vec<Option<String>>,
}

/// A run with its scores.
struct Scored<'s> {
    summary: &'s Summary,
    name: String,
    scores: Vec<CriterionScore>,
}

impl Scored<'_> {
    fn of(&self, criterion: Criterion) -> Option<&CriterionScore> {
        self.scores.iter().find(|score| score.criterion == criterion && score.exercised > 0)
    }
}

impl Trend {
    /// Nothing where there is one run only.
    pub(super) fn new(view: &View<'_>) -> Option<Trend> {
        let (w, figures) = (view.w, view.figures);
        if view.summary.earlier.is_empty() {
            return None;
        }
        let runs = view.summary.earlier.iter().chain([view.summary]);
        let runs: Vec<Scored<'_>> = runs
            .enumerate()
            .map(|(number, summary)| {
                let name = match &summary.run.started {
                    Some(started) => figures.day(&super::clean(started)),
                    None => fill(w.run_number, &[&figures.count(number as u64 + 1)]),
                };
                let scores = CriterionScore::all(summary.rules.iter().map(|rule| (rule, rule.tally)));
                Scored { summary, name, scores }
            })
            .collect();
        let criteria: Vec<Criterion> = Criterion::ALL
            .into_iter()
            .filter(|criterion| runs.iter().any(|run| run.of(*criterion).is_some()))
            .collect();
        let all = runs.iter().flat_map(|run| run.scores.iter()).filter(|score| score.exercised > 0);
        let begin = scale_begin(all.map(|score| score.score));

        let mut notes = Vec::new();
        let packs = |run: &Scored<'_>| run.summary.run.packs.clone();
        if runs.windows(2).any(|two| matches!(two, [one, next] if packs(one) != packs(next))) {
            notes.push(w.trend_versions);
        }
        let differences: Vec<Differences> = runs
            .windows(2)
            .filter_map(|two| match two {
                [one, next] => Some(Differences::between(one.summary, next.summary)),
                _ => None,
            })
            .collect();
        if differences.iter().any(|it| it.selected.is_some() || !it.in_force.is_empty()) {
            notes.push(w.trend_rules);
        }
        if differences.iter().any(|it| it.days.is_some()) {
            notes.push(w.trend_days);
        }
        if runs.iter().any(|run| run.summary.run.partial) {
            notes.push(w.trend_partial);
        }
        let row = |run: &Scored<'_>| TrendRow {
            name: run.name.clone(),
            is_partial: run.summary.run.partial,
            documents: figures.count(run.summary.run.account.checked),
            scores: criteria.iter().map(|criterion| run.of(*criterion).map(|score| figures.score(score))).collect(),
        };
        let begin_shown = figures.decimals(begin * 100.0, 0);
        Some(Trend {
            how: fill(w.trend_how, &[&figures.count(runs.len() as u64), &begin_shown]),
            notes,
            scale_begin: figures.percent(&begin_shown),
            charts: criteria.iter().filter_map(|criterion| Chart::new(view, *criterion, &runs, begin)).collect(),
            first_day: runs.first().map(|run| run.name.clone()).unwrap_or_default(),
            last_day: runs.last().map(|run| run.name.clone()).unwrap_or_default(),
            columns: criteria.iter().map(|criterion| w.criterion(*criterion)).collect(),
            rows: runs.iter().map(row).collect(),
        })
    }
}

impl Chart {
    fn new(view: &View<'_>, criterion: Criterion, runs: &[Scored<'_>], begin: f64) -> Option<Chart> {
        let figures = view.figures;
        let known: Vec<(usize, &Scored<'_>, &CriterionScore)> =
            runs.iter().enumerate().filter_map(|(number, run)| Some((number, run, run.of(criterion)?))).collect();
        let ((_, first_run, first), (_, last_run, last)) = (known.first()?, known.last()?);
        let x = |number: usize| {
            let share = number as f64 / runs.len().saturating_sub(1).max(1) as f64;
            EDGE + share * (WIDTH - 2.0 * EDGE)
        };
        let y = |score: f64| EDGE + (1.0 - on_scale(score, begin) / 100.0) * (HEIGHT - 2.0 * EDGE);
        let points: Vec<Point> = known
            .iter()
            .map(|(number, run, score)| Point {
                x: format!("{:.1}", x(*number)),
                y: format!("{:.1}", y(score.score)),
                is_partial: run.summary.run.partial,
                is_last: *number + 1 == runs.len(),
            })
            .collect();
        let line: Vec<String> = points.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
        let name = criterion_name(criterion, view.language);
        let percent = |score: &CriterionScore| figures.percent(&figures.score(score));
        Some(Chart {
            name,
            last: percent(last),
            change: figures.change(first.score, last.score),
            says: fill(view.w.trend_says, &[name, &percent(first), &first_run.name, &percent(last), &last_run.name]),
            line: line.join(" "),
            points,
        })
    }
}
