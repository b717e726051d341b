//! Days of the calendar, as birth dates and dates in documents are written.

use std::fmt;

/// A day of the Gregorian calendar in the years 1 to 9999. Earlier is less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, if the calendar has it.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        let exists =
            (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// Reads `YYYYMMDD`, the form of HL7 (`birthTime/@value`); `None` for any other form and for days that do not
    /// exist.
    pub fn parse(text: &str) -> Option<Date> {
        let bytes: &[u8; 8] = text.as_bytes().try_into().ok()?;
        let [year @ .., m1, m2, d1, d2] = bytes;
        Date::new(decimal(year)? as u16, decimal(&[*m1, *m2])? as u8, decimal(&[*d1, *d2])? as u8)
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }

    /// Days since 1 January 1970; negative before it.
    pub(super) fn days_since_1970(self) -> i64 {
        // Years are counted from March, so that the leap day is the last day of its year.
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day) - 1;
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
    }
}

impl Date {
    /// The day as ISO 8601 writes it, `YYYY-MM-DD`.
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Date {
    /// Writes `YYYYMMDD`, which [`Date::parse`] reads back.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

/// Days in a month; `month` is 1 to 12.
pub(super) fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The value of one to nine ASCII digits; `None` for anything else. Nine digits fit `u32`, more might not.
pub(super) fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: Option<(u16, u8, u8)>) {
        let date = Date::parse(input);
        assert_eq!(date.map(|date| (date.year(), date.month(), date.day())), expected, "{input:?}");
        if let Some(date) = date {
            assert_eq!(date.to_string(), input);
        }
    }

    #[test]
    fn days_that_exist_are_read() {
        check("20240229", Some((2024, 2, 29)));
        check("20000229", Some((2000, 2, 29)));
        check("19991231", Some((1999, 12, 31)));
        check("00010101", Some((1, 1, 1)));
        check("99991231", Some((9999, 12, 31)));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for input in ["20230229", "19000229", "21000229", "20240230", "20240431", "20240100", "20240001", "20241301"] {
            check(input, None);
        }
        check("00000101", None);
    }

    #[test]
    fn other_forms_are_refused() {
        for input in ["", "2024", "202401", "2024-01-01", "2024011", "202401011", " 2024010", "2024010a", "２０２４"]
        {
            check(input, None);
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        let days = |text| Date::parse(text).map(Date::days_since_1970);
        assert_eq!(days("19700101"), Some(0));
        assert_eq!(days("19691231"), Some(-1));
        assert_eq!(days("20000301"), Some(11_017));
        assert_eq!(days("20241027"), Some(20_023));
        assert_eq!(days("00010101"), Some(-719_162));
        assert_eq!(days("99991231"), Some(2_932_896));
    }

    #[test]
    fn the_day_after_a_month_is_the_first_of_the_next() {
        for year in [1899, 1900, 1999, 2000, 2023, 2024] {
            for month in 1..=11 {
                let last = Date::new(year, month, days_in_month(year, month)).unwrap();
                let first = Date::new(year, month + 1, 1).unwrap();
                assert_eq!(last.days_since_1970() + 1, first.days_since_1970(), "{last}");
            }
        }
    }
}
