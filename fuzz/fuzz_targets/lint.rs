//! Any bytes as a document for the built-in rules.

#![no_main]

mod built_in;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::lint::run(bytes, built_in::rules()));
