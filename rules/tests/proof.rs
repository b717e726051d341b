//! Proves the built-in packs: their examples hold, a rule stuck at true or at false is caught by its own examples,
//! and names and texts follow the house's conventions.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use kirjuri::{Language, Pack, PackSource, Question, Rule};

fn packs() -> Vec<(&'static str, PackSource, Pack)> {
    let load = |name| {
        let source = kirjuri_rules::source(name).unwrap();
        let pack = Pack::load(&source).unwrap_or_else(|errors| panic!("{errors}"));
        (name, source, pack)
    };
    kirjuri_rules::names().map(load).collect()
}

#[test]
fn the_pack_of_a_folder_has_its_name() {
    for (name, _, pack) in packs() {
        assert_eq!(pack.id, name);
    }
}

#[test]
fn every_example_of_every_rule_holds() {
    for (_, _, pack) in packs() {
        let failures: Vec<String> = pack.test().iter().map(ToString::to_string).collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

#[test]
fn a_rule_stuck_at_true_or_at_false_is_caught_by_its_own_examples() {
    let mut proved = 0;
    for (name, source, pack) in packs() {
        // A check of the engine has no expression to be stuck; its mutants are those of the structures' own test.
        let is_expression = |rule: &&Rule| !matches!(rule.question, Question::Structure(_) | Question::Form(_));
        for rule in pack.rules().iter().filter(is_expression) {
            for stuck in ["true()", "false()"] {
                let alone = stuck_at(&source, &rule.name, stuck);
                let pack = Pack::load(&alone).unwrap_or_else(|errors| panic!("{errors}"));
                assert_eq!(pack.rules().len(), 1);
                assert!(!pack.test().is_empty(), "{name}/{} stuck at {stuck} passes its examples", rule.name);
                proved += 1;
            }
        }
        // The mutation itself is sound: a rule left as it is passes.
        let asserted = pack.rules().iter().find_map(|rule| match &rule.question {
            Question::Expression { assertion, .. } => Some((&rule.name, assertion.source())),
            _ => None,
        });
        if let Some((name, assertion)) = asserted {
            assert_eq!(Pack::load(&stuck_at(&source, name, assertion)).unwrap().test(), []);
        }
    }
    assert!(proved >= 2 * 40, "only {proved} mutations were tried");
}

/// The pack with one rule alone, its assertion replaced.
fn stuck_at(source: &PackSource, rule: &str, assertion: &str) -> PackSource {
    let path = format!("{rule}.toml");
    let mut alone = source.clone();
    alone.files.retain(|file| file.path == path || file.path == "pack.toml" || file.path.contains('/'));
    let file = alone.files.iter_mut().find(|file| file.path == path).unwrap();
    let mut table: toml::Table = file.text.parse().unwrap();
    table.insert("assert".into(), assertion.into());
    file.text = toml::to_string(&table).unwrap().into();
    alone
}

#[test]
fn every_series_is_asked_by_some_rule() {
    for (name, _, pack) in packs() {
        for (number, series) in pack.series().iter().enumerate() {
            let asks = |rule: &Rule| matches!(&rule.question, Question::Series { series, .. } if *series == number);
            assert!(pack.rules().iter().any(asks), "{name}: no rule asks about the series {}", series.name);
        }
    }
}

/// A rule is named for the fault, so that its name reads after "allow".
const FAULTS: &[&str] = &[
    "changed",
    "circular",
    "conflicting",
    "dangling",
    "drifting",
    "duplicate",
    "early",
    "empty",
    "future",
    "impossible",
    "imprecise",
    "incomplete",
    "late",
    "long",
    "malformed",
    "misplaced",
    "missing",
    "mistyped",
    "newer",
    "obsolete",
    "older",
    "open",
    "padded",
    "placeholder",
    "refused",
    "rejected",
    "renamed",
    "split",
    "tightened",
    "unchecked",
    "unfinished",
    "unknown",
    "unmet",
    "unreadable",
    "unusual",
    "unversioned",
    "wrong",
];

#[test]
fn a_rule_is_named_for_the_fault() {
    for (_, _, pack) in packs() {
        for rule in pack.rules() {
            let fault = rule.name.split('-').next().unwrap();
            assert!(FAULTS.contains(&fault), "{}: `{fault}` is no word for a fault", rule.name);
        }
    }
}

#[test]
fn titles_are_short_and_start_in_lower_case_and_no_language_repeats_another() {
    for (_, _, pack) in packs() {
        for rule in pack.rules() {
            let texts = [rule.title(), rule.why(), rule.fix()];
            for text in texts {
                assert!(text.fi != text.sv && text.sv != text.en && text.fi != text.en, "{}", rule.name);
            }
            for language in Language::ALL {
                let title = rule.title().get(language);
                assert!(title.chars().count() <= 110, "{}: {title}", rule.name);
                let word = title.split(' ').next().unwrap();
                let proper = PROPER.iter().any(|name| word.starts_with(name));
                assert!(proper || !word.starts_with(char::is_uppercase), "{}: {title}", rule.name);
            }
        }
    }
}

/// Names that are written with a capital wherever they stand.
const PROPER: &[&str] = &["CDA", "FO-", "Kanta", "Kela", "OID", "PHR", "Terhikki", "Y-tunnu"];

#[test]
fn every_guideline_is_cited_and_every_code_set_has_a_source() {
    for (_, _, pack) in packs() {
        for key in pack.guidelines().keys() {
            let cited = pack.rules().iter().any(|rule| rule.guidelines.iter().any(|clause| clause.doc == *key));
            assert!(cited, "the guideline {key} of {} is cited by no rule", pack.id);
        }
        for set in pack.code_sets().iter() {
            assert!(!set.source.is_empty(), "{} has no source", set.oid);
        }
    }
}

#[test]
fn an_incomplete_code_set_accuses_no_code() {
    let (_, source, pack) = packs().into_iter().find(|(name, ..)| *name == "kanta-header").unwrap();
    let rule = pack.rule("unknown-code").unwrap();
    let example = &rule.failing()[0];
    let sets: Vec<&str> = pack.code_sets().iter().filter(|set| set.complete).map(|set| set.oid.as_str()).collect();
    let used: Vec<&&str> = sets.iter().filter(|oid| example.document.contains(**oid)).collect();
    assert!(!used.is_empty(), "the failing example uses a complete code set");
    // The same pack, its sets said to be incomplete, finds nothing in the example.
    let mut incomplete = source.clone();
    for file in incomplete.files.iter_mut().filter(|file| file.path.starts_with("code-sets/")) {
        file.text = file.text.replace("complete = true", "complete = false").into();
    }
    let failures = Pack::load(&incomplete).unwrap().test();
    assert!(failures.iter().any(|failure| failure.rule == "unknown-code" && failure.example == example.name));
}
