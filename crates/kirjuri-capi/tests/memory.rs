//! Memory that runs out, at every allocation: an error, no leak, and the next call goes well.
//!
//! Needs `--features failing-allocator`.

#![cfg(feature = "failing-allocator")]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod calling;

use std::sync::Mutex;

use calling::{Failed, Rules, fixture};
use kirjuri_capi::failure::Code;
use kirjuri_capi::{
    KirjuriCheckOptions, kirjuri_test_allocations, kirjuri_test_fail_allocation, kirjuri_test_fail_allocations_from,
    kirjuri_test_held, kirjuri_test_reserve_used,
};

/// What the library holds is counted for the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Lets every allocation of a call fail, in steps, alone and with all that follow. Each time the call gives
/// [`Code::OutOfMemory`], or what it gives else where it does not come so far, and leaves nothing behind.
fn sweep<T>(what: &str, step: u64, mut call: impl FnMut() -> Result<T, Failed>) {
    // What is made once and kept, structures of packs for instance, is made now.
    drop(call());
    kirjuri_test_fail_allocation(0);
    drop(call());
    let allocations = kirjuri_test_allocations();
    let held = kirjuri_test_held();
    let mut failures = 0;
    for fail in [kirjuri_test_fail_allocation as extern "C" fn(u64), kirjuri_test_fail_allocations_from] {
        let mut n = 1;
        while n <= allocations {
            fail(n);
            let result = call();
            kirjuri_test_fail_allocation(0);
            if let Err(failed) = result {
                assert_eq!(failed.code, Code::OutOfMemory as i32, "{what} at {n}: {failed:?}");
                assert_eq!(failed.message, "the memory is used up");
                failures += 1;
            }
            assert_eq!(kirjuri_test_held(), held, "{what} at {n} leaks");
            n += if n < 10 { 1 } else { step };
        }
    }
    let used = kirjuri_test_reserve_used();
    println!("{what}: {allocations} allocations, {failures} failures, at most {used} bytes of a reserve");
    assert!(failures > 1);
    call().map(drop).map_err(|failed| assert_ne!(failed.code, Code::OutOfMemory as i32)).ok();
}

/// The first check of a rule set makes what the set keeps, and may have to do so without memory; the next ones have it.
#[test]
fn the_first_check_of_a_rule_set_without_memory_is_an_error_too() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let documents = [
        "documents/archive-header-faults.xml",
        "social/missing-required.xml",
        "social/unknown-abbreviation.xml",
        "documents/prescription-clean.xml",
    ]
    .map(fixture);
    let options = KirjuriCheckOptions::default();
    let mut failures = 0;
    for document in &documents {
        let rules = Rules::built_in();
        kirjuri_test_fail_allocation(0);
        drop(rules.check(document, &options));
        let allocations = kirjuri_test_allocations();
        for part in 0..12 {
            let rules = Rules::built_in();
            kirjuri_test_fail_allocations_from(1 + allocations * part / 12);
            let first = rules.check(document, &options);
            kirjuri_test_fail_allocations_from(0);
            if let Err(failed) = first {
                assert_eq!(failed.code, Code::OutOfMemory as i32, "{failed:?}");
                failures += 1;
            }
            for later in &documents {
                if let Err(failed) = rules.check(later, &options) {
                    panic!("after {part} of 12: {failed:?}");
                }
            }
        }
    }
    println!("{failures} first checks without memory, at most {} bytes of a reserve", kirjuri_test_reserve_used());
    assert!(failures > 12);
}

#[test]
fn a_check_without_memory_is_an_error() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let rules = Rules::built_in();
    let clean = fixture("documents/prescription-clean.xml");
    for (path, step) in [
        ("documents/archive-header-faults.xml", 61),
        ("social/missing-required.xml", 97),
        ("unreadable/prescription-mismatched-tag.xml", 3),
        ("foreign/patient-fhir.xml", 7),
    ] {
        let bytes = fixture(path);
        for draft in [0, 1] {
            let options = KirjuriCheckOptions { draft, ..KirjuriCheckOptions::default() };
            sweep(path, step, || rules.check(&bytes, &options));
        }
    }
    // Small elements make the largest trees.
    for (what, part) in [("elements", "<a/>"), ("texts between elements", "<a/>x"), ("attributes", "<a b=''/>")] {
        let text = format!("<ClinicalDocument xmlns='urn:hl7-org:v3'>{}</ClinicalDocument>", part.repeat(20_000));
        sweep(what, 61, || rules.check(text.as_bytes(), &KirjuriCheckOptions::default()));
    }
    let text = format!("[{}1]", "1,".repeat(2_000));
    sweep("an array of numbers", 7, || rules.check(text.as_bytes(), &KirjuriCheckOptions::default()));
    sweep("identify", 11, || rules.identify(&clean, &KirjuriCheckOptions::default()));
    sweep("describe", 5, || rules.describe(0));
    sweep("describe a rule", 1, || rules.describe_rule("kanta-header/malformed-hetu", 1));
}

#[test]
fn the_json_of_a_report_without_memory_is_an_error() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let rules = Rules::built_in();
    let bytes = fixture("documents/archive-header-faults.xml");
    let held = {
        let report = rules.check(&bytes, &KirjuriCheckOptions::default()).unwrap();
        let held = kirjuri_test_held();
        let mut n = 1;
        loop {
            kirjuri_test_fail_allocations_from(n);
            let json = report.json();
            kirjuri_test_fail_allocations_from(0);
            match json {
                Err(failed) => assert_eq!(failed.code, Code::OutOfMemory as i32),
                Ok(json) => break assert!(json.starts_with('{')),
            }
            assert_eq!(kirjuri_test_held(), held);
            n += 1;
        }
        println!("the JSON of a report: {n} allocations");
        drop(report);
        kirjuri_test_held()
    };
    let report = rules.check(&bytes, &KirjuriCheckOptions::default()).unwrap();
    report.json().unwrap();
    drop(report);
    assert_eq!(kirjuri_test_held(), held);
}

#[test]
fn rules_opened_without_memory_are_an_error() {
    let _alone = ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let source = kirjuri_capi::KirjuriSource {
        kind: 1,
        name: calling::borrowed("kanta-header"),
        ..kirjuri_capi::KirjuriSource::default()
    };
    for name in kirjuri_rules::names() {
        let folder = calling::root().join("rules").join(name);
        for (kind, name) in [(1, name), (2, folder.to_str().unwrap())] {
            let source = kirjuri_capi::KirjuriSource {
                kind,
                name: calling::borrowed(name),
                ..kirjuri_capi::KirjuriSource::default()
            };
            kirjuri_test_fail_allocations_from(3);
            let opened = Rules::open(&[source]);
            kirjuri_test_fail_allocations_from(0);
            let used = kirjuri_test_reserve_used();
            println!("{name}: {used} bytes of a reserve");
            assert_eq!(opened.err().unwrap().code, Code::OutOfMemory as i32);
        }
    }
    sweep("one pack", 12_007, || Rules::open(&[source]));
    sweep("all packs", 70_001, || Rules::open(&[]));
}
