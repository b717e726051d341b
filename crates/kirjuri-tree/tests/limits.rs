//! Each limit, at the limit and one beyond; and that hostile documents are refused or read in good time.

#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use kirjuri_tree::{Document, Limits};

fn limits(set: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    set(&mut limits);
    limits
}

#[track_caller]
fn accept(input: &str, limits: &Limits) {
    if let Err(error) = Document::parse(input.as_bytes(), limits) {
        panic!("refused: {error}");
    }
}

#[track_caller]
fn refuse(input: &str, limits: &Limits, id: &str, offset: usize) {
    match Document::parse(input.as_bytes(), limits) {
        Ok(_) => panic!("accepted, not refused as {id}"),
        Err(error) => assert_eq!((error.kind().id(), error.offset()), (id, offset)),
    }
}

#[test]
fn bytes_are_counted_in_the_input() {
    accept("<a>ä</a>", &limits(|limits| limits.bytes = 9));
    refuse("<a>ä</a>", &limits(|limits| limits.bytes = 8), "too-large", 0);
    refuse("", &limits(|limits| limits.bytes = 0), "missing-root", 0);
}

#[test]
fn a_gibibyte_is_never_exceeded() {
    // Memory that is never touched, so that this costs nothing.
    let bytes = vec![0; (1 << 30) + 1];
    let error = Document::parse(&bytes, &limits(|limits| limits.bytes = usize::MAX)).unwrap_err();
    assert_eq!((error.kind().id(), error.offset()), ("too-large", 0));
}

#[test]
fn the_root_element_is_at_depth_one() {
    let three = limits(|limits| limits.depth = 3);
    accept("<a><b><c/></b><b><c></c></b></a>", &three);
    refuse("<a><b><c><d/></c></b></a>", &three, "too-deep", 9);
    refuse("<a><b><c><d></d></c></b></a>", &three, "too-deep", 9);
    refuse("<a/>", &limits(|limits| limits.depth = 0), "too-deep", 0);
}

#[test]
fn namespace_declarations_count_as_attributes() {
    let three = limits(|limits| limits.attributes = 3);
    accept("<a b='' xmlns:c='u' d=''><b b='' c='' d=''/></a>", &three);
    refuse("<a b='' xmlns:c='u' d='' e=''/>", &three, "too-many-attributes", 25);
    refuse("<a b='' c='' d='' xmlns='u'/>", &three, "too-many-attributes", 18);
    refuse("<a b=''/>", &limits(|limits| limits.attributes = 0), "too-many-attributes", 3);
}

#[test]
fn the_document_node_counts_and_attributes_do_not() {
    let text = "<a b=''>x<!-- c --><?d?><e/></a>";
    accept(text, &limits(|limits| limits.nodes = 6));
    for (nodes, offset) in [(5, 24), (4, 19), (3, 9), (2, 8), (1, 0)] {
        refuse(text, &limits(|limits| limits.nodes = nodes), "too-many-nodes", offset);
    }
    refuse("<a>x&lt;</a>", &limits(|limits| limits.nodes = 2), "too-many-nodes", 3);
}

#[test]
fn the_defaults_are_as_documented() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    accept(&nested(256), &Limits::default());
    refuse(&nested(257), &Limits::default(), "too-deep", 3 * 256);
    let wide = |count: usize| {
        let mut text = "<a".to_owned();
        (0..count).for_each(|number| write!(text, " b{number}=''").unwrap());
        text + "/>"
    };
    accept(&wide(256), &Limits::default());
    assert!(Document::parse(wide(257).as_bytes(), &Limits::default()).is_err());
}

/// Documents that would take minutes if some step were quadratic in them. Their sizes are such that an unoptimised
/// build reads each in well under a second.
#[test]
fn hostile_documents_take_no_more_time_than_others() {
    let wide = limits(|limits| {
        limits.attributes = usize::MAX;
        limits.depth = usize::MAX;
    });
    let many = |count: usize, write_one: fn(&mut String, usize)| {
        let mut text = String::new();
        (0..count).for_each(|number| write_one(&mut text, number));
        text
    };
    let nested = |count: usize, write_one: fn(&mut String, usize)| many(count, write_one) + "x" + &"</a>".repeat(count);
    let documents = [
        ("namespaces", format!("<a>{}</a>", many(30_000, |text, n| write!(text, "<a xmlns='u{n}'/>").unwrap()))),
        ("prefixes", format!("<a>{}</a>", many(30_000, |text, n| write!(text, "<p{n}:a xmlns:p{n}='u'/>").unwrap()))),
        ("names", format!("<a>{}</a>", many(30_000, |text, n| write!(text, "<a{n} b{n}=''/>").unwrap()))),
        ("attributes", format!("<a{}/>", many(30_000, |text, n| write!(text, " b{n}=''").unwrap()))),
        ("prefixed attributes", format!("<a{}/>", many(30_000, |text, n| write!(text, " xml:b{n}=''").unwrap()))),
        ("declarations", format!("<a{}/>", many(30_000, |text, n| write!(text, " xmlns:b{n}='u{n}'").unwrap()))),
        ("depth", nested(30_000, |text, _| text.push_str("<a>"))),
        ("nested declarations", nested(30_000, |text, n| write!(text, "<a xmlns:p{n}='u{n}' xmlns='v{n}'>").unwrap())),
        ("references", format!("<a>{}</a>", "&lt;".repeat(100_000))),
        ("sections", format!("<a>{}</a>", "<![CDATA[]]>".repeat(100_000))),
        ("empty sections and texts", format!("<a>{}</a>", "<![CDATA[]]>]]<b/>".repeat(50_000))),
        ("line ends", format!("<a b='{0}'>{0}</a>", "\r\n\r".repeat(100_000))),
        ("hyphens", format!("<a><!--{}--></a>", "- ".repeat(100_000))),
        ("brackets", format!("<a>{}</a>", "]] ".repeat(100_000))),
        ("question marks", format!("<a><?b {}?></a>", "? > ".repeat(100_000))),
        (
            "alike names",
            format!("<a>{}</a>", many(30_000, |text, n| write!(text, "<abcdefgh{n:020}abcdefgh/>").unwrap())),
        ),
    ];
    for (what, text) in documents {
        let start = Instant::now();
        let document = Document::parse(text.as_bytes(), &wide);
        let document = document.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(document.node_count() > 1);
        // Far from what is measured, so that a busy machine does not fail, and far from what a quadratic step takes.
        assert!(start.elapsed() < Duration::from_secs(10), "{what}: {:?}", start.elapsed());
    }
}

#[test]
fn malformed_documents_take_no_more_time_than_others() {
    for (what, text) in [
        ("ampersands", format!("<a>{}", "&a".repeat(100_000))),
        ("open tags", "<a ".repeat(100_000)),
        ("open quotes", "<a b='".repeat(100_000)),
        ("open comments", format!("<a>{}", "<!-- ".repeat(100_000))),
        ("open sections", format!("<a>{}", "<![CDATA[".repeat(100_000))),
        ("open instructions", format!("<a>{}", "<?a ".repeat(100_000))),
        ("open declaration", format!("<?xml {}", "version='1.0".repeat(100_000))),
        ("subset", format!("<!DOCTYPE a [{}", "<!ENTITY a 'b'>".repeat(100_000))),
    ] {
        let start = Instant::now();
        assert!(Document::parse(text.as_bytes(), &Limits::default()).is_err(), "{what}");
        assert!(start.elapsed() < Duration::from_secs(10), "{what}: {:?}", start.elapsed());
    }
}
