//! Paths as URI references, by RFC 3986.

use std::fmt::Write;

/// A path as a URI reference: one below the working folder relative, any other with the scheme `file`. All but what every
/// reader takes for itself is percent-encoded.
pub(super) fn of_path(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let is_drive = matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    let mut uri = match path.starts_with('/') {
        // Two slashes at the beginning would begin the name of a machine.
        true => "file://".to_owned(),
        false if cfg!(windows) && is_drive => "file:///".to_owned(),
        false => String::new(),
    };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'!' => {
                uri.push(char::from(byte));
            }
            byte => {
                // Writing to a text cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference() {
        for (path, expected) in [
            ("a/b.xml", "a/b.xml"),
            ("../a b.xml", "../a%20b.xml"),
            ("a.zip!b/c.xml", "a.zip!b/c.xml"),
            ("käynti.xml", "k%C3%A4ynti.xml"),
            ("a%20\"#?:\n.xml", "a%2520%22%23%3F%3A%0A.xml"),
            ("/vienti/a.xml", "file:///vienti/a.xml"),
            ("javascript:x", "javascript%3Ax"),
        ] {
            assert_eq!(of_path(path), expected);
        }
    }
}
