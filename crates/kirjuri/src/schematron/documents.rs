//! The documents that the expressions of a schema name: read when the schema is loaded, never while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use kirjuri_tree::{Document, Limits};
use kirjuri_xpath::{Documents, Version, called_functions, string_literals};

use super::files;
use super::model::{Origin, Text};
use super::note::NoteKind;
use super::reader::Reader;
use super::variables::is_name;

/// Documents by the address that expressions name them with.
#[derive(Clone, Debug, Default)]
pub(super) struct SchemaDocuments(BTreeMap<String, Arc<Document>>);

impl Documents for SchemaDocuments {
    fn open(&self, address: &str) -> Option<&Document> {
        self.0.get(address).map(|document| &**document)
    }
}

/// Longest address of a document, in bytes.
const LONGEST_ADDRESS: usize = 1024;

/// Functions that name a document.
const FUNCTIONS: [&str; 3] = ["document", "doc", "doc-available"];

/// Reads the documents that expressions name by a string.
///
/// The name may stand in another expression than the call (`document($vocabulary)`), so that every string that looks
/// like the name of a file is tried, as soon as any expression reads documents at all.
pub(super) fn read(expressions: &[Text], reader: &mut Reader<'_>) -> SchemaDocuments {
    let mut documents = SchemaDocuments::default();
    let mut by_path: BTreeMap<String, Option<Arc<Document>>> = BTreeMap::new();
    if !expressions.iter().any(calls) {
        return documents;
    }
    let mut missing: BTreeMap<String, Origin> = BTreeMap::new();
    for expression in expressions {
        // Texts and calls look alike in both versions of the language.
        let Ok(literals) = string_literals(&expression.text, Version::XPath2) else { continue };
        for (literal, range) in literals {
            let is_argument = is_argument(&expression.text, range.start);
            if documents.0.contains_key(&literal) || !(is_argument || is_file_name(&literal)) {
                continue;
            }
            let place = expression.place(range.start);
            match open(&literal, place, reader, &mut by_path) {
                Some(document) => {
                    documents.0.insert(literal, document);
                }
                None if is_argument || calls(expression) => {
                    missing.entry(literal).or_insert(place);
                }
                None => {}
            }
        }
    }
    let mut missing: Vec<_> = missing.into_iter().filter(|(it, _)| !documents.0.contains_key(it)).collect();
    missing.sort_by_key(|(_, place)| (place.file, place.at));
    for (literal, place) in missing {
        let message = match literal.as_str() {
            "" => "the schema itself is no document that expressions can read; what needs it is not evaluated".into(),
            _ => format!("there is no document `{literal}`; what needs it is not evaluated"),
        };
        reader.note(NoteKind::MissingFile, place, message);
    }
    documents
}

fn calls(expression: &Text) -> bool {
    let local = |name: &str| name.rsplit(':').next().is_some_and(|local| FUNCTIONS.contains(&local));
    // Most expressions call nothing that begins so.
    expression.text.contains("doc")
        && called_functions(&expression.text, Version::XPath2).is_ok_and(|called| called.iter().any(|name| local(name)))
}

/// Whether the string at an offset is the first argument of a function that names a document.
fn is_argument(expression: &str, at: usize) -> bool {
    let before = expression.get(..at).and_then(|before| before.trim_end().strip_suffix('('));
    before.is_some_and(|before| {
        let name = before.trim_end().rsplit(|c| !is_name(c)).next().unwrap_or_default();
        name.rsplit(':').next().is_some_and(|local| FUNCTIONS.contains(&local))
    })
}

/// Whether a string may be the name of a file: one word that ends in a dot and a few letters.
fn is_file_name(literal: &str) -> bool {
    let ending = literal.rsplit_once('.').map_or("", |(_, ending)| ending);
    (1..=5).contains(&ending.len())
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
    if literal.is_empty() || literal.len() > LONGEST_ADDRESS {
        return None;
    }
    let bases =
        [place.file, 0].map(|number| reader.files.get(number).map(|file| file.path.clone()).unwrap_or_default());
    for base in &bases {
        let path = files::resolve(base, literal);
        let document = known.entry(path).or_insert_with_key(|path| {
            // Expressions read no file outside the schema's folder but where the caller says which.
            if files::is_outside(path) {
                return parsed(&reader.source.read_document(&files::plain(path))?);
            }
            let found = files::find_beside(reader.source, path)?;
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
