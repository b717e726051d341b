//! The arguments of `kirjuri init`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand, Debug)]
pub(crate) enum InitCommand {
    /// Write a kirjuri.toml with everything in it explained
    Config(InitConfigArguments),
    /// Write a small pack with a rule and its examples, to begin with
    Pack(InitPackArguments),
}

#[derive(Args, Debug)]
pub(crate) struct InitConfigArguments {
    /// The folder it goes into
    #[arg(default_value = ".", value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

#[derive(Args, Debug)]
pub(crate) struct InitPackArguments {
    /// Name of the pack: small letters, digits and hyphens
    pub(crate) name: String,
    /// The folder it goes into [default: a new one of the pack's name]
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}
