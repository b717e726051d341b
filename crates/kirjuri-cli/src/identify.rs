//! `kirjuri identify`: what kind of document each file is, and which packs apply to it.

use std::io::Write;

use kirjuri::{Limits, RuleSet};
use kirjuri_report::{InputError, SkipReason, Wording, printable};

use crate::arguments::IdentifyArguments;
use crate::inputs::{self, Input};
use crate::{Failure, Status, packs};

pub(crate) fn run(arguments: &IdentifyArguments) -> Result<Status, Failure> {
    let rules = packs::rule_set(&arguments.packs)?;
    let inputs = inputs::collect(&arguments.inputs.paths)?;
    let language = arguments.language.get();
    let limits = arguments.inputs.limits();
    let mut out = anstream::stdout().lock();
    if inputs.documents.is_empty() {
        return Err(Failure::Message("there is no document in what was named".into()));
    }
    let mut status = Status::Clean;
    let mut buffer = Vec::new();
    for input in &inputs.documents {
        let path = input.display();
        let path = printable(&path);
        match identify(input, &mut buffer, &limits, &rules) {
            Ok(identity) => {
                let kind = identity.kind.map_or("?", |title| title.get(language));
                let packs = match identity.packs.as_slice() {
                    [] => SkipReason::NoPackApplies.message(language).to_owned(),
                    packs => packs.join(", "),
                };
                writeln!(out, "{path}: {} | {kind} | {packs}", printable(&identity.root))?;
            }
            Err(error) => {
                status = Status::Failed;
                let word = Wording::Unreadable.get(language);
                let place = error.position().map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
                writeln!(out, "{path}{place}: {word} [{}] {}", error.id(), error.message(language))?;
            }
        }
    }
    Ok(status)
}

struct Identity<'r> {
    /// The root element, as `Q{uri}local`.
    root: String,
    kind: Option<&'r kirjuri::Texts>,
    packs: Vec<&'r str>,
}

fn identify<'r>(
    input: &Input,
    buffer: &mut Vec<u8>,
    limits: &Limits,
    rules: &'r RuleSet,
) -> Result<Identity<'r>, InputError> {
    input.read(buffer, limits).map_err(InputError::File)?;
    let document = kirjuri::parse(buffer, limits).map_err(InputError::Parse)?;
    let root = document.qname(document.name(document.root_element()));
    // A namespace that no pack declares is the document's own word.
    let namespace = if rules.declares(root.namespace) { root.namespace } else { "?" };
    let mut identity = Identity { root: format!("Q{{{namespace}}}{}", root.local), kind: None, packs: Vec::new() };
    for pack in rules.packs() {
        if !pack.applies_to(&document).map_err(|_| InputError::TooMuchWork { rule: None })? {
            continue;
        }
        identity.packs.push(&pack.id);
        if identity.kind.is_none() {
            let kind = pack.kind_of(&document).map_err(|_| InputError::TooMuchWork { rule: None })?;
            identity.kind = kind.map(|kind| &kind.title);
        }
    }
    // A schema is about every document.
    identity.packs.extend(rules.schemas().iter().map(|schema| schema.id.as_str()));
    Ok(identity)
}
