//! A thousand exports made anew of documents with known faults: each keeps or loses exactly the suppressions it should.
//!
//! Three faults are planted in a clean document, and their fingerprints are the suppressions. Then the document is written
//! anew, in another order, with other prefixes, ids, line ends and white space, as it is or with one fault mended, one
//! swapped for another of the same rule at the same path, or one more of its kind. What must come of it is known from what
//! was planted, not from fingerprints.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod export;
#[allow(dead_code)]
#[path = "../recall/fault.rs"]
mod fault;
#[allow(dead_code)]
#[path = "../recall/plant.rs"]
mod plant;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use kirjuri::identifiers::Date;
use kirjuri::{Document, Fingerprint, Limits, LintOptions, Pack, Place, RuleSet};

use export::Random;
use fault::{Fault, Operation};

/// How many documents with faults there are, and how many exports are made of each.
const CASES: u64 = 40;
const EXPORTS: u64 = 25;

/// Rules that say of one of several what is about them all, such as the later of two twins: with the order of these
/// changes where they point.
fn goes_by_order(rule: &str) -> bool {
    rule.contains("/duplicate-") || rule == "kanta-body/missing-main-diagnosis"
}

/// Whether a fault is in what its document is known by: whoever mends it has another document.
fn is_in_identity(path: &str) -> bool {
    path.starts_with("/Questionnaire/url>") || path.starts_with("/ClinicalDocument/setId")
}

/// A finding without its fingerprint: its rule and its path, without the numbers that siblings have.
type Seen = (String, String);

/// Whether a finding is not tried.
fn is_moving((rule, path): &Seen) -> bool {
    goes_by_order(rule) || is_in_identity(path)
}

/// What is done to a document beside writing it anew.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Change {
    Nothing,
    Mended,
    Swapped,
    Added,
}

const CHANGES: [Change; 4] = [Change::Nothing, Change::Mended, Change::Swapped, Change::Added];

struct Base {
    rules: RuleSet,
    documents: Vec<String>,
    faults: Vec<Fault>,
}

/// What is found in a text.
struct Findings {
    seen: Vec<Seen>,
    places: Vec<Place>,
    fingerprints: Vec<Fingerprint>,
}

impl Findings {
    /// Rules and paths, however often each.
    fn counts(&self) -> BTreeMap<&Seen, usize> {
        self.seen.iter().fold(BTreeMap::new(), |mut counts, seen| {
            *counts.entry(seen).or_default() += 1;
            counts
        })
    }

    fn known(&self) -> BTreeMap<Fingerprint, &Seen> {
        let known: BTreeMap<_, _> = self.fingerprints.iter().copied().zip(&self.seen).collect();
        assert_eq!(known.len(), self.seen.len(), "two findings have one fingerprint");
        known
    }
}

impl Base {
    fn read() -> Base {
        let pack = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
        let rules = RuleSet::new(kirjuri_rules::names().map(pack).collect());
        let mut documents = Vec::new();
        for folder in ["documents", "social", "forms"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(folder);
            let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            paths.sort();
            let clean = paths.iter().filter(|path| path.to_string_lossy().contains("-clean."));
            documents
                .extend(clean.map(|path| fs::read_to_string(path).unwrap().trim_start_matches('\u{feff}').to_owned()));
        }
        // A fault of a batch is no fault of a document.
        let faults = fault::all().into_iter().filter(|fault| fault.batch.is_empty() && fault.made.is_empty()).collect();
        Base { rules, documents, faults }
    }

    fn check(&self, text: &str) -> Option<Findings> {
        let options = LintOptions::as_of(Date::new(2026, 11, 22).unwrap());
        let report = kirjuri::check(text.as_bytes(), &Limits::default(), &self.rules, &options).ok()?;
        let mut findings = Findings { seen: Vec::new(), places: Vec::new(), fingerprints: Vec::new() };
        for finding in report.findings {
            let path = |place: &Place| {
                let mut path = place.path.clone();
                // Numbers of siblings only: keys of JSON stand between quotes.
                while let Some(start) = path
                    .match_indices('[')
                    .map(|(at, _)| at)
                    .find(|at| path[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
                {
                    let end = start + path[start..].find(']').unwrap();
                    path.replace_range(start..=end, "");
                }
                path
            };
            let inner = finding.place.inner.as_deref().map(path).unwrap_or_default();
            let subject = finding.subject.iter().flat_map(|subject| subject.fields().to_vec());
            let fields = subject.map(|field| format!(" {field}")).collect::<String>();
            findings.seen.push((self.rules.id(finding.rule), format!("{}>{inner}{fields}", path(&finding.place))));
            findings.places.push(finding.place);
            findings.fingerprints.push(finding.fingerprint);
        }
        Some(findings)
    }
}

/// A document with three faults, and what can be done to the second.
struct Case {
    faulty: String,
    mended: String,
    swapped: Option<String>,
    added: Option<String>,
    /// Of the fault that something is done to.
    changed: Seen,
}

/// Plants three faults, each of which makes one finding of its own, none inside of another.
fn case(base: &Base, random: &mut Random) -> Option<Case> {
    let clean = random.pick(&base.documents);
    let before = base.check(clean)?.seen.len();
    let (mut with_first, mut planted) = (clean.clone(), Vec::new());
    // The first and the last are there in all versions.
    for _ in 0..40 {
        if planted.len() == 2 {
            break;
        }
        let fault = random.pick(&base.faults);
        let texts = plant(&with_first, fault, &fault.operation);
        let Some(text) = (!texts.is_empty()).then(|| random.pick(&texts).clone()) else { continue };
        let Some(found) = base.check(&text).filter(|found| found.seen.len() == before + planted.len() + 1) else {
            continue;
        };
        let Some(new) = newest(&found, &planted) else { continue };
        planted.push(new);
        with_first = text;
    }
    if planted.len() < 2 {
        return None;
    }
    let mended = with_first;
    let mended_found = base.check(&mended)?;
    for _ in 0..60 {
        let fault = random.pick(&base.faults);
        let texts = plant(&mended, fault, &fault.operation);
        if texts.is_empty() {
            continue;
        }
        let chosen = random.below(texts.len());
        let Some(found) = base.check(&texts[chosen]) else { continue };
        let Some(changed) = one_more(&mended_found, &found) else { continue };
        let at = found.seen.iter().position(|seen| *seen == changed)?;
        let is_alone = found.seen.iter().filter(|seen| seen.0 == changed.0).count() == 1;
        if !is_alone || !stands_apart(&found, at) || found.seen.iter().any(is_moving) {
            continue;
        }
        let faulty = texts[chosen].clone();
        let says = looked_at(&faulty, &found.places[at]);
        let mut swapped = None;
        let variants = [&fault.operation].into_iter().cloned().chain(other_values(&fault.operation));
        for (variant, operation) in variants.enumerate() {
            for (number, text) in plant(&mended, fault, &operation).into_iter().enumerate() {
                if variant == 0 && number == chosen {
                    continue;
                }
                let Some(other) = base.check(&text) else { continue };
                let at = other.seen.iter().position(|seen| *seen == changed);
                let is_same = one_more(&mended_found, &other).as_ref() == Some(&changed);
                if let (true, Some(at)) = (is_same, at)
                    && stands_apart(&other, at)
                    && looked_at(&text, &other.places[at]) != says
                {
                    swapped = Some(text);
                }
            }
        }
        let added = plant(&faulty, fault, &fault.operation).into_iter().find(|text| {
            let twice = base.check(text);
            twice.is_some_and(|twice| {
                let mut places = (0..twice.seen.len()).filter(|at| twice.seen[*at] == changed);
                one_more(&found, &twice).as_ref() == Some(&changed) && places.all(|at| stands_apart(&twice, at))
            })
        });
        return Some(Case { faulty, mended, swapped, added, changed });
    }
    None
}

fn plant(text: &str, fault: &Fault, operation: &Operation) -> Vec<String> {
    // Only what a document of this kind has; the expressions are for documents of one format.
    plant::plant(text, fault.inside.as_deref(), &fault.at, operation)
}

/// Operations that make the same fault with another value.
fn other_values(operation: &Operation) -> Vec<Operation> {
    match operation {
        Operation::Set(value) if !value.starts_with(['"', '{', '[']) => {
            ["9", "x", " 7"].map(|more| Operation::Set(format!("{value}{more}"))).to_vec()
        }
        Operation::Append(more) => vec![Operation::Append(format!("{more}{more}"))],
        _ => Vec::new(),
    }
}

/// The finding that is not among those planted before; none where its rule is.
fn newest(found: &Findings, planted: &[Seen]) -> Option<Seen> {
    let mut new = found.seen.iter().filter(|seen| !planted.contains(seen));
    let (first, second) = (new.next()?, new.next());
    let is_apart = |one: usize| (0..one).all(|other| is_apart(&found.places[one], &found.places[other]));
    let is_alone = second.is_none() && planted.iter().all(|known| known.0 != first.0) && !is_moving(first);
    (is_alone && (0..found.seen.len()).all(is_apart)).then(|| first.clone())
}

/// The one finding that the second text has more than the first, if that is all.
fn one_more(before: &Findings, after: &Findings) -> Option<Seen> {
    let (before, after) = (before.counts(), after.counts());
    let grown: Vec<_> =
        after.iter().filter(|(seen, count)| before.get(*seen).copied().unwrap_or(0) != **count).collect();
    let [(seen, count)] = grown[..] else { return None };
    let is_all = before.keys().all(|seen| after.contains_key(seen));
    (is_all && *count == before.get(*seen).copied().unwrap_or(0) + 1).then(|| (*seen).clone())
}

/// Whether a finding is not inside of another, nor another inside of it.
fn stands_apart(found: &Findings, at: usize) -> bool {
    (0..found.places.len()).all(|other| other == at || is_apart(&found.places[other], &found.places[at]))
}

/// Whether two places are not inside of one another: what one says is no part of what the other says.
fn is_apart(one: &Place, other: &Place) -> bool {
    let path = |place: &Place| {
        let inner = place.inner.as_deref().map(|inner| format!(">{}", inner.path)).unwrap_or_default();
        format!("{}{inner}/", place.path)
    };
    let (one, other) = (path(one), path(other));
    !one.starts_with(&other) && !other.starts_with(&one)
}

/// What stands at a place: of an attribute its value, of an element all of it.
fn looked_at(text: &str, place: &Place) -> String {
    if place.inner.is_some() {
        // What is carried is another text: two of them are taken to differ where they do.
        return text.to_owned();
    }
    let document: Document = kirjuri::parse(text.as_bytes(), &Limits::default()).unwrap();
    let is_here = |node: &kirjuri_tree::NodeId| {
        document.is_element(*node) && document.start_tag_span(*node).start as usize == place.start
    };
    let element = document.nodes().find(is_here).map(|node| document.span(node).range());
    let range = element.unwrap_or(place.start..place.end);
    document.text()[range].split_whitespace().collect()
}

#[test]
fn a_thousand_exports_keep_and_lose_the_suppressions_they_should() {
    let base = Base::read();
    let (next, counts) = (AtomicU64::new(0), Mutex::new(BTreeMap::<(Change, &str), u64>::new()));
    let failures = Mutex::new(Vec::new());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            // Each has its own seed, so that all are the same whatever the threads.
            if number >= CASES {
                break;
            }
            let mut random = Random::new(number);
            let case = (0..200).find_map(|_| {
                let case = case(&base, &mut random)?;
                let can_be = case.swapped.is_some() || case.added.is_some();
                (can_be && is_the_same_again(&base, &case.faulty, &mut random)).then_some(case)
            });
            let case = case.expect("faults that do not meet");
            run(&base, &case, &mut random, &mut |change, what, message| {
                *counts.lock().unwrap().entry((change, what)).or_default() += 1;
                if let Some(message) = message {
                    failures.lock().unwrap().push(format!("{number}: {message}"));
                }
            });
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let counts = counts.into_inner().unwrap();
    counts.iter().for_each(|((change, what), count)| eprintln!("{change:?}: {what} {count}"));
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}\n{}", failures.len(), failures.join("\n"));
    let exports: u64 = counts.iter().filter(|((_, what), _)| *what == "exports").map(|(_, count)| count).sum();
    assert!(exports >= CASES * EXPORTS, "{exports} exports");
    for change in CHANGES {
        assert!(counts.get(&(change, "exports")).is_some_and(|count| *count >= 50), "{change:?} is hardly tried");
    }
}

/// Whether there are exports in which the rules find the same. There are faults that an export mends, such as white space.
fn is_the_same_again(base: &Base, text: &str, random: &mut Random) -> bool {
    let found = base.check(text).unwrap();
    (0..6).any(|_| base.check(&export::again(text, random)).is_some_and(|again| again.counts() == found.counts()))
}

/// Makes exports of a case, and says what came of each.
fn run(base: &Base, case: &Case, random: &mut Random, say: &mut dyn FnMut(Change, &'static str, Option<String>)) {
    let before = base.check(&case.faulty).unwrap();
    let known = before.known();
    let kept: BTreeSet<Fingerprint> =
        known.iter().filter(|(_, seen)| **seen != &case.changed).map(|(fingerprint, _)| *fingerprint).collect();
    let all: BTreeSet<Fingerprint> = known.keys().copied().collect();
    let mut made = 0;
    for change in CHANGES.into_iter().cycle().take(400) {
        if made == EXPORTS {
            break;
        }
        let text = match change {
            Change::Nothing => Some(&case.faulty),
            Change::Mended => Some(&case.mended),
            Change::Swapped => case.swapped.as_ref(),
            Change::Added => case.added.as_ref(),
        };
        let Some(text) = text else { continue };
        let expected = base.check(text).unwrap();
        let exported = export::again(text, random);
        let after = base.check(&exported).unwrap_or_else(|| panic!("unreadable:\n{exported}"));
        if after.counts() != expected.counts() {
            // The order or the white space had a meaning for some rule: it is another document.
            say(change, "others", None);
            continue;
        }
        made += 1;
        let after = after.known();
        let found: BTreeSet<Fingerprint> = after.keys().copied().collect();
        let lost: BTreeSet<Fingerprint> = all.difference(&found).copied().collect();
        let new: Vec<_> =
            after.iter().filter(|(fingerprint, _)| !all.contains(fingerprint)).map(|(_, seen)| *seen).collect();
        let fault: BTreeSet<Fingerprint> = all.difference(&kept).copied().collect();
        let (should_be_lost, should_be_new) = match change {
            Change::Nothing => (BTreeSet::new(), vec![]),
            Change::Mended => (fault, vec![]),
            Change::Swapped => (fault, vec![&case.changed]),
            Change::Added => (BTreeSet::new(), vec![&case.changed]),
        };
        say(change, "exports", None);
        if lost != should_be_lost || new != should_be_new {
            let names = |of: &BTreeSet<Fingerprint>| of.iter().map(|it| known[it].clone()).collect::<Vec<_>>();
            let message = format!("{change:?}: lost {:?}, new {new:?}; changed {:?}", names(&lost), case.changed);
            say(change, "wrong", Some(message));
        }
    }
}
