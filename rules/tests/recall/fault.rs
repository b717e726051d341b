//! The faults that are planted, as `faults/*.toml` describes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// A kind of fault: where it is planted, how, and which rules it must make to fail.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Fault {
    /// Its name, one for all kinds.
    pub(crate) name: String,
    /// What somebody has done wrong, in one sentence.
    pub(crate) says: String,
    /// The documents it is planted in, by the beginning of their names; all that have such a place if empty.
    #[serde(default)]
    pub(crate) documents: Vec<String>,
    /// What a document carries in base64, if it is planted there: `json` or `xhtml`.
    pub(crate) inside: Option<String>,
    /// The places, an expression from the root; it is planted at three of them at most, one at a time.
    pub(crate) at: String,
    /// What is done there.
    #[serde(rename = "do")]
    pub(crate) operation: Operation,
    /// Names of what is changed in the document before the fault is planted: it makes of it what the batch needs.
    #[serde(default)]
    make: Vec<String>,
    /// In a batch: the documents before this one.
    #[serde(default)]
    pub(crate) batch: Vec<Other>,
    /// What `make` names.
    #[serde(skip)]
    pub(crate) made: Vec<Change>,
    /// The rules each of which must find it.
    pub(crate) expect: Vec<String>,
    /// Rules of which a finding is true too, since the fault breaks what they ask for as well.
    #[serde(default)]
    pub(crate) also: Vec<String>,
}

/// Another document of a batch: a copy of the one with the fault, or a fixture, changed as a new document would be.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Other {
    /// The name of a fixture; a copy of the document itself if there is none.
    pub(crate) document: Option<String>,
    /// Names of what is changed in it.
    #[serde(default)]
    make: Vec<String>,
    /// What else is changed in it, each at all places.
    #[serde(default)]
    pub(crate) changes: Vec<Change>,
    /// It is there only then: the fault is that it is missing, or that it is there.
    only: Option<When>,
}

impl Other {
    pub(crate) fn is_there(&self, when: When) -> bool {
        self.only.is_none_or(|only| only == when)
    }
}

/// Before the fault is planted, and after.
#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    Before,
    After,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Change {
    pub(crate) at: String,
    #[serde(rename = "do")]
    pub(crate) operation: Operation,
}

/// What is done to a node.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) enum Operation {
    /// Nothing: the fault is that another document of the batch is there, or is not.
    Keep,
    /// It is left out.
    Drop,
    /// All of its name beside it are left out with it: a member of JSON with all its items.
    DropMember,
    /// What is in it is left out.
    Empty,
    /// It has another value; in JSON a string, unless it is written as JSON.
    Set(String),
    /// The first text is the second.
    Replace([String; 2]),
    /// Its time is another: `+3d`, `-10y`, `+6h`.
    Shift(String),
    /// It stands there twice.
    Repeat,
    /// It and what the expression selects from it take each other's place.
    Swap(String),
    /// It stands behind what the expression selects from it.
    MoveBehind(String),
    /// Only so many characters of its text are left.
    Truncate(usize),
    /// This markup stands behind it.
    InsertBehind(String),
    /// This markup stands inside of it, at the end.
    InsertInside(String),
    /// The element has another name.
    Rename(String),
    /// Its text was read in the wrong encoding.
    Garble,
    /// Of its text a question mark is left for each character that ASCII does not have.
    LoseLetters,
    /// Its text is in capitals.
    Capitals,
    /// Its last digit or letter is the next one.
    Bump,
    /// What is written behind its text.
    Append(String),
    /// It has the value of the attribute that the expression selects from it.
    Copy(String),
}

impl Operation {
    /// A word for the table.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Operation::Keep => "batch",
            Operation::Drop | Operation::DropMember => "drop",
            Operation::Empty => "empty",
            Operation::Set(_) | Operation::Replace(_) | Operation::Bump | Operation::Copy(_) => "change",
            Operation::Shift(_) => "shift a time",
            Operation::Repeat => "repeat",
            Operation::Swap(_) => "swap",
            Operation::MoveBehind(_) => "move",
            Operation::Truncate(_) => "truncate",
            Operation::InsertBehind(_) | Operation::InsertInside(_) | Operation::Append(_) => "insert",
            Operation::Rename(_) => "rename",
            Operation::Garble | Operation::LoseLetters | Operation::Capitals => "spoil a text",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Changes that several batches need, by name.
    #[serde(default)]
    make: BTreeMap<String, Vec<Change>>,
    fault: Vec<Fault>,
}

/// All kinds of faults, by file and then as they stand there.
pub(crate) fn all() -> Vec<Fault> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recall/faults");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let file: File = toml::from_str(&fs::read_to_string(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let made = |names: &[String]| -> Vec<Change> {
            names
                .iter()
                .flat_map(|name| file.make.get(name).unwrap_or_else(|| panic!("there is no {name}")))
                .cloned()
                .collect()
        };
        let mut faults = file.fault;
        for fault in &mut faults {
            fault.made = made(&fault.make);
            for other in &mut fault.batch {
                other.changes.splice(..0, made(&other.make));
            }
        }
        faults
    };
    let faults: Vec<Fault> = paths.iter().flat_map(read).collect();
    for (number, fault) in faults.iter().enumerate() {
        assert!(!faults[..number].iter().any(|other| other.name == fault.name), "{} is there twice", fault.name);
        assert!(!fault.expect.is_empty(), "{} expects nothing", fault.name);
    }
    faults
}
