//! The arguments of the command, each defined, documented and given its default here and nowhere else.

mod baseline;
mod cache;
mod check;
mod codes;
mod evidence;
mod groups;
mod init;
mod inputs;
mod judgement;
mod manual;
mod outputs;
mod packs;
mod selection;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Language};

pub(crate) use baseline::{
    BaselineArgument, BaselineCheckArguments, BaselineCommand, BaselinePruneArguments, BaselineRunArguments,
    BaselineWriteArguments, DEFAULT_BASELINE,
};
pub(crate) use cache::{CacheArguments, CacheBy};
pub(crate) use check::CheckArguments;
pub(crate) use codes::{
    CodesArguments, CodesCheckArguments, CodesCommand, CodesImportArguments, CodesListArguments, CodesShowArguments,
};
pub(crate) use evidence::{
    CompareArguments, EvidenceArguments, EvidenceFormat, GateArguments, MergeArguments, ReportArguments, SummaryFormat,
    TrendArguments,
};
pub(crate) use groups::GroupArguments;
pub(crate) use init::{InitCommand, InitConfigArguments, InitPackArguments};
pub(crate) use inputs::InputArguments;
pub(crate) use judgement::{FailOn, JudgementArguments, Unevaluated, Unreadable};
pub(crate) use manual::{CompletionsArguments, ManArguments};
pub(crate) use outputs::{Format, OutputArguments};
pub(crate) use packs::{PackArguments, SchemaArguments};
pub(crate) use selection::SelectionArguments;

/// Checks the quality of structured documentation in Finnish social and health care.
#[derive(Parser, Debug)]
#[command(name = "kirjuri", version, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Arguments {
    /// When to colour the output. NO_COLOR is honoured
    #[arg(long, value_enum, default_value = "auto", global = true)]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Check documents and report what is missing or contradictory, and where
    Check(CheckArguments),
    /// Keep findings that are known apart from new ones
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// List the rules
    Rules(RulesArguments),
    /// Say everything about a rule: what it wants, why, its guideline, its examples
    Explain(ExplainArguments),
    /// Prove the rules of packs by their examples
    Test(TestArguments),
    /// Say what kind of document each file is, and which packs apply to it
    Identify(IdentifyArguments),
    /// Show the settings of a check, and where each comes from
    Config(ConfigArguments),
    /// Compare versions of packs
    #[command(subcommand)]
    Packs(PacksCommand),
    /// Bring published document structures into a pack
    #[command(subcommand)]
    Structures(StructuresCommand),
    /// Import published code sets, and look into them
    #[command(subcommand)]
    Codes(CodesCommand),
    /// Write the first lines of a configuration or a pack
    #[command(subcommand)]
    Init(InitCommand),
    /// Write what a shell completes the command by
    Completions(CompletionsArguments),
    /// Write the manual pages
    Man(ManArguments),
    /// Say whether the evidence of a run keeps the limits of a policy
    Gate(GateArguments),
    /// Report what evidence comes to; that of several runs with their trend
    Report(ReportArguments),
    /// Compare two runs, or two groups of documents
    Compare(CompareArguments),
    /// Merge the evidence of several runs into one picture, without numbers of fewer than five documents
    Merge(MergeArguments),
    /// Show how scores and rules go over several runs, and whether targets are reached
    Trend(TrendArguments),
}

#[derive(Subcommand, Debug)]
pub(crate) enum PacksCommand {
    /// Say what changed between two versions of a pack and, given documents, what would start or stop being found
    Diff(DiffArguments),
}

const DIFF_STATUS: &str = "\
Exit status:
  0  the packs are the same, and find the same in the documents
  1  they differ
  2  something could not be read, no document was checked, or the command is wrong; wins over 1";

#[derive(Args, Debug)]
#[command(after_help = DIFF_STATUS)]
pub(crate) struct DiffArguments {
    /// The earlier version: a built-in pack by name, or the folder of a pack (./name where both exist)
    #[arg(value_name = "BEFORE")]
    pub(crate) before: PathBuf,
    /// The later version, named in the same way
    #[arg(value_name = "AFTER")]
    pub(crate) after: PathBuf,
    /// Documents to check with both: files, folders, archives, globs in quotes, or - for standard input, as with check
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// How to print the difference. JSON is kirjuri-packs-diff/1
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
    /// The day the documents are judged by, as with check
    #[arg(long, value_parser = parse_as_of, value_name = "DATE")]
    pub(crate) as_of: Option<JudgedBy>,
}

#[derive(Subcommand, Debug)]
pub(crate) enum StructuresCommand {
    /// Make a pack of published structures (Sosmeta: JSON Schema draft-07 with `sosmeta` blocks)
    Import(ImportArguments),
}

#[derive(Args, Debug)]
pub(crate) struct ImportArguments {
    /// Folder of the published structures, a .json file each
    pub(crate) folder: PathBuf,
    /// Folder of the pack. A new one gets the rules of the built-in pack `sosmeta`; to one that is there the structures
    /// are added, and replace those of the same OID
    #[arg(long, short, value_name = "PACK")]
    pub(crate) output: PathBuf,
    /// Keep the national structures in a new pack, which then takes the place of `sosmeta`
    #[arg(long)]
    pub(crate) with_national: bool,
}

#[derive(Args, Debug)]
pub(crate) struct RulesArguments {
    /// Packs and Schematron schemas, as with --pack
    #[arg(value_name = "PACK")]
    pub(crate) named: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) packs: PackArguments,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// How to print the list. JSON is a line for each pack; Markdown and HTML are the rule book
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: RulesFormat,
    /// The folder for the pages of --format html, which are in all languages
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    /// The rule, for instance kanta-header/malformed-hetu, or SCHEMA/ID of an assertion
    #[arg(value_name = "PACK/RULE")]
    pub(crate) rule: String,
    #[command(flatten)]
    pub(crate) packs: PackArguments,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
}

#[derive(Args, Debug)]
pub(crate) struct TestArguments {
    /// Folders of packs [default: the built-in packs]
    #[arg(value_name = "PACK-DIR")]
    pub(crate) packs: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct IdentifyArguments {
    #[command(flatten)]
    pub(crate) inputs: InputArguments,
    #[command(flatten)]
    pub(crate) packs: PackArguments,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
}

#[derive(Args, Debug)]
pub(crate) struct ConfigArguments {
    #[command(flatten)]
    pub(crate) packs: PackArguments,
    #[command(flatten)]
    pub(crate) codes: CodesArguments,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    #[command(flatten)]
    pub(crate) judgement: JudgementArguments,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    /// How to print them. JSON is kirjuri-config/1
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
}

#[derive(Args, Clone, Default, Debug)]
pub(crate) struct LanguageArgument {
    /// Language of the texts [default: fi]
    #[arg(long = "lang", value_enum, value_name = "LANGUAGE")]
    lang: Option<Lang>,
}

impl LanguageArgument {
    /// The language, Finnish where none was given.
    pub(crate) fn get(&self) -> Language {
        self.given().unwrap_or_default()
    }

    /// The language that was given.
    pub(crate) fn given(&self) -> Option<Language> {
        Some(match self.lang? {
            Lang::Fi => Language::Finnish,
            Lang::Sv => Language::Swedish,
            Lang::En => Language::English,
        })
    }

    /// Takes a language as if it had been given.
    pub(crate) fn set(&mut self, language: Language) {
        self.lang = Some(match language {
            Language::Finnish => Lang::Fi,
            Language::Swedish => Lang::Sv,
            Language::English => Lang::En,
        });
    }
}

#[derive(Clone, Copy, ValueEnum, Debug)]
enum Lang {
    /// Finnish
    Fi,
    /// Swedish
    Sv,
    /// English
    En,
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum RulesFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// Every rule of the packs in one document
    Markdown,
    /// Every rule of the packs on a page, as a static site
    Html,
}

#[derive(Clone, Copy, ValueEnum, Debug)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// Makes the choice hold for every stream of the process.
    pub(crate) fn write_global(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// What day documents are judged by.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum JudgedBy {
    Day(Date),
    /// Each by its own.
    Document,
}

impl JudgedBy {
    /// With the day of the run.
    pub(crate) fn on(chosen: Option<JudgedBy>, today: Option<Date>) -> AsOf {
        match chosen {
            Some(JudgedBy::Day(day)) => day.into(),
            Some(JudgedBy::Document) => AsOf::Document(today),
            None => today.into(),
        }
    }
}

pub(crate) fn parse_as_of(text: &str) -> Result<JudgedBy, &'static str> {
    match text {
        "document" => Ok(JudgedBy::Document),
        text => parse_day(text).map(JudgedBy::Day),
    }
}

fn parse_day(text: &str) -> Result<Date, &'static str> {
    let digits = match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => text.replace('-', ""),
        _ => return Err("a day is written YYYY-MM-DD; `document` is each document's own"),
    };
    Date::parse(&digits).ok_or("there is no such day")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_day_must_exist() {
        assert!(parse_day("2026-02-28").is_ok());
        assert!(parse_day("2026-02-29").is_err());
        assert!(parse_day("20260228").is_err());
    }
}
