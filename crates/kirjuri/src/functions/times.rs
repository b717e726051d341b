//! What rules ask about dates and times.

use std::borrow::Cow;
use std::cmp::Ordering;

use kirjuri_xpath::{DynamicContext, Sequence};

use super::argument;
use crate::code_set::CodeSets;
use crate::identifiers::{Precision, Timestamp, hl7_of_iso};
use crate::structure;

pub(super) fn as_of<'a>(_: &CodeSets, dynamic: &DynamicContext<'a>, _: &[Sequence<'a>]) -> Sequence<'a> {
    Sequence::from(dynamic.as_of)
}

pub(super) fn age<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let days = both(arguments).and_then(|(birth, day)| birth.date().zip(day.date()));
    let age = days.map(|(birth, day)| {
        let is_before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
        f64::from(day.year()) - f64::from(birth.year()) - f64::from(u8::from(is_before_birthday))
    });
    Sequence::from(age.unwrap_or(f64::NAN))
}

pub(super) fn hours_between<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let hours = both(arguments).map_or(f64::NAN, |(first, second)| first.hours_until(&second));
    Sequence::from(hours)
}

pub(super) fn is_before<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let is_before = |(first, second): (Timestamp, Timestamp)| first.compare(&second) == Some(Ordering::Less);
    Sequence::from(both(arguments).is_some_and(is_before))
}

/// The first two arguments, where both are timestamps.
fn both(arguments: &[Sequence<'_>]) -> Option<(Timestamp, Timestamp)> {
    Timestamp::parse(&argument(arguments, 0)).ok().zip(Timestamp::parse(&argument(arguments, 1)).ok())
}

pub(super) fn precision<'a>(_: &CodeSets, _: &DynamicContext<'a>, arguments: &[Sequence<'a>]) -> Sequence<'a> {
    let digits = Timestamp::parse(&argument(arguments, 0)).map_or(0.0, |time| match time.precision() {
        Precision::Year => 4.0,
        Precision::Month => 6.0,
        Precision::Day => 8.0,
        Precision::Hour => 10.0,
        Precision::Minute => 12.0,
        Precision::Second => 14.0,
        Precision::Fraction => 15.0,
    });
    Sequence::from(digits)
}

pub(super) fn is_valid(time: &str) -> bool {
    Timestamp::parse(time).is_ok()
}

pub(super) fn offset(time: &str) -> Cow<'_, str> {
    let offset = Timestamp::parse(time).ok().and_then(|_| time.find(['+', '-']));
    Cow::Borrowed(offset.and_then(|at| time.get(at..)).unwrap_or_default())
}

pub(super) fn has_legal_offset(time: &str) -> bool {
    Timestamp::parse(time).map_or(true, |time| match (time.offset_minutes(), time.finnish_offset_minutes()) {
        (Some(written), Some(legal)) => written == legal,
        _ => true,
    })
}

pub(super) fn timestamp_of_iso(time: &str) -> Cow<'_, str> {
    Cow::Owned(hl7_of_iso(time).unwrap_or_default())
}

pub(super) fn day_of_structure(oid: &str) -> Cow<'_, str> {
    Cow::Owned(structure::day_of(oid).map(|day| day.to_string()).unwrap_or_default())
}
