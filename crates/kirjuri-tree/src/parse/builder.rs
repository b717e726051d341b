//! Builds the tree from the events: text, comments, processing instructions and the document around them.

use std::sync::Arc;

use quick_xml::parser::{ElementParser, Parser};

use super::characters::{Facts, has_return, is_white_space, name_end};
use super::scope::Scope;
use super::{Fault, declaration, reference, tag};
use crate::document::{AttributeData, BEHIND_RETURN, Declaration, Decoded, Document, NodeData};
use crate::format::Format;
use crate::indexes::Indexes;
use crate::names::{NameId, Names};
use crate::node::{AttributeId, NodeId};
use crate::position::SourceEncoding;
use crate::reading::NodeCount;
use crate::{Limits, ParseErrorKind, Reading};

/// The tree as it grows. Offsets are into the text.
pub(super) struct Builder<'t> {
    pub(super) text: &'t str,
    pub(super) limits: Limits,
    pub(super) facts: Facts,
    pub(super) nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) names: Names,
    pub(super) decoded: Decoded,
    pub(super) declarations: Vec<Declaration>,
    pub(super) scope: Scope<'t>,
    pub(super) open: Vec<Open>,
    /// By name, the last element (its number plus one) that had the attribute.
    pub(super) seen: Vec<u32>,
    run: Option<Run>,
    has_root: bool,
    watch: NodeCount<'t>,
    /// Where the markup or reference starts that has no end, if that is the fault; the end of the text, if elements are
    /// open there.
    pub(super) tail: Option<usize>,
}

/// An element whose end tag has not come.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) node: NodeId,
    /// Where its name ends in its start tag.
    pub(super) name_end: u32,
    /// The bindings to go back to.
    pub(super) mark: u32,
}

/// A text that is put together from several pieces, or whose value differs from the source.
struct Run {
    start: usize,
    stop: usize,
    /// Where its value starts in the buffer of decoded values.
    value: usize,
}

/// What a document is made of.
pub(super) struct Parts {
    pub(super) nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) names: Names,
    pub(super) decoded: Decoded,
    pub(super) declarations: Vec<Declaration>,
}

impl Parts {
    pub(super) fn into_document(self, text: String, encoding: SourceEncoding, format: Format) -> Document {
        let Parts { nodes, attributes, names, decoded, declarations } = self;
        // A parsed document has exactly one element below the document node, the first of all.
        let root = nodes.iter().position(|node| node.name >= NameId::FIRST_ELEMENT).unwrap_or_default();
        let (root, indexes, unfinished) = (NodeId(root as u32), Indexes::default(), None);
        let is_verbatim = format == Format::Xml && decoded.attributes.is_empty();
        let (names, watch, around) = (Arc::new(names), None, None);
        Document {
            text,
            encoding,
            format,
            nodes,
            root,
            attributes,
            is_verbatim,
            names,
            decoded,
            declarations,
            indexes,
            watch,
            unfinished,
            around,
        }
    }
}

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str, reading: &'t Reading<'t>, facts: Facts) -> Builder<'t> {
        // Clinical documents have a node every 30 bytes or so and an attribute every 80. There is room for twice as many
        // nodes: memory that is never touched costs nothing, growing would copy, and after one large block glibc no
        // longer gives memory back to the system with each document (13 % of the time for documents of 150 kB).
        let mut nodes = Vec::with_capacity(text.len() / 13 + 16);
        nodes.push(NodeData::document(text));
        let mut names = Names::new();
        let scope = Scope::new(text, reading.around, &mut names);
        Builder {
            text,
            limits: reading.limits,
            facts,
            nodes,
            attributes: Vec::with_capacity(text.len() / 64 + 16),
            names,
            decoded: Decoded::default(),
            declarations: Vec::new(),
            scope,
            open: Vec::with_capacity(32),
            seen: Vec::new(),
            run: None,
            has_root: false,
            watch: NodeCount::new(reading),
            tail: None,
        }
    }

    /// Reads the whole text.
    pub(super) fn build(&mut self) -> Result<(), Fault> {
        let text = self.text;
        let bytes = text.as_bytes();
        if let Some('\u{FEFF}') = text.chars().next() {
            // The mark itself is not part of the text; a second one is content, which quick-xml would skip.
            return Err(Fault { kind: ParseErrorKind::ContentOutsideRoot, at: 0 });
        }
        declaration::read(bytes)?;
        let mut start = 0;
        while let Some(&first) = bytes.get(start) {
            start = match first {
                b'<' => self.markup(start)?,
                b'&' => self.ampersand(start)?,
                _ => {
                    let rest = &bytes[start..];
                    let stop = start + memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
                    self.text(start, stop)?;
                    stop
                }
            };
        }
        self.end()
    }

    /// Reads the markup that starts with the `<` at `start`; returns where it stops.
    ///
    /// quick-xml's parsers say where a piece of markup ends. Its reader would do the rest too, but checks the encoding
    /// of each piece again, which took a fifth of the time: the text is known to be UTF-8.
    fn markup(&mut self, start: usize) -> Result<usize, Fault> {
        let bytes = self.text.as_bytes();
        let behind = |length: usize, end: &[u8]| {
            let from = start + length;
            let found = memchr::memmem::find(bytes.get(from..)?, end)?;
            Some(from + found + end.len())
        };
        let stop = match bytes.get(start + 1) {
            Some(b'/') => memchr::memchr(b'>', &bytes[start..]).map(|found| start + found + 1),
            Some(b'?') => behind("<?".len(), b"?>"),
            Some(b'!') => {
                self.check_markup(start)?;
                match bytes.get(start + 2) {
                    Some(b'-') => behind("<!--".len(), b"-->"),
                    _ => behind("<![CDATA[".len(), b"]]>"),
                }
            }
            _ => ElementParser::default().feed(&bytes[start + 1..]).map(|found| start + 1 + found + 1),
        };
        let Some(stop) = stop else { return Err(self.unreadable(start)) };
        match bytes.get(start + 1) {
            Some(b'/') => self.end_tag(start, stop)?,
            Some(b'?') => self.question(start, stop)?,
            Some(b'!') if bytes.get(start + 2) == Some(&b'-') => self.comment(start, stop)?,
            Some(b'!') => self.cdata(start, stop)?,
            _ => self.start_tag(start, tag_name_end(bytes, start, stop), stop)?,
        }
        Ok(stop)
    }

    /// Reads the reference that starts with the `&` at `start`; returns where it stops.
    fn ampersand(&mut self, start: usize) -> Result<usize, Fault> {
        let rest = &self.text.as_bytes()[start + 1..];
        match memchr::memchr3(b';', b'&', b'<', rest) {
            Some(found) if rest[found] == b';' => {
                let stop = start + 1 + found + 1;
                self.reference(start, stop)?;
                Ok(stop)
            }
            _ => Err(self.unreadable(start)),
        }
    }

    /// A processing instruction, or an XML declaration, which is one by its looks.
    fn question(&mut self, start: usize, stop: usize) -> Result<(), Fault> {
        let inside = &self.text.as_bytes()[start + 2..stop - 1];
        let is_declaration = inside.strip_prefix(b"xml").and_then(<[u8]>::first);
        match is_declaration.is_some_and(|&next| is_white_space(next) || next == b'?') {
            true if start == 0 => Ok(()),
            true => Err(Fault { kind: ParseErrorKind::MisplacedXmlDeclaration, at: start }),
            false => self.instruction(start, stop),
        }
    }

    /// Looks at a `<!`: after it stands a comment, a CDATA section or, in its place, a document type declaration.
    fn check_markup(&mut self, start: usize) -> Result<(), Fault> {
        let rest = &self.text.as_bytes()[start..];
        if rest.starts_with(b"<!--") || rest.starts_with(b"<![CDATA[") {
            Ok(())
        } else if rest.starts_with(b"<!DOCTYPE") && !self.has_root {
            Err(Fault { kind: ParseErrorKind::DtdRefused, at: start })
        } else {
            self.tail = Some(start);
            Err(Fault { kind: ParseErrorKind::MalformedMarkup, at: start })
        }
    }

    /// What is wrong with markup that has no end.
    fn unreadable(&mut self, start: usize) -> Fault {
        self.tail = Some(start);
        let length = self.text.len();
        let rest = &self.text.as_bytes()[start..];
        let kind = match rest {
            [b'&', ..] => match self.reference(start, length) {
                Err(fault) => return fault,
                Ok(()) => ParseErrorKind::MalformedReference,
            },
            [b'<', b'!', b'-', ..] => ParseErrorKind::UnclosedComment,
            [b'<', b'!', ..] => ParseErrorKind::UnclosedCdata,
            [b'<', b'?', ..] => ParseErrorKind::UnclosedInstruction,
            [b'<', b'/', ..] => match tag::end_tag_name(self.text, start, length) {
                Err(fault) => return fault,
                Ok(_) => ParseErrorKind::UnclosedTag,
            },
            // The tag may have an earlier fault, such as a quote too many, that swallowed its end.
            _ => match self.start_tag(start, name_end(self.text.as_bytes(), start + 1), length) {
                Err(fault) => return fault,
                Ok(()) => ParseErrorKind::UnclosedTag,
            },
        };
        Fault { kind, at: start }
    }

    fn end(&mut self) -> Result<(), Fault> {
        self.end_run()?;
        if let Some(open) = self.open.last() {
            self.tail = Some(self.text.len());
            return Err(Fault {
                kind: ParseErrorKind::UnclosedElement,
                at: self.nodes[open.node.index()].start as usize,
            });
        }
        if !self.has_root {
            return Err(Fault { kind: ParseErrorKind::MissingRoot, at: self.text.len() });
        }
        Ok(())
    }

    /// What the tree is made of, when all of the text has been read.
    pub(super) fn finish(mut self) -> Parts {
        let end = self.next_node();
        self.nodes[NodeId::DOCUMENT.index()].end = end;
        let Builder { nodes, attributes, names, decoded, declarations, .. } = self;
        Parts { nodes, attributes, names, decoded, declarations }
    }

    pub(super) fn next_node(&self) -> NodeId {
        NodeId(self.nodes.len() as u32)
    }

    /// Adds a node that has no children, as yet.
    #[inline]
    pub(super) fn push(&mut self, name: NameId, start: usize, stop: usize, inner: u32) -> Result<(), Fault> {
        self.watch.pass(self.nodes.len(), start)?;
        self.nodes.push(NodeData {
            name,
            parent: self.open.last().map_or(NodeId::DOCUMENT, |open| open.node),
            end: self.next_node().next(),
            attributes: AttributeId(self.attributes.len() as u32),
            start: start as u32,
            stop: stop as u32,
            inner,
        });
        Ok(())
    }

    /// An element may start here: at the top only one, and none too deep.
    #[inline]
    pub(super) fn enter(&mut self, start: usize) -> Result<(), Fault> {
        self.end_run()?;
        if self.open.is_empty() {
            if self.has_root {
                return Err(Fault { kind: ParseErrorKind::SecondRoot, at: start });
            }
            self.has_root = true;
        }
        if self.open.len() >= self.limits.depth {
            return Err(Fault { kind: ParseErrorKind::TooDeep, at: start });
        }
        Ok(())
    }

    fn text(&mut self, start: usize, stop: usize) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        let piece = &bytes[start..stop];
        if self.open.is_empty() {
            return match piece.iter().position(|&byte| !is_white_space(byte)) {
                Some(at) => Err(Fault { kind: ParseErrorKind::ContentOutsideRoot, at: start + at }),
                None => Ok(()),
            };
        }
        if self.facts.cdata_end
            && let Some(at) = memchr::memmem::find(piece, b"]]>")
        {
            return Err(Fault { kind: ParseErrorKind::CdataEndInText, at: start + at });
        }
        let goes_on = match bytes.get(stop..) {
            Some([b'<', b'!', b'[', ..] | [b'&', ..]) => true,
            _ => self.run.is_some(),
        };
        if goes_on {
            let value = self.decoded.buffer.len();
            normalise_line_ends(&self.text[start..stop], &mut self.decoded.buffer);
            self.extend_run(start, stop, value);
            return Ok(());
        }
        if self.facts.carriage_return {
            let (first, rest) = match piece {
                [b'\r', b'\n', rest @ ..] => (1, rest),
                _ => (0, piece),
            };
            if has_return(rest) {
                let value = self.decoded.buffer.len();
                normalise_line_ends(&self.text[start..stop], &mut self.decoded.buffer);
                return self.push_decoded(NameId::TEXT, start, stop, value);
            }
            if first > 0 {
                return self.push(NameId::TEXT, start, stop, BEHIND_RETURN);
            }
        }
        self.push(NameId::TEXT, start, stop, 0)
    }

    fn cdata(&mut self, start: usize, stop: usize) -> Result<(), Fault> {
        self.inside_root(start)?;
        self.extend_run(start, stop, self.decoded.buffer.len());
        normalise_line_ends(&self.text[start + 9..stop - 3], &mut self.decoded.buffer);
        Ok(())
    }

    fn reference(&mut self, start: usize, stop: usize) -> Result<(), Fault> {
        self.inside_root(start)?;
        let (character, end) = reference::read(self.text, start)?;
        if end != stop {
            return Err(Fault { kind: ParseErrorKind::MalformedReference, at: start });
        }
        self.extend_run(start, stop, self.decoded.buffer.len());
        self.decoded.buffer.push(character);
        Ok(())
    }

    fn inside_root(&self, start: usize) -> Result<(), Fault> {
        match self.open.is_empty() {
            true => Err(Fault { kind: ParseErrorKind::ContentOutsideRoot, at: start }),
            false => Ok(()),
        }
    }

    /// The next piece of the current text, or the first of a new one; its value is in the buffer from `value`.
    fn extend_run(&mut self, start: usize, stop: usize, value: usize) {
        match &mut self.run {
            Some(run) => run.stop = stop,
            None => self.run = Some(Run { start, stop, value }),
        }
    }

    /// The text ends where other markup starts. An empty one is no node.
    #[inline]
    pub(super) fn end_run(&mut self) -> Result<(), Fault> {
        if self.run.is_some() { self.push_run() } else { Ok(()) }
    }

    #[cold]
    fn push_run(&mut self) -> Result<(), Fault> {
        match self.run.take() {
            Some(run) if run.value < self.decoded.buffer.len() => {
                self.push_decoded(NameId::TEXT, run.start, run.stop, run.value)
            }
            _ => Ok(()),
        }
    }

    /// Adds a node whose value is what the buffer holds from `value`.
    fn push_decoded(&mut self, name: NameId, start: usize, stop: usize, value: usize) -> Result<(), Fault> {
        self.decoded.texts.push(value as u32..self.decoded.buffer.len() as u32);
        self.push(name, start, stop, self.decoded.texts.len() as u32)
    }

    fn comment(&mut self, start: usize, stop: usize) -> Result<(), Fault> {
        self.end_run()?;
        let inside = self.text.get(start + 4..stop - 3);
        let Some(inside) = inside else { return Err(Fault { kind: ParseErrorKind::UnclosedComment, at: start }) };
        // Of `--->` the first hyphen belongs to the content (XML 1.0, production 15).
        let hyphens = &self.text.as_bytes()[start + 4..stop - 2];
        if let Some(at) = memchr::memchr_iter(b'-', &hyphens[..inside.len()]).find(|&at| hyphens[at + 1] == b'-') {
            return Err(Fault { kind: ParseErrorKind::DoubleHyphenInComment, at: start + 4 + at });
        }
        self.push_markup(NameId::COMMENT, start, stop, inside)
    }

    fn instruction(&mut self, start: usize, stop: usize) -> Result<(), Fault> {
        self.end_run()?;
        let bytes = self.text.as_bytes();
        let (target, last) = (start + 2, stop - 2);
        let end = name_end(&bytes[..last], target);
        if end == target || end < last && !is_white_space(bytes[end]) {
            return Err(Fault { kind: ParseErrorKind::MalformedInstruction, at: end });
        }
        let name = &self.text[target..end];
        if name.eq_ignore_ascii_case("xml") {
            return Err(Fault { kind: ParseErrorKind::ReservedTarget, at: target });
        }
        // Namespaces allow no colon in a target.
        self.scope.check_unqualified(target, end)?;
        let data = self.text[end..last].trim_start_matches([' ', '\t', '\r', '\n']);
        self.push_markup(NameId::PROCESSING_INSTRUCTION, start, stop, data)
    }

    /// Adds a comment or processing instruction, decoded if its line ends have to be.
    fn push_markup(&mut self, name: NameId, start: usize, stop: usize, value: &str) -> Result<(), Fault> {
        if !self.facts.carriage_return || !has_return(value.as_bytes()) {
            return self.push(name, start, stop, 0);
        }
        let from = self.decoded.buffer.len();
        normalise_line_ends(value, &mut self.decoded.buffer);
        self.push_decoded(name, start, stop, from)
    }
}

/// Where the name in a start tag ends: at white space, or with the tag.
#[inline]
fn tag_name_end(bytes: &[u8], start: usize, stop: usize) -> usize {
    let inside = &bytes[start + 1..stop - 1];
    let inside = inside.strip_suffix(b"/").unwrap_or(inside);
    start + 1 + inside.iter().position(|&byte| is_white_space(byte)).unwrap_or(inside.len())
}

/// Appends `piece` with each CR LF and each lone CR as one LF (XML 1.0, 2.11).
fn normalise_line_ends(piece: &str, into: &mut String) {
    let mut rest = piece;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        into.push_str(&rest[..at]);
        into.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    into.push_str(rest);
}
