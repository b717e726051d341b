//! The tables of evidence: their columns, and how rows get into files and out of them.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, BooleanBuilder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::error::EvidenceError;

/// A table: the name of its file without `.parquet`, and its columns.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The name.
    pub name: &'static str,
    /// The columns, in their order.
    pub columns: &'static [Column],
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The name.
    pub name: &'static str,
    /// What its values are.
    pub kind: ColumnKind,
    /// Whether a row may have nothing in it.
    pub is_nullable: bool,
}

/// What the values of a column are. There is no other, so that every program that reads Parquet reads these tables.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// Text in UTF-8.
    Text,
    /// A whole number of 64 bits, never below zero.
    Number,
    /// True or false.
    Truth,
}

impl ColumnKind {
    /// The name of the type, as the documentation has it.
    pub fn id(self) -> &'static str {
        match self {
            ColumnKind::Text => "string",
            ColumnKind::Number => "int64",
            ColumnKind::Truth => "boolean",
        }
    }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Text, is_nullable: false }
}

const fn maybe(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Text, is_nullable: true }
}

const fn number(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Number, is_nullable: false }
}

const fn truth(name: &'static str) -> Column {
    Column { name, kind: ColumnKind::Truth, is_nullable: false }
}

/// A row a document.
pub const DOCUMENTS: Table = Table {
    name: "documents",
    columns: &[
        text("document"),
        text("status"),
        maybe("reason"),
        maybe("document_type"),
        maybe("version"),
        maybe("form"),
        maybe("unit"),
        maybe("provider"),
        maybe("area"),
        maybe("software"),
        maybe("software_version"),
        maybe("author_role"),
        maybe("month"),
        number("errors"),
        number("warnings"),
        number("infos"),
        number("known"),
    ],
};

/// A row a finding.
pub const FINDINGS: Table = Table {
    name: "findings",
    columns: &[
        text("document"),
        text("rule"),
        text("severity"),
        maybe("criterion"),
        text("path"),
        number("line"),
        number("column"),
        maybe("inner_path"),
        truth("series"),
        truth("known"),
    ],
};

/// A row a rule.
pub const RULES: Table = Table {
    name: "rules",
    columns: &[
        text("rule"),
        text("pack"),
        maybe("pack_version"),
        text("severity"),
        maybe("criterion"),
        text("title_fi"),
        text("title_sv"),
        text("title_en"),
        maybe("why_fi"),
        maybe("why_sv"),
        maybe("why_en"),
        maybe("fix_fi"),
        maybe("fix_sv"),
        maybe("fix_en"),
        maybe("guidelines"),
        number("applied"),
        number("failed"),
        number("documents"),
        number("documents_failed"),
        Column { name: "selected", kind: ColumnKind::Truth, is_nullable: true },
        Column { name: "in_force", kind: ColumnKind::Truth, is_nullable: true },
    ],
};

/// A row a value of a dimension.
pub const GROUPS: Table = Table {
    name: "groups",
    columns: &[
        text("dimension"),
        maybe("value"),
        maybe("name"),
        number("documents"),
        number("documents_failed"),
        number("errors"),
        number("warnings"),
        number("infos"),
        number("left_out"),
    ],
};

/// A row a rule that applied in the documents of a group.
pub const GROUP_RULES: Table = Table {
    name: "group_rules",
    columns: &[
        text("dimension"),
        maybe("value"),
        text("rule"),
        number("applied"),
        number("failed"),
        number("documents"),
        number("documents_failed"),
    ],
};

/// All tables of evidence.
pub const TABLES: [Table; 5] = [DOCUMENTS, FINDINGS, RULES, GROUPS, GROUP_RULES];

/// The report of findings in one table, with the paths of documents.
pub const REPORT: Table = Table {
    name: "report",
    columns: &[
        text("file"),
        text("rule"),
        text("severity"),
        maybe("criterion"),
        text("title"),
        text("path"),
        number("line"),
        number("column"),
        maybe("inner_path"),
        truth("series"),
        truth("known"),
    ],
};

impl Table {
    /// The file of the table in a folder of evidence.
    pub(crate) fn file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.parquet", self.name))
    }

    fn schema(&self) -> Arc<Schema> {
        let field = |column: &Column| {
            let kind = match column.kind {
                ColumnKind::Text => DataType::Utf8,
                ColumnKind::Number => DataType::Int64,
                ColumnKind::Truth => DataType::Boolean,
            };
            Field::new(column.name, kind, column.is_nullable)
        };
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }
}

/// A value of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'c> {
    Text(&'c str),
    Number(u64),
    Truth(bool),
    Nothing,
}

impl<'c> From<&'c str> for Cell<'c> {
    fn from(text: &'c str) -> Cell<'c> {
        Cell::Text(text)
    }
}

impl<'c> From<Option<&'c str>> for Cell<'c> {
    fn from(text: Option<&'c str>) -> Cell<'c> {
        text.map_or(Cell::Nothing, Cell::Text)
    }
}

impl<'c> From<&'c Option<Box<str>>> for Cell<'c> {
    fn from(text: &'c Option<Box<str>>) -> Cell<'c> {
        text.as_deref().into()
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Cell::Number(number)
    }
}

impl From<bool> for Cell<'_> {
    fn from(truth: bool) -> Self {
        Cell::Truth(truth)
    }
}

/// The values of a column that are not written yet.
enum Values {
    Text(StringBuilder),
    Number(Int64Builder),
    Truth(BooleanBuilder),
}

impl Values {
    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Values::Text(values), Cell::Text(text)) => values.append_value(text),
            (Values::Number(values), Cell::Number(number)) => {
                values.append_value(i64::try_from(number).unwrap_or(i64::MAX));
            }
            (Values::Truth(values), Cell::Truth(truth)) => values.append_value(truth),
            // Where a column must have a value, writing the rows will say that it has none.
            (Values::Text(values), _) => values.append_null(),
            (Values::Number(values), _) => values.append_null(),
            (Values::Truth(values), _) => values.append_null(),
        }
    }

    fn take(&mut self) -> ArrayRef {
        match self {
            Values::Text(values) => ArrayBuilder::finish(values),
            Values::Number(values) => ArrayBuilder::finish(values),
            Values::Truth(values) => ArrayBuilder::finish(values),
        }
    }
}

/// Rows that are held before they are handed to the writer.
const HELD: usize = 1024;
/// Rows of a row group, which bounds what the writer holds: a few megabytes.
const ROW_GROUP: usize = 1 << 14;

/// Writes a table row by row.
pub(crate) struct TableWriter<W: Write + Send> {
    columns: Vec<Values>,
    schema: Arc<Schema>,
    held: usize,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> TableWriter<W> {
    pub(crate) fn new(table: &Table, out: W) -> Result<TableWriter<W>, ParquetError> {
        let schema = table.schema();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_created_by(concat!("kirjuri ", env!("CARGO_PKG_VERSION")).into());
        let values = |column: &Column| match column.kind {
            ColumnKind::Text => Values::Text(StringBuilder::new()),
            ColumnKind::Number => Values::Number(Int64Builder::new()),
            ColumnKind::Truth => Values::Truth(BooleanBuilder::new()),
        };
        Ok(TableWriter {
            columns: table.columns.iter().map(values).collect(),
            writer: ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties.build()))?,
            schema,
            held: 0,
        })
    }

    /// Adds a row: a cell for each column, in their order.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), ParquetError> {
        let cells = cells.iter().copied().chain(std::iter::repeat(Cell::Nothing));
        self.columns.iter_mut().zip(cells).for_each(|(values, cell)| values.push(cell));
        self.held += 1;
        if self.held >= HELD { self.write_held() } else { Ok(()) }
    }

    fn write_held(&mut self) -> Result<(), ParquetError> {
        if std::mem::take(&mut self.held) == 0 {
            return Ok(());
        }
        let columns: Vec<ArrayRef> = self.columns.iter_mut().map(Values::take).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        self.writer.write(&batch)
    }

    /// What is written to.
    pub(crate) fn inner_mut(&mut self) -> &mut W {
        self.writer.inner_mut()
    }

    /// Writes what is left, and the end of the file.
    pub(crate) fn finish(mut self) -> Result<W, ParquetError> {
        self.write_held()?;
        self.writer.into_inner()
    }
}

/// Rows of a table that was read.
pub(crate) struct Rows {
    batch: RecordBatch,
    path: PathBuf,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    fn column(&self, name: &str, kind: ColumnKind) -> Result<&ArrayRef, EvidenceError> {
        let column = self.batch.column_by_name(name);
        let expected = match kind {
            ColumnKind::Text => DataType::Utf8,
            ColumnKind::Number => DataType::Int64,
            ColumnKind::Truth => DataType::Boolean,
        };
        column.filter(|column| *column.data_type() == expected).ok_or_else(|| {
            EvidenceError::new(&self.path, format!("the table has no column `{name}` of the type {}", kind.id()))
        })
    }

    pub(crate) fn texts(&self, name: &str) -> Result<Texts<'_>, EvidenceError> {
        Ok(Texts(self.column(name, ColumnKind::Text)?.as_string()))
    }

    pub(crate) fn numbers(&self, name: &str) -> Result<Numbers<'_>, EvidenceError> {
        Ok(Numbers(self.column(name, ColumnKind::Number)?.as_primitive::<Int64Type>()))
    }

    pub(crate) fn truths(&self, name: &str) -> Result<Truths<'_>, EvidenceError> {
        Ok(Truths(self.column(name, ColumnKind::Truth)?.as_boolean()))
    }
}

/// A column of texts.
pub(crate) struct Texts<'r>(&'r StringArray);

impl<'r> Texts<'r> {
    pub(crate) fn get(&self, row: usize) -> Option<&'r str> {
        (row < self.0.len() && self.0.is_valid(row)).then(|| self.0.value(row))
    }

    /// The text, or none at all where there is nothing.
    pub(crate) fn or_empty(&self, row: usize) -> &'r str {
        self.get(row).unwrap_or_default()
    }
}

/// A column of numbers.
pub(crate) struct Numbers<'r>(&'r Int64Array);

impl Numbers<'_> {
    /// The number; what is not there or below zero counts as zero.
    pub(crate) fn get(&self, row: usize) -> u64 {
        let is_there = row < self.0.len() && self.0.is_valid(row);
        if is_there { u64::try_from(self.0.value(row)).unwrap_or_default() } else { 0 }
    }
}

/// A column of truths.
pub(crate) struct Truths<'r>(&'r BooleanArray);

impl Truths<'_> {
    /// Whether it is so; nothing where that is not said.
    pub(crate) fn known(&self, row: usize) -> Option<bool> {
        (row < self.0.len() && self.0.is_valid(row)).then(|| self.0.value(row))
    }

    pub(crate) fn get(&self, row: usize) -> bool {
        self.known(row).unwrap_or_default()
    }
}

/// Reads some columns of a table, a part of its rows at a time, until `take` says that it has enough.
pub(crate) fn read_table(
    folder: &Path,
    table: &Table,
    columns: &[&str],
    mut take: impl FnMut(&Rows) -> Result<bool, EvidenceError>,
) -> Result<(), EvidenceError> {
    let path = table.file(folder);
    let unreadable = |error: &dyn std::fmt::Display| EvidenceError::new(&path, error);
    let file = File::open(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => unreadable(&"the table is missing: the folder is no whole evidence"),
        _ => unreadable(&error),
    })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(&error))?;
    let mask = ProjectionMask::columns(reader.parquet_schema(), columns.iter().copied());
    let reader = reader.with_projection(mask).with_batch_size(HELD).build().map_err(|error| unreadable(&error))?;
    for batch in reader {
        let rows = Rows { batch: batch.map_err(|error| unreadable(&error))?, path: path.clone() };
        if !take(&rows)? {
            break;
        }
    }
    Ok(())
}
