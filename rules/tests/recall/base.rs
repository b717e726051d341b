//! The clean documents that faults are planted in, and what the rules find in them before and after.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use kirjuri::identifiers::Date;
use kirjuri::{Limits, LintOptions, Member, Pack, Question, Rule, RuleSet};
use kirjuri_series::Collection;

use crate::exercised::{self, Applied};
use crate::fault::{Change, Fault, Other, When};
use crate::plant;

/// Folders of `fixtures/` whose clean documents are taken.
const FOLDERS: [&str; 3] = ["documents", "social", "forms"];

/// What is found in one document, and what it says that is compared with others.
struct Checked {
    found: BTreeMap<String, u64>,
    members: Vec<Member>,
}

/// The clean documents, and all built-in packs.
pub(crate) struct Base {
    pub(crate) rules: RuleSet,
    /// The rules that ask about a batch.
    of_series: BTreeSet<String>,
    documents: BTreeMap<String, String>,
    /// What is found in documents without the fault, by their text.
    known: Mutex<BTreeMap<String, Arc<Checked>>>,
    /// How often each rule applied to the documents of all fixtures, the faulty ones too.
    pub(crate) applied: Applied,
    /// The same of the corpora, if they are there.
    pub(crate) corpus: Option<Applied>,
}

impl Base {
    pub(crate) fn read() -> Base {
        let pack = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
        let rules = RuleSet::new(kirjuri_rules::names().map(pack).collect());
        let (applied, corpus) = (exercised::by_fixtures(&rules), exercised::by_corpora(&rules));
        let asks_series =
            |(pack, rule): (&Pack, &Rule)| matches!(rule.question, Question::Series { .. }).then(|| pack.rule_id(rule));
        let of_series = rules.rules().filter_map(asks_series).collect();
        let mut base = Base { rules, of_series, documents: BTreeMap::new(), known: Mutex::default(), applied, corpus };
        for folder in FOLDERS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(folder);
            let Ok(entries) = fs::read_dir(folder) else { continue };
            let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            for path in paths {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name.contains("-clean.") {
                    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
                    base.documents.insert(name, text.trim_start_matches('\u{feff}').to_owned());
                }
            }
        }
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

    /// The document as it is before the fault is planted: one of a batch may have to become a newer version, for instance.
    pub(crate) fn made(fault: &Fault, text: &str) -> String {
        changed(text, &fault.made)
    }

    /// The other documents of a batch: those before the fault is planted, and those after.
    pub(crate) fn others(&self, others: &[Other], text: &str) -> [Vec<String>; 2] {
        let other = |other: &&Other| match &other.document {
            Some(name) => {
                changed(self.documents.get(name).unwrap_or_else(|| panic!("there is no {name}")), &other.changes)
            }
            None => changed(text, &other.changes),
        };
        [When::Before, When::After]
            .map(|when| others.iter().filter(|other| other.is_there(when)).map(|it| other(&it)).collect())
    }

    /// What is found since the fault was planted: rules, and how often.
    pub(crate) fn new_findings(
        &self,
        name: &str,
        made: &str,
        planted: &str,
        others: &[Vec<String>; 2],
    ) -> BTreeMap<String, u64> {
        let [others_before, others_after] =
            others.each_ref().map(|others| others.iter().map(|text| self.known(text)).collect::<Vec<_>>());
        let mut before = self.findings(&[others_before.as_slice(), &[self.known(made)]].concat());
        // Of a document that is there only afterwards, what is found in it alone is not about the batch.
        for other in others_after.iter().filter(|after| !others_before.iter().any(|before| Arc::ptr_eq(before, after)))
        {
            for (rule, times) in self.findings(std::slice::from_ref(other)) {
                *before.entry(rule).or_default() += times;
            }
        }
        // A fault is planted where there is none of its kind yet.
        let unclean: Vec<&String> = before.keys().filter(|rule| self.of_series.contains(*rule)).collect();
        assert!(unclean.is_empty(), "{name} and the documents beside it are not clean: {unclean:?}");
        let mut found = self.findings(&[others_after.as_slice(), &[Arc::new(self.check(planted))]].concat());
        for (rule, times) in before {
            if let Some(now) = found.get_mut(&rule) {
                *now = now.saturating_sub(times);
            }
        }
        found.retain(|_, times| *times > 0);
        found
    }

    /// What is found in a document that many batches have.
    fn known(&self, text: &str) -> Arc<Checked> {
        let known = self.known.lock().unwrap().get(text).cloned();
        known.unwrap_or_else(|| {
            let checked = Arc::new(self.check(text));
            self.known.lock().unwrap().insert(text.to_owned(), Arc::clone(&checked));
            checked
        })
    }

    fn check(&self, text: &str) -> Checked {
        let mut checked = Checked { found: BTreeMap::new(), members: Vec::new() };
        match kirjuri::check(text.as_bytes(), &Limits::default(), &self.rules, &options()) {
            Ok(report) => {
                for finding in &report.findings {
                    *checked.found.entry(self.rules.id(finding.rule)).or_default() += 1;
                }
                checked.members = report.members;
            }
            // A document that no pack applies to any more, or that cannot be read, is told of in its own way.
            Err(_) => drop(checked.found.insert("unchecked".into(), 1)),
        }
        checked
    }

    /// What is found in documents that are one batch.
    fn findings(&self, batch: &[Arc<Checked>]) -> BTreeMap<String, u64> {
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        let mut series = Collection::default();
        for (number, checked) in (0..).zip(batch) {
            for (rule, times) in &checked.found {
                *found.entry(rule.clone()).or_default() += times;
            }
            series.take(number, &checked.members).unwrap();
        }
        let mut verdict = series.judge(&self.rules, &options()).unwrap();
        assert_eq!(verdict.unevaluated, []);
        while let Some(finding) = verdict.findings.next(&self.rules).unwrap() {
            *found.entry(self.rules.id(finding.finding.rule)).or_default() += 1;
        }
        found
    }
}

/// A text with changes, one after the other.
fn changed(text: &str, changes: &[Change]) -> String {
    changes.iter().fold(text.to_owned(), |text, change| plant::change_all(&text, &change.at, &change.operation))
}

pub(crate) fn options() -> LintOptions {
    let mut options = LintOptions::as_of(Date::new(2026, 11, 22).unwrap());
    options.series = true;
    options
}
