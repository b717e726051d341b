//! A window that slides over a file of any size, and knows at which line and column of it it stands.

use std::io::{self, Read};

use kirjuri::{Origin, Position};

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 16;

/// A part of a file. The bytes behind the cursor are dropped as it goes on, unless they are held.
pub(super) struct Window<'r> {
    reader: &'r mut dyn Read,
    data: Vec<u8>,
    /// The cursor, in the data.
    at: usize,
    /// Start of what is held, in the data.
    held: Option<usize>,
    /// Most bytes that are held.
    most: usize,
    /// How far lines and columns have been counted, in the data, and what they are there.
    counted: usize,
    origin: Origin,
    /// A character is a byte; if not, it is one of UTF-8.
    pub(super) is_single_byte: bool,
    is_at_end: bool,
}

impl<'r> Window<'r> {
    pub(super) fn new(reader: &'r mut dyn Read) -> Window<'r> {
        Window {
            reader,
            data: Vec::new(),
            at: 0,
            held: None,
            most: 0,
            counted: 0,
            origin: Origin::default(),
            is_single_byte: false,
            is_at_end: false,
        }
    }

    /// The bytes from the cursor on, as far as they have been read.
    pub(super) fn rest(&self) -> &[u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    /// Reads until there are so many bytes from the cursor on, or the file ends.
    pub(super) fn ensure(&mut self, length: usize) -> io::Result<&[u8]> {
        while self.rest().len() < length && self.more()? {}
        Ok(self.rest())
    }

    /// Moves the cursor over bytes that have been read.
    pub(super) fn skip(&mut self, length: usize) {
        self.at = self.at.saturating_add(length).min(self.data.len());
    }

    /// Holds what follows from the cursor on, but no more than `most` bytes: then it is let go.
    pub(super) fn hold(&mut self, most: usize) {
        (self.held, self.most) = (Some(self.at), most);
    }

    /// Goes on holding, up to so many bytes.
    pub(super) fn hold_more(&mut self, most: usize) {
        self.most = most;
    }

    /// What has been held up to the cursor, and is let go; none where it became too much.
    pub(super) fn take_held(&mut self) -> Option<&[u8]> {
        let held = self.held.take()?;
        self.data.get(held..self.at)
    }

    /// What is held up to the cursor; none where it became too much.
    pub(super) fn held(&self) -> Option<&[u8]> {
        self.data.get(self.held?..self.at)
    }

    /// Whether what was to be held became too much.
    pub(super) fn has_lost(&self) -> bool {
        self.held.is_none()
    }

    /// Where the cursor is in the file.
    pub(super) fn origin(&mut self) -> Origin {
        self.count_to(self.at);
        self.origin
    }

    /// Where the cursor is, as an error says it.
    pub(super) fn position(&mut self) -> (Position, usize) {
        let Origin { line, column, offset } = self.origin();
        let position = Position { line: line.saturating_add(1), column: column.saturating_add(1) };
        (position, usize::try_from(offset).unwrap_or(usize::MAX))
    }

    /// Moves the cursor to the next of a byte, or to the end of the file.
    pub(super) fn seek(&mut self, byte: u8) -> io::Result<bool> {
        loop {
            if let Some(found) = memchr::memchr(byte, self.rest()) {
                self.at += found;
                return Ok(true);
            }
            self.at = self.data.len();
            if !self.more()? {
                return Ok(false);
            }
        }
    }

    /// Moves the cursor behind the next of a text, or to the end of the file.
    pub(super) fn pass(&mut self, text: &[u8]) -> io::Result<bool> {
        loop {
            if let Some(found) = memchr::memmem::find(self.rest(), text) {
                self.at += found + text.len();
                return Ok(true);
            }
            // A part of it may stand at the end.
            self.at = self.at.max((self.data.len() + 1).saturating_sub(text.len()));
            if !self.more()? {
                self.at = self.data.len();
                return Ok(false);
            }
        }
    }

    /// Moves the cursor behind the tag that it is in; whether that is an empty element. None at the end of the file, or at
    /// the `<` of the next markup where the tag has no end.
    pub(super) fn pass_tag(&mut self) -> io::Result<Option<bool>> {
        let (mut quote, mut last) = (None, 0);
        loop {
            let rest = self.rest();
            let found = match quote {
                None => rest.iter().position(|byte| matches!(byte, b'>' | b'<' | b'"' | b'\'')),
                Some(quote) => memchr::memchr2(quote, b'<', rest),
            };
            let before = rest.get(..found.unwrap_or(rest.len())).and_then(<[u8]>::last).copied();
            last = before.unwrap_or(last);
            let byte = found.and_then(|found| rest.get(found)).copied();
            self.at += found.unwrap_or(rest.len());
            match byte {
                // An attribute has no `<`, so that a quote too many costs one tag and not all that follow.
                Some(b'<') => return Ok(None),
                Some(b'>') if quote.is_none() => {
                    self.at += 1;
                    return Ok(Some(last == b'/'));
                }
                Some(byte) => {
                    quote = if quote.is_some() { None } else { Some(byte) };
                    last = byte;
                    self.at += 1;
                }
                None if self.more()? => {}
                None => return Ok(None),
            }
        }
    }

    /// Reads on; false at the end of the file.
    fn more(&mut self) -> io::Result<bool> {
        if self.is_at_end {
            return Ok(false);
        }
        if self.held.is_some_and(|held| self.data.len() - held > self.most) {
            self.held = None;
        }
        let keep = self.held.unwrap_or(self.at);
        // Moving what is kept must not cost more than reading did.
        if keep > 0 && keep >= self.data.len() / 2 {
            self.count_to(keep);
            self.data.drain(..keep);
            (self.at, self.counted) = (self.at - keep, self.counted - keep);
            self.held = self.held.map(|_| 0);
            // One large record must not take its memory for ever.
            if self.data.capacity() > 8 * CHUNK && self.data.len() < CHUNK {
                self.data.shrink_to(2 * CHUNK);
            }
        }
        let length = self.data.len();
        self.data.resize(length + CHUNK, 0);
        let read = loop {
            match self.reader.read(self.data.get_mut(length..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.data.truncate(length + *read.as_ref().unwrap_or(&0));
        self.is_at_end = read? == 0;
        Ok(!self.is_at_end)
    }

    /// Counts lines and columns up to an offset in the data.
    fn count_to(&mut self, end: usize) {
        let Some(bytes) = self.data.get(self.counted..end) else { return };
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        let last = match memchr::memrchr(b'\n', bytes) {
            Some(feed) => {
                self.origin.column = 0;
                bytes.get(feed + 1..).unwrap_or_default()
            }
            None => bytes,
        };
        let characters = match self.is_single_byte {
            true => last.len(),
            false => last.iter().filter(|&&byte| byte & 0xC0 != 0x80).count(),
        };
        let capped = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.origin.line = self.origin.line.saturating_add(capped(lines));
        self.origin.column = self.origin.column.saturating_add(capped(characters));
        self.origin.offset = self.origin.offset.saturating_add(bytes.len() as u64);
        self.counted = end;
    }
}
