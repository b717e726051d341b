//! What is read later is what would have been read at once.

#![allow(clippy::unwrap_used)]

use kirjuri::{Pack, Question, Rule};

fn asked(rule: &Rule) -> String {
    match &rule.question {
        Question::Expression { context, assertion, point, words } => {
            let [point, words] = [point, words].map(|program| program.as_ref().map(|program| program.source()));
            format!("{} {} {point:?} {words:?}", context.source(), assertion.source())
        }
        Question::Series { series, context, assertion, other } => {
            let other = other.as_ref().map(|other| other.source());
            format!("{series} {} {} {other:?}", context.source(), assertion.source())
        }
        check => format!("{check:?}"),
    }
}

#[test]
fn a_pack_that_is_proved_is_the_pack() {
    for name in kirjuri_rules::names() {
        let source = kirjuri_rules::source(name).unwrap();
        let (whole, proved) = (Pack::load(&source).unwrap(), Pack::load_proved(&source).unwrap());
        assert_eq!(whole.rules().len(), proved.rules().len());
        for (rule, other) in whole.rules().iter().zip(proved.rules()) {
            assert_eq!((&rule.name, &rule.was, asked(rule)), (&other.name, &other.was, asked(other)));
            assert_eq!((rule.severity, rule.criterion), (other.severity, other.criterion));
            assert_eq!(rule.guidelines, other.guidelines);
            let texts = |rule: &Rule| [rule.title(), rule.why(), rule.fix()].map(Clone::clone);
            assert_eq!(texts(rule), texts(other), "{}", rule.name);
            assert_eq!((rule.passing(), rule.failing()), (other.passing(), other.failing()), "{}", rule.name);
            assert!(!other.passing().is_empty() && !other.title().fi.is_empty());
        }
        for file in source.files.iter().filter(|file| file.path.starts_with("code-sets/")) {
            let table: toml::Table = file.text.parse().unwrap();
            let set = proved.code_sets().get(table["oid"].as_str().unwrap()).unwrap();
            for code in table["code"].as_array().unwrap() {
                assert!(set.contains(code["code"].as_str().unwrap()), "{}: {code}", file.path);
            }
        }
        assert!(whole.structures().entries().eq(proved.structures().entries()));
        assert_eq!(whole.structures().is_empty(), name != "sosmeta");
    }
}
