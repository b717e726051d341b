//! What is asked of evidence: `kirjuri gate`, `report`, `compare`, `merge` and `trend`. No document is read.

use std::io::{self, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use kirjuri::Language;
use kirjuri_evidence::{
    EvidenceError, HtmlOptions, Kept, Page, PageFormat, Policy, Scope, Side, Summary, Targets, comparison_page,
    in_time, merge_page, summary_page, trend_page, verdict_page, write_comparison_json, write_html, write_summary,
    write_summary_json, write_trend_json, write_verdict_json,
};
use kirjuri_report::{Areas, Dimension, Fault};

use crate::arguments::{
    CompareArguments, EvidenceFormat, GateArguments, MergeArguments, ReportArguments, SummaryFormat, TrendArguments,
};
use crate::destination::{Destination, are_apart};
use crate::{Failure, Status, text_file};

/// Says whether evidence keeps the limits of a policy.
///
/// # Errors
/// What is wrong with the policy, or which evidence cannot be read.
pub(crate) fn gate(arguments: &GateArguments) -> Result<Status, Failure> {
    let policy = settings(&arguments.policy, Policy::parse)?;
    let run = read(&arguments.evidence)?;
    let against = arguments.against.as_deref().map(read).transpose()?;
    let verdict = kirjuri_evidence::gate(&policy, &run, against.as_ref());
    let language = arguments.language.get();
    print(
        arguments.format,
        || verdict_page(&verdict, language),
        |out| write_verdict_json(&verdict, language, out),
        &mut stdout(),
    )?;
    Ok(match (verdict.unknown.is_empty(), verdict.broken.is_empty()) {
        (false, _) => Status::Failed,
        (true, false) => Status::Found,
        (true, true) => Status::Clean,
    })
}

/// Reports what evidence comes to.
///
/// # Errors
/// Which evidence cannot be read.
pub(crate) fn report(arguments: &ReportArguments) -> Result<Status, Failure> {
    let runs = read_all(&arguments.evidence)?;
    let trend = (runs.len() > 1).then(|| kirjuri_evidence::trend(&runs, None));
    let last_name = runs.last().map(|(name, _)| name.clone());
    let mut earlier: Vec<Summary> = runs.into_iter().map(|(_, run)| run).collect();
    let Some(last) = earlier.pop() else { return Ok(Status::Failed) };
    let mut last = Summary { earlier, ..last };
    let (by, language) = (&arguments.by, arguments.language.get());
    let all = arguments.all();
    are_apart(all.iter().map(|(_, path)| path.as_path()))?;
    if all.iter().any(|(format, _)| *format == SummaryFormat::Html) {
        let name = last_name.unwrap_or_default();
        let with_places = Summary::read_with_places(Path::new(&name), language, Kept::default()).map_err(failure)?;
        let Summary { places, places_left_out, not_checked, .. } = with_places;
        last = Summary { places, places_left_out, not_checked, ..last };
    }
    let last = &last;
    let mut written = Vec::new();
    for (format, path) in &all {
        let (mut out, _) = Destination::open(path)?;
        let format = match format {
            SummaryFormat::Text => EvidenceFormat::Text,
            SummaryFormat::Markdown => EvidenceFormat::Markdown,
            SummaryFormat::Json => EvidenceFormat::Json,
            SummaryFormat::Html => {
                write_html(last, HtmlOptions { language, title: None }, &mut out)?;
                written.push(out);
                continue;
            }
        };
        print(
            format,
            || summary_page(last, by, trend.as_ref(), language),
            |out| write_summary_json(last, by, trend.as_ref(), language, out),
            &mut out,
        )?;
        written.push(out);
    }
    // Only when all are written: where one cannot be, none takes the place of an earlier one.
    written.into_iter().try_for_each(Destination::finish)?;
    Ok(Status::Clean)
}

/// Compares two runs, or two groups of documents.
///
/// # Errors
/// Which evidence cannot be read, or that there is no such group.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<Status, Failure> {
    let CompareArguments { first, second, by, values, level, language, format } = arguments;
    let of_one = second.is_none();
    let second = second.as_ref().unwrap_or(first);
    let (runs, paths) = ([read(first)?, read(second)?], [first, second]);
    let (by, values) = match (by, values.as_slice()) {
        (None, _) if of_one => {
            let message = "there is nothing to compare with: name another run, or two groups with --by and --values";
            return Err(Failure::Message(message.into()));
        }
        (None, _) => (None, [None, None]),
        (Some(by), [value]) if !of_one => (Some(*by), [Some(value), Some(value)]),
        (Some(by), [first, second]) => (Some(*by), [Some(first), Some(second)]),
        (Some(_), _) => {
            let message = "--values takes two groups, or one that both of two runs have";
            return Err(Failure::Message(message.into()));
        }
    };
    let side = |number: usize| -> Option<Result<Side<'_>, Failure>> {
        let (run, path, value) = (runs.get(number)?, paths.get(number)?, values.get(number)?);
        Some(side_of(run, path, by, *value, of_one, language.get()))
    };
    let (Some(a), Some(b)) = (side(0), side(1)) else { return Ok(Status::Failed) };
    let comparison = kirjuri_evidence::compare(&a?, &b?, *level);
    print(
        *format,
        || comparison_page(&comparison, language.get()),
        |out| write_comparison_json(&comparison, language.get(), out),
        &mut stdout(),
    )?;
    Ok(Status::Clean)
}

fn side_of<'s>(
    run: &'s Summary,
    path: &Path,
    by: Option<Dimension>,
    value: Option<&String>,
    of_one: bool,
    language: Language,
) -> Result<Side<'s>, Failure> {
    let run_name = path.display().to_string();
    let (Some(by), Some(value)) = (by, value) else {
        return Ok(Side { label: run_name, scope: Scope::whole(run) });
    };
    let scope = Scope::find(run, by, Some(value)).ok_or_else(|| {
        let dimension = by.id();
        let mut known: Vec<&str> =
            run.groups.iter().filter(|group| group.dimension == by).filter_map(|it| it.value.as_deref()).collect();
        known.truncate(NAMED);
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        Failure::Message(format!(
            "{run_name}: there are no documents of the {dimension} `{value}` (there are: {known})"
        ))
    })?;
    let group = format!("{} {value}", kirjuri_evidence::dimension_name(by, language));
    Ok(Side { label: if of_one { group } else { format!("{run_name}, {group}") }, scope })
}

/// Values of a dimension that are named where one is not there.
const NAMED: usize = 20;

/// Merges the evidence of several runs.
///
/// # Errors
/// Which evidence cannot be read or written, or why it cannot be merged.
pub(crate) fn merge(arguments: &MergeArguments) -> Result<Status, Failure> {
    is_none_of(&arguments.output, &arguments.evidence)?;
    let mut runs = Vec::new();
    for path in &arguments.evidence {
        runs.push((path.display().to_string(), read(path)?));
    }
    let merged = kirjuri_evidence::merge(&runs, arguments.allow_versions, &Areas::national());
    let merged = merged.map_err(|error| Failure::Message(error.to_string()))?;
    write_summary(&arguments.output, &merged.summary).map_err(failure)?;
    let mut out = stdout();
    merge_page(&merged, runs.len(), arguments.language.get()).write(PageFormat::Text, &mut out)?;
    out.flush()?;
    Ok(Status::Clean)
}

/// Whether a place is none of the runs that are merged, nor in one of them, however it is named: a run that gives way to a merge
/// is lost.
fn is_none_of(output: &Path, evidence: &[PathBuf]) -> Result<(), Failure> {
    let place = resolved(output).map_err(|error| Failure::Message(format!("{}: {error}", output.display())))?;
    for run in evidence {
        let Ok(own) = run.canonicalize() else { continue };
        if !place.starts_with(&own) {
            continue;
        }
        let (output, run) = (output.display(), run.display());
        return Err(Failure::Message(match place == own {
            true => format!(
                "{output}: that is one of the runs that are merged ({run}), which would be lost; name another folder"
            ),
            false => format!("{output}: that lies in one of the runs that are merged ({run}); name another folder"),
        }));
    }
    Ok(())
}

/// The one path of a place that need not be there yet: without links, `.` and `..`.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut place = PathBuf::from(".").canonicalize()?;
    for component in path.components() {
        match component {
            // What lies so far has no links any more, so that the folder above is the one before.
            Component::ParentDir => drop(place.pop()),
            Component::CurDir => {}
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                place.push(component);
                place = place.canonicalize().unwrap_or(place);
            }
        }
    }
    Ok(place)
}

/// Shows how runs go over time.
///
/// # Errors
/// What is wrong with the targets, or which evidence cannot be read.
pub(crate) fn trend(arguments: &TrendArguments) -> Result<Status, Failure> {
    let targets = arguments.targets.as_deref().map(|path| settings(path, Targets::parse)).transpose()?;
    let runs = read_all(&arguments.evidence)?;
    let trend = kirjuri_evidence::trend(&runs, targets.as_ref());
    let language = arguments.language.get();
    print(
        arguments.format,
        || trend_page(&trend, language),
        |out| write_trend_json(&trend, language, out),
        &mut stdout(),
    )?;
    let of_aim = |reached: Option<bool>| match reached {
        Some(true) => Status::Clean,
        Some(false) => Status::Found,
        None => Status::Failed,
    };
    Ok(trend.aims.iter().map(|aim| of_aim(aim.is_reached())).max().unwrap_or(Status::Clean))
}

fn failure(error: EvidenceError) -> Failure {
    Failure::Message(error.to_string())
}

fn read(folder: impl AsRef<Path>) -> Result<Summary, Failure> {
    Summary::read(folder.as_ref()).map_err(failure)
}

/// The runs in the order of their time, each with the name of its folder.
fn read_all(folders: &[PathBuf]) -> Result<Vec<(String, Summary)>, Failure> {
    let mut runs = Vec::new();
    for folder in folders {
        runs.push((folder.display().to_string(), read(folder)?));
    }
    Ok(in_time(runs))
}

/// Reads a file of settings.
fn settings<T>(path: &Path, parse: impl Fn(&str, &str) -> Result<T, Vec<Fault>>) -> Result<T, Failure> {
    let name = path.display().to_string();
    let text = text_file::read(path, text_file::LONGEST_SETTINGS)?;
    parse(&name, &text).map_err(|faults| Failure::File { name, faults })
}

/// Writes a page, or the same as JSON.
fn print(
    format: EvidenceFormat,
    page: impl Fn() -> Page,
    json: impl Fn(&mut dyn Write) -> io::Result<()>,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        EvidenceFormat::Text => page().write(PageFormat::Text, out)?,
        EvidenceFormat::Markdown => page().write(PageFormat::Markdown, out)?,
        EvidenceFormat::Json => json(out)?,
    }
    out.flush()
}

fn stdout() -> BufWriter<anstream::AutoStream<io::StdoutLock<'static>>> {
    BufWriter::new(anstream::stdout().lock())
}
