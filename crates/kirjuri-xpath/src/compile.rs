//! From the syntax tree to the program: resolves names, gives every expression its type, recognises common shapes.

mod call;
mod general;
mod path;
mod regex;

use crate::builtin::Builtin;
use crate::context::{StaticContext, Version};
use crate::error::{CompileError, CompileErrorKind};
use crate::parser;
use crate::program::{Compare, CompareKind, Expression, General, Order, Program, Type};
use crate::syntax::{Arithmetic, Comparison, Name, Syntax, SyntaxKind};

impl Program {
    /// Compiles an expression.
    ///
    /// # Errors
    /// The first construct that is not XPath, not declared or not supported, with its place in `source` and, where
    /// one is near, the name that may have been meant.
    pub fn compile(source: &str, context: &mut StaticContext) -> Result<Program, CompileError> {
        let syntax = parser::parse(source, context.version())?;
        let (expression, type_) = Compiler::new(context).expression(&syntax)?;
        Ok(Program { expression, source: source.into(), type_, levels: syntax.depth })
    }
}

pub(crate) struct Compiler<'c> {
    context: &'c mut StaticContext,
    /// Whether `last()` was met since the flag was last cleared, in the focus being compiled.
    last_used: bool,
    /// The same of anything that depends on the position.
    position_used: bool,
    /// What the context item can be in the focus being compiled.
    item: ItemKind,
}

/// What is known of the context item before there is one.
#[derive(Clone, Copy, PartialEq, Debug)]
enum ItemKind {
    Node,
    /// A node or an atomic value.
    Any,
    /// There is none.
    Absent,
}

impl<'c> Compiler<'c> {
    pub(crate) fn new(context: &'c mut StaticContext) -> Compiler<'c> {
        let item = if context.focus_absent { ItemKind::Absent } else { ItemKind::Node };
        Compiler { context, last_used: false, position_used: false, item }
    }

    /// See [`StaticContext`].
    pub(crate) fn revision(&self) -> u32 {
        self.context.revision
    }

    fn is_later(&self) -> bool {
        self.context.version() == Version::XPath2
    }

    pub(crate) fn expression(&mut self, syntax: &Syntax) -> Result<(Expression, Type), CompileError> {
        if self.is_later()
            && let Some(later) = self.later(syntax)?
        {
            return Ok(later);
        }
        Ok(match &syntax.kind {
            SyntaxKind::Literal(text) => (Expression::Literal(text.as_str().into()), Type::String),
            SyntaxKind::Number(number) => (Expression::Number(*number), Type::Number),
            SyntaxKind::Variable(name) => self.variable(name, syntax)?,
            SyntaxKind::Or(operands) => (Expression::Or(self.truths(operands)?), Type::Boolean),
            SyntaxKind::And(operands) => (Expression::And(self.truths(operands)?), Type::Boolean),
            SyntaxKind::Compare { operator, left, right } => self.comparison(*operator, left, right)?,
            SyntaxKind::Arithmetic { first, rest } => self.arithmetic(first, rest)?,
            SyntaxKind::Negate(operand) => match self.expression(operand)?.0 {
                Expression::Number(number) => (Expression::Number(-number), Type::Number),
                operand => (Expression::Negate(Box::new(operand)), Type::Number),
            },
            SyntaxKind::Union(operands) => {
                let operands = operands.iter().map(|operand| self.nodes(operand, "`|`"));
                (Expression::Union(operands.collect::<Result<_, _>>()?), Type::Nodes)
            }
            SyntaxKind::Path { start, steps } => (self.path(start, steps)?, Type::Nodes),
            SyntaxKind::Filter { base, predicates } => {
                let base = Box::new(self.nodes(base, "a predicate")?);
                let (predicates, ..) = self.predicates(predicates, ItemKind::Node)?;
                (Expression::Filter { base, predicates }, Type::Nodes)
            }
            SyntaxKind::Call { name, arguments } => self.call(name, arguments, syntax)?,
            // The parser reads the others in XPath 2.0 only.
            _ => return Err(CompileError::new(CompileErrorKind::Unsupported("this"), syntax.start, syntax.end)),
        })
    }

    fn truths(&mut self, operands: &[Syntax]) -> Result<Box<[Expression]>, CompileError> {
        operands.iter().map(|operand| Ok(self.expression(operand)?.0.for_truth())).collect()
    }

    fn nodes(&mut self, syntax: &Syntax, what: &str) -> Result<Expression, CompileError> {
        match self.expression(syntax)? {
            (expression, Type::Nodes) => Ok(expression),
            (expression, Type::Any) => Ok(Expression::General(Box::new(General::NodesOf(expression)))),
            _ => Err(CompileError::new(CompileErrorKind::NodesNeeded(what.into()), syntax.start, syntax.end)),
        }
    }

    fn variable(&mut self, name: &Name, syntax: &Syntax) -> Result<(Expression, Type), CompileError> {
        let written = name.to_string();
        if let Some((index, type_)) = self.context.variable(&written) {
            return Ok((Expression::Variable(index), type_));
        }
        let error = CompileErrorKind::UnknownVariable(written.clone());
        Err(CompileError::new(error, syntax.start, syntax.end)
            .suggest(&written, self.context.variable_names())
            .mark_suggestion('$'))
    }

    fn comparison(
        &mut self,
        operator: Comparison,
        left: &Syntax,
        right: &Syntax,
    ) -> Result<(Expression, Type), CompileError> {
        let (mut left, mut left_type) = self.expression(left)?;
        let (mut right, mut right_type) = self.expression(right)?;
        let mut operator = operator;
        let counted = |side: &Expression| matches!(side, Expression::Count(_));
        if left_type != Type::Nodes && (right_type == Type::Nodes || (counted(&right) && !counted(&left))) {
            (left, right) = (right, left);
            (left_type, right_type) = (right_type, left_type);
            operator = operator.mirrored();
        }
        let kind = match (left_type, right_type) {
            (Type::Any, _) | (_, Type::Any) => CompareKind::Values,
            (Type::Nodes, Type::Nodes) => CompareKind::NodesWithNodes,
            // Also by order a truth value makes a truth value of the nodes, and then numbers of both.
            (_, Type::Boolean) | (Type::Boolean, _) if operator.is_equality() => CompareKind::Booleans,
            (Type::Nodes, Type::Boolean) => {
                left = Expression::Call { builtin: Builtin::Boolean, arguments: Box::new([left]) };
                CompareKind::Numbers
            }
            (Type::Nodes, Type::String) if operator.is_equality() => CompareKind::NodesWithString,
            (Type::Nodes, _) => CompareKind::NodesWithNumber,
            (Type::String, Type::String) if operator.is_equality() => CompareKind::Strings,
            _ => CompareKind::Numbers,
        };
        Ok((compared(operator, kind, left, right), Type::Boolean))
    }

    fn arithmetic(
        &mut self,
        first: &Syntax,
        rest: &[(Arithmetic, Syntax)],
    ) -> Result<(Expression, Type), CompileError> {
        let first = Box::new(self.expression(first)?.0);
        let rest = rest.iter().map(|(operator, operand)| Ok((*operator, self.expression(operand)?.0)));
        Ok((Expression::Arithmetic { first, rest: rest.collect::<Result<_, CompileError>>()? }, Type::Number))
    }

    fn namespace(&self, prefix: &str, at: usize) -> Result<String, CompileError> {
        self.context.namespace(prefix).map(str::to_owned).ok_or_else(|| {
            CompileError::new(CompileErrorKind::UnknownPrefix(prefix.into()), at, at + prefix.len())
                .suggest(prefix, self.context.namespaces.keys().map(String::as_str))
        })
    }
}

impl Expression {
    /// In which order and how often a walk over the expression's nodes meets them.
    pub(crate) fn order(&self) -> Order {
        match self {
            Expression::Path(path) => path.order,
            Expression::Single(_) => Order::One,
            Expression::Filter { predicates, .. } if path::picks_one(predicates) => Order::One,
            Expression::Union(_) => Order::Repeated,
            // A filter judges a list; the values of variables and functions are node-sets, or no nodes at all.
            _ => Order::Nested,
        }
    }

    /// The expression where nothing but its truth is asked for.
    fn for_truth(self) -> Expression {
        match self {
            Expression::Path(path) => match (path.near, path.as_ancestor()) {
                (Some(near), _) => Expression::HasAttribute(near),
                (None, Some(name)) => Expression::Inside(name),
                (None, None) => Expression::Path(path),
            },
            Expression::General(general) => (*general).for_truth(),
            other => other,
        }
    }
}

/// A comparison, in the shortest form there is for it.
fn compared(operator: Comparison, kind: CompareKind, left: Expression, right: Expression) -> Expression {
    match (kind, left, right) {
        (CompareKind::Numbers, Expression::Count(nodes), Expression::Number(number)) => {
            Expression::CompareCount { operator, nodes, number }
        }
        (CompareKind::NodesWithString, Expression::Path(path), Expression::Literal(value)) => {
            match (operator, path.near) {
                (Comparison::Equal, Some(near)) => Expression::AttributeEquals(near, value),
                _ => {
                    let (left, right) = (Expression::Path(path), Expression::Literal(value));
                    Expression::Compare(Box::new(Compare { operator, kind, left, right }))
                }
            }
        }
        (kind, left, right) => Expression::Compare(Box::new(Compare { operator, kind, left, right })),
    }
}
