//! Runs the XPath expressions of libxml2's own test suite and compares every value with libxml2's full dump of it.
//!
//! The suite is not part of this repository: it is looked for in `KIRJURI_CORPUS`, else in `target/corpus`. The outcome
//! is `docs/conformance/libxml2-xpath.md`, which is written anew with `UPDATE=1`.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use kirjuri_tree::{AttributeId, Document, Limits, NodeId, NodeKind};
use kirjuri_xpath::{Atomic, DynamicContext, Evaluator, Focus, Node, Program, Sequence, StaticContext, Version};

/// Why an expression of the suite does not apply to an engine of XPath 1.0 over documents without a DTD.
const NOT_APPLICABLE: [(&str, &str); 2] = [
    (
        "exponent",
        "libxml2 takes numbers with an exponent; XPath 1.0 (section 3.7) has none, and they are an error here",
    ),
    (
        "identifier",
        "`id()` finds what a DTD declares as identifiers; documents with a DTD are refused here, so the DTD is cut off \
         and `id()` finds nothing",
    ),
];

/// Why the value differs from libxml2's, or the expression is refused.
const DIFFERENT: [(&str, &str); 2] = [
    ("namespace", "the namespace axis is not supported and is a compile error"),
    (
        "digits",
        "libxml2 writes numbers with 15 significant digits and an exponent; XPath 1.0 (section 4.2) wants decimals \
         without an exponent, which is what `string()` gives here",
    ),
];

/// The rule by which an expression falls under one of the reasons above.
fn reason(document: Option<&str>, expression: &str) -> Option<&'static str> {
    let number = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    if expression.starts_with("1e") || (expression.starts_with("1.23e") && number(&expression[5..])) {
        Some("exponent")
    } else if document == Some("vid") && expression.starts_with("id(") {
        Some("identifier")
    } else if expression.contains("namespace::") {
        Some("namespace")
    } else if expression.starts_with("string(") && expression.contains("12345678901234567890") {
        Some("digits")
    } else {
        None
    }
}

#[test]
fn libxml2_gives_the_same_values() {
    let corpus = std::env::var_os("KIRJURI_CORPUS").map_or_else(|| root().join("target/corpus"), PathBuf::from);
    let suite = corpus.join("libxml2-xpath");
    if !suite.is_dir() {
        println!("skipped: the suite is neither in KIRJURI_CORPUS nor in target/corpus");
        return;
    }
    let mut files = Vec::new();
    for name in names(&suite.join("test/expr")) {
        files.push(run(&suite, &format!("expr/{name}"), None));
    }
    let documents = names(&suite.join("test/docs"));
    for name in names(&suite.join("test/tests")) {
        let document =
            documents.iter().filter(|document| name.starts_with(document.as_str())).max_by_key(|it| it.len());
        files.push(run(&suite, &format!("tests/{name}"), document.map(String::as_str)));
    }
    let xpointers: usize = names(&suite.join("test/xptr"))
        .iter()
        .map(|name| read(&suite.join("test/xptr").join(name)).lines().filter(|line| !line.trim().is_empty()).count())
        .sum();

    let unexplained: Vec<&str> = files.iter().flat_map(|file| &file.unexplained).map(String::as_str).collect();
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n\n"));
    let printed = page(&files, xpointers);
    let golden = root().join("docs/conformance/libxml2-xpath.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(golden.parent().unwrap()).unwrap();
        std::fs::write(&golden, &printed).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&golden).unwrap_or_default(), printed, "rewrite the page with UPDATE=1");
}

/// What came of one file of expressions.
struct Outcome {
    file: String,
    passed: usize,
    /// Expression and reason.
    not_applicable: Vec<(String, &'static str)>,
    different: Vec<(String, &'static str)>,
    unexplained: Vec<String>,
}

fn run(suite: &Path, file: &str, document: Option<&str>) -> Outcome {
    let source = match document {
        Some(name) => without_doctype(&read(&suite.join("test/docs").join(name))),
        // Expressions without a document still need a node to stand at.
        None => "<none/>".to_owned(),
    };
    let tree = Document::parse(source.as_bytes(), &Limits::default()).unwrap();
    let expressions = read(&suite.join("test").join(file));
    let expected = dumps(&read(&suite.join("result").join(file)));
    let written: Vec<&str> = expressions.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(written, expected.iter().map(|(expression, _)| expression.as_str()).collect::<Vec<_>>(), "{file}");

    let mut outcome = Outcome {
        file: file.to_owned(),
        passed: 0,
        not_applicable: Vec::new(),
        different: Vec::new(),
        unexplained: Vec::new(),
    };
    for (expression, expected) in expected {
        let found = evaluate(&tree, &expression);
        let why = reason(document, &expression);
        if found == expected {
            outcome.passed += 1;
            if let Some(why) = why {
                outcome.unexplained.push(format!("{file}: {expression}\n  is listed as `{why}` but passes"));
            }
        } else if let Some((name, _)) = NOT_APPLICABLE.iter().find(|(name, _)| Some(*name) == why) {
            outcome.not_applicable.push((expression, name));
        } else if let Some((name, _)) = DIFFERENT.iter().find(|(name, _)| Some(*name) == why) {
            outcome.different.push((expression, name));
        } else {
            outcome.unexplained.push(format!("{file}: {expression}\nfound:\n{found}\nexpected:\n{expected}"));
        }
    }
    outcome
}

/// A document without its document type declaration, which the parser refuses. Those of the suite hold no `]>` but
/// the one at their end.
fn without_doctype(source: &str) -> String {
    match (source.find("<!DOCTYPE"), source.find("]>")) {
        (Some(start), Some(end)) => format!("{}{}", &source[..start], &source[end + 2..]),
        _ => source.to_owned(),
    }
}

/// Expressions and dumps of a file of results.
fn dumps(results: &str) -> Vec<(String, String)> {
    results
        .split("\n========================\nExpression: ")
        .skip(1)
        .map(|part| {
            let (expression, dump) = part.split_once('\n').unwrap();
            (expression.to_owned(), dump.trim_end_matches('\n').to_owned())
        })
        .collect()
}

fn evaluate(document: &Document, expression: &str) -> String {
    let mut context = StaticContext::new(Version::XPath1);
    let Ok(program) = Program::compile(expression, &mut context) else { return "Object is empty (NULL)".into() };
    let (binding, dynamic) = (context.names().bind(document), DynamicContext::default());
    let root = Node { document, node: document.root_element().into() };
    let value = Evaluator::new(document, &binding, &dynamic).value(&program, &Focus::on(root)).unwrap();
    match value {
        Sequence::Nodes(nodes) => {
            let mut dump = format!("Object is a Node Set :\nSet contains {} nodes:", nodes.len());
            for (index, node) in nodes.into_iter().enumerate() {
                write!(dump, "\n{}", index + 1).unwrap();
                dump_node(node, &mut dump);
            }
            dump
        }
        Sequence::Atomic(Atomic::Boolean(truth)) => format!("Object is a Boolean : {truth}"),
        Sequence::Atomic(Atomic::Double(number)) => format!("Object is a number : {}", general(number)),
        text => format!("Object is a string : {}", shortened(&text.to_text())),
    }
}

fn dump_node(node: Node<'_>, dump: &mut String) {
    let (document, owner) = (node.document, node.node.owner());
    if let Some(attribute) = node.node.as_attribute() {
        return dump_attribute(document, attribute, "  ", dump);
    }
    let content = || format!("\n    content={}", shortened(document.value(owner)));
    match document.kind(owner) {
        NodeKind::Document => dump.push_str("   /"),
        NodeKind::Element => {
            write!(dump, "  ELEMENT {}", shortened(document.qname(document.name(owner)).local)).unwrap();
            for attribute in document.attributes(owner) {
                dump.push('\n');
                dump_attribute(document, attribute, "    ", dump);
            }
        }
        NodeKind::Text if is_cdata(document, owner) => write!(dump, "  CDATA_SECTION{}", content()).unwrap(),
        NodeKind::Text => write!(dump, "  TEXT{}", content()).unwrap(),
        NodeKind::Comment => write!(dump, "  COMMENT{}", content()).unwrap(),
        NodeKind::ProcessingInstruction => write!(dump, "  PI {}{}", document.target(owner), content()).unwrap(),
    }
}

/// libxml2 keeps CDATA sections as nodes of their own; here they are text. In the suite each stands alone.
fn is_cdata(document: &Document, text: NodeId) -> bool {
    document.text()[document.span(text).range()].starts_with("<![CDATA[")
}

fn dump_attribute(document: &Document, attribute: AttributeId, indent: &str, dump: &mut String) {
    let name = document.qname(document.attribute_name(attribute)).local;
    let value = shortened(document.attribute_value(attribute));
    write!(dump, "{indent}ATTRIBUTE {name}\n{indent}  TEXT\n{indent}    content={value}").unwrap();
}

/// At most 40 bytes, white space as spaces, other than ASCII in hexadecimal.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    for byte in text.bytes().take(40) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => short.push(' '),
            0x80.. => write!(short, "#{byte:X}").unwrap(),
            _ => short.push(byte.into()),
        }
    }
    if text.len() >= 40 {
        short.push_str("...");
    }
    short
}

/// A number as `%g` of C prints it.
fn general(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into();
    }
    if number == 0.0 {
        return "0".into();
    }
    let scientific = format!("{number:.5e}");
    let (digits, exponent) = scientific.split_once('e').unwrap();
    let exponent: i32 = exponent.parse().unwrap();
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if (-4..6).contains(&exponent) {
        return trimmed(&format!("{number:.*}", (5 - exponent) as usize));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(digits), exponent.abs())
}

fn page(files: &[Outcome], xpointers: usize) -> String {
    let mut page = "# XPath expressions of libxml2\n\n\
        libxml2's test suite has expressions with the full dump of every value. The values here are compared with those\n\
        dumps, node by node. The page is written by `crates/kirjuri-xpath/tests/libxml2.rs`, which fails where a value\n\
        differs for another reason than the ones below.\n\n\
        | file | expressions | applicable | passed |\n|---|---:|---:|---:|\n"
        .to_owned();
    let mut sums = (0, 0, 0);
    for file in files {
        let applicable = file.passed + file.different.len();
        let all = applicable + file.not_applicable.len();
        sums = (sums.0 + all, sums.1 + applicable, sums.2 + file.passed);
        writeln!(page, "| `{}` | {all} | {applicable} | {} |", file.file, file.passed).unwrap();
    }
    writeln!(page, "| `xptr/*` | {xpointers} | 0 | 0 |\n| all | {} | {} | {} |", sums.0 + xpointers, sums.1, sums.2)
        .unwrap();
    page.push_str("\n`xptr` holds XPointers, which are not XPath expressions.\n");
    for (title, reasons) in [("Applicable, but different", DIFFERENT), ("Not applicable", NOT_APPLICABLE)] {
        write!(page, "\n## {title}\n").unwrap();
        for (name, why) in reasons {
            writeln!(page, "\n- {why}:").unwrap();
            for file in files {
                let listed = file.different.iter().chain(&file.not_applicable);
                for (expression, _) in listed.filter(|(_, reason)| *reason == name) {
                    writeln!(page, "  - `{}`: `{expression}`", file.file).unwrap();
                }
            }
        }
    }
    page
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
