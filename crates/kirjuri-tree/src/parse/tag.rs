//! Start and end tags: names, attributes, namespace declarations.

use std::ops::Range;

use super::builder::{Builder, Open};
use super::characters::{attribute_name_end, is_name_byte, is_white_space, name_end, skip_white_space, value_stop};
use super::scope::{AsAttribute, PrefixId, WrittenId};
use super::{Fault, reference};
use crate::ParseErrorKind;
use crate::document::{AttributeData, Declaration};
use crate::names::NameId;
use crate::node::{AttributeId, NodeId};
use crate::position::Span;

/// Marks an attribute whose name is still the number of its written name.
const PENDING: u32 = 1 << 31;

impl Builder<'_> {
    /// Reads the start tag at `start..stop`, the name of which ends at `name_end`, and opens its element, unless it is
    /// empty.
    pub(super) fn start_tag(&mut self, start: usize, name_end: usize, stop: usize) -> Result<(), Fault> {
        self.enter(start)?;
        let name_start = start + 1;
        if !self.text.as_bytes().get(name_start).is_some_and(|&byte| is_name_byte(byte)) {
            return Err(Fault { kind: ParseErrorKind::MalformedTag, at: start });
        }
        let written = self.scope.written(name_start, name_end)?;
        let node = self.next_node();
        let mark = self.scope.mark();
        let first = self.attributes.len();
        // The name is not known before the declarations of the tag are.
        self.push(NameId::FIRST_ELEMENT, start, stop, stop as u32)?;
        let bytes = self.text.as_bytes();
        let mut at = name_end;
        let mut room = self.limits.attributes;
        let mut pending = false;
        let is_empty = loop {
            match bytes[at..stop] {
                [b'>'] => break false,
                [b'/', b'>'] => break true,
                [byte, ..] if is_white_space(byte) => at += 1,
                _ => return Err(self.malformed_tag(start, name_end, at, stop)),
            }
            // Mostly it is a single space.
            if bytes.get(at).is_some_and(|&byte| byte <= b' ') {
                at = skip_white_space(bytes, at);
            }
            if matches!(bytes.get(at), Some(b'>' | b'/') | None) {
                continue;
            }
            if room == 0 {
                return Err(Fault { kind: ParseErrorKind::TooManyAttributes, at });
            }
            room -= 1;
            at = self.attribute(at, stop, node, &mut pending)?;
        };
        let name = self.scope.element(&mut self.names, written).map_err(|kind| Fault { kind, at: name_start })?;
        self.nodes[node.index()].name = name;
        if pending {
            self.resolve_attributes(first, node)?;
        }
        if is_empty {
            self.scope.restore(mark);
        } else {
            self.open.push(Open { node, name_end: name_end as u32, mark });
        }
        Ok(())
    }

    /// What is wrong where a start tag has neither an end nor white space.
    #[cold]
    fn malformed_tag(&self, start: usize, name_end: usize, at: usize, stop: usize) -> Fault {
        let bytes = &self.text.as_bytes()[..stop];
        match bytes.get(at..) {
            None | Some([] | [b'/']) => Fault { kind: ParseErrorKind::UnclosedTag, at: start },
            Some([b'/', ..]) => Fault { kind: ParseErrorKind::MalformedTag, at },
            Some(_) if at == name_end => Fault { kind: ParseErrorKind::MalformedName, at },
            Some(_) => Fault { kind: ParseErrorKind::MissingWhiteSpace, at },
        }
    }

    /// Reads the attribute at `start` of the tag that ends at `stop`; returns the offset behind its closing quote.
    #[inline]
    fn attribute(&mut self, start: usize, stop: usize, node: NodeId, pending: &mut bool) -> Result<usize, Fault> {
        let bytes = self.text.as_bytes();
        let end = attribute_name_end(bytes, start);
        // Nearly all attributes are written without white space around the equals sign.
        let (end, value_start, quote) = match bytes[end..] {
            [b'=', quote @ (b'"' | b'\''), ..] if start < end && end < stop => (end, end + 2, quote),
            _ => self.spaced_attribute(start, stop, node)?,
        };
        let mut value_end = value_start;
        let mut verbatim = true;
        loop {
            value_end = value_stop(bytes, value_end, quote);
            match bytes.get(value_end) {
                Some(&byte) if byte == quote => break,
                Some(b'<') => return Err(Fault { kind: ParseErrorKind::LessThanInAttribute, at: value_end }),
                Some(_) => verbatim = false,
                None => return Err(self.unclosed_tag(node)),
            }
            value_end += 1;
        }
        if value_end >= stop {
            return Err(self.unclosed_tag(node));
        }
        let written = match self.scope.written(start, end) {
            Ok(written) => written,
            // The name ran up to the equals sign; perhaps something is wrong before.
            Err(fault) => return Err(self.spaced_attribute(start, stop, node).err().unwrap_or(fault)),
        };
        let kind = self.scope.attribute(&mut self.names, written, node.0);
        let name = match kind.map_err(|kind| Fault { kind, at: start })? {
            AsAttribute::Unprefixed(name) => name,
            AsAttribute::Prefixed => {
                *pending = true;
                NameId(written.0 | PENDING)
            }
            AsAttribute::Declares(prefix) => {
                self.declare(prefix, start..end, value_start..value_end, node)?;
                return Ok(value_end + 1);
            }
        };
        if !verbatim {
            self.decode_attribute(value_start, value_end)?;
        }
        self.attributes.push(AttributeData {
            name,
            start: start as u32,
            value_start: value_start as u32,
            value_end: value_end as u32,
        });
        Ok(value_end + 1)
    }

    /// Reads an attribute step by step up to its opening quote: the end of its name, the start of its value, its quote.
    #[cold]
    fn spaced_attribute(&mut self, start: usize, stop: usize, node: NodeId) -> Result<(usize, usize, u8), Fault> {
        let bytes = &self.text.as_bytes()[..stop];
        let malformed = |at| Err(Fault { kind: ParseErrorKind::MalformedAttribute, at });
        let end = name_end(bytes, start);
        if end == start {
            return malformed(start);
        }
        let mut at = skip_white_space(bytes, end);
        match bytes.get(at) {
            Some(b'=') => at = skip_white_space(bytes, at + 1),
            Some(_) => {
                // A fault within the name comes first.
                self.scope.written(start, end)?;
                return malformed(at);
            }
            None => return Err(self.unclosed_tag(node)),
        }
        match bytes.get(at) {
            Some(&quote @ (b'"' | b'\'')) => Ok((end, at + 1, quote)),
            Some(_) => malformed(at),
            None => Err(self.unclosed_tag(node)),
        }
    }

    fn unclosed_tag(&self, node: NodeId) -> Fault {
        Fault { kind: ParseErrorKind::UnclosedTag, at: self.nodes[node.index()].start as usize }
    }

    /// Records and puts in force the declaration whose attribute's name and value stand there.
    fn declare(
        &mut self,
        prefix: PrefixId,
        name: Range<usize>,
        value: Range<usize>,
        node: NodeId,
    ) -> Result<(), Fault> {
        let from = self.decoded.buffer.len();
        self.decode_value(value.start, value.end)?;
        let uri = &self.decoded.buffer[from..];
        let namespace = self.scope.declare(&mut self.names, prefix, uri, node.0);
        let namespace = namespace.map_err(|kind| Fault { kind, at: name.start })?;
        self.decoded.buffer.truncate(from);
        // The name is `xmlns:p` or `xmlns`.
        let prefix_start = (name.start + "xmlns:".len()).min(name.end);
        let prefix = Span { start: prefix_start as u32, end: name.end as u32 };
        self.declarations.push(Declaration { element: node, prefix, namespace });
        Ok(())
    }

    /// Stores the value of the attribute that comes next, which the source does not say verbatim.
    fn decode_attribute(&mut self, start: usize, end: usize) -> Result<(), Fault> {
        let from = self.decoded.buffer.len() as u32;
        self.decode_value(start, end)?;
        let attribute = AttributeId(self.attributes.len() as u32);
        self.decoded.attributes.push((attribute, from..self.decoded.buffer.len() as u32));
        Ok(())
    }

    /// Appends a value to the buffer: references resolved, white space to spaces (XML 1.0, 3.3.3).
    fn decode_value(&mut self, start: usize, end: usize) -> Result<(), Fault> {
        let into = &mut self.decoded.buffer;
        let mut at = start;
        while at < end {
            let rest = &self.text[at..end];
            let length = rest.find(['&', '\t', '\n', '\r']).unwrap_or(rest.len());
            into.push_str(&rest[..length]);
            at += length;
            match rest.as_bytes()[length..] {
                [] => {}
                [b'&', ..] => {
                    let (character, behind) = reference::read(&self.text[..end], at)?;
                    into.push(character);
                    at = behind;
                }
                // A line end is one space, also where it is written with two characters (2.11).
                [b'\r', b'\n', ..] => {
                    into.push(' ');
                    at += 2;
                }
                _ => {
                    into.push(' ');
                    at += 1;
                }
            }
        }
        Ok(())
    }

    /// Gives the prefixed attributes from `first` their names and finds those given twice. They cannot collide with
    /// those without a prefix, which are in no namespace.
    fn resolve_attributes(&mut self, first: usize, node: NodeId) -> Result<(), Fault> {
        for attribute in self.attributes[first..].iter_mut().filter(|attribute| attribute.name.0 & PENDING != 0) {
            let at = attribute.start as usize;
            let name = self.scope.prefixed(&mut self.names, WrittenId(attribute.name.0 & !PENDING));
            let name = name.map_err(|kind| Fault { kind, at })?;
            attribute.name = name;
            if name.index() >= self.seen.len() {
                self.seen.resize(self.names.len(), 0);
            }
            if self.seen[name.index()] == node.0 + 1 {
                return Err(Fault { kind: ParseErrorKind::DuplicateAttribute, at });
            }
            self.seen[name.index()] = node.0 + 1;
        }
        Ok(())
    }

    /// Closes the innermost element with the end tag at `start..stop`.
    pub(super) fn end_tag(&mut self, start: usize, stop: usize) -> Result<(), Fault> {
        self.end_run()?;
        let Some(&Open { node, name_end, mark }) = self.open.last() else {
            end_tag_name(self.text, start, stop)?;
            return Err(Fault { kind: ParseErrorKind::UnopenedTag, at: start });
        };
        let bytes = self.text.as_bytes();
        let name = &bytes[self.nodes[node.index()].start as usize + 1..name_end as usize];
        // The usual end tag is its name and nothing else.
        if &bytes[start + 2..stop - 1] != name {
            let end = end_tag_name(self.text, start, stop)?;
            if &bytes[start + 2..end] != name {
                return Err(Fault { kind: ParseErrorKind::MismatchedTag, at: start });
            }
        }
        self.open.pop();
        self.scope.restore(mark);
        let end = self.next_node();
        let data = &mut self.nodes[node.index()];
        data.end = end;
        data.stop = stop as u32;
        Ok(())
    }
}

/// Checks the syntax of the end tag at `start..stop`; returns where its name ends.
pub(super) fn end_tag_name(text: &str, start: usize, stop: usize) -> Result<usize, Fault> {
    let bytes = &text.as_bytes()[..stop];
    let end = name_end(bytes, start + 2);
    let at = if end == start + 2 { end } else { skip_white_space(bytes, end) };
    match bytes.get(at) {
        Some(b'>') if end > start + 2 => Ok(end),
        None => Err(Fault { kind: ParseErrorKind::UnclosedTag, at: start }),
        Some(_) => Err(Fault { kind: ParseErrorKind::MalformedTag, at }),
    }
}
