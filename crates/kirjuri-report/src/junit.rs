//! The report as JUnit XML, which all build servers show: a suite a document, a failed case a finding. What is written keeps
//! to the schema of Jenkins (`junit-10.xsd` of its xUnit plugin), which the other readers extend.

use std::collections::HashMap;
use std::io::{self, Write};

use kirjuri::{Finding, Language, RuleSet};
use quick_xml::Writer;
use quick_xml::events::BytesText;

use crate::batch::{Batch, DocumentEntry, Outcome, SeriesEntry};
use crate::messages::Wording;
use crate::notices::{Notice, account_text};
use crate::printer::Printer;
use crate::words::{Vocabulary, path_of, place_of};
use crate::xml::{elements, legal, write_declaration};

pub(crate) struct JUnit<'r> {
    words: Vocabulary<'r>,
}

/// How a case of a suite ended, and what is said of it.
struct Ending {
    /// The element of the schema.
    name: &'static str,
    kind: String,
    message: String,
    text: String,
}

/// A case of a suite; one without an ending has passed.
struct Case {
    name: String,
    ending: Option<Ending>,
}

impl<'r> JUnit<'r> {
    pub(crate) fn new(rules: &'r RuleSet, language: Language) -> JUnit<'r> {
        JUnit { words: Vocabulary::new(rules, language) }
    }

    fn finding(&mut self, path: &str, finding: &Finding) -> Case {
        let language = self.words.language;
        let rule = self.words.of(finding.rule);
        let at = place_of(finding).map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        let place = path_of(&finding.place);
        let mut text = format!("{}{at}\n{}\n", legal(path), legal(&place));
        if let Some((why, fix)) = self.words.advice(finding.rule) {
            let (said_why, said_fix) = (Wording::Why.get(language), Wording::Fix.get(language));
            text += &format!("{said_why}: {}\n{said_fix}: {}\n", legal(why), legal(fix));
        }
        let message = self.words.message(finding);
        let ending = Ending { name: "failure", kind: finding.severity.id().into(), message, text };
        Case { name: format!("{} {place}", rule.id), ending: Some(ending) }
    }

    fn cases(&mut self, document: &DocumentEntry) -> Vec<Case> {
        let language = self.words.language;
        let case = |name: &str, ending, kind: &str, message: String| {
            let ending = Ending { name: ending, kind: kind.into(), message, text: String::new() };
            Case { name: name.into(), ending: Some(ending) }
        };
        let mut cases: Vec<Case> = match &document.outcome {
            Outcome::Checked(findings) => findings.iter().map(|it| self.finding(&document.path, it)).collect(),
            Outcome::Unreadable(error) => vec![case("kirjuri", "error", error.id(), error.message(language))],
            Outcome::Skipped(reason) => vec![case("kirjuri", "skipped", reason.id(), reason.message(language).into())],
        };
        for one in &document.unevaluated {
            let message = Notice::Unevaluated(one.times).say(language);
            cases.push(case(&self.words.of(one.rule).id, "error", "unevaluated", message));
        }
        if cases.is_empty() {
            cases.push(Case { name: "kirjuri".into(), ending: None });
        }
        number(&mut cases);
        cases
    }
}

/// Numbers cases of one name: readers take only one of each name from a suite.
fn number(cases: &mut [Case]) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    for case in cases {
        let times = seen.entry(case.name.clone()).or_default();
        *times = times.saturating_add(1);
        if *times > 1 {
            case.name = format!("{} #{times}", case.name);
        }
    }
}

fn write_suite(name: &str, cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    let count = |ending: &str| {
        let ends = |case: &&Case| case.ending.as_ref().is_some_and(|it| it.name == ending);
        cases.iter().filter(ends).count().to_string()
    };
    let name = legal(name);
    elements(out)
        .create_element("testsuite")
        .with_attributes([("name", &*name), ("tests", &*cases.len().to_string())])
        .with_attributes([("failures", &*count("failure")), ("errors", &*count("error"))])
        .with_attribute(("skipped", &*count("skipped")))
        .write_inner_content(|xml| cases.iter().try_for_each(|case| write_case(&name, case, xml)))?;
    out.write_all(b"\n")
}

fn write_case(suite: &str, case: &Case, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let element = xml.create_element("testcase").with_attributes([("classname", suite), ("name", &*legal(&case.name))]);
    let Some(ending) = &case.ending else { return element.write_empty().map(drop) };
    let write_ending = |xml: &mut Writer<&mut dyn Write>| {
        let element = xml.create_element(ending.name);
        let element = element.with_attributes([("type", &*ending.kind), ("message", &*legal(&ending.message))]);
        match &*ending.text {
            "" => element.write_empty(),
            text => element.write_text_content(BytesText::new(text)),
        }
        .map(drop)
    };
    element.write_inner_content(write_ending).map(drop)
}

impl Printer for JUnit<'_> {
    fn begin(&mut self, _: &Batch, out: &mut dyn Write) -> io::Result<()> {
        write_declaration(out)?;
        out.write_all(b"<testsuites name=\"kirjuri\">\n")
    }

    fn document(&mut self, document: &DocumentEntry, out: &mut dyn Write) -> io::Result<()> {
        let cases = self.cases(document);
        write_suite(&document.path, &cases, out)
    }

    fn series(&mut self, entry: &SeriesEntry, out: &mut dyn Write) -> io::Result<()> {
        let mut case = self.finding(&entry.path, &entry.finding);
        if let Some(ending) = &mut case.ending {
            let see = Wording::SeeAlso.get(self.words.language);
            for other in &entry.others {
                let (path, place) = (legal(&other.path), &other.place);
                ending.text += &format!("{see}: {path}:{}:{}\n", place.line, place.column);
            }
        }
        write_suite(&entry.path, &[case], out)
    }

    fn end(&mut self, batch: &Batch, out: &mut dyn Write) -> io::Result<()> {
        // The account, where readers show what a program printed. A stopped run has an error, lest it looks complete.
        let language = self.words.language;
        let ending = Ending {
            name: "error",
            kind: "partial".into(),
            message: Notice::Partial.say(language),
            text: String::new(),
        };
        let case = Case { name: "kirjuri".into(), ending: batch.is_partial.then_some(ending) };
        let account = account_text(batch, self.words.rules, language);
        let lines: Vec<String> = account.lines().map(|line| legal(line).into_owned()).collect();
        elements(out)
            .create_element("testsuite")
            .with_attributes([("name", "kirjuri"), ("tests", "1"), ("failures", "0")])
            .with_attributes([("errors", if batch.is_partial { "1" } else { "0" }), ("skipped", "0")])
            .write_inner_content(|xml| {
                write_case("kirjuri", &case, xml)?;
                xml.create_element("system-out").write_text_content(BytesText::new(&lines.join("\n"))).map(drop)
            })?;
        out.write_all(b"\n</testsuites>\n")
    }
}
