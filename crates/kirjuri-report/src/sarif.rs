//! The report as SARIF 2.1.0 (OASIS), as much of it as GitHub's code scanning takes: the gravest findings first.

mod model;
mod uri;

use std::io::{self, Write};

use kirjuri::{AnyRule, Finding, Language, Pack, Place, Rule, RuleSet, Severity};

use crate::batch::{Batch, DocumentEntry, KnownFinding, Outcome, SeriesEntry};
use crate::messages::Wording;
use crate::notices::Notice;
use crate::printer::Printer;
use crate::words::{Vocabulary, fingerprint_of, path_of, place_of};

use model::{
    ArtifactLocation, Configuration, DescriptorReference, Driver, Invocation, Location, Log, LogicalLocation, Message,
    Notification, PhysicalLocation, Region, ReportingDescriptor, RuleProperties, Run, RunProperties, Suppression, Tool,
};

/// Results that GitHub keeps of a run; it refuses a file with more than 25,000 and shows these of one with less.
const MOST_RESULTS: usize = 5_000;

/// Rules that GitHub takes of a run.
const MOST_RULES: usize = 25_000;

/// Bytes that the texts of all results may take, so that the file stays below the 10 MB, compressed, that GitHub takes,
/// however long the paths are.
const MOST_BYTES: usize = 8_000_000;

/// Places of other documents that a result names; GitHub shows as many locations.
const MOST_RELATED: usize = 100;

/// Documents that are named because they could not be read, and rules that could not be asked.
const MOST_NOTIFICATIONS: usize = 1_000;

/// The findings of each severity, and behind them those of each that a baseline knows.
const RANKS: usize = 2 * Severity::ALL.len();

pub(crate) struct Sarif<'r> {
    words: Vocabulary<'r>,
    /// By rank, in the order of documents.
    results: [Vec<model::Outcome>; RANKS],
    kept: usize,
    bytes: usize,
    left_out: u64,
    notifications: Vec<Notification>,
    unread_left_out: u64,
}

impl<'r> Sarif<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> Sarif<'r> {
        Sarif {
            words: Vocabulary::new(rules, language),
            results: Default::default(),
            kept: 0,
            bytes: 0,
            left_out: 0,
            notifications: Vec::new(),
            unread_left_out: 0,
        }
    }

    /// Keeps a result, and lets the mildest and last go where there are too many.
    fn keep(&mut self, path: &str, finding: &Finding, known: Option<&KnownFinding>, related: Vec<Location>) {
        let severity = Severity::ALL.iter().position(|known| *known == finding.severity).unwrap_or_default();
        let rank = if known.is_some() { Severity::ALL.len() + severity } else { severity };
        let is_last = self.results.iter().skip(rank + 1).all(Vec::is_empty);
        if self.kept >= MOST_RESULTS && is_last {
            self.left_out += 1;
            return;
        }
        let result = self.result(path, finding, known, related);
        self.bytes += weight(&result);
        self.kept += 1;
        if let Some(of_rank) = self.results.get_mut(rank) {
            of_rank.push(result);
        }
        while self.kept > MOST_RESULTS || self.bytes > MOST_BYTES {
            let Some(gone) = self.results.iter_mut().rev().find_map(Vec::pop) else { break };
            self.bytes = self.bytes.saturating_sub(weight(&gone));
            self.kept -= 1;
            self.left_out += 1;
        }
    }

    fn result(
        &mut self,
        path: &str,
        finding: &Finding,
        known: Option<&KnownFinding>,
        related_locations: Vec<Location>,
    ) -> model::Outcome {
        let number = finding.rule.index();
        let suppression = known.map(|known| Suppression {
            kind: "external",
            status: "accepted",
            justification: match &known.reason {
                Some(reason) => reason.to_string(),
                None => Notice::Known.say(self.words.language),
            },
        });
        model::Outcome {
            rule_id: self.words.of(finding.rule).id.clone(),
            rule_index: (number < MOST_RULES).then_some(number),
            level: level(finding.severity),
            message: self.words.message(finding).into(),
            locations: [location(path, place_of(finding), Some(path_of(&finding.place)))],
            related_locations,
            partial_fingerprints: fingerprint_of(finding).map(|it| ("kirjuri/v1", it)).into_iter().collect(),
            baseline_state: known.map(|_| "unchanged"),
            suppressions: suppression.into_iter().collect(),
        }
    }

    /// All rules of the set. Why they matter is said of those that have results: nobody can ask of the others.
    fn rules(&self, batch: &Batch) -> Vec<ReportingDescriptor> {
        let language = self.words.language;
        let numbered = self.words.rules.indexes().zip(self.words.rules.all()).take(MOST_RULES);
        let descriptor = |(index, rule): (kirjuri::RuleIndex, AnyRule<'r>)| {
            let title = crate::assertion::rule_title(rule, language).into_owned();
            let failed = batch.tallies.get(index.index()).is_some_and(|tally| tally.failed > 0);
            let (full_description, help) = match rule {
                AnyRule::Native(pack, rule) if failed => {
                    let (why, help) = (rule.why().get(language), help_of(pack, rule, language));
                    (Some(Message::from(why.to_owned())), Some(help))
                }
                _ => (None, None),
            };
            let (criterion, guideline) = match rule {
                AnyRule::Native(_, rule) => {
                    let clauses = rule.guidelines.iter().map(|clause| format!("{} {}", clause.doc, clause.clause));
                    (Some(rule.criterion.id()), clauses.collect())
                }
                AnyRule::Assertion(..) => (None, Vec::new()),
            };
            ReportingDescriptor {
                id: rule.id(),
                short_description: title.into(),
                full_description,
                help,
                default_configuration: Configuration { level: level(rule.severity()) },
                properties: RuleProperties {
                    tags: criterion.into_iter().collect(),
                    problem_severity: match rule.severity() {
                        Severity::Error => "error",
                        Severity::Warning => "warning",
                        Severity::Info => "recommendation",
                    },
                    criterion,
                    guideline,
                },
            }
        };
        numbered.map(descriptor).collect()
    }

    /// What the run says beside its results: what is not known because it was not checked, or not reported.
    fn notices(&mut self, batch: &Batch) -> Vec<Notification> {
        let language = self.words.language;
        let mut all = std::mem::take(&mut self.notifications);
        let unevaluated = self.words.rules.indexes().zip(&batch.unevaluated).filter(|(_, times)| **times > 0);
        for (rule, times) in unevaluated.take(MOST_NOTIFICATIONS) {
            let mut said = notification("unevaluated", "error", Notice::Unevaluated(*times).say(language));
            said.associated_rule = Some(DescriptorReference { id: self.words.rules.id(rule) });
            all.push(said);
        }
        let counts = [
            ("unreadable", "error", Notice::UnreadableLeftOut(self.unread_left_out), self.unread_left_out),
            ("skipped", "note", Notice::Skipped(batch.account().skipped), batch.account().skipped),
            ("not-compiled", "error", Notice::NotCompiled(batch.not_compiled), batch.not_compiled),
            ("partial", "error", Notice::Partial, u64::from(batch.is_partial)),
            ("left-out", "warning", Notice::FindingsLeftOut(self.left_out), self.left_out),
        ];
        for (id, level, notice, count) in counts {
            if count > 0 {
                all.push(notification(id, level, notice.say(language)));
            }
        }
        all
    }
}

fn notification(id: &str, level: &'static str, text: String) -> Notification {
    let descriptor = DescriptorReference { id: id.into() };
    Notification { descriptor, level, message: text.into(), locations: None, associated_rule: None }
}

/// How much of a file a result takes, nearly: what is not counted is the same for all.
fn weight(result: &model::Outcome) -> usize {
    let of_location = |location: &Location| {
        let names = location.logical_locations.iter().map(|it| it.fully_qualified_name.len()).sum::<usize>();
        300 + location.physical_location.artifact_location.uri.len() + names
    };
    let locations = result.locations.iter().chain(&result.related_locations);
    let suppressed = result.suppressions.iter().map(|it| it.justification.len()).sum::<usize>();
    300 + result.rule_id.len() + result.message.text.len() + suppressed + locations.map(of_location).sum::<usize>()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn location(path: &str, place: Option<&Place>, name: Option<String>) -> Location {
    let region = place.map(|place| Region {
        start_line: place.line,
        start_column: place.column,
        byte_offset: Some(place.start),
        byte_length: Some(place.end.saturating_sub(place.start)),
    });
    let artifact_location = ArtifactLocation { uri: uri::of_path(path) };
    let logical = name.map(|name| {
        let is_attribute = name.rsplit('/').next().is_some_and(|step| step.starts_with('@'));
        LogicalLocation { fully_qualified_name: name, kind: if is_attribute { "attribute" } else { "element" } }
    });
    Location {
        physical_location: PhysicalLocation { artifact_location, region },
        logical_locations: logical.into_iter().collect(),
    }
}

/// Why a rule matters, what to do, and where that is demanded.
fn help_of(pack: &Pack, rule: &Rule, language: Language) -> Message {
    let (mut text, mut markdown) = (String::new(), String::new());
    let mut say = |wording: Wording, said: &str| {
        let label = wording.get(language);
        text += &format!("{label}: {said}\n");
        markdown += &format!("**{label}**: {said}\n\n");
    };
    say(Wording::Why, rule.why().get(language));
    say(Wording::Fix, rule.fix().get(language));
    for clause in &rule.guidelines {
        let Some(guideline) = pack.guidelines().get(&clause.doc) else { continue };
        let said = format!("{} ({}), {}", guideline.title, guideline.publisher, clause.clause);
        say(Wording::Guideline, &said);
    }
    Message { text: text.trim_end().into(), markdown: Some(markdown.trim_end().into()) }
}

/// Where the other documents are that a finding names.
fn others_of(entry: &SeriesEntry) -> Vec<Location> {
    let others = entry.others.iter().take(MOST_RELATED);
    others.map(|other| location(&other.path, Some(&other.place), Some(path_of(&other.place)))).collect()
}

impl Printer for Sarif<'_> {
    fn document(&mut self, document: &DocumentEntry, _: &mut dyn Write) -> io::Result<()> {
        let path = &document.path;
        match &document.outcome {
            Outcome::Checked(findings) => {
                findings.iter().for_each(|finding| self.keep(path, finding, None, Vec::new()));
            }
            Outcome::Unreadable(_) if self.notifications.len() >= MOST_NOTIFICATIONS => self.unread_left_out += 1,
            Outcome::Unreadable(error) => {
                let id = format!("unreadable/{}", error.id());
                let mut said = notification(&id, "error", error.message(self.words.language));
                let mut at = location(path, None, None);
                at.physical_location.region = error.position().map(|at| Region {
                    start_line: at.line,
                    start_column: at.column,
                    byte_offset: None,
                    byte_length: None,
                });
                said.locations = Some([at]);
                self.notifications.push(said);
            }
            Outcome::Skipped(_) => {}
        }
        document.known.iter().for_each(|known| self.keep(path, &known.finding, Some(known), Vec::new()));
        Ok(())
    }

    fn series(&mut self, entry: &SeriesEntry, _: &mut dyn Write) -> io::Result<()> {
        self.keep(&entry.path, &entry.finding, None, others_of(entry));
        Ok(())
    }

    fn known_series(&mut self, entry: &SeriesEntry, known: &KnownFinding, _: &mut dyn Write) -> io::Result<()> {
        self.keep(&entry.path, &entry.finding, Some(known), others_of(entry));
        Ok(())
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        if batch.baseline.is_some() {
            // There is a baseline, and these are not in it.
            for result in self.results.iter_mut().flatten() {
                result.baseline_state.get_or_insert("new");
            }
        }
        let notifications = self.notices(batch);
        let account = batch.account();
        let driver = Driver { name: "kirjuri", semantic_version: env!("CARGO_PKG_VERSION"), rules: self.rules(batch) };
        let run = Run {
            tool: Tool { driver },
            invocations: [Invocation {
                execution_successful: !batch.is_partial,
                tool_execution_notifications: notifications,
            }],
            language: self.words.language.code(),
            column_kind: "unicodeCodePoints",
            results: self.results.iter().flatten().collect(),
            properties: RunProperties {
                seen: account.seen,
                checked: account.checked,
                unreadable: account.unreadable,
                skipped: account.skipped,
                results_left_out: self.left_out,
            },
        };
        let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
        serde_json::to_writer_pretty(&mut *out, &Log { schema, version: "2.1.0", runs: [run] })?;
        out.write_all(b"\n")
    }

    fn left_out(&self) -> u64 {
        self.left_out
    }
}
