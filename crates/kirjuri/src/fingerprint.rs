//! What a finding is known by from one run to the next.

use std::fmt;

/// Tells a finding again in another export of the same document: of its rule, the document, the place by names alone and
/// what was looked at. It does not change with the order, the numbers and the white space around.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Fingerprint(pub u128);

impl fmt::Display for Fingerprint {
    /// 32 hexadecimal digits.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}
