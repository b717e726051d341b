//! Documents as Python gives them: bytes, text, anything with a buffer, or a path to be read later.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

use kirjuri::Limits;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString, PyTuple};

/// The longest name of a document, in bytes. It is repeated for every finding.
const LONGEST_NAME: usize = 1 << 16;

/// Bytes that can be read while Python is not attached.
pub(crate) enum Content {
    Bytes(PyBackedBytes),
    Text(PyBackedStr),
}

impl Content {
    /// The bytes of one document. An object that may change while it is read is copied.
    pub(crate) fn of(data: &Bound<'_, PyAny>) -> PyResult<Content> {
        if let Ok(bytes) = data.cast::<PyBytes>() {
            return Ok(Content::Bytes(bytes.clone().into()));
        }
        if let Ok(text) = data.cast::<PyString>() {
            let text = PyBackedStr::try_from(text.clone())?;
            return match declared_encoding(&text) {
                Some(encoding) => Err(PyValueError::new_err(format!(
                    "the text declares the encoding {encoding:?}, but text has none any more: give the document as \
                     bytes, as it was read",
                ))),
                None => Ok(Content::Text(text)),
            };
        }
        match buffer(data)? {
            Some(bytes) => Ok(Content::Bytes(bytes)),
            None if data.hasattr("__fspath__")? => Err(PyTypeError::new_err(
                "a document is bytes, str or has a buffer; for a path give path.read_bytes(), or the path to check_many",
            )),
            None => Err(PyTypeError::new_err(format!(
                "a document is bytes, str or has a buffer, not {}",
                data.get_type().name()?
            ))),
        }
    }
}

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        match self {
            Content::Bytes(bytes) => bytes,
            Content::Text(text) => text.as_bytes(),
        }
    }
}

/// The bytes of an object that has a buffer.
fn buffer(data: &Bound<'_, PyAny>) -> PyResult<Option<PyBackedBytes>> {
    if let Ok(bytes) = data.cast::<PyByteArray>() {
        return Ok(Some(bytes.clone().into()));
    }
    let Ok(view) = PyMemoryView::from(data) else { return Ok(None) };
    Ok(Some(view.call_method0("tobytes")?.cast_into::<PyBytes>()?.into()))
}

/// The encoding that an XML declaration names, if it is another than UTF-8.
fn declared_encoding(text: &str) -> Option<&str> {
    let declaration = text.trim_start_matches('\u{FEFF}').strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let encoding = value.split(quote).nth(1)?;
    let same = ["utf-8", "us-ascii"].iter().any(|known| encoding.eq_ignore_ascii_case(known));
    (!same).then_some(encoding)
}

/// Where a document of a batch comes from.
pub(crate) enum Source {
    Content(Content),
    /// To be read where it is checked.
    File(PathBuf),
}

impl Source {
    /// Bytes that are held until the document has been checked.
    pub(crate) fn held(&self) -> usize {
        match self {
            Source::Content(content) => content.as_ref().len(),
            Source::File(_) => 0,
        }
    }

    /// Its bytes, read into `buffer` where they are in a file: one more than the limit at most, so that what is too large is
    /// seen to be.
    pub(crate) fn bytes<'s>(&'s self, buffer: &'s mut Vec<u8>, limits: &Limits) -> Result<&'s [u8], io::ErrorKind> {
        let path = match self {
            Source::Content(content) => return Ok(content.as_ref()),
            Source::File(path) => path,
        };
        buffer.clear();
        // A pipe or a device might never end, and no signal would reach the thread that waits for it.
        if !fs::metadata(path).map_err(|error| error.kind())?.is_file() {
            return Err(io::ErrorKind::InvalidInput);
        }
        let most = (limits.bytes as u64).saturating_add(1);
        let read = File::open(path).and_then(|file| file.take(most).read_to_end(buffer));
        read.map(|_| buffer.as_slice()).map_err(|error| error.kind())
    }
}

/// A document of a batch.
pub(crate) struct Item {
    pub(crate) name: Option<String>,
    pub(crate) source: Source,
}

impl Item {
    /// What an iterable gave as its `number`-th, from 0: bytes, a path, or a pair of a name and one of these.
    pub(crate) fn of(given: &Bound<'_, PyAny>, number: u64) -> PyResult<Item> {
        if let Ok(pair) = given.cast::<PyTuple>() {
            let (name, data) = match pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() {
                Ok((name, data)) if name.is_instance_of::<PyString>() => (name, data),
                _ => return Err(wrong(number, "a tuple that is no (name, document)")),
            };
            return Ok(Item { name: Some(checked_name(name.extract()?)?), source: source(&data, number)? });
        }
        let source = source(given, number)?;
        let name = match &source {
            Source::Content(_) => None,
            Source::File(path) => Some(checked_name(path.to_string_lossy().into_owned())?),
        };
        Ok(Item { name, source })
    }
}

pub(crate) fn checked_name(name: String) -> PyResult<String> {
    if name.len() > LONGEST_NAME {
        return Err(PyValueError::new_err(format!("a name of a document has at most {LONGEST_NAME} bytes")));
    }
    Ok(name)
}

fn source(data: &Bound<'_, PyAny>, number: u64) -> PyResult<Source> {
    if let Ok(bytes) = data.cast::<PyBytes>() {
        return Ok(Source::Content(Content::Bytes(bytes.clone().into())));
    }
    if data.is_instance_of::<PyString>() {
        return Err(wrong(number, "a str, which may be a path or a text: give pathlib.Path(…) or text.encode()"));
    }
    if data.hasattr("__fspath__")? {
        return Ok(Source::File(data.extract()?));
    }
    match buffer(data)? {
        Some(bytes) => Ok(Source::Content(Content::Bytes(bytes))),
        None => Err(wrong(
            number,
            &format!("of type {}; it must be bytes, a path or (name, bytes)", data.get_type().name()?),
        )),
    }
}

fn wrong(number: u64, what: &str) -> PyErr {
    PyTypeError::new_err(format!("document {number} of the iterable is {what}"))
}
