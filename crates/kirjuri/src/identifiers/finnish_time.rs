//! The legal time of Finland: which offset from UTC a clock on the wall has.
//!
//! Source: the summer time directives of the European Union, today 2000/84/EC: summer time runs from 01:00 UTC on the
//! last Sunday of March to 01:00 UTC on the last Sunday of October. The October end is common since 1996 (94/21/EC);
//! earlier years are left without an answer. Later years follow the directive for as long as it is in force.

use super::date::Date;

/// Offset of standard time in minutes.
pub(super) const STANDARD: i32 = 120;
/// Offset of summer time in minutes.
pub(super) const SUMMER: i32 = 180;

/// The first year of today's rule.
const FIRST_YEAR: u16 = 1996;

/// Seconds from 1970 on a Finnish clock. No offset is taken off: the count is of the clock's own days.
type ClockSeconds = i64;

/// The two changes of a year on the clock.
struct Changes {
    /// 03:00 on the last Sunday of March; the clock goes on at 04:00, so the hour from here does not exist.
    spring: ClockSeconds,
    /// 03:00 on the last Sunday of October; at 04:00 the clock goes back to here, so the hour from here comes twice.
    autumn: ClockSeconds,
}

impl Changes {
    fn of_year(year: u16) -> Option<Changes> {
        let change = |month| {
            let last = Date::new(year, month, 31)?.days_since_1970();
            // Day 0 was a Thursday; Sunday is 0 here.
            let weekday = (last + 4).rem_euclid(7);
            Some((last - weekday) * 86_400 + 3 * 3_600)
        };
        if year < FIRST_YEAR {
            return None;
        }
        Some(Changes { spring: change(3)?, autumn: change(10)? })
    }
}

/// The offset, in minutes, that every moment of a stretch of clock time within one year has; `None` when it has none
/// or more than one: before 1996, in the hour that comes twice, in the hour that does not exist, and for a stretch
/// with a change in it. `end` is exclusive.
pub(super) fn offset_minutes(year: u16, start: ClockSeconds, end: ClockSeconds) -> Option<i32> {
    let Changes { spring, autumn } = Changes::of_year(year)?;
    if end <= spring || start >= autumn + 3_600 {
        Some(STANDARD)
    } else if start >= spring + 3_600 && end <= autumn {
        Some(SUMMER)
    } else {
        None
    }
}

/// Whether the moment is in the hour that the clock shows twice in autumn.
pub(super) fn comes_twice(year: u16, moment: ClockSeconds) -> bool {
    Changes::of_year(year).is_some_and(|changes| (changes.autumn..changes.autumn + 3_600).contains(&moment))
}
