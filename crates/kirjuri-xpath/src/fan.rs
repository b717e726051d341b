//! The steps to elements of one name, told apart by the attribute values that their predicates ask for.
//!
//! Rules for one kind of element are often many, each for a template that the element names:
//! `observation[templateId[@root = '…']]`. Which of them can hold at an element is looked up by the values it has.

use kirjuri_tree::NodeId;
use rustc_hash::FxHashMap;

use crate::error::EvaluationError;
use crate::evaluate::Evaluator;
use crate::names::NameSlot;
use crate::pattern_set::Site;
use crate::program::{CompareKind, Expression, Near, Path, Predicate, Start, Test};
use crate::syntax::{Axis, Comparison};

/// Steps by number, each under the value it asks for, if it asks for one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fan {
    keyed: Vec<Keyed>,
    /// Steps that ask for no value.
    others: Vec<usize>,
    /// Where it stands in its set.
    pub(crate) site: Site,
}

#[derive(Clone, Debug)]
struct Keyed {
    place: Place,
    steps: FxHashMap<Box<str>, Vec<usize>>,
}

/// The attribute whose value decides: of the element itself or of its children of a name.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Place {
    child: Option<NameSlot>,
    attribute: NameSlot,
}

impl Fan {
    /// All steps, whatever they ask for.
    pub(crate) fn steps(&self) -> impl Iterator<Item = usize> + '_ {
        let keyed = self.keyed.iter().flat_map(|keyed| keyed.steps.values().flatten());
        keyed.chain(&self.others).copied()
    }

    pub(crate) fn add(&mut self, predicates: &[Predicate], step: usize) {
        let Some((place, value)) = predicates.iter().find_map(asked) else {
            self.others.push(step);
            return;
        };
        let index = self.keyed.iter().position(|keyed| keyed.place == place).unwrap_or_else(|| {
            self.keyed.push(Keyed { place, steps: FxHashMap::default() });
            self.keyed.len() - 1
        });
        self.keyed[index].steps.entry(value.into()).or_default().push(step);
    }
}

impl<'a> Evaluator<'a> {
    /// Offers the steps that the values of an element admit, each once.
    pub(crate) fn each_candidate<E: From<EvaluationError>>(
        &self,
        fan: &'a Fan,
        element: NodeId,
        offer: &mut dyn FnMut(usize) -> Result<(), E>,
    ) -> Result<(), E> {
        let document = self.document;
        for keyed in &fan.keyed {
            let Some(attribute) = self.binding.name(keyed.place.attribute) else { continue };
            let steps_at = |element| {
                let value = document.attribute_value(document.attribute(element, attribute)?);
                self.judged(fan.site);
                keyed.steps.get(value)
            };
            let Some(child) = keyed.place.child else {
                self.spend(1)?;
                steps_at(element).into_iter().flatten().try_for_each(|step| offer(*step))?;
                continue;
            };
            let Some(child) = self.binding.name(child) else { continue };
            let mut before: Vec<&'a [usize]> = Vec::new();
            for child in document.children(element).filter(|&node| document.name(node) == child) {
                self.spend(1)?;
                // Two children can ask for the same steps.
                let Some(steps) = steps_at(child).filter(|steps| !before.contains(&&steps[..])) else { continue };
                before.push(steps);
                steps.iter().try_for_each(|step| offer(*step))?;
            }
        }
        fan.others.iter().try_for_each(|step| offer(*step))
    }
}

/// The value that must be there for a predicate to hold.
fn asked(predicate: &Predicate) -> Option<(Place, &str)> {
    match predicate {
        Predicate::Truth(expression) => needed(expression),
        _ => None,
    }
}

fn needed(expression: &Expression) -> Option<(Place, &str)> {
    match expression {
        Expression::And(operands) => operands.iter().find_map(needed),
        Expression::AttributeEquals(Near::Own(attribute), value) => {
            Some((Place { child: None, attribute: *attribute }, value))
        }
        // `child[@attribute = 'value']`
        Expression::Path(path) => {
            let (child, predicates) = child_of(path)?;
            predicates.iter().find_map(|predicate| match asked(predicate)? {
                (Place { child: None, attribute }, value) => Some((Place { child: Some(child), attribute }, value)),
                _ => None,
            })
        }
        // `child/@attribute = 'value'`
        Expression::Compare(compare) => {
            let is_text = compare.kind == CompareKind::NodesWithString && compare.operator == Comparison::Equal;
            let (Expression::Path(path), Expression::Literal(value)) = (&compare.left, &compare.right) else {
                return None;
            };
            match (&path.start, &path.steps[..]) {
                (Start::Context, [outer, inner]) if is_text => match (outer.axis, &outer.test, inner.axis, &inner.test)
                {
                    (Axis::Child, Test::Name(child), Axis::Attribute, Test::Name(attribute)) => {
                        Some((Place { child: Some(*child), attribute: *attribute }, value))
                    }
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

/// The one child step that a path is, with its predicates.
fn child_of(path: &Path) -> Option<(NameSlot, &[Predicate])> {
    match (&path.start, &path.steps[..]) {
        (Start::Context, [step]) if step.axis == Axis::Child && !step.counts_positions => match step.test {
            Test::Name(name) => Some((name, &step.predicates)),
            _ => None,
        },
        _ => None,
    }
}
