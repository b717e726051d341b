//! Any bytes as a document.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::parse::run(bytes));
