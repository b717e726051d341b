//! The arguments that say by what documents are grouped.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use kirjuri_report::Dimension;

#[derive(Args, Clone, Debug)]
pub(crate) struct GroupArguments {
    /// Count what is found by area, provider and so on, a table for each; several with commas, or the option again
    #[arg(long, value_delimiter = ',', value_parser = dimension(), value_name = "DIMENSION")]
    pub(crate) by: Vec<Dimension>,
    /// Which organisations and units belong to which area, and what they are called: a CSV file with the columns oid, name
    /// and area. It goes before the national list
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) areas: Option<PathBuf>,
}

impl GroupArguments {
    /// Takes over what the settings group by, where the arguments say nothing.
    pub(crate) fn fill(&mut self, by: Option<&[Dimension]>) {
        if self.by.is_empty() {
            self.by = by.unwrap_or_default().to_vec();
        }
    }
}

/// Reads what documents are grouped by.
pub(super) fn dimension() -> impl TypedValueParser<Value = Dimension> {
    let named = Dimension::ALL.map(|known| PossibleValue::new(known.id()).help(what(known)));
    PossibleValuesParser::new(named).try_map(|name| {
        let found = Dimension::ALL.into_iter().find(|known| known.id() == name);
        found.ok_or("there is no such dimension")
    })
}

/// What the groups of a dimension are.
fn what(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Area => "The wellbeing services county, Helsinki, HUS or Åland; a private provider is its own",
        Dimension::Provider => "The organisation that provides the service",
        Dimension::Unit => "The unit",
        Dimension::Software => "The record system and its version",
        Dimension::Form => "The form or structure",
        Dimension::AuthorRole => "The role of the author",
        Dimension::DocumentType => "The type of the document",
        Dimension::Month => "The month it was made in",
    }
}
