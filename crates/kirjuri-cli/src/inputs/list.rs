//! `--files-from`: paths from a file, one on a line, or with a NUL behind each.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use super::found::Found;
use crate::Failure;

/// Longest path that is taken for one. What is longer is no list of paths.
const LONGEST: u64 = 1 << 16;

/// Follows the paths of a list; `-` is standard input. They are taken as they are: none is a glob.
///
/// # Errors
/// A list that cannot be read, or holds what is no path; with its place.
pub(super) fn follow(list: &Path, end: u8, found: &mut Found) -> Result<(), Failure> {
    let name = list.display();
    let say = |error: io::Error| Failure::Message(format!("{name}: {error}"));
    if list.as_os_str() == "-" {
        return read(&mut io::stdin().lock(), "-", end, found);
    }
    if list.is_dir() {
        return Err(Failure::Message(format!("--files-from {name}: that is a folder; a list of paths is a file")));
    }
    let file = File::open(list).map_err(say)?;
    read(&mut BufReader::new(file), &name.to_string(), end, found)
}

fn read(list: &mut dyn BufRead, name: &str, end: u8, found: &mut Found) -> Result<(), Failure> {
    let mut entry = Vec::new();
    for number in 1_u64.. {
        entry.clear();
        let say = |what: &str| Failure::Message(format!("{name}:{number}: {what}"));
        let read = io::Read::take(&mut *list, LONGEST).read_until(end, &mut entry);
        if read.map_err(|error| say(&error.to_string()))? == 0 {
            break;
        }
        if entry.last() == Some(&end) {
            entry.pop();
        } else if entry.len() as u64 == LONGEST {
            return Err(say("this is no path; a list has one on each line, or with --null a NUL behind each"));
        }
        // A list made on Windows.
        if end == b'\n' && entry.last() == Some(&b'\r') {
            entry.pop();
        }
        if entry.is_empty() {
            continue;
        }
        if entry.contains(&0) {
            return Err(say("there is a NUL in the path; with --null a NUL ends each"));
        }
        let path = path(&entry).ok_or_else(|| say("the path is not in UTF-8"))?;
        found.follow_verbatim(Path::new(path));
    }
    Ok(())
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> Option<&OsStr> {
    Some(std::os::unix::ffi::OsStrExt::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Option<&OsStr> {
    std::str::from_utf8(bytes).ok().map(OsStr::new)
}
