//! Files with a document on each line (NDJSON, JSON Lines).

use std::io::{self, BufRead, BufReader, Read};

use kirjuri::{Origin, Surroundings};

use super::Content;
use super::portions::Gone;
use super::unpack::{Unpacking, Whole, fault};

/// Hands on the document of each line. Lines with nothing but white space are none; they count as lines.
pub(super) fn split(unpacking: &mut Unpacking<'_>, name: &str, reader: &mut dyn Read) -> Result<Whole, Gone> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let most = unpacking.options.limits.bytes.saturating_add(1);
    let (mut number, mut offset, mut is_empty) = (0_u32, 0_u64, true);
    loop {
        let mut bytes = Vec::new();
        let read = match line(&mut reader, most, &mut bytes) {
            Ok(0) if is_empty => return unpacking.nothing_inside(name),
            Ok(0) => return Ok(Whole::Yes),
            Ok(read) => read,
            Err(error) => return unpacking.unreadable(name, fault(&error)),
        };
        let mut before = 0;
        if number == 0 && bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
            before = 3;
        }
        let origin = Origin { line: number, column: 0, offset: offset + before };
        (number, offset) = (number.saturating_add(1), offset.saturating_add(read));
        if bytes.iter().all(u8::is_ascii_whitespace) && bytes.len() < most {
            continue;
        }
        is_empty = false;
        bytes.shrink_to_fit();
        let around = Some(Surroundings { origin, ..Surroundings::default() });
        unpacking.sink.put(format!("{name}!{number}"), Content::Held { bytes, around })?;
    }
}

/// Reads a line, of which `most` bytes are kept; how many it has, its end included. None is left at the end of the file.
fn line(reader: &mut dyn BufRead, most: usize, line: &mut Vec<u8>) -> io::Result<u64> {
    let mut length = 0_u64;
    loop {
        let piece = match reader.fill_buf() {
            Ok(piece) => piece,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let (kept, used) = match memchr::memchr(b'\n', piece) {
            Some(end) => (end, end + 1),
            None => (piece.len(), piece.len()),
        };
        let room = most.saturating_sub(line.len());
        line.extend_from_slice(piece.get(..kept.min(room)).unwrap_or_default());
        reader.consume(used);
        length = length.saturating_add(used as u64);
        if used == 0 || used > kept {
            return Ok(length);
        }
    }
}
