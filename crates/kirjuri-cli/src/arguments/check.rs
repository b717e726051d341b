//! The arguments of `kirjuri check`.

use std::path::PathBuf;

use clap::Args;

use super::{
    BaselineArgument, CacheArguments, CodesArguments, EvidenceArguments, GroupArguments, InputArguments,
    JudgementArguments, LanguageArgument, OutputArguments, PackArguments, SelectionArguments,
};

const EXIT_STATUS: &str = "\
Exit status:
  0  no finding at or above --fail-on, and no threshold of the settings exceeded
  1  findings at or above --fail-on, or more than a threshold allows
  2  something could not be read, an assertion does not compile or could not be evaluated,
     nothing was checked, the run was interrupted, or the command is wrong; wins over 1";

#[derive(Args, Clone, Debug)]
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
    pub(crate) baseline: BaselineArgument,
    #[command(flatten)]
    pub(crate) outputs: OutputArguments,
    #[command(flatten)]
    pub(crate) groups: GroupArguments,
    #[command(flatten)]
    pub(crate) judgement: JudgementArguments,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) evidence: EvidenceArguments,
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
    #[command(flatten)]
    pub(crate) cache: CacheArguments,
}
