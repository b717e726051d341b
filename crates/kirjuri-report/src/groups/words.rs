//! The words of tables of groups in Finnish, Swedish and English.

use kirjuri::Language;

use super::Dimension;
use crate::messages::by_language;

/// The heading of a table.
pub(super) fn heading(dimension: Dimension, language: Language) -> &'static str {
    let [fi, sv, en] = match dimension {
        Dimension::Area => ["Alueittain", "Enligt område", "By area"],
        Dimension::Provider => ["Palveluntuottajittain", "Enligt tjänsteproducent", "By provider"],
        Dimension::Unit => ["Palveluyksiköittäin", "Enligt serviceenhet", "By unit"],
        Dimension::Software => ["Tietojärjestelmittäin", "Enligt informationssystem", "By software"],
        Dimension::Form => ["Lomakkeittain", "Enligt formulär", "By form"],
        Dimension::AuthorRole => ["Laatijan roolin mukaan", "Enligt upprättarens roll", "By author role"],
        Dimension::DocumentType => ["Asiakirjatyypeittäin", "Enligt handlingstyp", "By document type"],
        Dimension::Month => ["Kuukausittain", "Enligt månad", "By month"],
    };
    by_language(language, fi, sv, en)
}

/// The headings of the columns: documents, those with findings, errors, warnings, remarks, the score, the value.
pub(super) fn columns(language: Language) -> [&'static str; 7] {
    match language {
        Language::Finnish => {
            ["asiakirjoja", "joissa löydöksiä", "virheitä", "varoituksia", "huomautuksia", "pistemäärä", "ryhmä"]
        }
        Language::Swedish => ["handlingar", "med fynd", "fel", "varningar", "anmärkningar", "poäng", "grupp"],
        Language::English => ["documents", "with findings", "errors", "warnings", "info", "score", "group"],
    }
}

/// What stands for a value that documents do not say.
pub(super) fn not_said(language: Language) -> &'static str {
    by_language(language, "ei ilmoitettu asiakirjassa", "uppges inte i handlingen", "not said in the document")
}

/// What stands for the values beyond the most that are kept apart.
pub(super) fn others(language: Language) -> &'static str {
    by_language(
        language,
        "muut yhteensä (ryhmiä on enemmän kuin 2 000)",
        "övriga sammanlagt (grupperna är fler än 2 000)",
        "others together (there are more than 2,000 groups)",
    )
}

/// That what rules on series found is in no group.
pub(super) fn without_series(language: Language) -> &'static str {
    by_language(
        language,
        "Asiakirjasarjoja koskevat säännöt eivät ole mukana ryhmissä: ne koskevat useaa asiakirjaa yhdessä.",
        "Regler för serier av handlingar ingår inte i grupperna: de gäller flera handlingar tillsammans.",
        "Rules on series are in no group: they are about several documents together.",
    )
}

/// What the score is.
pub(super) fn score(language: Language) -> &'static str {
    by_language(
        language,
        "Pistemäärä: keskiarvo siitä, kuinka suuressa osassa kohteistaan kukin sääntö täyttyi.",
        "Poäng: medeltalet av den andel av de prövade ställena där varje regel uppfylldes.",
        "Score: the mean, over the rules, of the share of places at which each held.",
    )
}
