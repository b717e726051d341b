//! Makes the mutants of a complete document: each has one fault, and is to give exactly that finding.

use kirjuri::structure::{CodeSystem, CompiledStructure, Datatype, StructureCheck};
use serde_json::{Value, json};

use crate::generator::{Change, Draft, combinations, settle, words};
use crate::{Fault, faults};

/// A document with one fault.
pub(crate) struct Mutant {
    /// What was done to it, as the counts name it.
    pub(crate) kind: &'static str,
    pub(crate) expected: Fault,
    /// How many required fields are missing as well, without which the fault cannot be made.
    pub(crate) implied: usize,
    /// The field that was changed; the conditions are settled without it.
    fixed: Vec<usize>,
    pub(crate) document: Value,
}

/// All mutants of a document, with those that cannot be made: a condition that nothing tried makes fail.
pub(crate) fn mutants(compiled: &CompiledStructure, draft: &Draft<'_>) -> (Vec<Mutant>, Vec<Fault>) {
    let mut mutants = Vec::new();
    for field in 0..draft.structure.fields.len() {
        if draft.document.pointer(&draft.pointer(field)).is_some() {
            of_presence(draft, field, &mut mutants);
            of_type(draft, field, &mut mutants);
            of_value(draft, field, &mut mutants);
        }
    }
    let mut unbroken = Vec::new();
    for number in 0..draft.structure.conditions.len() {
        match broken(compiled, draft, number) {
            Ok(mutant) => mutants.push(mutant),
            Err(fault) => unbroken.push(fault),
        }
    }
    (mutants, unbroken)
}

/// A mutant whose change makes a condition fail as well is changed further until it does not, where that can be done.
/// Most need nothing: a condition about a field that has a fault of its own is silent.
pub(crate) fn settled(compiled: &CompiledStructure, draft: &Draft<'_>, mutant: &Mutant) -> Option<Value> {
    let changed = Draft { structure: draft.structure, document: mutant.document.clone() };
    settle(compiled, changed, Some((&mutant.expected, &mutant.fixed))).ok().map(|settled| settled.document)
}

/// What must be there, and what must not.
fn of_presence(draft: &Draft<'_>, field: usize, mutants: &mut Vec<Mutant>) {
    let definition = &draft.structure.fields[field];
    let (whole, group) = (draft.pointer(field), above(draft, field));
    let mut add = |kind, check, pointer: String, edit: &dyn Fn(&mut Draft<'_>)| {
        mutants.push(mutant(draft, kind, check, pointer, field, edit));
    };
    if definition.required || field == 0 {
        add("required field removed", StructureCheck::MissingRequired, group, &|draft| {
            draft.apply(&Change { field, value: None });
        });
        if definition.repeatable {
            add("required list emptied", StructureCheck::MissingRequired, list(&whole), &|draft| {
                set(draft, &list(&whole), json!([]));
            });
        }
    }
    for &(part, _, is_required) in parts(&definition.datatype) {
        if is_required {
            add("required part removed", StructureCheck::MissingRequired, whole.clone(), &|draft| {
                object(draft, &whole, |object| object.remove(part));
            });
        }
    }
    if definition.datatype == Datatype::Group || !parts(&definition.datatype).is_empty() {
        add("unknown member added", StructureCheck::UnknownField, format!("{whole}/tuntematon_testi"), &|draft| {
            object(draft, &whole, |object| object.insert("tuntematon_testi".into(), json!({"a": [1]})));
        });
    }
}

/// What JSON must say a value is.
fn of_type(draft: &Draft<'_>, field: usize, mutants: &mut Vec<Mutant>) {
    let definition = &draft.structure.fields[field];
    let whole = draft.pointer(field);
    let mut add = |kind, pointer: String, value: Value| {
        mutants.push(mutant(draft, kind, StructureCheck::MistypedValue, pointer.clone(), field, &|draft| {
            set(draft, &pointer, value.clone());
        }));
    };
    let old = draft.document.pointer(&whole).cloned().unwrap_or_default();
    let other = |old: &Value| match old {
        Value::String(_) => json!(1),
        Value::Object(_) | Value::Array(_) | Value::Null => json!("Testi"),
        // What the value says stays as it was, so that conditions see the same.
        other => json!(other.to_string()),
    };
    add("value of another type", whole.clone(), other(&old));
    if definition.repeatable {
        add("list without its brackets", list(&whole), old.clone());
    } else {
        add("value made a list", whole.clone(), json!([old]));
    }
    for &(part, ..) in parts(&definition.datatype) {
        add("part of another type", format!("{whole}/{part}"), other(&old[part]));
    }
}

/// What the definition says of a value.
fn of_value(draft: &Draft<'_>, field: usize, mutants: &mut Vec<Mutant>) {
    let definition = &draft.structure.fields[field];
    let whole = draft.pointer(field);
    let mut add = |kind, check, pointer: String, value: &str| {
        mutants.push(mutant(draft, kind, check, pointer.clone(), field, &|draft| set(draft, &pointer, json!(value))));
    };
    match &definition.datatype {
        Datatype::Text | Datatype::Name | Datatype::Signature if definition.filled => {
            add("text emptied", StructureCheck::EmptyValue, whole.clone(), "");
            add("text of white space", StructureCheck::EmptyValue, whole, " \t\n");
        }
        Datatype::Phrase(texts) if !texts.is_empty() => {
            add("phrase changed", StructureCheck::UnknownCode, whole, &format!("{}.", texts[0]));
        }
        Datatype::Date => {
            add("day malformed", StructureCheck::MalformedValue, whole.clone(), "5.3.2026");
            add("time for a day", StructureCheck::MalformedValue, whole, "2026-03-05T14:30:00+02:00");
        }
        Datatype::Time => {
            add("time without a zone", StructureCheck::MalformedValue, whole, "2026-03-05T14:30:00");
        }
        Datatype::Code { system, codes } => {
            if *system != CodeSystem::Any {
                add(
                    "code of another system",
                    StructureCheck::WrongCodeSystem,
                    format!("{whole}/system"),
                    "urn:oid:1.2.3",
                );
            }
            if let CodeSystem::Oid(oid) = system {
                // A system whose OID begins with the right one's, but is another.
                let longer = format!("urn:oid:{oid}0");
                add("code of another system", StructureCheck::WrongCodeSystem, format!("{whole}/system"), &longer);
            }
            if !codes.is_empty() {
                add("code outside the set", StructureCheck::UnknownCode, format!("{whole}/code"), "testi");
            }
        }
        _ => {}
    }
}

/// Makes a condition fail, and nothing else, with the fewest changes.
fn broken(compiled: &CompiledStructure, draft: &Draft<'_>, number: usize) -> Result<Mutant, Fault> {
    let condition = &draft.structure.conditions[number];
    let expected = Fault {
        check: StructureCheck::MissingConditional,
        pointer: draft.pointer(condition.at),
        fields: condition.fields.clone(),
    };
    let optional = condition.fields.iter().filter(|&&field| !draft.structure.fields[field].required);
    let removals: Vec<Change> = optional.map(|&field| Change { field, value: None }).collect();
    let changes = draft.changes(condition);
    let mutant = |document, implied| Mutant {
        kind: "condition broken",
        expected: expected.clone(),
        implied,
        fixed: condition.fields.clone(),
        document,
    };
    let removed = {
        let mut removed = draft.clone();
        removals.iter().for_each(|change| removed.apply(change));
        removed
    };
    let tries = [(&removed, 0), (&removed, 1), (draft, 1), (&removed, 2), (draft, 2)];
    let mut best: Option<Draft<'_>> = None;
    for (start, size) in tries {
        let sets = if size == 0 { vec![Vec::new()] } else { combinations(changes.len(), size).collect() };
        for chosen in sets.into_iter().filter(|set| set.len() == size) {
            let mut changed = start.clone();
            chosen.iter().for_each(|&number| changed.apply(&changes[number]));
            let found = faults(compiled, &changed.document);
            if found.contains(&expected) {
                if found.len() == 1 {
                    return Ok(mutant(changed.document, 0));
                }
                best.get_or_insert(changed);
            }
        }
    }
    if let Some(best) = best {
        return Ok(mutant(best.document, 0));
    }
    // A condition may ask that a group has something of its own; then what the group requires is missing as well.
    let mut bare = draft.clone();
    let (names, _) = words(&condition.assert);
    for &field in &condition.fields {
        let pointer = bare.pointer(field);
        if let Some(group) = bare.document.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            group.retain(|key, _| names.contains(key));
        }
    }
    let (own, others): (Vec<Fault>, Vec<Fault>) =
        faults(compiled, &bare.document).into_iter().partition(|fault| *fault == expected);
    match own.len() {
        1 if others.iter().all(|fault| fault.check == StructureCheck::MissingRequired) => {
            Ok(mutant(bare.document, others.len()))
        }
        _ => Err(expected),
    }
}

fn mutant(
    draft: &Draft<'_>,
    kind: &'static str,
    check: StructureCheck,
    pointer: String,
    field: usize,
    edit: &dyn Fn(&mut Draft<'_>),
) -> Mutant {
    let mut changed = draft.clone();
    edit(&mut changed);
    Mutant {
        kind,
        expected: Fault { check, pointer, fields: vec![field] },
        implied: 0,
        fixed: vec![field],
        document: changed.document,
    }
}

fn set(draft: &mut Draft<'_>, pointer: &str, value: Value) {
    if let Some(place) = draft.document.pointer_mut(pointer) {
        *place = value;
    }
}

fn object<T>(draft: &mut Draft<'_>, pointer: &str, edit: impl Fn(&mut serde_json::Map<String, Value>) -> T) {
    draft.document.pointer_mut(pointer).and_then(Value::as_object_mut).map(edit);
}

/// The pointer of the list whose item a pointer is of.
fn list(item: &str) -> String {
    item.trim_end_matches("/0").to_owned()
}

/// The pointer of the group that a field is in.
fn above(draft: &Draft<'_>, field: usize) -> String {
    match field {
        0 => String::new(),
        _ => draft.pointer(draft.structure.fields[field].parent),
    }
}

/// The parts of a data type: name, whether it is a number, whether it is required.
fn parts(datatype: &Datatype) -> &'static [(&'static str, bool, bool)] {
    match datatype {
        Datatype::Identifier { .. } => &[("system", false, false), ("value", false, true)],
        Datatype::Code { .. } => &[("system", false, true), ("code", false, true), ("display", false, true)],
        Datatype::Amount | Datatype::Measure | Datatype::Percent => &[("value", true, true), ("code", false, true)],
        _ => &[],
    }
}
