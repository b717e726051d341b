//! Any bytes as a Schematron schema, a document and the files that both may name.

#![no_main]

use kirjuri::{Report, RuleSet};

fn svrl(report: &Report, rules: &RuleSet) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    kirjuri_report::write_svrl(report, rules, 0, &mut out).expect("memory takes what is written");
    Some(out)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::schematron::run(bytes, &svrl));
