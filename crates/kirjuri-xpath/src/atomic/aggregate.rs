//! `sum`, `avg`, `min` and `max` over atomic values (Functions and Operators, section 15.4).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::atomic::arithmetic::{arithmetic, typed};
use crate::atomic::comparison::{Relation, relate};
use crate::atomic::numeric::Number;
use crate::calendar::duration::DurationKind;
use crate::error::{EvaluationError, fault};
use crate::syntax::Arithmetic;
use crate::value::Atomic;

// An untyped value is a double in all of them (`FORG0001` if it is no number).

/// `sum()`; `None` for no values. `FORG0006` unless the values are all numbers, or durations of one of the two kinds
/// that have an order.
pub(crate) fn sum(values: &[Atomic<'_>]) -> Result<Option<Atomic<'static>>, EvaluationError> {
    let mut total: Option<Atomic<'static>> = None;
    let promotion = Promotion::of(values);
    for value in values {
        // The sum of one value is the value, with its derived type.
        let derived = match value {
            Atomic::Derived(derived, _) if values.len() == 1 => Some(*derived),
            _ => None,
        };
        let value = typed(value)?;
        let value = match (Number::of(&value), value.primitive()) {
            (Some(number), _) => Atomic::from(promotion.promote(number)),
            (None, Atomic::Duration(kind @ (DurationKind::YearMonth | DurationKind::DayTime), length)) => {
                Atomic::Duration(*kind, *length)
            }
            _ => return Err(fault("FORG0006")),
        };
        let value = match derived {
            Some(derived) => Atomic::Derived(derived, Box::new(value)),
            None => value,
        };
        total = Some(match total {
            None => value,
            Some(total) => match arithmetic(Arithmetic::Add, &total, &value, 0) {
                // Both are numbers or durations, but not the same.
                Err(error) if error == fault("XPTY0004") => return Err(fault("FORG0006")),
                sum => sum?,
            },
        });
    }
    Ok(total)
}

/// `avg()`; `None` for no values. Errors as [`sum`] has them.
pub(crate) fn avg(values: &[Atomic<'_>]) -> Result<Option<Atomic<'static>>, EvaluationError> {
    let count = i128::try_from(values.len()).map_err(|_| fault("FOAR0002"))?;
    match sum(values)? {
        Some(total) => arithmetic(Arithmetic::Divide, &total, &Atomic::Integer(count), 0).map(Some),
        None => Ok(None),
    }
}

/// `min()`; `None` for no values. `FORG0006` unless all values can be compared and their type has an order. Where a
/// value is NaN, the result is.
///
/// `implicit_zone` (minutes) is the time zone of the dates that have none.
pub(crate) fn min<'a>(values: &[Atomic<'a>], implicit_zone: i16) -> Result<Option<Atomic<'a>>, EvaluationError> {
    extreme(values, Ordering::Less, implicit_zone)
}

/// `max()`, like [`min`].
pub(crate) fn max<'a>(values: &[Atomic<'a>], implicit_zone: i16) -> Result<Option<Atomic<'a>>, EvaluationError> {
    extreme(values, Ordering::Greater, implicit_zone)
}

fn extreme<'a>(
    values: &[Atomic<'a>],
    wanted: Ordering,
    implicit_zone: i16,
) -> Result<Option<Atomic<'a>>, EvaluationError> {
    let promotion = Promotion::of(values);
    let mut best: Option<Cow<'_, Atomic<'a>>> = None;
    let mut nan = None;
    for value in values {
        let mut value = typed(value)?;
        match Number::of(&value) {
            // Beside integers, decimals stay as they are: an integer is one.
            Some(number) if promotion != Promotion::Exact => {
                let promoted = promotion.promote(number);
                if promoted.is_nan() {
                    nan = Some(Atomic::from(promoted));
                }
                if value.type_() != Atomic::from(promoted).type_() {
                    value = Cow::Owned(promoted.into());
                }
            }
            _ => {}
        }
        let rival = best.as_ref().unwrap_or(&value);
        let ordering = match relate(&value, rival, implicit_zone) {
            Some(Relation::Order(ordering)) => ordering,
            _ => return Err(fault("FORG0006")),
        };
        if best.is_none() || ordering == Some(wanted) {
            best = Some(value);
        }
    }
    if nan.is_some() {
        return Ok(nan);
    }
    // The least type of strings and URIs together is the string.
    let strings = values.iter().any(|value| matches!(value.primitive(), Atomic::String(_)));
    Ok(best.map(|best| match best.into_owned() {
        Atomic::Uri(text) if strings => Atomic::String(text),
        best => best,
    }))
}

/// The numeric type that all of the numbers among some values are promoted to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Promotion {
    /// Integers and decimals.
    Exact,
    Float,
    Double,
}

impl Promotion {
    fn of(values: &[Atomic<'_>]) -> Promotion {
        let mut promotion = Promotion::Exact;
        for value in values {
            promotion = promotion.max(match value.primitive() {
                Atomic::Double(_) | Atomic::Untyped(_) => Promotion::Double,
                Atomic::Float(_) => Promotion::Float,
                _ => Promotion::Exact,
            });
        }
        promotion
    }

    fn promote(self, number: Number) -> Number {
        match self {
            Promotion::Exact => number,
            Promotion::Float => Number::Float(number.to_float()),
            Promotion::Double => Number::Double(number.to_double()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::atomic::cast::cast;
    use crate::atomic::types::AtomicType;

    fn values(rows: &[(&str, &str)]) -> Vec<Atomic<'static>> {
        let value = |(name, text): &(&str, &str)| {
            cast(&Atomic::String(Cow::Owned((*text).to_owned())), AtomicType::named(name).unwrap()).unwrap()
        };
        rows.iter().map(value).collect()
    }

    fn outcome(outcome: Result<Option<Atomic<'_>>, EvaluationError>) -> String {
        match outcome {
            Ok(Some(value)) => format!("{} {}", value.type_().name(), value.canonical_text()),
            Ok(None) => "none".to_owned(),
            Err(EvaluationError::Dynamic(code)) => code.as_str().to_owned(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn numbers_and_durations_have_sums_and_means() {
        let check = |rows: &[(&str, &str)], expected: [&str; 2]| {
            let values = values(rows);
            assert_eq!([outcome(sum(&values)), outcome(avg(&values))], expected, "{rows:?}");
        };
        check(&[], ["none", "none"]);
        check(&[("byte", "3")], ["byte 3", "decimal 3"]);
        check(&[("byte", "3"), ("byte", "4")], ["integer 7", "decimal 3.5"]);
        check(&[("byte", "3"), ("integer", "4")], ["integer 7", "decimal 3.5"]);
        check(&[("integer", "3"), ("decimal", "0.1")], ["decimal 3.1", "decimal 1.55"]);
        check(&[("decimal", "0.1"), ("float", "0.2")], ["float 0.3", "float 0.15"]);
        check(&[("untypedAtomic", "3"), ("integer", "4")], ["double 7", "double 3.5"]);
        check(&[("double", "-0")], ["double -0", "double -0"]);
        check(&[("double", "NaN"), ("integer", "4")], ["double NaN", "double NaN"]);
        check(
            &[("dayTimeDuration", "PT1H"), ("dayTimeDuration", "PT2H")],
            ["dayTimeDuration PT3H", "dayTimeDuration PT1H30M"],
        );
        check(
            &[("yearMonthDuration", "P1Y"), ("yearMonthDuration", "P2Y")],
            ["yearMonthDuration P3Y", "yearMonthDuration P1Y6M"],
        );
        check(&[("duration", "P1Y")], ["FORG0006"; 2]);
        check(&[("dayTimeDuration", "PT1H"), ("yearMonthDuration", "P1Y")], ["FORG0006"; 2]);
        check(&[("dayTimeDuration", "PT1H"), ("integer", "1")], ["FORG0006"; 2]);
        check(&[("date", "2026-01-01"), ("dayTimeDuration", "PT1H")], ["FORG0006"; 2]);
        check(&[("string", "1")], ["FORG0006"; 2]);
        check(&[("untypedAtomic", "x")], ["FORG0001"; 2]);
        check(&[("boolean", "true")], ["FORG0006"; 2]);
        let most = ("integer", "170141183460469231731687303715884105727");
        check(&[most, most], ["FOAR0002"; 2]);
    }

    #[test]
    fn ordered_values_have_a_least_and_a_greatest() {
        let check = |rows: &[(&str, &str)], expected: [&str; 2]| {
            let values = values(rows);
            assert_eq!([outcome(min(&values, 0)), outcome(max(&values, 0))], expected, "{rows:?}");
        };
        check(&[], ["none", "none"]);
        check(&[("byte", "3"), ("integer", "4"), ("integer", "-1")], ["integer -1", "integer 4"]);
        check(&[("byte", "3")], ["byte 3", "byte 3"]);
        check(&[("integer", "3"), ("decimal", "2.5")], ["decimal 2.5", "integer 3"]);
        check(&[("integer", "3"), ("float", "2.5")], ["float 2.5", "float 3"]);
        check(&[("float", "3"), ("double", "4"), ("untypedAtomic", "5")], ["double 3", "double 5"]);
        check(&[("integer", "3"), ("float", "NaN"), ("integer", "2")], ["float NaN"; 2]);
        check(&[("float", "NaN"), ("double", "2")], ["double NaN"; 2]);
        check(&[("double", "NaN"), ("string", "a")], ["FORG0006"; 2]);
        check(&[("string", "b"), ("token", "a")], ["token a", "string b"]);
        check(&[("anyURI", "b"), ("anyURI", "a")], ["anyURI a", "anyURI b"]);
        check(&[("anyURI", "b"), ("string", "a")], ["string a", "string b"]);
        check(&[("boolean", "true"), ("boolean", "false")], ["boolean false", "boolean true"]);
        check(&[("date", "2026-01-01"), ("date", "2026-01-01+02:00")], ["date 2026-01-01+02:00", "date 2026-01-01"]);
        check(
            &[("dayTimeDuration", "PT3M"), ("dayTimeDuration", "PT3S")],
            ["dayTimeDuration PT3S", "dayTimeDuration PT3M"],
        );
        check(&[("string", "1"), ("integer", "1")], ["FORG0006"; 2]);
        check(&[("string", "1"), ("untypedAtomic", "1")], ["FORG0006"; 2]);
        check(&[("string", "1"), ("untypedAtomic", "x")], ["FORG0001"; 2]);
        check(&[("duration", "P1Y")], ["FORG0006"; 2]);
        check(&[("gYear", "2026")], ["FORG0006"; 2]);
        check(&[("hexBinary", "00")], ["FORG0006"; 2]);
        check(&[("date", "2026-01-01"), ("time", "10:00:00")], ["FORG0006"; 2]);
    }
}
