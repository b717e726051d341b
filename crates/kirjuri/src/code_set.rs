//! Code sets: which codes a code system has, and what they are called.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use toml::Spanned;
use unicode_normalization::UnicodeNormalization;

use crate::identifiers::is_valid_oid;
use crate::pack::Laws;
use crate::source::{PackError, PackFile, Reader};

/// The codes of one version of a code system, as far as they are known.
#[derive(Clone, Debug)]
pub struct CodeSet {
    /// OID of the version; of a list that no code system is, a URN (`urn:…`).
    pub oid: String,
    /// Name in the national code service.
    pub name: String,
    /// Version, where the OID names one.
    pub version: Option<String>,
    /// Whether the source lists the whole set. Only then is a code that is not here an unknown code.
    pub complete: bool,
    /// Where the codes were read.
    pub source: Vec<String>,
    names: OnceLock<Names>,
    /// Where the names are still to be read: most sets are for documents that a run does not meet.
    file: Option<PackFile>,
}

/// The names of each code, folded.
type Names = FxHashMap<String, Vec<String>>;

/// A code set as its file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeSetFile {
    oid: Spanned<String>,
    name: Spanned<String>,
    version: Option<Spanned<String>>,
    complete: bool,
    source: Vec<Spanned<String>>,
    code: Option<Vec<CodeEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeEntry {
    code: Spanned<String>,
    fi: Option<Spanned<String>>,
    sv: Option<Spanned<String>>,
    en: Option<Spanned<String>>,
    #[serde(default)]
    also: Vec<Spanned<String>>,
}

/// Reads the file of a code set and enforces its laws. What is wrong goes to `errors`; a set is returned wherever the
/// file could be read, so that a second one of its OID is told as well. The codes of a set that is proved are read when
/// they are first asked for.
pub(crate) fn read(reader: Reader<'_>, laws: Laws, errors: &mut Vec<PackError>) -> Option<CodeSet> {
    let head = (laws == Laws::Proved).then(|| reader.parse_head(&["[[code]]", "code = ["])).flatten();
    let later = head.is_some().then(|| reader.file.clone());
    let file: CodeSetFile = head.map_or_else(|| reader.parse(), Ok).map_err(|error| errors.push(error)).ok()?;
    if file.code.is_none() && later.is_none() {
        errors.push(reader.error(0, "missing field `code`"));
        return None;
    }
    // A list of a pack's own, such as the abbreviations that everybody knows, has no OID.
    let is_named = file.oid.as_ref().strip_prefix("urn:").is_some_and(|name| !name.trim().is_empty());
    if !is_named && !is_valid_oid(file.oid.as_ref()) {
        errors
            .push(reader.error(file.oid.span().start, "the `oid` of a code set is an OID: numbers with dots between"));
    }
    let mut line = |key: &str, text: Spanned<String>| {
        reader.check_line(text.span().start, key, text.as_ref(), errors);
        text.into_inner()
    };
    let name = line("name", file.name);
    let version = file.version.map(|version| line("version", version));
    let source = file.source.into_iter().map(|source| line("source", source)).collect();
    let names = file.code.map(|codes| names(reader, codes, errors).into()).unwrap_or_default();
    Some(CodeSet { oid: file.oid.into_inner(), name, version, complete: file.complete, source, names, file: later })
}

fn names(reader: Reader<'_>, codes: Vec<CodeEntry>, errors: &mut Vec<PackError>) -> Names {
    let mut line = |key: &str, text: Spanned<String>| {
        reader.check_line(text.span().start, key, text.as_ref(), errors);
        text.into_inner()
    };
    let mut names = Names::default();
    let mut twins = Vec::new();
    for entry in codes {
        let at = entry.code.span().start;
        let known = [("fi", entry.fi), ("sv", entry.sv), ("en", entry.en)];
        let known = known.into_iter().filter_map(|(key, name)| Some((key, name?)));
        let known = known.chain(entry.also.into_iter().map(|name| ("also", name)));
        let known: Vec<String> = known.map(|(key, name)| folded(&line(key, name))).collect();
        let code = line("code", entry.code);
        if names.insert(code.clone(), known).is_some() {
            twins.push(reader.error(at, format!("the code `{code}` is listed twice")));
        }
    }
    errors.append(&mut twins);
    names
}

/// The names in a file that was read before, so that it can be read.
fn proved(file: &PackFile) -> Option<Names> {
    let reader = Reader { pack: "", file };
    let CodeSetFile { code, .. } = reader.parse().ok()?;
    Some(names(reader, code?, &mut Vec::new()))
}

impl CodeSet {
    fn names(&self) -> &Names {
        self.names.get_or_init(|| self.file.as_ref().and_then(proved).unwrap_or_default())
    }

    /// Whether the set has the code.
    pub fn contains(&self, code: &str) -> bool {
        self.names().contains_key(code)
    }

    /// Whether a name may stand beside the code: it is one of the code's names but for case and white space, or the
    /// set knows no name for the code.
    pub fn accepts_name(&self, code: &str, name: &str) -> bool {
        match self.names().get(code) {
            Some(names) if !names.is_empty() => {
                // Mostly the first name is the one, and it needs no copy.
                is_composed(name) && names.iter().any(|known| plain_folded(name).eq(known.chars()))
                    || names.contains(&folded(name))
            }
            _ => true,
        }
    }

    /// The code that has the name, case and white space aside. None where several have it: which is meant is not known.
    pub fn code_of(&self, name: &str) -> Option<&str> {
        let name = folded(name);
        let mut codes = self.names().iter().filter(|(_, names)| names.contains(&name));
        match (codes.next(), codes.next()) {
            (Some((code, _)), None) => Some(code),
            _ => None,
        }
    }
}

/// A name without what real documents vary freely: case, white space, and whether an accent is a character of its own.
fn folded(name: &str) -> String {
    match is_composed(name) {
        true => plain_folded(name).collect(),
        false => name.nfc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect(),
    }
}

/// [`folded`] of a name in normal form.
fn plain_folded(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase)
}

/// Whether a name is certainly in normal form: below the combining marks every text is.
fn is_composed(name: &str) -> bool {
    name.chars().all(|c| c < '\u{300}')
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

    /// The set of an OID; where there is none, the newest of those whose OIDs begin with it, that is, its versions.
    pub fn newest(&self, oid: &str) -> Option<&CodeSet> {
        let is_version = |set: &&CodeSet| set.oid.strip_prefix(oid).is_some_and(|rest| rest.starts_with('.'));
        // A version is a number, in which a longer one is the larger.
        let order = |set: &&CodeSet| (set.oid.len(), set.oid.clone());
        self.get(oid).or_else(|| self.0.values().filter(is_version).max_by_key(order))
    }

    /// All sets, ordered by OID.
    pub fn iter(&self) -> impl Iterator<Item = &CodeSet> {
        self.0.values().map(|set| (&set.oid, set)).collect::<BTreeMap<_, _>>().into_values()
    }
}
