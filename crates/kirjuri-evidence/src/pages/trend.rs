//! What a trend says.

use std::io::{self, Write};

use kirjuri::Language;
use kirjuri_report::criterion_name;
use serde::Serialize;

use super::unlike::{self, UnlikeJson};
use super::{add_more_rules, did_you_mean, write_json};
use crate::page::{Grid, Page};
use crate::statistics::Share;
use crate::trend::{Aim, Trend};
use crate::words::{percent, points, say};

/// Rules that a page shows.
const SHOWN: usize = 30;

/// A trend for people.
pub fn trend_page(trend: &Trend, language: Language) -> Page {
    let mut page = Page::default();
    page.title(say(language, ["Kehitys ajoittain", "Utveckling per körning", "Trend over runs"]));
    add_trend(trend, language, &mut page);
    page
}

/// Adds what a trend says to a page.
pub(super) fn add_trend(trend: &Trend, language: Language, page: &mut Page) {
    let of = |words: [&'static str; 3]| say(language, words);
    let header = [
        of(["ajo", "körning", "run"]),
        of(["aloitettu", "inledd", "started"]),
        of(["asiakirjoja", "handlingar", "documents"]),
        of(["huomattavaa", "att beakta", "to note"]),
    ];
    let mut grid = Grid::new(header, 2).with_text(3);
    for run in &trend.runs {
        let mut notes = Vec::new();
        if run.is_partial {
            notes.push(of(["keskeytetty", "avbruten", "partial"]).to_owned());
        }
        if !run.new_packs.is_empty() {
            let words = ["uusi versio sääntöpaketista", "ny version av regelpaketet", "new version of the pack"];
            notes.push(format!("{} {}", of(words), run.new_packs.join(", ")));
        }
        notes.extend(unlike::notes(&run.differences, language));
        let started = run.started.clone().unwrap_or_else(|| "–".into());
        grid.row([run.label.clone(), started, run.documents.to_string(), notes.join("; ")]);
    }
    page.table(grid);

    let labels = trend.runs.iter().map(|run| run.label.clone());
    let change = of(["muutos (%-yks.)", "ändring (%-enh.)", "change (pp)"]).to_owned();
    let header = |first: &str| -> Vec<String> {
        std::iter::once(first.to_owned()).chain(labels.clone()).chain([change.clone()]).collect()
    };
    let changed = |first: Option<f64>, last: Option<f64>| match (first, last) {
        (Some(first), Some(last)) if trend.runs.len() > 1 => points(last - first, language),
        _ => "–".into(),
    };
    page.heading(of(["Laatukriteerien pistemäärät", "Poäng per kvalitetskriterium", "Scores of the criteria"]));
    let mut grid = Grid::new(header(of(["laatukriteeri", "kriterium", "criterion"])), 1);
    for criterion in &trend.criteria {
        let scores = &criterion.scores;
        let shown = scores.iter().map(|score| score.map_or("–".into(), |score| percent(score, language)));
        let name = criterion_name(criterion.criterion, language).to_owned();
        let change = changed(scores.first().copied().flatten(), scores.last().copied().flatten());
        grid.row(std::iter::once(name).chain(shown).chain([change]));
    }
    page.table(grid);

    if !trend.rules.is_empty() {
        page.heading(of([
            "Säännöt: virheellisten kohteiden osuus",
            "Regler: andel felaktiga ställen",
            "Rules: share of places that failed",
        ]));
    }
    let mut grid = Grid::new(header(of(["sääntö", "regel", "rule"])), 1);
    for rule in trend.rules.iter().take(SHOWN) {
        let rates: Vec<Option<f64>> = rule.places.iter().map(|share| share.and_then(Share::rate)).collect();
        let shown = rates.iter().map(|rate| rate.map_or("–".into(), |rate| percent(rate, language)));
        let change = changed(rates.first().copied().flatten(), rates.last().copied().flatten());
        grid.row(std::iter::once(rule.rule.clone()).chain(shown).chain([change]));
    }
    page.table(grid);
    add_more_rules(trend.rules.len().saturating_sub(SHOWN), language, page);

    let Some(path) = &trend.targets else { return };
    page.heading(of(["Tavoitteet (viimeisin ajo)", "Mål (senaste körningen)", "Targets (the last run)"]));
    for aim in &trend.aims {
        let (what, bound) = match &aim.aim {
            Aim::Score(criterion, least) => {
                let least = percent(*least, language);
                (
                    criterion_name(*criterion, language).to_owned(),
                    format!("{} {least}", of(["vähintään", "minst", "at least"])),
                )
            }
            Aim::Rate(rule, most) => {
                let most = percent(*most, language);
                (rule.clone(), format!("{} {most}", of(["enintään", "högst", "at most"])))
            }
        };
        let value = aim.value.map_or("–".to_owned(), |value| percent(value, language));
        let verdict = match aim.is_reached() {
            Some(true) => of(["saavutettu", "uppnått", "reached"]),
            Some(false) => of(["ei saavutettu", "inte uppnått", "missed"]),
            None => of(["ei mitattu", "inte mätt", "not measured"]),
        };
        let (line, column) = aim.place;
        let no_such_rule = aim.no_such_rule.as_ref().map(|near| {
            let words =
                ["tällaista sääntöä ei ole ajossa", "ingen sådan regel finns i körningen", "the run has no such rule"];
            format!("{}{}", of(words), did_you_mean(near.as_deref(), language))
        });
        let found = no_such_rule.unwrap_or_else(|| format!("{value}, {bound}"));
        page.line(format!("{path}:{line}:{column}: {verdict}: {what}: {found}"));
    }
}

#[derive(Serialize)]
struct TrendJson<'t> {
    schema: &'static str,
    #[serde(flatten)]
    trend: TrendPart<'t>,
}

/// What a trend has in JSON, alone or in a report on several runs.
#[derive(Serialize)]
pub(super) struct TrendPart<'t> {
    runs: Vec<RunJson<'t>>,
    criteria: Vec<CriterionJson<'t>>,
    rules: Vec<RuleJson<'t>>,
    targets: Vec<TargetJson<'t>>,
}

#[derive(Serialize)]
struct RunJson<'t> {
    label: &'t str,
    started: Option<&'t str>,
    documents: u64,
    partial: bool,
    new_packs: &'t [String],
    /// In what it was not judged like the run before.
    differences: UnlikeJson<'t>,
}

#[derive(Serialize)]
struct CriterionJson<'t> {
    criterion: &'static str,
    scores: &'t [Option<f64>],
}

#[derive(Serialize)]
struct RuleJson<'t> {
    rule: &'t str,
    title: &'t str,
    failed: Vec<Option<u64>>,
    applied: Vec<Option<u64>>,
}

#[derive(Serialize)]
struct TargetJson<'t> {
    line: usize,
    criterion: Option<&'static str>,
    rule: Option<&'t str>,
    target: f64,
    value: Option<f64>,
    reached: Option<bool>,
}

impl<'t> TrendPart<'t> {
    pub(super) fn new(trend: &'t Trend, language: Language) -> TrendPart<'t> {
        let runs = trend.runs.iter().map(|run| RunJson {
            label: &run.label,
            started: run.started.as_deref(),
            documents: run.documents,
            partial: run.is_partial,
            new_packs: &run.new_packs,
            differences: UnlikeJson::new(&run.differences),
        });
        let criteria = trend.criteria.iter();
        let criteria = criteria.map(|it| CriterionJson { criterion: it.criterion.id(), scores: &it.scores });
        let rules = trend.rules.iter().map(|rule| RuleJson {
            rule: &rule.rule,
            title: rule.title.get(language),
            failed: rule.places.iter().map(|share| share.map(|share| share.failed)).collect(),
            applied: rule.places.iter().map(|share| share.map(|share| share.of)).collect(),
        });
        let targets = trend.aims.iter().map(|aim| {
            let (criterion, rule, target) = match &aim.aim {
                Aim::Score(criterion, least) => (Some(criterion.id()), None, *least),
                Aim::Rate(rule, most) => (None, Some(rule.as_str()), *most),
            };
            TargetJson { line: aim.place.0, criterion, rule, target, value: aim.value, reached: aim.is_reached() }
        });
        TrendPart {
            runs: runs.collect(),
            criteria: criteria.collect(),
            rules: rules.collect(),
            targets: targets.collect(),
        }
    }
}

/// Writes a trend as `kirjuri-trend/1`. Titles of rules are in a language; all else is the same in all of them.
///
/// # Errors
/// What `out` says.
pub fn write_trend_json(trend: &Trend, language: Language, out: &mut dyn Write) -> io::Result<()> {
    write_json(&TrendJson { schema: "kirjuri-trend/1", trend: TrendPart::new(trend, language) }, out)
}
