//! What a note says, in the words of the note: nothing is looked up here.

use super::scope::folded;

/// What a note means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// One of the named fields is required; of switches exactly one is on where the note says so.
    OneOf {
        /// The names as one text, with what stands between them.
        names: Text,
        /// Whether exactly one is answered yes.
        exactly: bool,
    },
    /// The field itself is required where the question is answered so.
    Required(Question),
}

/// What decides whether a field is required.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Question {
    /// One of the named switches is on (`yes`), or off.
    Answered { group: Option<String>, names: Text, yes: bool },
    /// One of the codes was chosen.
    Chosen { name: String, codes: Vec<String> },
    /// One of the named fields is there.
    Filled { names: Text },
    /// The named field is not there.
    Empty { name: String },
    /// The client has reached an age in years, or has not.
    Age { years: u32, reached: bool },
}

/// A piece of a note in lower case, its quoted parts each as one character, so that what is quoted is never mistaken
/// for the words around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    quoted: Vec<String>,
}

/// The first of the characters that stand for quoted parts; they are for private use and in no note.
const FIRST_QUOTED: u32 = 0xE000;
/// More quoted parts than any note has; one with more is not read.
const MOST_QUOTED: u32 = 64;

impl Text {
    /// A note, unless its quotation marks do not pair.
    fn new(note: &str) -> Option<Text> {
        let is_mark = |c: char| matches!(c, '"' | '”' | '“' | '„');
        let mut text = String::with_capacity(note.len());
        let mut quoted: Vec<String> = Vec::new();
        let mut pieces = note.split(is_mark);
        text.push_str(&pieces.next()?.to_lowercase());
        while let Some(inside) = pieces.next() {
            let behind = pieces.next()?;
            let number = u32::try_from(quoted.len()).ok().filter(|&number| number < MOST_QUOTED)?;
            text.push(char::from_u32(FIRST_QUOTED + number)?);
            quoted.push(folded(inside));
            // A sentence may end in a quoted one, whose full stop is then its own.
            let starts_sentence = behind.trim_start().chars().next().is_some_and(char::is_uppercase);
            if inside.trim_end().ends_with('.') && starts_sentence {
                text.push('.');
            }
            text.push_str(&behind.to_lowercase());
        }
        Some(Text { text, quoted })
    }

    /// Whether a character stands for a quoted part.
    pub(super) fn is_quoted(c: char) -> bool {
        u32::from(c).checked_sub(FIRST_QUOTED).is_some_and(|number| number < MOST_QUOTED)
    }

    pub(super) fn part(&self, text: &str) -> Text {
        Text { text: text.trim().to_owned(), quoted: self.quoted.clone() }
    }

    /// The text with its quoted parts written out.
    pub(super) fn plain(&self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        for c in text.chars() {
            let quoted = u32::from(c).checked_sub(FIRST_QUOTED).and_then(|number| usize::try_from(number).ok());
            match quoted.and_then(|number| self.quoted.get(number)) {
                Some(quoted) => plain.push_str(quoted),
                None => plain.push(c),
            }
        }
        folded(&plain)
    }
}

/// Reads a note; nothing where any sentence that asks for something is not understood.
pub(super) fn read(note: &str) -> Option<Meaning> {
    let note = Text::new(note)?;
    let mut meaning = None;
    let mut exactly = false;
    for sentence in note.text.split_inclusive('.') {
        let sentence = without_marker(sentence.trim().trim_end_matches('.').trim());
        match understood(&note, sentence) {
            Sentence::Condition(it) if meaning.is_none() => meaning = Some(it),
            Sentence::ExactlyOne => exactly = true,
            Sentence::Nothing => {}
            Sentence::Condition(_) | Sentence::Unknown => return None,
        }
    }
    match meaning? {
        Meaning::OneOf { names, .. } => Some(Meaning::OneOf { names, exactly }),
        _ if exactly => None,
        meaning => Some(meaning),
    }
}

/// When a group is not shown, by its note; nothing where that is not understood.
pub(super) fn hidden(note: &str) -> Option<Vec<Question>> {
    // Most notes say nothing of it, and are not to be understood otherwise.
    if !note.to_lowercase().contains(HIDDEN) {
        return Some(Vec::new());
    }
    let note = Text::new(note)?;
    let sentences = note.text.split_inclusive('.').map(|sentence| sentence.trim().trim_end_matches('.').trim());
    let hidden = sentences.filter(|sentence| sentence.contains(HIDDEN));
    hidden.map(|sentence| question(&note, sentence.split_once(", jos ")?.1)).collect()
}

/// How a note begins to say when a group is not shown.
const HIDDEN: &str = "tietokokonaisuutta ei näytetä";

enum Sentence {
    Condition(Meaning),
    /// One of the fields is answered yes.
    ExactlyOne,
    /// It asks for nothing.
    Nothing,
    /// It asks for something that is not understood.
    Unknown,
}

fn understood(note: &Text, sentence: &str) -> Sentence {
    if let Some(rest) = sentence
        .strip_prefix("toiseen kentistä on vastattava ")
        .or_else(|| sentence.strip_prefix("yhteen kentistä on vastattava "))
    {
        // What may follow ("eli toinen kentistä on oltava valittuna") says the same in other words.
        let answer = rest.split(" eli ").next().unwrap_or_default();
        return if note.plain(answer) == "kyllä" { Sentence::ExactlyOne } else { Sentence::Unknown };
    }
    let words = || sentence.split(|c: char| !c.is_alphanumeric());
    let has = |wanted: &[&str]| words().any(|word| wanted.contains(&word));
    if has(&["vastattava", "kirjattava", "täytettävä", "ilmoitettava"]) {
        return Sentence::Unknown;
    }
    if !sentence.contains("pakolli") {
        return Sentence::Nothing;
    }
    if let Some(meaning) = one_of(note, sentence).or_else(|| required(note, sentence)) {
        return Sentence::Condition(meaning);
    }
    // "It is required for statistics" and "other than in the component" ask for nothing on a condition.
    let is_condition = has(&["jos", "mikäli", "kun", "silloin", "joko", "toinen", "yksi", "muille", "ei"]);
    if is_condition { Sentence::Unknown } else { Sentence::Nothing }
}

fn without_marker(sentence: &str) -> &str {
    for marker in ["ehdollisesti pakollinen:", "ehdollinen pakollisuus:"] {
        if let Some((_, behind)) = sentence.split_once(marker) {
            return behind.trim();
        }
    }
    sentence
}

/// "A- ja B -kentistä toinen on pakollinen", "joko A-kenttä tai B-kenttä on pakollinen", …
fn one_of(note: &Text, sentence: &str) -> Option<Meaning> {
    let names = |text: &str| Some(Meaning::OneOf { names: note.part(text), exactly: false });
    for start in [
        "yksi seuraavista kentistä on pakollinen:",
        "toinen seuraavista kentistä on pakollinen:",
        "toinen kentistä on pakollinen:",
    ] {
        if let Some(rest) = sentence.strip_prefix(start) {
            return names(rest);
        }
    }
    let rest = sentence.strip_suffix(" on pakollinen")?;
    if let Some(rest) = rest.strip_prefix("toinen kentistä ").or_else(|| rest.strip_prefix("joko ")) {
        return names(rest);
    }
    let rest = rest.strip_suffix(" toinen").or_else(|| rest.strip_suffix(" yksi"))?;
    names(rest.strip_suffix("-kentistä").or_else(|| rest.strip_suffix("-tietokokonaisuuksista"))?)
}

/// "Kenttä on pakollinen, jos …", "jos …, on tämä kenttä pakollinen".
fn required(note: &Text, sentence: &str) -> Option<Meaning> {
    const BEFORE: [&str; 4] = [
        "kenttä on pakollinen, jos ",
        "kenttä on pakollinen, mikäli ",
        "tietokokonaisuus on pakollinen, jos ",
        "tietokokonaisuus on pakollinen, mikäli ",
    ];
    const BEHIND: [&str; 6] = [
        ", on tämä kenttä pakollinen",
        ", on tämä tietokenttä pakollinen",
        ", on tämä kohta pakollinen",
        ", on tämä tietokokonaisuus pakollinen",
        ", tämä kenttä on pakollinen",
        ", kenttä on pakollinen",
    ];
    let question = match BEFORE.iter().find_map(|start| sentence.strip_prefix(start)) {
        Some(question) => question,
        None => {
            let question = sentence.strip_prefix("jos ").or_else(|| sentence.strip_prefix("mikäli "))?;
            BEHIND.iter().find_map(|end| question.strip_suffix(end))?
        }
    };
    self::question(note, question).map(Meaning::Required)
}

/// What a clause behind "if" asks.
fn question(note: &Text, question: &str) -> Option<Question> {
    let question = question.trim();
    age(question)
        .or_else(|| chosen(note, question))
        .or_else(|| empty(note, question))
        .or_else(|| filled(note, question))
        .or_else(|| answered(note, question))
}

/// "asiakas on vähintään 18-vuotias"
fn age(question: &str) -> Option<Question> {
    let rest = question.strip_prefix("asiakas on ")?;
    let between = |start: &str, end: &str| rest.strip_prefix(start)?.strip_suffix(end)?.parse().ok();
    if let Some(years) = between("vähintään ", "-vuotias").or_else(|| between("täyttänyt ", " vuotta")) {
        return Some(Question::Age { years, reached: true });
    }
    between("alle ", "-vuotias").map(|years| Question::Age { years, reached: false })
}

/// "A-kenttään on valittu luokka 99", "kentän A luokituksesta on valittu luokka 2", …
fn chosen(note: &Text, question: &str) -> Option<Question> {
    let (subject, class) = question.split_once(" on valittu ")?;
    let subject = subject.strip_suffix(" luokituksesta").unwrap_or(subject);
    let participles = [" käytetystä", " käytettävästä", " olevasta"];
    let subject = participles.iter().find_map(|participle| subject.strip_suffix(participle)).unwrap_or(subject);
    let named = ["kentän ", "kentässä ", "kenttään "].iter().find_map(|start| subject.strip_prefix(start));
    let name = match named {
        Some(name) => name,
        None => ["-kentän", "-kentässä", "-kenttään"].iter().find_map(|end| subject.strip_suffix(end))?,
    };
    Some(Question::Chosen { name: note.plain(name), codes: codes(&note.plain(class))? })
}

/// The codes of "luokka 2", "koodi 99 Muu", "31 = Huoltaja, 32 = Edunvalvoja tai 33 = Valtuutettu".
fn codes(class: &str) -> Option<Vec<String>> {
    let class = class.strip_prefix("luokka ").or_else(|| class.strip_prefix("koodi ")).unwrap_or(class);
    let class = class.split(" eli ").next()?;
    let code = |item: &str| {
        let code: String = item.trim().chars().take_while(char::is_ascii_digit).collect();
        let behind = item.trim().get(code.len()..)?;
        (!code.is_empty() && (behind.is_empty() || behind.starts_with(' '))).then_some(code)
    };
    class.split(", ").flat_map(|item| item.split(" tai ")).map(code).collect()
}

/// "A-kenttä jätetään tyhjäksi"
fn empty(note: &Text, question: &str) -> Option<Question> {
    let name = match question.strip_prefix("päivämäärää ei ole kirjattu ") {
        Some(rest) => rest.strip_suffix("-kenttään")?,
        None => {
            let rest = question.strip_suffix(" jätetään tyhjäksi")?;
            let named = rest.strip_prefix("tietokenttä ").or_else(|| rest.strip_prefix("kenttä "));
            named.or_else(|| rest.strip_suffix("-kenttä"))?
        }
    };
    Some(Question::Empty { name: note.plain(name) })
}

/// "kenttä A ja/tai kenttä B täytetään", "A-tietokenttää tai B-tietokokonaisuutta on käytetty"
fn filled(note: &Text, question: &str) -> Option<Question> {
    let names = question.strip_suffix(" täytetään").or_else(|| question.strip_suffix(" on käytetty"))?;
    Some(Question::Filled { names: note.part(names) })
}

/// "A-kenttään on vastattu ei", "kytkin A on asennossa kyllä", …
fn answered(note: &Text, question: &str) -> Option<Question> {
    let answered =
        |group: Option<String>, names: &str, yes| Some(Question::Answered { group, names: note.part(names), yes });
    // "… the representative consents, that is, if …": what follows says it in the words of a field.
    let question = question.rsplit(" eli kun ").next()?;
    const ON: &str = " on asennossa kyllä eli valintaruutu on valittu";
    if let Some(rest) = question.strip_prefix("jompikumpi seuraavista kytkimistä") {
        return answered(None, rest.strip_prefix(ON)?.strip_prefix(':')?, true);
    }
    if let Some(rest) = question.strip_prefix("kytkin ") {
        let name = rest.strip_suffix(ON).or_else(|| rest.strip_suffix(" on asennossa kyllä"))?;
        return answered(None, name.strip_prefix("kentässä ").unwrap_or(name), true);
    }
    if let Some(name) = question.strip_suffix(" on valittu") {
        return answered(None, name.strip_prefix("kenttä ")?, true);
    }
    let (rest, answer) = question.rsplit_once(' ')?;
    let yes = match note.plain(answer).as_str() {
        "kyllä" => true,
        "ei" => false,
        _ => return None,
    };
    let rest = rest.strip_suffix(" on vastattu").or_else(|| rest.strip_suffix(" on kirjattu"))?;
    if let Some(names) = rest.strip_suffix("-kenttään") {
        return answered(None, names, yes);
    }
    if let Some(name) = rest.strip_prefix("kenttään ") {
        return answered(None, name, yes);
    }
    let (group, names) = rest.strip_prefix("kohdassa ")?.split_once(" kenttään ")?;
    answered(Some(note.plain(group)), names, yes)
}
