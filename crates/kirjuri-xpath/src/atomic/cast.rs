//! `cast as` and `castable as` between the built-in atomic types: the table of Functions and Operators, section 17.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::atomic::lexical;
use crate::atomic::numeric::Number;
use crate::atomic::types::AtomicType;
use crate::calendar::duration::{Duration, DurationKind};
use crate::calendar::{DateTime, GregorianKind};
use crate::error::{EvaluationError, fault};
use crate::strings::normalize_space;
use crate::value::Atomic;

/// The value as the type `to`.
///
/// `XPTY0004` where no such cast exists, `FORG0001` for a text that is not of the type and a value that is out of its
/// range, `FOCA0001` to `FOCA0003` for numbers beyond what decimals and integers hold, `FODT0001` and `FODT0002` for
/// such dates and durations, `XPST0080` for the types nothing can be cast to. A text becomes an `xs:QName` only where
/// the namespaces in scope are known, and so not here (`XPTY0004`).
pub(crate) fn cast<'a>(value: &Atomic<'a>, to: AtomicType) -> Result<Atomic<'a>, EvaluationError> {
    if matches!(to, AtomicType::AnyAtomic | AtomicType::Notation) {
        return Err(fault("XPST0080"));
    }
    if value.type_() == to {
        return Ok(value.clone());
    }
    let inner = match to.primitive() {
        // The text of a derived type has its own white space and pattern.
        AtomicType::String if to != AtomicType::String => Atomic::String(restricted_text(value.canonical_text(), to)?),
        AtomicType::Integer if to != AtomicType::Integer => Atomic::Integer(restricted_integer(value, to)?),
        primitive => return plain(value.primitive(), primitive),
    };
    Ok(Atomic::Derived(to, Box::new(inner)))
}

/// The text a value has where it is one: strings and what is untyped can be cast to every type.
fn text<'v>(value: &'v Atomic<'_>) -> Option<&'v str> {
    match value {
        Atomic::Untyped(text) | Atomic::String(text) => Some(text),
        _ => None,
    }
}

/// The cast of a value without derived type to such a type.
fn plain<'a>(value: &Atomic<'a>, to: AtomicType) -> Result<Atomic<'a>, EvaluationError> {
    use AtomicType as T;
    match to {
        T::UntypedAtomic => Ok(Atomic::Untyped(value.canonical_text())),
        T::String => Ok(Atomic::String(value.canonical_text())),
        T::AnyUri => match value {
            Atomic::Uri(_) => Ok(value.clone()),
            Atomic::Untyped(text) | Atomic::String(text) => Ok(Atomic::Uri(lexical::uri(text.clone())?)),
            _ => Err(fault("XPTY0004")),
        },
        T::Boolean => match (text(value), value) {
            (Some(text), _) => Ok(Atomic::Boolean(lexical::boolean(text)?)),
            (None, Atomic::Boolean(truth)) => Ok(Atomic::Boolean(*truth)),
            (None, number) => Ok(Atomic::Boolean(to_number(number)?.to_boolean())),
        },
        T::Double => Ok(Atomic::Double(match text(value) {
            Some(text) => lexical::double(text)?,
            None => to_number(value)?.to_double(),
        })),
        T::Float => Ok(Atomic::Float(match text(value) {
            Some(text) => lexical::float(text)?,
            None => to_number(value)?.to_float(),
        })),
        T::Decimal => Ok(Atomic::Decimal(match text(value) {
            Some(text) => lexical::decimal(text)?,
            None => to_number(value)?.to_decimal()?,
        })),
        T::Integer => Ok(Atomic::Integer(match text(value) {
            Some(text) => lexical::integer(text)?,
            None => to_number(value)?.to_integer()?,
        })),
        T::DateTime => match (text(value), value) {
            (Some(text), _) => Ok(Atomic::DateTime(DateTime::parse_date_time(text)?)),
            // A date is held as its midnight.
            (None, Atomic::DateTime(value) | Atomic::Date(value)) => Ok(Atomic::DateTime(*value)),
            _ => Err(fault("XPTY0004")),
        },
        T::Date => match (text(value), value) {
            (Some(text), _) => Ok(Atomic::Date(DateTime::parse_date(text)?)),
            (None, Atomic::Date(value)) => Ok(Atomic::Date(*value)),
            (None, Atomic::DateTime(value)) => Ok(Atomic::Date(value.to_date())),
            _ => Err(fault("XPTY0004")),
        },
        T::Time => match (text(value), value) {
            (Some(text), _) => Ok(Atomic::Time(DateTime::parse_time(text)?)),
            (None, Atomic::Time(value)) => Ok(Atomic::Time(*value)),
            (None, Atomic::DateTime(value)) => Ok(Atomic::Time(value.to_time())),
            _ => Err(fault("XPTY0004")),
        },
        T::GYear => gregorian(value, GregorianKind::Year),
        T::GYearMonth => gregorian(value, GregorianKind::YearMonth),
        T::GMonth => gregorian(value, GregorianKind::Month),
        T::GMonthDay => gregorian(value, GregorianKind::MonthDay),
        T::GDay => gregorian(value, GregorianKind::Day),
        T::Duration => duration(value, DurationKind::Any),
        T::YearMonthDuration => duration(value, DurationKind::YearMonth),
        T::DayTimeDuration => duration(value, DurationKind::DayTime),
        T::HexBinary => match (text(value), value) {
            (Some(text), _) => Ok(Atomic::HexBinary(lexical::hex_binary(text)?)),
            (None, Atomic::HexBinary(bytes) | Atomic::Base64Binary(bytes)) => Ok(Atomic::HexBinary(bytes.clone())),
            _ => Err(fault("XPTY0004")),
        },
        T::Base64Binary => match (text(value), value) {
            (Some(text), _) => Ok(Atomic::Base64Binary(lexical::base64_binary(text)?)),
            (None, Atomic::HexBinary(bytes) | Atomic::Base64Binary(bytes)) => Ok(Atomic::Base64Binary(bytes.clone())),
            _ => Err(fault("XPTY0004")),
        },
        T::QName if matches!(value, Atomic::QName(_)) => Ok(value.clone()),
        _ => Err(fault("XPTY0004")),
    }
}

fn to_number(value: &Atomic<'_>) -> Result<Number, EvaluationError> {
    match value {
        Atomic::Boolean(truth) => Ok(Number::Integer(i128::from(*truth))),
        other => Number::of(other).ok_or(fault("XPTY0004")),
    }
}

fn gregorian<'a>(value: &Atomic<'a>, kind: GregorianKind) -> Result<Atomic<'a>, EvaluationError> {
    let part = match (text(value), value) {
        (Some(text), _) => DateTime::parse_gregorian(kind, text)?,
        (None, Atomic::DateTime(value) | Atomic::Date(value)) => value.to_gregorian(kind),
        (None, Atomic::Gregorian(own, value)) if *own == kind => *value,
        _ => return Err(fault("XPTY0004")),
    };
    Ok(Atomic::Gregorian(kind, part))
}

fn duration<'a>(value: &Atomic<'a>, kind: DurationKind) -> Result<Atomic<'a>, EvaluationError> {
    let length = match (text(value), value) {
        (Some(text), _) => Duration::parse(kind, text)?,
        (None, Atomic::Duration(_, length)) => length.to_kind(kind),
        _ => return Err(fault("XPTY0004")),
    };
    Ok(Atomic::Duration(kind, length))
}

/// The text as one of the types derived from `xs:string`.
fn restricted_text(text: Cow<'_, str>, to: AtomicType) -> Result<Cow<'_, str>, EvaluationError> {
    use AtomicType as T;
    if to == T::NormalizedString {
        return Ok(lexical::replace_white_space(text));
    }
    let text = normalize_space(text);
    let valid = match to {
        T::Language => lexical::is_language(&text),
        T::NmToken => lexical::is_name_token(&text),
        T::Name => lexical::is_name(&text),
        T::NcName | T::Id | T::IdRef | T::Entity => lexical::is_nc_name(&text),
        _ => true,
    };
    if valid { Ok(text) } else { Err(fault("FORG0001")) }
}

/// The value as one of the types derived from `xs:integer`.
fn restricted_integer(value: &Atomic<'_>, to: AtomicType) -> Result<i128, EvaluationError> {
    let value = value.primitive();
    let number = match text(value) {
        // What is too long for any integer is out of range here, unless the range has no end.
        Some(text) => lexical::integer(text).map_err(|error| match range(to) {
            range if *range.start() == i128::MIN || *range.end() == i128::MAX => error,
            _ => fault("FORG0001"),
        })?,
        None => to_number(value)?.to_integer()?,
    };
    if range(to).contains(&number) { Ok(number) } else { Err(fault("FORG0001")) }
}

fn range(of: AtomicType) -> RangeInclusive<i128> {
    use AtomicType as T;
    match of {
        T::NonPositiveInteger => i128::MIN..=0,
        T::NegativeInteger => i128::MIN..=-1,
        T::Long => i64::MIN.into()..=i64::MAX.into(),
        T::Int => i32::MIN.into()..=i32::MAX.into(),
        T::Short => i16::MIN.into()..=i16::MAX.into(),
        T::Byte => i8::MIN.into()..=i8::MAX.into(),
        T::NonNegativeInteger => 0..=i128::MAX,
        T::UnsignedLong => 0..=u64::MAX.into(),
        T::UnsignedInt => 0..=u32::MAX.into(),
        T::UnsignedShort => 0..=u16::MAX.into(),
        T::UnsignedByte => 0..=u8::MAX.into(),
        T::PositiveInteger => 1..=i128::MAX,
        _ => i128::MIN..=i128::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::value::QName;

    /// Casts a text through one type after the other, and compares the text of the outcome.
    fn check(text: &str, types: &[&str], expected: Result<&str, &'static str>) {
        let mut value = Atomic::String(text.into());
        for name in types {
            match cast(&value, AtomicType::named(name).unwrap()) {
                Ok(next) => value = next,
                Err(error) => return assert_eq!(Err(error), expected.map_err(fault), "{text} {types:?}"),
            }
            assert_eq!(value.type_().name(), *name);
        }
        assert_eq!(Ok(&*value.canonical_text()), expected.map_err(fault), "{text} {types:?}");
    }

    #[test]
    fn numbers_become_one_another() {
        check("1.5", &["decimal", "integer"], Ok("1"));
        check("-1.5", &["decimal", "double"], Ok("-1.5"));
        check("1e3", &["double", "integer"], Ok("1000"));
        check("1e3", &["double", "decimal"], Ok("1000"));
        check("0.1", &["float", "double"], Ok("0.10000000149011612"));
        check("0.1", &["double", "float"], Ok("0.1"));
        check("1e300", &["double", "float"], Ok("INF"));
        check("1e300", &["double", "decimal"], Err("FOCA0001"));
        check("1e300", &["double", "integer"], Err("FOCA0003"));
        check("NaN", &["double", "integer"], Err("FOCA0002"));
        check("INF", &["float", "decimal"], Err("FOCA0002"));
        check("99999999999999999999999999999999999999", &["integer", "decimal"], Err("FOCA0001"));
        check("1.5", &["integer"], Err("FORG0001"));
    }

    #[test]
    fn truth_is_a_number() {
        check(" 1 ", &["boolean"], Ok("true"));
        check("true", &["boolean", "double"], Ok("1"));
        check("false", &["boolean", "decimal"], Ok("0"));
        check("true", &["boolean", "byte"], Ok("1"));
        check("NaN", &["double", "boolean"], Ok("false"));
        check("0.0", &["decimal", "boolean"], Ok("false"));
        check("-3", &["integer", "boolean"], Ok("true"));
        check("yes", &["boolean"], Err("FORG0001"));
        check("true", &["boolean", "date"], Err("XPTY0004"));
    }

    #[test]
    fn integers_keep_to_the_range_of_their_type() {
        check("127", &["byte"], Ok("127"));
        check("128", &["byte"], Err("FORG0001"));
        check("300", &["integer", "unsignedByte"], Err("FORG0001"));
        check("255.9", &["double", "unsignedByte"], Ok("255"));
        check("NaN", &["double", "unsignedByte"], Err("FOCA0002"));
        check("-0", &["nonNegativeInteger"], Ok("0"));
        check("0", &["positiveInteger"], Err("FORG0001"));
        check("0", &["negativeInteger"], Err("FORG0001"));
        check("18446744073709551615", &["unsignedLong"], Ok("18446744073709551615"));
        check("18446744073709551616", &["unsignedLong"], Err("FORG0001"));
        check("170141183460469231731687303715884105728", &["long"], Err("FORG0001"));
        check("170141183460469231731687303715884105728", &["positiveInteger"], Err("FOCA0003"));
        check("5", &["byte", "short", "unsignedInt", "integer", "string"], Ok("5"));
    }

    #[test]
    fn texts_keep_to_the_form_of_their_type() {
        check(" a\tb ", &["string"], Ok(" a\tb "));
        check(" a\tb ", &["normalizedString"], Ok(" a b "));
        check(" a\t\n b ", &["token"], Ok("a b"));
        check(" fi-FI ", &["language"], Ok("fi-FI"));
        check("fi_FI", &["language"], Err("FORG0001"));
        check("a:b", &["NCName"], Err("FORG0001"));
        check("a:b", &["Name", "NMTOKEN"], Ok("a:b"));
        check("1a", &["Name"], Err("FORG0001"));
        check("1a", &["ID"], Err("FORG0001"));
        check("5", &["integer", "NMTOKEN"], Ok("5"));
        check("5", &["integer", "NCName"], Err("FORG0001"));
        check("12", &["token", "short"], Ok("12"));
        check(" urn:a  b ", &["anyURI"], Ok("urn:a b"));
        check("urn:a", &["anyURI", "token"], Ok("urn:a"));
        check("100%", &["anyURI"], Err("FORG0001"));
        check("%c3%a4", &["anyURI"], Ok("%c3%a4"));
        check(":a", &["anyURI"], Err("FORG0001"));
        check("5", &["anyURI", "integer"], Err("XPTY0004"));
    }

    #[test]
    fn binary_values_become_one_another() {
        check("Zm8=", &["base64Binary", "hexBinary"], Ok("666F"));
        check("666f", &["hexBinary", "base64Binary"], Ok("Zm8="));
        check("666f", &["hexBinary", "integer"], Err("XPTY0004"));
    }

    #[test]
    fn dates_become_their_parts() {
        check("2026-02-03T04:05:06Z", &["dateTime", "date"], Ok("2026-02-03Z"));
        check("2026-02-03T04:05:06Z", &["dateTime", "time"], Ok("04:05:06Z"));
        check("2026-02-03", &["date", "dateTime"], Ok("2026-02-03T00:00:00"));
        check("2026-02-03", &["date", "gYearMonth"], Ok("2026-02"));
        check("2026-02-03", &["date", "gMonthDay"], Ok("--02-03"));
        check("2026-02-03", &["date", "time"], Err("XPTY0004"));
        check("04:05:06", &["time", "dateTime"], Err("XPTY0004"));
        check("2026", &["gYear", "gDay"], Err("XPTY0004"));
        check("2026-02-30", &["date"], Err("FORG0001"));
        check("20260203", &["date"], Err("FORG0001"));
    }

    #[test]
    fn durations_drop_what_the_type_does_not_hold() {
        check("P1Y2M3DT4H", &["duration"], Ok("P1Y2M3DT4H"));
        check("P1Y2M3DT4H", &["duration", "yearMonthDuration"], Ok("P1Y2M"));
        check("P1Y2M3DT4H", &["duration", "dayTimeDuration"], Ok("P3DT4H"));
        check("P1Y", &["yearMonthDuration", "dayTimeDuration"], Ok("PT0S"));
        check("P1D", &["yearMonthDuration"], Err("FORG0001"));
        check("P1D", &["dayTimeDuration", "integer"], Err("XPTY0004"));
    }

    #[test]
    fn names_are_not_made_of_texts() {
        check("a", &["QName"], Err("XPTY0004"));
        check("a", &["NOTATION"], Err("XPST0080"));
        check("a", &["anyAtomicType"], Err("XPST0080"));
        let name = QName { prefix: "a".into(), namespace: "urn:a".into(), local: "b".into() };
        let text = cast(&Atomic::QName(Arc::new(name)), AtomicType::String);
        assert_eq!(text, Ok(Atomic::String("a:b".into())));
    }
}
