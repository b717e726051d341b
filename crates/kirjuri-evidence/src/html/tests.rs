#![allow(clippy::unwrap_used)]

use kirjuri::{Criterion, Severity, Texts};
use kirjuri_report::{Dimension, GroupTally};

use super::*;
use crate::summary::{AccountSummary, GroupSummary, NotChecked, PlaceSummary, RuleSummary, RuleTally, Run};

fn tally(applied: u64, failed: u64) -> GroupTally {
    GroupTally { applied, failed, documents: applied.div_ceil(2), documents_failed: failed.div_ceil(2) }
}

fn rule(id: &str, severity: Severity, applied: u64, failed: u64) -> RuleSummary {
    let texts = |text: &str| Texts { fi: format!("{text} fi"), sv: format!("{text} sv"), en: format!("{text} en") };
    RuleSummary {
        id: id.to_owned(),
        severity,
        criterion: Some(Criterion::Correctness),
        title: texts("title"),
        why: Some(texts("why")),
        fix: Some(texts("fix")),
        guidelines: vec!["Guide, 1.2".to_owned()],
        tally: tally(applied, failed),
        selected: Some(true),
        in_force: Some(true),
    }
}

fn summary() -> Summary {
    let rules = vec![
        rule("pack/one", Severity::Warning, 200, 50),
        rule("pack/two", Severity::Error, 1000, 100),
        rule("pack/three", Severity::Info, 10, 0),
        rule("pack/four", Severity::Info, 0, 0),
    ];
    let group = GroupSummary {
        dimension: Dimension::Area,
        value: Some("08".to_owned()),
        name: Some("Pirkanmaa".to_owned()),
        documents: 90,
        documents_failed: 45,
        left_out: 0,
        severities: [100, 50, 0],
        rules: vec![RuleTally { rule: 0, tally: tally(200, 50) }],
    };
    let account = AccountSummary {
        seen: 100,
        checked: 90,
        unreadable: 7,
        skipped: 3,
        ignored: 1,
        known: 2,
        ..findings([100, 50, 0])
    };
    Summary {
        run: Run { judged_by: "2026-11-22".to_owned(), account, ..Run::default() },
        rules,
        groups: vec![group],
        ..Summary::default()
    }
}

/// An account of the findings only.
fn findings([errors, warnings, infos]: [u64; 3]) -> AccountSummary {
    AccountSummary { errors, warnings, infos, ..AccountSummary::default() }
}

fn html(summary: &Summary, language: Language) -> String {
    let mut out = Vec::new();
    write_html(summary, HtmlOptions { language, title: None }, &mut out).unwrap();
    String::from_utf8(out).unwrap().replace('\u{A0}', " ")
}

/// The text of the page outside of its style and script.
fn body(html: &str) -> &str {
    html.split_once("<body").unwrap().1.rsplit_once("<script>").unwrap().0
}

#[test]
fn the_first_screen_says_what_was_checked_and_what_it_came_to() {
    for (language, expected) in [
        (Language::Finnish, ["Asiakirjoja on 100, ja niistä tarkistettiin 90.", "50,0 % tarkistetuista", "88,3 %"]),
        (Language::Swedish, ["90 av 100 handlingar granskades.", "50,0 % av de granskade", "88,3 %"]),
        (Language::English, ["90 of 100 documents were checked.", "50.0% of those checked", "88.3%"]),
    ] {
        let html = html(&summary(), language);
        for text in expected {
            assert!(html.contains(text), "{language}: {text}");
        }
        assert!(html.contains(&format!("<html lang=\"{language}\">")));
    }
}

#[test]
fn findings_count_by_their_own_severity() {
    let mut summary = summary();
    // In documents of some paths the rules are milder.
    summary.run.account = AccountSummary { errors: 90, warnings: 0, infos: 60, ..summary.run.account };
    let html = html(&summary, Language::English);
    assert!(html.contains("In all there are 150 findings: 90 errors and 60 info."), "{html}");
}

#[test]
fn one_is_said_as_one() {
    let account = AccountSummary { seen: 1, checked: 1, known: 1, expired: 1, ..findings([1, 0, 0]) };
    let run = Run { account, ..Run::default() };
    let one = Summary { run, rules: vec![rule("pack/one", Severity::Error, 1, 1)], ..Summary::default() };
    let group = GroupSummary { documents: 1, documents_failed: 1, ..summary().groups.remove(0) };
    let one = Summary { groups: vec![group], ..one };
    for (language, expected, unexpected) in [
        (
            Language::Finnish,
            &[
                "Asiakirja tarkistettiin.",
                "Löydöksiä on yksi: 1 virhe.",
                "<dt>asiakirja</dt>",
                "1 löydös 1 kohteessa",
                "1 ÷ 1 kohde = 100 %.",
                "ennestään tunnettu löydös",
                "vanhentunut lähtötason merkintä (sen löydös on mukana)",
            ][..],
            &["<dt>asiakirjaa", "Kaikki 1", "1 löydöstä", "1 kohdetta"][..],
        ),
        (
            Language::Swedish,
            &["Handlingen granskades.", "Det finns ett fynd: 1 fel.", "<dt>granskad</dt>", "1 fynd på 1 prövat ställe"],
            &["1 handlingar", "Alla 1", "1 prövade"],
        ),
        (
            Language::English,
            &[
                "The document was checked.",
                "There is one finding: 1 error.",
                "<dt>document</dt>",
                "1 finding at 1 place",
            ],
            &["1 documents", "All 1", "1 findings", "1 places"],
        ),
    ] {
        let html = html(&one, language);
        let body = body(&html);
        for text in expected {
            assert!(body.contains(text), "{language}: {text}");
        }
        for text in unexpected {
            let is_there = body.match_indices(text).any(|(at, _)| !body[..at].ends_with(|c: char| c.is_ascii_digit()));
            assert!(!is_there, "{language}: {text}");
        }
    }
    let many = Summary { run: Run { account: AccountSummary { expired: 607, ..account }, ..one.run.clone() }, ..one };
    assert!(html(&many, Language::English).contains("607</dd> <dt>baseline entries that have expired"));
}

#[test]
fn the_score_is_shown_with_what_it_is_computed_from() {
    // Three quarters, nine tenths and all: 2.65 of three.
    let html = html(&summary(), Language::English);
    assert!(html.contains("2.6500 ÷ 3 rules"));
    assert!(html.contains("150 findings at 1,210 places"));
    assert!(html.contains("1 rule applied nowhere"));
}

#[test]
fn the_costliest_rule_is_first() {
    let html = html(&summary(), Language::English);
    let (first, second) = (html.find("50 documents × 4 = 200").unwrap(), html.find("25 documents × 2 = 50").unwrap());
    assert!(first < second);
    let (first, second) = (html.find("data-name=\"pack/two\"").unwrap(), html.find("data-name=\"pack/one\"").unwrap());
    assert!(first < second);
}

#[test]
fn the_rows_of_the_account_add_up() {
    let html = html(&summary(), Language::English);
    let account = html.split_once("<dl class=\"sum\">").unwrap().1.split_once("</dl>").unwrap().0;
    let counts: Vec<u64> = account
        .split("<dd>")
        .skip(1)
        .map(|part| {
            let shown = part.split_once("</dd>").unwrap().0;
            shown.rsplit('>').next().unwrap().trim().parse().unwrap()
        })
        .collect();
    assert_eq!(counts, [100, 90, 7, 3]);
}

#[test]
fn nothing_from_outside_is_markup() {
    let harm = "</style></script><script>x()</script>\"'><img src=x onerror=x()>";
    let mut summary = summary();
    summary.run.version = harm.to_owned();
    summary.run.options = vec![harm.to_owned()];
    summary.run.started = Some(harm.to_owned());
    summary.run.judged_by = harm.to_owned();
    summary.groups[0].name = Some(harm.to_owned());
    summary.rules[0].id = harm.to_owned();
    summary.rules[0].title = Texts { fi: harm.to_owned(), sv: harm.to_owned(), en: harm.to_owned() };
    let reason = harm.to_owned();
    summary.not_checked = vec![NotChecked { document: harm.to_owned(), is_unreadable: true, reason }];
    summary.places = vec![place(harm, Some(harm))];
    for language in Language::ALL {
        let options = HtmlOptions { language, title: Some(harm.to_owned()) };
        let mut out = Vec::new();
        write_html(&summary, options, &mut out).unwrap();
        let html = String::from_utf8(out).unwrap();
        assert_eq!(html.matches("<script").count(), 1);
        assert_eq!(html.matches("<style").count(), 1);
        assert_eq!(html.matches("</style").count(), 1);
        assert!(!html.contains("<img"));
        assert!(!html.contains("\"'>"));
    }
}

fn place(text: &str, source: Option<&str>) -> PlaceSummary {
    PlaceSummary {
        rule: 0,
        severity: Severity::Warning,
        document: text.to_owned(),
        line: 1204,
        column: 7,
        path: text.to_owned(),
        source: source.map(str::to_owned),
    }
}

#[test]
fn what_turns_a_line_around_is_not_kept() {
    let mut summary = summary();
    summary.places = vec![place("a\u{202E}b\u{0}c\u{2066}d", Some("e\u{202E}\n\tf"))];
    let html = html(&summary, Language::English);
    assert!(html.contains("a\u{FFFD}b\u{FFFD}c\u{FFFD}d"));
    assert!(html.contains("e\u{FFFD}\n    f"));
}

#[test]
fn the_page_refers_to_nothing_outside() {
    for language in Language::ALL {
        let html = html(&summary(), language);
        for outside in
            ["http:", "https:", "//www", "url(", "@import", "src=", "<link", "<iframe", " style=\"", "onclick"]
        {
            assert!(!html.contains(outside), "{outside}");
        }
        assert!(html.contains("default-src &#39;none&#39;; style-src &#39;sha256-"));
    }
}

#[test]
fn the_banner_is_there_only_with_content() {
    let mut summary = summary();
    summary.places = vec![place("a.xml", None)];
    assert!(!body(&html(&summary, Language::English)).contains("source-banner"));
    summary.places.push(place("a.xml", Some("<text>secret</text>")));
    let html = html(&summary, Language::English);
    assert!(body(&html).contains("source-banner") && html.contains("&#60;text&#62;secret"));
}

#[test]
fn a_rule_says_how_many_places_are_not_listed() {
    let mut summary = summary();
    summary.places = vec![place("a.xml", None), place("b.xml", None)];
    let html = html(&summary, Language::English);
    assert!(html.contains("And 48 more places that are not listed."));
    assert!(html.contains("<td>1204</td>"));
}

#[test]
fn a_run_that_was_stopped_says_so() {
    let mut summary = summary();
    assert!(!body(&html(&summary, Language::Finnish)).contains("partial-banner"));
    summary.run.partial = true;
    assert!(html(&summary, Language::Finnish).contains("Ajo keskeytettiin ennen loppua."));
}

#[test]
fn what_is_not_known_is_not_made_up() {
    for (summary, expected) in [
        (
            Summary::default(),
            ["The run had no documents.", "No document was checked, so nothing can be said of faults."],
        ),
        (
            Summary { rules: vec![rule("pack/four", Severity::Info, 0, 0)], ..Summary::default() },
            ["No rule applied anywhere, so there are no scores.", "1 rule that applied nowhere"],
        ),
    ] {
        let html = html(&summary, Language::English);
        for text in expected {
            assert!(html.contains(text), "{text}");
        }
        assert!(!body(&html).contains("NaN") && !body(&html).contains("100%"));
    }
}

#[test]
fn several_runs_are_a_trend() {
    assert!(!body(&html(&summary(), Language::English)).contains("id=\"trend\""));
    let mut earlier = summary();
    earlier.rules[0].tally = tally(200, 100);
    earlier.run.started = Some("2026-10-22T10:00:00+03:00".to_owned());
    earlier.run.partial = true;
    let summary = Summary { earlier: vec![earlier], ..summary() };
    let html = html(&summary, Language::English);
    assert!(html.contains("correctness: 80.0% (22 October 2026), 88.3% (run 2)"));
    assert!(html.contains("+8.3 points"));
    assert!(html.contains("class=\"open\""));
}

#[test]
fn a_small_group_has_no_colour() {
    for (documents, is_coloured) in [(29, false), (30, true)] {
        let mut summary = summary();
        summary.groups[0].documents = documents;
        let html = html(&summary, Language::English);
        let row = html.split_once("Pirkanmaa").unwrap().1.split_once("</tr>").unwrap().0;
        assert_eq!(row.contains("class=\"h5\""), is_coloured, "{row}");
    }
}

#[test]
fn what_a_merge_left_out_is_not_said_to_have_had_nothing_to_apply_to() {
    let mut summary = summary();
    summary.run.options = vec![format!("{}2", crate::merge::MERGED)];
    summary.groups[0].left_out = 1;
    summary.groups[0].documents = 80;
    for (language, expected, other) in [
        (Language::Finnish, "jätetty pois", "ei kohteita"),
        (Language::Swedish, "utelämnat", "inget att pröva"),
        (Language::English, "left out", "did not apply"),
    ] {
        let page = html(&summary, language);
        let hidden = format!("<span class=\"visually-hidden\"> {expected}</span>");
        // The score of the group, and the documents without a finding of all of them.
        assert_eq!(page.matches(&hidden).count(), 2, "{expected}");
        assert!(!page.contains(&format!("<span class=\"visually-hidden\"> {other}</span>")), "{other}");
    }
}

#[test]
fn runs_that_were_not_judged_alike_are_said_to_be_so() {
    let mut last = summary();
    let mut earlier = summary();
    earlier.run.judged_by = "document".to_owned();
    earlier.rules[0].selected = Some(false);
    last.earlier = vec![earlier];
    let page = html(&last, Language::English);
    assert!(page.contains("The rules that were selected or in force were not the same in all runs."));
    assert!(page.contains("The days that documents were judged by were not chosen alike in all runs."));
    last.earlier = vec![summary()];
    assert!(!html(&last, Language::English).contains("in all runs."));
}

#[test]
fn the_same_run_is_the_same_report() {
    assert_eq!(html(&summary(), Language::Swedish), html(&summary(), Language::Swedish));
}
