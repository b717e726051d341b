//! How two runs differ, or two groups of documents.

use std::collections::HashMap;

use kirjuri::{Criterion, Severity, Texts};
use kirjuri_report::GroupTally;

use crate::differences::{Differences, Unlike};
use crate::scope::{Scope, sum_of_places};
use crate::statistics::{Method, Share, Sides, benjamini_hochberg, two_proportions};
use crate::words::{documents, places};

/// With fewer on a side a share is a matter of chance.
const FEW: u64 = 10;

/// One of the two that are compared.
#[derive(Clone, Debug)]
pub struct Side<'s> {
    /// What it is called.
    pub label: String,
    /// Its numbers.
    pub scope: Scope<'s>,
}

/// How two sides differ.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What the sides are called.
    pub labels: [String; 2],
    /// How many documents each has.
    pub documents: [u64; 2],
    /// Whether each was stopped before its end.
    pub partial: [bool; 2],
    /// In what the two runs were not made alike.
    pub differences: Differences,
    /// The level below which a corrected probability counts as a difference.
    pub level: f64,
    /// Criteria, in the order of the national list.
    pub criteria: Vec<CriterionDifference>,
    /// Rules that both sides have and that applied in one of them: first those whose difference chance does not explain, the
    /// greatest first, then the others, those that applied to next to nothing behind, and last those that
    /// were not judged alike.
    pub rules: Vec<RuleDifference>,
    /// Rules that only one side has.
    pub only: [Vec<String>; 2],
}

/// How a criterion differs.
#[derive(Clone, Debug)]
pub struct CriterionDifference {
    /// The criterion.
    pub criterion: Criterion,
    /// The scores.
    pub scores: [Option<f64>; 2],
    /// The places at which its rules failed.
    pub places: [Share; 2],
    /// Why its rules were not judged alike: the difference may come from that, and is not tested.
    pub unlike: Option<Unlike>,
    /// What the test on the places says.
    pub test: Option<TestedDifference>,
}

/// How a rule differs.
#[derive(Clone, Debug)]
pub struct RuleDifference {
    /// `pack/name`.
    pub rule: String,
    /// What is wrong where it fails.
    pub title: Texts,
    /// Its severity.
    pub severity: Severity,
    /// Its criterion.
    pub criterion: Option<Criterion>,
    /// What failed on each side.
    pub shares: [Share; 2],
    /// Whether these are documents, and not places.
    pub of_documents: bool,
    /// Why it was not judged alike: the difference may come from that, and is not tested.
    pub unlike: Option<Unlike>,
    /// What the test says; nothing where nothing failed on either side, one of them has nothing, or it was not judged
    /// alike.
    pub test: Option<TestedDifference>,
}

impl RuleDifference {
    /// The second share less the first.
    pub fn difference(&self) -> Option<f64> {
        difference(self.shares)
    }

    /// Whether chance does not explain it, at a level.
    pub fn is_significant(&self, level: f64) -> bool {
        self.test.is_some_and(|test| test.corrected <= level)
    }
}

/// What a test says of a difference.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TestedDifference {
    /// How probable such a difference is where there is none.
    pub p: f64,
    /// The same, corrected for all rules, or all criteria, that are compared.
    pub corrected: f64,
    /// How it was found.
    pub method: Method,
}

fn difference([first, second]: [Share; 2]) -> Option<f64> {
    Some(second.rate()? - first.rate()?)
}

/// Compares two sides.
pub fn compare(first: &Side<'_>, second: &Side<'_>, level: f64) -> Comparison {
    let sides = [first, second];
    let differences = Differences::of(sides.map(|side| side.scope.run), sides.map(|side| side.scope.rules));
    let numbers = sides.map(|side| {
        let rules = side.scope.rules.iter().enumerate();
        rules.map(|(number, rule)| (rule.id.as_str(), number)).collect::<HashMap<&str, usize>>()
    });
    let [in_first, in_second] = &numbers;
    let mut rules = Vec::new();
    for (number, rule) in first.scope.rules.iter().enumerate() {
        let Some(&other) = in_second.get(rule.id.as_str()) else { continue };
        let tallies = [first.scope.tally(number), second.scope.tally(other)];
        if tallies.iter().all(|tally| tally.applied == 0) {
            continue;
        }
        // A rule on a series has no documents; where one side did not exercise it, that says nothing of what it counts.
        let of_documents = tallies.iter().all(|tally| tally.applied == 0 || tally.documents > 0);
        let shares = tallies.map(|tally| if of_documents { documents(tally) } else { places(tally) });
        let unlike = differences.unlike(&rule.id);
        rules.push(RuleDifference {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
            criterion: rule.criterion,
            shares,
            of_documents,
            unlike,
            test: test(shares).filter(|_| unlike.is_none()),
        });
    }
    correct(rules.iter_mut().filter_map(|rule| rule.test.as_mut()).collect());
    let size = |rule: &RuleDifference| rule.difference().map_or(-1.0, f64::abs);
    // One of one against one of a hundred is the greatest difference, and says the least.
    let rank = |rule: &RuleDifference| match rule.is_significant(level) {
        true => 0,
        false if rule.unlike.is_some() => 3,
        false if rule.shares.iter().all(|share| share.of >= FEW) => 1,
        false => 2,
    };
    rules.sort_by(|a, b| {
        rank(a).cmp(&rank(b)).then_with(|| size(b).total_cmp(&size(a))).then_with(|| a.rule.cmp(&b.rule))
    });
    let mut criteria: Vec<CriterionDifference> =
        Criterion::ALL.iter().filter_map(|it| criterion(*it, sides, &differences)).collect();
    correct(criteria.iter_mut().filter_map(|criterion| criterion.test.as_mut()).collect());
    let only = |own: &Scope<'_>, other: &HashMap<&str, usize>| {
        let rules = own.rules.iter().filter(|rule| !other.contains_key(rule.id.as_str()));
        rules.map(|rule| rule.id.clone()).collect::<Vec<_>>()
    };
    Comparison {
        labels: sides.map(|side| side.label.clone()),
        documents: sides.map(|side| side.scope.documents),
        partial: sides.map(|side| side.scope.run.partial),
        differences,
        level,
        criteria,
        rules,
        only: [only(&first.scope, in_second), only(&second.scope, in_first)],
    }
}

fn criterion(criterion: Criterion, sides: [&Side<'_>; 2], differences: &Differences) -> Option<CriterionDifference> {
    let score_of = |side: &Side<'_>| {
        let mut scores = side.scope.scores().into_iter();
        scores.find(|score| score.criterion == criterion && score.exercised > 0).map(|score| score.score)
    };
    let scores = sides.map(score_of);
    let own = sides.map(|side| of_criterion(&side.scope, criterion));
    let unlike = own.iter().flatten().filter_map(|(rule, _)| differences.unlike(rule)).min();
    let places = own.map(|own| places(sum_of_places(own.into_iter().map(|(_, tally)| tally))));
    // Where numbers of a side were left out, those that are left say nothing of the criterion.
    let is_known = scores.iter().any(Option::is_some) && sides.iter().all(|side| side.scope.is_whole());
    let test = test(places).filter(|_| unlike.is_none());
    is_known.then_some(CriterionDifference { criterion, scores, places, unlike, test })
}

/// The rules of a criterion that applied, and how often.
fn of_criterion<'s>(scope: &'s Scope<'_>, criterion: Criterion) -> Vec<(&'s str, GroupTally)> {
    let own = scope.tallies.iter().filter_map(|(rule, tally)| Some((scope.rules.get(*rule)?, *tally)));
    own.filter(|(rule, _)| rule.criterion == Some(criterion)).map(|(rule, tally)| (rule.id.as_str(), tally)).collect()
}

/// Where nothing failed on either side there is nothing to test.
fn test([first, second]: [Share; 2]) -> Option<TestedDifference> {
    if first.failed == 0 && second.failed == 0 {
        return None;
    }
    let tested = two_proportions(first, second, Sides::Both)?;
    Some(TestedDifference { p: tested.p, corrected: tested.p, method: tested.method })
}

fn correct(tests: Vec<&mut TestedDifference>) {
    let p: Vec<f64> = tests.iter().map(|test| test.p).collect();
    for (test, corrected) in tests.into_iter().zip(benjamini_hochberg(&p)) {
        test.corrected = corrected;
    }
}
