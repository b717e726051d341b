//! `kirjuri_check`: a document becomes a report.

use std::sync::Arc;

use kirjuri::{Draft, Interrupt, Limits, LintOptions};
use kirjuri_report::{Batch, NotChecked, Outcome};

use crate::abi::KirjuriCheckOptions;
use crate::asked::{Asked, Given};
use crate::call::call;
use crate::failure::{Code, ErrorSlot, Failure};
use crate::handle::Handle;
use crate::report::{Made, Report};
use crate::rule_set::Rules;

/// Set aside for a check of so many bytes, so that it can go on until it is next asked whether to stop.
///
/// The first check of a rule set also makes what the set keeps: code sets, structures, regular expressions. With that, a
/// document of 9 kB whose check was never asked took 1.9 MB and one of 16 kB 2.2 MB; the least is four times that, for packs
/// that keep more. A document takes by its size, measured by `tests/memory.rs` with every allocation from the first on taken
/// from the reserve and nothing asked until the end: 24 bytes a byte where it is the smallest elements, 46 with texts between
/// them, 166 for an array of one-digit numbers. The first two are covered whole, the third until it is asked. It is memory
/// that is only touched when it is used; but set aside it may be missed elsewhere, so that there is an end to it.
pub(crate) fn reserve(length: usize) -> usize {
    const LEAST: usize = 8 << 20;
    const MOST: usize = 64 << 20;
    length.saturating_mul(64).saturating_add(LEAST).min(MOST)
}

/// `kirjuri_check` of the header.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kirjuri_check(
    rules: *const Handle<Rules>,
    bytes: *const u8,
    length: usize,
    options: *const KirjuriCheckOptions,
    error: ErrorSlot,
) -> *mut Handle<Report> {
    // SAFETY: the caller keeps the header.
    let given = unsafe { Given::look(rules, bytes, length, options, error) };
    let Some(Given { rules, bytes, asked }) = given else { return std::ptr::null_mut() };
    call(error, asked.memory_limit, reserve(bytes.len()), || check(rules, bytes, &asked).map(Handle::new))
}

fn check(rules: &Rules, bytes: &[u8], asked: &Asked<'_>) -> Result<Report, Failure> {
    let previous = asked.previous(rules)?;
    let stop = asked.stop();
    stop.go_on()?;
    let mut options = LintOptions::default();
    options.as_of = asked.as_of;
    options.documents = Some(rules.documents());
    options.draft = asked.is_draft;
    options.interrupt = Some(Arc::clone(&stop) as Arc<dyn Interrupt>);
    let limits = Limits::default();
    let (checked, draft) = if asked.is_draft {
        let draft = match previous {
            Some(previous) => previous.check_again(bytes, &limits, rules.set(), &options),
            None => Draft::check(bytes, &limits, rules.set(), &options),
        };
        match draft {
            Ok(draft) => (Ok(draft.report().clone()), Some(draft)),
            Err(unchecked) => (Err(unchecked), None),
        }
    } else {
        (kirjuri::check(bytes, &limits, rules.set(), &options), None)
    };
    // What is not whole, because there was no memory for it or no time, is not given to anybody.
    stop.go_on()?;
    let checked = match checked {
        Ok(report) => Ok(report),
        // Nothing interrupts but what `go_on` has told of.
        Err(unchecked) => Err(NotChecked::of(unchecked)
            .ok_or_else(|| Failure::new(Code::Internal, "the check ended without a reason"))?),
    };
    let mut batch = Batch::new(rules.set(), asked.as_of);
    batch.is_draft = asked.is_draft;
    let mut entry = batch.count_in(asked.name.to_owned(), checked, Vec::new());
    let mut counts = [0; 4];
    if let Outcome::Checked(findings) = &mut entry.outcome {
        for finding in findings.iter() {
            if let Some(count) = counts.get_mut(crate::abi::severity_number(finding.severity) as usize) {
                *count += 1;
            }
        }
        findings.truncate(asked.max_findings.unwrap_or(usize::MAX));
    }
    let made = Made { entry, draft, counts };
    let report = Report::new(rules, asked.language, asked.is_draft, made);
    stop.go_on().map(|()| report)
}
