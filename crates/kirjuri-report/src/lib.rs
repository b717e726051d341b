//! Prints what was found in a batch of documents: as text for people, as JSON for programs, as SVRL for tools of
//! Schematron.
//!
//! A [`Batch`] is owned data. It holds no content of any document, except the excerpts that were asked for.

mod areas;
mod assertion;
mod batch;
mod difference;
mod groups;
mod json;
mod messages;
mod printer;
mod profile;
mod subject;
mod svrl;
mod text;

pub use areas::{Areas, AreasError};
pub use assertion::{kind_name, rule_title};
pub use batch::{
    Account, Batch, DocumentEntry, DraftEntry, InputError, KnownFinding, NotChecked, OtherEntry, Outcome, SeriesEntry,
};
pub use difference::{Compared, Effects, write_difference, write_difference_json};
pub use groups::{Dimension, Group, GroupRow, GroupTable, GroupTally, Groups, group_tables, write_groups_markdown};
pub use json::{write_document_json, write_json};
pub use messages::{SkipReason, Wording, criterion_name, severity_name};
pub use printer::{Printer, ReportFormat};
pub use profile::write_profile;
pub use svrl::write_svrl;
pub use text::{TextOptions, TextReport, printable, write_summary, write_text};
