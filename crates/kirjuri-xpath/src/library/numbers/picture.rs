//! The pictures of `format-number()` with the default decimal format (XSLT 2.0, section 16.4).
//!
//! Where that text leaves open what is written, as for a picture without any `0`, this follows Functions and Operators
//! 3.1, section 4.7, as processors of both versions do.

use crate::error::{EvaluationError, fault};
use crate::value::Atomic;

/// A number as its decimal digits.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Digits {
    NotANumber,
    Infinite {
        negative: bool,
    },
    Finite {
        negative: bool,
        /// ASCII digits before the point, without leading zeros.
        whole: Vec<u8>,
        /// ASCII digits after the point.
        fraction: Vec<u8>,
    },
}

impl Digits {
    pub(super) fn of(number: &Atomic<'_>) -> Digits {
        match number.primitive() {
            Atomic::Integer(integer) => Digits::read(&integer.to_string()),
            Atomic::Decimal(decimal) if decimal.is_zero() => Digits::read("0"),
            Atomic::Decimal(decimal) => Digits::read(&decimal.to_string()),
            Atomic::Float(float) => Digits::of_double(f64::from(*float)),
            Atomic::Double(double) => Digits::of_double(*double),
            _ => Digits::NotANumber,
        }
    }

    /// The shortest decimal number that reads back as the same double.
    fn of_double(double: f64) -> Digits {
        match double {
            double if double.is_nan() => Digits::NotANumber,
            double if double.is_infinite() => Digits::Infinite { negative: double < 0.0 },
            double => Digits::read(&double.to_string()),
        }
    }

    fn read(text: &str) -> Digits {
        let (negative, unsigned) = text.strip_prefix('-').map_or((false, text), |unsigned| (true, unsigned));
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let whole = whole.trim_start_matches('0');
        Digits::Finite { negative, whole: whole.into(), fraction: fraction.into() }
    }
}

/// A picture: how positive numbers are written, and negative ones where that is said.
#[derive(Debug)]
pub(super) struct Picture<'p> {
    positive: SubPicture<'p>,
    negative: Option<SubPicture<'p>>,
}

#[derive(Debug)]
struct SubPicture<'p> {
    prefix: &'p str,
    suffix: &'p str,
    /// How many places the point moves: two for per cent, three for per mille.
    shift: usize,
    /// At least so many digits before the point.
    least_whole: usize,
    whole_groups: Groups,
    /// At least and at most so many digits after the point.
    least_fraction: usize,
    most_fraction: usize,
    /// After how many digits behind the point a separator stands.
    fraction_groups: Vec<usize>,
}

/// After how many digits, counted from the point, a separator stands.
#[derive(PartialEq, Debug)]
enum Groups {
    Every(usize),
    At(Vec<usize>),
}

impl<'p> Picture<'p> {
    /// Reads a picture; `XTDE1310` where it is none.
    pub(super) fn read(picture: &'p str) -> Result<Picture<'p>, EvaluationError> {
        match picture.split_once(';') {
            None => Ok(Picture { positive: SubPicture::read(picture)?, negative: None }),
            Some((positive, negative)) => {
                Ok(Picture { positive: SubPicture::read(positive)?, negative: Some(SubPicture::read(negative)?) })
            }
        }
    }

    /// The text of a number.
    pub(super) fn write(&self, digits: Digits) -> String {
        let negative = match digits {
            Digits::NotANumber => return "NaN".to_owned(),
            Digits::Infinite { negative } | Digits::Finite { negative, .. } => negative,
        };
        let (sign, picture) = match &self.negative {
            Some(picture) if negative => ("", picture),
            _ if negative => ("-", &self.positive),
            _ => ("", &self.positive),
        };
        let number = match digits {
            Digits::Finite { whole, fraction, .. } => picture.write(whole, fraction),
            _ => "Infinity".to_owned(),
        };
        [sign, picture.prefix, &number, picture.suffix].concat()
    }
}

fn is_active(character: char) -> bool {
    character.is_ascii_digit() || matches!(character, '#' | ',' | '.')
}

impl<'p> SubPicture<'p> {
    fn read(picture: &'p str) -> Result<SubPicture<'p>, EvaluationError> {
        let wrong = || fault("XTDE1310");
        let start = picture.find(is_active).ok_or(wrong())?;
        // Active characters take one byte each.
        let end = picture.rfind(is_active).map_or(picture.len(), |last| last + 1);
        let (prefix, rest) = picture.split_at_checked(start).ok_or(wrong())?;
        let (active, suffix) = rest.split_at_checked(end - start).ok_or(wrong())?;
        let (whole, fraction) = active.split_once('.').unwrap_or((active, ""));
        let is_wrong = !active.chars().all(is_active)
            || fraction.contains('.')
            || !active.contains(|c: char| c.is_ascii_digit() || c == '#')
            || active.contains(",,")
            || whole.ends_with(',')
            || fraction.starts_with(',')
            || picture.contains(';')
            // What must be written stands next to the point.
            || after_digits(whole).contains('#')
            || after_marks(fraction).contains(|c: char| c.is_ascii_digit());
        let shift = match (picture.matches('%').count(), picture.matches('‰').count()) {
            (0, 0) => 0,
            (1, 0) => 2,
            (0, 1) => 3,
            _ => return Err(wrong()),
        };
        if is_wrong {
            return Err(wrong());
        }
        let required = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
        let most_fraction = places(fraction);
        let (mut least_whole, mut least_fraction) = (required(whole), required(fraction));
        if least_whole == 0 && most_fraction == 0 {
            least_whole = 1;
        } else if least_whole == 0 && least_fraction == 0 {
            least_fraction = 1;
        }
        let whole_groups = whole.match_indices(',').map(|(at, _)| places(whole.get(at..).unwrap_or_default()));
        let fraction_groups = fraction.match_indices(',').map(|(at, _)| places(fraction.get(..at).unwrap_or_default()));
        Ok(SubPicture {
            prefix,
            suffix,
            shift,
            least_whole,
            whole_groups: Groups::of(whole_groups.rev().collect(), places(whole)),
            least_fraction,
            most_fraction,
            fraction_groups: fraction_groups.collect(),
        })
    }

    fn write(&self, mut whole: Vec<u8>, mut fraction: Vec<u8>) -> String {
        while fraction.len() < self.shift {
            fraction.push(b'0');
        }
        whole.extend(fraction.drain(..self.shift));
        round(&mut whole, &mut fraction, self.most_fraction);
        while fraction.len() > self.least_fraction && fraction.last() == Some(&b'0') {
            fraction.pop();
        }
        while fraction.len() < self.least_fraction {
            fraction.push(b'0');
        }
        let zeros = whole.iter().take_while(|digit| **digit == b'0').count();
        whole.drain(..zeros);
        let missing = self.least_whole.saturating_sub(whole.len());
        let digits = std::iter::repeat_n(b'0', missing).chain(whole.iter().copied());

        let mut text = String::with_capacity(2 * (missing + whole.len() + fraction.len()));
        let count = missing + whole.len();
        for (index, digit) in digits.enumerate() {
            if index > 0 && self.whole_groups.separate(count - index) {
                text.push(',');
            }
            text.push(char::from(digit));
        }
        if !fraction.is_empty() {
            text.push('.');
        }
        let mut groups = self.fraction_groups.iter().peekable();
        for (index, digit) in fraction.iter().enumerate() {
            if groups.next_if(|at| **at == index).is_some() {
                text.push(',');
            }
            text.push(char::from(*digit));
        }
        text
    }
}

impl Groups {
    /// From the places of the separators, the nearest to the point first. They go on beyond a picture with room for
    /// `room` digits where they stand after every so many digits of it.
    fn of(places: Vec<usize>, room: usize) -> Groups {
        match places.first() {
            Some(size) if places.iter().copied().eq((*size..room).step_by(*size)) => Groups::Every(*size),
            _ => Groups::At(places),
        }
    }

    /// Whether a separator stands before the last `count` digits.
    fn separate(&self, count: usize) -> bool {
        match self {
            Groups::Every(size) => count.is_multiple_of(*size),
            Groups::At(places) => places.binary_search(&count).is_ok(),
        }
    }
}

/// How many digits a part of a picture has room for.
fn places(part: &str) -> usize {
    part.len() - part.matches(',').count()
}

/// What follows the first digit.
fn after_digits(part: &str) -> &str {
    part.find(|c: char| c.is_ascii_digit()).and_then(|first| part.get(first..)).unwrap_or_default()
}

/// What follows the first `#`.
fn after_marks(part: &str) -> &str {
    part.find('#').and_then(|first| part.get(first..)).unwrap_or_default()
}

/// Rounds to at most so many digits behind the point, halves to the even digit.
fn round(whole: &mut Vec<u8>, fraction: &mut Vec<u8>, most: usize) {
    let Some(dropped) = fraction.get(most..).filter(|dropped| !dropped.is_empty()) else { return };
    let last = most.checked_sub(1).map_or(whole.last(), |last| fraction.get(last));
    let odd = last.is_some_and(|digit| digit % 2 == 1);
    let up = match dropped.split_first() {
        Some((b'5', rest)) => odd || rest.iter().any(|digit| *digit != b'0'),
        Some((first, _)) => *first > b'5',
        None => false,
    };
    fraction.truncate(most);
    if !up {
        return;
    }
    for digit in fraction.iter_mut().rev().chain(whole.iter_mut().rev()) {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    whole.insert(0, b'1');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: &str, picture: &str, expected: &str) {
        let digits = match number {
            "NaN" => Digits::NotANumber,
            "INF" | "-INF" => Digits::Infinite { negative: number.starts_with('-') },
            number => Digits::read(number),
        };
        let written = Picture::read(picture).map_or_else(|error| format!("{error:?}"), |picture| picture.write(digits));
        assert_eq!(written, expected, "{number} as {picture:?}");
    }

    #[test]
    fn numbers_are_written_as_the_picture_says() {
        check("12345678.9", "#,##0.00", "12,345,678.90");
        check("1234567.891", "#,###.#", "1,234,567.9");
        check("1", "1", "1");
        check("12", "5", "12");
        check("7", "000", "007");
        check("7", "$0.00 EUR", "$7.00 EUR");
        check("5", ".00", "5.00");
        check("0.5", ".00", ".50");
        check("5", "0.", "5");
        check("0.0000000001", "0.#", "0");
        check("123456789012345678901234567890", "0", "123456789012345678901234567890");
        check("5", "'0'", "'5'");
        check("5", "€#,##0.00", "€5.00");
    }

    #[test]
    fn groups_go_on_where_they_are_regular() {
        check("12345678", "##,#####,#", "12,34567,8");
        check("12345678", "#,###,##", "123,456,78");
        check("1234567", "#,##,##,###", "12,34,567");
        check("1234", "#,0", "1,2,3,4");
        check("1234567", "0,0,0", "1,2,3,4,5,6,7");
        check("1234", "0000,000", "0001,234");
        check("7", ",0", "7");
        check("1234567", "000,000", "1,234,567");
        check("12.3456789", "0.##,##,#", "12.34,56,8");
        check("12.3456789", "0.00,00,00,00", "12.34,56,78,90");
        check("0.1234567", "0.0,00,0##", "0.1,23,457");
    }

    #[test]
    fn halves_go_to_the_even_digit() {
        check("2.675", "0.00", "2.68");
        check("0.125", "0.00", "0.12");
        check("0.375", "0.00", "0.38");
        check("8.5", "0", "8");
        check("9.5", "0", "10");
        check("0.5", "0", "0");
        check("999.995", "0.00", "1000.00");
        check("0.99999999999", "0.00", "1.00");
    }

    #[test]
    fn a_picture_that_asks_for_no_digit_gives_one() {
        check("0", "#", "0");
        check("0.4", "#", "0");
        check("0", "#.##", ".0");
        check("0.05", "#.#", ".0");
        check("5", "#.##", "5.0");
        check("0", ".##", ".0");
        check("0", "#.", "0");
    }

    #[test]
    fn parts_of_a_hundred_or_a_thousand_move_the_point() {
        check("0.256", "0%", "26%");
        check("0.256", "0.0‰", "256.0‰");
        check("7", "0‰;(0%)", "7000‰");
        check("0.05", "#.#%", "5.0%");
        check("5", "%0", "%500");
    }

    #[test]
    fn negative_numbers_have_a_sign_or_a_picture_of_their_own() {
        check("-5", "0", "-5");
        check("-5", "(0)", "-(5)");
        check("-5", "0;(0)", "(5)");
        check("-5", "0;0", "5");
        check("-0.4", "#", "-0");
        check("-1000", "#,##0;(#,##0.0)", "(1,000.0)");
        check("NaN", "0%", "NaN");
        check("INF", "<0>", "<Infinity>");
        check("-INF", "<0>", "-<Infinity>");
        check("-INF", "0;(0)", "(Infinity)");
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let wrong = [
            "", ".", "abc", "0 0", "1st 0", "0..0", "0,.0", "0.,0", "#0#", ".#0", "%0%", "0%‰", "0;0;0", "0;", ";0",
            "a0b;c", "0,", "#,,0",
        ];
        for picture in wrong {
            check("7", picture, r#"Dynamic(ErrorCode("XTDE1310"))"#);
        }
    }
}
