//! Takes the members of a pack's series from a part of a document.

use std::borrow::Cow;

use kirjuri_tree::Document;
use kirjuri_xpath::{EvaluationError, Evaluator, Focus, Matched, Node, Program};

use super::member::{LONGEST_VALUE, order_of, order_of_fingerprint};
use super::{Fact, Member, MemberKind, fingerprint};
use crate::embedded::Embedded;
use crate::fingerprint::Fingerprints;
use crate::identifiers::Hetu;
use crate::lint::Stopped;
use crate::pack::Pack;
use crate::part::{AllPlaces, At, Part};
use crate::place::TooLong;
use crate::round::{Round, day_of};
use crate::vocabulary::Vocabulary;

/// A member before its place is written out.
pub(crate) struct Taken {
    at: At,
    /// Number of the series in the pack.
    series: usize,
    kind: usize,
    group: u128,
    order: Vec<u8>,
    facts: Vec<Option<Fact>>,
}

/// Takes the members of all series of a pack from a part of a document that the pack applies to, where the options ask for
/// them; `start` is the number of series before those of the pack. `unknown` gets the rules on a series, once for each node
/// of which it cannot be said what it is for the series.
pub(crate) fn take(
    round: &Round<'_>,
    start: usize,
    taken: &mut Vec<(usize, Taken)>,
    unknown: &mut Vec<usize>,
) -> Result<(), Stopped> {
    let Round { pack, part, binding, budget, options } = *round;
    let set = pack.series_set();
    if set.kinds.is_empty() || !options.series || options.draft {
        return Ok(());
    }
    let day = day_of(options);
    let dynamic = round.dynamic(&day);
    let evaluator = Evaluator::new(part.document, binding, &dynamic).with_budget(budget);
    let mut unknown = |series: usize| {
        let asked = set.asked.get(series).into_iter().flat_map(|asked| &asked.rules).copied();
        unknown.extend(asked.filter(|rule| pack.rules().get(*rule).is_some_and(|it| it.in_force(options.as_of.day()))));
    };
    evaluator.each_match::<Stopped>(&set.contexts, &mut |pattern, node, matched| {
        let Some(&(series, kind)) = set.kinds.get(pattern) else { return Ok(()) };
        let Some(of) = set.series.get(series) else { return Ok(()) };
        let Some(member) = of.members.get(kind) else { return Ok(()) };
        if matched != Matched::Holds {
            unknown(series);
            return Ok(());
        }
        match take_one(member, of.orders, part, &evaluator, node) {
            Ok(Some((at, group, order, facts))) => {
                taken.push((start, Taken { at, series, kind, group, order, facts }));
            }
            Ok(None) => {}
            Err(EvaluationError::Dynamic(_)) => unknown(series),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    })
}

type Parts = (At, u128, Vec<u8>, Vec<Option<Fact>>);

fn take_one<'a>(
    member: &'a MemberKind,
    orders: usize,
    part: &Part<'_>,
    evaluator: &Evaluator<'a>,
    node: Node<'a>,
) -> Result<Option<Parts>, EvaluationError> {
    let focus = Focus::on(node);
    let text = |program: &'a Program| evaluator.value(program, &focus).map(|value| value.to_text());
    let mut grouped = Vec::with_capacity(member.group.len());
    for program in &member.group {
        let text = text(program)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        grouped.push(text);
    }
    let grouped: Vec<&str> = grouped.iter().map(|text| text.trim()).collect();
    let mut order = Vec::new();
    for number in 0..orders {
        // Kinds of members that are sorted by fewer texts come first.
        let text = member.order.get(number).map(text).transpose()?.unwrap_or(Cow::Borrowed(""));
        match text.trim() {
            text if may_be_sorted_by(text) => order_of(text, &mut order),
            text => order_of_fingerprint(fingerprint(&[text]), &mut order),
        }
    }
    let facts = member.facts.iter().map(|fact| {
        let text = text(&fact.value)?;
        let text = text.trim();
        Ok::<_, EvaluationError>(match text {
            "" => None,
            text if fact.is_kept && may_be_kept(text) => Some(Fact::Written(text.into())),
            text => Some(Fact::Fingerprint(fingerprint(&[text]))),
        })
    });
    let facts = facts.collect::<Result<_, _>>()?;
    let point = match &member.point {
        Some(point) => evaluator.nodes(point, &focus)?.first().copied(),
        None => None,
    };
    let at = part.at(point.unwrap_or(node)).or_else(|| part.at(node)).unwrap_or_else(|| node.node.into());
    Ok(Some((at, fingerprint(&grouped), order, facts)))
}

/// Whether a text can be a number, a time, a code or an OID. What says more of somebody is only ever compared.
fn may_be_kept(text: &str) -> bool {
    text.len() <= LONGEST_VALUE && text.bytes().all(|byte| byte.is_ascii_graphic()) && Hetu::parse(text).is_err()
}

/// Whether members may be sorted by a text as it is written: by numbers, times, OIDs and what else has a digit in each word,
/// so that no name is kept.
fn may_be_sorted_by(text: &str) -> bool {
    text.split(' ')
        .filter(|word| !word.is_empty())
        .all(|word| word.bytes().any(|byte| byte.is_ascii_digit()) && may_be_kept(word))
}

/// Writes out the places of what was taken from a document, each with the number of series before those of its pack,
/// by which `pack_of` tells the pack.
pub(crate) fn members<'d>(
    document: &'d Document,
    embedded: &'d Embedded<'d>,
    vocabulary: &dyn Vocabulary,
    pack_of: &dyn Fn(usize) -> Option<&'d Pack>,
    taken: Vec<(usize, Taken)>,
) -> Result<Vec<Member>, TooLong> {
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let mut places = AllPlaces::new(document, Some(embedded), vocabulary);
    let mut fingerprints = Fingerprints::new(document, Some(embedded));
    let member = |(start, taken): (usize, Taken)| {
        let Taken { at, series, kind, group, order, facts } = taken;
        let (place, spot) = (places.place(at)?, fingerprints.spot(at, pack_of(start)));
        Ok(Member { series: (start + series) as u32, kind: kind as u16, group, order, facts, spot, place })
    };
    taken.into_iter().map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sorted_by_a_name() {
        for (text, expected) in [
            ("", true),
            ("12", true),
            ("20261122120000+0200", true),
            ("1.2.246.10 set-7", true),
            ("Virtanen", false),
            ("Esimerkki 7", false),
            ("Åsa1", false),
            ("010190-900P", false),
            ("1.2.246.21 010190-900P", false),
        ] {
            assert_eq!(may_be_sorted_by(text), expected, "{text}");
        }
    }
}
