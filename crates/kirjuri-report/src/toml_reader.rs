//! Reads TOML that a user wrote: every value with its place, and all that is wrong at once.
//!
//! A deserializer of types stops at the first fault and names what programs call things; this goes on.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use kirjuri::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::fault::Fault;
use crate::position::Positions;

/// A value and its place.
pub type TomlValue<'v, 'i> = &'v Spanned<DeValue<'i>>;

/// A key and its place.
pub type TomlKey<'v, 'i> = &'v Spanned<Cow<'i, str>>;

/// A text of TOML while it is read, and what is wrong in it.
#[derive(Debug)]
pub struct TomlReader {
    path: Arc<str>,
    text: Arc<str>,
    positions: Positions,
    faults: Vec<Fault>,
}

/// Reads a file of TOML.
///
/// # Errors
/// All that is wrong in it, in the order of places.
pub fn read_toml<T>(
    path: &str,
    text: &str,
    read: impl FnOnce(&mut TomlReader, &DeTable<'_>) -> T,
) -> Result<T, Vec<Fault>> {
    let mut reader = TomlReader::new(path.into(), text.into());
    let read = reader.parse(text).map(|table| read(&mut reader, &table));
    let faults = reader.finish();
    read.filter(|_| faults.is_empty()).ok_or(faults)
}

impl TomlReader {
    /// A reader of a text, and what that is called.
    pub fn new(path: Arc<str>, text: Arc<str>) -> TomlReader {
        TomlReader { path, positions: Positions::of(&text), text, faults: Vec::new() }
    }

    /// The table that its text is; nothing, and faults, where it is no TOML.
    pub fn parse<'t>(&mut self, text: &'t str) -> Option<DeTable<'t>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            // The parser's messages may run over several lines; the first says what is wrong.
            let message = error.message().lines().next().unwrap_or_default();
            self.fault(error.span().unwrap_or_default(), message);
        }
        errors.is_empty().then(|| table.into_inner())
    }

    /// All that is wrong, in the order of places.
    pub fn finish(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| fault.span.start);
        self.faults
    }

    /// Line and column of a byte of its text.
    pub fn position(&self, at: usize) -> (usize, usize) {
        self.positions.position(&self.text, at)
    }

    /// Tells what is wrong at a place.
    pub fn fault(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.tell(span, message, None);
    }

    /// Tells what is wrong at a place, and what to do.
    pub fn fault_with_help(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.tell(span, message, Some(help.into()));
    }

    fn tell(&mut self, span: Range<usize>, message: impl Into<String>, help: Option<String>) {
        let (path, text) = (Arc::clone(&self.path), Arc::clone(&self.text));
        self.faults.push(Fault { path, text, span, message: message.into(), help });
    }

    /// Tells that a word is none of those there are, with the nearest of them, or all where none is near.
    pub fn unknown(&mut self, span: Range<usize>, message: impl Into<String>, word: &str, known: &[&str]) {
        let help = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", known.join(", ")),
        };
        self.fault_with_help(span, message, help);
    }

    /// Tells that there is no such key.
    pub fn unknown_key(&mut self, key: TomlKey<'_, '_>, known: &[&str]) {
        let name = key.as_ref();
        let help = match (nearest(name, known.iter().copied()), known) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, [only]) => format!("the only key is `{only}`"),
            (None, _) => format!("the keys are {}", known.join(", ")),
        };
        self.fault_with_help(key.span(), format!("there is no key `{name}`"), help);
    }

    /// A value of one kind; another is a fault that says what was expected.
    pub fn expected<T>(&mut self, value: TomlValue<'_, '_>, what: &str, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.fault(value.span(), format!("expected {what}, found {}", kind_of(value.as_ref())));
        }
        found
    }

    /// A text.
    pub fn text(&mut self, value: TomlValue<'_, '_>) -> Option<Spanned<String>> {
        let text = self.expected(value, "a text", value.as_ref().as_str().map(str::to_owned))?;
        Some(Spanned::new(value.span(), text))
    }

    /// A text that says something, on one line.
    pub fn line(&mut self, value: TomlValue<'_, '_>, key: &str) -> Option<Spanned<String>> {
        let text = self.text(value)?;
        if text.as_ref().trim().is_empty() || text.as_ref().contains(char::is_control) {
            self.fault(value.span(), format!("`{key}` is one line that says something"));
            return None;
        }
        Some(text)
    }

    /// Texts, of which one alone needs no list.
    pub fn texts(&mut self, value: TomlValue<'_, '_>) -> Option<Vec<Spanned<String>>> {
        match value.as_ref() {
            DeValue::Array(values) => Some(values.iter().filter_map(|value| self.text(value)).collect()),
            DeValue::String(_) => Some(self.text(value).into_iter().collect()),
            _ => self.expected(value, "a text, or a list of texts", None),
        }
    }

    /// What a name stands for, among those there are.
    pub fn choice<T: Copy>(&mut self, value: TomlValue<'_, '_>, what: &str, known: &[(&str, T)]) -> Option<T> {
        let names = || known.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let Some(text) = value.as_ref().as_str() else {
            let message = format!("expected a text, found {}", kind_of(value.as_ref()));
            self.fault_with_help(value.span(), message, format!("one of {}", names().join(", ")));
            return None;
        };
        let found = known.iter().find(|(name, _)| *name == text).map(|(_, found)| *found);
        if found.is_none() {
            self.unknown(value.span(), format!("there is no {what} `{text}`"), text, &names());
        }
        found
    }

    /// A whole number, 0 or more.
    pub fn count(&mut self, value: TomlValue<'_, '_>) -> Option<u64> {
        let count = value.as_ref().as_integer();
        let count = count.and_then(|it| u64::from_str_radix(it.as_str(), it.radix()).ok());
        if count.is_none() {
            self.fault(value.span(), "expected a whole number, 0 or more");
        }
        count
    }

    /// A number, whole or not.
    pub fn number(&mut self, value: TomlValue<'_, '_>) -> Option<f64> {
        let number = match value.as_ref() {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        self.expected(value, "a number", number)
    }

    /// True or false.
    pub fn truth(&mut self, value: TomlValue<'_, '_>) -> Option<bool> {
        self.expected(value, "true or false", value.as_ref().as_bool())
    }

    /// The tables of an array of tables: `name` is how one is written, such as `[[limit]]`.
    pub fn tables<'v, 'i>(&mut self, value: TomlValue<'v, 'i>, name: &str) -> Vec<(Range<usize>, &'v DeTable<'i>)> {
        let values = self.expected(value, &format!("{name} tables"), value.as_ref().as_array());
        let mut tables = Vec::new();
        for value in values.into_iter().flatten() {
            let table = self.expected(value, &format!("a {name} table"), value.as_ref().as_table());
            tables.extend(table.map(|table| (value.span(), table)));
        }
        tables
    }
}

/// The keys and values of a table in the order of their places.
pub fn in_order<'v, 'i>(table: &'v DeTable<'i>) -> Vec<(TomlKey<'v, 'i>, TomlValue<'v, 'i>)> {
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
