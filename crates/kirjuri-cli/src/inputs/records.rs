//! XML files that hold many documents: each is cut out as it stands, and read in the encoding and within the namespace
//! declarations of the file.
//!
//! What is around the records is read as strictly as is needed to know where they stand. A record ends at the end tag of its
//! own name, whatever is wrong inside it, so that one that is malformed does not take the next ones with it.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;
use std::sync::Arc;

use kirjuri::{ParseError, ParseErrorKind, Surroundings};
use kirjuri_report::{InputError, NotChecked};
use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesStart};
use quick_xml::name::PrefixDeclaration;

use super::Content;
use super::portions::Gone;
use super::unpack::{Unpacking, Whole, fault};
use super::window::Window;

/// The name of the elements that are documents, in any namespace or in one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RecordName {
    namespace: Option<String>,
    local: String,
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "Q{{{namespace}}}{}", self.local),
            None => f.write_str(&self.local),
        }
    }
}

impl FromStr for RecordName {
    type Err = String;

    fn from_str(text: &str) -> Result<RecordName, String> {
        // Other programs write a name in a namespace so.
        if let Some(rest) = text.strip_prefix('{') {
            return Err(match rest.split_once('}') {
                Some((_, local)) if is_name(local) => {
                    format!("a namespace is written with a Q before it; did you mean `Q{text}`?")
                }
                _ => "the name of an element in a namespace is Q{NAMESPACE}NAME".into(),
            });
        }
        let (namespace, local) = match text.strip_prefix("Q{") {
            Some(rest) => match rest.split_once('}') {
                Some((namespace, local)) => (Some(namespace.to_owned()), local),
                None => return Err("the name of an element in a namespace is Q{NAMESPACE}NAME".into()),
            },
            None => (None, text),
        };
        if let Some((_, after)) = local.rsplit_once(':') {
            return Err(match is_name(after) && namespace.is_none() {
                true => format!("prefixes differ from file to file; say `{after}`, or Q{{NAMESPACE}}{after}"),
                false => "the name of an element in a namespace is Q{NAMESPACE}NAME, without a prefix".into(),
            });
        }
        match is_name(local) {
            true => Ok(RecordName { namespace, local: local.to_owned() }),
            false => Err("this is no name of an element; a record is named as in ClinicalDocument".into()),
        }
    }
}

/// Whether an element can have a local name.
fn is_name(local: &str) -> bool {
    local.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{B7}'))
        && local.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Longest tag around the records that is read.
const LONGEST_TAG: usize = 1 << 20;

/// What stopped the reading.
enum Stop {
    Gone,
    Fault(InputError),
}

impl From<Gone> for Stop {
    fn from(Gone: Gone) -> Stop {
        Stop::Gone
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Fault(fault(&error))
    }
}

/// Hands on the records of a file.
pub(super) fn split(
    unpacking: &mut Unpacking<'_>,
    name: &str,
    record: &RecordName,
    reader: &mut dyn Read,
) -> Result<Whole, Gone> {
    let mut splitter = Splitter {
        window: Window::new(reader),
        record,
        open: Vec::new(),
        scope: Vec::new(),
        around: None,
        encoding: None,
        count: 0,
    };
    match splitter.run(unpacking, name) {
        Ok(()) if splitter.count == 0 => unpacking.nothing_inside(name),
        Ok(()) => Ok(Whole::Yes),
        Err(Stop::Gone) => Err(Gone),
        Err(Stop::Fault(error)) => unpacking.unreadable(name, error),
    }
}

struct Splitter<'r> {
    window: Window<'r>,
    record: &'r RecordName,
    /// The names of the elements that are open around the records, and how many declarations stood before them.
    open: Vec<(Vec<u8>, usize)>,
    /// Prefixes and namespaces that are declared here, the outermost first.
    scope: Vec<(String, String)>,
    /// The same as records keep them; most share them.
    around: Option<Arc<Vec<(String, String)>>>,
    encoding: Option<Arc<str>>,
    count: u64,
}

/// A start tag around the records, or of one.
struct Tag {
    name: Vec<u8>,
    /// What it declares.
    declared: Vec<(String, String)>,
    is_empty: bool,
}

impl Splitter<'_> {
    fn run(&mut self, unpacking: &mut Unpacking<'_>, name: &str) -> Result<(), Stop> {
        self.begin()?;
        let limits = unpacking.options.limits;
        let mut is_blank = true;
        while self.window.seek(b'<')? {
            is_blank = false;
            let (position, offset) = self.window.position();
            let stop = |kind| Err(Stop::Fault(InputError::Parse(ParseError::new(kind, position, offset))));
            match self.window.ensure(9)? {
                [b'<', b'!', b'-', b'-', ..] => {
                    if !self.window.pass(b"-->")? {
                        return stop(ParseErrorKind::UnclosedComment);
                    }
                }
                [b'<', b'!', b'[', ..] => {
                    if !self.window.pass(b"]]>")? {
                        return stop(ParseErrorKind::UnclosedCdata);
                    }
                }
                [b'<', b'!', b'D', ..] => return stop(ParseErrorKind::DtdRefused),
                [b'<', b'!', ..] => return stop(ParseErrorKind::MalformedMarkup),
                [b'<', b'?', ..] => {
                    if !self.window.pass(b"?>")? {
                        return stop(ParseErrorKind::UnclosedInstruction);
                    }
                }
                [b'<', b'/', ..] => {
                    self.window.hold(LONGEST_TAG);
                    if !self.window.pass(b">")? {
                        return stop(ParseErrorKind::UnclosedTag);
                    }
                    let tag = self.window.take_held().unwrap_or_default();
                    let written = tag.get(2..tag.len().saturating_sub(1)).unwrap_or_default().trim_ascii_end();
                    match self.open.pop() {
                        None => return stop(ParseErrorKind::UnopenedTag),
                        Some((open, _)) if open != written => return stop(ParseErrorKind::MismatchedTag),
                        Some((_, declarations)) => self.leave(declarations),
                    }
                }
                _ => {
                    // The tag of a record is held as its beginning.
                    self.window.hold(LONGEST_TAG);
                    let origin = self.window.origin();
                    let tag = match self.tag(limits.attributes)? {
                        Ok(tag) => tag,
                        Err(kind) => return stop(kind),
                    };
                    let declarations = self.scope.len();
                    if self.scope.len().saturating_add(tag.declared.len()) > limits.attributes {
                        return stop(ParseErrorKind::TooManyAttributes);
                    }
                    if self.is_record(&tag) {
                        self.window.hold_more(limits.bytes);
                        let is_whole = tag.is_empty || self.pass_record(&tag.name)?;
                        self.count = self.count.saturating_add(1);
                        let content = match self.window.take_held() {
                            Some(bytes) if bytes.len() <= limits.bytes => {
                                let around = self.around.get_or_insert_with(|| Arc::new(self.scope.clone()));
                                let around = Surroundings {
                                    namespaces: Arc::clone(around),
                                    encoding: self.encoding.clone(),
                                    origin,
                                };
                                Content::Held { bytes: bytes.to_vec(), around: Some(around) }
                            }
                            _ => {
                                let error = ParseError::new(ParseErrorKind::TooLarge, position, offset);
                                Content::Unchecked(NotChecked::Unreadable(InputError::Parse(error)))
                            }
                        };
                        unpacking.sink.put(format!("{name}!{}[{}]", self.record.local, self.count), content)?;
                        // That the file ends in it is wrong with the record, and is said there.
                        if !is_whole {
                            return Ok(());
                        }
                        continue;
                    }
                    self.window.take_held();
                    if tag.is_empty {
                        continue;
                    }
                    if self.open.len() >= limits.depth {
                        return stop(ParseErrorKind::TooDeep);
                    }
                    self.open.push((tag.name, declarations));
                    if !tag.declared.is_empty() {
                        self.around = None;
                        self.scope.extend(tag.declared);
                    }
                }
            }
        }
        let (position, offset) = self.window.position();
        let stop = |kind| Err(Stop::Fault(InputError::Parse(ParseError::new(kind, position, offset))));
        match (self.open.is_empty(), is_blank) {
            (false, _) => stop(ParseErrorKind::UnclosedElement),
            (true, true) => stop(ParseErrorKind::MissingRoot),
            (true, false) => Ok(()),
        }
    }

    /// Reads the byte order mark and the XML declaration.
    fn begin(&mut self) -> Result<(), Stop> {
        let (position, offset) = self.window.position();
        let refused = ParseError::new(ParseErrorKind::UnsupportedEncoding, position, offset);
        let refused = || Stop::Fault(InputError::Parse(refused));
        match self.window.ensure(6)? {
            // Two or four bytes a character: records could not be told by their bytes.
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, ..] | [b'<', 0, ..] => return Err(refused()),
            [0xEF, 0xBB, 0xBF, ..] => self.window.skip(3),
            _ => {}
        }
        if !self.window.ensure(6)?.starts_with(b"<?xml") {
            return Ok(());
        }
        self.window.hold(LONGEST_TAG);
        if !self.window.pass(b"?>")? {
            self.window.take_held();
            return Ok(());
        }
        let declaration = self.window.take_held().unwrap_or_default();
        let inside = declaration.get(2..declaration.len().saturating_sub(2)).unwrap_or_default();
        let inside = String::from_utf8_lossy(inside);
        let declaration = BytesDecl::from_start(BytesStart::from_content(inside.as_ref(), "xml".len()));
        let label = declaration.encoding().and_then(Result::ok).map(|label| label.to_string());
        match label.as_deref().map(Surroundings::is_single_byte) {
            None | Some(Some(false)) => {}
            Some(Some(true)) => {
                self.window.is_single_byte = true;
                self.encoding = label.map(Into::into);
            }
            Some(None) => return Err(refused()),
        }
        Ok(())
    }

    /// Reads the start tag at the cursor, or says what is wrong with it.
    fn tag(&mut self, most: usize) -> io::Result<Result<Tag, ParseErrorKind>> {
        self.window.skip(1);
        let is_empty = match self.window.pass_tag()? {
            Some(is_empty) => is_empty,
            None if self.window.has_lost() => return Ok(Err(ParseErrorKind::TooLarge)),
            // A quote too many may belong to a record, and is then wrong with that one only.
            None if !self.window.rest().is_empty() => {
                let tag = self.window.held().and_then(|tag| read_tag(tag, false, most).ok());
                let tag = tag.filter(|tag| self.is_record(tag));
                return Ok(tag.ok_or(ParseErrorKind::UnclosedTag));
            }
            None => return Ok(Err(ParseErrorKind::UnclosedTag)),
        };
        Ok(self.window.held().ok_or(ParseErrorKind::TooLarge).and_then(|tag| read_tag(tag, is_empty, most)))
    }

    fn is_record(&self, tag: &Tag) -> bool {
        let (prefix, local) = match memchr::memchr(b':', &tag.name) {
            Some(colon) => tag.name.split_at(colon),
            None => (&[][..], &*tag.name),
        };
        if local.strip_prefix(b":").unwrap_or(local) != self.record.local.as_bytes() {
            return false;
        }
        let Some(namespace) = &self.record.namespace else { return true };
        let mut declared = self.scope.iter().chain(&tag.declared).rev();
        let found = declared.find(|(known, _)| known.as_bytes() == prefix).map(|(_, uri)| uri.as_str());
        found.unwrap_or_default() == namespace
    }

    /// Goes behind the end of the record with the name, or to the end of the file; whether it has an end.
    fn pass_record(&mut self, name: &[u8]) -> io::Result<bool> {
        let mut depth = 1_u64;
        while depth > 0 {
            if !self.window.seek(b'<')? {
                return Ok(false);
            }
            let start = self.window.ensure("</>".len() + name.len())?;
            let is_named = |rest: Option<&[u8]>| {
                let behind = rest.and_then(|rest| rest.strip_prefix(name));
                behind.is_some_and(|behind| matches!(behind.first(), Some(b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/')))
            };
            match start {
                [b'<', b'!', b'-', b'-', ..] => drop(self.window.pass(b"-->")?),
                [b'<', b'!', b'[', ..] => drop(self.window.pass(b"]]>")?),
                [b'<', b'?', ..] => drop(self.window.pass(b"?>")?),
                [b'<', b'/', ..] => {
                    let is_own = is_named(start.get(2..));
                    self.window.pass(b">")?;
                    depth -= u64::from(is_own);
                }
                _ => {
                    let is_own = is_named(start.get(1..));
                    self.window.skip(1);
                    let is_empty = self.window.pass_tag()?;
                    depth += u64::from(is_own && is_empty == Some(false));
                }
            }
        }
        Ok(true)
    }

    /// Goes back to the declarations before an element that has ended.
    fn leave(&mut self, declarations: usize) {
        if declarations < self.scope.len() {
            self.scope.truncate(declarations);
            self.around = None;
        }
    }
}

/// Reads the name and the declarations of a start tag that has no more than `most` attributes.
fn read_tag(tag: &[u8], is_empty: bool, most: usize) -> Result<Tag, ParseErrorKind> {
    let inside = tag.get(1..tag.len().saturating_sub(1)).unwrap_or_default();
    let inside = if is_empty { inside.strip_suffix(b"/").unwrap_or(inside) } else { inside };
    let end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
    let name = inside.get(..end).filter(|name| !name.is_empty()).ok_or(ParseErrorKind::MalformedTag)?;
    let mut declared = Vec::new();
    // Nearly no tag around the records declares anything, and most have no attribute.
    if memchr::memmem::find(inside, b"xmlns").is_some() {
        let inside = String::from_utf8_lossy(inside);
        // In another encoding the name may have become longer.
        let end = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
        let start = BytesStart::from_content(inside.as_ref(), end);
        // Whether one is there twice would be asked of each pair; there is no document in which that matters.
        for (number, attribute) in start.attributes().with_checks(false).enumerate() {
            if number >= most {
                return Err(ParseErrorKind::TooManyAttributes);
            }
            let attribute = attribute.map_err(|_| ParseErrorKind::MalformedAttribute)?;
            let prefix = match attribute.key.as_namespace_binding() {
                Some(PrefixDeclaration::Default) => "",
                Some(PrefixDeclaration::Named(prefix)) => prefix,
                None => continue,
            };
            let uri = attribute.normalized_value(XmlVersion::Implicit1_0);
            let uri = uri.map_err(|_| ParseErrorKind::MalformedReference)?;
            declared.push((prefix.to_owned(), uri.into_owned()));
        }
    }
    Ok(Tag { name: name.to_vec(), declared, is_empty })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_another_way_of_writing_is_told_in_ours() {
        for (text, expected) in [
            (
                "{urn:hl7-org:v3}ClinicalDocument",
                "a namespace is written with a Q before it; did you mean `Q{urn:hl7-org:v3}ClinicalDocument`?",
            ),
            ("{urn:hl7-org:v3}", "the name of an element in a namespace is Q{NAMESPACE}NAME"),
            ("cda:note", "prefixes differ from file to file; say `note`, or Q{NAMESPACE}note"),
            ("{urn:hl7-org:v3", "the name of an element in a namespace is Q{NAMESPACE}NAME"),
            ("Q{urn:a}a:note", "the name of an element in a namespace is Q{NAMESPACE}NAME, without a prefix"),
        ] {
            assert_eq!(text.parse::<RecordName>(), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_record_is_named_with_or_without_its_namespace() {
        for (text, expected) in [
            ("ClinicalDocument", Some((None, "ClinicalDocument"))),
            ("Q{urn:hl7-org:v3}ClinicalDocument", Some((Some("urn:hl7-org:v3"), "ClinicalDocument"))),
            ("Q{}note", Some((Some(""), "note"))),
            ("käynti", Some((None, "käynti"))),
            ("cda:ClinicalDocument", None),
            ("Q{urn:a", None),
            ("{urn:hl7-org:v3}ClinicalDocument", None),
            ("{urn:a", None),
            ("//note", None),
            ("", None),
        ] {
            let name = text.parse::<RecordName>().ok();
            let name = name.as_ref().map(|name| (name.namespace.as_deref(), name.local.as_str()));
            assert_eq!(name, expected, "{text}");
        }
    }
}
