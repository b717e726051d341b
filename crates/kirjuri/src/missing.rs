//! Tells what a document that is still being written lacks from what is wrong in it already.
//!
//! A rule says with `missing` where that would go which it asks for. Where nothing is there yet, or what is there is empty,
//! the rule's fault is that somebody has not written it so far.

use std::cell::Cell;

use kirjuri_tree::{Document, Format, NodeId, NodeKind, NodeRef};
use kirjuri_xpath::{Program, StaticContext, Type};
use serde::Deserialize;
use toml::Spanned;

use crate::part::At;
use crate::report::Report;
use crate::rule::{Question, Rule};
use crate::rule_set::RuleIndex;
use crate::source::{PackError, Reader};
use crate::structure::{self, Structure, StructureCheck, Subject};

/// The namespace of attributes that say how to read an element, not what is in it.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Attributes of CDA that say how an element is meant or written and nothing that anybody fills in: a form has them ready.
pub(crate) const FORMAL: [&str; 11] = [
    "classCode",
    "contextConductionInd",
    "contextControlCode",
    "determinerCode",
    "inclusive",
    "mediaType",
    "moodCode",
    "qualifier",
    "representation",
    "typeCode",
    "use",
];

/// What a rule that failed is about, beside the place it points to.
#[derive(Clone, Debug)]
pub(crate) enum About {
    /// The node that a rule with `missing` was asked at.
    Node(At),
    /// The same, of a rule whose answer may change with what follows in a document that is not complete: it is missing, or
    /// there is nothing to say yet.
    Unsettled(At),
    /// The fields of a structure.
    Fields(Subject),
}

impl About {
    /// The node that the rule was asked at.
    pub(crate) fn context(&self) -> Option<At> {
        match self {
            About::Node(context) | About::Unsettled(context) => Some(*context),
            About::Fields(_) => None,
        }
    }

    /// The fields of a structure that it is about, if it is.
    pub(crate) fn into_subject(self) -> Option<Subject> {
        match self {
            About::Node(_) | About::Unsettled(_) => None,
            About::Fields(subject) => Some(subject),
        }
    }
}

/// A place where something would go that a rule asks for.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    start: Start,
    steps: Vec<Step>,
    attribute: Option<Name>,
}

#[derive(Clone, Copy, Debug)]
enum Start {
    /// That many elements above the context node, of which an attribute's element is the first.
    Above(usize),
    Document,
}

#[derive(Clone, Debug)]
struct Step {
    name: Name,
    /// An element beside those of the name that are there.
    is_another: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Name {
    namespace: String,
    local: String,
}

/// `missing` as a rule file has it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a path, or a list of paths")]
pub(crate) enum MissingEntry {
    One(String),
    Any(Vec<String>),
}

const SHAPE: &str = "`missing` is a path of names from the context node to where that would go which is not there: `id/@root`, \
                     `../name` or `/note/title`, `name+` for one more of a name, or `.`";

/// Reads the paths of a rule.
pub(crate) fn read(
    reader: Reader<'_>,
    entry: &Spanned<MissingEntry>,
    names: &mut StaticContext,
    errors: &mut Vec<PackError>,
) -> Vec<Way> {
    let span = entry.span();
    let (written, at) = match entry.as_ref() {
        MissingEntry::One(one) => (std::slice::from_ref(one), reader.inside(&span, 0)),
        MissingEntry::Any(any) => (any.as_slice(), span.start),
    };
    if written.is_empty() {
        errors.push(reader.error(at, SHAPE));
    }
    let mut ways = Vec::with_capacity(written.len());
    for path in written {
        // The compiler of expressions knows what is wrong with a name, and what may have been meant.
        let plain = path.replace('+', "");
        match Program::compile(&plain, names) {
            Ok(program) if program.type_() == Type::Nodes => match way(path, names) {
                Some(way) => ways.push(way),
                None => errors.push(reader.error(at, SHAPE)),
            },
            Ok(_) => errors.push(reader.error(at, SHAPE)),
            Err(error) => {
                let within = matches!(entry.as_ref(), MissingEntry::One(_)) && plain.len() == path.len();
                let at = if within { reader.inside(&span, error.range().start) } else { at };
                let suggestion = error.suggestion().map(str::to_owned);
                errors.push(PackError { suggestion, ..reader.error(at, error.kind().to_string()) });
            }
        }
    }
    ways
}

/// A path as a rule writes it; nothing where it is none.
fn way(path: &str, names: &StaticContext) -> Option<Way> {
    let name = |written: &str| {
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !local.starts_with(|c: char| c.is_alphabetic() || c == '_') || !local.chars().all(is_name) {
            return None;
        }
        // In a pack whose documents have a namespace the compiler has refused an element without a prefix.
        let namespace = if prefix.is_empty() { "" } else { names.namespace(prefix)? };
        Some(Name { namespace: namespace.to_owned(), local: local.to_owned() })
    };
    if path == "." {
        return Some(Way { start: Start::Above(0), steps: Vec::new(), attribute: None });
    }
    let (mut start, mut rest) = match path.strip_prefix('/') {
        Some(rest) => (Start::Document, rest),
        None => (Start::Above(0), path),
    };
    while let (Start::Above(above), Some(behind)) = (start, rest.strip_prefix("../")) {
        (start, rest) = (Start::Above(above + 1), behind);
    }
    let (inner, last) = rest.rsplit_once('/').map_or((None, rest), |(inner, last)| (Some(inner), last));
    let attribute = match last.strip_prefix('@') {
        Some(written) => Some(name(written)?),
        None => None,
    };
    let steps = if attribute.is_some() { inner } else { Some(rest) };
    let step = |written: &str| {
        let plain = written.strip_suffix('+').unwrap_or(written);
        Some(Step { name: name(plain)?, is_another: plain.len() < written.len() })
    };
    let steps: Option<Vec<Step>> = steps.map_or(Some(Vec::new()), |steps| steps.split('/').map(step).collect());
    Some(Way { start, steps: steps?, attribute })
}

/// A place where something would go.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Gap {
    /// The innermost element that is there.
    pub(crate) at: At,
    /// What comes behind its path.
    pub(crate) rest: String,
    /// The fields of a structure that are missing.
    pub(crate) subject: Option<Subject>,
}

/// How many nodes may still be visited: a document made for it could have many failures beside each other, and each looks
/// among the others.
pub(crate) struct Work(Cell<u64>);

impl Work {
    pub(crate) fn new(nodes: u64) -> Work {
        Work(Cell::new(nodes))
    }

    /// Whether all is spent: what was said last may be wrong.
    pub(crate) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// Where that would go which a failed rule asks for; nothing where it is there, and so is wrong already.
pub(crate) fn gap<'d>(
    rule: &Rule,
    at: At,
    about: Option<&About>,
    work: &Work,
    document_of: impl Fn(At) -> Option<&'d Document>,
) -> Option<Gap> {
    let search = |document| Search { document, work };
    match about? {
        About::Node(context) | About::Unsettled(context) => {
            let search = search(document_of(*context)?);
            let (innermost, rest) = rule.missing.iter().find_map(|way| way.gap(search, context.node()))?;
            Some(Gap { at: context.beside(innermost), rest, subject: None })
        }
        About::Fields(subject) => {
            let Question::Structure(check) = rule.question else { return None };
            let search = search(document_of(at)?);
            let (innermost, rest, fields) = field_gap(search, at.node().owner(), check, subject)?;
            Some(Gap { at: at.beside(innermost), rest, subject: Some(subject.of_fields(fields)) })
        }
    }
}

/// Takes what is missing, and what is no finding for another reason, out of the counts of what failed: a count of findings is
/// one of findings.
pub(crate) fn discount(report: &mut Report, others: &[RuleIndex]) {
    let Report { missing, tallies, .. } = report;
    for rule in missing.iter().map(|one| &one.rule).chain(others) {
        let known = tallies.binary_search_by_key(rule, |(rule, _)| *rule);
        if let Some((_, tally)) = known.ok().and_then(|index| tallies.get_mut(index)) {
            tally.failed = tally.failed.saturating_sub(1);
        }
    }
}

impl Rule {
    /// Whether it is about what somebody may not have written yet: in a draft, that it fails is then no finding.
    pub fn is_about_missing(&self) -> bool {
        !self.missing.is_empty() || matches!(self.question, Question::Structure(check) if is_about_missing(check))
    }
}

fn is_about_missing(check: StructureCheck) -> bool {
    use StructureCheck::{EmptyValue, MissingConditional, MissingRequired};
    matches!(check, MissingRequired | MissingConditional | EmptyValue)
}

impl Way {
    /// The innermost element on the way that is there, and the steps that are left, where the way ends at nothing.
    fn gap(&self, search: Search<'_>, context: NodeRef) -> Option<(NodeId, String)> {
        let document = search.document;
        let attribute = context.as_attribute();
        if let (Start::Above(0), [], None, Some(attribute)) = (self.start, &*self.steps, &self.attribute, attribute) {
            let is_blank = document.attribute_value(attribute).trim().is_empty();
            let name = document.qname(document.attribute_name(attribute));
            // A namespace that the rule does not name may be the document's own word, and is not repeated.
            let namespace = if name.namespace.is_empty() { "" } else { "?" };
            return is_blank.then(|| (context.owner(), step_to("/@", namespace, name.local, "")));
        }
        let mut steps = &*self.steps;
        let mut here = match self.start {
            Start::Above(above) => {
                // An attribute's element is one above it.
                let above = if attribute.is_some() { above.saturating_sub(1) } else { above };
                let mut parents = std::iter::successors(Some(context.owner()), |&node| document.parent(node));
                parents.nth(above).filter(|&node| document.is_element(node))?
            }
            Start::Document => {
                let (first, rest) = steps.split_first()?;
                steps = rest;
                let root = document.root_element();
                first.name.is_of(document, root).then_some(root)?
            }
        };
        while let Some((step, behind)) = steps.split_first() {
            let is_named = |child: &NodeId| step.name.is_of(document, *child);
            let mut named = search.elements_in(here).filter(is_named);
            let next = if step.is_another { named.find(|&child| search.is_blank(child)) } else { named.next() };
            let Some(next) = next else { return Some((here, self.rest(document, steps))) };
            (here, steps) = (next, behind);
        }
        let is_missing = match &self.attribute {
            None => search.is_blank(here),
            Some(Name { namespace, local }) => {
                let attribute = document.find_name(namespace, local).and_then(|name| document.attribute(here, name));
                attribute.is_none_or(|attribute| document.attribute_value(attribute).trim().is_empty())
            }
        };
        is_missing.then(|| (here, self.rest(document, steps)))
    }

    /// Steps, and the attribute behind them, as the path of a place has them.
    fn rest(&self, document: &Document, steps: &[Step]) -> String {
        let root = document.qname(document.name(document.root_element())).namespace;
        let step = |step: &Step| step_to("/", &step.name.namespace, &step.name.local, root);
        let mut rest: String = steps.iter().map(step).collect();
        if let Some(Name { namespace, local }) = &self.attribute {
            rest += &step_to("/@", namespace, local, "");
        }
        rest
    }
}

/// A step of a path, in the notation of places: a name of the `own` namespace without it.
fn step_to(axis: &str, namespace: &str, local: &str, own: &str) -> String {
    match namespace == own {
        true => format!("{axis}{local}"),
        false => format!("{axis}Q{{{namespace}}}{local}"),
    }
}

impl Name {
    fn is_of(&self, document: &Document, node: NodeId) -> bool {
        let name = document.qname(document.name(node));
        name.local == self.local && name.namespace == self.namespace
    }
}

/// Looks around in a document, as far as the work may go.
#[derive(Clone, Copy)]
struct Search<'d> {
    document: &'d Document,
    work: &'d Work,
}

impl<'d> Search<'d> {
    /// Spends the work of a node; says whether there is any left.
    fn goes_on(self) -> bool {
        let left = self.work.0.get().saturating_sub(1);
        self.work.0.set(left);
        left > 0
    }

    fn elements_in(self, element: NodeId) -> impl Iterator<Item = NodeId> {
        let children = self.document.children(element).take_while(move |_| self.goes_on());
        children.filter(move |&child| self.document.is_element(child))
    }

    /// Whether nothing is written in an element or below it: no text, and no attribute that says something.
    fn is_blank(self, element: NodeId) -> bool {
        let document = self.document;
        let says = |node: NodeId| {
            document.attributes(node).any(|attribute| {
                let name = document.qname(document.attribute_name(attribute));
                // What a JSON value is, the reader has said, and not the document.
                let is_of_reader = document.format() == Format::Json && matches!(name.local, "type" | "array" | "key");
                let is_of_form =
                    name.namespace == INSTANCE || (name.namespace.is_empty() && FORMAL.contains(&name.local));
                !is_of_reader && !is_of_form && !document.attribute_value(attribute).trim().is_empty()
            })
        };
        let is_said = |node: NodeId| match document.kind(node) {
            NodeKind::Element => says(node),
            NodeKind::Text => !document.value(node).trim().is_empty(),
            _ => false,
        };
        !says(element) && !document.descendants(element).take_while(|_| self.goes_on()).any(is_said)
    }

    /// The first member of a JSON object that has the key.
    fn member(self, element: NodeId, key: &str) -> Option<NodeId> {
        self.elements_in(element).find(|&child| key_of(self.document, child) == key)
    }
}

/// Where the fields would go that a check of structures missed at an element: the innermost element that is there, what
/// comes behind, and which they are. Nothing where all are there.
fn field_gap(
    search: Search<'_>,
    element: NodeId,
    check: StructureCheck,
    subject: &Subject,
) -> Option<(NodeId, String, Vec<usize>)> {
    let (structure, fields) = (subject.structure(), subject.fields());
    if !is_about_missing(check) {
        return None;
    }
    if check == StructureCheck::EmptyValue {
        return Some((element, String::new(), fields.to_vec()));
    }
    let mut gaps = fields.iter().filter_map(|&field| {
        let (innermost, rest) = way_to(search, element, structure, field)?;
        Some((field, innermost, rest))
    });
    let (field, innermost, rest) = gaps.next()?;
    let absent = std::iter::once(field).chain(gaps.map(|(field, ..)| field)).collect();
    Some((innermost, rest, absent))
}

/// The way from an element to a field inside the one whose value the element is, as far as it is there, and the rest.
fn way_to(search: Search<'_>, element: NodeId, structure: &Structure, field: usize) -> Option<(NodeId, String)> {
    let (mut keys, mut at) = (Vec::new(), field);
    while !is_value_of(search.document, element, structure, at) {
        let definition = structure.fields.get(at)?;
        keys.push(definition.key.as_str());
        if at == 0 || definition.parent >= at {
            // The element is around the document itself.
            break;
        }
        at = definition.parent;
    }
    let (mut here, mut left) = (element, keys.len());
    for &key in keys.iter().rev() {
        let Some(child) = search.member(here, key) else { break };
        (here, left) = (child, left - 1);
    }
    if left > 0 {
        return Some((here, keys.iter().take(left).rev().map(|key| key_step(key)).collect()));
    }
    let datatype = &structure.fields.get(field)?.datatype;
    let lacks = |part: &&str| search.member(here, part).is_none_or(|part| search.is_blank(part));
    let part = structure::required_parts(datatype).find(lacks);
    match part.filter(|_| !search.is_blank(here)) {
        Some(part) => Some((here, key_step(part))),
        None => search.is_blank(here).then(|| (here, String::new())),
    }
}

/// Whether an element is the value of a field, or one of its values: their names are the same all the way up.
fn is_value_of(document: &Document, element: NodeId, structure: &Structure, field: usize) -> bool {
    let (mut element, mut field) = (element, field);
    loop {
        let Some(definition) = structure.fields.get(field).filter(|it| it.key == key_of(document, element)) else {
            return false;
        };
        let above = document.parent(element).filter(|&above| document.is_element(above));
        match above {
            _ if field > 0 && definition.parent >= field => return false,
            // The document itself is the root element, or a member of an object around it.
            _ if field == 0 => return above.is_none_or(|above| above == document.root_element()),
            None => return false,
            Some(above) => (element, field) = (above, definition.parent),
        }
    }
}

/// The key of a JSON member.
fn key_of(document: &Document, node: NodeId) -> &str {
    let local = document.qname(document.name(node)).local;
    let key = || document.attribute(node, document.find_name("", "key")?).map(|key| document.attribute_value(key));
    if local == "_" { key().unwrap_or_default() } else { local }
}

/// A step to a JSON member, as the path of a place has it. The key is a word of the structure, and none of the document.
fn key_step(key: &str) -> String {
    let mut characters = key.chars();
    let is_start = |c: char| c.is_alphabetic() || c == '_';
    let is_name = characters.next().is_some_and(is_start)
        && characters.all(|c| is_start(c) || c.is_numeric() || matches!(c, '-' | '.'));
    if is_name && key != "_" { format!("/{key}") } else { format!("/*[@key='{key}']") }
}
