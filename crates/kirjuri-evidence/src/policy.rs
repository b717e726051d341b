//! A policy: what limits the numbers of a run must keep, as a file says it.

use std::ops::Range;

use kirjuri::{Criterion, Severity};
use kirjuri_report::{Dimension, Fault, TomlReader, TomlValue, in_order, read_toml};
use toml::Spanned;
use toml::de::DeTable;

/// The limits of a policy, and how they are judged.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The file, as the user named it.
    pub path: String,
    pub(crate) judge: Judge,
    pub(crate) limits: Vec<Limit>,
}

/// What is done where a limit cannot be judged.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Otherwise {
    /// The gate says that it does not know.
    #[default]
    Unknown,
    /// The limit is left out.
    Skip,
    /// It is judged all the same.
    Judge,
}

/// How limits are judged.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Judge {
    pub(crate) level: f64,
    pub(crate) min_documents: u64,
    /// Nothing where the policy leaves it open.
    pub(crate) too_few: Option<Otherwise>,
    pub(crate) not_measured: Otherwise,
    pub(crate) partial: Otherwise,
    pub(crate) without_earlier: Otherwise,
    pub(crate) different_packs: Otherwise,
    pub(crate) different_days: Otherwise,
}

/// The level of significance where a policy names none.
const LEVEL: f64 = 0.05;

/// One limit, or several on the same rules and documents.
#[derive(Clone, Default, Debug)]
pub(crate) struct Limit {
    /// Line and column of the entry.
    pub(crate) place: (usize, usize),
    pub(crate) name: Option<String>,
    pub(crate) rule: Option<Named<String>>,
    pub(crate) pack: Option<Named<String>>,
    pub(crate) criterion: Option<Criterion>,
    pub(crate) severity: Option<Severity>,
    pub(crate) each_rule: bool,
    pub(crate) by: Option<Dimension>,
    pub(crate) value: Option<Named<String>>,
    pub(crate) of_documents: bool,
    pub(crate) max_rate: Option<f64>,
    pub(crate) max_count: Option<u64>,
    pub(crate) min_score: Option<f64>,
    pub(crate) not_worse: bool,
    pub(crate) min_documents: Option<u64>,
}

/// A name and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Named<T> {
    pub(crate) name: T,
    /// Line and column.
    pub(crate) place: (usize, usize),
}

/// The keys of a policy, and of what stands in it.
const KEYS: [&str; 2] = ["judge", "limit"];
const JUDGE_KEYS: [&str; 8] = [
    "level",
    "min-documents",
    "too-few",
    "not-measured",
    "partial",
    "without-earlier",
    "different-packs",
    "different-days",
];
const LIMIT_KEYS: [&str; 14] = [
    "name",
    "rule",
    "pack",
    "criterion",
    "severity",
    "each-rule",
    "by",
    "value",
    "of",
    "max-rate",
    "max-count",
    "min-score",
    "not-worse",
    "min-documents",
];

impl Policy {
    /// Reads a policy from the text of a file.
    ///
    /// # Errors
    /// All that is wrong, each with its place and, where one is near, a suggestion.
    pub fn parse(path: &str, text: &str) -> Result<Policy, Vec<Fault>> {
        read_toml(path, text, |reader, table| {
            let (mut judge, mut limits) = (Judge::default(), Vec::new());
            for (key, value) in in_order(table) {
                match key.as_ref().as_ref() {
                    "judge" => judge = read_judge(reader, value),
                    "limit" => {
                        let tables = reader.tables(value, "[[limit]]");
                        limits = tables.into_iter().map(|(span, table)| limit(reader, span, table)).collect();
                    }
                    _ => reader.unknown_key(key, &KEYS),
                }
            }
            if table.get("limit").is_none_or(|value| value.as_ref().as_array().is_some_and(|it| it.is_empty())) {
                reader.fault(0..0, "the policy has no limit; one is written `[[limit]]`");
            }
            Policy { path: path.to_owned(), judge, limits }
        })
    }
}

impl Default for Judge {
    fn default() -> Judge {
        let unknown = Otherwise::Unknown;
        Judge {
            level: LEVEL,
            min_documents: 0,
            too_few: None,
            not_measured: unknown,
            partial: unknown,
            without_earlier: unknown,
            different_packs: unknown,
            different_days: unknown,
        }
    }
}

fn read_judge(reader: &mut TomlReader, value: TomlValue<'_, '_>) -> Judge {
    const ANY: [(&str, Otherwise); 3] =
        [("unknown", Otherwise::Unknown), ("skip", Otherwise::Skip), ("judge", Otherwise::Judge)];
    let mut judge = Judge::default();
    let table = reader.expected(value, "a [judge] table", value.as_ref().as_table());
    for (key, value) in table.into_iter().flat_map(in_order) {
        let name = key.as_ref().as_ref();
        let mut otherwise = || reader.choice(value, "choice", &ANY).unwrap_or_default();
        match name {
            "level" => judge.level = level(reader, value).unwrap_or(LEVEL),
            "min-documents" => judge.min_documents = reader.count(value).unwrap_or_default(),
            "too-few" => judge.too_few = reader.choice(value, "choice", &ANY),
            "partial" => judge.partial = otherwise(),
            "different-packs" => judge.different_packs = otherwise(),
            "different-days" => judge.different_days = otherwise(),
            "not-measured" | "without-earlier" => {
                let chosen = otherwise();
                // Where nothing was measured there is nothing to judge.
                if chosen == Otherwise::Judge {
                    let message = format!("`{name}` is `unknown` or `skip`: there is nothing to judge by");
                    reader.fault(value.span(), message);
                }
                match name {
                    "not-measured" => judge.not_measured = chosen,
                    _ => judge.without_earlier = chosen,
                }
            }
            _ => reader.unknown_key(key, &JUDGE_KEYS),
        }
    }
    judge
}

fn level(reader: &mut TomlReader, value: TomlValue<'_, '_>) -> Option<f64> {
    let level = reader.number(value)?;
    if !(level > 0.0 && level < 1.0) {
        reader.fault(value.span(), "`level` lies between 0 and 1, for instance 0.05");
    }
    Some(level)
}

/// A share from 0 to 1.
pub(crate) fn share(reader: &mut TomlReader, value: TomlValue<'_, '_>, key: &str) -> Option<f64> {
    let share = reader.number(value)?;
    if !(0.0..=1.0).contains(&share) {
        let message = format!("`{key}` is a share from 0 to 1");
        let meant = share / 100.0;
        match (0.0..=1.0).contains(&meant) {
            true => reader.fault_with_help(value.span(), message, format!("did you mean `{meant}`?")),
            false => reader.fault(value.span(), message),
        }
    }
    Some(share)
}

fn limit(reader: &mut TomlReader, span: Range<usize>, table: &DeTable<'_>) -> Limit {
    let mut limit = Limit { place: reader.position(span.start), ..Limit::default() };
    let at = |key: &str| table.get(key).map(Spanned::span);
    for (key, value) in in_order(table) {
        let mut named = || reader.text(value).map(|name| Named::new(reader, &name));
        match key.as_ref().as_ref() {
            "name" => limit.name = reader.text(value).map(Spanned::into_inner),
            "rule" => limit.rule = named(),
            "pack" => limit.pack = named(),
            "criterion" => limit.criterion = reader.choice(value, "criterion", &criteria()),
            "severity" => limit.severity = reader.choice(value, "severity", &Severity::ALL.map(|it| (it.id(), it))),
            "each-rule" => limit.each_rule = reader.truth(value).unwrap_or_default(),
            "by" => limit.by = reader.choice(value, "dimension", &Dimension::ALL.map(|it| (it.id(), it))),
            "value" => limit.value = named(),
            "of" => {
                let units = [("places", false), ("documents", true)];
                limit.of_documents = reader.choice(value, "unit", &units).unwrap_or_default();
            }
            "max-rate" => limit.max_rate = share(reader, value, "max-rate"),
            "max-count" => limit.max_count = reader.count(value),
            "min-score" => limit.min_score = share(reader, value, "min-score"),
            "not-worse" => limit.not_worse = reader.truth(value).unwrap_or_default(),
            "min-documents" => limit.min_documents = reader.count(value),
            _ => reader.unknown_key(key, &LIMIT_KEYS),
        }
    }
    // What is written wrongly is written: that is told once.
    let is_written = |key: &str| table.contains_key(key);
    let are_known = table.keys().all(|key| LIMIT_KEYS.contains(&key.as_ref().as_ref()));
    if are_known && !limit.not_worse && !["max-rate", "max-count", "min-score"].into_iter().any(is_written) {
        let message = "the entry limits nothing: it needs `max-rate`, `max-count`, `min-score` or `not-worse = true`";
        reader.fault(span, message);
    }
    if let Some(of) = at("of").filter(|_| limit.of_documents && !is_written("rule") && !limit.each_rule) {
        let message = "documents can be counted for one rule at a time: several may fail in one document";
        reader.fault_with_help(of, message, "add `each-rule = true`");
    }
    if let Some(score) = at("min-score").filter(|_| !is_written("criterion") || limit.each_rule) {
        let message = "`min-score` is about a criterion";
        match limit.each_rule {
            true => reader.fault_with_help(score, message, "leave out `each-rule`"),
            false => reader.fault_with_help(score, message, "add `criterion`"),
        }
    }
    if let Some(value) = at("value").filter(|_| !is_written("by")) {
        reader.fault_with_help(value, "`value` is one of a dimension", "add `by`");
    }
    if let Some(rule) = limit.rule.as_ref().filter(|rule| !rule.name.contains('/')) {
        let message = format!("`{}` is not the id of a rule", rule.name);
        reader.fault_with_help(at("rule").unwrap_or_default(), message, "a rule is written PACK/RULE");
    }
    limit
}

impl Named<String> {
    fn new(reader: &TomlReader, name: &Spanned<String>) -> Named<String> {
        Named { place: reader.position(name.span().start), name: name.as_ref().clone() }
    }
}

/// The criteria by their names.
pub(crate) fn criteria() -> Vec<(&'static str, Criterion)> {
    Criterion::ALL.iter().map(|criterion| (criterion.id(), *criterion)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = match Policy::parse("policy.toml", text) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_is_wrong_in_a_policy_is_said_with_its_place() {
        check("[[limit]]\nrule = \"a/b\"\nmax-rate = 0.1\n", &[]);
        check("", &["policy.toml:1:1: the policy has no limit; one is written `[[limit]]`"]);
        check("[[limit]]\nmax-rat = 0.1\n", &["policy.toml:2:1: there is no key `max-rat`; did you mean `max-rate`?"]);
        check(
            "limits = 1\n[judge]\nlevle = 1\ntoo-few = \"skipp\"\n[[limit]]\nruel = 1\nmax-count = -1\nname = 1\n",
            &[
                "policy.toml:1:1: there is no key `limits`; did you mean `limit`?",
                "policy.toml:3:1: there is no key `levle`; did you mean `level`?",
                "policy.toml:4:11: there is no choice `skipp`; did you mean `skip`?",
                "policy.toml:6:1: there is no key `ruel`; did you mean `rule`?",
                "policy.toml:7:13: expected a whole number, 0 or more",
                "policy.toml:8:8: expected a text, found a number",
            ],
        );
        check("[limit]\nmax-count = 0\n", &["policy.toml:1:1: expected [[limit]] tables, found a table"]);
        check("limit = []", &["policy.toml:1:1: the policy has no limit; one is written `[[limit]]`"]);
        check(
            "[judge]\nlevel = 5\n[[limit]]\ncriterion = \"corectness\"\nmax-rate = 5.0\n",
            &[
                "policy.toml:2:9: `level` lies between 0 and 1, for instance 0.05",
                "policy.toml:4:13: there is no criterion `corectness`; did you mean `correctness`?",
                "policy.toml:5:12: `max-rate` is a share from 0 to 1; did you mean `0.05`?",
            ],
        );
        check(
            "[[limit]]\nby = \"place\"\nrule = \"hetu\"\n",
            &[
                "policy.toml:1:1: the entry limits nothing: it needs `max-rate`, `max-count`, `min-score` or \
                 `not-worse = true`",
                "policy.toml:2:6: there is no dimension `place`; one of area, provider, unit, software, form, \
                 author-role, document-type, month",
                "policy.toml:3:8: `hetu` is not the id of a rule; a rule is written PACK/RULE",
            ],
        );
        check(
            "[[limit]]\nof = \"documents\"\nvalue = \"x\"\nmin-score = 0.9\n",
            &[
                "policy.toml:2:6: documents can be counted for one rule at a time: several may fail in one document; \
                 add `each-rule = true`",
                "policy.toml:3:9: `value` is one of a dimension; add `by`",
                "policy.toml:4:13: `min-score` is about a criterion; add `criterion`",
            ],
        );
        check(
            "[judge]\nnot-measured = \"judge\"\n[[limit]]\nnot-worse = true\n",
            &["policy.toml:2:16: `not-measured` is `unknown` or `skip`: there is nothing to judge by"],
        );
    }
}
