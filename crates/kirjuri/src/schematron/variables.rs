//! Finds the variables that an expression reads, without knowing its grammar: enough to tell what is in scope.

/// A place in an expression where a variable is named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Reference<'e> {
    pub(crate) name: &'e str,
    /// Byte range of the name with its `$`.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Every `$name` of an expression outside strings and comments.
pub(crate) fn references(expression: &str) -> impl Iterator<Item = Reference<'_>> {
    let bytes = expression.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'"' | b'\'' => {
                    at += bytes.get(at..)?.iter().position(|&other| other == byte)? + 1;
                }
                b'(' if bytes.get(at) == Some(&b':') => {
                    at = comment_end(bytes, at + 1)?;
                }
                b'$' => {
                    let start = at - 1;
                    let rest = &expression[at..];
                    let rest = rest.trim_start();
                    let from = expression.len() - rest.len();
                    let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
                    at = from + length;
                    return Some(Reference { name: &expression[from..at], start, end: at });
                }
                _ => {}
            }
        }
        None
    })
}

/// The variables that an expression reads from outside: those it does not bind itself (`for $x in`, `let $x :=`).
pub(crate) fn free(expression: &str) -> Vec<&str> {
    let mut bound: Vec<&str> = Vec::new();
    let mut free: Vec<&str> = Vec::new();
    for reference in references(expression) {
        let behind = expression[reference.end..].trim_start();
        let binds = behind.starts_with(":=")
            || behind.strip_prefix("in").is_some_and(|rest| !rest.starts_with(|c: char| is_name(c)));
        if binds {
            bound.push(reference.name);
        } else if !bound.contains(&reference.name) && !free.contains(&reference.name) {
            free.push(reference.name);
        }
    }
    free
}

/// Whether a character may stand in a variable's name; a dot or hyphen may, a colon is part of a prefix.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

fn comment_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 1;
    while depth > 0 {
        match bytes.get(at..at + 2)? {
            b"(:" => {
                depth += 1;
                at += 2;
            }
            b":)" => {
                depth -= 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    Some(at)
}

/// The strings that an expression writes out, each with the place of its quotation mark.
pub(crate) fn literals(expression: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let rest = &expression[done..];
        let start = rest.find(['"', '\''])?;
        let quote = rest[start..].chars().next()?;
        let inside = &rest[start + 1..];
        let end = inside.find(quote)?;
        let at = done + start;
        done = at + end + 2;
        Some((at, &inside[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_variables_are_those_an_expression_does_not_bind() {
        for (expression, expected) in [
            ("$a = 1", &["a"][..]),
            ("'$a' = \"$b\" or $c", &["c"]),
            ("for $x in $y return $x + $z", &["y", "z"]),
            ("some $x in a, $y in $x/b satisfies $y = $q", &["q"]),
            ("let $x := 1 return $ x (: $no (: $nor :) :) + $x-y.z", &["x-y.z"]),
            ("$index", &["index"]),
            ("$x:y", &["x:y"]),
            ("'open $a", &[]),
            ("(: open $a", &[]),
            ("$", &[""]),
        ] {
            assert_eq!(free(expression), expected, "{expression}");
        }
    }

    #[test]
    fn literals_are_found() {
        assert_eq!(literals("a('b', \"c'd\") = 'e").collect::<Vec<_>>(), [(2, "b"), (7, "c'd")]);
    }
}
