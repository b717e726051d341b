//! The expressions that came with XPath 2.0, and the few operators of later versions that rules use.

use super::{Joint, Parser, name};
use crate::error::{CompileError, CompileErrorKind};
use crate::lexer::TokenKind;
use crate::syntax::{
    Arithmetic, BindingSyntax, Comparison, ItemTypeSyntax, Name, NodeComparison, Occurrence, SequenceTypeSyntax,
    SingleTypeSyntax, Syntax, SyntaxKind,
};

/// Binary operators by how strongly they bind, the weakest first.
#[derive(Clone, Copy, PartialEq)]
enum Operator {
    Or,
    And,
    Compare(Comparison),
    CompareValues(Comparison),
    CompareNodes(NodeComparison),
    Join,
    Range,
    Arithmetic(Arithmetic),
    Union,
    Intersect,
    Except,
    InstanceOf,
    TreatAs,
    CastableAs,
    CastAs,
    Arrow,
}

const COMPARISON: u8 = 3;
const RANGE: u8 = 5;
const INSTANCE_OF: u8 = 10;

impl Operator {
    fn strength(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Compare(_) | Operator::CompareValues(_) | Operator::CompareNodes(_) => COMPARISON,
            Operator::Join => 4,
            Operator::Range => RANGE,
            Operator::Arithmetic(arithmetic) if arithmetic.is_additive() => 6,
            Operator::Arithmetic(_) => 7,
            Operator::Union => 8,
            Operator::Intersect | Operator::Except => 9,
            Operator::InstanceOf => INSTANCE_OF,
            Operator::TreatAs => 11,
            Operator::CastableAs => 12,
            Operator::CastAs => 13,
            Operator::Arrow => 14,
        }
    }

    /// Whether `a op b op c` is no expression.
    fn stands_alone(self) -> bool {
        // The types follow one another from the strongest to the weakest; none can be repeated.
        matches!(self.strength(), COMPARISON | RANGE | INSTANCE_OF..=13)
    }
}

impl<'e> Parser<'e> {
    /// Expr: expressions separated by commas.
    pub(super) fn sequence(&mut self) -> Result<Syntax, CompileError> {
        let start = self.token().start;
        let first = self.expression_single()?;
        if self.peek() != TokenKind::Comma {
            return Ok(first);
        }
        let mut below = first.depth;
        let mut items = vec![first];
        while self.accept(TokenKind::Comma) {
            let item = self.expression_single()?;
            below = below.max(item.depth);
            items.push(item);
        }
        self.node(SyntaxKind::Sequence(items), start, below)
    }

    /// ExprSingle: an expression that a comma ends.
    pub(super) fn expression_single(&mut self) -> Result<Syntax, CompileError> {
        let TokenKind::Name { prefix: None, local } = self.peek() else { return self.operators(0) };
        match (local, self.peek_second()) {
            ("for" | "let" | "some" | "every", TokenKind::Dollar) => self.binding(local),
            ("if", TokenKind::LeftParenthesis) => self.conditional(),
            _ => self.operators(0),
        }
    }

    /// `for`, `let`, `some` and `every`.
    fn binding(&mut self, word: &str) -> Result<Syntax, CompileError> {
        self.descend_into()?;
        let start = self.advance().start;
        let (mut bindings, mut below) = (Vec::new(), 0);
        loop {
            self.expect(TokenKind::Dollar, "`$`")?;
            let name = self.qname("the name of a variable")?;
            match word {
                "let" => self.expect(TokenKind::ColonEqual, "`:=`")?,
                _ => self.keyword("in", "`in`")?,
            }
            let value = self.expression_single()?;
            below = below.max(value.depth);
            bindings.push(BindingSyntax { name, value });
            if !self.accept(TokenKind::Comma) {
                break;
            }
        }
        match word {
            "for" | "let" => self.keyword("return", "`return`")?,
            _ => self.keyword("satisfies", "`satisfies`")?,
        }
        let last = self.expression_single()?;
        // Each binding is a level of its own.
        below = below.max(last.depth) + bindings.len() - 1;
        let last = Box::new(last);
        let kind = match word {
            "for" => SyntaxKind::For { bindings, result: last },
            "let" => SyntaxKind::Let { bindings, result: last },
            word => SyntaxKind::Quantified { every: word == "every", bindings, condition: last },
        };
        self.nesting -= 1;
        self.node(kind, start, below)
    }

    fn conditional(&mut self) -> Result<Syntax, CompileError> {
        self.descend_into()?;
        let start = self.advance().start;
        self.expect(TokenKind::LeftParenthesis, "`(`")?;
        let condition = Box::new(self.sequence()?);
        self.expect(TokenKind::RightParenthesis, "an operator or `)`")?;
        self.keyword("then", "`then`")?;
        let then = Box::new(self.expression_single()?);
        self.keyword("else", "`else`")?;
        let otherwise = Box::new(self.expression_single()?);
        let below = condition.depth.max(then.depth).max(otherwise.depth);
        self.nesting -= 1;
        self.node(SyntaxKind::If { condition, then, otherwise }, start, below)
    }

    fn keyword(&mut self, word: &str, expected: &'static str) -> Result<(), CompileError> {
        self.expect(TokenKind::Name { prefix: None, local: word }, expected)
    }

    fn qname(&mut self, expected: &'static str) -> Result<Name, CompileError> {
        match self.peek() {
            TokenKind::Name { prefix, local } => {
                self.advance();
                Ok(name(prefix, local))
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    /// The operator at this place, where an operator is expected, and of how many tokens it is.
    fn later_operator(&self) -> Option<(Operator, usize)> {
        let second = |word: &str| self.peek_second() == TokenKind::Name { prefix: None, local: word };
        let operator = match self.peek() {
            TokenKind::Name { prefix: None, local } => match local {
                "or" => Operator::Or,
                "and" => Operator::And,
                "div" => Operator::Arithmetic(Arithmetic::Divide),
                "idiv" => Operator::Arithmetic(Arithmetic::IntegerDivide),
                "mod" => Operator::Arithmetic(Arithmetic::Modulo),
                "eq" => Operator::CompareValues(Comparison::Equal),
                "ne" => Operator::CompareValues(Comparison::NotEqual),
                "lt" => Operator::CompareValues(Comparison::Less),
                "le" => Operator::CompareValues(Comparison::LessOrEqual),
                "gt" => Operator::CompareValues(Comparison::Greater),
                "ge" => Operator::CompareValues(Comparison::GreaterOrEqual),
                "is" => Operator::CompareNodes(NodeComparison::Same),
                "to" => Operator::Range,
                "union" => Operator::Union,
                "intersect" => Operator::Intersect,
                "except" => Operator::Except,
                "instance" if second("of") => return Some((Operator::InstanceOf, 2)),
                "treat" if second("as") => return Some((Operator::TreatAs, 2)),
                "castable" if second("as") => return Some((Operator::CastableAs, 2)),
                "cast" if second("as") => return Some((Operator::CastAs, 2)),
                _ => return None,
            },
            TokenKind::Equal => Operator::Compare(Comparison::Equal),
            TokenKind::NotEqual => Operator::Compare(Comparison::NotEqual),
            TokenKind::Less => Operator::Compare(Comparison::Less),
            TokenKind::LessOrEqual => Operator::Compare(Comparison::LessOrEqual),
            TokenKind::Greater => Operator::Compare(Comparison::Greater),
            TokenKind::GreaterOrEqual => Operator::Compare(Comparison::GreaterOrEqual),
            TokenKind::LessLess => Operator::CompareNodes(NodeComparison::Before),
            TokenKind::GreaterGreater => Operator::CompareNodes(NodeComparison::After),
            TokenKind::Plus => Operator::Arithmetic(Arithmetic::Add),
            TokenKind::Minus => Operator::Arithmetic(Arithmetic::Subtract),
            TokenKind::Star => Operator::Arithmetic(Arithmetic::Multiply),
            TokenKind::Bar => Operator::Union,
            TokenKind::BarBar => Operator::Join,
            TokenKind::Arrow => Operator::Arrow,
            _ => return None,
        };
        Some((operator, 1))
    }

    /// An operand with all operators behind it that bind at least as strongly as `weakest`.
    fn operators(&mut self, weakest: u8) -> Result<Syntax, CompileError> {
        self.descend_into()?;
        let start = self.token().start;
        let mut left = self.signed()?;
        let mut ceiling = u8::MAX;
        while let Some((operator, tokens)) = self.later_operator().filter(|(found, _)| found.strength() >= weakest) {
            if operator.strength() >= ceiling {
                return Err(self.unexpected("the end of the comparison"));
            }
            self.at += tokens;
            left = self.apply(operator, left, start)?;
            ceiling = if operator.stands_alone() { operator.strength() } else { u8::MAX };
        }
        self.nesting -= 1;
        Ok(left)
    }

    fn apply(&mut self, operator: Operator, left: Syntax, start: usize) -> Result<Syntax, CompileError> {
        let below = left.depth;
        let left_box = |left| Box::new(left);
        let kind = match operator {
            Operator::InstanceOf => SyntaxKind::InstanceOf(left_box(left), self.sequence_type()?),
            Operator::TreatAs => SyntaxKind::TreatAs(left_box(left), self.sequence_type()?),
            Operator::CastableAs => SyntaxKind::CastableAs(left_box(left), self.single_type()?),
            Operator::CastAs => SyntaxKind::CastAs(left_box(left), self.single_type()?),
            Operator::Arrow => {
                let name = self.qname("the name of a function")?;
                let mut arguments = self.arguments()?;
                arguments.insert(0, left);
                let below = arguments.iter().map(|argument| argument.depth).max().unwrap_or(0);
                return self.node(SyntaxKind::Call { name, arguments }, start, below);
            }
            other => {
                let right = self.operators(other.strength() + 1)?;
                return self.join_later(other, left, right, start);
            }
        };
        self.node(kind, start, below)
    }

    fn join_later(
        &self,
        operator: Operator,
        left: Syntax,
        right: Syntax,
        start: usize,
    ) -> Result<Syntax, CompileError> {
        let below = left.depth.max(right.depth);
        let both = |left, right| (Box::new(left), Box::new(right));
        let kind = match operator {
            Operator::Or => return self.joined(Joint::Or, left, right, start),
            Operator::And => return self.joined(Joint::And, left, right, start),
            Operator::Union => return self.joined(Joint::Union, left, right, start),
            Operator::Join => return self.joined(Joint::Text, left, right, start),
            Operator::Arithmetic(operator) => return self.joined(Joint::Arithmetic(operator), left, right, start),
            Operator::Compare(operator) => {
                let (left, right) = both(left, right);
                SyntaxKind::Compare { operator, left, right }
            }
            Operator::CompareValues(operator) => {
                let (left, right) = both(left, right);
                SyntaxKind::CompareValues { operator, left, right }
            }
            Operator::CompareNodes(operator) => {
                let (left, right) = both(left, right);
                SyntaxKind::CompareNodes { operator, left, right }
            }
            Operator::Intersect => {
                let (left, right) = both(left, right);
                SyntaxKind::Intersect(left, right)
            }
            Operator::Except => {
                let (left, right) = both(left, right);
                SyntaxKind::Except(left, right)
            }
            _ => {
                let (left, right) = both(left, right);
                SyntaxKind::Range(left, right)
            }
        };
        self.node(kind, start, below)
    }

    /// UnaryExpr: signs before a path, and the paths that `!` applies one after another.
    fn signed(&mut self) -> Result<Syntax, CompileError> {
        let start = self.token().start;
        let mut negative = None;
        loop {
            match self.peek() {
                TokenKind::Minus => negative = Some(!negative.unwrap_or(false)),
                TokenKind::Plus => negative = Some(negative.unwrap_or(false)),
                _ => break,
            }
            self.advance();
        }
        let mut operand = self.path()?;
        while self.accept(TokenKind::Bang) {
            let step = self.path()?;
            let below = operand.depth.max(step.depth);
            operand =
                self.node(SyntaxKind::SimpleMap { base: Box::new(operand), step: Box::new(step) }, start, below)?;
        }
        let below = operand.depth;
        match negative {
            None => Ok(operand),
            Some(true) => self.node(SyntaxKind::Negate(Box::new(operand)), start, below),
            Some(false) => self.node(SyntaxKind::Plus(Box::new(operand)), start, below),
        }
    }

    /// SequenceType: `xs:string?`, `node()*`, `empty-sequence()`.
    pub(super) fn sequence_type(&mut self) -> Result<SequenceTypeSyntax, CompileError> {
        let token = self.token();
        let TokenKind::Name { prefix, local } = token.kind else { return Err(self.unexpected("a type")) };
        let is_call = self.peek_second() == TokenKind::LeftParenthesis;
        let item = match local {
            "empty-sequence" | "item" if prefix.is_none() && is_call => {
                self.advance();
                self.advance();
                self.expect(TokenKind::RightParenthesis, "`)`")?;
                if local == "empty-sequence" {
                    return Ok(SequenceTypeSyntax { item: None, occurrence: Occurrence::Any });
                }
                ItemTypeSyntax::Item
            }
            "function" | "map" | "array" if prefix.is_none() && is_call => {
                let kind = CompileErrorKind::Unsupported("a type of functions, maps or arrays, of XPath 3.0,");
                return Err(CompileError::new(kind, token.start, token.end));
            }
            _ if is_call => ItemTypeSyntax::Node(self.node_test()?),
            _ => {
                self.advance();
                ItemTypeSyntax::Atomic(name(prefix, local), token.start..token.end)
            }
        };
        let occurrence = match self.peek() {
            TokenKind::Question => Occurrence::Optional,
            TokenKind::Star => Occurrence::Any,
            TokenKind::Plus => Occurrence::Many,
            _ => return Ok(SequenceTypeSyntax { item: Some(item), occurrence: Occurrence::One }),
        };
        self.advance();
        Ok(SequenceTypeSyntax { item: Some(item), occurrence })
    }

    /// SingleType: the name of an atomic type, perhaps with `?`.
    fn single_type(&mut self) -> Result<SingleTypeSyntax, CompileError> {
        let token = self.token();
        let name = self.qname("the name of an atomic type")?;
        let optional = self.accept(TokenKind::Question);
        Ok(SingleTypeSyntax { name, range: token.start..token.end, optional })
    }
}
