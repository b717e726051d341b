//! What a batch must come to, counted while it is made.

use std::collections::{BTreeMap, BTreeSet};

/// What must become of a document.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Fate {
    /// It is checked, and these rules find something, each as often as it stands here.
    Checked(&'static [&'static str]),
    Unreadable(&'static str),
    Skipped(&'static str),
}

/// The rules of the packs, with their severities.
pub(super) const RULES: [(&str, &str); 6] = [
    ("notes/empty-note", "error"),
    ("notes/malformed-day", "warning"),
    ("notes/missing-weekday", "warning"),
    ("notes/shouted-title", "info"),
    // On a series.
    ("letters/duplicate-text", "warning"),
    ("letters/missing-letter", "error"),
];

#[derive(Default)]
pub(super) struct Expected {
    /// By the names of the documents.
    pub(super) documents: BTreeMap<String, Fate>,
    /// What is found across documents, with the document it is about.
    pub(super) series: Vec<(String, &'static str)>,
    /// Files that are no documents.
    pub(super) ignored: u64,
    /// The rules whose findings a baseline knows.
    pub(super) known: BTreeSet<&'static str>,
}

impl Expected {
    pub(super) fn add(&mut self, path: String, fate: Fate) {
        let before = self.documents.insert(path.clone(), fate);
        assert_eq!(before, None, "{path} is there twice");
    }

    /// Documents that were seen, checked, unreadable and skipped.
    pub(super) fn account(&self) -> [u64; 4] {
        let count = |is: fn(&Fate) -> bool| self.documents.values().filter(|fate| is(fate)).count() as u64;
        let checked = count(|fate| matches!(fate, Fate::Checked(_)));
        let unreadable = count(|fate| matches!(fate, Fate::Unreadable(_)));
        let skipped = count(|fate| matches!(fate, Fate::Skipped(_)));
        assert_eq!(self.documents.len() as u64, checked + unreadable + skipped);
        [self.documents.len() as u64, checked, unreadable, skipped]
    }

    /// All findings of a rule, whether known or not.
    pub(super) fn failed(&self, rule: &str) -> u64 {
        let found = |fate: &Fate| findings(fate).iter().filter(|found| **found == rule).count() as u64;
        self.documents.values().map(found).sum::<u64>() + self.across(rule)
    }

    /// What a rule finds across documents.
    fn across(&self, rule: &str) -> u64 {
        self.series.iter().filter(|(_, found)| *found == rule).count() as u64
    }

    /// What is found across documents and shown, or known.
    pub(super) fn in_series(&self, is_known: bool) -> Vec<(&str, &str)> {
        let asked = self.series.iter().filter(|(_, rule)| self.known.contains(rule) == is_known);
        asked.map(|(path, rule)| (path.as_str(), *rule)).collect()
    }

    /// As [`Expected::severities`], without what is found across documents.
    pub(super) fn severities_in_documents(&self) -> [u64; 3] {
        let across = ["error", "warning", "info"].map(|severity| {
            let shown = self.in_series(false).into_iter();
            shown.filter(|(_, found)| RULES.contains(&(*found, severity))).count() as u64
        });
        let all = self.severities();
        [0, 1, 2].map(|number| all[number] - across[number])
    }

    /// The documents in which a rule finds something.
    pub(super) fn documents_failed(&self, rule: &str) -> u64 {
        self.documents.values().filter(|fate| findings(fate).contains(&rule)).count() as u64
    }

    /// The findings of a rule that are shown, or those that are known.
    pub(super) fn found(&self, rule: &str, is_known: bool) -> u64 {
        if self.known.contains(rule) == is_known { self.failed(rule) } else { 0 }
    }

    pub(super) fn total(&self, is_known: bool) -> u64 {
        RULES.iter().map(|(rule, _)| self.found(rule, is_known)).sum()
    }

    /// The findings that are shown, of the severities error, warning and info.
    pub(super) fn severities(&self) -> [u64; 3] {
        ["error", "warning", "info"].map(|severity| {
            RULES.iter().filter(|(_, of)| *of == severity).map(|(rule, _)| self.found(rule, false)).sum()
        })
    }

    /// The rules that find something in a document and are not known, in order.
    pub(super) fn shown<'f>(&self, fate: &'f Fate) -> Vec<&'f str> {
        let mut shown: Vec<_> = findings(fate).iter().copied().filter(|rule| !self.known.contains(rule)).collect();
        shown.sort_unstable();
        shown
    }

    /// How many documents there are for each reason not to be checked.
    pub(super) fn reasons(&self) -> BTreeMap<String, u64> {
        let mut reasons = BTreeMap::new();
        for fate in self.documents.values() {
            if let Fate::Unreadable(reason) | Fate::Skipped(reason) = fate {
                *reasons.entry((*reason).to_owned()).or_default() += 1;
            }
        }
        reasons
    }
}

fn findings(fate: &Fate) -> &'static [&'static str] {
    match fate {
        Fate::Checked(findings) => findings,
        Fate::Unreadable(_) | Fate::Skipped(_) => &[],
    }
}
