//! How scores and rules go over many runs, and whether they reach what is aimed at.

use std::collections::HashMap;
use std::ops::Range;

use kirjuri::{Criterion, Texts, nearest};
use kirjuri_report::{Fault, TomlReader, in_order, read_toml};
use toml::de::DeTable;

use crate::differences::Differences;
use crate::policy::{criteria, share};
use crate::scope::Scope;
use crate::statistics::Share;
use crate::summary::Summary;
use crate::words::places;

/// What is aimed at.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// The file, as the user named it.
    pub path: String,
    targets: Vec<Target>,
}

#[derive(Clone, Debug)]
struct Target {
    place: (usize, usize),
    aim: Aim,
}

/// One aim.
#[derive(Clone, PartialEq, Debug)]
pub enum Aim {
    /// A least score of a criterion.
    Score(Criterion, f64),
    /// A greatest share of places at which a rule fails.
    Rate(String, f64),
}

/// The keys of a target.
const KEYS: [&str; 4] = ["criterion", "min-score", "rule", "max-rate"];

impl Targets {
    /// Reads targets from the text of a file.
    ///
    /// # Errors
    /// All that is wrong, each with its place and, where one is near, a suggestion.
    pub fn parse(path: &str, text: &str) -> Result<Targets, Vec<Fault>> {
        read_toml(path, text, |reader, table| {
            let mut tables = Vec::new();
            for (key, value) in in_order(table) {
                match key.as_ref().as_ref() {
                    "target" => tables = reader.tables(value, "[[target]]"),
                    _ => reader.unknown_key(key, &["target"]),
                }
            }
            // A file of something else has no targets either, and its keys are told.
            let is_empty = tables.is_empty() && table.keys().all(|key| key.as_ref().as_ref() == "target");
            if is_empty {
                reader.fault(0..0, "there is no target; one is written `[[target]]`");
            }
            let targets = tables.into_iter().filter_map(|(span, table)| target(reader, span, table)).collect();
            Targets { path: path.to_owned(), targets }
        })
    }
}

fn target(reader: &mut TomlReader, span: Range<usize>, table: &DeTable<'_>) -> Option<Target> {
    let (mut criterion, mut score, mut rule, mut rate) = (None, None, None, None);
    for (key, value) in in_order(table) {
        match key.as_ref().as_ref() {
            "criterion" => criterion = reader.choice(value, "criterion", &criteria()),
            "min-score" => score = share(reader, value, "min-score"),
            "rule" => rule = reader.text(value),
            "max-rate" => rate = share(reader, value, "max-rate"),
            _ => reader.unknown_key(key, &KEYS),
        }
    }
    let are_known = table.keys().all(|key| KEYS.contains(&key.as_ref().as_ref()));
    let place = reader.position(span.start);
    let written = KEYS.map(|key| table.contains_key(key));
    if are_known && !matches!(written, [true, true, false, false] | [false, false, true, true]) {
        reader.fault(span, "a target has `criterion` and `min-score`, or `rule` and `max-rate`");
    }
    let of_criterion = criterion.zip(score).map(|(criterion, score)| Aim::Score(criterion, score));
    let of_rule = || rule.zip(rate).map(|(rule, rate)| Aim::Rate(rule.into_inner(), rate));
    of_criterion.or_else(of_rule).map(|aim| Target { place, aim })
}

/// Runs in their time.
#[derive(Clone, Debug, Default)]
pub struct Trend {
    /// The runs, the oldest first.
    pub runs: Vec<TrendRun>,
    /// The criteria that a run has a score of.
    pub criteria: Vec<CriterionTrend>,
    /// The rules that failed in one of the runs; those first that fail most in the last.
    pub rules: Vec<RuleTrend>,
    /// The file of the targets, where there is one.
    pub targets: Option<String>,
    /// What became of the targets, in their order.
    pub aims: Vec<AimReached>,
}

/// A run of a trend.
#[derive(Clone, Debug)]
pub struct TrendRun {
    /// What it is called.
    pub label: String,
    /// When it began.
    pub started: Option<String>,
    /// Documents that were checked.
    pub documents: u64,
    /// It was stopped before its end.
    pub is_partial: bool,
    /// Packs whose version is another than in the run before.
    pub new_packs: Vec<String>,
    /// In what it was not made like the run before.
    pub differences: Differences,
}

/// A criterion over the runs.
#[derive(Clone, Debug)]
pub struct CriterionTrend {
    /// The criterion.
    pub criterion: Criterion,
    /// Its score in each run.
    pub scores: Vec<Option<f64>>,
}

/// A rule over the runs.
#[derive(Clone, Debug)]
pub struct RuleTrend {
    /// `pack/name`.
    pub rule: String,
    /// What is wrong where it fails.
    pub title: Texts,
    /// The places at which it failed in each run; nothing where the run does not have it.
    pub places: Vec<Option<Share>>,
}

/// What became of a target in the last run.
#[derive(Clone, Debug)]
pub struct AimReached {
    /// Line and column in the file.
    pub place: (usize, usize),
    /// The target.
    pub aim: Aim,
    /// The score or rate of the last run; nothing where it has none.
    pub value: Option<f64>,
    /// The last run does not have the rule; the nearest one it has.
    pub no_such_rule: Option<Option<String>>,
}

impl AimReached {
    /// Whether it is reached; nothing where that cannot be said.
    pub fn is_reached(&self) -> Option<bool> {
        self.value.map(|value| match self.aim {
            Aim::Score(_, least) => value >= least,
            Aim::Rate(_, most) => value <= most,
        })
    }
}

/// Puts runs, each with what it is called, in the order of their time; those without a time stay where they were given.
pub fn in_time(mut runs: Vec<(String, Summary)>) -> Vec<(String, Summary)> {
    if runs.iter().all(|(_, run)| run.run.started.is_some()) {
        runs.sort_by_key(|(_, run)| instant(run));
    }
    runs
}

/// A time as something to sort by: its seconds since 1970 as far as it is written as `2026-11-22T10:00:00+02:00`.
fn instant(run: &Summary) -> Option<i64> {
    let text = run.run.started.as_deref()?;
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    // Days from the civil calendar, the year beginning in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day;
    let seconds = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
    let zone = text.get(19..).unwrap_or_default();
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let part = |range: std::ops::Range<usize>| zone.get(range).and_then(|part| part.parse::<i64>().ok());
    let offset = part(1..3).unwrap_or_default() * 3600 + part(4..6).unwrap_or_default() * 60;
    Some(days * 86_400 + seconds - sign * offset)
}

/// The trend of runs that stand in the order of their time.
pub fn trend(runs: &[(String, Summary)], targets: Option<&Targets>) -> Trend {
    let points = runs.iter().enumerate().map(|(number, (label, run))| {
        let before = number.checked_sub(1).and_then(|before| runs.get(before)).map(|(_, before)| before);
        let changed = run.run.packs.iter().filter(|pack| {
            let before = before.and_then(|before| before.run.packs.iter().find(|known| known.id == pack.id));
            before.is_some_and(|before| before.version != pack.version)
        });
        TrendRun {
            label: label.clone(),
            started: run.run.started.clone(),
            documents: run.run.account.checked,
            is_partial: run.run.partial,
            new_packs: changed.map(|pack| pack.id.clone()).collect(),
            differences: before.map(|before| Differences::between(before, run)).unwrap_or_default(),
        }
    });
    let scores: Vec<Vec<_>> = runs.iter().map(|(_, run)| Scope::whole(run).scores()).collect();
    let score = |criterion: Criterion, run: &[crate::CriterionScore]| {
        let mut scores = run.iter();
        scores.find(|score| score.criterion == criterion && score.exercised > 0).map(|score| score.score)
    };
    let criteria = Criterion::ALL.into_iter().map(|criterion| CriterionTrend {
        criterion,
        scores: scores.iter().map(|run| score(criterion, run)).collect(),
    });
    let mut trend = Trend {
        runs: points.collect(),
        criteria: criteria.filter(|criterion| criterion.scores.iter().any(Option::is_some)).collect(),
        rules: rules(runs),
        targets: targets.map(|targets| targets.path.clone()),
        aims: Vec::new(),
    };
    for target in targets.iter().flat_map(|targets| &targets.targets) {
        let (value, no_such_rule) = match &target.aim {
            Aim::Score(criterion, _) => (scores.last().and_then(|run| score(*criterion, run)), None),
            Aim::Rate(rule, _) => {
                let rules = runs.last().map(|(_, run)| run.rules.as_slice()).unwrap_or_default();
                match rules.iter().find(|known| known.id == *rule) {
                    Some(known) => (places(known.tally).rate(), None),
                    None => (None, Some(nearest(rule, rules.iter().map(|known| known.id.as_str())).map(str::to_owned))),
                }
            }
        };
        trend.aims.push(AimReached { place: target.place, aim: target.aim.clone(), value, no_such_rule });
    }
    trend
}

fn rules(runs: &[(String, Summary)]) -> Vec<RuleTrend> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut rules: Vec<RuleTrend> = Vec::new();
    // The newest run says best what a rule is about.
    for (number, (_, run)) in runs.iter().enumerate().rev() {
        for rule in &run.rules {
            let of_rule = *numbers.entry(rule.id.as_str()).or_insert_with(|| {
                let (id, title) = (rule.id.clone(), rule.title.clone());
                rules.push(RuleTrend { rule: id, title, places: vec![None; runs.len()] });
                rules.len() - 1
            });
            let place = rules.get_mut(of_rule).and_then(|rule| rule.places.get_mut(number));
            if let Some(place) = place {
                *place = Some(places(rule.tally));
            }
        }
    }
    rules.retain(|rule| rule.places.iter().flatten().any(|share| share.failed > 0));
    let last = |rule: &RuleTrend| rule.places.last().copied().flatten().and_then(Share::rate).unwrap_or_default();
    rules.sort_by(|a, b| last(b).total_cmp(&last(a)).then_with(|| a.rule.cmp(&b.rule)));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(started: &str) -> Summary {
        let mut summary = Summary::default();
        summary.run.started = Some(started.to_owned());
        summary
    }

    #[test]
    fn runs_are_put_in_the_order_of_their_time_wherever_they_were_made() {
        let times = ["2026-11-01T10:00:00+02:00", "2026-03-01T00:30:00+02:00", "2026-02-28T22:45:00+00:00"];
        let sorted = in_time(times.iter().map(|time| ((*time).to_owned(), run(time))).collect());
        let order: Vec<&str> = sorted.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(order, [times[1], times[2], times[0]]);
    }

    fn check(text: &str, expected: &[&str]) {
        let found = match Targets::parse("targets.toml", text) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_is_wrong_in_targets_is_said_with_its_place() {
        check("[[target]]\ncriterion = \"correctness\"\nmin-score = 0.99\n", &[]);
        for text in ["", "target = []"] {
            check(text, &["targets.toml:1:1: there is no target; one is written `[[target]]`"]);
        }
        check("[[limit]]\nmax-count = 0\n", &["targets.toml:1:3: there is no key `limit`; the only key is `target`"]);
        check(
            "[[target]]\ncriterion = \"corectness\"\nmin-score = 99.0\n[[target]]\nrule = \"a/b\"\n",
            &[
                "targets.toml:2:13: there is no criterion `corectness`; did you mean `correctness`?",
                "targets.toml:3:13: `min-score` is a share from 0 to 1; did you mean `0.99`?",
                "targets.toml:4:1: a target has `criterion` and `min-score`, or `rule` and `max-rate`",
            ],
        );
    }
}
