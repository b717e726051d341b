//! What a finding is known by from one run to the next.
//!
//! A fingerprint is made of the rule, the document's identity, the place by names alone, and what was looked at
//! ([`contents`]). Nothing that an export makes anew has a part in it: the order and the numbers of siblings, white space,
//! prefixes, comments, ids inside the document, names of files. `docs/baselines.md` says what that means for who relies on it.

mod contents;
mod hash;
mod identity;

use std::fmt;

use kirjuri_tree::{Document, NodeRef};
use rustc_hash::FxHashMap;

use crate::embedded::Embedded;
use crate::pack::Pack;
use crate::part::At;
use crate::rule_set::AnyRule;
use crate::structure::Subject;

use contents::Contents;
use hash::Hash;

/// The way in which fingerprints are made. A fingerprint of one way is never one of another: whoever changes what goes
/// into it, or how, gives this another number, and every baseline has to be written anew.
const VERSION: u8 = 1;

/// How many bits of what was looked at go into a fingerprint. They tell faults apart but for one in a million, and leave
/// who would guess the content of a document from its fingerprint with dozens of personal identity codes that fit.
const CONTENT_BITS: u32 = 20;

/// Tells a finding again in another export of the same document: of its rule, the document, the place by names alone and
/// what was looked at. It does not change with the order, the numbers and the white space around.
///
/// The same finding has the same fingerprint on every machine and in every version of this program; `docs/baselines.md`
/// says what else that needs. A draft has none: its findings have [`Fingerprint::default`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// Whether it tells no finding.
    pub fn is_none(self) -> bool {
        self == Fingerprint::default()
    }

    /// That of the nth of several findings of one document that cannot be told apart, from 1: the first has its own.
    pub fn nth(self, number: u32) -> Fingerprint {
        if number <= 1 || self.is_none() {
            return self;
        }
        let mut hash = Hash::new();
        hash.bytes(&[VERSION]);
        hash.digest(self.0);
        hash.digest(u128::from(number));
        Fingerprint(hash.finish())
    }
}

impl fmt::Display for Fingerprint {
    /// 32 hexadecimal digits.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}

/// All of a fingerprint but the rule, and of what the rule says beside its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot(pub(crate) u128);

impl Spot {
    /// The fingerprint of what a rule found here.
    pub(crate) fn fingerprint(self, rule: AnyRule<'_>, subject: Option<&Subject>) -> Fingerprint {
        let mut hash = Hash::new();
        hash.bytes(&[VERSION]);
        match rule {
            AnyRule::Native(pack, rule) => {
                hash.text(&pack.id);
                // A rule that was renamed keeps the name it had first.
                hash.text(rule.was.first().unwrap_or(&rule.name));
            }
            AnyRule::Assertion(schema, assertion) => hash.text(&schema.assertion_id(assertion)),
        }
        hash.digest(self.0);
        for field in subject.into_iter().flat_map(Subject::fields) {
            hash.text(&subject.map(|subject| subject.structure().path(*field)).unwrap_or_default());
        }
        Fingerprint(hash.finish())
    }
}

/// Makes the fingerprints of one document.
pub(crate) struct Fingerprints<'d> {
    embedded: Option<&'d Embedded<'d>>,
    outer: Contents<'d>,
    /// What is carried, as far as something was found in it.
    inner: FxHashMap<usize, Contents<'d>>,
    /// By the id of each pack that found something, what the document is known by; none is for all schemas.
    identities: FxHashMap<Option<&'d str>, u128>,
    /// How often a fingerprint was given.
    given: FxHashMap<Fingerprint, u32>,
}

impl<'d> Fingerprints<'d> {
    pub(crate) fn new(document: &'d Document, embedded: Option<&'d Embedded<'d>>) -> Fingerprints<'d> {
        let carriers = embedded.map(|embedded| embedded.carriers().iter().map(|it| it.element).collect());
        Fingerprints {
            embedded,
            outer: Contents::new(document, carriers.unwrap_or_default()),
            inner: FxHashMap::default(),
            identities: FxHashMap::default(),
            given: FxHashMap::default(),
        }
    }

    /// The fingerprint of a finding. The order of calls is that of the findings.
    pub(crate) fn of(&mut self, at: At, rule: AnyRule<'d>, subject: Option<&Subject>) -> Fingerprint {
        let pack = match rule {
            AnyRule::Native(pack, _) => Some(pack),
            AnyRule::Assertion(..) => None,
        };
        let fingerprint = self.spot(at, pack).fingerprint(rule, subject);
        let times = self.given.entry(fingerprint).or_default();
        *times += 1;
        fingerprint.nth(*times)
    }

    /// What is known of a place, whatever is said of it by a pack, or by a schema.
    pub(crate) fn spot(&mut self, at: At, pack: Option<&'d Pack>) -> Spot {
        let mut hash = Hash::new();
        hash.digest(self.identity(pack));
        hash.digest(self.outer.place(at.outer));
        let content = match at.inside().and_then(|(number, node)| Some((self.inner(number)?, node))) {
            Some((inner, node)) => {
                hash.digest(inner.place(node));
                inner.content(node, at.words())
            }
            None => self.outer.content(at.outer, at.words()),
        };
        hash.digest(content & ((1 << CONTENT_BITS) - 1));
        Spot(hash.finish())
    }

    fn identity(&mut self, pack: Option<&'d Pack>) -> u128 {
        let document = self.outer.document();
        *self.identities.entry(pack.map(|pack| &*pack.id)).or_insert_with(|| {
            let own = pack.and_then(|pack| pack.identity_of(document));
            own.or_else(|| identity::of(document)).unwrap_or_default()
        })
    }

    fn inner(&mut self, number: usize) -> Option<&mut Contents<'d>> {
        let embedded = self.embedded?;
        let opened = embedded.open(embedded.carriers().get(number)?)?;
        Some(self.inner.entry(number).or_insert_with(|| Contents::new(opened, Vec::new())))
    }
}

/// What some nodes say, whatever their order, as the identity of a document; nothing where they say nothing.
pub(crate) fn identity_of_nodes<'d>(nodes: impl Iterator<Item = (&'d Document, NodeRef)>) -> Option<u128> {
    let said = nodes.map(|(document, node)| {
        let name = match node.as_attribute() {
            Some(attribute) => document.attribute_name(attribute),
            None => document.name(node.owner()),
        };
        let is_named = node.as_attribute().is_some() || document.is_element(node.owner());
        (if is_named { document.qname(name).local } else { "" }, document.string_value(node))
    });
    let said: Vec<_> = said.collect();
    identity::of_texts(said.iter().map(|(name, text)| (*name, &**text)))
}

/// What a text says, as the identity of a document; nothing where it is empty.
pub(crate) fn identity_of_text(text: &str) -> Option<u128> {
    identity::of_texts([("", text)])
}
