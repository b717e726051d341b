//! Reads packs from folders and Schematron schemas from files, for every program that is given them by name. Nothing is
//! ever fetched from the network: an address is a file that the user named for it, or nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kirjuri::{
    ExampleFailure, Limits, Pack, PackError, PackErrors, PackFile, PackSource, SchemaFiles, Schematron,
    SchematronOptions, SubordinateDocuments,
};

/// A file or folder that could not be read.
#[derive(Debug)]
pub struct Unread {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

impl fmt::Display for Unread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for Unread {}

/// Reads the files of a pack's folder.
///
/// # Errors
/// The file that could not be read.
pub fn read_folder(folder: &Path) -> Result<PackSource, Unread> {
    let mut source = PackSource { name: folder.display().to_string(), files: Vec::new() };
    let unread = |path: &Path, error| Unread { path: path.to_path_buf(), error };
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unread(&folder, error))? {
            let path = entry.map_err(|error| unread(&folder, error))?.path();
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            let (name, is_hidden) = (format!("{prefix}{last}"), last.starts_with('.'));
            // All levels are read, though two are all a pack has: what lies deeper is told, not left out. Hidden folders
            // belong to other programs.
            if path.is_dir() && !path.is_symlink() {
                if !is_hidden {
                    folders.push((path, format!("{name}/")));
                }
            } else if name.ends_with(".toml") {
                let text = fs::read_to_string(&path).map_err(|error| unread(&path, error))?;
                source.files.push(PackFile { path: name, text: text.into() });
            }
        }
    }
    Ok(source)
}

/// Compiles a pack that is not known to be sound: its laws are enforced, all its document structures are read now, which
/// else are when a document first needs them, and its examples are run.
///
/// # Errors
/// What is wrong with it, by file, line and column.
pub fn load_proving(source: &PackSource) -> Result<Pack, PackErrors> {
    let pack = load_whole(source)?;
    let faults = prove(&pack, source);
    if faults.is_empty() { Ok(pack) } else { Err(PackErrors(faults)) }
}

/// As [`load_proving`], without running the examples.
///
/// # Errors
/// As [`load_proving`].
pub fn load_whole(source: &PackSource) -> Result<Pack, PackErrors> {
    let pack = Pack::load(source)?;
    pack.structures().compile_all()?;
    Ok(pack)
}

/// Runs the examples of a pack; says which do not show what they say, and where they stand.
pub fn prove(pack: &Pack, source: &PackSource) -> Vec<PackError> {
    let place = |failure: &ExampleFailure| {
        let path = format!("{}.toml", failure.rule);
        let text = source.files.iter().find(|file| file.path == path).map_or("", |file| &*file.text);
        let line = text.get(..failure.offset).unwrap_or_default().matches('\n').count() + 1;
        let path = format!("{}/{path}", source.name);
        PackError { path, line, column: 1, message: failure.to_string(), suggestion: None }
    };
    pack.test().iter().map(place).collect()
}

/// Loads the schema of a file with all that it includes; `documents` may be read for it too.
///
/// # Errors
/// What makes it no schema that can be run, each fault with its place.
pub fn load_schema(
    path: &Path,
    documents: &NamedDocuments,
    options: &SchematronOptions,
) -> Result<Schematron, PackErrors> {
    load_schema_noting(path, documents, options, &|_, _| {})
}

/// As [`load_schema`]; `note` is told of every file that the schema asks for, by the name it has in the schema, with its
/// bytes if it is there.
///
/// # Errors
/// As [`load_schema`].
pub fn load_schema_noting(
    path: &Path,
    documents: &NamedDocuments,
    options: &SchematronOptions,
    note: &dyn Fn(&str, Option<&[u8]>),
) -> Result<Schematron, PackErrors> {
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Schematron::load(&SchemaFolder { folder, documents, note }, &name, options).map_err(|errors| {
        let place = |error: PackError| PackError { path: shown(path, &error.path), ..error };
        PackErrors(errors.0.into_iter().map(place).collect())
    })
}

/// A file of the schema at `schema` as the user would name it; the schema knows it relative to its own folder.
pub fn shown(schema: &Path, path: &str) -> String {
    if has_scheme(path) {
        return path.to_owned();
    }
    schema.parent().unwrap_or(Path::new("")).join(path).to_string_lossy().into_owned()
}

/// The folder of a schema.
struct SchemaFolder<'d> {
    folder: PathBuf,
    documents: &'d NamedDocuments,
    note: &'d dyn Fn(&str, Option<&[u8]>),
}

impl SchemaFolder<'_> {
    fn noted(&self, name: &str, bytes: Option<Vec<u8>>) -> Option<Vec<u8>> {
        (self.note)(name, bytes.as_deref());
        bytes
    }

    fn bytes_beside(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(file) = self.documents.mapped(path) {
            return bytes(file);
        }
        if has_scheme(path) {
            return None;
        }
        // A link may lead out of the folder: the true path decides.
        let real = fs::canonicalize(self.folder.join(path)).ok()?;
        let folder = fs::canonicalize(or_here(&self.folder)).ok()?;
        if real.starts_with(folder) { bytes(&real) } else { self.documents.inside(real) }
    }
}

impl SchemaFiles for SchemaFolder<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let bytes = match self.documents.mapped(path) {
            Some(file) => bytes(file),
            None if has_scheme(path) => None,
            None => bytes(&self.folder.join(path)),
        };
        self.noted(path, bytes)
    }

    fn read_beside(&self, path: &str) -> Option<Vec<u8>> {
        self.noted(path, self.bytes_beside(path))
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(or_here(&self.folder.join(folder))).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    fn read_document(&self, uri: &str) -> Option<Vec<u8>> {
        // An address that leads out of the schema's folder may lead into one that the user named.
        let beside = || self.documents.inside(fs::canonicalize(self.folder.join(uri)).ok()?);
        let bytes = SubordinateDocuments::read(self.documents, uri).or_else(|| beside().filter(|_| !has_scheme(uri)));
        self.noted(uri, bytes)
    }
}

/// A folder, the current one having no name.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The documents that may be read by the names that schemas and documents have for them: those under some folders, and
/// single files by address. By default none.
#[derive(Clone, Debug, Default)]
pub struct NamedDocuments {
    /// True paths of folders.
    roots: Vec<PathBuf>,
    by_address: BTreeMap<String, PathBuf>,
}

impl NamedDocuments {
    /// Lets the documents under a folder be read. False, and nothing is added, where there is no such folder.
    pub fn add_folder(&mut self, folder: &Path) -> bool {
        let real = fs::canonicalize(folder).ok().filter(|real| real.is_dir());
        let is_there = real.is_some();
        self.roots.extend(real);
        is_there
    }

    /// Lets a file stand for an address. False, and nothing is added, where there is no such file.
    pub fn add_file(&mut self, address: &str, file: &Path) -> bool {
        let is_there = file.is_file();
        if is_there {
            self.by_address.insert(address.to_owned(), file.to_path_buf());
        }
        is_there
    }

    fn mapped(&self, address: &str) -> Option<&Path> {
        self.by_address.get(address).map(PathBuf::as_path)
    }

    /// The bytes of the file of a true path, if it lies under one of the folders.
    fn inside(&self, real: PathBuf) -> Option<Vec<u8>> {
        if self.roots.iter().any(|root| real.starts_with(root)) { bytes(&real) } else { None }
    }
}

impl SubordinateDocuments for NamedDocuments {
    fn read(&self, address: &str) -> Option<Vec<u8>> {
        if let Some(file) = self.mapped(address) {
            return bytes(file);
        }
        if has_scheme(address) {
            return None;
        }
        // A link or `..` may lead out of the folder: the true path decides.
        self.roots.iter().find_map(|root| self.inside(fs::canonicalize(root.join(address)).ok()?))
    }
}

/// The bytes of a file, one more than are ever parsed at most. A pipe or a device might never end, and is nothing.
fn bytes(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|about| about.is_file()))?;
    let mut bytes = Vec::new();
    file.take((Limits::default().bytes as u64).saturating_add(1)).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Whether a name is an address such as `http://…`. A single letter is a drive.
fn has_scheme(name: &str) -> bool {
    name.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_is_no_scheme() {
        assert!(has_scheme("http://h/a.xml") && has_scheme("urn:a"));
        assert!(!has_scheme("C:/a.xml") && !has_scheme("a.xml") && !has_scheme("../a.xml"));
    }
}
