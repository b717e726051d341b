//! Finnish time, wherever this machine is: documents say it, and so does all that is written of a run.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Two hours ahead of universal time, and three from the last Sunday in March to the last in October. The rule stands here,
/// since to look for the database of time zones would take a tenth of a run on one document.
static TIME_ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::posix("EET-2EEST,M3.5.0/3,M10.5.0/4").unwrap_or(TimeZone::UTC));

/// The Finnish time zone.
pub(crate) fn time_zone() -> TimeZone {
    TIME_ZONE.clone()
}

/// A moment as Finnish clocks show it.
pub(crate) fn time(moment: Timestamp) -> Zoned {
    moment.to_zoned(time_zone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_turn_on_the_last_sundays_of_march_and_october_at_one_in_universal_time() {
        for (moment, expected) in [
            ("2026-03-29T00:59:59Z", "2026-03-29T02:59:59+02:00"),
            ("2026-03-29T01:00:00Z", "2026-03-29T04:00:00+03:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25T03:59:59+03:00"),
            ("2026-10-25T01:00:00Z", "2026-10-25T03:00:00+02:00"),
        ] {
            assert_eq!(time(moment.parse().unwrap()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(), expected);
        }
    }
}
