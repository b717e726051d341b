//! Runs the tables of expressions beside this file: `*.toml`, in groups of rows of expression, expected value and,
//! where it is not the root element, the context node.
//!
//! A value is written as a number, as `true` or `false`, as a string in single quotes, or as the simple paths of nodes
//! (`()` for none). What must not compile is `error`, the byte range in the expression, and the message.

#![allow(clippy::unwrap_used)]

mod rows;

use kirjuri_tree::{Document, Limits, NodeId, NodeRef};
use kirjuri_xpath::{
    Atomic, Candidates, CompileError, DynamicContext, Evaluator, Focus, Function, FunctionBody, Node, Pattern, Program,
    Sequence, StaticContext, Type, Version,
};
use rows::{Group, Table};

#[test]
fn axes() {
    check(include_str!("axes.toml"), expression);
}

#[test]
fn syntax() {
    check(include_str!("syntax.toml"), expression);
}

#[test]
fn predicates() {
    check(include_str!("predicates.toml"), expression);
}

#[test]
fn operators() {
    check(include_str!("operators.toml"), expression);
}

#[test]
fn functions() {
    check(include_str!("functions.toml"), expression);
}

#[test]
fn variables_and_functions_of_the_host() {
    check(include_str!("host.toml"), expression);
}

#[test]
fn errors() {
    check(include_str!("errors.toml"), expression);
}

#[test]
fn patterns() {
    check(include_str!("patterns.toml"), pattern);
}

/// What a row is judged in.
struct Row<'r> {
    table: &'r Table,
    group: &'r Group,
    document: &'r Document,
    other: &'r Document,
    source: &'r str,
    /// An expression for the context node.
    at: &'r str,
}

/// Runs all rows of a table and fails with all that differ.
fn check(table: &str, run: fn(&Row<'_>) -> String) {
    let table: Table = toml::from_str(table).unwrap();
    let other = parse(r#"<s><x n="9">f</x><only/></s>"#);
    let mut failures = Vec::new();
    for group in &table.group {
        let document = parse(&table.documents[&group.document]);
        for row in &group.rows {
            let (source, expected) = (&*row[0], &*row[1]);
            let at = row.get(2).map_or("/*", |at| at);
            let row = Row { table: &table, group, document: &document, other: &other, source, at };
            let found = run(&row);
            if found != expected {
                failures.push(format!("{}: {source}  at {at}\n  expected {expected}\n  found    {found}", group.name));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}\n{} rows differ", failures.join("\n"), failures.len());
}

/// The value of the row's expression; a word about it where two ways to it do not agree.
fn expression(row: &Row<'_>) -> String {
    let value = match Setting::new(row, false).value(row, row.at, row.source) {
        Ok(value) => value,
        Err(error) => return describe(&error),
    };
    let text = value.to_text();
    let number = value.to_number();
    let mut derived = vec![
        (format!("string({})", row.source), format!("'{text}'")),
        (format!("number({})", row.source), print_number(number)),
        (format!("boolean({})", row.source), value.to_boolean().to_string()),
        (format!("not({})", row.source), (!value.to_boolean()).to_string()),
        (format!("({}) and true()", row.source), value.to_boolean().to_string()),
        (format!("concat({}, '!')", row.source), format!("'{text}!'")),
        (format!("-({})", row.source), print_number(-number)),
    ];
    if let Sequence::Nodes(nodes) = &value {
        let printed = print(&value, row.document);
        let count = nodes.len();
        let first = Sequence::Nodes(nodes.iter().copied().take(1).collect());
        derived.extend([
            (format!("count({})", row.source), count.to_string()),
            (format!("count({}) = {count}", row.source), "true".into()),
            (format!("count({}) > {count}", row.source), "false".into()),
            (format!("({})[1]", row.source), print(&first, row.document)),
            (format!("({})[position() <= last()]", row.source), printed.clone()),
            (format!("({})[true()]", row.source), printed.clone()),
            (format!("({})/.", row.source), printed.clone()),
            (format!("{0} | ({0})", row.source), printed),
            (format!("({}) != ({0})", row.source), differ(nodes).to_string()),
            (format!("({0}) = ({0})", row.source), (!nodes.is_empty()).to_string()),
        ]);
    }
    for (source, expected) in derived {
        match Setting::new(row, false).value(row, row.at, &source) {
            Ok(found) if print(&found, row.document) == expected => {}
            Ok(found) => return format!("`{source}` gives {}, not {expected}", print(&found, row.document)),
            Err(error) => return format!("`{source}`: {}", describe(&error)),
        }
    }
    let truth = Setting::new(row, false).truth(row, row.source);
    if truth != value.to_boolean() {
        return format!("the truth is {truth}");
    }
    print(&value, row.document)
}

/// Whether two of the nodes have different texts.
fn differ(nodes: &[Node<'_>]) -> bool {
    nodes.windows(2).any(|pair| pair[0].string_value() != pair[1].string_value())
}

/// The nodes that match the row's pattern.
fn pattern(row: &Row<'_>) -> String {
    let mut setting = Setting::new(row, false);
    let pattern = match Pattern::compile(row.source, &mut setting.context) {
        Ok(pattern) => pattern,
        Err(error) => return describe(&error),
    };
    let binding = setting.context.names().bind(row.document);
    let dynamic = DynamicContext::default();
    let evaluator = Evaluator::new(row.document, &binding, &dynamic);
    let mut matching = Vec::new();
    for node in all_nodes(row.document) {
        let matches = evaluator.matches(&pattern, node).unwrap();
        let is_candidate = pattern.candidates().any(|candidates| match (candidates, node.node.as_attribute()) {
            (Candidates::Document, _) => node.node == NodeId::DOCUMENT.into(),
            (Candidates::Element(slot), None) => binding.name(slot) == Some(row.document.name(node.node.owner())),
            (Candidates::Attribute(slot), Some(attribute)) => {
                binding.name(slot) == Some(row.document.attribute_name(attribute))
            }
            (Candidates::AttributeOf { element, attribute: slot }, Some(attribute)) => {
                binding.name(element) == Some(row.document.name(node.node.owner()))
                    && binding.name(slot) == Some(row.document.attribute_name(attribute))
            }
            (Candidates::AnyAttribute, Some(_)) | (Candidates::AnyNode, None) => true,
            _ => false,
        });
        if matches && !is_candidate {
            return format!("{} matches but is no candidate", path(node));
        }
        let encloses = |name: &kirjuri_tree::NameId| {
            let mut above = row.document.parent(node.node.owner());
            if node.node.as_attribute().is_some() {
                above = Some(node.node.owner());
            }
            std::iter::successors(above, |&inner| row.document.parent(inner)).any(|it| row.document.name(it) == *name)
        };
        if matches && pattern.outside().and_then(|slot| binding.name(slot)).is_some_and(|name| encloses(&name)) {
            return format!("{} matches, but is not outside", path(node));
        }
        // Section 5.2 of XSLT 1.0: a node matches if the pattern, as an expression evaluated at the node or at one of
        // its ancestors, has it among its nodes.
        if !row.source.contains("current()") && matches != selects(row, node) {
            return format!(
                "{} {}",
                path(node),
                if matches { "matches but is not selected" } else { "does not match" }
            );
        }
        if matches {
            matching.push(node);
        }
    }
    print(&Sequence::Nodes(matching), row.document)
}

#[test]
fn patterns_say_what_they_stay_out_of() {
    let rows = [
        ("y[not(ancestor::x)]", Some("x")),
        ("y[@a][not(ancestor::x)]", Some("x")),
        ("y[@a and not(ancestor::x)]", Some("x")),
        ("y[not(ancestor::x or ancestor::z)]", Some("x")),
        ("x/y[not(ancestor::z)]", Some("z")),
        ("y[not(ancestor::z)] | @a[not(ancestor::x)][not(ancestor::z)]", Some("z")),
        ("y", None),
        ("/", None),
        ("y[ancestor::x]", None),
        ("y[@a or not(ancestor::x)]", None),
        ("y[not(ancestor::x and ancestor::z)]", None),
        ("y[not(ancestor::x[1])]", None),
        ("y[not(ancestor-or-self::x)]", None),
        ("x[not(ancestor::x)]/@a", None),
        ("y[not(ancestor::x)] | text()", None),
        ("y[not(ancestor::x)] | text()[not(ancestor::z)]", None),
    ];
    for (source, expected) in rows {
        let mut context = StaticContext::new(Version::XPath1);
        let pattern = Pattern::compile(source, &mut context).unwrap();
        assert_eq!(pattern.outside().map(|slot| context.names().get(slot).1), expected, "{source}");
    }
}

#[test]
fn patterns_say_what_they_can_match() {
    let rows = [
        ("y", "element y"),
        ("x//y", "element y"),
        ("@a", "attribute a"),
        ("//@a", "attribute a"),
        ("x//@a", "attribute a"),
        ("*/@a", "attribute a"),
        ("x/@a", "attribute a of x"),
        ("/r/x/@a", "attribute a of x"),
        ("@*", "any attribute"),
        ("x/@*", "any attribute"),
        ("*", "any node"),
        ("x/text()", "any node"),
        ("/", "document"),
        ("y | x/@a | /", "element y, attribute a of x, document"),
    ];
    for (source, expected) in rows {
        let mut context = StaticContext::new(Version::XPath1);
        let pattern = Pattern::compile(source, &mut context).unwrap();
        let name = |slot| context.names().get(slot).1;
        let said = pattern.candidates().map(|candidates| match candidates {
            Candidates::Document => "document".to_owned(),
            Candidates::Element(slot) => format!("element {}", name(slot)),
            Candidates::Attribute(slot) => format!("attribute {}", name(slot)),
            Candidates::AttributeOf { element, attribute } => {
                format!("attribute {} of {}", name(attribute), name(element))
            }
            Candidates::AnyAttribute => "any attribute".to_owned(),
            Candidates::AnyNode => "any node".to_owned(),
        });
        assert_eq!(said.collect::<Vec<_>>().join(", "), expected, "{source}");
    }
}

fn selects(row: &Row<'_>, node: Node<'_>) -> bool {
    let mut setting = Setting::new(row, false);
    let program = Program::compile(row.source, &mut setting.context).unwrap();
    let binding = setting.context.names().bind(row.document);
    let dynamic = DynamicContext::default();
    let evaluator = Evaluator::new(row.document, &binding, &dynamic);
    let mut origin = Some(node);
    while let Some(here) = origin {
        if evaluator.nodes(&program, &Focus::on(here)).unwrap().contains(&node) {
            return true;
        }
        let owner = here.node.owner();
        let outside = if here.node.as_attribute().is_some() { Some(owner) } else { row.document.parent(owner) };
        origin = outside.map(|outside| Node { node: outside.into(), ..node });
    }
    false
}

/// Declarations and values of what the host adds.
struct Setting<'r> {
    context: StaticContext,
    variables: Vec<Sequence<'r>>,
}

impl<'r> Setting<'r> {
    /// `plain`: as for the context node of a row, without demands on prefixes.
    fn new(row: &Row<'r>, plain: bool) -> Setting<'r> {
        let mut context = StaticContext::new(Version::XPath1);
        for (prefix, uri) in &row.table.namespaces {
            context.declare_namespace(prefix, uri);
        }
        context.declare_namespace("h", "urn:host");
        if row.group.require_prefixes && !plain {
            context.require_prefixes();
        }
        declare_functions(&mut context);
        let document = row.document;
        let x = document.find_name("", "x").map_or(&[][..], |name| document.elements_named(name));
        let mut variables = Vec::new();
        let mut add = |name: &str, type_: Type, value: Sequence<'r>| {
            assert_eq!(context.declare_variable(name, type_), variables.len());
            variables.push(value);
        };
        add("text", Type::String, Sequence::from("abc"));
        add("number", Type::Number, Sequence::from(2.0));
        add("yes", Type::Boolean, Sequence::from(true));
        add("untyped", Type::String, Sequence::Atomic(Atomic::Untyped(" 7 ".into())));
        add("nodes", Type::Nodes, Sequence::Nodes(x.iter().map(|&x| Node { document, node: x.into() }).collect()));
        add("foreign", Type::Nodes, Sequence::Nodes(all_nodes(row.other).collect()));
        add("twice", Type::Number, Sequence::from(1.0));
        add("twice", Type::Number, Sequence::from(2.0));
        context.declare_variable("unset", Type::Nodes);
        Setting { context, variables }
    }

    fn dynamic(&self) -> DynamicContext<'r> {
        DynamicContext { variables: self.variables.clone(), as_of: "20260101" }
    }

    /// The value of an expression at the node that `at` picks.
    fn value(mut self, row: &Row<'r>, at: &str, source: &str) -> Result<Sequence<'r>, CompileError> {
        let origin = origin(row, at);
        let program = Program::compile(source, &mut self.context)?;
        let binding = self.context.names().bind(row.document);
        let dynamic = self.dynamic();
        let value = Evaluator::new(row.document, &binding, &dynamic).value(&program, &Focus::on(origin)).unwrap();
        Ok(owned(value, row))
    }

    fn truth(mut self, row: &Row<'r>, source: &str) -> bool {
        let origin = origin(row, row.at);
        let program = Program::compile(source, &mut self.context).unwrap();
        let binding = self.context.names().bind(row.document);
        let dynamic = self.dynamic();
        Evaluator::new(row.document, &binding, &dynamic).truth(&program, &Focus::on(origin)).unwrap()
    }
}

/// The value free of the borrows of one evaluation.
fn owned<'r>(value: Sequence<'_>, row: &Row<'r>) -> Sequence<'r> {
    match value {
        Sequence::Nodes(nodes) => Sequence::Nodes(
            nodes
                .iter()
                .map(|node| {
                    let own = std::ptr::eq(node.document, row.document);
                    Node { document: if own { row.document } else { row.other }, node: node.node }
                })
                .collect(),
        ),
        Sequence::Atomic(Atomic::Double(number)) => Sequence::from(number),
        Sequence::Atomic(Atomic::Boolean(truth)) => Sequence::from(truth),
        text => Sequence::from(text.to_text().into_owned()),
    }
}

fn origin<'r>(row: &Row<'r>, at: &str) -> Node<'r> {
    let document = row.document;
    let mut setting = Setting::new(row, true);
    let program = Program::compile(at, &mut setting.context).unwrap();
    let (binding, dynamic) = (setting.context.names().bind(document), DynamicContext::default());
    let root = Node { document, node: document.root_element().into() };
    let nodes = Evaluator::new(document, &binding, &dynamic).nodes(&program, &Focus::on(root)).unwrap();
    assert_eq!(nodes.len(), 1, "{at} must pick one node");
    Node { document, node: nodes[0].node }
}

fn declare_functions(context: &mut StaticContext) {
    let mut add = |name: &str, parameters: &[Type], result: Type, body: FunctionBody| {
        let (name, parameters) = (name.to_owned(), parameters.to_vec());
        context.declare_function("urn:host", Function { name, parameters, result, body });
    };
    let text = [Type::String];
    add("upper", &text, Type::String, Box::new(|_, given| Sequence::from(given[0].to_text().to_uppercase())));
    let numbers = [Type::Number, Type::Number];
    add(
        "add",
        &numbers,
        Type::Number,
        Box::new(|_, given| match given {
            [Sequence::Atomic(Atomic::Double(left)), Sequence::Atomic(Atomic::Double(right))] => {
                Sequence::from(left + right)
            }
            _ => panic!("the arguments are not converted"),
        }),
    );
    let truths = [Type::Boolean, Type::Boolean];
    add(
        "either",
        &truths,
        Type::Boolean,
        Box::new(|_, given| match given {
            [Sequence::Atomic(Atomic::Boolean(left)), Sequence::Atomic(Atomic::Boolean(right))] => {
                Sequence::from(*left || *right)
            }
            _ => panic!("the arguments are not converted"),
        }),
    );
    add(
        "last",
        &[Type::Nodes],
        Type::Nodes,
        Box::new(|_, given| match &given[0] {
            Sequence::Nodes(nodes) => Sequence::Nodes(nodes.last().copied().into_iter().collect()),
            Sequence::Atomic(_) => panic!("the argument is not nodes"),
        }),
    );
    add(
        "reversed",
        &[Type::Nodes],
        Type::Nodes,
        Box::new(|_, given| match &given[0] {
            Sequence::Nodes(nodes) => Sequence::Nodes(nodes.iter().rev().chain(nodes).copied().collect()),
            Sequence::Atomic(_) => panic!("the argument is not nodes"),
        }),
    );
    add("as-of", &[], Type::String, Box::new(|dynamic, _| Sequence::from(dynamic.as_of)));
}

fn parse(source: &str) -> Document {
    Document::parse(source.as_bytes(), &Limits::default()).unwrap()
}

fn all_nodes(document: &Document) -> impl Iterator<Item = Node<'_>> {
    document.nodes().flat_map(move |node| {
        let attributes = document.attributes(node).map(move |attribute| NodeRef::attribute(node, attribute));
        std::iter::once(node.into()).chain(attributes).map(move |node| Node { document, node })
    })
}

fn describe(error: &CompileError) -> String {
    format!("error {}..{}: {error}", error.range().start, error.range().end)
}

fn print(value: &Sequence<'_>, own: &Document) -> String {
    match value {
        Sequence::Nodes(nodes) if nodes.is_empty() => "()".into(),
        Sequence::Nodes(nodes) => {
            let prefix = |node: &Node<'_>| if std::ptr::eq(node.document, own) { "" } else { "other:" };
            nodes.iter().map(|node| format!("{}{}", prefix(node), path(*node))).collect::<Vec<_>>().join(" ")
        }
        Sequence::Atomic(Atomic::Double(number)) => print_number(*number),
        Sequence::Atomic(Atomic::Boolean(truth)) => truth.to_string(),
        text => format!("'{}'", text.to_text()),
    }
}

fn print_number(number: f64) -> String {
    if number.is_infinite() { if number > 0.0 { "Infinity" } else { "-Infinity" }.into() } else { number.to_string() }
}

/// Names as the source writes them, with a number only where siblings share the name.
fn path(node: Node<'_>) -> String {
    let document = node.document;
    let mut steps = Vec::new();
    let name = |node| Node { document, node }.name();
    if node.node.as_attribute().is_some() {
        steps.push(format!("@{}", name(node.node)));
    }
    let mut here = node.node.owner();
    while let Some(parent) = document.parent(here) {
        let own = name(here.into());
        let alike: Vec<NodeId> = document.children(parent).filter(|&sibling| name(sibling.into()) == own).collect();
        let number = alike.iter().position(|&sibling| sibling == here).unwrap() + 1;
        steps.push(if alike.len() > 1 { format!("{own}[{number}]") } else { own });
        here = parent;
    }
    steps.push(String::new());
    steps.reverse();
    if steps.len() == 1 { "/".into() } else { steps.join("/") }
}

trait Named {
    fn name(self) -> String;
}

impl Named for Node<'_> {
    fn name(self) -> String {
        let (document, owner) = (self.document, self.node.owner());
        let local = match self.node.as_attribute() {
            Some(attribute) => document.qname(document.attribute_name(attribute)).local,
            None => match document.kind(owner) {
                kirjuri_tree::NodeKind::Element => document.qname(document.name(owner)).local,
                kirjuri_tree::NodeKind::Text => "text()",
                kirjuri_tree::NodeKind::Comment => "comment()",
                kirjuri_tree::NodeKind::ProcessingInstruction => "processing-instruction()",
                kirjuri_tree::NodeKind::Document => "",
            },
        };
        match document.prefix(self.node) {
            "" => local.to_owned(),
            prefix => format!("{prefix}:{local}"),
        }
    }
}
