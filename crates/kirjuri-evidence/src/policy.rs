//! A policy: what limits the numbers of a run must keep, as a file says it.

use std::ops::Range;

use kirjuri::{Criterion, Severity};
use kirjuri_report::Dimension;
use serde::Deserialize;
use toml::Spanned;

use crate::fault::{Fault, Source};

/// The limits of a policy, and how they are judged.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The file, as the user named it.
    pub path: String,
    pub(crate) judge: Judge,
    pub(crate) limits: Vec<Limit>,
}

/// What is done where a limit cannot be judged.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    pub(crate) too_few: Otherwise,
    pub(crate) not_measured: Otherwise,
    pub(crate) partial: Otherwise,
    pub(crate) without_earlier: Otherwise,
    pub(crate) different_packs: Otherwise,
}

/// The level of significance where a policy names none.
const LEVEL: f64 = 0.05;

/// One limit, or several on the same rules and documents.
#[derive(Clone, Debug)]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PolicyFile {
    #[serde(default)]
    judge: JudgeEntry,
    #[serde(default)]
    limit: Vec<Spanned<LimitEntry>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct JudgeEntry {
    level: Option<Spanned<f64>>,
    #[serde(default)]
    min_documents: u64,
    #[serde(default)]
    too_few: Otherwise,
    not_measured: Option<Spanned<Otherwise>>,
    #[serde(default)]
    partial: Otherwise,
    without_earlier: Option<Spanned<Otherwise>>,
    #[serde(default)]
    different_packs: Otherwise,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct LimitEntry {
    name: Option<String>,
    rule: Option<Spanned<String>>,
    pack: Option<Spanned<String>>,
    criterion: Option<Spanned<String>>,
    severity: Option<Spanned<String>>,
    #[serde(default)]
    each_rule: bool,
    by: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
    of: Option<Spanned<String>>,
    max_rate: Option<Spanned<f64>>,
    max_count: Option<u64>,
    min_score: Option<Spanned<f64>>,
    #[serde(default)]
    not_worse: bool,
    min_documents: Option<u64>,
}

impl Policy {
    /// Reads a policy from the text of a file.
    ///
    /// # Errors
    /// All that is wrong, each with line, column and, where one is near, a suggestion.
    pub fn parse(path: &str, text: &str) -> Result<Policy, Vec<Fault>> {
        let source = Source { path, text };
        let file: PolicyFile = source.parse().map_err(|fault| vec![fault])?;
        let mut faults = Vec::new();
        let judge = judge(source, &file.judge, &mut faults);
        if file.limit.is_empty() {
            faults.push(source.fault(0, "the policy has no limit; one is written `[[limit]]`"));
        }
        let limits = file.limit.into_iter().map(|entry| limit(source, entry, &mut faults)).collect();
        if faults.is_empty() { Ok(Policy { path: path.to_owned(), judge, limits }) } else { Err(faults) }
    }
}

fn judge(source: Source<'_>, entry: &JudgeEntry, faults: &mut Vec<Fault>) -> Judge {
    let level = entry.level.as_ref().map_or(LEVEL, |level| {
        if !(*level.get_ref() > 0.0 && *level.get_ref() < 1.0) {
            faults.push(source.fault(level.span().start, "`level` lies between 0 and 1, for instance 0.05"));
        }
        *level.get_ref()
    });
    // Where nothing was measured there is nothing to judge.
    let mut or_skip = |key: &str, value: &Option<Spanned<Otherwise>>| match value {
        Some(value) if *value.get_ref() == Otherwise::Judge => {
            let message = format!("`{key}` is `unknown` or `skip`: there is nothing to judge by");
            faults.push(source.fault(value.span().start, message));
            Otherwise::Unknown
        }
        Some(value) => *value.get_ref(),
        None => Otherwise::Unknown,
    };
    Judge {
        level,
        min_documents: entry.min_documents,
        too_few: entry.too_few,
        not_measured: or_skip("not-measured", &entry.not_measured),
        partial: entry.partial,
        without_earlier: or_skip("without-earlier", &entry.without_earlier),
        different_packs: entry.different_packs,
    }
}

fn limit(source: Source<'_>, entry: Spanned<LimitEntry>, faults: &mut Vec<Fault>) -> Limit {
    let at = entry.span().start;
    let entry = entry.into_inner();
    let named = |name: Option<Spanned<String>>| {
        name.map(|name| Named { place: source.position(name.span().start), name: name.into_inner() })
    };
    let criterion = entry.criterion.as_ref().and_then(|id| one_of(source, "criterion", id, &CRITERIA, faults));
    let severity = entry.severity.as_ref().and_then(|id| one_of(source, "severity", id, &SEVERITIES, faults));
    let by = entry.by.as_ref().and_then(|id| one_of(source, "dimension", id, &DIMENSIONS, faults));
    let units = [("places", false), ("documents", true)];
    let of_documents = entry.of.as_ref().and_then(|id| one_of(source, "unit", id, &units, faults)).unwrap_or_default();
    for (key, rate) in [("max-rate", &entry.max_rate), ("min-score", &entry.min_score)] {
        if let Some(rate) = rate.as_ref().filter(|rate| !(0.0..=1.0).contains(rate.get_ref())) {
            let meant = *rate.get_ref() / 100.0;
            let fault = source.fault(rate.span().start, format!("`{key}` is a share from 0 to 1"));
            let suggestion = (0.0..=1.0).contains(&meant).then(|| format!("{meant}"));
            faults.push(Fault { suggestion, ..fault });
        }
    }
    let has_limit = entry.max_rate.is_some() || entry.max_count.is_some() || entry.min_score.is_some();
    if !has_limit && !entry.not_worse {
        let message = "the entry limits nothing: it needs `max-rate`, `max-count`, `min-score` or `not-worse = true`";
        faults.push(source.fault(at, message));
    }
    if let Some(of) = entry.of.as_ref().filter(|_| of_documents && entry.rule.is_none() && !entry.each_rule) {
        let message = "documents can be counted for one rule at a time: several may fail in one document; \
                       add `each-rule = true`";
        faults.push(source.fault(of.span().start, message));
    }
    if let Some(score) = entry.min_score.as_ref().filter(|_| entry.criterion.is_none() || entry.each_rule) {
        faults.push(source.fault(score.span().start, "`min-score` is about a criterion: add `criterion`"));
    }
    if let Some(value) = entry.value.as_ref().filter(|_| entry.by.is_none()) {
        faults.push(source.fault(value.span().start, "`value` is one of a dimension: add `by`"));
    }
    if let Some(rule) = entry.rule.as_ref().filter(|rule| !rule.get_ref().contains('/')) {
        faults.push(source.fault(rule.span().start, "a rule is written PACK/RULE"));
    }
    Limit {
        place: source.position(at),
        name: entry.name,
        rule: named(entry.rule),
        pack: named(entry.pack),
        criterion,
        severity,
        each_rule: entry.each_rule,
        by,
        value: named(entry.value),
        of_documents,
        max_rate: entry.max_rate.map(Spanned::into_inner),
        max_count: entry.max_count,
        min_score: entry.min_score.map(Spanned::into_inner),
        not_worse: entry.not_worse,
        min_documents: entry.min_documents,
    }
}

/// The criteria by their names.
pub(crate) static CRITERIA: std::sync::LazyLock<Vec<(&'static str, Criterion)>> =
    std::sync::LazyLock::new(|| Criterion::ALL.iter().map(|criterion| (criterion.id(), *criterion)).collect());
static SEVERITIES: std::sync::LazyLock<Vec<(&'static str, Severity)>> =
    std::sync::LazyLock::new(|| Severity::ALL.iter().map(|severity| (severity.id(), *severity)).collect());
static DIMENSIONS: std::sync::LazyLock<Vec<(&'static str, Dimension)>> =
    std::sync::LazyLock::new(|| Dimension::ALL.iter().map(|dimension| (dimension.id(), *dimension)).collect());

/// The value of a name among those there are.
pub(crate) fn one_of<T: Copy>(
    source: Source<'_>,
    what: &str,
    id: &Spanned<String>,
    known: &[(&str, T)],
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let found = known.iter().find(|(name, _)| name == id.get_ref()).map(|(_, value)| *value);
    if found.is_none() {
        let span: Range<usize> = id.span();
        let fault = source.unknown(&span, what, id.get_ref(), known.iter().map(|(name, _)| *name));
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        // Where none is near, all of them.
        let all = if fault.suggestion.is_none() { format!(" ({})", names.join(", ")) } else { String::new() };
        faults.push(Fault { message: format!("{}{all}", fault.message), ..fault });
    }
    found
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
        check(
            "[[limit]]\nmax-rat = 0.1\n",
            &["policy.toml:2:1: unknown field `max-rat`, expected one of `name`, `rule`, `pack`, `criterion`, \
               `severity`, `each-rule`, `by`, `value`, `of`, `max-rate`, `max-count`, `min-score`, `not-worse`, \
               `min-documents`; did you mean `max-rate`?"],
        );
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
                "policy.toml:2:6: there is no dimension `place` (area, provider, unit, software, form, author-role, \
                 document-type, month)",
                "policy.toml:1:1: the entry limits nothing: it needs `max-rate`, `max-count`, `min-score` or \
                 `not-worse = true`",
                "policy.toml:3:8: a rule is written PACK/RULE",
            ],
        );
        check(
            "[[limit]]\nof = \"documents\"\nvalue = \"x\"\nmin-score = 0.9\n",
            &[
                "policy.toml:2:6: documents can be counted for one rule at a time: several may fail in one document; \
                 add `each-rule = true`",
                "policy.toml:4:13: `min-score` is about a criterion: add `criterion`",
                "policy.toml:3:9: `value` is one of a dimension: add `by`",
            ],
        );
        check(
            "[judge]\nnot-measured = \"judge\"\n[[limit]]\nnot-worse = true\n",
            &["policy.toml:2:16: `not-measured` is `unknown` or `skip`: there is nothing to judge by"],
        );
    }
}
