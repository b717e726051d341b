//! Where settings are written: `kirjuri.toml` above the working folder, and what `--config` names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::place::{Kind, Source};
use super::source_of;
use crate::arguments::SelectionArguments;
use crate::{Failure, text_file};

/// The file that is looked for.
pub(crate) const NAME: &str = "kirjuri.toml";

/// The path of the `kirjuri.toml` that was found, and all sources but the options, the weakest first.
///
/// # Errors
/// A file that is not there or cannot be read.
pub(crate) fn sources(arguments: &SelectionArguments) -> Result<(Option<PathBuf>, Vec<Arc<Source>>), Failure> {
    let file = if arguments.isolated { None } else { find() };
    let mut sources = Vec::new();
    if let Some(path) = &file {
        sources.push(source_of(Kind::File, path, read(path)?, 1));
    }
    for (written, strength) in arguments.config.iter().zip(2..) {
        let path = Path::new(written);
        sources.push(match written.contains('=') && !path.is_file() {
            true => {
                let (name, text) = ("--config".into(), written.as_str().into());
                Arc::new(Source { kind: Kind::Config, name, text, folder: PathBuf::new(), strength })
            }
            false => source_of(Kind::ConfigFile, path, read(path)?, strength),
        });
    }
    Ok((file, sources))
}

/// The nearest `kirjuri.toml`, in the working folder or above it, as a path from there: so messages and reports do not depend
/// on where the folder is.
fn find() -> Option<PathBuf> {
    let folder = std::env::current_dir().ok()?;
    let mut up = PathBuf::new();
    for above in folder.ancestors() {
        if above.join(NAME).is_file() {
            return Some(up.join(NAME));
        }
        up.push("..");
    }
    None
}

fn read(path: &Path) -> Result<String, Failure> {
    text_file::read(path, text_file::LONGEST_SETTINGS)
}
