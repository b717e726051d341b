//! The entries of a cache, one behind the other in a file, and beside it an index that says where each is.
//!
//! Nothing in the file is ever changed: entries are added at its end, so that a run that is cut off loses no more than its
//! last ones. The index is written anew when a run ends. What it does not cover is looked through, and all of the file
//! where there is no index, or a damaged one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::folder::create_private;

const MAGIC: [u8; 8] = *b"kirjuri\0";
const INDEX_MAGIC: [u8; 8] = *b"kirjuri\x01";
/// Changes with what the bytes of the files mean.
pub(super) const FORMAT: u32 = 1;

/// Magic, format, nothing, serial, time of creation, check.
const HEADER: usize = 8 + 4 + 4 + 16 + 8 + 8;
/// Magic, serial and how much of the journal it covers.
const INDEX_HEADER: usize = 8 + 16 + 8;
const INDEX_CHECK: usize = 32;
/// Id, length and check.
const ENTRY_HEADER: usize = 8 + 4 + 4;
/// The bits of a place that say how long the entry is.
const LENGTH_BITS: u32 = 24;
/// The longest entry, in bytes.
const LONGEST: usize = (1 << LENGTH_BITS) - 1;
/// The largest journal, in bytes: as far as places reach.
const LARGEST: u64 = 1 << (64 - LENGTH_BITS);

/// Where an entry is: its id, and its offset and length in one number.
type Place = (u64, u64);

/// A journal that is read.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    serial: [u8; 16],
    /// Seconds since 1970.
    pub(super) created: u64,
    /// By id.
    places: Vec<Place>,
    /// Where the last whole entry ends.
    pub(super) end: u64,
    /// Bytes behind it that are no entry.
    pub(super) lost: u64,
}

/// What a file that should be a journal is.
pub(super) enum Opened {
    Journal(Journal),
    /// There is none, or one of another version of the program.
    Nothing,
    /// It is there, and it is none.
    Damaged,
}

impl Journal {
    /// Makes an empty journal in the place of whatever is there.
    pub(super) fn create(path: &Path, serial: [u8; 16], created: u64) -> io::Result<Journal> {
        let _ = fs::remove_file(path.with_extension("index"));
        let _ = fs::remove_file(path);
        let mut header = Vec::with_capacity(HEADER);
        header.extend(MAGIC);
        header.extend(FORMAT.to_le_bytes());
        header.extend([0; 4]);
        header.extend(serial);
        header.extend(created.to_le_bytes());
        header.extend(first(&header));
        let mut file = create_private(path)?;
        file.write_all(&header)?;
        let file = File::open(path)?;
        let end = HEADER as u64;
        Ok(Journal { path: path.to_path_buf(), file, serial, created, places: Vec::new(), end, lost: 0 })
    }

    pub(super) fn open(path: &Path) -> Opened {
        let Ok(mut file) = File::open(path) else { return Opened::Nothing };
        let mut header = [0; HEADER];
        if file.read_exact(&mut header).is_err() || !header.starts_with(&MAGIC) {
            return Opened::Damaged;
        }
        let mut rest = &header[MAGIC.len()..];
        if take::<4>(&mut rest) != FORMAT.to_le_bytes() {
            return Opened::Nothing;
        }
        let _: [u8; 4] = take(&mut rest);
        let (serial, created) = (take(&mut rest), u64::from_le_bytes(take(&mut rest)));
        if *rest != first(&header[..HEADER - 8]) {
            return Opened::Damaged;
        }
        let Ok(length) = file.metadata().map(|about| about.len()) else { return Opened::Damaged };
        let index = read_index(&path.with_extension("index"), serial);
        let (places, covered) = index.filter(|(_, covered)| *covered <= length).unwrap_or((Vec::new(), HEADER as u64));
        let path = path.to_path_buf();
        let mut journal = Journal { path, file, serial, created, places, end: covered, lost: 0 };
        if covered < length && journal.look_through(length).is_err() {
            return Opened::Damaged;
        }
        journal.lost = length.saturating_sub(journal.end);
        Opened::Journal(journal)
    }

    /// Finds the entries that the index does not cover.
    fn look_through(&mut self, length: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        let mut file = BufReader::new(&self.file);
        let mut header = [0; ENTRY_HEADER];
        loop {
            let rest = length.saturating_sub(self.end);
            if rest < ENTRY_HEADER as u64 {
                break;
            }
            file.read_exact(&mut header)?;
            let Some((id, size)) = read_header(&header, &self.serial, self.end) else { break };
            if size as u64 > rest - ENTRY_HEADER as u64 {
                break;
            }
            self.places.push((id, place(self.end, size)));
            self.end += (ENTRY_HEADER + size) as u64;
            file.seek_relative(size as i64)?;
        }
        tidy(&mut self.places);
        Ok(())
    }

    /// Whether there is an entry of an id.
    pub(super) fn has(&self, id: u64) -> bool {
        self.places.binary_search_by_key(&id, |(known, _)| *known).is_ok()
    }

    /// Reads the entry of an id, as it was sealed.
    pub(super) fn read(&self, id: u64) -> Option<Vec<u8>> {
        let at = self.places.binary_search_by_key(&id, |(known, _)| *known).ok()?;
        let (_, place) = *self.places.get(at)?;
        let (offset, size) = (place >> LENGTH_BITS, (place & LONGEST as u64) as usize);
        let mut bytes = vec![0; ENTRY_HEADER + size];
        read_at(&self.file, &mut bytes, offset).ok()?;
        (read_header(bytes.get(..ENTRY_HEADER)?, &self.serial, offset) == Some((id, size))).then_some(())?;
        bytes.drain(..ENTRY_HEADER);
        Some(bytes)
    }

    /// Gets ready to add entries. What stands behind the last whole one is cut off.
    pub(super) fn writer(&self) -> io::Result<Writer> {
        let mut file = OpenOptions::new().write(true).open(&self.path)?;
        file.set_len(self.end)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Writer { out: BufWriter::with_capacity(1 << 16, file), serial: self.serial, end: self.end, new: Vec::new() })
    }

    /// Ends the journal's reading and writing: its index is written, if there is something new.
    pub(super) fn finish(mut self, writer: Writer) -> io::Result<()> {
        let Writer { mut out, end, new, .. } = writer;
        out.flush()?;
        if new.is_empty() && self.path.with_extension("index").exists() && self.lost == 0 {
            return Ok(());
        }
        self.places.extend(new);
        tidy(&mut self.places);
        // As the entries themselves.
        let (path, part) = (self.path.with_extension("index"), self.path.with_extension("part"));
        let _ = fs::remove_file(&part);
        let mut out = BufWriter::new(create_private(&part)?);
        let mut check = blake3::Hasher::new();
        let mut write = |bytes: &[u8]| {
            check.update(bytes);
            out.write_all(bytes)
        };
        write(&INDEX_MAGIC)?;
        write(&self.serial)?;
        write(&end.to_le_bytes())?;
        for places in self.places.chunks(1 << 10) {
            let bytes: Vec<u8> =
                places.iter().flat_map(|(id, at)| [id.to_le_bytes(), at.to_le_bytes()]).flatten().collect();
            write(&bytes)?;
        }
        out.write_all(check.finalize().as_bytes())?;
        out.flush()?;
        fs::rename(part, path)
    }
}

/// Adds entries to a journal.
pub(super) struct Writer {
    out: BufWriter<File>,
    serial: [u8; 16],
    end: u64,
    new: Vec<Place>,
}

impl Writer {
    /// Adds a sealed entry. One that is too long is left out.
    pub(super) fn append(&mut self, id: u64, sealed: &[u8]) -> io::Result<()> {
        if sealed.len() > LONGEST || self.end >= LARGEST {
            return Ok(());
        }
        let mut header = [0; ENTRY_HEADER];
        header[..8].copy_from_slice(&id.to_le_bytes());
        header[8..12].copy_from_slice(&(sealed.len() as u32).to_le_bytes());
        let check = check_of(&header[..12], &self.serial, self.end);
        header[12..].copy_from_slice(&check);
        self.out.write_all(&header)?;
        self.out.write_all(sealed)?;
        self.new.push((id, place(self.end, sealed.len())));
        self.end += (ENTRY_HEADER + sealed.len()) as u64;
        Ok(())
    }
}

fn place(offset: u64, size: usize) -> u64 {
    offset << LENGTH_BITS | size as u64
}

/// Brings places into the order of their ids. Of several entries of one id the last one counts.
fn tidy(places: &mut Vec<Place>) {
    places.sort_unstable_by_key(|&(id, at)| (id, std::cmp::Reverse(at)));
    places.dedup_by_key(|(id, _)| *id);
}

fn read_index(path: &Path, serial: [u8; 16]) -> Option<(Vec<Place>, u64)> {
    let bytes = fs::read(path).ok()?;
    let (content, check) = bytes.split_at_checked(bytes.len().checked_sub(INDEX_CHECK)?)?;
    if blake3::hash(content).as_bytes() != check {
        return None;
    }
    let mut rest = content.get(..INDEX_HEADER)?;
    if take::<8>(&mut rest) != INDEX_MAGIC || take::<16>(&mut rest) != serial {
        return None;
    }
    let covered = u64::from_le_bytes(take(&mut rest));
    let mut places = Vec::with_capacity(content.len() / 16);
    for mut row in content.get(INDEX_HEADER..)?.chunks_exact(16) {
        places.push((u64::from_le_bytes(take(&mut row)), u64::from_le_bytes(take(&mut row))));
    }
    (covered >= HEADER as u64 && places.is_sorted_by(|one, other| one.0 < other.0)).then_some((places, covered))
}

/// The id and the length of an entry, if its header is whole.
fn read_header(header: &[u8], serial: &[u8; 16], offset: u64) -> Option<(u64, usize)> {
    let (said, check) = header.split_at_checked(12)?;
    if check_of(said, serial, offset) != check {
        return None;
    }
    let mut rest = said;
    let (id, size) = (u64::from_le_bytes(take(&mut rest)), u32::from_le_bytes(take(&mut rest)) as usize);
    (size <= LONGEST).then_some((id, size))
}

fn check_of(header: &[u8], serial: &[u8; 16], offset: u64) -> [u8; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(serial).update(&offset.to_le_bytes()).update(header);
    let mut check = [0; 4];
    hasher.finalize_xof().fill(&mut check);
    check
}

fn first(bytes: &[u8]) -> [u8; 8] {
    let mut check = [0; 8];
    blake3::Hasher::new().update(bytes).finalize_xof().fill(&mut check);
    check
}

/// The next bytes; zeros where there are none.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let Some((taken, behind)) = rest.split_first_chunk() else { return [0; N] };
    *rest = behind;
    *taken
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                bytes = bytes.get_mut(count..).unwrap_or_default();
                offset += count as u64;
            }
        }
    }
    Ok(())
}

/// Makes a journal older by so many seconds.
#[cfg(test)]
pub(super) fn grow_old(path: &Path, seconds: u64) {
    let mut bytes = fs::read(path).unwrap();
    let created = u64::from_le_bytes(take(&mut &bytes[32..40])) - seconds;
    bytes[32..40].copy_from_slice(&created.to_le_bytes());
    let check = first(&bytes[..40]);
    bytes[40..48].copy_from_slice(&check);
    fs::write(path, bytes).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(path: &Path) -> Option<Journal> {
        match Journal::open(path) {
            Opened::Journal(journal) => Some(journal),
            Opened::Nothing | Opened::Damaged => None,
        }
    }

    /// A journal of a hundred entries, of which the index covers the first sixty.
    fn written(folder: &Path) -> PathBuf {
        let path = folder.join("young");
        let made = Journal::create(&path, [7; 16], 5).unwrap();
        let mut writer = made.writer().unwrap();
        (0..60_u64).for_each(|id| writer.append(id * 7, &entry(id)).unwrap());
        made.finish(writer).unwrap();
        let made = journal(&path).unwrap();
        let mut writer = made.writer().unwrap();
        (60..100_u64).for_each(|id| writer.append(id * 7, &entry(id)).unwrap());
        writer.out.flush().unwrap();
        path
    }

    fn entry(id: u64) -> Vec<u8> {
        vec![id as u8; (id as usize % 9) * 11]
    }

    #[test]
    fn entries_are_found_with_and_without_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        for round in 0..2 {
            let found = journal(&path).unwrap();
            assert_eq!((found.created, found.lost), (5, 0));
            for id in 0..100 {
                assert_eq!(found.read(id * 7), Some(entry(id)), "{round} {id}");
                assert!(found.has(id * 7) && !found.has(id * 7 + 1));
            }
            let _ = fs::remove_file(path.with_extension("index"));
        }
    }

    #[test]
    fn the_last_entry_of_an_id_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        let found = journal(&path).unwrap();
        let mut writer = found.writer().unwrap();
        writer.append(7, b"new").unwrap();
        found.finish(writer).unwrap();
        assert_eq!(journal(&path).unwrap().read(7), Some(b"new".to_vec()));
    }

    #[test]
    fn a_journal_that_is_cut_anywhere_gives_what_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        let whole = fs::read(&path).unwrap();
        for length in (0..whole.len()).rev().step_by(41) {
            fs::write(&path, &whole[..length]).unwrap();
            let Some(found) = journal(&path) else {
                assert!(length < HEADER);
                continue;
            };
            let mut is_lost = false;
            for id in 0..100 {
                match found.read(id * 7) {
                    Some(bytes) => assert!(bytes == entry(id) && !is_lost),
                    None => is_lost = true,
                }
            }
            let end = found.end;
            let mut writer = found.writer().unwrap();
            writer.append(1, b"new").unwrap();
            found.finish(writer).unwrap();
            assert!(end <= length as u64);
            assert_eq!(journal(&path).unwrap().read(1), Some(b"new".to_vec()));
        }
    }

    #[test]
    fn bytes_that_are_changed_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path());
        for file in [path.clone(), path.with_extension("index")] {
            let whole = fs::read(&file).unwrap();
            for at in (0..whole.len()).step_by(17) {
                let mut changed = whole.clone();
                changed[at] ^= 0x81;
                fs::write(&file, &changed).unwrap();
                if let Some(found) = journal(&path) {
                    (0..100).for_each(|id| drop(found.read(id * 7)));
                }
            }
            fs::write(&file, &whole).unwrap();
        }
        for foreign in [&b""[..], b"{}", &[0xFF; 4096]] {
            fs::write(path.with_extension("index"), foreign).unwrap();
            assert_eq!(journal(&path).unwrap().read(7), Some(entry(1)));
        }
    }
}
