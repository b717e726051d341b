//! What a document says of itself: what it is, where and with what it was made.

use kirjuri_tree::Document;
use kirjuri_xpath::{EvaluationError, Program};

use crate::rule_set::RuleSet;

mod declare;
mod value;

pub(crate) use declare::{DescribeEntry, read};

/// What a document says of itself. Codes, and identifiers of organisations and systems; nothing of people, and no text
/// that is longer than a code or a name of a program.
///
/// The packs say where it stands (`[describe]` of `pack.toml`). What does not look as it should is left out: whatever a
/// document has there, these values can be shown.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Description {
    /// The code of its type.
    pub document_type: Option<Box<str>>,
    /// The version of the definition it follows.
    pub version: Option<Box<str>>,
    /// The form or structure it follows.
    pub form: Option<Box<str>>,
    /// OID of the unit it was made in.
    pub unit: Option<Box<str>>,
    /// OID of the organisation that provides the service: its arc, `1.2.246.10.<business identity code>`.
    pub provider: Option<Box<str>>,
    /// Code of the municipality.
    pub municipality: Option<Box<str>>,
    /// The record system.
    pub software: Option<Box<str>>,
    /// Its version.
    pub software_version: Option<Box<str>>,
    /// The code of the role its author has.
    pub author_role: Option<Box<str>>,
    /// The month it was made in, `YYYY-MM`.
    pub month: Option<Box<str>>,
}

/// A field of a description.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    DocumentType,
    Version,
    Form,
    Unit,
    Provider,
    Municipality,
    Software,
    SoftwareVersion,
    AuthorRole,
    Month,
}

impl Field {
    fn of(self, description: &mut Description) -> &mut Option<Box<str>> {
        match self {
            Field::DocumentType => &mut description.document_type,
            Field::Version => &mut description.version,
            Field::Form => &mut description.form,
            Field::Unit => &mut description.unit,
            Field::Provider => &mut description.provider,
            Field::Municipality => &mut description.municipality,
            Field::Software => &mut description.software,
            Field::SoftwareVersion => &mut description.software_version,
            Field::AuthorRole => &mut description.author_role,
            Field::Month => &mut description.month,
        }
    }

    /// What the field says where a document has a text for it; nothing where that is not what it should be.
    fn value(self, text: &str) -> Option<Box<str>> {
        let text = text.trim();
        match self {
            Field::DocumentType | Field::Version | Field::SoftwareVersion | Field::AuthorRole => {
                value::short_code(text)
            }
            Field::Form => value::code(text),
            Field::Unit => value::unit(text),
            Field::Provider => value::provider(text),
            Field::Municipality => value::municipality(text),
            Field::Software => value::name(text),
            Field::Month => value::month(text),
        }
    }
}

/// What a pack asks of a document to describe it: of each field, the expressions that may say it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Describing(Vec<(Field, Vec<Program>)>);

impl Describing {
    /// Whether the pack asks for anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fills in what is not said yet; `text` is the value of an expression at the root element.
    pub(crate) fn fill<'p>(
        &'p self,
        description: &mut Description,
        mut text: impl FnMut(&'p Program) -> Result<Option<String>, EvaluationError>,
    ) -> Result<(), EvaluationError> {
        for (field, programs) in &self.0 {
            if field.of(description).is_some() {
                continue;
            }
            for program in programs {
                if let Some(said) = text(program)?.and_then(|text| field.value(&text)) {
                    *field.of(description) = Some(said);
                    break;
                }
            }
        }
        Ok(())
    }
}

/// What a document says of itself, as the first pack says that applies to it; what that leaves empty, the next.
pub(crate) fn describe(document: &Document, rules: &RuleSet) -> Result<Description, EvaluationError> {
    let mut description = Description::default();
    for pack in rules.packs() {
        pack.describe(document, &mut description)?;
    }
    // A unit is one of the organisation whose arc it is in.
    if description.provider.is_none() {
        description.provider = description.unit.as_deref().and_then(value::provider);
    }
    Ok(description)
}
