//! Reads and writes the compact file of a structure: one file a structure, one line a field.
//!
//! ```toml
//! oid = "1.2.246.537.6.1506.19002.2023.6.5"
//! version = "2023-06-05"
//! type = "Asiakaskertomusmerkintä"
//! root = "merkinta"
//! fi = "Merkintä"
//! fields = [
//! {path = "asiakas", is = "group", occurs = "1..*", fi = "Asiakas", sv = "Klient"},
//! {path = "asiakas/henkilotunnus", is = "identifier", conditional = true, fi = "Henkilötunnus"},
//! ]
//!
//! [[condition]]
//! at = "asiakas"
//! fields = ["asiakas/henkilotunnus"]
//! assert = "henkilotunnus"
//! basis = "wording"
//! ```
//!
//! A path begins inside the document. Where `at` is the document itself, it is the empty path. What is not said to occur
//! otherwise occurs `0..1`, as most fields do.

use std::fmt::Write as _;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use toml::Spanned;

use crate::identifiers::is_valid_oid;
use crate::source::{PackError, Reader};
use crate::structure::{Basis, CodeSystem, Condition, Datatype, Field, FieldName, Structure, insides};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StructureFile {
    oid: Spanned<String>,
    version: Spanned<String>,
    r#type: Spanned<String>,
    root: Spanned<String>,
    fi: Option<Spanned<String>>,
    sv: Option<Spanned<String>>,
    fields: Vec<FieldLine>,
    #[serde(default)]
    condition: Vec<ConditionEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldLine {
    path: Spanned<String>,
    is: Word,
    #[serde(default)]
    occurs: Occurs,
    #[serde(default)]
    filled: bool,
    #[serde(default)]
    conditional: bool,
    system: Option<Spanned<String>>,
    own: Option<Spanned<String>>,
    codes: Option<Spanned<Vec<String>>>,
    texts: Option<Spanned<Vec<String>>>,
    fi: Option<Spanned<String>>,
    sv: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionEntry {
    at: Spanned<String>,
    fields: Vec<Spanned<String>>,
    assert: String,
    basis: BasisWord,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Group,
    Text,
    Name,
    Signature,
    Phrase,
    Date,
    Time,
    Boolean,
    Number,
    Count,
    Amount,
    Measure,
    Percent,
    Identifier,
    Code,
}

#[derive(Clone, Copy, Deserialize, Default)]
enum Occurs {
    #[default]
    #[serde(rename = "0..1")]
    Perhaps,
    #[serde(rename = "1")]
    Once,
    #[serde(rename = "0..*")]
    Any,
    #[serde(rename = "1..*")]
    Some,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum BasisWord {
    Wording,
    Note,
    Twin,
}

/// Reads a structure. What is wrong goes to `errors`; what is returned beside errors must not be used.
pub(crate) fn read(reader: Reader<'_>, errors: &mut Vec<PackError>) -> Option<Structure> {
    let file: StructureFile = reader.parse().map_err(|error| errors.push(error)).ok()?;
    if !is_valid_oid(file.oid.as_ref()) {
        errors
            .push(reader.error(file.oid.span().start, "the `oid` of a structure is an OID: numbers with dots between"));
    }
    if file.root.as_ref().is_empty() || file.root.as_ref().contains('/') {
        errors.push(reader.error(file.root.span().start, "`root` is the key of the document"));
    }
    let mut line = |key: &str, text: Spanned<String>| {
        reader.check_line(text.span().start, key, text.as_ref(), errors);
        text.into_inner()
    };
    let version = line("version", file.version);
    let document_type = line("type", file.r#type);
    let root = Field {
        key: file.root.into_inner(),
        name: FieldName { fi: file.fi.map(|name| line("fi", name)), sv: file.sv.map(|name| line("sv", name)) },
        parent: 0,
        inside: 0..0,
        datatype: Datatype::Group,
        required: true,
        repeatable: false,
        filled: false,
        conditional: false,
    };
    let mut fields = Fields { fields: vec![root], numbers: FxHashMap::from_iter([(String::new(), 0)]) };
    for line in file.fields {
        fields.add(reader, line, errors);
    }
    let conditions = file.condition.into_iter().filter_map(|entry| fields.condition(reader, entry, errors)).collect();
    let fields = fields.complete();
    Some(Structure { oid: file.oid.into_inner(), version, document_type, fields, conditions })
}

/// The fields read so far, and their numbers by path.
struct Fields {
    fields: Vec<Field>,
    numbers: FxHashMap<String, usize>,
}

impl Fields {
    fn add(&mut self, reader: Reader<'_>, line: FieldLine, errors: &mut Vec<PackError>) {
        let at = line.path.span().start;
        let datatype = datatype(reader, &line, errors);
        let path = line.path.into_inner();
        let (above, key) = path.rsplit_once('/').unwrap_or(("", &path));
        let Some(&parent) = self.numbers.get(above) else {
            errors.push(reader.error(at, format!("the field `{above}` does not stand before what is in it")));
            return;
        };
        if key.is_empty() {
            errors.push(reader.error(at, "a `path` is keys with `/` between"));
        }
        if self.fields.get(parent).is_none_or(|above| above.datatype != Datatype::Group) {
            errors.push(reader.error(at, format!("the field `{above}` is no group, and nothing is in it")));
        }
        if !self.is_open(parent) {
            errors.push(reader.error(at, format!("the fields in `{above}` do not stand together")));
        }
        for (name, text) in [("fi", &line.fi), ("sv", &line.sv)] {
            if let Some(text) = text {
                reader.check_line(text.span().start, name, text.as_ref(), errors);
            }
        }
        self.fields.push(Field {
            key: key.to_owned(),
            name: FieldName { fi: line.fi.map(Spanned::into_inner), sv: line.sv.map(Spanned::into_inner) },
            parent,
            inside: 0..0,
            datatype,
            required: matches!(line.occurs, Occurs::Once | Occurs::Some),
            repeatable: matches!(line.occurs, Occurs::Any | Occurs::Some),
            filled: line.filled,
            conditional: line.conditional,
        });
        if self.numbers.insert(path, self.fields.len() - 1).is_some() {
            errors.push(reader.error(at, "the field is listed twice"));
        }
    }

    /// Whether the field that was read last is in `field` or is it.
    fn is_open(&self, field: usize) -> bool {
        let mut last = self.fields.len().saturating_sub(1);
        while last > field {
            last = self.fields.get(last).map_or(0, |last| last.parent);
        }
        last == field
    }

    fn condition(&self, reader: Reader<'_>, entry: ConditionEntry, errors: &mut Vec<PackError>) -> Option<Condition> {
        let mut number = |path: &Spanned<String>| {
            let number = self.numbers.get(path.as_ref()).copied();
            if number.is_none() {
                let suggestion = crate::source::nearest(path.as_ref(), self.numbers.keys().map(String::as_str));
                let error = reader.error(path.span().start, format!("there is no field `{}`", path.as_ref()));
                errors.push(PackError { suggestion, ..error });
            }
            number
        };
        let at = number(&entry.at);
        let fields: Vec<usize> = entry.fields.iter().filter_map(number).collect();
        if fields.is_empty() {
            errors.push(reader.error(entry.at.span().start, "a condition is about at least one field"));
        }
        let basis = match entry.basis {
            BasisWord::Wording => Basis::Wording,
            BasisWord::Note => Basis::Note,
            BasisWord::Twin => Basis::Twin,
        };
        Some(Condition { at: at?, fields, assert: entry.assert, basis })
    }

    fn complete(self) -> Vec<Field> {
        let parents: Vec<usize> = self.fields.iter().map(|field| field.parent).collect();
        let fields = self.fields.into_iter().zip(insides(&parents));
        fields.map(|(field, inside)| Field { inside, ..field }).collect()
    }
}

fn datatype(reader: Reader<'_>, line: &FieldLine, errors: &mut Vec<PackError>) -> Datatype {
    let spans = [
        ("system", line.system.as_ref().map(Spanned::span), [Word::Code, Word::Identifier].as_slice()),
        ("own", line.own.as_ref().map(Spanned::span), &[Word::Code]),
        ("codes", line.codes.as_ref().map(Spanned::span), &[Word::Code]),
        ("texts", line.texts.as_ref().map(Spanned::span), &[Word::Phrase]),
    ];
    for (key, span, words) in spans {
        if let Some(span) = span
            && !words.contains(&line.is)
        {
            errors.push(
                reader.error(span.start, format!("`{key}` says nothing of a field that is not {}", names(words))),
            );
        }
    }
    let system = line.system.as_ref().map(|system| system.as_ref().clone());
    match line.is {
        Word::Group => Datatype::Group,
        Word::Text => Datatype::Text,
        Word::Name => Datatype::Name,
        Word::Signature => Datatype::Signature,
        Word::Date => Datatype::Date,
        Word::Time => Datatype::Time,
        Word::Boolean => Datatype::Boolean,
        Word::Number => Datatype::Number,
        Word::Count => Datatype::Count,
        Word::Amount => Datatype::Amount,
        Word::Measure => Datatype::Measure,
        Word::Percent => Datatype::Percent,
        Word::Identifier => Datatype::Identifier { system },
        Word::Phrase => {
            let texts = line.texts.as_ref().map(|texts| texts.as_ref().clone()).unwrap_or_default();
            if texts.is_empty() {
                errors.push(reader.error(line.path.span().start, "a phrase has `texts`"));
            }
            Datatype::Phrase(texts)
        }
        Word::Code => {
            if let Some(system) = line.system.as_ref().filter(|system| !is_valid_oid(system.as_ref())) {
                errors.push(
                    reader.error(system.span().start, "the `system` of a code is an OID: numbers with dots between"),
                );
            }
            let system = match (system, &line.own) {
                (None, None) => CodeSystem::Any,
                (Some(oid), None) => CodeSystem::Oid(oid),
                (None, Some(own)) => CodeSystem::Internal(own.as_ref().clone()),
                (Some(oid), Some(own)) => {
                    errors.push(reader.error(own.span().start, "a code has `system` or `own`, not both"));
                    CodeSystem::Oid(oid)
                }
            };
            let codes = line.codes.as_ref().map(|codes| codes.as_ref().clone()).unwrap_or_default();
            if let Some(listed) = &line.codes {
                let mut seen = FxHashSet::default();
                if let Some(twin) = codes.iter().find(|code| !seen.insert(code.as_str())) {
                    errors.push(reader.error(listed.span().start, format!("the code `{twin}` is listed twice")));
                }
            }
            Datatype::Code { system, codes }
        }
    }
}

fn names(words: &[Word]) -> String {
    let name = |word: &Word| match word {
        Word::Code => "`code`",
        Word::Identifier => "`identifier`",
        _ => "`phrase`",
    };
    words.iter().map(name).collect::<Vec<_>>().join(" or ")
}

/// Writes the file of a structure; [`read`] gives the structure back.
pub(crate) fn write(structure: &Structure) -> String {
    let mut out = String::new();
    line(&mut out, "oid", &structure.oid);
    line(&mut out, "version", &structure.version);
    line(&mut out, "type", &structure.document_type);
    line(&mut out, "root", structure.root_key());
    if let Some(root) = structure.root() {
        for (key, name) in [("fi", &root.name.fi), ("sv", &root.name.sv)] {
            if let Some(name) = name {
                line(&mut out, key, name);
            }
        }
    }
    out.push_str("fields = [\n");
    let mut paths = vec![String::new(); structure.fields.len()];
    for (number, field) in structure.fields.iter().enumerate().skip(1) {
        let path = match paths.get(field.parent).map(String::as_str) {
            None | Some("") => field.key.clone(),
            Some(above) => format!("{above}/{}", field.key),
        };
        write_field(&mut out, &path, field);
        paths[number] = path;
    }
    out.push_str("]\n");
    for condition in &structure.conditions {
        let path = |&number: &usize| quoted(paths.get(number).map_or("", String::as_str));
        let fields: Vec<String> = condition.fields.iter().map(path).collect();
        let basis = match condition.basis {
            Basis::Wording => "wording",
            Basis::Note => "note",
            Basis::Twin => "twin",
        };
        let _ = write!(
            out,
            "\n[[condition]]\nat = {}\nfields = [{}]\nassert = {}\nbasis = \"{basis}\"\n",
            path(&condition.at),
            fields.join(", "),
            quoted(&condition.assert),
        );
    }
    out
}

fn line(out: &mut String, key: &str, text: &str) {
    let _ = writeln!(out, "{key} = {}", quoted(text));
}

fn write_field(out: &mut String, path: &str, field: &Field) {
    let is = match &field.datatype {
        Datatype::Group => "group",
        Datatype::Text => "text",
        Datatype::Name => "name",
        Datatype::Signature => "signature",
        Datatype::Phrase(_) => "phrase",
        Datatype::Date => "date",
        Datatype::Time => "time",
        Datatype::Boolean => "boolean",
        Datatype::Number => "number",
        Datatype::Count => "count",
        Datatype::Amount => "amount",
        Datatype::Measure => "measure",
        Datatype::Percent => "percent",
        Datatype::Identifier { .. } => "identifier",
        Datatype::Code { .. } => "code",
    };
    let occurs = match (field.required, field.repeatable) {
        (false, false) => "",
        (true, false) => ", occurs = \"1\"",
        (false, true) => ", occurs = \"0..*\"",
        (true, true) => ", occurs = \"1..*\"",
    };
    let _ = write!(out, "{{path = {}, is = \"{is}\"{occurs}", quoted(path));
    for (key, is_so) in [("filled", field.filled), ("conditional", field.conditional)] {
        if is_so {
            let _ = write!(out, ", {key} = true");
        }
    }
    let mut text = |key: &str, text: &str| {
        let _ = write!(out, ", {key} = {}", quoted(text));
    };
    match &field.datatype {
        Datatype::Identifier { system: Some(system) } => text("system", system),
        Datatype::Code { system: CodeSystem::Oid(oid), .. } => text("system", oid),
        Datatype::Code { system: CodeSystem::Internal(name), .. } => text("own", name),
        _ => {}
    }
    for (key, name) in [("fi", &field.name.fi), ("sv", &field.name.sv)] {
        if let Some(name) = name {
            text(key, name);
        }
    }
    // The lists stand last, since they may be long.
    let list = match &field.datatype {
        Datatype::Phrase(texts) => Some(("texts", texts)),
        Datatype::Code { codes, .. } if !codes.is_empty() => Some(("codes", codes)),
        _ => None,
    };
    if let Some((key, list)) = list {
        let list: Vec<String> = list.iter().map(|text| quoted(text)).collect();
        let _ = write!(out, ", {key} = [{}]", list.join(", "));
    }
    out.push_str("},\n");
}

/// A basic string of TOML.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
