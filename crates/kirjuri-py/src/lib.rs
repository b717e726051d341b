//! Checks documents from Python: `import kirjuri`.
//!
//! What Python sees is described where Python looks, in the docstrings and in `python/kirjuri/_kirjuri.pyi`.

mod checked;
mod document;
mod json;
mod options;
mod packs;
mod portions;
mod report;
mod reports;
mod rule;
mod rule_set;
mod signals;
mod table;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

pyo3::create_exception!(
    kirjuri,
    PackError,
    PyValueError,
    "There is no such pack, or it is not what a pack must be; faults says what is wrong, and where."
);

/// Something wrong in a file of a pack.
#[pyclass(frozen, get_all, module = "kirjuri")]
pub(crate) struct PackFault {
    /// The file.
    path: String,
    /// Line, counted from 1.
    line: usize,
    /// Column in characters, counted from 1.
    column: usize,
    /// What is wrong.
    message: String,
    /// What may have been meant, else None.
    suggestion: Option<String>,
}

impl From<kirjuri::PackError> for PackFault {
    fn from(error: kirjuri::PackError) -> PackFault {
        let kirjuri::PackError { path, line, column, message, suggestion } = error;
        PackFault { path, line, column, message, suggestion }
    }
}

#[pymethods]
impl PackFault {
    fn __str__(&self) -> String {
        let meant = self.suggestion.as_deref().map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
        format!("{}:{}:{}: {}{meant}", self.path, self.line, self.column, self.message)
    }

    fn __repr__(&self) -> String {
        format!("<kirjuri.PackFault {}>", self.__str__())
    }
}

#[pymodule]
fn _kirjuri(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("BUILT_IN_PACKS", PyTuple::new(py, kirjuri_rules::names().collect::<Vec<_>>())?)?;
    module.add("PackError", py.get_type::<PackError>())?;
    module.add_class::<PackFault>()?;
    module.add_class::<rule_set::RuleSet>()?;
    module.add_class::<rule::Pack>()?;
    module.add_class::<rule::Rule>()?;
    module.add_class::<rule::Guideline>()?;
    module.add_class::<report::Report>()?;
    module.add_class::<report::Finding>()?;
    module.add_class::<report::Missing>()?;
    module.add_class::<report::Place>()?;
    module.add_class::<report::DocumentError>()?;
    module.add_class::<reports::Reports>()?;
    module.add_class::<table::Tables>()?;
    module.add_class::<table::Table>()
}
