//! What was found by area, provider, unit, software, form, author role: sums of one dimension at a time, so that memory
//! grows with the values there are and not with their combinations.

use std::collections::BTreeMap;
use std::sync::Arc;

use kirjuri::{Description, Report, RuleIndex, Severity};

use crate::areas::Areas;
use crate::batch::KnownFinding;

mod table;
mod words;

pub use table::{GroupRow, GroupTable, group_tables, without_series, write_groups_markdown};
pub(crate) use table::{rounded, write_groups_text};

/// What documents can be grouped by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dimension {
    /// The area that is responsible for the service; a private provider is its own.
    Area,
    /// The organisation that provides the service.
    Provider,
    /// The unit.
    Unit,
    /// The record system, with its version where that is known.
    Software,
    /// The form or structure.
    Form,
    /// The role of the author.
    AuthorRole,
    /// The type of the document.
    DocumentType,
    /// The month it was made in.
    Month,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Dimension; 8] = [
        Dimension::Area,
        Dimension::Provider,
        Dimension::Unit,
        Dimension::Software,
        Dimension::Form,
        Dimension::AuthorRole,
        Dimension::DocumentType,
        Dimension::Month,
    ];

    /// Its name in options and tables, such as `author-role`.
    pub fn id(self) -> &'static str {
        match self {
            Dimension::Area => "area",
            Dimension::Provider => "provider",
            Dimension::Unit => "unit",
            Dimension::Software => "software",
            Dimension::Form => "form",
            Dimension::AuthorRole => "author-role",
            Dimension::DocumentType => "document-type",
            Dimension::Month => "month",
        }
    }
}

/// A rule in the documents of a group.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct GroupTally {
    /// Nodes it applied to.
    pub applied: u64,
    /// Nodes at which it failed.
    pub failed: u64,
    /// Documents it applied to.
    pub documents: u64,
    /// Documents in which it failed.
    pub documents_failed: u64,
}

/// The documents that have one value of a dimension.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Group {
    /// How many were checked.
    pub documents: u64,
    /// How many of them have a finding.
    pub documents_failed: u64,
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub severities: [u64; Severity::ALL.len()],
    /// The rules that applied.
    pub rules: BTreeMap<RuleIndex, GroupTally>,
}

impl Group {
    /// The mean, over the rules that applied, of the share of nodes at which each held: 0 to 1. Nothing where none applied.
    pub fn score(&self) -> Option<f64> {
        mean_held(self.rules.values())
    }

    /// Adds a document that was checked. What a baseline knows is no failure of it.
    fn count(&mut self, report: &Report, known: &[KnownFinding]) {
        self.documents += 1;
        self.documents_failed += u64::from(!report.findings.is_empty());
        for finding in &report.findings {
            let number = Severity::ALL.iter().position(|known| *known == finding.severity);
            if let Some(count) = number.and_then(|number| self.severities.get_mut(number)) {
                *count += 1;
            }
        }
        for (rule, tally) in &report.tallies {
            let sum = self.rules.entry(*rule).or_default();
            sum.applied = sum.applied.saturating_add(tally.applied);
            let known = known.iter().filter(|known| known.finding.rule == *rule).count() as u64;
            let failed = tally.failed.saturating_sub(known);
            sum.failed = sum.failed.saturating_add(failed);
            sum.documents += 1;
            sum.documents_failed += u64::from(failed > 0);
        }
    }
}

fn mean_held<'t>(tallies: impl Iterator<Item = &'t GroupTally>) -> Option<f64> {
    let applied = tallies.filter(|tally| tally.applied > 0);
    let (count, held) = applied.fold((0_u32, 0.0), |(count, held), tally| {
        let failed = tally.failed.min(tally.applied);
        (count.saturating_add(1), held + 1.0 - failed as f64 / tally.applied as f64)
    });
    (count > 0).then(|| held / f64::from(count))
}

/// Groups of the documents of a batch. What rules on series found is in none of them: it is not about one document.
#[derive(Clone, PartialEq, Debug)]
pub struct Groups {
    /// By dimension and value; what a document does not say is the value `None`, and the values beyond
    /// [`Groups::MOST_VALUES`] of a dimension are [`Groups::OTHERS`] together.
    pub by: BTreeMap<(Dimension, Option<Box<str>>), Group>,
    /// All documents together.
    pub all: Group,
    dimensions: Vec<Dimension>,
    areas: Arc<Areas>,
    /// How many values each dimension has.
    sizes: BTreeMap<Dimension, usize>,
}

impl Default for Groups {
    /// By all dimensions, with the national areas.
    fn default() -> Groups {
        Groups::new(&Dimension::ALL, Arc::new(Areas::national()))
    }
}

impl Groups {
    /// So many values of a dimension are kept apart: those that come first.
    pub const MOST_VALUES: usize = 2_000;
    /// The value of all that come later. No document can say it.
    pub const OTHERS: &'static str = "*";

    /// Groups by some dimensions, each once, in their order.
    pub fn new(dimensions: &[Dimension], areas: Arc<Areas>) -> Groups {
        let dimensions = Dimension::ALL.into_iter().filter(|known| dimensions.contains(known)).collect();
        let (by, sizes) = (BTreeMap::new(), BTreeMap::new());
        Groups { by, all: Group::default(), dimensions, areas, sizes }
    }

    /// What documents are grouped by.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The areas that organisations belong to.
    pub fn areas(&self) -> &Arc<Areas> {
        &self.areas
    }

    /// Adds a document that was checked, by what it says of itself and the area that it belongs to. `known` is what a baseline
    /// knows of what its tallies count as failed.
    pub fn count(&mut self, description: &Description, area: Option<&str>, report: &Report, known: &[KnownFinding]) {
        self.all.count(report, known);
        let Groups { by, dimensions, sizes, .. } = self;
        for dimension in dimensions.iter().copied() {
            let value = match dimension {
                Dimension::Area => area.map(Box::from),
                Dimension::Provider => description.provider.clone(),
                Dimension::Unit => description.unit.clone(),
                Dimension::Software => match (&description.software, &description.software_version) {
                    (Some(name), Some(version)) => Some(format!("{name} {version}").into()),
                    (name, _) => name.clone(),
                },
                Dimension::Form => description.form.clone(),
                Dimension::AuthorRole => description.author_role.clone(),
                Dimension::DocumentType => description.document_type.clone(),
                Dimension::Month => description.month.clone(),
            };
            let mut key = (dimension, value);
            if key.1.is_some() && !by.contains_key(&key) {
                let size = sizes.entry(dimension).or_default();
                if *size < Groups::MOST_VALUES {
                    *size += 1;
                } else {
                    key.1 = Some(Groups::OTHERS.into());
                }
            }
            by.entry(key).or_default().count(report, known);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(groups: &mut Groups, description: Description) {
        groups.count(&description, None, &Report::default(), &[]);
    }

    #[test]
    fn values_beyond_the_most_are_counted_together() {
        let mut groups = Groups::new(&[Dimension::Unit], Arc::default());
        for number in 0..Groups::MOST_VALUES + 5 {
            let unit = Some(format!("1.2.{number}").into());
            count(&mut groups, Description { unit, ..Description::default() });
        }
        count(&mut groups, Description { unit: Some("1.2.0".into()), ..Description::default() });
        count(&mut groups, Description::default());
        let documents =
            |value: Option<&str>| groups.by.get(&(Dimension::Unit, value.map(Box::from))).map(|group| group.documents);
        assert_eq!(groups.by.len(), Groups::MOST_VALUES + 2);
        assert_eq!(documents(Some("1.2.0")), Some(2));
        assert_eq!(documents(Some(Groups::OTHERS)), Some(5));
        assert_eq!(documents(None), Some(1));
        assert_eq!(groups.all.documents, Groups::MOST_VALUES as u64 + 7);
    }

    #[test]
    fn a_program_is_counted_with_its_version() {
        let mut groups = Groups::new(&[Dimension::Software, Dimension::Software], Arc::default());
        for (software, version) in [(Some("Mappi"), Some("1.0")), (Some("Mappi"), None), (None, Some("1.0"))] {
            let (software, software_version) = (software.map(Box::from), version.map(Box::from));
            count(&mut groups, Description { software, software_version, ..Description::default() });
        }
        let values: Vec<_> = groups.by.keys().map(|(_, value)| value.as_deref().unwrap_or("-")).collect();
        assert_eq!(values, ["-", "Mappi", "Mappi 1.0"]);
        assert_eq!(groups.dimensions(), [Dimension::Software]);
    }

    #[test]
    fn a_score_is_the_mean_of_the_rules_that_applied() {
        let score = |tallies: &[(u64, u64)]| {
            let tally = |&(applied, failed): &(u64, u64)| GroupTally { applied, failed, ..GroupTally::default() };
            mean_held(tallies.iter().map(tally).collect::<Vec<_>>().iter())
        };
        for (tallies, expected) in [
            (&[][..], None),
            (&[(0, 0)], None),
            (&[(1, 0)], Some(1.0)),
            (&[(4, 1), (0, 0), (2, 2)], Some(0.375)),
            (&[(1, 2)], Some(0.0)),
        ] {
            assert_eq!(score(tallies), expected, "{tallies:?}");
        }
    }
}
