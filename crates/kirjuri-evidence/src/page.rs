//! A page of headings, lines and tables, written as text for a terminal or as Markdown.

use std::borrow::Cow;
use std::io::{self, Write};

use kirjuri_report::printable;

/// How a page is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageFormat {
    /// Text with aligned columns.
    Text,
    /// Markdown as GitHub has it.
    Markdown,
}

/// A page that is being put together.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Page {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Title(String),
    Heading(String),
    Line(String),
    Table(Grid),
}

/// A table of a page.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Grid {
    header: Vec<String>,
    /// Columns from this one on are numbers and stand to the right; `texts` says which of them do not.
    first_number: usize,
    texts: Vec<usize>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table with its header. Columns from a number on hold numbers.
    pub(crate) fn new<S: Into<String>>(header: impl IntoIterator<Item = S>, first_number: usize) -> Grid {
        let header = header.into_iter().map(Into::into).collect();
        Grid { header, first_number, ..Grid::default() }
    }

    /// The same with a column of texts among the numbers.
    pub(crate) fn with_text(mut self, column: usize) -> Grid {
        self.texts.push(column);
        self
    }

    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn is_number(&self, column: usize) -> bool {
        column >= self.first_number && !self.texts.contains(&column)
    }
}

impl Page {
    pub(crate) fn title(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Title(text.into()));
    }

    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Heading(text.into()));
    }

    pub(crate) fn line(&mut self, text: impl Into<String>) {
        self.parts.push(Part::Line(text.into()));
    }

    /// Adds a line on how many there are of something, where there are any.
    pub(crate) fn count(&mut self, what: &str, count: u64) {
        if count > 0 {
            self.line(format!("{what}: {count}"));
        }
    }

    /// Adds a table that has rows.
    pub(crate) fn table(&mut self, grid: Grid) {
        if !grid.is_empty() {
            self.parts.push(Part::Table(grid));
        }
    }

    /// Writes the page.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, format: PageFormat, out: &mut dyn Write) -> io::Result<()> {
        let mut before: Option<&Part> = None;
        for part in &self.parts {
            let is_apart = match (before, part) {
                (None, _) => false,
                (Some(Part::Line(_)), Part::Line(_)) => false,
                (Some(Part::Heading(_)), _) => format == PageFormat::Markdown,
                _ => true,
            };
            if is_apart {
                writeln!(out)?;
            }
            match format {
                PageFormat::Text => write_text(part, out)?,
                PageFormat::Markdown => write_markdown(part, out)?,
            }
            before = Some(part);
        }
        Ok(())
    }
}

fn write_text(part: &Part, out: &mut dyn Write) -> io::Result<()> {
    match part {
        Part::Title(text) | Part::Heading(text) | Part::Line(text) => writeln!(out, "{}", printable(text)),
        Part::Table(grid) => {
            let clean = |row: &Vec<String>| row.iter().map(|cell| printable(cell).into_owned()).collect::<Vec<_>>();
            let rows: Vec<Vec<String>> = std::iter::once(&grid.header).chain(&grid.rows).map(clean).collect();
            let width = |column: usize| {
                rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
            };
            let widths: Vec<usize> = (0..grid.header.len()).map(width).collect();
            for row in &rows {
                let mut line = String::from("  ");
                for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                    if column > 0 {
                        line.push_str("  ");
                    }
                    let filling = " ".repeat(width.saturating_sub(cell.chars().count()));
                    match grid.is_number(column) {
                        true => line.extend([filling.as_str(), cell]),
                        false => line.extend([cell, filling.as_str()]),
                    }
                }
                writeln!(out, "{}", line.trim_end())?;
            }
            Ok(())
        }
    }
}

fn write_markdown(part: &Part, out: &mut dyn Write) -> io::Result<()> {
    match part {
        Part::Title(text) => writeln!(out, "# {}", escaped(text)),
        Part::Heading(text) => writeln!(out, "## {}", escaped(text)),
        // Two spaces end a line without ending the paragraph.
        Part::Line(text) => writeln!(out, "{}  ", escaped(text)),
        Part::Table(grid) => {
            let write_row = |row: &[String], out: &mut dyn Write| {
                let cells: Vec<Cow<'_, str>> = row.iter().map(|cell| escaped(cell)).collect();
                writeln!(out, "| {} |", cells.join(" | "))
            };
            write_row(&grid.header, out)?;
            let marks = (0..grid.header.len()).map(|column| if grid.is_number(column) { "---:" } else { "---" });
            writeln!(out, "| {} |", marks.collect::<Vec<_>>().join(" | "))?;
            grid.rows.iter().try_for_each(|row| write_row(row, out))
        }
    }
}

/// A text that Markdown shows as it is.
fn escaped(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    let is_mark = |c: char| matches!(c, '\\' | '`' | '*' | '_' | '<' | '>' | '|' | '[' | ']' | '#' | '~' | '&');
    if !text.contains(is_mark) {
        return text;
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_mark(c) {
            shown.push('\\');
        }
        shown.push(c);
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let mut page = Page::default();
        page.title("Runs");
        page.line("one | two");
        page.heading("Rules");
        let mut grid = Grid::new(["rule", "n", "note"], 1).with_text(2);
        grid.row(["a/b", "12", "<b>\u{1b}"]);
        grid.row(["åäö/b", "3", ""]);
        page.table(grid);
        page.table(Grid::new(["empty"], 1));
        page
    }

    fn check(format: PageFormat, expected: &str) {
        let mut out = Vec::new();
        page().write(format, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn columns_are_aligned_in_text() {
        check(
            PageFormat::Text,
            "Runs\n\none | two\n\nRules\n  rule    n  note\n  a/b    12  <b>\u{fffd}\n  åäö/b   3\n",
        );
    }

    #[test]
    fn what_could_be_read_as_markup_is_escaped_in_markdown() {
        check(
            PageFormat::Markdown,
            "# Runs\n\none \\| two  \n\n## Rules\n\n| rule | n | note |\n| --- | ---: | --- |\n\
             | a/b | 12 | \\<b\\>\u{fffd} |\n| åäö/b | 3 |  |\n",
        );
    }
}
