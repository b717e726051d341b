//! Checks that `docs/expressions.md` and the tables of rows say the same about what is tested where.

#![allow(clippy::unwrap_used)]

mod rows;

use std::collections::BTreeSet;
use std::path::Path;

use rows::Table;

#[test]
fn the_documentation_names_every_group_of_rows_and_no_other() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(here.join("../../docs/expressions.md")).unwrap();
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for quoted in page.split('`').skip(1).step_by(2) {
        if let Some((file, group)) = quoted.split_once(": ").filter(|(file, _)| file.contains('.')) {
            named.insert((file.to_owned(), group.to_owned()));
        }
    }
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    for entry in std::fs::read_dir(here.join("tests")).unwrap() {
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
    for (file, group) in &named {
        if file.ends_with(".rs") {
            let tests = std::fs::read_to_string(here.join("tests").join(file)).unwrap();
            assert!(tests.contains(&format!("fn {group}()")), "{file} has no test `{group}`");
        }
    }
    named.retain(|(file, _)| file.ends_with(".toml"));
    assert_eq!(named, known);
}
