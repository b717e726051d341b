//! The structures of a pack: an index, and structures that are read when they are first asked for.
//!
//! A run meets a handful of the structures, and reading all of them would cost more than checking a document does. Of a
//! pack that is proved the index waits too: many runs meet no structure at all.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use serde::Deserialize;
use toml::Spanned;

use crate::code_set::CodeSets;
use crate::pack::Laws;
use crate::source::{PackError, PackErrors, PackFile, PackSource, Reader};
use crate::structure::file::quoted;
use crate::structure::{CompiledStructure, Structure, condition_file, file};

/// The index: a row a structure.
pub(crate) const INDEX: &str = "structures/index.toml";
const FOLDER: &str = "structures/";
const CONDITIONS: &str = "conditions/";

/// Dots in the part of an OID that names the document type, `1.2.246.537.6.1506.<type>`; the version stands behind one
/// more.
const TYPE_NUMBERS: usize = 6;

/// The file of a structure in a pack.
pub(crate) fn path_of(oid: &str) -> String {
    format!("{FOLDER}{oid}.toml")
}

/// Whether a file of a pack is a structure.
pub(crate) fn is_structure(path: &str) -> bool {
    path.starts_with(FOLDER) && path.ends_with(".toml") && path != INDEX
}

/// The file of the conditions of a structure that are written by hand, in a pack.
pub(crate) fn conditions_path_of(oid: &str) -> String {
    format!("{CONDITIONS}{oid}.toml")
}

/// What orders OIDs by their numbers: a number with more digits is larger.
pub(crate) fn order(oid: &str) -> Vec<(usize, &str)> {
    oid.split('.').map(|number| (number.len(), number)).collect()
}

/// What the index says of a structure.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StructureEntry {
    /// OID of the version.
    pub oid: String,
    /// Key of the root element of its documents.
    pub root: String,
    /// Version of the definition, a day as it is published: `2022-01-10`.
    pub version: String,
    /// The general document type in Finnish, for instance `Päätös`.
    #[serde(rename = "type")]
    pub document_type: String,
    /// What its documents are called in Finnish.
    pub fi: Option<String>,
    /// What its documents are called in Swedish.
    pub sv: Option<String>,
    /// How many fields it has, the document itself not counted.
    pub fields: usize,
    /// How many of them are required.
    pub required: usize,
    /// How many of them are required on a condition.
    pub conditional: usize,
    /// Of how many of those the condition can be asked.
    pub executable: usize,
}

impl StructureEntry {
    /// What the index must say of a structure.
    pub(crate) fn of(structure: &Structure) -> StructureEntry {
        let name = structure.root().map(|root| root.name.clone()).unwrap_or_default();
        StructureEntry {
            oid: structure.oid.clone(),
            root: structure.root_key().to_owned(),
            version: structure.version.clone(),
            document_type: structure.document_type.clone(),
            fi: name.fi,
            sv: name.sv,
            fields: structure.field_count(),
            required: structure.required_count(),
            conditional: structure.conditional_count(),
            executable: structure.executable_count(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    structures: Vec<Spanned<StructureEntry>>,
}

/// Writes the index.
pub(crate) fn write_index(entries: &[StructureEntry]) -> String {
    let mut out = String::from("structures = [\n");
    for entry in entries {
        let _ = write!(
            out,
            "{{oid = {}, root = {}, version = {}, type = {}",
            quoted(&entry.oid),
            quoted(&entry.root),
            quoted(&entry.version),
            quoted(&entry.document_type),
        );
        for (key, name) in [("fi", &entry.fi), ("sv", &entry.sv)] {
            if let Some(name) = name {
                let _ = write!(out, ", {key} = {}", quoted(name));
            }
        }
        let StructureEntry { fields, required, conditional, executable, .. } = entry;
        let _ = writeln!(
            out,
            ", fields = {fields}, required = {required}, conditional = {conditional}, executable = {executable}}},"
        );
    }
    out.push_str("]\n");
    out
}

/// The structures of a pack.
#[derive(Clone, Debug, Default)]
pub struct StructureSet {
    pack: String,
    /// What conditions know of codes.
    code_sets: Arc<CodeSets>,
    /// The files that are about structures.
    files: Vec<PackFile>,
    listing: OnceLock<Listing>,
}

/// What the index lists.
#[derive(Clone, Debug, Default)]
struct Listing {
    held: Vec<Held>,
    by_oid: FxHashMap<String, usize>,
    /// Of each root key the newest.
    by_root: FxHashMap<String, usize>,
    /// Of each document type the newest.
    by_type: FxHashMap<String, usize>,
}

/// A structure that may not be read yet.
#[derive(Clone, Debug)]
struct Held {
    entry: StructureEntry,
    /// Where in the index it stands.
    at: usize,
    /// Which of the files.
    file: usize,
    /// Which of the files has the conditions that are written by hand.
    conditions: Option<usize>,
    /// Filled by the thread that first asks for it; the others wait.
    structure: OnceLock<Result<Arc<CompiledStructure>, PackErrors>>,
}

impl Listing {
    /// Reads the index of a pack; a pack without one has no structures. The files of the structures are only looked up.
    ///
    /// What is wrong with the index, or is among the files and not in it, goes to `errors`.
    fn read(pack: &str, all: &[PackFile], errors: &mut Vec<PackError>) -> Listing {
        let reader = |file| Reader { pack, file };
        let mut files: FxHashMap<&str, usize> = FxHashMap::default();
        files.extend(all.iter().enumerate().map(|(number, file)| (file.path.as_str(), number)));
        let mut listing = Listing::default();
        if let Some(index) = files.remove(INDEX).and_then(|number| all.get(number)) {
            match reader(index).parse::<Index>() {
                Ok(Index { structures }) => {
                    for row in structures {
                        listing.add(reader(index), row, &mut files, errors);
                    }
                }
                Err(error) => {
                    errors.push(error);
                    return listing;
                }
            }
        }
        let strangers = files.into_values().filter_map(|number| all.get(number));
        errors.extend(strangers.map(|file| reader(file).error(0, format!("{INDEX} does not know the structure"))));
        listing
    }

    fn add(
        &mut self,
        reader: Reader<'_>,
        row: Spanned<StructureEntry>,
        files: &mut FxHashMap<&str, usize>,
        errors: &mut Vec<PackError>,
    ) {
        let at = row.span().start;
        let entry = row.into_inner();
        let number = self.held.len();
        let conditions = files.remove(conditions_path_of(&entry.oid).as_str());
        let file = files.remove(path_of(&entry.oid).as_str());
        let Some(file) = file else {
            let message = match self.by_oid.contains_key(&entry.oid) {
                true => format!("the structure `{}` is listed twice", entry.oid),
                false => format!("there is no {}", path_of(&entry.oid)),
            };
            errors.push(reader.error(at, message));
            return;
        };
        self.by_oid.insert(entry.oid.clone(), number);
        let type_ = type_of(&entry.oid).map(|type_| self.by_type.entry(type_.to_owned()));
        for newest in [Some(self.by_root.entry(entry.root.clone())), type_].into_iter().flatten() {
            let newest = newest.or_insert(number);
            // Of two versions of one day the later listed.
            if self.held.get(*newest).is_some_and(|other| other.entry.version <= entry.version) {
                *newest = number;
            }
        }
        self.held.push(Held { entry, at, file, conditions, structure: OnceLock::new() });
    }

    fn of_oid(&self, oid: &str) -> Option<&Held> {
        self.by_oid.get(oid).and_then(|&number| self.held.get(number))
    }
}

impl StructureSet {
    /// The structures of a pack. Its index is read now, unless it is proved.
    ///
    /// What is wrong with the index, or is in `structures/` and `conditions/` and not in it, goes to `errors`.
    pub(crate) fn read(
        source: &PackSource,
        laws: Laws,
        code_sets: &Arc<CodeSets>,
        errors: &mut Vec<PackError>,
    ) -> StructureSet {
        let files: Vec<PackFile> = source.files.iter().filter(|file| owns(&file.path)).cloned().collect();
        let listing = match laws {
            Laws::Enforced => Listing::read(&source.name, &files, errors).into(),
            Laws::Proved => OnceLock::new(),
        };
        StructureSet { pack: source.name.clone(), code_sets: Arc::clone(code_sets), files, listing }
    }

    fn listing(&self) -> &Listing {
        self.listing.get_or_init(|| Listing::read(&self.pack, &self.files, &mut Vec::new()))
    }

    /// The structure of an OID, read now if it has not been; none where the set has no such structure.
    ///
    /// # Errors
    /// What is wrong with the files of the structure, the same every time.
    pub fn get(&self, oid: &str) -> Option<Result<&Arc<CompiledStructure>, &PackErrors>> {
        self.listing().of_oid(oid).map(|held| self.structure(held))
    }

    /// The OID of the structure whose documents have the root element; where there are several, of the newest.
    pub fn of_root(&self, key: &str) -> Option<&str> {
        let listing = self.listing();
        listing.by_root.get(key).and_then(|&number| listing.held.get(number)).map(|held| held.entry.oid.as_str())
    }

    /// The OID of the newest structure of the document type that an OID is about: what stands before its version.
    pub fn newest_of_type(&self, oid: &str) -> Option<&str> {
        let listing = self.listing();
        let newest = listing.held.get(*listing.by_type.get(type_of(oid)?)?)?;
        Some(newest.entry.oid.as_str())
    }

    /// What the index says of each structure, in its order.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &StructureEntry> {
        self.listing().held.iter().map(|held| &held.entry)
    }

    /// What the index says of the structure of an OID.
    pub fn entry(&self, oid: &str) -> Option<&StructureEntry> {
        self.listing().of_oid(oid).map(|held| &held.entry)
    }

    /// Whether there are no structures.
    pub fn is_empty(&self) -> bool {
        self.listing().held.is_empty()
    }

    /// Reads all structures that have not been read.
    ///
    /// # Errors
    /// What is wrong with any of them.
    pub fn compile_all(&self) -> Result<(), PackErrors> {
        let wrong = self.listing().held.iter().filter_map(|held| self.structure(held).err());
        let errors: Vec<PackError> = wrong.flat_map(|errors| errors.0.iter().cloned()).collect();
        if errors.is_empty() { Ok(()) } else { Err(PackErrors(errors)) }
    }

    fn structure<'s>(&'s self, held: &'s Held) -> Result<&'s Arc<CompiledStructure>, &'s PackErrors> {
        held.structure.get_or_init(|| self.read_structure(held)).as_ref()
    }

    fn read_structure(&self, held: &Held) -> Result<Arc<CompiledStructure>, PackErrors> {
        let reader = |file| Reader { pack: &self.pack, file };
        let mut errors = Vec::new();
        let Some(own) = self.files.get(held.file) else { return Err(PackErrors(errors)) };
        let structure = file::read(reader(own), &mut errors).map(|mut structure| {
            if let Some(file) = held.conditions.and_then(|number| self.files.get(number)) {
                let more = condition_file::read(reader(file), &structure, &mut errors);
                structure.conditions.extend(more);
            }
            structure
        });
        if let Some(structure) = structure.as_ref().filter(|_| errors.is_empty()) {
            let differing = differing(&held.entry, &StructureEntry::of(structure));
            let index = self.files.iter().filter(|file| file.path == INDEX);
            for (key, index) in differing.into_iter().zip(index.cycle()) {
                let message = format!("`{key}` is not what the files of `{}` say", held.entry.oid);
                errors.push(reader(index).error(held.at, message));
            }
        }
        let Some(structure) = structure.filter(|_| errors.is_empty()) else { return Err(PackErrors(errors)) };
        CompiledStructure::compile(structure, &self.code_sets)
            .map(Arc::new)
            .map_err(|wrong| PackErrors(wrong.iter().map(|error| reader(own).error(0, error.to_string())).collect()))
    }
}

/// The part of an OID that names the document type, with the dot behind it.
fn type_of(oid: &str) -> Option<&str> {
    let (end, _) = oid.match_indices('.').nth(TYPE_NUMBERS)?;
    oid.get(..=end)
}

/// Whether a file of a pack is about structures.
pub(crate) fn owns(path: &str) -> bool {
    (path.starts_with(FOLDER) || path.starts_with(CONDITIONS)) && path.ends_with(".toml")
}

/// The keys in which a row of the index differs from what it must be.
fn differing(row: &StructureEntry, own: &StructureEntry) -> Vec<&'static str> {
    let same = [
        ("oid", row.oid == own.oid),
        ("root", row.root == own.root),
        ("version", row.version == own.version),
        ("type", row.document_type == own.document_type),
        ("fi", row.fi == own.fi),
        ("sv", row.sv == own.sv),
        ("fields", row.fields == own.fields),
        ("required", row.required == own.required),
        ("conditional", row.conditional == own.conditional),
        ("executable", row.executable == own.executable),
    ];
    same.into_iter().filter(|(_, is_same)| !is_same).map(|(key, _)| key).collect()
}
