//! The end of a document that is still being written: whether it could go on from there, and the tree that it has so far.

use super::Fault;
use super::builder::{Builder, Parts};
use super::characters::{Facts, is_white_space, name_end};
use super::scope::qualified_name;
use crate::names::NameId;
use crate::node::NodeId;
use crate::{ParseErrorKind, Reading};

impl<'t> Builder<'t> {
    /// Where to cut off the text so that it can be closed there, if nothing is wrong with it but that it has an end:
    /// with more text behind it, it could become a document. Something of the root element is there then.
    pub(super) fn unfinished_end(&self, fault: Fault) -> Option<usize> {
        let tail = self.tail?;
        // A limit is no matter of the end.
        let is_refused = matches!(
            fault.kind,
            ParseErrorKind::TooDeep
                | ParseErrorKind::TooManyNodes
                | ParseErrorKind::TooManyAttributes
                | ParseErrorKind::Interrupted
        );
        // The half start tag that has been read last may be there as a node.
        let has_root =
            self.nodes.iter().skip(1).any(|node| node.name >= NameId::FIRST_ELEMENT && (node.start as usize) < tail);
        (has_root && !is_refused && self.can_go_on(tail, fault.kind)).then_some(tail)
    }

    /// Whether what starts at `start` and has no end could get one. `kind` is what is wrong with it as it is.
    fn can_go_on(&self, start: usize, kind: ParseErrorKind) -> bool {
        let rest = &self.text[start..];
        let is_inside = !self.open.is_empty();
        match rest.as_bytes() {
            [] => is_inside,
            [b'<'] => true,
            [b'&', ..] => is_inside && is_half_reference(rest),
            [b'<', b'!', ..] if "<!--".starts_with(rest) => true,
            [b'<', b'!', b'-', b'-', inside @ ..] => {
                // Two hyphens can only be the beginning of the end.
                memchr::memmem::find(inside, b"--").is_none_or(|at| at + 2 == inside.len())
            }
            [b'<', b'!', ..] => is_inside && ("<![CDATA[".starts_with(rest) || rest.starts_with("<![CDATA[")),
            [b'<', b'?', ..] => self.can_be_instruction(start + 2),
            [b'<', b'/', ..] => self.can_be_end_tag(&rest[2..]),
            [b'<', ..] => {
                let name = start + 1;
                let is_half_name = name_end(self.text.as_bytes(), name) == self.text.len();
                is_inside
                    && if is_half_name {
                        half_name(&self.text[name..]).is_some()
                    } else {
                        kind == ParseErrorKind::UnclosedTag
                    }
            }
            _ => false,
        }
    }

    /// Whether the instruction whose target starts at `start`, or would, could get an end.
    fn can_be_instruction(&self, start: usize) -> bool {
        let bytes = self.text.as_bytes();
        let end = name_end(bytes, start);
        let target = &self.text[start..end];
        if end == bytes.len() {
            return half_name(target) == Some(false);
        }
        let is_target = qualified_name(target) == Ok(None) && !target.eq_ignore_ascii_case("xml");
        end > start && is_target && (is_white_space(bytes[end]) || &bytes[end..] == b"?")
    }

    /// Whether the end tag, of which all behind `</` is given, could become that of the innermost element.
    fn can_be_end_tag(&self, written: &str) -> bool {
        let Some(open) = self.open.last() else { return false };
        let start = self.nodes[open.node.index()].start as usize + 1;
        let name = &self.text[start..open.name_end as usize];
        let is_white = |behind: &str| behind.bytes().all(is_white_space);
        name.starts_with(written) || written.strip_prefix(name).is_some_and(is_white)
    }

    /// Reads an unfinished text up to `end`, where all markup has its end, and closes what is open as if its end tag
    /// stood at the end of the text; with the tree, the innermost element that was open.
    pub(super) fn closed(
        text: &'t str,
        reading: &'t Reading<'t>,
        end: usize,
    ) -> Result<(Parts, Option<NodeId>), Fault> {
        let whole = &text[..end];
        let mut builder = Builder::new(whole, reading, Facts::of(whole));
        match builder.build() {
            Err(fault) if fault.kind != ParseErrorKind::UnclosedElement => return Err(fault),
            _ => {}
        }
        let (stop, behind) = (text.len() as u32, builder.next_node());
        for open in &builder.open {
            let data = &mut builder.nodes[open.node.index()];
            (data.stop, data.end) = (stop, behind);
        }
        builder.nodes[NodeId::DOCUMENT.index()].stop = stop;
        let innermost = builder.open.last().map(|open| open.node);
        Ok((builder.finish(), innermost))
    }
}

/// Whether a name that reaches the end of the text, and may be empty yet, can become one that has a prefix (or has one);
/// nothing if it can become no name.
///
/// A letter goes on wherever anything does.
fn half_name(name: &str) -> Option<bool> {
    qualified_name(&format!("{name}x")).ok().map(|colon| colon.is_some())
}

/// Whether a text that ends within a reference, of which `rest` is there, could go on.
fn is_half_reference(rest: &str) -> bool {
    let is_number = |digits: &str, radix| digits.chars().all(|digit: char| digit.is_digit(radix));
    match rest.strip_prefix("&#") {
        Some(number) => match number.strip_prefix('x') {
            Some(digits) => is_number(digits, 16),
            None => is_number(number, 10),
        },
        None => ["&lt;", "&gt;", "&amp;", "&apos;", "&quot;"].iter().any(|entity| entity.starts_with(rest)),
    }
}
