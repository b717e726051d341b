//! The files of a run, kept small: a folder is kept once, the names of files lie in one text.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What is to be done with a file. Of several for one file the first here holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum State {
    Document,
    /// It has not changed since the moment that was asked for.
    Unchanged,
    /// It is no document by its name.
    Ignored,
}

/// Files, each once, whichever way it was reached. A file takes its name and 20 bytes.
#[derive(Default)]
pub(super) struct Paths {
    folders: Vec<PathBuf>,
    numbers: HashMap<PathBuf, u32>,
    /// By folder, the number of its true path.
    real: Vec<u32>,
    names: String,
    /// Names that are no Unicode.
    odd: Vec<OsString>,
    /// What links lead to.
    targets: Vec<Target>,
    entries: Vec<Entry>,
    /// More than the numbers reach.
    pub(super) is_full: bool,
}

#[derive(Clone, Copy)]
struct Entry {
    folder: u32,
    name: Name,
    /// The number of a target, or [`NONE`].
    target: u32,
    state: State,
}

#[derive(Clone, Copy)]
struct Target {
    folder: u32,
    name: Name,
}

/// Where a name lies in the text, or the number of one that is no Unicode, with [`ODD`] for its length.
#[derive(Clone, Copy)]
struct Name {
    start: u32,
    length: u16,
}

const NONE: u32 = u32::MAX;
const ODD: u16 = u16::MAX;

impl Paths {
    /// Adds a file. Only of a link the system is asked where it leads: the files of a folder come one after the other, and
    /// asking for each would take longer than checking it.
    pub(super) fn add(&mut self, path: &Path, is_link: bool, state: State) {
        let added = self.try_add(path, is_link, state);
        self.is_full |= added.is_none();
    }

    fn try_add(&mut self, path: &Path, is_link: bool, state: State) -> Option<()> {
        let folder = self.folder(path.parent().unwrap_or(Path::new("")))?;
        let name = self.name(path.file_name().unwrap_or_default())?;
        let mut target = NONE;
        if is_link && let Ok(real) = fs::canonicalize(path) {
            target = u32::try_from(self.targets.len()).ok().filter(|number| *number != NONE)?;
            let folder = self.folder(real.parent().unwrap_or(Path::new("")))?;
            let name = self.name(real.file_name().unwrap_or_default())?;
            // The true path of a true path is itself.
            *self.real.get_mut(folder as usize)? = folder;
            self.targets.push(Target { folder, name });
        }
        if self.real_folder(folder) == NONE {
            let named = self.folders.get(folder as usize)?;
            let named = if named.as_os_str().is_empty() { Path::new(".") } else { named };
            let real = fs::canonicalize(named).unwrap_or_else(|_| named.to_path_buf());
            let real = self.folder(&real)?;
            *self.real.get_mut(folder as usize)? = real;
            *self.real.get_mut(real as usize)? = real;
        }
        self.entries.push(Entry { folder, name, target, state });
        Some(())
    }

    fn real_folder(&self, folder: u32) -> u32 {
        self.real.get(folder as usize).copied().unwrap_or(NONE)
    }

    fn folder(&mut self, path: &Path) -> Option<u32> {
        if let Some(known) = self.numbers.get(path) {
            return Some(*known);
        }
        let number = u32::try_from(self.folders.len()).ok().filter(|number| *number != NONE)?;
        self.folders.push(path.to_path_buf());
        self.numbers.insert(path.to_path_buf(), number);
        self.real.push(NONE);
        Some(number)
    }

    fn name(&mut self, name: &OsStr) -> Option<Name> {
        let Some((text, length)) = name.to_str().and_then(|text| Some((text, u16::try_from(text.len()).ok()?))) else {
            let start = u32::try_from(self.odd.len()).ok()?;
            self.odd.push(name.to_owned());
            return Some(Name { start, length: ODD });
        };
        if length == ODD {
            return None;
        }
        let start = u32::try_from(self.names.len()).ok()?;
        self.names.push_str(text);
        Some(Name { start, length })
    }

    /// Sorts the files by path and leaves each once, with the simplest of its paths; how many were left out as unchanged and
    /// as no documents.
    pub(super) fn settle(mut self) -> (Sorted, u64, u64) {
        let mut entries = std::mem::take(&mut self.entries);
        self.numbers = HashMap::new();
        entries.sort_unstable_by(|a, b| {
            let simple = |entry: &Entry| self.path(entry).components().count();
            let same_file = self.real_name(a).cmp(&self.real_name(b));
            same_file.then(a.state.cmp(&b.state)).then_with(|| {
                // Within a folder all are alike but for their names.
                if a.folder == b.folder { Ordering::Equal } else { simple(a).cmp(&simple(b)) }
                    .then_with(|| self.by_path(a, b))
            })
        });
        entries.dedup_by(|a, b| self.real_name(a) == self.real_name(b));
        let count = |state| entries.iter().filter(|entry| entry.state == state).count() as u64;
        let (unchanged, ignored) = (count(State::Unchanged), count(State::Ignored));
        entries.retain(|entry| entry.state == State::Document);
        entries.sort_unstable_by(|a, b| self.by_path(a, b));
        self.entries = entries;
        (Sorted { paths: self, next: 0 }, unchanged, ignored)
    }

    /// What tells one file from another.
    fn real_name(&self, entry: &Entry) -> (u32, &OsStr) {
        match self.targets.get(entry.target as usize) {
            Some(target) => (target.folder, self.spelled(target.name)),
            None => (self.real_folder(entry.folder), self.spelled(entry.name)),
        }
    }

    fn spelled(&self, name: Name) -> &OsStr {
        if name.length == ODD {
            return self.odd.get(name.start as usize).map(OsString::as_os_str).unwrap_or_default();
        }
        let start = name.start as usize;
        OsStr::new(self.names.get(start..start + usize::from(name.length)).unwrap_or_default())
    }

    /// As [`Path`]s compare: part by part.
    fn by_path(&self, a: &Entry, b: &Entry) -> Ordering {
        if a.folder == b.folder {
            return self.spelled(a.name).cmp(self.spelled(b.name));
        }
        let parts = |entry: &Entry| {
            let folder = self.folders.get(entry.folder as usize).into_iter().flat_map(|folder| folder.components());
            folder.chain([Component::Normal(self.spelled(entry.name))])
        };
        parts(a).cmp(parts(b))
    }

    fn path(&self, entry: &Entry) -> PathBuf {
        let folder = self.folders.get(entry.folder as usize);
        folder.map(|folder| folder.join(self.spelled(entry.name))).unwrap_or_default()
    }
}

/// The documents among the files, in the order of their paths.
pub(super) struct Sorted {
    paths: Paths,
    next: usize,
}

impl Sorted {
    pub(super) fn len(&self) -> usize {
        self.paths.entries.len().saturating_sub(self.next)
    }

    /// The path that comes next; it stays the next.
    pub(super) fn peek(&self) -> Option<PathBuf> {
        self.paths.entries.get(self.next).map(|entry| self.paths.path(entry))
    }

    /// Goes on to the path behind the next.
    pub(super) fn advance(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    /// The names of the files without their folders.
    pub(super) fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.paths.entries.iter().map(|entry| self.paths.spelled(entry.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(paths: &[&str]) -> Vec<String> {
        let mut all = Paths::default();
        paths.iter().for_each(|path| all.add(Path::new(path), false, State::Document));
        let (mut sorted, ..) = all.settle();
        let mut found = Vec::new();
        while let Some(path) = sorted.peek() {
            found.push(path.to_string_lossy().into_owned());
            sorted.advance();
        }
        found
    }

    #[test]
    fn files_come_in_the_order_of_their_paths() {
        let mut paths = vec!["a.xml", "a/b.xml", "a/b/c.xml", "a-b/c.xml", "b/a.xml", "/a/b.xml", "ä.xml", "a/a.xml"];
        let found = sorted(&paths);
        paths.sort_by_key(|path| PathBuf::from(path));
        assert_eq!(found, paths);
    }

    #[test]
    fn a_file_is_there_once() {
        assert_eq!(sorted(&["x/a.xml", "x/a.xml", "x/b.xml"]), ["x/a.xml", "x/b.xml"]);
    }

    #[test]
    fn of_what_is_to_be_done_with_a_file_the_most_holds() {
        let mut all = Paths::default();
        for (name, state) in [
            ("a", State::Ignored),
            ("a", State::Document),
            ("b", State::Ignored),
            ("c", State::Unchanged),
            ("b", State::Ignored),
        ] {
            all.add(Path::new(name), false, state);
        }
        let (sorted, unchanged, ignored) = all.settle();
        assert_eq!((sorted.len(), unchanged, ignored), (1, 1, 1));
    }

    #[test]
    fn a_file_takes_little_memory() {
        assert_eq!(size_of::<Entry>(), 20);
    }
}
