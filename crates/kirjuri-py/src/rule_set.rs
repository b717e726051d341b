//! The class `RuleSet`, with all that checks documents.

use std::path::PathBuf;
use std::sync::Arc;

use kirjuri::Draft;
use kirjuri_report::{Batch, NotChecked};
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PyString};

use crate::checked::Checked;
use crate::document::{Content, checked_name};
use crate::options::{Interrupted, Options, language as language_of, not_checked};
use crate::packs::{self, LoadError, meant};
use crate::portions::Portions;
use crate::report::Report;
use crate::reports::Reports;
use crate::rule::{Pack, Rule};
use crate::signals::Signals;
use crate::table::Tables;
use crate::{PackError, PackFault};

/// The rules of some packs, ready to run. It never changes; many threads may check with one.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct RuleSet {
    rules: Arc<kirjuri::RuleSet>,
}

#[pymethods]
impl RuleSet {
    /// Loads packs: names of built-in packs, folders of packs and Schematron files, or all built-in packs.
    ///
    /// Raises PackError when there is no such pack, or it is not what a pack must be.
    #[new]
    #[pyo3(signature = (packs=None))]
    fn new(py: Python<'_>, packs: Option<&Bound<'_, PyAny>>) -> PyResult<RuleSet> {
        let names = match packs {
            None => kirjuri_rules::names().map(PathBuf::from).collect(),
            Some(packs) => names_of(packs)?,
        };
        if names.is_empty() {
            return Err(PyValueError::new_err("no pack is named; without packs, all built-in packs are used"));
        }
        let rules = py.detach(|| packs::load_all(&names)).map_err(|error| raise(py, error))?;
        Ok(RuleSet { rules: Arc::new(rules) })
    }

    /// The packs and Schematron schemas, in the order of their rules.
    #[getter]
    fn packs(&self) -> Vec<Pack> {
        let packs = self.rules.packs().iter().map(|pack| Pack::from(&**pack));
        packs.chain(self.rules.schemas().iter().map(|schema| Pack::from(&**schema))).collect()
    }

    fn __len__(&self) -> usize {
        self.rules.len()
    }

    /// The ids of the rules, in their order.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        PyList::new(py, self.rules.all().map(|rule| rule.id()))?.try_iter()
    }

    fn __contains__(&self, id: &Bound<'_, PyAny>) -> bool {
        id.extract::<String>().is_ok_and(|id| self.rules.find(&id).is_some())
    }

    fn __repr__(&self) -> String {
        let packs = self.rules.packs().iter().map(|pack| pack.id.as_str());
        let names: Vec<&str> = packs.chain(self.rules.schemas().iter().map(|schema| schema.id.as_str())).collect();
        format!("<kirjuri.RuleSet {} rules of {}>", self.rules.len(), names.join(", "))
    }

    /// What is known of a rule, by its present or a former id, with its texts in a language. Raises KeyError.
    #[pyo3(signature = (id, language="fi"))]
    fn rule(&self, id: &str, language: &str) -> PyResult<Rule> {
        let language = language_of(language)?;
        match self.rules.find(id) {
            Some(index) => Ok(Rule::new(&self.rules, index, language)),
            None => {
                let known: Vec<String> = self.rules.all().map(|rule| rule.id()).collect();
                let meant = meant(id, known.iter().map(String::as_str));
                Err(PyKeyError::new_err(format!("there is no rule `{id}`{meant}")))
            }
        }
    }

    /// Checks one document.
    ///
    /// data is bytes, a str, or any object with a buffer. as_of is the day the document is judged by, or 'document' for its own date; without one all rules
    /// run, and dates are compared with none. name is what reports call the document. With draft, a document that is still
    /// being written is told what it lacks (Report.missing) apart from what is wrong, and previous may be its report
    /// before the last edit, which saves time; the report of a draft holds the document. At most max_findings findings are kept.
    ///
    /// A document that cannot be read raises nothing: see Report.status and Report.error. Time and memory of a check have no
    /// limit; in the main thread, a signal whose handler raises (that of Ctrl-C) stops it.
    #[pyo3(signature = (data, *, language="fi", as_of=None, name=None, draft=false, previous=None, max_findings=None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's, and have names")]
    fn check(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        language: &str,
        as_of: Option<&Bound<'_, PyAny>>,
        name: Option<String>,
        draft: bool,
        previous: Option<&Bound<'_, Report>>,
        max_findings: Option<i64>,
    ) -> PyResult<Report> {
        let mut options = Options::new(language, as_of, draft, max_findings)?;
        let name = name.map(checked_name).transpose()?;
        let previous = previous.map(|previous| self.draft_of(previous.get(), draft)).transpose()?.flatten();
        let content = Content::of(data)?;
        let signals = Arc::new(Signals::new());
        options.lint.interrupt = Some(Arc::clone(&signals) as Arc<dyn kirjuri::Interrupt>);
        let checked = py.detach(|| self.check_content(content.as_ref(), &options, name, previous));
        checked
            .map(Report::new)
            .map_err(|Interrupted| signals.take().unwrap_or_else(|| PyRuntimeError::new_err("the check was stopped")))
    }

    /// Checks many documents, and gives an iterator of their reports in the same order.
    ///
    /// documents is an iterable of bytes (or other objects with a buffer), of paths, or of pairs (name, one of these). It
    /// is read a few hundred documents at a time, as the reports are asked for, so that neither documents nor reports fill the
    /// memory. The documents are checked, and paths read, in threads (None: as many as the machine has), while other
    /// Python threads run. What the iterable raises is raised behind the reports of the documents before it.
    ///
    /// The documents are one batch: a rule may look at those before. The other arguments are those of check.
    #[pyo3(signature = (documents, *, threads=None, language="fi", as_of=None, draft=false, max_findings=None))]
    fn check_many(
        &self,
        documents: &Bound<'_, PyAny>,
        threads: Option<i64>,
        language: &str,
        as_of: Option<&Bound<'_, PyAny>>,
        draft: bool,
        max_findings: Option<i64>,
    ) -> PyResult<Reports> {
        let options = Options::new(language, as_of, draft, max_findings)?;
        Ok(Reports::new(Portions::new(&self.rules, options, documents, threads)?))
    }

    /// Checks many documents as check_many does, and gives their findings as Arrow tables.
    #[pyo3(signature = (documents, *, threads=None, language="fi", as_of=None, draft=false, max_findings=None))]
    #[expect(clippy::too_many_arguments, reason = "they are Python's, and have names")]
    fn check_table(
        &self,
        py: Python<'_>,
        documents: &Bound<'_, PyAny>,
        threads: Option<i64>,
        language: &str,
        as_of: Option<&Bound<'_, PyAny>>,
        draft: bool,
        max_findings: Option<i64>,
    ) -> PyResult<Tables> {
        let options = Options::new(language, as_of, draft, max_findings)?;
        let language = options.language;
        Tables::of(py, &self.rules, language, Portions::new(&self.rules, options, documents, threads)?)
    }
}

impl RuleSet {
    /// What checking again can use of an earlier report: nothing where the document could not be read then.
    fn draft_of<'r>(&self, previous: &'r Report, draft: bool) -> PyResult<Option<&'r Draft>> {
        let wrong = if !draft {
            "previous is about drafts: give draft=True with it"
        } else if !previous.checked.is_draft {
            "previous is no report of a draft: it was made without draft=True"
        } else if !Arc::ptr_eq(&previous.checked.rules, &self.rules) {
            "previous is a report of another rule set"
        } else {
            return Ok(previous.checked.draft.as_ref());
        };
        Err(PyValueError::new_err(wrong))
    }

    fn check_content(
        &self,
        bytes: &[u8],
        options: &Options,
        name: Option<String>,
        previous: Option<&Draft>,
    ) -> Result<Checked, Interrupted> {
        let Options { limits, lint, .. } = options;
        let mut draft = None;
        let checked = if lint.draft {
            let made = match previous {
                Some(previous) => previous.check_again(bytes, limits, &self.rules, lint),
                None => Draft::check(bytes, limits, &self.rules, lint),
            };
            made.map(|made| draft.insert(made).report().clone())
        } else {
            kirjuri::check(bytes, limits, &self.rules, lint)
        };
        let checked: Result<kirjuri::Report, NotChecked> = match checked {
            Ok(report) => Ok(report),
            Err(unchecked) => Err(not_checked(unchecked)?),
        };
        let mut batch = Batch::new(&self.rules, lint.as_of);
        let checked = Checked::new(&self.rules, options, &mut batch, name, checked);
        Ok(Checked { draft, ..checked })
    }
}

/// One name or path, or several.
fn names_of(packs: &Bound<'_, PyAny>) -> PyResult<Vec<PathBuf>> {
    let wrong = |given: &Bound<'_, PyAny>| {
        let name = given.get_type().name().map(|name| name.to_string()).unwrap_or_default();
        PyTypeError::new_err(format!("a pack is named by a str or a path, not by {name}"))
    };
    if packs.is_instance_of::<PyString>() || packs.hasattr("__fspath__")? {
        return Ok(vec![packs.extract()?]);
    }
    let named = packs.try_iter().map_err(|_| wrong(packs))?;
    named.map(|name| name.and_then(|name| name.extract().map_err(|_| wrong(&name)))).collect()
}

/// The exception that says why there is no rule set.
fn raise(py: Python<'_>, error: LoadError) -> PyErr {
    let (message, faults) = match error {
        LoadError::Message(message) => (message, Vec::new()),
        LoadError::Faults { name, faults } => {
            let lines: String = faults.iter().map(|fault| format!("\n{fault}")).collect();
            (format!("the pack `{name}` cannot be used:{lines}"), faults)
        }
    };
    let error = PackError::new_err(message);
    let faults: Vec<PackFault> = faults.into_iter().map(PackFault::from).collect();
    match error.value(py).setattr("faults", faults) {
        Ok(()) => error,
        Err(other) => other,
    }
}
