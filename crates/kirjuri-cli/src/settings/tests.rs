//! The settings as files say them: what is read, which source holds, and that the schema for editors promises the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use kirjuri::Language;
use kirjuri_report::Fault;
use serde_json::{Value, json};

use super::file::{self, KEYS, LIMIT_KEYS, Layer, PATH_KEYS, RATING_KEYS};
use super::place::{Kind, Source};
use super::selector::{Selector, parse_list};
use super::{Settings, source_of};

fn documentation(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(&documentation("kirjuri-toml.schema.json")).unwrap()
}

/// The settings that the documentation shows.
fn examples() -> Vec<String> {
    let text = documentation("configuration.md");
    text.split("```toml\n").skip(1).filter_map(|rest| Some(rest.split("```").next()?.to_owned())).collect()
}

fn source(text: &str) -> Arc<Source> {
    source_of(Kind::File, Path::new("home/kirjuri.toml"), text.into(), 1)
}

fn read(text: &str) -> (Layer, Vec<Fault>) {
    let mut faults = Vec::new();
    let layer = file::read(&source(text), &mut faults);
    faults.sort_by_key(|fault| fault.span.start);
    (layer, faults)
}

#[test]
fn the_schema_has_the_keys_that_are_read() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    for (pointer, known) in [
        ("/properties", &KEYS[..]),
        ("/$defs/path/properties", &PATH_KEYS),
        ("/$defs/rating/properties", &RATING_KEYS),
        ("/$defs/limit/properties", &LIMIT_KEYS),
    ] {
        let keys = schema.pointer(pointer).unwrap().as_object().unwrap().keys().map(String::as_str);
        assert_eq!(keys.collect::<BTreeSet<_>>(), known.iter().copied().collect(), "{pointer}");
        assert_eq!(schema.pointer(&pointer.replace("properties", "additionalProperties")), Some(&json!(false)));
    }
}

/// Every choice of the schema is one that is read.
#[test]
fn the_schema_has_the_values_that_are_read() {
    let schema = schema();
    for (key, pointer) in [
        ("language", "/properties/language/enum"),
        ("fail-on", "/properties/fail-on/enum"),
        ("unreadable", "/properties/unreadable/enum"),
        ("unevaluated", "/properties/unevaluated/enum"),
        ("by", "/$defs/dimension/enum"),
        ("severity.notes", "/$defs/severity/enum"),
        ("select", "/$defs/selector/anyOf/0/enum"),
    ] {
        for value in schema.pointer(pointer).unwrap().as_array().unwrap() {
            let (_, faults) = read(&format!("{key} = {value}"));
            assert!(faults.is_empty(), "{key} {value}: {faults:?}");
        }
        let (_, faults) = read(&format!("{key} = \"criterion:beauty\""));
        assert_eq!(faults.len(), 1, "{key}");
    }
    let known = schema.pointer("/$defs/selector/anyOf/0/enum").unwrap().as_array().unwrap().len();
    assert_eq!(known, 1 + kirjuri::Severity::ALL.len() + kirjuri::Criterion::ALL.len());
}

#[test]
fn what_the_documentation_shows_is_read_and_keeps_the_schema() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    let examples = examples();
    for example in &examples {
        let (_, faults) = read(example);
        assert!(faults.is_empty(), "{faults:?}");
        let table: toml::Table = toml::from_str(example).unwrap();
        let value = serde_json::to_value(table).unwrap();
        assert!(schema.is_valid(&value), "{:?}", schema.validate(&value).err().map(|error| error.to_string()));
    }
    // The first example shows every key, and every key changes something.
    let table: toml::Table = toml::from_str(&examples[0]).unwrap();
    assert_eq!(table.keys().map(String::as_str).collect::<BTreeSet<_>>(), KEYS.into_iter().collect());
    for key in KEYS {
        let alone = toml::to_string(&toml::Table::from_iter([(key.to_owned(), table[key].clone())])).unwrap();
        assert_ne!(read(&alone).0, Layer::default(), "{key}");
    }
}

#[test]
fn what_the_schema_refuses_is_a_fault() {
    let schema = jsonschema::validator_for(&schema()).unwrap();
    for (text, position, message) in [
        ("lang = \"fi\"", (1, 1), "there is no key `lang`"),
        ("language = 1", (1, 12), "expected a text, found a number"),
        ("language = \"se\"", (1, 12), "there is no language `se`"),
        ("packs = [1]", (1, 10), "expected a text, found a number"),
        ("packs = { a = 1 }", (1, 9), "expected a text, or a list of texts, found a table"),
        ("as-of = \"2026-13-01\"", (1, 9), "there is no such day"),
        ("select = [\"severity:fatal\"]", (1, 11), "there is no severity `fatal`"),
        ("select = \"kind:error\"", (1, 10), "there are no rules by `kind:`, only by `criterion:` and `severity:`"),
        ("ignore = [\"\"]", (1, 11), "a selector is empty or has white space around it"),
        ("[severity]\n\"a/b\" = \"fatal\"", (2, 9), "there is no severity `fatal`"),
        ("[severity]\n\"a/b\" = { reason = \"x\" }", (2, 9), "a `severity` is missing: error, warning, info or off"),
        (
            "[severity]\n\"a/b\" = { severity = \"off\", reason = \" \" }",
            (2, 38),
            "`reason` is one line that says something",
        ),
        ("severity = \"off\"", (1, 12), "expected a table, found a text"),
        ("[path]\nglob = \"a\"", (1, 1), "expected [[path]] tables, found a table"),
        ("[[path]]\nignore = \"a\"", (1, 1), "a [[path]] has a `glob`, the paths it is about"),
        ("[[path]]\nglob = \"a\"\nselect = \"a\"", (3, 1), "there is no key `select`"),
        ("[thresholds]\na = -1", (2, 5), "expected a whole number, 0 or more"),
        ("[thresholds]\na = { reason = \"x\" }", (2, 5), "`most` is missing, the most findings that are allowed"),
        ("by = \"areas\"", (1, 6), "nothing can be grouped by `areas`"),
        ("cache = true", (1, 9), "expected a text, found true or false"),
    ] {
        let (_, faults) = read(text);
        let found: Vec<_> = faults.iter().map(|fault| (fault.position(), fault.message.as_str())).collect();
        assert_eq!(found, [(position, message)], "{text}");
        let table: toml::Table = toml::from_str(text).unwrap();
        // What is no day is more than a pattern can say.
        let is_valid = schema.is_valid(&serde_json::to_value(table).unwrap());
        assert!(!is_valid || text.starts_with("as-of"), "{text}");
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_with_its_places() {
    let (layer, faults) = read("language = \"fi\"\nselect = [\ncache = = 1\n");
    assert_eq!(layer, Layer::default());
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.position().0 >= 2), "{faults:?}");
}

#[test]
fn the_strongest_source_holds() {
    let kinds = [(Kind::File, "a/kirjuri.toml"), (Kind::ConfigFile, "b.toml"), (Kind::Config, "--config")];
    let texts =
        ["language = \"sv\"\nfail-on = \"info\"\npacks = \"x\"", "packs = [\"y\", \"social\"]", "language = \"en\""];
    let layers = kinds.into_iter().zip(texts).enumerate().map(|(number, ((kind, name), text))| {
        let mut faults = Vec::new();
        let layer = file::read(&source_of(kind, Path::new(name), text.into(), number + 1), &mut faults);
        assert!(faults.is_empty());
        layer
    });
    let settings = Settings::of(layers.collect());
    assert_eq!(settings.language.map(|it| (it.value, it.place.shown())), Some((Language::English, "--config".into())));
    assert_eq!(settings.fail_on.map(|it| it.place.shown()), Some("a/kirjuri.toml:2".into()));
    let packs = settings.packs.unwrap();
    let paths: Vec<_> = packs.value.iter().map(|pack| pack.value.to_string_lossy().into_owned()).collect();
    assert_eq!((paths, packs.place.shown()), (vec!["y".into(), "social".into()], "b.toml:1".into()));
}

#[test]
fn a_selector_is_told_by_its_writing() {
    for (text, expected) in [
        ("kanta-body/empty-view", Selector::Rule("kanta-body/empty-view".into())),
        ("c-cda/a-1198-7.rule:2", Selector::Rule("c-cda/a-1198-7.rule:2".into())),
        ("*/empty-view", Selector::Glob("*/empty-view".into())),
        ("kanta-*", Selector::Pack("kanta-*".into())),
        ("criterion:coverage", Selector::Criterion(kirjuri::Criterion::Coverage)),
        ("severity:info", Selector::Severity(kirjuri::Severity::Info)),
        ("safety-critical", Selector::SafetyCritical),
    ] {
        assert_eq!(Selector::parse(text).as_ref(), Ok(&expected));
        assert_eq!(expected.text(), text);
    }
    let suggestions = ["criterion:coverag", "severity:warn", "criterium:coverage"].map(Selector::parse);
    let suggestions = suggestions.map(|it| it.err().and_then(|(_, suggestion)| suggestion));
    let meant = ["criterion:coverage", "severity:warning", "criterion:coverage"];
    assert_eq!(suggestions, meant.map(|text| Some(text.to_owned())));
}

/// The rules that some sources leave, with those whose severity is another; `ignore` is an option.
fn chosen(files: &[&str], ignore: &str) -> Result<(Vec<String>, usize), Vec<String>> {
    let pack = kirjuri::Pack::load_proved(&kirjuri_rules::source("fiphr-questionnaire").unwrap()).unwrap();
    let rules = kirjuri::RuleSet::new(vec![Arc::new(pack)]);
    let mut faults = Vec::new();
    let mut layers: Vec<Layer> = files
        .iter()
        .enumerate()
        .map(|(number, text)| {
            let source = source_of(Kind::ConfigFile, Path::new("x.toml"), (*text).into(), number + 1);
            file::read(&source, &mut faults)
        })
        .collect();
    let ignore = (!ignore.is_empty()).then(|| parse_list(&Source::flag("--ignore", ignore), &mut faults));
    layers.push(Layer { extend_ignore: ignore.unwrap_or_default(), ..Layer::default() });
    let settings = Settings { faults, ..Settings::of(layers) };
    let choice = settings.choose(&rules).map_err(|failure| match failure {
        crate::Failure::Settings { faults } => faults.into_iter().map(|fault| fault.message).collect(),
        failure => vec![failure.to_string()],
    })?;
    let asked = choice.rules.all().zip(rules.all()).filter(|(rule, _)| rule.is_selected());
    let asked = asked.map(|(rule, before)| {
        let id = rule.id();
        let name = id.split_once('/').map_or("", |(_, name)| name);
        if rule.severity() == before.severity() { name.to_owned() } else { format!("{name}={}", rule.severity().id()) }
    });
    Ok((asked.collect(), choice.kept))
}

/// `wrong-status` is safety-critical, and `unversioned-url` the one rule whose severity is info.
#[test]
fn the_most_exact_selector_decides() {
    let url = "fiphr-questionnaire/missing-url";
    for (files, ignore, expected, kept) in [
        (&["select = 'severity:info'"][..], "", "unversioned-url wrong-status", 1),
        (&["select = ['severity:info', 'safety-critical']"], "", "unversioned-url wrong-status", 0),
        (&["select = '*'", "select = 'severity:info'"], "", "unversioned-url wrong-status", 1),
        (
            &["select = 'criterion:timeliness'\nextend-select = 'severity:info'"],
            "",
            "missing-date unversioned-url wrong-status",
            1,
        ),
        // By their exactness, in whatever list and source.
        (&["ignore = '*'\nextend-select = '*/*-url'"], "", "malformed-url missing-url unversioned-url wrong-status", 1),
        (&["ignore = '*/*'\nextend-select = '*/missing-url'"], "", "wrong-status", 1),
        (
            &["select = '*/*-url'\nignore = 'criterion:traceability'"],
            "",
            "malformed-url missing-url unversioned-url wrong-status",
            1,
        ),
        (&["select = '*/*-url'"], "fiphr-questionnaire", "malformed-url missing-url unversioned-url wrong-status", 1),
        // Of two names the stronger source decides.
        (
            &["select = 'severity:info'\nextend-select = 'fiphr-questionnaire/missing-url'"],
            url,
            "unversioned-url wrong-status",
            1,
        ),
        (
            &[
                "ignore = ['*/m*', 'fiphr-questionnaire/missing-url']",
                "extend-select = 'fiphr-questionnaire/missing-url'\nextend-ignore = '*/d*'",
            ],
            "",
            "missing-url unversioned-url wrong-status",
            0,
        ),
        // A stronger list takes the place of a weaker one; what is added stays.
        (
            &["ignore = '*/m*'\nextend-ignore = '*/d*'", "ignore = ['*/missing-*', '*/misplaced-*']"],
            "",
            "malformed-name malformed-url unversioned-url wrong-status",
            0,
        ),
        // Severities.
        (
            &["select = '*/*-url'\n[severity]\n'*' = 'info'\n'*/missing-*' = 'warning'"],
            "",
            "malformed-url=info missing-url=warning unversioned-url wrong-status",
            1,
        ),
        (
            &["select = '*/*-url'\n[severity]\n'severity:info' = 'error'\n'*/m*' = 'off'"],
            "",
            "unversioned-url=error wrong-status",
            1,
        ),
        (
            &["select = '*/*-url'\n[severity]\n'*/*-url' = 'info'", "[severity]\n'*/m*-url' = 'error'"],
            "",
            "malformed-url missing-url unversioned-url wrong-status",
            1,
        ),
        (
            &[
                "select = '*/un*'\n[severity]\n'fiphr-questionnaire/wrong-status' = { severity = 'info', reason = 'why' }",
            ],
            "",
            "unversioned-url wrong-status=info",
            1,
        ),
        (
            &[
                "select = '*/un*'\n[severity]\n'fiphr-questionnaire/wrong-status' = { severity = 'off', reason = 'why' }",
            ],
            "",
            "unversioned-url",
            0,
        ),
    ] {
        let expected: Vec<String> = expected.split_whitespace().map(str::to_owned).collect();
        assert_eq!(chosen(files, ignore), Ok((expected, kept)), "{files:?} {ignore}");
    }
}

#[test]
fn a_safety_critical_rule_is_made_milder_by_its_name_and_with_a_reason() {
    let rule = "fiphr-questionnaire/wrong-status";
    let unsaid = format!("`{rule}` is safety-critical, and nothing says why it is taken out");
    let unreasoned = format!("`{rule}` is safety-critical: what makes it milder has a reason");
    for (text, ignore, expected) in [
        (format!("ignore = '{rule}'"), "", &unsaid),
        (format!("select = 'severity:info'\nextend-ignore = '{rule}'"), "", &unsaid),
        (String::new(), rule, &unsaid),
        (format!("severity.'{rule}' = 'off'"), "", &unreasoned),
        (format!("severity.'{rule}' = {{ severity = 'warning' }}"), "", &unreasoned),
        (format!("path = [{{ glob = 'a', ignore = '{rule}' }}]"), "", &unsaid),
        (format!("path = [{{ glob = 'a', severity = {{ '{rule}' = 'info' }} }}]"), "", &unreasoned),
        (format!("thresholds.'{rule}' = 1"), "", &unreasoned),
    ] {
        assert_eq!(chosen(&[&text], ignore), Err(vec![expected.clone()]), "{text}");
    }
    // None of these makes it milder.
    for text in [
        format!("extend-select = '{rule}'"),
        format!("severity.'{rule}' = 'error'"),
        format!("thresholds.'{rule}' = 0"),
        format!("path = [{{ glob = 'a', severity = {{ '{rule}' = {{ severity = 'off', reason = 'why' }} }} }}]"),
    ] {
        assert!(chosen(&[&text], "").is_ok_and(|(_, kept)| kept == 0), "{text}");
    }
}
