//! Character references and the five predefined entities (XML 1.0, 4.1 and 4.6).

use super::Fault;
use super::characters::{is_character, is_name_character, is_name_start};
use crate::ParseErrorKind;

/// Reads the reference whose `&` stands at `start`: the character and the offset behind the `;`.
pub(super) fn read(text: &str, start: usize) -> Result<(char, usize), Fault> {
    let malformed = Fault { kind: ParseErrorKind::MalformedReference, at: start };
    let rest = &text[start + 1..];
    // The end is looked for among the characters a reference can have, so that a lone `&` costs nothing.
    let length = rest
        .find(|character| character != '#' && character != ':' && !is_name_character(character))
        .unwrap_or(rest.len());
    if rest.as_bytes().get(length) != Some(&b';') {
        return Err(malformed);
    }
    let name = &rest[..length];
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => match name.strip_prefix('#') {
            Some(number) => numbered(number, start)?,
            None if !name.contains('#') && name.starts_with(|first| first == ':' || is_name_start(first)) => {
                return Err(Fault { kind: ParseErrorKind::UndeclaredEntity, at: start });
            }
            None => return Err(malformed),
        },
    };
    Ok((character, start + 1 + length + 1))
}

fn numbered(number: &str, start: usize) -> Result<char, Fault> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(Fault { kind: ParseErrorKind::MalformedReference, at: start });
    }
    // Too many digits for 32 bits are no character either.
    let code = u32::from_str_radix(digits.trim_start_matches('0'), radix).ok();
    code.and_then(char::from_u32)
        .filter(|&character| is_character(character))
        .ok_or(Fault { kind: ParseErrorKind::IllegalCharacterReference, at: start })
}
