//! Paths: steps, node tests, predicates and the primary expressions they start from.

use super::{MAX_DEPTH, Parser, name};
use rust_decimal::Decimal;

use crate::error::{CompileError, CompileErrorKind, ErrorCode};
use crate::lexer::{Token, TokenKind};
use crate::syntax::{Axis, Name, PathStart, StepSyntax, Syntax, SyntaxKind, TestSyntax};

impl<'e> Parser<'e> {
    /// PathExpr: a location path, or a primary expression with predicates and further steps.
    pub(super) fn path(&mut self) -> Result<Syntax, CompileError> {
        let start = self.token().start;
        let mut walk = Walk { from: PathStart::Context, steps: Vec::new(), below: 0 };
        match self.peek() {
            TokenKind::Slash => {
                self.advance();
                walk.from = PathStart::Root;
                let goes_on = self.starts_step() || (self.later && self.starts_primary());
                if !goes_on {
                    // `/` alone is a whole path; no step can follow it.
                    return self.node(SyntaxKind::Path { start: walk.from, steps: walk.steps }, start, 0);
                }
                self.any_step(&mut walk, start)?;
            }
            TokenKind::SlashSlash => {
                walk.from = PathStart::Root;
                self.descend(&mut walk.steps);
                self.any_step(&mut walk, start)?;
            }
            _ if self.starts_primary() => {
                let base = self.filter()?;
                if !matches!(self.peek(), TokenKind::Slash | TokenKind::SlashSlash) {
                    return Ok(base);
                }
                if !self.later && base.is_atomic() {
                    let kind = CompileErrorKind::NodesNeeded("`/`".into());
                    return Err(CompileError::new(kind, base.start, base.end));
                }
                walk.below = base.depth;
                walk.from = PathStart::Expression(Box::new(base));
            }
            _ if self.starts_step() => self.any_step(&mut walk, start)?,
            _ => return Err(self.unexpected("an expression")),
        }
        loop {
            match self.peek() {
                TokenKind::Slash => drop(self.advance()),
                TokenKind::SlashSlash => self.descend(&mut walk.steps),
                _ => break,
            }
            self.any_step(&mut walk, start)?;
        }
        match walk {
            Walk { from: PathStart::Expression(whole), steps, .. } if steps.is_empty() => Ok(*whole),
            Walk { from, steps, below } => {
                let below = below.max(steps.len());
                self.node(SyntaxKind::Path { start: from, steps }, start, below)
            }
        }
    }

    /// A step of a path: along an axis, or in XPath 2.0 any primary expression.
    fn any_step(&mut self, walk: &mut Walk, start: usize) -> Result<(), CompileError> {
        if !(self.later && self.starts_primary()) {
            return self.step(&mut walk.steps, &mut walk.below);
        }
        let step = self.filter()?;
        let steps = std::mem::take(&mut walk.steps);
        let from = std::mem::replace(&mut walk.from, PathStart::Context);
        let below = walk.below.max(steps.len());
        let base = match from {
            PathStart::Expression(base) if steps.is_empty() => *base,
            from => self.node(SyntaxKind::Path { start: from, steps }, start, below)?,
        };
        let below = base.depth.max(step.depth);
        let map = self.node(SyntaxKind::Map { base: Box::new(base), step: Box::new(step) }, start, below)?;
        walk.below = map.depth;
        walk.from = PathStart::Expression(Box::new(map));
        Ok(())
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
            is_dot: false,
        });
    }

    fn starts_step(&self) -> bool {
        matches!(
            self.peek(),
            TokenKind::Name { .. }
                | TokenKind::PrefixWildcard(_)
                | TokenKind::LocalWildcard(_)
                | TokenKind::Star
                | TokenKind::At
                | TokenKind::Dot
                | TokenKind::DotDot
        )
    }

    fn starts_primary(&self) -> bool {
        match self.peek() {
            TokenKind::Dollar | TokenKind::LeftParenthesis | TokenKind::Literal { .. } => true,
            TokenKind::Number(_) | TokenKind::Integer(_) | TokenKind::Decimal(_) => true,
            TokenKind::Name { prefix, local } => {
                self.peek_second() == TokenKind::LeftParenthesis && !(prefix.is_none() && self.is_node_type(local))
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
            self.advance();
            let test_range = token.start..token.end;
            let (test, mut predicates) = (TestSyntax::AnyNode, Vec::new());
            // XPath 1.0 has no predicates on `.` and `..`.
            if self.later {
                let mut within = 0;
                self.predicates(&mut predicates, &mut within)?;
                *below = (*below).max(steps.len() + within);
            }
            let (range, is_dot) = (token.start..self.behind(), token.kind == TokenKind::Dot);
            steps.push(StepSyntax { axis, test, predicates, test_range, range, is_dot });
            return Ok(());
        }
        let mut axis = match token.kind {
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
        if matches!(test, TestSyntax::Attribute(_)) && test_start == token.start {
            // Without an axis such a test walks the attributes.
            axis = Axis::Attribute;
        }
        let mut predicates = Vec::new();
        let mut within = 0;
        self.predicates(&mut predicates, &mut within)?;
        // The predicates are judged in the midst of the walk that has come this far.
        *below = (*below).max(steps.len() + within);
        steps.push(StepSyntax { axis, test, predicates, range: token.start..self.behind(), test_range, is_dot: false });
        Ok(())
    }

    fn predicates(&mut self, predicates: &mut Vec<Syntax>, below: &mut usize) -> Result<(), CompileError> {
        while self.accept(TokenKind::LeftBracket) {
            let predicate = self.expression()?;
            self.expect(TokenKind::RightBracket, "an operator or `]`")?;
            *below = (*below).max(predicate.depth);
            predicates.push(predicate);
        }
        Ok(())
    }

    pub(super) fn node_test(&mut self) -> Result<TestSyntax, CompileError> {
        let test = match self.peek() {
            TokenKind::Star => TestSyntax::AnyName,
            TokenKind::PrefixWildcard(prefix) => TestSyntax::AnyOfPrefix(prefix.into()),
            TokenKind::LocalWildcard(local) => TestSyntax::AnyPrefix(local.into()),
            TokenKind::Name { prefix: None, local }
                if self.is_node_type(local) && self.peek_second() == TokenKind::LeftParenthesis =>
            {
                return self.kind_test(local);
            }
            TokenKind::Name { prefix, local } => TestSyntax::Name(name(prefix, local)),
            _ => return Err(self.unexpected("a name or a node test")),
        };
        self.advance();
        Ok(test)
    }

    /// `text()` and its kin.
    fn kind_test(&mut self, kind: &str) -> Result<TestSyntax, CompileError> {
        let token = self.advance();
        self.advance();
        let mut test = match kind {
            "text" => TestSyntax::Text,
            "comment" => TestSyntax::Comment,
            "node" => TestSyntax::AnyNode,
            "element" => TestSyntax::Element(self.name_in_test()?),
            "attribute" => TestSyntax::Attribute(self.name_in_test()?),
            "document-node" => TestSyntax::Document(self.element_in_test()?.map(Box::new)),
            "schema-element" | "schema-attribute" => {
                let kind = CompileErrorKind::Unsupported("a test for declarations of a schema");
                return Err(CompileError::new(kind, token.start, token.end));
            }
            _ => TestSyntax::Instruction(None),
        };
        if let TestSyntax::Instruction(target) = &mut test {
            match self.peek() {
                TokenKind::Literal { inside, .. } => *target = Some(inside.trim().into()),
                TokenKind::Name { prefix: None, local } if self.later => *target = Some(local.into()),
                _ => {}
            }
            if target.is_some() {
                self.advance();
            }
        }
        self.expect(TokenKind::RightParenthesis, "`)`")?;
        Ok(test)
    }

    /// The name in `element(name)`; a type behind it would need a schema.
    fn name_in_test(&mut self) -> Result<Option<Name>, CompileError> {
        let found = match self.peek() {
            TokenKind::Name { prefix, local } => Some(name(prefix, local)),
            TokenKind::Star => None,
            _ => return Ok(None),
        };
        self.advance();
        if self.accept(TokenKind::Comma) {
            let token = self.token();
            // In documents without a schema every element has the type xs:untyped and every attribute
            // xs:untypedAtomic; other types need one.
            let is_untyped = matches!(
                token.kind,
                TokenKind::Name {
                    local: "untyped" | "anyType" | "untypedAtomic" | "anyAtomicType" | "anySimpleType",
                    ..
                }
            );
            if !is_untyped {
                let kind = CompileErrorKind::Unsupported("a test for the type of a node");
                return Err(CompileError::new(kind, token.start, token.end));
            }
            self.advance();
            self.accept(TokenKind::Question);
        }
        Ok(found)
    }

    fn element_in_test(&mut self) -> Result<Option<TestSyntax>, CompileError> {
        match self.peek() {
            TokenKind::Name { prefix: None, local: kind @ ("element" | "schema-element") } => {
                self.kind_test(kind).map(Some)
            }
            _ => Ok(None),
        }
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
        if !self.later && base.is_atomic() {
            let kind = CompileErrorKind::NodesNeeded("a predicate".into());
            return Err(CompileError::new(kind, base.start, base.end));
        }
        self.node(SyntaxKind::Filter { base: Box::new(base), predicates }, start, below)
    }

    fn primary(&mut self) -> Result<Syntax, CompileError> {
        let token = self.advance();
        let start = token.start;
        match token.kind {
            TokenKind::Literal { inside, quote } => {
                let text = if self.later { undoubled(inside, quote) } else { inside.into() };
                self.node(SyntaxKind::Literal(text), start, 0)
            }
            TokenKind::Number(number) => self.node(SyntaxKind::Number(number), start, 0),
            TokenKind::Integer(digits) => match digits.parse() {
                Ok(integer) => self.node(SyntaxKind::Integer(integer), start, 0),
                Err(_) => Err(too_large(token)),
            },
            TokenKind::Decimal(digits) => match decimal(digits) {
                Some(decimal) => self.node(SyntaxKind::Decimal(decimal), start, 0),
                None => Err(too_large(token)),
            },
            TokenKind::Dollar => match self.peek() {
                TokenKind::Name { prefix, local } => {
                    self.advance();
                    self.node(SyntaxKind::Variable(name(prefix, local)), start, 0)
                }
                _ => Err(self.unexpected("the name of a variable")),
            },
            TokenKind::LeftParenthesis => {
                if self.later && self.accept(TokenKind::RightParenthesis) {
                    return self.node(SyntaxKind::Sequence(Vec::new()), start, 0);
                }
                let inside = self.expression()?;
                self.expect(TokenKind::RightParenthesis, "an operator or `)`")?;
                Ok(inside)
            }
            TokenKind::Name { prefix, local } => {
                let arguments = self.arguments()?;
                let below = arguments.iter().map(|argument| argument.depth).max().unwrap_or(0);
                self.node(SyntaxKind::Call { name: name(prefix, local), arguments }, start, below)
            }
            _ => {
                self.at -= 1;
                Err(self.unexpected("an expression"))
            }
        }
    }

    /// The arguments of a call, with their parentheses.
    pub(super) fn arguments(&mut self) -> Result<Vec<Syntax>, CompileError> {
        self.expect(TokenKind::LeftParenthesis, "`(`")?;
        let mut arguments = Vec::new();
        if !self.accept(TokenKind::RightParenthesis) {
            loop {
                arguments.push(self.single()?);
                if !self.accept(TokenKind::Comma) {
                    break;
                }
            }
            self.expect(TokenKind::RightParenthesis, "an operator, `,` or `)`")?;
        }
        Ok(arguments)
    }

    fn is_node_type(&self, name: &str) -> bool {
        match name {
            "comment" | "text" | "processing-instruction" | "node" => true,
            "element" | "attribute" | "document-node" | "schema-element" | "schema-attribute" => self.later,
            _ => false,
        }
    }
}

/// What a literal of XPath 2.0 says: its quote is written twice inside.
pub(crate) fn undoubled(inside: &str, quote: char) -> String {
    inside.replace(&format!("{quote}{quote}"), quote.encode_utf8(&mut [0; 4]))
}

/// A path that is being read.
struct Walk {
    from: PathStart,
    steps: Vec<StepSyntax>,
    /// Depth of the deepest expression so far.
    below: usize,
}

/// A decimal literal; nothing where it has more digits than can be kept.
fn decimal(digits: &str) -> Option<Decimal> {
    crate::atomic::lexical::decimal(digits).ok()
}

fn too_large(token: Token<'_>) -> CompileError {
    let (what, code) = ("the number is too large".into(), ErrorCode::new("FOAR0002"));
    CompileError::new(CompileErrorKind::Type { what, code }, token.start, token.end)
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
