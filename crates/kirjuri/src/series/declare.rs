//! Reads the files of `series/`.

use std::collections::{BTreeMap, BTreeSet};

use kirjuri_xpath::{Pattern, Program, StaticContext, Type};
use serde::Deserialize;
use toml::Spanned;

use super::{FactKind, MemberKind, Series};
use crate::rule::{compile, is_kebab_case};
use crate::source::{PackError, Reader};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SeriesFile {
    least: Option<Spanned<usize>>,
    member: Vec<Spanned<MemberEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MemberEntry {
    name: Spanned<String>,
    context: Spanned<String>,
    point: Option<Spanned<String>>,
    group: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    order: Vec<Spanned<String>>,
    #[serde(default)]
    values: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    fingerprints: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// Of each kind of members, by so many texts at most it is grouped or sorted, and so many facts are kept: far more than
/// make sense, and few enough that a member stays small.
const MOST_TEXTS: usize = 8;
const MOST_FACTS: usize = 64;

/// Reads a series and enforces its laws; its expressions are those of the documents of the pack. What is wrong goes to
/// `errors`.
pub(crate) fn read(reader: Reader<'_>, names: &mut StaticContext, errors: &mut Vec<PackError>) -> Option<Series> {
    let file: SeriesFile = reader.parse().map_err(|error| errors.push(error)).ok()?;
    let name = reader.file.path.rsplit('/').next().and_then(|name| name.strip_suffix(".toml")).unwrap_or_default();
    if !is_kebab_case(name) {
        errors.push(reader.error(0, "the name of the file is the name of the series: lower-case words with hyphens"));
    }
    let least = file.least.as_ref().map_or(1, |least| *least.as_ref());
    if let Some(written) = file.least.as_ref().filter(|least| *least.as_ref() == 0) {
        errors.push(reader.error(written.span().start, "`least` counts from 1: a group has a member"));
    }
    if file.member.is_empty() {
        errors.push(reader.error(0, "a series has at least one `[[member]]`"));
    }
    let mut taken = BTreeSet::new();
    let mut members = Vec::with_capacity(file.member.len());
    for entry in file.member {
        let entry = entry.into_inner();
        if !taken.insert(entry.name.as_ref().clone()) {
            let message = format!("the member `{}` is declared twice", entry.name.as_ref());
            errors.push(reader.error(entry.name.span().start, message));
        }
        members.extend(member(reader, entry, names, errors));
    }
    let orders = members.iter().map(|member: &MemberKind| member.order.len()).max().unwrap_or_default();
    Some(Series { name: name.to_owned(), least, members, orders })
}

fn member(
    reader: Reader<'_>,
    entry: MemberEntry,
    names: &mut StaticContext,
    errors: &mut Vec<PackError>,
) -> Option<MemberKind> {
    if !is_xml_name(entry.name.as_ref()) || entry.name.as_ref() == "group" {
        let message = "the name of a member is lower-case words with hyphens, and not `group`";
        errors.push(reader.error(entry.name.span().start, message));
    }
    if entry.group.as_ref().is_empty() {
        errors.push(reader.error(entry.group.span().start, "a member has a `group`: whose members belong together"));
    }
    let texts = entry.group.as_ref().len().max(entry.order.len());
    if texts > MOST_TEXTS || entry.values.len() + entry.fingerprints.len() > MOST_FACTS {
        let message = format!("a member has at most {MOST_TEXTS} texts to group or to sort by, and {MOST_FACTS} facts");
        errors.push(reader.error(entry.name.span().start, message));
    }
    let context = compile(reader, &entry.context, errors, |source| Pattern::compile(source, names));
    let mut program =
        |source: &Spanned<String>| compile(reader, source, errors, |source| Program::compile(source, names));
    let point = entry.point.as_ref().map(&mut program);
    let group: Vec<_> = entry.group.as_ref().iter().filter_map(&mut program).collect();
    let order: Vec<_> = entry.order.iter().filter_map(&mut program).collect();
    let mut facts = Vec::new();
    for (entries, is_kept) in [(&entry.values, true), (&entry.fingerprints, false)] {
        for (name, value) in entries {
            facts.extend(program(value).map(|value| FactKind { name: name.as_ref().clone(), value, is_kept }));
        }
    }
    nodes(reader, "point", entry.point.as_ref(), point.as_ref().and_then(Option::as_ref), errors);
    for name in entry.values.keys().chain(entry.fingerprints.keys()) {
        let (at, name) = (name.span().start, name.as_ref());
        if !is_xml_name(name) || name == "document" {
            let message = "the name of a fact is lower-case words with hyphens, and not `document`";
            errors.push(reader.error(at, message));
        }
    }
    for twin in entry.fingerprints.keys().filter(|name| entry.values.keys().any(|it| it.as_ref() == name.as_ref())) {
        let message = format!("the fact `{}` is declared twice", twin.as_ref());
        errors.push(reader.error(twin.span().start, message));
    }
    facts.sort_by(|one, other| one.name.cmp(&other.name));
    Some(MemberKind { name: entry.name.into_inner(), context: context?, point: point.flatten(), group, order, facts })
}

/// The law of expressions that say where to point: they select nodes, as far as is known before they run.
pub(crate) fn nodes(
    reader: Reader<'_>,
    key: &str,
    written: Option<&Spanned<String>>,
    program: Option<&Program>,
    errors: &mut Vec<PackError>,
) {
    if let (Some(written), Some(program)) = (written, program)
        && !matches!(program.type_(), Type::Nodes | Type::Any)
    {
        let type_ = format!("{:?}", program.type_()).to_lowercase();
        let (source, span) = (written.as_ref(), written.span());
        let at = reader.inside(&span, source.len() - source.trim_start().len());
        errors.push(reader.error(at, format!("`{key}` selects nodes; this is a {type_}")));
    }
}

/// Whether a name of ours can be that of an element or an attribute.
fn is_xml_name(name: &str) -> bool {
    is_kebab_case(name) && name.starts_with(|first: char| first.is_ascii_lowercase())
}
