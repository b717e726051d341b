//! What documents are grouped by, and the user's own file of areas.

use std::path::Path;
use std::sync::Arc;

use kirjuri_report::{Areas, Groups, printable};

use crate::Failure;
use crate::arguments::GroupArguments;

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
    let dimensions = arguments.dimensions();
    (!dimensions.is_empty()).then(|| Groups::new(&dimensions, Arc::clone(areas)))
}

fn own(path: &Path) -> Result<Areas, Failure> {
    let name = printable(&path.display().to_string()).into_owned();
    let message = |what: String| Failure::Message(format!("{name}: {what}"));
    let length = std::fs::metadata(path).map_err(|error| message(error.to_string()))?.len();
    if length > MOST_BYTES {
        return Err(message("the file is too large for a list of areas".into()));
    }
    let bytes = std::fs::read(path).map_err(|error| message(error.to_string()))?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| message("the file is not UTF-8; save it as \"CSV UTF-8\"".into()))?;
    Areas::national().with_own(&text).map_err(|errors| {
        let faults = errors.iter().map(|error| printable(&format!("{name}:{error}")).into_owned()).collect();
        Failure::Input { name, faults }
    })
}
