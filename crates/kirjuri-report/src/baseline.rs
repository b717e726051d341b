//! What came of the entries of a baseline in a run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kirjuri::Language;

use crate::batch::Batch;
use crate::text::printable;

/// What came of the entries of a baseline, by the ids of their rules. An entry stands for one finding.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BaselineAccount {
    /// Those that no finding of the run needed. Entries of rules that the run did not have are none of them.
    pub unused: BTreeMap<String, u64>,
    /// Those whose last day is over; their findings are findings of the run.
    pub expired: BTreeMap<String, u64>,
}

impl BaselineAccount {
    /// How many entries no finding needed.
    pub fn count_unused(&self) -> u64 {
        self.unused.values().sum()
    }

    /// How many entries have expired.
    pub fn count_expired(&self) -> u64 {
        self.expired.values().sum()
    }
}

/// What is said of a baseline.
#[derive(Clone, Copy)]
enum Words {
    Known,
    Unused,
    Expired,
}

impl Words {
    fn get(self, language: Language) -> &'static str {
        let [fi, sv, en] = match self {
            Words::Known => [
                "Tunnettuja löydöksiä, joita ei näytetä (lähtötaso)",
                "Kända fynd som inte visas (utgångsläge)",
                "Known findings that are not shown (baseline)",
            ],
            Words::Unused => [
                "Lähtötason merkintöjä, joita vastaavaa löydöstä ei enää ole",
                "Poster i utgångsläget vars fynd inte längre finns",
                "Baseline entries whose finding is gone",
            ],
            Words::Expired => [
                "Vanhentuneita lähtötason merkintöjä (löydökset näytetään)",
                "Poster i utgångsläget som har gått ut (fynden visas)",
                "Baseline entries that have expired (their findings are shown)",
            ],
        };
        match language {
            Language::Finnish => fi,
            Language::Swedish => sv,
            Language::English => en,
        }
    }
}

/// Writes what a baseline did to a run, as text; nothing where there was none.
///
/// # Errors
/// What `out` says.
pub(crate) fn write_baseline(batch: &Batch, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let Some(baseline) = &batch.baseline else { return Ok(()) };
    writeln!(out, "{}: {}", Words::Known.get(language), batch.count_known())?;
    for (words, entries) in [(Words::Unused, &baseline.unused), (Words::Expired, &baseline.expired)] {
        if entries.is_empty() {
            continue;
        }
        writeln!(out, "{}: {}", words.get(language), entries.values().sum::<u64>())?;
        entries.iter().try_for_each(|(rule, count)| writeln!(out, "    {count} {}", printable(rule)))?;
    }
    Ok(())
}

/// The same as JSON.
#[derive(serde::Serialize)]
pub(crate) struct BaselineJson<'b> {
    new: u64,
    known: u64,
    unused: u64,
    expired: u64,
    unused_rules: Vec<EntriesJson<'b>>,
    expired_rules: Vec<EntriesJson<'b>>,
}

#[derive(serde::Serialize)]
struct EntriesJson<'b> {
    rule: &'b str,
    entries: u64,
}

impl<'b> BaselineJson<'b> {
    /// Nothing where there was no baseline.
    pub(crate) fn new(batch: &'b Batch) -> Option<BaselineJson<'b>> {
        let baseline = batch.baseline.as_ref()?;
        let entries = |of: &'b BTreeMap<String, u64>| {
            of.iter().map(|(rule, entries)| EntriesJson { rule, entries: *entries }).collect()
        };
        Some(BaselineJson {
            new: batch.count_new(),
            known: batch.count_known(),
            unused: baseline.count_unused(),
            expired: baseline.count_expired(),
            unused_rules: entries(&baseline.unused),
            expired_rules: entries(&baseline.expired),
        })
    }
}
