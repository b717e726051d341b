//! Reads a published structure: a JSON Schema (draft-07) with `sosmeta` annotations.
//!
//! Of JSON Schema exactly that is read which the published structures use; anything else is an error with its place,
//! since a keyword that is passed over would be a rule that is silently not checked.

use std::collections::HashSet;

use kirjuri_tree::{Document, NodeId};

use crate::source::{PackError, Reader};
use crate::structure::json::{Json, Kind};
use crate::structure::{Condition, Datatype, Field, FieldName, Structure, insides};

mod datatype;

/// A published structure, with what a form is judged by and what conditions are read from.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Schema {
    /// OID of the version.
    pub(crate) oid: String,
    pub(crate) version: String,
    pub(crate) document_type: String,
    /// In the order of the definition, each before those in it; the first is the document itself.
    pub(crate) fields: Vec<SchemaField>,
}

/// A field as it is published.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SchemaField {
    pub(crate) key: String,
    /// As they are written, white space included.
    pub(crate) name: FieldName,
    /// `sosmeta.title`, the name by which notes speak of a field, where it has one; in Finnish, white space folded.
    pub(crate) title: Option<String>,
    /// The field it is in; of the document itself, itself.
    pub(crate) parent: usize,
    pub(crate) datatype: Datatype,
    /// JSON `required` of the field it is in.
    pub(crate) required: bool,
    pub(crate) repeatable: bool,
    pub(crate) filled: bool,
    pub(crate) conditional: bool,
    /// The Finnish `implementationNote`, white space folded; empty where there is none.
    pub(crate) note: String,
    /// The element that describes the value of the field and holds its `sosmeta`: of a repeatable field its `items`.
    pub(crate) node: NodeId,
}

impl Schema {
    /// The number of the field at a path such as `asiakas/henkilotunnus`; the empty path is the document itself.
    #[cfg(test)]
    pub(crate) fn find(&self, path: &str) -> Option<usize> {
        let inside = |above: usize, key: &str| {
            let is_it =
                |(number, field): &(usize, &SchemaField)| field.parent == above && *number > 0 && field.key == key;
            self.fields.iter().enumerate().find(is_it).map(|(number, _)| number)
        };
        path.split('/').filter(|key| !key.is_empty()).try_fold(0, inside)
    }

    /// What is kept of it in a pack.
    pub(crate) fn structure(&self, conditions: Vec<Condition>) -> Structure {
        let parents: Vec<usize> = self.fields.iter().map(|field| field.parent).collect();
        let fields = self.fields.iter().zip(insides(&parents)).map(|(field, inside)| Field {
            key: field.key.clone(),
            name: FieldName { fi: said(field.name.fi.as_deref()), sv: said(field.name.sv.as_deref()) },
            parent: field.parent,
            inside,
            datatype: without_twins(&field.datatype),
            required: field.required,
            repeatable: field.repeatable,
            filled: field.filled,
            conditional: field.conditional,
        });
        Structure {
            oid: self.oid.clone(),
            version: self.version.clone(),
            document_type: self.document_type.clone(),
            fields: fields.collect(),
            conditions,
        }
    }
}

/// A name on one line; none where it says nothing.
fn said(name: Option<&str>) -> Option<String> {
    Some(folded(name?)).filter(|name| !name.is_empty())
}

/// A text with one space for every run of white space and none around.
pub(crate) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One published structure lists a code twice, which is a fault of the form and says nothing to a document.
fn without_twins(datatype: &Datatype) -> Datatype {
    let mut datatype = datatype.clone();
    if let Datatype::Code { codes, .. } = &mut datatype {
        let mut seen = rustc_hash::FxHashSet::default();
        codes.retain(|code| seen.insert(code.clone()));
    }
    datatype
}

/// Whether a document is a structure: its top has a `sosmeta` block. Whether it is a sound one is said when it is read.
pub(crate) fn is_structure(document: &Document) -> bool {
    let json = Json::new(document);
    let top = document.root_element();
    json.member(top, "sosmeta").is_some()
}

/// Reads a published structure.
///
/// # Errors
/// What is not as in the published structures, in the order of places, up to a hundred; nothing is guessed.
pub(crate) fn read(reader: Reader<'_>, document: &Document) -> Result<Schema, Vec<PackError>> {
    let mut reading = Reading { reader, json: Json::new(document), errors: Vec::new() };
    let schema = reading.schema(document.root_element());
    reading.errors.sort_by_key(|error| (error.line, error.column));
    match schema {
        Some(schema) if reading.errors.is_empty() => Ok(schema),
        _ => Err(reading.errors),
    }
}

/// How many errors of a file are told.
const MOST_ERRORS: usize = 100;
/// Keywords that say nothing of the value.
const ANNOTATIONS: [&str; 8] = ["$schema", "$id", "$comment", "title", "description", "default", "examples", "sosmeta"];
struct Reading<'r> {
    reader: Reader<'r>,
    json: Json<'r>,
    errors: Vec<PackError>,
}

/// A field whose place in the list is known and whose own definition is not read yet.
struct Waiting<'r> {
    node: NodeId,
    key: &'r str,
    parent: usize,
    required: bool,
}

impl<'r> Reading<'r> {
    fn error(&mut self, node: NodeId, message: impl Into<String>) {
        // Finding a line costs time that grows with the text, and nobody reads the hundredth error.
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(self.reader.error(self.json.offset(node), message));
        }
    }

    fn schema(&mut self, top: NodeId) -> Option<Schema> {
        self.only(top, &["type", "additionalProperties", "required", "properties"]);
        self.is_of_type(top, "object");
        self.is_closed(top);
        let about = self.object(top, "sosmeta")?;
        let oid = self.string(about, "oid");
        let version = self.string(about, "documentDefinitionVersion");
        let document_type = self.string(about, "documentType");
        let properties = self.object(top, "properties")?;
        let mut roots = self.json.members(properties);
        let (Some(root), None) = (roots.next(), roots.next()) else {
            self.error(properties, "a structure has one member at the top, the document");
            return None;
        };
        let key = self.json.key(root);
        if !self.required(top).iter().any(|name| name == key) {
            self.error(root, format!("the document `{key}` is not in the `required` of the top"));
        }
        let fields = self.fields(Waiting { node: root, key, parent: 0, required: true })?;
        if fields.first().is_some_and(|root| root.repeatable || root.datatype != Datatype::Group) {
            self.error(root, "the document is an object of fields");
        }
        Some(Schema { oid: oid?, version: version?, document_type: document_type?, fields })
    }

    /// Reads the document and all inside it; a list of what waits, not recursion, so that depth costs no stack.
    fn fields(&mut self, root: Waiting<'r>) -> Option<Vec<SchemaField>> {
        let mut fields = Vec::new();
        let mut waiting = vec![root];
        let mut complete = true;
        while let Some(next) = waiting.pop() {
            let Some(field) = self.field(&next) else {
                complete = false;
                continue;
            };
            let (node, number) = (field.node, fields.len());
            let is_group = field.datatype == Datatype::Group;
            fields.push(field);
            if !is_group {
                continue;
            }
            let required = self.required(node);
            let Some(properties) = self.object(node, "properties") else { continue };
            let first = waiting.len();
            let mut missing: HashSet<&str> = required.iter().map(String::as_str).collect();
            for member in self.json.members(properties) {
                let key = self.json.key(member);
                let required = missing.remove(key);
                waiting.push(Waiting { node: member, key, parent: number, required });
            }
            for key in required.iter().filter(|key| missing.contains(key.as_str())) {
                let at = self.json.member(node, "required").unwrap_or(node);
                self.error(at, format!("`required` names `{key}`, which is not in `properties`"));
            }
            waiting[first..].reverse();
        }
        complete.then_some(fields)
    }

    fn field(&mut self, waiting: &Waiting<'r>) -> Option<SchemaField> {
        let &Waiting { node: member, key, parent, required } = waiting;
        if key.is_empty() || key.contains('/') {
            self.error(member, "the key of a field is not empty and has no `/`");
        }
        if self.json.kind(member) != Kind::Object {
            self.error(member, format!("the field `{key}` is {}, not an object", self.json.kind(member).name()));
            return None;
        }
        let repeatable = self.word(member, "type").as_deref() == Some("array");
        let node = match repeatable {
            true => self.items_of_list(member)?,
            false => member,
        };
        let about = self.object(node, "sosmeta")?;
        let representation = self.in_language(about, "representation", "fi");
        let (datatype, filled) = self.datatype(node, about, representation.as_deref())?;
        Some(SchemaField {
            key: key.to_owned(),
            name: FieldName { fi: self.in_language(about, "name", "fi"), sv: self.in_language(about, "name", "sv") },
            title: self.in_language(about, "title", "fi").map(|title| folded(&title)).filter(|title| !title.is_empty()),
            parent,
            datatype,
            required,
            repeatable,
            filled,
            conditional: self.flag(about, "conditionalRequired"),
            note: self.in_language(about, "implementationNote", "fi").map(|note| folded(&note)).unwrap_or_default(),
            node,
        })
    }

    /// The `items` of a repeatable field, which hold what an item is and the `sosmeta` of the field.
    fn items_of_list(&mut self, member: NodeId) -> Option<NodeId> {
        self.only(member, &["type", "items", "minItems"]);
        if let Some(least) = self.json.member(member, "minItems")
            && !matches!(self.json.text(least).as_ref(), "0" | "1")
        {
            self.error(least, "`minItems` is 0 or 1");
        }
        self.object(member, "items")
    }

    /// Objects to every keyword that is neither one of these nor an annotation.
    fn only(&mut self, node: NodeId, keywords: &[&str]) {
        for member in self.json.members(node) {
            let key = self.json.key(member);
            if !keywords.contains(&key) && !ANNOTATIONS.contains(&key) {
                let message = match key {
                    "type"
                    | "properties"
                    | "required"
                    | "additionalProperties"
                    | "items"
                    | "minItems"
                    | "minLength"
                    | "pattern"
                    | "enum" => format!("`{key}` is out of place here"),
                    _ => format!("the keyword `{key}` is not known"),
                };
                self.error(member, message);
            }
        }
    }

    fn is_of_type(&mut self, node: NodeId, wanted: &str) -> bool {
        let own = self.word(node, "type");
        let is_it = own.as_deref() == Some(wanted);
        if !is_it {
            let at = self.json.member(node, "type").unwrap_or(node);
            self.error(at, format!("the `type` of this must be `{wanted}`"));
        }
        is_it
    }

    /// Whether an object may have members that are not in `properties`; where it is not said, it may not.
    fn is_closed(&mut self, node: NodeId) {
        if let Some(open) = self.json.member(node, "additionalProperties")
            && (self.json.kind(open) != Kind::Boolean || self.json.text(open) != "false")
        {
            self.error(open, "`additionalProperties` is `false` in a structure");
        }
    }

    fn object(&mut self, node: NodeId, key: &str) -> Option<NodeId> {
        match self.json.member(node, key) {
            Some(member) if self.json.kind(member) == Kind::Object => Some(member),
            Some(member) => {
                self.error(member, format!("`{key}` is {}, not an object", self.json.kind(member).name()));
                None
            }
            None => {
                self.error(node, format!("`{key}` is missing"));
                None
            }
        }
    }

    /// A string that must be there.
    fn string(&mut self, node: NodeId, key: &str) -> Option<String> {
        let text = self.word(node, key).map(|text| folded(&text)).filter(|text| !text.is_empty());
        if text.is_none() {
            let at = self.json.member(node, key).unwrap_or(node);
            self.error(at, format!("`{key}` is missing or no text"));
        }
        text
    }

    fn word(&self, node: NodeId, key: &str) -> Option<String> {
        let member = self.json.member(node, key)?;
        (self.json.kind(member) == Kind::String).then(|| self.json.text(member).into_owned())
    }

    /// The strings of an array; none where it is missing.
    fn strings(&mut self, node: NodeId, key: &str) -> Vec<String> {
        let items: Vec<NodeId> = self.json.items(node, key).collect();
        if let Some(member) = self.json.member(node, key).filter(|_| items.is_empty() && key == "enum") {
            self.error(member, "`enum` is empty, and no value would do");
        }
        for &item in &items {
            if !self.json.is_item(item) || self.json.kind_of_value(item) != Kind::String {
                self.error(item, format!("`{key}` is an array of strings"));
            }
        }
        items.into_iter().map(|item| self.json.text(item).into_owned()).collect()
    }

    /// The keys that an object requires.
    fn required(&mut self, node: NodeId) -> Vec<String> {
        self.strings(node, "required")
    }

    fn flag(&mut self, about: NodeId, key: &str) -> bool {
        let Some(member) = self.json.member(about, key) else { return false };
        if self.json.kind(member) != Kind::Boolean {
            self.error(member, format!("`{key}` is true or false"));
        }
        self.json.text(member) == "true"
    }

    /// The text in a language of an array of `lang` and `value`: the first, since some have two and mean another
    /// language by the second. Texts without a language have the empty one.
    fn in_language(&self, about: NodeId, key: &str, language: &str) -> Option<String> {
        let mut texts = self.json.items(about, key);
        let text = texts.find(|&text| self.word(text, "lang").unwrap_or_default() == language)?;
        self.word(text, "value")
    }
}
