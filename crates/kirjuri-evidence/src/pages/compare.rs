//! What a comparison says.

use std::io::{self, Write};

use kirjuri::Language;
use kirjuri_report::{capital, criterion_name};
use serde::Serialize;

use super::unlike::{self, UnlikeJson};
use super::{add_more_rules, write_json};
use crate::compare::{Comparison, CriterionDifference, RuleDifference, TestedDifference};
use crate::differences::{Difference, Differences, Unlike};
use crate::page::{Grid, Page};
use crate::statistics::Share;
use crate::words::{percent, points, probability, say, share};

/// Rules that a page shows.
const SHOWN: usize = 40;

/// Differences of one kind that a page names.
const NAMED: usize = 10;

/// A comparison for people.
pub fn comparison_page(comparison: &Comparison, language: Language) -> Page {
    let of = |words: [&'static str; 3]| say(language, words);
    let mut page = Page::default();
    let [first, second] = &comparison.labels;
    page.title(format!("{}: {first} – {second}", of(["Vertailu", "Jämförelse", "Comparison"])));
    let [in_first, in_second] = comparison.documents;
    page.line(format!("{}: {in_first} – {in_second}", of(["Asiakirjoja", "Handlingar", "Documents"])));
    add_differences(comparison, language, &mut page);
    let difference = of(["ero (%-yks.)", "skillnad (%-enh.)", "difference (pp)"]);
    let corrected = of(["p korjattuna", "p korrigerat", "corrected p"]);
    let verdict = of(["tulkinta", "tolkning", "reading"]);
    let reading = |difference: Option<f64>, test: Option<TestedDifference>| match (difference, test) {
        (Some(difference), Some(test)) if test.corrected <= comparison.level => match difference > 0.0 {
            true => of(["huonompi", "sämre", "worse"]),
            false => of(["parempi", "bättre", "better"]),
        },
        (Some(0.0), Some(_)) => of(["ei eroa", "ingen skillnad", "no difference"]),
        (_, Some(_)) => of(["voi olla sattumaa", "kan vara slump", "may be chance"]),
        _ => "–",
    };
    let p = |test: Option<TestedDifference>| test.map_or("–".into(), |test| probability(test.corrected, language));

    page.heading(of(["Laatukriteerit", "Kvalitetskriterier", "Criteria"]));
    let header = [
        of(["laatukriteeri", "kvalitetskriterium", "criterion"]).to_owned(),
        format!("{} {first}", of(["pistemäärä", "poäng", "score"])),
        format!("{} {second}", of(["pistemäärä", "poäng", "score"])),
        difference.to_owned(),
        of([
            "virheellisten kohteiden ero (%-yks.)",
            "skillnad i felaktiga ställen (%-enh.)",
            "difference in failed places (pp)",
        ])
        .to_owned(),
        corrected.to_owned(),
        verdict.to_owned(),
    ];
    let mut grid = Grid::new(header, 1).with_text(6);
    let mut are_apart = false;
    for criterion in &comparison.criteria {
        let score = |score: Option<f64>| score.map_or("–".to_owned(), |score| percent(score, language));
        let [a, b] = criterion.scores;
        let change = a.zip(b).map(|(a, b)| b - a);
        let rates = criterion.places.map(Share::rate);
        let worse = match rates {
            [Some(a), Some(b)] => Some(b - a),
            _ => None,
        };
        // The score gives each rule the same weight, the test each place: they may well go apart.
        let is_apart = change.zip(worse).is_some_and(|(score, failed)| score * failed > 0.0);
        let is_tested = criterion.test.is_some_and(|test| test.corrected <= comparison.level);
        let reading = match worse.filter(|_| is_apart && is_tested) {
            None => match criterion.unlike {
                Some(unlike) => unlike::of_criterion(unlike, language),
                None => reading(worse, criterion.test),
            },
            Some(worse) if worse > 0.0 => of([
                "kohteissa huonompi, pistemäärä parempi",
                "ställena sämre, poängen bättre",
                "places worse, score better",
            ]),
            Some(_) => of([
                "kohteissa parempi, pistemäärä huonompi",
                "ställena bättre, poängen sämre",
                "places better, score worse",
            ]),
        };
        are_apart |= is_apart;
        let in_points = |change: Option<f64>| change.map_or("–".into(), |change| points(change, language));
        grid.row([
            criterion_name(criterion.criterion, language).to_owned(),
            score(a),
            score(b),
            in_points(change),
            in_points(worse),
            p(criterion.test),
            reading.to_owned(),
        ]);
    }
    page.table(grid);
    page.line(of([
        "p ja tulkinta koskevat virheellisten kohteiden osuutta, eivät pistemäärää",
        "p och tolkningen gäller andelen felaktiga ställen, inte poängen",
        "p and the reading are of the share of failed places, not of the score",
    ]));
    if are_apart {
        page.line(of([
            "Pistemäärässä jokainen sääntö painaa yhtä paljon, osuudessa jokainen kohde: ne voivat muuttua eri suuntiin",
            "I poängen väger varje regel lika mycket, i andelen varje ställe: de kan ändras åt olika håll",
            "In the score each rule has the same weight, in the share each place: they may change in different directions",
        ]));
    }

    let failing = || comparison.rules.iter().filter(|rule| rule.shares.iter().any(|share| share.failed > 0));
    let header = [of(["sääntö", "regel", "rule"]), first, second, difference, corrected, verdict];
    let parts = [
        (
            Part::Significant,
            [
                "Säännöt, joiden ero ei selity sattumalla (virheellisiä/tarkistettuja asiakirjoja)",
                "Regler vars skillnad inte förklaras av slumpen (felaktiga/granskade handlingar)",
                "Rules whose difference chance does not explain (failed/documents)",
            ],
        ),
        (
            Part::MayBeChance,
            [
                "Säännöt, joiden ero voi olla sattumaa (virheellisiä/tarkistettuja asiakirjoja)",
                "Regler vars skillnad kan vara slump (felaktiga/granskade handlingar)",
                "Rules whose difference may be chance (failed/documents)",
            ],
        ),
        (
            Part::OtherVersion,
            [
                "Säännöt, joiden paketin versio on eri: ero voi johtua säännöstä (virheellisiä/tarkistettuja asiakirjoja)",
                "Regler i en annan version av paketet: skillnaden kan bero på regeln (felaktiga/granskade handlingar)",
                "Rules whose pack has another version: the difference may come from the rule (failed/documents)",
            ],
        ),
        (
            Part::Unlike,
            [
                "Säännöt, joita ei ole arvioitu samoin: ero voi johtua siitä (virheellisiä/tarkistettuja asiakirjoja)",
                "Regler som inte har bedömts lika: skillnaden kan bero på det (felaktiga/granskade handlingar)",
                "Rules that were not judged alike: the difference may come from that (failed/documents)",
            ],
        ),
    ];
    for (part, heading) in parts {
        let own = || failing().filter(|rule| Part::of(rule, comparison.level) == part);
        if own().next().is_none() {
            continue;
        }
        page.heading(of(heading));
        let mut grid = Grid::new(header, 1).with_text(5);
        for rule in own().take(SHOWN) {
            let [a, b] = rule.shares;
            let mark = if rule.of_documents { "" } else { " *" };
            let change = rule.difference();
            grid.row([
                format!("{}{mark}", rule.rule),
                share(a, language),
                share(b, language),
                change.map_or("–".into(), |change| points(change, language)),
                p(rule.test),
                rule.unlike.map_or_else(|| reading(change, rule.test), |it| unlike::of_rule(it, language)).to_owned(),
            ]);
        }
        page.table(grid);
        if own().take(SHOWN).any(|rule| !rule.of_documents) {
            page.line(of([
                "* sarjasääntö: kohteita, ei asiakirjoja",
                "* regel för serier: ställen, inte handlingar",
                "* a rule on a series: places, not documents",
            ]));
        }
        add_more_rules(own().count().saturating_sub(SHOWN), language, &mut page);
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

/// A part of the list of rules.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Significant,
    MayBeChance,
    OtherVersion,
    Unlike,
}

impl Part {
    fn of(rule: &RuleDifference, level: f64) -> Part {
        match rule.unlike {
            Some(Unlike::Version) => Part::OtherVersion,
            Some(_) => Part::Unlike,
            None if rule.is_significant(level) => Part::Significant,
            None => Part::MayBeChance,
        }
    }
}

/// Adds in what the two runs were not made alike, and which of them was stopped.
fn add_differences(comparison: &Comparison, language: Language, page: &mut Page) {
    let of = |words: [&'static str; 3]| say(language, words);
    for (label, _) in comparison.labels.iter().zip(comparison.partial).filter(|(_, is_partial)| *is_partial) {
        let words = [
            "ajo keskeytettiin ennen loppua: luvut koskevat vain osaa asiakirjoista",
            "körningen avbröts före slutet: siffrorna gäller bara en del av handlingarna",
            "the run was stopped before its end: the numbers are of a part of the documents only",
        ];
        page.line(format!("{label}: {}", of(words)));
    }
    let Differences { packs, code_sets, options, .. } = &comparison.differences;
    // What was selected is said in words below.
    let options: Vec<Difference> =
        options.iter().filter(|option| !OF_SELECTION.contains(&option.name.as_str())).cloned().collect();
    let (none, unnamed) = (of(["ei ole", "saknas", "none"]), of(["ei versiota", "utan version", "no version"]));
    for (words, differences) in [
        (["Sääntöpaketit eroavat", "Regelpaketen skiljer sig", "The packs differ"], packs),
        (["Koodistot eroavat", "Kodverken skiljer sig", "The code sets differ"], code_sets),
        (
            ["Ajojen asetukset eroavat", "Körningarnas inställningar skiljer sig", "The options of the runs differ"],
            &options,
        ),
    ] {
        if differences.is_empty() {
            continue;
        }
        let value = |value: &Option<String>| match value.as_deref() {
            None => none.to_owned(),
            Some("") => unnamed.to_owned(),
            Some(value) => value.to_owned(),
        };
        let said = |Difference { name, values: [first, second] }: &Difference| {
            format!("{name} {} – {}", value(first), value(second))
        };
        let mut all: Vec<String> = differences.iter().take(NAMED).map(said).collect();
        let more = differences.len().saturating_sub(NAMED);
        all.extend((more > 0).then(|| format!("+{more}")));
        page.line(format!("{}: {}", of(words), all.join("; ")));
    }
    unlike::notes(&comparison.differences, language).into_iter().for_each(|note| page.line(capital(&note)));
}

/// The options of a run that say what was selected; one of them is a hash.
const OF_SELECTION: [&str; 2] = ["not-selected", "selection"];

#[derive(Serialize)]
struct ComparisonJson<'c> {
    schema: &'static str,
    level: f64,
    sides: Vec<SideJson<'c>>,
    differences: DifferencesJson<'c>,
    criteria: Vec<CriterionJson>,
    rules: Vec<RuleJson<'c>>,
}

#[derive(Serialize)]
struct SideJson<'c> {
    label: &'c str,
    documents: u64,
    /// It was stopped before its end.
    partial: bool,
    /// Rules that the other side does not have.
    only: &'c [String],
}

#[derive(Serialize)]
struct DifferencesJson<'c> {
    packs: Vec<DifferenceJson<'c>>,
    code_sets: Vec<DifferenceJson<'c>>,
    options: Vec<DifferenceJson<'c>>,
    #[serde(flatten)]
    unlike: UnlikeJson<'c>,
}

#[derive(Serialize)]
struct DifferenceJson<'c> {
    name: &'c str,
    /// Nothing where a side has nothing of that name.
    values: [Option<&'c str>; 2],
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
    /// The pack of one of its rules had another version; then there is no test.
    other_version: bool,
    /// Why its rules were not judged alike; then there is no test either.
    unlike: Option<&'static str>,
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
    /// Its pack had another version; then there is no test.
    other_version: bool,
    /// Why it was not judged alike; then there is no test either.
    unlike: Option<&'static str>,
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
    let sides = comparison.labels.iter().zip(comparison.documents).zip(comparison.partial).zip(&comparison.only);
    let criterion = |criterion: &CriterionDifference| CriterionJson {
        criterion: criterion.criterion.id(),
        scores: criterion.scores,
        places: criterion.places.map(counted),
        other_version: criterion.unlike == Some(Unlike::Version),
        unlike: criterion.unlike.map(Unlike::id),
        test: criterion.test.map(test),
    };
    let mut rules = Vec::new();
    for rule in &comparison.rules {
        let RuleDifference { severity, criterion, shares, of_documents, unlike, .. } = rule;
        rules.push(RuleJson {
            rule: &rule.rule,
            title: rule.title.get(language),
            severity: severity.id(),
            criterion: criterion.map(kirjuri::Criterion::id),
            unit: if *of_documents { "documents" } else { "places" },
            shares: shares.map(counted),
            difference: rule.difference(),
            other_version: *unlike == Some(Unlike::Version),
            unlike: unlike.map(Unlike::id),
            test: rule.test.map(test),
        });
    }
    let json = ComparisonJson {
        schema: "kirjuri-comparison/1",
        level: comparison.level,
        sides: sides
            .map(|(((label, documents), partial), only)| SideJson { label, documents, partial, only })
            .collect(),
        differences: DifferencesJson {
            packs: differences_json(&comparison.differences.packs),
            code_sets: differences_json(&comparison.differences.code_sets),
            options: differences_json(&comparison.differences.options),
            unlike: UnlikeJson::new(&comparison.differences),
        },
        criteria: comparison.criteria.iter().map(criterion).collect(),
        rules,
    };
    write_json(&json, out)
}

fn differences_json(differences: &[Difference]) -> Vec<DifferenceJson<'_>> {
    let mut json = Vec::new();
    for Difference { name, values: [first, second] } in differences {
        json.push(DifferenceJson { name, values: [first.as_deref(), second.as_deref()] });
    }
    json
}
