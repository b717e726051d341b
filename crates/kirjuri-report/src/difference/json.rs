//! The difference of two packs as JSON, `kirjuri-packs-diff/1`: keys are only ever added.

use std::io;

use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Change, Language, Pack};
use serde::Serialize;

use super::{Compared, Effects, NamedPlace, Places, Regraded, id_of, title_of};
use crate::batch::InputError;

#[derive(Serialize)]
struct DifferenceJson<'c> {
    schema: &'static str,
    language: &'static str,
    before: PackJson<'c>,
    after: PackJson<'c>,
    manifest: Vec<ChangeJson<'c>>,
    rules: Vec<RuleJson<'c>>,
    code_sets: Vec<CodeSetJson<'c>>,
    files: Vec<FileJson<'c>>,
    /// Where documents were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    effects: Option<EffectsJson<'c>>,
}

#[derive(Serialize)]
struct PackJson<'c> {
    id: &'c str,
    version: &'c str,
}

#[derive(Serialize)]
struct ChangeJson<'c> {
    key: &'c str,
    before: Option<&'c str>,
    after: Option<&'c str>,
}

#[derive(Serialize)]
struct RuleJson<'c> {
    rule: String,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<String>,
    title: &'c str,
    changes: Vec<ChangeJson<'c>>,
}

#[derive(Serialize)]
struct CodeSetJson<'c> {
    oid: &'c str,
    fate: &'static str,
    added: &'c [String],
    removed: &'c [String],
    altered: &'c [String],
    changes: Vec<ChangeJson<'c>>,
}

#[derive(Serialize)]
struct FileJson<'c> {
    path: &'c str,
    fate: &'static str,
}

#[derive(Serialize)]
struct EffectsJson<'c> {
    as_of: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    judged_by: Option<&'static str>,
    seen: u64,
    unreadable: u64,
    checked_before: u64,
    checked_after: u64,
    /// Where there are some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_read: Vec<NotReadJson<'c>>,
    rules: Vec<EffectJson<'c>>,
}

#[derive(Serialize)]
struct NotReadJson<'c> {
    document: &'c str,
    error: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    message: String,
}

#[derive(Serialize)]
struct EffectJson<'c> {
    rule: &'c str,
    starts: PlacesJson<'c>,
    stops: PlacesJson<'c>,
    /// Where the severity of the rule changed, and both versions find something.
    #[serde(skip_serializing_if = "Option::is_none")]
    regraded: Option<RegradedJson<'c>>,
}

#[derive(Serialize)]
struct RegradedJson<'c> {
    before: &'static str,
    after: &'static str,
    #[serde(flatten)]
    places: PlacesJson<'c>,
}

#[derive(Serialize)]
struct PlacesJson<'c> {
    count: u64,
    first: Vec<PlaceJson<'c>>,
}

#[derive(Serialize)]
struct PlaceJson<'c> {
    document: &'c str,
    line: u32,
    column: u32,
    path: &'c str,
}

/// Writes the difference of two packs as one JSON object and a line feed.
///
/// # Errors
/// What `out` says.
pub fn write_difference_json(compared: Compared<'_>, language: Language, out: &mut dyn io::Write) -> io::Result<()> {
    let Compared { before, after, difference, effects } = compared;
    let rules = difference.rules.iter().map(|rule| RuleJson {
        rule: id_of(compared, rule),
        fate: if rule.was.is_some() { "renamed" } else { rule.fate.id() },
        was: rule.was.as_ref().map(|was| format!("{}/{was}", before.id)),
        title: title_of(compared, rule, language),
        changes: changes(&rule.changes),
    });
    let code_sets = difference.code_sets.iter().map(|set| CodeSetJson {
        oid: &set.oid,
        fate: set.fate.id(),
        added: &set.added,
        removed: &set.removed,
        altered: &set.altered,
        changes: changes(&set.changes),
    });
    let json = DifferenceJson {
        schema: "kirjuri-packs-diff/1",
        language: language.code(),
        before: PackJson::from(before),
        after: PackJson::from(after),
        manifest: changes(&difference.manifest),
        rules: rules.collect(),
        code_sets: code_sets.collect(),
        files: difference.files.iter().map(|file| FileJson { path: &file.path, fate: file.fate.id() }).collect(),
        effects: effects.map(|effects| EffectsJson::new(effects, language)),
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    out.write_all(b"\n")
}

fn changes(changes: &[Change]) -> Vec<ChangeJson<'_>> {
    changes.iter().map(ChangeJson::from).collect()
}

impl<'c> From<&'c Pack> for PackJson<'c> {
    fn from(pack: &'c Pack) -> PackJson<'c> {
        PackJson { id: &pack.id, version: &pack.version }
    }
}

impl<'c> From<&'c Change> for ChangeJson<'c> {
    fn from(change: &'c Change) -> ChangeJson<'c> {
        ChangeJson { key: &change.key, before: change.before.as_deref(), after: change.after.as_deref() }
    }
}

impl<'c> EffectsJson<'c> {
    fn new(effects: &'c Effects, language: Language) -> EffectsJson<'c> {
        let rule = |(rule, effect): (&'c String, &'c super::RuleEffect)| EffectJson {
            rule,
            starts: PlacesJson::from(&effect.starts),
            stops: PlacesJson::from(&effect.stops),
            regraded: effect.regraded.as_ref().map(|Regraded { before, after, places }| RegradedJson {
                before: before.id(),
                after: after.id(),
                places: PlacesJson::from(places),
            }),
        };
        let not_read = |(document, error): &'c (String, InputError)| NotReadJson {
            document,
            error: error.id(),
            line: error.position().map(|at| at.line),
            column: error.position().map(|at| at.column),
            message: error.message(language),
        };
        EffectsJson {
            as_of: effects.as_of.day().map(Date::iso),
            judged_by: matches!(effects.as_of, AsOf::Document(_)).then_some("document"),
            seen: effects.seen,
            unreadable: effects.unreadable,
            checked_before: effects.checked_before,
            checked_after: effects.checked_after,
            not_read: effects.unread.iter().map(not_read).collect(),
            rules: effects.rules.iter().map(rule).collect(),
        }
    }
}

impl<'c> From<&'c Places> for PlacesJson<'c> {
    fn from(places: &'c Places) -> PlacesJson<'c> {
        let place = |NamedPlace { document, line, column, path }: &'c NamedPlace| PlaceJson {
            document,
            line: *line,
            column: *column,
            path,
        };
        PlacesJson { count: places.count, first: places.first.iter().map(place).collect() }
    }
}
