//! Whole numbers as pictures ask for them: in digits of any script, in Roman numerals, in letters, in English words.

use crate::error::{EvaluationError, fault};

/// How a name or a number in words is capitalized.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Case {
    /// `n`, `w`.
    Lower,
    /// `N`, `W`.
    Upper,
    /// `Nn`, `Ww`.
    Title,
}

/// The form a number is written in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Numeral {
    Digits(DigitPattern),
    Roman(Case),
    Letters(Case),
    Words(Case),
}

/// Digits of one script, with optional places and separators.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct DigitPattern {
    zero: char,
    /// How many digits there are at least.
    pub(crate) mandatory: usize,
    /// How many places the pattern has, the optional ones among them.
    pub(crate) places: usize,
    /// The separators with how many digits stand after them, from the last one.
    separators: Vec<(usize, char)>,
}

impl Numeral {
    /// Reads a format token: `1`, `001`, `#,##0`, `i`, `I`, `a`, `A`, `w`, `W`, `Ww`. `None` for a token that is not
    /// supported, `FOFD1340` for digits that make no pattern.
    pub(crate) fn read(token: &str) -> Result<Option<Numeral>, EvaluationError> {
        Ok(Some(match token {
            "i" => Numeral::Roman(Case::Lower),
            "I" => Numeral::Roman(Case::Upper),
            "a" => Numeral::Letters(Case::Lower),
            "A" => Numeral::Letters(Case::Upper),
            "w" => Numeral::Words(Case::Lower),
            "W" => Numeral::Words(Case::Upper),
            "Ww" => Numeral::Words(Case::Title),
            _ if token.chars().any(|character| character == '#' || zero_of(character).is_some()) => {
                Numeral::Digits(DigitPattern::read(token.chars().rev())?)
            }
            _ => return Ok(None),
        }))
    }

    /// Writes `number`, as an ordinal where asked for. It gets zeros before it, or spaces after it where it is not in
    /// digits, until it is `width` long.
    pub(crate) fn write(&self, number: u64, ordinal: bool, width: usize) -> String {
        let mut text = match self {
            Numeral::Digits(pattern) => {
                let suffix = if ordinal { ordinal_suffix(number) } else { "" };
                return pattern.write(number, width.saturating_sub(suffix.len())) + suffix;
            }
            Numeral::Roman(case) => capitalize(&roman(number), *case),
            Numeral::Letters(case) => capitalize(&letters(number), *case),
            Numeral::Words(case) => capitalize(&words(number, ordinal), *case),
        };
        pad(&mut text, width);
        text
    }
}

impl DigitPattern {
    /// The plain decimal digits.
    pub(crate) const PLAIN: DigitPattern = DigitPattern { zero: '0', mandatory: 1, places: 1, separators: Vec::new() };

    /// Reads the characters of a pattern from the last place to the first. `FOFD1340`.
    pub(crate) fn read(characters: impl Iterator<Item = char>) -> Result<DigitPattern, EvaluationError> {
        let wrong = fault("FOFD1340");
        let mut pattern = DigitPattern { zero: '0', mandatory: 0, places: 0, separators: Vec::new() };
        let mut after_separator = true;
        for character in characters {
            let zero = zero_of(character);
            if let Some(zero) = zero {
                // All of one script, and none before an optional place.
                if pattern.mandatory < pattern.places || pattern.mandatory > 0 && pattern.zero != zero {
                    return Err(wrong);
                }
                pattern.zero = zero;
                pattern.mandatory += 1;
            } else if character != '#' {
                if after_separator || character.is_alphanumeric() {
                    return Err(wrong);
                }
                pattern.separators.push((pattern.places, character));
            }
            after_separator = zero.is_none() && character != '#';
            pattern.places += usize::from(!after_separator);
        }
        if after_separator || pattern.mandatory == 0 { Err(wrong) } else { Ok(pattern) }
    }

    /// Whether only the script is given by it.
    pub(crate) fn is_single_digit(&self) -> bool {
        self.places == 1
    }

    fn write(&self, number: u64, width: usize) -> String {
        let digits = number.to_string();
        let padding = "0".repeat(self.mandatory.max(width).saturating_sub(digits.len()));
        let reversed = digits.chars().rev().chain(padding.chars());
        self.separate(reversed).chars().rev().collect()
    }

    /// The ASCII digits given, from the last place on, in the pattern's script and with its separators among them.
    pub(crate) fn separate(&self, digits: impl Iterator<Item = char>) -> String {
        let mut text = String::new();
        for (place, digit) in digits.enumerate() {
            if let Some(separator) = self.separator(place) {
                text.push(separator);
            }
            let value = digit.to_digit(10).unwrap_or_default();
            text.push(char::from_u32(u32::from(self.zero) + value).unwrap_or(digit));
        }
        text
    }

    /// The separator with `place` digits after it. Those at regular places go on to the left.
    fn separator(&self, place: usize) -> Option<char> {
        let (size, first) = *self.separators.first()?;
        let mut expected = (1..).map(|count| (count * size, first));
        let regular = self.separators.iter().all(|separator| expected.next() == Some(*separator))
            && self.places <= (self.separators.len() + 1) * size;
        if regular {
            (place > 0 && place.is_multiple_of(size)).then_some(first)
        } else {
            self.separators.iter().find(|(after, _)| *after == place).map(|(_, separator)| *separator)
        }
    }
}

/// Adds spaces until `text` has `width` characters.
pub(crate) fn pad(text: &mut String, width: usize) {
    let missing = width.saturating_sub(text.chars().count());
    text.extend(std::iter::repeat_n(' ', missing));
}

/// `text`, given in lower case, as `case` has it. "and" is never capitalized among other words.
pub(crate) fn capitalize(text: &str, case: Case) -> String {
    match case {
        Case::Lower => text.to_owned(),
        Case::Upper => text.to_uppercase(),
        Case::Title => {
            let mut title = String::new();
            for word in text.split_inclusive([' ', '-']) {
                let (first, rest) = word.split_at(usize::from(word != "and "));
                title.extend([&first.to_uppercase(), rest]);
            }
            title
        }
    }
}

/// The zeros of the scripts that have decimal digits (general category Nd), of the styles of mathematics only the first.
const ZEROS: [u32; 59] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0,
    0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0,
    0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60,
    0x16B50, 0x1D7CE, 0x1E140, 0x1E950,
];

/// The zero of the script that `character` is a decimal digit of.
pub(crate) fn zero_of(character: char) -> Option<char> {
    let code = u32::from(character);
    ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).and_then(|zero| char::from_u32(*zero))
}

fn ordinal_suffix(number: u64) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

/// In digits where the Romans had no numeral for it, or one that is too long to be of use.
fn roman(number: u64) -> String {
    const VALUES: [(u64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if number == 0 || number > 9999 {
        return number.to_string();
    }
    let mut rest = number;
    let mut text = String::new();
    for (value, numeral) in VALUES {
        while rest >= value {
            text.push_str(numeral);
            rest -= value;
        }
    }
    text
}

/// a to z, then aa, ab and so on; 0 has no letter.
fn letters(number: u64) -> String {
    if number == 0 {
        return number.to_string();
    }
    let mut rest = number;
    let mut reversed = Vec::new();
    while rest > 0 {
        rest -= 1;
        // Below 26.
        reversed.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    reversed.iter().rev().collect()
}

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// In the words of British English: "one thousand nine hundred and ninety-nine".
fn words(number: u64, ordinal: bool) -> String {
    let cardinal = cardinal(number);
    if !ordinal {
        return cardinal;
    }
    let start = cardinal.rfind([' ', '-']).map_or(0, |at| at + 1);
    let (before, last) = cardinal.split_at(start);
    let last = match last {
        "one" => "first".to_owned(),
        "two" => "second".to_owned(),
        "three" => "third".to_owned(),
        "five" => "fifth".to_owned(),
        "eight" => "eighth".to_owned(),
        "nine" => "ninth".to_owned(),
        "twelve" => "twelfth".to_owned(),
        _ => match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{last}th"),
        },
    };
    format!("{before}{last}")
}

fn cardinal(number: u64) -> String {
    if number == 0 {
        return "zero".to_owned();
    }
    let mut parts: Vec<String> = Vec::new();
    let mut rest = number;
    for (size, name) in [
        (1_000_000_000_000_000_000, "quintillion"),
        (1_000_000_000_000_000, "quadrillion"),
        (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1000, "thousand"),
        (1, ""),
    ] {
        let group = rest / size;
        rest %= size;
        if group == 0 {
            continue;
        }
        let group_words = below_thousand(group);
        if name.is_empty() {
            if group < 100 && !parts.is_empty() {
                parts.push("and".to_owned());
            }
            parts.push(group_words);
        } else {
            parts.push(format!("{group_words} {name}"));
        }
    }
    parts.join(" ")
}

fn below_thousand(number: u64) -> String {
    let word = |names: &[&'static str], at: u64| names.get(at as usize).copied().unwrap_or_default();
    match (number / 100, number % 100) {
        (0, rest @ 0..20) => word(&SMALL, rest).to_owned(),
        (0, rest) if rest % 10 == 0 => word(&TENS, rest / 10).to_owned(),
        (0, rest) => format!("{}-{}", word(&TENS, rest / 10), word(&SMALL, rest % 10)),
        (hundreds, 0) => format!("{} hundred", word(&SMALL, hundreds)),
        (hundreds, rest) => format!("{} hundred and {}", word(&SMALL, hundreds), below_thousand(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: &str, number: u64, ordinal: bool, expected: &str) {
        let numeral = Numeral::read(token).ok().flatten().unwrap_or(Numeral::Digits(DigitPattern::PLAIN));
        assert_eq!(numeral.write(number, ordinal, 0), expected, "{number} as {token}");
    }

    #[test]
    fn a_number_is_written_as_its_token_asks() {
        for (token, number, expected) in [
            ("1", 7, "7"),
            ("001", 7, "007"),
            ("01", 1234, "1234"),
            ("#,##0", 1_234_567, "1,234,567"),
            ("9;999", 2012, "2;012"),
            ("#,##0", 12, "12"),
            ("0,000", 12, "0,012"),
            ("0,00-0", 12345, "12,34-5"),
            ("\u{660}\u{661}", 7, "\u{660}\u{667}"),
            ("\u{104A0}", 12, "\u{104A1}\u{104A2}"),
            ("i", 1999, "mcmxcix"),
            ("I", 4, "IV"),
            ("I", 0, "0"),
            ("I", 12345, "12345"),
            ("a", 1, "a"),
            ("a", 26, "z"),
            ("A", 27, "AA"),
            ("A", 703, "AAA"),
            ("A", 0, "0"),
            ("w", 0, "zero"),
            ("w", 30, "thirty"),
            ("w", 151, "one hundred and fifty-one"),
            ("W", 2000, "TWO THOUSAND"),
            ("Ww", 1999, "One Thousand Nine Hundred and Ninety-Nine"),
            ("w", 1005, "one thousand and five"),
            ("w", 12345, "twelve thousand three hundred and forty-five"),
            ("w", 2_000_000_001, "two billion and one"),
            ("\u{2460}", 5, "5"),
        ] {
            check(token, number, false, expected);
        }
    }

    #[test]
    fn an_ordinal_ends_as_english_has_it() {
        for (token, number, expected) in [
            ("1", 1, "1st"),
            ("1", 2, "2nd"),
            ("1", 3, "3rd"),
            ("1", 4, "4th"),
            ("1", 11, "11th"),
            ("1", 12, "12th"),
            ("1", 113, "113th"),
            ("01", 1, "01st"),
            ("1", 21, "21st"),
            ("w", 0, "zeroth"),
            ("w", 20, "twentieth"),
            ("w", 12, "twelfth"),
            ("w", 31, "thirty-first"),
            ("Ww", 2003, "Two Thousand and Third"),
            ("w", 100, "one hundredth"),
        ] {
            check(token, number, true, expected);
        }
    }

    #[test]
    fn digits_that_make_no_pattern_are_refused() {
        for token in ["#", "0#", ",0", "0,", "0,,0", "0\u{660}", "1x", "##9#", "9#"] {
            assert_eq!(Numeral::read(token), Err(fault("FOFD1340")), "{token}");
        }
    }
}
