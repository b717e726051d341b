//! Evidence is written while documents come.

use std::fs::File;
use std::path::Path;

use kirjuri::{AnyRule, Finding, RuleSet};
use kirjuri_report::{Batch, Dimension, DocumentEntry, Outcome, SeriesEntry};
use parquet::errors::ParquetError;

use crate::error::EvidenceError;
use crate::folder::{NewFolder, check_has_no_documents, write_run};
use crate::salt::Salt;
use crate::summary::{Run, Summary};
use crate::tables::{Cell, DOCUMENTS, FINDINGS, GROUP_RULES, GROUPS, RULES, Table, TableWriter};

/// Writes the evidence of a run, document by document. What is written is not kept but in sums. The calls come in the order of
/// those of [`Printer`](kirjuri_report::Printer).
pub struct EvidenceWriter<'r> {
    rules: Vec<RuleWords>,
    set: &'r RuleSet,
    salt: Salt,
    folder: NewFolder,
    documents: OpenTable,
    findings: OpenTable,
}

/// What rows say of a rule.
struct RuleWords {
    id: String,
    criterion: Option<&'static str>,
}

impl RuleWords {
    fn all(rules: &RuleSet) -> Vec<RuleWords> {
        let criterion = |rule: &AnyRule<'_>| match rule {
            AnyRule::Native(_, rule) => Some(rule.criterion.id()),
            AnyRule::Assertion(..) => None,
        };
        rules.all().map(|rule| RuleWords { id: rule.id(), criterion: criterion(&rule) }).collect()
    }
}

impl<'r> EvidenceWriter<'r> {
    /// Begins evidence that is to lie in a folder.
    ///
    /// # Errors
    /// That the folder holds something else, or what the system says.
    pub fn new(target: &Path, rules: &'r RuleSet, salt: Salt) -> Result<EvidenceWriter<'r>, EvidenceError> {
        let folder = NewFolder::new(target)?;
        Ok(EvidenceWriter {
            rules: RuleWords::all(rules),
            set: rules,
            salt,
            documents: OpenTable::create(&folder.path(), &DOCUMENTS)?,
            findings: OpenTable::create(&folder.path(), &FINDINGS)?,
            folder,
        })
    }

    /// Writes what became of a document, and what was found in it. `area` is the one it belongs to.
    ///
    /// # Errors
    /// What the system says.
    pub fn document(&mut self, document: &DocumentEntry, area: Option<&str>) -> Result<(), EvidenceError> {
        let hash = self.salt.hash(&document.path);
        let (status, reason, findings) = match &document.outcome {
            Outcome::Checked(findings) => ("checked", None, findings.as_slice()),
            Outcome::Unreadable(error) => ("unreadable", Some(error.id()), &[][..]),
            Outcome::Skipped(reason) => ("skipped", Some(reason.id()), &[][..]),
        };
        let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count() as u64;
        let [errors, warnings, infos] = kirjuri::Severity::ALL.map(count);
        let says = &document.description;
        self.documents.row(&[
            hash.as_str().into(),
            status.into(),
            reason.into(),
            (&says.document_type).into(),
            (&says.version).into(),
            (&says.form).into(),
            (&says.unit).into(),
            (&says.provider).into(),
            area.into(),
            (&says.software).into(),
            (&says.software_version).into(),
            (&says.author_role).into(),
            (&says.month).into(),
            errors.into(),
            warnings.into(),
            infos.into(),
            (document.known.len() as u64).into(),
        ])?;
        findings.iter().try_for_each(|finding| self.finding(&hash, finding, false, false))?;
        document.known.iter().try_for_each(|known| self.finding(&hash, &known.finding, false, true))
    }

    /// Writes what a rule on a series found. `known` says that a baseline knows it.
    ///
    /// # Errors
    /// What the system says.
    pub fn series(&mut self, entry: &SeriesEntry, known: bool) -> Result<(), EvidenceError> {
        let hash = self.salt.hash(&entry.path);
        self.finding(&hash, &entry.finding, true, known)
    }

    fn finding(&mut self, hash: &str, finding: &Finding, series: bool, known: bool) -> Result<(), EvidenceError> {
        let Some(rule) = self.rules.get(finding.rule.index()) else { return Ok(()) };
        let place = &finding.place;
        self.findings.row(&[
            hash.into(),
            rule.id.as_str().into(),
            finding.severity.id().into(),
            rule.criterion.into(),
            place.path.as_str().into(),
            u64::from(place.line).into(),
            u64::from(place.column).into(),
            place.inner.as_ref().map(|inner| inner.path.as_str()).into(),
            series.into(),
            known.into(),
        ])
    }

    /// Writes what the run came to, with the groups of [`Batch::sums`], and puts the folder in its place. `run` and `name` are as with [`Summary::of`].
    ///
    /// # Errors
    /// What the system says.
    pub fn finish(
        self,
        batch: &Batch,
        run: Run,
        name: &dyn Fn(Dimension, &str) -> Option<String>,
    ) -> Result<(), EvidenceError> {
        let summary = Summary::of(batch, batch.sums.as_ref(), self.set, run, name);
        self.documents.finish()?;
        self.findings.finish()?;
        write_sums(&self.folder, &summary)?;
        self.folder.put_in_place()
    }
}

/// Writes the sums of a run as evidence, without the tables of documents and findings.
///
/// # Errors
/// That the folder holds something else, or evidence with those tables, which would be lost; or what the system says.
pub fn write_summary(target: &Path, summary: &Summary) -> Result<(), EvidenceError> {
    let folder = NewFolder::new(target)?;
    // Behind that, since a path such as `new/../run` leads somewhere only when `new` is there.
    check_has_no_documents(target)?;
    write_sums(&folder, summary)?;
    folder.put_in_place()
}

/// Writes the tables of sums and `run.json`.
fn write_sums(folder: &NewFolder, summary: &Summary) -> Result<(), EvidenceError> {
    let folder = folder.path();
    let mut rules = OpenTable::create(&folder, &RULES)?;
    for rule in &summary.rules {
        let pack = rule.id.split_once('/').map_or(rule.id.as_str(), |(pack, _)| pack);
        let mut versions = summary.run.packs.iter().filter(|known| known.id == pack);
        // Merged runs may have had different ones.
        let version = versions.next().filter(|_| versions.next().is_none());
        let guidelines: Vec<String> = rule.guidelines.iter().map(|clause| clause.replace(BETWEEN, ", ")).collect();
        let guidelines = guidelines.join(BETWEEN);
        let (why, fix) = (rule.why.as_ref(), rule.fix.as_ref());
        rules.row(&[
            rule.id.as_str().into(),
            pack.into(),
            version.map(|pack| pack.version.as_str()).filter(|version| !version.is_empty()).into(),
            rule.severity.id().into(),
            rule.criterion.map(kirjuri::Criterion::id).into(),
            rule.title.fi.as_str().into(),
            rule.title.sv.as_str().into(),
            rule.title.en.as_str().into(),
            why.map(|text| text.fi.as_str()).into(),
            why.map(|text| text.sv.as_str()).into(),
            why.map(|text| text.en.as_str()).into(),
            fix.map(|text| text.fi.as_str()).into(),
            fix.map(|text| text.sv.as_str()).into(),
            fix.map(|text| text.en.as_str()).into(),
            Some(guidelines.as_str()).filter(|text| !text.is_empty()).into(),
            rule.tally.applied.into(),
            rule.tally.failed.into(),
            rule.tally.documents.into(),
            rule.tally.documents_failed.into(),
            rule.selected.map_or(Cell::Nothing, Cell::Truth),
            rule.in_force.map_or(Cell::Nothing, Cell::Truth),
        ])?;
    }
    rules.finish()?;
    let mut groups = OpenTable::create(&folder, &GROUPS)?;
    let mut group_rules = OpenTable::create(&folder, &GROUP_RULES)?;
    for group in &summary.groups {
        let [errors, warnings, infos] = group.severities;
        groups.row(&[
            group.dimension.id().into(),
            group.value.as_deref().into(),
            group.name.as_deref().into(),
            group.documents.into(),
            group.documents_failed.into(),
            errors.into(),
            warnings.into(),
            infos.into(),
            group.left_out.into(),
        ])?;
        for one in &group.rules {
            let Some(rule) = summary.rules.get(one.rule) else { continue };
            group_rules.row(&[
                group.dimension.id().into(),
                group.value.as_deref().into(),
                rule.id.as_str().into(),
                one.tally.applied.into(),
                one.tally.failed.into(),
                one.tally.documents.into(),
                one.tally.documents_failed.into(),
            ])?;
        }
    }
    groups.finish()?;
    group_rules.finish()?;
    write_run(&folder, &summary.run)
}

/// Stands between the guidelines of a rule.
pub(crate) const BETWEEN: &str = "; ";

/// A table in a file, and the file's path for what may be wrong with it.
struct OpenTable {
    writer: TableWriter<File>,
    path: std::path::PathBuf,
}

impl OpenTable {
    fn create(folder: &Path, table: &Table) -> Result<OpenTable, EvidenceError> {
        let path = table.file(folder);
        let failed = |error: ParquetError| EvidenceError::new(&path, error);
        let file = File::create(&path).map_err(|error| EvidenceError::new(&path, error))?;
        let writer = TableWriter::new(table, file).map_err(failed)?;
        Ok(OpenTable { writer, path })
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), EvidenceError> {
        self.writer.row(cells).map_err(|error| EvidenceError::new(&self.path, error))
    }

    fn finish(self) -> Result<(), EvidenceError> {
        self.writer.finish().map(drop).map_err(|error| EvidenceError::new(&self.path, error))
    }
}
