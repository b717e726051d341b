//! What kirjuri measured, apart from any policy: tables that are written once, what can be asked of them later, and the
//! report that people read.
//!
//! A [`Summary`] is what the sums of one run come to. It is made while documents are checked, or read from evidence that an
//! earlier run left; whoever shows or compares it need not know which.

mod collect;
mod compare;
mod differences;
mod error;
mod folder;
mod gate;
mod html;
mod merge;
mod page;
mod pages;
mod policy;
mod read;
mod report_table;
mod salt;
mod scope;
mod statistics;
mod summary;
mod suppression;
mod tables;
mod trend;
mod words;
mod write;

pub use collect::{Collector, Kept};
pub use compare::{Comparison, CriterionDifference, RuleDifference, Side, TestedDifference, compare};
pub use differences::{Difference, Differences, Selected, Unlike};
pub use error::EvidenceError;
pub use folder::{SCHEMA, is_run_of_evidence};
pub use gate::{About, Check, Earlier, Judged, Reason, Verdict, gate};
pub use html::{HtmlOptions, HtmlPrinter, SummarySource, write_html};
pub use merge::{MergeError, Merged, merge};
pub use page::{Page, PageFormat};
pub use pages::{
    comparison_page, merge_page, summary_page, trend_page, verdict_page, write_comparison_json, write_summary_json,
    write_trend_json, write_verdict_json,
};
pub use policy::Policy;
pub use report_table::ReportTable;
pub use salt::{SHORTEST_SALT, Salt};
pub use scope::Scope;
pub use statistics::{Method, Share, Sides, Tested, benjamini_hochberg, two_proportions};
pub use summary::{
    AccountSummary, CriterionScore, GroupSummary, NotChecked, PackVersion, PlaceSummary, RuleSummary, RuleTally, Run,
    Summary,
};
pub use suppression::{FEWEST, Suppressed};
pub use tables::{Column, ColumnKind, DOCUMENTS, FINDINGS, GROUP_RULES, GROUPS, REPORT, RULES, TABLES, Table};
pub use trend::{Aim, AimReached, CriterionTrend, RuleTrend, Targets, Trend, TrendRun, in_time, trend};
pub use words::dimension_name;
pub use write::{EvidenceWriter, write_summary};
