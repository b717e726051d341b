//! The string functions that XPath 2.0 adds to those of XPath 1.0 (F&O 7), and `resolve-uri()` (F&O 8).
//!
//! Texts are compared by code points, the only collation there is. In UTF-8 that is the order of the bytes.

use std::cmp::Ordering;
use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

use crate::error::{EvaluationError, fault};

/// `codepoints-to-string()`: FOCH0001 for what is no character of XML 1.0.
pub(crate) fn codepoints_to_string(codepoints: impl IntoIterator<Item = i128>) -> Result<String, EvaluationError> {
    let character = |codepoint: i128| {
        let c = u32::try_from(codepoint).ok().and_then(char::from_u32);
        c.filter(|c| is_xml_character(*c)).ok_or_else(|| fault("FOCH0001"))
    };
    codepoints.into_iter().map(character).collect()
}

fn is_xml_character(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}')
}

/// `string-to-codepoints()`
pub(crate) fn string_to_codepoints(text: &str) -> impl Iterator<Item = i128> {
    text.chars().map(|c| i128::from(u32::from(c)))
}

/// `compare()`: -1, 0 or 1.
pub(crate) fn compare(left: &str, right: &str) -> i128 {
    match left.cmp(right) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// `codepoint-equal()`
pub(crate) fn codepoint_equal(left: &str, right: &str) -> bool {
    left == right
}

/// `ends-with()`
pub(crate) fn ends_with(text: &str, end: &str) -> bool {
    text.ends_with(end)
}

/// `string-join()`
pub(crate) fn string_join<'t>(texts: impl IntoIterator<Item = &'t str>, separator: &str) -> String {
    let mut joined = String::new();
    for (index, text) in texts.into_iter().enumerate() {
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(text);
    }
    joined
}

/// `upper-case()`, with the mappings of Unicode that make one character several (`ß` to `SS`).
pub(crate) fn upper_case(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_uppercase(),
        false => text.chars().flat_map(char::to_uppercase).collect(),
    }
}

/// `lower-case()`. Each character is mapped for itself, as Saxon does: a sigma at the end of a word is not special.
pub(crate) fn lower_case(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => text.chars().flat_map(char::to_lowercase).collect(),
    }
}

/// `normalize-unicode()` with the name of a form; an empty name leaves the text as it is. FOCH0003 for other forms than
/// NFC, NFD, NFKC and NFKD.
pub(crate) fn normalize_unicode(text: &str, form: &str) -> Result<String, EvaluationError> {
    let form = form.trim_matches(crate::strings::WHITE_SPACE).to_ascii_uppercase();
    Ok(match form.as_str() {
        // No form changes ASCII.
        "NFC" | "NFD" | "NFKC" | "NFKD" | "" if text.is_ascii() => text.to_owned(),
        "" => text.to_owned(),
        "NFC" => text.nfc().collect(),
        "NFD" => text.nfd().collect(),
        "NFKC" => text.nfkc().collect(),
        "NFKD" => text.nfkd().collect(),
        _ => return Err(fault("FOCH0003")),
    })
}

/// `encode-for-uri()`: all but the unreserved characters of RFC 3986 is escaped.
pub(crate) fn encode_for_uri(text: &str) -> String {
    escape(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

/// `iri-to-uri()`: what can stand nowhere in a URI is escaped; a percent sign stays.
pub(crate) fn iri_to_uri(text: &str) -> String {
    escape(text, |byte| {
        byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`')
    })
}

/// `escape-html-uri()`: all but the printable characters of ASCII is escaped.
pub(crate) fn escape_html_uri(text: &str) -> String {
    escape(text, |byte| matches!(byte, b' '..=b'~'))
}

/// Writes the bytes that do not stay with a percent sign and two digits.
fn escape(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        // Only bytes of ASCII stay, each of which is a character.
        if byte.is_ascii() && stays(byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

/// The components of a URI reference (RFC 3986, section 3).
struct Reference<'u> {
    scheme: Option<&'u str>,
    authority: Option<&'u str>,
    path: &'u str,
    query: Option<&'u str>,
    fragment: Option<&'u str>,
}

impl<'u> Reference<'u> {
    /// Splits a reference; `None` for one that is wrong. Characters beyond ASCII and spaces are accepted, since XSD 1.0
    /// accepts them in an `xs:anyURI`.
    fn parse(text: &'u str) -> Option<Reference<'u>> {
        let is_wrong = |c: char| c.is_control() || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`');
        if text.contains(is_wrong) || !has_whole_escapes(text) {
            return None;
        }
        let (text, fragment) = split(text, '#');
        let (text, query) = split(text, '?');
        // A colon in the first segment ends a scheme.
        let (scheme, text) = match text.split_once(':') {
            Some((scheme, rest)) if !scheme.contains('/') => (Some(scheme), rest),
            _ => (None, text),
        };
        let (authority, path) = match text.strip_prefix("//") {
            Some(text) => {
                let (authority, path) = text.split_at(text.find('/').unwrap_or(text.len()));
                (Some(authority), path)
            }
            None => (None, text),
        };
        if scheme.is_some_and(|scheme| !is_scheme(scheme)) || fragment.is_some_and(|fragment| fragment.contains('#')) {
            return None;
        }
        Some(Reference { scheme, authority, path, query, fragment })
    }
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// Whether two hexadecimal digits follow each percent sign.
fn has_whole_escapes(text: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    text.split('%').skip(1).all(|part| is_digit(part.as_bytes().first()) && is_digit(part.as_bytes().get(1)))
}

/// `resolve-uri()` by RFC 3986, section 5.2. A relative URI that is absolute is returned as it is, whatever the base.
/// FORG0002 for a wrong URI, and for a base that is not absolute or has a fragment; FORG0009 for a base, such as a
/// URN, relative to which nothing can be.
pub(crate) fn resolve_uri(relative: &str, base: &str) -> Result<String, EvaluationError> {
    let wrong = || fault("FORG0002");
    let reference = Reference::parse(relative).ok_or_else(wrong)?;
    if reference.scheme.is_some() {
        return Ok(relative.to_owned());
    }
    let base = Reference::parse(base).filter(|base| base.fragment.is_none()).ok_or_else(wrong)?;
    let scheme = base.scheme.ok_or_else(wrong)?;
    if base.authority.is_none() && !base.path.starts_with('/') {
        return Err(fault("FORG0009"));
    }
    let (authority, path, query) = if reference.authority.is_some() {
        (reference.authority, without_dot_segments(reference.path), reference.query)
    } else if reference.path.is_empty() {
        (base.authority, base.path.to_owned(), reference.query.or(base.query))
    } else if reference.path.starts_with('/') {
        (base.authority, without_dot_segments(reference.path), reference.query)
    } else {
        let folder = base.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        (base.authority, without_dot_segments(&format!("{folder}/{}", reference.path)), reference.query)
    };
    let mut resolved = format!("{scheme}:");
    for (mark, component) in [("//", authority), ("", Some(&*path)), ("?", query), ("#", reference.fragment)] {
        if let Some(component) = component {
            resolved.push_str(mark);
            resolved.push_str(component);
        }
    }
    Ok(resolved)
}

/// Takes the segments `.` and `..` out of a path that is empty or starts with a slash (RFC 3986, section 5.2.4).
fn without_dot_segments(path: &str) -> String {
    let Some(segments) = path.strip_prefix('/') else { return path.to_owned() };
    let mut kept: Vec<&str> = Vec::new();
    let mut ends_in_folder = false;
    for segment in segments.split('/') {
        ends_in_folder = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    if ends_in_folder {
        kept.push("");
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(result: Result<String, EvaluationError>, expected: &str) {
        match result {
            Ok(text) => assert_eq!(text, expected),
            Err(EvaluationError::Dynamic(code)) => assert_eq!(code.as_str(), expected),
            Err(error) => panic!("{error} instead of {expected}"),
        }
    }

    #[test]
    fn code_points_are_characters_of_xml() {
        check(codepoints_to_string([98, 223, 1682, 12365, 63744]), "bßڒき\u{F900}");
        check(codepoints_to_string([]), "");
        check(codepoints_to_string([9, 10, 13, 0x10FFFF]), "\t\n\r\u{10FFFF}");
        for wrong in [0, 8, 11, 12, 31, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF, 0x110000, -1, i128::MAX, i128::MIN] {
            check(codepoints_to_string([65, wrong]), "FOCH0001");
        }
        assert_eq!(string_to_codepoints("a€𝟎").collect::<Vec<_>>(), [97, 0x20AC, 0x1D7CE]);
    }

    #[test]
    fn texts_are_compared_by_code_points() {
        for (left, right, expected) in [("a", "b", -1), ("b", "a", 1), ("a", "a", 0), ("", "a", -1), ("a", "aa", -1)] {
            assert_eq!(compare(left, right), expected, "{left} {right}");
        }
        // By UTF-16 the first would come behind the second.
        assert_eq!(compare("\u{FF00}", "\u{10000}"), -1);
        assert!(codepoint_equal("ä", "ä"));
        assert!(!codepoint_equal("ä", "a\u{308}"));
        assert!(ends_with("tattoo", "too") && ends_with("a", "") && !ends_with("tattoo", "atto"));
    }

    #[test]
    fn texts_are_joined() {
        assert_eq!(string_join(["a", "", "b"], ", "), "a, , b");
        assert_eq!(string_join(["a"], ","), "a");
        assert_eq!(string_join([], ","), "");
    }

    #[test]
    fn case_is_mapped_for_each_character() {
        assert_eq!(upper_case("aBc!"), "ABC!");
        assert_eq!(upper_case("straße ŉ ﬁ ǅ ä"), "STRASSE ʼN FI Ǆ Ä");
        assert_eq!(lower_case("aBc!"), "abc!");
        assert_eq!(lower_case("ÄΑΣ İ"), "äασ i\u{307}");
    }

    #[test]
    fn forms_of_unicode_are_known() {
        for (text, form, expected) in [
            ("a\u{308}", "NFC", "ä"),
            ("ä", "NFD", "a\u{308}"),
            ("ﬁ", "NFKC", "fi"),
            ("ﬁ", "NFC", "ﬁ"),
            ("ǆ", "NFKD", "dz\u{30C}"),
            ("a\u{308}", "", "a\u{308}"),
            ("a\u{308}", "  ", "a\u{308}"),
            ("a\u{308}", " nfc\n", "ä"),
            ("a", "NFKD", "a"),
            ("a", "FULLY-NORMALIZED", "FOCH0003"),
            ("a", "NFX", "FOCH0003"),
            ("a", "ＮＦＣ", "FOCH0003"),
        ] {
            check(normalize_unicode(text, form), expected);
        }
    }

    #[test]
    fn parts_of_uris_are_escaped() {
        assert_eq!(encode_for_uri("100% organic"), "100%25%20organic");
        assert_eq!(encode_for_uri("~bébé_-./?"), "~b%C3%A9b%C3%A9_-.%2F%3F");
        assert_eq!(iri_to_uri("http://a/~bébé %20#[x]"), "http://a/~b%C3%A9b%C3%A9%20%20#[x]");
        assert_eq!(iri_to_uri("<>\"{}|\\^`\u{7F}\n"), "%3C%3E%22%7B%7D%7C%5C%5E%60%7F%0A");
        assert_eq!(escape_html_uri("javascript:if (a) é\t"), "javascript:if (a) %C3%A9%09");
        assert_eq!(encode_for_uri(""), "");
    }

    #[test]
    fn the_examples_of_rfc_3986_resolve() {
        for (relative, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/../x", "http://a/b/c/g#s/../x"),
            ("http:g", "http:g"),
        ] {
            check(resolve_uri(relative, "http://a/b/c/d;p?q"), expected);
        }
    }

    #[test]
    fn only_uris_resolve() {
        for (relative, base, expected) in [
            ("http://a/b", "", "http://a/b"),
            ("http://a/../b", "x", "http://a/../b"),
            ("x", "http://a", "http://a/x"),
            ("?x", "http://a", "http://a?x"),
            ("x", "file:/a/b", "file:/a/x"),
            ("x", "file:///a/b", "file:///a/x"),
            ("ä b", "http://a/", "http://a/ä b"),
            ("a:b", "http://a/", "a:b"),
            ("./a:b", "http://a/", "http://a/a:b"),
            (":", "http://a/", "FORG0002"),
            ("1:x", "http://a/", "FORG0002"),
            ("%zz", "http://a/", "FORG0002"),
            ("a%4", "http://a/", "FORG0002"),
            ("a\\b", "http://a/", "FORG0002"),
            ("a#b#c", "http://a/", "FORG0002"),
            ("x", "http:%%", "FORG0002"),
            ("x", "b.html", "FORG0002"),
            ("x", "", "FORG0002"),
            ("x", "http://a/b#c", "FORG0002"),
            ("x", "urn:isbn:1", "FORG0009"),
        ] {
            check(resolve_uri(relative, base), expected);
        }
    }
}
