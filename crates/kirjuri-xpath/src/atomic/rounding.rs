//! `abs`, `floor`, `ceiling`, `round` and `round-half-to-even`: each gives a number of the type it was given.

use rust_decimal::Decimal;

use crate::atomic::arithmetic::number;
use crate::atomic::numeric::Number;
use crate::error::{EvaluationError, fault};
use crate::value::Atomic;

// An untyped value is a double in all of them; `XPTY0004` for what is no number.

/// `abs()`. `FOAR0002` for the least integer.
pub(crate) fn abs(value: &Atomic<'_>) -> Result<Atomic<'static>, EvaluationError> {
    Ok(Atomic::from(match number(value)? {
        Number::Integer(number) => Number::Integer(number.checked_abs().ok_or(fault("FOAR0002"))?),
        Number::Decimal(number) => Number::Decimal(number.abs()),
        Number::Float(number) => Number::Float(number.abs()),
        Number::Double(number) => Number::Double(number.abs()),
    }))
}

/// `floor()`
pub(crate) fn floor(value: &Atomic<'_>) -> Result<Atomic<'static>, EvaluationError> {
    Ok(Atomic::from(match number(value)? {
        Number::Integer(number) => Number::Integer(number),
        Number::Decimal(number) => Number::Decimal(number.floor()),
        Number::Float(number) => Number::Float(number.floor()),
        Number::Double(number) => Number::Double(number.floor()),
    }))
}

/// `ceiling()`
pub(crate) fn ceiling(value: &Atomic<'_>) -> Result<Atomic<'static>, EvaluationError> {
    Ok(Atomic::from(match number(value)? {
        Number::Integer(number) => Number::Integer(number),
        Number::Decimal(number) => Number::Decimal(number.ceil()),
        Number::Float(number) => Number::Float(number.ceil()),
        Number::Double(number) => Number::Double(number.ceil()),
    }))
}

/// `round()`: the nearest integer, halves towards positive infinity.
pub(crate) fn round(value: &Atomic<'_>) -> Result<Atomic<'static>, EvaluationError> {
    Ok(Atomic::from(match number(value)? {
        Number::Integer(number) => Number::Integer(number),
        Number::Decimal(number) => {
            let half = Decimal::new(5, 1);
            Number::Decimal(if number.fract().abs() == half { number.ceil() } else { number.round() })
        }
        // Each float is a double, and its integer a float.
        Number::Float(number) => Number::Float(crate::number::round(f64::from(number)) as f32),
        Number::Double(number) => Number::Double(crate::number::round(number)),
    }))
}

/// `round-half-to-even()`: the nearest multiple of 10 to the power of `-precision`, of two the even one. `FOAR0002`
/// where that is beyond the type.
pub(crate) fn round_half_to_even(value: &Atomic<'_>, precision: i64) -> Result<Atomic<'static>, EvaluationError> {
    Ok(Atomic::from(match number(value)? {
        Number::Integer(number) => {
            Number::Integer(half_even_digits(number, precision.saturating_neg()).ok_or(fault("FOAR0002"))?)
        }
        Number::Decimal(number) => Number::Decimal(half_even_decimal(number, precision).ok_or(fault("FOAR0002"))?),
        // The decimal text of the rounded value is exact, so that it is rounded to the type once only.
        Number::Float(number) => Number::Float(match half_even_text(f64::from(number), precision) {
            Some(text) => text.parse().unwrap_or(number),
            None => number,
        }),
        Number::Double(number) => Number::Double(match half_even_text(number, precision) {
            Some(text) => text.parse().unwrap_or(number),
            None => number,
        }),
    }))
}

/// The integer with its last `count` digits rounded to zeros; unchanged if `count` is not positive. `None` beyond 128
/// bits.
fn half_even_digits(number: i128, count: i64) -> Option<i128> {
    if count <= 0 {
        return Some(number);
    }
    // 10^39 is more than twice the largest integer.
    let Some(unit) = u32::try_from(count).ok().and_then(|count| 10_i128.checked_pow(count)) else { return Some(0) };
    let (quotient, remainder) = (number / unit, (number % unit).abs());
    let above = match remainder.cmp(&(unit - remainder)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    let rounded = if above { quotient + number.signum() } else { quotient };
    rounded.checked_mul(unit)
}

fn half_even_decimal(number: Decimal, precision: i64) -> Option<Decimal> {
    let scale = number.scale();
    let rounded = half_even_digits(number.mantissa(), i64::from(scale).saturating_sub(precision))?;
    Decimal::try_from_i128_with_scale(rounded, scale).ok().map(|decimal| decimal.normalize())
}

/// The text of a double rounded by its exact value; `None` where the value stays as it is.
fn half_even_text(number: f64, precision: i64) -> Option<String> {
    /// No double has more digits after the point than this.
    const MOST_DIGITS: i64 = 1074;
    if !number.is_finite() || number == 0.0 || precision >= MOST_DIGITS {
        return None;
    }
    if let Ok(digits) = usize::try_from(precision) {
        // The formatter rounds the exact value, and halves to even.
        return Some(format!("{number:.digits$}"));
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let whole = format!("{:.0}", number.trunc().abs());
    let dropped = usize::try_from(precision.unsigned_abs()).unwrap_or(usize::MAX);
    let (kept, rest) = match whole.len().checked_sub(dropped) {
        Some(kept) => whole.split_at(kept),
        None => return Some(format!("{sign}0")),
    };
    let odd = kept.bytes().last().is_some_and(|digit| digit % 2 == 1);
    let beyond_half = number.fract() != 0.0 || rest.bytes().skip(1).any(|digit| digit != b'0');
    let above = match rest.bytes().next() {
        Some(b'5') => beyond_half || odd,
        first => first > Some(b'5'),
    };
    let kept = if above { incremented(kept) } else { kept.to_owned() };
    Some(format!("{sign}0{kept}e{dropped}"))
}

/// The digits of the next integer.
fn incremented(digits: &str) -> String {
    let prefix = digits.trim_end_matches('9');
    let nines = digits.len() - prefix.len();
    let (head, last) = match prefix.char_indices().next_back() {
        Some((at, last)) => (&prefix[..at], last.to_digit(10).unwrap_or(0)),
        None => ("", 0),
    };
    format!("{head}{}{}", last + 1, "0".repeat(nines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    use crate::atomic::cast::cast;
    use crate::atomic::types::AtomicType;

    type Outcome = Result<Atomic<'static>, EvaluationError>;

    fn value(type_name: &str, text: &str) -> Atomic<'static> {
        cast(&Atomic::String(Cow::Owned(text.to_owned())), AtomicType::named(type_name).unwrap()).unwrap()
    }

    fn outcome(outcome: Outcome) -> String {
        outcome.map_or_else(|error| format!("{error:?}"), |value| value.canonical_text().into_owned())
    }

    #[test]
    fn numbers_are_rounded_within_their_type() {
        let check = |type_name: &str, text: &str, expected: [&str; 4]| {
            let value = value(type_name, text);
            let outcomes = [floor(&value), ceiling(&value), round(&value), abs(&value)];
            for result in outcomes.iter().flatten() {
                assert_eq!(result.type_(), value.type_().primitive(), "{text}");
            }
            assert_eq!(outcomes.map(outcome), expected, "{text}");
        };
        check("byte", "-5", ["-5", "-5", "-5", "5"]);
        check("decimal", "2.5", ["2", "3", "3", "2.5"]);
        check("decimal", "-2.5", ["-3", "-2", "-2", "2.5"]);
        check("decimal", "-2.51", ["-3", "-2", "-3", "2.51"]);
        check("decimal", "3.5", ["3", "4", "4", "3.5"]);
        check("decimal", "2.4999", ["2", "3", "2", "2.4999"]);
        check("decimal", "-0.5", ["-1", "0", "0", "0.5"]);
        check(
            "decimal",
            "-7922816251426433759354395033.5",
            [
                "-7922816251426433759354395034",
                "-7922816251426433759354395033",
                "-7922816251426433759354395033",
                "7922816251426433759354395033.5",
            ],
        );
        check("double", "-2.5", ["-3", "-2", "-2", "2.5"]);
        check("double", "-0.2", ["-1", "-0", "-0", "0.2"]);
        check("double", "0.49999999999999994", ["0", "1", "0", "0.49999999999999994"]);
        check("double", "NaN", ["NaN"; 4]);
        check("double", "-INF", ["-INF", "-INF", "-INF", "INF"]);
        check("float", "2.5", ["2", "3", "3", "2.5"]);
        assert_eq!(round(&Atomic::Untyped("1.5".into())), Ok(Atomic::Double(2.0)));
        assert_eq!(round(&value("string", "1.5")), Err(fault("XPTY0004")));
        assert_eq!(abs(&Atomic::Integer(i128::MIN)), Err(fault("FOAR0002")));
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        let check = |type_name: &str, text: &str, precision: i64, expected: &str| {
            let value = value(type_name, text);
            assert_eq!(outcome(round_half_to_even(&value, precision)), expected, "{text} {precision}");
        };
        check("decimal", "0.5", 0, "0");
        check("decimal", "1.5", 0, "2");
        check("decimal", "-2.5", 0, "-2");
        check("decimal", "3.567812", 2, "3.57");
        check("decimal", "3.125", 2, "3.12");
        check("decimal", "1.1", 100, "1.1");
        check("decimal", "35612.25", -2, "35600");
        check("decimal", "35612.25", i64::MIN, "0");
        check("decimal", "35612.25", i64::MAX, "35612.25");
        check("decimal", "79228162514264337593543950335", -1, "Dynamic(ErrorCode(\"FOAR0002\"))");
        check("integer", "150", -2, "200");
        check("integer", "250", -2, "200");
        check("integer", "-250", -2, "-200");
        check("integer", "251", -2, "300");
        check("integer", "7", -1, "10");
        check("integer", "7", -40, "0");
        check("integer", "7", i64::MIN, "0");
        check("integer", "170141183460469231731687303715884105727", -38, "Dynamic(ErrorCode(\"FOAR0002\"))");
        check("double", "0.5", 0, "0");
        check("double", "2.5", 0, "2");
        check("double", "3.5", 0, "4");
        check("double", "-0.4", 0, "-0");
        check("double", "1.125", 2, "1.12");
        check("double", "1.005", 2, "1");
        check("double", "4.7564E-3", 2, "0");
        check("double", "35612.25", -2, "35600");
        check("double", "-1.5e3", -3, "-2000");
        check("double", "2500", -3, "2000");
        check("double", "2500.5", -3, "3000");
        check("double", "9999", -1, "10000");
        check("double", "501", -3, "1000");
        check("double", "500", -3, "0");
        check("double", "500", -4, "0");
        check("double", "1e300", -299, "1.0E300");
        check("double", "5e-324", 323, "0");
        check("double", "5e-324", 324, "5.0E-324");
        check("double", "5e-324", 1_000_000, "5.0E-324");
        check("double", "NaN", 2, "NaN");
        check("double", "-INF", -2, "-INF");
        check("double", "-0", 2, "-0");
        check("float", "150.015", 2, "150.01");
        check("float", "3.4e38", -38, "3.0E38");
    }
}
