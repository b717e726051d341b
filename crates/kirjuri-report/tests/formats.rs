//! Every format over one batch that has all there is: what it looks like, that it is what its readers expect, and that no
//! path can break it. The golden files are in `tests/formats`; `UPDATE=1` rewrites them.

#![allow(clippy::unwrap_used)]

#[path = "formats/batch.rs"]
mod batch;
#[path = "formats/shape.rs"]
mod shape;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use kirjuri::{Language, RuleSet};
use kirjuri_report::{Batch, Printer, ReportFormat, TextOptions, write_json};
use serde_json::Value;

use batch::{everything, findings, rules};

/// A report, what of it was left out, and whether it says what was not checked.
fn print(format: ReportFormat, batch: &Batch, rules: &RuleSet, language: Language) -> (String, u64, bool) {
    let mut out = Vec::new();
    let mut printer: Box<dyn Printer> = format.printer(rules, TextOptions { language, styled: false });
    printer.begin(batch, &mut out).unwrap();
    batch.documents.iter().for_each(|document| printer.document(document, &mut out).unwrap());
    batch.series.iter().flatten().for_each(|entry| printer.series(entry, &mut out).unwrap());
    printer.end(batch, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), printer.left_out(), printer.says_account())
}

fn text(format: ReportFormat, batch: &Batch, rules: &RuleSet) -> String {
    print(format, batch, rules, Language::English).0
}

fn ending(format: ReportFormat) -> &'static str {
    match format {
        ReportFormat::Text => "text.txt",
        ReportFormat::Concise => "concise.txt",
        ReportFormat::Json => "report.json",
        ReportFormat::JsonLines => "report.ndjson",
        ReportFormat::Sarif => "report.sarif",
        ReportFormat::JUnit => "junit.xml",
        ReportFormat::GitHub => "github.txt",
        ReportFormat::GitLab => "gitlab.json",
        ReportFormat::Checkstyle => "checkstyle.xml",
        ReportFormat::Csv => "report.csv",
        ReportFormat::Markdown => "summary.md",
    }
}

#[test]
fn every_format_looks_as_it_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
    let rules = rules();
    let batch = everything(&rules, "hidden/b=1.xml");
    for format in ReportFormat::ALL {
        let found = text(format, &batch, &rules).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        let path = folder.join(ending(format));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(found == expected, "UPDATE=1 rewrites {}; found:\n{found}", path.display());
    }
}

/// Paths that mean something to some format.
const HOSTILE: &[&str] = &[
    "a b/käynti.xml",
    "a\nb\r\nc.xml",
    "\u{1b}[31m\u{0}\u{7f}\u{85}\u{202e}lmx.xml",
    "100%25,:;=\u{FFFF}.xml",
    "::error file=x::y",
    "##[error]x",
    "a::set-output name=x::y",
    "\"'><script>alert(1)</script>&amp;]]>.xml",
    "<!-- --><![CDATA[x]]>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "| a | `b` **c** [d](javascript:x) ![e](f) <img src=x> @user #1 |",
    "\\\\server\\share\\{0}.xml",
    "\u{FFFD}\u{FFFD}.xml",
    "javascript:alert(1)",
    "",
];

/// What of a report does not depend on the path: how many lines, elements, items there are. Asserts what must never be.
fn structure(format: ReportFormat, report: &str, path: &str) -> Vec<String> {
    let lines = || vec![report.lines().count().to_string()];
    let has_path = |value: &Value| value.as_str() == Some(path);
    match format {
        ReportFormat::Text | ReportFormat::Concise | ReportFormat::Markdown => {
            let is_plain = |c: char| c == '\n' || (!c.is_control() && !('\u{202A}'..='\u{202E}').contains(&c));
            assert!(report.chars().all(is_plain), "{path:?}: {report:?}");
            if format == ReportFormat::Markdown {
                let markup = ["<script", "<img", "**c**", "](", "@user", " #1", "\n| a"];
                assert!(!markup.iter().any(|markup| report.contains(markup)), "{path:?}: {report}");
            }
            lines()
        }
        ReportFormat::Json => {
            let json: Value = serde_json::from_str(report).unwrap();
            assert!(json["documents"].as_array().unwrap().iter().any(|it| has_path(&it["path"])), "{path:?}");
            lines()
        }
        ReportFormat::JsonLines => {
            let parsed: Vec<Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert!(parsed.iter().any(|it| has_path(&it["document"]["path"])), "{path:?}");
            lines()
        }
        ReportFormat::Sarif => {
            let sarif: Value = serde_json::from_str(report).unwrap();
            for result in sarif["runs"][0]["results"].as_array().unwrap() {
                let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!%".contains(&byte);
                assert!(uri.bytes().all(is_plain), "{uri}");
            }
            shape::sarif(&sarif);
            lines()
        }
        ReportFormat::GitLab => {
            let json: Value = serde_json::from_str(report).unwrap();
            assert!(json.as_array().unwrap().iter().any(|it| has_path(&it["location"]["path"])), "{path:?}");
            lines()
        }
        ReportFormat::JUnit | ReportFormat::Checkstyle => shape::elements(report),
        ReportFormat::GitHub => {
            for line in report.lines() {
                assert!(line.starts_with("::") || line.starts_with("kirjuri: "), "{path:?}: {line}");
                // The older form of a command is only looked for in lines that are none of the newer form.
                assert!(line.starts_with("::") || !line.contains("##["), "{path:?}: {line}");
                if let Some(command) = line.strip_prefix("::") {
                    let (properties, _) = command.split_once("::").unwrap();
                    let (name, properties) = properties.split_once(' ').unwrap();
                    assert!(["error", "warning", "notice"].contains(&name), "{line}");
                    let names: Vec<&str> = properties.split(',').map(|it| it.split_once('=').unwrap().0).collect();
                    let known = [&["file", "line", "col", "title"][..], &["file", "title"]];
                    assert!(known.contains(&&names[..]), "{path:?}: {line}");
                }
            }
            lines()
        }
        ReportFormat::Csv => {
            let mut rows = csv::Reader::from_reader(report.as_bytes());
            let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.unwrap()).collect();
            for cell in rows.iter().flatten() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                assert!(!cell.chars().any(char::is_control), "{cell:?}");
            }
            vec![rows.len().to_string(), lines().concat()]
        }
    }
}

#[test]
fn no_path_breaks_a_format() {
    let rules = rules();
    for format in ReportFormat::ALL {
        let harmless = structure(format, &text(format, &everything(&rules, "a.xml"), &rules), "a.xml");
        for path in HOSTILE {
            let report = text(format, &everything(&rules, path), &rules);
            assert_eq!(structure(format, &report, path), harmless, "{format:?} with {path:?}:\n{report}");
        }
    }
}

#[test]
fn every_format_is_as_its_readers_expect() {
    let rules = rules();
    for language in Language::ALL {
        for batch in [everything(&rules, "hidden/b=1.xml"), Batch::new(&rules, None)] {
            let print = |format| print(format, &batch, &rules, language).0;
            shape::sarif(&serde_json::from_str(&print(ReportFormat::Sarif)).unwrap());
            shape::junit(&print(ReportFormat::JUnit));
            shape::checkstyle(&print(ReportFormat::Checkstyle));
            shape::gitlab(&serde_json::from_str(&print(ReportFormat::GitLab)).unwrap());
        }
    }
}

#[test]
fn what_was_not_checked_is_said_in_every_format_that_has_words_for_it() {
    let rules = rules();
    let batch = everything(&rules, "a.xml");
    for format in ReportFormat::ALL {
        let (report, _, says_account) = print(format, &batch, &rules, Language::English);
        let wordless = [ReportFormat::GitLab, ReportFormat::Checkstyle, ReportFormat::Csv];
        assert_eq!(says_account, !wordless.contains(&format), "{format:?}");
        assert!(report.contains("broken"), "{format:?} names what could not be read:\n{report}");
        if says_account {
            assert!(
                ["partial", "interrupted"].iter().any(|word| report.contains(word)),
                "{format:?} says that the run was stopped:\n{report}"
            );
            assert!(report.contains("evaluated"), "{format:?} says what could not be asked:\n{report}");
            assert!(report.contains("skipped"), "{format:?} says that documents were skipped:\n{report}");
        }
    }
}

#[test]
fn no_content_of_a_document_is_in_a_format() {
    let rules = rules();
    let batch = everything(&rules, "a.xml");
    for format in ReportFormat::ALL {
        for language in Language::ALL {
            let (report, ..) = print(format, &batch, &rules, language);
            assert!(!report.contains("salaisuus"), "{format:?}:\n{report}");
        }
    }
}

#[test]
fn json_is_the_same_whether_streamed_or_written_at_once() {
    let rules = rules();
    for batch in [everything(&rules, "a.xml"), Batch::new(&rules, None)] {
        let mut at_once = Vec::new();
        write_json(&batch, &rules, Language::English, &mut at_once).unwrap();
        let streamed = text(ReportFormat::Json, &batch, &rules);
        assert_eq!(streamed.as_bytes(), at_once);
        // As the printer of JSON would write it.
        let keys: Vec<&str> = streamed
            .lines()
            .filter_map(|line| line.strip_prefix("  \"")?.split_once('"').map(|(key, _)| key))
            .collect();
        let behind = |key: &str| keys.iter().position(|known| *known == key).unwrap();
        assert!(behind("packs") < behind("documents") && behind("documents") < behind("account"), "{keys:?}");
        let value: Value = serde_json::from_str(&streamed).unwrap();
        let printed = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(printed.lines().count(), streamed.lines().count());
    }
}

#[test]
fn a_line_of_json_is_a_document_of_the_report() {
    let rules = rules();
    let batch = everything(&rules, "a.xml");
    let report: Value = serde_json::from_str(&text(ReportFormat::Json, &batch, &rules)).unwrap();
    let text = text(ReportFormat::JsonLines, &batch, &rules);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |key: &str| lines.iter().map(|line| line[key].clone()).filter(|it| !it.is_null()).collect::<Vec<_>>();
    assert_eq!(Value::from(of("document")), report["documents"]);
    assert_eq!(of("series"), *report["series"].as_array().unwrap());
    let last = lines.last().unwrap();
    assert_eq!((&last["account"], &last["rules"]), (&report["account"], &report["rules"]));
    assert_eq!((&last["partial"], lines[0]["schema"].as_str()), (&true.into(), Some("kirjuri-report-ndjson/1")));
}

#[test]
fn sarif_has_the_gravest_findings_and_says_what_was_left_out() {
    let rules = rules();
    // Warnings first: 4,000 of them must make room for none but the errors.
    let batch = findings(&rules, &[("warnings.xml", "mild", 4_000), ("errors.xml", "bad", 3_000)]);
    let (report, left_out, _) = print(ReportFormat::Sarif, &batch, &rules, Language::English);
    assert_eq!(left_out, 2_000);
    let sarif: Value = serde_json::from_str(&report).unwrap();
    shape::sarif(&sarif);
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    let count = |level: &str| results.iter().filter(|result| result["level"] == level).count();
    assert_eq!((count("error"), count("warning"), results.len()), (3_000, 2_000, 5_000));
    let lines: Vec<u64> = results[3_000..]
        .iter()
        .map(|result| result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap())
        .collect();
    assert!(lines.is_sorted() && lines[0] == 1, "the first ones stay");
    let said = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(said.contains("findings left out of this report: 2000"), "{said}");
    assert_eq!(run["properties"]["resultsLeftOut"], 2_000);
}

#[test]
fn sarif_stays_small_however_long_paths_are() {
    let rules = rules();
    let path = "x/".repeat(4_000);
    let batch = findings(&rules, &[(&path, "bad", 3_000)]);
    let (report, left_out, _) = print(ReportFormat::Sarif, &batch, &rules, Language::English);
    assert!(report.len() < 10_000_000 && left_out > 1_000, "{} bytes, {left_out} left out", report.len());
}

#[test]
fn github_gets_ten_annotations_of_each_level() {
    let rules = rules();
    let batch = findings(&rules, &[("a.xml", "mild", 15), ("b.xml", "bad", 4)]);
    let report = text(ReportFormat::GitHub, &batch, &rules);
    let count = |command: &str| report.lines().filter(|line| line.starts_with(command)).count();
    assert_eq!((count("::error "), count("::warning ")), (4, 10));
    assert!(report.contains("kirjuri: findings without an annotation: 5;"), "{report}");
}

#[test]
fn no_two_issues_of_gitlab_have_one_fingerprint() {
    let rules = rules();
    let batch = findings(&rules, &[("a.xml", "bad", 3), ("b.xml", "bad", 3)]);
    let issues: Vec<Value> = serde_json::from_str(&text(ReportFormat::GitLab, &batch, &rules)).unwrap();
    let fingerprints: BTreeSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((fingerprints.len(), issues.len()), (6, 6));
}
