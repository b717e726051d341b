//! `kirjuri structures`: brings published document structures into packs.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use kirjuri::structure::{CompiledStructure, StructureEntry};
use kirjuri::{Limits, Pack, PackErrors, PackFile, PackSource, RuleSet, structure};

use crate::arguments::ImportArguments;
use crate::{Failure, Status, packs};

/// The built-in pack whose rules a new pack gets.
const MODEL: &str = "sosmeta";
const STRUCTURES: &str = "structures/";
const CONDITIONS: &str = "conditions/";
const MANIFEST: &str = "pack.toml";

/// Makes the structures of a pack, and the rest of the pack where it is new. Nothing is written unless all published
/// structures can be read.
///
/// # Errors
/// What is wrong with the published structures, by file, line and column.
pub(crate) fn import(arguments: &ImportArguments) -> Result<Status, Failure> {
    let (folder, pack) = (&arguments.folder, &arguments.output);
    let published = read_published(folder)?;
    let is_new = !pack.join(MANIFEST).is_file();
    if pack.to_str().is_some_and(|name| kirjuri_rules::source(name).is_some()) {
        let name = pack.display();
        return Err(Failure::Message(format!(
            "`{name}` is the name of a built-in pack, which --pack {name} means; choose another"
        )));
    }
    let mut rest = if is_new { new_pack(pack, arguments.with_national)? } else { Vec::new() };
    let own = if is_new { rest.clone() } else { packs::read_folder(pack)?.files };
    // Conditions are counted, and structures stay, unless they are published anew.
    let of_structures = |file: &PackFile| file.path.starts_with(CONDITIONS) || file.path.starts_with(STRUCTURES);
    let files: Vec<PackFile> =
        published.into_iter().chain(own.iter().filter(|file| of_structures(file)).cloned()).collect();
    let made = structure::import(&files).map_err(|errors| Failure::Input {
        name: folder.display().to_string(),
        faults: errors.0.iter().map(|error| folder.join(error.to_string()).display().to_string()).collect(),
    })?;
    let kept: Vec<&PackFile> = files.iter().filter(|file| file.path.starts_with(STRUCTURES)).collect();
    let is_kept = |made: &PackFile| kept.iter().any(|kept| kept.path == made.path && kept.text == made.text);
    let oid_of = |made: &PackFile| {
        let oid = made.path.strip_prefix(STRUCTURES)?.strip_suffix(".toml")?;
        (oid != "index").then(|| oid.to_owned())
    };
    let published_oids: Vec<String> = made.iter().filter(|made| !is_kept(made)).filter_map(oid_of).collect();
    let is_made = |oid: &str| made.iter().any(|made| made.path.strip_prefix(STRUCTURES) == Some(oid));
    rest.retain(|file| !file.path.starts_with(STRUCTURES) && file.path.strip_prefix(CONDITIONS).is_none_or(is_made));
    // The pack is read before it is written: one that does not load would be of no use, and in the way.
    let mut whole: Vec<PackFile> = made.iter().chain(&rest).cloned().collect();
    if !is_new {
        let is_written = |file: &PackFile| whole.iter().any(|written| written.path == file.path);
        let stays: Vec<PackFile> = own.into_iter().filter(|file| !is_written(file)).collect();
        whole.extend(stays);
    }
    let loaded = packs::compile_whole(&PackSource { name: pack.display().to_string(), files: whole })?;
    for file in made.iter().chain(&rest) {
        write(pack, file)?;
    }
    if let Some(counts) = StructureCounts::of(&loaded) {
        writeln!(anstream::stdout().lock(), "{}: {counts}", loaded.id)?;
    }
    name_unasked(&loaded, &published_oids)?;
    Ok(Status::Clean)
}

/// Says which conditions of the imported structures are not asked: their wording was not recognised.
fn name_unasked(pack: &Pack, oids: &[String]) -> Result<(), Failure> {
    let mut err = anstream::stderr().lock();
    for structure in oids.iter().filter_map(|oid| pack.structures().get(oid)?.ok()).map(|known| known.structure()) {
        let is_asked = |field: usize| structure.conditions.iter().any(|condition| condition.fields.contains(&field));
        for (number, field) in structure.fields.iter().enumerate() {
            if field.conditional && !is_asked(number) {
                let path = structure.path(number);
                writeln!(err, "{}: the condition of `{path}` is not recognised, and not asked", structure.oid)?;
            }
        }
    }
    Ok(())
}

/// What the document structures of a pack come to.
#[derive(Default)]
pub(crate) struct StructureCounts {
    structures: usize,
    /// Without the documents themselves.
    fields: usize,
    required: usize,
    /// Required on a condition.
    conditional: usize,
    /// Of these, those whose condition can be asked.
    executable: usize,
}

impl StructureCounts {
    /// Nothing for a pack that has no structures.
    pub(crate) fn of(pack: &Pack) -> Option<StructureCounts> {
        let structures = pack.structures();
        let add = |sum: StructureCounts, entry: &StructureEntry| StructureCounts {
            structures: sum.structures + 1,
            fields: sum.fields + entry.fields,
            required: sum.required + entry.required,
            conditional: sum.conditional + entry.conditional,
            executable: sum.executable + entry.executable,
        };
        (!structures.is_empty()).then(|| structures.entries().fold(StructureCounts::default(), add))
    }
}

impl fmt::Display for StructureCounts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StructureCounts { structures, fields, required, conditional, executable } = self;
        write!(
            out,
            "structures {structures}, fields {fields}, required {required}, conditional {conditional}, executable \
             {executable}"
        )
    }
}

/// The structure that somebody names: a published file, or the OID of one that a pack has.
///
/// # Errors
/// What is wrong with the file, or that there is neither.
pub(crate) fn named(name: &Path, rules: &RuleSet) -> Result<Arc<CompiledStructure>, Failure> {
    let shown = name.display().to_string();
    let wrong = |errors: &PackErrors| Failure::Input {
        name: shown.clone(),
        faults: errors.0.iter().map(ToString::to_string).collect(),
    };
    if name.is_file() {
        let text = fs::read_to_string(name).map_err(|error| cannot("be read", name, &error))?;
        let file = PackFile { path: shown.clone(), text: text.into() };
        return structure::published(&file).map(Arc::new).map_err(|errors| wrong(&errors));
    }
    match rules.packs().iter().find_map(|pack| pack.structures().get(&shown)) {
        Some(known) => known.map(Arc::clone).map_err(wrong),
        None => {
            Err(Failure::Message(format!("there is no structure `{shown}`: neither a file nor an OID that a pack has")))
        }
    }
}

/// The files of a new pack: the rules of the built-in one, the conditions written by hand, and the structures that the
/// examples of the rules are about, without which nothing would prove them, or all of them.
fn new_pack(pack: &Path, with_national: bool) -> Result<Vec<PackFile>, Failure> {
    let Some(model) = kirjuri_rules::source(MODEL) else {
        return Err(Failure::Message(format!("there is no built-in pack `{MODEL}`")));
    };
    let compiled = packs::compile(&model)?;
    let examples = compiled.rules().iter().flat_map(|rule| rule.passing().iter().chain(rule.failing()));
    let texts = examples.flat_map(|example| example.carried.iter().chain([&example.document]));
    let oids: BTreeSet<String> = texts.flat_map(|text| structures_of(text, &compiled)).collect();
    let is_needed = |file: &PackFile| match file.path.strip_prefix(STRUCTURES) {
        Some(name) => with_national || name.strip_suffix(".toml").is_some_and(|oid| oids.contains(oid)),
        None => true,
    };
    let mut files: Vec<PackFile> = model.files.into_iter().filter(is_needed).collect();
    let id = id_of(pack);
    for file in files.iter_mut().filter(|file| file.path == MANIFEST) {
        file.text = own_manifest(&file.text, &id).into();
    }
    Ok(files)
}

/// The manifest of a new pack: that of the built-in one, but for what it says of itself.
fn own_manifest(model: &str, id: &str) -> String {
    let titles = [("fi", "Asiakirjarakenteet"), ("sv", "Handlingsstrukturer"), ("en", "Document structures")];
    let mut table = "";
    let lines = model.lines().map(|line| {
        if line.starts_with('[') {
            table = line;
        }
        let key = line.split(" = ").next().unwrap_or_default();
        let title = titles.iter().find(|(language, _)| table == "[title]" && *language == key);
        match (title, table, key) {
            (Some((language, title)), ..) => format!("{language} = \"{title} ({id})\""),
            (None, "", "id") => format!("id = \"{id}\""),
            (None, "[guidelines.sosmeta]", "source") => {
                "source = \"the published structures that were imported\"".into()
            }
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<String>>().join("\n") + "\n"
}

/// The structures that a document is about: that of its root, and those it names.
fn structures_of(text: &str, pack: &Pack) -> Vec<String> {
    let Ok(document) = kirjuri::parse(text.as_bytes(), &Limits::default()) else { return Vec::new() };
    let root = document.qname(document.name(document.root_element()));
    let structures = pack.structures();
    let named = structures.entries().map(|entry| entry.oid.as_str()).filter(|oid| text.contains(oid));
    structures.of_root(root.local).into_iter().chain(named).map(str::to_owned).collect()
}

/// The published structures of a folder, by name.
fn read_published(folder: &Path) -> Result<Vec<PackFile>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| cannot("be read", folder, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| cannot("be read", folder, &error))?.path();
        if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|error| cannot("be read", &path, &error))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push(PackFile { path: name, text: text.into() });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if files.is_empty() {
        return Err(Failure::Message(format!("there is no .json file in {}", folder.display())));
    }
    Ok(files)
}

fn write(pack: &Path, file: &PackFile) -> Result<(), Failure> {
    let path = pack.join(&file.path);
    let folder = path.parent().unwrap_or(pack);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, file.text.as_bytes()))
        .map_err(|error| cannot("be written", &path, &error))
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Message(format!("{} cannot {what}: {error}", path.display()))
}

/// The id of a new pack: the name of its folder, as ids are written.
fn id_of(pack: &Path) -> String {
    let name = pack.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id = words.collect::<Vec<_>>().join("-");
    if id.is_empty() { "structures".to_owned() } else { id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_pack_has_the_name_of_its_folder() {
        for (folder, id) in [("packs/own", "own"), ("Oma paketti_2", "oma-paketti-2"), ("..", "structures")] {
            assert_eq!(id_of(Path::new(folder)), id);
        }
    }
}
