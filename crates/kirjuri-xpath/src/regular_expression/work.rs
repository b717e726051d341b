//! Estimates how much work a regular expression can make, before it is compiled and before it is run.
//!
//! The `regex` crate needs time that grows with the length of the text times the size of the expression at worst, and
//! does not say how much it needed. Most expressions are far from the worst, so the estimate is a fraction of it.

/// What the compiler makes of a class of characters, in characters: many classes have hundreds of ranges.
const CLASS: u64 = 32;

/// Counted repetitions multiply; what is this large is refused when it is compiled.
const LARGEST: u64 = 1 << 32;

/// What a regular expression can cost.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub(crate) struct Work {
    /// How many characters and classes there are when counted repetitions are written out.
    positions: u64,
    /// The same with the size of the classes, and with groups and branches, which are compiled also where they are empty.
    size: u64,
    /// Whether a search can go far beyond the match it finds: `a.*b|a` reads all of a text for each `a` in it.
    looks_ahead: bool,
}

impl Work {
    /// Estimates the work of an expression; `is_literal` if it is plain text.
    pub(crate) fn of(pattern: &str, is_literal: bool) -> Work {
        let length = pattern.len() as u64;
        match is_literal {
            true => Work { positions: length, size: length, looks_ahead: false },
            false => Reader::default().read(pattern),
        }
    }

    /// Whether an expression is below the limit of what can be compiled: of the largest classes there can be 255. What
    /// lies too deep in one another is refused when it is translated.
    pub(crate) fn is_small(self) -> bool {
        self.size <= 260 * CLASS
    }

    /// What it costs to compile, in nodes.
    pub(crate) fn to_compile(self) -> u64 {
        (1 << 12) + self.size.saturating_mul(256)
    }

    /// What it costs to search a text of so many bytes once, in nodes.
    pub(crate) fn to_search(self, length: usize) -> u64 {
        (length as u64).saturating_mul(1 + self.positions) / 16
    }

    /// What it costs at each match to have read on, where so many bytes are left.
    pub(crate) fn to_look_ahead(self, left: usize) -> u64 {
        if self.looks_ahead { left as u64 / 8 } else { 0 }
    }
}

/// A part of an expression: its positions and its size.
#[derive(Clone, Copy, Default)]
struct Part(u64, u64);

impl Part {
    fn add(&mut self, other: Part) {
        *self = Part(self.0.saturating_add(other.0).min(LARGEST), self.1.saturating_add(other.1).min(LARGEST));
    }

    fn times(self, count: u64) -> Part {
        Part(self.0.saturating_mul(count).min(LARGEST), self.1.saturating_mul(count).min(LARGEST))
    }
}

#[derive(Default)]
struct Reader {
    /// What stands before each open group, in the group around it.
    open: Vec<Part>,
    /// What stands in the group so far.
    inside: Part,
    /// The last atom, which a quantifier repeats.
    last: Part,
    has_loop: bool,
    /// Whether there is a choice, of branches or of leaving out a group.
    has_choice: bool,
}

impl Reader {
    /// An expression that is wrong, or white space that a flag removes, makes the estimate no more than inexact.
    fn read(mut self, pattern: &str) -> Work {
        let mut rest = pattern.chars();
        let mut is_group = false;
        while let Some(c) = rest.next() {
            let was_group = std::mem::take(&mut is_group);
            match c {
                '(' => self.open.push(std::mem::replace(&mut self.inside, Part(0, 1))),
                ')' => {
                    self.last = self.inside;
                    self.inside = self.open.pop().unwrap_or_default();
                    self.inside.add(self.last);
                    is_group = true;
                }
                '|' => {
                    self.has_choice = true;
                    self.inside.add(Part(0, 1));
                }
                '?' => self.has_choice |= was_group,
                '*' | '+' => {
                    self.has_loop = true;
                    self.has_choice |= was_group;
                }
                '{' => {
                    let counts: String = rest.by_ref().take_while(|c| *c != '}').collect();
                    self.repeat(&counts);
                    self.has_choice |= was_group;
                }
                '\\' => {
                    let escape = rest.next();
                    if matches!(escape, Some('p' | 'P')) {
                        rest.by_ref().take_while(|c| *c != '}').for_each(drop);
                    }
                    let is_class = escape.is_some_and(|c| c.is_ascii_alphabetic() && !matches!(c, 'n' | 'r' | 't'));
                    self.atom(if is_class { CLASS } else { 1 });
                }
                '[' => {
                    skip_class(&mut rest);
                    self.atom(CLASS);
                }
                _ => self.atom(1),
            }
        }
        while let Some(before) = self.open.pop() {
            self.inside.add(before);
        }
        let Part(positions, size) = self.inside;
        Work { positions, size, looks_ahead: self.has_loop && self.has_choice }
    }

    fn atom(&mut self, size: u64) {
        self.last = Part(1, size);
        self.inside.add(self.last);
    }

    /// `3`, `3,` or `3,5`
    fn repeat(&mut self, counts: &str) {
        let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
        self.has_loop |= most.is_empty();
        let count = least.parse().unwrap_or(LARGEST).max(most.parse().unwrap_or_default());
        self.inside.add(self.last.times(count.saturating_sub(1)));
        self.last = self.last.times(count.max(1));
    }
}

/// Goes behind the bracket that closes a class.
fn skip_class(rest: &mut std::str::Chars<'_>) {
    let mut depth = 1_usize;
    while let Some(c) = rest.next() {
        match c {
            '\\' => drop(rest.next()),
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regular_expression::RegularExpression;

    #[track_caller]
    fn check(pattern: &str, positions: u64, size: u64, looks_ahead: bool) {
        assert_eq!(Work::of(pattern, false), Work { positions, size, looks_ahead }, "{pattern}");
    }

    #[test]
    fn counted_repetitions_multiply() {
        check("", 0, 0, false);
        check("abc", 3, 3, false);
        check(r"\d{4}-\d{2}", 7, 193, false);
        check("(a{300}){300}b", 90_001, 90_301, false);
        check("((ab){2}c){10}", 50, 80, false);
        check("(a{2}b){3}{0}", 9, 12, false);
        check("(()|){9}a", 1, 28, false);
        check(r"\p{Lu}{3}\n\{[a-z-[\]x]]{2,5}", 10, 3 * 32 + 2 + 5 * 32, false);
        check("a{99999999}{99999999}", LARGEST, LARGEST, false);
        check("a{99999999999999999999999}", LARGEST, LARGEST, false);
        check("((a", 1, 3, false);
        check("a))", 1, 1, false);
        check("[a", 1, 32, false);
    }

    #[test]
    fn a_loop_beside_a_choice_can_look_ahead() {
        check("a.*b|a", 4, 5, true);
        check("a(b*c)?", 3, 4, true);
        check("(ab*){2,}", 4, 6, true);
        check(r"\s*,\s*", 3, 65, false);
        check("a?b{2,}", 3, 3, false);
        check("a|b{2}", 3, 4, false);
    }

    #[test]
    fn what_is_small_can_be_compiled_whatever_its_classes_are() {
        for class in ["\\w", "\\C", "\\p{Cn}"] {
            let pattern = format!("^\\c{class}{{0,254}}$");
            assert!(Work::of(&pattern, false).is_small(), "{pattern}");
            assert_eq!(RegularExpression::compile(&pattern, "i").unwrap().is_match("a"), Ok(true), "{pattern}");
        }
        // What is empty is compiled as well.
        for (empty, times) in [("()", 100), ("|", 200), ("(|)", 80), ("(())", 50), ("", 0)] {
            let of = |count: usize| format!("({}a){{{count}}}", empty.repeat(times));
            assert!(!Work::of(&of(8000), false).is_small(), "{empty}");
            let largest = (1..8000).take_while(|&count| Work::of(&of(count), false).is_small()).last().unwrap();
            for pattern in [of(largest), format!("(){{{largest}}}")] {
                assert!(Work::of(&pattern, false).is_small(), "{pattern}");
                let expression = RegularExpression::compile(&pattern, "i").unwrap();
                assert!(expression.is_match("a").is_ok(), "{pattern}");
            }
        }
        let long = "(aina|alltid|[a-zåäö]*)|".repeat(150);
        assert!(Work::of(&long, false).is_small());
        assert_eq!(RegularExpression::compile(&long, "i").unwrap().is_match("aina"), Ok(true));
    }

    #[test]
    fn what_is_translated_is_compiled_however_deep_it_is() {
        let nested = |groups: usize, classes: usize| {
            let class = format!("{}[\\C]{}", "[^\\c-".repeat(classes), "]".repeat(classes));
            format!("{}{class}{}", "(^x$|y{2}".repeat(groups), "z)+".repeat(groups))
        };
        let deepest = |nested: &dyn Fn(usize) -> String| {
            (0..100).take_while(|&depth| RegularExpression::compile(&nested(depth), "i").is_ok()).last().unwrap()
        };
        let (groups, classes) = (deepest(&|depth| nested(depth, 0)), deepest(&|depth| nested(0, depth)));
        assert_eq!((groups, classes), (40, 20));
        for flags in ["", "i"] {
            let expression = RegularExpression::compile(&nested(groups, classes), flags).unwrap();
            assert!(expression.is_match("").is_ok(), "{groups} groups, {classes} classes");
        }
    }

    #[test]
    fn plain_text_is_as_large_as_it_is_long() {
        assert_eq!(Work::of("a{9}*|", true), Work { positions: 6, size: 6, looks_ahead: false });
    }
}
