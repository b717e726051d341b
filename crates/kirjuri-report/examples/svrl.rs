//! Checks documents against a Schematron schema: `svrl SCHEMA [DOCUMENT…]`. Writes what is to be said of the schema, and
//! SVRL for each document.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, io};

use kirjuri::{Limits, LintOptions, RuleSet, SchemaFiles, Schematron, SchematronOptions, check};
use kirjuri_report::write_svrl;

struct Folder(PathBuf);

impl SchemaFiles for Folder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("usage: svrl SCHEMA [DOCUMENT…]")?);
    let folder = Folder(path.parent().unwrap_or(Path::new("")).to_path_buf());
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let schema = Schematron::load(&folder, &name, &SchematronOptions::default())?;
    for note in schema.notes() {
        eprintln!("{note} [{}]", note.kind.id());
    }
    let (rules, assertions) = (schema.rules().len(), schema.assertions().len());
    let compiled = schema.assertions().iter().filter(|assertion| assertion.is_compiled).count();
    eprintln!(
        "{} patterns, {rules} rules, {assertions} assertions, {compiled} of them compiled",
        schema.patterns().len()
    );
    let rules = RuleSet::new(Vec::new()).with_schemas([Arc::new(schema)]);
    let mut options = LintOptions::default();
    (options.messages, options.fired_rules) = (true, true);
    for document in arguments {
        let report = check(&fs::read(&document)?, &Limits::default(), &rules, &options)?;
        for unevaluated in &report.unevaluated {
            eprintln!("{} was not evaluated at {} nodes", rules.id(unevaluated.rule), unevaluated.times);
        }
        write_svrl(&report, &rules, 0, &mut io::stdout().lock())?;
    }
    Ok(())
}
