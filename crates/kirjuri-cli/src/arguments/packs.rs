//! The arguments that name packs and schemas.

use std::path::PathBuf;

use clap::Args;
use kirjuri::Severity;

use crate::schemas::{parse_address, parse_role};

#[derive(Args, Clone, Default, Debug)]
pub(crate) struct PackArguments {
    /// A built-in pack by name, the folder of a pack (./name where both exist), or the file of a Schematron schema;
    /// may be given several times [default: all built-in packs]
    #[arg(long = "pack", value_name = "PACK")]
    pub(crate) packs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) schemas: SchemaArguments,
}

/// What holds for all Schematron schemas among the packs.
#[derive(Args, Clone, Default, Debug)]
pub(crate) struct SchemaArguments {
    /// The phase to run, or #ALL [default: that of the schema]
    #[arg(long, value_name = "NAME", help_heading = "Schematron")]
    pub(crate) phase: Option<String>,
    /// A folder whose files document() and doc() may read, beside the schema's own; may be given several times
    #[arg(long = "doc-root", value_name = "DIR", help_heading = "Schematron")]
    pub(crate) doc_roots: Vec<PathBuf>,
    /// A file that stands for an address, which is never fetched; may be given several times
    #[arg(long = "map-url", value_name = "URL=FILE", value_parser = parse_address, help_heading = "Schematron")]
    pub(crate) addresses: Vec<(String, PathBuf)>,
    /// The severity of a flag or role, in any case; `none` is all without a known one; may be given several times
    #[arg(long = "map-role", value_name = "ROLE=SEVERITY", value_parser = parse_role, help_heading = "Schematron")]
    pub(crate) roles: Vec<(String, Severity)>,
    /// Refuse schemas that the standard does not allow, with elements of Schematron that there are not, or with an
    /// expression that does not compile
    #[arg(long, help_heading = "Schematron")]
    pub(crate) strict: bool,
}

impl SchemaArguments {
    /// The first argument that was given, which makes no sense without a schema.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let given = [
            (self.phase.is_some(), "--phase"),
            (!self.doc_roots.is_empty(), "--doc-root"),
            (!self.addresses.is_empty(), "--map-url"),
            (!self.roles.is_empty(), "--map-role"),
            (self.strict, "--strict"),
        ];
        given.into_iter().find_map(|(is_given, name)| is_given.then_some(name))
    }
}
