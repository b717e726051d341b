//! Checks that `docs/expressions.md`, the tables of rows and the library of functions say the same.

#![allow(clippy::unwrap_used)]

mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use kirjuri_xpath::{Version, function_names};
use rows::Table;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    std::fs::read_to_string(here().join("../../docs/expressions.md")).unwrap()
}

/// What the page has in the form `file: group`.
fn references(page: &str) -> BTreeSet<(String, String)> {
    let quoted = page.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.split_once(": "));
    let is_file = |file: &str| file.ends_with(".toml") || file.ends_with(".rs") || file == "qt3";
    quoted.filter(|(file, _)| is_file(file)).map(|(file, group)| (file.to_owned(), group.to_owned())).collect()
}

#[test]
fn the_documentation_names_every_group_of_rows_and_no_other() {
    let mut named = references(&page());
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    for entry in std::fs::read_dir(here().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let Some(file) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".toml")) else {
            continue;
        };
        let table: Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for group in table.group {
            assert!(!group.rows.is_empty(), "{file}: {} has no rows", group.name);
            assert!(table.documents.contains_key(&group.document), "{file}: {}", group.name);
            assert!(!group.require_prefixes || !table.namespaces.is_empty(), "{file}: {}", group.name);
            assert!(known.insert((file.to_owned(), group.name.clone())), "{file} has `{}` twice", group.name);
        }
    }
    named.retain(|(file, _)| file.ends_with(".toml"));
    let unknown: Vec<_> = named.difference(&known).collect();
    let unnamed: Vec<_> = known.difference(&named).collect();
    assert!(unknown.is_empty() && unnamed.is_empty(), "there is no {unknown:#?}; the page does not name {unnamed:#?}");
}

#[test]
fn the_tests_and_the_sets_of_the_suite_that_the_documentation_names_exist() {
    let suite = std::fs::read_to_string(here().join("../../docs/conformance/qt3.md")).unwrap();
    for (file, group) in references(&page()) {
        if file == "qt3" {
            assert!(suite.contains(&format!("| {group} |")), "the suite has no set `{group}`");
        } else if file.ends_with(".rs") {
            let tests = std::fs::read_to_string(here().join("tests").join(&file)).unwrap();
            assert!(tests.contains(&format!("fn {group}()")), "{file} has no test `{group}`");
        }
    }
}

#[test]
fn the_documentation_names_every_function_and_no_other() {
    let page = page();
    let section = page.split("\n## Functions\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows: Vec<Vec<&str>> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    for (version, column) in [(Version::XPath1, 1), (Version::XPath2, 2)] {
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for row in &rows {
            let name = row[0].trim_start_matches('`').split('(').next().unwrap();
            match row[column] {
                "no" => {}
                said if said.starts_with("yes") => assert!(named.insert(name), "`{name}` is there twice"),
                said => panic!("`{name}`: {said}"),
            }
        }
        let known: BTreeSet<&str> = function_names(version).collect();
        let unknown: Vec<_> = named.difference(&known).collect();
        let unnamed: Vec<_> = known.difference(&named).collect();
        assert!(
            unknown.is_empty() && unnamed.is_empty(),
            "{version:?}: there is no {unknown:?}; the page does not name {unnamed:?}"
        );
    }
}

/// Every function is called in the rows of its language; a name with a value in no row is a promise nobody kept.
#[test]
fn every_function_is_called_in_some_row() {
    let mut sources = String::new();
    for entry in std::fs::read_dir(here().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let table: Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let valued = table.group.iter().flat_map(|group| &group.rows).filter(|row| !row[1].starts_with("error"));
            valued.for_each(|row| sources.extend([" ", &row[0]]));
        }
    }
    // These have no value.
    let without = ["error", "collection"];
    let is_called = |name: &str| {
        sources
            .match_indices(&format!("{name}("))
            .any(|(at, _)| !sources[..at].ends_with(|c: char| c == '-' || c == ':' || c.is_alphanumeric()))
    };
    let uncalled: Vec<&str> =
        function_names(Version::XPath2).filter(|name| !without.contains(name) && !is_called(name)).collect();
    assert!(uncalled.is_empty(), "no row calls {uncalled:?}");
}
