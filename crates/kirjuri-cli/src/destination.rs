//! Where a report goes: standard output, or a file that is there whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

use crate::Failure;

/// Where a report goes.
pub(crate) struct Destination {
    /// As the user named it.
    name: PathBuf,
    target: Target,
}

enum Target {
    Stdout(BufWriter<anstream::AutoStream<io::StdoutLock<'static>>>),
    /// Written beside the file, and put in its place at the end.
    File {
        out: BufWriter<NamedTempFile>,
        path: PathBuf,
    },
    /// What is no file, such as a pipe, and cannot be replaced.
    Device(BufWriter<File>),
    /// What nobody reads.
    Nowhere(io::Sink),
}

/// Whether a path stands for standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Checks that no two reports go to one place.
///
/// # Errors
/// The place, by its name.
pub(crate) fn are_apart<'p>(all: impl Iterator<Item = &'p Path>) -> Result<(), Failure> {
    let mut taken = BTreeSet::new();
    for path in all {
        if taken.insert(if is_stdout(path) { path.to_path_buf() } else { one_spelling(path) }) {
            continue;
        }
        return Err(Failure::Message(match is_stdout(path) {
            true => "only one report can go to standard output; name a file for the others".into(),
            false => format!("two reports go to {}; name another file for one", path.display()),
        }));
    }
    Ok(())
}

/// A file as it is, whatever way its folder was named.
fn one_spelling(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

impl Destination {
    /// Opens what a path names, `-` being standard output, and says whether it takes styles.
    ///
    /// # Errors
    /// It cannot be written, by its name.
    pub(crate) fn open(path: &Path) -> Result<(Destination, bool), Failure> {
        let (target, styled) = match is_stdout(path) {
            true => stdout(),
            false => {
                let failure = |error: io::Error| {
                    let said = match error.kind() {
                        io::ErrorKind::NotFound => "there is no such folder".to_owned(),
                        _ => error.to_string(),
                    };
                    Failure::Message(format!("{}: {said}", path.display()))
                };
                (Target::open(path).map_err(failure)?, false)
            }
        };
        Ok((Destination { name: path.to_path_buf(), target }, styled))
    }

    /// Where nothing is kept.
    pub(crate) fn nowhere() -> Destination {
        Destination { name: PathBuf::new(), target: Target::Nowhere(io::sink()) }
    }

    /// Ends the report: only now is it there for those who read the file.
    ///
    /// # Errors
    /// What could not be written, by its name. A file that was there before still is.
    pub(crate) fn finish(self) -> io::Result<()> {
        let Destination { name, target } = self;
        let result = match target {
            Target::Stdout(mut out) => return out.flush(),
            Target::Device(mut out) => out.flush(),
            Target::Nowhere(_) => return Ok(()),
            Target::File { out, path } => out
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| file.persist(path).map_err(|error| io::Error::from(error.error.kind())))
                .map(drop),
        };
        result.map_err(|error| named(&name, error))
    }

    fn out(&mut self) -> &mut dyn Write {
        match &mut self.target {
            Target::Stdout(out) => out,
            Target::File { out, .. } => out,
            Target::Device(out) => out,
            Target::Nowhere(out) => out,
        }
    }

    /// An error with the name of the file, which the system does not say. That of standard output is the reader's.
    fn explain(&self, error: io::Error) -> io::Error {
        if matches!(self.target, Target::Stdout(_)) { error } else { named(&self.name, error) }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out().write(bytes).map_err(|error| self.explain(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out().flush().map_err(|error| self.explain(error))
    }
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

impl Target {
    fn open(path: &Path) -> io::Result<Target> {
        // Of a link, what it leads to is replaced and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        match fs::metadata(&path) {
            Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(there) if !there.is_file() => Ok(Target::Device(BufWriter::new(File::create(path)?))),
            _ => Ok(Target::File { out: BufWriter::new(beside(&path)?), path }),
        }
    }
}

/// A file without a lasting name in the folder of another.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".kirjuri-").suffix(".part");
    // As any program makes a file: whoever may read new files of this user may read reports.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    // The name that could not be made is nothing to tell; the kind of the error is.
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}

/// Standard output, and whether it takes styles.
fn stdout() -> (Target, bool) {
    let stdout = io::stdout();
    let styled = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    // Where there are no styles there is nothing to translate for an old terminal, and nothing to take out.
    let choice = if styled { anstream::ColorChoice::Always } else { anstream::ColorChoice::AlwaysAnsi };
    (Target::Stdout(BufWriter::new(anstream::AutoStream::new(stdout.lock(), choice))), styled)
}

/// A folder in which each document has a file of its own.
pub(crate) struct Folder {
    root: PathBuf,
    /// What was written, in small letters: some file systems know no others.
    taken: BTreeSet<String>,
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Folder {
        Folder { root: root.to_path_buf(), taken: BTreeSet::new() }
    }

    /// Writes the file of a document, at the document's own path with an ending behind it.
    ///
    /// # Errors
    /// What could not be written, by its path.
    pub(crate) fn write(&mut self, document: &str, ending: &str, text: &[u8]) -> io::Result<()> {
        let path = self.root.join(free(&below(document), ending, &mut self.taken));
        let write = || {
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            let mut file = beside(&path)?;
            file.write_all(text)?;
            file.persist(&path).map_err(|error| io::Error::from(error.error.kind()))
        };
        write().map(drop).map_err(|error| named(&path, error))
    }
}

/// The path of a document below the folder with an ending behind it. Paths that would fall together, also where capitals
/// make no difference, are numbered.
fn free(below: &str, ending: &str, taken: &mut BTreeSet<String>) -> String {
    let names = (1_u64..).map(|number| match number {
        1 => format!("{below}.{ending}"),
        _ => format!("{below}~{number}.{ending}"),
    });
    let mut free = names.filter(|name| taken.insert(name.to_lowercase()));
    free.next().unwrap_or_default()
}

/// The path of a document as one below a folder: without a root, and without steps upwards.
fn below(path: &str) -> String {
    if path == "-" {
        return "stdin".into();
    }
    let parts = Path::new(path).components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_lies_where_its_document_lies_below_the_folder() {
        let names = ["-", "a/b.xml", "../a/b.xml", "a/B.xml", "/a/b.xml", "c.xml"].map(below);
        assert_eq!(names, ["stdin", "a/b.xml", "a/b.xml", "a/B.xml", "a/b.xml", "c.xml"]);
    }

    #[test]
    fn a_file_is_there_whole_or_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.txt");
        fs::write(&path, "earlier").unwrap();
        let (mut destination, _) = Destination::open(&path).unwrap();
        destination.write_all(b"half").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "earlier");
        drop(destination);
        assert_eq!(fs::read_to_string(&path).unwrap(), "earlier");
        let (mut destination, _) = Destination::open(&path).unwrap();
        destination.write_all(b"whole").unwrap();
        destination.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_a_device_stay_what_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "earlier").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        for path in [&link, Path::new("/dev/null")] {
            let (mut destination, _) = Destination::open(path).unwrap();
            destination.write_all(b"later").unwrap();
            destination.finish().unwrap();
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "later");
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
