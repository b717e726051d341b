//! What changed between two versions of a pack, and what that does to documents: as text for people, as JSON for programs.

use std::collections::BTreeMap;
use std::io;

use kirjuri::{
    AsOf, Change, Fate, Finding, Language, Pack, PackDifference, Place, RuleDifference, RuleIndex, Severity,
};

use crate::batch::{DocumentEntry, InputError, Outcome};
use crate::messages::{Wording, severity_name};
use crate::text::printable;

mod json;
mod words;

pub use json::write_difference_json;

use words::{Word, key_name};

/// How many places of a rule are named.
const FIRST: usize = 5;
/// The longest value that stands beside the one before it on one line.
const SHORT: usize = 48;

/// Two versions of a pack, what changed, and what that does to the documents that were given, if any were.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'c> {
    /// The earlier version.
    pub before: &'c Pack,
    /// The later version.
    pub after: &'c Pack,
    /// What changed from the one to the other.
    pub difference: &'c PackDifference,
    /// What it does to documents.
    pub effects: Option<&'c Effects>,
}

/// What a change of a pack does to documents.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Effects {
    /// The day the documents were judged by.
    pub as_of: AsOf,
    /// All documents that were named.
    pub seen: u64,
    /// Those that could not be read.
    pub unreadable: u64,
    /// Those that the earlier version checks.
    pub checked_before: u64,
    /// Those that the later version checks.
    pub checked_after: u64,
    /// Those that could not be read, and why not: with the earlier version, else with the later.
    unread: Vec<(String, InputError)>,
    /// By the id of the rule as the later version has it; of one that is gone, as the earlier has it.
    rules: BTreeMap<String, RuleEffect>,
}

/// What the change does to the findings of a rule.
#[derive(Clone, PartialEq, Debug, Default)]
struct RuleEffect {
    starts: Places,
    stops: Places,
    /// Found by both, and not as grave in the one as in the other.
    regraded: Option<Regraded>,
}

/// Findings of a rule whose severity changed.
#[derive(Clone, PartialEq, Debug)]
struct Regraded {
    before: Severity,
    after: Severity,
    places: Places,
}

/// Places of findings: how many, and the first of them.
#[derive(Clone, PartialEq, Debug, Default)]
struct Places {
    count: u64,
    first: Vec<NamedPlace>,
}

impl Places {
    fn add(&mut self, document: &str, path: &str, place: &Place) {
        self.count += 1;
        if self.first.len() < FIRST {
            let (document, path) = (document.to_owned(), path.to_owned());
            self.first.push(NamedPlace { document, line: place.line, column: place.column, path });
        }
    }
}

/// A place in a document of a batch.
#[derive(Clone, PartialEq, Debug)]
struct NamedPlace {
    document: String,
    line: u32,
    column: u32,
    path: String,
}

impl Effects {
    /// None so far.
    pub fn new(as_of: AsOf) -> Effects {
        Effects { as_of, ..Effects::default() }
    }

    /// Whether no finding starts or stops, or becomes more or less grave.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Adds what came of a document with the earlier and with the later version; `id_before` and `id_after` name their rules,
    /// both as the later version does.
    pub fn add(
        &mut self,
        before: &DocumentEntry,
        after: &DocumentEntry,
        id_before: impl Fn(RuleIndex) -> String,
        id_after: impl Fn(RuleIndex) -> String,
    ) {
        self.seen += 1;
        let is_unreadable = |entry: &DocumentEntry| matches!(entry.outcome, Outcome::Unreadable(_));
        self.unreadable += u64::from(is_unreadable(before) || is_unreadable(after));
        let error = [before, after].into_iter().find_map(|entry| match &entry.outcome {
            Outcome::Unreadable(error) => Some(*error),
            _ => None,
        });
        self.unread.extend(error.map(|error| (before.path.clone(), error)));
        let is_checked = |entry: &DocumentEntry| u64::from(matches!(entry.outcome, Outcome::Checked(_)));
        self.checked_before += is_checked(before);
        self.checked_after += is_checked(after);
        // What one version cannot get through says nothing of what it would find.
        if is_unreadable(before) || is_unreadable(after) {
            return;
        }
        self.compare(&before.path, [found_in(before), found_in(after)], id_before, id_after);
    }

    /// Adds what was found in a document with the earlier and with the later version, beside what [`Effects::add`] was told
    /// of it: by rules on series.
    pub fn compare(
        &mut self,
        document: &str,
        [before, after]: [&[Finding]; 2],
        id_before: impl Fn(RuleIndex) -> String,
        id_after: impl Fn(RuleIndex) -> String,
    ) {
        let (old, new) = (by_rule(before, id_before), by_rule(after, id_after));
        for (known, others, is_start) in [(&new, &old, true), (&old, &new, false)] {
            for ((rule, path), places) in known {
                let others = others.get(&(rule.clone(), path.clone())).map_or(0, Vec::len);
                for place in places.iter().skip(others) {
                    let effect = self.rules.entry(rule.clone()).or_default();
                    let told = if is_start { &mut effect.starts } else { &mut effect.stops };
                    told.add(document, path, place.1);
                }
            }
        }
        for ((rule, path), places) in &new {
            let others = old.get(&(rule.clone(), path.clone())).into_iter().flatten();
            for ((before, _), (after, place)) in others.zip(places).filter(|((before, _), (after, _))| before != after)
            {
                let (before, after) = (*before, *after);
                let effect = self.rules.entry(rule.clone()).or_default();
                let regraded =
                    effect.regraded.get_or_insert_with(|| Regraded { before, after, places: Places::default() });
                regraded.places.add(document, path, place);
            }
        }
    }
}

/// What was found in a document; nothing in one that was not checked.
fn found_in(entry: &DocumentEntry) -> &[Finding] {
    match &entry.outcome {
        Outcome::Checked(findings) => findings,
        _ => &[],
    }
}

/// The places of findings, and how grave they are, by rule and path.
fn by_rule(found: &[Finding], id: impl Fn(RuleIndex) -> String) -> BTreeMap<(String, String), Vec<(Severity, &Place)>> {
    let mut all: BTreeMap<(String, String), Vec<(Severity, &Place)>> = BTreeMap::new();
    for finding in found {
        let place = &finding.place;
        let inner = place.inner.as_ref().map(|inner| format!(" {}", inner.path)).unwrap_or_default();
        all.entry((id(finding.rule), format!("{}{inner}", place.path))).or_default().push((finding.severity, place));
    }
    all
}

/// The id of a rule as it is told: of one that is gone, in the earlier pack.
fn id_of(compared: Compared<'_>, rule: &RuleDifference) -> String {
    let pack = if rule.fate == Fate::Gone { compared.before } else { compared.after };
    format!("{}/{}", pack.id, rule.name)
}

/// The title of a rule as it is told.
fn title_of<'c>(compared: Compared<'c>, rule: &RuleDifference, language: Language) -> &'c str {
    let pack = if rule.fate == Fate::Gone { compared.before } else { compared.after };
    pack.rules().iter().find(|known| known.name == rule.name).map_or("", |known| known.title().get(language))
}

/// Writes the difference of two packs for people.
///
/// # Errors
/// What `out` says.
pub fn write_difference(compared: Compared<'_>, language: Language, out: &mut dyn io::Write) -> io::Result<()> {
    let say = |word: Word| word.get(language);
    let Compared { before, after, difference, effects } = compared;
    let named = |pack: &Pack| printable(&format!("{} {}", pack.id, pack.version)).into_owned();
    writeln!(out, "{} → {}", named(before), named(after))?;
    if difference.is_empty() {
        writeln!(out, "{}", say(Word::Same))?;
    }
    if !difference.manifest.is_empty() {
        writeln!(out, "\npack.toml")?;
        write_changes(&difference.manifest, language, out)?;
    }
    if !difference.rules.is_empty() {
        writeln!(out, "\n{}", say(Word::Rules))?;
    }
    for rule in &difference.rules {
        let (id, title) = (id_of(compared, rule), title_of(compared, rule, language));
        match (&rule.was, rule.fate) {
            (Some(was), _) => {
                let was = printable(was);
                writeln!(out, "  {}: {}/{was} → {}", say(Word::Renamed), before.id, printable(&id))?;
            }
            (None, fate) => writeln!(out, "  {}: {} {}", fate_name(fate, language), printable(&id), printable(title))?,
        }
        write_changes(&rule.changes, language, out)?;
    }
    if !difference.code_sets.is_empty() {
        writeln!(out, "\n{}", say(Word::CodeSets))?;
    }
    for set in &difference.code_sets {
        writeln!(out, "  {}: {}", fate_name(set.fate, language), printable(&set.oid))?;
        write_changes(&set.changes, language, out)?;
        let codes = [(Word::Added, &set.added), (Word::Removed, &set.removed), (Word::Altered, &set.altered)];
        for (word, codes) in codes.into_iter().filter(|(_, codes)| !codes.is_empty()) {
            writeln!(out, "      {} ({}): {}", say(word), codes.len(), printable(&codes.join(", ")))?;
        }
    }
    if !difference.files.is_empty() {
        writeln!(out, "\n{}", say(Word::Files))?;
    }
    for file in &difference.files {
        writeln!(out, "  {}: {}", fate_name(file.fate, language), printable(&file.path))?;
    }
    match effects {
        Some(effects) => write_effects(effects, language, out),
        None => Ok(()),
    }
}

fn fate_name(fate: Fate, language: Language) -> &'static str {
    match fate {
        Fate::New => Word::New,
        Fate::Gone => Word::Gone,
        Fate::Changed => Word::Changed,
    }
    .get(language)
}

/// Writes changed values; of texts and examples only that they changed.
fn write_changes(changes: &[Change], language: Language, out: &mut dyn io::Write) -> io::Result<()> {
    for Change { key, before, after } in changes {
        let name = key_name(key, language);
        if words::is_prose(key) {
            writeln!(out, "      {}", printable(name))?;
            continue;
        }
        let (before, after) = (before.as_deref(), after.as_deref());
        let is_short = |value: Option<&str>| value.is_none_or(|it| it.len() <= SHORT && !it.contains('\n'));
        if is_short(before) && is_short(after) {
            let shown = |value: Option<&str>| match (&**key, value.unwrap_or("–")) {
                ("severity", value) => severity_of(value, language).to_owned(),
                (_, value) => printable(value).into_owned(),
            };
            writeln!(out, "      {}: {} → {}", printable(name), shown(before), shown(after))?;
            continue;
        }
        writeln!(out, "      {}:", printable(name))?;
        for (mark, value) in [('-', before), ('+', after)] {
            for line in value.unwrap_or_default().lines().filter(|line| !line.trim().is_empty()) {
                writeln!(out, "        {mark} {}", printable(line))?;
            }
        }
    }
    Ok(())
}

/// A severity as rule files spell it, in a language.
fn severity_of(written: &str, language: Language) -> &str {
    let known = Severity::ALL.into_iter().find(|severity| severity.id() == written);
    known.map_or(written, |severity| severity_name(severity, 1, language))
}

fn write_effects(effects: &Effects, language: Language, out: &mut dyn io::Write) -> io::Result<()> {
    let say = |word: Word| word.get(language);
    writeln!(
        out,
        "\n{}: {} ({} {} → {}, {} {})",
        say(Word::Documents),
        effects.seen,
        say(Word::Checked),
        effects.checked_before,
        effects.checked_after,
        say(Word::Unreadable),
        effects.unreadable,
    )?;
    for (path, error) in &effects.unread {
        let at = error.position().map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        let (word, id, message) = (Wording::Unreadable.get(language), error.id(), error.message(language));
        writeln!(out, "  {}{at}: {word} [{id}] {message}", printable(path))?;
    }
    if effects.is_empty() {
        return writeln!(out, "{}", say(Word::NoEffect));
    }
    for (rule, effect) in &effects.rules {
        for (word, places) in [(Word::Starts, &effect.starts), (Word::Stops, &effect.stops)] {
            if places.count == 0 {
                continue;
            }
            writeln!(out, "  {} ({}): {}", say(word), places.count, printable(rule))?;
            write_places(places, language, out)?;
        }
        if let Some(Regraded { before, after, places }) = &effect.regraded {
            let [before, after] = [before, after].map(|severity| severity_name(*severity, 1, language));
            let word = say(Word::Regraded);
            writeln!(out, "  {word} ({}): {} {before} → {after}", places.count, printable(rule))?;
            write_places(places, language, out)?;
        }
    }
    Ok(())
}

fn write_places(places: &Places, language: Language, out: &mut dyn io::Write) -> io::Result<()> {
    for place in &places.first {
        writeln!(out, "      {}:{}:{}", printable(&place.document), place.line, place.column)?;
    }
    match places.count.saturating_sub(places.first.len() as u64) {
        0 => Ok(()),
        more => writeln!(out, "      … {more} {}", Word::More.get(language)),
    }
}
