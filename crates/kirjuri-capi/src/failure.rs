//! `kirjuri_error`: why a function failed.

use std::borrow::Cow;
use std::ptr;

use kirjuri::PackErrors;

use crate::abi::{KirjuriPosition, KirjuriString};
use crate::handle::{self, Handle, Kind};
use crate::input;

/// `kirjuri_code`.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Code {
    /// An argument is none that the function takes.
    InvalidArgument = 1,
    /// A handle is none.
    InvalidHandle = 2,
    /// A file that was named cannot be read.
    UnreadableFile = 3,
    /// A pack breaks its laws.
    BrokenPack = 4,
    /// A document could not be read.
    UnreadableDocument = 5,
    /// There is no pack or rule of that name.
    NotFound = 6,
    /// The cancel token was raised.
    Cancelled = 7,
    /// The time is up.
    TimeLimit = 8,
    /// More memory was needed than allowed.
    MemoryLimit = 9,
    /// The system has no more memory.
    OutOfMemory = 10,
    /// A fault of the library.
    Internal = 11,
}

/// Why a function failed.
#[derive(Debug)]
pub struct Failure {
    code: Code,
    message: Cow<'static, str>,
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    path: String,
    line: u32,
    column: u32,
}

impl Kind for Failure {
    const MARK: u64 = 0x6b69_726a_9e27_e0d1;
}

/// It must be there when nothing can be made.
static OUT_OF_MEMORY: Handle<Failure> =
    Handle::new(Failure { code: Code::OutOfMemory, message: Cow::Borrowed("the memory is used up"), place: None });

/// The error of missing memory. It is never freed.
pub(crate) fn out_of_memory() -> *mut Handle<Failure> {
    ptr::from_ref(&OUT_OF_MEMORY).cast_mut()
}

/// Where the caller wants to be told why a function failed: a `kirjuri_error **`, or NULL. Only C makes one, which keeps
/// what the header asks for: NULL, or a pointer to a pointer.
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
pub struct ErrorSlot(*mut *mut Handle<Failure>);

impl ErrorSlot {
    /// A slot for a caller in Rust.
    ///
    /// # Safety
    /// The pointer is NULL or to a pointer, as long as the slot is used.
    pub unsafe fn at(error: *mut *mut Handle<Failure>) -> ErrorSlot {
        ErrorSlot(error)
    }

    /// Says why the function failed, or by NULL that it did not, if anybody asks.
    pub(crate) fn tell(self, failure: *mut Handle<Failure>) {
        if self.0.is_null() || !self.0.is_aligned() {
            // SAFETY: nobody else has it; freeing the error of missing memory does nothing.
            unsafe { kirjuri_error_free(failure) };
            return;
        }
        // SAFETY: whoever made the slot promises that it is to a pointer.
        unsafe { ptr::write(self.0, failure) };
    }
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Failure {
        Failure { code, message: message.into(), place: None }
    }

    pub(crate) fn argument(message: impl Into<Cow<'static, str>>) -> Failure {
        Failure::new(Code::InvalidArgument, message)
    }

    /// With a place in the document.
    pub(crate) fn at(mut self, position: kirjuri::Position) -> Failure {
        self.place = Some(Place { path: String::new(), line: position.line, column: position.column });
        self
    }

    /// A pack with faults, the first of which is the place.
    pub(crate) fn of_pack(errors: &PackErrors) -> Failure {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let place = |error: &kirjuri::PackError| Place {
            path: error.path.clone(),
            line: number(error.line),
            column: number(error.column),
        };
        let message = errors.to_string().into();
        Failure { code: Code::BrokenPack, message, place: errors.0.first().map(place) }
    }
}

/// `kirjuri_error_code` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_error_code(error: *const Handle<Failure>) -> i32 {
    // SAFETY: the caller keeps the header.
    unsafe { handle::borrow(error) }.map_or(0, |failure| failure.code as i32)
}

/// `kirjuri_error_message` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_error_message(error: *const Handle<Failure>) -> KirjuriString {
    // SAFETY: the caller keeps the header.
    let failure = unsafe { handle::borrow(error) };
    failure.map(|failure| KirjuriString::of(&failure.message)).unwrap_or_default()
}

/// `kirjuri_error_position` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_error_position(error: *const Handle<Failure>, position: *mut KirjuriPosition) -> bool {
    // SAFETY: the caller keeps the header.
    let place = unsafe { handle::borrow(error) }.and_then(|failure| failure.place.as_ref());
    let Some(Place { path, line, column }) = place else { return false };
    let known =
        KirjuriPosition { path: KirjuriString::of(path), line: *line, column: *column, ..KirjuriPosition::default() };
    // SAFETY: the caller keeps the header.
    unsafe { input::fill(position, known) }.is_ok()
}

/// `kirjuri_error_free` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_error_free(error: *mut Handle<Failure>) {
    if !ptr::eq(error, &OUT_OF_MEMORY) {
        // SAFETY: the caller keeps the header; the one error that was not made is left alone.
        unsafe { handle::free(error) };
    }
}
