//! Dates, times and the fragments of dates of XPath 2.0: their order, their casts, the arithmetic on them and their
//! time zones.
//!
//! The clauses named are those of *XQuery 1.0 and XPath 2.0 Functions and Operators* (second edition), here F&O. As
//! there by way of XML Schema 1.0, no year is 0: the year -1 is the one before the year 1.

pub(crate) mod duration;
mod numeral;
pub(crate) mod picture;
mod text;

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::calendar::duration::{Duration, split};
use crate::error::{EvaluationError, fault};

const MINUTES_OF_DAY: i64 = 24 * 60;
const DAYS_OF_400_YEARS: i64 = 146_097;
/// How many days of a year that is none of leap come before each month.
const DAYS_BEFORE_MONTH: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// The five types that hold a part of a date.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GregorianKind {
    /// `xs:gYear`.
    Year,
    /// `xs:gYearMonth`.
    YearMonth,
    /// `xs:gMonth`.
    Month,
    /// `xs:gMonthDay`.
    MonthDay,
    /// `xs:gDay`.
    Day,
}

/// A date and time; or a date, as its midnight; or a time, as that time on 1972-12-31; or a fragment of a date, as its
/// first instant. Which of them it is, the value that holds it says.
#[derive(Clone, Copy, Debug)]
pub struct DateTime {
    /// The year before the year 1 is 0 here, so that years can be counted.
    year: i32,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: Decimal,
    zone: Option<i16>,
}

impl DateTime {
    /// From its components, `None` where they name no date and time: the year 0 for instance, or the hour 24.
    /// `second` has a fraction, `zone` is in minutes, -840 to 840.
    pub fn from_components(
        year: i32,
        month: u8,
        day: u8,
        hour: u8,
        minute: u8,
        second: Decimal,
        zone: Option<i16>,
    ) -> Option<DateTime> {
        let year = match year {
            1.. => year,
            0 | i32::MIN => return None,
            _ => year + 1,
        };
        let named = (1..=12).contains(&month)
            && (1..=days_of_month(i64::from(year), month)).contains(&day)
            && hour < 24
            && minute < 60
            && second >= Decimal::ZERO
            && second < Decimal::from(60)
            && zone.is_none_or(|zone| (-840..=840).contains(&zone));
        named.then(|| DateTime { year, month, day, hour, minute, second: second.normalize(), zone })
    }

    /// `fn:dateTime`: the date of one value and the time of another. `FORG0008` where their time zones differ.
    pub(crate) fn from_date_and_time(date: &DateTime, time: &DateTime) -> Result<DateTime, EvaluationError> {
        match (date.zone, time.zone) {
            (Some(first), Some(second)) if first != second => Err(fault("FORG0008")),
            (first, second) => {
                let DateTime { year, month, day, .. } = *date;
                Ok(DateTime { year, month, day, zone: first.or(second), ..*time })
            }
        }
    }

    /// The year, which is never 0.
    pub fn year(&self) -> i32 {
        if self.year > 0 { self.year } else { self.year.saturating_sub(1) }
    }

    /// The month, 1 to 12.
    pub fn month(&self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(&self) -> u8 {
        self.day
    }

    /// The hour, 0 to 23.
    pub fn hour(&self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(&self) -> u8 {
        self.minute
    }

    /// The second with its fraction, below 60.
    pub fn second(&self) -> Decimal {
        self.second
    }

    /// The time zone in minutes, -840 to 840.
    pub fn zone(&self) -> Option<i16> {
        self.zone
    }

    /// The day of the week, 1 for Monday to 7 for Sunday.
    pub(crate) fn day_of_week(&self) -> u8 {
        // Day 0, the first of January of the year 1, was a Monday. A remainder by 7 fits.
        u8::try_from(self.day_number().rem_euclid(7)).unwrap_or_default() + 1
    }

    /// The day of the year, from 1.
    pub(crate) fn day_of_year(&self) -> u16 {
        let first = day_number(i64::from(self.year), 1, 1);
        u16::try_from(self.day_number() - first).unwrap_or_default() + 1
    }

    /// The week of ISO 8601, from 1: it belongs to the year that its Thursday is in.
    pub(crate) fn week_of_year(&self) -> u8 {
        let thursday = self.day_number() - i64::from(self.day_of_week()) + 4;
        let (year, ..) = date_of(thursday);
        u8::try_from((thursday - day_number(year, 1, 1)) / 7).unwrap_or_default() + 1
    }

    /// The week of the month by the same rule, but that the last days of a month stay with it.
    pub(crate) fn week_of_month(&self) -> u8 {
        let monday = i16::from(self.day) - i16::from(self.day_of_week()) + 1;
        if monday <= -3 {
            // The Thursday is in the month before: its last week.
            let (year, month, day) = date_of(self.day_number() - i64::from(self.day));
            let year = i32::try_from(year).unwrap_or(self.year);
            return DateTime { year, month, day, ..*self }.week_of_month();
        }
        // The first week starts between the fourth day before the month and its fourth day.
        u8::try_from((monday + 2).div_euclid(7)).unwrap_or_default() + 1
    }

    /// The cast to `xs:date`. (The cast of a date to `xs:dateTime` is the value itself.)
    pub(crate) fn to_date(self) -> DateTime {
        DateTime { hour: 0, minute: 0, second: Decimal::ZERO, ..self }
    }

    /// The cast to `xs:time`.
    pub(crate) fn to_time(self) -> DateTime {
        DateTime { year: 1972, month: 12, day: 31, ..self }
    }

    /// The cast to a fragment of a date.
    pub(crate) fn to_gregorian(self, kind: GregorianKind) -> DateTime {
        let date = self.to_date();
        match kind {
            GregorianKind::Year => DateTime { month: 1, day: 1, ..date },
            GregorianKind::YearMonth => DateTime { day: 1, ..date },
            GregorianKind::Month => DateTime { year: 1972, day: 1, ..date },
            GregorianKind::MonthDay => DateTime { year: 1972, ..date },
            GregorianKind::Day => DateTime { year: 1972, month: 12, ..date },
        }
    }

    /// The order in time of two values of one type; they are equal where it is `Ordering::Equal`. A value without a
    /// time zone is taken to be in `implicit_zone`, in minutes.
    pub(crate) fn compare(&self, other: &DateTime, implicit_zone: i16) -> Ordering {
        let (minutes, others) = (self.universal_minutes(implicit_zone), other.universal_minutes(implicit_zone));
        minutes.cmp(&others).then_with(|| self.second.cmp(&other.second))
    }

    /// The time from `other` to this value, both of one type, as an `xs:dayTimeDuration` (F&O 10.8.1 to 10.8.3).
    pub(crate) fn subtract(&self, other: &DateTime, implicit_zone: i16) -> Duration {
        let minutes = self.universal_minutes(implicit_zone) - other.universal_minutes(implicit_zone);
        let whole = Decimal::from(minutes * 60);
        // Twice the range of years is some 10^17 seconds, far within a decimal.
        Duration::from_seconds(whole.saturating_add(self.second - other.second))
    }

    /// An `xs:dateTime` and a duration of any kind (F&O 10.8.4, 10.8.5): months first, where the day is no later than
    /// the last of its month. `FODT0001`.
    pub(crate) fn add(&self, duration: Duration) -> Result<DateTime, EvaluationError> {
        let moved = self.add_months(duration.total_months()).ok_or(OUT_OF_RANGE)?;
        let (minutes, second) = moved.sum_within_minutes(duration.total_seconds());
        let minutes = i64::try_from(minutes).ok().and_then(|minutes| minutes.checked_add(moved.local_minutes()));
        moved.at(minutes.ok_or(OUT_OF_RANGE)?, second)
    }

    /// An `xs:date` and a duration of any kind (F&O 10.8.6, 10.8.7): the time of day it comes to is cut off. `FODT0001`.
    pub(crate) fn add_to_date(&self, duration: Duration) -> Result<DateTime, EvaluationError> {
        Ok(self.add(duration)?.to_date())
    }

    /// An `xs:time` and an `xs:dayTimeDuration` (F&O 10.8.10), around midnight as often as needed.
    pub(crate) fn add_to_time(&self, duration: Duration) -> DateTime {
        let (minutes, second) = self.sum_within_minutes(duration.total_seconds());
        let minutes = minutes.rem_euclid(i128::from(MINUTES_OF_DAY));
        let minutes = (i64::try_from(minutes).unwrap_or_default() + self.minutes_of_day()) % MINUTES_OF_DAY;
        self.with_time(minutes, second).to_time()
    }

    /// `fn:adjust-dateTime-to-timezone` to a time zone in minutes, or to none (F&O 10.7.1). `FODT0003` for one beyond
    /// 14 hours, `FODT0001`.
    pub(crate) fn adjust_to_timezone(&self, zone: Option<i16>) -> Result<DateTime, EvaluationError> {
        match (zone, self.zone) {
            (Some(zone), _) if !(-840..=840).contains(&zone) => Err(fault("FODT0003")),
            (Some(zone), Some(old)) => {
                let minutes = self.local_minutes() + i64::from(zone) - i64::from(old);
                Ok(DateTime { zone: Some(zone), ..self.at(minutes, self.second)? })
            }
            (zone, _) => Ok(DateTime { zone, ..*self }),
        }
    }

    /// `fn:adjust-date-to-timezone` (F&O 10.7.2), with the errors of [`adjust_to_timezone`](Self::adjust_to_timezone).
    pub(crate) fn adjust_date_to_timezone(&self, zone: Option<i16>) -> Result<DateTime, EvaluationError> {
        Ok(self.adjust_to_timezone(zone)?.to_date())
    }

    /// `fn:adjust-time-to-timezone` (F&O 10.7.3), with the errors of [`adjust_to_timezone`](Self::adjust_to_timezone).
    pub(crate) fn adjust_time_to_timezone(&self, zone: Option<i16>) -> Result<DateTime, EvaluationError> {
        Ok(self.adjust_to_timezone(zone)?.to_time())
    }

    /// The same time on the next day. `FODT0001`.
    pub(crate) fn next_day(&self) -> Result<DateTime, EvaluationError> {
        self.at(self.local_minutes() + MINUTES_OF_DAY, self.second)
    }

    fn day_number(&self) -> i64 {
        day_number(i64::from(self.year), self.month, self.day)
    }

    fn minutes_of_day(&self) -> i64 {
        i64::from(self.hour) * 60 + i64::from(self.minute)
    }

    /// The minutes since the first of January of the year 1, of its own zone. Below 2 * 10^15, whatever the year.
    fn local_minutes(&self) -> i64 {
        self.day_number() * MINUTES_OF_DAY + self.minutes_of_day()
    }

    fn universal_minutes(&self, implicit_zone: i16) -> i64 {
        self.local_minutes() - i64::from(self.zone.unwrap_or(implicit_zone))
    }

    fn add_months(&self, months: i64) -> Option<DateTime> {
        let total = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(months)?;
        let year = held_year(total.div_euclid(12))?;
        let month = u8::try_from(total.rem_euclid(12)).ok()? + 1;
        Some(DateTime { year, month, day: self.day.min(days_of_month(i64::from(year), month)), ..*self })
    }

    /// `seconds` added to the second of this value: how many whole minutes that is, and the second that is left.
    fn sum_within_minutes(&self, seconds: Decimal) -> (i128, Decimal) {
        let sixty = Decimal::from(60);
        let (mut minutes, rest) = split(seconds, 60);
        // Between -60 and 120.
        let mut second = self.second + rest;
        if second < Decimal::ZERO {
            second += sixty;
            minutes -= 1;
        }
        // After the step above too: a sum that has too many digits may have been rounded up to 60.
        if second >= sixty {
            second -= sixty;
            minutes += 1;
        }
        (minutes, second.normalize())
    }

    /// This value at a minute of its own zone since the first of January of the year 1. `FODT0001`.
    fn at(&self, minutes: i64, second: Decimal) -> Result<DateTime, EvaluationError> {
        let (year, month, day) = date_of(minutes.div_euclid(MINUTES_OF_DAY));
        let year = held_year(year).ok_or(OUT_OF_RANGE)?;
        Ok(DateTime { year, month, day, ..self.with_time(minutes.rem_euclid(MINUTES_OF_DAY), second) })
    }

    /// This value at a minute of its day.
    fn with_time(&self, minutes: i64, second: Decimal) -> DateTime {
        let hour = u8::try_from(minutes / 60).unwrap_or_default();
        DateTime { hour, minute: u8::try_from(minutes % 60).unwrap_or_default(), second, ..*self }
    }
}

const OUT_OF_RANGE: EvaluationError = EvaluationError::Dynamic(crate::error::ErrorCode::new("FODT0001"));

/// As many years before the year 1 as from it on can be held; they are counted from 0 down.
fn held_year(year: i64) -> Option<i32> {
    i32::try_from(year).ok().filter(|year| *year > i32::MIN + 1)
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn days_of_month(year: i64, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from the first of January of the year 1 to a date.
fn day_number(year: i64, month: u8, day: u8) -> i64 {
    let before = year - 1;
    let years = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let months = DAYS_BEFORE_MONTH.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or_default();
    years + months + i64::from(month > 2 && is_leap(year)) + i64::from(day) - 1
}

/// The date so many days from the first of January of the year 1.
fn date_of(days: i64) -> (i64, u8, u8) {
    let within = days.rem_euclid(DAYS_OF_400_YEARS);
    // The last day of 400 years and of four years belongs to the year before, which is one of leap.
    let centuries = (within / 36_524).min(3);
    let within = within - centuries * 36_524;
    let fours = within / 1_461;
    let within = within - fours * 1_461;
    let years = (within / 365).min(3);
    let mut day = within - years * 365;
    let year = days.div_euclid(DAYS_OF_400_YEARS) * 400 + centuries * 100 + fours * 4 + years + 1;
    let mut month = 1;
    while month < 12 && day >= i64::from(days_of_month(year, month)) {
        day -= i64::from(days_of_month(year, month));
        month += 1;
    }
    // Below 31 by now.
    (year, month, u8::try_from(day).unwrap_or_default() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::duration::DurationKind;

    type Parse = fn(&str) -> Result<DateTime, EvaluationError>;

    /// `answer` as the text of a type; `!` and the code for an error.
    fn text(answer: Result<DateTime, EvaluationError>, form: fn(&DateTime) -> String) -> String {
        match answer {
            Ok(value) => form(&value),
            Err(EvaluationError::Dynamic(code)) => format!("!{}", code.as_str()),
            Err(_) => String::new(),
        }
    }

    fn duration(text: &str) -> Result<Duration, EvaluationError> {
        Duration::parse(DurationKind::Any, text)
    }

    #[test]
    fn a_duration_moves_a_date_and_time() -> Result<(), EvaluationError> {
        for (value, moved_by, expected) in [
            ("2000-10-30T11:12:00", "P3DT1H15M", "2000-11-02T12:27:00"),
            ("2000-01-31T00:00:00Z", "P1M", "2000-02-29T00:00:00Z"),
            ("2001-03-31T00:00:00", "-P1M", "2001-02-28T00:00:00"),
            ("2000-01-31T23:59:59.5", "P1MT0.5S", "2000-03-01T00:00:00"),
            ("2000-01-01T00:00:00", "-PT0.000000001S", "1999-12-31T23:59:59.999999999"),
            ("0001-01-01T00:00:00", "-PT1S", "-0001-12-31T23:59:59"),
            ("-0001-12-01T00:00:00", "P1M", "0001-01-01T00:00:00"),
            ("2147483647-12-31T23:59:59", "PT1S", "!FODT0001"),
            ("-2147483647-01-01T00:00:00", "-PT1S", "!FODT0001"),
            ("2000-01-01T00:00:00", "P768614336404564650Y", "!FODT0001"),
            ("2000-01-01T00:00:00", "P99999999999999999999D", "!FODT0001"),
        ] {
            let answer = DateTime::parse_date_time(value)?.add(duration(moved_by)?);
            assert_eq!(text(answer, DateTime::date_time_text), expected, "{value} + {moved_by}");
        }
        Ok(())
    }

    #[test]
    fn a_duration_moves_a_date_by_whole_days() -> Result<(), EvaluationError> {
        for (value, moved_by, expected) in [
            ("2004-10-30Z", "P2DT2H30M0S", "2004-11-01Z"),
            ("2000-10-30", "-P3DT1H15M", "2000-10-26"),
            ("1999-02-28", "P1Y", "2000-02-28"),
            ("2000-02-29+02:00", "-P1Y", "1999-02-28+02:00"),
            ("0001-01-01Z", "-P11DT2H2M", "-0001-12-20Z"),
        ] {
            let answer = DateTime::parse_date(value)?.add_to_date(duration(moved_by)?);
            assert_eq!(text(answer, DateTime::date_text), expected, "{value} + {moved_by}");
        }
        Ok(())
    }

    #[test]
    fn a_duration_moves_a_time_around_midnight() -> Result<(), EvaluationError> {
        for (value, moved_by, expected) in [
            ("11:12:00", "P3DT1H15M", "12:27:00"),
            ("23:12:00+03:00", "P1DT3H15M", "02:27:00+03:00"),
            ("08:20:00-05:00", "-P23DT10H10M", "22:10:00-05:00"),
            ("00:00:00", "-PT0.1S", "23:59:59.9"),
            ("00:00:00", "P99999999999999999999DT1S", "00:00:01"),
        ] {
            let answer = Ok(DateTime::parse_time(value)?.add_to_time(duration(moved_by)?));
            assert_eq!(text(answer, DateTime::time_text), expected, "{value} + {moved_by}");
        }
        Ok(())
    }

    #[test]
    fn the_time_between_two_values_is_a_duration() -> Result<(), EvaluationError> {
        for (parse, left, right, expected) in [
            (DateTime::parse_date_time as Parse, "2000-10-30T06:12:00-05:00", "1999-11-28T09:00:00Z", "P337DT2H12M"),
            (DateTime::parse_date_time, "2000-01-01T00:00:00.25", "2000-01-01T00:00:01", "-PT0.75S"),
            (DateTime::parse_date, "2000-10-30", "1999-11-28Z", "P336DT22H"),
            (DateTime::parse_date, "0001-01-01", "-0001-12-31", "P1D"),
            (DateTime::parse_time, "11:12:00Z", "04:00:00-05:00", "PT2H12M"),
            (DateTime::parse_time, "24:00:00", "23:59:59", "-PT23H59M59S"),
            (DateTime::parse_date, "2147483647-12-31", "-2147483647-01-01", "P1568704591878D"),
        ] {
            let difference = parse(left)?.subtract(&parse(right)?, 120);
            assert_eq!(difference.to_text(DurationKind::DayTime), expected, "{left} - {right}");
        }
        Ok(())
    }

    #[test]
    fn values_are_ordered_in_time() -> Result<(), EvaluationError> {
        use Ordering::{Equal, Less};
        for (parse, left, right, expected) in [
            (DateTime::parse_date_time as Parse, "2002-04-02T12:00:00-01:00", "2002-04-02T17:00:00+04:00", Equal),
            (DateTime::parse_date_time, "2002-04-02T12:00:00", "2002-04-02T10:00:00Z", Equal),
            (DateTime::parse_date_time, "1999-12-31T24:00:00", "2000-01-01T00:00:00.0", Equal),
            (DateTime::parse_date, "2004-12-25Z", "2004-12-25-05:00", Less),
            (DateTime::parse_date, "-0002-01-01", "-0001-01-01", Less),
            (DateTime::parse_time, "08:00:00+09:00", "17:00:00-06:00", Less),
            (DateTime::parse_time, "24:00:00+01:00", "00:00:00+01:00", Equal),
            (DateTime::parse_time, "12:00:00.1", "12:00:00.10", Equal),
        ] {
            assert_eq!(parse(left)?.compare(&parse(right)?, 120), expected, "{left} {right}");
        }
        Ok(())
    }

    #[test]
    fn fragments_of_dates_are_compared_by_their_first_instants() -> Result<(), EvaluationError> {
        for (kind, left, right, equal) in [
            (GregorianKind::Year, "1976-05:00", "1976", false),
            (GregorianKind::Year, "1976+02:00", "1976", true),
            (GregorianKind::YearMonth, "1976-02", "1976-03Z", false),
            (GregorianKind::Month, "--12-05:00", "--12Z", false),
            (GregorianKind::MonthDay, "--12-25-14:00", "--12-26+10:00", true),
            (GregorianKind::Day, "---12", "---12+02:00", true),
        ] {
            let (left_value, right_value) =
                (DateTime::parse_gregorian(kind, left)?, DateTime::parse_gregorian(kind, right)?);
            assert_eq!(left_value.compare(&right_value, 120) == Ordering::Equal, equal, "{left} eq {right}");
        }
        Ok(())
    }

    #[test]
    fn a_value_is_adjusted_to_a_time_zone() -> Result<(), EvaluationError> {
        for (value, zone, date_time) in [
            ("2002-03-07T10:00:00", Some(-600), "2002-03-07T10:00:00-10:00"),
            ("2002-03-07T10:00:00-07:00", Some(-600), "2002-03-07T07:00:00-10:00"),
            ("2002-03-07T00:00:00+01:00", Some(-480), "2002-03-06T15:00:00-08:00"),
            ("2002-03-07T10:00:00-07:00", None, "2002-03-07T10:00:00"),
            ("2073-11-30T23:00:59.25-14:00", Some(840), "2073-12-02T03:00:59.25+14:00"),
            ("2002-03-07T10:00:00", Some(841), "!FODT0003"),
            ("2147483647-12-31T23:00:00Z", Some(60), "!FODT0001"),
        ] {
            let answer = DateTime::parse_date_time(value)?.adjust_to_timezone(zone);
            assert_eq!(text(answer, DateTime::date_time_text), date_time, "{value} {zone:?}");
        }
        let date = DateTime::parse_date("2002-03-07-07:00")?.adjust_date_to_timezone(Some(-600));
        assert_eq!(text(date, DateTime::date_text), "2002-03-06-10:00");
        let time = DateTime::parse_time("10:00:00-07:00")?.adjust_time_to_timezone(Some(600));
        assert_eq!(text(time, DateTime::time_text), "03:00:00+10:00");
        Ok(())
    }

    #[test]
    fn a_value_is_cast_to_the_types_that_hold_less() -> Result<(), EvaluationError> {
        let value = DateTime::parse_date_time("2004-02-29T13:20:00.5+02:00")?;
        assert_eq!(value.to_date().date_time_text(), "2004-02-29T00:00:00+02:00");
        assert_eq!(value.to_time().time_text(), "13:20:00.5+02:00");
        for (kind, expected) in [
            (GregorianKind::Year, "2004+02:00"),
            (GregorianKind::YearMonth, "2004-02+02:00"),
            (GregorianKind::Month, "--02+02:00"),
            (GregorianKind::MonthDay, "--02-29+02:00"),
            (GregorianKind::Day, "---29+02:00"),
        ] {
            let fragment = value.to_gregorian(kind);
            assert_eq!(fragment.gregorian_text(kind), expected);
            assert_eq!(fragment.compare(&DateTime::parse_gregorian(kind, expected)?, 0), Ordering::Equal, "{expected}");
        }
        Ok(())
    }

    #[test]
    fn a_date_and_a_time_make_one_value_of_one_time_zone() -> Result<(), EvaluationError> {
        for (date, time, expected) in [
            ("1999-12-31", "12:00:00", "1999-12-31T12:00:00"),
            ("1999-12-31", "24:00:00", "1999-12-31T00:00:00"),
            ("1999-12-31Z", "12:00:00", "1999-12-31T12:00:00Z"),
            ("1999-12-31", "12:00:00+02:00", "1999-12-31T12:00:00+02:00"),
            ("1999-12-31Z", "12:00:00+00:00", "1999-12-31T12:00:00Z"),
            ("1999-12-31Z", "12:00:00+02:00", "!FORG0008"),
        ] {
            let answer = DateTime::from_date_and_time(&DateTime::parse_date(date)?, &DateTime::parse_time(time)?);
            assert_eq!(text(answer, DateTime::date_time_text), expected, "{date} {time}");
        }
        Ok(())
    }

    #[test]
    fn every_day_of_800_years_follows_the_one_before() {
        let mut last = date_of(day_number(-399, 1, 1) - 1);
        for day in day_number(-399, 1, 1)..day_number(401, 1, 1) {
            let date = date_of(day);
            assert_eq!(day_number(date.0, date.1, date.2), day);
            assert!(date > last, "{date:?} after {last:?}");
            last = date;
        }
    }
}
