//! From a run to what it comes to.

use kirjuri::{AnyRule, Finding, Language, RuleSet, Severity, Texts};
use kirjuri_report::{Batch, Dimension, DocumentEntry, Group, GroupTally, Groups, Outcome, SeriesEntry, rule_title};

use crate::summary::{
    AccountSummary, GroupSummary, NotChecked, PackVersion, PlaceSummary, RuleSummary, RuleTally, Run, Summary,
};

/// How much is kept of what grows with the documents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Places of findings of one rule.
    pub places_of_rule: usize,
    /// Places of findings of all rules.
    pub places: usize,
    /// Documents that were not checked.
    pub not_checked: usize,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { places_of_rule: 20, places: 2000, not_checked: 200 }
    }
}

/// Keeps of the documents of a run what a summary shows of them, while they come.
#[derive(Debug)]
pub struct Collector {
    language: Language,
    kept: Kept,
    /// Places that are kept of each rule.
    of_rule: Vec<usize>,
    places: Vec<PlaceSummary>,
    left_out: u64,
    not_checked: Vec<NotChecked>,
}

impl Collector {
    /// One that has kept nothing yet. The language is that of the reasons why documents were not checked.
    pub fn new(language: Language, kept: Kept) -> Collector {
        Collector { language, kept, of_rule: Vec::new(), places: Vec::new(), left_out: 0, not_checked: Vec::new() }
    }

    /// Takes what became of a document.
    pub fn document(&mut self, document: &DocumentEntry) {
        let (is_unreadable, reason) = match &document.outcome {
            Outcome::Checked(findings) => {
                findings.iter().for_each(|finding| self.finding(&document.path, finding));
                return;
            }
            Outcome::Unreadable(error) => (true, error.message(self.language)),
            Outcome::Skipped(reason) => (false, reason.message(self.language).to_owned()),
        };
        self.not_checked(NotChecked { document: document.path.clone(), is_unreadable, reason });
    }

    /// Takes what a rule on a series found.
    pub fn series(&mut self, entry: &SeriesEntry) {
        self.finding(&entry.path, &entry.finding);
    }

    pub(crate) fn not_checked(&mut self, document: NotChecked) {
        if self.not_checked.len() < self.kept.not_checked {
            self.not_checked.push(document);
        }
    }

    fn finding(&mut self, document: &str, finding: &Finding) {
        if !self.has_room(finding.rule.index()) {
            return;
        }
        let inner = finding.place.inner.as_deref();
        self.places.push(PlaceSummary {
            rule: finding.rule.index(),
            severity: finding.severity,
            document: document.to_owned(),
            line: finding.place.line,
            column: finding.place.column,
            path: place_path(&finding.place.path, inner.map(|inner| inner.path.as_str())),
            source: finding.excerpt.as_ref().map(|excerpt| excerpt.text.clone()),
        });
    }

    /// Takes a place that was read.
    pub(crate) fn place(&mut self, place: PlaceSummary) {
        if self.has_room(place.rule) {
            self.places.push(place);
        }
    }

    /// Whether one more place of a rule is kept; counts it.
    fn has_room(&mut self, rule: usize) -> bool {
        if self.of_rule.len() <= rule {
            self.of_rule.resize(rule.saturating_add(1), 0);
        }
        let has_room = self.places.len() < self.kept.places;
        match self.of_rule.get_mut(rule).filter(|of_rule| has_room && **of_rule < self.kept.places_of_rule) {
            Some(of_rule) => *of_rule += 1,
            None => {
                self.left_out += 1;
                return false;
            }
        }
        true
    }

    /// Gives what was kept to a summary.
    pub fn finish(self, summary: &mut Summary) {
        summary.not_checked = self.not_checked;
        summary.places = self.places;
        summary.places_left_out = self.left_out;
    }
}

/// The path of a place, and of that inside what it carries.
pub(crate) fn place_path(path: &str, inner: Option<&str>) -> String {
    inner.map_or_else(|| path.to_owned(), |inner| format!("{path} > {inner}"))
}

impl Summary {
    /// What a run came to, without places: those are a [`Collector`]'s. `groups` are those of the batch, or others of the
    /// same documents. `run` says what ran and when; its account is taken from the batch. `name` says what a value of a
    /// dimension is called.
    pub fn of(
        batch: &Batch,
        groups: Option<&Groups>,
        rules: &RuleSet,
        run: Run,
        name: &dyn Fn(Dimension, &str) -> Option<String>,
    ) -> Summary {
        let all = groups.map(|groups| &groups.all);
        let of_rule = |(index, rule): (kirjuri::RuleIndex, AnyRule<'_>)| {
            let tally = batch.without_known(index, batch.tallies.get(index.index()).copied().unwrap_or_default());
            let documents = all.and_then(|all| all.rules.get(&index)).copied().unwrap_or_default();
            let in_force = match rule {
                AnyRule::Native(_, rule) => batch.in_force(rule),
                AnyRule::Assertion(_, assertion) => assertion.is_compiled,
            };
            let tally = GroupTally { applied: tally.applied, failed: tally.failed, ..documents };
            RuleSummary { in_force: Some(in_force), ..rule_summary(rule, tally) }
        };
        let groups = groups.iter().flat_map(|groups| &groups.by);
        let groups = groups.map(|((dimension, value), group)| GroupSummary {
            name: value.as_deref().and_then(|value| name(*dimension, value)),
            ..group_summary(*dimension, value.as_deref(), group)
        });
        let account = batch.account();
        let account = AccountSummary {
            seen: account.seen,
            checked: account.checked,
            unreadable: account.unreadable,
            skipped: account.skipped,
            ignored: batch.ignored,
            known: batch.count_known(),
            expired: batch.baseline.as_ref().map_or(0, kirjuri_report::BaselineAccount::count_expired),
            errors: batch.count(Severity::Error),
            warnings: batch.count(Severity::Warning),
            infos: batch.count(Severity::Info),
        };
        Summary {
            run: Run { account, partial: batch.is_partial, packs: pack_versions(rules), ..run },
            rules: rules.indexes().zip(rules.all()).map(of_rule).collect(),
            groups: groups.collect(),
            ..Summary::default()
        }
    }
}

fn group_summary(dimension: Dimension, value: Option<&str>, group: &Group) -> GroupSummary {
    let rules = group.rules.iter().map(|(rule, tally)| RuleTally { rule: rule.index(), tally: *tally });
    GroupSummary {
        dimension,
        value: value.map(str::to_owned),
        name: None,
        documents: group.documents,
        documents_failed: group.documents_failed,
        left_out: 0,
        severities: group.severities,
        rules: rules.collect(),
    }
}

fn rule_summary(rule: AnyRule<'_>, tally: GroupTally) -> RuleSummary {
    let (id, severity) = (rule.id(), rule.severity());
    let (selected, in_force) = (Some(rule.is_selected()), None);
    match rule {
        AnyRule::Native(pack, rule) => {
            let clause = |clause: &kirjuri::Clause| {
                let title = pack.guidelines().get(&clause.doc).map_or(clause.doc.as_str(), |doc| &doc.title);
                format!("{title}, {}", clause.clause)
            };
            RuleSummary {
                id,
                severity,
                criterion: Some(rule.criterion),
                title: rule.title().clone(),
                why: Some(rule.why().clone()),
                fix: Some(rule.fix().clone()),
                guidelines: rule.guidelines.iter().map(clause).collect(),
                tally,
                selected,
                in_force,
            }
        }
        AnyRule::Assertion(..) => {
            let title = |language| rule_title(rule, language).into_owned();
            let [fi, sv, en] = Language::ALL.map(title);
            let title = Texts { fi, sv, en };
            let (criterion, why, fix, guidelines) = (None, None, None, Vec::new());
            RuleSummary { id, severity, criterion, title, why, fix, guidelines, tally, selected, in_force }
        }
    }
}

fn pack_versions(rules: &RuleSet) -> Vec<PackVersion> {
    let packs = rules.packs().iter().map(|pack| PackVersion { id: pack.id.clone(), version: pack.version.clone() });
    let schemas = rules.schemas().iter();
    let schemas = schemas
        .map(|schema| PackVersion { id: schema.id.clone(), version: schema.version.clone().unwrap_or_default() });
    packs.chain(schemas).collect()
}
