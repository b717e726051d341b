//! Ctrl-C: the first one ends a run in good order, the second one at once.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kirjuri::Interrupt;

use crate::{Failure, Status};

/// Whether somebody asked the program to stop.
#[derive(Default, Debug)]
pub(crate) struct Stop(AtomicBool);

impl Stop {
    /// Takes the signals that ask a program to stop, for the rest of its life.
    ///
    /// # Errors
    /// That the system gives no signals.
    pub(crate) fn on_signals() -> Result<Arc<Stop>, Failure> {
        let stop = Arc::new(Stop::default());
        let told = Arc::clone(&stop);
        let handler = move || {
            if told.0.swap(true, Ordering::Relaxed) {
                process::exit(Status::Failed as i32);
            }
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Failure::Message(format!("Ctrl-C cannot be listened for: {error}")))?;
        Ok(stop)
    }
}

impl Interrupt for Stop {
    fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
