//! Plants faults in clean documents, one at a time, and counts which of them the rules find, and what else they find.
//!
//! `docs/recall.md` is made here; `UPDATE=1` writes it anew.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod account;
mod base;
mod exercised;
mod fault;
mod plant;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use account::{Account, Planted};
use base::Base;
use fault::Fault;

/// Of all faults that a pack should find, it finds so many, and of all it finds so many are what was planted.
const LEAST_RECALL: f64 = 0.95;
const LEAST_PRECISION: f64 = 0.98;

#[test]
fn planted_faults_are_found_and_little_else() {
    let (base, faults) = (Base::read(), fault::all());
    assert!(faults.len() >= 60, "{} kinds of faults", faults.len());
    let mut account = Account::new(&base.rules);
    for fault in &faults {
        let rules = fault.expect.iter().chain(&fault.also);
        rules.for_each(|rule| assert!(base.rules.find(rule).is_some(), "{}: there is no rule {rule}", fault.name));
    }
    for (fault, found) in faults.iter().zip(find_all(&base, &faults)) {
        account.kinds.push((fault, found.len()));
        found.into_iter().for_each(|(document, found)| account.add(&Planted { fault, document, found }));
    }
    let nowhere = account.kinds.iter().filter(|(_, places)| *places == 0).map(|(fault, _)| &fault.name);
    let nowhere: Vec<&String> = nowhere.collect();
    assert!(nowhere.is_empty(), "planted nowhere: {nowhere:?}");
    let text = account.to_markdown(&base);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recall.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    // Without the corpora nobody knows what they exercise.
    let known = |text: &str| match base.corpus.is_some() {
        true => text.to_owned(),
        false => text.split(account::EXERCISED).next().unwrap_or_default().to_owned(),
    };
    if known(&committed) != known(&text) {
        eprintln!("{}", account.to_markdown(&base));
        panic!("docs/recall.md is not what a fresh run gives; UPDATE=1 writes it");
    }
    let packs: BTreeMap<&str, (f64, f64)> = account.packs();
    for (pack, (recall, precision)) in packs {
        assert!(recall >= LEAST_RECALL, "{pack} finds {recall:.3} of what was planted");
        assert!(precision >= LEAST_PRECISION, "{precision:.3} of what {pack} finds was planted");
    }
}

/// What is found since a fault was planted at a place, with the name of the document: rules, and how often.
type Found<'b> = Vec<(&'b str, BTreeMap<String, u64>)>;

/// Plants all faults, on all threads.
fn find_all<'b>(base: &'b Base, faults: &[Fault]) -> Vec<Found<'b>> {
    let (next, all) = (AtomicUsize::new(0), Mutex::new(vec![Vec::new(); faults.len()]));
    let work = || {
        while let Some((number, fault)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, faults.get(at)?)))
        {
            let found = find(base, fault);
            all.lock().unwrap()[number] = found;
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    all.into_inner().unwrap()
}

/// Plants a fault in every document that has a place for it.
fn find<'b>(base: &'b Base, fault: &Fault) -> Found<'b> {
    let mut all = Vec::new();
    for (name, text) in base.documents(&fault.documents) {
        let made = Base::made(fault, text);
        let planted = plant::plant(&made, fault.inside.as_deref(), &fault.at, &fault.operation);
        if planted.is_empty() {
            continue;
        }
        let others = base.others(&fault.batch, text);
        all.extend(planted.iter().map(|planted| (name, base.new_findings(name, &made, planted, &others))));
    }
    all
}
