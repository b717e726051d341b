//! The documents of `fixtures/documents` and `fixtures/social` give exactly the findings of their `expected.txt`, whatever
//! the language of the report and the number of threads.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{Sandbox, fixtures, update};

const CHECK: &[&str] = &["check", "fixtures/documents", "--as-of", "2026-06-30", "--fail-on", "never"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [CHECK, more].concat()
}

/// A line for each document, and below it one for each finding: place, rule, path; where it is inside what the document
/// carries, then the place and the path there; the fields it is about. Behind them those of rules on series, with the other
/// documents they name.
fn table(report: &Value) -> String {
    let mut table = String::new();
    for document in report["documents"].as_array().unwrap() {
        assert_eq!(document["status"], "checked", "{document}");
        writeln!(table, "{}", document["path"].as_str().unwrap().rsplit('/').next().unwrap()).unwrap();
        for finding in findings_of(report, document) {
            let place = &finding["place"];
            let (rule, path) = (finding["rule"].as_str().unwrap(), place["path"].as_str().unwrap());
            write!(table, "  {}:{} {rule} {path}", place["line"], place["column"]).unwrap();
            if let Some(inner) = place.get("inner") {
                let path = inner["path"].as_str().unwrap();
                write!(table, " > {}:{} {path}", inner["line"], inner["column"]).unwrap();
            }
            for field in finding["structure"]["fields"].as_array().into_iter().flatten() {
                write!(table, " [{}]", field["path"].as_str().unwrap()).unwrap();
            }
            for other in finding["others"].as_array().into_iter().flatten() {
                let (name, place) = (other["path"].as_str().unwrap().rsplit('/').next().unwrap(), &other["place"]);
                write!(table, " < {name}:{}:{}", place["line"], place["column"]).unwrap();
            }
            table.push('\n');
        }
    }
    table
}

/// The findings of a document, and those of rules on series about it.
fn findings_of<'r>(report: &'r Value, document: &Value) -> Vec<&'r Value> {
    let documents = report["documents"].as_array().unwrap();
    let own = documents.iter().find(|it| it["path"] == document["path"]).unwrap()["findings"].as_array().unwrap();
    let series = report["series"].as_array().into_iter().flatten().filter(|it| it["document"] == document["path"]);
    own.iter().chain(series).collect()
}

fn compare(found: &str, golden: &Path) {
    if update() {
        fs::write(golden, found).unwrap();
    }
    let expected = fs::read_to_string(golden).unwrap().replace("\r\n", "\n");
    assert!(found == expected, "UPDATE=1 rewrites {}; found:\n{found}", golden.display());
}

/// A sandbox with the documents of `fixtures/social`, without their sources, and the report on them.
fn social(name: &str, more: &[&str]) -> (Sandbox, Value) {
    let sandbox = Sandbox::new(name);
    let folder = sandbox.folder.join("fixtures/social");
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(fixtures().join("social")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "xml") {
            fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    let command = ["check", "fixtures/social", "--as-of", "2026-11-22", "--fail-on", "never", "--format", "json"];
    let report = sandbox.json(&[&command[..], more].concat());
    (sandbox, report)
}

#[test]
fn the_social_documents_give_the_findings_they_must() {
    let (_, report) = social("social", &["--jobs", "1"]);
    compare(&table(&report), &fixtures().join("social/expected.txt"));
    let (_, other) = social("social-threads", &["--jobs", "2", "--lang", "sv"]);
    assert_eq!(table(&other), table(&report));
}

#[test]
fn a_social_document_is_clean_or_has_the_finding_it_is_named_for() {
    let (_, report) = social("social-names", &[]);
    for document in report["documents"].as_array().unwrap() {
        let name = Path::new(document["path"].as_str().unwrap()).file_stem().unwrap().to_str().unwrap();
        let findings = findings_of(&report, document);
        if name.ends_with("-clean") {
            assert!(findings.is_empty(), "{name}: {findings:?}");
            continue;
        }
        let names_it = |finding: &&Value| {
            let rule = finding["rule"].as_str().unwrap().split_once('/').unwrap().1;
            name.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        assert!(findings.iter().copied().any(|finding| names_it(&finding)), "{name}: {findings:?}");
    }
}

#[test]
fn the_documents_give_the_findings_they_must() {
    let found = table(&Sandbox::new("documents").json(&with(&["--format", "json"])));
    compare(&found, &fixtures().join("documents/expected.txt"));
}

#[test]
fn clean_documents_are_clean_and_the_others_are_not() {
    let report = Sandbox::new("clean-documents").json(&with(&["--format", "json"]));
    for document in report["documents"].as_array().unwrap() {
        let path = document["path"].as_str().unwrap();
        assert_eq!(findings_of(&report, document).is_empty(), path.ends_with("-clean.xml"), "{path}");
    }
}

#[test]
fn the_report_is_the_same_for_one_thread_and_for_many() {
    let sandbox = Sandbox::new("threads");
    for language in ["fi", "sv", "en"] {
        for format in ["text", "json"] {
            let report = |jobs: &'static str| {
                sandbox.run(&with(&["--lang", language, "--format", format, "--show-source", "--jobs", jobs])).stdout
            };
            let one = report("1");
            assert!(!one.is_empty());
            assert!(report("2") == one, "{format} in {language}");
            // More threads than documents, and more than any machine would start.
            assert!(language != "en" || report("65535") == one, "{format}");
        }
    }
}

#[test]
fn the_places_are_the_same_in_every_language() {
    let sandbox = Sandbox::new("languages");
    let table_in = |language| table(&sandbox.json(&with(&["--format", "json", "--lang", language])));
    let finnish = table_in("fi");
    assert_eq!(table_in("sv"), finnish);
    assert_eq!(table_in("en"), finnish);
}

#[test]
fn everybody_in_the_fixtures_is_synthetic() {
    for folder in
        ["documents", "series", "social", "social/sources", "social/sources/contents", "unreadable", "foreign"]
    {
        for entry in fs::read_dir(fixtures().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            // Zeros out of UTF-16: what is left of a personal identity code is the same in all encodings here.
            let bytes: Vec<u8> = fs::read(&path).unwrap().into_iter().filter(|&byte| byte != 0).collect();
            for window in bytes.windows(13) {
                // Not in the middle of something longer, such as a time with its offset.
                let [before, code @ .., after] = window else { continue };
                if before.is_ascii_alphanumeric() || after.is_ascii_alphanumeric() {
                    continue;
                }
                let digits = |range: std::ops::Range<usize>| code[range].iter().all(u8::is_ascii_digit);
                let sign = code[6] == b'-' || code[6] == b'+' || code[6].is_ascii_uppercase();
                let hetu = digits(0..6) && sign && digits(7..10) && code[10].is_ascii_alphanumeric();
                assert!(!hetu || code[7] == b'9', "{}: {}", path.display(), String::from_utf8_lossy(code));
            }
        }
    }
}

#[test]
fn byte_offsets_point_at_what_was_found() {
    let sandbox = Sandbox::new("offsets");
    let report = sandbox.json(&with(&["--format", "json", "--show-source"]));
    for document in report["documents"].as_array().unwrap() {
        let bytes = fs::read(sandbox.folder.join(document["path"].as_str().unwrap())).unwrap();
        for finding in document["findings"].as_array().unwrap() {
            let offset = |of: &Value, key: &str| usize::try_from(of[key].as_u64().unwrap()).unwrap();
            let (place, source) = (&finding["place"], &finding["source"]);
            let input = &bytes[offset(place, "start")..offset(place, "end")];
            let shown = &source["text"].as_str().unwrap()[offset(source, "start")..offset(source, "end")];
            // In the encoding of the document, whatever that is, cut where the excerpt is.
            let utf_16: Vec<u8> = shown.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let latin_1: Vec<u8> = shown.chars().filter_map(|c| u8::try_from(c).ok()).collect();
            let encodings = [shown.as_bytes(), &utf_16, &latin_1];
            assert!(encodings.iter().any(|bytes| input.starts_with(bytes)), "{}: {finding}", document["path"]);
        }
    }
}
