//! The W3C's suite for XPath and XQuery, QT3: every case of it that is about XPath 2.0 over untyped documents.
//!
//! The suite is not part of this repository: it is looked for in `KIRJURI_CORPUS`, else in `target/corpus`. The outcome
//! is `docs/conformance/qt3.md`, which is written anew with `UPDATE=1`. While the engine is worked on, `QT3=fn-matches`
//! runs the sets and cases whose name contains the word and prints each failure and each error that is another than the
//! expected, and `QT3_FAILURES=FILE` writes all of them to a file, sorted by their class.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::applicability::Reason;
use crate::catalog::{Case, Catalog, Set};
use crate::engine::{Failure, Store, World};
use crate::report::SetOutcome;
use crate::verdict::Verdict;

#[path = "qt3/applicability.rs"]
mod applicability;
#[path = "qt3/catalog.rs"]
mod catalog;
#[path = "qt3/engine.rs"]
mod engine;
#[path = "qt3/forest.rs"]
mod forest;
#[path = "qt3/report.rs"]
mod report;
#[path = "qt3/verdict.rs"]
mod verdict;

/// Where the corpus is laid out, if it is.
fn corpus(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KIRJURI_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"), PathBuf::from);
    Some(root.join(name)).filter(|folder| folder.is_dir())
}

#[test]
fn the_suite_is_answered_as_the_table_says() {
    let Some(suite) = corpus("qt3") else {
        println!("skipped: the corpus `qt3` is neither in KIRJURI_CORPUS nor in target/corpus");
        return;
    };
    let only = std::env::var("QT3").unwrap_or_default();
    let catalog = Catalog::read(&suite);
    let store: &'static Store = Box::leak(Box::default());
    let mut failures: BTreeMap<Verdict, String> = BTreeMap::new();
    // A panic of the engine is an outcome like others, and is counted, not printed.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcomes: Vec<SetOutcome> = catalog
        .sets
        .iter()
        .map(|set| {
            let mut outcome = SetOutcome::new(&set.name);
            for case in &set.cases {
                if set.name.contains(&only) || case.name.contains(&only) {
                    let (result, details) = run(&catalog, set, case, store);
                    if let Ok(verdict) = result {
                        failures.entry(verdict).or_default().push_str(&details);
                    }
                    outcome.add(&case.name, result);
                }
            }
            outcome
        })
        .collect();
    std::panic::set_hook(hook);

    let mut listed = String::new();
    for (verdict, details) in failures.iter().rev() {
        let title = match verdict {
            Verdict::Passed | Verdict::PassedByError => continue,
            Verdict::PassedByOtherError => "passed, but by another error than the expected",
            Verdict::PassedByRefusal => "passed, but by refusal of a construct",
            Verdict::Failed(class) => class.text(),
        };
        write!(listed, "==== {title}\n{details}\n").unwrap();
    }
    if let Some(file) = std::env::var_os("QT3_FAILURES") {
        std::fs::write(file, &listed).unwrap();
    }
    let page = report::page(&outcomes, &catalog.absent);
    if !only.is_empty() {
        println!("{listed}{}", report::summary(&outcomes));
        return;
    }
    println!("{}", report::summary(&outcomes));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance/qt3.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let differs = std::fs::read_to_string(&path).unwrap_or_default() != page;
    assert!(!differs, "the table is out of date; rewrite it with UPDATE=1 and read what changed");
    report::assert_explained(&outcomes);
}

/// What became of a case, and the details where it failed.
fn run(catalog: &Catalog, set: &Set, case: &Case, store: &'static Store) -> (Result<Verdict, Reason>, String) {
    let environment = catalog.environment(set, case);
    if let Some(reason) = applicability::reason(case, environment.as_ref()) {
        return (Err(reason), String::new());
    }
    let world = match World::new(&environment.unwrap_or_default(), set.file.parent().unwrap(), store) {
        Ok(world) => world,
        Err(reason) => return (Err(reason), String::new()),
    };
    let outcome = world.run(&case.expression);
    let (verdict, wanted) = verdict::judge(&case.expected, &outcome, &world);
    let found = match &outcome {
        Ok(value) => engine::show(value),
        Err(Failure::Static { code, message, .. }) => format!("{code} {message}"),
        Err(failure) => format!("{failure:?}"),
    };
    let (name, expression) = (&case.name, case.expression.trim());
    (Ok(verdict), format!("{} {name}\n  {expression}\n  expected: {wanted}\n  found:    {found}\n", set.name))
}
