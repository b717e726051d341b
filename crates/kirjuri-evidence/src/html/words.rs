//! The words of the report. A language is a value with all of them, so that none can be left out.

mod english;
mod finnish;
mod swedish;

use kirjuri::{Criterion, Language};
use kirjuri_report::Dimension;

/// Every text of the report that is not a rule's. `{0}`, `{1}` stand where values go.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) skip: &'static str,
    pub(super) contents: &'static str,
    pub(super) nav_groups: &'static str,
    pub(super) nav_trend: &'static str,
    pub(super) nav_rules: &'static str,
    pub(super) nav_not_checked: &'static str,
    pub(super) nav_run: &'static str,

    pub(super) source_banner: &'static str,
    pub(super) merged_note: &'static str,
    pub(super) partial_banner: &'static str,

    /// Checked, seen.
    pub(super) lead_checked: [&'static str; 2],
    /// Seen, all of which were checked.
    pub(super) lead_all_checked: [&'static str; 2],
    /// Nothing was seen.
    pub(super) lead_nothing: &'static str,
    /// Seen.
    pub(super) lead_none_checked: [&'static str; 2],
    /// Documents with findings, share of those checked.
    pub(super) lead_failed: [&'static str; 2],
    /// Findings, in words by severity.
    pub(super) lead_findings: [&'static str; 2],
    pub(super) lead_no_findings: &'static str,
    pub(super) and: &'static str,
    pub(super) judged_by_day: &'static str,
    pub(super) judged_by_document: &'static str,
    pub(super) account: &'static str,
    pub(super) seen: [&'static str; 2],
    pub(super) checked: [&'static str; 2],
    pub(super) unreadable: [&'static str; 2],
    pub(super) skipped: [&'static str; 2],
    pub(super) known: [&'static str; 2],
    /// Entries of a baseline.
    pub(super) expired: [&'static str; 2],
    pub(super) ignored: [&'static str; 2],
    pub(super) why_not_checked: &'static str,
    /// Listed, all.
    pub(super) reasons_of_listed: &'static str,

    pub(super) criteria: &'static str,
    pub(super) criteria_how: &'static str,
    pub(super) criterion: &'static str,
    pub(super) score: &'static str,
    /// Sum of the rules' shares, rules.
    pub(super) arithmetic: [&'static str; 2],
    /// Failed, and the places in words.
    pub(super) nodes: [&'static str; 2],
    pub(super) nodes_at: [&'static str; 2],
    pub(super) show_rules: &'static str,
    pub(super) not_measured: &'static str,
    /// Rules that were not exercised.
    pub(super) without_places: [&'static str; 2],
    /// Names of criteria.
    pub(super) without_rules: &'static str,
    /// Number of rules.
    pub(super) without_criterion: [&'static str; 2],
    pub(super) nothing_to_score: &'static str,

    pub(super) costs: &'static str,
    /// Weights of error, warning, info.
    pub(super) costs_how: &'static str,
    /// Documents, weight, cost.
    pub(super) cost: [&'static str; 2],
    pub(super) no_costs: &'static str,
    pub(super) costs_unknown: &'static str,

    pub(super) groups: &'static str,
    /// Fewest documents of a group that is coloured.
    pub(super) groups_how: &'static str,
    pub(super) group_by: &'static str,
    pub(super) group_documents: &'static str,
    pub(super) group_clean: &'static str,
    pub(super) all_documents: &'static str,
    pub(super) not_stated: &'static str,
    pub(super) few: &'static str,
    pub(super) legend: &'static str,
    /// Lower bound, upper bound of a class of the legend.
    pub(super) between: &'static str,
    pub(super) at_least: &'static str,
    pub(super) below: &'static str,
    pub(super) not_applied: &'static str,
    /// Of a number that a merge left out.
    pub(super) left_out: &'static str,
    pub(super) count_documents: [&'static str; 2],
    /// Groups, documents in them in words.
    pub(super) more_groups: [&'static str; 2],

    pub(super) trend: &'static str,
    /// Runs, lowest value of the scale.
    pub(super) trend_how: &'static str,
    pub(super) trend_versions: &'static str,
    pub(super) trend_rules: &'static str,
    pub(super) trend_days: &'static str,
    pub(super) trend_partial: &'static str,
    pub(super) trend_table: &'static str,
    /// Criterion, first score, its day, last score, its day.
    pub(super) trend_says: &'static str,
    /// Change in percentage points.
    pub(super) points: &'static str,
    pub(super) run: &'static str,
    /// Number of a run without a time.
    pub(super) run_number: &'static str,
    pub(super) partial: &'static str,

    pub(super) rules: &'static str,
    pub(super) rules_how: &'static str,
    pub(super) no_rules: &'static str,
    pub(super) filter: &'static str,
    pub(super) filter_text: &'static str,
    pub(super) severity: &'static str,
    pub(super) pack: &'static str,
    pub(super) any: &'static str,
    pub(super) only_failed: &'static str,
    pub(super) sort: &'static str,
    pub(super) sort_cost: &'static str,
    pub(super) sort_rate: &'static str,
    pub(super) sort_failed: &'static str,
    pub(super) sort_documents: &'static str,
    pub(super) sort_severity: &'static str,
    pub(super) sort_name: &'static str,
    pub(super) reset: &'static str,
    /// Shown, all.
    pub(super) shown: &'static str,
    pub(super) none_shown: &'static str,
    pub(super) rule: &'static str,
    pub(super) rate: &'static str,
    pub(super) found_of: &'static str,
    pub(super) documents: &'static str,
    pub(super) why: &'static str,
    pub(super) fix: &'static str,
    pub(super) guideline: &'static str,
    pub(super) measured: &'static str,
    /// Failed, places, rate, documents failed, documents; all but the first and the rate in words.
    pub(super) measured_says: &'static str,
    pub(super) measured_places: [&'static str; 2],
    pub(super) measured_failed: [&'static str; 2],
    pub(super) measured_documents: [&'static str; 2],
    pub(super) places: &'static str,
    pub(super) document: &'static str,
    pub(super) line: &'static str,
    pub(super) column: &'static str,
    pub(super) path: &'static str,
    /// Places that are not listed.
    pub(super) more_places: [&'static str; 2],

    pub(super) unexercised: &'static str,
    /// Rules.
    pub(super) unexercised_count: [&'static str; 2],
    pub(super) unexercised_how: &'static str,

    pub(super) not_checked: &'static str,
    /// Listed, all.
    pub(super) not_checked_listed: &'static str,
    /// Documents that are not listed.
    pub(super) more_documents: [&'static str; 2],
    pub(super) what: &'static str,
    pub(super) reason: &'static str,
    pub(super) is_unreadable: &'static str,
    pub(super) is_skipped: &'static str,

    pub(super) about: &'static str,
    pub(super) program: &'static str,
    pub(super) started: &'static str,
    pub(super) took: &'static str,
    pub(super) judged: &'static str,
    pub(super) packs: &'static str,
    pub(super) code_sets: &'static str,
    pub(super) options: &'static str,
    pub(super) unknown: &'static str,
    pub(super) none: &'static str,
    pub(super) privacy: &'static str,
    pub(super) no_content: &'static str,
    pub(super) has_content: &'static str,

    /// Milliseconds, seconds, minutes and seconds.
    pub(super) durations: [&'static str; 3],
    /// Day and time.
    pub(super) day_and_time: &'static str,
    /// Names of months, where dates are written with them.
    pub(super) months: Option<[&'static str; 12]>,
    pub(super) thousands: char,
    pub(super) decimal: char,
    /// Behind a number of per cent.
    pub(super) percent: &'static str,
    /// Names in the order of [`Dimension::ALL`].
    pub(super) dimensions: [&'static str; 8],
    /// Names of the criteria with soft hyphens, in the order of [`kirjuri::Criterion::ALL`], for narrow columns.
    pub(super) criteria_hyphenated: [&'static str; 11],
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Words {
        match language {
            Language::Finnish => &finnish::WORDS,
            Language::Swedish => &swedish::WORDS,
            Language::English => &english::WORDS,
        }
    }

    /// The name of a criterion with soft hyphens.
    pub(super) fn criterion(&self, criterion: Criterion) -> &'static str {
        let number = Criterion::ALL.iter().position(|known| *known == criterion);
        number.and_then(|number| self.criteria_hyphenated.get(number)).copied().unwrap_or_default()
    }

    pub(super) fn dimension(&self, dimension: Dimension) -> &'static str {
        let number = Dimension::ALL.iter().position(|known| *known == dimension);
        number.and_then(|number| self.dimensions.get(number)).copied().unwrap_or_default()
    }
}

/// The text with values where `{0}`, `{1}` and so on stand.
pub(super) fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((number, after)) = behind.split_once('}') else { break };
        filled.push_str(before);
        let value = number.parse::<usize>().ok().and_then(|number| values.get(number));
        filled.push_str(value.copied().unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The form for one or for several.
pub(super) fn counted(forms: [&'static str; 2], count: u64) -> &'static str {
    let [one, several] = forms;
    if count == 1 { one } else { several }
}

#[cfg(test)]
mod tests {
    use kirjuri_report::criterion_name;

    use super::*;

    #[test]
    fn values_stand_where_the_text_says() {
        for (text, expected) in
            [("{0} av {1}", "a av b"), ("{1}, {0}", "b, a"), ("nothing", "nothing"), ("{2}", ""), ("open {", "open {")]
        {
            assert_eq!(fill(text, &["a", "b"]), expected, "{text}");
        }
    }

    #[test]
    fn hyphens_are_all_that_tells_names_of_criteria_apart() {
        for language in Language::ALL {
            let words = Words::of(language);
            for (criterion, hyphenated) in Criterion::ALL.iter().zip(words.criteria_hyphenated) {
                assert_eq!(hyphenated.replace('\u{AD}', ""), criterion_name(*criterion, language));
            }
        }
    }

    /// The texts of a language by the names of their fields, as its file has them.
    fn texts(source: &str) -> Vec<(&str, String)> {
        let mut texts: Vec<(&str, String)> = Vec::new();
        for line in source.lines().skip_while(|line| !line.contains("WORDS: Words")).skip(1) {
            let field = line.strip_prefix("    ").filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            match (field.and_then(|field| field.split_once(':')), texts.last_mut()) {
                (Some((name, text)), _) => texts.push((name, text.to_owned())),
                (None, Some((_, text))) => text.push_str(line),
                (None, None) => {}
            }
        }
        texts
    }

    #[test]
    fn no_text_is_left_in_another_language() {
        let [finnish, swedish, english] = [
            texts(include_str!("words/finnish.rs")),
            texts(include_str!("words/swedish.rs")),
            texts(include_str!("words/english.rs")),
        ];
        assert!(finnish.len() > 100 && finnish.len() == swedish.len() && finnish.len() == english.len());
        for ((fi, (sv, en)), name) in
            finnish.iter().zip(swedish.iter().zip(&english)).zip(finnish.iter().map(|of| of.0))
        {
            assert!(sv.0 == name && en.0 == name, "{name} stands elsewhere");
            let alike = ["program", "durations", "between", "trend_says", "months", "thousands", "decimal", "percent"];
            assert!(alike.contains(&name) || (fi != sv && fi != en && sv != en), "{name}");
        }
    }
}
