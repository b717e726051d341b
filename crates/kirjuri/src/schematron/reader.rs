//! Reads the files of a schema: parses them, splices in what they include, and says of each element what it means.

use std::sync::Arc;

use kirjuri_tree::{AttributeId, Document, Limits, NodeId, NodeKind};

use super::files::{self, SchemaFiles};
use super::message::Markup;
use super::model::*;
use super::note::{Note, NoteKind};
use crate::source::PackError;

/// The namespaces of Schematron: that of ISO/IEC 19757-3, and that of Schematron 1.5.
const NAMESPACES: [&str; 2] = ["http://purl.oclc.org/dsdl/schematron", "http://www.ascc.net/xml/schematron"];
pub(super) const XSLT: &str = "http://www.w3.org/1999/XSL/Transform";

/// Includes that one schema may have, those of included files included: many times what any real one has, and few
/// enough that files which include each other over and over end soon.
const MOST_INCLUDES: usize = 5_000;
/// How deep files may include each other.
const DEEPEST_INCLUDE: usize = 64;
/// How deep elements may stand, those of included files where they are included. What is read by recursion ends here.
const DEEPEST_ELEMENT: usize = 256;

/// A file that was read.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) document: Arc<Document>,
}

/// The files of a schema and what is to be said of them.
pub(crate) struct Reader<'f> {
    pub(super) source: &'f dyn SchemaFiles,
    pub(crate) files: Vec<SourceFile>,
    pub(crate) notes: Vec<Note>,
    pub(crate) errors: Vec<PackError>,
    includes: usize,
    is_too_deep: bool,
}

/// An element of a file, and the language in force there.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) file: usize,
    pub(super) node: NodeId,
    pub(super) document: Arc<Document>,
    language: Option<String>,
    /// How many includes lead here.
    depth: usize,
    /// How many elements it is read inside of, in all files.
    level: usize,
}

/// What an element is, by its namespace and name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind<'n> {
    Schematron(&'n str),
    Xslt(&'n str),
    Foreign,
    /// A text node.
    Text,
}

impl At {
    pub(super) fn kind(&self) -> Kind<'_> {
        if self.document.kind(self.node) == NodeKind::Text {
            return Kind::Text;
        }
        let name = self.document.qname(self.document.name(self.node));
        match name.namespace {
            XSLT => Kind::Xslt(name.local),
            namespace if NAMESPACES.contains(&namespace) => Kind::Schematron(name.local),
            _ => Kind::Foreign,
        }
    }

    fn attribute_id(&self, name: &str) -> Option<AttributeId> {
        let mut attributes = self.document.attributes(self.node);
        attributes.find(|attribute| {
            let qname = self.document.qname(self.document.attribute_name(*attribute));
            qname.namespace.is_empty() && qname.local == name
        })
    }

    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        Some(self.document.attribute_value(self.attribute_id(name)?).to_owned())
    }

    /// The value of an attribute, with its place.
    pub(super) fn text(&self, name: &str) -> Option<Text> {
        let attribute = self.attribute_id(name)?;
        let (value, span) = (self.document.attribute_value(attribute), self.document.attribute_value_span(attribute));
        let is_verbatim = self.document.text().get(span.range()) == Some(value);
        Some(Text { text: value.to_owned(), origin: Origin { file: self.file, at: span.start }, is_verbatim })
    }

    /// Words with white space between, each with its place.
    fn words(&self, name: &str) -> Vec<Text> {
        let Some(all) = self.text(name) else { return Vec::new() };
        let words = all.text.split_whitespace().map(|word| Text { text: word.to_owned(), ..all.clone() });
        words.collect()
    }

    fn is(&self, name: &str) -> bool {
        self.attribute(name).is_some_and(|value| value.trim() == "true")
    }

    pub(super) fn origin(&self) -> Origin {
        Origin { file: self.file, at: self.document.start_tag_span(self.node).start }
    }

    pub(super) fn string_value(&self) -> String {
        self.document.string_value(self.node).into_owned()
    }

    fn title(&self) -> String {
        self.string_value().split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl<'f> Reader<'f> {
    pub(crate) fn new(source: &'f dyn SchemaFiles) -> Reader<'f> {
        Reader { source, files: Vec::new(), notes: Vec::new(), errors: Vec::new(), includes: 0, is_too_deep: false }
    }

    pub(crate) fn note(&mut self, kind: NoteKind, origin: Origin, message: impl Into<String>) {
        let (path, line, column) = self.place(origin);
        self.notes.push(Note { kind, path, line, column, message: message.into(), assertions: 0..0 });
    }

    pub(crate) fn error(&mut self, origin: Origin, message: impl Into<String>) {
        let (path, line, column) = self.place(origin);
        self.errors.push(PackError { path, line, column, message: message.into(), suggestion: None });
    }

    fn place(&self, origin: Origin) -> (String, usize, usize) {
        let Some(file) = self.files.get(origin.file) else { return (String::new(), 1, 1) };
        let position = file.document.position(origin.at);
        (file.path.clone(), position.line as usize, position.column as usize)
    }

    /// Reads the schema of a path and all that it includes.
    pub(crate) fn schema(&mut self, path: &str) -> Option<SchemaModel> {
        let Some(file) = self.file(path, None) else {
            if self.errors.is_empty() {
                let message = "the schema cannot be read".to_owned();
                self.errors.push(PackError { path: path.to_owned(), line: 1, column: 1, message, suggestion: None });
            }
            return None;
        };
        let root = self.root(file, None, 0, 0)?;
        if root.kind() != Kind::Schematron("schema") {
            self.error(root.origin(), "the root element is not the `schema` of Schematron");
            return None;
        }
        let mut schema = SchemaModel {
            version: root.attribute("schemaVersion"),
            language: root.language.clone(),
            query_binding: root.text("queryBinding"),
            default_phase: root.text("defaultPhase"),
            ..SchemaModel::default()
        };
        self.schema_children(&root, &mut schema);
        Some(schema)
    }

    fn schema_children(&mut self, at: &At, schema: &mut SchemaModel) {
        for child in self.children(at) {
            match child.kind() {
                Kind::Schematron("ns") => {
                    if let (Some(prefix), Some(uri)) = (child.text("prefix"), child.attribute("uri")) {
                        schema.namespaces.push((prefix, uri));
                    }
                }
                Kind::Schematron("title") => schema.title = schema.title.take().or(Some(child.title())),
                Kind::Schematron("phase") => schema.phases.extend(self.phase(&child)),
                Kind::Schematron("let") => schema.lets.extend(self.variable(&child, "value")),
                Kind::Xslt("variable" | "param") => schema.lets.extend(self.variable(&child, "select")),
                Kind::Schematron("pattern") => schema.patterns.push(self.pattern(&child)),
                Kind::Schematron("diagnostics" | "properties") => self.remarks(&child, schema),
                Kind::Schematron("diagnostic" | "property") => schema.remarks.extend(self.remark(&child)),
                Kind::Schematron("schema") => {
                    self.note(NoteKind::WholeSchema, child.origin(), "a whole schema is included; its parts are taken");
                    self.schema_children(&child, schema);
                }
                Kind::Xslt("key") => schema.keys.extend(self.key(&child)),
                Kind::Xslt("function") => schema.functions.extend(self.function(&child)),
                Kind::Schematron("p") | Kind::Foreign | Kind::Text => {}
                Kind::Schematron(_) | Kind::Xslt(_) => self.ignore(&child),
            }
        }
    }

    fn phase(&mut self, at: &At) -> Option<PhaseModel> {
        let id = self.required(at, "id")?;
        let mut phase = PhaseModel { id, active: Vec::new(), lets: Vec::new() };
        for child in self.children(at) {
            match child.kind() {
                Kind::Schematron("active") => phase.active.extend(self.required(&child, "pattern")),
                Kind::Schematron("let") => phase.lets.extend(self.variable(&child, "value")),
                Kind::Schematron("p") | Kind::Foreign | Kind::Text => {}
                Kind::Schematron(_) | Kind::Xslt(_) => self.ignore(&child),
            }
        }
        Some(phase)
    }

    fn pattern(&mut self, at: &At) -> PatternModel {
        let mut pattern = PatternModel {
            id: at.text("id"),
            title: at.attribute("name"),
            is_abstract: at.is("abstract"),
            is_a: at.text("is-a"),
            parameters: Vec::new(),
            documents: at.text("documents"),
            lets: Vec::new(),
            rules: Vec::new(),
        };
        self.pattern_children(at, &mut pattern);
        pattern
    }

    fn pattern_children(&mut self, at: &At, pattern: &mut PatternModel) {
        for child in self.children(at) {
            match child.kind() {
                Kind::Schematron("title") => pattern.title = Some(child.title()),
                Kind::Schematron("param") => {
                    if let (Some(name), Some(value)) = (child.attribute("name"), child.attribute("value")) {
                        pattern.parameters.push((name, value));
                    }
                }
                Kind::Schematron("let") => pattern.lets.extend(self.variable(&child, "value")),
                Kind::Xslt("variable") => pattern.lets.extend(self.variable(&child, "select")),
                Kind::Schematron("rule") => pattern.rules.push(self.rule(&child)),
                // A file that holds rules has to have one root element, so that some have a pattern around them.
                Kind::Schematron("pattern") if child.depth > at.depth => self.pattern_children(&child, pattern),
                Kind::Schematron("p") | Kind::Foreign | Kind::Text => {}
                Kind::Schematron(_) | Kind::Xslt(_) => self.ignore(&child),
            }
        }
    }

    fn rule(&mut self, at: &At) -> RuleModel {
        let mut rule = RuleModel {
            id: at.text("id"),
            context: at.text("context"),
            is_abstract: at.is("abstract"),
            role: at.attribute("role"),
            flag: at.attribute("flag"),
            subject: at.text("subject"),
            items: Vec::new(),
            origin: at.origin(),
        };
        self.rule_items(at, &mut rule.items);
        rule
    }

    fn rule_items(&mut self, at: &At, items: &mut Vec<RuleItem>) {
        for child in self.children(at) {
            match child.kind() {
                Kind::Schematron("let") => items.extend(self.variable(&child, "value").map(RuleItem::Let)),
                Kind::Xslt("variable") => items.extend(self.variable(&child, "select").map(RuleItem::Let)),
                Kind::Schematron("assert" | "report") => {
                    items.extend(self.check(&child).map(|check| RuleItem::Check(Box::new(check))));
                }
                Kind::Schematron("extends") => match (child.text("rule"), child.text("href")) {
                    (Some(rule), _) => items.push(RuleItem::Extends(rule)),
                    (None, Some(_)) => {
                        if let Some(target) = self.include(&child) {
                            self.rule_items(&target, items);
                        }
                    }
                    (None, None) => self.error(child.origin(), "`extends` has neither `rule` nor `href`"),
                },
                Kind::Schematron("p") | Kind::Foreign | Kind::Text => {}
                Kind::Schematron(_) | Kind::Xslt(_) => self.ignore(&child),
            }
        }
    }

    fn check(&mut self, at: &At) -> Option<CheckModel> {
        let test = self.required(at, "test")?;
        Some(CheckModel {
            is_report: at.kind() == Kind::Schematron("report"),
            id: at.attribute("id"),
            test,
            role: at.attribute("role"),
            flag: at.attribute("flag"),
            subject: at.text("subject"),
            see: at.attribute("see"),
            icon: at.attribute("icon"),
            fpi: at.attribute("fpi"),
            diagnostics: at.words("diagnostics"),
            properties: at.words("properties"),
            language: at.language.clone(),
            message: self.message(at),
        })
    }

    fn remarks(&mut self, at: &At, schema: &mut SchemaModel) {
        for child in self.children(at) {
            match child.kind() {
                Kind::Schematron("diagnostic" | "property") => schema.remarks.extend(self.remark(&child)),
                Kind::Schematron("diagnostics" | "properties") if child.depth > at.depth => {
                    self.remarks(&child, schema);
                }
                Kind::Foreign | Kind::Text => {}
                Kind::Schematron(_) | Kind::Xslt(_) => self.ignore(&child),
            }
        }
    }

    fn remark(&mut self, at: &At) -> Option<RemarkModel> {
        Some(RemarkModel {
            is_property: at.kind() == Kind::Schematron("property"),
            id: self.required(at, "id")?,
            role: at.attribute("role"),
            scheme: at.attribute("scheme"),
            language: at.language.clone(),
            message: self.message(at),
        })
    }

    fn message(&mut self, at: &At) -> Vec<PartModel> {
        let mut parts = Vec::new();
        self.message_parts(at, &mut parts);
        parts
    }

    fn message_parts(&mut self, at: &At, parts: &mut Vec<PartModel>) {
        for child in self.children(at) {
            match child.kind() {
                Kind::Text => parts.push(PartModel::Text(child.document.value(child.node).to_owned())),
                Kind::Schematron("value-of") | Kind::Xslt("value-of") => {
                    parts.extend(self.required(&child, "select").map(PartModel::ValueOf));
                }
                Kind::Schematron("name") => parts.push(child.text("path").map_or(PartModel::Name, PartModel::NameOf)),
                Kind::Xslt("copy-of") => parts.extend(self.required(&child, "select").map(PartModel::CopyOf)),
                Kind::Schematron(name @ ("emph" | "dir" | "span")) => {
                    let markup = Markup { name: name.to_owned(), attributes: plain_attributes(&child) };
                    parts.push(PartModel::Start(markup.clone()));
                    self.message_parts(&child, parts);
                    parts.push(PartModel::End(markup));
                }
                Kind::Schematron("p") | Kind::Xslt("text") | Kind::Foreign => self.message_parts(&child, parts),
                Kind::Schematron(_) | Kind::Xslt(_) => self.ignore(&child),
            }
        }
    }

    /// Says that an element has no effect. One of Schematron may be a misspelt rule or assertion, and what XSLT includes
    /// may define what the schema needs.
    fn ignore(&mut self, at: &At) {
        let (kind, shown) = match at.kind() {
            Kind::Schematron(name) => (NoteKind::UnknownElement, name.to_owned()),
            Kind::Xslt(name @ ("include" | "import")) => (NoteKind::UnknownElement, format!("xsl:{name}")),
            Kind::Xslt(name) => (NoteKind::Ignored, format!("xsl:{name}")),
            Kind::Foreign | Kind::Text => return,
        };
        self.note(kind, at.origin(), format!("`{shown}` is not understood here and has no effect"));
    }

    /// An attribute that has to be there; where it is not, that is said.
    pub(super) fn required(&mut self, at: &At, attribute: &str) -> Option<Text> {
        let text = at.text(attribute);
        if text.is_none() {
            let name = at.document.qname(at.document.name(at.node)).local.to_owned();
            self.error(at.origin(), format!("`{name}` has no attribute `{attribute}`"));
        }
        text
    }

    /// The child elements and texts of an element, those of included files in the place of their includes.
    pub(super) fn children(&mut self, at: &At) -> Vec<At> {
        let mut found = Vec::new();
        if at.level >= DEEPEST_ELEMENT {
            // Once is enough: files that are included twice would say it twice as often at each level.
            if !std::mem::replace(&mut self.is_too_deep, true) {
                self.error(at.origin(), "the elements of the schema and what it includes are nested too deep");
            }
            return found;
        }
        for node in at.document.clone().children(at.node) {
            if !matches!(at.document.kind(node), NodeKind::Element | NodeKind::Text) {
                continue;
            }
            let child = self.at(at, node);
            match child.kind() {
                Kind::Schematron("include") => {
                    // What an included file includes in turn at its root is nothing but an include again.
                    let mut target = self.include(&child);
                    while let Some(again) = target.take_if(|target| target.kind() == Kind::Schematron("include")) {
                        target = self.include(&again);
                    }
                    found.extend(target);
                }
                _ => found.push(child),
            }
        }
        found
    }

    fn at(&self, parent: &At, node: NodeId) -> At {
        let document = Arc::clone(&parent.document);
        let language = language_at(&document, node).or_else(|| parent.language.clone());
        At { file: parent.file, node, document, language, depth: parent.depth, level: parent.level + 1 }
    }

    /// The element that the `href` of an element leads to.
    fn include(&mut self, at: &At) -> Option<At> {
        let href = self.required(at, "href")?;
        self.includes += 1;
        if at.depth >= DEEPEST_INCLUDE || self.includes > MOST_INCLUDES {
            if self.includes <= MOST_INCLUDES + 1 {
                self.error(href.origin, "files include each other without end");
            }
            return None;
        }
        let (reference, id) =
            href.text.split_once('#').map_or((href.text.as_str(), None), |(path, id)| (path, Some(id)));
        let file = if reference.is_empty() {
            at.file
        } else {
            let base = self.files.get(at.file).map_or("", |file| file.path.as_str());
            let path = files::resolve(base, reference);
            let before = self.errors.len();
            let Some(file) = self.file(&path, Some(&href)) else {
                if self.errors.len() == before {
                    self.error(href.origin, format!("there is no file `{path}`"));
                }
                return None;
            };
            file
        };
        let root = self.root(file, at.language.clone(), at.depth + 1, at.level + 1)?;
        let Some(id) = id.filter(|id| !id.is_empty()) else { return Some(root) };
        let document = Arc::clone(&root.document);
        let mut all = document.nodes().filter(|&node| document.is_element(node));
        let Some(node) = all.find(|&node| has_id(&document, node, id)) else {
            self.error(href.origin, format!("`{reference}` has no element with the id `{id}`"));
            return None;
        };
        // The language is the one in force where the element stands.
        let mut above = std::iter::successors(Some(node), |&node| document.parent(node));
        let language = above.find_map(|node| language_at(&document, node)).or_else(|| at.language.clone());
        Some(At { node, language, ..root })
    }

    fn root(&mut self, file: usize, language: Option<String>, depth: usize, level: usize) -> Option<At> {
        let document = Arc::clone(&self.files.get(file)?.document);
        let node = document.root_element();
        let language = language_at(&document, node).or(language);
        Some(At { file, node, document, language, depth, level })
    }

    /// The number of a file, which is read unless it already is. What is wrong with it is said; that there is none is
    /// for the caller to say.
    fn file(&mut self, path: &str, reference: Option<&Text>) -> Option<usize> {
        if let Some(known) = self.files.iter().position(|file| file.path == path) {
            return Some(known);
        }
        let found = files::find(self.source, path)?;
        if let (true, Some(reference)) = (found.is_lenient, reference) {
            let message = format!("the file is named `{}`", found.path);
            self.note(NoteKind::FileName, reference.origin, message);
            if let Some(known) = self.files.iter().position(|file| file.path == found.path) {
                return Some(known);
            }
        }
        match Document::parse(&found.bytes, &Limits::default()) {
            Ok(document) => {
                self.files.push(SourceFile { path: found.path, document: Arc::new(document) });
                Some(self.files.len() - 1)
            }
            Err(error) => {
                let position = error.position();
                self.errors.push(PackError {
                    path: found.path,
                    line: position.line as usize,
                    column: position.column as usize,
                    message: error.kind().to_string(),
                    suggestion: None,
                });
                None
            }
        }
    }
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";

fn language_at(document: &Document, node: NodeId) -> Option<String> {
    let mut attributes = document.attributes(node);
    let language = attributes.find(|attribute| {
        let name = document.qname(document.attribute_name(*attribute));
        name.namespace == XML && name.local == "lang"
    });
    Some(document.attribute_value(language?).to_owned())
}

/// The attributes that are of no namespace or of XML's own.
fn plain_attributes(at: &At) -> Vec<(String, String)> {
    let attributes = at.document.attributes(at.node).filter_map(|attribute| {
        let name = at.document.qname(at.document.attribute_name(attribute));
        let prefix = match name.namespace {
            "" => "",
            XML => "xml:",
            _ => return None,
        };
        Some((format!("{prefix}{}", name.local), at.document.attribute_value(attribute).to_owned()))
    });
    attributes.collect()
}

fn has_id(document: &Document, node: NodeId, id: &str) -> bool {
    document.attributes(node).any(|attribute| {
        let name = document.qname(document.attribute_name(attribute));
        name.local == "id" && matches!(name.namespace, "" | XML) && document.attribute_value(attribute) == id
    })
}
