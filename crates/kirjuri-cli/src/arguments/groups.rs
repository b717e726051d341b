//! The arguments that say by what documents are grouped.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kirjuri_report::Dimension;

#[derive(Args, Clone, Debug)]
pub(crate) struct GroupArguments {
    /// Count what is found by area, provider and so on, a table for each; several with commas, or the option again
    #[arg(long, value_enum, value_delimiter = ',', value_name = "DIMENSION")]
    by: Vec<By>,
    /// Which organisations and units belong to which area, and what they are called: a CSV file with the columns oid, name
    /// and area. It goes before the national list
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) areas: Option<PathBuf>,
}

impl GroupArguments {
    /// Takes over what the settings say, where the arguments say nothing.
    pub(crate) fn fill(&mut self, areas: Option<PathBuf>, by: Option<&[Dimension]>) {
        self.areas = self.areas.take().or(areas);
        if self.by.is_empty() {
            let is_asked = |known: &&By| by.is_some_and(|by| by.contains(&known.dimension()));
            self.by = By::value_variants().iter().filter(is_asked).copied().collect();
        }
    }

    /// What documents are grouped by.
    pub(crate) fn dimensions(&self) -> Vec<Dimension> {
        self.by.iter().map(|by| by.dimension()).collect()
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum, Debug)]
enum By {
    /// The wellbeing services county, Helsinki, HUS or Åland; a private provider is its own
    Area,
    /// The organisation that provides the service
    Provider,
    /// The unit
    Unit,
    /// The record system and its version
    Software,
    /// The form or structure
    Form,
    /// The role of the author
    AuthorRole,
    /// The type of the document
    DocumentType,
    /// The month it was made in
    Month,
}

impl By {
    fn dimension(self) -> Dimension {
        match self {
            By::Area => Dimension::Area,
            By::Provider => Dimension::Provider,
            By::Unit => Dimension::Unit,
            By::Software => Dimension::Software,
            By::Form => Dimension::Form,
            By::AuthorRole => Dimension::AuthorRole,
            By::DocumentType => Dimension::DocumentType,
            By::Month => Dimension::Month,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_dimensions() {
        let named = By::value_variants().iter().map(|by| {
            let name = by.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            (name, by.dimension())
        });
        for (number, (name, dimension)) in named.enumerate() {
            assert_eq!((name.as_str(), Dimension::ALL[number]), (dimension.id(), dimension));
        }
        assert_eq!(By::value_variants().len(), Dimension::ALL.len());
    }
}
