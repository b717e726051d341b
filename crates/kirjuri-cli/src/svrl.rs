//! `--format svrl`: what the report of each document is, and where it goes.

use std::io;
use std::path::Path;

use kirjuri::{Report, RuleSet};
use kirjuri_report::write_svrl;

use crate::Failure;
use crate::destination::{Destination, Folder};

/// The reports in SVRL, which are one a document and a schema.
pub(crate) enum Svrl {
    /// The only report, when the document was checked, and where it goes.
    One(Destination, Option<Vec<u8>>),
    /// Files of each document below a folder, one for each schema.
    Each(Folder),
}

impl Svrl {
    /// Chooses where the reports go, which is `folder` if there is one, else `file`; `documents` is how many there are, where
    /// that is known.
    ///
    /// # Errors
    /// There is more than one report and no folder for them, or a pack whose findings SVRL cannot say.
    pub(crate) fn new(
        folder: Option<&Path>,
        file: &Path,
        documents: Option<usize>,
        rules: &RuleSet,
    ) -> Result<Svrl, Failure> {
        let failure = |message: &str| Err(Failure::Message(message.into()));
        if let Some(pack) = rules.packs().first() {
            let message = "SVRL is the report of Schematron schemas; the findings of the pack";
            let help = "give schemas alone: --pack RULES.sch";
            return failure(&format!("{message} `{}` have no place in it; {help}", pack.id));
        }
        match folder {
            Some(folder) => Ok(Svrl::Each(Folder::new(folder))),
            None if documents.is_none_or(|documents| documents > 1) => {
                failure("there are several documents; --output-dir says where their SVRL goes")
            }
            None if rules.schemas().len() > 1 => {
                failure("there are several schemas; --output-dir says where their SVRL goes")
            }
            None => Ok(Svrl::One(Destination::open(file)?.0, None)),
        }
    }

    /// Writes what a document's report says, or keeps it until the end.
    ///
    /// # Errors
    /// What could not be written.
    pub(crate) fn put(&mut self, document: &str, report: &Report, rules: &RuleSet) -> io::Result<()> {
        let folder = match self {
            Svrl::Each(folder) => folder,
            Svrl::One(_, kept) => return write_svrl(report, rules, 0, kept.get_or_insert_default()),
        };
        for (number, schema) in rules.schemas().iter().enumerate() {
            let ending = match rules.schemas() {
                [_] => "svrl".to_owned(),
                _ => format!("{}.svrl", schema.id),
            };
            let mut text = Vec::new();
            write_svrl(report, rules, number, &mut text)?;
            folder.write(document, &ending, &text)?;
        }
        Ok(())
    }

    /// Writes what was kept. A document that was not checked has no report, and leaves no file.
    ///
    /// # Errors
    /// What could not be written.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Svrl::One(mut out, Some(text)) => {
                io::Write::write_all(&mut out, &text)?;
                out.finish()
            }
            Svrl::One(_, None) | Svrl::Each(_) => Ok(()),
        }
    }
}
