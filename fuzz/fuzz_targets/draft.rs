//! A document and edits of it for the built-in rules.

#![no_main]

use std::sync::OnceLock;

use kirjuri::{Pack, RuleSet};

static RULES: OnceLock<RuleSet> = OnceLock::new();

fn built_in() -> RuleSet {
    let sources = kirjuri_rules::names().filter_map(kirjuri_rules::source);
    RuleSet::new(sources.map(|source| Pack::load(&source).expect("the built-in packs load").into()).collect())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| kirjuri_fuzz::draft::run(bytes, RULES.get_or_init(built_in)));
