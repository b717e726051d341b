//! Rules on a series: what one document may not say because an earlier one of the same batch said it.
//!
//! A document alone leaves *traces*, fingerprints of what it says of whom; whoever goes through a batch shows its reports
//! to one [`Series`] in their order. Of what was said only the fingerprint is kept, and only while the series lives.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::report::{Finding, Report};
use crate::rule_set::RuleIndex;

/// Something a document says that no later one of the batch may repeat.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace {
    pub(crate) said: Said,
    /// The finding it is if it was said before.
    pub(crate) finding: Finding,
}

/// The fingerprint of what a document says of whom, and of which document it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Said {
    what: [u64; 2],
    document: u64,
}

impl Said {
    /// Of a group's value. A document without anything that identifies it is the empty text.
    pub(crate) fn new(group: &str, value: &str, document: &str) -> Said {
        // Two hashes with fixed keys: the same in every run, and no two texts of a batch meet in both by chance.
        let hash = |key: u64, texts: &[&str]| {
            let mut hasher = DefaultHasher::new();
            (key, texts).hash(&mut hasher);
            hasher.finish()
        };
        let document = if document.is_empty() { 0 } else { hash(2, &[document]) };
        Said { what: [0, 1].map(|key| hash(key, &[group, value])), document }
    }

    /// Whether another document said the same. Where only one of the two says which document it is they may be one.
    pub(crate) fn is_repeated_by(self, later: Said) -> bool {
        let is_another = match (self.document, later.document) {
            (0, 0) => true,
            (0, _) | (_, 0) => false,
            (one, other) => one != other,
        };
        self.what == later.what && is_another
    }
}

/// The documents of a batch so far, as far as rules on series remember them: some thirty bytes for each thing said.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// By rule and what was said, the document that said it first.
    said: HashMap<(RuleIndex, [u64; 2]), Said>,
}

impl Series {
    /// Judges the traces of a document by those before it: what was said before becomes a finding of the report. Show it
    /// the reports of a batch in the order of the batch.
    pub fn judge(&mut self, report: &mut Report) {
        let mut added = false;
        // What one document says twice is not said by an earlier one.
        let traces = std::mem::take(&mut report.traces);
        let key = |trace: &Trace| (trace.finding.rule, trace.said.what);
        let is_repeated =
            |trace: &Trace| self.said.get(&key(trace)).is_some_and(|said| said.is_repeated_by(trace.said));
        let (repeated, first): (Vec<Trace>, Vec<Trace>) = traces.into_iter().partition(is_repeated);
        for trace in first {
            self.said.entry(key(&trace)).or_insert(trace.said);
        }
        for trace in repeated {
            let rule = trace.finding.rule;
            if let Ok(index) = report.tallies.binary_search_by_key(&rule, |(known, _)| *known) {
                report.tallies[index].1.failed += 1;
            }
            report.findings.push(trace.finding);
            added = true;
        }
        if added {
            report.findings.sort_by_key(|finding| (finding.place.order(), finding.rule));
        }
    }
}
