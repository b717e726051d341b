//! Archives of tar. They are read as a stream and member by member, so that none of it is held but what a member is.
//!
//! The crate's own iterator takes the names that stand in members of their own as long as they say they are, in memory.

use std::io::{self, Read};

use kirjuri_report::{ArchiveError, InputError};
use tar::{EntryType, Header};

use super::portions::Gone;
use super::unpack::{Unpacking, Whole, fault};

/// All is in blocks of so many bytes.
const BLOCK: usize = 512;
/// Longest name, or list of attributes, that stands in a member of its own.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// Hands on the members that are documents.
pub(super) fn unpack(unpacking: &mut Unpacking<'_>, name: &str, reader: &mut dyn Read) -> Result<Whole, Gone> {
    let mut members = 0_u64;
    loop {
        let Member { header, size, said } = match next(reader) {
            Ok(Some(member)) => member,
            // Of a compressed archive the checksum stands behind the mark of the end: without it, damage in the content of
            // members would pass for what they say.
            Ok(None) => match io::copy(reader, &mut io::sink()) {
                Ok(_) if members == 0 => return unpacking.nothing_inside(name),
                Ok(_) => return Ok(Whole::Yes),
                Err(error) => return unpacking.unreadable(name, fault(&error)),
            },
            Err(error) => return unpacking.unreadable(name, fault(&error)),
        };
        members = members.saturating_add(1);
        if members > unpacking.options.max_members {
            return unpacking.unreadable(name, InputError::Archive(ArchiveError::TooManyMembers));
        }
        let path = said.name.unwrap_or_else(|| header.path_bytes().into_owned());
        let mut content = Content { reader, left: size };
        let mut whole = Whole::Yes;
        match header.entry_type() {
            EntryType::Directory => {}
            // Before there were kinds of members, a folder was told by its name.
            EntryType::Regular if path.ends_with(b"/") => {}
            EntryType::Regular | EntryType::Continuous if !said.is_sparse => {
                whole = unpacking.member(name, &path, &mut content)?;
            }
            // A link leads out of the archive, or to what is read anyway; a device is no document, and a file with holes
            // is not worth its rules.
            _ => unpacking.sink.ignore(),
        }
        let padding = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64) - size;
        let skipped = io::copy(&mut content, &mut io::sink()).and_then(|_| skip(reader, padding));
        match (skipped, whole) {
            (Ok(()), _) => {}
            // What was wrong with the member is wrong with the archive, and has been said.
            (Err(_), Whole::No) => return Ok(Whole::No),
            (Err(error), Whole::Yes) => return unpacking.unreadable(name, fault(&error)),
        }
    }
}

/// A member before its content.
struct Member {
    header: Header,
    size: u64,
    said: Said,
}

/// What members before a member say of it.
#[derive(Default)]
struct Said {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    /// Its bytes are the pieces of a file with holes.
    is_sparse: bool,
}

/// Reads up to the content of the next member; none behind the last one.
fn next(reader: &mut dyn Read) -> io::Result<Option<Member>> {
    let mut said = Said::default();
    loop {
        let Some(header) = header(reader)? else { return Ok(None) };
        let own_size = header.entry_size()?;
        match header.entry_type() {
            EntryType::GNULongName => {
                let mut name = extension(reader, own_size)?;
                name.truncate(name.iter().position(|&byte| byte == 0).unwrap_or(name.len()));
                said.name = Some(name);
            }
            EntryType::XHeader => said.read(&extension(reader, own_size)?),
            EntryType::GNULongLink | EntryType::XGlobalHeader => drop(extension(reader, own_size)?),
            kind => {
                if kind == EntryType::GNUSparse {
                    skip_map(&header, reader)?;
                }
                return Ok(Some(Member { size: said.size.unwrap_or(own_size), header, said }));
            }
        }
    }
}

/// Reads a header; none at the mark of the end. An archive without the mark is cut off.
fn header(reader: &mut dyn Read) -> io::Result<Option<Header>> {
    let mut header = Header::new_old();
    reader.read_exact(header.as_mut_bytes())?;
    let block = header.as_bytes();
    if block.iter().all(|&byte| byte == 0) {
        return Ok(None);
    }
    let sum = |bytes: &[u8]| bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
    // The sum is made as if there were spaces in its own place.
    let (before, rest) = block.split_at(148);
    let (_, behind) = rest.split_at(8);
    if header.cksum()? != sum(before) + sum(behind) + 8 * u32::from(b' ') {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(Some(header))
}

/// Reads what a member says of the next one.
fn extension(reader: &mut dyn Read, size: u64) -> io::Result<Vec<u8>> {
    if size > LONGEST_EXTENSION {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = vec![0; (size as usize).next_multiple_of(BLOCK)];
    reader.read_exact(&mut bytes)?;
    bytes.truncate(size as usize);
    Ok(bytes)
}

/// Skips the rest of the map of a file with holes, which stands before its content.
fn skip_map(header: &Header, reader: &mut dyn Read) -> io::Result<()> {
    let mut goes_on = header.as_bytes()[482] == 1;
    while goes_on {
        let mut block = [0; BLOCK];
        reader.read_exact(&mut block)?;
        goes_on = block[504] == 1;
    }
    Ok(())
}

fn skip(reader: &mut dyn Read, bytes: u64) -> io::Result<()> {
    let skipped = io::copy(&mut reader.take(bytes), &mut io::sink())?;
    if skipped == bytes { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

impl Said {
    /// Reads a list of attributes, `LENGTH KEY=VALUE` on each line (POSIX.1-2001, pax).
    fn read(&mut self, mut list: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', list) {
            let length = list.get(..space).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<usize>().ok());
            let Some((line, rest)) = length.and_then(|length| list.split_at_checked(length)) else { return };
            let Some(line) = line.get(space + 1..) else { return };
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let (key, value) = line.split_at(memchr::memchr(b'=', line).unwrap_or(line.len()));
            let value = value.get(1..).unwrap_or_default();
            match key {
                b"path" => self.name = Some(value.to_vec()),
                b"size" => self.size = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()),
                _ => self.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
            list = rest;
        }
    }
}

/// The content of a member. That there is less of it than was said is an error.
struct Content<'r> {
    reader: &'r mut dyn Read,
    left: u64,
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = Read::take(&mut *self.reader, self.left).read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_attributes_is_read_as_far_as_it_makes_sense() {
        for (list, name, size, is_sparse) in [
            (&b"16 path=a/b.xml\n9 size=7\n"[..], Some(&b"a/b.xml"[..]), Some(7), false),
            (b"22 GNU.sparse.major=1\n", None, None, true),
            (b"9 size=x\n", None, None, false),
            (b"999 path=a\n", None, None, false),
            (b"0 path=a\n", None, None, false),
            (b"1 path=a\n", None, None, false),
            (b"path=a", None, None, false),
            (b"", None, None, false),
        ] {
            let mut said = Said::default();
            said.read(list);
            assert_eq!((said.name.as_deref(), said.size, said.is_sparse), (name, size, is_sparse), "{list:?}");
        }
    }
}
