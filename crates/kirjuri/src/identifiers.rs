//! Recognises the identifiers and points in time that Finnish social and health care documents carry.
//!
//! Everything here is a pure function of the text it is given: no trimming, no change of case, no register asked. A
//! value is what its source says it is, or it is not; where a source is silent, so is the function. Nothing allocates
//! unless it returns a `String`, and no error repeats the value, because documents are secret and reports travel.

mod business_id;
mod date;
mod finnish_time;
mod hetu;
mod iso_time;
mod oid;
mod terhikki;
mod timestamp;

pub use business_id::{business_id_of_oid, is_valid_business_id};
pub use date::Date;
pub use hetu::{Hetu, HetuError, Sex};
pub(crate) use hetu::{LENGTH as HETU_LENGTH, candidates as hetu_candidates};
pub use iso_time::{hl7_of_iso, is_iso_time, iso_date_exists};
pub use oid::{is_valid_oid, node_class, node_class_number};
pub use terhikki::has_terhikki_form;
pub use timestamp::{Precision, Timestamp, TimestampError};
