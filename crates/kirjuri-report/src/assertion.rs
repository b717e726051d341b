//! What reports say of rules, whether their texts are a pack's in three languages or a Schematron schema's own.

use std::borrow::Cow;

use kirjuri::{AnyRule, AssertionFinding, AssertionKind, Language, Remark, Schematron};

/// What a rule says, on one line: the title of a native rule; of an assertion its text, `…` standing where it would quote
/// a document, or its test where it has no text.
pub fn rule_title(rule: AnyRule<'_>, language: Language) -> Cow<'_, str> {
    match rule {
        AnyRule::Native(_, rule) => rule.title().get(language).into(),
        AnyRule::Assertion(_, assertion) => {
            let text = one_line(&assertion.message.masked());
            if text.is_empty() { one_line(&assertion.test).into() } else { text.into() }
        }
    }
}

/// A text on one line. Schematron schemas break and indent theirs to please the reader of the schema.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The diagnostics and properties of an assertion, each with its text: filled in where the finding has it so, else masked.
pub(crate) fn remarks<'r>(
    schema: &'r Schematron,
    numbers: &'r [usize],
    finding: Option<&'r AssertionFinding>,
) -> impl Iterator<Item = (&'r Remark, String)> {
    let known = numbers.iter().enumerate().filter_map(|(place, &number)| Some((place, schema.remarks().get(number)?)));
    known.map(move |(place, remark)| {
        let rendered = finding.and_then(|finding| finding.remarks.get(place));
        (remark, rendered.map_or_else(|| remark.message.masked(), |message| message.text()))
    })
}

/// What a schema calls an assertion of a kind.
pub fn kind_name(kind: AssertionKind) -> &'static str {
    match kind {
        AssertionKind::Assert => "assert",
        AssertionKind::Report => "report",
    }
}
