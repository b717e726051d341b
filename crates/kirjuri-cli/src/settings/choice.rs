//! Which rules of a run are asked, and how grave their findings are: what all selectors together say.

use std::collections::BTreeSet;

use kirjuri::{RuleIndex, RuleSet, Selection, Severity};
use kirjuri_report::Fault;

use super::file::{Layer, Rating};
use super::paths::PathRules;
use super::place::{Kind, Placed};
use super::selector::{Exactness, Known, KnownRule, Selector};
use super::thresholds::Thresholds;
use super::{Failure, Settings};

/// What settings make of the rules of a run.
#[derive(Debug)]
pub(crate) struct Choice {
    /// The rules, those selected with their severities.
    pub(crate) rules: RuleSet,
    /// The rules of documents whose paths have settings of their own.
    pub(crate) paths: PathRules,
    /// How many findings are allowed.
    pub(crate) thresholds: Thresholds,
    /// What there is to say of the settings, a line each.
    pub(crate) notes: Vec<String>,
    /// How many safety-critical rules a selector would have taken out or made milder, and did not.
    pub(crate) kept: usize,
}

/// Whether a selector takes a rule in or out.
struct Vote<'s> {
    exactness: Exactness,
    strength: usize,
    is_out: bool,
    selector: &'s Placed<Selector>,
}

impl Vote<'_> {
    /// The greatest decides: the most exact; of names, the one of the strongest source; of equals, the one that leaves out.
    fn weight(&self) -> (Exactness, usize, bool) {
        let strength = if self.exactness == Exactness::Name { self.strength } else { 0 };
        (self.exactness, strength, self.is_out)
    }
}

/// What is found out about rules while settings are applied.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) faults: Vec<Fault>,
    pub(crate) notes: Vec<String>,
    /// The safety-critical rules that stay as they are.
    pub(crate) kept: BTreeSet<RuleIndex>,
}

impl Settings {
    /// Applies the settings to the rules of a run.
    ///
    /// # Errors
    /// All that is wrong with the settings, each with its place.
    pub(crate) fn choose(&self, rules: &RuleSet) -> Result<Choice, Failure> {
        let known = Known::new(rules, self.packs.as_ref().map_or(0, |packs| packs.place.source.strength));
        let mut found = Findings { faults: self.faults.clone(), ..Findings::default() };
        let selection = self.selection(rules, &known, &mut found);
        let entries = self.layers.iter().flat_map(|layer| &layer.paths);
        let paths = PathRules::new(entries, rules, &selection, &known, &mut found);
        let entries = self.layers.iter().flat_map(|layer| &layer.thresholds);
        let thresholds = Thresholds::new(entries, &known, &mut found);
        let Findings { faults, mut notes, kept } = found;
        if !faults.is_empty() {
            return Err(Failure::Settings { faults });
        }
        if !kept.is_empty() {
            let rules = if kept.len() == 1 { "rule stays as it is" } else { "rules stay as they are" };
            notes.push(format!(
                "note: {} safety-critical {rules}: such a rule is made milder only by its own name, with a reason, in [severity] of a settings file",
                kept.len()
            ));
        }
        // One selector may be written in several lists.
        let mut seen = BTreeSet::new();
        notes.retain(|note| seen.insert(note.clone()));
        Ok(Choice { rules: rules.selected(&selection), paths, thresholds, notes, kept: kept.len() })
    }

    /// The lists that hold, the strongest `select` and `ignore` with all that adds to them: whether there is a `select`, what
    /// is taken in, and what is left out.
    fn lists(&self) -> (bool, Vec<&Placed<Selector>>, Vec<&Placed<Selector>>) {
        let select = self.layers.iter().rev().find_map(|layer| layer.select.as_ref());
        let ignore = self.layers.iter().rev().find_map(|layer| layer.ignore.as_ref());
        let more = |get: fn(&Layer) -> &Vec<Placed<Selector>>| self.layers.iter().flat_map(get);
        let selected = select.iter().flat_map(|list| &list.value).chain(more(|layer| &layer.extend_select)).collect();
        let ignored = ignore.iter().flat_map(|list| &list.value).chain(more(|layer| &layer.extend_ignore)).collect();
        (select.is_some(), selected, ignored)
    }

    fn selection(&self, rules: &RuleSet, known: &Known<'_>, found: &mut Findings) -> Selection {
        let (is_selective, selected, ignored) = self.lists();
        let mut votes: Vec<Vec<Vote<'_>>> = known.rules().map(|_| Vec::new()).collect();
        for (is_out, list) in [(false, selected), (true, ignored)] {
            for selector in list {
                let (exactness, strength) = (selector.value.exactness(), selector.place.source.strength);
                for rule in known.find(selector, &mut found.faults, &mut found.notes) {
                    let votes = votes.get_mut(rule.index());
                    votes.into_iter().for_each(|votes| votes.push(Vote { exactness, strength, is_out, selector }));
                }
            }
        }
        let ratings = Ratings::of(self.layers.iter().flat_map(|layer| &layer.severity), known, found);
        let mut selection = Selection::of(rules);
        for ((index, rule), votes) in known.rules().zip(votes) {
            let decides = votes.iter().max_by_key(|vote| vote.weight());
            let mut is_asked = decides.map_or(!is_selective, |vote| !vote.is_out);
            if !is_asked && rule.is_safety_critical {
                is_asked = true;
                match decides.filter(|vote| vote.exactness == Exactness::Name) {
                    Some(vote) => found.faults.push(critical(vote.selector, rule)),
                    None => drop(found.kept.insert(index)),
                }
            }
            let severity = ratings.of_rule(index, rule, found).unwrap_or(Some(rule.severity));
            if severity.is_none() {
                found.kept.remove(&index);
            }
            selection.set(index, severity.filter(|_| is_asked));
        }
        selection
    }
}

/// Says how a safety-critical rule is taken out.
pub(crate) fn critical(selector: &Placed<Selector>, rule: &KnownRule) -> Fault {
    let mut fault =
        selector.place.fault(format!("`{}` is safety-critical, and nothing says why it is taken out", rule.id));
    fault.help =
        Some(format!("in [severity] of a settings file: \"{}\" = {{ severity = \"off\", reason = \"…\" }}", rule.id));
    fault
}

/// The severities that settings give to rules.
pub(crate) struct Ratings<'s> {
    /// By the number of the rule, in the order in which they are written.
    by_rule: Vec<Vec<(&'s Placed<Selector>, &'s Placed<Rating>)>>,
}

impl<'s> Ratings<'s> {
    pub(crate) fn of(
        entries: impl Iterator<Item = &'s (Placed<Selector>, Placed<Rating>)>,
        known: &Known<'_>,
        found: &mut Findings,
    ) -> Ratings<'s> {
        let mut by_rule: Vec<Vec<_>> = known.rules().map(|_| Vec::new()).collect();
        for (selector, rating) in entries {
            for rule in known.find(selector, &mut found.faults, &mut found.notes) {
                by_rule.get_mut(rule.index()).into_iter().for_each(|ratings| ratings.push((selector, rating)));
            }
        }
        Ratings { by_rule }
    }

    /// What is said of a rule: its severity, or that it is not asked. The most exact entry decides, of equals the one of the
    /// strongest source, of those the last.
    pub(crate) fn of_rule(&self, index: RuleIndex, rule: &KnownRule, found: &mut Findings) -> Option<Option<Severity>> {
        let said = self.by_rule.get(index.index()).map_or(&[][..], Vec::as_slice);
        let (mut decides, mut weight) = (None, None);
        for (selector, rating) in said {
            let (own, exactness) = (rating.value.severity, selector.value.exactness());
            let is_milder = own.is_none_or(|severity| severity < rule.severity);
            if rule.is_safety_critical && is_milder && exactness != Exactness::Name {
                found.kept.insert(index);
                continue;
            }
            let own_weight = (exactness, rating.place.source.strength);
            if weight.is_none_or(|weight| weight <= own_weight) {
                (decides, weight) = (Some((*rating, is_milder)), Some(own_weight));
            }
        }
        let (rating, is_milder) = decides?;
        if rule.is_safety_critical && is_milder {
            found.faults.extend(unjustified(rating, rating.value.reason.as_deref(), rule));
        }
        Some(rating.value.severity)
    }
}

/// Says that something milder for a safety-critical rule has no reason, or none that is kept in a file.
pub(crate) fn unjustified<T>(at: &Placed<T>, reason: Option<&str>, rule: &KnownRule) -> Option<Fault> {
    let kind = at.place.source.kind;
    let message = match reason {
        None => "is safety-critical: what makes it milder has a reason",
        Some(_) if !matches!(kind, Kind::File | Kind::ConfigFile) => {
            "is safety-critical: what makes it milder is written in a settings file"
        }
        Some(_) => return None,
    };
    let mut fault = at.place.fault(format!("`{}` {message}", rule.id));
    fault.help = Some("say why with `reason`: { …, reason = \"…\" }".into()).filter(|_| reason.is_none());
    Some(fault)
}
