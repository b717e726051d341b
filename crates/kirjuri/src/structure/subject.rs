//! What a finding is about: fields of a structure.

use std::sync::Arc;

use crate::structure::{CompiledStructure, Structure};

/// The fields of a structure that a finding is about.
#[derive(Clone, Debug)]
pub struct Subject {
    structure: Arc<CompiledStructure>,
    fields: Vec<usize>,
}

impl Subject {
    pub(crate) fn new(structure: Arc<CompiledStructure>, fields: Vec<usize>) -> Subject {
        Subject { structure, fields }
    }

    /// Other fields of the same structure.
    pub(crate) fn of_fields(&self, fields: Vec<usize>) -> Subject {
        Subject { structure: Arc::clone(&self.structure), fields }
    }

    /// The structure.
    pub fn structure(&self) -> &Structure {
        self.structure.structure()
    }

    /// Numbers of [`Structure::fields`]: the field whose value it is, the one that is missing, those a condition is about;
    /// of an unknown member, the field that it is in.
    pub fn fields(&self) -> &[usize] {
        &self.fields
    }
}

impl PartialEq for Subject {
    fn eq(&self, other: &Subject) -> bool {
        self.structure().oid == other.structure().oid && self.fields == other.fields
    }
}
