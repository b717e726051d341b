//! What came of a document is its bytes: every report that can be kept comes back as it was.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{
    AsOf, Limits, LintOptions, Pack, Report, RuleSet, SchematronOptions, Unchecked, decode_report, encode_report,
};
use kirjuri_rules::folder::{self, NamedDocuments};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "xml" || ending == "json") {
            found.push(path);
        }
    }
    found.sort();
}

fn rules() -> RuleSet {
    let pack = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
    RuleSet::new(kirjuri_rules::names().map(pack).collect())
}

fn options() -> LintOptions {
    let mut options = LintOptions::as_of(Date::new(2026, 11, 22).unwrap());
    options.series = true;
    options
}

/// What is found is kept, and what is kept is found again.
#[track_caller]
fn check(path: &Path, rules: &RuleSet, options: &LintOptions) -> (Result<Report, Unchecked>, Vec<u8>) {
    let checked = kirjuri::check(&std::fs::read(path).unwrap(), &Limits::default(), rules, options);
    let mut bytes = Vec::new();
    assert!(encode_report(&checked, &mut bytes), "{}", path.display());
    assert_eq!(decode_report(&bytes, rules, options), Some(checked.clone()), "{}", path.display());
    (checked, bytes)
}

#[test]
fn every_report_comes_back_as_it_was() {
    let (rules, mut paths) = (rules(), Vec::new());
    documents(&root().join("fixtures"), &mut paths);
    let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root().join("target/corpus"), PathBuf::from);
    documents(&corpus.join("kanta/documents"), &mut paths);
    documents(&corpus.join("fhir-questionnaires"), &mut paths);
    let mut by_own_date = options();
    by_own_date.as_of = AsOf::Document(Date::new(2026, 11, 22));
    let (mut findings, mut members, mut subjects, mut unchecked, mut size) = (0, 0, 0, 0, 0);
    for path in &paths {
        for options in [&options(), &by_own_date] {
            let (checked, bytes) = check(path, &rules, options);
            size += bytes.len();
            match checked {
                Ok(report) => {
                    findings += report.findings.len();
                    members += report.members.len();
                    subjects += report.findings.iter().filter(|finding| finding.subject.is_some()).count();
                }
                Err(_) => unchecked += 1,
            }
        }
    }
    println!(
        "{} documents, {findings} findings, {members} members, {subjects} subjects, {unchecked} not checked, {size} bytes",
        paths.len()
    );
    assert!(findings > 500 && members > 500 && unchecked > 20, "{findings} {members} {unchecked}");
}

#[test]
fn a_form_is_kept_with_the_structure_it_was_compared_with() {
    let (rules, mut options) = (rules(), options());
    let form = root().join("fixtures/forms/structure-clean.json");
    let structures = rules.packs().iter().flat_map(|pack| pack.structures().entries().map(move |one| (pack, &one.oid)));
    for (pack, oid) in structures.take(5) {
        options.against = Some(Arc::clone(pack.structures().get(oid).unwrap().unwrap()));
        let (checked, bytes) = check(&form, &rules, &options);
        let subjects = checked.unwrap().findings.iter().filter(|finding| finding.subject.is_some()).count();
        if subjects > 0 {
            // Of another structure they would be about other fields.
            options.against = None;
            let other = decode_report(&bytes, &rules, &options);
            assert!(other.is_none_or(|other| other.is_ok_and(|other| !other.findings.is_empty())));
        }
    }
}

#[test]
fn findings_of_schemas_come_back_as_they_were() {
    let schema = root().join("crates/kirjuri-cli/tests/world/schemas/quoting.sch");
    let schema = folder::load_schema(&schema, &NamedDocuments::default(), &SchematronOptions::default()).unwrap();
    let rules = rules().with_schemas([Arc::new(schema)]);
    let mut paths = Vec::new();
    documents(&root().join("fixtures/documents"), &mut paths);
    let assertions = paths.iter().filter_map(|path| check(path, &rules, &options()).0.ok());
    let assertions: usize =
        assertions.map(|report| report.findings.iter().filter(|finding| finding.assertion.is_some()).count()).sum();
    assert!(assertions > 0);
}

#[test]
fn content_is_not_kept() {
    let rules = rules();
    let path = root().join("fixtures/documents/form-faults.xml");
    let bytes = std::fs::read(path).unwrap();
    let check = |options: &LintOptions| kirjuri::check(&bytes, &Limits::default(), &rules, options);
    let mut with_source = options();
    with_source.excerpts = true;
    let mut draft = options();
    draft.draft = true;
    assert!(!encode_report(&check(&with_source), &mut Vec::new()));
    assert!(
        check(&draft).is_ok_and(|report| report.missing.is_empty()) || !encode_report(&check(&draft), &mut Vec::new())
    );
    assert!(!encode_report(&Err(Unchecked::Interrupted), &mut Vec::new()));
}

#[test]
fn bytes_that_are_cut_or_changed_do_no_harm() {
    let (rules, options) = (rules(), options());
    for name in ["documents/form-faults.xml", "documents/prescription-dose-faults.xml", "unreadable/truncated.xml"] {
        let path = root().join("fixtures").join(name);
        if !path.exists() {
            continue;
        }
        let (_, bytes) = check(&path, &rules, &options);
        for at in 0..bytes.len() {
            assert_eq!(decode_report(&bytes[..at], &rules, &options), None);
            for flip in [0x01, 0x80, 0xFF] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                let _ = decode_report(&changed, &rules, &options);
            }
        }
    }
}
