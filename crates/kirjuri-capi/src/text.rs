//! `kirjuri_text`: a text that was made for the caller.

use crate::abi::KirjuriString;
use crate::call::call;
use crate::failure::{Code, ErrorSlot, Failure};
use crate::handle::{self, Handle, Kind};

/// A text that was made for the caller.
#[derive(Debug)]
pub struct Text(String);

impl Text {
    pub(crate) fn new(text: String) -> Text {
        Text(text)
    }
}

impl Kind for Text {
    const MARK: u64 = 0x6b69_726a_41f8_73b5;
}

/// Makes a text of JSON.
pub(crate) fn of_json<J: serde::Serialize>(
    error: ErrorSlot,
    reserve: usize,
    json: impl FnOnce() -> Result<J, Failure>,
) -> *mut Handle<Text> {
    call(error, 0, reserve, || Ok(Handle::new(Text(written(&json()?)?))))
}

/// JSON as a text.
pub(crate) fn written(json: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(json).map_err(|_| Failure::new(Code::Internal, "the JSON could not be written"))
}

/// `kirjuri_text_string` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_text_string(text: *const Handle<Text>) -> KirjuriString {
    // SAFETY: the caller keeps the header.
    unsafe { handle::borrow(text) }.map(|Text(text)| KirjuriString::of(text)).unwrap_or_default()
}

/// `kirjuri_text_free` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_text_free(text: *mut Handle<Text>) {
    // SAFETY: the caller keeps the header.
    unsafe { handle::free(text) };
}
