//! The published structures, where they are there, and the compact files that the pack `sosmeta` has of them.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};

use kirjuri::structure::{Field, Structure, StructureEntry, StructureSet};
use kirjuri::{Pack, PackFile, PackSource, structure};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The published structures, which are no part of the project; none where they are not there.
fn published() -> Option<Vec<PackFile>> {
    let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root().join("target/corpus"), PathBuf::from);
    let folder = corpus.join("sosmeta/structures");
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(files(&folder, "", "json"))
}

/// The files of a folder with an ending, by name, under the path that a pack gives the folder.
fn files(folder: &Path, inside: &str, ending: &str) -> Vec<PackFile> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|own| own == ending)).collect();
    paths.sort();
    let name = |path: &Path| format!("{inside}{}", path.file_name().unwrap().to_string_lossy());
    let text = |path: &Path| std::fs::read_to_string(path).unwrap();
    paths.iter().map(|path| PackFile { path: name(path), text: text(path).into() }).collect()
}

/// What is imported: the published structures and the conditions that the pack has beside them.
fn imported(conditions: Vec<PackFile>) -> Option<Vec<PackFile>> {
    let sources = published()?.into_iter().chain(conditions).collect::<Vec<_>>();
    Some(structure::import(&sources).unwrap_or_else(|errors| panic!("{errors}")))
}

fn conditions() -> Vec<PackFile> {
    files(&root().join("rules/sosmeta/conditions"), "conditions/", "toml")
}

fn structures(set: &StructureSet) -> Vec<&Structure> {
    let get = |entry: &StructureEntry| set.get(&entry.oid).unwrap().unwrap_or_else(|errors| panic!("{errors}"));
    set.entries().map(|entry| get(entry).structure()).collect()
}

#[test]
fn the_built_in_structures_are_those_that_were_published() {
    let Some(mut made) = imported(conditions()) else { return };
    let folder = root().join("rules/sosmeta/structures");
    if std::env::var_os("UPDATE").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for file in &made {
            std::fs::write(root().join("rules/sosmeta").join(&file.path), file.text.as_bytes()).unwrap();
        }
    }
    made.sort_by(|a, b| a.path.cmp(&b.path));
    let committed = files(&folder, "structures/", "toml");
    assert_eq!(made.len(), committed.len());
    for (made, committed) in made.iter().zip(&committed) {
        assert_eq!(made.path, committed.path);
        assert!(made.text == committed.text, "{} is not what an import makes; UPDATE=1 writes it", made.path);
    }
}

#[test]
fn structures_that_a_pack_has_are_kept_when_others_are_imported() {
    let own = files(&root().join("rules/sosmeta/structures"), "structures/", "toml");
    let again: Vec<PackFile> = own.iter().cloned().chain(conditions()).collect();
    let mut made = structure::import(&again).unwrap_or_else(|errors| panic!("{errors}"));
    made.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(made == own);
}

#[test]
fn the_pack_has_the_fields_that_were_counted() {
    let pack = Pack::load(&kirjuri_rules::source("sosmeta").unwrap()).unwrap();
    let set = pack.structures();
    let all = structures(set);
    let sum = |count: fn(&Structure) -> usize| all.iter().copied().map(count).sum::<usize>();
    let counts = (
        all.len(),
        sum(Structure::field_count),
        sum(Structure::required_count),
        sum(Structure::conditional_count),
        sum(|structure| structure.fields.iter().filter(|field| field.repeatable).count()),
    );
    assert_eq!(counts, (202, 12_154, 3_709, 605, 818));
    let unnamed = |field: &&Field| field.name.sv.is_none();
    assert_eq!(all.iter().flat_map(|structure| &structure.fields).filter(unnamed).count(), 860);
    for (structure, entry) in all.into_iter().zip(set.entries()) {
        let day = structure.version.split('-').map(|part| format!(".{}", part.trim_start_matches('0')));
        assert!(structure.oid.ends_with(&day.collect::<String>()), "{}", structure.oid);
        assert_eq!(set.of_root(structure.root_key()), Some(&*structure.oid));
        let counts = [structure.field_count(), structure.required_count(), structure.conditional_count()];
        assert_eq!(counts, [entry.fields, entry.required, entry.conditional]);
        assert_eq!(structure.executable_count(), entry.executable);
        for number in 0..structure.fields.len() {
            let path = structure.path(number);
            assert_eq!(structure.find(&path), Some(number), "{path}");
        }
    }
}

#[test]
fn every_structure_and_condition_of_the_pack_can_be_read() {
    let source: PackSource = kirjuri_rules::source("sosmeta").unwrap();
    Pack::load(&source).unwrap().structures().compile_all().unwrap_or_else(|errors| panic!("{errors}"));
}
