//! The report that people open first: one file that needs nothing else, runs nothing that is not its own, and holds no
//! content of documents unless it was asked for.
//!
//! What is shown is computed here and in the modules below as texts, so that the templates decide nothing: they escape.
//! Rules and places are plain HTML that can be read and printed without the script, which only filters and sorts.

mod digest;
mod figures;
mod heat;
mod overview;
mod printer;
mod rules;
mod run;
mod trend;
mod words;

use std::io::{self, Write};

use askama::Template;
use kirjuri::Language;
use kirjuri_report::printable;

use self::digest::source_expression;
use self::figures::Figures;
use self::words::Words;
use crate::summary::Summary;

pub use printer::{HtmlPrinter, SummarySource};

const STYLE: &str = include_str!("../templates/report.css");
const SCRIPT: &str = include_str!("../templates/report.js");

/// How a report is written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HtmlOptions {
    /// The language of its texts, numbers and days.
    pub language: Language,
    /// Its heading; the language's own words where there is none.
    pub title: Option<String>,
}

/// Writes what a run, and the runs before it, came to as one HTML file. The same summary and options give the same bytes.
///
/// # Errors
/// What `out` says.
pub fn write_html(summary: &Summary, options: HtmlOptions, out: &mut dyn Write) -> io::Result<()> {
    Page::new(summary, &options).write_into(out)
}

/// The whole page.
#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page<'s> {
    w: &'static Words,
    language: &'static str,
    title: String,
    style: &'static str,
    script: &'static str,
    policy: String,
    is_partial: bool,
    /// Numbers of groups were left out when it was put together.
    is_merged: bool,
    has_source: bool,
    overview: overview::Overview,
    heat: heat::Heat,
    trend: Option<trend::Trend>,
    rules: rules::Rules<'s>,
    run: run::RunView,
}

impl<'s> Page<'s> {
    fn new(summary: &'s Summary, options: &HtmlOptions) -> Page<'s> {
        let w = Words::of(options.language);
        let view = View { summary, w, figures: Figures::new(w), language: options.language };
        let policy = format!(
            "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
            source_expression(STYLE),
            source_expression(SCRIPT)
        );
        Page {
            w,
            language: options.language.code(),
            title: options.title.as_deref().map_or_else(|| w.title.to_owned(), clean),
            style: STYLE,
            script: SCRIPT,
            policy,
            is_partial: summary.run.partial,
            is_merged: summary.run.is_merged(),
            has_source: summary.places.iter().any(|place| place.source.is_some()),
            overview: overview::Overview::new(&view),
            heat: heat::Heat::new(&view),
            trend: trend::Trend::new(&view),
            rules: rules::Rules::new(&view),
            run: run::RunView::new(&view),
        }
    }
}

/// What all parts of the page are made from.
struct View<'s> {
    summary: &'s Summary,
    w: &'static Words,
    figures: Figures,
    language: Language,
}

/// A text from outside without characters that would turn the line around or cannot be seen.
fn clean(text: &str) -> String {
    printable(text).into_owned()
}

#[cfg(test)]
mod tests;
