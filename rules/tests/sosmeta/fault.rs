//! What a structure finds in a document, in a form that can be expected beforehand.

use std::fmt::Write;

use kirjuri::identifiers::Date;
use kirjuri::structure::{CompiledStructure, StructureCheck, StructureFinding};
use kirjuri::{Document, Limits, LintOptions, Place};
use serde_json::Value;

/// What is found in a document, or expected: the check, the place as a JSON Pointer, the numbers of the fields.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Fault {
    pub(crate) check: StructureCheck,
    pub(crate) pointer: String,
    pub(crate) fields: Vec<usize>,
}

/// What the structure finds in a document.
pub(crate) fn faults(compiled: &CompiledStructure, value: &Value) -> Vec<Fault> {
    faults_in(compiled, &parsed(value), value)
}

pub(crate) fn parsed(value: &Value) -> Document {
    Document::parse_json(value.to_string().as_bytes(), &Limits::default()).unwrap()
}

pub(crate) fn faults_in(compiled: &CompiledStructure, document: &Document, value: &Value) -> Vec<Fault> {
    let findings = compiled.findings(document, &options()).unwrap();
    let fault = |finding: StructureFinding| fault(compiled, value, finding.check, &finding.place, finding.fields);
    findings.into_iter().map(fault).collect()
}

pub(crate) fn options() -> LintOptions {
    LintOptions::as_of(Date::new(2026, 11, 22).unwrap())
}

pub(crate) fn fault(
    compiled: &CompiledStructure,
    document: &Value,
    check: StructureCheck,
    place: &Place,
    fields: Vec<usize>,
) -> Fault {
    // A list for a field that is none is wrong as a whole; we place it at its first item.
    let is_list = |field: &usize| compiled.structure().fields[*field].repeatable;
    let is_whole = check == StructureCheck::MistypedValue && !fields.iter().any(is_list);
    Fault { check, pointer: pointer(&place.path, document, is_whole), fields }
}

/// The place of a finding as a JSON Pointer. A path does not number the only item of a list, nor does it tell an item
/// from a list that is wrong as a whole (`is_whole`).
fn pointer(path: &str, document: &Value, is_whole: bool) -> String {
    let mut at = document;
    let mut pointer = String::new();
    let path = if path == "/json" { "" } else { path.strip_prefix("/json/").unwrap_or(path) };
    let mut steps = path.split('/').filter(|step| !step.is_empty()).peekable();
    while let Some(step) = steps.next() {
        let (name, number) = step.trim_end_matches(']').split_once('[').unwrap_or((step, "1"));
        write!(pointer, "/{name}").unwrap();
        at = &at[name];
        if let Value::Array(items) = at
            && !items.is_empty()
            && (!is_whole || steps.peek().is_some())
        {
            let number = number.parse::<usize>().unwrap() - 1;
            write!(pointer, "/{number}").unwrap();
            at = &items[number];
        }
    }
    pointer
}
