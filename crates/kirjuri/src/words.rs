//! Where in the text of a node the words stand that a finding is about.

use std::ops::Range;

use kirjuri_tree::{Document, Format, NodeKind, NodeRef, Span};
use kirjuri_xpath::Node;

use crate::prose;

/// A stretch of the text of a node, in bytes of its string value: the words themselves are kept nowhere, and where they
/// stand in the source is looked up only when the place is written out, since an edit elsewhere moves it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Words {
    start: usize,
    end: usize,
}

impl Words {
    /// The first occurrence of a text in that of a node, as words of their own if it has any such; none where it is empty or
    /// does not occur. The marks of [`prose::narrative`] are no part of the text.
    pub(crate) fn find(node: Node<'_>, wanted: &str) -> Option<Words> {
        let wanted = wanted.replace([prose::LINE_END, prose::PASSAGE_END], "");
        let wanted = wanted.trim();
        if wanted.is_empty() {
            return None;
        }
        let text = node.string_value();
        let is_whole = |start: usize| {
            let (before, rest) = text.split_at_checked(start).unwrap_or_default();
            let after = rest.get(wanted.len()..).unwrap_or_default();
            let is_joined = |one: &str, other: &str| {
                one.ends_with(char::is_alphanumeric) && other.starts_with(char::is_alphanumeric)
            };
            !is_joined(before, wanted) && !is_joined(wanted, after)
        };
        let mut found = text.match_indices(wanted).map(|(start, _)| start);
        let start = found.clone().find(|start| is_whole(*start)).or_else(|| found.next())?;
        Some(Words { start, end: start + wanted.len() })
    }

    /// The words, of the string value of their node.
    pub(crate) fn of(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }

    /// Where they stand in the source; none where that cannot be told.
    pub(crate) fn span(self, document: &Document, node: NodeRef) -> Option<Span> {
        if let Some(attribute) = node.as_attribute() {
            let kind = if document.format() == Format::Json { Kind::Json } else { Kind::Attribute };
            let text = Text {
                kind,
                span: document.attribute_value_span(attribute),
                value: document.attribute_value(attribute),
            };
            return text.within(self.start..self.end, document);
        }
        let node = node.owner();
        let kind = if document.format() == Format::Json { Kind::Json } else { Kind::Text };
        let is_one = document.kind(node) == NodeKind::Text;
        let inside = document.descendants(node).filter(|inside| document.kind(*inside) == NodeKind::Text);
        let texts = is_one.then_some(node).into_iter().chain(inside);
        let (mut passed, mut start) = (0, None);
        for text in texts {
            let text = Text { kind, span: document.span(text), value: document.value(text) };
            let end = passed + text.value.len();
            if start.is_none() && self.start < end {
                start = Some(text.within(self.start - passed..end.min(self.end) - passed, document)?);
            }
            if let Some(first) = start.filter(|_| self.end <= end) {
                let last = text.within(self.start.max(passed) - passed..self.end - passed, document)?;
                return Some(Span { start: first.start, end: last.end });
            }
            passed = end;
        }
        None
    }
}

/// How a source writes the characters of a value.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Attribute,
    Json,
}

/// A value and what of the source says it.
struct Text<'d> {
    kind: Kind,
    span: Span,
    value: &'d str,
}

impl Text<'_> {
    /// What of the source says a part of the value.
    fn within(&self, part: Range<usize>, document: &Document) -> Option<Span> {
        let source = document.text().get(self.span.range())?;
        let range = match source == self.value {
            true => part,
            false => self.read(source, part)?,
        };
        let offset = |at: usize| self.span.start.checked_add(u32::try_from(at).ok()?);
        Some(Span { start: offset(range.start)?, end: offset(range.end)? })
    }

    /// The same of a source that does not say it as it is. Every character is compared, so that a way of writing which is not
    /// known here has no answer, and no wrong one.
    fn read(&self, source: &str, part: Range<usize>) -> Option<Range<usize>> {
        let mut written = Written { kind: self.kind, source, at: 0, is_section: false };
        let (mut at, mut start) = (0, None);
        for expected in self.value.chars() {
            let (range, character) = written.next()?;
            if character != expected {
                return None;
            }
            if at == part.start {
                start = Some(range.start);
            }
            at += expected.len_utf8();
            if at == part.end {
                return Some(start?..range.end);
            }
        }
        None
    }
}

/// The characters that a source says, each with its place.
struct Written<'s> {
    kind: Kind,
    source: &'s str,
    at: usize,
    /// Inside a CDATA section, where everything is as it is.
    is_section: bool,
}

const SECTION: &str = "<![CDATA[";
const SECTION_END: &str = "]]>";

impl Iterator for Written<'_> {
    type Item = (Range<usize>, char);

    fn next(&mut self) -> Option<(Range<usize>, char)> {
        let mut rest = self.source.get(self.at..)?;
        while self.kind == Kind::Text {
            let mark = if self.is_section { SECTION_END } else { SECTION };
            let Some(behind) = rest.strip_prefix(mark) else { break };
            (self.is_section, self.at, rest) = (!self.is_section, self.at + mark.len(), behind);
        }
        let (length, character) = match (rest.chars().next()?, self.kind) {
            ('\\', Kind::Json) => escape(rest)?,
            ('&', Kind::Text | Kind::Attribute) if !self.is_section => reference(rest)?,
            ('\r', Kind::Text | Kind::Attribute) => {
                (if rest.starts_with("\r\n") { 2 } else { 1 }, if self.kind == Kind::Text { '\n' } else { ' ' })
            }
            ('\n' | '\t', Kind::Attribute) => (1, ' '),
            (character, _) => (character.len_utf8(), character),
        };
        let range = self.at..self.at + length;
        self.at = range.end;
        Some((range, character))
    }
}

/// A reference of XML: its length and what it stands for.
fn reference(source: &str) -> Option<(usize, char)> {
    let end = source.find(';')?;
    let name = source.get(1..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(number) => u32::from_str_radix(number, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    };
    Some((end + 1, character))
}

/// An escape of JSON: its length and what it stands for.
fn escape(source: &str) -> Option<(usize, char)> {
    let unit = |at: usize| {
        let digits = source.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let character = match source.as_bytes().get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => {
            let first = unit(0)?;
            return match first {
                0xD800..0xDC00 => {
                    let second = unit(6).filter(|second| (0xDC00..0xE000).contains(second))?;
                    Some((12, char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))?))
                }
                _ => Some((6, char::from_u32(first)?)),
            };
        }
        byte => char::from(*byte),
    };
    Some((2, character))
}

#[cfg(test)]
mod tests {
    use kirjuri_tree::Limits;

    use super::*;

    fn check(source: &str, wanted: &str, expected: Option<&str>) {
        let document = crate::lint::parse(source.as_bytes(), &Limits::default()).unwrap();
        let node: NodeRef = document.root_element().into();
        let words = Words::find(Node { document: &document, node }, wanted);
        let span = words.and_then(|words| words.span(&document, node));
        assert_eq!(span.map(|span| &document.text()[span.range()]), expected, "{wanted} in {source}");
    }

    #[test]
    fn words_are_found_as_the_source_writes_them() {
        for (source, wanted, expected) in [
            ("<a>yksi kaksi kolme</a>", "kaksi", Some("kaksi")),
            ("<a>sata ata</a>", "ata", Some("ata")),
            ("<a>yksi</a>", "kaksi", None),
            ("<a>yksi</a>", " ", None),
            ("<a/>", "yksi", None),
            ("<a>x &lt; y &amp; z</a>", "y & z", Some("y &amp; z")),
            ("<a>&#xE4;iti ja is&#228;</a>", "isä", Some("is&#228;")),
            ("<a>&#xE4;iti ja is&#228;</a>", "äiti", Some("&#xE4;iti")),
            ("<a>yksi <![CDATA[& kaksi]]> kolme</a>", "& kaksi", Some("& kaksi")),
            ("<a>yksi <![CDATA[& kaksi]]> kolme</a>", "kaksi kolme", Some("kaksi]]> kolme")),
            ("<a><![CDATA[yksi]]><![CDATA[&amp;]]></a>", "&amp;", Some("&amp;")),
            ("<a>yksi\r\nkaksi\rkolme</a>", "kaksi\nkolme", Some("kaksi\rkolme")),
            ("<a>\r\nyksi</a>", "yksi", Some("yksi")),
            ("<a>yksi <b>kak</b>si<c/> kolme</a>", "kaksi", Some("kak</b>si")),
            ("<a>yksi<br/>kaksi</a>", "yksi\u{2028}kaksi", Some("yksi<br/>kaksi")),
            ("<a>yksi<!-- ei --> kaksi</a>", "yksi kaksi", Some("yksi<!-- ei --> kaksi")),
            (r#"{"a": "yksi kaksi"}"#, "kaksi", Some("kaksi")),
            (r#"{"a": "yksi\nkaksi \u00e4iti"}"#, "kaksi äiti", Some(r"kaksi \u00e4iti")),
            (r#"{"a": "\ud83d\ude00 yksi\/kaksi"}"#, "yksi/kaksi", Some(r"yksi\/kaksi")),
        ] {
            check(source, wanted, expected);
        }
    }

    #[test]
    fn words_of_an_attribute_are_found() {
        let source = "<a b='yksi&#10;&lt;\r\nkaksi'/>";
        let document = Document::parse(source.as_bytes(), &Limits::default()).unwrap();
        let attribute: NodeRef = document
            .attributes(document.root_element())
            .next()
            .map(|at| NodeRef::attribute(document.root_element(), at))
            .unwrap();
        let words = Words::find(Node { document: &document, node: attribute }, "< kaksi").unwrap();
        let span = words.span(&document, attribute).unwrap();
        assert_eq!(&document.text()[span.range()], "&lt;\r\nkaksi");
    }
}
