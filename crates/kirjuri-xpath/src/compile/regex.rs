//! Compiles the regular expressions that an expression says, so that a wrong one is found before any document is.

use std::sync::Arc;

use super::Compiler;
use super::call::single;
use crate::error::{CompileError, CompileErrorKind, ErrorCode, EvaluationError};
use crate::library::{TEXT, TEXT_OR_NONE};
use crate::program::{Expression, General, RegexUse, Type};
use crate::regular_expression::RegularExpression;
use crate::syntax::Syntax;

impl Compiler<'_> {
    /// A call of `matches`, `replace` or `tokenize` whose regular expression and flags are literals. Takes the arguments
    /// only where it is one.
    pub(super) fn regex_call(
        &self,
        name: &str,
        written: &[Syntax],
        arguments: &mut Vec<(Expression, Type)>,
    ) -> Result<Option<(Expression, Type)>, CompileError> {
        let (least, type_) = match name {
            "matches" => (2, Type::Boolean),
            "replace" => (3, Type::String),
            "tokenize" => (2, Type::Any),
            _ => return Ok(None),
        };
        let flags = match arguments.len() {
            given if given == least => Some(""),
            given if given == least + 1 => literal(arguments, least),
            _ => None,
        };
        let Some((regex, flags)) = literal(arguments, 1).zip(flags) else { return Ok(None) };
        let regex = Arc::new(compiled(regex, flags, written, least)?);
        let mut taken = std::mem::take(arguments).into_iter();
        let text = match taken.next() {
            Some((nodes, Type::Nodes)) => single(nodes),
            Some((text, type_)) => self.argument(text, type_, TEXT_OR_NONE),
            None => return Ok(None),
        };
        let use_ = match (name, taken.nth(1)) {
            ("replace", Some((replacement, type_))) => RegexUse::Replace(self.argument(replacement, type_, TEXT)),
            ("matches", _) => RegexUse::Matches,
            _ => RegexUse::Tokenize,
        };
        Ok(Some((Expression::General(Box::new(General::Regex { use_, regex, text })), type_)))
    }
}

fn literal(arguments: &[(Expression, Type)], index: usize) -> Option<&str> {
    match arguments.get(index) {
        Some((Expression::Literal(text), _)) => Some(text),
        _ => None,
    }
}

fn compiled(regex: &str, flags: &str, written: &[Syntax], flags_at: usize) -> Result<RegularExpression, CompileError> {
    let error = |kind, at: usize| {
        let (start, end) = written.get(at).map_or((0, 0), |argument| (argument.start, argument.end));
        CompileError::new(kind, start, end)
    };
    RegularExpression::compile(regex, flags).map_err(|failure| {
        if let Some(what) = RegularExpression::unsupported(regex, flags) {
            return error(CompileErrorKind::Unsupported(what), 1);
        }
        match failure {
            EvaluationError::Dynamic(code) if code.as_str() == "FORX0001" => {
                let what = format!("`{flags}` has other flags of a regular expression than s, m, i, x and q");
                error(CompileErrorKind::Type { what, code }, flags_at)
            }
            _ => {
                let what = format!("`{regex}` is no regular expression of XPath, or grows too large");
                error(CompileErrorKind::Type { what, code: ErrorCode::new("FORX0002") }, 1)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::{Program, StaticContext, Version};

    #[track_caller]
    fn check(expression: &str, expected: &str, marked: &str) {
        let error = Program::compile(expression, &mut StaticContext::new(Version::XPath2)).unwrap_err();
        assert_eq!((error.to_string().as_str(), &expression[error.range()]), (expected, marked), "{expression}");
    }

    #[test]
    fn a_wrong_regular_expression_is_found_when_it_is_compiled() {
        let wrong = "`[a-` is no regular expression of XPath, or grows too large (FORX0002)";
        check("matches(@a, '[a-')", wrong, "'[a-'");
        check("tokenize(@a, '[a-', 'i')", wrong, "'[a-'");
        check("replace(@a, '[a-', @b)", wrong, "'[a-'");
        let flags = "`ig` has other flags of a regular expression than s, m, i, x and q (FORX0001)";
        check("matches(@a, 'a', 'ig')", flags, "'ig'");
        check("replace(@a, 'a', 'b', 'ig')", flags, "'ig'");
    }

    #[test]
    fn what_is_correct_but_cannot_be_done_is_named() {
        check("matches(@a, '(a)\\1')", "a back-reference in a regular expression is not supported", "'(a)\\1'");
    }

    #[test]
    fn a_regular_expression_that_is_no_literal_waits_for_the_evaluation() {
        for expression in
            ["matches(@a, @b)", "matches('a', '[a-', @b)", "replace(@a, string(@b), '')", "tokenize(@a, @b)"]
        {
            assert!(Program::compile(expression, &mut StaticContext::new(Version::XPath2)).is_ok(), "{expression}");
        }
    }
}
