//! The XML declaration: what it says of version and encoding, and whether it is written as XML 1.0 wants it.

use std::ops::Range;

use super::Fault;
use super::characters::is_white_space;
use crate::ParseErrorKind;

/// An XML declaration.
pub(crate) struct XmlDeclaration {
    /// Where the label of the encoding stands, if there is one.
    pub(crate) encoding: Option<Range<usize>>,
}

/// Reads the XML declaration at the start of `bytes`, if one is there (XML 1.0, productions 23 to 32 and 80).
///
/// Works on bytes because the encoding is not known before, and all encodings in question agree on ASCII.
pub(crate) fn read(bytes: &[u8]) -> Result<Option<XmlDeclaration>, Fault> {
    // `<?xml-stylesheet` starts like a declaration and is none.
    if !bytes.starts_with(b"<?xml") || !bytes.get(5).is_some_and(|&byte| is_white_space(byte) || byte == b'?') {
        return Ok(None);
    }
    let mut cursor = Cursor { bytes, at: 5 };
    let Some(version) = cursor.pseudo_attribute(b"version")? else {
        cursor.skip_white_space();
        return Err(cursor.fault());
    };
    match &bytes[version.clone()] {
        b"1.1" => return Err(Fault { kind: ParseErrorKind::Xml11Refused, at: version.start }),
        // A 1.0 processor reads any 1.x as 1.0 (XML 1.0 fifth edition, 2.8).
        [b'1', b'.', minor @ ..] if !minor.is_empty() && minor.iter().all(u8::is_ascii_digit) => {}
        _ => return Err(malformed(version.start)),
    }
    let encoding = cursor.pseudo_attribute(b"encoding")?;
    if let Some(range) = &encoding {
        let name = &bytes[range.clone()];
        let inside = |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if !name.first().is_some_and(u8::is_ascii_alphabetic) || !name.iter().all(inside) {
            return Err(malformed(range.start));
        }
    }
    if let Some(range) = cursor.pseudo_attribute(b"standalone")?
        && !matches!(&bytes[range.clone()], b"yes" | b"no")
    {
        return Err(malformed(range.start));
    }
    cursor.skip_white_space();
    if !bytes[cursor.at..].starts_with(b"?>") {
        return Err(cursor.fault());
    }
    Ok(Some(XmlDeclaration { encoding }))
}

fn malformed(at: usize) -> Fault {
    Fault { kind: ParseErrorKind::MalformedXmlDeclaration, at }
}

struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Cursor<'_> {
    fn fault(&self) -> Fault {
        malformed(self.at)
    }

    fn skip_white_space(&mut self) {
        while self.bytes.get(self.at).is_some_and(|&byte| is_white_space(byte)) {
            self.at += 1;
        }
    }

    /// The value of the pseudo attribute `name`, if it comes next.
    fn pseudo_attribute(&mut self, name: &[u8]) -> Result<Option<Range<usize>>, Fault> {
        let before = self.at;
        self.skip_white_space();
        if !self.bytes[self.at..].starts_with(name) {
            self.at = before;
            return Ok(None);
        }
        if self.at == before {
            return Err(self.fault());
        }
        self.at += name.len();
        self.skip_white_space();
        if self.bytes.get(self.at) != Some(&b'=') {
            return Err(self.fault());
        }
        self.at += 1;
        self.skip_white_space();
        let Some(&quote @ (b'"' | b'\'')) = self.bytes.get(self.at) else { return Err(self.fault()) };
        let start = self.at + 1;
        // A value never holds one of these; stopping there keeps a missing quote from swallowing the document.
        let stop = |&byte: &u8| matches!(byte, b'"' | b'\'' | b'<' | b'>');
        let length = self.bytes[start..].iter().position(stop).ok_or(self.fault())?;
        if self.bytes[start + length] != quote {
            return Err(malformed(start + length));
        }
        self.at = start + length + 1;
        Ok(Some(start..start + length))
    }
}
