//! Code sets at national scale: imported from what code servers publish, kept in indexed files, and known to all packs.
//!
//! Published bytes become [`CodeTable`]s ([`import`]), a table an indexed file ([`CodeTable::to_bytes`]), files a
//! [`CodeLibrary`], which a rule set is given ([`RuleSet::with_codes`](crate::RuleSet::with_codes)). Nothing is read or
//! written here but bytes in memory.

mod import;
mod index;
mod library;
mod oddity;
mod table;

pub use import::{Column, Columns, Encoding, ImportError, ImportErrors, ImportOptions, Imported, import};
pub(crate) use index::may_be_within;
pub use index::{CodeIndex, CodeIndexError, CodeRecord};
pub use library::{CodeLibrary, base_of};
pub use oddity::{Oddity, OddityKind};
pub use table::{CodeRow, CodeTable, CodeTableError};
