//! The four numeric types: promotion from one to the other, conversion without a needless loss, and comparison.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::error::{EvaluationError, fault};
use crate::value::Atomic;

/// A number of one of the four types.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Integer(i128),
    Decimal(Decimal),
    Float(f32),
    Double(f64),
}

/// Two numbers promoted to the least type that holds both: integer, decimal, float, double.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pair {
    Integers(i128, i128),
    Decimals(Decimal, Decimal),
    Floats(f32, f32),
    Doubles(f64, f64),
}

impl Number {
    /// The number an atomic value is; `None` for one that is not numeric (and for an untyped one).
    pub(crate) fn of(value: &Atomic<'_>) -> Option<Number> {
        match value.primitive() {
            Atomic::Integer(number) => Some(Number::Integer(*number)),
            Atomic::Decimal(number) => Some(Number::Decimal(*number)),
            Atomic::Float(number) => Some(Number::Float(*number)),
            Atomic::Double(number) => Some(Number::Double(*number)),
            _ => None,
        }
    }

    pub(crate) fn to_double(self) -> f64 {
        match self {
            Number::Integer(number) => number as f64,
            Number::Decimal(number) => decimal_to_double(number),
            Number::Float(number) => f64::from(number),
            Number::Double(number) => number,
        }
    }

    pub(crate) fn to_float(self) -> f32 {
        match self {
            Number::Integer(number) => number as f32,
            // Over a double it would be rounded twice.
            Number::Decimal(number) => number.to_string().parse().unwrap_or(f32::NAN),
            Number::Float(number) => number,
            Number::Double(number) => number as f32,
        }
    }

    /// The nearest decimal. `FOCA0001` beyond 28 digits, `FOCA0002` for what is not finite.
    pub(crate) fn to_decimal(self) -> Result<Decimal, EvaluationError> {
        match self {
            Number::Integer(number) => integer_to_decimal(number).ok_or(fault("FOCA0001")),
            Number::Decimal(number) => Ok(number),
            Number::Float(number) => double_to_decimal(f64::from(number)),
            Number::Double(number) => double_to_decimal(number),
        }
    }

    /// The number without its fraction. `FOCA0003` beyond 128 bits, `FOCA0002` for what is not finite.
    pub(crate) fn to_integer(self) -> Result<i128, EvaluationError> {
        let double = match self {
            Number::Integer(number) => return Ok(number),
            // The mantissa of a number without a fraction is the number.
            Number::Decimal(number) => return Ok(number.trunc().mantissa()),
            Number::Float(number) => f64::from(number),
            Number::Double(number) => number,
        };
        if !double.is_finite() {
            return Err(fault("FOCA0002"));
        }
        double_to_integer(double).ok_or(fault("FOCA0003"))
    }

    pub(crate) fn is_nan(self) -> bool {
        match self {
            Number::Float(number) => number.is_nan(),
            Number::Double(number) => number.is_nan(),
            Number::Integer(_) | Number::Decimal(_) => false,
        }
    }

    /// The truth of a number: it is neither zero nor NaN.
    pub(crate) fn to_boolean(self) -> bool {
        match self {
            Number::Integer(number) => number != 0,
            Number::Decimal(number) => !number.is_zero(),
            Number::Float(number) => number != 0.0 && !number.is_nan(),
            Number::Double(number) => number != 0.0 && !number.is_nan(),
        }
    }

    /// The order of two numbers of any types; none where one is NaN.
    pub(crate) fn compare(self, other: Number) -> Option<Ordering> {
        match self.promote_with(other) {
            Some(Pair::Integers(left, right)) => Some(left.cmp(&right)),
            Some(Pair::Decimals(left, right)) => Some(left.cmp(&right)),
            Some(Pair::Floats(left, right)) => left.partial_cmp(&right),
            Some(Pair::Doubles(left, right)) => left.partial_cmp(&right),
            // An integer that is no decimal is beyond all decimals.
            None => match (self, other) {
                (Number::Integer(left), _) => Some(left.cmp(&0)),
                (_, Number::Integer(right)) => Some(0.cmp(&right)),
                _ => None,
            },
        }
    }

    /// Both numbers in their least common type; `None` for a decimal beside an integer of more than 28 digits.
    pub(crate) fn promote_with(self, other: Number) -> Option<Pair> {
        Some(match (self, other) {
            (Number::Double(_), _) | (_, Number::Double(_)) => Pair::Doubles(self.to_double(), other.to_double()),
            (Number::Float(_), _) | (_, Number::Float(_)) => Pair::Floats(self.to_float(), other.to_float()),
            (Number::Decimal(left), Number::Decimal(right)) => Pair::Decimals(left, right),
            (Number::Decimal(left), Number::Integer(right)) => Pair::Decimals(left, integer_to_decimal(right)?),
            (Number::Integer(left), Number::Decimal(right)) => Pair::Decimals(integer_to_decimal(left)?, right),
            (Number::Integer(left), Number::Integer(right)) => Pair::Integers(left, right),
        })
    }
}

impl From<Number> for Atomic<'_> {
    fn from(number: Number) -> Self {
        match number {
            Number::Integer(number) => Atomic::Integer(number),
            Number::Decimal(number) => Atomic::Decimal(number),
            Number::Float(number) => Atomic::Float(number),
            Number::Double(number) => Atomic::Double(number),
        }
    }
}

/// `None` beyond 96 bits.
pub(crate) fn integer_to_decimal(number: i128) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(number, 0).ok()
}

/// The number without its fraction; `None` beyond 128 bits and for what is not finite.
pub(crate) fn double_to_integer(number: f64) -> Option<i128> {
    // Both bounds are powers of two and so exact; the upper one is out.
    const BOUND: f64 = (1_u128 << 127) as f64;
    (-BOUND..BOUND).contains(&number).then_some(number as i128)
}

/// The double nearest to the decimal.
pub(crate) fn decimal_to_double(number: Decimal) -> f64 {
    /// The powers of ten that are exact doubles.
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ];
    let mantissa = number.mantissa();
    match POWERS.get(number.scale() as usize) {
        // Both operands are exact, and so the quotient is rounded once.
        Some(power) if mantissa.unsigned_abs() < 1 << 53 => mantissa as f64 / power,
        _ => number.to_string().parse().unwrap_or(f64::NAN),
    }
}

/// The decimal nearest to the exact value of the double, which is not the decimal it is written as.
fn double_to_decimal(number: f64) -> Result<Decimal, EvaluationError> {
    if !number.is_finite() {
        return Err(fault("FOCA0002"));
    }
    // 2^96 and more is out of range; checked first, since it would be formatted with hundreds of digits.
    if number.abs() >= (1_u128 << 96) as f64 {
        return Err(fault("FOCA0001"));
    }
    let exact = format!("{number:.28}");
    exact.parse::<Decimal>().map(|decimal| decimal.normalize()).map_err(|_| fault("FOCA0001"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_double_becomes_the_decimal_of_its_exact_value() {
        let check = |number: f64, expected: Result<&str, &'static str>| {
            assert_eq!(double_to_decimal(number), expected.map(decimal).map_err(fault), "{number}");
        };
        check(0.5, Ok("0.5"));
        check(0.1, Ok("0.1000000000000000055511151231"));
        check(-123.0, Ok("-123"));
        check(1e-30, Ok("0"));
        check(1e28, Ok("9999999999999999583119736832"));
        check(1e29, Err("FOCA0001"));
        check(79228162514264337593543950335.0, Err("FOCA0001"));
        check(f64::MAX, Err("FOCA0001"));
        check(f64::NAN, Err("FOCA0002"));
        check(f64::NEG_INFINITY, Err("FOCA0002"));
    }

    #[test]
    fn a_decimal_becomes_the_nearest_double() {
        for text in ["0.1", "-2.5", "123456789012345678901234567", "0.0000000000000000000000000001", "9007199254740993"]
        {
            assert_eq!(decimal_to_double(decimal(text)), text.parse::<f64>().unwrap(), "{text}");
        }
        assert_eq!(Number::Decimal(decimal("0.1")).to_float(), 0.1f32);
    }

    #[test]
    fn integers_are_cut_off_and_bounded() {
        let check = |number: Number, expected: Result<i128, &'static str>| {
            assert_eq!(number.to_integer(), expected.map_err(fault), "{number:?}");
        };
        check(Number::Double(-1.9), Ok(-1));
        check(Number::Double(1e38), Ok(99999999999999997748809823456034029568));
        check(Number::Double(2e38), Err("FOCA0003"));
        check(Number::Double(-(2f64.powi(127))), Ok(i128::MIN));
        check(Number::Double(2f64.powi(127)), Err("FOCA0003"));
        check(Number::Double(f64::INFINITY), Err("FOCA0002"));
        check(Number::Decimal(decimal("-3.99")), Ok(-3));
        check(Number::Decimal(Decimal::MAX), Ok(79228162514264337593543950335));
    }

    #[test]
    fn numbers_of_all_types_compare() {
        use Ordering::{Equal, Greater, Less};
        let check = |left: Number, right: Number, expected: Option<Ordering>| {
            assert_eq!(left.compare(right), expected, "{left:?} {right:?}");
            assert_eq!(right.compare(left), expected.map(Ordering::reverse), "{left:?} {right:?}");
        };
        check(Number::Integer(1), Number::Decimal(decimal("1.0")), Some(Equal));
        check(Number::Integer(i128::MAX), Number::Decimal(Decimal::MAX), Some(Greater));
        check(Number::Integer(i128::MIN), Number::Decimal(Decimal::MIN), Some(Less));
        check(Number::Decimal(decimal("0.1")), Number::Double(0.1), Some(Equal));
        check(Number::Decimal(decimal("0.1")), Number::Float(0.1), Some(Equal));
        check(Number::Float(0.1), Number::Double(0.1), Some(Greater));
        check(Number::Integer(1), Number::Double(f64::NAN), None);
        check(Number::Float(f32::INFINITY), Number::Integer(1), Some(Greater));
    }
}
