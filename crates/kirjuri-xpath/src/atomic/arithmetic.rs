//! The arithmetic operators of XPath 2.0 over numbers, dates, times and durations (appendix B.2).

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::atomic::cast::cast;
use crate::atomic::numeric::{Number, Pair, double_to_integer, integer_to_decimal};
use crate::atomic::types::AtomicType;
use crate::calendar::duration::DurationKind;
use crate::error::{EvaluationError, fault};
use crate::syntax::Arithmetic;
use crate::value::Atomic;

/// The operator applied to two values, of which those that are untyped are doubles.
///
/// `XPTY0004` where the operator is not defined for the two types, `FORG0001` for an untyped value that is no number,
/// `FOAR0001` for a division of integers and decimals by zero, `FOAR0002` for a number beyond its type, `FODT0001`,
/// `FODT0002` and `FOCA0005` as dates and durations have them. `implicit_zone` (minutes) is the time zone of the dates
/// that have none.
pub(crate) fn arithmetic(
    operator: Arithmetic,
    left: &Atomic<'_>,
    right: &Atomic<'_>,
    implicit_zone: i16,
) -> Result<Atomic<'static>, EvaluationError> {
    let (left, right) = (typed(left)?, typed(right)?);
    match (Number::of(&left), Number::of(&right)) {
        (Some(left), Some(right)) => numbers(operator, left, right).map(Atomic::from),
        _ => dates(operator, left.primitive(), right.primitive(), implicit_zone),
    }
}

/// `-value`. An untyped value is a double; `XPTY0004` for what is no number.
pub(crate) fn negate(value: &Atomic<'_>) -> Result<Atomic<'static>, EvaluationError> {
    let negated = match number(value)? {
        Number::Integer(number) => Number::Integer(number.checked_neg().ok_or(fault("FOAR0002"))?),
        Number::Decimal(number) => Number::Decimal(-number),
        Number::Float(number) => Number::Float(-number),
        Number::Double(number) => Number::Double(-number),
    };
    Ok(negated.into())
}

/// `+value`: the number as it is. An untyped value is a double; `XPTY0004` for what is no number.
pub(crate) fn plus(value: &Atomic<'_>) -> Result<Atomic<'static>, EvaluationError> {
    number(value).map(Atomic::from)
}

/// The number the value is. An untyped value is a double (`FORG0001`); `XPTY0004` for what is no number.
pub(crate) fn number(value: &Atomic<'_>) -> Result<Number, EvaluationError> {
    Number::of(&*typed(value)?).ok_or(fault("XPTY0004"))
}

/// The value, as a double if it is untyped.
pub(crate) fn typed<'v, 'a>(value: &'v Atomic<'a>) -> Result<Cow<'v, Atomic<'a>>, EvaluationError> {
    match value {
        Atomic::Untyped(_) => cast(value, AtomicType::Double).map(Cow::Owned),
        _ => Ok(Cow::Borrowed(value)),
    }
}

fn numbers(operator: Arithmetic, left: Number, right: Number) -> Result<Number, EvaluationError> {
    let overflow = || fault("FOAR0002");
    match left.promote_with(right).ok_or_else(overflow)? {
        Pair::Integers(left, right) => integers(operator, left, right),
        Pair::Decimals(left, right) => decimals(operator, left, right),
        Pair::Floats(left, right) => match operator {
            Arithmetic::Add => Ok(Number::Float(left + right)),
            Arithmetic::Subtract => Ok(Number::Float(left - right)),
            Arithmetic::Multiply => Ok(Number::Float(left * right)),
            Arithmetic::Divide => Ok(Number::Float(left / right)),
            Arithmetic::Modulo => Ok(Number::Float(left % right)),
            // The quotient has the precision of a float before it is cut off.
            Arithmetic::IntegerDivide => whole_quotient(f64::from(left / right), right == 0.0),
        },
        Pair::Doubles(left, right) => match operator {
            Arithmetic::Add => Ok(Number::Double(left + right)),
            Arithmetic::Subtract => Ok(Number::Double(left - right)),
            Arithmetic::Multiply => Ok(Number::Double(left * right)),
            Arithmetic::Divide => Ok(Number::Double(left / right)),
            Arithmetic::Modulo => Ok(Number::Double(left % right)),
            Arithmetic::IntegerDivide => whole_quotient(left / right, right == 0.0),
        },
    }
}

fn integers(operator: Arithmetic, left: i128, right: i128) -> Result<Number, EvaluationError> {
    let result = match operator {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide => {
            let operands = integer_to_decimal(left).zip(integer_to_decimal(right));
            let (left, right) = operands.ok_or(fault("FOAR0002"))?;
            return decimals(operator, left, right);
        }
        Arithmetic::IntegerDivide | Arithmetic::Modulo if right == 0 => return Err(fault("FOAR0001")),
        Arithmetic::IntegerDivide => left.checked_div(right),
        // Only the quotient of the least integer and -1 is out of range; the remainder is zero.
        Arithmetic::Modulo => Some(left.wrapping_rem(right)),
    };
    result.map(Number::Integer).ok_or(fault("FOAR0002"))
}

fn decimals(operator: Arithmetic, left: Decimal, right: Decimal) -> Result<Number, EvaluationError> {
    let divides = matches!(operator, Arithmetic::Divide | Arithmetic::IntegerDivide | Arithmetic::Modulo);
    if divides && right.is_zero() {
        return Err(fault("FOAR0001"));
    }
    let result = match operator {
        Arithmetic::Add => left.checked_add(right),
        Arithmetic::Subtract => left.checked_sub(right),
        Arithmetic::Multiply => left.checked_mul(right),
        Arithmetic::Divide => left.checked_div(right),
        Arithmetic::Modulo => left.checked_rem(right),
        Arithmetic::IntegerDivide => {
            return whole_decimal_quotient(left, right).map(Number::Integer).ok_or(fault("FOAR0002"));
        }
    };
    result.map(Number::Decimal).ok_or(fault("FOAR0002"))
}

/// The quotient without its fraction; `None` beyond 128 bits. It is divided digit by digit, since a quotient that was
/// rounded first could be one too many.
fn whole_decimal_quotient(left: Decimal, right: Decimal) -> Option<i128> {
    let (dividend, divisor) = (left.mantissa(), right.mantissa());
    let mut quotient = dividend.checked_div(divisor)?;
    let mut remainder = dividend.checked_rem(divisor)?;
    // Mantissas have 96 bits, so that ten times a remainder has at most 100.
    for _ in left.scale()..right.scale() {
        remainder = remainder.checked_mul(10)?;
        quotient = quotient.checked_mul(10)?.checked_add(remainder / divisor)?;
        remainder %= divisor;
    }
    for _ in right.scale()..left.scale() {
        quotient /= 10;
    }
    Some(quotient)
}

/// The quotient of an `idiv` of doubles, as an integer.
fn whole_quotient(quotient: f64, by_zero: bool) -> Result<Number, EvaluationError> {
    if by_zero {
        return Err(fault("FOAR0001"));
    }
    double_to_integer(quotient).map(Number::Integer).ok_or(fault("FOAR0002"))
}

/// The operators with a date, a time or a duration on one side at least.
fn dates(
    operator: Arithmetic,
    left: &Atomic<'_>,
    right: &Atomic<'_>,
    implicit_zone: i16,
) -> Result<Atomic<'static>, EvaluationError> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    // Durations of both months and seconds are added to nothing.
    if matches!(left, Atomic::Duration(DurationKind::Any, _)) || matches!(right, Atomic::Duration(DurationKind::Any, _))
    {
        return Err(fault("XPTY0004"));
    }
    match (operator, left, right) {
        (Add, Atomic::Duration(..), Atomic::DateTime(_) | Atomic::Date(_) | Atomic::Time(_)) => {
            dates(Add, right, left, implicit_zone)
        }
        (Add | Subtract, Atomic::DateTime(_) | Atomic::Date(_) | Atomic::Time(_), Atomic::Duration(kind, length)) => {
            let length = if operator == Add { *length } else { length.negate()? };
            match left {
                Atomic::DateTime(moment) => moment.add(length).map(Atomic::DateTime),
                Atomic::Date(date) => date.add_to_date(length).map(Atomic::Date),
                Atomic::Time(time) if *kind == DurationKind::DayTime => Ok(Atomic::Time(time.add_to_time(length))),
                _ => Err(fault("XPTY0004")),
            }
        }
        (Subtract, Atomic::DateTime(left), Atomic::DateTime(right))
        | (Subtract, Atomic::Date(left), Atomic::Date(right))
        | (Subtract, Atomic::Time(left), Atomic::Time(right)) => {
            Ok(Atomic::Duration(DurationKind::DayTime, left.subtract(right, implicit_zone)))
        }
        (Add | Subtract | Divide, Atomic::Duration(kind, left), Atomic::Duration(other, right)) if kind == other => {
            match operator {
                Add => left.add(*right).map(|sum| Atomic::Duration(*kind, sum)),
                Subtract => left.subtract(*right).map(|difference| Atomic::Duration(*kind, difference)),
                _ => left.divide_by_duration(*right).map(Atomic::Decimal),
            }
        }
        (Multiply, Atomic::Duration(kind, length), factor) | (Multiply, factor, Atomic::Duration(kind, length)) => {
            let factor = Number::of(factor).ok_or(fault("XPTY0004"))?;
            length.multiply(factor.to_double()).map(|product| Atomic::Duration(*kind, product))
        }
        (Divide, Atomic::Duration(kind, length), divisor) => {
            let divisor = Number::of(divisor).ok_or(fault("XPTY0004"))?;
            length.divide(divisor.to_double()).map(|quotient| Atomic::Duration(*kind, quotient))
        }
        _ => Err(fault("XPTY0004")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(type_name: &str, text: &str) -> Atomic<'static> {
        cast(&Atomic::String(Cow::Owned(text.to_owned())), AtomicType::named(type_name).unwrap()).unwrap()
    }

    type Row<'t> = ((&'t str, &'t str), &'t str, (&'t str, &'t str));

    fn check((left, operator, right): Row<'_>, expected: Result<(&str, &str), &'static str>) {
        let named = match operator {
            "+" => Arithmetic::Add,
            "-" => Arithmetic::Subtract,
            "*" => Arithmetic::Multiply,
            "div" => Arithmetic::Divide,
            "idiv" => Arithmetic::IntegerDivide,
            _ => Arithmetic::Modulo,
        };
        let outcome = arithmetic(named, &value(left.0, left.1), &value(right.0, right.1), 0);
        let outcome = outcome.as_ref().map(|value| (value.type_().name(), value.canonical_text()));
        let expected = expected.map(|(name, text)| (name, Cow::Borrowed(text))).map_err(fault);
        assert_eq!(outcome.map_err(|error| *error), expected, "{left:?} {operator} {right:?}");
    }

    #[test]
    fn numbers_are_promoted() {
        check((("byte", "1"), "+", ("integer", "2")), Ok(("integer", "3")));
        check((("integer", "1"), "+", ("decimal", "0.1")), Ok(("decimal", "1.1")));
        check((("decimal", "0.1"), "+", ("decimal", "0.2")), Ok(("decimal", "0.3")));
        check((("decimal", "0.1"), "+", ("float", "0.2")), Ok(("float", "0.3")));
        check((("float", "1"), "-", ("double", "0.5")), Ok(("double", "0.5")));
        check((("untypedAtomic", "3"), "*", ("integer", "4")), Ok(("double", "12")));
        check((("untypedAtomic", "x"), "*", ("integer", "4")), Err("FORG0001"));
        check((("string", "3"), "*", ("integer", "4")), Err("XPTY0004"));
        check((("boolean", "true"), "+", ("integer", "4")), Err("XPTY0004"));
    }

    #[test]
    fn integers_divide_to_decimals() {
        check((("integer", "10"), "div", ("integer", "4")), Ok(("decimal", "2.5")));
        check((("integer", "1"), "div", ("integer", "3")), Ok(("decimal", "0.3333333333333333333333333333")));
        check((("integer", "2"), "div", ("decimal", "-3")), Ok(("decimal", "-0.6666666666666666666666666667")));
        check((("integer", "-7"), "idiv", ("integer", "2")), Ok(("integer", "-3")));
        check((("integer", "-7"), "mod", ("integer", "2")), Ok(("integer", "-1")));
        check((("decimal", "9"), "idiv", ("decimal", "2.9")), Ok(("integer", "3")));
        check((("decimal", "4.5"), "mod", ("decimal", "1.2")), Ok(("decimal", "0.9")));
        check((("decimal", "0.000000000000001"), "*", ("decimal", "0.0000000000000001")), Ok(("decimal", "0")));
        let just_below_one = "0.9999999999999999999999999999";
        check((("decimal", just_below_one), "idiv", ("integer", "1")), Ok(("integer", "0")));
        check((("decimal", "0.1"), "idiv", ("decimal", "0.003")), Ok(("integer", "33")));
        check(
            (("decimal", "-8102777225414245157.98803748"), "idiv", ("decimal", "0.0000000619518")),
            Ok(("integer", "-130791635197270219073344720")),
        );
        check((("double", "9.9"), "idiv", ("integer", "2")), Ok(("integer", "4")));
        check((("double", "-5"), "mod", ("double", "3")), Ok(("double", "-2")));
        check((("double", "5"), "mod", ("double", "INF")), Ok(("double", "5")));
        check((("double", "5"), "idiv", ("double", "-INF")), Ok(("integer", "0")));
    }

    #[test]
    fn a_division_by_zero_is_an_error_but_of_doubles() {
        for operator in ["div", "idiv", "mod"] {
            check((("integer", "1"), operator, ("integer", "0")), Err("FOAR0001"));
            check((("decimal", "1"), operator, ("integer", "0")), Err("FOAR0001"));
        }
        check((("double", "1"), "idiv", ("integer", "0")), Err("FOAR0001"));
        check((("double", "NaN"), "idiv", ("integer", "1")), Err("FOAR0002"));
        check((("float", "INF"), "idiv", ("integer", "1")), Err("FOAR0002"));
        check((("double", "1"), "div", ("integer", "0")), Ok(("double", "INF")));
        check((("float", "-1"), "div", ("integer", "0")), Ok(("float", "-INF")));
        check((("double", "1"), "mod", ("integer", "0")), Ok(("double", "NaN")));
    }

    #[test]
    fn what_is_beyond_the_type_is_an_error() {
        const MOST: &str = "170141183460469231731687303715884105727";
        const LEAST: &str = "-170141183460469231731687303715884105728";
        check((("integer", MOST), "+", ("integer", "1")), Err("FOAR0002"));
        check((("integer", MOST), "*", ("integer", "2")), Err("FOAR0002"));
        check((("integer", MOST), "div", ("integer", "2")), Err("FOAR0002"));
        check((("integer", MOST), "-", ("decimal", "2")), Err("FOAR0002"));
        check((("integer", LEAST), "idiv", ("integer", "-1")), Err("FOAR0002"));
        check((("integer", LEAST), "mod", ("integer", "-1")), Ok(("integer", "0")));
        check((("decimal", "79228162514264337593543950335"), "+", ("integer", "1")), Err("FOAR0002"));
        check(
            (("decimal", "7e28".replace("e28", &"0".repeat(28)).as_str()), "div", ("decimal", "0.1")),
            Err("FOAR0002"),
        );
        check((("double", "1e308"), "*", ("double", "10")), Ok(("double", "INF")));
        check((("double", "1e308"), "idiv", ("double", "1")), Err("FOAR0002"));
        assert_eq!(negate(&Atomic::Integer(i128::MIN)), Err(fault("FOAR0002")));
    }

    #[test]
    fn signs_are_for_numbers() {
        assert_eq!(negate(&Atomic::Untyped(" 2 ".into())), Ok(Atomic::Double(-2.0)));
        assert_eq!(negate(&value("byte", "-128")), Ok(Atomic::Integer(128)));
        assert_eq!(negate(&value("decimal", "0")).unwrap().canonical_text(), "0");
        assert_eq!(negate(&value("double", "0")).unwrap().canonical_text(), "-0");
        assert_eq!(plus(&value("byte", "-128")), Ok(Atomic::Integer(-128)));
        assert_eq!(plus(&value("string", "1")), Err(fault("XPTY0004")));
        assert_eq!(negate(&value("dayTimeDuration", "PT1S")), Err(fault("XPTY0004")));
    }

    #[test]
    fn dates_take_durations() {
        check((("date", "2026-01-31"), "+", ("yearMonthDuration", "P1M")), Ok(("date", "2026-02-28")));
        check((("yearMonthDuration", "P1M"), "+", ("date", "2026-01-31")), Ok(("date", "2026-02-28")));
        check((("date", "2026-01-31"), "-", ("dayTimeDuration", "PT1H")), Ok(("date", "2026-01-30")));
        check((("time", "23:00:00"), "+", ("dayTimeDuration", "PT2H")), Ok(("time", "01:00:00")));
        check((("dayTimeDuration", "PT2H"), "+", ("time", "23:00:00")), Ok(("time", "01:00:00")));
        let moment = ("dateTime", "2026-01-31T10:00:00Z");
        check((moment, "-", ("dayTimeDuration", "P31D")), Ok(("dateTime", "2025-12-31T10:00:00Z")));
        check((moment, "-", ("dateTime", "2026-01-30T08:00:00")), Ok(("dayTimeDuration", "P1DT2H")));
        check((("date", "2026-01-31"), "-", ("date", "2026-01-01")), Ok(("dayTimeDuration", "P30D")));
        check((("time", "10:00:00"), "-", ("time", "12:30:00")), Ok(("dayTimeDuration", "-PT2H30M")));
        check((("time", "23:00:00"), "+", ("yearMonthDuration", "P1M")), Err("XPTY0004"));
        check((("date", "2026-01-31"), "+", ("duration", "P1M")), Err("XPTY0004"));
        check((("dayTimeDuration", "P1D"), "-", ("date", "2026-01-31")), Err("XPTY0004"));
        check((("date", "2026-01-31"), "+", ("date", "2026-01-31")), Err("XPTY0004"));
        check((("date", "2026-01-31"), "-", moment), Err("XPTY0004"));
        check((("date", "2026-01-31"), "+", ("integer", "1")), Err("XPTY0004"));
    }

    #[test]
    fn durations_are_added_and_multiplied() {
        check((("dayTimeDuration", "P1D"), "+", ("dayTimeDuration", "PT1H")), Ok(("dayTimeDuration", "P1DT1H")));
        check((("yearMonthDuration", "P1Y"), "-", ("yearMonthDuration", "P1M")), Ok(("yearMonthDuration", "P11M")));
        check((("dayTimeDuration", "PT1H"), "*", ("integer", "3")), Ok(("dayTimeDuration", "PT3H")));
        check((("decimal", "1.5"), "*", ("yearMonthDuration", "P1Y")), Ok(("yearMonthDuration", "P1Y6M")));
        check((("dayTimeDuration", "PT1H"), "div", ("integer", "4")), Ok(("dayTimeDuration", "PT15M")));
        check((("dayTimeDuration", "PT1H"), "div", ("dayTimeDuration", "PT4H")), Ok(("decimal", "0.25")));
        check((("yearMonthDuration", "P1Y"), "div", ("yearMonthDuration", "P5M")), Ok(("decimal", "2.4")));
        check((("dayTimeDuration", "PT1H"), "+", ("yearMonthDuration", "P1Y")), Err("XPTY0004"));
        check((("integer", "4"), "div", ("dayTimeDuration", "PT1H")), Err("XPTY0004"));
        check((("dayTimeDuration", "PT1H"), "*", ("dayTimeDuration", "PT1H")), Err("XPTY0004"));
        check((("dayTimeDuration", "PT1H"), "idiv", ("integer", "1")), Err("XPTY0004"));
        check((("dayTimeDuration", "PT1H"), "*", ("string", "1")), Err("XPTY0004"));
        check((("dayTimeDuration", "PT1H"), "*", ("untypedAtomic", "2")), Ok(("dayTimeDuration", "PT2H")));
        check((("duration", "PT1H"), "*", ("integer", "1")), Err("XPTY0004"));
    }
}
