//! What each rule took, for whoever writes rules and wants them faster.

use std::cmp::Reverse;
use std::io::{self, Write};

use kirjuri::{Language, RuleSet};

use crate::batch::Batch;
use crate::messages::Wording;

/// Writes a line for each rule that was asked: evaluations, milliseconds, id; the longest first. The last line has the
/// time of all that is no rule's own.
///
/// # Errors
/// What `out` says.
pub fn write_profile(batch: &Batch, rules: &RuleSet, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let Some(profile) = &batch.profile else { return Ok(()) };
    let numbered = rules.indexes().zip(&batch.tallies).zip(&profile.rules);
    let mut asked: Vec<_> = numbered
        .filter(|((_, tally), _)| tally.applied > 0)
        .map(|((rule, tally), &spent)| (rule, *tally, spent))
        .collect();
    asked.sort_by_key(|&(rule, tally, spent)| (Reverse(spent), Reverse(tally.applied), rule));
    writeln!(out, "{}", Wording::Profile.get(language))?;
    for (rule, tally, spent) in asked {
        writeln!(out, "{:>12}  {:>12}  {}", tally.applied, milliseconds(spent), rules.id(rule))?;
    }
    writeln!(out, "{:>12}  {:>12}  {}", "", milliseconds(profile.elsewhere), Wording::Elsewhere.get(language))
}

/// Milliseconds to the thousandth.
fn milliseconds(nanoseconds: u64) -> String {
    let microseconds = nanoseconds / 1_000 + u64::from(nanoseconds % 1_000 >= 500);
    format!("{}.{:03}", microseconds / 1_000, microseconds % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_three_decimals() {
        for (nanoseconds, expected) in
            [(0, "0.000"), (499, "0.000"), (500, "0.001"), (1_000_000, "1.000"), (12_345_678, "12.346")]
        {
            assert_eq!(milliseconds(nanoseconds), expected);
        }
    }
}
