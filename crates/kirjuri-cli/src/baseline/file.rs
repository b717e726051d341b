//! The file of a baseline: TOML, sorted, with nothing of a document and no path in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::path::Path;
use std::{fs, io};

use kirjuri::Fingerprint;
use kirjuri::identifiers::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::Failure;

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

const VERSION: i64 = 1;

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
        let failed = |faults: Vec<String>| Failure::Input { name: name.clone(), faults };
        let denied = |error: io::Error| {
            let said = match error.kind() {
                io::ErrorKind::NotFound => "there is no such file; `kirjuri baseline write` makes one".to_owned(),
                io::ErrorKind::PermissionDenied => "the file may not be read".to_owned(),
                _ => error.to_string(),
            };
            failed(vec![format!("{name}: {said}")])
        };
        if fs::metadata(path).map_err(denied)?.len() > LARGEST {
            return Err(failed(vec![format!("{name}: the file is too large")]));
        }
        let text = fs::read_to_string(path).map_err(denied)?;
        BaselineFile::parse(&text)
            .map_err(|faults| failed(faults.into_iter().map(|fault| format!("{name}:{fault}")).collect()))
    }

    /// Reads the text of a file; else all that is wrong with it, as `line:column: message`.
    fn parse(text: &str) -> Result<BaselineFile, Vec<String>> {
        let written: Written = toml::from_str(text).map_err(|error| {
            // Only the first line of a message says what is wrong.
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let message = match suggestion(&message) {
                Some(suggestion) => format!("{message}; did you mean `{suggestion}`?"),
                None => message,
            };
            vec![fault(text, error.span().unwrap_or_default(), &message)]
        })?;
        let mut faults = Vec::new();
        let mut wrong = |span: Range<usize>, message: &str| faults.push((span.start, fault(text, span, message)));
        if *written.version.as_ref() != VERSION {
            wrong(written.version.span(), "this version of kirjuri reads and writes version 1 of the file");
        }
        let key = bytes(written.key.as_ref()).map(Key);
        if key.is_none() {
            wrong(written.key.span(), "the key is 32 hexadecimal digits; without it the fingerprints say nothing");
        }
        let mut suppressions: BTreeMap<Terms, BTreeSet<Mark>> = BTreeMap::new();
        let mut known = BTreeSet::new();
        for block in written.suppression {
            let mut day = |written: Option<Spanned<Datetime>>| {
                let written = written?;
                let day = date(written.as_ref());
                if day.is_none() {
                    wrong(written.span(), "a day is written 2027-01-31, without quotes and without a time");
                }
                day
            };
            let (since, expires) = (day(block.since), day(block.expires));
            if !block.rule.as_ref().contains('/') {
                wrong(block.rule.span(), "a rule is named by its pack and its name: `pack/rule`");
            }
            let mut line = |written: Option<Spanned<String>>| {
                let written = written?;
                if written.as_ref().chars().any(char::is_control) {
                    wrong(written.span(), "a reason and an owner are one line");
                }
                Some(written.into_inner()).filter(|text| !text.trim().is_empty())
            };
            let (owner, reason) = (line(block.owner), line(block.reason));
            let mut marks = BTreeSet::new();
            for fingerprint in &block.fingerprints {
                match bytes(fingerprint.as_ref()).map(Mark) {
                    // What two people entered at the same time is there once, in the terms that stand first.
                    Some(mark) if known.insert(mark) => drop(marks.insert(mark)),
                    Some(_) => {}
                    None => wrong(fingerprint.span(), "a fingerprint is 20 hexadecimal digits"),
                }
            }
            let terms = Terms { rule: block.rule.into_inner(), since, expires, owner, reason };
            suppressions.entry(terms).or_default().append(&mut marks);
        }
        match key {
            Some(key) if faults.is_empty() => Ok(BaselineFile { key, suppressions }),
            _ => {
                faults.sort_by_key(|(at, _)| *at);
                Err(faults.into_iter().map(|(_, fault)| fault).collect())
            }
        }
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: Spanned<i64>,
    key: Spanned<String>,
    #[serde(default)]
    suppression: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    rule: Spanned<String>,
    reason: Option<Spanned<String>>,
    owner: Option<Spanned<String>>,
    expires: Option<Spanned<Datetime>>,
    since: Option<Spanned<Datetime>>,
    fingerprints: Vec<Spanned<String>>,
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

/// What is wrong at a place of a text.
fn fault(text: &str, span: Range<usize>, message: &str) -> String {
    let before = text.get(..text.floor_char_boundary(span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{line}:{column}: {message}")
}

/// The known name nearest to the unknown one, out of a message such as "unknown field `a`, expected one of `b`, `c`".
fn suggestion(message: &str) -> Option<&str> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let unknown = quoted.next().filter(|_| message.starts_with("unknown"))?;
    let alike = quoted.map(|known| (strsim::jaro_winkler(unknown, known), known));
    let nearest = alike.filter(|(likeness, _)| *likeness > 0.8).max_by(|one, other| one.0.total_cmp(&other.0));
    nearest.map(|(_, known)| known)
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
        assert_eq!(BaselineFile::parse(&file.text()), Ok(file.clone()));
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
        assert_eq!(BaselineFile::parse(&file.text()).unwrap().len(), 3);
        assert_eq!(BaselineFile::parse(&file.text()).unwrap().key, file.key);
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
            ("version = 1", &["1:1: missing field `key`"][..]),
            (
                "version = 2\nkey = \"x\"",
                &[
                    "1:11: this version of kirjuri reads and writes version 1 of the file",
                    "2:7: the key is 32 hexadecimal digits; without it the fingerprints say nothing",
                ],
            ),
            (
                &format!("version = 1\n{key}\n[[supression]]"),
                &[
                    "3:3: unknown field `supression`, expected one of `version`, `key`, `suppression`; did you mean `suppression`?",
                ],
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
                &[
                    "5:1: unknown field `expire`, expected one of `rule`, `reason`, `owner`, `expires`, `since`, `fingerprints`; did you mean `expires`?",
                ],
            ),
            (
                &format!(
                    "version = 1\n{key}\n[[suppression]]\nrule = \"a/b\"\nexpires = 2027-01-31T10:00:00\nfingerprints = []"
                ),
                &["5:11: a day is written 2027-01-31, without quotes and without a time"],
            ),
        ] {
            assert_eq!(BaselineFile::parse(text).unwrap_err(), expected, "{text}");
        }
    }
}
