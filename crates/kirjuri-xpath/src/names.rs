//! The names that expressions test for, and what they are in a given document.

use std::collections::HashMap;
use std::sync::Arc;

use kirjuri_tree::{Document, NameId, NamespaceId};
use rustc_hash::FxHashMap;

/// A name that some expression tests for; an index into the [`NameTable`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct NameSlot(u32);

/// A namespace that some expression tests for (`prefix:*`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct NamespaceSlot(u32);

/// All names that a set of programs tests for.
///
/// Programs compiled against one table can run together: the table is bound to a document once, and from then on a
/// name test compares two integers. Bind it when the last program is compiled: to a name that was added later a
/// binding has no answer but "not in this document".
#[derive(Clone, Default, Debug)]
pub struct NameTable {
    /// Shared with the bindings, which outlive the borrow of the table.
    names: Arc<Names>,
}

#[derive(Clone, Default, Debug)]
struct Names {
    /// Each name with the number of its namespace.
    names: Vec<(usize, Box<str>)>,
    /// The namespaces of the names, each once.
    uris: Vec<Box<str>>,
    namespaces: Vec<Box<str>>,
    /// Slots by namespace and local name.
    name_slots: HashMap<Box<str>, Locals>,
    namespace_slots: HashMap<Box<str>, NamespaceSlot>,
}

/// The slots of the names of one namespace.
type Locals = FxHashMap<Box<str>, NameSlot>;

impl NameTable {
    pub(crate) fn name(&mut self, namespace: &str, local: &str) -> NameSlot {
        if let Some(known) = self.names.name_slots.get(namespace).and_then(|locals| locals.get(local)) {
            return *known;
        }
        let names = Arc::make_mut(&mut self.names);
        let slot = NameSlot(names.names.len() as u32);
        let uri = names.uris.iter().position(|uri| **uri == *namespace).unwrap_or_else(|| {
            names.uris.push(namespace.into());
            names.uris.len() - 1
        });
        names.names.push((uri, local.into()));
        names.name_slots.entry(namespace.into()).or_default().insert(local.into(), slot);
        slot
    }

    pub(crate) fn namespace(&mut self, uri: &str) -> NamespaceSlot {
        if let Some(known) = self.names.namespace_slots.get(uri) {
            return *known;
        }
        let names = Arc::make_mut(&mut self.names);
        let slot = NamespaceSlot(names.namespaces.len() as u32);
        names.namespaces.push(uri.into());
        names.namespace_slots.insert(uri.into(), slot);
        slot
    }

    /// Whether it has a local name, in whatever namespace.
    pub fn has_local(&self, local: &str) -> bool {
        self.names.name_slots.values().any(|locals| locals.contains_key(local))
    }

    /// Namespace URI and local name of a slot; both empty for a slot of another table.
    pub fn get(&self, slot: NameSlot) -> (&str, &str) {
        self.names.get(slot).unwrap_or_default()
    }

    /// Looks every name up in a document.
    pub fn bind(&self, document: &Document) -> Binding {
        let names = &self.names;
        let mut bound = vec![None; names.names.len()];
        let mut slots = vec![None; document.name_count()];
        let mut bind = |name: NameId, slot: NameSlot| {
            if let (Some(bound), Some(slots)) = (bound.get_mut(slot.0 as usize), slots.get_mut(name.index())) {
                (*bound, *slots) = (Some(name), Some(slot));
            }
        };
        // The fewer names are looked up among the more.
        if names.names.len() < document.names().len() {
            let uris: Vec<Option<NamespaceId>> = names.uris.iter().map(|uri| document.find_namespace(uri)).collect();
            for (slot, (uri, local)) in (0..).map(NameSlot).zip(&names.names) {
                let namespace = uris.get(*uri).copied().flatten();
                if let Some(name) = namespace.and_then(|namespace| document.find_name_in(namespace, local)) {
                    bind(name, slot);
                }
            }
        } else {
            let mut spaces: Vec<(NamespaceId, Option<&Locals>)> = Vec::with_capacity(4);
            for name in document.names() {
                let namespace = document.namespace_of(name);
                let locals = match spaces.iter().find(|(known, _)| *known == namespace) {
                    Some((_, locals)) => *locals,
                    None => {
                        let locals = names.name_slots.get(document.qname(name).namespace);
                        spaces.push((namespace, locals));
                        locals
                    }
                };
                if let Some(slot) = locals.and_then(|locals| locals.get(document.qname(name).local)) {
                    bind(name, *slot);
                }
            }
        }
        Binding {
            names: bound.into(),
            slots: slots.into(),
            namespaces: names.namespaces.iter().map(|uri| document.find_namespace(uri)).collect(),
            table: Arc::clone(names),
        }
    }
}

impl Names {
    fn get(&self, slot: NameSlot) -> Option<(&str, &str)> {
        self.names.get(slot.0 as usize).map(|(uri, local)| (&*self.uris[*uri], &**local))
    }
}

/// The names of a [`NameTable`] as one document knows them.
#[derive(Clone, Debug)]
pub struct Binding {
    names: Box<[Option<NameId>]>,
    namespaces: Box<[Option<NamespaceId>]>,
    /// The other way: slots by the names of the document.
    slots: Box<[Option<NameSlot>]>,
    table: Arc<Names>,
}

impl Binding {
    /// The name in the document, if it occurs there at all.
    #[inline]
    pub fn name(&self, slot: NameSlot) -> Option<NameId> {
        self.names.get(slot.0 as usize).copied().flatten()
    }

    /// The slot of a name of the document, if some expression tests for it.
    #[inline]
    pub(crate) fn slot(&self, name: NameId) -> Option<NameSlot> {
        self.slots.get(name.index()).copied().flatten()
    }

    #[inline]
    pub(crate) fn namespace(&self, slot: NamespaceSlot) -> Option<NamespaceId> {
        self.namespaces.get(slot.0 as usize).copied().flatten()
    }

    /// The name in another document than the one bound: a node can come from there through a variable or a function.
    pub(crate) fn foreign_name(&self, slot: NameSlot, document: &Document) -> Option<NameId> {
        let (namespace, local) = self.table.get(slot)?;
        document.find_name(namespace, local)
    }

    /// The namespace in another document than the one bound.
    pub(crate) fn foreign_namespace(&self, slot: NamespaceSlot, document: &Document) -> Option<NamespaceId> {
        document.find_namespace(self.table.namespaces.get(slot.0 as usize)?)
    }
}
