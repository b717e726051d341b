//! From tokens to the syntax tree, by precedence climbing: the operators of XPath 1.0 here, paths and those of XPath 2.0
//! beside.

mod later;
mod path;

pub(crate) use path::undoubled;

use crate::context::Version;
use crate::error::{CompileError, CompileErrorKind};
use crate::lexer::{Token, TokenKind, tokenize};
use crate::syntax::{Arithmetic, Comparison, Name, Syntax, SyntaxKind};

/// Deepest nesting the parser follows, and most steps of one path. Rules in the wild stay below 40; the bound keeps
/// the stack safe, also the two megabytes of a thread in a build without optimisation.
pub(crate) const MAX_DEPTH: usize = 128;

/// Parses a whole expression.
pub(crate) fn parse(source: &str, version: Version) -> Result<Syntax, CompileError> {
    let later = version == Version::XPath2;
    let mut parser = Parser { tokens: tokenize(source, version)?, at: 0, nesting: 0, later };
    let expression = parser.expression()?;
    match parser.peek() {
        TokenKind::End => Ok(expression),
        _ => Err(parser.unexpected("an operator or the end of the expression")),
    }
}

struct Parser<'e> {
    tokens: Vec<Token<'e>>,
    at: usize,
    nesting: usize,
    /// Whether the grammar is that of XPath 2.0.
    later: bool,
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

/// The operators whose operands keep one list.
#[derive(Clone, Copy)]
enum Joint {
    Or,
    And,
    Union,
    /// `||`
    Text,
    Arithmetic(Arithmetic),
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
        if self.later {
            return None;
        }
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
        self.descend_into()?;
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

    fn join(&self, operator: Operator, left: Syntax, right: Syntax, start: usize) -> Result<Syntax, CompileError> {
        if operator == Operator::Union {
            for operand in [&left, &right] {
                if operand.is_atomic() {
                    let kind = CompileErrorKind::NodesNeeded("`|`".into());
                    return Err(CompileError::new(kind, operand.start, operand.end));
                }
            }
        }
        match operator {
            Operator::Or => self.joined(Joint::Or, left, right, start),
            Operator::And => self.joined(Joint::And, left, right, start),
            Operator::Union => self.joined(Joint::Union, left, right, start),
            Operator::Arithmetic(operator) => self.joined(Joint::Arithmetic(operator), left, right, start),
            Operator::Compare(operator) => {
                let below = left.depth.max(right.depth);
                let kind = SyntaxKind::Compare { operator, left: Box::new(left), right: Box::new(right) };
                self.node(kind, start, below)
            }
        }
    }

    /// Joins operands by an operator that is applied from the left: they keep one flat list however long it grows. A
    /// bracketed left operand joins it, which changes nothing.
    fn joined(&self, joint: Joint, mut left: Syntax, right: Syntax, start: usize) -> Result<Syntax, CompileError> {
        let flat = right.depth.max(left.depth - 1);
        match (joint, &mut left.kind) {
            (Joint::Or, SyntaxKind::Or(operands))
            | (Joint::And, SyntaxKind::And(operands))
            | (Joint::Text, SyntaxKind::Join(operands))
            | (Joint::Union, SyntaxKind::Union(operands)) => {
                operands.push(right);
                return self.node(left.kind, start, flat);
            }
            (Joint::Arithmetic(operator), SyntaxKind::Arithmetic { rest, .. })
                if rest.last().is_some_and(|(known, _)| known.is_additive() == operator.is_additive()) =>
            {
                rest.push((operator, right));
                return self.node(left.kind, start, flat);
            }
            _ => {}
        }
        let below = left.depth.max(right.depth);
        let kind = match joint {
            Joint::Or => SyntaxKind::Or(vec![left, right]),
            Joint::And => SyntaxKind::And(vec![left, right]),
            Joint::Union => SyntaxKind::Union(vec![left, right]),
            Joint::Text => SyntaxKind::Join(vec![left, right]),
            Joint::Arithmetic(operator) => {
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

    /// A whole expression: in XPath 2.0 a list of them, which is a sequence.
    fn expression(&mut self) -> Result<Syntax, CompileError> {
        if self.later { self.sequence() } else { self.binary(OR) }
    }

    /// An expression that a comma ends.
    fn single(&mut self) -> Result<Syntax, CompileError> {
        if self.later { self.expression_single() } else { self.binary(OR) }
    }

    /// One level deeper; left again by the caller with `nesting -= 1`.
    fn descend_into(&mut self) -> Result<(), CompileError> {
        self.nesting += 1;
        if self.nesting > MAX_DEPTH {
            let token = self.token();
            return Err(CompileError::new(CompileErrorKind::TooDeep(MAX_DEPTH), token.start, token.end));
        }
        Ok(())
    }
}

impl Syntax {
    /// Whether the value can never be a node-set of XPath 1.0, as far as the syntax tells.
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
