//! What is wrong is told: arguments, handles, packs, documents, and what stops a check.

#![allow(clippy::unwrap_used)]

mod calling;

use std::mem::{offset_of, size_of};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, Ordering};

use calling::{Failed, MANIFEST, RULE, Rules, SCHEMA, borrowed, calling, fixture, string};
use kirjuri_capi::cancel::Cancel;
use kirjuri_capi::failure::{Code, ErrorSlot};
use kirjuri_capi::handle::Handle;
use kirjuri_capi::*;

const UNDATED: &[u8] = b"<letter xmlns='urn:x'/>";

fn code<T>(result: Result<T, Failed>) -> i32 {
    result.err().map_or(0, |failed| failed.code)
}

fn house_files() -> [KirjuriFile; 2] {
    [("pack.toml", MANIFEST), ("missing-date.toml", RULE)]
        .map(|(path, text)| KirjuriFile { path: borrowed(path), text: borrowed(text) })
}

fn files_source<'f>(kind: i32, name: &'f str, files: &'f [KirjuriFile]) -> KirjuriSource {
    KirjuriSource {
        kind,
        name: borrowed(name),
        files: files.as_ptr(),
        file_count: files.len(),
        ..KirjuriSource::default()
    }
}

fn named(kind: i32, name: &str) -> KirjuriSource {
    KirjuriSource { kind, name: borrowed(name), ..KirjuriSource::default() }
}

fn house() -> Rules {
    Rules::open(&[files_source(4, "house", &house_files())]).unwrap()
}

#[test]
fn nothing_is_no_handle() {
    // SAFETY: that is what is tried.
    unsafe {
        assert_eq!(kirjuri_rule_set_rule_count(null()), 0);
        assert_eq!(kirjuri_report_status(null()), 0);
        assert_eq!(kirjuri_report_count(null(), 3), 0);
        assert_eq!(kirjuri_report_finding_count(null()), 0);
        assert_eq!(kirjuri_report_missing_count(null()), 0);
        assert!(!kirjuri_report_is_fragment(null()));
        assert_eq!(kirjuri_error_code(null()), 0);
        assert_eq!(kirjuri_error_message(null()).length, 0);
        assert!(!kirjuri_error_position(null(), null_mut()));
        assert_eq!(kirjuri_text_string(null()).length, 0);
        assert!(!kirjuri_cancel_is_raised(null()));
        kirjuri_cancel_raise(null());
        kirjuri_rule_set_free(null_mut());
        kirjuri_report_free(null_mut());
        kirjuri_error_free(null_mut());
        kirjuri_text_free(null_mut());
        kirjuri_cancel_free(null_mut());
    }
    let invalid = Code::InvalidHandle as i32;
    let is_null = |it: &*mut Handle<report::Report>| it.is_null();
    // SAFETY: that is what is tried.
    let check = calling(|slot| unsafe { kirjuri_check(null(), null(), 0, null(), slot) }, is_null);
    assert_eq!(code(check), invalid);
    let is_null = |it: &*mut Handle<text::Text>| it.is_null();
    // SAFETY: that is what is tried.
    assert_eq!(code(calling(|slot| unsafe { kirjuri_identify(null(), null(), 0, null(), slot) }, is_null)), invalid);
    // SAFETY: that is what is tried.
    assert_eq!(code(calling(|slot| unsafe { kirjuri_rule_set_describe(null(), 0, slot) }, is_null)), invalid);
    // SAFETY: that is what is tried.
    assert_eq!(code(calling(|slot| unsafe { kirjuri_rule_set_list(null(), slot) }, is_null)), invalid);
    let no_id = KirjuriString { data: null(), length: 0 };
    // SAFETY: that is what is tried.
    assert_eq!(code(calling(|slot| unsafe { kirjuri_rule_describe(null(), no_id, 0, slot) }, is_null)), invalid);
    // SAFETY: that is what is tried.
    unsafe {
        assert_eq!(code(calling(|slot| kirjuri_report_json(null(), null_mut(), slot), |is| !is)), invalid);
        assert_eq!(code(calling(|slot| kirjuri_report_finding(null(), 0, null_mut(), slot), |is| !is)), invalid);
        assert_eq!(code(calling(|slot| kirjuri_report_missing(null(), 0, null_mut(), slot), |is| !is)), invalid);
        assert_eq!(code(calling(|slot| kirjuri_report_problem(null(), null_mut(), slot), |is| !is)), invalid);
        // Nobody has to ask why.
        assert!(kirjuri_check(null(), null(), 0, null(), ErrorSlot::at(null_mut())).is_null());
    }
}

#[test]
fn a_handle_of_another_kind_is_none() {
    let rules = house();
    let text = [0_u64; 8];
    for pointer in [rules.0.cast::<Handle<report::Report>>(), text.as_ptr().cast_mut().cast()] {
        // SAFETY: it is memory that can be read.
        unsafe {
            assert_eq!(kirjuri_report_status(pointer), 0);
            kirjuri_report_free(pointer);
        }
    }
    // SAFETY: it is memory that can be read, and not aligned for a handle.
    assert_eq!(unsafe { kirjuri_report_status(text.as_ptr().byte_add(1).cast()) }, 0);
    assert_eq!(rules.list(), ["house/missing-date"]);
}

#[test]
fn packs_come_from_memory_folders_and_schemas() {
    let rules = house();
    let report = rules.check(UNDATED, &KirjuriCheckOptions::default()).unwrap();
    assert_eq!((report.status(), report.count(3), report.count(2)), (KIRJURI_CHECKED, 1, 0));
    let finding = report.findings()[0];
    assert_eq!(string(finding.rule), "house/missing-date");
    assert_eq!(string(finding.title), "päiväys puuttuu");
    // A report needs its rules no more.
    drop(rules);
    assert!(report.json().unwrap().contains("päiväys puuttuu"));
    assert_eq!(string(finding.place.path), "/letter");

    let schema = [KirjuriFile { path: borrowed("letters.sch"), text: borrowed(SCHEMA) }];
    let rules = Rules::open(&[files_source(4, "house", &house_files()), files_source(5, "letters.sch", &schema)]);
    let rules = rules.unwrap();
    assert_eq!(rules.list(), ["house/missing-date", "letters/dated", "letters/secret"]);
    let secret = b"<letter xmlns='urn:x' secret='kissa'/>";
    let report = rules.check(secret, &KirjuriCheckOptions::default()).unwrap();
    let findings = report.findings();
    assert_eq!(findings.iter().filter(|it| it.flags & KIRJURI_IS_ASSERTION != 0).count(), 2);
    assert!(!report.json().unwrap().contains("kissa"), "content of the document");
    assert_eq!(rules.describe_rule("letters/dated", 0).unwrap()["severity"], "warning");

    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("house-ä");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("pack.toml"), MANIFEST).unwrap();
    std::fs::write(folder.join("missing-date.toml"), RULE).unwrap();
    std::fs::write(folder.join("letters.sch"), SCHEMA).unwrap();
    let (pack, schema) = (folder.to_str().unwrap(), folder.join("letters.sch"));
    let rules = Rules::open(&[named(2, pack), named(3, schema.to_str().unwrap()), named(1, "social")]).unwrap();
    assert!(rules.list().contains(&"letters/secret".to_owned()) && rules.list().len() > 60);
}

#[test]
fn what_is_no_source_is_told() {
    let broken = RULE.replace("assert = \"@date\"", "assert = \"@date[\"");
    let broken = [("pack.toml", MANIFEST), ("missing-date.toml", &broken)]
        .map(|(path, text)| KirjuriFile { path: borrowed(path), text: borrowed(text) });
    let failed = Rules::open(&[files_source(4, "house", &broken)]).err().unwrap();
    assert_eq!(failed.code, Code::BrokenPack as i32);
    assert_eq!(failed.position.unwrap().0, "house/missing-date.toml");
    let unproved = RULE.replace("at = [\"/letter\"]", "at = [\"/letter/@date\"]");
    let unproved = [("pack.toml", MANIFEST), ("missing-date.toml", &unproved)]
        .map(|(path, text)| KirjuriFile { path: borrowed(path), text: borrowed(text) });
    assert_eq!(code(Rules::open(&[files_source(4, "house", &unproved)])), Code::BrokenPack as i32);
    let failed = Rules::open(&[named(1, "kanta-haeder")]).err().unwrap();
    assert_eq!(failed.code, Code::NotFound as i32);
    assert!(failed.message.contains("`kanta-header`"), "{}", failed.message);
    let (files, invalid) = (house_files(), Code::InvalidArgument as i32);
    let house = files_source(4, "house", &files);
    for (sources, expected) in [
        (vec![named(2, "/nowhere/at all")], Code::UnreadableFile as i32),
        (vec![named(3, "/nowhere/at all.sch")], Code::UnreadableFile as i32),
        (vec![named(2, "")], invalid),
        (vec![named(0, "")], invalid),
        (vec![named(99, "a")], invalid),
        (vec![named(4, "house")], invalid),
        (vec![house, house], invalid),
        (vec![named(1, "social"), named(1, "")], invalid),
        (vec![KirjuriSource { phase: borrowed("p"), ..house }], invalid),
        (vec![KirjuriSource { reserved: 1, ..house }], invalid),
        (vec![KirjuriSource { files: null(), ..house }], invalid),
        (vec![KirjuriSource { size: 7, ..house }], invalid),
        (vec![house, KirjuriSource { size: size_of::<KirjuriSource>() - 8, ..house }], invalid),
        (vec![KirjuriSource { name: KirjuriString { data: null(), length: 3 }, ..house }], invalid),
        (vec![KirjuriSource { name: KirjuriString { data: b"\xff".as_ptr(), length: 1 }, ..house }], invalid),
    ] {
        assert_eq!(code(Rules::open(&sources)), expected, "{sources:?}");
    }
}

#[test]
fn older_and_newer_structures_are_taken() {
    let rules = house();
    // An older program: what it does not know is 0.
    let old = KirjuriCheckOptions {
        size: offset_of!(KirjuriCheckOptions, max_findings),
        language: 2,
        max_findings: u64::MAX,
        name: KirjuriString { data: null(), length: 99 },
        ..KirjuriCheckOptions::default()
    };
    let report = rules.check(UNDATED, &old).unwrap();
    assert_eq!(string(report.findings()[0].title), "the date is missing");

    #[repr(C)]
    struct Newer<T>(T, [u64; 2]);
    let newer = |more| {
        let size = size_of::<Newer<KirjuriCheckOptions>>();
        Newer(KirjuriCheckOptions { size, ..KirjuriCheckOptions::default() }, more)
    };
    for (more, expected) in [([0, 0], 0), ([0, 1], Code::InvalidArgument as i32)] {
        let options = newer(more);
        // SAFETY: the structure is as large as it says.
        let check = |slot| unsafe {
            kirjuri_check(rules.0, UNDATED.as_ptr(), UNDATED.len(), (&raw const options).cast(), slot)
        };
        let checked = calling(check, |it| it.is_null()).map(calling::Report);
        assert_eq!(code(checked), expected);
    }
    for size in [0, 1, 9, offset_of!(KirjuriCheckOptions, max_findings) + 1, 1 << 20, usize::MAX] {
        let options = KirjuriCheckOptions { size, ..KirjuriCheckOptions::default() };
        assert_eq!(code(rules.check(UNDATED, &options)), Code::InvalidArgument as i32, "{size}");
    }

    // What an older program does not have is not filled.
    let mut finding = KirjuriFinding { size: offset_of!(KirjuriFinding, inner), ..KirjuriFinding::default() };
    finding.inner.line = 77;
    // SAFETY: both live.
    assert!(calling(|slot| unsafe { kirjuri_report_finding(report.0, 0, &mut finding, slot) }, |is| !is).is_ok());
    assert_eq!((finding.place.line, finding.inner.line), (1, 77));
    assert_eq!(finding.size, offset_of!(KirjuriFinding, inner));
    for (index, size) in [(1, size_of::<KirjuriFinding>()), (usize::MAX, size_of::<KirjuriFinding>()), (0, 3)] {
        finding.size = size;
        // SAFETY: both live.
        let filled = calling(|slot| unsafe { kirjuri_report_finding(report.0, index, &mut finding, slot) }, |is| !is);
        assert_eq!(code(filled), Code::InvalidArgument as i32);
    }
}

#[test]
fn what_is_no_option_is_told() {
    let rules = house();
    let whole = rules.check(UNDATED, &KirjuriCheckOptions::default()).unwrap();
    let set = || KirjuriCheckOptions::default();
    for options in [
        KirjuriCheckOptions { language: 3, ..set() },
        KirjuriCheckOptions { language: -1, ..set() },
        KirjuriCheckOptions { as_of: 20_261_301, ..set() },
        KirjuriCheckOptions { as_of: 2, ..set() },
        KirjuriCheckOptions { as_of: u32::MAX, ..set() },
        KirjuriCheckOptions { draft: 2, ..set() },
        KirjuriCheckOptions { reserved: 1, ..set() },
        KirjuriCheckOptions { previous: whole.0, ..set() },
        KirjuriCheckOptions { previous: whole.0, draft: 1, ..set() },
        KirjuriCheckOptions { name: KirjuriString { data: null(), length: 1 }, ..set() },
    ] {
        assert_eq!(code(rules.check(UNDATED, &options)), Code::InvalidArgument as i32, "{options:?}");
    }
    let draft = rules.check(UNDATED, &KirjuriCheckOptions { draft: 1, ..set() }).unwrap();
    let next = KirjuriCheckOptions { draft: 1, previous: draft.0, ..set() };
    assert_eq!(code(house().check(UNDATED, &next)), Code::InvalidArgument as i32, "another rule set");
    let again = rules.check(UNDATED, &next).unwrap();
    drop(draft);
    assert_eq!(again.status(), KIRJURI_CHECKED);
    assert_eq!(again.findings().len() + again.missing().len(), 1);
    let token = KirjuriCheckOptions { cancel: rules.0.cast(), ..set() };
    assert_eq!(code(rules.check(UNDATED, &token)), Code::InvalidHandle as i32);
}

#[test]
fn what_cannot_be_read_has_a_report_that_says_so() {
    let rules = Rules::built_in();
    let set = || KirjuriCheckOptions { language: 2, ..KirjuriCheckOptions::default() };
    let report = rules.check(&fixture("unreadable/prescription-mismatched-tag.xml"), &set()).unwrap();
    assert_eq!(report.status(), KIRJURI_UNREADABLE);
    let problem = report.problem().unwrap();
    assert_eq!(string(problem.kind), "mismatched-tag");
    assert_eq!(string(problem.message), "the end tag does not match the start tag");
    assert!(problem.line > 1 && problem.column > 0 && problem.offset > 0);
    let report = rules.check(b"", &set()).unwrap();
    assert_eq!(string(report.problem().unwrap().kind), "missing-root");
    let report = rules.check(b"<a/>", &set()).unwrap();
    assert_eq!((report.status(), report.problem().unwrap().line), (KIRJURI_SKIPPED, 0));
    assert_eq!(string(report.problem().unwrap().kind), "no-pack-applies");
    let report = rules.check(&fixture("documents/prescription-clean.xml"), &set()).unwrap();
    assert!(report.status() == KIRJURI_CHECKED && report.problem().is_none());
}

#[test]
fn findings_are_counted_before_they_are_left_out() {
    let rules = Rules::built_in();
    let bytes = fixture("documents/archive-header-faults.xml");
    let all = rules.check(&bytes, &KirjuriCheckOptions::default()).unwrap();
    let few = rules.check(&bytes, &KirjuriCheckOptions { max_findings: 3, ..KirjuriCheckOptions::default() }).unwrap();
    assert!(all.findings().len() > 3 && few.findings().len() == 3);
    assert_eq!([1, 2, 3].map(|it| all.count(it)), [1, 2, 3].map(|it| few.count(it)));
    assert_eq!(all.count(1) + all.count(2) + all.count(3), all.findings().len());
    assert_eq!([0, -1, 4, i32::MAX].map(|it| all.count(it)), [0; 4]);
}

#[test]
fn documents_and_rules_are_described() {
    let rules = Rules::built_in();
    let set = KirjuriCheckOptions { language: 1, ..KirjuriCheckOptions::default() };
    let identity = rules.identify(&fixture("documents/prescription-clean.xml"), &set).unwrap();
    assert_eq!(identity["root"], "Q{urn:hl7-org:v3}ClinicalDocument");
    assert_eq!((&identity["format"], &identity["packs"][0]), (&"xml".into(), &"kanta-header".into()));
    assert!(identity["kind"]["id"].is_string() && identity["kind"]["title"].is_string());
    let identity = rules.identify(br#"{"a": 1}"#, &set).unwrap();
    assert_eq!((&identity["format"], &identity["kind"]), (&"json".into(), &serde_json::Value::Null));
    let failed = rules.identify(b"<a>\n<b></a>", &set).err().unwrap();
    assert_eq!((failed.code, failed.position), (Code::UnreadableDocument as i32, Some((String::new(), 2, 4))));
    // English, in whatever language a kind would be named.
    assert_eq!(failed.message, "the end tag does not match the start tag [mismatched-tag]");

    let whole = rules.describe(0).unwrap();
    assert_eq!(whole["packs"].as_array().unwrap().len(), kirjuri_rules::names().count());
    // SAFETY: it lives.
    assert_eq!(whole["rules"], unsafe { kirjuri_rule_set_rule_count(rules.0) });
    let list = rules.list();
    assert_eq!(whole["rules"], list.len());
    for id in &list {
        for language in 0..3 {
            let rule = rules.describe_rule(id, language).unwrap();
            assert_eq!(rule["rule"], **id);
            for key in ["title", "why", "fix", "criterion", "criterion_name", "severity", "pack_version"] {
                assert!(rule[key].as_str().is_some_and(|text| !text.is_empty()), "{id} {key}");
            }
            let clauses = rule["guidelines"].as_array().unwrap();
            assert!(!clauses.is_empty() && clauses.iter().all(|clause| clause["title"] != ""));
        }
    }
    for (id, expected) in [("", 6), ("kanta-header/no-such", 6), ("no-such", 6)] {
        assert_eq!(code(rules.describe_rule(id, 0)), expected);
    }
    assert_eq!(code(rules.describe_rule(&list[0], 3)), Code::InvalidArgument as i32);
    assert_eq!(code(rules.describe(-1)), Code::InvalidArgument as i32);
}

struct Token(*mut Handle<Cancel>);

// SAFETY: the header promises it.
unsafe impl Sync for Token {}

impl Token {
    fn new() -> Token {
        // SAFETY: the slot is used as it says.
        Token(calling(|slot| unsafe { kirjuri_cancel_new(slot) }, |it| it.is_null()).unwrap())
    }

    fn raise(&self) {
        // SAFETY: it lives.
        unsafe { kirjuri_cancel_raise(self.0) };
        // SAFETY: it lives.
        assert!(unsafe { kirjuri_cancel_is_raised(self.0) });
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        // SAFETY: nobody uses it any more.
        unsafe { kirjuri_cancel_free(self.0) };
    }
}

/// A document that takes a while: many elements, of which each is asked about.
fn long(elements: usize) -> Vec<u8> {
    let mut text = b"<letter xmlns='urn:x'>".to_vec();
    for _ in 0..elements {
        text.extend_from_slice(b"<letter date='1'/>");
    }
    text.extend_from_slice(b"</letter>");
    text
}

#[test]
fn a_check_is_cancelled_at_any_time() {
    let (rules, token) = (house(), Token::new());
    let options = KirjuriCheckOptions { cancel: token.0, ..KirjuriCheckOptions::default() };
    assert!(rules.check(UNDATED, &options).is_ok());
    let (document, is_cancelled) = (long(20_000), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let token: &Token = &token;
            loop {
                match rules.check(&document, &KirjuriCheckOptions { cancel: token.0, ..Default::default() }) {
                    Ok(_) => {}
                    Err(failed) => {
                        assert_eq!(failed.code, Code::Cancelled as i32);
                        is_cancelled.store(true, Ordering::Relaxed);
                        return;
                    }
                }
            }
        });
        std::thread::sleep(std::time::Duration::from_millis(50));
        token.raise();
    });
    assert!(is_cancelled.load(Ordering::Relaxed));
    assert_eq!(code(rules.check(UNDATED, &options)), Code::Cancelled as i32);
    assert_eq!(code(rules.identify(UNDATED, &options)), Code::Cancelled as i32);
}

#[test]
fn a_check_ends_with_its_time_and_its_memory() {
    let (rules, document) = (house(), long(100_000));
    let set = || KirjuriCheckOptions::default();
    let begun = std::time::Instant::now();
    assert_eq!(
        code(rules.check(&document, &KirjuriCheckOptions { time_limit_ms: 1, ..set() })),
        Code::TimeLimit as i32
    );
    println!("stopped {} ms after a limit of 1 ms", begun.elapsed().as_millis());
    assert!(rules.check(UNDATED, &KirjuriCheckOptions { time_limit_ms: u64::MAX, ..set() }).is_ok());
    let small = KirjuriCheckOptions { memory_limit: 100_000, ..set() };
    assert_eq!(code(rules.check(&document, &small)), Code::MemoryLimit as i32);
    assert_eq!(code(rules.identify(&document, &small)), Code::MemoryLimit as i32);
    assert!(rules.check(UNDATED, &small).is_ok());
    assert!(rules.check(&document, &KirjuriCheckOptions { memory_limit: u64::MAX, ..set() }).is_ok());
}

#[test]
fn many_threads_share_a_rule_set() {
    let rules = Rules::built_in();
    let documents = ["documents/archive-header-faults.xml", "documents/prescription-clean.xml"].map(fixture);
    let check = |number: usize| {
        let report = rules.check(&documents[number % 2], &KirjuriCheckOptions::default()).unwrap();
        report.json().unwrap()
    };
    let expected = [check(0), check(1)];
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (check, expected) = (&check, &expected);
            scope.spawn(move || {
                for number in 0..10 {
                    assert_eq!(check(number + thread), expected[(number + thread) % 2]);
                }
            });
        }
    });
}

/// The header says how much stack is enough.
#[test]
fn a_small_stack_is_enough() {
    let deep = format!("{}{}", "<letter xmlns='urn:x'>".repeat(256), "</letter>".repeat(256));
    let check = move || {
        let rules = Rules::open(&[files_source(4, "house", &house_files()), named(1, "")]).unwrap();
        let set = KirjuriCheckOptions::default();
        for bytes in [deep.as_bytes(), &[b"[".repeat(255), b"]".repeat(255)].concat()] {
            assert_ne!(rules.check(bytes, &set).unwrap().status(), KIRJURI_UNREADABLE);
        }
        for path in ["documents/archive-header-faults.xml", "social/plan-clean.xml"] {
            assert!(rules.check(&fixture(path), &set).unwrap().json().is_ok());
        }
    };
    std::thread::Builder::new().stack_size(512 << 10).spawn(check).unwrap().join().unwrap();
}

#[test]
fn handles_may_be_used_on_any_thread() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<rule_set::Rules>();
    is_shared::<report::Report>();
    is_shared::<Cancel>();
    is_shared::<text::Text>();
    is_shared::<failure::Failure>();
}
