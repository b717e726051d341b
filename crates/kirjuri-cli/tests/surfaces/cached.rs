//! What is kept between runs changes no report, whatever happens to it, and holds nothing of a document.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::thread;
use std::time::Duration;

use crate::privacy;
use crate::sandbox::Sandbox;

const DOCUMENTS: [&str; 3] = ["fixtures/documents", "fixtures/unreadable", "fixtures/foreign"];
const CACHE: [&str; 2] = ["--cache", "kept"];

fn check(sandbox: &Sandbox, more: &[&str]) -> Output {
    let packs = ["--pack", "kanta-header", "--pack", "kanta-series"];
    sandbox.run(&[&["check", "--as-of", "2026-11-22"], &DOCUMENTS[..], &packs, more].concat())
}

/// How many documents were as before, of how many.
#[track_caller]
fn as_before(output: &Output) -> (usize, usize) {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find_map(|line| line.strip_suffix(" as before")).unwrap_or_else(|| panic!("{text}"));
    let words: Vec<&str> = line.split(' ').collect();
    (words[2].parse().unwrap(), words[4].parse().unwrap())
}

/// The report is that of a run without a cache; so many documents were as before.
#[track_caller]
fn agrees(sandbox: &Sandbox, more: &[&str], expected: &Output) -> (usize, usize) {
    let output = check(sandbox, &[more, &CACHE].concat());
    assert_eq!(output.stdout, expected.stdout, "{more:?}");
    assert_eq!(output.status.code(), expected.status.code());
    as_before(&output)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_report_is_the_same_with_and_without_a_cache() {
    let sandbox = Sandbox::new("cached");
    let expected = check(&sandbox, &[]);
    let (none, all) = agrees(&sandbox, &[], &expected);
    assert!(none == 0 && all > 50, "{none} of {all}");
    for more in [&["--lang", "sv"][..], &["--format", "json", "--jobs", "1"]] {
        let expected = check(&sandbox, more);
        for by in ["content", "metadata"] {
            assert_eq!(agrees(&sandbox, &[more, &["--cache-by", by]].concat(), &expected), (all, all));
        }
    }
    let other = ["--max-nodes", "900"];
    let expected = check(&sandbox, &other);
    assert_eq!(agrees(&sandbox, &other, &expected), (0, all));
    assert_eq!(agrees(&sandbox, &other, &expected), (all, all));
}

#[test]
fn a_document_that_changed_is_checked_again() {
    let sandbox = Sandbox::new("cached-change");
    let path = sandbox.folder.join("fixtures/documents/form-clean.xml");
    // Until then nobody can say whether the files are done changing.
    thread::sleep(Duration::from_millis(2_100));
    let (_, all) = as_before(&check(&sandbox, &CACHE));
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replacen("<title>", "<title >", 1);
    assert_ne!(text, changed);
    for by in ["metadata", "content"] {
        fs::write(&path, &changed).unwrap();
        let more = ["--cache-by", by];
        let expected = check(&sandbox, &[]);
        let of_metadata = agrees(&sandbox, &more, &expected);
        assert_eq!(of_metadata, if by == "metadata" { (all - 1, all) } else { (all, all) });
        fs::write(&path, &text).unwrap();
        // It is what it was.
        assert_eq!(agrees(&sandbox, &more, &check(&sandbox, &[])), (all, all));
    }
}

#[test]
fn a_rule_that_changed_is_asked_again() {
    let sandbox = Sandbox::new("cached-rules");
    let run = || {
        let arguments = ["check", "notes", "--pack", "packs/notes", "--as-of", "2026-11-22"];
        let expected = sandbox.run(&arguments);
        let output = sandbox.run(&[&arguments[..], &CACHE].concat());
        assert_eq!(output.stdout, expected.stdout);
        as_before(&output)
    };
    assert_eq!((run(), run()), ((0, 4), (4, 4)));
    let rule = sandbox.folder.join("packs/notes/shouted-title.toml");
    let text = fs::read_to_string(&rule).unwrap();
    fs::write(&rule, text.replace("\"info\"", "\"error\"")).unwrap();
    assert_eq!((run(), run()), ((0, 4), (4, 4)));
    fs::write(&rule, &text).unwrap();
    assert_eq!(run(), (4, 4));
    let schema = sandbox.folder.join("schemas/house.sch");
    let run = || as_before(&sandbox.run(&["check", "notes", "--pack", "schemas/house.sch", "--cache", "kept"]));
    assert_eq!((run(), run()), ((0, 4), (4, 4)));
    fs::write(&schema, fs::read_to_string(&schema).unwrap() + "<!-- changed -->").unwrap();
    assert_eq!((run(), run()), ((0, 4), (4, 4)));
}

#[test]
fn a_damaged_cache_makes_no_report_wrong() {
    let sandbox = Sandbox::new("cached-damage");
    let arguments = ["check", "notes", "letters", "fixtures/unreadable", "--pack", "packs/notes", "--format", "json"];
    let expected = sandbox.run(&arguments);
    let run = |by| {
        let output = sandbox.run(&[&arguments[..], &CACHE, &["--cache-by", by]].concat());
        assert_eq!((output.stdout.as_slice(), output.status), (expected.stdout.as_slice(), expected.status), "{by}");
        as_before(&output)
    };
    thread::sleep(Duration::from_millis(2_100));
    let (_, all) = run("content");
    for name in ["young", "young.index", "key", "run", "lock", "old"] {
        let file = sandbox.folder.join("kept").join(name);
        let whole = fs::read(&file).unwrap_or_default();
        let (mut flipped, half) = (whole.clone(), whole.len() / 2);
        flipped.iter_mut().step_by(97).for_each(|byte| *byte ^= 0x55);
        let damaged = [&flipped[..], &whole[..half], &whole[half..], b"", b"something else", &[0xFF; 5000]];
        for bytes in damaged {
            fs::write(&file, bytes).unwrap();
            run("metadata");
            // It has mended itself.
            assert_eq!(run("content"), (all, all), "{name}");
            assert_eq!(run("metadata"), (all, all), "{name}");
        }
    }
}

/// What a run says of a cache that is not as it should be; the report is as it would be without one.
fn said_of_it(sandbox: &Sandbox, more: &[&str]) -> (Output, String) {
    let arguments = ["check", "notes", "--pack", "packs/notes", "--as-of", "2026-11-22"];
    let expected = sandbox.run(&arguments);
    let output = sandbox.run(&[&arguments[..], &CACHE, more].concat());
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    if more.is_empty() {
        assert_eq!((&output.stdout, output.status), (&expected.stdout, expected.status), "{text}");
    }
    (output, text)
}

#[test]
fn a_cache_that_cannot_be_written_is_read() {
    let sandbox = Sandbox::new("cached-unwritable");
    said_of_it(&sandbox, &[]);
    let kept = sandbox.folder.join("kept");
    // A folder in the place of a file cannot be written, whoever asks; rights say nothing to root.
    for (file, entries) in [("lock", 4), ("run", 4)] {
        let path = kept.join(file);
        let _ = fs::remove_file(&path);
        fs::create_dir(&path).unwrap();
        let (output, text) = said_of_it(&sandbox, &[]);
        assert!(text.contains("cannot be written to: this run reads it and adds nothing"), "{file}: {text}");
        assert_eq!(as_before(&output), (entries, 4), "{file}");
        let (output, text) = said_of_it(&sandbox, &["--resume"]);
        assert_eq!(output.status.code(), Some(2), "{file}: {text}");
        fs::remove_dir(path).unwrap();
    }
    assert_eq!(as_before(&said_of_it(&sandbox, &[]).0), (4, 4));
}

#[test]
fn a_cache_that_cannot_be_read_is_left_out() {
    let sandbox = Sandbox::new("cached-unreadable");
    said_of_it(&sandbox, &[]);
    let key = sandbox.folder.join("kept/key");
    fs::remove_file(&key).unwrap();
    fs::create_dir(&key).unwrap();
    let (_, text) = said_of_it(&sandbox, &[]);
    assert!(text.contains("it cannot be used, and is left out"), "{text}");
    let (output, _) = said_of_it(&sandbox, &["--resume"]);
    assert_eq!(output.status.code(), Some(2));
}

/// Where rights are heeded: not by root, who can do anything.
#[cfg(unix)]
#[test]
fn a_cache_without_the_right_to_write_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new("cached-rights");
    said_of_it(&sandbox, &[]);
    let kept = sandbox.folder.join("kept");
    let set = |mode| {
        fs::set_permissions(&kept, fs::Permissions::from_mode(mode)).unwrap();
        let mode = if mode == 0o700 { 0o600 } else { 0o400 };
        files(&kept).iter().for_each(|file| fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap());
    };
    set(0o500);
    let is_heeded = fs::write(kept.join("probe"), "").is_err();
    let (output, text) = said_of_it(&sandbox, &[]);
    set(0o700);
    assert_eq!(as_before(&output), (4, 4), "{text}");
    assert_eq!(text.contains("cannot be written to"), is_heeded, "{text}");
}

#[test]
fn two_runs_at_once_do_each_other_no_harm() {
    let sandbox = Sandbox::new("cached-twice");
    let expected = check(&sandbox, &[]);
    thread::scope(|scope| {
        for run in [scope.spawn(|| check(&sandbox, &CACHE)), scope.spawn(|| check(&sandbox, &CACHE))] {
            assert_eq!(run.join().unwrap().stdout, expected.stdout);
        }
    });
    let (before, all) = agrees(&sandbox, &[], &expected);
    assert_eq!(before, all);
}

#[test]
fn no_value_of_a_document_is_in_a_cache() {
    let sandbox = Sandbox::new("cached-privacy");
    let (values, letters) = (privacy::values(), ["check", "letters", "--pack", "packs/letters"]);
    check(&sandbox, &CACHE);
    sandbox.run(&[&letters[..], &CACHE].concat());
    let mut size = 0;
    for file in files(&sandbox.folder.join("kept")) {
        let bytes = fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        // Random bytes say short words by chance.
        let says = |value: &str| value.len() > 5 && text.contains(value);
        let shown: Vec<&String> = values.iter().filter(|value| says(value)).collect();
        assert!(shown.is_empty(), "{}: {shown:?}", file.display());
        for word in ["salaisuus", "Maija", "fixtures", "ClinicalDocument", "form-clean"] {
            assert!(!says(word), "{}: {word}", file.display());
        }
        size += bytes.len();
    }
    assert!(size > 20_000, "{size}");
}
