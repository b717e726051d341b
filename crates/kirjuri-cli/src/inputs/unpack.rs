//! Reads the documents out of files that hold many, or hold one in another form.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use kirjuri_report::{ArchiveError, InputError, NotChecked, SkipReason, printable};

use super::kind::{Compression, Form, Kind};
use super::portions::{Gone, Sink};
use super::{Content, Options, lines, records, tar, zip};

/// The times its size that may come out of an archive if nothing else was said: documents come to some ten times, and what
/// is compressed with deflate to a thousand at most.
const EXPANSION: u64 = 1000;
/// So much may come out of any archive if nothing else was said, however small it is: work of some seconds.
const LEAST_ALLOWANCE: u64 = 1 << 30;
/// Longest name of a member that is shown.
const LONGEST_NAME: usize = 1024;

/// Reads the documents of one file that is not read as it is.
pub(super) struct Unpacking<'s> {
    pub(super) sink: &'s mut Sink,
    pub(super) options: &'s Options,
    left: Allowance,
}

/// How much may still come out of a file; nothing once more than that has.
type Allowance = Rc<Cell<Option<u64>>>;

/// Whether all that was there has been read. If not, it has been reported what is wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whole {
    Yes,
    No,
}

impl<'s> Unpacking<'s> {
    pub(super) fn new(sink: &'s mut Sink, options: &'s Options) -> Unpacking<'s> {
        Unpacking { sink, options, left: Rc::new(Cell::new(Some(u64::MAX))) }
    }

    /// Reads a file.
    pub(super) fn file(&mut self, path: &Path, kind: Kind) -> Result<(), Gone> {
        let name = path.to_string_lossy();
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, file) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.sink.put_unreadable(&name, InputError::File(error.kind())),
        };
        if kind.compression != Compression::None || kind.form == Form::Zip {
            self.left.set(Some(match self.options.max_expansion {
                Some(times) => length.saturating_mul(times),
                None => length.saturating_mul(EXPANSION).max(LEAST_ALLOWANCE),
            }));
        }
        match kind.form {
            Form::Zip => zip::unpack(self, &name, file),
            _ => self.stream(&name, kind, &mut BufReader::new(file)).map(drop),
        }
    }

    /// Reads a file, or a member of an archive, from its start to its end.
    pub(super) fn stream(&mut self, name: &str, kind: Kind, reader: &mut dyn Read) -> Result<Whole, Gone> {
        match kind.compression {
            Compression::None => self.unpacked(name, kind, reader),
            Compression::Gzip => {
                let mut unpacked = self.rationed(MultiGzDecoder::new(reader));
                self.unpacked(name, kind, &mut unpacked)
            }
            Compression::Zstd => match zstd::Decoder::new(reader) {
                Ok(decoder) => {
                    let mut unpacked = self.rationed(decoder);
                    self.unpacked(name, kind, &mut unpacked)
                }
                Err(error) => self.unreadable(name, fault(&error)),
            },
        }
    }

    /// Bytes that come out of an archive, as many as may.
    pub(super) fn rationed<R: Read>(&self, reader: R) -> Rationed<R> {
        Rationed { reader, left: Rc::clone(&self.left) }
    }

    /// Whether more than may has come out of the file, which was reported then. All that may is not too much yet.
    pub(super) fn is_spent(&self) -> bool {
        self.left.get().is_none()
    }

    fn unpacked(&mut self, name: &str, kind: Kind, reader: &mut dyn Read) -> Result<Whole, Gone> {
        match kind.form {
            Form::Document => self.document(name, reader),
            Form::Lines => lines::split(self, name, reader),
            Form::Tar => tar::unpack(self, name, reader),
            Form::Zip | Form::Unknown => self.unreadable(name, InputError::Archive(ArchiveError::UnknownCompression)),
        }
    }

    /// Reads a document, or the records of one if they were asked for.
    fn document(&mut self, name: &str, reader: &mut dyn Read) -> Result<Whole, Gone> {
        let Some(record) = &self.options.record else { return self.whole(name, reader) };
        let mut reader = BufReader::new(reader);
        match begins_json(&mut reader) {
            Ok(true) => self.whole(name, &mut reader),
            Ok(false) => records::split(self, name, record, &mut reader),
            Err(error) => self.unreadable(name, fault(&error)),
        }
    }

    /// Reads a document that is all there is.
    fn whole(&mut self, name: &str, reader: &mut dyn Read) -> Result<Whole, Gone> {
        let most = (self.options.limits.bytes as u64).saturating_add(1);
        let mut bytes = Vec::new();
        match reader.take(most).read_to_end(&mut bytes) {
            Ok(_) => {
                // What was too much to hold waits with the document, and there are many.
                bytes.shrink_to_fit();
                self.sink.put(name.to_owned(), Content::Held { bytes, around: None })?;
                Ok(Whole::Yes)
            }
            Err(error) => self.unreadable(name, fault(&error)),
        }
    }

    /// Reads a member of an archive.
    pub(super) fn member(&mut self, archive: &str, member: &[u8], reader: &mut dyn Read) -> Result<Whole, Gone> {
        let name = member_name(archive, member);
        match Kind::of(&name) {
            None => {
                self.sink.ignore();
                Ok(Whole::Yes)
            }
            Some(kind) if kind.is_archive() => {
                self.sink.put_unreadable(&name, InputError::Archive(ArchiveError::Nested))?;
                Ok(Whole::Yes)
            }
            Some(kind) => self.stream(&name, kind, reader),
        }
    }

    /// Reports that something cannot be read, or not to its end.
    pub(super) fn unreadable(&mut self, name: &str, error: InputError) -> Result<Whole, Gone> {
        self.sink.put_unreadable(name, error)?;
        Ok(Whole::No)
    }

    /// Reports that a file for many documents has none.
    pub(super) fn nothing_inside(&mut self, name: &str) -> Result<Whole, Gone> {
        self.sink.put(name.to_owned(), Content::Unchecked(NotChecked::Skipped(SkipReason::NothingInside)))?;
        Ok(Whole::Yes)
    }
}

/// The name of a member as it is shown. It leads nowhere: no member is ever written to a file of its name.
pub(super) fn member_name(archive: &str, member: &[u8]) -> String {
    let member = String::from_utf8_lossy(member);
    let member = printable(&member);
    let shown = member.get(..member.floor_char_boundary(LONGEST_NAME)).unwrap_or_default();
    // The ending says what it is.
    let ending = member.get(member.ceil_char_boundary(member.len().saturating_sub(32))..).unwrap_or_default();
    match shown.len() == member.len() {
        true => format!("{archive}!{shown}"),
        false => format!("{archive}!{shown}…{ending}"),
    }
}

/// Whether the first character is that of a JSON text, which has no records.
fn begins_json(reader: &mut BufReader<&mut dyn Read>) -> io::Result<bool> {
    let start = reader.fill_buf()?;
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    Ok(matches!(start.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'{' | b'[')))
}

/// More came out of an archive than may.
#[derive(Debug, thiserror::Error)]
#[error("the archive expands too much")]
struct TooMuch;

/// What is wrong with a file or an archive where reading ended.
pub(super) fn fault(error: &io::Error) -> InputError {
    if error.get_ref().is_some_and(|inner| inner.is::<TooMuch>()) {
        return InputError::Archive(ArchiveError::ExpandsTooMuch);
    }
    match error.kind() {
        // As those who unpack say it; a file system says what it means.
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::Other => InputError::Archive(ArchiveError::Damaged),
        io::ErrorKind::Unsupported => InputError::Archive(ArchiveError::UnknownCompression),
        kind => InputError::File(kind),
    }
}

/// Reads from something compressed until more has come out than may.
pub(super) struct Rationed<R> {
    reader: R,
    left: Allowance,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.left.set(self.left.get().and_then(|left| left.checked_sub(read as u64)));
        if self.left.get().is_none() {
            return Err(io::Error::other(TooMuch));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_may_come_out_is_not_too_much() {
        let left: Allowance = Rc::new(Cell::new(Some(3)));
        let read = |bytes: &[u8]| {
            let mut content = Vec::new();
            Rationed { reader: bytes, left: Rc::clone(&left) }.read_to_end(&mut content).is_ok()
        };
        for (bytes, is_whole, expected) in [("ab", true, Some(1)), ("c", true, Some(0)), ("d", false, None)] {
            assert_eq!((read(bytes.as_bytes()), left.get()), (is_whole, expected), "{bytes}");
        }
    }
}
