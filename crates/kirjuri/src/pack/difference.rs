//! What changed between two versions of a pack: its rules, its code sets and its structures.
//!
//! Files are compared as data, key by key, so that a change of layout or of a comment is none.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::source::{PackFile, PackSource};

const MANIFEST: &str = "pack.toml";

/// What changed from one version of a pack to another.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PackDifference {
    /// The keys of `pack.toml` whose values changed, but for the guidelines, whose changes are told of the rules that cite
    /// them.
    pub manifest: Vec<Change>,
    /// The rules that are new, gone, renamed or changed, by their newest name.
    pub rules: Vec<RuleDifference>,
    /// The code sets that are new, gone or changed, by OID.
    pub code_sets: Vec<CodeSetDifference>,
    /// Other files that are new, gone or changed, such as document structures and their conditions, by path.
    pub files: Vec<FileDifference>,
}

/// What became of something that a pack has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fate {
    /// Only the later pack has it.
    New,
    /// Only the earlier pack has it.
    Gone,
    /// Both have it, and it is not the same.
    Changed,
}

impl Fate {
    /// The stable name.
    pub fn id(self) -> &'static str {
        match self {
            Fate::New => "new",
            Fate::Gone => "gone",
            Fate::Changed => "changed",
        }
    }
}

/// A key of a file and its values before and after, as TOML.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The key, for instance `severity`; a key of a guideline of a rule is `guideline.valid-from`.
    pub key: String,
    /// What it was; nothing where the key is new.
    pub before: Option<String>,
    /// What it is; nothing where the key is gone.
    pub after: Option<String>,
}

/// What became of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuleDifference {
    /// Its name in the later pack; of one that is gone, in the earlier.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// Its name in the earlier pack, where that is another, which the later one remembers (`was`).
    pub was: Option<String>,
    /// What changed in it, in the order in which a rule file says it.
    pub changes: Vec<Change>,
}

/// What became of a code set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeSetDifference {
    /// Its OID.
    pub oid: String,
    /// What became of it.
    pub fate: Fate,
    /// Codes that only the later pack has.
    pub added: Vec<String>,
    /// Codes that only the earlier pack has.
    pub removed: Vec<String>,
    /// Codes whose names or other data changed.
    pub altered: Vec<String>,
    /// Keys of the set itself whose values changed.
    pub changes: Vec<Change>,
}

/// What became of a file that is neither a rule nor a code set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileDifference {
    /// Its path in the pack.
    pub path: String,
    /// What became of it.
    pub fate: Fate,
}

/// The keys of a rule in the order in which a rule file says them; others follow by name.
const KEYS: [&str; 21] = [
    "criterion",
    "severity",
    "safety-critical",
    "guideline",
    "guideline.title",
    "guideline.publisher",
    "guideline.valid-from",
    "guideline.valid-to",
    "valid-from",
    "valid-to",
    "context",
    "assert",
    "point",
    "missing",
    "series",
    "check",
    "title",
    "why",
    "fix",
    "pass",
    "fail",
];

impl PackDifference {
    /// Compares two versions of a pack that both load. A file that cannot be read as TOML is compared as text.
    pub fn between(before: &PackSource, after: &PackSource) -> PackDifference {
        let (before, after) = (Content::of(before), Content::of(after));
        let mut manifest = changes(&before.manifest, &after.manifest);
        manifest.retain(|change| !change.key.starts_with("guidelines."));
        PackDifference {
            manifest,
            rules: rules(&before, &after),
            code_sets: code_sets(&before, &after),
            files: fates(&before.others, &after.others)
                .map(|(path, fate)| FileDifference { path: path.to_owned(), fate })
                .collect(),
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.manifest.is_empty() && self.rules.is_empty() && self.code_sets.is_empty() && self.files.is_empty()
    }

    /// What a rule of the earlier pack is called in the later one.
    pub fn name_after<'a>(&'a self, name: &'a str) -> &'a str {
        self.rules.iter().find(|rule| rule.was.as_deref() == Some(name)).map_or(name, |rule| &rule.name)
    }
}

/// The files of a pack, by what they are for.
#[derive(Default)]
struct Content {
    manifest: Table,
    rules: BTreeMap<String, Table>,
    code_sets: BTreeMap<String, Table>,
    others: BTreeMap<String, String>,
}

impl Content {
    fn of(source: &PackSource) -> Content {
        let mut content = Content::default();
        for PackFile { path, text } in &source.files {
            let table = || text.parse::<Table>().ok();
            let oid = |table: &Table| table.get("oid").and_then(Value::as_str).map(str::to_owned);
            let Some(stem) = path.strip_suffix(".toml") else { continue };
            if path == MANIFEST {
                content.manifest = table().unwrap_or_default();
            } else if let (false, Some(table)) = (path.contains('/'), table()) {
                content.rules.insert(stem.to_owned(), table);
            } else if let (true, Some((oid, table))) =
                (path.starts_with("code-sets/"), table().and_then(|table| Some((oid(&table)?, table))))
            {
                content.code_sets.insert(oid, table);
            } else {
                // As data, where it is some.
                let text = table().map_or_else(|| text.clone().into_owned(), |table| table.to_string());
                content.others.insert(path.clone(), text);
            }
        }
        content
    }

    /// A rule with what the guidelines are that it cites, each list in the order of the citations.
    fn dated(&self, rule: &Table) -> Table {
        let mut dated = rule.clone();
        dated.remove("was");
        let cited = rule.get("guideline").and_then(Value::as_array).into_iter().flatten();
        let cited = cited.filter_map(|clause| self.manifest.get("guidelines")?.get(clause.get("doc")?.as_str()?));
        let cited: Vec<&Value> = cited.collect();
        for key in ["title", "publisher", "valid-from", "valid-to"] {
            let days: Vec<Value> = cited.iter().filter_map(|guideline| guideline.get(key)).cloned().collect();
            if !days.is_empty() {
                dated.insert(format!("guideline.{key}"), Value::Array(days));
            }
        }
        dated
    }
}

/// A table with the keys of tables inside it beside its own, as `series.group`; texts in three languages are one value.
fn flat(table: &Table) -> Table {
    let mut flat = Table::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) if !inner.contains_key("fi") => {
                flat.extend(inner.iter().map(|(name, value)| (format!("{key}.{name}"), value.clone())));
            }
            value => drop(flat.insert(key.clone(), value.clone())),
        }
    }
    flat
}

/// The keys whose values are not the same.
fn changes(before: &Table, after: &Table) -> Vec<Change> {
    let (before, after) = (&flat(before), &flat(after));
    let place = |key: &str| KEYS.iter().position(|known| *known == key).unwrap_or(KEYS.len());
    let written = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.iter().all(Value::is_str) => {
            values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        value => value.to_string(),
    };
    let keys: BTreeSet<(usize, &String)> = before.keys().chain(after.keys()).map(|key| (place(key), key)).collect();
    let pairs = keys.into_iter().map(|(_, key)| (key, before.get(key), after.get(key)));
    pairs
        .filter(|(_, before, after)| before != after)
        .map(|(key, before, after)| Change { key: key.clone(), before: before.map(written), after: after.map(written) })
        .collect()
}

/// What became of the entries of two maps, by key.
fn fates<'m, V: PartialEq>(
    before: &'m BTreeMap<String, V>,
    after: &'m BTreeMap<String, V>,
) -> impl Iterator<Item = (&'m str, Fate)> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter_map(|key| {
        let fate = match (before.get(key), after.get(key)) {
            (None, _) => Fate::New,
            (_, None) => Fate::Gone,
            (before, after) if before == after => return None,
            _ => Fate::Changed,
        };
        Some((key.as_str(), fate))
    })
}

fn rules(before: &Content, after: &Content) -> Vec<RuleDifference> {
    // A name that both have is no former name, whatever a rule says it was called.
    let former = |rule: &Table| {
        let was = rule.get("was")?.as_array()?;
        let mut was = was.iter().filter_map(Value::as_str);
        was.find(|name| before.rules.contains_key(*name) && !after.rules.contains_key(*name)).map(str::to_owned)
    };
    let mut renamed = BTreeSet::new();
    let mut all = Vec::new();
    for (name, rule) in &after.rules {
        let was = if before.rules.contains_key(name) { None } else { former(rule) };
        let Some(old) = before.rules.get(was.as_ref().unwrap_or(name)) else {
            all.push(RuleDifference { name: name.clone(), fate: Fate::New, was: None, changes: Vec::new() });
            continue;
        };
        renamed.extend(was.clone());
        let changes = changes(&before.dated(old), &after.dated(rule));
        if was.is_some() || !changes.is_empty() {
            all.push(RuleDifference { name: name.clone(), fate: Fate::Changed, was, changes });
        }
    }
    let gone = before.rules.keys().filter(|name| !after.rules.contains_key(*name) && !renamed.contains(*name));
    all.extend(gone.map(|name| RuleDifference {
        name: name.clone(),
        fate: Fate::Gone,
        was: None,
        changes: Vec::new(),
    }));
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn code_sets(before: &Content, after: &Content) -> Vec<CodeSetDifference> {
    let empty = Table::new();
    let difference = |(oid, fate): (&str, Fate)| {
        let (old, new) = (before.code_sets.get(oid).unwrap_or(&empty), after.code_sets.get(oid).unwrap_or(&empty));
        let (old_codes, new_codes) = (codes(old), codes(new));
        let of = |wanted: Fate| {
            let fates = fates(&old_codes, &new_codes).filter(|(_, fate)| *fate == wanted);
            fates.map(|(code, _)| code.to_owned()).collect()
        };
        let mut changes = if fate == Fate::Changed { changes(old, new) } else { Vec::new() };
        changes.retain(|change| change.key != "code");
        let (added, removed, altered) = (of(Fate::New), of(Fate::Gone), of(Fate::Changed));
        CodeSetDifference { oid: oid.to_owned(), fate, added, removed, altered, changes }
    };
    let all = fates(&before.code_sets, &after.code_sets).map(difference);
    // Codes in another order are the same codes.
    let says_something = |set: &CodeSetDifference| {
        let codes = [&set.added, &set.removed, &set.altered];
        set.fate != Fate::Changed || !set.changes.is_empty() || codes.iter().any(|codes| !codes.is_empty())
    };
    all.filter(says_something).collect()
}

fn codes(set: &Table) -> BTreeMap<String, Value> {
    let codes = set.get("code").and_then(Value::as_array).into_iter().flatten();
    codes.filter_map(|code| Some((code.get("code")?.as_str()?.to_owned(), code.clone()))).collect()
}
