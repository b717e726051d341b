use super::*;

/// Whole documents.
const DOCUMENTS: [&str; 3] = [
    include_str!("../../../../fixtures/documents/archive-clean.xml"),
    include_str!("../../../../fixtures/documents/prescription-clean.xml"),
    include_str!("../../../../fixtures/social/decision-clean.xml"),
];

fn parse(text: &str) -> Document {
    let limits = Limits::default();
    match text.starts_with('{') {
        true => Document::parse_json(text.as_bytes(), &limits).unwrap(),
        false => Document::parse(text.as_bytes(), &limits).unwrap(),
    }
}

/// What a document is made of.
fn parts(document: &Document) -> String {
    let Document { text, nodes, attributes, decoded, declarations, .. } = document;
    format!("{text}{nodes:?}{attributes:?}{:?}{:?}{declarations:?}", decoded.texts, decoded.attributes)
}

/// Whether an edit was taken; one that is taken gives what parsing gives.
#[track_caller]
fn is_taken(before: &str, after: &str) -> bool {
    let old = parse(before);
    // What is made when it is first asked for is shared.
    assert!(
        old.names().map(|name| old.elements_named(name).len() + old.attributes_named(name).len()).sum::<usize>() > 0
    );
    let Some((edited, changed)) = old.edited(after.as_bytes(), &Limits::default()) else { return false };
    let parsed = parse(after);
    assert_eq!(parts(&edited), parts(&parsed), "{before} -> {after}");
    assert_eq!(Some(changed), parsed.changes_since(&old), "{before} -> {after}");
    true
}

#[test]
fn an_edit_inside_one_value_is_taken() {
    let rows = [
        ("<a b='1'>text<c/></a>", "<a b='1'>texts<c/></a>", true),
        ("<a b='1'>text<c/></a>", "<a b='1'>atext<c/></a>", true),
        ("<a b='1'>text<c/></a>", "<a b='1'>t<c/></a>", true),
        ("<a b='1'>text<c/></a>", "<a b='1'><c/></a>", false),
        ("<a b='1'>text<c/></a>", "<a b='1'>te<d/>xt<c/></a>", false),
        ("<a b='1'>text<c/></a>", "<a b='1'>te&amp;xt<c/></a>", false),
        ("<a b='1'>text<c/></a>", "<a b='12'>text<c/></a>", true),
        ("<a b='1'>text<c/></a>", "<a b=''>text<c/></a>", true),
        ("<a b=''>text<c/></a>", "<a b='1'>text<c/></a>", true),
        ("<a b=''>text<c/></a>", "<a b='1' d=''>text<c/></a>", false),
        ("<a b='1'>text<c/></a>", "<a b='2'>texts<c/></a>", true),
        ("<a b='1'>text<c d=''/>more</a>", "<a b=''>t<c d='x'/>mor</a>", true),
        ("<a b='1'>text<c d=''/>more</a>", "<a b=''>t<c e='x'/>mor</a>", false),
        ("<a b='1'>text</a>", "<a b=\"1\">text</a>", false),
        ("<a>text</a>", "<a>text</a> ", false),
        ("<a b='1'>text<c/></a>", "<a b='1'>text<c/></a>", true),
        ("<a xmlns='u'><c/></a>", "<a xmlns='v'><c/></a>", false),
        ("<a>]]<c/></a>", "<a>]]><c/></a>", false),
        ("<a>ä</a>", "<a>ö</a>", true),
        ("<a>ääkköset</a>", "<a>äkköset</a>", true),
        ("<a>x</a>", "<a>\u{1}</a>", false),
        ("<a>x&amp;y</a>", "<a>x&amp;z</a>", false),
        ("<a><!--x--></a>", "<a><!--y--></a>", false),
        (r#"{"a": {"b": "x", "c": 1}}"#, r#"{"a": {"b": "xy", "c": 1}}"#, true),
        (r#"{"a": {"b": "x", "c": 1}}"#, r#"{"a": {"b": "x", "c": 2}}"#, false),
        (r#"{"a": {"b": "x", "c": "y"}}"#, r#"{"a": {"b": "xx", "c": "z"}}"#, true),
        (r#"{"a": {"b": "x", "c": "y"}}"#, r#"{"a": {"b": "", "c": "z"}}"#, false),
        (r#"{"resourceType": "Question naire", "b": "x"}"#, r#"{"resourceType": "Questionnaire", "b": "x"}"#, false),
        (r#"{"a": {"b": [1,2,3]}}"#, r#"{"a": {"b": [1,25,3]}}"#, false),
        (r#"{"a": {"b": ["1","2"]}}"#, r#"{"a": {"b": ["1","25"]}}"#, true),
        (r#"{"a": {"b": ["1","2"]}}"#, r#"{"a": {"b": ["1","2","5"]}}"#, false),
        (r#"{"a": {"b": "x", "c": 1}}"#, r#"{"a": {"b": "x\n", "c": 1}}"#, false),
        (r#"{"a": {"b": "x", "c": [{"d": "e"}]}}"#, r#"{"a": {"b": "x", "c": [{"d": "ef"}]}}"#, true),
    ];
    for (before, after, taken) in rows {
        let after_is_read = Document::parse(after.as_bytes(), &Limits::default()).is_ok() || after.starts_with('{');
        assert_eq!(after_is_read && is_taken(before, after), taken, "{before} -> {after}");
    }
}

#[test]
fn an_edit_anywhere_gives_what_parsing_gives() {
    let (mut taken, mut tried) = (0, 0);
    for text in DOCUMENTS {
        for (number, at) in (0..text.len()).step_by(97).enumerate() {
            if !text.is_char_boundary(at) {
                continue;
            }
            let (before, behind) = text.split_at(at);
            let behind = match number % 3 {
                0 => behind,
                _ => behind.get(1..).unwrap_or(behind),
            };
            let after = format!("{before}{}{behind}", ["7", "kä", "x y"][number / 3 % 3]);
            tried += 1;
            if Document::parse(after.as_bytes(), &Limits::default()).is_ok() && is_taken(text, &after) {
                taken += 1;
            }
        }
    }
    assert!(taken > 100 && taken < tried, "{taken} of {tried}");
}

#[test]
fn an_edit_that_makes_the_document_malformed_is_not_taken() {
    let text = DOCUMENTS[0];
    let old = parse(text);
    for at in (0..text.len()).step_by(53).filter(|at| text.is_char_boundary(*at)) {
        for mark in ["<", "&", "\"", "'", "]]>", "\u{0}", "/>", "-->"] {
            let (before, behind) = text.split_at(at);
            let after = format!("{before}{mark}{behind}");
            if Document::parse(after.as_bytes(), &Limits::default()).is_err() {
                assert!(old.edited(after.as_bytes(), &Limits::default()).is_none(), "{mark} at {at}");
            }
        }
    }
}

#[test]
fn what_is_read_is_noted_once() {
    let document = parse("<a b='1'>x<c>y</c></a>").watched();
    let reads = || {
        let mut reads = Vec::new();
        document.take_reads(|value| reads.push(value.index()));
        reads
    };
    assert_eq!(reads(), [0; 0]);
    let root = document.root_element();
    assert_eq!(document.string_value(root), "xy");
    assert_eq!(document.string_value(root), "xy");
    assert_eq!(reads(), [2, 4]);
    assert_eq!(document.attribute_value(document.attributes(root).next().unwrap()), "1");
    assert_eq!(reads(), [5]);
    assert_eq!(reads(), [0; 0]);
}
