//! Regular expressions of XPath 2.0 (F&O 7.6), as `matches()`, `replace()` and `tokenize()` use them.
//!
//! An expression is compiled once and can then be used by any number of threads. Its time grows with the length of
//! the text times the size of the expression, never more: the `regex` crate does not go back.

pub(crate) mod call;
mod character_class;
mod letter_case;
mod syntax;
mod unicode_blocks;
mod work;

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::{Captures, Regex, RegexBuilder};

use crate::error::{EvaluationError, fault};
use crate::regular_expression::character_class::invalid;
use crate::regular_expression::syntax::{Flags, translate};
use crate::regular_expression::work::Work;

/// How much memory an expression takes once it is compiled, in bytes.
const LARGEST: usize = 20 << 20;

/// How much memory the search keeps for what it has found out about an expression, in bytes for each thread.
const LARGEST_CACHE: usize = 2 << 20;

/// How deep the parts of an expression lie in one another, as the `regex` crate counts; a group is up to four levels.
/// Each level is a level of the stack where the crate compiles.
const DEEPEST: u32 = 250;

/// How long a text `replace()` makes, in bytes. Each match of a long text can be replaced by a long text.
const LONGEST_TEXT: usize = 64 << 20;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(crate) struct RegularExpression {
    plain: Built,
    /// What is run instead on a text that ends in a line feed; see [`exchange`].
    exchanged: Option<Built>,
    groups: usize,
    /// Whether replacements are plain text too.
    is_literal: bool,
    work: Work,
}

/// What [`translate`] has written. To build it takes longer than to compile all the rest of an ordinary expression, so
/// that what is certain to succeed waits until it is first run.
#[derive(Clone, Debug)]
struct Built {
    pattern: String,
    regex: OnceLock<Result<Regex, EvaluationError>>,
}

impl Built {
    fn get(&self) -> Result<&Regex, EvaluationError> {
        self.regex.get_or_init(|| build(&self.pattern)).as_ref().map_err(Clone::clone)
    }
}

impl RegularExpression {
    /// Compiles an expression: FORX0001 for a wrong flag; FORX0002 for a wrong expression, one that is
    /// [not supported](RegularExpression::unsupported), and one that grows too large.
    pub(crate) fn compile(pattern: &str, flags: &str) -> Result<RegularExpression, EvaluationError> {
        let flags = Flags::parse(flags)?;
        let translation = translate(pattern, flags)?;
        if translation.unsupported.is_some() {
            return Err(invalid());
        }
        let work = Work::of(pattern, flags.literal);
        let built = |written| {
            let built = Built { pattern: written, regex: OnceLock::new() };
            if !work.is_small() {
                built.get()?;
            }
            Ok(built)
        };
        Ok(RegularExpression {
            plain: built(translation.plain)?,
            exchanged: translation.exchanged.map(built).transpose()?,
            groups: translation.groups,
            is_literal: flags.literal,
            work,
        })
    }

    /// What it costs to compile an expression, in nodes.
    pub(crate) fn work_to_compile(pattern: &str) -> u64 {
        Work::of(pattern, false).to_compile()
    }

    /// What it can cost to run the expression on a text, in nodes; what [`replace`](RegularExpression::replace) and
    /// [`tokenize`](RegularExpression::tokenize) have to spend at each match not included.
    pub(crate) fn work_to_search(&self, text: &str) -> u64 {
        self.work.to_search(text.len())
    }

    /// What an expression that is correct needs and the `regex` crate has not, in words. A wrong expression gives
    /// `None`: it is an error where it is used.
    pub(crate) fn unsupported(pattern: &str, flags: &str) -> Option<&'static str> {
        let flags = Flags::parse(flags).ok()?;
        translate(pattern, flags).ok()?.unsupported
    }

    /// `matches()`: whether any part of a text matches.
    pub(crate) fn is_match(&self, text: &str) -> Result<bool, EvaluationError> {
        Ok(match self.prepare(text)? {
            (expression, Cow::Borrowed(text)) => expression.is_match(text),
            // Behind the character that stands for the end nothing is a match.
            (expression, Cow::Owned(exchanged)) => {
                expression.find(&exchanged).is_some_and(|found| found.start() <= text.len())
            }
        })
    }

    /// `replace()`: a text with each match replaced. In the replacement `$N` stands for what the group N matched and
    /// `$0` for all of the match; `\$` and `\\` are the characters themselves. FORX0003 if the expression matches the
    /// empty text, FORX0004 for a wrong replacement; exhausted where the result gets too long, or `spend` says so, which
    /// is told what each match costs.
    pub(crate) fn replace(
        &self,
        text: &str,
        replacement: &str,
        mut spend: impl FnMut(u64) -> Result<(), EvaluationError>,
    ) -> Result<String, EvaluationError> {
        self.refuse_empty_matches()?;
        let parts = match self.is_literal {
            true => vec![Part::Text(replacement.to_owned())],
            false => read_replacement(replacement, self.groups)?,
        };
        let (expression, prepared) = self.prepare(text)?;
        let mut replaced = String::new();
        let mut end = 0;
        for captures in expression.captures_iter(&prepared) {
            let Some(range) = captures.get(0).map(|found| found.range()) else { continue };
            replaced.push_str(text.get(end..range.start).unwrap_or_default());
            for part in &parts {
                replaced.push_str(part.text(text, &captures));
                if replaced.len() > LONGEST_TEXT {
                    return Err(EvaluationError::Exhausted);
                }
            }
            end = range.end;
            spend(1 + self.work.to_look_ahead(text.len().saturating_sub(end)))?;
        }
        replaced.push_str(text.get(end..).unwrap_or_default());
        Ok(replaced)
    }

    /// `tokenize()`: the parts of a text between the matches. A match at the start or the end has an empty part
    /// before or behind it; the empty text has no parts, whatever the expression. FORX0003 if the expression matches
    /// the empty text; `spend` is told what each match costs.
    pub(crate) fn tokenize<'t>(
        &self,
        text: &'t str,
        mut spend: impl FnMut(u64) -> Result<(), EvaluationError>,
    ) -> Result<Vec<&'t str>, EvaluationError> {
        if text.is_empty() {
            return Ok(Vec::new());
        }
        self.refuse_empty_matches()?;
        let (expression, prepared) = self.prepare(text)?;
        let mut tokens = Vec::new();
        let mut end = 0;
        for found in expression.find_iter(&prepared) {
            tokens.push(text.get(end..found.start()).unwrap_or_default());
            end = found.end();
            spend(1 + self.work.to_look_ahead(text.len().saturating_sub(end)))?;
        }
        tokens.push(text.get(end..).unwrap_or_default());
        Ok(tokens)
    }

    /// An expression that does not match the empty text matches nothing empty in any other: without looking at what is
    /// around, only anchors could tell the two apart, and all of them hold in the empty text.
    fn refuse_empty_matches(&self) -> Result<(), EvaluationError> {
        match self.plain.get()?.is_match("") {
            true => Err(fault("FORX0003")),
            false => Ok(()),
        }
    }

    /// What to run on what: the places of the matches are the same as in the text itself.
    fn prepare<'t>(&self, text: &'t str) -> Result<(&Regex, Cow<'t, str>), EvaluationError> {
        Ok(match &self.exchanged {
            Some(exchanged) if text.ends_with('\n') => (exchanged.get()?, Cow::Owned(exchange(text))),
            _ => (self.plain.get()?, Cow::Borrowed(text)),
        })
    }
}

/// A text in which the end can be told from the start of a line that follows a line feed: U+000D stands for U+000A,
/// U+0001, which no text of XML has, for U+000D, and one U+000A for the end.
fn exchange(text: &str) -> String {
    let exchanged = text.chars().map(|c| match c {
        '\n' => '\r',
        '\r' => '\u{1}',
        other => other,
    });
    exchanged.chain(['\n']).collect()
}

/// Compiles what [`translate`] has written.
pub(crate) fn build(pattern: &str) -> Result<Regex, EvaluationError> {
    let mut builder = RegexBuilder::new(pattern);
    builder.size_limit(LARGEST).dfa_size_limit(LARGEST_CACHE).nest_limit(DEEPEST);
    builder.build().map_err(|_| invalid())
}

/// A part of a replacement.
enum Part {
    Text(String),
    Group(usize),
}

impl Part {
    fn text<'s>(&'s self, text: &'s str, captures: &Captures<'_>) -> &'s str {
        match self {
            Part::Text(own) => own,
            // A group that took no part in the match, or that there is not, is empty.
            Part::Group(number) => captures.get(*number).and_then(|found| text.get(found.range())).unwrap_or_default(),
        }
    }
}

fn read_replacement(replacement: &str, groups: usize) -> Result<Vec<Part>, EvaluationError> {
    let wrong = || fault("FORX0004");
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut characters = replacement.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => plain.push(characters.next().filter(|c| matches!(c, '\\' | '$')).ok_or_else(wrong)?),
            '$' => {
                let first = characters.next().and_then(|c| c.to_digit(10)).ok_or_else(wrong)?;
                let mut number = first as usize;
                // As many digits belong to the number as there are groups for it, but always one (F&O 7.6.3).
                while let Some(digit) = characters.peek().and_then(|c| c.to_digit(10)) {
                    let longer = number.saturating_mul(10).saturating_add(digit as usize);
                    if longer > groups {
                        break;
                    }
                    number = longer;
                    characters.next();
                }
                if !plain.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut plain)));
                }
                parts.push(Part::Group(number));
            }
            other => plain.push(other),
        }
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What a call gives: a value in words, or the code of its error.
    fn outcome<T>(result: Result<T, EvaluationError>, write: impl Fn(T) -> String) -> String {
        match result {
            Ok(value) => write(value),
            Err(EvaluationError::Exhausted) => "exhausted".to_owned(),
            Err(EvaluationError::Interrupted) => "interrupted".to_owned(),
            Err(EvaluationError::Dynamic(code)) => code.as_str().to_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn check_match(text: &str, pattern: &str, flags: &str, expected: &str) {
        let result = RegularExpression::compile(pattern, flags).and_then(|expression| expression.is_match(text));
        assert_eq!(outcome(result, |is_match| is_match.to_string()), expected, "{text:?} {pattern:?} {flags:?}");
    }

    #[track_caller]
    pub(crate) fn check_matches(rows: &[(&str, &str, &str)]) {
        for (text, pattern, expected) in rows {
            check_match(text, pattern, "", expected);
        }
    }

    #[track_caller]
    pub(crate) fn check_replace(text: &str, pattern: &str, replacement: &str, flags: &str, expected: &str) {
        let result =
            RegularExpression::compile(pattern, flags).and_then(|it| it.replace(text, replacement, |_| Ok(())));
        assert_eq!(outcome(result, |text| text), expected, "{text:?} {pattern:?} {replacement:?}");
    }

    #[track_caller]
    fn check_tokens(text: &str, pattern: &str, flags: &str, expected: &str) {
        let result = RegularExpression::compile(pattern, flags);
        let tokens = result.and_then(|it| it.tokenize(text, |_| Ok(())).map(|tokens| format!("{tokens:?}")));
        assert_eq!(outcome(tokens, |tokens| tokens), expected, "{text:?} {pattern:?}");
    }

    #[test]
    fn a_match_is_sought_anywhere() {
        check_matches(&[
            ("abracadabra", "bra", "true"),
            ("abracadabra", "^a.*a$", "true"),
            ("abracadabra", "^bra", "false"),
            ("", "", "true"),
            ("x", "a|", "true"),
            ("x", "()", "true"),
            ("kZ", "(^|:)?Z", "true"),
            ("alpha", "alp^?ha", "true"),
            ("alpha", "alp^+ha", "false"),
            ("alpha", "^{2}alpha", "true"),
            ("ä", "^.$", "true"),
        ]);
    }

    #[test]
    fn a_dot_is_no_end_of_line_without_s() {
        check_match("a\nb", "a.b", "", "false");
        check_match("a\rb", "a.b", "", "false");
        check_match("a\u{2028}b\u{85}c", "a.b.c", "", "true");
        check_match("a\nb", "a.b", "s", "true");
        check_match("a\rb", "a.b", "s", "true");
    }

    #[test]
    fn anchors_stand_at_the_ends_and_with_m_at_lines() {
        check_match("Mary\n", "Mary$", "", "false");
        check_match("Mary\n", "Mary$", "s", "false");
        check_match("Mary\n", "Mary$", "m", "true");
        check_match("a\nb", "^b", "", "false");
        check_match("a\nb", "^b", "m", "true");
        check_match("a\rb", "^b", "m", "false");
        check_match("a\rb", "a$", "m", "false");
        check_match("a\r\nb", "a$", "m", "false");
    }

    #[test]
    fn no_line_starts_behind_a_line_feed_that_ends_the_text() {
        check_match("abcd\ndefg\n", "^$", "m", "false");
        check_match("abcd\n\ndefg\n", "^$", "m", "true");
        check_match("abcd\n\n", "^$", "m", "true");
        check_match("\n", "^$", "m", "true");
        check_match("\nabcd\n", "^$", "m", "true");
        check_match("a\n", "a\n^", "m", "false");
        check_match("a\n", "a\n$", "m", "true");
        check_match("a\r\n", "^a\r\n$", "m", "true");
        check_match("a\r\n", "^.$", "m", "false");
        check_match("a\r\n", "^a.$", "ms", "true");
        check_match("a\r\n", "^a[^\\n]$", "m", "true");
        check_match("a\r\n", "^a\\P{Cc}", "m", "false");
        check_match("a\r\n", "^a[\\p{IsBasicLatin}-[\r]]", "m", "false");
        check_match("a\n", "^a\\s", "m", "true");
        check_replace("a\nb\r\n", "^(.)", "[$1]", "m", "[a]\n[b]\r\n");
        check_replace("a\nb\n", "^[^x]+", "<$0>", "m", "<a\nb\n>");
        check_tokens("a\nba\n", "^[ab]", "m", r#"["", "\n", "a\n"]"#);
    }

    #[test]
    fn all_is_plain_with_q() {
        check_match("x[y-z]", "x[y-z]", "q", "true");
        check_match("x[Y-z]", "X[y-Z]", "qi", "true");
        check_match("a b", "ab", "qx", "false");
        check_match("a\\1", "\\1", "q", "true");
        check_replace("a/b", "/", "\\", "q", "a\\b");
        check_replace("a?b", "?", "$1", "q", "a$1b");
        check_replace("ab", "", "x", "q", "FORX0003");
        check_tokens("a.b", ".", "q", r#"["a", "b"]"#);
    }

    #[test]
    fn groups_are_put_into_replacements() {
        check_replace("abracadabra", "bra", "*", "", "a*cada*");
        check_replace("abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra");
        check_replace("AAAA", "A+?", "b", "", "bbbb");
        check_replace("darted", "^(.*?)d(.*)$", "$1c$2", "", "carted");
        check_replace("ab", "(a)|b", "[$1]", "", "[a][]");
        check_replace("ab", "b", "[$0]", "", "a[b]");
        check_replace("ab", "b", "$3", "", "a");
        check_replace("ab", "(b)", "$10$2", "", "ab0");
        check_replace("ab", "b", "$10", "", "a0");
        check_replace("ab", "(a)(b)", "$02$01$00", "", "baab");
        check_replace("aaaaaaaaaab", "((((((((((a))))))))))(b)", "[$10$11$12]", "", "aaaaaaaaa[aba2]");
        check_replace("ab", "(x){0}(b)", "[$1$2]", "", "a[b]");
        check_replace("a€b", "€", "\\$\\\\", "", "a$\\b");
        check_replace("abc", "(?:a)(b)", "$1", "", "bc");
        check_replace("", "a", "b", "", "");
    }

    #[test]
    fn a_wrong_replacement_is_an_error_also_without_a_match() {
        for wrong in ["$", "\\", "a$b", "$ 1", "\\1", "\\n", "$$", "a\\"] {
            check_replace("abc", "b", wrong, "", "FORX0004");
            check_replace("abc", "x", wrong, "", "FORX0004");
        }
        check_replace("abc", "b*", "$", "", "FORX0003");
        check_replace("abc", "^", "x", "m", "FORX0003");
        check_replace("abc", "x|$", "x", "", "FORX0003");
    }

    #[test]
    fn tokens_stand_between_matches() {
        check_tokens("The cat  sat", "\\s+", "", r#"["The", "cat", "sat"]"#);
        check_tokens("1, 15, 24", ",\\s*", "", r#"["1", "15", "24"]"#);
        check_tokens("aba", "a", "", r#"["", "b", ""]"#);
        check_tokens("abracadabra", "(ab)|(a)", "", r#"["", "r", "c", "d", "r", ""]"#);
        check_tokens("a,,b", ",", "", r#"["a", "", "b"]"#);
        check_tokens("abc", "x", "", r#"["abc"]"#);
        check_tokens("", "x", "", "[]");
        check_tokens("", ".?", "", "[]");
        check_tokens("abba", ".?", "", "FORX0003");
        check_tokens("a<BR>b", "\\s*<br>\\s*", "i", r#"["a", "b"]"#);
        check_tokens("äöå", "ö", "", r#"["ä", "å"]"#);
    }

    #[test]
    fn a_replacement_does_not_grow_without_end() {
        let long = "a".repeat(100_000);
        check_replace(&long, "a", &long, "", "exhausted");
    }
}
