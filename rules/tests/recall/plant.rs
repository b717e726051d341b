//! Plants a fault in the text of a document: what is around it stays as it is, to the byte.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kirjuri::{Document, Limits};
use kirjuri_tree::{Format, NodeId, NodeRef};
use kirjuri_xpath::{DynamicContext, Evaluator, Focus, Node, Program, StaticContext, Type, Version};

use crate::fault::Operation;

/// No more places of one document than this are tried.
const MOST_PLACES: usize = 3;

/// The document with the fault, once for each of up to three places: the first, the last and one between.
pub(crate) fn plant(text: &str, inside: Option<&str>, at: &str, operation: &Operation) -> Vec<String> {
    let each = |text: &str| {
        let document = parse(text);
        let nodes = select(&document, document.root_element().into(), at);
        let chosen = match nodes.len() {
            0..=MOST_PLACES => nodes,
            many => vec![nodes[0], nodes[many / 2], nodes[many - 1]],
        };
        chosen.into_iter().filter_map(|node| apply(&document, node, operation)).collect()
    };
    match inside {
        None => each(text),
        Some(what) => carried(text, what, each),
    }
}

/// The document with a change at all places.
pub(crate) fn change_all(text: &str, at: &str, operation: &Operation) -> String {
    let mut text = text.to_owned();
    let count = select_in(&text, at);
    assert!(count > 0, "nothing is at {at}");
    // From the end, so that what comes before stays where it is.
    for number in (0..count).rev() {
        let document = parse(&text);
        let node = select(&document, document.root_element().into(), at)[number];
        text = apply(&document, node, operation).unwrap_or(text);
    }
    text
}

fn select_in(text: &str, at: &str) -> usize {
    let document = parse(text);
    select(&document, document.root_element().into(), at).len()
}

fn parse(text: &str) -> Document {
    kirjuri::parse(text.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn select(document: &Document, from: NodeRef, at: &str) -> Vec<NodeRef> {
    let mut context = StaticContext::new(Version::XPath2);
    context.declare_namespace("cda", "urn:hl7-org:v3");
    context.declare_namespace("hl7fi", "urn:hl7finland");
    context.declare_namespace("h", "http://www.w3.org/1999/xhtml");
    context.declare_namespace("f", "http://hl7.org/fhir");
    context.declare_namespace("json", "");
    let program = Program::compile(at, &mut context).unwrap_or_else(|error| panic!("{at}: {error}"));
    assert!(matches!(program.type_(), Type::Nodes | Type::Any), "{at} selects no nodes");
    let (binding, dynamic) = (context.names().bind(document), DynamicContext::default());
    let evaluator = Evaluator::new(document, &binding, &dynamic);
    let nodes = evaluator.nodes(&program, &Focus::on(Node { document, node: from }));
    nodes.unwrap_or_else(|error| panic!("{at}: {error}")).into_iter().map(|node| node.node).collect()
}

/// What a document carries in base64, with each of what comes of it in its place.
fn carried(text: &str, what: &str, each: impl Fn(&str) -> Vec<String>) -> Vec<String> {
    let document = parse(text);
    let at = match what {
        "json" => "//hl7fi:json",
        "xhtml" => "//cda:nonXMLBody/cda:text",
        _ => panic!("a document carries json or xhtml, not {what}"),
    };
    let Some(element) = select(&document, document.root_element().into(), at).first().copied() else {
        return Vec::new();
    };
    let span = document.content_span(element.as_node().unwrap()).range();
    let dense: String = text[span.clone()].split_ascii_whitespace().collect();
    let Ok(inner) = STANDARD.decode(dense) else { return Vec::new() };
    let put = |inner: String| format!("{}{}{}", &text[..span.start], STANDARD.encode(inner), &text[span.end..]);
    each(&String::from_utf8(inner).unwrap()).into_iter().map(put).collect()
}

/// The text with an operation done at a node; nothing where it changes nothing.
fn apply(document: &Document, node: NodeRef, operation: &Operation) -> Option<String> {
    let text = document.text();
    let is_json = document.format() == Format::Json;
    // Of an element all of it and what is in it, of an attribute what stands in the tag and its value.
    let (whole, content) = match (node.as_attribute(), node.as_node()) {
        (Some(attribute), _) => {
            (document.attribute_span(attribute).range(), document.attribute_value_span(attribute).range())
        }
        (_, Some(element)) => (document.span(element).range(), document.content_span(element).range()),
        _ => return None,
    };
    let is_self_closed = node.as_attribute().is_none() && !is_json && text[whole.clone()].ends_with("/>");
    let put =
        |range: std::ops::Range<usize>, new: &str| Some(format!("{}{new}{}", &text[..range.start], &text[range.end..]));
    // The text of JSON stands in quotation marks.
    let inner = match is_json && text[content.clone()].starts_with('"') {
        true => content.start + 1..content.end - 1,
        false => content.clone(),
    };
    let old = &text[inner.clone()];
    let changed = match operation {
        Operation::Keep => return Some(text.to_owned()),
        Operation::Drop if is_json => put(with_comma(text, whole), ""),
        Operation::DropMember => put(with_comma(text, member(document, node.as_node()?)?), ""),
        Operation::Drop => {
            let before = text[..whole.start].trim_end().len();
            let start = if node.as_attribute().is_some() { before } else { whole.start };
            put(start..whole.end, "")
        }
        Operation::Empty => put(inner, ""),
        Operation::Set(value) if is_json && value.starts_with(['"', '{', '[']) => put(content, value),
        Operation::Set(value) if is_self_closed => {
            let tag = text[whole.clone()].trim_end_matches("/>").trim_end().to_owned();
            let name = tag[1..].split_whitespace().next()?.to_owned();
            put(whole, &format!("{tag}>{value}</{name}>"))
        }
        Operation::Set(value) => put(inner, value),
        Operation::Replace([from, to]) => {
            old.contains(from.as_str()).then(|| put(inner, &old.replacen(from, to, 1)))?
        }
        Operation::Shift(by) => put(inner, &shifted(old, by)?),
        Operation::Repeat => {
            put(whole.end..whole.end, &format!("{}{}", if is_json { "," } else { "" }, &text[whole.clone()]))
        }
        Operation::Swap(other) => {
            let other = *select(document, node, other).first()?;
            let other = match other.as_attribute() {
                Some(attribute) => document.attribute_value_span(attribute).range(),
                None => document.span(other.as_node()?).range(),
            };
            let own = if node.as_attribute().is_some() { content } else { whole };
            let (first, second) = if own.start < other.start { (own, other) } else { (other, own) };
            (first.end <= second.start).then(|| {
                let between = &text[first.end..second.start];
                let both = format!("{}{between}{}", &text[second.clone()], &text[first.clone()]);
                put(first.start..second.end, &both)
            })?
        }
        Operation::MoveBehind(other) => {
            let other = document.span(select(document, node, other).first()?.as_node()?).range();
            let moved = &text[whole.clone()];
            match whole.end <= other.start {
                true => Some(format!(
                    "{}{}{moved}{}",
                    &text[..whole.start],
                    &text[whole.end..other.end],
                    &text[other.end..]
                )),
                false => Some(format!(
                    "{}{moved}{}{}",
                    &text[..other.end],
                    &text[other.end..whole.start],
                    &text[whole.end..]
                )),
            }
        }
        Operation::Truncate(length) => {
            let kept = old.char_indices().nth(*length).map(|(at, _)| at)?;
            put(inner.start + kept..inner.end, "")
        }
        Operation::InsertBehind(markup) => put(whole.end..whole.end, markup),
        Operation::InsertInside(markup) if !is_self_closed => put(inner.end..inner.end, markup),
        Operation::InsertInside(_) => None,
        Operation::Rename(name) => {
            let source = &text[whole.clone()];
            let own = source[1..].split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
            let new = source.replacen(own, name, 1);
            let new = match new.strip_suffix(&format!("</{own}>")) {
                Some(rest) => format!("{rest}</{name}>"),
                None => new,
            };
            put(whole, &new)
        }
        Operation::Garble => {
            let spoiled: String = old.bytes().map(char::from).collect();
            put(inner, &spoiled)
        }
        Operation::LoseLetters => put(inner, &old.replace(|c: char| !c.is_ascii(), "?")),
        Operation::Capitals => put(inner, &capitals(old)),
        Operation::Bump => {
            let last = old.chars().next_back()?;
            let next = match last {
                '9' => '0',
                'Z' => 'A',
                'z' => 'a',
                other => char::from_u32(other as u32 + 1)?,
            };
            put(inner.clone(), &format!("{}{next}", &old[..old.len() - last.len_utf8()]))
        }
        Operation::Append(more) => put(inner.end..inner.end, more),
        Operation::Copy(other) => {
            let other = select(document, node, other).first()?.as_attribute()?;
            put(inner, &text[document.attribute_value_span(other).range()])
        }
    };
    changed.filter(|changed| changed != text)
}

/// The text of an element in capitals; tags and references stay.
fn capitals(source: &str) -> String {
    let mut is_markup = false;
    let mut upper = |c: char| {
        is_markup = (is_markup || c == '<' || c == '&') && c != '>' && c != ';';
        if is_markup { c.to_string() } else { c.to_uppercase().to_string() }
    };
    source.chars().map(&mut upper).collect()
}

/// A member of JSON with its name and all its items.
fn member(document: &Document, item: NodeId) -> Option<std::ops::Range<usize>> {
    let (text, name) = (document.text(), document.name(item));
    let items = document.children(document.parent(item)?);
    let items: Vec<NodeId> =
        items.filter(|&other| document.is_element(other) && document.name(other) == name).collect();
    let key = format!("\"{}\"", document.qname(name).local);
    let start = text[..document.content_span(*items.first()?).range().start].rfind(&key)?;
    let end = document.span(*items.last()?).range().end;
    let is_list = text[start + key.len()..].trim_start().strip_prefix(':')?.trim_start().starts_with('[');
    Some(start..if is_list { end + text[end..].find(']')? + 1 } else { end })
}

/// A member or item of JSON with the comma that goes with it.
fn with_comma(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let behind = text[range.end..].trim_start();
    if behind.starts_with(',') {
        return range.start..text.len() - behind.len() + 1;
    }
    let before = text[..range.start].trim_end();
    if before.ends_with(',') { before.len() - 1..range.end } else { range }
}

/// A time that is so much later, as precise as it was. HL7 timestamps, and dates of ISO 8601.
fn shifted(time: &str, by: &str) -> Option<String> {
    let (number, unit) = by.split_at(by.len() - 1);
    let number: i64 = number.parse().unwrap();
    let span = match unit {
        "y" => jiff::Span::new().years(number),
        "m" => jiff::Span::new().months(number),
        "d" => jiff::Span::new().days(number),
        "h" => jiff::Span::new().hours(number),
        _ => panic!("a time is shifted by y, m, d or h, not {by}"),
    };
    let is_iso = time.get(4..5) == Some("-");
    let digits: String = match is_iso {
        true => time.chars().filter(char::is_ascii_digit).take(14).collect(),
        false => time.chars().take_while(char::is_ascii_digit).collect(),
    };
    let part = |at: usize, otherwise: i8| digits.get(at..at + 2).map_or(Some(otherwise), |part| part.parse().ok());
    let start = jiff::civil::DateTime::new(
        digits.get(..4)?.parse().ok()?,
        part(4, 1)?,
        part(6, 1)?,
        part(8, 0)?,
        part(10, 0)?,
        part(12, 0)?,
        0,
    );
    let moved = start.ok()?.checked_add(span).ok()?;
    let new = moved.strftime("%Y%m%d%H%M%S").to_string();
    if !is_iso {
        return Some(format!("{}{}", &new[..digits.len()], &time[digits.len()..]));
    }
    let mut new = new.chars();
    let mut left = digits.len();
    let put = |c: char| match c.is_ascii_digit() && left > 0 {
        true => {
            left -= 1;
            new.next().unwrap_or(c)
        }
        false => c,
    };
    Some(time.chars().map(put).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_changes_what_it_says_and_nothing_else() {
        let xml = r#"<a x="1" y="2009"><b>Ä &amp; b</b><c z="5"/></a>"#;
        for (at, operation, expected) in [
            ("@x", Operation::Drop, r#"<a y="2009"><b>Ä &amp; b</b><c z="5"/></a>"#),
            ("json:b", Operation::Drop, r#"<a x="1" y="2009"><c z="5"/></a>"#),
            ("json:b", Operation::Empty, r#"<a x="1" y="2009"><b></b><c z="5"/></a>"#),
            ("@y", Operation::Shift("+1y".into()), r#"<a x="1" y="2010"><b>Ä &amp; b</b><c z="5"/></a>"#),
            ("@y", Operation::Bump, r#"<a x="1" y="2000"><b>Ä &amp; b</b><c z="5"/></a>"#),
            ("json:c", Operation::Set("t".into()), r#"<a x="1" y="2009"><b>Ä &amp; b</b><c z="5">t</c></a>"#),
            ("json:c", Operation::Rename("d".into()), r#"<a x="1" y="2009"><b>Ä &amp; b</b><d z="5"/></a>"#),
            ("json:b", Operation::Rename("d".into()), r#"<a x="1" y="2009"><d>Ä &amp; b</d><c z="5"/></a>"#),
            ("json:b", Operation::Swap("../json:c".into()), r#"<a x="1" y="2009"><c z="5"/><b>Ä &amp; b</b></a>"#),
            (
                "json:b",
                Operation::MoveBehind("../json:c".into()),
                r#"<a x="1" y="2009"><c z="5"/><b>Ä &amp; b</b></a>"#,
            ),
            ("json:c", Operation::MoveBehind("../json:b".into()), xml),
            ("json:b", Operation::Capitals, r#"<a x="1" y="2009"><b>Ä &amp; B</b><c z="5"/></a>"#),
            ("json:b", Operation::Garble, r#"<a x="1" y="2009"><b>Ã &amp; b</b><c z="5"/></a>"#),
            ("json:b", Operation::LoseLetters, r#"<a x="1" y="2009"><b>? &amp; b</b><c z="5"/></a>"#),
            ("@y", Operation::Copy("../@x".into()), r#"<a x="1" y="1"><b>Ä &amp; b</b><c z="5"/></a>"#),
            ("json:b", Operation::Truncate(1), r#"<a x="1" y="2009"><b>Ä</b><c z="5"/></a>"#),
            ("json:c", Operation::Repeat, r#"<a x="1" y="2009"><b>Ä &amp; b</b><c z="5"/><c z="5"/></a>"#),
        ] {
            let planted = plant(xml, None, at, &operation);
            let expected: Vec<String> =
                (expected != xml).then(|| expected.replace("Ã ", "Ã\u{84} ")).into_iter().collect();
            assert_eq!(planted, expected, "{at}");
        }
        let json = r#"{"a": "x", "b": {"c": "2026-03-05T10:00"}, "d": [1, 2]}"#;
        for (at, operation, expected) in [
            ("json:a", Operation::Drop, r#"{ "b": {"c": "2026-03-05T10:00"}, "d": [1, 2]}"#),
            ("json:d[2]", Operation::Drop, r#"{"a": "x", "b": {"c": "2026-03-05T10:00"}, "d": [1]}"#),
            ("json:a", Operation::Set("y".into()), r#"{"a": "y", "b": {"c": "2026-03-05T10:00"}, "d": [1, 2]}"#),
            ("json:d[1]", Operation::DropMember, r#"{"a": "x", "b": {"c": "2026-03-05T10:00"}}"#),
            ("json:b", Operation::DropMember, r#"{"a": "x",  "d": [1, 2]}"#),
            (
                "json:b/json:c",
                Operation::Shift("-1d".into()),
                r#"{"a": "x", "b": {"c": "2026-03-04T10:00"}, "d": [1, 2]}"#,
            ),
        ] {
            assert_eq!(plant(json, None, at, &operation), [expected], "{at}");
        }
    }
}
