//! Replays the inputs that once broke something, or that are made to, through the bodies of the fuzz targets.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use kirjuri::{Pack, PackFile, PackSource, RuleSet};

#[allow(unreachable_pub)]
#[path = "../../../fuzz/src/lib.rs"]
mod fuzz;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs every kept input of a target and names those that break it.
#[track_caller]
fn replay(target: &str, run: impl Fn(&[u8])) {
    let folder = root().join("fuzz/regressions").join(target);
    let mut inputs: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "{} is empty", folder.display());
    let breaks = |path: &&PathBuf| {
        let bytes = fs::read(path).unwrap();
        panic::catch_unwind(AssertUnwindSafe(|| run(&bytes))).is_err()
    };
    let broken: Vec<&PathBuf> = inputs.iter().filter(breaks).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The built-in packs as they lie in their folders: this crate knows nothing of the crate that embeds them.
fn built_in() -> RuleSet {
    let mut packs = Vec::new();
    for entry in fs::read_dir(root().join("rules")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.join("pack.toml").is_file() {
            continue;
        }
        let mut source = PackSource { name: folder.display().to_string(), files: Vec::new() };
        for prefix in ["", "code-sets/", "series/", "structures/", "conditions/"] {
            let Ok(entries) = fs::read_dir(folder.join(prefix)) else { continue };
            for path in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
                let name = path.file_name().unwrap().to_str().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                source.files.push(PackFile { path: format!("{prefix}{name}"), text: text.into() });
            }
        }
        packs.push(Pack::load(&source).unwrap().into());
    }
    assert!(!packs.is_empty(), "there are no built-in packs");
    RuleSet::new(packs)
}

#[test]
fn documents_are_parsed_or_refused() {
    replay("parse", fuzz::parse::run);
}

#[test]
fn json_is_parsed_or_refused() {
    replay("json", fuzz::json::run);
}

#[test]
fn expressions_have_one_value_or_none() {
    replay("xpath", fuzz::xpath::run);
}

#[test]
fn files_of_a_pack_load_or_are_refused() {
    replay("pack", fuzz::pack::run);
}

#[test]
fn structures_are_read_or_refused_and_find_the_same_each_time() {
    replay("structure", fuzz::structure::run);
}

#[test]
fn schemas_load_or_are_refused_and_find_the_same_each_time() {
    // This crate writes no SVRL.
    replay("schematron", |bytes| fuzz::schematron::run(bytes, &|_, _| None));
}

#[test]
fn documents_are_linted_the_same_each_time() {
    let rules = built_in();
    replay("lint", |bytes| fuzz::lint::run(bytes, &rules));
    replay("draft", |bytes| fuzz::draft::run(bytes, &rules));
}
