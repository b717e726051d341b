//! The clean documents that faults are planted in, and what the rules find in them before and after.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use kirjuri::identifiers::Date;
use kirjuri::{Limits, LintOptions, Pack, RuleSet};

use crate::fault::Other;
use crate::plant;

/// Folders of `fixtures/` whose clean documents are taken.
const FOLDERS: [&str; 3] = ["documents", "social", "forms"];

/// The clean documents, and all built-in packs.
pub(crate) struct Base {
    pub(crate) rules: RuleSet,
    documents: BTreeMap<String, String>,
    /// Of each document, what is found in it as it is.
    before: BTreeMap<String, BTreeMap<String, u64>>,
    /// How often each rule applied to the documents of all fixtures, the faulty ones too.
    pub(crate) applied: Vec<u64>,
    /// The same of the corpora, if they are there.
    pub(crate) corpus: Option<Vec<u64>>,
}

impl Base {
    pub(crate) fn read() -> Base {
        let pack = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
        let rules = RuleSet::new(kirjuri_rules::names().map(pack).collect());
        let (applied, corpus) = (vec![0; rules.len()], corpus_applied(&rules));
        let mut base = Base { rules, documents: BTreeMap::new(), before: BTreeMap::new(), applied, corpus };
        for folder in FOLDERS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(folder);
            let Ok(entries) = fs::read_dir(folder) else { continue };
            let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            for path in paths {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if !name.ends_with(".xml") && !name.ends_with(".json") {
                    continue;
                }
                let bytes = fs::read(&path).unwrap();
                count_applied(&base.rules, &bytes, &mut base.applied);
                if name.contains("-clean.") {
                    let text = String::from_utf8(bytes).unwrap_or_else(|_| panic!("{name} is not UTF-8"));
                    base.documents.insert(name, text.trim_start_matches('\u{feff}').to_owned());
                }
            }
        }
        base.before = base.documents.iter().map(|(name, text)| (name.clone(), base.findings(&[text]))).collect();
        base
    }

    /// The clean documents whose names begin so; all where no name is given.
    pub(crate) fn documents(&self, names: &[String]) -> impl Iterator<Item = (&str, &str)> {
        let is_asked = move |name: &str| names.is_empty() || names.iter().any(|begin| name.starts_with(begin.as_str()));
        self.documents.iter().filter(move |(name, _)| is_asked(name)).map(|(name, text)| (name.as_str(), text.as_str()))
    }

    pub(crate) fn document_count(&self) -> usize {
        self.documents.len()
    }

    /// The other documents of a batch.
    pub(crate) fn others(&self, others: &[Other], text: &str) -> Vec<String> {
        let other = |other: &Other| {
            let text = match &other.document {
                Some(name) => self.documents.get(name).unwrap_or_else(|| panic!("there is no {name}")),
                None => text,
            };
            let change =
                |text: String, change: &crate::fault::Change| plant::change_all(&text, &change.at, &change.operation);
            other.changes.iter().fold(text.to_owned(), change)
        };
        others.iter().map(other).collect()
    }

    /// What is found since the fault was planted: rules, and how often.
    pub(crate) fn new_findings(
        &self,
        name: &str,
        text: &str,
        planted: &str,
        others: &[String],
    ) -> BTreeMap<String, u64> {
        let before = match others {
            [] => self.before[name].clone(),
            others => self.findings(&others.iter().map(String::as_str).chain([text]).collect::<Vec<_>>()),
        };
        let batch: Vec<&str> = others.iter().map(String::as_str).chain([planted]).collect();
        let mut found = self.findings(&batch);
        for (rule, times) in before {
            if let Some(now) = found.get_mut(&rule) {
                *now = now.saturating_sub(times);
            }
        }
        found.retain(|_, times| *times > 0);
        found
    }

    /// What is found in documents that are one batch.
    fn findings(&self, batch: &[&str]) -> BTreeMap<String, u64> {
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        for text in batch {
            let report = kirjuri::check(text.as_bytes(), &Limits::default(), &self.rules, &options());
            // A document that no pack applies to any more, or that cannot be read, is told of in its own way.
            let Ok(report) = report else {
                *found.entry("unchecked".into()).or_default() += 1;
                continue;
            };
            for finding in &report.findings {
                *found.entry(self.rules.id(finding.rule)).or_default() += 1;
            }
        }
        found
    }
}

fn count_applied(rules: &RuleSet, bytes: &[u8], applied: &mut [u64]) {
    let Ok(report) = kirjuri::check(bytes, &Limits::default(), rules, &options()) else { return };
    for (rule, tally) in report.tallies {
        applied[rule.index()] += tally.applied;
    }
}

/// How often each rule applies to the documents of the corpora, if they are there: in `KIRJURI_CORPUS`, else in
/// `target/corpus`.
fn corpus_applied(rules: &RuleSet) -> Option<Vec<u64>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpus = env::var_os("KIRJURI_CORPUS").map_or_else(|| root.join("target/corpus"), PathBuf::from);
    let mut applied = vec![0; rules.len()];
    for folder in ["kanta/documents", "sosmeta/structures", "fhir-questionnaires"] {
        let mut paths: Vec<_> = fs::read_dir(corpus.join(folder)).ok()?.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            // Of whole folders inside nothing is taken: these are lists and licences.
            let Ok(bytes) = fs::read(&path) else { continue };
            count_applied(rules, &bytes, &mut applied);
        }
    }
    Some(applied)
}

fn options() -> LintOptions {
    LintOptions::as_of(Date::new(2026, 11, 22).unwrap())
}
