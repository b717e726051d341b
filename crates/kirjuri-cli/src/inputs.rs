//! From the paths a user names to the documents of a run, in a fixed order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use ignore::{DirEntry, WalkBuilder};
use kirjuri::Limits;

use crate::Failure;

/// The documents that some paths stand for.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// Each once, sorted by path; standard input first.
    pub(crate) documents: Vec<Input>,
    /// Files in folders that are no documents by their names.
    pub(crate) ignored: u64,
    /// A named path could not be followed. Reported like any unreadable document, but never forgiven.
    pub(crate) broken: bool,
}

impl Inputs {
    /// How many documents there are, where that is known before they are read.
    pub(crate) fn len(&self) -> Option<usize> {
        Some(self.documents.len())
    }

    /// The next documents, in their order; a portion is large enough to keep all threads at work.
    pub(crate) fn next_portion(&mut self) -> Option<Vec<Item>> {
        let rest = self.documents.split_off(self.documents.len().min(PORTION));
        let portion = std::mem::replace(&mut self.documents, rest);
        let item = |input: Input| Item { name: input.display(), content: Content::Input(input) };
        (!portion.is_empty()).then(|| portion.into_iter().map(item).collect())
    }
}

/// Documents whose results are held before they are reported.
const PORTION: usize = 128;

/// A document that is to be checked.
#[derive(Debug)]
pub(crate) struct Item {
    /// As reports show it.
    pub(crate) name: String,
    /// Where its bytes are.
    pub(crate) content: Content,
}

/// Where the bytes of a document are.
#[derive(Debug)]
pub(crate) enum Content {
    /// Still where it was named.
    Input(Input),
}

/// Where the bytes of a document come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
    /// A path that could not be followed.
    Broken(PathBuf, io::ErrorKind),
}

impl Input {
    /// The path as reports show it.
    pub(crate) fn display(&self) -> String {
        match self {
            Input::Stdin => "-".into(),
            Input::File(path) | Input::Broken(path, _) => path.to_string_lossy().into_owned(),
        }
    }

    /// Reads the bytes into `buffer`, one more than the limit at most, so that what is too large is seen to be.
    pub(crate) fn read(&self, buffer: &mut Vec<u8>, limits: &Limits) -> Result<(), io::ErrorKind> {
        buffer.clear();
        let most = (limits.bytes as u64).saturating_add(1);
        let read = match self {
            Input::Stdin => io::stdin().lock().take(most).read_to_end(buffer),
            Input::File(path) => File::open(path).and_then(|file| file.take(most).read_to_end(buffer)),
            Input::Broken(_, kind) => return Err(*kind),
        };
        read.map(drop).map_err(|error| error.kind())
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Input::Stdin => None,
            Input::File(path) | Input::Broken(path, _) => Some(path),
        }
    }
}

/// Follows the paths. One that leads nowhere is among the documents, as broken: the others are still checked.
///
/// # Errors
/// A glob that is none.
pub(crate) fn collect(paths: &[PathBuf]) -> Result<Inputs, Failure> {
    let mut found = Found::default();
    for path in paths {
        // `./a.xml` and `a.xml` are shown alike.
        let path = path.strip_prefix("./").ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path);
        if path.as_os_str() == "-" {
            found.stdin = true;
        } else if path.is_dir() {
            found.walk(path);
        } else if path.exists() || !is_glob(path) {
            match path.metadata() {
                Ok(_) => found.file(path.to_path_buf(), true),
                Err(error) => found.broken(path.to_path_buf(), error.kind()),
            }
        } else {
            found.glob(path)?;
        }
    }
    Ok(found.into_inputs())
}

/// What the paths have led to so far.
#[derive(Default)]
struct Found {
    /// Files by their true paths, so that one that is reached in several ways is read once, with the path to show.
    files: BTreeMap<PathBuf, PathBuf>,
    broken: BTreeMap<PathBuf, io::ErrorKind>,
    ignored: BTreeSet<PathBuf>,
    stdin: bool,
    folder: TrueFolder,
}

impl Found {
    fn into_inputs(self) -> Inputs {
        let broken = !self.broken.is_empty();
        let mut documents: Vec<Input> = self.files.into_values().map(Input::File).collect();
        documents.extend(self.broken.into_iter().map(|(path, kind)| Input::Broken(path, kind)));
        documents.sort_by(|a, b| a.path().cmp(&b.path()));
        if self.stdin {
            documents.insert(0, Input::Stdin);
        }
        Inputs { documents, ignored: self.ignored.len() as u64, broken }
    }

    /// Adds a file. Of several paths to one file the simplest is shown, whatever order they were given in.
    fn file(&mut self, path: PathBuf, may_be_link: bool) {
        let path = path.strip_prefix("./").map(Path::to_path_buf).unwrap_or(path);
        let known = self.files.entry(self.folder.of_file(&path, may_be_link)).or_insert_with(|| path.clone());
        if (path.components().count(), &path) < (known.components().count(), &*known) {
            *known = path;
        }
    }

    fn broken(&mut self, path: PathBuf, kind: io::ErrorKind) {
        self.broken.insert(path, kind);
    }

    /// Adds the documents of a folder, at any depth. Hidden and ignored-by-git files count like any other: an export
    /// is no source tree.
    fn walk(&mut self, folder: &Path) {
        for entry in walker(folder).build() {
            match entry {
                Ok(entry) if is_folder(&entry) => {}
                // A pipe or a device among the files is not read: it might never end.
                Ok(entry) if is_file(&entry) && is_document(entry.path()) => {
                    let link = entry.path_is_symlink();
                    self.file(entry.into_path(), link);
                }
                Ok(entry) => {
                    self.ignored.insert(entry.into_path());
                }
                Err(error) => self.lost(folder, &error),
            }
        }
    }

    /// Adds what a glob matches, as a shell does: files of any name, and the documents of folders.
    fn glob(&mut self, path: &Path) -> Result<(), Failure> {
        let pattern = path.to_string_lossy();
        let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
        let glob = glob.map_err(|error| Failure::Message(format!("{pattern}: {}", error.kind())))?.compile_matcher();
        let fixed: PathBuf = path.components().take_while(|part| !is_glob(Path::new(part.as_os_str()))).collect();
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
            let path = entry.path().strip_prefix("./").unwrap_or(entry.path());
            if !glob.is_match(path) {
                continue;
            }
            matched = true;
            if is_folder(&entry) {
                self.walk(path);
            } else if is_file(&entry) {
                self.file(path.to_path_buf(), entry.path_is_symlink());
            } else {
                // A pipe or a device might never end.
                self.ignored.insert(path.to_path_buf());
            }
        }
        if !matched {
            self.broken(path.to_path_buf(), io::ErrorKind::NotFound);
        }
        Ok(())
    }

    /// Notes what a walk could not follow. A link back to a folder above leads to nothing that is not seen anyway.
    fn lost(&mut self, folder: &Path, error: &ignore::Error) {
        if !is_loop(error) {
            let path = broken_path(error).unwrap_or(folder);
            self.broken(path.to_path_buf(), error.io_error().map_or(io::ErrorKind::Other, io::Error::kind));
        }
    }
}

/// A folder as it was named and its true path. The last one is remembered: the files of a folder come one after the
/// other, and asking the system for each would take longer than checking it.
#[derive(Default)]
struct TrueFolder {
    named: PathBuf,
    real: PathBuf,
}

impl TrueFolder {
    /// The true path of a file, which says whether two paths are one file.
    fn of_file(&mut self, path: &Path, may_be_link: bool) -> PathBuf {
        if may_be_link {
            return fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if self.named != folder {
            let real = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
            *self = TrueFolder { named: folder.to_path_buf(), real };
        }
        self.real.join(path.file_name().unwrap_or_default())
    }
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

fn is_document(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ["xml", "json"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
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
