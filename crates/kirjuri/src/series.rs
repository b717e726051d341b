//! Rules on a series: what documents of one batch may not say beside each other.
//!
//! A pack declares series: what is taken from each document, as [`Member`]s, and by what members belong to one group. A
//! document is checked alone, on any thread; of what it says its report has the members, owned and without content but for
//! the few values that a series keeps. Whoever goes through a batch encodes them, sorts the bytes, and shows group by group
//! to a [`Judge`], which asks the rules of a small tree of each. Nothing depends on the order in which the documents came.

mod declare;
mod judge;
mod member;
mod take;

use std::hash::{DefaultHasher, Hash, Hasher};

use kirjuri_xpath::{Pattern, PatternSet, Program, StaticContext};

pub(crate) use declare::{nodes, read};
pub(crate) use judge::judge_pack;
pub use judge::{Group, Judge, Judged, OtherPlace, SeriesFinding};
pub(crate) use member::Fact;
pub use member::Member;
pub(crate) use take::{members, take};

use crate::rule::{Question, Rule};

/// A series of a pack: what is taken from each document, and by what it is grouped.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name; the stem of its file.
    pub name: String,
    /// Groups with fewer members are not asked.
    pub least: usize,
    /// The kinds of members, in the order of the file.
    pub members: Vec<MemberKind>,
    /// By how many texts the members of a group are sorted.
    pub(crate) orders: usize,
}

/// A kind of members of a series.
#[derive(Clone, Debug)]
pub struct MemberKind {
    /// Name of its element in the tree of a group.
    pub name: String,
    /// The nodes of a document that are such members.
    pub context: Pattern,
    /// Where a finding about a member points, from the node; the node itself where there is none.
    pub point: Option<Program>,
    /// By what members are grouped, as texts; where one is empty the node is no member.
    pub group: Vec<Program>,
    /// By what the members of a group are sorted, as texts.
    pub order: Vec<Program>,
    /// What is kept of a member.
    pub facts: Vec<FactKind>,
}

/// What is kept of a member.
#[derive(Clone, Debug)]
pub struct FactKind {
    /// Name of its attribute in the tree of a group.
    pub name: String,
    /// What it is, as a text; an empty one is not there.
    pub value: Program,
    /// It is kept as it is written; else as a fingerprint, which can only be compared.
    pub is_kept: bool,
}

/// The series of a pack, compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeriesSet {
    pub(crate) series: Vec<Series>,
    /// The contexts of all members, and of each the numbers of its series and kind.
    contexts: PatternSet,
    kinds: Vec<(usize, usize)>,
    /// What rules on groups are compiled against.
    pub(crate) context: StaticContext,
    /// By series, the rules that ask about it.
    asked: Vec<AskedSeries>,
}

/// The rules that ask about a series.
#[derive(Clone, Debug, Default)]
struct AskedSeries {
    contexts: PatternSet,
    /// Of each pattern of the contexts, the rule.
    rules: Vec<usize>,
}

impl SeriesSet {
    pub(crate) fn new(series: Vec<Series>, context: StaticContext, rules: &[Rule]) -> SeriesSet {
        let mut set = SeriesSet { series, context, ..SeriesSet::default() };
        set.select(rules);
        set
    }

    /// Asks the rules that are selected, and takes only members that one of them asks about.
    pub(crate) fn select(&mut self, rules: &[Rule]) {
        let asked = (0..self.series.len()).map(|number| {
            let asking = rules.iter().enumerate().filter(|(_, of)| of.is_selected);
            let asking = asking.filter_map(|(rule, of)| match &of.question {
                Question::Series { series, context, .. } if *series == number => Some((rule, context)),
                _ => None,
            });
            let (rules, contexts): (Vec<_>, Vec<_>) = asking.unzip();
            AskedSeries { contexts: PatternSet::new(contexts), rules }
        });
        self.asked = asked.collect();
        let asked = self.series.iter().enumerate().zip(&self.asked).filter(|(_, asked)| !asked.rules.is_empty());
        let numbered = asked.map(|(series, _)| series).flat_map(|(number, series)| {
            series.members.iter().enumerate().map(move |(kind, member)| ((number, kind), &member.context))
        });
        let (kinds, contexts): (Vec<_>, Vec<_>) = numbered.unzip();
        (self.kinds, self.contexts) = (kinds, PatternSet::new(contexts));
    }
}

/// The fingerprint of some texts: the same in every run, and no two of a batch meet in it by chance.
pub(crate) fn fingerprint(texts: &[&str]) -> u128 {
    // Two hashes with fixed keys.
    let hash = |key: u64| {
        let mut hasher = DefaultHasher::new();
        (key, texts).hash(&mut hasher);
        hasher.finish()
    };
    u128::from(hash(0)) << 64 | u128::from(hash(1))
}
