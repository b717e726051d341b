//! Seals what is kept, so that only who has the document can open it.
//!
//! What came of a document names no content, but what rules on series compare: times, codes, OIDs. A cache is copied and
//! shared more freely than documents are, so an entry is masked by a key that is made of the document itself (or of its
//! path, size and times) and of the cache's own secret, and neither is written beside it.

use blake3::{Hasher, OutputReader};

/// What a document is known by, beside the secret of the cache and the rules.
pub(super) type Key = [u8; 32];

/// Bytes that an entry takes beside what it holds.
pub(super) const TAG: usize = 16;

/// Seals and opens the one entry of a key.
pub(super) struct Seal {
    /// Where the entry is found.
    pub(super) id: u64,
    tag_key: Key,
    mask: OutputReader,
}

impl Seal {
    pub(super) fn of(key: &Key) -> Seal {
        let mut mask = Hasher::new_keyed(key).update(b"entry").finalize_xof();
        let (mut id, mut tag_key) = ([0; 8], Key::default());
        mask.fill(&mut id);
        mask.fill(&mut tag_key);
        Seal { id: u64::from_le_bytes(id), tag_key, mask }
    }

    /// What is written of an entry.
    pub(super) fn close(mut self, entry: &mut Vec<u8>) {
        let tag = blake3::keyed_hash(&self.tag_key, entry);
        entry.extend(tag.as_bytes().iter().take(TAG));
        self.cover(entry);
    }

    /// The entry, unless these are other bytes than were written.
    pub(super) fn open(mut self, sealed: &mut Vec<u8>) -> Option<()> {
        self.cover(sealed);
        let (entry, tag) = sealed.split_last_chunk::<TAG>()?;
        let is_whole = blake3::keyed_hash(&self.tag_key, entry).as_bytes().starts_with(tag);
        let length = entry.len();
        sealed.truncate(length);
        is_whole.then_some(())
    }

    fn cover(&mut self, bytes: &mut [u8]) {
        let mut mask = [0; 1024];
        for part in bytes.chunks_mut(mask.len()) {
            self.mask.fill(&mut mask);
            part.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_opened_by_its_key_alone_and_only_whole() {
        for length in [0, 1, 31, 1024, 5000] {
            let entry: Vec<u8> = (0..length).map(|number: u32| number as u8).collect();
            let mut sealed = entry.clone();
            Seal::of(&[1; 32]).close(&mut sealed);
            assert!(length < 31 || !sealed.windows(8).any(|part| entry.windows(8).any(|own| own == part)));
            let mut opened = sealed.clone();
            assert!(Seal::of(&[1; 32]).open(&mut opened).is_some() && opened == entry);
            assert!(Seal::of(&[2; 32]).open(&mut sealed.clone()).is_none());
            for at in [0, sealed.len() / 2, sealed.len() - 1] {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert!(Seal::of(&[1; 32]).open(&mut changed).is_none());
            }
            sealed.pop();
            assert!(Seal::of(&[1; 32]).open(&mut sealed).is_none());
        }
    }
}
