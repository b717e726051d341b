//! Gets the packs a program asks for: built in by name, from a folder, or a Schematron schema in a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::{
    ExampleFailure, Pack, PackError, PackFile, PackSource, RuleSet, SchemaFiles, Schematron, SchematronOptions,
};

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
            let schema = load_schema(name)?;
            if known(&schema.id) {
                return Err(twice(&schema.id));
            }
            schemas.push(Arc::new(schema));
            continue;
        }
        let pack = match built_in {
            // The built-in packs are proved when the library is tested.
            Some(source) => Pack::load_proved(&source).map_err(|errors| faults(&source.name, errors.0))?,
            None if name.is_dir() => load_folder(name)?,
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
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(wanted, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.84)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| format!("; did you mean `{candidate}`?"))
        .unwrap_or_default()
}

/// Loads the pack in a folder, and proves its rules by their examples.
fn load_folder(folder: &Path) -> Result<Pack, LoadError> {
    let source = read_folder(folder).map_err(LoadError::Message)?;
    let pack = Pack::load(&source).map_err(|errors| faults(&source.name, errors.0))?;
    pack.structures().compile_all().map_err(|errors| faults(&source.name, errors.0))?;
    let unproved: Vec<PackError> = pack.test().iter().map(|failure| place(failure, &source)).collect();
    if unproved.is_empty() { Ok(pack) } else { Err(faults(&source.name, unproved)) }
}

/// Where the example stands that does not show what it says.
fn place(failure: &ExampleFailure, source: &PackSource) -> PackError {
    let path = format!("{}.toml", failure.rule);
    let text = source.files.iter().find(|file| file.path == path).map_or("", |file| &*file.text);
    let line = text.get(..failure.offset).unwrap_or_default().matches('\n').count() + 1;
    let path = format!("{}/{path}", source.name);
    PackError { path, line, column: 1, message: failure.to_string(), suggestion: None }
}

fn read_folder(folder: &Path) -> Result<PackSource, String> {
    let mut source = PackSource { name: folder.display().to_string(), files: Vec::new() };
    let unreadable = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let path = entry.map_err(|error| unreadable(&folder, error))?.path();
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            let (name, is_hidden) = (format!("{prefix}{last}"), last.starts_with('.'));
            if path.is_dir() && !path.is_symlink() {
                // Hidden folders belong to other programs.
                if !is_hidden {
                    folders.push((path, format!("{name}/")));
                }
            } else if name.ends_with(".toml") {
                let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
                source.files.push(PackFile { path: name, text: text.into() });
            }
        }
    }
    Ok(source)
}

fn load_schema(path: &Path) -> Result<Schematron, LoadError> {
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let files = SchemaFolder { folder };
    Schematron::load(&files, &name, &SchematronOptions::default()).map_err(|errors| {
        let place = |error: PackError| PackError {
            path: files.folder.join(&error.path).to_string_lossy().into_owned(),
            ..error
        };
        faults(&path.display().to_string(), errors.0.into_iter().map(place).collect())
    })
}

/// The folder of a schema. Nothing is read from anywhere else, and nothing is ever fetched.
struct SchemaFolder {
    folder: PathBuf,
}

impl SchemaFolder {
    fn here(&self) -> &Path {
        if self.folder.as_os_str().is_empty() { Path::new(".") } else { &self.folder }
    }
}

impl SchemaFiles for SchemaFolder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        if has_scheme(path) { None } else { fs::read(self.folder.join(path)).ok() }
    }

    fn read_beside(&self, path: &str) -> Option<Vec<u8>> {
        if has_scheme(path) {
            return None;
        }
        // A link may lead out of the folder: the true path decides.
        let real = fs::canonicalize(self.folder.join(path)).ok()?;
        let folder = fs::canonicalize(self.here()).ok()?;
        if real.starts_with(folder) { fs::read(real).ok() } else { None }
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.here().join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    fn read_document(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
}

/// Whether a name is an address such as `http://…`. A single letter is a drive.
fn has_scheme(name: &str) -> bool {
    name.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}
