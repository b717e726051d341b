//! Functions on dates, times and durations (F&O 2.0, sections 5.2, 10.5, 10.7 and 16.3 to 16.6; XSLT 2.0, section
//! 16.5).

use super::{Call, Gives, OPTIONAL, Origin, Signature, TEXT, TEXT_OR_NONE, Takes, optional};
use crate::atomic::types::AtomicType;
use crate::calendar::DateTime;
use crate::calendar::duration::{Duration, DurationKind};
use crate::calendar::picture::{self, Held};
use crate::error::{EvaluationError, fault};
use crate::value::{Atomic, Sequence};

type Value<'a> = Result<Sequence<'a>, EvaluationError>;

const DATE_TIME: Takes = Takes::Atoms(AtomicType::DateTime, OPTIONAL);
const DATE: Takes = Takes::Atoms(AtomicType::Date, OPTIONAL);
const TIME: Takes = Takes::Atoms(AtomicType::Time, OPTIONAL);
const DURATION: Takes = Takes::Atoms(AtomicType::Duration, OPTIONAL);
const ZONE: Takes = Takes::Atoms(AtomicType::DayTimeDuration, OPTIONAL);

/// How long a component of a picture with a width can get, in characters: a picture is charged for it beforehand.
const WIDEST_COMPONENT: usize = 1000;

pub(super) const FUNCTIONS: &[Signature] = &[
    Signature::new("dateTime", &[DATE, TIME], Gives::Plain, |call| match (moment(call, 0), moment(call, 1)) {
        (Some(date), Some(time)) => Ok(date_time(DateTime::from_date_and_time(&date, &time)?)),
        _ => Ok(Sequence::EMPTY),
    }),
    Signature::new("current-dateTime", &[], Gives::Plain, |call| Ok(date_time(now(call)?))),
    Signature::new("current-date", &[], Gives::Plain, |call| Ok(date(now(call)?.to_date()))),
    Signature::new("current-time", &[], Gives::Plain, |call| Ok(time(now(call)?.to_time()))),
    Signature::new("implicit-timezone", &[], Gives::Plain, |call| optional(Some(offset(call.implicit_zone())))),
    Signature::new("year-from-dateTime", &[DATE_TIME], Gives::Any, |call| part(call, year)),
    Signature::new("month-from-dateTime", &[DATE_TIME], Gives::Any, |call| part(call, month)),
    Signature::new("day-from-dateTime", &[DATE_TIME], Gives::Any, |call| part(call, day)),
    Signature::new("hours-from-dateTime", &[DATE_TIME], Gives::Any, |call| part(call, hours)),
    Signature::new("minutes-from-dateTime", &[DATE_TIME], Gives::Any, |call| part(call, minutes)),
    Signature::new("seconds-from-dateTime", &[DATE_TIME], Gives::Any, |call| part(call, seconds)),
    Signature::new("timezone-from-dateTime", &[DATE_TIME], Gives::Plain, |call| part(call, zone)),
    Signature::new("year-from-date", &[DATE], Gives::Any, |call| part(call, year)),
    Signature::new("month-from-date", &[DATE], Gives::Any, |call| part(call, month)),
    Signature::new("day-from-date", &[DATE], Gives::Any, |call| part(call, day)),
    Signature::new("timezone-from-date", &[DATE], Gives::Plain, |call| part(call, zone)),
    Signature::new("hours-from-time", &[TIME], Gives::Any, |call| part(call, hours)),
    Signature::new("minutes-from-time", &[TIME], Gives::Any, |call| part(call, minutes)),
    Signature::new("seconds-from-time", &[TIME], Gives::Any, |call| part(call, seconds)),
    Signature::new("timezone-from-time", &[TIME], Gives::Plain, |call| part(call, zone)),
    Signature::new("years-from-duration", &[DURATION], Gives::Any, |call| {
        part_of_duration(call, |duration| whole(duration.years()))
    }),
    Signature::new("months-from-duration", &[DURATION], Gives::Any, |call| {
        part_of_duration(call, |duration| whole(duration.months()))
    }),
    Signature::new("days-from-duration", &[DURATION], Gives::Any, |call| {
        part_of_duration(call, |duration| whole(duration.days()))
    }),
    Signature::new("hours-from-duration", &[DURATION], Gives::Any, |call| {
        part_of_duration(call, |duration| whole(duration.hours()))
    }),
    Signature::new("minutes-from-duration", &[DURATION], Gives::Any, |call| {
        part_of_duration(call, |duration| whole(duration.minutes()))
    }),
    Signature::new("seconds-from-duration", &[DURATION], Gives::Any, |call| {
        part_of_duration(call, |duration| Atomic::Decimal(duration.seconds()))
    }),
    Signature::new("adjust-dateTime-to-timezone", &[DATE_TIME, ZONE], Gives::Plain, |call| {
        adjusted(call, |value, zone| Ok(date_time(value.adjust_to_timezone(zone)?)))
    })
    .from(1),
    Signature::new("adjust-date-to-timezone", &[DATE, ZONE], Gives::Plain, |call| {
        adjusted(call, |value, zone| Ok(date(value.adjust_date_to_timezone(zone)?)))
    })
    .from(1),
    Signature::new("adjust-time-to-timezone", &[TIME, ZONE], Gives::Plain, |call| {
        adjusted(call, |value, zone| Ok(time(value.adjust_time_to_timezone(zone)?)))
    })
    .from(1),
    Signature::new("format-dateTime", &[DATE_TIME, TEXT], Gives::Plain, |call| formatted(call, Held::DateTime))
        .of(Origin::Xslt2),
    Signature::new(
        "format-dateTime",
        &[DATE_TIME, TEXT, TEXT_OR_NONE, TEXT_OR_NONE, TEXT_OR_NONE],
        Gives::Plain,
        |call| formatted(call, Held::DateTime),
    )
    .of(Origin::Xslt2),
    Signature::new("format-date", &[DATE, TEXT], Gives::Plain, |call| formatted(call, Held::Date)).of(Origin::Xslt2),
    Signature::new("format-date", &[DATE, TEXT, TEXT_OR_NONE, TEXT_OR_NONE, TEXT_OR_NONE], Gives::Plain, |call| {
        formatted(call, Held::Date)
    })
    .of(Origin::Xslt2),
    Signature::new("format-time", &[TIME, TEXT], Gives::Plain, |call| formatted(call, Held::Time)).of(Origin::Xslt2),
    Signature::new("format-time", &[TIME, TEXT, TEXT_OR_NONE, TEXT_OR_NONE, TEXT_OR_NONE], Gives::Plain, |call| {
        formatted(call, Held::Time)
    })
    .of(Origin::Xslt2),
];

/// The value of an argument of type `xs:dateTime?`, `xs:date?` or `xs:time?`.
fn moment(call: &Call<'_, '_>, index: usize) -> Option<DateTime> {
    match call.atom(index)?.primitive() {
        Atomic::DateTime(value) | Atomic::Date(value) | Atomic::Time(value) => Some(*value),
        _ => None,
    }
}

fn duration(call: &Call<'_, '_>, index: usize) -> Option<Duration> {
    match call.atom(index)?.primitive() {
        Atomic::Duration(_, value) => Some(*value),
        _ => None,
    }
}

fn date_time<'a>(value: DateTime) -> Sequence<'a> {
    Sequence::Atomic(Atomic::DateTime(value))
}

fn date<'a>(value: DateTime) -> Sequence<'a> {
    Sequence::Atomic(Atomic::Date(value))
}

fn time<'a>(value: DateTime) -> Sequence<'a> {
    Sequence::Atomic(Atomic::Time(value))
}

fn whole(number: impl Into<i128>) -> Atomic<'static> {
    Atomic::Integer(number.into())
}

/// Minutes ahead of UTC as a value.
fn offset(zone: i16) -> Atomic<'static> {
    Atomic::Duration(DurationKind::DayTime, Duration::from_zone(zone))
}

/// What the host says it is now, in the implicit zone; where it says nothing, midnight of the date of checking.
fn now(call: &Call<'_, '_>) -> Result<DateTime, EvaluationError> {
    let dynamic = call.evaluator.dynamic;
    let now = match (dynamic.now, dynamic.as_of) {
        ("", day) => midnight(day),
        (now, _) => DateTime::parse_date_time(now).ok(),
    };
    now.ok_or(fault("XPDY0130"))?.adjust_to_timezone(Some(call.implicit_zone()))
}

/// The first moment of a day, written as `YYYYMMDD`.
fn midnight(day: &str) -> Option<DateTime> {
    let (year, month, day) = (day.get(..4)?, day.get(4..6)?, day.get(6..)?);
    DateTime::parse_date(&format!("{year}-{month}-{day}")).ok()
}

/// What one part of a date or time says; the same of none is none.
fn part<'a>(call: &Call<'a, '_>, part: fn(&DateTime) -> Option<Atomic<'static>>) -> Value<'a> {
    optional(moment(call, 0).and_then(|value| part(&value)))
}

fn year(value: &DateTime) -> Option<Atomic<'static>> {
    Some(whole(value.year()))
}

fn month(value: &DateTime) -> Option<Atomic<'static>> {
    Some(whole(value.month()))
}

fn day(value: &DateTime) -> Option<Atomic<'static>> {
    Some(whole(value.day()))
}

fn hours(value: &DateTime) -> Option<Atomic<'static>> {
    Some(whole(value.hour()))
}

fn minutes(value: &DateTime) -> Option<Atomic<'static>> {
    Some(whole(value.minute()))
}

fn seconds(value: &DateTime) -> Option<Atomic<'static>> {
    Some(Atomic::Decimal(value.second()))
}

fn zone(value: &DateTime) -> Option<Atomic<'static>> {
    value.zone().map(offset)
}

fn part_of_duration<'a>(call: &Call<'a, '_>, part: fn(Duration) -> Atomic<'static>) -> Value<'a> {
    optional(duration(call, 0).map(part))
}

/// A value moved to another zone: the implicit one where none is given, no zone where it is the empty sequence.
fn adjusted<'a>(call: &Call<'a, '_>, adjust: fn(DateTime, Option<i16>) -> Value<'a>) -> Value<'a> {
    let Some(value) = moment(call, 0) else { return Ok(Sequence::EMPTY) };
    let zone = match (call.count(), duration(call, 1)) {
        (0 | 1, _) => Some(call.implicit_zone()),
        (_, zone) => zone.map(Duration::to_zone).transpose()?,
    };
    adjust(value, zone)
}

/// The fifth argument, a country, changes nothing: no calendar here differs between countries.
fn formatted<'a>(call: &Call<'a, '_>, held: Held) -> Value<'a> {
    let Some(value) = moment(call, 0) else { return Ok(Sequence::EMPTY) };
    let (picture, language, calendar) = (call.text(1)?, call.optional_text(2)?, call.optional_text(3)?);
    // A width is written behind a comma.
    let wide = picture.bytes().filter(|byte| *byte == b',').count();
    call.evaluator.spend((picture.len() + wide * WIDEST_COMPONENT) as u64)?;
    Ok(Sequence::from(picture::format(&value, held, &picture, language.as_deref(), calendar.as_deref())?))
}

#[cfg(test)]
mod tests {
    use kirjuri_tree::{Document, Limits};

    use crate::{DynamicContext, EvaluationError, Evaluator, Focus, Node, Program, StaticContext, Version};

    #[track_caller]
    fn check(expression: &str, now: &str, as_of: &str, implicit_zone: i16, expected: &str) {
        let document = Document::parse(b"<a/>", &Limits::default()).unwrap();
        let mut context = StaticContext::new(Version::XPath2);
        let program = Program::compile(&format!("string({expression})"), &mut context).unwrap();
        let binding = context.names().bind(&document);
        let dynamic = DynamicContext { now, as_of, implicit_zone, ..DynamicContext::default() };
        let evaluator = Evaluator::new(&document, &binding, &dynamic);
        let root = Node { document: &document, node: document.root_element().into() };
        let found = match evaluator.value(&program, &Focus::on(root)) {
            Ok(value) => value.to_text().into_owned(),
            Err(EvaluationError::Dynamic(code)) => format!("!{code}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{expression} {now:?} {as_of:?} {implicit_zone}");
    }

    #[test]
    fn it_is_now_in_the_implicit_zone() {
        check("current-dateTime()", "2026-03-01T22:30:15.5Z", "20250101", 120, "2026-03-02T00:30:15.5+02:00");
        check("current-date()", "2026-03-01T22:30:15.5Z", "", 120, "2026-03-02+02:00");
        check("current-time()", "2026-03-01T22:30:15.5Z", "", 120, "00:30:15.5+02:00");
        check("current-dateTime()", "2026-03-01T22:30:15", "", -330, "2026-03-01T22:30:15-05:30");
        check("implicit-timezone()", "", "", -330, "-PT5H30M");
    }

    #[test]
    fn without_a_clock_it_is_midnight_of_the_date_of_checking() {
        check("current-dateTime()", "", "20260301", 120, "2026-03-01T00:00:00+02:00");
        check("current-date()", "", "20260301", 0, "2026-03-01Z");
        for wrong in ["", "2026", "20261301", "2026030", "202603011", "2026-03-01", "ääkkösiä"] {
            check("current-dateTime()", "", wrong, 0, "!XPDY0130");
        }
        check("current-date()", "yesterday", "20260301", 0, "!XPDY0130");
    }

    #[test]
    fn values_move_to_other_zones_and_are_written_by_pictures() {
        check(
            "adjust-dateTime-to-timezone(xs:dateTime('2026-03-01T22:30:15Z'))",
            "",
            "",
            120,
            "2026-03-02T00:30:15+02:00",
        );
        check("adjust-date-to-timezone(xs:date('2026-03-01Z'), ())", "", "", 120, "2026-03-01");
        check("adjust-time-to-timezone(xs:time('22:30:15'), xs:dayTimeDuration('PT15H'))", "", "", 0, "!FODT0003");
        check("format-date(xs:date('2026-03-01'), '[D].[M].[Y]')", "", "", 0, "1.3.2026");
        check("format-time(xs:time('22:30:15'), '[H01].[m01]', 'en', (), ())", "", "", 0, "22.30");
        check("format-dateTime((), '[Y]')", "", "", 0, "");
        check("format-date(xs:date('2026-03-01'), '[H]')", "", "", 0, "!FOFD1350");
    }
}
