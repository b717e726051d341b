//! The grammar of JSON (RFC 8259, 2 to 5), read without recursion.

use super::tree::{Role, Slot, Tree};
use super::{number, string};
use crate::node::NodeId;
use crate::parse::Fault;
use crate::parse::builder::Parts;
use crate::parse::characters::skip_white_space;
use crate::position::Span;
use crate::{ParseErrorKind, Reading};

/// What becomes the root element.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// The only member of the object at the top, where it has a name and is an object itself; else as [`Root::Fixed`].
    OnlyMember,
    /// The value at the top, whatever it is.
    Fixed,
}

/// Reads one text.
pub(super) struct Reader<'t> {
    text: &'t str,
    tree: Tree<'t>,
    open: Vec<Open>,
    /// Where what is open is closed, if the text may end while something is.
    close_at: Option<usize>,
    /// Where the member or item starts that the fault is in, or the end of the text.
    tail: usize,
}

/// An object or array whose end has not come.
struct Open {
    /// Its opening bracket.
    start: usize,
    has_values: bool,
    holds: Holds,
}

enum Holds {
    /// Members. The object at the top has no element where its only member is the root.
    Members { element: Option<NodeId>, scope: usize },
    /// Items, each an element of `item`'s name. An array that is the value of a member has no element of its own.
    Items { element: Option<NodeId>, member: Slot, item: Slot },
}

impl Open {
    fn end(&self) -> u8 {
        match self.holds {
            Holds::Members { .. } => b'}',
            Holds::Items { .. } => b']',
        }
    }
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, reading: &'t Reading<'t>) -> Reader<'t> {
        let (tree, open) = (Tree::new(text, reading), Vec::with_capacity(32));
        Reader { text, tree, open, close_at: None, tail: text.len() }
    }

    /// Where the text ends, whatever is open is closed as if its end stood at `stop`, where the document ends.
    pub(super) fn close_at(&mut self, stop: usize) {
        self.close_at = Some(stop);
        self.tree.extend(stop);
    }

    /// The tree, when the whole text has been read.
    pub(super) fn finish(self) -> Parts {
        self.tree.finish()
    }

    /// Reads the whole text. It is not so if the object at the top has a second member and was to have only one.
    pub(super) fn read(&mut self, root: Root) -> Result<bool, Fault> {
        let bytes = self.text.as_bytes();
        let start = skip_white_space(bytes, 0);
        let mut at = match root {
            Root::OnlyMember if self.has_root_member(start) => {
                let scope = self.tree.enter_object();
                let holds = Holds::Members { element: None, scope };
                self.open.push(Open { start, has_values: false, holds });
                start + 1
            }
            _ => {
                let slot = self.tree.root_slot();
                self.value(slot, start)?
            }
        };
        loop {
            // Here a value or an opening bracket has been read.
            at = skip_white_space(bytes, at);
            let Some(open) = self.open.last_mut() else {
                return match bytes.get(at) {
                    Some(_) => Err(Fault { kind: ParseErrorKind::ContentBehindValue, at }),
                    None => Ok(true),
                };
            };
            let end = open.end();
            match bytes.get(at) {
                Some(&byte) if byte == end => {
                    at += 1;
                    self.close(at)?;
                    continue;
                }
                Some(b',') if open.has_values => {
                    if let Holds::Members { element: None, .. } = open.holds {
                        return Ok(false);
                    }
                    let comma = at;
                    at = skip_white_space(bytes, comma + 1);
                    if bytes.get(at) == Some(&end) {
                        return Err(Fault { kind: ParseErrorKind::TrailingComma, at: comma });
                    }
                    if at == bytes.len() {
                        return self.end(at);
                    }
                }
                Some(b']' | b'}') => return Err(Fault { kind: ParseErrorKind::MismatchedBracket, at }),
                Some(_) if open.has_values => return Err(Fault { kind: ParseErrorKind::MissingComma, at }),
                Some(_) => {}
                None => return self.end(at),
            }
            open.has_values = true;
            let item = match open.holds {
                Holds::Items { item, .. } => Some(item),
                Holds::Members { .. } => None,
            };
            match self.entry(item, at) {
                Ok(behind) => at = behind,
                Err(fault) => {
                    self.tail = at;
                    return Err(fault);
                }
            }
        }
    }

    /// Reads an item, or else a member, at `at`; returns where its value ends, of an object or array its opening bracket.
    #[inline]
    fn entry(&mut self, item: Option<Slot>, at: usize) -> Result<usize, Fault> {
        let (slot, at) = match item {
            Some(item) => (item, at),
            None => {
                let slot = self.member(at)?;
                (slot, self.behind_colon(slot.label.end as usize)?)
            }
        };
        self.value(slot, at)
    }

    /// The text ends at `at` while something is open.
    fn end(&mut self, at: usize) -> Result<bool, Fault> {
        let Some(stop) = self.close_at else { return Err(self.expected(ParseErrorKind::UnclosedBracket, at)) };
        while !self.open.is_empty() {
            self.close(stop)?;
        }
        Ok(true)
    }

    /// Where to cut off the text so that it can be closed there, if nothing is wrong with it but that it has an end.
    pub(super) fn unfinished_end(&self, fault: Fault) -> Option<usize> {
        let rest = self.text.as_bytes().get(fault.at..)?;
        let is_unfinished = match fault.kind {
            ParseErrorKind::UnclosedBracket | ParseErrorKind::UnclosedString => true,
            ParseErrorKind::MalformedEscape | ParseErrorKind::LoneSurrogate => string::is_half_escape(rest),
            ParseErrorKind::MalformedLiteral => {
                [b"true".as_slice(), b"false", b"null"].iter().any(|it| it.starts_with(rest))
            }
            ParseErrorKind::MalformedNumber => rest.is_empty(),
            _ => false,
        };
        let open = self.open.last().filter(|_| is_unfinished)?;
        Some(match open.holds {
            // The array of a member is said by its items. None has come, and it may have some or none.
            Holds::Items { element: None, member, .. } if self.tree.last_start() < open.start => {
                member.label.start as usize
            }
            _ => self.tail,
        })
    }

    /// Whether the text starts with `{ "name" : {`, the name being one that an element can have.
    fn has_root_member(&self, start: usize) -> bool {
        let bytes = self.text.as_bytes();
        let next = |at: usize, expected: u8| {
            let at = skip_white_space(bytes, at);
            (bytes.get(at) == Some(&expected)).then_some(at)
        };
        let find = || {
            let name = next(next(start, b'{')? + 1, b'"')?;
            let mut decoded = String::new();
            let read = string::read(self.text, name, &mut decoded).ok()?;
            next(next(read.quote + 1, b':')? + 1, b'{')?;
            let name = if read.decoded.is_some() { &decoded } else { &self.text[name + 1..read.quote] };
            Some(Tree::can_be_root(name))
        };
        find().unwrap_or(false)
    }

    /// Reads the name of a member at `at`.
    fn member(&mut self, at: usize) -> Result<Slot, Fault> {
        if self.text.as_bytes().get(at) != Some(&b'"') {
            return Err(self.expected(ParseErrorKind::MissingMemberName, at));
        }
        let read = string::read(self.text, at, &mut self.tree.decoded.buffer)?;
        self.tree.member(Span { start: at as u32, end: read.quote as u32 + 1 }, read.decoded)
    }

    /// Reads the colon behind the name of a member; returns where its value starts.
    fn behind_colon(&self, at: usize) -> Result<usize, Fault> {
        let bytes = self.text.as_bytes();
        let at = skip_white_space(bytes, at);
        match bytes.get(at) {
            Some(b':') => Ok(skip_white_space(bytes, at + 1)),
            _ => Err(self.expected(ParseErrorKind::MissingColon, at)),
        }
    }

    /// Reads the value at `start`, of an object or array only the opening bracket; returns where that ends.
    fn value(&mut self, slot: Slot, start: usize) -> Result<usize, Fault> {
        let bytes = self.text.as_bytes();
        let stop = match bytes.get(start) {
            Some(b'"') => {
                let read = string::read(self.text, start, &mut self.tree.decoded.buffer)?;
                self.tree.string(slot, start, read)?;
                return Ok(read.quote + 1);
            }
            Some(b'{') => {
                let element = Some(self.tree.open(slot, start)?);
                let scope = self.tree.enter_object();
                self.open.push(Open { start, has_values: false, holds: Holds::Members { element, scope } });
                return Ok(start + 1);
            }
            Some(b'[') => {
                let (element, item) = match slot.role {
                    Role::Member => (None, slot.item()),
                    Role::Item | Role::Top => (Some(self.tree.open(slot, start)?), self.tree.nested_item(start)),
                };
                self.open.push(Open { start, has_values: false, holds: Holds::Items { element, member: slot, item } });
                return Ok(start + 1);
            }
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => number::read(bytes, start)?,
            Some(byte) if byte.is_ascii_alphabetic() => literal_end(bytes, start)?,
            _ => return Err(self.expected(ParseErrorKind::MissingValue, start)),
        };
        self.tree.literal(slot, start, stop)?;
        Ok(stop)
    }

    /// Closes the innermost object or array, which ends at `stop`.
    fn close(&mut self, stop: usize) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let element = match open.holds {
            Holds::Members { element, scope } => {
                self.tree.leave_object(scope);
                element
            }
            Holds::Items { element: None, member, .. } if !open.has_values => {
                return self.tree.empty_array(member, open.start, stop);
            }
            Holds::Items { element, .. } => element,
        };
        if let Some(element) = element {
            self.tree.close(element, stop);
        }
        Ok(())
    }

    /// What is missing at `at`: of a text that ends there, the end of what is open.
    fn expected(&self, kind: ParseErrorKind, at: usize) -> Fault {
        match self.open.last() {
            Some(open) if at >= self.text.len() => Fault { kind: ParseErrorKind::UnclosedBracket, at: open.start },
            _ => Fault { kind, at },
        }
    }
}

/// Where the `true`, `false` or `null` at `start` ends.
fn literal_end(bytes: &[u8], start: usize) -> Result<usize, Fault> {
    let rest = bytes.get(start..).unwrap_or_default();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let word = &rest[..rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len())];
    match word {
        b"true" | b"false" | b"null" => Ok(start + word.len()),
        _ => Err(Fault { kind: ParseErrorKind::MalformedLiteral, at: start }),
    }
}
