//! Documents inside a document: social-care documents carry XHTML and JSON in base64.
//!
//! Which elements carry what is known of the archive's documents: `text` of `nonXMLBody` with `representation="B64"`, and
//! `Q{urn:hl7finland}json`. What an element carries is opened when it is first asked for.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use kirjuri_tree::{Document, Format, NodeId, ParseErrorKind, Reading, Values};
use kirjuri_xpath::Documents;

const HL7: &str = "urn:hl7-org:v3";
const HL7_FINLAND: &str = "urn:hl7finland";
/// The namespace of what is written for reading.
pub(crate) const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// Padding is neither here nor there: what it would say is known from the length. Bits behind the last byte say nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What the elements of a document carry.
#[derive(Debug)]
pub(crate) struct Embedded<'d> {
    outer: &'d Document,
    carriers: Vec<Carrier>,
    /// How what is carried is read.
    reading: Reading<'d>,
    /// Whether what is carried notes what is read of it.
    is_watched: bool,
}

/// An element that carries a document.
#[derive(Debug)]
pub(crate) struct Carrier {
    pub(crate) element: NodeId,
    pub(crate) content: Content,
    opened: OnceLock<Result<Document, Unopened>>,
    /// Whether an expression has asked for what it carries.
    touched: AtomicBool,
}

/// Why what an element carries was not opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unopened {
    /// No other reader could open it either.
    Malformed,
    /// It asks for a document type definition, which is never fetched, or is over a limit.
    Refused,
}

/// What an element says that it carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Content {
    Json,
    Xml,
}

impl<'d> Embedded<'d> {
    pub(crate) fn of(outer: &'d Document, reading: Reading<'d>) -> Embedded<'d> {
        let mut carriers = Vec::new();
        let bodies = outer.find_name(HL7, "nonXMLBody").map_or(&[][..], |name| outer.elements_named(name));
        for child in bodies.iter().flat_map(|body| outer.children(*body)).filter(|child| outer.is_element(*child)) {
            let name = outer.qname(outer.name(child));
            let content = match (name.namespace, name.local) {
                (HL7_FINLAND, "json") => Some(Content::Json),
                (HL7, "text") if is_base64(attribute(outer, child, "representation")) => {
                    // A media type may have parameters, and no case.
                    let kind = attribute(outer, child, "mediaType").unwrap_or_default().to_ascii_lowercase();
                    let kind = kind.split(';').next().unwrap_or_default().trim_ascii_end();
                    let is_xml = kind.ends_with("+xml") || kind.ends_with("/xml");
                    if is_xml { Some(Content::Xml) } else { kind.ends_with("/json").then_some(Content::Json) }
                }
                _ => None,
            };
            // What has not come to its end says nothing yet.
            let content = content.filter(|_| !outer.is_open(child.into()));
            carriers.extend(content.map(|content| Carrier::new(child, content)));
        }
        Embedded { outer, carriers, reading: Reading { unfinished: false, ..reading }, is_watched: false }
    }

    /// The same, with documents inside that note which of their values are read.
    pub(crate) fn watched(self) -> Embedded<'d> {
        Embedded { is_watched: true, ..self }
    }

    /// Takes over what was opened in an earlier version of the document, of the same shape, and says of each carrier what has
    /// changed in what it carries; nothing where other elements carry something than before.
    pub(crate) fn take_over(&self, outer: &Document, before: &[Carrier]) -> Option<Vec<Option<Values>>> {
        let is_same = |(a, b): (&Carrier, &Carrier)| a.element == b.element && a.content == b.content;
        if self.carriers.len() != before.len() || !self.carriers.iter().zip(before).all(is_same) {
            return None;
        }
        let take_over = |(carrier, before): (&Carrier, &Carrier)| {
            let text = self.outer.string_value(carrier.element);
            let is_same = text == outer.string_value(before.element);
            let (opened, changed) = match before.opened.get() {
                None => return is_same.then(Values::default),
                Some(Ok(inside)) if is_same => (Ok(inside.copy()), Some(Values::default())),
                Some(Err(unopened)) if is_same => (Err(*unopened), Some(Values::default())),
                Some(Ok(inside)) => reopen(inside, &text, carrier.content, &self.reading),
                Some(Err(_)) => return None,
            };
            carrier.opened.get_or_init(|| opened.map(|inside| self.watch(inside)));
            changed
        };
        Some(self.carriers.iter().zip(before).map(take_over).collect())
    }

    fn watch(&self, inside: Document) -> Document {
        if self.is_watched { inside.watched() } else { inside }
    }

    /// What the elements carry, as far as it was opened.
    pub(crate) fn into_carriers(self) -> Vec<Carrier> {
        self.carriers
    }

    /// The structure that the header of a social-care document says its content has.
    pub(crate) fn content_specification(&self) -> Option<Cow<'_, str>> {
        let name = self.outer.find_name(HL7_FINLAND, "contentSpecificationId")?;
        let [element] = self.outer.elements_named(name) else { return None };
        let text = match self.outer.string_value(*element) {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        // One that is empty names none.
        Some(text).filter(|text| !text.is_empty())
    }

    /// The document whose elements these are.
    pub(crate) fn outer(&self) -> &'d Document {
        self.outer
    }

    pub(crate) fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    /// What a carrier carries, if it can be read.
    pub(crate) fn open<'c>(&self, carrier: &'c Carrier) -> Option<&'c Document> {
        self.opened(carrier).as_ref().ok()
    }

    fn opened<'c>(&self, carrier: &'c Carrier) -> &'c Result<Document, Unopened> {
        carrier.opened.get_or_init(|| {
            let opened = open(&self.outer.string_value(carrier.element), carrier.content, &self.reading);
            opened.map(|inside| self.watch(inside))
        })
    }

    /// The carrier that an expression asks for.
    fn carrier(&self, element: NodeId) -> Option<&Carrier> {
        let carrier = self.carriers.iter().find(|carrier| carrier.element == element)?;
        carrier.touched.store(true, Ordering::Relaxed);
        Some(carrier)
    }
}

impl Carrier {
    fn new(element: NodeId, content: Content) -> Carrier {
        Carrier { element, content, opened: OnceLock::new(), touched: AtomicBool::new(false) }
    }

    /// What it carries, if that has been opened.
    pub(crate) fn opened(&self) -> Option<&Document> {
        self.opened.get()?.as_ref().ok()
    }

    /// Whether an expression has asked for it since this was last asked.
    pub(crate) fn take_touch(&self) -> bool {
        self.touched.swap(false, Ordering::Relaxed)
    }

    /// Whether a document is the one this carrier carries.
    pub(crate) fn has(&self, document: &Document) -> bool {
        self.opened().is_some_and(|opened| std::ptr::eq(opened, document))
    }
}

impl Documents for Embedded<'_> {
    fn open(&self, _: &str) -> Option<&Document> {
        None
    }

    fn inside(&self, element: NodeId) -> Option<&Document> {
        self.open(self.carrier(element)?)
    }

    fn is_malformed(&self, element: NodeId) -> bool {
        self.carrier(element).is_some_and(|carrier| matches!(self.opened(carrier), Err(Unopened::Malformed)))
    }
}

fn is_base64(representation: Option<&str>) -> bool {
    representation.is_some_and(|representation| representation.eq_ignore_ascii_case("B64"))
}

fn attribute<'d>(document: &'d Document, element: NodeId, name: &str) -> Option<&'d str> {
    let attribute = document.attribute(element, document.find_name("", name)?)?;
    Some(document.attribute_value(attribute))
}

/// Opens what has changed, by what it was before if it can, and says which values differ.
fn reopen(
    before: &Document,
    text: &str,
    content: Content,
    reading: &Reading<'_>,
) -> (Result<Document, Unopened>, Option<Values>) {
    let edited = decode(text).and_then(|mut bytes| {
        if content == Content::Xml {
            forget_type(&mut bytes);
        }
        before.edited(&bytes, &reading.limits)
    });
    if let Some((inside, changed)) = edited {
        return (Ok(inside), Some(changed));
    }
    let opened = open(text, content, reading);
    let changed = opened.as_ref().ok().and_then(|inside| inside.changes_since(before));
    (opened, changed)
}

fn open(text: &str, content: Content, reading: &Reading<'_>) -> Result<Document, Unopened> {
    let mut bytes = decode(text).ok_or(Unopened::Malformed)?;
    match content {
        Content::Json => Document::read(&bytes, Format::Json, reading),
        Content::Xml => {
            forget_type(&mut bytes);
            Document::read(&bytes, Format::Xml, reading)
        }
    }
    .map_err(|error| match error.kind() {
        ParseErrorKind::DtdRefused
        | ParseErrorKind::Interrupted
        | ParseErrorKind::UndeclaredEntity
        | ParseErrorKind::TooLarge
        | ParseErrorKind::TooDeep
        | ParseErrorKind::TooManyAttributes
        | ParseErrorKind::TooManyNodes => Unopened::Refused,
        _ => Unopened::Malformed,
    })
}

/// Puts spaces in the place of a document type declaration that only names the type, as XHTML 1.1 has it: there is nothing
/// to be read in it, and every place stays where it is. One that declares anything stays, and is refused.
fn forget_type(bytes: &mut [u8]) {
    let Some(declaration) = document_type(bytes).and_then(|range| bytes.get_mut(range)) else { return };
    declaration.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b' ');
}

/// Where a document type declaration stands that has nothing between square brackets: before the root element, behind
/// instructions and comments at most.
fn document_type(bytes: &[u8]) -> Option<Range<usize>> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'<')?;
        let rest = bytes.get(at..)?;
        let end = |mark: &[u8]| rest.windows(mark.len()).position(|window| window == mark);
        at += match rest {
            [b'<', b'?', ..] => end(b"?>")?,
            [b'<', b'!', b'-', ..] => end(b"-->")?,
            _ if rest.starts_with(b"<!DOCTYPE") => {
                let end = rest.iter().position(|byte| matches!(byte, b'>' | b'['))?;
                return (rest.get(end) == Some(&b'>')).then_some(at..at + end + 1);
            }
            _ => return None,
        };
    }
}

/// Decodes base64, with white space anywhere.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_ascii();
    if !has_white_space(text) {
        return BASE64.decode(text).ok();
    }
    // White space mostly ends lines, so that whole lines can be taken: byte by byte takes longer than the decoding.
    let mut dense = Vec::with_capacity(text.len());
    for line in text.split('\n').map(str::trim_ascii) {
        if has_white_space(line) {
            dense.extend(line.bytes().filter(|byte| !byte.is_ascii_whitespace()));
        } else {
            dense.extend_from_slice(line.as_bytes());
        }
    }
    BASE64.decode(&dense).ok()
}

/// Looks at every byte, without a branch, so that the compiler makes vector code of it.
fn has_white_space(text: &str) -> bool {
    text.bytes().fold(false, |seen, byte| seen | byte.is_ascii_whitespace())
}

/// A text in base64, as documents carry it.
pub(crate) fn encode(text: &str) -> String {
    general_purpose::STANDARD.encode(text)
}

#[cfg(test)]
mod tests {
    use kirjuri_tree::Limits;

    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let text = format!(
            "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:f='urn:hl7finland'><component><nonXMLBody>{body}\
             </nonXMLBody></component></ClinicalDocument>"
        );
        let document = Document::parse(text.as_bytes(), &Limits::default()).unwrap();
        let embedded = Embedded::of(&document, Reading::default());
        let root = |carrier| {
            let inside = embedded.open(carrier)?;
            Some(inside.qname(inside.name(inside.root_element())).local)
        };
        let roots: Vec<&str> = embedded.carriers().iter().map(|carrier| root(carrier).unwrap_or("?")).collect();
        assert_eq!(roots, expected, "{body}");
    }

    #[test]
    fn base64_is_opened_whatever_its_white_space_and_padding() {
        let json = encode(r#"{"merkinta": {"kuvaus": "x"}}"#);
        check(&format!("<f:json>{json}</f:json>"), &["merkinta"]);
        check(&format!("<f:json>\n  {}\n{}\n</f:json>", &json[..8], &json[8..]), &["merkinta"]);
        check(&format!("<f:json>{}</f:json>", json.trim_end_matches('=')), &["merkinta"]);
        let xhtml = encode("<html xmlns='http://www.w3.org/1999/xhtml'/>");
        check(
            &format!(
                "<text mediaType='application/xhtml+xml' representation='B64'>{xhtml}</text><f:json>{json}</f:json>"
            ),
            &["html", "merkinta"],
        );
    }

    #[test]
    fn a_document_type_that_is_only_named_is_passed_over() {
        let narrative = |text: &str| {
            format!("<text mediaType='application/xhtml+xml' representation='B64'>{}</text>", encode(text))
        };
        check(
            &narrative("<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.1//EN' 'x.dtd'><html/>"),
            &["html"],
        );
        check(&narrative("<!DOCTYPE html [<!ENTITY a 'b'>]><html>&a;</html>"), &["?"]);
        check(&narrative("<html>&nbsp;</html>"), &["?"]);
        check(&narrative("<!-- <!DOCTYPE x> --><!DOCTYPE html><html><!-- <!DOCTYPE --></html>"), &["html"]);
        check(&narrative("<!DOCTYPE"), &["?"]);
        check(&narrative("<!-- <"), &["?"]);
    }

    #[test]
    fn what_cannot_be_opened_is_no_document() {
        check("<f:json/>", &["?"]);
        check("<f:json>***</f:json>", &["?"]);
        check(&format!("<f:json>{}</f:json>", encode("{")), &["?"]);
        check("<text>plain</text>", &[]);
        check("<text mediaType='application/pdf' representation='B64'>JVBERg==</text>", &[]);
    }
}
