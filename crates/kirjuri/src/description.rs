//! What a document says of itself: what it is, where and with what it was made.

/// What a document says of itself. Codes, and identifiers of organisations and systems; nothing of people, and no text
/// that is longer than a code or a name of a program.
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
    /// OID of the organisation that provides the service.
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
