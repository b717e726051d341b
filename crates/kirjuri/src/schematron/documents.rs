//! The documents that the expressions of a schema name: read when the schema is loaded, never while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits};
use kirjuri_xpath::Documents;

use super::files;
use super::model::{Origin, Text};
use super::note::NoteKind;
use super::reader::Reader;
use super::variables::literals;

/// Documents by the address that expressions name them with.
#[derive(Clone, Debug, Default)]
pub(super) struct SchemaDocuments(BTreeMap<String, Arc<Document>>);

impl Documents for SchemaDocuments {
    fn open(&self, address: &str) -> Option<&Document> {
        self.0.get(address).map(|document| &**document)
    }
}

/// Functions that name a document.
const FUNCTIONS: [&str; 3] = ["document(", "doc(", "doc-available("];

/// Reads the documents that expressions name by a string.
///
/// The name may stand in another expression than the call (`document($vocabulary)`), so that every string that looks
/// like the name of a file is tried, as soon as any expression reads documents at all.
pub(super) fn read(expressions: &[Text], reader: &mut Reader<'_>) -> SchemaDocuments {
    let mut documents = SchemaDocuments::default();
    let mut by_path: BTreeMap<String, Option<Arc<Document>>> = BTreeMap::new();
    let calls = |expression: &Text| FUNCTIONS.iter().any(|function| expression.text.contains(function));
    if !expressions.iter().any(calls) {
        return documents;
    }
    let mut missing: BTreeMap<&str, Origin> = BTreeMap::new();
    for expression in expressions {
        for (at, literal) in literals(&expression.text).filter(|(_, literal)| is_file_name(literal)) {
            if documents.0.contains_key(literal) {
                continue;
            }
            match open(literal, expression.place(at), reader, &mut by_path) {
                Some(document) => {
                    documents.0.insert(literal.to_owned(), document);
                }
                None if calls(expression) => {
                    missing.entry(literal).or_insert(expression.place(at));
                }
                None => {}
            }
        }
    }
    let mut missing: Vec<_> = missing.into_iter().filter(|(it, _)| !documents.0.contains_key(*it)).collect();
    missing.sort_by_key(|(_, place)| (place.file, place.at));
    for (literal, place) in missing {
        let message = format!("there is no document `{literal}`; what needs it is not evaluated");
        reader.note(NoteKind::MissingFile, place, message);
    }
    documents
}

/// Whether a string may be the name of a file: one word that ends in a dot and a few letters.
fn is_file_name(literal: &str) -> bool {
    let ending = literal.rsplit_once('.').map_or("", |(_, ending)| ending);
    (1..=5).contains(&ending.len())
        && literal.len() <= 1024
        && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && ending.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !literal.contains(['\n', '\r', '\t', '*', '<', '>', '|'])
}

/// Finds a document beside the file that names it, beside the schema, or where the caller has others.
fn open(
    literal: &str,
    place: Origin,
    reader: &mut Reader<'_>,
    known: &mut BTreeMap<String, Option<Arc<Document>>>,
) -> Option<Arc<Document>> {
    let bases =
        [place.file, 0].map(|number| reader.files.get(number).map(|file| file.path.clone()).unwrap_or_default());
    for base in &bases {
        let path = files::resolve(base, literal);
        let document = known.entry(path).or_insert_with_key(|path| {
            // Expressions read no file outside the schema's folder but where the caller says which.
            if path.starts_with("../") || path.starts_with('/') {
                return parsed(&reader.source.read_document(path)?);
            }
            let found = files::find(reader.source, path)?;
            if found.is_lenient {
                let message = format!("the document `{literal}` is the file `{}`", found.path);
                reader.note(NoteKind::FileName, place, message);
            }
            parsed(&found.bytes)
        });
        if let Some(document) = document {
            return Some(Arc::clone(document));
        }
    }
    let document = known.entry(format!("\n{literal}"));
    document.or_insert_with(|| parsed(&reader.source.read_document(literal)?)).clone()
}

fn parsed(bytes: &[u8]) -> Option<Arc<Document>> {
    Document::parse(bytes, &Limits::default()).ok().map(Arc::new)
}
