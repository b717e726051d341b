//! What the command prints as JSON is what `docs/kirjuri-report-1.schema.json` promises, and the promise is not empty.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

fn schema() -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/kirjuri-report-1.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

/// Schemas with all that reports say of assertions. They apply to every document, so that none is skipped.
const SCHEMAS: &[&str] = &[
    "bundles",
    "--pack",
    "schemas/house.sch",
    "--pack",
    "schemas/documents.sch",
    "--pack",
    "schemas/lenient.sch",
    "--pack",
    "schemas/quoting.sch",
    "--pack",
    "schemas/bundle.sch",
    "--doc-root",
    "notes",
];

/// All kinds of documents, findings and errors of native packs there are.
const EVERYTHING: &[&str] = &[
    "check",
    "fixtures",
    "notes",
    "unreadable",
    "nowhere",
    "--pack",
    "kanta-header",
    "--pack",
    "packs/notes",
    "--pack",
    "packs/letters",
    "letters",
    "--format",
    "json",
];

#[test]
fn real_reports_keep_the_schema() {
    let (schema, sandbox) = (schema(), Sandbox::new("schema"));
    for more in [
        &["--lang", "fi"][..],
        &["--lang", "sv", "--as-of", "2026-06-30"],
        &["--lang", "en", "--as-of", "2024-02-29", "--show-source"],
        &["--max-bytes", "100"],
        &["--by", "area,provider,unit,software", "--by", "form,author-role,document-type,month"],
        &["--draft"],
        &["--ignore", "notes,letters/*,criterion:completeness"],
        &[SCHEMAS, &["--lang", "en", "--as-of", "2026-06-30"]].concat(),
        &[SCHEMAS, &["--show-source"]].concat(),
    ] {
        let report = sandbox.json(&[EVERYTHING, more].concat());
        let errors: Vec<String> =
            schema.iter_errors(&report).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{more:?}: {errors:#?}");
        let account = &report["account"];
        let count = |key: &str| account[key].as_u64().unwrap();
        assert_eq!(count("seen"), count("checked") + count("unreadable") + count("skipped"));
        assert_eq!(count("seen"), report["documents"].as_array().unwrap().len() as u64);
    }
}

#[test]
fn a_report_without_documents_keeps_the_schema() {
    let report = Sandbox::new("schema-nothing").json(&["check", "nothing", "--format", "json"]);
    assert!(schema().is_valid(&report), "{report}");
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let (schema, sandbox) = (schema(), Sandbox::new("schema-refuses"));
    let report = sandbox.json(&[EVERYTHING, &["--as-of", "2026-06-30"]].concat());
    let status = |status: &str| {
        let documents = report["documents"].as_array().unwrap();
        let found = documents.iter().position(|it| it["status"] == status && it["findings"] != json!([]));
        format!("/documents/{}", found.unwrap())
    };
    let (checked, unreadable, skipped) = (status("checked"), status("unreadable"), status("skipped"));
    for (pointer, value) in [
        ("/schema".to_owned(), json!("kirjuri-report/2")),
        ("/language".to_owned(), json!("suomi")),
        ("/as_of".to_owned(), json!("20260630")),
        ("/account/seen".to_owned(), json!(-1)),
        ("/rules/0/criterion".to_owned(), json!("beauty")),
        ("/rules/0/rule".to_owned(), json!("malformed-hetu")),
        (format!("{checked}/status"), json!("unreadable")),
        (format!("{checked}/findings/0/place/line"), json!(0)),
        (format!("{checked}/findings/0/place/path"), json!("ClinicalDocument")),
        (format!("{checked}/findings/0/severity"), json!("fatal")),
        (format!("{unreadable}/error"), json!({ "kind": "mismatched-tag" })),
        (format!("{unreadable}/path"), json!(null)),
        (format!("{skipped}/reason/kind"), json!("boredom")),
    ] {
        let mut changed = report.clone();
        *changed.pointer_mut(&pointer).unwrap() = value;
        assert!(schema.is_valid(&report) && !schema.is_valid(&changed), "{pointer}");
    }
    let mut longer = report.clone();
    longer["added_later"] = json!(true);
    assert!(schema.is_valid(&longer), "keys may be added");
}

#[test]
fn the_schema_refuses_what_is_no_finding_of_a_series() {
    let (schema, sandbox) = (schema(), Sandbox::new("schema-series"));
    let report = sandbox.json(&["check", "letters", "--pack", "packs/letters", "--format", "json"]);
    for (pointer, value) in [
        ("/series/0/document", json!(1)),
        ("/series/0/rule", json!("duplicate-text")),
        ("/series/0/others", json!(null)),
        ("/series/0/others/0/path", json!("")),
        ("/series/0/others/0/place", json!({})),
    ] {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert!(schema.is_valid(&report) && !schema.is_valid(&changed), "{pointer}");
    }
}

#[test]
fn the_schema_refuses_what_is_no_finding_of_an_assertion() {
    let (schema, sandbox) = (schema(), Sandbox::new("schema-assertions"));
    let inputs = ["check", "notes/malformed-day.xml", "--format", "json", "--show-source"];
    let report =
        sandbox.json(&[&inputs[..], &["--pack", "schemas/house.sch", "--pack", "schemas/documents.sch"]].concat());
    for (pointer, value) in [
        ("/packs/0/kind", json!("schema")),
        ("/rules/0/kind", json!("failed-assert")),
        ("/rules/0/unevaluated", json!(-1)),
        ("/rules/0/diagnostics", json!([])),
        ("/documents/0/unevaluated/0/times", json!(0)),
        ("/documents/0/unevaluated/0/rule", json!("known")),
        ("/documents/0/findings/0/kind", json!("assert")),
        ("/documents/0/findings/0/location", json!("note")),
        ("/documents/0/findings/0/text", json!(null)),
    ] {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert!(schema.is_valid(&report) && !schema.is_valid(&changed), "{pointer}");
    }
}
