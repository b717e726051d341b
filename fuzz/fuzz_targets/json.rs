//! Any bytes as a JSON text.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::json::run(bytes));
