//! Any text as a file of a pack.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::pack::run(bytes));
