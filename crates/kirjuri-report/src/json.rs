//! The report as JSON, `kirjuri-report/1`: its shape is a promise, described in `docs/kirjuri-report-1.schema.json`.

use std::io;

use kirjuri::{Excerpt, Finding, Language, Place, RuleSet};
use serde::ser::{Serialize, Serializer};

use crate::batch::{Batch, DocumentEntry, InputError, Outcome};

/// Writes a batch as one JSON object and a line feed. Keys are only ever added to the schema.
///
/// # Errors
/// What `out` says.
pub fn write_json(batch: &Batch, rules: &RuleSet, language: Language, out: &mut dyn io::Write) -> io::Result<()> {
    let context = Context { rules, language };
    let account = batch.account();
    let report = ReportJson {
        schema: "kirjuri-report/1",
        program: ProgramJson { name: "kirjuri", version: env!("CARGO_PKG_VERSION") },
        language: language.code(),
        as_of: batch.as_of.map(|day| format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())),
        packs: rules.packs().iter().map(|pack| PackJson { id: &pack.id, version: &pack.version }).collect(),
        account: AccountJson {
            seen: account.seen,
            checked: account.checked,
            unreadable: account.unreadable,
            skipped: account.skipped,
            ignored: batch.ignored,
        },
        rules: RulesJson { context, batch },
        documents: DocumentsJson { context, documents: &batch.documents },
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

#[derive(Clone, Copy)]
struct Context<'r> {
    rules: &'r RuleSet,
    language: Language,
}

#[derive(serde::Serialize)]
struct ReportJson<'r> {
    schema: &'static str,
    program: ProgramJson,
    language: &'static str,
    as_of: Option<String>,
    packs: Vec<PackJson<'r>>,
    account: AccountJson,
    rules: RulesJson<'r>,
    documents: DocumentsJson<'r>,
}

#[derive(serde::Serialize)]
struct ProgramJson {
    name: &'static str,
    version: &'static str,
}

#[derive(serde::Serialize)]
struct PackJson<'r> {
    id: &'r str,
    version: &'r str,
}

#[derive(serde::Serialize)]
struct AccountJson {
    seen: u64,
    checked: u64,
    unreadable: u64,
    skipped: u64,
    ignored: u64,
}

struct RulesJson<'r> {
    context: Context<'r>,
    batch: &'r Batch,
}

#[derive(serde::Serialize)]
struct RuleJson<'r> {
    rule: String,
    severity: &'static str,
    criterion: &'static str,
    title: &'r str,
    in_force: bool,
    applied: u64,
    failed: u64,
}

impl Serialize for RulesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.context.rules.rules().zip(&self.batch.tallies).map(|((pack, rule), tally)| {
            RuleJson {
                rule: pack.rule_id(rule),
                severity: rule.severity.id(),
                criterion: rule.criterion.id(),
                title: rule.title.get(self.context.language),
                in_force: rule.in_force(self.batch.as_of),
                applied: tally.applied,
                failed: tally.failed,
            }
        }))
    }
}

struct DocumentsJson<'r> {
    context: Context<'r>,
    documents: &'r [DocumentEntry],
}

impl Serialize for DocumentsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.documents.iter().map(|document| {
            let path = &document.path;
            match &document.outcome {
                Outcome::Checked(findings) => DocumentJson::Checked {
                    path,
                    findings: findings.iter().map(|finding| FindingJson::new(finding, self.context)).collect(),
                },
                Outcome::Unreadable(error) => {
                    DocumentJson::Unreadable { path, error: ErrorJson::new(error, self.context) }
                }
                Outcome::Skipped(reason) => DocumentJson::Skipped {
                    path,
                    reason: ReasonJson { kind: reason.id(), message: reason.message(self.context.language) },
                },
            }
        }))
    }
}

#[derive(serde::Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum DocumentJson<'r> {
    Checked { path: &'r str, findings: Vec<FindingJson<'r>> },
    Unreadable { path: &'r str, error: ErrorJson },
    Skipped { path: &'r str, reason: ReasonJson },
}

#[derive(serde::Serialize)]
struct FindingJson<'r> {
    rule: String,
    severity: &'static str,
    title: &'r str,
    place: PlaceJson<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'r>>,
}

impl<'r> FindingJson<'r> {
    fn new(finding: &'r Finding, context: Context<'r>) -> FindingJson<'r> {
        let (_, rule) = context.rules.rule(finding.rule);
        FindingJson {
            rule: context.rules.id(finding.rule),
            severity: finding.severity.id(),
            title: rule.title.get(context.language),
            place: PlaceJson::from(&finding.place),
            source: finding.excerpt.as_ref().map(SourceJson::from),
        }
    }
}

#[derive(serde::Serialize)]
struct PlaceJson<'r> {
    path: &'r str,
    line: u32,
    column: u32,
    start: usize,
    end: usize,
}

impl<'r> From<&'r Place> for PlaceJson<'r> {
    fn from(place: &'r Place) -> PlaceJson<'r> {
        let Place { path, line, column, start, end } = place;
        PlaceJson { path, line: *line, column: *column, start: *start, end: *end }
    }
}

/// The excerpt, only where `--show-source` asked for it.
#[derive(serde::Serialize)]
struct SourceJson<'r> {
    first_line: u32,
    text: &'r str,
    start: usize,
    end: usize,
}

impl<'r> From<&'r Excerpt> for SourceJson<'r> {
    fn from(excerpt: &'r Excerpt) -> SourceJson<'r> {
        let Excerpt { first_line, text, start, end } = excerpt;
        SourceJson { first_line: *first_line, text, start: *start, end: *end }
    }
}

#[derive(serde::Serialize)]
struct ErrorJson {
    kind: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
    /// The rule at which the work ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
}

impl ErrorJson {
    fn new(error: &InputError, context: Context<'_>) -> ErrorJson {
        let place = match error {
            InputError::Parse(error) => Some((error.position(), error.offset())),
            InputError::File(_) | InputError::TooMuchWork { .. } => None,
        };
        ErrorJson {
            kind: error.id(),
            message: error.message(context.language),
            line: place.map(|(position, _)| position.line),
            column: place.map(|(position, _)| position.column),
            offset: place.map(|(_, offset)| offset),
            rule: error.rule().map(|rule| context.rules.id(rule)),
        }
    }
}

#[derive(serde::Serialize)]
struct ReasonJson {
    kind: &'static str,
    message: &'static str,
}
