//! The iterator that `RuleSet.check_many` gives.

use std::collections::VecDeque;
use std::sync::{Mutex, TryLockError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::checked::Checked;
use crate::portions::Portions;
use crate::report::Report;

/// The reports of many documents, in the order of the documents. They are checked as the reports are asked for.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Reports(Mutex<State>);

struct State {
    portions: Portions,
    /// Checked, and not yet handed on.
    waiting: VecDeque<Checked>,
}

impl Reports {
    pub(crate) fn new(portions: Portions) -> Reports {
        Reports(Mutex::new(State { portions, waiting: VecDeque::new() }))
    }
}

#[pymethods]
impl Reports {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Report>> {
        // Waiting for the other thread here could be waiting for oneself: the iterable may ask for a report.
        let mut state = match self.0.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(PyValueError::new_err("the reports are already being read")),
        };
        let State { portions, waiting } = &mut *state;
        if waiting.is_empty() {
            *waiting = portions.next(py)?;
        }
        Ok(waiting.pop_front().map(Report::new))
    }
}
