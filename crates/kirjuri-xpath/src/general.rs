//! Evaluates what XPath 2.0 adds to the expressions: sequences, bindings, conditions, and steps that are no axes.

use std::borrow::Cow;

use crate::context::{ContextItem, Focus};
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::library::Call;
use crate::program::{Expression, General, Predicate, RegexUse};
use crate::value::{Atomic, Item, Node, Sequence};

type Value<'a> = Result<Sequence<'a>, EvaluationError>;

impl<'a> Evaluator<'a> {
    pub(crate) fn general(&self, general: &'a General, focus: &Focus<'a>) -> Value<'a> {
        self.spend(1)?;
        match general {
            General::ContextItem => self.context_item(focus),
            General::Sequence(parts) => self.concatenated(parts, focus),
            General::For { slot, sequence, result } => self.for_each(*slot, sequence, result, focus),
            General::Let { slot, value, result } => {
                let value = self.sequence(value, focus)?;
                self.with(*slot, value, || self.sequence(result, focus))
            }
            General::If { condition, then, otherwise } => match self.boolean(condition, focus)? {
                true => self.sequence(then, focus),
                false => self.sequence(otherwise, focus),
            },
            General::CompareValues { operator, left, right } => {
                let truth = self.compare_values(*operator, left, right, focus)?;
                Ok(truth.map_or(Sequence::EMPTY, Sequence::from))
            }
            General::CompareNodes { operator, left, right } => {
                let truth = self.compare_nodes(*operator, left, right, focus)?;
                Ok(truth.map_or(Sequence::EMPTY, Sequence::from))
            }
            General::Quantified { .. }
            | General::Compare { .. }
            | General::OneOf { .. }
            | General::InstanceOf(..)
            | General::CastableAs(..) => Ok(Sequence::from(self.general_truth(general, focus)?)),
            General::Range(from, to) => self.range(from, to, focus),
            General::Union(operands) => self.union(operands, focus),
            General::Intersect(left, right) => self.common(left, right, true, focus),
            General::Except(left, right) => self.common(left, right, false, focus),
            General::Join(parts) => self.joined(parts, focus),
            General::Arithmetic { first, rest } => self.arithmetic(first, rest, focus),
            General::Negate(operand) => self.signed(operand, true, focus),
            General::Plus(operand) => self.signed(operand, false, focus),
            General::TreatAs(operand, type_) => {
                let value = self.sequence(operand, focus)?;
                if self.is_instance(&value, type_)? { Ok(value) } else { Err(fault("XPDY0050")) }
            }
            General::CastAs(operand, type_, optional) => {
                let value = self.sequence(operand, focus)?;
                match self.only_atom(&value)? {
                    Some(atomic) => Ok(Sequence::Atomic(self.cast(&atomic, *type_)?)),
                    None if *optional => Ok(Sequence::EMPTY),
                    None => Err(fault("XPTY0004")),
                }
            }
            General::Map { base, step } => self.map(base, step, focus),
            General::SimpleMap { base, step } => {
                let mut items = Vec::new();
                self.for_items(base, focus, &mut |focus| {
                    items.append(&mut self.sequence(step, focus)?.into_items());
                    Ok(true)
                })?;
                Ok(Sequence::from_items(items))
            }
            General::Filter { base, predicates } => self.filter(base, predicates, focus),
            General::NodesOf(operand) => {
                let is_context =
                    matches!(operand, Expression::General(inner) if matches!(**inner, General::ContextItem));
                let code = if is_context { "XPTY0020" } else { "XPTY0019" };
                let nodes = self.nodes_of(self.sequence(operand, focus)?, code)?;
                Ok(Sequence::Nodes(nodes))
            }
            General::Convert(operand, type_) => self.convert(self.sequence(operand, focus)?, type_),
            General::Whole(operand) => {
                let number = self.number(operand, focus)?;
                Ok(Sequence::Atomic(Atomic::Integer(number as i128)))
            }
            General::Call { function, arguments } => self.call_function(function, arguments, focus),
            General::Regex { use_, regex, text } => self.use_regex(use_, regex, text, focus),
            General::UserCall { function, arguments } => self.call_user(*function, arguments, focus),
        }
    }

    /// The truth of an expression that is one, without a value in between.
    pub(crate) fn general_truth(&self, general: &'a General, focus: &Focus<'a>) -> Result<bool, EvaluationError> {
        match general {
            General::Quantified { every, slot, sequence, condition } => {
                let mut decided = false;
                self.each_item(sequence, focus, &mut |item| {
                    let holds = self.with(*slot, Sequence::from(item), || self.boolean(condition, focus))?;
                    decided = holds != *every;
                    Ok(!decided)
                })?;
                Ok(decided != *every)
            }
            General::Compare { operator, left, right } => self.compare_any(*operator, left, right, focus),
            General::CompareValues { operator, left, right } => {
                Ok(self.compare_values(*operator, left, right, focus)?.unwrap_or(false))
            }
            General::CompareNodes { operator, left, right } => {
                Ok(self.compare_nodes(*operator, left, right, focus)?.unwrap_or(false))
            }
            General::OneOf { nodes, texts } => self.is_one_of(nodes, texts, focus),
            General::Regex { use_: RegexUse::Matches, regex, text } => self.is_match(regex, text, focus),
            General::If { condition, then, otherwise } => match self.boolean(condition, focus)? {
                true => self.boolean(then, focus),
                false => self.boolean(otherwise, focus),
            },
            General::InstanceOf(operand, type_) => {
                let value = self.sequence(operand, focus)?;
                self.is_instance(&value, type_)
            }
            General::CastableAs(operand, type_, optional) => {
                let value = self.sequence(operand, focus)?;
                if value.len() > 1 {
                    return Ok(false);
                }
                Ok(match self.only_atom(&value)? {
                    Some(atomic) => self.cast(&atomic, *type_).is_ok(),
                    None => *optional,
                })
            }
            other => self.general(other, focus)?.effective_boolean(),
        }
    }

    pub(crate) fn context_item(&self, focus: &Focus<'a>) -> Value<'a> {
        match focus.item {
            ContextItem::Node => Ok(Sequence::Nodes(vec![focus.node])),
            ContextItem::Atomic(index) => match self.atoms.borrow().get(index) {
                Some(atomic) => Ok(Sequence::Atomic(atomic.clone())),
                None => Err(fault("XPDY0002")),
            },
            ContextItem::Absent => Err(fault("XPDY0002")),
        }
    }

    fn concatenated(&self, parts: &'a [Expression], focus: &Focus<'a>) -> Value<'a> {
        let mut items = Vec::new();
        for part in parts {
            let mut more = self.sequence(part, focus)?.into_items();
            // To move an item costs several times what it costs to visit a node.
            self.spend(1 + 4 * more.len() as u64)?;
            items.append(&mut more);
        }
        Ok(Sequence::from_items(items))
    }

    fn for_each(&self, slot: usize, sequence: &'a Expression, result: &'a Expression, focus: &Focus<'a>) -> Value<'a> {
        let mut items = Vec::new();
        self.each_item(sequence, focus, &mut |item| {
            let value = self.with(slot, Sequence::from(item), || self.sequence(result, focus))?;
            let mut more = value.into_items();
            self.spend(1 + more.len() as u64)?;
            items.append(&mut more);
            Ok(true)
        })?;
        Ok(Sequence::from_items(items))
    }

    /// Offers the items of an expression one by one until `visit` has enough. A range needs no list.
    fn each_item(
        &self,
        sequence: &'a Expression,
        focus: &Focus<'a>,
        visit: &mut dyn FnMut(Item<'a>) -> Result<bool, EvaluationError>,
    ) -> Result<(), EvaluationError> {
        if let Expression::General(general) = sequence
            && let General::Range(from, to) = &**general
        {
            let Some((from, to)) = self.bounds(from, to, focus)? else { return Ok(()) };
            let mut number = from;
            while number <= to {
                self.spend(1)?;
                if !visit(Item::Atomic(Atomic::Integer(number)))? {
                    break;
                }
                number += 1;
            }
            return Ok(());
        }
        if let Expression::Variable(index) = sequence {
            // The list stays where it is.
            let held = self.variable(*index)?;
            for item in held.items() {
                self.spend(1)?;
                if !visit(item)? {
                    break;
                }
            }
            return Ok(());
        }
        for item in self.sequence(sequence, focus)?.into_items() {
            self.spend(1)?;
            if !visit(item)? {
                break;
            }
        }
        Ok(())
    }

    /// Runs for each item of an expression as the context item, until `visit` has enough.
    fn for_items(
        &self,
        base: &'a Expression,
        focus: &Focus<'a>,
        visit: &mut dyn FnMut(&Focus<'a>) -> Result<bool, EvaluationError>,
    ) -> Result<(), EvaluationError> {
        if let Expression::Variable(index) = base {
            let held = self.variable(*index)?;
            return self.offer_items(held.items(), held.len(), focus, visit);
        }
        let items = self.sequence(base, focus)?.into_items();
        let size = items.len();
        self.offer_items(items.into_iter(), size, focus, visit)
    }

    fn offer_items(
        &self,
        items: impl Iterator<Item = Item<'a>>,
        size: usize,
        focus: &Focus<'a>,
        visit: &mut dyn FnMut(&Focus<'a>) -> Result<bool, EvaluationError>,
    ) -> Result<(), EvaluationError> {
        for (index, item) in items.enumerate() {
            self.spend(1)?;
            if !self.at(item, index + 1, size, focus, |focus| visit(focus))? {
                break;
            }
        }
        Ok(())
    }

    /// Runs with an item as the context item.
    pub(crate) fn at<T>(
        &self,
        item: Item<'a>,
        position: usize,
        size: usize,
        focus: &Focus<'a>,
        run: impl FnOnce(&Focus<'a>) -> Result<T, EvaluationError>,
    ) -> Result<T, EvaluationError> {
        match item {
            Item::Node(node) => run(&Focus { node, position, size, item: ContextItem::Node, ..*focus }),
            Item::Atomic(atomic) => {
                let index = self.atoms.borrow().len();
                self.atoms.borrow_mut().push(atomic);
                let result = run(&Focus { position, size, item: ContextItem::Atomic(index), ..*focus });
                self.atoms.borrow_mut().truncate(index);
                result
            }
        }
    }

    /// `base/step`: nodes in document order, or atomic values as they come; both together are an error.
    fn map(&self, base: &'a Expression, step: &'a Expression, focus: &Focus<'a>) -> Value<'a> {
        let (mut nodes, mut atoms) = (Vec::new(), Vec::new());
        self.for_items(base, focus, &mut |focus| {
            if focus.item != ContextItem::Node {
                return Err(fault("XPTY0019"));
            }
            match self.sequence(step, focus)? {
                Sequence::Nodes(mut more) => nodes.append(&mut more),
                other => {
                    for item in other.into_items() {
                        match item {
                            Item::Node(node) => nodes.push(node),
                            atomic @ Item::Atomic(_) => atoms.push(atomic),
                        }
                    }
                }
            }
            Ok(true)
        })?;
        match (nodes.is_empty(), atoms.is_empty()) {
            (_, true) => {
                self.put_in_order(&mut nodes)?;
                Ok(Sequence::Nodes(nodes))
            }
            (true, false) => Ok(Sequence::from_items(atoms)),
            (false, false) => Err(fault("XPTY0018")),
        }
    }

    fn filter(&self, base: &'a Expression, predicates: &'a [Predicate], focus: &Focus<'a>) -> Value<'a> {
        if let (Expression::Variable(variable), [Predicate::Index(index)]) = (base, predicates) {
            return Ok(self.variable(*variable)?.get(index - 1).map_or(Sequence::EMPTY, Sequence::from));
        }
        let mut items = self.sequence(base, focus)?.into_items();
        for predicate in predicates {
            if let Predicate::Index(index) = predicate {
                self.spend(1)?;
                let only = (*index <= items.len()).then(|| items.swap_remove(index - 1));
                items = only.into_iter().collect();
                continue;
            }
            let size = items.len();
            let mut kept = Vec::new();
            for (index, item) in items.into_iter().enumerate() {
                let holds = self.at(item.clone(), index + 1, size, focus, |focus| self.holds(predicate, focus))?;
                if holds {
                    kept.push(item);
                }
            }
            items = kept;
        }
        Ok(Sequence::from_items(items))
    }

    /// The nodes of a value as a node-set.
    pub(crate) fn nodes_of(&self, value: Sequence<'a>, code: &'static str) -> Result<Vec<Node<'a>>, EvaluationError> {
        let mut nodes = match value {
            Sequence::Nodes(nodes) => return Ok(nodes),
            Sequence::Atomic(_) => return Err(fault(code)),
            Sequence::Items(items) => {
                let node = |item| match item {
                    Item::Node(node) => Ok(node),
                    Item::Atomic(_) => Err(fault(code)),
                };
                items.into_iter().map(node).collect::<Result<Vec<_>, _>>()?
            }
        };
        self.put_in_order(&mut nodes)?;
        Ok(nodes)
    }

    fn joined(&self, parts: &'a [Expression], focus: &Focus<'a>) -> Value<'a> {
        let mut joined = String::new();
        for part in parts {
            let value = self.sequence(part, focus)?;
            if let Some(atomic) = self.only_atom(&value)? {
                let text = atomic.canonical_text();
                self.spend(text.len() as u64)?;
                joined.push_str(&text);
            }
        }
        Ok(Sequence::from(Cow::Owned(joined)))
    }

    fn call_function(
        &self,
        function: &'static crate::library::Signature,
        arguments: &'a [Expression],
        focus: &Focus<'a>,
    ) -> Value<'a> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.sequence(argument, focus)?);
        }
        (function.body)(&Call { evaluator: self, arguments: values, focus })
    }

    fn call_user(&self, function: usize, arguments: &'a [Expression], focus: &Focus<'a>) -> Value<'a> {
        let function = self.dynamic.library.and_then(|library| library.functions.get(function));
        let Some((function, body)) = function.and_then(|function| Some((function, function.body.as_ref()?))) else {
            return Err(fault("XPST0017"));
        };
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.sequence(argument, focus)?);
        }
        // What the function binds is its own, also where it calls itself.
        let own = function.slots.clone();
        let before: Vec<_> = own.clone().map(|slot| self.put(slot, crate::variables::Slot::Given)).collect();
        for (slot, value) in function.parameters.iter().zip(values) {
            self.bind(*slot, value);
        }
        let inside = Focus { item: ContextItem::Absent, position: 0, size: 0, ..*focus };
        let result = self.levels_within(body.levels(), || self.sequence(body.expression(), &inside));
        for (slot, value) in own.zip(before) {
            self.put(slot, value);
        }
        result
    }
}

impl<'a> From<Item<'a>> for Sequence<'a> {
    fn from(item: Item<'a>) -> Self {
        match item {
            Item::Node(node) => Sequence::Nodes(vec![node]),
            Item::Atomic(atomic) => Sequence::Atomic(atomic),
        }
    }
}
