//! Any text as an expression.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::xpath::run(bytes));
