//! Reads a regular expression of XPath 2.0 and writes it in the syntax of the `regex` crate.
//!
//! The syntax is that of XSD 1.0 (part 2, appendix F) with anchors, reluctant quantifiers and capturing groups (F&O
//! 7.6.1), and from XPath 3.0 groups that capture nothing and the flag `q`. Nothing is passed on unread: all that
//! reaches the crate is written here, so that neither its wider syntax nor its different meanings come through.

use std::borrow::Cow;

use crate::error::{EvaluationError, fault};
use crate::regular_expression::character_class::{
    CharacterSet, Escape, LONGEST, Scanner, invalid, read_class, read_escape,
};

/// Groups can stand in one another this deep. The `regex` crate compiles by recursion: in a build without
/// optimization a hundred levels are too many for the stack of a thread.
const DEEPEST: usize = 40;

/// The highest count a quantifier can have; the crate's limit on the size of what it builds is lower for all but the
/// smallest expressions.
const HIGHEST_COUNT: u32 = 1_000_000;

/// What a set named by a property counts for in [`LONGEST`] beside its name: the crate keeps hundreds of ranges for it.
const PROPERTY: usize = 1 << 10;

/// The flags of a regular expression.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Flags {
    /// `s`: `.` stands for any character.
    dot_all: bool,
    /// `m`: the anchors stand for the ends of lines too.
    multi_line: bool,
    /// `i`: case is of no importance.
    case_blind: bool,
    /// `x`: white space in the expression is for its readers only.
    spaced: bool,
    /// `q`: the expression is plain text.
    pub(crate) literal: bool,
}

impl Flags {
    /// Reads flags: FORX0001 for any there is not.
    pub(crate) fn parse(flags: &str) -> Result<Flags, EvaluationError> {
        let mut parsed = Flags::default();
        for flag in flags.chars() {
            match flag {
                's' => parsed.dot_all = true,
                'm' => parsed.multi_line = true,
                'i' => parsed.case_blind = true,
                'x' => parsed.spaced = true,
                'q' => parsed.literal = true,
                _ => return Err(fault("FORX0001")),
            }
        }
        Ok(parsed)
    }
}

/// A regular expression in the syntax of the `regex` crate.
pub(crate) struct Translation {
    /// The expression.
    pub(crate) plain: String,
    /// The expression for a text with its last line ended, in which U+000D stands for U+000A, U+0001 for U+000D, and
    /// U+000A for the end of the text; only where that makes a difference. The reason: with the flag `m`, `^` does
    /// not match behind a line feed that ends the text (F&O 7.6.1.1), which the crate can say only of the line feed
    /// in a pair of U+000D and U+000A.
    pub(crate) exchanged: Option<String>,
    /// How many groups capture.
    pub(crate) groups: usize,
    /// What of the expression is correct but cannot be done.
    pub(crate) unsupported: Option<&'static str>,
}

/// Translates an expression: FORX0002 if it is none.
pub(crate) fn translate(pattern: &str, flags: Flags) -> Result<Translation, EvaluationError> {
    let mut writer = Writer { flags, ..Writer::default() };
    if flags.literal {
        for c in pattern.chars() {
            writer.write_character(c);
            writer.check_length()?;
        }
        return Ok(writer.finish(0, None));
    }
    let pattern = if flags.spaced { without_space(pattern) } else { Cow::Borrowed(pattern) };
    Parser { scanner: Scanner::new(&pattern), writer, groups: Vec::new(), open: Vec::new(), unsupported: None }.parse()
}

/// The flag `x` removes white space before anything is read, but for white space in classes.
fn without_space(pattern: &str) -> Cow<'_, str> {
    let mut depth = 0_usize;
    let mut is_escaped = false;
    let keep = |c: &char| {
        if depth == 0 && matches!(c, ' ' | '\t' | '\n' | '\r') {
            return false;
        }
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        true
    };
    Cow::Owned(pattern.chars().filter(keep).collect())
}

/// What is written so far.
#[derive(Default)]
struct Writer {
    flags: Flags,
    plain: String,
    exchanged: String,
    has_line_start: bool,
    properties: usize,
}

impl Writer {
    /// Writes what is the same in both forms.
    fn write(&mut self, text: &str) {
        self.plain.push_str(text);
        if self.flags.multi_line {
            self.exchanged.push_str(text);
        }
    }

    fn write_character(&mut self, c: char) {
        self.write_set(&CharacterSet::range(c, c, self.flags.case_blind));
    }

    fn write_set(&mut self, set: &CharacterSet) {
        self.properties += set.text().matches("\\p").count();
        self.plain.push_str(set.text());
        if self.flags.multi_line {
            self.exchanged.push_str(&set.exchanged());
        }
    }

    fn write_start(&mut self) {
        self.has_line_start = true;
        self.plain.push_str(if self.flags.multi_line { "(?m:^)" } else { "(?:\\A)" });
        if self.flags.multi_line {
            // A line starts behind U+000D, but not where U+000A follows.
            self.exchanged.push_str("(?mR:^)");
        }
    }

    fn write_end(&mut self) {
        self.plain.push_str(if self.flags.multi_line { "(?m:$)" } else { "(?:\\z)" });
        if self.flags.multi_line {
            // A line ends before U+000D; the text ends before U+000A. As Saxon has it, `$` matches at the end also
            // where a line feed is the last character.
            self.exchanged.push_str("(?:(?mR:$)|(?m:$))");
        }
    }

    fn check_length(&self) -> Result<(), EvaluationError> {
        let weight = self.properties.saturating_mul(PROPERTY);
        match self.plain.len().saturating_add(self.exchanged.len()).saturating_add(weight) > LONGEST {
            true => Err(invalid()),
            false => Ok(()),
        }
    }

    fn finish(self, groups: usize, unsupported: Option<&'static str>) -> Translation {
        let exchanged = (self.flags.multi_line && self.has_line_start).then_some(self.exchanged);
        Translation { plain: self.plain, exchanged, groups, unsupported }
    }
}

struct Parser<'p> {
    scanner: Scanner<'p>,
    writer: Writer,
    /// Whether each group that captures is closed.
    groups: Vec<bool>,
    /// The groups that are open: the index of each that captures.
    open: Vec<Option<usize>>,
    unsupported: Option<&'static str>,
}

impl Parser<'_> {
    fn parse(mut self) -> Result<Translation, EvaluationError> {
        while let Some(c) = self.scanner.next() {
            let is_atom = self.read(c)?;
            if is_atom {
                self.read_quantifier()?;
            }
            self.writer.check_length()?;
        }
        match self.open.is_empty() {
            true => Ok(self.writer.finish(self.groups.len(), self.unsupported)),
            false => Err(invalid()),
        }
    }

    /// Reads one part; whether it is an atom, which a quantifier can follow.
    fn read(&mut self, c: char) -> Result<bool, EvaluationError> {
        match c {
            '(' => {
                self.open_group()?;
                return Ok(false);
            }
            '|' => {
                self.writer.write("|");
                return Ok(false);
            }
            ')' => {
                if let Some(group) = self.open.pop().ok_or_else(invalid)?.and_then(|index| self.groups.get_mut(index)) {
                    *group = true;
                }
                self.writer.write(")");
            }
            '^' => self.writer.write_start(),
            '$' => self.writer.write_end(),
            '.' => self.writer.write_set(&CharacterSet::any(self.writer.flags.dot_all)),
            '[' => self.writer.write_set(&read_class(&mut self.scanner, self.writer.flags.case_blind)?),
            '\\' => self.read_escape()?,
            '?' | '*' | '+' | '{' | '}' | ']' => return Err(invalid()),
            plain => self.writer.write_character(plain),
        }
        Ok(true)
    }

    fn open_group(&mut self) -> Result<(), EvaluationError> {
        if self.open.len() >= DEEPEST {
            return Err(invalid());
        }
        if self.scanner.accept("?:") {
            self.open.push(None);
            self.writer.write("(?:");
        } else {
            // A question mark of any other kind is refused as a quantifier without an atom.
            self.open.push(Some(self.groups.len()));
            self.groups.push(false);
            self.writer.write("(");
        }
        Ok(())
    }

    fn read_escape(&mut self) -> Result<(), EvaluationError> {
        if self.scanner.peek(0).is_some_and(|c| c.is_ascii_digit()) {
            return self.read_back_reference();
        }
        match read_escape(&mut self.scanner)? {
            Escape::Single(c) => self.writer.write_character(c),
            Escape::Set(set) => self.writer.write_set(&set),
        }
        Ok(())
    }

    /// A reference to a group that is not closed before it is an error; any other is correct. Digits belong to it as
    /// long as there are that many groups (F&O 7.6.1).
    fn read_back_reference(&mut self) -> Result<(), EvaluationError> {
        let mut number = 0_usize;
        while let Some(digit) = self.scanner.peek(0).and_then(|c| c.to_digit(10)) {
            let longer = number.saturating_mul(10).saturating_add(digit as usize);
            if number > 0 && longer > self.groups.len() {
                break;
            }
            number = longer;
            self.scanner.next();
            if number == 0 {
                break;
            }
        }
        let is_closed = number.checked_sub(1).and_then(|index| self.groups.get(index));
        if is_closed != Some(&true) {
            return Err(invalid());
        }
        self.unsupported = Some("a back-reference in a regular expression");
        // Something must stand here for a quantifier to follow; the expression is not run.
        self.writer.write("(?:)");
        Ok(())
    }

    fn read_quantifier(&mut self) -> Result<(), EvaluationError> {
        let quantifier = match self.scanner.peek(0) {
            Some(mark @ ('?' | '*' | '+')) => {
                self.scanner.next();
                mark.to_string()
            }
            Some('{') => {
                self.scanner.next();
                self.read_counts()?
            }
            _ => return Ok(()),
        };
        self.writer.write(&quantifier);
        if self.scanner.accept("?") {
            self.writer.write("?");
        }
        Ok(())
    }

    fn read_counts(&mut self) -> Result<String, EvaluationError> {
        let least = self.read_count()?;
        if self.scanner.accept("}") {
            return Ok(format!("{{{least}}}"));
        }
        if !self.scanner.accept(",") {
            return Err(invalid());
        }
        if self.scanner.accept("}") {
            return Ok(format!("{{{least},}}"));
        }
        let most = self.read_count()?;
        match self.scanner.accept("}") && least <= most {
            true => Ok(format!("{{{least},{most}}}")),
            false => Err(invalid()),
        }
    }

    fn read_count(&mut self) -> Result<u32, EvaluationError> {
        let mut count = None;
        while let Some(digit) = self.scanner.peek(0).and_then(|c| c.to_digit(10)) {
            count = Some(count.unwrap_or(0_u32).saturating_mul(10).saturating_add(digit));
            self.scanner.next();
        }
        count.filter(|count| *count <= HIGHEST_COUNT).ok_or_else(invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regular_expression::tests::{check_match, check_matches, check_replace};
    use crate::regular_expression::{RegularExpression, build};

    #[test]
    fn quantifiers_are_greedy_or_reluctant() {
        check_matches(&[
            ("aaababaaabaa", "^(a*b?a*){3,3}$", "true"),
            ("aaab", "^(a{3,}?)b", "true"),
            ("aaaab", "^a{0,3}?b", "false"),
            ("b", "a{0}b", "true"),
            ("aab", "^a{01}b", "false"),
            ("x", "a{2,1}", "FORX0002"),
            ("x", "a{,2}", "FORX0002"),
            ("x", "a{}", "FORX0002"),
            ("x", "a{1", "FORX0002"),
            ("x", "a{1,2", "FORX0002"),
            ("x", "a{-1}", "FORX0002"),
            ("x", "a**", "FORX0002"),
            ("x", "a{1}{2}", "FORX0002"),
            ("x", "a???", "FORX0002"),
            ("x", "?a", "FORX0002"),
            ("x", "(*)", "FORX0002"),
            ("x", "|+", "FORX0002"),
            ("x", "a{99999999999999999999999999}", "FORX0002"),
        ]);
        check_replace("aXbX", ".*?X", "-", "", "--");
        check_replace("aXbX", ".*X", "-", "", "-");
    }

    #[test]
    fn marks_of_the_syntax_are_escaped_and_nothing_else_is() {
        for mark in ["\\", "|", ".", "?", "*", "+", "(", ")", "{", "}", "-", "[", "]", "^", "$"] {
            check_match(mark, &format!("^\\{mark}$"), "", "true");
            check_match("x", &format!("^\\{mark}$"), "", "false");
            check_match(mark, &format!("^[\\{mark}]$"), "", "true");
        }
        for wrong in ["a", "b", "B", "A", "z", "Z", "x41", "u0041", "@", "/", "\"", " ", "#", "0", "", "_", "k<a>"] {
            check_match("x", &format!("\\{wrong}"), "", "FORX0002");
        }
        check_matches(&[("\n\r\t", "^\\n\\r\\t$", "true"), ("a-b", "a-b", "true")]);
        for wrong in
            ["{", "}", "]", "a}", "(", ")", "((a)", "[", "[a", "a)", "(?)", "(?i)a", "(?=a)", "(?<n>a)", "(?#a)"]
        {
            check_match("x", wrong, "", "FORX0002");
        }
        // What only the `regex` crate knows means itself.
        check_matches(&[("a&&b~~#", "^[a-z&&b~~#]+$", "true"), ("a#b ", "a#b ", "true"), ("/", "/", "true")]);
    }

    #[test]
    fn flags_are_known() {
        check_match("A\nB", "a.b", "si", "true");
        check_match("a", "a", "smixq", "true");
        check_match("a", "a", "ii", "true");
        for wrong in ["g", "I", " ", "i,m", "-i", "\u{131}"] {
            check_match("a", "a", wrong, "FORX0001");
        }
    }

    #[test]
    fn white_space_is_for_readers_with_x() {
        check_match("helloworld", "hello world", "x", "true");
        check_match("hello world", " h ello[ ]world\n", "x", "true");
        check_match("hello world", "hello\\ sworld", "x", "true");
        check_match("hello", "\\p{ I s B a s i c L a t i n }+", "x", "true");
        check_match("hello", "\\p{ IsBasicLatin}+", "", "FORX0002");
        check_match("a]b", "a\\ ]b", "x", "true");
        check_match("[ a", "\\[ a", "x", "false");
        check_match(" ", "[a\\] ]", "x", "true");
        check_match("a#b", "a #b", "x", "true");
        check_match("x", "a\\ ", "x", "FORX0002");
    }

    #[test]
    fn a_back_reference_is_refused_by_name() {
        for pattern in ["(a)\\1", "(a)\\11", "(.)(?:\\1)*", "((a)(b)\\2)"] {
            assert_eq!(
                RegularExpression::unsupported(pattern, ""),
                Some("a back-reference in a regular expression"),
                "{pattern}"
            );
            check_match("aa", pattern, "", "FORX0002");
        }
        for pattern in ["abc", "\\1", "(a)\\2", "(a\\1)", "\\1(a)", "(a)\\0", "(a)[\\1]", "(a)\\1(", "", "(a){2}"] {
            assert_eq!(RegularExpression::unsupported(pattern, ""), None, "{pattern}");
        }
        assert_eq!(RegularExpression::unsupported("(a)\\1", "q"), None);
        assert_eq!(RegularExpression::unsupported("(a)\\ 1", "x"), Some("a back-reference in a regular expression"));
    }

    #[test]
    fn hostile_expressions_are_refused_in_little_time() {
        let deep = |times: usize| "(".repeat(times) + "a" + &")*".repeat(times);
        check_match("a", &deep(40), "", "true");
        check_match("a", &"(a|b[c-[d]]*".repeat(39), "", "FORX0002");
        check_match("a", &("(a|b".repeat(40) + &")*".repeat(40)), "", "true");
        check_match("a", &deep(41), "", "FORX0002");
        check_match("a", &deep(100_000), "", "FORX0002");
        check_match("a", &"[a-".repeat(100_000), "", "FORX0002");
        check_match("a", &("[b-".repeat(20) + "[a]" + &"]".repeat(20)), "", "false");
        check_match("a", &"(?:".repeat(1_000_000), "", "FORX0002");
        check_match("a", "(((\\d{1000}){1000}){1000}){1000}", "", "FORX0002");
        check_match("a", "(((((){1000}){1000}){1000}){1000}){1000}", "", "true");
        check_match("a", "((((^*){1000}){1000}){1000}){1000}", "", "true");
        check_match("a", &"\\w".repeat(100_000), "", "FORX0002");
        check_match("a", &"a".repeat(200_000), "q", "FORX0002");
        check_match("a", &format!("[{}]", "\\c".repeat(100_000)), "", "FORX0002");
    }

    #[test]
    fn ordinary_large_expressions_are_accepted() {
        check_match(&"a".repeat(4000), "^.{1,4000}$", "", "true");
        check_match(&"a".repeat(255), "^\\i\\c{0,255}$", "", "true");
        check_match("a\nb", "^[\\s\\S]{1,1000}$", "", "true");
        check_match(&"a".repeat(255), "^\\w{1,255}$", "", "true");
        check_match(&"ab".repeat(1000), &"ab".repeat(1000), "", "true");
    }

    #[test]
    fn no_text_makes_the_reader_panic() {
        let parts =
            ["(", ")", "[", "]", "-", "^", "$", "\\", "p", "{", "L", "}", "1", ",", "a", "?", "*", "|", "é", " "];
        let mut state = 7_u64;
        for _ in 0..5_000 {
            let mut pattern = String::new();
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                pattern.push_str(parts[(state >> 33) as usize % parts.len()]);
            }
            let flags = ["", "m", "x", "i", "smix"][(state >> 40) as usize % 5];
            // What passes the reader is accepted by the crate, since none of these is large.
            if let Ok(read) = translate(&pattern, Flags::parse(flags).unwrap()) {
                assert!(build(&read.plain).is_ok(), "{pattern:?} {flags:?} {}", read.plain);
                assert!(read.exchanged.is_none_or(|other| build(&other).is_ok()), "{pattern:?} {flags:?}");
            }
        }
    }
}
