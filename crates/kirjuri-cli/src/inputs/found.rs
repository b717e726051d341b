//! Follows the paths that a user names to files: into folders, along links, through globs and lists.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, io};

use globset::{GlobBuilder, GlobMatcher};
use ignore::{DirEntry, WalkBuilder};
use kirjuri_evidence::is_run_of_evidence;
use kirjuri_report::InputError;

use super::kind::Kind;
use super::paths::{Paths, State};
use crate::Failure;

/// What the paths have led to so far.
#[derive(Default)]
pub(super) struct Found {
    pub(super) files: Paths,
    /// Paths that could not be followed.
    pub(super) broken: BTreeMap<PathBuf, InputError>,
    pub(super) stdin: bool,
    /// What has not changed since then is left out.
    pub(super) since: Option<SystemTime>,
}

impl Found {
    /// Follows a path as a user names it.
    ///
    /// # Errors
    /// A glob that is none.
    pub(super) fn follow(&mut self, path: &Path) -> Result<(), Failure> {
        let path = without_dot(path);
        if path.as_os_str() == "-" {
            self.stdin = true;
            return Ok(());
        }
        if is_glob(path) && !path.exists() {
            return self.glob(path);
        }
        self.follow_verbatim(path);
        Ok(())
    }

    /// Follows a path that is no glob, whatever characters it has.
    pub(super) fn follow_verbatim(&mut self, path: &Path) {
        let path = without_dot(path);
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => self.walk(path),
            Ok(metadata) => {
                let is_link = path.symlink_metadata().is_ok_and(|own| own.is_symlink());
                let state = self.state(|| metadata.modified().ok());
                self.files.add(path, is_link, state);
            }
            Err(error) => self.broken(path.to_path_buf(), InputError::File(error.kind())),
        }
    }

    fn broken(&mut self, path: PathBuf, error: InputError) {
        self.broken.insert(path, error);
    }

    /// What is to be done with a file that may be a document. One of which nothing is known counts as changed.
    fn state(&self, modified: impl FnOnce() -> Option<SystemTime>) -> State {
        match self.since {
            Some(since) if modified().is_some_and(|modified| modified < since) => State::Unchanged,
            _ => State::Document,
        }
    }

    fn entry(&mut self, entry: &DirEntry, path: &Path) {
        let state = self.state(|| entry.metadata().ok()?.modified().ok());
        self.files.add(without_dot(path), entry.path_is_symlink(), state);
    }

    fn ignored(&mut self, entry: &DirEntry) {
        self.files.add(without_dot(entry.path()), false, State::Ignored);
    }

    /// Adds the documents of a folder, at any depth. Hidden and ignored-by-git files count like any other: an export
    /// is no source tree.
    fn walk(&mut self, folder: &Path) {
        for entry in walker(folder).build() {
            match entry {
                Ok(entry) if is_folder(&entry) => {}
                // What an earlier run measured, and left in the folder that it checked.
                Ok(entry) if is_run_of_evidence(entry.path()) => self.ignored(&entry),
                // A pipe or a device among the files is not read: it might never end.
                Ok(entry) if is_file(&entry) && Kind::of(&entry.file_name().to_string_lossy()).is_some() => {
                    self.entry(&entry, entry.path());
                }
                Ok(entry) => self.ignored(&entry),
                Err(error) => self.lost(folder, &error),
            }
        }
    }

    /// Adds what a glob matches, as a shell does: files of any name, and the documents of folders.
    fn glob(&mut self, path: &Path) -> Result<(), Failure> {
        let pattern = path.to_string_lossy();
        let glob = matcher(&pattern).map_err(|error| Failure::Message(format!("{pattern}: {}", error.kind())))?;
        let fixed = fixed_part(path);
        let below = path.components().count() - fixed.components().count();
        let start = if fixed.as_os_str().is_empty() { Path::new(".") } else { &fixed };
        let mut walker = walker(start);
        walker.max_depth(if pattern.contains("**") { None } else { Some(below) });
        let mut matched = false;
        for entry in walker.build() {
            let entry = match entry {
                Ok(entry) => entry,
                // A start that is not there matches nothing.
                Err(error) if start.exists() => {
                    let lost = broken_path(&error).unwrap_or(start);
                    let asked = glob.is_match(lost.strip_prefix("./").unwrap_or(lost));
                    // A link to nothing is only asked for where the glob matches it; what a folder holds may match.
                    if asked || lost.is_dir() {
                        matched |= asked;
                        self.lost(start, &error);
                    }
                    continue;
                }
                Err(_) => continue,
            };
            let path = without_dot(entry.path());
            if !glob.is_match(path) {
                continue;
            }
            matched = true;
            if is_folder(&entry) {
                self.walk(path);
            } else if is_file(&entry) {
                self.entry(&entry, path);
            } else {
                // A pipe or a device might never end.
                self.files.add(path, false, State::Ignored);
            }
        }
        if !matched {
            self.broken(path.to_path_buf(), InputError::NoMatch);
        }
        Ok(())
    }

    /// Notes what a walk could not follow. A link back to a folder above leads to nothing that is not seen anyway.
    fn lost(&mut self, folder: &Path, error: &ignore::Error) {
        if !is_loop(error) {
            let path = without_dot(broken_path(error).unwrap_or(folder));
            let kind = error.io_error().map_or(io::ErrorKind::Other, io::Error::kind);
            self.broken(path.to_path_buf(), InputError::File(kind));
        }
    }
}

/// Whether the documents that a user names include a file, which is told by its true path.
pub(crate) fn is_among(named: &Path, file: &Path) -> bool {
    let is_document = || Kind::of(&file.file_name().unwrap_or_default().to_string_lossy()).is_some();
    let named = without_dot(named);
    let start = if is_glob(named) && !named.exists() { fixed_part(named) } else { named.to_path_buf() };
    let real = fs::canonicalize(if start.as_os_str().is_empty() { Path::new(".") } else { &start });
    let Ok(below) = real.as_ref().map_or(Err(()), |real| file.strip_prefix(real).map_err(drop)) else { return false };
    if start == named {
        return below.as_os_str().is_empty() || is_document();
    }
    let path = start.join(below);
    // Files by their own names whatever these are, and the documents of folders.
    matcher(&named.to_string_lossy()).is_ok_and(|glob| {
        glob.is_match(&path) || path.ancestors().skip(1).any(|folder| glob.is_match(folder)) && is_document()
    })
}

fn matcher(pattern: &str) -> Result<GlobMatcher, globset::Error> {
    Ok(GlobBuilder::new(pattern).literal_separator(true).build()?.compile_matcher())
}

/// The folder that a glob begins in.
fn fixed_part(path: &Path) -> PathBuf {
    path.components().take_while(|part| !is_glob(Path::new(part.as_os_str()))).collect()
}

/// `./a.xml` and `a.xml` are shown alike.
fn without_dot(path: &Path) -> &Path {
    path.strip_prefix("./").ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path)
}

fn walker(folder: &Path) -> WalkBuilder {
    let mut walker = WalkBuilder::new(folder);
    walker.standard_filters(false).follow_links(true);
    walker
}

fn is_folder(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
}

fn is_glob(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{'])
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => is_loop(err),
        _ => false,
    }
}

fn broken_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => broken_path(err),
        _ => None,
    }
}
