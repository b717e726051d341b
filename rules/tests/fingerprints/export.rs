//! Writes a document anew as another export of the same system might, or that of another system.

use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kirjuri::{Document, Limits};
use kirjuri_tree::{NodeId, NodeKind};

/// Numbers that only look like chance.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    fn chance(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Elements whose order among those of their name says nothing.
const UNORDERED: [&str; 6] = ["participant", "entry", "entryRelationship", "informant", "templateId", "telecom"];

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The document written anew.
pub(crate) fn again(text: &str, random: &mut Random) -> String {
    if text.trim_start().starts_with(['{', '[']) {
        return json(text, random);
    }
    let document = kirjuri::parse(text.as_bytes(), &Limits::default()).unwrap();
    let mut writer = Writer {
        document: &document,
        out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
        prefixes: BTreeMap::new(),
        ids: BTreeMap::new(),
        indent: ["", "  ", "\t", "\n"][random.below(4)],
        random,
    };
    writer.name_prefixes();
    writer.name_ids();
    writer.element(document.root_element(), 0);
    let out = std::mem::take(&mut writer.out);
    if random.chance() { out.replace('\n', "\r\n") } else { out }
}

/// JSON with its members in another order and with other white space.
fn json(text: &str, random: &mut Random) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    if random.chance() { serde_json::to_string(&value).unwrap() } else { serde_json::to_string_pretty(&value).unwrap() }
}

struct Writer<'d, 'r> {
    document: &'d Document,
    random: &'r mut Random,
    out: String,
    /// By namespace.
    prefixes: BTreeMap<&'d str, String>,
    ids: BTreeMap<&'d str, String>,
    indent: &'static str,
}

impl<'d> Writer<'d, '_> {
    fn name_prefixes(&mut self) {
        let document = self.document;
        let root = document.qname(document.name(document.root_element())).namespace;
        let keeps_default = self.random.chance();
        for name in document.names() {
            let namespace = document.qname(name).namespace;
            if namespace.is_empty() || namespace == XML || self.prefixes.contains_key(namespace) {
                continue;
            }
            let prefix = match namespace == root && keeps_default {
                true => String::new(),
                false => format!("{}{}", self.random.pick(&["n", "ns", "hl", "x_"]), self.prefixes.len()),
            };
            self.prefixes.insert(namespace, prefix);
        }
    }

    /// Other names for the ids inside the document.
    fn name_ids(&mut self) {
        let document = self.document;
        let start = self.random.below(1000);
        for node in document.nodes().filter(|node| document.is_element(*node)) {
            for attribute in document.attributes(node) {
                let name = document.qname(document.attribute_name(attribute));
                if name.namespace.is_empty() && name.local == "ID" {
                    let new = format!("id-{}", start + self.ids.len());
                    self.ids.entry(document.attribute_value(attribute)).or_insert(new);
                }
            }
        }
    }

    fn written(&self, namespace: &str, local: &str, is_attribute: bool) -> String {
        match self.prefixes.get(namespace) {
            _ if namespace == XML => format!("xml:{local}"),
            Some(prefix) if !prefix.is_empty() => format!("{prefix}:{local}"),
            // An attribute without a prefix is in no namespace; no fixture has one in that of its root element.
            Some(_) => {
                assert!(!is_attribute, "{local}");
                local.to_owned()
            }
            None => local.to_owned(),
        }
    }

    fn element(&mut self, element: NodeId, depth: usize) {
        let document = self.document;
        let name = document.qname(document.name(element));
        let tag = self.written(name.namespace, name.local, false);
        let mut attributes: Vec<String> = Vec::new();
        if element == document.root_element() {
            for (namespace, prefix) in &self.prefixes {
                let colon = if prefix.is_empty() { "" } else { ":" };
                attributes.push(format!("xmlns{colon}{prefix}=\"{namespace}\""));
            }
        }
        for attribute in document.attributes(element) {
            let name = document.qname(document.attribute_name(attribute));
            let value = document.attribute_value(attribute);
            let id = |id: &str| self.ids.get(id).cloned().unwrap_or_else(|| id.to_owned());
            let value = match (name.local, value.strip_prefix('#')) {
                ("ID", _) if name.namespace.is_empty() => id(value),
                ("referencedObject", _) => id(value),
                (_, Some(reference)) => format!("#{}", id(reference)),
                _ => value.to_owned(),
            };
            let quoted = self.escaped(&value).replace('"', "&quot;").replace('\n', "&#10;");
            attributes.push(format!("{}=\"{quoted}\"", self.written(name.namespace, name.local, true)));
        }
        self.random.shuffle(&mut attributes);
        let _ = write!(self.out, "<{tag}");
        for attribute in attributes {
            self.out.push_str(if self.random.below(9) == 0 { "\n " } else { " " });
            self.out += &attribute;
        }
        let children: Vec<NodeId> = document.children(element).collect();
        let is_text = |node: &NodeId| document.kind(*node) == NodeKind::Text;
        let has_text =
            children.iter().filter(|node| is_text(node)).any(|node| !document.value(*node).trim().is_empty());
        if children.is_empty() && self.random.chance() {
            self.out += "/>";
            return;
        }
        self.out.push('>');
        if has_text {
            self.mixed(element, &children, depth);
        } else {
            self.elements(children, depth);
        }
        let _ = write!(self.out, "</{tag}>");
    }

    fn mixed(&mut self, element: NodeId, children: &[NodeId], depth: usize) {
        let document = self.document;
        if let Some(carried) = self.carried(element) {
            self.out += &carried;
            return;
        }
        for child in children {
            match document.kind(*child) {
                NodeKind::Element => self.element(*child, depth + 1),
                NodeKind::Text => self.out += &self.escaped(document.value(*child)),
                _ => {}
            }
        }
    }

    fn elements(&mut self, children: Vec<NodeId>, depth: usize) {
        let document = self.document;
        let mut children: Vec<NodeId> = children.into_iter().filter(|child| document.is_element(*child)).collect();
        let local = |node: &NodeId| document.qname(document.name(*node)).local;
        if self.random.chance() {
            for run in children.chunk_by_mut(|one, other| local(one) == local(other)) {
                if UNORDERED.contains(&local(&run[0])) {
                    self.random.shuffle(run);
                }
            }
        }
        for child in &children {
            self.line(depth + 1);
            if self.random.below(25) == 0 {
                self.out += "<!-- anew -->";
                self.line(depth + 1);
            }
            self.element(*child, depth + 1);
        }
        if !children.is_empty() {
            self.line(depth);
        }
    }

    fn line(&mut self, depth: usize) {
        match self.indent {
            "" => {}
            "\n" => self.out.push('\n'),
            indent => {
                self.out.push('\n');
                (0..depth).for_each(|_| self.out += indent);
            }
        }
    }

    /// What an element carries in base64, in other lines, and JSON written anew.
    fn carried(&mut self, element: NodeId) -> Option<String> {
        let document = self.document;
        let name = document.qname(document.name(element)).local;
        let representation =
            document.find_name("", "representation").and_then(|name| document.attribute(element, name));
        let is_base64 = representation.is_some_and(|it| document.attribute_value(it) == "B64") || name == "json";
        let dense: String = document.string_value(element).split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(&dense).ok().filter(|_| is_base64)?;
        let anew = String::from_utf8(bytes.clone()).ok().filter(|text| text.trim_start().starts_with('{'));
        let anew = anew.filter(|text| serde_json::from_str::<serde_json::Value>(text).is_ok());
        let bytes = anew.map_or(bytes, |text| json(&text, self.random).into_bytes());
        let width = *self.random.pick(&[60, 76, usize::MAX]);
        let encoded = STANDARD.encode(bytes);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
        Some(lines.join("\n"))
    }

    /// A text as XML has it, with some of its letters as references.
    fn escaped(&self, text: &str) -> String {
        let as_number = text.len().is_multiple_of(3);
        text.chars().fold(String::new(), |mut out, c| {
            match c {
                '&' => out += "&amp;",
                '<' => out += "&lt;",
                '>' => out += "&gt;",
                'ä' | 'ö' | 'å' if as_number => out += &format!("&#{};", c as u32),
                c => out.push(c),
            }
            out
        })
    }
}
