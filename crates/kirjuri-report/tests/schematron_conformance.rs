//! The public conformance suites of Schematron, and the page that says how we do.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kirjuri::{
    Document, Limits, LintOptions, PackErrors, RuleSet, SchemaFiles, Schematron, SchematronOptions,
    SubordinateDocuments, check,
};
use kirjuri_report::write_svrl;
use kirjuri_xpath::{DynamicContext, Evaluator, Focus, Node, Program, StaticContext, Version};
use serde::Deserialize;

/// Where we differ from what a case expects, and why.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "schep-001-typed-variables-01",
        "a variable of a phase is used although no phase is chosen, so that it is not in scope (5.4.5); the engines that \
         know the type of a variable refuse it for the same reason",
    ),
    (
        "let-value-element-content-01",
        "the test looks for the content of the variable at the root of the document, not in the variable; no engine \
         passes it (5.4.5: the content is the value of the variable)",
    ),
    (
        "xslt3-accumulators-01",
        "accumulators belong to XSLT 3.0, not to the query language: the assertion does not compile, which is noted; \
         the reference engines that pass hand it on to Saxon",
    ),
];

#[derive(Deserialize)]
struct Case {
    set: String,
    test: String,
    label: String,
    expect: String,
    phase: Option<String>,
    #[serde(default)]
    exps: Vec<String>,
    res: BTreeMap<String, String>,
}

/// A folder on the disk.
#[derive(Clone, Debug)]
struct Folder(PathBuf);

impl SchemaFiles for Folder {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

impl SubordinateDocuments for Folder {
    fn read(&self, address: &str) -> Option<Vec<u8>> {
        fs::read(self.0.join(address)).ok()
    }
}

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("KIRJURI_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"), PathBuf::from);
    Some(root.join("schematron-conformance")).filter(|part| part.is_dir())
}

/// What came of a case (`valid`, `invalid`, `error`, or that not all was asked), the SVRL, and what was noted.
fn run(folder: &Folder, schema: &str, phase: Option<&str>, strict: bool) -> (&'static str, String, String) {
    let mut options = SchematronOptions::default();
    options.phase = phase.map(str::to_owned);
    options.strict = strict;
    let schema = match Schematron::load(folder, schema, &options) {
        Ok(schema) => schema,
        Err(PackErrors(errors)) => return ("error", String::new(), errors[0].to_string()),
    };
    let notes = schema.notes().iter().map(|note| note.kind.id()).collect::<Vec<_>>().join(", ");
    if schema.assertions().iter().any(|assertion| !assertion.is_compiled) {
        return ("not compiled", String::new(), notes);
    }
    let rules = RuleSet::new(Vec::new()).with_schemas([Arc::new(schema)]);
    let mut options = LintOptions::default();
    (options.messages, options.fired_rules) = (true, true);
    options.documents = Some(Arc::new(folder.clone()));
    let bytes = fs::read(folder.0.join("document.xml")).unwrap();
    let report = check(&bytes, &Limits::default(), &rules, &options).unwrap();
    let mut svrl = Vec::new();
    write_svrl(&report, &rules, 0, &mut svrl).unwrap();
    let verdict = match (report.unevaluated.is_empty(), report.findings.is_empty()) {
        (false, _) => "unevaluated",
        (true, true) => "valid",
        (true, false) => "invalid",
    };
    (verdict, String::from_utf8(svrl).unwrap(), notes)
}

/// Whether the expressions of a case hold of the SVRL.
fn holds(expression: &str, svrl: &str) -> bool {
    let mut context = StaticContext::new(Version::XPath1);
    context.declare_namespace("svrl", "http://purl.oclc.org/dsdl/svrl");
    let program = Program::compile(expression, &mut context).unwrap();
    let document =
        Document::parse(svrl.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{svrl}"));
    let (binding, dynamic) = (context.names().bind(&document), DynamicContext::default());
    let root = Node { document: &document, node: document.root_element().into() };
    Evaluator::new(&document, &binding, &dynamic).truth(&program, &Focus::on(root)).unwrap()
}

/// How a case goes, and what its notes are.
fn judge(case: &Case, folder: &Folder, schema: &str) -> Result<String, String> {
    // What the standard calls an error is a note, unless one is strict.
    let strict = case.expect == "error";
    let (verdict, svrl, notes) = run(folder, schema, case.phase.as_deref(), strict);
    if verdict != case.expect {
        return Err(format!("{verdict} {notes}"));
    }
    if let Some(failed) = case.exps.iter().find(|expression| !holds(expression, &svrl)) {
        return Err(format!("not {failed}\n{svrl}"));
    }
    if strict && run(folder, schema, case.phase.as_deref(), false).0 != "error" {
        return Ok("strict".into());
    }
    Ok(String::new())
}

#[test]
fn the_conformance_suites_go_as_the_page_says() {
    let Some(corpus) = corpus() else {
        println!("skipped: the corpus `schematron-conformance` is not laid out");
        return;
    };
    let cases: Vec<Case> = serde_json::from_slice(&fs::read(corpus.join("cases.json")).unwrap()).unwrap();
    let mut page = String::from(
        "# Conformance of Schematron\n\n\
         The cases of `Schematron/schematron-conformance` and of SchXslt's own suite, run as they are: with the query\n\
         language the case has (`schema.sch`) and, where there is such a schema, with `xslt2`. What the standard calls an\n\
         error and real schemas have all the same is a note unless the load is strict; such a case says *strict*. The last\n\
         column counts how many runs of the three reference engines (ISO skeleton, SchXslt 1 and 2) go as expected. The page is\n\
         written by `crates/kirjuri-report/tests/schematron_conformance.rs`.\n\n\
         | case | what it says | expected | as written | xslt2 | references |\n|---|---|---|---|---|---|\n",
    );
    let (mut passed, mut wrong) = (0, Vec::new());
    for case in &cases {
        let folder = Folder(corpus.join(&case.set).join(&case.test));
        let different = DIFFERENT.iter().find(|(test, _)| *test == case.test);
        let mut goes = true;
        let cell = |schema: &str, goes: &mut bool, wrong: &mut Vec<String>| {
            if !folder.0.join(schema).is_file() {
                return "–".to_owned();
            }
            match judge(case, &folder, schema) {
                Ok(how) if how.is_empty() => "yes".into(),
                Ok(how) => format!("yes, {how}"),
                Err(why) => {
                    *goes = false;
                    if different.is_none() {
                        wrong.push(format!("{}/{schema}: {why}", case.test));
                    }
                    "**no**".into()
                }
            }
        };
        let plain = cell("schema.sch", &mut goes, &mut wrong);
        let second = cell("schema.xslt2.sch", &mut goes, &mut wrong);
        assert!(!goes || different.is_none(), "{} is no longer different", case.test);
        passed += usize::from(goes);
        let agreed = case.res.values().filter(|verdict| *verdict == "OK").count();
        let Case { test, label, expect, .. } = case;
        let _ = writeln!(page, "| {test} | {label} | {expect} | {plain} | {second} | {agreed}/{} |", case.res.len());
    }
    let _ = write!(page, "\n{passed} of {} cases go as expected. The others:\n\n", cases.len());
    for (test, why) in DIFFERENT {
        let _ = writeln!(page, "- `{test}`: {why}.");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance/schematron.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, page).unwrap();
        return;
    }
    assert_eq!(fs::read_to_string(path).unwrap(), page, "run with UPDATE=1");
}
