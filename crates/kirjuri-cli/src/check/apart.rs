//! What a run reads is not written over by its own reports: a slip of the shell would cost a document.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::arguments::CheckArguments;
use crate::destination::is_stdout;
use crate::inputs::is_among;
use crate::settings::Settings;
use crate::watch::listed;

/// How many bytes tell a report from a document.
const HEAD: u64 = 1 << 10;

/// What reports begin with, that are files of XML and JSON by their names.
const MARKS: [&str; 6] = [
    "\"kirjuri-report",
    "\"check_name\":",
    "sarif-schema-2.1.0",
    "<testsuites name=\"kirjuri\">",
    "<checkstyle version",
    "schematron-output",
];

/// Refuses reports that would take the place of what the run reads, before anything is checked. A report of an earlier run
/// is no loss, also where it lies among the documents.
///
/// # Errors
/// The file, and what the run reads it for; a folder that is none.
pub(super) fn keep(arguments: &CheckArguments, settings: &Settings) -> Result<(), Failure> {
    let folders = [("--evidence", &arguments.evidence.evidence), ("--output-dir", &arguments.outputs.output_dir)];
    for (option, folder) in folders.into_iter().filter_map(|(option, folder)| Some((option, folder.as_ref()?))) {
        if folder.exists() && !folder.is_dir() {
            return Err(Failure::Message(format!("{option} {}: that is a file, not a folder", folder.display())));
        }
    }
    for (_, path) in arguments.outputs.all() {
        // Of a link, what it leads to is replaced.
        let Ok(real) = fs::canonicalize(&path) else { continue };
        if is_stdout(&path) || !real.is_file() {
            continue;
        }
        if let Some(what) = read_as(arguments, settings, &real) {
            let path = path.display();
            return Err(Failure::Message(format!(
                "the report would replace {path}, {what} of this run; name another file"
            )));
        }
    }
    Ok(())
}

/// What the run reads a file for.
fn read_as(arguments: &CheckArguments, settings: &Settings, file: &Path) -> Option<&'static str> {
    let CheckArguments { inputs, packs, codes, baseline, groups, selection, .. } = arguments;
    let is_file = |path: &Path| fs::canonicalize(path).is_ok_and(|real| real == file);
    let configs: Vec<PathBuf> = selection.config.iter().map(PathBuf::from).collect();
    let addresses: Vec<&PathBuf> = packs.schemas.addresses.iter().map(|(_, file)| file).collect();
    let files: [(Vec<&PathBuf>, &str); 8] = [
        (settings.file.iter().collect(), "the settings"),
        (configs.iter().collect(), "the settings"),
        (baseline.baseline.iter().collect(), "the baseline"),
        (groups.areas.iter().collect(), "the areas"),
        (arguments.evidence.salt_file.iter().collect(), "the salt"),
        (inputs.files_from.iter().collect(), "the list of paths"),
        (arguments.against.iter().collect(), "the structure"),
        (addresses, "a file"),
    ];
    if let Some((_, what)) = files.into_iter().find(|(paths, _)| paths.iter().any(|path| is_file(path))) {
        return Some(what);
    }
    let ending = file.extension().unwrap_or_default().to_ascii_lowercase();
    let is_rules = ["toml", "sch", "xml", "json", "codes"].iter().any(|known| ending == *known) && !is_report(file);
    let is_below = |path: &PathBuf| fs::canonicalize(path).is_ok_and(|real| file.starts_with(real));
    if is_rules && packs.packs.iter().any(is_below) {
        return Some("a file of a pack");
    }
    if is_rules && codes.codes.iter().any(is_below) {
        return Some("a code set");
    }
    let is_from_list = |list: &Path| listed(list, inputs.null).iter().any(|path| is_among(path, file));
    let list = inputs.files_from.as_deref().filter(|list| !is_stdout(list));
    let is_document = inputs.paths.iter().any(|path| is_among(path, file)) || list.is_some_and(is_from_list);
    (is_document && !is_report(file)).then_some("a document")
}

/// Whether a file is a report, or holds nothing.
fn is_report(file: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    // Of no issues a report for GitLab is an empty list.
    let is_empty = head.chars().all(|c| c.is_whitespace() || matches!(c, '[' | ']'));
    read.is_ok() && (is_empty || MARKS.iter().any(|mark| head.contains(mark)))
}
