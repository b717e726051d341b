//! The rule packs that come with kirjuri, embedded as they stand in their folders, and those that a user names.

pub mod folder;

use std::borrow::Cow;

use kirjuri::{PackFile, PackSource};

/// A pack's name and its files: path inside the pack and text.
type Embedded = (&'static str, &'static [(&'static str, &'static str)]);

static PACKS: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// The names of the built-in packs, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    PACKS.iter().map(|(name, _)| *name)
}

/// The files of a built-in pack.
pub fn source(name: &str) -> Option<PackSource> {
    let (name, files) = PACKS.iter().find(|(known, _)| *known == name)?;
    let file = |&(path, text): &(&str, &'static str)| PackFile { path: path.into(), text: Cow::Borrowed(text) };
    Some(PackSource { name: (*name).into(), files: files.iter().map(file).collect() })
}

/// The built-in pack whose name is most like one that there is not, if any is like it at all.
pub fn nearest(wanted: &str) -> Option<&'static str> {
    kirjuri::nearest(wanted, names())
}
