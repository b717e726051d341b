//! Comparisons: of nodes by existence, of everything else by value (section 3.4 of XPath 1.0).

use std::borrow::Cow;

use crate::atomic::lexical;
use crate::context::Focus;
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::number;
use crate::program::{Compare, CompareKind, Expression};
use crate::syntax::Comparison;
use crate::value::{Atomic, Item, Node, Sequence};
use crate::walk::{GO_ON, STOP};

impl<'a> Evaluator<'a> {
    pub(crate) fn compare(&self, compare: &'a Compare, focus: &Focus<'a>) -> Result<bool, EvaluationError> {
        let Compare { operator, kind, left, right } = compare;
        let (operator, equal) = (*operator, *operator == Comparison::Equal);
        Ok(match kind {
            CompareKind::Values => self.compare_first_version(operator, left, right, focus)?,
            CompareKind::Booleans => (self.boolean(left, focus)? == self.boolean(right, focus)?) == equal,
            CompareKind::Numbers => operator.numbers(self.number(left, focus)?, self.number(right, focus)?),
            CompareKind::Strings => (self.text(left, focus)? == self.text(right, focus)?) == equal,
            CompareKind::NodesWithString => {
                let wanted = self.text(right, focus)?;
                if let Expression::Path(path) = left {
                    if path.is_context() {
                        return Ok((self.text_of(focus.node)? == wanted) == equal);
                    }
                    if let Some(near) = path.near {
                        return Ok(self.near(near, focus.node)?.is_some_and(|text| (*text == *wanted) == equal));
                    }
                }
                self.any(left, focus, |node| Ok((self.text_of(node)? == wanted) == equal))?
            }
            CompareKind::NodesWithNumber => {
                let wanted = self.number(right, focus)?;
                self.any(left, focus, |node| Ok(operator.numbers(self.number_of(node)?, wanted)))?
            }
            CompareKind::NodesWithDouble => {
                let wanted = self.number(right, focus)?;
                self.any(left, focus, |node| Ok(operator.numbers(self.double_of(node)?, wanted)))?
            }
            CompareKind::NodesWithNodes if operator.is_equality() => self.compare_texts(left, right, equal, focus)?,
            CompareKind::NodesWithNodes => {
                // By order only the extremes of the right side can decide; NaN compares with nothing.
                let most = matches!(operator, Comparison::Less | Comparison::LessOrEqual);
                let mut bound: Option<f64> = None;
                let _ = self.each(right, focus, &mut |node| {
                    let number = self.number_of(node)?;
                    if !number.is_nan() && bound.is_none_or(|bound| (number > bound) == most) {
                        bound = Some(number);
                    }
                    GO_ON
                })?;
                let Some(bound) = bound else { return Ok(false) };
                self.any(left, focus, |node| Ok(operator.numbers(self.number_of(node)?, bound)))?
            }
        })
    }

    /// Whether some text of the left nodes equals (or, where `equal` is false, differs from) some of the right ones.
    fn compare_texts(
        &self,
        left: &'a Expression,
        right: &'a Expression,
        equal: bool,
        focus: &Focus<'a>,
    ) -> Result<bool, EvaluationError> {
        // Mostly the right side is a single node, which needs no list.
        let mut only = None;
        let mut rest = Vec::new();
        if right.order().is_unique() {
            let _ = self.each(right, focus, &mut |node| {
                match only {
                    None => only = Some(node),
                    Some(_) => rest.push(node),
                }
                GO_ON
            })?;
        } else {
            rest = self.list(right, focus)?;
            only = rest.pop();
        }
        let Some(only) = only else { return Ok(false) };
        let text = self.text_of(only)?;
        if rest.is_empty() {
            return self.any(left, focus, |node| Ok((self.text_of(node)? == text) == equal));
        }
        let mut texts = Vec::with_capacity(rest.len() + 1);
        texts.push(text);
        for node in rest {
            let text = self.text_of(node)?;
            // Texts that are held together take memory together.
            self.spend(if matches!(text, Cow::Owned(_)) { text.len() as u64 } else { 1 })?;
            texts.push(text);
        }
        texts.sort_unstable();
        texts.dedup();
        self.any(left, focus, |node| {
            let text = self.text_of(node)?;
            Ok(match (equal, &texts[..]) {
                (true, texts) => texts.binary_search(&text).is_ok(),
                (false, [only]) => *only != text,
                // Of two different texts one differs from any third.
                (false, _) => true,
            })
        })
    }

    /// A comparison of XPath 1.0 of values whose types only the run tells.
    fn compare_first_version(
        &self,
        operator: Comparison,
        left: &'a Expression,
        right: &'a Expression,
        focus: &Focus<'a>,
    ) -> Result<bool, EvaluationError> {
        let (left, right) = (self.sequence(left, focus)?, self.sequence(right, focus)?);
        let boolean = |value: &Sequence<'a>| match value {
            Sequence::Atomic(atomic) => matches!(atomic.primitive(), Atomic::Boolean(_)),
            _ => false,
        };
        if boolean(&left) || boolean(&right) {
            let (left, right) = (f64::from(left.to_boolean()), f64::from(right.to_boolean()));
            return Ok(operator.numbers(left, right));
        }
        let texts = |value: &Sequence<'a>| {
            value.items().all(|item| !matches!(item, Item::Atomic(atomic) if atomic.is_numeric()))
        };
        let by_text = operator.is_equality() && texts(&left) && texts(&right);
        let (left, right) = (self.atomized(&left)?, self.atomized(&right)?);
        for one in &left {
            for other in &right {
                self.spend(1)?;
                let holds = match by_text {
                    true => (one.to_text() == other.to_text()) == (operator == Comparison::Equal),
                    false => operator.numbers(one.to_number(), other.to_number()),
                };
                if holds {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn any(
        &self,
        nodes: &'a Expression,
        focus: &Focus<'a>,
        test: impl Fn(Node<'a>) -> Result<bool, EvaluationError>,
    ) -> Result<bool, EvaluationError> {
        let walk = self.each(nodes, focus, &mut |node| if test(node)? { STOP } else { GO_ON })?;
        Ok(walk.is_break())
    }

    /// The double that the untyped value of a node is.
    fn double_of(&self, node: Node<'a>) -> Result<f64, EvaluationError> {
        match self.typed_value(node)? {
            Atomic::Untyped(text) => lexical::double(&text),
            // A comment or a processing instruction is a string, which compares with no number.
            _ => Err(fault("XPTY0004")),
        }
    }

    /// The number that the string value of a node says.
    pub(crate) fn number_of(&self, node: Node<'a>) -> Result<f64, EvaluationError> {
        Ok(number::from_text(&self.text_of(node)?))
    }
}
