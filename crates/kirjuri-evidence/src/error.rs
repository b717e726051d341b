//! What is wrong with evidence.

use std::fmt;
use std::path::{Path, PathBuf};

/// Evidence cannot be read or written: which file, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct EvidenceError {
    path: PathBuf,
    what: String,
}

impl EvidenceError {
    pub(crate) fn new(path: &Path, what: impl fmt::Display) -> EvidenceError {
        // Of a message that runs over several lines the first says what is wrong.
        let what = what.to_string().lines().next().unwrap_or_default().to_owned();
        EvidenceError { path: path.to_path_buf(), what }
    }
}
