//! The published schemas as the oracle: what plain JSON Schema can see, an independent validator must see the same way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use kirjuri::structure::StructureCheck;
use serde_json::Value;

use crate::Fault;

/// The published schemas.
pub(crate) struct Oracle {
    folder: PathBuf,
}

impl Oracle {
    /// The oracle, where the schemas are there: in `KIRJURI_CORPUS`, else in `target/corpus`.
    pub(crate) fn find() -> Option<Oracle> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root.join("target/corpus"), PathBuf::from);
        let folder = corpus.join("sosmeta/structures");
        if folder.is_dir() {
            return Some(Oracle { folder });
        }
        println!("skipped: there is no {}", folder.display());
        None
    }

    /// The schema of a structure.
    pub(crate) fn schema(&self, oid: &str) -> Validator {
        let path = self.folder.join(format!("{oid}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let schema: Value = serde_json::from_str(&text).unwrap();
        jsonschema::draft7::new(&schema).unwrap()
    }
}

/// How the schema and we differ over a document: the places that only it sees, and those that only we see.
pub(crate) fn difference(
    schema: &Validator,
    document: &Value,
    found: &[Fault],
) -> (BTreeSet<String>, BTreeSet<String>) {
    let theirs: BTreeSet<String> =
        schema.iter_errors(document).map(|error| error.instance_path().to_string()).collect();
    let visible = found.iter().filter(|fault| is_visible(fault, document));
    let ours: BTreeSet<String> = visible
        .map(|fault| match fault.check {
            // The schema says it of the object.
            StructureCheck::UnknownField => fault.pointer.rsplit_once('/').map_or("", |(object, _)| object).to_owned(),
            _ => fault.pointer.clone(),
        })
        .collect();
    (theirs.difference(&ours).cloned().collect(), ours.difference(&theirs).cloned().collect())
}

/// Whether a schema can see a fault: it knows no conditions, and no white space.
fn is_visible(fault: &Fault, document: &Value) -> bool {
    match fault.check {
        StructureCheck::MissingConditional => false,
        StructureCheck::EmptyValue => document.pointer(&fault.pointer).is_some_and(|value| value == ""),
        _ => true,
    }
}
