//! Evaluates programs over a document: for truth, for text, for a number or for nodes, whichever is asked.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use kirjuri_tree::{Document, Interrupt, NameId, NodeId, NodeRef};
use rustc_hash::FxHashMap;

use crate::axes::parent;
use crate::builtin::Builtin;
use crate::context::{DynamicContext, Focus, FunctionBody, text_of_text};
use crate::error::{EvaluationError, fault};
use crate::library::Findings;
use crate::names::Binding;
use crate::names::NameSlot;
use crate::number;
use crate::pattern_set::{Answers, Judging};
use crate::program::{Expression, Near, Program, Type};
use crate::regular_expression::call::RegexCache;
use crate::value::{Atomic, Node, Sequence};
use crate::variables::Slot;
use crate::walk::STOP;

/// Deepest nesting of functions and variables together; see the bound of the parser.
const MAX_LEVELS: usize = 320;

/// So many nodes are visited in some tenths of a millisecond.
const NODES_BETWEEN_QUESTIONS: u64 = 1 << 14;

/// Evaluates programs that were compiled against one name table over one document.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub(crate) document: &'a Document,
    pub(crate) binding: &'a Binding,
    pub(crate) dynamic: &'a DynamicContext<'a>,
    /// How many nodes may be visited before the interrupt is asked, and how many more after that.
    slice: Cell<u64>,
    rest: Cell<u64>,
    /// Levels of nesting of the functions and variables being computed.
    levels: Cell<usize>,
    pub(crate) slots: RefCell<Vec<Slot<'a>>>,
    /// The atomic values that are context items, the innermost last.
    pub(crate) atoms: RefCell<Vec<Atomic<'a>>>,
    /// Other documents than the evaluator's own, in the order in which their nodes were first put in order.
    pub(crate) met: RefCell<Vec<&'a Document>>,
    /// Names as other documents know them, by the address of the document: they all outlive the evaluator.
    pub(crate) foreign: RefCell<FxHashMap<(usize, NameSlot), Option<NameId>>>,
    /// Of the names that were asked for, which are few.
    subtrees: RefCell<Vec<Subtrees>>,
    /// Those that no compiler has seen.
    pub(crate) regular_expressions: RegexCache,
    pub(crate) findings: Findings<'a>,
    pub(crate) judging: Option<Judging<'a>>,
    pub(crate) answers: Answers,
}

/// The subtrees of the outermost elements of a name: from the element to behind its last descendant, in document
/// order.
#[derive(Debug)]
struct Subtrees {
    name: NameId,
    ranges: Vec<(NodeId, NodeId)>,
}

impl Subtrees {
    fn new(name: NameId, document: &Document) -> Subtrees {
        let mut ranges: Vec<(NodeId, NodeId)> = Vec::new();
        for &element in document.elements_named(name) {
            if ranges.last().is_none_or(|&(_, end)| element >= end) {
                ranges.push((element, document.subtree_end(element)));
            }
        }
        Subtrees { name, ranges }
    }

    /// Whether a node is inside. An element is not inside itself, but its attributes are.
    fn enclose(&self, node: NodeRef) -> bool {
        let owner = node.owner();
        let is_attribute = node.as_attribute().is_some();
        let before = self.ranges.partition_point(|&(start, _)| start < owner || (start == owner && is_attribute));
        before.checked_sub(1).and_then(|last| self.ranges.get(last)).is_some_and(|&(_, end)| owner < end)
    }
}

impl<'a> Evaluator<'a> {
    /// How many nodes all evaluations together may visit unless [`Evaluator::with_budget`] says otherwise: seconds of
    /// work, which no sensible rule on a real document comes near. Texts that are read, joined or compared count as
    /// nodes by their length.
    pub const BUDGET: u64 = 1 << 30;

    /// An evaluator for `document`, to whose names `binding` binds the name table of the programs.
    pub fn new(document: &'a Document, binding: &'a Binding, dynamic: &'a DynamicContext<'a>) -> Evaluator<'a> {
        let evaluator = Evaluator {
            document,
            binding,
            dynamic,
            slice: Cell::new(0),
            rest: Cell::new(0),
            levels: Cell::new(0),
            slots: RefCell::default(),
            atoms: RefCell::default(),
            met: RefCell::default(),
            foreign: RefCell::default(),
            subtrees: RefCell::default(),
            regular_expressions: RegexCache::default(),
            findings: Findings::default(),
            judging: None,
            answers: Answers::default(),
        };
        evaluator.with_budget(Evaluator::BUDGET)
    }

    /// Changes how many nodes all evaluations together may visit.
    pub fn with_budget(self, nodes: u64) -> Evaluator<'a> {
        self.allot(nodes);
        self
    }

    /// The truth of an expression at a node; evaluation stops as soon as it is known.
    ///
    /// # Errors
    /// [`EvaluationError::Exhausted`] when the budget is spent.
    pub fn truth(&self, program: &'a Program, focus: &Focus<'a>) -> Result<bool, EvaluationError> {
        self.boolean(&program.expression, focus)
    }

    /// The nodes of an expression in document order; none where its value is not nodes.
    ///
    /// # Errors
    /// [`EvaluationError::Exhausted`] when the budget is spent.
    pub fn nodes(&self, program: &'a Program, focus: &Focus<'a>) -> Result<Vec<Node<'a>>, EvaluationError> {
        match program.type_ {
            Type::Nodes => self.list(&program.expression, focus),
            Type::Any => self.nodes_of(self.sequence(&program.expression, focus)?, "XPTY0004"),
            _ => Ok(Vec::new()),
        }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// [`EvaluationError::Exhausted`] when the budget is spent.
    pub fn value(&self, program: &'a Program, focus: &Focus<'a>) -> Result<Sequence<'a>, EvaluationError> {
        let expression = &program.expression;
        Ok(match program.type_ {
            Type::Nodes => Sequence::Nodes(self.list(expression, focus)?),
            Type::String => Sequence::from(self.text(expression, focus)?),
            Type::Number => Sequence::from(self.number(expression, focus)?),
            Type::Boolean => Sequence::from(self.boolean(expression, focus)?),
            Type::Any => self.sequence(expression, focus)?,
        })
    }

    /// Runs what nests so many levels deep, unless that would be too deep for the stack together with what runs.
    pub(crate) fn levels_within<T>(
        &self,
        levels: usize,
        run: impl FnOnce() -> Result<T, EvaluationError>,
    ) -> Result<T, EvaluationError> {
        let before = self.levels.get();
        let now = before + levels + 1;
        if now > MAX_LEVELS {
            return Err(fault("XPDY0130"));
        }
        self.levels.set(now);
        let result = run();
        self.levels.set(before);
        result
    }

    /// The string value of a node, charged to the budget like those that expressions read.
    ///
    /// # Errors
    /// [`EvaluationError::Exhausted`] when the budget is spent.
    pub fn string_of(&self, node: Node<'a>) -> Result<Cow<'a, str>, EvaluationError> {
        self.text_of(node)
    }

    /// Takes visited nodes off the budget.
    #[inline]
    pub(crate) fn spend(&self, nodes: u64) -> Result<(), EvaluationError> {
        match self.slice.get().checked_sub(nodes) {
            Some(left) => {
                self.slice.set(left);
                Ok(())
            }
            None => self.spend_rest(nodes),
        }
    }

    /// Takes visited nodes off the budget where the slice of it has not so many, and asks whether to go on.
    #[cold]
    fn spend_rest(&self, nodes: u64) -> Result<(), EvaluationError> {
        let all = self.slice.get().saturating_add(self.rest.get());
        let left = all.checked_sub(nodes).ok_or(EvaluationError::Exhausted)?;
        if self.dynamic.interrupt.is_some_and(Interrupt::is_raised) {
            // Whatever is evaluated next asks again.
            self.slice.set(0);
            self.rest.set(left);
            return Err(EvaluationError::Interrupted);
        }
        self.allot(left);
        Ok(())
    }

    /// Cuts a slice off the rest of the budget. Where nobody is to be asked, it is all of it.
    fn allot(&self, nodes: u64) {
        let slice = if self.dynamic.interrupt.is_some() { nodes.min(NODES_BETWEEN_QUESTIONS) } else { nodes };
        self.slice.set(slice);
        self.rest.set(nodes - slice);
    }

    /// Takes the reading of a text off the budget.
    #[inline]
    pub(crate) fn spend_on(&self, text: &str) -> Result<(), EvaluationError> {
        self.spend(text.len() as u64 / 16)
    }

    pub(crate) fn boolean(&self, expression: &'a Expression, focus: &Focus<'a>) -> Result<bool, EvaluationError> {
        Ok(match expression {
            Expression::Boolean(truth) => *truth,
            Expression::Or(operands) => {
                for operand in operands {
                    self.spend(1)?;
                    if self.boolean(operand, focus)? {
                        return Ok(true);
                    }
                }
                false
            }
            Expression::And(operands) => {
                for operand in operands {
                    self.spend(1)?;
                    if !self.boolean(operand, focus)? {
                        return Ok(false);
                    }
                }
                true
            }
            Expression::Not(operand) => !self.boolean(operand, focus)?,
            Expression::HasAttribute(near) => self.near(*near, focus.node)?.is_some(),
            Expression::AttributeEquals(near, value) => match self.near(*near, focus.node)? {
                Some(found) => found == &**value,
                None => false,
            },
            Expression::Inside(name) => self.is_inside(*name, focus.node)?,
            Expression::Extension { function, arguments } => match (&function.body, &arguments[..]) {
                (FunctionBody::Test(test), [text]) => test(&self.text(text, focus)?),
                (FunctionBody::Text(body), [text]) => !text_of_text(*body, self.text(text, focus)?).is_empty(),
                _ => self.sequence(expression, focus)?.effective_boolean()?,
            },
            Expression::Contains(contains) => {
                let text = self.text(&contains.text, focus)?;
                self.spend_on(&text)?;
                contains.mark.find(text.as_bytes()).is_some()
            }
            Expression::Listed(listed) => {
                let text = self.text(&listed.text, focus)?;
                self.spend_on(&text)?;
                listed.holds(&text)
            }
            // Whether anything is left of a text needs no normal form of it.
            Expression::Call { builtin: Builtin::NormalizeSpace, arguments } => {
                let text = match arguments.first() {
                    Some(argument) => self.text(argument, focus)?,
                    None => self.text_of(focus.node)?,
                };
                self.spend_on(&text)?;
                text.bytes().any(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
            }
            Expression::Call { builtin, arguments } if builtin.is_test() => self.test(*builtin, arguments, focus)?,
            Expression::Compare(compare) => self.compare(compare, focus)?,
            Expression::CompareCount { operator, nodes, number } => {
                // One more than the number decides every comparison with it.
                operator.numbers(self.count(nodes, *number, focus)?, *number)
            }
            Expression::Path(path) => match self.has_relative(path, focus)? {
                Some(has) => has,
                None => self.each(expression, focus, &mut |_| STOP)?.is_break(),
            },
            Expression::Filter { .. } | Expression::Union(_) => self.each(expression, focus, &mut |_| STOP)?.is_break(),
            Expression::Variable(index) => self.variable(*index)?.effective_boolean()?,
            Expression::General(general) => self.general_truth(general, focus)?,
            Expression::Single(operand) => self.boolean(operand, focus)?,
            Expression::Value(_)
            | Expression::Literal(_)
            | Expression::Number(_)
            | Expression::Negate(_)
            | Expression::Arithmetic { .. }
            | Expression::Count(_)
            | Expression::Translate(_)
            | Expression::Call { .. } => self.sequence(expression, focus)?.effective_boolean()?,
        })
    }

    pub(crate) fn number(&self, expression: &'a Expression, focus: &Focus<'a>) -> Result<f64, EvaluationError> {
        Ok(match expression {
            Expression::Number(number) => *number,
            Expression::Negate(operand) => -self.number(operand, focus)?,
            Expression::Arithmetic { first, rest } => {
                let mut result = self.number(first, focus)?;
                for (operator, operand) in rest {
                    self.spend(1)?;
                    result = operator.numbers(result, self.number(operand, focus)?);
                }
                result
            }
            Expression::Count(nodes) => self.count(nodes, f64::INFINITY, focus)?,
            Expression::Boolean(_)
            | Expression::Or(_)
            | Expression::And(_)
            | Expression::Not(_)
            | Expression::HasAttribute(_)
            | Expression::AttributeEquals(..)
            | Expression::Inside(_)
            | Expression::Contains(_)
            | Expression::Listed(_)
            | Expression::Compare(_)
            | Expression::CompareCount { .. } => f64::from(self.boolean(expression, focus)?),
            Expression::Path(_)
            | Expression::Filter { .. }
            | Expression::Union(_)
            | Expression::Literal(_)
            | Expression::Translate(_) => number::from_text(&self.text(expression, focus)?),
            Expression::Variable(index) => self.number_in(&*self.variable(*index)?)?,
            Expression::Single(operand) => match self.single(operand, focus)? {
                Some(node) => self.number_of(node)?,
                None => f64::NAN,
            },
            Expression::Value(_) | Expression::General(_) | Expression::Call { .. } | Expression::Extension { .. } => {
                self.number_in(&self.sequence(expression, focus)?)?
            }
        })
    }

    pub(crate) fn text(&self, expression: &'a Expression, focus: &Focus<'a>) -> Result<Cow<'a, str>, EvaluationError> {
        Ok(match expression {
            Expression::Literal(text) => Cow::Borrowed(text),
            Expression::Call { builtin, arguments } if builtin.is_text() => {
                self.call_for_text(*builtin, arguments, focus)?
            }
            Expression::Translate(translate) => {
                let text = self.text(&translate.text, focus)?;
                self.spend_on(&text)?;
                translate.translation.apply(text)
            }
            Expression::Path(path) if path.is_context() => self.text_of(focus.node)?,
            Expression::Path(path) if path.near.is_some() => {
                let attribute = path.near.map_or(Ok(None), |near| self.near(near, focus.node))?;
                Cow::Borrowed(attribute.unwrap_or_default())
            }
            Expression::Path(_) | Expression::Filter { .. } | Expression::Union(_) => {
                match self.first(expression, focus)? {
                    Some(node) => self.text_of(node)?,
                    None => Cow::Borrowed(""),
                }
            }
            Expression::Variable(index) => match &*self.variable(*index)? {
                Sequence::Atomic(Atomic::String(text) | Atomic::Untyped(text)) => text.clone(),
                Sequence::Nodes(nodes) => self.text_of_first(nodes)?,
                other => other.to_text(),
            },
            Expression::Single(operand) => match self.single(operand, focus)? {
                Some(node) => self.text_of(node)?,
                None => Cow::Borrowed(""),
            },
            other => match self.sequence(other, focus)? {
                Sequence::Atomic(Atomic::String(text) | Atomic::Untyped(text)) => text,
                Sequence::Nodes(nodes) => self.text_of_first(&nodes)?,
                other => other.to_text(),
            },
        })
    }

    /// The value of an attribute of a node or of its parent.
    pub(crate) fn near(&self, near: Near, node: Node<'a>) -> Result<Option<&'a str>, EvaluationError> {
        let (element, slot) = match near {
            Near::Own(slot) => (node.node.as_node(), slot),
            Near::OfParent(slot) => (parent(node), slot),
        };
        let attribute = || node.document.attribute(element?, self.name(slot, node.document)?);
        let value = attribute().map(|attribute| node.document.attribute_value(attribute));
        self.spend(1 + value.map_or(0, |text| text.len() as u64 / 16))?;
        Ok(value)
    }

    /// Whether a node has an ancestor of a name.
    ///
    /// Most nodes of a document are asked the same by many rules, and few elements have the name, so that a search in
    /// their subtrees beats a walk up.
    fn is_inside(&self, slot: NameSlot, node: Node<'a>) -> Result<bool, EvaluationError> {
        self.spend(1)?;
        let document = node.document;
        let Some(name) = self.name(slot, document) else { return Ok(false) };
        if !std::ptr::eq(document, self.document) {
            let mut above = std::iter::successors(parent(node), |&inner| document.parent(inner));
            return Ok(above.any(|element| document.name(element) == name));
        }
        let mut known = self.subtrees.borrow_mut();
        if let Some(subtrees) = known.iter().find(|subtrees| subtrees.name == name) {
            return Ok(subtrees.enclose(node.node));
        }
        self.spend(document.elements_named(name).len() as u64)?;
        let subtrees = Subtrees::new(name, document);
        let is_inside = subtrees.enclose(node.node);
        known.push(subtrees);
        Ok(is_inside)
    }

    /// The string value of a node, which may be the text of a whole document.
    pub(crate) fn text_of(&self, node: Node<'a>) -> Result<Cow<'a, str>, EvaluationError> {
        if let Some(attribute) = node.node.as_attribute() {
            let text = node.document.attribute_value(attribute);
            self.spend(1)?;
            self.spend_on(text)?;
            return Ok(Cow::Borrowed(text));
        }
        let inside = node.node.owner();
        let nodes = node.document.subtree_end(inside).index() - inside.index();
        self.spend(nodes as u64)?;
        let text = node.string_value();
        self.spend_on(&text)?;
        Ok(text)
    }

    fn text_of_first(&self, nodes: &[Node<'a>]) -> Result<Cow<'a, str>, EvaluationError> {
        nodes.first().map_or(Ok(Cow::Borrowed("")), |node| self.text_of(*node))
    }

    fn number_in(&self, sequence: &Sequence<'a>) -> Result<f64, EvaluationError> {
        Ok(match sequence {
            Sequence::Nodes(nodes) => number::from_text(&self.text_of_first(nodes)?),
            atomic => atomic.to_number(),
        })
    }

    /// The value of an expression whose shape does not matter to the caller.
    pub(crate) fn sequence(
        &self,
        expression: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        Ok(match expression {
            Expression::Variable(index) => {
                let value = self.variable(*index)?;
                // A copy of a long list is work like any other.
                self.spend(value.len() as u64)?;
                value.clone()
            }
            Expression::General(general) => self.general(general, focus)?,
            Expression::Value(value) => Sequence::Atomic(Atomic::clone(value)),
            Expression::Path(path) if path.is_context() => Sequence::Nodes(vec![focus.node]),
            Expression::Path(_) | Expression::Filter { .. } | Expression::Union(_) | Expression::Single(_) => {
                Sequence::Nodes(self.list(expression, focus)?)
            }
            Expression::Call { builtin, arguments } if builtin.is_text() => {
                Sequence::from(self.call_for_text(*builtin, arguments, focus)?)
            }
            Expression::Call { builtin, arguments } => self.call(*builtin, arguments, focus)?,
            Expression::Extension { function, arguments } => {
                let body = match (&function.body, &arguments[..]) {
                    (FunctionBody::Test(test), [text]) => return Ok(Sequence::from(test(&self.text(text, focus)?))),
                    (FunctionBody::Text(body), [text]) => {
                        return Ok(Sequence::from(text_of_text(*body, self.text(text, focus)?)));
                    }
                    // The compiler has counted the arguments.
                    (FunctionBody::Test(_) | FunctionBody::Text(_), _) => return Ok(Sequence::from("")),
                    (FunctionBody::Value(body), _) => |values: &[Sequence<'a>]| body(self.dynamic, values),
                };
                // Few arguments need no list.
                let mut value = match &arguments[..] {
                    [] => body(&[]),
                    [only] => body(&[self.sequence(only, focus)?]),
                    [first, second] => body(&[self.sequence(first, focus)?, self.sequence(second, focus)?]),
                    more => {
                        let values = more.iter().map(|argument| self.sequence(argument, focus));
                        body(&values.collect::<Result<Vec<_>, _>>()?)
                    }
                };
                if let Sequence::Nodes(nodes) = &mut value {
                    self.put_in_order(nodes)?;
                }
                value
            }
            Expression::Literal(text) => Sequence::from(&**text),
            Expression::Translate(_) => Sequence::from(self.text(expression, focus)?),
            Expression::Number(_) | Expression::Negate(_) | Expression::Arithmetic { .. } | Expression::Count(_) => {
                Sequence::from(self.number(expression, focus)?)
            }
            Expression::Boolean(_)
            | Expression::Or(_)
            | Expression::And(_)
            | Expression::Not(_)
            | Expression::HasAttribute(_)
            | Expression::AttributeEquals(..)
            | Expression::Inside(_)
            | Expression::Contains(_)
            | Expression::Listed(_)
            | Expression::Compare(_)
            | Expression::CompareCount { .. } => Sequence::from(self.boolean(expression, focus)?),
        })
    }
}
