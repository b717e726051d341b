//! Document structures: what the documents of one type contain, as the national definitions (Sosmeta) say it.
//!
//! A structure is read from the compact file that `import` makes of a published JSON Schema. It holds identifiers, names,
//! cardinalities, data types, allowed codes and conditions, and none of the explanatory prose.

use std::ops::Range;

use kirjuri_tree::Document;

use crate::identifiers::Date;
use crate::language::Language;
use crate::source::Reader;
use crate::structure::schema::Schema;

pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod condition_file;
pub(crate) mod file;
pub(crate) mod import;
pub(crate) mod json;
pub(crate) mod schema;
pub(crate) mod set;
mod subject;
#[cfg(test)]
mod tests;
pub(crate) mod wording;

pub use check::{CompiledStructure, ConditionError, StructureCheck, StructureFinding};
pub(crate) use check::{Observer, required_parts};
pub use compare::FormCheck;
pub(crate) use compare::compare;
pub use import::{import, published};
pub(crate) use schema::is_structure;
pub(crate) use set::owns;
pub use set::{StructureEntry, StructureSet};
pub use subject::Subject;

/// OID arc of the structures of single document types; the number behind it is the code of the type.
const DOCUMENT_TYPES: &str = "1.2.246.537.6.1506.";
/// OID arc of the structures of whole document groups: the client relationship, the case, consents and refusals.
const DOCUMENT_GROUPS: &str = "1.2.246.537.6.1505.";

/// What the documents of one type and version contain.
#[derive(Clone, PartialEq, Debug)]
pub struct Structure {
    /// OID of the version: `1.2.246.537.6.1506.<type>.<year>.<month>.<day>`.
    pub oid: String,
    /// Version of the definition, a day as it is published: `2022-01-10`.
    pub version: String,
    /// The general document type in Finnish, for instance `Päätös`.
    pub document_type: String,
    /// Fields in the order of the definition, each before those in it; the first is the document itself.
    pub fields: Vec<Field>,
    /// What is required only on a condition.
    pub conditions: Vec<Condition>,
}

/// A field of a structure, or the document itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Key in the JSON document.
    pub key: String,
    /// What it is called.
    pub name: FieldName,
    /// The field it is in; of the document itself, itself.
    pub parent: usize,
    /// The fields inside it: a range of numbers, its own not included.
    pub inside: Range<usize>,
    /// What its value is.
    pub datatype: Datatype,
    /// Whether the field it is in must have it; the document itself is always required.
    pub required: bool,
    /// Whether it is a list.
    pub repeatable: bool,
    /// Whether its text must not be empty.
    pub filled: bool,
    /// Whether it is required on a condition, known or not.
    pub conditional: bool,
}

/// The names of a field, as far as the definition has them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FieldName {
    /// In Finnish.
    pub fi: Option<String>,
    /// In Swedish.
    pub sv: Option<String>,
}

/// What the value of a field is. The words of Sosmeta stand behind each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Datatype {
    /// Other fields (Otsikko, or no representation).
    Group,
    /// Free text (Teksti).
    Text,
    /// A name (Nimi).
    Name,
    /// A signature (Allekirjoitus).
    Signature,
    /// A fixed text (Fraasi), one of these.
    Phrase(Vec<String>),
    /// A day, month or year: `2026-03-05` (Pvm).
    Date,
    /// A time with its zone, or less precise: `2026-03-05T14:30:00+02:00` (Hetki).
    Time,
    /// Yes or no (Kytkin).
    Boolean,
    /// A number (Numero).
    Number,
    /// A number of things (Lkm).
    Count,
    /// A number with a unit (Määrä).
    Amount,
    /// A measure with a unit (Mitta).
    Measure,
    /// A share (Prosentti).
    Percent,
    /// `system` and `value` (Tunnus), with the system the definition names.
    Identifier {
        /// For instance `urn:oid:1.2.246.21`.
        system: Option<String>,
    },
    /// `system`, `code` and `display` (Koodi).
    Code {
        /// Where its codes come from.
        system: CodeSystem,
        /// The codes allowed; empty where the definition does not list them.
        codes: Vec<String>,
    },
}

/// Where the codes of a field come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CodeSystem {
    /// The definition leaves it open.
    Any,
    /// A code system of the national code service, by the OID that its versions begin with.
    Oid(String),
    /// A classification of the structure's own, by its exact name.
    Internal(String),
}

/// A condition on which fields are required.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// The field at whose every occurrence the condition is asked.
    pub at: usize,
    /// The fields it is about.
    pub fields: Vec<usize>,
    /// What must be true there, as XPath: names have no prefix; a field is there if it has text, an identifier if it has a
    /// value.
    pub assert: String,
    /// How the condition is known.
    pub basis: Basis,
}

/// How a condition is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Basis {
    /// Recognised from the wording of the field's own note.
    Wording,
    /// Written by hand from the field's own note.
    Note,
    /// Taken from a field of the same kind elsewhere, for this one has no note.
    Twin,
}

/// Reads the definition of a form in the format of the published structures; none where it has what they do not have.
pub(crate) fn read_form(reader: Reader<'_>, document: &Document) -> Option<Schema> {
    schema::read(reader, document).ok()
}

/// The day that the OID of a structure's version ends in.
pub(crate) fn day_of(oid: &str) -> Option<Date> {
    let mut numbers = oid.rsplit('.');
    let (day, month, year) = (numbers.next()?, numbers.next()?, numbers.next()?);
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

impl Structure {
    /// The document itself: the name of the root element, the names of the structure. None only where a structure was
    /// made without fields.
    pub fn root(&self) -> Option<&Field> {
        self.fields.first()
    }

    /// Key of the root element of the documents.
    pub fn root_key(&self) -> &str {
        self.root().map_or("", |root| &root.key)
    }

    /// The code of the document type (`15007` in `1.2.246.537.6.1506.15007.2024.11.28`); none of a group's structure.
    pub fn type_number(&self) -> Option<&str> {
        number_behind(DOCUMENT_TYPES, &self.oid)
    }

    /// The code of the document group (`2` in `1.2.246.537.6.1505.2.2022.6.28`), where the structure is that of a group.
    pub fn group_number(&self) -> Option<&str> {
        number_behind(DOCUMENT_GROUPS, &self.oid)
    }

    /// The numbers of the fields directly inside a field, in order.
    pub fn children(&self, field: usize) -> impl Iterator<Item = usize> + '_ {
        let inside = self.fields.get(field).map_or(0..0, |field| field.inside.clone());
        let behind = |&child: &usize| Some(self.fields.get(child)?.inside.end).filter(|&end| end > child);
        std::iter::successors(Some(inside.start), behind).take_while(move |&child| child < inside.end)
    }

    /// The child of a field that has the key.
    pub fn child(&self, field: usize, key: &str) -> Option<usize> {
        self.children(field).find(|&child| self.fields.get(child).is_some_and(|child| child.key == key))
    }

    /// The number of the field at a path such as `asiakas/henkilotunnus`, which begins inside the document; the empty
    /// path is the document itself.
    pub fn find(&self, path: &str) -> Option<usize> {
        match path {
            "" => (!self.fields.is_empty()).then_some(0),
            path => path.split('/').try_fold(0, |field, key| self.child(field, key)),
        }
    }

    /// The path of a field, as [`find`](Structure::find) takes it.
    pub fn path(&self, field: usize) -> String {
        let above = |&field: &usize| Some(self.fields.get(field)?.parent).filter(|parent| (1..field).contains(parent));
        let way = std::iter::successors(Some(field).filter(|&field| field > 0), above);
        let mut keys: Vec<&str> = way.filter_map(|field| Some(self.fields.get(field)?.key.as_str())).collect();
        keys.reverse();
        keys.join("/")
    }

    /// How many fields the document has, itself not included.
    pub fn field_count(&self) -> usize {
        self.fields.len().saturating_sub(1)
    }

    /// How many fields are required wherever the field they are in is, the document itself not counted.
    pub fn required_count(&self) -> usize {
        self.fields.iter().skip(1).filter(|field| field.required).count()
    }

    /// How many fields are required on a condition.
    pub fn conditional_count(&self) -> usize {
        self.fields.iter().filter(|field| field.conditional).count()
    }

    /// How many of the fields that are required on a condition have a condition that can be asked.
    pub fn executable_count(&self) -> usize {
        let mut known: Vec<usize> = self.conditions.iter().flat_map(|condition| condition.fields.clone()).collect();
        known.sort_unstable();
        known.dedup();
        known.retain(|&field| self.fields.get(field).is_some_and(|field| field.conditional));
        known.len()
    }
}

impl Field {
    /// What the field is called: in Swedish where that is asked for and known, else in Finnish, else by its key. The
    /// definitions have no English names.
    pub fn name_in(&self, language: Language) -> &str {
        let swedish = self.name.sv.as_deref().filter(|_| language == Language::Swedish);
        swedish.or(self.name.fi.as_deref()).unwrap_or(&self.key)
    }
}

fn number_behind<'o>(arc: &str, oid: &'o str) -> Option<&'o str> {
    oid.strip_prefix(arc)?.split('.').next()
}

/// Says of each field, given the field it is in (the first is in itself), which fields are inside it.
///
/// Each parent must stand before its fields, and the fields of each must follow it in one run.
fn insides(parents: &[usize]) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = (1..=parents.len()).collect();
    for (field, &parent) in parents.iter().enumerate().skip(1).rev() {
        let end = ends.get(field).copied().unwrap_or_default();
        if let Some(above) = ends.get_mut(parent) {
            *above = end.max(*above);
        }
    }
    ends.into_iter().enumerate().map(|(field, end)| field + 1..end).collect()
}
