//! Code sets: which codes a code system has, and what they are called.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;
use toml::Spanned;
use unicode_normalization::UnicodeNormalization;

use crate::codes;
use crate::identifiers::{Date, Timestamp, is_valid_oid};
use crate::language::Language;
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
    codes: OnceLock<Codes>,
    /// By folded name, the code that has it; nothing where several have it. Made when a name is first looked up.
    by_name: OnceLock<FxHashMap<String, Option<Box<str>>>>,
    /// Where the codes are still to be read: most sets are for documents that a run does not meet.
    file: Option<PackFile>,
}

type Codes = FxHashMap<String, Code>;

/// What is known of a code.
#[derive(Clone, Default, Debug)]
struct Code {
    /// Its names in the languages, in the order of [`Language::ALL`].
    names: [Option<String>; 3],
    /// All its names, folded.
    folded: Vec<String>,
    /// First and last day in force, where they are known.
    from: Option<Date>,
    to: Option<Date>,
}

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
    from: Option<Spanned<String>>,
    to: Option<Spanned<String>>,
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
    let codes = file.code.map(|codes| read_codes(reader, codes, errors).into()).unwrap_or_default();
    Some(CodeSet {
        oid: file.oid.into_inner(),
        name,
        version,
        complete: file.complete,
        source,
        codes,
        file: later,
        by_name: OnceLock::new(),
    })
}

/// Which code has a folded name.
fn by_name(codes: &Codes) -> FxHashMap<String, Option<Box<str>>> {
    let mut names: FxHashMap<String, Option<Box<str>>> = FxHashMap::default();
    for (code, known) in codes {
        for name in &known.folded {
            let code_of = names.entry(name.clone()).or_insert_with(|| Some(code.as_str().into()));
            // A code may have one name twice, in two languages.
            if code_of.as_deref() != Some(code) {
                *code_of = None;
            }
        }
    }
    names
}

fn read_codes(reader: Reader<'_>, entries: Vec<CodeEntry>, errors: &mut Vec<PackError>) -> Codes {
    let mut codes = Codes::default();
    let mut twins = Vec::new();
    for entry in entries {
        let at = entry.code.span().start;
        let (from, to) = (day(reader, &entry.from, errors), day(reader, &entry.to, errors));
        let last = entry.to.as_ref().map_or(at, |written| written.span().start);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            errors.push(reader.error(last, "`to` is before `from`"));
        }
        let mut line = |key: &str, text: Spanned<String>| {
            reader.check_line(text.span().start, key, text.as_ref(), errors);
            text.into_inner()
        };
        let names = [("fi", entry.fi), ("sv", entry.sv), ("en", entry.en)];
        let names = names.map(|(key, name)| name.map(|name| line(key, name)));
        let also = entry.also.into_iter().map(|name| folded(&line("also", name)));
        let folded = names.iter().flatten().map(|name| folded(name)).collect::<Vec<_>>().into_iter().chain(also);
        let known = Code { folded: folded.collect(), names, from, to };
        let code = line("code", entry.code);
        if codes.insert(code.clone(), known).is_some() {
            twins.push(reader.error(at, format!("the code `{code}` is listed twice")));
        }
    }
    errors.append(&mut twins);
    codes
}

fn day(reader: Reader<'_>, written: &Option<Spanned<String>>, errors: &mut Vec<PackError>) -> Option<Date> {
    let written = written.as_ref()?;
    let text = written.as_ref();
    let day = Date::parse(&text.replace('-', "")).filter(|_| text.len() == 10);
    if day.is_none() {
        errors.push(reader.error(written.span().start, "a date is written YYYY-MM-DD"));
    }
    day
}

/// The codes in a file that was read before, so that it can be read.
fn proved(file: &PackFile) -> Option<Codes> {
    let reader = Reader { pack: "", file };
    let CodeSetFile { code, .. } = reader.parse().ok()?;
    Some(read_codes(reader, code?, &mut Vec::new()))
}

impl CodeSet {
    fn codes(&self) -> &Codes {
        self.codes.get_or_init(|| self.file.as_ref().and_then(proved).unwrap_or_default())
    }

    /// How many codes it has.
    pub fn len(&self) -> usize {
        self.codes().len()
    }

    /// Whether it has no code.
    pub fn is_empty(&self) -> bool {
        self.codes().is_empty()
    }

    /// Whether the set has the code.
    pub fn contains(&self, code: &str) -> bool {
        self.codes().contains_key(code)
    }

    /// The name of a code in a language, where it is known.
    pub fn display(&self, code: &str, language: Language) -> Option<&str> {
        self.codes().get(code)?.names.get(language as usize)?.as_deref()
    }

    /// The first and the last day in force of a code, where they are known.
    pub fn validity(&self, code: &str) -> (Option<Date>, Option<Date>) {
        self.codes().get(code).map_or((None, None), |code| (code.from, code.to))
    }

    /// False where the code was certainly not in force at a time.
    pub fn may_be_active(&self, code: &str, time: &Timestamp) -> bool {
        let (from, to) = self.validity(code);
        codes::may_be_within(time, from, to)
    }

    /// Whether a name may stand beside the code: it is one of the code's names but for case and white space, or the
    /// set knows no name for the code.
    pub fn accepts_name(&self, code: &str, name: &str) -> bool {
        match self.codes().get(code) {
            Some(Code { folded: names, .. }) if !names.is_empty() => {
                // Mostly the first name is the one, and it needs no copy.
                is_composed(name) && names.iter().any(|known| plain_folded(name).eq(known.chars()))
                    || names.contains(&folded(name))
            }
            _ => true,
        }
    }

    /// The code that has the name, case and white space aside. None where several have it: which is meant is not known.
    pub fn code_of(&self, name: &str) -> Option<&str> {
        self.by_name.get_or_init(|| by_name(self.codes())).get(&folded(name))?.as_deref()
    }
}

/// A name without what real documents vary freely: case, white space, and whether an accent is a character of its own.
pub(crate) fn folded(name: &str) -> String {
    match is_composed(name) {
        true => plain_folded(name).collect(),
        false => name.nfc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect(),
    }
}

/// Whether two names are the same but for what [`folded`] leaves out.
pub(crate) fn is_folded_alike(known: &str, name: &str) -> bool {
    match is_composed(known) && is_composed(name) {
        true => plain_folded(known).eq(plain_folded(name)),
        false => folded(known) == folded(name),
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
