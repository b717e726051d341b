//! The arguments that say which rules are asked, and where settings come from.

use clap::Args;

#[derive(Args, Clone, Debug)]
pub(crate) struct SelectionArguments {
    /// Ask these rules only, and the safety-critical ones: packs, rules (pack/rule), globs (pack/unknown-*),
    /// criterion:NAME, severity:NAME, safety-critical; with commas between them, and as often as needed
    #[arg(long, value_name = "SELECTOR,...", help_heading = "Settings")]
    pub(crate) select: Vec<String>,
    /// Leave these rules out as well, named as for --select. A safety-critical rule is left out in kirjuri.toml, by its name
    /// and with a reason
    #[arg(long, value_name = "SELECTOR,...", help_heading = "Settings")]
    pub(crate) ignore: Vec<String>,
    /// A file of settings as kirjuri.toml, or a key of one with its value: 'fail-on = "warning"'. Stronger than
    /// kirjuri.toml, a later one stronger than an earlier; other options are stronger still
    #[arg(long, value_name = "FILE|KEY=VALUE", help_heading = "Settings")]
    pub(crate) config: Vec<String>,
    /// Leave kirjuri.toml alone, which else is looked for in the working folder and those above it
    #[arg(long, help_heading = "Settings")]
    pub(crate) isolated: bool,
}
