//! Maps what the rules are to cover to the rules that cover it, and writes the table of it, `docs/coverage.md`.
//!
//! The rows are data: `catalogue.toml` has the kinds of faults, `prescription.toml` what a prescription must have. A rule is
//! named by its id, or several by one with `*`. A named rule of a built-in pack must exist; the packs that are not built in
//! yet may be named ahead, and a row stays open until they are.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

/// The rows of a file, a line each: `id | what | where | rules or – | why none, or ? while that is open`.
#[derive(Deserialize)]
struct RowFile {
    title: String,
    about: String,
    columns: [String; 2],
    rows: String,
}

struct Row {
    id: String,
    what: String,
    place: String,
    /// Rules and patterns of rules as they are written.
    named: Vec<String>,
    /// Why no rule covers it, or what of it none covers; `?` where that is still to be said.
    why: String,
}

impl Row {
    fn read(line: &str) -> Row {
        let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
        let [id, what, place, rules, why] = cells[..] else { panic!("a row has five cells: {line}") };
        let named: Vec<String> =
            rules.split([' ', ',']).filter(|it| !matches!(*it, "" | "–")).map(str::to_owned).collect();
        assert!(!named.is_empty() || why != "–", "{id} has neither rules nor a reason");
        Row { id: id.into(), what: what.into(), place: place.into(), named, why: why.into() }
    }

    fn all(text: &str) -> Vec<Row> {
        let rows: Vec<Row> = text.lines().filter(|line| !line.trim().is_empty()).map(Row::read).collect();
        let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(ids.len(), rows.len(), "an id stands for two rows");
        rows
    }
}

/// The ids of all rules of the built-in packs, by pack.
fn rules() -> BTreeMap<&'static str, BTreeSet<String>> {
    let names = |name| {
        let pack = kirjuri::Pack::load_proved(&kirjuri_rules::source(name).unwrap()).unwrap();
        (name, pack.rules().iter().map(|rule| pack.rule_id(rule)).collect())
    };
    kirjuri_rules::names().map(names).collect()
}

/// The rules that a name or a pattern with one `*` stands for; nothing where its pack is not built in.
fn meant<'r>(named: &str, rules: &'r BTreeMap<&str, BTreeSet<String>>) -> Option<Vec<&'r str>> {
    let known = rules.get(named.split('/').next().unwrap())?;
    let is_meant = |rule: &&String| match named.split_once('*') {
        None => *rule == named,
        Some((start, end)) => rule.len() >= named.len() - 1 && rule.starts_with(start) && rule.ends_with(end),
    };
    let found: Vec<&str> = known.iter().filter(is_meant).map(String::as_str).collect();
    assert!(!found.is_empty(), "there is no rule {named}");
    Some(found)
}

/// The table of a file, and how many of its rows have rules, have none for a reason, and are open.
fn table(
    file: &RowFile,
    rules: &BTreeMap<&str, BTreeSet<String>>,
    covered: &mut BTreeSet<String>,
) -> (String, [usize; 3]) {
    let (mut table, mut counts) = (String::new(), [0; 3]);
    for Row { id, what, place, named, why } in Row::all(&file.rows) {
        let (mut shown, mut awaited) = (BTreeSet::new(), Vec::new());
        for name in &named {
            match meant(name, rules) {
                Some(found) => shown.extend(found),
                None => awaited.push(name.as_str()),
            }
        }
        covered.extend(shown.iter().map(|rule| (*rule).to_owned()));
        let is_open = why == "?" || (shown.is_empty() && why == "–");
        counts[if is_open { 2 } else { usize::from(shown.is_empty()) }] += 1;
        let mut rules: Vec<String> = shown.iter().map(|rule| format!("`{rule}`")).collect();
        rules.extend(awaited.iter().map(|rule| format!("{rule} (to come)")));
        let rules = if rules.is_empty() { "–".to_owned() } else { rules.join(", ") };
        let why = match (why.as_str(), is_open) {
            ("–", false) => "",
            (_, true) => "open",
            (why, false) => why,
        };
        writeln!(table, "| {id} | {what} | {place} | {rules} | {why} |").unwrap();
    }
    (table, counts)
}

#[test]
fn the_table_of_what_is_covered_is_what_the_packs_have() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (rules, mut covered) = (rules(), BTreeSet::new());
    let (mut totals, mut tables) = (String::new(), String::new());
    for name in ["catalogue", "prescription"] {
        let text = std::fs::read_to_string(folder.join("tests/coverage").join(name).with_extension("toml")).unwrap();
        let file: RowFile = toml::from_str(&text).unwrap();
        let (table, [with, without, open]) = table(&file, &rules, &mut covered);
        let RowFile { title, about, columns: [what, place], .. } = &file;
        writeln!(totals, "| {title} | {} | {with} | {without} | {open} |", with + without + open).unwrap();
        let about = about.trim();
        write!(tables, "## {title}\n\n{about}\n\n| | {what} | {place} | rules | why none, or not all |\n").unwrap();
        write!(tables, "|---|---|---|---|---|\n{table}\n").unwrap();
    }
    let mut rest = String::new();
    for (pack, rules) in &rules {
        let unnamed: Vec<String> =
            rules.iter().filter(|rule| !covered.contains(*rule)).map(|rule| format!("`{rule}`")).collect();
        if !unnamed.is_empty() {
            write!(rest, "\n**{pack}** ({} of {}): {}\n", unnamed.len(), rules.len(), unnamed.join(", ")).unwrap();
        }
    }
    let all: usize = rules.values().map(BTreeSet::len).sum();
    let made = format!(
        "# What the rules cover

Made by `UPDATE=1 cargo test -p kirjuri-rules --test coverage`; do not edit by hand. The rows are in
`rules/tests/coverage/*.toml`.

| | rows | with rules | none, for a reason | open |
|---|--:|--:|--:|--:|
{totals}
{} of the {all} built-in rules are named by a row; the others are listed at the end.

{tables}## Rules that no row names
{rest}",
        covered.len()
    );
    let path = folder.join("../docs/coverage.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "docs/coverage.md is not what the packs have; UPDATE=1 writes it");
}

#[test]
fn a_row_names_rules_that_exist() {
    let rules = rules();
    assert_eq!(meant("kanta-header/malformed-hetu", &rules).unwrap(), ["kanta-header/malformed-hetu"]);
    assert!(meant("kanta-header/missing-author*", &rules).unwrap().len() > 3);
    assert_eq!(meant("no-such-pack/missing-all", &rules), None);
    assert!(std::panic::catch_unwind(|| meant("kanta-header/malformed-heti", &rules)).is_err());
    assert!(std::panic::catch_unwind(|| Row::read("T1 | what | where | –")).is_err());
    assert!(std::panic::catch_unwind(|| Row::read("T1 | what | where | – | –")).is_err());
}
