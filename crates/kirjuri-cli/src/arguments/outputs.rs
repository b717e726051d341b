//! The arguments that say how a report is printed, and where it goes.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use kirjuri::nearest;

#[derive(Args, Clone, Debug)]
pub(crate) struct OutputArguments {
    /// How to print the report to standard output; short for --output FORMAT=- [default: text]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write a report to a file, or to standard output (-); may be given several times. The format may be left out where the
    /// name of the file says it, as .sarif or .csv does
    #[arg(long = "output", value_name = "[FORMAT=]FILE", value_parser = parse_output::<Format>)]
    outputs: Vec<(Format, PathBuf)>,
    /// Where --format svrl or json writes a file for each document, at the document's own path below it
    #[arg(long, value_name = "DIR")]
    pub(crate) output_dir: Option<PathBuf>,
}

impl OutputArguments {
    /// The formats and where each goes, in the order given; text to standard output where nothing is asked for.
    pub(crate) fn all(&self) -> Vec<(Format, PathBuf)> {
        all_outputs(self.format, &self.outputs, Format::Text)
    }

    /// Whether a format is among them.
    pub(crate) fn has(&self, format: Format) -> bool {
        self.all().iter().any(|(asked, _)| *asked == format)
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For people: a line a finding
    Concise,
    /// For programs: kirjuri-report/1
    Json,
    /// For programs: kirjuri-report-ndjson/1, a line a document
    Ndjson,
    /// For code scanning: SARIF 2.1.0, as much as GitHub takes
    Sarif,
    /// For build servers: JUnit XML
    Junit,
    /// For GitHub Actions: annotations
    Github,
    /// For GitLab: code quality
    Gitlab,
    /// For build servers and editors: checkstyle XML
    Checkstyle,
    /// For spreadsheets: a row a finding
    Csv,
    /// For job summaries: Markdown
    Markdown,
    /// For tools of Schematron: the report language of ISO/IEC 19757-3. One document, or --output-dir
    Svrl,
    /// For people: the whole run on one page, to be opened in a browser
    Html,
    /// For analysis: a Parquet table, a row a finding
    Parquet,
}

impl Format {
    /// The name, as options have it.
    pub(crate) fn name(self) -> String {
        name_of(&self)
    }
}

/// Formats that reports are written in.
pub(super) trait OutputFormat: ValueEnum + Send + Sync + 'static {
    /// What the name of a file ends in, in lower case, if it says the format; the longer before the shorter. Names that several
    /// formats go by say nothing.
    const ENDINGS: &'static [(&'static str, Self)];
}

impl OutputFormat for Format {
    const ENDINGS: &'static [(&'static str, Format)] = &[
        // The name GitLab gives its own.
        ("gl-code-quality-report.json", Format::Gitlab),
        (".sarif.json", Format::Sarif),
        (".sarif", Format::Sarif),
        (".txt", Format::Text),
        (".json", Format::Json),
        (".ndjson", Format::Ndjson),
        (".jsonl", Format::Ndjson),
        (".csv", Format::Csv),
        (".html", Format::Html),
        (".parquet", Format::Parquet),
        (".md", Format::Markdown),
        (".svrl", Format::Svrl),
    ];
}

/// The formats and where each goes, in the order given: `--format` is short for standard output, and where nothing is asked for
/// the `usual` one goes there.
pub(super) fn all_outputs<F: Copy>(format: Option<F>, outputs: &[(F, PathBuf)], usual: F) -> Vec<(F, PathBuf)> {
    let short = format.map(|format| (format, PathBuf::from("-")));
    let mut all: Vec<_> = short.into_iter().chain(outputs.iter().cloned()).collect();
    if all.is_empty() {
        all.push((usual, PathBuf::from("-")));
    }
    all
}

/// Reads `FORMAT=FILE`, or a file whose name says its format.
pub(super) fn parse_output<F: OutputFormat>(text: &str) -> Result<(F, PathBuf), String> {
    let named = text.split_once('=');
    if let Some((name, path)) = named {
        if let Ok(format) = F::from_str(name, false) {
            return match path {
                "" => Err(format!("the file is missing; standard output is `{name}=-`")),
                path => Ok((format, path.into())),
            };
        }
        // A file's name may have a `=` in it, behind what no format's name has.
        if !name.contains(['/', '.', '\\']) {
            return Err(unknown::<F>(name));
        }
    }
    let path = Path::new(text);
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    if let Some((_, format)) = F::ENDINGS.iter().find(|(ending, _)| file_name.ends_with(ending)) {
        return Ok((format.clone(), path.into()));
    }
    // Formats that are XML, of which the names of files say no more.
    let of_xml = ["junit", "checkstyle"].into_iter().filter(|name| F::from_str(name, false).is_ok());
    let of_xml: Vec<String> = of_xml.map(|name| format!("`{name}={text}`")).collect();
    let is_format = F::from_str(text, false).is_ok();
    Err(match of_xml.is_empty() || !file_name.ends_with(".xml") {
        false => format!("several formats are XML; did you mean {}?", of_xml.join(" or ")),
        _ if is_format => format!("the file is missing; standard output is `{text}=-`"),
        _ => format!("the name does not say the format; write FORMAT=FILE, for instance `text={text}`"),
    })
}

/// The name of a value, as options have it.
fn name_of(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// Says that there is no such format, and which one may have been meant.
fn unknown<F: ValueEnum>(name: &str) -> String {
    let names: Vec<String> = F::value_variants().iter().map(name_of).collect();
    match nearest(name, names.iter().map(String::as_str)) {
        Some(nearest) => format!("there is no format `{name}`; did you mean `{nearest}`?"),
        None => format!("there is no format `{name}`: {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_format_and_a_file() {
        for (text, format, path) in [
            ("json=-", Format::Json, "-"),
            ("text=a=b.txt", Format::Text, "a=b.txt"),
            ("out/a=b.csv", Format::Csv, "out/a=b.csv"),
            ("a.sarif", Format::Sarif, "a.sarif"),
            ("a.sarif.json", Format::Sarif, "a.sarif.json"),
            ("A.JSON", Format::Json, "A.JSON"),
            ("gl-code-quality-report.json", Format::Gitlab, "gl-code-quality-report.json"),
            ("summary.md", Format::Markdown, "summary.md"),
            ("junit=a.xml", Format::Junit, "a.xml"),
        ] {
            assert_eq!(parse_output::<Format>(text), Ok((format, path.into())), "{text}");
        }
    }

    #[test]
    fn what_is_no_output_says_what_was_meant() {
        for (text, expected) in [
            ("sarf=a.json", "there is no format `sarf`; did you mean `sarif`?"),
            ("xyz=a", "there is no format `xyz`: text, concise, json, "),
            ("a.xml", "several formats are XML; did you mean `junit=a.xml` or `checkstyle=a.xml`?"),
            ("json", "the file is missing; standard output is `json=-`"),
            ("json=", "the file is missing; standard output is `json=-`"),
            ("report", "the name does not say the format; write FORMAT=FILE, for instance `text=report`"),
        ] {
            let error = parse_output::<Format>(text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
