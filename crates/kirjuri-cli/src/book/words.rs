//! The words of the rule book that are not those of rules.

use kirjuri::Language;

/// The words of the pages in a language.
pub(super) struct Words {
    pub(super) book: &'static str,
    pub(super) intro: &'static str,
    pub(super) skip: &'static str,
    pub(super) languages: &'static str,
    pub(super) pack: &'static str,
    pub(super) packs: &'static str,
    pub(super) rule: &'static str,
    pub(super) rules: &'static str,
    pub(super) search: &'static str,
    pub(super) all: &'static str,
    pub(super) severity: &'static str,
    pub(super) criterion: &'static str,
    pub(super) criteria: &'static str,
    pub(super) why: &'static str,
    pub(super) fix: &'static str,
    pub(super) guideline: &'static str,
    pub(super) period: &'static str,
    pub(super) was: &'static str,
    pub(super) asks: &'static str,
    pub(super) examples: &'static str,
    pub(super) found: &'static str,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Words {
        match language {
            Language::Finnish => &FINNISH,
            Language::Swedish => &SWEDISH,
            Language::English => &ENGLISH,
        }
    }
}

const FINNISH: Words = Words {
    book: "Sääntökirja",
    intro: "Mitä kirjuri tarkistaa sosiaali- ja terveydenhuollon asiakirjoista: mikä on vialla, miksi sillä on väliä ja \
            miten asia korjataan. Jokainen sääntö nimeää ohjeen, johon se perustuu.",
    skip: "Siirry sisältöön",
    languages: "Kielet",
    pack: "Sääntöpaketti",
    packs: "Sääntöpaketit",
    rule: "Sääntö",
    rules: "Säännöt",
    search: "Hae",
    all: "Kaikki",
    severity: "Vakavuus",
    criterion: "Laatukriteeri",
    criteria: "Laatukriteerit",
    why: "Miksi sillä on väliä",
    fix: "Mitä pitää tehdä",
    guideline: "Ohje",
    period: "Voimassa",
    was: "Aiemmat nimet",
    asks: "Mitä sääntö kysyy",
    examples: "Esimerkit",
    found: "Löydös",
};

const SWEDISH: Words = Words {
    book: "Regelboken",
    intro: "Vad kirjuri kontrollerar i social- och hälsovårdens handlingar: vad som är fel, varför det spelar roll och hur \
            det rättas. Varje regel anger den anvisning den bygger på.",
    skip: "Till innehållet",
    languages: "Språk",
    pack: "Regelpaket",
    packs: "Regelpaket",
    rule: "Regel",
    rules: "Regler",
    search: "Sök",
    all: "Alla",
    severity: "Allvarlighetsgrad",
    criterion: "Kvalitetskriterium",
    criteria: "Kvalitetskriterier",
    why: "Varför det spelar roll",
    fix: "Vad som ska göras",
    guideline: "Anvisning",
    period: "I kraft",
    was: "Tidigare namn",
    asks: "Vad regeln frågar",
    examples: "Exempel",
    found: "Fynd",
};

const ENGLISH: Words = Words {
    book: "Rule book",
    intro: "What kirjuri checks in the documents of social and health care: what is wrong, why it matters and how to mend \
            it. Every rule names the guideline it comes from.",
    skip: "Skip to the content",
    languages: "Languages",
    pack: "Pack",
    packs: "Packs",
    rule: "Rule",
    rules: "Rules",
    search: "Search",
    all: "All",
    severity: "Severity",
    criterion: "Criterion",
    criteria: "Criteria",
    why: "Why it matters",
    fix: "What to do",
    guideline: "Guideline",
    period: "In force",
    was: "Former names",
    asks: "What the rule asks",
    examples: "Examples",
    found: "Found",
};
