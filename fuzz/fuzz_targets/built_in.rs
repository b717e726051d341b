//! The built-in rules, loaded once for all inputs.

use std::sync::OnceLock;

use kirjuri::{Pack, RuleSet};

pub fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(|| {
        let sources = kirjuri_rules::names().filter_map(kirjuri_rules::source);
        RuleSet::new(sources.map(|source| Pack::load(&source).expect("the built-in packs load").into()).collect())
    })
}
