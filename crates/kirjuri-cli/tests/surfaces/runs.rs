//! Runs that are interrupted, gone on with, and begun again whenever something changes.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, fixtures};

/// Longer than anything takes, on the slowest machine.
const LONG: Duration = Duration::from_secs(120);

/// A sandbox with some hundred documents in `many`.
fn sandbox(name: &str) -> Sandbox {
    let sandbox = Sandbox::new(name);
    let mut number = 0;
    for _ in 0..4 {
        for entry in fs::read_dir(fixtures().join("documents")).unwrap() {
            let path = entry.unwrap().path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if path.extension().is_some_and(|ending| ending == "xml") {
                sandbox.write(format!("many/{number:03}.xml"), &format!("{text}<!-- {number} -->\n"));
                number += 1;
            }
        }
    }
    sandbox
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[track_caller]
fn wait_until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < LONG);
        thread::sleep(Duration::from_millis(10));
    }
}

/// Starts a run and stops it when something of it is kept.
fn begin(sandbox: &Sandbox, arguments: &[&str], stop: impl Fn(&mut Child)) -> std::process::Output {
    let mut command = sandbox.command(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let kept = sandbox.folder.join("kept/young");
    wait_until(|| fs::metadata(&kept).is_ok_and(|about| about.len() > 1000));
    stop(&mut child);
    child.wait_with_output().unwrap()
}

const CHECK: [&str; 8] =
    ["check", "many", "--as-of", "2026-11-22", "--pack=kanta-header", "--pack=kanta-series", "--lang=en", "--jobs=2"];

#[test]
fn an_interrupted_run_reports_what_it_has_and_is_gone_on_with() {
    let sandbox = sandbox("interrupted");
    // Until then nobody can say whether the files are done changing.
    thread::sleep(Duration::from_millis(2_100));
    let cached = [&CHECK[..], &["--cache", "kept"]].concat();
    let partial = begin(&sandbox, &cached, |child| interrupt(child));
    assert_eq!(partial.status.code(), Some(2));
    let (report, said) = (String::from_utf8(partial.stdout).unwrap(), String::from_utf8(partial.stderr).unwrap());
    assert!(report.contains("\nThe run was interrupted: the report is only about the documents that it had come to\n"));
    assert!(said.contains("go on with --resume"), "{said}");
    let account = report.lines().find(|line| line.starts_with("Documents: ")).unwrap();
    let numbers: Vec<usize> = account.split(' ').filter_map(|word| word.parse().ok()).collect();
    let all = fs::read_dir(sandbox.folder.join("many")).unwrap().count();
    assert!(numbers[0] < all && numbers[0] == numbers[1..].iter().sum::<usize>(), "{account}");

    // Other rules and other days are another run.
    let resumed = [&cached[..], &["--resume", "--format", "json"]].concat();
    for (other, hint) in [(["--as-of", "2026-11-21"], "`--as-of 2026-11-22`"), (["--max-nodes", "9000"], "other rules")]
    {
        let mut arguments = resumed.clone();
        if other[0] == "--as-of" {
            arguments[3] = other[1];
        } else {
            arguments.extend(other);
        }
        let output = sandbox.run(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(hint), "{said}");
    }

    let output = sandbox.run(&resumed);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.stdout, sandbox.run(&[&CHECK[..], &["--format", "json"]].concat()).stdout);
    assert!(!said.contains(" 0 of ") && said.contains(&format!(" of {all} documents as before")), "{said}");
    // It has come to its end.
    assert_eq!(sandbox.run(&resumed).status.code(), Some(2));
}

#[test]
fn a_run_that_was_killed_is_gone_on_with() {
    let sandbox = sandbox("killed");
    let cached = [&CHECK[..], &["--cache", "kept"]].concat();
    begin(&sandbox, &cached, |child| child.kill().unwrap());
    let output = sandbox.run(&[&cached[..], &["--resume"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.stdout, sandbox.run(&CHECK).stdout);
    assert!(!said.contains(" 0 of "), "{said}");
}

/// A run that watches, and the lines that it writes.
struct Watching {
    child: Child,
    said: Receiver<String>,
}

impl Watching {
    fn new(sandbox: &Sandbox, arguments: &[&str]) -> Watching {
        let mut command = sandbox.command(&[arguments, &["--watch", "--lang", "en"]].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, said) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Watching { child, said }
    }

    /// What is said until it waits.
    #[track_caller]
    fn wait(&self) -> String {
        let mut said = String::new();
        loop {
            let line = self.said.recv_timeout(LONG).unwrap_or_else(|_| panic!("{said}"));
            if line.contains("waiting for changes") {
                return said;
            }
            said += &line;
            said.push('\n');
        }
    }

    /// Ends it: its status and its reports.
    fn end(mut self) -> (Option<i32>, String) {
        interrupt(&self.child);
        let mut text = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        (self.child.wait().unwrap().code(), text)
    }
}

#[test]
fn what_is_watched_is_checked_again_when_it_changes() {
    let sandbox = Sandbox::new("watched");
    let arguments = ["check", "notes/clean.xml", "--pack", "packs/notes", "--as-of", "2026-11-22"];
    // Its own report is no change.
    let watching =
        Watching::new(&sandbox, &[&arguments[..], &["--output=text=notes/report.xml", "--output=text=-"]].concat());
    assert_eq!(watching.wait(), "");
    let clean = fs::read_to_string(sandbox.folder.join("notes/clean.xml")).unwrap();
    sandbox.write("notes/other.txt", "something else");
    sandbox.write("notes/clean.xml", &clean.replace("Juna oli ajoissa.", ""));
    assert_eq!(watching.wait(), "");
    // A pack that is broken while it is edited is told, and mended.
    let rule = fs::read_to_string(sandbox.folder.join("packs/notes/empty-note.toml")).unwrap();
    sandbox.write("packs/notes/empty-note.toml", &rule.replace("severity", "sevrity"));
    assert!(watching.wait().contains("did you mean `severity`?"));
    sandbox.write("packs/notes/empty-note.toml", &rule);
    assert_eq!(watching.wait(), "");
    let (status, reports) = watching.end();
    assert_eq!(status, Some(1));
    let accounts: Vec<&str> = reports.lines().filter(|line| line.starts_with("Findings: ")).collect();
    let (clean, empty) = ("Findings: none", "Findings: 1 error, 0 warnings, 0 info");
    assert_eq!(accounts, [clean, empty, empty]);
}

#[test]
fn what_is_not_there_yet_is_waited_for() {
    let sandbox = Sandbox::new("watched-later");
    let watching = Watching::new(&sandbox, &["check", "later.xml", "--pack", "packs/notes"]);
    watching.wait();
    fs::copy(sandbox.folder.join("notes/clean.xml"), sandbox.folder.join("later.xml")).unwrap();
    watching.wait();
    assert_eq!(watching.end().0, Some(0));
}

impl Watching {
    /// Nothing more is said for a while: what the run wrote itself was no change.
    #[track_caller]
    fn rests(&self) {
        if let Ok(line) = self.said.recv_timeout(Duration::from_millis(900)) {
            panic!("{line}");
        }
    }
}

#[test]
fn what_a_run_writes_and_what_settings_name_is_told_apart() {
    let sandbox = Sandbox::new("watched-settings");
    let pack = "packs = [\"packs/notes\"]\ncache = \"notes/kept\"\nbaseline = \"known.toml\"\n";
    sandbox.run(&["baseline", "write", "notes/shouted.xml", "--pack", "packs/notes", "--output", "known.toml"]);
    sandbox.write("kirjuri.toml", pack);
    sandbox.write("list", "notes/clean.xml\nnotes\n");
    let arguments = ["check", "--files-from", "list", "--as-of", "2026-11-22", "--evidence", "notes/left/evidence"];
    let watching = Watching::new(&sandbox, &arguments);
    watching.wait();
    watching.rests();
    let rule = fs::read_to_string(sandbox.folder.join("packs/notes/empty-note.toml")).unwrap();
    let known = fs::read_to_string(sandbox.folder.join("known.toml")).unwrap();
    let broken = rule.replace("severity", "sevrity");
    for (file, text) in [
        ("packs/notes/empty-note.toml", &*broken),
        ("packs/notes/empty-note.toml", &rule),
        ("known.toml", &format!("{known}\n")),
        ("list", "notes\n"),
        ("kirjuri.toml", &format!("{pack}fail-on = \"never\"\n")),
    ] {
        sandbox.write(file, text);
        assert_eq!(watching.wait().contains("sevrity"), text == broken, "{file}");
        watching.rests();
    }
    assert_eq!(watching.end().0, Some(0));
}
