//! The C interface: what `include/kirjuri.h` describes, function by function. Read that first; what is said there is not
//! said again here.
//!
//! Every function goes the same way: arguments are looked at (`input`), the body runs where neither a panic nor missing
//! memory crosses (`call`), and what comes of it is a handle, a filled structure or a failure.
//!
//! This is the only crate with unsafe code. Each block says why it is sound, and leans on the caller keeping what the
//! header asks for: pointers are NULL or point to what they say, for as long as the function runs.

#![deny(unsafe_op_in_unsafe_fn)]
// What callers have to keep is said in the header, for C, where they read it.
#![allow(clippy::missing_safety_doc)]

pub mod abi;
mod allocator;
mod asked;
mod call;
pub mod cancel;
pub mod check;
pub mod describe;
pub mod failure;
pub mod handle;
mod identify;
mod input;
mod ledger;
pub mod report;
mod reserve;
pub mod rule_set;
mod stop;
pub mod text;
mod words;

pub use abi::*;
pub use cancel::{kirjuri_cancel_free, kirjuri_cancel_is_raised, kirjuri_cancel_new, kirjuri_cancel_raise};
pub use check::kirjuri_check;
pub use describe::{kirjuri_rule_describe, kirjuri_rule_set_describe, kirjuri_rule_set_list};
pub use failure::{kirjuri_error_code, kirjuri_error_free, kirjuri_error_message, kirjuri_error_position};
pub use identify::kirjuri_identify;
#[cfg(feature = "failing-allocator")]
pub use ledger::failing::{
    kirjuri_test_allocations, kirjuri_test_fail_allocation, kirjuri_test_fail_allocations_from, kirjuri_test_held,
    kirjuri_test_reserve_used,
};
pub use report::{
    kirjuri_report_count, kirjuri_report_finding, kirjuri_report_finding_count, kirjuri_report_free,
    kirjuri_report_is_fragment, kirjuri_report_json, kirjuri_report_missing, kirjuri_report_missing_count,
    kirjuri_report_problem, kirjuri_report_status,
};
pub use rule_set::{kirjuri_rule_set_free, kirjuri_rule_set_open, kirjuri_rule_set_rule_count};
pub use text::{kirjuri_text_free, kirjuri_text_string};

/// `kirjuri_abi_version` of the header.
#[unsafe(no_mangle)]
pub extern "C" fn kirjuri_abi_version() -> u32 {
    KIRJURI_ABI_VERSION
}

/// `kirjuri_version` of the header.
#[unsafe(no_mangle)]
pub extern "C" fn kirjuri_version() -> KirjuriString {
    KirjuriString::of(env!("CARGO_PKG_VERSION"))
}
