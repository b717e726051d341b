//! A document that is edited step by step is found each time what it is found afresh.

use kirjuri::identifiers::Date;
use kirjuri::{Draft, Limits, LintOptions, RuleSet};

/// Checks a document as a draft, and again after each of some edits. The input is the document, a form feed, and edits: two
/// bytes of an offset, one of how much is taken away there, one of how much is put there, and that.
///
/// # Panics
/// When checking again finds something else than checking afresh.
pub fn run(bytes: &[u8], rules: &RuleSet) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\x0C');
    let mut document = parts.next().unwrap_or_default().to_vec();
    let mut edits = parts.next().unwrap_or_default();
    let options = Date::new(2026, 1, 1).map_or_else(LintOptions::default, LintOptions::as_of);
    let limits = Limits::default();
    let mut draft = Draft::check(&document, &limits, rules, &options);
    while let [high, low, away, length, rest @ ..] = edits {
        let (new, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        edits = rest;
        let start = usize::from(*high) << 8 | usize::from(*low);
        let start = start % (document.len() + 1);
        let end = (start + usize::from(*away % 32)).min(document.len());
        document.splice(start..end, new.iter().copied());
        let afresh = Draft::check(&document, &limits, rules, &options);
        if let Ok(before) = &draft {
            let again = before.check_again(&document, &limits, rules, &options);
            match (&again, &afresh) {
                (Ok(again), Ok(afresh)) => assert_eq!(again.report(), afresh.report(), "not as if it were new"),
                (again, afresh) => assert_eq!(again.as_ref().err(), afresh.as_ref().err(), "not as if it were new"),
            }
            // Edits build on what was taken over.
            draft = again;
        }
        if draft.is_err() {
            draft = afresh;
        }
    }
}
