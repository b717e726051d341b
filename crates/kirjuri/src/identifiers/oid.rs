//! Object identifiers (OIDs), and what the ones below a Finnish organisation identify.
//!
//! Sources: Recommendation ITU-T X.660 (ISO/IEC 9834-1) for the form; the public administration recommendation JHS 159
//! with its annex 1 for the arc `1.2.246.10`, where an organisation numbers by its business identity code; the THL
//! guide *ISO OID-yksilöintitunnuksen käytön kansalliset periaatteet sosiaali- ja terveysalalla* (2007, 2011) for the
//! node classes below an organisation.

/// The arc below which an organisation's own arc is its business identity code (JHS 159).
const ORGANISATIONS: &str = "1.2.246.10.";

/// The node class of service providers and their units.
const UNIT: u8 = 10;

/// Whether the text is an OID in dot notation: two or more numbers without leading zeros, the first 0, 1 or 2, and
/// under 0 and 1 the second at most 39 (ITU-T X.660). X.660 sets no limit to the length, and neither do the data types
/// of HL7; the 64 characters of DICOM are DICOM's. `urn:oid:` is not part of an OID.
pub fn is_valid_oid(text: &str) -> bool {
    let [root @ b'0'..=b'2', b'.', arcs @ ..] = text.as_bytes() else { return false };
    // Byte by byte, since every code system of every document is asked: the arc so far, by its first digit and length.
    let (mut first, mut length, mut is_second) = (0, 0_usize, true);
    let is_whole = |first: u8, length: usize, is_second: bool| {
        let is_below_40 = length == 1 || length == 2 && first <= b'3';
        length > 0 && (length == 1 || first != b'0') && (!is_second || *root == b'2' || is_below_40)
    };
    for &byte in arcs {
        match byte {
            b'0'..=b'9' => {
                if length == 0 {
                    first = byte;
                }
                length += 1;
            }
            b'.' if is_whole(first, length, is_second) => (length, is_second) = (0, false),
            _ => return false,
        }
    }
    is_whole(first, length, is_second)
}

/// The node class in an OID below an organisation, `1.2.246.10.<organisation>`: the component that says what the OID
/// identifies, as it is written there.
///
/// The THL guide gives the classes 10 service provider and unit, 11 document, 12 software, 13 device, 14 service
/// event and care episode, 15 queue, 16 payment commitment, 17 transport, 18 party of message exchange, 19 data
/// controller, 21–29 client, patient and employee (22 temporary identifier), 91–94 electronic patient document (93
/// prescription). Social care documents have been seen with 95. [`node_class_number`] turns the component into such a
/// number.
///
/// | OID | class |
/// |---|---|
/// | `1.2.246.10.<organisation>.14.<year>.<n>` | `14`: behind the organisation |
/// | `1.2.246.10.<organisation>.10`, `….10.<unit>`, `….10.<unit>.<lower unit>` | `10`: the organisation or a unit |
/// | `1.2.246.10.<organisation>.10.<unit>.22.<year>`, `….10.<unit>.91.<year>.<n>` | `22`, `91`: behind the unit |
/// | `1.2.246.10.<organisation>.10.<unit>.14`, `….10.<unit>.14.3` | `None` |
///
/// The last row is a doubt: a class may come below a unit, and real units have lower units, so that a number behind
/// the unit which is a class may be either. In Kela's sample documents (KantaCDA-API) every class there is followed by
/// a year (1900–2099) and no lower unit is, which decides; otherwise there is no answer. `None` also when the text is
/// not an OID, is not below `1.2.246.10`, has no component behind the organisation, or the organisation's arc has more
/// than eight digits and so is no business identity code.
///
/// A component is returned whether or not it is a class of the guide: the same samples have units directly under `34`
/// and `35`, and a rule that expects one class should stay silent about a number that is none.
pub fn node_class(oid: &str) -> Option<&str> {
    if !is_valid_oid(oid) {
        return None;
    }
    let (_, below) = organisation_arc(oid)?;
    let mut components = below?.split('.');
    let class = components.next()?;
    if node_class_number(class) != Some(UNIT) {
        return Some(class);
    }
    let (Some(_unit), Some(next)) = (components.next(), components.next()) else {
        return Some(class);
    };
    match node_class_number(next) {
        Some(number) if number != UNIT && is_class_of_the_guide(number) => {
            components.next().is_some_and(is_year).then_some(next)
        }
        _ => Some(class),
    }
}

/// The number of a node class component: `93` for `93`, and also for `93001`.
///
/// A class has two digits, or five where an organisation has several systems that number things: three digits behind
/// the class tell the system (KantaCDA-API on the node class of prescriptions: "2 tai 5 numeroa"). `None` for other
/// lengths and for five digits that do not begin with a class.
pub fn node_class_number(component: &str) -> Option<u8> {
    let &[tens @ b'1'..=b'9', ones @ b'0'..=b'9', ref system @ ..] = component.as_bytes() else {
        return None;
    };
    let number = 10 * (tens - b'0') + (ones - b'0');
    match system {
        [] => Some(number),
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] if is_class_of_the_guide(number) => Some(number),
        _ => None,
    }
}

fn is_class_of_the_guide(number: u8) -> bool {
    matches!(number, 10..=19 | 21..=29 | 91..=95)
}

fn is_year(component: &str) -> bool {
    matches!(component.as_bytes(), [b'1', b'9', _, _] | [b'2', b'0', _, _])
}

/// Splits a valid OID below `1.2.246.10` into the organisation's arc and what is behind it; `None` for other OIDs and
/// for arcs longer than the eight digits of a business identity code.
pub(super) fn organisation_arc(oid: &str) -> Option<(&str, Option<&str>)> {
    let rest = oid.strip_prefix(ORGANISATIONS)?;
    let (arc, below) = match rest.split_once('.') {
        Some((arc, below)) => (arc, Some(below)),
        None => (rest, None),
    };
    (1..=8).contains(&arc.len()).then_some((arc, below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: bool) {
        assert_eq!(is_valid_oid(input), expected, "{input:?}");
    }

    #[track_caller]
    fn check_class(input: &str, expected: Option<&str>) {
        assert_eq!(node_class(input), expected, "{input:?}");
    }

    #[test]
    fn numbers_between_dots_are_an_oid() {
        for input in [
            "1.2",
            "0.0",
            "0.39",
            "1.39",
            "2.999",
            "2.40.1",
            "1.2.246.10.2048198",
            "1.2.246.10.99999984.93.2024.0",
            "2.16.840.1.113883.1.3",
            "2.25.329800735698586629295641978511506172918",
        ] {
            check(input, true);
        }
        check(&format!("1.2{}", ".123456789".repeat(40)), true);
    }

    #[test]
    fn other_texts_are_not_an_oid() {
        for input in [
            "",
            ".",
            "1",
            "2",
            "1.",
            ".1",
            "1..2",
            "1.2.",
            "1.2..3",
            "3.1",
            "01.2",
            "1.02",
            "1.2.00",
            "1.2.05",
            "0.40",
            "1.40",
            "1.100",
            "1.2.a",
            "1.2.-3",
            "1.2.+3",
            "1.2. 3",
            " 1.2.3",
            "1.2.3 ",
            "1,2,3",
            "1.2.３",
            "urn:oid:1.2.3",
            "OID1.2.3",
        ] {
            check(input, false);
        }
    }

    #[test]
    fn the_class_is_behind_the_organisation() {
        for (input, class) in [
            ("1.2.246.10.99999984.11.2026.1001", "11"),
            ("1.2.246.10.99999984.14.2026.77", "14"),
            ("1.2.246.10.99999984.14.2019.860.1.1.2", "14"),
            ("1.2.246.10.99999984.93.2014.1001.1", "93"),
            ("1.2.246.10.99999984.93001.2015.362", "93001"),
            ("1.2.246.10.99999984.19.0", "19"),
            ("1.2.246.10.99999984.18", "18"),
            ("1.2.246.10.99999984.22.2026", "22"),
            ("1.2.246.10.99999984.34", "34"),
            ("1.2.246.10.99999984.1000001.5", "1000001"),
        ] {
            check_class(input, Some(class));
        }
    }

    #[test]
    fn units_and_lower_units_have_class_10() {
        for input in [
            "1.2.246.10.99999984.10",
            "1.2.246.10.99999984.10.0",
            "1.2.246.10.99999984.10.1",
            "1.2.246.10.99999984.10.14",
            "1.2.246.10.99999984.10.99999998",
            "1.2.246.10.99999984.10.1.1",
            "1.2.246.10.99999984.10.1.1.100768",
            "1.2.246.10.99999984.10.1.2024.7",
            "1.2.246.10.99999984.10.1.10.2024",
        ] {
            check_class(input, Some("10"));
        }
        check_class("1.2.246.10.99999984.10002.0", Some("10002"));
    }

    #[test]
    fn below_a_unit_the_class_is_behind_the_unit() {
        for (input, class) in [
            ("1.2.246.10.99999984.10.0.91.2009.58", "91"),
            ("1.2.246.10.99999984.10.0.14.2009.111009", "14"),
            ("1.2.246.10.99999984.10.7.22.2026", "22"),
            ("1.2.246.10.99999984.10.7.93001.2026.5", "93001"),
            ("1.2.246.10.99999984.10002.7.14.2026.5", "14"),
        ] {
            check_class(input, Some(class));
        }
    }

    #[test]
    fn a_class_or_a_lower_unit_is_not_guessed() {
        for input in [
            "1.2.246.10.99999984.10.1.14",
            "1.2.246.10.99999984.10.1.14.3",
            "1.2.246.10.99999984.10.1.22.20261",
            "1.2.246.10.99999984.10.1.93.1899.1",
        ] {
            check_class(input, None);
        }
    }

    #[test]
    fn other_oids_have_no_class() {
        for input in [
            "",
            "1.2.246.10",
            "1.2.246.10.99999984",
            "1.2.246.10.123456789.14.2026.1",
            "1.2.246.21",
            "1.2.246.537.25.1.30411.93.2020.1",
            "1.2.246.100.99999984.14",
            "1.2.246.10.99999984.14.2026.077",
            "1.2.246.10.99999984.",
            "1.2.246.10..14",
        ] {
            check_class(input, None);
        }
    }

    #[test]
    fn a_class_has_two_or_five_digits() {
        for (component, number) in [
            ("93", Some(93)),
            ("93001", Some(93)),
            ("14029", Some(14)),
            ("95777", Some(95)),
            ("10002", Some(10)),
            ("34", Some(34)),
            ("34001", None),
            ("20001", None),
            ("9", None),
            ("930", None),
            ("9300", None),
            ("930011", None),
            ("1000001", None),
            ("09", None),
            ("9a", None),
            ("9300a", None),
            ("", None),
        ] {
            assert_eq!(node_class_number(component), number, "{component:?}");
        }
    }
}
