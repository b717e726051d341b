//! Whether a name is as a glob says: `*` stands for any characters, `?` for one.

/// Whether a glob names a name, the whole of it.
pub(crate) fn matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut at, mut here) = (0, 0);
    // Where the last star stands, and up to where of the name it reaches.
    let mut star = None;
    while let Some(c) = name.get(here) {
        match glob.get(at) {
            Some('*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(g) if *g == '?' || g == c => {
                at += 1;
                here += 1;
            }
            _ => {
                // The star takes one character more. Only the last one need ever do so.
                let Some((before, reach)) = star else { return false };
                star = Some((before, reach + 1));
                (at, here) = (before + 1, reach + 1);
            }
        }
    }
    glob.iter().skip(at).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_anything_and_a_question_mark_one_character() {
        for (glob, name, expected) in [
            ("unknown-*", "unknown-code", true),
            ("unknown-*", "unknown-", true),
            ("unknown-*", "an-unknown-code", false),
            ("*-code", "unknown-code", true),
            ("*-code", "unknown-code-list", false),
            ("*a*b*c", "xaxxbxbxc", true),
            ("*a*b*c", "xaxxbxbx", false),
            ("m?lformed", "malformed", true),
            ("m?lformed", "mlformed", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("notes", "notes", true),
            ("notes", "notes-later", false),
        ] {
            assert_eq!(matches(glob, name), expected, "{glob} {name}");
        }
        let (glob, name) = (format!("{}b", "*a".repeat(200)), "a".repeat(2_000));
        assert!(!matches(&glob, &name));
    }
}
