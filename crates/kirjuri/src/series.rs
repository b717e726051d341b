//! Rules on a series: what one document may not say because an earlier one of the same batch said it.
//!
//! A document alone leaves *traces*, fingerprints of what it says of whom; whoever goes through a batch shows its reports
//! to one [`Series`] in their order. Of what was said only the fingerprint is kept, and only while the series lives.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::report::{Finding, Report};

/// Something a document says that no later one of the batch may repeat.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace {
    pub(crate) said: Said,
    /// The finding it is if it was said before.
    pub(crate) finding: Finding,
}

/// The fingerprint of what a document says of whom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Said([u64; 2]);

impl Said {
    /// Of a group's value, for the rule of a number.
    pub(crate) fn new(rule: usize, group: &str, value: &str) -> Said {
        // Two hashes with fixed keys: the same in every run, and no two texts of a batch meet in both by chance.
        Said([0u64, 1].map(|key| {
            let mut hasher = DefaultHasher::new();
            (key, rule, group, value).hash(&mut hasher);
            hasher.finish()
        }))
    }
}

/// The documents of a batch so far, as far as rules on series remember them: sixteen bytes for each thing said.
#[derive(Clone, Debug, Default)]
pub struct Series {
    said: HashSet<Said>,
}

impl Series {
    /// Judges the traces of a document by those before it: what was said before becomes a finding of the report. Show it
    /// the reports of a batch in the order of the batch.
    pub fn judge(&mut self, report: &mut Report) {
        let mut added = false;
        // What one document says twice is not said by an earlier one.
        let traces = std::mem::take(&mut report.traces);
        let (repeated, first): (Vec<Trace>, Vec<Trace>) =
            traces.into_iter().partition(|trace| self.said.contains(&trace.said));
        self.said.extend(first.into_iter().map(|trace| trace.said));
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
