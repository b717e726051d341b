//! From the bytes as they came to text: which encoding a document is in, and whether its bytes agree.

use crate::ParseErrorKind;
use crate::parse::Fault;
use crate::parse::declaration;
use crate::position::{SourceEncoding, SourceUnit};

/// The text of a document and how it lies in the bytes.
pub(crate) struct Decoded {
    pub(crate) text: String,
    pub(crate) encoding: SourceEncoding,
}

/// Why the bytes could not become text.
pub(crate) struct Failure {
    pub(crate) kind: ParseErrorKind,
    /// The text before the fault, as far as it is known, from which line and column are counted.
    pub(crate) before: String,
    /// Offset in the bytes as they came.
    pub(crate) offset: usize,
}

/// An encoding that is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Encoding {
    Utf8,
    Utf16(Endian),
    Latin1,
    Latin9,
    Windows1252,
    Ascii,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Endian {
    Little,
    Big,
}

/// What a label names. `UTF-16` leaves the order of the bytes open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Label {
    Is(Encoding),
    Utf16,
}

/// The labels of an encoding: its registered name and aliases (IANA Character Sets), as far as documents use them.
fn label(name: &str) -> Option<Label> {
    const LABELS: &[(&str, Label)] = &[
        ("utf-8", Label::Is(Encoding::Utf8)),
        ("utf8", Label::Is(Encoding::Utf8)),
        ("utf-16", Label::Utf16),
        ("utf16", Label::Utf16),
        ("iso-10646-ucs-2", Label::Utf16),
        ("ucs-2", Label::Utf16),
        ("csunicode", Label::Utf16),
        ("utf-16le", Label::Is(Encoding::Utf16(Endian::Little))),
        ("utf-16be", Label::Is(Encoding::Utf16(Endian::Big))),
        ("iso-8859-1", Label::Is(Encoding::Latin1)),
        ("iso8859-1", Label::Is(Encoding::Latin1)),
        ("iso_8859-1", Label::Is(Encoding::Latin1)),
        ("iso-ir-100", Label::Is(Encoding::Latin1)),
        ("latin1", Label::Is(Encoding::Latin1)),
        ("l1", Label::Is(Encoding::Latin1)),
        ("ibm819", Label::Is(Encoding::Latin1)),
        ("cp819", Label::Is(Encoding::Latin1)),
        ("csisolatin1", Label::Is(Encoding::Latin1)),
        ("iso-8859-15", Label::Is(Encoding::Latin9)),
        ("iso8859-15", Label::Is(Encoding::Latin9)),
        ("iso_8859-15", Label::Is(Encoding::Latin9)),
        ("latin-9", Label::Is(Encoding::Latin9)),
        ("latin9", Label::Is(Encoding::Latin9)),
        ("csiso885915", Label::Is(Encoding::Latin9)),
        ("windows-1252", Label::Is(Encoding::Windows1252)),
        ("cp1252", Label::Is(Encoding::Windows1252)),
        ("x-cp1252", Label::Is(Encoding::Windows1252)),
        ("cswindows1252", Label::Is(Encoding::Windows1252)),
        ("us-ascii", Label::Is(Encoding::Ascii)),
        ("ascii", Label::Is(Encoding::Ascii)),
        ("us", Label::Is(Encoding::Ascii)),
        ("ansi_x3.4-1968", Label::Is(Encoding::Ascii)),
        ("iso-ir-6", Label::Is(Encoding::Ascii)),
        ("iso646-us", Label::Is(Encoding::Ascii)),
        ("ibm367", Label::Is(Encoding::Ascii)),
        ("cp367", Label::Is(Encoding::Ascii)),
        ("csascii", Label::Is(Encoding::Ascii)),
    ];
    LABELS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, label)| label)
}

/// Whether a label is of an encoding with one byte for each character; if not, it is of UTF-8. None of any other encoding:
/// its markup is not ASCII, or nothing is known of it.
pub(crate) fn is_single_byte(name: &str) -> Option<bool> {
    match label(name)? {
        Label::Utf16 | Label::Is(Encoding::Utf16(_)) => None,
        Label::Is(encoding) => Some(encoding != Encoding::Utf8),
    }
}

/// Decodes a document: by its byte order mark, else by its XML declaration, else as UTF-8.
///
/// A declaration that contradicts the byte order mark or the bytes is an error, since one of the two would be
/// misread silently by somebody (XML 1.0, 4.3.3). A part of a file is in the encoding of the file, whose label that is.
pub(crate) fn decode(bytes: &[u8], file: Option<&str>) -> Result<Decoded, Failure> {
    if let Some(file) = file {
        return match label(file) {
            Some(Label::Is(Encoding::Utf8)) => decode_utf8(bytes, 0),
            Some(Label::Is(encoding)) if !matches!(encoding, Encoding::Utf16(_)) => decode_bytes(bytes, encoding),
            _ => Err(Failure::at_start(ParseErrorKind::UnsupportedEncoding)),
        };
    }
    match bytes {
        // UTF-32 comes first: its little-endian mark starts with that of UTF-16.
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] | [b'<', 0, 0, 0, ..] | [0, 0, 0, b'<', ..] => {
            Err(Failure::at_start(ParseErrorKind::UnsupportedEncoding))
        }
        // `<?xm` in EBCDIC (XML 1.0, appendix F).
        [0x4C, 0x6F, 0xA7, 0x94, ..] => Err(Failure::at_start(ParseErrorKind::UnsupportedEncoding)),
        [0xEF, 0xBB, 0xBF, ..] => decode_utf8(bytes, 3),
        [0xFF, 0xFE, ..] => decode_utf16(bytes, 2, Endian::Little),
        [0xFE, 0xFF, ..] => decode_utf16(bytes, 2, Endian::Big),
        [b'<', 0, b'?', 0, ..] => decode_utf16(bytes, 0, Endian::Little),
        [0, b'<', 0, b'?', ..] => decode_utf16(bytes, 0, Endian::Big),
        _ => decode_declared(bytes),
    }
}

/// Decodes a JSON text: UTF-8, whose byte order mark is skipped (RFC 8259, 8.1).
///
/// Zeros among the first bytes, which are ASCII in every text, tell UTF-16 and UTF-32 (RFC 4627, 3). They are refused.
pub(crate) fn decode_json(bytes: &[u8]) -> Result<Decoded, Failure> {
    let bom = match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, 0, 0xFE, 0xFF, ..] | [0, _, ..] | [_, 0] | [_, 0, _, 0, ..] => {
            return Err(Failure::at_start(ParseErrorKind::UnsupportedEncoding));
        }
        [0xEF, 0xBB, 0xBF, ..] => 3,
        _ => 0,
    };
    check_utf8(bytes, bom)
}

/// Without a byte order mark the declaration, which is ASCII in all encodings left, says the encoding.
fn decode_declared(bytes: &[u8]) -> Result<Decoded, Failure> {
    let Some((name, at)) = declared_encoding(bytes, 0)? else { return decode_utf8(bytes, 0) };
    let Some(label) = label(name) else {
        return Err(Failure::in_bytes(ParseErrorKind::UnsupportedEncoding, bytes, at));
    };
    match label {
        Label::Is(Encoding::Utf8) => decode_utf8(bytes, 0),
        // The declaration was readable byte by byte.
        Label::Utf16 | Label::Is(Encoding::Utf16(_)) => {
            Err(Failure::in_bytes(ParseErrorKind::EncodingContradicted, bytes, at))
        }
        Label::Is(encoding) => decode_bytes(bytes, encoding),
    }
}

/// The label in the XML declaration and its offset. A malformed declaration is a failure at once: what follows it
/// could only be guessed.
fn declared_encoding(bytes: &[u8], bom: usize) -> Result<Option<(&str, usize)>, Failure> {
    let declaration = declaration::read(&bytes[bom..]);
    let declaration = declaration.map_err(|fault| Failure::in_bytes(fault.kind, bytes, bom + fault.at))?;
    let Some(range) = declaration.and_then(|declaration| declaration.encoding) else { return Ok(None) };
    let name = &bytes[bom + range.start..bom + range.end];
    // A label that is not ASCII has been refused with the declaration.
    Ok(Some((std::str::from_utf8(name).unwrap_or(""), bom + range.start)))
}

fn decode_utf8(bytes: &[u8], bom: usize) -> Result<Decoded, Failure> {
    if bom > 0
        && let Some((name, at)) = declared_encoding(bytes, bom)?
    {
        match label(name) {
            Some(Label::Is(Encoding::Utf8)) => {}
            Some(_) => return Err(Failure::in_bytes(ParseErrorKind::EncodingContradicted, bytes, at)),
            None => return Err(Failure::in_bytes(ParseErrorKind::UnsupportedEncoding, bytes, at)),
        }
    }
    check_utf8(bytes, bom).or_else(|failure| {
        // The declaration may be the earlier fault.
        declared_encoding(bytes, bom)?;
        Err(failure)
    })
}

fn check_utf8(bytes: &[u8], bom: usize) -> Result<Decoded, Failure> {
    match encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(&bytes[bom..]) {
        Some(text) => Ok(Decoded {
            text: text.into_owned(),
            encoding: SourceEncoding { bom: bom as u32, unit: SourceUnit::Utf8 },
        }),
        None => {
            let offset = bom + encoding_rs::Encoding::utf8_valid_up_to(&bytes[bom..]);
            Err(Failure::in_bytes(ParseErrorKind::InvalidUtf8, bytes, offset))
        }
    }
}

fn decode_utf16(bytes: &[u8], bom: usize, endian: Endian) -> Result<Decoded, Failure> {
    let (pairs, rest) = bytes[bom..].as_chunks::<2>();
    let units = pairs.iter().map(|&pair| match endian {
        Endian::Little => u16::from_le_bytes(pair),
        Endian::Big => u16::from_be_bytes(pair),
    });
    let mut text = String::with_capacity(pairs.len());
    let mut unit = 0;
    for decoded in char::decode_utf16(units) {
        let Ok(character) = decoded else {
            return Err(Failure { kind: ParseErrorKind::InvalidUtf16, before: text, offset: bom + 2 * unit });
        };
        text.push(character);
        unit += character.len_utf16();
    }
    if !rest.is_empty() {
        return Err(Failure { kind: ParseErrorKind::InvalidUtf16, before: text, offset: bom + 2 * unit });
    }
    let failure = |kind, at: usize| {
        let before = text[..at].to_owned();
        Failure { kind, offset: bom + 2 * before.encode_utf16().count(), before }
    };
    let declaration = declaration::read(text.as_bytes());
    let declaration = declaration.map_err(|Fault { kind, at }| failure(kind, at))?;
    match declaration.and_then(|declaration| declaration.encoding) {
        Some(range) => match label(&text[range.clone()]) {
            Some(Label::Utf16) => {}
            Some(Label::Is(Encoding::Utf16(declared))) if declared == endian => {}
            Some(_) => return Err(failure(ParseErrorKind::EncodingContradicted, range.start)),
            None => return Err(failure(ParseErrorKind::UnsupportedEncoding, range.start)),
        },
        // Neither a mark nor a label: then it had to be UTF-8 (XML 1.0, 4.3.3).
        None if bom == 0 => return Err(failure(ParseErrorKind::EncodingContradicted, 0)),
        None => {}
    }
    Ok(Decoded { text, encoding: SourceEncoding { bom: bom as u32, unit: SourceUnit::Utf16 } })
}

/// Encodings of one byte a character.
fn decode_bytes(bytes: &[u8], encoding: Encoding) -> Result<Decoded, Failure> {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let mut text = String::with_capacity(bytes.len() + high);
    for (offset, &byte) in bytes.iter().enumerate() {
        let character = match byte {
            0..0x80 => byte as char,
            _ => match encoding {
                Encoding::Latin9 => latin9(byte),
                Encoding::Windows1252 => match windows1252(byte) {
                    Some(character) => character,
                    None => return Err(Failure { kind: ParseErrorKind::UnassignedByte, before: text, offset }),
                },
                Encoding::Ascii => {
                    return Err(Failure { kind: ParseErrorKind::EncodingContradicted, before: text, offset });
                }
                _ => byte as char,
            },
        };
        text.push(character);
    }
    Ok(Decoded { text, encoding: SourceEncoding { bom: 0, unit: SourceUnit::Byte } })
}

/// ISO 8859-15 is ISO 8859-1 but for eight characters.
fn latin9(byte: u8) -> char {
    match byte {
        0xA4 => '€',
        0xA6 => 'Š',
        0xA8 => 'š',
        0xB4 => 'Ž',
        0xB8 => 'ž',
        0xBC => 'Œ',
        0xBD => 'œ',
        0xBE => 'Ÿ',
        _ => byte as char,
    }
}

/// windows-1252 puts characters where ISO 8859-1 has the C1 controls, and leaves five bytes without any (0 here).
fn windows1252(byte: u8) -> Option<char> {
    const C1: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => Some(C1[(byte - 0x80) as usize]).filter(|&character| character != '\0'),
        _ => Some(byte as char),
    }
}

impl Failure {
    fn at_start(kind: ParseErrorKind) -> Failure {
        Failure { kind, before: String::new(), offset: 0 }
    }

    /// The bytes before a character that is the last and of which a part is missing, if that is what is wrong.
    pub(crate) fn before_half_character<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let (whole, rest) = bytes.split_at_checked(self.offset)?;
        let is_half = match (self.kind, rest) {
            (ParseErrorKind::InvalidUtf8, _) => {
                std::str::from_utf8(rest).is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
            }
            (ParseErrorKind::InvalidUtf16, [_]) => true,
            // The first half of a pair; of the second half a byte may be there.
            (ParseErrorKind::InvalidUtf16, &[one, other] | &[one, other, _]) => {
                let is_little = matches!(bytes.first(), Some(0xFF | b'<'));
                matches!(if is_little { other } else { one }, 0xD8..=0xDB)
            }
            _ => false,
        };
        is_half.then_some(whole)
    }

    /// A fault in bytes whose readable part is UTF-8 (or ASCII).
    fn in_bytes(kind: ParseErrorKind, bytes: &[u8], offset: usize) -> Failure {
        let start = if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 };
        let before = bytes.get(start..offset).unwrap_or_default();
        Failure { kind, before: String::from_utf8_lossy(before).into_owned(), offset }
    }
}
