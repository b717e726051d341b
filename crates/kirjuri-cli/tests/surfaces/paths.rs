//! Files as file systems really have them: links, loops, pipes, names that are no Unicode or that command a terminal.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sandbox::Sandbox;

const NOTE: &str = "<note xmlns=\"urn:example:note\" day=\"2026-03-05\"><text/></note>\n";

/// The paths of the report, and the exit status.
fn check(sandbox: &Sandbox, paths: &[&str]) -> (Vec<String>, i32) {
    let output = sandbox.run(&[&["check", "--pack", "packs/notes", "--format", "json"], paths].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let documents = report["documents"].as_array().unwrap();
    let paths = documents.iter().map(|it| it["path"].as_str().unwrap().to_owned());
    (paths.collect(), output.status.code().unwrap())
}

#[test]
fn a_document_is_read_once_however_often_it_is_named() {
    let sandbox = Sandbox::new("named-twice");
    sandbox.write("a/one.xml", NOTE);
    symlink("one.xml", sandbox.folder.join("a/same.xml")).unwrap();
    symlink("a", sandbox.folder.join("b")).unwrap();
    let absolute = sandbox.folder.join("a/one.xml");
    let absolute = absolute.to_str().unwrap();
    for paths in [
        &["a"][..],
        &["a", "b"],
        &["a", "./a", "a/"],
        &["a/one.xml", "./a/one.xml", "a/../a/one.xml"],
        &["a/*.xml", "a", "a/one.xml"],
        &["./a/*.xml"],
        &["a/**/*.xml", "a/same.xml"],
    ] {
        assert_eq!(check(&sandbox, paths), (vec!["a/one.xml".to_owned()], 1), "{paths:?}");
    }
    assert_eq!(check(&sandbox, &["a", absolute]).0.len(), 1);
    assert_eq!(check(&sandbox, &["b"]).0, ["b/one.xml"], "a link alone is followed");
}

#[test]
fn a_loop_of_links_ends() {
    let sandbox = Sandbox::new("loop");
    sandbox.write("a/one.xml", NOTE);
    symlink("..", sandbox.folder.join("a/up")).unwrap();
    assert_eq!(check(&sandbox, &["a"]).0.iter().filter(|path| path.ends_with("one.xml")).count(), 1);
}

#[test]
fn a_dangling_link_is_reported_and_the_rest_is_checked() {
    let sandbox = Sandbox::new("dangling");
    sandbox.write("a/one.xml", NOTE);
    symlink("gone.xml", sandbox.folder.join("a/two.xml")).unwrap();
    assert_eq!(check(&sandbox, &["a"]), (vec!["a/one.xml".to_owned(), "a/two.xml".to_owned()], 2));
    // Nobody who asks by a glob for others is told of it.
    for (glob, expected, status) in [
        ("a/o*.xml", &["a/one.xml"][..], 1),
        ("a/*.xml", &["a/one.xml", "a/two.xml"], 2),
        ("a/t*.xml", &["a/two.xml"], 2),
        ("a/**/o*.xml", &["a/one.xml"], 1),
    ] {
        let expected = expected.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(check(&sandbox, &[glob]), (expected, status), "{glob}");
    }
}

#[test]
fn a_pipe_in_a_folder_is_not_waited_for() {
    let sandbox = Sandbox::new("pipe");
    sandbox.write("a/one.xml", NOTE);
    assert!(Command::new("mkfifo").arg(sandbox.folder.join("a/pipe.xml")).status().unwrap().success());
    assert_eq!(check(&sandbox, &["a"]), (vec!["a/one.xml".to_owned()], 1));
    assert_eq!(check(&sandbox, &["a/*.xml"]), (vec!["a/one.xml".to_owned()], 1));
}

#[test]
fn a_name_that_is_no_unicode_is_read_and_shown_as_well_as_can_be() {
    let sandbox = Sandbox::new("not-unicode");
    let name = OsStr::from_bytes(b"k\xE4ynti.xml");
    // Some file systems refuse such names.
    if fs::create_dir(sandbox.folder.join("a"))
        .and_then(|()| fs::write(sandbox.folder.join("a").join(name), NOTE))
        .is_ok()
    {
        assert_eq!(check(&sandbox, &["a"]), (vec!["a/k\u{FFFD}ynti.xml".to_owned()], 1));
    }
}

#[test]
fn a_name_cannot_command_the_terminal() {
    let sandbox = Sandbox::new("commanding-name");
    sandbox.write("a/\u{1b}[2J\u{9b}2J\u{202e}\nb.xml", NOTE);
    sandbox.write("a/\u{1b}[2J.xml", "<broken");
    for command in [&["check", "a", "--color", "always"][..], &["check", "a"], &["identify", "a"]] {
        let text = sandbox.stdout(&[command, &["--pack", "packs/notes"]].concat());
        assert!(text.contains("a/\u{FFFD}[2J\u{FFFD}2J\u{FFFD}\u{FFFD}b.xml"), "{text:?}");
        assert!(!text.contains("\u{1b}[2J") && !text.contains('\u{9b}') && !text.contains('\u{202e}'), "{text:?}");
    }
}

#[test]
fn hidden_files_and_upper_case_endings_are_documents() {
    let sandbox = Sandbox::new("hidden");
    sandbox.write("a/.hidden/.one.xml", NOTE);
    sandbox.write("a/TWO.XML", NOTE);
    sandbox.write("a/.gitignore", "*\n");
    assert_eq!(check(&sandbox, &["a"]), (vec!["a/.hidden/.one.xml".to_owned(), "a/TWO.XML".to_owned()], 1));
}

#[test]
fn a_glob_takes_files_of_any_name_and_the_documents_of_folders() {
    let sandbox = Sandbox::new("globs");
    sandbox.write("a/2025/one.xml", NOTE);
    sandbox.write("a/2026/two.xml", NOTE);
    sandbox.write("a/2026/readme.txt", "no document");
    sandbox.write("a/three.cda", NOTE);
    sandbox.write("a/literal[1].xml", NOTE);
    for (paths, expected) in [
        (&["a/*.cda"][..], &["a/three.cda"][..]),
        (&["a/20*"], &["a/2025/one.xml", "a/2026/two.xml"]),
        (&["a/202[56]/*.xml"], &["a/2025/one.xml", "a/2026/two.xml"]),
        (&["a/{2025,2026}/t*.xml"], &["a/2026/two.xml"]),
        (&["a/literal[1].xml"], &["a/literal[1].xml"]),
        (&["**/two.xml"], &["a/2026/two.xml"]),
    ] {
        assert_eq!(check(&sandbox, paths).0, expected, "{paths:?}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_panic() {
    let sandbox = Sandbox::new("reader-leaves");
    let mut command = sandbox.command(&["check", "fixtures/documents", "--format", "json", "--show-source"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(line, "{\n");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn nothing_but_the_report_is_written_where_there_is_no_terminal() {
    let sandbox = Sandbox::new("no-terminal");
    let output = sandbox.run(&["check", "fixtures/documents"]);
    assert_eq!(output.stderr, b"");
    assert!(!output.stdout.contains(&0x1b));
}
