//! The forms of values as the published schemas give them, matched by hand: they are asked of every value.

/// Whether a text has the form of a day, a month or a year: `2026-03-05`, `2026-03`, `2026`.
///
/// That is `^-?[0-9]{4}(-(0[1-9]|1[0-2])(-(0[0-9]|[1-2][0-9]|3[0-1]))?)?$`: it lets years before the era pass, and the
/// days 00 and 30 of February.
pub(super) fn is_date(text: &str) -> bool {
    matches!(date(text.as_bytes()), Some((_, [])))
}

/// Whether a text has the form of a time with its zone, or of what [`is_date`] takes.
///
/// That is the pattern of FHIR's `dateTime`: behind the day `T14:30:00`, any decimals of the second, and `Z` or an offset
/// up to 14:00.
pub(super) fn is_time(text: &str) -> bool {
    match date(text.as_bytes()) {
        Some((_, [])) => true,
        Some((true, [b'T', rest @ ..])) => is_clock_time(rest),
        _ => false,
    }
}

/// Whether a system is a version of the code system of an OID, or the code system itself: `urn:oid:<oid>(\.\d+)*`.
pub(super) fn is_version_of(system: &str, oid: &str) -> bool {
    let Some(version) = system.strip_prefix("urn:oid:").and_then(|rest| rest.strip_prefix(oid)) else { return false };
    let is_arc = |arc: &str| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit());
    version.is_empty() || version.strip_prefix('.').is_some_and(|arcs| arcs.split('.').all(is_arc))
}

/// Reads a year, with a month and a day if they are there; says whether it was as far as the day, and what is left.
fn date(text: &[u8]) -> Option<(bool, &[u8])> {
    let [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', rest @ ..] = text.strip_prefix(b"-").unwrap_or(text)
    else {
        return None;
    };
    let ([b'-', b'0', b'1'..=b'9', rest @ ..] | [b'-', b'1', b'0'..=b'2', rest @ ..]) = rest else {
        return Some((false, rest));
    };
    match rest {
        [b'-', b'0'..=b'2', b'0'..=b'9', rest @ ..] | [b'-', b'3', b'0'..=b'1', rest @ ..] => Some((true, rest)),
        _ => Some((false, rest)),
    }
}

/// What stands behind the `T`.
fn is_clock_time(text: &[u8]) -> bool {
    let ([b'0'..=b'1', b'0'..=b'9', rest @ ..] | [b'2', b'0'..=b'3', rest @ ..]) = text else { return false };
    let [b':', b'0'..=b'5', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9', rest @ ..] = rest else { return false };
    let zone = match rest {
        [b'.', b'0'..=b'9', decimals @ ..] => {
            let digits = decimals.iter().take_while(|byte| byte.is_ascii_digit()).count();
            decimals.split_at(digits).1
        }
        _ => rest,
    };
    matches!(
        zone,
        [b'Z']
            | [b'+' | b'-', b'0', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9']
            | [b'+' | b'-', b'1', b'0'..=b'3', b':', b'0'..=b'5', b'0'..=b'9']
            | [b'+' | b'-', b'1', b'4', b':', b'0', b'0']
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_taken_as_published() {
        // text, is it a day, is it a time
        for (text, day, time) in [
            ("2026", true, true),
            ("-0001", true, true),
            ("2026-03", true, true),
            ("2026-03-05", true, true),
            ("2026-03-00", true, true),
            ("2026-02-31", true, true),
            ("", false, false),
            ("-", false, false),
            ("226", false, false),
            ("20260305", false, false),
            ("2026-", false, false),
            ("2026-13", false, false),
            ("2026-00", false, false),
            ("2026-3-5", false, false),
            ("2026-03-32", false, false),
            ("2026-03-05 ", false, false),
            ("2026-03-05\n", false, false),
            (" 2026-03-05", false, false),
            ("5.3.2026", false, false),
            ("2026-03-05T14:30:00+02:00", false, true),
            ("2026-03-05T23:59:59.123456789Z", false, true),
            ("2026-03-05T00:00:00-14:00", false, true),
            ("2026-03-05T00:00:00+13:59", false, true),
            ("2026-03-05T00:00:00+14:01", false, false),
            ("2026-03-05T24:00:00Z", false, false),
            ("2026-03-05T14:60:00Z", false, false),
            ("2026-03-05T14:30:60Z", false, false),
            ("2026-03-05T14:30:00.Z", false, false),
            ("2026-03-05T14:30:00", false, false),
            ("2026-03-05T14:30Z", false, false),
            ("2026-03T14:30:00Z", false, false),
            ("2026-03-05T14:30:00z", false, false),
            ("2026-03-05T", false, false),
            ("2026-03-05T14:30:00Zä", false, false),
            ("٢٠٢٦", false, false),
        ] {
            assert_eq!((is_date(text), is_time(text)), (day, time), "{text:?}");
        }
    }

    #[test]
    fn a_code_system_is_its_oid_with_any_version() {
        for (system, expected) in [
            ("urn:oid:1.2.246.537.6.122", true),
            ("urn:oid:1.2.246.537.6.122.2016", true),
            ("urn:oid:1.2.246.537.6.122.2016.1", true),
            ("urn:oid:1.2.246.537.6.1221", false),
            ("urn:oid:1.2.246.537.6.122.", false),
            ("urn:oid:1.2.246.537.6.122..1", false),
            ("urn:oid:1.2.246.537.6.122.a", false),
            ("1.2.246.537.6.122", false),
            ("urn:oid:", false),
            ("", false),
        ] {
            assert_eq!(is_version_of(system, "1.2.246.537.6.122"), expected, "{system}");
        }
    }
}
