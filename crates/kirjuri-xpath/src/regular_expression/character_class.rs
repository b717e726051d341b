//! The sets of characters a regular expression of XPath names: single characters, ranges, escapes such as `\i` and
//! `\p{Lu}`, and classes in brackets with subtraction (XSD 1.0 part 2, appendix F), written for the `regex` crate.
//!
//! Where XSD 1.0 is narrower than Saxon about a hyphen in a class, Saxon is followed, as XSD 1.1 is: `[0-9-.]` and
//! `[\s-a]` have a plain hyphen in them.

use std::fmt::Write;

use crate::error::{EvaluationError, fault};
use crate::regular_expression::letter_case::variants;
use crate::regular_expression::unicode_blocks::block;

/// Classes can stand in one another this deep; each level is a level of the stack.
const DEEPEST: usize = 20;

/// How much is written at most, in bytes. The `regex` crate limits what it builds, but not what it reads.
pub(crate) const LONGEST: usize = 1 << 20;

/// What `\i` stands for: the initial characters of a name of XML (fifth edition, as Saxon has it) and the colon.
const NAME_START: &str = ":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}\
    \\x{200C}-\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}\\x{F900}-\\x{FDCF}\
    \\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}";

/// What `\c` has beside `\i`.
const NAME_FURTHER: &str = "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}";

/// The general categories of Unicode and their groups.
const CATEGORIES: [&str; 36] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
];

/// No regular expression: FORX0002.
pub(crate) fn invalid() -> EvaluationError {
    fault("FORX0002")
}

/// Reads a regular expression from its start.
pub(crate) struct Scanner<'p> {
    rest: &'p str,
}

impl<'p> Scanner<'p> {
    pub(crate) fn new(pattern: &'p str) -> Scanner<'p> {
        Scanner { rest: pattern }
    }

    /// The character `ahead` characters after the next one.
    pub(crate) fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.chars().nth(ahead)
    }

    /// Takes a mark if it stands next.
    pub(crate) fn accept(&mut self, mark: &str) -> bool {
        let behind = self.rest.strip_prefix(mark);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    /// Takes all before a mark, and the mark; `None` without the mark.
    fn take_until(&mut self, mark: char) -> Option<&'p str> {
        let (before, behind) = self.rest.split_once(mark)?;
        self.rest = behind;
        Some(before)
    }
}

impl Iterator for Scanner<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    }
}

/// A set of characters. Whether the two ends of lines are in it is known apart, for [`CharacterSet::exchanged`].
pub(crate) struct CharacterSet {
    /// In the syntax of the `regex` crate: in brackets or an escape, so that it can stand alone and in brackets.
    text: String,
    has_line_feed: bool,
    has_carriage_return: bool,
}

impl CharacterSet {
    fn new(text: String) -> CharacterSet {
        CharacterSet { text, has_line_feed: false, has_carriage_return: false }
    }

    /// What `.` stands for: any character, without the ends of lines unless `all`.
    pub(crate) fn any(all: bool) -> CharacterSet {
        let text = if all { "[\\x{0}-\\x{10FFFF}]" } else { "[^\\n\\r]" };
        CharacterSet { text: text.to_owned(), has_line_feed: all, has_carriage_return: all }
    }

    /// The characters from `first` to `last`, with their case variants if `case_blind`.
    pub(crate) fn range(first: char, last: char, case_blind: bool) -> CharacterSet {
        let mut text = String::from("[");
        write_range(&mut text, u32::from(first), u32::from(last));
        if case_blind {
            variants(first, last).for_each(|variant| write_range(&mut text, u32::from(variant), u32::from(variant)));
        }
        text.push(']');
        let range = first..=last;
        CharacterSet { text, has_line_feed: range.contains(&'\n'), has_carriage_return: range.contains(&'\r') }
    }

    /// A category (`Lu`) or a block (`IsBasicLatin`).
    fn property(name: &str) -> Result<CharacterSet, EvaluationError> {
        let Some(block_name) = name.strip_prefix("Is") else {
            // Surrogates are no characters; the `regex` crate has no name for them.
            let text = match name {
                "" => return Err(invalid()),
                "Cs" => "[a&&b]".to_owned(),
                known if CATEGORIES.contains(&known) => format!("\\p{{{known}}}"),
                _ => return Err(invalid()),
            };
            let has_controls = matches!(name, "C" | "Cc");
            return Ok(CharacterSet { text, has_line_feed: has_controls, has_carriage_return: has_controls });
        };
        let mut ranges = String::new();
        for (first, last) in block(block_name) {
            match (char::from_u32(first), char::from_u32(last)) {
                (Some(_), Some(_)) => write_range(&mut ranges, first, last),
                _ => ranges.push_str("[a&&b]"),
            }
        }
        if ranges.is_empty() {
            return Err(invalid());
        }
        let has_controls = block_name == "BasicLatin";
        let text = format!("[{ranges}]");
        Ok(CharacterSet { text, has_line_feed: has_controls, has_carriage_return: has_controls })
    }

    fn union(self, other: CharacterSet) -> CharacterSet {
        CharacterSet {
            text: self.text + &other.text,
            has_line_feed: self.has_line_feed || other.has_line_feed,
            has_carriage_return: self.has_carriage_return || other.has_carriage_return,
        }
    }

    fn without(self, other: CharacterSet) -> CharacterSet {
        CharacterSet {
            text: format!("[{}--{}]", self.text, other.text),
            has_line_feed: self.has_line_feed && !other.has_line_feed,
            has_carriage_return: self.has_carriage_return && !other.has_carriage_return,
        }
    }

    fn complement(self) -> CharacterSet {
        CharacterSet {
            text: format!("[^{}]", self.text),
            has_line_feed: !self.has_line_feed,
            has_carriage_return: !self.has_carriage_return,
        }
    }

    /// The set in the syntax of the `regex` crate.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The set for a text in which U+000D stands for U+000A and U+0001 for U+000D, and U+000A is no part of the text.
    pub(crate) fn exchanged(&self) -> String {
        let line_feed = if self.has_line_feed { "\\r" } else { "" };
        let carriage_return = if self.has_carriage_return { "\\x{1}" } else { "" };
        format!("[[{}--[\\n\\r\\x{{1}}]]{line_feed}{carriage_return}]", self.text)
    }
}

fn write_range(text: &mut String, first: u32, last: u32) {
    // Writing to a string does not fail.
    let _ = match first == last {
        true => write!(text, "\\x{{{first:X}}}"),
        false => write!(text, "\\x{{{first:X}}}-\\x{{{last:X}}}"),
    };
}

/// What an escape stands for.
pub(crate) enum Escape {
    /// One character.
    Single(char),
    /// A set, which cannot be the end of a range.
    Set(CharacterSet),
}

/// Reads an escape behind its backslash. A digit is not taken: what it means depends on where it stands.
pub(crate) fn read_escape(scanner: &mut Scanner<'_>) -> Result<Escape, EvaluationError> {
    let letter = scanner.next().ok_or_else(invalid)?;
    let set = match letter {
        'n' => return Ok(Escape::Single('\n')),
        'r' => return Ok(Escape::Single('\r')),
        't' => return Ok(Escape::Single('\t')),
        '\\' | '|' | '.' | '?' | '*' | '+' | '(' | ')' | '{' | '}' | '-' | '[' | ']' | '^' | '$' => {
            return Ok(Escape::Single(letter));
        }
        's' | 'S' => CharacterSet { text: "[ \\t\\n\\r]".to_owned(), has_line_feed: true, has_carriage_return: true },
        'i' | 'I' => CharacterSet::new(format!("[{NAME_START}]")),
        'c' | 'C' => CharacterSet::new(format!("[{NAME_START}{NAME_FURTHER}]")),
        'd' | 'D' => CharacterSet::new("\\p{Nd}".to_owned()),
        'w' | 'W' => CharacterSet::new("[^\\p{P}\\p{Z}\\p{C}]".to_owned()),
        'p' | 'P' => {
            let name = if scanner.accept("{") { scanner.take_until('}') } else { None };
            CharacterSet::property(name.ok_or_else(invalid)?)?
        }
        _ => return Err(invalid()),
    };
    Ok(Escape::Set(if letter.is_ascii_uppercase() { set.complement() } else { set }))
}

/// Reads a class behind its opening bracket, up to its closing one.
pub(crate) fn read_class(scanner: &mut Scanner<'_>, case_blind: bool) -> Result<CharacterSet, EvaluationError> {
    read_nested_class(scanner, case_blind, 0)
}

fn read_nested_class(
    scanner: &mut Scanner<'_>,
    case_blind: bool,
    depth: usize,
) -> Result<CharacterSet, EvaluationError> {
    if depth > DEEPEST {
        return Err(invalid());
    }
    let is_negative = scanner.accept("^");
    let mut class: Option<CharacterSet> = None;
    let taken = loop {
        let item = match scanner.next().ok_or_else(invalid)? {
            ']' => break None,
            '-' if scanner.accept("[") => {
                let taken = read_nested_class(scanner, case_blind, depth + 1)?;
                if !scanner.accept("]") {
                    return Err(invalid());
                }
                break Some(taken);
            }
            '[' => return Err(invalid()),
            '-' => match (scanner.peek(0), scanner.peek(1)) {
                // A hyphen starts no range, not even before a hyphen.
                (Some('-'), following) if following != Some('[') => return Err(invalid()),
                _ => CharacterSet::range('-', '-', false),
            },
            '\\' => match read_escape(scanner)? {
                Escape::Single(first) => read_range(scanner, first, case_blind)?,
                Escape::Set(set) => set,
            },
            first => read_range(scanner, first, case_blind)?,
        };
        let union = match class {
            Some(class) => class.union(item),
            None => item,
        };
        if union.text.len() > LONGEST {
            return Err(invalid());
        }
        class = Some(union);
    };
    let class = class.ok_or_else(invalid)?;
    let class = CharacterSet { text: format!("[{}]", class.text), ..class };
    let class = if is_negative { class.complement() } else { class };
    Ok(match taken {
        Some(taken) => class.without(taken),
        None => class,
    })
}

/// Reads the rest of a range behind its first character, or nothing where that character stands for itself.
fn read_range(scanner: &mut Scanner<'_>, first: char, case_blind: bool) -> Result<CharacterSet, EvaluationError> {
    let is_range = match (scanner.peek(0), scanner.peek(1)) {
        (Some('-'), Some(']' | '[')) => false,
        (Some('-'), Some('-')) if scanner.peek(2) == Some('[') => false,
        (following, _) => following == Some('-'),
    };
    if !is_range {
        return Ok(CharacterSet::range(first, first, case_blind));
    }
    scanner.next();
    let last = match scanner.next().ok_or_else(invalid)? {
        '-' => return Err(invalid()),
        '\\' => match read_escape(scanner)? {
            Escape::Single(last) => last,
            Escape::Set(_) => return Err(invalid()),
        },
        last => last,
    };
    match first <= last {
        true => Ok(CharacterSet::range(first, last, case_blind)),
        false => Err(invalid()),
    }
}

#[cfg(test)]
mod tests {
    use crate::regular_expression::RegularExpression;
    use crate::regular_expression::tests::{check_match, check_matches};

    #[test]
    fn escapes_stand_for_the_sets_of_xsd() {
        check_matches(&[
            ("0٣𝟎", "^\\d+$", "true"),
            ("²Ⅷ", "\\d", "false"),
            (" \t\n\r", "^\\s+$", "true"),
            ("\u{A0}\u{B}\u{85}", "\\s", "false"),
            ("aä1_", "\\w", "true"),
            // A connector is punctuation; a symbol is none.
            ("_", "\\w", "false"),
            ("+¤", "^\\w+$", "true"),
            ("\u{378}", "\\w", "false"),
            ("a_:é\u{10000}", "^\\i+$", "true"),
            ("1-.·", "\\i", "false"),
            ("1-.·a:", "^\\c+$", "true"),
            ("\u{37E} ", "\\c", "false"),
            ("a_:", "\\I", "false"),
            ("aA", "^\\p{Ll}\\p{Lu}$", "true"),
            ("a", "\\P{L}", "false"),
            ("a", "\\p{Cs}", "false"),
            ("a", "\\P{Cs}", "true"),
            ("\u{378}", "\\p{Cn}", "true"),
            ("ä", "^\\p{IsLatin-1Supplement}$", "true"),
            ("ä", "\\p{IsBasicLatin}", "false"),
            ("α", "^[\\p{IsGreek}]$", "true"),
            ("\u{F0000}\u{E000}", "^\\p{IsPrivateUse}+$", "true"),
            ("a", "\\p{IsHighSurrogates}", "false"),
            ("a", "\\P{IsHighSurrogates}", "true"),
        ]);
        for wrong in
            ["{La}", "{Greek}", "{IsFoo}", "{Is}", "{}", "{ L}", "{L", "L", "{isBasicLatin}", "{Letter}", "{^L}"]
        {
            check_match("x", &format!("\\p{wrong}"), "", "FORX0002");
        }
    }

    #[test]
    fn every_category_is_known() {
        for name in [
            "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps",
            "Pe", "Pi", "Pf", "Po", "Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn",
            "Cs",
        ] {
            let expression = RegularExpression::compile(&format!("\\p{{{name}}}"), "").unwrap();
            let complement = RegularExpression::compile(&format!("\\P{{{name}}}"), "m").unwrap();
            for text in ["a", "\n", "\u{378}"] {
                assert_ne!(expression.is_match(text), complement.is_match(text), "{name} {text:?}");
            }
        }
    }

    #[test]
    fn a_class_is_a_union_without_a_class() {
        check_matches(&[
            ("b", "[a-c]", "true"),
            ("e", "^[a-z-[aeiou]]$", "false"),
            ("f", "^[a-z-[aeiou]]$", "true"),
            ("e", "^[a-z-[aeiou-[e]]]$", "true"),
            ("c", "[^a-c-[d]]", "false"),
            ("d", "[^a-c-[d]]", "false"),
            ("e", "[^a-c-[d]]", "true"),
            ("b", "^[^a-[^b]]$", "true"),
            ("5", "[\\d-[5]]", "false"),
            ("^", "[^^]", "false"),
            ("^", "[a^]", "true"),
            ("$.(", "^[$.(){}|*+?]+$", "true"),
            ("\n", "[^a]", "true"),
            ("\t", "[\\t]", "true"),
            (" ", "[ ]", "true"),
        ]);
        for wrong in [
            "[]",
            "[^]",
            "[[a]",
            "[^[a-b]]",
            "[a-[]]",
            "[-[a]]",
            "[^-[a]]",
            "[a-z-[a]b]",
            "[b-a]",
            "[a-\\d]",
            "[a-\\p{L}]",
            "[a-\\b]",
            "[\\]",
            "[a[b]]",
            "[[:alpha:]]",
            "[\\1]",
            "[a\\0]",
            "[a-[b]",
            "[a-[b",
            "a]",
        ] {
            check_match("x", wrong, "", "FORX0002");
        }
    }

    #[test]
    fn a_hyphen_that_starts_no_range_is_plain() {
        check_matches(&[
            ("-", "[a-]", "true"),
            ("-", "[-a]", "true"),
            ("-", "[^-a]", "false"),
            ("-", "[a-z-]", "true"),
            // XSD 1.1 and Saxon; XSD 1.0 refuses these.
            ("-", "[0-9-.]", "true"),
            ("-", "[\\s-a]", "true"),
            ("-", "^[a-c-e]$", "true"),
            ("d", "^[a-c-e]$", "false"),
            ("-", "[a-z--[b]]", "true"),
            ("-", "[--[a]]", "true"),
            (",", "[+-\\-]", "true"),
        ]);
        for wrong in ["[a--]", "[a--b]", "[--]", "[--a]", "[+--]", "[a-z--9]", "[\\s--]"] {
            check_match("x", wrong, "", "FORX0002");
        }
    }

    #[test]
    fn case_variants_match_what_stands_for_itself_only() {
        for (text, pattern, expected) in [
            ("abc", "ABC", "true"),
            ("\u{212A}", "k", "true"),
            ("\u{212A}", "[A-Z]", "true"),
            ("ς", "Σ", "true"),
            ("ſ", "S", "true"),
            ("x", "[A-Z-[OI]]", "true"),
            ("O", "[A-Z-[oi]]", "false"),
            ("i", "[A-Z-[OI]]", "false"),
            ("q", "[^Q]", "false"),
            ("m", "\\p{Lu}", "false"),
            ("m", "[\\p{Lu}]", "false"),
            ("m", "\\P{Lu}", "true"),
            ("M", "[\\p{Ll}m]", "true"),
            ("N", "[\\p{Ll}m]", "false"),
            ("Ä", "^ä$", "true"),
        ] {
            check_match(text, pattern, "i", expected);
        }
    }
}
