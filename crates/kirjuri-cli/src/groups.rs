//! What documents are grouped by, and the user's own file of areas.

use std::path::Path;
use std::sync::Arc;

use kirjuri_report::{Areas, Groups, printable};

use crate::arguments::GroupArguments;
use crate::{Failure, text_file};

/// Far more than a row for each unit of the country.
const MOST_BYTES: u64 = 64 << 20;

/// The areas, with those of the user's own file.
///
/// # Errors
/// A file that cannot be read, or what is wrong in it, each fault with its place.
pub(crate) fn areas(arguments: &GroupArguments) -> Result<Areas, Failure> {
    match &arguments.areas {
        Some(path) => own(path),
        None => Ok(Areas::national()),
    }
}

/// The groups that are asked for, without documents; nothing where none are.
pub(crate) fn asked(arguments: &GroupArguments, areas: &Arc<Areas>) -> Option<Groups> {
    let dimensions = &arguments.by;
    (!dimensions.is_empty()).then(|| Groups::new(dimensions, Arc::clone(areas)))
}

fn own(path: &Path) -> Result<Areas, Failure> {
    let name = printable(&path.display().to_string()).into_owned();
    let text = text_file::read(path, MOST_BYTES)?;
    Areas::national().with_own(&name, &text).map_err(|faults| Failure::File { name, faults })
}
