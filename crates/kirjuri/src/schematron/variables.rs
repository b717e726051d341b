//! Where an expression names a variable.

use kirjuri_xpath::{Version, string_literals};

/// Whether a character may stand in a variable's name; a dot or hyphen may, a colon is part of a prefix.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

/// The offset of the first `$name` of an expression outside strings, for messages; the start where there is none.
pub(crate) fn place(expression: &str, name: &str, version: Version) -> usize {
    let literals = string_literals(expression, version).unwrap_or_default();
    let is_free = |at: &usize| literals.iter().all(|(_, range)| !range.contains(at));
    words(expression).filter(|(_, word)| *word == name).map(|(at, _)| at).find(is_free).unwrap_or(0)
}

/// The names that stand behind a `$`, be they of variables that the expression binds itself or in a string, and the
/// empty name for one that cannot be told: never less than what the expression names.
pub(crate) fn named(expression: &str) -> impl Iterator<Item = &str> {
    words(expression).map(|(_, word)| word)
}

fn words(expression: &str) -> impl Iterator<Item = (usize, &str)> {
    expression.match_indices('$').map(|(at, _)| {
        let behind = expression[at + 1..].trim_start();
        // Beyond ASCII, names have more characters than letters; nothing there but a space ends them.
        let ends = |c: char| if c.is_ascii() { !is_name(c) } else { c.is_whitespace() };
        let word = &behind[..behind.find(ends).unwrap_or(behind.len())];
        // `$x:=` binds `x`.
        (at, word.trim_end_matches(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_pointed_at_where_it_stands() {
        for (expression, expected) in
            [("@x = $a", 5), ("'$a' = $ab or $a", 14), ("\"$a\" = $  a", 7), ("for $a in $b return $a", 4), ("1", 0)]
        {
            assert_eq!(place(expression, "a", Version::XPath2), expected, "{expression}");
        }
    }

    #[test]
    fn what_is_named_is_never_missed() {
        for (expression, expected) in [
            ("$a + $ b", &["a", "b"][..]),
            ("$(: c :)a", &[""]),
            ("let $x:=1", &["x"]),
            ("@a", &[]),
            ("$p:a", &["p:a"]),
        ] {
            assert_eq!(named(expression).collect::<Vec<_>>(), expected, "{expression}");
        }
    }
}
