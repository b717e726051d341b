//! What came of the entries of a baseline in a run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use kirjuri::Language;

use crate::batch::Batch;
use crate::text::printable;

/// What came of the entries of a baseline, by the ids of their rules. An entry stands for one finding.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BaselineAccount {
    /// Those that no finding of the run needed; nothing where that is not known, because the run did not read all its
    /// documents. Entries of rules that some documents were not asked are none of them.
    pub unused: Option<BTreeMap<String, u64>>,
    /// Those whose last day is over; their findings are findings of the run.
    pub expired: BTreeMap<String, u64>,
}

impl BaselineAccount {
    /// How many entries no finding needed, where that is known.
    pub fn count_unused(&self) -> Option<u64> {
        Some(self.unused.as_ref()?.values().sum())
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
    /// Which are not used is not known.
    UnusedUnknown,
    Expired,
    /// Rules that are not named.
    More,
}

/// Most rules whose entries are named; `kirjuri baseline check` names all.
const MOST_RULES: usize = 10;

impl Words {
    fn get(self, language: Language) -> &'static str {
        let [fi, sv, en] = match self {
            Words::Known => [
                "Tunnettuja löydöksiä, joita ei näytetä (lähtötaso)",
                "Kända fynd som inte visas (utgångsläge)",
                "Known findings that are not shown (baseline)",
            ],
            Words::Unused => [
                "Lähtötason merkintöjä, joita vastaavaa löydöstä tässä ajossa ei ollut",
                "Poster i utgångsläget som inget fynd i denna körning motsvarade",
                "Baseline entries without a finding in this run",
            ],
            Words::UnusedUnknown => [
                "Lähtötason merkintöjä ilman löydöstä: ei tiedossa, koska kaikkia asiakirjoja ei luettu",
                "Poster i utgångsläget utan fynd: inte känt, eftersom alla handlingar inte lästes",
                "Baseline entries without a finding: not known, since not all documents were read",
            ],
            Words::Expired => [
                "Vanhentuneita lähtötason merkintöjä (löydökset näytetään)",
                "Poster i utgångsläget som har gått ut (fynden visas)",
                "Baseline entries that have expired (their findings are shown)",
            ],
            Words::More => ["muita sääntöjä", "andra regler", "other rules"],
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
    if baseline.unused.is_none() {
        writeln!(out, "{}", Words::UnusedUnknown.get(language))?;
    }
    let unused = baseline.unused.iter().map(|entries| (Words::Unused, entries));
    for (words, entries) in unused.chain([(Words::Expired, &baseline.expired)]) {
        if entries.is_empty() {
            continue;
        }
        writeln!(out, "{}: {}", words.get(language), entries.values().sum::<u64>())?;
        // Those of most entries, in the order of their names where they are as many.
        let mut most: Vec<(&String, &u64)> = entries.iter().collect();
        most.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let named = most.iter().take(MOST_RULES);
        named.into_iter().try_for_each(|(rule, count)| writeln!(out, "    {count} {}", printable(rule)))?;
        let more = most.len().saturating_sub(MOST_RULES);
        if more > 0 {
            writeln!(out, "    … {}: {more}", Words::More.get(language))?;
        }
    }
    Ok(())
}

/// The same as JSON.
#[derive(serde::Serialize)]
pub(crate) struct BaselineJson<'b> {
    new: u64,
    known: u64,
    unused: Option<u64>,
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
            of.iter().map(|(rule, entries)| EntriesJson { rule, entries: *entries }).collect::<Vec<_>>()
        };
        Some(BaselineJson {
            new: batch.count_new(),
            known: batch.count_known(),
            unused: baseline.count_unused(),
            expired: baseline.count_expired(),
            unused_rules: baseline.unused.as_ref().map(entries).unwrap_or_default(),
            expired_rules: entries(&baseline.expired),
        })
    }
}
