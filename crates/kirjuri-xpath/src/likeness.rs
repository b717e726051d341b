//! Which known name may have been meant by one that is not known.

/// Names that are less alike than this (Jaro–Winkler, 0 to 1) were not mistaken for each other.
const ALIKE: f64 = 0.84;

/// A name of more bytes was not mistyped, and is compared with none: comparing takes the product of both lengths.
const LONGEST: usize = 256;

/// The known name most like `wanted`, if any is like it at all; of several that are equally like it the first in their order
/// as texts.
pub fn nearest<'k>(wanted: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let known = known.into_iter().filter(|known| wanted.len().max(known.len()) <= LONGEST);
    let alike = known.map(|known| (likeness(wanted, known), known)).filter(|(likeness, _)| *likeness > ALIKE);
    alike.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1))).map(|(_, known)| known)
}

/// How alike two names are. What stands in the same folder or pack is told apart by what is behind it: that all rules of a
/// pack begin alike makes none of them like another.
fn likeness(wanted: &str, known: &str) -> f64 {
    match (wanted.rsplit_once('/'), known.rsplit_once('/')) {
        (Some((pack, wanted)), Some((other, known))) if pack == other => strsim::jaro_winkler(wanted, known),
        _ => strsim::jaro_winkler(wanted, known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_most_like_it_is_the_nearest() {
        let long = "a".repeat(LONGEST + 1);
        for (wanted, known, expected) in [
            ("sarf", &["text", "sarif", "svrl"][..], Some("sarif")),
            ("corectness", &["coverage", "correctness"], Some("correctness")),
            ("place", &["provider", "month"], None),
            ("aaab", &["aaad", "aaac"], Some("aaac")),
            ("notes/empty-nte", &["notes/empty-note", "notes/malformed-day"], Some("notes/empty-note")),
            // The pack is all that they have in common.
            ("notes/no-such-rule", &["notes/shouted-title", "notes/malformed-day"], None),
            ("note/empty-note", &["notes/empty-note"], Some("notes/empty-note")),
            ("", &["a"], None),
            (&long, &[&long], None),
        ] {
            assert_eq!(nearest(wanted, known.iter().copied()), expected, "{wanted}");
        }
    }
}
