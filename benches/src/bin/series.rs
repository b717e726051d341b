//! Measures the rules on series over a batch of any size: documents are made on the fly, members are taken on all threads,
//! sorted on disk and judged.
//!
//! ```text
//! cargo run --release -p kirjuri-bench --bin series -- 1000000
//! ```
//!
//! The packs are the built-in ones that have series, and those of the folders that are named behind the number. Of three documents two are of the archive, in versions of a set, with
//! persons and service events that many share; the third is a note of social care. In one of a thousand something is wrong
//! between documents. What is printed as the peak of memory is that of the process, where the system says it.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kirjuri::{Limits, Pack, PackSource, RuleSet, Unchecked};
use kirjuri_rules::folder;
use kirjuri_series::Collection;
use rayon::prelude::*;

type Failure = Box<dyn Error>;

/// Documents whose members are held at a time.
const PORTION: u32 = 1024;

fn main() -> Result<(), Failure> {
    let count: u32 = std::env::args().nth(1).map_or(Ok(20_000), |count| count.parse())?;
    let folders = std::env::args().skip(2).map(|folder| folder::read_folder(Path::new(&folder)));
    let rules = rules(folders.collect::<Result<_, _>>()?)?;
    let mut options = kirjuri_bench::options()?;
    options.series = true;
    let limits = Limits::default();
    let start = Instant::now();
    let (mut collection, mut bytes) = (Collection::default(), 0);
    for first in (0..count).step_by(PORTION as usize) {
        let check = |number: u32| {
            let document = document(number);
            let report = kirjuri::check(document.as_bytes(), &limits, &rules, &options);
            match report {
                Ok(report) => Ok((number, document.len(), report.members)),
                Err(Unchecked::NoPackApplies) => Ok((number, document.len(), Vec::new())),
                Err(unchecked) => Err(unchecked.to_string()),
            }
        };
        let portion = first..first.saturating_add(PORTION).min(count);
        for checked in portion.into_par_iter().map(check).collect::<Vec<_>>() {
            let (number, length, members) = checked?;
            bytes += length;
            collection.take(number, &members)?;
        }
    }
    let (members, taken) = (collection.len(), start.elapsed());
    let mut verdict = collection.judge(&rules, &options)?;
    let mut found = 0_u64;
    while verdict.findings.next(&rules)?.is_some() {
        found += 1;
    }
    let (all, mut out) = (start.elapsed(), io::stdout().lock());
    writeln!(out, "documents {count}, {:.1} MB; members {members}; findings {found}", bytes as f64 / 1e6)?;
    writeln!(out, "seconds: {:.1} checking, {:.1} judging", taken.as_secs_f64(), (all - taken).as_secs_f64())?;
    let unasked: u64 = verdict.unevaluated.iter().map(|one| one.times).sum();
    writeln!(out, "rules asked: {}; times a rule could not be asked: {unasked}", verdict.tallies.len())?;
    for (rule, tally) in verdict.tallies.iter().filter(|(_, tally)| tally.failed > 0) {
        writeln!(out, "    {}/{} {}", tally.failed, tally.applied, rules.id(*rule))?;
    }
    match peak() {
        Some(kilobytes) => writeln!(out, "peak of memory: {:.0} MB", kilobytes as f64 / 1e3)?,
        None => writeln!(out, "peak of memory: not known here")?,
    }
    Ok(())
}

/// The built-in packs that have rules on series, and some others.
fn rules(others: Vec<PackSource>) -> Result<RuleSet, Failure> {
    let mut packs = Vec::new();
    for source in kirjuri_rules::names().filter_map(kirjuri_rules::source).chain(others) {
        let pack = Pack::load_proved(&source)?;
        if !pack.series().is_empty() {
            packs.push(Arc::new(pack));
        }
    }
    Ok(RuleSet::new(packs))
}

/// The most memory that the process has had, in kilobytes.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// A synthetic person: the individual number is 900 or over.
fn person(number: u32) -> String {
    let (day, month, year) = (number % 28 + 1, number / 28 % 12 + 1, number / 336 % 100);
    let individual = 900 + number / 33_600 % 100;
    let digits = (u64::from(day) * 10_000 + u64::from(month) * 100 + u64::from(year)) * 1000 + u64::from(individual);
    let check = b"0123456789ABCDEFHJKLMNPRSTUVWXY".get((digits % 31) as usize).copied().unwrap_or(b'0');
    format!("{day:02}{month:02}{year:02}-{individual}{}", char::from(check))
}

fn document(number: u32) -> String {
    if number % 3 == 2 { note(number) } else { archived(number) }
}

/// A note of social care; one of a thousand is that of another day.
fn note(number: u32) -> String {
    let text = if number % 3000 == 2 { number.saturating_sub(3) } else { number };
    let client = person(if number % 3000 == 2 { number.saturating_sub(3) } else { number } / 30);
    format!(
        r#"{{"merkinta_asiakkaan_arjesta": {{"asiakaskertomusmerkinta": {{"tapahtuma": {{"kuvaus":
        "Asiakas on ollut hyvällä mielellä ja osallistunut ohjelmaan, käynti numero {text}."}}}},
        "asiakas": {{"henkilotunnus": {{"system": "urn:oid:1.2.246.21", "value": "{client}"}}}}}}}}"#
    )
}

/// A document of the archive. Six of them are a service event of one person, three and three the versions of a set; one of a
/// thousand says a wrong version.
fn archived(number: u32) -> String {
    let number = number / 3 * 2 + number % 3;
    let (event, place) = (number / 6, number % 6);
    let (set, version) = (event * 2 + place / 3, place % 3 + 1);
    let version = if number % 1002 == 1 { version + 2 } else { version };
    let client = person(event / 6);
    let birth = format!("19{}{}{}", &client[4..6], &client[2..4], &client[..2]);
    let root = "1.2.246.10.99999984";
    let day = event % 20 + place + 1;
    let mut document = format!(
        r#"<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:hl7fi="urn:hl7finland"><id root="{root}.11.2026.{number}"/>
<code code="1" codeSystem="1.2.246.537.6.12"/><effectiveTime value="202609{day:02}10{version:02}00+0300"/>
<setId root="{root}.11.2026.1{set}"/><versionNumber value="{version}"/>
<recordTarget><patientRole><id root="1.2.246.21" extension="{client}"/><patient><name><given>Testi</given>
<family>Asiakas{}</family></name><administrativeGenderCode code="{}" codeSystem="1.2.246.537.5.1.1997"/>
<birthTime value="{birth}"/></patient></patientRole></recordTarget>
<author><time value="202609{day:02}10"/><assignedAuthor><id root="1.2.246.537.26" extension="{:011}"/><assignedPerson><name>
<given>Lauri</given><family>Laatija{}</family></name></assignedPerson></assignedAuthor></author>"#,
        event / 6,
        event / 6 % 2 + 1,
        event % 997 + 1,
        event % 997,
    );
    if version > 1 {
        let replaced = number.saturating_sub(1);
        let _ = write!(
            document,
            r#"<relatedDocument typeCode="RPLC"><parentDocument><id root="{root}.11.2026.{replaced}"/>
<setId root="{root}.11.2026.1{set}"/><versionNumber value="{}"/></parentDocument></relatedDocument>"#,
            version - 1
        );
    }
    let _ = write!(
        document,
        r#"<componentOf><encompassingEncounter><id root="{root}.14.2026.{event}"/>
<effectiveTime><low value="20260901"/></effectiveTime></encompassingEncounter></componentOf>
<component><structuredBody><component><section><text>Potilas kävi vastaanotolla, käynnin numero oli {number}, ja hoito jatkuu
sovitun mukaan. Seuraava käynti sovitaan tarvittaessa, ja ohjeet on annettu kirjallisina.</text></section></component></structuredBody>
</component></ClinicalDocument>"#
    );
    document
}
