//! What is demanded of kirjuri whatever it is fed.
//!
//! Each module is the body of a fuzz target and takes one input. `crates/kirjuri/tests/regressions.rs` includes this
//! file and replays the kept inputs with a stable compiler, so it depends on nothing but the project's own crates.

pub mod draft;
pub mod json;
pub mod lint;
pub mod pack;
pub mod parse;
pub mod schematron;
pub mod structure;
pub mod xpath;
