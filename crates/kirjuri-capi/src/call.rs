//! Runs the body of a function so that neither a panic nor missing memory crosses into C.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use crate::failure::{Code, ErrorSlot, Failure, out_of_memory};
use crate::handle::{self, Handle};
use crate::ledger;

/// The body of a function that gives a handle. It may hold `memory_limit` bytes (0: as many as there are); `reserve` bytes
/// are set aside for it, to be able to stop when the system has no more.
pub(crate) fn call<T>(
    error: ErrorSlot,
    memory_limit: u64,
    reserve: usize,
    body: impl FnOnce() -> Result<Handle<T>, Failure>,
) -> *mut Handle<T> {
    within_memory(error, memory_limit, reserve, || body().map(Box::new)).map_or(ptr::null_mut(), handle::give)
}

/// As [`call`], of a function that gives something else.
pub(crate) fn within_memory<T>(
    error: ErrorSlot,
    memory_limit: u64,
    reserve: usize,
    body: impl FnOnce() -> Result<T, Failure>,
) -> Option<T> {
    let Some(account) = ledger::open(memory_limit, reserve) else {
        error.tell(out_of_memory());
        return None;
    };
    let outcome = caught(body).map_err(|failure| Box::new(Handle::new(failure)));
    if account.is_out_of_memory() {
        drop(outcome);
        error.tell(out_of_memory());
        return None;
    }
    match outcome {
        Ok(value) => {
            error.tell(ptr::null_mut());
            Some(value)
        }
        Err(failure) => {
            error.tell(handle::give(failure));
            None
        }
    }
}

/// The body of a function that makes nothing but its error.
pub(crate) fn look(error: ErrorSlot, body: impl FnOnce() -> Result<bool, Failure>) -> bool {
    match caught(body) {
        Ok(answer) => {
            error.tell(ptr::null_mut());
            answer
        }
        Err(failure) => {
            let none = within_memory(error, 0, SMALL, || Err::<(), _>(failure));
            debug_assert!(none.is_none());
            false
        }
    }
}

/// Set aside for an error.
const SMALL: usize = 1024;

fn caught<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    // What a body leaves behind when it panics is only its own: handles never change, and what changes inside of them
    // (what is made when it is first asked for) is set whole or not at all.
    catch_unwind(AssertUnwindSafe(body))
        .unwrap_or_else(|_| Err(Failure::new(Code::Internal, "a fault of the library; please report it")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{kirjuri_error_code, kirjuri_error_free};
    use crate::text::Text;

    fn code_of(body: impl FnOnce() -> Result<Handle<Text>, Failure>) -> i32 {
        let mut error = ptr::null_mut();
        // SAFETY: the slot is used only here.
        let given = call(unsafe { ErrorSlot::at(&mut error) }, 0, 1024, body);
        assert!(given.is_null());
        // SAFETY: it is the error of the call.
        let code = unsafe { kirjuri_error_code(error) };
        // SAFETY: nobody else has it.
        unsafe { kirjuri_error_free(error) };
        code
    }

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(code_of(|| panic!("a fault that the test makes")), Code::Internal as i32);
        assert_eq!(code_of(|| Err(Failure::argument("no"))), Code::InvalidArgument as i32);
        // Nobody asks.
        // SAFETY: a slot may be NULL.
        let nobody = unsafe { ErrorSlot::at(ptr::null_mut()) };
        assert!(call::<Text>(nobody, 0, 1024, || panic!("a fault that the test makes")).is_null());
        assert!(!ledger::is_out_of_memory());
    }

    #[test]
    fn what_there_can_be_no_memory_for_is_an_error() {
        let body = || Ok(Handle::new(Text::new(String::new())));
        let mut error = ptr::null_mut();
        // SAFETY: the slot is used only here.
        let given = call(unsafe { ErrorSlot::at(&mut error) }, 0, isize::MAX as usize - 64, body);
        assert!(given.is_null() && ptr::eq(error, out_of_memory()));
    }
}
