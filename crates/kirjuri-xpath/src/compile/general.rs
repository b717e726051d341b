//! Compiles the expressions of XPath 2.0, and those of XPath 1.0 that mean something else there. Whatever both
//! versions mean alike becomes the form of XPath 1.0, which is evaluated without values in between.

use super::call::{as_double, atoms, is_double};
use super::{Compiler, ItemKind};
use crate::atomic::types::AtomicType;
use crate::context::XML_SCHEMA;
use crate::error::{CompileError, CompileErrorKind, ErrorCode};
use crate::library::Gives;
use crate::program::{CompareKind, Expression, General, Predicate, Type};
use crate::sequence_type::{ItemType, SequenceType};
use crate::syntax::{
    BindingSyntax, Comparison, ItemTypeSyntax, Name, Occurrence, SequenceTypeSyntax, Syntax, SyntaxKind, TestSyntax,
};
use crate::value::Atomic;

type Compiled = Result<(Expression, Type), CompileError>;

impl Compiler<'_> {
    /// Compiles by the rules of XPath 2.0; none where those of XPath 1.0 are the same.
    pub(super) fn later(&mut self, syntax: &Syntax) -> Result<Option<(Expression, Type)>, CompileError> {
        Ok(Some(match &syntax.kind {
            SyntaxKind::Integer(number) => (value(Atomic::Integer(*number)), Type::Any),
            SyntaxKind::Decimal(number) => (value(Atomic::Decimal(*number)), Type::Any),
            SyntaxKind::Sequence(items) => match &items[..] {
                [] => (Expression::General(Box::new(General::Sequence(Box::new([])))), Type::Any),
                items => (general(General::Sequence(self.all(items)?)), Type::Any),
            },
            SyntaxKind::For { bindings, result } => self.bound(bindings, &mut |compiler, slots, values| {
                let (mut result, _) = compiler.expression(result)?;
                for (slot, sequence) in slots.iter().zip(values).rev() {
                    result = general(General::For { slot: *slot, sequence, result });
                }
                Ok((result, Type::Any))
            })?,
            SyntaxKind::Let { bindings, result } => self.bound(bindings, &mut |compiler, slots, values| {
                let (mut result, type_) = compiler.expression(result)?;
                for (slot, value) in slots.iter().zip(values).rev() {
                    result = general(General::Let { slot: *slot, value, result });
                }
                Ok((result, type_))
            })?,
            SyntaxKind::Quantified { every, bindings, condition } => {
                self.bound(bindings, &mut |compiler, slots, values| {
                    let mut condition = compiler.expression(condition)?.0.for_truth();
                    for (slot, sequence) in slots.iter().zip(values).rev() {
                        condition = general(General::Quantified { every: *every, slot: *slot, sequence, condition });
                    }
                    Ok((condition, Type::Boolean))
                })?
            }
            SyntaxKind::If { condition, then, otherwise } => {
                let condition = self.expression(condition)?.0.for_truth();
                let (then, then_type) = self.expression(then)?;
                let (otherwise, other_type) = self.expression(otherwise)?;
                let type_ = if then_type == other_type { then_type } else { Type::Any };
                (general(General::If { condition, then, otherwise }), type_)
            }
            SyntaxKind::Compare { operator, left, right } => self.general_comparison(*operator, left, right)?,
            SyntaxKind::CompareValues { operator, left, right } => self.value_comparison(*operator, left, right)?,
            SyntaxKind::CompareNodes { operator, left, right } => {
                let (left, right) = (self.expression(left)?.0, self.expression(right)?.0);
                (general(General::CompareNodes { operator: *operator, left, right }), Type::Any)
            }
            SyntaxKind::Range(from, to) => {
                let mut end = |syntax| {
                    let (end, _) = self.expression(syntax)?;
                    Ok(general(General::Convert(end, atoms(AtomicType::Integer, Occurrence::Optional))))
                };
                (general(General::Range(end(from)?, end(to)?)), Type::Any)
            }
            SyntaxKind::Union(operands) => {
                let compiled = operands.iter().map(|operand| self.expression(operand));
                let compiled = compiled.collect::<Result<Vec<_>, _>>()?;
                let all_nodes = compiled.iter().all(|(_, type_)| *type_ == Type::Nodes);
                let operands = compiled.into_iter().map(|(operand, _)| operand).collect();
                (if all_nodes { Expression::Union(operands) } else { general(General::Union(operands)) }, Type::Nodes)
            }
            SyntaxKind::Intersect(left, right) => {
                let (left, right) = (self.expression(left)?.0, self.expression(right)?.0);
                (general(General::Intersect(left, right)), Type::Nodes)
            }
            SyntaxKind::Except(left, right) => {
                let (left, right) = (self.expression(left)?.0, self.expression(right)?.0);
                (general(General::Except(left, right)), Type::Nodes)
            }
            SyntaxKind::Join(parts) => (general(General::Join(self.all(parts)?)), Type::String),
            SyntaxKind::Arithmetic { first, rest } => {
                let first = self.expression(first)?.0;
                let rest = rest.iter().map(|(operator, operand)| Ok((*operator, self.expression(operand)?.0)));
                let rest = rest.collect::<Result<_, CompileError>>()?;
                (general(General::Arithmetic { first, rest }), Type::Any)
            }
            SyntaxKind::Negate(operand) => (general(General::Negate(self.expression(operand)?.0)), Type::Any),
            SyntaxKind::Plus(operand) => (general(General::Plus(self.expression(operand)?.0)), Type::Any),
            SyntaxKind::InstanceOf(operand, type_) => {
                let (operand, type_) = (self.expression(operand)?.0, self.sequence_type(type_, syntax)?);
                (general(General::InstanceOf(operand, type_)), Type::Boolean)
            }
            SyntaxKind::TreatAs(operand, type_) => {
                let (operand, operand_type) = self.expression(operand)?;
                let type_ = self.sequence_type(type_, syntax)?;
                (general(General::TreatAs(operand, type_)), operand_type)
            }
            SyntaxKind::CastableAs(operand, type_) => {
                let target = self.cast_target(&type_.name, type_.range.clone())?;
                if target == AtomicType::QName && matches!(operand.kind, SyntaxKind::Literal(_)) {
                    let castable = self.cast_to(operand, target, type_.optional).is_ok();
                    return Ok(Some((Expression::Boolean(castable), Type::Boolean)));
                }
                let operand = self.expression(operand)?.0;
                (general(General::CastableAs(operand, target, type_.optional)), Type::Boolean)
            }
            SyntaxKind::CastAs(operand, type_) => {
                let target = self.cast_target(&type_.name, type_.range.clone())?;
                self.cast_to(operand, target, type_.optional)?
            }
            SyntaxKind::Filter { base, predicates } => self.later_filter(base, predicates)?,
            SyntaxKind::Map { base, step } => {
                let (base, _) = self.expression(base)?;
                let (step, type_) = self.within(ItemKind::Node, |compiler| compiler.expression(step))?;
                let type_ = if type_ == Type::Nodes { Type::Nodes } else { Type::Any };
                (general(General::Map { base, step }), type_)
            }
            SyntaxKind::SimpleMap { base, step } => {
                let (base, base_type) = self.expression(base)?;
                let item = if base_type == Type::Nodes { ItemKind::Node } else { ItemKind::Any };
                let (step, _) = self.within(item, |compiler| compiler.expression(step))?;
                (general(General::SimpleMap { base, step }), Type::Any)
            }
            SyntaxKind::Path { start: crate::syntax::PathStart::Context, steps }
                if self.item != ItemKind::Node && steps.len() == 1 && steps[0].is_dot =>
            {
                let predicates = &steps[0].predicates;
                let item = general(General::ContextItem);
                match predicates.is_empty() {
                    true => (item, Type::Any),
                    false => self.filtered(item, ItemKind::Any, predicates)?,
                }
            }
            SyntaxKind::Call { name, arguments } if name.prefix.is_none() => {
                self.later_call(name, arguments, syntax)?
            }
            _ => return Ok(None),
        }))
    }

    fn all(&mut self, operands: &[Syntax]) -> Result<Box<[Expression]>, CompileError> {
        operands.iter().map(|operand| Ok(self.expression(operand)?.0)).collect()
    }

    /// Compiles with another kind of context item, whose position and size are others' business.
    pub(super) fn within<T>(
        &mut self,
        item: ItemKind,
        compile: impl FnOnce(&mut Self) -> Result<T, CompileError>,
    ) -> Result<T, CompileError> {
        let (before, last, position) = (self.item, self.last_used, self.position_used);
        self.item = item;
        let compiled = compile(self);
        (self.item, self.last_used, self.position_used) = (before, last, position);
        compiled
    }

    /// Compiles what variables are bound to, and then what the bindings are for.
    #[allow(clippy::type_complexity)]
    fn bound(
        &mut self,
        bindings: &[BindingSyntax],
        finish: &mut dyn FnMut(&mut Self, &[usize], Vec<Expression>) -> Compiled,
    ) -> Compiled {
        let (mut slots, mut values, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut failure = None;
        for binding in bindings {
            match self.expression(&binding.value) {
                Ok((value, _)) => {
                    let name = binding.name.to_string();
                    let (slot, before) = self.context.local_variable(name.clone(), Type::Any);
                    slots.push(slot);
                    values.push(value);
                    names.push((name, before));
                }
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let compiled = match failure {
            Some(error) => Err(error),
            None => finish(self, &slots, values),
        };
        for (name, before) in names.into_iter().rev() {
            self.context.leave_variable(&name, before);
        }
        compiled
    }

    fn general_comparison(&mut self, operator: Comparison, left: &Syntax, right: &Syntax) -> Compiled {
        let (mut left, mut left_type) = self.expression(left)?;
        let (mut right, mut right_type) = self.expression(right)?;
        let mut operator = operator;
        let is_count = |side: &Expression| matches!(side, Expression::General(general) if matches!(&**general, General::Whole(Expression::Count(_))));
        if left_type != Type::Nodes && (right_type == Type::Nodes || (is_count(&right) && !is_count(&left))) {
            (left, right) = (right, left);
            (left_type, right_type) = (right_type, left_type);
            operator = operator.mirrored();
        }
        if is_double(&left, left_type) && is_double(&right, right_type) {
            return Ok((
                super::compared(operator, CompareKind::Numbers, as_double(left), as_double(right)),
                Type::Boolean,
            ));
        }
        if left_type == Type::Nodes && is_double(&right, right_type) {
            let compared = super::compared(operator, CompareKind::NodesWithDouble, left, as_double(right));
            return Ok((compared, Type::Boolean));
        }
        let equality = operator.is_equality();
        let kind = match (left_type, right_type) {
            (Type::Nodes, Type::String) if equality => CompareKind::NodesWithString,
            (Type::Nodes, Type::Nodes) if equality => CompareKind::NodesWithNodes,
            (Type::String, Type::String) if equality => CompareKind::Strings,
            (Type::Boolean, Type::Boolean) if equality => CompareKind::Booleans,
            (Type::Nodes, Type::Any) if operator == Comparison::Equal => {
                if let Some(texts) = literals(&right) {
                    return Ok((general(General::OneOf { nodes: left, texts }), Type::Boolean));
                }
                return Ok((general(General::Compare { operator, left, right }), Type::Boolean));
            }
            _ => return Ok((general(General::Compare { operator, left, right }), Type::Boolean)),
        };
        Ok((super::compared(operator, kind, left, right), Type::Boolean))
    }

    fn value_comparison(&mut self, operator: Comparison, left: &Syntax, right: &Syntax) -> Compiled {
        let (left, left_type) = self.expression(left)?;
        let (right, right_type) = self.expression(right)?;
        if is_double(&left, left_type) && is_double(&right, right_type) {
            return Ok((
                super::compared(operator, CompareKind::Numbers, as_double(left), as_double(right)),
                Type::Boolean,
            ));
        }
        if (left_type, right_type) == (Type::String, Type::String) && operator.is_equality() {
            return Ok((super::compared(operator, CompareKind::Strings, left, right), Type::Boolean));
        }
        Ok((general(General::CompareValues { operator, left, right }), Type::Any))
    }

    fn later_filter(&mut self, base: &Syntax, predicates: &[Syntax]) -> Compiled {
        let (base, type_) = self.expression(base)?;
        if type_ == Type::Nodes {
            let (predicates, _, _) = self.predicates(predicates, ItemKind::Node)?;
            return Ok((Expression::Filter { base: Box::new(base), predicates }, Type::Nodes));
        }
        self.filtered(base, ItemKind::Any, predicates)
    }

    fn filtered(&mut self, base: Expression, item: ItemKind, predicates: &[Syntax]) -> Compiled {
        let (predicates, _, _) = self.predicates(predicates, item)?;
        Ok((general(General::Filter { base, predicates }), Type::Any))
    }

    /// A predicate by what its value can be.
    pub(super) fn later_predicate(&mut self, syntax: &Syntax) -> Result<Predicate, CompileError> {
        let (expression, type_) = self.expression(syntax)?;
        Ok(match (type_, expression) {
            (_, Expression::Value(value)) => match *value {
                Atomic::Integer(number @ 1..) => Predicate::Index(number.min(usize::MAX as i128) as usize),
                other => Predicate::Either(Expression::Value(Box::new(other))),
            },
            (Type::Number, expression) => Predicate::Position(expression),
            (Type::Any, expression) if is_double(&expression, type_) => Predicate::Position(as_double(expression)),
            (Type::Any, expression) if expression.may_be_number() => Predicate::Either(expression),
            (_, expression) => Predicate::Truth(expression.for_truth()),
        })
    }

    fn sequence_type(&mut self, type_: &SequenceTypeSyntax, at: &Syntax) -> Result<SequenceType, CompileError> {
        let item = match &type_.item {
            None => ItemType::Nothing,
            Some(ItemTypeSyntax::Item) => ItemType::Item,
            Some(ItemTypeSyntax::Node(test)) => {
                let test = match test {
                    // Alone, a name in parentheses tells elements from attributes.
                    TestSyntax::Name(_) | TestSyntax::AnyName => {
                        let found = "a name".into();
                        let kind = CompileErrorKind::Unexpected { expected: "a type", found };
                        return Err(CompileError::new(kind, at.start, at.end));
                    }
                    test => self.kind_test(test, at.start..at.end)?,
                };
                ItemType::Node(test)
            }
            Some(ItemTypeSyntax::Atomic(name, range)) => ItemType::Atomic(self.atomic_type(name, range.clone())?),
        };
        Ok(SequenceType::new(item, type_.occurrence))
    }

    fn atomic_type(&mut self, name: &Name, range: std::ops::Range<usize>) -> Result<AtomicType, CompileError> {
        let uri = match &name.prefix {
            Some(prefix) => self.namespace(prefix, range.start)?,
            None => self.context.default_element_namespace.clone(),
        };
        let found = if uri == XML_SCHEMA { AtomicType::named(&name.local) } else { None };
        found.ok_or_else(|| {
            let known: Vec<String> = AtomicType::all().map(|type_| format!("xs:{}", type_.name())).collect();
            let kind = CompileErrorKind::UnknownType(name.to_string());
            let error = CompileError::new(kind, range.start, range.end);
            error.suggest(&name.to_string(), known.iter().map(String::as_str))
        })
    }

    fn cast_target(&mut self, name: &Name, range: std::ops::Range<usize>) -> Result<AtomicType, CompileError> {
        let type_ = self.atomic_type(name, range.clone())?;
        if type_.can_be_cast_to() {
            return Ok(type_);
        }
        let what = format!("nothing can be cast to `{name}`");
        let kind = CompileErrorKind::Type { what, code: ErrorCode::new("XPST0080") };
        Err(CompileError::new(kind, range.start, range.end))
    }
}

fn general(general: General) -> Expression {
    Expression::General(Box::new(general))
}

fn value(atomic: Atomic<'static>) -> Expression {
    Expression::Value(Box::new(atomic))
}

/// The texts of a sequence of literals, sorted.
fn literals(expression: &Expression) -> Option<Box<[Box<str>]>> {
    let Expression::General(general) = expression else { return None };
    let General::Sequence(items) = &**general else { return None };
    let text = |item: &Expression| match item {
        Expression::Literal(text) => Some(text.clone()),
        _ => None,
    };
    let mut texts = items.iter().map(text).collect::<Option<Vec<_>>>()?;
    texts.sort_unstable();
    texts.dedup();
    Some(texts.into())
}

impl Expression {
    /// Whether the value can be a number, which as a predicate means a position.
    fn may_be_number(&self) -> bool {
        match self {
            Expression::General(general) => general.may_be_number(),
            Expression::Variable(_) | Expression::Extension { .. } | Expression::Value(_) => true,
            _ => false,
        }
    }
}

impl General {
    fn may_be_number(&self) -> bool {
        match self {
            General::CompareValues { .. } | General::CompareNodes { .. } => false,
            General::Quantified { .. } | General::Compare { .. } | General::OneOf { .. } => false,
            General::InstanceOf(..) | General::CastableAs(..) | General::Join(_) | General::Regex { .. } => false,
            General::Union(_) | General::Intersect(..) | General::Except(..) | General::NodesOf(_) => false,
            General::If { then, otherwise, .. } => then.may_be_number() || otherwise.may_be_number(),
            General::Let { result, .. } | General::For { result, .. } => result.may_be_number(),
            General::Call { function, .. } => matches!(function.result, Gives::Any | Gives::Double),
            General::Sequence(parts) => parts.iter().any(Expression::may_be_number),
            _ => true,
        }
    }

    /// The expression where nothing but its truth is asked for: what is empty is false.
    pub(super) fn for_truth(self) -> Expression {
        match self {
            General::CompareValues {
                operator: Comparison::Equal,
                left: Expression::Path(path),
                right: Expression::Literal(text),
            } => match path.near {
                Some(near) => Expression::AttributeEquals(near, text),
                None => {
                    let (left, right) = (Expression::Path(path), Expression::Literal(text));
                    general(General::CompareValues { operator: Comparison::Equal, left, right })
                }
            },
            other => general(other),
        }
    }
}
