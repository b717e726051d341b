//! `kirjuri explain`: everything a rule's file says, for reading.

use std::io::Write;

use kirjuri::{Example, Language};
use kirjuri_report::{Wording, criterion_name, severity_name};

use crate::arguments::ExplainArguments;
use crate::{Failure, Status, packs};

pub(crate) fn run(arguments: &ExplainArguments) -> Result<Status, Failure> {
    let rules = packs::rule_set(&arguments.packs)?;
    let language = arguments.language.get();
    let say = |wording: Wording| wording.get(language);
    let Some(index) = rules.find(&arguments.rule) else {
        let known = rules.rules().map(|(pack, rule)| pack.rule_id(rule));
        return Err(Failure::Message(unknown(&arguments.rule, known)));
    };
    let (pack, rule) = rules.rule(index);
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}/{}: {}\n", pack.id, rule.name, rule.title.get(language))?;
    writeln!(out, "{}: {}", say(Wording::Why), rule.why.get(language))?;
    writeln!(out, "{}: {}\n", say(Wording::Fix), rule.fix.get(language))?;
    writeln!(out, "{}: {}", say(Wording::Severity), severity_name(rule.severity, 1, language))?;
    writeln!(out, "{}: {}", say(Wording::Criterion), criterion_name(rule.criterion, language))?;
    if !rule.was.is_empty() {
        writeln!(out, "{}: {}", say(Wording::FormerNames), rule.was.join(", "))?;
    }
    for clause in &rule.guidelines {
        let Some(guideline) = pack.guidelines().get(&clause.doc) else { continue };
        let label = say(Wording::Guideline);
        writeln!(out, "{label}: {} ({}), {}", guideline.title, guideline.publisher, clause.clause)?;
    }
    writeln!(out, "{}: {}", say(Wording::Context), rule.context.source())?;
    writeln!(out, "{}: {}", say(Wording::Assertion), rule.assertion.source())?;
    for example in &rule.passing {
        show(&mut out, Wording::PassingExample, example, language)?;
    }
    for example in &rule.failing {
        show(&mut out, Wording::FailingExample, example, language)?;
    }
    Ok(Status::Clean)
}

fn show(out: &mut impl Write, kind: Wording, example: &Example, language: Language) -> Result<(), Failure> {
    writeln!(out, "\n{}: {}", kind.get(language), example.name)?;
    for line in example.xml.lines() {
        writeln!(out, "    {line}")?;
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
