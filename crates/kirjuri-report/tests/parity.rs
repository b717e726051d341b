//! Findings of Schematron schemas that others wrote, compared with what Saxon found with SchXslt.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod digest;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use digest::{sha1, sha256};
use kirjuri::{
    AnyRule, AssertionKind, Document, Limits, LintOptions, Report, RuleSet, Schematron, SchematronOptions, lint,
};
use kirjuri_tree::NodeId;
use serde::Deserialize;

/// A document's findings as the reference has them.
#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    document_sha256: String,
    #[serde(default)]
    case: String,
    engine: String,
    fired: usize,
    findings: Vec<Finding>,
}

/// Kind, id, role (else flag), location and the digest of the text.
type Finding = (String, Option<String>, Option<String>, String, String);

fn corpus() -> PathBuf {
    std::env::var_os("KIRJURI_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"), PathBuf::from)
}

/// The reference findings of a set, by SchXslt; none where they are not laid out.
fn references(name: &str) -> Option<Vec<Reference>> {
    let folder = std::env::var_os("KIRJURI_REFERENCE").map_or_else(|| corpus().join("reference"), PathBuf::from);
    let file = fs::File::open(folder.join(format!("{name}.jsonl.gz"))).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let all = text.lines().map(|line| serde_json::from_str::<Reference>(line).unwrap());
    Some(all.filter(|reference| reference.engine == "schxslt").collect())
}

fn schema(path: &Path) -> RuleSet {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let files = BTreeMap::from([(name.clone(), fs::read(path).unwrap())]);
    let schema =
        Schematron::load(&files, &name, &SchematronOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let notes: Vec<String> = schema.notes().iter().map(ToString::to_string).collect();
    assert!(schema.assertions().iter().all(|assertion| assertion.is_compiled), "{}", notes.join("\n"));
    RuleSet::new(Vec::new()).with_schemas([Arc::new(schema)])
}

fn run(document: &Document, rules: &RuleSet) -> Report {
    let mut options = LintOptions::default();
    (options.messages, options.fired_rules) = (true, true);
    lint(document, rules, &options).unwrap()
}

/// Findings as the reference writes them.
fn findings(report: &Report, rules: &RuleSet) -> Vec<Finding> {
    let all = report.findings.iter().map(|finding| {
        let AnyRule::Assertion(_, assertion) = rules.get(finding.rule) else { panic!("not an assertion") };
        let about = finding.assertion.as_ref().unwrap();
        let kind = if about.kind == AssertionKind::Assert { "f" } else { "s" };
        let text = about.text.as_ref().unwrap().text();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let role = assertion.role.clone().or_else(|| assertion.flag.clone());
        // The reference knows a text by its first 240 characters.
        let text: String = text.chars().take(240).collect();
        let digest = sha1(text.trim_end().as_bytes())[..12].to_owned();
        (kind.to_owned(), assertion.id.clone(), role, without_namespaces(&about.location), digest)
    });
    let mut all: Vec<Finding> = all.collect();
    all.sort();
    all
}

fn without_namespaces(location: &str) -> String {
    let mut parts = location.split("Q{");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + part.split_once('}').map_or(part, |(_, local)| local))
}

/// Says where the findings of a document differ.
fn compare(name: &str, report: &Report, rules: &RuleSet, reference: &Reference, differences: &mut Vec<String>) {
    let mut expected = reference.findings.clone();
    expected.sort();
    let found = findings(report, rules);
    if found != expected {
        let (missing, extra) = (without(&expected, &found), without(&found, &expected));
        differences.push(format!("{name}: missing {missing:?}, too many {extra:?}"));
    }
    let fired = report.fired_rules.iter().filter(|fired| !fired.is_suppressed).count();
    if fired != reference.fired {
        differences.push(format!("{name}: {fired} rules fired, not {}", reference.fired));
    }
    if !report.unevaluated.is_empty() {
        let names: Vec<String> = report.unevaluated.iter().map(|it| rules.id(it.rule)).collect();
        differences.push(format!("{name}: unevaluated {}", names.join(", ")));
    }
}

/// The first few of `all` that are not in `others`, as often as they are there.
fn without(all: &[Finding], others: &[Finding]) -> Vec<Finding> {
    let mut left = others.to_vec();
    let mut rest = all.to_vec();
    rest.retain(|finding| match left.iter().position(|other| other == finding) {
        Some(same) => {
            left.swap_remove(same);
            false
        }
        None => true,
    });
    rest.truncate(4);
    rest
}

fn assert_same(differences: &[String]) {
    let first = differences.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} differences\n{first}", differences.len());
}

/// A test of the e-invoice rules: the document, and what is said of it.
struct Labelled {
    name: String,
    document: Document,
    expected: Vec<(String, String)>,
}

/// The tests of a file: the document is what stands in `test` behind `assert`.
fn labelled(path: &Path, name: &str) -> Vec<Labelled> {
    let set = Document::parse(&fs::read(path).unwrap(), &Limits::default()).unwrap();
    let elements = |node: NodeId| set.children(node).filter(|&node| set.is_element(node)).collect::<Vec<_>>();
    let local = |node: NodeId| set.qname(set.name(node)).local;
    let mut tests = Vec::new();
    for test in elements(set.root_element()).into_iter().filter(|&node| local(node) == "test") {
        let parts = elements(test);
        let (labels, document) = parts.iter().partition::<Vec<NodeId>, _>(|&&node| local(node) == "assert");
        let labels = labels.into_iter().flat_map(&elements);
        let expected = labels.filter(|&label| ["success", "error", "warning"].contains(&local(label)));
        let expected = expected.map(|label| (local(label).to_owned(), set.string_value(label).trim().to_owned()));
        let document = Document::parse(standing_alone(&set, document[0]).as_bytes(), &Limits::default()).unwrap();
        let name = format!("{name}.{}", tests.len() + 1);
        tests.push(Labelled { name, document, expected: expected.collect() });
    }
    tests
}

/// The text of an element with the prefixes that are declared outside it.
fn standing_alone(document: &Document, element: NodeId) -> String {
    let text = &document.text()[document.span(element).range()];
    let end = text.find([' ', '\n', '\r', '\t', '>', '/']).unwrap();
    let tag = &text[..text.find('>').unwrap()];
    let mut declarations = String::new();
    let prefixes: BTreeSet<&str> = text
        .split([' ', '<', '/', '\n', '\t', '\r'])
        .filter_map(|word| word.split_once(':').map(|(prefix, _)| prefix))
        .chain([""])
        .collect();
    for prefix in prefixes {
        let attribute = if prefix.is_empty() { "xmlns=".to_owned() } else { format!("xmlns:{prefix}=") };
        let is_name = prefix.chars().all(|c| c.is_ascii_alphanumeric());
        if let Some(uri) = document.lookup_prefix(element, prefix).filter(|_| is_name && !tag.contains(&attribute)) {
            declarations.push_str(&format!(" {attribute}\"{uri}\""));
        }
    }
    format!("{}{declarations}{}", &text[..end], &text[end..])
}

#[test]
fn the_e_invoice_rules_say_what_their_tests_and_saxon_say() {
    let folder = corpus().join("en16931");
    if !folder.is_dir() {
        println!("skipped: the corpus `en16931` is not laid out");
        return;
    }
    let rules = schema(&folder.join("EN16931-UBL-validation-preprocessed.sch"));
    let references = references("en16931-ubl");
    if references.is_none() {
        println!("the reference findings `en16931-ubl` are not laid out: only the labels are compared");
    }
    let references: BTreeMap<String, Reference> =
        references.into_iter().flatten().map(|reference| (reference.case.clone(), reference)).collect();
    let (mut labels, mut compared, mut differences) = (0, 0, Vec::new());
    for kind in ["CreditNote-unit-UBL", "Invoice-unit-UBL"] {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder.join(kind)).unwrap().map(|it| it.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            for test in labelled(&path, &format!("{kind}/{stem}")) {
                let report = run(&test.document, &rules);
                let found: BTreeSet<String> = findings(&report, &rules).into_iter().filter_map(|it| it.1).collect();
                for (label, id) in &test.expected {
                    labels += 1;
                    if found.contains(id) == (label == "success") {
                        differences.push(format!("{}: {id} is no {label}", test.name));
                    }
                }
                if let Some(reference) = references.get(&test.name) {
                    compared += 1;
                    compare(&test.name, &report, &rules, reference, &mut differences);
                }
            }
        }
    }
    println!("{labels} labels, {compared} of {} references compared", references.len());
    assert_same(&differences);
    assert_eq!(compared, references.len());
}

/// The schema is not in the corpus: `KIRJURI_CCDA_SCHEMA` says where `CCDA-4.0.sch` of `HL7/CDA-ccda` lies.
#[test]
fn the_rules_of_hl7_for_clinical_documents_find_what_saxon_finds() {
    let Some(path) = std::env::var_os("KIRJURI_CCDA_SCHEMA") else {
        println!("skipped: KIRJURI_CCDA_SCHEMA names no schema");
        return;
    };
    let Some(references) = references("ccda-4.0.onc") else {
        println!("skipped: the reference findings are not laid out");
        return;
    };
    let Ok(folder) = fs::read_dir(corpus().join("onc-ccda")) else {
        println!("skipped: the corpus `onc-ccda` is not laid out");
        return;
    };
    let rules = schema(Path::new(&path));
    let mut documents: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for entry in folder {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        documents.insert(sha256(&bytes), bytes);
    }
    let (mut count, mut differences) = (0, Vec::new());
    for reference in &references {
        let document = Document::parse(&documents[&reference.document_sha256], &Limits::default()).unwrap();
        let report = run(&document, &rules);
        count += report.findings.len();
        compare(&reference.document_sha256, &report, &rules, reference, &mut differences);
    }
    println!("{count} findings in {} documents", references.len());
    assert_same(&differences);
}
