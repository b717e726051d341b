//! FHIR R4: code systems, and value sets as far as they list codes.
//!
//! A value set says which codes may be used somewhere. It does not say which others its code systems have, so that what
//! is taken from it is never complete.

use std::collections::BTreeMap;

use kirjuri_tree::{Document, Limits, NodeId};
use rustc_hash::FxHashMap;

use super::{ImportError, ImportErrors, ImportOptions, days_of_iso, is_code, name_of};
use crate::codes::{CodeRow, CodeTable, base_of};
use crate::identifiers::is_valid_oid;
use crate::source::nearest;

/// The code systems that FHIR itself names by an address, and the OIDs it gives them ("Using code systems with FHIR").
const ADDRESSES: &[(&str, &str)] = &[
    ("http://snomed.info/sct", "2.16.840.1.113883.6.96"),
    ("http://loinc.org", "2.16.840.1.113883.6.1"),
    ("http://unitsofmeasure.org", "2.16.840.1.113883.6.8"),
];

/// A resource: its elements have their values in the attribute `value`, as in XML.
#[derive(Clone, Copy)]
struct Resource<'d>(&'d Document);

impl<'d> Resource<'d> {
    fn local(self, node: NodeId) -> &'d str {
        self.0.qname(self.0.name(node)).local
    }

    fn children(self, node: NodeId, local: &'static str) -> impl Iterator<Item = NodeId> + use<'d> {
        self.0.children(node).filter(move |child| self.0.is_element(*child) && self.local(*child) == local)
    }

    fn child(self, node: NodeId, local: &'static str) -> Option<NodeId> {
        self.children(node, local).next()
    }

    fn value(self, node: NodeId, local: &'static str) -> Option<&'d str> {
        let child = self.child(node, local)?;
        let named = |attribute: &_| self.0.qname(self.0.attribute_name(*attribute)).local == "value";
        self.0.attributes(child).find(named).map(|attribute| self.0.attribute_value(attribute))
    }

    fn error(self, node: NodeId, message: impl Into<String>) -> ImportError {
        let position = self.0.position(self.0.span(node).start);
        ImportError::at(position.line as usize, position.column as usize, message)
    }

    /// The code of a concept.
    fn code(self, concept: NodeId, errors: &mut Vec<ImportError>) -> Option<&'d str> {
        let code = self.value(concept, "code").filter(|code| is_code(code));
        if code.is_none() {
            errors.push(self.error(concept, "the concept has no code, or one with white space around it"));
        }
        code
    }

    /// Adds what a concept says of its names; `language` is that of its display, where it is known.
    fn names(self, concept: NodeId, language: Option<&str>, row: &mut CodeRow) {
        let designations = self.children(concept, "designation");
        let designations = designations.filter_map(|it| Some((self.value(it, "language"), self.value(it, "value")?)));
        let display = self.value(concept, "display").map(|display| (language, display));
        for (language, name) in display.into_iter().chain(designations) {
            let Some(name) = name_of(name) else { continue };
            let language = language.and_then(|language| language.get(..2)).map(str::to_ascii_lowercase);
            let place = match language.as_deref() {
                Some("fi") => &mut row.fi,
                Some("sv") => &mut row.sv,
                Some("en") => &mut row.en,
                _ => {
                    row.add_name(name);
                    continue;
                }
            };
            match place {
                None => *place = Some(name),
                Some(_) => row.add_name(name),
            }
        }
    }

    /// Adds the days that the properties of a concept tell. What is deprecated may still be used, until it is retired.
    fn days(self, concept: NodeId, row: &mut CodeRow, errors: &mut Vec<ImportError>) {
        let (mut is_retired, mut deprecated) = (false, None);
        for property in self.children(concept, "property") {
            let code = self.value(property, "code").unwrap_or_default();
            let mut days = || {
                let text = self.value(property, "valueDateTime")?;
                let days = days_of_iso(text);
                if days.is_none() {
                    errors.push(self.error(property, format!("the property `{code}` has no day that exists")));
                }
                days
            };
            match code {
                "effectiveDate" => row.from = days().map(|(first, _)| first),
                "retirementDate" => row.to = days().map(|(_, last)| last),
                "deprecationDate" => deprecated = days().map(|(_, last)| last),
                "inactive" => is_retired |= self.value(property, "valueBoolean") == Some("true"),
                "status" => is_retired |= matches!(self.value(property, "valueCode"), Some("retired" | "inactive")),
                _ => {}
            }
        }
        row.to = row.to.or(deprecated.filter(|_| is_retired));
    }
}

/// The OID that a code system is meant by.
fn oid_of(url: &str) -> Option<&str> {
    let named = || ADDRESSES.iter().find(|(address, _)| *address == url).map(|(_, oid)| *oid);
    url.strip_prefix("urn:oid:").filter(|oid| is_valid_oid(oid)).or_else(named)
}

pub(super) fn read(text: &str, options: &ImportOptions) -> Result<(Vec<CodeTable>, Vec<String>), ImportErrors> {
    let document = Document::parse_json(text.as_bytes(), &Limits::default()).map_err(|error| {
        let position = error.position();
        ImportError::at(position.line as usize, position.column as usize, error.kind().to_string())
    })?;
    let resource = Resource(&document);
    let root = document.root_element();
    match (resource.0.qname(document.name(root)).namespace, resource.local(root)) {
        ("http://hl7.org/fhir", "CodeSystem") => code_system(resource, root, options),
        ("http://hl7.org/fhir", "ValueSet") => value_set(resource, root, options),
        ("http://hl7.org/fhir", other) => {
            let suggestion = nearest(other, ["CodeSystem", "ValueSet"]);
            let message = format!("a resource `{other}` has no codes: CodeSystem and ValueSet are read");
            Err(ImportError { suggestion, ..resource.error(root, message) }.into())
        }
        _ => Err(resource.error(root, "the file is JSON and no FHIR resource: it has no `resourceType`").into()),
    }
}

fn code_system(
    resource: Resource<'_>,
    root: NodeId,
    options: &ImportOptions,
) -> Result<(Vec<CodeTable>, Vec<String>), ImportErrors> {
    let identifiers = resource.children(root, "identifier").filter_map(|it| resource.value(it, "value"));
    let said = resource.value(root, "url").into_iter().chain(identifiers).find_map(oid_of);
    let Some(oid) = options.oid.as_deref().or(said) else {
        let message = "the code system has no OID in `url` or `identifier`: give it with --oid";
        return Err(resource.error(root, message).into());
    };
    let content = resource.value(root, "content");
    if content == Some("supplement") {
        return Err(resource.error(root, "a supplement of a code system has no codes of its own").into());
    }
    let language = resource.value(root, "language");
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    let is_concept = |node: &NodeId| {
        let parent = resource.0.parent(*node).map(|parent| resource.local(parent));
        // A resource may contain another code system.
        let mut around = std::iter::successors(Some(*node), |node| resource.0.parent(*node));
        resource.0.is_element(*node)
            && resource.local(*node) == "concept"
            && matches!(parent, Some("CodeSystem" | "concept"))
            && !around.any(|node| resource.0.is_element(node) && resource.local(node) == "contained")
    };
    for concept in resource.0.descendants(root).filter(is_concept) {
        let Some(code) = resource.code(concept, &mut errors) else { continue };
        let mut row = CodeRow { code: code.to_owned(), ..CodeRow::default() };
        resource.names(concept, language, &mut row);
        resource.days(concept, &mut row, &mut errors);
        rows.push(row);
    }
    if !errors.is_empty() {
        return Err(ImportErrors(errors));
    }
    let named = || ["title", "name"].into_iter().find_map(|it| name_of(resource.value(root, it)?));
    let table = CodeTable {
        oid: oid.to_owned(),
        name: options.name.clone().or_else(named).unwrap_or_else(|| oid.to_owned()),
        version: version(resource.value(root, "version"), oid),
        complete: options.complete && content == Some("complete"),
        source: vec![options.source.clone()],
        rows,
    };
    Ok((vec![table], Vec::new()))
}

fn version(said: Option<&str>, oid: &str) -> Option<String> {
    let of_oid = || base_of(oid).and_then(|base| oid.get(base.len() + 1..)).map(str::to_owned);
    said.and_then(name_of).or_else(of_oid)
}

/// The codes of a code system that a value set lists, each once.
#[derive(Default)]
struct Listed {
    rows: Vec<CodeRow>,
    places: FxHashMap<String, usize>,
    version: Option<String>,
}

impl Listed {
    fn row(&mut self, code: &str) -> Option<&mut CodeRow> {
        let next = self.rows.len();
        let place = *self.places.entry(code.to_owned()).or_insert(next);
        if place == next {
            self.rows.push(CodeRow { code: code.to_owned(), ..CodeRow::default() });
        }
        self.rows.get_mut(place)
    }
}

fn value_set(
    resource: Resource<'_>,
    root: NodeId,
    options: &ImportOptions,
) -> Result<(Vec<CodeTable>, Vec<String>), ImportErrors> {
    let language = resource.value(root, "language");
    let (mut systems, mut errors): (BTreeMap<&str, Listed>, _) = (BTreeMap::new(), Vec::new());
    let mut unused = Vec::new();
    let mut list = |system, version: Option<&str>, concept| {
        let Some(code) = resource.code(concept, &mut errors) else { return };
        let listed = systems.entry(system).or_default();
        listed.version = listed.version.take().or_else(|| version.and_then(name_of));
        if let Some(row) = listed.row(code) {
            resource.names(concept, language, row);
        }
    };
    for include in resource.child(root, "compose").into_iter().flat_map(|it| resource.children(it, "include")) {
        let system = resource.value(include, "system").unwrap_or_default();
        let mut concepts = resource.children(include, "concept").peekable();
        if concepts.peek().is_none() {
            unused.push(format!("what is included from `{system}` is not listed code by code"));
        }
        concepts.for_each(|concept| list(system, resource.value(include, "version"), concept));
    }
    let expansion = resource.child(root, "expansion");
    for contained in expansion.into_iter().flat_map(|it| resource.0.descendants(it)) {
        // A node without a code only holds others together.
        let is_code = resource.0.is_element(contained) && resource.local(contained) == "contains";
        if let Some(system) = resource.value(contained, "system").filter(|_| is_code)
            && resource.child(contained, "code").is_some()
        {
            list(system, resource.value(contained, "version"), contained);
        }
    }
    if !errors.is_empty() {
        return Err(ImportErrors(errors));
    }
    let given = options.oid.as_deref().filter(|_| systems.len() == 1);
    if options.oid.is_some() && given.is_none() {
        let message = format!("--oid names one code system, and the value set lists codes of {}", systems.len());
        return Err(resource.error(root, message).into());
    }
    let named = || ["title", "name"].into_iter().find_map(|it| name_of(resource.value(root, it)?));
    let name = options.name.clone().or_else(named);
    let mut tables = Vec::new();
    for (system, listed) in systems {
        match given.or_else(|| oid_of(system)) {
            Some(oid) => tables.push(CodeTable {
                oid: oid.to_owned(),
                name: name.clone().unwrap_or_else(|| oid.to_owned()),
                version: version(listed.version.as_deref(), oid),
                complete: false,
                source: vec![options.source.clone()],
                rows: listed.rows,
            }),
            None => unused.push(format!("the code system `{system}` has no OID")),
        }
    }
    if tables.is_empty() {
        let why = unused.iter().map(|why| format!("; {why}")).collect::<String>();
        return Err(resource.error(root, format!("the value set has no code to import{why}")).into());
    }
    Ok((tables, unused))
}
