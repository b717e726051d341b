//! `kirjuri_report`: what was found in a document, to be asked for piece by piece.

use std::sync::{Arc, OnceLock};

use kirjuri::{Draft, Finding, Language, Missing, Place, RuleSet};
use kirjuri_report::{DocumentEntry, InputError, Outcome, write_document_json};

use crate::abi::{
    KIRJURI_CHECKED, KIRJURI_HAS_INNER, KIRJURI_IS_ASSERTION, KIRJURI_SKIPPED, KIRJURI_UNREADABLE, KirjuriFinding,
    KirjuriMissing, KirjuriPlace, KirjuriProblem, KirjuriString, severity_number,
};
use crate::call::{look, within_memory};
use crate::failure::{Code, ErrorSlot, Failure};
use crate::handle::{self, Handle, Kind};
use crate::input;
use crate::rule_set::Rules;
use crate::words::Words;

/// What was found in a document.
#[derive(Debug)]
pub struct Report {
    rules: Arc<RuleSet>,
    language: Language,
    is_draft: bool,
    made: Made,
    words: Words,
    problem: Option<Problem>,
    /// Made when it is first asked for.
    json: OnceLock<String>,
}

/// What came of a check.
#[derive(Debug)]
pub(crate) struct Made {
    /// What is reported.
    pub(crate) entry: DocumentEntry,
    /// To go on from after the next edit.
    pub(crate) draft: Option<Draft>,
    /// Findings by the number of their severity.
    pub(crate) counts: [usize; 4],
}

/// Why a document was not checked, or where it ends too early.
#[derive(Debug)]
struct Problem {
    kind: &'static str,
    message: String,
    offset: usize,
    line: u32,
    column: u32,
}

impl Kind for Report {
    const MARK: u64 = 0x6b69_726a_72d4_5cb9;
}

impl Problem {
    fn of(error: &InputError, language: Language) -> Problem {
        let (offset, line, column) = match error {
            InputError::Parse(error) => (error.offset(), error.position().line, error.position().column),
            InputError::File(_) | InputError::NoMatch | InputError::Archive(_) | InputError::TooMuchWork { .. } => {
                (0, 0, 0)
            }
        };
        Problem { kind: error.id(), message: error.message(language), offset, line, column }
    }
}

impl Report {
    pub(crate) fn new(rules: &Rules, language: Language, is_draft: bool, made: Made) -> Report {
        let missing = made.draft.as_ref().map(|draft| &*draft.report().missing).unwrap_or_default();
        let (findings, problem) = match &made.entry.outcome {
            Outcome::Checked(findings) => {
                let unfinished = made.draft.as_ref().and_then(|draft| draft.report().extent.unfinished);
                (&**findings, unfinished.map(|error| Problem::of(&InputError::Parse(error), language)))
            }
            Outcome::Unreadable(error) => (&[][..], Some(Problem::of(error, language))),
            Outcome::Skipped(reason) => {
                let (kind, message) = (reason.id(), reason.message(language).to_owned());
                (&[][..], Some(Problem { kind, message, offset: 0, line: 0, column: 0 }))
            }
        };
        let named = findings.iter().map(|finding| finding.rule).chain(missing.iter().map(|missing| missing.rule));
        let words = Words::of(rules.set(), language, named);
        Report { rules: rules.shared(), language, is_draft, words, problem, json: OnceLock::new(), made }
    }

    pub(crate) fn is_draft(&self) -> bool {
        self.is_draft
    }

    /// What to go on from after the next edit; nothing where the document could not be checked.
    pub(crate) fn draft(&self) -> Option<&Draft> {
        self.made.draft.as_ref()
    }

    pub(crate) fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    fn findings(&self) -> &[Finding] {
        match &self.made.entry.outcome {
            Outcome::Checked(findings) => findings,
            Outcome::Unreadable(_) | Outcome::Skipped(_) => &[],
        }
    }

    fn missing(&self) -> &[Missing] {
        self.draft().map(|draft| &*draft.report().missing).unwrap_or_default()
    }

    fn finding(&self, index: usize) -> Option<KirjuriFinding> {
        let finding = self.findings().get(index)?;
        let words = self.words.get(finding.rule)?;
        let (place, inner, flags) = places(&finding.place);
        Some(KirjuriFinding {
            rule: KirjuriString::of(&words.id),
            title: KirjuriString::of(&words.title),
            severity: severity_number(finding.severity),
            flags: flags | if words.is_assertion { KIRJURI_IS_ASSERTION } else { 0 },
            place,
            inner,
            ..KirjuriFinding::default()
        })
    }

    fn missing_thing(&self, index: usize) -> Option<KirjuriMissing> {
        let missing = self.missing().get(index)?;
        let words = self.words.get(missing.rule)?;
        let (place, inner, flags) = places(&missing.place);
        Some(KirjuriMissing {
            rule: KirjuriString::of(&words.id),
            title: KirjuriString::of(&words.title),
            severity: severity_number(missing.severity),
            flags: flags | if words.is_assertion { KIRJURI_IS_ASSERTION } else { 0 },
            path: KirjuriString::of(&missing.path),
            place,
            inner,
            ..KirjuriMissing::default()
        })
    }

    fn write_json(&self) -> Result<String, Failure> {
        let mut json = Vec::new();
        let failed = |_| Failure::new(Code::Internal, "the JSON could not be written");
        write_document_json(&self.made.entry, &self.rules, self.language, &mut json).map_err(failed)?;
        String::from_utf8(json).map_err(|_| Failure::new(Code::Internal, "the JSON is not UTF-8"))
    }

    /// Set aside to write the JSON: what a finding is written with, and the doubling of the text.
    fn json_reserve(&self) -> usize {
        let paths = |place: &Place| place.path.len().saturating_add(place.inner.as_ref().map_or(0, |it| it.path.len()));
        let findings = self.findings().iter().map(|finding| paths(&finding.place).saturating_add(1024));
        let missing = self.missing().iter().map(|missing| paths(&missing.place).saturating_add(1024));
        let each = findings.chain(missing).fold(0_usize, usize::saturating_add);
        let whole = each.saturating_add(self.rules.len().saturating_mul(64)).saturating_add(self.made.entry.path.len());
        whole.saturating_mul(8).saturating_add(64 << 10)
    }
}

/// A place, the place inside what it carries, and the flag that says whether there is one.
fn places(place: &Place) -> (KirjuriPlace, KirjuriPlace, u32) {
    match &place.inner {
        Some(inner) => (KirjuriPlace::of(place), KirjuriPlace::of(inner), KIRJURI_HAS_INNER),
        None => (KirjuriPlace::of(place), KirjuriPlace::default(), 0),
    }
}

const NO_REPORT: &str = "`report` is no report";

/// `kirjuri_report_status` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_status(report: *const Handle<Report>) -> i32 {
    // SAFETY: the caller keeps the header.
    unsafe { handle::borrow(report) }.map_or(0, |report| match report.made.entry.outcome {
        Outcome::Checked(_) => KIRJURI_CHECKED,
        Outcome::Unreadable(_) => KIRJURI_UNREADABLE,
        Outcome::Skipped(_) => KIRJURI_SKIPPED,
    })
}

/// `kirjuri_report_count` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_count(report: *const Handle<Report>, severity: i32) -> usize {
    // SAFETY: the caller keeps the header.
    let report = unsafe { handle::borrow(report) };
    let count = |report: &Report| Some(*report.made.counts.get(usize::try_from(severity).ok()?)?);
    report.and_then(count).unwrap_or(0)
}

/// `kirjuri_report_finding_count` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_finding_count(report: *const Handle<Report>) -> usize {
    // SAFETY: the caller keeps the header.
    unsafe { handle::borrow(report) }.map_or(0, |report| report.findings().len())
}

/// `kirjuri_report_finding` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_finding(
    report: *const Handle<Report>,
    index: usize,
    finding: *mut KirjuriFinding,
    error: ErrorSlot,
) -> bool {
    look(error, || {
        // SAFETY: the caller keeps the header.
        let report = unsafe { handle::require(report, NO_REPORT) }?;
        let known = report.finding(index).ok_or_else(|| Failure::argument("there is no finding of that number"))?;
        // SAFETY: the caller keeps the header.
        unsafe { input::fill(finding, known) }.map(|()| true)
    })
}

/// `kirjuri_report_missing_count` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_missing_count(report: *const Handle<Report>) -> usize {
    // SAFETY: the caller keeps the header.
    unsafe { handle::borrow(report) }.map_or(0, |report| report.missing().len())
}

/// `kirjuri_report_missing` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_missing(
    report: *const Handle<Report>,
    index: usize,
    missing: *mut KirjuriMissing,
    error: ErrorSlot,
) -> bool {
    look(error, || {
        // SAFETY: the caller keeps the header.
        let report = unsafe { handle::require(report, NO_REPORT) }?;
        let known = report.missing_thing(index);
        let known = known.ok_or_else(|| Failure::argument("nothing that is missing has that number"))?;
        // SAFETY: the caller keeps the header.
        unsafe { input::fill(missing, known) }.map(|()| true)
    })
}

/// `kirjuri_report_is_fragment` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_is_fragment(report: *const Handle<Report>) -> bool {
    // SAFETY: the caller keeps the header.
    let draft = unsafe { handle::borrow(report) }.and_then(Report::draft);
    draft.is_some_and(|draft| draft.report().extent.is_fragment)
}

/// `kirjuri_report_problem` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_problem(
    report: *const Handle<Report>,
    problem: *mut KirjuriProblem,
    error: ErrorSlot,
) -> bool {
    look(error, || {
        // SAFETY: the caller keeps the header.
        let report = unsafe { handle::require(report, NO_REPORT) }?;
        // SAFETY: the caller keeps the header.
        unsafe { input::size_of_given(problem) }?;
        let Some(Problem { kind, message, offset, line, column }) = &report.problem else { return Ok(false) };
        let known = KirjuriProblem {
            kind: KirjuriString::of(kind),
            message: KirjuriString::of(message),
            offset: *offset,
            line: *line,
            column: *column,
            ..KirjuriProblem::default()
        };
        // SAFETY: the caller keeps the header.
        unsafe { input::fill(problem, known) }.map(|()| true)
    })
}

/// `kirjuri_report_json` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_json(
    report: *const Handle<Report>,
    json: *mut KirjuriString,
    error: ErrorSlot,
) -> bool {
    let mut looked = None;
    look(error, || {
        // SAFETY: the caller keeps the header.
        let report = unsafe { handle::require(report, NO_REPORT) }?;
        if json.is_null() || !json.is_aligned() {
            return Err(Failure::argument("`json` is NULL or not aligned"));
        }
        looked = Some(report);
        Ok(true)
    });
    let Some(report) = looked else { return false };
    let text = match report.json.get() {
        Some(text) => text,
        None => {
            let written = within_memory(error, 0, report.json_reserve(), || report.write_json());
            let Some(written) = written else { return false };
            report.json.get_or_init(|| written)
        }
    };
    // SAFETY: it is neither null nor badly aligned, and to a string if the caller keeps the header.
    unsafe { std::ptr::write(json, KirjuriString::of(text)) };
    true
}

/// `kirjuri_report_free` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_report_free(report: *mut Handle<Report>) {
    // SAFETY: the caller keeps the header.
    unsafe { handle::free(report) };
}
