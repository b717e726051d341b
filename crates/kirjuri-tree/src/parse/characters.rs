//! Which characters stand where: in a document at all, in names, in white space (XML 1.0 fifth edition, 2.2 and 2.3).

/// Facts about a whole text, found in one pass, so that the nodes need not be looked at one by one.
pub(crate) struct Facts {
    /// Offset of the first character that XML allows nowhere.
    pub(crate) illegal: Option<usize>,
    /// Whether there is a carriage return anywhere: only then can line ends differ from the value.
    pub(crate) carriage_return: bool,
    /// Whether there is a `]]>` anywhere: only then can one stand in text.
    pub(crate) cdata_end: bool,
}

impl Facts {
    pub(crate) fn of(text: &str) -> Facts {
        let bytes = text.as_bytes();
        // Whole chunks without a branch, so that the compiler makes vector code of it: this pass must not show in the
        // cost of a document. 0xEF is the first byte of U+FFFE and U+FFFF.
        let (chunks, rest) = bytes.as_chunks::<256>();
        let is_suspicious = |bytes: &[u8]| {
            bytes.iter().fold(0_u8, |seen, &byte| {
                let white = (byte == b'\t') | (byte == b'\n') | (byte == b'\r');
                seen | (((byte < b' ') & !white) | (byte == 0xEF)) as u8
            }) != 0
        };
        let is_suspicious = chunks.iter().any(|chunk| is_suspicious(chunk)) || is_suspicious(rest);
        Facts {
            illegal: if is_suspicious { text.find(|character| !is_character(character)) } else { None },
            carriage_return: memchr::memchr(b'\r', bytes).is_some(),
            cdata_end: memchr::memmem::find(bytes, b"]]>").is_some(),
        }
    }
}

/// Production 2, `Char`. Surrogates are no `char` anyway.
pub(super) fn is_character(character: char) -> bool {
    !matches!(character, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

/// Production 3, `S`.
#[inline]
pub(crate) fn is_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Offset of the first byte from `start` that is not white space.
#[inline]
pub(crate) fn skip_white_space(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(&byte) = bytes.get(at)
        && is_white_space(byte)
    {
        at += 1;
    }
    at
}

/// Production 4, `NameStartChar`, without the colon.
pub(super) fn is_name_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// Production 4a, `NameChar`, without the colon.
pub(super) fn is_name_character(character: char) -> bool {
    is_name_start(character)
        || matches!(character,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether a byte can be part of a name: those of ASCII exactly, all others until the name is looked at.
#[inline]
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':' | 0x80..)
}

/// Offset of the first byte from `start` that cannot be part of a name.
pub(super) fn name_end(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|&byte| !is_name_byte(byte)).unwrap_or(rest.len())
}

/// Offset of the first `=` or white space from `start`, which ends the name of an attribute.
#[inline]
pub(super) fn attribute_name_end(bytes: &[u8], start: usize) -> usize {
    let word_stop = |word| equal(word, b'=') | below(word, b' ' + 1);
    scan(bytes, start, word_stop, |byte| byte == b'=' || byte <= b' ')
}

/// Offset of the first byte from `start` that matters in an attribute's value: its quote, `<`, `&`, white space other
/// than a space.
#[inline]
pub(super) fn value_stop(bytes: &[u8], start: usize, quote: u8) -> usize {
    // `&` and either quote differ in one bit only, so one comparison finds both.
    let bit = quote ^ b'&';
    let word_stop = |word| equal(word | (ONES * bit as u64), b'&' | bit) | equal(word, b'<') | below(word, b' ');
    scan(bytes, start, word_stop, |byte| byte | bit == b'&' | bit || byte == b'<' || byte < b' ')
}

/// Offset of the first byte from `start` that matters in a string of JSON: a quote, a backslash, a control character.
#[inline]
pub(super) fn string_stop(bytes: &[u8], start: usize) -> usize {
    let word_stop = |word| equal(word, b'"') | equal(word, b'\\') | below(word, b' ');
    scan(bytes, start, word_stop, |byte| matches!(byte, b'"' | b'\\' | ..b' '))
}

/// Looks for a byte eight at a time: names and values are too short for a call into `memchr` to pay.
#[inline]
fn scan(bytes: &[u8], start: usize, word_stop: impl Fn(u64) -> u64, byte_stop: impl Fn(u8) -> bool) -> usize {
    let mut at = start;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let stop = word_stop(u64::from_le_bytes(*chunk));
        if stop != 0 {
            return at + (stop.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| byte_stop(byte)).unwrap_or(rest.len())
}

/// Whether there is a carriage return. The text between two tags is mostly too short for `memchr`, too.
#[inline]
pub(super) fn has_return(bytes: &[u8]) -> bool {
    if bytes.len() > 64 {
        return memchr::memchr(b'\r', bytes).is_some();
    }
    let (chunks, rest) = bytes.as_chunks::<8>();
    let found = |found: u64, &chunk: &[u8; 8]| found | equal(u64::from_le_bytes(chunk), b'\r');
    // The last eight bytes overlap those before; without a branch for each chunk, that costs nothing.
    match bytes.last_chunk::<8>() {
        Some(last) => chunks.iter().fold(found(0, last), found) != 0,
        None => rest.contains(&b'\r'),
    }
}

const ONES: u64 = u64::from_le_bytes([0x01; 8]);
const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

/// The high bit of each byte that is below `bound` (at most 128). Bits above the lowest one set may be wrong.
#[inline]
fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES * bound as u64) & !word & HIGH
}

/// The high bit of each byte that equals `byte`. Bits above the lowest one set may be wrong.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    below(word ^ (ONES * byte as u64), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings in which the bytes that matter stand at every place of a word, among neighbours that could mislead.
    fn samples() -> impl Iterator<Item = Vec<u8>> {
        let fill = [b'a', b'!', b'#', b'%', b'=' - 1, b'=' + 1, b'<' - 1, b'[', b']', 0x80, 0xFF, b' '];
        let stops = *b"\"'<&=\\\t\n\r \0\x1F";
        (0..20).flat_map(move |length| {
            fill.into_iter().flat_map(move |fill| {
                stops.into_iter().flat_map(move |stop| {
                    (0..=length).map(move |at| {
                        let mut bytes = vec![fill; length];
                        bytes.insert(at, stop);
                        bytes
                    })
                })
            })
        })
    }

    fn position(bytes: &[u8], is_stop: impl Fn(u8) -> bool) -> usize {
        bytes.iter().position(|&byte| is_stop(byte)).unwrap_or(bytes.len())
    }

    #[test]
    fn words_are_scanned_like_bytes() {
        for bytes in samples() {
            let name_stop = |byte| byte == b'=' || byte <= b' ';
            assert_eq!(attribute_name_end(&bytes, 0), position(&bytes, name_stop), "{bytes:?}");
            for quote in [b'"', b'\''] {
                let is_stop = |byte| byte == quote || byte == b'<' || byte == b'&' || byte < b' ';
                assert_eq!(value_stop(&bytes, 0, quote), position(&bytes, is_stop), "{bytes:?}");
            }
            let is_stop = |byte| byte == b'"' || byte == b'\\' || byte < b' ';
            assert_eq!(string_stop(&bytes, 0), position(&bytes, is_stop), "{bytes:?}");
            assert_eq!(has_return(&bytes), bytes.contains(&b'\r'), "{bytes:?}");
        }
    }

    #[test]
    fn facts_are_found_at_every_place() {
        for at in 0..600 {
            let text = |character: &str| format!("{}{character}{}", "ä".repeat(at / 2), "x".repeat(600 - at));
            let start = at / 2 * 2;
            for character in ["\0", "\u{8}", "\u{B}", "\u{C}", "\u{E}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"] {
                assert_eq!(Facts::of(&text(character)).illegal, Some(start), "{character:?} at {start}");
            }
            for character in ["\t", "\n", "\r", "\u{7F}", "\u{FFFD}", "\u{FB00}"] {
                assert_eq!(Facts::of(&text(character)).illegal, None, "{character:?} at {start}");
            }
            assert!(Facts::of(&text("]]>")).cdata_end && !Facts::of(&text("]] >")).cdata_end);
            assert!(Facts::of(&text("\r")).carriage_return && !Facts::of(&text("\n")).carriage_return);
        }
    }
}
