//! The mark of a run that has begun: as long as it is there, the run has not come to its end.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::folder::create_private;

/// The day that a run judges documents by, as it is written on the command line.
pub(crate) type Day = String;

const MARK: &str = "run";

/// Marks that a run begins; with `resume`, says why there is no such run to go on with.
pub(super) fn begin(
    folder: &Path,
    key: &blake3::Hash,
    day: Option<Day>,
    resume: bool,
) -> io::Result<Result<(), String>> {
    let path = folder.join(MARK);
    let key = key.to_hex();
    let day = day.unwrap_or_default();
    if resume {
        let refused = |text: String| Ok(Err(format!("--resume: {text}")));
        let Ok(mark) = fs::read_to_string(&path) else {
            return refused(format!("no interrupted run is kept in {}; leave --resume out", folder.display()));
        };
        let (other, other_day) = mark.trim_end().split_once(' ').unwrap_or((mark.trim_end(), ""));
        if other != key.as_str() && !other_day.is_empty() && other_day != day {
            let shown: String = other_day.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(10).collect();
            return refused(format!(
                "the interrupted run judged documents by {shown}, and this one does by {day}; did you mean `--as-of {shown}`?"
            ));
        }
        if other != key.as_str() {
            return refused(
                "the interrupted run had other rules or options (whether groups are measured counts too: --by, --evidence, \
                 html); give the same ones, or leave --resume out"
                    .to_owned(),
            );
        }
        return Ok(Ok(()));
    }
    let _ = fs::remove_file(&path);
    create_private(&path)?.write_all(format!("{key} {day}\n").as_bytes())?;
    Ok(Ok(()))
}

/// The run came to its end.
pub(super) fn end(folder: &Path) {
    let _ = fs::remove_file(folder.join(MARK));
}
