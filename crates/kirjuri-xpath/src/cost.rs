//! Roughly how much judging an expression costs, so that of several conditions the cheap ones come first.

use crate::program::{Expression, Path, Predicate, Start, Step};
use crate::syntax::Axis;

impl Predicate {
    /// Roughly how much judging it costs.
    pub(crate) fn cost(&self) -> u64 {
        match self {
            Predicate::Index(_) => 0,
            Predicate::Position(expression) | Predicate::Truth(expression) | Predicate::Either(expression) => {
                expression.cost()
            }
        }
    }
}

impl Expression {
    fn cost(&self) -> u64 {
        let all = |operands: &[Expression]| operands.iter().map(Expression::cost).sum::<u64>();
        match self {
            Expression::Literal(_) | Expression::Number(_) | Expression::Boolean(_) => 0,
            Expression::Variable(_) | Expression::Value(_) => 0,
            Expression::Single(operand) => operand.cost(),
            Expression::General(_) => 30,
            Expression::HasAttribute(_) => 1,
            Expression::AttributeEquals(..) | Expression::Inside(_) => 2,
            Expression::Contains(contains) => 5 + contains.text.cost(),
            Expression::Translate(translate) => 5 + translate.text.cost(),
            Expression::Listed(listed) => 5 + listed.text.cost(),
            Expression::Or(operands) | Expression::And(operands) | Expression::Union(operands) => all(operands),
            Expression::Not(operand)
            | Expression::Negate(operand)
            | Expression::Count(operand)
            | Expression::CompareCount { nodes: operand, .. } => operand.cost(),
            Expression::Compare(compare) => 2 + compare.left.cost() + compare.right.cost(),
            Expression::Arithmetic { first, rest } => {
                first.cost() + rest.iter().map(|(_, operand)| 1 + operand.cost()).sum::<u64>()
            }
            Expression::Path(path) => path.cost(),
            Expression::Filter { base, predicates } => 5 + base.cost() + costs(predicates),
            Expression::Call { arguments, .. } => 5 + all(arguments),
            Expression::Extension { arguments, .. } => 15 + all(arguments),
        }
    }
}

impl Path {
    fn cost(&self) -> u64 {
        let start = match &self.start {
            Start::Context | Start::Root | Start::Current => 0,
            Start::Nodes(base) => 5 + base.cost(),
            Start::Distinct(path) => 5 + path.cost(),
        };
        let step = |step: &Step| {
            let walk = match step.axis {
                Axis::SelfNode | Axis::Parent | Axis::Attribute => 1,
                Axis::Child | Axis::Ancestor | Axis::AncestorOrSelf => 3,
                _ => 20,
            };
            walk + costs(&step.predicates)
        };
        start + self.steps.iter().map(step).sum::<u64>()
    }
}

fn costs(predicates: &[Predicate]) -> u64 {
    predicates.iter().map(Predicate::cost).sum()
}
