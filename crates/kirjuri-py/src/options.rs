//! What Python says of how to check, made into what the library takes.

use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Language, Limits, LintOptions, Unchecked};
use kirjuri_report::NotChecked;
use kirjuri_rules::folder::NamedDocuments;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateAccess};

use crate::packs::meant;

/// How documents are checked, whatever they are.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) language: Language,
    pub(crate) lint: LintOptions,
    pub(crate) limits: Limits,
    pub(crate) max_findings: usize,
}

impl Options {
    pub(crate) fn new(
        code: &str,
        as_of: Option<&Bound<'_, PyAny>>,
        draft: bool,
        max_findings: Option<i64>,
    ) -> PyResult<Options> {
        let mut lint = LintOptions::default();
        lint.as_of = as_of.map(judged_by).transpose()?.unwrap_or_default();
        lint.draft = draft;
        // What documents name is not read: nobody said where it is.
        lint.documents = Some(Arc::new(NamedDocuments::default()));
        let max_findings = match max_findings {
            None => usize::MAX,
            Some(most) => usize::try_from(most)
                .map_err(|_| PyValueError::new_err("max_findings is a number of findings, or None for all"))?,
        };
        Ok(Options { language: language(code)?, lint, limits: Limits::default(), max_findings })
    }
}

/// A language by its code.
pub(crate) fn language(code: &str) -> PyResult<Language> {
    code.parse().map_err(|_| {
        let known = Language::ALL.map(Language::code);
        let meant = meant(&code.to_lowercase(), known);
        PyValueError::new_err(format!("there is no language {code:?}: it is 'fi', 'sv' or 'en'{meant}"))
    })
}

/// A day, or each document's own.
fn judged_by(given: &Bound<'_, PyAny>) -> PyResult<AsOf> {
    match given.extract::<String>().as_deref() {
        Ok("document") => Ok(AsOf::Document(None)),
        _ => day(given).map(AsOf::from),
    }
}

fn day(given: &Bound<'_, PyAny>) -> PyResult<Date> {
    let Ok(date) = given.cast::<PyDate>() else {
        return Err(PyTypeError::new_err(format!(
            "as_of is a datetime.date, 'document' or None, not {}; a text is read by datetime.date.fromisoformat",
            given.get_type().name()?
        )));
    };
    let year = u16::try_from(date.get_year()).ok();
    let day = year.and_then(|year| Date::new(year, date.get_month(), date.get_day()));
    day.ok_or_else(|| PyValueError::new_err("as_of is no day that documents could be judged by"))
}

/// The check was stopped before it had a result.
pub(crate) struct Interrupted;

/// Why a document has no findings, as reports say it.
pub(crate) fn not_checked(unchecked: Unchecked) -> Result<NotChecked, Interrupted> {
    NotChecked::of(unchecked).ok_or(Interrupted)
}
