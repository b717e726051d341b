//! What a run comes to.

use std::io::{self, Write};

use kirjuri::{Language, Severity};
use kirjuri_report::{Dimension, capital, criterion_name, severity_name, without_series};
use serde::Serialize;

use super::trend::{TrendPart, add_trend};
use super::{add_more_rules, value_name, write_json};
use crate::page::{Grid, Page};
use crate::scope::Scope;
use crate::summary::{AccountSummary, CriterionScore, GroupSummary, PackVersion, RuleSummary, Summary};
use crate::trend::Trend;
use crate::words::{dimension_name, percent, places, say, share};

/// Rules that a page names as those that cost most.
const COSTLIEST: usize = 5;
/// Rules that a page lists.
const SHOWN: usize = 40;
/// Groups that a page lists of a dimension.
const GROUPS: usize = 60;

/// A run for people, by some dimensions, with the trend where there were earlier runs.
pub fn summary_page(summary: &Summary, by: &[Dimension], trend: Option<&Trend>, language: Language) -> Page {
    let of = |words: [&'static str; 3]| say(language, words);
    let mut page = Page::default();
    page.title(of(["Asiakirjojen laatu", "Handlingarnas kvalitet", "Documentation quality"]));
    let AccountSummary { seen, checked, unreadable, skipped, ignored, known, expired, .. } = summary.run.account;
    let account = match language {
        Language::Finnish => format!(
            "Asiakirjat: yhteensä {seen} = tarkistettu {checked} + ei luettavissa {unreadable} + ohitettu {skipped}"
        ),
        Language::Swedish => {
            format!("Handlingar: totalt {seen} = granskade {checked} + oläsliga {unreadable} + överhoppade {skipped}")
        }
        Language::English => {
            format!("Documents: seen {seen} = checked {checked} + unreadable {unreadable} + skipped {skipped}")
        }
    };
    page.line(match (ignored, of(["muita tiedostoja", "andra filer", "other files"])) {
        (0, _) => account,
        (_, others) => format!("{account} ({others} {ignored})"),
    });
    let words =
        ["Tunnettuja löydöksiä, joita ei lasketa", "Kända fynd som inte räknas", "Known findings, which do not count"];
    page.count(of(words), known);
    let words = [
        "Vanhentuneita lähtötason merkintöjä (niiden löydökset lasketaan)",
        "Poster i utgångsläget som har gått ut (deras fynd räknas)",
        "Baseline entries that have expired (their findings count)",
    ];
    page.count(of(words), expired);
    if summary.run.partial {
        page.line(of([
            "Ajo keskeytettiin ennen loppua: luvut koskevat vain osaa asiakirjoista",
            "Körningen avbröts före slutet: siffrorna gäller bara en del av handlingarna",
            "The run was stopped before its end: the numbers are of a part of the documents only",
        ]));
    }
    if summary.run.is_merged() {
        page.line(of([
            "Yhdistetty useista ajoista; alle viiden asiakirjan luvut on jätetty pois ryhmistä",
            "Sammanslagen av flera körningar; siffror om färre än fem handlingar har utelämnats ur grupperna",
            "Merged from several runs; numbers of fewer than five documents are left out of the groups",
        ]));
    }
    if let Some(started) = &summary.run.started {
        page.line(format!("{}: {started}", of(["Aloitettu", "Inledd", "Started"])));
    }
    let packs: Vec<String> =
        summary.run.packs.iter().map(|pack| format!("{} {}", pack.id, pack.version).trim_end().to_owned()).collect();
    page.line(format!("{}: {}", of(["Sääntöpaketit", "Regelpaket", "Packs"]), packs.join(", ")));

    let whole = Scope::whole(summary);
    page.heading(of(["Laatukriteerit", "Kvalitetskriterier", "Criteria"]));
    page.table(criteria(&whole.scores(), language));
    page.line(of([
        "Pistemäärä: sääntöjen keskiarvo siitä osuudesta kohteita, joissa sääntö täyttyi",
        "Poäng: medelvärdet, över reglerna, av andelen ställen där regeln uppfylldes",
        "Score: the mean, over the rules, of the share of places at which each held",
    ]));

    let mut rules: Vec<&RuleSummary> = summary.rules.iter().filter(|rule| rule.tally.failed > 0).collect();
    // The same measure as that of the report in HTML.
    rules.sort_by(|a, b| {
        let cost = |rule: &RuleSummary| (rule.cost(), rule.severity, rule.tally.failed);
        cost(b).cmp(&cost(a)).then_with(|| a.id.cmp(&b.id))
    });
    if !rules.is_empty() {
        page.heading(of(["Eniten korjattavaa", "Mest att rätta", "What costs most"]));
    }
    for rule in rules.iter().take(COSTLIEST) {
        let severity = severity_name(rule.severity, 1, language);
        let title = rule.title.get(language);
        page.line(format!("{} [{severity}] {title}: {}", rule.id, share(places(rule.tally), language)));
        if let Some(fix) = &rule.fix {
            page.line(format!("    {}: {}", of(["korjaus", "åtgärd", "fix"]), fix.get(language)));
        }
    }
    if rules.len() > COSTLIEST {
        page.heading(of(["Säännöt, joista löydöksiä", "Regler med fynd", "Rules with findings"]));
        page.table(rule_grid(rules.iter().take(SHOWN).copied(), language));
        add_more_rules(rules.len().saturating_sub(SHOWN), language, &mut page);
    }
    let idle = summary.rules.iter().filter(|rule| rule.tally.applied == 0).count();
    if idle > 0 {
        let words = [
            "Sääntöjä, joille ei ollut kohdetta",
            "Regler som inte kom till tillämpning",
            "Rules with nothing to apply to",
        ];
        page.line(format!("{}: {idle} / {}", of(words), summary.rules.len()));
    }
    by.iter().for_each(|dimension| add_groups(summary, *dimension, language, &mut page));
    if let Some(trend) = trend {
        page.heading(of(["Kehitys ajoittain", "Utveckling per körning", "Trend over runs"]));
        add_trend(trend, language, &mut page);
    }
    page
}

fn criteria(scores: &[CriterionScore], language: Language) -> Grid {
    let of = |words: [&'static str; 3]| say(language, words);
    let header = [
        of(["laatukriteeri", "kvalitetskriterium", "criterion"]),
        of(["pistemäärä", "poäng", "score"]),
        of(["sääntöjä", "regler", "rules"]),
        of(["vailla kohteita", "prövades inte", "applied nowhere"]),
        of(["löydöksiä/kohteita", "fynd/ställen", "failed/applied"]),
    ];
    let mut grid = Grid::new(header, 1);
    for score in scores {
        let shown = if score.exercised > 0 { percent(score.score, language) } else { "–".into() };
        grid.row([
            criterion_name(score.criterion, language).to_owned(),
            shown,
            score.exercised.to_string(),
            score.not_exercised.to_string(),
            format!("{}/{}", score.failed, score.applied),
        ]);
    }
    grid
}

fn rule_grid<'s>(rules: impl Iterator<Item = &'s RuleSummary>, language: Language) -> Grid {
    let of = |words: [&'static str; 3]| say(language, words);
    let header = [
        of(["sääntö", "regel", "rule"]),
        of(["vakavuus", "allvarlighetsgrad", "severity"]),
        of(["löydöksiä/kohteita", "fynd/ställen", "failed/applied"]),
        of(["asiakirjoja", "handlingar", "documents"]),
    ];
    let mut grid = Grid::new(header, 2);
    for rule in rules {
        grid.row([
            rule.id.clone(),
            severity_name(rule.severity, 1, language).to_owned(),
            share(places(rule.tally), language),
            format!("{}/{}", rule.tally.documents_failed, rule.tally.documents),
        ]);
    }
    grid
}

fn add_groups(summary: &Summary, dimension: Dimension, language: Language, page: &mut Page) {
    let of = |words: [&'static str; 3]| say(language, words);
    page.heading(capital(dimension_name(dimension, language)));
    let mut groups: Vec<&GroupSummary> = summary.groups.iter().filter(|group| group.dimension == dimension).collect();
    if groups.is_empty() {
        page.line(of([
            "näistä asiakirjoista ei ole lukuja",
            "det finns inga siffror om dessa handlingar",
            "there are no numbers by this",
        ]));
        return;
    }
    groups.sort_by(|a, b| b.documents.cmp(&a.documents).then_with(|| a.value.cmp(&b.value)));
    let mut present: Vec<_> = Scope::whole(summary).scores();
    present.retain(|score| score.exercised > 0);
    let severities = Severity::ALL.map(|severity| severity_name(severity, 2, language));
    let header = [
        dimension_name(dimension, language),
        of(["asiakirjoja", "handlingar", "documents"]),
        of(["joissa löydös", "med fynd", "with findings"]),
    ];
    let header = header
        .into_iter()
        .chain(severities)
        .chain(present.iter().map(|score| criterion_name(score.criterion, language)));
    let mut grid = Grid::new(header.collect::<Vec<_>>(), 1);
    for group in groups.iter().take(GROUPS) {
        let scores = Scope::of_group(summary, group).scores();
        let score = |wanted: &CriterionScore| {
            let own = scores.iter().find(|score| score.criterion == wanted.criterion && score.exercised > 0);
            own.map_or("–".to_owned(), |score| percent(score.score, language))
        };
        let name = value_name(group.value.as_deref(), group.name.as_deref(), language);
        let counts = [group.documents, group.documents_failed].into_iter().chain(group.severities);
        let counts = counts.map(|count| count.to_string());
        grid.row(std::iter::once(name).chain(counts).chain(present.iter().map(score)));
    }
    page.table(grid);
    if summary.has_series() {
        page.line(without_series(language));
    }
    let hidden = groups.len().saturating_sub(GROUPS);
    if hidden > 0 {
        let words = ["riviä ei näytetä", "rader visas inte", "more rows are not shown"];
        page.line(format!("{hidden} {}", of(words)));
    }
}

#[derive(Serialize)]
struct SummaryJson<'s> {
    schema: &'static str,
    version: &'s str,
    started: Option<&'s str>,
    partial: bool,
    packs: &'s [PackVersion],
    account: AccountSummary,
    criteria: Vec<CriterionJson>,
    rules: Vec<RuleJson<'s>>,
    groups: Vec<GroupJson<'s>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trend: Option<TrendPart<'s>>,
}

#[derive(Serialize)]
struct CriterionJson {
    criterion: &'static str,
    score: Option<f64>,
    exercised: usize,
    not_exercised: usize,
    applied: u64,
    failed: u64,
}

#[derive(Serialize)]
struct RuleJson<'s> {
    rule: &'s str,
    severity: &'static str,
    criterion: Option<&'static str>,
    title: &'s str,
    applied: u64,
    failed: u64,
    documents: u64,
    documents_failed: u64,
}

#[derive(Serialize)]
struct GroupJson<'s> {
    dimension: &'static str,
    value: Option<&'s str>,
    name: Option<&'s str>,
    documents: u64,
    documents_failed: u64,
    errors: u64,
    warnings: u64,
    infos: u64,
    criteria: Vec<CriterionJson>,
}

fn criteria_json(scores: Vec<CriterionScore>) -> Vec<CriterionJson> {
    let json = |score: CriterionScore| CriterionJson {
        criterion: score.criterion.id(),
        score: (score.exercised > 0).then_some(score.score),
        exercised: score.exercised,
        not_exercised: score.not_exercised,
        applied: score.applied,
        failed: score.failed,
    };
    scores.into_iter().map(json).collect()
}

/// Writes a run as `kirjuri-summary/1`. Titles of rules are in a language; all else is the same in all of them.
///
/// # Errors
/// What `out` says.
pub fn write_summary_json(
    summary: &Summary,
    by: &[Dimension],
    trend: Option<&Trend>,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rules = Vec::new();
    for one in &summary.rules {
        rules.push(RuleJson {
            rule: &one.id,
            severity: one.severity.id(),
            criterion: one.criterion.map(kirjuri::Criterion::id),
            title: one.title.get(language),
            applied: one.tally.applied,
            failed: one.tally.failed,
            documents: one.tally.documents,
            documents_failed: one.tally.documents_failed,
        });
    }
    let mut groups = Vec::new();
    for group in summary.groups.iter().filter(|group| by.contains(&group.dimension)) {
        let [errors, warnings, infos] = group.severities;
        groups.push(GroupJson {
            dimension: group.dimension.id(),
            value: group.value.as_deref(),
            name: group.name.as_deref(),
            documents: group.documents,
            documents_failed: group.documents_failed,
            errors,
            warnings,
            infos,
            criteria: criteria_json(Scope::of_group(summary, group).scores()),
        });
    }
    let json = SummaryJson {
        schema: "kirjuri-summary/1",
        version: &summary.run.version,
        started: summary.run.started.as_deref(),
        partial: summary.run.partial,
        packs: &summary.run.packs,
        account: summary.run.account,
        criteria: criteria_json(Scope::whole(summary).scores()),
        rules,
        groups,
        trend: trend.map(|trend| TrendPart::new(trend, language)),
    };
    write_json(&json, out)
}
