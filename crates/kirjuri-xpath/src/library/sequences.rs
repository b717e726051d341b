//! Functions on sequences (F&O 2.0, section 15).

use std::borrow::Cow;
use std::collections::HashSet;

use kirjuri_tree::{Document, NodeId, NodeKind};

use super::{ANY, Call, Gives, ONE, OPTIONAL, Signature, TEXT, Takes, optional};
use crate::atomic::aggregate;
use crate::atomic::comparison::{deep_equal_atomic, equal, same_for_distinct};
use crate::atomic::types::AtomicType;
use crate::error::{EvaluationError, fault};
use crate::evaluate::Evaluator;
use crate::functions;
use crate::number;
use crate::value::{Atomic, Item, Node, Sequence};

type Value<'a> = Result<Sequence<'a>, EvaluationError>;

const ITEMS: Takes = Takes::Items(ANY);
const ATOMS: Takes = Takes::Atoms(AtomicType::AnyAtomic, ANY);
const ATOM_OR_NONE: Takes = Takes::Atoms(AtomicType::AnyAtomic, OPTIONAL);
const ATOM: Takes = Takes::Atoms(AtomicType::AnyAtomic, ONE);
const INTEGER: Takes = Takes::Atoms(AtomicType::Integer, ONE);
const DOUBLE: Takes = Takes::Atoms(AtomicType::Double, ONE);

pub(super) const FUNCTIONS: &[Signature] = &[
    Signature::new("empty", &[ITEMS], Gives::Truth, |call| Ok(Sequence::from(call.argument(0).is_empty()))),
    Signature::new("exists", &[ITEMS], Gives::Truth, |call| Ok(Sequence::from(!call.argument(0).is_empty()))),
    Signature::new("distinct-values", &[ATOMS, TEXT], Gives::Any, distinct_values).from(1),
    Signature::new("index-of", &[ATOMS, ATOM, TEXT], Gives::Any, index_of).from(2),
    Signature::new("insert-before", &[ITEMS, INTEGER, ITEMS], Gives::Any, insert_before),
    Signature::new("remove", &[ITEMS, INTEGER], Gives::Any, |call| {
        let unwanted = call.integer(1);
        kept(call, |position| position != unwanted)
    }),
    Signature::new("reverse", &[ITEMS], Gives::Any, |call| {
        call.evaluator.spend(call.argument(0).len() as u64)?;
        let mut items = call.argument(0).clone().into_items();
        items.reverse();
        Ok(Sequence::from_items(items))
    }),
    Signature::new("subsequence", &[ITEMS, DOUBLE, DOUBLE], Gives::Any, subsequence).from(2),
    Signature::new("head", &[ITEMS], Gives::Any, |call| Ok(call.item(0).map_or(Sequence::EMPTY, Sequence::from))),
    Signature::new("tail", &[ITEMS], Gives::Any, |call| kept(call, |position| position > 1)),
    Signature::new("unordered", &[ITEMS], Gives::Any, |call| Ok(call.argument(0).clone())),
    Signature::new("zero-or-one", &[ITEMS], Gives::Any, |call| counted(call, |count| count <= 1, "FORG0003")),
    Signature::new("one-or-more", &[ITEMS], Gives::Any, |call| counted(call, |count| count >= 1, "FORG0004")),
    Signature::new("exactly-one", &[ITEMS], Gives::Any, |call| counted(call, |count| count == 1, "FORG0005")),
    Signature::new("deep-equal", &[ITEMS, ITEMS, TEXT], Gives::Truth, |call| {
        call.check_collation(2)?;
        Ok(Sequence::from(call.evaluator.deep_equal(call.argument(0), call.argument(1))?))
    })
    .from(2),
    Signature::new("count", &[ITEMS], Gives::Any, |call| {
        Ok(Sequence::Atomic(Atomic::Integer(call.argument(0).len() as i128)))
    }),
    Signature::new("avg", &[ATOMS], Gives::Any, |call| optional(aggregate::avg(&values(call)?)?)),
    Signature::new("max", &[ATOMS, TEXT], Gives::Any, |call| {
        call.check_collation(1)?;
        optional(aggregate::max(&values(call)?, call.implicit_zone())?)
    })
    .from(1),
    Signature::new("min", &[ATOMS, TEXT], Gives::Any, |call| {
        call.check_collation(1)?;
        optional(aggregate::min(&values(call)?, call.implicit_zone())?)
    })
    .from(1),
    Signature::new("sum", &[ATOMS, ATOM_OR_NONE], Gives::Any, |call| match aggregate::sum(&values(call)?)? {
        Some(sum) => Ok(Sequence::Atomic(sum)),
        None if call.count() > 1 => Ok(call.argument(1).clone()),
        None => Ok(Sequence::Atomic(Atomic::Integer(0))),
    })
    .from(1),
    Signature::new("id", &[Takes::Atoms(AtomicType::String, ANY), NODE], Gives::Nodes, no_identifiers).from(1),
    Signature::new("idref", &[Takes::Atoms(AtomicType::String, ANY), NODE], Gives::Nodes, no_identifiers).from(1),
];

const NODE: Takes = Takes::Nodes(ONE);

/// Identifiers are declared in a DTD, which no document here has. A node to look from there must still be.
fn no_identifiers<'a>(call: &Call<'a, '_>) -> Value<'a> {
    call.node_or_context(1)?;
    Ok(Sequence::EMPTY)
}

/// The values of the first argument, charged to the budget.
fn values<'a>(call: &Call<'a, '_>) -> Result<Vec<Atomic<'a>>, EvaluationError> {
    call.evaluator.spend(call.argument(0).len() as u64)?;
    Ok(call.atoms(0))
}

/// The first argument, if it has so many items.
fn counted<'a>(call: &Call<'a, '_>, admits: fn(usize) -> bool, code: &'static str) -> Value<'a> {
    match admits(call.argument(0).len()) {
        true => Ok(call.argument(0).clone()),
        false => Err(fault(code)),
    }
}

/// The items of the first argument whose positions are wanted. Nodes in document order stay so.
fn kept<'a>(call: &Call<'a, '_>, wanted: impl Fn(i128) -> bool) -> Value<'a> {
    let all = call.argument(0);
    call.evaluator.spend(all.len() as u64)?;
    if let Sequence::Nodes(nodes) = all {
        let kept = (1..).zip(nodes).filter(|(position, _)| wanted(*position));
        return Ok(Sequence::Nodes(kept.map(|(_, node)| *node).collect()));
    }
    let kept = (1..).zip(all.items()).filter(|(position, _)| wanted(*position));
    Ok(Sequence::from_items(kept.map(|(_, item)| item).collect()))
}

fn subsequence<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let first = number::round(call.double(1));
    let behind = (call.count() > 2).then(|| first + number::round(call.double(2)));
    // With NaN no comparison holds, so that nothing is taken.
    kept(call, |position| {
        let position = position as f64;
        position >= first && behind.is_none_or(|behind| position < behind)
    })
}

fn insert_before<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let (all, more) = (call.argument(0), call.argument(2));
    call.evaluator.spend((all.len() + more.len()) as u64)?;
    let before = usize::try_from(call.integer(1).max(1) - 1).unwrap_or(usize::MAX);
    let items = all.items().take(before).chain(more.items()).chain(all.items().skip(before));
    Ok(Sequence::from_items(items.collect()))
}

fn index_of<'a>(call: &Call<'a, '_>) -> Value<'a> {
    call.check_collation(2)?;
    let Some(wanted) = call.atom(1) else { return Ok(Sequence::EMPTY) };
    let mut places = Vec::new();
    for (position, atomic) in (1..).zip(values(call)?) {
        if let Some(text) = atomic.as_text() {
            call.evaluator.spend_on(text)?;
        }
        if equal(&atomic, &wanted, call.implicit_zone()) {
            places.push(Atomic::Integer(position));
        }
    }
    Ok(Sequence::from_atoms(places))
}

/// Each value once, in the order in which they first stand. Texts and integers, of which there may be many, are found
/// by their hash; the others are compared with each other.
fn distinct_values<'a>(call: &Call<'a, '_>) -> Value<'a> {
    call.check_collation(1)?;
    let mut texts: HashSet<Cow<'a, str>> = HashSet::new();
    let mut integers: HashSet<i128> = HashSet::new();
    let (mut others, mut only_integers) = (Vec::new(), true);
    let mut distinct = Vec::new();
    for atomic in values(call)? {
        if let Some(text) = atomic.as_text() {
            call.evaluator.spend_on(text)?;
            if texts.insert(text.clone()) {
                distinct.push(atomic);
            }
            continue;
        }
        let is_new = match atomic.primitive() {
            Atomic::Integer(integer) if integers.contains(integer) => false,
            Atomic::Integer(integer) if only_integers => integers.insert(*integer),
            _ => {
                call.evaluator.spend(others.len() as u64)?;
                !others.iter().any(|known| same_for_distinct(known, &atomic, call.implicit_zone()))
            }
        };
        if is_new {
            only_integers &= matches!(atomic.primitive(), Atomic::Integer(_));
            others.push(atomic.clone());
            distinct.push(atomic);
        }
    }
    Ok(Sequence::from_atoms(distinct))
}

impl<'a> Evaluator<'a> {
    /// `deep-equal()` (section 15.3.1). Comments and processing instructions inside elements do not count.
    fn deep_equal(&self, left: &Sequence<'a>, right: &Sequence<'a>) -> Result<bool, EvaluationError> {
        if left.len() != right.len() {
            return Ok(false);
        }
        for (one, other) in left.items().zip(right.items()) {
            self.spend(1)?;
            let same = match (one, other) {
                (Item::Node(one), Item::Node(other)) => self.deep_equal_nodes(one, other)?,
                (Item::Atomic(one), Item::Atomic(other)) => {
                    if let Some(text) = one.as_text() {
                        self.spend_on(text)?;
                    }
                    deep_equal_atomic(&one, &other, self.dynamic.implicit_zone)
                }
                _ => false,
            };
            if !same {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn deep_equal_nodes(&self, one: Node<'a>, other: Node<'a>) -> Result<bool, EvaluationError> {
        if one == other {
            return Ok(true);
        }
        let (top, other_top) = match (one.node.as_node(), other.node.as_node()) {
            (Some(top), Some(other_top)) => (top, other_top),
            (None, None) => {
                return Ok(same_name(one, other) && self.text_of(one)? == self.text_of(other)?);
            }
            _ => return Ok(false),
        };
        if matches!(one.document.kind(top), NodeKind::Comment | NodeKind::ProcessingInstruction) {
            let same_kind = one.document.kind(top) == other.document.kind(other_top);
            return Ok(same_kind && same_name(one, other) && self.text_of(one)? == self.text_of(other)?);
        }
        // Two trees are the same where their nodes in document order are, each at its depth.
        let (mut nodes, mut others) = (Walk::new(one.document, top), Walk::new(other.document, other_top));
        loop {
            match (nodes.next(self)?, others.next(self)?) {
                (None, None) => return Ok(true),
                (Some((depth, node)), Some((other_depth, other))) => {
                    if depth != other_depth || !self.same_alone(node, other)? {
                        return Ok(false);
                    }
                }
                _ => return Ok(false),
            }
        }
    }

    /// Whether two nodes are the same but for what is inside them.
    fn same_alone(&self, one: Node<'a>, other: Node<'a>) -> Result<bool, EvaluationError> {
        let (document, id) = (one.document, one.node.owner());
        let (other_document, other_id) = (other.document, other.node.owner());
        if document.kind(id) != other_document.kind(other_id) {
            return Ok(false);
        }
        match document.kind(id) {
            NodeKind::Element => {}
            NodeKind::Text => {
                let text = document.value(id);
                self.spend_on(text)?;
                return Ok(text == other_document.value(other_id));
            }
            _ => return Ok(true),
        }
        let count = document.attributes(id).len();
        if !same_name(one, other) || count != other_document.attributes(other_id).len() {
            return Ok(false);
        }
        self.spend((count as u64).saturating_mul(count as u64))?;
        for attribute in document.attributes(id) {
            let name = document.attribute_name(attribute);
            let other_name = match std::ptr::eq(document, other_document) {
                true => Some(name),
                false => other_document.find_name(document.qname(name).namespace, document.qname(name).local),
            };
            let other_attribute = other_name.and_then(|name| other_document.attribute(other_id, name));
            let text = document.attribute_value(attribute);
            self.spend_on(text)?;
            if other_attribute.is_none_or(|attribute| other_document.attribute_value(attribute) != text) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether two nodes of one kind have the same name, whatever the prefix.
fn same_name(one: Node<'_>, other: Node<'_>) -> bool {
    functions::local_name(one) == functions::local_name(other)
        && functions::namespace_uri(one) == functions::namespace_uri(other)
}

/// The elements and texts of a subtree in document order with their depths, its top first.
struct Walk<'a> {
    document: &'a Document,
    next: NodeId,
    end: NodeId,
    /// Where the subtrees end that the walk is in.
    ends: Vec<NodeId>,
}

impl<'a> Walk<'a> {
    fn new(document: &'a Document, top: NodeId) -> Walk<'a> {
        Walk { document, next: top, end: document.subtree_end(top), ends: Vec::new() }
    }

    fn next(&mut self, evaluator: &Evaluator<'a>) -> Result<Option<(usize, Node<'a>)>, EvaluationError> {
        while self.next < self.end {
            evaluator.spend(1)?;
            let node = self.next;
            self.next = node.next();
            if matches!(self.document.kind(node), NodeKind::Comment | NodeKind::ProcessingInstruction) {
                continue;
            }
            while self.ends.last().is_some_and(|end| *end <= node) {
                self.ends.pop();
            }
            let depth = self.ends.len();
            self.ends.push(self.document.subtree_end(node));
            return Ok(Some((depth, Node { document: self.document, node: node.into() })));
        }
        Ok(None)
    }
}
