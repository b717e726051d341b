//! Numbers: only their form is looked at, since the tree keeps them as they are written.

use crate::ParseErrorKind;
use crate::parse::Fault;

/// Reads the number that starts at `start` (RFC 8259, 6); returns where it ends.
pub(super) fn read(bytes: &[u8], start: usize) -> Result<usize, Fault> {
    let fault = |at| Fault { kind: ParseErrorKind::MalformedNumber, at };
    let is = |at: usize, expected: &[u8]| bytes.get(at).is_some_and(|byte| expected.contains(byte));
    let digits = |start: usize| {
        let rest = bytes.get(start..).unwrap_or_default();
        match rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len()) {
            0 => Err(fault(start)),
            count => Ok(start + count),
        }
    };
    let mut at = start + is(start, b"-") as usize;
    at = if is(at, b"0") { at + 1 } else { digits(at)? };
    if is(at, b".") {
        at = digits(at + 1)?;
    }
    if is(at, b"eE") {
        at += 1;
        at = digits(at + is(at, b"+-") as usize)?;
    }
    // `01`, `1a`, `1.2.3`: what follows belongs to the number in the eyes of everybody but the grammar.
    match bytes.get(at) {
        Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'+' | b'-' | b'_') => Err(fault(at)),
        _ => Ok(at),
    }
}
