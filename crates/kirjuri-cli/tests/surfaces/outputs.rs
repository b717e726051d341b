//! Reports in files: several of one run, whole or not at all, and the same for every number of threads.

use std::fs;

use serde_json::Value;

use crate::sandbox::Sandbox;

const FORMATS: [&str; 11] =
    ["text", "concise", "json", "ndjson", "sarif", "junit", "github", "gitlab", "checkstyle", "csv", "markdown"];

/// Documents with all that reports say of documents.
const INPUTS: [&str; 10] = [
    "check",
    "notes",
    "letters",
    "unreadable",
    "others",
    "--pack",
    "packs/notes",
    "--pack",
    "packs/letters",
    "--as-of=2026-06-30",
];

#[test]
fn reports_of_one_run_are_those_of_many() {
    let sandbox = Sandbox::new("outputs");
    let named: Vec<String> = FORMATS.iter().map(|format| format!("--output={format}=reports.{format}")).collect();
    for jobs in ["--jobs=1", "--jobs=4"] {
        let output =
            sandbox.run(&[&INPUTS[..], &[jobs], &named.iter().map(String::as_str).collect::<Vec<_>>()].concat());
        assert_eq!((output.status.code(), &*output.stdout, &*output.stderr), (Some(2), &b""[..], &b""[..]));
        for format in FORMATS {
            let alone = sandbox.stdout(&[&INPUTS[..], &["--format", format]].concat());
            let file = fs::read_to_string(sandbox.folder.join(format!("reports.{format}"))).unwrap();
            assert_eq!(file, alone, "{format}");
            assert!(alone.contains("mismatched.xml"), "{format} names what could not be read:\n{alone}");
        }
    }
    let left: Vec<_> = fs::read_dir(&sandbox.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains(".part")), "{left:?}");
}

#[test]
fn a_file_of_a_document_is_its_part_of_the_report() {
    let sandbox = Sandbox::new("output-dir");
    let report = sandbox.json(&[&INPUTS[..], &["--format", "json"]].concat());
    sandbox.run(&[&INPUTS[..], &["--format", "json", "--output-dir", "single"]].concat());
    for document in report["documents"].as_array().unwrap() {
        let path = sandbox.folder.join("single").join(format!("{}.json", document["path"].as_str().unwrap()));
        let single: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(single, *document);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_leaves_the_others_as_they_were() {
    let sandbox = Sandbox::new("output-full");
    sandbox.write("report.json", "earlier");
    let output = sandbox.run(&[&INPUTS[..], &["--output", "report.json", "--output", "csv=/dev/full"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("/dev/full"), "{said}");
    assert_eq!(fs::read_to_string(sandbox.folder.join("report.json")).unwrap(), "earlier");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_unicode_is_in_every_format() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new("output-names");
    let note = fs::read(sandbox.folder.join("notes/empty.xml")).unwrap();
    fs::create_dir(sandbox.folder.join("odd")).unwrap();
    for name in [&b"a\xFF.xml"[..], b"b\n\x1b[31m::error::.xml", b"c%0A,\"']]>.xml"] {
        fs::write(sandbox.folder.join("odd").join(std::ffi::OsStr::from_bytes(name)), &note).unwrap();
    }
    for format in FORMATS {
        let output = sandbox.run(&["check", "odd", "--pack", "packs/notes", "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let report = String::from_utf8(output.stdout).unwrap();
        assert!(!report.contains('\u{1b}') && !report.contains("\n\u{1b}"), "{format}: {report:?}");
        assert!(report.lines().all(|line| !line.starts_with("::error::")), "{format}: {report}");
    }
}
