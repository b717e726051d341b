use super::*;

#[track_caller]
fn timestamp(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[track_caller]
fn check(input: &str, expected: Result<(Precision, Option<i32>), TimestampError>) {
    let read = Timestamp::parse(input).map(|timestamp| (timestamp.precision(), timestamp.offset_minutes()));
    assert_eq!(read, expected, "{input:?}");
}

#[track_caller]
fn check_order(own: &str, other: &str, expected: Option<Ordering>) {
    let (own_read, other_read) = (timestamp(own), timestamp(other));
    assert_eq!(own_read.compare(&other_read), expected, "{own} to {other}");
    assert_eq!(other_read.compare(&own_read), expected.map(Ordering::reverse), "{other} to {own}");
    for (text, read) in [(own, own_read), (other, other_read)] {
        let exact = text.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= 9);
        assert_eq!(read.compare(&read), exact.then_some(Ordering::Equal), "{text} to itself");
    }
}

#[track_caller]
fn check_finnish(input: &str, expected: Option<i32>) {
    assert_eq!(timestamp(input).finnish_offset_minutes(), expected, "{input:?}");
}

#[test]
fn every_precision_is_read_with_and_without_an_offset() {
    for (input, precision) in [
        ("2024", Precision::Year),
        ("202402", Precision::Month),
        ("20240229", Precision::Day),
        ("2024022923", Precision::Hour),
        ("202402292359", Precision::Minute),
        ("20240229235959", Precision::Second),
        ("20240229235959.1", Precision::Fraction),
        ("20240229235959.1234567890123456789012345", Precision::Fraction),
    ] {
        check(input, Ok((precision, None)));
        check(&format!("{input}+0200"), Ok((precision, Some(120))));
        check(&format!("{input}-0330"), Ok((precision, Some(-210))));
        let date = timestamp(input).date().map(|date| date.to_string());
        assert_eq!(date.as_deref(), input.get(..8), "{input:?}");
    }
}

#[test]
fn offsets_of_the_world_are_read() {
    for (offset, minutes) in [("+0000", 0), ("-0000", 0), ("+0545", 345), ("+1400", 840), ("-1200", -720)] {
        check(&format!("20240101120000{offset}"), Ok((Precision::Second, Some(minutes))));
    }
    for offset in ["+1401", "+1500", "+2400", "-1201", "-9999", "+0260", "+0299"] {
        check(&format!("20240101120000{offset}"), Err(TimestampError::Offset));
    }
}

#[test]
fn other_forms_are_refused() {
    for input in [
        "",
        "+0200",
        "-",
        "2",
        "20240",
        "2024011",
        "200130311",
        "20240101120",
        "2024010112000",
        "202401011200000",
        "20240101120000.",
        "20240101120000.+0200",
        "202401011200.5",
        "20240101.5",
        "20240101120000.1.2",
        "20240101120000+",
        "20240101120000+2",
        "20240101120000+02",
        "20240101120000+020",
        "20240101120000+02000",
        "20240101120000+02:00",
        "20240101120000+0200+0200",
        "20240101120000Z",
        "20240101120000.12a",
        "20240101 120000",
        "2024-01-01",
        "2024-01-01T12:00:00",
        "-2024",
        "+2024",
        " 20240101",
        "20240101 ",
        "2024010a",
        "abcd",
        "２０２４",
        "ääääää",
        "20240101120000+é2",
    ] {
        check(input, Err(TimestampError::Form));
    }
}

#[test]
fn dates_and_times_that_do_not_exist_are_refused() {
    for input in ["0000", "000001", "202400", "202413", "20240100", "20230229", "19000229", "20240431", "2024023012"] {
        check(input, Err(TimestampError::Date));
    }
    for input in ["2024010124", "202401011260", "20240101120060", "20161231235960+0000", "20240101250000.5+0200"] {
        check(input, Err(TimestampError::Time));
    }
}

#[test]
fn the_same_precision_is_ordered() {
    use Ordering::{Equal, Less};
    check_order("2023", "2024", Some(Less));
    check_order("202312", "202401", Some(Less));
    check_order("20240228", "20240229", Some(Less));
    check_order("2024022923", "2024030100", Some(Less));
    check_order("20240229235959", "20240301000000", Some(Less));
    check_order("20240229120000.1", "20240229120000.2", Some(Less));
    check_order("00010101", "99991231235959.999999999", Some(Less));
    check_order("20240229120000", "20240229120000", Some(Equal));
}

#[test]
fn a_part_is_neither_before_nor_after_the_whole() {
    for (whole, part) in [
        ("2024", "202401"),
        ("2024", "20241231235959.9"),
        ("202402", "20240229"),
        ("20240229", "202402290000"),
        ("2024022912", "202402291259"),
        ("202402291200", "20240229120000"),
        ("20240229120000", "20240229120000.0"),
        ("20240229120000.1", "20240229120000.10"),
        ("20240229120000.9", "20240229120000.999"),
    ] {
        check_order(whole, part, None);
    }
}

#[test]
fn different_precisions_are_ordered_when_the_intervals_are_apart() {
    use Ordering::Less;
    check_order("2023", "20240101", Some(Less));
    check_order("20231231", "2024", Some(Less));
    check_order("202402", "20240301000000", Some(Less));
    check_order("20240229", "2024030100", Some(Less));
    check_order("20240229235959", "20240301", Some(Less));
    check_order("20240229115959.999", "20240229120000", Some(Less));
    check_order("20240229120000.19", "20240229120000.2", Some(Less));
}

#[test]
fn fractions_beyond_a_nanosecond_are_ordered_but_never_equal() {
    check_order("20240229120000.123456789", "20240229120000.123456789", Some(Ordering::Equal));
    check_order("20240229120000.1234567891", "20240229120000.1234567892", None);
    check_order("20240229120000.1234567891", "20240229120000.123456789", None);
    check_order("20240229120000.1234567891", "20240229120000.123456790", Some(Ordering::Less));
}

#[test]
fn offsets_are_taken_off() {
    use Ordering::{Equal, Less};
    check_order("20240101120000+0200", "20240101100000+0000", Some(Equal));
    check_order("2024010112+0200", "2024010105-0500", Some(Equal));
    check_order("20240101120000+0300", "20240101120000+0200", Some(Less));
    check_order("20240101+0200", "20240102000000+0200", Some(Less));
    check_order("20240101+0200", "20240102003000+0300", None);
    check_order("00010101+1400", "00010101-1200", Some(Less));
}

#[test]
fn a_missing_offset_is_either_of_the_finnish_ones() {
    use Ordering::{Greater, Less};
    // 12:00 in Finland is 09:00 or 10:00 in UTC.
    check_order("20240101120000", "20240101085959+0000", Some(Greater));
    check_order("20240101120000", "20240101090000+0000", None);
    check_order("20240101120000", "20240101093000+0000", None);
    check_order("20240101120000", "20240101100000+0000", None);
    check_order("20240101120000", "20240101100001+0000", Some(Less));
    check_order("20240101120000", "20240101120000+0200", None);
    check_order("20240101", "20240102010000+0200", Some(Less));
    check_order("20240101", "20240101120000+0200", None);
    check_order("2023", "20240102+0200", Some(Less));
}

#[test]
fn in_the_hour_that_comes_twice_there_is_no_order() {
    use Ordering::{Equal, Less};
    check_order("20241027030000", "20241027035959", None);
    check_order("202410270330", "202410270331", None);
    check_order("20241027033000", "20241027033000", Some(Equal));
    check_order("20241027025959", "20241027030000", Some(Less));
    check_order("20241027035959", "20241027040000", Some(Less));
    check_order("20241027034500+0300", "20241027033000+0200", Some(Less));
    check_order("20241020030000", "20241020035959", Some(Less));
    check_order("20231029033000", "20241027031500", Some(Less));
}

#[test]
fn finnish_summer_time_is_from_march_to_october() {
    for (spring, autumn) in [
        ("19960331", "19961027"),
        ("20000326", "20001029"),
        ("20150329", "20151025"),
        ("20230326", "20231029"),
        ("20240331", "20241027"),
        ("20260329", "20261025"),
    ] {
        check_finnish(&format!("{spring}025959"), Some(120));
        check_finnish(&format!("{spring}025959.999"), Some(120));
        check_finnish(&format!("{spring}030000"), None);
        check_finnish(&format!("{spring}035959"), None);
        check_finnish(&format!("{spring}040000"), Some(180));
        check_finnish(&format!("{spring}02"), Some(120));
        check_finnish(&format!("{spring}03"), None);
        check_finnish(&format!("{spring}0400"), Some(180));
        check_finnish(&format!("{autumn}025959"), Some(180));
        check_finnish(&format!("{autumn}030000"), None);
        check_finnish(&format!("{autumn}035959.5"), None);
        check_finnish(&format!("{autumn}040000"), Some(120));
        check_finnish(spring, None);
        check_finnish(autumn, None);
    }
}

#[test]
fn the_written_offset_does_not_change_the_legal_one() {
    check_finnish("20240115120000+0300", Some(120));
    check_finnish("20240715120000+0200", Some(180));
    check_finnish("20240715120000-0500", Some(180));
}

#[test]
fn coarse_values_have_an_offset_when_no_change_is_in_them() {
    for (input, offset) in [
        ("202401", Some(120)),
        ("202403", None),
        ("202404", Some(180)),
        ("202407", Some(180)),
        ("202410", None),
        ("202411", Some(120)),
        ("202412", Some(120)),
        ("2024", None),
        ("20240330", Some(120)),
        ("20240401", Some(180)),
        ("9999", None),
        ("99991231", Some(120)),
    ] {
        check_finnish(input, offset);
    }
}

#[test]
fn years_before_the_rule_have_no_answer() {
    check_finnish("19951231235959", None);
    check_finnish("19960101000000", Some(120));
    check_finnish("19800701", None);
    check_finnish("0001", None);
}

#[test]
fn only_the_hours_that_have_certainly_passed_are_counted() {
    let rows = [
        ("20260305080000+0200", "20260305200001+0200", 12.0),
        ("202603050800", "202603052000", 11.0 + 59.0 / 60.0),
        ("20260301", "20260305", 72.0),
        ("20260305", "20260305", -24.0),
        ("20260306", "20260305", -48.0),
        ("20260305140000+0200", "20260305140001+0300", -1.0),
        ("20260305140000", "20260305150001+0200", 1.0),
    ];
    for (first, second, hours) in rows {
        let between = timestamp(first).hours_until(&timestamp(second));
        assert!((between - hours).abs() < 0.001, "{first} to {second}: {between}");
    }
}
