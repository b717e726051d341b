//! From tokens to the syntax tree: the grammar of XPath 1.0 by precedence climbing.

use crate::error::{CompileError, CompileErrorKind};
use crate::lexer::{Token, TokenKind, tokenize};
use crate::syntax::{Arithmetic, Axis, Comparison, Name, PathStart, StepSyntax, Syntax, SyntaxKind, TestSyntax};

/// Deepest nesting the parser follows, and most steps of one path. Rules in the wild stay below 40; the bound keeps
/// the stack safe, also the two megabytes of a thread in a build without optimisation.
pub(crate) const MAX_DEPTH: usize = 128;

/// Parses a whole expression.
pub(crate) fn parse(source: &str) -> Result<Syntax, CompileError> {
    let mut parser = Parser { tokens: tokenize(source)?, at: 0, nesting: 0 };
    let expression = parser.binary(OR)?;
    match parser.peek() {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected("an operator or the end of the expression")),
    }
}

struct Parser<'e> {
    tokens: Vec<Token<'e>>,
    at: usize,
    nesting: usize,
}

/// Binary operators by how strongly they bind.
#[derive(Clone, Copy, PartialEq)]
enum Operator {
    Or,
    And,
    Compare(Comparison),
    Arithmetic(Arithmetic),
    Union,
}

impl Operator {
    fn strength(self) -> u8 {
        match self {
            Operator::Or => OR,
            Operator::And => 2,
            Operator::Compare(comparison) if comparison.is_equality() => 3,
            Operator::Compare(_) => 4,
            Operator::Arithmetic(arithmetic) if arithmetic.is_additive() => 5,
            Operator::Arithmetic(_) => 6,
            Operator::Union => UNION,
        }
    }
}

/// The weakest operator: an operand of it is a whole expression.
const OR: u8 = 1;

/// Unary minus binds weaker than `|` and stronger than `*`, and only above it may a union stand.
const UNION: u8 = 8;

impl<'e> Parser<'e> {
    fn token(&self) -> Token<'e> {
        // The last token is `End` and is never passed.
        self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> TokenKind<'e> {
        self.token().kind
    }

    fn peek_second(&self) -> TokenKind<'e> {
        self.tokens.get(self.at + 1).map_or(TokenKind::End, |token| token.kind)
    }

    fn advance(&mut self) -> Token<'e> {
        let token = self.token();
        self.at += 1;
        token
    }

    fn accept(&mut self, kind: TokenKind<'_>) -> bool {
        let found = self.peek() == kind;
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, kind: TokenKind<'_>, expected: &'static str) -> Result<(), CompileError> {
        if self.accept(kind) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn unexpected(&self, expected: &'static str) -> CompileError {
        let token = self.token();
        if let Some(error) = self.of_later_version(token) {
            return error;
        }
        let found = token.kind.describe();
        CompileError::new(CompileErrorKind::Unexpected { expected, found }, token.start, token.end)
    }

    /// The error that names a construct of XPath 2.0, where what stands in the way shows that one was meant.
    fn of_later_version(&self, token: Token<'e>) -> Option<CompileError> {
        let before = self.at.checked_sub(1).and_then(|before| self.tokens.get(before)).copied();
        let (construct, shown) = match (before, token.kind) {
            (_, TokenKind::Name { prefix: None, local }) => (later_operator(local)?, token),
            (Some(before), TokenKind::Dollar) => match before.kind {
                TokenKind::Name { prefix: None, local } => (later_binding(local)?, before),
                _ => return None,
            },
            _ => return None,
        };
        Some(CompileError::new(CompileErrorKind::Unsupported(construct), shown.start, shown.end))
    }

    /// End of the last token read.
    fn behind(&self) -> usize {
        self.tokens[self.at.saturating_sub(1)].end
    }

    fn node(&self, kind: SyntaxKind, start: usize, below: usize) -> Result<Syntax, CompileError> {
        let end = self.behind();
        if below >= MAX_DEPTH {
            return Err(CompileError::new(CompileErrorKind::TooDeep(MAX_DEPTH), start, end));
        }
        Ok(Syntax { kind, start, end, depth: below + 1 })
    }

    /// The operator at this place, where an operator is expected.
    fn operator(&self) -> Option<Operator> {
        Some(match self.peek() {
            TokenKind::Name { prefix: None, local: "or" } => Operator::Or,
            TokenKind::Name { prefix: None, local: "and" } => Operator::And,
            TokenKind::Name { prefix: None, local: "div" } => Operator::Arithmetic(Arithmetic::Divide),
            TokenKind::Name { prefix: None, local: "mod" } => Operator::Arithmetic(Arithmetic::Modulo),
            TokenKind::Equal => Operator::Compare(Comparison::Equal),
            TokenKind::NotEqual => Operator::Compare(Comparison::NotEqual),
            TokenKind::Less => Operator::Compare(Comparison::Less),
            TokenKind::LessOrEqual => Operator::Compare(Comparison::LessOrEqual),
            TokenKind::Greater => Operator::Compare(Comparison::Greater),
            TokenKind::GreaterOrEqual => Operator::Compare(Comparison::GreaterOrEqual),
            TokenKind::Plus => Operator::Arithmetic(Arithmetic::Add),
            TokenKind::Minus => Operator::Arithmetic(Arithmetic::Subtract),
            TokenKind::Star => Operator::Arithmetic(Arithmetic::Multiply),
            TokenKind::Bar => Operator::Union,
            _ => return None,
        })
    }

    /// An operand with all operators behind it that bind at least as strongly as `weakest`.
    fn binary(&mut self, weakest: u8) -> Result<Syntax, CompileError> {
        self.nesting += 1;
        if self.nesting > MAX_DEPTH {
            let token = self.token();
            return Err(CompileError::new(CompileErrorKind::TooDeep(MAX_DEPTH), token.start, token.end));
        }
        let start = self.token().start;
        let mut left = self.unary(weakest)?;
        while let Some(operator) = self.operator().filter(|operator| operator.strength() >= weakest) {
            self.advance();
            let right = self.binary(operator.strength() + 1)?;
            left = self.join(operator, left, right, start)?;
        }
        self.nesting -= 1;
        Ok(left)
    }

    fn join(&self, operator: Operator, mut left: Syntax, right: Syntax, start: usize) -> Result<Syntax, CompileError> {
        if operator == Operator::Union {
            for operand in [&left, &right] {
                if operand.is_atomic() {
                    let kind = CompileErrorKind::NodesNeeded("`|`".into());
                    return Err(CompileError::new(kind, operand.start, operand.end));
                }
            }
        }
        // Operators that are applied from the left keep one flat list however long it grows; a bracketed left operand
        // joins it, which changes nothing.
        let below = right.depth.max(left.depth - 1);
        match (operator, &mut left.kind) {
            (Operator::Or, SyntaxKind::Or(operands))
            | (Operator::And, SyntaxKind::And(operands))
            | (Operator::Union, SyntaxKind::Union(operands)) => {
                operands.push(right);
                return self.node(left.kind, start, below);
            }
            (Operator::Arithmetic(operator), SyntaxKind::Arithmetic { rest, .. })
                if rest.last().is_some_and(|(known, _)| known.is_additive() == operator.is_additive()) =>
            {
                rest.push((operator, right));
                return self.node(left.kind, start, below);
            }
            _ => {}
        }
        let below = left.depth.max(right.depth);
        let kind = match operator {
            Operator::Or => SyntaxKind::Or(vec![left, right]),
            Operator::And => SyntaxKind::And(vec![left, right]),
            Operator::Union => SyntaxKind::Union(vec![left, right]),
            Operator::Compare(operator) => {
                SyntaxKind::Compare { operator, left: Box::new(left), right: Box::new(right) }
            }
            Operator::Arithmetic(operator) => {
                SyntaxKind::Arithmetic { first: Box::new(left), rest: vec![(operator, right)] }
            }
        };
        self.node(kind, start, below)
    }

    fn unary(&mut self, weakest: u8) -> Result<Syntax, CompileError> {
        // An operand of `|` cannot be negated.
        if weakest > UNION || self.peek() != TokenKind::Minus {
            return self.path();
        }
        let start = self.token().start;
        let mut negative = false;
        while self.accept(TokenKind::Minus) {
            negative = !negative;
        }
        let operand = self.binary(UNION)?;
        let below = operand.depth;
        let once = self.node(SyntaxKind::Negate(Box::new(operand)), start, below)?;
        if negative {
            return Ok(once);
        }
        // Twice is not the same as never: it still makes a number.
        self.node(SyntaxKind::Negate(Box::new(once)), start, below + 1)
    }

    /// PathExpr: a location path, or a primary expression with predicates and further steps.
    fn path(&mut self) -> Result<Syntax, CompileError> {
        let start = self.token().start;
        let mut below = 0;
        let mut steps = Vec::new();
        let from = match self.peek() {
            TokenKind::Slash => {
                self.advance();
                if self.starts_step() {
                    self.step(&mut steps, &mut below)?;
                }
                PathStart::Root
            }
            TokenKind::SlashSlash => {
                self.descend(&mut steps);
                self.step(&mut steps, &mut below)?;
                PathStart::Root
            }
            _ if self.starts_primary() => {
                let base = self.filter()?;
                if !matches!(self.peek(), TokenKind::Slash | TokenKind::SlashSlash) {
                    return Ok(base);
                }
                if base.is_atomic() {
                    let kind = CompileErrorKind::NodesNeeded("`/`".into());
                    return Err(CompileError::new(kind, base.start, base.end));
                }
                below = base.depth;
                PathStart::Expression(Box::new(base))
            }
            _ if self.starts_step() => {
                self.step(&mut steps, &mut below)?;
                PathStart::Context
            }
            _ => return Err(self.unexpected("an expression")),
        };
        // `/` alone is a whole path; no step can follow it.
        while !steps.is_empty() || !matches!(from, PathStart::Root) {
            match self.peek() {
                TokenKind::Slash => drop(self.advance()),
                TokenKind::SlashSlash => self.descend(&mut steps),
                _ => break,
            }
            self.step(&mut steps, &mut below)?;
        }
        below = below.max(steps.len());
        self.node(SyntaxKind::Path { start: from, steps }, start, below)
    }

    /// `//`, which stands for `/descendant-or-self::node()/`.
    fn descend(&mut self, steps: &mut Vec<StepSyntax>) {
        let token = self.advance();
        let range = token.start..token.end;
        steps.push(StepSyntax {
            axis: Axis::DescendantOrSelf,
            test: TestSyntax::AnyNode,
            predicates: Vec::new(),
            test_range: range.clone(),
            range,
        });
    }

    fn starts_step(&self) -> bool {
        matches!(
            self.peek(),
            TokenKind::Name { .. }
                | TokenKind::PrefixWildcard(_)
                | TokenKind::Star
                | TokenKind::At
                | TokenKind::Dot
                | TokenKind::DotDot
        )
    }

    fn starts_primary(&self) -> bool {
        match self.peek() {
            TokenKind::Dollar | TokenKind::LeftParenthesis | TokenKind::Literal(_) | TokenKind::Number(_) => true,
            TokenKind::Name { prefix, local } => {
                self.peek_second() == TokenKind::LeftParenthesis && !(prefix.is_none() && is_node_type(local))
            }
            _ => false,
        }
    }

    fn step(&mut self, steps: &mut Vec<StepSyntax>, below: &mut usize) -> Result<(), CompileError> {
        let token = self.token();
        if steps.len() >= MAX_DEPTH {
            return Err(CompileError::new(CompileErrorKind::TooDeep(MAX_DEPTH), token.start, token.end));
        }
        let abbreviation = match token.kind {
            TokenKind::Dot => Some(Axis::SelfNode),
            TokenKind::DotDot => Some(Axis::Parent),
            _ => None,
        };
        if let Some(axis) = abbreviation {
            // XPath 1.0 has no predicates on `.` and `..`.
            self.advance();
            let range = token.start..token.end;
            let (test, predicates) = (TestSyntax::AnyNode, Vec::new());
            steps.push(StepSyntax { axis, test, predicates, test_range: range.clone(), range });
            return Ok(());
        }
        let axis = match token.kind {
            TokenKind::At => {
                self.advance();
                Axis::Attribute
            }
            TokenKind::Name { prefix: None, local } if self.peek_second() == TokenKind::ColonColon => {
                self.advance();
                self.advance();
                axis_named(local, token)?
            }
            _ => Axis::Child,
        };
        let test_start = self.token().start;
        let test = self.node_test()?;
        let test_range = test_start..self.behind();
        let mut predicates = Vec::new();
        let mut within = 0;
        self.predicates(&mut predicates, &mut within)?;
        // The predicates are judged in the midst of the walk that has come this far.
        *below = (*below).max(steps.len() + within);
        steps.push(StepSyntax { axis, test, predicates, range: token.start..self.behind(), test_range });
        Ok(())
    }

    fn predicates(&mut self, predicates: &mut Vec<Syntax>, below: &mut usize) -> Result<(), CompileError> {
        while self.accept(TokenKind::LeftBracket) {
            let predicate = self.binary(OR)?;
            self.expect(TokenKind::RightBracket, "an operator or `]`")?;
            *below = (*below).max(predicate.depth);
            predicates.push(predicate);
        }
        Ok(())
    }

    fn node_test(&mut self) -> Result<TestSyntax, CompileError> {
        let test = match self.peek() {
            TokenKind::Star => TestSyntax::AnyName,
            TokenKind::PrefixWildcard(prefix) => TestSyntax::AnyOfPrefix(prefix.into()),
            TokenKind::Name { prefix: None, local }
                if is_node_type(local) && self.peek_second() == TokenKind::LeftParenthesis =>
            {
                self.advance();
                self.advance();
                let mut test = match local {
                    "text" => TestSyntax::Text,
                    "comment" => TestSyntax::Comment,
                    "node" => TestSyntax::AnyNode,
                    _ => TestSyntax::Instruction(None),
                };
                if let (TestSyntax::Instruction(target), TokenKind::Literal(name)) = (&mut test, self.peek()) {
                    *target = Some(name.into());
                    self.advance();
                }
                self.expect(TokenKind::RightParenthesis, "`)`")?;
                return Ok(test);
            }
            TokenKind::Name { prefix, local } => TestSyntax::Name(name(prefix, local)),
            _ => return Err(self.unexpected("a name or a node test")),
        };
        self.advance();
        Ok(test)
    }

    fn filter(&mut self) -> Result<Syntax, CompileError> {
        let start = self.token().start;
        let base = self.primary()?;
        let mut predicates = Vec::new();
        let mut below = base.depth;
        self.predicates(&mut predicates, &mut below)?;
        if predicates.is_empty() {
            return Ok(base);
        }
        if base.is_atomic() {
            let kind = CompileErrorKind::NodesNeeded("a predicate".into());
            return Err(CompileError::new(kind, base.start, base.end));
        }
        self.node(SyntaxKind::Filter { base: Box::new(base), predicates }, start, below)
    }

    fn primary(&mut self) -> Result<Syntax, CompileError> {
        let token = self.advance();
        let start = token.start;
        match token.kind {
            TokenKind::Literal(text) => self.node(SyntaxKind::Literal(text.into()), start, 0),
            TokenKind::Number(number) => self.node(SyntaxKind::Number(number), start, 0),
            TokenKind::Dollar => match self.peek() {
                TokenKind::Name { prefix, local } => {
                    self.advance();
                    self.node(SyntaxKind::Variable(name(prefix, local)), start, 0)
                }
                _ => Err(self.unexpected("the name of a variable")),
            },
            TokenKind::LeftParenthesis => {
                let inside = self.binary(OR)?;
                self.expect(TokenKind::RightParenthesis, "an operator or `)`")?;
                Ok(inside)
            }
            TokenKind::Name { prefix, local } => {
                self.advance();
                let mut arguments = Vec::new();
                if !self.accept(TokenKind::RightParenthesis) {
                    loop {
                        arguments.push(self.binary(OR)?);
                        if !self.accept(TokenKind::Comma) {
                            break;
                        }
                    }
                    self.expect(TokenKind::RightParenthesis, "an operator, `,` or `)`")?;
                }
                let below = arguments.iter().map(|argument| argument.depth).max().unwrap_or(0);
                self.node(SyntaxKind::Call { name: name(prefix, local), arguments }, start, below)
            }
            _ => {
                self.at -= 1;
                Err(self.unexpected("an expression"))
            }
        }
    }
}

impl Syntax {
    /// Whether the value can never be a node-set, as far as the syntax tells.
    fn is_atomic(&self) -> bool {
        !matches!(
            self.kind,
            SyntaxKind::Path { .. }
                | SyntaxKind::Filter { .. }
                | SyntaxKind::Union(_)
                | SyntaxKind::Variable(_)
                | SyntaxKind::Call { .. }
        )
    }
}

fn name(prefix: Option<&str>, local: &str) -> Name {
    Name { prefix: prefix.map(Into::into), local: local.into() }
}

/// An operator that came with XPath 2.0, at a place where an operator is expected.
fn later_operator(name: &str) -> Option<&'static str> {
    Some(match name {
        "eq" => "the operator `eq` of XPath 2.0",
        "ne" => "the operator `ne` of XPath 2.0",
        "lt" => "the operator `lt` of XPath 2.0",
        "le" => "the operator `le` of XPath 2.0",
        "gt" => "the operator `gt` of XPath 2.0",
        "ge" => "the operator `ge` of XPath 2.0",
        "is" => "the operator `is` of XPath 2.0",
        "to" => "the operator `to` of XPath 2.0",
        "idiv" => "the operator `idiv` of XPath 2.0",
        "union" => "the operator `union` of XPath 2.0",
        "intersect" => "the operator `intersect` of XPath 2.0",
        "except" => "the operator `except` of XPath 2.0",
        "instance" => "the operator `instance of` of XPath 2.0",
        "treat" => "the operator `treat as` of XPath 2.0",
        "castable" => "the operator `castable as` of XPath 2.0",
        "cast" => "the operator `cast as` of XPath 2.0",
        "then" => "the expression `if` of XPath 2.0",
        _ => return None,
    })
}

/// An expression of XPath 2.0 that binds a variable, by its first word.
fn later_binding(name: &str) -> Option<&'static str> {
    Some(match name {
        "for" => "the expression `for` of XPath 2.0",
        "some" => "the expression `some` of XPath 2.0",
        "every" => "the expression `every` of XPath 2.0",
        "let" => "the expression `let` of XPath 3.0",
        _ => return None,
    })
}

fn is_node_type(name: &str) -> bool {
    matches!(name, "comment" | "text" | "processing-instruction" | "node")
}

fn axis_named(written: &str, token: Token<'_>) -> Result<Axis, CompileError> {
    let fail = |kind| CompileError::new(kind, token.start, token.end);
    match Axis::named(written) {
        Some(axis) => Ok(axis),
        None if written == "namespace" => Err(fail(CompileErrorKind::Unsupported("the namespace axis"))),
        None => Err(fail(CompileErrorKind::UnknownAxis(written.into()))
            .suggest(written, Axis::NAMES.iter().map(|(known, _)| *known))),
    }
}
