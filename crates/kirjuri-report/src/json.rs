//! The report as JSON, `kirjuri-report/1`: its shape is a promise, described in `docs/kirjuri-report-1.schema.json`.

use std::cell::OnceCell;
use std::io;

use kirjuri::identifiers::Date;
use kirjuri::structure::Subject;
use kirjuri::{AnyRule, AsOf, Finding, Language, RuleIndex, RuleSet, Schematron, Severity, Tally, Unevaluated};
use serde::ser::{Serialize, Serializer};

use crate::assertion::{kind_name, remarks, rule_title};
use crate::baseline::BaselineJson;
use crate::batch::{Batch, DocumentEntry, InputError, Outcome};
use crate::words::fingerprint_of;

mod account;
mod groups;
mod lines;
mod missing;
mod place;
mod series;
mod stream;

use account::AccountJson;
use groups::GroupsJson;
use missing::DraftJson;
use place::{PlaceJson, SourceJson};

pub(crate) use lines::JsonLines;
pub(crate) use stream::JsonReport;
pub use stream::write_json;

/// Writes what became of one document as the JSON object that [`write_json`] has in `documents` for it, on one line.
///
/// # Errors
/// What `out` says.
pub fn write_document_json(
    document: &DocumentEntry,
    rules: &RuleSet,
    language: Language,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let words = unsaid(rules);
    let context = Context { rules, language, words: &words };
    Ok(serde_json::to_writer(out, &DocumentJson::new(document, context))?)
}

#[derive(Clone, Copy)]
struct Context<'r> {
    rules: &'r RuleSet,
    language: Language,
    /// By rule: many findings have the same, and one document has findings of few rules.
    words: &'r [OnceCell<Words>],
}

/// Of every rule of a set, words that are not said yet.
fn unsaid(rules: &RuleSet) -> Vec<OnceCell<Words>> {
    vec![OnceCell::new(); rules.len()]
}

/// What is said of a rule wherever it is named.
#[derive(Clone)]
struct Words {
    id: String,
    title: String,
}

impl<'r> Context<'r> {
    fn words(self, rule: RuleIndex) -> Option<&'r Words> {
        let words = || {
            let rule = self.rules.get(rule);
            Words { id: rule.id(), title: rule_title(rule, self.language).into_owned() }
        };
        self.words.get(rule.index()).map(|cell| cell.get_or_init(words))
    }

    fn id(self, rule: RuleIndex) -> &'r str {
        self.words(rule).map_or("", |words| &words.id)
    }

    fn title(self, rule: RuleIndex) -> &'r str {
        self.words(rule).map_or("", |words| &words.title)
    }
}

/// What stands before the documents.
#[derive(serde::Serialize)]
struct HeadJson<'r> {
    schema: &'static str,
    program: ProgramJson,
    language: &'static str,
    as_of: Option<String>,
    /// Where the documents were judged by their own dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    judged_by: Option<&'static str>,
    packs: Vec<PackJson<'r>>,
}

impl<'r> HeadJson<'r> {
    fn new(schema: &'static str, batch: &Batch, context: Context<'r>) -> HeadJson<'r> {
        HeadJson {
            schema,
            program: ProgramJson { name: "kirjuri", version: env!("CARGO_PKG_VERSION") },
            language: context.language.code(),
            as_of: batch.as_of.day().map(Date::iso),
            judged_by: matches!(batch.as_of, AsOf::Document(_)).then_some("document"),
            packs: PackJson::all(context.rules).collect(),
        }
    }
}

/// What stands behind the documents: what is known only when all of them were seen.
#[derive(serde::Serialize)]
struct TailJson<'r> {
    /// Only of a run that was stopped.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    account: AccountJson,
    rules: RulesJson<'r>,
    /// What came of a baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineJson<'r>>,
    /// Where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupsJson>>,
}

impl<'r> TailJson<'r> {
    fn new(batch: &'r Batch, context: Context<'r>) -> TailJson<'r> {
        TailJson {
            partial: batch.is_partial,
            account: AccountJson::new(batch, context.rules),
            rules: RulesJson { context, batch },
            baseline: BaselineJson::new(batch),
            groups: batch.groups.as_ref().map(|groups| GroupsJson::all(groups, context.language)),
        }
    }
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
    /// Of a Schematron schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'r str>,
}

impl<'r> PackJson<'r> {
    fn all(rules: &'r RuleSet) -> impl Iterator<Item = PackJson<'r>> {
        let packs = rules.packs().iter();
        let packs = packs.map(|pack| PackJson { id: &pack.id, version: &pack.version, kind: None, phase: None });
        packs.chain(rules.schemas().iter().map(|schema| PackJson {
            id: &schema.id,
            version: schema.version.as_deref().unwrap_or_default(),
            kind: Some("schematron"),
            phase: schema.phase.as_deref(),
        }))
    }
}

struct RulesJson<'r> {
    context: Context<'r>,
    batch: &'r Batch,
}

#[derive(serde::Serialize)]
struct RuleJson<'r> {
    rule: &'r str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    criterion: Option<&'static str>,
    title: &'r str,
    in_force: bool,
    applied: u64,
    failed: u64,
    /// How many of these a baseline knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<u64>,
    /// Of every assertion, and of a rule where it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    unevaluated: Option<u64>,
    #[serde(flatten)]
    assertion: Option<AssertionJson<'r>>,
}

/// What only an assertion of a Schematron schema has.
#[derive(serde::Serialize)]
struct AssertionJson<'r> {
    compiled: bool,
    kind: &'static str,
    #[serde(flatten)]
    marks: MarksJson<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    see: Option<&'r str>,
    #[serde(flatten)]
    remarks: RemarksJson<'r>,
}

/// The author's own words on how grave an assertion is.
#[derive(serde::Serialize)]
struct MarksJson<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'r str>,
}

#[derive(serde::Serialize)]
struct RemarksJson<'r> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnostics: Vec<RemarkJson<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<RemarkJson<'r>>,
}

#[derive(serde::Serialize)]
struct RemarkJson<'r> {
    id: &'r str,
    text: String,
}

impl<'r> RemarksJson<'r> {
    fn new(
        schema: &'r Schematron,
        numbers: &'r [usize],
        finding: Option<&'r kirjuri::AssertionFinding>,
    ) -> RemarksJson<'r> {
        let (properties, diagnostics): (Vec<_>, Vec<_>) =
            remarks(schema, numbers, finding).partition(|(remark, _)| remark.is_property);
        let json = |remarks: Vec<(&'r kirjuri::Remark, String)>| {
            remarks.into_iter().map(|(remark, text)| RemarkJson { id: &remark.id, text }).collect()
        };
        RemarksJson { diagnostics: json(diagnostics), properties: json(properties) }
    }
}

impl<'r> RuleJson<'r> {
    fn new(index: RuleIndex, context: Context<'r>, tally: Tally, unevaluated: u64, batch: &Batch) -> RuleJson<'r> {
        let rule = context.rules.get(index);
        let severity: Severity = rule.severity();
        RuleJson {
            rule: context.id(index),
            severity: severity.id(),
            criterion: match rule {
                AnyRule::Native(_, rule) => Some(rule.criterion.id()),
                AnyRule::Assertion(..) => None,
            },
            title: context.title(index),
            in_force: match rule {
                AnyRule::Native(_, rule) => batch.in_force(rule),
                AnyRule::Assertion(..) => true,
            },
            applied: tally.applied,
            failed: tally.failed,
            known: Some(batch.count_known_of(index)).filter(|known| *known > 0),
            unevaluated: (unevaluated > 0 || matches!(rule, AnyRule::Assertion(..))).then_some(unevaluated),
            assertion: match rule {
                AnyRule::Native(..) => None,
                AnyRule::Assertion(schema, assertion) => Some(AssertionJson {
                    compiled: assertion.is_compiled,
                    kind: kind_name(assertion.kind),
                    marks: MarksJson { role: assertion.role.as_deref(), flag: assertion.flag.as_deref() },
                    see: assertion.see.as_deref(),
                    remarks: RemarksJson::new(schema, &assertion.remarks, None),
                }),
            },
        }
    }
}

impl Serialize for RulesJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counted = self.batch.tallies.iter().zip(&self.batch.unevaluated);
        let rules = self.context.rules;
        let selected = rules.indexes().zip(counted).filter(|(rule, _)| rules.get(*rule).is_selected());
        serializer.collect_seq(
            selected.map(|(rule, (tally, unevaluated))| {
                RuleJson::new(rule, self.context, *tally, *unevaluated, self.batch)
            }),
        )
    }
}

#[derive(serde::Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum DocumentJson<'r> {
    Checked {
        path: &'r str,
        /// The document's own date, where it was judged by that.
        #[serde(skip_serializing_if = "Option::is_none")]
        as_of: Option<String>,
        findings: Vec<FindingJson<'r>>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        unevaluated: Vec<UnevaluatedJson<'r>>,
        #[serde(flatten)]
        draft: Option<DraftJson<'r>>,
    },
    Unreadable {
        path: &'r str,
        error: ErrorJson,
    },
    Skipped {
        path: &'r str,
        reason: ReasonJson,
    },
}

impl<'r> DocumentJson<'r> {
    fn new(document: &'r DocumentEntry, context: Context<'r>) -> DocumentJson<'r> {
        let path = &document.path;
        match &document.outcome {
            Outcome::Checked(findings) => DocumentJson::Checked {
                path,
                as_of: document.own_date.map(Date::iso),
                findings: findings.iter().map(|finding| FindingJson::new(finding, context)).collect(),
                unevaluated: UnevaluatedJson::all(&document.unevaluated, context),
                draft: document.draft.as_ref().map(|draft| DraftJson::new(draft, context)),
            },
            Outcome::Unreadable(error) => DocumentJson::Unreadable { path, error: ErrorJson::new(error, context) },
            Outcome::Skipped(reason) => DocumentJson::Skipped {
                path,
                reason: ReasonJson { kind: reason.id(), message: reason.message(context.language) },
            },
        }
    }
}

#[derive(serde::Serialize)]
struct UnevaluatedJson<'r> {
    rule: &'r str,
    times: u64,
}

impl<'r> UnevaluatedJson<'r> {
    fn all(unevaluated: &[Unevaluated], context: Context<'r>) -> Vec<UnevaluatedJson<'r>> {
        let json = |one: &Unevaluated| UnevaluatedJson { rule: context.id(one.rule), times: one.times };
        unevaluated.iter().map(json).collect()
    }
}

#[derive(serde::Serialize)]
struct FindingJson<'r> {
    rule: &'r str,
    severity: &'static str,
    title: &'r str,
    #[serde(flatten)]
    assertion: Option<FailedAssertionJson<'r>>,
    place: PlaceJson<'r>,
    /// Of a draft there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    structure: Option<StructureJson<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceJson<'r>>,
}

/// The fields of a document structure that a finding is about.
#[derive(serde::Serialize)]
struct StructureJson<'r> {
    oid: &'r str,
    fields: Vec<FieldJson<'r>>,
}

#[derive(serde::Serialize)]
struct FieldJson<'r> {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fi: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sv: Option<&'r str>,
}

impl<'r> From<&'r Subject> for StructureJson<'r> {
    fn from(subject: &'r Subject) -> StructureJson<'r> {
        let structure = subject.structure();
        let field = |&number: &usize| {
            let name = structure.fields.get(number).map(|field| &field.name);
            FieldJson {
                path: structure.path(number),
                fi: name.and_then(|name| name.fi.as_deref()),
                sv: name.and_then(|name| name.sv.as_deref()),
            }
        };
        StructureJson { oid: &structure.oid, fields: subject.fields().iter().map(field).collect() }
    }
}

impl<'r> FindingJson<'r> {
    fn new(finding: &'r Finding, context: Context<'r>) -> FindingJson<'r> {
        let rule = context.rules.get(finding.rule);
        FindingJson {
            rule: context.id(finding.rule),
            severity: finding.severity.id(),
            title: context.title(finding.rule),
            assertion: FailedAssertionJson::new(finding, rule),
            place: PlaceJson::from(&finding.place),
            fingerprint: fingerprint_of(finding),
            structure: finding.subject.as_ref().map(StructureJson::from),
            source: finding.excerpt.as_ref().map(SourceJson::from),
        }
    }
}

/// What only a finding of a Schematron schema has.
#[derive(serde::Serialize)]
struct FailedAssertionJson<'r> {
    kind: &'static str,
    #[serde(flatten)]
    marks: MarksJson<'r>,
    location: &'r str,
    /// The document it was found in, if that is another than the one checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'r str>,
    /// The message filled in, and what follows it, only where `--show-source` asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(flatten)]
    remarks: Option<RemarksJson<'r>>,
}

impl<'r> FailedAssertionJson<'r> {
    fn new(finding: &'r Finding, rule: AnyRule<'r>) -> Option<FailedAssertionJson<'r>> {
        let (AnyRule::Assertion(schema, assertion), Some(found)) = (rule, finding.assertion.as_deref()) else {
            return None;
        };
        let text = found.text.as_ref().map(|text| text.text());
        Some(FailedAssertionJson {
            kind: found.kind.finding(),
            marks: MarksJson { role: assertion.role.as_deref(), flag: assertion.flag.as_deref() },
            location: &found.location,
            document: found.document.as_deref(),
            remarks: text.is_some().then(|| RemarksJson::new(schema, &assertion.remarks, Some(found))),
            text,
        })
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
            InputError::File(_) | InputError::NoMatch | InputError::Archive(_) | InputError::TooMuchWork { .. } => None,
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
