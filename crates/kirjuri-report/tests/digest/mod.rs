//! SHA-1 and SHA-256 (FIPS 180-4), by which reference findings name texts and documents.

fn blocks(bytes: &[u8]) -> Vec<[u32; 16]> {
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize((padded.len() + 8).next_multiple_of(64), 0);
    let length = padded.len();
    padded[length - 8..].copy_from_slice(&(8 * bytes.len() as u64).to_be_bytes());
    let word = |word: &[u8]| u32::from_be_bytes([word[0], word[1], word[2], word[3]]);
    padded.chunks(64).map(|block| std::array::from_fn(|index| word(&block[4 * index..]))).collect()
}

fn hex(words: &[u32]) -> String {
    words.iter().map(|word| format!("{word:08x}")).collect()
}

pub(crate) fn sha1(bytes: &[u8]) -> String {
    let mut state = [0x6745_2301_u32, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    for block in blocks(bytes) {
        let mut words = block.to_vec();
        for index in 16..80 {
            let word = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16];
            words.push(word.rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (index, word) in words.into_iter().enumerate() {
            let (mix, constant) = match index / 20 {
                0 => ((b & c) | (!b & d), 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6),
            };
            let next = [a.rotate_left(5), mix, e, constant, word].into_iter().fold(0, u32::wrapping_add);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (word, change) in state.iter_mut().zip([a, b, c, d, e]) {
            *word = word.wrapping_add(change);
        }
    }
    hex(&state)
}

/// The first 32 bits of the fractional part of the `root`-th root of the first `count` primes.
fn fractions(root: u32, count: usize) -> Vec<u32> {
    let is_prime =
        |number: &u128| (2..*number).take_while(|it| it * it <= *number).all(|it| !number.is_multiple_of(it));
    let fraction = |prime: u128| {
        // The greatest `x` with x^root <= prime * 2^(32 root).
        let (mut low, mut high) = (0_u128, 1_u128 << 40);
        while high - low > 1 {
            let middle = (low + high) / 2;
            let (high_part, wanted) = (middle.pow(root), prime << (32 * root));
            if high_part <= wanted { low = middle } else { high = middle }
        }
        low as u32
    };
    (2..).filter(is_prime).take(count).map(fraction).collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut state: Vec<u32> = fractions(2, 8);
    let constants = fractions(3, 64);
    for block in blocks(bytes) {
        let mut words = block.to_vec();
        for index in 16..64 {
            let (far, near) = (words[index - 15], words[index - 2]);
            let far = far.rotate_right(7) ^ far.rotate_right(18) ^ (far >> 3);
            let near = near.rotate_right(17) ^ near.rotate_right(19) ^ (near >> 10);
            words.push([words[index - 16], far, words[index - 7], near].into_iter().fold(0, u32::wrapping_add));
        }
        let mut now: [u32; 8] = std::array::from_fn(|index| state[index]);
        for (word, constant) in words.into_iter().zip(&constants) {
            let [a, b, c, d, e, f, g, h] = now;
            let one = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & f) ^ (!e & g);
            let first = [h, one, choice, *constant, word].into_iter().fold(0, u32::wrapping_add);
            let two = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let majority = (a & b) ^ (a & c) ^ (b & c);
            let second = two.wrapping_add(majority);
            now = [first.wrapping_add(second), a, b, c, d.wrapping_add(first), e, f, g];
        }
        for (word, change) in state.iter_mut().zip(now) {
            *word = word.wrapping_add(change);
        }
    }
    hex(&state)
}

#[test]
fn the_digests_are_those_of_the_standard() {
    assert_eq!(sha1(b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(sha1(&[b'a'; 120]).len(), 40);
}
