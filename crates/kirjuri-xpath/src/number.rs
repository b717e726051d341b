//! Numbers and their texts, as XPath 1.0 converts between them (sections 4.2 and 4.4 of the recommendation).

use std::borrow::Cow;

use crate::strings::WHITE_SPACE;

/// `number()` of a string: optional white space, an optional minus, digits with at most one point; else NaN.
pub(crate) fn from_text(text: &str) -> f64 {
    let trimmed = text.trim_matches(WHITE_SPACE);
    let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
    // Rust's parser would also take a plus sign, an exponent, `inf` and `nan`.
    if digits.contains(|c: char| !c.is_ascii_digit() && c != '.') || !digits.contains(|c: char| c.is_ascii_digit()) {
        return f64::NAN;
    }
    trimmed.parse().unwrap_or(f64::NAN)
}

/// `string()` of a number: the shortest decimal that reads back as the same double, never with an exponent. Beyond
/// 2^53 the digits of an integer that say nothing are zeros.
pub(crate) fn to_text(number: f64) -> Cow<'static, str> {
    if number.is_nan() {
        Cow::Borrowed("NaN")
    } else if number.is_infinite() {
        Cow::Borrowed(if number > 0.0 { "Infinity" } else { "-Infinity" })
    } else if number == 0.0 {
        Cow::Borrowed("0")
    } else {
        Cow::Owned(number.to_string())
    }
}

/// `round()`: the nearest integer, halves towards positive infinity.
pub(crate) fn round(number: f64) -> f64 {
    let down = number.floor();
    // `floor(x + 0.5)` would be wrong just below a half and for large odd numbers.
    if number - down >= 0.5 { number.ceil() } else { down.copysign(number) }
}
