//! Handles: what C holds of an object, marked so that something else is noticed.

use std::ptr;

use crate::failure::{Code, Failure};

/// What a handle may be of.
pub trait Kind {
    /// The mark that its handles begin with: bytes that hardly stand anywhere by chance.
    const MARK: u64;
}

/// An object of C's, behind a mark.
#[repr(C)]
#[derive(Debug)]
pub struct Handle<T> {
    mark: u64,
    value: T,
}

impl<T: Kind> Handle<T> {
    pub(crate) const fn new(value: T) -> Handle<T> {
        Handle { mark: T::MARK, value }
    }
}

/// Gives a handle to C.
pub(crate) fn give<T>(handle: Box<Handle<T>>) -> *mut Handle<T> {
    Box::into_raw(handle)
}

fn is_marked<T: Kind>(pointer: *const Handle<T>) -> bool {
    if pointer.is_null() || !pointer.is_aligned() {
        return false;
    }
    // SAFETY: the pointer is aligned, and to a handle if the caller keeps the header; if it is to other memory, that is
    // what the mark is there to tell. Volatile, so that nothing is concluded from what a handle has to be.
    let mark = unsafe { ptr::read_volatile(pointer.cast::<u64>()) };
    mark == T::MARK
}

/// The object of a handle that C passes.
///
/// # Safety
/// The handle lives as long as `'h`.
pub(crate) unsafe fn borrow<'h, T: Kind>(pointer: *const Handle<T>) -> Option<&'h T> {
    // SAFETY: the mark says that it is a handle, which the caller keeps alive.
    is_marked(pointer).then(|| unsafe { &(*pointer).value })
}

/// As [`borrow`], where a handle must be.
///
/// # Safety
/// As [`borrow`].
pub(crate) unsafe fn require<'h, T: Kind>(pointer: *const Handle<T>, what: &'static str) -> Result<&'h T, Failure> {
    // SAFETY: the caller's.
    unsafe { borrow(pointer) }.ok_or(Failure::new(Code::InvalidHandle, what))
}

/// Frees a handle; what is none is left alone.
///
/// # Safety
/// It was given by [`give`], and nobody uses it any more.
pub(crate) unsafe fn free<T: Kind>(pointer: *mut Handle<T>) {
    if !is_marked(pointer) {
        return;
    }
    // SAFETY: the mark says that it is a handle; nobody else has it.
    unsafe { ptr::write_volatile(pointer.cast::<u64>(), !T::MARK) };
    // SAFETY: as above; with the mark gone it is not freed again.
    let handle = unsafe { Box::from_raw(pointer) };
    // What an object does when it goes must not unwind into C, though none does anything that could.
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(handle)));
    debug_assert!(dropped.is_ok());
}
