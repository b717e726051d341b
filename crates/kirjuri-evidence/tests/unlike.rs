//! What was not judged alike is neither better nor worse.

#![allow(clippy::unwrap_used)]

use kirjuri::{Criterion, Language, Severity, Texts};
use kirjuri_evidence::{
    GroupSummary, Page, PageFormat, Policy, RuleSummary, RuleTally, Scope, Side, Summary, Targets, Unlike, compare,
    comparison_page, gate, merge, trend, trend_page, verdict_page,
};
use kirjuri_report::{Areas, Dimension, GroupTally};

const RULES: [&str; 3] = ["p/malformed-a", "p/missing-b", "p/late-c"];

fn tally(failed: u64, of: u64) -> GroupTally {
    GroupTally { applied: of, failed, documents: of, documents_failed: failed }
}

/// A run of a thousand documents that was judged by a day, and in how many of them each rule failed; all are of one criterion.
fn run(started: &str, judged_by: &str, failed: [u64; 3]) -> Summary {
    let mut summary = Summary::default();
    for (id, failed) in RULES.into_iter().zip(failed) {
        summary.rules.push(RuleSummary {
            id: id.to_owned(),
            severity: Severity::Error,
            criterion: Some(Criterion::Correctness),
            title: Texts { fi: id.to_owned(), sv: id.to_owned(), en: id.to_owned() },
            why: None,
            fix: None,
            guidelines: Vec::new(),
            tally: tally(failed, 1000),
            selected: Some(true),
            in_force: Some(true),
        });
    }
    summary.run.started = Some(format!("{started}T10:00:00+02:00"));
    summary.run.judged_by = judged_by.to_owned();
    (summary.run.account.seen, summary.run.account.checked) = (1000, 1000);
    summary
}

/// The same run with the last rule left out by a selection.
fn selected(mut run: Summary) -> Summary {
    run.rules[2].selected = Some(false);
    run.rules[2].tally = GroupTally::default();
    run.run.options = vec!["not-selected=1".into(), "selection=0a".into()];
    run
}

/// The same run with the last rule not in force.
fn out_of_force(mut run: Summary) -> Summary {
    run.rules[2].in_force = Some(false);
    run.rules[2].tally = GroupTally::default();
    run
}

fn text(page: &Page) -> String {
    let mut out = Vec::new();
    page.write(PageFormat::Text, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn october() -> Summary {
    run("2026-10-31", "2026-10-31", [0, 0, 0])
}

fn november() -> Summary {
    run("2026-11-30", "2026-11-30", [500, 0, 500])
}

/// Why the criterion and each rule are not tested.
fn check(first: &Summary, second: &Summary, expected: Option<Unlike>, of_rules: [Option<Unlike>; 3]) -> [String; 3] {
    let side = |run| Side { label: "x".to_owned(), scope: Scope::whole(run) };
    let comparison = compare(&side(first), &side(second), 0.05);
    assert_eq!(comparison.criteria[0].unlike, expected);
    assert_eq!(comparison.criteria[0].test.is_none(), expected.is_some());
    let of = |rule: &str| comparison.rules.iter().find(|known| known.rule == rule).unwrap().unlike;
    assert_eq!(RULES.map(of), of_rules);
    assert!(comparison.rules.iter().all(|rule| rule.unlike.is_none() || rule.test.is_none()));
    [Language::Finnish, Language::Swedish, Language::English]
        .map(|language| text(&comparison_page(&comparison, language)))
}

fn assert_says(pages: &[String; 3], expected: [&str; 3]) {
    for (page, expected) in pages.iter().zip(expected) {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}

#[test]
fn runs_by_a_day_each_of_their_own_are_compared() {
    check(&october(), &november(), None, [None; 3]);
    let pages = check(&november(), &november(), None, [None; 3]);
    assert_says(&pages, ["ei eroa", "ingen skillnad", "no difference"]);
    assert!(
        !pages[2].contains("judged by") && !pages[2].lines().any(|line| line.ends_with("may be chance")),
        "{}",
        pages[2]
    );
}

#[test]
fn runs_by_other_days_are_not_compared() {
    let by_document = run("2026-11-30", "document", [500, 0, 500]);
    let pages = check(&october(), &by_document, Some(Unlike::Days), [Some(Unlike::Days); 3]);
    assert_says(
        &pages,
        [
            "Arvioitu eri päivien mukaan: 2026-10-31 – asiakirjan oma päivä\n",
            "Bedömt enligt olika dagar: 2026-10-31 – handlingens eget datum\n",
            "Judged by other days: 2026-10-31 – the document's own date\n",
        ],
    );
    assert!(!pages[2].contains("worse") && !pages[2].contains("better"), "{}", pages[2]);
    let fixed = run("2026-11-30", "2025-01-15", [0, 0, 0]);
    check(&fixed, &november(), Some(Unlike::Days), [Some(Unlike::Days); 3]);
}

#[test]
fn what_was_asked_or_in_force_in_one_run_only_is_not_compared() {
    let pages = check(&selected(october()), &november(), Some(Unlike::Asked), [None, None, Some(Unlike::Asked)]);
    assert_says(
        &pages,
        ["Sääntöjä valittuna: 2/3 – 3/3\n", "Valda regler: 2 av 3 – 3 av 3\n", "Rules selected: 2 of 3 – 3 of 3\n"],
    );
    assert_says(&pages, ["eri säännöt", "andra regler", "other rules"]);
    assert!(!pages[2].contains("0a") && !pages[2].contains("not-selected"), "{}", pages[2]);
    let pages = check(&out_of_force(october()), &november(), Some(Unlike::Force), [None, None, Some(Unlike::Force)]);
    assert_says(
        &pages,
        [
            "Sääntöjä voimassa vain toisessa ajossa: 1 (p/late-c)\n",
            "Regler i kraft endast i den ena körningen: 1 (p/late-c)\n",
            "Rules in force in one run only: 1 (p/late-c)\n",
        ],
    );
    // A rule that did not apply anywhere takes no part in its criterion.
    let mut now = run("2026-11-30", "2026-11-30", [500, 0, 0]);
    now.rules[2].tally = GroupTally::default();
    let side = |run| Side { label: "x".to_owned(), scope: Scope::whole(run) };
    let before = selected(october());
    assert!(compare(&side(&before), &side(&now), 0.05).criteria[0].test.is_some());
}

fn judge(policy: &str, now: &Summary, before: Option<&Summary>) -> String {
    text(&verdict_page(&gate(&Policy::parse("p.toml", policy).unwrap(), now, before), Language::English))
}

#[test]
fn a_gate_does_not_call_worse_what_was_not_judged_alike() {
    let of_all = "[[limit]]\ncriterion = \"correctness\"\nnot-worse = true\n";
    let last = "[[limit]]\nrule = \"p/late-c\"\nnot-worse = true\n";
    let now = run("2026-11-30", "2026-11-30", [0, 0, 500]);
    // The sum is of the two rules that both had.
    for (before, note, reason) in [
        (
            selected(october()),
            "Earlier run – this run: rules selected: 2 of 3 – 3 of 3",
            "the rules were asked in one of the runs only",
        ),
        (
            out_of_force(october()),
            "Earlier run – this run: rules in force in one run only: 1 (p/late-c)",
            "the rules were in force in one of the runs only",
        ),
    ] {
        let page = judge(of_all, &now, Some(&before));
        assert_eq!(page, format!("{note}\nLimits: met 1, not met 0, cannot be judged 0\n"));
        let page = judge(last, &now, Some(&before));
        assert!(
            page.starts_with("p.toml:1:1: cannot be judged: p/late-c (p/late-c): ") && page.contains(reason),
            "{page}"
        );
    }
    let before = run("2026-10-31", "document", [0, 0, 0]);
    let page = judge(of_all, &now, Some(&before));
    assert!(page.contains("documents were judged by other days then") && page.contains("cannot be judged 1"), "{page}");
    assert!(page.contains("judged by other days: the document's own date – 2026-11-30\n"), "{page}");
    let page = judge(&format!("[judge]\ndifferent-days = \"judge\"\n{of_all}"), &now, Some(&before));
    assert!(page.contains("not met 1"), "{page}");
}

fn unit(value: &str, rules: Vec<RuleTally>) -> GroupSummary {
    GroupSummary {
        dimension: Dimension::Unit,
        value: Some(value.to_owned()),
        name: None,
        documents: 3,
        documents_failed: 0,
        left_out: 0,
        severities: [0; 3],
        rules,
    }
}

#[test]
fn groups_in_which_nothing_applied_are_counted() {
    let mut now = october();
    now.groups = vec![unit("a", vec![RuleTally { rule: 0, tally: tally(0, 3) }]), unit("b", Vec::new())];
    let policy = "[[limit]]\nby = \"unit\"\ncriterion = \"correctness\"\nmin-score = 0.9\n";
    assert_eq!(
        judge(policy, &now, None),
        "Groups in which the rules had nothing to apply to: 1\nLimits: met 1, not met 0, cannot be judged 0\n"
    );
    let page = judge(&format!("{policy}min-documents = 4\n"), &now, None);
    assert!(page.contains("3 documents, 4 are needed"), "{page}");
    now.groups[0].documents = 1;
    now.groups.truncate(1);
    let page = judge(&format!("{policy}min-documents = 4\n"), &now, None);
    assert!(page.contains("1 document, 4 are needed"), "{page}");
}

#[test]
fn units_that_a_merge_left_out_are_said_to_be_left_out() {
    let mut first = october();
    first.groups = vec![unit("a", Vec::new())];
    let merged = merge(&[("a".into(), first), ("b".into(), november())], false, &Areas::national()).unwrap().summary;
    let policy = "[[limit]]\nby = \"unit\"\nmax-rate = 0.9\n";
    let page = judge(policy, &merged, None);
    let expected = "p.toml:1:1: cannot be judged: all rules, unit: the evidence has no numbers by this dimension: they were left out";
    assert!(page.starts_with(expected), "{page}");
    assert!(!judge(policy, &october(), None).contains("left out"));
    // What the runs agree in is known of a merge too.
    let mixed = merge(&[("a".into(), selected(october())), ("b".into(), november())], false, &Areas::national());
    let known: Vec<_> = mixed.unwrap().summary.rules.iter().map(|rule| (rule.selected, rule.in_force)).collect();
    assert_eq!(known, [(Some(true), Some(true)), (Some(true), Some(true)), (None, Some(true))]);
}

#[test]
fn a_trend_marks_the_runs_that_were_not_judged_alike() {
    let runs = [
        ("a".to_owned(), selected(october())),
        ("b".to_owned(), out_of_force(november())),
        ("c".to_owned(), run("2026-12-01", "document", [0; 3])),
    ];
    let targets = "[[target]]\nrule = \"p/malformd-a\"\nmax-rate = 0.1\n";
    let targets = Targets::parse("t.toml", targets).unwrap();
    let page = text(&trend_page(&trend(&runs, Some(&targets)), Language::English));
    for expected in [
        "rules selected: 2 of 3 – 3 of 3\n",
        "judged by other days: 2026-11-30 – the document's own date; rules in force in one run only: 1 (p/late-c)\n",
        "not measured: p/malformd-a: the run has no such rule; did you mean `p/malformed-a`?\n",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
}
