//! Stops a check when Python wants to: a signal such as that of Ctrl-C arrives while no Python code runs, and only this
//! library can ask for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use kirjuri::Interrupt;
use pyo3::prelude::*;

/// How often Python is asked. Attaching to it takes a lock that other threads of Python may want.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

/// What the handlers of signals that have arrived raise. They run only in Python's main thread; elsewhere it is nothing.
pub(crate) fn raised() -> Option<PyErr> {
    // An interpreter that is ending has no more signals.
    Python::try_attach(|py| py.check_signals().err()).flatten()
}

/// Stops the checks of other threads.
#[derive(Debug, Default)]
pub(crate) struct Stop(AtomicBool);

impl Stop {
    pub(crate) fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Interrupt for Stop {
    fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Asks Python itself now and then, for a check in the thread that called.
#[derive(Debug)]
pub(crate) struct Signals(Mutex<State>);

#[derive(Debug)]
struct State {
    asked: Instant,
    raised: Option<PyErr>,
}

impl Signals {
    pub(crate) fn new() -> Signals {
        Signals(Mutex::new(State { asked: Instant::now(), raised: None }))
    }

    /// What stopped the check.
    pub(crate) fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).raised.take()
    }
}

impl Interrupt for Signals {
    fn is_raised(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.raised.is_none() && state.asked.elapsed() >= PAUSE {
            state.raised = raised();
            state.asked = Instant::now();
        }
        state.raised.is_some()
    }
}
