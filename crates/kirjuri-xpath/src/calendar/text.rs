//! The lexical forms of dates and times (XML Schema part 2, 3.2.7 to 3.2.14): reading and writing them.

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::calendar::duration::{fraction_of, is_white_space};
use crate::calendar::{DateTime, GregorianKind};
use crate::error::{EvaluationError, fault};

impl DateTime {
    /// Reads an `xs:dateTime`, with or without white space around it. As all of these: `FORG0001` for any other text,
    /// `FODT0001` for a year too large to be held.
    pub(crate) fn parse_date_time(text: &str) -> Result<DateTime, EvaluationError> {
        read(text, |reader| {
            let (year, month, day) = (reader.year()?, reader.month_after_hyphen()?, reader.day_after_hyphen()?);
            reader.eat(b'T')?;
            let (hour, minute, second) = reader.time()?;
            Some(Read { year, month, day, hour, minute, second, zone: reader.zone()? })
        })
    }

    /// Reads an `xs:date`: its midnight.
    pub(crate) fn parse_date(text: &str) -> Result<DateTime, EvaluationError> {
        read(text, |reader| {
            let (year, month, day) = (reader.year()?, reader.month_after_hyphen()?, reader.day_after_hyphen()?);
            Some(Read { year, month, day, zone: reader.zone()?, ..Read::REFERENCE })
        })
    }

    /// Reads an `xs:time`: that time on the reference day. 24:00:00 is 00:00:00.
    pub(crate) fn parse_time(text: &str) -> Result<DateTime, EvaluationError> {
        let time = read(text, |reader| {
            let (hour, minute, second) = reader.time()?;
            Some(Read { hour, minute, second, zone: reader.zone()?, ..Read::REFERENCE })
        })?;
        // 24:00:00 was read as the next day's midnight.
        Ok(time.to_time())
    }

    /// Reads a fragment of a date: its first instant, what it lacks taken from the reference day.
    pub(crate) fn parse_gregorian(kind: GregorianKind, text: &str) -> Result<DateTime, EvaluationError> {
        read(text, |reader| {
            let mut read = Read::REFERENCE;
            match kind {
                GregorianKind::Year => (read.year, read.month, read.day) = (reader.year()?, 1, 1),
                GregorianKind::YearMonth => {
                    (read.year, read.month, read.day) = (reader.year()?, reader.month_after_hyphen()?, 1);
                }
                GregorianKind::Month => {
                    reader.eat(b'-')?;
                    (read.month, read.day) = (reader.month_after_hyphen()?, 1);
                }
                GregorianKind::MonthDay => {
                    reader.eat(b'-')?;
                    (read.month, read.day) = (reader.month_after_hyphen()?, reader.day_after_hyphen()?);
                }
                GregorianKind::Day => {
                    reader.eat(b'-')?;
                    reader.eat(b'-')?;
                    read.day = reader.day_after_hyphen()?;
                }
            }
            read.zone = reader.zone()?;
            Some(read)
        })
    }

    /// The text of an `xs:dateTime`.
    pub(crate) fn date_time_text(&self) -> String {
        let mut text = String::new();
        self.write_date(&mut text);
        text.push('T');
        self.write_time(&mut text);
        self.write_zone(&mut text);
        text
    }

    /// The text of an `xs:date`.
    pub(crate) fn date_text(&self) -> String {
        let mut text = String::new();
        self.write_date(&mut text);
        self.write_zone(&mut text);
        text
    }

    /// The text of an `xs:time`.
    pub(crate) fn time_text(&self) -> String {
        let mut text = String::new();
        self.write_time(&mut text);
        self.write_zone(&mut text);
        text
    }

    /// The text of a fragment of a date.
    pub(crate) fn gregorian_text(&self, kind: GregorianKind) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail, here and below.
        let _ = match kind {
            GregorianKind::Year => {
                self.write_year(&mut text);
                Ok(())
            }
            GregorianKind::YearMonth => {
                self.write_year(&mut text);
                write!(text, "-{:02}", self.month())
            }
            GregorianKind::Month => write!(text, "--{:02}", self.month()),
            GregorianKind::MonthDay => write!(text, "--{:02}-{:02}", self.month(), self.day()),
            GregorianKind::Day => write!(text, "---{:02}", self.day()),
        };
        self.write_zone(&mut text);
        text
    }

    fn write_year(&self, text: &mut String) {
        let sign = if self.year() < 0 { "-" } else { "" };
        let _ = write!(text, "{sign}{:04}", self.year().unsigned_abs());
    }

    fn write_date(&self, text: &mut String) {
        self.write_year(text);
        let _ = write!(text, "-{:02}-{:02}", self.month(), self.day());
    }

    fn write_time(&self, text: &mut String) {
        let zero = if self.second() < Decimal::TEN { "0" } else { "" };
        let _ = write!(text, "{:02}:{:02}:{zero}{}", self.hour(), self.minute(), self.second().normalize());
    }

    fn write_zone(&self, text: &mut String) {
        let _ = match self.zone() {
            None => Ok(()),
            Some(0) => text.write_char('Z'),
            Some(zone) => {
                let (sign, minutes) = (if zone < 0 { '-' } else { '+' }, zone.unsigned_abs());
                write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        };
    }
}

/// What a lexical form says, the hour up to 24.
struct Read {
    /// `None` where it is too large.
    year: Option<i32>,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: Decimal,
    zone: Option<i16>,
}

impl Read {
    /// The reference day of times (F&O 10.4, 1972-12-31), a leap year's day in a month of 31.
    const REFERENCE: Read =
        Read { year: Some(1972), month: 12, day: 31, hour: 0, minute: 0, second: Decimal::ZERO, zone: None };
}

fn read(text: &str, form: impl FnOnce(&mut Reader<'_>) -> Option<Read>) -> Result<DateTime, EvaluationError> {
    let mut reader = Reader { rest: text.trim_matches(is_white_space) };
    let read = form(&mut reader).filter(|_| reader.rest.is_empty()).ok_or(fault("FORG0001"))?;
    let next_day = read.hour == 24;
    if next_day && (read.minute != 0 || !read.second.is_zero()) {
        return Err(fault("FORG0001"));
    }
    let hour = if next_day { 0 } else { read.hour };
    // A year too large is judged as a leap year, so that a day that never is remains the graver fault.
    let year = read.year.unwrap_or(2000);
    let value = DateTime::from_components(year, read.month, read.day, hour, read.minute, read.second, read.zone)
        .ok_or(fault("FORG0001"))?;
    if read.year.is_none() {
        return Err(fault("FODT0001"));
    }
    if next_day { value.next_day() } else { Ok(value) }
}

/// What is left to be read.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn eat(&mut self, byte: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(char::from(byte))?;
        Some(())
    }

    /// As many digits as there are.
    fn digits(&mut self) -> &'t str {
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits
    }

    fn two_digits(&mut self) -> Option<u8> {
        let digits = self.rest.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        self.rest = self.rest.get(2..)?;
        digits.parse().ok()
    }

    /// Four digits, or more that do not start with 0; `None` within where the year is too large.
    fn year(&mut self) -> Option<Option<i32>> {
        let negative = self.eat(b'-').is_some();
        let digits = self.digits();
        if digits.len() < 4 || (digits.len() > 4 && digits.starts_with('0')) || digits == "0000" {
            return None;
        }
        Some(digits.parse::<i32>().ok().map(|year| if negative { -year } else { year }))
    }

    fn month_after_hyphen(&mut self) -> Option<u8> {
        self.eat(b'-')?;
        self.two_digits()
    }

    fn day_after_hyphen(&mut self) -> Option<u8> {
        self.eat(b'-')?;
        self.two_digits()
    }

    fn time(&mut self) -> Option<(u8, u8, Decimal)> {
        let hour = self.two_digits()?;
        self.eat(b':')?;
        let minute = self.two_digits()?;
        self.eat(b':')?;
        let second = Decimal::from(self.two_digits()?);
        if self.eat(b'.').is_none() {
            return Some((hour, minute, second));
        }
        let digits = self.digits();
        if digits.is_empty() {
            return None;
        }
        Some((hour, minute, second.checked_add(fraction_of(digits))?))
    }

    /// The rest: nothing, `Z` or an offset within 14 hours.
    fn zone(&mut self) -> Option<Option<i16>> {
        if self.rest.is_empty() {
            return Some(None);
        }
        if self.eat(b'Z').is_some() {
            return Some(Some(0));
        }
        let negative = self.eat(b'-').is_some();
        if !negative {
            self.eat(b'+')?;
        }
        let hours = self.two_digits()?;
        self.eat(b':')?;
        let minutes = self.two_digits()?;
        let offset = i16::from(hours) * 60 + i16::from(minutes);
        (minutes < 60 && offset <= 840).then_some(Some(if negative { -offset } else { offset }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `form` is the type's local name; what is expected starts with `!` for an error's code.
    fn check(form: &str, text: &str, expected: &str) {
        let answer = match form {
            "dateTime" => DateTime::parse_date_time(text).map(|value| value.date_time_text()),
            "date" => DateTime::parse_date(text).map(|value| value.date_text()),
            "time" => DateTime::parse_time(text).map(|value| value.time_text()),
            _ => {
                let kind = match form {
                    "gYear" => GregorianKind::Year,
                    "gYearMonth" => GregorianKind::YearMonth,
                    "gMonth" => GregorianKind::Month,
                    "gMonthDay" => GregorianKind::MonthDay,
                    _ => GregorianKind::Day,
                };
                DateTime::parse_gregorian(kind, text).map(|value| value.gregorian_text(kind))
            }
        };
        let answer = match answer {
            Ok(text) => text,
            Err(EvaluationError::Dynamic(code)) => format!("!{}", code.as_str()),
            Err(_) => String::new(),
        };
        assert_eq!(answer, expected, "{form} {text}");
    }

    #[test]
    fn dates_and_times_are_written_in_their_canonical_form() {
        for (form, text, expected) in [
            ("dateTime", "2002-10-10T12:00:00-05:00", "2002-10-10T12:00:00-05:00"),
            ("dateTime", " 2002-10-10T12:00:00.50+00:00\n", "2002-10-10T12:00:00.5Z"),
            ("dateTime", "2000-12-31T24:00:00", "2001-01-01T00:00:00"),
            ("dateTime", "-0001-12-31T24:00:00.0Z", "0001-01-01T00:00:00Z"),
            ("dateTime", "2000-01-01T00:00:09.123456789012345678", "2000-01-01T00:00:09.123456789012345678"),
            ("dateTime", "2000-01-01T00:00:59.9999999999999999999", "2000-01-01T00:00:59.999999999999999999"),
            ("date", "2004-02-29", "2004-02-29"),
            ("date", "-0044-03-15-00:00", "-0044-03-15Z"),
            ("date", "12004-02-29+14:00", "12004-02-29+14:00"),
            ("time", "24:00:00", "00:00:00"),
            ("time", "23:59:59.0", "23:59:59"),
            ("time", "01:02:03.40-14:00", "01:02:03.4-14:00"),
            ("gYear", "1999Z", "1999Z"),
            ("gYear", "-0004", "-0004"),
            ("gYearMonth", "1999-05-03:30", "1999-05-03:30"),
            ("gMonth", "--05+00:00", "--05Z"),
            ("gMonthDay", "--02-29", "--02-29"),
            ("gDay", "---31+02:00", "---31+02:00"),
        ] {
            check(form, text, expected);
        }
    }

    #[test]
    fn a_text_that_is_no_date_is_refused() {
        for (form, text) in [
            ("dateTime", ""),
            ("dateTime", "2002-10-10"),
            ("dateTime", "2002-10-10 12:00:00"),
            ("dateTime", "2002-10-10T12:00"),
            ("dateTime", "2002-10-10T12:00:60"),
            ("dateTime", "2002-10-10T12:60:00"),
            ("dateTime", "2002-10-10T25:00:00"),
            ("dateTime", "2002-10-10T24:00:00.1"),
            ("dateTime", "2002-10-10T24:01:00"),
            ("dateTime", "2002-10-10T12:00:00."),
            ("dateTime", "2002-10-10T12:00:00z"),
            ("date", "2003-02-29"),
            ("date", "1900-02-29"),
            ("date", "2003-04-31"),
            ("date", "2003-13-01"),
            ("date", "2003-00-01"),
            ("date", "2003-01-00"),
            ("date", "0000-01-01"),
            ("date", "-0000-01-01"),
            ("date", "203-01-01"),
            ("date", "02003-01-01"),
            ("date", "+2003-01-01"),
            ("date", "2003-1-01"),
            ("date", "2003-01-01+14:01"),
            ("date", "2003-01-01+02:60"),
            ("date", "2003-01-01+2:00"),
            ("date", "2003-01-01 Z"),
            ("date", "\u{662}003-01-01"),
            ("date", "2003-01-\u{e4}"),
            ("date", "99999999999-02-30"),
            ("gMonth", "--13"),
            ("gMonth", "--05--"),
            ("gMonthDay", "--02-30"),
            ("gDay", "---32"),
            ("gYear", "19999999999999999999Y"),
        ] {
            check(form, text, "!FORG0001");
        }
    }

    #[test]
    fn a_year_that_cannot_be_held_is_out_of_range() {
        for (form, text) in [
            ("date", "99999999999-01-01"),
            ("gYear", "-99999999999999999999"),
            ("dateTime", "2147483647-12-31T24:00:00"),
        ] {
            check(form, text, "!FODT0001");
        }
    }
}
