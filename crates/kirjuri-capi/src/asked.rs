//! What the options of a check ask for, looked at and made the library's own.

use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Language};

use crate::abi::KirjuriCheckOptions;
use crate::call::look;
use crate::cancel::Cancel;
use crate::failure::{ErrorSlot, Failure};
use crate::handle::{self, Handle};
use crate::input;
use crate::report::Report;
use crate::rule_set::Rules;
use crate::stop::Stop;

/// What a call about a document was given, looked at.
pub(crate) struct Given<'c> {
    pub(crate) rules: &'c Rules,
    pub(crate) bytes: &'c [u8],
    pub(crate) asked: Asked<'c>,
}

impl<'c> Given<'c> {
    /// Looks at the arguments of a call; nothing, and the error handed out, where one is none.
    ///
    /// # Safety
    /// The pointers are as the header says, and what they name lives as long as `'c`.
    pub(crate) unsafe fn look(
        rules: *const Handle<Rules>,
        bytes: *const u8,
        length: usize,
        options: *const KirjuriCheckOptions,
        error: ErrorSlot,
    ) -> Option<Given<'c>> {
        let mut given = None;
        look(error, || {
            // SAFETY: the caller's.
            let rules = unsafe { handle::require(rules, "`rules` is no rule set") }?;
            // SAFETY: the caller's.
            let bytes = unsafe { input::bytes(bytes, length) }?;
            // SAFETY: the caller's.
            let asked = unsafe { Asked::of(options) }?;
            given = Some(Given { rules, bytes, asked });
            Ok(true)
        });
        given
    }
}

/// How to check a document.
#[derive(Debug)]
pub(crate) struct Asked<'c> {
    pub(crate) language: Language,
    pub(crate) as_of: AsOf,
    pub(crate) is_draft: bool,
    pub(crate) max_findings: Option<usize>,
    pub(crate) memory_limit: u64,
    time_limit_ms: u64,
    pub(crate) name: &'c str,
    pub(crate) previous: Option<&'c Report>,
    cancel: Option<&'c Cancel>,
}

impl<'c> Asked<'c> {
    /// What is asked for; of no options, the defaults.
    ///
    /// # Errors
    /// An option that is none.
    ///
    /// # Safety
    /// The pointer is NULL or as the header says, and what it names lives as long as `'c`.
    pub(crate) unsafe fn of(options: *const KirjuriCheckOptions) -> Result<Asked<'c>, Failure> {
        let options = match options.is_null() {
            true => KirjuriCheckOptions::default(),
            // SAFETY: the caller's.
            false => unsafe { input::given(options) }?,
        };
        if options.draft > 1 || options.reserved != 0 {
            return Err(Failure::argument("`draft` is 0 or 1, and `reserved` is 0"));
        }
        let previous = match options.previous.is_null() {
            true => None,
            // SAFETY: the caller's.
            false => Some(unsafe { handle::require(options.previous, "`previous` is no report") }?),
        };
        if previous.is_some_and(|report| options.draft == 0 || !report.is_draft()) {
            return Err(Failure::argument("`previous` is the report of a draft, for the next check of the draft"));
        }
        let cancel = match options.cancel.is_null() {
            true => None,
            // SAFETY: the caller's.
            false => Some(unsafe { handle::require(options.cancel, "`cancel` is no cancel token") }?),
        };
        Ok(Asked {
            language: input::language(options.language)?,
            as_of: day(options.as_of)?,
            is_draft: options.draft == 1,
            max_findings: usize::try_from(options.max_findings).ok().filter(|&most| most > 0),
            memory_limit: options.memory_limit,
            time_limit_ms: options.time_limit_ms,
            // SAFETY: the caller's.
            name: unsafe { input::text(options.name) }?,
            previous,
            cancel,
        })
    }

    /// What may stop the check. The time runs from now.
    pub(crate) fn stop(&self) -> Arc<Stop> {
        Arc::new(Stop::new(self.cancel.cloned(), self.time_limit_ms))
    }

    /// The draft before the last edit, to go on from.
    ///
    /// # Errors
    /// It was checked with other rules.
    pub(crate) fn previous(&self, rules: &Rules) -> Result<Option<&'c kirjuri::Draft>, Failure> {
        match self.previous {
            Some(previous) if !rules.are_those_of(previous) => {
                Err(Failure::argument("`previous` was made with another rule set"))
            }
            previous => Ok(previous.and_then(Report::draft)),
        }
    }
}

/// What stands for each document's own date: `KIRJURI_AS_OF_DOCUMENT`.
const DOCUMENT: u32 = 1;

/// The day of a number such as 20260101; none of 0.
fn day(number: u32) -> Result<AsOf, Failure> {
    match number {
        0 => return Ok(AsOf::Day(None)),
        DOCUMENT => return Ok(AsOf::Document(None)),
        _ => {}
    }
    let part = |number: u32| u8::try_from(number % 100).unwrap_or_default();
    let year = u16::try_from(number / 10_000).unwrap_or_default();
    match Date::new(year, part(number / 100), part(number)) {
        Some(day) => Ok(day.into()),
        None => Err(Failure::argument("`as_of` is a day written YYYYMMDD, 0, or KIRJURI_AS_OF_DOCUMENT")),
    }
}
