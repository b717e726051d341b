//! What packs say of their documents: `[describe]` of `pack.toml`, its laws and what comes of it.

#![allow(clippy::unwrap_used)]

mod house;

use std::sync::Arc;

use kirjuri::{Description, Limits, LintOptions, Pack, RuleSet, check};

use house::{MANIFEST, RULE, source};

fn load(describe: &str) -> Result<Pack, Vec<String>> {
    let manifest = format!("{MANIFEST}\n[describe]\n{describe}");
    let pack = Pack::load(&source(&[("pack.toml", &manifest), ("missing-date.toml", RULE)]));
    pack.map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

#[track_caller]
fn refused(describe: &str, expected: &str) {
    assert_eq!(load(describe).expect_err("the pack should not load"), [expected]);
}

/// What a document says of itself, as packs describe it.
fn described(packs: &[&str], document: &str) -> Description {
    let rules = RuleSet::new(packs.iter().map(|describe| Arc::new(load(describe).unwrap())).collect());
    let mut options = LintOptions::default();
    options.describe = true;
    check(document.as_bytes(), &Limits::default(), &rules, &options).unwrap().description
}

#[test]
fn what_is_wrong_points_at_its_place() {
    refused(
        "unti = '@unit'",
        "house/pack.toml:20:1: unknown field `unti`, expected one of `document-type`, `version`, `form`, `unit`, \
         `provider`, `municipality`, `software`, `software-version`, `author-role`, `month`; did you mean `unit`?",
    );
    refused("unit = 'x:a['", "house/pack.toml:20:13: expected an expression, found the end of the expression");
    refused("unit = ['@a', 'y:b']", "house/pack.toml:20:16: the prefix `y` is not declared");
    refused(
        "unit = ['letter']",
        "house/pack.toml:20:10: the element name `letter` has no prefix, so it matches only \
         elements in no namespace",
    );
    refused("unit = []", "house/pack.toml:20:8: a list of expressions has at least one");
    let errors = load("unit = 1").expect_err("a number is no expression");
    assert!(errors[0].starts_with("house/pack.toml:20:8: "), "{errors:?}");
    assert!(errors[0].contains("expected an expression, or a list of them"), "{errors:?}");
}

#[test]
fn the_first_expression_counts_that_says_something() {
    let document = "<letter xmlns='urn:x' date='1' a='Maija Esimerkki' b='LAL' c='KIR'/>";
    for (describe, expected) in [
        ("author-role = '@b'", "LAL"),
        ("author-role = ['@none', '@a', '@b', '@c']", "LAL"),
        ("author-role = '@a'", ""),
        ("author-role = \"concat(@b, ':', @c)\"", "LAL:KIR"),
        ("author-role = 'count(@*)'", "4"),
    ] {
        let found = described(&[describe], document);
        assert_eq!(found.author_role.as_deref().unwrap_or_default(), expected, "{describe}");
    }
}

#[test]
fn what_one_pack_leaves_empty_comes_from_the_next() {
    let document = "<letter xmlns='urn:x' date='20260102' form='a' other='b' unit='1.2.246.10.99999984.10.1'/>";
    let found =
        described(&["form = '@form'\nunit = '@none'", "form = '@other'\nunit = '@unit'\nmonth = '@date'"], document);
    let said = |text: &str| Some(text.into());
    let expected = Description {
        form: said("a"),
        unit: said("1.2.246.10.99999984.10.1"),
        // Where nothing else is said, the organisation is that of the unit.
        provider: said("1.2.246.10.99999984"),
        month: said("2026-01"),
        ..Description::default()
    };
    assert_eq!(found, expected);
}

#[test]
fn an_expression_without_a_value_says_nothing() {
    let manifest = MANIFEST.replace("version =", "xpath = '2.0'\nversion =");
    let manifest = format!("{manifest}\n[describe]\nmonth = ['string(xs:date(@date))', '@other']");
    let pack = Pack::load(&source(&[("pack.toml", &manifest), ("missing-date.toml", RULE)])).unwrap();
    let mut options = LintOptions::default();
    options.describe = true;
    let document = b"<letter xmlns='urn:x' date='none' other='2026-03'/>";
    let report = check(document, &Limits::default(), &RuleSet::new(vec![Arc::new(pack)]), &options).unwrap();
    assert_eq!(report.description.month.as_deref(), Some("2026-03"));
}
