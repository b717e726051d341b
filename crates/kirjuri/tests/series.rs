//! Rules on series: what is taken from documents, how it is grouped and judged, and the laws of their files.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
mod house;

use std::sync::Arc;

use house::{MANIFEST, source};
use kirjuri::{
    Group, Judge, Judged, Limits, LintOptions, Member, Pack, RuleSet, Selection, SeriesFinding, Severity, Unchecked,
    check,
};

const SERIES: &str = r#"
[[member]]
name = "letter"
context = "/x:letter"
point = "@number"
group = ["@set"]
order = ["@number"]

[member.values]
number = "@number"

[member.fingerprints]
text = "x:text"

[[member]]
name = "answer"
context = "/x:letter/x:answers"
group = ["@set"]
"#;

const RULE: &str = r#"criterion = "correctness"
severity = "error"
guideline = [{ doc = "manual", clause = "1" }]
series = "letters"
context = "letter[@number > 1]"
assert = "preceding-sibling::letter[1]/@number = @number - 1"
other = "preceding-sibling::letter[1]"
title = { fi = "numero puuttuu välistä", sv = "ett nummer saknas", en = "a number is missing" }
why = { fi = "A.", sv = "B.", en = "C." }
fix = { fi = "A.", sv = "B.", en = "C." }

[[pass]]
name = "in a row"
batch = ['<letter xmlns="urn:x" set="a" number="2"/>', '<letter xmlns="urn:x" set="a" number="1"/>']

[[fail]]
name = "a gap"
at = ["1: /letter/@number < 2"]
batch = ['<letter xmlns="urn:x" set="a" number="3"/>', '<letter xmlns="urn:x" set="a" number="1"/>']

[[fail]]
name = "no beginning"
at = ["1: /letter/@number"]
batch = ['<letter xmlns="urn:x" set="a" number="10"/>']
"#;

/// A second rule on the same series; it says that no two letters have the same text, in the way that compares all with all.
fn same_text(assertion: &str) -> String {
    let examples = r#"
[[pass]]
name = "different"
batch = ['<letter xmlns="urn:x" set="a"><text>a</text></letter>', '<letter xmlns="urn:x" set="a"><text>b</text></letter>']

[[fail]]
name = "same"
at = ["2: /letter < 1"]
batch = ['<letter xmlns="urn:x" set="a"><text>a</text></letter>', '<letter xmlns="urn:x" set="a"><text>a</text></letter>']
"#;
    let head = RULE.split_once("[[pass]]").unwrap().0;
    let head = head.replace("letter[@number > 1]", "letter[@text]");
    let head = head.replace("preceding-sibling::letter[1]/@number = @number - 1", assertion);
    head.replace(
        "other = \"preceding-sibling::letter[1]\"",
        "other = \"preceding-sibling::letter[@text = current()/@text][1]\"",
    ) + examples
}

fn load(series: &str, rule: &str) -> Result<Pack, Vec<String>> {
    let files = [("pack.toml", MANIFEST), ("series/letters.toml", series), ("missing-number.toml", rule)];
    Pack::load(&source(&files)).map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

fn rules(assertion: &str) -> RuleSet {
    let same = same_text(assertion);
    let files = [
        ("pack.toml", MANIFEST),
        ("series/letters.toml", SERIES),
        ("missing-number.toml", RULE),
        ("same-text.toml", &*same),
    ];
    RuleSet::new(vec![Arc::new(Pack::load(&source(&files)).unwrap())])
}

fn options() -> LintOptions {
    let mut options = LintOptions::default();
    options.series = true;
    options
}

fn members(document: &str, rules: &RuleSet) -> Vec<Member> {
    kirjuri::check(document.as_bytes(), &Limits::default(), rules, &options()).unwrap().members
}

/// The groups of some documents.
fn groups(batch: &[(u32, String)], rules: &RuleSet) -> Vec<Group> {
    let mut records = Vec::new();
    for (number, document) in batch {
        for member in members(document, rules) {
            let mut record = Vec::new();
            member.encode(*number, &mut record);
            records.push(record);
        }
    }
    records.sort();
    let groups = records.chunk_by(|one, other| Member::group_of(one) == Member::group_of(other));
    groups.map(|group| Group::new(group.iter().map(Vec::as_slice))).collect()
}

fn judged(batch: &[(u32, String)], rules: &RuleSet) -> Vec<Judged> {
    let options = options();
    groups(batch, rules).iter().map(|group| Judge::new(rules, &options).judge(group)).collect()
}

fn letter(row: &str) -> String {
    let parts: Vec<&str> = row.split('|').collect();
    let [set, number, text] = parts[..] else { panic!("{row}") };
    format!(r#"<letter xmlns="urn:x" set="{set}" number="{number}"><text>{text}</text></letter>"#)
}

const LINEAR: &str = "not(@text = preceding-sibling::letter[1]/@text)";
const QUADRATIC: &str = "not(@text = preceding-sibling::letter/@text)";

#[test]
fn a_sound_series_loads_and_its_examples_hold() {
    assert_eq!(load(SERIES, RULE).unwrap().test(), []);
    let pack = &rules(QUADRATIC).packs()[0].clone();
    assert_eq!(pack.test(), []);
    // Of two kinds, the one that nothing is said of is not there.
    assert_eq!(pack.series()[0].members.len(), 2);
}

#[test]
fn an_example_that_shows_nothing_is_told() {
    for (from, to, expected) in [
        ("3", "2", "should find 1: /letter/@number < 2 and finds nothing"),
        ("< 2", "< 1", "should find 1: /letter/@number < 1 and finds 1: /letter/@number < 2"),
        ("number=\"2\"/>'", "number=\"1\"/>'", "does not exercise the rule"),
        ("- 1\"", "- 'a'\"", "could not be evaluated"),
    ] {
        assert!(RULE.contains(from), "{from}");
        let failures = load(SERIES, &RULE.replacen(from, to, 1)).unwrap().test();
        let told = failures.first().map(ToString::to_string).unwrap_or_default();
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn groups_are_judged_alike_in_any_order() {
    let rules = rules(LINEAR);
    // The batch, and what is found: rule, document, and the others it names.
    let rows: &[(&[&str], &[&str])] = &[
        (&["a|1|x", "a|2|y", "b|1|x"], &[]),
        (&["a|1|x", "a|3|y", "b|1|x"], &["missing-number 1 [0]"]),
        // Numbers are sorted as numbers.
        (&["a|9|x", "a|10|y"], &["missing-number 0 []"]),
        (&["a|1|x", "a|2|x"], &["same-text 1 [0]"]),
        // What does not say its set is alone, and so is what says nothing.
        (&["|1|x", "|3|x"], &[]),
        (&["a|1|", "a|1| "], &[]),
        (&["a|1|x", "a|1| x "], &["same-text 1 [0]"]),
    ];
    for (batch, expected) in rows {
        let batch: Vec<(u32, String)> = (0..).zip(batch.iter().map(|row| letter(row))).collect();
        let mut backwards = batch.clone();
        backwards.reverse();
        for batch in [batch, backwards] {
            let mut found: Vec<SeriesFinding> = judged(&batch, &rules).into_iter().flat_map(|it| it.findings).collect();
            let bytes = |found: &SeriesFinding| {
                let mut bytes = Vec::new();
                found.encode(&mut bytes);
                assert_eq!(SeriesFinding::decode(&bytes, &rules).as_ref(), Some(found));
                bytes
            };
            found.sort_by_key(bytes);
            let said = |found: &SeriesFinding| {
                let others: Vec<u32> = found.others.iter().map(|other| other.document).collect();
                let (_, rule) = rules.rule(found.finding.rule);
                format!("{} {} {others:?}", rule.name, found.document)
            };
            assert_eq!(found.iter().map(said).collect::<Vec<_>>(), *expected);
        }
    }
}

#[test]
fn every_group_is_counted() {
    let rules = rules(LINEAR);
    let batch: Vec<(u32, String)> = (0..).zip(["a|1|x", "a|2|x", "b|2|x"].map(letter)).collect();
    let count = |rule: &str| {
        let rule = rules.find(rule).unwrap();
        let tallies = judged(&batch, &rules).into_iter().flat_map(|it| it.tallies).filter(|(of, _)| *of == rule);
        tallies.fold((0, 0), |(applied, failed), (_, tally)| (applied + tally.applied, failed + tally.failed))
    };
    assert_eq!(count("house/missing-number"), (2, 1));
    assert_eq!(count("house/same-text"), (3, 1));
}

/// A group of letters with texts of their own; how many findings there are, and which rules could not be asked.
fn large(count: u32, assertion: &str) -> (usize, Vec<String>) {
    let rules = rules(assertion);
    let one = members(&letter("a|7|x"), &rules);
    let mut records = Vec::new();
    for number in 0..count {
        // The same letter in every document.
        one.iter().for_each(|member| {
            let mut record = Vec::new();
            member.encode(number, &mut record);
            records.push(record);
        });
    }
    let judged = Judge::new(&rules, &options()).judge(&Group::new(records.iter().map(Vec::as_slice)));
    let unasked = judged.unevaluated.iter().map(|one| format!("{} {}", rules.id(one.rule), one.times));
    (judged.findings.len(), unasked.collect())
}

#[test]
fn a_group_that_is_too_large_or_takes_too_much_is_told() {
    let most = Group::MOST_MEMBERS as u32;
    // Each but the first has the text of the one before it, and no letter has the number before its own.
    assert_eq!(large(most, LINEAR), (2 * most as usize - 1, vec![]));
    let both = vec!["house/missing-number 1".to_owned(), "house/same-text 1".to_owned()];
    assert_eq!(large(most + 1, LINEAR), (0, both.clone()));
    assert_eq!(large(100, QUADRATIC), (199, vec![]));
    assert_eq!(large(most, "not(../letter[@text != current()/@text])"), (0, both));
}

#[test]
fn nothing_is_taken_unless_it_is_asked_for() {
    let rules = rules(LINEAR);
    let check = |options: &LintOptions| {
        kirjuri::check(letter("a|1|x").as_bytes(), &Limits::default(), &rules, options).unwrap().members.len()
    };
    let mut draft = options();
    draft.draft = true;
    assert_eq!((check(&options()), check(&LintOptions::default()), check(&draft)), (1, 0, 0));
}

#[test]
fn a_member_holds_no_content_but_codes() {
    let rules = rules(LINEAR);
    // The number of the letter, and whether it is kept as it is written.
    for (number, is_kept) in [
        ("1.2.246.10", true),
        ("20261122120000+0200", true),
        ("Matti Meikäläinen", false),
        ("Meikäläinen", false),
        ("010190-900P", false),
        ("0123456789012345678901234567890123456789012345678901234567890123456789", false),
    ] {
        let text = "Kirjeen teksti";
        let document = letter(&format!("joukko|{number}|{text}"));
        let [member] = &members(&document, &rules)[..] else { panic!("{number}") };
        let mut record = Vec::new();
        member.encode(1, &mut record);
        let holds = |text: &str| record.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds("joukko") && !holds(text) && (is_kept || !holds(number)), "{number}");
        // What it is sorted by has another form.
        assert_eq!(format!("{member:?}").contains(&format!("{number:?}")), is_kept, "{number}");
    }
}

#[test]
fn the_laws_of_series_are_enforced() {
    let rows = [
        (
            "[[member]]\nname = \"letter\"",
            "least = 0\n[[member]]\nname = \"letter\"",
            "letters.toml:2:9: `least` counts from 1: a group has a member",
        ),
        (
            "name = \"letter\"",
            "name = \"group\"",
            "letters.toml:3:8: the name of a member is lower-case words with hyphens, and not `group`",
        ),
        ("name = \"answer\"", "name = \"letter\"", "letters.toml:16:8: the member `letter` is declared twice"),
        (
            "group = [\"@set\"]\norder",
            "group = []\norder",
            "letters.toml:6:9: a member has a `group`: whose members belong together",
        ),
        (
            "x:letter\"",
            "letter\"",
            "letters.toml:4:13: the element name `letter` has no prefix, so it matches only elements in no namespace",
        ),
        ("point = \"@number\"", "point = \"1 + 1\"", "letters.toml:5:10: `point` selects nodes; this is a number"),
        (
            "number = \"@number\"",
            "document = \"@number\"",
            "letters.toml:10:1: the name of a fact is lower-case words with hyphens, and not `document`",
        ),
        ("text = \"x:text\"", "number = \"x:text\"", "letters.toml:13:1: the fact `number` is declared twice"),
    ];
    for (from, to, expected) in rows {
        assert!(SERIES.contains(from), "{from}");
        let errors = load(&SERIES.replacen(from, to, 1), RULE).expect_err(to);
        assert!(errors.iter().any(|error| error.contains(expected)), "{expected}: {errors:?}");
        assert!(!errors.iter().any(|error| error.contains("there is no series")), "{expected}: {errors:?}");
    }
    let rows = [
        (
            "series = \"letters\"",
            "series = \"leters\"",
            "missing-number.toml:4:10: there is no series `leters`: the pack has no such file in series/; did you mean `letters`?",
        ),
        (
            "other =",
            "point = \"@number\"\nother =",
            "missing-number.toml:7:9: the series says where a finding points; a rule on it has no `point`",
        ),
        (
            "other = \"preceding-sibling::letter[1]\"",
            "other = \"true()\"",
            "missing-number.toml:7:10: `other` selects nodes; this is a boolean",
        ),
        (
            "series = \"letters\"\n",
            "",
            "only a rule on a series has `other`, the members that a finding names beside its own",
        ),
        (
            "assert = \"preceding-sibling::letter[1]/@number = @number - 1\"\n",
            "",
            "missing-number.toml:1:1: a rule has an `assert`, what must be true",
        ),
        (
            "batch = ['<letter xmlns=\"urn:x\" set=\"a\" number=\"10\"/>']",
            "xml = '<a/>'",
            "an example of a rule on a series has a `batch`, its documents",
        ),
        ("set=\"a\" number=\"10\"/>", "set=\"a\" number=\"10\">", "the example is not well-formed"),
        ("set=\"a\" number=\"10\"/>", "set=\"010190-123A\"/>", "only synthetic people"),
    ];
    for (from, to, expected) in rows {
        assert!(RULE.contains(from), "{from}");
        let errors = load(SERIES, &RULE.replacen(from, to, 1)).expect_err(to);
        assert!(errors.iter().any(|error| error.contains(expected)), "{expected}: {errors:?}");
    }
}

#[test]
fn rules_on_a_series_that_are_not_selected_take_nothing() {
    let rules = rules("not(preceding-sibling::letter[@text = current()/@text])");
    let batch: Vec<(u32, String)> =
        ["a|1|x", "a|3|x"].into_iter().map(letter).zip(0..).map(|(it, n)| (n, it)).collect();
    let (gap, same) = (rules.find("house/missing-number").unwrap(), rules.find("house/same-text").unwrap());
    let failed = |rules: &RuleSet| {
        let tallies = judged(&batch, rules).into_iter().flat_map(|judged| judged.tallies);
        tallies.map(|(rule, tally)| (rule, tally.failed)).collect::<Vec<_>>()
    };
    assert_eq!(failed(&rules), [(gap, 1), (same, 1)]);
    let mut selection = Selection::of(&rules);
    selection.set(gap, None);
    selection.set(same, Some(Severity::Info));
    let one = rules.selected(&selection);
    assert_eq!(failed(&one), [(same, 1)]);
    let findings = judged(&batch, &one).into_iter().flat_map(|judged| judged.findings);
    assert!(findings.map(|it| it.finding.severity).eq([Severity::Info]));
    selection.set(same, None);
    let none = rules.selected(&selection);
    let document = check(batch[0].1.as_bytes(), &Limits::default(), &none, &options());
    assert_eq!(document, Err(Unchecked::NoPackApplies));
}
