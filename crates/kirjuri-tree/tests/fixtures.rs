//! Documents with the tree or the error they must give: `fixtures/xml`.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use kirjuri_tree::{Document, Limits};

#[path = "../examples/dump/lines.rs"]
mod lines;

#[test]
fn every_document_gives_its_tree_or_its_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/xml");
    let is_update = std::env::var_os("UPDATE").is_some();
    let mut documents: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .collect();
    documents.sort();
    assert!(!documents.is_empty());
    for path in documents {
        let (found, ending, other) = match Document::parse(&fs::read(&path).unwrap(), &Limits::default()) {
            Ok(document) => (lines::lines(&document), "tree", "error"),
            Err(error) => {
                let (id, at, offset) = (error.kind().id(), error.position(), error.offset());
                (format!("{id} {}:{} offset {offset}\n", at.line, at.column), "error", "tree")
            }
        };
        let expected = path.with_extension(ending);
        if is_update {
            fs::write(&expected, &found).unwrap();
            let _ = fs::remove_file(path.with_extension(other));
        }
        assert!(!path.with_extension(other).exists(), "{}: expected {other}, found {found}", path.display());
        let expected = fs::read_to_string(&expected).unwrap_or_else(|_| panic!("{}: no .{ending}", path.display()));
        assert!(found == expected, "{}:\n{found}\nexpected:\n{expected}", path.display());
    }
}
