//! The classes of what was found: `Report`, `Finding`, `Missing`, `Place`, `DocumentError`.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use kirjuri::structure::Subject;
use kirjuri::{ParseError, Severity};
use kirjuri_report::{InputError, Outcome};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::checked::Checked;
use crate::json::document_json;

/// What was found in one document. It never changes, and holds no content of the document, unless it is of a draft.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Report {
    pub(crate) checked: Arc<Checked>,
}

impl Report {
    pub(crate) fn new(checked: Checked) -> Report {
        Report { checked: Arc::new(checked) }
    }
}

#[pymethods]
impl Report {
    /// The name the document was given: the path where it was read from one, else None.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.checked.name.as_deref()
    }

    /// "checked", "skipped" (no rule pack applies to it) or "unreadable" (see error).
    #[getter]
    fn status(&self) -> &'static str {
        self.checked.status()
    }

    /// The language of titles and messages: "fi", "sv" or "en".
    #[getter]
    fn language(&self) -> &'static str {
        self.checked.language.code()
    }

    /// The findings by place, then by rule, at most as many as were asked for. The objects are made anew each time.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        (0..self.checked.findings().len()).map(|index| Finding { checked: Arc::clone(&self.checked), index }).collect()
    }

    /// What a draft still lacks: not wrong, but to be filled in before it is done; in the order of the document, then of the
    /// rules. Empty unless draft was asked for.
    #[getter]
    fn missing(&self) -> Vec<Missing> {
        (0..self.checked.missing().len()).map(|index| Missing { checked: Arc::clone(&self.checked), index }).collect()
    }

    /// How many findings there are of each severity, also of those beyond max_findings.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(py);
        for (severity, count) in Severity::ALL.iter().zip(self.checked.counts) {
            counts.set_item(severity.id(), count)?;
        }
        Ok(counts)
    }

    /// Why the document could not be read or checked; None unless status is "unreadable".
    #[getter]
    fn error(&self) -> Option<DocumentError> {
        match &self.checked.entry.outcome {
            Outcome::Unreadable(error) => Some(DocumentError::new(error, &self.checked)),
            Outcome::Checked(_) | Outcome::Skipped(_) => None,
        }
    }

    /// Whether a draft is only a part of a document.
    #[getter]
    fn is_fragment(&self) -> bool {
        self.checked.extent().is_fragment
    }

    /// Where a draft ends before it is complete, and what is missing there; what is behind was not checked.
    #[getter]
    fn unfinished(&self) -> Option<DocumentError> {
        let error: ParseError = self.checked.extent().unfinished?;
        Some(DocumentError::new(&InputError::Parse(error), &self.checked))
    }

    /// The document as `kirjuri check --format json` has it among its `documents` (kirjuri-report/1).
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        let checked = &*self.checked;
        py.detach(|| document_json(&checked.rules, &checked.entry, checked.language))
    }

    /// As to_json, as a dict.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.to_json(py)?,))
    }

    // Names of documents are often names of people, and what is printed ends up in logs.
    fn __repr__(&self) -> String {
        let missing = match self.checked.missing().len() {
            0 => String::new(),
            some => format!(" missing={some}"),
        };
        let found: usize = self.checked.counts.iter().sum();
        format!("<kirjuri.Report status={:?} findings={found}{missing}>", self.checked.status())
    }
}

/// A rule that failed at a place. It holds no content of the document.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Finding {
    checked: Arc<Checked>,
    index: usize,
}

impl Finding {
    fn get(&self) -> &kirjuri::Finding {
        &self.checked.findings()[self.index]
    }

    fn id(&self) -> String {
        self.checked.rules.id(self.get().rule)
    }
}

#[pymethods]
impl Finding {
    /// The id of the rule, pack/name.
    #[getter]
    fn rule(&self) -> String {
        self.id()
    }

    /// "error", "warning" or "info".
    #[getter]
    fn severity(&self) -> &'static str {
        self.get().severity.id()
    }

    /// What is wrong, in the language of the report.
    #[getter]
    fn title(&self) -> String {
        self.checked.title(self.get().rule)
    }

    /// Where.
    #[getter]
    fn place(&self) -> Place {
        Place(self.get().place.clone())
    }

    /// The OID of the document structure it is about, else None.
    #[getter]
    fn structure(&self) -> Option<&str> {
        self.get().subject.as_ref().map(|subject| subject.structure().oid.as_str())
    }

    /// The paths of the structure's fields it is about.
    #[getter]
    fn fields(&self) -> Vec<String> {
        fields(self.get().subject.as_ref())
    }

    /// What the finding is known by in another export of the document: 32 hexadecimal digits, the same on every machine.
    /// None of a draft.
    #[getter]
    fn fingerprint(&self) -> Option<String> {
        let fingerprint = self.get().fingerprint;
        (!fingerprint.is_none()).then(|| fingerprint.to_string())
    }

    // The fingerprint has no part in it: of a draft there is none, and the finding is the same.
    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Finding>().is_ok_and(|other| {
            let (one, another) = (self.get(), other.get().get());
            one.place == another.place && one.subject == another.subject && self.id() == other.get().id()
        })
    }

    fn __hash__(&self) -> u64 {
        hash(&(self.id(), &hash_of_place(&self.get().place)))
    }

    fn __repr__(&self) -> String {
        let (finding, place) = (self.get(), &self.get().place);
        let (severity, line, column) = (finding.severity.id(), place.line, place.column);
        format!("<kirjuri.Finding {} ({severity}) at {line}:{column} {}>", self.id(), place.path)
    }
}

/// What a draft still lacks.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Missing {
    checked: Arc<Checked>,
    index: usize,
}

impl Missing {
    fn get(&self) -> &kirjuri::Missing {
        &self.checked.missing()[self.index]
    }

    fn id(&self) -> String {
        self.checked.rules.id(self.get().rule)
    }
}

#[pymethods]
impl Missing {
    /// The id of the rule that will ask for it, pack/name.
    #[getter]
    fn rule(&self) -> String {
        self.id()
    }

    /// How grave it will be to leave it out: "error", "warning" or "info".
    #[getter]
    fn severity(&self) -> &'static str {
        self.get().severity.id()
    }

    /// What the rule says, in the language of the report.
    #[getter]
    fn title(&self) -> String {
        self.checked.title(self.get().rule)
    }

    /// Where it would go, written as Place.path.
    #[getter]
    fn path(&self) -> &str {
        &self.get().path
    }

    /// The innermost element there is around where it would go.
    #[getter]
    fn place(&self) -> Place {
        Place(self.get().place.clone())
    }

    /// The OID of the document structure it is about, else None.
    #[getter]
    fn structure(&self) -> Option<&str> {
        self.get().subject.as_ref().map(|subject| subject.structure().oid.as_str())
    }

    /// The paths of the structure's fields it is about.
    #[getter]
    fn fields(&self) -> Vec<String> {
        fields(self.get().subject.as_ref())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Missing>().is_ok_and(|other| {
            let (one, another) = (self.get(), other.get().get());
            let at_one = one.place == another.place && one.path == another.path && one.subject == another.subject;
            at_one && self.id() == other.get().id()
        })
    }

    fn __hash__(&self) -> u64 {
        hash(&(self.id(), &self.get().path, hash_of_place(&self.get().place)))
    }

    fn __repr__(&self) -> String {
        let missing = self.get();
        format!("<kirjuri.Missing {} ({}) at {}>", self.id(), missing.severity.id(), missing.path)
    }
}

/// A place in a document, as a path, as line and column, and as bytes.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Place(kirjuri::Place);

#[pymethods]
impl Place {
    /// Element names from the root, numbers where siblings share a name, attributes as /@name.
    #[getter]
    fn path(&self) -> &str {
        &self.0.path
    }

    /// Line, counted from 1.
    #[getter]
    fn line(&self) -> u32 {
        self.0.line
    }

    /// Column in characters, counted from 1.
    #[getter]
    fn column(&self) -> u32 {
        self.0.column
    }

    /// Offset in the bytes of the document; of a text, in its UTF-8.
    #[getter]
    fn start(&self) -> usize {
        self.0.start
    }

    /// Offset behind it.
    #[getter]
    fn end(&self) -> usize {
        self.0.end
    }

    /// The place inside the document that the element at this one carries in base64, else None.
    #[getter]
    fn inner(&self) -> Option<Place> {
        self.0.inner.as_deref().map(|inner| Place(inner.clone()))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Place>().is_ok_and(|other| self.0 == other.get().0)
    }

    fn __hash__(&self) -> u64 {
        hash_of_place(&self.0)
    }

    fn __repr__(&self) -> String {
        fn shown(place: &kirjuri::Place) -> String {
            let inner = place.inner.as_deref().map(|inner| format!(", inside {}", shown(inner))).unwrap_or_default();
            format!("{}:{} {}{inner}", place.line, place.column, place.path)
        }
        format!("<kirjuri.Place {}>", shown(&self.0))
    }
}

fn fields(subject: Option<&Subject>) -> Vec<String> {
    let path = |subject: &Subject| subject.fields().iter().map(|&field| subject.structure().path(field)).collect();
    subject.map(path).unwrap_or_default()
}

fn hash_of_place(place: &kirjuri::Place) -> u64 {
    let inner = place.inner.as_ref().map(|inner| (inner.start, inner.end));
    hash(&(&place.path, place.start, place.end, inner))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Why a document could not be read or checked, or where a draft ends before it is complete.
#[pyclass(frozen, get_all, module = "kirjuri")]
pub(crate) struct DocumentError {
    /// The stable name of what is wrong, for instance "mismatched-tag".
    kind: &'static str,
    /// What is wrong, in the language of the report; holds nothing of the document.
    message: String,
    /// Line, counted from 1, if reading had begun.
    line: Option<u32>,
    /// Column in characters, counted from 1.
    column: Option<u32>,
    /// Offset in the bytes of the document.
    offset: Option<usize>,
    /// The id of the rule at which the work on the document ended.
    rule: Option<String>,
}

impl DocumentError {
    fn new(error: &InputError, checked: &Checked) -> DocumentError {
        let position = error.position();
        let offset = match error {
            InputError::Parse(error) => Some(error.offset()),
            InputError::File(_) | InputError::NoMatch | InputError::Archive(_) | InputError::TooMuchWork { .. } => None,
        };
        DocumentError {
            kind: error.id(),
            message: error.message(checked.language),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            offset,
            rule: error.rule().map(|rule| checked.rules.id(rule)),
        }
    }
}

#[pymethods]
impl DocumentError {
    fn __str__(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{line}:{column}: {}", self.message),
            _ => self.message.clone(),
        }
    }

    fn __repr__(&self) -> String {
        format!("<kirjuri.DocumentError {} {}>", self.kind, self.__str__())
    }
}
