//! Schematron schemas that cannot be asked everything: what is not known is said, never taken for an answer.

#![allow(clippy::unwrap_used)]

mod said;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use kirjuri::{
    Interrupt, Limits, LintOptions, Note, NoteKind, Report, RuleSet, Schematron, SchematronOptions,
    SubordinateDocuments, Unchecked, check,
};
use said::said;

const ISO: &str = "http://purl.oclc.org/dsdl/schematron";

/// A schema around some content, with the files beside it.
fn load(content: &str, files: &[(&str, &str)], strict: bool) -> Result<Schematron, String> {
    let xslt = "http://www.w3.org/1999/XSL/Transform";
    let schema = format!("<schema xmlns='{ISO}' xmlns:xsl='{xslt}' queryBinding='xslt2'>{content}</schema>");
    let mut all = BTreeMap::from([("s.sch".to_owned(), schema.into_bytes())]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    let mut options = SchematronOptions::default();
    options.strict = strict;
    Schematron::load(&all, "s.sch", &options).map_err(|errors| errors.to_string())
}

fn run(content: &str, document: &str, options: &LintOptions) -> (RuleSet, Result<Report, Unchecked>) {
    let schema = load(content, &[], false).unwrap();
    let rules = RuleSet::new(Vec::new()).with_schemas([Arc::new(schema)]);
    let report = check(document.as_bytes(), &Limits::default(), &rules, options);
    (rules, report)
}

#[track_caller]
fn check_said(content: &str, document: &str, expected: &[&str]) {
    let (rules, report) = run(content, document, &LintOptions::default());
    assert_eq!(said(&rules, &report.unwrap()), expected);
}

fn with_messages() -> LintOptions {
    let mut options = LintOptions::default();
    options.messages = true;
    options
}

#[test]
fn a_context_without_a_value_leaves_its_assertions_unevaluated() {
    let later = "<rule context='b'><report id='later' test='true()'/></rule>";
    for (context, expected) in [
        // Of a missing document nobody knows which rule fires.
        ("b[not(. = doc('codes.xml')//c)]", &["r ?2"][..]),
        ("b[not(document('codes.xml')//c = .)]", &["r ?2"]),
        ("b[not(. = $codes//c)]", &["r ?2"]),
        // Other errors are no match, as XSLT has it, but are told.
        ("b[xs:date(.) &lt; xs:date('2026-01-01')]", &["later /a[1]/b[2]", "r /a[1]/b[1]", "r ?1"]),
        // An alternative that matches is enough.
        ("b[xs:date(.) &lt; xs:date('2026-01-01')] | a/b", &["r /a[1]/b[1]", "r /a[1]/b[2]"]),
    ] {
        let content = format!(
            "<ns prefix='xs' uri='http://www.w3.org/2001/XMLSchema'/><let name='codes' value=\"doc('codes.xml')\"/>\
             <pattern><rule context=\"{context}\"><assert id='r' test='false()'/></rule>{later}</pattern>"
        );
        let (rules, report) = run(&content, "<a><b>2025-01-01</b><b>x</b></a>", &LintOptions::default());
        let mut found = said(&rules, &report.unwrap());
        found.sort();
        assert_eq!(found, expected, "{context}");
    }
}

#[test]
fn a_node_that_an_earlier_rule_has_is_not_asked_about_again() {
    let content = "<pattern><rule context='b[1]'><assert id='first' test='true()'/></rule>\
                   <rule context=\"b[doc('codes.xml')]\"><assert id='second' test='false()'/></rule></pattern>";
    check_said(content, "<a><b/><b/></a>", &["second ?1"]);
}

#[track_caller]
fn check_loss(content: &str, expected: &str) {
    let schema = load(content, &[], false).unwrap();
    let losses: Vec<&Note> = schema.notes().iter().filter(|note| note.kind.is_loss()).collect();
    assert_eq!(losses.len(), 1, "{:?}", schema.notes());
    assert!(losses[0].kind == NoteKind::UnknownElement && losses[0].message.contains(expected), "{losses:?}");
    assert!(load(content, &[], true).unwrap_err().contains(expected));
}

#[test]
fn a_misspelt_element_of_schematron_is_a_loss() {
    for (content, expected) in [
        ("<pattern><rule context='a'><asert test='b'/></rule></pattern>", "`asert`"),
        ("<Pattern><rule context='a'><assert test='b'/></rule></Pattern>", "`Pattern`"),
        ("<group><rule context='a'><assert test='b'/></rule></group>", "`group`"),
        ("<rule context='a'><assert test='b'/></rule>", "`rule`"),
        ("<xsl:include href='f.xsl'/>", "`xsl:include`"),
        ("<xsl:import href='f.xsl'/>", "`xsl:import`"),
    ] {
        check_loss(content, expected);
    }
    // What only says how a stylesheet would be written out checks nothing.
    assert!(load("<xsl:output method='xml'/>", &[], true).is_ok());
}

/// An element within itself, with an include in the middle.
fn nest(open: &str, close: &str, times: usize, href: &str) -> String {
    let include = if href.is_empty() { String::new() } else { format!("<include xmlns='{ISO}' href='{href}'/>") };
    let names = format!(" xmlns='{ISO}' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'");
    let first = open.find(['>', ' ']).unwrap();
    let open_first = format!("{}{names}{}", &open[..first], &open[first..]);
    format!("{open_first}{}{include}{}", open.repeat(times - 1), close.repeat(times))
}

#[test]
fn elements_nested_through_includes_end_before_the_stack_does() {
    let when = ("<xsl:choose><xsl:when test=\"1\">", "</xsl:when></xsl:choose>");
    let rows = [
        ("<include href='p.xml'/>", nest("<schema>", "</schema>", 240, "p.xml")),
        (
            "<pattern><rule context='*'><assert test='1'><include href='p.xml'/></assert></rule></pattern>",
            nest("<emph>", "</emph>", 240, "p.xml"),
        ),
        (
            "<xsl:function name='f:a' xmlns:f='u'><include href='p.xml'/></xsl:function>",
            nest(when.0, when.1, 110, "p.xml"),
        ),
    ];
    for (content, part) in rows {
        let files = [("p.xml", part.as_str())];
        thread::scope(|scope| {
            let small = thread::Builder::new().stack_size(2 << 20);
            let loaded =
                small.spawn_scoped(scope, || load(content, &files, false).map(|_| ())).unwrap().join().unwrap();
            assert!(loaded.unwrap_err().contains("nested too deep"), "{content}");
        });
    }
    // What one file may hold is not too deep.
    let deep = nest("<emph>", "</emph>", 200, "");
    let content = "<pattern><rule context='*'><assert test='1'><include href='p.xml'/></assert></rule></pattern>";
    assert!(load(content, &[("p.xml", &deep)], true).is_ok());
}

#[test]
fn a_part_of_a_message_without_a_value_is_marked() {
    for (part, expected) in [
        ("<value-of select='xs:date(b)'/>", "[?]"),
        ("<value-of select='('/>", "[?]"),
        ("<xsl:copy-of select='xs:date(b)'/>", "[?]"),
        ("<name path='b/xs:date(.)'/>", "[?]"),
        ("<value-of select='c'/>", ""),
        ("<value-of select='b'/>", "x"),
        ("<xsl:copy-of select='b/@y'/>", "1\n2"),
        ("<xsl:copy-of select='b'/>", "<b xmlns=\"\" y=\"1&#10;2\">x</b>"),
        ("<xsl:copy-of select='d'/>", "<d xmlns=\"\" z=\"&#13;&#9;&quot;\">&#13;\"\n</d>"),
    ] {
        let content = format!(
            "<ns prefix='xs' uri='http://www.w3.org/2001/XMLSchema'/><pattern><rule context='a'>\
             <assert id='r' test='false()'>it is {part}.</assert></rule></pattern>"
        );
        let document = "<a><b y='1&#10;2'>x</b><d z='&#13;&#9;\"'>&#13;\"\n</d></a>";
        let (_, report) = run(&content, document, &with_messages());
        let report = report.unwrap();
        assert!(report.unevaluated.is_empty());
        let text = report.findings[0].assertion.as_ref().unwrap().text.as_ref().unwrap().text();
        assert_eq!(text, format!("it is {expected}."), "{part}");
    }
}

#[test]
fn what_messages_quote_is_work() {
    let content =
        "<pattern><rule context='b'><assert id='r' test='false()'><value-of select='/'/></assert></rule></pattern>";
    let document = format!("<a>{}{}</a>", "<b/>".repeat(2000), "x".repeat(100_000));
    let (_, report) = run(content, &document, &LintOptions::default());
    assert_eq!(report.unwrap().findings.len(), 2000);
    let (_, report) = run(content, &document, &with_messages());
    assert!(matches!(report, Err(Unchecked::TooMuchWork { rule: Some(_) })), "{report:?}");
}

#[test]
fn the_target_of_a_processing_instruction_is_shown_with_messages_only() {
    let content = "<pattern><rule context='processing-instruction()'><report id='r' test='true()'/></rule></pattern>";
    for (options, expected) in [(LintOptions::default(), "?"), (with_messages(), "name-x")] {
        let (rules, report) = run(content, "<a><?name-x y?></a>", &options);
        let expected = format!("r /a[1]/processing-instruction(\"{expected}\")[1]");
        assert_eq!(said(&rules, &report.unwrap()), [expected]);
    }
}

/// Any address is a small document.
#[derive(Debug)]
struct Anything;

impl SubordinateDocuments for Anything {
    fn read(&self, address: &str) -> Option<Vec<u8>> {
        Some(format!("<c>{address}</c>").into_bytes())
    }
}

#[test]
fn documents_that_a_document_names_are_read_once_and_not_without_end() {
    let content = "<pattern documents='//b'><rule context='c'><report id='r' test='true()'/></rule></pattern>";
    let mut options = LintOptions::default();
    options.documents = Some(Arc::new(Anything));
    for (names, found, unevaluated) in [(vec![1; 500], 1, 0), ((0..64).collect(), 64, 0), ((0..500).collect(), 64, 1)] {
        let document: String = names.iter().map(|name| format!("<b>{name}.xml</b>")).collect();
        let (_, report) = run(content, &format!("<a>{document}</a>"), &options);
        let report = report.unwrap();
        assert_eq!((report.findings.len(), report.unevaluated.len()), (found, unevaluated));
    }
}

/// Raised from the n-th question on.
#[derive(Debug)]
struct After(AtomicUsize, usize);

impl Interrupt for After {
    fn is_raised(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed) >= self.1
    }
}

#[test]
fn an_interrupted_schema_is_no_answer() {
    let quadratic = "//*[count(//*) > 9999]";
    let document = format!("<a>{}</a>", "<b/>".repeat(1000));
    for content in [
        format!("<pattern><rule context='a'><assert id='r' test='{quadratic}'>x</assert></rule></pattern>"),
        format!("<pattern><rule context='a[{quadratic}[999]]'><assert id='r' test='b'>x</assert></rule></pattern>"),
        format!(
            "<let name='l' value='count({quadratic})'/><pattern><rule context='b'><assert id='r' test='$l = 0'>x</assert></rule></pattern>"
        ),
        format!(
            "<pattern><rule context='a'><assert id='r' test='c'><value-of select='count({quadratic})'/></assert></rule></pattern>"
        ),
        format!(
            "<pattern><rule context='a'><assert id='r' test='c' subject='{quadratic}[. = 1]'>x</assert></rule></pattern>"
        ),
    ] {
        let interrupted = |last: Option<usize>| {
            let mut options = LintOptions::default();
            options.messages = true;
            options.interrupt = last.map(|last| Arc::new(After(AtomicUsize::new(0), last)) as Arc<dyn Interrupt>);
            run(&content, &document, &options).1
        };
        // Two questions are those of the reading.
        for last in [2, 4] {
            assert_eq!(interrupted(Some(last)).err(), Some(Unchecked::Interrupted), "{content} {last}");
        }
        let (report, alone) = (interrupted(Some(usize::MAX)), interrupted(None));
        assert!(report.is_ok() && report == alone);
    }
}
