//! A JSON text is refused, or becomes a tree that says the whole text.

use std::fmt::Write;

use kirjuri_tree::{AttributeId, Document, Format, Limits, NodeId, NodeKind, NodeRef, Span};

use super::parse::{places_lead_back_to_the_bytes, the_tree_is_whole, unfinished_is_the_same_where_it_is_complete};

/// Parses any bytes and looks at the whole tree.
///
/// # Panics
/// When the tree or the error is not what the crate promises.
pub fn run(bytes: &[u8]) {
    let strict = Document::parse_json(bytes, &Limits::default());
    unfinished_is_the_same_where_it_is_complete(bytes, Format::Json, &strict);
    match strict {
        Ok(document) => {
            assert_eq!(document.format(), Format::Json);
            the_tree_is_whole(&document);
            let root = document.qname(document.name(document.root_element()));
            if root.namespace == "http://hl7.org/fhir" {
                // The tree of a resource is that of its XML: it says the same in other words and another order.
                places_lead_back_to_the_bytes(&document, bytes);
                return;
            }
            spans_are_nested(&document);
            values_are_what_the_source_says(&document);
            names_are_found(&document);
            places_lead_back_to_the_bytes(&document, bytes);
            the_tree_says_the_whole_text(&document);
            each_place_holds_its_value(&document);
        }
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error:?}");
            assert!(error.position().line >= 1 && error.position().column >= 1, "{error:?}");
            assert_eq!(Document::parse_json(bytes, &Limits::default()).err(), Some(error), "not the same again");
        }
    }
    limits_are_kept(bytes);
}

fn spans_are_nested(document: &Document) {
    let within = |inner: Span, outer: Span| outer.start <= inner.start && inner.end <= outer.end;
    let mut before = 0;
    for node in document.nodes() {
        let [span, tag, content] = [document.span(node), document.start_tag_span(node), document.content_span(node)];
        // Slicing proves that a span lies inside the text and cuts no character.
        let [source, tag_source, _] = [span, tag, content].map(|span| &document.text()[span.range()]);
        assert!(within(tag, span) && within(content, span) && span.start >= before);
        before = span.start;
        match document.kind(node) {
            NodeKind::Document => assert_eq!(source, document.text()),
            NodeKind::Text => assert!(!source.is_empty()),
            NodeKind::Element => {
                let quoted = tag_source.len() > 1 && tag_source.starts_with('"') && tag_source.ends_with('"');
                assert!(tag == span || quoted || matches!(tag_source, "{" | "["), "{tag_source}");
            }
            kind => panic!("JSON has no {kind:?}"),
        }
        for child in document.children(node) {
            assert!(within(document.span(child), span));
        }
        for attribute in document.attributes(node) {
            let [whole, value] = [document.attribute_span(attribute), document.attribute_value_span(attribute)];
            assert!(within(value, whole) && !document.text()[whole.range()].is_empty());
            assert!(value.range().len() + 2 == whole.range().len() || value == whole);
        }
    }
}

fn values_are_what_the_source_says(document: &Document) {
    for node in document.nodes() {
        let source = &document.text()[document.span(node).range()];
        match document.kind(node) {
            NodeKind::Text => assert!(document.value(node) == source || source.contains('\\')),
            _ => assert_eq!(document.value(node), ""),
        }
        for attribute in document.attributes(node) {
            let (value, name) = (document.attribute_value(attribute), attribute_name(document, attribute));
            let source = &document.text()[document.attribute_value_span(attribute).range()];
            assert!(match name {
                "key" => value == source || source.contains('\\'),
                "type" => ["number", "boolean", "null", "object", "array"].contains(&value),
                "array" => ["item", "empty"].contains(&value),
                _ => false,
            });
            assert_eq!(document.string_value(NodeRef::attribute(node, attribute)), value);
        }
    }
}

fn names_are_found(document: &Document) {
    for element in document.nodes().filter(|&node| document.is_element(node)) {
        let id = document.name(element);
        let name = document.qname(id);
        assert!(name.namespace.is_empty() && !name.local.is_empty() && !name.local.contains([':', ' ', '"']));
        assert_eq!(document.find_name("", name.local), Some(id));
        assert!(document.elements_named(id).binary_search(&element).is_ok());
        assert_eq!(document.prefix(element.into()), "");
        for attribute in document.attributes(element) {
            let id = document.attribute_name(attribute);
            assert_eq!(document.attribute(element, id), Some(attribute));
            assert!(document.attributes_named(id).contains(&(element, attribute)) || document.node_count() > 1_000);
        }
    }
}

fn attribute_name(document: &Document, attribute: AttributeId) -> &str {
    document.qname(document.attribute_name(attribute)).local
}

fn attribute<'d>(document: &'d Document, element: NodeId, local: &str) -> Option<&'d str> {
    let found = document.attributes(element).find(|&attribute| attribute_name(document, attribute) == local);
    found.map(|attribute| document.attribute_value(attribute))
}

/// The JSON text that an element says, without white space. Depth is limited, so recursion is.
fn said(document: &Document, element: NodeId, into: &mut String) {
    match attribute(document, element, "type") {
        Some("object") => {
            into.push('{');
            let mut before: Option<String> = None;
            for child in document.children(element) {
                let name = document.qname(document.name(child)).local;
                let key = attribute(document, child, "key").unwrap_or(name);
                let array = attribute(document, child, "array");
                // The items of one array stand side by side, and no other member has its name.
                let goes_on = array == Some("item") && before.as_deref() == Some(key);
                match (before.is_some(), goes_on) {
                    (true, true) => into.truncate(into.len() - 1),
                    (true, false) => into.push(','),
                    (false, _) => {}
                }
                if goes_on {
                    into.push(',');
                } else {
                    string(key, into);
                    into.push(':');
                }
                match array {
                    Some("empty") => into.push_str("[]"),
                    Some(_) => {
                        into.push_str(if goes_on { "" } else { "[" });
                        said(document, child, into);
                        into.push(']');
                    }
                    None => said(document, child, into),
                }
                before = Some(key.to_owned());
            }
            into.push('}');
        }
        Some("array") => {
            into.push('[');
            for (number, child) in document.children(element).enumerate() {
                into.push_str(if number > 0 { "," } else { "" });
                said(document, child, into);
            }
            into.push(']');
        }
        Some("null") => into.push_str("null"),
        Some(_) => into.push_str(&document.string_value(element)),
        None => string(&document.string_value(element), into),
    }
}

fn string(value: &str, into: &mut String) {
    into.push('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => into.extend(['\\', character]),
            '\0'..' ' => drop(write!(into, "\\u{:04x}", character as u32)),
            _ => into.push(character),
        }
    }
    into.push('"');
}

fn text_said(document: &Document) -> String {
    let root = document.root_element();
    let mut text = String::new();
    match document.qname(document.name(root)).local {
        "json" => said(document, root, &mut text),
        name => {
            text.push('{');
            string(name, &mut text);
            text.push(':');
            said(document, root, &mut text);
            text.push('}');
        }
    }
    text
}

/// Nothing of the text is lost but white space and the spelling of strings.
fn the_tree_says_the_whole_text(document: &Document) {
    let text = text_said(document);
    let again = Document::parse_json(text.as_bytes(), &Limits::default());
    let again = again.unwrap_or_else(|error| panic!("{error}: what was read is not read again"));
    assert_eq!(again.node_count(), document.node_count());
    for (one, other) in document.nodes().zip(again.nodes()) {
        assert_eq!(document.subtree_end(one), again.subtree_end(other));
        assert_eq!(document.qname(document.name(one)), again.qname(again.name(other)));
        assert_eq!(document.value(one), again.value(other));
        let attributes = |document: &Document, node| -> Vec<(String, String)> {
            let attributes = document.attributes(node);
            let pair = |it| (attribute_name(document, it).to_owned(), document.attribute_value(it).to_owned());
            attributes.map(pair).collect()
        };
        assert_eq!(attributes(document, one), attributes(&again, other));
    }
    assert_eq!(text_said(&again), text);
    let written: Vec<char> = document.text().chars().filter(|it| !it.is_whitespace()).collect();
    if !written.contains(&'\\') {
        let said: Vec<char> = text.chars().filter(|it| !it.is_whitespace()).collect();
        assert_eq!(said, written, "something is said that is not written");
    }
}

/// What stands at the place of an element is its value. Of many elements some will do.
fn each_place_holds_its_value(document: &Document) {
    for element in document.nodes().step_by(1 + document.node_count() / 16).filter(|&node| document.is_element(node)) {
        let mut value = String::new();
        said(document, element, &mut value);
        let source = &document.text()[document.content_span(element).range()];
        let part = Document::parse_json(source.as_bytes(), &Limits::default());
        assert_eq!(text_said(&part.unwrap_or_else(|error| panic!("{error}: no value is there"))), value);
    }
}

/// Limits lower than the document never make it unreadable for another reason than the limit.
fn limits_are_kept(bytes: &[u8]) {
    let mut limits = Limits::default();
    (limits.depth, limits.nodes) = (3, 8);
    if let Ok(document) = Document::parse_json(bytes, &limits) {
        assert!(document.node_count() <= limits.nodes);
        let depth = |node| std::iter::successors(document.parent(node), |&node| document.parent(node)).count();
        assert!(document.nodes().all(|node| !document.is_element(node) || depth(node) <= limits.depth));
    }
}
