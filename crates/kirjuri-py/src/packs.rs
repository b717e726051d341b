//! Gets the packs a program asks for: built in by name, from a folder, or a Schematron schema in a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::{Pack, PackError, RuleSet, Schematron, SchematronOptions};
use kirjuri_rules::folder::{self, NamedDocuments};

/// Why there is no rule set.
pub(crate) enum LoadError {
    /// In words.
    Message(String),
    /// A pack is not what a pack must be.
    Faults { name: String, faults: Vec<PackError> },
}

/// The rules of the packs and schemas that were asked for, in their order; of schemas behind those of packs.
pub(crate) fn load_all(names: &[PathBuf]) -> Result<RuleSet, LoadError> {
    let (mut packs, mut schemas): (Vec<Arc<Pack>>, Vec<Arc<Schematron>>) = (Vec::new(), Vec::new());
    for name in names {
        let known = |id: &str| packs.iter().any(|pack| pack.id == id) || schemas.iter().any(|schema| schema.id == id);
        let twice = |id: &str| LoadError::Message(format!("there are two packs of the name `{id}`"));
        let built_in = name.to_str().and_then(kirjuri_rules::source);
        if built_in.is_none() && name.is_file() {
            let schema = folder::load_schema(name, &NamedDocuments::default(), &SchematronOptions::default());
            let schema = schema.map_err(|errors| faults(&name.display().to_string(), errors.0))?;
            if known(&schema.id) {
                return Err(twice(&schema.id));
            }
            schemas.push(Arc::new(schema));
            continue;
        }
        let pack = match built_in {
            // The built-in packs are proved when the library is tested.
            Some(source) => Pack::load_proved(&source).map_err(|errors| faults(&source.name, errors.0))?,
            None if name.is_dir() => {
                let source = folder::read_folder(name).map_err(|unread| LoadError::Message(unread.to_string()))?;
                folder::load_proving(&source).map_err(|errors| faults(&source.name, errors.0))?
            }
            None => return Err(unknown(name)),
        };
        if known(&pack.id) {
            return Err(twice(&pack.id));
        }
        packs.push(Arc::new(pack));
    }
    Ok(RuleSet::new(packs).with_schemas(schemas))
}

fn faults(name: &str, faults: Vec<PackError>) -> LoadError {
    LoadError::Faults { name: name.to_owned(), faults }
}

fn unknown(name: &Path) -> LoadError {
    let known: Vec<&str> = kirjuri_rules::names().collect();
    let wanted = name.to_string_lossy();
    let meant = meant(&wanted, known.iter().copied());
    LoadError::Message(format!(
        "there is no pack `{wanted}`: neither a folder nor a Schematron schema nor a built-in pack ({}){meant}",
        known.join(", "),
    ))
}

/// `; did you mean …?` with the candidate most like what was asked for, or nothing where none is like it.
pub(crate) fn meant<'c>(wanted: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    kirjuri::nearest(wanted, candidates).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
