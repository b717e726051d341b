//! Asks the rules on a series of one group at a time.

use std::fmt::Write;

use kirjuri_tree::{Document, Limits, NodeId};
use kirjuri_xpath::{DynamicContext, EvaluationError, Evaluator, Focus, Matched, Node};

use super::member::{Bytes, write_place, write_place_order};
use super::{AskedSeries, Fact, Member};
use crate::classification::Severity;
use crate::fingerprint::Fingerprint;
use crate::lint::{LintOptions, Stopped};
use crate::pack::Pack;
use crate::place::Place;
use crate::report::{Finding, Tally, Unevaluated};
use crate::round::day_of;
use crate::rule::Question;
use crate::rule_set::{AnyRule, RuleIndex, RuleSet};
use crate::validation;

/// The members of one group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// In canonical order, as their bytes, which are smaller than what is read from them.
    members: Vec<Box<[u8]>>,
    is_too_large: bool,
}

impl Group {
    /// The most members that a group may have: its rules are not asked of more.
    pub const MOST_MEMBERS: usize = 10_000;

    /// A group of members in their canonical order, as their bytes say them.
    pub fn new<'b>(members: impl IntoIterator<Item = &'b [u8]>) -> Group {
        let mut group = Group::default();
        members.into_iter().for_each(|bytes| group.push(bytes));
        group
    }

    /// Adds the next member by its bytes ([`Member::encode`]). What is over the most is only counted as too much.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.len() >= Group::MOST_MEMBERS {
            self.is_too_large = true;
        } else if Member::decode(bytes).is_some() {
            self.members.push(bytes.into());
        }
    }

    /// A member, with the number of its document.
    fn member(&self, number: usize) -> Option<(Member, u32)> {
        Member::decode(self.members.get(number)?)
    }

    /// How many members it has, as far as they are held.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The number of its series.
    fn series(&self) -> Option<usize> {
        Member::series_of(self.members.first()?)
    }

    /// Its tree: an element for each member, with an attribute for each fact.
    fn tree(&self, pack: &Pack, series: usize) -> Option<Document> {
        let kinds = &pack.series().get(series)?.members;
        let mut xml = String::from("<group>");
        for (member, document) in (0..self.len()).filter_map(|number| self.member(number)) {
            let kind = kinds.get(usize::from(member.kind))?;
            let _ = write!(xml, "<{} document=\"{document}\"", kind.name);
            for (fact, known) in kind.facts.iter().zip(&member.facts) {
                match known {
                    None => {}
                    Some(Fact::Fingerprint(fingerprint)) => {
                        let _ = write!(xml, " {}=\"{fingerprint:032x}\"", fact.name);
                    }
                    Some(Fact::Written(text)) => {
                        let _ = write!(xml, " {}=\"", fact.name);
                        text.chars().for_each(|c| match c {
                            '&' => xml.push_str("&amp;"),
                            '<' => xml.push_str("&lt;"),
                            '"' => xml.push_str("&quot;"),
                            c => xml.push(c),
                        });
                        xml.push('"');
                    }
                }
            }
            xml.push_str("/>");
        }
        xml.push_str("</group>");
        Document::parse(xml.as_bytes(), &Limits::default()).ok()
    }
}

/// What a rule on a series found. It holds no content of the documents.
#[derive(Clone, PartialEq, Debug)]
pub struct SeriesFinding {
    /// Number of the document it is about, as it was given to [`Member::encode`].
    pub document: u32,
    /// The rule and the place.
    pub finding: Finding,
    /// What else is to be looked at, in canonical order; at most [`SeriesFinding::MOST_OTHERS`].
    pub others: Vec<OtherPlace>,
}

/// A place of some document.
#[derive(Clone, PartialEq, Debug)]
pub struct OtherPlace {
    /// Number of the document.
    pub document: u32,
    /// Where in it.
    pub place: Place,
}

impl SeriesFinding {
    /// Of more than so many others only the first are named.
    pub const MOST_OTHERS: usize = 8;

    /// Appends its bytes. Their plain order is that of the report: by document, place and rule.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.document.to_be_bytes());
        write_place_order(&self.finding.place, out);
        out.extend(self.finding.rule.0.to_be_bytes());
        out.extend(self.finding.fingerprint.0.to_be_bytes());
        write_place(&self.finding.place, out);
        for other in &self.others {
            out.extend(other.document.to_be_bytes());
            write_place(&other.place, out);
        }
    }

    /// The finding of some bytes, by the rules it was made with; nothing where they are none of [`SeriesFinding::encode`].
    pub fn decode(bytes: &[u8], rules: &RuleSet) -> Option<SeriesFinding> {
        let mut rest = Bytes(bytes);
        let document = rest.number()?;
        rest.place_order()?;
        let rule = RuleIndex(rest.number().filter(|rule| (*rule as usize) < rules.len())?);
        let fingerprint = Fingerprint(rest.fingerprint()?);
        let place = rest.place()?;
        let mut others = Vec::new();
        while !rest.0.is_empty() {
            others.push(OtherPlace { document: rest.number()?, place: rest.place()? });
        }
        Some(SeriesFinding { document, finding: finding(rule, rules.get(rule).severity(), place, fingerprint), others })
    }
}

fn finding(rule: RuleIndex, severity: Severity, place: Place, fingerprint: Fingerprint) -> Finding {
    Finding { rule, severity, place, fingerprint, subject: None, excerpt: None, assertion: None }
}

/// What came of a group.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Judged {
    /// What was found, in no order.
    pub findings: Vec<SeriesFinding>,
    /// How often rules applied and failed: those that applied at all, by number.
    pub tallies: Vec<(RuleIndex, Tally)>,
    /// The rules that could not be asked: of a member, or, once, of a group that is too large or takes too much work.
    pub unevaluated: Vec<Unevaluated>,
}

/// Asks the rules on series of groups.
#[derive(Debug)]
pub struct Judge<'r> {
    rules: &'r RuleSet,
    options: &'r LintOptions,
}

/// How many nodes the rules may visit in one group: some hundredths of a second. Rules that look at their neighbours take a
/// few for each member; what compares each member with each other is stopped at some thousand members.
const BUDGET: u64 = 1 << 24;

impl<'r> Judge<'r> {
    /// A judge by the rules that the documents were checked by, and the options.
    pub fn new(rules: &'r RuleSet, options: &'r LintOptions) -> Judge<'r> {
        Judge { rules, options }
    }

    /// What the rules say of a group. Whoever sorts the bytes of all members has whole ones.
    pub fn judge(&self, group: &Group) -> Judged {
        let Some(mut series) = group.series() else { return Judged::default() };
        for (pack, &start) in self.rules.packs.iter().zip(&self.rules.starts) {
            match series.checked_sub(pack.series().len()) {
                None => return judge(pack, start, series, group, self.options),
                Some(behind) => series = behind,
            }
        }
        Judged::default()
    }
}

/// What the rules of a pack, alone in its set, say of a group.
pub(crate) fn judge_pack(pack: &Pack, group: &Group, options: &LintOptions) -> Judged {
    group.series().map(|series| judge(pack, 0, series, group, options)).unwrap_or_default()
}

/// What the rules of a pack say of a group of one of its series; `start` is the number of rules before those of the pack.
fn judge(pack: &Pack, start: u32, series: usize, group: &Group, options: &LintOptions) -> Judged {
    let (Some(of), Some(asked)) = (pack.series().get(series), pack.series_set().asked.get(series)) else {
        return Judged::default();
    };
    let is_in_force = |number: usize| pack.rules().get(number).is_some_and(|it| it.in_force(options.as_of.day()));
    let in_force = || asked.rules.iter().copied().filter(|number| is_in_force(*number));
    if group.len() < of.least || in_force().next().is_none() {
        return Judged::default();
    }
    let asking = Asking { pack, start, asked, options, is_in_force: &is_in_force };
    asking.ask(group, series).unwrap_or_else(|_| {
        let rules = in_force().map(|number| RuleIndex(start + number as u32));
        Judged { unevaluated: rules.map(|rule| Unevaluated { rule, times: 1 }).collect(), ..Judged::default() }
    })
}

/// The rules on a series about to be asked of a group.
struct Asking<'p> {
    pack: &'p Pack,
    start: u32,
    asked: &'p AskedSeries,
    options: &'p LintOptions,
    is_in_force: &'p dyn Fn(usize) -> bool,
}

impl Asking<'_> {
    fn ask(&self, group: &Group, series: usize) -> Result<Judged, Stopped> {
        let Asking { pack, start, asked, options, is_in_force } = *self;
        let mut judged = Judged::default();
        if group.is_too_large {
            return Err(Stopped(None));
        }
        let tree = group.tree(pack, series).ok_or(Stopped(None))?;
        let context = &pack.series_set().context;
        let binding = context.names().bind(&tree);
        let day = day_of(options);
        let dynamic = DynamicContext {
            as_of: &day,
            library: Some(context.library()),
            interrupt: options.interrupt.as_deref(),
            ..DynamicContext::default()
        };
        let evaluator = Evaluator::new(&tree, &binding, &dynamic).with_budget(BUDGET.min(options.budget));
        let elements: Vec<NodeId> = tree.children(tree.root_element()).collect();
        // What is about the group as a whole is said of its first member.
        let number_of = |node: Node<'_>| elements.binary_search(&node.node.owner()).unwrap_or_default();
        let mut tallies = vec![Tally::default(); asked.rules.len()];
        evaluator.each_match::<Stopped>(&asked.contexts, &mut |pattern, node, matched| {
            let (Some(&number), Some(tally)) = (asked.rules.get(pattern), tallies.get_mut(pattern)) else {
                return Ok(());
            };
            let Some(of) = pack.rules().get(number).filter(|_| is_in_force(number)) else { return Ok(()) };
            let Question::Series { assertion, other, .. } = &of.question else { return Ok(()) };
            let (rule, focus) = (RuleIndex(start + number as u32), Focus::on(node));
            let answer = match matched {
                Matched::Holds => {
                    tally.applied += 1;
                    evaluator.truth(assertion, &focus)
                }
                Matched::Undefined(code) => Err(EvaluationError::Dynamic(code)),
            };
            match answer {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(EvaluationError::Dynamic(_)) => {
                    judged.unevaluated.push(Unevaluated { rule, times: 1 });
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
            let own = number_of(node);
            let Some((about, document)) = group.member(own) else { return Ok(()) };
            let others = match other.as_ref().map(|other| evaluator.nodes(other, &focus)).transpose() {
                Ok(nodes) => nodes.unwrap_or_default(),
                // The finding stands without them.
                Err(EvaluationError::Dynamic(_)) => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            let mut others: Vec<usize> = others.into_iter().map(number_of).filter(|other| *other != own).collect();
            others.sort_unstable();
            others.dedup();
            others.truncate(SeriesFinding::MOST_OTHERS);
            let others = others.into_iter().filter_map(|other| group.member(other));
            let others = others.map(|(member, document)| OtherPlace { document, place: member.place });
            tally.failed += 1;
            let fingerprint = about.spot.fingerprint(AnyRule::Native(pack, of), None);
            let finding = finding(rule, of.severity, about.place, fingerprint);
            judged.findings.push(SeriesFinding { document, finding, others: others.collect() });
            Ok(())
        })?;
        let numbered = asked.rules.iter().map(|number| RuleIndex(start + *number as u32)).zip(tallies);
        judged.tallies = numbered.filter(|(_, tally)| tally.applied > 0).collect();
        validation::sum(&mut judged.unevaluated);
        Ok(judged)
    }
}
