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

/// How alike two names are. Where both have a pack or folder, the less alike of their parts counts: that packs begin alike
/// makes no rule of one like a rule of another. The same name elsewhere is alike, the more so the more alike the packs are.
fn likeness(wanted: &str, known: &str) -> f64 {
    let (Some((pack, wanted)), Some((other, known))) = (wanted.rsplit_once('/'), known.rsplit_once('/')) else {
        return strsim::jaro_winkler(wanted, known);
    };
    let of_packs = if pack == other { 1.0 } else { strsim::jaro_winkler(pack, other) };
    match wanted == known {
        true => ALIKE + (1.0 - ALIKE) * of_packs,
        false => strsim::jaro_winkler(wanted, known).min(of_packs),
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
            // Packs that begin alike make nothing alike; the same name elsewhere is.
            ("a-body/no-such", &["a-body/late-entry", "a-bodies/conflicting-names"], None),
            ("a-header/hetu", &["a-body/early-entry", "a-header/malformed-hetu"], None),
            (
                "a-haeder/malformd-hetu",
                &["a-body/malformed-day", "a-header/malformed-hetu"],
                Some("a-header/malformed-hetu"),
            ),
            ("header/empty-note", &["notes/empty-notes", "a-header/empty-note"], Some("a-header/empty-note")),
            ("header/empty-note", &["notes/empty-note", "a-header/empty-note"], Some("a-header/empty-note")),
            ("", &["a"], None),
            (&long, &[&long], None),
        ] {
            assert_eq!(nearest(wanted, known.iter().copied()), expected, "{wanted}");
        }
    }
}
