//! Reads `[describe]` of `pack.toml`.

use std::fmt;

use kirjuri_xpath::{Program, StaticContext};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use toml::Spanned;

use super::{Describing, Field};
use crate::rule;
use crate::source::{PackError, Reader};

/// `[describe]` as a pack has it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DescribeEntry {
    document_type: Option<Spanned<Expressions>>,
    version: Option<Spanned<Expressions>>,
    form: Option<Spanned<Expressions>>,
    unit: Option<Spanned<Expressions>>,
    provider: Option<Spanned<Expressions>>,
    municipality: Option<Spanned<Expressions>>,
    software: Option<Spanned<Expressions>>,
    software_version: Option<Spanned<Expressions>>,
    author_role: Option<Spanned<Expressions>>,
    month: Option<Spanned<Expressions>>,
}

/// An expression, or several of which the first counts that says something.
enum Expressions {
    One(String),
    /// Each with its own place, so that an error points into it.
    Any(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for Expressions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Expressions, D::Error> {
        struct OneOrAny;
        impl<'de> Visitor<'de> for OneOrAny {
            type Value = Expressions;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an expression, or a list of them")
            }

            fn visit_str<E>(self, text: &str) -> Result<Expressions, E> {
                Ok(Expressions::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Expressions, A::Error> {
                let mut any = Vec::new();
                while let Some(one) = list.next_element()? {
                    any.push(one);
                }
                Ok(Expressions::Any(any))
            }
        }
        deserializer.deserialize_any(OneOrAny)
    }
}

/// Compiles what a pack says of its documents. What is wrong goes to `errors`.
pub(crate) fn read(
    reader: Reader<'_>,
    entry: DescribeEntry,
    names: &mut StaticContext,
    errors: &mut Vec<PackError>,
) -> Describing {
    let fields = [
        (Field::DocumentType, entry.document_type),
        (Field::Version, entry.version),
        (Field::Form, entry.form),
        (Field::Unit, entry.unit),
        (Field::Provider, entry.provider),
        (Field::Municipality, entry.municipality),
        (Field::Software, entry.software),
        (Field::SoftwareVersion, entry.software_version),
        (Field::AuthorRole, entry.author_role),
        (Field::Month, entry.month),
    ];
    let mut all = Vec::new();
    for (field, written) in fields {
        let Some(written) = written else { continue };
        let span = written.span();
        let expressions = match written.into_inner() {
            Expressions::One(one) => vec![Spanned::new(span, one)],
            Expressions::Any(any) if any.is_empty() => {
                errors.push(reader.error(span.start, "a list of expressions has at least one"));
                continue;
            }
            Expressions::Any(any) => any,
        };
        let mut program = |it: &Spanned<String>| rule::compile(reader, it, errors, |it| Program::compile(it, names));
        all.push((field, expressions.iter().filter_map(&mut program).collect()));
    }
    Describing(all)
}
