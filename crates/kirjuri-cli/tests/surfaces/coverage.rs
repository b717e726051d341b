//! Every sub-command and every flag has a scenario, the helps are in house style, and the documents name no flag that is
//! not there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;
use crate::scenarios::words;

/// What a help text says of a command.
struct Help {
    /// Its words behind `kirjuri`.
    command: Vec<String>,
    text: String,
    flags: BTreeSet<String>,
    /// What is said of each flag.
    said: BTreeMap<String, String>,
}

/// The flag of a line of a help text, where it defines one.
fn flag(line: &str) -> Option<String> {
    let line = line.trim_start();
    let line = match line.strip_prefix('-').filter(|rest| !rest.starts_with('-')) {
        Some(short) => short.split_once(", ")?.1,
        None => line,
    };
    let name = line.strip_prefix("--")?;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
    Some(format!("--{}", &name[..end]))
}

/// The help texts of all commands, and of all sub-commands at any depth.
fn helps(sandbox: &Sandbox) -> Vec<Help> {
    let mut waiting = vec![Vec::<String>::new()];
    let mut found = Vec::new();
    while let Some(command) = waiting.pop() {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let text = sandbox.stdout(&arguments);
        assert!(text.contains("Usage: "), "{command:?}: {text}");
        let commands = text.split("\nCommands:\n").nth(1).unwrap_or_default();
        for line in commands.lines().take_while(|line| !line.is_empty()) {
            let name =
                line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')).and_then(|rest| rest.split(' ').next());
            if let Some(name) = name.filter(|name| *name != "help") {
                waiting.push([&command[..], &[name.to_owned()]].concat());
            }
        }
        let flags = text.lines().filter_map(flag).filter(|flag| !["--help", "--version"].contains(&&**flag)).collect();
        let said = definitions(&text);
        found.push(Help { command, text, flags, said });
    }
    found
}

/// The flags that a help text defines, each with what is said of it, whether on its line or below it.
fn definitions(text: &str) -> BTreeMap<String, String> {
    let mut said: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(flag) = flag(line) {
            // Behind the flag and the name of its value there are two spaces.
            let behind = line.trim_start().split_once("  ").map_or("", |(_, behind)| behind);
            said.insert(flag.clone(), behind.trim().to_owned());
            current = Some(flag);
        } else if let Some(entry) = current.as_ref().and_then(|flag| said.get_mut(flag)) {
            match line.trim() {
                "" if entry.is_empty() => {}
                "" => current = None,
                line => *entry = format!("{entry} {line}").trim().to_owned(),
            }
        }
    }
    // A default stands behind the words, or apart from them.
    said.values_mut().for_each(|said| said.truncate(said.find(" [default: ").unwrap_or(said.len())));
    said
}

/// The words of all commands of the scenarios.
fn scenario_commands() -> Vec<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let texts = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let commands = texts.flat_map(|text| {
        let lines = text.lines().filter_map(|line| line.strip_prefix("$ ")).map(words);
        lines.collect::<Vec<_>>()
    });
    commands
        .map(|words| {
            let start = words.iter().position(|word| word == "kirjuri").expect("a scenario runs kirjuri");
            words[start + 1..].to_vec()
        })
        .collect()
}

/// The words of the command a scenario runs, without those of its flags and their values.
fn is_of(words: &[String], command: &[String], helps: &[Help]) -> bool {
    let deepest =
        helps.iter().map(|help| &help.command).filter(|known| words.starts_with(known)).max_by_key(|it| it.len());
    deepest.is_some_and(|deepest| deepest == command)
}

#[test]
fn every_command_and_flag_has_a_scenario() {
    let sandbox = Sandbox::new("coverage");
    let helps = helps(&sandbox);
    let commands = scenario_commands();
    let mut lacking = Vec::new();
    // A flag of every command needs one scenario in all.
    let mut everywhere: BTreeMap<&String, usize> = BTreeMap::new();
    helps.iter().flat_map(|help| &help.flags).for_each(|flag| *everywhere.entry(flag).or_default() += 1);
    let check = helps.iter().find(|help| help.command == ["check"]).unwrap();
    for Help { command, flags, said, .. } in &helps {
        // What is the very same argument as that of check, with the same words, is proved there.
        let is_shared = |flag: &String| command != &check.command && said.get(flag) == check.said.get(flag);
        let name = command.join(" ");
        let own: Vec<_> = commands.iter().filter(|words| is_of(words, command, &helps)).collect();
        let is_group =
            helps.iter().any(|other| other.command.len() > command.len() && other.command.starts_with(command));
        if own.is_empty() && !is_group {
            lacking.push(name.clone());
        }
        for flag in flags.iter().filter(|flag| !is_shared(flag)) {
            let uses =
                |words: &&Vec<String>| words.iter().any(|word| word == flag || word.starts_with(&format!("{flag}=")));
            let is_global = everywhere[flag] == helps.len();
            let is_proved = own.iter().any(uses) || is_global && commands.iter().any(|words| uses(&words));
            if !is_proved {
                lacking.push(format!("{name} {flag}"));
            }
        }
    }
    lacking.sort();
    assert!(lacking.is_empty(), "no scenario has\n{}", lacking.join("\n"));
}

#[test]
fn helps_are_in_house_style() {
    let sandbox = Sandbox::new("coverage-style");
    for Help { command, text, .. } in helps(&sandbox) {
        for line in text.lines() {
            assert!(line.chars().count() <= 100, "{command:?}: {line}");
        }
        // What a flag is for begins with a capital and has no full stop at its end.
        let paragraphs = text.split("\n\n").filter(|paragraph| paragraph.lines().next().and_then(flag).is_some());
        for paragraph in paragraphs {
            let said: Vec<&str> = paragraph.lines().skip(1).map(str::trim).collect();
            let said = said.join(" ");
            let first = said.chars().next();
            assert!(first.is_none_or(|c| !c.is_lowercase()), "{command:?}: {paragraph}");
            assert!(!said.ends_with('.'), "{command:?}: {paragraph}");
        }
    }
}

/// The documents that users read.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let is_text = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
    let single = ["README.md", "SECURITY.md"].map(|name| root.join(name));
    docs.filter(is_text).chain(single).collect()
}

/// Lines of the documents that run kirjuri, and the flags in them.
#[test]
fn documents_name_flags_that_are_there() {
    let sandbox = Sandbox::new("coverage-documents");
    let helps = helps(&sandbox);
    let mut wrong = Vec::new();
    for path in documents() {
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((_, said)) = line.split_once("kirjuri ") else { continue };
            let words: Vec<String> = said.split([' ', '`']).map(str::to_owned).collect();
            let Some(help) =
                helps.iter().filter(|help| words.starts_with(&help.command)).max_by_key(|it| it.command.len())
            else {
                continue;
            };
            if help.command.is_empty() {
                continue;
            }
            // Until the command ends: at a comment, a pipe, the end of its quotation.
            let said = said.split(['#', '|', '`', '>']).next().unwrap_or_default();
            for word in said.split(' ').filter(|word| word.starts_with("--")) {
                let name = flag(word).unwrap_or_default();
                if !help.flags.contains(&name) && !["--help", "--version"].contains(&&*name) {
                    wrong.push(format!("{}: {} {word}", path.display(), help.command.join(" ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What other pipelines run names only flags that are there.
#[test]
fn definitions_for_pipelines_name_flags_that_are_there() {
    let sandbox = Sandbox::new("coverage-pipelines");
    let helps = helps(&sandbox);
    let check = helps.iter().find(|help| help.command == ["check"]).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let of_others = ["--from", "--locked", "--path", "--root", "--release"];
    let mut named = BTreeSet::new();
    for file in ["action.yml", ".pre-commit-hooks.yaml", "Dockerfile"] {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let is_option = |word: &&str| word.starts_with("--");
        // What the Dockerfile says of docker itself stands in its comments.
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("RUN useradd"));
        for word in lines.flat_map(|line| line.split([' ', '(', ')'])).filter(is_option) {
            named.insert(flag(word).unwrap());
        }
    }
    let unknown: Vec<_> =
        named.iter().filter(|flag| !check.flags.contains(*flag) && !of_others.contains(&&***flag)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(named.contains("--fail-on"));
}
