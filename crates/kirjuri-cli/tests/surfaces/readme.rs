//! Runs every command of the README.

use std::fs;
use std::path::Path;

use crate::sandbox::Sandbox;
use crate::scenarios::words;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap()
}

/// The commands of the README's console blocks, without what is said behind them.
fn commands(text: &str) -> Vec<String> {
    let blocks = text.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ "));
    lines.map(|line| line.split(" # ").next().unwrap_or(line).trim().to_owned()).collect()
}

const NOTE: &str = r#"{"merkinta_asiakkaan_arjesta": {
  "asiakas": [{"sukunimi": "Asiakas", "etunimet": "Testi", "henkilotunnus": {"system": "urn:oid:1.2.246.21", "value": "010190-900P"}}],
  "asiakaskertomusmerkinta": {
    "palvelutehtava": {"system": "urn:oid:1.2.246.537.6.1221", "code": "24", "display": "Lapsiperheiden palvelut"},
    "tapahtuma": {"kuvaus": "Aamupala maistui, ja päivä sujui rauhallisesti."}},
  "laatija": {"sukunimi": "Työntekijä", "etunimet": "Taina"}}}"#;

/// What passes the tests, by the README.
const TESTS: [&str; 5] = [
    "cargo test --workspace --locked",
    "scripts/test-python",
    "scripts/test-embedding",
    "scripts/test-evidence",
    "scripts/test-report",
];

#[test]
fn every_command_of_the_readme_runs() {
    let sandbox = Sandbox::new("readme");
    let document = fs::read_to_string(sandbox.folder.join("fixtures/documents/prescription-clean.xml")).unwrap();
    sandbox.write("exports/2026-01/prescription.xml", &document);
    sandbox.write("document.xml", &document);
    let pack = sandbox.folder.join("packs/notes");
    for entry in fs::read_dir(&pack).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let name = Path::new("my-pack").join(path.file_name().unwrap());
        sandbox.write(name, &fs::read_to_string(&path).unwrap());
    }

    let form = fs::read_to_string(sandbox.folder.join("structures/visit.json")).unwrap();
    sandbox.write("my-forms/own.json", &form);
    sandbox.write("national.json", &form);
    sandbox.write("published/own.json", &form);
    sandbox.write("note.json", NOTE);
    sandbox.write("rules.sch", &fs::read_to_string(sandbox.folder.join("schemas/quiet.sch")).unwrap());

    let archive = crate::archives::zip(&[("prescription.xml", &document)]);
    fs::write(sandbox.folder.join("export.zip"), archive).unwrap();
    let record = document.split_once("?>").map_or(&*document, |(_, record)| record);
    sandbox.write("export.xml", &format!("<export>{record}</export>"));
    for run in ["october", "north", "south"] {
        assert!(sandbox.run(&["check", "exports", "--evidence", run]).status.success());
    }
    sandbox.write("policy.toml", "[judge]\nmin-documents = 1\n\n[[limit]]\nseverity = \"error\"\nmax-count = 0\n");
    let commands = commands(&readme());
    assert!(commands.len() >= 9, "{commands:?}");
    for command in &commands {
        // What builds and tests is running at this moment; the rest is the command itself.
        let (command, status) = match command.strip_prefix("cargo run --release -p kirjuri-cli -- ") {
            Some(arguments) => (format!("kirjuri {arguments}"), 1),
            None => (command.clone(), 0),
        };
        if TESTS.contains(&command.as_str()) {
            continue;
        }
        let (command, file) = match command.split_once(" > ") {
            Some((command, file)) => (command.to_owned(), Some(file.to_owned())),
            None => (command, None),
        };
        let words = words(&command);
        let (program, arguments) = words.split_first().unwrap();
        assert_eq!(program, "kirjuri", "{command}");
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = sandbox.run(&arguments);
        assert_eq!(output.status.code(), Some(status), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        match command.split_once(" --output html=").filter(|_| !command.contains("--format")) {
            // What goes to a file is not printed as well.
            Some((_, file)) => assert!(sandbox.folder.join(file).is_file(), "{command} writes nothing"),
            None => assert!(!output.stdout.is_empty(), "{command} prints nothing"),
        }
        if let Some(file) = file {
            assert!(file.ends_with(".json"), "{command} > {file}");
            serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
        }
    }
}

#[test]
fn the_build_runs_the_readme_s_test_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let build = fs::read_to_string(root.join(".ci/run")).unwrap();
    for command in TESTS {
        assert!(commands(&readme()).iter().any(|known| known == command), "{command}");
        assert!(build.lines().any(|line| line == command), "{command}");
        assert!(command.starts_with("cargo ") || root.join(command).is_file(), "{command}");
    }
}
