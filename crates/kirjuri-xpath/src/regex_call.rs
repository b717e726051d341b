//! Runs the regular expressions of `matches()`, `replace()` and `tokenize()`, each compiled once: by the compiler where
//! the expression says it, else when it is first asked for.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::context::Focus;
use crate::error::EvaluationError;
use crate::evaluate::Evaluator;
use crate::program::{Expression, RegexUse};
use crate::regular_expression::RegularExpression;
use crate::value::{Atomic, Sequence};

/// How many regular expressions are kept: rules have few that are not written out, but those may come in turns.
const KEPT: usize = 32;

/// What it costs to compile a regular expression, in nodes, beside what its length adds.
const COST: u64 = 1 << 12;

/// What a counted repetition adds to that: it may make a short expression a large one.
const COST_OF_COUNT: u64 = 1 << 16;

/// The regular expressions last used, the latest at the end, and the errors of those that are none.
#[derive(Debug, Default)]
pub(crate) struct RegexCache(RefCell<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    pattern: Box<str>,
    flags: Box<str>,
    compiled: Result<Rc<RegularExpression>, EvaluationError>,
}

impl RegexCache {
    /// Takes a regular expression to the end of the list, if it is kept.
    fn find(&self, pattern: &str, flags: &str) -> Option<Result<Rc<RegularExpression>, EvaluationError>> {
        let mut kept = self.0.borrow_mut();
        let index = kept.iter().rposition(|kept| *kept.pattern == *pattern && *kept.flags == *flags)?;
        let found = kept.remove(index)?;
        let compiled = found.compiled.clone();
        kept.push_back(found);
        Some(compiled)
    }

    fn keep(&self, one: Kept) {
        let mut kept = self.0.borrow_mut();
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back(one);
    }
}

impl<'a> Evaluator<'a> {
    /// A regular expression that only the evaluation knows, with the errors of [`RegularExpression::compile`].
    pub(crate) fn regular_expression(
        &self,
        pattern: &str,
        flags: &str,
    ) -> Result<Rc<RegularExpression>, EvaluationError> {
        if let Some(compiled) = self.regular_expressions.find(pattern, flags) {
            return compiled;
        }
        let counts = pattern.bytes().filter(|byte| *byte == b'{').count() as u64;
        self.spend(COST + pattern.len() as u64 * 64 + counts * COST_OF_COUNT)?;
        let compiled = RegularExpression::compile(pattern, flags).map(Rc::new);
        let kept = Kept { pattern: pattern.into(), flags: flags.into(), compiled: compiled.clone() };
        self.regular_expressions.keep(kept);
        compiled
    }

    /// The value of a call with a regular expression that is known when compiled.
    pub(crate) fn use_regex(
        &self,
        use_: &'a RegexUse,
        regex: &RegularExpression,
        text: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        match use_ {
            RegexUse::Matches => Ok(Sequence::from(self.is_match(regex, text, focus)?)),
            RegexUse::Replace(replacement) => {
                let (text, replacement) = (self.text(text, focus)?, self.text(replacement, focus)?);
                self.replaced(regex, text, &replacement)
            }
            RegexUse::Tokenize => self.tokenized(regex, self.text(text, focus)?),
        }
    }

    /// `matches()` where the regular expression is known when compiled.
    pub(crate) fn is_match(
        &self,
        regex: &RegularExpression,
        text: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<bool, EvaluationError> {
        let text = self.text(text, focus)?;
        self.spend_on(&text)?;
        Ok(regex.is_match(&text))
    }

    /// `replace()`
    pub(crate) fn replaced(
        &self,
        regex: &RegularExpression,
        text: Cow<'a, str>,
        replacement: &str,
    ) -> Result<Sequence<'a>, EvaluationError> {
        self.spend(text.len() as u64)?;
        let replaced = regex.replace(&text, replacement)?;
        self.spend(replaced.len() as u64)?;
        Ok(Sequence::from(replaced))
    }

    /// `tokenize()`
    pub(crate) fn tokenized(
        &self,
        regex: &RegularExpression,
        text: Cow<'a, str>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        self.spend(text.len() as u64)?;
        let tokens = match &text {
            Cow::Borrowed(text) => regex.tokenize(text)?.into_iter().map(Cow::Borrowed).collect(),
            Cow::Owned(text) => regex.tokenize(text)?.into_iter().map(|token| Cow::Owned(token.to_owned())).collect(),
        };
        let tokens: Vec<Cow<'a, str>> = tokens;
        Ok(Sequence::from_atoms(tokens.into_iter().map(Atomic::String).collect()))
    }
}
