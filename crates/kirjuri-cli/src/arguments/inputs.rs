//! The arguments that say which documents are read, and how much of them.

use std::path::PathBuf;

use clap::Args;
use kirjuri::Limits;

#[derive(Args, Debug)]
pub(crate) struct InputArguments {
    /// Files, folders (their .xml and .json files, at any depth), globs in quotes, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
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
}
