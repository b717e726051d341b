//! Comparison of two atomic values: the value comparisons and one pair of a general comparison (XPath 2.0, 3.5).

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::atomic::cast::cast;
use crate::atomic::numeric::Number;
use crate::atomic::types::AtomicType;
use crate::calendar::duration::DurationKind;
use crate::error::{EvaluationError, fault};
use crate::syntax::Comparison;
use crate::value::Atomic;

/// `eq`, `ne`, `lt`, `le`, `gt` or `ge` of two values; one that is untyped is a string. `XPTY0004` where the operator
/// is not defined for the two types.
///
/// `implicit_zone` (minutes) is the time zone of the dates that have none.
pub(crate) fn value_compare(
    operator: Comparison,
    left: &Atomic<'_>,
    right: &Atomic<'_>,
    implicit_zone: i16,
) -> Result<bool, EvaluationError> {
    match relate(left, right, implicit_zone) {
        Some(Relation::Order(ordering)) => Ok(holds(operator, ordering)),
        Some(Relation::Equality(equal)) => match operator {
            Comparison::Equal => Ok(equal),
            Comparison::NotEqual => Ok(!equal),
            _ => Err(fault("XPTY0004")),
        },
        None => Err(fault("XPTY0004")),
    }
}

/// One pair of `=`, `!=`, `<`, `<=`, `>` or `>=`: an untyped value is a double beside a number, a string beside a
/// string, and of the other's type beside all others. `FORG0001` where it cannot be, `XPTY0004` as
/// [`value_compare`] has it.
pub(crate) fn general_compare(
    operator: Comparison,
    left: &Atomic<'_>,
    right: &Atomic<'_>,
    implicit_zone: i16,
) -> Result<bool, EvaluationError> {
    let left_typed = typed_beside(left, right)?;
    let right_typed = typed_beside(right, left)?;
    value_compare(operator, &left_typed, &right_typed, implicit_zone)
}

/// The value as a general comparison with `other` takes it.
fn typed_beside<'v, 'a>(value: &'v Atomic<'a>, other: &Atomic<'_>) -> Result<Cow<'v, Atomic<'a>>, EvaluationError> {
    if !matches!(value, Atomic::Untyped(_)) {
        return Ok(Cow::Borrowed(value));
    }
    match other.primitive() {
        Atomic::Untyped(_) | Atomic::String(_) => Ok(Cow::Borrowed(value)),
        number if Number::of(number).is_some() => cast(value, AtomicType::Double).map(Cow::Owned),
        _ => cast(value, other.type_()).map(Cow::Owned),
    }
}

/// Whether `eq` holds; values that cannot be compared are different, and NaN is not equal to itself. This is the rule
/// of `index-of`.
pub(crate) fn equal(left: &Atomic<'_>, right: &Atomic<'_>, implicit_zone: i16) -> bool {
    value_compare(Comparison::Equal, left, right, implicit_zone).unwrap_or(false)
}

/// Whether `distinct-values` keeps only one of the two: as [`equal`], but NaN is equal to NaN.
pub(crate) fn same_for_distinct(left: &Atomic<'_>, right: &Atomic<'_>, implicit_zone: i16) -> bool {
    let is_nan = |value: &Atomic<'_>| Number::of(value).is_some_and(Number::is_nan);
    equal(left, right, implicit_zone) || is_nan(left) && is_nan(right)
}

/// Whether `deep-equal` holds for two atomic values, which is the rule of `distinct-values`.
pub(crate) fn deep_equal_atomic(left: &Atomic<'_>, right: &Atomic<'_>, implicit_zone: i16) -> bool {
    same_for_distinct(left, right, implicit_zone)
}

/// How two values of comparable types stand to each other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Relation {
    /// Their type has an order; none where one is NaN.
    Order(Option<Ordering>),
    /// Their type has no order.
    Equality(bool),
}

/// How the two values stand to each other; `None` where no comparison is defined for their types.
pub(crate) fn relate(left: &Atomic<'_>, right: &Atomic<'_>, implicit_zone: i16) -> Option<Relation> {
    let ordered = |ordering| Some(Relation::Order(Some(ordering)));
    match (left.primitive(), right.primitive()) {
        // The code points of two texts have the order of their bytes.
        (
            Atomic::Untyped(left) | Atomic::String(left) | Atomic::Uri(left),
            Atomic::Untyped(right) | Atomic::String(right) | Atomic::Uri(right),
        ) => ordered(left.as_bytes().cmp(right.as_bytes())),
        (Atomic::Boolean(left), Atomic::Boolean(right)) => ordered(left.cmp(right)),
        (Atomic::DateTime(left), Atomic::DateTime(right))
        | (Atomic::Date(left), Atomic::Date(right))
        | (Atomic::Time(left), Atomic::Time(right)) => ordered(left.compare(right, implicit_zone)),
        (Atomic::Gregorian(one, left), Atomic::Gregorian(two, right)) if one == two => {
            Some(Relation::Equality(left.compare(right, implicit_zone) == Ordering::Equal))
        }
        (Atomic::Duration(one, left), Atomic::Duration(two, right)) if one == two && *one != DurationKind::Any => {
            ordered(left.compare(*right))
        }
        (Atomic::Duration(_, left), Atomic::Duration(_, right)) => Some(Relation::Equality(left == right)),
        (Atomic::QName(left), Atomic::QName(right)) => Some(Relation::Equality(left == right)),
        (Atomic::HexBinary(left), Atomic::HexBinary(right))
        | (Atomic::Base64Binary(left), Atomic::Base64Binary(right)) => Some(Relation::Equality(left == right)),
        (left, right) => Some(Relation::Order(Number::of(left)?.compare(Number::of(right)?))),
    }
}

fn holds(operator: Comparison, ordering: Option<Ordering>) -> bool {
    match (operator, ordering) {
        // NaN is different from everything, and all else about it is false.
        (operator, None) => operator == Comparison::NotEqual,
        (Comparison::Equal, Some(ordering)) => ordering.is_eq(),
        (Comparison::NotEqual, Some(ordering)) => ordering.is_ne(),
        (Comparison::Less, Some(ordering)) => ordering.is_lt(),
        (Comparison::LessOrEqual, Some(ordering)) => ordering.is_le(),
        (Comparison::Greater, Some(ordering)) => ordering.is_gt(),
        (Comparison::GreaterOrEqual, Some(ordering)) => ordering.is_ge(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::value::QName;

    fn value(type_name: &str, text: &str) -> Atomic<'static> {
        cast(&Atomic::String(Cow::Owned(text.to_owned())), AtomicType::named(type_name).unwrap()).unwrap()
    }

    const OPERATORS: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ];

    type Compare = fn(Comparison, &Atomic<'_>, &Atomic<'_>, i16) -> Result<bool, EvaluationError>;

    /// Which of the six operators hold, as `eq ne lt le gt ge`; an error code stands for itself.
    fn operators(compare: Compare, left: &Atomic<'_>, right: &Atomic<'_>) -> String {
        let names = ["eq", "ne", "lt", "le", "gt", "ge"].into_iter().zip(OPERATORS);
        let outcomes = names.filter_map(|(name, operator)| match compare(operator, left, right, 120) {
            Ok(true) => Some(name),
            Ok(false) => None,
            Err(error) if error == fault("XPTY0004") => Some("type"),
            Err(error) if error == fault("FORG0001") => Some("form"),
            Err(error) => panic!("{error:?}"),
        });
        let mut outcomes: Vec<_> = outcomes.collect();
        outcomes.dedup();
        outcomes.join(" ")
    }

    #[test]
    fn values_are_compared_by_their_types() {
        let check = |left: (&str, &str), right: (&str, &str), expected: &str| {
            let outcome = operators(value_compare, &value(left.0, left.1), &value(right.0, right.1));
            assert_eq!(outcome, expected, "{left:?} {right:?}");
        };
        check(("integer", "1"), ("decimal", "1.0"), "eq le ge");
        check(("byte", "1"), ("double", "2"), "ne lt le");
        check(("double", "NaN"), ("double", "NaN"), "ne");
        check(("double", "0"), ("double", "-0"), "eq le ge");
        check(("string", "a"), ("untypedAtomic", "b"), "ne lt le");
        check(("token", "a"), ("anyURI", "a"), "eq le ge");
        check(("string", "\u{10000}"), ("string", "\u{ffff}"), "ne gt ge");
        check(("boolean", "true"), ("boolean", "false"), "ne gt ge");
        check(("string", "1"), ("integer", "1"), "type");
        check(("untypedAtomic", "1"), ("integer", "1"), "type");
        check(("boolean", "true"), ("integer", "1"), "type");
        check(("date", "2026-01-01"), ("dateTime", "2026-01-01T00:00:00"), "type");
        check(("date", "2026-01-01"), ("date", "2026-01-01+02:00"), "eq le ge");
        check(("date", "2026-01-01"), ("date", "2026-01-01Z"), "ne lt le");
        check(("time", "10:00:00"), ("time", "08:00:00Z"), "eq le ge");
        check(("gYear", "2026"), ("gYear", "2026+02:00"), "eq type");
        check(("gYear", "2026"), ("gYearMonth", "2026-01"), "type");
        check(("duration", "P1Y"), ("yearMonthDuration", "P12M"), "eq type");
        check(("duration", "P1Y"), ("duration", "P13M"), "ne type");
        check(("dayTimeDuration", "PT0S"), ("yearMonthDuration", "P0M"), "eq type");
        check(("dayTimeDuration", "PT24H"), ("dayTimeDuration", "P1D"), "eq le ge");
        check(("yearMonthDuration", "P1Y"), ("yearMonthDuration", "P13M"), "ne lt le");
        check(("hexBinary", "00"), ("hexBinary", "00"), "eq type");
        check(("hexBinary", "00"), ("base64Binary", "AA=="), "type");
    }

    #[test]
    fn what_is_untyped_takes_the_type_beside_it() {
        let check = |left: &str, right: (&str, &str), expected: &str| {
            let (left, right) = (Atomic::Untyped(left.into()), value(right.0, right.1));
            assert_eq!(operators(general_compare, &left, &right), expected, "{left:?} {right:?}");
        };
        check("1.0", ("integer", "1"), "eq le ge");
        check("10", ("untypedAtomic", "9"), "ne lt le");
        check("10", ("string", "9"), "ne lt le");
        check("10", ("token", "9"), "ne lt le");
        check("10", ("decimal", "9"), "ne gt ge");
        check("", ("integer", "1"), "form");
        check("1", ("boolean", "true"), "eq le ge");
        check("true", ("boolean", "false"), "ne gt ge");
        check(" urn:a ", ("anyURI", "urn:a"), "eq le ge");
        check("2026-01-01", ("date", "2026-01-02"), "ne lt le");
        check("P1D", ("duration", "PT24H"), "eq type");
        check("PT24H", ("dayTimeDuration", "P1D"), "eq le ge");
        check("today", ("date", "2026-01-02"), "form");
        let name = QName { prefix: String::new(), namespace: String::new(), local: "a".into() };
        let name = Atomic::QName(Arc::new(name));
        assert_eq!(operators(general_compare, &Atomic::Untyped("a".into()), &name), "type");
        assert_eq!(operators(general_compare, &name, &name), "eq type");
        assert_eq!(operators(general_compare, &value("string", "1"), &value("integer", "1")), "type");
    }

    #[test]
    fn only_distinct_values_take_not_a_number_for_equal() {
        let check = |left: &Atomic<'_>, right: &Atomic<'_>, expected: [bool; 2]| {
            assert_eq!([equal(left, right, 0), same_for_distinct(left, right, 0)], expected, "{left:?} {right:?}");
            assert_eq!(deep_equal_atomic(left, right, 0), expected[1]);
        };
        check(&Atomic::Double(f64::NAN), &Atomic::Float(f32::NAN), [false, true]);
        check(&Atomic::Double(f64::NAN), &Atomic::Integer(1), [false, false]);
        check(&Atomic::String("1".into()), &Atomic::Integer(1), [false, false]);
        check(&Atomic::String("1".into()), &Atomic::Untyped("1".into()), [true, true]);
        check(&Atomic::Integer(1), &Atomic::Double(1.0), [true, true]);
    }
}
