//! Walks over the nodes of an expression: step by step, without a list in between wherever the language allows it.

use std::collections::HashSet;
use std::ops::ControlFlow;

use kirjuri_tree::{Document, NodeId, NodeRef};

use crate::axes::{few_named, parent};
use crate::builtin::Builtin;
use crate::context::{ContextItem, Focus};
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::names::NameSlot;
use crate::program::{Expression, Path, Predicate, Start, Step, Test};
use crate::syntax::Axis;
use crate::value::{Node, Sequence};

/// Whether a walk over nodes goes on.
pub(crate) type Walk = Result<ControlFlow<()>, EvaluationError>;
pub(crate) const GO_ON: Walk = Ok(ControlFlow::Continue(()));
pub(crate) const STOP: Walk = Ok(ControlFlow::Break(()));

/// What is told of each node of a walk.
pub(crate) type Visit<'v, 'a> = &'v mut dyn FnMut(Node<'a>) -> Walk;

/// More predicates on one step than this are judged over a list.
const STREAMED: usize = 4;

impl<'a> Evaluator<'a> {
    /// The first node of an expression in document order.
    pub(crate) fn first(
        &self,
        expression: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Option<Node<'a>>, EvaluationError> {
        let sorted = expression.order().is_sorted();
        let mut first: Option<Node<'a>> = None;
        let _ = self.each(expression, focus, &mut |node| {
            if first.is_none_or(|known| self.is_before(node, known)) {
                first = Some(node);
            }
            if sorted { STOP } else { GO_ON }
        })?;
        Ok(first)
    }

    /// Document order. Of two documents the evaluator's own comes first; others keep the order in which they are met.
    pub(crate) fn is_before(&self, node: Node<'a>, known: Node<'a>) -> bool {
        match std::ptr::eq(node.document, known.document) {
            true => node.node < known.node,
            false => self.rank(node.document) < self.rank(known.document),
        }
    }

    /// The place of a document among those whose nodes have been put in order.
    fn rank(&self, document: &'a Document) -> usize {
        if std::ptr::eq(document, self.document) {
            return 0;
        }
        let mut met = self.met.borrow_mut();
        let known = met.iter().position(|known| std::ptr::eq(*known, document));
        1 + known.unwrap_or_else(|| {
            met.push(document);
            met.len() - 1
        })
    }

    /// The nodes of an expression in document order, each once.
    pub(crate) fn list(&self, expression: &'a Expression, focus: &Focus<'a>) -> Result<Vec<Node<'a>>, EvaluationError> {
        let order = expression.order();
        let mut nodes = Vec::new();
        // A walk can meet the same nodes over and over; the list must not grow with it.
        let mut bound = if order.is_unique() { usize::MAX } else { 1 << 12 };
        let _ = self.each(expression, focus, &mut |node| {
            nodes.push(node);
            if nodes.len() >= bound {
                self.sort(&mut nodes)?;
                bound = bound.max(2 * nodes.len());
            }
            GO_ON
        })?;
        if !order.is_sorted() {
            self.sort(&mut nodes)?;
        }
        Ok(nodes)
    }

    /// Makes nodes of unknown origin a node-set.
    pub(crate) fn put_in_order(&self, nodes: &mut Vec<Node<'a>>) -> Result<(), EvaluationError> {
        self.spend(nodes.len() as u64)?;
        let in_order = |a: &Node<'a>, b: &Node<'a>| std::ptr::eq(a.document, b.document) && a.node < b.node;
        if nodes.is_sorted_by(in_order) { Ok(()) } else { self.sort(nodes) }
    }

    /// Brings nodes into document order and drops duplicates.
    fn sort(&self, nodes: &mut Vec<Node<'a>>) -> Result<(), EvaluationError> {
        self.spend(nodes.len() as u64)?;
        if nodes.iter().all(|node| std::ptr::eq(node.document, self.document)) {
            nodes.sort_unstable_by_key(|node| node.node);
        } else {
            self.spend((nodes.len() * (1 + self.met.borrow().len())) as u64)?;
            nodes.sort_by_cached_key(|node| (self.rank(node.document), node.node));
        }
        nodes.dedup();
        Ok(())
    }

    /// How many nodes an expression has. Counting may stop when there are more than `enough`.
    pub(crate) fn count(
        &self,
        expression: &'a Expression,
        enough: f64,
        focus: &Focus<'a>,
    ) -> Result<f64, EvaluationError> {
        if let Expression::Variable(index) = expression {
            return Ok(self.variable(*index)?.len() as f64);
        }
        if !expression.order().is_unique() {
            return Ok(self.list(expression, focus)?.len() as f64);
        }
        let mut count = 0_u64;
        let _ = self.each(expression, focus, &mut |_| {
            count += 1;
            if count as f64 > enough { STOP } else { GO_ON }
        })?;
        Ok(count as f64)
    }

    /// Offers the nodes of an expression to `visit`, in the order that [`Expression::order`] tells, until it has
    /// enough.
    pub(crate) fn each(&self, expression: &'a Expression, focus: &Focus<'a>, visit: Visit<'_, 'a>) -> Walk {
        match expression {
            Expression::Path(path) => self.path(path, focus, visit),
            Expression::Filter { base, predicates } => {
                let mut nodes = self.list(base, focus)?;
                self.keep(&mut nodes, predicates, focus)?;
                self.offer(&nodes, visit)
            }
            Expression::Union(operands) => {
                for operand in operands {
                    self.spend(1)?;
                    if self.each(operand, focus, visit)?.is_break() {
                        return STOP;
                    }
                }
                GO_ON
            }
            Expression::Variable(index) => match &*self.variable(*index)? {
                Sequence::Nodes(nodes) => self.offer(nodes, visit),
                other => self.offer(&self.nodes_of(other.clone(), "XPTY0019")?, visit),
            },
            Expression::Single(operand) => match self.single(operand, focus)? {
                Some(node) => visit(node),
                None => GO_ON,
            },
            // Identifiers are declared in a DTD, which no document here has.
            Expression::Call { builtin: Builtin::Id, .. } => GO_ON,
            other => {
                let value = self.sequence(other, focus)?;
                self.offer(&self.nodes_of(value, "XPTY0019")?, visit)
            }
        }
    }

    /// The one node of an expression; `XPTY0004` where there are more.
    pub(crate) fn single(
        &self,
        expression: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Option<Node<'a>>, EvaluationError> {
        let mut only: Option<Node<'a>> = None;
        let walk = self.each(expression, focus, &mut |node| match only {
            Some(known) if known != node => STOP,
            _ => {
                only = Some(node);
                GO_ON
            }
        })?;
        if walk.is_break() { Err(fault("XPTY0004")) } else { Ok(only) }
    }

    fn offer(&self, nodes: &[Node<'a>], visit: Visit<'_, 'a>) -> Walk {
        for &node in nodes {
            self.spend(1)?;
            if visit(node)?.is_break() {
                return STOP;
            }
        }
        GO_ON
    }

    fn path(&self, path: &'a Path, focus: &Focus<'a>, visit: Visit<'_, 'a>) -> Walk {
        let from = |node| Node { node, ..focus.node };
        match &path.start {
            Start::Context => self.steps(&path.steps, focus.node, focus, visit),
            Start::Root => self.steps(&path.steps, from(NodeId::DOCUMENT.into()), focus, visit),
            Start::Current => self.steps(&path.steps, focus.current, focus, visit),
            Start::Nodes(base) if base.order().is_sorted() => {
                self.each(base, focus, &mut |node| self.steps(&path.steps, node, focus, visit))
            }
            Start::Nodes(base) => {
                for node in self.list(base, focus)? {
                    if self.steps(&path.steps, node, focus, visit)?.is_break() {
                        return STOP;
                    }
                }
                GO_ON
            }
            Start::Distinct(before) => {
                let mut seen: HashSet<(*const Document, NodeRef)> = HashSet::new();
                self.path(before, focus, &mut |node| match seen.insert((node.document, node.node)) {
                    true => self.steps(&path.steps, node, focus, visit),
                    false => GO_ON,
                })
            }
        }
    }

    /// Whether there is a node where a path is one step to a child, a parent or the node itself by name, which takes no
    /// walk; nothing where it is another path.
    pub(crate) fn has_relative(&self, path: &'a Path, focus: &Focus<'a>) -> Result<Option<bool>, EvaluationError> {
        let (Start::Context, [step]) = (&path.start, &path.steps[..]) else { return Ok(None) };
        let (Test::Name(name), []) = (&step.test, &step.predicates[..]) else { return Ok(None) };
        let document = focus.node.document;
        if !matches!(step.axis, Axis::SelfNode | Axis::Parent | Axis::Child) {
            return Ok(None);
        }
        let Some(name) = self.name(*name, document) else { return Ok(Some(false)) };
        let is_named = |node: Option<NodeId>| node.is_some_and(|node| document.name(node) == name);
        let mut passed = 1;
        let has = match step.axis {
            Axis::SelfNode => is_named(focus.node.node.as_node()),
            Axis::Parent => is_named(parent(focus.node)),
            _ => focus.node.node.as_node().is_some_and(|node| match few_named(document, name, node) {
                Some(named) => {
                    passed += named.len() as u64;
                    named.iter().any(|&child| document.parent(child) == Some(node))
                }
                None => document.children(node).any(|child| {
                    passed += 1;
                    document.name(child) == name
                }),
            }),
        };
        self.spend(passed)?;
        Ok(Some(has))
    }

    fn steps(&self, steps: &'a [Step], node: Node<'a>, focus: &Focus<'a>, visit: Visit<'_, 'a>) -> Walk {
        match steps {
            [] => visit(node),
            [step] => self.step(step, node, focus, visit),
            [step, rest @ ..] => self.step(step, node, focus, &mut |node| self.steps(rest, node, focus, visit)),
        }
    }

    /// Offers the nodes of one step from `origin` to `visit`, in the order of the axis.
    pub(crate) fn step(&self, step: &'a Step, origin: Node<'a>, focus: &Focus<'a>, visit: Visit<'_, 'a>) -> Walk {
        if step.predicates.is_empty() {
            return self.axis(step.axis, &step.test, origin, visit);
        }
        if let (Axis::Attribute, Test::Name(name), false) = (step.axis, &step.test, step.counts_positions) {
            return self.named_attribute(*name, &step.predicates, origin, focus, visit);
        }
        if step.needs_size || step.predicates.len() > STREAMED {
            let mut nodes = Vec::new();
            let _ = self.axis(step.axis, &step.test, origin, &mut |node| {
                nodes.push(node);
                GO_ON
            })?;
            self.keep(&mut nodes, &step.predicates, focus)?;
            return self.offer(&nodes, visit);
        }
        // The position before each predicate: how many candidates have passed those to its left.
        let mut positions = [0; STREAMED];
        let mut enough = false;
        let walk = self.axis(step.axis, &step.test, origin, &mut |node| {
            for (predicate, position) in step.predicates.iter().zip(&mut positions) {
                *position += 1;
                if !self.holds(
                    predicate,
                    &Focus { node, position: *position, size: 0, item: ContextItem::Node, ..*focus },
                )? {
                    return GO_ON;
                }
                // Nothing behind the one index can pass.
                enough |= matches!(predicate, Predicate::Index(_));
            }
            if visit(node)?.is_break() {
                enough = false;
                return STOP;
            }
            if enough { STOP } else { GO_ON }
        })?;
        if enough { GO_ON } else { Ok(walk) }
    }

    /// `@name` with predicates: one node at most.
    fn named_attribute(
        &self,
        name: NameSlot,
        predicates: &'a [Predicate],
        origin: Node<'a>,
        focus: &Focus<'a>,
        visit: Visit<'_, 'a>,
    ) -> Walk {
        self.spend(1)?;
        let document = origin.document;
        let Some(element) = origin.node.as_node() else { return GO_ON };
        let name = self.name(name, document);
        let Some(attribute) = name.and_then(|name| document.attribute(element, name)) else { return GO_ON };
        let node = Node { document, node: NodeRef::attribute(element, attribute) };
        let inside = Focus { node, position: 1, size: 1, item: ContextItem::Node, ..*focus };
        for predicate in predicates {
            if !self.holds(predicate, &inside)? {
                return GO_ON;
            }
        }
        visit(node)
    }

    /// Keeps the nodes for which each predicate in turn holds. Positions count in the order of `nodes`.
    fn keep(
        &self,
        nodes: &mut Vec<Node<'a>>,
        predicates: &'a [Predicate],
        focus: &Focus<'a>,
    ) -> Result<(), EvaluationError> {
        for predicate in predicates {
            let size = nodes.len();
            let mut position = 0;
            let mut failure = None;
            nodes.retain(|&node| {
                position += 1;
                failure.is_none()
                    && self
                        .holds(predicate, &Focus { node, position, size, item: ContextItem::Node, ..*focus })
                        .unwrap_or_else(|error| {
                            failure = Some(error);
                            false
                        })
            });
            if let Some(error) = failure {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Whether a predicate holds at a node with its position.
    pub(crate) fn holds(&self, predicate: &'a Predicate, focus: &Focus<'a>) -> Result<bool, EvaluationError> {
        self.spend(1)?;
        Ok(match predicate {
            Predicate::Index(index) => focus.position == *index,
            Predicate::Position(number) => self.number(number, focus)? == focus.position as f64,
            Predicate::Truth(expression) => self.boolean(expression, focus)?,
            Predicate::Either(expression) => {
                let value = self.sequence(expression, focus)?;
                match &value {
                    Sequence::Atomic(atomic) if atomic.is_numeric() => value.to_number() == focus.position as f64,
                    _ => value.effective_boolean()?,
                }
            }
        })
    }
}
