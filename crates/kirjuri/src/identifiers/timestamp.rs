//! Points in time as HL7 writes them, and comparison that answers only when the answer is certain.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;

use super::date::{Date, days_in_month, decimal};
use super::finnish_time::{self, STANDARD, SUMMER};

/// A point in time of HL7 version 3 (data type `TS`): `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+ZZzz|-ZZzz]`.
///
/// What is not written is not known, so a value denotes the whole interval that its digits leave open: `2024` is a
/// year, `20240229` a day.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// The day, or the first day of the month or year.
    date: Date,
    /// Seconds from midnight to the start of the interval.
    seconds: u32,
    nanoseconds: u32,
    /// Digits of the fraction; more than [`FRACTION_DIGITS`] are counted as one more.
    fraction_digits: u8,
    precision: Precision,
    /// Minutes east of UTC.
    offset: Option<i32>,
}

/// How much of a point in time is written. Coarser is less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Precision {
    /// `YYYY`
    Year,
    /// `YYYYMM`
    Month,
    /// `YYYYMMDD`
    Day,
    /// `YYYYMMDDHH`
    Hour,
    /// `YYYYMMDDHHMM`
    Minute,
    /// `YYYYMMDDHHMMSS`
    Second,
    /// `YYYYMMDDHHMMSS.S…`
    Fraction,
}

/// Why a text is not a point in time. The first fault in the order below is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimestampError {
    /// Not of the form `YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+ZZzz|-ZZzz]`.
    Form,
    /// The calendar does not have the year, month or day; there is no year 0000.
    Date,
    /// The clock does not have the hour (00–23), minute (00–59) or second (00–59).
    Time,
    /// The offset is outside −12:00…+14:00, where the time zones of the world are, or has more than 59 minutes.
    Offset,
}

/// Digits of a fraction of a second that are kept: nanoseconds.
const FRACTION_DIGITS: u8 = 9;

/// Seconds from 1970 and nanoseconds.
type Moment = (i64, u32);

/// Start, and exclusive end.
type Interval = (Moment, Moment);

impl Timestamp {
    /// Reads a point in time.
    ///
    /// Stricter than the pattern of the CDA schema, which lets any number of digits and offsets of one to four digits
    /// pass and knows no calendar. In one respect wider: the schema has an offset only behind an hour, here it may
    /// follow any precision, and a rule that minds can ask for [`Timestamp::precision`]. Second 60 is refused: only
    /// leap seconds have it, and the clocks of record systems do not show them.
    ///
    /// # Errors
    ///
    /// See [`TimestampError`]; the error does not repeat the text.
    pub fn parse(text: &str) -> Result<Timestamp, TimestampError> {
        // By the byte, since all that can stand there is one; what stands where none of it can is found by the offset.
        let digits_at = |start: usize| text.bytes().skip(start).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = text.split_at(digits_at(0));
        let (fraction, offset) = match rest.strip_prefix('.') {
            Some(behind) => {
                let (fraction, offset) = behind.split_at(digits_at(digits.len() + 1));
                (Some(fraction), offset)
            }
            None => (None, rest),
        };
        let precision = match (digits.len(), fraction) {
            (4, None) => Precision::Year,
            (6, None) => Precision::Month,
            (8, None) => Precision::Day,
            (10, None) => Precision::Hour,
            (12, None) => Precision::Minute,
            (14, None) => Precision::Second,
            (14, Some(fraction)) if !fraction.is_empty() => Precision::Fraction,
            _ => return Err(TimestampError::Form),
        };
        let fraction = fraction.unwrap_or_default();
        if !matches!(offset.as_bytes(), [] | [b'+' | b'-', ..]) {
            return Err(TimestampError::Form);
        }
        let offset = split_offset(offset)?;
        // All digits, so a missing part is the only way to the other value.
        let part = |at: usize, length: usize, otherwise: u32| {
            digits.as_bytes().get(at..at + length).and_then(decimal).unwrap_or(otherwise)
        };
        let date = Date::new(part(0, 4, 0) as u16, part(4, 2, 1) as u8, part(6, 2, 1) as u8);
        let date = date.ok_or(TimestampError::Date)?;
        let (hour, minute, second) = (part(8, 2, 0), part(10, 2, 0), part(12, 2, 0));
        if hour > 23 || minute > 59 || second > 59 {
            return Err(TimestampError::Time);
        }
        let offset = offset.map(|(west, hours, minutes)| signed_offset(west, hours, minutes)).transpose()?;
        let fraction_digits = fraction.len().min(usize::from(FRACTION_DIGITS) + 1) as u8;
        let kept = usize::from(fraction_digits.min(FRACTION_DIGITS));
        let nanoseconds = fraction.as_bytes().get(..kept).and_then(decimal).unwrap_or(0)
            * 10_u32.pow(u32::from(FRACTION_DIGITS) - kept as u32);
        let seconds = hour * 3_600 + minute * 60 + second;
        Ok(Timestamp { date, seconds, nanoseconds, fraction_digits, precision, offset })
    }

    /// How much is written.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The written offset in minutes east of UTC, -720 to 840; `None` when none is written. `-0000` is 0.
    pub fn offset_minutes(&self) -> Option<i32> {
        self.offset
    }

    /// The day as it is written, where the offset does not move it; `None` when the value is a month or a year.
    pub fn date(&self) -> Option<Date> {
        (self.precision >= Precision::Day).then_some(self.date)
    }

    /// Compares where the answer is certain.
    ///
    /// - `Less` when the whole interval that `self` denotes ends before the other starts, `Greater` the other way
    ///   round, `Equal` when both denote the same interval. So a day is neither before nor after an hour of it:
    ///   `None`.
    /// - Two values without an offset are compared as times on the same Finnish clock. In the hour that the clock
    ///   shows twice in autumn, two different times have no order: `None`.
    /// - When only one value has an offset, the other is taken for Finnish time, at +02:00 or +03:00. Which of them
    ///   its author meant is not relied on: both must give the same answer. Such values are never `Equal`.
    /// - Fractions are compared to the nanosecond; values with more digits are not `Equal` to anything.
    pub fn compare(&self, other: &Timestamp) -> Option<Ordering> {
        let decide = |own: i32, others: i32| {
            let ordering = compare_intervals(self.interval(own), other.interval(others))?;
            let exact = self.fraction_digits.max(other.fraction_digits) <= FRACTION_DIGITS;
            (ordering != Ordering::Equal || exact).then_some(ordering)
        };
        let agreed = |first: Option<Ordering>, second| if first == second { first } else { None };
        match (self.offset, other.offset) {
            (Some(own), Some(others)) => decide(own, others),
            (Some(own), None) => agreed(decide(own, STANDARD), decide(own, SUMMER)),
            (None, Some(others)) => agreed(decide(STANDARD, others), decide(SUMMER, others)),
            (None, None) => decide(0, 0).filter(|ordering| ordering.is_eq() || !self.is_in_same_repeated_hour(other)),
        }
    }

    /// The offset that the law gives to this time on a Finnish clock: 120 minutes, or 180 in summer time. The offset
    /// that may be written is not looked at, so that a rule can compare the two.
    ///
    /// The rule of the European Union (directive 2000/84/EC): in Finland summer time begins on the last Sunday of
    /// March at 03:00, when the clock goes to 04:00, and ends on the last Sunday of October at 04:00, when it goes to
    /// 03:00. `None` before 1996, when the rule was different; in the hour that comes twice and in the hour that does
    /// not exist; and when a change is within the day, month or year that the value denotes.
    pub fn finnish_offset_minutes(&self) -> Option<i32> {
        let ((start, _), end) = self.interval(0);
        // The end is exclusive; a part of a second is in the second.
        let end = end.0 + i64::from(end.1 > 0);
        finnish_time::offset_minutes(self.date.year(), start, end)
    }

    /// The hours that have certainly passed from this time to the other: from the end of the interval that this value
    /// leaves open to the start of the other's. Negative where the other is earlier, also where the two overlap.
    ///
    /// Offsets are read as in [`Timestamp::compare`]; where they leave a choice, the smaller number is told.
    pub fn hours_until(&self, other: &Timestamp) -> f64 {
        let hours = |own: i32, others: i32| {
            let (seconds, _) = other.interval(others).0;
            // The end is exclusive; a part of a second is in the second.
            let (end, part) = self.interval(own).1;
            (seconds - end - i64::from(part > 0)) as f64 / 3_600.0
        };
        match (self.offset, other.offset) {
            (Some(own), Some(others)) => hours(own, others),
            (Some(own), None) => hours(own, STANDARD).min(hours(own, SUMMER)),
            (None, Some(others)) => hours(STANDARD, others).min(hours(SUMMER, others)),
            (None, None) => hours(0, 0),
        }
    }

    fn is_in_same_repeated_hour(&self, other: &Timestamp) -> bool {
        // Two moments of one year, since each year has one such hour.
        let comes_twice = |timestamp: &Timestamp| {
            let ((start, _), _) = timestamp.interval(0);
            finnish_time::comes_twice(timestamp.date.year(), start)
        };
        self.date == other.date && comes_twice(self) && comes_twice(other)
    }

    /// The interval at an offset in minutes.
    fn interval(&self, offset: i32) -> Interval {
        let start = self.date.days_since_1970() * 86_400 + i64::from(self.seconds) - i64::from(offset) * 60;
        let (year, month) = (self.date.year(), self.date.month());
        let end = match self.precision {
            Precision::Year => {
                let days: i64 = (1..=12).map(|month| i64::from(days_in_month(year, month))).sum();
                (start + days * 86_400, 0)
            }
            Precision::Month => (start + i64::from(days_in_month(year, month)) * 86_400, 0),
            Precision::Day => (start + 86_400, 0),
            Precision::Hour => (start + 3_600, 0),
            Precision::Minute => (start + 60, 0),
            Precision::Second => (start + 1, 0),
            Precision::Fraction => {
                let unit = 10_u32.pow(u32::from(FRACTION_DIGITS.saturating_sub(self.fraction_digits)));
                match self.nanoseconds + unit {
                    1_000_000_000 => (start + 1, 0),
                    nanoseconds => (start, nanoseconds),
                }
            }
        };
        ((start, self.nanoseconds), end)
    }
}

fn compare_intervals(own: Interval, other: Interval) -> Option<Ordering> {
    if own == other {
        Some(Ordering::Equal)
    } else if own.1 <= other.0 {
        Some(Ordering::Less)
    } else if other.1 <= own.0 {
        Some(Ordering::Greater)
    } else {
        None
    }
}

/// Whether the offset is west, its hours and its minutes; `None` for no offset.
fn split_offset(text: &str) -> Result<Option<(bool, u32, u32)>, TimestampError> {
    let (west, digits) = match text.as_bytes() {
        [] => return Ok(None),
        [sign, digits @ ..] => (*sign == b'-', digits),
    };
    let number = |digits: &[u8]| decimal(digits).ok_or(TimestampError::Form);
    match digits {
        [hours @ .., m1, m2] if hours.len() == 2 => Ok(Some((west, number(hours)?, number(&[*m1, *m2])?))),
        _ => Err(TimestampError::Form),
    }
}

fn signed_offset(west: bool, hours: u32, minutes: u32) -> Result<i32, TimestampError> {
    let size = (hours * 60 + minutes) as i32;
    let offset = if west { -size } else { size };
    if minutes > 59 || !(-12 * 60..=14 * 60).contains(&offset) { Err(TimestampError::Offset) } else { Ok(offset) }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            TimestampError::Form => {
                "a point in time is YYYY[MM[DD[HH[MM[SS[.S]]]]]] and an offset of four digits, if any"
            }
            TimestampError::Date => "the calendar does not have the date",
            TimestampError::Time => "the clock does not have the time",
            TimestampError::Offset => "no time zone has the offset",
        })
    }
}

impl Error for TimestampError {}

#[cfg(test)]
mod tests;
