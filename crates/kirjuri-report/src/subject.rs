//! The fields of a document structure that a finding is about, as reports name them.

use kirjuri::Language;
use kirjuri::structure::{Structure, Subject};

/// The fields by their names from the document downwards, then the structure: `Asiakas › Henkilötunnus (1.2.246…)`.
pub(crate) fn subject_line(subject: &Subject, language: Language) -> String {
    let structure = subject.structure();
    let fields: Vec<String> = subject.fields().iter().map(|&field| names(structure, field, language)).collect();
    format!("{} ({})", fields.join(", "), structure.oid)
}

/// The names of a field and of those it is in, the document's own only where it is meant itself.
fn names(structure: &Structure, field: usize, language: Language) -> String {
    let (mut names, mut at) = (Vec::new(), field);
    while let Some(of) = structure.fields.get(at) {
        if at != 0 || names.is_empty() {
            names.push(of.name_in(language));
        }
        if of.parent >= at {
            break;
        }
        at = of.parent;
    }
    names.reverse();
    names.join(" › ")
}
