//! Files of text that a user wrote, read with the words of messages for what may be in the way.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use kirjuri_report::printable;

use crate::Failure;

/// The longest file of settings that is read, in bytes.
pub(crate) const LONGEST_SETTINGS: u64 = 4 << 20;

/// Reads a file of no more than so many bytes.
///
/// # Errors
/// That it is not there, may not be read, is larger, or is not UTF-8.
pub(crate) fn read(path: &Path, longest: u64) -> Result<String, Failure> {
    let failed = |what: &dyn std::fmt::Display| {
        let name = path.display().to_string();
        Failure::Message(format!("{}: {what}", printable(&name)))
    };
    let denied = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => failed(&"there is no such file"),
        io::ErrorKind::PermissionDenied => failed(&"the file may not be read"),
        _ if path.is_dir() => failed(&"this is a folder"),
        kind => failed(&kind),
    };
    let mut bytes = Vec::new();
    // A device or a pipe has no length that could be asked beforehand.
    let read = File::open(path).and_then(|file| file.take(longest.saturating_add(1)).read_to_end(&mut bytes));
    if read.map_err(denied)? as u64 > longest {
        return Err(failed(&format!("the file is larger than {} MiB", longest >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| failed(&"the file is not UTF-8; save it as UTF-8"))
}
