//! `kirjuri init`: files to begin with.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::arguments::{InitConfigArguments, InitPackArguments};
use crate::{Failure, Status};

/// Writes a `kirjuri.toml` that explains itself.
pub(crate) fn config(arguments: &InitConfigArguments) -> Result<Status, Failure> {
    write_new(&arguments.folder.join("kirjuri.toml"), include_str!("init/kirjuri.toml"))?;
    Ok(Status::Clean)
}

/// Writes a pack with one rule, which proves itself.
pub(crate) fn pack(arguments: &InitPackArguments) -> Result<Status, Failure> {
    let name = &arguments.name;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_plain) || name.ends_with('-') {
        let message = "a pack is named with small letters, digits and hyphens, for instance `our-rules`, not";
        return Err(Failure::Message(format!("{message} `{name}`")));
    }
    if kirjuri_rules::names().any(|known| known == name) {
        return Err(Failure::Message(format!("a built-in pack is called `{name}`; choose another name")));
    }
    let folder = arguments.folder.clone().unwrap_or_else(|| PathBuf::from(name));
    write_new(&folder.join("pack.toml"), &include_str!("init/pack.toml").replace("PACK", name))?;
    write_new(&folder.join("missing-title.toml"), include_str!("init/rule.toml"))?;
    let mut out = anstream::stdout();
    writeln!(out, "prove it: kirjuri test {0}\nuse it:   kirjuri check PATH --pack {0}", folder.display())?;
    Ok(Status::Clean)
}

/// Writes a file that is not there yet, and says so.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::Message(format!("{} is there already and was left as it is", path.display()))
        }
        _ => Failure::Message(format!("{} could not be written: {error}", path.display())),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(cannot)?;
    file.write_all(text.as_bytes()).map_err(cannot)?;
    writeln!(anstream::stdout(), "{} written", path.strip_prefix("./").unwrap_or(path).display())?;
    Ok(())
}
