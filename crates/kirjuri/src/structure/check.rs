//! Checks a JSON document against its structure: what is missing, unknown, of the wrong kind, or required by a
//! condition.

use std::ops::Range;
use std::sync::Arc;

use kirjuri_tree::{Document, NodeRef};
use kirjuri_xpath::{CompileError, DynamicContext, EvaluationError, Program, StaticContext, Version};

use crate::code_set::CodeSets;
use crate::functions;
use crate::lint::LintOptions;
use crate::place::{Place, Places, TooLong};
use crate::report::Unchecked;
use crate::structure::{Datatype, Structure};
use crate::vocabulary::Vocabulary;

mod form;
#[cfg(test)]
mod tests;
mod walk;

/// A kind of fault that a document can have by its structure.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StructureCheck {
    /// A required field, or a part that the data type of a field requires, is not there; or a required list is empty.
    MissingRequired,
    /// A condition on which fields are required does not hold.
    MissingConditional,
    /// A member that the structure does not know.
    UnknownField,
    /// A value of another JSON type than the field has, or a list where there is none, or none where there is one.
    MistypedValue,
    /// A day or time that is not written as one.
    MalformedValue,
    /// An empty text where the definition asks for one; also one of nothing but white space, which a schema lets pass.
    EmptyValue,
    /// A code or fixed text that is none of those the definition lists.
    UnknownCode,
    /// A code of another code system than that of the field.
    WrongCodeSystem,
}

impl StructureCheck {
    /// All checks, each at the place of its number.
    pub const ALL: [StructureCheck; 8] = [
        StructureCheck::MissingRequired,
        StructureCheck::MissingConditional,
        StructureCheck::UnknownField,
        StructureCheck::MistypedValue,
        StructureCheck::MalformedValue,
        StructureCheck::EmptyValue,
        StructureCheck::UnknownCode,
        StructureCheck::WrongCodeSystem,
    ];

    /// The name, which stays the same between versions: `missing-required`.
    pub fn name(self) -> &'static str {
        match self {
            StructureCheck::MissingRequired => "missing-required",
            StructureCheck::MissingConditional => "missing-conditional",
            StructureCheck::UnknownField => "unknown-field",
            StructureCheck::MistypedValue => "mistyped-value",
            StructureCheck::MalformedValue => "malformed-value",
            StructureCheck::EmptyValue => "empty-value",
            StructureCheck::UnknownCode => "unknown-code",
            StructureCheck::WrongCodeSystem => "wrong-code-system",
        }
    }

    /// The number of the check in [`StructureCheck::ALL`].
    pub fn number(self) -> usize {
        self as usize
    }
}

/// Takes in what a check of a document finds, in the order of the document: a missing field and a condition behind what
/// was found inside the group they belong to.
pub(crate) trait Observer {
    /// A check was asked so many times; said once a document for each check that was asked at all.
    fn asked(&mut self, check: StructureCheck, times: u32);

    /// A fault at an element: where something is missing the group or value that lacks it, else the value itself.
    /// `fields` are numbers of [`Structure::fields`]: the field whose value it is, the one that is missing, those a
    /// condition is about; of an unknown member, the field that it is in.
    fn found(&mut self, check: StructureCheck, at: NodeRef, fields: &[usize]);
}

/// A fault of a document by its structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StructureFinding {
    /// The kind of fault.
    pub check: StructureCheck,
    /// Where it is: where something is missing, the group or value that lacks it, else the value itself.
    pub place: Place,
    /// Numbers of [`Structure::fields`]: the field whose value it is, the one that is missing, those a condition is
    /// about; of an unknown member, the field that it is in.
    pub fields: Vec<usize>,
}

/// A condition of a structure is no expression.
#[derive(Clone, Debug, thiserror::Error)]
#[error("condition {number} of {oid}: {error}")]
pub struct ConditionError {
    /// OID of the structure.
    pub oid: String,
    /// The number of the condition in [`Structure::conditions`].
    pub number: usize,
    /// What is wrong with it, and where.
    pub error: CompileError,
}

/// A structure made ready for checking documents: fields found by their keys, conditions compiled.
#[derive(Debug)]
pub struct CompiledStructure {
    structure: Structure,
    /// The distinct keys, sorted, each with its fields as a range of `places`.
    keys: Vec<Key>,
    /// The field that each field is in and the field, by key and then by the former.
    places: Vec<(usize, usize)>,
    /// What is to know of each field, by its number.
    groups: Vec<Group>,
    context: StaticContext,
    /// By the number of the condition.
    programs: Vec<Program>,
    /// The numbers of the conditions, by the field they are asked at.
    asked_at: Vec<usize>,
}

/// A key and the range of its places.
type Key = (Box<str>, Range<usize>);

/// What is to know of a field beside its definition.
#[derive(Clone, Default, Debug)]
struct Group {
    /// How many required fields are directly in it.
    required: u32,
    /// The conditions asked at it: a range of `asked_at`.
    conditions: Range<usize>,
}

impl CompiledStructure {
    /// Makes a structure ready. The functions that conditions call know the code sets.
    ///
    /// # Errors
    /// The conditions that are no expressions.
    pub fn compile(structure: Structure, code_sets: &Arc<CodeSets>) -> Result<CompiledStructure, Vec<ConditionError>> {
        let mut context = StaticContext::new(Version::XPath1);
        context.declare_namespace("k", functions::NAMESPACE);
        functions::declare(&mut context, code_sets, &Arc::default());
        let (mut programs, mut errors) = (Vec::with_capacity(structure.conditions.len()), Vec::new());
        for (number, condition) in structure.conditions.iter().enumerate() {
            match Program::compile(&condition.assert, &mut context) {
                Ok(program) => programs.push(program),
                Err(error) => errors.push(ConditionError { oid: structure.oid.clone(), number, error }),
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let (keys, places) = by_key(&structure);
        let mut groups = vec![Group::default(); structure.fields.len()];
        for (_, field) in structure.fields.iter().enumerate().skip(1).filter(|(_, field)| field.required) {
            if let Some(group) = groups.get_mut(field.parent) {
                group.required += 1;
            }
        }
        let at = |&number: &usize| structure.conditions.get(number).map_or(0, |condition| condition.at);
        let mut asked_at: Vec<usize> = (0..structure.conditions.len()).collect();
        asked_at.sort_by_key(at);
        for (number, group) in groups.iter_mut().enumerate() {
            let start = asked_at.partition_point(|condition| at(condition) < number);
            group.conditions = start..asked_at.partition_point(|condition| at(condition) <= number);
        }
        Ok(CompiledStructure { keys, places, groups, context, programs, asked_at, structure })
    }

    /// The structure itself.
    pub fn structure(&self) -> &Structure {
        &self.structure
    }

    /// What a JSON document has wrong by the structure, in the order of places and checks.
    ///
    /// # Errors
    /// [`Unchecked::TooMuchWork`] where the conditions visit more than [`LintOptions::budget`] nodes, or the places
    /// take too much memory; [`Unchecked::Interrupted`].
    pub fn findings(&self, document: &Document, options: &LintOptions) -> Result<Vec<StructureFinding>, Unchecked> {
        #[derive(Default)]
        struct Found(Vec<(NodeRef, StructureCheck, Vec<usize>)>);
        impl Observer for Found {
            fn asked(&mut self, _: StructureCheck, _: u32) {}

            fn found(&mut self, check: StructureCheck, at: NodeRef, fields: &[usize]) {
                self.0.push((at, check, fields.to_vec()));
            }
        }
        let as_of = options.as_of.day().map(|day| day.to_string()).unwrap_or_default();
        let interrupt = options.interrupt.as_deref();
        let dynamic = DynamicContext { as_of: &as_of, interrupt, ..DynamicContext::default() };
        let mut found = Found::default();
        let too_much = || Unchecked::TooMuchWork { rule: None };
        self.check(document, &dynamic, options.budget, &mut found)?;
        found.0.sort();
        let mut places = Places::new(document, self);
        let findings = found.0.into_iter().map(|(at, check, fields)| {
            let place = places.place(at, None).map_err(|TooLong| too_much())?;
            Ok(StructureFinding { check, place, fields })
        });
        findings.collect()
    }

    /// Checks a document from JSON, in one pass. Every fault is said once: nothing is asked of what is inside an
    /// unknown or mistyped value, and a condition that fails where one of its fields is faulty says nothing.
    ///
    /// # Errors
    /// The conditions visit more than `budget` nodes.
    pub(crate) fn check(
        &self,
        document: &Document,
        dynamic: &DynamicContext<'_>,
        budget: u64,
        observer: &mut dyn Observer,
    ) -> Result<(), EvaluationError> {
        walk::walk(self, document, dynamic, budget, observer)
    }

    /// The field of a key, by the key's number, directly in a field.
    fn field_in(&self, parent: usize, key: usize) -> Option<usize> {
        let (_, range) = self.keys.get(key)?;
        let places = self.places.get(range.clone())?;
        let found = places.binary_search_by_key(&parent, |&(parent, _)| parent).ok()?;
        places.get(found).map(|&(_, field)| field)
    }

    /// The number of a key.
    fn key(&self, key: &str) -> Option<usize> {
        self.keys.binary_search_by(|(known, _)| (**known).cmp(key)).ok()
    }
}

impl Vocabulary for CompiledStructure {
    fn declares(&self, _: &str) -> bool {
        false
    }

    fn has_name(&self, local: &str) -> bool {
        self.key(local).is_some() || self.structure.root_key() == local
    }
}

/// The distinct keys of the fields in the document with their places.
fn by_key(structure: &Structure) -> (Vec<Key>, Vec<(usize, usize)>) {
    let mut all: Vec<(&str, usize, usize)> = structure
        .fields
        .iter()
        .enumerate()
        .skip(1)
        .map(|(number, field)| (field.key.as_str(), field.parent, number))
        .collect();
    all.sort_unstable();
    let mut keys: Vec<Key> = Vec::new();
    for (number, &(key, _, _)) in all.iter().enumerate() {
        match keys.last_mut().filter(|(last, _)| **last == *key) {
            Some((_, range)) => range.end = number + 1,
            None => keys.push((key.into(), number..number + 1)),
        }
    }
    (keys, all.into_iter().map(|(_, parent, field)| (parent, field)).collect())
}

/// The parts of the data types that are objects: the name, whether it is a number, whether it is required.
type Part = (PartName, bool, bool);

/// Names of parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PartName {
    System,
    Code,
    Display,
    Value,
}

impl PartName {
    const ALL: [(PartName, &'static str); 4] = [
        (PartName::System, "system"),
        (PartName::Code, "code"),
        (PartName::Display, "display"),
        (PartName::Value, "value"),
    ];
}

/// The names of the parts that a value of a data type must have.
pub(crate) fn required_parts(datatype: &Datatype) -> impl Iterator<Item = &'static str> {
    let required = parts(datatype).iter().filter(|(.., is_required)| *is_required);
    required.filter_map(|(part, ..)| PartName::ALL.get(*part as usize).map(|(_, name)| *name))
}

/// The parts of a data type; none of one that is no object, or a group.
fn parts(datatype: &Datatype) -> &'static [Part] {
    match datatype {
        Datatype::Identifier { .. } => &[(PartName::System, false, false), (PartName::Value, false, true)],
        Datatype::Code { .. } => {
            &[(PartName::System, false, true), (PartName::Code, false, true), (PartName::Display, false, true)]
        }
        Datatype::Amount | Datatype::Measure | Datatype::Percent => {
            &[(PartName::Value, true, true), (PartName::Code, false, true)]
        }
        Datatype::Group
        | Datatype::Text
        | Datatype::Name
        | Datatype::Signature
        | Datatype::Phrase(_)
        | Datatype::Date
        | Datatype::Time
        | Datatype::Boolean
        | Datatype::Number
        | Datatype::Count => &[],
    }
}
