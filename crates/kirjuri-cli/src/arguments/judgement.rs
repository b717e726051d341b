//! The arguments that say by what day documents are judged, and what fails a run.

use clap::{Args, ValueEnum};
use kirjuri::Severity;

use super::{JudgedBy, parse_as_of};

// Without defaults, so that settings can say what no option does.
#[derive(Args, Clone, Default, Debug)]
pub(crate) struct JudgementArguments {
    /// The mildest severity that makes the exit status 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// Whether a document that cannot be read makes the exit status 2 [default: fail]
    #[arg(long, value_enum)]
    pub(crate) unreadable: Option<Unreadable>,
    /// Whether an assertion of a schema that does not compile or cannot be evaluated makes the exit status 2
    /// [default: error]
    #[arg(long, value_enum)]
    pub(crate) unevaluated: Option<Unevaluated>,
    /// The day the documents are judged by, as YYYY-MM-DD, or `document` for each document's own date (one without a date
    /// is judged by today) [default: today in Finland]
    #[arg(long, value_parser = parse_as_of, value_name = "DATE")]
    pub(crate) as_of: Option<JudgedBy>,
}

#[derive(Clone, Copy, PartialEq, Default, ValueEnum, Debug)]
pub(crate) enum FailOn {
    #[default]
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    /// By the names that settings have too.
    pub(crate) const NAMES: [(&'static str, FailOn); 4] =
        [("error", FailOn::Error), ("warning", FailOn::Warning), ("info", FailOn::Info), ("never", FailOn::Never)];

    /// The mildest severity that fails the run.
    pub(crate) fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Default, ValueEnum, Debug)]
pub(crate) enum Unreadable {
    /// The exit status is 2
    #[default]
    Fail,
    /// The document is reported and the exit status left alone
    Warn,
}

impl Unreadable {
    /// By the names that settings have too.
    pub(crate) const NAMES: [(&'static str, Unreadable); 2] = [("fail", Unreadable::Fail), ("warn", Unreadable::Warn)];
}

#[derive(Clone, Copy, PartialEq, Default, ValueEnum, Debug)]
pub(crate) enum Unevaluated {
    /// The exit status is 2
    #[default]
    Error,
    /// The assertion is reported and the exit status left alone
    Warn,
}

impl Unevaluated {
    /// By the names that settings have too.
    pub(crate) const NAMES: [(&'static str, Unevaluated); 2] =
        [("error", Unevaluated::Error), ("warn", Unevaluated::Warn)];
}
