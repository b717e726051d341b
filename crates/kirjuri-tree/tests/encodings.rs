//! From bytes to text: which encoding a document is in, what is refused, and where its parts lie in the bytes.

#![allow(clippy::unwrap_used)]

use kirjuri_tree::{Document, Limits, NodeId};

/// A document of one element around `é€😀`-like text, with a declaration of `label`.
fn declared(label: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"{label}\"?><a>x</a>")
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

fn concat(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Expects `bytes` to be read as a document whose root has the string value `text`.
#[track_caller]
fn check(bytes: &[u8], text: &str) {
    let document = Document::parse(bytes, &Limits::default());
    let document = document.unwrap_or_else(|error| panic!("refused: {error} in {bytes:02X?}"));
    assert_eq!(document.string_value(document.root_element()), text);
}

/// Expects `bytes` to be refused as `id` at the byte `offset`, which is at `line` and `column`.
#[track_caller]
fn refuse(bytes: &[u8], id: &str, offset: usize, (line, column): (u32, u32)) {
    match Document::parse(bytes, &Limits::default()) {
        Ok(_) => panic!("accepted, not refused as {id}: {bytes:02X?}"),
        Err(error) => {
            let found = (error.kind().id(), error.offset(), (error.position().line, error.position().column));
            assert_eq!(found, (id, offset, (line, column)));
        }
    }
}

#[test]
fn without_mark_and_declaration_a_document_is_utf_8() {
    check("<a>äö€😀</a>".as_bytes(), "äö€😀");
    check("<?xml version='1.0'?><a>ä</a>".as_bytes(), "ä");
}

#[test]
fn labels_are_known_in_any_case() {
    for label in
        ["UTF-8", "utf-8", "Utf8", "US-ASCII", "ascii", "ANSI_X3.4-1968", "latin1", "ISO_8859-1", "l1", "cp1252"]
    {
        check(declared(label).as_bytes(), "x");
    }
}

#[test]
fn a_mark_of_utf_8_is_no_content() {
    check("\u{FEFF}<a>ä</a>".as_bytes(), "ä");
    check("\u{FEFF}<?xml version='1.0' encoding='UTF-8'?><a>ä</a>".as_bytes(), "ä");
    refuse("\u{FEFF}\u{FEFF}<a/>".as_bytes(), "content-outside-root", 3, (1, 1));
    refuse("<a/>\u{FEFF}".as_bytes(), "content-outside-root", 4, (1, 5));
}

#[test]
fn utf_16_is_read_by_its_mark_or_its_declaration() {
    let plain = "<a>äö€😀</a>";
    for (mark, to_bytes) in [([0xFF, 0xFE], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xFE, 0xFF], u16::to_be_bytes)] {
        check(&concat(&[&mark, &utf16(plain, to_bytes)]), "äö€😀");
        check(&concat(&[&mark, &utf16(&declared("UTF-16"), to_bytes)]), "x");
        check(&concat(&[&mark, &utf16("<?xml version='1.0'?><a>x</a>", to_bytes)]), "x");
        check(&utf16(&declared("utf-16"), to_bytes), "x");
        // Neither mark nor label: it had to be UTF-8.
        refuse(&utf16("<?xml version='1.0'?><a/>", to_bytes), "encoding-contradicted", 0, (1, 1));
    }
    check(&utf16(&declared("UTF-16LE"), u16::to_le_bytes), "x");
    check(&utf16(&declared("UTF-16BE"), u16::to_be_bytes), "x");
    refuse(&utf16(&declared("UTF-16BE"), u16::to_le_bytes), "encoding-contradicted", 60, (1, 31));
    refuse(&utf16(&declared("UTF-8"), u16::to_le_bytes), "encoding-contradicted", 60, (1, 31));
    refuse(
        &concat(&[&[0xFE, 0xFF], &utf16(&declared("UTF-8"), u16::to_be_bytes)]),
        "encoding-contradicted",
        62,
        (1, 31),
    );
    refuse(&concat(&[&[0xFE, 0xFF], &utf16(&declared("KOI8"), u16::to_be_bytes)]), "unsupported-encoding", 62, (1, 31));
}

#[test]
fn utf_16_is_held_to_its_surrogates() {
    let start = concat(&[&[0xFF, 0xFE], &utf16("<a>\n😀", u16::to_le_bytes)]);
    refuse(&concat(&[&start, &[0x00, 0xD8], &utf16("</a>", u16::to_le_bytes)]), "invalid-utf-16", 14, (2, 2));
    refuse(&concat(&[&start, &[0x00, 0xDC], &utf16("</a>", u16::to_le_bytes)]), "invalid-utf-16", 14, (2, 2));
    refuse(&concat(&[&start, &[0x00, 0xD8]]), "invalid-utf-16", 14, (2, 2));
    refuse(&concat(&[&start, &[0x3C]]), "invalid-utf-16", 14, (2, 2));
}

#[test]
fn bytes_that_are_not_utf_8_are_said_with_their_place() {
    refuse(b"<a>\n  \xE4</a>", "invalid-utf-8", 6, (2, 3));
    refuse(b"\xE4", "invalid-utf-8", 0, (1, 1));
    refuse("<a>ä".as_bytes().get(..4).unwrap_or_default(), "invalid-utf-8", 3, (1, 4));
    refuse(&concat(&["\u{FEFF}<a>ä".as_bytes(), b"\xFF</a>"]), "invalid-utf-8", 8, (1, 5));
    refuse(b"<?xml version='1.0' encoding='UTF-8'?><a b='\xC0\x80'/>", "invalid-utf-8", 44, (1, 45));
    // Encoded surrogates and what lies behind U+10FFFF are no UTF-8.
    refuse(b"<a>\xED\xA0\x80</a>", "invalid-utf-8", 3, (1, 4));
    refuse(b"<a>\xF4\x90\x80\x80</a>", "invalid-utf-8", 3, (1, 4));
}

#[test]
fn encodings_of_one_byte_are_read() {
    let document = |label: &str, text: &[u8]| {
        concat(&[format!("<?xml version='1.0' encoding='{label}'?><a>").as_bytes(), text, b"</a>"])
    };
    check(&document("ISO-8859-1", b"\xE4\x80\x9F\xA4\xFF"), "ä\u{80}\u{9F}¤ÿ");
    check(&document("ISO-8859-15", b"\xE4\x80\xA4\xA6\xA8\xB4\xB8\xBC\xBD\xBE"), "ä\u{80}€ŠšŽžŒœŸ");
    check(&document("windows-1252", b"\xE4\x80\x82\x85\x8A\x8E\x9E\x9F\xA4"), "ä€‚…ŠŽžŸ¤");
    for byte in [0x81, 0x8D, 0x8F, 0x90, 0x9D] {
        refuse(&document("Windows-1252", &[b'x', byte]), "unassigned-byte", 49, (1, 50));
    }
    refuse(&document("US-ASCII", b"x\n\xE4"), "encoding-contradicted", 46, (2, 1));
    check(&document("US-ASCII", b"\x7F"), "\u{7F}");
}

#[test]
fn a_declaration_that_the_bytes_contradict_is_refused() {
    refuse(declared("UTF-16").as_bytes(), "encoding-contradicted", 30, (1, 31));
    refuse(declared("utf-16le").as_bytes(), "encoding-contradicted", 30, (1, 31));
    let marked = |label: &str| format!("\u{FEFF}{}", declared(label));
    for label in ["ISO-8859-1", "windows-1252", "UTF-16", "US-ASCII"] {
        refuse(marked(label).as_bytes(), "encoding-contradicted", 33, (1, 31));
    }
}

#[test]
fn other_encodings_are_refused_as_unsupported() {
    for label in ["KOI8-R", "ISO-8859-2", "Shift_JIS", "UTF-7", "UTF-32", "x-unknown"] {
        refuse(declared(label).as_bytes(), "unsupported-encoding", 30, (1, 31));
    }
    refuse(format!("\u{FEFF}{}", declared("x-unknown")).as_bytes(), "unsupported-encoding", 33, (1, 31));
    refuse(b"\xFF\xFE\0\0<\0\0\0", "unsupported-encoding", 0, (1, 1));
    refuse(b"\0\0\xFE\xFF\0\0\0<", "unsupported-encoding", 0, (1, 1));
    refuse(b"<\0\0\0", "unsupported-encoding", 0, (1, 1));
    refuse(b"\0\0\0<", "unsupported-encoding", 0, (1, 1));
    refuse(b"\x4C\x6F\xA7\x94\x93", "unsupported-encoding", 0, (1, 1));
}

#[test]
fn a_fault_of_the_declaration_comes_before_those_of_the_bytes() {
    refuse(b"<?xml version='2.0'?><a>\xE4</a>", "malformed-xml-declaration", 15, (1, 16));
    refuse(b"<?xml\nversion='1.0' encoding=''?><a>\xE4</a>", "malformed-xml-declaration", 30, (2, 25));
    refuse(b"<?xml version='1.1' encoding='ISO-8859-1'?><a/>", "xml-1-1-refused", 15, (1, 16));
    refuse(&utf16("\u{FEFF}<?xml version='1.1'?><a/>", u16::to_le_bytes), "xml-1-1-refused", 32, (1, 16));
}

#[test]
fn faults_have_their_place_in_the_bytes_as_they_came() {
    let text = "<?xml version='1.0' encoding='LABEL'?>\n<ä>€</å>";
    let bytes = |label: &str| text.replace("LABEL", label);
    refuse(&utf16(&format!("\u{FEFF}{}", bytes("UTF-16")), u16::to_le_bytes), "mismatched-tag", 2 + 2 * 44, (2, 5));
    refuse(bytes("UTF-8").as_bytes(), "mismatched-tag", 38 + 1 + 4 + 3, (2, 5));
    let latin: Vec<u8> = bytes("ISO-8859-15").chars().map(|c| if c == '€' { 0xA4 } else { c as u8 }).collect();
    refuse(&latin, "mismatched-tag", 44 + 4 + 1, (2, 5));
}

/// Each node's and attribute's span, taken back to the source, must decode to the text of the span.
fn check_source_ranges(bytes: &[u8], decode: impl Fn(&[u8]) -> String) {
    let document = Document::parse(bytes, &Limits::default()).unwrap();
    let same = |span: kirjuri_tree::Span| {
        let source = bytes.get(document.source_range(span)).unwrap();
        assert_eq!(decode(source), document.text()[span.range()]);
    };
    for node in document.nodes().filter(|&node| node != NodeId::DOCUMENT) {
        same(document.span(node));
        same(document.start_tag_span(node));
        for attribute in document.attributes(node) {
            same(document.attribute_span(attribute));
            same(document.attribute_value_span(attribute));
        }
    }
}

#[test]
fn spans_lead_back_to_the_source_in_every_encoding() {
    // Long enough to cross the checkpoints of the position index, in characters of every length.
    let content: String =
        (0..400).map(|number| format!("<ä ö='€{number}😀'>é😀{number}</ä>\r\n<!--😀--><?p €?>")).collect();
    let text = format!("<a>{content}</a>");
    check_source_ranges(text.as_bytes(), |bytes| String::from_utf8(bytes.to_vec()).unwrap());
    let marked = format!("\u{FEFF}{text}");
    check_source_ranges(marked.as_bytes(), |bytes| String::from_utf8(bytes.to_vec()).unwrap());
    check_source_ranges(&utf16(&marked, u16::to_le_bytes), |bytes| {
        let units = bytes.as_chunks().0.iter().map(|&pair| u16::from_le_bytes(pair)).collect::<Vec<_>>();
        String::from_utf16(&units).unwrap()
    });
    let latin = format!("<?xml version='1.0' encoding='ISO-8859-1'?>{}", text.replace(['€', '😀'], "ÿ"));
    let latin: Vec<u8> = latin.chars().map(|character| character as u8).collect();
    check_source_ranges(&latin, |bytes| bytes.iter().map(|&byte| byte as char).collect());
}
