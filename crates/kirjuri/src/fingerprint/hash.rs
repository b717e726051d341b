//! The hash that fingerprints are made with: SipHash-2-4 with 128 bits, whose result is the same on every machine.
//!
//! That of the standard library may change with its version, and a fingerprint is kept for years.

/// A hash of some bytes.
#[derive(Clone, Debug)]
pub(super) struct Hash {
    state: [u64; 4],
    /// The bytes that do not fill a word yet.
    rest: [u8; 8],
    length: usize,
}

/// Ends a text. No text has it in UTF-8.
const END: u8 = 0xFF;

impl Hash {
    /// With the key that all fingerprints have.
    pub(super) fn new() -> Hash {
        Hash::with_key(0x6b69_726a_7572_6931, 0x736f_726d_656e_6a31)
    }

    fn with_key(low: u64, high: u64) -> Hash {
        let state = [
            low ^ 0x736f_6d65_7073_6575,
            high ^ 0x646f_7261_6e64_6f6d ^ 0xee,
            low ^ 0x6c79_6765_6e65_7261,
            high ^ 0x7465_6462_7974_6573,
        ];
        Hash { state, rest: [0; 8], length: 0 }
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(place) = self.rest.get_mut(self.length % 8) {
                *place = *byte;
            }
            self.length = self.length.wrapping_add(1);
            if self.length.is_multiple_of(8) {
                self.word(u64::from_le_bytes(self.rest));
            }
        }
    }

    /// A text as it is.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[END]);
    }

    /// A text without its white space.
    pub(super) fn words(&mut self, text: &str) {
        self.part(text);
        self.bytes(&[END]);
    }

    /// A part of a text, without its white space.
    pub(super) fn part(&mut self, text: &str) {
        text.split_ascii_whitespace().for_each(|word| self.bytes(word.as_bytes()));
    }

    pub(super) fn digest(&mut self, digest: u128) {
        self.bytes(&digest.to_le_bytes());
    }

    pub(super) fn finish(mut self) -> u128 {
        let used = self.length % 8;
        self.rest.iter_mut().skip(used).for_each(|byte| *byte = 0);
        let word = u64::from_le_bytes(self.rest) | (self.length as u64 & 0xff) << 56;
        self.word(word);
        self.state[2] ^= 0xee;
        (0..4).for_each(|_| self.round());
        let low = self.state.iter().fold(0, |all, one| all ^ one);
        self.state[1] ^= 0xdd;
        (0..4).for_each(|_| self.round());
        let high = self.state.iter().fold(0, |all, one| all ^ one);
        u128::from(high) << 64 | u128::from(low)
    }

    fn word(&mut self, word: u64) {
        self.state[3] ^= word;
        self.round();
        self.round();
        self.state[0] ^= word;
    }

    fn round(&mut self) {
        let [a, b, c, d] = &mut self.state;
        *a = a.wrapping_add(*b);
        *c = c.wrapping_add(*d);
        *b = b.rotate_left(13) ^ *a;
        *d = d.rotate_left(16) ^ *c;
        *a = a.rotate_left(32);
        *c = c.wrapping_add(*b);
        *a = a.wrapping_add(*d);
        *b = b.rotate_left(17) ^ *c;
        *d = d.rotate_left(21) ^ *a;
        *c = c.rotate_left(32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of the authors of SipHash: the key is the bytes from 0 to 15, the input those from 0 on.
    #[test]
    fn the_hash_is_the_published_one() {
        let key = |start: u8| u64::from_le_bytes(std::array::from_fn(|index| start + index as u8));
        for (length, expected) in [
            (0, "a3817f04ba25a8e66df67214c7550293"),
            (1, "da87c1d86b99af44347659119b22fc45"),
            (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        ] {
            let mut hash = Hash::with_key(key(0), key(8));
            hash.bytes(&(0..length).collect::<Vec<u8>>());
            let found: String = hash.finish().to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, expected, "{length}");
        }
    }

    #[test]
    fn texts_do_not_run_into_each_other() {
        let hash = |texts: &[&str]| {
            let mut hash = Hash::new();
            texts.iter().for_each(|text| hash.text(text));
            hash.finish()
        };
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["a"]), hash(&["a", ""]));
    }
}
