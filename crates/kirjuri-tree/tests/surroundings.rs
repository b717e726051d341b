//! Documents that are parts of a file: what is declared around them, and places as those of the file.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kirjuri_tree::{Document, Format, Origin, ParseError, ParseErrorKind, Position, Reading, Surroundings};

fn read(text: &[u8], format: Format, around: &Surroundings) -> Result<Document, ParseError> {
    Document::read(text, format, &Reading { around: Some(around), ..Reading::default() })
}

fn declaring(namespaces: &[(&str, &str)]) -> Surroundings {
    let namespaces = namespaces.iter().map(|(prefix, uri)| ((*prefix).to_owned(), (*uri).to_owned()));
    Surroundings { namespaces: Arc::new(namespaces.collect()), ..Surroundings::default() }
}

#[test]
fn what_is_declared_around_a_document_holds_in_it() {
    for (text, declared, expected) in [
        ("<a/>", &[("", "urn:x")][..], Ok("urn:x")),
        ("<a/>", &[("", "urn:x"), ("", "urn:y")], Ok("urn:y")),
        ("<a/>", &[("", "urn:x"), ("", "")], Ok("")),
        ("<a xmlns='urn:z'/>", &[("", "urn:x")], Ok("urn:z")),
        ("<a xmlns=''/>", &[("", "urn:x")], Ok("")),
        ("<p:a/>", &[("p", "urn:x")], Ok("urn:x")),
        ("<p:a xmlns:p='urn:z'/>", &[("p", "urn:x")], Ok("urn:z")),
        ("<p:a><b xmlns:p='urn:z'/></p:a>", &[("p", "urn:x")], Ok("urn:x")),
        ("<q:a/>", &[("p", "urn:x")], Err(ParseErrorKind::UndeclaredPrefix)),
    ] {
        let read = read(text.as_bytes(), Format::Xml, &declaring(declared));
        let found = read.as_ref().map(|document| document.qname(document.name(document.root_element())).namespace);
        assert_eq!(found.map_err(ParseError::kind), expected, "{text} {declared:?}");
    }
}

#[test]
fn a_prefix_in_a_value_is_looked_up_around_the_document() {
    let around = declaring(&[("p", "urn:x"), ("q", "urn:y"), ("q", "urn:z")]);
    let document = read(b"<a xmlns:p='urn:own'/>", Format::Xml, &around).unwrap();
    let lookup = |prefix| document.lookup_prefix(document.root_element(), prefix);
    assert_eq!([lookup("p"), lookup("q"), lookup("r"), lookup("")], [Some("urn:own"), Some("urn:z"), None, None]);
}

#[test]
fn places_are_those_of_the_file() {
    let origin = Origin { line: 9, column: 4, offset: 100 };
    let around = Surroundings { origin, ..Surroundings::default() };
    for (text, format) in [("<ä>\n <b/></ä>", Format::Xml), ("{\"ä\":\n [1]}", Format::Json)] {
        let document = read(text.as_bytes(), format, &around).unwrap();
        let second = text.find('\n').unwrap() as u32 + 2;
        assert_eq!(document.position(0), Position { line: 10, column: 5 });
        assert_eq!(document.position(second), Position { line: 11, column: 2 });
        let span = document.span(document.root_element());
        assert_eq!(document.source_range(span).end, 100 + span.end as usize);
    }
    for (text, position, offset) in
        [("<a", Position { line: 10, column: 5 }, 100), ("<a>\n</b>", Position { line: 11, column: 1 }, 104)]
    {
        let error = read(text.as_bytes(), Format::Xml, &around).unwrap_err();
        assert_eq!((error.position(), error.offset()), (position, offset), "{text}");
    }
}

#[test]
fn a_part_is_in_the_encoding_of_the_file() {
    let around = |label: &str| Surroundings { encoding: Some(label.into()), ..Surroundings::default() };
    for (label, expected) in [
        ("iso-8859-1", Ok("<a>\u{A4}</a>")),
        ("iso-8859-15", Ok("<a>€</a>")),
        ("utf-8", Err(ParseErrorKind::InvalidUtf8)),
        ("us-ascii", Err(ParseErrorKind::EncodingContradicted)),
        ("utf-16", Err(ParseErrorKind::UnsupportedEncoding)),
        ("koi8-r", Err(ParseErrorKind::UnsupportedEncoding)),
    ] {
        let read = read(b"<a>\xA4</a>", Format::Xml, &around(label));
        assert_eq!(read.as_ref().map(Document::text).map_err(|error| error.kind()), expected, "{label}");
    }
    assert_eq!(
        ["latin1", "UTF-8", "utf-16", "?"].map(Surroundings::is_single_byte),
        [Some(true), Some(false), None, None]
    );
}
