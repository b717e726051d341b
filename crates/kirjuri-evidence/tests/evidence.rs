//! What is written is read again, and asked as the documentation says.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use kirjuri::{Criterion, Language, Severity, Texts};
use kirjuri_evidence::{
    GroupSummary, PackVersion, PageFormat, Policy, RuleSummary, RuleTally, Scope, Side, Summary, TABLES, compare,
    comparison_page, gate, merge, merge_page, summary_page, verdict_page, write_summary,
};
use kirjuri_report::{Dimension, GroupTally};

fn tally(failed: u64, of: u64) -> GroupTally {
    GroupTally { applied: of, failed, documents: of, documents_failed: failed }
}

fn rule(id: &str, criterion: Criterion, severity: Severity) -> RuleSummary {
    let texts = |what: &str| Texts { fi: format!("{what} fi"), sv: format!("{what} sv"), en: format!("{what} en") };
    RuleSummary {
        id: id.to_owned(),
        severity,
        criterion: Some(criterion),
        title: texts(id),
        why: Some(texts("why")),
        fix: Some(texts("fix")),
        guidelines: vec!["Ohje, 2.1".into(), "Toinen ohje; osa, 3".into()],
        tally: GroupTally::default(),
        selected: Some(true),
        in_force: Some(true),
    }
}

/// A run of units, each with its documents and in how many of them either of two rules fails.
fn run(started: &str, units: &[(&str, u64, [u64; 2])]) -> Summary {
    let mut summary = Summary {
        rules: vec![
            rule("p/malformed-a", Criterion::Correctness, Severity::Error),
            rule("p/missing-b", Criterion::Completeness, Severity::Warning),
        ],
        ..Summary::default()
    };
    for (value, documents, failed) in units {
        for (rule, failed) in summary.rules.iter_mut().zip(failed) {
            let one = tally(*failed, *documents);
            rule.tally.applied += one.applied;
            rule.tally.failed += one.failed;
            rule.tally.documents += one.documents;
            rule.tally.documents_failed += one.documents_failed;
        }
        let rules = failed.iter().enumerate();
        summary.groups.push(GroupSummary {
            dimension: Dimension::Unit,
            value: (!value.is_empty()).then(|| (*value).to_owned()),
            name: (*value == "1.2.1").then(|| "Esimerkkila".to_owned()),
            documents: *documents,
            documents_failed: *failed.iter().max().unwrap(),
            left_out: 0,
            severities: [failed[0], failed[1], 0],
            rules: rules.map(|(rule, failed)| RuleTally { rule, tally: tally(*failed, *documents) }).collect(),
        });
        summary.run.account.seen += documents;
        summary.run.account.checked += documents;
        summary.run.account.errors += failed[0];
        summary.run.account.warnings += failed[1];
    }
    summary.run.schema = kirjuri_evidence::SCHEMA.to_owned();
    summary.run.started = Some(started.to_owned());
    summary.run.packs = vec![PackVersion { id: "p".into(), version: "1".into() }];
    summary
}

fn text(page: &kirjuri_evidence::Page, format: PageFormat) -> String {
    let mut out = Vec::new();
    page.write(format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("a/evidence");
    let written = run("2026-11-01T10:00:00+02:00", &[("1.2.1", 100, [5, 20]), ("", 10, [0, 3])]);
    write_summary(&target, &written).unwrap();
    // Earlier evidence gives way.
    write_summary(&target, &written).unwrap();
    let read = Summary::read(&target).unwrap();
    assert_eq!(read.run, written.run);
    let shown = |summary: &Summary| {
        let page = summary_page(summary, &Dimension::ALL, None, Language::English);
        (text(&page, PageFormat::Text), format!("{:?}", summary.groups), format!("{:?}", summary.rules[0].tally))
    };
    assert_eq!(shown(&read), shown(&written));
    assert_eq!(read.rules[0].guidelines, ["Ohje, 2.1", "Toinen ohje, osa, 3"]);
    assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_folder_that_holds_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.xml"), "").unwrap();
    let error = write_summary(folder.path(), &run("", &[])).unwrap_err().to_string();
    assert!(error.contains("holds something else than evidence (`a.xml`)"), "{error}");
    assert!(Summary::read(folder.path()).unwrap_err().to_string().contains("there is no evidence"));
}

#[test]
fn a_table_that_is_none_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("evidence");
    write_summary(&target, &run("", &[("1.2.1", 100, [5, 20])])).unwrap();
    fs::write(target.join("groups.parquet"), "PAR1 but not really PAR1").unwrap();
    assert!(Summary::read(&target).unwrap_err().to_string().contains("groups.parquet"));
    fs::copy(target.join("rules.parquet"), target.join("groups.parquet")).unwrap();
    let read = || Summary::read(&target).unwrap_err().to_string().replace('\\', "/");
    assert!(read().contains("no column `dimension`"), "{}", read());
    fs::remove_file(target.join("groups.parquet")).unwrap();
    assert!(read().ends_with("groups.parquet: the table is missing: the folder is no whole evidence"), "{}", read());
    for text in ["{", "", "{\"schema\": 5}", "{\"schema\": \"other/1\"}", "{\"schema\": \"kirjuri-evidence/2\"}"] {
        fs::write(target.join("run.json"), text).unwrap();
        assert!(read().contains("evidence/run.json: the file is damaged, or no evidence: "), "{text}: {}", read());
    }
}

#[test]
fn evidence_of_another_version_is_to_be_measured_again() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("evidence");
    let now = run("", &[("1.2.1", 100, [5, 20])]);
    write_summary(&target, &now).unwrap();
    // As the version before wrote it: four numbers of the account were not there yet.
    let before = r#"{"schema": "kirjuri-evidence/1", "version": "0.1.0", "packs": [{"id": "p", "version": "1"}],
        "code_sets": [], "options": [], "started": null, "milliseconds": 5, "judged_by": "2026-11-22",
        "account": {"seen": 1, "checked": 1, "unreadable": 0, "skipped": 0, "ignored": 0, "known": 0}, "partial": false}"#;
    fs::write(target.join("run.json"), before).unwrap();
    let error = Summary::read(&target).unwrap_err().to_string();
    let expected = "run.json: written by another version of kirjuri (`kirjuri-evidence/1`, not `kirjuri-evidence/2`): \
                    measure again";
    assert!(error.ends_with(expected), "{error}");
    // In the same place.
    write_summary(&target, &now).unwrap();
    assert_eq!(Summary::read(&target).unwrap().run, now.run);
}

#[test]
fn a_merge_does_not_take_the_place_of_documents_and_findings() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("evidence");
    let merged = run("", &[("1.2.1", 100, [5, 20])]);
    write_summary(&target, &merged).unwrap();
    fs::write(target.join("documents.parquet"), "").unwrap();
    let error = write_summary(&target, &merged).unwrap_err().to_string();
    assert!(error.contains("here lies the evidence of a run, with its documents and findings"), "{error}");
    assert!(target.join("documents.parquet").exists());
}

/// Judges units `a` (5 of 100, 20 of 100) and `b` (30 of 60, 0 of 60).
fn judge(policy: &str, against: Option<&Summary>, expected: &[&str]) {
    let now = run("", &[("a", 100, [5, 20]), ("b", 60, [30, 0])]);
    let policy = Policy::parse("policy.toml", policy).unwrap();
    let page = text(&verdict_page(&gate(&policy, &now, against), Language::English), PageFormat::Text);
    assert_eq!(page.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn limits_are_judged_by_rate_and_count_in_each_group() {
    judge(
        "[[limit]]\nrule = \"p/malformed-a\"\nby = \"unit\"\nmax-rate = 0.1\nmax-count = 30\n",
        None,
        &[
            "policy.toml:1:1: not met: p/malformed-a (p/malformed-a en), unit b: 30/60 (50.00%) of places, at most 10.00%",
            "Limits: met 3, not met 1, cannot be judged 0",
        ],
    );
    judge(
        "[[limit]]\nname = \"errors\"\nseverity = \"error\"\nmax-rate = 0.2\n",
        None,
        &[
            "policy.toml:1:1: not met: errors: error: 35/160 (21.88%) of places, at most 20.00%",
            "Limits: met 0, not met 1, cannot be judged 0",
        ],
    );
    judge(
        "[[limit]]\ncriterion = \"completeness\"\nby = \"unit\"\nvalue = \"a\"\nmin-score = 0.8\n",
        None,
        &["Limits: met 1, not met 0, cannot be judged 0"],
    );
    judge(
        "[[limit]]\ncriterion = \"completeness\"\nby = \"unit\"\nvalue = \"a\"\nmin-score = 0.81\n",
        None,
        &[
            "policy.toml:1:1: not met: completeness, unit a: score 80.00%, at least 81.00%",
            "Limits: met 0, not met 1, cannot be judged 0",
        ],
    );
}

#[test]
fn what_cannot_be_judged_is_never_kept() {
    judge(
        "[[limit]]\nrule = \"p/malformd-a\"\nmax-count = 1000\n[[limit]]\nby = \"unit\"\nvalue = \"c\"\nmax-count = 1000\n\
         [[limit]]\nby = \"unit\"\nmin-documents = 80\nmax-count = 1000\n[[limit]]\ncriterion = \"precision\"\n\
         max-count = 1000\n[[limit]]\nnot-worse = true\n",
        None,
        &[
            "policy.toml:2:8: cannot be judged: p/malformd-a: the run has no such rule; did you mean `p/malformed-a`?",
            "policy.toml:6:9: cannot be judged: all rules, unit c: the run has no such documents",
            "policy.toml:12:1: cannot be judged: precision: the run has no such rule",
            "policy.toml:15:1: cannot be judged: all rules: there is no earlier run to compare with (--against)",
            "Groups with too few documents to be judged: 1",
            "Limits: met 1, not met 0, cannot be judged 4",
        ],
    );
    let skip = "[judge]\ntoo-few = \"skip\"\nnot-measured = \"skip\"\nwithout-earlier = \"skip\"\n";
    judge(
        &format!("{skip}[[limit]]\nmin-documents = 1000\nmax-count = 1\n[[limit]]\nnot-worse = true\n"),
        None,
        &[
            "policy.toml:5:1: nothing was judged by this entry",
            "policy.toml:8:1: nothing was judged by this entry",
            "Limits: met 0, not met 0, cannot be judged 0",
        ],
    );
}

#[test]
fn small_groups_are_counted_and_not_judged_unless_all_are_small() {
    let limit = |least: u64| format!("[[limit]]\nby = \"unit\"\nmin-documents = {least}\nmax-count = 1000\n");
    judge(
        &limit(80),
        None,
        &["Groups with too few documents to be judged: 1", "Limits: met 1, not met 0, cannot be judged 0"],
    );
    judge(
        &limit(101),
        None,
        &[
            "policy.toml:1:1: cannot be judged: all rules, unit a: 100 documents, 101 are needed",
            "Limits: met 0, not met 0, cannot be judged 1",
        ],
    );
    judge(
        &format!("[judge]\ntoo-few = \"unknown\"\n{}", limit(80)),
        None,
        &[
            "policy.toml:3:1: cannot be judged: all rules, unit b: 60 documents, 80 are needed",
            "Limits: met 1, not met 0, cannot be judged 1",
        ],
    );
    judge(
        "[[limit]]\nby = \"unit\"\nvalue = \"b\"\nmin-documents = 80\nmax-count = 1000\n",
        None,
        &[
            "policy.toml:1:1: cannot be judged: all rules, unit b: 60 documents, 80 are needed",
            "Limits: met 0, not met 0, cannot be judged 1",
        ],
    );
}

/// The policy of the documentation, on a run with a unit that is small.
#[test]
fn the_policy_of_the_documentation_judges_a_run_with_a_small_unit() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence.md")).unwrap();
    let policy = text.split("## The policy").nth(1).and_then(|part| part.split("```toml").nth(1)).unwrap();
    let policy = Policy::parse("policy.toml", policy.split("```").next().unwrap()).unwrap();
    let mut now = run("", &[("a", 1000, [0, 20]), ("b", 12, [0, 0])]);
    (now.rules[0].id, now.rules[1].id) = ("kanta-header/malformed-hetu".into(), "kanta-header/missing-title".into());
    now.run.packs[0].id = "kanta-header".into();
    let page = text_of(&gate(&policy, &now, Some(&now)));
    assert_eq!(page, "Groups with too few documents to be judged: 1\nLimits: met 8, not met 0, cannot be judged 0\n");
}

fn text_of(verdict: &kirjuri_evidence::Verdict) -> String {
    text(&verdict_page(verdict, Language::English), PageFormat::Text)
}

#[test]
fn of_a_severity_of_its_own_only_the_number_of_findings_is_judged() {
    let mut now = run("", &[("a", 100, [5, 20]), ("b", 60, [30, 0])]);
    // In some documents what is wrong is milder than the rules say.
    now.run.options = vec!["path-severities=1".into()];
    (now.run.account.errors, now.run.account.warnings, now.run.account.infos) = (35, 0, 20);
    now.groups[0].severities = [5, 0, 20];
    let unknown = "findings do not all have the severity of their rule; of a severity only the number of findings is \
                   known (max-count)";
    for (limit, expected) in [
        ("severity = \"warning\"\nmax-count = 0", "Limits: met 1, not met 0, cannot be judged 0\n".to_owned()),
        ("severity = \"info\"\nmax-count = 19", {
            "policy.toml:1:1: not met: info: 20, at most 19\nLimits: met 0, not met 1, cannot be judged 0\n".to_owned()
        }),
        ("severity = \"warning\"\nby = \"unit\"\nmax-count = 0", {
            "Limits: met 2, not met 0, cannot be judged 0\n".to_owned()
        }),
        ("severity = \"warning\"\nmax-count = 0\nmax-rate = 0.1", {
            format!(
                "policy.toml:1:1: cannot be judged: warning: {unknown}\nLimits: met 1, not met 0, cannot be judged 1\n"
            )
        }),
        ("severity = \"warning\"\npack = \"p\"\nmax-count = 0", {
            format!(
                "policy.toml:1:1: cannot be judged: p, warning: {unknown}\nLimits: met 0, not met 0, cannot be judged 1\n"
            )
        }),
        ("rule = \"p/missing-b\"\nmax-count = 20", "Limits: met 1, not met 0, cannot be judged 0\n".to_owned()),
    ] {
        let policy = Policy::parse("policy.toml", &format!("[[limit]]\n{limit}\n")).unwrap();
        assert_eq!(text_of(&gate(&policy, &now, None)), expected, "{limit}");
    }
    let before = run("", &[("a", 100, [5, 20])]);
    let policy = Policy::parse("policy.toml", "[[limit]]\nseverity = \"error\"\nnot-worse = true\n").unwrap();
    assert!(gate(&policy, &before, Some(&now)).unknown.len() == 1 && gate(&policy, &before, Some(&before)).kept == 1);
}

#[test]
fn a_run_that_was_stopped_is_not_judged() {
    let mut now = run("", &[("a", 100, [0, 0])]);
    now.run.partial = true;
    let limit = "[[limit]]\nmax-count = 0\n";
    let judged = |text: &str| gate(&Policy::parse("policy.toml", text).unwrap(), &now, None);
    assert_eq!(judged(limit).unknown.len(), 1);
    assert_eq!(judged(&format!("[judge]\npartial = \"judge\"\n{limit}")).unknown.len(), 0);
}

#[test]
fn worse_is_what_chance_does_not_explain() {
    let policy = "[[limit]]\npack = \"p\"\neach-rule = true\nby = \"unit\"\nnot-worse = true\n";
    let before = run("", &[("a", 100, [4, 20]), ("b", 60, [5, 0])]);
    judge(
        policy,
        Some(&before),
        &[
            "policy.toml:1:1: not met: p/malformed-a (p/malformed-a en), unit b: 30/60 (50.00%) of documents, before \
             5/60 (8.33%), p = <0.001, corrected <0.001",
            "Limits: met 3, not met 1, cannot be judged 0",
        ],
    );
    let mut other = before.clone();
    other.run.packs[0].version = "0".into();
    judge(
        "[[limit]]\nrule = \"p/malformed-a\"\nnot-worse = true\n",
        Some(&other),
        &[
            "policy.toml:1:1: cannot be judged: p/malformed-a: the pack p was at version 0 then, and \
             is at 1 now",
            "Limits: met 0, not met 0, cannot be judged 1",
        ],
    );
}

#[test]
fn groups_are_compared_with_the_greatest_difference_first() {
    let now = run("", &[("a", 100, [5, 20]), ("b", 60, [30, 0])]);
    let side =
        |value: &str| Side { label: value.to_owned(), scope: Scope::find(&now, Dimension::Unit, Some(value)).unwrap() };
    let comparison = compare(&side("a"), &side("b"), 0.05);
    let rules: Vec<&str> = comparison.rules.iter().map(|rule| rule.rule.as_str()).collect();
    assert_eq!(rules, ["p/malformed-a", "p/missing-b"]);
    assert!((comparison.rules[0].difference().unwrap() - 0.45).abs() < 1e-12);
    assert!(comparison.rules.iter().all(|rule| rule.test.unwrap().corrected < 0.05));
    let page = text(&comparison_page(&comparison, Language::English), PageFormat::Text);
    assert!(page.contains(" 5/100 (5.00%)  30/60 (50.00%)"), "{page}");
    assert!(page.contains("worse") && page.contains("better"), "{page}");
}

#[test]
fn a_comparison_says_in_what_the_runs_were_not_made_alike() {
    let before = run("", &[("a", 100, [5, 20]), ("b", 60, [0, 0])]);
    let mut now = run("", &[("a", 100, [90, 20]), ("b", 60, [50, 0])]);
    now.run.packs[0].version = "2".into();
    now.run.code_sets = vec!["1.2.3 5".into()];
    now.run.options = vec!["baseline=true".into(), "selection=0b".into()];
    now.run.partial = true;
    let side = |label: &str, run| Side { label: label.to_owned(), scope: Scope::whole(run) };
    let comparison = compare(&side("before", &before), &side("now", &now), 0.05);
    for (language, expected) in [
        (
            Language::English,
            [
                "now: the run was stopped before its end",
                "The packs differ: p 1 – 2\n",
                "The code sets differ: 1.2.3 none – 5\n",
                "The options of the runs differ: baseline none – true\n",
                "Rules whose pack has another version",
            ],
        ),
        (
            Language::Finnish,
            [
                "now: ajo keskeytettiin ennen loppua",
                "Sääntöpaketit eroavat: p 1 – 2\n",
                "Koodistot eroavat: 1.2.3 ei ole – 5\n",
                "Ajojen asetukset eroavat: baseline ei ole – true\n",
                "Säännöt, joiden paketin versio on eri",
            ],
        ),
        (
            Language::Swedish,
            [
                "now: körningen avbröts före slutet",
                "Regelpaketen skiljer sig: p 1 – 2\n",
                "Kodverken skiljer sig: 1.2.3 saknas – 5\n",
                "Körningarnas inställningar skiljer sig: baseline saknas – true\n",
                "Regler i en annan version av paketet",
            ],
        ),
    ] {
        let page = text(&comparison_page(&comparison, language), PageFormat::Text);
        for text in expected {
            assert!(page.contains(text), "{text}: {page}");
        }
        for word in ["worse", "better", "chance", "huonompi", "sämre", "sattuma", "slump"] {
            assert!(!page.contains(word), "{word}: {page}");
        }
    }
    let mut json = Vec::new();
    kirjuri_evidence::write_comparison_json(&comparison, Language::English, &mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["differences"]["packs"][0], serde_json::json!({ "name": "p", "values": ["1", "2"] }));
    assert_eq!(json["differences"]["options"][0], serde_json::json!({ "name": "baseline", "values": [null, "true"] }));
    assert_eq!((&json["sides"][0]["partial"], &json["sides"][1]["partial"]), (&false.into(), &true.into()));
    assert!(json["rules"][0]["other_version"] == true && json["rules"][0]["test"].is_null(), "{json}");
    assert!(json["criteria"][0]["other_version"] == true && json["criteria"][0]["test"].is_null(), "{json}");
    let alike = compare(&side("before", &before), &side("again", &before), 0.05);
    assert!(alike.differences == Default::default() && alike.rules.iter().all(|rule| rule.test.is_some()));
}

#[test]
fn merged_runs_add_up_and_show_no_small_group() {
    let runs = [
        ("north".to_owned(), run("2026-11-01T10:00:00+02:00", &[("a", 100, [50, 20]), ("b", 3, [0, 0])])),
        ("south".to_owned(), run("2026-11-02T10:00:00+02:00", &[("a", 10, [5, 0]), ("c", 60, [30, 6])])),
    ];
    let merged = merge(&runs, false, &kirjuri_report::Areas::national()).unwrap();
    let summary = merged.summary;
    assert_eq!(summary.run.account.checked, 173);
    assert_eq!(summary.run.account.severities(), [85, 26, 0]);
    assert_eq!((summary.rules[0].tally.applied, summary.rules[0].tally.failed), (173, 85));
    // `b` is small, and would be what is left of the whole without the other two.
    let shown: Vec<(Option<&str>, u64)> =
        summary.groups.iter().map(|group| (group.value.as_deref(), group.documents)).collect();
    assert_eq!(shown, [(Some("a"), 110)]);
    assert!(
        merge(&[("again".to_owned(), summary), runs[0].clone()], false, &kirjuri_report::Areas::national()).is_err()
    );
    assert!(merge(&[runs[0].clone(), runs[0].clone()], false, &kirjuri_report::Areas::national()).is_err());
}

#[test]
fn a_merge_says_whose_numbers_its_totals_give_back() {
    let mut runs = [
        ("north".to_owned(), run("2026-11-01T10:00:00+02:00", &[("a", 100, [50, 20]), ("b", 3, [0, 0])])),
        ("south".to_owned(), run("2026-11-02T10:00:00+02:00", &[("a", 10, [5, 0]), ("c", 60, [30, 6])])),
    ];
    let said = |runs: &[(String, Summary)], language| {
        let merged = merge(runs, false, &kirjuri_report::Areas::national()).unwrap();
        text(&merge_page(&merged, 2, language), PageFormat::Text)
    };
    assert!(!said(&runs, Language::English).contains("Totals show"));
    // The second rule is about documents that only `b` has.
    for (_, run) in &mut runs {
        for group in run.groups.iter_mut().filter(|group| group.value.as_deref() != Some("b")) {
            group.rules.truncate(1);
        }
    }
    for (language, expected) in [
        (Language::English, "Totals show the numbers that were left out of a group"),
        (Language::Finnish, "Kokonaisluvuista näkee ryhmästä poistetut luvut"),
        (Language::Swedish, "Totalerna visar de siffror som utelämnats ur en grupp"),
    ] {
        let page = said(&runs, language);
        let line = page.lines().find(|line| line.starts_with(expected));
        assert!(line.is_some_and(|line| line.ends_with(" 1")), "{page}");
    }
}

/// The tables of columns in `docs/evidence.md`, as name, type and whether null is allowed.
#[test]
fn every_column_is_documented_as_it_is() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evidence.md")).unwrap();
    for table in TABLES {
        let part = text.split(&format!("### {}.parquet", table.name)).nth(1).expect(table.name);
        let part = part.split("\n#").next().unwrap();
        let rows = part.lines().filter(|line| line.starts_with("| `"));
        let documented: Vec<(String, String, bool)> = rows
            .map(|row| {
                let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
                assert!(cells.len() == 4 && !cells[3].is_empty(), "{row}");
                (cells[0].trim_matches(['`', '|', ' ']).to_owned(), cells[1].to_owned(), cells[2] == "yes")
            })
            .collect();
        let columns = table.columns.iter();
        let columns: Vec<(String, String, bool)> =
            columns.map(|it| (it.name.to_owned(), it.kind.id().to_owned(), it.is_nullable)).collect();
        assert_eq!(documented, columns, "{}", table.name);
    }
}
