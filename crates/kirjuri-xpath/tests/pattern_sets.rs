//! A set of patterns must find what each of its patterns matches by itself, each match once.

#![allow(clippy::unwrap_used)]

mod rows;

use std::collections::BTreeSet;

use kirjuri_tree::{Document, Limits, NodeRef};
use kirjuri_xpath::{
    DynamicContext, EvaluationError, Evaluator, Matched, Node, Pattern, PatternSet, Sequence, StaticContext, Type,
    Version,
};
use rows::Table;

/// The matches of the patterns, found together and found one by one.
fn check(patterns: Vec<Pattern>, context: &StaticContext, dynamic: &DynamicContext<'_>, document: &Document) {
    let binding = context.names().bind(document);
    let evaluator = Evaluator::new(document, &binding, dynamic);
    let set = PatternSet::new(&patterns);
    let mut together: Vec<(usize, NodeRef)> = Vec::new();
    evaluator
        .each_match::<EvaluationError>(&set, &mut |pattern, node, matched| {
            if matched != Matched::Holds {
                return Ok(());
            }
            together.push((pattern, node.node));
            Ok(())
        })
        .unwrap();
    let found: BTreeSet<(usize, NodeRef)> = together.iter().copied().collect();
    assert_eq!(found.len(), together.len(), "some match is reported twice");

    let mut expected = BTreeSet::new();
    for (number, pattern) in patterns.iter().enumerate() {
        for owner in document.nodes() {
            let attributes = document.attributes(owner).map(|attribute| NodeRef::attribute(owner, attribute));
            for node in std::iter::once(owner.into()).chain(attributes) {
                if evaluator.matches(pattern, Node { document, node }).unwrap() {
                    expected.insert((number, node));
                }
            }
        }
    }
    let name = |(number, node): &(usize, NodeRef)| format!("{} at {node:?}", patterns[*number].source());
    let missing: Vec<String> = expected.difference(&found).map(name).collect();
    let wrong: Vec<String> = found.difference(&expected).map(name).collect();
    assert!(missing.is_empty() && wrong.is_empty(), "missing: {missing:?}\nwrong: {wrong:?}");
}

fn parse(source: &str) -> Document {
    Document::parse(source.as_bytes(), &Limits::default()).unwrap()
}

#[test]
fn the_patterns_of_the_table_match_together_as_alone() {
    match_together(include_str!("patterns.toml"), Version::XPath1);
    match_together(include_str!("patterns.toml"), Version::XPath2);
    match_together(include_str!("later-patterns.toml"), Version::XPath2);
}

fn match_together(table: &str, version: Version) {
    let table: Table = toml::from_str(table).unwrap();
    for (name, document) in &table.documents {
        let mut context = StaticContext::new(version);
        table.namespaces.iter().for_each(|(prefix, uri)| context.declare_namespace(prefix, uri));
        let groups = table
            .group
            .iter()
            .filter(|group| group.document == *name && group.name != "what is no pattern" && !group.require_prefixes);
        let sources =
            groups.flat_map(|group| &group.rows).filter(|row| !row[1].starts_with("error")).map(|row| &row[0]);
        let patterns: Vec<Pattern> = sources.map(|source| Pattern::compile(source, &mut context).unwrap()).collect();
        assert!(!patterns.is_empty());
        check(patterns, &context, &DynamicContext::default(), &parse(document));
    }
}

/// The last ones are of XPath 2.0.
const STEPS: [&str; 36] = [
    "a",
    "b",
    "c",
    "*",
    "@k",
    "@m",
    "@*",
    "a[@k]",
    "b[@k = '1']",
    "a[b]",
    "b[not(ancestor::a)]",
    "@k[not(ancestor::b)]",
    "a[2]",
    "b[last()]",
    "c[../@k]",
    "a[@k][b]",
    "a[@k = '1']",
    "b[@m or c]",
    "text()",
    "node()",
    "comment()",
    "@m[. = '2']",
    "c[not(*)]",
    "a[position() = 1]",
    "*:a",
    "@*:k",
    "element(b)",
    "attribute(m)",
    "a[@k = ('1', '2')]",
    "b[some $x in @m satisfies $x = 1]",
    "c[@k eq '1']",
    "a[exists(b)]",
    "b[if (@k) then c else a]",
    "*[matches(@k, '^1$')]",
    "@m[. = (1 to 2)]",
    "a[(1 to 2)[. = 2]]",
];

#[test]
fn random_patterns_match_together_as_alone() {
    let documents = [
        "<a k='1'><b k='1' m='2'><c/><a><b/>x</a></b><b m='1'><c k='3'/>y</b><!--z--><c/></a>",
        "<b><a k='1'><a><b k='1'><c m='2'/></b></a><a k='2'/></a><c k='1'><b/><b><a/></b></c></b>",
        "<a><a><a><a k='1' m='2'><b><c>t</c></b></a></a></a></a>",
    ]
    .map(parse);
    // A linear congruence is random enough, and the same in every run.
    let mut state: u64 = 5;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    for round in 0..120 {
        let (version, steps) = if round % 2 == 0 { (Version::XPath1, 24) } else { (Version::XPath2, 36) };
        let mut context = StaticContext::new(version);
        let mut patterns = Vec::new();
        while patterns.len() < 40 {
            let mut source = String::new();
            for alternative in 0..1 + below(5) / 3 {
                source.push_str(if alternative > 0 { " | " } else { "" });
                source.push_str(["", "/", "/", "/", "//"][below(5) as usize]);
                for step in 0..1 + below(4) {
                    source.push_str(if step > 0 { ["/", "/", "/", "//"][below(4) as usize] } else { "" });
                    source.push_str(STEPS[below(steps) as usize]);
                }
            }
            patterns.push(Pattern::compile(&source, &mut context).unwrap());
        }
        for document in &documents {
            check(patterns.clone(), &context, &DynamicContext::default(), document);
        }
    }
}

#[test]
fn steps_that_are_written_alike_but_mean_something_else_are_not_shared() {
    let document = parse("<r xmlns:a='urn:1' xmlns:b='urn:2'><x a:k=''/><x b:k=''/></r>");
    let mut context = StaticContext::new(Version::XPath1);
    let mut patterns = Vec::new();
    for uri in ["urn:1", "urn:2"] {
        context.declare_namespace("p", uri);
        patterns.push(Pattern::compile("/r/x[@p:k]", &mut context).unwrap());
    }
    for _ in 0..2 {
        context.declare_variable("wanted", Type::Boolean);
        patterns.push(Pattern::compile("/r[$wanted]", &mut context).unwrap());
    }
    let dynamic =
        DynamicContext { variables: vec![Sequence::from(true), Sequence::from(false)], ..DynamicContext::default() };
    check(patterns, &context, &dynamic, &document);
}

#[test]
fn a_set_is_charged_for_its_work() {
    let document = parse(&format!("<r>{}</r>", "<x a='1'/>".repeat(1_000)));
    for source in ["/r/x", "x", "@a", "x/@a", "@*", "*", "/r/x/@a", "//x[@a = '2']"] {
        let mut context = StaticContext::new(Version::XPath1);
        let set = PatternSet::new(&[Pattern::compile(source, &mut context).unwrap()]);
        let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
        let evaluator = |budget| Evaluator::new(&document, &binding, &dynamic).with_budget(budget);
        let run = |budget| evaluator(budget).each_match::<EvaluationError>(&set, &mut |_, _, _| Ok(()));
        assert_eq!(run(500), Err(EvaluationError::Exhausted), "{source}");
        assert_eq!(run(10_000), Ok(()), "{source}");
    }
}

#[test]
fn a_test_for_the_document_matches_it_and_starts_paths() {
    let document = Document::parse(b"<r><a/></r>", &Limits::default()).unwrap();
    let mut context = StaticContext::new(Version::XPath2);
    let patterns = ["document-node()", "document-node()/r", "document-node()/a", "document-node()//a"];
    let patterns: Vec<Pattern> = patterns.iter().map(|one| Pattern::compile(one, &mut context).unwrap()).collect();
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let mut found = Vec::new();
    for pattern in &patterns {
        let node = |node: kirjuri_tree::NodeId| Node { document: &document, node: node.into() };
        let matching = document.nodes().filter(|&one| evaluator.matches(pattern, node(one)).unwrap());
        found.push(matching.map(|one| one.index()).collect::<Vec<_>>());
    }
    assert_eq!(found, [vec![0], vec![1], vec![], vec![2]]);
}
