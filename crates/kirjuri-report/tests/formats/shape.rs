//! What the readers of formats expect: of SARIF its schema, of the others the shape that `tests/schemas/README.md` names,
//! written down here.

use kirjuri_tree::{Document, Limits, NodeId, NodeKind};
use serde_json::Value;

/// An element that a format has: its parents, the attributes it must have, and those it may have.
type Element = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// `junit-10.xsd` of Jenkins' xUnit plugin, as much as is written.
const JUNIT: &[Element] = &[
    ("testsuites", &[], &[], &["name", "time", "tests", "failures", "errors"]),
    ("testsuite", &["testsuites"], &["name", "tests", "failures", "errors"], &["skipped", "time", "id", "file"]),
    ("testcase", &["testsuite"], &["name"], &["classname", "time", "group"]),
    ("failure", &["testcase"], &[], &["type", "message"]),
    ("error", &["testcase"], &[], &["type", "message"]),
    ("skipped", &["testcase"], &[], &["type", "message"]),
    ("system-out", &["testsuite", "testcase"], &[], &[]),
];

/// What readers of checkstyle's XML agree on.
const CHECKSTYLE: &[Element] = &[
    ("checkstyle", &[], &[], &["version"]),
    ("file", &["checkstyle"], &["name"], &[]),
    ("error", &["file"], &["severity", "message", "source"], &["line", "column"]),
];

pub(crate) fn junit(xml: &str) {
    let document = parse(xml);
    check(&document, JUNIT);
    for suite in named(&document, "testsuite") {
        let count = |name: &str| {
            let inside = document.descendants(suite).filter(|node| local(&document, *node) == Some(name));
            inside.count().to_string()
        };
        for (attribute, element) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            assert_eq!(value(&document, suite, attribute).as_deref(), Some(&*count(element)), "{attribute}: {xml}");
        }
    }
    let mut cases: Vec<_> = named(&document, "testsuite")
        .into_iter()
        .flat_map(|suite| document.children(suite).map(move |case| (suite, case)))
        .filter(|(_, case)| local(&document, *case) == Some("testcase"))
        .map(|(suite, case)| (suite, value(&document, case, "name")))
        .collect();
    let all = cases.len();
    cases.sort();
    cases.dedup();
    assert_eq!(cases.len(), all, "names of cases are unique in their suite");
}

pub(crate) fn checkstyle(xml: &str) {
    let document = parse(xml);
    check(&document, CHECKSTYLE);
    for error in named(&document, "error") {
        let severity = value(&document, error, "severity").unwrap();
        assert!(["error", "warning", "info", "ignore"].contains(&&*severity), "{severity}");
    }
}

/// The names of all elements, in their order.
pub(crate) fn elements(xml: &str) -> Vec<String> {
    let document = parse(xml);
    let all = document.descendants(NodeId::DOCUMENT);
    all.filter_map(|node| local(&document, node).map(str::to_owned)).collect()
}

/// GitLab's documentation, "Code Quality report format".
pub(crate) fn gitlab(json: &Value) {
    for issue in json.as_array().unwrap() {
        for key in ["description", "check_name", "fingerprint"] {
            assert!(issue[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {issue}");
        }
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{severity}");
        assert!(issue["location"]["path"].is_string(), "{issue}");
        assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0), "{issue}");
    }
}

/// The schema of OASIS, and what GitHub asks for beside it.
pub(crate) fn sarif(json: &Value) {
    static SCHEMA: std::sync::LazyLock<jsonschema::Validator> = std::sync::LazyLock::new(|| {
        let schema = serde_json::from_str(include_str!("../schemas/sarif-schema-2.1.0.json")).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let errors: Vec<String> = SCHEMA.iter_errors(json).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let run = &json["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["fullDescription"]["text"].is_string() && rule["help"]["markdown"].is_string(), "{rule}");
        assert!(result["partialFingerprints"]["kirjuri/v1"].is_string(), "{result}");
    }
}

fn parse(xml: &str) -> Document {
    Document::parse(xml.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {xml}"))
}

fn local(document: &Document, node: NodeId) -> Option<&str> {
    (document.kind(node) == NodeKind::Element).then(|| document.qname(document.name(node)).local)
}

fn named(document: &Document, name: &str) -> Vec<NodeId> {
    document.descendants(NodeId::DOCUMENT).filter(|node| local(document, *node) == Some(name)).collect()
}

fn value(document: &Document, node: NodeId, name: &str) -> Option<String> {
    let mut attributes = document.attributes(node);
    let found = attributes.find(|it| document.qname(document.attribute_name(*it)).local == name);
    found.map(|attribute| document.attribute_value(attribute).to_owned())
}

fn check(document: &Document, elements: &[Element]) {
    for node in document.descendants(NodeId::DOCUMENT) {
        let Some(name) = local(document, node) else { continue };
        let found = elements.iter().find(|(known, ..)| *known == name);
        let (_, parents, required, allowed) = found.unwrap_or_else(|| panic!("an element {name}"));
        let parent = document.parent(node).and_then(|parent| local(document, parent));
        assert!(parent.map_or(parents.is_empty(), |parent| parents.contains(&parent)), "{name} in {parent:?}");
        for attribute in *required {
            assert!(value(document, node, attribute).is_some(), "{name} has no {attribute}");
        }
        for attribute in document.attributes(node) {
            let attribute = document.qname(document.attribute_name(attribute)).local;
            assert!(required.contains(&attribute) || allowed.contains(&attribute), "{name} has {attribute}");
        }
    }
}
