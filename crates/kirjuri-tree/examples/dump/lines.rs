//! A tree as lines of JSON, one a node, so that a person can read it and a script can compare it.

use std::fmt::Write;

use kirjuri_tree::{AttributeId, Document, NameId, NodeId, NodeKind, NodeRef, Span};

/// The lines of a document. Each is a JSON object, indented by the depth of its node:
///
/// - `kind`: `document`, `element`, `text`, `comment` or `instruction`;
/// - `at`: line and column, counted from 1; `span`: byte offsets in the decoded text, the end excluded;
/// - of an element `name` (as `{namespace}local`), `prefix`, `tag` (span of the start tag), `attributes`;
/// - of an instruction `target`; of all but documents and elements `value`.
pub(crate) fn lines(document: &Document) -> String {
    let mut lines = String::new();
    for node in document.nodes() {
        lines.extend(std::iter::repeat_n("  ", depth(document, node)));
        line(document, node, &mut lines);
        lines.push('\n');
    }
    lines
}

fn depth(document: &Document, node: NodeId) -> usize {
    std::iter::successors(document.parent(node), |&above| document.parent(above)).count()
}

fn line(document: &Document, node: NodeId, into: &mut String) {
    let kind = match document.kind(node) {
        NodeKind::Document => "document",
        NodeKind::Element => "element",
        NodeKind::Text => "text",
        NodeKind::Comment => "comment",
        NodeKind::ProcessingInstruction => "instruction",
    };
    let _ = write!(into, "{{\"kind\":\"{kind}\"");
    place(document, "span", document.span(node), into);
    match document.kind(node) {
        NodeKind::Document => {}
        NodeKind::Element => {
            let tag = document.start_tag_span(node);
            let _ = write!(into, ",\"tag\":[{},{}]", tag.start, tag.end);
            name(document, document.name(node), node.into(), into);
            into.push_str(",\"attributes\":[");
            for (number, attribute) in document.attributes(node).enumerate() {
                into.push_str(if number > 0 { ",{" } else { "{" });
                self::attribute(document, node, attribute, into);
                into.push('}');
            }
            into.push(']');
        }
        NodeKind::ProcessingInstruction => {
            member("target", document.target(node), into);
            member("value", document.value(node), into);
        }
        NodeKind::Text | NodeKind::Comment => member("value", document.value(node), into),
    }
    into.push('}');
}

fn attribute(document: &Document, owner: NodeId, attribute: AttributeId, into: &mut String) {
    into.push_str("\"kind\":\"attribute\"");
    place(document, "span", document.attribute_span(attribute), into);
    name(document, document.attribute_name(attribute), NodeRef::attribute(owner, attribute), into);
    member("value", document.attribute_value(attribute), into);
}

fn place(document: &Document, key: &str, span: Span, into: &mut String) {
    let at = document.position(span.start);
    let _ = write!(into, ",\"at\":[{},{}],\"{key}\":[{},{}]", at.line, at.column, span.start, span.end);
}

fn name(document: &Document, name: NameId, node: NodeRef, into: &mut String) {
    let name = document.qname(name);
    let spelled = match name.namespace {
        "" => name.local.to_owned(),
        namespace => format!("{{{namespace}}}{}", name.local),
    };
    member("name", &spelled, into);
    member("prefix", document.prefix(node), into);
}

fn member(key: &str, value: &str, into: &mut String) {
    let _ = write!(into, ",\"{key}\":\"");
    for character in value.chars() {
        match character {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\0'..='\u{1F}' => {
                let _ = write!(into, "\\u{:04x}", character as u32);
            }
            _ => into.push(character),
        }
    }
    into.push('"');
}
