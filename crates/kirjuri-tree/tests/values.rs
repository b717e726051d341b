//! What the tree says of a document: values of texts and attributes, names, order, spans, look-ups.

#![allow(clippy::unwrap_used)]

use std::borrow::Cow;

use kirjuri_tree::NodeKind::{Comment, Document as Top, Element, ProcessingInstruction, Text};
use kirjuri_tree::{Document, Limits, NodeId, NodeKind, NodeRef, QName};

#[track_caller]
fn parse(input: &str) -> Document {
    Document::parse(input.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{input:?}: {error}"))
}

/// The children of the root element, written as `text`, `<name>`, `<!--comment-->` and `<?target data?>`.
fn children(document: &Document) -> Vec<String> {
    let describe = |node| match document.kind(node) {
        NodeKind::Element => format!("<{}>", document.qname(document.name(node)).local),
        NodeKind::Comment => format!("<!--{}-->", document.value(node)),
        NodeKind::ProcessingInstruction => format!("<?{} {}?>", document.target(node), document.value(node)),
        NodeKind::Text | NodeKind::Document => document.value(node).to_owned(),
    };
    document.children(document.root_element()).map(describe).collect()
}

/// Expects the content `input` of an element to be these children.
#[track_caller]
fn check(input: &str, expected: &[&str]) {
    assert_eq!(children(&parse(&format!("<a>{input}</a>"))), expected, "{input:?}");
}

#[test]
fn everything_between_two_tags_is_one_text() {
    check("x", &["x"]);
    check(" \n\t ", &[" \n\t "]);
    check("a&lt;b&#x20AC;&#99;", &["a<b€c"]);
    check("a<![CDATA[<b>&amp;]]>c", &["a<b>&amp;c"]);
    check("<![CDATA[a]]><![CDATA[b]]>", &["ab"]);
    check("&#38;lt;", &["&lt;"]);
    check("&amp;<![CDATA[]]>&amp;", &["&&"]);
    check("x<![CDATA[]]>", &["x"]);
}

#[test]
fn an_empty_text_is_no_node() {
    check("", &[]);
    check("<![CDATA[]]>", &[]);
    check("<![CDATA[]]><b/><![CDATA[]]><![CDATA[]]>", &["<b>"]);
}

#[test]
fn comments_and_instructions_divide_texts() {
    check("a<!--b-->c<?d e?>f<g/>h", &["a", "<!--b-->", "c", "<?d e?>", "f", "<g>", "h"]);
    check("a<!---->&lt;<?d?>", &["a", "<!---->", "<", "<?d ?>"]);
    check("<?d \n e f ?>", &["<?d e f ?>"]);
}

#[test]
fn line_ends_become_line_feeds() {
    check("\r\n", &["\n"]);
    check("\r\n  ", &["\n  "]);
    check("\r", &["\n"]);
    check("\r\r\n\n\r", &["\n\n\n\n"]);
    check("a\r\nb\rc\n", &["a\nb\nc\n"]);
    check("\r\na\r\n", &["\na\n"]);
    check(
        "\r\na long text, so that more than eight bytes are looked at\r",
        &["\na long text, so that more than eight bytes are looked at\n"],
    );
    check("<![CDATA[\r]]>\n<![CDATA[\r\n]]>", &["\n\n\n"]);
    check("<!--\r\na\r-->", &["<!--\na\n-->"]);
    check("<?b\r\n\rc\r\n?>", &["<?b c\n?>"]);
    check("&#13;\n&#xD;&#10;", &["\r\n\r\n"]);
    check("&amp;\r\n", &["&\n"]);
}

/// Expects the attribute value `input`, as it stands between its quotes, to be `expected`.
#[track_caller]
fn check_attribute(input: &str, expected: &str) {
    let document = parse(&format!("<a b=\"{input}\" c='1'/>"));
    let attributes: Vec<_> = document.attributes(document.root_element()).collect();
    assert_eq!(document.attribute_value(attributes[0]), expected, "{input:?}");
    assert_eq!(document.attribute_value(attributes[1]), "1");
    assert_eq!(&document.text()[document.attribute_value_span(attributes[0]).range()], input);
}

#[test]
fn attribute_values_are_normalised_as_character_data() {
    check_attribute("", "");
    check_attribute("a  b ", "a  b ");
    check_attribute("a\tb\nc\rd\r\ne", "a b c d e");
    check_attribute("\r\n\r\n", "  ");
    check_attribute("&#9;&#10;&#13;&#32;", "\t\n\r ");
    check_attribute("a&lt;b&gt;c&amp;d&apos;e&quot;", "a<b>c&d'e\"");
    check_attribute("'>]]>ä€😀", "'>]]>ä€😀");
    check_attribute(
        "a value of more than eight bytes &amp; more after it\n",
        "a value of more than eight bytes & more after it ",
    );
}

#[test]
fn nodes_are_in_document_order_and_know_their_subtree() {
    let document = parse("<!--1--><a><b>2<c/></b>3</a><?d?>");
    let kinds: Vec<_> = document.nodes().map(|node| document.kind(node)).collect();

    assert_eq!(kinds, [Top, Comment, Element, Element, Text, Element, Text, ProcessingInstruction]);
    let ends: Vec<_> = document.nodes().map(|node| document.subtree_end(node).index()).collect();
    assert_eq!(ends, [8, 2, 7, 6, 5, 6, 7, 8]);
    let parents: Vec<_> = document.nodes().map(|node| document.parent(node).map(NodeId::index)).collect();
    assert_eq!(parents, [None, Some(0), Some(0), Some(2), Some(3), Some(3), Some(2), Some(0)]);
    let root = document.root_element();
    assert_eq!(document.children(root).map(NodeId::index).collect::<Vec<_>>(), [3, 6]);
    assert_eq!(document.descendants(root).map(NodeId::index).collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert_eq!(document.children(NodeId::DOCUMENT).map(NodeId::index).collect::<Vec<_>>(), [1, 2, 7]);
    assert_eq!(document.span(NodeId::DOCUMENT).range(), 0..document.text().len());
}

#[test]
fn spans_cover_what_the_source_says() {
    let input =
        "<?xml version='1.0'?>\n<p:a xmlns:p='u' b = '1'  p:c=\"2\" >x<![CDATA[y]]>&lt;<d/><!--e--><f\n></f ></p:a\n>";
    let document = parse(input);
    let said = |node: NodeId| &input[document.span(node).range()];
    let tag = |node: NodeId| &input[document.start_tag_span(node).range()];
    let nodes: Vec<_> = document.nodes().collect();
    assert_eq!(said(nodes[1]), &input[22..]);
    assert_eq!(tag(nodes[1]), "<p:a xmlns:p='u' b = '1'  p:c=\"2\" >");
    assert_eq!(said(nodes[2]), "x<![CDATA[y]]>&lt;");
    assert_eq!((said(nodes[3]), tag(nodes[3])), ("<d/>", "<d/>"));
    assert_eq!((said(nodes[4]), tag(nodes[4])), ("<!--e-->", "<!--e-->"));
    assert_eq!((said(nodes[5]), tag(nodes[5])), ("<f\n></f >", "<f\n>"));
    let attributes: Vec<_> =
        document.attributes(nodes[1]).map(|a| &input[document.attribute_span(a).range()]).collect();
    assert_eq!(attributes, ["b = '1'", "p:c=\"2\""]);
    let values: Vec<_> =
        document.attributes(nodes[1]).map(|a| &input[document.attribute_value_span(a).range()]).collect();
    assert_eq!(values, ["1", "2"]);
}

#[test]
fn a_text_of_one_section_spans_the_whole_section() {
    let input = "<a><![CDATA[x]]></a>";
    let document = parse(input);
    let text = document.root_element().next();
    assert_eq!((document.value(text), &input[document.span(text).range()]), ("x", "<![CDATA[x]]>"));
}

#[test]
fn string_values_join_the_texts_below() {
    let document = parse("<a>1<b c='2'>3<!--4--></b><d/>&lt;<e><f/></e></a>");
    let root = document.root_element();
    assert_eq!(document.string_value(root), "13<");
    assert_eq!(document.string_value(NodeId::DOCUMENT), "13<");
    let [b, d, e] = ["b", "d", "e"].map(|local| {
        let name = document.find_name("", local).unwrap();
        document.elements_named(name)[0]
    });
    assert!(matches!(document.string_value(b), Cow::Borrowed("3")));
    assert_eq!((document.string_value(d), document.string_value(e)), (Cow::Borrowed(""), Cow::Borrowed("")));
    let c = document.attributes(b).next().unwrap();
    assert_eq!(document.string_value(NodeRef::attribute(b, c)), "2");
    assert_eq!(document.string_value(b.next().next()), "4");
}

#[test]
fn names_are_in_the_namespace_that_is_in_force() {
    let document = parse(
        "<a xmlns='u' b='' p:b='' xmlns:p='v'><p:a xmlns:p='w'/><a xmlns='' p:c=''><a/></a><p:a/><a xml:lang=''/></a>",
    );
    let spelled = |name| {
        let QName { namespace, local } = document.qname(name);
        format!("{{{namespace}}}{local}")
    };
    let elements: Vec<_> =
        document.nodes().filter(|&node| document.is_element(node)).map(|node| spelled(document.name(node))).collect();
    assert_eq!(elements, ["{u}a", "{w}a", "{}a", "{}a", "{v}a", "{u}a"]);
    let attributes: Vec<_> = document
        .nodes()
        .flat_map(|node| document.attributes(node))
        .map(|attribute| spelled(document.attribute_name(attribute)))
        .collect();
    assert_eq!(attributes, ["{}b", "{v}b", "{v}c", "{http://www.w3.org/XML/1998/namespace}lang"]);
    let a = document.find_name("u", "a").unwrap();
    assert_eq!(document.elements_named(a).iter().map(|node| node.index()).collect::<Vec<_>>(), [1, 6]);
    assert_eq!(document.attribute(document.root_element(), document.find_name("v", "b").unwrap()).unwrap().index(), 1);
    assert!(document.find_name("u", "lang").is_none() && document.find_name("none", "a").is_none());
    assert_eq!(document.namespace_of(a), document.find_namespace("u").unwrap());
}

#[test]
fn two_prefixes_of_one_namespace_make_one_name() {
    let document = parse("<p:a xmlns:p='u' xmlns:q='u' xmlns='u'><q:a/><a/></p:a>");
    let name = document.name(document.root_element());
    assert_eq!(document.elements_named(name).len(), 3);
}

#[test]
fn prefixes_are_as_the_source_writes_them() {
    let document = parse("<p:a xmlns:p='u' xmlns='v' p:b='' c=''><d/><p:e /></p:a>");
    let root = document.root_element();
    let attributes: Vec<_> =
        document.attributes(root).map(|attribute| document.prefix(NodeRef::attribute(root, attribute))).collect();
    assert_eq!((document.prefix(root.into()), attributes), ("p", vec!["p", ""]));
    assert_eq!(document.children(root).map(|node| document.prefix(node.into())).collect::<Vec<_>>(), ["", "p"]);
    assert_eq!(document.prefix(NodeId::DOCUMENT.into()), "");
}

#[test]
fn a_prefix_is_looked_up_from_the_inside_out() {
    let document = parse("<a xmlns='u' xmlns:p='v&amp;&#9;w'><b xmlns='' xmlns:q='x'><c xmlns:p='y'/></b><d/></a>");
    let nodes: Vec<_> = document.nodes().collect();
    let [a, b, c, d] = [nodes[1], nodes[2], nodes[3], nodes[4]];
    for (node, prefix, uri) in [
        (a, "", Some("u")),
        (a, "p", Some("v&\tw")),
        (a, "q", None),
        (b, "", None),
        (b, "p", Some("v&\tw")),
        (b, "q", Some("x")),
        (c, "p", Some("y")),
        (c, "q", Some("x")),
        (c, "", None),
        (d, "", Some("u")),
        (d, "q", None),
        (d, "xml", Some("http://www.w3.org/XML/1998/namespace")),
    ] {
        assert_eq!(document.lookup_prefix(node, prefix), uri, "{prefix:?} at {node:?}");
    }
}

#[test]
fn namespace_declarations_are_no_attributes() {
    let document = parse("<a xmlns='u' xmlns:p='v' b=''/>");
    assert_eq!((document.attribute_count(), document.attributes(document.root_element()).len()), (1, 1));
}

#[test]
fn names_may_use_the_characters_of_the_fifth_edition() {
    let document = parse("<ä:å_1-.\u{B7}\u{300} xmlns:ä='u' \u{309A}='1' \u{10000}=''/>");
    assert_eq!(document.qname(document.name(document.root_element())).local, "å_1-.\u{B7}\u{300}");
}

#[test]
fn names_longer_than_a_machine_word_are_told_apart() {
    // The parser compares lengths, first and last eight bytes before anything else.
    let names =
        ["abcdefgh", "abcdefg", "abcdefghi", "abcdefghXabcdefgh", "abcdefghYabcdefgh", "bbcdefghYabcdefgh", "a", "b"];
    let content: String = names.iter().chain(&names).map(|name| format!("<{name} {name}='{name}'/>")).collect();
    let document = parse(&format!("<root>{content}</root>"));
    for name in names {
        let id = document.find_name("", name).unwrap();
        assert_eq!(document.elements_named(id).len(), 2);
        for &element in document.elements_named(id) {
            assert_eq!(document.attribute_value(document.attribute(element, id).unwrap()), name);
        }
    }
}

#[test]
fn positions_count_lines_and_characters() {
    let document = parse("<a>\r\n  ä€😀<b/>\n\n<c/></a>");
    let at = |offset: usize| {
        let position = document.position(offset as u32);
        (position.line, position.column)
    };
    let text = document.text();
    assert_eq!(at(0), (1, 1));
    assert_eq!(at(text.find("<b").unwrap()), (2, 6));
    assert_eq!(at(text.find("<c").unwrap()), (4, 1));
    assert_eq!(at(text.len()), (4, 9));
    // Beyond the end is the end, and inside a character is behind its first byte.
    assert_eq!(at(text.len() + 10), (4, 9));
}

#[test]
fn positions_are_right_across_the_checkpoints_of_their_index() {
    for line in ["ä", "x", "€😀\n", "\r\n", "äöå 😀\r\n"] {
        let document = parse(&format!("<a>{}</a>", line.repeat(2000)));
        let (mut row, mut column) = (1, 1);
        for (offset, character) in document.text().char_indices() {
            let position = document.position(offset as u32);
            assert_eq!((position.line, position.column), (row, column), "offset {offset} of {line:?}");
            column += 1;
            if character == '\n' {
                (row, column) = (row + 1, 1);
            }
        }
    }
}

#[test]
fn a_document_crosses_threads() {
    fn check<T: Send + Sync>(_: &T) {}
    let document = parse("<a>x</a>");
    check(&document);
    let lines: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| document.position(4).line)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(lines, [1; 4]);
}
