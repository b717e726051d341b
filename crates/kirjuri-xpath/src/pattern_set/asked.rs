//! Patterns that are no plain paths: listed under the kind and name of the nodes that they can match.

use kirjuri_tree::{AttributeId, Document, NodeId, NodeRef};

use super::{PatternSet, Report, Site, on};
use crate::error::EvaluationError;
use crate::evaluate::Evaluator;
use crate::names::{NameSlot, NamespaceSlot};
use crate::pattern::{Alternative, Candidates, Link, Pattern, outside_all};
use crate::program::Test;
use crate::syntax::Axis;
use crate::value::Node;

/// What is asked of the nodes of a kind and name, once for all patterns that ask the same of them.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Those alternatives of the patterns that can match such nodes.
    alternatives: Box<[Alternative]>,
    /// How many steps, from the node outwards, have the names that such nodes have.
    named: usize,
    /// The elements inside which nothing matches.
    outside: Option<NameSlot>,
    pub(super) patterns: Vec<usize>,
    /// Where it stands in the set.
    pub(super) site: Site,
}

impl PatternSet {
    /// Lists a pattern under the names that it can match.
    pub(super) fn list(&mut self, number: usize, pattern: &Pattern) {
        let mut candidates: Vec<Candidates> = Vec::new();
        for candidate in pattern.candidates() {
            // Two alternatives on one name are one pattern on it: a node is asked once.
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
        let namespaces = pattern.namespaces();
        for &candidate in &candidates {
            // Nor is it asked again for an alternative that is narrower than another.
            if candidates.iter().any(|&wider| wider != candidate && wider.cover(candidate)) {
                continue;
            }
            let suited = || pattern.alternatives.iter().filter(move |it| candidate.cover(it.candidates()));
            let (list, named) = match candidate {
                Candidates::Document => (&mut self.documents, 0),
                Candidates::AnyNode => match &namespaces {
                    Some(namespaces) => {
                        for &namespace in namespaces {
                            let suited = suited().filter(|it| it.namespace() == Some(namespace));
                            Asked::add(on(&mut self.namespaces, namespace), suited, 1, false, number);
                        }
                        continue;
                    }
                    None => (&mut self.nodes, 0),
                },
                Candidates::AnyAttribute => (&mut self.any_attributes, 0),
                Candidates::Element(name) => (on(&mut self.elements, name), 1),
                Candidates::Attribute(name) => (on(&mut self.attributes, name), 1),
                Candidates::AttributeOf { element, attribute } => {
                    (on(&mut self.attributes_of, (element, attribute)), 2)
                }
            };
            let is_attribute = matches!(candidate, Candidates::Attribute(_) | Candidates::AttributeOf { .. });
            Asked::add(list, suited(), named, is_attribute, number);
        }
    }
}

impl Asked {
    /// Adds a pattern with those of its alternatives that matter, to what asks the same if something does. What is
    /// `offered_outside` is never asked of nodes inside the elements that its alternatives stay out of.
    fn add<'p>(
        list: &mut Vec<Asked>,
        alternatives: impl Iterator<Item = &'p Alternative>,
        named: usize,
        offered_outside: bool,
        number: usize,
    ) {
        let mut alternatives: Box<[Alternative]> = alternatives.cloned().collect();
        let is_same = |asked: &&mut Asked| {
            asked.alternatives.len() == alternatives.len()
                && asked.alternatives.iter().zip(&alternatives).all(|(one, other)| one.is_same(other))
        };
        match list.iter_mut().find(is_same) {
            Some(asked) => asked.patterns.push(number),
            None => {
                let outside = outside_all(&alternatives).filter(|_| offered_outside);
                if let Some(name) = outside {
                    alternatives.iter_mut().for_each(|alternative| alternative.take_as_outside(name));
                }
                list.push(Asked { alternatives, named, outside, patterns: vec![number], site: Site::NONE });
            }
        }
    }
}

impl Candidates {
    /// Whether it takes in all nodes that the other does, as far as one asking of a node goes for both.
    fn cover(self, other: Candidates) -> bool {
        match (self, other) {
            (Candidates::AnyNode, Candidates::Element(_)) => true,
            (Candidates::AnyAttribute, Candidates::Attribute(_) | Candidates::AttributeOf { .. }) => true,
            (Candidates::Attribute(name), Candidates::AttributeOf { attribute, .. }) => name == attribute,
            (one, other) => one == other,
        }
    }
}

impl Pattern {
    /// The namespaces of the elements that it can match, each once, where all alternatives on tree nodes say one.
    fn namespaces(&self) -> Option<Vec<NamespaceSlot>> {
        let mut namespaces = Vec::new();
        for alternative in &self.alternatives {
            match (alternative.candidates(), alternative.namespace()) {
                (_, Some(namespace)) if !namespaces.contains(&namespace) => namespaces.push(namespace),
                (Candidates::AnyNode | Candidates::Element(_), None) => return None,
                _ => {}
            }
        }
        Some(namespaces)
    }
}

impl Alternative {
    /// Whether it is written alike, which in one static context means the same.
    fn is_same(&self, other: &Alternative) -> bool {
        self.rooted == other.rooted
            && self.links.len() == other.links.len()
            && self
                .links
                .iter()
                .zip(&other.links)
                .all(|(one, other)| one.written == other.written && one.any_ancestor == other.any_ancestor)
    }

    /// The namespace of the elements that it can match, where it says that and no name.
    fn namespace(&self) -> Option<NamespaceSlot> {
        let step = self.links.first().map(|link| &link.step).filter(|step| step.axis != Axis::Attribute)?;
        if let Test::Namespace(namespace) = step.test { Some(namespace) } else { None }
    }
}

impl<'a> Evaluator<'a> {
    /// Whether all names that some alternative asks for occur in the document.
    pub(super) fn can_match(&self, asked: &Asked) -> bool {
        let occurs = |link: &Link| match link.step.test {
            Test::Name(name) => self.binding.name(name).is_some(),
            _ => true,
        };
        asked.alternatives.iter().any(|alternative| alternative.links.iter().all(occurs))
    }

    pub(super) fn ask<E: From<EvaluationError>>(
        &self,
        asked: &'a Asked,
        node: NodeRef,
        report: Report<'_, 'a, E>,
    ) -> Result<(), E> {
        let node = Node { document: self.document, node };
        let matched = self.judge_alternatives(&asked.alternatives, asked.named, node)?;
        self.judged(asked.site);
        let Some(matched) = matched else { return Ok(()) };
        asked.patterns.iter().try_for_each(|&pattern| report(pattern, node, matched))
    }

    pub(super) fn ask_attributes<E: From<EvaluationError>>(
        &self,
        list: &'a [Asked],
        attributes: impl Iterator<Item = (NodeId, AttributeId)> + Clone,
        report: Report<'_, 'a, E>,
    ) -> Result<(), E> {
        for asked in list {
            // Much of a document lies inside the one element that a rule on its header stays out of.
            let mut outside = Outside::of(asked.outside.and_then(|name| self.binding.name(name)), self.document);
            for (element, attribute) in attributes.clone() {
                self.spend(1)?;
                if outside.has(element) {
                    self.ask(asked, NodeRef::attribute(element, attribute), report)?;
                }
            }
        }
        Ok(())
    }
}

/// Tells, element by element in document order, which lie outside the elements of a name.
struct Outside<'d> {
    document: &'d Document,
    enclosing: std::slice::Iter<'d, NodeId>,
    /// The nodes of the next enclosing element: from its own number to behind its last.
    start: usize,
    end: usize,
}

impl<'d> Outside<'d> {
    fn of(name: Option<kirjuri_tree::NameId>, document: &'d Document) -> Outside<'d> {
        let enclosing = name.map_or(&[][..], |name| document.elements_named(name));
        let mut outside = Outside { document, enclosing: enclosing.iter(), start: 0, end: 0 };
        outside.next();
        outside
    }

    fn next(&mut self) {
        (self.start, self.end) = match self.enclosing.next() {
            Some(&element) => (element.index(), self.document.subtree_end(element).index()),
            None => (usize::MAX, usize::MAX),
        };
    }

    /// Whether the attributes of an element are outside; those of an element of the name itself are inside.
    fn has(&mut self, element: NodeId) -> bool {
        while self.end <= element.index() {
            self.next();
        }
        element.index() < self.start
    }
}
