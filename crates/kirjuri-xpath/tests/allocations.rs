//! Counts allocations: what rules ask most often must be answered without any.

#![allow(clippy::unwrap_used)]

use kirjuri_tree::{Document, Limits, NodeId, NodeRef};
use kirjuri_xpath::{
    Atomic, DynamicContext, Evaluator, Focus, Function, FunctionBody, Node, Pattern, Program, Sequence, StaticContext,
    Type, Version,
};

const DOCUMENT: &str = r#"<r a="v" b="w" d="20200131" n="2">
  <x a="1"><y z="v" n="1">text</y><y z="w"/></x>
  <x a="2"><y/><q/></x>
  <x a="1" b="2">3</x>
</r>"#;

/// Truths asked at the root element.
const EXPRESSIONS: [&str; 57] = [
    "@a = 'v'",
    "@a != 'v'",
    "'v' = @a",
    "@a",
    "not(@c)",
    "x",
    "not(x)",
    "boolean(x)",
    "x and @a",
    "@c or q or @a = 'v'",
    "x/y/@z = 'v'",
    "x/y/@z = 'absent'",
    "x/y = 'text'",
    "//y",
    "//absent",
    "//y/@z",
    ".//q",
    "//@z = 'w'",
    "count(x) = 1",
    "count(x) = 3",
    "count(//y) > 2",
    "count(x/y) = count(//y)",
    "x[1]",
    "x[2]/@a = '2'",
    "x[@a = '1']",
    "x[@a = '1'][2]/@b",
    "x[@a = '1'][@b]",
    "x[y/@z = 'v']",
    "x[position() > 1][y]",
    "x[not(y)][. = 3]",
    "..",
    "../r/@a",
    "x[2]/q[1]/ancestor::x[1]/@a = '2'",
    "x[2]/y/following-sibling::q",
    "x[2]/q/preceding-sibling::*[1]",
    "x[2]/q/preceding::y[1]",
    "x[1]/following::q",
    "self::r",
    "@n = 2",
    "@n > 1 and @n < 3",
    "@n + 1 = 3",
    "@a = 'v' or @a = 'w'",
    "starts-with(@d, '2020')",
    "contains(@d, '01')",
    "string-length(@d) = 8",
    "substring(@d, 1, 4) = '2020'",
    "substring-before(@d, '01') = '2020'",
    "normalize-space(@a) = 'v'",
    "translate(@d, '-', '') = @d",
    "number(@n) = 2",
    "local-name() = 'r'",
    "@a = ../r/@a",
    "x/@a = x[1]/@a",
    "$text = @a",
    "$flag and $nodes/@a = '1'",
    "current()/@a = 'v'",
    "h:known(@a, 'v')",
];

/// The same of XPath 2.0.
const LATER: [&str; 21] = [
    "@a = ('v', 'w')",
    "@a = 'v' and @b = ('x', 'w')",
    "exists(x)",
    "empty(absent)",
    "exists(x/y[@z])",
    "count(x) = 3",
    "count(x) eq 3",
    "count(//y) ge 2",
    "if (@a) then x else absent",
    "x/*:y",
    "//*:q",
    "x/element(y)",
    "matches(@d, '^[0-9]{8}$')",
    "not(matches(@d, '-'))",
    "string-length(@d) = 8",
    "string-length(@d) gt 7",
    "starts-with(@d, '2020')",
    "contains(@d, '01')",
    "normalize-space(@a) = 'v'",
    "local-name() = 'r'",
    "substring(@d, 1, 4) = '2020'",
];

/// Patterns matched against every node.
const PATTERNS: [&str; 11] = [
    "x",
    "/r/x",
    "r//y",
    "x/y[@z = 'v']",
    "x[@a = '2']/y[not(@z)]",
    "@z[not(ancestor::q)][../@n = '1' or not(../@n)]",
    "x[2]/y[1]",
    "@a",
    "x[@a = '1'] | y | @z[. = 'w']",
    "text()",
    "//x[y/@z = 'v' and not(q)]",
];

#[test]
fn common_questions_allocate_nothing() {
    allocate_nothing(Version::XPath1, &EXPRESSIONS);
}

#[test]
fn common_questions_of_xpath_2_allocate_nothing() {
    // Arithmetic asks for the types of its operands, by way of a list of their values.
    let allocate = ["@n + 1 = 3"];
    let both: Vec<&str> =
        EXPRESSIONS.iter().chain(&LATER).copied().filter(|source| !allocate.contains(source)).collect();
    allocate_nothing(Version::XPath2, &both);
}

fn allocate_nothing(version: Version, expressions: &[&str]) {
    let mut context = context(version);
    let programs: Vec<Program> =
        expressions.iter().map(|source| Program::compile(source, &mut context).unwrap()).collect();
    let patterns: Vec<Pattern> =
        PATTERNS.iter().map(|source| Pattern::compile(source, &mut context).unwrap()).collect();
    let document = Document::parse(DOCUMENT.as_bytes(), &Limits::default()).unwrap();
    let binding = context.names().bind(&document);
    let x = document.elements_named(document.find_name("", "x").unwrap());
    let nodes = x.iter().map(|&node| Node { document: &document, node: node.into() }).collect();
    let variables = vec![Sequence::from("v"), Sequence::from(true), Sequence::Nodes(nodes)];
    let dynamic = DynamicContext { variables, ..DynamicContext::default() };
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let focus = Focus::on(Node { document: &document, node: document.root_element().into() });

    // What the document finds out once, as its index of names, is not the question's.
    let truths: Vec<bool> = programs.iter().map(|program| evaluator.truth(program, &focus).unwrap()).collect();
    for (program, expected) in programs.iter().zip(truths) {
        let mut found = !expected;
        let counted = allocation_counter::measure(|| found = evaluator.truth(program, &focus).unwrap());
        assert_eq!(found, expected, "{}", program.source());
        assert_eq!(counted.count_total, 0, "{}", program.source());
    }
    let matching = |pattern| {
        let mut matching = 0;
        for node in document.nodes() {
            let attributes = document.attributes(node).map(|attribute| NodeRef::attribute(node, attribute));
            for node in std::iter::once(node.into()).chain(attributes) {
                matching += usize::from(evaluator.matches(pattern, Node { document: &document, node }).unwrap());
            }
        }
        matching
    };
    for pattern in &patterns {
        let expected = matching(pattern);
        let mut found = 0;
        let counted = allocation_counter::measure(|| found = matching(pattern));
        assert_eq!(found, expected, "{}", pattern.source());
        assert!(found > 0, "{} matches nothing", pattern.source());
        assert_eq!(counted.count_total, 0, "{}", pattern.source());
    }
}

fn context(version: Version) -> StaticContext {
    let mut context = StaticContext::new(version);
    context.declare_namespace("h", "urn:host");
    context.declare_variable("text", Type::String);
    context.declare_variable("flag", Type::Boolean);
    context.declare_variable("nodes", Type::Nodes);
    context.declare_function(
        "urn:host",
        Function {
            name: "known".into(),
            parameters: vec![Type::String, Type::String],
            result: Type::Boolean,
            body: FunctionBody::Value(Box::new(|_, given| match given {
                [Sequence::Atomic(Atomic::String(left)), Sequence::Atomic(Atomic::String(right))] => {
                    Sequence::from(left == right)
                }
                _ => Sequence::from(false),
            })),
        },
    );
    context
}

#[test]
fn the_document_node_is_matched_without_allocation() {
    let mut context = context(Version::XPath1);
    let pattern = Pattern::compile("/", &mut context).unwrap();
    let document = Document::parse(DOCUMENT.as_bytes(), &Limits::default()).unwrap();
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let root = Node { document: &document, node: NodeId::DOCUMENT.into() };
    let counted = allocation_counter::measure(|| assert!(evaluator.matches(&pattern, root).unwrap()));
    assert_eq!(counted.count_total, 0);
}
