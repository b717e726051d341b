//! The arguments that say how a report is printed, and where it goes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Debug)]
pub(crate) struct OutputArguments {
    /// How to print the report to standard output; short for --output FORMAT=- [default: text]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the report in a format to a file, or to standard output (-); may be given several times
    #[arg(long = "output", value_name = "FORMAT=FILE", value_parser = parse_output)]
    outputs: Vec<(Format, PathBuf)>,
    /// Where --format svrl writes a file for each document, at the document's own path below it
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,
}

impl OutputArguments {
    /// The formats and where each goes, in the order given; text to standard output where nothing is asked for.
    pub(crate) fn all(&self) -> Vec<(Format, PathBuf)> {
        let short = self.format.map(|format| (format, PathBuf::from("-")));
        let mut all: Vec<_> = short.into_iter().chain(self.outputs.iter().cloned()).collect();
        if all.is_empty() {
            all.push((Format::Text, PathBuf::from("-")));
        }
        all
    }

    /// Whether a format is among them.
    pub(crate) fn has(&self, format: Format) -> bool {
        self.all().iter().any(|(asked, _)| *asked == format)
    }
}

fn parse_output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text.split_once('=').ok_or("a format and a file are written FORMAT=FILE")?;
    let known = || Format::value_variants().iter().filter_map(|format| format.to_possible_value());
    let format = Format::from_str(format, false).map_err(|_| {
        let names: Vec<String> = known().map(|value| value.get_name().to_owned()).collect();
        format!("there is no format `{format}`: {}", names.join(", "))
    })?;
    Ok((format, path.into()))
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
