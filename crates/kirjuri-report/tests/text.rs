//! The text report as it looks: excerpts of awkward sources, words in three languages, and an account that adds up.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{AsOf, Language, Limits, LintOptions, Pack, PackFile, PackSource, RuleSet, Unchecked};
use kirjuri_report::{
    Account, Batch, InputError, NotChecked, SkipReason, TextOptions, printable, write_json, write_text,
};

/// A pack whose only rule finds every attribute `bad`.
fn rules() -> RuleSet {
    let texts = |end: &str| format!("fi = \"suomeksi{end}\"\nsv = \"på svenska{end}\"\nen = \"in English{end}\"\n");
    let file = |path: &str, text: String| PackFile { path: path.into(), text: text.into() };
    let manifest = format!(
        "id = \"p\"\nversion = \"1\"\n[title]\n{}[applies]\nroot = \"Q{{}}a\"\n[guidelines.g]\ntitle = \"G\"\npublisher = \"P\"\n",
        texts("")
    );
    let rule = format!(
        "criterion = \"correctness\"\nseverity = \"warning\"\nguideline = [{{ doc = \"g\", clause = \"1\" }}]\n\
         context = \"@*[name() = 'bad' or name() = 'good']\"\nassert = \"name() = 'good'\"\n\
         [title]\n{}[why]\n{}[fix]\n{}[[pass]]\nname = \"good\"\nxml = '<a good=\"\"/>'\n\
         [[fail]]\nname = \"bad\"\nat = [\"/a/@bad\"]\nxml = '<a bad=\"\"/>'\n",
        texts(""),
        texts("."),
        texts(".")
    );
    let files = vec![file("pack.toml", manifest), file("bad-attribute.toml", rule)];
    let pack = Pack::load(&PackSource { name: "p".into(), files }).unwrap();
    assert_eq!(pack.test(), []);
    RuleSet::new(vec![Arc::new(pack)])
}

fn batch(rules: &RuleSet, documents: &[(&str, &str)]) -> Batch {
    let mut options = LintOptions::default();
    options.excerpts = true;
    let mut batch = Batch::new(rules, None);
    for (path, xml) in documents {
        let checked =
            kirjuri::check(xml.as_bytes(), &Limits::default(), rules, &options).map_err(|unchecked| match unchecked {
                Unchecked::Unreadable(error) => NotChecked::Unreadable(InputError::Parse(error)),
                _ => NotChecked::Skipped(SkipReason::NoPackApplies),
            });
        batch.push((*path).into(), checked);
    }
    batch
}

fn text(batch: &Batch, rules: &RuleSet, language: Language, styled: bool) -> String {
    let mut out = Vec::new();
    write_text(batch, rules, TextOptions { language, styled }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The excerpt of the one finding in a document.
fn check(xml: &str, expected: &[&str]) {
    let rules = rules();
    let text = text(&batch(&rules, &[("a.xml", xml)]), &rules, Language::English, false);
    let lines: Vec<&str> = text.lines().skip(2).take_while(|line| !line.is_empty()).map(str::trim_end).collect();
    assert_eq!(lines, expected, "{xml:?}");
}

#[test]
fn a_place_is_underlined() {
    check("<a bad='1'/>", &["  |", "1 | <a bad='1'/>", "  |         ^"]);
}

#[test]
fn an_empty_value_is_still_pointed_at() {
    check("<a bad=''/>", &["  |", "1 | <a bad=''/>", "  |         ^"]);
}

#[test]
fn tabs_do_not_move_the_underline() {
    check("<a>\n\t\t<b bad='1'/></a>", &["  |", "2 |         <b bad='1'/></a>", "  |                 ^"]);
}

#[test]
fn carriage_returns_are_line_ends() {
    check("<a>\r\n<b bad='1'/>\r\n</a>", &["  |", "2 | <b bad='1'/>", "  |         ^"]);
}

#[test]
fn characters_of_several_bytes_take_one_column() {
    check("<a y='äö€'  bad='ä'/>", &["  |", "1 | <a y='äö€'  bad='ä'/>", "  |                  ^"]);
}

#[test]
fn wide_characters_take_two_columns() {
    check("<a y='漢字' bad='1'/>", &["  |", "1 | <a y='漢字' bad='1'/>", "  |                  ^"]);
}

#[test]
fn a_value_over_several_lines_is_shown_whole() {
    check("<a good='1'\n   bad='1\n 2'/>", &["  |", "2 |      bad='1", "  |  _________^", "3 | |  2'/>", "  | |__^"]);
}

#[test]
fn of_a_long_line_the_part_around_the_place_is_shown() {
    let xml = format!("<a><b x='{}' bad='1' y='{}'/></a>", "ä".repeat(5_000), "ö".repeat(5_000));
    let before = "ä".repeat(36);
    let after = "ö".repeat(37);
    let rules = rules();
    let text = text(&batch(&rules, &[("a.xml", &xml)]), &rules, Language::English, false);
    let line = text.lines().find(|line| line.starts_with("1 | ")).unwrap();
    assert!(line.starts_with(&format!("1 | …{before}' bad='1' y='{}", &after[..20])), "{line}");
    assert!(line.chars().count() < 200, "{line}");
}

#[test]
fn controls_in_a_source_do_not_reach_the_terminal() {
    let rules = rules();
    let text =
        text(&batch(&rules, &[("a.xml", "<a x='\u{9b}2J\u{202e}' bad='\u{85}1'/>")]), &rules, Language::English, false);
    assert!(!text.contains(['\u{9b}', '\u{202e}', '\u{85}']), "{text:?}");
    assert!(text.contains("bad='\u{FFFD}1'"), "{text:?}");
}

#[test]
fn a_path_is_printed_without_controls() {
    for (path, expected) in [
        ("vienti/käynti 1.xml", "vienti/käynti 1.xml"),
        ("a\u{1b}[31m.xml", "a\u{FFFD}[31m.xml"),
        ("a\nb\r.xml", "a\u{FFFD}b\u{FFFD}.xml"),
        ("a\u{202e}lmx.xml", "a\u{FFFD}lmx.xml"),
        ("a\u{2028}b", "a\u{FFFD}b"),
    ] {
        assert_eq!(printable(path), expected);
    }
}

#[test]
fn the_account_adds_up_in_every_language() {
    let rules = rules();
    let mut batch = batch(&rules, &[("a.xml", "<a bad='1'/>"), ("b.xml", "<a"), ("c.xml", "<c/>"), ("d.xml", "<a/>")]);
    batch.ignored = 3;
    assert_eq!(batch.account(), Account { seen: 4, checked: 2, unreadable: 1, skipped: 1 });
    for (language, expected) in [
        (
            Language::Finnish,
            "Asiakirjat: yhteensä 4 = tarkistettu 2 + ei luettavissa 1 + ohitettu 1 (muita tiedostoja 3)\nLöydökset: 0 virhettä, 1 varoitus, 0 huomautusta\n",
        ),
        (
            Language::Swedish,
            "Handlingar: totalt 4 = granskade 2 + oläsliga 1 + överhoppade 1 (andra filer 3)\nFynd: 0 fel, 1 varning, 0 anmärkningar\n",
        ),
        (
            Language::English,
            "Documents: seen 4 = checked 2 + unreadable 1 + skipped 1 (other files 3)\nFindings: 0 errors, 1 warning, 0 info\n",
        ),
    ] {
        let text = text(&batch, &rules, language, false);
        assert!(text.ends_with(expected), "{text}");
    }
}

#[test]
fn styles_change_nothing_but_the_styles() {
    let rules = rules();
    let batch = batch(&rules, &[("a.xml", "<a><b bad='1'/></a>"), ("b.xml", "<a"), ("c.xml", "<c/>")]);
    for language in Language::ALL {
        let styled = text(&batch, &rules, language, true);
        assert!(styled.contains("\u{1b}["));
        let mut plain = String::new();
        for (number, part) in styled.split('\u{1b}').enumerate() {
            plain += if number == 0 { part } else { part.split_once('m').unwrap().1 };
        }
        assert_eq!(plain, text(&batch, &rules, language, false));
    }
}

#[test]
fn json_holds_the_excerpt_as_it_is() {
    let rules = rules();
    let mut out = Vec::new();
    write_json(&batch(&rules, &[("a\u{1b}.xml", "<a bad='ä'/>")]), &rules, Language::Swedish, &mut out).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let document = &report["documents"][0];
    assert_eq!(document["path"], "a\u{1b}.xml");
    assert_eq!(document["findings"][0]["title"], "på svenska");
    assert_eq!(document["findings"][0]["source"]["text"], "<a bad='ä'/>");
    assert_eq!(out.last(), Some(&b'\n'));
    assert!(!out.contains(&0x1b), "JSON escapes controls");
}

#[test]
fn how_much_of_a_document_a_draft_is_stands_before_what_it_lacks() {
    let rules = rules();
    let Err(Unchecked::Unreadable(error)) =
        kirjuri::check(b"<a>\n<b", &Limits::default(), &rules, &LintOptions::default())
    else {
        panic!("it ends in a tag");
    };
    let mut report = kirjuri::check(b"<a/>", &Limits::default(), &rules, &LintOptions::default()).unwrap();
    report.extent.is_fragment = true;
    report.extent.unfinished = Some(error);
    let mut batch = Batch::new(&rules, None);
    batch.is_draft = true;
    batch.push("a.xml".into(), Ok(report));
    for (language, fragment, unfinished, missing) in [
        (Language::Finnish, "osa asiakirjasta; ", "kesken [unclosed-tag] tagia ", "Vielä puuttuu: 0"),
        (Language::Swedish, "del av en handling; ", "ofullbordad [unclosed-tag] taggen ", "Saknas ännu: 0"),
        (Language::English, "a part of a document; ", "unfinished [unclosed-tag] ", "Still missing: 0"),
    ] {
        let text = text(&batch, &rules, language, false);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with(&format!("a.xml: {fragment}")), "{text}");
        assert!(lines[1].starts_with(&format!("a.xml:2:1: {unfinished}")), "{text}");
        assert!(lines.contains(&missing), "{text}");
    }
    let mut out = Vec::new();
    write_json(&batch, &rules, Language::English, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let document = &json["documents"][0];
    assert_eq!(document["missing"], serde_json::json!([]));
    assert_eq!(document["extent"]["fragment"], true);
    assert_eq!(document["extent"]["unfinished"]["kind"], "unclosed-tag");
    assert_eq!(document["extent"]["unfinished"]["line"], 2);
}

#[test]
fn documents_without_a_date_are_told_apart_from_those_judged_by_their_own() {
    let rules = rules();
    let mut batch = Batch::new(&rules, AsOf::Document(Date::new(2026, 6, 30)));
    let mut options = LintOptions::default();
    options.as_of = batch.as_of;
    let mut report = kirjuri::check(b"<a/>", &Limits::default(), &rules, &options).unwrap();
    assert_eq!(report.own_date, None);
    batch.push("undated".into(), Ok(report.clone()));
    report.own_date = Date::new(2026, 1, 5);
    batch.push("dated".into(), Ok(report));
    for (language, expected) in [
        (
            Language::Finnish,
            "Arvioitu asiakirjan oman päivän mukaan: 1; ilman omaa päivää, tarkastuspäivän mukaan 2026-06-30: 1",
        ),
        (
            Language::Swedish,
            "Bedömda enligt handlingens eget datum: 1; utan eget datum, enligt granskningsdagen 2026-06-30: 1",
        ),
        (Language::English, "Judged by the document's own date: 1; without a date, by that of the run 2026-06-30: 1"),
    ] {
        let mut out = Vec::new();
        write_text(&batch, &rules, TextOptions { language, styled: false }, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(expected), "{text}");
    }
}
