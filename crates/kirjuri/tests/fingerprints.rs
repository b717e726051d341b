//! What findings are known by: what an export makes anew changes nothing, and another fault is another.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kirjuri::{Fingerprint, Limits, LintOptions, Pack, PackFile, PackSource, RuleSet};

const MANIFEST: &str = r#"
id = "notes"
version = "1.0.0"
title = { fi = "muistiinpanot", sv = "anteckningar", en = "notes" }
applies = { root = ["Q{urn:n}notes", "Q{urn:hl7-org:v3}ClinicalDocument", "Q{}*"], identity = "n:key | @register" }
namespaces = { n = "urn:n", xsi = "http://www.w3.org/2001/XMLSchema-instance", cda = "urn:hl7-org:v3", none = "" }
guidelines.manual = { title = "Opas", publisher = "Talo" }
"#;

/// A rule by its context and where it points: it finds everything.
fn rule(name: &str, context: &str, was: &str) -> (String, String) {
    let text = format!(
        "criterion = 'correctness'\nseverity = 'error'\nguideline = [{{ doc = 'manual', clause = '1' }}]\n{was}\
         context = \"{context}\"\nassert = '@fine'\n\
         title = {{ fi = 'a', sv = 'b', en = 'c' }}\nwhy = {{ fi = 'A.', sv = 'B.', en = 'C.' }}\n\
         fix = {{ fi = 'A.', sv = 'B.', en = 'C.' }}\n\
         [[pass]]\nname = 'fine'\nxml = '''<notes xmlns='urn:n'/>'''\n\
         [[fail]]\nname = 'wrong'\nat = ['/notes']\nxml = '''<notes xmlns='urn:n'/>'''\n"
    );
    (format!("{name}.toml"), text)
}

fn rules(context: &str, name: &str, was: &str) -> RuleSet {
    let (path, text) = rule(name, context, was);
    let files =
        vec![PackFile { path: "pack.toml".into(), text: MANIFEST.into() }, PackFile { path, text: text.into() }];
    let pack = Pack::load(&PackSource { name: "notes".into(), files }).unwrap_or_else(|errors| panic!("{errors}"));
    RuleSet::new(vec![Arc::new(pack)])
}

fn fingerprints_by(rules: &RuleSet, text: &str, draft: bool) -> Vec<Fingerprint> {
    let mut options = LintOptions::default();
    options.draft = draft;
    let report = kirjuri::check(text.as_bytes(), &Limits::default(), rules, &options);
    let report = report.unwrap_or_else(|error| panic!("{error}: {text}"));
    report.findings.iter().map(|finding| finding.fingerprint).collect()
}

fn fingerprints(context: &str, text: &str) -> Vec<Fingerprint> {
    let mut all = fingerprints_by(&rules(context, "missing-note", ""), text, false);
    all.sort();
    all
}

/// Whether what is found in one document is known in another.
#[track_caller]
fn check(context: &str, rows: &[(&str, &str, bool)]) {
    for (one, other, same) in rows {
        let wrapped = |inside: &str| match inside.starts_with("<?") || inside.contains("xmlns") {
            true => inside.to_owned(),
            false => format!("<notes xmlns='urn:n'><key>1</key>{inside}</notes>"),
        };
        let (one, other) = (fingerprints(context, &wrapped(one)), fingerprints(context, &wrapped(other)));
        assert!(!one.is_empty() && one.iter().all(|it| !it.is_none()), "{rows:?}");
        assert_eq!(one == other, *same, "{context}: {rows:?}: {one:x?} {other:x?}");
    }
}

/// Written once and never again: a change here makes every baseline worthless. The bytes are those of
/// `docs/baselines.md`, "What a fingerprint is made of".
#[test]
fn the_fingerprints_are_those_of_the_first_version() {
    let text = "<notes xmlns='urn:n'><key>1</key><note day='1'>x <b>y</b></note><note day='1'>x <b>y</b></note><note/></notes>";
    let found: Vec<String> = ["n:note", "n:note/@day", "n:notes"]
        .into_iter()
        .flat_map(|context| fingerprints(context, text))
        .map(|fingerprint| fingerprint.to_string())
        .collect();
    let expected = [
        "88d8a4bf3c8ce9bece0e4a82e08f8c28",
        "cc062352c9614a9e2a9c0a50901e4b04",
        "ed82dca43afc6d9d55b18f3fd2c54d77",
        "57e6654fe41ca91690fc63d99a068dbe",
        "57ed57a909d1bbf5c8b51acdbc42168d",
        "555175c23a09bcdb70610ab2559c2b56",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_an_export_makes_anew_changes_nothing() {
    check(
        "n:note",
        &[
            ("<note a='1' b='2'>x y</note>", "<note  b=\"2\"\n a='1' >\n x\n y </note>", true),
            ("<note>x<!-- y --> z</note>", "<note>x z</note>", true),
            ("<note>x <b>y</b> z</note>", "<note>\n  x\n  <b>y</b>\n  z\n</note>", true),
            ("<note ID='a' id='b'>x</note>", "<note ID='c'>x</note>", true),
            ("<note>x<see value='#a'/></note>", "<note>x<see value='#b'/></note>", true),
            ("<note><a>1</a><b>2</b></note>", "<note><b>2</b><a>1</a></note>", true),
            ("<note>1</note><note>2</note>", "<note>2</note><note>1</note>", true),
            ("<a/><note>1</note>", "<note>1</note><a/><b/>", true),
            ("<note>&#228;</note>", "<note><![CDATA[ä]]></note>", true),
            (
                "<notes xmlns='urn:n' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' xmlns:t='urn:t'><key>1</key>\
                 <note i:type='t:A'>x</note></notes>",
                "<n:notes xmlns:n='urn:n' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:v='urn:t' \
                 xsi:schemaLocation='urn:n n.xsd'><n:key>1</n:key><n:note xsi:type='v:A'>x</n:note></n:notes>",
                true,
            ),
        ],
    );
}

#[test]
fn another_fault_is_another() {
    check(
        "n:note",
        &[
            ("<note>1</note>", "<note>2</note>", false),
            ("<note a='1'/>", "<note a='2'/>", false),
            ("<note a='1'/>", "<note b='1'/>", false),
            ("<note><a>1</a></note>", "<note><b>1</b></note>", false),
            ("<note><a>1</a></note>", "<other><note><a>1</a></note></other>", false),
            ("<note>x <a>1</a> y <a>2</a></note>", "<note>x <a>2</a> y <a>1</a></note>", false),
            (
                "<notes xmlns='urn:n'><key>1</key><note/></notes>",
                "<notes xmlns='urn:n'><key>2</key><note/></notes>",
                false,
            ),
        ],
    );
    check(
        "n:note/@a",
        &[("<note a='1' b='1'/>", "<note a='1' b='2'/>", true), ("<note a='1'/>", "<note a='2'/>", false)],
    );
}

/// It is told from its like by what stands around it.
#[test]
fn what_says_nothing_is_told_by_what_it_stands_in() {
    let visits =
        |first: &str, second: &str| format!("<visit><code v='1'/>{first}</visit><visit><code v='2'/>{second}</visit>");
    for (context, fault) in [
        ("n:note", "<note/>"),
        ("n:note", "<note nullFlavor='NI'/>"),
        ("n:note/@ref", "<note ref='#a'/>"),
        ("n:note/@ID", "<note ID='a'/>"),
        ("n:note", "<note><see/></note>"),
    ] {
        check(
            context,
            &[(&visits(fault, ""), &visits("", fault), false), (&visits(fault, "<a/>"), &visits(fault, ""), true)],
        );
    }
}

/// An edit at one end of a chapter does not make a fault at its other end a new one; it stays told from other chapters.
#[test]
fn a_large_element_is_known_by_what_tells_it_from_others() {
    let chapter = |code: &str, text: &str| {
        let entries: String = (0..100).map(|number| format!("<entry><a>{text}{number}</a></entry>")).collect();
        format!("<chapter><code v='{code}'/>{entries}</chapter>")
    };
    let large = |code: &str| chapter(code, "x");
    check("n:chapter", &[(&large("1"), &chapter("1", "y"), true), (&large("1"), &large("2"), false)]);
    check("n:notes", &[(&large("1"), &large("2"), true)]);
}

#[test]
fn equal_faults_are_counted() {
    let one = fingerprints("n:note", "<notes xmlns='urn:n'><note>1</note></notes>");
    let three = fingerprints("n:note", "<notes xmlns='urn:n'><note>1</note><a/><note>1</note><note>1</note></notes>");
    let two = fingerprints("n:note", "<notes xmlns='urn:n'><note>1</note><note>1</note></notes>");
    assert_eq!(three.len(), 3);
    assert!(one.iter().all(|it| two.contains(it)) && two.iter().all(|it| three.contains(it)));
    assert!(three.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(three.contains(&one[0].nth(3)) && three.contains(&one[0].nth(1)));
}

#[test]
fn a_rule_that_was_renamed_knows_its_findings() {
    let text = "<notes xmlns='urn:n'><note/></notes>";
    let of = |name: &str, was: &str| fingerprints_by(&rules("n:note", name, was), text, false);
    assert_eq!(of("missing-note", ""), of("empty-note", "was = ['missing-note']\n"));
    assert_ne!(of("missing-note", ""), of("empty-note", ""));
}

#[test]
fn a_document_is_known_by_its_set_of_versions_or_its_id() {
    let document = |ids: &str| format!("<ClinicalDocument xmlns='urn:hl7-org:v3'>{ids}<code/></ClinicalDocument>");
    check(
        "cda:code",
        &[
            (&document("<id root='1'/><setId root='3'/>"), &document("<id root='2'/><setId root='3'/>"), true),
            (&document("<id root='1'/>"), &document("<id root='1' extension=''/>"), true),
            (&document("<id root='1'/>"), &document("<id root='2'/>"), false),
            (&document("<id root='1' extension='a'/>"), &document("<id root='1' extension='b'/>"), false),
            (&document("<setId nullFlavor='NI'/><id root='1'/>"), &document("<id root='1'/>"), true),
        ],
    );
}

#[test]
fn a_draft_is_known_by_nothing() {
    let found = fingerprints_by(&rules("n:note", "missing-note", ""), "<notes xmlns='urn:n'><note/></notes>", true);
    assert_eq!(found, [Fingerprint::default()]);
    assert!(found[0].is_none() && found[0].nth(2).is_none());
}
