//! A resource of FHIR has the same tree whether it is written in JSON or in XML.

#![allow(clippy::unwrap_used)]

mod random;

use std::fmt::Write;

use kirjuri_tree::{Document, Format, Limits, NodeId, NodeKind, NodeRef};

use random::Random;

#[track_caller]
fn parse(input: &str) -> Document {
    let parse = if input.starts_with('<') { Document::parse } else { Document::parse_json };
    parse(input.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{input} is refused: {error}"))
}

/// The tree with the last part of each namespace; texts that are only layout are left out, as JSON has none.
fn written(document: &Document, node: NodeId, into: &mut String) {
    if document.kind(node) == NodeKind::Text {
        return into.push_str(document.value(node).trim());
    }
    let name = document.qname(document.name(node));
    let _ = write!(into, "<{}:{}", name.namespace.rsplit('/').next().unwrap_or_default(), name.local);
    for attribute in document.attributes(node) {
        let name = document.qname(document.attribute_name(attribute));
        let _ = write!(into, " {}{}='{}'", name.namespace, name.local, document.attribute_value(attribute));
    }
    into.push('>');
    document.children(node).for_each(|child| written(document, child, into));
    into.push_str("</>");
}

fn tree(input: &str) -> String {
    let document = parse(input);
    let mut found = String::new();
    written(&document, document.root_element(), &mut found);
    found
}

#[track_caller]
fn check(json: &str, xml: &str) {
    assert_eq!(tree(json), tree(&format!("<R xmlns='http://hl7.org/fhir'>{xml}</R>")), "{json}");
    assert_eq!(parse(json).format(), Format::Json);
}

#[test]
fn a_primitive_is_an_element_with_a_value() {
    check(r#"{"resourceType":"R","a":"b"}"#, "<a value='b'/>");
    check(r#"{"resourceType":"R","a":1.50,"b":true,"c":""}"#, "<a value='1.50'/><b value='true'/><c value=''/>");
    check(r#"{"resourceType":"R","a":"\u00e4\"<"}"#, "<a value='ä&quot;&lt;'/>");
    check(r#"{"a":["b","c"],"resourceType":"R"}"#, "<a value='b'/><a value='c'/>");
    check(
        r#"{"resourceType":"R","value":"a","key":"b","type":"c"}"#,
        "<value value='a'/><key value='b'/><type value='c'/>",
    );
}

#[test]
fn objects_and_arrays_are_elements() {
    check(r#"{"resourceType":"R","a":{"b":"c"}}"#, "<a><b value='c'/></a>");
    check(r#"{"resourceType":"R","a":[{"b":"c"},{"b":"d"}]}"#, "<a><b value='c'/></a><a><b value='d'/></a>");
    // FHIR has none of these: they are there, and empty.
    check(r#"{"resourceType":"R","a":[],"b":{},"c":null,"d":[null]}"#, "<a/><b/><c/><d/>");
    check(r#"{"resourceType":"R","a":[["b"]]}"#, "<a><_ value='b'/></a>");
    check(r#"{"resourceType":"R","a b":"c","_":"d"}"#, "<_ key='a b' value='c'/><_ key='_' value='d'/>");
}

#[test]
fn the_id_of_an_element_is_an_attribute_and_that_of_a_resource_is_not() {
    check(r#"{"resourceType":"R","id":"a","b":{"c":"d","id":"e"}}"#, "<id value='a'/><b id='e'><c value='d'/></b>");
    check(
        r#"{"resourceType":"R","contained":[{"resourceType":"S","id":"a"}]}"#,
        "<contained><S><id value='a'/></S></contained>",
    );
}

#[test]
fn the_url_of_an_extension_is_an_attribute_and_any_other_is_not() {
    check(
        r#"{"resourceType":"R","url":"a","extension":[{"valueCode":"c","url":"b"}],"d":{"url":"e"}}"#,
        "<url value='a'/><extension url='b'><valueCode value='c'/></extension><d><url value='e'/></d>",
    );
    check(
        r#"{"resourceType":"R","modifierExtension":[{"url":"b","extension":[{"url":"c","id":"d"}]}]}"#,
        "<modifierExtension url='b'><extension id='d' url='c'/></modifierExtension>",
    );
    check(r#"{"resourceType":"R","a":{"id":1}}"#, "<a><id value='1'/></a>");
}

#[test]
fn what_belongs_to_a_primitive_stands_in_its_element() {
    let extension = r#"{"id":"i","extension":[{"url":"u","valueCode":"c"}]}"#;
    let inside = "<extension url='u'><valueCode value='c'/></extension>";
    check(&format!(r#"{{"resourceType":"R","a":"b","_a":{extension}}}"#), &format!("<a id='i' value='b'>{inside}</a>"));
    check(&format!(r#"{{"resourceType":"R","_a":{extension},"a":"b"}}"#), &format!("<a id='i' value='b'>{inside}</a>"));
    check(&format!(r#"{{"resourceType":"R","_a":{extension}}}"#), &format!("<a id='i'>{inside}</a>"));
    check(
        &format!(r#"{{"resourceType":"R","a":["b",null,"c"],"_a":[null,{extension}]}}"#),
        &format!("<a value='b'/><a id='i'>{inside}</a><a value='c'/>"),
    );
    check(
        &format!(r#"{{"resourceType":"R","a":["b"],"_a":[null,{extension}]}}"#),
        &format!("<a value='b'/><a id='i'>{inside}</a>"),
    );
    // What belongs to no primitive stays what it is.
    check(r#"{"resourceType":"R","a":{},"_a":{"b":"c"}}"#, "<a/><_a><b value='c'/></_a>");
    check(r#"{"resourceType":"R","a":"b","_a":"c"}"#, "<a value='b'/><_a value='c'/>");
}

#[test]
fn a_resource_stands_in_the_element_of_its_member() {
    check(
        r#"{"resourceType":"R","entry":[{"resource":{"resourceType":"S","a":"b"}}]}"#,
        "<entry><resource><S><a value='b'/></S></resource></entry>",
    );
    check(
        r#"{"resourceType":"R","contained":[{"a":"b","resourceType":"S"},{"c":"d"}]}"#,
        "<contained><S><a value='b'/></S></contained><contained><c value='d'/></contained>",
    );
    check(r#"{"resourceType":"R","a":{"resourceType":"S"}}"#, "<a><resourceType value='S'/></a>");
}

#[test]
fn a_narrative_is_the_text_of_its_element() {
    check(
        r#"{"resourceType":"R","text":{"status":"generated","div":"<div>a</div>"}}"#,
        "<text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'>&lt;div>a&lt;/div></div></text>",
    );
}

#[test]
fn any_other_json_is_no_resource() {
    for (json, root) in [
        (r#"{"resourceType":1}"#, "json"),
        (r#"{"resourceType":"a b"}"#, "json"),
        (r#"{"resourceType":["R"]}"#, "json"),
        (r#"[{"resourceType":"R"}]"#, "json"),
        (r#"{"a":{"resourceType":"R"}}"#, "a"),
    ] {
        let document = parse(json);
        let name = document.qname(document.name(document.root_element()));
        assert_eq!((name.namespace, name.local), ("", root), "{json}");
    }
}

#[test]
fn everything_has_its_place() {
    let document = parse("{\n \"resourceType\": \"R\",\n \"a\": [ {\"id\": \"i\", \"b\": 12} ], \"_c\": {}\n}");
    let shown = |span: kirjuri_tree::Span| &document.text()[span.start as usize..span.end as usize];
    let mut found = Vec::new();
    for node in document.descendants(NodeId::DOCUMENT) {
        found.push(shown(document.start_tag_span(node)).to_owned());
        for attribute in document.attributes(node) {
            found.push(format!("@{}", shown(document.attribute_value_span(attribute))));
            assert!(NodeRef::attribute(node, attribute).as_attribute().is_some());
        }
    }
    assert_eq!(found, ["{", "{", "@i", "\"b\"", "@12", "\"_c\""]);
}

#[test]
fn the_limits_hold() {
    let mut limits = Limits::default();
    limits.depth = 3;
    let kind = |json: &str| Document::parse_json(json.as_bytes(), &limits).err().map(|error| error.kind().id());
    assert_eq!(kind(r#"{"resourceType":"R","a":{"b":"c"}}"#), None);
    assert_eq!(kind(r#"{"resourceType":"R","contained":[{"resourceType":"S","b":"c"}]}"#), Some("too-deep"));
    assert_eq!(kind(r#"{"resourceType":"R","resourceType":"R"}"#), Some("duplicate-member"));
}

/// The example of the documentation.
#[test]
fn the_example_of_the_documentation_is_true() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/parsing.md");
    let page = std::fs::read_to_string(page).unwrap();
    let section = page.split("### Resources of FHIR").nth(1).unwrap();
    let block =
        |language: &str| section.split(&format!("```{language}\n")).nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(tree(block("json")), tree(block("xml")));
}

impl Random {
    /// A text of members that mean something in FHIR, in places where they make no sense as well as where they do.
    fn json(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 4 } else { 9 }) {
            0 => ["null", "true", "-1.50", "[]", "{}"][self.below(5)].to_owned(),
            1 | 2 => ["\"R\"", "\"\"", "\"\\u00e4\\\"\"", "\"a b\""][self.below(4)].to_owned(),
            3 => "\"http://example.org\"".to_owned(),
            4 | 5 => {
                let items: Vec<String> = (0..self.below(4)).map(|_| self.json(depth - 1)).collect();
                format!("[{}]", items.join(", "))
            }
            _ => {
                const NAMES: [&str; 14] = [
                    "resourceType",
                    "id",
                    "_id",
                    "url",
                    "_url",
                    "a",
                    "_a",
                    "__a",
                    "_",
                    "a b",
                    "contained",
                    "text",
                    "div",
                    "extension",
                ];
                let names: std::collections::BTreeSet<&str> =
                    (0..self.below(7)).map(|_| NAMES[self.below(14)]).collect();
                let members: Vec<String> =
                    names.into_iter().map(|name| format!("\"{name}\": {}", self.json(depth - 1))).collect();
                format!("{{{}}}", members.join(", "))
            }
        }
    }
}

#[test]
fn random_resources_are_sound_trees() {
    for seed in 0..5_000 {
        let mut random = Random(seed);
        let inside = random.json(5);
        let more = random.json(5);
        let text =
            format!(r#"{{"a": {inside}, "resourceType": "R", "_a": {more}, "contained": [{}]}}"#, random.json(4));
        let document = parse(&text);
        assert_eq!(document.qname(document.name(document.root_element())).local, "R");
        let mut attributes = 0;
        for node in document.nodes() {
            let (span, tag) = (document.span(node), document.start_tag_span(node));
            assert!(span.start <= span.end && span.end as usize <= text.len(), "{text}");
            assert!(tag.start == span.start && tag.end <= span.end, "{text}");
            assert!(text.get(document.content_span(node).range()).is_some(), "{text}");
            assert!(node < document.subtree_end(node) && document.subtree_end(node).index() <= document.node_count());
            assert!(document.children(node).all(|child| document.parent(child) == Some(node)), "{text}");
            let mut names = Vec::new();
            for attribute in document.attributes(node) {
                assert!(text.get(document.attribute_span(attribute).range()).is_some(), "{text}");
                let _ = document.attribute_value(attribute);
                names.push(document.attribute_name(attribute));
                attributes += 1;
            }
            let count = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), count, "an attribute is there twice in {text}");
        }
        assert_eq!(attributes, document.attribute_count());
    }
}
