//! What stands for a document in evidence instead of its path: a salted hash.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// A key that hashes of documents depend on. Who does not have it cannot find out a path by trying.
#[derive(Clone)]
pub struct Salt([u8; 32]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // It is a secret.
        out.write_str("Salt")
    }
}

/// The fewest bytes of a salt that somebody keeps.
pub const SHORTEST_SALT: usize = 16;

impl Salt {
    /// A new one, known to nobody.
    pub fn random() -> Salt {
        // The keys that the standard library gets from the system for its hash tables: 128 bits, and no other crate needed.
        let state = RandomState::new();
        let mut hasher = blake3::Hasher::new_derive_key("kirjuri evidence, salt of one run");
        (0_u8..8).for_each(|number| {
            hasher.update(&state.hash_one(number).to_le_bytes());
        });
        Salt(*hasher.finalize().as_bytes())
    }

    /// One that somebody keeps, so that a document has the same hash in all runs; nothing where it is shorter than
    /// [`SHORTEST_SALT`].
    pub fn from_secret(secret: &[u8]) -> Option<Salt> {
        let is_long_enough = secret.trim_ascii().len() >= SHORTEST_SALT;
        is_long_enough.then(|| Salt(blake3::derive_key("kirjuri evidence, salt that is kept", secret)))
    }

    /// What stands for a document: 16 hexadecimal digits.
    pub(crate) fn hash(&self, path: &str) -> String {
        let hash = blake3::keyed_hash(&self.0, path.as_bytes());
        hash.to_hex().as_str().get(..16).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_that_is_kept_gives_the_same_hash_and_another_gives_another() {
        let kept = |secret: &[u8]| Salt::from_secret(secret).unwrap().hash("a/b.xml");
        assert_eq!(kept(b"0123456789abcdef"), kept(b"0123456789abcdef"));
        assert_ne!(kept(b"0123456789abcdef"), kept(b"0123456789abcdeg"));
        assert_eq!(kept(b"0123456789abcdef").len(), 16);
        assert!(Salt::from_secret(b"0123456789abcde\n").is_none());
    }

    #[test]
    fn two_random_salts_are_not_alike() {
        assert_ne!(Salt::random().hash("a"), Salt::random().hash("a"));
    }
}
