//! What was found by area, provider, unit, software, form, author role: sums of one dimension at a time, so that memory
//! grows with the values there are and not with their combinations.

use std::collections::BTreeMap;

use kirjuri::{Description, Report, RuleIndex, Severity};

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
    /// Adds a document that was checked.
    fn count(&mut self, report: &Report) {
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
            sum.applied += tally.applied;
            sum.failed += tally.failed;
            sum.documents += 1;
            sum.documents_failed += u64::from(tally.failed > 0);
        }
    }
}

/// Groups of the documents of a batch.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Groups {
    /// By dimension and value; what a document does not say is the value `None`.
    pub by: BTreeMap<(Dimension, Option<Box<str>>), Group>,
    /// All documents together.
    pub all: Group,
}

impl Groups {
    /// Adds a document that was checked, by what it says of itself and the area that it belongs to.
    pub fn count(&mut self, description: &Description, area: Option<&str>, report: &Report) {
        self.all.count(report);
        for dimension in Dimension::ALL {
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
            self.by.entry((dimension, value)).or_default().count(report);
        }
    }
}
