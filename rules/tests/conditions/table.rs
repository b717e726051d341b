//! Accounts for every field of the built-in structures that is required on a condition, and writes the table of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use kirjuri::structure::{Basis, Condition, Structure};

use crate::written::Written;
use crate::{load, source};

/// How the condition of a field is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum How {
    Wording,
    Hand,
    Codes,
    Twin,
    NoNote,
    Undecided,
}

/// A field, how its condition is known, and its conditions.
struct Row<'s> {
    field: usize,
    how: How,
    conditions: Vec<&'s Condition>,
}

/// Every field that is required on a condition, once; a field that is in none of the ways, or in two that exclude each
/// other, is a fault.
fn rows<'s>(structure: &'s Structure, written: Option<&Written>) -> Vec<Row<'s>> {
    let numbers = (0..structure.fields.len()).filter(|&number| structure.fields[number].conditional);
    let row = |field: usize| {
        let path = structure.path(field);
        let conditions: Vec<&Condition> =
            structure.conditions.iter().filter(|condition| condition.fields.contains(&field)).collect();
        let worded = conditions.iter().filter(|condition| condition.basis == Basis::Wording).count();
        let by_hand: Vec<_> = written
            .into_iter()
            .flat_map(|written| &written.conditions)
            .filter(|condition| condition.fields.contains(&path))
            .collect();
        assert_eq!(conditions.len(), worded + by_hand.len(), "{} {path}", structure.oid);
        let needs_codes = by_hand.iter().any(|condition| !condition.needs.is_empty());
        let is_twin = written.is_some_and(|written| written.twins.iter().any(|(twin, _)| *twin == path));
        let unknown = written.and_then(|written| written.unknown.iter().find(|(unknown, _)| *unknown == path));
        let unknown = unknown.map(|(_, reason)| reason.as_str());
        let how = match (worded > 0, by_hand.is_empty(), is_twin, unknown) {
            (true, true, false, None) => How::Wording,
            (true, true, true, None) => How::Twin,
            (_, false, false, None) if !needs_codes => How::Hand,
            (false, false, false, None) => How::Codes,
            (false, true, false, Some("no-note")) => How::NoNote,
            (false, true, false, Some("ambiguous" | "not-in-document")) => How::Undecided,
            _ => panic!("{} {path} is accounted for in no way, or in several", structure.oid),
        };
        Row { field, how, conditions }
    };
    numbers.map(row).collect()
}

#[test]
fn every_field_that_is_required_on_a_condition_is_accounted_for_once() {
    let source = source();
    let (pack, written) = (load(&source), Written::all(&source));
    let mut counts: BTreeMap<How, usize> = BTreeMap::new();
    for entry in pack.structures().entries() {
        let structure = pack.structures().get(&entry.oid).unwrap().unwrap().structure();
        for row in rows(structure, written.iter().find(|written| written.oid == entry.oid)) {
            *counts.entry(row.how).or_default() += 1;
        }
    }
    let counts: Vec<(How, usize)> = counts.into_iter().collect();
    let expected =
        [(How::Wording, 553), (How::Hand, 26), (How::Codes, 10), (How::Twin, 4), (How::NoNote, 6), (How::Undecided, 6)];
    assert_eq!(counts, expected);
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<usize>(), 605);
}

/// The families of wordings, each with the test that has its rows. They are told apart by what the conditions ask.
fn family(structure: &Structure, condition: &Condition) -> (&'static str, &'static str) {
    let assert = &condition.assert;
    // What is there of the fields, whoever they are required of.
    let has = |key: &str| assert.contains(&format!("normalize-space({key}"));
    if assert.contains("k:hetu-birth-date(") {
        ("age", "the_age_of_the_client_requires_a_field")
    } else if assert.starts_with("count(") {
        ("exactly one switch", "exactly_one_of_several_switches")
    } else if assert.contains(" = 'false'") {
        ("answered no", "an_answer_requires_a_field")
    } else if assert.contains(" = 'true' or ") && assert.matches(" = 'true'").count() > 1 {
        ("answered yes", "either_of_two_switches_requires_a_group_elsewhere")
    } else if assert.contains(" = 'true'") {
        ("answered yes", "a_switch_that_is_on_requires_a_field")
    } else if assert.contains("/code = '") {
        ("class chosen", "a_class_requires_a_field")
    } else if assert.starts_with("not(") {
        ("other field filled", "a_field_that_is_filled_requires_another")
    } else if has("henkilotunnus") && has("edunvalvojan_tunniste") {
        ("one of three identifiers", "one_of_three_identifiers")
    } else if has("henkilotunnus") && has("syntymaaika") {
        ("hetu or birth date", "one_of_two_where_the_other_has_a_title_or_no_note")
    } else if has("henkilotunnus") && has("tilapainen_yksilointitunnus") {
        ("hetu or temporary identifier", "one_of_two_identifiers")
    } else if assert.starts_with('(') {
        ("one of several fields", "an_amount_in_each_period_or_once")
    } else if assert.contains(" or ") {
        ("one of several fields", "two_fields_of_which_one_is_required_where_the_other_is_empty")
    } else {
        panic!("{} has a wording of no family: {assert}", structure.oid)
    }
}

#[test]
fn the_table_of_conditions_is_what_the_pack_has() {
    let source = source();
    let (pack, all) = (load(&source), Written::all(&source));
    let mut totals: BTreeMap<(How, &str), usize> = BTreeMap::new();
    let mut tests = BTreeSet::new();
    let mut table = String::new();
    for entry in pack.structures().entries() {
        let structure = pack.structures().get(&entry.oid).unwrap().unwrap().structure();
        let written = all.iter().find(|written| written.oid == entry.oid);
        let number = match structure.type_number() {
            Some(number) => number.to_owned(),
            None => format!("1505.{}", structure.group_number().unwrap()),
        };
        for row in rows(structure, written) {
            let path = structure.path(row.field);
            let worded = || family(structure, row.conditions[0]);
            let examples = || format!("examples in `conditions/{}.toml`", entry.oid);
            let in_written = |list: fn(&Written) -> &[(String, String)]| -> &str {
                &list(written.unwrap()).iter().find(|(own, _)| *own == path).unwrap().1
            };
            let (family, how, tested) = match row.how {
                How::Wording => {
                    let (family, test) = worded();
                    tests.insert(test);
                    (family, format!("wording: {family}"), format!("`{test}`"))
                }
                How::Twin => {
                    let (family, test) = worded();
                    let twin = in_written(|written| &written.twins);
                    (family, format!("twin of `{twin}`: {family}"), format!("`{test}`"))
                }
                How::Hand => ("", "hand".to_owned(), examples()),
                How::Codes => ("", "hand, needs codes".to_owned(), examples()),
                How::NoNote | How::Undecided => {
                    let reason = in_written(|written| &written.unknown).replace('-', " ");
                    ("", format!("not executable: {reason}"), "–".to_owned())
                }
            };
            *totals.entry((row.how, family)).or_default() += 1;
            let shown: Vec<String> = row.conditions.iter().map(|condition| shown(structure, condition)).collect();
            let shown = if shown.is_empty() { "–".to_owned() } else { shown.join("; ") };
            writeln!(table, "| {number} | `{path}` | {shown} | {how} | {tested} |").unwrap();
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rows = std::fs::read_to_string(root.join("crates/kirjuri/src/structure/wording/tests.rs")).unwrap();
    for test in tests {
        assert!(rows.contains(&format!("fn {test}()")), "there is no test {test}");
    }
    let made = document(&totals, &table);
    let path = root.join("docs/conformance/sosmeta-conditions.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "the table is not what the pack has; UPDATE=1 writes it");
}

/// Where a condition is asked, and what it asks.
fn shown(structure: &Structure, condition: &Condition) -> String {
    let assert = condition.assert.replace('|', "\\|");
    match condition.at {
        0 => format!("`{assert}`"),
        at => format!("at `{}`: `{assert}`", structure.path(at)),
    }
}

fn document(totals: &BTreeMap<(How, &str), usize>, table: &str) -> String {
    let count = |wanted: &[How]| -> usize {
        totals.iter().filter(|((how, _), _)| wanted.contains(how)).map(|(_, count)| count).sum()
    };
    let mut families: BTreeMap<&str, usize> = BTreeMap::new();
    for ((_, family), count) in totals.iter().filter(|((_, family), _)| !family.is_empty()) {
        *families.entry(family).or_default() += count;
    }
    let mut families: Vec<_> = families.into_iter().collect();
    families.sort_by_key(|(family, count)| (std::cmp::Reverse(*count), *family));
    let families: String = families.iter().map(|(family, count)| format!("| {family} | {count} |\n")).collect();
    format!(
        "# Conditions of the national social-care structures

Made by `UPDATE=1 cargo test -p kirjuri-rules --test conditions`; do not edit by hand.

The 202 national structures have 605 fields that are required on a condition which only a sentence of Finnish states.
Each is here once: the condition as kirjuri asks it, how it was obtained, and what tests it.

| how | fields |
|---|--:|
| by the wording of the field's own note | {} |
| by hand, from the field's own note | {} |
| **executable from the own note** | **{}** |
| by hand, from the own note; silent until the pack has the codes it names | {} |
| from the note of the twin field beside it, which is about both | {} |
| not executable: no note, and no twin that has one | {} |
| not executable: what decides is not in the document, or the note asks for nothing | {} |
| **all** | **{}** |

By wording, twins included:

| wording | fields |
|---|--:|
{families}
## How to read them

A condition is asked at every occurrence of the field after \"at\" (of the document, where there is none), and its paths
start there. A field is there if it has text; an identifier if it has a value. A field in a group that is a list is
there if the list is not empty and every item has it.

- *One of* identifiers, fields or groups is at least one; of switches it is exactly one that is on. Such a condition is
  one for all the fields it names, and a finding names them together.
- *If A is empty, B is required*, and the other way round, is the same as one of A and B.
- A condition is asked at the nearest group that the field and what decides it are both in. So a field whose heading is
  missing altogether is missing too. But a group that is a list, or that is itself required on a condition, is asked at
  each of its occurrences, and where there is none nothing is asked.
- The age is that on the day of the document (`paivamaara`); that somebody is under an age may also be said by the day of
  checking. The birth date is that of the
  personal identity code, else `syntymaaika`. Where either is unknown, nothing is required.
- What a form does not show is not required: where the note of a group says when it is hidden, that answer is an exemption.
- Notes name fields by the title a form shows, or by the name of the component; the nearest such field is meant, and
  where two are equally near, or any part of a note is not understood, the note is left to the conditions by hand.

Tests by name are in `crates/kirjuri/src/structure/wording/tests.rs`; each has documents in which the condition holds
and in which it does not. The examples of conditions by hand are run by `rules/tests/conditions`. That every condition
here can hold and fail in a whole document is shown by `rules/tests/sosmeta`.

## All conditions

| structure | field | condition | how | tested by |
|---|---|---|---|---|
{table}",
        count(&[How::Wording]),
        count(&[How::Hand]),
        count(&[How::Wording, How::Hand]),
        count(&[How::Codes]),
        count(&[How::Twin]),
        count(&[How::NoNote]),
        count(&[How::Undecided]),
        totals.values().sum::<usize>(),
    )
}
