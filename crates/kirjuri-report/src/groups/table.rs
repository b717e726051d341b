//! Groups as tables: a row a value, as text for the terminal and as Markdown.

use std::io::{self, Write};

use anstyle::Style;
use kirjuri::{Language, Severity};

use super::{Dimension, Group, Groups, words};
use crate::text::{TextOptions, printable};

/// The groups of a dimension.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupTable {
    /// The dimension.
    pub dimension: Dimension,
    /// What the table is called.
    pub heading: &'static str,
    /// In the order of their values; behind them what is not said, and the others together.
    pub rows: Vec<GroupRow>,
}

/// A group.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupRow {
    /// The value, [`Groups::OTHERS`] of the others together; nothing for the documents that do not say it.
    pub value: Option<String>,
    /// What it is called, from the list of areas or the user's own file.
    pub name: Option<String>,
    /// How many documents were checked.
    pub documents: u64,
    /// How many of them have a finding.
    pub documents_failed: u64,
    /// Findings by severity, in the order of [`Severity::ALL`].
    pub severities: [u64; Severity::ALL.len()],
    /// The score of the group ([`Group::score`]).
    pub score: Option<f64>,
}

impl GroupRow {
    /// What the row is called in a language: the value with its name, or what stands for it.
    pub fn label(&self, language: Language) -> String {
        match (&self.value, &self.name) {
            (None, _) => words::not_said(language).to_owned(),
            (Some(value), _) if value == Groups::OTHERS => words::others(language).to_owned(),
            (Some(value), Some(name)) => format!("{value} {name}"),
            (Some(value), None) => value.clone(),
        }
    }
}

/// The groups as tables, one a dimension.
pub fn group_tables(groups: &Groups, language: Language) -> Vec<GroupTable> {
    let table = |&dimension: &Dimension| {
        let own = groups.by.iter().filter(|((of, _), _)| *of == dimension);
        let mut rows: Vec<GroupRow> =
            own.map(|((_, value), group)| row(groups, dimension, value, group, language)).collect();
        rows.sort_by_key(|row| match row.value.as_deref() {
            Some(Groups::OTHERS) => 2,
            Some(_) => 0,
            None => 1,
        });
        GroupTable { dimension, heading: words::heading(dimension, language), rows }
    };
    groups.dimensions().iter().map(table).collect()
}

fn row(groups: &Groups, dimension: Dimension, value: &Option<Box<str>>, group: &Group, language: Language) -> GroupRow {
    let name = value.as_deref().and_then(|value| groups.areas().name_of(dimension, value, language));
    GroupRow {
        value: value.as_deref().map(str::to_owned),
        name: name.map(str::to_owned),
        documents: group.documents,
        documents_failed: group.documents_failed,
        severities: group.severities,
        score: group.score(),
    }
}

/// A score with so many steps from 0 to 1, never more than it is: what failed once is not whole.
pub(crate) fn rounded(score: f64, steps: f64) -> f64 {
    // What a sum of parts lacks by the arithmetic of the machine alone is given back.
    (score * steps + 1e-6).floor() / steps
}

/// The cells of a row: numbers first, the label last.
fn cells(row: &GroupRow, language: Language) -> [String; 7] {
    let of = |severity| Severity::ALL.iter().position(|it| *it == severity);
    let count = |severity| of(severity).and_then(|at| row.severities.get(at)).copied().unwrap_or_default().to_string();
    let score = match row.score {
        None => "-".to_owned(),
        Some(score) => {
            let percent = format!("{:.1}", rounded(score, 1000.0) * 100.0);
            match language {
                Language::English => format!("{percent}%"),
                Language::Finnish | Language::Swedish => format!("{} %", percent.replace('.', ",")),
            }
        }
    };
    [
        row.documents.to_string(),
        row.documents_failed.to_string(),
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Info),
        score,
        row.label(language),
    ]
}

/// Writes the tables for the terminal. `has_series` says whether rules on series applied, which are in no group.
pub(crate) fn write_groups_text(
    groups: &Groups,
    has_series: bool,
    options: TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let style = |style: Style, text: &str| match options.styled {
        true => format!("{style}{text}{style:#}"),
        false => text.to_owned(),
    };
    for table in group_tables(groups, options.language) {
        writeln!(out, "{}", style(Style::new().bold(), table.heading))?;
        let heading = words::columns(options.language).map(str::to_owned);
        let rows: Vec<[String; 7]> = table.rows.iter().map(|row| cells(row, options.language)).collect();
        let mut widths = heading.each_ref().map(|cell| cell.chars().count());
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |row: &[String; 7]| {
            let [numbers @ .., label] = row;
            let cells = numbers.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}  "));
            format!("    {}{}", cells.collect::<String>(), printable(label))
        };
        writeln!(out, "{}", style(Style::new().dimmed(), &line(&heading)))?;
        rows.iter().try_for_each(|row| writeln!(out, "{}", line(row)))?;
        writeln!(out)?;
    }
    writeln!(out, "{}", style(Style::new().dimmed(), words::score(options.language)))?;
    match has_series {
        true => writeln!(out, "{}", style(Style::new().dimmed(), without_series(options.language))),
        false => Ok(()),
    }
}

/// Writes the tables as Markdown, each with a heading of the third level. `has_series` says whether rules on series applied,
/// which are in no group.
///
/// # Errors
/// What `out` says.
pub fn write_groups_markdown(
    groups: &Groups,
    has_series: bool,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    for table in group_tables(groups, language) {
        let [numbers @ .., label] = words::columns(language);
        writeln!(out, "### {}\n", table.heading)?;
        writeln!(out, "| {label} | {} |", numbers.join(" | "))?;
        writeln!(out, "|---|{}", "---:|".repeat(numbers.len()))?;
        for row in &table.rows {
            let [numbers @ .., label] = cells(row, language);
            writeln!(out, "| {} | {} |", escaped(&label), numbers.join(" | "))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", words::score(language))?;
    // An empty line, since Markdown would join the two.
    if has_series { writeln!(out, "\n{}", without_series(language)) } else { Ok(()) }
}

/// Says that what rules on series found is in no group.
pub fn without_series(language: Language) -> &'static str {
    words::without_series(language)
}

/// A text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' | '@' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kirjuri::{Description, Report};

    use super::*;
    use crate::areas::Areas;

    fn groups() -> Groups {
        let own = "oid,name,area\n1.2.246.10.99999984,\"<b>Oma|koti</b>\",\n";
        let areas = Areas::national().with_own("own.csv", own).unwrap();
        let mut groups = Groups::new(&[Dimension::Area], Arc::new(areas));
        for area in ["1.2.246.10.99999984", "21", "04", "04"] {
            groups.count(&Description::default(), Some(area), &Report::default(), &[]);
        }
        groups.count(&Description::default(), None, &Report::default(), &[]);
        groups
    }

    #[test]
    fn rows_stand_in_the_order_of_their_values() {
        let [table] = &group_tables(&groups(), Language::English)[..] else { panic!("one table") };
        let labels: Vec<String> = table.rows.iter().map(|row| row.label(Language::English)).collect();
        assert_eq!(
            labels,
            [
                "04 Vantaa and Kerava wellbeing services county",
                "1.2.246.10.99999984 <b>Oma|koti</b>",
                "21 Lapland wellbeing services county",
                "not said in the document",
            ]
        );
        assert_eq!(table.rows.iter().map(|row| row.documents).collect::<Vec<_>>(), [2, 1, 1, 1]);
    }

    #[test]
    fn markdown_holds_no_markup_of_names() {
        let mut out = Vec::new();
        write_groups_markdown(&groups(), false, Language::Finnish, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("### Alueittain\n\n| ryhmä | asiakirjoja | joissa löydöksiä | virheitä |"), "{text}");
        assert!(
            text.contains("\n| 1.2.246.10.99999984 &lt;b&gt;Oma\\|koti&lt;/b&gt; | 1 | 0 | 0 | 0 | 0 | - |\n"),
            "{text}"
        );
    }

    #[test]
    fn a_score_is_never_rounded_up() {
        for (score, expected) in
            [(1.0, 1.0), (0.99999, 0.999), (0.5, 0.5), (2.0 / 3.0, 0.666), (0.0, 0.0), (0.1 + 0.2, 0.3)]
        {
            assert_eq!(rounded(score, 1000.0), expected, "{score}");
        }
    }
}
