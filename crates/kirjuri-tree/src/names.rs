//! The names of a document, each kept once, so that comparing two names is comparing two integers.

use crate::hash_index::HashIndex;

/// An expanded name (namespace URI and local name) of one document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NameId(pub(crate) u32);

impl NameId {
    pub(crate) const DOCUMENT: NameId = NameId(0);
    pub(crate) const TEXT: NameId = NameId(1);
    pub(crate) const COMMENT: NameId = NameId(2);
    pub(crate) const PROCESSING_INSTRUCTION: NameId = NameId(3);
    pub(crate) const FIRST_ELEMENT: NameId = NameId(4);

    /// The name's number in its document, below [`Document::name_count`](crate::Document::name_count).
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A namespace URI of one document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NamespaceId(pub(crate) u32);

impl NamespaceId {
    /// No namespace.
    pub const NONE: NamespaceId = NamespaceId(0);
    pub(crate) const XML: NamespaceId = NamespaceId(1);
}

pub(crate) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
pub(crate) const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// An expanded name, spelled out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct QName<'a> {
    /// The namespace URI, empty where the name is in no namespace.
    pub namespace: &'a str,
    /// The local part.
    pub local: &'a str,
}

/// Interner of the expanded names of one document.
#[derive(Debug)]
pub(crate) struct Names {
    index: HashIndex,
    entries: Vec<Entry>,
    locals: String,
    namespaces: Vec<Box<str>>,
    namespace_index: HashIndex,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Entry {
    namespace: NamespaceId,
    start: u32,
    end: u32,
}

/// Names that room is made for at once; a clinical document has between one and two hundred.
pub(crate) const EXPECTED: usize = 200;

/// Up to this many namespaces are compared one by one; a document has a handful. More of them are hashed, so that
/// their number never makes a document slow.
const FEW: usize = 8;

impl Names {
    pub(crate) fn new() -> Names {
        // The four kinds without an expanded name take the first ids, so that a node's kind is known from its name.
        let reserved = Entry { namespace: NamespaceId::NONE, start: 0, end: 0 };
        let mut entries = Vec::with_capacity(EXPECTED);
        entries.resize(NameId::FIRST_ELEMENT.index(), reserved);
        Names {
            index: HashIndex::with_capacity(EXPECTED),
            entries,
            locals: String::with_capacity(12 * EXPECTED),
            namespaces: vec!["".into(), XML_NAMESPACE.into()],
            namespace_index: HashIndex::default(),
        }
    }

    /// Whether they are the same names by the same numbers.
    pub(crate) fn are(&self, others: &Names) -> bool {
        self.entries == others.entries && self.locals == others.locals && self.namespaces == others.namespaces
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The id of a namespace URI, new or known.
    pub(crate) fn intern_namespace(&mut self, uri: &str) -> NamespaceId {
        if let Some(known) = self.find_namespace(uri) {
            return known;
        }
        let id = self.namespaces.len() as u32;
        self.namespaces.push(uri.into());
        // The few have to be hashed, too, when they become many.
        let unhashed = match id as usize {
            0..FEW => 0..0,
            FEW => 0..id + 1,
            _ => id..id + 1,
        };
        for number in unhashed {
            let hash = self.namespace_index.hash(&*self.namespaces[number as usize]);
            self.namespace_index.insert(hash, number);
        }
        NamespaceId(id)
    }

    pub(crate) fn find_namespace(&self, uri: &str) -> Option<NamespaceId> {
        if self.namespaces.len() <= FEW {
            return self.namespaces.iter().position(|known| **known == *uri).map(|index| NamespaceId(index as u32));
        }
        let is_same = |number: u32| *self.namespaces[number as usize] == *uri;
        self.namespace_index.find(self.namespace_index.hash(uri), is_same).map(NamespaceId)
    }

    pub(crate) fn namespace(&self, id: NamespaceId) -> &str {
        &self.namespaces[id.0 as usize]
    }

    pub(crate) fn intern(&mut self, namespace: NamespaceId, local: &str) -> NameId {
        let hash = self.index.hash((namespace, local));
        if let Some(known) = self.find_hashed(hash, namespace, local) {
            return known;
        }
        let id = self.entries.len() as u32;
        let start = self.locals.len() as u32;
        self.locals.push_str(local);
        self.entries.push(Entry { namespace, start, end: self.locals.len() as u32 });
        self.index.insert(hash, id);
        NameId(id)
    }

    pub(crate) fn find(&self, namespace: NamespaceId, local: &str) -> Option<NameId> {
        self.find_hashed(self.index.hash((namespace, local)), namespace, local)
    }

    fn find_hashed(&self, hash: u32, namespace: NamespaceId, local: &str) -> Option<NameId> {
        let is_same = |number: u32| {
            let entry = self.entries[number as usize];
            entry.namespace == namespace && &self.locals[entry.start as usize..entry.end as usize] == local
        };
        self.index.find(hash, is_same).map(NameId)
    }

    pub(crate) fn namespace_of(&self, id: NameId) -> NamespaceId {
        self.entries[id.index()].namespace
    }

    pub(crate) fn get(&self, id: NameId) -> QName<'_> {
        let entry = self.entries[id.index()];
        QName {
            namespace: self.namespace(entry.namespace),
            local: &self.locals[entry.start as usize..entry.end as usize],
        }
    }
}
