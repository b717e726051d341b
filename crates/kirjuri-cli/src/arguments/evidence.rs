//! The arguments of evidence: of a run that leaves it, and of the commands that ask it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kirjuri_report::Dimension;

use super::LanguageArgument;
use super::groups::dimension;
use super::outputs::{OutputFormat, all_outputs, parse_output};

#[derive(Args, Clone, Debug)]
pub(crate) struct EvidenceArguments {
    /// Leave what was measured in a folder, as Parquet tables without paths or content of the documents. Earlier evidence
    /// there is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence: Option<PathBuf>,
    /// A file with a secret of 16 bytes or more, so that a document has the same hash in the evidence of all runs [default: a
    /// new random salt, which nobody knows]
    #[arg(long, value_name = "FILE", requires = "evidence")]
    pub(crate) salt_file: Option<PathBuf>,
}

/// The formats of what is asked of evidence.
#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum EvidenceFormat {
    /// For people
    Text,
    /// For people, in Markdown
    Markdown,
    /// For programs
    Json,
}

/// The formats of a report on evidence.
#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum SummaryFormat {
    /// For people
    Text,
    /// For people, in Markdown
    Markdown,
    /// For programs
    Json,
    /// For people: one page, to be opened in a browser
    Html,
}

impl OutputFormat for SummaryFormat {
    const ENDINGS: &'static [(&'static str, SummaryFormat)] = &[
        (".txt", SummaryFormat::Text),
        (".md", SummaryFormat::Markdown),
        (".json", SummaryFormat::Json),
        (".html", SummaryFormat::Html),
    ];
}

const GATE_STATUS: &str = "\
Exit status:
  0  all limits are kept
  1  a limit is broken
  2  a limit cannot be judged, the policy is wrong, or the evidence cannot be read; wins over 1";

#[derive(Args, Clone, Debug)]
#[command(after_help = GATE_STATUS)]
pub(crate) struct GateArguments {
    /// The evidence of the run
    #[arg(value_name = "EVIDENCE")]
    pub(crate) evidence: PathBuf,
    /// The policy; docs/evidence.md says what one holds
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) policy: PathBuf,
    /// The evidence of an earlier run, which must not have been better
    #[arg(long, value_name = "EARLIER")]
    pub(crate) against: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// How to print the verdict. JSON is kirjuri-gate/1
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: EvidenceFormat,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct ReportArguments {
    /// The evidence of a run, or of several: the last of them in time is reported, with the trend
    #[arg(required = true, value_name = "EVIDENCE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Show the numbers by area, provider and so on; several with commas
    #[arg(long, value_delimiter = ',', value_parser = dimension(), value_name = "DIMENSION")]
    pub(crate) by: Vec<Dimension>,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// How to print the report to standard output; short for --output FORMAT=- [default: text]. JSON is kirjuri-summary/1
    #[arg(long, value_enum)]
    format: Option<SummaryFormat>,
    /// Write the report to a file, or to standard output (-); may be given several times. The format may be left out where the
    /// name of the file says it, as .md or .html does
    #[arg(long = "output", value_name = "[FORMAT=]FILE", value_parser = parse_output::<SummaryFormat>)]
    outputs: Vec<(SummaryFormat, PathBuf)>,
}

impl ReportArguments {
    /// The formats and where each goes, in the order given; text to standard output where nothing is asked for.
    pub(crate) fn all(&self) -> Vec<(SummaryFormat, PathBuf)> {
        all_outputs(self.format, &self.outputs, SummaryFormat::Text)
    }
}

#[derive(Args, Clone, Debug)]
pub(crate) struct CompareArguments {
    /// The evidence of a run
    #[arg(value_name = "EVIDENCE")]
    pub(crate) first: PathBuf,
    /// The evidence of another run. Without it, two groups of the one run are compared
    #[arg(value_name = "OTHER")]
    pub(crate) second: Option<PathBuf>,
    /// Compare groups of this dimension
    #[arg(long, value_parser = dimension(), requires = "values", value_name = "DIMENSION")]
    pub(crate) by: Option<Dimension>,
    /// The groups: a value for each side, or one for both of two runs
    #[arg(long, value_delimiter = ',', requires = "by", value_name = "VALUE,VALUE")]
    pub(crate) values: Vec<String>,
    /// A difference counts where its corrected probability is no more than this
    #[arg(long, default_value_t = 0.05, value_parser = parse_level, value_name = "P")]
    pub(crate) level: f64,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// How to print the comparison. JSON is kirjuri-comparison/1
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: EvidenceFormat,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct MergeArguments {
    /// The evidence of the runs
    #[arg(required = true, value_name = "EVIDENCE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Where the merged evidence is put
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Merge runs that had different versions of packs
    #[arg(long)]
    pub(crate) allow_versions: bool,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
}

const TREND_STATUS: &str = "\
Exit status:
  0  all targets are reached, or there are none
  1  a target is missed
  2  a target is not measured, or something cannot be read; wins over 1";

#[derive(Args, Clone, Debug)]
#[command(after_help = TREND_STATUS)]
pub(crate) struct TrendArguments {
    /// The evidence of the runs, in any order
    #[arg(required = true, value_name = "EVIDENCE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// What is aimed at; docs/evidence.md says how it is written
    #[arg(long, value_name = "FILE.toml")]
    pub(crate) targets: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) language: LanguageArgument,
    /// How to print the trend. JSON is kirjuri-trend/1
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: EvidenceFormat,
}

fn parse_level(text: &str) -> Result<f64, &'static str> {
    let level = text.parse::<f64>().ok().filter(|level| *level > 0.0 && *level < 1.0);
    level.ok_or("a level lies between 0 and 1, for instance 0.05")
}
