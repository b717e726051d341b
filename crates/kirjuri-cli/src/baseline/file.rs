//! The file of a baseline: TOML, sorted, with nothing of a document and no path in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::path::Path;
use std::{fs, io};

use kirjuri::Fingerprint;
use kirjuri::identifiers::Date;
use kirjuri_report::{Fault, TomlReader, TomlValue, in_order, read_toml};
use toml::de::DeTable;
use toml::value::Datetime;

use crate::{Failure, text_file};

/// The entries of a baseline and the key they are written with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BaselineFile {
    pub(crate) key: Key,
    /// What was entered together, with the entries.
    pub(crate) suppressions: BTreeMap<Terms, BTreeSet<Mark>>,
}

/// What holds for some entries.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Terms {
    /// Id of the rule whose findings they stand for.
    pub(crate) rule: String,
    /// The day they were entered.
    pub(crate) since: Option<Date>,
    /// The last day on which they hold.
    pub(crate) expires: Option<Date>,
    pub(crate) owner: Option<String>,
    pub(crate) reason: Option<String>,
}

/// A random number of a file. What stands in one file says nothing about another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Key([u8; 16]);

/// A fingerprint as a file has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Mark([u8; 10]);

impl Key {
    pub(crate) fn random() -> Key {
        // Keys of the standard library's hash tables are random, as those need it against hostile input.
        let number = |salt: u8| RandomState::new().hash_one(salt).to_le_bytes();
        let mut key = [0; 16];
        key.iter_mut().zip([number(0), number(1)].concat()).for_each(|(to, from)| *to = from);
        Key(key)
    }

    /// How a fingerprint is written with this key.
    pub(crate) fn mark(&self, fingerprint: Fingerprint) -> Mark {
        let mut hasher = blake3::Hasher::new_derive_key("kirjuri baseline 1");
        hasher.update(&self.0);
        hasher.update(&fingerprint.0.to_le_bytes());
        let mut mark = [0; 10];
        mark.iter_mut().zip(hasher.finalize().as_bytes()).for_each(|(to, from)| *to = *from);
        Mark(mark)
    }
}

impl Terms {
    /// Whether they do not hold any more. Where no day is known nothing expires.
    pub(crate) fn is_expired(&self, today: Option<Date>) -> bool {
        matches!((self.expires, today), (Some(last), Some(today)) if last < today)
    }
}

const HEAD: &str = "\
# Findings that are known and let be, each by a fingerprint. `kirjuri baseline write` adds entries, `kirjuri baseline prune`
# removes those that have no finding any more. Reasons, owners and dates are yours to edit; a fingerprint may be moved to a
# block of its own. No content of documents belongs here.
";

const VERSION: u64 = 1;

/// A file that is larger is no baseline.
const LARGEST: u64 = 1 << 28;

impl BaselineFile {
    /// A baseline without entries.
    pub(crate) fn new() -> BaselineFile {
        BaselineFile { key: Key::random(), suppressions: BTreeMap::new() }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// All that is wrong with it, with its places.
    pub(crate) fn read(path: &Path) -> Result<BaselineFile, Failure> {
        let name = path.display().to_string();
        if !path.exists() {
            let message = format!("{name}: there is no such file; `kirjuri baseline write` makes one");
            return Err(Failure::Message(message));
        }
        let text = text_file::read(path, LARGEST)?;
        BaselineFile::parse(&name, &text).map_err(|faults| Failure::File { name, faults })
    }

    /// Reads the text of a file; else all that is wrong with it.
    fn parse(path: &str, text: &str) -> Result<BaselineFile, Vec<Fault>> {
        read_toml(path, text, |reader, table| {
            let mut file = BaselineFile { key: Key([0; 16]), suppressions: BTreeMap::new() };
            let mut known = BTreeSet::new();
            for (key, value) in in_order(table) {
                match key.as_ref().as_ref() {
                    "version" if reader.count(value).is_some_and(|version| version != VERSION) => {
                        let message = "this version of kirjuri reads and writes version 1 of the file";
                        reader.fault(value.span(), message);
                    }
                    "version" => {}
                    "key" => match reader.text(value).map(|digits| bytes(digits.as_ref())) {
                        Some(Some(key)) => file.key = Key(key),
                        Some(None) => {
                            let message = "the key is 32 hexadecimal digits; without it the fingerprints say nothing";
                            reader.fault(value.span(), message);
                        }
                        None => {}
                    },
                    "suppression" => {
                        for (span, table) in reader.tables(value, "[[suppression]]") {
                            let (terms, mut marks) = block(reader, span, table, &mut known);
                            file.suppressions.entry(terms).or_default().append(&mut marks);
                        }
                    }
                    _ => reader.unknown_key(key, &KEYS),
                }
            }
            for key in ["version", "key"].into_iter().filter(|key| !table.contains_key(*key)) {
                reader.fault(0..0, format!("the file has no `{key}`"));
            }
            file
        })
    }

    /// Writes the file. It is there as a whole or as it was.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::Message(format!("{} could not be written: {error}", path.display()));
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = path.with_file_name(name);
        fs::write(&new, self.text()).map_err(failed)?;
        fs::rename(&new, path).map_err(failed)
    }

    fn text(&self) -> String {
        let mut text = format!("{HEAD}version = {VERSION}\nkey = \"{}\"\n", digits(&self.key.0));
        for (terms, marks) in self.suppressions.iter().filter(|(_, marks)| !marks.is_empty()) {
            let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
            let lines = [
                ("rule", Some(quoted(&terms.rule))),
                ("reason", terms.reason.as_deref().map(quoted)),
                ("owner", terms.owner.as_deref().map(quoted)),
                ("expires", terms.expires.map(Date::iso)),
                ("since", terms.since.map(Date::iso)),
            ];
            text += "\n[[suppression]]\n";
            for (key, value) in lines.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
                text += &format!("{key} = {value}\n");
            }
            text += "fingerprints = [\n";
            marks.iter().for_each(|mark| text += &format!("    \"{}\",\n", digits(&mark.0)));
            text += "]\n";
        }
        text
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.suppressions.values().map(BTreeSet::len).sum()
    }
}

/// The keys of a file, and of a block of it.
const KEYS: [&str; 3] = ["version", "key", "suppression"];
const BLOCK_KEYS: [&str; 6] = ["rule", "reason", "owner", "expires", "since", "fingerprints"];

/// Reads a block: its terms, and its marks as far as they are not among those of blocks before it.
fn block(
    reader: &mut TomlReader,
    span: Range<usize>,
    table: &DeTable<'_>,
    known: &mut BTreeSet<Mark>,
) -> (Terms, BTreeSet<Mark>) {
    let mut terms = Terms { rule: String::new(), since: None, expires: None, owner: None, reason: None };
    let mut marks = BTreeSet::new();
    for (key, value) in in_order(table) {
        match key.as_ref().as_ref() {
            "rule" => {
                let rule = reader.text(value).map(|rule| rule.into_inner());
                if rule.as_ref().is_some_and(|rule| !rule.contains('/')) {
                    reader.fault(value.span(), "a rule is named by its pack and its name: `pack/rule`");
                }
                terms.rule = rule.unwrap_or_default();
            }
            "since" => terms.since = day(reader, value),
            "expires" => terms.expires = day(reader, value),
            "owner" => terms.owner = line(reader, value),
            "reason" => terms.reason = line(reader, value),
            "fingerprints" => {
                for fingerprint in reader.texts(value).unwrap_or_default() {
                    match bytes(fingerprint.as_ref()).map(Mark) {
                        // What two people entered at the same time is there once, in the terms that stand first.
                        Some(mark) if known.insert(mark) => drop(marks.insert(mark)),
                        Some(_) => {}
                        None => reader.fault(fingerprint.span(), "a fingerprint is 20 hexadecimal digits"),
                    }
                }
            }
            _ => reader.unknown_key(key, &BLOCK_KEYS),
        }
    }
    for key in ["rule", "fingerprints"].into_iter().filter(|key| !table.contains_key(*key)) {
        reader.fault(span.clone(), format!("the block has no `{key}`"));
    }
    (terms, marks)
}

fn day(reader: &mut TomlReader, value: TomlValue<'_, '_>) -> Option<Date> {
    let day = value.as_ref().as_datetime().and_then(date);
    if day.is_none() {
        reader.fault(value.span(), "a day is written 2027-01-31, without quotes and without a time");
    }
    day
}

/// A text of one line; one that says nothing is as none.
fn line(reader: &mut TomlReader, value: TomlValue<'_, '_>) -> Option<String> {
    let text = reader.text(value)?.into_inner();
    if text.chars().any(char::is_control) {
        reader.fault(value.span(), "a reason and an owner are one line");
    }
    Some(text).filter(|text| !text.trim().is_empty())
}

fn date(written: &Datetime) -> Option<Date> {
    let date = written.date.filter(|_| written.time.is_none())?;
    Date::new(date.year, date.month, date.day)
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if digits.len() != N * 2 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<Date> {
        Date::parse(text)
    }

    #[test]
    fn a_baseline_is_what_its_file_says() {
        let mut file = BaselineFile::new();
        assert_eq!(BaselineFile::parse("known.toml", &file.text()), Ok(file.clone()));
        let terms = Terms {
            rule: "notes/empty-note".into(),
            since: day("20261123"),
            expires: day("20270131"),
            owner: Some("Tietohallinto".into()),
            reason: Some("\"vanha\" \\ järjestelmä".into()),
        };
        let plain = Terms { rule: "notes/a".into(), since: None, expires: None, owner: None, reason: None };
        for (terms, count) in [(terms, 3), (plain, 1)] {
            let marks = (0..count).map(|number| file.key.mark(Fingerprint(number)));
            file.suppressions.insert(terms, marks.collect());
        }
        // The entry of the first block is in the second too.
        assert_eq!(BaselineFile::parse("known.toml", &file.text()).unwrap().len(), 3);
        assert_eq!(BaselineFile::parse("known.toml", &file.text()).unwrap().key, file.key);
    }

    #[test]
    fn a_mark_is_of_its_key_and_fingerprint() {
        let (one, other) = (Key::random(), Key::random());
        assert_ne!(one, other);
        assert_ne!(one.mark(Fingerprint(1)), other.mark(Fingerprint(1)));
        assert_ne!(one.mark(Fingerprint(1)), one.mark(Fingerprint(2)));
        // Kept for years.
        assert_eq!(digits(&Key([7; 16]).mark(Fingerprint(1)).0), "692bd1acc0c1cc6f3d13");
    }

    #[test]
    fn what_is_wrong_has_a_place() {
        let key = "key = \"00000000000000000000000000000000\"";
        for (text, expected) in [
            ("version = 1", &["1:1: the file has no `key`"][..]),
            (
                "version = 2\nkey = \"x\"",
                &[
                    "1:11: this version of kirjuri reads and writes version 1 of the file",
                    "2:7: the key is 32 hexadecimal digits; without it the fingerprints say nothing",
                ],
            ),
            (
                &format!("version = 1\n{key}\n[[supression]]"),
                &["3:3: there is no key `supression`; did you mean `suppression`?"],
            ),
            (
                &format!("version = 1\n{key}\n[[suppression]]\nrule = \"a\"\nfingerprints = [\"00\"]"),
                &[
                    "4:8: a rule is named by its pack and its name: `pack/rule`",
                    "5:17: a fingerprint is 20 hexadecimal digits",
                ],
            ),
            (
                &format!("version = 1\n{key}\n[[suppression]]\nrule = \"a/b\"\nexpire = 2027-01-31\nfingerprints = []"),
                &["5:1: there is no key `expire`; did you mean `expires`?"],
            ),
            (
                &format!(
                    "version = 1\n{key}\n[[suppression]]\nrule = \"a/b\"\nexpires = 2027-01-31T10:00:00\nfingerprints = []"
                ),
                &["5:11: a day is written 2027-01-31, without quotes and without a time"],
            ),
        ] {
            let faults = BaselineFile::parse("known.toml", text).unwrap_err();
            let found: Vec<String> = faults.iter().map(|fault| fault.to_string().replace("known.toml:", "")).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
