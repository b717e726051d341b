//! From the paths a user names to the documents of a run, in a fixed order.
//!
//! The paths are followed first, and kept small; then one thread goes through them and reads what is in archives and in
//! files that hold many documents, a little ahead of those who check. A file that is one document is read by who checks it.

mod found;
mod kind;
mod lines;
mod list;
mod names;
mod paths;
mod portions;
mod records;
mod since;
mod tar;
mod unpack;
mod window;
mod zip;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use kirjuri::{Limits, Surroundings};
use kirjuri_report::{InputError, NotChecked};

use crate::Failure;
use found::Found;
use kind::Kind;
use paths::Sorted;
use portions::{Gone, Portions, Sink};
use unpack::Unpacking;

pub(crate) use found::is_among;
pub(crate) use names::Names;
pub(crate) use records::RecordName;
pub(crate) use since::Since;

/// Which documents are read, beside the paths that are named.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) limits: Limits,
    /// The elements of XML files that are documents.
    pub(crate) record: Option<RecordName>,
    /// Files that have not changed since then are left out.
    pub(crate) since: Option<Since>,
    /// A list of more paths.
    pub(crate) list: Option<PathBuf>,
    /// The paths of the list end with a NUL and not with a line.
    pub(crate) null: bool,
    /// How many times its size may come out of an archive; by default what any archive of documents stays below.
    pub(crate) max_expansion: Option<u64>,
    /// Most members of an archive.
    pub(crate) max_members: u64,
}

impl Options {
    pub(crate) const MAX_MEMBERS: u64 = 10_000_000;
}

impl Default for Options {
    fn default() -> Options {
        Options {
            limits: Limits::default(),
            record: None,
            since: None,
            list: None,
            null: false,
            max_expansion: None,
            max_members: Options::MAX_MEMBERS,
        }
    }
}

/// The documents that some paths stand for.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// How many documents there are, if none is in a file with others.
    known: Option<usize>,
    portions: Portions,
    /// Who reads the files.
    reader: Option<JoinHandle<()>>,
    /// Files in folders, and members of archives so far, that are no documents by their names.
    pub(crate) ignored: u64,
    /// Files that have not changed since the moment that was asked for.
    pub(crate) unchanged: Option<u64>,
    /// A named path could not be followed. Reported like any unreadable document, but never forgiven.
    pub(crate) broken: bool,
}

impl Inputs {
    /// How many documents there are, where that is known before they are read.
    pub(crate) fn len(&self) -> Option<usize> {
        self.known
    }

    /// The next documents, in their order; a portion is large enough to keep all threads at work.
    pub(crate) fn next_portion(&mut self) -> Option<Vec<Item>> {
        loop {
            let Some(portion) = self.portions.next() else {
                // Only one that has reached the end has read everything.
                self.broken |= self.reader.take().is_some_and(|reader| reader.join().is_err());
                return None;
            };
            self.ignored = self.ignored.saturating_add(portion.ignored);
            // The last may only say what was passed by.
            if !portion.items.is_empty() {
                return Some(portion.items);
            }
        }
    }
}

/// A document that is to be checked.
#[derive(Debug)]
pub(crate) struct Item {
    /// As reports show it: the path, behind it `!` and the member, the line or the record.
    pub(crate) name: String,
    /// Where its bytes are.
    pub(crate) content: Content,
}

/// Where the bytes of a document are.
#[derive(Debug)]
pub(crate) enum Content {
    /// Still where it was named.
    Input(Input),
    /// Here: they were read out of a file that holds more than them.
    Held { bytes: Vec<u8>, around: Option<Surroundings> },
    /// There are none.
    Unchecked(NotChecked),
}

impl Content {
    /// The bytes of the document, read into the buffer if they are not here, and what is around them in their file. One more
    /// than the limit are read at most, so that what is too large is seen to be.
    pub(crate) fn bytes<'b>(
        &'b self,
        buffer: &'b mut Vec<u8>,
        limits: &Limits,
    ) -> Result<(&'b [u8], Option<&'b Surroundings>), NotChecked> {
        match self {
            Content::Input(input) => {
                let read = input.read(buffer, limits);
                read.map_err(|kind| NotChecked::Unreadable(InputError::File(kind)))?;
                Ok((buffer, None))
            }
            Content::Held { bytes, around } => Ok((bytes, around.as_ref())),
            Content::Unchecked(reason) => Err(*reason),
        }
    }

    /// As [`Content::bytes`], always into the buffer.
    pub(crate) fn read(&self, buffer: &mut Vec<u8>, limits: &Limits) -> Result<(), NotChecked> {
        match self {
            Content::Held { bytes, .. } => {
                buffer.clear();
                buffer.extend_from_slice(bytes);
                Ok(())
            }
            _ => self.bytes(buffer, limits).map(drop),
        }
    }

    /// What is around the document in its file.
    pub(crate) fn around(&self) -> Option<&Surroundings> {
        match self {
            Content::Held { around, .. } => around.as_ref(),
            Content::Input(_) | Content::Unchecked(_) => None,
        }
    }

    /// How many bytes are here.
    fn held(&self) -> usize {
        match self {
            Content::Held { bytes, .. } => bytes.len(),
            Content::Input(_) | Content::Unchecked(_) => 0,
        }
    }
}

impl Content {
    /// Whether it is read from standard input, which can be done once.
    pub(crate) fn is_stdin(&self) -> bool {
        matches!(self, Content::Input(Input::Stdin))
    }

    /// The file that holds the document and nothing else, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Content::Input(Input::File(path)) => Some(path),
            _ => None,
        }
    }
}

/// Where the bytes of a document come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    fn read(&self, buffer: &mut Vec<u8>, limits: &Limits) -> Result<(), io::ErrorKind> {
        buffer.clear();
        let most = (limits.bytes as u64).saturating_add(1);
        let read = match self {
            Input::Stdin => io::stdin().lock().take(most).read_to_end(buffer),
            Input::File(path) => File::open(path).and_then(|file| file.take(most).read_to_end(buffer)),
        };
        read.map(drop).map_err(|error| error.kind())
    }
}

/// Follows the paths. One that leads nowhere is among the documents, as broken: the others are still checked.
///
/// # Errors
/// A glob that is none, a list of paths that cannot be read, or a moment that nothing says.
pub(crate) fn collect(paths: &[PathBuf], options: Options) -> Result<Inputs, Failure> {
    let since = options.since.as_ref().map(Since::moment).transpose()?;
    let mut found = Found { since, ..Found::default() };
    paths.iter().try_for_each(|path| found.follow(path))?;
    if let Some(list) = &options.list {
        if found.stdin && list.as_os_str() == "-" {
            let message =
                "standard input is either a document or the list of --files-from; name a file for one of them";
            return Err(Failure::Message(message.into()));
        }
        list::follow(list, if options.null { 0 } else { b'\n' }, &mut found)?;
    }
    if found.files.is_full {
        return Err(Failure::Message("there are more files than one run can take; name fewer folders".into()));
    }
    let Found { files, broken, stdin, .. } = found;
    let (files, unchanged, ignored) = files.settle();
    // A record is not counted before it is read, and a folder may hold what is no document alone.
    let is_plain = |name: &std::ffi::OsStr| Kind::of(&name.to_string_lossy()).is_none_or(Kind::is_plain);
    let is_known = options.record.is_none() && files.names().all(is_plain);
    let known = is_known.then(|| files.len().saturating_add(broken.len()).saturating_add(usize::from(stdin)));
    let (is_broken, unchanged) = (!broken.is_empty(), since.map(|_| unchanged));
    let (mut sink, portions) = portions::channel(thread::available_parallelism().map_or(1, NonZero::get));
    // Whoever waits for documents is told that there are no more by the end of the thread.
    let read = move || {
        if read_all(files, broken, stdin, &options, &mut sink).is_ok() {
            drop(sink.finish());
        }
    };
    let started = thread::Builder::new().name("inputs".into()).spawn(read);
    let reader = started.map_err(|error| Failure::Message(format!("the files could not be read: {error}")))?;
    Ok(Inputs { known, portions, reader: Some(reader), ignored, unchanged, broken: is_broken })
}

/// Hands on all documents in their order: standard input first, then by path.
fn read_all(
    mut files: Sorted,
    broken: BTreeMap<PathBuf, InputError>,
    stdin: bool,
    options: &Options,
    sink: &mut Sink,
) -> Result<(), Gone> {
    if stdin && options.record.is_some() {
        let mut reader = BufReader::new(io::stdin());
        Unpacking::new(sink, options).stream("-", Kind::DOCUMENT, &mut reader)?;
    } else if stdin {
        sink.put("-".into(), Content::Input(Input::Stdin))?;
    }
    let mut broken = broken.into_iter().peekable();
    loop {
        let file = files.peek();
        let is_before = |path: &Path| file.as_deref().is_none_or(|file| path < file);
        if let Some((path, error)) = broken.next_if(|(path, _)| is_before(path)) {
            sink.put_unreadable(&path.to_string_lossy(), error)?;
            continue;
        }
        let Some(path) = file else { return Ok(()) };
        files.advance();
        let kind = Kind::of(&path.file_name().unwrap_or_default().to_string_lossy()).unwrap_or(Kind::DOCUMENT);
        if kind.is_plain() && options.record.is_none() {
            sink.put(path.to_string_lossy().into_owned(), Content::Input(Input::File(path)))?;
        } else {
            Unpacking::new(sink, options).file(&path, kind)?;
        }
    }
}
