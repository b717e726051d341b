//! What was found in many documents as Arrow tables, handed over by the Arrow PyCapsule interface.

mod documents;
mod findings;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, RecordBatchIterator, StringArray};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use kirjuri::{Language, RuleSet};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::portions::Portions;
use crate::table::documents::Documents;
use crate::table::findings::Findings;

/// Rows of one batch of a table, about.
const ROWS: usize = 1 << 16;
/// Bytes of the texts of a batch, about; a column cannot hold 2 GiB.
const BYTES: usize = 1 << 28;

/// What was found in many documents, as two Arrow tables. As one table it is that of the findings.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Tables {
    findings: Py<Table>,
    documents: Py<Table>,
}

impl Tables {
    /// Checks the documents.
    ///
    /// # Errors
    /// As [`Portions::next`].
    pub(crate) fn of(py: Python<'_>, rules: &RuleSet, language: Language, mut portions: Portions) -> PyResult<Tables> {
        let mut findings = Findings::new(rules, language);
        let mut documents = Documents::new();
        let mut number = 0;
        loop {
            let portion = portions.next(py)?;
            if portion.is_empty() {
                break;
            }
            py.detach(|| {
                portion.into_iter().try_for_each(|checked| {
                    findings.add(number, &checked)?;
                    documents.add(number, &checked)?;
                    number += 1;
                    Ok(())
                })
            })
            .map_err(failed)?;
        }
        let findings = findings.finish().map_err(failed)?;
        let documents = documents.finish().map_err(failed)?;
        Ok(Tables { findings: Py::new(py, findings)?, documents: Py::new(py, documents)? })
    }
}

#[pymethods]
impl Tables {
    /// A row for each finding.
    #[getter]
    fn findings(&self, py: Python<'_>) -> Py<Table> {
        self.findings.clone_ref(py)
    }

    /// A row for each document.
    #[getter]
    fn documents(&self, py: Python<'_>) -> Py<Table> {
        self.documents.clone_ref(py)
    }

    /// The table of findings as an Arrow stream; see Table.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.findings.get().__arrow_c_stream__(py, requested_schema)
    }

    /// The schema of the table of findings; see Table.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        self.findings.get().__arrow_c_schema__(py)
    }

    fn __repr__(&self) -> String {
        format!("<kirjuri.Tables of {} documents>", self.documents.get().__len__())
    }
}

/// An Arrow table. pyarrow.table(it), polars.DataFrame(it) and DuckDB take it without copying it.
#[pyclass(frozen, module = "kirjuri")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Table {
    /// The names of its columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The table as an Arrow stream, of the Arrow PyCapsule interface. A requested schema is not followed: the reader casts.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches = self.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }

    /// The schema, of the Arrow PyCapsule interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.schema.as_ref()).map_err(failed)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn __repr__(&self) -> String {
        format!("<kirjuri.Table {} rows: {}>", self.__len__(), self.column_names().join(", "))
    }
}

fn failed(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(format!("no Arrow table could be made: {error}"))
}

/// The batches of a table while it is made.
struct Batches {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Batches {
    fn new(fields: Vec<Field>) -> Batches {
        Batches { schema: Arc::new(Schema::new(fields)), batches: Vec::new() }
    }

    fn push(&mut self, columns: Vec<ArrayRef>) -> Result<(), ArrowError> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        if batch.num_rows() > 0 {
            self.batches.push(batch);
        }
        Ok(())
    }

    fn finish(self) -> Table {
        Table { schema: self.schema, batches: self.batches }
    }
}

/// A column of few words, each row the number of one of them.
struct Words {
    /// Shared by all batches.
    words: Arc<StringArray>,
}

impl Words {
    fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Words {
        Words { words: Arc::new(StringArray::from_iter_values(words)) }
    }

    /// Words of which some may be the same, and of each the number it has without these.
    fn distinct(words: impl IntoIterator<Item = String>) -> (Words, Vec<i32>) {
        let (mut known, mut order) = (HashMap::new(), Vec::new());
        let numbers = words.into_iter().map(|word| {
            let next = i32::try_from(order.len()).unwrap_or(i32::MAX);
            *known.entry(word).or_insert_with_key(|word| {
                order.push(word.clone());
                next
            })
        });
        let numbers = numbers.collect();
        (Words::new(order.iter().map(String::as_str)), numbers)
    }

    fn column(&self, rows: Vec<Option<i32>>) -> Result<ArrayRef, ArrowError> {
        let words = Arc::clone(&self.words) as ArrayRef;
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(Int32Array::from(rows), words)?))
    }

    fn field(name: &str, nullable: bool) -> Field {
        let type_ = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        Field::new(name, type_, nullable)
    }
}
