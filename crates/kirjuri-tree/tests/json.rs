//! JSON: rows of text and tree, of text and places, of text and error.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;

use kirjuri_tree::{Document, Format, Limits, NodeId, NodeKind, NodeRef};

#[track_caller]
fn parse(input: &str) -> Document {
    match Document::parse_json(input.as_bytes(), &Limits::default()) {
        Ok(document) => document,
        Err(error) => panic!("{input} is refused: {error}"),
    }
}

/// A tree as XML would say it, values as they are.
fn written(document: &Document, node: NodeId, into: &mut String) {
    if document.kind(node) == NodeKind::Text {
        return into.push_str(document.value(node));
    }
    let name = document.qname(document.name(node)).local;
    let _ = write!(into, "<{name}");
    for attribute in document.attributes(node) {
        let name = document.qname(document.attribute_name(attribute)).local;
        let _ = write!(into, " {name}='{}'", document.attribute_value(attribute));
    }
    if document.children(node).next().is_none() {
        return into.push_str("/>");
    }
    into.push('>');
    document.children(node).for_each(|child| written(document, child, into));
    let _ = write!(into, "</{name}>");
}

#[track_caller]
fn check(input: &str, expected: &str) {
    let document = parse(input);
    let mut found = String::new();
    document.children(NodeId::DOCUMENT).for_each(|child| written(&document, child, &mut found));
    assert_eq!(found, expected, "{input}");
    assert_eq!(document.format(), Format::Json);
}

#[test]
fn a_document_knows_its_format() {
    assert_eq!(parse("1").format(), Format::Json);
    assert_eq!(Document::parse(b"<a/>", &Limits::default()).unwrap().format(), Format::Xml);
}

#[test]
fn the_only_member_is_the_root_if_it_is_an_object() {
    check(r#"{"a":{}}"#, "<a type='object'/>");
    check(r#"{"a":{"b":"c"}}"#, "<a type='object'><b>c</b></a>");
    check(" { \"\\u0061\" : { } } ", "<a type='object'/>");
    check(r#"{"a":{"a":{"a":"b"}}}"#, "<a type='object'><a type='object'><a>b</a></a></a>");
    // Its name says nothing of the document.
    check(r#"{"a":"b"}"#, "<json type='object'><a>b</a></json>");
    check(r#"{"a":[{}]}"#, "<json type='object'><a array='item' type='object'/></json>");
    // It would look like another document.
    check(r#"{"json":{"a":"b"}}"#, "<json type='object'><json type='object'><a>b</a></json></json>");
    check(r#"{"a b":{}}"#, "<json type='object'><_ key='a b' type='object'/></json>");
    check(r#"{"_":{}}"#, "<json type='object'><_ key='_' type='object'/></json>");
    // It is not the only one.
    check(
        r#"{"a":{"b":1},"c":2}"#,
        "<json type='object'><a type='object'><b type='number'>1</b></a><c type='number'>2</c></json>",
    );
}

#[test]
fn any_other_document_has_the_root_json() {
    check("{}", "<json type='object'/>");
    check("[]", "<json type='array'/>");
    check(r#""a""#, "<json>a</json>");
    check(r#""""#, "<json/>");
    check(" -0.10E+2\n", "<json type='number'>-0.10E+2</json>");
    check("true", "<json type='boolean'>true</json>");
    check("null", "<json type='null'/>");
    check("[1, {}]", "<json type='array'><_ array='item' type='number'>1</_><_ array='item' type='object'/></json>");
}

#[test]
fn what_is_not_a_string_says_its_type() {
    let rows = [
        (r#""""#, "<a/>"),
        (r#""null""#, "<a>null</a>"),
        ("null", "<a type='null'/>"),
        ("0", "<a type='number'>0</a>"),
        ("1.0e-00", "<a type='number'>1.0e-00</a>"),
        ("false", "<a type='boolean'>false</a>"),
        ("{}", "<a type='object'/>"),
        ("[]", "<a array='empty' type='array'/>"),
        (r#"[""]"#, "<a array='item'/>"),
        ("[null]", "<a array='item' type='null'/>"),
        ("[[]]", "<a array='item' type='array'/>"),
        ("[{}]", "<a array='item' type='object'/>"),
    ];
    for (value, expected) in rows {
        check(&format!(r#"{{"r":{{"a":{value}}}}}"#), &format!("<r type='object'>{expected}</r>"));
    }
}

#[test]
fn an_array_is_repeated_elements() {
    check(
        r#"{"a":["b","c"],"d":["e"]}"#,
        "<json type='object'><a array='item'>b</a><a array='item'>c</a><d array='item'>e</d></json>",
    );
    check(
        r#"{"r":{"a":[{"b":[1]},{"b":[]}]}}"#,
        concat!(
            "<r type='object'><a array='item' type='object'><b array='item' type='number'>1</b></a>",
            "<a array='item' type='object'><b array='empty' type='array'/></a></r>"
        ),
    );
    check(
        r#"{"a":[[1,2],[[]],"b"]}"#,
        concat!(
            "<json type='object'>",
            "<a array='item' type='array'><_ array='item' type='number'>1</_><_ array='item' type='number'>2</_></a>",
            "<a array='item' type='array'><_ array='item' type='array'/></a>",
            "<a array='item'>b</a></json>"
        ),
    );
    check(
        "[[],[0]]",
        concat!(
            "<json type='array'><_ array='item' type='array'/>",
            "<_ array='item' type='array'><_ array='item' type='number'>0</_></_></json>"
        ),
    );
}

#[test]
fn a_key_that_is_no_name_is_an_attribute() {
    for (key, value) in [
        ("", ""),
        ("1", "1"),
        ("a b", "a b"),
        ("a:b", "a:b"),
        ("$schema", "$schema"),
        ("-a", "-a"),
        ("_", "_"),
        (r"\u0000", "\0"),
        (r#"a\"b"#, "a\"b"),
        (r"\udbff\udfff", "\u{10FFFF}"),
        ("\u{FFFE}", "\u{FFFE}"),
        ("·", "·"),
    ] {
        check(
            &format!(r#"{{"{key}":1}}"#),
            &format!("<json type='object'><_ key='{value}' type='number'>1</_></json>"),
        );
    }
    for key in ["a", "_a", "a.b-c", "_1", "äö", "key", "type", "array", "json", "xml", "𐀀"] {
        check(&format!(r#"{{"{key}":"x"}}"#), &format!("<json type='object'><{key}>x</{key}></json>"));
    }
    check(
        r#"{"a b":["c","d"],"\u0061 c":[[]]}"#,
        concat!(
            "<json type='object'><_ key='a b' array='item'>c</_><_ key='a b' array='item'>d</_>",
            "<_ key='a c' array='item' type='array'/></json>"
        ),
    );
    // The same key, once verbatim and once not.
    check(
        r#"[{"a b":"c"},{"\u0061 b":"d"},{"a b":[]}]"#,
        concat!(
            "<json type='array'><_ array='item' type='object'><_ key='a b'>c</_></_>",
            "<_ array='item' type='object'><_ key='a b'>d</_></_>",
            "<_ array='item' type='object'><_ key='a b' array='empty' type='array'/></_></json>"
        ),
    );
}

#[test]
fn escapes_are_resolved() {
    for (string, value) in [
        (r#"\"\\\/"#, "\"\\/"),
        (r"\b\f\n\r\t", "\u{8}\u{C}\n\r\t"),
        (r"\u00e4\u00E4", "ää"),
        (r"\u0000", "\0"),
        (r"a\u20acb", "a€b"),
        (r"\uD834\uDD1E\ud834\udd1e", "𝄞𝄞"),
        (r"\ufffe\uFFFF", "\u{FFFE}\u{FFFF}"),
        (r"\\u0041", r"\u0041"),
        ("ä€𝄞\u{7F}\u{2028}", "ä€𝄞\u{7F}\u{2028}"),
        ("0123456789012345\\n", "0123456789012345\n"),
    ] {
        let document = parse(&format!("[\"{string}\",\"x\"]"));
        let first = document.children(document.root_element()).next().unwrap();
        assert_eq!(document.string_value(first), value);
        assert_eq!(document.string_value(document.root_element()), format!("{value}x"));
    }
}

#[test]
fn names_and_indexes_answer_as_for_xml() {
    let document = parse(r#"{"r":{"a":[{"b":"1"},{"b":"2"}],"b c":3,"e":{"b":"4"}}}"#);
    let name = |local: &str| document.find_name("", local).unwrap();
    let texts: Vec<_> = document.elements_named(name("b")).iter().map(|&node| document.string_value(node)).collect();
    assert_eq!(texts, ["1", "2", "4"]);
    let (element, key) = document.attributes_named(name("key"))[0];
    assert_eq!((document.attribute_value(key), document.string_value(element).as_ref()), ("b c", "3"));
    assert_eq!(document.string_value(NodeRef::attribute(element, key)), "b c");
    assert_eq!(document.attribute(element, name("key")), Some(key));
    assert_eq!(document.attributes_named(name("array")).len(), 2);
    assert_eq!((document.prefix(element.into()), document.lookup_prefix(element, "")), ("", None));
    assert_eq!(document.prefix(NodeRef::attribute(element, key)), "");
    assert!(document.find_name("", "b c").is_none());
    assert_eq!(document.string_value(NodeId::DOCUMENT), "1234");
}

/// The first block of code of a language in `docs/parsing.md`.
fn documented(language: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/parsing.md");
    let text = std::fs::read_to_string(path).unwrap();
    text.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap().to_owned()
}

#[test]
fn the_example_of_the_documentation_is_true() {
    let layout = documented("xml");
    let xml: String = layout.lines().map(str::trim).collect();
    let xml = Document::parse(xml.as_bytes(), &Limits::default()).unwrap();
    let mut expected = String::new();
    written(&xml, xml.root_element(), &mut expected);
    check(&documented("json"), &expected);
}

/// For each element its name, what its span covers, its start tag and its content; attributes and texts below it.
#[track_caller]
fn check_places(input: &str, expected: &[&str]) {
    let bytes = [b"\xEF\xBB\xBF", input.as_bytes()].concat();
    let document = Document::parse_json(&bytes, &Limits::default()).unwrap();
    let source = |span| std::str::from_utf8(&bytes[document.source_range(span)]).unwrap();
    let mut found = Vec::new();
    for node in document.nodes().skip(1) {
        if document.kind(node) == NodeKind::Text {
            found.push(format!("text {}", source(document.span(node))));
            continue;
        }
        let [whole, tag, content] =
            [document.span(node), document.start_tag_span(node), document.content_span(node)].map(source);
        found.push(format!("{} ¦{whole}¦{tag}¦{content}", document.qname(document.name(node)).local));
        for attribute in document.attributes(node) {
            let [whole, value] =
                [document.attribute_span(attribute), document.attribute_value_span(attribute)].map(source);
            found.push(format!("@{} ¦{whole}¦{value}", document.qname(document.attribute_name(attribute)).local));
        }
    }
    assert_eq!(found, expected, "{input}");
}

#[test]
fn every_member_and_value_has_its_place() {
    check_places(
        r#" { "a" : { "b" : "ä" } } "#,
        &[r#"a ¦"a" : { "b" : "ä" }¦"a"¦{ "b" : "ä" }"#, "@type ¦{¦{", r#"b ¦"b" : "ä"¦"b"¦"ä""#, "text ä"],
    );
    check_places(
        r#"{"a":[ "b" , 12,null],"":"","c":[ ]}"#,
        &[
            r#"json ¦{"a":[ "b" , 12,null],"":"","c":[ ]}¦{¦{"a":[ "b" , 12,null],"":"","c":[ ]}"#,
            "@type ¦{¦{",
            r#"a ¦"b"¦"b"¦"b""#,
            r#"@array ¦"a"¦"a""#,
            "text b",
            "a ¦12¦12¦12",
            r#"@array ¦"a"¦"a""#,
            "@type ¦12¦12",
            "text 12",
            "a ¦null¦null¦null",
            r#"@array ¦"a"¦"a""#,
            "@type ¦null¦null",
            r#"_ ¦"":""¦""¦"""#,
            r#"@key ¦""¦"#,
            r#"c ¦"c":[ ]¦"c"¦[ ]"#,
            "@array ¦[ ]¦[ ]",
            "@type ¦[¦[",
        ],
    );
    check_places(
        "[ [ true ] ]",
        &[
            "json ¦[ [ true ] ]¦[¦[ [ true ] ]",
            "@type ¦[¦[",
            "_ ¦[ true ]¦[¦[ true ]",
            "@array ¦[¦[",
            "@type ¦[¦[",
            "_ ¦true¦true¦true",
            "@array ¦[¦[",
            "@type ¦true¦true",
            "text true",
        ],
    );
    check_places(r#""a\n""#, &[r#"json ¦"a\n"¦"a\n"¦"a\n""#, r"text a\n"]);
    check_places(
        r#"{"a b":[{}]}"#,
        &[
            r#"json ¦{"a b":[{}]}¦{¦{"a b":[{}]}"#,
            "@type ¦{¦{",
            "_ ¦{}¦{¦{}",
            r#"@key ¦"a b"¦a b"#,
            r#"@array ¦"a b"¦"a b""#,
            "@type ¦{¦{",
        ],
    );
}

#[test]
fn the_content_of_an_element_of_xml_stands_between_its_tags() {
    for (input, expected) in [("<a/>", ""), ("<a></a>", ""), ("<a b='>'>c<d/> </a >", "c<d/> "), ("<a>\n</a>", "\n")] {
        let document = Document::parse(input.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(&document.text()[document.content_span(document.root_element()).range()], expected, "{input}");
    }
}

#[test]
fn a_position_counts_lines_and_characters() {
    let document = parse("{\n  \"ä\": \"ö\", \"b\": 1\n}");
    let b = document.elements_named(document.find_name("", "b").unwrap())[0];
    let at = document.position(document.start_tag_span(b).start);
    assert_eq!((at.line, at.column), (2, 13));
}

/// Parses `input`, in which `¦` marks the place of the fault, and expects the error `id` there.
#[track_caller]
fn refuse(input: &str, id: &str) {
    let offset = input.find('¦').unwrap_or_else(|| panic!("no place is marked in {input:?}"));
    let before = &input[..offset];
    let input = input.replacen('¦', "", 1);
    let Err(error) = Document::parse_json(input.as_bytes(), &Limits::default()) else {
        panic!("{input:?} is accepted, not refused as {id}");
    };
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    let found = (error.kind().id(), error.offset(), error.position().line, error.position().column);
    assert_eq!(found, (id, offset, line, column), "{input:?}");
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn a_value_has_to_be_there() {
    for input in ["¦", " \n¦", "¦,", "¦]", "[¦,1]", "[1,¦,2]", "¦'a'", "{\"a\":¦}", "{\"a\":¦,", "[¦:]", "¦\u{A0}1"]
    {
        refuse(input, "missing-value");
    }
    refuse("[¦/**/1]", "missing-value");
    for input in ["¦nul", "¦True", "[¦nullx]", "[¦secret]", "¦NaN", "[1,¦undefined]", "[¦true_]"] {
        refuse(input, "malformed-literal");
    }
    for input in ["1 ¦2", "{}¦{}", "1\n¦]", "\"a\"¦,", "null¦\u{FEFF}"] {
        refuse(input, "content-behind-value");
    }
    refuse("{\"a\":{}}¦,", "content-behind-value");
}

#[test]
fn numbers_have_their_form() {
    for input in [
        "-¦", "[-¦]", "¦+1", "¦.5", "0¦1", "-0¦0", "1.¦", "[1.¦]", "1.¦e5", "1e¦", "1e+¦", "1.5¦.2", "0¦x10", "1¦a",
        "1e5¦.3", "1¦_000", "-¦a", "1¦-2",
    ] {
        refuse(input, "malformed-number");
    }
}

#[test]
fn strings_have_their_form() {
    for input in ["¦\"", "[1,¦\"secret", "{¦\"a", "¦\"\\\"", "[\"a\",¦\"b]"] {
        refuse(input, "unclosed-string");
    }
    for input in ["\"a¦\n\"", "\"¦\t\"", "\"0123456789¦\0\"", "\"\\n¦\u{1F}", "{\"a¦\r\":1}"] {
        refuse(input, "control-character-in-string");
    }
    for input in
        ["\"¦\\a\"", "\"a¦\\", "\"¦\\u12\"", "\"¦\\u12g4\"", "\"¦\\U0041\"", "\"\\n¦\\x41\"", "\"¦\\u+123\"", "\"¦\\'"]
    {
        refuse(input, "malformed-escape");
    }
    for input in [
        r#""¦\ud800""#,
        r#""¦\udc00""#,
        r#""a¦\ud834a""#,
        r#""¦\ud834\n""#,
        r#""¦\ud834\ud834\udd1e""#,
        r#"{"¦\udd1e\ud834":1}"#,
        r#""¦\ud834\u0041""#,
        r#""¦\ud834\u00""#,
    ] {
        refuse(input, "lone-surrogate");
    }
}

#[test]
fn brackets_commas_and_colons_stand_where_they_belong() {
    for input in ["{¦1:2}", "{¦a:1}", "{\"a\":1,¦2}", "{¦,}", "{\"a\":1,¦,}", "{¦'a':1}", "{¦{}}"] {
        refuse(input, "missing-member-name");
    }
    for input in ["{\"a\"¦}", "{\"a\" ¦1}", "{\"a\"¦,1}", "{\"a\"¦=1}"] {
        refuse(input, "missing-colon");
    }
    for input in ["[1 ¦2]", "{\"a\":1 ¦\"b\":2}", "[\"a\"¦\"b\"]", "[1¦:2]", "{\"a\":{} ¦\"b\":1}", "[1¦;2]"] {
        refuse(input, "missing-comma");
    }
    for input in ["[1¦,]", "{\"a\":1¦, }", "{\"a\":{}¦,}", "[[]¦,\n]"] {
        refuse(input, "trailing-comma");
    }
    for input in ["[1¦}", "{\"a\":1¦]", "[¦}", "{¦]", "[{\"a\":[]¦]"] {
        refuse(input, "mismatched-bracket");
    }
    for input in
        ["¦[", "¦{", "[1,¦[2", "[¦[1,", "{\"a\":¦{\"b\":1", "¦{\"a\"", "¦{\"a\":", "¦{\"a\":1,", "{\"a\":1,\"b\":¦[ "]
    {
        refuse(input, "unclosed-bracket");
    }
}

#[test]
fn a_name_is_there_once() {
    for input in [
        r#"{"secret":1,¦"secret":1}"#,
        r#"{"a":1,"b":2,¦"a":3}"#,
        r#"{"a":{},¦"a":{}}"#,
        r#"{"a":{"a":1,"b":{"a":2}},"b":3,¦"a":4}"#,
        r#"{"":1,¦"":2}"#,
        r#"{"a":1,¦"\u0061":2}"#,
        r#"{"\u0061 b":1,¦"a b":2}"#,
        r#"[{"a":1},{"a":[{"a":1}],¦"a":2}]"#,
        r#"{"r":{"x":{"a":1},"y":{"a":1,"x":2},¦"x":1}}"#,
    ] {
        refuse(input, "duplicate-member");
    }
    check(
        r#"{"r":{"a":{"a":""},"A":{"a":""}}}"#,
        "<r type='object'><a type='object'><a/></a><A type='object'><a/></A></r>",
    );
}

#[test]
fn the_text_is_utf_8() {
    let refuse = |bytes: &[u8], id: &str, offset: usize| {
        let error = Document::parse_json(bytes, &Limits::default()).unwrap_err();
        assert_eq!((error.kind().id(), error.offset()), (id, offset), "{bytes:?}");
    };
    refuse(b"\xFF\xFE[\0]\0", "unsupported-encoding", 0);
    refuse(b"\xFE\xFF\0[\0]", "unsupported-encoding", 0);
    refuse(b"[\0]\0", "unsupported-encoding", 0);
    refuse(b"\0[\0]", "unsupported-encoding", 0);
    refuse(b"1\0", "unsupported-encoding", 0);
    refuse(b"1\0\0\0", "unsupported-encoding", 0);
    refuse(b"\0\0\0[\0\0\0]", "unsupported-encoding", 0);
    refuse(b"\0", "missing-value", 0);
    refuse(b"[\"\xE4\"]", "invalid-utf-8", 2);
    refuse(b"\xEF\xBB\xBF[\n\"\xE4\"]", "invalid-utf-8", 6);
    refuse(b"\"\xED\xA0\x80\"", "invalid-utf-8", 1);
    refuse(b"\xEF\xBB\xBF", "missing-value", 3);
    refuse(b"\xEF\xBB\xBF\xEF\xBB\xBF1", "missing-value", 3);
    refuse(b"\xEF\xBB\xBF{\n 1}", "missing-member-name", 6);
    // A mark is no part of the text.
    let document = Document::parse_json(b"\xEF\xBB\xBF[1]", &Limits::default()).unwrap();
    assert_eq!((document.text(), document.source_range(document.span(document.root_element()))), ("[1]", 3..6));
}

#[test]
fn limits_are_kept() {
    let limits = |set: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        set(&mut limits);
        limits
    };
    let outcome = |input: &str, limits: &Limits| match Document::parse_json(input.as_bytes(), limits) {
        Ok(_) => ("read", 0),
        Err(error) => (error.kind().id(), error.offset()),
    };
    let depth = limits(&|limits| limits.depth = 2);
    for (input, expected) in [
        ("[[]]", ("read", 0)),
        ("[[[]]]", ("too-deep", 2)),
        (r#"{"a":[1]}"#, ("read", 0)),
        (r#"{"a":{"b":[1]}}"#, ("read", 0)),
        (r#"{"a":{"b":[[1]]}}"#, ("too-deep", 12)),
        (r#"{"a":{"b":{"c":[]}}}"#, ("too-deep", 11)),
        (r#"{"a":{"b":1},"c":1}"#, ("too-deep", 6)),
    ] {
        assert_eq!(outcome(input, &depth), expected, "{input}");
    }
    assert_eq!(outcome("1", &limits(&|limits| limits.depth = 0)), ("too-deep", 0));
    let text = r#"{"a":[1,""],"b":null}"#;
    for (nodes, expected) in [
        (6, ("read", 0)),
        (5, ("too-many-nodes", 12)),
        (4, ("too-many-nodes", 8)),
        (3, ("too-many-nodes", 6)),
        (2, ("too-many-nodes", 6)),
        (1, ("too-many-nodes", 0)),
    ] {
        assert_eq!(outcome(text, &limits(&|limits| limits.nodes = nodes)), expected, "{nodes}");
    }
    assert_eq!(outcome("\"ä\"", &limits(&|limits| limits.bytes = 4)), ("read", 0));
    assert_eq!(outcome("\"ä\"", &limits(&|limits| limits.bytes = 3)), ("too-large", 0));
    assert_eq!(outcome(r#"{"a b":[1]}"#, &limits(&|limits| limits.attributes = 0)), ("read", 0));
}

#[test]
fn hostile_texts_are_answered_in_good_time() {
    let many = |count: usize, piece: &dyn Fn(usize) -> String| (0..count).map(piece).collect::<Vec<_>>().join(",");
    let texts = [
        "[".repeat(300_000),
        "{\"a\":".repeat(300_000),
        "[{\"a\":".repeat(300_000),
        format!("[{}]", many(100_000, &|_| "{}".into())),
        format!("{{{}}}", many(100_000, &|number| format!("\"a{number}\":1"))),
        format!("{{{}}}", many(100_000, &|number| format!("\"a {number}\":[[]]"))),
        format!("[{}]", many(100_000, &|_| r#"{"a":{"a":1},"b":{"a":1}}"#.into())),
        // The only member is not the only one, which shows at the very end.
        format!(r#"{{"a":{{"b":[{}]}},"c":1}}"#, many(100_000, &|number| number.to_string())),
        format!("\"{}\"", "\\u0041".repeat(300_000)),
        format!("\"{}", "\\".repeat(300_000)),
        format!("{}1", " ".repeat(1_000_000)),
        "1".repeat(1_000_000),
    ];
    let start = std::time::Instant::now();
    for text in &texts {
        let _ = Document::parse_json(text.as_bytes(), &Limits::default());
    }
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
}
