//! `kirjuri_cancel`: stops checks from another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::call::call;
use crate::failure::ErrorSlot;
use crate::handle::{self, Handle, Kind};

/// A token to stop checks with. A check has its own share of it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub(crate) fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Kind for Cancel {
    const MARK: u64 = 0x6b69_726a_c5a3_1e97;
}

/// `kirjuri_cancel_new` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_cancel_new(error: ErrorSlot) -> *mut Handle<Cancel> {
    call(error, 0, 1024, || Ok(Handle::new(Cancel::default())))
}

/// `kirjuri_cancel_raise` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_cancel_raise(cancel: *const Handle<Cancel>) {
    // SAFETY: the caller keeps the header.
    if let Some(cancel) = unsafe { handle::borrow(cancel) } {
        cancel.0.store(true, Ordering::Relaxed);
    }
}

/// `kirjuri_cancel_is_raised` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_cancel_is_raised(cancel: *const Handle<Cancel>) -> bool {
    // SAFETY: the caller keeps the header.
    unsafe { handle::borrow(cancel) }.is_some_and(Cancel::is_raised)
}

/// `kirjuri_cancel_free` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_cancel_free(cancel: *mut Handle<Cancel>) {
    // SAFETY: the caller keeps the header.
    unsafe { handle::free(cancel) };
}
