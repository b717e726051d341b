//! What is asked of evidence by unit, where there are several.

use kirjuri::{Criterion, Severity, Texts};
use kirjuri_evidence::{GroupSummary, RuleSummary, RuleTally, SCHEMA, Summary, write_summary};
use kirjuri_report::{Dimension, GroupTally};

use crate::archives::EMPTY;
use crate::sandbox::Sandbox;

/// Evidence of units, each with its documents and in how many of them a rule fails.
fn evidence(sandbox: &Sandbox, name: &str, units: &[(&str, u64, u64)]) {
    let tally = |documents, failed| GroupTally { applied: documents, failed, documents, documents_failed: failed };
    let mut summary = Summary::default();
    summary.run.schema = SCHEMA.to_owned();
    for &(unit, documents, failed) in units {
        summary.run.account.seen += documents;
        summary.run.account.checked += documents;
        summary.groups.push(GroupSummary {
            dimension: Dimension::Unit,
            value: Some(unit.to_owned()),
            name: None,
            documents,
            documents_failed: failed,
            left_out: 0,
            severities: [failed, 0, 0],
            rules: vec![RuleTally { rule: 0, tally: tally(documents, failed) }],
        });
    }
    let sum = |of: fn(&(&str, u64, u64)) -> u64| units.iter().map(of).sum::<u64>();
    summary.rules.push(RuleSummary {
        id: "notes/empty-note".to_owned(),
        severity: Severity::Error,
        criterion: Some(Criterion::Completeness),
        title: Texts { fi: "tyhjä".to_owned(), sv: "tom".to_owned(), en: "empty".to_owned() },
        why: None,
        fix: None,
        guidelines: Vec::new(),
        tally: tally(sum(|unit| unit.1), sum(|unit| unit.2)),
        selected: Some(true),
        in_force: Some(true),
    });
    write_summary(&sandbox.folder.join(name), &summary).unwrap();
}

#[test]
fn units_are_compared_reported_and_merged() {
    let sandbox = Sandbox::new("evidence-groups");
    evidence(&sandbox, "one", &[("1.2.1", 100, 10), ("1.2.2", 200, 80), ("1.2.3", 3, 0)]);
    evidence(&sandbox, "two", &[("1.2.1", 100, 60), ("1.2.4", 50, 5)]);
    let of_one = sandbox.stdout(&["compare", "one", "--by", "unit", "--values", "1.2.1,1.2.2", "--lang", "en"]);
    assert!(of_one.contains("10/100 (10.00%)  80/200 (40.00%)") && of_one.contains("worse"), "{of_one}");
    let of_both = sandbox.stdout(&["compare", "one", "two", "--by", "unit", "--values", "1.2.1", "--lang", "en"]);
    assert!(of_both.contains("10/100 (10.00%)  60/100 (60.00%)"), "{of_both}");
    let none = sandbox.run(&["compare", "one", "--by", "unit", "--values", "1.2.1,1.2.9"]);
    let said = String::from_utf8(none.stderr).unwrap();
    assert!(said.contains("`1.2.9` (there are: 1.2.1, 1.2.2, 1.2.3)") && none.status.code() == Some(2), "{said}");
    let report = sandbox.stdout(&["report", "one", "--by", "unit", "--lang", "en"]);
    assert!(report.contains("  1.2.2        200             80      80"), "{report}");
    // The third unit is small, and the next smallest hides it.
    let merged = sandbox.stdout(&["merge", "one", "two", "-o", "merged", "--lang", "en"]);
    assert!(merged.contains("unit"), "{merged}");
    let report = sandbox.stdout(&["report", "merged", "--by", "unit", "--lang", "en"]);
    assert!(report.contains("1.2.1") && !report.contains("1.2.3") && !report.contains("1.2.4"), "{report}");
}

#[test]
fn findings_count_by_the_severity_that_the_path_gives_them() {
    let sandbox = Sandbox::new("evidence-severities");
    let mild = "path = [{ glob = \"notes/*\", severity = { \"severity:error\" = \"info\" } }]";
    let run =
        ["check", "notes", "--isolated", "--pack=packs/notes", "--evidence=measured", "--output=html=report.html"];
    sandbox.run(&[&run[..], &["--config", mild, "--lang=en", "--fail-on=never"]].concat());
    let run = std::fs::read_to_string(sandbox.folder.join("measured/run.json")).unwrap();
    let run: serde_json::Value = serde_json::from_str(&run).unwrap();
    let account = ["errors", "warnings", "infos"].map(|severity| run["account"][severity].as_u64().unwrap());
    assert_eq!(account, [0, 1, 2]);
    let html = std::fs::read_to_string(sandbox.folder.join("report.html")).unwrap().replace('\u{A0}', " ");
    assert!(html.contains("In all there are 3 findings: 1 warning and 2 info."), "{html}");
    for (limit, status) in [("severity = \"error\"\nmax-count = 0", 0), ("severity = \"error\"\nmax-rate = 0.0", 2)] {
        sandbox.write("limit.toml", &format!("[[limit]]\n{limit}\n"));
        let output = sandbox.run(&["gate", "measured", "--policy=limit.toml"]);
        assert_eq!(output.status.code(), Some(status), "{limit}");
    }
}

/// A folder that is checked may well be the one that the evidence is left in.
#[test]
fn evidence_in_a_folder_that_is_checked_is_no_document() {
    let sandbox = Sandbox::new("evidence-inside");
    let mut accounts = Vec::new();
    for _ in 0..2 {
        let run =
            ["check", "notes", "--isolated", "--pack=packs/notes", "--evidence=notes/measured", "--fail-on=never"];
        sandbox.run(&run);
        let run = std::fs::read_to_string(sandbox.folder.join("notes/measured/run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_str(&run).unwrap();
        accounts.push(["seen", "checked", "skipped", "ignored"].map(|what| run["account"][what].as_u64().unwrap()));
    }
    let [first, second] = [accounts[0], accounts[1]];
    assert_eq!(first[..3], second[..3]);
    assert_eq!(second[3], first[3] + 6, "five tables and what the run was");
    // A file of that name is one like any other where nothing was measured.
    sandbox.write("plain/run.json", "{}");
    let output = sandbox.stdout(&["check", "plain", "--isolated", "--lang=en", "--format=json"]);
    assert!(output.contains("\"skipped\": 1"), "{output}");
}

#[test]
fn a_run_says_the_options_that_can_change_its_result() {
    let sandbox = Sandbox::new("evidence-options");
    sandbox.write("export.xml", &format!("<export>{EMPTY}</export>"));
    sandbox.run(&["baseline", "write", "notes", "--isolated", "--pack", "packs/notes", "-o", "known.toml"]);
    let paths = "path = [{ glob = \"notes/*\", ignore = [\"notes/empty-note\"] }]";
    let mild_paths = "path = [{ glob = \"notes/*\", severity = { \"notes/empty-note\" = \"info\" } }]";
    let mild = "severity = { \"notes/empty-note\" = \"info\" }";
    let mut selections = Vec::new();
    for (arguments, expected) in [
        (&["notes"][..], &[][..]),
        (&["notes", "--jobs=1", "--fail-on=never", "--by=unit", "--max-depth=256"], &[]),
        (&["export.xml", "--record=Q{urn:example:note}note"], &["record=Q{urn:example:note}note"]),
        (&["notes", "--changed-since=2020-01-01"], &["changed-since=2020-01-01T00:00:00+02:00"]),
        (&["notes", "--baseline=known.toml"], &["baseline=true"]),
        (&["notes", "--config=baseline = \"known.toml\""], &["baseline=true"]),
        (&["notes", "--draft", "--areas=areas/own.csv"], &["areas=own.csv", "draft=true"]),
        (&["notes", "--max-members=9", "--max-bytes=900"], &["max-bytes=900", "max-members=9"]),
        (&["notes", "--max-expansion=2000"], &["max-expansion=2000"]),
        (&["notes", "--ignore=severity:warning"], &["not-selected=2", "selection"]),
        (&["notes", "--select=notes/empty-note,severity:info"], &["not-selected=2", "selection"]),
        (&["notes", "--config", mild], &["selection", "severities-changed=1"]),
        (&["notes", "--config", paths], &["path-settings=1"]),
        (&["notes", "--config", mild_paths], &["path-settings=1", "path-severities=1"]),
    ] {
        let _ = std::fs::remove_dir_all(sandbox.folder.join("measured"));
        let run = ["check", "--isolated", "--pack=packs/notes", "--evidence=measured"];
        let output = sandbox.run(&[&run[..], arguments].concat());
        let run = std::fs::read_to_string(sandbox.folder.join("measured/run.json"));
        let run: serde_json::Value =
            serde_json::from_str(&run.unwrap_or_else(|_| panic!("{arguments:?}: {output:?}"))).unwrap();
        let mut options: Vec<&str> = run["options"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        for option in options.iter_mut().filter(|option| option.starts_with("selection=")) {
            selections.push((*option).to_owned());
            *option = "selection";
        }
        assert_eq!(options, expected, "{arguments:?}");
    }
    assert_eq!(selections.len(), 3);
    assert!(selections.iter().all(|selection| selection.len() == "selection=".len() + 16), "{selections:?}");
    assert_eq!(selections[0], selections[1], "the same rules are asked");
    assert_ne!(selections[1], selections[2]);
}
