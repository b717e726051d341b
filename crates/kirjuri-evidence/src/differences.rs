//! In what two runs were not made alike, beside their documents.

use std::collections::{BTreeMap, BTreeSet};

use crate::summary::Run;

/// In what two runs were not made alike: then a difference of their numbers may come from this.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Differences {
    /// Packs and schemas, by their ids, with their versions.
    pub packs: Vec<Difference>,
    /// Code sets, by their OIDs, with their versions.
    pub code_sets: Vec<Difference>,
    /// Options that can change a result, by their names.
    pub options: Vec<Difference>,
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
    pub(crate) fn between(first: &Run, second: &Run) -> Differences {
        let runs = [first, second];
        Differences {
            packs: differences(runs.map(|run| of_packs(run).collect())),
            code_sets: differences(runs.map(|run| parts(&run.code_sets, ' '))),
            options: differences(runs.map(|run| parts(&run.options, '='))),
        }
    }

    /// The versions of the pack of a rule, where both have it and not in one version.
    pub(crate) fn versions_of(&self, rule: &str) -> Option<(&Difference, [&str; 2])> {
        let pack = rule.split('/').next()?;
        let difference = self.packs.iter().find(|known| known.name == pack)?;
        let [Some(first), Some(second)] = &difference.values else { return None };
        Some((difference, [first, second]))
    }
}

fn of_packs(run: &Run) -> impl Iterator<Item = (&str, &str)> {
    run.packs.iter().map(|pack| (pack.id.as_str(), pack.version.as_str()))
}

/// Texts as names and values.
fn parts(texts: &[String], between: char) -> Vec<(&str, &str)> {
    texts.iter().map(|text| text.split_once(between).unwrap_or((text, ""))).collect()
}

fn differences(sides: [Vec<(&str, &str)>; 2]) -> Vec<Difference> {
    // Merged runs may have several values of one name.
    let [first, second] = sides.map(|side| {
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, value) in side {
            values.entry(name).or_default().insert(value);
        }
        values
    });
    let names: BTreeSet<&str> = first.keys().chain(second.keys()).copied().collect();
    let different = names.into_iter().filter(|name| first.get(name) != second.get(name));
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

    fn run(packs: &[(&str, &str)], code_sets: &[&str], options: &[&str]) -> Run {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let packs = packs.iter().map(|(id, version)| PackVersion { id: (*id).into(), version: (*version).into() });
        Run { packs: packs.collect(), code_sets: owned(code_sets), options: owned(options), ..Run::default() }
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
    }
}
