//! Strings: where they end and, where they have escapes, what they say.

use crate::ParseErrorKind;
use crate::parse::Fault;
use crate::parse::characters::string_stop;

/// A string of the source.
#[derive(Clone, Copy)]
pub(super) struct Text {
    /// The closing quote.
    pub(super) quote: usize,
    /// Where the decoded value starts in the buffer, which ends with it; none where the source says it verbatim.
    pub(super) decoded: Option<usize>,
}

/// Reads the string whose opening quote is at `start` (RFC 8259, 7). A value with escapes is appended to `buffer`.
#[inline]
pub(super) fn read(text: &str, start: usize, buffer: &mut String) -> Result<Text, Fault> {
    let quote = string_stop(text.as_bytes(), start + 1);
    match text.as_bytes().get(quote) {
        Some(b'"') => Ok(Text { quote, decoded: None }),
        _ => decode(text, start, quote, buffer),
    }
}

/// Reads on from the first byte that is neither plain nor the closing quote.
fn decode(text: &str, start: usize, stop: usize, buffer: &mut String) -> Result<Text, Fault> {
    let bytes = text.as_bytes();
    let value = buffer.len();
    let (mut piece, mut at) = (start + 1, stop);
    loop {
        match bytes.get(at) {
            Some(b'"') => {
                buffer.push_str(&text[piece..at]);
                return Ok(Text { quote: at, decoded: Some(value) });
            }
            Some(b'\\') => {
                buffer.push_str(&text[piece..at]);
                let (character, end) = escape(bytes, at)?;
                buffer.push(character);
                piece = end;
                at = string_stop(bytes, end);
            }
            Some(_) => return Err(Fault { kind: ParseErrorKind::ControlCharacterInString, at }),
            None => return Err(Fault { kind: ParseErrorKind::UnclosedString, at: start }),
        }
    }
}

/// The character of the escape whose backslash is at `start`, and where the escape ends.
fn escape(bytes: &[u8], start: usize) -> Result<(char, usize), Fault> {
    let fault = |kind| Fault { kind, at: start };
    let malformed = fault(ParseErrorKind::MalformedEscape);
    let character = match bytes.get(start + 1).ok_or(malformed)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = code_unit(bytes, start).ok_or(malformed)?;
            // Only a high surrogate goes with what follows, and only if that is a low one.
            let (units, end) = match unit {
                0xD800..=0xDBFF => ([unit, code_unit(bytes, start + 6).unwrap_or_default()], start + 12),
                _ => ([unit, 0], start + 6),
            };
            return match char::decode_utf16(units).next() {
                Some(Ok(character)) => Ok((character, end)),
                _ => Err(fault(ParseErrorKind::LoneSurrogate)),
            };
        }
        _ => return Err(malformed),
    };
    Ok((character, start + 2))
}

/// Whether a text that ends within an escape could go on, `rest` being what is there of it: of a surrogate pair, perhaps
/// the first escape and part of the second.
pub(super) fn is_half_escape(rest: &[u8]) -> bool {
    // What is missing is filled up with the digits of a low surrogate, which is what has to follow a high one.
    let filled = |rest: &[u8], digits: &[u8; 6]| {
        let filled = digits.get(rest.len()..).map(|missing| [rest, missing].concat());
        filled.and_then(|filled| code_unit(&filled, 0))
    };
    match code_unit(rest, 0) {
        Some(0xD800..=0xDBFF) => matches!(filled(&rest[6..], b"\\uDC00"), Some(0xDC00..=0xDFFF)),
        Some(_) => false,
        None => filled(rest, b"\\u0000").is_some(),
    }
}

/// The code unit of `\uXXXX` at `start`, if that stands there.
fn code_unit(bytes: &[u8], start: usize) -> Option<u16> {
    let digits = bytes.get(start..start + 6)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | (digit as char).to_digit(16)? as u16))
}
