//! What settings call some rules by: a rule, a pack, a glob, a criterion, a severity.

use std::sync::Arc;

use kirjuri::{Criterion, RuleIndex, RuleSet, Severity, nearest};
use kirjuri_report::Fault;

use super::place::{Place, Placed, Source};
use super::wildcard::matches;

/// Some rules.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Selector {
    /// A rule by its own name, present or former: `pack/rule`.
    Rule(String),
    /// Rules by a glob: `pack/unknown-*`.
    Glob(String),
    /// All rules of a pack, or of those that a glob names.
    Pack(String),
    /// All that measure a criterion.
    Criterion(Criterion),
    /// All of a severity.
    Severity(Severity),
    /// All that are safety-critical.
    SafetyCritical,
}

/// How exactly a selector names a rule. A greater one decides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Exactness {
    /// By something that it has in common with others.
    Broad,
    /// By a glob on names of rules.
    Glob,
    /// By its own name.
    Name,
}

const SAFETY_CRITICAL: &str = "safety-critical";

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// What is wrong with it, and what may have been meant.
    pub(crate) fn parse(text: &str) -> Result<Selector, (String, Option<String>)> {
        let is_glob = text.contains(['*', '?']);
        if text.is_empty() || text.trim() != text {
            return Err(("a selector is empty or has white space around it".into(), None));
        }
        if let Some((what, name)) = text.split_once(':').filter(|(what, _)| !what.contains('/')) {
            let unknown = |what: &str, known: &[&'static str]| {
                let suggestion = nearest(name, known.iter().copied()).map(|meant| format!("{what}:{meant}"));
                Err((format!("there is no {what} `{name}`"), suggestion))
            };
            return match what {
                "criterion" => match Criterion::ALL.into_iter().find(|known| known.id() == name) {
                    Some(criterion) => Ok(Selector::Criterion(criterion)),
                    None => unknown(what, &Criterion::ALL.map(Criterion::id)),
                },
                "severity" => match Severity::ALL.into_iter().find(|known| known.id() == name) {
                    Some(severity) => Ok(Selector::Severity(severity)),
                    None => unknown(what, &Severity::ALL.map(Severity::id)),
                },
                _ => {
                    let suggestion = nearest(what, ["criterion", "severity"]).map(|meant| format!("{meant}:{name}"));
                    Err((format!("there are no rules by `{what}:`, only by `criterion:` and `severity:`"), suggestion))
                }
            };
        }
        Ok(match text {
            SAFETY_CRITICAL => Selector::SafetyCritical,
            text if text.contains('/') && is_glob => Selector::Glob(text.to_owned()),
            text if text.contains('/') => Selector::Rule(text.to_owned()),
            text => Selector::Pack(text.to_owned()),
        })
    }

    /// As it is written.
    pub(crate) fn text(&self) -> String {
        match self {
            Selector::Rule(text) | Selector::Glob(text) | Selector::Pack(text) => text.clone(),
            Selector::Criterion(criterion) => format!("criterion:{}", criterion.id()),
            Selector::Severity(severity) => format!("severity:{}", severity.id()),
            Selector::SafetyCritical => SAFETY_CRITICAL.to_owned(),
        }
    }

    pub(crate) fn exactness(&self) -> Exactness {
        match self {
            Selector::Rule(_) => Exactness::Name,
            Selector::Glob(_) => Exactness::Glob,
            _ => Exactness::Broad,
        }
    }

    /// The pack that it names itself.
    fn pack(&self) -> Option<&str> {
        match self {
            Selector::Rule(text) | Selector::Glob(text) => text.split_once('/').map(|(pack, _)| pack),
            Selector::Pack(text) => Some(text),
            _ => None,
        }
    }
}

/// The words that selectors have for what rules have in common, each with what is written for it.
fn broad_words() -> impl Iterator<Item = (&'static str, String)> {
    let criteria = Criterion::ALL.into_iter().map(|criterion| (criterion.id(), Selector::Criterion(criterion).text()));
    let severities = Severity::ALL.into_iter().map(|severity| (severity.id(), Selector::Severity(severity).text()));
    criteria.chain(severities).chain([(SAFETY_CRITICAL, SAFETY_CRITICAL.to_owned())])
}

/// What stands for a word that is written without what it is, such as `warning`.
fn broad(word: &str) -> Option<String> {
    broad_words().find(|(known, _)| *known == word).map(|(_, written)| written)
}

/// What stands for a word that is nearly one of those.
fn broad_like(word: &str) -> Option<String> {
    broad(nearest(word, broad_words().map(|(known, _)| known))?)
}

/// Reads a list of selectors with commas between them, as options have it.
pub(crate) fn parse_list(source: &Arc<Source>, faults: &mut Vec<Fault>) -> Vec<Placed<Selector>> {
    let mut found = Vec::new();
    let mut start = 0;
    for piece in source.text.split(',') {
        let own = piece.trim();
        let begin = start + (piece.len() - piece.trim_start().len());
        let place = source.at(begin..begin + own.len());
        start += piece.len() + 1;
        found.extend(placed(own, place, faults));
    }
    found
}

/// Reads a selector of a place; what is wrong goes to `faults`.
pub(crate) fn placed(text: &str, place: Place, faults: &mut Vec<Fault>) -> Option<Placed<Selector>> {
    match Selector::parse(text) {
        Ok(value) => Some(Placed { value, place }),
        Err((message, suggestion)) => {
            faults.push(place.fault(message).meant(suggestion.as_deref()));
            None
        }
    }
}

/// The rules of a set, as selectors see them.
pub(crate) struct Known<'r> {
    rules: &'r RuleSet,
    /// By number.
    all: Vec<KnownRule>,
    /// The packs and schemas.
    packs: Vec<String>,
    /// How strong a source named the packs.
    strength: usize,
}

/// A rule as selectors see it.
pub(crate) struct KnownRule {
    pub(crate) id: String,
    pub(crate) criterion: Option<Criterion>,
    /// As its pack has it.
    pub(crate) severity: Severity,
    pub(crate) is_safety_critical: bool,
}

impl<'r> Known<'r> {
    /// The rules of a set whose packs were named by a source of some strength.
    pub(crate) fn new(rules: &'r RuleSet, strength: usize) -> Known<'r> {
        let all = rules.all().map(|rule| KnownRule {
            id: rule.id(),
            criterion: rule.criterion(),
            severity: rule.severity(),
            is_safety_critical: rule.is_safety_critical(),
        });
        let packs = rules.packs().iter().map(|pack| pack.id.clone());
        let packs = packs.chain(rules.schemas().iter().map(|schema| schema.id.clone())).collect();
        Known { rules, all: all.collect(), packs, strength }
    }

    /// The rules, by number.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (RuleIndex, &KnownRule)> {
        self.rules.indexes().zip(&self.all)
    }

    /// The rules that a selector names, by number. One that names none is a fault, unless it speaks of rules of a pack which
    /// is not there because a stronger source named others. A former name is told to `notes`.
    pub(crate) fn find(
        &self,
        selector: &Placed<Selector>,
        faults: &mut Vec<Fault>,
        notes: &mut Vec<String>,
    ) -> Vec<RuleIndex> {
        let Placed { value, place } = selector;
        if let Selector::Rule(id) = value {
            let Some(index) = self.rules.find(id) else {
                faults.extend(self.unknown(value, place));
                return Vec::new();
            };
            let present = self.rules.id(index);
            if present != *id {
                notes.push(format!("{}: note: `{id}` is now `{present}`", place.shown()));
            }
            return vec![index];
        }
        let is_meant = |rule: &KnownRule| {
            let (pack, name) = rule.id.split_once('/').unwrap_or((&rule.id, ""));
            match value {
                Selector::Rule(_) => false,
                Selector::Glob(glob) => {
                    glob.split_once('/').is_some_and(|(packs, names)| matches(packs, pack) && matches(names, name))
                }
                Selector::Pack(glob) => matches(glob, pack),
                Selector::Criterion(criterion) => rule.criterion == Some(*criterion),
                Selector::Severity(severity) => rule.severity == *severity,
                Selector::SafetyCritical => rule.is_safety_critical,
            }
        };
        let found: Vec<RuleIndex> = self.rules().filter(|(_, rule)| is_meant(rule)).map(|(index, _)| index).collect();
        if found.is_empty() {
            faults.extend(self.unknown(value, place));
        }
        found
    }

    /// Says that a selector names no rule; nothing where that is as it should be.
    fn unknown(&self, selector: &Selector, place: &Place) -> Option<Fault> {
        let others_were_named = self.strength > place.source.strength;
        let text = selector.text();
        let Some(pack) = selector.pack() else {
            return (!others_were_named).then(|| place.fault(format!("none of the rules is of `{text}`")));
        };
        let is_there = self.packs.iter().any(|known| matches(pack, known));
        if !is_there && others_were_named {
            return None;
        }
        let ids = || self.all.iter().map(|rule| rule.id.as_str());
        // A rule without its pack is looked for by its name.
        let by_name = || ids().find(|id| id.split_once('/').is_some_and(|(_, name)| name == text));
        let packs = || nearest(pack, self.packs.iter().map(String::as_str));
        Some(match selector {
            Selector::Pack(_) => {
                let packs = || packs().map(str::to_owned);
                let rule = || by_name().or_else(|| nearest(&text, ids())).map(str::to_owned);
                let by_name = || by_name().map(str::to_owned);
                let suggestion =
                    broad(&text).or_else(by_name).or_else(packs).or_else(|| broad_like(&text)).or_else(rule);
                place.fault(format!("there is no pack `{text}`")).meant(suggestion.as_deref())
            }
            Selector::Glob(_) => place.fault(format!("no rule is named `{text}`")),
            _ if is_there => place.fault(format!("there is no rule `{text}`")).meant(nearest(&text, ids())),
            _ => place.fault(format!("there is no pack `{pack}`")).meant(nearest(&text, ids()).or_else(packs)),
        })
    }
}
