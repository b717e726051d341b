//! The folder that evidence lies in: made beside its place and put there when it is whole.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::EvidenceError;
use crate::summary::Run;
use crate::tables::{DOCUMENTS, FINDINGS, RULES, TABLES};

/// What `run.json` says it is.
pub const SCHEMA: &str = "kirjuri-evidence/2";
/// What that begins with in evidence of every version.
const OF_ANY_VERSION: &str = "kirjuri-evidence/";
/// The file that says what ran.
pub(crate) const RUN: &str = "run.json";
/// The longest `run.json` that is read.
const LONGEST_RUN: u64 = 16 << 20;

/// A folder that is being filled.
#[derive(Debug)]
pub(crate) struct NewFolder {
    /// Where it is to be.
    target: PathBuf,
    /// Gone with all that is in it, unless it was put in its place.
    beside: TempDir,
}

impl NewFolder {
    /// Makes room beside the place.
    ///
    /// # Errors
    /// That something else lies there, or what the system says.
    pub(crate) fn new(target: &Path) -> Result<NewFolder, EvidenceError> {
        let failed = |error: std::io::Error| EvidenceError::new(target, error);
        // The working folder, or the one above, cannot be put in the place of itself.
        if target.file_name().is_none() {
            return Err(failed(std::io::Error::other("evidence lies in a folder of its own; name a new one")));
        }
        check_is_free(target)?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(failed)?;
        let beside = tempfile::Builder::new().prefix(".kirjuri-evidence-").tempdir_in(parent).map_err(failed)?;
        let folder = NewFolder { target: target.to_path_buf(), beside };
        // In a folder of its own: the outer one is for nobody else, and would stay so.
        fs::create_dir(folder.path()).map_err(failed)?;
        Ok(folder)
    }

    /// Where its files are written.
    pub(crate) fn path(&self) -> PathBuf {
        self.beside.path().join("new")
    }

    /// Puts it in its place, where earlier evidence gives way.
    ///
    /// # Errors
    /// What the system says, or that something else has come there meanwhile.
    pub(crate) fn put_in_place(self) -> Result<(), EvidenceError> {
        check_is_free(&self.target)?;
        let failed = |error: std::io::Error| EvidenceError::new(&self.target, error);
        if self.target.exists() {
            fs::rename(&self.target, self.beside.path().join("old")).map_err(failed)?;
        }
        fs::rename(self.path(), &self.target).map_err(failed)
    }
}

/// Whether evidence may be put there: nothing is there, or an empty folder, or earlier evidence and nothing else.
fn check_is_free(target: &Path) -> Result<(), EvidenceError> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(EvidenceError::new(target, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| EvidenceError::new(target, error))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    let is_own = |name: &String| *name == RUN || TABLES.iter().any(|table| *name == format!("{}.parquet", table.name));
    match names.iter().filter(|name| !is_own(name)).min() {
        Some(other) => {
            let what = format!("the folder holds something else than evidence (`{other}`); name another, or empty it");
            Err(EvidenceError::new(target, what))
        }
        None if names.is_empty() => Ok(()),
        // Evidence that another version wrote gives way too: it is to be measured again, and there is no better place.
        None => read_text(target).and_then(|(path, text)| schema(&path, &text)).map(drop),
    }
}

/// Whether what has no tables of documents and findings may be put there: where evidence has them, they would be lost.
///
/// # Errors
/// That the evidence there has them.
pub(crate) fn check_has_no_documents(target: &Path) -> Result<(), EvidenceError> {
    if [DOCUMENTS, FINDINGS].iter().any(|table| table.file(target).exists()) {
        let what = "here lies the evidence of a run, with its documents and findings, which a merge does not hold; name \
                    another folder, or remove this one first";
        return Err(EvidenceError::new(target, what));
    }
    Ok(())
}

/// Whether a file is the `run.json` of evidence, which is no document: the tables lie beside it.
pub fn is_run_of_evidence(path: &Path) -> bool {
    let is_named_so = path.file_name().is_some_and(|name| name == RUN);
    is_named_so && path.parent().is_some_and(|folder| RULES.file(folder).is_file())
}

/// Reads `run.json`.
///
/// # Errors
/// That there is none, or what is wrong with it.
pub(crate) fn read_run(folder: &Path) -> Result<Run, EvidenceError> {
    let (path, text) = read_text(folder)?;
    // Before all else: what the file of another version holds is not known.
    let schema = schema(&path, &text)?;
    if schema != SCHEMA {
        let what = format!("written by another version of kirjuri (`{schema}`, not `{SCHEMA}`): measure again");
        return Err(EvidenceError::new(&path, what));
    }
    serde_json::from_str(&text).map_err(|error| not_evidence(&path, &error))
}

/// What `run.json` says it is: the schema of evidence, of this or another version.
fn schema(path: &Path, text: &str) -> Result<String, EvidenceError> {
    #[derive(serde::Deserialize)]
    struct Said {
        schema: String,
    }
    let said: Said = serde_json::from_str(text).map_err(|error| not_evidence(path, &error))?;
    let version = said.schema.strip_prefix(OF_ANY_VERSION);
    if !version.is_some_and(|version| (1..=9).contains(&version.len()) && version.bytes().all(|it| it.is_ascii_digit()))
    {
        return Err(not_evidence(path, &"`schema` names something else"));
    }
    Ok(said.schema)
}

fn not_evidence(path: &Path, why: &dyn std::fmt::Display) -> EvidenceError {
    EvidenceError::new(path, format!("the file is damaged, or no evidence: {why}"))
}

/// The path and the text of `run.json`.
fn read_text(folder: &Path) -> Result<(PathBuf, String), EvidenceError> {
    let path = folder.join(RUN);
    let failed = |error: &dyn std::fmt::Display| EvidenceError::new(&path, error);
    let length = match fs::metadata(&path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let what = "there is no evidence: kirjuri check --evidence DIR makes it";
            return Err(EvidenceError::new(if folder.is_dir() { &path } else { folder }, what));
        }
        Err(error) => return Err(failed(&error)),
    };
    if length > LONGEST_RUN {
        return Err(failed(&"the file is larger than 16 MiB"));
    }
    let text = fs::read_to_string(&path).map_err(|error| failed(&error))?;
    Ok((path, text))
}

/// Writes `run.json`.
///
/// # Errors
/// What the system says.
pub(crate) fn write_run(folder: &Path, run: &Run) -> Result<(), EvidenceError> {
    let path = folder.join(RUN);
    let mut text = serde_json::to_string_pretty(run).map_err(|error| EvidenceError::new(&path, error))?;
    text.push('\n');
    fs::write(&path, text).map_err(|error| EvidenceError::new(&path, error))
}
