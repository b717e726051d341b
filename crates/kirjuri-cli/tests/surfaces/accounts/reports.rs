//! What reports say of a batch.

use std::collections::BTreeMap;

use serde_json::Value;

use super::expected::{Expected, Fate, RULES};

/// All formats of a batch.
pub(super) const FORMATS: [&str; 13] = [
    "text",
    "concise",
    "json",
    "ndjson",
    "sarif",
    "junit",
    "github",
    "gitlab",
    "checkstyle",
    "csv",
    "markdown",
    "html",
    "parquet",
];

/// Checks every report but the table, by its name.
pub(super) fn check(written: &BTreeMap<String, Vec<u8>>, expected: &Expected) {
    let text = |format: &str| String::from_utf8(written[&format!("report.{format}")].clone()).unwrap();
    // First what names the document with another fate.
    check_json(&serde_json::from_str(&text("json")).unwrap(), expected);
    check_lines(&text("ndjson"), expected);
    for format in ["text", "concise", "junit", "github", "markdown"] {
        check_words(format, &text(format), expected);
    }
    check_rules("concise", &text("concise"), "[", "]", expected);
    check_rules("junit", &text("junit"), " name=\"", " /", expected);
    check_rules("checkstyle", &text("checkstyle"), "\"kirjuri.", "\"", expected);
    check_rules("gitlab", &text("gitlab"), "\"check_name\":\"", "\"", expected);
    check_counts(&text("junit"), &text("checkstyle"), &text("gitlab"), expected);
    check_sarif(&serde_json::from_str(&text("sarif")).unwrap(), expected);
    check_csv(&text("csv"), expected);
    check_html(&text("html"), expected);
}

/// The account in words.
fn check_words(format: &str, text: &str, expected: &Expected) {
    let [seen, checked, unreadable, skipped] = expected.account();
    let others = expected.ignored;
    let plain = text.replace('\\', "");
    let account = match others {
        0 => format!("seen {seen} = checked {checked} + unreadable {unreadable} + skipped {skipped}"),
        _ => format!(
            "seen {seen} = checked {checked} + unreadable {unreadable} + skipped {skipped} (other files {others})"
        ),
    };
    assert_eq!(plain.matches(&account).count(), 1, "{format} does not say `{account}` once:\n{text}");
    let findings = plain.split("Findings: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let numbers: Vec<u64> = findings.split(|c: char| !c.is_ascii_digit()).filter_map(|it| it.parse().ok()).collect();
    match expected.total(false) {
        0 => assert!(findings.starts_with("none"), "{format}: {findings}"),
        _ => assert_eq!(numbers, expected.severities(), "{format}: {findings}"),
    }
    if !expected.known.is_empty() {
        let known = format!("(baseline): {}", expected.total(true));
        assert!(plain.contains(&known), "{format} does not say `{known}`:\n{text}");
    }
}

/// Findings by the names of their rules, which stand between two texts and nowhere else.
fn check_rules(format: &str, text: &str, before: &str, behind: &str, expected: &Expected) {
    for (rule, _) in RULES {
        let found = text.matches(&format!("{before}{rule}{behind}")).count() as u64;
        assert_eq!(found, expected.found(rule, false), "{format}: {rule}");
    }
}

fn check_account(account: &Value, expected: &Expected) {
    for (key, count) in ["seen", "checked", "unreadable", "skipped"].into_iter().zip(expected.account()) {
        assert_eq!(account[key], count, "{key}");
    }
    assert_eq!(account["ignored"], expected.ignored);
}

/// Each document, once, with its fate.
fn check_documents<'d>(documents: impl Iterator<Item = &'d Value>, expected: &Expected) {
    let mut found = BTreeMap::new();
    for document in documents {
        let path = document["path"].as_str().unwrap();
        let kind = |of: &str| document[of]["kind"].as_str().unwrap().to_owned();
        let outcome = match document["status"].as_str().unwrap() {
            "checked" => {
                let findings = document["findings"].as_array().unwrap();
                let mut rules: Vec<_> = findings.iter().map(|it| it["rule"].as_str().unwrap()).collect();
                rules.sort_unstable();
                rules.join(" ")
            }
            "unreadable" => kind("error"),
            _ => kind("reason"),
        };
        let before = found.insert(path.to_owned(), outcome);
        assert_eq!(before, None, "{path} is there twice");
    }
    let outcome = |fate: &Fate| match fate {
        Fate::Checked(_) => expected.shown(fate).join(" "),
        Fate::Unreadable(reason) | Fate::Skipped(reason) => (*reason).to_owned(),
    };
    for (path, fate) in &expected.documents {
        assert_eq!(found.remove(path), Some(outcome(fate)), "{path}");
    }
    assert!(found.is_empty(), "nobody expected {found:?}");
}

fn check_rule_list(rules: &Value, expected: &Expected) {
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), RULES.len());
    for ((id, severity), rule) in RULES.iter().zip(rules) {
        assert_eq!((&rule["rule"], &rule["severity"]), (&(*id).into(), &(*severity).into()));
        assert_eq!(rule["failed"], expected.failed(id), "{id}");
        assert_eq!(rule["known"].as_u64().unwrap_or_default(), expected.found(id, true), "{id}");
    }
}

fn check_json(report: &Value, expected: &Expected) {
    check_documents(report["documents"].as_array().unwrap().iter(), expected);
    check_account(&report["account"], expected);
    check_rule_list(&report["rules"], expected);
    check_series(report["series"].as_array().unwrap().iter(), expected);
    if !expected.known.is_empty() {
        assert_eq!(report["baseline"]["known"], expected.total(true), "{}", report["baseline"]);
    }
}

fn check_lines(text: &str, expected: &Expected) {
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    check_account(&last["account"], expected);
    check_rule_list(&last["rules"], expected);
    check_documents(lines.iter().filter_map(|line| line.get("document")), expected);
    check_series(lines.iter().filter_map(|line| line.get("series")), expected);
}

/// What was found across documents, in the order of the documents.
fn check_series<'s>(series: impl Iterator<Item = &'s Value>, expected: &Expected) {
    let found = series.map(|entry| (entry["document"].as_str().unwrap(), entry["rule"].as_str().unwrap()));
    assert_eq!(found.collect::<Vec<_>>(), expected.in_series(false));
}

/// What is counted by its marks alone.
fn check_counts(junit: &str, checkstyle: &str, gitlab: &str, expected: &Expected) {
    let [seen, _, unreadable, skipped] = expected.account();
    let shown = expected.total(false);
    let [errors, warnings, infos] = expected.severities();
    for (mark, count) in [
        // The last one is that of the account.
        ("<testsuite name", seen + expected.in_series(false).len() as u64 + 1),
        ("<failure type=\"error\"", errors),
        ("<failure type=\"warning\"", warnings),
        ("<failure type=\"info\"", infos),
        ("<error ", unreadable),
        ("<skipped ", skipped),
    ] {
        assert_eq!(junit.matches(mark).count() as u64, count, "{mark}");
    }
    let sum = |attribute: &str| {
        let suites = junit.split("<testsuite ").skip(1);
        let numbers = suites.map(|suite| suite.split(&format!(" {attribute}=\"")).nth(1).unwrap());
        numbers.map(|rest| rest.split('"').next().unwrap().parse::<u64>().unwrap()).sum::<u64>()
    };
    assert_eq!([sum("failures"), sum("errors"), sum("skipped")], [shown, unreadable, skipped]);
    assert_eq!(checkstyle.matches("<error ").count() as u64, shown + unreadable);
    let issues: Vec<Value> = serde_json::from_str(gitlab).unwrap();
    assert_eq!(issues.len() as u64, shown + unreadable);
}

fn check_sarif(log: &Value, expected: &Expected) {
    let run = &log["runs"][0];
    let [seen, checked, unreadable, skipped] = expected.account();
    for (key, count) in [("seen", seen), ("checked", checked), ("unreadable", unreadable), ("skipped", skipped)] {
        assert_eq!(run["properties"][key], count, "{key}");
    }
    let results = run["results"].as_array().unwrap();
    let is_known = |result: &&Value| result["baselineState"] == "unchanged";
    for (rule, _) in RULES {
        let of_rule = results.iter().filter(|result| result["ruleId"] == rule);
        let (known, shown): (Vec<_>, Vec<_>) = of_rule.partition(is_known);
        let found = (shown.len() as u64, known.len() as u64);
        assert_eq!(found, (expected.found(rule, false), expected.found(rule, true)), "sarif: {rule}");
        assert!(known.iter().all(|result| result["suppressions"].as_array().is_some_and(|it| it.len() == 1)));
        assert!(shown.iter().all(|result| result["suppressions"].is_null()));
    }
    let notices = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let named = notices.iter().filter(|notice| notice["locations"].is_array()).count() as u64;
    assert_eq!(named, unreadable);
    let left_alone = notices.iter().find(|notice| notice["descriptor"]["id"] == "skipped").unwrap();
    assert!(left_alone["message"]["text"].as_str().unwrap().ends_with(&format!(": {skipped}")), "{left_alone}");
}

fn check_csv(text: &str, expected: &Expected) {
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        let is_finding = ["finding", "known"].contains(&&row[0]);
        let of = if is_finding { row[2].to_owned() } else { String::new() };
        *counts.entry((row[0].to_owned(), of)).or_default() += 1;
        if !is_finding {
            let fate = expected.documents.get(&row[1]).unwrap();
            assert_eq!(&row[0] == "skipped", matches!(fate, Fate::Skipped(_)), "{row:?}");
        }
    }
    let [_, _, unreadable, skipped] = expected.account();
    let mut all = vec![("unreadable", "", unreadable), ("skipped", "", skipped)];
    for (rule, _) in RULES {
        all.extend([("finding", rule, expected.found(rule, false)), ("known", rule, expected.found(rule, true))]);
    }
    let all = all.into_iter().filter(|(_, _, count)| *count > 0);
    let all: BTreeMap<_, _> = all.map(|(status, rule, count)| ((status.to_owned(), rule.to_owned()), count)).collect();
    assert_eq!(counts, all);
}

/// The numbers of the sum on the page, and those beside it.
fn check_html(page: &str, expected: &Expected) {
    let numbers = |class: &str| -> Vec<u64> {
        let list = page.split(&format!("<dl class=\"{class}\">")).nth(1).unwrap_or_default();
        let list = list.split("</dl>").next().unwrap();
        let texts = list.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
        texts.filter_map(|text| text.parse().ok()).collect()
    };
    assert_eq!(numbers("sum"), expected.account());
    let beside = [expected.total(true), expected.ignored].into_iter().filter(|count| *count > 0);
    assert_eq!(numbers("beside"), beside.collect::<Vec<_>>());
}
