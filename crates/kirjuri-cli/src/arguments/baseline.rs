//! The arguments of `kirjuri baseline`, and the one that names a baseline.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use kirjuri::identifiers::Date;

use super::{
    CodesArguments, InputArguments, JudgedBy, LanguageArgument, PackArguments, SelectionArguments, parse_as_of,
    parse_day,
};

/// The baseline of a run.
#[derive(Args, Clone, Debug)]
pub(crate) struct BaselineArgument {
    /// A file of known findings (`kirjuri baseline write`): they are counted and not shown, and do not make the exit
    /// status 1. Entries that no finding needs or that have expired are reported
    #[arg(long, value_name = "FILE", conflicts_with = "draft")]
    pub(crate) baseline: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum BaselineCommand {
    /// Enter all findings into a baseline. What is in it already keeps its reason, owner and dates
    Write(BaselineWriteArguments),
    /// Say which findings are new, and which entries of a baseline have no finding in these documents or have expired
    Check(BaselineCheckArguments),
    /// Remove the entries of a baseline that have no finding any more. It takes the whole set of documents: what is not among
    /// them looks as if it were mended. Entries of rules that some documents were not asked are kept
    Prune(BaselinePruneArguments),
}

/// Where a baseline is that neither an argument nor the settings name.
pub(crate) const DEFAULT_BASELINE: &str = "kirjuri-baseline.toml";

const WRITE_STATUS: &str = "\
Exit status:
  0  the baseline is written
  2  a document could not be read (the baseline is written all the same), nothing was checked, or the command is wrong";

const CHECK_STATUS: &str = "\
Exit status:
  0  all findings are in the baseline
  1  there are new findings, or findings whose entry has expired
  2  a document could not be read, nothing was checked, or the command is wrong; wins over 1";

const PRUNE_STATUS: &str = "\
Exit status:
  0  the baseline has no other entries now
  2  a document was not read or nothing was checked, and nothing was removed; or the command is wrong";

#[derive(Args, Clone, Debug)]
#[command(after_help = WRITE_STATUS)]
pub(crate) struct BaselineWriteArguments {
    #[command(flatten)]
    pub(crate) run: BaselineRunArguments,
    /// The file of the baseline, a new one or one that is there [default: that of kirjuri.toml, else kirjuri-baseline.toml]
    #[arg(long, short, visible_alias = "baseline", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Why the new entries are let be. No content of documents belongs here
    #[arg(long, value_name = "TEXT", value_parser = parse_line)]
    pub(crate) reason: Option<String>,
    /// Who answers for the new entries: a person or a team
    #[arg(long, value_name = "NAME", value_parser = parse_line)]
    pub(crate) owner: Option<String>,
    /// The last day on which the new entries hold, as YYYY-MM-DD, today or later
    #[arg(long, value_parser = parse_last_day, value_name = "DATE")]
    pub(crate) expires: Option<Date>,
}

#[derive(Args, Clone, Debug)]
#[command(after_help = CHECK_STATUS)]
pub(crate) struct BaselineCheckArguments {
    #[command(flatten)]
    pub(crate) run: BaselineRunArguments,
    /// The file of the baseline [default: that of kirjuri.toml, else kirjuri-baseline.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
}

#[derive(Args, Clone, Debug)]
#[command(after_help = PRUNE_STATUS)]
pub(crate) struct BaselinePruneArguments {
    #[command(flatten)]
    pub(crate) run: BaselineRunArguments,
    /// The file of the baseline [default: that of kirjuri.toml, else kirjuri-baseline.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

/// What is checked, as with `kirjuri check`.
#[derive(Args, Clone, Debug)]
pub(crate) struct BaselineRunArguments {
    #[command(flatten)]
    pub(crate) inputs: InputArguments,
    #[command(flatten)]
    pub(crate) packs: PackArguments,
    #[command(flatten)]
    pub(crate) codes: CodesArguments,
    /// The national structure that form definitions are compared with, as with check
    #[arg(long, value_name = "STRUCTURE")]
    pub(crate) against: Option<PathBuf>,
    /// The day the documents and the entries are judged by, as with check
    #[arg(long, value_parser = parse_as_of, value_name = "DATE")]
    pub(crate) as_of: Option<JudgedBy>,
    /// How many documents are checked at the same time [default: one a processor]
    #[arg(long, short, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub(crate) jobs: Option<u16>,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
}

/// The last day of entries.
fn parse_last_day(text: &str) -> Result<Date, &'static str> {
    // No document has a day of its own here.
    parse_day(text).map_err(|said| said.split(';').next().unwrap_or(said))
}

/// A text that fits on one line of the file.
fn parse_line(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("it is empty"),
        text if text.chars().any(char::is_control) => Err("it is one line without control characters"),
        text => Ok(text.to_owned()),
    }
}
