//! The words and numbers of what is asked of evidence, in Finnish, Swedish and English.

use kirjuri::Language;
use kirjuri_report::{Dimension, GroupTally};

use crate::statistics::Share;

/// One of three texts.
pub(crate) fn say(language: Language, [fi, sv, en]: [&str; 3]) -> &str {
    match language {
        Language::Finnish => fi,
        Language::Swedish => sv,
        Language::English => en,
    }
}

/// What a dimension is called.
pub fn dimension_name(dimension: Dimension, language: Language) -> &'static str {
    let words = match dimension {
        Dimension::Area => ["alue", "område", "area"],
        Dimension::Provider => ["palveluntuottaja", "tjänsteproducent", "provider"],
        Dimension::Unit => ["palveluyksikkö", "serviceenhet", "unit"],
        Dimension::Software => ["tietojärjestelmä", "informationssystem", "software"],
        Dimension::Form => ["lomake", "formulär", "form"],
        Dimension::AuthorRole => ["laatijan rooli", "upprättarens roll", "role of the author"],
        Dimension::DocumentType => ["asiakirjatyyppi", "handlingstyp", "type of document"],
        Dimension::Month => ["kuukausi", "månad", "month"],
    };
    say(language, words)
}

/// What stands for the value of documents that do not say it.
pub(crate) fn not_said(language: Language) -> &'static str {
    say(language, ["ei ilmoitettu asiakirjassa", "uppges inte i handlingen", "not said in the document"])
}

/// A number with so many decimals, and the mark of the language before them.
fn decimal(number: f64, decimals: usize, language: Language) -> String {
    let text = format!("{number:.decimals$}");
    // What is rounded to nothing has no sign.
    let text = match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    };
    if language == Language::English { text } else { text.replace('.', ",").replace('-', "−") }
}

/// A share from 0 to 1 in per cent.
pub(crate) fn percent(share: f64, language: Language) -> String {
    let number = decimal(share * 100.0, 2, language);
    // In Finnish and Swedish a space stands before the sign, one that does not break a line.
    if language == Language::English { format!("{number}%") } else { format!("{number}\u{a0}%") }
}

/// A difference of two shares in percentage points, with its sign.
pub(crate) fn points(difference: f64, language: Language) -> String {
    let number = decimal(difference * 100.0, 2, language);
    if difference > 0.0 && number != decimal(0.0, 2, language) { format!("+{number}") } else { number }
}

/// A probability.
pub(crate) fn probability(p: f64, language: Language) -> String {
    if p < 0.001 { format!("<{}", decimal(0.001, 3, language)) } else { decimal(p, 3, language) }
}

/// A share as counts and per cent: `12/400 (3.00%)`.
pub(crate) fn share(share: Share, language: Language) -> String {
    match share.rate() {
        Some(rate) => format!("{}/{} ({})", share.failed, share.of, percent(rate, language)),
        None => format!("{}/{}", share.failed, share.of),
    }
}

/// Places at which a rule failed, of those it applied to.
pub(crate) fn places(tally: GroupTally) -> Share {
    Share { failed: tally.failed, of: tally.applied }
}

/// Documents in which a rule failed, of those it applied to.
pub(crate) fn documents(tally: GroupTally) -> Share {
    Share { failed: tally.documents_failed, of: tally.documents }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_has_them() {
        assert_eq!(percent(0.0312, Language::Finnish), "3,12\u{a0}%");
        assert_eq!(percent(0.0312, Language::English), "3.12%");
        assert_eq!(points(-0.01, Language::Swedish), "−1,00");
        assert_eq!(points(0.01, Language::English), "+1.00");
        assert_eq!(points(-0.000_001, Language::English), "0.00");
        assert_eq!(points(0.000_001, Language::English), "0.00");
        assert_eq!(probability(0.0004, Language::Finnish), "<0,001");
        assert_eq!(share(Share { failed: 0, of: 0 }, Language::English), "0/0");
    }
}
