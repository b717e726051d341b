//! What kirjuri measured, apart from any policy: tables that are written once, what can be asked of them later, and the
//! report that people read.
//!
//! A [`Summary`] is what the sums of one run come to. It is made while documents are checked, or read from evidence that an
//! earlier run left; whoever shows or compares it need not know which.

mod html;
mod summary;

pub use html::{HtmlOptions, HtmlPrinter, SummarySource, write_html};
pub use summary::{
    AccountSummary, CriterionScore, GroupSummary, NotChecked, PackVersion, PlaceSummary, RuleSummary, RuleTally, Run,
    Summary,
};
