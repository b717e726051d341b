//! Schematron schemas: what they find, what is noted of them, what is refused.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;

use kirjuri::{
    AnyRule, Limits, LintOptions, NoteKind, Report, RuleSet, Schematron, SchematronOptions, Severity, check,
};

const ISO: &str = "http://purl.oclc.org/dsdl/schematron";

/// A schema in memory with the files beside it.
fn load(schema: &str, files: &[(&str, &str)], options: &SchematronOptions) -> Result<Schematron, String> {
    let binding = if schema.contains("$x2") { " queryBinding='xslt2'" } else { "" };
    let schema = schema.replace("$x2", "");
    let whole = match schema.starts_with("<schema") {
        true => schema,
        false => {
            format!("<schema xmlns='{ISO}' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'{binding}>{schema}</schema>")
        }
    };
    let mut all = BTreeMap::from([("s.sch".to_owned(), whole.into_bytes())]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())));
    Schematron::load(&all, "s.sch", options).map_err(|errors| errors.to_string())
}

fn run(schema: Schematron, document: &str, options: &LintOptions) -> (RuleSet, Report) {
    let rules = RuleSet::new(Vec::new()).with_schemas([Arc::new(schema)]);
    let report = check(document.as_bytes(), &Limits::default(), &rules, options).unwrap();
    (rules, report)
}

/// The findings of a schema as `name location`, and what was not evaluated as `name ?times`.
fn said(rules: &RuleSet, report: &Report) -> Vec<String> {
    let name = |rule| match rules.get(rule) {
        AnyRule::Assertion(_, assertion) => assertion.name.clone(),
        AnyRule::Native(..) => panic!("not an assertion"),
    };
    let findings = report.findings.iter().map(|finding| {
        let about = finding.assertion.as_ref().unwrap();
        format!("{} {}", name(finding.rule), about.location.replace("Q{}", ""))
    });
    let unevaluated = report.unevaluated.iter().map(|it| format!("{} ?{}", name(it.rule), it.times));
    findings.chain(unevaluated).collect()
}

#[track_caller]
fn check_findings(schema: &str, document: &str, expected: &[&str]) {
    let schema = load(schema, &[], &SchematronOptions::default()).unwrap();
    let (rules, report) = run(schema, document, &LintOptions::default());
    assert_eq!(said(&rules, &report), expected);
}

/// The kinds of notes that a schema gives, and whether a strict load refuses it.
#[track_caller]
fn check_notes(schema: &str, files: &[(&str, &str)], expected: &[NoteKind], is_refused: bool) {
    let loaded = load(schema, files, &SchematronOptions::default()).unwrap();
    let mut kinds: Vec<NoteKind> = loaded.notes().iter().map(|note| note.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, expected, "{:?}", loaded.notes());
    let mut strict = SchematronOptions::default();
    strict.strict = true;
    assert_eq!(load(schema, files, &strict).is_err(), is_refused);
}

#[track_caller]
fn check_refused(schema: &str, files: &[(&str, &str)], expected: &str) {
    let error = load(schema, files, &SchematronOptions::default()).unwrap_err();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn the_first_rule_of_a_pattern_that_matches_is_the_only_one_that_fires() {
    let schema = "<pattern><rule context='b'><assert id='one' test='@x'/></rule>\
                  <rule context='*'><assert id='two' test='@x'/></rule></pattern>\
                  <pattern><rule context='b'><assert id='three' test='@x'/></rule></pattern>";
    check_findings(schema, "<a><b/><b x=''/></a>", &["two /a[1]", "one /a[1]/b[1]", "three /a[1]/b[1]"]);
}

#[test]
fn every_kind_of_node_can_be_a_context() {
    let rule =
        |context: &str| format!("<pattern><rule context='{context}'><report id='r' test='true()'/></rule></pattern>");
    let document = "<a x='1'><!--c-->t<?p d?><b x='2'/></a>";
    for (context, expected) in [
        ("/", &["r /"][..]),
        ("@x", &["r /a[1]/@x", "r /a[1]/b[1]/@x"]),
        ("b/@*", &["r /a[1]/b[1]/@x"]),
        ("text()", &["r /a[1]/text()[1]"]),
        ("comment()", &["r /a[1]/comment()[1]"]),
        ("processing-instruction()", &["r /a[1]/processing-instruction(\"p\")[1]"]),
        ("/a/b", &["r /a[1]/b[1]"]),
        ("c|b", &["r /a[1]/b[1]"]),
    ] {
        check_findings(&rule(context), document, expected);
    }
}

#[test]
fn variables_mean_what_is_nearest() {
    for (schema, expected) in [
        // Those of the schema and the pattern are computed at the root, those of the rule at the node.
        (
            "<let name='v' value='name(*)'/><pattern><let name='w' value='count(//b)'/><rule context='b'>\
             <let name='u' value='name()'/><assert id='r' test=\"concat($v, $w, $u) = 'a2b'\"/></rule></pattern>",
            &[][..],
        ),
        (
            "<let name='v' value='1'/><pattern><let name='v' value='2'/><rule context='a'><assert id='p' test='$v = 2'/></rule>\
          </pattern><pattern><rule context='a'><assert id='q' test='$v = 1'/></rule></pattern>",
            &[],
        ),
        (
            "<pattern><rule context='a'><let name='v' value='1'/><let name='v' value='$v + 1'/>\
          <assert id='r' test='$v = 2'/></rule></pattern>",
            &[],
        ),
        (
            "<pattern><rule context='a'><let name='v' value='$w + 1'/><let name='w' value='1'/>\
          <assert id='r' test='$v = 2'/></rule></pattern>",
            &[],
        ),
        (
            "<pattern><let name='v' value='7'/></pattern><pattern><rule context='a'><assert id='r' test='$v = 7'/></rule>\
          </pattern>",
            &[],
        ),
        (
            "<pattern><let name='n' value=\"'b'\"/><rule context='*[name() = $n]'><report id='r' test='true()'/></rule>\
          </pattern>",
            &["r /a[1]/b[1]", "r /a[1]/b[2]"],
        ),
        (
            "<let name='v'><x xmlns=''>1</x><x xmlns=''>2</x></let><pattern><rule context='a'>\
          <assert id='r' test='count($v/x) = 2 and $v/x[2] = 2'/></rule></pattern>",
            &[],
        ),
        // Each node has its own value.
        (
            "<pattern><rule context='b'><let name='v' value='count(preceding-sibling::b)'/>\
          <report id='r' test='$v = 1'/></rule></pattern>",
            &["r /a[1]/b[2]"],
        ),
    ] {
        check_findings(schema, "<a><b/><b/></a>", expected);
    }
}

#[test]
fn abstract_rules_and_patterns_are_written_out() {
    for (schema, expected) in [
        (
            "<pattern><rule abstract='true' id='x'><let name='v' value='1'/><assert id='one' test='$v = @n'/></rule>\
             <rule context='a'><extends rule='x'/><assert id='two' test='@n'/></rule></pattern>",
            &["one /a[1]", "two /a[1]"][..],
        ),
        (
            "<pattern abstract='true' id='x'><rule context='$where'><assert id='one' test='@$what'/></rule></pattern>\
             <pattern is-a='x'><param name='where' value='b'/><param name='what' value='n'/></pattern>\
             <pattern is-a='x' id='y'><param name='where' value='a'/><param name='what' value='m'/></pattern>",
            &["one~2 /a[1]", "one /a[1]/b[1]"],
        ),
    ] {
        check_findings(schema, "<a><b m='1'/></a>", expected);
    }
}

#[test]
fn an_assertion_without_an_id_is_named_by_its_place() {
    let schema = "<pattern><rule context='x'><assert test='1'/></rule><rule context='a'><assert test='0'/>\
                  <assert id='i' test='0'/><report test='1'/></rule></pattern>\
                  <pattern id='q'><rule context='a'><assert id='i' test='0'/><assert test='0'/></rule></pattern>";
    let expected = ["p1.r2.a1 /a[1]", "i /a[1]", "p1.r2.a3 /a[1]", "i~2 /a[1]", "q.r1.a2 /a[1]"];
    check_findings(schema, "<a/>", &expected);
}

#[test]
fn flag_else_role_says_how_grave_a_finding_is() {
    let schema = "<pattern><rule context='a'><assert test='0' role='warning'/><assert test='0' flag='INFO' role='error'/>\
                  <assert test='0' role='author'/><report test='1'/><report test='1' role='fatal'/>\
                  <assert test='0' role='hint'/></rule></pattern>";
    let mut options = SchematronOptions::default();
    options.severities.insert("hint".into(), Severity::Info);
    let (_, report) = run(load(schema, &[], &options).unwrap(), "<a/>", &LintOptions::default());
    let severities: Vec<&str> = report.findings.iter().map(|finding| finding.severity.id()).collect();
    assert_eq!(severities, ["warning", "info", "error", "info", "error", "info"]);
}

#[test]
fn a_phase_chooses_patterns_and_keeps_their_names() {
    let schema = "<phase id='x'><let name='v' value='1'/><active pattern='two'/></phase>\
                  <pattern id='one'><rule context='a'><assert id='i' test='0'/></rule></pattern>\
                  <pattern id='two'><rule context='a'><assert id='i' test='$v = 0'/></rule></pattern>";
    let mut options = SchematronOptions::default();
    options.phase = Some("x".into());
    let (rules, report) = run(load(schema, &[], &options).unwrap(), "<a/>", &LintOptions::default());
    assert_eq!(said(&rules, &report), ["i~2 /a[1]"]);
    options.phase = Some("y".into());
    assert!(load(schema, &[], &options).unwrap_err().contains("there is no phase `y`; there are: x"));
}

#[test]
fn messages_are_filled_in_only_when_they_are_asked_for() {
    let schema = "<pattern><rule context='b'><report test='1' diagnostics='d'>[<name/>] has <value-of select='@x'/>, \
                  <emph>not</emph> <name path='..'/></report></rule></pattern>\
                  <diagnostics><diagnostic id='d'>of <value-of select='../@x'/></diagnostic></diagnostics>";
    let schema = load(schema, &[], &SchematronOptions::default()).unwrap();
    assert_eq!(schema.assertions()[0].message.masked(), "[…] has …, not …");
    let mut options = LintOptions::default();
    let (_, report) = run(schema.clone(), "<a x='9'><b x='2'/></a>", &options);
    assert_eq!(report.findings[0].assertion.as_ref().unwrap().text, None);
    options.messages = true;
    let (_, report) = run(schema, "<a x='9'><b x='2'/></a>", &options);
    let about = report.findings[0].assertion.as_ref().unwrap();
    assert_eq!(about.text.as_ref().unwrap().text(), "[b] has 2, not ");
    assert_eq!(about.remarks[0].text(), "of 9");
}

#[test]
fn what_strict_engines_refuse_is_noted_and_run() {
    use NoteKind::*;
    let rule = |inside: &str| format!("<pattern><rule context='a'>{inside}</rule></pattern>");
    for (schema, expected, is_refused) in [
        (rule("<let name='v' value='1'/><let name='v' value='2'/><assert test='$v'/>"), &[RepeatedVariable][..], true),
        (rule("<let name='v' value='$w'/><let name='w' value='2'/><assert test='$v'/>"), &[MisplacedVariable], true),
        (
            format!(
                "<pattern><rule abstract='true' id='x'><assert test='1'/></rule></pattern>{}",
                rule("<extends rule='x'/>")
            ),
            &[ForeignRule],
            true,
        ),
        (rule("<extends rule='x'/>"), &[UnknownReference], true),
        (rule("<assert test='1' diagnostics='x'/>"), &[UnknownReference], true),
        (rule("<assert test='1 +'/><assert test='1'/>"), &[NotCompiled], true),
        (rule("<assert test='$v'/>"), &[NotCompiled], true),
        (rule("<let name='v' value='$v'/><assert test='$v'/>"), &[NotCompiled], true),
        (rule("<assert test='x:y'/>"), &[NotCompiled], true),
        (rule("<assert test='1'><value-of select='+'/></assert>"), &[MessageNotCompiled], true),
        (rule("<assert test=\"document('no.xml')\"/>"), &[MissingFile], false),
        (rule("<asert test='1'/>"), &[Ignored], false),
        (rule("<assert test='1'/>"), &[], false),
    ] {
        check_notes(&schema, &[], expected, is_refused);
    }
}

#[test]
fn what_does_not_compile_is_noted_at_its_place_and_the_rest_runs() {
    let schema = "<pattern>\n<rule context='a'>\n  <assert id='one' test='@x = $v'/>\n<assert id='two' test='@x'/></rule>\n\
                  <rule context='a[('><assert id='three' test='1'/></rule></pattern>";
    let schema = load(schema, &[], &SchematronOptions::default()).unwrap();
    let places: Vec<(usize, usize)> = schema.notes().iter().map(|note| (note.line, note.column)).collect();
    assert_eq!(places, [(3, 31), (5, 19)]);
    let (rules, report) = run(schema, "<a/>", &LintOptions::default());
    assert_eq!(said(&rules, &report), ["two /a[1]"]);
    assert_eq!(rules.indexes().map(|rule| report.tally(rule).applied).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn included_files_are_found_by_other_capitals_too() {
    let part = format!("<pattern xmlns='{ISO}'><include href='../rules/R.sch'/></pattern>");
    let rule = format!("<rule xmlns='{ISO}' context='a'><extends href='x.sch#i'/></rule>");
    let other = format!("<pattern xmlns='{ISO}'><rule id='i'><assert id='r' test='0'/></rule></pattern>");
    let files = [("Parts/p.sch", &*part), ("rules/R.sch", &*rule), ("rules/x.sch", &*other)];
    let schema = load("<include href='parts/P.sch'/>", &files, &SchematronOptions::default()).unwrap();
    assert_eq!(schema.notes().iter().map(|note| note.kind).collect::<Vec<_>>(), [NoteKind::FileName]);
    let (rules, report) = run(schema, "<a/>", &LintOptions::default());
    assert_eq!(said(&rules, &report), ["r /a[1]"]);
}

#[test]
fn documents_are_read_when_the_schema_is_loaded() {
    let schema = "<let name='codes' value=\"document('voc.xml')\"/><pattern><rule context='a'>\
                  <assert id='known' test='$codes//c = @c'/><assert id='lost' test=\"document('no.xml')//c = @c\"/>\
                  </rule></pattern>";
    let files = [("voc.xml", "<v><c>1</c></v>")];
    for (document, expected) in [("<a c='1'/>", &["lost ?1"][..]), ("<a c='2'/>", &["known /a[1]", "lost ?1"])] {
        let schema = load(schema, &files, &SchematronOptions::default()).unwrap();
        let (rules, report) = run(schema, document, &LintOptions::default());
        assert_eq!(said(&rules, &report), expected);
    }
}

#[test]
fn a_document_that_is_missing_is_noted_at_the_expression_that_names_it() {
    let included = format!("<pattern xmlns='{ISO}'>\n<rule context=\"a[document('no.xml')]\"/></pattern>");
    for (schema, expected) in [
        ("\n<pattern><rule context='a'>\n<assert test='@x = document(\"no.xml\")//c'/></rule></pattern>", "s.sch:3:29"),
        // What is escaped cannot be counted off.
        (
            "\n<pattern><rule context='a'>\n<assert test='@x = document(&quot;no.xml\")'/></rule></pattern>",
            "s.sch:3:15",
        ),
        ("<include href='parts/p.sch'/>", "parts/p.sch:2:27"),
        (
            "$x2\n<xsl:key name='k' match='b' use=\"doc('no.xml')\"/><pattern><rule context='a'>\
             <assert test='1'/></rule></pattern>",
            "s.sch:2:38",
        ),
    ] {
        let schema = load(schema, &[("parts/p.sch", &included)], &SchematronOptions::default()).unwrap();
        let message = "there is no document `no.xml`; what needs it is not evaluated";
        let notes: Vec<String> = schema.notes().iter().map(ToString::to_string).collect();
        assert_eq!(notes, [format!("{expected}: {message}")]);
    }
}

#[test]
fn documents_that_contexts_functions_and_keys_name_are_read_too() {
    let schema = "$x2<ns prefix='f' uri='urn:f'/>\
                  <xsl:function name='f:codes' xmlns:f='urn:f'><xsl:sequence select=\"doc('one.xml')//c\"/></xsl:function>\
                  <xsl:key name='k' match='a' use=\"doc('one.xml')//c\"/>\
                  <pattern><rule context=\"a[@c = doc('two.xml')//c]\"><report id='function' test='@c = f:codes()'/>\
                  <report id='key' test=\"key('k', '1')\"/></rule></pattern>";
    let files = [("one.xml", "<v><c>1</c></v>"), ("two.xml", "<v><c>1</c><c>2</c></v>")];
    for (document, expected) in
        [("<a c='1'/>", &["function /a[1]", "key /a[1]"][..]), ("<a c='2'/>", &["key /a[1]"]), ("<a c='3'/>", &[])]
    {
        let schema = load(schema, &files, &SchematronOptions::default()).unwrap();
        let (rules, report) = run(schema, document, &LintOptions::default());
        assert_eq!(said(&rules, &report), expected);
    }
}

#[test]
fn functions_and_keys_of_xslt_can_be_called() {
    let function = "<xsl:function name='f:sum' xmlns:f='urn:f' as='xs:integer'><xsl:param name='n' as='xs:integer'/>\
                    <xsl:variable name='less' select='$n - 1'/>\
                    <xsl:choose><xsl:when test='$n le 0'><xsl:sequence select='0'/></xsl:when>\
                    <xsl:otherwise><xsl:value-of select='$n + f:sum($less)'/></xsl:otherwise></xsl:choose></xsl:function>";
    let schema = format!(
        "$x2<ns prefix='f' uri='urn:f'/><ns prefix='xs' uri='http://www.w3.org/2001/XMLSchema'/>{function}\
         <xsl:key name='k' match='b' use='@n'/><pattern><rule context='b'>\
         <assert id='sum' test='f:sum(@n) eq 10'/><assert id='key' test=\"count(key('k', '4')) = 2\"/></rule></pattern>"
    );
    check_findings(&schema, "<a><b n='4'/><b n='5'/></a>", &["key /a[1]/b[1]", "sum /a[1]/b[2]", "key /a[1]/b[2]"]);
}

#[test]
fn an_expression_without_a_value_is_not_evaluated() {
    let schema = "$x2<pattern><rule context='b'><assert id='r' test='xs:integer(@n) gt 1'/></rule></pattern>";
    check_findings(schema, "<a><b n='1'/><b n='x'/><b n='2'/></a>", &["r /a[1]/b[1]", "r ?1"]);
}

#[test]
fn a_subject_is_where_a_finding_points() {
    let schema = "<pattern><rule context='a' subject='b[2]'><assert id='r' test='0'/><assert id='s' subject='@x' test='0'/>\
                  </rule></pattern>";
    check_findings(schema, "<a x=''><b/><b/></a>", &["s /a[1]/@x", "r /a[1]/b[2]"]);
}

#[test]
fn schemas_of_the_older_namespace_run() {
    let schema = "<schema xmlns='http://www.ascc.net/xml/schematron'><ns prefix='x' uri='urn:x'/>\
                  <pattern name='p'><rule context='x:a'><assert test='x:b'>no b</assert></rule></pattern></schema>";
    let schema = load(schema, &[], &SchematronOptions::default()).unwrap();
    let (rules, report) = run(schema, "<a xmlns='urn:x'/>", &LintOptions::default());
    assert_eq!(said(&rules, &report), ["p1.r1.a1 /Q{urn:x}a[1]"]);
    assert_eq!(rules.id(report.findings[0].rule), "s/p1.r1.a1");
    assert_eq!(rules.find("s/p1.r1.a1"), Some(report.findings[0].rule));
}

#[test]
fn a_file_that_is_no_schema_is_refused() {
    for (schema, files, expected) in [
        ("<schema xmlns='urn:x'/>", &[][..], "s.sch:1:1: the root element is not the `schema` of Schematron"),
        ("<schema", &[], "the tag is not closed"),
        ("<include href='x.sch'/>", &[], "there is no file `x.sch`"),
        ("<include href='x.sch'/>", &[("x.sch", "<!DOCTYPE a><a/>")], "x.sch:1:1: the document has a document type"),
        ("<schema xmlns='http://purl.oclc.org/dsdl/schematron' queryBinding='xquery'/>", &[], "no query language"),
        ("<pattern is-a='x'/>", &[], "there is no abstract pattern `x`"),
        ("<pattern><rule context='a'><assert/></rule></pattern>", &[], "`assert` has no attribute `test`"),
    ] {
        check_refused(schema, files, expected);
    }
}

#[test]
fn schemas_that_go_round_in_circles_end() {
    let own = format!("<pattern xmlns='{ISO}'><include href='p.sch'/><include href='p.sch'/></pattern>");
    check_refused("<include href='p.sch'/>", &[("p.sch", &own)], "files include each other without end");
    let again = format!("<include xmlns='{ISO}' href='p.sch'/>");
    check_refused("<include href='p.sch'/>", &[("p.sch", &again)], "files include each other without end");
    let rules = "<pattern><rule abstract='true' id='x'><extends rule='x'/><extends rule='x'/></rule>\
                 <rule context='a'><extends rule='x'/></rule></pattern>";
    check_refused(rules, &[], "");
    let lets: String = (0..300).map(|number| format!("<let name='v{number}' value='$v{}'/>", number + 1)).collect();
    let schema = load(&format!("{lets}<pattern/>"), &[], &SchematronOptions::default()).unwrap();
    assert!(!schema.notes().is_empty());
}
