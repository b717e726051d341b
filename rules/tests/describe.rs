//! What documents say of themselves, as the built-in packs find it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::{Description, Limits, LintOptions, Pack, RuleSet};

fn rules() -> RuleSet {
    let pack = |name| Arc::new(Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap());
    RuleSet::new(kirjuri_rules::names().map(pack).collect())
}

fn line(description: &Description) -> String {
    let Description {
        document_type,
        version,
        form,
        unit,
        provider,
        municipality,
        software,
        software_version,
        author_role,
        month,
    } = description;
    let fields =
        [document_type, version, form, unit, provider, municipality, software, software_version, author_role, month];
    fields.map(|field| field.as_deref().unwrap_or("-")).join(" | ")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "xml" || ending == "json") {
            found.push(path);
        }
    }
}

/// The descriptions of the documents in a folder, a line each: with the names of the files that have it.
fn described(folder: &Path, rules: &RuleSet) -> Vec<(String, Vec<String>)> {
    let mut options = LintOptions::default();
    options.describe = true;
    let mut paths = Vec::new();
    files(folder, &mut paths);
    let mut found: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for path in paths {
        let Ok(report) = kirjuri::check(&std::fs::read(&path).unwrap(), &Limits::default(), rules, &options) else {
            continue;
        };
        let name = path.strip_prefix(folder).unwrap().display().to_string().replace('\\', "/");
        found.entry(line(&report.description)).or_default().push(name);
    }
    found.into_iter().collect()
}

/// The descriptions as the golden file has them.
fn written(folders: &[(&str, PathBuf)], rules: &RuleSet) -> String {
    let mut text = String::new();
    for (name, folder) in folders {
        for (line, names) in described(folder, rules) {
            text += &format!("{line}\n");
            names.iter().for_each(|file| text += &format!("    {name}/{file}\n"));
        }
    }
    text
}

#[test]
fn fixtures_say_of_themselves_what_is_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folders = ["documents", "social", "forms"].map(|name| (name, root.join("fixtures").join(name)));
    let head = "document-type | version | form | unit | provider | municipality | software | software-version | \
                author-role | month\n\n";
    let found = format!("{head}{}", written(&folders, &rules()));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/described.txt");
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(golden, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(golden).unwrap().replace("\r\n", "\n");
    assert_eq!(found, expected, "UPDATE=1 rewrites tests/described.txt");
}

#[test]
fn nothing_is_said_unless_it_is_asked_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/documents/prescription-clean.xml");
    let bytes = std::fs::read(root).unwrap();
    let report = kirjuri::check(&bytes, &Limits::default(), &rules(), &LintOptions::default()).unwrap();
    assert_eq!(report.description, Description::default());
}

#[test]
fn real_prescriptions_say_where_and_when_they_were_made() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root.join("target/corpus"), PathBuf::from);
    let folder = corpus.join("kanta/documents");
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return;
    }
    let described = described(&folder, &rules());
    let count = |column: usize| {
        let said = |line: &str| line.split(" | ").nth(column).is_some_and(|value| value != "-");
        described.iter().filter(|(line, _)| said(line)).map(|(_, names)| names.len()).sum::<usize>()
    };
    // Of 81: a unit is not said where there is only a practitioner, or an office of the archive itself.
    assert_eq!([0, 1, 3, 4, 6, 8, 9].map(count), [81, 81, 75, 76, 81, 75, 81]);
}
