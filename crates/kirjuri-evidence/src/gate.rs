//! Whether a run keeps the limits of a policy.

use std::collections::{BTreeMap, HashMap};

use kirjuri::{Severity, Texts, nearest};
use kirjuri_report::{Dimension, GroupTally};

use crate::differences::{Differences, Unlike};
use crate::policy::{Limit, Named, Otherwise, Policy};
use crate::scope::{Scope, sum_of_places};
use crate::statistics::{Method, Share, Sides, benjamini_hochberg, two_proportions};
use crate::summary::Summary;
use crate::words::{documents, places};

/// What a policy comes to for a run.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The file of the policy.
    pub policy: String,
    /// How many limits were kept.
    pub kept: u64,
    /// Those that were not, in the order of the policy.
    pub broken: Vec<Judged>,
    /// Those that could not be judged.
    pub unknown: Vec<Judged>,
    /// Groups of an entry on all of them that have too few documents to be judged.
    pub skipped: u64,
    /// Groups of an entry on all of them in which its rules had nothing to apply to.
    pub not_measured: u64,
    /// In what the earlier run was not made alike, where there is one.
    pub differences: Option<Differences>,
    /// Line and column of the entries of the policy that nothing was judged by.
    pub unused: Vec<(usize, usize)>,
}

/// A limit that is not kept, or could not be judged.
#[derive(Clone, PartialEq, Debug)]
pub struct Judged {
    /// Line and column in the policy.
    pub place: (usize, usize),
    /// The name the policy gives it.
    pub name: Option<String>,
    /// The rules it is about.
    pub about: About,
    /// The documents it is about: a dimension, its value, and what that is called.
    pub group: Option<(Dimension, Option<String>, Option<String>)>,
    /// The limit.
    pub check: Check,
    /// What was counted.
    pub share: Share,
    /// Whether documents were counted, and not places.
    pub of_documents: bool,
    /// Of `min-score`, the score.
    pub score: Option<f64>,
    /// Of `not-worse`, what the earlier run and the test say.
    pub earlier: Option<Earlier>,
    /// Why it could not be judged.
    pub reason: Option<Reason>,
}

/// The rules that a limit is about.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct About {
    /// One rule.
    pub rule: Option<String>,
    /// What is wrong where it fails.
    pub title: Option<Texts>,
    /// Those of a pack.
    pub pack: Option<String>,
    /// Those of a criterion.
    pub criterion: Option<kirjuri::Criterion>,
    /// Those of a severity.
    pub severity: Option<Severity>,
}

/// A limit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Check {
    /// The greatest share that may fail.
    MaxRate(f64),
    /// The greatest number that may fail.
    MaxCount(u64),
    /// The least score of a criterion.
    MinScore(f64),
    /// No greater share than in the earlier run, by more than chance explains.
    NotWorse,
}

/// What the earlier run says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Earlier {
    /// What was counted then.
    pub share: Share,
    /// How probable the difference is where nothing has got worse.
    pub p: f64,
    /// The same, corrected for all that the entry of the policy compares.
    pub corrected: f64,
    /// How it was found.
    pub method: Method,
}

/// Why a limit could not be judged.
#[derive(Clone, PartialEq, Debug)]
pub enum Reason {
    /// The run was stopped before its end.
    Partial,
    /// The earlier run was.
    EarlierPartial,
    /// The evidence has no such rule; the nearest one it has.
    NoSuchRule(Option<String>),
    /// The evidence has no such group; the nearest one it has.
    NoSuchGroup(Option<String>),
    /// The evidence tells no groups of the dimension apart.
    NoGroups {
        /// It is merged: they were left out.
        is_merged: bool,
    },
    /// The rules had nothing to apply to.
    NotMeasured,
    /// Numbers of the group were left out when evidence was merged.
    LeftOut,
    /// Findings may have other severities than their rules, and of a severity only the number of all findings is known.
    OtherSeverities,
    /// The documents are fewer than the policy wants.
    TooFew {
        /// How many there are.
        documents: u64,
        /// How many it wants.
        wanted: u64,
    },
    /// There is no earlier run, or none of these rules and documents.
    NoEarlier,
    /// The pack had another version then.
    DifferentPacks {
        /// The pack.
        pack: String,
        /// Its version then.
        before: String,
        /// Its version now.
        now: String,
    },
    /// The rules were asked, or in force, in one of the two runs only.
    OneRunOnly(Unlike),
    /// Documents were judged by other days then.
    OtherDays,
}

/// Judges a run by a policy, and against an earlier run.
pub fn gate(policy: &Policy, run: &Summary, against: Option<&Summary>) -> Verdict {
    let mut gate = Gate {
        policy,
        run,
        against: against.map(|against| Against::new(against, run)),
        verdict: Verdict { policy: policy.path.clone(), ..Verdict::default() },
    };
    gate.verdict.differences = gate.against.as_ref().map(|against| against.differences.clone());
    let stopped =
        [(run.run.partial, Reason::Partial), (against.is_some_and(|it| it.run.partial), Reason::EarlierPartial)];
    for (_, reason) in stopped.into_iter().filter(|(is_partial, _)| *is_partial) {
        if policy.judge.partial == Otherwise::Unknown {
            let judged = Judged { reason: Some(reason), ..nothing_judged((1, 1), Check::NotWorse) };
            gate.verdict.unknown.push(judged);
        }
    }
    for limit in &policy.limits {
        let before = gate.count();
        gate.limit(limit);
        if gate.count() == before {
            gate.verdict.unused.push(limit.place);
        }
    }
    gate.verdict
}

fn nothing_judged(place: (usize, usize), check: Check) -> Judged {
    Judged {
        place,
        name: None,
        about: About::default(),
        group: None,
        check,
        share: Share::default(),
        of_documents: false,
        score: None,
        earlier: None,
        reason: None,
    }
}

/// The earlier run, with its rules and groups by name.
struct Against<'s> {
    run: &'s Summary,
    differences: Differences,
    rules: HashMap<&'s str, usize>,
    groups: BTreeMap<(Dimension, Option<&'s str>), usize>,
}

impl<'s> Against<'s> {
    fn new(run: &'s Summary, now: &Summary) -> Against<'s> {
        let rules = run.rules.iter().enumerate().map(|(number, rule)| (rule.id.as_str(), number));
        let groups = run.groups.iter().enumerate();
        let groups = groups.map(|(number, group)| ((group.dimension, group.value.as_deref()), number));
        let differences = Differences::between(run, now);
        Against { run, differences, rules: rules.collect(), groups: groups.collect() }
    }

    /// The same documents then.
    fn scope(&self, scope: &Scope<'_>) -> Option<Scope<'s>> {
        let Some(group) = scope.group else { return Some(Scope::whole(self.run)) };
        let number = *self.groups.get(&(group.dimension, group.value.as_deref()))?;
        Some(Scope::of_group(self.run, self.run.groups.get(number)?))
    }
}

/// Some rules in some documents.
struct Target {
    /// The one rule, where it is one.
    rule: Option<usize>,
    tally: GroupTally,
    /// The numbers of the rules.
    rules: Vec<usize>,
}

struct Gate<'s> {
    policy: &'s Policy,
    run: &'s Summary,
    against: Option<Against<'s>>,
    verdict: Verdict,
}

impl Gate<'_> {
    /// How many limits were judged so far.
    fn count(&self) -> u64 {
        self.verdict.kept + (self.verdict.broken.len() + self.verdict.unknown.len()) as u64
    }

    fn limit(&mut self, limit: &Limit) {
        let template = Judged {
            name: limit.name.clone(),
            about: About {
                rule: limit.rule.as_ref().map(|rule| rule.name.clone()),
                pack: limit.pack.as_ref().map(|pack| pack.name.clone()),
                criterion: limit.criterion,
                severity: limit.severity,
                title: None,
            },
            of_documents: limit.of_documents,
            ..nothing_judged(limit.place, Check::NotWorse)
        };
        let selected = self.selected(limit);
        // A severity that no rule has may be that of findings.
        let is_own = limit.is_of_severity_only() && self.run.run.has_other_severities();
        if !selected.contains(&true) && !is_own {
            let Some((place, nearest)) = self.nearest_rule(limit) else {
                return self.unknown(Otherwise::Unknown, template, Reason::NoSuchRule(None));
            };
            let judged = Judged { place, ..template };
            return self.unknown(self.policy.judge.not_measured, judged, Reason::NoSuchRule(nearest));
        }
        let run = self.run;
        let scopes: Vec<Scope<'_>> = match limit.by {
            None => vec![Scope::whole(run)],
            Some(dimension) => {
                let wanted = limit.value.as_ref().map(|value| value.name.as_str());
                let is_asked = |value: Option<&str>| wanted.is_none() || value == wanted;
                let groups = run.groups.iter().filter(|group| group.dimension == dimension);
                let groups = groups.filter(|group| is_asked(group.value.as_deref()));
                groups.map(|group| Scope::of_group(run, group)).collect()
            }
        };
        if scopes.is_empty() {
            let values = run.groups.iter().filter(|group| Some(group.dimension) == limit.by);
            let values = values.filter_map(|group| group.value.as_deref());
            let near = limit.value.as_ref().and_then(|value| nearest(&value.name, values)).map(str::to_owned);
            let place = limit.value.as_ref().map_or(limit.place, |value| value.place);
            let group = limit.by.map(|by| (by, limit.value.as_ref().map(|value| value.name.clone()), None));
            let judged = Judged { place, group, ..template };
            let has_groups = run.groups.iter().any(|group| Some(group.dimension) == limit.by);
            let reason = match has_groups {
                true => Reason::NoSuchGroup(near),
                false => Reason::NoGroups { is_merged: run.run.is_merged() },
            };
            return self.unknown(self.policy.judge.not_measured, judged, reason);
        }
        // Of all groups of the country a few are always small: they are counted, unless none is left to be judged.
        let most = scopes.iter().max_by_key(|scope| scope.documents).filter(|_| limit.is_about_all_groups());
        let wanted = limit.min_documents.unwrap_or(self.policy.judge.min_documents);
        if let Some(most) = most.filter(|most| self.policy.judge.too_few.is_none() && most.documents < wanted) {
            let judged = Judged { group: group_of(most), ..template };
            return self.unknown(Otherwise::Unknown, judged, Reason::TooFew { documents: most.documents, wanted });
        }
        let mut compared = Vec::new();
        for scope in &scopes {
            self.scope(limit, &selected, scope, &template, &mut compared);
        }
        self.settle(compared);
    }

    fn scope(
        &mut self,
        limit: &Limit,
        selected: &[bool],
        scope: &Scope<'_>,
        template: &Judged,
        compared: &mut Vec<Judged>,
    ) {
        let template = Judged { group: group_of(scope), ..template.clone() };
        let judge = &self.policy.judge;
        let wanted = limit.min_documents.unwrap_or(judge.min_documents);
        let otherwise = if limit.is_about_all_groups() { Otherwise::Skip } else { Otherwise::Unknown };
        let too_few = judge.too_few.unwrap_or(otherwise);
        if scope.documents < wanted && too_few != Otherwise::Judge {
            self.verdict.skipped += u64::from(too_few == Otherwise::Skip && scope.group.is_some());
            let reason = Reason::TooFew { documents: scope.documents, wanted };
            return self.unknown(too_few, template, reason);
        }
        // What fails seldom is what is left out of merged evidence: of the rest nothing can be said but rule by rule.
        if !scope.is_whole() && (limit.rule.is_none() || limit.min_score.is_some()) {
            return self.unknown(Otherwise::Unknown, template, Reason::LeftOut);
        }
        if let Some(severity) = limit.severity.filter(|_| self.run.run.has_other_severities()) {
            return self.other_severities(limit, severity, scope, template);
        }
        let targets = targets(limit, selected, scope);
        if targets.is_empty() && !scope.is_whole() {
            return self.unknown(Otherwise::Unknown, template, Reason::LeftOut);
        }
        // In a group a rule may well have nothing to apply to; in the whole run that is worth knowing.
        if targets.is_empty() {
            if scope.group.is_none() || limit.value.is_some() {
                self.unknown(judge.not_measured, template, Reason::NotMeasured);
            } else {
                self.verdict.not_measured += 1;
            }
            return;
        }
        for target in targets {
            let rule = target.rule.and_then(|rule| scope.rules.get(rule));
            let mut judged = template.clone();
            judged.about.rule = rule.map(|rule| rule.id.clone()).or(judged.about.rule);
            judged.about.title = rule.map(|rule| rule.title.clone());
            // A rule on a series is asked of no document alone: of it places are counted, as a comparison does.
            judged.of_documents = limit.of_documents && target.tally.documents > 0;
            judged.share = if judged.of_documents { documents(target.tally) } else { places(target.tally) };
            let Some(rate) = judged.share.rate() else {
                self.unknown(judge.not_measured, judged, Reason::NotMeasured);
                continue;
            };
            if let Some(limit) = limit.max_rate {
                let is_kept = rate <= limit;
                self.settle_one(is_kept, Judged { check: Check::MaxRate(limit), ..judged.clone() });
            }
            if let Some(limit) = limit.max_count {
                let is_kept = judged.share.failed <= limit;
                self.settle_one(is_kept, Judged { check: Check::MaxCount(limit), ..judged.clone() });
            }
            if let Some(least) = limit.min_score {
                let score = scope.scores().into_iter().find(|score| Some(score.criterion) == limit.criterion);
                let score = score.filter(|score| score.exercised > 0).map(|score| score.score);
                let judged = Judged { check: Check::MinScore(least), score, ..judged.clone() };
                match score {
                    Some(score) => self.settle_one(score >= least, judged),
                    None => self.unknown(judge.not_measured, judged, Reason::NotMeasured),
                }
            }
            if limit.not_worse {
                compared.extend(self.compare(limit, scope, &target, judged));
            }
        }
    }

    /// Judges what is known of a severity where findings may have others than their rules: how many have it. Of how many
    /// places is not, nor which rules they are of.
    fn other_severities(&mut self, limit: &Limit, severity: Severity, scope: &Scope<'_>, template: Judged) {
        let number = Severity::ALL.iter().position(|known| *known == severity);
        let failed = number.and_then(|number| scope.severities().get(number).copied()).unwrap_or_default();
        let most = limit.max_count.filter(|_| limit.is_of_severity_only());
        if scope.tallies.is_empty() {
            return self.unknown(self.policy.judge.not_measured, template, Reason::NotMeasured);
        }
        if let Some(most) = most {
            let share = Share { failed, of: 0 };
            self.settle_one(failed <= most, Judged { check: Check::MaxCount(most), share, ..template.clone() });
        }
        if most.is_none() || limit.max_rate.is_some() || limit.not_worse {
            self.unknown(Otherwise::Unknown, template, Reason::OtherSeverities);
        }
    }

    /// Compares with the earlier run; what is not judged yet waits for the correction.
    fn compare(&mut self, limit: &Limit, scope: &Scope<'_>, target: &Target, judged: Judged) -> Option<Judged> {
        let judge = &self.policy.judge;
        // What holds for all rules and documents of the entry is said of them once.
        let of_all = |mut judged: Judged| {
            (judged.about.rule, judged.about.title) = (limit.rule.as_ref().map(|rule| rule.name.clone()), None);
            Judged { group: None, ..judged }
        };
        if self.against.is_none() {
            self.unknown(judge.without_earlier, of_all(judged), Reason::NoEarlier);
            return None;
        }
        let earlier = self.against.as_ref().and_then(|against| Some((against, against.scope(scope)?)));
        let Some((against, earlier)) = earlier else {
            self.unknown(judge.without_earlier, judged, Reason::NoEarlier);
            return None;
        };
        if judge.different_packs != Otherwise::Judge
            && let Some(reason) = different_pack(self.run, &against.differences, &target.rules)
        {
            self.unknown(judge.different_packs, of_all(judged), reason);
            return None;
        }
        if limit.severity.is_some() && against.run.run.has_other_severities() {
            self.unknown(Otherwise::Unknown, of_all(judged), Reason::OtherSeverities);
            return None;
        }
        if judge.different_days != Otherwise::Judge && against.differences.days.is_some() {
            self.unknown(judge.different_days, of_all(judged), Reason::OtherDays);
            return None;
        }
        // A rule that only one of the runs asked is no part of the sum, nor one that was in force in one of them only.
        let mut of_one_only = None;
        let both = target.rules.iter().filter_map(|&rule| {
            let id = scope.rules.get(rule)?.id.as_str();
            if let Some(unlike) = against.differences.of_one_only(id) {
                of_one_only = Some(unlike);
                return None;
            }
            Some((scope.tally(rule), earlier.tally(*against.rules.get(id)?)))
        });
        let (now, then): (Vec<GroupTally>, Vec<GroupTally>) = both.unzip();
        if let Some(unlike) = of_one_only.filter(|_| now.is_empty()) {
            self.unknown(judge.without_earlier, judged, Reason::OneRunOnly(unlike));
            return None;
        }
        let (now, then, of_documents) = match (target.rule, now.as_slice(), then.as_slice()) {
            (Some(_), [now], [then]) if now.documents > 0 && then.documents > 0 => {
                (documents(*now), documents(*then), true)
            }
            _ => (places(sum_of_places(now.into_iter())), places(sum_of_places(then.into_iter())), false),
        };
        let Some(tested) = two_proportions(then, now, Sides::Greater) else {
            self.unknown(judge.without_earlier, judged, Reason::NoEarlier);
            return None;
        };
        let earlier = Earlier { share: then, p: tested.p, corrected: tested.p, method: tested.method };
        Some(Judged { check: Check::NotWorse, share: now, of_documents, earlier: Some(earlier), ..judged })
    }

    /// Settles all that an entry of the policy compares, together: the more is compared, the more differs by chance.
    fn settle(&mut self, compared: Vec<Judged>) {
        let p: Vec<f64> = compared.iter().map(|judged| judged.earlier.map_or(1.0, |earlier| earlier.p)).collect();
        for (mut judged, corrected) in compared.into_iter().zip(benjamini_hochberg(&p)) {
            if let Some(earlier) = &mut judged.earlier {
                earlier.corrected = corrected;
            }
            self.settle_one(corrected > self.policy.judge.level, judged);
        }
    }

    fn settle_one(&mut self, is_kept: bool, judged: Judged) {
        match is_kept {
            true => self.verdict.kept += 1,
            false => self.verdict.broken.push(judged),
        }
    }

    fn unknown(&mut self, otherwise: Otherwise, judged: Judged, reason: Reason) {
        let judged = Judged { reason: Some(reason), ..judged };
        let is_said =
            self.verdict.unknown.last().is_some_and(|last| Judged { share: judged.share, ..last.clone() } == judged);
        if otherwise == Otherwise::Unknown && !is_said {
            self.verdict.unknown.push(judged);
        }
    }

    /// Which rules of the run an entry is about.
    fn selected(&self, limit: &Limit) -> Vec<bool> {
        let is = |named: &Option<Named<String>>, name: &str| named.as_ref().is_none_or(|named| named.name == name);
        let rules = self.run.rules.iter();
        let is_selected = |rule: &crate::summary::RuleSummary| {
            is(&limit.rule, &rule.id)
                && is(&limit.pack, rule.id.split('/').next().unwrap_or_default())
                && limit.criterion.is_none_or(|criterion| rule.criterion == Some(criterion))
                && limit.severity.is_none_or(|severity| rule.severity == severity)
        };
        rules.map(is_selected).collect()
    }

    /// Where an entry names a rule or a pack that is not there, and the nearest that is.
    fn nearest_rule(&self, limit: &Limit) -> Option<((usize, usize), Option<String>)> {
        let ids = || self.run.rules.iter().map(|rule| rule.id.as_str());
        if let Some(rule) = &limit.rule {
            return Some((rule.place, nearest(&rule.name, ids()).filter(|near| *near != rule.name).map(str::to_owned)));
        }
        let pack = limit.pack.as_ref()?;
        let packs = ids().filter_map(|id| id.split('/').next());
        Some((pack.place, nearest(&pack.name, packs).filter(|near| *near != pack.name).map(str::to_owned)))
    }
}

impl Limit {
    /// It is about each group of a dimension, and names none of them.
    fn is_about_all_groups(&self) -> bool {
        self.by.is_some() && self.value.is_none()
    }

    /// It is about all findings of a severity together, and tells no rules apart.
    fn is_of_severity_only(&self) -> bool {
        let Limit { rule, pack, criterion, severity, each_rule, .. } = self;
        severity.is_some() && rule.is_none() && pack.is_none() && criterion.is_none() && !each_rule
    }
}

/// The group of a scope, as what is judged names it.
fn group_of(scope: &Scope<'_>) -> Option<(Dimension, Option<String>, Option<String>)> {
    scope.group.map(|group| (group.dimension, group.value.clone(), group.name.clone()))
}

/// What is judged of some documents: the rules together, or each on its own.
fn targets(limit: &Limit, selected: &[bool], scope: &Scope<'_>) -> Vec<Target> {
    let is_selected = |rule: usize| selected.get(rule).copied().unwrap_or_default();
    let tallies = scope.tallies.iter().copied();
    let own: Vec<(usize, GroupTally)> =
        tallies.filter(|(rule, tally)| is_selected(*rule) && tally.applied > 0).collect();
    if limit.each_rule || limit.rule.is_some() {
        let target = |(rule, tally)| Target { rule: Some(rule), tally, rules: vec![rule] };
        return own.into_iter().map(target).collect();
    }
    if own.is_empty() {
        return Vec::new();
    }
    let tally = sum_of_places(own.iter().map(|(_, tally)| *tally));
    vec![Target { rule: None, tally, rules: own.into_iter().map(|(rule, _)| rule).collect() }]
}

/// A pack of some rules that had another version in the earlier run.
fn different_pack(run: &Summary, differences: &Differences, rules: &[usize]) -> Option<Reason> {
    rules.iter().find_map(|&rule| {
        let (pack, [before, now]) = differences.versions_of(&run.rules.get(rule)?.id)?;
        Some(Reason::DifferentPacks { pack: pack.name.clone(), before: before.to_owned(), now: now.to_owned() })
    })
}
