//! The arguments that say how a report is printed, and where it goes.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

#[derive(Args, Clone, Debug)]
pub(crate) struct OutputArguments {
    /// How to print the report to standard output; short for --output FORMAT=- [default: text]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write a report to a file, or to standard output (-); may be given several times. The format may be left out where the
    /// name of the file says it, as .sarif or .csv does
    #[arg(long = "output", value_name = "[FORMAT=]FILE", value_parser = parse_output)]
    outputs: Vec<(Format, PathBuf)>,
    /// Where --format svrl or json writes a file for each document, at the document's own path below it
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
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What the name of a file says it holds. Names that several formats go by say nothing.
    fn of_file(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        // The name GitLab gives its own.
        if name == "gl-code-quality-report.json" {
            return Some(Format::Gitlab);
        }
        let endings = [
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
        endings.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, format)| format)
    }
}

/// Reads `FORMAT=FILE`, or a file whose name says its format.
fn parse_output(text: &str) -> Result<(Format, PathBuf), String> {
    let named = text.split_once('=');
    if let Some((name, path)) = named {
        if let Ok(format) = Format::from_str(name, false) {
            return match path {
                "" => Err(format!("the file is missing; standard output is `{name}=-`")),
                path => Ok((format, path.into())),
            };
        }
        // A file's name may have a `=` in it, behind what no format's name has.
        if !name.contains(['/', '.', '\\']) {
            return Err(unknown(name));
        }
    }
    let path = Path::new(text);
    if let Some(format) = Format::of_file(path) {
        return Ok((format, path.into()));
    }
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    Err(match ending.as_deref() {
        Some("xml") => format!("several formats are XML; did you mean `junit={text}` or `checkstyle={text}`?"),
        _ if Format::from_str(text, false).is_ok() => format!("the file is missing; standard output is `{text}=-`"),
        _ => format!("the name does not say the format; write FORMAT=FILE, for instance `text={text}`"),
    })
}

/// Says that there is no such format, and which one may have been meant.
fn unknown(name: &str) -> String {
    let names: Vec<String> = Format::value_variants().iter().map(|format| format.name()).collect();
    let likeness = |known: &String| strsim::jaro_winkler(name, known);
    let nearest = names.iter().filter(|known| likeness(known) > 0.7);
    match nearest.max_by(|a, b| likeness(a).total_cmp(&likeness(b)).then_with(|| b.cmp(a))) {
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
            assert_eq!(parse_output(text), Ok((format, path.into())), "{text}");
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
            let error = parse_output(text).unwrap_err();
            assert!(error.starts_with(expected), "{text}: {error}");
        }
    }
}
