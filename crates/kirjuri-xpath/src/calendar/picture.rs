//! Dates and times as a picture string asks for them: `fn:format-dateTime`, `fn:format-date`, `fn:format-time`
//! (XSLT 2.0, 16.5, with the digit patterns of *XPath and XQuery Functions and Operators 3.0*, 9.8.4).
//!
//! What the standard leaves open is answered as Saxon answers it: `a.m.`, `AD`, `Thurs`, the week that a month's
//! last days belong to. The one language is English.

use crate::calendar::DateTime;
use crate::calendar::duration::{is_white_space, split};
use crate::calendar::numeral::{Case, DigitPattern, Numeral, capitalize, pad, zero_of};
use crate::error::{EvaluationError, fault};

/// Which components a value has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Held {
    /// All of them: an `xs:dateTime`.
    DateTime,
    /// Those of an `xs:date`.
    Date,
    /// Those of an `xs:time`.
    Time,
}

/// Writes `value` by `picture`. `language` and `calendar` are the third and the fourth argument of the functions; where
/// they cannot be followed, the text says before it what was taken in their place: `[Language: en]`, `[Calendar: AD]`.
///
/// `FOFD1340` for a picture or calendar that is none, `FOFD1350` for a component that the value does not have.
pub(crate) fn format(
    value: &DateTime,
    held: Held,
    picture: &str,
    language: Option<&str>,
    calendar: Option<&str>,
) -> Result<String, EvaluationError> {
    let mut text = String::new();
    if !calendar.map_or(Ok(true), is_gregorian)? {
        text.push_str("[Calendar: AD]");
    }
    if !language.is_none_or(|language| language == "en" || language.starts_with("en-")) {
        text.push_str("[Language: en]");
    }
    let mut rest = picture;
    while let Some(at) = rest.find(['[', ']']) {
        let (before, bracket) = rest.split_at(at);
        text.push_str(before);
        if let Some(after) = bracket.strip_prefix("[[") {
            text.push('[');
            rest = after;
        } else if let Some(after) = bracket.strip_prefix("]]") {
            text.push(']');
            rest = after;
        } else {
            // A `]` alone is an error.
            let (marker, after) = bracket.strip_prefix('[').and_then(|inner| inner.split_once(']')).ok_or(WRONG)?;
            text.push_str(&Marker::read(marker)?.write(value, held)?);
            rest = after;
        }
    }
    text.push_str(rest);
    Ok(text)
}

const WRONG: EvaluationError = EvaluationError::Dynamic(crate::error::ErrorCode::new("FOFD1340"));
/// The widest a component can be asked to be, far beyond any use and far below what would eat memory.
const WIDEST: usize = 1000;
/// The designators of calendars (XSLT 2.0, 16.5.2).
const CALENDARS: [&str; 29] = [
    "AD", "AH", "AME", "AM", "AP", "AS", "BE", "CB", "CE", "CL", "CS", "EE", "FE", "ISO", "JE", "KE", "KY", "ME", "MS",
    "NS", "OS", "RS", "SE", "SH", "SS", "TE", "VE", "VS", "OE",
];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Each with its abbreviation and how much of that tells it from the other days.
const DAYS: [(&str, &str, usize); 7] = [
    ("monday", "mon", 1),
    ("tuesday", "tues", 2),
    ("wednesday", "weds", 1),
    ("thursday", "thurs", 2),
    ("friday", "fri", 1),
    ("saturday", "sat", 2),
    ("sunday", "sun", 2),
];

/// Whether a calendar is one that is followed. `FOFD1340` for a name that is none.
fn is_gregorian(calendar: &str) -> Result<bool, EvaluationError> {
    let name = calendar.trim_matches(is_white_space);
    let name = match name.strip_prefix("Q{").and_then(|rest| rest.split_once('}')) {
        Some(("", local)) => local,
        // One in a namespace is of somebody's own making.
        Some((_, local)) if !local.is_empty() => return Ok(false),
        _ => name,
    };
    match name {
        "AD" | "ISO" => Ok(true),
        _ if CALENDARS.contains(&name) => Ok(false),
        _ => Err(WRONG),
    }
}

/// A variable marker, `[D01o,2-2]`.
struct Marker {
    component: char,
    /// The first presentation modifier, empty where there is none.
    token: String,
    /// The second one: `o`, `t`, `a` or `c`.
    modifier: Option<char>,
    width: Option<Width>,
}

#[derive(Clone, Copy)]
struct Width {
    least: Option<usize>,
    most: Option<usize>,
}

impl Width {
    fn read(text: &str) -> Result<Width, EvaluationError> {
        let bound = |text: &str| match text {
            "*" => Ok(None),
            _ if !text.bytes().all(|byte| byte.is_ascii_digit()) => Err(WRONG),
            _ => text.parse().ok().filter(|bound| (1..=WIDEST).contains(bound)).map(Some).ok_or(WRONG),
        };
        let (least, most) = match text.split_once('-') {
            Some((least, most)) => (bound(least)?, bound(most)?),
            None => (bound(text)?, None),
        };
        match (least, most) {
            (Some(least), Some(most)) if least > most => Err(WRONG),
            _ => Ok(Width { least, most }),
        }
    }
}

impl Marker {
    fn read(text: &str) -> Result<Marker, EvaluationError> {
        // White space anywhere within is ignored.
        let text: String = text.chars().filter(|character| !is_white_space(*character)).collect();
        let mut characters = text.chars();
        let component = characters.next().filter(|letter| "YMDdFWwHhPmsfZzCE".contains(*letter)).ok_or(WRONG)?;
        // The last comma, since those before it separate digits.
        let (presentation, width) = match characters.as_str().rsplit_once(',') {
            Some((presentation, width)) => (presentation, Some(Width::read(width)?)),
            None => (characters.as_str(), None),
        };
        // Alone it is a first modifier: `a` is a numbering of its own.
        let modifier =
            presentation.chars().last().filter(|last| presentation.len() > 1 && matches!(last, 'o' | 't' | 'a' | 'c'));
        let token = presentation.get(..presentation.len() - usize::from(modifier.is_some())).unwrap_or_default();
        Ok(Marker { component, token: token.to_owned(), modifier, width })
    }

    fn write(&self, value: &DateTime, held: Held) -> Result<String, EvaluationError> {
        let absent = match held {
            Held::DateTime => "",
            Held::Date => "HhPmsf",
            Held::Time => "YMDdFWwE",
        };
        if absent.contains(self.component) {
            return Err(fault("FOFD1350"));
        }
        match self.component {
            'Y' => self.year(value),
            'M' if self.case().is_some() => Ok(self.month_name(value)),
            'M' => self.number(u64::from(value.month()), 1),
            'D' => self.number(u64::from(value.day()), 1),
            'd' => self.number(u64::from(value.day_of_year()), 1),
            'F' if self.is_number()? => self.number(u64::from(value.day_of_week()), 1),
            'F' => Ok(self.day_name(value)),
            'W' => self.number(u64::from(value.week_of_year()), 1),
            'w' => self.number(u64::from(value.week_of_month()), 1),
            'H' => self.number(u64::from(value.hour()), 1),
            'h' => self.number(u64::from((value.hour() + 11) % 12 + 1), 1),
            'm' => self.number(u64::from(value.minute()), 2),
            's' => {
                let (second, _) = split(value.second(), 1);
                self.number(u64::try_from(second).unwrap_or_default(), 2)
            }
            'f' => self.fraction(value),
            'P' => Ok(self.half_of_day(value)),
            'E' => Ok(if value.year() > 0 { "AD" } else { "BC" }.to_owned()),
            'C' => Ok("Gregorian".to_owned()),
            _ => Ok(self.zone(value)),
        }
    }

    /// How a name is asked to be capitalized, where a name is asked for.
    fn case(&self) -> Option<Case> {
        match self.token.as_str() {
            "n" => Some(Case::Lower),
            "N" => Some(Case::Upper),
            "Nn" => Some(Case::Title),
            _ => None,
        }
    }

    fn is_number(&self) -> Result<bool, EvaluationError> {
        Ok(Numeral::read(&self.token)?.is_some())
    }

    fn least(&self) -> usize {
        self.width.and_then(|width| width.least).unwrap_or_default()
    }

    fn most(&self) -> Option<usize> {
        self.width.and_then(|width| width.most)
    }

    /// A number as the token asks for it; without a token in `digits` digits at least.
    fn number(&self, number: u64, digits: usize) -> Result<String, EvaluationError> {
        let (numeral, digits) = match Numeral::read(&self.token)? {
            Some(numeral) => (numeral, 1),
            None => (Numeral::Digits(DigitPattern::PLAIN), digits),
        };
        Ok(numeral.write(number, self.modifier == Some('o'), digits.max(self.least())))
    }

    /// The year; in digits only the last of them, where a width is given or a pattern of more digits than one.
    fn year(&self, value: &DateTime) -> Result<String, EvaluationError> {
        let places = match (Numeral::read(&self.token)?, self.width) {
            (None | Some(Numeral::Digits(_)), Some(width)) => width.most,
            (Some(Numeral::Digits(pattern)), None) if !pattern.is_single_digit() => Some(pattern.places),
            _ => None,
        };
        let year = u64::from(value.year().unsigned_abs());
        let limit = places.and_then(|places| 10_u64.checked_pow(u32::try_from(places).ok()?));
        self.number(limit.map_or(year, |limit| year % limit), 1)
    }

    fn month_name(&self, value: &DateTime) -> String {
        let name = MONTHS.get(usize::from(value.month()).wrapping_sub(1)).copied().unwrap_or_default();
        // Less than three letters would not tell the months apart.
        let name = self.most().and_then(|most| name.get(..most.max(3))).unwrap_or(name);
        self.name(name)
    }

    fn day_name(&self, value: &DateTime) -> String {
        let day = usize::from(value.day_of_week()).wrapping_sub(1);
        let (name, abbreviation, telling) = DAYS.get(day).copied().unwrap_or_default();
        let name = match self.most() {
            Some(most) if most < name.len() => {
                let letters = if most <= 2 && self.least() <= 1 { telling } else { most.max(2) };
                abbreviation.get(..letters).unwrap_or(abbreviation)
            }
            _ => name,
        };
        self.name(name)
    }

    fn name(&self, name: &str) -> String {
        // Capitalized where nothing is said, though the standard's default is `n`: Saxon does so.
        let mut text = capitalize(name, self.case().unwrap_or(Case::Title));
        pad(&mut text, self.least());
        text
    }

    fn half_of_day(&self, value: &DateTime) -> String {
        let (short, middle, long) = if value.hour() < 12 { ("a", "am", "a.m.") } else { ("p", "pm", "p.m.") };
        let name = match self.most() {
            Some(1) => short,
            Some(2 | 3) => middle,
            _ => long,
        };
        match self.case() {
            // Of the long form both letters begin a word.
            Some(Case::Title) if name == middle => capitalize(name, Case::Title),
            Some(Case::Upper | Case::Title) => name.to_uppercase(),
            None | Some(Case::Lower) => name.to_owned(),
        }
    }

    /// The digits of the second after the point, cut off, not rounded.
    fn fraction(&self, value: &DateTime) -> Result<String, EvaluationError> {
        let is_pattern = self.token.chars().any(|character| character == '#' || zero_of(character).is_some());
        // Read from the first place on, as the digits of a fraction count.
        let pattern = if is_pattern { DigitPattern::read(self.token.chars())? } else { DigitPattern::PLAIN };
        let least = pattern.mandatory.max(self.least());
        let most = match self.width {
            Some(width) => width.most.map(|most| most.max(pattern.places)),
            None if pattern.is_single_digit() => None,
            None => Some(pattern.places),
        };
        let (_, fraction) = split(value.second(), 1);
        let scale = fraction.scale() as usize;
        let mut digits = if scale == 0 { String::new() } else { format!("{:0scale$}", fraction.mantissa()) };
        digits.truncate(most.unwrap_or(digits.len()));
        let kept = digits.trim_end_matches('0').len();
        digits.truncate(kept);
        let padding = "0".repeat(least.saturating_sub(digits.len()));
        Ok(pattern.separate(digits.chars().chain(padding.chars())))
    }

    /// `Z`: the offset from UTC; `z`: the same after `GMT`. Nothing for a value without a time zone.
    fn zone(&self, value: &DateTime) -> String {
        let Some(zone) = value.zone() else {
            // The letter of local time.
            return if self.token == "Z" { "J".to_owned() } else { String::new() };
        };
        let military = if self.token == "Z" { military_letter(zone) } else { None };
        if let Some(letter) = military {
            return letter.to_string();
        }
        // No names of time zones are known but that of the offset 0.
        if zone == 0 && (self.modifier == Some('t') || self.case().is_some()) {
            return "Z".to_owned();
        }
        let form = self.offset_form();
        let (sign, minutes) = (if zone < 0 { '-' } else { '+' }, u64::from(zone.unsigned_abs()));
        let digits = |number: u64, count: usize| {
            let pattern: String = std::iter::repeat_n(form.zero, count).collect();
            // A zero repeated is always a pattern.
            match Numeral::read(&pattern) {
                Ok(Some(numeral)) => numeral.write(number, false, 0),
                _ => number.to_string(),
            }
        };
        let mut text = String::from(if self.component == 'z' && self.token != "Z" { "GMT" } else { "" });
        text.push(sign);
        text.push_str(&digits(minutes / 60, form.hour_digits));
        if form.minutes || minutes % 60 != 0 {
            text.push_str(&form.separator);
            text.push_str(&digits(minutes % 60, 2));
        }
        text
    }

    fn offset_form(&self) -> OffsetForm {
        let usual = OffsetForm { zero: '0', hour_digits: 2, separator: ":".to_owned(), minutes: true };
        if self.token.is_empty() {
            let Some(width) = self.width else { return usual };
            let hour_digits = if width.least.unwrap_or(1) == 1 { 1 } else { 2 };
            return OffsetForm { hour_digits, minutes: width.most.is_none_or(|most| most > 4), ..usual };
        }
        let zeros: Vec<Option<char>> = self.token.chars().map(zero_of).collect();
        let Some(Some(zero)) = zeros.first().copied() else { return usual };
        if zeros.iter().flatten().any(|other| *other != zero) {
            return usual;
        }
        match zeros.iter().position(Option::is_none) {
            None if zeros.len() <= 2 => OffsetForm { zero, hour_digits: zeros.len(), minutes: false, ..usual },
            None if zeros.len() <= 4 => {
                OffsetForm { zero, hour_digits: zeros.len() - 2, separator: String::new(), ..usual }
            }
            Some(at @ 1..=2) if zeros.len() == at + 3 && zeros.iter().skip(at + 1).all(Option::is_some) => {
                let separator = self.token.chars().skip(at).take(1).collect();
                OffsetForm { zero, hour_digits: at, separator, ..usual }
            }
            _ => usual,
        }
    }
}

/// How the offset of a time zone is written.
struct OffsetForm {
    zero: char,
    hour_digits: usize,
    separator: String,
    /// Whether minutes are written that are 0.
    minutes: bool,
}

/// The letter of a whole number of hours within 12; J is left out.
fn military_letter(zone: i16) -> Option<char> {
    const EAST: &[u8] = b"ZABCDEFGHIKLM";
    const WEST: &[u8] = b"ZNOPQRSTUVWXY";
    if zone % 60 != 0 {
        return None;
    }
    let letters = if zone < 0 { WEST } else { EAST };
    letters.get(usize::from(zone.unsigned_abs() / 60)).copied().map(char::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str, picture: &str, language: Option<&str>, calendar: Option<&str>) -> String {
        let (held, value) = match value.find([':', 'T']) {
            Some(2) => (Held::Time, DateTime::parse_time(value)),
            Some(10) => (Held::DateTime, DateTime::parse_date_time(value)),
            _ => (Held::Date, DateTime::parse_date(value)),
        };
        match value.and_then(|value| format(&value, held, picture, language, calendar)) {
            Ok(text) => text,
            Err(EvaluationError::Dynamic(code)) => format!("!{}", code.as_str()),
            Err(_) => String::new(),
        }
    }

    /// What is expected starts with `!` for an error's code.
    fn check(value: &str, picture: &str, expected: &str) {
        assert_eq!(written(value, picture, None, None), expected, "{value} by {picture}");
    }

    #[test]
    fn a_date_is_written_by_its_picture() {
        for (value, picture, expected) in [
            ("2003-09-07", "[Y]-[M01]-[D]", "2003-09-7"),
            ("2003-09-07", "[Y0001]-[M01]-[D01]", "2003-09-07"),
            ("2003-09-07", "[D1] [MI] [Y]", "7 IX 2003"),
            ("2003-09-07", "[D1o] [MNn] [Y] [D01o] [Dwo] [DWw]", "7th September 2003 07th seventh Seven"),
            ("2003-09-07", "[[[Y]]] [ D 01 ] [M\n01]]]", "[2003] 07 09]"),
            ("2003-09-07", "", ""),
            ("2003-09-07", "[Y01] [Y001] [Y,2-2] [Y,*-2] [Y,2] [Y9;999]", "03 003 03 3 2003 2;003"),
            ("0985-03-01", "[Y,4-4] [Y,3-4] [Y,2-2] [Y,3] [M,4-4] [M,*-2] [M,3]", "0985 985 85 985 0003 3 003"),
            ("-0044-03-15", "[Y] [E] [YI] [Ya]", "44 BC XLIV ar"),
            ("2003-09-07", "[C] [E] [EN]", "Gregorian AD AD"),
            ("2003-09-07", "[F] [FN] [Fn] [FNn,3-3] [F1] [F01] [FI]", "Sunday SUNDAY sunday Sun 7 07 VII"),
            ("2003-09-04", "[F,1-1] [F,2-2] [F,4-4] [F,6-6]|[F,8-8] [F,10]|", "Th Th Thur Thurs |Thursday Thursday  |"),
            ("2003-09-07", "[MNn,3-3] [MN,3-4] [Mn,1-1] [MNn,11]|", "Sep SEPT sep September  |"),
            ("2003-09-07", "[d] [W] [w] [Ww] [wo]", "250 36 1 thirty-six 1"),
            ("2005-01-01", "[W] [w] [d]", "53 5 1"),
            ("2005-05-31", "[W01] [w] [dwo]", "22 5 one hundred and fifty-first"),
            ("2003-09-07", "[M\u{e51}]-[D\u{e50}\u{e51}]", "\u{e59}-\u{e50}\u{e57}"),
            ("2003-09-07", "[D\u{2460}] [DN] [D1c] [D,2]", "7 7 7 07"),
            ("2016-01-01", "[Y#.0]", "1.6"),
            ("2012-05-18", "[Y9,999,*] [Y9999,9]", "2,012 000002012"),
        ] {
            check(value, picture, expected);
        }
    }

    #[test]
    fn a_time_is_written_by_its_picture() {
        for (value, picture, expected) in [
            ("09:15:06.456", "[H]:[m]:[s] [H01] [s1] [h] [P]", "9:15:06 09 6 9 a.m."),
            ("15:05:06", "[h].[m] [P] [PN] [PNn] [PN,2-2] [PNn,2-2] [P,1-1]", "3.05 p.m. P.M. P.M. PM Pm p"),
            ("00:00:30", "[h] [H] [m] [m1] [m,3] [H1,2]", "12 0 00 0 000 00"),
            ("12:00:00", "[h] [P,*-2]", "12 pm"),
            ("00:00:30.4567", "[f] [f1] [f01] [f001] [f,1-1] [f,1-3] [f,6-6]", "4567 4567 45 456 4 456 456700"),
            ("00:00:30", "[f] [f01] [f,2-4] [f001]", "0 00 00 000"),
            ("09:15:06.006", "[f,4-4] [f,2-2] [f,*-2] [f,1-4]", "0060 00 0 006"),
            ("12:01:01.999", "[f99] [f99#] [f0'0'0] [f1###,3-3]", "99 999 9'9'9 999"),
            ("12:01:01.5", "[f1###,2-3] [f\u{660}\u{660}]", "50 \u{665}\u{660}"),
            ("2003-09-07T13:05:06.789", "[H01][m][s] [Hw] [mWw]", "130506 thirteen Five"),
        ] {
            check(value, picture, expected);
        }
    }

    #[test]
    fn a_time_zone_is_written_by_its_picture() {
        for (value, picture, expected) in [
            ("12:00:00+02:00", "[Z] [z] [Z1] [z01] [Z0:01] [Z0101]", "+02:00 GMT+02:00 +2 GMT+02 +2:00 +0200"),
            ("12:00:00-05:30", "[Z] [z] [Z1] [z0] [Z999] [Z00~00]", "-05:30 GMT-05:30 -5:30 GMT-5:30 -530 -05~30"),
            ("12:00:00Z", "[Z] [z] [Z1] [Z1t] [Z01:01t] [ZN]", "+00:00 GMT+00:00 +0 Z Z Z"),
            ("12:00:00+02:00", "[ZN] [ZI] [Z#] [Z00000]", "+02:00 +02:00 +02:00 +02:00"),
            ("12:00:00-00:30", "[Z] [Z1] [Z001]", "-00:30 -0:30 -030"),
            ("12:00:00+02:00", "[Z,6-6] [z,6-6] [Z,2-2] [z,1-3] [Z,1]", "+02:00 GMT+02:00 +02 GMT+2 +2:00"),
            ("12:00:00", "[Z]|[z]|[ZN]|[ZZ]", "|||J"),
            ("12:00:00Z", "[ZZ]", "Z"),
            ("12:00:00+01:00", "[ZZ]", "A"),
            ("12:00:00+10:00", "[ZZ]", "K"),
            ("12:00:00-12:00", "[ZZ]", "Y"),
            ("12:00:00+13:00", "[ZZ]", "+13:00"),
            ("12:00:00+05:30", "[ZZ] [Z\u{660}\u{660}:\u{660}\u{660}]", "+05:30 +\u{660}\u{665}:\u{663}\u{660}"),
        ] {
            check(value, picture, expected);
        }
    }

    #[test]
    fn a_picture_that_is_none_is_refused() {
        for picture in [
            "[",
            "]",
            "[Y",
            "Y]",
            "[Y]]",
            "[]",
            "[q]",
            "[y]",
            "[bla]",
            "[[Y]",
            "[Y,]",
            "[Y,a]",
            "[Y,0]",
            "[Y,4-3]",
            "[Y,1-]",
            "[Y,-1]",
            "[Y,*-0]",
            "[Y,1-2-3]",
            "[Y,99999999999]",
            "[Y,1001]",
            "[Y999#]",
            "[Y#]",
            "[D0x]",
        ] {
            check("2003-09-07", picture, "!FOFD1340");
        }
        for picture in ["[f#99]", "[f1,3-2]", "[f#9\u{660}]"] {
            check("12:00:00", picture, "!FOFD1340");
        }
    }

    #[test]
    fn a_component_that_is_not_held_is_an_error() {
        for component in "HhPmsf".chars() {
            check("2003-09-07", &format!("[{component}]"), "!FOFD1350");
        }
        for component in "YMDdFWwE".chars() {
            check("12:00:00", &format!("[{component}]"), "!FOFD1350");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_said_in_the_text() {
        for (language, calendar, expected) in [
            (Some("en"), Some("AD"), "September"),
            (Some("en-GB"), Some(" ISO "), "September"),
            (None, Some("Q{}AD"), "September"),
            (Some("fi"), None, "[Language: en]September"),
            (Some(""), None, "[Language: en]September"),
            (None, Some("AH"), "[Calendar: AD]September"),
            (Some("sv"), Some("CB"), "[Calendar: AD][Language: en]September"),
            (None, Some("Q{urn:example}MY"), "[Calendar: AD]September"),
            (None, Some("XX"), "!FOFD1340"),
            (None, Some(""), "!FOFD1340"),
            (None, Some("Q{urn:example}"), "!FOFD1340"),
        ] {
            assert_eq!(written("2003-09-07", "[MNn]", language, calendar), expected, "{language:?} {calendar:?}");
        }
    }
}
