//! The arguments of the command, each defined, documented and given its default here and nowhere else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use kirjuri::codes::Columns;
use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Language, Limits, Severity};

use crate::schemas::{parse_address, parse_role};

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
    /// List the rules
    Rules(RulesArguments),
    /// Say everything about a rule: what it wants, why, its guideline, its examples
    Explain(ExplainArguments),
    /// Prove the rules of packs by their examples
    Test(TestArguments),
    /// Say what kind of document each file is, and which packs apply to it
    Identify(IdentifyArguments),
    /// Compare versions of packs
    #[command(subcommand)]
    Packs(PacksCommand),
    /// Bring published document structures into a pack
    #[command(subcommand)]
    Structures(StructuresCommand),
    /// Import published code sets, and look into them
    #[command(subcommand)]
    Codes(CodesCommand),
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
    /// Documents to check with both: files, folders (their .xml and .json files, at any depth), globs in quotes, or - for
    /// standard input
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

#[derive(Subcommand, Debug)]
pub(crate) enum CodesCommand {
    /// Make indexed files of published code sets: tables (CSV exports of the national code server, or code,fi,sv,en,from,to)
    /// and FHIR CodeSystem and ValueSet in JSON
    Import(CodesImportArguments),
    /// List the code sets: those of packs, and imported ones
    List(CodesListArguments),
    /// Show a code set, or a code of it
    Show(CodesShowArguments),
    /// Look indexed files over: whether they are whole, and what is odd in them
    Check(CodesCheckArguments),
}

#[derive(Args, Debug)]
pub(crate) struct CodesImportArguments {
    /// The published files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Where the indexed files go: a folder, in which each is named by its OID, or a file whose name ends in .codes
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) into: PathBuf,
    /// OID of the code set, with its version where it has one; a table does not say it
    #[arg(long, value_name = "OID")]
    pub(crate) oid: Option<String>,
    /// What the code set is called [default: as the file says, else its OID]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The file lists only some of the codes, so that no code is unknown because it is not there
    #[arg(long)]
    pub(crate) incomplete: bool,
    /// What the columns of a table mean that are not known by their headings: code, fi, sv, en, also, from, to, ignore
    #[arg(long, value_parser = Columns::parse, value_name = "MEANING=HEADING,...")]
    pub(crate) columns: Option<Columns>,
    /// The day of the import that is noted in the files, as YYYY-MM-DD [default: today in Finland]
    #[arg(long, value_parser = parse_day, value_name = "DATE")]
    pub(crate) imported: Option<Date>,
}

/// Imported code sets.
#[derive(Args, Debug)]
pub(crate) struct CodesArguments {
    /// An imported code set (`kirjuri codes import`), or a folder of them; may be given several times. All packs know it,
    /// in the place of their own set of the same OID
    #[arg(long = "codes", value_name = "PATH")]
    pub(crate) codes: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct CodesListArguments {
    #[command(flatten)]
    pub(crate) codes: CodesArguments,
    #[command(flatten)]
    pub(crate) packs: PackArguments,
}

#[derive(Args, Debug)]
pub(crate) struct CodesShowArguments {
    /// OID of the code set. Without a version, all its versions are shown
    pub(crate) oid: String,
    /// A code of it
    pub(crate) code: Option<String>,
    #[command(flatten)]
    pub(crate) codes: CodesArguments,
    #[command(flatten)]
    pub(crate) packs: PackArguments,
}

#[derive(Args, Debug)]
pub(crate) struct CodesCheckArguments {
    /// Indexed files, or folders of them
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

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
    /// How to print the report
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// Where --format svrl writes a file for each document, at the document's own path below it
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,
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

#[derive(Args, Debug)]
pub(crate) struct InputArguments {
    /// Files, folders (their .xml and .json files, at any depth), globs in quotes, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Largest document that is read, in bytes
    #[arg(long, default_value_t = Limits::default().bytes, help_heading = "Limits", value_name = "BYTES")]
    pub(crate) max_bytes: usize,
    /// Deepest nesting of elements
    #[arg(long, default_value_t = Limits::default().depth, help_heading = "Limits", value_name = "N")]
    pub(crate) max_depth: usize,
    /// Most attributes of an element
    #[arg(long, default_value_t = Limits::default().attributes, help_heading = "Limits", value_name = "N")]
    pub(crate) max_attributes: usize,
    /// Most nodes of a document
    #[arg(long, default_value_t = Limits::default().nodes, help_heading = "Limits", value_name = "N")]
    pub(crate) max_nodes: usize,
}

impl InputArguments {
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.bytes = self.max_bytes;
        limits.depth = self.max_depth;
        limits.attributes = self.max_attributes;
        limits.nodes = self.max_nodes;
        limits
    }
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
    /// How to print the list. JSON is a line for each pack
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: ListFormat,
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
pub(crate) struct PackArguments {
    /// A built-in pack by name, the folder of a pack (./name where both exist), or the file of a Schematron schema;
    /// may be given several times [default: all built-in packs]
    #[arg(long = "pack", value_name = "PACK")]
    pub(crate) packs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) schemas: SchemaArguments,
}

/// What holds for all Schematron schemas among the packs.
#[derive(Args, Debug)]
pub(crate) struct SchemaArguments {
    /// The phase to run, or #ALL [default: that of the schema]
    #[arg(long, value_name = "NAME", help_heading = "Schematron")]
    pub(crate) phase: Option<String>,
    /// A folder whose files document() and doc() may read, beside the schema's own; may be given several times
    #[arg(long = "doc-root", value_name = "DIR", help_heading = "Schematron")]
    pub(crate) doc_roots: Vec<PathBuf>,
    /// A file that stands for an address, which is never fetched; may be given several times
    #[arg(long = "map-url", value_name = "URL=FILE", value_parser = parse_address, help_heading = "Schematron")]
    pub(crate) addresses: Vec<(String, PathBuf)>,
    /// The severity of a flag or role, in any case; `none` is all without a known one; may be given several times
    #[arg(long = "map-role", value_name = "ROLE=SEVERITY", value_parser = parse_role, help_heading = "Schematron")]
    pub(crate) roles: Vec<(String, Severity)>,
    /// Refuse schemas that the standard does not allow, with elements of Schematron that there are not, or with an
    /// expression that does not compile
    #[arg(long, help_heading = "Schematron")]
    pub(crate) strict: bool,
}

impl SchemaArguments {
    /// The first argument that was given, which makes no sense without a schema.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.phase.is_some(), "--phase"),
            (!self.doc_roots.is_empty(), "--doc-root"),
            (!self.addresses.is_empty(), "--map-url"),
            (!self.roles.is_empty(), "--map-role"),
            (self.strict, "--strict"),
        ];
        given.into_iter().find_map(|(is_given, name)| is_given.then_some(name))
    }
}

#[derive(Args, Debug)]
pub(crate) struct LanguageArgument {
    /// Language of the texts
    #[arg(long = "lang", value_enum, default_value = "fi", value_name = "LANGUAGE")]
    lang: Lang,
}

impl LanguageArgument {
    pub(crate) fn get(&self) -> Language {
        match self.lang {
            Lang::Fi => Language::Finnish,
            Lang::Sv => Language::Swedish,
            Lang::En => Language::English,
        }
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
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs: kirjuri-report/1
    Json,
    /// For tools of Schematron: the report language of ISO/IEC 19757-3. One document, or --output-dir
    Svrl,
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
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

fn parse_as_of(text: &str) -> Result<JudgedBy, &'static str> {
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
