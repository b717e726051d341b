//! A document and edits of it for the built-in rules.

#![no_main]

mod built_in;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::draft::run(bytes, built_in::rules()));
