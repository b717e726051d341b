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
    #[arg(long, default_value_t = Limits::default().bytes, help_heading = "Limits", value_name = "BYTES")]
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
