//! Gets the Schematron schemas a user asks for, and says which files they and the documents may name.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use kirjuri::{Schematron, SchematronOptions, Severity};
use kirjuri_rules::folder::{self, NamedDocuments, shown};

use crate::Failure;
use crate::arguments::SchemaArguments;

/// A schema and the file it was loaded from.
pub(crate) struct Loaded {
    pub(crate) schema: Schematron,
    pub(crate) path: PathBuf,
    /// The hash of all that it was made of: its files, and how it was asked for.
    pub(crate) digest: blake3::Hash,
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
        Ok(SchemaLoader { options, documents: named_documents(arguments)? })
    }

    /// Loads a schema with all that it includes.
    ///
    /// # Errors
    /// What makes it no schema that can be run, each fault with its place.
    pub(crate) fn load(&self, path: &Path) -> Result<Loaded, Failure> {
        let hasher = RefCell::new(blake3::Hasher::new());
        hasher.borrow_mut().update(format!("{:?}", self.options).as_bytes());
        let note = |name: &str, bytes: Option<&[u8]>| {
            // A length before each text, so that what stands in one file is not taken for two.
            for part in [name.as_bytes(), bytes.unwrap_or_default()] {
                hasher.borrow_mut().update(&(part.len() as u64).to_le_bytes()).update(part);
            }
            hasher.borrow_mut().update(&[u8::from(bytes.is_some())]);
        };
        match folder::load_schema_noting(path, &self.documents, &self.options, &note) {
            Ok(schema) => {
                let digest = hasher.borrow().finalize();
                Ok(Loaded { schema, path: path.to_path_buf(), digest })
            }
            Err(errors) => {
                let faults = errors.0.clone();
                Err(Failure::Pack { name: path.display().to_string(), faults })
            }
        }
    }

    /// The documents that documents name, for schemas with patterns about these.
    pub(crate) fn documents(&self) -> NamedDocuments {
        self.documents.clone()
    }
}

/// The documents that the arguments name.
fn named_documents(arguments: &SchemaArguments) -> Result<NamedDocuments, Failure> {
    let mut documents = NamedDocuments::default();
    for root in &arguments.doc_roots {
        if !documents.add_folder(root) {
            return Err(Failure::Message(format!("there is no folder {}", root.display())));
        }
    }
    for (address, file) in &arguments.addresses {
        if !documents.add_file(address, file) {
            let message = format!("there is no file {} to stand for {address}", file.display());
            return Err(Failure::Message(message));
        }
    }
    Ok(documents)
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
}
