//! How a finding is classed: how grave it is, and which quality of the data it concerns.

use serde::Deserialize;

/// How grave a finding is. The order is by gravity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// A receiver may reject or misread the document.
    Error,
}

impl Severity {
    /// From the gravest to the mildest.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

    /// The severity as rule files, options and reports spell it.
    pub fn id(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// The criterion of the national data-quality criteria (Statistics Finland and the Ministry of Finance: eleven
/// criteria in four groups) that a rule measures.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// Oikeellisuus: the data say what is true.
    Correctness,
    /// Tarkkuus: the data are as exact as their use needs.
    Precision,
    /// Ajantasaisuus: the data describe the present state.
    Timeliness,
    /// Johdonmukaisuus: the data do not contradict each other.
    Consistency,
    /// Kattavuus: all that should be described is described.
    Coverage,
    /// Täydellisyys: what is described is described in full.
    Completeness,
    /// Ymmärrettävyys: the reader understands the data.
    Understandability,
    /// Suositustenmukaisuus: the data follow the specifications.
    Compliance,
    /// Jäljitettävyys: origin and changes of the data are known.
    Traceability,
    /// Koneluettavuus: programs can read the data.
    MachineReadability,
    /// Oikea-aikaisuus: the data are there when they are needed.
    Punctuality,
}

impl Criterion {
    /// All criteria, in the order of the national list.
    pub const ALL: [Criterion; 11] = [
        Criterion::Correctness,
        Criterion::Precision,
        Criterion::Timeliness,
        Criterion::Consistency,
        Criterion::Coverage,
        Criterion::Completeness,
        Criterion::Understandability,
        Criterion::Compliance,
        Criterion::Traceability,
        Criterion::MachineReadability,
        Criterion::Punctuality,
    ];

    /// The criterion as rule files and reports spell it.
    pub fn id(self) -> &'static str {
        match self {
            Criterion::Correctness => "correctness",
            Criterion::Precision => "precision",
            Criterion::Timeliness => "timeliness",
            Criterion::Consistency => "consistency",
            Criterion::Coverage => "coverage",
            Criterion::Completeness => "completeness",
            Criterion::Understandability => "understandability",
            Criterion::Compliance => "compliance",
            Criterion::Traceability => "traceability",
            Criterion::MachineReadability => "machine-readability",
            Criterion::Punctuality => "punctuality",
        }
    }
}
