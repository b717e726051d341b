//! The functions on nodes, sequences, numbers and documents, in both versions of the language.

#![allow(clippy::unwrap_used)]

use kirjuri_tree::{Document, Limits, NodeId};
use kirjuri_xpath::{
    Documents, DynamicContext, EvaluationError, Evaluator, Focus, Item, Node, Program, Sequence, StaticContext, Version,
};

const TREE: &str = "<r xmlns='urn:d' xmlns:p='urn:p' xml:base='http://host/a/'>\
    <code id='1' type='t'>one</code><code id='2'>two</code>\
    <p:set xml:base='b/c' note=' xmlns:q= '><code id='2'>deux</code><ref>2</ref></p:set><!--c--><?target data?></r>";

const VOCABULARY: &str = "<v xmlns='urn:v'><term code='1'>yksi</term><term code='2'>kaksi</term></v>";

#[derive(Debug)]
struct Shelf(Document);

impl Documents for Shelf {
    fn open(&self, address: &str) -> Option<&Document> {
        (address == "voc.xml").then_some(&self.0)
    }
}

fn parse(text: &str) -> Document {
    Document::parse(text.as_bytes(), &Limits::default()).unwrap()
}

/// What an expression at the root element gives: texts of items with nodes in brackets, or the code of an error.
fn value(version: Version, source: &str) -> String {
    let (document, shelf) = (parse(TREE), Shelf(parse(VOCABULARY)));
    let mut context = StaticContext::new(version);
    for (prefix, uri) in [("d", "urn:d"), ("p", "urn:p"), ("v", "urn:v"), ("xsl", "urn:xsl")] {
        context.declare_namespace(prefix, uri);
    }
    context.declare_key("by-id", "d:code", "@id").unwrap();
    context.declare_key("by-id", "@type", ".").unwrap();
    context.declare_key("term", "v:term", "@code").unwrap();
    context.declare_key("numbered", "d:code", "number(@id) * 10000000").unwrap();
    context.declare_key("endless", "d:code[key('endless', 'x')]", "@id").unwrap();
    context.declare_key("circle", "d:code", "key('round', 'x')").unwrap();
    context.declare_key("round", "d:code", "key('circle', 'x')").unwrap();
    let program = match Program::compile(source, &mut context) {
        Ok(program) => program,
        Err(error) => return error.to_string(),
    };
    let dynamic =
        DynamicContext { library: Some(context.library()), documents: Some(&shelf), ..DynamicContext::default() };
    let binding = context.names().bind(&document);
    let evaluator = Evaluator::new(&document, &binding, &dynamic);
    let root = Node { document: &document, node: document.root_element().into() };
    match evaluator.value(&program, &Focus::on(root)) {
        Ok(value) => print(&value),
        Err(EvaluationError::Dynamic(code)) => code.as_str().to_owned(),
        Err(error) => error.to_string(),
    }
}

fn print(value: &Sequence<'_>) -> String {
    let item = |item: Item<'_>| match item {
        Item::Atomic(atomic) => atomic.canonical_text().into_owned(),
        Item::Node(node) if node.node == NodeId::DOCUMENT.into() => "[document]".to_owned(),
        Item::Node(node) => format!("[{}]", node.string_value()),
    };
    value.items().map(item).collect::<Vec<_>>().join(" ")
}

fn check(rows: &[(&str, &str)]) {
    for (source, expected) in rows {
        assert_eq!(value(Version::XPath2, source), *expected, "{source}");
    }
}

/// The same in both versions.
fn check_both(rows: &[(&str, &str)]) {
    check(rows);
    for (source, expected) in rows {
        assert_eq!(value(Version::XPath1, source), *expected, "{source} in XPath 1.0");
    }
}

#[test]
fn keys_find_nodes_by_their_values() {
    check_both(&[
        ("key('by-id', '2')", "[two] [deux]"),
        ("key('by-id', 't')", "[t]"),
        ("key('by-id', //d:ref)", "[two] [deux]"),
        ("key('by-id', 2)", "[two] [deux]"),
        ("key('by-id', 'none')", ""),
        ("count(key('by-id', //d:code/@id))", "3"),
        ("key('by-id', '2')[2]/..", "[deux2]"),
        ("count(//d:code[@id = key('by-id', '1')/@id])", "1"),
        ("key('numbered', 10000000)", "[one]"),
        ("key('term', '2')", ""),
        ("key('unknown', '2')", "XTDE1260"),
        ("key('endless', '2')", "XTDE0640"),
        ("key('circle', '2')", "XTDE0640"),
    ]);
    check(&[
        ("key('by-id', ('2', '1', '2'))", "[one] [two] [deux]"),
        ("key('by-id', '2', p:set)", "[deux]"),
        ("key('by-id', '1', d:code[1])", "[one]"),
        ("key('by-id', 't', d:code[1]/@type)", "[t]"),
        ("key('by-id', '1', d:code[1]/@type)", ""),
        ("key('term', '2', doc('voc.xml'))", "[kaksi]"),
        ("doc('voc.xml')/key('term', '2')", "[kaksi]"),
        ("key('numbered', xs:decimal('10000000.0'))", "[one]"),
        ("for $n in (1, 2) return key('by-id', 't')/$n", "1 2"),
    ]);
}

#[test]
fn documents_are_found_by_their_addresses() {
    check_both(&[
        ("document('voc.xml')", "[document]"),
        ("document('voc.xml')/v:v/v:term[@code = '2']", "[kaksi]"),
        ("document('voc.xml')//v:term/@code = d:code/@id", "true"),
        ("count(document('voc.xml', /)//v:term)", "2"),
        ("document(d:none)", ""),
        ("document('other.xml')", "FODC0002"),
        ("boolean(document('other.xml'))", "FODC0002"),
    ]);
    check(&[
        ("count(document(('voc.xml', 'voc.xml')))", "1"),
        ("doc('voc.xml')", "[document]"),
        ("doc('voc.xml') is document('voc.xml')", "true"),
        ("doc('other.xml')", "FODC0002"),
        ("doc(())", ""),
        ("doc-available('voc.xml')", "true"),
        ("doc-available('other.xml')", "false"),
        ("doc-available(())", "false"),
        ("if (doc-available('other.xml')) then doc('other.xml') else 'none'", "none"),
        ("collection()", "FODC0002"),
    ]);
}

#[test]
fn nodes_have_identifiers() {
    check_both(&[
        ("generate-id() = generate-id(/*)", "true"),
        ("generate-id(d:none)", ""),
        ("generate-id(d:code[1]) = generate-id(d:code[2])", "false"),
        ("generate-id(d:code[1]) = generate-id(d:code[1]/@id)", "false"),
        ("generate-id(/) = generate-id(document('voc.xml'))", "false"),
        ("generate-id(document('voc.xml')) = generate-id(document('voc.xml'))", "true"),
        ("count(//d:code[generate-id() = generate-id(key('by-id', @id)[1])])", "2"),
    ]);
    check(&[("count(distinct-values((//node(), //@*)/generate-id())) = count((//node(), //@*))", "true")]);
}

#[test]
fn numbers_are_written_by_pictures() {
    check_both(&[
        ("format-number(1234.5, '#,##0.00')", "1,234.50"),
        ("format-number(d:code[1]/@id, '000')", "001"),
        ("format-number(d:none, '0')", "NaN"),
        ("format-number(1, 'x')", "XTDE1310"),
        ("format-number(1, '0', 'other')", "XTDE1280"),
    ]);
    check(&[
        ("format-number((), '0')", "NaN"),
        ("format-number(0 div 0e0, '0')", "NaN"),
        ("format-number(123456789012345678901, '#,##0')", "123,456,789,012,345,678,901"),
        ("format-number(0.1 + 0.2, '0.0##')", "0.3"),
        ("round(-2.5)", "-2"),
        ("round-half-to-even(2.5)", "2"),
        ("round-half-to-even(1234567, -3)", "1235000"),
        ("round-half-to-even(1.5, 99999999999999999999)", "1.5"),
        ("abs(())", ""),
    ]);
}

#[test]
fn names_are_taken_apart() {
    check(&[
        ("node-name(p:set)", "p:set"),
        ("node-name(processing-instruction())", "target"),
        ("node-name(text())", ""),
        ("namespace-uri-from-QName(node-name(d:code[1]))", "urn:d"),
        ("prefix-from-QName(node-name(d:code[1]))", ""),
        ("local-name-from-QName(resolve-QName('p:x', .))", "x"),
        ("namespace-uri-from-QName(resolve-QName('x', .))", "urn:d"),
        ("resolve-QName('q:x', .)", "FONS0004"),
        ("resolve-QName('a b', .)", "FOCA0002"),
        ("resolve-QName((), .)", ""),
        ("resolve-QName('x', /)", "XPTY0004"),
        ("QName('urn:p', 'p:x') eq QName('urn:p', 'x')", "true"),
        ("QName('', 'p:x')", "FOCA0002"),
        ("in-scope-prefixes(p:set)", "xml  p"),
        ("namespace-uri-for-prefix('p', .)", "urn:p"),
        ("namespace-uri-for-prefix('', .)", "urn:d"),
        ("namespace-uri-for-prefix('q', .)", ""),
        ("base-uri(d:code[1]/@id)", "http://host/a/"),
        ("base-uri(p:set/d:ref)", "http://host/a/b/c"),
        ("base-uri(doc('voc.xml'))", ""),
        ("system-property('xsl:version')", "2.0"),
        ("error()", "FOER0000"),
        ("trace(1 to 2, 'x')", "1 2"),
    ]);
}

#[test]
fn sequences_are_compared_and_cut() {
    check(&[
        ("distinct-values((1, 1.0, 'a', 'a', 2e0, xs:double('NaN'), xs:float('NaN'), //d:code/@id))", "1 a 2 NaN 1 2"),
        ("distinct-values((2, 1, 2.0, 1, 3))", "2 1 3"),
        ("distinct-values('a', 'urn:other')", "FOCH0002"),
        ("count(distinct-values(1 to 100000))", "100000"),
        ("index-of((1, 'a', 1.0), 1)", "1 3"),
        ("index-of(//d:code/@id, '2')", "2 3"),
        ("insert-before((1, 2), 0, 9)", "9 1 2"),
        ("insert-before((1, 2), 7, 9)", "1 2 9"),
        ("remove((1, 2, 3), 2)", "1 3"),
        ("reverse(d:code)", "[two] [one]"),
        ("subsequence((1, 2, 3, 4), 1.5, 2)", "2 3"),
        ("subsequence((1, 2), xs:double('NaN'))", ""),
        ("head((3, 4))", "3"),
        ("tail(d:code)/@id", "[2]"),
        ("exactly-one(())", "FORG0005"),
        ("one-or-more(())", "FORG0004"),
        ("zero-or-one((1, 2))", "FORG0003"),
        ("sum(())", "0"),
        ("sum((), ())", ""),
        ("sum(d:code/@id)", "3"),
        ("avg(())", ""),
        ("max(('a', 'b'))", "b"),
        ("max((1, 'b'))", "FORG0006"),
    ]);
}

#[test]
fn trees_are_compared_by_what_they_say() {
    check(&[
        ("deep-equal(/, /)", "true"),
        ("deep-equal(d:code[1], d:code[2])", "false"),
        ("deep-equal(d:code[1]/@id, doc('voc.xml')//v:term[1]/@code)", "false"),
        ("deep-equal(d:code[2]/@id, p:set/d:code/@id)", "true"),
        ("deep-equal((1, 'a'), (1.0, 'a'))", "true"),
        ("deep-equal(1, 'a')", "false"),
        ("deep-equal(d:code[1], 'one')", "false"),
        ("deep-equal((), ())", "true"),
        ("deep-equal(xs:double('NaN'), xs:double('NaN'))", "true"),
        ("deep-equal(d:code[1]/text(), d:code[1]/node())", "true"),
    ]);
    let equal = |left: &str, right: &str| {
        let (left, right) = (parse(left), Shelf(parse(right)));
        let mut context = StaticContext::new(Version::XPath2);
        let program = Program::compile("deep-equal(/*, doc('voc.xml')/*)", &mut context).unwrap();
        let dynamic = DynamicContext { documents: Some(&right), ..DynamicContext::default() };
        let binding = context.names().bind(&left);
        let evaluator = Evaluator::new(&left, &binding, &dynamic);
        let root = Node { document: &left, node: left.root_element().into() };
        evaluator.truth(&program, &Focus::on(root)).unwrap()
    };
    assert!(equal("<a x='1' y='2'><b/>t</a>", "<a y='2' x='1'><!--c--><b></b>t<?p d?></a>"));
    assert!(equal("<p:a xmlns:p='urn:p'/>", "<a xmlns='urn:p'/>"));
    assert!(!equal("<a><b/><b/></a>", "<a><b><b/></b></a>"));
    assert!(!equal("<a><b/></a>", "<a><b/><b/></a>"));
    assert!(!equal("<a x='1'/>", "<a y='1'/>"));
    assert!(!equal("<a x='1'/>", "<a x='1' y='1'/>"));
    assert!(!equal("<a>t</a>", "<a>u</a>"));
    assert!(!equal("<a>tu</a>", "<a>t<!--c-->u</a>"));
}
