//! The page of the suite: what passes in each set, what does not and why.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::applicability::Reason;
use crate::verdict::{Class, Verdict};

/// Why cases that apply are answered differently: the reason, and the names of the cases. A name that ends in `*`
/// stands for all that start so.
const EXPLANATIONS: &[(&str, &[&str])] = &[
    (
        "the functions of XSLT that rules use are known to every expression of XPath 2.0, since rules are the reason for \
         the engine; to the suite they are unknown",
        &[
            "K-FunctionCallExpr-15",
            "K-FunctionCallExpr-16",
            "K-FunctionCallExpr-17",
            "K-FunctionCallExpr-22",
            "K-FunctionCallExpr-26",
            "K2-FunctionCallExpr-3",
            "K2-FunctionCallExpr-8",
        ],
    ),
    ("`string-join()` takes one argument, as in later versions", &["K-StringJoinFunc-1"]),
    (
        "a hyphen behind a range in a character class stands for itself, as XML Schema 1.1 has it; 1.0 makes it an error",
        &["K2-MatchesFunc-16a"],
    ),
    (
        "a document does not know its address, so that `document-uri()` is empty",
        &["fn-doc-available-5", "functx-fn-doc-available-1"],
    ),
    (
        "`id()` finds nothing: only a DTD or a schema makes an attribute an identifier here, `xml:id` does not",
        &[
            "K2-SeqIDFunc-10",
            "K2-SeqIDFunc-11",
            "K2-SeqIDFunc-12",
            "K2-SeqIDFunc-13",
            "K2-SeqIDFunc-14",
            "K2-SeqIDFunc-15",
        ],
    ),
    (
        "there is no static base URI, so that the relative address of a collation names none",
        &["fn-substring-after-23", "fn-substring-before-23"],
    ),
    (
        "back-references are refused by name: a search with them can take a time that grows exponentially",
        &[
            "fn-matches-29",
            "fn-matches-30",
            "fn-matches-36",
            "fn-matches-51",
            "fn-matches-53",
            "K2-MatchesFunc-17",
            "cbcl-matches-003",
            "cbcl-matches-039",
            "cbcl-matches-05*",
        ],
    ),
    ("a regular expression that would grow beyond the limit on its size is refused", &["cbcl-matches-038"]),
];

/// What came of a set.
pub(crate) struct SetOutcome {
    name: String,
    verdicts: BTreeMap<Verdict, usize>,
    reasons: BTreeMap<Reason, usize>,
    failures: Vec<(Class, String)>,
}

impl SetOutcome {
    pub(crate) fn new(name: &str) -> SetOutcome {
        SetOutcome { name: name.to_owned(), verdicts: BTreeMap::new(), reasons: BTreeMap::new(), failures: Vec::new() }
    }

    pub(crate) fn add(&mut self, case: &str, result: Result<Verdict, Reason>) {
        match result {
            Ok(verdict) => {
                *self.verdicts.entry(verdict).or_default() += 1;
                if let Verdict::Failed(class) = verdict {
                    self.failures.push((class, case.to_owned()));
                }
            }
            Err(reason) => *self.reasons.entry(reason).or_default() += 1,
        }
    }

    fn applicable(&self) -> usize {
        self.verdicts.values().sum()
    }

    fn passed(&self) -> usize {
        self.applicable() - self.failures.len()
    }

    fn not_applicable(&self) -> usize {
        self.reasons.values().sum()
    }
}

fn sum(outcomes: &[SetOutcome], count: impl Fn(&SetOutcome) -> usize) -> usize {
    outcomes.iter().map(count).sum()
}

fn share(part: usize, whole: usize) -> String {
    // Cut, not rounded: 100 % means all.
    let tenths = (part * 1000).checked_div(whole).unwrap_or_default();
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// The sums, for the terminal.
pub(crate) fn summary(outcomes: &[SetOutcome]) -> String {
    let (passed, applicable) = (sum(outcomes, SetOutcome::passed), sum(outcomes, SetOutcome::applicable));
    let mut text = format!("{passed} of {applicable} applicable cases pass ({})\n", share(passed, applicable));
    for class in Class::ALL {
        let count = sum(outcomes, |it| it.failures.iter().filter(|(of, _)| *of == class).count());
        writeln!(text, "{count:6} {}", class.text()).unwrap();
    }
    text
}

const INTRODUCTION: &str = "\
# QT3, the W3C's suite for XPath

Made by `UPDATE=1 cargo test -p kirjuri-xpath --test qt3`; do not edit by hand.

A case applies if it is for XPath 2.0 by the versions it names and needs nothing that untyped documents do not have. A
case whose result is an error passes with any error; how often the code is the expected one as well is said below.
";

/// The whole page.
pub(crate) fn page(outcomes: &[SetOutcome], absent: &[String]) -> String {
    let mut page = INTRODUCTION.to_owned();
    let (passed, applicable) = (sum(outcomes, SetOutcome::passed), sum(outcomes, SetOutcome::applicable));
    let not_applicable = sum(outcomes, SetOutcome::not_applicable);
    let all = applicable + not_applicable;
    writeln!(
        page,
        "\n**{passed} of {applicable} applicable cases pass: {}.** The suite here has {all} cases; {not_applicable} do \
         not apply.",
        share(passed, applicable)
    )
    .unwrap();
    write_failures(&mut page, outcomes);
    write_errors(&mut page, outcomes);
    write_reasons(&mut page, outcomes, absent);
    write_sets(&mut page, outcomes);
    page
}

fn write_failures(page: &mut String, outcomes: &[SetOutcome]) {
    page.push_str("\n## Applicable cases that do not pass\n");
    if sum(outcomes, |it| it.failures.len()) == 0 {
        page.push_str("\nNone.\n");
        return;
    }
    page.push_str("\n| what comes of them | cases |\n|---|--:|\n");
    for class in Class::ALL {
        let count = sum(outcomes, |it| it.failures.iter().filter(|(of, _)| *of == class).count());
        writeln!(page, "| {} | {count} |", class.text()).unwrap();
    }
    for class in Class::ALL {
        let failing: Vec<(&SetOutcome, &str)> = outcomes
            .iter()
            .flat_map(|it| it.failures.iter().filter(|(of, _)| *of == class).map(move |(_, case)| (it, case.as_str())))
            .collect();
        if failing.is_empty() {
            continue;
        }
        writeln!(page, "\n### {}", capitalized(class.text())).unwrap();
        let reasons = EXPLANATIONS.iter().map(|(why, _)| *why).chain([UNEXPLAINED]);
        for why in reasons {
            let of: Vec<&(&SetOutcome, &str)> =
                failing.iter().filter(|(_, case)| explanation(case).unwrap_or(UNEXPLAINED) == why).collect();
            if of.is_empty() {
                continue;
            }
            writeln!(page, "\n- {why}:").unwrap();
            let mut by_set: Vec<(&str, Vec<&str>)> = Vec::new();
            for (set, case) in of {
                match by_set.last_mut().filter(|(name, _)| *name == set.name) {
                    Some((_, cases)) => cases.push(case),
                    None => by_set.push((&set.name, vec![case])),
                }
            }
            for (set, cases) in by_set {
                writeln!(page, "  - {set}: `{}`", cases.join("`, `")).unwrap();
            }
        }
    }
}

const UNEXPLAINED: &str = "NOT EXPLAINED";

fn explanation(case: &str) -> Option<&'static str> {
    EXPLANATIONS.iter().find(|(_, names)| names.iter().any(|name| covers(name, case))).map(|(why, _)| *why)
}

/// Whether a name of the list stands for a case.
fn covers(name: &str, case: &str) -> bool {
    name.strip_suffix('*').map_or(name == case, |start| case.starts_with(start))
}

/// Fails where a case fails for no known reason, or a reason is given for cases that pass.
pub(crate) fn assert_explained(outcomes: &[SetOutcome]) {
    let failing = || outcomes.iter().flat_map(|it| it.failures.iter().map(|(_, case)| case.as_str()));
    let unexplained: Vec<&str> = failing().filter(|case| explanation(case).is_none()).collect();
    assert!(unexplained.is_empty(), "cases fail for no known reason: {unexplained:?}");
    for (why, names) in EXPLANATIONS {
        for name in *names {
            assert!(failing().any(|case| covers(name, case)), "`{name}` is listed ({why}), but passes");
        }
    }
}

fn write_errors(page: &mut String, outcomes: &[SetOutcome]) {
    let count = |verdict| sum(outcomes, |it| it.verdicts.get(&verdict).copied().unwrap_or_default());
    let (same, other, refused) =
        (count(Verdict::PassedByError), count(Verdict::PassedByOtherError), count(Verdict::PassedByRefusal));
    let all = same + other + refused;
    writeln!(
        page,
        "\n## Errors\n\nOf the {all} cases that pass by an error, {same} ({}) have the code that is expected, {other} \
         have another code, and {refused} are\nrefused by the name of a construct that is not supported.",
        share(same, all)
    )
    .unwrap();
}

fn write_reasons(page: &mut String, outcomes: &[SetOutcome], absent: &[String]) {
    page.push_str("\n## Cases that do not apply\n\nEach is counted once, under the first reason that holds.\n\n");
    page.push_str("| why | cases |\n|---|--:|\n");
    for reason in Reason::ALL {
        let count = sum(outcomes, |it| it.reasons.get(&reason).copied().unwrap_or_default());
        if count > 0 {
            writeln!(page, "| {} | {count} |", reason.text()).unwrap();
        }
    }
    if !absent.is_empty() {
        writeln!(page, "\nSets of the catalog that the corpus leaves out: {}.", absent.join(", ")).unwrap();
    }
}

fn write_sets(page: &mut String, outcomes: &[SetOutcome]) {
    page.push_str("\n## Sets\n\n| set | passed | applicable | not applicable |\n|---|--:|--:|--:|\n");
    let mut rest = (0, 0);
    for it in outcomes {
        if it.applicable() == 0 {
            rest = (rest.0 + 1, rest.1 + it.not_applicable());
            continue;
        }
        let row = (it.passed(), it.applicable(), it.not_applicable());
        writeln!(page, "| {} | {} | {} | {} |", it.name, row.0, row.1, row.2).unwrap();
    }
    writeln!(page, "| {} sets of which nothing applies | 0 | 0 | {} |", rest.0, rest.1).unwrap();
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
