//! Keeps numbers of fewer than five documents out of what is published, also those that could be found by subtraction.
//!
//! A group is left out where it has fewer than five documents, or fewer than five with a finding. The numbers of a rule in
//! a group are left out where the rule applied to fewer than five of its documents, or failed in fewer than five but in
//! some. What is left out is the difference of a total and of what is shown, so that more is left out until every such
//! difference is one of at least two parts and of at least five. `docs/evidence.md` says what this does not do.

use std::collections::BTreeMap;

use kirjuri::Severity;
use kirjuri_report::{Areas, Dimension, GroupTally};

use crate::summary::Summary;

mod nesting;

use nesting::settle_nested;

/// The fewest documents that are shown.
pub const FEWEST: u64 = 5;

/// How much of a dimension was left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Suppressed {
    /// The dimension.
    pub dimension: Dimension,
    /// Groups.
    pub groups: usize,
    /// Numbers of a rule in a group that is shown.
    pub numbers: usize,
    /// Rules that applied in one group only, whose numbers were left out: their totals give these numbers back.
    pub given_back: usize,
}

/// The numbers of a rule in a group.
struct Number {
    rule: usize,
    tally: GroupTally,
    severity: Severity,
    is_hidden: bool,
}

/// A group while it is decided.
struct Part {
    /// Its number in the summary.
    group: usize,
    value: Option<String>,
    documents: u64,
    documents_failed: u64,
    numbers: Vec<Number>,
    is_hidden: bool,
}

fn is_small(count: u64) -> bool {
    (1..FEWEST).contains(&count)
}

/// Leaves out of the groups of a summary what must not be shown; says how much that was. `areas` says which providers are of
/// which area.
pub(crate) fn suppress(summary: &mut Summary, areas: &Areas) -> Vec<Suppressed> {
    let mut suppressed = Vec::new();
    let (mut hidden_groups, mut hidden_numbers) = (vec![false; summary.groups.len()], BTreeMap::new());
    let mut all = Dimension::ALL.map(|dimension| (dimension, parts(summary, dimension)));
    // Each round hides more, so that there is a last one.
    loop {
        let mut changed = false;
        for (_, parts) in &mut all {
            let mut parts: Vec<&mut Part> = parts.iter_mut().collect();
            while settle_groups(&mut parts) | settle_rules(&mut parts) | settle_severities(&mut parts) {
                changed = true;
            }
        }
        changed |= settle_nested(&mut all, areas);
        if !changed {
            break;
        }
    }
    for (dimension, parts) in all {
        if parts.is_empty() {
            continue;
        }
        let (mut groups, mut numbers) = (0, 0);
        let given_back = count_given_back(&parts);
        for part in &parts {
            if part.is_hidden {
                groups += 1;
                if let Some(hidden) = hidden_groups.get_mut(part.group) {
                    *hidden = true;
                }
                continue;
            }
            let hidden: Vec<usize> = part.numbers.iter().filter(|it| it.is_hidden).map(|it| it.rule).collect();
            numbers += hidden.len();
            hidden_numbers.insert(part.group, hidden);
        }
        suppressed.push(Suppressed { dimension, groups, numbers, given_back });
    }
    for (number, group) in summary.groups.iter_mut().enumerate() {
        if let Some(hidden) = hidden_numbers.get(&number) {
            group.left_out = group.left_out.saturating_add(hidden.len() as u64);
            group.rules.retain(|one| !hidden.contains(&one.rule));
        }
    }
    let mut number = 0..;
    summary
        .groups
        .retain(|_| number.next().is_none_or(|number| !hidden_groups.get(number).copied().unwrap_or_default()));
    suppressed
}

fn parts(summary: &Summary, dimension: Dimension) -> Vec<Part> {
    let groups = summary.groups.iter().enumerate().filter(|(_, group)| group.dimension == dimension);
    let part = |(number, group): (usize, &crate::GroupSummary)| {
        let numbers = group.rules.iter().filter_map(|one| {
            let severity = summary.rules.get(one.rule)?.severity;
            let is_hidden = is_small(one.tally.documents) || is_small(one.tally.documents_failed);
            Some(Number { rule: one.rule, tally: one.tally, severity, is_hidden })
        });
        Part {
            group: number,
            value: group.value.clone(),
            documents: group.documents,
            documents_failed: group.documents_failed,
            numbers: numbers.collect(),
            is_hidden: is_small(group.documents) || is_small(group.documents_failed),
        }
    };
    groups.map(part).collect()
}

/// Whether what is hidden cannot be found by subtraction: it has several parts, and their sums are not small.
fn is_safe(parts: usize, sums: &[u64]) -> bool {
    parts == 0 || (parts > 1 && !sums.iter().any(|&sum| is_small(sum)))
}

/// Hides groups until the difference of all documents and of those shown is safe. Says whether it hid any.
fn settle_groups(parts: &mut [&mut Part]) -> bool {
    let mut changed = false;
    loop {
        let hidden = || parts.iter().filter(|part| part.is_hidden);
        let sums = [hidden().map(|part| part.documents).sum(), hidden().map(|part| part.documents_failed).sum()];
        if is_safe(hidden().count(), &sums) {
            return changed;
        }
        let shown = parts.iter_mut().filter(|part| !part.is_hidden);
        let Some(smallest) = shown.min_by_key(|part| (part.documents, part.group)) else { return changed };
        smallest.is_hidden = true;
        changed = true;
    }
}

/// Hides numbers of rules until, for each rule, the difference of its total and of what groups show is safe.
fn settle_rules(parts: &mut [&mut Part]) -> bool {
    let mut changed = false;
    let mut of_rule: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, part) in parts.iter_mut().enumerate() {
        for (place, number) in part.numbers.iter_mut().enumerate() {
            number.is_hidden |= part.is_hidden;
            of_rule.entry(number.rule).or_default().push((at, place));
        }
    }
    for places in of_rule.values() {
        loop {
            let numbers = || {
                let numbers =
                    places.iter().filter_map(|&(at, place)| Some((at, place, parts.get(at)?.numbers.get(place)?)));
                numbers.filter(|(_, _, number)| number.tally.documents > 0)
            };
            let hidden = || numbers().filter(|(_, _, number)| number.is_hidden).map(|(_, _, number)| number.tally);
            let sums = [hidden().map(|it| it.documents).sum(), hidden().map(|it| it.documents_failed).sum()];
            if is_safe(hidden().count(), &sums) {
                break;
            }
            let shown = numbers().filter(|(_, _, number)| !number.is_hidden);
            let smallest = shown.min_by_key(|(at, _, number)| (number.tally.documents, *at));
            let Some((at, place)) = smallest.map(|(at, place, _)| (at, place)) else { break };
            if let Some(number) = parts.get_mut(at).and_then(|part| part.numbers.get_mut(place)) {
                number.is_hidden = true;
            }
            changed = true;
        }
    }
    changed
}

/// How many rules applied in one group only, whose numbers of them were left out: no other group's can be left out with them.
fn count_given_back(parts: &[Part]) -> usize {
    // Where no document says it nothing is told apart.
    if matches!(parts, [Part { value: None, .. }]) {
        return 0;
    }
    let mut of_rule: BTreeMap<usize, (usize, bool)> = BTreeMap::new();
    for (part, number) in parts.iter().flat_map(|part| part.numbers.iter().map(move |number| (part, number))) {
        if number.tally.documents > 0 {
            let (groups, is_hidden) = of_rule.entry(number.rule).or_default();
            *groups += 1;
            *is_hidden |= number.is_hidden || part.is_hidden;
        }
    }
    of_rule.values().filter(|(groups, is_hidden)| *groups == 1 && *is_hidden).count()
}

/// Hides numbers of rules until, in each group and severity, the difference of the group's findings and of what its rules
/// show is safe; where there are not enough, the group.
fn settle_severities(parts: &mut [&mut Part]) -> bool {
    let mut changed = false;
    for part in parts.iter_mut().filter(|part| !part.is_hidden) {
        for severity in Severity::ALL {
            loop {
                let failing = || {
                    let own = part.numbers.iter().enumerate();
                    own.filter(|(_, number)| number.severity == severity && number.tally.failed > 0)
                };
                let hidden = || failing().filter(|(_, number)| number.is_hidden);
                if is_safe(hidden().count(), &[hidden().map(|(_, number)| number.tally.failed).sum()]) {
                    break;
                }
                let shown = failing().filter(|(_, number)| !number.is_hidden);
                let smallest =
                    shown.min_by_key(|(place, number)| (number.tally.failed, *place)).map(|(place, _)| place);
                changed = true;
                match smallest.and_then(|place| part.numbers.get_mut(place)) {
                    Some(number) => number.is_hidden = true,
                    None => {
                        part.is_hidden = true;
                        break;
                    }
                }
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::{GroupSummary, RuleSummary, RuleTally};

    /// A group: documents, documents with a finding, and of each rule documents and documents in which it failed.
    type Row<'r> = (&'r str, u64, u64, &'r [(u64, u64)]);

    fn summary(rows: &[Row<'_>]) -> Summary {
        let rules = rows.iter().map(|row| row.3.len()).max().unwrap_or_default();
        let rule = |number: usize| RuleSummary {
            id: format!("p/{number}"),
            severity: Severity::Error,
            criterion: None,
            title: kirjuri::Texts::default(),
            why: None,
            fix: None,
            guidelines: Vec::new(),
            tally: GroupTally::default(),
            selected: None,
            in_force: None,
        };
        let group = |(value, documents, documents_failed, rules): &Row<'_>| GroupSummary {
            dimension: Dimension::Unit,
            value: Some((*value).to_owned()),
            name: None,
            documents: *documents,
            documents_failed: *documents_failed,
            left_out: 0,
            severities: [rules.iter().map(|rule| rule.1).sum(), 0, 0],
            rules: rules
                .iter()
                .enumerate()
                .map(|(rule, &(documents, failed))| RuleTally {
                    rule,
                    tally: GroupTally { applied: documents, failed, documents, documents_failed: failed },
                })
                .collect(),
        };
        Summary {
            rules: (0..rules).map(rule).collect(),
            groups: rows.iter().map(group).collect(),
            ..Summary::default()
        }
    }

    /// Expected: the groups that are shown, each with the rules that are.
    fn check(rows: &[Row<'_>], expected: &[(&str, &[usize])]) {
        let mut summary = summary(rows);
        suppress(&mut summary, &Areas::default());
        let shown: Vec<(String, Vec<usize>)> = summary
            .groups
            .iter()
            .map(|group| (group.value.clone().unwrap(), group.rules.iter().map(|one| one.rule).collect()))
            .collect();
        let expected: Vec<(String, Vec<usize>)> =
            expected.iter().map(|(value, rules)| ((*value).to_owned(), rules.to_vec())).collect();
        assert_eq!(shown, expected, "{rows:?}");
    }

    #[test]
    fn groups_that_are_large_enough_are_shown() {
        check(&[("a", 5, 5, &[(5, 5)]), ("b", 90, 0, &[(90, 0)])], &[("a", &[0]), ("b", &[0])]);
        check(&[], &[]);
    }

    #[test]
    fn a_small_group_takes_the_next_smallest_with_it() {
        check(&[("a", 4, 0, &[]), ("b", 9, 0, &[]), ("c", 8, 0, &[]), ("d", 50, 0, &[])], &[("b", &[]), ("d", &[])]);
    }

    #[test]
    fn several_small_groups_whose_sum_is_small_take_another_with_them() {
        check(&[("a", 1, 0, &[]), ("b", 2, 0, &[]), ("c", 8, 0, &[]), ("d", 9, 0, &[])], &[("d", &[])]);
        check(&[("a", 3, 0, &[]), ("b", 2, 0, &[]), ("c", 8, 0, &[])], &[("c", &[])]);
    }

    #[test]
    fn a_group_with_few_faulty_documents_is_hidden_and_they_cannot_be_found_by_subtraction() {
        // 3 of the faulty ones are in `a`; `b` with 1 more would leave 4.
        check(&[("a", 40, 3, &[]), ("b", 41, 1, &[]), ("c", 42, 9, &[]), ("d", 99, 20, &[])], &[("d", &[])]);
    }

    #[test]
    fn a_small_number_of_a_rule_takes_that_of_another_group_and_of_another_rule_with_it() {
        check(
            &[
                ("a", 40, 20, &[(40, 3), (40, 10), (40, 20)]),
                ("b", 50, 20, &[(50, 20), (50, 10), (50, 20)]),
                ("c", 60, 20, &[(60, 20), (60, 10), (60, 20)]),
            ],
            // Of rule 0 the number of `a` is small; that of `b` hides it in the sum over groups. In `a` and in `b` another
            // rule hides them in the sum over rules.
            &[("a", &[2]), ("b", &[2]), ("c", &[0, 1, 2])],
        );
    }

    #[test]
    fn rules_whose_totals_give_back_what_was_left_out_are_counted() {
        for (rows, expected) in [
            // The rule of `a` is asked nowhere else, so that its total is its number there.
            (
                &[("a", 4, 0, &[(4, 0), (0, 0)][..]), ("b", 9, 0, &[(0, 0), (9, 0)]), ("c", 50, 0, &[(0, 0), (50, 0)])]
                    [..],
                1,
            ),
            // Two groups hide each other.
            (&[("a", 4, 0, &[(4, 0)]), ("b", 9, 0, &[(9, 0)]), ("c", 50, 0, &[(50, 0)])], 0),
            (&[("a", 90, 9, &[(90, 9)]), ("b", 90, 9, &[(90, 9)])], 0),
        ] {
            let mut summary = summary(rows);
            let suppressed = suppress(&mut summary, &Areas::default());
            assert_eq!(suppressed.iter().map(|one| one.given_back).collect::<Vec<_>>(), [expected], "{rows:?}");
        }
    }

    #[test]
    fn where_nothing_is_left_to_hide_a_number_behind_the_group_goes() {
        check(&[("a", 40, 20, &[(40, 3)]), ("b", 50, 20, &[(50, 20)]), ("c", 60, 20, &[(60, 20)])], &[("c", &[0])]);
    }

    /// Whatever is shown, nothing small can be had from it by the subtractions that the totals allow.
    #[test]
    fn no_difference_of_totals_and_what_is_shown_is_small() {
        let mut state = 7_u64;
        let mut random = move |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for _ in 0..300 {
            let names: Vec<String> = (0..2 + random(8)).map(|number| format!("u{number}")).collect();
            let rows: Vec<_> = names
                .iter()
                .map(|name| {
                    let documents = 1 + random(60);
                    let mut rules = Vec::new();
                    for _ in 0..4 {
                        let of = random(documents + 1);
                        rules.push((of, random(of + 1)));
                    }
                    let failed = rules.iter().map(|rule| rule.1).max().unwrap();
                    (name.clone(), documents, failed, rules)
                })
                .collect();
            let rows: Vec<Row<'_>> = rows.iter().map(|row| (row.0.as_str(), row.1, row.2, &*row.3)).collect();
            let whole = summary(&rows);
            let mut shown = summary(&rows);
            suppress(&mut shown, &Areas::default());
            if shown.groups.is_empty() {
                continue;
            }
            let documents = |summary: &Summary| summary.groups.iter().map(|group| group.documents).sum::<u64>();
            let failed = |summary: &Summary| summary.groups.iter().map(|group| group.documents_failed).sum::<u64>();
            assert!(!is_small(documents(&whole) - documents(&shown)) && !is_small(failed(&whole) - failed(&shown)));
            assert!(whole.groups.len() - shown.groups.len() != 1);
            for rule in 0..4 {
                let of = |summary: &Summary| {
                    let own = summary.groups.iter().flat_map(|group| &group.rules).filter(|one| one.rule == rule);
                    own.fold((0, 0), |sum, one| (sum.0 + one.tally.documents, sum.1 + one.tally.documents_failed))
                };
                let (all, seen) = (of(&whole), of(&shown));
                if seen.0 > 0 {
                    assert!(!is_small(all.0 - seen.0) && !is_small(all.1 - seen.1), "{rows:?}");
                }
            }
            for group in &shown.groups {
                let seen: u64 = group.rules.iter().map(|one| one.tally.failed).sum();
                assert!(!is_small(group.severities[0] - seen), "{rows:?}");
                assert!(group.rules.iter().all(|one| !is_small(one.tally.documents_failed)));
            }
        }
    }
}
