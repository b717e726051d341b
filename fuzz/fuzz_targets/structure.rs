//! Any text as a published structure, with any bytes as a document of it.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::structure::run(bytes));
