//! `kirjuri.toml` as it is found from a folder, with settings of paths; and the list of safety-critical rules.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::sandbox::Sandbox;

const SETTINGS: &str = r#"
packs = ["packs/notes"]
language = "en"
as-of = "2026-06-30"

[[path]]
glob = "notes/empty.xml"
ignore = ["notes"]

[[path]]
glob = ["shouted*", "nowhere/**"]
severity = { "notes/shouted-title" = "error" }
"#;

fn run(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> Output {
    sandbox.command(arguments).current_dir(sandbox.folder.join(folder)).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// What is said of each document: its severities, or why it was not checked.
fn said(output: &Output) -> Vec<String> {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let documents = report["documents"].as_array().unwrap().iter();
    documents
        .map(|document| {
            let findings = document["findings"].as_array().into_iter().flatten();
            let findings =
                findings.map(|it| format!(" {} {}", it["severity"].as_str().unwrap(), it["rule"].as_str().unwrap()));
            let name = document["path"].as_str().unwrap().rsplit('/').next().unwrap();
            format!("{name} {}{}", document["status"].as_str().unwrap(), findings.collect::<String>())
        })
        .collect()
}

#[test]
fn settings_are_found_above_the_working_folder() {
    let sandbox = Sandbox::new("settings-found");
    sandbox.write("kirjuri.toml", SETTINGS);
    let arguments = ["config", "--format", "json"];
    for (folder, file, pack) in [
        ("", "kirjuri.toml", "packs/notes"),
        ("notes", "../kirjuri.toml", "../packs/notes"),
        ("packs/notes", "../../kirjuri.toml", "../../packs/notes"),
    ] {
        let shown: Value = serde_json::from_slice(&run(&sandbox, folder, &arguments).stdout).unwrap();
        assert_eq!(shown["file"], file);
        assert_eq!(shown["settings"]["packs"]["value"], serde_json::json!([pack]));
        assert_eq!(shown["settings"]["packs"]["from"], serde_json::json!([format!("{file}:2")]));
    }
    let isolated = run(&sandbox, "notes", &["config", "--isolated", "--format", "json"]);
    let shown: Value = serde_json::from_slice(&isolated.stdout).unwrap();
    assert_eq!((&shown["file"], &shown["settings"]["language"]["value"]), (&Value::Null, &serde_json::json!("fi")));
}

#[test]
fn paths_have_settings_of_their_own_wherever_the_run_starts() {
    let sandbox = Sandbox::new("settings-paths");
    sandbox.write("kirjuri.toml", SETTINGS);
    let expected = [
        "clean.xml checked",
        "empty.xml skipped",
        "malformed-day.xml checked warning notes/malformed-day",
        "shouted.xml checked error notes/shouted-title",
    ];
    let whole = sandbox.folder.join("notes");
    for (folder, documents) in
        [("", "notes"), ("notes", "."), ("packs/notes", "../../notes"), ("letters", whole.to_str().unwrap())]
    {
        for jobs in ["1", "2"] {
            let output = run(&sandbox, folder, &["check", documents, "--format", "json", "--jobs", jobs]);
            assert_eq!(said(&output), expected, "{folder} {}", text(&output.stderr));
            assert_eq!(output.status.code(), Some(1), "{folder}");
        }
    }
    let output = run(&sandbox, "", &["check", "notes", "--format", "json", "--isolated", "--pack", "packs/notes"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output)[1].starts_with("empty.xml checked error"), "{:?}", said(&output));
}

#[test]
fn a_broken_settings_file_stops_every_check_below_it() {
    let sandbox = Sandbox::new("settings-broken");
    sandbox.write("kirjuri.toml", "langage = \"sv\"\n");
    let output = run(&sandbox, "notes", &["check", "."]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), ""));
    let said = text(&output.stderr);
    assert!(said.contains(" --> ../kirjuri.toml:1:1") && said.contains("did you mean `language`?"), "{said}");
    let others = run(&sandbox, "notes", &["check", "clean.xml", "--pack", "../packs/notes", "--isolated"]);
    assert_eq!(others.status.code(), Some(0));
}

/// A path may not make a safety-critical rule milder, nor name a rule on a series.
#[test]
fn a_path_keeps_the_laws_of_settings() {
    let sandbox = Sandbox::new("settings-path-laws");
    let check = |settings: &str| {
        sandbox.write("own.toml", settings);
        let output = sandbox.run(&["check", "notes", "--config", "own.toml"]);
        text(&output.stderr).to_owned()
    };
    let path = "packs = [\"kanta-header\", \"packs/letters\"]\n[[path]]\nglob = \"**\"\n";
    for (rest, expected) in [
        ("ignore = \"kanta-header/malformed-hetu\"", "nothing says why it is taken out"),
        ("severity = { \"kanta-header/malformed-hetu\" = \"info\" }", "what makes it milder has a reason"),
        ("ignore = \"letters/duplicate-text\"", "the rule asks over many documents"),
        ("severity = { \"letters/duplicate-text\" = \"info\" }", "the rule asks over many documents"),
        ("ignore = \"kanta-header\"", "safety-critical rules stay as they are"),
        ("ignore = \"letters\"", ""),
        ("severity = { \"kanta-header/malformed-hetu\" = { severity = \"info\", reason = \"tests\" } }", ""),
    ] {
        let said = check(&format!("{path}{rest}\n"));
        assert!(said.contains(expected) && (!expected.is_empty() || said.is_empty()), "{rest}: {said}");
    }
}

/// `docs/configuration.md` lists the rules that are safety-critical.
#[test]
fn the_safety_critical_rules_are_those_of_the_documentation() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let text = fs::read_to_string(path).unwrap();
    let table = text.split("| pack | rules |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let documented: Vec<String> = rows
        .flat_map(|row| {
            let mut quoted = row.split('`').skip(1).step_by(2);
            let pack = quoted.next().unwrap();
            quoted.map(move |rule| format!("{pack}/{rule}")).collect::<Vec<_>>()
        })
        .collect();
    let rules = Sandbox::new("settings-critical").stdout(&["rules", "--format", "json"]);
    let packs = rules.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut critical: Vec<String> = Vec::new();
    for pack in packs {
        let rules = pack["rules"].as_array().unwrap().iter().filter(|rule| rule["safety_critical"] == true);
        critical.extend(rules.map(|rule| rule["rule"].as_str().unwrap().to_owned()));
    }
    critical.sort();
    assert_eq!(critical, documented);
    assert!((12..=30).contains(&critical.len()), "where everything is critical, nothing is");
}

#[test]
fn all_that_the_first_configuration_offers_is_valid() {
    let sandbox = Sandbox::new("first-configuration");
    assert!(sandbox.run(&["init", "config"]).status.success());
    let text = fs::read_to_string(sandbox.folder.join("kirjuri.toml")).unwrap();
    // A setting begins with a table, a selector, or a key; prose with a capital.
    let is_setting = |line: &str| {
        let key = line.split_once(" = ").map_or("", |(key, _)| key);
        line.starts_with(['[', '"']) || (!key.is_empty() && key.bytes().all(|b| b == b'-' || b.is_ascii_lowercase()))
    };
    let lines: Vec<&str> =
        text.lines().map(|line| line.strip_prefix("# ").filter(|line| is_setting(line)).unwrap_or(line)).collect();
    let settings = lines.iter().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    assert_eq!(settings, 20);
    sandbox.write("kirjuri.toml", &lines.join("\n"));
    // A folder without sets is an error; what is in them is nothing to settings.
    sandbox.write("code-sets/notes.codes", "");
    let output = sandbox.run(&["config"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8(output.stdout).unwrap();
    for value in ["code-sets", "document", "kirjuri-baseline.toml", "areas.csv", "drafts/**", "severity:warning"] {
        assert!(shown.contains(value), "{value}: {shown}");
    }
}
