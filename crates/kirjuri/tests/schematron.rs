//! Schematron schemas: what they find, what is noted of them, what is refused.

#![allow(clippy::unwrap_used)]

mod said;

use std::collections::BTreeMap;
use std::sync::Arc;

use kirjuri::{Limits, LintOptions, NoteKind, Report, RuleSet, Schematron, SchematronOptions, Severity, check};
use said::said;

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
        ("processing-instruction()", &["r /a[1]/processing-instruction(\"?\")[1]"]),
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
        (rule("<asert test='1'/>"), &[UnknownElement], true),
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

#[test]
fn a_name_that_an_expression_binds_means_the_variable_of_its_rule_elsewhere() {
    let rule = |value: &str, test: &str| {
        let lets = if value.is_empty() { String::new() } else { format!("<let name='x' value='{value}'/>") };
        format!("<pattern><rule context='a'>{lets}<report id='r' test=\"{test}\"/></rule></pattern>")
    };
    for second in [
        rule("2", "(some $x in b satisfies $x = 2) and $x = 2"),
        rule("2", "$x = 2 and (some $x in b satisfies $x = 2)"),
        rule("/a", "every $x in $x/b satisfies $x castable as xs:integer"),
        rule("/a", "exists(for $x in $x/b return $x)"),
        rule("8", "(for $x (: c :) in b[1] return string($x)) and $x = 8"),
        rule("", "let $x:=1 return $x = 1"),
        rule("3", "(let $x:=1 return $x = 1) and $ x = 3"),
        rule("b[2]", "(: isn't $x :) $x = 2 and '$x' != $x"),
    ] {
        let schema =
            format!("$x2<ns prefix='xs' uri='http://www.w3.org/2001/XMLSchema'/>{}{second}", rule("1", "$x = 1"));
        let schema = load(&schema, &[], &SchematronOptions::default()).unwrap();
        assert!(schema.notes().is_empty(), "{second} {:?}", schema.notes());
        let (rules, report) = run(schema, "<a><b>1</b><b>2</b></a>", &LintOptions::default());
        assert_eq!(said(&rules, &report), ["r /a[1]", "r~2 /a[1]"], "{second}");
    }
}

#[test]
fn a_string_after_a_comment_and_a_call_with_a_space_name_documents() {
    for test in ["(: don't :) doc('in.xml') = 'in'", "doc ('in.xml') = 'in'", "doc('noending') = 'in'"] {
        let schema = format!("$x2<pattern><rule context='a'><report id='r' test=\"{test}\"/></rule></pattern>");
        let files = [("in.xml", "<v>in</v>"), ("noending", "<v>in</v>")];
        let schema = load(&schema, &files, &SchematronOptions::default()).unwrap();
        let (rules, report) = run(schema, "<a/>", &LintOptions::default());
        assert_eq!(said(&rules, &report), ["r /a[1]"], "{test}");
    }
    let itself = "<pattern><rule context='a'><assert test=\"document('')/x = ''\"/></rule></pattern>";
    check_notes(itself, &[], &[NoteKind::MissingFile], false);
}

#[test]
fn functions_give_what_xslt_gives() {
    let check = |inside: &str, test: &str, expected: &[&str]| {
        let schema = format!(
            "$x2<ns prefix='f' uri='urn:f'/><ns prefix='xs' uri='http://www.w3.org/2001/XMLSchema'/>{inside}\
             <pattern><rule context='a'><report id='r' test=\"{test}\"/></rule></pattern>"
        );
        check_findings(&schema, "<a><b>1</b><b>2</b></a>", expected);
    };
    let function = |declared: &str, body: &str| {
        format!("<xsl:function xmlns:f='urn:f' name='f:x'{declared}><xsl:param name='p'/>{body}</xsl:function>")
    };
    let content = |inside: &str| {
        function("", &format!("<xsl:variable name='v'>{inside}</xsl:variable><xsl:sequence select='$v'/>"))
    };
    let (found, undefined) = (&["r /a[1]"][..], &["r ?1"][..]);
    for (inside, test, expected) in [
        // The content of a variable is one text.
        (content("<xsl:sequence select='1,2,3'/>"), "f:x(1) = '1 2 3'", found),
        (content("<xsl:sequence select='1'/><xsl:sequence select='2'/>"), "f:x(1) = '1 2'", found),
        (content("<xsl:sequence select='1'/>-<xsl:sequence select='2'/>"), "f:x(1) = '1-2'", found),
        (content("<xsl:sequence select='$p'/>"), "f:x(b) = '12'", found),
        (content("<xsl:value-of select='$p'/>"), "f:x(b) = '1 2'", found),
        (content("<xsl:for-each select='$p'>[<xsl:value-of select='.'/>]</xsl:for-each>"), "f:x(b) = '[1][2]'", found),
        (content(""), "f:x(1) = ''", found),
        // Content is put together without spaces.
        (
            function("", "<xsl:value-of><xsl:text>a</xsl:text><xsl:text>b</xsl:text></xsl:value-of>"),
            "f:x(1) = 'ab'",
            found,
        ),
        (function("", "<xsl:value-of select='$p' separator='-'/>"), "f:x(b) = '1-2'", found),
        // Types are checked, and untyped values converted.
        (function(" as='xs:string'", "<xsl:sequence select='$p'/>"), "f:x(b[1]) instance of xs:string", found),
        (function(" as='xs:string'", "<xsl:sequence select='$p'/>"), "f:x(b) = '1'", undefined),
        (function(" as='xs:string'", "<xsl:sequence select='$p'/>"), "f:x(()) = '1'", undefined),
        (function(" as='xs:string'", "<xsl:sequence select='$p'/>"), "f:x(1) = '1'", undefined),
        (function(" as='xs:string?'", "<xsl:sequence select='$p'/>"), "empty(f:x(()))", found),
        (function(" as='xs:string?'", "<xsl:sequence select='$p'/>"), "f:x(b) = '1'", undefined),
        (function(" as='xs:string+'", "<xsl:sequence select='$p'/>"), "f:x(()) = '1'", undefined),
        (function(" as='xs:string *'", "<xsl:sequence select='$p'/>"), "count(f:x(b)) = 2", found),
        (function(" as='xs:double'", "<xsl:sequence select='$p'/>"), "f:x(1) instance of xs:double", found),
        (function(" as='xs:decimal'", "<xsl:sequence select='$p'/>"), "f:x(1) instance of xs:integer", found),
        (function(" as='xs:integer'", "<xsl:sequence select='$p'/>"), "f:x(1.5) = 1.5", undefined),
        (function(" as='element()?'", "<xsl:sequence select='$p'/>"), "f:x(b) = '1'", undefined),
        (function(" as='element()'", "<xsl:sequence select='$p'/>"), "f:x(b[1]) is b[1]", found),
        (function(" as='element(b)*'", "<xsl:sequence select='$p'/>"), "count(f:x(b)) = 2", found),
        (function(" as='element(b)*'", "<xsl:sequence select='$p'/>"), "count(f:x((b, 1))) = 3", undefined),
        (function(" as='node()*'", "<xsl:sequence select='$p'/>"), "count(f:x(b)) = 2", found),
        // No name of the schema is hidden by what is written for it.
        (
            function("", "<xsl:value-of select='$p'/>").replace("'p'", "'item'").replace("$p", "$item"),
            "f:x(b[1]) = '1'",
            found,
        ),
        ("<let name='item' value='5'/><let name='y' value='$item' as='xs:integer'/>".into(), "$y = 5", found),
        ("<let name='y' value='//b' as='xs:string'/>".into(), "$y = '1'", undefined),
        ("<let name='y' value='//b' as='element()'/>".into(), "$y = '1'", undefined),
        ("<let name='y' value='//b' as='xs:integer+'/>".into(), "sum($y) = 3", found),
    ] {
        check(&inside, test, expected);
    }
    let current = function("", "<xsl:for-each select='$p'><xsl:sequence select='b[. = current()]'/></xsl:for-each>");
    let schema = format!("$x2<ns prefix='f' uri='urn:f'/>{current}");
    let schema = load(&schema, &[], &SchematronOptions::default()).unwrap();
    assert!(schema.notes()[0].message.contains("`current()` inside `for-each` is not supported"));
}
