//! From evidence to what a run came to.

use std::collections::HashMap;
use std::path::Path;

use kirjuri::{Criterion, Language, Severity, Texts};
use kirjuri_report::{Dimension, GroupTally, reason_message};

use crate::collect::{Collector, Kept, place_path};
use crate::error::EvidenceError;
use crate::folder::read_run;
use crate::summary::{GroupSummary, NotChecked, PlaceSummary, RuleSummary, RuleTally, Summary};
use crate::tables::{DOCUMENTS, FINDINGS, GROUP_RULES, GROUPS, RULES, Rows, Texts as Column, read_table};
use crate::write::BETWEEN;

impl Summary {
    /// Reads the sums of evidence: what ran, the rules and the groups. Documents and findings are not looked at.
    ///
    /// # Errors
    /// Which file cannot be read, and why.
    pub fn read(folder: &Path) -> Result<Summary, EvidenceError> {
        let mut summary = Summary { run: read_run(folder)?, ..Summary::default() };
        read_rules(folder, &mut summary)?;
        read_groups(folder, &mut summary)?;
        Ok(summary)
    }

    /// Reads evidence with some of its findings and of the documents that were not checked. Merged evidence has none.
    ///
    /// # Errors
    /// As [`Summary::read`].
    pub fn read_with_places(folder: &Path, language: Language, kept: Kept) -> Result<Summary, EvidenceError> {
        let mut summary = Summary::read(folder)?;
        let mut collector = Collector::new(language, kept);
        if DOCUMENTS.file(folder).exists() {
            read_not_checked(folder, language, &mut collector)?;
        }
        if FINDINGS.file(folder).exists() {
            read_places(folder, &summary, &mut collector)?;
        }
        collector.finish(&mut summary);
        Ok(summary)
    }
}

fn severity(id: &str) -> Severity {
    Severity::ALL.into_iter().find(|severity| severity.id() == id).unwrap_or(Severity::Error)
}

fn tally(rows: &Rows) -> Result<impl Fn(usize) -> GroupTally, EvidenceError> {
    let (applied, failed) = (rows.numbers("applied")?, rows.numbers("failed")?);
    let (documents, documents_failed) = (rows.numbers("documents")?, rows.numbers("documents_failed")?);
    Ok(move |row| GroupTally {
        applied: applied.get(row),
        failed: failed.get(row),
        documents: documents.get(row),
        documents_failed: documents_failed.get(row),
    })
}

fn read_rules(folder: &Path, summary: &mut Summary) -> Result<(), EvidenceError> {
    let columns: Vec<&str> = RULES.columns.iter().map(|column| column.name).collect();
    read_table(folder, &RULES, &columns, |rows| {
        let tally = tally(rows)?;
        let (ids, severities, criteria) = (rows.texts("rule")?, rows.texts("severity")?, rows.texts("criterion")?);
        let (titles, whys, fixes) = (three(rows, "title")?, three(rows, "why")?, three(rows, "fix")?);
        let guidelines = rows.texts("guidelines")?;
        let (selected, in_force) = (rows.truths("selected")?, rows.truths("in_force")?);
        for row in 0..rows.len() {
            let criterion = criteria.get(row);
            summary.rules.push(RuleSummary {
                id: ids.or_empty(row).to_owned(),
                severity: severity(severities.or_empty(row)),
                criterion: criterion.and_then(|id| Criterion::ALL.into_iter().find(|known| known.id() == id)),
                title: texts(&titles, row).unwrap_or_default(),
                why: texts(&whys, row),
                fix: texts(&fixes, row),
                guidelines: guidelines.get(row).iter().flat_map(|all| all.split(BETWEEN)).map(str::to_owned).collect(),
                tally: tally(row),
                selected: selected.known(row),
                in_force: in_force.known(row),
            });
        }
        Ok(true)
    })
}

fn three<'r>(rows: &'r Rows, name: &str) -> Result<[Column<'r>; 3], EvidenceError> {
    let column = |language: Language| rows.texts(&format!("{name}_{language}"));
    Ok([column(Language::Finnish)?, column(Language::Swedish)?, column(Language::English)?])
}

fn texts([fi, sv, en]: &[Column<'_>; 3], row: usize) -> Option<Texts> {
    Some(Texts { fi: fi.get(row)?.to_owned(), sv: sv.get(row)?.to_owned(), en: en.get(row)?.to_owned() })
}

fn dimension(id: &str) -> Option<Dimension> {
    Dimension::ALL.into_iter().find(|dimension| dimension.id() == id)
}

/// A dimension and a value of it, as a table has them.
type GroupKey<'r> = (&'r str, Option<&'r str>);

fn read_groups(folder: &Path, summary: &mut Summary) -> Result<(), EvidenceError> {
    let mut numbers: HashMap<(Dimension, Option<String>), usize> = HashMap::new();
    let columns: Vec<&str> = GROUPS.columns.iter().map(|column| column.name).collect();
    read_table(folder, &GROUPS, &columns, |rows| {
        let (dimensions, values, names) = (rows.texts("dimension")?, rows.texts("value")?, rows.texts("name")?);
        let (documents, failed) = (rows.numbers("documents")?, rows.numbers("documents_failed")?);
        let left_out = rows.numbers("left_out")?;
        let severities = [rows.numbers("errors")?, rows.numbers("warnings")?, rows.numbers("infos")?];
        for row in 0..rows.len() {
            // A later version may know more of them.
            let Some(dimension) = dimension(dimensions.or_empty(row)) else { continue };
            let value = values.get(row).map(str::to_owned);
            numbers.insert((dimension, value.clone()), summary.groups.len());
            summary.groups.push(GroupSummary {
                dimension,
                value,
                name: names.get(row).map(str::to_owned),
                documents: documents.get(row),
                documents_failed: failed.get(row),
                left_out: left_out.get(row),
                severities: [0, 1, 2].map(|number: usize| severities.get(number).map_or(0, |column| column.get(row))),
                rules: Vec::new(),
            });
        }
        Ok(true)
    })?;
    let rules: HashMap<&str, usize> =
        summary.rules.iter().enumerate().map(|(number, rule)| (rule.id.as_str(), number)).collect();
    let columns: Vec<&str> = GROUP_RULES.columns.iter().map(|column| column.name).collect();
    let groups = &mut summary.groups;
    read_table(folder, &GROUP_RULES, &columns, |rows| {
        let tally = tally(rows)?;
        let (dimensions, values, ids) = (rows.texts("dimension")?, rows.texts("value")?, rows.texts("rule")?);
        // Rows of a group stand together.
        let mut last: Option<(GroupKey<'_>, Option<usize>)> = None;
        for row in 0..rows.len() {
            let key = (dimensions.or_empty(row), values.get(row));
            let number = match last {
                Some((known, number)) if known == key => number,
                _ => {
                    let found = dimension(key.0);
                    found.and_then(|found| numbers.get(&(found, key.1.map(str::to_owned)))).copied()
                }
            };
            last = Some((key, number));
            let group = number.and_then(|number| groups.get_mut(number));
            if let (Some(group), Some(&rule)) = (group, rules.get(ids.or_empty(row))) {
                group.rules.push(RuleTally { rule, tally: tally(row) });
            }
        }
        Ok(true)
    })
}

fn read_not_checked(folder: &Path, language: Language, collector: &mut Collector) -> Result<(), EvidenceError> {
    read_table(folder, &DOCUMENTS, &["document", "status", "reason"], |rows| {
        let (documents, states, reasons) = (rows.texts("document")?, rows.texts("status")?, rows.texts("reason")?);
        for row in 0..rows.len() {
            let status = states.or_empty(row);
            if status == "checked" {
                continue;
            }
            let id = reasons.or_empty(row);
            collector.not_checked(NotChecked {
                document: documents.or_empty(row).to_owned(),
                is_unreadable: status == "unreadable",
                reason: reason_message(id, language).unwrap_or_else(|| id.to_owned()),
            });
        }
        Ok(true)
    })
}

fn read_places(folder: &Path, summary: &Summary, collector: &mut Collector) -> Result<(), EvidenceError> {
    let rules: HashMap<&str, usize> =
        summary.rules.iter().enumerate().map(|(number, rule)| (rule.id.as_str(), number)).collect();
    let columns = ["document", "rule", "severity", "path", "line", "column", "inner_path", "known"];
    read_table(folder, &FINDINGS, &columns, |rows| {
        let (documents, ids, severities) = (rows.texts("document")?, rows.texts("rule")?, rows.texts("severity")?);
        let (paths, inner) = (rows.texts("path")?, rows.texts("inner_path")?);
        let (lines, columns, known) = (rows.numbers("line")?, rows.numbers("column")?, rows.truths("known")?);
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        for row in (0..rows.len()).filter(|&row| !known.get(row)) {
            let Some(&rule) = rules.get(ids.or_empty(row)) else { continue };
            collector.place(PlaceSummary {
                rule,
                severity: severity(severities.or_empty(row)),
                document: documents.or_empty(row).to_owned(),
                line: small(lines.get(row)),
                column: small(columns.get(row)),
                path: place_path(paths.or_empty(row), inner.get(row)),
                source: None,
            });
        }
        Ok(true)
    })
}
