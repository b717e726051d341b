//! One document of a report as JSON.

use kirjuri::{Language, RuleSet};
use kirjuri_report::{Batch, DocumentEntry, write_json};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

/// The object that `documents` of a `kirjuri-report/1` has for a document.
pub(crate) fn document_json(rules: &RuleSet, entry: &DocumentEntry, language: Language) -> PyResult<String> {
    let mut batch = Batch::new(rules, None);
    batch.documents.push(entry.clone());
    let mut bytes = Vec::new();
    let failed = |error: &dyn std::fmt::Display| PyRuntimeError::new_err(format!("no JSON could be written: {error}"));
    write_json(&batch, rules, language, &mut bytes).map_err(|error| failed(&error))?;
    let whole: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| failed(&error))?;
    let document = whole.pointer("/documents/0").ok_or_else(|| failed(&"it has no document"))?;
    Ok(document.to_string())
}
