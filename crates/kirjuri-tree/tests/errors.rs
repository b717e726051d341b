//! What is refused, as what, and where: rows of input, kind and place.

#![allow(clippy::unwrap_used)]

use kirjuri_tree::{Document, Limits, ParseErrorKind};

/// Parses `input`, in which `¦` marks the place of the fault, and expects the error `id` there.
#[track_caller]
fn check(input: &str, id: &str) {
    let offset = input.find('¦').unwrap_or_else(|| panic!("no place is marked in {input:?}"));
    let before = &input[..offset];
    let input = input.replacen('¦', "", 1);
    let error = match Document::parse(input.as_bytes(), &Limits::default()) {
        Ok(_) => panic!("{input:?} is accepted, not refused as {id}"),
        Err(error) => error,
    };
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    let found = (error.kind().id(), error.offset(), error.position().line, error.position().column);
    assert_eq!(found, (id, offset, line, column), "{input:?}");
}

#[track_caller]
fn accept(input: &str) {
    if let Err(error) = Document::parse(input.as_bytes(), &Limits::default()) {
        panic!("{input:?} is refused: {error}");
    }
}

#[test]
fn the_xml_declaration_is_held_to_its_syntax() {
    for input in [
        "<?xml¦?><a/>",
        "<?xml ¦?><a/>",
        "<?xml ¦encoding='UTF-8'?><a/>",
        "<?xml ¦VERSION='1.0'?><a/>",
        "<?xml version¦?><a/>",
        "<?xml version=¦1.0?><a/>",
        "<?xml version='¦'?><a/>",
        "<?xml version='¦1'?><a/>",
        "<?xml version='¦1.'?><a/>",
        "<?xml version='¦1.0a'?><a/>",
        "<?xml version='¦2.0'?><a/>",
        "<?xml version='¦ 1.0'?><a/>",
        "<?xml version='1.0¦\"?><a/>",
        "<?xml version='1.0'¦encoding='UTF-8'?><a/>",
        "<?xml version='1.0' encoding='¦'?><a/>",
        "<?xml version='1.0' encoding='¦8859'?><a/>",
        "<?xml version='1.0' encoding='¦UTF 8'?><a/>",
        "<?xml version='1.0' ¦ENCODING='UTF-8'?><a/>",
        "<?xml version='1.0' standalone='¦YES'?><a/>",
        "<?xml version='1.0' standalone='yes' ¦encoding='UTF-8'?><a/>",
        "<?xml version='1.0' ¦version='1.0'?><a/>",
        "<?xml version='1.0' ¦?",
        "<?xml version='1.0' ¦><a/>",
        "<?xml version='1.0' ¦a='b'?><a/>",
    ] {
        check(input, "malformed-xml-declaration");
    }
    check("<?xml version='¦1.1'?><a/>", "xml-1-1-refused");
    for version in ["1.0", "1.2", "1.7", "1.10"] {
        accept(&format!("<?xml version=\"{version}\"?><a/>"));
    }
    accept("<?xml\tversion = '1.0'\n encoding\r\n=\"utf-8\" standalone='no' ?><a/>");
}

#[test]
fn the_xml_declaration_stands_at_the_very_start() {
    check(" ¦<?xml version='1.0'?><a/>", "misplaced-xml-declaration");
    check("<!-- c -->¦<?xml version='1.0'?><a/>", "misplaced-xml-declaration");
    check("<a>¦<?xml version='1.0'?></a>", "misplaced-xml-declaration");
    check("<a/>\n¦<?xml version='1.0'?>", "misplaced-xml-declaration");
    check("<?xml version='1.0'?>¦<?xml version='1.0'?><a/>", "misplaced-xml-declaration");
}

#[test]
fn a_dtd_is_refused() {
    check("¦<!DOCTYPE a><a/>", "dtd-refused");
    check(
        "<?xml version='1.0'?>\n<!-- c -->\n  ¦<!DOCTYPE a SYSTEM 'a.dtd' [<!ENTITY b 'c'>]><a>&b;</a>",
        "dtd-refused",
    );
    check("¦<!DOCTYPE", "dtd-refused");
    check("¦<!DOCTYPE a [ <!ENTITY >", "dtd-refused");
    check("¦<!DOCTYPE a><!DOCTYPE a><a/>", "dtd-refused");
}

#[test]
fn a_dtd_out_of_place_is_malformed() {
    check("<a>¦<!DOCTYPE a></a>", "malformed-markup");
    check("<a/>¦<!DOCTYPE a>", "malformed-markup");
    check("¦<!doctype a><a/>", "malformed-markup");
    check("¦<!ELEMENT a EMPTY><a/>", "malformed-markup");
    check("<a>¦<!></a>", "malformed-markup");
    check("<a>¦<![cdata[]]></a>", "malformed-markup");
    check("<a>¦<![CDATA []]></a>", "malformed-markup");
    check("<a>¦<!-x-></a>", "malformed-markup");
    check("<a>¦<!", "malformed-markup");
    check("<a>¦<![CDATA", "malformed-markup");
}

#[test]
fn characters_are_those_of_xml() {
    check("<a>x¦\u{0}</a>", "illegal-character");
    check("<a>ä\n¦\u{B}</a>", "illegal-character");
    check("<a b='¦\u{1F}'/>", "illegal-character");
    check("<a><!--¦\u{8}--></a>", "illegal-character");
    check("<a><![CDATA[¦\u{FFFE}]]></a>", "illegal-character");
    check("<a><?b ¦\u{FFFF}?></a>", "illegal-character");
    check("<a¦\u{1}/>", "illegal-character");
    check("¦\u{1A}", "illegal-character");
    check("<a/>¦\u{1A}", "illegal-character");
    // An earlier fault is said first, but not one that is only that something never came.
    check("<a><b>¦</a>\u{1}", "mismatched-tag");
    check("<a>¦\u{1}", "illegal-character");
    check("<a><!-- ¦\u{1}", "illegal-character");
}

#[test]
fn legal_characters_are_accepted() {
    accept("<a>\t\n\r \u{7F}\u{85}\u{9F}\u{D7FF}\u{E000}\u{FFFD}\u{FDD0}\u{10000}\u{1FFFE}\u{10FFFF}</a>");
}

#[test]
fn references_are_to_legal_characters_and_predefined_entities() {
    for input in [
        "<a>¦&#0;</a>",
        "<a>¦&#x1F;</a>",
        "<a>¦&#xD800;</a>",
        "<a>¦&#xFFFE;</a>",
        "<a>¦&#x110000;</a>",
        "<a>¦&#99999999999999999999;</a>",
        "<a b='¦&#8;'/>",
    ] {
        check(input, "illegal-character-reference");
    }
    for input in [
        "<a>x ¦& y</a>",
        "<a>¦&</a>",
        "<a>¦&;</a>",
        "<a>¦&amp</a>",
        "<a>¦&amp &amp;</a>",
        "<a>¦&#;</a>",
        "<a>¦&#x;</a>",
        "<a>¦&#X41;</a>",
        "<a>¦&#4 1;</a>",
        "<a>¦&#+41;</a>",
        "<a>¦&# 41;</a>",
        "<a>¦&-a;</a>",
        "<a>¦&a#b;</a>",
        "<a>¦&&amp;</a>",
        "<a>¦&amp",
        "<a b='¦&'/>",
        "<a b='¦&amp'/>",
        "<a b='1&lt;2¦& '/>",
    ] {
        check(input, "malformed-reference");
    }
    check("<a>¦&nbsp;</a>", "undeclared-entity");
    check("<a>¦&AMP;</a>", "undeclared-entity");
    check("<a b='&amp;¦&x;'/>", "undeclared-entity");
    check("<a xmlns='¦&x;'/>", "undeclared-entity");
    accept("<a b='&#x9;&#10;&#xD;'>&lt;&gt;&amp;&apos;&quot;&#65;&#x10FFFF;&#00000000000065;</a>");
}

#[test]
fn tags_are_held_to_their_syntax() {
    check("¦<>", "malformed-tag");
    check("¦< a/>", "malformed-tag");
    check("<a>¦<</a>", "malformed-tag");
    check("<a ¦/ ></a>", "malformed-tag");
    check("<a b='c'¦/d='e'></a>", "malformed-tag");
    check("<a></¦></a>", "malformed-tag");
    check("<a></¦ a>", "malformed-tag");
    check("<a></a ¦b='c'>", "malformed-tag");
    check("<a></a¦/>", "malformed-tag");
    check("<a¦/b>", "malformed-name");
    check("<¦1a/>", "malformed-name");
    check("<¦-a/>", "malformed-name");
    check("<¦.a/>", "malformed-name");
    check("<a¦;/>", "malformed-name");
    check("<a¦=b/>", "malformed-name");
    check("<a¦'b'/>", "malformed-name");
    check("<a¦<b/></a>", "malformed-name");
    check("<a¦\u{D7}/>", "malformed-name");
    check("<¦\u{B7}/>", "malformed-name");
    check("<a ¦1b='c'/>", "malformed-name");
    check("<a b¦\u{2028}='c'/>", "malformed-name");
}

#[test]
fn unclosed_tags_are_placed_at_their_start() {
    check("<a>¦<b", "unclosed-tag");
    check("<a>¦<b ", "unclosed-tag");
    check("<a>¦<b c", "unclosed-tag");
    check("<a>¦<b c=", "unclosed-tag");
    check("<a>¦<b c='d", "unclosed-tag");
    check("<a>¦<b c='d'", "unclosed-tag");
    check("<a>¦<b c='d' /", "unclosed-tag");
    check("<a>¦<b/", "unclosed-tag");
    check("<a>¦</", "unclosed-tag");
    check("<a>¦</a", "unclosed-tag");
    check("<a>¦</a ", "unclosed-tag");
    check("<a><b></b ¦c='></a>", "malformed-tag");
    // A quote too many swallows the rest: the fault is where the value runs into the next tag.
    check("<a><b c='d>¦</b></a>", "less-than-in-attribute");
}

#[test]
fn attributes_are_held_to_their_syntax() {
    check("<a b¦></a>", "malformed-attribute");
    check("<a b¦/>", "malformed-attribute");
    check("<a b ¦c='d'/>", "malformed-attribute");
    check("<a b=¦c/>", "malformed-attribute");
    check("<a b=¦>", "malformed-attribute");
    check("<a ¦='b'/>", "malformed-attribute");
    check("<a ¦'b'/>", "malformed-attribute");
    check("<a ¦&b;='c'/>", "malformed-attribute");
    check("<a b¦'c'/>", "malformed-attribute");
    check("<a b¦,c='d'/>", "malformed-attribute");
    check("<a b='c'¦d='e'/>", "missing-white-space");
    check("<a b='c'¦'d'/>", "missing-white-space");
    check("<a b='c'¦<d/></a>", "missing-white-space");
    check("<a b='¦<'/>", "less-than-in-attribute");
    check("<a xmlns:b='x¦<'/>", "less-than-in-attribute");
    accept("<a\nb = 'c'\td\r\n=\r\n\"e>'f'\"\n/>");
    accept("<a b='&lt;>'/>");
}

#[test]
fn an_element_has_an_attribute_once() {
    check("<a b='1' ¦b='2'/>", "duplicate-attribute");
    check("<a b='1' c='2' ¦b='1'/>", "duplicate-attribute");
    check("<a xmlns:p='u' xmlns:q='u' p:b='1' ¦q:b='2'/>", "duplicate-attribute");
    check("<a p:b='1' ¦p:b='2' xmlns:p='u'/>", "duplicate-attribute");
    check("<a xmlns:p='u' ¦xmlns:p='u'/>", "duplicate-attribute");
    check("<a xmlns='u' ¦xmlns='v'/>", "duplicate-attribute");
    check("<a xmlns='u' ¦xmlns=''/>", "duplicate-attribute");
    accept("<a xmlns='u' xmlns:p='u' b='1' p:b='2'><b b='1'/><b b='1'/></a>");
    accept("<a xmlns:p='u' xmlns:q='v' p:b='1' q:b='2' b='3'/>");
}

#[test]
fn names_are_qualified_names() {
    for input in ["<¦:/>", "<¦:a/>", "<a¦:/>", "<a:b¦:c/>", "<a ¦:b=''/>", "<a b¦:=''/>", "<a xmlns:p='u' p:b¦:c=''/>"]
    {
        check(input, "malformed-qualified-name");
    }
    check("<a xmlns¦:='u'/>", "malformed-qualified-name");
    check("<a xmlns:b¦:c='u'/>", "malformed-qualified-name");
    check("<a><?b¦:c?></a>", "malformed-qualified-name");
    check("<a:¦1/>", "malformed-name");
    check("<a:¦-b/>", "malformed-name");
    check("<a ¦1:b=''/>", "malformed-name");
}

#[test]
fn prefixes_are_declared() {
    check("<¦p:a/>", "undeclared-prefix");
    check("<a ¦p:b=''/>", "undeclared-prefix");
    check("<a><b xmlns:p='u'/><¦p:c/></a>", "undeclared-prefix");
    check("<a><b xmlns:p='u'></b><¦p:c/></a>", "undeclared-prefix");
    check("<a><b xmlns:p='u' p:c=''/><b ¦p:c=''/></a>", "undeclared-prefix");
    accept("<p:a p:b='' xmlns:p='u'><p:c/></p:a>");
    accept("<a xml:lang='fi' xml:space='preserve'/>");
    accept("<xml:a/>");
}

#[test]
fn reserved_prefixes_and_namespaces_are_left_alone() {
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
    for input in [
        "<a ¦xmlns:xml='u'/>".to_owned(),
        "<a ¦xmlns:xml=''/>".to_owned(),
        "<a ¦xmlns:xmlns='u'/>".to_owned(),
        format!("<a ¦xmlns:xmlns='{XMLNS}'/>"),
        format!("<a ¦xmlns:p='{XML}'/>"),
        format!("<a ¦xmlns:p='{XMLNS}'/>"),
        format!("<a ¦xmlns='{XML}'/>"),
        format!("<a ¦xmlns='{XMLNS}'/>"),
        "<¦xmlns:a/>".to_owned(),
    ] {
        check(&input, "reserved-namespace");
    }
    accept(&format!("<a xmlns:xml='{XML}'/>"));
    check("<a ¦xmlns:p=''/>", "empty-prefix-binding");
    accept("<a xmlns='u'><b xmlns=''/></a>");
}

#[test]
fn tags_come_in_pairs() {
    check("<a>¦</b>", "mismatched-tag");
    check("<a><b>¦</a></b>", "mismatched-tag");
    check("<a>¦</A>", "mismatched-tag");
    check("<ab>¦</a>", "mismatched-tag");
    check("<a>¦</ab>", "mismatched-tag");
    check("<p:a xmlns:p='u' xmlns:q='u'>¦</q:a>", "mismatched-tag");
    check("¦</a>", "unopened-tag");
    check("<a/>¦</a>", "unopened-tag");
    check("<a></a>¦</a>", "unopened-tag");
    check("<a></a></¦ a>", "malformed-tag");
    check("¦<a>", "unclosed-element");
    check("<a>\n  ¦<b>text", "unclosed-element");
    check("<a>¦<b><c/>", "unclosed-element");
    accept("<a></a\n\t >");
}

#[test]
fn comments_are_held_to_their_syntax() {
    check("<a>¦<!-- b", "unclosed-comment");
    check("<a>¦<!--></a>", "unclosed-comment");
    check("<a>¦<!---></a>", "unclosed-comment");
    check("<a>¦<!-- b --", "unclosed-comment");
    check("<a><!-- b ¦-- c --></a>", "double-hyphen-in-comment");
    check("<a><!-- b ¦---></a>", "double-hyphen-in-comment");
    check("<a><!--¦---></a>", "double-hyphen-in-comment");
    check("<!-- b¦-- --><a/>", "double-hyphen-in-comment");
    accept("<a><!----><!-- - - --><!--> --><!---> --><!-- <a> & ]]> ?> --></a>");
}

#[test]
fn cdata_sections_are_held_to_their_syntax() {
    check("<a>¦<![CDATA[ b", "unclosed-cdata");
    check("<a>¦<![CDATA[ b ]]", "unclosed-cdata");
    check("<a>¦<![CDATA[ b ]] ></a>", "unclosed-cdata");
    check("<a>b¦]]>c</a>", "cdata-end-in-text");
    check("<a>¦]]></a>", "cdata-end-in-text");
    check("<a>]¦]]></a>", "cdata-end-in-text");
    check("<a><![CDATA[b]]>¦]]></a>", "cdata-end-in-text");
    check("<a>&amp;¦]]></a>", "cdata-end-in-text");
    accept("<a b=']]>'>]] > ]]&gt; &#93;]> ]]<b/>> ]]<![CDATA[>]]><![CDATA[]]]]><![CDATA[>]]></a>");
}

#[test]
fn processing_instructions_are_held_to_their_syntax() {
    check("<a>¦<?b", "unclosed-instruction");
    check("<a>¦<?b >", "unclosed-instruction");
    check("<a>¦<?", "unclosed-instruction");
    check("<a><?¦?></a>", "malformed-instruction");
    check("<a><?¦ b?></a>", "malformed-instruction");
    check("<a><?b¦,?></a>", "malformed-instruction");
    check("<a><?b¦?c?></a>", "malformed-instruction");
    check("<a><?¦>?></a>", "malformed-instruction");
    check("<a><?¦1b?></a>", "malformed-name");
    check("<a><?b¦\u{2190}?></a>", "malformed-name");
    check("<a><?¦XML?></a>", "reserved-target");
    check("<?¦xMl b?><a/>", "reserved-target");
    accept("<?xml-stylesheet href='a'?><?b?><a><?xmlb c?d ? > ?></a><?e\n?>");
}

#[test]
fn a_document_has_one_root() {
    check("¦", "missing-root");
    check(" \n¦", "missing-root");
    check("<?xml version='1.0'?>¦", "missing-root");
    check("<!-- a --><?b?>¦", "missing-root");
    check("<a/>¦<b/>", "second-root");
    check("<a></a>\n¦<a></a>", "second-root");
    check("¦text", "content-outside-root");
    check("¦{\"json\": true}", "content-outside-root");
    check(" ¦x<a/>", "content-outside-root");
    check("<a/>\n ¦x", "content-outside-root");
    check("<a/>¦&amp;", "content-outside-root");
    check("¦&#32;<a/>", "content-outside-root");
    check("¦&b;<a/>", "content-outside-root");
    check("<a/>¦<![CDATA[]]>", "content-outside-root");
    check("¦<![CDATA[ ]]><a/>", "content-outside-root");
    check("<a/>¦]]>", "content-outside-root");
    check("<a/>¦\u{A0}", "content-outside-root");
    accept(" \t\r\n<!-- b -->\n<?c?> <a/> \n<?c?>\n<!-- b -->\n");
}

#[test]
fn every_kind_has_an_id_and_a_sentence_of_its_own() {
    let mut ids: Vec<&str> = ParseErrorKind::ALL.iter().map(|kind| kind.id()).collect();
    let mut sentences: Vec<String> = ParseErrorKind::ALL.iter().map(ToString::to_string).collect();
    for (id, sentence) in ids.iter().zip(&sentences) {
        assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{id}");
        assert!(!sentence.ends_with('.') && sentence.len() > id.len() / 2, "{id}: {sentence}");
    }
    ids.sort_unstable();
    ids.dedup();
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!((ids.len(), sentences.len()), (ParseErrorKind::ALL.len(), ParseErrorKind::ALL.len()));
}

#[test]
fn an_error_says_place_and_sentence_and_no_content() {
    let error = Document::parse(b"<a>\n <hetu>010190-900P</nimi></a>", &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "2:19: the end tag does not match the start tag");
    assert_eq!(error.kind(), ParseErrorKind::MismatchedTag);
}
