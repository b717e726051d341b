//! `kirjuri config`: the settings of a check, and where each comes from.

use std::io::Write;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::file::{BySelector, KEYS, Layer, Limit, Rating, Selectors};
use super::place::{Place, Placed};
use super::selector::Selector;
use super::{Choice, Given, Settings};
use crate::arguments::{ConfigArguments, FailOn, JudgedBy, ListFormat, PackArguments, Unevaluated, Unreadable};
use crate::{Failure, Status, packs};

/// A setting: its value, null where there is none, and where it was written, nowhere where it is the default.
type Shown = (Value, Vec<Place>);

pub(crate) fn run(arguments: &ConfigArguments) -> Result<Status, Failure> {
    let ConfigArguments { packs, codes, language, judgement, selection, format } = arguments;
    let settings = Settings::read(Given { packs, codes, language, judgement, selection })?;
    let named: Vec<PathBuf> = settings.packs.iter().flat_map(|it| &it.value).map(|it| it.value.clone()).collect();
    let rules = load(&named, packs)?;
    let choice = settings.choose(&rules)?;
    let mut err = anstream::stderr();
    choice.notes.iter().try_for_each(|note| writeln!(err, "kirjuri: {note}"))?;
    let mut out = anstream::stdout().lock();
    match format {
        ListFormat::Json => settings.write_json(&choice, &mut out)?,
        _ => settings.write_text(&choice, &mut out)?,
    }
    Ok(Status::Clean)
}

fn load(named: &[PathBuf], packs: &PackArguments) -> Result<kirjuri::RuleSet, Failure> {
    packs::load_named(named, packs).map(packs::Packs::rule_set)
}

impl Settings {
    /// The settings by their keys, in the order of the documentation.
    fn shown(&self) -> Vec<(&'static str, Shown)> {
        KEYS.into_iter().map(|key| (key, self.setting(key))).collect()
    }

    fn setting(&self, key: &str) -> Shown {
        let path = |it: &Option<Placed<PathBuf>>| one(it, Value::Null, |path| json!(path.to_string_lossy()));
        match key {
            "packs" => listed(&self.packs, kirjuri_rules::names().collect()),
            "codes" => listed(&self.codes, Vec::new()),
            "language" => one(&self.language, json!("fi"), |language| json!(language.code())),
            "as-of" => one(&self.as_of, Value::Null, |as_of| match as_of {
                JudgedBy::Document => json!("document"),
                JudgedBy::Day(day) => json!(day.iso()),
            }),
            "fail-on" => named(&self.fail_on, &FailOn::NAMES),
            "unreadable" => named(&self.unreadable, &Unreadable::NAMES),
            "unevaluated" => named(&self.unevaluated, &Unevaluated::NAMES),
            "select" => self.selectors(|layer| &layer.select, json!(["*"])),
            "ignore" => self.selectors(|layer| &layer.ignore, json!([])),
            "extend-select" => self.added(|layer| &layer.extend_select),
            "extend-ignore" => self.added(|layer| &layer.extend_ignore),
            "severity" => self.table(|layer| &layer.severity, rating),
            "thresholds" => self.table(|layer| &layer.thresholds, limit),
            "path" => self.paths(),
            "baseline" => path(&self.baseline),
            "areas" => path(&self.areas),
            "by" => one(&self.by, json!([]), |by| by.iter().map(|dimension| dimension.id()).collect()),
            "cache" => path(&self.cache),
            _ => (Value::Null, Vec::new()),
        }
    }

    fn selectors(&self, get: fn(&Layer) -> &Option<Selectors>, default: Value) -> Shown {
        let said = self.layers.iter().rev().find_map(|layer| get(layer).as_ref());
        let Some(list) = said else { return (default, Vec::new()) };
        (texts(&list.value), vec![list.place.clone()])
    }

    fn added(&self, get: fn(&Layer) -> &Vec<Placed<Selector>>) -> Shown {
        let all: Vec<Placed<Selector>> = self.layers.iter().flat_map(get).cloned().collect();
        (texts(&all), all.into_iter().map(|selector| selector.place).collect())
    }

    fn table<T>(&self, get: fn(&Layer) -> &BySelector<T>, show: fn(&T) -> Value) -> Shown {
        let all = self.layers.iter().flat_map(get);
        let (entries, places): (Map<String, Value>, Vec<Place>) =
            all.map(|(selector, it)| ((selector.value.text(), show(&it.value)), selector.place.clone())).unzip();
        (entries.into(), places)
    }

    /// The entries of the table of a key, by their whole keys, the weakest source first.
    fn entries(&self, key: &str) -> Vec<(String, Value, Place)> {
        fn rows<T>(table: &str, entries: &[(Placed<Selector>, Placed<T>)], show: fn(&T) -> Value) -> Vec<Row> {
            let key = |selector: &Selector| format!("{table}.{}", json!(selector.text()));
            let row = |(at, it): &(Placed<Selector>, Placed<T>)| (key(&at.value), show(&it.value), at.place.clone());
            entries.iter().map(row).collect()
        }
        type Row = (String, Value, Place);
        let rows = |layer: &Layer| match key {
            "severity" => rows(key, &layer.severity, rating),
            "thresholds" => rows(key, &layer.thresholds, limit),
            _ => Vec::new(),
        };
        self.layers.iter().flat_map(rows).collect()
    }

    fn paths(&self) -> Shown {
        let entries = self.layers.iter().flat_map(|layer| &layer.paths);
        let (values, places): (Vec<Value>, Vec<Option<Place>>) = entries
            .map(|entry| {
                let globs: Vec<&str> = entry.globs.iter().map(|glob| glob.value.as_str()).collect();
                let severity = entry.severity.iter().map(|(selector, it)| (selector.value.text(), rating(&it.value)));
                let severity: Map<String, Value> = severity.collect();
                let value = json!({ "glob": globs, "ignore": texts(&entry.ignore), "severity": severity });
                (value, entry.globs.first().map(|glob| glob.place.clone()))
            })
            .unzip();
        (values.into(), places.into_iter().flatten().collect())
    }

    fn write_text(&self, choice: &Choice, out: &mut impl Write) -> Result<(), Failure> {
        for (key, (value, places)) in self.shown() {
            match value {
                Value::Null if key == "as-of" => writeln!(out, "# as-of: today in Finland")?,
                Value::Null => writeln!(out, "# {key}: none")?,
                // A line for each entry, as each has a source of its own.
                Value::Object(entries) if !entries.is_empty() => {}
                value => writeln!(out, "{key} = {}  # {}", toml_of(&value), sources(&places).join(", "))?,
            }
            for (key, value, place) in self.entries(key) {
                writeln!(out, "{key} = {}  # {}", toml_of(&value), place.shown())?;
            }
        }
        let (all, left_out) = (choice.rules.len(), choice.rules.count_not_selected());
        Ok(writeln!(out, "\n# rules: {} of {all} are asked", all.saturating_sub(left_out))?)
    }

    fn write_json(&self, choice: &Choice, out: &mut impl Write) -> Result<(), Failure> {
        let settings = self.shown().into_iter();
        let settings: Map<String, Value> = settings
            .map(|(key, (value, places))| (key.to_owned(), json!({ "value": value, "from": sources(&places) })))
            .collect();
        let (all, left_out) = (choice.rules.len(), choice.rules.count_not_selected());
        let shown = json!({
            "schema": "kirjuri-config/1",
            "file": self.file.as_ref().map(|path| path.to_string_lossy()),
            "settings": settings,
            "rules": { "all": all, "asked": all.saturating_sub(left_out), "kept": choice.kept },
        });
        serde_json::to_writer_pretty(&mut *out, &shown).map_err(std::io::Error::from)?;
        Ok(writeln!(out)?)
    }
}

/// The places of a setting, each once.
fn sources(places: &[Place]) -> Vec<String> {
    let mut shown: Vec<String> = Vec::new();
    for place in places.iter().map(Place::shown) {
        if !shown.contains(&place) {
            shown.push(place);
        }
    }
    if shown.is_empty() {
        shown.push("default".into());
    }
    shown
}

fn one<T>(setting: &Option<Placed<T>>, default: Value, show: impl Fn(&T) -> Value) -> Shown {
    match setting {
        Some(placed) => (show(&placed.value), vec![placed.place.clone()]),
        None => (default, Vec::new()),
    }
}

fn named<T: Copy + PartialEq + Default>(setting: &Option<Placed<T>>, names: &[(&str, T)]) -> Shown {
    let name = |value: &T| names.iter().find(|(_, known)| known == value).map(|(name, _)| *name);
    one(setting, json!(name(&T::default())), |value| json!(name(value)))
}

fn listed(setting: &Option<Placed<Vec<Placed<PathBuf>>>>, default: Vec<&str>) -> Shown {
    one(setting, json!(default), |paths| paths.iter().map(|path| path.value.to_string_lossy()).collect())
}

fn texts(selectors: &[Placed<Selector>]) -> Value {
    selectors.iter().map(|selector| selector.value.text()).collect()
}

fn rating(rating: &Rating) -> Value {
    let severity = rating.severity.map_or("off", |severity| severity.id());
    match &rating.reason {
        Some(reason) => json!({ "severity": severity, "reason": reason }),
        None => json!(severity),
    }
}

fn limit(limit: &Limit) -> Value {
    match &limit.reason {
        Some(reason) => json!({ "most": limit.most, "reason": reason }),
        None => json!(limit.most),
    }
}

/// A value as TOML on one line. What JSON and TOML call a text is the same.
fn toml_of(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(toml_of).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) if entries.is_empty() => "{}".into(),
        Value::Object(entries) => {
            let is_bare =
                |key: &str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            let key = |key: &str| if is_bare(key) { key.to_owned() } else { json!(key).to_string() };
            let entries = entries.iter().map(|(name, value)| format!("{} = {}", key(name), toml_of(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        value => value.to_string(),
    }
}
