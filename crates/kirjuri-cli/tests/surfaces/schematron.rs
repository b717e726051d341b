//! Schematron schemas give the same for one thread and for many, and a file of SVRL for each document.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::sandbox::Sandbox;

/// The files below a folder, by path.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn schemas_give_the_same_for_one_thread_and_for_many() {
    let sandbox = Sandbox::new("schematron-threads");
    let inputs = ["check", "fixtures/documents", "notes", "--as-of", "2026-06-30"];
    let schemas = ["--pack", "schemas/house.sch", "--pack", "schemas/quoting.sch"];
    for format in ["text", "json"] {
        let report = |jobs| {
            let how = ["--format", format, "--show-source", "--jobs", jobs];
            sandbox.run(&[&inputs[..], &schemas, &how].concat()).stdout
        };
        let one = report("1");
        assert!(!one.is_empty());
        assert!(report("2") == one, "{format}");
    }
    let svrl = |jobs: &str| {
        let how = ["--format", "svrl", "--output-dir", jobs, "--jobs", jobs];
        let output = sandbox.run(&[&inputs[..], &schemas, &how].concat());
        assert_eq!(output.status.code(), Some(1));
        files(&sandbox.folder.join(jobs))
    };
    let one = svrl("1");
    assert!(one.contains_key("notes/empty.xml.house.svrl") && one.contains_key("notes/empty.xml.quoting.svrl"));
    assert!(svrl("2") == one);
}

#[test]
fn every_document_has_a_file_of_its_own() {
    let sandbox = Sandbox::new("svrl-files");
    let note = fs::read_to_string(sandbox.folder.join("notes/empty.xml")).unwrap();
    sandbox.write("inside/a/note.xml", &note);
    sandbox.write("inside/a/note.XML.copy/note.xml", &note);
    sandbox.write("notes/deep/note.xml", &note);
    let mut command = sandbox.command(&[
        "check",
        ".",
        "../notes",
        "../notes/deep/note.xml",
        "--pack",
        "../schemas/house.sch",
        "--format",
        "svrl",
        "--output-dir",
        "../svrl",
    ]);
    sandbox.write("inside/notes/deep/note.xml", &note);
    let output = command.current_dir(sandbox.folder.join("inside")).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let files = files(&sandbox.folder.join("svrl"));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "a/note.XML.copy/note.xml.svrl",
            "a/note.xml.svrl",
            "notes/clean.xml.svrl",
            "notes/deep/note.xml.svrl",
            "notes/deep/note.xml~2.svrl",
            "notes/empty.xml.svrl",
            "notes/malformed-day.xml.svrl",
            "notes/shouted.xml.svrl",
        ]
    );
    assert!(files.values().all(|text| text.starts_with("<?xml") && text.ends_with("</svrl:schematron-output>\n")));
}

#[test]
fn expressions_read_no_file_outside_the_folders_that_are_named() {
    let sandbox = Sandbox::new("document-roots");
    sandbox.write("secret/titles.xml", "<titles><title>Juna</title></titles>");
    let schema = |reference: &str| {
        format!(
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><pattern><rule context='/*'>\
             <assert id='known' test=\"document('{reference}')//title\"/></rule></pattern></schema>"
        )
    };
    let absolute = sandbox.folder.join("secret/titles.xml").to_string_lossy().replace('\\', "/");
    let address = format!("file://{absolute}");
    for (reference, roots, status) in [
        ("../secret/titles.xml", &[][..], 2),
        (absolute.as_str(), &[], 2),
        (address.as_str(), &["--doc-root", "secret"], 2),
        ("http://example.org/titles.xml", &["--doc-root", "secret"], 2),
        ("../secret/titles.xml", &["--doc-root", "notes"], 2),
        ("../titles.xml", &["--doc-root", "secret"], 2),
        ("titles.xml", &["--doc-root", "secret"], 0),
        ("../secret/titles.xml", &["--doc-root", "secret"], 0),
        ("secret/titles.xml", &["--doc-root", "."], 0),
        ("a/../../secret/titles.xml", &["--doc-root", "secret"], 0),
        ("..\\secret\\titles.xml", &[], 2),
        ("a%20b/../../secret/titles.xml", &[], 2),
        ("a%20b\\..\\..\\Secret/titles.xml", &[], 2),
        ("..\\secret\\titles.xml", &["--doc-root", "secret"], 0),
    ] {
        sandbox.write("own/own.sch", &schema(reference));
        let output = sandbox.run(&[&["check", "notes/clean.xml", "--pack", "own/own.sch"], roots].concat());
        assert_eq!(output.status.code(), Some(status), "{reference} {roots:?}");
    }
}

#[cfg(unix)]
#[test]
fn expressions_follow_no_link_out_of_the_folder_of_the_schema() {
    let sandbox = Sandbox::new("document-links");
    sandbox.write("secret/titles.xml", "<titles><title>Juna</title></titles>");
    sandbox.write("own/inside.xml", "<titles><title>Juna</title></titles>");
    let own = sandbox.folder.join("own");
    std::os::unix::fs::symlink(sandbox.folder.join("secret"), own.join("folder")).unwrap();
    std::os::unix::fs::symlink(sandbox.folder.join("secret/titles.xml"), own.join("file.xml")).unwrap();
    std::os::unix::fs::symlink(own.join("inside.xml"), own.join("beside.xml")).unwrap();
    for (reference, roots, status) in [
        ("inside.xml", &[][..], 0),
        ("beside.xml", &[], 0),
        ("INSIDE.xml", &[], 0),
        ("file.xml", &[], 2),
        ("FILE.xml", &[], 2),
        ("folder/titles.xml", &[], 2),
        ("Folder\\titles.xml", &[], 2),
        ("file.xml", &["--doc-root", "secret"], 0),
        ("folder/titles.xml", &["--doc-root", "secret"], 0),
    ] {
        let schema = format!(
            "<schema xmlns='http://purl.oclc.org/dsdl/schematron'><pattern><rule context='/*'>\
             <assert test=\"document('{reference}')//title\"/></rule></pattern></schema>"
        );
        sandbox.write("own/own.sch", &schema);
        let output = sandbox.run(&[&["check", "notes/clean.xml", "--pack", "own/own.sch"], roots].concat());
        assert_eq!(output.status.code(), Some(status), "{reference} {roots:?}");
    }
}
