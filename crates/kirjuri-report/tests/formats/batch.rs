//! A batch with clean, faulty, unreadable and skipped documents, findings that a baseline knows, findings across documents,
//! a rule that could not be asked, and a run that was stopped.

use std::sync::Arc;

use kirjuri::{Limits, LintOptions, Pack, PackFile, PackSource, Report, RuleSet, Tally, Unchecked, Unevaluated};
use kirjuri_report::{Batch, InputError, KnownFinding, NotChecked, OtherEntry, SeriesEntry, SkipReason};

/// A pack whose rules find every attribute that has the name of a rule.
pub(crate) fn rules() -> RuleSet {
    let file = |path: &str, text: String| PackFile { path: path.into(), text: text.into() };
    let texts = |fi: &str, sv: &str, en: &str| format!("fi = \"{fi}\"\nsv = \"{sv}\"\nen = \"{en}\"\n");
    let manifest = format!(
        "id = \"p\"\nversion = \"1\"\n[title]\n{}[applies]\nroot = \"Q{{}}a\"\n[guidelines.g]\ntitle = \"G\"\npublisher = \"P\"\n",
        texts("paketti", "paket", "pack")
    );
    let rule = |name: &str, severity: &str, criterion: &str| {
        format!(
            "criterion = \"{criterion}\"\nseverity = \"{severity}\"\nguideline = [{{ doc = \"g\", clause = \"1 | 2\" }}]\n\
             context = \"@*[name() = '{name}' or name() = 'good']\"\nassert = \"name() = 'good'\"\n\
             [title]\n{}[why]\n{}[fix]\n{}[[pass]]\nname = \"good\"\nxml = '<a good=\"\"/>'\n\
             [[fail]]\nname = \"bad\"\nat = [\"/a/@{name}\"]\nxml = '<a {name}=\"\"/>'\n",
            texts("se on väärin", "det är fel", &format!("it is {name} & wrong")),
            texts("Syy <i>.", "Orsak.", "The <b>reason</b>."),
            texts("Korjaa.", "Rätta.", "Mend it.")
        )
    };
    let files = vec![
        file("pack.toml", manifest),
        file("malformed-bad.toml", rule("bad", "error", "correctness")),
        file("malformed-mild.toml", rule("mild", "warning", "completeness")),
        file("malformed-note.toml", rule("note", "info", "completeness")),
    ];
    let pack = Pack::load(&PackSource { name: "p".into(), files }).unwrap();
    assert_eq!(pack.test(), []);
    RuleSet::new(vec![Arc::new(pack)])
}

fn check(xml: &str, rules: &RuleSet) -> Result<Report, NotChecked> {
    kirjuri::check(xml.as_bytes(), &Limits::default(), rules, &LintOptions::default()).map_err(|unchecked| {
        match unchecked {
            Unchecked::Unreadable(error) => NotChecked::Unreadable(InputError::Parse(error)),
            _ => NotChecked::Skipped(SkipReason::NoPackApplies),
        }
    })
}

/// All there is; faulty, unreadable and skipped documents have the path.
pub(crate) fn everything(rules: &RuleSet, path: &str) -> Batch {
    let mut batch = Batch::new(rules, None);
    batch.ignored = 2;
    batch.is_partial = true;
    let mut push = |path: &str, checked, known| {
        let entry = batch.count_in(path.into(), checked, known);
        batch.documents.push(entry);
    };
    push("clean.xml", check("<a good='salaisuus'/>", rules), Vec::new());
    let faulty = "<a>\n<b bad='salaisuus'/><b mild='salaisuus'/>\n<c note='salaisuus' bad='salaisuus'/></a>";
    push(path, check(faulty, rules), Vec::new());
    push("broken.xml", check("<a>salaisuus", rules), Vec::new());
    push(path, check("<a salaisuus", rules), Vec::new());
    push("gone.xml", Err(NotChecked::Unreadable(InputError::File(std::io::ErrorKind::NotFound))), Vec::new());
    push(path, check("<other>salaisuus</other>", rules), Vec::new());
    let mut report = check("<a good='' mild='salaisuus'><b bad='salaisuus'/></a>", rules).unwrap();
    let mut known = report.findings.split_off(1).into_iter();
    let known = known.next().map(|finding| KnownFinding { finding, reason: Some("mended in the next form".into()) });
    let rule = rules.find("p/malformed-note").unwrap();
    report.unevaluated = vec![Unevaluated { rule, times: 2 }];
    push("known.xml", Ok(report), known.into_iter().collect());
    let report = check("<a><b bad='salaisuus'/></a>", rules).unwrap();
    let finding = report.findings.first().unwrap().clone();
    let place = finding.place.clone();
    batch.count_rules(&[(finding.rule, Tally { applied: 5, failed: 1 })], &[]);
    let others = vec![OtherEntry { path: "clean.xml".into(), place }];
    batch.push_series(SeriesEntry { path: path.into(), finding, others });
    batch
}

/// Documents with so many findings of the rule that looks for an attribute, each on a line.
pub(crate) fn findings(rules: &RuleSet, documents: &[(&str, &str, usize)]) -> Batch {
    let mut batch = Batch::new(rules, None);
    for (path, attribute, count) in documents {
        let xml = format!("<a>{}</a>", format!("<b {attribute}=''/>\n").repeat(*count));
        batch.push((*path).into(), check(&xml, rules));
    }
    batch
}
