//! `kirjuri identify`: what kind of document each file is, and which packs apply to it.

use std::io::Write;

use kirjuri::{Limits, Reading, RuleSet};
use kirjuri_report::{InputError, NotChecked, SkipReason, Wording, printable};

use crate::arguments::IdentifyArguments;
use crate::inputs::{self, Content};
use crate::{Failure, Status, packs};

pub(crate) fn run(arguments: &IdentifyArguments) -> Result<Status, Failure> {
    let rules = packs::rule_set(&arguments.packs)?;
    let mut inputs = inputs::collect(&arguments.inputs.paths, arguments.inputs.options())?;
    let language = arguments.language.get();
    let limits = arguments.inputs.limits();
    let mut out = anstream::stdout().lock();
    let mut is_empty = true;
    let mut status = Status::Clean;
    let mut buffer = Vec::new();
    while let Some(portion) = inputs.next_portion() {
        is_empty = false;
        for item in portion {
            let path = printable(&item.name);
            match identify(&item.content, &mut buffer, &limits, &rules) {
                Ok(identity) => {
                    let kind = identity.kind.map_or("?", |title| title.get(language));
                    let packs = match identity.packs.as_slice() {
                        [] => SkipReason::NoPackApplies.message(language).to_owned(),
                        packs => packs.join(", "),
                    };
                    writeln!(out, "{path}: {} | {kind} | {packs}", printable(&identity.root))?;
                }
                Err(NotChecked::Skipped(reason)) => {
                    let word = Wording::Skipped.get(language);
                    writeln!(out, "{path}: {word} [{}] {}", reason.id(), reason.message(language))?;
                }
                Err(NotChecked::Unreadable(error)) => {
                    status = Status::Failed;
                    let word = Wording::Unreadable.get(language);
                    let place = error.position().map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
                    writeln!(out, "{path}{place}: {word} [{}] {}", error.id(), error.message(language))?;
                }
            }
        }
    }
    if is_empty && inputs.unchanged.unwrap_or_default() == 0 {
        return Err(Failure::Message("there is no document in what was named".into()));
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
    content: &Content,
    buffer: &mut Vec<u8>,
    limits: &Limits,
    rules: &'r RuleSet,
) -> Result<Identity<'r>, NotChecked> {
    let too_much = |_| NotChecked::Unreadable(InputError::TooMuchWork { rule: None });
    let (bytes, around) = content.bytes(buffer, limits)?;
    let document = kirjuri::read(bytes, &Reading { around, ..Reading::within(limits) });
    let document = document.map_err(|error| NotChecked::Unreadable(InputError::Parse(error)))?;
    let mut identity = Identity { root: rules.shown_root(&document), kind: None, packs: Vec::new() };
    for pack in rules.packs() {
        if !pack.applies_to(&document).map_err(too_much)? {
            continue;
        }
        identity.packs.push(&pack.id);
        if identity.kind.is_none() {
            let kind = pack.kind_of(&document).map_err(too_much)?;
            identity.kind = kind.map(|kind| &kind.title);
        }
    }
    // A schema is about every document.
    identity.packs.extend(rules.schemas().iter().map(|schema| schema.id.as_str()));
    Ok(identity)
}
