//! Compiles location paths: resolves node tests, sorts predicates by shape, and knows in which order a walk along the
//! steps meets its nodes, so that nothing is sorted that is sorted already.

use std::ops::Range;

use super::{Compiler, ItemKind};
use crate::error::{CompileError, CompileErrorKind};
use crate::names::NameSlot;
use crate::program::{Expression, General, Near, Order, Path, Predicate, Start, Step, Test, Type};
use crate::syntax::{Axis, Name, PathStart, StepSyntax, Syntax, TestSyntax};

impl Compiler<'_> {
    pub(super) fn path(&mut self, start: &PathStart, steps: &[StepSyntax]) -> Result<Expression, CompileError> {
        let mut plan = match start {
            PathStart::Context if self.item != ItemKind::Node => Plan::from(context_item(), Order::One),
            PathStart::Root if self.item != ItemKind::Node => {
                let mut plan = Plan::from(context_item(), Order::One);
                plan.add(Step {
                    axis: Axis::AncestorOrSelf,
                    test: Test::Document(None),
                    predicates: Box::new([]),
                    counts_positions: false,
                    needs_size: false,
                });
                plan
            }
            PathStart::Context => Plan::from(Start::Context, Order::One),
            PathStart::Root => Plan::from(Start::Root, Order::One),
            PathStart::Expression(base) => match self.nodes(base, "`/`")? {
                Expression::Path(path) if path.steps.is_empty() => Plan::from(path.start, path.order),
                base if base.order() == Order::One => Plan::from(Start::Nodes(base), Order::One),
                // Whatever the order of a walk over it, it is listed before the steps go on from it.
                base => Plan::from(Start::Nodes(base), Order::Nested),
            },
        };
        for step in steps {
            let step = self.step(step)?;
            plan.add(step);
        }
        Ok(Expression::Path(Box::new(plan.path())))
    }

    pub(crate) fn step(&mut self, step: &StepSyntax) -> Result<Step, CompileError> {
        let test = match &step.test {
            TestSyntax::Name(name) => Test::Name(self.name(name, step.axis, &step.test_range)?),
            test => self.kind_test(test, step.test_range.clone())?,
        };
        // Where only elements or only attributes can stand, a test for one of them is a test for the name.
        let test = match (step.axis, test) {
            (Axis::Attribute, Test::Attribute(Some(name))) => Test::Name(name),
            (Axis::Attribute, Test::Attribute(None)) => Test::AnyName,
            (axis, Test::Element(Some(name))) if axis != Axis::Attribute => Test::Name(name),
            (axis, Test::Element(None)) if axis != Axis::Attribute => Test::AnyName,
            (_, test) => test,
        };
        let (predicates, needs_size, asks_position) = self.predicates(&step.predicates, ItemKind::Node)?;
        let counts_positions = needs_size || asks_position || predicates.iter().any(Predicate::counts_positions);
        Ok(Step { axis: step.axis, test, predicates, counts_positions, needs_size })
    }

    /// A node test that is no plain name.
    pub(super) fn kind_test(&mut self, test: &TestSyntax, range: Range<usize>) -> Result<Test, CompileError> {
        Ok(match test {
            TestSyntax::Name(name) => Test::Name(self.name(name, Axis::Child, &range)?),
            TestSyntax::AnyOfPrefix(prefix) => {
                let uri = self.namespace(prefix, range.start)?;
                Test::Namespace(self.context.names.namespace(&uri))
            }
            TestSyntax::AnyPrefix(local) => Test::Local(local.as_str().into()),
            TestSyntax::AnyName => Test::AnyName,
            TestSyntax::AnyNode => Test::AnyNode,
            TestSyntax::Text => Test::Text,
            TestSyntax::Comment => Test::Comment,
            TestSyntax::Instruction(target) => Test::Instruction(target.as_deref().map(Into::into)),
            TestSyntax::Element(None) => Test::Element(None),
            TestSyntax::Element(Some(name)) => Test::Element(Some(self.name(name, Axis::Child, &range)?)),
            TestSyntax::Attribute(None) => Test::Attribute(None),
            TestSyntax::Attribute(Some(name)) => Test::Attribute(Some(self.name(name, Axis::Attribute, &range)?)),
            TestSyntax::Document(None) => Test::Document(None),
            TestSyntax::Document(Some(inside)) => Test::Document(Some(Box::new(self.kind_test(inside, range)?))),
        })
    }

    fn name(&mut self, name: &Name, axis: Axis, range: &Range<usize>) -> Result<NameSlot, CompileError> {
        let uri = match &name.prefix {
            Some(prefix) => self.namespace(prefix, range.start)?,
            None if self.context.prefixes_required && axis != Axis::Attribute => {
                let kind = CompileErrorKind::UnprefixedName(name.local.clone());
                return Err(CompileError::new(kind, range.start, range.end));
            }
            None if axis == Axis::Attribute => String::new(),
            None => self.context.default_element_namespace.clone(),
        };
        Ok(self.context.names.name(&uri, &name.local))
    }

    /// The predicates of one step or filter; whether any of them asks for `last()`, and whether any asks for
    /// `position()`.
    pub(super) fn predicates(
        &mut self,
        predicates: &[Syntax],
        item: ItemKind,
    ) -> Result<(Box<[Predicate]>, bool, bool), CompileError> {
        // A predicate has a focus of its own: what it asks for does not concern the expression around it.
        self.within(item, |compiler| {
            (compiler.last_used, compiler.position_used) = (false, false);
            let compiled: Result<_, _> = predicates.iter().map(|predicate| compiler.predicate(predicate)).collect();
            Ok((compiled?, compiler.last_used, compiler.position_used))
        })
    }

    fn predicate(&mut self, syntax: &Syntax) -> Result<Predicate, CompileError> {
        if self.is_later() {
            return self.later_predicate(syntax);
        }
        let (expression, type_) = self.expression(syntax)?;
        Ok(match (type_, expression) {
            (Type::Number, Expression::Number(number)) if number >= 1.0 && number.fract() == 0.0 => {
                // Beyond every possible position the cast saturates, and no position ever equals it.
                Predicate::Index(number as usize)
            }
            (Type::Number, expression) => Predicate::Position(expression),
            (Type::Any, expression) => Predicate::Either(expression),
            (_, expression) => Predicate::Truth(expression.for_truth()),
        })
    }
}

/// The context item where it may be no node.
fn context_item() -> Start {
    let item = Expression::General(Box::new(General::ContextItem));
    Start::Nodes(Expression::General(Box::new(General::NodesOf(item))))
}

/// A path that is being built, step by step.
struct Plan {
    start: Start,
    steps: Vec<Step>,
    /// The order of the walk so far, and what it was before the last step.
    order: Order,
    order_before: Order,
}

impl Plan {
    fn from(start: Start, order: Order) -> Plan {
        Plan { start, steps: Vec::new(), order, order_before: order }
    }

    fn add(&mut self, step: Step) {
        if step.axis == Axis::SelfNode && step.test == Test::AnyNode && step.predicates.is_empty() {
            return;
        }
        // `//name` and `//@name` are one walk unless a predicate counts positions among siblings.
        let below = match step.axis {
            Axis::Child => Some(Axis::Descendant),
            Axis::Attribute => Some(Axis::AttributesBelow),
            _ => None,
        };
        if let Some(axis) = below
            && !step.counts_positions
            && self.steps.last().is_some_and(Step::is_descend)
        {
            self.steps.pop();
            self.order = self.order_before;
            self.push(Step { axis, ..step });
            return;
        }
        // Steps that go on from nodes met more than once would multiply the work with every step.
        if self.order == Order::Repeated {
            let start = std::mem::replace(&mut self.start, Start::Context);
            let steps = std::mem::take(&mut self.steps).into();
            let before = Path { start, steps, order: Order::Repeated, near: None };
            self.start = Start::Distinct(Box::new(before));
            self.order = Order::Scattered;
        }
        self.push(step);
    }

    fn push(&mut self, step: Step) {
        self.order_before = self.order;
        self.order = match self.order {
            Order::One if picks_one(&step.predicates) => Order::One,
            order => order.after(step.axis),
        };
        self.steps.push(step);
    }

    fn path(self) -> Path {
        let near = match self.start {
            Start::Context => near_attribute(&self.steps),
            _ => None,
        };
        Path { start: self.start, steps: self.steps.into(), order: self.order, near }
    }
}

/// Whether at most one of all candidates can pass.
pub(super) fn picks_one(predicates: &[Predicate]) -> bool {
    predicates.iter().any(|predicate| matches!(predicate, Predicate::Index(_)))
}

/// `@name` or `../@name`
fn near_attribute(steps: &[Step]) -> Option<Near> {
    let attribute = |step: &Step| match step {
        Step { axis: Axis::Attribute, test: Test::Name(name), predicates, .. } if predicates.is_empty() => Some(*name),
        _ => None,
    };
    match steps {
        [own] => attribute(own).map(Near::Own),
        [Step { axis: Axis::Parent, test: Test::AnyNode, predicates, .. }, of_parent] if predicates.is_empty() => {
            attribute(of_parent).map(Near::OfParent)
        }
        _ => None,
    }
}

impl Path {
    /// `ancestor::name`
    pub(super) fn as_ancestor(&self) -> Option<NameSlot> {
        match (&self.start, &self.steps[..]) {
            (Start::Context, [Step { axis: Axis::Ancestor, test: Test::Name(name), predicates, .. }])
                if predicates.is_empty() =>
            {
                Some(*name)
            }
            _ => None,
        }
    }
}

impl Predicate {
    /// Whether the predicate depends on where a node stands among the candidates, apart from how many they are.
    fn counts_positions(&self) -> bool {
        matches!(self, Predicate::Index(_) | Predicate::Position(_) | Predicate::Either(_))
    }
}

impl Step {
    /// `descendant-or-self::node()`, for which `//` stands.
    pub(crate) fn is_descend(&self) -> bool {
        self.axis == Axis::DescendantOrSelf && self.test == Test::AnyNode && self.predicates.is_empty()
    }
}
