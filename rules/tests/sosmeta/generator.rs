//! Makes a complete document of a structure: every field once, every list with one item, every condition satisfied.

use std::collections::BTreeSet;

use kirjuri::structure::{CodeSystem, CompiledStructure, Condition, Datatype, Structure};
use serde_json::{Map, Value, json};

use super::fault::{Fault, faults};

/// Two synthetic people: one of age, one not.
const PEOPLE: [&str; 2] = ["010190-900P", "010516B903X"];
/// Their birthdays.
const BIRTHDAYS: [&str; 2] = ["1990-01-01", "2016-05-01"];
/// The system of personal identity codes.
const HETU: &str = "urn:oid:1.2.246.21";

/// A document that is being made.
#[derive(Clone)]
pub(crate) struct Draft<'s> {
    pub(crate) structure: &'s Structure,
    pub(crate) document: Value,
}

/// A change of a document: what the one occurrence of a field is, or that it is not there.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Change {
    pub(crate) field: usize,
    pub(crate) value: Option<Value>,
}

/// A document with every field; conditions that exclude that are settled with the fewest changes.
///
/// # Errors
/// The faults that are left where none of the changes tried settles them.
pub(crate) fn complete<'s>(compiled: &'s CompiledStructure) -> Result<Draft<'s>, Vec<Fault>> {
    let structure = compiled.structure();
    let mut document = Map::new();
    document.insert(structure.root_key().to_owned(), value(structure, 0));
    settle(compiled, Draft { structure, document: Value::Object(document) }, None)
}

/// Changes what conditions speak of until nothing is found but `expected`, which must stay.
pub(crate) fn settle<'s>(
    compiled: &CompiledStructure,
    mut draft: Draft<'s>,
    expected: Option<(&Fault, &[usize])>,
) -> Result<Draft<'s>, Vec<Fault>> {
    let fixed: &[usize] = expected.map_or(&[], |(_, fixed)| fixed);
    let others = |draft: &Draft<'_>| {
        let mut found = faults(compiled, &draft.document);
        if let Some((expected, _)) = expected {
            let at = found.iter().position(|fault| fault == expected)?;
            found.remove(at);
        }
        Some(found)
    };
    let Some(mut left) = others(&draft) else { return Err(faults(compiled, &draft.document)) };
    while let Some(condition) = left.iter().find_map(|fault| draft.condition(fault)) {
        let changes: Vec<Change> =
            draft.changes(condition).into_iter().filter(|change| !fixed.contains(&change.field)).collect();
        let better = combinations(changes.len(), 2).find_map(|chosen| {
            let mut changed = draft.clone();
            chosen.iter().for_each(|&number| changed.apply(&changes[number]));
            let found = others(&changed)?;
            (found.len() < left.len()).then_some((changed, found))
        });
        let Some((changed, found)) = better else { return Err(left) };
        (draft, left) = (changed, found);
    }
    if left.is_empty() { Ok(draft) } else { Err(left) }
}

/// The sets of at most so many numbers below `end`, the smaller sets first.
pub(crate) fn combinations(end: usize, most: usize) -> impl Iterator<Item = Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    let mut last: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..most {
        let grown = last.iter().flat_map(|set| {
            let start = set.last().map_or(0, |last| last + 1);
            (start..end).map(move |number| set.iter().copied().chain([number]).collect())
        });
        last = grown.collect();
        all.extend(last.iter().cloned());
    }
    all.into_iter()
}

/// A value of a field.
fn value(structure: &Structure, number: usize) -> Value {
    let field = &structure.fields[number];
    let one = match &field.datatype {
        Datatype::Group => {
            let children = structure.children(number);
            Value::Object(
                children.map(|child| (structure.fields[child].key.clone(), value(structure, child))).collect(),
            )
        }
        Datatype::Text | Datatype::Name | Datatype::Signature => json!("Testi"),
        Datatype::Phrase(texts) => json!(texts.first().map_or("Testi", String::as_str)),
        Datatype::Date if is_birthday(&field.key) => json!(BIRTHDAYS[0]),
        Datatype::Date => json!("2026-03-05"),
        Datatype::Time => json!("2026-03-05T14:30:00+02:00"),
        Datatype::Boolean => json!(false),
        Datatype::Number | Datatype::Count => json!(1),
        Datatype::Amount | Datatype::Measure | Datatype::Percent => json!({"value": 2.5, "code": "h"}),
        Datatype::Identifier { system } => {
            let system = system.as_deref().unwrap_or("urn:oid:1.2.246.10.99999984.11.2026");
            json!({"system": system, "value": if system == HETU { PEOPLE[0] } else { "1" }})
        }
        Datatype::Code { codes, .. } => code(structure, number, codes.first().map_or("1", String::as_str)),
    };
    if field.repeatable { json!([one]) } else { one }
}

/// A code of the field's code system.
fn code(structure: &Structure, number: usize, code: &str) -> Value {
    let Datatype::Code { system, .. } = &structure.fields[number].datatype else { panic!("field {number} is no code") };
    let system = match system {
        CodeSystem::Any => "urn:oid:1.2.246.537.6.9999".to_owned(),
        CodeSystem::Oid(oid) => format!("urn:oid:{oid}.202601"),
        CodeSystem::Internal(name) => name.clone(),
    };
    json!({"system": system, "code": code, "display": "Testi"})
}

fn is_birthday(key: &str) -> bool {
    key.contains("syntymaaika") || key.contains("syntymapaiva")
}

impl Draft<'_> {
    /// The JSON Pointer of the value of a field; of a list, of its only item.
    pub(crate) fn pointer(&self, field: usize) -> String {
        let fields = &self.structure.fields;
        let item = if fields[field].repeatable { "/0" } else { "" };
        match field {
            0 => format!("/{}", fields[0].key),
            _ => format!("{}/{}{item}", self.pointer(fields[field].parent), fields[field].key),
        }
    }

    /// The object that holds a field, if it is there.
    pub(crate) fn around(&mut self, field: usize) -> Option<&mut Map<String, Value>> {
        let pointer = match field {
            0 => String::new(),
            _ => self.pointer(self.structure.fields[field].parent),
        };
        self.document.pointer_mut(&pointer)?.as_object_mut()
    }

    /// Makes a change, unless there is no place for it.
    pub(crate) fn apply(&mut self, Change { field, value }: &Change) {
        let structure = self.structure;
        let definition = &structure.fields[*field];
        let Some(around) = self.around(*field) else { return };
        match value {
            Some(value) if definition.repeatable => around.insert(definition.key.clone(), json!([value])),
            Some(value) => around.insert(definition.key.clone(), value.clone()),
            None => around.remove(&definition.key),
        };
    }

    /// The condition that a fault is of.
    pub(crate) fn condition(&self, fault: &Fault) -> Option<&Condition> {
        let is_it =
            |condition: &&Condition| condition.fields == fault.fields && self.pointer(condition.at) == fault.pointer;
        self.structure.conditions.iter().find(is_it).filter(|_| fault.check.name() == "missing-conditional")
    }

    /// Changes that bear upon a condition, those that leave every field there first.
    pub(crate) fn changes(&self, condition: &Condition) -> Vec<Change> {
        let (names, literals) = words(&condition.assert);
        let numbers = 1..self.structure.fields.len();
        let mut named: Vec<usize> =
            numbers.filter(|&number| names.contains(&self.structure.fields[number].key)).collect();
        let inside = &self.structure.fields[condition.at].inside;
        named.sort_by_key(|number| (!inside.contains(number), *number));
        let mut changes = Vec::new();
        for &field in &named {
            let definition = &self.structure.fields[field];
            let mut set = |value: Value| changes.push(Change { field, value: Some(value) });
            match &definition.datatype {
                Datatype::Boolean => [true, false].into_iter().for_each(|state| set(json!(state))),
                Datatype::Code { codes, .. } => {
                    // An OID is what a code is looked up by.
                    let known = |code: &&String| codes.contains(code) || codes.is_empty() && !code.starts_with("1.2.");
                    literals.iter().filter(known).for_each(|known| set(code(self.structure, field, known)));
                    codes.iter().filter(|code| !literals.contains(*code)).take(2).for_each(|other| {
                        set(code(self.structure, field, other));
                    });
                    if codes.is_empty() {
                        set(code(self.structure, field, "0"));
                    }
                }
                Datatype::Phrase(texts) => texts.iter().for_each(|text| set(json!(text))),
                Datatype::Identifier { system: Some(system) } if system == HETU => {
                    PEOPLE.iter().for_each(|person| set(json!({"system": HETU, "value": person})));
                }
                Datatype::Date => BIRTHDAYS.iter().chain(&["2026-03-05"]).for_each(|day| set(json!(day))),
                Datatype::Number | Datatype::Count => [0, 1, 2, 100].into_iter().for_each(|number| set(json!(number))),
                _ => {}
            }
        }
        let optional = named.into_iter().filter(|&field| !self.structure.fields[field].required);
        changes.extend(optional.map(|field| Change { field, value: None }));
        changes
    }
}

/// The names and the string literals of an expression.
pub(crate) fn words(expression: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut literals) = (BTreeSet::new(), BTreeSet::new());
    let mut rest = expression;
    while let Some(start) = rest.find(|c: char| c.is_alphabetic() || c == '_' || c == '\'' || c == '"') {
        rest = &rest[start..];
        let quote = rest.chars().next().filter(|c| ['\'', '"'].contains(c));
        if let Some(quote) = quote {
            let (literal, behind) = rest[1..].split_once(quote).unwrap_or((&rest[1..], ""));
            literals.insert(literal.to_owned());
            rest = behind;
        } else {
            let is_part = |c: char| c.is_alphanumeric() || ['_', '-', '.'].contains(&c);
            let (name, behind) = rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len()));
            names.insert(name.to_owned());
            rest = behind;
        }
    }
    (names, literals)
}
