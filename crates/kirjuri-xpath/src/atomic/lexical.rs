//! The texts of atomic values: which texts are of a type, and the canonical text of a value.
//!
//! The forms are those of XML Schema 1.0, part 2; dates and durations have their own modules.

use std::borrow::Cow;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::error::{EvaluationError, fault};
use crate::lexer::{is_name as is_name_character, is_name_start};
use crate::strings::WHITE_SPACE;
use crate::value::Atomic;

/// The text without the white space around it. Inside the forms read here there is none to collapse.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(WHITE_SPACE)
}

/// Reads an `xs:decimal`. `FORG0001`, `FOCA0001` (too large), `FOCA0006` (more digits than can be kept: a number that is
/// nearly the one written is another number).
pub(crate) fn decimal(text: &str) -> Result<Decimal, EvaluationError> {
    let text = trim(text);
    if after_decimal(text) != Some("") {
        return Err(fault("FORG0001"));
    }
    // Zeros at the end of a fraction say nothing.
    let digits = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    let digits = if matches!(digits, "" | "+" | "-") { "0" } else { digits };
    Decimal::from_str_exact(digits).map_err(|_| match digits.parse::<Decimal>() {
        Ok(_) => fault("FOCA0006"),
        Err(_) => fault("FOCA0001"),
    })
}

/// Reads an `xs:integer`. `FORG0001`, `FOCA0003` (too large).
pub(crate) fn integer(text: &str) -> Result<i128, EvaluationError> {
    let text = trim(text);
    let digits = after_sign(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(fault("FORG0001"));
    }
    text.parse().map_err(|_| fault("FOCA0003"))
}

/// Reads an `xs:double`; what is too large is infinite. `FORG0001`.
pub(crate) fn double(text: &str) -> Result<f64, EvaluationError> {
    match trim(text) {
        "INF" => Ok(f64::INFINITY),
        "-INF" => Ok(f64::NEG_INFINITY),
        "NaN" => Ok(f64::NAN),
        text if is_scientific(text) => text.parse().map_err(|_| fault("FORG0001")),
        _ => Err(fault("FORG0001")),
    }
}

/// Reads an `xs:float`, without the double rounding that a detour over a double would bring. `FORG0001`.
pub(crate) fn float(text: &str) -> Result<f32, EvaluationError> {
    match trim(text) {
        "INF" => Ok(f32::INFINITY),
        "-INF" => Ok(f32::NEG_INFINITY),
        "NaN" => Ok(f32::NAN),
        text if is_scientific(text) => text.parse().map_err(|_| fault("FORG0001")),
        _ => Err(fault("FORG0001")),
    }
}

/// Reads an `xs:boolean`. `FORG0001`.
pub(crate) fn boolean(text: &str) -> Result<bool, EvaluationError> {
    match trim(text) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(fault("FORG0001")),
    }
}

/// Reads an `xs:anyURI`. XML Schema leaves it open how much is refused; here it is a `%` that starts no escape and an
/// empty scheme. `FORG0001`.
pub(crate) fn uri(text: Cow<'_, str>) -> Result<Cow<'_, str>, EvaluationError> {
    let text = crate::strings::normalize_space(text);
    let escapes = text.split('%').skip(1).all(|rest| {
        let mut digits = rest.bytes();
        (0..2).all(|_| digits.next().is_some_and(|byte| byte.is_ascii_hexdigit()))
    });
    if escapes && !text.starts_with(':') { Ok(text) } else { Err(fault("FORG0001")) }
}

/// Reads an `xs:hexBinary`. `FORG0001`.
pub(crate) fn hex_binary(text: &str) -> Result<Arc<[u8]>, EvaluationError> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = trim(text).as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(fault("FORG0001"));
    }
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    bytes.collect::<Option<Arc<[u8]>>>().ok_or(fault("FORG0001"))
}

/// Reads an `xs:base64Binary`, in which white space may stand anywhere. `FORG0001`.
pub(crate) fn base64_binary(text: &str) -> Result<Arc<[u8]>, EvaluationError> {
    from_base64(text).ok_or(fault("FORG0001"))
}

fn from_base64(text: &str) -> Option<Arc<[u8]>> {
    let symbols: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).collect();
    let (groups, rest) = symbols.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(groups.len() * 3);
    for (index, group) in groups.iter().enumerate() {
        let padding = match group {
            [_, _, b'=', b'='] => 2,
            [_, _, _, b'='] => 1,
            _ => 0,
        };
        // Only the last group may be padded.
        if padding > 0 && index + 1 != groups.len() {
            return None;
        }
        let mut bits = 0u32;
        for symbol in &group[..4 - padding] {
            bits = bits << 6 | base64_digit(*symbol)?;
        }
        bits <<= 6 * padding;
        let [_, decoded @ ..] = bits.to_be_bytes();
        let (kept, dropped) = decoded.split_at(3 - padding);
        // The bits of the last symbol that are of no byte must be zero, so that each value has one text.
        if dropped.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes.into())
}

const BASE64_DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_digit(symbol: u8) -> Option<u32> {
    BASE64_DIGITS.iter().position(|known| *known == symbol).and_then(|position| u32::try_from(position).ok())
}

/// The text with each character of white space made a space.
pub(crate) fn replace_white_space(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.contains(['\t', '\r', '\n']) {
        true => Cow::Owned(text.replace(['\t', '\r', '\n'], " ")),
        false => text,
    }
}

/// Whether the text is an `xs:language`, as XML Schema 1.0 has its pattern.
pub(crate) fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(index, part)| {
        (1..=8).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphabetic() || index > 0 && byte.is_ascii_digit())
    })
}

/// Whether the text is an `xs:NMTOKEN`.
pub(crate) fn is_name_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == ':' || is_name_character(c))
}

/// Whether the text is an `xs:Name`.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|first| first == ':' || is_name_start(first)) && is_name_token(text)
}

/// Whether the text is an `xs:NCName`.
pub(crate) fn is_nc_name(text: &str) -> bool {
    text.starts_with(is_name_start) && text.chars().all(is_name_character)
}

fn after_sign(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// What follows the decimal number the text starts with.
fn after_decimal(text: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let unsigned = after_sign(text);
    let whole = digits(unsigned);
    let rest = &unsigned[whole..];
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => (digits(after), &after[digits(after)..]),
        None => (0, rest),
    };
    (whole + fraction > 0).then_some(rest)
}

/// Whether the text is a decimal number that may have an exponent. Rust's own parser takes other texts, too.
fn is_scientific(text: &str) -> bool {
    match after_decimal(text) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(['e', 'E']).is_some_and(|exponent| {
            let digits = after_sign(exponent);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        }),
        None => false,
    }
}

impl<'a> Atomic<'a> {
    /// The canonical text, which a cast to `xs:string` gives (Functions and Operators, section 17.1.2).
    pub fn canonical_text(&self) -> Cow<'a, str> {
        let owned = match self.primitive() {
            Atomic::Untyped(text) | Atomic::String(text) | Atomic::Uri(text) => return text.clone(),
            Atomic::Boolean(truth) => return Cow::Borrowed(if *truth { "true" } else { "false" }),
            Atomic::Double(number) => double_text(*number),
            Atomic::Float(number) => float_text(*number),
            // The sign of a zero is no part of its value.
            Atomic::Decimal(number) if number.is_zero() => return Cow::Borrowed("0"),
            Atomic::Decimal(number) => number.normalize().to_string(),
            Atomic::Integer(number) => number.to_string(),
            Atomic::DateTime(value) => value.date_time_text(),
            Atomic::Date(value) => value.date_text(),
            Atomic::Time(value) => value.time_text(),
            Atomic::Gregorian(kind, value) => value.gregorian_text(*kind),
            Atomic::Duration(kind, value) => value.to_text(*kind),
            Atomic::QName(name) => name.to_string(),
            Atomic::HexBinary(bytes) => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
            Atomic::Base64Binary(bytes) => base64_text(bytes),
            // There is one level of `Derived` only.
            Atomic::Derived(..) => String::new(),
        };
        Cow::Owned(owned)
    }
}

fn double_text(number: f64) -> String {
    match number.abs() {
        0.0 | 1e-6..1e6 => number.to_string(),
        size if size.is_finite() => with_point(format!("{number:E}")),
        _ => unbounded_text(number),
    }
}

fn float_text(number: f32) -> String {
    match number.abs() {
        0.0 | 1e-6..1e6 => number.to_string(),
        size if size.is_finite() => with_point(format!("{number:E}")),
        _ => unbounded_text(f64::from(number)),
    }
}

fn unbounded_text(number: f64) -> String {
    let text = if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "INF"
    } else {
        "-INF"
    };
    text.to_owned()
}

/// `1E6` as `1.0E6`: the mantissa has at least one digit after the point.
fn with_point(scientific: String) -> String {
    match scientific.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => scientific,
    }
}

fn base64_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..group.len()].copy_from_slice(group);
        let [first, second, third] = three.map(u32::from);
        let bits = first << 16 | second << 8 | third;
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) as usize & 63;
            text.push(if place <= group.len() { char::from(BASE64_DIGITS[digit]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_by_their_form() {
        let check = |text: &str, expected: Result<&str, &'static str>| {
            let read = decimal(text).map(|number| Atomic::Decimal(number).canonical_text());
            assert_eq!(read, expected.map(Cow::Borrowed).map_err(fault), "{text}");
        };
        check(" 1.50\n", Ok("1.5"));
        check("+5.", Ok("5"));
        check("-.5", Ok("-0.5"));
        check("-0", Ok("0"));
        check("100", Ok("100"));
        check(&format!("{}1", "0".repeat(100)), Ok("1"));
        check(&format!("1.{}", "0".repeat(100)), Ok("1"));
        check("0.00000000000000000000000000004", Err("FOCA0006"));
        check("123456789012345678.1234567890123456789", Err("FOCA0006"));
        check("79228162514264337593543950335", Ok("79228162514264337593543950335"));
        check("79228162514264337593543950336", Err("FOCA0001"));
        check(&"9".repeat(5000), Err("FOCA0001"));
        for wrong in ["", ".", "+", "1e2", "1_0", "1 0", "--1", "1.2.3", "INF", "\u{0661}"] {
            check(wrong, Err("FORG0001"));
        }
    }

    #[test]
    fn integers_are_read_by_their_form() {
        let check = |text: &str, expected: Result<i128, &'static str>| {
            assert_eq!(integer(text), expected.map_err(fault), "{text}");
        };
        check(" +007\t", Ok(7));
        check("-0", Ok(0));
        check("170141183460469231731687303715884105727", Ok(i128::MAX));
        check("170141183460469231731687303715884105728", Err("FOCA0003"));
        for wrong in ["", "-", "1.0", "1e2", "1_0", "+-1", "0x1"] {
            check(wrong, Err("FORG0001"));
        }
    }

    #[test]
    fn doubles_have_one_text() {
        let check = |text: &str, expected: Result<&str, &'static str>| {
            let read = double(text).map(|number| Atomic::Double(number).canonical_text());
            assert_eq!(read, expected.map(Cow::Borrowed).map_err(fault), "{text}");
        };
        check("1e6", Ok("1.0E6"));
        check("999999", Ok("999999"));
        check("999999.5", Ok("999999.5"));
        check("0.000001", Ok("0.000001"));
        check("1e-7", Ok("1.0E-7"));
        check("-12345678.9", Ok("-1.23456789E7"));
        check("1.7976931348623157E308", Ok("1.7976931348623157E308"));
        check("1e999999999999", Ok("INF"));
        check("-1E400", Ok("-INF"));
        check("1e-999", Ok("0"));
        check("-0", Ok("-0"));
        check(" 5. ", Ok("5"));
        check(".5e+1", Ok("5"));
        check("NaN", Ok("NaN"));
        for wrong in ["", "e5", ".", ".e5", "1e", "1e+", "inf", "Infinity", "+INF", "nan", "1f", "1e1.5", "1_0"] {
            check(wrong, Err("FORG0001"));
        }
    }

    #[test]
    fn floats_have_the_shortest_text_of_their_precision() {
        let check = |text: &str, expected: &str| {
            assert_eq!(float(text).map(|number| Atomic::Float(number).canonical_text()), Ok(expected.into()), "{text}");
        };
        check("0.1", "0.1");
        check("16777217", "1.6777216E7");
        check("3.4028235E38", "3.4028235E38");
        check("1e39", "INF");
        check("1e-6", "0.000001");
        check("-1.5e10", "-1.5E10");
    }

    #[test]
    fn binary_values_keep_their_bytes() {
        let base64 = |text: &str| base64_binary(text).map(|bytes| Atomic::Base64Binary(bytes).canonical_text());
        for text in ["", "AA==", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "+/+/"] {
            assert_eq!(base64(text), Ok(text.into()));
        }
        assert_eq!(base64(" Z m 8\n= "), Ok("Zm8=".into()));
        for wrong in ["A", "AA", "AAA", "AB==", "AAB=", "====", "A===", "AA==AAAA", "AA=A", "Z$8="] {
            assert_eq!(base64(wrong), Err(fault("FORG0001")), "{wrong}");
        }
        let hex = |text: &str| hex_binary(text).map(|bytes| Atomic::HexBinary(bytes).canonical_text());
        assert_eq!(hex(" 0fB7 "), Ok("0FB7".into()));
        assert_eq!(hex(""), Ok("".into()));
        for wrong in ["0", "0g", "0 f", "\u{e4}"] {
            assert_eq!(hex(wrong), Err(fault("FORG0001")), "{wrong}");
        }
    }

    #[test]
    fn names_and_languages_are_told_by_their_characters() {
        let check = |text: &str, expected: [bool; 4]| {
            assert_eq!([is_language(text), is_name_token(text), is_name(text), is_nc_name(text)], expected, "{text}");
        };
        check("fi", [true; 4]);
        check("sv-FI-x2", [true; 4]);
        check("2fi", [false, true, false, false]);
        check("a:b", [false, true, true, false]);
        check(":b", [false, true, true, false]);
        check("\u{e4}iti", [false, true, true, true]);
        check("abcdefghi", [false, true, true, true]);
        check("a b", [false; 4]);
        check("fi-", [false, true, true, true]);
        check("", [false; 4]);
    }
}
