//! Makes the compact files of a pack out of published structures.

use std::sync::Arc;

use kirjuri_tree::{Document, Limits};

use crate::source::{PackError, PackErrors, PackFile, Reader};
use crate::structure::schema::{self, Schema};
use crate::structure::set::{self, StructureEntry};
use crate::structure::{CompiledStructure, ConditionError, Structure, condition_file, file, wording};

/// Stands for the pack in messages until [`without_pack`] takes it away: what is imported is no pack yet, and its files
/// are named by their own paths.
const SOURCE: &str = "";

/// Makes the files of `structures/` in a pack: the index and one file a structure, ordered by OID.
///
/// `files` are published structures (`.json`, JSON Schema draft-07 with `sosmeta` blocks) and what the pack has: its
/// `conditions/<oid>.toml`, which the index counts, and its `structures/<oid>.toml`, which are kept unless they are
/// published anew.
///
/// # Errors
/// All that is wrong with the files, each with file, line and column; then nothing is made.
pub fn import(files: &[PackFile]) -> Result<Vec<PackFile>, PackErrors> {
    let mut errors = Vec::new();
    let mut made = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".json")) {
        let reader = Reader { pack: SOURCE, file };
        match schema_of(reader) {
            Ok(schema) => made.push((reader, schema)),
            Err(mut wrong) => errors.append(&mut wrong),
        }
    }
    made.sort_by(|(_, a), (_, b)| set::order(&a.oid).cmp(&set::order(&b.oid)));
    for pair in made.windows(2) {
        if let [(_, first), (reader, second)] = pair
            && first.oid == second.oid
        {
            errors.push(reader.error(0, format!("the structure `{}` is there twice", second.oid)));
        }
    }
    let mut all: Vec<(StructureEntry, PackFile)> = Vec::with_capacity(made.len());
    let by_hand = |structure: &mut Structure, errors: &mut Vec<PackError>| {
        let path = set::conditions_path_of(&structure.oid);
        if let Some(file) = files.iter().find(|file| file.path == path) {
            let more = condition_file::read(Reader { pack: SOURCE, file }, structure, errors);
            structure.conditions.extend(more);
        }
    };
    for (reader, schema) in &made {
        let mut structure = schema.structure(wording::conditions(schema));
        let written = PackFile { path: set::path_of(&schema.oid), text: file::write(&structure).into() };
        // What cannot be read back would be a pack that does not load.
        let mut wrong = Vec::new();
        file::read(Reader { pack: SOURCE, file: &written }, &mut wrong);
        errors.extend(wrong.into_iter().map(|wrong| {
            let message = format!("no structure can be made of it: {}", wrong.message);
            reader.error(0, message)
        }));
        by_hand(&mut structure, &mut errors);
        all.push((StructureEntry::of(&structure), written));
    }
    for kept in files.iter().filter(|file| set::is_structure(&file.path)) {
        if all.iter().any(|(_, made)| made.path == kept.path) {
            continue;
        }
        if let Some(mut structure) = file::read(Reader { pack: SOURCE, file: kept }, &mut errors) {
            by_hand(&mut structure, &mut errors);
            all.push((StructureEntry::of(&structure), kept.clone()));
        }
    }
    all.sort_by(|(a, _), (b, _)| set::order(&a.oid).cmp(&set::order(&b.oid)));
    if !errors.is_empty() {
        return Err(without_pack(errors));
    }
    let (entries, mut out): (Vec<StructureEntry>, Vec<PackFile>) = all.into_iter().unzip();
    out.insert(0, PackFile { path: set::INDEX.to_owned(), text: set::write_index(&entries).into() });
    Ok(out)
}

/// The structure in one published file, with the conditions that its wording says.
///
/// # Errors
/// All that is wrong with the file.
pub fn published(file: &PackFile) -> Result<CompiledStructure, PackErrors> {
    let schema = schema_of(Reader { pack: SOURCE, file }).map_err(without_pack)?;
    let structure = schema.structure(wording::conditions(&schema));
    CompiledStructure::compile(structure, &Arc::default()).map_err(|errors| {
        let error = |error: &ConditionError| Reader { pack: SOURCE, file }.error(0, error.to_string());
        without_pack(errors.iter().map(error).collect())
    })
}

fn without_pack(mut errors: Vec<PackError>) -> PackErrors {
    for error in &mut errors {
        if let Some(path) = error.path.strip_prefix('/') {
            error.path = path.to_owned();
        }
    }
    errors.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
    PackErrors(errors)
}

/// The published structure in a file.
pub(crate) fn schema_of(reader: Reader<'_>) -> Result<Schema, Vec<PackError>> {
    match Document::parse_json(reader.file.text.as_bytes(), &Limits::default()) {
        Ok(document) => schema::read(reader, &document),
        Err(error) => Err(vec![reader.error(error.offset(), error.kind().to_string())]),
    }
}
