//! From the syntax tree to the program: resolves names, gives every expression its type, recognises common shapes.

mod path;

use crate::context::StaticContext;
use crate::error::{CompileError, CompileErrorKind};
use crate::parser;
use crate::program::{
    Builtin, Compare, CompareKind, Expression, Order, Parameter, Path, Program, Signature, Start, Type,
};
use crate::syntax::{Arithmetic, Comparison, Name, Syntax, SyntaxKind};

impl Program {
    /// Compiles an expression.
    ///
    /// # Errors
    /// The first construct that is not XPath, not declared or not supported, with its place in `source` and, where
    /// one is near, the name that may have been meant.
    pub fn compile(source: &str, context: &mut StaticContext) -> Result<Program, CompileError> {
        let syntax = parser::parse(source)?;
        let (expression, type_) = Compiler::new(context).expression(&syntax)?;
        Ok(Program { expression, source: source.into(), type_ })
    }
}

pub(crate) struct Compiler<'c> {
    context: &'c mut StaticContext,
    /// Whether `last()` was met since the flag was last cleared, in the focus being compiled.
    last_used: bool,
}

impl<'c> Compiler<'c> {
    pub(crate) fn new(context: &'c mut StaticContext) -> Compiler<'c> {
        Compiler { context, last_used: false }
    }

    /// See [`StaticContext`].
    pub(crate) fn revision(&self) -> u32 {
        self.context.revision
    }

    fn expression(&mut self, syntax: &Syntax) -> Result<(Expression, Type), CompileError> {
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
                let (predicates, _) = self.predicates(predicates)?;
                (Expression::Filter { base, predicates }, Type::Nodes)
            }
            SyntaxKind::Call { name, arguments } => self.call(name, arguments, syntax)?,
        })
    }

    fn truths(&mut self, operands: &[Syntax]) -> Result<Box<[Expression]>, CompileError> {
        operands.iter().map(|operand| Ok(self.expression(operand)?.0.for_truth())).collect()
    }

    fn nodes(&mut self, syntax: &Syntax, what: &str) -> Result<Expression, CompileError> {
        match self.expression(syntax)? {
            (expression, Type::Nodes) => Ok(expression),
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
        let compared = match (kind, left, right) {
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
        };
        Ok((compared, Type::Boolean))
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

    fn call(&mut self, name: &Name, arguments: &[Syntax], syntax: &Syntax) -> Result<(Expression, Type), CompileError> {
        if let Some(prefix) = &name.prefix {
            return self.host_call(prefix, name, arguments, syntax);
        }
        let Some(signature) = Builtin::named(&name.local) else {
            return Err(unknown_function(name, syntax, Builtin::names()));
        };
        if arguments.len() < signature.least || arguments.len() > signature.most {
            return Err(wrong_arity(name, takes(signature), arguments.len(), syntax));
        }
        if signature.builtin == Builtin::Last {
            self.last_used = true;
        }
        let compiled = arguments.iter().map(|argument| match signature.parameter {
            Parameter::Nodes => self.nodes(argument, &format!("`{}()`", name.local)),
            Parameter::Any => Ok(self.expression(argument)?.0),
        });
        let mut compiled = compiled.collect::<Result<Vec<_>, _>>()?;
        let expression = match (signature.builtin, compiled.len()) {
            (Builtin::True, _) => Expression::Boolean(true),
            (Builtin::False, _) => Expression::Boolean(false),
            (Builtin::Not, 1) => Expression::Not(Box::new(compiled.remove(0).for_truth())),
            (Builtin::Count, 1) => Expression::Count(Box::new(compiled.remove(0))),
            // A path without steps: its node needs no list.
            (Builtin::Current, _) => Expression::Path(Box::new(Path {
                start: Start::Current,
                steps: Box::new([]),
                order: Order::One,
                near: None,
            })),
            (Builtin::Concat, _) => concatenation(compiled),
            (builtin, _) => Expression::Call { builtin, arguments: compiled.into() },
        };
        Ok((expression, signature.result))
    }

    fn host_call(
        &mut self,
        prefix: &str,
        name: &Name,
        arguments: &[Syntax],
        syntax: &Syntax,
    ) -> Result<(Expression, Type), CompileError> {
        let uri = self.namespace(prefix, syntax.start)?;
        let Some(function) = self.context.functions.get(&(uri.clone(), name.local.clone())).cloned() else {
            let known: Vec<String> = self
                .context
                .functions
                .keys()
                .filter(|(namespace, _)| *namespace == uri)
                .map(|(_, local)| format!("{prefix}:{local}"))
                .collect();
            return Err(unknown_function(name, syntax, known.iter().map(String::as_str)));
        };
        if arguments.len() != function.parameters.len() {
            let takes = count_of_arguments(function.parameters.len());
            return Err(wrong_arity(name, takes, arguments.len(), syntax));
        }
        let mut compiled = Vec::with_capacity(arguments.len());
        for (argument, parameter) in arguments.iter().zip(&function.parameters) {
            let builtin = match parameter {
                Type::Nodes => {
                    compiled.push(self.nodes(argument, &format!("`{name}()`"))?);
                    continue;
                }
                Type::String => Builtin::String,
                Type::Number => Builtin::Number,
                Type::Boolean => Builtin::Boolean,
            };
            let (argument, type_) = self.expression(argument)?;
            compiled.push(if type_ == *parameter {
                argument
            } else {
                Expression::Call { builtin, arguments: Box::new([argument]) }
            });
        }
        let result = function.result;
        Ok((Expression::Extension { function, arguments: compiled.into() }, result))
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
            other => other,
        }
    }

    /// Whether `position()` is asked for in this expression's own focus.
    fn asks_position(&self) -> bool {
        match self {
            Expression::Call { builtin: Builtin::Position, .. } => true,
            Expression::Literal(_)
            | Expression::Number(_)
            | Expression::Boolean(_)
            | Expression::Variable(_)
            | Expression::HasAttribute(_)
            | Expression::AttributeEquals(..)
            | Expression::Inside(_) => false,
            Expression::Or(operands) | Expression::And(operands) | Expression::Union(operands) => {
                operands.iter().any(Expression::asks_position)
            }
            Expression::Call { arguments, .. } | Expression::Extension { arguments, .. } => {
                arguments.iter().any(Expression::asks_position)
            }
            Expression::Not(operand)
            | Expression::Negate(operand)
            | Expression::Count(operand)
            | Expression::CompareCount { nodes: operand, .. } => operand.asks_position(),
            Expression::Compare(compare) => compare.left.asks_position() || compare.right.asks_position(),
            Expression::Arithmetic { first, rest } => {
                first.asks_position() || rest.iter().any(|(_, operand)| operand.asks_position())
            }
            // Predicates inside have a focus of their own.
            Expression::Path(path) => path.asks_position(),
            Expression::Filter { base, .. } => base.asks_position(),
        }
    }
}

/// `concat()`; literals beside each other are one, and of literals alone nothing is left to join.
fn concatenation(arguments: Vec<Expression>) -> Expression {
    let mut joined: Vec<Expression> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match (joined.last_mut(), argument) {
            (Some(Expression::Literal(before)), Expression::Literal(text)) => {
                *before = [&**before, &*text].concat().into();
            }
            (_, argument) => joined.push(argument),
        }
    }
    match <[Expression; 1]>::try_from(joined) {
        Ok([literal @ Expression::Literal(_)]) => literal,
        Ok(one) => Expression::Call { builtin: Builtin::Concat, arguments: Box::new(one) },
        Err(arguments) => Expression::Call { builtin: Builtin::Concat, arguments: arguments.into() },
    }
}

fn takes(signature: &Signature) -> String {
    match (signature.least, signature.most) {
        (least, most) if least == most => count_of_arguments(least),
        (least, usize::MAX) => format!("at least {}", count_of_arguments(least)),
        (least, most) if least + 1 == most => format!("{least} or {}", count_of_arguments(most)),
        (least, most) => format!("{least} to {}", count_of_arguments(most)),
    }
}

fn count_of_arguments(count: usize) -> String {
    match count {
        0 => "no argument".into(),
        1 => "1 argument".into(),
        _ => format!("{count} arguments"),
    }
}

fn wrong_arity(name: &Name, takes: String, given: usize, syntax: &Syntax) -> CompileError {
    CompileError::new(CompileErrorKind::WrongArity { name: name.to_string(), takes, given }, syntax.start, syntax.end)
}

fn unknown_function<'n>(name: &Name, syntax: &Syntax, known: impl IntoIterator<Item = &'n str>) -> CompileError {
    let written = name.to_string();
    let kind = CompileErrorKind::UnknownFunction(written.clone());
    CompileError::new(kind, syntax.start, syntax.start + written.len()).suggest(&written, known)
}
