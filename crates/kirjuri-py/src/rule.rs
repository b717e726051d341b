//! What Python may know of packs and rules: the classes `Pack`, `Rule`, `Guideline`.

use kirjuri::{AnyRule, Guideline as PackGuideline, Language, RuleIndex, Severity};
use kirjuri_report::rule_title;
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict};

/// A pack of a rule set, or a Schematron schema.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Pack {
    /// Its name, first part of its rules' ids.
    #[pyo3(get)]
    id: String,
    /// Its version; None where a schema has none.
    #[pyo3(get)]
    version: Option<String>,
    /// "native" or "schematron".
    #[pyo3(get)]
    kind: &'static str,
    /// How many rules it has.
    #[pyo3(get)]
    rules: usize,
    titles: Vec<(&'static str, String)>,
}

impl From<&kirjuri::Pack> for Pack {
    fn from(pack: &kirjuri::Pack) -> Pack {
        let title = |&language: &Language| (language.code(), pack.title.get(language).to_owned());
        Pack {
            id: pack.id.clone(),
            version: Some(pack.version.clone()),
            kind: "native",
            rules: pack.rules().len(),
            titles: Language::ALL.iter().map(title).collect(),
        }
    }
}

impl From<&kirjuri::Schematron> for Pack {
    fn from(schema: &kirjuri::Schematron) -> Pack {
        Pack {
            id: schema.id.clone(),
            version: schema.version.clone(),
            kind: "schematron",
            rules: schema.assertions().len(),
            titles: Vec::new(),
        }
    }
}

#[pymethods]
impl Pack {
    /// What it is, by language; empty of a schema.
    #[getter]
    fn titles<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let titles = PyDict::new(py);
        self.titles.iter().try_for_each(|(language, title)| titles.set_item(language, title))?;
        Ok(titles)
    }

    fn __repr__(&self) -> String {
        let version = self.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        format!("<kirjuri.Pack {}{version}, {} rules>", self.id, self.rules)
    }
}

/// A rule, with its texts in one language.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Rule {
    id: String,
    was: Vec<String>,
    severity: Severity,
    criterion: Option<&'static str>,
    title: String,
    why: Option<String>,
    fix: Option<String>,
    guidelines: Vec<Guideline>,
}

impl Rule {
    pub(crate) fn new(rules: &kirjuri::RuleSet, index: RuleIndex, language: Language) -> Rule {
        let any = rules.get(index);
        let rule = Rule {
            id: any.id(),
            was: Vec::new(),
            severity: any.severity(),
            criterion: None,
            title: rule_title(any, language).into_owned(),
            why: None,
            fix: None,
            guidelines: Vec::new(),
        };
        match any {
            AnyRule::Assertion(..) => rule,
            AnyRule::Native(pack, native) => {
                let guideline = |clause: &kirjuri::Clause| {
                    let known = pack.guidelines().get(&clause.doc)?;
                    Some(Guideline { key: clause.doc.clone(), clause: clause.clause.clone(), known: known.clone() })
                };
                Rule {
                    was: native.was.iter().map(|name| format!("{}/{name}", pack.id)).collect(),
                    criterion: Some(native.criterion.id()),
                    why: Some(native.why().get(language).to_owned()),
                    fix: Some(native.fix().get(language).to_owned()),
                    guidelines: native.guidelines.iter().filter_map(guideline).collect(),
                    ..rule
                }
            }
        }
    }
}

#[pymethods]
impl Rule {
    /// Its id, pack/name.
    #[getter]
    fn id(&self) -> &str {
        &self.id
    }

    /// Ids it had before.
    #[getter]
    fn was(&self) -> Vec<String> {
        self.was.clone()
    }

    /// How grave a finding is: "error", "warning" or "info".
    #[getter]
    fn severity(&self) -> &'static str {
        self.severity.id()
    }

    /// The criterion of data quality it measures; None of a Schematron assertion.
    #[getter]
    fn criterion(&self) -> Option<&'static str> {
        self.criterion
    }

    /// What is wrong.
    #[getter]
    fn title(&self) -> &str {
        &self.title
    }

    /// Why it matters; None of a Schematron assertion.
    #[getter]
    fn why(&self) -> Option<&str> {
        self.why.as_deref()
    }

    /// What to do; None of a Schematron assertion.
    #[getter]
    fn fix(&self) -> Option<&str> {
        self.fix.as_deref()
    }

    /// Where the guidelines demand it.
    #[getter]
    fn guidelines(&self) -> Vec<Guideline> {
        self.guidelines.clone()
    }

    fn __repr__(&self) -> String {
        format!("<kirjuri.Rule {} ({})>", self.id, self.severity.id())
    }
}

/// A place in a guideline that demands a rule.
#[pyclass(frozen, module = "kirjuri")]
#[derive(Clone)]
pub(crate) struct Guideline {
    key: String,
    clause: String,
    known: PackGuideline,
}

#[pymethods]
impl Guideline {
    /// The key of the guideline in its pack.
    #[getter]
    fn key(&self) -> &str {
        &self.key
    }

    /// The clause in the guideline's own numbering.
    #[getter]
    fn clause(&self) -> &str {
        &self.clause
    }

    /// The name of the guideline, in the language it was published in.
    #[getter]
    fn title(&self) -> &str {
        &self.known.title
    }

    /// Who publishes it.
    #[getter]
    fn publisher(&self) -> &str {
        &self.known.publisher
    }

    /// First day in force, where it is known.
    #[getter]
    fn valid_from<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDate>>> {
        self.known.valid_from.map(|day| date(py, day)).transpose()
    }

    /// Last day in force, where it is known.
    #[getter]
    fn valid_to<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDate>>> {
        self.known.valid_to.map(|day| date(py, day)).transpose()
    }

    fn __repr__(&self) -> String {
        format!("<kirjuri.Guideline {} {}>", self.key, self.clause)
    }
}

fn date(py: Python<'_>, day: kirjuri::identifiers::Date) -> PyResult<Bound<'_, PyDate>> {
    PyDate::new(py, i32::from(day.year()), day.month(), day.day())
}
