//! From the tree of a FHIR resource in JSON to the tree of the same resource in XML.
//!
//! The two are writings of one thing (FHIR, 2.6.2), and rules should not have to know which they look at. Which
//! members are attributes, and that an object is a resource, stands anywhere in an object; so the tree that has been
//! read is written anew instead of being built differently: what JSON is has then been checked already.

use std::collections::HashMap;

use crate::document::{AttributeData, Decoded, NodeData};
use crate::format::{ARRAY, KEY, TYPE};
use crate::names::{NameId, Names, NamespaceId};
use crate::node::{AttributeId, NodeId};
use crate::parse::Fault;
use crate::parse::builder::Parts;
use crate::position::Span;
use crate::reading::NodeCount;
use crate::{Document, ParseErrorKind, Reading};

const FHIR: &str = "http://hl7.org/fhir";
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// The member that makes an object a resource.
const RESOURCE_TYPE: &str = "resourceType";

/// The members that hold resources. Elsewhere `resourceType` is a member like others (`ExampleScenario` has one).
const HOLDERS: [&str; 4] = ["contained", "issues", "outcome", "resource"];

/// The tree of FHIR XML, if the document is a resource of FHIR. Decoded values stay in the buffer of the document.
pub(super) fn rewrite(document: &Document, reading: &Reading<'_>) -> Result<Option<Parts>, Fault> {
    let top = document.root_element();
    // Where the root element is a member, the object at the top is another one.
    if document.content_span(top) != document.span(top) {
        return Ok(None);
    }
    let Some(resource) = resource_type(document, top) else { return Ok(None) };
    let mut writer = Writer::new(document, reading);
    let name = writer.name(writer.fhir, resource);
    writer.steps.push(Step::Element(Task { name, value: Some(top), more: None }));
    writer.write()?;
    Ok(Some(writer.finish()))
}

/// What an element is made of: a value, and the member `_name` beside it, which holds the `id` and the extensions of a
/// primitive. At least one of them is there.
#[derive(Clone, Copy)]
struct Task {
    name: NameId,
    value: Option<NodeId>,
    more: Option<NodeId>,
}

enum Step {
    Element(Task),
    /// The resource that an object is, inside the element of its member.
    Resource(NameId, NodeId),
    End(NodeId),
}

/// What a value is in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Object,
    /// An array in an array, which FHIR has not.
    Array,
    /// An array without items, or `null`.
    Nothing,
    Primitive,
}

struct Writer<'d> {
    document: &'d Document,
    most_depth: usize,
    watch: NodeCount<'d>,
    nodes: Vec<NodeData>,
    attributes: Vec<AttributeData>,
    names: Names,
    decoded: Decoded,
    fhir: NamespaceId,
    /// The names in the namespace of FHIR, by the names in none.
    known: HashMap<NameId, NameId>,
    value: NameId,
    id: NameId,
    url: NameId,
    /// What is to be written, the next last.
    steps: Vec<Step>,
    parent: NodeId,
    depth: usize,
}

impl<'d> Writer<'d> {
    fn new(document: &'d Document, reading: &'d Reading<'d>) -> Writer<'d> {
        let mut names = Names::new();
        // The attribute `key` has the same id in every tree made from JSON.
        for (id, name) in [(KEY, "key"), (TYPE, "type"), (ARRAY, "array")] {
            let interned = names.intern(NamespaceId::NONE, name);
            debug_assert_eq!(interned, id, "the names of the attributes come first");
        }
        let [value, id, url] = ["value", "id", "url"].map(|name| names.intern(NamespaceId::NONE, name));
        let fhir = names.intern_namespace(FHIR);
        let mut nodes = Vec::with_capacity(document.node_count());
        nodes.push(NodeData::document(document.text()));
        Writer {
            document,
            most_depth: reading.limits.depth,
            watch: NodeCount::new(reading),
            nodes,
            attributes: Vec::with_capacity(document.node_count() / 2),
            names,
            decoded: Decoded::default(),
            fhir,
            known: HashMap::new(),
            value,
            id,
            url,
            steps: Vec::new(),
            parent: NodeId::DOCUMENT,
            depth: 0,
        }
    }

    fn name(&mut self, namespace: NamespaceId, local: &str) -> NameId {
        self.names.intern(namespace, local)
    }

    /// The name in FHIR's namespace of what has a name in none.
    fn fhir_name(&mut self, name: NameId) -> NameId {
        if let Some(known) = self.known.get(&name) {
            return *known;
        }
        let new = self.names.intern(self.fhir, self.document.qname(name).local);
        self.known.insert(name, new);
        new
    }

    fn write(&mut self) -> Result<(), Fault> {
        while let Some(step) = self.steps.pop() {
            match step {
                Step::Element(task) => self.element(task)?,
                Step::Resource(name, object) => {
                    let Span { start, end } = self.document.content_span(object);
                    let node = self.push(name, Span { start, end }, start + 1)?;
                    self.begin(node);
                    self.members(object, true);
                }
                Step::End(node) => {
                    let end = self.next_node();
                    let data = &mut self.nodes[node.index()];
                    data.end = end;
                    (self.parent, self.depth) = (data.parent, self.depth.saturating_sub(1));
                }
            }
        }
        Ok(())
    }

    fn element(&mut self, task: Task) -> Result<(), Fault> {
        let Task { name, value, more } = task;
        let Some(shown) = value.or(more) else { return Ok(()) };
        let node = self.push(name, self.document.span(shown), self.document.start_tag_span(shown).end)?;
        if let Some(key) = self.document.attribute(shown, KEY) {
            self.copy_attribute(key);
        }
        let form = value.map(|value| (value, form(self.document, value)));
        let object = match form {
            Some((value, Form::Object)) => Some(value),
            _ => more,
        };
        // The object at the top and the one that a member holds are resources; those have an element `id`.
        let is_top = self.parent == NodeId::DOCUMENT;
        let holds = HOLDERS.contains(&self.names.get(name).local);
        let resource = object.filter(|_| holds && !is_top).and_then(|object| resource_type(self.document, object));
        if let Some(object) = object.filter(|_| !is_top && resource.is_none()) {
            let is_extension = matches!(self.names.get(name).local, "extension" | "modifierExtension");
            let text = |name| self.plain_member(object, name);
            let (id, url) = (text("id"), if is_extension { text("url") } else { None });
            for (name, member) in [(self.id, id), (self.url, url)] {
                if let Some(member) = member {
                    self.value_attribute(name, member);
                }
            }
        }
        match form {
            Some((value, Form::Primitive)) if self.is_narrative(name, value) => {
                let name = self.names.intern_namespace(XHTML);
                let name = self.names.intern(name, "div");
                self.nodes[node.index()].name = name;
                self.text(node, value)?;
            }
            Some((value, Form::Primitive)) => self.value_attribute(self.value, value),
            Some((value, Form::Array)) => {
                self.begin(node);
                self.items(value);
                return Ok(());
            }
            _ => {}
        }
        let Some(object) = object else { return Ok(()) };
        self.begin(node);
        match resource {
            Some(resource) => {
                let name = self.name(self.fhir, resource);
                self.steps.push(Step::Resource(name, object));
            }
            None => self.members(object, is_top),
        }
        Ok(())
    }

    /// The items of an array that is an item itself.
    fn items(&mut self, array: NodeId) {
        let items: Vec<NodeId> = self.document.children(array).collect();
        for item in items.into_iter().rev() {
            let name = self.fhir_name(self.document.name(item));
            self.steps.push(Step::Element(Task { name, value: Some(item), more: None }));
        }
    }

    /// The members of an object. Those that have become attributes, or belong to a sibling, are no elements.
    fn members(&mut self, object: NodeId, is_resource: bool) {
        let document = self.document;
        let members: Vec<NodeId> = document.children(object).collect();
        let groups: Vec<&[NodeId]> =
            members.chunk_by(|one, other| document.name(*one) == document.name(*other)).collect();
        // By the name that they belong to, the members `_name` that hold what belongs to primitives.
        let mut belonging: HashMap<NameId, &[NodeId]> = HashMap::new();
        let mut primitives: HashMap<NameId, bool> = HashMap::new();
        let has_belonging = groups.iter().any(|group| owner(document, document.name(group[0])).is_some());
        for group in groups.iter().filter(|_| has_belonging) {
            let name = document.name(group[0]);
            let all = |test: fn(Form) -> bool| group.iter().all(|&member| test(form(document, member)));
            match owner(document, name) {
                // A name that occurs nowhere by itself is not known to the document.
                Some(owner) if all(|form| matches!(form, Form::Object | Form::Nothing)) => {
                    let owner = self.name(self.fhir, owner);
                    belonging.insert(owner, group);
                }
                _ => {
                    let is_primitive = all(|form| matches!(form, Form::Primitive | Form::Nothing));
                    primitives.insert(self.fhir_name(name), is_primitive);
                }
            }
        }
        belonging.retain(|name, _| primitives.get(name) != Some(&false));
        let is_extension =
            !is_resource && matches!(document.qname(document.name(object)).local, "extension" | "modifierExtension");
        let start = self.steps.len();
        for group in groups {
            let name = document.name(group[0]);
            let local = document.qname(name).local;
            let is_attribute = match local {
                RESOURCE_TYPE => is_resource,
                "id" => !is_resource && is_plain(document, group),
                "url" => is_extension && is_plain(document, group),
                _ => false,
            };
            if is_attribute {
                continue;
            }
            let (name, more) = match owner(document, name) {
                Some(owner) => {
                    let owner = self.name(self.fhir, owner);
                    match belonging.get(&owner) {
                        Some(own) if own.first() == group.first() && primitives.contains_key(&owner) => continue,
                        Some(own) if own.first() == group.first() => (owner, true),
                        _ => (self.fhir_name(name), false),
                    }
                }
                None => (self.fhir_name(name), false),
            };
            if more {
                let tasks = group.iter().map(|&more| Step::Element(Task { name, value: None, more: Some(more) }));
                self.steps.extend(tasks);
                continue;
            }
            let others = belonging.get(&name).copied().unwrap_or_default();
            for number in 0..group.len().max(others.len()) {
                let value = group.get(number).copied();
                let more = others.get(number).copied().filter(|&it| form(document, it) == Form::Object);
                // A place in one array may stand for something that only the other has.
                let value = value.filter(|&value| more.is_none() || form(document, value) == Form::Primitive);
                self.steps.push(Step::Element(Task { name, value, more }));
            }
        }
        self.steps[start..].reverse();
    }

    /// A member that is one string.
    fn plain_member(&self, object: NodeId, name: &str) -> Option<NodeId> {
        let name = self.document.find_name("", name)?;
        let mut named = self.document.children(object).filter(|&member| self.document.name(member) == name);
        let member = named.next()?;
        is_plain(self.document, &[member]).then_some(member)
    }

    /// Whether a string is the XHTML of a narrative, which FHIR XML has as an element of that namespace.
    fn is_narrative(&self, name: NameId, value: NodeId) -> bool {
        let parent = self.names.get(self.nodes[self.parent.index()].name).local;
        parent == "text" && self.names.get(name).local == "div" && is_plain(self.document, &[value])
    }

    /// What follows is inside an element, until it ends.
    fn begin(&mut self, node: NodeId) {
        (self.parent, self.depth) = (node, self.depth + 1);
        self.steps.push(Step::End(node));
    }

    /// An attribute whose value is that of a primitive.
    fn value_attribute(&mut self, name: NameId, value: NodeId) {
        let content = self.document.content_span(value);
        let is_string = self.document.text().as_bytes().get(content.start as usize) == Some(&b'"');
        let quote = u32::from(is_string);
        if is_string && let Some(text) = self.document.children(value).next() {
            let data = &self.document.nodes[text.index()];
            if let Some(decoded) = self.document.decoded.texts.get((data.inner as usize).wrapping_sub(1)) {
                self.decoded.attributes.push((AttributeId(self.attributes.len() as u32), decoded.clone()));
            }
        }
        let (value_start, value_end) = (content.start + quote, content.end - quote);
        self.attributes.push(AttributeData { name, start: content.start, value_start, value_end });
    }

    /// The attribute of a name that is no name in XML.
    fn copy_attribute(&mut self, attribute: AttributeId) {
        let decoded = &self.document.decoded.attributes;
        if let Ok(found) = decoded.binary_search_by_key(&attribute, |entry| entry.0) {
            let id = AttributeId(self.attributes.len() as u32);
            self.decoded.attributes.push((id, decoded[found].1.clone()));
        }
        self.attributes.push(self.document.attributes[attribute.index()]);
    }

    /// The text of a value, which becomes the text of `node`.
    fn text(&mut self, node: NodeId, value: NodeId) -> Result<(), Fault> {
        let Some(text) = self.document.children(value).next() else { return Ok(()) };
        let NodeData { start, stop, inner, .. } = self.document.nodes[text.index()];
        let outer = std::mem::replace(&mut self.parent, node);
        let decoded = self.document.decoded.texts.get((inner as usize).wrapping_sub(1)).cloned();
        let number = decoded.map_or(0, |decoded| {
            self.decoded.texts.push(decoded);
            self.decoded.texts.len() as u32
        });
        self.push(NameId::TEXT, Span { start, end: stop }, number)?;
        self.parent = outer;
        self.nodes[node.index()].end = self.next_node();
        Ok(())
    }

    fn next_node(&self) -> NodeId {
        NodeId(self.nodes.len() as u32)
    }

    fn push(&mut self, name: NameId, Span { start, end }: Span, inner: u32) -> Result<NodeId, Fault> {
        if self.depth >= self.most_depth && name >= NameId::FIRST_ELEMENT {
            return Err(Fault { kind: ParseErrorKind::TooDeep, at: start as usize });
        }
        self.watch.pass(self.nodes.len(), start as usize)?;
        let node = self.next_node();
        self.nodes.push(NodeData {
            name,
            parent: self.parent,
            end: node.next(),
            attributes: AttributeId(self.attributes.len() as u32),
            start,
            stop: end,
            inner,
        });
        Ok(node)
    }

    fn finish(mut self) -> Parts {
        self.nodes[NodeId::DOCUMENT.index()].end = self.next_node();
        let Writer { nodes, attributes, names, decoded, .. } = self;
        Parts { nodes, attributes, names, decoded, declarations: Vec::new() }
    }
}

/// The type of the resource that an object is.
fn resource_type(document: &Document, object: NodeId) -> Option<&str> {
    let name = document.find_name("", RESOURCE_TYPE)?;
    let member = document.children(object).find(|&member| document.name(member) == name)?;
    let text = document.children(member).next().filter(|_| is_plain(document, &[member]))?;
    Some(document.value(text)).filter(|value| super::tree::is_name(value))
}

/// The name that `_name` belongs to.
fn owner(document: &Document, name: NameId) -> Option<&str> {
    document.qname(name).local.strip_prefix('_').filter(|owner| super::tree::is_name(owner))
}

/// Whether some elements are the one of a member that is a string.
fn is_plain(document: &Document, elements: &[NodeId]) -> bool {
    match elements {
        [one] => document.attributes(*one).next().is_none(),
        _ => false,
    }
}

fn form(document: &Document, element: NodeId) -> Form {
    let Some(kind) = document.attribute(element, TYPE) else { return Form::Primitive };
    match document.attribute_value(kind) {
        "object" => Form::Object,
        "array" if document.children(element).next().is_some() => Form::Array,
        "array" | "null" => Form::Nothing,
        _ => Form::Primitive,
    }
}
