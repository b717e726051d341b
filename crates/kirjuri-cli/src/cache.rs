//! What came of documents, kept between runs (`--cache`).
//!
//! An outcome is found by the document's bytes and by all that it depends on beside them ([`key`]); by its path, size and
//! times a document's bytes are known again without reading them. Two journals hold the entries: the young one is added
//! to, and what a run takes from the old one is copied into it. When the young one is two weeks old it becomes the old one,
//! so that what no run needed for two weeks to four is gone.
//!
//! A cache never makes a report wrong and never stops a run: what is damaged or foreign in it is as if it were not there, one
//! that cannot be written is read, and one that cannot be read is left out. Only a name that is no cache's, and a run that
//! is to be gone on with, are errors.

mod folder;
mod journal;
pub(crate) mod key;
mod run;
mod seal;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kirjuri::{LintOptions, Report, RuleSet, Unchecked, decode_report, encode_report};

use crate::Failure;
use crate::arguments::{CacheArguments, CacheBy};
use folder::{journals, lock, prepare, secret};
use journal::{Journal, Writer};
pub(crate) use run::Day;
use seal::{Key, Seal};

/// A file that changed so shortly before it was looked at may change again without its times telling.
const UNSETTLED: Duration = Duration::from_secs(2);

/// What is kept between runs, for the rules and options of this one.
pub(crate) struct Cache {
    folder: PathBuf,
    /// Whether documents are known by their metadata.
    by_metadata: bool,
    content: Key,
    metadata: Key,
    /// The folder that relative paths begin in.
    here: PathBuf,
    young: Option<Journal>,
    old: Option<Journal>,
    /// None where another run adds to the cache, or where nothing more can be written.
    writer: Mutex<Option<Writer>>,
    /// Held as long as this run may write.
    lock: Option<File>,
    asked: AtomicU64,
    taken: AtomicU64,
    damaged: AtomicU64,
    /// Why nothing more could be written.
    unwritten: Mutex<Option<io::Error>>,
}

/// What is asked of a cache: a document as it is to be checked.
pub(crate) struct Asked<'a> {
    /// The file that holds the document and nothing else, if there is one.
    pub(crate) file: Option<&'a Path>,
    /// What the outcome depends on beside the bytes, and the rules and options of the run.
    pub(crate) besides: &'a [u8],
    pub(crate) rules: &'a RuleSet,
    pub(crate) options: &'a LintOptions,
}

/// What is in the folder of a cache.
struct Contents {
    secret: Option<Key>,
    young: Option<Journal>,
    old: Option<Journal>,
    writer: Option<Writer>,
}

impl Contents {
    /// Gets ready what is kept, and where this run may write, what it adds to; then the run is marked as begun.
    ///
    /// # Errors
    /// What cannot be read or written; inside, that there is no such run to go on with.
    fn open(
        folder: &Path,
        may_write: bool,
        begin: impl FnOnce() -> io::Result<Result<(), String>>,
        notes: &mut Vec<String>,
    ) -> io::Result<Result<Contents, String>> {
        let secret = secret(&folder.join("key"), may_write, notes)?;
        let (young, old) = match secret {
            Some(_) => journals(folder, may_write, notes)?,
            None => (None, None),
        };
        let writer = young.as_ref().filter(|_| may_write).map(Journal::writer).transpose()?;
        if may_write && let Err(refused) = begin()? {
            return Ok(Err(refused));
        }
        Ok(Ok(Contents { secret, young, old, writer }))
    }
}

impl Cache {
    /// Opens the cache that the arguments name for a run of this key; none where they name none, or where it is of no use.
    /// With it comes what there is to say of it before the run.
    ///
    /// # Errors
    /// A folder that is none, or is not a cache's; with `--resume`, that there is no such run, or no reading or writing.
    pub(crate) fn open(
        arguments: &CacheArguments,
        run: blake3::Hash,
        day: Option<Day>,
    ) -> Result<(Option<Cache>, Vec<String>), Failure> {
        let Some(folder) = &arguments.folder else { return Ok((None, Vec::new())) };
        let said = |text: &dyn Display| format!("{}: {text}", folder.display());
        let failed = |text: &dyn Display| Failure::Message(format!("--cache {}", said(text)));
        let left_out = |error: &io::Error| match arguments.resume {
            true => Err(failed(error)),
            false => {
                Ok((None, vec![format!("--cache {}: it cannot be used, and is left out: {error}", folder.display())]))
            }
        };
        match prepare(folder) {
            Ok(made) => made.map_err(|text| failed(&text))?,
            Err(error) => return left_out(&error),
        }
        let mut notes = Vec::new();
        let (mut lock, mut unwritable) = match lock(&folder.join("lock")) {
            Ok(lock) => (lock, None),
            Err(error) => (None, Some(error)),
        };
        if lock.is_none() && unwritable.is_none() {
            if arguments.resume {
                return Err(Failure::Message(format!("--resume: another run is using {} now", folder.display())));
            }
            notes.push("another run is using it now: this one reads it and adds nothing".to_owned());
        }
        let mut contents = None;
        if lock.is_some() {
            let begin = || run::begin(folder, &run, day, arguments.resume);
            match Contents::open(folder, true, begin, &mut notes) {
                Ok(opened) => contents = Some(opened.map_err(Failure::Message)?),
                // What is there can still be read.
                Err(error) => (lock, unwritable) = (None, Some(error)),
            }
        }
        if let Some(error) = unwritable {
            if arguments.resume {
                return Err(failed(&error));
            }
            notes = vec![format!("it cannot be written to: this run reads it and adds nothing ({error})")];
        }
        let contents = match contents {
            Some(contents) => contents,
            None => match Contents::open(folder, false, || Ok(Ok(())), &mut notes) {
                Ok(opened) => opened.map_err(Failure::Message)?,
                Err(error) => return left_out(&error),
            },
        };
        let Contents { secret, young, old, writer } = contents;
        let derived = |word: &str| {
            let root = blake3::keyed_hash(&secret.unwrap_or_default(), word.as_bytes());
            *blake3::keyed_hash(root.as_bytes(), run.as_bytes()).as_bytes()
        };
        let cache = Cache {
            folder: folder.clone(),
            // What a run had finished is as it was, unless its file has changed since.
            by_metadata: arguments.resume || arguments.cache_by == Some(CacheBy::Metadata),
            content: derived("content"),
            metadata: derived("metadata"),
            here: std::env::current_dir().unwrap_or_default(),
            young,
            old,
            writer: Mutex::new(writer),
            lock,
            asked: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            damaged: AtomicU64::new(0),
            unwritten: Mutex::new(None),
        };
        Ok((Some(cache), notes.iter().map(|note| said(note)).collect()))
    }

    /// What came of a document: what is kept of it, else what `read` and `check` say, which is kept then.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) fn outcome<E>(
        &self,
        asked: &Asked<'_>,
        buffer: &mut Vec<u8>,
        read: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
        check: impl FnOnce(&[u8]) -> Result<Report, Unchecked>,
    ) -> Result<Result<Report, Unchecked>, E> {
        let outcome = self.find(asked, buffer, read, check);
        // What was interrupted is asked by nobody any more.
        let is_done = !matches!(outcome, Ok(Err(Unchecked::Interrupted)));
        self.asked.fetch_add(u64::from(is_done), Ordering::Relaxed);
        outcome
    }

    fn find<E>(
        &self,
        asked: &Asked<'_>,
        buffer: &mut Vec<u8>,
        read: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
        check: impl FnOnce(&[u8]) -> Result<Report, Unchecked>,
    ) -> Result<Result<Report, Unchecked>, E> {
        let stamp = asked.file.and_then(|file| self.stamp(file, asked.besides));
        if let Some(stamp) = stamp.as_ref().filter(|_| self.by_metadata)
            && let Some(content) = self.read(&stamp.key).and_then(|kept| Key::try_from(kept).ok())
            && let Some(checked) = self.kept(&content, asked)
        {
            return Ok(checked);
        }
        read(buffer)?;
        let content = of_parts(&self.content, [asked.besides, buffer]);
        let checked = match self.kept(&content, asked) {
            Some(checked) => checked,
            None => {
                let checked = check(buffer);
                let mut entry = Vec::new();
                if !encode_report(&checked, &mut entry) {
                    return Ok(checked);
                }
                self.keep(&content, entry);
                checked
            }
        };
        // By metadata, one that is known was damaged, or is of a file that was written in the meantime.
        if let (Some(stamp), Some(file)) = (stamp, asked.file)
            && stamp.is_settled
            && (self.by_metadata || !self.has(&stamp.key))
            && self.stamp(file, asked.besides).is_some_and(|now| now.key == stamp.key)
        {
            self.keep(&stamp.key, content.to_vec());
        }
        Ok(checked)
    }

    /// The outcome that is kept under a key.
    fn kept(&self, key: &Key, asked: &Asked<'_>) -> Option<Result<Report, Unchecked>> {
        let checked = decode_report(&self.read(key)?, asked.rules, asked.options);
        let count = if checked.is_some() { &self.taken } else { &self.damaged };
        count.fetch_add(1, Ordering::Relaxed);
        checked
    }

    fn has(&self, key: &Key) -> bool {
        let id = Seal::of(key).id;
        self.young.as_ref().is_some_and(|journal| journal.has(id))
    }

    /// The entry of a key.
    fn read(&self, key: &Key) -> Option<Vec<u8>> {
        for (is_old, journal) in [(false, &self.young), (true, &self.old)] {
            let seal = Seal::of(key);
            let Some(mut entry) = journal.as_ref().filter(|it| it.has(seal.id)).and_then(|it| it.read(seal.id)) else {
                continue;
            };
            if seal.open(&mut entry).is_none() {
                self.damaged.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            if is_old {
                self.keep(key, entry.clone());
            }
            return Some(entry);
        }
        None
    }

    fn keep(&self, key: &Key, mut entry: Vec<u8>) {
        let seal = Seal::of(key);
        let id = seal.id;
        seal.close(&mut entry);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Err(error)) = writer.as_mut().map(|writer| writer.append(id, &entry)) {
            // The next run cuts off what was half written.
            *writer = None;
            *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }

    /// What the system says of a file, from which it is known again.
    fn stamp(&self, file: &Path, besides: &[u8]) -> Option<Stamp> {
        let about = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
        let path = self.here.join(file);
        let (times, inode) = times(&about)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_nanos();
        let latest = times.iter().copied().max().unwrap_or_default();
        let is_settled = u128::try_from(latest).is_ok_and(|latest| latest + UNSETTLED.as_nanos() <= now);
        let numbers = [times[0], times[1], i128::from(about.len()), i128::from(inode)].map(i128::to_le_bytes);
        let key = of_parts(&self.metadata, [besides, path.as_os_str().as_encoded_bytes(), numbers.as_flattened()]);
        Some(Stamp { key, is_settled })
    }

    /// Ends the run: what is new is found by the next one. What there is to say of the cache behind it.
    pub(crate) fn finish(self, is_partial: bool) -> Vec<String> {
        let folder = self.folder.display().to_string();
        let (asked, taken, damaged) = (self.asked.into_inner(), self.taken.into_inner(), self.damaged.into_inner());
        let noun = if asked == 1 { "document" } else { "documents" };
        let mut notes = vec![format!("{folder}: {taken} of {asked} {noun} as before")];
        if damaged > 0 {
            let noun = if damaged == 1 { "entry was" } else { "entries were" };
            notes.push(format!("{folder}: {damaged} {noun} damaged, and made again"));
        }
        let mut unwritten = self.unwritten.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let (Some(writer), Some(young)) =
            (self.writer.into_inner().unwrap_or_else(PoisonError::into_inner), self.young)
        {
            unwritten = young.finish(writer).err();
        }
        if let Some(error) = unwritten {
            notes.push(format!("{folder}: not all could be kept: {error}"));
        }
        if self.lock.is_some() {
            if is_partial {
                notes.push(format!("{folder}: what was finished is kept; go on with --resume"));
            } else {
                run::end(&self.folder);
            }
        }
        notes
    }
}

/// What a file is known by.
struct Stamp {
    key: Key,
    /// Whether the file could not change without the system telling another time.
    is_settled: bool,
}

/// The hash of some parts, each with its length before it.
fn of_parts<const N: usize>(key: &Key, parts: [&[u8]; N]) -> Key {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    *hasher.finalize().as_bytes()
}

/// When the content of a file changed, and when anything about it did, in nanoseconds since 1970; and its number in the file
/// system.
#[cfg(unix)]
fn times(about: &fs::Metadata) -> Option<([i128; 2], u64)> {
    use std::os::unix::fs::MetadataExt;
    let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
    let times = [nanoseconds(about.mtime(), about.mtime_nsec()), nanoseconds(about.ctime(), about.ctime_nsec())];
    Some((times, about.ino()))
}

#[cfg(not(unix))]
fn times(about: &fs::Metadata) -> Option<([i128; 2], u64)> {
    let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(([i128::try_from(changed.as_nanos()).ok()?, 0], 0))
}
