//! The one pass over a document: members against fields, values against data types, conditions at the end of what they
//! are asked at.

use kirjuri_tree::{Document, Interrupt, NameId, NodeId};
use kirjuri_xpath::{DynamicContext, EvaluationError, Evaluator, Focus, Node};

use super::form::{is_date, is_time, is_version_of};
use super::{CompiledStructure, Observer, PartName, StructureCheck, parts};
use crate::structure::{CodeSystem, Datatype};

/// After so many nodes the interrupt is asked again.
const NODES_BETWEEN_QUESTIONS: usize = 4096;

/// Key number of a name that is no key.
const NO_KEY: u32 = u32::MAX;

pub(super) fn walk(
    compiled: &CompiledStructure,
    document: &Document,
    dynamic: &DynamicContext<'_>,
    budget: u64,
    observer: &mut dyn Observer,
) -> Result<(), EvaluationError> {
    let binding = (!compiled.programs.is_empty()).then(|| compiled.context.names().bind(document));
    let evaluator = binding.as_ref().map(|binding| Evaluator::new(document, binding, dynamic).with_budget(budget));
    let mut walk = Walk {
        compiled,
        document,
        evaluator: evaluator.as_ref(),
        interrupt: dynamic.interrupt,
        next_question: if dynamic.interrupt.is_some() { 0 } else { usize::MAX },
        observer,
        names: Names::new(compiled, document),
        frames: Vec::with_capacity(8),
        asked: [0; StructureCheck::ALL.len()],
        faults: Vec::new(),
    };
    walk.run()?;
    for check in StructureCheck::ALL {
        match walk.asked.get(check.number()) {
            Some(&times) if times > 0 => walk.observer.asked(check, times),
            _ => {}
        }
    }
    Ok(())
}

struct Walk<'a, 'w> {
    compiled: &'a CompiledStructure,
    document: &'a Document,
    evaluator: Option<&'w Evaluator<'a>>,
    interrupt: Option<&'w dyn Interrupt>,
    /// The node at which it is asked next.
    next_question: usize,
    observer: &'w mut dyn Observer,
    names: Names,
    /// The groups that the walk is in, the innermost last.
    frames: Vec<Frame>,
    asked: [u32; StructureCheck::ALL.len()],
    /// The fields of what is missing, mistyped or empty so far.
    faults: Vec<usize>,
}

/// A group that the walk is in.
struct Frame {
    /// The field; none of an object at the top that is around the document itself.
    field: Option<usize>,
    element: NodeId,
    end: NodeId,
    /// Required fields met.
    seen: u32,
    /// The array whose item came last.
    array: Option<u32>,
    /// How many faults there were before the group.
    faults: usize,
}

/// The names that matter, as the document has them.
struct Names {
    /// The number of a key, by the number of the name.
    keys: Vec<u32>,
    kind: Option<NameId>,
    array: Option<NameId>,
    key: Option<NameId>,
    /// The name `_`, of members whose own names are no names of elements.
    other: Option<NameId>,
    parts: [Option<NameId>; PartName::ALL.len()],
}

impl Names {
    fn new(compiled: &CompiledStructure, document: &Document) -> Names {
        let namespace = document.find_namespace("");
        let find = |name: &str| document.find_name_in(namespace?, name);
        let mut keys = vec![NO_KEY; document.name_count()];
        for (number, (key, _)) in compiled.keys.iter().enumerate() {
            if let Some(place) = find(key).and_then(|name| keys.get_mut(name.index())) {
                *place = number as u32;
            }
        }
        let (kind, array, key, other) = (find("type"), find("array"), find("key"), find("_"));
        Names { keys, kind, array, key, other, parts: PartName::ALL.map(|(_, name)| find(name)) }
    }
}

/// What JSON says an element is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Boolean,
    Object,
    /// An array in an array, or `null`.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    No,
    /// An item; where the array is named tells it from others.
    Item(u32),
    Empty,
}

impl<'a> Walk<'a, '_> {
    fn run(&mut self) -> Result<(), EvaluationError> {
        let (root, key) = (self.document.root_element(), self.compiled.structure.root_key());
        let end = self.document.subtree_end(root);
        let mut next = match self.document.qname(self.document.name(root)).local {
            // A name that the root element has only if it has none of its own.
            "json" => {
                self.ask(StructureCheck::MistypedValue);
                if self.shape(root).0 != Kind::Object {
                    self.found(StructureCheck::MistypedValue, root, 0);
                    return Ok(());
                }
                self.enter(None, root)
            }
            name if name == key => {
                self.ask(StructureCheck::MissingRequired);
                self.value(root, 0, self.shape(root).0)?
            }
            _ => {
                self.ask(StructureCheck::UnknownField);
                self.found(StructureCheck::UnknownField, root, 0);
                return Ok(());
            }
        };
        loop {
            while let Some(frame) = self.frames.pop_if(|frame| next >= frame.end) {
                self.leave(&frame)?;
            }
            if next >= end {
                return Ok(());
            }
            if next.index() >= self.next_question {
                self.next_question = next.index() + NODES_BETWEEN_QUESTIONS;
                if self.interrupt.is_some_and(Interrupt::is_raised) {
                    return Err(EvaluationError::Interrupted);
                }
            }
            next = self.member(next)?;
        }
    }

    /// Takes in a child of the innermost group, and says what is to be looked at next: its first child, where it is a
    /// group itself, or what is behind it.
    fn member(&mut self, element: NodeId) -> Result<NodeId, EvaluationError> {
        let (document, behind) = (self.document, self.document.subtree_end(element));
        let (kind, list) = self.shape(element);
        let Some(frame) = self.frames.last_mut() else { return Ok(behind) };
        let parent = frame.field;
        let array = match list {
            List::Item(array) => Some(array),
            _ => None,
        };
        let is_continued = array.is_some() && frame.array == array;
        frame.array = array;
        let field = match parent {
            Some(parent) => self.key(element).and_then(|key| self.compiled.field_in(parent, key)),
            None => {
                let name = document.qname(document.name(element)).local;
                (name == self.compiled.structure.root_key()).then_some(0)
            }
        };
        if !is_continued {
            self.ask(StructureCheck::UnknownField);
        }
        let Some((field, definition)) =
            field.and_then(|field| Some((field, self.compiled.structure.fields.get(field)?)))
        else {
            if !is_continued {
                self.found(StructureCheck::UnknownField, element, parent.unwrap_or(0));
            }
            return Ok(behind);
        };
        if let Some(frame) = self.frames.last_mut()
            && !is_continued
            && (definition.required || parent.is_none())
        {
            frame.seen += 1;
        }
        if (list != List::No) != definition.repeatable {
            if !is_continued {
                self.ask(StructureCheck::MistypedValue);
                self.found(StructureCheck::MistypedValue, element, field);
            }
            return Ok(behind);
        }
        if list == List::Empty {
            self.ask(StructureCheck::MistypedValue);
            if definition.required {
                self.found(StructureCheck::MissingRequired, element, field);
            }
            return Ok(behind);
        }
        self.value(element, field, kind)
    }

    /// Checks a value that is a list or none as the field is.
    fn value(&mut self, element: NodeId, field: usize, kind: Kind) -> Result<NodeId, EvaluationError> {
        let behind = self.document.subtree_end(element);
        let Some(definition) = self.compiled.structure.fields.get(field) else { return Ok(behind) };
        let faults = self.faults.len();
        let expected = match &definition.datatype {
            Datatype::Boolean => Kind::Boolean,
            Datatype::Number | Datatype::Count => Kind::Number,
            Datatype::Text
            | Datatype::Name
            | Datatype::Signature
            | Datatype::Phrase(_)
            | Datatype::Date
            | Datatype::Time => Kind::Text,
            Datatype::Group
            | Datatype::Amount
            | Datatype::Measure
            | Datatype::Percent
            | Datatype::Identifier { .. }
            | Datatype::Code { .. } => Kind::Object,
        };
        self.ask(StructureCheck::MistypedValue);
        if kind != expected {
            self.found(StructureCheck::MistypedValue, element, field);
            return Ok(behind);
        }
        match &definition.datatype {
            Datatype::Group => return Ok(self.enter(Some(field), element)),
            Datatype::Text | Datatype::Name | Datatype::Signature if definition.filled => {
                self.ask_that(!self.text(element).trim().is_empty(), StructureCheck::EmptyValue, element, field);
            }
            Datatype::Phrase(texts) if !texts.is_empty() => {
                let text = self.text(element);
                self.ask_that(texts.iter().any(|known| known == text), StructureCheck::UnknownCode, element, field);
            }
            Datatype::Date => {
                self.ask_that(is_date(self.text(element)), StructureCheck::MalformedValue, element, field);
            }
            Datatype::Time => {
                self.ask_that(is_time(self.text(element)), StructureCheck::MalformedValue, element, field);
            }
            datatype if expected == Kind::Object => self.parts(element, field, datatype),
            _ => {}
        }
        self.conditions(field, element, faults)?;
        Ok(behind)
    }

    /// Checks a value that is an object of fixed parts.
    fn parts(&mut self, element: NodeId, field: usize, datatype: &'a Datatype) {
        let (document, known) = (self.document, parts(datatype));
        let mut found: [Option<NodeId>; PartName::ALL.len()] = [None; PartName::ALL.len()];
        let mut texts = [None; PartName::ALL.len()];
        let mut last_array = None;
        for child in document.children(element) {
            let (kind, list) = self.shape(child);
            if let List::Item(array) = list
                && last_array.replace(array) == Some(array)
            {
                continue;
            }
            self.ask(StructureCheck::UnknownField);
            let name = Some(document.name(child));
            let number = self.names.parts.iter().position(|part| *part == name);
            let part = number.and_then(|number| {
                let (part, _) = PartName::ALL.get(number)?;
                Some((number, known.iter().find(|(known, ..)| known == part)?))
            });
            let Some((number, &(_, is_number, _))) = part else {
                self.found(StructureCheck::UnknownField, child, field);
                continue;
            };
            if let Some(place) = found.get_mut(number) {
                *place = Some(child);
            }
            let is_typed = list == List::No && kind == if is_number { Kind::Number } else { Kind::Text };
            self.ask_that(is_typed, StructureCheck::MistypedValue, child, field);
            if let Some(place) = texts.get_mut(number).filter(|_| is_typed) {
                *place = Some((child, self.text(child)));
            }
        }
        let required = known.iter().filter(|(.., is_required)| *is_required);
        self.ask_times(StructureCheck::MissingRequired, required.clone().count() as u32);
        let is_there = |part: &PartName| found.get(*part as usize).is_some_and(Option::is_some);
        if !required.clone().all(|(part, ..)| is_there(part)) {
            self.found(StructureCheck::MissingRequired, element, field);
        }
        let Datatype::Code { system, codes } = datatype else { return };
        if let Some((at, text)) = texts.get(PartName::System as usize).copied().flatten() {
            let is_right = match system {
                CodeSystem::Any => None,
                CodeSystem::Oid(oid) => Some(is_version_of(text, oid)),
                CodeSystem::Internal(name) => Some(text == name),
            };
            if let Some(is_right) = is_right {
                self.ask_that(is_right, StructureCheck::WrongCodeSystem, at, field);
                // The codes of another code system are other codes.
                if !is_right {
                    return;
                }
            }
        }
        if let Some((at, text)) = texts.get(PartName::Code as usize).copied().flatten()
            && !codes.is_empty()
        {
            self.ask_that(codes.iter().any(|code| code == text), StructureCheck::UnknownCode, at, field);
        }
    }

    /// Goes into a group; says where its first child would be.
    fn enter(&mut self, field: Option<usize>, element: NodeId) -> NodeId {
        let (end, faults) = (self.document.subtree_end(element), self.faults.len());
        self.frames.push(Frame { field, element, end, seen: 0, array: None, faults });
        element.next()
    }

    /// Asks what can be asked only at the end of a group.
    fn leave(&mut self, frame: &Frame) -> Result<(), EvaluationError> {
        let Some(field) = frame.field else {
            self.ask(StructureCheck::MissingRequired);
            if frame.seen == 0 {
                self.found(StructureCheck::MissingRequired, frame.element, 0);
            }
            return Ok(());
        };
        let required = self.compiled.groups.get(field).map_or(0, |group| group.required);
        self.ask_times(StructureCheck::MissingRequired, required);
        if frame.seen < required {
            self.missing(field, frame.element);
        }
        self.conditions(field, frame.element, frame.faults)
    }

    /// Names the required fields that a group lacks.
    fn missing(&mut self, group: usize, element: NodeId) {
        let (compiled, document) = (self.compiled, self.document);
        let there = document.children(element).filter_map(|child| compiled.field_in(group, self.key(child)?));
        let mut there: Vec<usize> = there.collect();
        there.sort_unstable();
        for child in compiled.structure.children(group) {
            let is_required = compiled.structure.fields.get(child).is_some_and(|child| child.required);
            if is_required && there.binary_search(&child).is_err() {
                self.found(StructureCheck::MissingRequired, element, child);
            }
        }
    }

    /// Asks the conditions of a field at one of its elements; `faults` is how many there were before the element.
    fn conditions(&mut self, field: usize, element: NodeId, faults: usize) -> Result<(), EvaluationError> {
        let (compiled, document) = (self.compiled, self.document);
        let numbers = compiled.groups.get(field).and_then(|group| compiled.asked_at.get(group.conditions.clone()));
        let Some(evaluator) = self.evaluator else { return Ok(()) };
        for &number in numbers.unwrap_or_default() {
            let condition = compiled.structure.conditions.get(number).zip(compiled.programs.get(number));
            let Some((condition, program)) = condition else { continue };
            self.ask(StructureCheck::MissingConditional);
            let focus = Focus::on(Node { document, node: element.into() });
            if !evaluator.truth(program, &focus)? && !self.is_explained(faults, &condition.fields) {
                self.observer.found(StructureCheck::MissingConditional, element.into(), &condition.fields);
            }
        }
        Ok(())
    }

    /// Whether a fault since then already says what is wrong with one of the fields: with itself, or with a value that
    /// it would be in.
    fn is_explained(&self, since: usize, fields: &[usize]) -> bool {
        let faults = self.faults.get(since..).unwrap_or_default();
        let says = |faulty: usize| {
            let inside = self.compiled.structure.fields.get(faulty).map_or(0..0, |field| field.inside.clone());
            fields.iter().any(|field| *field == faulty || inside.contains(field))
        };
        faults.iter().any(|&faulty| says(faulty))
    }

    fn ask(&mut self, check: StructureCheck) {
        self.ask_times(check, 1);
    }

    fn ask_times(&mut self, check: StructureCheck, times: u32) {
        if let Some(asked) = self.asked.get_mut(check.number()) {
            *asked = asked.saturating_add(times);
        }
    }

    /// Counts a check, and says where it fails.
    fn ask_that(&mut self, holds: bool, check: StructureCheck, at: NodeId, field: usize) {
        self.ask(check);
        if !holds {
            self.found(check, at, field);
        }
    }

    fn found(&mut self, check: StructureCheck, at: NodeId, field: usize) {
        let explains = [StructureCheck::MissingRequired, StructureCheck::MistypedValue, StructureCheck::EmptyValue]
            .contains(&check);
        if explains {
            self.faults.push(field);
        }
        self.observer.found(check, at.into(), &[field]);
    }

    /// The number of the key of a member, if any field has it.
    fn key(&self, element: NodeId) -> Option<usize> {
        let (document, name) = (self.document, self.document.name(element));
        if Some(name) == self.names.other {
            let key = document.attribute(element, self.names.key?)?;
            return self.compiled.key(document.attribute_value(key));
        }
        let key = self.names.keys.get(name.index()).copied().filter(|&key| key != NO_KEY)?;
        Some(key as usize)
    }

    /// The text of a string.
    fn text(&self, element: NodeId) -> &'a str {
        self.document.children(element).next().map_or("", |text| self.document.value(text))
    }

    fn shape(&self, element: NodeId) -> (Kind, List) {
        let document = self.document;
        let (mut kind, mut list) = (Kind::Text, List::No);
        for attribute in document.attributes(element) {
            let name = Some(document.attribute_name(attribute));
            if name == self.names.kind {
                kind = match document.attribute_value(attribute) {
                    "object" => Kind::Object,
                    "number" => Kind::Number,
                    "boolean" => Kind::Boolean,
                    _ => Kind::Other,
                };
            } else if name == self.names.array {
                list = match document.attribute_value(attribute) {
                    "empty" => List::Empty,
                    _ => List::Item(document.attribute_span(attribute).start),
                };
            }
        }
        (kind, list)
    }
}
