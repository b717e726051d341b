//! What a comparison says.

use std::io::{self, Write};

use kirjuri::Language;
use kirjuri_report::criterion_name;
use serde::Serialize;

use super::{capital, write_json};
use crate::compare::{Comparison, CriterionDifference, RuleDifference, TestedDifference};
use crate::page::{Grid, Page};
use crate::statistics::Share;
use crate::words::{percent, points, probability, say, share};

/// Rules that a page shows.
const SHOWN: usize = 40;

/// A comparison for people.
pub fn comparison_page(comparison: &Comparison, language: Language) -> Page {
    let of = |words: [&'static str; 3]| say(language, words);
    let mut page = Page::default();
    let [first, second] = &comparison.labels;
    page.title(format!("{}: {first} – {second}", of(["Vertailu", "Jämförelse", "Comparison"])));
    let [in_first, in_second] = comparison.documents;
    page.line(format!("{}: {in_first} – {in_second}", of(["Asiakirjoja", "Handlingar", "Documents"])));
    let difference = of(["ero (%-yks.)", "skillnad (%-enh.)", "difference (pp)"]);
    let corrected = of(["p korjattuna", "p korrigerat", "corrected p"]);
    let verdict = of(["tulkinta", "tolkning", "reading"]);
    let reading = |difference: Option<f64>, test: Option<TestedDifference>| match (difference, test) {
        (Some(difference), Some(test)) if test.corrected <= comparison.level => match difference > 0.0 {
            true => of(["huonompi", "sämre", "worse"]),
            false => of(["parempi", "bättre", "better"]),
        },
        (_, Some(_)) => of(["voi olla sattumaa", "kan vara slump", "may be chance"]),
        _ => "–",
    };
    let p = |test: Option<TestedDifference>| test.map_or("–".into(), |test| probability(test.corrected, language));

    page.heading(of(["Laatukriteerit (pisteet)", "Kvalitetskriterier (poäng)", "Criteria (scores)"]));
    let header = [of(["laatukriteeri", "kriterium", "criterion"]), first, second, difference, corrected, verdict];
    let mut grid = Grid::new(header, 1).with_text(5);
    for criterion in &comparison.criteria {
        let score = |score: Option<f64>| score.map_or("–".to_owned(), |score| percent(score, language));
        let [a, b] = criterion.scores;
        let change = a.zip(b).map(|(a, b)| b - a);
        let rates = criterion.places.map(Share::rate);
        let worse = match rates {
            [Some(a), Some(b)] => Some(b - a),
            _ => None,
        };
        grid.row([
            criterion_name(criterion.criterion, language).to_owned(),
            score(a),
            score(b),
            change.map_or("–".into(), |change| points(change, language)),
            p(criterion.test),
            reading(worse, criterion.test).to_owned(),
        ]);
    }
    page.table(grid);

    let failing = || comparison.rules.iter().filter(|rule| rule.shares.iter().any(|share| share.failed > 0));
    page.heading(of([
        "Säännöt, suurin ero ensin (virheellisiä/tarkistettuja asiakirjoja)",
        "Regler, största skillnaden först (felaktiga/granskade handlingar)",
        "Rules, the greatest difference first (failed/documents)",
    ]));
    let header = [of(["sääntö", "regel", "rule"]), first, second, difference, corrected, verdict];
    let mut grid = Grid::new(header, 1).with_text(5);
    for rule in failing().take(SHOWN) {
        let [a, b] = rule.shares;
        let mark = if rule.of_documents { "" } else { " *" };
        let change = rule.difference();
        grid.row([
            format!("{}{mark}", rule.rule),
            share(a, language),
            share(b, language),
            change.map_or("–".into(), |change| points(change, language)),
            p(rule.test),
            reading(change, rule.test).to_owned(),
        ]);
    }
    page.table(grid);
    if failing().take(SHOWN).any(|rule| !rule.of_documents) {
        page.line(of([
            "* sarjasääntö: kohteita, ei asiakirjoja",
            "* regel för serier: ställen, inte handlingar",
            "* a rule on a series: places, not documents",
        ]));
    }
    let hidden = failing().count().saturating_sub(SHOWN);
    if hidden > 0 {
        let words = ["sääntöä ei näytetä", "regler visas inte", "more rules are not shown"];
        page.line(format!("{hidden} {}", of(words)));
    }
    let clean = comparison.rules.len().saturating_sub(failing().count());
    let words = [
        "Sääntöjä, joista ei löydöksiä kummassakaan",
        "Regler utan fynd på någondera sidan",
        "Rules that found nothing on either side",
    ];
    page.line(format!("{}: {clean}", of(words)));
    for (label, only) in comparison.labels.iter().zip(&comparison.only).filter(|(_, only)| !only.is_empty()) {
        let words = ["Säännöt vain tässä", "Regler endast här", "Rules only here"];
        page.line(format!("{} ({label}): {}", of(words), only.join(", ")));
    }
    page.line(format!(
        "{}: {}",
        capital(of([
            "merkitsevyystaso, Benjamini–Hochberg-korjattuna",
            "signifikansnivå, med Benjamini–Hochberg-korrigering",
            "level of significance, with the correction of Benjamini and Hochberg",
        ])),
        probability(comparison.level, language)
    ));
    page
}

#[derive(Serialize)]
struct ComparisonJson<'c> {
    schema: &'static str,
    level: f64,
    sides: Vec<SideJson<'c>>,
    criteria: Vec<CriterionJson>,
    rules: Vec<RuleJson<'c>>,
}

#[derive(Serialize)]
struct SideJson<'c> {
    label: &'c str,
    documents: u64,
    /// Rules that the other side does not have.
    only: &'c [String],
}

#[derive(Serialize)]
struct ShareJson {
    failed: u64,
    of: u64,
    rate: Option<f64>,
}

#[derive(Serialize)]
struct TestJson {
    p: f64,
    corrected_p: f64,
    method: &'static str,
    significant: bool,
}

#[derive(Serialize)]
struct CriterionJson {
    criterion: &'static str,
    scores: [Option<f64>; 2],
    places: [ShareJson; 2],
    test: Option<TestJson>,
}

#[derive(Serialize)]
struct RuleJson<'c> {
    rule: &'c str,
    title: &'c str,
    severity: &'static str,
    criterion: Option<&'static str>,
    unit: &'static str,
    shares: [ShareJson; 2],
    difference: Option<f64>,
    test: Option<TestJson>,
}

/// Writes a comparison as `kirjuri-comparison/1`. Titles of rules are in a language; all else is the same in all of them.
///
/// # Errors
/// What `out` says.
pub fn write_comparison_json(comparison: &Comparison, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let counted = |share: Share| ShareJson { failed: share.failed, of: share.of, rate: share.rate() };
    let test = |test: TestedDifference| TestJson {
        p: test.p,
        corrected_p: test.corrected,
        method: test.method.id(),
        significant: test.corrected <= comparison.level,
    };
    let sides = comparison.labels.iter().zip(comparison.documents).zip(&comparison.only);
    let criterion = |criterion: &CriterionDifference| CriterionJson {
        criterion: criterion.criterion.id(),
        scores: criterion.scores,
        places: criterion.places.map(counted),
        test: criterion.test.map(test),
    };
    let mut rules = Vec::new();
    for rule in &comparison.rules {
        let RuleDifference { severity, criterion, shares, of_documents, .. } = rule;
        rules.push(RuleJson {
            rule: &rule.rule,
            title: rule.title.get(language),
            severity: severity.id(),
            criterion: criterion.map(kirjuri::Criterion::id),
            unit: if *of_documents { "documents" } else { "places" },
            shares: shares.map(counted),
            difference: rule.difference(),
            test: rule.test.map(test),
        });
    }
    let json = ComparisonJson {
        schema: "kirjuri-comparison/1",
        level: comparison.level,
        sides: sides.map(|((label, documents), only)| SideJson { label, documents, only }).collect(),
        criteria: comparison.criteria.iter().map(criterion).collect(),
        rules,
    };
    write_json(&json, out)
}
