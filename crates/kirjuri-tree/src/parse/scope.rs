//! From a name as it is written to its expanded name: qualified names, prefixes and what they are bound to.

use super::Fault;
use super::characters::{is_name_character, is_name_start};
use crate::hash_index::HashIndex;
use crate::names::{EXPECTED, NameId, Names, NamespaceId, XML_NAMESPACE, XMLNS_NAMESPACE};
use crate::{ParseErrorKind, Surroundings};

/// A name as written, numbered in its document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct WrittenId(pub(super) u32);

/// A prefix, numbered in its document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PrefixId(u32);

impl PrefixId {
    const DEFAULT: PrefixId = PrefixId(0);
    const XML: PrefixId = PrefixId(1);
    const XMLNS: PrefixId = PrefixId(2);
}

/// What a prefix is bound to while nothing binds it.
const UNBOUND: NamespaceId = NamespaceId(u32::MAX);
const UNRESOLVED: NameId = NameId(u32::MAX);

/// What is known of a name as written.
#[derive(Clone, Copy)]
struct Written {
    /// Where the name stands first.
    start: u32,
    end: u32,
    /// Where its local part starts there.
    local: u32,
    prefix: PrefixId,
    as_attribute: AsAttribute,
    /// What the name last meant for an element, and in which namespace its prefix was then.
    element: (NamespaceId, NameId),
    /// The last tag that had it as an attribute without prefix (its number plus one).
    seen: u32,
}

/// What an attribute's name says before the namespace declarations of its tag are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum AsAttribute {
    /// Without a prefix it is in no namespace.
    Unprefixed(NameId),
    /// The prefix decides.
    Prefixed,
    /// It is no attribute but the declaration of a prefix.
    Declares(PrefixId),
}

/// Enough of a name to compare most names without looking at the text: its first and last eight bytes and length.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    first: u64,
    last: u64,
    length: u32,
}

/// A slot of the small cache before the table of written names.
#[derive(Clone, Copy)]
struct Recent {
    key: Key,
    written: WrittenId,
}

/// A document has one or two hundred names.
const RECENT: usize = 512;

/// The names and prefixes of a document, and the bindings in force at the place that is being read.
pub(super) struct Scope<'t> {
    text: &'t str,
    recent: Box<[Recent]>,
    index: HashIndex,
    written: Vec<Written>,
    prefix_index: HashIndex,
    prefixes: Vec<Prefix>,
    /// Bindings that declarations have hidden, to be restored where their element ends.
    hidden: Vec<(PrefixId, NamespaceId)>,
    /// What is declared around the document, where it is a part of a file; the innermost first.
    outer: Vec<(&'t str, NamespaceId)>,
}

#[derive(Clone, Copy)]
struct Prefix {
    /// Where the prefix is written first.
    start: u32,
    end: u32,
    namespace: NamespaceId,
    /// The last tag that declared it (its number plus one).
    declared: u32,
}

impl<'t> Scope<'t> {
    pub(super) fn new(text: &'t str, around: Option<&'t Surroundings>, names: &mut Names) -> Scope<'t> {
        let prefix = |namespace| Prefix { start: 0, end: 0, namespace, declared: 0 };
        let declared = around.map(|around| around.namespaces.as_slice()).unwrap_or_default();
        let outer: Vec<_> =
            declared.iter().rev().map(|(prefix, uri)| (&**prefix, names.intern_namespace(uri))).collect();
        let default = outer.iter().find(|(prefix, _)| prefix.is_empty()).map_or(NamespaceId::NONE, |&(_, it)| it);
        Scope {
            text,
            // Made where it stays: an array in a box is made on the stack and then copied, 16 kB for each document.
            recent: vec![Recent { key: Key::NONE, written: WrittenId(0) }; RECENT].into(),
            index: HashIndex::with_capacity(EXPECTED),
            written: Vec::with_capacity(EXPECTED),
            prefix_index: HashIndex::default(),
            prefixes: vec![prefix(default), prefix(NamespaceId::XML), prefix(UNBOUND)],
            hidden: Vec::new(),
            outer,
        }
    }

    /// The number of the name written at `start..end`, which is not empty.
    #[inline]
    pub(super) fn written(&mut self, start: usize, end: usize) -> Result<WrittenId, Fault> {
        let key = Key::of(self.text.as_bytes(), start, end);
        let slot = key.slot();
        let recent = self.recent[slot];
        if recent.key == key && (key.length <= 16 || self.is_spelled(recent.written, start, end)) {
            return Ok(recent.written);
        }
        self.written_before(key, slot, start, end)
    }

    /// Looks in the neighbour slot, which holds what this one held before, so that two names do not drive each other
    /// out by turns; then in the table.
    fn written_before(&mut self, key: Key, slot: usize, start: usize, end: usize) -> Result<WrittenId, Fault> {
        let before = self.recent[slot ^ 1];
        let written = match before.key == key && self.is_spelled(before.written, start, end) {
            true => before.written,
            false => self.written_slowly(start, end)?,
        };
        self.recent[slot ^ 1] = std::mem::replace(&mut self.recent[slot], Recent { key, written });
        Ok(written)
    }

    #[inline]
    fn is_spelled(&self, written: WrittenId, start: usize, end: usize) -> bool {
        let bytes = self.text.as_bytes();
        bytes[self.written[written.0 as usize].start as usize..][..end - start] == bytes[start..end]
    }

    #[cold]
    fn written_slowly(&mut self, start: usize, end: usize) -> Result<WrittenId, Fault> {
        let text = self.text;
        let name = &text[start..end];
        let hash = self.index.hash(name);
        let is_same = |number: u32| {
            let written = &self.written[number as usize];
            &text[written.start as usize..written.end as usize] == name
        };
        if let Some(known) = self.index.find(hash, is_same) {
            return Ok(WrittenId(known));
        }
        let colon = qualified_name(name).map_err(|Fault { kind, at }| Fault { kind, at: start + at })?;
        let (prefix, local) = match colon {
            Some(colon) => (self.prefix(start, start + colon), start + colon + 1),
            None => (PrefixId::DEFAULT, start),
        };
        let as_attribute = match prefix {
            PrefixId::XMLNS => AsAttribute::Declares(self.prefix(local, end)),
            PrefixId::DEFAULT if name == "xmlns" => AsAttribute::Declares(PrefixId::DEFAULT),
            PrefixId::DEFAULT => AsAttribute::Unprefixed(UNRESOLVED),
            _ => AsAttribute::Prefixed,
        };
        let id = WrittenId(self.written.len() as u32);
        self.written.push(Written {
            start: start as u32,
            end: end as u32,
            local: local as u32,
            prefix,
            as_attribute,
            element: (UNBOUND, UNRESOLVED),
            seen: 0,
        });
        self.index.insert(hash, id.0);
        Ok(id)
    }

    /// The number of the prefix written at `start..end`.
    fn prefix(&mut self, start: usize, end: usize) -> PrefixId {
        let text = self.text;
        let name = &text[start..end];
        match name {
            "xml" => return PrefixId::XML,
            "xmlns" => return PrefixId::XMLNS,
            _ => {}
        }
        let hash = self.prefix_index.hash(name);
        let is_same = |number: u32| {
            let prefix = &self.prefixes[number as usize];
            &text[prefix.start as usize..prefix.end as usize] == name
        };
        if let Some(known) = self.prefix_index.find(hash, is_same) {
            return PrefixId(known);
        }
        let id = PrefixId(self.prefixes.len() as u32);
        let namespace = self.outer.iter().find(|(prefix, _)| *prefix == name).map_or(UNBOUND, |&(_, it)| it);
        self.prefixes.push(Prefix { start: start as u32, end: end as u32, namespace, declared: 0 });
        self.prefix_index.insert(hash, id.0);
        id
    }

    /// Checks that the name written at `start..end` has no colon.
    pub(super) fn check_unqualified(&self, start: usize, end: usize) -> Result<(), Fault> {
        match qualified_name(&self.text[start..end]) {
            Ok(None) => Ok(()),
            Ok(Some(at)) => Err(Fault { kind: ParseErrorKind::MalformedQualifiedName, at: start + at }),
            Err(Fault { kind, at }) => Err(Fault { kind, at: start + at }),
        }
    }

    /// The expanded name of an element. `Err` says what is wrong with the prefix.
    #[inline]
    pub(super) fn element(&mut self, names: &mut Names, id: WrittenId) -> Result<NameId, ParseErrorKind> {
        let written = &self.written[id.0 as usize];
        let namespace = self.prefixes[written.prefix.0 as usize].namespace;
        if written.element.0 == namespace && namespace != UNBOUND {
            return Ok(written.element.1);
        }
        let name = self.expand(names, id, namespace)?;
        self.written[id.0 as usize].element = (namespace, name);
        Ok(name)
    }

    /// What the name is for an attribute of the tag numbered `tag`. `Err` is the name being there already; whether a
    /// prefixed one is, the prefix decides.
    #[inline]
    pub(super) fn attribute(
        &mut self,
        names: &mut Names,
        id: WrittenId,
        tag: u32,
    ) -> Result<AsAttribute, ParseErrorKind> {
        let written = &mut self.written[id.0 as usize];
        if let AsAttribute::Unprefixed(name) = written.as_attribute {
            if written.seen == tag + 1 {
                return Err(ParseErrorKind::DuplicateAttribute);
            }
            written.seen = tag + 1;
            if name == UNRESOLVED {
                let name = self.expand(names, id, NamespaceId::NONE)?;
                self.written[id.0 as usize].as_attribute = AsAttribute::Unprefixed(name);
                return Ok(AsAttribute::Unprefixed(name));
            }
        }
        Ok(written.as_attribute)
    }

    /// The expanded name of an attribute with a prefix.
    pub(super) fn prefixed(&mut self, names: &mut Names, id: WrittenId) -> Result<NameId, ParseErrorKind> {
        let prefix = self.written[id.0 as usize].prefix;
        self.expand(names, id, self.prefixes[prefix.0 as usize].namespace)
    }

    #[cold]
    fn expand(&self, names: &mut Names, id: WrittenId, namespace: NamespaceId) -> Result<NameId, ParseErrorKind> {
        let written = &self.written[id.0 as usize];
        if namespace == UNBOUND {
            return Err(match written.prefix {
                PrefixId::XMLNS => ParseErrorKind::ReservedNamespace,
                _ => ParseErrorKind::UndeclaredPrefix,
            });
        }
        Ok(names.intern(namespace, &self.text[written.local as usize..written.end as usize]))
    }

    /// Binds a prefix from here to the end of its element. `tag` is a number that no other tag has.
    ///
    /// `Err` says which rule of "Namespaces in XML 1.0" (third edition, 3) is broken.
    pub(super) fn declare(
        &mut self,
        names: &mut Names,
        prefix: PrefixId,
        uri: &str,
        tag: u32,
    ) -> Result<NamespaceId, ParseErrorKind> {
        let reserved = match prefix {
            PrefixId::XMLNS => true,
            PrefixId::XML => uri != XML_NAMESPACE,
            _ => uri == XML_NAMESPACE || uri == XMLNS_NAMESPACE,
        };
        if reserved {
            return Err(ParseErrorKind::ReservedNamespace);
        }
        if uri.is_empty() && prefix != PrefixId::DEFAULT {
            return Err(ParseErrorKind::EmptyPrefixBinding);
        }
        let namespace = names.intern_namespace(uri);
        let binding = &mut self.prefixes[prefix.0 as usize];
        if binding.declared == tag + 1 {
            return Err(ParseErrorKind::DuplicateAttribute);
        }
        binding.declared = tag + 1;
        if binding.namespace != namespace {
            self.hidden.push((prefix, binding.namespace));
            binding.namespace = namespace;
        }
        Ok(namespace)
    }

    /// The state of the bindings, for [`restore`](Scope::restore).
    #[inline]
    pub(super) fn mark(&self) -> u32 {
        self.hidden.len() as u32
    }

    /// Takes back all declarations since `mark`.
    #[inline]
    pub(super) fn restore(&mut self, mark: u32) {
        while self.hidden.len() > mark as usize {
            if let Some((prefix, namespace)) = self.hidden.pop() {
                self.prefixes[prefix.0 as usize].namespace = namespace;
            }
        }
    }
}

impl Key {
    /// The key of no name, for empty slots.
    const NONE: Key = Key { first: 0, last: 0, length: 0 };

    /// Branches as little as it can: the lengths of names come in no order that a processor could foresee.
    #[inline]
    fn of(bytes: &[u8], start: usize, end: usize) -> Key {
        let length = end - start;
        let used = length.min(8);
        let shift = 64 - 8 * used as u32;
        let (first, last) = match (bytes[start..].first_chunk::<8>(), bytes[..end].last_chunk::<8>()) {
            (Some(&first), Some(&last)) => {
                (u64::from_le_bytes(first) << shift >> shift, u64::from_le_bytes(last) >> shift)
            }
            // At the very start or end of the text.
            _ => {
                let (mut first, mut last) = ([0; 8], [0; 8]);
                first[..used].copy_from_slice(&bytes[start..start + used]);
                last[..used].copy_from_slice(&bytes[end - used..end]);
                (u64::from_le_bytes(first), u64::from_le_bytes(last))
            }
        };
        Key { first, last, length: length as u32 }
    }

    #[inline]
    fn slot(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.length as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 55) as usize & (RECENT - 1)
    }
}

/// Checks that a name is a qualified name (Namespaces in XML, production 7) and says where its colon is.
pub(super) fn qualified_name(name: &str) -> Result<Option<usize>, Fault> {
    let mut colon = None;
    let mut part_starts = true;
    for (at, &byte) in name.as_bytes().iter().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => part_starts = false,
            b'-' | b'.' | b'0'..=b'9' if !part_starts => {}
            b':' if part_starts || colon.is_some() => {
                return Err(Fault { kind: ParseErrorKind::MalformedQualifiedName, at });
            }
            b':' => {
                colon = Some(at);
                part_starts = true;
            }
            // The first byte of a character stands for all of it.
            0x80..0xC0 => {}
            0xC0.. => match name[at..].chars().next() {
                Some(first) if is_name_start(first) => part_starts = false,
                Some(inner) if !part_starts && is_name_character(inner) => {}
                _ => return Err(Fault { kind: ParseErrorKind::MalformedName, at }),
            },
            _ => return Err(Fault { kind: ParseErrorKind::MalformedName, at }),
        }
    }
    match colon {
        // Nothing behind the colon.
        Some(at) if part_starts => Err(Fault { kind: ParseErrorKind::MalformedQualifiedName, at }),
        colon => Ok(colon),
    }
}
