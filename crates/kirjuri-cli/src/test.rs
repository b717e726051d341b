//! `kirjuri test`: proves the rules of packs by their examples.

use std::io::Write;

use kirjuri::{Pack, PackSource};
use kirjuri_rules::folder;

use crate::arguments::TestArguments;
use crate::{Failure, Status, packs};

pub(crate) fn run(arguments: &TestArguments) -> Result<Status, Failure> {
    let mut out = anstream::stdout().lock();
    let mut status = Status::Clean;
    let sources: Vec<PackSource> = match arguments.packs.as_slice() {
        [] => kirjuri_rules::names().filter_map(kirjuri_rules::source).collect(),
        folders => folders.iter().map(|folder| packs::read_folder(folder)).collect::<Result<_, _>>()?,
    };
    // All packs are compiled before any is run: what cannot be used at all is said first.
    let packs: Vec<Pack> = sources.iter().map(packs::compile_whole).collect::<Result<_, _>>()?;
    for (source, pack) in sources.iter().zip(&packs) {
        let failures = folder::prove(pack, source);
        for failure in &failures {
            writeln!(out, "{failure}")?;
            status = Status::Found;
        }
        let examples: usize = pack.rules().iter().map(|rule| rule.passing().len() + rule.failing().len()).sum();
        let (rules, failed) = (pack.rules().len(), failures.len());
        writeln!(out, "{}: rules {rules}, examples {examples}, failed {failed}", pack.id)?;
    }
    Ok(status)
}
