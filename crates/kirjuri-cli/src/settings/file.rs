//! Reads settings as `kirjuri.toml` has them: every key with its place, and all that is wrong at once.

use std::path::PathBuf;
use std::sync::Arc;

use kirjuri::{Language, Severity};
use kirjuri_report::{Dimension, Fault};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::place::{Kind, Placed, Source, meant, nearest};
use super::selector::{Selector, placed};
use crate::arguments::{FailOn, JudgedBy, Unevaluated, Unreadable, parse_as_of};

/// The keys of `kirjuri.toml`, and of what stands in it.
pub(crate) const KEYS: [&str; 18] = [
    "packs",
    "codes",
    "language",
    "as-of",
    "fail-on",
    "unreadable",
    "unevaluated",
    "select",
    "ignore",
    "extend-select",
    "extend-ignore",
    "severity",
    "path",
    "thresholds",
    "baseline",
    "areas",
    "by",
    "cache",
];
pub(crate) const PATH_KEYS: [&str; 3] = ["glob", "ignore", "severity"];
pub(crate) const RATING_KEYS: [&str; 2] = ["severity", "reason"];
pub(crate) const LIMIT_KEYS: [&str; 2] = ["most", "reason"];

/// A list of selectors.
pub(crate) type Selectors = Placed<Vec<Placed<Selector>>>;

/// What is said of rules, by selectors, in the order in which it is written.
pub(crate) type BySelector<T> = Vec<(Placed<Selector>, Placed<T>)>;

/// What one source says.
#[derive(Clone, PartialEq, Default, Debug)]
pub(crate) struct Layer {
    pub(crate) packs: Option<Placed<Vec<Placed<PathBuf>>>>,
    pub(crate) codes: Option<Placed<Vec<Placed<PathBuf>>>>,
    pub(crate) language: Option<Placed<Language>>,
    pub(crate) as_of: Option<Placed<JudgedBy>>,
    pub(crate) fail_on: Option<Placed<FailOn>>,
    pub(crate) unreadable: Option<Placed<Unreadable>>,
    pub(crate) unevaluated: Option<Placed<Unevaluated>>,
    pub(crate) select: Option<Selectors>,
    pub(crate) ignore: Option<Selectors>,
    pub(crate) extend_select: Vec<Placed<Selector>>,
    pub(crate) extend_ignore: Vec<Placed<Selector>>,
    pub(crate) severity: BySelector<Rating>,
    pub(crate) paths: Vec<PathEntry>,
    pub(crate) thresholds: BySelector<Limit>,
    pub(crate) baseline: Option<Placed<PathBuf>>,
    pub(crate) areas: Option<Placed<PathBuf>>,
    pub(crate) by: Option<Placed<Vec<Dimension>>>,
    pub(crate) cache: Option<Placed<PathBuf>>,
}

/// How grave the findings of some rules are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rating {
    /// None is `off`: the rules are not asked.
    pub(crate) severity: Option<Severity>,
    pub(crate) reason: Option<String>,
}

/// How many findings of some rules are allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Limit {
    pub(crate) most: u64,
    pub(crate) reason: Option<String>,
}

/// Settings of some documents, by their paths.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct PathEntry {
    pub(crate) globs: Vec<Placed<String>>,
    pub(crate) ignore: Vec<Placed<Selector>>,
    pub(crate) severity: BySelector<Rating>,
}

/// Reads a source. What is wrong goes to `faults`.
pub(crate) fn read(source: &Arc<Source>, faults: &mut Vec<Fault>) -> Layer {
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let mut reader = Reader { source, faults };
    if errors.is_empty() {
        return reader.layer(table.as_ref());
    }
    for error in errors {
        // The parser's messages may run over several lines; the first says what is wrong.
        let message = error.message().lines().next().unwrap_or_default();
        let mut fault = source.at(error.span().unwrap_or_default()).fault(message);
        if source.kind == Kind::Config {
            fault.help =
                Some("a value is written as in kirjuri.toml, a text in quotes: --config 'language = \"sv\"'".into());
        }
        reader.faults.push(fault);
    }
    Layer::default()
}

struct Reader<'l> {
    source: &'l Arc<Source>,
    faults: &'l mut Vec<Fault>,
}

type Value<'v, 'i> = &'v Spanned<DeValue<'i>>;

impl Reader<'_> {
    fn layer(&mut self, table: &DeTable<'_>) -> Layer {
        let mut layer = Layer::default();
        for (key, value) in in_order(table) {
            match key.as_ref().as_ref() {
                "packs" => layer.packs = self.paths(value, true),
                "codes" => layer.codes = self.paths(value, false),
                "language" => {
                    layer.language = self.choice(value, "language", &Language::ALL.map(|it| (it.code(), it)));
                }
                "as-of" => layer.as_of = self.as_of(value),
                "fail-on" => layer.fail_on = self.choice(value, "severity", &FailOn::NAMES),
                "unreadable" => layer.unreadable = self.choice(value, "choice", &Unreadable::NAMES),
                "unevaluated" => layer.unevaluated = self.choice(value, "choice", &Unevaluated::NAMES),
                "select" => layer.select = self.selectors(value),
                "ignore" => layer.ignore = self.selectors(value),
                "extend-select" => layer.extend_select = self.selectors(value).map_or_else(Vec::new, |it| it.value),
                "extend-ignore" => layer.extend_ignore = self.selectors(value).map_or_else(Vec::new, |it| it.value),
                "severity" => layer.severity = self.ratings(value),
                "path" => layer.paths = self.entries(value),
                "thresholds" => layer.thresholds = self.limits(value),
                "baseline" => layer.baseline = self.path(value),
                "areas" => layer.areas = self.path(value),
                "by" => layer.by = self.dimensions(value),
                "cache" => layer.cache = self.path(value),
                _ => self.unknown_key(key, &KEYS),
            }
        }
        layer
    }

    fn fault(&mut self, at: &Spanned<impl Sized>, message: impl Into<String>) {
        self.faults.push(self.source.at(at.span()).fault(message));
    }

    fn placed<T>(&self, at: &Spanned<impl Sized>, value: T) -> Placed<T> {
        Placed { value, place: self.source.at(at.span()) }
    }

    fn unknown_key(&mut self, key: &Spanned<impl AsRef<str>>, known: &[&'static str]) {
        let name = key.as_ref().as_ref();
        // What others call it.
        let other = match name {
            "lang" => Some("language"),
            "pack" => Some("packs"),
            "paths" | "per-file-ignores" | "overrides" => Some("path"),
            "exclude" => Some("ignore"),
            _ => None,
        };
        let suggestion = other.filter(|other| known.contains(other));
        let suggestion = suggestion.or_else(|| nearest(name, known.iter().copied()));
        let mut fault = self.source.at(key.span()).fault(format!("there is no key `{name}`"));
        if suggestion.is_none() {
            fault.help = Some(format!("the keys are {}", known.join(", ")));
        }
        self.faults.push(meant(fault, suggestion));
    }

    /// A value of one kind; another is a fault that says what was expected.
    fn expected<T>(&mut self, value: Value<'_, '_>, what: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.fault(value, format!("expected {what}, found {}", kind_of(value.as_ref())));
        }
        found
    }

    fn text(&mut self, value: Value<'_, '_>) -> Option<Placed<String>> {
        let text = self.expected(value, "a text", value.as_ref().as_str().map(str::to_owned))?;
        Some(self.placed(value, text))
    }

    /// A text that says something, on one line.
    fn line(&mut self, value: Value<'_, '_>, key: &str) -> Option<Placed<String>> {
        let text = self.text(value)?;
        if text.value.trim().is_empty() || text.value.contains(char::is_control) {
            self.fault(value, format!("`{key}` is one line that says something"));
            return None;
        }
        Some(text)
    }

    /// Texts, of which one alone needs no list.
    fn texts(&mut self, value: Value<'_, '_>) -> Option<Placed<Vec<Placed<String>>>> {
        let texts = match value.as_ref() {
            DeValue::Array(values) => values.iter().filter_map(|value| self.text(value)).collect(),
            DeValue::String(_) => self.text(value).into_iter().collect(),
            _ => self.expected(value, "a text, or a list of texts", None)?,
        };
        Some(self.placed(value, texts))
    }

    fn choice<T: Copy>(&mut self, value: Value<'_, '_>, what: &str, known: &[(&'static str, T)]) -> Option<Placed<T>> {
        let text = self.text(value)?;
        let found = known.iter().find(|(name, _)| *name == text.value);
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let mut fault = text.place.fault(format!("there is no {what} `{}`", text.value));
            fault.help = Some(format!("one of {}", names.join(", ")));
            self.faults.push(meant(fault, nearest(&text.value, names)));
        }
        found.map(|(_, found)| self.placed(value, *found))
    }

    fn as_of(&mut self, value: Value<'_, '_>) -> Option<Placed<JudgedBy>> {
        let text = match value.as_ref() {
            // A day may stand without quotes.
            DeValue::Datetime(day) => day.to_string(),
            _ => self.text(value)?.value,
        };
        match parse_as_of(&text) {
            Ok(judged_by) => Some(self.placed(value, judged_by)),
            Err(message) => {
                self.fault(value, message);
                None
            }
        }
    }

    /// A path from the folder of the source.
    fn path(&mut self, value: Value<'_, '_>) -> Option<Placed<PathBuf>> {
        let text = self.line(value, "a path")?;
        Some(Placed { value: self.source.folder.join(text.value), place: text.place })
    }

    fn paths(&mut self, value: Value<'_, '_>, are_packs: bool) -> Option<Placed<Vec<Placed<PathBuf>>>> {
        let texts = self.texts(value)?;
        let path = |text: Placed<String>| {
            let is_built_in = are_packs && kirjuri_rules::names().any(|known| known == text.value);
            let folder = (!is_built_in).then_some(&self.source.folder).cloned().unwrap_or_default();
            Placed { value: folder.join(text.value), place: text.place }
        };
        Some(Placed { value: texts.value.into_iter().map(path).collect(), place: texts.place })
    }

    fn selectors(&mut self, value: Value<'_, '_>) -> Option<Selectors> {
        let texts = self.texts(value)?;
        let selectors = texts.value.into_iter().filter_map(|text| placed(&text.value, text.place, self.faults));
        Some(Placed { value: selectors.collect(), place: texts.place })
    }

    fn dimensions(&mut self, value: Value<'_, '_>) -> Option<Placed<Vec<Dimension>>> {
        let texts = self.texts(value)?;
        let mut found = Vec::new();
        for text in texts.value {
            let known = Dimension::ALL.map(Dimension::id);
            match Dimension::ALL.into_iter().find(|known| known.id() == text.value) {
                Some(dimension) => found.push(dimension),
                None => {
                    let mut fault = text.place.fault(format!("nothing can be grouped by `{}`", text.value));
                    fault.help = Some(format!("one of {}", known.join(", ")));
                    self.faults.push(meant(fault, nearest(&text.value, known)));
                }
            }
        }
        Some(Placed { value: found, place: texts.place })
    }

    /// The entries of a table by selectors.
    fn by_selector<T>(
        &mut self,
        value: Value<'_, '_>,
        mut read: impl FnMut(&mut Self, Value<'_, '_>) -> Option<T>,
    ) -> BySelector<T> {
        let Some(table) = self.expected(value, "a table", value.as_ref().as_table()) else { return Vec::new() };
        let mut found = Vec::new();
        for (key, value) in in_order(table) {
            let selector = placed(key.as_ref(), self.source.at(key.span()), self.faults);
            let read = read(self, value);
            found.extend(selector.zip(read.map(|read| self.placed(value, read))));
        }
        found
    }

    fn ratings(&mut self, value: Value<'_, '_>) -> BySelector<Rating> {
        const NAMES: [(&str, Option<Severity>); 4] = [
            ("error", Some(Severity::Error)),
            ("warning", Some(Severity::Warning)),
            ("info", Some(Severity::Info)),
            ("off", None),
        ];
        self.by_selector(value, |reader, value| {
            let Some(table) = value.as_ref().as_table() else {
                let severity = reader.choice(value, "severity", &NAMES)?.value;
                return Some(Rating { severity, reason: None });
            };
            let (mut severity, mut reason) = (None, None);
            for (key, value) in in_order(table) {
                match key.as_ref().as_ref() {
                    "severity" => severity = Some(reader.choice(value, "severity", &NAMES)?.value),
                    "reason" => reason = Some(reader.line(value, "reason")?.value),
                    _ => reader.unknown_key(key, &RATING_KEYS),
                }
            }
            if severity.is_none() {
                reader.fault(value, "a `severity` is missing: error, warning, info or off");
            }
            Some(Rating { severity: severity?, reason })
        })
    }

    fn limits(&mut self, value: Value<'_, '_>) -> BySelector<Limit> {
        self.by_selector(value, |reader, value| {
            let Some(table) = value.as_ref().as_table() else {
                return Some(Limit { most: reader.count(value)?, reason: None });
            };
            let (mut most, mut reason) = (None, None);
            for (key, value) in in_order(table) {
                match key.as_ref().as_ref() {
                    "most" => most = Some(reader.count(value)?),
                    "reason" => reason = Some(reader.line(value, "reason")?.value),
                    _ => reader.unknown_key(key, &LIMIT_KEYS),
                }
            }
            if most.is_none() {
                reader.fault(value, "`most` is missing, the most findings that are allowed");
            }
            Some(Limit { most: most?, reason })
        })
    }

    fn count(&mut self, value: Value<'_, '_>) -> Option<u64> {
        let count = value.as_ref().as_integer();
        let count = count.and_then(|it| u64::from_str_radix(it.as_str(), it.radix()).ok());
        if count.is_none() {
            self.fault(value, "expected a whole number, 0 or more");
        }
        count
    }

    fn entries(&mut self, value: Value<'_, '_>) -> Vec<PathEntry> {
        let tables = self.expected(value, "[[path]] tables", value.as_ref().as_array());
        tables.into_iter().flatten().filter_map(|value| self.entry(value)).collect()
    }

    fn entry(&mut self, value: Value<'_, '_>) -> Option<PathEntry> {
        let table = self.expected(value, "a [[path]] table", value.as_ref().as_table())?;
        let (mut globs, mut ignore, mut severity) = (None, Vec::new(), Vec::new());
        for (key, value) in in_order(table) {
            match key.as_ref().as_ref() {
                "glob" => globs = self.texts(value),
                "ignore" => ignore = self.selectors(value).map_or_else(Vec::new, |it| it.value),
                "severity" => severity = self.ratings(value),
                _ => self.unknown_key(key, &PATH_KEYS),
            }
        }
        if !table.contains_key("glob") {
            self.fault(value, "a [[path]] has a `glob`, the paths it is about");
        }
        Some(PathEntry { globs: globs?.value, ignore, severity })
    }
}

/// The keys and values of a table in the order of their places.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut all: Vec<_> = table.iter().collect();
    all.sort_by_key(|(key, _)| key.span().start);
    all
}

/// What a value is, in the words of messages.
fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
