//! Keeps real people out of packs: the only personal identity codes in them are synthetic ones.

use kirjuri_tree::{Document, Span};
use toml::de::{DeTable, DeValue};

use crate::identifiers::{HETU_LENGTH, hetu_candidates};
use crate::source::{PackError, Reader};

const LAW: &str = "only synthetic people: the individual number of the code must be 900 or over";

/// Judges a whole file of a pack — examples, texts, names, expressions and comments alike — as it is written, and its
/// strings once more without their escapes.
pub(crate) fn judge_file(reader: Reader<'_>, errors: &mut Vec<PackError>) {
    let text = &reader.file.text;
    errors.extend(real_people(text).map(|at| reader.error(at, LAW)));
    if !text.contains('\\') {
        return;
    }
    // What is no TOML is refused where the file is read.
    let Ok(table) = DeTable::parse(text) else { return };
    let mut tables = vec![table.into_inner()];
    let mut values = Vec::new();
    while let Some(table) = tables.pop() {
        values.extend(table.into_iter().map(|(_, value)| value));
        while let Some(value) = values.pop() {
            let span = value.span();
            match value.into_inner() {
                DeValue::String(string) => {
                    let told = text.get(span.clone()).is_some_and(|written| real_people(written).next().is_some());
                    if !told && real_people(&string).next().is_some() {
                        errors.push(reader.error(span.start, LAW));
                    }
                }
                DeValue::Array(array) => values.extend(array),
                DeValue::Table(table) => tables.push(table),
                _ => {}
            }
        }
    }
}

/// Judges the texts, comments, instructions and attribute values that an example has once its references are
/// resolved. `offset` says where in the file a byte of the example stands.
pub(crate) fn judge_example(
    reader: Reader<'_>,
    document: &Document,
    offset: impl Fn(usize) -> usize,
    errors: &mut Vec<PackError>,
) {
    let source = document.text();
    let within = |text: &str| real_people(text).next().is_some();
    let mut found = false;
    let mut judge = |value: &str, span: Span| {
        if !within(value) {
            return;
        }
        found = true;
        // What stands there as it is was found in the file already.
        if !source.get(span.range()).is_some_and(within) {
            errors.push(reader.error(offset(document.source_range(span).start), LAW));
        }
    };
    for node in document.nodes() {
        judge(document.value(node), document.span(node));
        for attribute in document.attributes(node) {
            judge(document.attribute_value(attribute), document.attribute_value_span(attribute));
        }
    }
    // A comment or a tag in the midst of a code hides it from a program, not from a reader.
    let root = document.root_element();
    if !found && within(&document.string_value(root)) {
        errors.push(reader.error(offset(document.source_range(document.start_tag_span(root)).start), LAW));
    }
}

/// Where in a text stands what looks like the personal identity code of a real person: a date, a century sign, an
/// individual number below 900 and a check character, in any case, whether they are right or not.
fn real_people(text: &str) -> impl Iterator<Item = usize> + '_ {
    let bytes = text.as_bytes();
    hetu_candidates(text)
        .filter(move |&at| bytes.get(at..at + HETU_LENGTH).is_some_and(is_real) && stands_alone(bytes, at))
}

fn is_real(window: &[u8]) -> bool {
    let &[ref date @ .., _, hundreds, tens, ones, check] = window else { return false };
    matches!(hundreds, b'0'..=b'8')
        && date.iter().chain([&tens, &ones]).all(u8::is_ascii_digit)
        && check.is_ascii_alphanumeric()
}

/// Whether the code at a place is no part of a longer word or of an OID. A full stop is part of an OID only with a digit
/// on its other side; elsewhere it ends or starts a sentence.
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let joined = |beside: Option<u8>, beyond: Option<u8>| match beside {
        Some(b'.') => beyond.is_some_and(|byte| byte.is_ascii_digit()),
        beside => beside.is_some_and(|byte| byte.is_ascii_alphanumeric()),
    };
    let before = |distance| at.checked_sub(distance).and_then(|at| bytes.get(at)).copied();
    let behind = |distance| bytes.get(at + HETU_LENGTH + distance).copied();
    !joined(before(1), before(2)) && !joined(behind(0), behind(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[usize]) {
        assert_eq!(real_people(text).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn a_code_that_stands_alone_is_found() {
        check("010190-123P", &[0]);
        check("hetu on 010190-123P.", &[8]);
        check("010190-123P.Sitten", &[0]);
        check("Oli.010190-123P", &[4]);
        check("(010190+123P, 010190A123P)", &[1, 14]);
        check("010190a123p", &[0]);
        check("010190Y123p_", &[0]);
        check("ä010190-123Pä", &[2]);
        check("010190-0001", &[0]);
    }

    #[test]
    fn synthetic_codes_and_parts_of_longer_words_are_left_alone() {
        for text in [
            "",
            "010190-900P",
            "010190a999x",
            "010190G123P",
            "01019-123P",
            "1.2.010190-1234.5",
            "1.010190-1234",
            "010190-1234.5",
            "2010190-123P",
            "010190-123PP",
            "550e8400-e29b-41d4-a716-446655440000",
        ] {
            check(text, &[]);
        }
    }
}
