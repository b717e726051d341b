//! Tables: a heading and a line for each code, the cells parted by `;`, tab or `,`.
//!
//! The headings of the national code server are those that public programs read which use its exports: `CodeId`,
//! `ParentId`, `LongName`, `ShortName`, `Abbreviation`, `HierarchyLevel`, `BeginningDate`, `ExpiringDate`,
//! `LastModifiedDate`, `Description`, and attributes that differ from set to set, with `A:` before their names, of which
//! `A:Långt_namn` is the name in Swedish and `A:Long_name` that in English.

use super::{ImportError, ImportErrors, ImportOptions, MOST_ERRORS, days_of_iso, is_code, name_of};
use crate::codes::{CodeRow, CodeTable};
use crate::identifiers::Date;
use crate::source::nearest;

/// What a column of a table means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Column {
    /// The code.
    Code,
    /// The name in Finnish.
    Fi,
    /// The name in Swedish.
    Sv,
    /// The name in English.
    En,
    /// Another name, such as the short one.
    Also,
    /// The first day in force.
    From,
    /// The last day in force.
    To,
    /// Nothing that is kept.
    Ignore,
}

impl Column {
    /// All of them, by the names that `--columns` gives them.
    pub const ALL: [(&str, Column); 8] = [
        ("code", Column::Code),
        ("fi", Column::Fi),
        ("sv", Column::Sv),
        ("en", Column::En),
        ("also", Column::Also),
        ("from", Column::From),
        ("to", Column::To),
        ("ignore", Column::Ignore),
    ];

    fn name(self) -> &'static str {
        Column::ALL.iter().find(|(_, column)| *column == self).map_or("", |(name, _)| name)
    }

    /// Whether there may be several.
    fn is_many(self) -> bool {
        matches!(self, Column::Also | Column::Ignore)
    }
}

/// Known headings; capitals and spaces do not matter.
const HEADINGS: &[(&str, Column)] = &[
    ("code", Column::Code),
    ("CodeId", Column::Code),
    ("Id", Column::Code),
    ("fi", Column::Fi),
    ("LongName", Column::Fi),
    ("sv", Column::Sv),
    ("A:Långt_namn", Column::Sv),
    ("Långt_namn", Column::Sv),
    ("en", Column::En),
    ("A:Long_name", Column::En),
    ("Long_name", Column::En),
    ("also", Column::Also),
    ("ShortName", Column::Also),
    ("Abbreviation", Column::Also),
    ("from", Column::From),
    ("BeginningDate", Column::From),
    ("ValidFrom", Column::From),
    ("to", Column::To),
    ("ExpiringDate", Column::To),
    ("ExpirationDate", Column::To),
    ("ValidTo", Column::To),
    ("ParentId", Column::Ignore),
    ("HierarchyLevel", Column::Ignore),
    ("Description", Column::Ignore),
    ("LastModifiedDate", Column::Ignore),
];

/// Which headings mean what, as somebody says who knows the file.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Columns(Vec<(Column, String)>);

impl Columns {
    /// Reads `code=Tunnus,fi=Nimi`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Columns, String> {
        let mut columns = Vec::new();
        for part in text.split(',') {
            let Some((name, heading)) = part.split_once('=').filter(|(_, heading)| !heading.trim().is_empty()) else {
                return Err(format!("`{part}` is not written MEANING=HEADING, for instance code=Tunnus"));
            };
            let name = name.trim();
            let names = || Column::ALL.iter().map(|(name, _)| *name);
            let Some((_, column)) = Column::ALL.iter().find(|(known, _)| *known == name) else {
                let meant = nearest(name, names()).map(|known| format!("; did you mean `{known}`?"));
                let known: Vec<&str> = names().collect();
                let meant = meant.unwrap_or_default();
                return Err(format!("no column means `{name}`: there are {}{meant}", known.join(", ")));
            };
            if !column.is_many() && columns.iter().any(|(other, _)| other == column) {
                return Err(format!("`{name}` is given twice"));
            }
            columns.push((*column, heading.trim().to_owned()));
        }
        Ok(Columns(columns))
    }

    /// Whether something is said.
    pub fn is_given(&self) -> bool {
        !self.0.is_empty()
    }
}

/// A cell, with its place.
#[derive(Clone)]
struct Cell {
    text: String,
    line: usize,
    column: usize,
}

/// Reads the lines of a table. A cell in quotation marks may hold line breaks and what parts cells; two marks are one.
struct Lines<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    between: char,
    line: usize,
    column: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, between: char) -> Lines<'t> {
        Lines { rest: text.chars().peekable(), between, line: 1, column: 1 }
    }

    fn take(&mut self) -> Option<char> {
        let c = match self.rest.next()? {
            '\r' => {
                self.rest.next_if_eq(&'\n');
                '\n'
            }
            c => c,
        };
        (self.line, self.column) = if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        Some(c)
    }

    /// The cells of the next line; nothing behind the last.
    fn next_line(&mut self) -> Result<Option<Vec<Cell>>, ImportError> {
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let mut cells = Vec::new();
        loop {
            let (line, column) = (self.line, self.column);
            let mut text = String::new();
            let is_quoted = self.rest.peek() == Some(&'"');
            if is_quoted {
                self.take();
                loop {
                    match self.take() {
                        None => return Err(ImportError::at(line, column, "the quotation mark is never closed")),
                        Some('"') if self.rest.peek() == Some(&'"') => text.extend(self.take()),
                        Some('"') => break,
                        Some(c) => text.push(c),
                    }
                }
            }
            let end = loop {
                match self.take() {
                    None => break None,
                    Some(c) if c == '\n' || c == self.between => break Some(c),
                    Some(c) if !is_quoted => text.push(c),
                    Some(c) if c.is_whitespace() => {}
                    Some(_) => {
                        return Err(ImportError::at(line, column, "something follows the closing quotation mark"));
                    }
                }
            };
            cells.push(Cell { text, line, column });
            if end != Some(self.between) {
                return Ok(Some(cells));
            }
        }
    }
}

/// What parts the cells: of what stands in the heading most often outside quotation marks, `;` before tab before `,`.
fn between(heading: &str) -> char {
    let count = |c: char| heading.split('"').step_by(2).map(|outside| outside.matches(c).count()).sum::<usize>();
    let ranked = [(',', count(',')), ('\t', count('\t')), (';', count(';'))];
    ranked.into_iter().max_by_key(|(_, count)| *count).map_or(';', |(c, _)| c)
}

fn folded(heading: &str) -> String {
    heading.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect()
}

fn meaning(heading: &str) -> Option<Column> {
    let heading = folded(heading);
    HEADINGS.iter().find(|(known, _)| folded(known) == heading).map(|(_, column)| *column)
}

/// The known heading that one may have been meant to be.
fn meant(heading: &str) -> Option<String> {
    let known = HEADINGS.iter().map(|(known, _)| (folded(known), *known));
    let known: Vec<(String, &str)> = known.collect();
    let near = nearest(&folded(heading), known.iter().map(|(folded, _)| &**folded))?;
    known.into_iter().find(|(folded, _)| *folded == near).map(|(_, known)| known.to_owned())
}

/// What each column means, and the headings that mean nothing here.
fn columns(headings: &[Cell], given: &Columns) -> Result<(Vec<Column>, Vec<String>), ImportErrors> {
    let (mut meanings, mut unused, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let trimmed = |cell: &Cell| cell.text.trim().to_owned();
    for (column, wanted) in &given.0 {
        if !headings.iter().any(|cell| trimmed(cell) == *wanted) {
            let message = format!("no column has the heading `{wanted}`, which --columns gives to `{}`", column.name());
            let suggestion = nearest(wanted, headings.iter().map(|cell| cell.text.trim()));
            errors.push(ImportError { suggestion, ..ImportError::at(1, 1, message) });
        }
    }
    for cell in headings {
        if errors.len() >= MOST_ERRORS {
            break;
        }
        let heading = trimmed(cell);
        let said = given.0.iter().find(|(_, wanted)| *wanted == heading).map(|(column, _)| *column);
        let is_said_elsewhere =
            |column: Column| !column.is_many() && said.is_none() && given.0.iter().any(|(other, _)| *other == column);
        let column = match said.or_else(|| meaning(&heading)) {
            Some(column) if is_said_elsewhere(column) => Column::Ignore,
            Some(column) => column,
            // The attributes of a set are its own, and a column without heading or codes is what spreadsheets leave.
            None if heading.starts_with("A:") || heading.is_empty() => {
                unused.extend((!heading.is_empty()).then(|| heading.clone()));
                Column::Ignore
            }
            None => {
                let suggestion = meant(&heading);
                let message = format!(
                    "the column `{heading}` is not known; say what it means with --columns, for instance \
                     --columns 'fi={heading}', or --columns 'ignore={heading}'"
                );
                errors.push(ImportError { suggestion, ..ImportError::at(cell.line, cell.column, message) });
                Column::Ignore
            }
        };
        if !column.is_many() && meanings.contains(&column) {
            let message = format!("a second column means `{}`; say which with --columns", column.name());
            errors.push(ImportError::at(cell.line, cell.column, message));
        }
        meanings.push(column);
    }
    if errors.is_empty() && !meanings.contains(&Column::Code) {
        errors.push(ImportError::at(1, 1, "no column has the codes; say which with --columns code=HEADING"));
    }
    match errors.is_empty() {
        true => Ok((meanings, unused)),
        false => Err(ImportErrors(errors)),
    }
}

/// A day as tables write it: `1.3.2007`, `2007-03-01` or `20070301`, a time behind it left out.
fn day(text: &str) -> Option<Date> {
    let day = text.split([' ', 'T']).next()?;
    if let Some((first, last)) = days_of_iso(day).filter(|_| day.contains('-')) {
        return (first == last).then_some(first);
    }
    let mut parts = day.split('.');
    let mut number = |longest: usize| {
        let part = parts.next()?;
        let is_number = (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<u16>().ok())?
    };
    if !day.contains('.') {
        return Date::parse(day);
    }
    let (day, month, year) = (number(2)?, number(2)?, number(4)?);
    // A year of two digits would be a guess.
    let is_whole = parts.next().is_none() && year > 999;
    is_whole.then(|| Date::new(year, month.try_into().ok()?, day.try_into().ok()?))?
}

fn row(cells: &[Cell], meanings: &[Column], errors: &mut Vec<ImportError>) -> CodeRow {
    let mut row = CodeRow::default();
    let mut also = Vec::new();
    for (cell, column) in cells.iter().zip(meanings) {
        let text = cell.text.trim();
        match column {
            Column::Code if is_code(text) => row.code = text.to_owned(),
            Column::Code if text.is_empty() => {
                errors.push(ImportError::at(cell.line, cell.column, "the line has no code"));
            }
            Column::Code => errors.push(ImportError::at(cell.line, cell.column, "the code has control characters")),
            Column::Fi => row.fi = name_of(text),
            Column::Sv => row.sv = name_of(text),
            Column::En => row.en = name_of(text),
            Column::Also => also.extend(name_of(text)),
            Column::From | Column::To if text.is_empty() => {}
            Column::From | Column::To => {
                let day = day(text);
                if day.is_none() {
                    let message = "there is no such day; a day is written 1.3.2007, 2007-03-01 or 20070301";
                    errors.push(ImportError::at(cell.line, cell.column, message));
                }
                *(if *column == Column::From { &mut row.from } else { &mut row.to }) = day;
            }
            Column::Ignore => {}
        }
    }
    also.into_iter().for_each(|name| row.add_name(name));
    row
}

pub(super) fn read(text: &str, options: &ImportOptions) -> Result<(Vec<CodeTable>, Vec<String>), ImportErrors> {
    let Some(oid) = &options.oid else {
        return Err(ImportError::whole("a table does not say which code set it is: give its OID with --oid").into());
    };
    let mut lines = Lines::new(text, between(text.lines().next().unwrap_or_default()));
    let headings = lines.next_line()?.unwrap_or_default();
    let (meanings, unused) = columns(&headings, &options.columns)?;
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    loop {
        let mut cells = match lines.next_line() {
            Ok(Some(cells)) => cells,
            Ok(None) => break,
            Err(error) => {
                errors.push(error);
                break;
            }
        };
        if cells.iter().all(|cell| cell.text.trim().is_empty()) {
            continue;
        }
        while cells.len() > meanings.len() && cells.last().is_some_and(|cell| cell.text.trim().is_empty()) {
            cells.pop();
        }
        if cells.len() == meanings.len() {
            rows.push(row(&cells, &meanings, &mut errors));
        } else if let Some(first) = cells.first() {
            let noun = if cells.len() == 1 { "cell" } else { "cells" };
            let message = format!("the line has {} {noun}, and the heading {}", cells.len(), meanings.len());
            errors.push(ImportError::at(first.line, first.column, message));
        }
        if errors.len() >= MOST_ERRORS {
            break;
        }
    }
    if !errors.is_empty() {
        return Err(ImportErrors(errors));
    }
    let name = options.name.clone().unwrap_or_else(|| oid.clone());
    let version = crate::codes::base_of(oid).and_then(|base| oid.get(base.len() + 1..)).map(str::to_owned);
    let (oid, complete, source) = (oid.clone(), options.complete, vec![options.source.clone()]);
    Ok((vec![CodeTable { oid, name, version, complete, source, rows }], unused))
}
