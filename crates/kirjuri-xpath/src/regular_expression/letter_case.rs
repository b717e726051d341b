//! Which characters differ in case only, for the flag `i` of a regular expression.
//!
//! Two characters are case variants of each other when their lower cases or their upper cases are equal (F&O 7.6.1.1).
//! That is wider than the simple case folding of the `regex` crate in a few places and narrower in others, so a
//! regular expression is written with all its variants instead of with that crate's flag.

use std::collections::HashMap;
use std::sync::OnceLock;

/// No letter with a case has a higher code point.
const LAST_CASED: char = '\u{1FFFF}';

/// Every character with each of its variants but itself, in the order of the characters.
static VARIANTS: OnceLock<Vec<(char, char)>> = OnceLock::new();

/// The case variants of the characters from `first` to `last`, without what is in that range itself. One that is a
/// variant of several comes as often.
pub(crate) fn variants(first: char, last: char) -> impl Iterator<Item = char> {
    let all = VARIANTS.get_or_init(all_variants);
    let from = all.partition_point(|pair| pair.0 < first);
    let to = all.partition_point(|pair| pair.0 <= last);
    let pairs = all.get(from..to).unwrap_or_default();
    pairs.iter().map(|pair| pair.1).filter(move |variant| !(first..=last).contains(variant))
}

fn all_variants() -> Vec<(char, char)> {
    // What has one lower case, or one upper case, is one group. A character that is its own lower or upper case is in a
    // group only if others are mapped to it, and most characters have no case at all: neither is listed before that.
    let mut groups: HashMap<(bool, Mapped), Vec<char>> = HashMap::new();
    for c in '\0'..=LAST_CASED {
        for (is_upper, mapped) in [(false, Mapped::of(c.to_lowercase())), (true, Mapped::of(c.to_uppercase()))] {
            if mapped != Mapped::itself(c) {
                groups.entry((is_upper, mapped)).or_default().push(c);
            }
        }
    }
    let mut pairs = Vec::new();
    for ((is_upper, mapped), mut group) in groups {
        if let Some(c) = mapped.single().filter(|c| Mapped::of_case(*c, is_upper) == mapped) {
            group.push(c);
        }
        for &one in &group {
            pairs.extend(group.iter().filter(|&&other| other != one).map(|&other| (one, other)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// What a character is mapped to: at most three characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Mapped([char; 3]);

impl Mapped {
    fn of(mut mapped: impl Iterator<Item = char>) -> Mapped {
        Mapped([(); 3].map(|()| mapped.next().unwrap_or_default()))
    }

    fn of_case(c: char, is_upper: bool) -> Mapped {
        if is_upper { Mapped::of(c.to_uppercase()) } else { Mapped::of(c.to_lowercase()) }
    }

    fn itself(c: char) -> Mapped {
        Mapped([c, '\0', '\0'])
    }

    fn single(self) -> Option<char> {
        Some(self.0[0]).filter(|c| Mapped::itself(*c) == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: char, last: char, expected: &str) {
        assert_eq!(variants(first, last).collect::<String>(), expected, "{first}-{last}");
    }

    #[test]
    fn the_variants_of_a_letter_are_its_other_cases() {
        check('a', 'a', "A");
        check('K', 'K', "k\u{212A}");
        check('\u{212A}', '\u{212A}', "Kk");
        check('s', 's', "Sſ");
        check('Σ', 'Σ', "ςσ");
        check('ǅ', 'ǅ', "Ǆǆ");
        check('ä', 'ä', "Ä");
        check('1', '1', "");
        check('ß', 'ß', "ẞ");
    }

    #[test]
    fn a_range_gives_what_is_outside_it() {
        check('x', 'z', "XYZ");
        check('\0', '\u{10FFFF}', "");
        check('b', 'a', "");
    }
}
