//! `kirjuri check --watch`: checks again whenever something changes that the report depends on, for authors of forms and
//! packs.

use std::env;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use kirjuri::Interrupt;
use notify::{Event, RecursiveMode, Watcher};

use crate::arguments::CheckArguments;
use crate::stop::Stop;
use crate::{Failure, Status, check};

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
    if arguments.inputs.paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(Failure::Message("--watch cannot watch standard input; name files or folders".into()));
    }
    let (sender, events) = mpsc::channel();
    let told = move |event| {
        // Who has left need not be told.
        let _ = sender.send(event);
    };
    let untold = |error: notify::Error| Failure::Message(format!("--watch: the system does not tell changes: {error}"));
    let mut watcher = notify::recommended_watcher(told).map_err(untold)?;
    loop {
        // Anew each time: a folder may have come, or have been taken away and put back.
        let watched = Watched::of(arguments);
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
        let now = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
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
        let schemas = &arguments.packs.schemas;
        let addresses = schemas.addresses.iter().map(|(_, file)| file);
        let named = arguments.inputs.paths.iter().chain(&arguments.codes.codes).chain(&arguments.against);
        let named = named.chain(&schemas.doc_roots).chain(addresses).map(|path| without_pattern(path));
        // What a schema includes lies beside it.
        let beside = |path: &PathBuf| if path.is_file() { parent(path).to_path_buf() } else { path.clone() };
        let packs = arguments.packs.packs.iter().filter(|path| path.exists()).map(beside);
        let here = env::current_dir().unwrap_or_default();
        let settings = here.ancestors().map(|folder| folder.join("kirjuri.toml"));
        let own = arguments.outputs.all().into_iter().map(|(_, path)| path);
        let own = own.chain(arguments.outputs.output_dir.clone()).chain(arguments.cache.folder.clone());
        Watched {
            causes: named.chain(packs).chain(settings).filter_map(|path| real(&path)).collect(),
            own: own.filter_map(|path| real(&path)).collect(),
        }
    }

    /// Has the system tell what happens to the causes. What is not there is waited for in its folder, as far as that is.
    fn begin(&self, watcher: &mut impl Watcher) {
        for cause in &self.causes {
            let _ = match cause.is_dir() {
                true => watcher.watch(cause, RecursiveMode::Recursive),
                // The file itself is another one after each time that an editor has saved it.
                false => watcher.watch(parent(cause), RecursiveMode::NonRecursive),
            };
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
            let is_in = |folders: &[PathBuf]| folders.iter().any(|folder| path.starts_with(folder));
            is_in(&self.causes) && !is_in(&self.own) && !is_passing(path)
        };
        event.need_rescan() || (!event.kind.is_access() && event.paths.iter().any(is_cause))
    }
}

/// Whether a file is one that an editor makes for itself.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(['.', '#'])
        || name.ends_with(['~', '#'])
        || [".swp", ".tmp", ".bak"].iter().any(|end| name.ends_with(end))
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

/// The true path; of what is not there, that of its folder with its name.
fn real(path: &Path) -> Option<PathBuf> {
    let beside = || Some(fs::canonicalize(parent(path)).ok()?.join(path.file_name()?));
    // A file that is a link is watched where it is linked: that is where it is replaced.
    if path.is_dir() { fs::canonicalize(path).ok() } else { beside() }
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
        ] {
            assert_eq!(is_passing(&Path::new("notes").join(name)), expected, "{name}");
        }
    }

    #[test]
    fn a_pattern_is_watched_from_where_it_begins() {
        for (path, expected) in [("nowhere/**/*.xml", "nowhere"), ("*.xml", "."), ("nowhere/a.xml", "nowhere/a.xml")] {
            assert_eq!(without_pattern(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
