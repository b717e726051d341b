//! What an expression refers to, read from its syntax: for hosts that prepare variables and documents before they compile.

use std::ops::Range;

use crate::context::Version;
use crate::error::CompileError;
use crate::lexer::{TokenKind, tokenize};
use crate::parser::{self, undoubled};
use crate::syntax::{BindingSyntax, PathStart, Syntax, SyntaxKind};

/// The variables that an expression reads and does not bind itself, as written and each once, in the order in which
/// they are first read.
///
/// # Errors
/// As [`Program::compile`](crate::Program::compile), as far as the grammar goes.
pub fn free_variables(source: &str, version: Version) -> Result<Vec<String>, CompileError> {
    let syntax = parser::parse(source, version)?;
    let mut free = Free { found: Vec::new(), bound: Vec::new() };
    free.read(&syntax);
    Ok(free.found)
}

/// The texts between quotes in an expression, as they read, each with its range, quotes included.
///
/// # Errors
/// What is no token of the language.
pub fn string_literals(source: &str, version: Version) -> Result<Vec<(String, Range<usize>)>, CompileError> {
    let literal = |token: crate::lexer::Token<'_>| match token.kind {
        TokenKind::Literal { inside, quote } => {
            let text = if version == Version::XPath2 { undoubled(inside, quote) } else { inside.into() };
            Some((text, token.start..token.end))
        }
        _ => None,
    };
    Ok(tokenize(source, version)?.into_iter().filter_map(literal).collect())
}

/// The names that stand before an opening bracket in an expression, as calls do, as written and each once.
///
/// # Errors
/// What is no token of the language.
pub fn called_functions(source: &str, version: Version) -> Result<Vec<String>, CompileError> {
    let tokens = tokenize(source, version)?;
    let mut called: Vec<String> = Vec::new();
    for pair in tokens.windows(2) {
        if let [name, bracket] = pair
            && let (TokenKind::Name { prefix, local }, TokenKind::LeftParenthesis) = (name.kind, bracket.kind)
        {
            let written = prefix.map_or_else(|| local.to_owned(), |prefix| format!("{prefix}:{local}"));
            if !called.contains(&written) {
                called.push(written);
            }
        }
    }
    Ok(called)
}

struct Free {
    found: Vec<String>,
    /// The names that are bound where the reading is, the innermost last.
    bound: Vec<String>,
}

impl Free {
    fn all(&mut self, parts: &[Syntax]) {
        parts.iter().for_each(|part| self.read(part));
    }

    fn bindings(&mut self, bindings: &[BindingSyntax], inside: &Syntax) {
        let before = self.bound.len();
        for binding in bindings {
            // What a variable is bound to does not see it yet.
            self.read(&binding.value);
            self.bound.push(binding.name.to_string());
        }
        self.read(inside);
        self.bound.truncate(before);
    }

    fn read(&mut self, syntax: &Syntax) {
        match &syntax.kind {
            SyntaxKind::Variable(name) => {
                let name = name.to_string();
                if !self.bound.contains(&name) && !self.found.contains(&name) {
                    self.found.push(name);
                }
            }
            SyntaxKind::Literal(_) | SyntaxKind::Number(_) | SyntaxKind::Integer(_) | SyntaxKind::Decimal(_) => {}
            SyntaxKind::Call { arguments: parts, .. }
            | SyntaxKind::Or(parts)
            | SyntaxKind::And(parts)
            | SyntaxKind::Union(parts)
            | SyntaxKind::Sequence(parts)
            | SyntaxKind::Join(parts) => self.all(parts),
            SyntaxKind::Compare { left, right, .. }
            | SyntaxKind::CompareValues { left, right, .. }
            | SyntaxKind::CompareNodes { left, right, .. }
            | SyntaxKind::Range(left, right)
            | SyntaxKind::Intersect(left, right)
            | SyntaxKind::Except(left, right)
            | SyntaxKind::Map { base: left, step: right }
            | SyntaxKind::SimpleMap { base: left, step: right } => {
                self.read(left);
                self.read(right);
            }
            SyntaxKind::Arithmetic { first, rest } => {
                self.read(first);
                rest.iter().for_each(|(_, operand)| self.read(operand));
            }
            SyntaxKind::Negate(operand)
            | SyntaxKind::Plus(operand)
            | SyntaxKind::InstanceOf(operand, _)
            | SyntaxKind::TreatAs(operand, _)
            | SyntaxKind::CastableAs(operand, _)
            | SyntaxKind::CastAs(operand, _) => self.read(operand),
            SyntaxKind::Path { start, steps } => {
                if let PathStart::Expression(base) = start {
                    self.read(base);
                }
                steps.iter().for_each(|step| self.all(&step.predicates));
            }
            SyntaxKind::Filter { base, predicates } => {
                self.read(base);
                self.all(predicates);
            }
            SyntaxKind::For { bindings, result } | SyntaxKind::Let { bindings, result } => {
                self.bindings(bindings, result);
            }
            SyntaxKind::Quantified { bindings, condition, .. } => self.bindings(bindings, condition),
            SyntaxKind::If { condition, then, otherwise } => {
                self.read(condition);
                self.read(then);
                self.read(otherwise);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_expression_does_not_bind_is_free() {
        let check = |source: &str, expected: &[&str]| {
            assert_eq!(free_variables(source, Version::XPath2).unwrap(), expected, "{source}");
        };
        check("$a + $b * $a", &["a", "b"]);
        check("(some $x in b satisfies $x = 2) and $x = 2", &["x"]);
        check("for $x in $x/b return $x", &["x"]);
        check("for $x in a, $y in $x return $y", &[]);
        check("let $x:=1 return $x", &[]);
        check("let $x := $y, $z := $x return $z[. = $w]", &["y", "w"]);
        check("a[$p:q]/b[@c = $d] | $e", &["p:q", "d", "e"]);
        check("if ($a) then 'no $b' else (: $c :) $d", &["a", "d"]);
        check("every $x in (for $x in $y return $x) satisfies $x", &["y"]);
    }

    #[test]
    fn literals_and_calls_are_found_where_they_stand() {
        let literals = string_literals("(: don't :) doc ('in.xml') | \"a\"\"b\"", Version::XPath2).unwrap();
        assert_eq!(literals, [("in.xml".to_owned(), 17..25), ("a\"b".to_owned(), 29..35)]);
        assert_eq!(called_functions("doc ('a') | p:f(not(doc('b')))", Version::XPath2).unwrap(), ["doc", "p:f", "not"]);
    }
}
