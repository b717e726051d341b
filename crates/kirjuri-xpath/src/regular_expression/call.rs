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
        self.spend(RegularExpression::work_to_compile(pattern))?;
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
        self.matched(regex, &text)
    }

    /// `matches()`
    pub(crate) fn matched(&self, regex: &RegularExpression, text: &str) -> Result<bool, EvaluationError> {
        self.spend(regex.work_to_search(text))?;
        regex.is_match(text)
    }

    /// `replace()`
    pub(crate) fn replaced(
        &self,
        regex: &RegularExpression,
        text: Cow<'a, str>,
        replacement: &str,
    ) -> Result<Sequence<'a>, EvaluationError> {
        self.spend(text.len() as u64 + regex.work_to_search(&text))?;
        let replaced = regex.replace(&text, replacement, |nodes| self.spend(nodes))?;
        self.spend(replaced.len() as u64)?;
        Ok(Sequence::from(replaced))
    }

    /// `tokenize()`
    pub(crate) fn tokenized(
        &self,
        regex: &RegularExpression,
        text: Cow<'a, str>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        self.spend(text.len() as u64 + regex.work_to_search(&text))?;
        let spend = |nodes| self.spend(nodes);
        let tokens: Vec<Atomic<'a>> = match text {
            Cow::Borrowed(text) => regex.tokenize(text, spend)?.into_iter().map(string).collect(),
            Cow::Owned(text) => regex.tokenize(&text, spend)?.into_iter().map(|it| string(it.to_owned())).collect(),
        };
        Ok(Sequence::from_atoms(tokens))
    }
}

fn string<'a>(text: impl Into<Cow<'a, str>>) -> Atomic<'a> {
    Atomic::String(text.into())
}

#[cfg(test)]
mod tests {
    use kirjuri_tree::{Document, Limits};

    use crate::{DynamicContext, EvaluationError, Evaluator, Focus, Node, Program, StaticContext, Version};

    /// The value of an expression at an element with a text and with `p`, a regular expression that no compiler sees.
    #[track_caller]
    fn check(expression: &str, text: &str, p: &str, expected: &str) {
        let document = Document::parse(format!("<a p='{p}'>{text}</a>").as_bytes(), &Limits::default()).unwrap();
        let mut context = StaticContext::new(Version::XPath2);
        let program = Program::compile(&format!("string-join({expression}, '|')"), &mut context).unwrap();
        let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
        let evaluator = Evaluator::new(&document, &binding, &dynamic);
        let root = Node { document: &document, node: document.root_element().into() };
        let found = match evaluator.value(&program, &Focus::on(root)) {
            Ok(value) => value.to_text().into_owned(),
            Err(EvaluationError::Dynamic(code)) => format!("!{code}"),
            Err(EvaluationError::Exhausted) => "exhausted".to_owned(),
            Err(EvaluationError::Interrupted) => "interrupted".to_owned(),
        };
        assert_eq!(found, expected, "{expression} {p}");
    }

    #[test]
    fn literals_and_other_texts_are_used_alike() {
        for p in ["@p", "'a+'"] {
            check(&format!("string(matches(., {p}))"), "baab", "a+", "true");
            check(&format!("string(matches((), {p}))"), "baab", "a+", "false");
            check(&format!("replace(., {p}, '[$0]')"), "baab", "a+", "b[aa]b");
            check(&format!("tokenize(., {p}, 'i')"), "bAab", "a+", "b|b");
            check(&format!("tokenize(substring(., 2), {p})"), "baab", "a+", "|b");
            check(&format!("tokenize((), {p})"), "baab", "a+", "");
            check(
                &format!("for $i in 1 to 40 return tokenize('1a2', {p})[matches(., concat('^', $i, '$'))]"),
                "",
                "a+",
                "1|2",
            );
        }
        check("tokenize(., @p)", "baab", "a*", "!FORX0003");
        check("replace(., 'a', @p)", "baab", "$", "!FORX0004");
        check("string(matches(., @p))", "baab", "(", "!FORX0002");
        check("for $i in 1 to 2 return string(matches(., @p))", "baab", "(a)\\1", "!FORX0002");
        check("string(matches(., 'a', @p))", "baab", "g", "!FORX0001");
        check("string(matches((., .), 'a'))", "baab", "", "!XPTY0004");
    }

    #[test]
    fn what_would_take_too_long_is_stopped() {
        check("string(matches(., @p))", &"a".repeat(1 << 20), "(a{300}){300}b", "exhausted");
        check("string(matches(., '(a{300}){300}b'))", &"a".repeat(1 << 20), "", "exhausted");
        check("for $i in 1 to 10000 return string(matches(., concat(@p, $i)))", "", "(a{300}){300}", "exhausted");
    }
}
