//! The faults that are planted, as `faults/*.toml` describes them.

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
    /// In a batch: the documents before this one, as the other faults change documents.
    #[serde(default)]
    pub(crate) batch: Vec<Other>,
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
    /// What is changed in it, each at all places.
    #[serde(default)]
    pub(crate) changes: Vec<Change>,
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
    /// Nothing: the fault is in the other documents of the batch.
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
    /// Its text is in capitals.
    Capitals,
    /// Its last digit or letter is the next one.
    Bump,
    /// What is written behind its text.
    Append(String),
}

impl Operation {
    /// A word for the table.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Operation::Keep => "batch",
            Operation::Drop | Operation::DropMember => "drop",
            Operation::Empty => "empty",
            Operation::Set(_) | Operation::Replace(_) | Operation::Bump => "change",
            Operation::Shift(_) => "shift a time",
            Operation::Repeat => "repeat",
            Operation::Swap(_) => "swap",
            Operation::MoveBehind(_) => "move",
            Operation::Truncate(_) => "truncate",
            Operation::InsertBehind(_) | Operation::InsertInside(_) | Operation::Append(_) => "insert",
            Operation::Rename(_) => "rename",
            Operation::Garble | Operation::Capitals => "spoil a text",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
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
        file.fault
    };
    let faults: Vec<Fault> = paths.iter().flat_map(read).collect();
    for (number, fault) in faults.iter().enumerate() {
        assert!(!faults[..number].iter().any(|other| other.name == fault.name), "{} is there twice", fault.name);
        assert!(!fault.expect.is_empty(), "{} expects nothing", fault.name);
    }
    faults
}
