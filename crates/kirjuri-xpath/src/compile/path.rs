//! Compiles location paths: resolves node tests, sorts predicates by shape, and knows in which order a walk along the
//! steps meets its nodes, so that nothing is sorted that is sorted already.

use super::Compiler;
use crate::error::{CompileError, CompileErrorKind};
use crate::names::NameSlot;
use crate::program::{Expression, Near, Order, Path, Predicate, Start, Step, Test, Type};
use crate::syntax::{Axis, Name, PathStart, StepSyntax, Syntax, TestSyntax};

impl Compiler<'_> {
    pub(super) fn path(&mut self, start: &PathStart, steps: &[StepSyntax]) -> Result<Expression, CompileError> {
        let mut plan = match start {
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
            TestSyntax::Name(name) => Test::Name(self.name(name, step)?),
            TestSyntax::AnyOfPrefix(prefix) => {
                let uri = self.namespace(prefix, step.test_range.start)?;
                Test::Namespace(self.context.names.namespace(&uri))
            }
            TestSyntax::AnyName => Test::AnyName,
            TestSyntax::AnyNode => Test::AnyNode,
            TestSyntax::Text => Test::Text,
            TestSyntax::Comment => Test::Comment,
            TestSyntax::Instruction(target) => Test::Instruction(target.as_deref().map(Into::into)),
        };
        let (predicates, needs_size) = self.predicates(&step.predicates)?;
        let counts_positions = needs_size || predicates.iter().any(Predicate::counts_positions);
        Ok(Step { axis: step.axis, test, predicates, counts_positions, needs_size })
    }

    fn name(&mut self, name: &Name, step: &StepSyntax) -> Result<NameSlot, CompileError> {
        let uri = match &name.prefix {
            Some(prefix) => self.namespace(prefix, step.test_range.start)?,
            None if self.context.prefixes_required && step.axis != Axis::Attribute => {
                let kind = CompileErrorKind::UnprefixedName(name.local.clone());
                return Err(CompileError::new(kind, step.test_range.start, step.test_range.end));
            }
            None => String::new(),
        };
        Ok(self.context.names.name(&uri, &name.local))
    }

    /// The predicates of one step or filter, and whether any of them asks for `last()`.
    pub(super) fn predicates(&mut self, predicates: &[Syntax]) -> Result<(Box<[Predicate]>, bool), CompileError> {
        // A predicate has a focus of its own: what it asks for does not concern the expression around it.
        let outer = std::mem::take(&mut self.last_used);
        let compiled: Result<_, _> = predicates.iter().map(|predicate| self.predicate(predicate)).collect();
        let needs_size = std::mem::replace(&mut self.last_used, outer);
        Ok((compiled?, needs_size))
    }

    fn predicate(&mut self, syntax: &Syntax) -> Result<Predicate, CompileError> {
        let (expression, type_) = self.expression(syntax)?;
        Ok(match (type_, expression) {
            (Type::Number, Expression::Number(number)) if number >= 1.0 && number.fract() == 0.0 => {
                // Beyond every possible position the cast saturates, and no position ever equals it.
                Predicate::Index(number as usize)
            }
            (Type::Number, expression) => Predicate::Position(expression),
            (_, expression) => Predicate::Truth(expression.for_truth()),
        })
    }
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

    pub(super) fn asks_position(&self) -> bool {
        match &self.start {
            Start::Nodes(base) => base.asks_position(),
            Start::Distinct(path) => path.asks_position(),
            Start::Context | Start::Root | Start::Current => false,
        }
    }
}

impl Predicate {
    /// Whether the predicate depends on where a node stands among the candidates, apart from how many they are.
    fn counts_positions(&self) -> bool {
        match self {
            Predicate::Index(_) | Predicate::Position(_) => true,
            Predicate::Truth(expression) => expression.asks_position(),
        }
    }
}

impl Step {
    /// `descendant-or-self::node()`, for which `//` stands.
    pub(crate) fn is_descend(&self) -> bool {
        self.axis == Axis::DescendantOrSelf && self.test == Test::AnyNode && self.predicates.is_empty()
    }
}
