//! The shape of the tables of expressions.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A table: documents, namespaces and groups of rows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) documents: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) namespaces: BTreeMap<String, String>,
    pub(crate) group: Vec<Group>,
}

/// Rows about one thing, all on one document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) document: String,
    #[serde(default)]
    pub(crate) require_prefixes: bool,
    /// Expression, expected value and, where it is not the root element, an expression for the context node.
    pub(crate) rows: Vec<Vec<String>>,
    /// The rows whose value is another in XPath 2.0, with that value.
    #[serde(default)]
    #[allow(dead_code, reason = "not all tests run the rows as XPath 2.0")]
    pub(crate) later: Vec<Vec<String>>,
}
