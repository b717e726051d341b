//! The day a document is judged by, and the periods in which guidelines and rules are in force.

use kirjuri_tree::Document;
use kirjuri_xpath::EvaluationError;
use toml::Spanned;

use crate::identifiers::{Date, Timestamp, hl7_of_iso};
use crate::rule_set::RuleSet;
use crate::source::{PackError, Reader};

/// What day documents are judged by: rules that were not yet or no longer in force on it do not run, and `k:as-of()` says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsOf {
    /// This day; without a day all rules run and dates are compared with none.
    Day(Option<Date>),
    /// Each document by its own date, as the first pack of the rule set says that applies to it and finds one in it
    /// (`[applies] date` of a pack). One that has none is judged by the day given here, as with [`AsOf::Day`].
    Document(Option<Date>),
}

impl AsOf {
    /// The day of documents that have no date of their own, or whose own is not asked for.
    pub fn day(self) -> Option<Date> {
        match self {
            AsOf::Day(day) | AsOf::Document(day) => day,
        }
    }

    /// The document's own date, where it has one and is to be judged by it.
    pub(crate) fn own_date(self, document: &Document, rules: &RuleSet) -> Result<Option<Date>, EvaluationError> {
        match self {
            AsOf::Day(_) => Ok(None),
            AsOf::Document(_) => date_of(document, rules),
        }
    }
}

/// The document's own date, as the first pack says that applies to it and finds one.
fn date_of(document: &Document, rules: &RuleSet) -> Result<Option<Date>, EvaluationError> {
    for pack in rules.packs() {
        if let Some(day) = pack.date_of(document)? {
            return Ok(Some(day));
        }
    }
    Ok(None)
}

/// The days that matter to a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Days {
    /// Its own date, where it is judged by that.
    pub(crate) own: Option<Date>,
    /// The day that imported code sets are held against, where there are any: its own date, else the day it is judged by.
    pub(crate) codes: Option<Date>,
}

impl Days {
    /// Those of a document.
    pub(crate) fn of(document: &Document, rules: &RuleSet, as_of: AsOf) -> Result<Days, EvaluationError> {
        let own = as_of.own_date(document, rules)?;
        let has_codes = rules.packs().iter().any(|pack| pack.imported().is_some());
        let codes = match (has_codes, own) {
            (false, _) => None,
            (true, Some(own)) => Some(own),
            (true, None) => date_of(document, rules)?.or(as_of.day()),
        };
        Ok(Days { own, codes })
    }
}

impl Default for AsOf {
    /// No day.
    fn default() -> AsOf {
        AsOf::Day(None)
    }
}

impl From<Date> for AsOf {
    fn from(day: Date) -> AsOf {
        AsOf::Day(Some(day))
    }
}

impl From<Option<Date>> for AsOf {
    fn from(day: Option<Date>) -> AsOf {
        AsOf::Day(day)
    }
}

/// The day that a document writes, as an HL7 timestamp or as ISO 8601 does, with or without a time of day. It is taken as it
/// is written, whatever the offset from universal time; a year or a month alone is no day.
pub(crate) fn day_written(text: &str) -> Option<Date> {
    let text = text.trim();
    let digits = match text.as_bytes() {
        [_, _, _, _, b'-', ..] => hl7_of_iso(text)?,
        _ => text.to_owned(),
    };
    Timestamp::parse(&digits).ok()?.date()
}

/// The first and last day in force, where they are known.
pub(crate) type Period = (Option<Date>, Option<Date>);

/// Whether a day is in a period.
pub(crate) fn holds((first, last): &Period, day: Date) -> bool {
    first.is_none_or(|first| first <= day) && last.is_none_or(|last| day <= last)
}

/// Reads `valid-from` and `valid-to`. What is wrong goes to `errors`.
pub(crate) fn read_period(
    reader: Reader<'_>,
    from: Option<&Spanned<String>>,
    to: Option<&Spanned<String>>,
    errors: &mut Vec<PackError>,
) -> Period {
    let mut date = |written: Option<&Spanned<String>>| {
        let written = written?;
        let date = Date::parse(&written.as_ref().replace('-', ""));
        if date.is_none() {
            errors.push(reader.error(written.span().start, "a date is written YYYY-MM-DD"));
        }
        date
    };
    let (first, last) = (date(from), date(to));
    if let (Some(first), Some(last), Some(to)) = (first, last, to)
        && first > last
    {
        errors.push(reader.error(to.span().start, "`valid-to` is before `valid-from`"));
    }
    (first, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: &str, expected: &str) {
        assert_eq!(day_written(written).map(|day| day.to_string()).unwrap_or_default(), expected, "{written:?}");
    }

    #[test]
    fn timestamps_and_iso_dates_have_a_day() {
        check("20260105", "20260105");
        check("20260105103000", "20260105");
        check("20260105235900+0200", "20260105");
        check(" 2026-01-05\n", "20260105");
        check("2026-01-05T10:30:00+02:00", "20260105");
        check("2026-01-05T10:30:00.123Z", "20260105");
    }

    #[test]
    fn anything_else_has_none() {
        for written in ["", "2026", "202601", "2026-01", "20260230", "2026-02-30", "5.1.2026", "date", "ääää-ää-ää"]
        {
            check(written, "");
        }
    }
}
