//! `kirjuri explain`: everything a rule's file says, for reading.

use std::io::Write;
use std::path::{Path, PathBuf};

use kirjuri::identifiers::Date;
use kirjuri::{AnyRule, Assertion, Example, Language, Pack, Question, Rule, Schematron};
use kirjuri_report::{Wording, criterion_name, printable, rule_title, severity_name};
use kirjuri_rules::folder::shown;

use crate::arguments::ExplainArguments;
use crate::{Failure, Status, packs};

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Status, Failure> {
    let loaded = packs::load_all(&arguments.packs)?;
    let paths: Vec<_> = loaded.schemas.iter().map(|loaded| loaded.path.clone()).collect();
    let rules = loaded.rule_set();
    let language = arguments.language.get();
    let Some(index) = rules.find(&arguments.rule) else {
        let known = rules.all().map(|rule| rule.id());
        return Err(Failure::Message(unknown(&arguments.rule, known)));
    };
    let mut out = anstream::stdout().lock();
    match rules.get(index) {
        AnyRule::Native(pack, rule) => explain_rule(pack, rule, language, &mut out)?,
        AnyRule::Assertion(schema, assertion) => {
            let number = rules.schemas().iter().position(|known| std::ptr::eq(&**known, schema));
            let path = number.and_then(|number| paths.get(number)).map(PathBuf::as_path).unwrap_or(Path::new(""));
            explain_assertion(schema, assertion, path, language, &mut out)?;
        }
    }
    Ok(Status::Clean)
}

/// Says what a schema says of an assertion. Its author's texts are in one language, whatever that of the report.
fn explain_assertion(
    schema: &Schematron,
    assertion: &Assertion,
    path: &Path,
    language: Language,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let title = rule_title(AnyRule::Assertion(schema, assertion), language);
    writeln!(out, "{}\n", printable(&format!("{}: {title}", schema.assertion_id(assertion))))?;
    let mut line = |wording: Wording, text: &str| -> Result<(), Failure> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(writeln!(out, "{}: {}", wording.get(language), printable(&text))?)
    };
    line(Wording::Severity, severity_name(assertion.severity, 1, language))?;
    for (wording, text) in
        [(Wording::Flag, &assertion.flag), (Wording::Role, &assertion.role), (Wording::See, &assertion.see)]
    {
        if let Some(text) = text {
            line(wording, text)?;
        }
    }
    let rule = schema.rules().get(assertion.rule);
    if let Some(pattern) = rule.and_then(|rule| schema.patterns().get(rule.pattern)) {
        let title = pattern.title.as_deref().map(|title| format!(": {title}")).unwrap_or_default();
        line(Wording::Pattern, &format!("{}{title}", pattern.name))?;
    }
    line(Wording::Context, rule.map_or("", |rule| &rule.context))?;
    line(Wording::Assertion, &format!("{} {}", kirjuri_report::kind_name(assertion.kind), assertion.test))?;
    for remark in assertion.remarks.iter().filter_map(|&remark| schema.remarks().get(remark)) {
        let wording = if remark.is_property { Wording::Property } else { Wording::Diagnostic };
        line(wording, &format!("{}: {}", remark.id, remark.message.masked()))?;
    }
    line(Wording::File, &format!("{}:{}", shown(path, &assertion.path), assertion.line))
}

fn explain_rule(pack: &Pack, rule: &Rule, language: Language, out: &mut impl Write) -> Result<(), Failure> {
    let say = |wording: Wording| wording.get(language);
    writeln!(out, "{}/{}: {}\n", pack.id, rule.name, rule.title().get(language))?;
    writeln!(out, "{}: {}", say(Wording::Why), rule.why().get(language))?;
    writeln!(out, "{}: {}\n", say(Wording::Fix), rule.fix().get(language))?;
    writeln!(out, "{}: {}", say(Wording::Severity), severity_name(rule.severity, 1, language))?;
    writeln!(out, "{}: {}", say(Wording::Criterion), criterion_name(rule.criterion, language))?;
    if rule.is_about_missing() {
        writeln!(out, "{}", say(Wording::AboutMissing))?;
    }
    if !rule.was.is_empty() {
        writeln!(out, "{}: {}", say(Wording::FormerNames), rule.was.join(", "))?;
    }
    for clause in &rule.guidelines {
        let Some(guideline) = pack.guidelines().get(&clause.doc) else { continue };
        let label = say(Wording::Guideline);
        writeln!(out, "{label}: {} ({}), {}", guideline.title, guideline.publisher, clause.clause)?;
    }
    if rule.valid_from().is_some() || rule.valid_to().is_some() {
        let written = |day: Option<Date>| {
            day.map(|day| format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day())).unwrap_or_default()
        };
        let period = format!("{} – {}", written(rule.valid_from()), written(rule.valid_to()));
        writeln!(out, "{}: {}", say(Wording::Period), period.trim())?;
    }
    match &rule.question {
        Question::Expression { context, assertion, words, .. } => {
            writeln!(out, "{}: {}", say(Wording::Context), context.source())?;
            writeln!(out, "{}: {}", say(Wording::Assertion), assertion.source())?;
            if let Some(words) = words {
                writeln!(out, "{}: {}", say(Wording::Words), words.source())?;
            }
        }
        Question::Series { series, context, assertion, other } => {
            if let Some(series) = pack.series().get(*series) {
                writeln!(out, "{}: {}", say(Wording::Series), series.name)?;
                for member in &series.members {
                    let label = say(Wording::Member);
                    writeln!(out, "    {label}: {} = {}", member.name, member.context.source().trim())?;
                    let grouped: Vec<&str> = member.group.iter().map(|group| group.source().trim()).collect();
                    writeln!(out, "    {}: {}", say(Wording::GroupedBy), grouped.join(", "))?;
                    for fact in &member.facts {
                        writeln!(out, "        @{} = {}", fact.name, fact.value.source().trim())?;
                    }
                }
            }
            writeln!(out, "{}: {}", say(Wording::Context), context.source())?;
            writeln!(out, "{}: {}", say(Wording::Assertion), assertion.source())?;
            if let Some(other) = other {
                writeln!(out, "{}: {}", say(Wording::SeeAlso), other.source())?;
            }
        }
        Question::Form(check) => writeln!(out, "{}: {}", say(Wording::FormCheck), check.name())?,
        Question::Structure(check) => writeln!(out, "{}: {}", say(Wording::Check), check.name())?,
    }
    for example in rule.passing() {
        show(out, Wording::PassingExample, example, language)?;
    }
    for example in rule.failing() {
        show(out, Wording::FailingExample, example, language)?;
    }
    Ok(())
}

fn show(out: &mut impl Write, kind: Wording, example: &Example, language: Language) -> Result<(), Failure> {
    writeln!(out, "\n{}: {}", kind.get(language), example.name)?;
    for text in example.batch.iter().chain([&example.document]).chain(&example.carried) {
        for line in text.lines() {
            writeln!(out, "    {line}")?;
        }
    }
    for place in &example.at {
        writeln!(out, "  → {place}")?;
    }
    Ok(())
}

/// Says that there is no such rule, and which one may have been meant.
fn unknown(wanted: &str, known: impl Iterator<Item = String>) -> String {
    // A rule may also be asked for without its pack.
    let likeness = |id: &str| {
        let name = id.split_once('/').filter(|_| !wanted.contains('/')).map_or(id, |(_, name)| name);
        strsim::jaro_winkler(wanted, name)
    };
    let nearest = known
        .map(|id| (likeness(&id), id))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
    match nearest {
        Some((_, id)) => format!("there is no rule `{wanted}`; did you mean `{id}`?"),
        None => format!("there is no rule `{wanted}`; `kirjuri rules` lists them"),
    }
}
