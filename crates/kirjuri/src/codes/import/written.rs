//! From the bytes of a published file to its text: exports come in several encodings and say which at best by a mark.

use std::fmt;

use super::ImportError;

/// The encoding of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-16, the first byte of each unit the less significant.
    Utf16Le,
    /// UTF-16, the first byte of each unit the more significant.
    Utf16Be,
    /// One byte for each character: Latin-1 as Windows extends it.
    Latin1,
}

impl fmt::Display for Encoding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
            Encoding::Latin1 => "Latin-1",
        })
    }
}

/// The text of a file and its encoding. A file that has no mark is UTF-16 where every other of its first bytes is zero, else
/// UTF-8 where its bytes are, else Latin-1: a text of that is hardly ever UTF-8 by chance.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding), ImportError> {
    let encoding = match bytes {
        [0xff, 0xfe, ..] => Encoding::Utf16Le,
        [0xfe, 0xff, ..] => Encoding::Utf16Be,
        [_, 0, _, 0, ..] => Encoding::Utf16Le,
        [0, _, 0, _, ..] => Encoding::Utf16Be,
        _ if std::str::from_utf8(bytes).is_ok() => Encoding::Utf8,
        _ => Encoding::Latin1,
    };
    let table = match encoding {
        Encoding::Utf8 => encoding_rs::UTF_8,
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
        Encoding::Latin1 => encoding_rs::WINDOWS_1252,
    };
    let (text, has_faults) = table.decode_with_bom_removal(bytes);
    if has_faults {
        return Err(ImportError::whole(format!("the bytes of the file are not valid {encoding}")));
    }
    if text.contains('\0') {
        return Err(ImportError::whole("the file is no text: it has zero bytes"));
    }
    Ok((text.into_owned(), encoding))
}
