//! Why a check stops before its end: it was cancelled, its time is up, or its memory.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use kirjuri::Interrupt;

use crate::cancel::Cancel;
use crate::failure::{Code, Failure};
use crate::ledger;

/// What may stop a check. It is asked on the thread of the check, whose memory it looks at.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    cancel: Option<Cancel>,
    deadline: Option<Instant>,
    /// The first reason stays.
    reason: OnceLock<Code>,
}

impl Stop {
    /// Stops when the token is raised or so many milliseconds have gone by, 0 being no limit.
    pub(crate) fn new(cancel: Option<Cancel>, time_limit_ms: u64) -> Stop {
        let deadline = match time_limit_ms {
            0 => None,
            limit => Instant::now().checked_add(Duration::from_millis(limit)),
        };
        Stop { cancel, deadline, reason: OnceLock::new() }
    }

    /// Whether to go on.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn go_on(&self) -> Result<(), Failure> {
        match self.reason() {
            None => Ok(()),
            Some(reason) => Err(Failure::new(
                reason,
                match reason {
                    Code::Cancelled => "the check was cancelled",
                    Code::TimeLimit => "the check took longer than its time limit",
                    _ => "the check needed more memory than its limit",
                },
            )),
        }
    }

    fn reason(&self) -> Option<Code> {
        if let Some(known) = self.reason.get() {
            return Some(*known);
        }
        let is_late = || self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        let reason = if ledger::is_out_of_memory() {
            Code::OutOfMemory
        } else if ledger::is_over_limit() {
            Code::MemoryLimit
        } else if self.cancel.as_ref().is_some_and(Cancel::is_raised) {
            Code::Cancelled
        } else if is_late() {
            Code::TimeLimit
        } else {
            return None;
        };
        Some(*self.reason.get_or_init(|| reason))
    }
}

impl Interrupt for Stop {
    fn is_raised(&self) -> bool {
        self.reason().is_some()
    }
}
