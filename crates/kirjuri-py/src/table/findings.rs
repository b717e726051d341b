//! The table of findings: a row for each.

use std::sync::Arc;

use arrow_array::builder::{StringBuilder, UInt32Builder, UInt64Builder};
use arrow_schema::{ArrowError, DataType, Field};
use kirjuri::{AnyRule, Finding, Language, RuleSet, Severity};
use kirjuri_report::rule_title;

use crate::checked::Checked;
use crate::table::{BYTES, Batches, ROWS, Table, Words};

/// The table of findings while it is made.
pub(super) struct Findings {
    batches: Batches,
    rules: Words,
    severities: Words,
    criteria: Words,
    titles: Words,
    /// Of each rule, the number of its criterion and of its title.
    of_rule: Vec<(Option<i32>, i32)>,
    rows: Rows,
}

/// The rows that are not in a batch yet.
#[derive(Default)]
struct Rows {
    number: UInt64Builder,
    document: StringBuilder,
    rule: Vec<Option<i32>>,
    severity: Vec<Option<i32>>,
    criterion: Vec<Option<i32>>,
    title: Vec<Option<i32>>,
    path: StringBuilder,
    line: UInt32Builder,
    column: UInt32Builder,
    start: UInt64Builder,
    end: UInt64Builder,
    inner_path: StringBuilder,
    inner_line: UInt32Builder,
    inner_column: UInt32Builder,
    /// Bytes of the texts.
    bytes: usize,
}

impl Findings {
    pub(super) fn new(set: &RuleSet, language: Language) -> Findings {
        let (rules, _) = Words::distinct(set.all().map(|rule| rule.id()));
        let (titles, title_of) = Words::distinct(set.all().map(|rule| rule_title(rule, language).into_owned()));
        let criterion = |rule: AnyRule<'_>| match rule {
            AnyRule::Native(_, rule) => Some(rule.criterion.id()),
            AnyRule::Assertion(..) => None,
        };
        let (criteria, criterion_of) = Words::distinct(set.all().filter_map(criterion).map(str::to_owned));
        let mut numbers = criterion_of.into_iter();
        let criterion_of = set.all().map(|rule| criterion(rule).and_then(|_| numbers.next()));
        let of_rule = criterion_of.zip(title_of).collect();
        let severities = Words::new(Severity::ALL.map(Severity::id));
        let fields = vec![
            Field::new("number", DataType::UInt64, false),
            Field::new("document", DataType::Utf8, true),
            Words::field("rule", false),
            Words::field("severity", false),
            Words::field("criterion", true),
            Words::field("title", false),
            Field::new("path", DataType::Utf8, false),
            Field::new("line", DataType::UInt32, false),
            Field::new("column", DataType::UInt32, false),
            Field::new("start", DataType::UInt64, false),
            Field::new("end", DataType::UInt64, false),
            Field::new("inner_path", DataType::Utf8, true),
            Field::new("inner_line", DataType::UInt32, true),
            Field::new("inner_column", DataType::UInt32, true),
        ];
        let (batches, rows) = (Batches::new(fields), Rows::default());
        Findings { batches, rules, severities, criteria, titles, of_rule, rows }
    }

    /// Adds what was found in a document.
    pub(super) fn add(&mut self, number: u64, checked: &Checked) -> Result<(), ArrowError> {
        for finding in checked.findings() {
            self.rows.add(number, checked.name.as_deref(), finding, &self.of_rule);
            if self.rows.rule.len() >= ROWS || self.rows.bytes >= BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Table, ArrowError> {
        self.flush()?;
        Ok(self.batches.finish())
    }

    fn flush(&mut self) -> Result<(), ArrowError> {
        let mut rows = std::mem::take(&mut self.rows);
        self.batches.push(vec![
            Arc::new(rows.number.finish()),
            Arc::new(rows.document.finish()),
            self.rules.column(rows.rule)?,
            self.severities.column(rows.severity)?,
            self.criteria.column(rows.criterion)?,
            self.titles.column(rows.title)?,
            Arc::new(rows.path.finish()),
            Arc::new(rows.line.finish()),
            Arc::new(rows.column.finish()),
            Arc::new(rows.start.finish()),
            Arc::new(rows.end.finish()),
            Arc::new(rows.inner_path.finish()),
            Arc::new(rows.inner_line.finish()),
            Arc::new(rows.inner_column.finish()),
        ])
    }
}

impl Rows {
    fn add(&mut self, number: u64, name: Option<&str>, finding: &Finding, of_rule: &[(Option<i32>, i32)]) {
        let (place, inner) = (&finding.place, finding.place.inner.as_deref());
        let rule = finding.rule.index();
        let (criterion, title) = of_rule.get(rule).copied().unwrap_or_default();
        let severity = Severity::ALL.iter().position(|severity| *severity == finding.severity).unwrap_or_default();
        self.number.append_value(number);
        self.document.append_option(name);
        self.rule.push(i32::try_from(rule).ok());
        self.severity.push(i32::try_from(severity).ok());
        self.criterion.push(criterion);
        self.title.push(Some(title));
        self.path.append_value(&place.path);
        self.line.append_value(place.line);
        self.column.append_value(place.column);
        self.start.append_value(place.start as u64);
        self.end.append_value(place.end as u64);
        self.inner_path.append_option(inner.map(|inner| &inner.path));
        self.inner_line.append_option(inner.map(|inner| inner.line));
        self.inner_column.append_option(inner.map(|inner| inner.column));
        let texts = name.map_or(0, str::len) + place.path.len() + inner.map_or(0, |inner| inner.path.len());
        self.bytes = self.bytes.saturating_add(texts);
    }
}
