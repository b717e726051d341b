//! Code sets: which codes a code system has, and what they are called.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Deserialize;

/// The codes of one version of a code system, as far as they are known.
#[derive(Clone, Debug)]
pub struct CodeSet {
    /// OID of the version.
    pub oid: String,
    /// Name in the national code service.
    pub name: String,
    /// Version, where the OID names one.
    pub version: Option<String>,
    /// Whether the source lists the whole set. Only then is a code that is not here an unknown code.
    pub complete: bool,
    /// Where the codes were read.
    pub source: Vec<String>,
    names: FxHashMap<String, Vec<String>>,
}

/// A code set as its file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeSetFile {
    oid: String,
    name: String,
    version: Option<String>,
    complete: bool,
    source: Vec<String>,
    code: Vec<CodeEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeEntry {
    code: String,
    fi: Option<String>,
    sv: Option<String>,
    en: Option<String>,
    #[serde(default)]
    also: Vec<String>,
}

impl From<CodeSetFile> for CodeSet {
    fn from(file: CodeSetFile) -> CodeSet {
        let entry = |entry: CodeEntry| {
            let names = [entry.fi, entry.sv, entry.en].into_iter().flatten().chain(entry.also);
            (entry.code, names.map(|name| folded(&name).collect()).collect())
        };
        CodeSet {
            oid: file.oid,
            name: file.name,
            version: file.version,
            complete: file.complete,
            source: file.source,
            names: file.code.into_iter().map(entry).collect(),
        }
    }
}

impl CodeSet {
    /// Whether the set has the code.
    pub fn contains(&self, code: &str) -> bool {
        self.names.contains_key(code)
    }

    /// Whether a name may stand beside the code: it is one of the code's names but for case and white space, or the
    /// set knows no name for the code.
    pub fn accepts_name(&self, code: &str, name: &str) -> bool {
        match self.names.get(code) {
            Some(names) if !names.is_empty() => names.iter().any(|known| known.chars().eq(folded(name))),
            _ => true,
        }
    }
}

/// A name without what real documents vary freely: case and white space.
fn folded(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase)
}

/// The code sets of a pack, by OID.
///
/// Sets and codes are hashed without a secret: the keys come from the pack, and a document only looks them up.
#[derive(Clone, Default, Debug)]
pub struct CodeSets(FxHashMap<String, CodeSet>);

impl CodeSets {
    pub(crate) fn insert(&mut self, set: CodeSet) -> Option<CodeSet> {
        self.0.insert(set.oid.clone(), set)
    }

    /// The set of an OID.
    pub fn get(&self, oid: &str) -> Option<&CodeSet> {
        self.0.get(oid)
    }

    /// All sets, ordered by OID.
    pub fn iter(&self) -> impl Iterator<Item = &CodeSet> {
        self.0.values().map(|set| (&set.oid, set)).collect::<BTreeMap<_, _>>().into_values()
    }
}
