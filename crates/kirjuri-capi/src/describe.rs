//! What a rule set and its rules are, as JSON.

use kirjuri::identifiers::Date;
use kirjuri::{AnyRule, Guideline, Language, Pack, Rule, RuleSet, Schematron};
use kirjuri_report::{criterion_name, kind_name, rule_title};

use crate::abi::KirjuriString;
use crate::failure::{Code, ErrorSlot, Failure};
use crate::handle::{self, Handle};
use crate::input;
use crate::rule_set::Rules;
use crate::text::{self, Text};

/// Set aside to describe: texts of a rule are some hundred bytes, a list of ids has one line for each.
const RESERVE: usize = 1 << 20;

const NO_RULES: &str = "`rules` is no rule set";

#[derive(serde::Serialize)]
struct SetJson<'r> {
    version: &'static str,
    rules: usize,
    packs: Vec<PackJson<'r>>,
    schemas: Vec<SchemaJson<'r>>,
}

#[derive(serde::Serialize)]
struct PackJson<'r> {
    id: &'r str,
    version: &'r str,
    title: &'r str,
    rules: usize,
    guidelines: Vec<GuidelineJson<'r>>,
}

#[derive(serde::Serialize)]
struct GuidelineJson<'r> {
    key: &'r str,
    title: &'r str,
    publisher: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<String>,
}

#[derive(serde::Serialize)]
struct SchemaJson<'r> {
    id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'r str>,
    rules: usize,
    /// Assertions that do not compile and are never asked.
    not_compiled: usize,
}

impl<'r> SetJson<'r> {
    fn of(rules: &'r Rules, language: Language) -> SetJson<'r> {
        let set = rules.set();
        SetJson {
            version: env!("CARGO_PKG_VERSION"),
            rules: set.len(),
            packs: set.packs().iter().map(|pack| PackJson::of(pack, language)).collect(),
            schemas: set.schemas().iter().map(|schema| SchemaJson::of(schema)).collect(),
        }
    }
}

impl<'r> PackJson<'r> {
    fn of(pack: &'r Pack, language: Language) -> PackJson<'r> {
        let guideline = |(key, guideline): (&'r String, &'r Guideline)| GuidelineJson {
            key,
            title: &guideline.title,
            publisher: &guideline.publisher,
            valid_from: guideline.valid_from.map(Date::iso),
            valid_to: guideline.valid_to.map(Date::iso),
        };
        PackJson {
            id: &pack.id,
            version: &pack.version,
            title: pack.title.get(language),
            rules: pack.rules().len(),
            guidelines: pack.guidelines().iter().map(guideline).collect(),
        }
    }
}

impl<'r> SchemaJson<'r> {
    fn of(schema: &'r Schematron) -> SchemaJson<'r> {
        SchemaJson {
            id: &schema.id,
            version: schema.version.as_deref(),
            title: schema.title.as_deref(),
            phase: schema.phase.as_deref(),
            rules: schema.assertions().len(),
            not_compiled: schema.assertions().iter().filter(|assertion| !assertion.is_compiled).count(),
        }
    }
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum RuleJson<'r> {
    Native(NativeJson<'r>),
    Assertion(AssertionJson<'r>),
}

#[derive(serde::Serialize)]
struct NativeJson<'r> {
    rule: String,
    pack: &'r str,
    pack_version: &'r str,
    severity: &'static str,
    criterion: &'static str,
    criterion_name: &'static str,
    title: &'r str,
    why: &'r str,
    fix: &'r str,
    guidelines: Vec<ClauseJson<'r>>,
    was: Vec<String>,
    /// Whether it is about something that a draft may not have yet.
    about_missing: bool,
}

#[derive(serde::Serialize)]
struct ClauseJson<'r> {
    doc: &'r str,
    title: &'r str,
    publisher: &'r str,
    clause: &'r str,
}

#[derive(serde::Serialize)]
struct AssertionJson<'r> {
    rule: String,
    schema: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_version: Option<&'r str>,
    severity: &'static str,
    title: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    see: Option<&'r str>,
    compiled: bool,
}

impl<'r> RuleJson<'r> {
    fn of(any: AnyRule<'r>, language: Language) -> RuleJson<'r> {
        let rule = any.id();
        match any {
            AnyRule::Native(pack, known) => RuleJson::Native(NativeJson::of(rule, pack, known, language)),
            AnyRule::Assertion(schema, assertion) => RuleJson::Assertion(AssertionJson {
                rule,
                schema: &schema.id,
                schema_version: schema.version.as_deref(),
                severity: assertion.severity.id(),
                title: rule_title(any, language).into_owned(),
                kind: kind_name(assertion.kind),
                role: assertion.role.as_deref(),
                flag: assertion.flag.as_deref(),
                see: assertion.see.as_deref(),
                compiled: assertion.is_compiled,
            }),
        }
    }
}

impl<'r> NativeJson<'r> {
    fn of(id: String, pack: &'r Pack, rule: &'r Rule, language: Language) -> NativeJson<'r> {
        let clauses = rule.guidelines.iter().map(|clause| {
            let guideline = pack.guidelines().get(&clause.doc);
            ClauseJson {
                doc: &clause.doc,
                title: guideline.map_or("", |guideline| &guideline.title),
                publisher: guideline.map_or("", |guideline| &guideline.publisher),
                clause: &clause.clause,
            }
        });
        NativeJson {
            rule: id,
            pack: &pack.id,
            pack_version: &pack.version,
            severity: rule.severity.id(),
            criterion: rule.criterion.id(),
            criterion_name: criterion_name(rule.criterion, language),
            title: rule.title().get(language),
            why: rule.why().get(language),
            fix: rule.fix().get(language),
            guidelines: clauses.collect(),
            was: rule.was.iter().map(|was| format!("{}/{was}", pack.id)).collect(),
            about_missing: rule.is_about_missing(),
        }
    }
}

/// There is no rule of that id, but there may be one of nearly the same.
fn no_rule(set: &RuleSet, wanted: &str) -> Failure {
    let ids: Vec<String> = set.all().map(|rule| rule.id()).collect();
    let nearest = kirjuri::nearest(wanted, ids.iter().map(String::as_str));
    let meant = nearest.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
    Failure::new(Code::NotFound, format!("there is no rule of that id{meant}"))
}

/// `kirjuri_rule_set_describe` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_rule_set_describe(
    rules: *const Handle<Rules>,
    language: i32,
    error: ErrorSlot,
) -> *mut Handle<Text> {
    text::of_json(error, RESERVE, || {
        // SAFETY: the caller keeps the header.
        let rules = unsafe { handle::require(rules, NO_RULES) }?;
        Ok(SetJson::of(rules, input::language(language)?))
    })
}

/// `kirjuri_rule_set_list` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_rule_set_list(rules: *const Handle<Rules>, error: ErrorSlot) -> *mut Handle<Text> {
    text::of_json(error, RESERVE, || {
        // SAFETY: the caller keeps the header.
        let rules = unsafe { handle::require(rules, NO_RULES) }?;
        Ok(rules.set().all().map(|rule| rule.id()).collect::<Vec<_>>())
    })
}

/// `kirjuri_rule_describe` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_rule_describe(
    rules: *const Handle<Rules>,
    id: KirjuriString,
    language: i32,
    error: ErrorSlot,
) -> *mut Handle<Text> {
    text::of_json(error, RESERVE, || {
        // SAFETY: the caller keeps the header.
        let (rules, id) = unsafe { (handle::require(rules, NO_RULES)?, input::text(id)?) };
        let language = input::language(language)?;
        let set = rules.set();
        let index = set.find(id).ok_or_else(|| no_rule(set, id))?;
        Ok(RuleJson::of(set.get(index), language))
    })
}
