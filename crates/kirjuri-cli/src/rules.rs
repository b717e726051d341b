//! `kirjuri rules`: the list of rules.

use std::io::Write;

use kirjuri_report::{criterion_name, severity_name};

use crate::arguments::RulesArguments;
use crate::{Failure, Status, packs};

pub(crate) fn run(arguments: &RulesArguments) -> Result<Status, Failure> {
    let rules = packs::rule_set(&arguments.packs)?;
    let language = arguments.language.get();
    let mut out = std::io::BufWriter::new(anstream::stdout().lock());
    for (number, pack) in rules.packs().iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{} {}: {}", pack.id, pack.version, pack.title.get(language))?;
        let rows = pack.rules().iter().map(|rule| {
            let id = pack.rule_id(rule);
            (id, severity_name(rule.severity, 1, language), criterion_name(rule.criterion, language), rule)
        });
        let rows: Vec<_> = rows.collect();
        let width = |text: &str| text.chars().count();
        let ids = rows.iter().map(|(id, ..)| width(id)).max().unwrap_or(0);
        let severities = rows.iter().map(|(_, severity, ..)| width(severity)).max().unwrap_or(0);
        let criteria = rows.iter().map(|(_, _, criterion, _)| width(criterion)).max().unwrap_or(0);
        for (id, severity, criterion, rule) in rows {
            let title = rule.title.get(language);
            writeln!(out, "{id:<ids$}  {severity:<severities$}  {criterion:<criteria$}  {title}")?;
        }
    }
    out.flush()?;
    Ok(Status::Clean)
}
