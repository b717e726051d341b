//! In what two runs were not made alike, beside their documents.

use std::collections::{BTreeMap, BTreeSet};

use crate::summary::{RuleSummary, Run, Summary};

/// In what two runs were not made alike: then a difference of their numbers may come from this.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Differences {
    /// Packs and schemas, by their ids, with their versions.
    pub packs: Vec<Difference>,
    /// Code sets, by their OIDs, with their versions.
    pub code_sets: Vec<Difference>,
    /// Options that can change a result, by their names.
    pub options: Vec<Difference>,
    /// By what days documents were judged, where that is not the same: one run by each document's own date and the other by a
    /// day, or one by the day it was made on and the other by another. Each as [`Run::judged_by`].
    pub days: Option<[String; 2]>,
    /// Rules that were in force in one of the two only.
    pub in_force: Vec<String>,
    /// How many rules were asked, where these are not the same.
    pub selected: Option<[Selected; 2]>,
    /// How many rules had not the same severity.
    pub severities: usize,
    /// Why rules, and what is made of them, cannot be compared; beside versions of packs and days.
    rules: BTreeMap<String, Unlike>,
}

/// How many rules of a run a selection left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selected {
    /// Those that were asked.
    pub asked: usize,
    /// All of them.
    pub of: usize,
}

/// Why a rule was not judged alike in two runs, so that a difference says nothing of the documents.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Unlike {
    /// Its pack had another version.
    Version,
    /// It was asked in one of them only.
    Asked,
    /// It was in force in one of them only.
    Force,
    /// Documents were judged by other days.
    Days,
}

impl Unlike {
    /// Its name in JSON.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Unlike::Version => "other-version",
            Unlike::Asked => "asked-in-one",
            Unlike::Force => "in-force-in-one",
            Unlike::Days => "other-days",
        }
    }
}

/// What the two have of one name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The name.
    pub name: String,
    /// What each has, several with commas; nothing where one has nothing of that name.
    pub values: [Option<String>; 2],
}

impl Differences {
    /// Those of two runs.
    pub(crate) fn between(first: &Summary, second: &Summary) -> Differences {
        Differences::of([&first.run, &second.run], [&first.rules, &second.rules])
    }

    /// Those of two runs, each with its rules.
    pub(crate) fn of(runs: [&Run; 2], all: [&[RuleSummary]; 2]) -> Differences {
        let days = runs.map(Days::of);
        let mut differences = Differences {
            packs: differences(runs.map(|run| of_packs(run).collect()), Mixed::Differ),
            code_sets: differences(runs.map(|run| parts(&run.code_sets, ' ')), Mixed::Alike),
            options: differences(runs.map(|run| parts(&run.options, '=')), Mixed::Alike),
            days: days[0].differs_from(days[1]).then(|| runs.map(|run| run.judged_by.clone())),
            ..Differences::default()
        };
        differences.add_rules(all);
        differences
    }

    fn add_rules(&mut self, all: [&[RuleSummary]; 2]) {
        let [first, second] = all;
        let mut others: BTreeMap<&str, &RuleSummary> = second.iter().map(|rule| (rule.id.as_str(), rule)).collect();
        let mut is_other_choice = false;
        for rule in first {
            let Some(other) = others.remove(rule.id.as_str()) else {
                self.rules.insert(rule.id.clone(), Unlike::Asked);
                continue;
            };
            self.severities += usize::from(rule.severity != other.severity);
            if rule.selected != other.selected {
                is_other_choice = true;
                self.rules.insert(rule.id.clone(), Unlike::Asked);
            } else if rule.in_force != other.in_force {
                self.in_force.push(rule.id.clone());
                self.rules.insert(rule.id.clone(), Unlike::Force);
            }
        }
        self.rules.extend(others.into_keys().map(|rule| (rule.to_owned(), Unlike::Asked)));
        let asked = |rules: &[RuleSummary]| rules.iter().filter(|rule| rule.selected != Some(false)).count();
        self.selected = is_other_choice.then(|| all.map(|rules| Selected { asked: asked(rules), of: rules.len() }));
    }

    /// Why a rule was not judged alike in both.
    pub(crate) fn unlike(&self, rule: &str) -> Option<Unlike> {
        let version = self.versions_of(rule).map(|_| Unlike::Version);
        let own = || self.rules.get(rule).copied();
        version.or_else(own).or_else(|| self.days.is_some().then_some(Unlike::Days))
    }

    /// Why a rule has no numbers that could be compared or added up: it was asked, or in force, in one of them only.
    pub(crate) fn of_one_only(&self, rule: &str) -> Option<Unlike> {
        self.rules.get(rule).copied()
    }

    /// The versions of the pack of a rule, where both have it and not in one version.
    pub(crate) fn versions_of(&self, rule: &str) -> Option<(&Difference, [&str; 2])> {
        let pack = rule.split('/').next()?;
        let difference = self.packs.iter().find(|known| known.name == pack)?;
        let [Some(first), Some(second)] = &difference.values else { return None };
        Some((difference, [first, second]))
    }
}

/// By what days the documents of a run were judged.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Days {
    /// Each by its own date.
    Document,
    /// All by the day the run was made on; of merged runs by days that may be these.
    OfRun { is_merged: bool },
    /// All by another day.
    Fixed,
    /// In merged runs, some by their own dates and some by a day.
    Mixed,
}

impl Days {
    fn of(run: &Run) -> Days {
        let mut days = run.judged_by.split(", ");
        let is_made_on = || run.started.as_deref().is_none_or(|started| started.starts_with(run.judged_by.as_str()));
        match (days.clone().all(|day| day == DOCUMENT), days.any(|day| day == DOCUMENT)) {
            (true, _) => Days::Document,
            (false, true) => Days::Mixed,
            _ if run.is_merged() || is_made_on() => Days::OfRun { is_merged: run.is_merged() },
            _ => Days::Fixed,
        }
    }

    /// Two runs by a day each of their own are alike, as long as the same rules were in force.
    fn differs_from(self, other: Days) -> bool {
        let may_be_fixed = |days: Days| matches!(days, Days::Fixed | Days::OfRun { is_merged: true });
        match (self, other) {
            (Days::OfRun { .. }, Days::OfRun { .. }) => false,
            _ => self != other && !(may_be_fixed(self) && may_be_fixed(other)),
        }
    }
}

/// What [`Run::judged_by`] says where documents were judged by their own dates.
pub(crate) const DOCUMENT: &str = "document";

fn of_packs(run: &Run) -> impl Iterator<Item = (&str, &str)> {
    run.packs.iter().map(|pack| (pack.id.as_str(), pack.version.as_str()))
}

/// Texts as names and values.
fn parts(texts: &[String], between: char) -> Vec<(&str, &str)> {
    texts.iter().map(|text| text.split_once(between).unwrap_or((text, ""))).collect()
}

/// What is said of two sides that have the same several values of a name, as merged runs may.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mixed {
    Alike,
    /// Nobody knows in what shares each has them.
    Differ,
}

fn differences(sides: [Vec<(&str, &str)>; 2], mixed: Mixed) -> Vec<Difference> {
    // Merged runs may have several values of one name.
    let [first, second] = sides.map(|side| {
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, value) in side {
            values.entry(name).or_default().insert(value);
        }
        values
    });
    let names: BTreeSet<&str> = first.keys().chain(second.keys()).copied().collect();
    let is_mixed = |name: &&str| mixed == Mixed::Differ && first.get(name).is_some_and(|values| values.len() > 1);
    let different = names.into_iter().filter(|name| first.get(name) != second.get(name) || is_mixed(name));
    let joined = |values: &BTreeSet<&str>| values.iter().copied().collect::<Vec<_>>().join(", ");
    let difference = |name: &str| Difference {
        name: name.to_owned(),
        values: [first.get(name).map(joined), second.get(name).map(joined)],
    };
    different.map(difference).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::PackVersion;

    fn run(packs: &[(&str, &str)], code_sets: &[&str], options: &[&str]) -> Summary {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let packs = packs.iter().map(|(id, version)| PackVersion { id: (*id).into(), version: (*version).into() });
        let (code_sets, options) = (owned(code_sets), owned(options));
        Summary { run: Run { packs: packs.collect(), code_sets, options, ..Run::default() }, ..Summary::default() }
    }

    fn said(differences: &[Difference]) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let said = differences.iter().map(|it| (it.name.as_str(), it.values[0].as_deref(), it.values[1].as_deref()));
        said.collect()
    }

    #[test]
    fn what_is_not_alike_is_said_by_its_name() {
        let first = run(&[("a", "1"), ("b", "1"), ("c", "1")], &["1.2.3 5", "1.2.4"], &["draft=true", "selection=0a"]);
        let second = run(&[("a", "1"), ("b", "2"), ("b", "1")], &["1.2.3 6", "1.2.4"], &["selection=0b"]);
        let found = Differences::between(&first, &second);
        assert_eq!(said(&found.packs), [("b", Some("1"), Some("1, 2")), ("c", Some("1"), None)]);
        assert_eq!(said(&found.code_sets), [("1.2.3", Some("5"), Some("6"))]);
        assert_eq!(said(&found.options), [("draft", Some("true"), None), ("selection", Some("0a"), Some("0b"))]);
        assert_eq!(found.versions_of("b/rule").map(|(_, versions)| versions), Some(["1", "1, 2"]));
        assert!(found.versions_of("a/rule").is_none() && found.versions_of("c/rule").is_none());
        assert_eq!(Differences::between(&first, &first), Differences::default());
        assert_eq!(said(&Differences::between(&second, &second).packs), [("b", Some("1, 2"), Some("1, 2"))]);
    }

    #[test]
    fn days_differ_where_they_were_not_chosen_alike() {
        let day = |started: &str, judged_by: &str| {
            let options =
                if judged_by.contains(", ") { vec![format!("{}2", crate::merge::MERGED)] } else { Vec::new() };
            let (started, judged_by) = (Some(format!("{started}T10:00:00+02:00")), judged_by.to_owned());
            Days::of(&Run { started, judged_by, options, ..Run::default() })
        };
        let (october, november) = (day("2026-10-31", "2026-10-31"), day("2026-11-30", "2026-11-30"));
        let fixed = [day("2026-11-01", "2026-10-31"), day("2026-12-01", "2025-01-15")];
        let (own, mixed) = (day("2026-11-30", "document"), day("2026-11-30", "2026-11-29, document"));
        let merged = day("2026-11-30", "2026-11-29, 2026-11-30");
        for (first, second, expected) in [
            (october, november, false),
            (fixed[0], fixed[1], false),
            (fixed[1], november, true),
            (own, own, false),
            (own, november, true),
            (fixed[0], own, true),
            (mixed, own, true),
            (mixed, november, true),
            (merged, november, false),
            (merged, fixed[0], false),
            (merged, own, true),
        ] {
            assert_eq!(first.differs_from(second), expected, "{first:?} {second:?}");
            assert_eq!(second.differs_from(first), expected, "{second:?} {first:?}");
        }
    }
}
