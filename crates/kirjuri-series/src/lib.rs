//! Asks the rules on series of batches of any size, in memory that does not grow with them.
//!
//! What the documents of a batch say ([`Member`]) is sorted by group, on disk where it does not fit in memory, and judged
//! group by group after the last document. Findings are sorted in the same way. Whatever the order in which documents come
//! and however many threads there are, the findings and their order are the same.
//!
//! The temporary files have no names and hold what members hold: places, fingerprints, and what a series keeps or sorts by
//! as it is written. That is meant for numbers, times, codes and OIDs; a single word of ASCII letters that a series keeps
//! among its values cannot be told from a code.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod sort;

use std::collections::{BTreeMap, HashMap};
use std::io;

use kirjuri::{Fingerprint, Group, Judge, LintOptions, Member, RuleIndex, RuleSet, SeriesFinding, Tally, Unevaluated};
use rayon::prelude::*;

use crate::sort::{Sorted, Sorter};

/// Bytes of memory that are filled before anything is written to disk.
pub const MEMORY: usize = 1 << 20;

/// Members whose groups are judged at a time, on all threads.
const PORTION: usize = 1 << 11;

/// What the documents of a batch say, while it is collected.
#[derive(Debug)]
pub struct Collection {
    memory: usize,
    members: Sorter,
    taken: u64,
    buffer: Vec<u8>,
}

impl Default for Collection {
    fn default() -> Collection {
        Collection::with_memory(MEMORY)
    }
}

impl Collection {
    /// A collection that holds so many bytes in memory, beside as much for the findings.
    pub fn with_memory(memory: usize) -> Collection {
        Collection { memory, members: Sorter::new(memory), taken: 0, buffer: Vec::new() }
    }

    /// Takes what a document says. `document` is its place among the documents of the batch as they are reported, which is
    /// the same whatever the order in which they come.
    ///
    /// # Errors
    /// What the system says when it cannot write temporary files.
    pub fn take(&mut self, document: u32, members: &[Member]) -> io::Result<()> {
        for member in members {
            self.buffer.clear();
            member.encode(document, &mut self.buffer);
            self.members.push(&self.buffer)?;
        }
        self.taken += members.len() as u64;
        Ok(())
    }

    /// How many members were taken.
    pub fn len(&self) -> u64 {
        self.taken
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.taken == 0
    }

    /// Asks the rules, on the threads of the pool it is called in, by the rules and options of the documents' own checks.
    ///
    /// # Errors
    /// What the system says when it cannot write or read temporary files.
    pub fn judge(self, rules: &RuleSet, options: &LintOptions) -> io::Result<Verdict> {
        let judge = Judge::new(rules, options);
        let mut verdict = Collected {
            tallies: BTreeMap::new(),
            unevaluated: BTreeMap::new(),
            findings: Sorter::new(self.memory),
            buffer: Vec::new(),
        };
        let (mut groups, mut held, mut key) = (Vec::new(), 0, Vec::new());
        for record in self.members.into_sorted()? {
            let record = record?;
            if key != Member::group_of(&record) {
                if held >= PORTION {
                    verdict.add(&judge, &groups)?;
                    groups.clear();
                    held = 0;
                }
                key = Member::group_of(&record).to_vec();
                groups.push(Group::default());
            }
            if let Some(group) = groups.last_mut() {
                group.push(&record);
            }
            held += 1;
        }
        verdict.add(&judge, &groups)?;
        Ok(Verdict {
            tallies: verdict.tallies.into_iter().collect(),
            unevaluated: verdict.unevaluated.into_iter().map(|(rule, times)| Unevaluated { rule, times }).collect(),
            findings: Findings { sorted: verdict.findings.into_sorted()?, document: 0, given: HashMap::new() },
        })
    }
}

/// What was judged so far.
struct Collected {
    tallies: BTreeMap<RuleIndex, Tally>,
    unevaluated: BTreeMap<RuleIndex, u64>,
    findings: Sorter,
    buffer: Vec<u8>,
}

impl Collected {
    fn add(&mut self, judge: &Judge<'_>, groups: &[Group]) -> io::Result<()> {
        let judged: Vec<_> = groups.par_iter().with_min_len(8).map(|group| judge.judge(group)).collect();
        for judged in judged {
            for (rule, tally) in judged.tallies {
                *self.tallies.entry(rule).or_default() += tally;
            }
            for one in judged.unevaluated {
                *self.unevaluated.entry(one.rule).or_default() += one.times;
            }
            for finding in judged.findings {
                self.buffer.clear();
                finding.encode(&mut self.buffer);
                self.findings.push(&self.buffer)?;
            }
        }
        Ok(())
    }
}

/// What the rules on series say of a batch.
#[derive(Debug)]
pub struct Verdict {
    /// How often rules applied and failed, by number.
    pub tallies: Vec<(RuleIndex, Tally)>,
    /// How often rules could not be asked, by number.
    pub unevaluated: Vec<Unevaluated>,
    /// What they found.
    pub findings: Findings,
}

/// What was found, by document, place and rule.
#[derive(Debug)]
pub struct Findings {
    sorted: Sorted,
    /// The document of the last finding, and how often its findings have been given a fingerprint.
    document: u32,
    given: HashMap<Fingerprint, u32>,
}

impl Findings {
    /// The next finding, by the rules that found it.
    ///
    /// # Errors
    /// What the system says when it cannot read temporary files.
    pub fn next(&mut self, rules: &RuleSet) -> io::Result<Option<SeriesFinding>> {
        let Some(record) = self.sorted.next().transpose()? else { return Ok(None) };
        let mut found = SeriesFinding::decode(&record, rules).ok_or(io::ErrorKind::InvalidData)?;
        if found.document != self.document {
            self.document = found.document;
            self.given.clear();
        }
        // Groups are judged one by one, so that only here all findings of a document come together.
        let times = self.given.entry(found.finding.fingerprint).or_default();
        *times += 1;
        found.finding.fingerprint = found.finding.fingerprint.nth(*times);
        Ok(Some(found))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kirjuri::{Limits, Pack, PackFile, PackSource};

    use super::*;

    const MANIFEST: &str = r#"
id = "letters"
version = "1.0.0"
title = { fi = "kirjeet", sv = "brev", en = "letters" }
applies = { root = "Q{}letter" }
guidelines.manual = { title = "Kirjeopas", publisher = "Talo" }
"#;

    const SERIES: &str = r#"
[[member]]
name = "letter"
context = "/letter"
group = ["@set"]
order = ["@number"]
values = { number = "@number" }
"#;

    const RULE: &str = r#"
criterion = "completeness"
severity = "error"
guideline = [{ doc = "manual", clause = "1" }]
series = "letters"
context = "letter[@number > 1]"
assert = "preceding-sibling::letter[1]/@number = @number - 1"
other = "preceding-sibling::letter[1]"
title = { fi = "numero puuttuu", sv = "ett nummer saknas", en = "a number is missing" }
why = { fi = "A.", sv = "B.", en = "C." }
fix = { fi = "A.", sv = "B.", en = "C." }
pass = [{ name = "in a row", batch = ["<letter set='a' number='1'/>", "<letter set='a' number='2'/>"] }]
fail = [{ name = "a gap", at = ["1: /letter"], batch = ["<letter set='a' number='2'/>"] }]
"#;

    fn rules() -> RuleSet {
        let files = [("pack.toml", MANIFEST), ("series/letters.toml", SERIES), ("missing-number.toml", RULE)];
        let files = files.map(|(path, text)| PackFile { path: path.into(), text: text.into() });
        let pack = Pack::load(&PackSource { name: "letters".into(), files: files.into() }).unwrap();
        assert_eq!(pack.test(), []);
        RuleSet::new(vec![Arc::new(pack)])
    }

    /// What is found in two thousand letters of some hundred sets, of which every seventh is missing.
    fn found(memory: usize, backwards: bool, threads: usize) -> (Vec<SeriesFinding>, Vec<(RuleIndex, Tally)>) {
        let rules = rules();
        let mut options = LintOptions::default();
        options.series = true;
        let mut collection = Collection::with_memory(memory);
        let mut numbers: Vec<u32> = (0..2000).filter(|number| number % 7 > 0).collect();
        if backwards {
            numbers.reverse();
        }
        for number in numbers {
            let letter = format!("<letter set='{}' number='{}'/>", number % 101, number / 101 + 1);
            let report = kirjuri::check(letter.as_bytes(), &Limits::default(), &rules, &options).unwrap();
            collection.take(number, &report.members).unwrap();
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut verdict = pool.install(|| collection.judge(&rules, &options)).unwrap();
        let mut found = Vec::new();
        while let Some(finding) = verdict.findings.next(&rules).unwrap() {
            found.push(finding);
        }
        assert_eq!(verdict.unevaluated, []);
        (found, verdict.tallies)
    }

    #[test]
    fn the_same_is_found_whatever_the_memory_the_order_and_the_threads() {
        let expected = found(MEMORY, false, 1);
        assert!(expected.0.len() > 100 && expected.0.is_sorted_by_key(|found| found.document));
        for memory in [0, 1000, 50_000, MEMORY] {
            for backwards in [false, true] {
                assert!(found(memory, backwards, 2) == expected, "{memory} {backwards}");
            }
        }
    }
}
