//! The arguments that say what is kept between runs, and whether one run follows the other.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Args, Clone, Debug)]
pub(crate) struct CacheArguments {
    /// Keep in this folder what came of each document, so that one that is as it was need not be checked again
    #[arg(long = "cache", value_name = "DIR", help_heading = "Runs")]
    pub(crate) folder: Option<PathBuf>,
    /// How a document is known again [default: content]
    #[arg(long, value_enum, value_name = "WAY", help_heading = "Runs")]
    pub(crate) cache_by: Option<CacheBy>,
    /// Go on with the run that was interrupted, with the same rules, options and --cache
    #[arg(long, help_heading = "Runs")]
    pub(crate) resume: bool,
    /// Check again whenever a document, a pack, a schema or a code set changes, until Ctrl-C
    #[arg(long, conflicts_with = "resume", help_heading = "Runs")]
    pub(crate) watch: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
pub(crate) enum CacheBy {
    /// By its bytes, wherever it is
    Content,
    /// By its path, its size and the time of its last change, without reading it
    Metadata,
}
