//! The arguments that say which documents are read, and how much of them.

use std::path::PathBuf;

use clap::Args;
use kirjuri::Limits;

use crate::inputs::{Options, RecordName, Since};

#[derive(Args, Clone, Debug)]
pub(crate) struct InputArguments {
    /// Files, folders (their .xml and .json files, archives and files of lines, at any depth), globs in quotes, or - for
    /// standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Read more paths from a file, one on each line; - for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) files_from: Option<PathBuf>,
    /// The paths of --files-from end with a NUL, as `find -print0` writes them
    #[arg(long, requires = "files_from")]
    pub(crate) null: bool,
    /// XML files hold many documents: each element of this name is one. NAME in any namespace, or Q{NAMESPACE}NAME
    #[arg(long, value_name = "NAME")]
    pub(crate) record: Option<RecordName>,
    /// Leave out files that have not changed since a day, a day and a time (Finnish time, if it does not say), or since the
    /// file behind @ was changed
    #[arg(long, value_parser = Since::parse, value_name = "WHEN")]
    pub(crate) changed_since: Option<Since>,
    /// Largest document that is read, in bytes
    #[arg(long, value_parser = parse_bytes, default_value_t = Limits::default().bytes, help_heading = "Limits")]
    #[arg(value_name = "BYTES")]
    pub(crate) max_bytes: usize,
    /// Deepest nesting of elements
    #[arg(long, default_value_t = Limits::default().depth, help_heading = "Limits", value_name = "N")]
    pub(crate) max_depth: usize,
    /// Most attributes of an element
    #[arg(long, default_value_t = Limits::default().attributes, help_heading = "Limits", value_name = "N")]
    pub(crate) max_attributes: usize,
    /// Most nodes of a document
    #[arg(long, default_value_t = Limits::default().nodes, help_heading = "Limits", value_name = "N")]
    pub(crate) max_nodes: usize,
    /// Most that is read out of an archive, in times its size [default: 1000, and 1 GiB of any]
    #[arg(long, help_heading = "Limits", value_name = "TIMES")]
    pub(crate) max_expansion: Option<u64>,
    /// Most members of an archive
    #[arg(long, default_value_t = Options::MAX_MEMBERS, help_heading = "Limits", value_name = "N")]
    pub(crate) max_members: u64,
}

impl InputArguments {
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.bytes = self.max_bytes;
        limits.depth = self.max_depth;
        limits.attributes = self.max_attributes;
        limits.nodes = self.max_nodes;
        limits
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            limits: self.limits(),
            record: self.record.clone(),
            since: self.changed_since.clone(),
            list: self.files_from.clone(),
            null: self.null,
            max_expansion: self.max_expansion,
            max_members: self.max_members,
        }
    }
}

/// Reads a number of bytes. A unit is not taken, since not everybody means the same by it, but told in bytes.
fn parse_bytes(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_| {
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        let shift = match &*unit.trim().to_ascii_lowercase() {
            "k" | "kb" | "kib" => 10,
            "m" | "mb" | "mib" => 20,
            "g" | "gb" | "gib" => 30,
            _ => 0,
        };
        let meant = number.parse::<usize>().ok().filter(|_| shift > 0).and_then(|it| it.checked_mul(1 << shift));
        match meant {
            Some(meant) => format!("a size is a number of bytes; did you mean {meant}?"),
            None => "a size is a number of bytes, for instance 10485760".to_owned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_in_bytes() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("10485760", Ok(10_485_760)),
            ("10k", Err("a size is a number of bytes; did you mean 10240?")),
            ("10 MiB", Err("a size is a number of bytes; did you mean 10485760?")),
            ("1G", Err("a size is a number of bytes; did you mean 1073741824?")),
            ("-1", Err("a size is a number of bytes, for instance 10485760")),
            ("1.5M", Err("a size is a number of bytes, for instance 10485760")),
            ("99999999999999999999G", Err("a size is a number of bytes, for instance 10485760")),
            ("", Err("a size is a number of bytes, for instance 10485760")),
        ] {
            assert_eq!(parse_bytes(text), expected.map_err(str::to_owned), "{text}");
        }
    }
}
