//! The examples of a rule, as its file has them.

use kirjuri_tree::Limits;
use serde::Deserialize;
use toml::Spanned;

use super::Example;
use crate::identifiers::Date;
use crate::pack::Laws;
use crate::source::{PackError, Reader};
use crate::{embedded, lint, synthetic};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ExampleEntry {
    name: Spanned<String>,
    xml: Option<Spanned<String>>,
    json: Option<Spanned<String>>,
    xhtml: Option<Spanned<String>>,
    batch: Option<Spanned<Vec<Spanned<String>>>>,
    as_of: Option<Spanned<String>>,
    #[serde(default)]
    at: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Pass,
    Fail,
}

pub(super) fn examples(
    reader: Reader<'_>,
    laws: Laws,
    entries: Vec<Spanned<ExampleEntry>>,
    kind: Kind,
    on_series: bool,
    errors: &mut Vec<PackError>,
) -> Vec<Example> {
    if entries.is_empty() {
        let message = match kind {
            Kind::Pass => "a rule has at least one `[[pass]]`, a document in which it applies and finds nothing",
            Kind::Fail => "a rule has at least one `[[fail]]`, a document in which it finds something",
        };
        errors.push(reader.error(0, message));
    }
    entries.into_iter().map(|entry| example(reader, laws, entry, kind, on_series, errors)).collect()
}

fn example(
    reader: Reader<'_>,
    laws: Laws,
    entry: Spanned<ExampleEntry>,
    kind: Kind,
    on_series: bool,
    errors: &mut Vec<PackError>,
) -> Example {
    let judge = |written: &Spanned<String>, text: &str, errors: &mut Vec<PackError>| {
        if laws == Laws::Enforced {
            judge(reader, written, text, errors);
        }
    };
    let offset = entry.span().start;
    let entry = entry.into_inner();
    match (kind, entry.at.is_empty()) {
        (Kind::Pass, false) => errors.push(reader.error(offset, "a passing example has no `at`")),
        (Kind::Fail, true) => errors.push(reader.error(offset, "`at` lists the places where the rule finds something")),
        _ => {}
    }
    reader.check_line(entry.name.span().start, "name", entry.name.as_ref(), errors);
    let carried: Vec<&Spanned<String>> = match &entry.xml {
        Some(_) => entry.json.iter().chain(&entry.xhtml).collect(),
        None if entry.batch.is_some() => entry.json.iter().chain(&entry.xhtml).collect(),
        None => Vec::new(),
    };
    // What is carried may be what cannot be read: that is for the rule to say.
    for inside in &carried {
        judge(inside, inside.as_ref(), &mut Vec::new());
    }
    let batch = entry.batch.as_ref().map(Spanned::as_ref).map_or(&[][..], Vec::as_slice);
    for one in batch {
        judge(one, &whole(one.as_ref(), &entry), errors);
    }
    match &entry.batch {
        Some(_) if !on_series => errors.push(reader.error(offset, "only a rule on a series has a `batch`")),
        None if on_series => {
            errors.push(reader.error(offset, "an example of a rule on a series has a `batch`, its documents"));
        }
        Some(_) if entry.xml.is_some() => {
            errors.push(reader.error(offset, "an example has either a document or a `batch`"));
        }
        _ => {}
    }
    let document = match (&entry.xml, &entry.json) {
        _ if entry.batch.is_some() || on_series => String::new(),
        (Some(xml), _) => {
            let document = whole(xml.as_ref(), &entry);
            judge(xml, &document, errors);
            document
        }
        (None, Some(json)) => {
            judge(json, json.as_ref(), errors);
            json.as_ref().clone()
        }
        (None, None) => {
            errors.push(reader.error(offset, "an example has a document, `xml` or `json`"));
            String::new()
        }
    };
    let carried = carried.into_iter().map(|inside| inside.as_ref().clone()).collect();
    let batch = batch.iter().map(|one| whole(one.as_ref(), &entry)).collect();
    let as_of = match entry.as_of {
        None => Date::parse(Example::AS_OF),
        Some(written) => {
            let date = Date::parse(&written.as_ref().replace('-', ""));
            if date.is_none() {
                errors.push(reader.error(written.span().start, "a date is written YYYY-MM-DD"));
            }
            date
        }
    };
    Example { name: entry.name.into_inner(), at: entry.at, offset, as_of, document, carried, batch }
}

/// A document of an example with what it carries: `{json}` and `{xhtml}` in it stand for the base64 of those texts.
fn whole(document: &str, entry: &ExampleEntry) -> String {
    let mut whole = document.to_owned();
    for (mark, inside) in [("{json}", &entry.json), ("{xhtml}", &entry.xhtml)] {
        if let Some(inside) = inside {
            whole = whole.replace(mark, &embedded::encode(inside.as_ref()));
        }
    }
    whole
}

/// The laws of the documents of an example: they can be read, and are about nobody.
fn judge(reader: Reader<'_>, written: &Spanned<String>, text: &str, errors: &mut Vec<PackError>) {
    let place = |at| reader.inside(&written.span(), at);
    match lint::parse(text.as_bytes(), &Limits::default()) {
        Ok(document) => synthetic::judge_example(reader, &document, place, errors),
        Err(error) => {
            let message = format!("the example is not well-formed: {}", error.kind());
            errors.push(reader.error(place(error.offset()), message));
        }
    }
}
