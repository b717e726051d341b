//! The words of reports in Finnish, Swedish and English: everything but the texts of rules, which rules bring along.

use kirjuri::{Criterion, Language, ParseErrorKind, Severity};

use crate::batch::InputError;

/// Why a document that could be read was left alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SkipReason {
    /// No pack of the rule set applies to it.
    NoPackApplies,
    /// It is a part of a document, as a draft may be, and no rule can be asked of it alone.
    NothingAsked,
    /// It is a file for many documents, and there is none in it.
    NothingInside,
}

impl SkipReason {
    /// The stable name of the reason.
    pub fn id(self) -> &'static str {
        match self {
            SkipReason::NoPackApplies => "no-pack-applies",
            SkipReason::NothingAsked => "nothing-asked",
            SkipReason::NothingInside => "nothing-inside",
        }
    }

    /// The reason in words.
    pub fn message(self, language: Language) -> &'static str {
        match (self, language) {
            (SkipReason::NoPackApplies, Language::Finnish) => "mikään sääntöpaketti ei koske asiakirjaa",
            (SkipReason::NoPackApplies, Language::Swedish) => "inget regelpaket gäller handlingen",
            (SkipReason::NoPackApplies, Language::English) => "no rule pack applies to the document",
            (SkipReason::NothingAsked, Language::Finnish) => {
                "osa asiakirjasta; mitään sääntöä ei voi soveltaa siihen yksinään"
            }
            (SkipReason::NothingAsked, Language::Swedish) => {
                "del av en handling; ingen regel kan tillämpas på den ensam"
            }
            (SkipReason::NothingAsked, Language::English) => "a part of a document; no rule can be asked of it alone",
            (SkipReason::NothingInside, Language::Finnish) => "tiedostossa ei ole tarkistettavia asiakirjoja",
            (SkipReason::NothingInside, Language::Swedish) => "filen innehåller inga handlingar att granska",
            (SkipReason::NothingInside, Language::English) => "there is no document to check in the file",
        }
    }
}

impl InputError {
    /// The stable name of what is wrong.
    pub fn id(&self) -> &'static str {
        match self {
            InputError::File(std::io::ErrorKind::NotFound) | InputError::NoMatch => "not-found",
            InputError::File(std::io::ErrorKind::PermissionDenied) => "permission-denied",
            InputError::File(_) => "unreadable-file",
            InputError::Archive(error) => error.id(),
            InputError::Parse(error) => error.kind().id(),
            InputError::TooMuchWork { .. } => "too-much-work",
        }
    }

    /// What is wrong, in words. Holds nothing of the document.
    pub fn message(&self, language: Language) -> String {
        let [fi, sv, en] = match self {
            InputError::File(std::io::ErrorKind::NotFound) => {
                ["tiedostoa ei ole", "filen finns inte", "there is no such file"]
            }
            InputError::File(std::io::ErrorKind::PermissionDenied) => {
                ["tiedoston lukuun ei ole oikeutta", "behörighet att läsa filen saknas", "the file may not be read"]
            }
            InputError::File(_) => {
                ["tiedoston lukeminen ei onnistunut", "filen kunde inte läsas", "the file could not be read"]
            }
            InputError::NoMatch => [
                "mikään tiedosto ei vastaa hakukuviota",
                "ingen fil motsvarar sökmönstret",
                "no file matches the pattern",
            ],
            InputError::Archive(error) => error.words(),
            InputError::TooMuchWork { .. } => [
                "sääntöjen suoritus vaati enemmän työtä kuin yhdelle asiakirjalle sallitaan",
                "reglerna krävde mer arbete än vad som tillåts för en handling",
                "the rules took more work than one document is allowed",
            ],
            InputError::Parse(error) => return parse_error(error.kind(), language),
        };
        by_language(language, fi, sv, en).to_owned()
    }
}

/// Why a document was not checked, in words, from the stable name of the reason; nothing where there is no such name.
pub fn reason_message(id: &str, language: Language) -> Option<String> {
    use std::io::ErrorKind::{NotFound, Other, PermissionDenied};
    let mut skipped = [SkipReason::NoPackApplies, SkipReason::NothingAsked].into_iter();
    if let Some(reason) = skipped.find(|reason| reason.id() == id) {
        return Some(reason.message(language).to_owned());
    }
    let files = [NotFound, PermissionDenied, Other].map(InputError::File);
    let mut errors = files.into_iter().chain([InputError::TooMuchWork { rule: None }]);
    let error = errors.find(|error| error.id() == id).map(|error| error.message(language));
    let parsed = || ParseErrorKind::ALL.iter().find(|kind| kind.id() == id);
    error.or_else(|| parsed().map(|&kind| parse_error(kind, language)))
}

/// A text with a capital at its beginning.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// The name of a severity, for one finding or for several.
pub fn severity_name(severity: Severity, count: u64, language: Language) -> &'static str {
    let one = count == 1;
    match (severity, language) {
        (Severity::Error, Language::Finnish) => {
            if one {
                "virhe"
            } else {
                "virhettä"
            }
        }
        (Severity::Warning, Language::Finnish) => {
            if one {
                "varoitus"
            } else {
                "varoitusta"
            }
        }
        (Severity::Info, Language::Finnish) => {
            if one {
                "huomautus"
            } else {
                "huomautusta"
            }
        }
        (Severity::Error, Language::Swedish) => "fel",
        (Severity::Warning, Language::Swedish) => {
            if one {
                "varning"
            } else {
                "varningar"
            }
        }
        (Severity::Info, Language::Swedish) => {
            if one {
                "anmärkning"
            } else {
                "anmärkningar"
            }
        }
        (Severity::Error, Language::English) => {
            if one {
                "error"
            } else {
                "errors"
            }
        }
        (Severity::Warning, Language::English) => {
            if one {
                "warning"
            } else {
                "warnings"
            }
        }
        (Severity::Info, Language::English) => "info",
    }
}

/// The name of a quality criterion. The Finnish names are those of the national criteria.
pub fn criterion_name(criterion: Criterion, language: Language) -> &'static str {
    let [fi, sv, en] = match criterion {
        Criterion::Correctness => ["oikeellisuus", "riktighet", "correctness"],
        Criterion::Precision => ["tarkkuus", "noggrannhet", "precision"],
        Criterion::Timeliness => ["ajantasaisuus", "aktualitet", "timeliness"],
        Criterion::Consistency => ["johdonmukaisuus", "konsekvens", "consistency"],
        Criterion::Coverage => ["kattavuus", "täckning", "coverage"],
        Criterion::Completeness => ["täydellisyys", "fullständighet", "completeness"],
        Criterion::Understandability => ["ymmärrettävyys", "begriplighet", "understandability"],
        Criterion::Compliance => ["suositustenmukaisuus", "förenlighet med rekommendationer", "compliance"],
        Criterion::Traceability => ["jäljitettävyys", "spårbarhet", "traceability"],
        Criterion::MachineReadability => ["koneluettavuus", "maskinläsbarhet", "machine-readability"],
        Criterion::Punctuality => ["oikea-aikaisuus", "punktlighet", "punctuality"],
    };
    by_language(language, fi, sv, en)
}

/// The fixed words of the text report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wording {
    /// Before the reason why a document could not be read.
    Unreadable,
    /// Before the reason why a document was left alone.
    Skipped,
    /// Heading of the rules that found something.
    RulesThatFailed,
    /// Of a rule that is about something a draft may not have yet.
    AboutMissing,
    /// Of a rule that only its own name and a reason take out.
    SafetyCritical,
    /// Why a rule matters.
    Why,
    /// What to do.
    Fix,
    /// Guideline of a rule.
    Guideline,
    /// Documents of the account.
    Documents,
    /// `seen` of the account.
    Seen,
    /// `checked` of the account.
    Checked,
    /// `unreadable` of the account.
    NotReadable,
    /// `skipped` of the account.
    LeftOut,
    /// Files outside the account.
    Ignored,
    /// Files that have not changed since then.
    Unchanged,
    /// The run was stopped before it had looked at all documents.
    Partial,
    /// Before what a draft still lacks.
    StillMissing,
    /// Before the count of what drafts still lack.
    MissingCount,
    /// Before where a draft ends that ends before it is complete.
    Unfinished,
    /// Of a draft that is a part of a document.
    Fragment,
    /// Before the counts of findings.
    Findings,
    /// No finding at all.
    NoFindings,
    /// Nothing was checked.
    NothingChecked,
    /// Rules that met no node they apply to.
    NotExercised,
    /// Rules that were not in force on the day.
    NotInForce,
    /// Rules that the settings leave out.
    NotSelected,
    /// Documents judged by their own date.
    ByOwnDate,
    /// Documents without a date of their own, judged by the day that follows, if there is one.
    WithoutDate,
    /// First and last day in force of a rule itself.
    Period,
    /// Assertions that could not be evaluated at some place.
    NotEvaluated,
    /// Assertions that do not compile.
    NotCompiled,
    /// Heading of what the rules took.
    Profile,
    /// Time of all that is no rule's own.
    Elsewhere,
    /// Where more is said of an assertion.
    See,
    /// A diagnostic of an assertion.
    Diagnostic,
    /// A property of an assertion.
    Property,
    /// The pattern of an assertion.
    Pattern,
    /// The role of an assertion.
    Role,
    /// The flag of an assertion.
    Flag,
    /// The file that an assertion stands in.
    File,
    /// The rule's context.
    Context,
    /// The check of forms that a rule stands for.
    FormCheck,
    /// The series a rule asks about.
    Series,
    /// Where documents have what is a member of a series.
    Member,
    /// By what the members of a series are grouped.
    GroupedBy,
    /// Heading of what rules on series found.
    AcrossDocuments,
    /// What else is to be looked at.
    SeeAlso,
    /// The check of the engine that a rule stands for.
    Check,
    /// The rule's assertion.
    Assertion,
    /// The words that a finding of the rule is about.
    Words,
    /// The rule's severity.
    Severity,
    /// The rule's criterion.
    Criterion,
    /// Names the rule had before.
    FormerNames,
    /// A passing example.
    PassingExample,
    /// A failing example.
    FailingExample,
}

impl Wording {
    /// The words in a language.
    pub fn get(self, language: Language) -> &'static str {
        let [fi, sv, en] = match self {
            Wording::Unreadable => ["ei luettavissa", "oläslig", "unreadable"],
            Wording::Skipped => ["ohitettu", "överhoppad", "skipped"],
            Wording::RulesThatFailed => [
                "Löydökset säännöittäin (löydöksiä/kohteita)",
                "Fynd per regel (fynd/prövade ställen)",
                "Findings by rule (found/applied)",
            ],
            Wording::AboutMissing => [
                "luonnoksessa (--draft): vielä puuttuva tieto, jos sitä ei ole kirjattu",
                "i ett utkast (--draft): en uppgift som saknas ännu, om den inte har antecknats",
                "in a draft (--draft): still missing, if it is not there",
            ],
            Wording::SafetyCritical => [
                "turvallisuuskriittinen: virhe voi liittää tiedot väärään henkilöön tai jättää mitätöidyn voimaan",
                "säkerhetskritisk: ett fel kan koppla uppgifterna till fel person eller låta något makulerat gälla",
                "safety-critical: a fault can put data with the wrong person, or let something cancelled pass as valid",
            ],
            Wording::Why => ["miksi", "varför", "why"],
            Wording::Fix => ["korjaus", "åtgärd", "fix"],
            Wording::Guideline => ["ohje", "anvisning", "guideline"],
            Wording::Documents => ["Asiakirjat", "Handlingar", "Documents"],
            Wording::Seen => ["yhteensä", "totalt", "seen"],
            Wording::Checked => ["tarkistettu", "granskade", "checked"],
            Wording::NotReadable => ["ei luettavissa", "oläsliga", "unreadable"],
            Wording::LeftOut => ["ohitettu", "överhoppade", "skipped"],
            Wording::Ignored => ["muita tiedostoja", "andra filer", "other files"],
            Wording::Unchanged => ["muuttumattomia tiedostoja", "oförändrade filer", "unchanged files"],
            Wording::Partial => [
                "Ajo keskeytettiin: raportti koskee vain niitä asiakirjoja, jotka ehdittiin käsitellä",
                "Körningen avbröts: rapporten gäller bara de handlingar som hann behandlas",
                "The run was interrupted: the report is only about the documents that it had come to",
            ],
            Wording::StillMissing => ["vielä puuttuu", "saknas ännu", "still missing"],
            Wording::MissingCount => ["Vielä puuttuu", "Saknas ännu", "Still missing"],
            Wording::Unfinished => ["kesken", "ofullbordad", "unfinished"],
            Wording::Fragment => [
                "osa asiakirjasta; sen ulkopuolta koskevia sääntöjä ei sovellettu",
                "del av en handling; regler om det som ligger utanför prövades inte",
                "a part of a document; rules about what is outside of it were not asked",
            ],
            Wording::Findings => ["Löydökset", "Fynd", "Findings"],
            Wording::NoFindings => ["ei yhtään", "inga", "none"],
            Wording::NothingChecked => {
                ["yhtään asiakirjaa ei tarkistettu", "ingen handling granskades", "no document was checked"]
            }
            Wording::NotExercised => [
                "Sääntöjä, joille ei ollut kohdetta",
                "Regler som inte kom till tillämpning",
                "Rules with nothing to apply to",
            ],
            Wording::NotInForce => {
                ["Sääntöjä, jotka eivät olleet voimassa", "Regler som inte var i kraft", "Rules not in force"]
            }
            Wording::NotSelected => ["Sääntöjä, joita ei valittu", "Regler som inte valts", "Rules not selected"],
            Wording::ByOwnDate => [
                "Arvioitu asiakirjan oman päivän mukaan",
                "Bedömda enligt handlingens eget datum",
                "Judged by the document's own date",
            ],
            Wording::WithoutDate => [
                "ilman omaa päivää, tarkastuspäivän mukaan",
                "utan eget datum, enligt granskningsdagen",
                "without a date, by that of the run",
            ],
            Wording::Period => ["voimassa", "i kraft", "in force"],
            Wording::NotEvaluated => [
                "Ehtoja, joita ei voitu arvioida (kohteita)",
                "Villkor som inte kunde prövas (ställen)",
                "Assertions that could not be evaluated (places)",
            ],
            Wording::NotCompiled => [
                "Ehtoja, joita ei voitu kääntää ja joita ei kysytty",
                "Villkor som inte kunde kompileras och inte prövades",
                "Assertions that do not compile and were not asked",
            ],
            Wording::Profile => [
                "Säännöt ajan mukaan (kertoja, millisekunteja)",
                "Regler efter tid (gånger, millisekunder)",
                "Rules by time (evaluations, milliseconds)",
            ],
            Wording::Elsewhere => {
                ["kohteiden haku ja muu", "sökning av ställen och övrigt", "finding the places, and all else"]
            }
            Wording::See => ["lisätietoa", "se även", "see"],
            Wording::Diagnostic => ["selvitys", "förklaring", "diagnostic"],
            Wording::Property => ["ominaisuus", "egenskap", "property"],
            Wording::Pattern => ["malli", "mönster", "pattern"],
            Wording::Role => ["rooli", "roll", "role"],
            Wording::Flag => ["lippu", "flagga", "flag"],
            Wording::File => ["tiedosto", "fil", "file"],
            Wording::Context => ["kohde", "kontext", "context"],
            Wording::Check => ["rakennetarkistus", "strukturkontroll", "structure check"],
            Wording::FormCheck => ["lomaketarkistus", "formulärkontroll", "form check"],
            Wording::Series => ["sarja", "serie", "series"],
            Wording::Member => ["sarjan jäsen", "medlem i serien", "member of the series"],
            Wording::GroupedBy => ["ryhmittely", "grupperas enligt", "grouped by"],
            Wording::AcrossDocuments => {
                ["Löydökset asiakirjojen väliltä", "Fynd mellan handlingar", "Findings across documents"]
            }
            Wording::SeeAlso => ["katso myös", "se även", "see also"],
            Wording::Assertion => ["ehto", "villkor", "assertion"],
            Wording::Words => ["sanat", "ord", "words"],
            Wording::Severity => ["vakavuus", "allvarlighetsgrad", "severity"],
            Wording::Criterion => ["laatukriteeri", "kvalitetskriterium", "criterion"],
            Wording::FormerNames => ["aiemmat nimet", "tidigare namn", "former names"],
            Wording::PassingExample => ["hyvä esimerkki", "gott exempel", "good example"],
            Wording::FailingExample => ["huono esimerkki", "dåligt exempel", "bad example"],
        };
        by_language(language, fi, sv, en)
    }
}

pub(crate) fn by_language<'t>(language: Language, fi: &'t str, sv: &'t str, en: &'t str) -> &'t str {
    match language {
        Language::Finnish => fi,
        Language::Swedish => sv,
        Language::English => en,
    }
}

/// What makes a document unreadable, in words. English is the parser's own sentence.
fn parse_error(kind: ParseErrorKind, language: Language) -> String {
    use ParseErrorKind as K;
    let (fi, sv) = match kind {
        K::TooLarge => ("asiakirja on sallittua suurempi", "handlingen är större än tillåtet"),
        K::TooDeep => ("elementtejä on sisäkkäin sallittua enemmän", "elementen är kapslade djupare än tillåtet"),
        K::TooManyAttributes => {
            ("elementillä on attribuutteja sallittua enemmän", "elementet har fler attribut än tillåtet")
        }
        K::TooManyNodes => ("asiakirjassa on solmuja sallittua enemmän", "handlingen har fler noder än tillåtet"),
        K::InvalidUtf8 => ("tavut eivät ole kelvollista UTF-8:aa", "bytesekvensen är inte giltig UTF-8"),
        K::InvalidUtf16 => ("tavut eivät ole kelvollista UTF-16:ta", "bytesekvensen är inte giltig UTF-16"),
        K::UnassignedByte => (
            "tavua ei vastaa mikään merkki ilmoitetussa merkistössä",
            "byten motsvarar inget tecken i den angivna teckenkodningen",
        ),
        K::UnsupportedEncoding => ("asiakirjan merkistökoodausta ei tueta", "handlingens teckenkodning stöds inte"),
        K::EncodingContradicted => (
            "tavut eivät ole siinä merkistökoodauksessa, jonka asiakirja ilmoittaa",
            "innehållet är inte i den teckenkodning som handlingen anger",
        ),
        K::DtdRefused => (
            "asiakirjassa on dokumenttityypin määrittely (DTD), jota ei hyväksytä",
            "handlingen har en dokumenttypsdeklaration (DTD), som inte godtas",
        ),
        K::Xml11Refused => {
            ("asiakirja on XML 1.1 -muotoa; vain XML 1.0 luetaan", "handlingen är XML 1.1; endast XML 1.0 läses")
        }
        K::MalformedXmlDeclaration => ("XML-määrittely on virheellinen", "XML-deklarationen är felaktig"),
        K::MisplacedXmlDeclaration => {
            ("XML-määrittely ei ole aivan asiakirjan alussa", "XML-deklarationen står inte allra först i handlingen")
        }
        K::IllegalCharacter => ("merkki ei ole sallittu XML:ssä", "tecknet är inte tillåtet i XML"),
        K::IllegalCharacterReference => (
            "viittaus osoittaa merkkiin, joka ei ole sallittu XML:ssä",
            "referensen avser ett tecken som inte är tillåtet i XML",
        ),
        K::MalformedReference => ("et-merkki (&) ei aloita viittausta", "et-tecknet (&) inleder ingen referens"),
        K::UndeclaredEntity => (
            "viittaus osoittaa entiteettiin, jota XML ei määrittele ennalta",
            "referensen avser en entitet som inte är fördefinierad i XML",
        ),
        K::MalformedTag => ("tagi on virheellinen", "taggen är felaktig"),
        K::UnclosedTag => ("tagia ei ole suljettu", "taggen är inte avslutad"),
        K::MalformedName => ("merkki ei ole sallittu nimessä tässä kohdassa", "tecknet är inte tillåtet i namnet här"),
        K::MalformedQualifiedName => {
            ("kaksoispiste ei ole sallittu nimessä tässä kohdassa", "kolonet är inte tillåtet i namnet här")
        }
        K::MalformedAttribute => ("attribuutti on virheellinen", "attributet är felaktigt"),
        K::MissingWhiteSpace => ("attribuuttien välistä puuttuu tyhjämerkki", "blanktecken saknas mellan attributen"),
        K::LessThanInAttribute => ("attribuutin arvossa on merkki <", "attributets värde innehåller tecknet <"),
        K::DuplicateAttribute => {
            ("elementillä on sama attribuutti kahdesti", "elementet har samma attribut två gånger")
        }
        K::UndeclaredPrefix => ("etuliitettä ei ole määritelty", "prefixet är inte deklarerat"),
        K::ReservedNamespace => ("etuliite tai nimiavaruus on varattu", "prefixet eller namnrymden är reserverad"),
        K::EmptyPrefixBinding => {
            ("etuliitteelle on määritelty tyhjä nimiavaruus", "prefixet är deklarerat med en tom namnrymd")
        }
        K::MismatchedTag => ("lopputagi ei vastaa alkutagia", "sluttaggen motsvarar inte starttaggen"),
        K::UnopenedTag => ("lopputagilla ei ole alkutagia", "sluttaggen saknar starttagg"),
        K::UnclosedElement => ("elementtiä ei ole suljettu", "elementet är inte avslutat"),
        K::MalformedMarkup => ("merkintä on tuntematon", "uppmärkningen är okänd"),
        K::UnclosedComment => ("kommenttia ei ole suljettu", "kommentaren är inte avslutad"),
        K::DoubleHyphenInComment => {
            ("kommentissa on kaksi yhdysmerkkiä peräkkäin", "kommentaren innehåller två bindestreck i rad")
        }
        K::UnclosedCdata => ("CDATA-osaa ei ole suljettu", "CDATA-avsnittet är inte avslutat"),
        K::CdataEndInText => ("tekstissä on CDATA-osan lopetus", "texten innehåller slutet på ett CDATA-avsnitt"),
        K::UnclosedInstruction => ("käsittelyohjetta ei ole suljettu", "bearbetningsinstruktionen är inte avslutad"),
        K::MalformedInstruction => ("käsittelyohje on virheellinen", "bearbetningsinstruktionen är felaktig"),
        K::ReservedTarget => ("käsittelyohjeen kohde on varattu", "bearbetningsinstruktionens mål är reserverat"),
        K::MissingRoot => ("asiakirjassa ei ole juurielementtiä", "handlingen saknar rotelement"),
        K::SecondRoot => ("asiakirjassa on toinen juurielementti", "handlingen har ett andra rotelement"),
        K::ContentOutsideRoot => ("juurielementin ulkopuolella on sisältöä", "det finns innehåll utanför rotelementet"),
        K::MissingValue => ("tästä puuttuu JSON-arvo", "här saknas ett JSON-värde"),
        K::MalformedLiteral => ("sana ei ole JSON-arvo", "ordet är inte ett JSON-värde"),
        K::MalformedNumber => ("luku on virheellinen", "talet är felaktigt"),
        K::UnclosedString => ("merkkijonoa ei ole suljettu", "strängen är inte avslutad"),
        K::ControlCharacterInString => ("merkkijonossa on ohjausmerkki", "strängen innehåller ett styrtecken"),
        K::MalformedEscape => ("kenoviiva ei aloita ohjausjonoa", "omvänt snedstreck inleder ingen escapesekvens"),
        K::LoneSurrogate => {
            ("ohjausjono on vain puolet sijaismerkkiparista", "escapesekvensen är bara halva surrogatparet")
        }
        K::MissingMemberName => ("tästä puuttuu jäsenen nimi", "här saknas medlemmens namn"),
        K::MissingColon => ("jäsenen nimen perästä puuttuu kaksoispiste", "kolon saknas efter medlemmens namn"),
        K::MissingComma => ("tästä puuttuu pilkku", "här saknas ett kommatecken"),
        K::TrailingComma => ("pilkun perässä ei ole mitään", "efter kommatecknet finns ingenting"),
        K::MismatchedBracket => ("loppusulje ei vastaa alkusuljetta", "slutparentesen motsvarar inte startparentesen"),
        K::UnclosedBracket => ("objektia tai taulukkoa ei ole suljettu", "objektet eller listan är inte avslutad"),
        K::DuplicateMember => ("objektissa on kaksi samannimistä jäsentä", "objektet har två medlemmar med samma namn"),
        K::ContentBehindValue => ("JSON-arvon perässä on sisältöä", "det finns innehåll efter JSON-värdet"),
        K::Interrupted => ("lukeminen keskeytettiin", "läsningen avbröts"),
        // The parser may learn new kinds before their translation is written; a test tells.
        _ => return kind.to_string(),
    };
    match language {
        Language::Finnish => fi.to_owned(),
        Language::Swedish => sv.to_owned(),
        Language::English => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_unreadable_document_is_said_in_three_languages() {
        for &kind in ParseErrorKind::ALL {
            let [fi, sv, en] = Language::ALL.map(|language| parse_error(kind, language));
            assert!(fi != en && sv != en && fi != sv, "{} is not translated", kind.id());
        }
    }
}
