//! What a report says of the assertions of Schematron schemas, in short.

use kirjuri::{AnyRule, Report, RuleSet};

/// The findings of a report as `name location`, and what was not evaluated as `name ?times`.
pub(crate) fn said(rules: &RuleSet, report: &Report) -> Vec<String> {
    let name = |rule| match rules.get(rule) {
        AnyRule::Assertion(_, assertion) => assertion.name.clone(),
        AnyRule::Native(..) => panic!("not an assertion"),
    };
    let findings = report.findings.iter().map(|finding| {
        let about = finding.assertion.as_ref().unwrap();
        format!("{} {}", name(finding.rule), about.location.replace("Q{}", ""))
    });
    let unevaluated = report.unevaluated.iter().map(|it| format!("{} ?{}", name(it.rule), it.times));
    findings.chain(unevaluated).collect()
}
