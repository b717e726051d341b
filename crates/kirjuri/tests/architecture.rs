//! Guards the invariants of `docs/architecture.md` that the compiler does not.

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

#[test]
fn the_library_is_pure() {
    for krate in ["crates/kirjuri-tree", "crates/kirjuri-xpath", "crates/kirjuri"] {
        for (path, text) in sources_of(krate) {
            for impure in ["std::fs", "std::net", "std::thread", "std::time", "std::env", "std::process", "println!"] {
                assert!(!text.contains(impure), "{} mentions {impure}", path.display());
            }
        }
    }
}

#[test]
fn dependencies_point_down() {
    let layers = ["kirjuri-tree", "kirjuri-xpath", "kirjuri", "kirjuri-report", "kirjuri-cli"];
    for (layer, krate) in layers.iter().enumerate() {
        let manifest = std::fs::read_to_string(root().join("crates").join(krate).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let names = dependencies.lines().filter_map(|line| line.split(['.', ' ']).next());
        for name in names {
            let below = layers.iter().position(|known| known == &name);
            assert!(below.is_none_or(|below| below < layer), "{krate} depends on {name}");
        }
    }
}

/// A file over about 500 lines is two nouns.
#[test]
fn no_source_file_is_a_scroll() {
    for krate in ["kirjuri-tree", "kirjuri-xpath", "kirjuri", "kirjuri-report", "kirjuri-cli"] {
        for (path, text) in sources_of(&format!("crates/{krate}")) {
            let lines = text.lines().count();
            assert!(lines <= 560, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn the_table_of_functions_is_the_code() {
    let text = std::fs::read_to_string(root().join("docs/rule-packs.md")).unwrap();
    let rows = kirjuri::FUNCTIONS.iter().map(|(name, parameters, says)| {
        let types: Vec<String> = parameters.iter().map(|type_| format!("{type_:?}").to_lowercase()).collect();
        format!("| `k:{name}` | {} | {says} |\n", types.join(", "))
    });
    let table: String = rows.collect();
    let start = text.find("| function | parameters | what it says |").unwrap();
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
