//! Runs the packs for forms over FHIR's own questionnaires, and compares with what HL7's validator reports of them.
//!
//! The verdicts are the table in `docs/conformance/fhir-questionnaires.md`; `UPDATE=1` rewrites it. The forms are no
//! part of the project: they are looked for in `KIRJURI_CORPUS`, else in `target/corpus`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use kirjuri::{Document, Limits, LintOptions, Pack, RuleSet};
use kirjuri_tree::NodeId;

/// What HL7's validator says of a form, by words of its message.
struct Reported {
    words: &'static str,
    says: &'static str,
    verdict: Verdict,
}

enum Verdict {
    /// We find the same, at the same element or inside it.
    Found(&'static str),
    /// The form alone does not tell.
    Elsewhere(&'static str),
}

use Verdict::{Elsewhere, Found};

const EXTENSION: Verdict = Elsewhere("needs the definition of the extension, which the form does not carry");
const TERMINOLOGY: Verdict = Elsewhere("needs the code system");
const OTHER_FORM: Verdict = Elsewhere("needs the form that this one is derived from");

const REPORTED: &[Reported] = &[
    Reported { words: "Unrecognized property", says: "unknown property", verdict: Found("unknown-item-element") },
    Reported { words: "could not be found so is not allowed here", says: "unknown extension", verdict: EXTENSION },
    Reported { words: "is not allowed to be used at this point", says: "misplaced extension", verdict: EXTENSION },
    Reported { words: "A definition for CodeSystem", says: "unknown code system", verdict: TERMINOLOGY },
    Reported {
        words: "None of the codings provided",
        says: "code outside a recommended value set",
        verdict: TERMINOLOGY,
    },
    Reported {
        words: "has not been checked because",
        says: "unknown profile",
        verdict: Elsewhere("needs the profile"),
    },
    Reported { words: "que-0:", says: "que-0: name", verdict: Found("malformed-name") },
    Reported { words: "que-2:", says: "que-2: linkId twice", verdict: Found("duplicate-link-id") },
    Reported { words: "que-12:", says: "que-12: no enableBehavior", verdict: Found("missing-enable-behavior") },
    Reported {
        words: "cannot refer to an inner question",
        says: "enableWhen asks for a question inside the item",
        verdict: Found("circular-enable-when"),
    },
    Reported {
        words: "comes after the question itself",
        says: "enableWhen asks for a later question",
        verdict: Found("late-enable-when"),
    },
    Reported {
        words: "with no system has no defined meaning",
        says: "code without a system",
        verdict: Found("missing-code-system"),
    },
    Reported {
        words: "has no derivation type specified",
        says: "derived, but not said how",
        verdict: Found("missing-derivation-type"),
    },
    Reported { words: "found in questionnaire", says: "differs from the form it is derived from", verdict: OTHER_FORM },
    Reported { words: "referred to in the derivation", says: "derived from an unknown form", verdict: OTHER_FORM },
];

/// Why what only we find is right.
const BESIDES: &[(&str, &str)] = &[
    (
        "conflicting-limits",
        "the least value allowed is greater than the greatest: no answer will do, as the answers to these forms show",
    ),
    ("conflicting-occurrences", "two answers are asked of a question that does not repeat, and so has one at most"),
    ("duplicate-question", "questions of one group have the same type and text"),
    ("fiphr-questionnaire/malformed-name", "the same name, in a form of the Finnish PHR profile, which asks for it"),
    (
        "fiphr-questionnaire/unversioned-url",
        "the version is 0.1, and the url does not contain the major version, as the profile recommends",
    ),
    ("impossible-hidden-answer", "a hidden question requires an answer and has no initial value"),
    ("impossible-required-choice", "a required choice has neither options nor a value set"),
    (
        "malformed-name",
        "the name has characters that que-0 does not allow; the validator was not run on the form, or as STU3, which has no such invariant",
    ),
    (
        "missing-answer-options",
        "a choice has neither options nor a value set; of responses the validator says that it cannot check the answer",
    ),
    ("missing-code-system", "a code has no system; the validator says the same of the forms it was run on as R4"),
    (
        "missing-derivation-type",
        "derivedFrom has no derivation type; of the same form without a published original the validator says only that it is unknown",
    ),
    ("missing-status", "status is mandatory, and is not there"),
    ("missing-text", "a question or display has no text, so that nobody can know what is asked; FHIR allows it"),
    ("missing-url", "the form has no url, so that no response can name it; FHIR allows it"),
    ("unknown-enable-when-answer", "the condition names a code that is not in the contained value set of the question"),
    (
        "unknown-type",
        "the code `question` is abstract; of the response the validator says that such an item has no answers",
    ),
];

const INTRODUCTION: &str = "\
# FHIR questionnaires

Made by `UPDATE=1 cargo test -p kirjuri-rules --test questionnaires`; do not edit by hand.

The questionnaires of HL7's [FHIR test cases](https://github.com/FHIR/fhir-test-cases), which stay outside of the
project, as the packs `fhir-questionnaire` and `fiphr-questionnaire` judge them, beside what HL7's validator is recorded
to report. It reports on the file that a test case is about and what that contains (*main*, *contained*), not on the forms
that responses are checked against (*supporting*). What it says of responses is another matter than the form, and is not
compared.
";

/// A rule as the table names it: those of the pack for all forms without the pack.
fn shown_rule(id: &str) -> String {
    id.trim_start_matches("fhir-questionnaire/").to_owned()
}

fn corpus() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let corpus = env::var_os("KIRJURI_CORPUS").map_or_else(|| root.join("target/corpus"), PathBuf::from);
    let folder = corpus.join("fhir-questionnaires");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no {}", folder.display());
    None
}

fn rules() -> RuleSet {
    let load = |name| Arc::new(Pack::load(&kirjuri_rules::source(name).unwrap()).unwrap_or_else(|it| panic!("{it}")));
    RuleSet::new(["fhir-questionnaire", "fiphr-questionnaire"].map(load).into())
}

/// The documents of the corpus, by their paths in it; those that are refused with the reason.
fn documents(folder: &Path) -> BTreeMap<String, Result<Document, String>> {
    let (mut found, mut waiting) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(inside) = waiting.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let parse = match path.extension().and_then(|it| it.to_str()) {
                _ if path.is_dir() => {
                    if name != "outcomes" {
                        waiting.push(path);
                    }
                    continue;
                }
                Some("json") if name != "manifest.json" => Document::parse_json,
                Some("xml") => Document::parse,
                _ => continue,
            };
            let document = parse(&fs::read(&path).unwrap(), &Limits::default());
            found.insert(name, document.map_err(|error| error.kind().id().to_owned()));
        }
    }
    found
}

fn children<'d>(document: &'d Document, node: NodeId, local: &'d str) -> impl Iterator<Item = NodeId> + 'd {
    document.children(node).filter(move |&child| local_name(document, child) == local)
}

fn local_name(document: &Document, node: NodeId) -> &str {
    if document.is_element(node) { document.qname(document.name(node)).local } else { "" }
}

/// What an element says, in FHIR by its attribute `value`.
fn text(document: &Document, node: NodeId) -> String {
    let value = document.find_name("", "value").and_then(|name| document.attribute(node, name));
    value.map_or_else(|| document.string_value(node).into_owned(), |it| document.attribute_value(it).to_owned())
}

/// What stands at the end of a path of names; empty where there is nothing.
fn text_at(document: &Document, node: NodeId, path: &[&str]) -> String {
    let step = |at: Option<NodeId>, name: &&str| children(document, at?, name).next();
    path.iter().fold(Some(node), step).map(|node| text(document, node)).unwrap_or_default()
}

/// A message of HL7's validator.
struct Message {
    severity: String,
    at: String,
    text: String,
}

/// The test cases: the file each is about, with what is said of it, and the files that it needs.
struct Cases {
    messages: BTreeMap<String, Vec<Message>>,
    supporting: BTreeSet<String>,
}

fn cases(folder: &Path) -> Cases {
    let read = |path: PathBuf| Document::parse_json(&fs::read(path).ok()?, &Limits::default()).ok();
    let manifest = read(folder.join("manifest.json")).unwrap();
    let mut cases = Cases { messages: BTreeMap::new(), supporting: BTreeSet::new() };
    for case in manifest.children(manifest.root_element()) {
        cases.supporting.extend(children(&manifest, case, "supporting").map(|it| text(&manifest, it)));
        let java = children(&manifest, case, "java").next().unwrap();
        let messages = match children(&manifest, java, "outcome").next() {
            Some(outcome) => messages(&manifest, outcome),
            // Two of the outcomes, both of responses, are not in the corpus.
            None => read(folder.join("outcomes").join(text(&manifest, java)))
                .map(|outcome| messages(&outcome, outcome.root_element()))
                .unwrap_or_default(),
        };
        cases.messages.insert(text_at(&manifest, case, &["file"]), messages);
    }
    cases
}

fn messages(document: &Document, outcome: NodeId) -> Vec<Message> {
    let message = |issue| {
        let first = |path: &[&str]| text_at(document, issue, path);
        let (details, location) = (first(&["details", "text"]), first(&["location"]));
        Message {
            severity: first(&["severity"]),
            at: if location.is_empty() { first(&["expression"]) } else { location },
            text: if details.is_empty() { first(&["diagnostics"]) } else { details },
        }
    };
    children(document, outcome, "issue").map(message).collect()
}

/// A form: a questionnaire, also inside another resource.
struct Form {
    node: NodeId,
    items: usize,
    /// Of one that is contained, how the validator names it.
    contained: Option<String>,
}

fn forms(document: &Document) -> Vec<Form> {
    let is_form = |&node: &NodeId| local_name(document, node) == "Questionnaire";
    let form = |node| {
        let items = document.descendants(node).filter(|&it| local_name(document, it) == "item").count();
        let parent = document.parent(node).filter(|&it| it != NodeId::DOCUMENT);
        let id = text_at(document, node, &["id"]);
        let contained = parent.map(|_| format!("/*Questionnaire/{id}*/"));
        Form { node, items, contained }
    };
    document.descendants(NodeId::DOCUMENT).filter(is_form).map(form).collect()
}

/// The names and numbers of a path inside its form: those of a finding count from one, those of the validator from
/// zero, and `value.ofType(Coding)` is `valueCoding`.
fn steps(path: &str) -> Vec<(String, usize)> {
    let is_ours = path.starts_with('/');
    let path = path.replace(".ofType(", "").replace(')', "");
    let inside = match (path.find("*/"), path.rfind("/Questionnaire")) {
        (Some(end), _) if !is_ours => &path[end + 2..],
        (_, Some(start)) if is_ours => &path[start + "/Questionnaire".len()..],
        _ => path.strip_prefix("Questionnaire").unwrap_or(&path),
    };
    let step = |step: &str| {
        let (name, number) = step.split_once('[').unwrap_or((step, if is_ours { "1]" } else { "0]" }));
        let number: usize = number.trim_end_matches(']').parse().unwrap();
        (name.to_owned(), number - usize::from(is_ours))
    };
    inside.split(if is_ours { '/' } else { '.' }).filter(|part| !part.is_empty()).map(step).collect()
}

#[test]
fn every_form_is_judged_as_the_table_says() {
    let Some(folder) = corpus() else { return };
    let (rules, cases) = (rules(), cases(&folder));
    let (mut reported, mut besides) = (String::new(), BTreeMap::<String, (usize, BTreeSet<String>)>::new());
    let (mut table, mut counts, mut unjudged) = (String::new(), BTreeMap::<&str, usize>::new(), 0);
    let (mut same, mut elsewhere) = (0, 0);
    for (file, document) in documents(&folder) {
        let Ok(document) = document else { continue };
        let forms = forms(&document);
        if forms.is_empty() {
            continue;
        }
        let report = kirjuri::lint(&document, &rules, &LintOptions::default()).unwrap();
        unjudged += report.unevaluated.len();
        for form in &forms {
            let role = match &form.contained {
                Some(_) => "contained",
                None if cases.messages.contains_key(&file) && cases.supporting.contains(&file) => "main, supporting",
                None if cases.messages.contains_key(&file) => "main",
                None => "supporting",
            };
            *counts.entry(role).or_default() += 1;
            let span = document.span(form.node);
            let own = report
                .findings
                .iter()
                .filter(|it| it.place.start >= span.start as usize && it.place.start < span.end as usize);
            let own: Vec<(String, Vec<(String, usize)>)> =
                own.map(|it| (shown_rule(&rules.id(it.rule)), steps(&it.place.path))).collect();
            // What the validator says, kind by kind, and which of our findings say the same.
            let about = |message: &&Message| match &form.contained {
                Some(name) => message.at.contains(name.as_str()),
                None => message.at.starts_with("Questionnaire"),
            };
            let messages = cases.messages.get(&file).into_iter().flatten().filter(about);
            let (mut kinds, mut known) = (BTreeMap::<(&str, &str, String), usize>::new(), BTreeSet::new());
            let mut number = 0;
            for message in messages {
                number += 1;
                let kind = REPORTED.iter().find(|kind| message.text.contains(kind.words));
                let kind = kind.unwrap_or_else(|| panic!("{file}: no verdict on: {}", message.text));
                let verdict = match kind.verdict {
                    Elsewhere(reason) => {
                        elsewhere += 1;
                        reason.to_owned()
                    }
                    Found(rule) => {
                        let at = steps(&message.at);
                        let matching =
                            own.iter().enumerate().filter(|(_, (name, path))| name == rule && path.starts_with(&at));
                        let matching: Vec<usize> = matching.map(|(number, _)| number).collect();
                        assert!(!matching.is_empty(), "{file}: {} at {} is not found", kind.says, message.at);
                        known.extend(matching);
                        same += 1;
                        format!("found: `{rule}`")
                    }
                };
                *kinds.entry((&message.severity, kind.says, verdict)).or_default() += 1;
            }
            let shown = form.contained.as_ref().map_or(file.clone(), |_| format!("{file}, contained"));
            for ((severity, says, verdict), times) in &kinds {
                writeln!(reported, "| {shown} | {severity} | {says} | {times} | {verdict} |").unwrap();
            }
            let mut ours = BTreeMap::<&str, usize>::new();
            for (number, (rule, _)) in own.iter().enumerate() {
                *ours.entry(rule).or_default() += 1;
                if !known.contains(&number) {
                    let besides = besides.entry(rule.clone()).or_default();
                    besides.0 += 1;
                    besides.1.insert(shown.clone());
                }
            }
            let ours: Vec<String> = ours.iter().map(|(rule, times)| format!("{rule} {times}")).collect();
            let said = if role == "supporting" { "–".to_owned() } else { number.to_string() };
            let ours = if ours.is_empty() { "–".to_owned() } else { ours.join(", ") };
            writeln!(table, "| {shown} | {role} | {} | {said} | {ours} |", form.items).unwrap();
        }
    }
    assert_eq!(unjudged, 0, "every rule has an answer");
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n| forms | |\n|---|--:|\n");
    for (role, count) in &counts {
        writeln!(page, "| {role} | {count} |").unwrap();
    }
    let all: usize = counts.values().sum();
    writeln!(page, "| all | {all} |\n| messages of the validator on forms, found by us too | {same} |").unwrap();
    writeln!(page, "| messages of the validator that a form alone does not tell | {elsewhere} |").unwrap();
    writeln!(page, "| messages of the validator that we miss | 0 |\n\n{}", responses(&folder, &rules)).unwrap();
    page.push_str("## What the validator reports of forms\n\n");
    page.push_str("| form | severity | says | times | verdict |\n|---|---|---|--:|---|\n");
    write!(
        page,
        "{reported}\n## What we find besides\n\n| rule | findings | forms | why it is right |\n|---|--:|--:|---|\n"
    )
    .unwrap();
    for (rule, (findings, forms)) in &besides {
        let why = BESIDES.iter().find(|(known, _)| known == rule).map(|(_, why)| why);
        let why = why.unwrap_or_else(|| panic!("{rule} finds something in {forms:?}, and nobody has looked at it"));
        writeln!(page, "| `{rule}` | {findings} | {} | {why} |", forms.len()).unwrap();
    }
    for (rule, _) in BESIDES {
        assert!(besides.contains_key(*rule), "{rule} finds nothing that needs a reason");
    }
    page.push_str("\n## Every form\n\n| form | | items | reported | we find |\n|---|---|--:|--:|---|\n");
    page.push_str(&table);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conformance/fhir-questionnaires.md");
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == page, "the page is out of date:\n{page}");
}

/// That every response is read and known to be one; what is refused, and why.
fn responses(folder: &Path, rules: &RuleSet) -> String {
    let (mut identified, mut refused) = (0, Vec::new());
    for (file, document) in documents(folder) {
        let document = match document {
            Ok(document) => document,
            Err(reason) => {
                refused.push(format!("`{file}` ({reason})"));
                continue;
            }
        };
        if local_name(&document, document.root_element()) == "QuestionnaireResponse" {
            let kind = rules.packs()[0].kind_of(&document).unwrap().unwrap_or_else(|| panic!("{file} has no kind"));
            assert_eq!(kind.id, "questionnaire-response", "{file}");
            identified += 1;
        }
    }
    assert_eq!(identified, 97);
    let refused = refused.join(", ");
    format!("{identified} responses are read and identified. Refused, by the validator too: {refused}.\n")
}
