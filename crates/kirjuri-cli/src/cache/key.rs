//! What an outcome depends on beside the document: where any of it changes, nothing that was kept is of use.

use blake3::Hasher;
use kirjuri::codes::CodeLibrary;
use kirjuri::{Limits, LintOptions, REPORT_ENCODING, RuleSet};

use crate::packs::Packs;

/// The hash of what packs and schemas were made of, taken before they become rules.
pub(crate) fn made_of(packs: &Packs) -> blake3::Hash {
    let mut parts = Parts::default();
    for source in &packs.sources {
        let mut files: Vec<_> = source.files.iter().collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        parts.add(&(files.len() as u64).to_le_bytes());
        for file in files {
            parts.add(file.path.as_bytes()).add(file.text.as_bytes());
        }
    }
    for loaded in &packs.schemas {
        parts.add(loaded.digest.as_bytes());
    }
    parts.0.finalize()
}

/// The hash of all that an outcome depends on beside the document.
pub(crate) fn of(
    made_of: blake3::Hash,
    rules: &RuleSet,
    codes: &CodeLibrary,
    options: &LintOptions,
    limits: &Limits,
) -> blake3::Hash {
    let mut parts = Parts::default();
    parts.add(env!("CARGO_PKG_VERSION").as_bytes()).add(&REPORT_ENCODING.to_le_bytes());
    parts.add(made_of.as_bytes());
    parts.add(of_selection(rules).as_bytes());
    for set in codes.iter() {
        parts.add(set.bytes());
    }
    // The locations of SVRL are those of findings of schemas.
    let locations = options.locations && !rules.schemas().is_empty();
    let against = options.against.as_ref().map(|against| format!("{:?}", against.structure()));
    let said = format!("{:?} {limits:?} {locations} {} {}", options.as_of, options.series, options.budget);
    parts.add(&[u8::from(options.describe)]);
    parts.add(said.as_bytes()).add(against.as_deref().unwrap_or_default().as_bytes());
    parts.0.finalize()
}

/// The hash of the rules that are asked: some may be left out, or be graver or milder than their packs say.
pub(crate) fn of_selection(rules: &RuleSet) -> blake3::Hash {
    let mut parts = Parts::default();
    for rule in rules.all() {
        parts.add(rule.id().as_bytes()).add(rule.severity().id().as_bytes()).add(&[u8::from(rule.is_selected())]);
    }
    parts.0.finalize()
}

/// Why outcomes of a run are not kept.
pub(crate) fn hindrance(rules: &RuleSet, options: &LintOptions) -> Option<&'static str> {
    let names_others = rules.schemas().iter().flat_map(|schema| schema.patterns()).any(|it| it.documents.is_some());
    let reasons = [
        (options.excerpts || options.messages, "--show-source makes reports that hold content of the documents"),
        (options.clock.is_some(), "--profile-rules measures what checking takes"),
        (options.draft, "--draft is about documents that change all the time"),
        (options.fired_rules, "SVRL tells of rules that are not kept"),
        (names_others, "a schema reads other documents, which may change"),
    ];
    reasons.into_iter().find_map(|(is_so, reason)| is_so.then_some(reason))
}

/// Parts of a hash, each with its length before it, so that no two rows of parts are one.
#[derive(Default)]
struct Parts(Hasher);

impl Parts {
    fn add(&mut self, part: &[u8]) -> &mut Parts {
        self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
        self
    }
}
