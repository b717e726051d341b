//! One document of a report as JSON.

use kirjuri::{Language, RuleSet};
use kirjuri_report::{DocumentEntry, write_document_json};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// The object that `documents` of a `kirjuri-report/1` has for a document.
pub(crate) fn document_json(rules: &RuleSet, entry: &DocumentEntry, language: Language) -> PyResult<String> {
    let failed = |error: &dyn std::fmt::Display| PyRuntimeError::new_err(format!("no JSON could be written: {error}"));
    let mut bytes = Vec::new();
    write_document_json(entry, rules, language, &mut bytes).map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}
