//! What an expression refers to, read from its syntax: for hosts that prepare variables and documents before they compile.

use std::ops::Range;

use crate::context::Version;
use crate::error::CompileError;
use crate::lexer::{TokenKind, tokenize};
use crate::parser::{self, undoubled};
use crate::syntax::{Axis, BindingSyntax, PathStart, StepSyntax, Syntax, SyntaxKind};

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

/// Whether an expression may look at anything but the context node, what is inside it and its attributes: at what stands
/// around it, or at the document as a whole. `functions` are those of the host that do, by their local names.
///
/// # Errors
/// As [`Program::compile`](crate::Program::compile), as far as the grammar goes.
pub fn looks_outward(source: &str, version: Version, functions: &[&str]) -> Result<bool, CompileError> {
    Ok(is_outward(&parser::parse(source, version)?, functions))
}

/// As [`looks_outward`], of a pattern: its steps say where the node stands, which is no look at anything else, unless the
/// first must be the root.
///
/// # Errors
/// As [`Pattern::compile`](crate::Pattern::compile), as far as the grammar goes.
pub fn pattern_looks_outward(source: &str, version: Version, functions: &[&str]) -> Result<bool, CompileError> {
    fn is_pattern_outward(syntax: &Syntax, functions: &[&str]) -> bool {
        match &syntax.kind {
            SyntaxKind::Union(alternatives) => alternatives.iter().any(|it| is_pattern_outward(it, functions)),
            SyntaxKind::Path { start: PathStart::Root, steps } => {
                // `//name` may stand anywhere.
                let is_anywhere = steps.first().is_some_and(|step| step.axis == Axis::DescendantOrSelf);
                !is_anywhere || predicates_look_outward(steps, functions)
            }
            SyntaxKind::Path { start: PathStart::Context, steps } => predicates_look_outward(steps, functions),
            _ => is_outward(syntax, functions),
        }
    }
    Ok(is_pattern_outward(&parser::parse(source, version)?, functions))
}

/// Whether it is settled which nodes a pattern selects as soon as they are read to their end, whatever follows: only the last
/// step asks for more than names, and that of the node itself.
///
/// # Errors
/// As [`Pattern::compile`](crate::Pattern::compile), as far as the grammar goes.
pub fn pattern_is_settled(source: &str, version: Version, functions: &[&str]) -> Result<bool, CompileError> {
    fn is_settled(syntax: &Syntax, functions: &[&str]) -> bool {
        match &syntax.kind {
            SyntaxKind::Union(alternatives) => alternatives.iter().all(|it| is_settled(it, functions)),
            SyntaxKind::Path { start: PathStart::Root | PathStart::Context, steps } => {
                let (last, before) = match steps.split_last() {
                    Some((last, before)) => (std::slice::from_ref(last), before),
                    None => (&[][..], &[][..]),
                };
                // The attributes of an element are there as soon as one of them is.
                let (owner, before) = match before.split_last() {
                    Some((owner, before)) if last.iter().all(|step| step.axis == Axis::Attribute) => {
                        (Some(owner), before)
                    }
                    _ => (None, before),
                };
                before.iter().all(|step| step.predicates.is_empty())
                    && owner.into_iter().flat_map(|owner| &owner.predicates).all(is_about_attributes)
                    && last
                        .iter()
                        .flat_map(|step| &step.predicates)
                        .all(|it| stays_out(it) || !is_outward(it, functions))
            }
            _ => false,
        }
    }
    Ok(is_settled(&parser::parse(source, version)?, functions))
}

/// Whether a predicate is `not(ancestor::name)`: what a node is inside of is known when it begins.
fn stays_out(syntax: &Syntax) -> bool {
    let SyntaxKind::Call { name, arguments } = &syntax.kind else { return false };
    let [Syntax { kind: SyntaxKind::Path { start: PathStart::Context, steps }, .. }] = &arguments[..] else {
        return false;
    };
    let is_ancestor = |step: &StepSyntax| step.axis == Axis::Ancestor && step.predicates.is_empty();
    name.prefix.is_none() && name.local == "not" && steps.len() == 1 && steps.iter().all(is_ancestor)
}

/// Whether a predicate asks for nothing but attributes of the node.
fn is_about_attributes(syntax: &Syntax) -> bool {
    let is_itself = match &syntax.kind {
        SyntaxKind::Path { start: PathStart::Context, steps } => {
            steps.first().is_some_and(|step| step.axis == Axis::Attribute)
        }
        SyntaxKind::Path { .. } => false,
        // Without an argument most functions take the node itself.
        SyntaxKind::Call { arguments, .. } => !arguments.is_empty(),
        _ => true,
    };
    is_itself && syntax.parts().into_iter().all(is_about_attributes)
}

fn predicates_look_outward(steps: &[StepSyntax], functions: &[&str]) -> bool {
    steps.iter().flat_map(|step| &step.predicates).any(|predicate| is_outward(predicate, functions))
}

/// The functions of the language that start from the document, or from what stands around a node; how many there are of it
/// is known when all have come.
const OUTWARD: [&str; 10] = ["base-uri", "collection", "doc", "document", "id", "idref", "key", "lang", "last", "root"];

fn is_outward(syntax: &Syntax, functions: &[&str]) -> bool {
    let is_itself = match &syntax.kind {
        SyntaxKind::Path { start: PathStart::Root, .. } => true,
        SyntaxKind::Path { steps, .. } => steps.iter().any(|step| {
            !matches!(
                step.axis,
                Axis::Attribute
                    | Axis::Child
                    | Axis::Descendant
                    | Axis::DescendantOrSelf
                    | Axis::SelfNode
                    | Axis::AttributesBelow
            )
        }),
        SyntaxKind::Call { name, .. } => {
            let known: &[&str] = if name.prefix.is_some() { functions } else { &OUTWARD };
            known.contains(&name.local.as_str())
        }
        _ => false,
    };
    is_itself || syntax.parts().into_iter().any(|part| is_outward(part, functions))
}

struct Free {
    found: Vec<String>,
    /// The names that are bound where the reading is, the innermost last.
    bound: Vec<String>,
}

impl Free {
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
            SyntaxKind::For { bindings, result } | SyntaxKind::Let { bindings, result } => {
                self.bindings(bindings, result);
            }
            SyntaxKind::Quantified { bindings, condition, .. } => self.bindings(bindings, condition),
            _ => syntax.parts().into_iter().for_each(|part| self.read(part)),
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
    fn what_stays_inside_the_context_node_does_not_look_outward() {
        let check = |source: &str, expected: bool| {
            assert_eq!(looks_outward(source, Version::XPath2, &["is-carried"]).unwrap(), expected, "{source}");
        };
        check("@a = 'x' and b/c[d]//e", false);
        check("count(*) > 1 or k:valid(.)", false);
        check("some $x in a satisfies $x = 'b'", false);
        check("/a", true);
        check("b[//c]", true);
        check("../@a", true);
        check("b[not(ancestor::c)]", true);
        check("b/preceding-sibling::c", true);
        check("not(k:is-carried())", true);
        check("if (a) then key('x', b) else c", true);
        let check = |source: &str, expected: bool| {
            assert_eq!(pattern_looks_outward(source, Version::XPath1, &[]).unwrap(), expected, "{source}");
        };
        check("a/b | c//d[e]", false);
        check("//a[@b]", false);
        check("/a/b", true);
        check("a[../b]/c", true);
        check("c | a[/b]", true);
        let check = |source: &str, expected: bool| {
            assert_eq!(pattern_is_settled(source, Version::XPath1, &[]).unwrap(), expected, "{source}");
        };
        check("/a/b[c]", true);
        check("/a/b[@c = 'x' and not(@d)]/@e | d", true);
        check("/a/b[c]/@e", false);
        check("/a/b[normalize-space()]/@e", false);
        check("/a[@c]/b/@e", false);
        check("b[@c][not(ancestor::d)]", true);
        check("b[not(ancestor::d[e])]", false);
        check("b[2]/c", false);
        check("/a[c]/b", false);
        check("a/b[../c]", false);
        check("a/b[last()]", false);
    }

    #[test]
    fn literals_and_calls_are_found_where_they_stand() {
        let literals = string_literals("(: don't :) doc ('in.xml') | \"a\"\"b\"", Version::XPath2).unwrap();
        assert_eq!(literals, [("in.xml".to_owned(), 17..25), ("a\"b".to_owned(), 29..35)]);
        assert_eq!(called_functions("doc ('a') | p:f(not(doc('b')))", Version::XPath2).unwrap(), ["doc", "p:f", "not"]);
    }
}
