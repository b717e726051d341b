//! A batch: the documents of one run, what was found in each, and the account of all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kirjuri::identifiers::Date;
use kirjuri::{
    AnyRule, AsOf, Description, Extent, Finding, Missing, ParseError, Place, Position, Profile, Report, Rule,
    RuleIndex, RuleSet, Severity, Tally, Unchecked, Unevaluated,
};

use crate::archive::ArchiveError;
use crate::baseline::BaselineAccount;
use crate::groups::Groups;
use crate::messages::SkipReason;

/// What became of every document of a run.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The day the documents were judged by.
    pub as_of: AsOf,
    /// The documents are still being written: the report says what they lack.
    pub is_draft: bool,
    /// The documents that are kept, in the order in which they are reported.
    pub documents: Vec<DocumentEntry>,
    account: Account,
    /// How many findings there are of each severity, in the order of [`Severity::ALL`].
    severities: [u64; Severity::ALL.len()],
    /// The same of each rule of the set.
    by_rule: Vec<[u64; Severity::ALL.len()]>,
    /// How much the documents still lack.
    missing: u64,
    /// Of each rule of the set, how often it applied and failed in all documents together.
    pub tallies: Vec<Tally>,
    /// Of each rule of the set, at how many places it could not be evaluated in all documents together.
    pub unevaluated: Vec<u64>,
    /// How many assertions do not compile, and were asked nowhere.
    pub not_compiled: u64,
    /// What the rules took in all documents together, where it was measured.
    pub profile: Option<Profile>,
    /// Files found in folders and archives that are no documents by their names; they are outside the account.
    pub ignored: u64,
    /// Files left out because they have not changed since the moment that was asked for, where one was; they are outside
    /// the account.
    pub unchanged: Option<u64>,
    /// The own dates of the documents that were judged by them, each once: as many as there are days, at most.
    own_dates: BTreeSet<Date>,
    /// How many documents were judged by their own date.
    dated: u64,
    /// What rules on series found, where they were asked, in the order in which it is reported.
    pub series: Option<Vec<SeriesEntry>>,
    /// The run was stopped before it had looked at all its documents.
    pub is_partial: bool,
    /// What was found by area, unit and so on, where it was asked for.
    pub groups: Option<Groups>,
    /// The same by all dimensions, for what measures the whole batch; other reports do not show them.
    pub sums: Option<Groups>,
    /// Findings that a baseline knows, by rule; they are no findings of this run.
    known: BTreeMap<RuleIndex, u64>,
    /// What came of the entries of a baseline, where there was one; set when all documents are counted.
    pub baseline: Option<BaselineAccount>,
}

/// A document of a batch.
#[derive(Clone, Debug)]
pub struct DocumentEntry {
    /// Where it was read, as the user named it.
    pub path: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The assertions that could not be evaluated in it.
    pub unevaluated: Vec<Unevaluated>,
    /// What there is to say of a document that was checked as a draft.
    pub draft: Option<DraftEntry>,
    /// The document's own date, where it was judged by that and not by the day of the batch.
    pub own_date: Option<Date>,
    /// What it says of itself.
    pub description: Description,
    /// What was found and is known from a baseline: no finding of this run.
    pub known: Vec<KnownFinding>,
}

/// A finding that a baseline knows.
#[derive(Clone, Debug)]
pub struct KnownFinding {
    /// The finding.
    pub finding: Finding,
    /// Why it is let be, in the words of the baseline.
    pub reason: Option<Arc<str>>,
}

/// What a rule on a series found.
#[derive(Clone, Debug)]
pub struct SeriesEntry {
    /// The document it is about, as the user named it.
    pub path: String,
    /// The rule and the place in the document.
    pub finding: Finding,
    /// What else is to be looked at.
    pub others: Vec<OtherEntry>,
}

/// A place of another document, or of the same.
#[derive(Clone, Debug)]
pub struct OtherEntry {
    /// The document.
    pub path: String,
    /// Where in it.
    pub place: Place,
}

/// A document that is still being written.
#[derive(Clone, Debug)]
pub struct DraftEntry {
    /// What it still lacks.
    pub missing: Vec<Missing>,
    /// How much of a document it is.
    pub extent: Extent,
}

/// What became of a document.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was checked; here is what was found.
    Checked(Vec<Finding>),
    /// It could not be read or checked.
    Unreadable(InputError),
    /// It was read and left alone.
    Skipped(SkipReason),
}

/// Why a document could not be read or checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputError {
    /// Its bytes could not be got, for instance because there is no such file.
    File(std::io::ErrorKind),
    /// It is a pattern of paths that no path fits.
    NoMatch,
    /// The archive it is in, or the archive that it is, cannot be read, or not to its end.
    Archive(ArchiveError),
    /// Its bytes are not a document.
    Parse(ParseError),
    /// Its rules took more work than one document is allowed.
    TooMuchWork {
        /// The rule at which it ended, where that is known.
        rule: Option<RuleIndex>,
    },
}

impl InputError {
    /// Where in the document reading ended, if it had begun.
    pub fn position(&self) -> Option<Position> {
        match self {
            InputError::Parse(error) => Some(error.position()),
            InputError::File(_) | InputError::NoMatch | InputError::Archive(_) | InputError::TooMuchWork { .. } => None,
        }
    }

    /// The rule at which the work on the document ended, where that is known.
    pub fn rule(&self) -> Option<RuleIndex> {
        match self {
            InputError::TooMuchWork { rule } => *rule,
            InputError::File(_) | InputError::NoMatch | InputError::Archive(_) | InputError::Parse(_) => None,
        }
    }
}

/// Why a document has no findings to report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotChecked {
    /// It could not be read or checked.
    Unreadable(InputError),
    /// It was read and left alone.
    Skipped(SkipReason),
}

impl NotChecked {
    /// Why a document was not checked; nothing where somebody stopped the check, which says nothing of the document.
    pub fn of(unchecked: Unchecked) -> Option<NotChecked> {
        Some(match unchecked {
            Unchecked::Interrupted => return None,
            Unchecked::Unreadable(error) => NotChecked::Unreadable(InputError::Parse(error)),
            Unchecked::NoPackApplies => NotChecked::Skipped(SkipReason::NoPackApplies),
            Unchecked::NothingAsked => NotChecked::Skipped(SkipReason::NothingAsked),
            Unchecked::TooMuchWork { rule } => NotChecked::Unreadable(InputError::TooMuchWork { rule }),
            // A reason that is still to come.
            _ => NotChecked::Unreadable(InputError::TooMuchWork { rule: None }),
        })
    }
}

/// The account of a batch: `seen = checked + unreadable + skipped`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// All documents of the batch.
    pub seen: u64,
    /// Those that were checked.
    pub checked: u64,
    /// Those that could not be read.
    pub unreadable: u64,
    /// Those that no pack applies to.
    pub skipped: u64,
}

impl Batch {
    /// An empty batch to be judged by a set of rules.
    pub fn new(rules: &RuleSet, as_of: impl Into<AsOf>) -> Batch {
        let (tallies, unevaluated) = (vec![Tally::default(); rules.len()], vec![0; rules.len()]);
        let broken =
            |rule: &AnyRule<'_>| matches!(rule, AnyRule::Assertion(_, it) if !it.is_compiled && rule.is_selected());
        let not_compiled = rules.all().filter(broken).count() as u64;
        let by_rule = vec![Default::default(); rules.len()];
        Batch { as_of: as_of.into(), by_rule, tallies, unevaluated, not_compiled, ..Batch::default() }
    }

    /// Adds what became of a document, and keeps it. The order of calls is the order of the report.
    pub fn push(&mut self, path: String, checked: Result<Report, NotChecked>) {
        let document = self.count_in(path, checked, Vec::new());
        self.documents.push(document);
    }

    /// Adds what became of a document to the counts, and gives it back to be reported at once: what is not kept takes no
    /// memory, however many documents there are.
    ///
    /// `known` are the findings that a baseline took out of the report.
    pub fn count_in(
        &mut self,
        path: String,
        checked: Result<Report, NotChecked>,
        known: Vec<KnownFinding>,
    ) -> DocumentEntry {
        let (mut unevaluated, mut draft, mut own_date) = (Vec::new(), None, None);
        let mut description = Description::default();
        known.iter().for_each(|known| self.count_known_finding(&known.finding));
        self.account.seen += 1;
        let outcome = match checked {
            Ok(report) => {
                for groups in [&mut self.groups, &mut self.sums].into_iter().flatten() {
                    let area = groups.areas().area_of(&report.description);
                    groups.count(&report.description, area.as_deref(), &report, &known);
                }
                description = report.description;
                own_date = report.own_date;
                self.own_dates.extend(own_date);
                self.dated += u64::from(own_date.is_some());
                self.count_rules(&report.tallies, &report.unevaluated);
                if let Some(profile) = report.profile {
                    self.add_profile(&profile);
                }
                report.findings.iter().for_each(|finding| self.count_finding(finding));
                unevaluated = report.unevaluated;
                if self.is_draft {
                    self.missing = self.missing.saturating_add(report.missing.len() as u64);
                    draft = Some(DraftEntry { missing: report.missing, extent: report.extent });
                }
                Outcome::Checked(report.findings)
            }
            Err(NotChecked::Unreadable(error)) => Outcome::Unreadable(error),
            Err(NotChecked::Skipped(reason)) => Outcome::Skipped(reason),
        };
        *match outcome {
            Outcome::Checked(_) => &mut self.account.checked,
            Outcome::Unreadable(_) => &mut self.account.unreadable,
            Outcome::Skipped(_) => &mut self.account.skipped,
        } += 1;
        DocumentEntry { path, outcome, unevaluated, draft, own_date, description, known }
    }

    /// Adds how often rules applied and failed, and how often they could not be asked; of rules on series, which no report of
    /// a document has.
    pub fn count_rules(&mut self, tallies: &[(RuleIndex, Tally)], unevaluated: &[Unevaluated]) {
        for (rule, tally) in tallies {
            if let Some(total) = self.tallies.get_mut(rule.index()) {
                *total += *tally;
            }
        }
        for one in unevaluated {
            if let Some(total) = self.unevaluated.get_mut(one.rule.index()) {
                *total = total.saturating_add(one.times);
            }
        }
    }

    /// Adds what a rule on a series found, and keeps it. The order of calls is the order of the report.
    pub fn push_series(&mut self, entry: SeriesEntry) {
        self.count_series(&entry);
        self.series.get_or_insert_default().push(entry);
    }

    /// Adds what a rule on a series found to the counts only.
    pub fn count_series(&mut self, entry: &SeriesEntry) {
        self.count_finding(&entry.finding);
    }

    fn count_finding(&mut self, finding: &Finding) {
        let found = Severity::ALL.iter().position(|known| *known == finding.severity);
        let by_rule = self.by_rule.get_mut(finding.rule.index());
        let counts = [Some(&mut self.severities), by_rule].into_iter().flatten();
        counts.filter_map(|counts| counts.get_mut(found?)).for_each(|count| *count += 1);
    }

    fn add_profile(&mut self, profile: &Profile) {
        let all = self.profile.get_or_insert_default();
        all.rules.resize(self.tallies.len(), 0);
        all.elsewhere = all.elsewhere.saturating_add(profile.elsewhere);
        for (total, one) in all.rules.iter_mut().zip(&profile.rules) {
            *total = total.saturating_add(*one);
        }
    }

    /// Whether a rule was in force on a day that a document was judged by.
    pub fn in_force(&self, rule: &Rule) -> bool {
        let by_own = || self.own_dates.iter().any(|day| rule.in_force(Some(*day)));
        // Where every document had its own date, the day of the batch judged none.
        let is_asked = self.dated == 0 || self.dated < self.account.checked;
        (is_asked && rule.in_force(self.as_of.day())) || by_own()
    }

    /// How many documents were checked by the day of the batch, because they have no date of their own; nothing where no
    /// document's own date was asked for.
    pub fn count_undated(&self) -> Option<u64> {
        matches!(self.as_of, AsOf::Document(_)).then(|| self.account.checked.saturating_sub(self.dated))
    }

    /// How many assertions could not be evaluated at some place of some document.
    pub fn count_unevaluated(&self) -> u64 {
        self.unevaluated.iter().filter(|&&times| times > 0).count() as u64
    }

    /// What became of the documents, kept or not.
    pub fn account(&self) -> Account {
        self.account
    }

    /// How much all documents together, kept or not, still lack; nothing is known of it unless they are drafts.
    pub fn count_missing(&self) -> Option<u64> {
        self.is_draft.then_some(self.missing)
    }

    /// Adds a finding that a baseline knows to the counts, as [`Batch::count_in`] does with those of a document; of a rule on
    /// a series, which no report of a document has.
    pub fn count_known_finding(&mut self, finding: &Finding) {
        *self.known.entry(finding.rule).or_default() += 1;
    }

    /// How many findings a baseline knows.
    pub fn count_known(&self) -> u64 {
        self.known.values().sum()
    }

    /// How many findings of a rule a baseline knows. They are among those that its tally counts as failed.
    pub fn count_known_of(&self, rule: RuleIndex) -> u64 {
        self.known.get(&rule).copied().unwrap_or_default()
    }

    /// How often a rule applied and failed, less what a baseline knows.
    pub fn without_known(&self, rule: RuleIndex, tally: Tally) -> Tally {
        Tally { failed: tally.failed.saturating_sub(self.count_known_of(rule)), ..tally }
    }

    /// Whether a rule on a series applied. What it found is about several documents, and in no group.
    pub fn has_series(&self, rules: &RuleSet) -> bool {
        rules.all().zip(&self.tallies).any(|(rule, tally)| tally.applied > 0 && rule.is_on_series())
    }

    /// How many findings there are that no baseline knows.
    pub fn count_new(&self) -> u64 {
        self.severities.iter().sum()
    }

    /// How many findings of a rule and a severity there are in all documents, kept or not. The findings of one rule may have
    /// several severities, where settings say so for some documents.
    pub fn count_of(&self, rule: RuleIndex, severity: Severity) -> u64 {
        let found = Severity::ALL.iter().position(|known| *known == severity);
        let counts = self.by_rule.get(rule.index());
        counts.zip(found).and_then(|(counts, index)| counts.get(index)).copied().unwrap_or_default()
    }

    /// How many findings of a severity there are in all documents, kept or not.
    pub fn count(&self, severity: Severity) -> u64 {
        let found = Severity::ALL.iter().position(|known| *known == severity);
        found.and_then(|index| self.severities.get(index)).copied().unwrap_or_default()
    }
}
