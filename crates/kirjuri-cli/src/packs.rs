//! Gets the packs a user asks for: built in by name, from a folder, or a Schematron schema in a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::{Pack, PackErrors, PackSource, RuleSet};
use kirjuri_rules::folder::{self, NamedDocuments};
use rayon::prelude::*;

use crate::Failure;
use crate::arguments::PackArguments;
use crate::schemas::{Loaded, SchemaLoader};

pub(crate) mod diff;

/// The packs and schemas that were asked for.
pub(crate) struct Packs {
    pub(crate) packs: Vec<Arc<Pack>>,
    pub(crate) schemas: Vec<Loaded>,
    /// What the packs were made of, in their order.
    pub(crate) sources: Vec<PackSource>,
    /// The documents that documents name.
    pub(crate) documents: NamedDocuments,
}

impl Packs {
    /// Their rules, those of packs first.
    pub(crate) fn rule_set(self) -> RuleSet {
        RuleSet::new(self.packs).with_schemas(self.schemas.into_iter().map(|loaded| Arc::new(loaded.schema)))
    }
}

/// The packs and schemas asked for, all built-in packs where none is.
///
/// # Errors
/// What is wrong with a pack or schema, by file, line and column.
pub(crate) fn load_all(arguments: &PackArguments) -> Result<Packs, Failure> {
    load_named(&arguments.packs, arguments)
}

/// The rules of the packs and schemas asked for, those of all built-in packs where none is.
///
/// # Errors
/// As [`load_all`].
pub(crate) fn rule_set(arguments: &PackArguments) -> Result<RuleSet, Failure> {
    load_all(arguments).map(Packs::rule_set)
}

/// As [`load_all`], with packs that were named elsewhere among the arguments.
///
/// # Errors
/// As [`load_all`].
pub(crate) fn load_named(named: &[PathBuf], arguments: &PackArguments) -> Result<Packs, Failure> {
    let loader = SchemaLoader::new(&arguments.schemas)?;
    let (mut packs, mut schemas): (Vec<Arc<Pack>>, Vec<Loaded>) = (Vec::new(), Vec::new());
    let mut sources = Vec::new();
    let named: Vec<PathBuf> = match named {
        [] => kirjuri_rules::names().map(PathBuf::from).collect(),
        named => named.to_vec(),
    };
    // Compiling packs is most of a run on one document, and none needs another. Some take ten times what others take, so that
    // each goes to the thread that is free.
    let read = |name: &PathBuf| {
        let read = || source(name).and_then(|source| load_from(name, &source).map(|pack| (source, pack)));
        (!is_schema(name)).then(read)
    };
    let read: Vec<Option<Result<_, Failure>>> = named.par_iter().with_max_len(1).map(read).collect();
    for (name, read) in named.into_iter().zip(read) {
        // The name begins the ids of all rules, so that there can be one of each.
        let mut known = packs.iter().map(|pack| &pack.id).chain(schemas.iter().map(|loaded| &loaded.schema.id));
        match read {
            None => {
                let loaded = loader.load(&name)?;
                if known.any(|known| *known == loaded.schema.id) {
                    let other = schemas.iter().find(|other| other.schema.id == loaded.schema.id);
                    return Err(same_name(&loaded, other));
                }
                schemas.push(loaded);
            }
            Some(read) => {
                let (source, pack) = read?;
                if known.any(|known| *known == pack.id) {
                    return Err(twice(&pack.id));
                }
                packs.push(Arc::new(pack));
                sources.push(source);
            }
        }
    }
    if let Some(given) = arguments.schemas.first_given().filter(|_| schemas.is_empty()) {
        return Err(Failure::Message(format!("{given} is about Schematron schemas, and none is given with --pack")));
    }
    Ok(Packs { packs, schemas, sources, documents: loader.documents() })
}

fn twice(id: &str) -> Failure {
    Failure::Message(format!("the pack `{id}` is given twice"))
}

/// Says that a schema has the name of a pack, or of another schema.
fn same_name(loaded: &Loaded, other: Option<&Loaded>) -> Failure {
    let real = |path: &Path| fs::canonicalize(path).ok();
    let id = &loaded.schema.id;
    match other {
        Some(other) if real(&other.path) == real(&loaded.path) => twice(id),
        Some(other) => {
            let (first, second) = (other.path.display(), loaded.path.display());
            Failure::Message(format!("{first} and {second} have the same name `{id}`; rename one of the files"))
        }
        None => {
            let path = loaded.path.display();
            Failure::Message(format!("{path} has the name of the pack `{id}`; rename the file"))
        }
    }
}

/// Whether a pack is a file: a folder or a built-in pack never is.
pub(crate) fn is_schema(name: &Path) -> bool {
    name.is_file() && name.to_str().and_then(kirjuri_rules::source).is_none()
}

/// A pack by its name or folder.
///
/// # Errors
/// That there is none, or what is wrong with it.
pub(crate) fn load(name: &Path) -> Result<Pack, Failure> {
    load_from(name, &source(name)?)
}

fn load_from(name: &Path, source: &PackSource) -> Result<Pack, Failure> {
    match is_built_in(name) {
        // The built-in packs are proved when the program is tested.
        true => Pack::load_proved(source),
        false => folder::load_proving(source),
    }
    .map_err(|errors| faults(source, &errors))
}

fn is_built_in(name: &Path) -> bool {
    name.to_str().is_some_and(|name| kirjuri_rules::names().any(|known| known == name))
}

/// The files of a pack by its name or folder.
///
/// # Errors
/// That there is none, or that it could not be read.
pub(crate) fn source(name: &Path) -> Result<PackSource, Failure> {
    if let Some(source) = name.to_str().and_then(kirjuri_rules::source) {
        return Ok(source);
    }
    if !name.is_dir() {
        let known: Vec<&str> = kirjuri_rules::names().collect();
        let wanted = name.to_string_lossy();
        let meant = kirjuri_rules::nearest(&wanted).map(|known| format!("; did you mean `{known}`?"));
        return Err(Failure::Message(format!(
            "there is no pack `{wanted}`: neither a folder nor a Schematron schema nor a built-in pack ({}){}",
            known.join(", "),
            meant.unwrap_or_default(),
        )));
    }
    read_folder(name)
}

/// Compiles a pack and enforces its laws, without running its examples.
///
/// # Errors
/// What is wrong with it, by file, line and column.
pub(crate) fn compile(source: &PackSource) -> Result<Pack, Failure> {
    Pack::load(source).map_err(|errors| faults(source, &errors))
}

/// As [`compile`], and reads all document structures now, which else are read when a document first needs them.
///
/// # Errors
/// As [`compile`].
pub(crate) fn compile_whole(source: &PackSource) -> Result<Pack, Failure> {
    folder::load_whole(source).map_err(|errors| faults(source, &errors))
}

fn faults(source: &PackSource, errors: &PackErrors) -> Failure {
    Failure::Pack { name: source.name.clone(), faults: errors.0.clone() }
}

/// Reads the files of a pack's folder.
///
/// # Errors
/// The file that could not be read.
pub(crate) fn read_folder(folder: &Path) -> Result<PackSource, Failure> {
    folder::read_folder(folder).map_err(|unread| Failure::Message(unread.to_string()))
}
