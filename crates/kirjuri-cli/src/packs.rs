//! Gets the packs a user asks for: built in by name, or from a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::{ExampleFailure, Pack, PackFile, PackSource, RuleSet};

use crate::Failure;
use crate::arguments::PackArguments;

/// The rules of the packs asked for, all built-in ones where none is.
///
/// # Errors
/// What is wrong with a pack, by file, line and column.
pub(crate) fn rule_set(arguments: &PackArguments) -> Result<RuleSet, Failure> {
    let mut packs: Vec<Arc<Pack>> = Vec::new();
    let named: Vec<PathBuf> = match arguments.packs.as_slice() {
        [] => kirjuri_rules::names().map(PathBuf::from).collect(),
        named => named.to_vec(),
    };
    for name in named {
        let pack = load(&name)?;
        if packs.iter().any(|known| known.id == pack.id) {
            return Err(Failure::Message(format!("the pack `{}` is given twice", pack.id)));
        }
        packs.push(Arc::new(pack));
    }
    Ok(RuleSet::new(packs))
}

fn load(name: &Path) -> Result<Pack, Failure> {
    if let Some(source) = name.to_str().and_then(kirjuri_rules::source) {
        // The built-in packs are proved when the program is tested.
        return compile(&source);
    }
    if !name.is_dir() {
        let known: Vec<&str> = kirjuri_rules::names().collect();
        let wanted = name.to_string_lossy();
        let likely = known.iter().find(|known| strsim::jaro_winkler(&wanted, known) > 0.84);
        let meant = likely.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
        return Err(Failure::Message(format!(
            "there is no pack `{wanted}`: neither a folder nor a built-in pack ({}){meant}",
            known.join(", "),
        )));
    }
    let source = read_folder(name)?;
    let pack = compile(&source)?;
    let faults = prove(&pack, &source);
    if faults.is_empty() { Ok(pack) } else { Err(Failure::Pack { name: source.name, faults }) }
}

/// Compiles a pack and enforces its laws, without running its examples.
///
/// # Errors
/// What is wrong with it, by file, line and column.
pub(crate) fn compile(source: &PackSource) -> Result<Pack, Failure> {
    Pack::load(source).map_err(|errors| Failure::Pack {
        name: source.name.clone(),
        faults: errors.0.iter().map(ToString::to_string).collect(),
    })
}

/// Reads the files of a pack's folder.
///
/// # Errors
/// The file that could not be read.
pub(crate) fn read_folder(folder: &Path) -> Result<PackSource, Failure> {
    let mut source = PackSource { name: folder.display().to_string(), files: Vec::new() };
    let unreadable = |path: &Path, error: io::Error| Failure::Message(format!("{}: {error}", path.display()));
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let path = entry.map_err(|error| unreadable(&folder, error))?.path();
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            let (name, is_hidden) = (format!("{prefix}{last}"), last.starts_with('.'));
            // All levels are read, though two are all a pack has: what lies deeper is told, not left out. Hidden folders
            // belong to other programs.
            if path.is_dir() && !path.is_symlink() {
                if !is_hidden {
                    folders.push((path, format!("{name}/")));
                }
            } else if name.ends_with(".toml") {
                let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
                source.files.push(PackFile { path: name, text });
            }
        }
    }
    Ok(source)
}

/// Runs the examples of a pack; says which do not show what they say, and where they stand.
pub(crate) fn prove(pack: &Pack, source: &PackSource) -> Vec<String> {
    let place = |failure: &ExampleFailure| {
        let path = format!("{}.toml", failure.rule);
        let text = source.files.iter().find(|file| file.path == path).map_or("", |file| file.text.as_str());
        let line = text.get(..failure.offset).unwrap_or_default().matches('\n').count() + 1;
        format!("{}/{path}:{line}:1: {failure}", source.name)
    };
    pack.test().iter().map(place).collect()
}
