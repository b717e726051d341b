//! Reads the catalog of the suite: test sets, their cases, and the environments the cases run in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kirjuri_tree::{Document, Limits, NodeId};

const NAMESPACE: &str = "http://www.w3.org/2010/09/qt-fots-catalog";

/// The test sets that are on the disk, in the order of the catalog.
pub(crate) struct Catalog {
    pub(crate) sets: Vec<Set>,
    /// Sets the catalog names and the corpus leaves out.
    pub(crate) absent: Vec<String>,
    environments: BTreeMap<String, Environment>,
}

pub(crate) struct Set {
    pub(crate) name: String,
    /// The file of the set; what its environments name is relative to its folder.
    pub(crate) file: PathBuf,
    pub(crate) cases: Vec<Case>,
    environments: BTreeMap<String, Environment>,
}

pub(crate) struct Case {
    pub(crate) name: String,
    /// The conditions of the case and of its set: all must hold.
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) environment: Place,
    pub(crate) has_modules: bool,
    pub(crate) expression: String,
    pub(crate) expected: Assertion,
}

/// Where the environment of a case is described.
pub(crate) enum Place {
    Nowhere,
    Here(Environment),
    Named(String),
}

pub(crate) struct Dependency {
    pub(crate) kind: String,
    pub(crate) value: String,
    /// Whether the case is for processors that have the feature, or for those that have it not.
    pub(crate) satisfied: bool,
}

#[derive(Clone, Default)]
pub(crate) struct Environment {
    pub(crate) sources: Vec<Source>,
    /// Name and expression.
    pub(crate) parameters: Vec<(String, String)>,
    /// Prefix and URI; the empty prefix is the namespace of element names without one.
    pub(crate) namespaces: Vec<(String, String)>,
    pub(crate) static_base_uri: Option<String>,
    pub(crate) collations: Vec<String>,
    pub(crate) has_schema: bool,
    pub(crate) has_collection: bool,
    /// Function libraries and context items that are not nodes, which versions after 2.0 have.
    pub(crate) is_later: bool,
}

#[derive(Clone)]
pub(crate) struct Source {
    /// `.` for the context item, `$name` for a variable; none for a document that `doc()` finds.
    pub(crate) role: Option<String>,
    pub(crate) file: PathBuf,
    pub(crate) uri: Option<String>,
    pub(crate) is_validated: bool,
}

/// What is said of the result of a case.
pub(crate) enum Assertion {
    All(Vec<Assertion>),
    Any(Vec<Assertion>),
    Not(Box<Assertion>),
    Empty,
    Truth(bool),
    Count(usize),
    /// The effective boolean value of an expression over `$result`.
    Holds(Expression),
    Equals(Expression),
    DeepEquals(Expression),
    Permutation(Expression),
    /// The type, in the syntax of `instance of`.
    Type(Expression),
    StringValue {
        value: String,
        normalized: bool,
    },
    /// A forest of nodes as text.
    Xml(String),
    /// The code, or `*` for any.
    Error(String),
    /// About serialization, which no case that applies is.
    Other(String),
}

/// An expression of the suite with the namespaces that its prefixes are bound to where it stands.
pub(crate) struct Expression {
    pub(crate) text: String,
    pub(crate) namespaces: Vec<(String, String)>,
}

impl Catalog {
    pub(crate) fn read(suite: &Path) -> Catalog {
        let file = suite.join("catalog.xml");
        let document = parse(&file);
        let root = Element { document: &document, node: document.root_element() };
        let mut catalog = Catalog { sets: Vec::new(), absent: Vec::new(), environments: environments(root, suite) };
        for set in root.children("test-set") {
            let (name, file) = (set.attribute("name"), suite.join(set.attribute("file")));
            match file.is_file() {
                true => catalog.sets.push(read_set(name, file)),
                false => catalog.absent.push(name),
            }
        }
        catalog
    }

    /// The environment of a case; `None` where no one describes it.
    pub(crate) fn environment(&self, set: &Set, case: &Case) -> Option<Environment> {
        match &case.environment {
            Place::Nowhere => Some(Environment::default()),
            Place::Here(environment) => Some(environment.clone()),
            Place::Named(name) => set.environments.get(name).or_else(|| self.environments.get(name)).cloned(),
        }
    }
}

fn read_set(name: String, file: PathBuf) -> Set {
    let document = parse(&file);
    let root = Element { document: &document, node: document.root_element() };
    let folder = file.parent().unwrap();
    let cases = root
        .children("test-case")
        .map(|case| Case {
            name: case.attribute("name"),
            dependencies: root.children("dependency").chain(case.children("dependency")).map(dependency).collect(),
            environment: match case.children("environment").next() {
                None => Place::Nowhere,
                Some(environment) => match environment.find_attribute("ref") {
                    Some(name) => Place::Named(name),
                    None => Place::Here(environment_of(environment, folder)),
                },
            },
            has_modules: case.children("module").next().is_some(),
            expression: case.children("test").next().map_or_else(String::new, |test| {
                match test.find_attribute("file") {
                    Some(file) => read(&folder.join(file)),
                    None => test.text(),
                }
            }),
            expected: Assertion::All(
                case.children("result").flat_map(Element::elements).map(|it| assertion(it, folder)).collect(),
            ),
        })
        .collect();
    Set { name, cases, environments: environments(root, folder), file }
}

fn environments(parent: Element<'_>, folder: &Path) -> BTreeMap<String, Environment> {
    parent.children("environment").map(|it| (it.attribute("name"), environment_of(it, folder))).collect()
}

fn environment_of(element: Element<'_>, folder: &Path) -> Environment {
    let mut environment = Environment::default();
    for part in element.elements() {
        match part.name() {
            "source" => environment.sources.push(Source {
                role: part.find_attribute("role"),
                file: folder.join(part.attribute("file")),
                uri: part.find_attribute("uri"),
                is_validated: part.find_attribute("validation").is_some_and(|how| how != "skip"),
            }),
            "param" => environment.parameters.push((part.attribute("name"), part.attribute("select"))),
            "namespace" => environment.namespaces.push((part.attribute("prefix"), part.attribute("uri"))),
            "static-base-uri" => environment.static_base_uri = part.find_attribute("uri"),
            "collation" => environment.collations.push(part.attribute("uri")),
            "schema" => environment.has_schema = true,
            "collection" => environment.has_collection = true,
            "context-item" | "function-library" => environment.is_later = true,
            _ => {}
        }
    }
    environment
}

fn dependency(element: Element<'_>) -> Dependency {
    Dependency {
        kind: element.attribute("type"),
        value: element.attribute("value"),
        satisfied: element.attribute("satisfied") != "false",
    }
}

fn assertion(element: Element<'_>, folder: &Path) -> Assertion {
    let parts = || element.elements().map(|it| assertion(it, folder)).collect();
    match element.name() {
        "all-of" => Assertion::All(parts()),
        "any-of" => Assertion::Any(parts()),
        "not" => Assertion::Not(Box::new(Assertion::All(parts()))),
        "assert-empty" => Assertion::Empty,
        "assert-true" => Assertion::Truth(true),
        "assert-false" => Assertion::Truth(false),
        "assert-count" => Assertion::Count(element.text().trim().parse().unwrap()),
        "assert" => Assertion::Holds(element.expression()),
        "assert-eq" => Assertion::Equals(element.expression()),
        "assert-deep-eq" => Assertion::DeepEquals(element.expression()),
        "assert-permutation" => Assertion::Permutation(element.expression()),
        "assert-type" => Assertion::Type(element.expression()),
        "assert-string-value" => Assertion::StringValue {
            value: element.text(),
            normalized: matches!(element.attribute("normalize-space").as_str(), "true" | "1"),
        },
        "assert-xml" => Assertion::Xml(match element.find_attribute("file") {
            Some(file) => read(&folder.join(file)),
            None => element.text(),
        }),
        "error" => Assertion::Error(element.attribute("code")),
        other => Assertion::Other(other.to_owned()),
    }
}

/// An element of the suite's own files.
#[derive(Clone, Copy)]
struct Element<'d> {
    document: &'d Document,
    node: NodeId,
}

impl<'d> Element<'d> {
    fn name(self) -> &'d str {
        self.document.qname(self.document.name(self.node)).local
    }

    fn elements(self) -> impl Iterator<Item = Element<'d>> {
        let document = self.document;
        let children = document.children(self.node).filter(|&child| document.is_element(child));
        children
            .map(move |node| Element { document, node })
            .filter(|it| it.document.qname(it.document.name(it.node)).namespace == NAMESPACE)
    }

    fn children(self, name: &str) -> impl Iterator<Item = Element<'d>> {
        self.elements().filter(move |element| element.name() == name)
    }

    fn find_attribute(self, name: &str) -> Option<String> {
        let attribute = self.document.attribute(self.node, self.document.find_name("", name)?)?;
        Some(self.document.attribute_value(attribute).to_owned())
    }

    fn attribute(self, name: &str) -> String {
        self.find_attribute(name).unwrap_or_default()
    }

    fn text(self) -> String {
        self.document.string_value(self.node).into_owned()
    }

    fn expression(self) -> Expression {
        let text = self.text();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let mut namespaces = Vec::new();
        for (colon, _) in text.match_indices(':') {
            let start =
                text[..colon].char_indices().rev().take_while(|(_, c)| is_name(*c)).last().map_or(colon, |(at, _)| at);
            let prefix = &text[start..colon];
            if let Some(uri) = self.document.lookup_prefix(self.node, prefix).filter(|_| !prefix.is_empty()) {
                namespaces.push((prefix.to_owned(), uri.to_owned()));
            }
        }
        Expression { text, namespaces }
    }
}

fn parse(file: &Path) -> Document {
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Document::parse(&bytes, &Limits::default()).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
