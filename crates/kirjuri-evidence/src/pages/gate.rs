//! What a gate says.

use std::io::{self, Write};

use kirjuri::Language;
use kirjuri_report::{criterion_name, severity_name};
use serde::Serialize;

use super::unlike::{self, UnlikeJson};
use super::{did_you_mean, group_name, write_json};
use crate::differences::Unlike;
use crate::gate::{About, Check, Judged, Reason, Verdict};
use crate::page::Page;
use crate::words::{dimension_name, percent, probability, say, share};

/// A verdict for people: a line for each limit that is not kept or could not be judged, and the counts.
pub fn verdict_page(verdict: &Verdict, language: Language) -> Page {
    let mut page = Page::default();
    for judged in &verdict.broken {
        page.line(format!(
            "{}: {}: {}: {}",
            place(verdict, judged.place),
            say(language, ["ei täyty", "uppfylls inte", "not met"]),
            subject(judged, language),
            numbers(judged, language)
        ));
    }
    for judged in &verdict.unknown {
        let reason = judged.reason.as_ref().map(|reason| reason_text(reason, language)).unwrap_or_default();
        page.line(format!(
            "{}: {}: {}: {reason}",
            place(verdict, judged.place),
            say(language, ["ei arvioitavissa", "kan inte bedömas", "cannot be judged"]),
            subject(judged, language),
        ));
    }
    for unused in &verdict.unused {
        let words = [
            "mitään ei arvioitu tämän kohdan perusteella",
            "ingenting bedömdes enligt denna post",
            "nothing was judged by this entry",
        ];
        page.line(format!("{}: {}", place(verdict, *unused), say(language, words)));
    }
    let [kept, broken, unknown] = match language {
        Language::Finnish => ["täyttyy", "ei täyty", "ei arvioitavissa"],
        Language::Swedish => ["uppfylls", "uppfylls inte", "kan inte bedömas"],
        Language::English => ["met", "not met", "cannot be judged"],
    };
    let words = [
        "Ryhmiä, joissa on liian vähän asiakirjoja arviointiin",
        "Grupper med för få handlingar för en bedömning",
        "Groups with too few documents to be judged",
    ];
    page.count(say(language, words), verdict.skipped);
    let words = [
        "Ryhmiä, joissa säännöille ei ollut kohdetta",
        "Grupper där reglerna inte hade något att tillämpas på",
        "Groups in which the rules had nothing to apply to",
    ];
    page.count(say(language, words), verdict.not_measured);
    if let Some(differences) = &verdict.differences {
        let words = ["Aiempi ajo – tämä ajo", "Den tidigare körningen – denna körning", "Earlier run – this run"];
        let notes = unlike::notes(differences, language).into_iter();
        notes.for_each(|note| page.line(format!("{}: {note}", say(language, words))));
    }
    let limits = say(language, ["Raja-arvot", "Gränsvärden", "Limits"]);
    page.line(format!(
        "{limits}: {kept} {}, {broken} {}, {unknown} {}",
        verdict.kept,
        verdict.broken.len(),
        verdict.unknown.len()
    ));
    page
}

fn place(verdict: &Verdict, (line, column): (usize, usize)) -> String {
    format!("{}:{line}:{column}", verdict.policy)
}

/// What a limit is about: its name, rules and documents.
fn subject(judged: &Judged, language: Language) -> String {
    let mut parts = Vec::new();
    let About { rule, title, pack, criterion, severity } = &judged.about;
    match (rule, title) {
        (Some(rule), Some(title)) => parts.push(format!("{rule} ({})", title.get(language))),
        (Some(rule), None) => parts.push(rule.clone()),
        (None, _) => {
            parts.extend(pack.iter().cloned());
            parts.extend(criterion.map(|criterion| criterion_name(criterion, language).to_owned()));
            parts.extend(severity.map(|severity| severity_name(severity, 1, language).to_owned()));
        }
    }
    if parts.is_empty() && !is_about_the_run(judged) {
        parts.push(say(language, ["kaikki säännöt", "alla regler", "all rules"]).to_owned());
    }
    if let Some((dimension, value, name)) = &judged.group {
        // Where no group is told apart, nobody asked for those that do not say it.
        let is_of_all = value.is_none() && matches!(judged.reason, Some(Reason::NoGroups { .. }));
        parts.push(match is_of_all {
            true => dimension_name(*dimension, language).to_owned(),
            false => group_name(*dimension, value.as_deref(), name.as_deref(), language),
        });
    }
    if is_about_the_run(judged) {
        parts.push(say(language, ["koko ajo", "hela körningen", "the whole run"]).to_owned());
    }
    match &judged.name {
        Some(name) => format!("{name}: {}", parts.join(", ")),
        None => parts.join(", "),
    }
}

fn is_about_the_run(judged: &Judged) -> bool {
    matches!(judged.reason, Some(Reason::Partial | Reason::EarlierPartial))
}

/// The numbers of a limit that is not kept.
fn numbers(judged: &Judged, language: Language) -> String {
    let unit = match judged.of_documents {
        true => say(language, ["asiakirjoista", "av handlingarna", "of documents"]),
        false => say(language, ["kohteista", "av ställena", "of places"]),
    };
    let most = say(language, ["enintään", "högst", "at most"]);
    let counted = share(judged.share, language);
    match judged.check {
        Check::MaxRate(limit) => format!("{counted} {unit}, {most} {}", percent(limit, language)),
        // Of how many is not always known.
        Check::MaxCount(limit) if judged.share.of == 0 => format!("{}, {most} {limit}", judged.share.failed),
        Check::MaxCount(limit) => format!("{counted} {unit}, {most} {limit}"),
        Check::MinScore(limit) => {
            let [score, least] = match language {
                Language::Finnish => ["pistemäärä", "vähintään"],
                Language::Swedish => ["poäng", "minst"],
                Language::English => ["score", "at least"],
            };
            let found = percent(judged.score.unwrap_or_default(), language);
            format!("{score} {found}, {least} {}", percent(limit, language))
        }
        Check::NotWorse => {
            let Some(earlier) = judged.earlier else { return counted };
            let [before, corrected] = match language {
                Language::Finnish => ["aiemmin", "korjattuna"],
                Language::Swedish => ["tidigare", "korrigerat"],
                Language::English => ["before", "corrected"],
            };
            let p = probability(earlier.p, language);
            let q = probability(earlier.corrected, language);
            let then = share(earlier.share, language);
            format!("{counted} {unit}, {before} {then}, p = {p}, {corrected} {q}")
        }
    }
}

fn reason_text(reason: &Reason, language: Language) -> String {
    let did_you_mean = |near: &Option<String>| did_you_mean(near.as_deref(), language);
    let of = |words: [&str; 3]| say(language, words).to_owned();
    match reason {
        Reason::Partial => of([
            "ajo keskeytettiin ennen loppua",
            "körningen avbröts före slutet",
            "the run was stopped before its end",
        ]),
        Reason::EarlierPartial => of([
            "aiempi ajo keskeytettiin ennen loppua",
            "den tidigare körningen avbröts före slutet",
            "the earlier run was stopped before its end",
        ]),
        Reason::NoSuchRule(near) => {
            let words =
                ["tällaista sääntöä ei ole ajossa", "ingen sådan regel finns i körningen", "the run has no such rule"];
            of(words) + &did_you_mean(near)
        }
        Reason::NoSuchGroup(near) => {
            let words = [
                "ajossa ei ole tällaisia asiakirjoja",
                "körningen har inga sådana handlingar",
                "the run has no such documents",
            ];
            of(words) + &did_you_mean(near)
        }
        Reason::NoGroups { is_merged: false } => of([
            "ajossa ei ole näin ryhmiteltyjä lukuja",
            "körningen har inga siffror per sådan grupp",
            "the evidence has no numbers by this dimension",
        ]),
        Reason::NoGroups { is_merged: true } => of([
            "ajossa ei ole näin ryhmiteltyjä lukuja: ne on jätetty pois yhdistettäessä",
            "körningen har inga siffror per sådan grupp: de utelämnades vid sammanslagningen",
            "the evidence has no numbers by this dimension: they were left out when it was merged",
        ]),
        Reason::LeftOut => of([
            "ryhmästä on jätetty lukuja pois yhdistettäessä",
            "siffror har utelämnats ur gruppen vid sammanslagningen",
            "numbers of the group were left out when evidence was merged",
        ]),
        Reason::OtherSeverities => of([
            "löydösten vakavuus ei ole kaikkialla säännön vakavuus; vakavuudesta tiedetään vain löydösten määrä (max-count)",
            "fyndens allvarlighetsgrad är inte överallt regelns; av en allvarlighetsgrad är bara antalet fynd känt (max-count)",
            "findings do not all have the severity of their rule; of a severity only the number of findings is known (max-count)",
        ]),
        Reason::NotMeasured => of([
            "säännöille ei ollut kohdetta",
            "reglerna hade inget att tillämpas på",
            "the rules had nothing to apply to",
        ]),
        Reason::TooFew { documents, wanted } => {
            let is_one = *documents == 1;
            match language {
                Language::Finnish => {
                    let noun = if is_one { "asiakirja" } else { "asiakirjaa" };
                    format!("{documents} {noun}, arviointiin tarvitaan {wanted}")
                }
                Language::Swedish => {
                    let noun = if is_one { "handling" } else { "handlingar" };
                    format!("{documents} {noun}, för en bedömning behövs {wanted}")
                }
                Language::English => {
                    let noun = if is_one { "document" } else { "documents" };
                    let verb = if *wanted == 1 { "is" } else { "are" };
                    format!("{documents} {noun}, {wanted} {verb} needed")
                }
            }
        }
        Reason::NoEarlier => of([
            "vertailtavaa aiempaa ajoa ei ole (--against)",
            "det finns ingen tidigare körning att jämföra med (--against)",
            "there is no earlier run to compare with (--against)",
        ]),
        Reason::DifferentPacks { pack, before, now } => match language {
            Language::Finnish => format!("sääntöpaketin {pack} versio oli aiemmin {before}, nyt {now}"),
            Language::Swedish => format!("regelpaketet {pack} hade tidigare version {before}, nu {now}"),
            Language::English => format!("the pack {pack} was at version {before} then, and is at {now} now"),
        },
        Reason::OneRunOnly(Unlike::Force) => of([
            "säännöt olivat voimassa vain toisessa ajossa",
            "reglerna var i kraft endast i den ena körningen",
            "the rules were in force in one of the runs only",
        ]),
        Reason::OneRunOnly(_) => of([
            "säännöt olivat mukana vain toisessa ajossa",
            "reglerna ingick endast i den ena körningen",
            "the rules were asked in one of the runs only",
        ]),
        Reason::OtherDays => of([
            "asiakirjat arvioitiin aiemmin eri päivän mukaan",
            "handlingarna bedömdes tidigare enligt en annan dag",
            "documents were judged by other days then",
        ]),
    }
}

#[derive(Serialize)]
struct VerdictJson<'v> {
    schema: &'static str,
    policy: &'v str,
    status: &'static str,
    kept: u64,
    skipped: u64,
    /// Groups in which the rules of an entry had nothing to apply to.
    not_measured: u64,
    /// In what the earlier run was not judged alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<UnlikeJson<'v>>,
    broken: Vec<JudgedJson<'v>>,
    unknown: Vec<JudgedJson<'v>>,
    unused: Vec<PlaceJson>,
}

#[derive(Serialize)]
struct PlaceJson {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct JudgedJson<'v> {
    line: usize,
    column: usize,
    name: Option<&'v str>,
    rule: Option<&'v str>,
    pack: Option<&'v str>,
    criterion: Option<&'static str>,
    severity: Option<&'static str>,
    dimension: Option<&'static str>,
    value: Option<&'v str>,
    check: &'static str,
    limit: Option<f64>,
    unit: &'static str,
    failed: u64,
    of: u64,
    rate: Option<f64>,
    score: Option<f64>,
    failed_before: Option<u64>,
    of_before: Option<u64>,
    p: Option<f64>,
    corrected_p: Option<f64>,
    method: Option<&'static str>,
    reason: Option<String>,
}

/// Writes a verdict as `kirjuri-gate/1`. Reasons are in a language; all else is the same in all of them.
///
/// # Errors
/// What `out` says.
pub fn write_verdict_json(verdict: &Verdict, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let status = match (verdict.unknown.is_empty(), verdict.broken.is_empty()) {
        (false, _) => "unknown",
        (true, false) => "broken",
        (true, true) => "kept",
    };
    let json = VerdictJson {
        schema: "kirjuri-gate/1",
        policy: &verdict.policy,
        status,
        kept: verdict.kept,
        skipped: verdict.skipped,
        not_measured: verdict.not_measured,
        differences: verdict.differences.as_ref().map(UnlikeJson::new),
        broken: all_of(&verdict.broken, language),
        unknown: all_of(&verdict.unknown, language),
        unused: verdict.unused.iter().map(|&(line, column)| PlaceJson { line, column }).collect(),
    };
    write_json(&json, out)
}

fn all_of(judged: &[Judged], language: Language) -> Vec<JudgedJson<'_>> {
    judged.iter().map(|judged| judged_json(judged, language)).collect()
}

fn judged_json(judged: &Judged, language: Language) -> JudgedJson<'_> {
    let (check, limit) = match judged.check {
        Check::MaxRate(limit) => ("max-rate", Some(limit)),
        Check::MaxCount(limit) => ("max-count", Some(limit as f64)),
        Check::MinScore(limit) => ("min-score", Some(limit)),
        Check::NotWorse => ("not-worse", None),
    };
    let group = judged.group.as_ref();
    let earlier = judged.earlier.as_ref();
    JudgedJson {
        line: judged.place.0,
        column: judged.place.1,
        name: judged.name.as_deref(),
        rule: judged.about.rule.as_deref(),
        pack: judged.about.pack.as_deref(),
        criterion: judged.about.criterion.map(kirjuri::Criterion::id),
        severity: judged.about.severity.map(kirjuri::Severity::id),
        dimension: group.map(|(dimension, _, _)| dimension.id()),
        value: group.and_then(|(_, value, _)| value.as_deref()),
        check,
        limit,
        unit: if judged.of_documents { "documents" } else { "places" },
        failed: judged.share.failed,
        of: judged.share.of,
        rate: judged.share.rate(),
        score: judged.score,
        failed_before: earlier.map(|earlier| earlier.share.failed),
        of_before: earlier.map(|earlier| earlier.share.of),
        p: earlier.map(|earlier| earlier.p),
        corrected_p: earlier.map(|earlier| earlier.corrected),
        method: earlier.map(|earlier| earlier.method.id()),
        reason: judged.reason.as_ref().map(|reason| reason_text(reason, language)),
    }
}
