//! In what runs were not judged alike, in words and in JSON.

use kirjuri::Language;
use serde::Serialize;

use crate::differences::{DOCUMENT, Differences, Selected, Unlike};
use crate::words::say;

/// Rules that are named.
const NAMED: usize = 3;

/// What a reading says of a rule that was not judged alike.
pub(super) fn of_rule(unlike: Unlike, language: Language) -> &'static str {
    let words = match unlike {
        Unlike::Version => ["paketin versio eri", "annan version av paketet", "other version of the pack"],
        Unlike::Asked => ["vain toisessa ajossa", "endast i den ena körningen", "in one run only"],
        Unlike::Force => {
            ["voimassa vain toisessa ajossa", "i kraft endast i den ena körningen", "in force in one run only"]
        }
        Unlike::Days => ["arvioitu eri päivän mukaan", "bedömt enligt en annan dag", "judged by other days"],
    };
    say(language, words)
}

/// What a reading says of a criterion whose rules were not judged alike.
pub(super) fn of_criterion(unlike: Unlike, language: Language) -> &'static str {
    match unlike {
        Unlike::Version | Unlike::Days => of_rule(unlike, language),
        Unlike::Asked => say(language, ["eri säännöt", "andra regler", "other rules"]),
        Unlike::Force => say(language, ["voimassa eri sääntöjä", "andra regler i kraft", "other rules in force"]),
    }
}

/// A day that documents were judged by, as people say it.
fn day(judged_by: &str, language: Language) -> &str {
    let own = ["asiakirjan oma päivä", "handlingens eget datum", "the document's own date"];
    if judged_by == DOCUMENT { say(language, own) } else { judged_by }
}

/// In what two runs were not judged alike, beside their packs: a sentence each, without a capital.
pub(super) fn notes(differences: &Differences, language: Language) -> Vec<String> {
    let of = |words: [&'static str; 3]| say(language, words);
    let mut notes = Vec::new();
    if let Some([first, second]) = &differences.days {
        let words = ["arvioitu eri päivien mukaan", "bedömt enligt olika dagar", "judged by other days"];
        notes.push(format!("{}: {} – {}", of(words), day(first, language), day(second, language)));
    }
    if let Some([first, second]) = differences.selected {
        let count = |Selected { asked, of }: Selected| match language {
            Language::Finnish => format!("{asked}/{of}"),
            Language::Swedish => format!("{asked} av {of}"),
            Language::English => format!("{asked} of {of}"),
        };
        let words = ["sääntöjä valittuna", "valda regler", "rules selected"];
        notes.push(format!("{}: {} – {}", of(words), count(first), count(second)));
    }
    let rules = &differences.in_force;
    if !rules.is_empty() {
        let words = [
            "sääntöjä voimassa vain toisessa ajossa",
            "regler i kraft endast i den ena körningen",
            "rules in force in one run only",
        ];
        let mut named: Vec<String> = rules.iter().take(NAMED).cloned().collect();
        let more = rules.len().saturating_sub(NAMED);
        named.extend((more > 0).then(|| format!("+{more}")));
        notes.push(format!("{}: {} ({})", of(words), rules.len(), named.join(", ")));
    }
    if differences.severities > 0 {
        let words =
            ["sääntöjä, joiden vakavuus on eri", "regler med olika allvarlighetsgrad", "rules of different severities"];
        notes.push(format!("{}: {}", of(words), differences.severities));
    }
    notes
}

/// The same in JSON.
#[derive(Serialize)]
pub(super) struct UnlikeJson<'d> {
    /// The days, each as `judged_by` of `run.json`; nothing where they were chosen alike.
    judged_by: Option<&'d [String; 2]>,
    /// Rules that were in force in one of the runs only.
    in_force_in_one: &'d [String],
    /// Nothing where the same rules were asked.
    rules_selected: Option<[SelectedJson; 2]>,
    /// How many rules had not the same severity.
    different_severities: usize,
}

#[derive(Serialize)]
struct SelectedJson {
    asked: usize,
    of: usize,
}

impl<'d> UnlikeJson<'d> {
    pub(super) fn new(differences: &'d Differences) -> UnlikeJson<'d> {
        let json = |Selected { asked, of }: Selected| SelectedJson { asked, of };
        UnlikeJson {
            judged_by: differences.days.as_ref(),
            in_force_in_one: &differences.in_force,
            rules_selected: differences.selected.map(|sides| sides.map(json)),
            different_severities: differences.severities,
        }
    }
}
