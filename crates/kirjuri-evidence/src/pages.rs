//! What is asked of evidence, as pages for people and as JSON for programs.

mod compare;
mod gate;
mod merge;
mod report;
mod trend;
mod unlike;

use std::io::{self, Write};

use kirjuri_report::Dimension;
use serde::Serialize;

pub use compare::{comparison_page, write_comparison_json};
pub use gate::{verdict_page, write_verdict_json};
pub use merge::merge_page;
pub use report::{summary_page, write_summary_json};
pub use trend::{trend_page, write_trend_json};

use kirjuri::Language;

use crate::page::Page;
use crate::words::{dimension_name, not_said, say};

/// Writes an object of JSON and a line feed.
fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Adds how many rules of a list are left out of it, where some are.
fn add_more_rules(hidden: usize, language: Language, page: &mut Page) {
    if hidden > 0 {
        let words = ["sääntöä ei näytetä", "regler visas inte", "more rules are not shown"];
        page.line(format!("{hidden} {}", say(language, words)));
    }
}

/// What follows where a name is not there: the nearest that is.
fn did_you_mean(near: Option<&str>, language: Language) -> String {
    let words = ["tarkoititko", "menade du", "did you mean"];
    near.map(|near| format!("; {} `{near}`?", say(language, words))).unwrap_or_default()
}

/// A value of a dimension as reports show it: `1.2.246.10 Esimerkkiala`.
fn value_name(value: Option<&str>, name: Option<&str>, language: Language) -> String {
    match (value, name) {
        (Some(value), Some(name)) => format!("{value} {name}"),
        (Some(value), None) => value.to_owned(),
        (None, _) => not_said(language).to_owned(),
    }
}

/// A group as reports show it: its dimension and value.
fn group_name(dimension: Dimension, value: Option<&str>, name: Option<&str>, language: Language) -> String {
    format!("{} {}", dimension_name(dimension, language), value_name(value, name, language))
}
