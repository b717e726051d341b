//! Prints what was found in a batch of documents: as text for people, as JSON for programs.
//!
//! A [`Batch`] is owned data. It holds no content of any document, except the excerpts that were asked for.

mod batch;
mod json;
mod messages;
mod text;

pub use batch::{Account, Batch, DocumentEntry, InputError, NotChecked, Outcome};
pub use json::write_json;
pub use messages::{SkipReason, Wording, criterion_name, severity_name};
pub use text::{TextOptions, printable, write_text};
