//! Runs the scenarios of `tests/scenarios`: commands, each with its output and exit status.
//!
//! `$` begins a command, with variables before it and `< file` behind it where it needs them; `?` is the exit status,
//! `>` a line of standard output, `!` one of standard error. A line `> ...` stands for any number of lines, so that a
//! scenario can leave out what is not its own. All else is said to the reader. `UPDATE=1` rewrites the files, and leaves out
//! what was left out, as far as the lines around it are still there.

use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, feed, update};

#[derive(Default)]
struct Step {
    /// What is said before it.
    before: Vec<String>,
    command: String,
    status: String,
    stdout: Vec<String>,
    stderr: Vec<String>,
}

fn parse(text: &str) -> (Vec<Step>, Vec<String>) {
    let mut steps: Vec<Step> = Vec::new();
    let mut said = Vec::new();
    for line in text.lines() {
        let (mark, rest) = line.split_at(line.len().min(1));
        let rest = rest.strip_prefix(' ').unwrap_or(rest).to_owned();
        match (mark, steps.last_mut()) {
            ("$", _) => steps.push(Step { before: std::mem::take(&mut said), command: rest, ..Step::default() }),
            ("?", Some(step)) => step.status = rest,
            (">", Some(step)) => step.stdout.push(rest),
            ("!", Some(step)) => step.stderr.push(rest),
            _ => said.push(line.to_owned()),
        }
    }
    (steps, said)
}

fn write(steps: &[Step], after: &[String]) -> String {
    let mut text = String::new();
    for step in steps {
        let status = [format!("$ {}", step.command), format!("? {}", step.status)];
        let marked = |mark: &str, lines: &[String]| -> Vec<String> {
            lines.iter().map(|line| format!("{mark} {line}").trim_end().to_owned()).collect()
        };
        for line in [&step.before[..], &status, &marked(">", &step.stdout), &marked("!", &step.stderr)].concat() {
            text += &line;
            text.push('\n');
        }
    }
    text + &after.iter().map(|line| format!("{line}\n")).collect::<String>()
}

/// Splits a command at its spaces, outside single quotes.
pub(crate) fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (number, part) in command.split('\'').enumerate() {
        if number % 2 == 1 {
            *words.last_mut().unwrap() += part;
        } else {
            for (number, word) in part.split(' ').enumerate() {
                if number > 0 {
                    words.push(String::new());
                }
                *words.last_mut().unwrap() += word;
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn run(sandbox: &Sandbox, step: &Step) -> Step {
    let mut words = words(&step.command);
    let start = words.iter().position(|word| word == "kirjuri").expect("a scenario runs kirjuri");
    let input = words.iter().position(|word| word == "<").map(|at| words.drain(at..).nth(1).unwrap());
    let arguments: Vec<&str> = words[start + 1..].iter().map(String::as_str).collect();
    let mut command = sandbox.command(&arguments);
    command.envs(words[..start].iter().filter_map(|variable| variable.split_once('=')));
    let output = match input {
        Some(file) => feed(command, &fs::read(sandbox.folder.join(file)).unwrap()),
        None => command.output().unwrap(),
    };
    let lines = |bytes: Vec<u8>| {
        let mut text = String::from_utf8(bytes).unwrap();
        text =
            text.replace(env!("CARGO_PKG_VERSION"), "VERSION").replace("kirjuri.exe", "kirjuri").replace('\u{1b}', "␛");
        if cfg!(windows) {
            text = text.replace('\\', "/");
        }
        text.lines().map(|line| line.trim_end().to_owned()).collect()
    };
    let status = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
    let (stdout, stderr) = (lines(output.stdout), lines(output.stderr));
    Step { before: step.before.clone(), command: step.command.clone(), status, stdout, stderr }
}

/// Whether lines are as expected, where `...` stands for any number of them.
fn alike(found: &[String], expected: &[String]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((first, rest)) if first == "..." => (0..=found.len()).any(|at| alike(&found[at..], rest)),
        Some((first, rest)) => found.split_first().is_some_and(|(line, found)| line == first && alike(found, rest)),
    }
}

/// Lines as they were found, with `...` where it was expected and the lines around it are still there.
fn as_written(found: &[String], expected: &[String]) -> Vec<String> {
    if alike(found, expected) {
        return expected.to_vec();
    }
    let (mut lines, mut at) = (Vec::new(), 0);
    for (number, _) in expected.iter().enumerate().filter(|(_, line)| *line == "...") {
        let next = |line: &String, from: usize| found[from..].iter().position(|it| it == line).map(|it| from + it);
        let before = match number.checked_sub(1).map(|before| &expected[before]) {
            Some(before) => next(before, at).map(|before| before + 1),
            None => Some(0),
        };
        let Some(before) = before else { continue };
        let behind = expected.get(number + 1).map_or(Some(found.len()), |behind| next(behind, before));
        if let Some(behind) = behind {
            lines.extend_from_slice(&found[at..before]);
            lines.push("...".to_owned());
            at = behind;
        }
    }
    lines.extend_from_slice(&found[at..]);
    lines
}

#[test]
fn a_rewritten_scenario_still_leaves_out_what_it_left_out() {
    let lines = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    for (found, expected, rewritten) in [
        ("a b c d", "a ... d", "a ... d"),
        ("a b c d e", "a ... d", "a ... d e"),
        ("a b c x", "... c d", "... c x"),
        ("x b c d", "a b ...", "x b ..."),
        ("x b c d e f", "a b ... d ... f", "x b ... d ... f"),
        ("x y d z f", "a b ... d ... f", "x y d ... f"),
        ("a b", "... c ...", "a b"),
    ] {
        let written = as_written(&lines(found), &lines(expected));
        assert_eq!(written, lines(rewritten), "{found}: {expected}");
        assert!(alike(&lines(found), &written));
    }
}

#[test]
fn every_scenario_goes_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut failures = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let sandbox = Sandbox::new(&format!("scenario-{name}"));
        let (mut steps, after) = parse(&fs::read_to_string(&file).unwrap());
        assert!(!steps.is_empty(), "{name} has no command");
        let mut changed = false;
        for step in &mut steps {
            let found = run(&sandbox, step);
            if found.status == step.status && alike(&found.stdout, &step.stdout) && alike(&found.stderr, &step.stderr) {
                continue;
            }
            failures.push(format!("{name}: found\n{}", write(std::slice::from_ref(&found), &[])));
            let (stdout, stderr) = (as_written(&found.stdout, &step.stdout), as_written(&found.stderr, &step.stderr));
            (*step, changed) = (Step { stdout, stderr, ..found }, true);
        }
        if changed && update() {
            fs::write(&file, write(&steps, &after)).unwrap();
        }
    }
    assert!(failures.is_empty() || update(), "UPDATE=1 rewrites tests/scenarios\n\n{}", failures.join("\n"));
}
