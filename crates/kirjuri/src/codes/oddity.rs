//! What is odd in a code set: nothing that keeps it from being used, but what its maintainer would want to know.

use std::fmt;

use super::{CodeIndex, CodeRecord};
use crate::language::Language;

/// Something odd about a code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Oddity {
    /// The code.
    pub code: String,
    /// What is odd.
    pub kind: OddityKind,
}

/// What can be odd about a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum OddityKind {
    /// The code is the empty text.
    EmptyCode,
    /// The code stands several times, at times that overlap.
    Duplicate,
    /// The code has no name in any language.
    Nameless,
    /// The last day in force is before the first.
    EndBeforeBeginning,
    /// The code has a Finnish name and no Swedish one, and other codes of the set have one.
    MissingSwedish,
}

impl OddityKind {
    /// All kinds.
    pub const ALL: [OddityKind; 5] = [
        OddityKind::EmptyCode,
        OddityKind::Duplicate,
        OddityKind::Nameless,
        OddityKind::EndBeforeBeginning,
        OddityKind::MissingSwedish,
    ];
}

impl fmt::Display for OddityKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            OddityKind::EmptyCode => "a code is empty",
            OddityKind::Duplicate => "the code is listed twice for the same time",
            OddityKind::Nameless => "the code has no name",
            OddityKind::EndBeforeBeginning => "the code ends before it begins",
            OddityKind::MissingSwedish => "the code has a Finnish name and no Swedish one",
        })
    }
}

impl CodeIndex {
    /// What is odd in the set, by code.
    pub fn oddities(&self) -> Vec<Oddity> {
        let has_swedish = self.iter().any(|record| record.name(Language::Swedish).is_some());
        let mut found = Vec::new();
        let mut before: Option<CodeRecord<'_>> = None;
        for record in self.iter() {
            let named = record.names().next().is_some();
            let is_odd = |kind: &OddityKind| match kind {
                OddityKind::EmptyCode => record.code().is_empty(),
                OddityKind::Duplicate => {
                    before.is_some_and(|before| before.code() == record.code() && overlap(before, record))
                }
                OddityKind::Nameless => !named,
                OddityKind::EndBeforeBeginning => record.from().zip(record.to()).is_some_and(|(from, to)| to < from),
                OddityKind::MissingSwedish => {
                    has_swedish && record.name(Language::Finnish).is_some() && record.name(Language::Swedish).is_none()
                }
            };
            let kinds = OddityKind::ALL.into_iter().filter(is_odd);
            found.extend(kinds.map(|kind| Oddity { code: record.code().to_owned(), kind }));
            before = Some(record);
        }
        found
    }
}

/// Whether a time may be in both records; the second does not begin before the first.
fn overlap(first: CodeRecord<'_>, second: CodeRecord<'_>) -> bool {
    let ended = first.to().zip(second.from()).is_some_and(|(to, from)| to < from);
    let ended_before = second.to().zip(first.from()).is_some_and(|(to, from)| to < from);
    !ended && !ended_before
}
