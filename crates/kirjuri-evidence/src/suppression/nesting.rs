//! Units belong to providers, and providers to areas: a total of what is above is a total of what is below too.

use std::collections::BTreeMap;

use kirjuri::Description;
use kirjuri_report::{Areas, Dimension};

use super::{Part, is_safe, settle_groups, settle_rules};

/// Groups of each dimension.
type All = [(Dimension, Vec<Part>); Dimension::ALL.len()];

/// Hides what could be found by subtracting units from their provider, providers from their area, or the other way round.
/// Says whether it hid any.
pub(super) fn settle_nested(all: &mut All, areas: &Areas) -> bool {
    let mut changed = false;
    for (above, below) in [(Dimension::Area, Dimension::Provider), (Dimension::Provider, Dimension::Unit)] {
        let mut parents = Vec::new();
        let mut children: BTreeMap<Box<str>, Vec<&mut Part>> = BTreeMap::new();
        for (dimension, parts) in all.iter_mut() {
            if *dimension == above {
                parents.extend(parts.iter_mut());
            } else if *dimension == below {
                for part in parts {
                    let parent = part.value.as_deref().and_then(|value| parent(below, value, areas));
                    if let Some(parent) = parent {
                        children.entry(parent).or_default().push(part);
                    }
                }
            }
        }
        for parent in parents {
            let own = parent.value.as_deref().and_then(|value| children.get_mut(value));
            if let Some(own) = own {
                changed |= settle(parent, own);
            }
        }
    }
    changed
}

/// What a value is part of.
fn parent(dimension: Dimension, value: &str, areas: &Areas) -> Option<Box<str>> {
    match dimension {
        Dimension::Provider => areas.area_of(&Description { provider: Some(value.into()), ..Description::default() }),
        // `1.2.246.10.BUSINESS` of `1.2.246.10.BUSINESS.10.1`.
        Dimension::Unit => {
            let end = value.match_indices('.').nth(4).map_or(value.len(), |(at, _)| at);
            value.get(..end).map(Box::from)
        }
        _ => None,
    }
}

fn settle(parent: &mut Part, own: &mut Vec<&mut Part>) -> bool {
    if parent.is_hidden {
        // All of them together would be their parent.
        let shown = own.iter_mut().filter(|part| !part.is_hidden);
        return shown.map(|part| part.is_hidden = true).count() > 0;
    }
    let mut changed = false;
    // What is hidden of the parent must not be the sum of what is shown below it.
    for number in parent.numbers.iter().filter(|number| number.is_hidden) {
        let below = own.iter_mut().flat_map(|part| &mut part.numbers);
        let below = below.filter(|below| below.rule == number.rule && !below.is_hidden);
        changed |= below.map(|below| below.is_hidden = true).count() > 0;
    }
    changed |= settle_groups(own);
    let hidden = || own.iter().filter(|part| part.is_hidden);
    let sums = [hidden().map(|part| part.documents).sum(), hidden().map(|part| part.documents_failed).sum()];
    if !is_safe(hidden().count(), &sums) {
        parent.is_hidden = true;
        return true;
    }
    changed |= settle_rules(own);
    for number in parent.numbers.iter_mut().filter(|number| !number.is_hidden) {
        let below = || {
            let below = own.iter().flat_map(|part| &part.numbers);
            below.filter(|below| below.rule == number.rule && below.is_hidden && below.tally.documents > 0)
        };
        let sums =
            [below().map(|below| below.tally.documents).sum(), below().map(|below| below.tally.documents_failed).sum()];
        if !is_safe(below().count(), &sums) {
            number.is_hidden = true;
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use kirjuri::Severity;
    use kirjuri_report::GroupTally;

    use super::super::{Number, suppress};
    use super::*;
    use crate::summary::{GroupSummary, Summary};

    fn part(value: &str, documents: u64, rules: &[(u64, u64, bool)], is_hidden: bool) -> Part {
        let number = |(rule, &(documents, documents_failed, is_hidden)): (usize, &(u64, u64, bool))| Number {
            rule,
            tally: GroupTally { applied: documents, failed: documents_failed, documents, documents_failed },
            severity: Severity::Error,
            is_hidden,
        };
        Part {
            group: 0,
            value: Some(value.to_owned()),
            documents,
            documents_failed: 0,
            numbers: rules.iter().enumerate().map(number).collect(),
            is_hidden,
        }
    }

    #[test]
    fn a_unit_cannot_be_found_by_subtraction_from_its_provider() {
        let group = |dimension, value: &str, documents| GroupSummary {
            dimension,
            value: Some(value.to_owned()),
            name: None,
            documents,
            documents_failed: 0,
            left_out: 0,
            severities: [0; 3],
            rules: Vec::new(),
        };
        let mut summary = Summary::default();
        for (dimension, value, documents) in [
            (Dimension::Provider, "1.2.246.10.99999984", 23),
            (Dimension::Provider, "1.2.246.10.2048198", 40),
            (Dimension::Unit, "1.2.246.10.99999984.10.2", 20),
            (Dimension::Unit, "1.2.246.10.99999984.10.77", 3),
            (Dimension::Unit, "1.2.246.10.2048198.10.1", 9),
            (Dimension::Unit, "1.2.246.10.2048198.10.2", 31),
        ] {
            summary.groups.push(group(dimension, value, documents));
        }
        suppress(&mut summary, &Areas::national());
        let shown: Vec<_> = summary.groups.iter().filter_map(|group| group.value.as_deref()).collect();
        // The small unit takes the other of its own provider with it, and not the smallest of all.
        assert_eq!(shown.iter().filter(|value| value.starts_with("1.2.246.10.99999984.")).count(), 0, "{shown:?}");
        assert!(shown.contains(&"1.2.246.10.99999984"), "{shown:?}");
    }

    #[test]
    fn a_hidden_provider_has_no_units_and_one_unit_hides_its_provider() {
        for (parent_hidden, child_hidden) in [(true, false), (false, true)] {
            let mut parent = part("p", 30, &[], parent_hidden);
            let mut child = part("p.1", 30, &[], child_hidden);
            assert!(settle(&mut parent, &mut vec![&mut child]));
            assert!(parent.is_hidden && child.is_hidden);
        }
    }

    #[test]
    fn a_number_of_a_rule_is_hidden_above_and_below_alike() {
        for (above, below) in [(true, false), (false, true)] {
            let mut parent = part("p", 60, &[(30, 9, above)], false);
            let mut first = part("p.1", 30, &[(30, 9, below)], false);
            let mut second = part("p.2", 30, &[], false);
            assert!(settle(&mut parent, &mut vec![&mut first, &mut second]));
            assert!(parent.numbers[0].is_hidden && first.numbers[0].is_hidden);
        }
    }
}
