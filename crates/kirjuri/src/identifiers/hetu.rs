//! The Finnish personal identity code, *henkilötunnus* or *hetu*.
//!
//! Source: Government Decree on the Population Information System (valtioneuvoston asetus väestötietojärjestelmästä,
//! 128/2010) 2 §, as amended by 690/2022, in force since 1 January 2023: `ddmmyy`, a sign that tells the century, a
//! number of three digits that is odd for men and even for women, and a check character. Since the amendment two
//! people may have codes that differ in the sign only: a code without its sign identifies nobody.
//!
//! The decree does not limit the number of three digits. In use, 002–899 are given to people and 900–999 are left for
//! temporary codes, made where the code of a person is not known, and for test persons (Digital and Population Data
//! Services Agency; HL7 Finland, Finnish Base Profiles, FI Base Patient).

use std::error::Error;
use std::fmt;

use super::date::{Date, decimal};

/// Check characters by the remainder of division by 31 (128/2010, 2 §); letters that look like digits are left out.
const CHECK_CHARACTERS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// What a well-formed personal identity code tells about its holder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hetu {
    birth_date: Date,
    individual_number: u16,
}

/// Sex as the individual number tells it; the codes know two.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sex {
    /// The individual number is even.
    Female,
    /// The individual number is odd.
    Male,
}

/// Why a text is not a personal identity code. The first fault in the order below is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum HetuError {
    /// Not eleven characters of the form `ddmmyy`, sign, three digits, check character. Lower-case letters and white
    /// space are faults of form too.
    Form,
    /// The calendar has no such day in the century that the sign tells.
    BirthDate,
    /// The individual number is 000 or 001, which are not given to anybody.
    IndividualNumber,
    /// The check character belongs to other digits.
    CheckCharacter,
}

impl Hetu {
    /// Reads a personal identity code exactly as the decree writes it.
    ///
    /// A temporary code (individual number 900–999) is well-formed too: ask [`Hetu::is_temporary`]. Whether the birth
    /// date lies in the future is for the caller to compare.
    ///
    /// # Errors
    ///
    /// See [`HetuError`]; the error does not repeat the text.
    pub fn parse(text: &str) -> Result<Hetu, HetuError> {
        let bytes: &[u8; 11] = text.as_bytes().try_into().map_err(|_| HetuError::Form)?;
        let &[d1, d2, m1, m2, y1, y2, sign, n1, n2, n3, check] = bytes;
        let number = |digits: &[u8]| decimal(digits).ok_or(HetuError::Form);
        let century = match sign {
            b'+' => 1800,
            b'-' | b'Y' | b'X' | b'W' | b'V' | b'U' => 1900,
            b'A'..=b'F' => 2000,
            _ => return Err(HetuError::Form),
        };
        let remainder = number(&[d1, d2, m1, m2, y1, y2, n1, n2, n3])? % 31;
        if !CHECK_CHARACTERS.contains(&check) {
            return Err(HetuError::Form);
        }
        let year = century + number(&[y1, y2])? as u16;
        let birth_date = Date::new(year, number(&[m1, m2])? as u8, number(&[d1, d2])? as u8);
        let birth_date = birth_date.ok_or(HetuError::BirthDate)?;
        let individual_number = number(&[n1, n2, n3])? as u16;
        if individual_number < 2 {
            return Err(HetuError::IndividualNumber);
        }
        // The remainder is below 31, the length of the table.
        if CHECK_CHARACTERS[remainder as usize] != check {
            return Err(HetuError::CheckCharacter);
        }
        Ok(Hetu { birth_date, individual_number })
    }

    /// The birth date, with the century that the sign tells.
    pub fn birth_date(self) -> Date {
        self.birth_date
    }

    /// The individual number, 2 to 999.
    pub fn individual_number(self) -> u16 {
        self.individual_number
    }

    /// The sex as the population register had it when the code was given.
    ///
    /// The decree says so of codes in the register. That temporary codes follow it is a convention: the published test
    /// codes do.
    pub fn sex(self) -> Sex {
        if self.individual_number.is_multiple_of(2) { Sex::Female } else { Sex::Male }
    }

    /// Whether the code is temporary or a test person's (individual number 900–999), so that no person in the
    /// population register has it.
    pub fn is_temporary(self) -> bool {
        self.individual_number >= 900
    }
}

/// Characters of a personal identity code.
pub(crate) const LENGTH: usize = 11;

/// Where in a text eleven bytes stand that may be a personal identity code: one of its signs behind six of which the last
/// is a digit.
pub(crate) fn candidates(text: &str) -> impl Iterator<Item = usize> + '_ {
    const DATE: usize = 6;
    let bytes = text.as_bytes();
    let mut next = 0;
    std::iter::from_fn(move || {
        loop {
            let window = bytes.get(next..next + LENGTH)?;
            let at = next;
            // Texts are long and digits few: where the last of a date's digits is none, no date begins up to it.
            if !window.get(DATE - 1).is_some_and(u8::is_ascii_digit) {
                next += DATE;
                continue;
            }
            next += 1;
            let sign = window.get(DATE).map(u8::to_ascii_uppercase);
            if matches!(sign, Some(b'+' | b'-' | b'A'..=b'F' | b'U'..=b'Y')) {
                return Some(at);
            }
        }
    })
}

impl fmt::Debug for Hetu {
    /// Tells the kind only: a birth date and an individual number in a log identify a person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hetu").field("temporary", &self.is_temporary()).finish_non_exhaustive()
    }
}

impl fmt::Display for HetuError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            HetuError::Form => {
                "a personal identity code is ddmmyy, a sign for the century, three digits and a check character"
            }
            HetuError::BirthDate => "the calendar does not have the birth date",
            HetuError::IndividualNumber => "the individual numbers 000 and 001 are not given",
            HetuError::CheckCharacter => "the check character does not match the digits",
        })
    }
}

impl Error for HetuError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: birth date, sex, temporary.
    #[track_caller]
    fn check(input: &str, expected: Result<(&str, Sex, bool), HetuError>) {
        let read = Hetu::parse(input).map(|hetu| (hetu.birth_date().to_string(), hetu.sex(), hetu.is_temporary()));
        assert_eq!(read, expected.map(|(date, sex, temporary)| (date.to_owned(), sex, temporary)), "{input:?}");
    }

    /// Whether any check character makes the ten characters a code. Keeps ordinary codes out of the source: the ones
    /// asked about here would belong to people born in 2099.
    fn is_accepted_with_some_check_character(start: &str) -> bool {
        CHECK_CHARACTERS.iter().any(|check| Hetu::parse(&format!("{start}{}", char::from(*check))).is_ok())
    }

    #[test]
    fn published_test_codes_are_read() {
        use Sex::{Female, Male};
        for (input, date, sex) in [
            ("010594Y9032", "19940501", Male),
            ("010594Y9021", "19940501", Female),
            ("020594X903P", "19940502", Male),
            ("020594X902N", "19940502", Female),
            ("030594W903B", "19940503", Male),
            ("030694W9024", "19940603", Female),
            ("040594V9030", "19940504", Male),
            ("040594V902Y", "19940504", Female),
            ("050594U903M", "19940505", Male),
            ("050594U902L", "19940505", Female),
            ("010516B903X", "20160501", Male),
            ("010516B902W", "20160501", Female),
            ("020516C903K", "20160502", Male),
            ("020516C902J", "20160502", Female),
            ("030516D9037", "20160503", Male),
            ("030516D9026", "20160503", Female),
            ("010501E9032", "20010501", Male),
            ("020502E902X", "20020502", Female),
            ("020503F9037", "20030502", Male),
            ("020504A902E", "20040502", Female),
            ("020504B904H", "20040502", Female),
            ("200111A904P", "20110120", Female),
            ("180418A903L", "20180418", Male),
            ("010714-9983", "19140701", Female),
            ("080779-998C", "19790708", Female),
            ("030875-999Y", "19750803", Male),
            ("290165-980W", "19650129", Female),
            ("010181-900C", "19810101", Female),
            ("231069-9711", "19691023", Male),
            ("311080-999X", "19801031", Male),
        ] {
            check(input, Ok((date, sex, true)));
        }
    }

    #[test]
    fn an_ordinary_code_is_not_temporary() {
        // The specimen that public guides and libraries print.
        check("131052-308T", Ok(("19521013", Sex::Female, false)));
    }

    #[test]
    fn published_codes_with_a_wrong_check_character_are_refused() {
        for input in ["010111A998W", "010190-999Y", "010190-999X", "030810A999Y"] {
            check(input, Err(HetuError::CheckCharacter));
        }
        check("010190-999W", Ok(("19900101", Sex::Male, true)));
        check("010111A998F", Ok(("20110101", Sex::Female, true)));
        check("030810A9996", Ok(("20100803", Sex::Male, true)));
    }

    #[test]
    fn every_sign_tells_its_century() {
        for (signs, year) in [("+", "1894"), ("-YXWVU", "1994"), ("ABCDEF", "2094")] {
            for sign in signs.chars() {
                check(&format!("010594{sign}9032"), Ok((&format!("{year}0501"), Sex::Male, true)));
            }
        }
    }

    #[test]
    fn birth_dates_are_of_the_calendar() {
        // 2000 was a leap year, 1900 was not.
        assert!(is_accepted_with_some_check_character("290200A901"));
        for start in ["290200-901", "290201A901", "300200A901", "310494-901", "000194-901", "010094-901", "011394-901"]
        {
            assert!(!is_accepted_with_some_check_character(start), "{start}");
        }
        check("290200-9010", Err(HetuError::BirthDate));
    }

    #[test]
    fn individual_numbers_begin_at_002() {
        for (number, accepted) in [("000", false), ("001", false), ("002", true), ("899", true), ("900", true)] {
            assert_eq!(is_accepted_with_some_check_character(&format!("311299A{number}")), accepted, "{number}");
        }
        check("311299A0010", Err(HetuError::IndividualNumber));
    }

    #[test]
    fn other_forms_are_refused() {
        for input in [
            "",
            "010594Y903",
            "010594Y90322",
            " 010594Y9032",
            "010594Y9032 ",
            "010594y9032",
            "020516c903k",
            "010516B903x",
            "010594Z9032",
            "010594G9032",
            "010594 9032",
            "01059409032",
            "0105949032",
            "010594–9032",
            "01059aY9032",
            "010594Y90a2",
            "010594Y903G",
            "010594Y903I",
            "010594Y903Z",
            "+10594Y9032",
            "010594Y903é",
            "ääääää",
        ] {
            check(input, Err(HetuError::Form));
        }
    }

    #[test]
    fn the_code_is_not_in_its_debug_text() {
        let text = format!("{:?}", Hetu::parse("010594Y9032"));
        assert_eq!(text, "Ok(Hetu { temporary: true, .. })");
    }
}
