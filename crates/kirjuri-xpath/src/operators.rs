//! The operators of XPath 2.0 over sequences: comparisons, arithmetic, ranges and sets of nodes.

use crate::atomic::arithmetic;
use crate::atomic::comparison::{general_compare, value_compare};
use crate::context::Focus;
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::program::Expression;
use crate::syntax::{Arithmetic, Comparison, NodeComparison};
use crate::value::{Atomic, Node, Sequence};
use crate::walk::{GO_ON, STOP};

/// From this many pairs of texts on, sorting beats trying each with each.
const MANY: usize = 64;

impl<'a> Evaluator<'a> {
    /// A general comparison: whether it holds for some pair of items.
    pub(crate) fn compare_any(
        &self,
        operator: Comparison,
        left: &'a Expression,
        right: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<bool, EvaluationError> {
        let left = self.atomized(&self.sequence(left, focus)?)?;
        if left.is_empty() {
            return Ok(false);
        }
        let right = self.atomized(&self.sequence(right, focus)?)?;
        if operator == Comparison::Equal && left.len().saturating_mul(right.len()) > MANY {
            let texts = |atoms: &[Atomic<'a>]| atoms.iter().all(|atomic| atomic.as_text().is_some());
            if texts(&left) && texts(&right) {
                return self.share_a_text(&left, &right);
            }
        }
        for one in &left {
            for other in &right {
                self.spend(1)?;
                if general_compare(operator, one, other, self.dynamic.implicit_zone)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn share_a_text(&self, left: &[Atomic<'a>], right: &[Atomic<'a>]) -> Result<bool, EvaluationError> {
        self.spend((left.len() + right.len()) as u64)?;
        let mut texts: Vec<&str> = right.iter().filter_map(|atomic| atomic.as_text().map(|text| &**text)).collect();
        texts.sort_unstable();
        let is_in = |atomic: &Atomic<'a>| atomic.as_text().is_some_and(|text| texts.binary_search(&&**text).is_ok());
        Ok(left.iter().any(is_in))
    }

    /// Whether the text of some node is among sorted texts.
    pub(crate) fn is_one_of(
        &self,
        nodes: &'a Expression,
        texts: &'a [Box<str>],
        focus: &Focus<'a>,
    ) -> Result<bool, EvaluationError> {
        let is_in = |text: &str| texts.binary_search_by(|known| (**known).cmp(text)).is_ok();
        if let Expression::Path(path) = nodes
            && let Some(near) = path.near
        {
            return Ok(self.near(near, focus.node)?.is_some_and(is_in));
        }
        let walk = self.each(nodes, focus, &mut |node| if is_in(&self.text_of(node)?) { STOP } else { GO_ON })?;
        Ok(walk.is_break())
    }

    /// A value comparison; none where an operand is empty.
    pub(crate) fn compare_values(
        &self,
        operator: Comparison,
        left: &'a Expression,
        right: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Option<bool>, EvaluationError> {
        let Some(left) = self.only_atom(&self.sequence(left, focus)?)? else { return Ok(None) };
        let Some(right) = self.only_atom(&self.sequence(right, focus)?)? else { return Ok(None) };
        value_compare(operator, &left, &right, self.dynamic.implicit_zone).map(Some)
    }

    /// `is`, `<<` and `>>`; none where an operand is empty.
    pub(crate) fn compare_nodes(
        &self,
        operator: NodeComparison,
        left: &'a Expression,
        right: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Option<bool>, EvaluationError> {
        let Some(left) = self.only_node(left, focus)? else { return Ok(None) };
        let Some(right) = self.only_node(right, focus)? else { return Ok(None) };
        Ok(Some(match operator {
            NodeComparison::Same => left == right,
            NodeComparison::Before => left != right && self.is_before(left, right),
            NodeComparison::After => left != right && self.is_before(right, left),
        }))
    }

    fn only_node(&self, expression: &'a Expression, focus: &Focus<'a>) -> Result<Option<Node<'a>>, EvaluationError> {
        let nodes = self.nodes_of(self.sequence(expression, focus)?, "XPTY0004")?;
        match &nodes[..] {
            [] => Ok(None),
            [only] => Ok(Some(*only)),
            _ => Err(fault("XPTY0004")),
        }
    }

    pub(crate) fn arithmetic(
        &self,
        first: &'a Expression,
        rest: &'a [(Arithmetic, Expression)],
        focus: &Focus<'a>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        let mut result = self.only_atom(&self.sequence(first, focus)?)?;
        for (operator, operand) in rest {
            self.spend(1)?;
            // What stands beside an empty sequence must still be one value at most.
            let operand = self.only_atom(&self.sequence(operand, focus)?)?;
            result = match (result, operand) {
                (Some(left), Some(right)) => {
                    Some(arithmetic::arithmetic(*operator, &left, &right, self.dynamic.implicit_zone)?)
                }
                _ => None,
            };
        }
        Ok(result.map_or(Sequence::EMPTY, Sequence::Atomic))
    }

    pub(crate) fn signed(
        &self,
        operand: &'a Expression,
        negative: bool,
        focus: &Focus<'a>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        let Some(atomic) = self.only_atom(&self.sequence(operand, focus)?)? else { return Ok(Sequence::EMPTY) };
        let result = if negative { arithmetic::negate(&atomic) } else { arithmetic::plus(&atomic) };
        Ok(Sequence::Atomic(result?))
    }

    pub(crate) fn range(
        &self,
        from: &'a Expression,
        to: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        let Some((from, to)) = self.bounds(from, to, focus)? else { return Ok(Sequence::EMPTY) };
        if from > to {
            return Ok(Sequence::EMPTY);
        }
        // Paid before the list is made; each number takes the room of several nodes.
        self.spend(to.abs_diff(from).saturating_mul(4).min(u128::from(u64::MAX)) as u64)?;
        Ok(Sequence::from_atoms((from..=to).map(Atomic::Integer).collect()))
    }

    /// The ends of `from to to`; none where one is empty.
    pub(crate) fn bounds(
        &self,
        from: &'a Expression,
        to: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<Option<(i128, i128)>, EvaluationError> {
        // The compiler has converted both to integers.
        let end = |expression| match self.sequence(expression, focus)? {
            Sequence::Atomic(atomic) => match atomic.primitive() {
                Atomic::Integer(number) if number.unsigned_abs() < 1 << 120 => Ok(Some(*number)),
                _ => Err(fault("FOAR0002")),
            },
            _ => Ok(None),
        };
        let (from, to) = (end(from)?, end(to)?);
        Ok(from.zip(to))
    }

    pub(crate) fn union(&self, operands: &'a [Expression], focus: &Focus<'a>) -> Result<Sequence<'a>, EvaluationError> {
        let mut nodes = Vec::new();
        for operand in operands {
            nodes.append(&mut self.nodes_of(self.sequence(operand, focus)?, "XPTY0004")?);
        }
        self.put_in_order(&mut nodes)?;
        Ok(Sequence::Nodes(nodes))
    }

    /// The nodes of `left` that are, or are not, among those of `right`.
    pub(crate) fn common(
        &self,
        left: &'a Expression,
        right: &'a Expression,
        wanted: bool,
        focus: &Focus<'a>,
    ) -> Result<Sequence<'a>, EvaluationError> {
        let mut nodes = self.nodes_of(self.sequence(left, focus)?, "XPTY0004")?;
        let others = self.nodes_of(self.sequence(right, focus)?, "XPTY0004")?;
        // To hash a node costs several times what it costs to visit it.
        self.spend(4 * (nodes.len() + others.len()) as u64)?;
        let others: std::collections::HashSet<_> = others.iter().map(Node::identity).collect();
        nodes.retain(|node| others.contains(&node.identity()) == wanted);
        Ok(Sequence::Nodes(nodes))
    }
}
