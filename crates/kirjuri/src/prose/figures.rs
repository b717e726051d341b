//! Days and numbers as people write them into a text: `13.5.2014`, `13.-15.5.`, `2014-05-13`, `37,5`.
//!
//! What is read here is compared with a coded value. Where a text may say the value in a way that is not read, in words or
//! in half, the answer is that it does.

use std::borrow::Cow;

use crate::identifiers::{Date, Timestamp};

/// A day as far as a text says it: a day of a month, with the month or without, with the year or without.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Written {
    day: u8,
    month: Option<u8>,
    /// As written, with two digits or four.
    year: Option<(u16, usize)>,
}

impl Written {
    fn may_be(self, date: Date) -> bool {
        let is_year = |(year, digits): (u16, usize)| match digits {
            2 => date.year() % 100 == year,
            _ => date.year() == year,
        };
        self.day == date.day() && self.month.is_none_or(|month| month == date.month()) && self.year.is_none_or(is_year)
    }
}

/// How many days of a year a text names in figures: `13.5.2014` or `2014-05-13`.
pub(crate) fn day_count(text: &str) -> usize {
    let mut count = 0;
    each_day(text, &mut |written| count += usize::from(written.year.is_some() && written.month.is_some()));
    count
}

/// Whether a text may name the day of a timestamp. It certainly does not where it names days of a year in figures and none
/// of the days it names is this one.
pub(crate) fn mentions_day(text: &str, timestamp: &str) -> bool {
    let Some(date) = Timestamp::parse(timestamp).ok().and_then(|time| time.date()) else { return true };
    let (mut is_named, mut is_mentioned) = (false, has_month_in_words(text));
    each_day(text, &mut |written| {
        is_named |= written.year.is_some() && written.month.is_some();
        is_mentioned |= written.may_be(date);
    });
    is_mentioned || !is_named
}

/// Whether a text may name a number. It certainly does not where it has figures and none of its numbers is this one.
pub(crate) fn mentions_number(text: &str, number: &str) -> bool {
    let Some(number) = Decimal::parse(number.trim()) else { return true };
    if !text.bytes().any(|byte| byte.is_ascii_digit())
        || text.contains(['½', '¼', '¾', '/'])
        || has_number_in_words(text)
    {
        return true;
    }
    numbers(text).any(|written| written == number)
}

/// Runs of digits with what stands before and behind them.
fn runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(|c: char| c.is_ascii_digit())?;
        let rest = text.get(start..)?;
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        at = start + length;
        Some((start, text.get(start..at)?))
    })
}

fn each_day(text: &str, tell: &mut impl FnMut(Written)) {
    let mut skip = 0;
    for (start, digits) in runs(text) {
        if start < skip {
            continue;
        }
        let rest = text.get(start + digits.len()..).unwrap_or_default();
        if let (4, Some((month, day, length))) = (digits.len(), iso_tail(rest)) {
            if let Ok(year) = digits.parse() {
                tell(Written { day, month: Some(month), year: Some((year, 4)) });
            }
            skip = start + digits.len() + length;
            continue;
        }
        let Some(day) = small(digits, 31) else { continue };
        // "13." alone is the day of a month that stands further on, or any ordinal.
        let Some((month, length)) = part(rest, 12) else {
            if rest.starts_with(['.', '-', '–', ':']) {
                tell(Written { day, month: None, year: None });
            }
            continue;
        };
        let behind = rest.get(length..).unwrap_or_default();
        let year = year(behind);
        // "3.5" may be a number: it is taken for a day of May all the same, since that accuses nobody.
        tell(Written { day, month: Some(month), year: year.map(|(year, digits, _)| (year, digits)) });
        skip = start + digits.len() + length + year.map_or(0, |(_, _, length)| length);
    }
}

/// A number of one or two digits from 1 to `most`.
fn small(digits: &str, most: u8) -> Option<u8> {
    digits.parse().ok().filter(|number| digits.len() <= 2 && (1..=most).contains(number))
}

/// The number behind a separator, and the length of both.
fn part(rest: &str, most: u8) -> Option<(u8, usize)> {
    let (length, digits) = behind_separator(rest)?;
    Some((small(digits, most)?, length + digits.len()))
}

fn year(rest: &str) -> Option<(u16, usize, usize)> {
    let (length, digits) = behind_separator(rest)?;
    let year = digits.parse().ok().filter(|_| matches!(digits.len(), 2 | 4))?;
    Some((year, digits.len(), length + digits.len()))
}

/// The digits behind `.` or `/`, and the length before them.
fn behind_separator(rest: &str) -> Option<(usize, &str)> {
    let behind = rest.strip_prefix(['.', '/'])?;
    let digits_from = behind.trim_start_matches([' ', '\u{a0}']);
    let length = digits_from.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits_from.len());
    let digits = digits_from.get(..length).filter(|digits| !digits.is_empty())?;
    Some((rest.len() - digits_from.len(), digits))
}

/// `-05-13` behind a year: month, day and length.
fn iso_tail(rest: &str) -> Option<(u8, u8, usize)> {
    let tail = rest.get(..6)?;
    let (month, day) = tail.strip_prefix('-')?.split_once('-')?;
    Some((small(month, 12)?, small(day, 31)?, 6))
}

/// Beginnings of the names of months in Finnish, Swedish and English.
const MONTHS: &[&str] = &[
    "tammik",
    "helmik",
    "maalisk",
    "huhtik",
    "toukok",
    "kesäk",
    "heinäk",
    "elok",
    "syysk",
    "lokak",
    "marrask",
    "jouluk",
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
    "january",
    "february",
    "march",
    "may",
    "june",
    "july",
    "august",
    "october",
];

fn has_month_in_words(text: &str) -> bool {
    words(text).any(|word| MONTHS.iter().any(|month| word.starts_with(month)))
}

/// Words for small numbers in Finnish and Swedish, in the forms in which a dose or a duration is written.
const NUMBERS: &[&str] = &[
    "yksi",
    "yhden",
    "kaksi",
    "kahden",
    "kahta",
    "kolme",
    "kolmen",
    "neljä",
    "neljän",
    "viisi",
    "viiden",
    "kuusi",
    "kuuden",
    "seitsemän",
    "kahdeksan",
    "yhdeksän",
    "kymmenen",
    "puoli",
    "puolet",
    "puolikas",
    "puolikkaan",
    "puolitoista",
    "pari",
    "en",
    "ett",
    "två",
    "tre",
    "fyra",
    "fem",
    "sex",
    "sju",
    "åtta",
    "nio",
    "tio",
    "halv",
    "halva",
    "tolv",
];

fn has_number_in_words(text: &str) -> bool {
    words(text).any(|word| NUMBERS.contains(&word.as_str()))
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A number without what does not count: zeros before and behind.
#[derive(PartialEq, Eq, Debug)]
struct Decimal<'t> {
    whole: Cow<'t, str>,
    fraction: &'t str,
}

impl<'t> Decimal<'t> {
    fn parse(text: &'t str) -> Option<Decimal<'t>> {
        let text = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        (!whole.is_empty() && is_digits(whole) && is_digits(fraction)).then(|| Decimal::new(whole.into(), fraction))
    }

    fn new(whole: Cow<'t, str>, fraction: &'t str) -> Decimal<'t> {
        let whole = match whole {
            Cow::Borrowed(whole) => whole.trim_start_matches('0').into(),
            Cow::Owned(whole) => whole.trim_start_matches('0').to_owned().into(),
        };
        Decimal { whole, fraction: fraction.trim_end_matches('0') }
    }
}

/// The numbers of a text; a space may stand between thousands, so that such figures are read both ways.
fn numbers(text: &str) -> impl Iterator<Item = Decimal<'_>> {
    runs(text).flat_map(move |(start, digits)| {
        let rest = text.get(start + digits.len()..).unwrap_or_default();
        let alone = Decimal::new(digits.into(), fraction(rest));
        [Some(alone), thousands(digits, rest)].into_iter().flatten()
    })
}

/// `1 000,5`: groups of three digits behind a space.
fn thousands<'t>(digits: &str, mut rest: &'t str) -> Option<Decimal<'t>> {
    let mut whole = digits.to_owned();
    while let Some(behind) = rest.strip_prefix([' ', '\u{a0}', '\u{202f}']) {
        let Some((group, behind)) = behind.split_at_checked(3) else { break };
        let is_group =
            group.bytes().all(|byte| byte.is_ascii_digit()) && !behind.starts_with(|c: char| c.is_ascii_digit());
        if !is_group || digits.len() > 3 || whole.len() > 15 {
            break;
        }
        whole.push_str(group);
        rest = behind;
    }
    (whole.len() > digits.len()).then(|| Decimal::new(whole.into(), fraction(rest)))
}

/// The digits behind the point or comma that a text begins with.
fn fraction(rest: &str) -> &str {
    let digits = rest.strip_prefix(['.', ',']).unwrap_or_default();
    digits.get(..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len())).unwrap_or_default()
}

/// `yes` or `no` where a whole text is nothing but that answer, in Finnish, Swedish or English; else empty.
pub(crate) fn answer(text: &str) -> &'static str {
    let word = text.trim().trim_end_matches(['.', '!']).trim_end();
    let is = |answers: &[&str]| answers.iter().any(|answer| word.to_lowercase() == *answer);
    match word.len() {
        0..=6 if is(&["kyllä", "on", "joo", "ja", "jo", "yes", "k"]) => "yes",
        0..=6 if is(&["ei", "ei ole", "nej", "no", "e"]) => "no",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_found_as_people_write_it() {
        for (text, day, expected) in [
            ("Tapaturma 13.5.2014 kotona.", "20140513", true),
            ("Tapaturma 13.05.2014 kotona.", "20140513", true),
            ("13. 5. 2014", "201405131200", true),
            ("13.5.14", "20140513", true),
            ("2014-05-13", "20140513", true),
            ("13/5/2014", "20140513", true),
            ("13.5.2014 - 9.10.2014", "20141009", true),
            ("13.–15.5.2014", "20140513", true),
            ("13.5.–15.6.2014", "20140513", true),
            ("13.5. ja 15.6.2014", "20140513", true),
            ("toukokuun 13. ja 9.10.2014", "20140513", true),
            ("ei päiväystä", "20140513", true),
            ("klo 12.30", "20140513", true),
            ("14.5.2014", "20140513", false),
            ("13.6.2014", "20140513", false),
            ("13.5.2015", "20140513", false),
            ("13.5.15", "20140513", false),
            ("2014-05-14", "20140513", false),
            ("14.5.2014", "201405", true),
            ("14.5.2014", "", true),
            ("14.5.2014", "20140230", true),
            ("99.99.9999", "20140513", true),
        ] {
            assert_eq!(mentions_day(text, day), expected, "{text} {day}");
        }
    }

    #[test]
    fn days_of_a_year_are_counted() {
        for (text, expected) in [
            ("", 0),
            ("13.5.", 0),
            ("13.5.2014", 1),
            ("13.5.2014–15.5.2014", 2),
            ("2014-05-13 klo 12.30", 1),
            ("5.", 0),
        ] {
            assert_eq!(day_count(text), expected, "{text}");
        }
    }

    #[test]
    fn a_number_is_found_as_people_write_it() {
        for (text, number, expected) in [
            ("lämpö 37,5 astetta", "37.5", true),
            ("lämpö 37.50", "37.5", true),
            ("RR 130/80", "130", true),
            ("RR 130/80", "131", true),
            ("paino 82 kg", "82", true),
            ("paino 82 kg", "82.0", true),
            ("paino 82 kg", "28", false),
            ("paino 82,4 kg", "82", false),
            ("1 000 ml", "1000", true),
            ("1 000,5 ml", "1000.5", true),
            ("1 tabletti 2 kertaa", "2", true),
            ("puolikas tabletti 2 kertaa", "0.5", true),
            ("ei mitattu", "5", true),
            ("007", "7", true),
            ("7", "", true),
            ("7", "n", true),
            ("0,0", "0", true),
            ("ä1 ö", "1", true),
            ("1 ä", "10", false),
        ] {
            assert_eq!(mentions_number(text, number), expected, "{text} {number}");
        }
    }

    #[test]
    fn an_answer_is_the_whole_text() {
        for (text, expected) in [
            ("Kyllä", "yes"),
            (" ei. ", "no"),
            ("Nej", "no"),
            ("Ja", "yes"),
            ("Ei tiedossa", ""),
            ("", ""),
            ("eiä", ""),
        ] {
            assert_eq!(answer(text), expected, "{text}");
        }
    }
}
