//! Documents to measure: every structure in turn, with texts as long as people write them.

use std::sync::Arc;

use kirjuri::structure::CompiledStructure;
use kirjuri::{Language, Pack};
use serde_json::{Value, json};

use crate::{Failure, archive, generator};

/// The document around each content.
const DOCUMENT: &str = include_str!("../../../../fixtures/social/sources/document.xml");
/// What free text is made of. The number of the document stands before it: notes that repeat each other are a finding.
const SENTENCES: [&str; 6] = [
    "Tapaamisessa käytiin läpi kuluneen viikon tapahtumat, ja asiakas kertoi arjen sujuneen paremmin kuin syksyllä.",
    "Sovittiin, että työntekijä on yhteydessä kouluun ja että seuraava tapaaminen pidetään kotona kahden viikon kuluttua.",
    "Asiakas toivoo apua raha-asioiden hoitamiseen, koska laskuja on jäänyt maksamatta kevään aikana.",
    "Perheen voimavarana on läheinen isovanhempi, joka auttaa viikonloppuisin ja hakee lapsen harrastuksista.",
    "Asiakkaan kanssa arvioitiin tavoitteiden toteutumista, ja niitä päätettiin jatkaa ennallaan kesään asti.",
    "Työntekijä kertoi palveluista ja oikeuksista, ja asiakas sai niistä myös kirjallisen esitteen mukaansa.",
];

/// The complete contents of structures.
pub(crate) struct Batch {
    contents: Vec<(Arc<CompiledStructure>, Value)>,
}

impl Batch {
    /// Of the structures whose OID begins so.
    pub(crate) fn new(beginning: &str) -> Result<Batch, Failure> {
        let source = kirjuri_rules::source("sosmeta").ok_or("there is no pack sosmeta")?;
        let pack = Pack::load(&source)?;
        let structures = pack.structures();
        let mut contents = Vec::new();
        for entry in structures.entries().filter(|entry| entry.oid.starts_with(beginning)) {
            let compiled = structures.get(&entry.oid).ok_or("no structure")?.map_err(Clone::clone)?;
            let draft = generator::complete(compiled).map_err(|faults| format!("{}: {faults:?}", entry.oid))?;
            contents.push((Arc::clone(compiled), draft.document));
        }
        Ok(Batch { contents })
    }

    pub(crate) fn structures(&self) -> usize {
        self.contents.len()
    }

    /// A document: the structures take turns.
    pub(crate) fn document(&self, index: usize) -> String {
        let (compiled, content) = &self.contents[index % self.contents.len()];
        let structure = compiled.structure();
        let mut content = content.clone();
        let mut texts = index;
        live(&mut content, "", false, &mut texts);
        let narrative = archive::narrative(structure, &content, Language::Finnish, &["Mallilan hyvinvointialue"]);
        let json = serde_json::to_string(&content).unwrap_or_default();
        let number = index.to_string();
        let name = structure.root().map_or("", |root| root.name_in(Language::Finnish));
        let (general, specific, group) = match structure.type_number() {
            Some(kind) => (
                format!(
                    "<code code=\"{}\" codeSystem=\"1.2.246.537.6.1506.201701\" displayName=\"{}\"/>",
                    general(kind),
                    structure.document_type
                ),
                format!(
                    "<hl7fi:specificDocumentType code=\"{kind}\" codeSystem=\"1.2.246.537.6.1506.201701\" displayName=\"{name}\"/>"
                ),
                "5",
            ),
            None => ("<code nullFlavor=\"NA\"/>".to_owned(), String::new(), structure.group_number().unwrap_or("1")),
        };
        let task = ["/palvelutehtava/code", "/asiakaskertomusmerkinta/palvelutehtava/code"];
        let root = &content[structure.root_key()];
        let task = task.iter().find_map(|path| root.pointer(path)?.as_str()).unwrap_or("24");
        let client =
            r#"<given qualifier="CL">Aino</given><given>Aino</given><given>Orvokki</given><family>Lehtisaari</family>"#;
        archive::filled(
            DOCUMENT,
            &[
                ("general", &general),
                ("specific", &specific),
                ("group", &coded("documentGroup", "1.2.246.537.6.1505.201601", group)),
                ("task", &coded("functionCode", "1.2.246.537.6.1221.201601", task)),
                ("case", "<id root=\"1.2.246.10.99999984.14.2026.3001\"/>"),
                ("process", ""),
                ("number", &number),
                ("time", "20260305143000+0200"),
                ("signed", "2026-03-05T14:31:00+02:00"),
                ("language", "fi"),
                ("specification", &structure.oid),
                ("hetu", "010190-900P"),
                ("client", client),
                (
                    "sex",
                    r#"<administrativeGenderCode code="2" codeSystem="1.2.246.537.5.1.1997" displayName="Nainen"/>"#,
                ),
                ("birth", "19900101"),
                ("narrative", &archive::base64(narrative.as_bytes())),
                ("content", &archive::base64(json.as_bytes())),
            ],
        )
    }
}

/// A code of the header with its name, where it is known.
fn coded(element: &str, system: &str, code: &str) -> String {
    let name = match (element, code) {
        ("documentGroup", "1") => "Asiakkuusasiakirja",
        ("documentGroup", "5") => "Toisen tai myöhemmän vaiheen asiakasasiakirja",
        ("functionCode", "10") => "Lastensuojelu",
        ("functionCode", "20") => "Vammaispalvelut",
        ("functionCode", "24") => "Lapsiperheiden palvelut",
        _ => "Mallikoodi",
    };
    format!("<hl7fi:{element} code=\"{code}\" codeSystem=\"{system}\" displayName=\"{name}\"/>")
}

/// The general type of a specific one.
fn general(kind: &str) -> String {
    kind.parse::<u32>().map_or_else(|_| kind.to_owned(), |number| (number / 1000).to_string())
}

/// Puts names, texts and identifiers of the document in the places that the generator has filled with a word.
fn live(value: &mut Value, key: &str, is_client: bool, texts: &mut usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| live(item, key, is_client, texts)),
        Value::Object(members) => {
            let system = members.get("system").and_then(Value::as_str).unwrap_or_default();
            if system.starts_with("urn:oid:1.2.246.537.6.202.") {
                *value = json!({"system": "urn:oid:1.2.246.537.6.202", "code": "1.2.246.10.99999984.10.3", "display": "Mallilan perhekeskus"});
                return;
            }
            if let ("asianumero" | "asiatunnus", Some(number)) = (key, members.get_mut("value")) {
                *number = json!("1.2.246.10.99999984.14.2026.3001");
            }
            if let ("asiakkuuden_yksilointitunnus", Some(number)) = (key, members.get_mut("value")) {
                *number = json!("1.2.246.10.99999984.11.2026.500");
            }
            // There is one personal identity code: whoever has it is the client.
            let is_client = is_client || members.contains_key("henkilotunnus");
            for (key, member) in members.iter_mut() {
                live(member, key, is_client || key == "asiakas", texts);
            }
        }
        Value::String(text) if key == "paivamaara_ja_kellonaika" => *text = "2026-09-03T09:00:00+03:00".to_owned(),
        Value::String(text) if text == "Testi" => {
            *text = match (key, is_client) {
                ("display", _) => "Mallikoodi".to_owned(),
                ("sukunimi", true) => "Lehtisaari".to_owned(),
                ("sukunimi", false) => "Virtapuro".to_owned(),
                ("etunimet", true) => "Aino Orvokki".to_owned(),
                ("etunimet", false) => "Tuuli".to_owned(),
                ("tehtavanimike", _) => "Sosiaaliohjaaja".to_owned(),
                ("postinumero", _) => "00000".to_owned(),
                ("puhelinnumero", _) => "+358 50 000 0000".to_owned(),
                _ => {
                    *texts += 1;
                    format!("Kirjaus {texts}. {}", SENTENCES[*texts % SENTENCES.len()])
                }
            };
        }
        _ => {}
    }
}
