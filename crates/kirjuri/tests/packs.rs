//! The laws of a pack: what loads, what does not, and where the errors point.

mod house;

use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{ExampleFailureKind, Limits, LintOptions, Pack, RuleSet, Unchecked, check};

use house::{MANIFEST, RULE, source};

const CODE_SET: &str = "oid = '1.2.3'
name = 'Otsikot'
complete = false
source = ['talo']
[[code]]
code = 'A'
fi = 'Alku'
";

fn load(rule: &str) -> Result<Pack, Vec<String>> {
    load_files(&[("pack.toml", MANIFEST), ("missing-date.toml", rule)])
}

fn load_files(files: &[(&str, &str)]) -> Result<Pack, Vec<String>> {
    Pack::load(&source(files)).map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

/// Loads the rule with `from` replaced by `to`, and expects the one error.
#[track_caller]
fn refused(from: &str, to: &str, expected: &str) {
    assert!(RULE.contains(from), "the rule does not say {from}");
    let errors = load(&RULE.replacen(from, to, 1)).expect_err("the pack should not load");
    assert_eq!(errors, [expected]);
}

#[test]
fn a_sound_pack_loads_and_its_examples_hold() {
    let pack = load(RULE).unwrap();
    assert_eq!(pack.rules().len(), 1);
    assert_eq!(pack.test(), []);
}

#[test]
fn an_unknown_key_is_refused_with_the_one_that_was_meant() {
    refused(
        "severity = \"error\"",
        "severity = \"error\"\nassertt = 'true()'",
        "house/missing-date.toml:3:1: unknown field `assertt`, expected one of `criterion`, `severity`, `safety-critical`, `guideline`, \
         `was`, `valid-from`, `valid-to`, `context`, `assert`, `point`, `words`, `missing`, `series`, `other`, `check`, `title`, `why`, `fix`, `pass`, `fail`; did you mean `assert`?",
    );
}

#[test]
fn an_unknown_severity_is_refused() {
    refused(
        "\"error\"",
        "\"eror\"",
        "house/missing-date.toml:2:12: unknown variant `eror`, expected one of `info`, `warning`, `error`; \
         did you mean `error`?",
    );
}

#[test]
fn a_text_must_be_there_in_every_language() {
    refused("sv = \"dateringen saknas\"\n", "", "house/missing-date.toml:7:1: missing field `sv`");
    refused(
        "sv = \"dateringen saknas\"",
        "sv = \"\"",
        "house/missing-date.toml:7:1: `title.sv` is empty or has white space around it",
    );
}

#[test]
fn a_title_has_no_full_stop_and_the_other_texts_have_one() {
    refused(
        "is missing\"",
        "is missing.\"",
        "house/missing-date.toml:7:1: `title.en` is one sentence without a full stop",
    );
    refused("the date.\"", "the date\"", "house/missing-date.toml:17:1: `fix.en` ends in a full stop");
}

#[test]
fn an_error_in_an_expression_points_into_it() {
    refused(
        "assert = \"@date\"",
        "assert = \"string-lenght(@date) > 0\"",
        "house/missing-date.toml:5:11: there is no function `string-lenght`; did you mean `string-length`?",
    );
    refused(
        "context = \"x:letter\"",
        "context = '''\nx:letter[y:part]'''",
        "house/missing-date.toml:5:10: the prefix `y` is not declared",
    );
}

#[test]
fn an_element_name_without_a_prefix_is_refused() {
    refused(
        "context = \"x:letter\"",
        "context = \"letter\"",
        "house/missing-date.toml:4:12: the element name `letter` has no prefix, so it matches only elements in no \
         namespace",
    );
}

#[test]
fn a_context_must_be_a_pattern() {
    refused(
        "context = \"x:letter\"",
        "context = \"count(x:letter)\"",
        "house/missing-date.toml:4:12: a context must be a path of child and attribute steps that may start with `/` \
         or `//`",
    );
}

#[test]
fn a_guideline_must_be_declared() {
    refused(
        "doc = \"manual\"",
        "doc = \"manuals\"",
        "house/missing-date.toml:3:14: the guideline `manuals` is not declared in pack.toml; did you mean `manual`?",
    );
    refused(
        "[{ doc = \"manual\", clause = \"1\" }]",
        "[]",
        "house/missing-date.toml:3:13: a rule names at least one guideline",
    );
}

#[test]
fn a_rule_has_examples_of_both_kinds() {
    let start = RULE.find("[[fail]]").unwrap();
    assert_eq!(
        load(&RULE[..start]).unwrap_err(),
        ["house/missing-date.toml:1:1: a rule has at least one `[[fail]]`, a document in which it finds something"]
    );
    let pass = RULE.find("[[pass]]").unwrap();
    assert_eq!(
        load(&[&RULE[..pass], &RULE[start..]].concat()).unwrap_err(),
        ["house/missing-date.toml:1:1: a rule has at least one `[[pass]]`, a document in which it applies and finds \
          nothing"]
    );
}

#[test]
fn an_example_is_a_well_formed_document() {
    refused(
        "<letter xmlns=\"urn:x\"/>",
        "<letter xmlns=\"urn:x\">",
        "house/missing-date.toml:29:10: the example is not well-formed: the element is not closed",
    );
}

#[test]
fn what_was_proved_is_not_proved_again() {
    let load = |from: &str, to: &str| {
        let rule = RULE.replacen(from, to, 1);
        Pack::load_proved(&source(&[("pack.toml", MANIFEST), ("missing-date.toml", &rule)]))
    };
    assert!(load("<letter xmlns=\"urn:x\"/>", "<letter xmlns=\"urn:x\">").is_ok());
    assert!(load("\"error\"", "\"eror\"").is_err());
}

#[test]
fn a_rule_holds_no_real_person() {
    let law = "only synthetic people: the individual number of the code must be 900 or over";
    let rows = [
        // As the file writes it: in examples, texts, names, expressions and comments.
        ("date=\"1\"", "date=\"010190-123P\"", "24:38"),
        ("date=\"1\"", "date=\"Hetu on 010190-123P.\"", "24:46"),
        ("date=\"1\"", "date=\"010190a123p\"", "24:38"),
        ("date=\"1\"/>", "date=\"1\"><!--010190-123P--></letter>", "24:45"),
        ("is missing", "is missing: 010190-123P", "10:28"),
        ("stays unclear", "of 010190-123P stays unclear", "15:18"),
        ("Lägg till", "Lägg 010190-123P till", "19:12"),
        ("\"dated\"", "\"010190-123P\"", "23:9"),
        ("\"@date\"", "\"@date != '010190-123P'\"", "5:21"),
        ("severity = \"error\"", "severity = \"error\" # 010190-123P", "2:22"),
        // Without the escapes of TOML and the references of XML.
        ("is missing", "is missing: 010190\\u002D123P", "10:6"),
        ("\"dated\"", "\"\\u0030\\u00310190-123P\"", "23:8"),
        ("date=\"1\"", "date=\"010190-&#49;23P\"", "24:38"),
        ("date=\"1\"/>", "date=\"1\"><x>010190-<![CDATA[123P]]></x></letter>", "24:44"),
        ("date=\"1\"/>", "date=\"1\">010190-<!-- -->123P</letter>", "24:10"),
    ];
    for (from, to, place) in rows {
        refused(from, to, &format!("house/missing-date.toml:{place}: {law}"));
    }
    for synthetic in ["010190-900P", "010190a999x", "1.2.010190-1234", "1010190-123P", "010190&#x2D;900P"] {
        load(&RULE.replace("date=\"1\"", &format!("date=\"{synthetic}\""))).unwrap();
    }
}

#[test]
fn the_other_files_hold_no_real_person() {
    let manifest = MANIFEST.replace("Kirjeopas", "Kirjeopas 010190-123P");
    let set = CODE_SET.replace("Alku", "Alku, 010190+123P");
    let files = [("pack.toml", manifest.as_str()), ("missing-date.toml", RULE), ("code-sets/a.toml", &set)];
    let law = "only synthetic people: the individual number of the code must be 900 or over";
    assert_eq!(
        load_files(&files).unwrap_err(),
        [format!("house/code-sets/a.toml:7:13: {law}"), format!("house/pack.toml:16:20: {law}")]
    );
}

#[test]
fn a_point_selects_nodes() {
    let with = |point: &str| format!("assert = \"@date\"\npoint = {point}");
    let rows = [
        ("\"string(@nothing)\"", "6:10: `point` selects nodes; this is a string"),
        ("'''\n  count(@date)'''", "7:3: `point` selects nodes; this is a number"),
        ("\"@date = '1'\"", "6:10: `point` selects nodes; this is a boolean"),
    ];
    for (point, expected) in rows {
        refused("assert = \"@date\"", &with(point), &format!("house/missing-date.toml:{expected}"));
    }
    load(&RULE.replace("assert = \"@date\"", &with("\"@date | x:part\""))).unwrap();
}

#[test]
fn names_in_a_rule_are_one_line_that_says_something() {
    let empty = "is empty or has white space around it";
    let rows = [
        ("clause = \"1\"", "clause = \"\"", "3:14", &*format!("`clause` {empty}")),
        ("name = \"dated\"", "name = ''", "23:8", &format!("`name` {empty}")),
        ("name = \"dated\"", "name = \"a\\nb\"", "23:8", "`name` is one line without control characters"),
        ("is missing\"", "is\\nmissing\"", "7:1", "`title.en` is one line without control characters"),
        ("is missing\"", "is\\u001b[2J\"", "7:1", "`title.en` is one line without control characters"),
        ("the date.\"", "the\\u2028date.\"", "17:1", "`fix.en` is one line without control characters"),
        (
            "severity = \"error\"",
            "severity = \"error\"\nwas = [\"Wrong\"]",
            "3:8",
            "a former name of the rule is lower-case words with hyphens",
        ),
    ];
    for (from, to, place, message) in rows {
        refused(from, to, &format!("house/missing-date.toml:{place}: {message}"));
    }
    load(&RULE.replace("the date.\"", "the\\ndate.\"")).unwrap();
}

#[test]
fn a_manifest_says_something_in_every_place() {
    let kind = "[[document]]\nid = 'late'\nwhen = '@late'\ntitle = { fi = 'a', sv = 'b', en = 'c' }\n";
    let sound = format!("{MANIFEST}source = \"x\"\nvalid-from = 2020-01-01\nvalid-to = 2020-01-01\n\n{kind}");
    let sound = sound.replace("2020-01-01", "\"2020-01-01\"");
    load_files(&[("pack.toml", &sound), ("missing-date.toml", RULE)]).unwrap();
    let rows = [
        ("\"1.0.0\"", "\"\"", "2:11: `version` is empty or has white space around it"),
        ("\"1.0.0\"", "\"1\\n2\"", "2:11: `version` is one line without control characters"),
        ("\"house rules\"", "\"\"", "4:1: `title.en` is empty or has white space around it"),
        ("\"house rules\"", "\"a\\nb\"", "4:1: `title.en` is one line without control characters"),
        ("x = \"urn:x\"", "x = \"urn:x\"\nk = 'urn:k'", "14:1: the prefix `k` is that of the engine's functions"),
        ("x = \"urn:x\"", "x = \"urn:x\"\nxml = 'u'", "14:1: the prefix `xml` has its meaning from XML itself"),
        ("x = \"urn:x\"", "x = \"urn:x\"\ny = ' '", "14:5: `y` is empty or has white space around it"),
        ("\"Kirjeopas\"", "''", "16:9: `title` is empty or has white space around it"),
        ("\"Talo\"", "' '", "17:13: `publisher` is empty or has white space around it"),
        ("\"x\"", "\"\"", "18:10: `source` is empty or has white space around it"),
        ("from = \"2020-01-01\"", "from = \"2020-01-02\"", "20:12: `valid-to` is before `valid-from`"),
        ("'late'", "'Not Kebab'", "23:6: the id of a kind of documents is lower-case words with hyphens"),
        ("'c'", "''", "25:9: `title.en` is empty or has white space around it"),
        (kind, &kind.repeat(2), "27:6: the kind `late` is declared twice"),
    ];
    for (from, to, expected) in rows {
        assert!(sound.contains(from), "the manifest does not say {from}");
        let manifest = sound.replacen(from, to, 1);
        let errors = load_files(&[("pack.toml", &manifest), ("missing-date.toml", RULE)]);
        assert_eq!(errors.unwrap_err(), [format!("house/pack.toml:{expected}")]);
    }
}

#[test]
fn a_code_set_says_something_in_every_place() {
    let load_set = |set: &str| load_files(&[("pack.toml", MANIFEST), ("code-sets/a.toml", set)]);
    load_set(CODE_SET).unwrap();
    let twin = format!("{CODE_SET}\n[[code]]\ncode = 'A'\n");
    assert_eq!(load_set(&twin).unwrap_err(), ["house/code-sets/a.toml:10:8: the code `A` is listed twice"]);
    let rows = [
        ("'1.2.3'", "'1.2.x'", "1:7: the `oid` of a code set is an OID: numbers with dots between"),
        ("'Otsikot'", "''", "2:8: `name` is empty or has white space around it"),
        ("'Otsikot'", "\"a\\nb\"", "2:8: `name` is one line without control characters"),
        ("['talo']", "['']", "4:11: `source` is empty or has white space around it"),
        ("'A'", "' A'", "6:8: `code` is empty or has white space around it"),
        ("'Alku'", "''", "7:6: `fi` is empty or has white space around it"),
        ("'Alku'", "'Alku'\nalso = ['']", "8:9: `also` is empty or has white space around it"),
        ("complete = false", "complete = false\nversion = ''", "4:11: `version` is empty or has white space around it"),
    ];
    for (from, to, expected) in rows {
        assert!(CODE_SET.contains(from), "the code set does not say {from}");
        let errors = load_set(&CODE_SET.replacen(from, to, 1)).unwrap_err();
        assert_eq!(errors, [format!("house/code-sets/a.toml:{expected}")]);
    }
}

#[test]
fn a_file_that_would_be_no_rule_is_refused() {
    let stray = |path: &str| load_files(&[("pack.toml", MANIFEST), ("missing-date.toml", RULE), (path, "garbage")]);
    for path in ["sub/late-thing.toml", "sub/pack.toml", "code-set/a.toml"] {
        let expected =
            "a rule stands beside pack.toml, a code set in code-sets/, a series in series/, a structure in structures/";
        let expected = format!("house/{path}:1:1: {expected}");
        assert_eq!(stray(path).unwrap_err(), [expected]);
    }
    stray("sub/notes.md").unwrap();
}

#[test]
fn only_a_complete_code_set_accuses_a_code() {
    let found = |set: &str, oid: &str| {
        let rule = RULE.replace("assert = \"@date\"", &format!("assert = \"k:code-in(@date, '{oid}')\""));
        let files = [("pack.toml", MANIFEST), ("missing-date.toml", &*rule), ("code-sets/a.toml", set)];
        let rules = RuleSet::new(vec![Arc::new(load_files(&files).unwrap())]);
        let finds = |code: &str| {
            let document = format!("<letter xmlns='urn:x' date='{code}'/>");
            let report = check(document.as_bytes(), &Limits::default(), &rules, &LintOptions::default());
            report.unwrap().findings.len()
        };
        (finds("A"), finds("B"))
    };
    let complete = CODE_SET.replace("false", "true");
    assert_eq!(found(&complete, "1.2.3"), (0, 1));
    assert_eq!(found(CODE_SET, "1.2.3"), (0, 0));
    assert_eq!(found(&complete, "1.2.4"), (0, 0));
}

#[test]
fn only_the_selected_elements_are_misplaced() {
    let order = |nodes: &str| format!("assert = \"not(k:misplaced({nodes}, 'id code'))\"");
    let found = |nodes: &str, content: &str| {
        let rule = RULE.replace("assert = \"@date\"", &order(nodes));
        let rules = RuleSet::new(vec![Arc::new(load(&rule).unwrap())]);
        let document = format!("<letter xmlns='urn:x' xmlns:v='urn:v'>{content}</letter>");
        let report = check(document.as_bytes(), &Limits::default(), &rules, &LintOptions::default());
        report.unwrap().findings.len()
    };
    assert_eq!(found("x:*", "<id/><free/><code/>"), 0);
    assert_eq!(found("x:*", "<code/><free/><id/>"), 1);
    assert_eq!(found("x:*", "<id/><code/><v:id/>"), 0);
    assert_eq!(found("*", "<id/><code/><v:id/>"), 1);
}

#[test]
fn an_example_that_shows_something_else_is_told() {
    let kind = |rule: &str| load(rule).unwrap().test().remove(0).kind;
    let places = |expected: &[&str], found: &[&str]| ExampleFailureKind::Places {
        expected: expected.iter().map(|place| (*place).into()).collect(),
        found: found.iter().map(|place| (*place).into()).collect(),
    };
    assert_eq!(kind(&RULE.replace("at = [\"/letter\"]", "at = [\"/letter/x\"]")), places(&["/letter/x"], &["/letter"]));
    assert_eq!(kind(&RULE.replace("assert = \"@date\"", "assert = \"true()\"")), places(&["/letter"], &[]));
    assert_eq!(kind(&RULE.replace("assert = \"@date\"", "assert = \"false()\"")), places(&[], &["/letter"]));
    let idle = RULE.replace("context = \"x:letter\"", "context = \"x:letter[not(@date)]\"");
    assert_eq!(kind(&idle), ExampleFailureKind::NotExercised);
    let later = format!("valid-from = \"2026-03-01\"\n{RULE}");
    let failures = load(&later).unwrap().test();
    assert!(failures[0].to_string().ends_with("is judged by 2026-01-01, when the rule is not in force; say `as-of`"));
}

#[test]
fn a_name_stands_for_one_rule_only() {
    let renamed = RULE.replace("severity = ", "was = [\"missing-date\"]\nseverity = ");
    let errors = load_files(&[("pack.toml", MANIFEST), ("missing-date.toml", RULE), ("undated.toml", &renamed)]);
    assert_eq!(
        errors.unwrap_err(),
        ["house/undated.toml:1:1: the name `missing-date` already stands for another rule"]
    );
}

#[test]
fn a_former_name_still_finds_the_rule() {
    let renamed = RULE.replace("severity = ", "was = [\"undated-letter\"]\nseverity = ");
    let rules = RuleSet::new(vec![Arc::new(load(&renamed).unwrap())]);
    assert_eq!(rules.find("house/undated-letter"), rules.find("house/missing-date"));
    assert!(rules.find("house/missing-date").is_some());
    assert!(rules.find("house/missing").is_none() && rules.find("missing-date").is_none());
}

#[test]
fn a_pack_without_manifest_is_refused() {
    let errors = load_files(&[("missing-date.toml", RULE)]).unwrap_err();
    assert_eq!(errors, ["house/pack.toml:1:1: a pack has a file pack.toml"]);
}

#[test]
fn all_errors_of_a_pack_are_told_at_once_and_in_order() {
    let one = RULE.replace("@date", "@");
    let two = RULE.replace("\"correctness\"", "\"rightness\"");
    let errors = load_files(&[("pack.toml", MANIFEST), ("b.toml", &one), ("a.toml", &two)]).unwrap_err();
    assert_eq!(errors.len(), 2);
    assert!(errors[0].starts_with("house/a.toml:1:13:") && errors[1].starts_with("house/b.toml:5:12:"), "{errors:?}");
}

#[test]
fn a_code_set_is_defined_once() {
    let set = "oid = '1.2'\nname = 'n'\ncomplete = false\nsource = []\ncode = []\n";
    let files = [("pack.toml", MANIFEST), ("code-sets/a.toml", set), ("code-sets/b.toml", set)];
    assert_eq!(load_files(&files).unwrap_err(), ["house/code-sets/b.toml:1:1: the code set 1.2 is defined twice"]);
}

#[test]
fn a_rule_out_of_force_does_not_run() {
    let manifest = format!("{MANIFEST}valid-from = \"2020-01-01\"\nvalid-to = \"2024-12-31\"\n");
    let pack = load_files(&[("pack.toml", &manifest), ("missing-date.toml", RULE)]).unwrap();
    let rules = RuleSet::new(vec![Arc::new(pack)]);
    let found = |day: Option<Date>| {
        let mut options = LintOptions::default();
        options.as_of = day.into();
        let report = check(b"<letter xmlns='urn:x'/>", &Limits::default(), &rules, &options).unwrap();
        (report.findings.len(), rules.indexes().map(|rule| report.tally(rule).applied).sum::<u64>())
    };
    assert_eq!(found(None), (1, 1));
    assert_eq!(found(Date::new(2024, 12, 31)), (1, 1));
    assert_eq!(found(Date::new(2025, 1, 1)), (0, 0));
    assert_eq!(found(Date::new(2019, 12, 31)), (0, 0));
}

#[test]
fn a_document_of_another_kind_is_not_clean_but_unchecked() {
    let rules = RuleSet::new(vec![Arc::new(load(RULE).unwrap())]);
    let outcome = check(b"<letter/>", &Limits::default(), &rules, &LintOptions::default());
    assert_eq!(outcome, Err(Unchecked::NoPackApplies));
}

#[test]
fn a_finding_points_at_the_whole_start_tag_or_the_attribute_value() {
    let rule = RULE.replace("assert = \"@date\"", "assert = \"@date = '1'\"\npoint = \"@date\"");
    let rules = RuleSet::new(vec![Arc::new(load(&rule).unwrap())]);
    let place = |document: &str| {
        let report = check(document.as_bytes(), &Limits::default(), &rules, &LintOptions::default()).unwrap();
        let place = &report.findings[0].place;
        (place.path.clone(), place.line, place.column, document[place.start..place.end].to_owned())
    };
    assert_eq!(
        place("<!--ä-->\n<letter xmlns='urn:x' date='ää'>x</letter>"),
        ("/letter/@date".into(), 2, 29, "ää".into())
    );
    assert_eq!(
        place("<letter xmlns='urn:x'\n>x</letter>"),
        ("/letter".into(), 1, 1, "<letter xmlns='urn:x'\n>".into())
    );
}

#[test]
fn rules_that_take_too_much_work_leave_the_document_unchecked() {
    let rule = RULE.replace("assert = \"@date\"", "assert = \"@date or count(//x:p[count(//x:p) > 5000]) = 0\"");
    let rules = RuleSet::new(vec![Arc::new(load(&rule.replace("urn:x\"/>", "urn:x\"><p/></letter>")).unwrap())]);
    let document = format!("<letter xmlns='urn:x'>{}</letter>", "<p/>".repeat(3000));
    let outcome = |budget: u64| {
        let mut options = LintOptions::default();
        options.budget = budget;
        check(document.as_bytes(), &Limits::default(), &rules, &options).map(|report| report.findings.len())
    };
    assert_eq!(outcome(1_000_000), Err(Unchecked::TooMuchWork { rule: rules.find("house/missing-date") }));
    assert_eq!(outcome(100_000_000), Ok(0));
}

#[test]
fn a_name_may_vary_in_case_white_space_and_accents_written_apart() {
    let set =
        "oid = '1.2.3'\nname = 'n'\ncomplete = true\nsource = ['s']\n[[code]]\ncode = '1'\nfi = 'Ei tietoa äiti'\n";
    let pack = load_files(&[("pack.toml", MANIFEST), ("missing-date.toml", RULE), ("code-sets/a.toml", set)]).unwrap();
    let set = pack.code_sets().get("1.2.3").unwrap();
    for accepted in ["Ei tietoa äiti", "EI TIETOA ÄITI", "Eitietoa\u{a0}a\u{308}iti"] {
        assert!(set.accepts_name("1", accepted), "{accepted}");
    }
    assert!(!set.accepts_name("1", "Ei tietoa aiti"));
    assert!(set.accepts_name("2", "mikä vain"));
}
