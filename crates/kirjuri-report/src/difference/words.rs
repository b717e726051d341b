//! The words of a difference of packs in three languages.

use kirjuri::Language;

/// A heading or label.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    Same,
    Rules,
    CodeSets,
    Files,
    New,
    Gone,
    Changed,
    Renamed,
    Added,
    Removed,
    Altered,
    Documents,
    Checked,
    Unreadable,
    NoEffect,
    Starts,
    Stops,
    Regraded,
    More,
}

impl Word {
    pub(super) fn get(self, language: Language) -> &'static str {
        let words = match self {
            Word::Same => ["Paketit ovat samat.", "Paketen är lika.", "The packs are the same."],
            Word::Rules => ["Säännöt", "Regler", "Rules"],
            Word::CodeSets => ["Koodistot", "Kodsystem", "Code sets"],
            Word::Files => ["Muut tiedostot", "Övriga filer", "Other files"],
            Word::New => ["uusi", "ny", "new"],
            Word::Gone => ["poistunut", "borttagen", "gone"],
            Word::Changed => ["muuttunut", "ändrad", "changed"],
            Word::Renamed => ["nimetty uudelleen", "har bytt namn", "renamed"],
            Word::Added => ["lisätyt koodit", "tillagda koder", "codes added"],
            Word::Removed => ["poistetut koodit", "borttagna koder", "codes removed"],
            Word::Altered => ["muuttuneet koodit", "ändrade koder", "codes changed"],
            Word::Documents => ["Asiakirjat", "Handlingar", "Documents"],
            Word::Checked => ["tarkistettu", "granskade", "checked"],
            Word::Unreadable => ["lukukelvottomia", "oläsbara", "unreadable"],
            Word::NoEffect => [
                "Yksikään löydös ei muuttuisi.",
                "Inget fynd skulle ändras.",
                "No finding would start, stop or change.",
            ],
            Word::Starts => ["uusia löydöksiä", "nya fynd", "would start"],
            Word::Stops => ["poistuvia löydöksiä", "fynd som försvinner", "would stop"],
            Word::Regraded => ["vakavuus muuttuisi", "allvarlighetsgraden skulle ändras", "would change severity"],
            Word::More => ["lisää", "till", "more"],
        };
        by_language(words, language)
    }
}

/// What a key of a rule file is called; a key without a name of its own is called as it is written.
pub(super) fn key_name(key: &str, language: Language) -> &str {
    let words = match key {
        "criterion" => ["laatukriteeri", "kvalitetskriterium", "criterion"],
        "severity" => ["vakavuus", "allvarlighetsgrad", "severity"],
        "guideline" => ["ohjeviite", "hänvisning till anvisning", "guideline"],
        "guideline.title" => ["ohjeen nimi", "anvisningens namn", "title of the guideline"],
        "guideline.publisher" => ["ohjeen julkaisija", "anvisningens utgivare", "publisher of the guideline"],
        "guideline.valid-from" => ["ohje voimassa alkaen", "anvisningen i kraft från", "guideline in force from"],
        "guideline.valid-to" => ["ohje voimassa asti", "anvisningen i kraft till", "guideline in force to"],
        "valid-from" => ["voimassa alkaen", "i kraft från", "in force from"],
        "valid-to" => ["voimassa asti", "i kraft till", "in force to"],
        "context" => ["kohde", "kontext", "context"],
        "assert" => ["ehto", "villkor", "assertion"],
        "point" => ["osoitettava kohta", "utpekat ställe", "place pointed at"],
        "missing" => ["luonnoksesta puuttuva", "saknas i utkastet", "missing in a draft"],
        "series" => ["sarja", "serie", "series"],
        "check" => ["rakennetarkistus", "strukturkontroll", "structure check"],
        "title" => ["otsikkoteksti", "rubriktext", "title"],
        "why" => ["perustelu", "motivering", "reason"],
        "fix" => ["ohje korjaamiseen", "åtgärd", "advice"],
        "pass" => ["hyvät esimerkit", "goda exempel", "passing examples"],
        "fail" => ["huonot esimerkit", "dåliga exempel", "failing examples"],
        "version" => ["versio", "version", "version"],
        "complete" => ["täydellinen luettelo", "fullständig förteckning", "complete list"],
        "name" => ["nimi", "namn", "name"],
        key => return key,
    };
    by_language(words, language)
}

/// Whether only the fact of a change is told, since the values are long.
pub(super) fn is_prose(key: &str) -> bool {
    matches!(key, "title" | "why" | "fix" | "pass" | "fail" | "key" | "document")
}

fn by_language([fi, sv, en]: [&'static str; 3], language: Language) -> &'static str {
    match language {
        Language::Finnish => fi,
        Language::Swedish => sv,
        Language::English => en,
    }
}
