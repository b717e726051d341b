//! `kirjuri check --watch`: checks again whenever something changes that the report depends on, for authors of forms and
//! packs.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use kirjuri::Interrupt;
use notify::{Event, RecursiveMode, Watcher};

use crate::arguments::CheckArguments;
use crate::inputs::Since;
use crate::stop::Stop;
use crate::{Failure, Status, check, finland};

/// An editor writes a file in several steps: so long nothing may change before it is checked again.
const QUIET: Duration = Duration::from_millis(150);
/// What changes all the time is checked all the same, after so long.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is asked whether to stop.
const GLANCE: Duration = Duration::from_millis(100);

type Events = Receiver<notify::Result<Event>>;

/// Checks until Ctrl-C; the status is that of the last run.
///
/// # Errors
/// Standard input among the paths, a system that tells no changes, and a reader of the output that has left.
pub(crate) fn run(arguments: &CheckArguments, stop: &Arc<Stop>) -> Result<Status, Failure> {
    if arguments.inputs.paths.iter().chain(&arguments.inputs.files_from).any(|path| path.as_os_str() == "-") {
        return Err(Failure::Message("--watch cannot watch standard input; name files or folders".into()));
    }
    let (sender, events) = mpsc::channel();
    let told = move |event| {
        // Who has left need not be told.
        let _ = sender.send(event);
    };
    let untold = |error: notify::Error| Failure::Message(format!("--watch: the system does not tell changes: {error}"));
    let mut watcher = notify::recommended_watcher(told).map_err(untold)?;
    // Before the settings are read, so that no change of them is missed.
    Watched::of(arguments).begin(&mut watcher);
    loop {
        // Anew each time: a folder may have come, or have been taken away and put back, and settings may name others. Where
        // they are wrong the run says so.
        let watched = match check::filled(arguments) {
            Ok((filled, _)) => Watched::of(&filled),
            Err(_) => Watched::of(arguments),
        };
        watched.begin(&mut watcher);
        let status = match check::run_once(arguments, stop) {
            Ok(status) => status,
            Err(failure @ Failure::Output(_)) => return Err(failure),
            Err(failure) => {
                failure.tell();
                Status::Failed
            }
        };
        if stop.is_raised() {
            return Ok(status);
        }
        let now = finland::time(jiff::Timestamp::now()).strftime("%H:%M:%S").to_string();
        writeln!(anstream::stderr(), "kirjuri: checked at {now}; waiting for changes (Ctrl-C ends)")?;
        if !watched.wait(&events, stop) {
            return Ok(status);
        }
        if io::stdout().is_terminal() {
            // The screen and what was scrolled off it, so that the last report is not mistaken for the next.
            write!(anstream::stdout(), "\x1b[2J\x1b[3J\x1b[H")?;
        }
    }
}

/// What a report depends on, as true paths.
struct Watched {
    /// Files, and folders with all that is in them.
    causes: Vec<PathBuf>,
    /// What is written by the run itself.
    own: Vec<PathBuf>,
}

impl Watched {
    fn of(arguments: &CheckArguments) -> Watched {
        let CheckArguments { inputs, packs, codes, against, baseline, groups, selection, .. } = arguments;
        let schemas = &packs.schemas;
        let addresses = schemas.addresses.iter().map(|(_, file)| file);
        let named = inputs.paths.iter().chain(&codes.codes).chain(against);
        let named = named.chain(&schemas.doc_roots).chain(addresses).map(|path| without_pattern(path));
        let since = match &inputs.changed_since {
            Some(Since::File(path)) => Some(path),
            Some(Since::Moment(_)) | None => None,
        };
        let configs: Vec<PathBuf> = selection.config.iter().map(PathBuf::from).filter(|path| path.is_file()).collect();
        let files = [&inputs.files_from, &baseline.baseline, &groups.areas, &arguments.evidence.salt_file];
        let files = files.into_iter().flatten().chain(since).chain(&configs).cloned();
        // What a schema includes lies beside it.
        let beside = |path: &PathBuf| if path.is_file() { parent(path).to_path_buf() } else { path.clone() };
        let packs = packs.packs.iter().filter(|path| path.exists()).map(beside);
        let here = env::current_dir().unwrap_or_default();
        let settings = here.ancestors().map(|folder| folder.join("kirjuri.toml"));
        let listed = inputs.files_from.iter().flat_map(|list| listed(list, inputs.null));
        let own = arguments.outputs.all().into_iter().map(|(_, path)| path);
        let own = own.chain(arguments.outputs.output_dir.clone()).chain(arguments.cache.folder.clone());
        let own = own.filter(|path| path.as_os_str() != "-").chain(arguments.evidence.evidence.clone());
        let causes = named.chain(files).chain(packs).chain(settings).chain(listed);
        Watched {
            causes: causes.filter_map(|path| real(&path)).collect(),
            own: own.filter_map(|path| real(&path)).collect(),
        }
    }

    /// Has the system tell what happens to the causes. What is not there is waited for in its folder, as far as that is.
    fn begin(&self, watcher: &mut impl Watcher) {
        // The file itself is another one after each time that an editor has saved it.
        let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) = self.causes.iter().partition(|cause| cause.is_dir());
        let beside: BTreeSet<&Path> = files.into_iter().map(|file| parent(file)).collect();
        for (folder, mode) in beside.into_iter().map(|folder| (folder, RecursiveMode::NonRecursive)) {
            let _ = watcher.watch(folder, mode);
        }
        // Behind the files, whose folders may be among these.
        for folder in folders {
            let _ = watcher.watch(folder, RecursiveMode::Recursive);
        }
    }

    /// Waits until something has changed, and then until all is quiet; false when the run is to end.
    fn wait(&self, events: &Events, stop: &Stop) -> bool {
        let mut changed: Option<Instant> = None;
        let mut last = Instant::now();
        while !stop.is_raised() {
            match events.recv_timeout(GLANCE.min(QUIET)) {
                Ok(event) => {
                    if self.is_cause(&event) {
                        last = Instant::now();
                        changed.get_or_insert(last);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
            if changed.is_some_and(|first| last.elapsed() >= QUIET || first.elapsed() >= PATIENCE) {
                return true;
            }
        }
        false
    }

    fn is_cause(&self, event: &notify::Result<Event>) -> bool {
        // Where the system has lost count anything may have changed.
        let Ok(event) = event else { return true };
        let is_cause = |path: &PathBuf| {
            let below = |cause: &PathBuf| path.strip_prefix(cause).is_ok_and(|below| !is_passing(below));
            // A folder that the run makes for what it writes.
            let is_above = |own: &PathBuf| own.starts_with(path) && !self.causes.contains(path);
            let is_own = |own: &PathBuf| path.starts_with(own) || is_above(own);
            self.causes.iter().any(below) && !self.own.iter().any(is_own)
        };
        event.need_rescan() || (!event.kind.is_access() && event.paths.iter().any(is_cause))
    }
}

/// Whether what lies below a cause is one that an editor makes for itself, or a run while it writes. A file that is a cause
/// itself is none, whatever it is called.
fn is_passing(below: &Path) -> bool {
    let is_of_run = |part: Component<'_>| part.as_os_str().to_string_lossy().starts_with(".kirjuri-");
    let name = below.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(['.', '#'])
        || name.ends_with(['~', '#'])
        || [".swp", ".tmp", ".bak"].iter().any(|end| name.ends_with(end))
        || below.components().any(is_of_run)
}

/// The paths of a list, as a run reads them; none where it cannot be read, which the run tells.
pub(crate) fn listed(list: &Path, is_null: bool) -> Vec<PathBuf> {
    let text = fs::read(list).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let (end, more): (char, &[char]) = if is_null { ('\0', &[]) } else { ('\n', &['\r']) };
    let paths = text.split(end).map(|path| path.trim_end_matches(more)).filter(|path| !path.is_empty());
    paths.map(PathBuf::from).collect()
}

/// The folder that a pattern begins in; any other path as it is.
fn without_pattern(path: &Path) -> PathBuf {
    if path.exists() {
        return path.to_path_buf();
    }
    let is_fixed = |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']);
    let fixed: PathBuf = path.components().take_while(is_fixed).collect();
    if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed }
}

/// The true path; of what is not there, that of the nearest folder that is, with the rest.
fn real(path: &Path) -> Option<PathBuf> {
    // A file that is a link is watched where it is linked: that is where it is replaced.
    if path.is_dir() {
        return fs::canonicalize(path).ok();
    }
    let folder = path.ancestors().skip(1).map(|folder| if folder == Path::new("") { Path::new(".") } else { folder });
    let (rest, folder) =
        folder.enumerate().find_map(|(steps, folder)| Some((steps, fs::canonicalize(folder).ok()?)))?;
    let parts: Vec<Component<'_>> = path.components().collect();
    let rest = parts.get(parts.len().checked_sub(rest + 1)?..)?;
    Some(rest.iter().fold(folder, |folder, part| folder.join(part)))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_make_for_themselves_is_no_change() {
        for (name, expected) in [
            ("a.xml", false),
            ("rule.toml", false),
            (".a.xml.swp", true),
            (".#a.xml", true),
            ("#a.xml#", true),
            ("a.xml~", true),
            ("a.xml.tmp", true),
            (".kirjuri-evidence-Ab1/findings.parquet", true),
        ] {
            assert_eq!(is_passing(&Path::new("deep").join(name)), expected, "{name}");
        }
    }

    #[test]
    fn what_is_not_there_has_a_true_path() {
        let folder = tempfile::tempdir().unwrap();
        let there = fs::canonicalize(folder.path()).unwrap();
        for (path, expected) in [("", ""), ("a", "a"), ("a/b/c", "a/b/c")] {
            assert_eq!(real(&folder.path().join(path)), Some(there.join(expected)), "{path}");
        }
        assert_eq!(real(Path::new("nowhere/at/all")), Some(env::current_dir().unwrap().join("nowhere/at/all")));
    }

    #[test]
    fn a_pattern_is_watched_from_where_it_begins() {
        for (path, expected) in [("nowhere/**/*.xml", "nowhere"), ("*.xml", "."), ("nowhere/a.xml", "nowhere/a.xml")] {
            assert_eq!(without_pattern(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
