//! Prints what was found in a batch of documents: as text for people, as JSON and tables for programs, in the formats of
//! build servers, as SVRL for tools of Schematron.
//!
//! A [`Batch`] is owned data. It holds no content of any document, except the excerpts that were asked for.

mod archive;
mod areas;
mod assertion;
mod baseline;
mod batch;
mod checkstyle;
mod concise;
mod difference;
mod fault;
mod github;
mod gitlab;
mod groups;
mod json;
mod junit;
mod markdown;
mod messages;
mod notices;
mod position;
mod printer;
mod profile;
mod sarif;
mod subject;
mod summary;
mod svrl;
mod table;
mod text;
mod toml_reader;
mod words;
mod xml;

pub use archive::ArchiveError;
pub use areas::Areas;
pub use assertion::{kind_name, rule_title};
pub use baseline::BaselineAccount;
pub use batch::{
    Account, Batch, DocumentEntry, DraftEntry, InputError, KnownFinding, NotChecked, OtherEntry, Outcome, SeriesEntry,
};
pub use difference::{Compared, Effects, write_difference, write_difference_json};
pub use fault::{Fault, MOST_FAULTS, may_be_shown, write_faults};
pub use groups::{
    Dimension, Group, GroupRow, GroupTable, GroupTally, Groups, group_tables, without_series, write_groups_markdown,
};
pub use json::{write_document_json, write_json};
pub use messages::{SkipReason, Wording, capital, criterion_name, reason_message, severity_name};
pub use printer::{Printer, ReportFormat};
pub use profile::write_profile;
pub use summary::Summary;
pub use svrl::write_svrl;
pub use text::{TextOptions, TextReport, printable, write_text};
pub use toml_reader::{TomlKey, TomlReader, TomlValue, in_order, read_toml};
