//! The folder of a cache: who may write to it, its secret, and its journals.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::journal::{Journal, Opened};
use super::seal::Key;

/// After so long the young journal becomes the old one.
pub(super) const YOUNG: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// And when it is so large, in bytes.
const LARGE: u64 = 4 << 30;

/// Makes the folder, unless it is there; says why it is no cache's.
pub(super) fn prepare(folder: &Path) -> io::Result<Result<(), &'static str>> {
    let tag = folder.join("CACHEDIR.TAG");
    if tag.exists() {
        return Ok(Ok(()));
    }
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Ok(Err("the folder holds other things; name a new one, or an empty one"));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.recursive(true).create(folder)?;
        }
        Err(_) if folder.exists() && !folder.is_dir() => return Ok(Err("that is a file, not a folder")),
        Err(error) => return Err(error),
    }
    // So that neither version control nor a backup takes it for something to keep.
    fs::write(folder.join(".gitignore"), "*\n")?;
    fs::write(
        tag,
        "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of kirjuri (docs/caching.md). It may be thrown away at any time.\n",
    )?;
    Ok(Ok(()))
}

/// Makes a file that others may not read.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The right to write, unless another run has it.
pub(super) fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The secret of the cache. It is made where there is none; none where that is another run's to do.
pub(super) fn secret(path: &Path, may_write: bool, notes: &mut Vec<String>) -> io::Result<Option<Key>> {
    match fs::read(path) {
        Ok(bytes) => match Key::try_from(bytes) {
            Ok(key) => return Ok(Some(key)),
            Err(_) => notes.push("its key is damaged: nothing in it is of use any more".to_owned()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    if !may_write {
        return Ok(None);
    }
    let key = random();
    let _ = fs::remove_file(path);
    create_private(path)?.write_all(&key)?;
    Ok(Some(key))
}

/// Bytes that nobody can guess: the standard library has its hashers keyed by the system's own.
fn random() -> Key {
    let state = RandomState::new();
    let mut hasher = blake3::Hasher::new();
    for number in 0..8_u64 {
        hasher.update(&state.hash_one(number).to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// The young journal and the old one.
pub(super) fn journals(
    folder: &Path,
    may_write: bool,
    notes: &mut Vec<String>,
) -> io::Result<(Option<Journal>, Option<Journal>)> {
    let [young, old] = ["young", "old"].map(|name| folder.join(name));
    let mut open = |path: &Path| match Journal::open(path) {
        Opened::Journal(journal) => {
            if journal.lost > 0 && may_write {
                notes.push("the end of it was cut off or damaged; what stands before is used".to_owned());
            }
            Some(journal)
        }
        Opened::Nothing => None,
        Opened::Damaged => {
            notes.push("it is damaged, or not a cache at all, and is begun anew".to_owned());
            None
        }
    };
    let (mut first, mut second) = (open(&young), open(&old));
    if !may_write {
        return Ok((first, second));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let is_over = |journal: &Journal| {
        let age = now.checked_sub(Duration::from_secs(journal.created)).unwrap_or_default();
        age >= YOUNG || journal.end >= LARGE
    };
    if first.as_ref().is_some_and(is_over) {
        // Open files can be renamed, and where the system says no the journal stays as it is.
        drop((first.take(), second.take()));
        let _ = fs::rename(young.with_extension("index"), old.with_extension("index"));
        let _ = fs::rename(&young, &old);
        (first, second) = (open(&young), open(&old));
    }
    let first = match first {
        Some(journal) => journal,
        None => {
            let mut serial = [0; 16];
            serial.iter_mut().zip(random()).for_each(|(byte, random)| *byte = random);
            Journal::create(&young, serial, now.as_secs())?
        }
    };
    Ok((Some(first), second))
}
