//! The arguments of `kirjuri check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kirjuri::Severity;

use super::{
    CodesArguments, GroupArguments, InputArguments, JudgedBy, LanguageArgument, OutputArguments, PackArguments,
    parse_as_of,
};

const EXIT_STATUS: &str = "\
Exit status:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on
  2  something could not be read, an assertion does not compile or could not be evaluated,
     nothing was checked, or the command is wrong; wins over 1";

#[derive(Args, Debug)]
#[command(after_help = EXIT_STATUS)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) inputs: InputArguments,
    #[command(flatten)]
    pub(crate) packs: PackArguments,
    #[command(flatten)]
    pub(crate) codes: CodesArguments,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// The national structure that form definitions are compared with: a published .json file, or the OID of one that a
    /// pack has [default: the one a form claims by its OID]
    #[arg(long, value_name = "STRUCTURE")]
    pub(crate) against: Option<PathBuf>,
    /// The documents are still being written: what they lack is listed apart and is no finding, and a document may be a
    /// part of one or end before it is complete
    #[arg(long)]
    pub(crate) draft: bool,
    #[command(flatten)]
    pub(crate) outputs: OutputArguments,
    #[command(flatten)]
    pub(crate) groups: GroupArguments,
    /// The mildest severity that makes the exit status 1
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
    /// Whether a document that cannot be read makes the exit status 2
    #[arg(long, value_enum, default_value = "fail")]
    pub(crate) unreadable: Unreadable,
    /// Whether an assertion of a schema that does not compile or cannot be evaluated makes the exit status 2
    #[arg(long, value_enum, default_value = "error")]
    pub(crate) unevaluated: Unevaluated,
    /// The day the documents are judged by, as YYYY-MM-DD, or `document` for each document's own date (one without a date
    /// is judged by today) [default: today in Finland]
    #[arg(long, value_parser = parse_as_of, value_name = "DATE")]
    pub(crate) as_of: Option<JudgedBy>,
    /// How many documents are checked at the same time [default: one a processor]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub(crate) jobs: Option<u16>,
    /// Show the source around each finding, and what the messages of schemas quote. The report then holds content of
    /// the documents
    #[arg(long)]
    pub(crate) show_source: bool,
    /// Print how often each rule was evaluated and how long it took, to standard error
    #[arg(long)]
    pub(crate) profile_rules: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
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

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum Unreadable {
    /// The exit status is 2
    Fail,
    /// The document is reported and the exit status left alone
    Warn,
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum Unevaluated {
    /// The exit status is 2
    Error,
    /// The assertion is reported and the exit status left alone
    Warn,
}
