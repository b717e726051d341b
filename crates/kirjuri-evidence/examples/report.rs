//! Writes HTML reports on runs that never were, to be looked at and to be tested in a browser:
//!
//!     cargo run -p kirjuri-evidence --example report -- FOLDER
//!
//! Rules and their texts are those of the built-in packs. All numbers are made up, the same in every run.

use std::error::Error;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use kirjuri::{Language, Pack, RuleSet, Texts};
use kirjuri_evidence::{
    AccountSummary, GroupSummary, HtmlOptions, NotChecked, PackVersion, PlaceSummary, RuleSummary, RuleTally, Run,
    Summary, write_html,
};
use kirjuri_report::{Dimension, GroupTally};

const AREAS: [(&str, &str, u64, f64); 22] = [
    ("01", "Itä-Uusimaa", 17, 1.0),
    ("02", "Keski-Uusimaa", 37, 0.8),
    ("03", "Länsi-Uusimaa", 89, 1.1),
    ("04", "Vantaa ja Kerava", 51, 0.9),
    ("05", "Varsinais-Suomi", 87, 1.3),
    ("06", "Satakunta", 39, 1.0),
    ("07", "Kanta-Häme", 31, 0.7),
    ("08", "Pirkanmaa", 97, 0.9),
    ("09", "Päijät-Häme", 38, 2.4),
    ("10", "Kymenlaakso", 29, 1.2),
    ("11", "Etelä-Karjala", 23, 0.5),
    ("12", "Etelä-Savo", 24, 1.0),
    ("13", "Pohjois-Savo", 45, 1.1),
    ("14", "Pohjois-Karjala", 29, 0.4),
    ("15", "Keski-Suomi", 50, 1.0),
    ("16", "Etelä-Pohjanmaa", 35, 3.6),
    ("17", "Pohjanmaa", 32, 1.2),
    ("18", "Keski-Pohjanmaa", 12, 1.6),
    ("19", "Pohjois-Pohjanmaa", 76, 0.9),
    ("20", "Kainuu", 13, 0.8),
    ("21", "Lappi", 32, 1.5),
    ("90", "Helsinki", 121, 1.0),
];

/// Numbers that look like chance.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() % 1_000_000) as f64 / 1_000_000.0
    }
}

/// The rules of the built-in packs, none of which applied yet, and the versions of the packs.
fn rules() -> Result<(Vec<RuleSummary>, Vec<PackVersion>), Box<dyn Error>> {
    let mut packs = Vec::new();
    for name in kirjuri_rules::names() {
        let source = kirjuri_rules::source(name).ok_or("no such pack")?;
        packs.push(std::sync::Arc::new(Pack::load(&source).map_err(|errors| errors.to_string())?));
    }
    let versions =
        packs.iter().map(|pack| PackVersion { id: pack.id.clone(), version: pack.version.clone() }).collect();
    let set = RuleSet::new(packs);
    let rules = set.rules().map(|(pack, rule)| RuleSummary {
        id: pack.rule_id(rule),
        severity: rule.severity,
        criterion: Some(rule.criterion),
        title: rule.title().clone(),
        why: Some(rule.why().clone()),
        fix: Some(rule.fix().clone()),
        guidelines: rule
            .guidelines
            .iter()
            .filter_map(|clause| Some(format!("{}, {}", pack.guidelines().get(&clause.doc)?.title, clause.clause)))
            .collect(),
        tally: GroupTally::default(),
        selected: Some(true),
        in_force: Some(true),
    });
    Ok((rules.collect(), versions))
}

/// Makes a run of about so many documents up; faults are as frequent as `faults` says.
fn made_up(rules: &[RuleSummary], packs: &[PackVersion], documents: u64, faults: f64, started: &str) -> Summary {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut summary = Summary { rules: rules.to_vec(), ..Summary::default() };
    let weights: u64 = AREAS.iter().map(|area| area.2).sum();
    let mut areas: Vec<GroupSummary> = Vec::new();
    for (code, name, weight, _) in AREAS {
        let documents = documents * weight / weights;
        areas.push(group(Dimension::Area, Some(code), Some(name), documents));
    }
    for (number, rule) in summary.rules.iter_mut().enumerate() {
        // A third of the rules meets nothing, most of the others hold nearly everywhere.
        let (is_met, reach, often) = (chance.share(), chance.share(), chance.share());
        let rate = if chance.share() < 0.45 { 0.0 } else { chance.share().powi(6) * 0.22 * faults };
        if is_met < 0.3 {
            continue;
        }
        for (group, area) in areas.iter_mut().zip(AREAS) {
            let documents = (group.documents as f64 * (0.05 + reach * reach * 0.9)) as u64;
            let applied = documents * (1 + (often * often * 12.0) as u64);
            let failed = ((applied as f64 * rate * area.3 * (0.6 + chance.share() * 0.8)) as u64).min(applied);
            let documents_failed = failed.min((documents as f64 * 0.9) as u64);
            let tally = GroupTally { applied, failed, documents, documents_failed };
            if applied > 0 {
                add(&mut rule.tally, tally);
                group.rules.push(RuleTally { rule: number, tally });
            }
        }
    }
    for (group, area) in areas.iter_mut().zip(AREAS) {
        group.documents_failed = ((group.documents as f64) * (0.19 * faults * area.3).min(0.97)) as u64;
    }
    let checked = areas.iter().map(|group| group.documents).sum();
    let failed: u64 = areas.iter().map(|group| group.documents_failed).sum();
    summary.groups = areas;
    for (dimension, values) in [
        (Dimension::Unit, units()),
        (
            Dimension::Software,
            named(&["Esimerkki Kirjaus 5.2", "Esimerkki Kirjaus 5.1", "Malli-Sote 2026.1", "Malli-Sote 2025.4"]),
        ),
        (
            Dimension::Form,
            named(&["Hoitokertomus", "Lähete", "Hoitopalaute", "Palvelutarpeen arvio", "Asiakassuunnitelma"]),
        ),
        (Dimension::Month, named(&["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"])),
    ] {
        let groups = split(&summary, dimension, &values, checked, failed, &mut chance);
        summary.groups.extend(groups);
    }
    let (unreadable, skipped) = (documents / 460, documents / 170);
    summary.not_checked = not_checked(unreadable, skipped);
    summary.run = Run {
        schema: "kirjuri-evidence/2".to_owned(),
        version: "0.1.0".to_owned(),
        packs: packs.to_vec(),
        code_sets: vec!["1.2.246.537.6.1 2026".to_owned(), "1.2.246.537.6.12.2002".to_owned()],
        options: vec!["as-of=2026-11-22".to_owned(), "select=all".to_owned()],
        started: Some(started.to_owned()),
        milliseconds: Some(412_300),
        judged_by: "2026-11-22".to_owned(),
        account: AccountSummary {
            seen: checked + unreadable + skipped,
            checked,
            unreadable,
            skipped,
            ignored: 31,
            known: 1_204,
            ..severities(&summary)
        },
        partial: false,
    };
    place(&mut summary);
    summary
}

/// An account of the findings only.
fn severities(summary: &Summary) -> AccountSummary {
    let [errors, warnings, infos] = kirjuri::Severity::ALL.map(|severity| {
        let own = summary.rules.iter().filter(|rule| rule.severity == severity);
        own.map(|rule| rule.tally.failed).sum()
    });
    AccountSummary { errors, warnings, infos, ..AccountSummary::default() }
}

fn add(sum: &mut GroupTally, tally: GroupTally) {
    sum.applied += tally.applied;
    sum.failed += tally.failed;
    sum.documents += tally.documents;
    sum.documents_failed += tally.documents_failed;
}

fn group(dimension: Dimension, value: Option<&str>, name: Option<&str>, documents: u64) -> GroupSummary {
    GroupSummary {
        dimension,
        value: value.map(str::to_owned),
        name: name.map(str::to_owned),
        documents,
        documents_failed: 0,
        left_out: 0,
        severities: [0; 3],
        rules: Vec::new(),
    }
}

fn named(values: &[&str]) -> Vec<(Option<String>, Option<String>)> {
    values.iter().map(|value| (Some((*value).to_owned()), None)).collect()
}

/// Units with names as long as they are in life, and documents that do not say theirs.
fn units() -> Vec<(Option<String>, Option<String>)> {
    let kinds = [
        "terveysasema",
        "sairaala, sisätautien poliklinikka",
        "lastensuojelun avohuollon tukipalvelut",
        "suun terveydenhuolto",
    ];
    let towns = [
        "Kirkonkylä",
        "Keskusta",
        "Pohjoinen",
        "Rantala",
        "Yli-Kuohattijärven ja Ala-Valtimon yhteispalvelu",
        "Lapinlahdenkatu",
        "Itäkylä",
        "Mäkelä",
        "Niemi",
        "Harju",
        "Suvanto",
        "Koski",
    ];
    let mut units = vec![(None, None)];
    for (number, town) in towns.iter().enumerate() {
        for (kind, name) in kinds.iter().enumerate() {
            let oid = format!("1.2.246.10.99999984.10.{}", number * 4 + kind);
            units.push((Some(oid), Some(format!("{town}, {name}"))));
        }
    }
    units
}

/// Gives the documents of a run to the values of a dimension, by parts that get smaller.
fn split(
    summary: &Summary,
    dimension: Dimension,
    values: &[(Option<String>, Option<String>)],
    checked: u64,
    failed: u64,
    chance: &mut Chance,
) -> Vec<GroupSummary> {
    let parts: Vec<f64> = (0..values.len()).map(|number| 1.0 / (number as f64 * 1.7 + 1.0).powf(1.6)).collect();
    let all: f64 = parts.iter().sum();
    let mut left = checked;
    let mut groups = Vec::new();
    for (number, ((value, name), part)) in values.iter().zip(&parts).enumerate() {
        let share = part / all;
        let is_last = number + 1 == values.len();
        let documents = if is_last { left } else { ((checked as f64 * share) as u64).min(left) };
        let factor = 0.3 + chance.share() * 1.5;
        let documents_failed = (failed as f64 * documents as f64 / checked.max(1) as f64 * factor) as u64;
        left -= documents;
        let mut group = group(dimension, value.as_deref(), name.as_deref(), documents);
        group.documents_failed = documents_failed.min(documents);
        for (rule, of) in summary.rules.iter().enumerate() {
            let applied = (of.tally.applied as f64 * share) as u64;
            let failed = ((of.tally.failed as f64 * share * factor) as u64).min(applied);
            let tally = GroupTally { applied, failed, documents, documents_failed: failed.min(documents) };
            if applied > 0 {
                group.rules.push(RuleTally { rule, tally });
            }
        }
        groups.push(group);
    }
    groups
}

fn not_checked(unreadable: u64, skipped: u64) -> Vec<NotChecked> {
    let reasons = ["elementtiä ei ole suljettu", "tiedosto on tyhjä", "asiakirjan merkistökoodausta ei tueta"];
    let mut listed = Vec::new();
    for number in 0..(unreadable + skipped).min(200) {
        let is_unreadable = number % 4 == 0;
        let reason = if is_unreadable {
            reasons[(number / 4 % 3) as usize]
        } else {
            "mikään sääntöpaketti ei koske asiakirjaa"
        };
        let document = format!("vienti-2026-10.zip!{:02}/asiakirja-{number:06}.xml", number % 30);
        listed.push(NotChecked { document, is_unreadable, reason: reason.to_owned() });
    }
    listed
}

/// Up to 20 places a rule and 2,000 in all.
fn place(summary: &mut Summary) {
    let paths = [
        "/ClinicalDocument/component/structuredBody/component/section[3]/component/section/component/section[2]/entry/observation/value",
        "/ClinicalDocument/recordTarget/patientRole/patient/birthTime/@value",
        "/ClinicalDocument/author[2]/assignedAuthor/id/@extension",
        "/ClinicalDocument/hl7fi:localHeader/hl7fi:recordStatus",
    ];
    let mut all = 0_u64;
    for (number, rule) in summary.rules.iter().enumerate() {
        all += rule.tally.failed;
        for place in 0..rule.tally.failed.min(20) {
            if summary.places.len() == 2_000 {
                break;
            }
            let (line, column) = (12 + (place as u32 * 37 + number as u32 * 11) % 1_800, 5 + (place as u32 * 13) % 90);
            summary.places.push(PlaceSummary {
                rule: number,
                severity: rule.severity,
                document: format!(
                    "vienti-2026-10.zip!{:02}/asiakirja-{:06}.xml",
                    place % 30,
                    place * 977 + number as u64
                ),
                line,
                column,
                path: paths[(place as usize + number) % paths.len()].to_owned(),
                source: None,
            });
        }
    }
    summary.places_left_out = all - summary.places.len() as u64;
}

/// Names of all kinds that would do harm if they could.
fn hostile(summary: &Summary) -> Summary {
    let mut summary = summary.clone();
    let harm = [
        "<script>window.__hit = 1</script>",
        "\"><img src=x onerror=\"window.__hit = 2\">",
        "</style></title></script><svg onload=window.__hit=3>",
        "javascript:window.__hit=4",
        "{{7*7}}${7*7}<%= 7*7 %>",
        "\u{202E}gpj.exe\u{2066}\u{200F}",
        "&lt;script&gt; &amp;#60; ]]> <!-- -->",
        "nul\0bell\u{7}line\nfeed\u{2028}end",
    ];
    let long = "x".repeat(3_000);
    let words = |number: usize| format!("{} {number}", harm[number % harm.len()]);
    for (number, group) in summary.groups.iter_mut().enumerate() {
        group.name = Some(words(number));
        group.value = Some(words(number + 1));
    }
    for (number, place) in summary.places.iter_mut().enumerate() {
        place.document = if number == 3 { long.clone() } else { words(number) };
        place.path = if number == 4 { format!("/{long}") } else { words(number + 2) };
    }
    for (number, one) in summary.not_checked.iter_mut().enumerate() {
        one.document = if number == 0 { long.clone() } else { words(number) };
        one.reason = words(number + 3);
    }
    for (number, rule) in summary.rules.iter_mut().enumerate().step_by(3) {
        let text = if number == 0 { long.clone() } else { words(number) };
        rule.id = format!("{}/{}", words(number), words(number + 1));
        rule.title = Texts { fi: text.clone(), sv: text.clone(), en: text };
        rule.guidelines = vec![words(number + 4)];
    }
    summary.run.options = harm.map(str::to_owned).to_vec();
    summary.run.code_sets = vec![long, harm[0].to_owned()];
    for pack in &mut summary.run.packs {
        pack.id = words(1);
        pack.version = words(2);
    }
    summary.run.version = harm[1].to_owned();
    summary.run.judged_by = harm[2].to_owned();
    summary.run.started = Some(harm[0].to_owned());
    summary
}

/// The same run before anything was found.
fn faultless(summary: &Summary) -> Summary {
    let mut summary = summary.clone();
    let clear = |tally: &mut GroupTally| (tally.failed, tally.documents_failed) = (0, 0);
    summary.rules.iter_mut().for_each(|rule| clear(&mut rule.tally));
    for group in &mut summary.groups {
        group.documents_failed = 0;
        group.rules.iter_mut().for_each(|rule| clear(&mut rule.tally));
    }
    let account = &mut summary.run.account;
    let AccountSummary { checked, ignored, .. } = *account;
    *account = AccountSummary { seen: checked, checked, ignored, ..AccountSummary::default() };
    summary.places.clear();
    summary.not_checked.clear();
    summary.earlier.clear();
    summary
}

/// A run in which nothing could be read.
fn unreadable(summary: &Summary) -> Summary {
    let mut summary = Summary { run: summary.run.clone(), rules: summary.rules.clone(), ..Summary::default() };
    summary.rules.iter_mut().for_each(|rule| rule.tally = GroupTally::default());
    summary.run.account = AccountSummary { seen: 1_250, unreadable: 1_250, ..AccountSummary::default() };
    summary.not_checked = not_checked(1_250, 0);
    summary.not_checked.iter_mut().for_each(|one| one.is_unreadable = true);
    summary
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("say which folder to write to")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let (rules, packs) = rules()?;
    let mut whole = made_up(&rules, &packs, 100_000, 1.0, "2026-11-22T10:04:00+02:00");
    for (month, faults) in [("06", 1.9), ("07", 1.75), ("08", 1.8), ("09", 1.4), ("10", 1.15)] {
        let mut earlier = made_up(&rules, &packs, 90_000, faults, &format!("2026-{month}-22T10:00:00+03:00"));
        earlier.groups.clear();
        earlier.places.clear();
        earlier.run.partial = month == "08";
        whole.earlier.push(earlier);
    }
    let mut one_group = made_up(&rules, &packs, 640, 1.2, "2026-11-22T10:04:00+02:00");
    one_group.groups.retain(|group| group.dimension == Dimension::Area && group.value.as_deref() == Some("08"));
    one_group.run.partial = true;
    let mut with_source = whole.clone();
    with_source.earlier.clear();
    for place in &mut with_source.places {
        place.source = Some("<birthTime value=\"19900101\"/>\n\t<administrativeGenderCode code=\"1\"/>".to_owned());
    }
    for language in Language::ALL {
        for (name, summary) in [
            ("report", &whole),
            ("hostile", &hostile(&whole)),
            ("faultless", &faultless(&whole)),
            ("unreadable", &unreadable(&whole)),
            ("nothing", &Summary::default()),
            ("one-group", &one_group),
            ("source", &with_source),
        ] {
            let mut out = BufWriter::new(fs::File::create(folder.join(format!("{name}-{language}.html")))?);
            write_html(summary, HtmlOptions { language, title: None }, &mut out)?;
            out.flush()?;
        }
    }
    Ok(())
}
