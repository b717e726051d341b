//! Functions on strings, regular expressions among them (F&O 2.0, sections 7 and 8).

use std::borrow::Cow;

use super::{ANY, Call, Gives, ONE, OPTIONAL, Signature, TEXT, TEXT_OR_NONE, Takes, optional};
use crate::atomic::types::AtomicType;
use crate::error::{EvaluationError, fault};
use crate::value::{Atomic, Item, Sequence};
use crate::{string_functions, strings};

type Value<'a> = Result<Sequence<'a>, EvaluationError>;

const ATOM_OR_NONE: Takes = Takes::Atoms(AtomicType::AnyAtomic, OPTIONAL);
const TEXTS: Takes = Takes::Atoms(AtomicType::String, ANY);
const DOUBLE: Takes = Takes::Atoms(AtomicType::Double, ONE);
const CODE_POINTS: Takes = Takes::Atoms(AtomicType::Integer, ANY);

pub(super) const FUNCTIONS: &[Signature] = &[
    Signature::new("concat", &[ATOM_OR_NONE], Gives::Text, concat).from(2).repeated(),
    Signature::new("string-join", &[TEXTS, TEXT], Gives::Text, string_join).from(1),
    Signature::new("substring", &[TEXT_OR_NONE, DOUBLE, DOUBLE], Gives::Text, |call| {
        let length = (call.count() > 2).then(|| call.double(2));
        Ok(Sequence::from(strings::substring(call.text(0)?, call.double(1), length)))
    })
    .from(2),
    Signature::new("string-length", &[TEXT_OR_NONE], Gives::Any, |call| {
        let length = text_or_context(call)?.chars().count();
        Ok(Sequence::Atomic(Atomic::Integer(length as i128)))
    })
    .from(0),
    Signature::new("normalize-space", &[TEXT_OR_NONE], Gives::Text, |call| {
        Ok(Sequence::from(strings::normalize_space(text_or_context(call)?)))
    })
    .from(0),
    Signature::new("normalize-unicode", &[TEXT_OR_NONE, TEXT], Gives::Text, |call| {
        let form = if call.count() > 1 { call.text(1)? } else { Cow::Borrowed("NFC") };
        made(call, |text| string_functions::normalize_unicode(text, &form))
    })
    .from(1),
    Signature::new("upper-case", &[TEXT_OR_NONE], Gives::Text, |call| {
        made(call, |text| Ok(string_functions::upper_case(text)))
    }),
    Signature::new("lower-case", &[TEXT_OR_NONE], Gives::Text, |call| {
        made(call, |text| Ok(string_functions::lower_case(text)))
    }),
    Signature::new("translate", &[TEXT_OR_NONE, TEXT, TEXT], Gives::Text, |call| {
        let (text, from, to) = (call.text(0)?, call.text(1)?, call.text(2)?);
        // The table is put in order at every call.
        call.evaluator.spend((from.len() + to.len()) as u64)?;
        Ok(Sequence::from(strings::translate(text, &from, &to)))
    }),
    Signature::new("contains", &[TEXT_OR_NONE, TEXT_OR_NONE, TEXT], Gives::Truth, |call| {
        test(call, |text, mark| strings::find(text, mark).is_some())
    })
    .from(2),
    Signature::new("starts-with", &[TEXT_OR_NONE, TEXT_OR_NONE, TEXT], Gives::Truth, |call| {
        test(call, |text, mark| text.starts_with(mark))
    })
    .from(2),
    Signature::new("ends-with", &[TEXT_OR_NONE, TEXT_OR_NONE, TEXT], Gives::Truth, |call| {
        test(call, string_functions::ends_with)
    })
    .from(2),
    Signature::new("substring-before", &[TEXT_OR_NONE, TEXT_OR_NONE, TEXT], Gives::Text, |call| {
        call.check_collation(2)?;
        Ok(Sequence::from(strings::before(call.text(0)?, &call.text(1)?)))
    })
    .from(2),
    Signature::new("substring-after", &[TEXT_OR_NONE, TEXT_OR_NONE, TEXT], Gives::Text, |call| {
        call.check_collation(2)?;
        Ok(Sequence::from(strings::after(call.text(0)?, &call.text(1)?)))
    })
    .from(2),
    Signature::new("compare", &[TEXT_OR_NONE, TEXT_OR_NONE, TEXT], Gives::Any, |call| {
        call.check_collation(2)?;
        both(call, |left, right| Atomic::Integer(string_functions::compare(left, right)))
    })
    .from(2),
    Signature::new("codepoint-equal", &[TEXT_OR_NONE, TEXT_OR_NONE], Gives::Plain, |call| {
        both(call, |left, right| Atomic::Boolean(string_functions::codepoint_equal(left, right)))
    }),
    Signature::new("codepoints-to-string", &[CODE_POINTS], Gives::Text, codepoints_to_string),
    Signature::new("string-to-codepoints", &[TEXT_OR_NONE], Gives::Any, |call| {
        let text = call.text(0)?;
        call.evaluator.spend(text.len() as u64)?;
        Ok(Sequence::from_atoms(string_functions::string_to_codepoints(&text).map(Atomic::Integer).collect()))
    }),
    Signature::new("matches", &[TEXT_OR_NONE, TEXT, TEXT], Gives::Truth, |call| {
        let regex = call.evaluator.regular_expression(&call.text(1)?, &call.text(2)?)?;
        Ok(Sequence::from(call.evaluator.matched(&regex, &call.text(0)?)?))
    })
    .from(2),
    Signature::new("replace", &[TEXT_OR_NONE, TEXT, TEXT, TEXT], Gives::Text, |call| {
        let regex = call.evaluator.regular_expression(&call.text(1)?, &call.text(3)?)?;
        call.evaluator.replaced(&regex, call.text(0)?, &call.text(2)?)
    })
    .from(3),
    Signature::new("tokenize", &[TEXT_OR_NONE, TEXT, TEXT], Gives::Plain, |call| {
        let regex = call.evaluator.regular_expression(&call.text(1)?, &call.text(2)?)?;
        call.evaluator.tokenized(&regex, call.text(0)?)
    })
    .from(2),
    Signature::new("encode-for-uri", &[TEXT_OR_NONE], Gives::Text, |call| {
        made(call, |text| Ok(string_functions::encode_for_uri(text)))
    }),
    Signature::new("iri-to-uri", &[TEXT_OR_NONE], Gives::Text, |call| {
        made(call, |text| Ok(string_functions::iri_to_uri(text)))
    }),
    Signature::new("escape-html-uri", &[TEXT_OR_NONE], Gives::Text, |call| {
        made(call, |text| Ok(string_functions::escape_html_uri(text)))
    }),
    Signature::new("resolve-uri", &[TEXT_OR_NONE, TEXT], Gives::Plain, resolve_uri).from(1),
];

fn concat<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let mut joined = String::new();
    for index in 0..call.count() {
        if let Some(atomic) = call.atom(index) {
            let text = atomic.canonical_text();
            // By the byte: what is joined takes memory of its own.
            call.evaluator.spend(text.len() as u64)?;
            joined.push_str(&text);
        }
    }
    Ok(Sequence::from(joined))
}

fn string_join<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let (parts, separator) = (call.atoms(0), call.text(1)?);
    let texts = || parts.iter().filter_map(|part| part.as_text().map(Cow::as_ref));
    let length: usize = texts().map(|text| text.len() + separator.len()).sum();
    call.evaluator.spend(length as u64)?;
    Ok(Sequence::from(string_functions::string_join(texts(), &separator)))
}

fn codepoints_to_string<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let points = call.argument(0);
    call.evaluator.spend(points.len() as u64)?;
    let point = |item: Item<'_>| match item {
        Item::Atomic(atomic) => match atomic.primitive() {
            Atomic::Integer(number) => Some(*number),
            _ => None,
        },
        Item::Node(_) => None,
    };
    Ok(Sequence::from(string_functions::codepoints_to_string(points.items().filter_map(point))?))
}

/// Relative to the base of the expression only what needs none can be resolved: where rules come from is not known.
fn resolve_uri<'a>(call: &Call<'a, '_>) -> Value<'a> {
    let Some(relative) = call.optional_text(0)? else { return Ok(Sequence::EMPTY) };
    let base = call.optional_text(1)?;
    call.evaluator.spend((relative.len() + base.as_ref().map_or(0, |base| base.len())) as u64)?;
    let resolved = match base {
        Some(base) => string_functions::resolve_uri(&relative, &base)?,
        None => string_functions::resolve_uri(&relative, "").map_err(|_| fault("FONS0005"))?,
    };
    Ok(Sequence::Atomic(Atomic::Uri(Cow::Owned(resolved))))
}

/// The text of the first argument; where it was left out, that of the context item.
fn text_or_context<'a>(call: &Call<'a, '_>) -> Result<Cow<'a, str>, EvaluationError> {
    if call.count() > 0 {
        return call.text(0);
    }
    match call.context_item()? {
        Item::Node(node) => call.evaluator.text_of(node),
        Item::Atomic(atomic) => Ok(atomic.canonical_text()),
    }
}

/// A text made of the first argument, charged by the byte.
fn made<'a>(call: &Call<'a, '_>, make: impl Fn(&str) -> Result<String, EvaluationError>) -> Value<'a> {
    let text = call.text(0)?;
    call.evaluator.spend(text.len() as u64)?;
    Ok(Sequence::from(make(&text)?))
}

/// A truth about two texts, of which an absent one is empty.
fn test<'a>(call: &Call<'a, '_>, holds: fn(&str, &str) -> bool) -> Value<'a> {
    call.check_collation(2)?;
    Ok(Sequence::from(holds(&call.text(0)?, &call.text(1)?)))
}

/// What is known of two texts; nothing where one of them is absent.
fn both<'a>(call: &Call<'a, '_>, tell: fn(&str, &str) -> Atomic<'static>) -> Value<'a> {
    match (call.optional_text(0)?, call.optional_text(1)?) {
        (Some(left), Some(right)) => optional(Some(tell(&left, &right))),
        _ => Ok(Sequence::EMPTY),
    }
}
