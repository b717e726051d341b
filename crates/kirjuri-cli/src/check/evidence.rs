//! The evidence that a run leaves, while it runs.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use kirjuri::codes::CodeLibrary;
use kirjuri::{AnyRule, Language, Limits, RuleSet};
use kirjuri_evidence::{
    Collector, EvidenceError, EvidenceWriter, HtmlOptions, HtmlPrinter, Kept, Run, SCHEMA, SHORTEST_SALT, Salt,
    Summary, SummarySource,
};
use kirjuri_report::{Areas, Batch, Dimension, DocumentEntry, Printer, SeriesEntry};

use crate::arguments::{CheckArguments, EvidenceArguments};
use crate::cache::key::of_selection;
use crate::inputs::Options;
use crate::settings::Choice;
use crate::{Failure, finland};

/// What decides the result of a run, beside its documents and packs.
pub(crate) struct Terms {
    areas: Arc<Areas>,
    /// Each as `name=value`.
    options: Vec<String>,
}

impl Terms {
    /// Those of a run that would ask all of `rules` if its settings did not make a choice of them.
    pub(crate) fn new(
        arguments: &CheckArguments,
        rules: &RuleSet,
        choice: &Choice,
        has_baseline: bool,
        areas: Areas,
    ) -> Terms {
        let mut options = options(arguments, has_baseline);
        options.extend(chosen(rules, choice));
        options.sort();
        Terms { areas: Arc::new(areas), options }
    }

    /// Which organisations and units belong to which area.
    pub(crate) fn areas(&self) -> &Arc<Areas> {
        &self.areas
    }
}

/// The evidence of a run.
pub(crate) struct Evidence<'r> {
    writer: EvidenceWriter<'r>,
    run: Measured,
}

impl<'r> Evidence<'r> {
    /// Begins the evidence that the arguments ask for.
    ///
    /// # Errors
    /// That the folder holds something else, or what is wrong with the salt.
    pub(crate) fn open(
        arguments: &CheckArguments,
        rules: &'r RuleSet,
        terms: &Terms,
    ) -> Result<Option<Evidence<'r>>, Failure> {
        let EvidenceArguments { evidence, salt_file } = &arguments.evidence;
        let Some(folder) = evidence else { return Ok(None) };
        let salt = salt_file.as_deref().map_or_else(|| Ok(Salt::random()), read_salt)?;
        let writer = EvidenceWriter::new(folder, rules, salt);
        let writer = writer.map_err(|error| Failure::Message(error.to_string()))?;
        let run = Measured::new(arguments, rules, terms);
        Ok(Some(Evidence { writer, run }))
    }

    /// Takes what became of a document.
    pub(crate) fn document(&mut self, document: &DocumentEntry) -> io::Result<()> {
        let area = self.run.areas.area_of(&document.description);
        self.writer.document(document, area.as_deref()).map_err(as_output)
    }

    /// Takes what a rule on a series found; `known` says that a baseline knows it.
    pub(crate) fn series(&mut self, entry: &SeriesEntry, known: bool) -> io::Result<()> {
        self.writer.series(entry, known).map_err(as_output)
    }

    /// Writes what the run came to.
    pub(crate) fn finish(self, batch: &Batch) -> io::Result<()> {
        let run = self.run.at_its_end(batch);
        self.writer.finish(batch, run, &|dimension, value| self.run.name_of(dimension, value)).map_err(as_output)
    }
}

/// What is known of a run beside its documents.
struct Measured {
    run: Run,
    /// When the run began; nothing where its time is given and not measured.
    began: Option<Instant>,
    areas: Arc<Areas>,
    language: Language,
}

impl Measured {
    fn new(arguments: &CheckArguments, rules: &RuleSet, terms: &Terms) -> Measured {
        let given = given_time();
        let imported = rules.packs().iter().filter_map(|pack| pack.imported()).flat_map(CodeLibrary::iter);
        let named = imported.map(|set| {
            set.version().map_or_else(|| set.oid().to_owned(), |version| format!("{} {version}", set.oid()))
        });
        // All packs know the same.
        let code_sets: BTreeSet<String> = named.collect();
        let run = Run {
            schema: SCHEMA.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            code_sets: code_sets.into_iter().collect(),
            options: terms.options.clone(),
            started: given.or_else(|| Some(jiff::Timestamp::now())).map(in_finland),
            ..Run::default()
        };
        let (areas, language) = (Arc::clone(&terms.areas), arguments.language.get());
        Measured { run, began: given.is_none().then(Instant::now), areas, language }
    }

    /// What is said of the run when all documents have come.
    fn at_its_end(&self, batch: &Batch) -> Run {
        let elapsed = self.began.map(|began| began.elapsed().as_millis());
        let mut run = self.run.clone();
        run.milliseconds = elapsed.map(|elapsed| u64::try_from(elapsed).unwrap_or(u64::MAX));
        run.judged_by = match batch.as_of {
            kirjuri::AsOf::Document(_) => "document".into(),
            kirjuri::AsOf::Day(day) => day.map(kirjuri::identifiers::Date::iso).unwrap_or_default(),
        };
        run
    }

    fn name_of(&self, dimension: Dimension, value: &str) -> Option<String> {
        self.areas.name_of(dimension, value, self.language).map(str::to_owned)
    }
}

/// What the HTML report of a run shows, while it runs.
struct Shown<'r> {
    run: Measured,
    rules: &'r RuleSet,
    /// Nothing when the report is written.
    collector: Option<Collector>,
}

impl SummarySource for Shown<'_> {
    fn document(&mut self, document: &DocumentEntry) -> io::Result<()> {
        if let Some(collector) = &mut self.collector {
            collector.document(document);
        }
        Ok(())
    }

    fn series(&mut self, entry: &SeriesEntry) -> io::Result<()> {
        if let Some(collector) = &mut self.collector {
            collector.series(entry);
        }
        Ok(())
    }

    fn summary(&mut self, batch: &Batch) -> io::Result<Summary> {
        let name = |dimension: Dimension, value: &str| self.run.name_of(dimension, value);
        let run = self.run.at_its_end(batch);
        let mut summary = Summary::of(batch, batch.sums.as_ref(), self.rules, run, &name);
        if let Some(collector) = self.collector.take() {
            collector.finish(&mut summary);
        }
        Ok(summary)
    }
}

/// The HTML report of a run.
pub(crate) fn html<'r>(arguments: &CheckArguments, rules: &'r RuleSet, terms: &Terms) -> Box<dyn Printer + 'r> {
    let run = Measured::new(arguments, rules, terms);
    let language = run.language;
    let collector = Some(Collector::new(language, Kept::default()));
    Box::new(HtmlPrinter::new(Shown { run, rules, collector }, HtmlOptions { language, title: None }))
}

fn as_output(error: EvidenceError) -> io::Error {
    io::Error::other(error.to_string())
}

/// The options that can change a result, each as `name=value`. Of paths no more is said than the name of a file: folders are of
/// this machine.
fn options(arguments: &CheckArguments, has_baseline: bool) -> Vec<String> {
    let mut options = Vec::new();
    let name_of = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    options.extend(arguments.against.as_deref().map(|against| format!("against={}", name_of(against))));
    options.extend(arguments.groups.areas.as_deref().map(|areas| format!("areas={}", name_of(areas))));
    options.extend([("baseline", has_baseline), ("draft", arguments.draft)].into_iter().filter_map(as_true));
    let inputs = &arguments.inputs;
    options.extend(inputs.changed_since.as_ref().map(|since| {
        // A file whose time counts was read when the documents were found.
        let moment = since.moment().ok().and_then(|moment| jiff::Timestamp::try_from(moment).ok());
        format!("changed-since={}", moment.map_or_else(|| "unknown".to_owned(), in_finland))
    }));
    options.extend(inputs.record.as_ref().map(|record| format!("record={record}")));
    options.extend(inputs.max_expansion.map(|times| format!("max-expansion={times}")));
    let is_usual = inputs.max_members == Options::MAX_MEMBERS;
    options.extend((!is_usual).then(|| format!("max-members={}", inputs.max_members)));
    let (chosen, usual) = (inputs.limits(), Limits::default());
    let limits = [
        ("max-attributes", chosen.attributes, usual.attributes),
        ("max-bytes", chosen.bytes, usual.bytes),
        ("max-depth", chosen.depth, usual.depth),
        ("max-nodes", chosen.nodes, usual.nodes),
    ];
    let limits = limits.into_iter().filter(|(_, chosen, usual)| chosen != usual);
    options.extend(limits.map(|(name, chosen, _)| format!("{name}={chosen}")));
    options
}

fn as_true((name, is_so): (&str, bool)) -> Option<String> {
    is_so.then(|| format!("{name}=true"))
}

/// What settings change in the rules of a run, in the same way. Which rules these are would fill pages where a glob chose them:
/// the tables have their severities, and the hash tells whether two runs with the same packs made the same choice.
fn chosen(rules: &RuleSet, choice: &Choice) -> Vec<String> {
    let is_other =
        |(before, after): (AnyRule<'_>, AnyRule<'_>)| after.is_selected() && before.severity() != after.severity();
    let changed = rules.all().zip(choice.rules.all()).filter(|pair| is_other(*pair)).count();
    let out = choice.rules.count_not_selected().saturating_sub(rules.count_not_selected());
    let counts = [
        ("not-selected", out),
        (Run::PATH_SEVERITIES, choice.paths.count_with_severities()),
        ("path-settings", choice.paths.len()),
        ("severities-changed", changed),
    ];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0);
    let mut said: Vec<String> = counts.map(|(name, count)| format!("{name}={count}")).collect();
    if out + changed > 0 {
        let hash = of_selection(&choice.rules).to_hex();
        said.push(format!("selection={}", hash.get(..16).unwrap_or_default()));
    }
    said
}

/// The time that `SOURCE_DATE_EPOCH` gives for all that is made, so that it can be made again byte by byte.
fn given_time() -> Option<jiff::Timestamp> {
    let seconds = std::env::var("SOURCE_DATE_EPOCH").ok()?.parse().ok()?;
    jiff::Timestamp::from_second(seconds).ok()
}

fn in_finland(time: jiff::Timestamp) -> String {
    finland::time(time).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The longest salt that is read.
const LONGEST_SALT: u64 = 1 << 16;

fn read_salt(path: &Path) -> Result<Salt, Failure> {
    let failed = |what: &dyn std::fmt::Display| Failure::Message(format!("{}: {what}", path.display()));
    if fs::metadata(path).map_err(|error| failed(&error))?.len() > LONGEST_SALT {
        return Err(failed(&"a salt is a secret of 64 KiB at most"));
    }
    let secret = fs::read(path).map_err(|error| failed(&error))?;
    Salt::from_secret(&secret).ok_or_else(|| failed(&format!("a salt is a secret of {SHORTEST_SALT} bytes or more")))
}
