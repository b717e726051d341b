//! The files of a schema, wherever they lie: who loads a schema says how to read them.

use std::collections::{BTreeMap, BTreeSet};

/// Reads the files of a schema. Paths are relative to where the schema is read from, with `/` between folders; one that
/// leaves that folder starts with `../`, and whoever implements this decides whether it may. An address with a scheme
/// (`http://…`) comes as it is written: no network is meant, but the caller may know a file that stands for it.
pub trait SchemaFiles {
    /// The bytes of a file; nothing where there is none or it may not be read.
    fn read(&self, path: &str) -> Option<Vec<u8>>;

    /// The bytes of a document in the schema's own folder that expressions name. The path never leads out of the folder
    /// by its words; whoever reads a real folder refuses what links lead out of it.
    fn read_beside(&self, path: &str) -> Option<Vec<u8>> {
        self.read(path)
    }

    /// The names of the files and folders in a folder, the empty path being where the schema is read from. They are
    /// asked for only to find a file whose name is written with other capitals.
    fn list(&self, folder: &str) -> Vec<String>;

    /// The bytes of a document that expressions name (`document('voc.xml')`) and the schema's own folder does not have;
    /// the address as it is written, or as seen from the file it stands in, with `/` between folders, where that leads
    /// out of the folder.
    fn read_document(&self, uri: &str) -> Option<Vec<u8>> {
        let _ = uri;
        None
    }
}

/// Files in memory, by path.
impl SchemaFiles for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.get(path).cloned()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.keys().filter_map(|path| path.strip_prefix(prefix.as_str()));
        let names = inside.filter_map(|path| path.split('/').next()).map(str::to_owned);
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The path that `reference` names as seen from the file `base`.
pub(crate) fn resolve(base: &str, reference: &str) -> String {
    if has_scheme(reference) || reference.starts_with('/') {
        return reference.to_owned();
    }
    if has_scheme(base) {
        let folder = base.rfind('/').map_or(base, |slash| &base[..slash]);
        return format!("{folder}/{reference}");
    }
    let folder = base.rfind('/').map_or("", |slash| &base[..=slash]);
    let mut parts: Vec<&str> = Vec::new();
    let whole = format!("{folder}{reference}");
    for part in whole.split('/') {
        match part {
            "" if !parts.is_empty() || !whole.starts_with('/') => {}
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}

fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

/// How a file was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    /// Its path as its folder spells it.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    /// The reference is spelled otherwise: other capitals, a backslash, an escaped space.
    pub(crate) is_lenient: bool,
}

/// Reads a file, by another spelling of its path where it is not there as written.
pub(crate) fn find(files: &dyn SchemaFiles, path: &str) -> Option<Found> {
    found(files, path, &|path| files.read(path))
}

/// Reads a document of the schema's own folder, as [`find`] does; nothing where the path leads out of it.
pub(crate) fn find_beside(files: &dyn SchemaFiles, path: &str) -> Option<Found> {
    let read = |path: &str| if is_outside(path) { None } else { files.read_beside(path) };
    if is_outside(path) { None } else { found(files, path, &read) }
}

/// Whether a path leads out of the schema's folder, however it is spelled. An address with a scheme is no path.
pub(crate) fn is_outside(path: &str) -> bool {
    let plain = plain(path);
    let is_drive = plain.as_bytes().get(1) == Some(&b':');
    !has_scheme(path) && (is_drive || plain.starts_with('/') || plain.split('/').any(|part| part == ".."))
}

/// A path without the spellings that some systems read otherwise.
pub(crate) fn plain(path: &str) -> String {
    if has_scheme(path) {
        return path.to_owned();
    }
    resolve("", &path.replace("%20", " ").replace('\\', "/"))
}

fn found(files: &dyn SchemaFiles, path: &str, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<Found> {
    if let Some(bytes) = read(path) {
        return Some(Found { path: path.to_owned(), bytes, is_lenient: false });
    }
    if has_scheme(path) {
        return None;
    }
    let spelled = spelled(files, &plain(path))?;
    let bytes = read(&spelled)?;
    Some(Found { path: spelled, bytes, is_lenient: true })
}

/// The path with the capitals that the folders have.
fn spelled(files: &dyn SchemaFiles, path: &str) -> Option<String> {
    let mut spelled = String::new();
    for part in path.split('/') {
        let folder = spelled.clone();
        if !spelled.is_empty() {
            spelled.push('/');
        }
        if part == ".." {
            spelled.push_str(part);
            continue;
        }
        let names = files.list(&folder);
        let same = names.iter().find(|name| *name == part);
        let name = same.or_else(|| names.iter().find(|name| name.to_lowercase() == part.to_lowercase()))?;
        spelled.push_str(name);
    }
    Some(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_seen_from_the_file_that_makes_it() {
        for (base, reference, path) in [
            ("a.sch", "b.sch", "b.sch"),
            ("x/a.sch", "b.sch", "x/b.sch"),
            ("x/a.sch", "../b.sch", "b.sch"),
            ("x/a.sch", "../../b.sch", "../b.sch"),
            ("x/a.sch", "./y//b.sch", "x/y/b.sch"),
            ("../a.sch", "../b.sch", "../../b.sch"),
            ("x/a.sch", "/b.sch", "/b.sch"),
            ("x/a.sch", "http://h/b.sch", "http://h/b.sch"),
            ("http://h/x/a.sch", "b.sch", "http://h/x/b.sch"),
        ] {
            assert_eq!(resolve(base, reference), path, "{base} {reference}");
        }
    }

    #[test]
    fn a_path_leads_out_however_it_is_spelled() {
        for (path, expected) in [
            ("a.xml", false),
            ("x/../a.xml", false),
            ("a..b/c.xml", false),
            ("http://h/../a.xml", false),
            ("../a.xml", true),
            ("x/../../a.xml", true),
            ("..\\a.xml", true),
            ("x\\..\\..\\a.xml", true),
            ("x%20y/../../a.xml", true),
            ("\\a.xml", true),
            ("/a.xml", true),
            ("C:/a.xml", true),
            ("C:a.xml", true),
        ] {
            assert_eq!(is_outside(path), expected, "{path}");
        }
    }

    #[test]
    fn a_file_is_found_by_other_capitals_too() {
        let files = BTreeMap::from([("Sub/Part.sch".to_owned(), b"x".to_vec())]);
        let found = |path| find(&files, path).map(|found| (found.path, found.is_lenient));
        assert_eq!(found("Sub/Part.sch"), Some(("Sub/Part.sch".into(), false)));
        assert_eq!(found("sub\\part.SCH"), Some(("Sub/Part.sch".into(), true)));
        assert_eq!(found("sub/other.sch"), None);
    }
}
