//! `kirjuri explain`: everything a rule's file says, for reading.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};

use anstyle::Style;
use kirjuri::identifiers::Date;
use kirjuri::{AnyRule, Assertion, Example, Language, Pack, Question, Rule, Schematron, nearest};
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
    let styled = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    let mut out = Sheet { out: anstream::stdout().lock(), styled };
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
fn explain_assertion<O: Write>(
    schema: &Schematron,
    assertion: &Assertion,
    path: &Path,
    language: Language,
    out: &mut Sheet<O>,
) -> Result<(), Failure> {
    let title = rule_title(AnyRule::Assertion(schema, assertion), language);
    out.title(&printable(&schema.assertion_id(assertion)), &printable(&title))?;
    let mut line = |wording: Wording, text: &str| -> Result<(), Failure> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        out.field(wording.get(language), &printable(&text))
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

fn explain_rule<O: Write>(pack: &Pack, rule: &Rule, language: Language, out: &mut Sheet<O>) -> Result<(), Failure> {
    let say = |wording: Wording| wording.get(language);
    out.title(&pack.rule_id(rule), rule.title().get(language))?;
    out.field(say(Wording::Why), rule.why().get(language))?;
    out.field(say(Wording::Fix), rule.fix().get(language))?;
    out.line("")?;
    out.field(say(Wording::Severity), severity_name(rule.severity, 1, language))?;
    out.field(say(Wording::Criterion), criterion_name(rule.criterion, language))?;
    if rule.is_safety_critical {
        out.line(say(Wording::SafetyCritical))?;
    }
    if rule.is_about_missing() {
        out.line(say(Wording::AboutMissing))?;
    }
    if !rule.was.is_empty() {
        out.field(say(Wording::FormerNames), &rule.was.join(", "))?;
    }
    for clause in &rule.guidelines {
        let Some(guideline) = pack.guidelines().get(&clause.doc) else { continue };
        let cited = format!("{} ({}), {}", guideline.title, guideline.publisher, clause.clause);
        out.field(say(Wording::Guideline), &cited)?;
    }
    if rule.valid_from().is_some() || rule.valid_to().is_some() {
        let written = |day: Option<Date>| day.map(Date::iso).unwrap_or_default();
        let period = format!("{} – {}", written(rule.valid_from()), written(rule.valid_to()));
        out.field(say(Wording::Period), period.trim())?;
    }
    match &rule.question {
        Question::Expression { context, assertion, words, .. } => {
            out.field(say(Wording::Context), context.source())?;
            out.field(say(Wording::Assertion), assertion.source())?;
            if let Some(words) = words {
                out.field(say(Wording::Words), words.source())?;
            }
        }
        Question::Series { series, context, assertion, other } => {
            if let Some(series) = pack.series().get(*series) {
                out.field(say(Wording::Series), &series.name)?;
                for member in &series.members {
                    let label = say(Wording::Member);
                    out.line(&format!("    {label}: {} = {}", member.name, member.context.source().trim()))?;
                    let grouped: Vec<&str> = member.group.iter().map(|group| group.source().trim()).collect();
                    out.line(&format!("    {}: {}", say(Wording::GroupedBy), grouped.join(", ")))?;
                    for fact in &member.facts {
                        out.line(&format!("        @{} = {}", fact.name, fact.value.source().trim()))?;
                    }
                }
            }
            out.field(say(Wording::Context), context.source())?;
            out.field(say(Wording::Assertion), assertion.source())?;
            if let Some(other) = other {
                out.field(say(Wording::SeeAlso), other.source())?;
            }
        }
        Question::Form(check) => out.field(say(Wording::FormCheck), check.name())?,
        Question::Structure(check) => out.field(say(Wording::Check), check.name())?,
    }
    for (kind, examples) in [(Wording::PassingExample, rule.passing()), (Wording::FailingExample, rule.failing())] {
        let is_only = examples.len() == 1;
        for (number, example) in (1..).zip(examples) {
            show(out, kind, Some(number).filter(|_| !is_only), example, language)?;
        }
    }
    Ok(())
}

/// Shows an example, with its number where there are more of its kind. The names of examples are English.
fn show<O: Write>(
    out: &mut Sheet<O>,
    kind: Wording,
    number: Option<usize>,
    example: &Example,
    language: Language,
) -> Result<(), Failure> {
    out.line("")?;
    let label = kind.get(language);
    match (language, number) {
        (Language::English, _) => out.field(label, &example.name)?,
        (_, Some(number)) => out.heading(&format!("{label} {number}"))?,
        (_, None) => out.heading(label)?,
    }
    for text in example.batch.iter().chain([&example.document]).chain(&example.carried) {
        for line in text.lines() {
            out.line(&format!("    {line}"))?;
        }
    }
    example.at.iter().try_for_each(|place| out.line(&format!("  → {place}")))
}

/// What is written about a rule.
struct Sheet<O> {
    out: O,
    styled: bool,
}

impl<O: Write> Sheet<O> {
    fn title(&mut self, id: &str, title: &str) -> Result<(), Failure> {
        let bold = Style::new().bold();
        match self.styled {
            true => Ok(writeln!(self.out, "{bold}{id}: {title}{bold:#}\n")?),
            false => Ok(writeln!(self.out, "{id}: {title}\n")?),
        }
    }

    /// A line that says what it is about.
    fn field(&mut self, label: &str, text: &str) -> Result<(), Failure> {
        let dim = Style::new().dimmed();
        match self.styled {
            true => Ok(writeln!(self.out, "{dim}{label}:{dim:#} {}", linked(text))?),
            false => Ok(writeln!(self.out, "{label}: {text}")?),
        }
    }

    /// What the lines below are about.
    fn heading(&mut self, label: &str) -> Result<(), Failure> {
        let dim = Style::new().dimmed();
        match self.styled {
            true => Ok(writeln!(self.out, "{dim}{label}:{dim:#}")?),
            false => Ok(writeln!(self.out, "{label}:")?),
        }
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.out, "{text}")?)
    }
}

/// A text in which terminals can follow an address, if it is one.
fn linked(text: &str) -> Cow<'_, str> {
    let is_address = text.starts_with("https://") || text.starts_with("http://");
    match is_address && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => format!("\u{1b}]8;;{text}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\").into(),
        false => text.into(),
    }
}

/// Says that there is no such rule, and which one may have been meant.
fn unknown(wanted: &str, known: impl Iterator<Item = String>) -> String {
    // A rule may also be asked for without its pack.
    let known: Vec<String> = known.collect();
    let names: Vec<&str> = known.iter().map(|id| id.split_once('/').map_or(&**id, |(_, name)| name)).collect();
    let ids = known.iter().map(String::as_str);
    let near = if wanted.contains('/') { nearest(wanted, ids) } else { nearest(wanted, names.iter().copied()) };
    match known.iter().zip(&names).find(|(id, name)| near == Some(id.as_str()) || near == Some(name)) {
        Some((id, _)) => format!("there is no rule `{wanted}`; did you mean `{id}`?"),
        None => format!("there is no rule `{wanted}`; `kirjuri rules` lists them"),
    }
}
