//! Documents that end before they are complete: which are taken, as what tree, and which are refused all the same.

#![allow(clippy::unwrap_used)]

mod random;

use std::fs;
use std::path::Path;

use kirjuri_tree::{Document, Format, Limits, NodeKind, ParseError, Reading};

use random::Random;

fn format(input: &[u8]) -> Format {
    if input.starts_with(b"{") || input.starts_with(b"[") { Format::Json } else { Format::Xml }
}

fn read(input: &[u8], format: Format) -> Result<Document, ParseError> {
    Document::read(input, format, &Reading { unfinished: true, ..Reading::default() })
}

fn read_strictly(input: &[u8], format: Format) -> Result<Document, ParseError> {
    Document::read(input, format, &Reading::within(&Limits::default()))
}

/// Every node with its parent, name, value and attributes.
fn lines(document: &Document) -> Vec<String> {
    let line = |node| {
        let attributes = document.attributes(node).map(|attribute| {
            let name = document.qname(document.attribute_name(attribute));
            format!(" {{{}}}{}={:?}", name.namespace, name.local, document.attribute_value(attribute))
        });
        let name = match document.kind(node) {
            NodeKind::Element => format!("{:?}", document.qname(document.name(node))),
            kind => format!("{kind:?} {} {:?}", document.target(node), document.value(node)),
        };
        format!("{:?} {name}{}", document.parent(node), attributes.collect::<String>())
    };
    document.nodes().map(line).collect()
}

/// What is taken, is taken with the error of strict parsing and with sound places.
fn check_sound(input: &[u8], document: &Document) {
    let strict = read_strictly(input, document.format());
    assert_eq!(document.unfinished(), strict.err());
    let end = document.text().len();
    for node in document.nodes() {
        let (span, content) = (document.span(node), document.content_span(node));
        assert!(span.range().end <= end && document.text().get(span.range()).is_some());
        assert!(span.start <= content.start && content.end <= span.end, "{span:?} {content:?}");
        assert!(document.source_range(span).end <= input.len());
        let Some(parent) = document.parent(node) else { continue };
        assert!(document.subtree_end(node) <= document.subtree_end(parent));
        assert!(document.format() == Format::Json || document.span(parent).end >= span.end);
    }
}

/// Expects that `input`, which has the fault `id` where `¦` stands, is taken as the tree of `same`.
#[track_caller]
fn check(input: &str, id: &str, same: &str) {
    let offset = input.find('¦').unwrap();
    let input = input.replacen('¦', "", 1);
    let document = read(input.as_bytes(), format(input.as_bytes()));
    let document = document.unwrap_or_else(|error| panic!("{input:?} is refused: {error}"));
    let expected = read_strictly(same.as_bytes(), format(same.as_bytes())).unwrap();
    assert_eq!(lines(&document), lines(&expected), "{input:?}");
    let error = document.unfinished().unwrap();
    assert_eq!((error.kind().id(), error.offset()), (id, offset), "{input:?}");
    let names = |document: &Document| -> Vec<String> {
        document.names().map(|name| document.qname(name).local.to_owned()).collect()
    };
    assert_eq!(names(&document), names(&expected), "{input:?}: names of what was left out");
    check_sound(input.as_bytes(), &document);
}

/// Expects that `input` is refused as by strict parsing.
#[track_caller]
fn refuse(input: &str, id: &str) {
    let error = match read(input.as_bytes(), format(input.as_bytes())) {
        Ok(_) => panic!("{input:?} is taken"),
        Err(error) => error,
    };
    assert_eq!(error.kind().id(), id, "{input:?}");
    assert_eq!(read_strictly(input.as_bytes(), format(input.as_bytes())).err(), Some(error), "{input:?}");
}

#[test]
fn what_is_open_in_xml_is_closed() {
    check("¦<r>", "unclosed-element", "<r></r>");
    check("¦<r> ", "unclosed-element", "<r> </r>");
    check("<?xml version='1.0'?><!-- c -->¦<r a='1'>", "unclosed-element", "<?xml version='1.0'?><!-- c --><r a='1'/>");
    check("<r>¦<a><b/>text", "unclosed-element", "<r><a><b/>text</a></r>");
    check("<r><a></a>¦<a>]]", "unclosed-element", "<r><a></a><a>]]</a></r>");
    check("¦<r><![CDATA[]]>", "unclosed-element", "<r/>");
    check("¦<r>a<![CDATA[b]]>&amp;", "unclosed-element", "<r>ab&amp;</r>");
    check("¦<r>a\r\n", "unclosed-element", "<r>a\r\n</r>");
}

#[test]
fn a_half_tag_is_left_out() {
    check("<r>a¦<", "malformed-tag", "<r>a</r>");
    check("<r>¦<obs", "unclosed-tag", "<r/>");
    check("<r><a¦:", "malformed-qualified-name", "<r/>");
    check("<r>¦<a:b", "unclosed-tag", "<r/>");
    check("<r>¦<a ", "unclosed-tag", "<r/>");
    check("<r>¦<a b", "unclosed-tag", "<r/>");
    check("<r>¦<a b=", "unclosed-tag", "<r/>");
    check("<r>¦<a b='x>", "unclosed-tag", "<r/>");
    check("<r>¦<a b='&am", "unclosed-tag", "<r/>");
    check("<r>¦<a b='1' c:d='2'", "unclosed-tag", "<r/>");
    check("<r>¦<a b='&lt;' xmlns:c='u'", "unclosed-tag", "<r/>");
    check("<r>¦<a/", "unclosed-tag", "<r/>");
    check("<r><a>t¦</", "unclosed-tag", "<r><a>t</a></r>");
    check("<r><abc>¦</ab", "unclosed-tag", "<r><abc/></r>");
    check("<r><a>¦</a \n", "unclosed-tag", "<r><a/></r>");
    check("<r/>¦<", "second-root", "<r/>");
}

#[test]
fn a_tag_that_is_wrong_already_is_refused() {
    refuse("<r><a b='1'c", "missing-white-space");
    refuse("<r><a b=1", "malformed-attribute");
    refuse("<r><a b c", "malformed-attribute");
    refuse("<r><a b='<", "less-than-in-attribute");
    refuse("<r><a b='1' b='2'", "duplicate-attribute");
    refuse("<r><a xmlns:b='' ", "empty-prefix-binding");
    refuse("<r><a b='&x;' ", "undeclared-entity");
    refuse("<r><1", "malformed-name");
    refuse("<r><:", "malformed-qualified-name");
    refuse("<r><a:b:", "malformed-qualified-name");
    refuse("<r><a$", "malformed-name");
    refuse("<r></x", "unclosed-tag");
    refuse("<r></rs", "unclosed-tag");
    refuse("<r/></", "unclosed-tag");
    refuse("<r/><a", "second-root");
}

#[test]
fn half_markup_and_half_references_are_left_out() {
    for half in ["<!", "<!-"] {
        check(&format!("<r>a¦{half}"), "malformed-markup", "<r>a</r>");
        check(&format!("<r/>¦{half}"), "malformed-markup", "<r/>");
    }
    for half in ["<!--", "<!-- </r>", "<!-- -", "<!-- --"] {
        check(&format!("<r>¦{half}"), "unclosed-comment", "<r/>");
        check(&format!("<r/>¦{half}"), "unclosed-comment", "<r/>");
    }
    for half in ["<![", "<![CDATA"] {
        check(&format!("<r>a¦{half}"), "malformed-markup", "<r>a</r>");
    }
    for half in ["<![CDATA[", "<![CDATA[ <a> ]]"] {
        check(&format!("<r>a¦{half}"), "unclosed-cdata", "<r>a</r>");
    }
    for half in ["<?", "<?a", "<?xml", "<?a b", "<?a?", "<?a b ?"] {
        check(&format!("<r>¦{half}"), "unclosed-instruction", "<r/>");
        check(&format!("<r/>¦{half}"), "unclosed-instruction", "<r/>");
    }
    for half in ["&", "&am", "&apos", "&#", "&#6", "&#x", "&#xA"] {
        check(&format!("<r>a¦{half}"), "malformed-reference", "<r>a</r>");
    }
}

#[test]
fn markup_that_is_wrong_already_is_refused() {
    refuse("<r><!x", "malformed-markup");
    refuse("<r><!DOC", "malformed-markup");
    refuse("<r><!-- a -- b", "unclosed-comment");
    refuse("<r/><![CDATA[", "unclosed-cdata");
    refuse("<r/><![", "malformed-markup");
    refuse("<r><?xml ", "unclosed-instruction");
    refuse("<r><?a:b", "unclosed-instruction");
    refuse("<r><?a?b", "unclosed-instruction");
    refuse("<r>&nb", "malformed-reference");
    refuse("<r>& ", "malformed-reference");
    refuse("<r>&#a", "malformed-reference");
    refuse("<r/>&am", "content-outside-root");
    refuse("<r><!-- \u{1}", "illegal-character");
}

#[test]
fn a_fault_before_the_end_is_refused() {
    refuse("<r><a></b><c>", "mismatched-tag");
    refuse("<r><a b=c><d", "malformed-attribute");
    refuse("<r>]]><a", "cdata-end-in-text");
    refuse("<r>&x;<a", "undeclared-entity");
    refuse("<r><x:a><b", "undeclared-prefix");
    refuse("<r/><s>", "second-root");
    refuse("<r/>text", "content-outside-root");
    refuse("<!DOCTYPE r><r>", "dtd-refused");
}

#[test]
fn there_is_no_tree_without_the_start_tag_of_the_root() {
    refuse("", "missing-root");
    refuse("<", "malformed-tag");
    refuse("<?xml version='1.0", "malformed-xml-declaration");
    refuse("<!-- c", "unclosed-comment");
    refuse("<!-- c --><r a='1'", "unclosed-tag");
    refuse("<!D", "malformed-markup");
}

#[test]
fn what_is_open_in_json_is_closed() {
    check("¦{", "unclosed-bracket", "{}");
    check("¦[ ", "unclosed-bracket", "[]");
    check("¦[1, 23", "unclosed-bracket", "[1, 23]");
    check("¦[true, ", "unclosed-bracket", "[true]");
    check("[¦[", "unclosed-bracket", "[[]]");
    check("{\"a\":¦{", "unclosed-bracket", "{\"a\":{}}");
    check("¦{\"a\":{}", "unclosed-bracket", "{\"a\":{}}");
    check("{\"a\":¦{\"b\":\"x\"", "unclosed-bracket", "{\"a\":{\"b\":\"x\"}}");
    check("{\"a\":{\"b\":[1,¦{\"c\":null", "unclosed-bracket", "{\"a\":{\"b\":[1,{\"c\":null}]}}");
    check("¦{\"resourceType\":\"A\",\"b\":1,", "unclosed-bracket", "{\"resourceType\":\"A\",\"b\":1}");
}

#[test]
fn a_half_member_or_item_is_left_out() {
    for half in
        ["\"b", "\"b\\", "\"b\\u00", "\"b\"", "\"b\" :", "\"b\":\"", "\"b\":tru", "\"b\":-", "\"b\":1.", "\"b\":1e+"]
    {
        let input = format!("{{\"a\":1, {half}");
        let document = read(input.as_bytes(), Format::Json).unwrap_or_else(|error| panic!("{input}: {error}"));
        assert_eq!(lines(&document), lines(&read_strictly(b"{\"a\":1}", Format::Json).unwrap()), "{input}");
        check_sound(input.as_bytes(), &document);
    }
    // An array is said by its items; that of a member is left out as long as it has none.
    check("{\"a\":1,\"b\":¦[", "unclosed-bracket", "{\"a\":1}");
    check("{\"a\":1,\"b\":[¦nul", "malformed-literal", "{\"a\":1}");
    check("{\"a\":1,\"b\":[2,¦f", "malformed-literal", "{\"a\":1,\"b\":[2]}");
    check("[1,¦\"x", "unclosed-string", "[1]");
    check("[1,\"x¦\\", "malformed-escape", "[1]");
    check("[1,\"x¦\\u0", "malformed-escape", "[1]");
    check("[1,\"x¦\\uD83D", "lone-surrogate", "[1]");
    check("[1,\"x¦\\uD83D\\", "lone-surrogate", "[1]");
    check("[1,\"x¦\\uD83D\\ude", "lone-surrogate", "[1]");
    check("[1,-¦", "malformed-number", "[1]");
}

#[test]
fn json_that_is_wrong_already_is_refused() {
    refuse("{\"a\" 1", "missing-colon");
    refuse("{\"a\":1 \"b\"", "missing-comma");
    refuse("{\"a\":1,\"a\":", "duplicate-member");
    refuse("{\"a\":}", "missing-value");
    refuse("[1}", "mismatched-bracket");
    refuse("[1,]", "trailing-comma");
    refuse("[1] [", "content-behind-value");
    refuse("[trux", "malformed-literal");
    refuse("[truex", "malformed-literal");
    refuse("[01", "malformed-number");
    refuse("[1.x", "malformed-number");
    refuse("[\"\\x", "malformed-escape");
    refuse("[\"\\u00g", "malformed-escape");
    refuse("[\"\\uD83D\\u0", "lone-surrogate");
    refuse("[\"\\uD83Dx", "lone-surrogate");
    refuse("[\"\n", "control-character-in-string");
    for input in ["", " ", "\"a", "tru", "-"] {
        assert!(read(input.as_bytes(), Format::Json).is_err(), "{input:?} has nothing that could be kept");
    }
}

#[test]
fn half_a_character_is_left_out() {
    let wide = |text: &str, little: bool| -> Vec<u8> {
        let units = format!("\u{FEFF}{text}");
        units.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    // With so many bytes of the last character taken away.
    for (text, missing) in [("<r>aä", 1), ("<r>a€", 1), ("<r>a€", 2), ("<r>a😀", 1), ("<r>a😀", 3), ("<r>a<b c='ä", 1)]
    {
        let bytes = &text.as_bytes()[..text.len() - missing];
        let document = read(bytes, Format::Xml).unwrap();
        assert_eq!(lines(&document), lines(&read_strictly(b"<r>a</r>", Format::Xml).unwrap()), "{text}");
        assert_eq!(document.unfinished().unwrap().kind().id(), "invalid-utf-8");
        check_sound(bytes, &document);
    }
    for (text, missing) in [("<r>aä", 1), ("<r>a😀", 1), ("<r>a😀", 2), ("<r>a😀", 3)] {
        for little in [true, false] {
            let bytes = wide(text, little);
            let bytes = &bytes[..bytes.len() - missing];
            let document = read(bytes, Format::Xml).unwrap();
            assert_eq!(lines(&document), lines(&read_strictly(b"<r>a</r>", Format::Xml).unwrap()), "{text}");
            assert_eq!(document.unfinished().unwrap().kind().id(), "invalid-utf-16");
            check_sound(bytes, &document);
        }
    }
    let json = read(b"[1,\"\xC3", Format::Json).unwrap();
    assert_eq!((json.unfinished().unwrap().kind().id(), json.unfinished().unwrap().offset()), ("invalid-utf-8", 4));
    for (bytes, format) in [
        (&b"<r/>\xC3"[..], Format::Xml),
        (b"<r>\xC3<", Format::Xml),
        (b"<r>\xFF", Format::Xml),
        (b"[1]\xC3", Format::Json),
        (b"\xFE\xFF\0<\0r\0>\xDC\0", Format::Xml),
        (b"\xFE\xFF\0<\0r\0/\0>\xD8\0", Format::Xml),
    ] {
        let error = read(bytes, format).unwrap_err();
        assert_eq!(Some(error), read_strictly(bytes, format).err());
    }
}

#[test]
fn limits_hold_for_unfinished_documents() {
    let mut limits = Limits::default();
    (limits.depth, limits.nodes, limits.attributes) = (2, 5, 1);
    let reading = Reading { limits, unfinished: true, ..Reading::default() };
    for (input, id) in [
        ("<r><a><b", "too-deep"),
        ("<r><a/><a/><a/><a", "too-many-nodes"),
        ("<r><a b='' c", "too-many-attributes"),
        ("[[[", "too-deep"),
        ("[1,2,3,", "too-many-nodes"),
    ] {
        let error = Document::read(input.as_bytes(), format(input.as_bytes()), &reading).unwrap_err();
        assert_eq!(error.kind().id(), id, "{input}");
    }
}

/// Whether one tree is the beginning of another, the text that comes last being perhaps the beginning of a text.
fn is_beginning(part: &Document, whole: &Document) -> bool {
    let (some, all) = (lines(part), lines(whole));
    let Some((last, before)) = some.split_last() else { return false };
    let is_text = last.contains("Text");
    let last = if is_text { last.trim_end_matches('"') } else { last };
    let ends = part
        .nodes()
        .zip(whole.nodes())
        .all(|(one, other)| part.subtree_end(one).index() == whole.subtree_end(other).index().min(part.node_count()));
    ends && all.starts_with(before) && all.get(before.len()).is_some_and(|line| line.starts_with(last))
}

/// Looks at some beginnings of a document: how many there are behind the start of the root, and how many are taken.
fn check_beginnings(input: &[u8], root: usize, lengths: impl Iterator<Item = usize>) -> (usize, usize) {
    let format = format(input.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(input));
    let whole = read(input, format).unwrap();
    assert_eq!(whole.unfinished(), None);
    let is_resource = whole.qname(whole.name(whole.root_element())).namespace.contains("fhir");
    let (mut seen, mut taken) = (0, 0);
    for length in lengths {
        let part = &input[..length];
        let read = read(part, format);
        seen += usize::from(length >= root);
        let Ok(document) = read else {
            assert_eq!(read.err(), read_strictly(part, format).err());
            continue;
        };
        assert!(length >= root);
        taken += 1;
        check_sound(part, &document);
        // Before the second member at the top is there, its first may be the root; and members of a resource become
        // attributes of elements before them.
        let of = |document: &Document| document.qname(document.name(document.root_element())).local.to_owned();
        if !is_resource && of(&document) == of(&whole) {
            assert!(is_beginning(&document, &whole), "{}", String::from_utf8_lossy(part));
        }
    }
    (seen, taken)
}

const XML: &str = "<?xml version='1.0'?>\r\n<?a b?><!-- c - c -->\n<r xmlns='u' xmlns:x=\"v&amp;w\" x:a='1'>\r\n  <b c = 'ä&#228;\t' \
     d='2' ><!-- - -->t&lt;&#x41;<![CDATA[ <e> ]]> ]]&gt; 😀</b ><x:b/>\n<?f g?></r>\n<!-- h --><?i?> ";

const JSON: &str = "{ \"suunnitelma\" : {\"nimi\": \"A\\n\\uD83D\\uDE00ä\", \"$v\":null, \"tyhjä\": [], \"lista\":[1.5e-3, [true,\r\n \
     {}], {\"a\" : -0, \"\\u00e4\": {\"b\":\"\"}}], \"loppu\": false } } ";

#[test]
fn every_beginning_is_the_beginning_of_the_tree() {
    let root = XML.find("'1'>").unwrap() + 4;
    assert_eq!(check_beginnings(XML.as_bytes(), root, 0..=XML.len()), (XML.len() - root + 1, XML.len() - root + 1));
    let wide: Vec<u8> = format!("\u{FEFF}{XML}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let root = 2 + 2 * root;
    assert_eq!(check_beginnings(&wide, root, 0..=wide.len()), (wide.len() - root + 1, wide.len() - root + 1));
    assert_eq!(check_beginnings(JSON.as_bytes(), 1, 0..=JSON.len()), (JSON.len(), JSON.len()));
    let more = JSON.replacen("} } ", "}, \"kieli\": \"fi\" }", 1);
    assert_eq!(check_beginnings(more.as_bytes(), 1, 0..=more.len()), (more.len(), more.len()));
    let resource =
        r#"{"resourceType":"Patient","id":"a","_birthDate":{"id":"b"},"name":[{"given":["A"]}],"birthDate":"1990"}"#;
    assert_eq!(check_beginnings(resource.as_bytes(), 1, 0..=resource.len()), (resource.len(), resource.len()));
}

#[test]
fn beginnings_of_whole_documents_are_taken() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut random = Random(5);
    let mut counts = (0, 0);
    for folder in ["documents", "social", "social/sources/contents"] {
        for entry in fs::read_dir(fixtures.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if !path.extension().is_some_and(|it| it == "xml" || it == "json") {
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let is_json = format(&bytes) == Format::Json;
            if bytes.is_empty() || read_strictly(&bytes, format(&bytes)).is_err() {
                continue;
            }
            // The root's start tag has no `>` in it but its last.
            let name = |&at: &usize| {
                bytes[at] == b'<' && bytes[at + 1..].iter().find(|it| **it != 0).is_some_and(u8::is_ascii_alphabetic)
            };
            let tag = if is_json { 0 } else { (0..bytes.len()).find(name).unwrap() };
            let root = if is_json { 1 } else { tag + bytes[tag..].iter().position(|&it| it == b'>').unwrap() + 1 };
            let lengths: Vec<usize> = (0..8).map(|_| random.below(bytes.len() as u64 + 1)).collect();
            let (seen, taken) = check_beginnings(&bytes, root, lengths.into_iter());
            counts = (counts.0 + seen, counts.1 + taken);
        }
    }
    assert!(counts.0 > 500, "{counts:?}");
    assert_eq!(counts.0, counts.1, "a beginning is refused");
}

#[test]
fn damaged_beginnings_never_break_anything() {
    let mut random = Random(7);
    for round in 0..20_000 {
        let text = if round % 2 == 0 { XML } else { JSON };
        let mut bytes = text.as_bytes()[..random.below(text.len() as u64 + 1)].to_vec();
        let other = text.as_bytes()[random.below(text.len() as u64)];
        if !bytes.is_empty() {
            let at = random.below(bytes.len() as u64);
            match random.below(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes.insert(at, other),
                _ => bytes[at] = other,
            }
        }
        let format = if round % 2 == 0 { Format::Xml } else { Format::Json };
        match read(&bytes, format) {
            Ok(document) => check_sound(&bytes, &document),
            Err(error) => assert_eq!(Some(error), read_strictly(&bytes, format).err()),
        }
    }
}
