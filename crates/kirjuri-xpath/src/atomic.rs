//! Atomic values of XPath 2.0: their types, lexical forms and casts, and the operators over single values.

pub(crate) mod aggregate;
pub(crate) mod arithmetic;
pub(crate) mod cast;
pub(crate) mod comparison;
pub(crate) mod lexical;
pub(crate) mod numeric;
pub(crate) mod rounding;
pub(crate) mod types;
