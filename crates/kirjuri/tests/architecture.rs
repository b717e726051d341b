//! Guards the invariants of `docs/architecture.md` that the compiler does not.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

fn sources_of(krate: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&root().join(krate).join("src"), &mut found);
    assert!(!found.is_empty(), "{krate} has no sources");
    found
}

/// Words that reach beyond memory, however they are imported; `time` is one only as a module, since values have that
/// name too.
const IMPURE: &[&str] = &[
    "fs",
    "net",
    "thread",
    "env",
    "process",
    "stdin",
    "stdout",
    "stderr",
    "SystemTime",
    "Instant",
    "File",
    "Command",
    "thread_local",
    "print",
    "println",
    "eprint",
    "eprintln",
    "dbg",
];

/// The words of a program that reach beyond memory. Comments may speak of them.
fn impure_words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in text.lines().map(|line| line.split("//").next().unwrap_or_default()) {
        let mut rest = line;
        while let Some(start) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
            let word_on = &rest[start..];
            let end = word_on.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word_on.len());
            let (word, behind) = word_on.split_at(end);
            // `env!` is read while the program is compiled.
            let compiled = word == "env" && behind.starts_with('!');
            let module = word == "time" && (behind.trim_start().starts_with("::") || rest[..start].ends_with("::"));
            if module || (IMPURE.contains(&word) && !compiled) {
                found.push(word);
            }
            rest = behind;
        }
    }
    found
}

#[test]
fn an_impure_word_is_found_however_it_is_imported() {
    for (text, expected) in [
        ("std::fs::read(path)", &["fs"][..]),
        ("use std::{env, fs as files};", &["env", "fs"]),
        ("use std::{\n    collections::BTreeMap,\n    time::Duration,\n};", &["time"]),
        ("use std::time;", &["time"]),
        ("use std::io::{self, stdin};", &["stdin"]),
        ("let now = clock::SystemTime::now();", &["SystemTime"]),
        ("println!(\"a\")", &["println"]),
        ("let root = env!(\"CARGO_MANIFEST_DIR\");", &[]),
        ("let time = Timestamp::parse(text)?; finnish_time::offset(time)", &[]),
        ("/// It opens no `std::fs` and starts no thread.", &[]),
        ("NodeKind::ProcessingInstruction => network.fsync_all(environment)", &[]),
    ] {
        assert_eq!(impure_words(text), expected, "{text}");
    }
}

#[test]
fn the_library_is_pure() {
    for krate in ["crates/kirjuri-tree", "crates/kirjuri-xpath", "crates/kirjuri"] {
        for (path, text) in sources_of(krate) {
            let words = impure_words(&text);
            assert!(words.is_empty(), "{} says {words:?}", path.display());
        }
    }
}

/// The crates with their folders, from the ground up; those of one layer know nothing of each other.
const LAYERS: &[&[(&str, &str)]] = &[
    &[("kirjuri-tree", "crates/kirjuri-tree")],
    &[("kirjuri-xpath", "crates/kirjuri-xpath")],
    &[("kirjuri", "crates/kirjuri")],
    &[
        ("kirjuri-report", "crates/kirjuri-report"),
        ("kirjuri-rules", "rules"),
        ("kirjuri-series", "crates/kirjuri-series"),
    ],
    &[("kirjuri-evidence", "crates/kirjuri-evidence")],
    &[
        ("kirjuri-capi", "crates/kirjuri-capi"),
        ("kirjuri-cli", "crates/kirjuri-cli"),
        ("kirjuri-py", "crates/kirjuri-py"),
    ],
    &[("kirjuri-bench", "benches")],
];

fn layer_of(krate: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.iter().any(|(name, _)| *name == krate))
}

/// What a manifest says the crate and its build script depend on. Tests may depend on anything.
fn dependencies(manifest: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut inside = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            let (section, name) = header.rsplit_once("dependencies.").unwrap_or((header, ""));
            let section = section.rsplit('.').next().unwrap_or_default();
            inside = matches!(section, "dependencies" | "build-dependencies");
            if !name.is_empty() && section != "dev-" {
                found.push(name);
            }
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            found.extend(line.split(['.', ' ', '=']).next());
        }
        if let Some((_, renamed)) = line.split_once("package = \"") {
            found.extend(renamed.split('"').next());
        }
    }
    found
}

#[test]
fn every_way_to_write_a_dependency_is_read() {
    let manifest = "[package]\nname = 'a'\n[dependencies]\nb.workspace = true\nc = '1'\nd={ package = \"e\" }\n\
        [dev-dependencies]\nf = '1'\n[dependencies.g]\nversion = '1'\n[dev-dependencies.h]\nversion = '1'\n\
        [build-dependencies]\ni = '1'\n[target.'cfg(unix)'.dependencies]\nj = '1'\n[lints]\nworkspace = true\n";
    assert_eq!(dependencies(manifest), ["b", "c", "d", "e", "g", "i", "j"]);
}

#[test]
fn dependencies_point_down() {
    for (layer, crates) in LAYERS.iter().enumerate() {
        for (krate, folder) in *crates {
            let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
            for name in dependencies(&manifest) {
                assert!(layer_of(name).is_none_or(|below| below < layer), "{krate} depends on {name}");
            }
        }
    }
}

/// A new crate finds its place among the layers.
#[test]
fn every_crate_has_a_layer() {
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let path = entry.unwrap().path();
        if path.join("Cargo.toml").is_file() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(layer_of(&name).is_some(), "{name} has no layer");
        }
    }
}

/// A file over about 500 lines is two nouns.
#[test]
fn no_source_file_is_a_scroll() {
    let crates =
        ["tree", "xpath", "report", "series", "evidence", "capi", "cli", "py"].map(|name| format!("kirjuri-{name}"));
    for krate in crates.iter().map(String::as_str).chain(["kirjuri"]) {
        for (path, text) in sources_of(&format!("crates/{krate}")) {
            let lines = text.lines().count();
            assert!(lines <= 560, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn the_table_of_functions_is_the_code() {
    let text = std::fs::read_to_string(root().join("docs/rule-packs.md")).unwrap();
    let name_of = |type_: &kirjuri::Type| format!("{type_:?}").to_lowercase();
    let rows = kirjuri::FUNCTIONS.iter().map(|function| {
        let parameters: Vec<String> = function.parameters.iter().map(name_of).collect();
        let (name, result) = (function.name, name_of(&function.result));
        format!("| `k:{name}` | {} | {result} | {} |\n", parameters.join(", "), function.says)
    });
    let table: String = rows.collect();
    let start = text.find("| function | parameters | value | what it says |").unwrap();
    let written = text[start..].splitn(3, '\n').nth(2).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        let head = &text[..text.len() - written.len()];
        std::fs::write(root().join("docs/rule-packs.md"), format!("{head}{table}")).unwrap();
        return;
    }
    assert_eq!(written, table, "run with UPDATE=1");
}

/// What `docs/architecture.md` says guards an invariant is there.
#[test]
fn every_guard_of_the_architecture_exists() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let table = text.split("| invariant | guarded by |").nth(1).unwrap();
    let mut all = Vec::new();
    for folder in ["crates", "rules", "fuzz/src", "fuzz/fuzz_targets", "benches"] {
        sources(&root().join(folder), &mut all);
    }
    let mut guards = 0;
    for quoted in table.split('`').skip(1).step_by(2) {
        if quoted.contains('_') && quoted.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            let name = format!("fn {quoted}(");
            assert!(all.iter().any(|(_, text)| text.contains(&name)), "there is no test {quoted}");
            guards += 1;
        } else if quoted.contains('/') && !quoted.contains(' ') {
            let path = quoted.split(':').next().unwrap();
            assert!(root().join(path).exists(), "there is no {path}");
            guards += 1;
        }
    }
    assert!(guards >= 15, "only {guards} guards were found");
}
