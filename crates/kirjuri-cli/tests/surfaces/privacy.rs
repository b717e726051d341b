//! No value of a document shows in any output, unless `--show-source` asked for it.

use std::collections::BTreeSet;
use std::fs;

use kirjuri::{Language, Pack};
use serde_json::Value;

use crate::sandbox::{Sandbox, fixtures};
use crate::schematron::files;

const FOLDERS: [&str; 3] = ["documents", "unreadable", "foreign"];

/// What is between quotes and between tags in a document: attribute values and texts, found without a parser, since
/// there are documents that cannot be parsed. Left out are values of up to three characters, those that are no content
/// (namespaces, code systems), and words that are element names.
pub(crate) fn values() -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    let mut names = BTreeSet::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(fixtures().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "xml") {
                let text = decode(&fs::read(path).unwrap());
                let document = text.split_once("?>").map_or(text.as_str(), |(_, document)| document);
                collect(document, &mut values, &mut names);
            }
        }
    }
    values.retain(|value| value.chars().count() > 3 && !names.contains(value));
    assert!(values.len() > 400, "the fixtures have {} values", values.len());
    values
}

fn decode(bytes: &[u8]) -> String {
    match (bytes, std::str::from_utf8(bytes)) {
        ([0xFF, 0xFE, rest @ ..], _) => {
            let units = rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        (_, Ok(text)) => text.to_owned(),
        (_, Err(_)) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

fn collect(document: &str, values: &mut BTreeSet<String>, names: &mut BTreeSet<String>) {
    for part in document.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.split_whitespace().next().unwrap_or_default().trim_matches('/');
        names.insert(name.rsplit(':').next().unwrap_or_default().to_owned());
        values.insert(text.trim().to_owned());
        values.extend(text.lines().map(|line| line.trim().to_owned()));
        let mut pieces = tag.split('"');
        while let (Some(before), Some(value)) = (pieces.next(), pieces.next()) {
            let attribute = before.split_whitespace().last().unwrap_or_default().trim_end_matches('=');
            if !attribute.starts_with("xmlns") && attribute != "codeSystem" {
                values.insert(value.trim().to_owned());
            }
        }
    }
}

/// The words of rules and kinds of documents, which are the same for every document.
pub(crate) fn texts_of_rules() -> Vec<String> {
    let packs = kirjuri_rules::names().map(|name| Pack::load(&kirjuri_rules::source(name).unwrap()).unwrap());
    let texts = packs.flat_map(|pack| {
        let rules = pack.rules().iter().flat_map(|rule| [rule.title().clone(), rule.why().clone(), rule.fix().clone()]);
        rules.chain(pack.kinds().iter().map(|kind| kind.title.clone())).collect::<Vec<_>>()
    });
    let texts = texts.flat_map(|texts| Language::ALL.map(|language| texts.get(language).to_owned()));
    let mut texts: Vec<String> = texts.collect();
    // Longer texts first, for one may hold another.
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
}

/// The strings of a JSON value: its numbers are counts and offsets.
fn strings(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => *into += &format!("{text}\n"),
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        // A fingerprint may have the digits of a value by chance.
        Value::Object(members) => {
            members.iter().filter(|(key, _)| *key != "fingerprint").for_each(|(_, member)| strings(member, into));
        }
        _ => {}
    }
}

/// The values that show in an output, apart from paths of files and words of rules.
pub(crate) fn shown<'v>(
    output: &str,
    values: &'v BTreeSet<String>,
    rules: &[String],
    numbers: bool,
) -> Vec<&'v String> {
    let mut output = output.to_owned();
    for text in rules {
        output = output.replace(text, "");
    }
    let lines = output.lines().map(|line| match line.split_once(".xml") {
        Some((path, rest)) if path.starts_with("fixtures/") => rest,
        _ => line,
    });
    let output = lines.collect::<Vec<_>>().join("\n");
    let short_number = |value: &str| !numbers && value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    values.iter().filter(|value| !short_number(value) && says(&output, value)).collect()
}

/// Whether an output says a value. A short word such as the unit `tabl` is looked for as a word: it stands in
/// `tableOfContents` too.
fn says(output: &str, value: &str) -> bool {
    let is_short = value.len() < 8 && value.chars().all(char::is_alphabetic);
    let is_word = |(at, _): (usize, &str)| {
        let around = [output[..at].chars().next_back(), output[at + value.len()..].chars().next()];
        !around.into_iter().flatten().any(char::is_alphabetic)
    };
    if is_short { output.match_indices(value).any(is_word) } else { output.contains(value) }
}

#[test]
fn no_value_of_a_document_shows_unless_it_is_asked_for() {
    let (sandbox, values, rules) = (Sandbox::new("privacy"), values(), texts_of_rules());
    let paths: Vec<String> = FOLDERS.iter().map(|folder| format!("fixtures/{folder}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    for language in ["fi", "sv", "en"] {
        let run = |before: &[&str], after: &[&str]| {
            let output = sandbox.run(&[before, &paths, &["--lang", language], after].concat());
            assert!(!output.stdout.is_empty());
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
        };
        for text in [run(&["check"], &[]), run(&["check"], &["--max-depth", "3"]), run(&["identify"], &[])] {
            assert_eq!(shown(&text, &values, &rules, false), Vec::<&String>::new(), "text in {language}");
        }
        let json = run(&["check"], &["--format", "json"]);
        let mut text = String::new();
        strings(&serde_json::from_str(&json).unwrap(), &mut text);
        assert_eq!(shown(&text, &values, &rules, true), Vec::<&String>::new(), "JSON in {language}");
        // The same search finds something where something is shown.
        let sources = run(&["check"], &["--show-source"]);
        assert!(shown(&sources, &values, &rules, false).len() > 50);
    }
}

/// Each line once: what schemas say of thousands of nodes repeats itself, and the search is slow.
fn lines_once(text: &str) -> String {
    let lines: BTreeSet<&str> = text.lines().map(str::trim).collect();
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

#[test]
fn no_value_of_a_document_shows_in_what_schemas_say_unless_it_is_asked_for() {
    let (sandbox, values) = (Sandbox::new("privacy-schematron"), values());
    let words: Vec<String> = Vec::new();
    let quoting = ["--pack", "schemas/quoting.sch", "--unevaluated", "warn"];
    let run = |path: &str, more: &[&str]| {
        let output = sandbox.run(&[&["check", path], &quoting[..], more].concat());
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for folder in FOLDERS {
        let path = format!("fixtures/{folder}");
        let (text, errors) = run(&path, &[]);
        assert_eq!(shown(&lines_once(&(text + &errors)), &values, &words, false), Vec::<&String>::new(), "{path}");
        let ((json, _), mut text) = (run(&path, &["--format", "json"]), String::new());
        strings(&serde_json::from_str(&json).unwrap(), &mut text);
        assert_eq!(shown(&lines_once(&text), &values, &words, true), Vec::<&String>::new(), "JSON of {path}");
        let (text, errors) = run(&path, &["--format", "svrl", "--output-dir", "masked"]);
        assert_eq!(shown(&(text + &errors), &values, &words, false), Vec::<&String>::new(), "account of {path}");
    }
    let svrl = files(&sandbox.folder.join("masked")).into_values().collect::<Vec<_>>().join("\n");
    assert!(svrl.contains("<svrl:text>… is … of …</svrl:text>"));
    assert_eq!(shown(&lines_once(&svrl), &values, &words, false), Vec::<&String>::new(), "SVRL");
    // The same search finds something where something is shown.
    for format in ["svrl", "json"] {
        let (text, _) = run("fixtures/documents/prescription-clean.xml", &["--format", format, "--show-source"]);
        let seen = shown(&lines_once(&text), &values, &words, false).len();
        assert!(seen > 30, "{seen} values of the document are shown");
    }
}

/// A note of whose values each holds the same word.
const TOLD: &str = r#"{"merkinta_asiakkaan_arjesta": {
  "asiakas": [{"sukunimi": "salaisuus", "etunimet": "", "henkilotunnus": {"system": "salaisuus", "value": "salaisuus"}}, "salaisuus"],
  "asiakaskertomusmerkinta": {
    "palvelutehtava": {"system": "salaisuus", "code": "salaisuus", "display": "salaisuus"},
    "tapahtuma": {"kuvaus": "SALAISUUS XXX SALAISUUS ABCD SALAISUUS SALAISUUS", "asiointitapa": "salaisuus", "oma": "salaisuus", "oma salaisuus": 1}},
  "paivamaara": "salaisuus", "laatija": "salaisuus"}}"#;

#[test]
fn no_value_of_what_a_document_carries_shows() {
    use base64::Engine;
    let sandbox = Sandbox::new("carried");
    let carried = base64::engine::general_purpose::STANDARD.encode(TOLD);
    let document = format!(
        "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:f='urn:hl7finland'><f:localSocialHeader><f:contentSpecificationId>\
         1.2.246.537.6.1506.19007.2022.1.10</f:contentSpecificationId></f:localSocialHeader><component><nonXMLBody>\
         <f:json>{carried}</f:json></nonXMLBody></component></ClinicalDocument>"
    );
    sandbox.write("carrying.xml", &document);
    sandbox.write("told.json", TOLD);
    for language in ["fi", "sv", "en"] {
        for format in ["text", "json"] {
            let run = |more: &[&str]| {
                let check = ["check", "carrying.xml", "told.json", "--lang", language, "--format", format];
                let output = sandbox.run(&[&check, more].concat());
                String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
            };
            let output = run(&[]);
            assert!(output.matches("sosmeta/").count() > 10, "{output}");
            assert!(!output.to_lowercase().contains("salaisuus") && !output.contains(&carried), "{output}");
            assert!(run(&["--show-source"]).contains("salaisuus"));
        }
    }
    // These never show anything of a document, not even if it is asked for.
    for format in ["concise", "sarif", "junit", "github", "gitlab", "checkstyle", "csv", "markdown"] {
        let check = ["check", "carrying.xml", "told.json", "--pack", "sosmeta", "--format", format, "--show-source"];
        let output = sandbox.run(&check);
        let output = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(output.contains("sosmeta/"), "{format}: {output}");
        assert!(!output.to_lowercase().contains("salaisuus") && !output.contains(&carried), "{format}: {output}");
    }
}

#[test]
fn what_is_compared_between_documents_does_not_show() {
    let sandbox = Sandbox::new("series-privacy");
    for language in ["fi", "sv", "en"] {
        for format in ["text", "json"] {
            let check = ["check", "letters", "--pack", "packs/letters", "--lang", language, "--format", format];
            for more in [&[][..], &["--show-source"]] {
                let output = sandbox.run(&[&check, more].concat());
                let output = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
                assert!(output.contains("letters/duplicate-text"), "{output}");
                assert!(!output.contains("salaisuus") && !output.contains("Maija"), "{output}");
            }
        }
    }
}

#[test]
fn a_namespace_of_the_document_s_own_is_not_repeated() {
    let sandbox = Sandbox::new("own-namespace");
    let secret = "urn:secret:Testi Asiakas";
    sandbox.write("own.xml", &format!("<x xmlns='{secret}'/>"));
    sandbox.write(
        "inside.xml",
        &format!(
            "<ClinicalDocument xmlns='urn:hl7-org:v3'><x xmlns='{secret}'><code xmlns='urn:hl7-org:v3' code='1'/></x>\
             <author/></ClinicalDocument>"
        ),
    );
    for arguments in [
        &["check", "own.xml", "inside.xml"][..],
        &["check", "own.xml", "inside.xml", "--format", "json"],
        &["identify", "own.xml", "inside.xml"],
        &["check", "own.xml", "inside.xml", "--pack", "schemas/quoting.sch"],
        &["check", "own.xml", "inside.xml", "--pack", "schemas/quoting.sch", "--format", "json"],
        &["check", "own.xml", "--pack", "schemas/quoting.sch", "--format", "svrl"],
    ] {
        let output = sandbox.stdout(arguments);
        assert!(output.contains("{?}x"), "{arguments:?}: {output}");
        assert!(!output.contains("secret"), "{arguments:?}: {output}");
    }
}
