//! Reads what code servers publish: tables with a line for each code, and FHIR R4 code systems and value sets in JSON.

use std::fmt;

use super::{CodeRow, CodeTable};
use crate::identifiers::{Date, is_valid_oid};

mod fhir;
mod separated;
mod written;

pub use separated::{Column, Columns};
pub use written::Encoding;

/// What an import is told beside the file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ImportOptions {
    /// OID of the code set, where the file does not say it or is to be overruled.
    pub oid: Option<String>,
    /// What the code set is called; else as the file says, or its OID.
    pub name: Option<String>,
    /// Whether the file lists the whole set, as far as it does not say itself that it does not.
    pub complete: bool,
    /// Which columns of a table mean what, beside those that are known by their headings.
    pub columns: Columns,
    /// Where the file comes from, for instance its name.
    pub source: String,
}

impl Default for ImportOptions {
    fn default() -> ImportOptions {
        let source = String::new();
        ImportOptions { oid: None, name: None, complete: true, columns: Columns::default(), source }
    }
}

/// What an import read.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Imported {
    /// The code sets; of a value set one for each code system it takes codes from.
    pub tables: Vec<CodeTable>,
    /// What the file holds beside that was not used, for people: a heading, or a code system that has no OID.
    pub unused: Vec<String>,
    /// In what encoding the file is.
    pub encoding: Encoding,
}

/// More faults than anybody reads of one file.
const MOST_ERRORS: usize = 20;

/// Something in a file that cannot be imported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportError {
    /// Line, counted from 1; 0 where it is about the file as a whole.
    pub line: usize,
    /// Column in characters, counted from 1; 0 where it is about the file as a whole.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl ImportError {
    fn whole(message: impl Into<String>) -> ImportError {
        ImportError { line: 0, column: 0, message: message.into(), suggestion: None }
    }

    fn at(line: usize, column: usize, message: impl Into<String>) -> ImportError {
        ImportError { line, column, ..ImportError::whole(message) }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(out, "{}:{}: ", self.line, self.column)?;
        }
        out.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(out, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

/// All that is wrong with a file, in the order of places; of very many, the first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportErrors(pub Vec<ImportError>);

impl fmt::Display for ImportErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(out, "{}{error}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ImportErrors {}

impl From<ImportError> for ImportErrors {
    fn from(error: ImportError) -> ImportErrors {
        ImportErrors(vec![error])
    }
}

/// Reads a published code set: FHIR where the file is JSON, else a table.
///
/// # Errors
/// What is wrong with the file, with line and column where it has one.
pub fn import(bytes: &[u8], options: &ImportOptions) -> Result<Imported, ImportErrors> {
    if let Some(oid) = options.oid.as_deref().filter(|oid| !is_valid_oid(oid)) {
        return Err(ImportError::whole(format!("`{oid}` is no OID: numbers with dots between")).into());
    }
    let (text, encoding) = written::decode(bytes)?;
    let (tables, unused) = match text.trim_start().as_bytes() {
        [b'{' | b'[', ..] => {
            if options.columns.is_given() {
                return Err(ImportError::whole("a FHIR resource has no columns to name").into());
            }
            fhir::read(&text, options).map_err(|mut errors| {
                errors.0.truncate(MOST_ERRORS);
                errors
            })?
        }
        [b'<', ..] => return Err(ImportError::whole("FHIR is read in JSON; this is XML").into()),
        _ => separated::read(&text, options)?,
    };
    if let Some(table) = tables.iter().find(|table| table.rows.is_empty()) {
        return Err(ImportError::whole(format!("the code set {} has no code here", table.oid)).into());
    }
    Ok(Imported { tables, unused, encoding })
}

/// A name as it is kept: on one line, without white space around it. None where nothing is left.
fn name_of(text: &str) -> Option<String> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether a code has a form that can stand in a document: no white space around it and no control characters.
fn is_code(text: &str) -> bool {
    !text.is_empty() && text.trim().len() == text.len() && !text.contains(char::is_control)
}

impl CodeRow {
    /// Takes a name that is known beside the others, unless it is one of them.
    fn add_name(&mut self, name: String) {
        let known = [&self.fi, &self.sv, &self.en];
        if !known.into_iter().flatten().chain(&self.also).any(|known| *known == name) {
            self.also.push(name);
        }
    }
}

/// The days of a year or month, or a day: `2007`, `2007-03`, `2007-03-01`, with what follows `T` or a space left out.
fn days_of_iso(text: &str) -> Option<(Date, Date)> {
    let day = text.split(['T', ' ']).next()?;
    let mut parts = day.split('-');
    let number = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<u16>().ok())?
    };
    let year = number(parts.next()?, 4)?;
    let (month, of_month) = (parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let small = |part: &str| number(part, 2)?.try_into().ok();
    match (month, of_month) {
        (None, _) => Some((Date::new(year, 1, 1)?, Date::new(year, 12, 31)?)),
        (Some(month), None) => {
            let month = small(month)?;
            let last = (28..=31).rev().find_map(|day| Date::new(year, month, day))?;
            Some((Date::new(year, month, 1)?, last))
        }
        (Some(month), Some(day)) => {
            let day = Date::new(year, small(month)?, small(day)?)?;
            Some((day, day))
        }
    }
}

#[cfg(test)]
mod tests;
