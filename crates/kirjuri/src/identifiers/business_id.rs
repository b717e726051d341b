//! The Finnish business identity code, *Y-tunnus*, and the arc it has in the tree of OIDs.

use super::oid::{is_valid_oid, organisation_arc};

/// Weights of the seven digits, from the left (check digit of the Business Information System, modulus 11).
const WEIGHTS: [u32; 7] = [7, 9, 10, 5, 8, 4, 2];

/// Whether the text is a business identity code such as `0204819-8`: seven digits with the leading zero, a hyphen and
/// the right check digit.
///
/// The check digit is 11 less the remainder of the weighted sum by 11, or 0 for the remainder 0. Numbers with the
/// remainder 1 would need the check digit 10; they are not given.
///
/// The function knows the arithmetic, not the register: `0000000-0` passes it, as do other codes nobody has.
pub fn is_valid_business_id(text: &str) -> bool {
    let Some((digits, [b'-', check])) = text.as_bytes().split_at_checked(7) else {
        return false;
    };
    if !digits.iter().all(u8::is_ascii_digit) || !check.is_ascii_digit() {
        return false;
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = u32::from(check - b'0');
    // The check digit has the weight 1, and is never 10.
    (sum + check).is_multiple_of(11)
}

/// The business identity code of the organisation in whose part of the tree an OID is: `0204819-8` for
/// `1.2.246.10.2048198` and everything below it.
///
/// JHS 159, annex 1, makes the arc of the code without the hyphen and the leading zero; here the zeros are put back and
/// the last digit is the check digit. `None` when the text is not an OID below `1.2.246.10`, or the arc has more than
/// eight digits. The check digit may be wrong, since test environments use such arcs: that is for
/// [`is_valid_business_id`] to say.
pub fn business_id_of_oid(oid: &str) -> Option<String> {
    if !is_valid_oid(oid) {
        return None;
    }
    let (arc, _) = organisation_arc(oid)?;
    let padded = format!("{arc:0>8}");
    let (number, check) = padded.split_at_checked(7)?;
    Some(format!("{number}-{check}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: bool) {
        assert_eq!(is_valid_business_id(input), expected, "{input:?}");
    }

    #[track_caller]
    fn check_oid(input: &str, expected: Option<&str>) {
        assert_eq!(business_id_of_oid(input).as_deref(), expected, "{input:?}");
    }

    #[test]
    fn codes_of_public_bodies_are_valid() {
        for input in
            ["0204819-8", "0245929-6", "3221356-1", "3221308-6", "0201256-6", "0124610-9", "0246246-0", "2077474-0"]
        {
            check(input, true);
        }
    }

    #[test]
    fn only_one_check_digit_is_right() {
        for digit in 0..=9 {
            check(&format!("0204819-{digit}"), digit == 8);
        }
    }

    #[test]
    fn a_remainder_of_one_has_no_check_digit() {
        // 4 · 3 is 12, which leaves 1.
        for digit in 0..=9 {
            check(&format!("0000030-{digit}"), false);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for input in [
            "",
            "-",
            "02048198",
            "204819-8",
            "00204819-8",
            "0204819-",
            "0204819-88",
            "0204819 8",
            "0204819–8",
            " 0204819-8",
            "0204819-8 ",
            "FI0204819-8",
            "FI02048198",
            "020481a-8",
            "0204819-x",
            "ääää-ä",
        ] {
            check(input, false);
        }
    }

    #[test]
    fn the_code_is_read_from_the_arc() {
        check_oid("1.2.246.10.2048198", Some("0204819-8"));
        check_oid("1.2.246.10.2048198.11.2002.3567", Some("0204819-8"));
        check_oid("1.2.246.10.32213561.10.0", Some("3221356-1"));
        check_oid("1.2.246.10.18", Some("0000001-8"));
        check_oid("1.2.246.10.8", Some("0000000-8"));
    }

    #[test]
    fn the_code_of_an_arc_need_not_be_valid() {
        // Arcs of test environments.
        for (oid, code, valid) in [
            ("1.2.246.10.99999984.10.0", "9999998-4", true),
            ("1.2.246.10.48484841.10.0", "4848484-1", true),
            ("1.2.246.10.1234567.18", "0123456-7", false),
        ] {
            check_oid(oid, Some(code));
            check(code, valid);
        }
    }

    #[test]
    fn other_oids_have_no_business_id() {
        for input in [
            "",
            "1.2.246.10",
            "1.2.246.10.",
            "1.2.246.10.123456789",
            "1.2.246.100.2048198",
            "1.2.246.537.6.1",
            "1.2.246.10.02048198",
            "1.2.246.10.2048198.",
            "1.2.246.10.2048198.x",
            "urn:oid:1.2.246.10.2048198",
        ] {
            check_oid(input, None);
        }
    }
}
