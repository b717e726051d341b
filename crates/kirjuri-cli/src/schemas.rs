//! Gets the Schematron schemas a user asks for, and the files that they and the documents name. Nothing is ever fetched
//! from the network: an address is a file that the user named for it, or nothing.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use kirjuri::{Limits, PackError, SchemaFiles, Schematron, SchematronOptions, Severity, SubordinateDocuments};

use crate::Failure;
use crate::arguments::SchemaArguments;

/// A schema and the file it was loaded from.
pub(crate) struct Loaded {
    pub(crate) schema: Schematron,
    pub(crate) path: PathBuf,
}

impl Loaded {
    /// A file of the schema as the user would name it; the schema knows it relative to its own folder.
    pub(crate) fn shown(&self, path: &str) -> String {
        shown(&self.path, path)
    }
}

/// Loads schemas; the documents they name are looked for in the same places.
pub(crate) struct SchemaLoader {
    options: SchematronOptions,
    documents: NamedDocuments,
}

impl SchemaLoader {
    /// Gets ready to load schemas.
    ///
    /// # Errors
    /// A folder or file of the arguments that is not there.
    pub(crate) fn new(arguments: &SchemaArguments) -> Result<SchemaLoader, Failure> {
        let mut options = SchematronOptions::default();
        options.phase = arguments.phase.clone();
        options.strict = arguments.strict;
        options.severities = arguments.roles.iter().map(|(role, severity)| (role.to_lowercase(), *severity)).collect();
        Ok(SchemaLoader { options, documents: NamedDocuments::new(arguments)? })
    }

    /// Loads a schema with all that it includes.
    ///
    /// # Errors
    /// What makes it no schema that can be run, each fault with its place.
    pub(crate) fn load(&self, path: &Path) -> Result<Loaded, Failure> {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let files = SchemaFolder { folder, documents: &self.documents };
        match Schematron::load(&files, &name, &self.options) {
            Ok(schema) => Ok(Loaded { schema, path: path.to_path_buf() }),
            Err(errors) => {
                let place = |error: PackError| PackError { path: shown(path, &error.path), ..error }.to_string();
                let faults = errors.0.into_iter().map(place).collect();
                Err(Failure::Pack { name: path.display().to_string(), faults })
            }
        }
    }

    /// The documents that documents name, for schemas with patterns about these.
    pub(crate) fn documents(&self) -> NamedDocuments {
        self.documents.clone()
    }
}

/// A file of the schema at `schema` as the user would name it.
pub(crate) fn shown(schema: &Path, path: &str) -> String {
    if has_scheme(path) {
        return path.to_owned();
    }
    schema.parent().unwrap_or(Path::new("")).join(path).to_string_lossy().into_owned()
}

/// The folder of a schema.
struct SchemaFolder<'d> {
    folder: PathBuf,
    documents: &'d NamedDocuments,
}

impl SchemaFiles for SchemaFolder<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self.documents.mapped(path) {
            Some(file) => bytes(file),
            None if has_scheme(path) => None,
            None => bytes(&self.folder.join(path)),
        }
    }

    fn read_beside(&self, path: &str) -> Option<Vec<u8>> {
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

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(or_here(&self.folder.join(folder))).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    fn read_document(&self, uri: &str) -> Option<Vec<u8>> {
        // An address that leads out of the schema's folder may lead into one that the user named.
        let beside = || self.documents.inside(fs::canonicalize(self.folder.join(uri)).ok()?);
        SubordinateDocuments::read(self.documents, uri).or_else(|| beside().filter(|_| !has_scheme(uri)))
    }
}

/// A folder, the current one having no name.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The documents that may be read by the names that schemas and documents have for them: those under some folders, and
/// single files by address.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamedDocuments {
    /// True paths of folders.
    roots: Vec<PathBuf>,
    by_address: BTreeMap<String, PathBuf>,
}

impl NamedDocuments {
    fn new(arguments: &SchemaArguments) -> Result<NamedDocuments, Failure> {
        let mut documents = NamedDocuments::default();
        for root in &arguments.doc_roots {
            let real = fs::canonicalize(root).ok().filter(|real| real.is_dir());
            let real = real.ok_or_else(|| Failure::Message(format!("there is no folder {}", root.display())))?;
            documents.roots.push(real);
        }
        for (address, file) in &arguments.addresses {
            if !file.is_file() {
                let message = format!("there is no file {} to stand for {address}", file.display());
                return Err(Failure::Message(message));
            }
            documents.by_address.insert(address.clone(), file.clone());
        }
        Ok(documents)
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

/// `ROLE=SEVERITY` of the arguments.
pub(crate) fn parse_role(text: &str) -> Result<(String, Severity), String> {
    let (role, severity) = text.rsplit_once('=').ok_or("written ROLE=SEVERITY")?;
    let severity = Severity::ALL.into_iter().find(|known| known.id() == severity);
    match severity {
        Some(severity) if !role.trim().is_empty() => Ok((role.trim().to_owned(), severity)),
        Some(_) => Err("there is no role before the =".into()),
        None => Err("a severity is error, warning or info".into()),
    }
}

/// `URL=FILE` of the arguments. Addresses may have `=` in them; the last one divides.
pub(crate) fn parse_address(text: &str) -> Result<(String, PathBuf), &'static str> {
    match text.rsplit_once('=') {
        Some((address, file)) if !address.is_empty() && !file.is_empty() => Ok((address.into(), file.into())),
        _ => Err("written URL=FILE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_and_an_address_are_divided_at_the_last_sign() {
        assert_eq!(parse_role("Must = have=warning"), Ok(("Must = have".into(), Severity::Warning)));
        assert!(parse_role("must").is_err() && parse_role("must=fatal").is_err() && parse_role("=info").is_err());
        assert_eq!(parse_address("http://h/a?b=c=d.xml"), Ok(("http://h/a?b=c".into(), "d.xml".into())));
        assert!(parse_address("http://h").is_err() && parse_address("a=").is_err());
    }

    #[test]
    fn a_drive_is_no_scheme() {
        assert!(has_scheme("http://h/a.xml") && has_scheme("urn:a"));
        assert!(!has_scheme("C:/a.xml") && !has_scheme("a.xml") && !has_scheme("../a.xml"));
    }
}
