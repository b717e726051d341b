//! Reads settings as `kirjuri.toml` has them: every key with its place, and all that is wrong at once.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use kirjuri::{Language, Severity};
use kirjuri_report::{Dimension, Fault, TomlKey, TomlReader, TomlValue, in_order};
use toml::de::{DeTable, DeValue};

use super::place::{Kind, Placed, Source};
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
    let mut toml = TomlReader::new(Arc::clone(&source.name), Arc::clone(&source.text));
    let Some(table) = toml.parse(&source.text) else {
        let help = "a value is written as in kirjuri.toml, a text in quotes: --config 'language = \"sv\"'";
        let help = (source.kind == Kind::Config).then(|| help.to_owned());
        faults.extend(toml.finish().into_iter().map(|fault| Fault { help: help.clone(), ..fault }));
        return Layer::default();
    };
    let mut reader = Reader { source, toml, faults: Vec::new() };
    let layer = reader.layer(&table);
    faults.append(&mut reader.faults);
    faults.extend(reader.toml.finish());
    layer
}

struct Reader<'s> {
    source: &'s Arc<Source>,
    toml: TomlReader,
    /// What is wrong with selectors.
    faults: Vec<Fault>,
}

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

    fn placed<T>(&self, span: Range<usize>, value: T) -> Placed<T> {
        Placed { value, place: self.source.at(span) }
    }

    fn unknown_key(&mut self, key: TomlKey<'_, '_>, known: &[&'static str]) {
        let name = key.as_ref().as_ref();
        // What others call it.
        let other = match name {
            "lang" => Some("language"),
            "pack" => Some("packs"),
            "paths" | "per-file-ignores" | "overrides" => Some("path"),
            "exclude" => Some("ignore"),
            _ => None,
        };
        match other.filter(|other| known.contains(other)) {
            Some(other) => {
                let message = format!("there is no key `{name}`");
                self.toml.fault_with_help(key.span(), message, format!("did you mean `{other}`?"));
            }
            None => self.toml.unknown_key(key, known),
        }
    }

    /// Texts, of which one alone needs no list.
    fn texts(&mut self, value: TomlValue<'_, '_>) -> Option<Placed<Vec<Placed<String>>>> {
        let texts = self.toml.texts(value)?.into_iter();
        let texts = texts.map(|text| self.placed(text.span(), text.into_inner())).collect();
        Some(self.placed(value.span(), texts))
    }

    fn choice<T: Copy>(&mut self, value: TomlValue<'_, '_>, what: &str, known: &[(&str, T)]) -> Option<Placed<T>> {
        let found = self.toml.choice(value, what, known)?;
        Some(self.placed(value.span(), found))
    }

    fn as_of(&mut self, value: TomlValue<'_, '_>) -> Option<Placed<JudgedBy>> {
        let text = match value.as_ref() {
            // A day may stand without quotes.
            DeValue::Datetime(day) => day.to_string(),
            _ => self.toml.text(value)?.into_inner(),
        };
        match parse_as_of(&text) {
            Ok(judged_by) => Some(self.placed(value.span(), judged_by)),
            Err(message) => {
                self.toml.fault(value.span(), message);
                None
            }
        }
    }

    /// A path from the folder of the source.
    fn path(&mut self, value: TomlValue<'_, '_>) -> Option<Placed<PathBuf>> {
        let text = self.toml.line(value, "a path")?;
        Some(self.placed(value.span(), self.source.folder.join(text.into_inner())))
    }

    fn paths(&mut self, value: TomlValue<'_, '_>, are_packs: bool) -> Option<Placed<Vec<Placed<PathBuf>>>> {
        let texts = self.texts(value)?;
        let path = |text: Placed<String>| {
            let is_built_in = are_packs && kirjuri_rules::names().any(|known| known == text.value);
            let folder = (!is_built_in).then_some(&self.source.folder).cloned().unwrap_or_default();
            Placed { value: folder.join(text.value), place: text.place }
        };
        Some(Placed { value: texts.value.into_iter().map(path).collect(), place: texts.place })
    }

    fn selectors(&mut self, value: TomlValue<'_, '_>) -> Option<Selectors> {
        let texts = self.texts(value)?;
        let selectors = texts.value.into_iter().filter_map(|text| placed(&text.value, text.place, &mut self.faults));
        Some(Placed { value: selectors.collect(), place: texts.place })
    }

    fn dimensions(&mut self, value: TomlValue<'_, '_>) -> Option<Placed<Vec<Dimension>>> {
        let mut found = Vec::new();
        for text in self.toml.texts(value)? {
            match Dimension::ALL.into_iter().find(|known| known.id() == text.as_ref()) {
                Some(dimension) => found.push(dimension),
                None => {
                    let message = format!("nothing can be grouped by `{}`", text.as_ref());
                    self.toml.unknown(text.span(), message, text.as_ref(), &Dimension::ALL.map(Dimension::id));
                }
            }
        }
        Some(self.placed(value.span(), found))
    }

    /// The entries of a table by selectors.
    fn by_selector<T>(
        &mut self,
        value: TomlValue<'_, '_>,
        mut read: impl FnMut(&mut Self, TomlValue<'_, '_>) -> Option<T>,
    ) -> BySelector<T> {
        let Some(table) = self.toml.expected(value, "a table", value.as_ref().as_table()) else { return Vec::new() };
        let mut found = Vec::new();
        for (key, value) in in_order(table) {
            let selector = placed(key.as_ref(), self.source.at(key.span()), &mut self.faults);
            let read = read(self, value);
            found.extend(selector.zip(read.map(|read| self.placed(value.span(), read))));
        }
        found
    }

    fn ratings(&mut self, value: TomlValue<'_, '_>) -> BySelector<Rating> {
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
                    "reason" => reason = Some(reader.toml.line(value, "reason")?.into_inner()),
                    _ => reader.unknown_key(key, &RATING_KEYS),
                }
            }
            if severity.is_none() {
                reader.toml.fault(value.span(), "a `severity` is missing: error, warning, info or off");
            }
            Some(Rating { severity: severity?, reason })
        })
    }

    fn limits(&mut self, value: TomlValue<'_, '_>) -> BySelector<Limit> {
        self.by_selector(value, |reader, value| {
            let Some(table) = value.as_ref().as_table() else {
                return Some(Limit { most: reader.toml.count(value)?, reason: None });
            };
            let (mut most, mut reason) = (None, None);
            for (key, value) in in_order(table) {
                match key.as_ref().as_ref() {
                    "most" => most = Some(reader.toml.count(value)?),
                    "reason" => reason = Some(reader.toml.line(value, "reason")?.into_inner()),
                    _ => reader.unknown_key(key, &LIMIT_KEYS),
                }
            }
            if most.is_none() {
                reader.toml.fault(value.span(), "`most` is missing, the most findings that are allowed");
            }
            Some(Limit { most: most?, reason })
        })
    }

    fn entries(&mut self, value: TomlValue<'_, '_>) -> Vec<PathEntry> {
        let tables = self.toml.tables(value, "[[path]]");
        tables.into_iter().filter_map(|(span, table)| self.entry(span, table)).collect()
    }

    fn entry(&mut self, span: Range<usize>, table: &DeTable<'_>) -> Option<PathEntry> {
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
            self.toml.fault(span, "a [[path]] has a `glob`, the paths it is about");
        }
        Some(PathEntry { globs: globs?.value, ignore, severity })
    }
}
