//! Match patterns: the contexts of rules, compiled so that a node finds its rules by its name.

use std::ops::Range;

use kirjuri_tree::NodeId;

use crate::axes::parent;
use crate::compile::Compiler;
use crate::context::{Focus, StaticContext};
use crate::error::{CompileError, CompileErrorKind, ErrorCode, EvaluationError};
use crate::evaluate::Evaluator;
use crate::names::NameSlot;
use crate::parser;
use crate::program::{Expression, Predicate, Step, Test};
use crate::syntax::{Axis, PathStart, StepSyntax, Syntax, SyntaxKind};
use crate::value::Node;
use crate::walk::{GO_ON, STOP};

/// A compiled match pattern as XSLT defines them (section 5.2 of XSLT 1.0): alternatives of child and attribute
/// steps, joined by `/` or `//`, perhaps anchored at the root.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: Box<str>,
    pub(crate) alternatives: Box<[Alternative]>,
}

#[derive(Clone)]
pub(crate) struct Alternative {
    /// From the node itself outwards, each with how it hangs on the next one.
    pub(crate) links: Box<[Link]>,
    /// The outermost step must stand directly under the document.
    pub(crate) rooted: bool,
    /// The steps are joined by `/` alone and none counts positions: one walk outwards settles the match.
    pub(crate) is_chain: bool,
}

impl std::fmt::Debug for Alternative {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Alternative({} steps)", self.links.len())
    }
}

#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) step: Step,
    /// The step as written, and under which declarations: what is alike here means the same.
    pub(crate) written: Box<str>,
    /// The predicates as written, one by one, likewise; empty where they are not told apart.
    pub(crate) conditions: Box<[Box<str>]>,
    /// The step outside this one may match any ancestor, not only the parent.
    pub(crate) any_ancestor: bool,
}

/// What is said of a node and a pattern that does not simply fail there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Matched {
    /// The node matches.
    Holds,
    /// It cannot be said: a predicate has no value there, and no other one fails. XSLT takes such a node for one that
    /// does not match.
    Undefined(ErrorCode),
}

/// The nodes one alternative of a pattern can match, as far as their kind and name tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Candidates {
    /// The document node.
    Document,
    /// Elements of a name.
    Element(NameSlot),
    /// Attributes of a name, on any element.
    Attribute(NameSlot),
    /// Attributes of a name on elements of a name.
    AttributeOf {
        /// The name of the elements.
        element: NameSlot,
        /// The name of the attributes.
        attribute: NameSlot,
    },
    /// Attributes of any name.
    AnyAttribute,
    /// Any tree node but attributes.
    AnyNode,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// As [`Program::compile`](crate::Program::compile), and [`CompileErrorKind::NotAPattern`] for an expression that
    /// is no pattern.
    pub fn compile(source: &str, context: &mut StaticContext) -> Result<Pattern, CompileError> {
        let syntax = parser::parse(source, context.version())?;
        let mut compiler = Compiler::new(context);
        let alternatives = paths(&syntax)?.into_iter().map(|path| alternative(source, path, &mut compiler));
        let alternatives = alternatives.collect::<Result<_, _>>()?;
        Ok(Pattern { source: source.into(), alternatives })
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What the pattern can match, one entry for each of its alternatives.
    pub fn candidates(&self) -> impl Iterator<Item = Candidates> + '_ {
        self.alternatives.iter().map(Alternative::candidates)
    }

    /// A name such that the pattern matches nothing inside elements of that name, where it says so by a predicate
    /// `not(ancestor::name)` on the last step of each of its alternatives.
    pub fn outside(&self) -> Option<NameSlot> {
        outside_all(&self.alternatives)
    }
}

impl Alternative {
    pub(crate) fn candidates(&self) -> Candidates {
        let mut links = self.links.iter();
        let Some(link) = links.next() else { return Candidates::Document };
        let outer = links.next().map(|outer| &outer.step.test);
        match (link.step.axis, &link.step.test, outer) {
            (Axis::Attribute, Test::Name(attribute), Some(Test::Name(element))) if !link.any_ancestor => {
                Candidates::AttributeOf { element: *element, attribute: *attribute }
            }
            (Axis::Attribute, Test::Name(name), _) => Candidates::Attribute(*name),
            (Axis::Attribute, ..) => Candidates::AnyAttribute,
            (_, Test::Name(name), _) => Candidates::Element(*name),
            _ => Candidates::AnyNode,
        }
    }
}

impl Alternative {
    /// Drops the predicates `not(ancestor::name)` of the last step, which hold at all nodes it is asked of.
    pub(crate) fn take_as_outside(&mut self, name: NameSlot) {
        let Some(link) = self.links.first_mut().filter(|link| !link.step.counts_positions) else { return };
        let says_so = |predicate: &Predicate| match predicate {
            Predicate::Truth(Expression::Not(denied)) => matches!(**denied, Expression::Inside(other) if other == name),
            _ => false,
        };
        let predicates = std::mem::take(&mut link.step.predicates).into_vec().into_iter();
        link.step.predicates = predicates.filter(|predicate| !says_so(predicate)).collect();
    }
}

/// See [`Pattern::outside`].
pub(crate) fn outside_all(alternatives: &[Alternative]) -> Option<NameSlot> {
    let (first, rest) = alternatives.split_first()?;
    outside(first).find(|name| rest.iter().all(|alternative| outside(alternative).any(|other| other == *name)))
}

/// The names that the last step of an alternative excludes from its ancestors.
fn outside(alternative: &Alternative) -> impl Iterator<Item = NameSlot> + '_ {
    let predicates = alternative.links.first().map_or(&[][..], |link| &link.step.predicates);
    let conditions = predicates.iter().flat_map(|predicate| match predicate {
        Predicate::Truth(Expression::And(operands)) => operands,
        Predicate::Truth(expression) => std::slice::from_ref(expression),
        Predicate::Index(_) | Predicate::Position(_) | Predicate::Either(_) => &[],
    });
    let excluded = conditions.flat_map(|condition| match condition {
        Expression::Not(denied) => match &**denied {
            Expression::Or(operands) => operands,
            other => std::slice::from_ref(other),
        },
        _ => &[],
    });
    excluded.filter_map(|denied| match denied {
        Expression::Inside(name) => Some(*name),
        _ => None,
    })
}

/// A path of a pattern, before it is compiled.
#[derive(Clone)]
struct PatternPath<'s> {
    rooted: bool,
    /// Each step with the predicates that stand behind a bracket around it.
    steps: Vec<(&'s StepSyntax, Vec<&'s Syntax>)>,
    whole: Range<usize>,
}

/// More alternatives than this are not written by hand, and not by any tool we know.
const MOST_ALTERNATIVES: usize = 1 << 16;

fn not_a_pattern(range: Range<usize>) -> CompileError {
    CompileError::new(CompileErrorKind::NotAPattern, range.start, range.end)
}

/// The paths that a pattern has as alternatives; `(a | b)[c]/d` means `a[c]/d | b[c]/d`.
fn paths(syntax: &Syntax) -> Result<Vec<PatternPath<'_>>, CompileError> {
    let whole = syntax.start..syntax.end;
    let paths: Vec<_> = match &syntax.kind {
        SyntaxKind::Union(operands) => {
            let mut all = Vec::new();
            for operand in operands {
                all.append(&mut paths(operand)?);
            }
            all
        }
        SyntaxKind::Path { start, steps } => {
            let before = match start {
                PathStart::Context => vec![PatternPath { rooted: false, steps: Vec::new(), whole: whole.clone() }],
                PathStart::Root => vec![PatternPath { rooted: true, steps: Vec::new(), whole: whole.clone() }],
                PathStart::Expression(before) => paths(before)?,
            };
            let extended = before.into_iter().map(|mut path| {
                path.steps.extend(steps.iter().map(|step| (step, Vec::new())));
                path
            });
            extended.collect()
        }
        SyntaxKind::Map { base, step } => {
            let (before, behind) = (paths(base)?, paths(step)?);
            if before.len().saturating_mul(behind.len()) > MOST_ALTERNATIVES || behind.iter().any(|path| path.rooted) {
                return Err(not_a_pattern(whole));
            }
            let both = before.iter().flat_map(|before| {
                behind.iter().map(|behind| {
                    let steps = before.steps.iter().chain(&behind.steps).cloned().collect();
                    PatternPath { rooted: before.rooted, steps, whole: whole.clone() }
                })
            });
            both.collect()
        }
        SyntaxKind::Filter { base, predicates } => {
            let mut filtered = paths(base)?;
            for path in &mut filtered {
                let Some((_, outside)) = path.steps.last_mut() else { return Err(not_a_pattern(whole)) };
                outside.extend(predicates);
                path.whole = whole.clone();
            }
            filtered
        }
        _ => return Err(not_a_pattern(whole)),
    };
    if paths.len() > MOST_ALTERNATIVES {
        let kind = CompileErrorKind::TooManyAlternatives(MOST_ALTERNATIVES);
        return Err(CompileError::new(kind, whole.start, whole.end));
    }
    Ok(paths)
}

fn alternative(source: &str, path: PatternPath<'_>, compiler: &mut Compiler<'_>) -> Result<Alternative, CompileError> {
    let PatternPath { mut rooted, steps, whole } = path;
    let mut links = Vec::with_capacity(steps.len());
    let mut any_ancestor = false;
    for (step, outside) in steps {
        let mut compiled = compiler.step(step)?;
        let mut written = format!("{} {}", compiler.revision(), source.get(step.range.clone()).unwrap_or_default());
        let condition = |predicate: &Syntax| source.get(predicate.start..predicate.end).unwrap_or_default();
        let texts: Vec<&str> = step.predicates.iter().chain(outside.iter().copied()).map(condition).collect();
        if !outside.is_empty() {
            let predicates: Vec<Syntax> = outside.into_iter().cloned().collect();
            for predicate in &predicates {
                written.push('[');
                written.push_str(source.get(predicate.start..predicate.end).unwrap_or_default());
                written.push(']');
            }
            let further = compiler.step(&StepSyntax { predicates, ..step.clone() })?;
            // A position behind a bracket counts among the nodes of all alternatives, which a match does not know.
            if further.counts_positions {
                return Err(not_a_pattern(whole));
            }
            compiled.predicates = compiled.predicates.into_iter().chain(further.predicates).collect();
        }
        match compiled.axis {
            // The document itself, from which the path goes on.
            Axis::Child if matches!(compiled.test, Test::Document(_)) => {
                let alone = links.is_empty() && !any_ancestor && !rooted;
                if !alone || compiled.test != Test::Document(None) || !compiled.predicates.is_empty() {
                    return Err(not_a_pattern(step.range.clone()));
                }
                rooted = true;
            }
            Axis::DescendantOrSelf if compiled.is_descend() => {
                // `//` at the very start anchors nothing.
                if links.is_empty() {
                    rooted = false;
                }
                any_ancestor = true;
            }
            Axis::Child | Axis::Attribute => {
                let mut step = compiled;
                let mut conditions: Box<[Box<str>]> = Box::default();
                if !step.counts_positions {
                    // All must hold, in any order: the pattern matches nothing where one fails or has no value.
                    let texts = texts.into_iter().map(|text| format!("{} {text}", compiler.revision()).into());
                    let mut pairs: Vec<(Predicate, Box<str>)> = step.predicates.into_iter().zip(texts).collect();
                    pairs.sort_by_key(|(predicate, _)| predicate.cost());
                    let (predicates, texts): (Vec<Predicate>, Vec<Box<str>>) = pairs.into_iter().unzip();
                    (step.predicates, conditions) = (predicates.into(), texts.into());
                }
                links.push(Link { step, written: written.into(), conditions, any_ancestor });
                any_ancestor = false;
            }
            _ => return Err(not_a_pattern(step.range.clone())),
        }
    }
    if any_ancestor {
        // Written out, the axis can stand last; then it means nodes that no step names.
        return Err(not_a_pattern(whole));
    }
    links.reverse();
    // Every node is somewhere below the document.
    if let Some(outermost) = links.last_mut().filter(|_| !rooted) {
        outermost.any_ancestor = false;
    }
    let is_chain = links.iter().all(|link: &Link| !link.any_ancestor && !link.step.counts_positions);
    Ok(Alternative { links: links.into(), rooted, is_chain })
}

impl<'a> Evaluator<'a> {
    /// Whether a node matches a pattern.
    ///
    /// # Errors
    /// [`EvaluationError::Exhausted`] when the budget is spent.
    pub fn matches(&self, pattern: &'a Pattern, node: Node<'a>) -> Result<bool, EvaluationError> {
        Ok(self.judge_pattern(pattern, node)? == Some(Matched::Holds))
    }

    /// Whether a node matches a pattern; nothing where it does not.
    fn judge_pattern(&self, pattern: &'a Pattern, node: Node<'a>) -> Result<Option<Matched>, EvaluationError> {
        self.judge_alternatives(&pattern.alternatives, 0, node)
    }

    /// Whether a node matches one of several alternatives, where the node is known to have the names of so many steps
    /// from the inside out; nothing where it does not.
    pub(crate) fn judge_alternatives(
        &self,
        alternatives: &'a [Alternative],
        named: usize,
        node: Node<'a>,
    ) -> Result<Option<Matched>, EvaluationError> {
        let mut undefined = None;
        for alternative in alternatives {
            self.spend(1)?;
            let is_named = alternative.links.len() <= named && !alternative.rooted;
            if !is_named && !self.matches_names(alternative, node) {
                continue;
            }
            let matched = match alternative.is_chain {
                true => self.matches_predicates(alternative, node)?,
                false => match self.matches_alternative(alternative, node) {
                    Ok(matches) => matches.then_some(Matched::Holds),
                    Err(EvaluationError::Dynamic(code)) => Some(Matched::Undefined(code)),
                    Err(exhausted) => return Err(exhausted),
                },
            };
            match matched {
                Some(Matched::Holds) => return Ok(matched),
                Some(_) => undefined = undefined.or(matched),
                None => {}
            }
        }
        Ok(undefined)
    }

    /// Whether the names fit, as far as the steps are joined by `/`: seen before any predicate is judged, since most
    /// nodes fail by a name.
    fn matches_names(&self, alternative: &'a Alternative, node: Node<'a>) -> bool {
        let mut here = Some(node);
        for link in &alternative.links {
            let Some(candidate) = here.filter(|candidate| self.is_named(&link.step, *candidate)) else { return false };
            if link.any_ancestor {
                return true;
            }
            here = outside_of(candidate);
        }
        here.is_some_and(|outermost| !alternative.rooted || outermost.node == NodeId::DOCUMENT.into())
    }

    /// Whether a node is on the axis of a step and passes its test.
    fn is_named(&self, step: &Step, node: Node<'a>) -> bool {
        let wanted = self.wanted(&step.test, node.document);
        match (step.axis, node.node.as_attribute()) {
            (Axis::Attribute, Some(attribute)) => wanted.passes_attribute(node.document, attribute),
            (Axis::Attribute, None) | (_, Some(_)) => false,
            (_, None) => wanted.passes(node.document, node.node.owner()),
        }
    }

    /// Whether the predicates of a chain of steps hold, whose names are known to fit.
    fn matches_predicates(&self, chain: &'a Alternative, node: Node<'a>) -> Result<Option<Matched>, EvaluationError> {
        let mut here = Some(node);
        let mut all = Matched::Holds;
        for link in &chain.links {
            let Some(candidate) = here else { return Ok(None) };
            match self.judge(&link.step.predicates, candidate)? {
                None => return Ok(None),
                Some(Matched::Holds) => {}
                Some(undefined) => all = undefined,
            }
            here = outside_of(candidate);
        }
        Ok(Some(all))
    }

    /// What predicates that count no positions say of a node; nothing where one of them does not hold.
    pub(crate) fn judge(
        &self,
        predicates: &'a [Predicate],
        node: Node<'a>,
    ) -> Result<Option<Matched>, EvaluationError> {
        let focus = Focus::on(node);
        let mut all = Matched::Holds;
        for predicate in predicates {
            match self.holds(predicate, &focus) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(EvaluationError::Dynamic(code)) => all = Matched::Undefined(code),
                Err(exhausted) => return Err(exhausted),
            }
        }
        Ok(Some(all))
    }

    /// Whether predicates that count no positions hold at a node.
    pub(crate) fn holds_all(&self, predicates: &'a [Predicate], node: Node<'a>) -> Result<bool, EvaluationError> {
        let focus = Focus::on(node);
        for predicate in predicates {
            if !self.holds(predicate, &focus)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Matches the steps from the node outwards, each against the nearest node it can stand for: behind a `//` what
    /// fails at one ancestor is tried further out, and never again what lies before that `//`, since a match further
    /// out leaves less room for the rest.
    fn matches_alternative(&self, alternative: &'a Alternative, node: Node<'a>) -> Result<bool, EvaluationError> {
        let mut here = Some(node);
        let mut links = &alternative.links[..];
        let mut retry = None;
        loop {
            match (links.split_first(), here) {
                (None, Some(outermost)) if !alternative.rooted || outermost.node == NodeId::DOCUMENT.into() => {
                    return Ok(true);
                }
                (Some((link, outer)), Some(candidate)) if self.matches_step(&link.step, candidate)? => {
                    here = outside_of(candidate);
                    links = outer;
                    if link.any_ancestor {
                        retry = Some((outer, here));
                    }
                }
                _ => {
                    let Some((outer, Some(failed))) = retry else { return Ok(false) };
                    here = outside_of(failed);
                    links = outer;
                    retry = Some((outer, here));
                }
            }
        }
    }

    fn matches_step(&self, step: &'a Step, node: Node<'a>) -> Result<bool, EvaluationError> {
        self.spend(1)?;
        if !self.is_named(step, node) {
            return Ok(false);
        }
        if !step.counts_positions {
            return self.holds_all(&step.predicates, node);
        }
        // A position counts among the siblings that pass the test: ask the parent for the step, and look for the node.
        let Some(parent) = parent(node) else { return Ok(false) };
        let origin = Node { node: parent.into(), ..node };
        let walk = self.step(step, origin, &Focus::on(node), &mut |candidate| {
            if candidate.node == node.node { STOP } else { GO_ON }
        })?;
        Ok(walk.is_break())
    }
}

/// The parent as a node.
fn outside_of(inner: Node<'_>) -> Option<Node<'_>> {
    parent(inner).map(|outer| Node { node: outer.into(), ..inner })
}
