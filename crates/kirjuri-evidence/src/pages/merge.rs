//! What a merge says: how much it holds, and how much it left out.

use kirjuri::Language;

use crate::merge::Merged;
use crate::page::{Grid, Page};
use crate::suppression::FEWEST;
use crate::words::{dimension_name, say};

/// A merge for people.
pub fn merge_page(merged: &Merged, runs: usize, language: Language) -> Page {
    let of = |words: [&'static str; 3]| say(language, words);
    let mut page = Page::default();
    let checked = merged.summary.run.account.checked;
    page.line(match language {
        Language::Finnish => format!("Yhdistetty {runs} ajoa, {checked} tarkistettua asiakirjaa"),
        Language::Swedish => format!("Sammanslagna {runs} körningar, {checked} granskade handlingar"),
        Language::English => format!("Merged {runs} runs, {checked} checked documents"),
    });
    for (pack, versions) in &merged.different_packs {
        let words =
            ["eri versioita sääntöpaketista", "olika versioner av regelpaketet", "different versions of the pack"];
        page.line(format!("{} {pack}: {}", of(words), versions.join(", ")));
    }
    if !merged.different_severities.is_empty() {
        let words = [
            "vakavuus vaihtelee ajoittain, käytössä vakavin",
            "allvarlighetsgraden varierar mellan körningarna, den allvarligaste gäller",
            "the severity differs between the runs, the gravest holds",
        ];
        page.line(format!("{}: {}", of(words), merged.different_severities.join(", ")));
    }
    if merged.summary.run.partial {
        let words = ["jokin ajoista on keskeytetty", "någon av körningarna avbröts", "one of the runs was stopped"];
        page.line(of(words));
    }
    let header = [
        of([
            "poistettu (alle viisi asiakirjaa)",
            "utelämnat (färre än fem handlingar)",
            "left out (fewer than five documents)",
        ]),
        of(["ryhmiä", "grupper", "groups"]),
        of(["säännön lukuja", "siffror för regler", "numbers of rules"]),
    ];
    let mut grid = Grid::new(header, 1);
    for one in merged.suppressed.iter().filter(|one| one.groups + one.numbers > 0) {
        grid.row([dimension_name(one.dimension, language).to_owned(), one.groups.to_string(), one.numbers.to_string()]);
    }
    if grid.is_empty() && !merged.suppressed.is_empty() {
        page.line(match language {
            Language::Finnish => format!("Yhtään alle {FEWEST} asiakirjan lukua ei ollut poistettavana"),
            Language::Swedish => format!("Det fanns inga siffror om färre än {FEWEST} handlingar att utelämna"),
            Language::English => format!("There were no numbers of fewer than {FEWEST} documents to leave out"),
        });
    }
    page.table(grid);
    let given_back: Vec<String> = merged
        .suppressed
        .iter()
        .filter(|one| one.given_back > 0)
        .map(|one| format!("{} {}", dimension_name(one.dimension, language), one.given_back))
        .collect();
    if !given_back.is_empty() {
        let words = [
            "Kokonaisluvuista näkee ryhmästä poistetut luvut niillä säännöillä, joilla oli kohteita vain siinä ryhmässä",
            "Totalerna visar de siffror som utelämnats ur en grupp för de regler som kom till tillämpning bara i den gruppen",
            "Totals show the numbers that were left out of a group, for the rules that applied in that group only",
        ];
        page.line(format!("{}: {}", of(words), given_back.join(", ")));
    }
    page
}
