//! Finds the nodes that many patterns match, in one go.
//!
//! Nodes are looked up by name, never tried one by one. Patterns that are plain paths, as most contexts of rules are,
//! form a tree of steps that is walked together with the document, from the root or from every element that the first
//! step names: a step that many patterns share is taken, and its predicates are evaluated, once for all of them. Where
//! steps of one name differ by the value of an attribute, as `templateId[@root = '…']`, the value is looked up.

mod asked;
mod memory;
mod site;

use std::cell::RefCell;
use std::collections::HashSet;

use kirjuri_tree::{NodeId, NodeRef};
use rustc_hash::FxHashMap;

use crate::axes::few_named;
use crate::error::{ErrorCode, EvaluationError};
use crate::evaluate::Evaluator;
use crate::fan::Fan;
use crate::names::{NameSlot, NamespaceSlot};
use crate::pattern::{Alternative, Matched, Pattern};
use crate::program::{Predicate, Test};
use crate::syntax::Axis;
use crate::value::Node;
use asked::Asked;
pub(crate) use memory::Answers;
use memory::SharedPredicates;
pub(crate) use site::Judging;
pub use site::Site;

/// Patterns to be matched together; each is known by its number, the order in which it was given.
#[derive(Clone, Debug, Default)]
pub struct PatternSet {
    /// The tree of steps; the first branch is the document node.
    branches: Vec<Branch>,
    /// The first steps of paths that start at any element of a name.
    anywhere: Vec<(NameSlot, Fan)>,
    /// How many predicates stand in several steps.
    shared: usize,
    /// By pattern, whether two alternatives of it, of which all are paths of steps, can match one node.
    overlapping: Vec<bool>,
    /// What is asked of elements of a name.
    elements: Vec<(NameSlot, Vec<Asked>)>,
    /// What is asked of the attributes of a name on elements of a name.
    attributes_of: Vec<((NameSlot, NameSlot), Vec<Asked>)>,
    /// What is asked of the attributes of a name, wherever they stand.
    attributes: Vec<(NameSlot, Vec<Asked>)>,
    /// What is asked of attributes of any name.
    any_attributes: Vec<Asked>,
    /// What is asked of the elements of a namespace.
    namespaces: Vec<(NamespaceSlot, Vec<Asked>)>,
    /// What is asked of any tree node.
    nodes: Vec<Asked>,
    /// What is asked of the document itself.
    documents: Vec<Asked>,
}

/// A step of paths, with all that goes on from it.
#[derive(Clone, Debug, Default)]
struct Branch {
    predicates: Box<[Predicate]>,
    /// Of each predicate, under which number its last answer is kept, if other steps have it too.
    numbers: Box<[Option<usize>]>,
    /// Steps to child elements.
    children: Vec<(NameSlot, Fan)>,
    /// Steps to attributes; they have no further ones.
    attributes: Vec<(NameSlot, usize)>,
    /// Steps to elements and attributes anywhere below.
    below: Vec<(NameSlot, Fan)>,
    attributes_below: Vec<(NameSlot, usize)>,
    /// The patterns that end here.
    ends: Vec<usize>,
}

/// The branches that there are, by where they start, whether the step is to attributes and whether it goes to any depth,
/// its name and the step as written, by which patterns share it.
type Planted = FxHashMap<(Option<usize>, bool, bool, NameSlot, Box<str>), usize>;

/// Longer paths are matched from the node outwards like any other pattern; this bounds the recursion of the walk.
const LONGEST_PATH: usize = 32;

/// Children of so few names are looked up name by name; of more, all children are offered once.
const FEW_NAMES: usize = 3;

impl PatternSet {
    /// A set of patterns that were compiled against one static context.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p Pattern>) -> PatternSet {
        let mut set = PatternSet { branches: vec![Branch::default()], ..PatternSet::default() };
        let (mut planted, mut shared) = (Planted::default(), SharedPredicates::default());
        for (number, pattern) in patterns.into_iter().enumerate() {
            let is_plain = pattern.alternatives.iter().all(Alternative::is_plain);
            set.overlapping.push(is_plain && pattern.overlaps());
            if is_plain {
                pattern
                    .alternatives
                    .iter()
                    .for_each(|alternative| set.plant(number, alternative, &mut planted, &mut shared));
            } else {
                set.list(number, pattern);
            }
        }
        shared.number(&mut set);
        set.number_sites();
        set
    }

    /// Adds a path to the tree of steps.
    fn plant(&mut self, number: usize, path: &Alternative, planted: &mut Planted, shared: &mut SharedPredicates) {
        let mut here = if path.rooted { Some(0) } else { None };
        for link in path.links.iter().rev() {
            let Test::Name(name) = link.step.test else { return };
            let (is_attribute, is_below) = (link.step.axis == Axis::Attribute, link.any_ancestor);
            let key = (here, is_attribute, is_below, name, link.written.clone());
            let next = *planted.entry(key).or_insert_with(|| {
                let next = self.branches.len();
                let predicates = link.step.predicates.clone();
                match (here.map(|here| &mut self.branches[here]), is_attribute, is_below) {
                    (Some(here), true, false) => here.attributes.push((name, next)),
                    (Some(here), true, true) => here.attributes_below.push((name, next)),
                    (Some(here), false, false) => on(&mut here.children, name).add(&predicates, next),
                    (Some(here), false, true) => on(&mut here.below, name).add(&predicates, next),
                    (None, ..) => on(&mut self.anywhere, name).add(&predicates, next),
                }
                shared.note(next, link);
                self.branches.push(Branch { predicates, ..Branch::default() });
                next
            });
            here = Some(next);
        }
        if let Some(here) = here {
            self.branches[here].ends.push(number);
        }
    }
}

impl Pattern {
    /// Whether two alternatives can match one node, as far as their names tell.
    fn overlaps(&self) -> bool {
        // The links go from the inside out: where the names of one path begin those of another, both can hold, and what
        // lies outside a `//` can always.
        let meets = |one: &Alternative, other: &Alternative| {
            let all_outside = one.links.iter().zip(&other.links).find_map(|(one, other)| {
                let is_same = one.step.test == other.step.test
                    && (one.step.axis == Axis::Attribute) == (other.step.axis == Axis::Attribute);
                if !is_same { Some(false) } else { Some(true).filter(|_| one.any_ancestor || other.any_ancestor) }
            });
            all_outside.unwrap_or(true)
        };
        let all = &self.alternatives;
        all.iter().enumerate().any(|(index, one)| all[..index].iter().any(|other| meets(one, other)))
    }
}

impl Alternative {
    /// Whether it is a path of named steps that starts at the root or at an element, and reaches each node in one way
    /// only: nodes to which steps from parent to child lead are as deep as each other, so that one `//` behind such steps
    /// from the root leads nowhere twice.
    fn is_plain(&self) -> bool {
        let descents = self.links.iter().filter(|link| link.any_ancestor).count();
        (descents == 0 || descents == 1 && self.rooted)
            && self.links.iter().all(|link| !link.step.counts_positions)
            && (1..=LONGEST_PATH).contains(&self.links.len())
            && self.links.iter().all(|link| matches!(link.step.test, Test::Name(_)))
            && self.links.last().is_some_and(|link| link.step.axis != Axis::Attribute)
    }
}

/// What is told of each match: the pattern's number, the node, and whether it is one.
type Report<'v, 'a, E> = &'v mut dyn FnMut(usize, Node<'a>, Matched) -> Result<(), E>;

impl<'a> Evaluator<'a> {
    /// Finds every node of the document that a pattern of the set matches, each once for a pattern, in no order; also
    /// those of which it cannot be said ([`Matched::Undefined`]).
    ///
    /// # Errors
    /// [`EvaluationError::Exhausted`] when the budget is spent, and what `report` says.
    pub fn each_match<E: From<EvaluationError>>(
        &self,
        set: &'a PatternSet,
        report: Report<'_, 'a, E>,
    ) -> Result<(), E> {
        let document = self.document;
        // What was read before was not read to match anything.
        self.judged(Site::NONE);
        self.forget_answers(set);
        // Where alternatives overlap a node is told once; and it matches if one of them holds, whatever the others.
        let told: RefCell<HashSet<(usize, NodeRef)>> = RefCell::default();
        let mut undefined: Vec<(usize, NodeRef, ErrorCode)> = Vec::new();
        let once: Report<'_, 'a, E> = &mut |pattern, node: Node<'a>, matched| {
            match matched {
                Matched::Undefined(code) if set.overlapping[pattern] => {
                    undefined.push((pattern, node.node, code));
                    return Ok(());
                }
                Matched::Holds if set.overlapping[pattern] && !told.borrow_mut().insert((pattern, node.node)) => {
                    return Ok(());
                }
                _ => {}
            }
            report(pattern, node, matched)
        };
        self.walk_branch(set, &set.branches[0], NodeId::DOCUMENT, Matched::Holds, once)?;
        for (name, fan) in &set.anywhere {
            for &element in self.binding.name(*name).map_or(&[][..], |name| document.elements_named(name)) {
                self.spend(1)?;
                self.spread(set, fan, element, Matched::Holds, once)?;
            }
        }
        for (pattern, node, code) in undefined {
            if told.borrow_mut().insert((pattern, node)) {
                report(pattern, Node { document, node }, Matched::Undefined(code))?;
            }
        }
        for asked in &set.documents {
            self.ask(asked, NodeId::DOCUMENT.into(), report)?;
        }
        for (name, list) in &set.elements {
            for &element in self.binding.name(*name).map_or(&[][..], |name| document.elements_named(name)) {
                list.iter().try_for_each(|asked| self.ask(asked, element.into(), report))?;
            }
        }
        for (namespace, list) in &set.namespaces {
            let Some(namespace) = self.binding.namespace(*namespace) else { continue };
            self.spend(document.node_count() as u64)?;
            let list: Vec<&Asked> = list.iter().filter(|asked| self.can_match(asked)).collect();
            for node in document.nodes().filter(|&node| document.is_element(node)) {
                if document.namespace_of(document.name(node)) == namespace {
                    list.iter().try_for_each(|asked| self.ask(asked, node.into(), report))?;
                }
            }
        }
        let list: Vec<&Asked> = set.nodes.iter().filter(|asked| self.can_match(asked)).collect();
        if !list.is_empty() {
            for node in document.nodes().filter(|&node| node != NodeId::DOCUMENT) {
                list.iter().try_for_each(|asked| self.ask(asked, node.into(), report))?;
            }
        }
        for ((element, attribute), list) in &set.attributes_of {
            let (element, attribute) = (self.binding.name(*element), self.binding.name(*attribute));
            let (Some(element), Some(attribute)) = (element, attribute) else { continue };
            let of = |&element: &NodeId| Some((element, document.attribute(element, attribute)?));
            self.ask_attributes(list, document.elements_named(element).iter().filter_map(of), report)?;
        }
        for (name, list) in &set.attributes {
            let Some(name) = self.binding.name(*name) else { continue };
            self.ask_attributes(list, document.attributes_named(name).iter().copied(), report)?;
        }
        if !set.any_attributes.is_empty() {
            let of = |element| document.attributes(element).map(move |attribute| (element, attribute));
            for (element, attribute) in document.nodes().flat_map(of) {
                let node = NodeRef::attribute(element, attribute);
                set.any_attributes.iter().try_for_each(|asked| self.ask(asked, node, report))?;
            }
        }
        Ok(())
    }

    /// Goes on from a node that the steps up to `branch` have led to.
    fn walk_branch<E: From<EvaluationError>>(
        &self,
        set: &'a PatternSet,
        branch: &'a Branch,
        node: NodeId,
        so_far: Matched,
        report: Report<'_, 'a, E>,
    ) -> Result<(), E> {
        for &(name, next) in &branch.attributes {
            let name = self.binding.name(name);
            if let Some(attribute) = name.and_then(|name| self.document.attribute(node, name)) {
                self.arrive(set, next, NodeRef::attribute(node, attribute), so_far, report)?;
            }
        }
        self.walk_below(set, branch, node, so_far, report)?;
        if branch.children.is_empty() {
            return Ok(());
        }
        if branch.children.len() <= FEW_NAMES {
            let document = self.document;
            for (name, fan) in &branch.children {
                let Some(name) = self.binding.name(*name) else { continue };
                let mut visit = |child: NodeId| self.spread(set, fan, child, so_far, report);
                match few_named(document, name, node) {
                    Some(named) => {
                        self.spend(named.len() as u64)?;
                        let mut children = named.iter().filter(|&&child| document.parent(child) == Some(node));
                        children.try_for_each(|&child| visit(child))?;
                    }
                    None => {
                        let mut passed = 0;
                        for child in document.children(node) {
                            passed += 1;
                            if document.name(child) == name {
                                visit(child)?;
                            }
                        }
                        self.spend(passed)?;
                    }
                }
            }
            return Ok(());
        }
        for child in self.document.children(node) {
            self.spend(1)?;
            let Some(slot) = self.binding.slot(self.document.name(child)) else { continue };
            if let Some((_, fan)) = branch.children.iter().find(|(name, _)| *name == slot) {
                self.spread(set, fan, child, so_far, report)?;
            }
        }
        Ok(())
    }

    /// Goes on to what is anywhere below a node.
    fn walk_below<E: From<EvaluationError>>(
        &self,
        set: &'a PatternSet,
        branch: &'a Branch,
        node: NodeId,
        so_far: Matched,
        report: Report<'_, 'a, E>,
    ) -> Result<(), E> {
        let (document, end) = (self.document, self.document.subtree_end(node));
        for (name, fan) in &branch.below {
            let named = self.binding.name(*name).map_or(&[][..], |name| document.elements_named(name));
            let inside = named.get(named.partition_point(|&element| element <= node)..).unwrap_or_default();
            for &element in inside.iter().take_while(|&&element| element < end) {
                self.spend(1)?;
                self.spread(set, fan, element, so_far, report)?;
            }
        }
        for &(name, next) in &branch.attributes_below {
            let named = self.binding.name(name).map_or(&[][..], |name| document.attributes_named(name));
            let inside = named.get(named.partition_point(|&(element, _)| element < node)..).unwrap_or_default();
            for &(element, attribute) in inside.iter().take_while(|&&(element, _)| element < end) {
                self.spend(1)?;
                self.arrive(set, next, NodeRef::attribute(element, attribute), so_far, report)?;
            }
        }
        Ok(())
    }

    /// Tries the steps to elements of one name at one such element.
    fn spread<E: From<EvaluationError>>(
        &self,
        set: &'a PatternSet,
        fan: &'a Fan,
        element: NodeId,
        so_far: Matched,
        report: Report<'_, 'a, E>,
    ) -> Result<(), E> {
        self.each_candidate(fan, element, &mut |next| {
            let branch = &set.branches[next];
            if let Some(matched) = self.arrive(set, next, element.into(), so_far, report)? {
                self.walk_branch(set, branch, element, matched, report)?;
            }
            Ok(())
        })
    }

    /// Whether the predicates of a step hold at a node. Unless they do not, the patterns that end there are reported.
    fn arrive<E: From<EvaluationError>>(
        &self,
        set: &'a PatternSet,
        branch: usize,
        node: NodeRef,
        so_far: Matched,
        report: Report<'_, 'a, E>,
    ) -> Result<Option<Matched>, E> {
        let node = Node { document: self.document, node };
        let (site, branch) = (Site::of_branch(branch), &set.branches[branch]);
        let matched = self.judge_remembering(branch, node)?;
        self.judged(site);
        let Some(matched) = matched else { return Ok(None) };
        // What was undefined before stays so.
        let matched = if so_far == Matched::Holds { matched } else { so_far };
        for &pattern in &branch.ends {
            report(pattern, node, matched)?;
        }
        Ok(Some(matched))
    }
}

/// What is listed under a key, nothing yet where the key is new.
fn on<K: PartialEq, L: Default>(lists: &mut Vec<(K, L)>, key: K) -> &mut L {
    let index = lists.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        lists.push((key, L::default()));
        lists.len() - 1
    });
    &mut lists[index].1
}
