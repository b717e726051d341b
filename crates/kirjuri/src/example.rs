//! Proves the rules of a pack by their examples.

use std::fmt;

use kirjuri_tree::{Limits, Reading};

use crate::embedded::Embedded;
use crate::identifiers::Date;
use crate::lint::{self, LintOptions};
use crate::missing::{self, Work};
use crate::pack::Pack;
use crate::part::{AllPlaces, parts};
use crate::place::Place;
use crate::round::{Outcome, Round};
use crate::rule::{Example, Question, Rule};
use crate::rule_set::RuleIndex;
use crate::series::{self, Group};

/// An example that does not show what it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExampleFailure {
    /// Name of the rule.
    pub rule: String,
    /// Name of the example.
    pub example: String,
    /// Byte offset of the example in the rule's file.
    pub offset: usize,
    /// What happened instead.
    pub kind: ExampleFailureKind,
}

/// How an example fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExampleFailureKind {
    /// A passing example in which the rule applies to no node shows nothing.
    NotExercised,
    /// The rule is not in force on the day by which the example is judged.
    NotInForce(Date),
    /// The rule found something elsewhere, or missed something, than the example says.
    Places {
        /// The places the example names.
        expected: Vec<String>,
        /// The places of the findings.
        found: Vec<String>,
    },
    /// The example could not be evaluated.
    Unevaluated,
    /// The rule is about what is missing, but neither in this nor in any other of its failing examples is anything missing.
    NothingMissing,
}

impl fmt::Display for ExampleFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: the example \"{}\" ", self.rule, self.example)?;
        let list = |places: &[String]| if places.is_empty() { "nothing".into() } else { places.join(", ") };
        match &self.kind {
            ExampleFailureKind::NotExercised => {
                out.write_str("does not exercise the rule: no node matches the context")
            }
            ExampleFailureKind::NotInForce(day) => {
                let (year, month, day) = (day.year(), day.month(), day.day());
                write!(out, "is judged by {year:04}-{month:02}-{day:02}, when the rule is not in force; say `as-of`")
            }
            ExampleFailureKind::Places { expected, found } => {
                write!(out, "should find {} and finds {}", list(expected), list(found))
            }
            ExampleFailureKind::Unevaluated => out.write_str("could not be evaluated"),
            ExampleFailureKind::NothingMissing => {
                out.write_str("should lack, as one of the failing ones, what the rule says may be missing")
            }
        }
    }
}

impl Pack {
    /// Runs every example of every rule; returns those that do not show what they say.
    pub fn test(&self) -> Vec<ExampleFailure> {
        self.rules().iter().enumerate().flat_map(|(number, rule)| self.test_rule(number, rule)).collect()
    }

    fn test_rule(&self, number: usize, rule: &Rule) -> Vec<ExampleFailure> {
        let examples = rule.passing().iter().chain(rule.failing());
        let failure = |example: &Example, kind| {
            let (rule, example_name) = (rule.name.clone(), example.name.clone());
            ExampleFailure { rule, example: example_name, offset: example.offset, kind }
        };
        let failed = |example: &Example| self.test_example(number, example).map(|kind| failure(example, kind));
        let mut failures: Vec<ExampleFailure> = examples.filter_map(failed).collect();
        if failures.is_empty()
            && rule.is_about_missing()
            && let Some(first) = rule.failing().first()
        {
            let mut asked =
                rule.failing().iter().filter_map(|example| self.ask_example(number, &example.document, example));
            // Whatever fails is missing or a finding, so that one that is missing is all there is to show.
            let is_shown = asked.any(|asked| asked.missing > 0);
            failures.extend((!is_shown).then(|| failure(first, ExampleFailureKind::NothingMissing)));
        }
        failures
    }

    fn test_example(&self, number: usize, example: &Example) -> Option<ExampleFailureKind> {
        let is_in_force = self.rules().get(number).is_none_or(|rule| rule.in_force(example.as_of));
        if let Some(day) = example.as_of.filter(|_| !is_in_force) {
            return Some(ExampleFailureKind::NotInForce(day));
        }
        let asked = match self.rules().get(number).map(|rule| &rule.question) {
            Some(Question::Series { .. }) => self.ask_batch(number, example),
            _ => self.ask_example(number, &example.document, example),
        };
        let Some(asked) = asked else {
            return Some(ExampleFailureKind::Unevaluated);
        };
        let mut found: Vec<String> = asked.failed;
        let mut expected = example.at.clone();
        expected.sort();
        found.sort();
        if expected != found {
            return Some(ExampleFailureKind::Places { expected, found });
        }
        (asked.applied == 0).then_some(ExampleFailureKind::NotExercised)
    }

    /// Asks a rule of a document; nothing where it could not be asked.
    fn ask_example(&self, number: usize, text: &str, example: &Example) -> Option<Asked> {
        let document = lint::parse(text.as_bytes(), &Limits::default()).ok()?;
        let embedded = Embedded::of(&document, Reading::default());
        let mut places = AllPlaces::new(&document, Some(&embedded), self);
        let options = LintOptions { as_of: example.as_of.into(), ..LintOptions::default() };
        let (mut asked, work) = (Asked::default(), Work::new(options.budget));
        for part in parts(&document, &embedded, false, |_| true) {
            let binding = self.bind(part.document);
            let round = Round { pack: self, part: &part, binding: &binding, budget: options.budget, options: &options };
            let run = round.run(&mut (), None, |of, outcome, _| {
                if of != number {
                    return;
                }
                if let (Outcome::Failed(at, about), Some(rule)) = (&outcome, self.rules().get(number)) {
                    let gap = missing::gap(rule, *at, about.as_ref(), &work, |at| places.document(at));
                    asked.missing += u32::from(gap.is_some());
                }
                let is_about_words = self.rules().get(of).is_some_and(|rule| rule.question.is_about_words());
                let mut path = |at| places.place(at).map(|place| path_of(&place, is_about_words)).unwrap_or_default();
                match outcome {
                    Outcome::Asked(times) => asked.applied += times,
                    Outcome::Failed(at, _) => asked.failed.push(path(at)),
                    Outcome::Unevaluated => asked.is_unevaluated = true,
                }
            });
            run.ok()?;
        }
        (!asked.is_unevaluated).then_some(asked)
    }

    /// Asks a rule on a series of a batch; nothing where it could not be asked.
    fn ask_batch(&self, number: usize, example: &Example) -> Option<Asked> {
        let options = LintOptions { as_of: example.as_of.into(), series: true, ..LintOptions::default() };
        let mut members = Vec::new();
        for (document, text) in (1..).zip(&example.batch) {
            for member in self.members(number, text, &options)? {
                let mut bytes = Vec::new();
                member.encode(document, &mut bytes);
                members.push(bytes);
            }
        }
        let forwards = self.judge_batch(number, members.clone(), &options)?;
        // The order in which the documents came must not matter.
        members.reverse();
        let backwards = self.judge_batch(number, members, &options)?;
        (forwards.applied == backwards.applied && forwards.failed == backwards.failed).then_some(forwards)
    }

    /// The members of a document, of the series that a rule asks about.
    fn members(&self, number: usize, text: &str, options: &LintOptions) -> Option<Vec<series::Member>> {
        let Question::Series { series, .. } = &self.rules().get(number)?.question else { return None };
        let document = lint::parse(text.as_bytes(), &Limits::default()).ok()?;
        let embedded = Embedded::of(&document, Reading::default());
        let (mut taken, mut unknown) = (Vec::new(), Vec::new());
        for part in parts(&document, &embedded, false, |namespace| self.concerns(namespace)) {
            let binding = self.bind(part.document);
            let round = Round { pack: self, part: &part, binding: &binding, budget: options.budget, options };
            series::take(&round, 0, &mut taken, &mut unknown).ok()?;
        }
        if unknown.contains(&number) {
            return None;
        }
        let members = series::members(&document, &embedded, self, &|_| Some(self), taken).ok()?;
        Some(members.into_iter().filter(|member| member.is_of(*series)).collect())
    }

    fn judge_batch(&self, number: usize, mut members: Vec<Vec<u8>>, options: &LintOptions) -> Option<Asked> {
        let mut asked = Asked::default();
        members.sort_unstable();
        for group in members.chunk_by(|one, other| series::Member::group_of(one) == series::Member::group_of(other)) {
            let judged = series::judge_pack(self, &Group::new(group.iter().map(Vec::as_slice)), options);
            let is_asked = |rule: RuleIndex| rule.index() == number;
            if judged.unevaluated.iter().any(|one| is_asked(one.rule)) {
                return None;
            }
            let tallies = judged.tallies.iter().filter(|(rule, _)| is_asked(*rule));
            asked.applied += tallies.map(|(_, tally)| tally.applied as u32).sum::<u32>();
            for found in judged.findings.iter().filter(|found| is_asked(found.finding.rule)) {
                let others: Vec<String> = found.others.iter().map(|other| other.document.to_string()).collect();
                let others = if others.is_empty() { String::new() } else { format!(" < {}", others.join(", ")) };
                asked.failed.push(format!("{}: {}{others}", found.document, path_of(&found.finding.place, false)));
            }
        }
        Some(asked)
    }
}

/// What a rule said of a document.
#[derive(Default)]
struct Asked {
    applied: u32,
    failed: Vec<String>,
    /// How many of these are something that is missing.
    missing: u32,
    is_unevaluated: bool,
}

/// A place as examples write it: what is inside behind what carries it, and where the words are, if it is about words.
fn path_of(place: &Place, is_about_words: bool) -> String {
    let path = match &place.inner {
        Some(inner) => format!("{} > {}", place.path, inner.path),
        None => place.path.clone(),
    };
    match is_about_words {
        true => {
            let Place { line, column, .. } = place.inner.as_deref().unwrap_or(place);
            format!("{path} @ {line}:{column}")
        }
        false => path,
    }
}
