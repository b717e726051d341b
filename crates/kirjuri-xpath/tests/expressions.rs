//! Runs the tables of expressions beside this file: `*.toml`, in groups of rows of expression, expected value and,
//! where it is not the root element, the context node.
//!
//! A value is written as a number, as `true` or `false`, as a string in single quotes, or as the simple paths of nodes
//! (`()` for none). What must not compile is `error`, the byte range in the expression, and the message.

#![allow(clippy::unwrap_used)]

#[path = "rows/host.rs"]
mod host;
#[path = "rows/nodes.rs"]
mod nodes;
mod rows;

use host::{Other, Row, Setting, origin};
use kirjuri_tree::{Document, NodeId};
use kirjuri_xpath::{
    Atomic, Candidates, CompileError, DynamicContext, EvaluationError, Evaluator, Focus, Node, Pattern, Program,
    Sequence, StaticContext, Version,
};
use nodes::{all_nodes, parse, path, path_in};
use rows::Table;

#[test]
fn axes() {
    check(include_str!("axes.toml"), Version::XPath1, expression);
}

#[test]
fn syntax() {
    check(include_str!("syntax.toml"), Version::XPath1, expression);
}

#[test]
fn predicates() {
    check(include_str!("predicates.toml"), Version::XPath1, expression);
}

#[test]
fn operators() {
    check(include_str!("operators.toml"), Version::XPath1, expression);
}

#[test]
fn functions() {
    check(include_str!("functions.toml"), Version::XPath1, expression);
}

#[test]
fn variables_and_functions_of_the_host() {
    check(include_str!("host.toml"), Version::XPath1, expression);
}

#[test]
fn errors() {
    check(include_str!("errors.toml"), Version::XPath1, expression);
}

#[test]
fn patterns() {
    check(include_str!("patterns.toml"), Version::XPath1, pattern);
}

#[test]
fn patterns_in_xpath_2() {
    check(include_str!("patterns.toml"), Version::XPath2, pattern);
    check(include_str!("later-patterns.toml"), Version::XPath2, pattern);
}

/// Runs all rows of a table and fails with all that differ.
fn check(table: &str, version: Version, run: fn(&Row<'_>, Version) -> String) {
    let table: Table = toml::from_str(table).unwrap();
    let other = Other::new();
    let mut failures = Vec::new();
    for group in &table.group {
        let document = parse(&table.documents[&group.document]);
        for row in &group.rows {
            let later = group.later.iter().find(|later| version == Version::XPath2 && later[0] == row[0]);
            let (source, expected) = (&*row[0], &*later.unwrap_or(row)[1]);
            let at = row.get(2).map_or("/*", |at| at);
            let row = Row { table: &table, group, document: &document, other: &other, source, at };
            let found = run(&row, version);
            if found != expected {
                failures.push(format!("{}: {source}  at {at}\n  expected {expected}\n  found    {found}", group.name));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}\n{} rows differ", failures.join("\n"), failures.len());
}

/// The value of the row's expression; a word about it where two ways to it do not agree.
fn expression(row: &Row<'_>, _: Version) -> String {
    let value = match value_of(row, row.at, row.source) {
        Ok(value) => value,
        Err(error) => return error,
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
        match value_of(row, row.at, &source) {
            Ok(found) if print(&found, row.document) == expected => {}
            Ok(found) => return format!("`{source}` gives {}, not {expected}", print(&found, row.document)),
            Err(error) => return format!("`{source}`: {error}"),
        }
    }
    let truth = truth_of(row, row.source);
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
fn pattern(row: &Row<'_>, version: Version) -> String {
    let mut setting = Setting::new(row, version, false);
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
        if !row.source.contains("current()") && matches != selects(row, node, version) {
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

fn selects(row: &Row<'_>, node: Node<'_>, version: Version) -> bool {
    let mut setting = Setting::new(row, version, false);
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

/// The value of an expression at the node that `at` picks.
fn value_of<'r>(row: &Row<'r>, at: &str, source: &str) -> Result<Sequence<'r>, String> {
    let mut setting = Setting::new(row, Version::XPath1, false);
    let origin = origin(row, at);
    let program = Program::compile(source, &mut setting.context).map_err(|error| describe(&error))?;
    let binding = setting.context.names().bind(row.document);
    let dynamic = setting.dynamic();
    match Evaluator::new(row.document, &binding, &dynamic).value(&program, &Focus::on(origin)) {
        Ok(value) => Ok(owned(value, row)),
        Err(EvaluationError::Dynamic(code)) => Err(format!("error {code}")),
        Err(error) => panic!("{source}: {error}"),
    }
}

fn truth_of(row: &Row<'_>, source: &str) -> bool {
    let mut setting = Setting::new(row, Version::XPath1, false);
    let origin = origin(row, row.at);
    let program = Program::compile(source, &mut setting.context).unwrap();
    let binding = setting.context.names().bind(row.document);
    let dynamic = setting.dynamic();
    Evaluator::new(row.document, &binding, &dynamic).truth(&program, &Focus::on(origin)).unwrap()
}

/// The value free of the borrows of one evaluation.
fn owned<'r>(value: Sequence<'_>, row: &Row<'r>) -> Sequence<'r> {
    match value {
        Sequence::Nodes(nodes) => Sequence::Nodes(
            nodes
                .iter()
                .map(|node| {
                    let own = std::ptr::eq(node.document, row.document);
                    Node { document: if own { row.document } else { &row.other.0 }, node: node.node }
                })
                .collect(),
        ),
        Sequence::Atomic(Atomic::Double(number)) => Sequence::from(number),
        Sequence::Atomic(Atomic::Boolean(truth)) => Sequence::from(truth),
        text => Sequence::from(text.to_text().into_owned()),
    }
}

fn describe(error: &CompileError) -> String {
    format!("error {}..{}: {error}", error.range().start, error.range().end)
}

fn print(value: &Sequence<'_>, own: &Document) -> String {
    match value {
        Sequence::Nodes(nodes) if nodes.is_empty() => "()".into(),
        Sequence::Nodes(nodes) => nodes.iter().map(|node| path_in(*node, own)).collect::<Vec<_>>().join(" "),
        Sequence::Atomic(Atomic::Double(number)) => print_number(*number),
        Sequence::Atomic(Atomic::Boolean(truth)) => truth.to_string(),
        text => format!("'{}'", text.to_text()),
    }
}

fn print_number(number: f64) -> String {
    if number.is_infinite() { if number > 0.0 { "Infinity" } else { "-Infinity" }.into() } else { number.to_string() }
}
