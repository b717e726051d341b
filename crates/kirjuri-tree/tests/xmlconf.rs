//! The W3C XML conformance suite: what must be read is read, what must be refused is refused, and each difference is
//! explained. The result is the table in `docs/conformance/xmlconf.md`; `UPDATE=1` rewrites it.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use kirjuri_tree::{Document, Limits, NodeId, ParseErrorKind};

/// The catalogs of the suite, as `xmlconf.xml` includes them.
const CATALOGS: &[&str] = &[
    "xmltest/xmltest.xml",
    "japanese/japanese.xml",
    "sun/sun-valid.xml",
    "sun/sun-invalid.xml",
    "sun/sun-not-wf.xml",
    "sun/sun-error.xml",
    "oasis/oasis.xml",
    "ibm/ibm_oasis_invalid.xml",
    "ibm/ibm_oasis_not-wf.xml",
    "ibm/ibm_oasis_valid.xml",
    "ibm/xml-1.1/ibm_invalid.xml",
    "ibm/xml-1.1/ibm_not-wf.xml",
    "ibm/xml-1.1/ibm_valid.xml",
    "eduni/errata-2e/errata2e.xml",
    "eduni/xml-1.1/xml11.xml",
    "eduni/namespaces/1.0/rmt-ns10.xml",
    "eduni/namespaces/1.1/rmt-ns11.xml",
    "eduni/errata-3e/errata3e.xml",
    "eduni/errata-4e/errata4e.xml",
    "eduni/namespaces/errata-1e/errata1e.xml",
    "eduni/misc/ht-bh.xml",
];

/// Why we differ, by the id of the test.
const EXPLANATIONS: &[(&str, &str)] = &[
    ("o-p04pass1", "a test without namespaces; `A.-:̀·` has a local part that starts with a combining character"),
    ("o-p05pass1", "a test without namespaces; `A:._-0` has a local part that starts with a full stop"),
];

struct Case {
    id: String,
    /// `valid`, `invalid`, `not-wf` or `error`.
    kind: String,
    path: PathBuf,
    /// The editions of XML 1.0 it is for; empty for all.
    editions: String,
}

/// Where the corpus is laid out, if it is.
fn corpus(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KIRJURI_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"), PathBuf::from);
    Some(root.join(name)).filter(|folder| folder.is_dir())
}

fn parse(bytes: &[u8]) -> Result<Document, kirjuri_tree::ParseError> {
    Document::parse(bytes, &Limits::default())
}

fn cases(suite: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for catalog in CATALOGS {
        let path = suite.join(catalog);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{catalog}: {error}"));
        // Some catalogs are parsed entities: a text declaration, and more than one element at the top.
        let content = match text.starts_with("<?xml") {
            true => text.split_once("?>").map_or("", |(_, content)| content),
            false => &text,
        };
        let document = parse(format!("<catalog>{content}</catalog>").as_bytes());
        let document = document.unwrap_or_else(|error| panic!("{catalog}: {error}"));
        let name = |local| document.find_name("", local);
        for &test in name("TEST").map_or(&[][..], |name| document.elements_named(name)) {
            let attribute = |test: NodeId, local| {
                let attribute = name(local).and_then(|name| document.attribute(test, name));
                attribute.map_or("", |attribute| document.attribute_value(attribute)).to_owned()
            };
            cases.push(Case {
                id: attribute(test, "ID"),
                kind: attribute(test, "TYPE"),
                path: path.with_file_name(attribute(test, "URI")),
                editions: attribute(test, "EDITION"),
            });
        }
    }
    cases
}

/// What became of a test.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Read,
    Refused(&'static str),
    Dtd,
    Xml11,
    OtherEdition,
}

fn outcome(case: &Case, bytes: &[u8]) -> Outcome {
    if !case.editions.is_empty() && !case.editions.split(' ').any(|edition| edition == "5") {
        return Outcome::OtherEdition;
    }
    match parse(bytes) {
        Ok(_) => Outcome::Read,
        Err(error) => match error.kind() {
            ParseErrorKind::DtdRefused => {
                // Little-endian or big-endian UTF-16 has zeros between.
                let there: Vec<u8> =
                    bytes[error.offset()..].iter().copied().filter(|&byte| byte != 0).take(9).collect();
                assert_eq!(there, b"<!DOCTYPE", "{}", case.id);
                Outcome::Dtd
            }
            ParseErrorKind::Xml11Refused => Outcome::Xml11,
            kind => Outcome::Refused(kind.id()),
        },
    }
}

/// The text without its document type declaration; none where it has none or is not UTF-8.
///
/// A plain scan for quotes, comments, instructions and brackets, which is enough for declarations that are well-formed.
fn without_dtd(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let start = text.find("<!DOCTYPE")?;
    let (mut at, mut is_inside) = (start, false);
    loop {
        let rest = text.get(at..)?;
        let skip = |closing: &str| rest.find(closing).map(|length| length + closing.len());
        at += match rest.chars().next()? {
            '<' if rest.starts_with("<!--") => skip("-->")?,
            '<' if rest.starts_with("<?") => skip("?>")?,
            quote @ ('"' | '\'') => rest[1..].find(quote)? + 2,
            '>' if !is_inside => return Some(format!("{}{}", &text[..start], &text[at + 1..])),
            character => {
                is_inside = (is_inside || character == '[') && character != ']';
                character.len_utf8()
            }
        };
    }
}

fn is_difference(kind: &str, outcome: Outcome) -> bool {
    match outcome {
        Outcome::Read => kind == "not-wf",
        Outcome::Refused(_) => matches!(kind, "valid" | "invalid"),
        Outcome::Dtd | Outcome::Xml11 | Outcome::OtherEdition => false,
    }
}

const INTRODUCTION: &str = "\
# The W3C XML conformance suite

Made by `UPDATE=1 cargo test -p kirjuri-tree --test xmlconf`; do not edit by hand.

A *document type declaration* is refused whatever it says, so a test whose document has one shows only that, and is
counted apart; so are XML 1.1, which is refused, and tests of editions of XML 1.0 before the fifth. Of all others,
what is `not-wf` must be refused and what is `valid` or `invalid` (well-formed, but not valid against its DTD) must be
read; `error` may be either. What breaks the namespace rules is refused like what breaks XML's.

| type | tests | read | refused as malformed | refused for their DTD | refused as XML 1.1 | other editions | differences |
|---|--:|--:|--:|--:|--:|--:|--:|
";

const WITHOUT_DTD: &str = "
## Well-formed documents whose DTD is cut out

What is left of a `valid` or `invalid` document without its declaration is well-formed but for references to entities
that the declaration declared, and for names with colons in tests that do without namespaces.

| outcome | tests | which |
|---|--:|---|
";

#[test]
fn the_conformance_suite_is_answered_as_the_table_says() {
    let Some(suite) = corpus("xmlconf") else {
        println!("skipped: the corpus `xmlconf` is not laid out");
        return;
    };
    let cases = cases(&suite.join("xmlconf"));
    let mut counts: BTreeMap<(&str, Outcome), usize> = BTreeMap::new();
    let mut differences = Vec::new();
    let mut without: BTreeMap<Outcome, Vec<&str>> = BTreeMap::new();
    for case in &cases {
        let bytes = fs::read(&case.path).unwrap_or_else(|error| panic!("{}: {error}", case.path.display()));
        let outcome = outcome(case, &bytes);
        *counts.entry((&case.kind, outcome)).or_default() += 1;
        if is_difference(&case.kind, outcome) {
            differences.push((case, outcome));
        }
        if outcome == Outcome::Dtd
            && matches!(case.kind.as_str(), "valid" | "invalid")
            && let Some(text) = without_dtd(&bytes)
        {
            without.entry(self::outcome(case, text.as_bytes())).or_default().push(&case.id);
        }
    }
    let table = table(&cases, &counts, &differences, &without);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance/xmlconf.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &table).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == table, "the table is out of date:\n{table}");
    for (id, _) in EXPLANATIONS {
        assert!(differences.iter().any(|(case, _)| case.id == *id), "{id} is explained and no difference");
    }
}

fn table(
    cases: &[Case],
    counts: &BTreeMap<(&str, Outcome), usize>,
    differences: &[(&Case, Outcome)],
    without: &BTreeMap<Outcome, Vec<&str>>,
) -> String {
    let mut text = INTRODUCTION.to_owned();
    for kind in ["not-wf", "valid", "invalid", "error"] {
        let count = |is_counted: fn(Outcome) -> bool| -> usize {
            counts.iter().filter(|((of, outcome), _)| *of == kind && is_counted(*outcome)).map(|(_, count)| count).sum()
        };
        let columns = [
            count(|_| true),
            count(|outcome| outcome == Outcome::Read),
            count(|outcome| matches!(outcome, Outcome::Refused(_))),
            count(|outcome| outcome == Outcome::Dtd),
            count(|outcome| outcome == Outcome::Xml11),
            count(|outcome| outcome == Outcome::OtherEdition),
            differences.iter().filter(|(case, _)| case.kind == kind).count(),
        ];
        let columns: Vec<String> = columns.iter().map(ToString::to_string).collect();
        writeln!(text, "| {kind} | {} |", columns.join(" | ")).unwrap();
    }
    writeln!(text, "\nAll: {}.\n\n## Differences\n", cases.len()).unwrap();
    if differences.is_empty() {
        text.push_str("None.\n");
    }
    for (case, outcome) in differences {
        let found = match outcome {
            Outcome::Refused(id) => format!("refused as `{id}`"),
            _ => "read".to_owned(),
        };
        let why = EXPLANATIONS.iter().find(|(id, _)| *id == case.id).map_or("NOT EXPLAINED", |(_, why)| *why);
        writeln!(text, "- `{}` ({}) is {found}: {why}", case.id, case.kind).unwrap();
    }
    text.push_str(WITHOUT_DTD);
    for (outcome, ids) in without {
        let outcome = match outcome {
            Outcome::Refused(id) => format!("refused as `{id}`"),
            Outcome::Xml11 => "refused as XML 1.1".to_owned(),
            _ => "read".to_owned(),
        };
        let named = if ids.len() > 8 { String::new() } else { format!("`{}`", ids.join("`, `")) };
        writeln!(text, "| {outcome} | {} | {named} |", ids.len()).unwrap();
    }
    text.push_str("\n## Why `not-wf` documents without a DTD are refused\n\n| kind | tests |\n|---|--:|\n");
    for ((kind, outcome), count) in counts {
        if let ("not-wf", Outcome::Refused(id)) = (*kind, outcome) {
            writeln!(text, "| `{id}` | {count} |").unwrap();
        }
    }
    text
}
