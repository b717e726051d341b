//! What may be shown of what a document says of itself: codes, OIDs of organisations, names of programs, months.
//!
//! A field of a document can hold anything, by a fault of a system or of a person. What does not look like what belongs
//! there is not taken, so that nobody's name or number comes into a report by that way.

use crate::identifiers::{business_id_of_oid, hetu_candidates, node_class, node_class_number};

/// The longest value.
const LONGEST: usize = 64;

/// A code, an OID or a version.
pub(super) fn code(text: &str) -> Option<Box<str>> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-');
    let is_whole = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let is_code = bytes.len() <= LONGEST
        && bytes.iter().copied().all(is_part)
        // What is put together of two values lacks one where it begins or ends with what joins them.
        && is_whole(bytes.first())
        && is_whole(bytes.last());
    (is_code && !has_hetu(text)).then(|| text.into())
}

/// A code of a code set, an OID or a version, in a field where only such stand. What is shaped like a name or a number of a
/// person or a telephone is none: codes have few letters in a row and few digits.
pub(super) fn short_code(text: &str) -> Option<Box<str>> {
    let of = |is_part: fn(char) -> bool| {
        let runs = text.split(move |c: char| !is_part(c));
        runs.map(str::len).max().unwrap_or_default()
    };
    let letters = of(|c| c.is_ascii_alphabetic());
    let digits = of(|c| c.is_ascii_digit());
    let is_known = RESOURCES.contains(&text);
    let is_of_person = PERSON_ARCS.iter().any(|arc| oid(text).starts_with(arc));
    (is_known || (letters <= LETTERS && digits <= DIGITS && !is_of_person)).then(|| code(text)).flatten()
}

/// Types of resources, which are words and no content.
const RESOURCES: [&str; 2] = ["Questionnaire", "QuestionnaireResponse"];
/// The most letters in a row that a code has, and the most digits.
const LETTERS: usize = 5;
const DIGITS: usize = 6;
/// Below these are identifiers of people: personal identity codes, and professionals.
const PERSON_ARCS: [&str; 6] =
    ["1.2.246.21", "1.2.246.537.25", "1.2.246.537.26", "1.2.246.537.27", "1.2.246.537.28", "1.2.246.537.29"];

/// The name of a program, with its version at most.
pub(super) fn name(text: &str) -> Option<Box<str>> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '_' | '(' | ')' | '+');
    let digits = text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max().unwrap_or_default();
    let is_name = text.chars().count() <= LONGEST
        && text.chars().all(is_part)
        && text.starts_with(char::is_alphanumeric)
        && text.contains(char::is_alphabetic)
        // Numbers of people and telephones are longer than those of versions.
        && digits < 6;
    (is_name && !has_hetu(&text)).then(|| text.into())
}

/// The OID of a unit: below an organisation, and of a class that is not known to be that of documents or people.
pub(super) fn unit(text: &str) -> Option<Box<str>> {
    let oid = oid(text);
    business_id_of_oid(oid)?;
    let class = node_class(oid).and_then(node_class_number);
    let is_other = class.is_some_and(|class| matches!(class, 11..=19 | 21..=29 | 91..=95));
    (!is_other).then(|| code(oid)).flatten()
}

/// The arc of the organisation that an OID is below: `1.2.246.10.2048198` of `1.2.246.10.2048198.10.1`.
pub(super) fn provider(text: &str) -> Option<Box<str>> {
    let oid = oid(text);
    business_id_of_oid(oid)?;
    let end = oid.match_indices('.').nth(4).map_or(oid.len(), |(at, _)| at);
    code(oid.get(..end)?)
}

/// The code of a municipality: three digits.
pub(super) fn municipality(text: &str) -> Option<Box<str>> {
    (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.into())
}

/// The month of an HL7 timestamp or an ISO date, as it is written there.
pub(super) fn month(text: &str) -> Option<Box<str>> {
    let (year, rest) = text.split_at_checked(4)?;
    let month = rest.strip_prefix('-').unwrap_or(rest).get(..2)?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = matches!(month.parse(), Ok(1..=12)) && is_number(year) && is_number(month);
    is_month.then(|| format!("{year}-{month}").into())
}

fn oid(text: &str) -> &str {
    text.strip_prefix("urn:oid:").unwrap_or(text)
}

/// Whether anything in a text looks like a personal identity code: six digits and a sign, with enough behind them.
fn has_hetu(text: &str) -> bool {
    let is_date = |at: usize| text.get(at..at + 6).is_some_and(|date| date.bytes().all(|byte| byte.is_ascii_digit()));
    hetu_candidates(text).any(is_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: fn(&str) -> Option<Box<str>>, rows: &[(&str, &str)]) {
        for (text, expected) in rows {
            assert_eq!(value(text).as_deref().unwrap_or_default(), *expected, "{text:?}");
        }
    }

    #[test]
    fn codes_are_taken_and_texts_are_not() {
        check(
            code,
            &[
                ("LAL", "LAL"),
                ("1506:19007", "1506:19007"),
                ("1.2.246.537.6.1506.19007.2022.1.10", "1.2.246.537.6.1506.19007.2022.1.10"),
                ("2.40-b_1", "2.40-b_1"),
                ("", ""),
                (":", ""),
                ("40105:", ""),
                ("Maija Esimerkki", ""),
                ("Äijä", ""),
                ("010190-900P", ""),
                ("x010190-900P", ""),
                ("1:010190A9001", ""),
                ("http://example.org/a", ""),
            ],
        );
        assert!(code(&"1".repeat(64)).is_some() && code(&"1".repeat(65)).is_none());
    }

    #[test]
    fn a_short_code_is_no_name_and_no_number_of_a_person() {
        check(
            short_code,
            &[
                ("LAL", "LAL"),
                ("40150:2", "40150:2"),
                ("1506:19007", "1506:19007"),
                ("2018.10.3", "2018.10.3"),
                ("1.2.246.777.11.2020.2", "1.2.246.777.11.2020.2"),
                ("Questionnaire", "Questionnaire"),
                ("Maija.Meikalainen", ""),
                ("12:Maija.Meikalainen", ""),
                ("0401234567", ""),
                ("12345678901", ""),
                ("1.2.246.21.5", ""),
                ("1.2.246.537.26.1", ""),
            ],
        );
    }

    #[test]
    fn names_of_programs_have_no_long_numbers() {
        check(
            name,
            &[
                ("Potilasmappi", "Potilasmappi"),
                ("Esko laakehoito v. 3.1.17-lakisääteiset", "Esko laakehoito v. 3.1.17-lakisääteiset"),
                ("  MAXX\n labra  v. 1.3 ", "MAXX labra v. 1.3"),
                ("Notes+ (test)", "Notes+ (test)"),
                ("", ""),
                ("4.2", ""),
                ("0401234567 Maija", ""),
                ("Maija 010190-900P", ""),
                ("a@example.org", ""),
                ("Mappi; poista", ""),
                ("<b>Mappi</b>", ""),
            ],
        );
        assert!(name(&"ä".repeat(64)).is_some() && name(&"ä".repeat(65)).is_none());
    }

    #[test]
    fn units_are_those_of_organisations_and_no_people() {
        check(
            unit,
            &[
                ("1.2.246.10.99999984.10.1", "1.2.246.10.99999984.10.1"),
                ("urn:oid:1.2.246.10.99999984.10.1.1", "1.2.246.10.99999984.10.1.1"),
                ("1.2.246.10.99999984.34", "1.2.246.10.99999984.34"),
                ("1.2.246.10.99999984", "1.2.246.10.99999984"),
                ("1.2.246.10.99999984.22.2026", ""),
                ("1.2.246.10.99999984.10.7.22.2026", ""),
                ("1.2.246.10.99999984.93.2026.1001", ""),
                // A practitioner, and a person.
                ("1.2.246.537.28.1", ""),
                ("1.2.246.21", ""),
                ("Mallilan terveysasema", ""),
                ("", ""),
            ],
        );
    }

    #[test]
    fn a_provider_is_the_arc_of_an_organisation() {
        check(
            provider,
            &[
                ("1.2.246.10.99999984.10.1", "1.2.246.10.99999984"),
                ("1.2.246.10.2048198", "1.2.246.10.2048198"),
                ("urn:oid:1.2.246.10.2048198.19.0", "1.2.246.10.2048198"),
                ("1.2.246.10.123456789.10.1", ""),
                ("1.2.246.10", ""),
                ("1.2.246.556.10.32", ""),
                ("", ""),
            ],
        );
    }

    #[test]
    fn months_are_taken_as_they_are_written() {
        check(
            month,
            &[
                ("20260305143000+0200", "2026-03"),
                ("202612", "2026-12"),
                ("2026-03-05T10:00:00Z", "2026-03"),
                ("2026-03", "2026-03"),
                ("2026", ""),
                ("20261301", ""),
                ("2026-1-1", ""),
                ("5.3.2026", ""),
                ("+026-03", ""),
                ("ääää-03", ""),
                ("", ""),
            ],
        );
    }

    #[test]
    fn a_municipality_has_three_digits() {
        check(municipality, &[("091", "091"), ("91", ""), ("0911", ""), ("09a", ""), ("", "")]);
    }
}
