//! Finds the number of something by its hash: the table behind names, prefixes and namespaces.

use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

/// Numbers by hash. What they number is kept elsewhere, so the caller says what is the same.
///
/// The hash is keyed anew in each process, since names come from documents nobody has vetted. Hashes are kept beside the
/// numbers: a table that grows would otherwise have to read each name again, which for a document of a million names
/// is most of the time.
#[derive(Debug, Default)]
pub(crate) struct HashIndex {
    hasher: DefaultHashBuilder,
    table: HashTable<(u32, u32)>,
}

impl HashIndex {
    pub(crate) fn with_capacity(capacity: usize) -> HashIndex {
        HashIndex { hasher: DefaultHashBuilder::default(), table: HashTable::with_capacity(capacity) }
    }

    pub(crate) fn hash(&self, key: impl Hash) -> u32 {
        let hash = self.hasher.hash_one(key);
        (hash ^ hash >> 32) as u32
    }

    /// The number with this hash for which `is_same` holds.
    #[inline]
    pub(crate) fn find(&self, hash: u32, is_same: impl Fn(u32) -> bool) -> Option<u32> {
        let found = self.table.find(spread(hash), |&(other, number)| other == hash && is_same(number));
        found.map(|&(_, number)| number)
    }

    /// Adds a number that is not in the table.
    pub(crate) fn insert(&mut self, hash: u32, number: u32) {
        self.table.insert_unique(spread(hash), (hash, number), |&(hash, _)| spread(hash));
    }
}

/// The table takes the place from the low bits and a tag from the highest.
#[inline]
fn spread(hash: u32) -> u64 {
    (hash as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
