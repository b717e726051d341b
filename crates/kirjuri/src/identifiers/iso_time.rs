//! Dates and times as ISO 8601 and FHIR write them, `2026-03-05T14:30:00+02:00`, read as points in time of HL7.

use super::date::Date;
use super::timestamp::Timestamp;

/// The parts of a text of the form `YYYY[-MM[-DD[Thh:mm[:ss[.f…]][Z|±hh:mm]]]]`.
struct Parts<'t> {
    date: &'t str,
    time: &'t str,
    offset: &'t str,
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is numbers with a mark between them, the first of so many digits and the others of two.
fn has_parts(text: &str, mark: u8, first: usize) -> bool {
    let Some((start, others)) = text.as_bytes().split_at_checked(first) else { return false };
    start.iter().all(u8::is_ascii_digit)
        && others.chunks(3).all(
            |part| matches!(part, [between, tens, ones] if *between == mark && tens.is_ascii_digit() && ones.is_ascii_digit()),
        )
}

fn split(text: &str) -> Option<Parts<'_>> {
    // Most texts that are asked about are no dates, which their first characters tell.
    let is_dated = |start: &[u8; 4]| start.iter().all(u8::is_ascii_digit);
    if !text.as_bytes().first_chunk().is_some_and(is_dated) || !matches!(text.as_bytes().get(4), None | Some(b'-')) {
        return None;
    }
    let bytes = text.as_bytes();
    // A date has ten characters at most.
    let end = bytes.iter().take(11).position(|&byte| byte == b'T');
    let (date, clock) = match end {
        Some(end) => (text.get(..end)?, text.get(end + 1..)?),
        None => (text, ""),
    };
    let has_form = date.len() <= 10 && has_parts(date, b'-', 4);
    if !has_form || (text.len() > date.len()) == clock.is_empty() {
        return None;
    }
    let (time, offset) = clock.split_at(clock.find(['Z', '+', '-']).unwrap_or(clock.len()));
    let (whole, fraction) = time.split_once('.').map_or((time, None), |(whole, fraction)| (whole, Some(fraction)));
    let has_clock = clock.is_empty()
        || date.len() == 10
            && matches!(whole.len(), 5 | 8)
            && has_parts(whole, b':', 2)
            && fraction.is_none_or(|digits| whole.len() == 8 && is_digits(digits));
    let has_offset = match offset.as_bytes() {
        [] | [b'Z'] => true,
        [b'+' | b'-', ..] => offset.len() == 6 && has_parts(offset.get(1..)?, b':', 2),
        _ => false,
    };
    (has_clock && has_offset).then_some(Parts { date, time, offset })
}

/// Whether a text has the form of a date or time of ISO 8601 in the extended format, whatever its numbers are.
pub fn is_iso_time(text: &str) -> bool {
    split(text).is_some()
}

/// Whether the day that an ISO date or time names exists; true of every text that is none.
///
/// The form is the one that the national structures of social care allow, with months 01–12 and days 00–31, so that
/// what the structure refuses anyway is not refused twice.
pub fn iso_date_exists(text: &str) -> bool {
    let Some(Parts { date, .. }) = split(text) else { return true };
    let number = |range| date.get(range).and_then(|digits: &str| digits.parse::<u16>().ok());
    match (number(0..4), number(5..7), number(8..10)) {
        (Some(year), Some(month @ 1..=12), Some(day @ 0..=31)) => Date::new(year, month as u8, day as u8).is_some(),
        _ => true,
    }
}

/// The point in time of HL7 that an ISO date or time means, with its precision and offset; `None` where the text is none
/// or names a day or time that does not exist.
pub fn hl7_of_iso(text: &str) -> Option<String> {
    let Parts { date, time, offset } = split(text)?;
    let offset = if offset == "Z" { "+0000" } else { offset };
    // By the byte: all of it is ASCII.
    let mut hl7 = Vec::with_capacity(text.len() + 4);
    for (part, mark) in [(date, b'-'), (time, b':'), (offset, b':')] {
        hl7.extend(part.bytes().filter(|&byte| byte != mark));
    }
    let hl7 = String::from_utf8(hl7).ok()?;
    Timestamp::parse(&hl7).is_ok().then_some(hl7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: (bool, bool, Option<&str>)) {
        let hl7 = hl7_of_iso(text);
        assert_eq!((is_iso_time(text), iso_date_exists(text), hl7.as_deref()), expected, "{text:?}");
    }

    #[test]
    fn dates_and_times_are_read_with_their_precision_and_offset() {
        for (text, hl7) in [
            ("2026", "2026"),
            ("2026-03", "202603"),
            ("2026-03-05", "20260305"),
            ("2026-03-05T14:30", "202603051430"),
            ("2026-03-05T14:30:00", "20260305143000"),
            ("2026-03-05T14:30:00+02:00", "20260305143000+0200"),
            ("2026-03-05T14:30:00.25-01:00", "20260305143000.25-0100"),
            ("2026-03-05T12:30:00Z", "20260305123000+0000"),
            ("2024-02-29", "20240229"),
        ] {
            check(text, (true, true, Some(hl7)));
        }
    }

    #[test]
    fn a_day_or_time_that_does_not_exist_has_no_value() {
        for text in ["2026-03-00", "2026-02-30", "2025-02-29", "2026-04-31T14:30:00+03:00"] {
            check(text, (true, false, None));
        }
        for text in ["2026-13-01", "2026-03-32", "2026-00", "2026-03-05T25:00:00Z", "2026-03-05T14:30:00+99:00"] {
            check(text, (true, true, None));
        }
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "-",
            "-2026-03-05",
            "5.3.2026",
            "20260305",
            "2026-3-5",
            "2026-03-05 14:30",
            "2026-03-05T",
            "2026-03T14:30",
            "2026-03-05T14",
            "2026-03-05T14:30:00.",
            "2026-03-05T14:30+2:00",
            "2026-03-05T14:30+0200",
            "2026-03-05-01",
            "2026-",
            "2026-03-05Z",
            "2026-03-05T14.30",
            "huomenna",
            "2026 keväällä",
            "2026-03-05T14:30:00Zz",
            "20260-03",
        ] {
            check(text, (false, true, None));
        }
    }
}
